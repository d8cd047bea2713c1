"""Figures of how complex a model should be, and of how that is found out."""

from typing import TYPE_CHECKING, Annotated

import numpy as np

import kernels
from generator.figures.registry import Range, figure
from generator.figures.style import Look
from generator.figures.wording import short

if TYPE_CHECKING:
    from matplotlib.figure import Figure

SAMPLES, WIDEST, ROUNDS = 20, 120, 8
"""So many points train the models of the double descent, on up to so many features, so many times."""


def _scattered(rows: int, columns: int, salt: int) -> np.ndarray:
    """Numbers of mean 0 and variance 1 that look random and are the same everywhere."""
    row, column = np.arange(1, rows + 1)[:, None], np.arange(1, columns + 1)[None, :]
    share = np.sin(12.9898 * row + 78.233 * column + 37.719 * salt) * 43758.5453 % 1
    return np.asarray(np.sqrt(3) * (2 * share - 1))


@figure("ridge_fit", examples=[{}, {"noise": 0.6}])
def double_descent(look: Look, *, noise: Annotated[float, Range(0.05, 2)] = 0.3) -> "Figure":
    """The test error of a regression on more and more features: a peak where they just fit all points, and a second descent.

    An experiment: 20 points whose target leans on 120 features, on each less than on the one before; the error is the mean of
    eight rounds. Values from ``ridge_fit`` with next to no penalty, which is the fit of least weights where many fit.
    """
    truth = np.arange(1, WIDEST + 1) ** -0.75
    truth /= np.hypot.reduce(truth)
    counts = np.unique(np.r_[np.arange(1, 29), np.geomspace(28, WIDEST, 9).round()].astype(int))
    errors = np.zeros(len(counts))
    for salt in range(ROUNDS):
        X = _scattered(SAMPLES, WIDEST, salt)
        y = X @ truth + noise * _scattered(SAMPLES, 1, salt + 100)[:, 0]
        for spot, count in enumerate(counts):
            missed = truth.copy()
            missed[:count] -= kernels.get("ridge_fit")(X[:, :count], y, 1e-9)
            errors[spot] += (missed @ missed + noise**2) / ROUNDS
    figure, axes = look.axes(245, x="features", y="mean squared error on new points")
    look.curve(axes, counts, errors, 0, name="test", linewidth=1.8)
    look.guide(axes, x=SAMPLES, name="as many as points")
    axes.set(xscale="log", yscale="log", xlim=(1, WIDEST), xticks=[1, 5, 20, 100], ylim=(0.5 * min(errors), 6 * max(errors)))
    axes.set_xticklabels(["1", "5", "20", "100"])
    axes.minorticks_off()
    axes.yaxis.set_major_formatter(lambda value, _: short(value))
    look.beside(axes, (SAMPLES, 3 * max(errors)), f"{SAMPLES} features\nfor {SAMPLES} points", color=look.quiet, gap=6)
    return figure


@figure("ols_prediction_variance", "kfold_train_size", examples=[{}, {"n": 200, "k": 10, "parameters": 20}])
def learning_curve(
    look: Look,
    *,
    n: Annotated[int, Range(10, 100_000)] = 100,
    k: Annotated[int, Range(2, 20)] = 5,
    parameters: Annotated[int, Range(1, 1000)] = 10,
) -> "Figure":
    """The error over the number of training samples, and where k-fold cross-validation looks: to the left, where it is larger.

    Noise of variance 1 plus the variance of a linear fit. Values from ``ols_prediction_variance`` and ``kfold_train_size``.
    """
    trained = kernels.get("kfold_train_size")(n, k).train_min
    if trained <= parameters:
        raise ValueError(f"folds that train on {trained} samples cannot fit {parameters} parameters")
    error = kernels.get("ols_prediction_variance")
    low = max(parameters, trained / 4)
    grid = np.unique(np.geomspace(low, 1.6 * n, 61).round().astype(int))
    figure, (axes, below) = look.panels(2, 1, 265, height_ratios=[4, 1.1])
    look.dress(axes, x="training samples", y="expected squared error")
    look.curve(axes, grid, [1 + error(1, int(size), parameters) for size in grid], 0, name="error")
    words = []
    for series, size, name in ((1, trained, "each model"), (2, n, "in the end")):
        here = 1 + error(1, size, parameters)
        look.points(axes, size, here, series, name=name)
        axes.plot([size, size], [1, here], color=look.hues[series], linewidth=1.1, linestyle=(0, (3, 3)), zorder=2)
        words.append((f"{name}: {size:,} samples, error {here:.3g}", series))
    axes.set(xlim=(0, 1.6 * n), ylim=(1, 1 + 4.4 * error(1, trained, parameters)), xticks=[0, n], xticklabels=["0", f"{n:,}"])
    look.key(below, words, points=True)
    return figure
