"""Figures of generative models."""

from typing import TYPE_CHECKING, Annotated, Literal

import numpy as np

import kernels
from generator.figures.diagrams import block, board, link
from generator.figures.registry import Range, figure
from generator.figures.style import TEXT, Look
from generator.figures.wording import signed

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


@figure("vae_reparameterize", examples=[{}, {"mu": -1, "sigma": 2, "eps": -0.25}])
def reparameterization(
    look: Look,
    *,
    mu: Annotated[float, Range(-99, 99)] = 1.0,
    sigma: Annotated[float, Range(0, 99)] = 0.5,
    eps: Annotated[float, Range(-5, 5)] = 1.2,
) -> "Figure":
    """A sample drawn inside the path of the gradient, which ends there, and the same sample with its noise as an input.

    Values from ``vae_reparameterize``.
    """
    found = kernels.get("vae_reparameterize")([mu], [sigma], [eps])
    figure, axes = board(look, 268)
    for top, title, series in ((24, "drawn inside: the gradient ends", 1), (148, "noise from outside: it passes", 0)):
        look.beside(axes, (4, top - 10), title, series, gap=0, weight="bold")
        for y, words in ((top + 28, f"μ = {signed(mu, '.3g')}"), (top + 76, f"σ = {sigma:.3g}")):
            block(look, axes, (56, y), (96, 30), words, None, name=f"{words[0]}-{series}")
    block(look, axes, (186, 76), (104, 44), "z ~ N(μ, σ²)", 1, name="draw", linestyle=(0, (3, 2)))
    block(look, axes, (186, 200), (104, 44), f"z = μ + σε\n= {signed(float(found.z[0]), '.3g')}", 0, name="sum")
    block(look, axes, (186, 252), (104, 26), f"ε = {signed(eps, '.3g')}", 2, name="eps", linestyle=(0, (3, 2)))
    link(look, axes, (186, 239), (186, 222))
    for y in (76, 200):
        link(look, axes, (104, y - 24), (134, y - 8))
        link(look, axes, (104, y + 24), (134, y + 8))
        link(look, axes, (238, y), (286, y))
        block(look, axes, (308, y), (44, 30), "loss", None, name=f"loss-{y}")
    back = (f"∂z/∂μ = {signed(float(found.dz_dmu[0]), '.3g')}", f"∂z/∂σ = {signed(float(found.dz_dsigma[0]), '.3g')}")
    look.text(axes, (292, 236), "\n".join(back), 0, linespacing=1.3, gid="slopes")
    look.text(axes, (290, 112), "no slope", 1)
    return figure


@figure("ddpm_forward_moments", "ddpm_alpha_bar", examples=[{}, {"x0": -2, "steps": 500}])
def noising(look: Look, *, x0: Annotated[float, Range(-5, 5)] = 2.0, steps: Annotated[int, Range(10, 2000)] = 1000) -> "Figure":
    """One number under the forward process of a diffusion: its mean goes to 0 and its spread to 1, whatever it was.

    Linear: beta from 0.0001 to 0.02 at 1000 steps, in proportion at others. Values from ``ddpm_forward_moments`` and, for the
    signal-to-noise ratio, ``ddpm_alpha_bar``.
    """
    betas = np.clip(np.linspace(1e-4, 0.02, steps) * 1000 / steps, 1e-6, 0.999)
    shown = np.unique(np.linspace(0, steps, 41).round().astype(int))
    moments = [kernels.get("ddpm_forward_moments")(x0, betas, int(t)) for t in shown]
    mean = np.array([float(one.mean) for one in moments])
    spread = np.sqrt([float(one.var) for one in moments])
    snr = np.asarray(kernels.get("ddpm_alpha_bar")(betas).snr)
    even = int(np.argmin(np.abs(np.log(snr)))) + 1
    figure, axes = look.axes(x="step t", y="x: mean and deviation")
    look.fill(axes, shown, mean - spread, mean + spread, 1, name="band")
    look.curve(axes, shown, mean, 0, name="mean")
    look.curve(axes, shown, mean + spread, 1, name="above", linewidth=1.3)
    look.curve(axes, shown, mean - spread, 1, name="below", linewidth=1.3)
    look.points(axes, 0, x0, 0, name="data", clip_on=False)
    look.guide(axes, x=even, name="even")
    reach = max(abs(x0), 1.0) + 1.0
    side = -1 if x0 > 0 else 1
    look.beside(axes, (even, side * 0.88 * reach), f"as much noise\nas signal: t = {even}", towards=(1, 0), gap=6, color=look.quiet)
    axes.set(xlim=(0, steps), ylim=(-1.1 * reach, 1.1 * reach), xticks=[0, steps // 2, steps])
    return figure


@figure("gaussian_kl_standard_normal", examples=[{}, {"mu": 0, "sigma": 0.2}])
def code_divergence(
    look: Look, *, mu: Annotated[float, Range(-3, 3)] = 1.0, sigma: Annotated[float, Range(0.05, 3)] = 0.5
) -> "Figure":
    """What a VAE pays for a code away from the standard normal: over the mean, and over the deviation, where narrow is dear.

    Values from ``gaussian_kl_standard_normal``.
    """
    kernel = kernels.get("gaussian_kl_standard_normal")
    figure, panels = look.panels(1, 2, 220, sharey=True)
    means, deviations = np.linspace(-3, 3, 49), np.geomspace(0.05, 3, 49)
    whole = float(kernel([mu], [2 * np.log(sigma)]))
    curves = (
        (
            panels[0],
            means,
            [float(kernel([float(one)], [0])) for one in means],
            mu,
            float(kernel([mu], [0])),
            "mean μ, at σ = 1",
            0,
        ),
        (
            panels[1],
            deviations,
            [float(kernel([0], [2 * np.log(float(one))])) for one in deviations],
            sigma,
            float(kernel([0], [2 * np.log(sigma)])),
            "deviation σ, at μ = 0",
            1,
        ),
    )
    for axes, grid, values, place, here, name, series in curves:
        look.curve(axes, grid, values, series, name=name)
        look.points(axes, place, here, series, name=f"{name} here", clip_on=False)
        look.dress(axes, x=name)
        axes.set_title(f"{'for σ' if series else 'for μ'}: {here:.3g}", color=look.hues[series])
        axes.set_ylim(-0.12, 4.6)
    panels[0].set(xticks=[-2, 0, 2])
    panels[1].set(xticks=[0, 1, 2, 3], xlim=(0, 3.05))
    figure.suptitle(f"μ = {signed(mu, '.3g')}, σ = {sigma:.3g} cost {whole:.3g} nats:", fontsize=TEXT)
    return figure
