"""Figures of probability."""

import math
from collections.abc import Callable
from typing import TYPE_CHECKING, Annotated, Literal

import numpy as np

import kernels
from generator.figures.registry import Range, Size, Vector, figure
from generator.figures.style import THIN, Look, short, signed

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

Chance = Annotated[float, Range(0.001, 0.999)]
PEOPLE = 1000


@figure(
    "bayes_posterior",
    examples=[{"prior": 0.01, "sensitivity": 0.9, "false_alarms": 0.05}, {"prior": 0.2, "sensitivity": 0.8, "false_alarms": 0.1}],
)
def base_rates(look: Look, *, prior: Chance, sensitivity: Chance, false_alarms: Chance) -> "Figure":
    """A thousand people as a square, ill ones left, alarmed ones below: how few of the alarmed are ill when illness is rare.

    Values from ``bayes_posterior``.
    """
    found = kernels.get("bayes_posterior")(prior, sensitivity, false_alarms)
    figure, (square, bar) = look.panels(1, 2, 240, width_ratios=[1.7, 1])
    for axes in (square, bar):
        axes.set_axis_off()
    ill, well = {"edgecolor": look.hues[1], "hatch": "////"}, {"edgecolor": look.hues[0]}
    look.box(square, 0, 0, prior, sensitivity, look.tint(1, 0.5), name="found", **ill)
    look.box(square, 0, sensitivity, prior, 1 - sensitivity, look.page, name="missed", **ill)
    look.box(square, prior, 0, 1 - prior, false_alarms, look.tint(0, 0.5), name="alarmed", **well)
    look.box(square, prior, false_alarms, 1 - prior, 1 - false_alarms, look.page, name="cleared", **well)
    look.text(
        square,
        ((1 + prior) / 2, (1 + false_alarms) / 2),
        f"of {PEOPLE}:\n{(1 - prior) * PEOPLE:.3g} well,\n{_share((1 - prior) * false_alarms)} alarmed",
        0,
    )
    look.beside(square, (0, 1), f"{_share(prior)} ill, {_share(prior * sensitivity)} found", 1, towards=(0, 1), gap=5, ha="left")
    square.set(xlim=(-0.01, 1.01), ylim=(-0.01, 1.01))
    look.box(bar, 0, 0, 0.5, found.posterior, look.tint(1, 0.5), name="posterior", **ill)
    look.box(bar, 0, found.posterior, 0.5, 1 - found.posterior, look.tint(0, 0.5), name="false", **well)
    look.beside(bar, (0.25, 1), f"{_share(found.evidence)} alarmed", towards=(0, 1), gap=5)
    middle = min(max(found.posterior / 2, 0.06), 0.86)
    look.beside(bar, (0.5, middle), f"{found.posterior:.0%} ill", 1, weight="bold")
    look.beside(bar, (0.5, min(max((1 + found.posterior) / 2, middle + 0.14), 0.96)), f"{1 - found.posterior:.0%} well", 0)
    bar.set(xlim=(-0.15, 1.1), ylim=(-0.01, 1.01))
    return figure


def _share(chance: float) -> str:
    """So many of a thousand people."""
    return f"{chance * PEOPLE:.3g}"


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
    examples=[{"eps": 0.05, "delta": 0.05}, {"eps": 0.2, "delta": 0.01}],
)
def sample_size(look: Look, *, eps: Annotated[float, Range(0.01, 0.3)], delta: Annotated[float, Range(0.001, 0.3)]) -> "Figure":
    """How many samples an accuracy costs, on log axes: Hoeffding's bound, and the normal approximation for chances of 0.5 and 0.05.

    Values from ``hoeffding_sample_size`` and ``clt_sample_size``, with z from
    ``clt_tail_probability``.
    """
    low, high = 0.0, 6.0
    for _ in range(50):
        z = (low + high) / 2
        low, high = (z, high) if kernels.get("clt_tail_probability")(0, 1, 1, z, "two").p > delta else (low, z)
    grid = np.geomspace(0.01, 0.3, 25)
    figure, (axes, below) = look.panels(2, 1, 290, height_ratios=[3.2, 1])
    look.dress(axes, x="accuracy ε", y=f"samples for confidence {1 - delta:.4g}")
    bound, normal = kernels.get("hoeffding_sample_size"), kernels.get("clt_sample_size")
    curves = [("Hoeffding's bound", [bound(float(e), delta) for e in grid])]
    curves += [(f"normal, chance {p:g}", [normal(math.sqrt(p * (1 - p)), float(e), z) for e in grid]) for p in (0.5, 0.05)]
    axes.set(xscale="log", yscale="log", xlim=(0.01, 0.3))
    axes.set(xticks=[0.01, 0.03, 0.1, 0.3], xticklabels=["0.01", "0.03", "0.1", "0.3"])
    axes.minorticks_off()
    axes.yaxis.set_major_formatter(lambda value, _: short(value))
    for series, (name, numbers) in enumerate(curves):
        look.curve(axes, grid, numbers, series, name=name)
    here = bound(eps, delta)
    look.points(axes, eps, here, 0, name="here")
    look.beside(axes, (eps, here), f"{here:,}", 0, towards=(1, 1) if eps < 0.12 else (-0.2, 1))
    look.key(below, [(name, series) for series, (name, _) in enumerate(curves)])
    return figure


