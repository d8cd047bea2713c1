"""Figures of probability."""

import math
from collections.abc import Callable
from typing import TYPE_CHECKING, Annotated, Literal

import numpy as np

import kernels
from generator.figures.diagrams import block, board
from generator.figures.registry import Range, Size, Vector, figure
from generator.figures.style import THIN, WIDTH, Look
from generator.figures.wording import signed

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


Spot = Annotated[float, Range(-100, 100)]


@figure(
    "bayes_posterior",
    examples=[
        {"prior": 0.01, "sensitivity": 0.9, "false_alarms": 0.05},
        {"prior": 0.2, "sensitivity": 0.8, "false_alarms": 0.1, "people": 1000},
    ],
)
def natural_frequencies(
    look: Look,
    *,
    prior: Annotated[float, Range(0, 1)],
    sensitivity: Annotated[float, Range(0, 1)],
    false_alarms: Annotated[float, Range(0, 1)],
    people: Annotated[int, Range(100, 1_000_000)] = 10_000,
) -> "Figure":
    """A tree of so many people, parted into ill and well and then by the test: Bayes' rule as a quotient of two counts.

    Values from ``bayes_posterior``.
    """
    found = kernels.get("bayes_posterior")(prior, sensitivity, false_alarms)
    hits, alarms = found.posterior * found.evidence * people, found.evidence * people
    figure, axes = board(look, 236)
    top, middle, low = (WIDTH / 2, 26.0), 98.0, 170.0
    leaves = (
        (44.0, hits, "ill, found", 1),
        (126.0, prior * people - hits, "ill, missed", None),
        (WIDTH - 126.0, alarms - hits, "well, alarmed", 0),
        (WIDTH - 44.0, (1 - prior) * people - alarms + hits, "well, cleared", None),
    )
    block(look, axes, top, (96, 28), f"{people:,}", None, name="all")
    for index, (x, count, words, series) in enumerate(((85.0, prior, "ill", 1), (WIDTH - 85.0, 1 - prior, "well", 0))):
        axes.plot([top[0], x], [top[1] + 14, middle - 14], color=look.quiet, linewidth=THIN, zorder=1)
        block(look, axes, (x, middle), (104, 28), f"{_people(count * people)} {words}", series, name=words, depth=0.3)
        for x_leaf, count_leaf, words_leaf, series_leaf in leaves[2 * index : 2 * index + 2]:
            axes.plot([x, x_leaf], [middle + 14, low - 14], color=look.quiet, linewidth=THIN, zorder=1)
            block(look, axes, (x_leaf, low), (76, 28), _people(count_leaf), series_leaf, name=words_leaf)
            look.text(axes, (x_leaf, low + 25), words_leaf.partition(", ")[2], color=look.quiet)
    words = f"{_people(hits)} of {_people(alarms)} alarmed are ill: {100 * found.posterior:.4g}%"
    look.text(axes, (WIDTH / 2, 222), words, 1, weight="bold")
    return figure


def _people(count: float) -> str:
    """A count of people, with a decimal if it is small and not whole."""
    return f"{count:,.0f}" if count >= 100 or abs(count - round(count)) < 1e-6 else f"{count:.3g}"


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
    axes.set_xticks(range(0, len(chances), math.ceil(len(chances) / 12)))


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
