"""Figures of vision."""

from typing import TYPE_CHECKING, Annotated

import numpy as np

import kernels
from generator.figures.diagrams import block, board, link
from generator.figures.registry import Range, Size, Vector, figure
from generator.figures.style import THIN, WIDTH, Look

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


@figure("unet_skip_channels", examples=[{}, {"channels": 32, "levels": 4, "side": 128}])
def unet(
    look: Look,
    *,
    channels: Annotated[int, Range(1, 512)] = 64,
    levels: Annotated[int, Range(2, 4)] = 3,
    side: Annotated[int, Range(8, 4096)] = 256,
) -> "Figure":
    """A U-Net as a U: on the left the picture shrinks and the channels double, on the right the reverse, with the skips across.

    In the blocks the channels, at the margin the side of the picture. Values from ``unet_skip_channels``: what the convolution
    behind each skip takes in.
    """
    figure, axes = board(look, 52 + 62 * levels)
    for level in range(levels):
        y, wide = 54 + 62 * level, channels * 2**level
        left, right = 78 + 27 * level, WIDTH - 34 - 27 * level
        look.beside(axes, (4, y), f"{max(side // 2**level, 1)}²", color=look.quiet, gap=0)
        if level == levels - 1:
            block(look, axes, ((left + right) / 2, y), (60, 28), f"{wide}", 0, name=f"down-{level}")
            middle = (left + right) / 2
            link(look, axes, (left - 27, y - 48), (left - 27, y), (middle - 30, y))
            link(look, axes, (middle + 30, y), (right + 27, y), (right + 27, y - 48))
            continue
        block(look, axes, (left, y), (50, 28), f"{wide}", 0, name=f"down-{level}")
        block(look, axes, (right, y), (50, 28), f"{wide}", 2, name=f"up-{level}")
        taken = kernels.get("unet_skip_channels")(wide, wide, wide, 3, "concat").in_channels
        link(look, axes, (left + 25, y), (right - 25, y), series=1, linestyle=(0, (5, 2.2)))
        look.text(axes, ((left + right) / 2, y - 23), f"skip {wide}: {taken} in", 1)
        if level:
            link(look, axes, (left - 13, y - 48), (left - 13, y - 14))
            link(look, axes, (right + 13, y - 14), (right + 13, y - 48))
    look.text(axes, (WIDTH / 2, 12), "channels in the blocks; ↓ pool, ↑ up-convolve", color=look.quiet)
    return figure


@figure("conv_visibility", examples=[{}, {"n": 7}])
def convolution_coverage(look: Look, *, n: Annotated[int, Range(3, 8)] = 5) -> "Figure":
    """Which inputs (columns) each output (row) of one convolution sees, zero-padded: not all with n taps, all with 2n − 1.

    Values from ``conv_visibility``: how many each row sees.
    """
    figure, panels = look.panels(1, 2, 215)
    for axes, taps in zip(panels, (n if n % 2 else n - 1, 2 * n - 1), strict=True):
        seen = kernels.get("conv_visibility")(n, taps, "same")
        rows = np.arange(n)
        look.tiles(axes, np.abs(rows[:, None] - rows) <= taps // 2, name=f"taps-{taps}")
        for row, count in enumerate(seen):
            look.beside(axes, (n - 0.5, row), f"{count}", gap=4, gid=f"seen-{taps}-{row}", color=look.quiet)
        full = int(np.count_nonzero(np.asarray(seen) == n))
        look.dress(axes, title=f"{taps} taps: {full} of {n}\nrows see all", grid=False)
    panels[0].set_ylabel("outputs")
    for axes in panels:
        axes.set_xlabel("inputs")
    return figure
