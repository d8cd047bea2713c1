"""Second ways to the kernels of algorithms: brute force, libraries, and other algorithms."""

import itertools
import statistics
from bisect import bisect_left
from collections import Counter
from typing import Any

import numpy as np

from kernels.oracles.registry import oracle


@oracle("lower_bound")
def lower_bound_bisect(arr: Any, target: int) -> dict[str, int]:
    """``bisect.bisect_left`` of the standard library, which tells by its ``key`` how often it looks."""
    seen: list[int] = []

    def look(value: int) -> int:
        seen.append(value)
        return value

    return {"index": bisect_left(arr, target, key=look), "probes": len(seen)}


@oracle("lower_bound")
def lower_bound_tree(arr: Any, target: int) -> dict[str, int]:
    """The index by counting; the probes as the depth of that index among the leaves of the tree of halves."""
    index = sum(value < target for value in arr)

    def depth(size: int, leaf: int) -> int:
        if size == 0:
            return 0
        left = size // 2
        return 1 + (depth(left, leaf) if leaf <= left else depth(size - left - 1, leaf - left - 1))

    return {"index": index, "probes": depth(len(arr), index)}


@oracle("two_pointer_pairs")
def two_pointer_pairs_brute_force(arr: Any, target: int) -> list[list[int]]:
    """All pairs."""
    return [list(pair) for pair in sorted(set(itertools.combinations(arr, 2))) if sum(pair) == target]


@oracle("three_sum")
def three_sum_brute_force(arr: Any) -> list[list[int]]:
    """All triples."""
    return [list(triple) for triple in sorted(set(itertools.combinations(sorted(arr), 3))) if sum(triple) == 0]


@oracle("two_sum")
def two_sum_brute_force(arr: Any, target: int) -> list[int] | None:
    """All pairs of positions."""
    pairs = [[i, j] for i, j in itertools.combinations(range(len(arr)), 2) if arr[i] + arr[j] == target]
    return pairs[0] if pairs else None


@oracle("longest_unique_substring")
def longest_unique_substring_brute_force(s: str) -> int:
    """All substrings."""
    parts = (s[i:j] for i, j in itertools.combinations(range(len(s) + 1), 2))
    return max((len(part) for part in parts if len(set(part)) == len(part)), default=0)


@oracle("min_window_sum")
def min_window_sum_brute_force(arr: Any, target: int) -> int:
    """All windows."""
    windows = itertools.combinations(range(len(arr) + 1), 2)
    return min((j - i for i, j in windows if sum(arr[i:j]) >= target), default=0)


@oracle("search_rotated")
def search_rotated_linear(arr: Any, target: int) -> int:
    """``list.index``."""
    return list(arr).index(target) if target in arr else -1


@oracle("merge_intervals")
def merge_intervals_components(iv: Any) -> list[list[float]]:
    """The connected components of the graph in which intervals that share a point are neighbours."""
    groups: list[list[Any]] = []
    for start, end in iv:
        touching = [group for group in groups if any(s <= end and start <= e for s, e in group)]
        groups = [group for group in groups if group not in touching]
        groups.append([(start, end), *itertools.chain(*touching)])
    return sorted([float(min(s for s, _ in group)), float(max(e for _, e in group))] for group in groups)


@oracle("merge_intervals", applies=lambda iv: all(float(end).is_integer() and abs(end) <= 100 for pair in iv for end in pair))
def merge_intervals_grid(iv: Any) -> list[list[float]]:
    """The points of the grid of halves that are covered, in runs: intervals with whole ends touch where their grid points do."""
    covered = {twice for start, end in iv for twice in range(2 * int(start), 2 * int(end) + 1)}
    starts = sorted(twice for twice in covered if twice - 1 not in covered)
    ends = sorted(twice for twice in covered if twice + 1 not in covered)
    return [[start / 2, end / 2] for start, end in zip(starts, ends, strict=True)]


@oracle("lis_length")
def lis_length_brute_force(arr: Any, strict: bool = True) -> int:
    """All subsequences, the longest first."""
    for length in range(len(arr), 0, -1):
        for sub in itertools.combinations(arr, length):
            if all(a < b or (not strict and a == b) for a, b in itertools.pairwise(sub)):
                return length
    return 0


@oracle("running_median")
def running_median_statistics(stream: Any) -> list[float]:
    """``statistics.median`` of every beginning."""
    return [float(statistics.median(map(float, stream[: t + 1]))) for t in range(len(stream))]


@oracle("running_median")
def running_median_numpy(stream: Any) -> Any:
    """``numpy.median`` of every beginning, which partitions instead of sorting."""
    return np.array([np.median(stream[: t + 1]) for t in range(len(stream))])


@oracle("trap_rain_water")
def trap_rain_water_layers(h: Any) -> int:
    """Layer by layer: at each height what lies between the outermost bars that reach it and is not a bar."""
    water = 0
    for level in range(max(h, default=0)):
        reaching = [i for i, height in enumerate(h) if height > level]
        water += reaching[-1] - reaching[0] + 1 - len(reaching)
    return water


@oracle("trap_rain_water")
def trap_rain_water_numpy(h: Any) -> int:
    """Running maxima of numpy from both sides; of each other bar's two banks the one that is lower."""
    heights = np.asarray(h, dtype=np.int64)
    return int((np.minimum(np.maximum.accumulate(heights), np.maximum.accumulate(heights[::-1])[::-1]) - heights).sum())


@oracle("linear_recurrence_dp")
def linear_recurrence_companion(base: Any, coeffs: Any, n: int) -> int:
    """The power of the companion matrix, by repeated squaring in whole numbers."""
    k = len(base)

    def product(A: list[list[int]], B: list[list[int]]) -> list[list[int]]:
        return [[sum(a * b for a, b in zip(row, column, strict=True)) for column in zip(*B, strict=True)] for row in A]

    # (dp_i, ..., dp_{i+k-1}) becomes (dp_{i+1}, ..., dp_{i+k})
    step = [[int(j == i + 1) for j in range(k)] for i in range(k - 1)] + [[int(c) for c in reversed(coeffs)]]
    power = [[int(i == j) for j in range(k)] for i in range(k)]
    for bit in f"{n:b}":
        power = product(power, power)
        if bit == "1":
            power = product(power, step)
    return sum(entry * int(value) for entry, value in zip(power[0], base, strict=True))


@oracle("linear_recurrence_dp")
def linear_recurrence_paths(base: Any, coeffs: Any, n: int) -> int:
    """From the top down: how often each term enters dp_n, passed on to the terms before it until only the base is left."""
    k = len(base)
    weights = Counter({n: 1})
    for i in range(n, k - 1, -1):
        weight = weights.pop(i, 0)
        for j, c in enumerate(coeffs, start=1):
            weights[i - j] += weight * int(c)
    return sum(weight * int(base[i]) for i, weight in weights.items())
