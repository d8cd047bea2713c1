"""Figures of generative models."""

from typing import TYPE_CHECKING, Annotated, Literal

import numpy as np

import kernels
from generator.figures.registry import Range, figure
from generator.figures.style import Look

if TYPE_CHECKING:
    from matplotlib.figure import Figure


@figure("ddpm_alpha_bar", examples=[{}, {"schedule": "cosine", "steps": 1000}])
def diffusion_schedule(
    look: Look, *, schedule: Literal["linear", "cosine"] = "linear", steps: Annotated[int, Range(10, 2000)] = 1000
) -> "Figure":
    """How much signal is left and how much noise has come in over the steps of a diffusion, as factors of the deviation.

    Linear: beta from 0.0001 to 0.02 at 1000 steps, in proportion at others. Values from ``ddpm_alpha_bar``.
    """
    if schedule == "linear":
        betas = np.clip(np.linspace(1e-4, 0.02, steps) * 1000 / steps, 1e-6, 0.999)
    else:
        left = np.cos((np.arange(steps + 1) / steps + 0.008) / 1.008 * np.pi / 2) ** 2
        betas = np.clip(1 - left[1:] / left[:-1], 1e-6, 0.999)
    bar = np.asarray(kernels.get("ddpm_alpha_bar")(betas).alpha_bar)
    shown = np.unique(np.linspace(0, steps - 1, 61).round().astype(int))
    figure, axes = look.axes(x="step t")
    look.curve(axes, shown + 1, np.sqrt(bar[shown]), 0, name="signal")
    look.curve(axes, shown + 1, np.sqrt(1 - bar[shown]), 1, name="noise")
    for series, name, values in ((0, "signal √ᾱ", np.sqrt(bar)), (1, "noise √(1−ᾱ)", np.sqrt(1 - bar))):
        at = int(np.argmin(np.abs(values - 0.3)))
        towards = (1, 1) if series == 0 else (1, -1)
        look.beside(axes, (at + 1, float(values[at])), name, series, towards=towards, gap=5)
    axes.set(xlim=(0, steps), ylim=(0, 1.03), yticks=[0.5, 1], xticks=[0, steps // 2, steps])
    return figure
