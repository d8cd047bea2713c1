"""The page for authors names every word there is, and its example holds."""

import re
from pathlib import Path

from generator import check as checks
from generator.problems import Severity
from generator.verify.claims.kinds import ASSUMPTIONS, OF_MATRICES, SHAPES
from generator.verify.claims.methods import METHODS
from generator.verify.claims.read import KEYS
from generator.verify.claims.vocabulary import CONSTANTS, DISTRIBUTIONS, FUNCTIONS
from tests.helpers import NOW, write

PAGE = (Path(__file__).parents[2] / "docs" / "claims.md").read_text(encoding="utf-8")


def test_every_word_is_documented() -> None:
    prose = re.sub(r"(`{3,})\w.*?\1", "", PAGE, flags=re.DOTALL)
    words = set(re.findall(r"[a-z_0-9]+", " ".join(re.findall(r"`[^`]+`", prose))))
    known = {*FUNCTIONS, *CONSTANTS, *DISTRIBUTIONS, *ASSUMPTIONS, *OF_MATRICES, *SHAPES, *METHODS, *KEYS}
    assert known - words == set()


def test_the_example_holds(tmp_path: Path) -> None:
    example = re.search(r"````markdown\n(.*?)````", PAGE, re.DOTALL)
    assert example
    found = checks.check(write(tmp_path, a=example[1]), now=NOW)
    assert [str(problem) for problem in found.problems if problem.severity >= Severity.WARNING] == []
    assert [verdict.sentence for verdict in found.verdicts] == ["proven for n = 2, 3, 4 by expansion"] * 2
