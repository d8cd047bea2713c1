"""Figures of algorithms and data structures."""

from typing import TYPE_CHECKING, Annotated, Any

import numpy as np

import kernels
from generator.figures.diagrams import block, board, caption, row_of
from generator.figures.registry import Range, Size, Vector, figure
from generator.figures.style import SMALL, WIDTH, Look
from generator.figures.wording import signed

if TYPE_CHECKING:
    from matplotlib.figure import Figure

Whole = Annotated[Vector, Size(1, 8), Range(-99, 999)]


def _whole(values: tuple[float, ...], name: str) -> list[int]:
    if any(value != int(value) for value in values):
        raise ValueError(f"{name} holds whole numbers")
    return [int(value) for value in values]


@figure(
    "lower_bound",
    examples=[{"array": (1, 3, 3, 5, 8, 8, 9, 12), "target": 8}, {"array": (2, 4, 6), "target": 7}],
)
def binary_search(look: Look, *, array: Whole, target: Annotated[int, Range(-999, 999)]) -> "Figure":
    """A binary search for the first entry that reaches a target, probe by probe: what is still possible, and the one looked at.

    Values from ``lower_bound``: where it ends, and after how many probes.
    """
    values = _whole(array, "array")
    found = kernels.get("lower_bound")(values, target)
    low, high, rows = 0, len(values), []
    while low < high:
        middle = (low + high) // 2
        rows.append((low, high, middle))
        low, high = (middle + 1, high) if values[middle] < target else (low, middle)
    figure, axes = board(look, 76 + 40 * len(rows))
    cell = (WIDTH - 74) / len(values)
    for step, (first, last, probe) in enumerate(rows):
        y = 44 + 40 * step
        for index, value in enumerate(values):
            x = 70 + cell * (index + 0.5)
            inside = first <= index < last
            fill = 1 if index == probe else 0 if inside else None
            rim = {} if inside else {"edgecolor": look.line}
            block(
                look, axes, (x, y), (cell - 3, 24), signed(value) if inside else "", fill, name=f"{step}-{index}", depth=0.4, **rim
            )
        sign = "<" if values[probe] < target else "≥"
        look.beside(axes, (4, y), f"{signed(values[probe])} {sign} {signed(target)}", 1, gap=0, fontsize=SMALL)
    for index in range(len(values)):
        caption(look, axes, (70 + cell * (index + 0.5), 16), str(index), color=look.quiet)
    y = 52 + 40 * len(rows)
    where = f"index {found.index}" if found.index < len(values) else "behind the end"
    look.text(axes, (WIDTH / 2, y), f"first ≥ {signed(target)}: {where}, after {found.probes} probes", 1)
    return figure


@figure("min_window_sum", examples=[{"array": (2, 3, 1, 2, 4, 3), "target": 7}, {"array": (1, 1, 5, 1), "target": 6}])
def sliding_window(
    look: Look, *, array: Annotated[Vector, Size(2, 8), Range(1, 99)], target: Annotated[int, Range(1, 999)]
) -> "Figure":
    """A window that grows to the right until its sum reaches a target, and then shrinks from the left while it still does.

    Each row is a window that reaches the target, the shortest bold. Values from ``min_window_sum``: its length.
    """
    values = _whole(array, "array")
    shortest = kernels.get("min_window_sum")(values, target)
    if not shortest:
        raise ValueError(f"the whole array sums to {sum(values)}, which never reaches {target}")
    left, total, windows = 0, 0, []
    for right, value in enumerate(values):
        total += value
        while total >= target:
            windows.append((left, right, total))
            total -= values[left]
            left += 1
    figure, axes = board(look, 84 + 24 * len(windows))
    cell = (WIDTH - 60) / len(values)
    row_of(look, axes, 4, 22, [str(value) for value in values], (cell, 26), None)
    for row, (first, last, total) in enumerate(windows):
        y = 54 + 24 * row
        best = last - first + 1 == shortest
        look.box(
            axes, 4 + cell * first, y - 8, cell * (last - first + 1), 16, look.tint(1 if best else 0, 0.5), name=f"window-{row}"
        )
        words = f"{total}" + (" ←" if best else "")
        look.beside(axes, (WIDTH - 52, y), words, 1 if best else 0, gap=0, weight="bold" if best else "normal")
    y = 62 + 24 * len(windows)
    look.text(axes, (WIDTH / 2, y), f"shortest sum of at least {target}: {shortest} long", 1)
    return figure


