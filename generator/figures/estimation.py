"""Figures of estimates: how sure they are, and which value is most likely."""

import math
from typing import TYPE_CHECKING, Annotated, Literal

import numpy as np

import kernels
from generator.figures.registry import Range, Size, Vector, figure
from generator.figures.style import THIN, Look
from generator.figures.wording import short, signed

if TYPE_CHECKING:
    from matplotlib.figure import Figure


@figure(
    "clt_tail_probability",
    "finite_difference_gradient",
    examples=[
        {"mu": 0.5, "sigma": 0.4, "n": 100, "threshold": 0.56},
        {"mu": 2, "sigma": 1, "n": 25, "threshold": 1.7, "side": "less"},
        {"mu": 0, "sigma": 1, "n": 4, "threshold": 0.9, "side": "two"},
    ],
)
def normal_tail(
    look: Look,
    *,
    mu: Annotated[float, Range(-1000, 1000)],
    sigma: Annotated[float, Range(1e-3, 1000)],
    n: Annotated[int, Range(1, 1_000_000)],
    threshold: Annotated[float, Range(-1000, 1000)],
    side: Literal["greater", "less", "two"] = "greater",
) -> "Figure":
    """The normal curve of a mean of n samples, the part beyond a threshold shaded, with its probability.

    Values from ``clt_tail_probability``; the curve is the slope of its distribution, by ``finite_difference_gradient``.
    """
    kernel = kernels.get("clt_tail_probability")
    found = kernel(mu, sigma**2, n, threshold, side)
    if abs(found.z) > 4:
        raise ValueError(f"the threshold lies {abs(found.z):.3g} standard errors out, where nothing can be seen")

    def density(z: float) -> float:
        slope = kernels.get("finite_difference_gradient")(lambda x: kernel(0, 1, 1, float(x[0]), "less").p, [z], 1e-4)
        return float(slope[0])

    cut = abs(found.z) if side == "two" else found.z
    grid = np.unique(np.r_[np.linspace(-4.2, 4.2, 85), cut, -cut])
    curve = np.array([density(z) for z in grid])
    figure, axes = look.axes(x="mean of n samples", grid=False)
    place = mu + grid * found.se
    look.curve(axes, place, curve, 0, name="density")
    for beyond, wanted in ((grid >= cut, side != "less"), (grid <= (-cut if side == "two" else cut), side != "greater")):
        if wanted:
            look.fill(
                axes,
                place[beyond],
                np.zeros(int(beyond.sum())),
                curve[beyond],
                1,
                name="tail",
                hatch="////",
                edgecolor=look.hues[1],
            )
    axes.plot([threshold] * 2, [0, density(found.z)], color=look.hues[1], linewidth=THIN, gid="threshold")
    tails = {"greater": "right tail", "less": "left tail", "two": "both tails"}[side]
    axes.set_title(f"{tails}: {found.p:.3g}\nz = {signed(found.z, '.3g')}, σ/√n = {found.se:.3g}", color=look.hues[1])
    axes.set(ylim=(0, 0.43), yticks=[], xticks=sorted({mu - 2 * found.se, mu, mu + 2 * found.se}))
    axes.set_xticklabels([f"{x:.4g}".replace("-", "−") for x in (mu - 2 * found.se, mu, mu + 2 * found.se)])
    axes.spines["left"].set_visible(False)
    return figure


@figure(
    "hoeffding_sample_size",
    "clt_sample_size",
    "clt_tail_probability",
    examples=[{"eps": 0.05, "delta": 0.05}, {"eps": 0.2, "delta": 0.01, "chances": (0.1,)}],
)
def sample_size(
    look: Look,
    *,
    eps: Annotated[float, Range(0.01, 0.3)],
    delta: Annotated[float, Range(0.001, 0.3)],
    chances: Annotated[Vector, Size(1, 3), Range(0.01, 0.99)] = (0.5, 0.05),
) -> "Figure":
    """How many samples an accuracy costs, on log axes: Hoeffding's bound, and the normal approximation for some chances.

    Values from ``hoeffding_sample_size`` and ``clt_sample_size``, with z from
    ``clt_tail_probability``.
    """
    low, high = 0.0, 6.0
    for _ in range(50):
        z = (low + high) / 2
        low, high = (z, high) if kernels.get("clt_tail_probability")(0, 1, 1, z, "two").p > delta else (low, z)
    grid = np.geomspace(0.01, 0.3, 25)
    figure, (axes, below) = look.panels(2, 1, 290, height_ratios=[4.4, 0.6 + 0.4 * len(chances)])
    look.dress(axes, x="accuracy ε", y=f"samples for confidence {1 - delta:.4g}")
    bound, normal = kernels.get("hoeffding_sample_size"), kernels.get("clt_sample_size")
    curves = [("Hoeffding's bound", [bound(float(e), delta) for e in grid])]
    curves += [(f"normal, chance {p:g}", [normal(math.sqrt(p * (1 - p)), float(e), z) for e in grid]) for p in chances]
    axes.set(xscale="log", yscale="log", xlim=(0.0095, 0.31))
    axes.set(xticks=[0.01, 0.03, 0.1, 0.3], xticklabels=["0.01", "0.03", "0.1", "0.3"])
    axes.minorticks_off()
    axes.yaxis.set_major_formatter(lambda value, _: short(value))
    for series, (name, numbers) in enumerate(curves):
        look.curve(axes, grid, numbers, series, name=name)
    here = bound(eps, delta)
    look.points(axes, eps, here, 0, name="here")
    look.beside(axes, (eps, here), f"{here:,}", 0, towards=(1, 0.3) if eps < 0.12 else (-0.2, 1))
    look.key(below, [(name, series) for series, (name, _) in enumerate(curves)])
    return figure


