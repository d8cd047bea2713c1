"""Try every mutant, write ``docs/mutants.md``, and fail if one survives.

python -m tests.mutants                  all of them
python -m tests.mutants softmax entropy  those of some kernels, and the page stays as it is
python -m tests.mutants cuda             those of the attention kernel for GPUs, likewise
"""

import multiprocessing
import os
import sys
import tempfile
from collections import Counter
from concurrent.futures import Future, ProcessPoolExecutor, as_completed
from pathlib import Path

from rich.console import Console
from rich.progress import Progress

import kernels
from tests.mutants import cuda
from tests.mutants.cuda import Caught
from tests.mutants.table import MUTANTS, Mutant
from tests.mutants.trial import ROOT, Broken, Verdict, copy_tree, module_of, try_baseline, try_mutant

PAGE = ROOT / "docs" / "mutants.md"
HEAVY = ["hypothesis", "mpmath", "numpy", "pytest", "scipy.optimize", "scipy.stats", "sklearn.svm", "sympy", "torch"]
"""Imported once and inherited by every trial: without that, a trial would spend most of its time on them."""
console = Console(soft_wrap=True)


def main(names: list[str]) -> int:
    if unknown := set(names) - {mutant.kernel for mutant in MUTANTS} - {"cuda"}:
        console.print(f"no mutants of {', '.join(sorted(unknown))}")
        return 2
    chosen = [mutant for mutant in MUTANTS if mutant.kernel in names or not names]
    os.environ["OMP_NUM_THREADS"] = "1"  # the trials run side by side
    try:
        check(chosen)
        verdicts = try_all(chosen) if chosen else []
        attention = cuda.try_bugs() if "cuda" in names or not names else []
    except Broken as error:
        console.print(str(error), markup=False)
        return 2
    if not names:
        PAGE.write_text(page(verdicts, attention), encoding="utf-8")
    survivors = [verdict.mutant for verdict in verdicts if verdict.survived] + [one.mutant for one in attention if one.by is None]
    for survivor in survivors:
        console.print(f"survived: {survivor}", markup=False)
    seeded = len(verdicts) + len(attention)
    console.print(f"{seeded - len(survivors)} of {seeded} mutants caught")
    return 1 if survivors else 0


def check(mutants: list[Mutant]) -> None:
    """Each bug can be seeded in exactly one place, before anything is run.

    Raises:
        Broken: one cannot.
    """
    for mutant in mutants:
        source = (ROOT / "kernels" / f"{module_of(mutant.kernel)}.py").read_text(encoding="utf-8")
        try:
            compile(mutant.seed(source), "mutant", "exec")
        except (ValueError, SyntaxError) as error:
            raise Broken(f"{mutant}: {error}") from None


def try_all(mutants: list[Mutant]) -> list[Verdict]:
    """The verdicts, in the order of the mutants. Every trial is a process of its own.

    Raises:
        Broken: a test fails without any bug, or some mutants cannot be tried; the message names them all.
    """
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(HEAVY)
    verdicts: dict[Mutant, Verdict] = {}
    broken: list[str] = []
    with (
        tempfile.TemporaryDirectory(prefix="mutants-") as folder,
        ProcessPoolExecutor(os.cpu_count(), mp_context=context, max_tasks_per_child=1) as pool,
        Progress(console=console) as progress,
    ):
        baseline = Path(folder).resolve()
        copy_tree(ROOT, baseline)
        bar = progress.add_task("all is well without a bug", total=None)
        pool.submit(try_baseline, baseline, {mutant.kernel for mutant in mutants}).result()
        progress.update(bar, description="trying mutants", total=len(mutants), completed=0)
        trials: list[Future[Verdict]] = [pool.submit(try_mutant, mutant, baseline) for mutant in mutants]
        for trial in as_completed(trials):
            try:
                verdict = trial.result()
                verdicts[verdict.mutant] = verdict
            except Broken as error:
                broken.append(str(error))
            progress.advance(bar)
    if broken:
        raise Broken("\n\n".join(sorted(broken)))
    return [verdicts[mutant] for mutant in mutants]


def page(verdicts: list[Verdict], attention: list[Caught]) -> str:
    """The page in ``docs/``: what was seeded, and what caught it."""
    seeded = Counter(verdict.mutant.kernel for verdict in verdicts)
    lines = INTRODUCTION.format(
        mutants=len(verdicts),
        kernels=len(seeded),
        all=len(kernels.names()),
        caught=sum(not verdict.survived for verdict in verdicts),
        vectors=sum(verdict.vector is not None for verdict in verdicts),
        oracles=sum(verdict.oracle is not None for verdict in verdicts),
        own=sum(verdict.own is not None for verdict in verdicts),
    ).splitlines()
    for topic in sorted({module_of(name) for name in seeded}):
        lines += [
            "",
            f"## {topic.replace('_', ' ').capitalize()}",
            "",
            "| kernel | bug | vector | oracle | own test |",
            "|---|---|---|---|---|",
        ]
        lines += [row(verdict) for verdict in verdicts if module_of(verdict.mutant.kernel) == topic]
    return "\n".join([*lines, "", *cuda.section(attention)]) + "\n"


INTRODUCTION = """\
# Bugs that the tests catch

A test is worth what it would catch. Here {mutants} bugs of the kind that people make are seeded into {kernels} of the {all}
kernels, one at a time and in a copy of the tree, and the tests of that kernel run on it. **{caught} of {mutants} are caught.**

Three layers of tests look at each bug. None of them knows of the others, and most bugs are caught by more than one:

- *vector*: numbers computed elsewhere, in `tests/kernels/vectors/`: {vectors} caught.
- *oracle*: a second way to the same answer, on random and extreme input, in `tests/kernels/test_oracles.py`: {oracles} caught.
- *own test*: edges, refusals and invariants, in the test file of the kernel's topic: {own} caught.

The table names the first test of each layer that fails; – is a layer that saw nothing. The examples in the docstrings, the
conformance suite of ONNX and the worked numbers run in every test run as well; they are left out here.

`make mutants` seeds all bugs anew, writes this page, and fails if a bug survives. The bugs are in `tests/mutants/bugs.txt`."""


def row(verdict: Verdict) -> str:
    mutant = verdict.mutant
    cells = f"`{mutant.kernel}`", mutant.bug, case(verdict.vector), case(verdict.oracle), case(verdict.own)
    return f"| {' | '.join(cells)} |"


def case(test: str | None) -> str:
    """The test without what the column says already: which vector, which oracle, or the name of a test without its parameters."""
    if test is None:
        return "–"
    name, _, parameters = test.partition("[")
    if name in ("test_vector", "test_agrees"):
        return f"`{parameters.removesuffix(']').partition('-')[2]}`"
    return f"`{name.removeprefix('test_')}`"


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