@figure("two_pointer_pairs", examples=[{"array": (1, 2, 4, 5, 6), "target": 7}, {"array": (-3, 0, 1, 3, 8), "target": 4}])
def two_pointers(
    look: Look, *, array: Annotated[Vector, Size(2, 7), Range(-99, 99)], target: Annotated[int, Range(-199, 199)]
) -> "Figure":
    """Two pointers in a sorted array, step by step: the right one moves if the sum is too large, else the left one.

    Values from ``two_pointer_pairs``: the pairs with the wanted sum.
    """
    values = _whole(array, "array")
    pairs = kernels.get("two_pointer_pairs")(values, target)
    left, right, steps = 0, len(values) - 1, []
    while left < right:
        total = values[left] + values[right]
        steps.append((left, right, total))
        left, right = left + (total <= target), right - (total > target)
    figure, axes = board(look, 56 + 28 * len(steps))
    cell = (WIDTH - 104) / len(values)
    for step, (first, last, total) in enumerate(steps):
        y = 20 + 28 * step
        for index, value in enumerate(values):
            fill = (1 if total == target else 0) if index in (first, last) else None
            gone = not first <= index <= last
            rim: dict[str, Any] = {"edgecolor": look.line} if gone else {}
            words = "" if gone else signed(value)
            block(look, axes, (4 + cell * (index + 0.5), y), (cell - 3, 22), words, fill, name=f"{step}-{index}", **rim)
        sign = "=" if total == target else "<" if total < target else ">"
        look.beside(axes, (WIDTH - 94, y), f"{signed(total)} {sign} {signed(target)}", 1 if total == target else None, gap=0)
    words = ", ".join(f"{signed(a)} + {signed(b)}" for a, b in pairs) or "no pair"
    look.text(
        axes, (WIDTH / 2, 36 + 28 * len(steps)), f"sum {signed(target)}: {words if len(words) < 34 else f'{len(pairs)} pairs'}", 1
    )
    return figure


@figure("linear_recurrence_dp", examples=[{}, {"base": (1, 2, 4), "coefficients": (1, 1, 1), "n": 7}])
def dp_table(
    look: Look,
    *,
    base: Annotated[Vector, Size(1, 3), Range(-99, 99)] = (1.0, 1.0),
    coefficients: Annotated[Vector, Size(1, 3), Range(-9, 9)] = (1.0, 1.0),
    n: Annotated[int, Range(3, 8)] = 6,
) -> "Figure":
    """The table of a linear recurrence, filled from the left: given entries first, and which ones the last entry depends on.

    Values from ``linear_recurrence_dp``.
    """
    start, weights = _whole(base, "base"), _whole(coefficients, "coefficients")
    if len(start) != len(weights):
        raise ValueError(f"base and coefficients must be as long, got {len(start)} and {len(weights)}")
    terms = [kernels.get("linear_recurrence_dp")(start, weights, index) for index in range(n + 1)]
    if max(map(abs, terms)) > 9999:
        raise ValueError(f"the terms grow to {max(map(abs, terms))}, too long for the table")
    top = 12.0 + 26 * len(weights)
    figure, axes = board(look, top + 84)
    cell = (WIDTH - 8) / (n + 1)
    for index, term in enumerate(terms):
        series = 2 if index < len(start) else 1 if index == n else 0
        x = 4 + cell * (index + 0.5)
        block(look, axes, (x, top + 16), (cell - 3, 30), signed(term, "d"), series, name=f"dp-{index}", depth=0.4)
        caption(look, axes, (x, top + 44), str(index), color=look.quiet)
    for back, weight in enumerate(weights, 1):
        if weight and n - back >= 0:
            tail, head = 4 + cell * (n - back + 0.5), 4 + cell * (n + 0.5)
            turns = np.linspace(np.pi, 0, 31)
            height = 26 * back
            axes.plot(
                (tail + head) / 2 + (head - tail) / 2 * np.cos(turns),
                top - height * np.sin(turns),
                color=look.hues[1],
                linewidth=1.4,
            )
            look.text(axes, ((tail + head) / 2, top - height), f"×{weight}".replace("-", "−"), 1, bbox=look.backing())
    axes.plot(4 + cell * (n + 0.5), top - 2, marker="v", color=look.hues[1], markersize=7)
    words = f"the first {len(start)} given, then each from the {len(start)} before it"
    look.beside(axes, (4, top + 70), words, color=look.quiet, gap=0, fontsize=SMALL)
    return figure


@figure("trap_rain_water", examples=[{"heights": (3, 0, 1, 4, 0, 2)}, {"heights": (0, 2, 1, 3, 1, 0, 2, 1)}])
def rain_water(look: Look, *, heights: Annotated[Vector, Size(3, 12), Range(0, 12)]) -> "Figure":
    """Bars and the rain that stays between them: over each bar, up to the lower of the highest bars on its two sides.

    Values from ``trap_rain_water``.
    """
    bars = _whole(heights, "heights")
    figure, axes = look.axes(205, grid=False)
    for spot, height in enumerate(bars):
        level = min(max(bars[: spot + 1]), max(bars[spot:]))
        look.box(axes, spot, 0, 1, height, look.tint(3, 0.35), name=f"bar-{spot}", linewidth=0.8)
        if level > height:
            look.box(axes, spot, height, 1, level - height, look.tint(0, 0.45), name=f"water-{spot}", hatch="--", linewidth=0)
            look.text(axes, (spot + 0.5, (level + height) / 2), f"{level - height}", fontsize=SMALL, bbox=look.backing())
        caption_y = -0.09 * max(*bars, 1)
        look.text(axes, (spot + 0.5, caption_y), f"{height}", color=look.quiet, fontsize=SMALL)
    axes.set(xlim=(-0.1, len(bars) + 0.1), ylim=(-0.18 * max(*bars, 1), 1.08 * max(*bars, 1)), xticks=[], yticks=[])
    axes.spines[:].set_visible(False)
    axes.set_title(f"water: {kernels.get('trap_rain_water')(bars)}", color=look.hues[0])
    return figure
