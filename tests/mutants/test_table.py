"""That the table of bugs is up to date; whether the tests catch them, ``make mutants`` says."""

import kernels
from tests.mutants import cuda
from tests.mutants.__main__ import PAGE
from tests.mutants.table import MUTANTS
from tests.mutants.trial import ROOT, module_of


def test_every_bug_can_be_seeded_in_one_place_and_is_listed_once() -> None:
    sources = {path.stem: path.read_text(encoding="utf-8") for path in (ROOT / "kernels").glob("*.py")}
    for mutant in MUTANTS:
        source = sources[module_of(mutant.kernel)]
        assert mutant.seed(source) != source
    for mutant in cuda.BUGS:
        source = cuda.module_path(mutant, ROOT).read_text(encoding="utf-8")
        compile(mutant.seed(source), "mutant", "exec")
    assert len({str(mutant) for mutant in (*MUTANTS, *cuda.BUGS)}) == len(MUTANTS) + len(cuda.BUGS)


def test_every_kernel_has_a_bug() -> None:
    assert {mutant.kernel for mutant in MUTANTS} == set(kernels.names())


def test_the_page_names_every_bug() -> None:
    rows = [line.split(" | ") for line in PAGE.read_text(encoding="utf-8").splitlines() if line.startswith("| `")]
    listed = sorted((mutant.kernel, mutant.bug) for mutant in (*MUTANTS, *cuda.BUGS))
    assert sorted((name.strip("| `"), bug) for name, bug, *_ in rows) == listed
