"""Figures of tensors in PyTorch."""

from typing import TYPE_CHECKING, Annotated

import numpy as np

import kernels
from generator.figures.diagrams import block, board, caption
from generator.figures.registry import Range, figure
from generator.figures.style import WIDTH, Look

if TYPE_CHECKING:
    from matplotlib.figure import Figure


@figure("view_compatible", examples=[{}, {"rows": 3, "columns": 4}])
def strides(look: Look, *, rows: Annotated[int, Range(2, 4)] = 2, columns: Annotated[int, Range(2, 4)] = 3) -> "Figure":
    """A matrix and its transpose over one piece of memory: only the strides differ, and the transpose cannot be viewed flat.

    In the cells stand the places in memory. Values from ``view_compatible``.
    """
    size = rows * columns
    kernel = kernels.get("view_compatible")
    plain, turned = kernel([rows, columns], [columns, 1], [size]), kernel([columns, rows], [1, columns], [size])
    figure, axes = board(look, 126 + 26 * max(rows, columns))
    cell = min(27.0, (WIDTH - 12) / size)
    look.beside(axes, (4, 12), "memory", color=look.quiet, gap=0)
    for place in range(size):
        block(
            look,
            axes,
            (4 + cell * (place + 0.5), 36),
            (cell, 24),
            str(place),
            place // columns % 4,
            name=f"memory-{place}",
            depth=0.4,
        )
    tables = (
        (4.0, "x", np.arange(size).reshape(rows, columns), (columns, 1), plain),
        (WIDTH / 2 + 16, "x.T", np.arange(size).reshape(rows, columns).T, (1, columns), turned),
    )
    for left, name, places, steps, found in tables:
        look.beside(axes, (left, 68), f"{name}: strides {steps[0]}, {steps[1]}", gap=0)
        for (row, column), spot in np.ndenumerate(places):
            x, y = left + 32 * (column + 0.5), 94 + 26 * row
            block(look, axes, (x, y), (32, 26), str(spot), int(spot) // columns % 4, name=f"{name}-{row}-{column}", depth=0.4)
        verdict = f"view({size}) works" if found.viewable else f"view({size}) fails:\nreshape copies"
        y = 94 + 26 * len(places)
        caption(look, axes, (left + 66, y + 4), verdict, 0 if found.viewable else 1, gid=f"verdict-{name}")
    return figure
