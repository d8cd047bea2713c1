"""That agreement means something: a wrong oracle is caught, whatever way it is wrong, and by how little."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import kernels
from kernels import Kernel, Record, oracles
from kernels.oracles import Disagreement, Oracle, agree


def compared(mine: Any, other: Any) -> None:
    """Compare two results as if a kernel and its oracle had given them."""

    def always(value: Any) -> Callable[..., Any]:
        return lambda **arguments: value

    fields = tuple(mine) if isinstance(mine, Record) else ()
    agree(
        Kernel("made_up", always(mine), fields), Oracle("made_up", always(other), (), always(1), always(0), None, always(True)), {}
    )


@pytest.mark.parametrize(
    ("mine", "other"),
    [
        (1.0, 1.0 + 1e-11),
        (1.0, float("nan")),
        (1.0, float("inf")),
        (3, 4),
        (True, False),
        (np.array([1.0, 2.0]), np.array([1.0, 2.0 + 1e-11])),
        (np.array([1.0, 2.0]), np.array([1.0])),
        (np.array([0, 1]), np.array([0, 2])),
        (Record(a=1.0, b=2.0), {"a": 1.0, "b": 2.1}),
        (Record(a=1.0), {"c": 1.0}),
        (Record(a=1.0), {}),
        (Record(a=1.0), 1.0),
        (Record(a=None), {"a": 1.0}),
        ("left", "right"),
        ([Record(a=1.0)], [{"a": 1.0}, {"a": 2.0}]),
        (["a", "b"], ["a", "c"]),
    ],
)
def test_a_difference_is_seen(mine: Any, other: Any) -> None:
    with pytest.raises(Disagreement):
        compared(mine, other)


@pytest.mark.parametrize(
    ("mine", "other"),
    [
        (1.0, 1.0 + 2.0**-52),
        (float("inf"), float("inf")),
        (Record(a=1.0, b=None), {"b": None}),
        ([1, 2], [1, 2]),
        ("left", "left"),
    ],
)
def test_what_rounding_explains_is_agreement(mine: Any, other: Any) -> None:
    compared(mine, other)


CASES: dict[str, dict[str, Any]] = {
    "unit_normalize": {"v": [3.0, -4.0], "p": float("inf")},
    "condition_number": {"A": [[2.0, 1.0], [1.0, 3.0]]},
    "linear_attention": {"Q": [[1.0], [2.0]], "K": [[1.0], [3.0]], "V": [[1.0], [5.0]], "causal": True},
    "bpe_encode": {"word": "aaaa", "merges": [["a", "a"], ["aa", "a"]]},
    "beam_search": {"table": {"<s>": {"a": 1.0}, "a": {"</s>": 1.0}}, "beam": 2, "max_len": 5},
}
"""Arguments that random input seldom meets."""


@pytest.mark.parametrize("name", CASES)
def test_rare_arguments(name: str) -> None:
    for oracle in oracles.available(name):
        agree(kernels.get(name), oracle, CASES[name])


def test_an_oracle_says_when_no_hyperplane_separates() -> None:
    exact = next(
        oracle for oracle in oracles.of("hard_margin_svm") if oracle.available and not set(oracle.needs) - {"sympy", "mpmath"}
    )
    with pytest.raises(AssertionError, match="no hyperplane"):
        exact(X=[[0.0], [1.0], [2.0]], y=[1, -1, 1])


def test_an_entry_tells_of_its_kernel() -> None:
    entry = kernels.get("label_smoothing_targets")
    assert (entry.topic, entry.module) == ("losses", "kernels.losses")
    assert entry.words["convention"] == ("uniform_all", "uniform_others")
    assert kernels.get("lp_norm").words == {"p": ("inf",)}
    assert entry.doc.startswith("The target")
    assert all(oracle.doc for oracle in oracles.of("softmax"))


def test_a_record_has_no_hidden_fields() -> None:
    with pytest.raises(AttributeError):
        _ = Record(a=1).__missing__
