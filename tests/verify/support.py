"""What the tests of checks share: a small deck, checked."""

from pathlib import Path

from generator.check import Checked, check
from tests.helpers import NOW, write


def checked(folder: Path, *, draws: int = 0, **files: str) -> Checked:
    """Check a deck."""
    return check(write(folder, **files), now=NOW, draws=draws)


def rules(found: Checked) -> list[str]:
    """The rules that the problems name, in the order of the sources."""
    return [problem.rule for problem in found.problems if problem.rule]


def lines(found: Checked, folder: Path) -> list[str]:
    """The problems as ``line:column: severity: message``."""
    return [str(problem).replace(f"{folder.as_posix()}/", "") for problem in found.problems]