@figure(
    "gaussian_mle",
    "finite_difference_gradient",
    "clt_tail_probability",
    examples=[{"x": (1, 2, 4, 5, 8)}, {"x": (-3, 0, 3)}],
)
def gaussian_fit(look: Look, *, x: Annotated[Vector, Size(2, 12), Range(-1000, 1000)]) -> "Figure":
    """Data as points and the normal curve under which they are most likely: its mean, and one deviation to either side.

    Values from ``gaussian_mle``; the curve is the slope of ``clt_tail_probability``, by ``finite_difference_gradient``.
    """
    found = kernels.get("gaussian_mle")(x)
    if found.var_mle <= 0:
        raise ValueError("x must not be all the same number: there is no curve of variance 0")
    sigma, tail = math.sqrt(found.var_mle), kernels.get("clt_tail_probability")
    slope = kernels.get("finite_difference_gradient")
    grid = found.mu + sigma * np.linspace(-3, 3, 61)
    curve = [slope(lambda at: tail(found.mu, found.var_mle, 1, float(at[0]), "less").p, [t], 1e-4 * sigma)[0] for t in grid]
    figure, axes = look.axes(220, grid=False)
    look.curve(axes, grid, curve, 0, name="density")
    peak = max(curve)
    look.arrow(axes, (found.mu, 0.6065 * peak), (found.mu + sigma, 0.6065 * peak), 2, name="deviation")
    look.beside(axes, (found.mu + sigma, 0.6065 * peak), f"σ = {sigma:.3g}", 2, gap=6)
    axes.plot([found.mu] * 2, [0, peak], color=look.quiet, linewidth=THIN, linestyle=(0, (3, 3)), gid="mean")
    look.beside(axes, (found.mu, peak), f"μ = {found.mu:.3g}".replace("-", "−"), towards=(0, 1), gap=5)
    look.points(axes, x, np.zeros(len(x)), 1, name="data", clip_on=False)
    axes.set(ylim=(0, 1.16 * peak), yticks=[], xlim=(min(grid[0], min(x)), max(grid[-1], max(x))))
    axes.spines["left"].set_visible(False)
    return figure


@figure(
    "beta_bernoulli_map",
    examples=[{"alpha": 4, "beta": 2, "k": 3, "n": 10}, {"alpha": 2, "beta": 2, "k": 40, "n": 50}],
)
def beta_update(
    look: Look,
    *,
    alpha: Annotated[float, Range(1, 50)],
    beta: Annotated[float, Range(1, 50)],
    k: Annotated[int, Range(0, 500)],
    n: Annotated[int, Range(1, 500)],
) -> "Figure":
    """Prior, likelihood and posterior of a chance after k successes in n trials, each scaled to height 1, at their peaks named.

    Values from ``beta_bernoulli_map``: the peaks of likelihood and posterior.
    """
    found = kernels.get("beta_bernoulli_map")(alpha, beta, k, n)
    grid = np.linspace(0.002, 0.998, 125)
    figure, (axes, below) = look.panels(2, 1, 270, height_ratios=[3, 1])
    look.dress(axes, x="θ")
    shapes = [
        ("prior", alpha - 1, beta - 1, None),
        ("likelihood", k, n - k, found.mle),
        ("posterior", alpha + k - 1, beta + n - k - 1, found.map),
    ]
    for series, (name, ups, downs, peak) in zip((3, 1, 0), shapes, strict=True):
        log = ups * np.log(grid) + downs * np.log(1 - grid)
        look.curve(axes, grid, np.exp(log - log.max()), series, name=name)
        if peak is not None:
            look.points(axes, peak, 1, series, name=f"{name}-peak", clip_on=False)
    axes.set(xlim=(0, 1), ylim=(0, 1.04), yticks=[])
    axes.spines["left"].set_visible(False)
    words = [("prior", 3), (f"likelihood, highest at {found.mle:.3g}", 1), (f"posterior, highest at {found.map:.3g}", 0)]
    look.key(below, words)
    return figure


