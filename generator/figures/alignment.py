"""Figures of alignment."""

from typing import TYPE_CHECKING, Annotated

import numpy as np

import kernels
from generator.figures.registry import Range, Size, Vector, figure
from generator.figures.style import Look
from generator.figures.wording import signed

if TYPE_CHECKING:
    from matplotlib.figure import Figure


@figure(
    "kl_optimal_policy",
    "kl_divergence",
    "discrete_expectation_variance",
    examples=[
        {"ref": (0.5, 0.3, 0.2), "reward": (0, 1, 2), "beta": 1},
        {"ref": (0.7, 0.2, 0.08, 0.02), "reward": (0, 0.5, 1, 3), "beta": 0.5},
    ],
)
def reward_frontier(
    look: Look,
    *,
    ref: Annotated[Vector, Size(2, 4), Range(0.001, 1)],
    reward: Annotated[Vector, Size(2, 4), Range(-20, 20)],
    beta: Annotated[float, Range(0.05, 100)],
) -> "Figure":
    """How much reward can be had for how much divergence from the reference, and the policy that a weight beta picks.

    Values from ``kl_optimal_policy``, ``kl_divergence`` and ``discrete_expectation_variance``.
    """
    if max(reward) == min(reward):
        raise ValueError("all rewards are equal: there is nothing to gain")
    policy, divergence = kernels.get("kl_optimal_policy"), kernels.get("kl_divergence")
    side = max(reward) - min(reward)

    def point(weight: float) -> tuple[float, float]:
        found = policy(ref, reward, weight)
        return float(divergence(found, ref)), float(kernels.get("discrete_expectation_variance")(reward, found).mean)

    way = np.array([point(float(weight)) for weight in np.geomspace(0.03 * side, 60 * side, 61)])
    figure, (axes, below) = look.panels(2, 1, 325, height_ratios=[1.7, 1])
    look.dress(axes, x="divergence from the reference, in nats", y="expected reward")
    look.curve(axes, way[:, 0], way[:, 1], 0, name="frontier")
    cost, gain = point(beta)
    look.points(axes, cost, gain, 1, name="here", clip_on=False)
    title = f"β = {beta:.3g}: {signed(gain, '.3g')} for {cost:.3g}"
    axes.set_title(title, loc="right", color=look.hues[1])
    axes.set(xlim=(-0.02 * way[0, 0], 1.06 * max(way[0, 0], cost)))
    index = np.arange(len(ref))
    found = policy(ref, reward, beta)
    look.bars(below, index - 0.2, ref, 3, name="reference", color=look.tint(3, 0.55), width=0.36)
    look.bars(below, index + 0.2, found, 1, name="policy", color=look.tint(1, 0.6), width=0.36, hatch="///", edgecolor=look.hues[1])
    for spot, (before, after) in enumerate(zip(ref, found, strict=True)):
        look.beside(below, (spot - 0.2, before), f"{before:.2f}", towards=(0, 1), gap=2)
        look.beside(below, (spot + 0.2, float(after)), f"{float(after):.2f}", towards=(0, 1), gap=2)
    below.set(xticks=index, xticklabels=[f"r = {signed(one, '.3g')}" for one in reward], yticks=[], ylim=(0, 1.25))
    below.spines["left"].set_visible(False)
    below.set_title("reference, and the policy (hatched)", loc="left", color=look.quiet)
    return figure


@figure("binary_cross_entropy_with_logits", "sigmoid", examples=[{"margin": 1}, {"margin": -2}])
def preference_loss(look: Look, *, margin: Annotated[float, Range(-6, 6)]) -> "Figure":
    """The loss of a preference over the margin by which the chosen answer leads, and how hard it pulls: most where it is wrong.

    It is that of DPO and of reward models, −ln σ(margin). Values from ``binary_cross_entropy_with_logits`` and ``sigmoid``.
    """
    loss, squash = kernels.get("binary_cross_entropy_with_logits"), kernels.get("sigmoid")
    grid = np.linspace(-6, 6, 61)
    figure, (axes, below) = look.panels(2, 1, 255, height_ratios=[4, 1])
    look.dress(axes, x="margin of the chosen answer")
    look.curve(axes, grid, [loss([float(one)], [1]) for one in grid], 0, name="loss")
    look.curve(axes, grid, [squash(-float(one)) for one in grid], 1, name="pull")
    here, pull = float(loss([margin], [1])), float(squash(-margin))
    look.points(axes, margin, here, 0, name="loss here", clip_on=False)
    look.points(axes, margin, pull, 1, name="pull here", clip_on=False)
    axes.set(xlim=(-6, 6), ylim=(0, 6.1), xticks=[-4, 0, 4], yticks=[0, 2, 4, 6])
    look.key(below, [(f"loss {here:.3g} at {signed(margin, '.3g')}", 0), (f"pull σ(−margin) {pull:.3g}", 1)])
    return figure
