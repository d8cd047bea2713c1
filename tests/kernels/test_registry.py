"""The registry, and that every kernel is documented like a page of a textbook."""

import doctest
import importlib
import pickle
import pkgutil
import subprocess
import sys

import pytest

import kernels
from kernels.registry import Record, kernel


@pytest.mark.parametrize("name", kernels.names())
def test_docstring_is_whole(name: str) -> None:
    entry = kernels.get(name)
    assert "$$" in entry.doc, "no formula"
    for part in ("Args:", "Returns:", "Raises:", "Source:", ">>> "):
        assert part in entry.doc, f"no {part}"
    arguments = entry.doc.partition("Args:")[2].partition("Returns:")[0]
    for parameter in entry.signature.parameters:
        assert f"{parameter}:" in arguments or f"{parameter}," in arguments, f"{parameter} is not described"
    for field in entry.fields:
        assert f"{field}:" in entry.doc.partition("Returns:")[2], f"{field} is not described"


@pytest.mark.parametrize("module", sorted(m.name for m in pkgutil.iter_modules(kernels.__path__) if not m.ispkg))
def test_doctests(module: str) -> None:
    assert doctest.testmod(importlib.import_module(f"kernels.{module}")).failed == 0


def test_two_kernels_of_one_name_are_refused() -> None:
    def dot_product() -> None: ...

    with pytest.raises(ValueError, match="two kernels are called dot_product"):
        kernel()(dot_product)


def test_a_nan_that_an_overflow_makes_is_an_error() -> None:
    with pytest.raises(ValueError, match="dense_forward overflows float64"):
        kernels.get("dense_forward")([1e200, 1e200], [[1e200, -1e200]], [0.0])


def test_a_record_has_attributes_and_items_and_is_read_only() -> None:
    record = Record(mean=1.0, var=2.0)
    assert (record.mean, record["var"], list(record), len(record)) == (1.0, 2.0, ["mean", "var"], 2)
    assert pickle.loads(pickle.dumps(record)) == record
    with pytest.raises(AttributeError, match="no field 'median'"):
        _ = record.median
    with pytest.raises(AttributeError, match="read-only"):
        record.mean = 3.0


def test_importing_the_kernels_imports_no_heavy_package() -> None:
    heavy = "torch", "scipy", "sklearn", "sympy", "onnx", "matplotlib", "triton"
    code = f"import sys, kernels, kernels.oracles; print([m for m in {heavy} if m in sys.modules])"
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout.strip() == "[]"
