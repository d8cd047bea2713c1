"""The edge cases, refusals and invariants of the kernels of algorithms."""

import math
from fractions import Fraction
from typing import Any

import numpy as np
import pytest

import kernels
from kernels.algorithms import (
    linear_recurrence_dp,
    lis_length,
    longest_unique_substring,
    lower_bound,
    merge_intervals,
    min_window_sum,
    running_median,
    search_rotated,
    three_sum,
    trap_rain_water,
    two_pointer_pairs,
    two_sum,
)

BIG = 2**53  # from here on floats do not hold every integer

REFUSED = [
    ("lower_bound", {"arr": [1, 3, 2], "target": 2}, "arr must be sorted in ascending order, got 3 before 2"),
    ("lower_bound", {"arr": [1, 2.5], "target": 2}, r"arr\[1\] must be an integer, got 2.5"),
    ("lower_bound", {"arr": [1, 2], "target": "2"}, "target must be an integer, got '2'"),
    ("lower_bound", {"arr": "12", "target": 2}, "arr must be a list, got '12'"),
    ("two_pointer_pairs", {"arr": [2, 1], "target": 3}, "arr must be sorted in ascending order, got 2 before 1"),
    ("three_sum", {"arr": 3}, "arr must be a list, got 3"),
    ("two_sum", {"arr": [1], "target": 2}, "arr must have at least 2 entries, got 1"),
    ("two_sum", {"arr": [], "target": 2}, "arr must have at least 2 entries, got 0"),
    ("two_sum", {"arr": [1, 2, 3, 4], "target": 5}, r"at most one pair with the sum 5, got \[\[1, 2\], \[0, 3\]\]"),
    ("two_sum", {"arr": [2, 2, 2], "target": 4}, "at most one pair with the sum 4"),
    ("two_sum", {"arr": [2, np.nan], "target": 4}, r"arr\[1\] must be an integer, got nan"),
    ("min_window_sum", {"arr": [1, 0, 2], "target": 2}, "arr must hold positive integers, got 0"),
    ("min_window_sum", {"arr": [1, 2], "target": 0}, "target must be at least 1, got 0"),
    ("search_rotated", {"arr": [1, 2, 1], "target": 1}, r"arr must not hold duplicates, got \[1, 2, 1\]"),
    ("search_rotated", {"arr": [1, 3, 2, 4], "target": 2}, r"arr must be a rotation of an ascending list, got \[1, 3, 2, 4\]"),
    ("search_rotated", {"arr": [3, 2, 1], "target": 1}, "arr must be a rotation of an ascending list"),
    ("merge_intervals", {"iv": [[1, 2], [4, 3]]}, r"iv must hold intervals with start <= end, got \[4.0, 3.0\]"),
    ("merge_intervals", {"iv": [[1, 2, 3]]}, r"iv must have shape \(any, 2\), got \(1, 3\)"),
    ("merge_intervals", {"iv": [[1, np.nan]]}, "iv must not contain NaN"),
    ("merge_intervals", {"iv": [[1, np.inf]]}, "iv must be finite"),
    ("lis_length", {"arr": [1, np.nan]}, "arr must not contain NaN"),
    ("lis_length", {"arr": [1, 2], "strict": 1}, "strict must be True or False, got 1"),
    ("running_median", {"stream": [1, np.nan]}, "stream must not contain NaN"),
    ("running_median", {"stream": []}, r"stream must not be empty, got shape \(0,\)"),
    ("trap_rain_water", {"h": [1, -2]}, "h must not hold negative heights, got -2"),
    ("linear_recurrence_dp", {"base": [1], "coeffs": [1], "n": -1}, "n must be at least 0, got -1"),
    (
        "linear_recurrence_dp",
        {"base": [1, 1], "coeffs": [1], "n": 3},
        "must have one length of at least 1, got 2 and 1",
    ),
    ("linear_recurrence_dp", {"base": [], "coeffs": [], "n": 3}, "must have one length of at least 1, got 0 and 0"),
]
REFUSED_TYPES = [
    ("three_sum", {"arr": [1, 2.5]}, r"arr must hold integers, got \[1, 2.5\]"),
    ("three_sum", {"arr": [1, "2"]}, "arr must hold integers"),
    ("longest_unique_substring", {"s": ["a", "b"]}, r"s must be a string, got \['a', 'b'\]"),
    ("lis_length", {"arr": [1, "2"]}, "arr must hold numbers that can be compared, got '2'"),
    ("lis_length", {"arr": [None]}, "arr must hold numbers that can be compared, got None"),
    ("lis_length", {"arr": [1j]}, "arr must hold numbers that can be compared, got 1j"),
]