@figure("gaussian_mle", examples=[{"x": (1, 2, 4, 5, 8)}, {"x": (-3, 0, 3)}])
def likelihood_surface(look: Look, *, x: Annotated[Vector, Size(2, 12), Range(-1000, 1000)]) -> "Figure":
    """The log likelihood of normal data over mean and variance, as contours around its highest point, and along the mean.

    Values from ``gaussian_mle``: the highest point; the contours lie 0.5 and 2 nats below it.
    """
    found, n = kernels.get("gaussian_mle")(x), len(x)
    if found.var_mle <= 0:
        raise ValueError("x must not be all the same number: its likelihood has no maximum")
    sigma = math.sqrt(found.var_mle)
    figure, (axes, below) = look.panels(2, 1, 310, sharex=True, height_ratios=[1.5, 1])
    top = 1.0
    for series, level in ((2, 0.5), (0, 2.0)):
        low, top = (_share_of_variance(2 * level / n, side) for side in (-1, 1))
        shares = low + (top - low) * (1 - np.cos(np.linspace(0, np.pi, 61))) / 2
        lost = n / 2 * (np.log(shares) + 1 / shares - 1)
        reach = sigma * np.sqrt(np.maximum(2 / n * shares * (level - lost), 0))
        around = np.r_[found.mu + reach, found.mu - reach[::-1]], found.var_mle * np.r_[shares, shares[::-1]]
        look.curve(axes, around[0], around[1], series, name=f"level-{level:g}", linewidth=1.5)
        highest = (found.mu, found.var_mle * float(shares[-1]))
        look.beside(axes, highest, f"{level:g} nats less", series, towards=(0, 1), gap=3)
    look.points(axes, found.mu, found.var_mle, 1, name="maximum")
    wide = 3.6 * sigma * math.sqrt(2 / n)
    look.dress(axes, y="σ²")
    grid = np.linspace(found.mu - wide, found.mu + wide, 61)
    look.curve(below, grid, -n * (grid - found.mu) ** 2 / (2 * found.var_mle), 0, name="slice")
    look.points(below, found.mu, 0, 1, clip_on=False)
    look.dress(below, x="μ", y="log L below its maximum, at the best σ²")
    axes.set(xlim=(grid[0], grid[-1]), ylim=(0, 1.3 * top * found.var_mle))
    axes.set_title(f"best: μ = {signed(found.mu, '.3g')}, σ² = {found.var_mle:.3g}", loc="right", color=look.hues[1])
    below.set_ylim(top=0.4)
    return figure


def _share_of_variance(lost: float, side: int) -> float:
    """By what the best variance is multiplied, upwards or downwards, so that ln s + 1/s - 1 is ``lost``."""
    near, far = 1.0, 1.0
    while np.log(far) + 1 / far - 1 < lost:
        far *= 2.0**side
    for _ in range(60):
        middle = (near + far) / 2
        near, far = (middle, far) if np.log(middle) + 1 / middle - 1 < lost else (near, middle)
    return near


@figure("beta_bernoulli_map", examples=[{"share": 0.3}, {"share": 0.8, "alpha": 20, "beta": 20, "sizes": (5, 50, 500)}])
def posterior_shrinks(
    look: Look,
    *,
    share: Annotated[float, Range(0.01, 0.99)],
    alpha: Annotated[float, Range(1, 50)] = 5.0,
    beta: Annotated[float, Range(1, 50)] = 5.0,
    sizes: Annotated[Vector, Size(2, 3), Range(1, 10_000)] = (5.0, 50.0, 500.0),
) -> "Figure":
    """The posterior of a chance after more and more trials with the same share of successes: the prior counts less and less.

    MAP and MLE are the most probable and the most likely chance; each curve is scaled to height 1. Values from
    ``beta_bernoulli_map``: the peaks.
    """
    grid = np.linspace(0.002, 0.998, 249)
    figure, (axes, below) = look.panels(2, 1, 250 + 15 * len(sizes), height_ratios=[4, 0.6 + 0.55 * len(sizes)])
    look.dress(axes, x="θ")
    words = [("prior", 3)]
    shapes = [(3, "prior", alpha - 1, beta - 1)]
    for series, n in enumerate(int(size) for size in sizes):
        k = round(share * n)
        found = kernels.get("beta_bernoulli_map")(alpha, beta, k, n)
        shapes.append((series, f"n-{n}", alpha + k - 1, beta + n - k - 1))
        words.append((f"{k} of {n}: MAP {found.map:.3g}, MLE {found.mle:.3g}", series))
        look.points(axes, found.map, 1, series, name=f"peak-{n}", clip_on=False)
    for series, name, ups, downs in shapes:
        log = ups * np.log(grid) + downs * np.log(1 - grid)
        look.curve(axes, grid, np.exp(log - log.max()), series, name=name)
    axes.set(xlim=(0, 1), ylim=(0, 1.04), yticks=[])
    axes.spines["left"].set_visible(False)
    look.key(below, words)
    return figure
