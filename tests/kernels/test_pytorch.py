"""The kernel of tensor views: edge cases, refusals, invariants."""

import math
from typing import Any

import pytest
from hypothesis import given, settings

from kernels.pytorch import view_compatible
from tests.kernels.inputs.pytorch import views

steady = settings(derandomize=True, database=None, max_examples=100)


@pytest.mark.parametrize(
    ("shape", "strides", "new_shape", "contiguous", "new_strides"),
    [
        ([2, 3], [3, 1], [6], True, [1]),
        ([2, 3], [1, 2], [6], False, None),
        ([2, 3], [1, 2], [2, 3], False, [1, 2]),
        ([3, 4], [8, 1], [12], False, None),
        ([3, 4], [8, 1], [3, 2, 2], False, [8, 2, 1]),
        ([2, 3], [0, 1], [6], False, None),
        ([3], [0], [3], False, [0]),
        ([2, 3], [0, 0], [6], False, [0]),
        ([4, 3, 2], [6, 2, 1], [2, 12], True, [12, 1]),
        ([6], [5], [2, 3], False, [15, 5]),
    ],
    ids=[
        "dense",
        "transposed",
        "same",
        "cut",
        "cut but not merged",
        "expanded",
        "a point",
        "a point twice",
        "regrouped",
        "stepped",
    ],
)
def test_views(shape: Any, strides: Any, new_shape: Any, contiguous: bool, new_strides: Any) -> None:
    found = view_compatible(shape, strides, new_shape)
    assert found == {"contiguous": contiguous, "viewable": new_strides is not None, "new_strides": new_strides}


def test_the_strides_of_axes_of_size_1_do_not_matter() -> None:
    found = view_compatible([2, 1, 3], [3, 77, 1], [6])
    assert found == {"contiguous": True, "viewable": True, "new_strides": [1]}


def test_a_number_is_a_tensor_without_axes() -> None:
    assert view_compatible([], [], []) == {"contiguous": True, "viewable": True, "new_strides": []}
    assert view_compatible([1, 1], [5, 7], []) == {"contiguous": True, "viewable": True, "new_strides": []}
    found = view_compatible([], [], [1, 1])
    assert found.viewable
    assert len(found.new_strides) == 2


def test_what_holds_nothing_can_be_seen_in_any_way() -> None:
    found = view_compatible([2, 0, 3], [9, 9, 9], [0, 5])
    assert found == {"contiguous": True, "viewable": True, "new_strides": [5, 1]}


@steady
@given(view=views())
def test_a_view_can_be_viewed_back(view: dict[str, Any]) -> None:
    there = view_compatible(**view)
    if there.viewable:
        back = view_compatible(view["new_shape"], there.new_strides, view["shape"])
        assert back.viewable
        assert back.contiguous == there.contiguous
        if 0 not in view["shape"]:
            wanted = [(n, step) for n, step in zip(view["shape"], view["strides"], strict=True) if n > 1]
            assert [(n, step) for n, step in zip(view["shape"], back.new_strides, strict=True) if n > 1] == wanted


@steady
@given(view=views())
def test_what_is_contiguous_can_be_viewed_anyhow_and_everything_as_itself(view: dict[str, Any]) -> None:
    found = view_compatible(**view)
    assert found.viewable or not found.contiguous
    assert view_compatible(view["shape"], view["strides"], view["shape"]).viewable
    assert view_compatible(view["shape"], view["strides"], [math.prod(view["shape"])]).viewable or not found.contiguous


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"new_shape": [7]}, "new_shape must hold 6 elements as shape does, got 7"),
        ({"new_shape": [-1]}, r"new_shape\[0\] must be at least 0, got -1"),
        ({"strides": [3, -1]}, r"strides\[1\] must be at least 0, got -1"),
        ({"strides": [3]}, "shape and strides must have one length, got 2 and 1"),
        ({"shape": [2, 1.5]}, r"shape\[1\] must be an integer"),
        ({"shape": [2, -3]}, r"shape\[1\] must be at least 0"),
        ({"shape": 6}, "shape must be a list"),
    ],
)
def test_views_refused(change: dict[str, Any], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        view_compatible(**({"shape": [2, 3], "strides": [3, 1], "new_shape": [6]} | change))