Spot = Annotated[float, Range(-100, 100)]


@figure("uniform_interval", examples=[{"a": 0.5, "b": 1, "low": 0.6, "high": 0.8}, {"a": 0, "b": 4, "low": 3, "high": 6}])
def uniform_density(look: Look, *, a: Spot, b: Spot, low: Spot, high: Spot) -> "Figure":
    """The density of a uniform variable, which may stand above 1, with an interval's probability as an area.

    Values from ``uniform_interval``.
    """
    found = kernels.get("uniform_interval")(a, b, low, high)
    figure, axes = look.axes(210, x="x", y="density", grid=False)
    left, right = min(a, low), max(b, high)
    room = 0.25 * (right - left)
    outline = [(left - room, 0), (a, 0), (a, found.density), (b, found.density), (b, 0), (right + room, 0)]
    look.curve(axes, [x for x, _ in outline], [y for _, y in outline], 0, name="density")
    inside = max(a, min(low, b)), min(b, max(high, a))
    if found.probability > 0:
        look.box(
            axes,
            inside[0],
            0,
            inside[1] - inside[0],
            found.density,
            look.tint(1, 0.3),
            name="area",
            hatch="////",
            edgecolor=look.hues[1],
        )
    look.beside(
        axes,
        (sum(inside) / 2, found.density),
        f"P({signed(low)} to {signed(high)}) = {found.probability:.3g}",
        1,
        towards=(0, 1),
        gap=6,
    )
    ticks = sorted({a, b})
    axes.set(
        xticks=ticks,
        xticklabels=[f"{t:g}".replace("-", "−") for t in ticks],
        yticks=[0, found.density],
        yticklabels=["0", f"{found.density:.3g}"],
    )
    axes.set(ylim=(0, 1.25 * found.density), xlim=(left - room, right + room))
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


@figure(
    "discrete_expectation_variance",
    examples=[{"x": (-2, 0, 5), "p": (0.3, 0.5, 0.2)}, {"x": (1, 2, 3, 4), "p": (0.1, 0.2, 0.3, 0.4)}],
)
def balance(
    look: Look, *, x: Annotated[Vector, Size(2, 8), Range(-100, 100)], p: Annotated[Vector, Size(2, 8), Range(0, 1)]
) -> "Figure":
    """Outcomes as weights on a beam that balances on the expectation, with a band of one standard deviation.

    Values from ``discrete_expectation_variance``.
    """
    found = kernels.get("discrete_expectation_variance")(x, p)
    figure, axes = look.axes(220, grid=False)
    side = max(x) - min(x) or 1.0
    axes.axvspan(found.mean - found.std, found.mean + found.std, color=look.tint(2, 0.22), linewidth=0, zorder=0, gid="band")
    look.bars(axes, x, p, 0, name="chances", width=0.08 * side, color=look.tint(0, 0.75))
    for place, chance in zip(x, p, strict=True):
        look.beside(axes, (place, chance), f"{chance:g}", towards=(0, 1), gap=3)
    axes.plot(found.mean, -0.075 * max(p), marker="^", color=look.hues[2], markersize=14, zorder=6, gid="mean")
    low, high = min(*x, found.mean - found.std), max(*x, found.mean + found.std)
    axes.set(xlim=(low - 0.1 * side, high + 0.1 * side), ylim=(-0.15 * max(p), 1.2 * max(p)), yticks=[], xticks=sorted(x))
    axes.set_xticklabels([signed(place) for place in sorted(x)])
    axes.axhline(0, color=look.quiet, linewidth=THIN)
    axes.spines[["left", "bottom"]].set_visible(False)
    axes.set_title(f"mean {signed(found.mean, '.3g')}, deviation {found.std:.3g}", color=look.hues[2])
    return figure


