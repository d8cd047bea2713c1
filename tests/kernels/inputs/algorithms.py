"""Random arguments for the kernels of algorithms."""

from typing import Any

import numpy as np
from hypothesis import assume
from hypothesis import strategies as st

from tests.kernels.inputs.common import extreme, plain

few = st.integers(-6, 6)
huge = st.integers(-(10**20), 10**20)
"""Beyond 2**53, where floats no longer hold every integer."""


def lists(entries: st.SearchStrategy[Any], least: int = 0, most: int = 9) -> st.SearchStrategy[list[Any]]:
    return st.lists(entries, min_size=least, max_size=most)


@st.composite
def searches(draw: st.DrawFn, entries: st.SearchStrategy[int]) -> dict[str, Any]:
    """A sorted list and a target in it or beside it."""
    arr = sorted(draw(lists(entries, most=13)))
    target = draw(st.sampled_from(arr)) if arr and draw(st.booleans()) else draw(entries)
    return {"arr": arr, "target": target + draw(st.integers(-1, 1))}


@st.composite
def sums(draw: st.DrawFn, entries: st.SearchStrategy[int], least: int) -> dict[str, Any]:
    """A list and the sum of two of its entries, or some other sum."""
    arr = draw(lists(entries, least=least))
    target = draw(st.sampled_from(arr)) + draw(st.sampled_from(arr)) if arr and draw(st.booleans()) else draw(entries)
    return {"arr": arr, "target": target}


@st.composite
def one_pair(draw: st.DrawFn) -> dict[str, Any]:
    """At most one pair fits: more are refused."""
    arguments = draw(sums(few, 2) | sums(huge, 2))
    arr, target = arguments["arr"], arguments["target"]
    assume(sum(a + b == target for i, a in enumerate(arr) for b in arr[:i]) <= 1)
    return arguments


@st.composite
def rotations(draw: st.DrawFn, entries: st.SearchStrategy[int]) -> dict[str, Any]:
    arr = sorted(set(draw(lists(entries, most=12))))
    turn = draw(st.integers(0, len(arr)))
    target = draw(st.sampled_from(arr)) if arr and draw(st.booleans()) else draw(entries)
    return {"arr": arr[turn:] + arr[:turn], "target": target}


@st.composite
def recurrences(draw: st.DrawFn) -> dict[str, Any]:
    k = draw(st.integers(1, 4))
    return {"base": draw(lists(few, k, k)), "coeffs": draw(lists(few, k, k)), "n": draw(st.integers(0, 25))}


def intervals(ends: st.SearchStrategy[float]) -> st.SearchStrategy[list[list[float]]]:
    return lists(st.tuples(ends, ends).map(lambda pair: [float(end) for end in sorted(pair)]), most=6)


windows = lists(st.integers(1, 9), most=10)

INPUTS = {
    "lower_bound": searches(few) | searches(huge),
    "two_pointer_pairs": (sums(few, 0) | sums(huge, 0)).map(lambda a: {**a, "arr": sorted(a["arr"])}),
    "three_sum": st.fixed_dictionaries({"arr": lists(few) | lists(st.integers(-1, 1)) | lists(huge)}),
    "two_sum": one_pair(),
    "longest_unique_substring": st.fixed_dictionaries({"s": st.text("abcd", max_size=12) | st.text(max_size=12)}),
    "min_window_sum": st.fixed_dictionaries({"arr": windows, "target": st.integers(1, 40)}),
    "search_rotated": rotations(few) | rotations(huge),
    "merge_intervals": st.fixed_dictionaries({"iv": intervals(few) | intervals(plain) | intervals(extreme)}),
    "lis_length": st.fixed_dictionaries({"arr": lists(few) | lists(plain)}, optional={"strict": st.booleans()}),
    "running_median": st.fixed_dictionaries({"stream": lists(plain | extreme, 1).map(np.array)}),
    "trap_rain_water": st.fixed_dictionaries({"h": lists(st.integers(0, 9), most=12)}),
    "linear_recurrence_dp": recurrences(),
}
