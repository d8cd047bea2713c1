"""Searching, two pointers, sliding windows, hashing, heaps and dynamic programming on lists of integers."""

import operator
from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from heapq import heappush, heappushpop
from itertools import accumulate, pairwise
from numbers import Real
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from kernels import checks
from kernels.checks import Array
from kernels.registry import Record, kernel


def _ascending(arr: Sequence[int], name: str) -> list[int]:
    values = checks.integer_list(arr, name)
    for left, right in pairwise(values):
        if left > right:
            raise ValueError(f"{name} must be sorted in ascending order, got {left} before {right}")
    return values


@kernel(fields=("index", "probes"))
def lower_bound(arr: Sequence[int], target: int) -> Record:
    r"""Binary search for the first place at which a sorted list reaches a target.

    $$\min\{i:arr_i\ge t\}\ \text{ after }\ \lfloor\log_2(n+1)\rfloor\ \text{ to }\ \lceil\log_2(n+1)\rceil\ \text{ probes}$$

    Args:
        arr: integers in ascending order, duplicates allowed, shape (n,), n >= 0.
        target: an integer.

    Returns:
        index: the first i with arr[i] >= target; n where there is none.
        probes: comparisons of an entry with the target, in the loop on the half-open range [lo, hi) with
            mid = (lo + hi) // 2.

    Raises:
        ValueError: arr is not sorted, an entry is not an integer.

    Source: Knuth, The Art of Computer Programming, volume 3 (2nd ed., 1998), section 6.2.1.

    >>> lower_bound([1, 3, 3, 8], target=3)
    Record(index=1, probes=3)
    """
    values, target = _ascending(arr, "arr"), checks.integer(target, "target")
    lo, hi, probes = 0, len(values), 0
    while lo < hi:
        mid = (lo + hi) // 2
        probes += 1
        if values[mid] < target:
            lo = mid + 1
        else:
            hi = mid
    return Record(index=lo, probes=probes)


@kernel()
def two_pointer_pairs(arr: Sequence[int], target: int) -> list[list[int]]:
    r"""All pairs of values in a sorted list with a given sum, by one pointer from each end.

    $$\{(a_i,a_j):i<j,\ a_i+a_j=t\}\ \text{ in }\ O(n)$$

    Args:
        arr: integers in ascending order, shape (n,), n >= 0.
        target: the sum, an integer.

    Returns:
        Pairs [smaller, larger] in ascending order; each pair of values once, however often it occurs.

    Raises:
        ValueError: arr is not sorted, an entry is not an integer.

    Source: Laaksonen, Competitive Programmer's Handbook (2018), section 8.1.

    >>> two_pointer_pairs([1, 2, 2, 4, 5, 6], target=7)
    [[1, 6], [2, 5]]
    """
    values, target = _ascending(arr, "arr"), checks.integer(target, "target")
    pairs: list[list[int]] = []
    left, right = 0, len(values) - 1
    while left < right:
        total = values[left] + values[right]
        if total == target and (not pairs or pairs[-1][0] != values[left]):
            pairs.append([values[left], values[right]])
        if total <= target:
            left += 1
        else:
            right -= 1
    return pairs


@kernel()
def three_sum(arr: Sequence[int]) -> list[list[int]]:
    r"""All triples of values with sum 0: fix the smallest, and look for the pair by two pointers.

    $$\{(a,b,c):a+b+c=0\}\ \text{ in }\ O(n^2)$$

    Args:
        arr: integers in any order, shape (n,), n >= 0.

    Returns:
        Triples in ascending order, themselves ascending, each triple of values once.

    Raises:
        TypeError: an entry is not an integer.
        ValueError: arr is not a list.

    Source: Gajentaan and Overmars, On a class of O(n^2) problems in computational geometry, Computational Geometry 5 (1995),
    section 2; Laaksonen, Competitive Programmer's Handbook (2018), section 8.1.

    >>> three_sum([3, -2, 1, 0, -1, 1])
    [[-2, -1, 3], [-2, 1, 1], [-1, 0, 1]]
    """
    entries = checks.items(arr, "arr", empty=True)
    try:
        values = sorted(operator.index(entry) for entry in entries)
    except TypeError:
        raise TypeError(f"arr must hold integers, got {arr!r}") from None
    triples: list[list[int]] = []
    for i, smallest in enumerate(values):
        if i == 0 or smallest != values[i - 1]:
            triples += [[smallest, *pair] for pair in two_pointer_pairs(values[i + 1 :], -smallest)]
    return triples