@figure(
    "distribution_moments",
    examples=[
        {"kind": "bernoulli", "p": 0.3},
        {"kind": "binomial", "p": 0.4, "n": 10},
        {"kind": "poisson", "rate": 3.5},
        {"kind": "exponential", "rate": 0.5},
        {"kind": "uniform", "low": -2, "high": 4},
    ],
)
def distribution(
    look: Look,
    *,
    kind: Literal["bernoulli", "binomial", "poisson", "exponential", "uniform"],
    p: Annotated[float, Range(0, 1)] = 0.5,
    n: Annotated[int, Range(1, 60)] = 10,
    rate: Annotated[float, Range(0.05, 40)] = 1.0,
    low: Spot = 0.0,
    high: Spot = 1.0,
) -> "Figure":
    """One of five distributions with its mean and a band of one standard deviation; rate is the mean number of a Poisson too.

    Values from ``distribution_moments``; the bars and curves are the textbook's probabilities and densities.
    """
    arguments: dict[str, dict[str, float]] = {
        "bernoulli": {"p": p},
        "binomial": {"p": p, "n": n},
        "poisson": {"lam": rate},
        "exponential": {"rate": rate},
        "uniform": {"a": low, "b": high},
    }
    found = kernels.get("distribution_moments")(kind, **arguments[kind])
    figure, axes = look.axes(220, grid=False)
    spread = math.sqrt(found.var)
    axes.axvspan(found.mean - spread, found.mean + spread, color=look.tint(2, 0.22), linewidth=0, zorder=0, gid="band")
    _SHAPES[kind](look, axes, p, n, rate, low, high)
    axes.axvline(found.mean, color=look.hues[2], linewidth=1.6, linestyle=(0, (4, 2)), zorder=4, gid="mean")
    axes.set_title(f"mean {found.mean:.3g}, deviation {spread:.3g}".replace("-", "−"), color=look.hues[2])
    axes.set(yticks=[])
    axes.spines["left"].set_visible(False)
    return figure


def _masses(look: Look, axes: "Axes", chances: list[float]) -> None:
    look.bars(axes, np.arange(len(chances)), chances, 0, name="chances", color=look.tint(0, 0.75), width=0.6)
    axes.set_xlim(-0.8, max(len(chances) - 0.2, 1.8))
    if len(chances) <= 3:
        axes.set_xticks(range(len(chances)))


def _curve(look: Look, axes: "Axes", x: np.ndarray, density: np.ndarray) -> None:
    look.curve(axes, x, density, 0, name="density")
    axes.set_ylim(0, 1.15 * float(density.max()))


def _binomial(look: Look, axes: "Axes", p: float, n: int) -> None:
    _masses(look, axes, [math.comb(n, k) * p**k * (1 - p) ** (n - k) for k in range(n + 1)])


def _poisson(look: Look, axes: "Axes", rate: float) -> None:
    last = math.ceil(rate + 4 * math.sqrt(rate)) + 1
    _masses(look, axes, [math.exp(k * math.log(rate) - rate - math.lgamma(k + 1)) for k in range(last + 1)])


def _exponential(look: Look, axes: "Axes", rate: float) -> None:
    x = np.linspace(0, 4.5 / rate, 61)
    _curve(look, axes, x, rate * np.exp(-rate * x))


def _uniform(look: Look, axes: "Axes", low: float, high: float) -> None:
    room, height = 0.25 * (high - low), 1 / (high - low)
    _curve(look, axes, np.array([low - room, low, low, high, high, high + room]), np.array([0, 0, height, height, 0, 0]))


_SHAPES: dict[str, Callable[[Look, "Axes", float, int, float, float, float], None]] = {
    "bernoulli": lambda look, axes, p, n, rate, low, high: _masses(look, axes, [1 - p, p]),
    "binomial": lambda look, axes, p, n, rate, low, high: _binomial(look, axes, p, n),
    "poisson": lambda look, axes, p, n, rate, low, high: _poisson(look, axes, rate),
    "exponential": lambda look, axes, p, n, rate, low, high: _exponential(look, axes, rate),
    "uniform": lambda look, axes, p, n, rate, low, high: _uniform(look, axes, low, high),
}
"""Kind -> what draws it."""