@pytest.mark.parametrize(("name", "arguments", "message"), REFUSED)
def test_refuses(name: str, arguments: dict[str, Any], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        kernels.get(name)(**arguments)


@pytest.mark.parametrize(("name", "arguments", "message"), REFUSED_TYPES)
def test_refuses_the_type(name: str, arguments: dict[str, Any], message: str) -> None:
    with pytest.raises(TypeError, match=message):
        kernels.get(name)(**arguments)


def test_lower_bound_at_the_ends_and_among_duplicates() -> None:
    assert dict(lower_bound([], 3)) == {"index": 0, "probes": 0}
    assert lower_bound([1, 2], 9).index == 2
    assert lower_bound([1, 2], 0).index == 0
    assert lower_bound([5, 5, 5, 5], 5).index == 0


@pytest.mark.parametrize("n", range(33))
def test_lower_bound_probes_between_floor_and_ceiling_of_the_logarithm(n: int) -> None:
    probes = {lower_bound(list(range(n)), target).probes for target in range(n + 1)}
    assert (min(probes), max(probes)) == (math.floor(math.log2(n + 1)), math.ceil(math.log2(n + 1)))


def test_integers_stay_exact_beyond_floats() -> None:
    assert lower_bound([BIG, BIG + 1, BIG + 2], BIG + 1).index == 1
    assert two_pointer_pairs([-BIG, BIG + 1, BIG + 2], 1) == [[-BIG, BIG + 1]]
    assert three_sum([-2 * BIG - 1, BIG, BIG + 1]) == [[-2 * BIG - 1, BIG, BIG + 1]]
    assert two_sum([BIG, BIG + 1, 1], 2 * BIG + 1) == [0, 1]
    assert search_rotated([BIG + 1, BIG + 2, BIG], BIG + 2) == 1
    assert min_window_sum([BIG, 1, BIG], 2 * BIG + 1) == 3
    assert trap_rain_water([BIG + 1, 0, BIG + 1]) == BIG + 1
    assert lis_length([BIG, BIG + 1]) == 2


def test_whole_numbers_of_other_types_are_integers() -> None:
    assert lower_bound(np.array([1, 4, 9]), np.int64(4)).index == 1
    assert lower_bound([1.0, 4.0], 4.0).index == 1
    assert three_sum(np.array([-1, 0, 1])) == [[-1, 0, 1]]
    assert lis_length(np.array([1.5, 2.5])) == lis_length([Fraction(1, 2), 1]) == 2


@pytest.mark.parametrize("arr", [[], [5]])
def test_fewer_than_two_entries_make_no_pair(arr: list[int]) -> None:
    assert two_pointer_pairs(arr, 10) == []
    assert three_sum([*arr, 0]) == []


def test_each_pair_and_triple_of_values_comes_once() -> None:
    assert two_pointer_pairs([1, 1, 2, 2, 3, 3], 4) == [[1, 3], [2, 2]]
    assert two_pointer_pairs([2, 2, 2], 4) == [[2, 2]]
    assert three_sum([0, 0, 0, 0]) == [[0, 0, 0]]
    assert three_sum([-2, -2, 1, 1, 1, 4, 4]) == [[-2, -2, 4], [-2, 1, 1]]


def test_two_sum_uses_no_entry_twice_but_equal_ones() -> None:
    assert two_sum([2, 5], 4) is None
    assert two_sum([2, 5, 2], 4) == [0, 2]


def test_the_window_never_moves_back() -> None:
    assert longest_unique_substring("") == 0
    assert longest_unique_substring("aaaa") == 1
    assert longest_unique_substring("abba") == 2  # the a that repeats already lies outside of the window
    assert longest_unique_substring("tmmzuxt") == 5


def test_shortest_window() -> None:
    assert min_window_sum([], 1) == 0
    assert min_window_sum([1, 2, 3], 7) == 0
    assert min_window_sum([1, 2, 3], 6) == 3
    assert min_window_sum([1, 9, 1], 9) == 1


def test_search_in_rotated_lists() -> None:
    assert search_rotated([], 1) == -1
    assert search_rotated([3], 3) == 0
    arr = [2, 3, 5, 7, 11]
    for turn in range(5):
        turned = arr[turn:] + arr[:turn]
        assert [search_rotated(turned, v) for v in turned] == [0, 1, 2, 3, 4]
        assert {search_rotated(turned, v) for v in (1, 4, 6, 12)} == {-1}


def test_intervals_that_touch_merge() -> None:
    assert merge_intervals([]) == []
    assert merge_intervals([[1, 2], [2, 3]]) == [[1, 3]]
    assert merge_intervals([[1, 2], [3, 4]]) == [[1, 2], [3, 4]]
    assert merge_intervals([[5, 5], [1, 9], [2, 3]]) == [[1, 9]]
    assert merge_intervals([[4, 4]]) == [[4, 4]]


def test_merged_intervals_merge_no_further() -> None:
    merged = merge_intervals([[0.5, 1.5], [7, 9], [1, 2], [8, 8.5], [2.25, 3]])
    assert merged == merge_intervals(merged) == [[0.5, 2], [2.25, 3], [7, 9]]


def test_increasing_subsequences_with_and_without_ties() -> None:
    assert lis_length([]) == lis_length([], strict=False) == 0
    assert (lis_length([4, 4, 4]), lis_length([4, 4, 4], strict=False)) == (1, 3)
    assert lis_length([5, 4, 3]) == 1
    assert lis_length([float("-inf"), 0, float("inf")]) == 3


def test_running_median_of_even_counts_and_large_numbers() -> None:
    assert running_median([2, 4]).tolist() == [2, 3]
    assert running_median([3, 3, 3]).tolist() == [3, 3, 3]
    largest = float(np.finfo(float).max)
    assert running_median([largest, largest, -largest, -largest]).tolist() == [largest, largest, largest, 0]


@pytest.mark.parametrize("h", [[], [3], [3, 5], [1, 2, 3], [3, 2, 2, 1], [0, 0, 0]])
def test_no_water_without_two_banks(h: list[int]) -> None:
    assert trap_rain_water(h) == 0


def test_water_does_not_mind_the_direction() -> None:
    assert trap_rain_water([4, 2, 0, 3, 2, 5]) == trap_rain_water([5, 2, 3, 0, 2, 4]) == 9


def test_recurrence_within_its_base_and_far_beyond() -> None:
    assert [linear_recurrence_dp([7, 8, 9], [1, 1, 1], n) for n in range(4)] == [7, 8, 9, 24]
    assert linear_recurrence_dp([2], [3], 200) == 2 * 3**200


def test_the_first_coefficient_belongs_to_the_latest_term() -> None:
    assert linear_recurrence_dp([0, 1], [1, 2], 5) == 11
    assert linear_recurrence_dp([0, 1], [2, 1], 5) == 29
