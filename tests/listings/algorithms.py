"""Lines on algorithms, compared with the kernels or with trying everything."""

import random
from dataclasses import dataclass
from itertools import product
from typing import Any

import kernels
from tests.listings.fragments import of
from tests.listings.support import run

ROUNDS = 300
RANDOM = random.Random(0)


def numbers(most: int, low: int = 0, high: int = 9) -> list[int]:
    """Up to so many whole numbers."""
    return [RANDOM.randint(low, high) for _ in range(RANDOM.randint(0, most))]


@of("binary-search-templates-code")
def binary_search() -> None:
    search = run("binary-search-templates-code")["binary_search"]
    for _ in range(ROUNDS):
        arr, target = sorted(set(numbers(9, 0, 20))), RANDOM.randint(-1, 21)
        assert search(arr, target) == kernels.get("search_rotated")(arr, target)


@of("lower-bound-search-code")
def lower_bound_blanks() -> None:
    for _ in range(ROUNDS):
        arr, target = sorted(numbers(9)), RANDOM.randint(-1, 10)
        left = run("lower-bound-search-code", a=arr, t=target)["lo"]
        assert left == kernels.get("lower_bound")(arr, target).index


@of("sliding-window-core-code")
def longest_window() -> None:
    for _ in range(ROUNDS):
        arr, limit = numbers(9, 1), RANDOM.randint(0, 20)
        best = run("sliding-window-core-code", arr=arr, limit=limit)["best"]
        spans = [(i, j) for i in range(len(arr)) for j in range(i, len(arr)) if sum(arr[i : j + 1]) <= limit]
        assert best == max((j - i + 1 for i, j in spans), default=0)


@of("course-schedule-code")
def course_schedule() -> None:
    can_finish = run("course-schedule-code")["can_finish"]
    for _ in range(ROUNDS):
        n = RANDOM.randint(1, 6)
        edges = [[RANDOM.randrange(n), RANDOM.randrange(n)] for _ in range(RANDOM.randint(0, 7))]
        assert can_finish(n, edges) == (kernels.get("topological_order_kahn")(n, edges) is not None)


@of("dynamic-programming-ingredients-code")
def fewest_coins() -> None:
    fewest = run("dynamic-programming-ingredients-code")["fewest_coins"]
    for coins, amount in product(([1, 3, 4], [2, 5], [3, 7], [5]), range(16)):
        sums = {0: 0}
        for count in range(1, amount + 1):
            for total in list(sums):
                for coin in coins:
                    sums.setdefault(total + coin, count)
        assert fewest(coins, amount) == sums.get(amount)


@dataclass
class Node:
    """A node as the card speaks of it."""

    value: int
    left: Any = None
    right: Any = None


def built(entries: list[int | None]) -> Node | None:
    """The tree that a list stands for: level by level, None where there is no node."""
    if not entries or entries[0] is None:
        return None
    root = Node(entries[0])
    waiting, rest = [root], iter(entries[1:])
    for parent in waiting:
        for side in ("left", "right"):
            value = next(rest, None)
            if value is not None:
                child = Node(value)
                setattr(parent, side, child)
                waiting.append(child)
    return root


@of("level-order-template")
def levels() -> None:
    level_order = run("level-order-template")["level_order"]
    for entries in ([], [1], [1, 2], [1, None, 2], [3, 9, 20, None, None, 15, 7], [1, 2, 3, 4, None, None, 5, None, 6]):
        assert level_order(built(entries)) == kernels.get("level_order")(entries)
