"""Every kernel against the test vectors in ``vectors/``: values that were computed elsewhere, each with its origin."""

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import kernels

VECTORS = Path(__file__).parent / "vectors"


FUNCTIONS = {"sum of cubes": lambda x: sum(entry**3 for entry in x)}
"""The functions that vectors name, for kernels that take one."""


def arguments(vector: dict[str, Any]) -> dict[str, Any]:
    inputs = dict(vector["inputs"])
    return inputs | {name: FUNCTIONS[inputs[name]] for name in ("f",) if name in inputs}


def cases() -> Iterator[Any]:
    for file in sorted(VECTORS.glob("*.json")):
        for name, vectors in json.loads(file.read_text(encoding="utf-8")).items():
            for index, vector in enumerate(vectors):
                yield pytest.param(name, vector, id=f"{name}-{index}")


def decoded(value: Any) -> Any:
    """JSON has no infinity: the words stand for it."""
    if isinstance(value, str) and value in ("inf", "-inf"):
        return float(value)
    if isinstance(value, list):
        return [decoded(item) for item in value]
    if isinstance(value, dict):
        return {key: decoded(item) for key, item in value.items()}
    return value


def check(got: Any, expected: Any, atol: float, where: str) -> None:
    if isinstance(expected, Mapping):
        for key, value in expected.items():
            check(got[key], value, atol, f"{where}.{key}")
    elif expected is None or isinstance(expected, str):
        assert got == expected, where
    elif isinstance(expected, list) and any(isinstance(item, list | Mapping | str) or item is None for item in expected):
        assert len(got) == len(expected), where
        for index, (one, other) in enumerate(zip(got, expected, strict=True)):
            check(one, other, atol, f"{where}[{index}]")
    else:
        wanted = np.asarray(expected, dtype=float)
        assert np.shape(got) == wanted.shape, where
        np.testing.assert_allclose(np.asarray(got, dtype=float), wanted, rtol=1e-9, atol=atol, err_msg=where)


@pytest.mark.parametrize(("name", "vector"), list(cases()))
def test_vector(name: str, vector: dict[str, Any]) -> None:
    expected = decoded(vector["expected"])
    if isinstance(expected, Mapping) and "raises" in expected:
        with pytest.raises(ValueError, match=expected.get("names")):
            kernels.get(name)(**arguments(vector))
    else:
        check(kernels.get(name)(**arguments(vector)), expected, vector["abs_tol"], name)


def test_no_kernel_is_missing() -> None:
    listed = {name for file in VECTORS.glob("*.json") for name in json.loads(file.read_text(encoding="utf-8"))}
    assert set(kernels.names()) == listed