@kernel()
def two_sum(arr: Sequence[int], target: int) -> list[int] | None:
    r"""Where the two entries with a given sum are, by one pass with a hash map.

    $$i<j:\ a_i+a_j=t\ \text{ in }\ O(n)$$

    Args:
        arr: integers in any order, shape (n,), n >= 2.
        target: the sum, an integer.

    Returns:
        The positions [i, j], i < j; None where no pair fits. An entry is not paired with itself.

    Raises:
        ValueError: n < 2, more than one pair of positions fits, an entry is not an integer.

    Source: Knuth, The Art of Computer Programming, volume 3 (2nd ed., 1998), section 6.4 (hashing); the problem is
    exercise 2.3-8 of Cormen, Leiserson, Rivest and Stein, Introduction to Algorithms (4th ed., 2022).

    >>> two_sum([4, 9, 1, 3], target=12)
    [1, 3]
    """
    values, target = checks.integer_list(arr, "arr"), checks.integer(target, "target")
    if len(values) < 2:
        raise ValueError(f"arr must have at least 2 entries, got {len(values)}")
    places: dict[int, list[int]] = {}
    found: list[list[int]] = []
    for j, value in enumerate(values):
        found += [[i, j] for i in places.get(target - value, [])]
        if len(found) > 1:
            raise ValueError(f"arr must have at most one pair with the sum {target}, got {found}")
        places.setdefault(value, []).append(j)
    return found[0] if found else None


@kernel()
def longest_unique_substring(s: str) -> int:
    r"""The length of the longest stretch of a string in which no character repeats, by a sliding window.

    $$\max\{j-i+1:s_i,\ldots,s_j\ \text{distinct}\}\ \text{ in }\ O(n)$$

    Args:
        s: a string, empty or not.

    Returns:
        The length, 0 for the empty string.

    Raises:
        TypeError: s is not a string.

    Source: Laaksonen, Competitive Programmer's Handbook (2018), section 8.1.

    >>> longest_unique_substring("abcadb")
    4
    """
    if not isinstance(s, str):
        raise TypeError(f"s must be a string, got {s!r}")
    last: dict[str, int] = {}
    start = longest = 0
    for end, character in enumerate(s):
        start = max(start, last.get(character, -1) + 1)  # it never moves back: an older repeat already lies outside
        last[character] = end
        longest = max(longest, end - start + 1)
    return longest


@kernel()
def min_window_sum(arr: Sequence[int], target: int) -> int:
    r"""The length of the shortest stretch of positive numbers whose sum reaches a target, by a sliding window.

    $$\min\Big\{j-i+1:\sum_{k=i}^ja_k\ge t\Big\}\ \text{ in }\ O(n)$$

    The window shrinks *while* its sum still reaches the target; for a longest window it would shrink while it fails.

    Args:
        arr: positive integers, shape (n,), n >= 0.
        target: the sum to reach, at least 1 (0 would be reached by no number at all).

    Returns:
        The length; 0 where even the whole list falls short.

    Raises:
        ValueError: an entry is not positive (a longer window could then have a smaller sum) or not an integer, target < 1.

    Source: Laaksonen, Competitive Programmer's Handbook (2018), section 8.1.

    >>> min_window_sum([1, 4, 2, 5, 1], target=7)
    2
    """
    values, target = checks.integer_list(arr, "arr"), checks.integer(target, "target")
    if values and min(values) < 1:
        raise ValueError(f"arr must hold positive integers, got {min(values)}")
    if target < 1:
        raise ValueError(f"target must be at least 1, got {target}")
    start = total = shortest = 0
    for end, value in enumerate(values):
        total += value
        while total >= target:
            shortest = min(shortest or len(values), end - start + 1)
            total -= values[start]
            start += 1
    return shortest


