"""Figures of vision."""

from typing import TYPE_CHECKING, Annotated

import numpy as np

import kernels
from generator.figures.registry import Range, Size, Vector, figure
from generator.figures.style import THIN, Look

if TYPE_CHECKING:
    from matplotlib.figure import Figure


@figure(
    "receptive_field",
    examples=[
        {"kernels_of": (3, 3), "strides": (1, 1)},
        {"kernels_of": (3, 3), "strides": (2, 1)},
        {"kernels_of": (3, 5, 3), "strides": (1, 1, 1)},
    ],
)
def receptive_field(
    look: Look, *, kernels_of: Annotated[Vector, Size(1, 3), Range(1, 7)], strides: Annotated[Vector, Size(1, 3), Range(1, 3)]
) -> "Figure":
    """Which inputs reach one output of stacked convolutions, layer by layer from the output on top down to the input.

    ``kernels_of`` and ``strides`` begin at the input. Values from ``receptive_field``.
    """
    if len(kernels_of) != len(strides) or any(n != int(n) for n in (*kernels_of, *strides)):
        raise ValueError("kernels_of and strides hold a whole number for each layer")
    layers = [{"kernel": int(k), "stride": int(s)} for k, s in zip(kernels_of, strides, strict=True)]
    whole = kernels.get("receptive_field")(layers)
    if whole.rf > 25:
        raise ValueError(f"a receptive field of {whole.rf} is too wide to be drawn, at most 25")
    # The units of layer l that reach the output are the receptive field of the layers above it.
    widths = [int(kernels.get("receptive_field")(layers[level:]).rf) for level in range(len(layers))] + [1]
    steps = [int(kernels.get("receptive_field")(layers[:level]).stride) for level in range(len(layers) + 1)]
    figure, axes = look.axes(70 + 50 * len(layers), grid=False)
    look.bare(axes, equal=False)
    places = [(np.arange(width) - (width - 1) / 2) * step for width, step in zip(widths, steps, strict=True)]
    for level, spots in enumerate(places):
        for spot in spots:
            look.box(
                axes,
                spot - 0.36,
                level - 0.17,
                0.72,
                0.34,
                look.tint(1 if level == len(layers) else 0, 0.55),
                name=f"layer-{level}",
            )
        if level:
            reach = (layers[level - 1]["kernel"] - 1) / 2 * steps[level - 1]
            for spot in spots:
                for side in (-1, 1):
                    axes.plot([spot, spot + side * reach], [level - 0.17, level - 0.83], color=look.quiet, linewidth=THIN, zorder=1)
        words = "input" if not level else f"layer {level}"
        look.beside(axes, (whole.rf / 2 - 0.1, level), f"{words}: {len(spots)}", 1 if level == len(layers) else 0, gap=5)
    axes.set(xlim=(-whole.rf / 2 - 0.3, whole.rf / 2), ylim=(-0.35, len(layers) + 0.35))
    axes.set_title(f"receptive field {whole.rf}, stride {whole.stride}")
    return figure
