"""Bugs in the attention kernel: every one must break the bound of some case under the interpreter."""

import os
import shutil
import tempfile
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

from kernels.cuda.cases import CASES
from kernels.cuda.interpret import interpreted
from tests.mutants.table import Mutant, read
from tests.mutants.trial import ROOT, Broken

BUGS = read(Path(__file__).with_name("cuda.txt").read_text(encoding="utf-8"))
"""In a table as that of the other kernels; the name before the colon is the module's in ``kernels/cuda``."""
LOOKS = [name for name in CASES if not name.endswith("-bfloat16")]
"""The interpreter computes bfloat16 in float32: those cases see nothing more."""


@dataclass(frozen=True)
class Caught:
    """What the cases say of a bug."""

    mutant: Mutant
    by: str | None
    """The first case and result that broke its bound, None for a survivor."""


def module_path(mutant: Mutant, tree: Path) -> Path:
    return tree / "kernels" / "cuda" / f"{mutant.kernel}.py"


def try_bug(mutant: Mutant) -> Caught:
    """The verdict on one bug, in a copy of the kernels.

    Raises:
        Broken: the kernel with the bug does not run at all.
    """
    with tempfile.TemporaryDirectory(prefix="mutant-") as folder:
        tree = Path(folder)
        shutil.copytree(ROOT / "kernels", tree / "kernels", ignore=shutil.ignore_patterns("__pycache__"))
        path = module_path(mutant, tree)
        path.write_text(mutant.seed(path.read_text(encoding="utf-8")), encoding="utf-8")
        try:
            broken = [one for one in interpreted(LOOKS, first=True, tree=tree) if not one.holds]
        except RuntimeError as error:
            raise Broken(f"{mutant}: {error}") from None
    return Caught(mutant, f"{broken[0].case}: {broken[0].what}" if broken else None)


def try_bugs() -> list[Caught]:
    """All verdicts, in the order of the table."""
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        return list(pool.map(try_bug, BUGS))


def section(found: list[Caught]) -> list[str]:
    """The lines of the page on these bugs."""
    lines = INTRODUCTION.format(bugs=len(found), caught=sum(one.by is not None for one in found)).splitlines()
    lines += ["", "| module | bug | case |", "|---|---|---|"]
    return lines + [f"| `{one.mutant.kernel}` | {one.mutant.bug} | {f'`{one.by}`' if one.by else '–'} |" for one in found]


INTRODUCTION = """\
## The attention kernel for GPUs

{bugs} bugs are seeded into the Triton kernel of `kernels/cuda/`, which the cases of `kernels/cuda/cases.py` then go through in
Triton's interpreter. **{caught} of {bugs} are caught.** The table names the first case that breaks its bound, and the result
that is too far off. These bugs are in `tests/mutants/cuda.txt`."""