@kernel()
def search_rotated(arr: Sequence[int], target: int) -> int:
    r"""Binary search in a sorted list that was rotated: one half of every range is still sorted.

    $$i:\ a_i=t\ \text{ in }\ O(\log n)$$

    Args:
        arr: distinct integers, ascending but for one place where the list may wrap around, shape (n,), n >= 0.
        target: an integer.

    Returns:
        The index of the target; -1 where it is absent.

    Raises:
        ValueError: arr has duplicates or is no rotation of an ascending list, an entry is not an integer.

    Source: McDowell, Cracking the Coding Interview (6th ed., 2015), problem 10.3.

    >>> search_rotated([7, 9, 2, 3, 5], target=3)
    3
    """
    values, target = checks.integer_list(arr, "arr"), checks.integer(target, "target")
    if len(set(values)) < len(values):
        raise ValueError(f"arr must not hold duplicates, got {values}")
    if sum(left > right for left, right in pairwise([*values, *values[:1]])) > 1:
        raise ValueError(f"arr must be a rotation of an ascending list, got {values}")
    lo, hi = 0, len(values) - 1
    while lo <= hi:
        mid = (lo + hi) // 2
        if values[mid] == target:
            return mid
        left_is_sorted = values[lo] <= values[mid]
        in_left = values[lo] <= target < values[mid] if left_is_sorted else not values[mid] < target <= values[hi]
        lo, hi = (lo, mid - 1) if in_left else (mid + 1, hi)
    return -1


@kernel()
def merge_intervals(iv: ArrayLike) -> list[list[float]]:
    r"""The union of closed intervals, as intervals that do not touch.

    $$\bigcup_i[s_i,e_i]\ \text{ in }\ O(n\log n)$$

    Args:
        iv: intervals [start, end] in any order, shape (n, 2), n >= 0.

    Returns:
        Disjoint intervals in ascending order. Intervals that share only an endpoint are merged: [1, 2] and [2, 3] become
        [1, 3]; [1, 2] and [3, 4] stay apart.

    Raises:
        ValueError: an interval ends before it starts or has not two ends, an end is NaN or infinite.

    Source: Klee, Can the measure of a union of intervals be computed in less than O(n log n) steps?, American Mathematical
    Monthly 84 (1977).

    >>> merge_intervals([[5, 6], [1, 3], [2, 4]])
    [[1.0, 4.0], [5.0, 6.0]]
    """
    if not checks.items(iv, "iv", empty=True):
        return []
    intervals = checks.matrix(iv, "iv")
    checks.shape(intervals, "iv", (None, 2))
    merged: list[list[float]] = []
    for start, end in sorted(intervals.tolist()):
        if start > end:
            raise ValueError(f"iv must hold intervals with start <= end, got [{start}, {end}]")
        if merged and start <= merged[-1][1]:
            merged[-1][1] = max(merged[-1][1], end)
        else:
            merged.append([start, end])
    return merged


@kernel()
def lis_length(arr: Sequence[float], strict: bool = True) -> int:
    r"""The length of the longest increasing subsequence, by patience sorting.

    $$\max\{m:a_{i_1}<\cdots<a_{i_m},\ i_1<\cdots<i_m\}\ \text{ in }\ O(n\log n)$$

    The entry at position m - 1 of the list of tails is the smallest value that ends an increasing subsequence of length m.

    Args:
        arr: numbers, shape (n,), n >= 0; their neighbours in the subsequence need not be neighbours here.
        strict: True wants a < b between the entries of the subsequence, False a <= b.

    Returns:
        The length, 0 for an empty list.

    Raises:
        TypeError: an entry cannot be compared with numbers.
        ValueError: an entry is NaN, strict is not True or False, arr is not a list.

    Source: Fredman, On computing the length of longest increasing subsequences, Discrete Mathematics 11 (1975).

    >>> lis_length([4, 1, 5, 2, 2, 6])
    3
    >>> lis_length([4, 1, 5, 2, 2, 6], strict=False)
    4
    """
    place = bisect_left if checks.flag(strict, "strict") else bisect_right
    tails: list[Any] = []
    for entry in checks.items(arr, "arr", empty=True):
        if not isinstance(entry, Real):
            raise TypeError(f"arr must hold numbers that can be compared, got {entry!r}")
        if entry != entry:
            raise ValueError(f"arr must not contain NaN, got {entry!r}")
        index = place(tails, entry)
        tails[index : index + 1] = [entry]
    return len(tails)


