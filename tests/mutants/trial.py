"""One mutant on trial: a copy of the kernels with the bug in it, and pytest on the tests that can see it."""

import contextlib
import io
import os
import shutil
import signal
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType
from typing import Any

import kernels
from tests.mutants.table import Mutant

ROOT = Path(__file__).parents[2]
TABLES = "test_vectors", "test_oracles"
"""Test files with a case per kernel, whose ids begin with the kernel's name; beside them stands the file of the kernel's topic."""
GAPS = "test_gaps"
"""The test file that mended what earlier mutants survived; its tests begin with the kernel's name."""
PATIENCE = 300
"""Seconds that a trial may take; it needs one or two. A bug that leads into an endless loop is no good for a table."""
BROKEN = NameError, ImportError, SyntaxError
"""What a slip of the pen raises: a mutant that fails by one of these is no plausible bug, and catching it proves nothing."""


class Broken(Exception):
    """A mutant, or the tree without one, that cannot be tried at all."""


@dataclass(frozen=True)
class Verdict:
    """Which tests caught a mutant: the first one of each layer, None where the layer saw nothing."""

    mutant: Mutant
    vector: str | None
    oracle: str | None
    own: str | None

    @property
    def survived(self) -> bool:
        return not (self.vector or self.oracle or self.own)


class Layers:
    """A pytest plugin: only the tests that concern one kernel, and of each test file only the first that fails."""

    def __init__(self, names: set[str]) -> None:
        self.names = names
        self.caught: dict[str, str] = {}
        self.ran: set[str] = set()
        self.broken: list[str] = []

    def pytest_collection_modifyitems(self, items: list[Any]) -> None:
        items[:] = [item for item in items if self.concerns(item.path.stem, item.name)]

    def concerns(self, stem: str, test: str) -> bool:
        """Whether a test is about one of the kernels."""
        if stem in TABLES:  # test_agrees[softmax-softmax_digits]
            return test.partition("[")[2].rstrip("]").partition("-")[0] in self.names
        return stem != GAPS or any(test.startswith(f"test_{name}_") for name in self.names)

    def pytest_runtest_setup(self, item: Any) -> None:
        import pytest

        if item.path.stem in self.caught:
            pytest.skip("its file has caught the bug")
        self.ran.add(item.path.stem)

    def pytest_exception_interact(self, node: Any, call: Any) -> None:
        if call.excinfo.errisinstance(BROKEN):
            self.broken.append(f"{node.name}: {call.excinfo.typename}: {call.excinfo.value}")
        self.caught.setdefault(node.path.stem, node.name)


def copy_tree(source: Path, target: Path) -> None:
    """What the tests of the kernels need. Times are kept, so that compiled modules stay valid."""
    for name in "kernels", "tests/kernels":
        shutil.copytree(source / name, target / name)
    for name in "pyproject.toml", "tests/__init__.py":
        shutil.copy2(source / name, target / name)


def run_tests(tree: Path, names: set[str], modules: set[str]) -> Layers:
    """Run the tests of some kernels in a tree, quietly.

    Raises:
        Broken: the tests could not be collected, or one of the files has no test of these kernels.
    """
    import pytest
    from hypothesis import Phase, settings

    phases = Phase.explicit, Phase.generate
    settings.register_profile("mutants", phases=phases, derandomize=True, database=None, deadline=None)
    settings.load_profile("mutants")  # a failure is enough: nobody reads the smallest one
    stems = [*TABLES, *sorted(f"test_{module}" for module in modules)]
    paths = [f"tests/kernels/{stem}.py" for stem in [*stems, GAPS]]
    layers = Layers(names)
    with imports_from(tree), contextlib.redirect_stdout(io.StringIO()) as output, contextlib.redirect_stderr(io.StringIO()):
        code = pytest.main(["-q", "-p", "no:cacheprovider", "-p", "no:xdist", "--disable-warnings", *paths], plugins=[layers])
        tried = getattr(sys.modules.get("kernels"), "__file__", "")
    if code not in (0, 1) or layers.broken or not layers.ran >= set(stems) or not Path(tried).is_relative_to(tree):
        raise Broken("\n".join(layers.broken) or output.getvalue()[-2000:])
    return layers


@contextlib.contextmanager
def imports_from(tree: Path) -> Iterator[None]:
    """Inside, ``kernels`` and ``tests`` are those of the tree, and it is the current folder; outside, all is as before."""

    def ours() -> dict[str, ModuleType]:
        return {name: module for name, module in sys.modules.items() if name.partition(".")[0] in ("kernels", "tests")}

    before, folder = ours(), Path.cwd()
    for name in before:
        del sys.modules[name]
    os.chdir(tree)
    sys.path.insert(0, str(tree))
    try:
        yield
    finally:
        sys.path.remove(str(tree))
        os.chdir(folder)
        for name in ours():
            del sys.modules[name]
        sys.modules.update(before)


def try_baseline(tree: Path, names: set[str]) -> None:
    """Without a bug all tests pass, else a mutant that fails proves nothing. It leaves compiled modules in the tree.

    Raises:
        Broken: a test fails.
    """
    layers = run_tests(tree, names, {module_of(name) for name in names})
    if layers.caught:
        raise Broken(f"tests fail without any bug: {', '.join(layers.caught.values())}")


def try_mutant(mutant: Mutant, baseline: Path) -> Verdict:
    """Seed the bug into a copy of the baseline, and see what catches it.

    Raises:
        Broken: the bug cannot be seeded, it is a slip of the pen, or the tests come to no end.
    """
    signal.signal(signal.SIGALRM, signal.default_int_handler)
    signal.alarm(PATIENCE)  # pytest is interrupted then, and says so
    module = module_of(mutant.kernel)
    with tempfile.TemporaryDirectory(prefix="mutant-") as folder:
        tree = Path(folder).resolve()
        copy_tree(baseline, tree)
        path = tree / "kernels" / f"{module}.py"
        path.write_text(mutant.seed(path.read_text(encoding="utf-8")), encoding="utf-8")
        for compiled in path.parent.glob(f"__pycache__/{module}.*"):
            compiled.unlink()
        try:
            layers = run_tests(tree, {mutant.kernel}, {module})
        except Broken as error:
            raise Broken(f"{mutant}: {error}") from None
    vector, oracle, own, gap = (layers.caught.get(stem) for stem in (*TABLES, f"test_{module}", GAPS))
    return Verdict(mutant, vector, oracle, own or gap)


def module_of(name: str) -> str:
    """The module of ``kernels`` that holds a kernel: ``losses`` for softmax."""
    return kernels.get(name).module.rpartition(".")[2]