@kernel()
def running_median(stream: ArrayLike) -> Array:
    r"""The median of everything seen so far, after each new number, by two heaps.

    $$m_t=\mathrm{median}(x_1,\ldots,x_t)\ \text{ in }\ O(\log t)\ \text{each}$$

    The lower half is kept in a heap with its largest number on top, the upper half in one with its smallest on top.

    Args:
        stream: numbers in the order of their arrival, shape (n,), n >= 1.

    Returns:
        The medians, shape (n,); of an even count the mean of the middle two.

    Raises:
        ValueError: n = 0, an entry is NaN or infinite.

    Source: Cormen, Leiserson, Rivest and Stein, Introduction to Algorithms (4th ed., 2022), chapter 6 (heaps); the problem is
    17.20 of McDowell, Cracking the Coding Interview (6th ed., 2015).

    >>> running_median([7, 1, 4, 10]).tolist()
    [7.0, 4.0, 4.0, 5.5]
    """
    lower: list[float] = []  # negated: heapq keeps the smallest on top
    upper: list[float] = []
    medians = []
    for x in checks.vector(stream, "stream").tolist():
        if len(lower) == len(upper):
            heappush(lower, -heappushpop(upper, x))
        else:
            heappush(upper, -heappushpop(lower, -x))
        # Halved before they are added: the sum of two large numbers would overflow.
        medians.append(-lower[0] if len(lower) > len(upper) else upper[0] / 2 - lower[0] / 2)
    return np.array(medians)


@kernel()
def trap_rain_water(h: Sequence[int]) -> int:
    r"""How much rain stays between bars of given heights: each bar is flooded up to the lower of its two banks.

    $$\sum_i\big(\min(L_i,R_i)-h_i\big),\quad L_i=\max_{j\le i}h_j,\ R_i=\max_{j\ge i}h_j$$

    Each bar counts as a bank of its own, so that no term is negative.

    Args:
        h: heights of bars of width 1, integers of at least 0, shape (n,), n >= 0.

    Returns:
        The water, in unit squares; 0 for fewer than 3 bars.

    Raises:
        ValueError: a height is negative or not an integer.

    Source: McDowell, Cracking the Coding Interview (6th ed., 2015), problem 17.21.

    >>> trap_rain_water([3, 0, 1, 4, 0, 2])
    7
    """
    heights = checks.integer_list(h, "h")
    if heights and min(heights) < 0:
        raise ValueError(f"h must not hold negative heights, got {min(heights)}")
    left = accumulate(heights, max)
    right = reversed(list(accumulate(reversed(heights), max)))
    return sum(min(bank, other) - height for bank, other, height in zip(left, right, heights, strict=True))


@kernel()
def linear_recurrence_dp(base: Sequence[int], coeffs: Sequence[int], n: int) -> int:
    r"""The n-th term of a linear recurrence, from the bottom up.

    $$dp_i=\sum_{j=1}^kc_j\,dp_{i-j},\qquad c_j=\text{coeffs}[j-1]$$

    Args:
        base: the first terms dp_0 to dp_{k-1}, integers, shape (k,), k >= 1.
        coeffs: the coefficients, shape (k,): the first belongs to dp_{i-1}, the *latest* term, the last to dp_{i-k}.
        n: the index of the wanted term, at least 0.

    Returns:
        dp_n, exact; base[n] for n < k.

    Raises:
        ValueError: n < 0, base and coeffs differ in length or are empty, an entry is not an integer.

    Source: Graham, Knuth and Patashnik, Concrete Mathematics (2nd ed., 1994), section 7.3; for the way, Cormen, Leiserson,
    Rivest and Stein, Introduction to Algorithms (4th ed., 2022), chapter 14.

    >>> linear_recurrence_dp(base=[0, 1], coeffs=[3, 1], n=4)
    33
    """
    dp, c = checks.integer_list(base, "base"), checks.integer_list(coeffs, "coeffs")
    n = checks.count(n, "n", least=0)
    if not dp or len(dp) != len(c):
        raise ValueError(f"base and coeffs must have one length of at least 1, got {len(dp)} and {len(c)}")
    for i in range(len(dp), n + 1):
        dp.append(sum(c_j * dp[i - j] for j, c_j in enumerate(c, start=1)))
    return dp[n]
