"""Edge cases, refusals and properties of the kernels of regularization."""

import math
from itertools import product
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings

import kernels
from kernels.oracles.agreement import gamma
from kernels.regularization import gaussian_prior_penalty, inverted_dropout, soft_threshold
from tests.kernels.inputs.regularization import INPUTS
from tests.kernels.rounding import assert_gives

quick = settings(max_examples=25, derandomize=True, database=None)


@pytest.mark.filterwarnings("ignore:overflow")
@pytest.mark.parametrize(
    ("name", "arguments", "message"),
    [
        ("gaussian_prior_penalty", {"sigma": 0, "tau": 1}, "sigma must be greater than 0, got 0"),
        ("gaussian_prior_penalty", {"sigma": 1, "tau": -1}, "tau must be greater than 0, got -1"),
        ("gaussian_prior_penalty", {"sigma": math.inf, "tau": 1}, "sigma must be finite"),
        ("gaussian_prior_penalty", {"sigma": 1e200, "tau": 1}, "lambda is too large"),
        ("soft_threshold", {"x": [1], "lam": -0.5}, "lam must be at least 0, got -0.5"),
        ("soft_threshold", {"x": [], "lam": 1}, "x must not be empty"),
        ("soft_threshold", {"x": [[1]], "lam": 1}, "x must be a vector"),
        ("soft_threshold", {"x": [math.nan], "lam": 1}, "x must not contain NaN"),
        ("inverted_dropout", {"x": [1], "mask": [1], "p": 1}, "p must be less than 1, got 1"),
        ("inverted_dropout", {"x": [1], "mask": [1], "p": -0.5}, "p must be at least 0, got -0.5"),
        ("inverted_dropout", {"x": [1, 2], "mask": [1, 0.5], "p": 0.5}, r"mask must hold 0 and 1, got \[1.0, 0.5\]"),
        ("inverted_dropout", {"x": [1, 2], "mask": [1], "p": 0.5}, r"x and mask must have one shape, got \(2,\) and \(1,\)"),
        ("inverted_dropout", {"x": [], "mask": [], "p": 0.5}, "x must not be empty"),
        ("inverted_dropout", {"x": [1e200], "mask": [1], "p": 0.5}, "the variance is too large"),
    ],
)
def test_refuses(name: str, arguments: dict[str, Any], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        kernels.get(name)(**arguments)


# the prior


def test_a_flat_prior_is_no_penalty() -> None:
    assert gaussian_prior_penalty(3, math.inf) == 0


def test_the_penalty_is_that_of_the_mode_of_the_posterior() -> None:
    X, y = np.array([[1.0, 2.0], [0.5, -1.0], [2.0, 0.25]]), np.array([1.0, -2.0, 0.5])
    sigma, tau = 1.5, 0.5
    curvature = X.T @ X / sigma**2 + np.eye(2) / tau**2  # of the negative log posterior, a quadratic
    mode = np.linalg.solve(curvature, X.T @ y / sigma**2)
    ridge_gradient = X.T @ (X @ mode - y) + gaussian_prior_penalty(sigma, tau) * mode
    terms = np.abs(X).T @ (np.abs(X) @ np.abs(mode) + np.abs(y)) + 9 * np.abs(mode)
    assert (np.abs(ridge_gradient) <= gamma(16) * np.linalg.cond(curvature) * terms.max()).all()


# soft thresholding


def test_what_is_no_larger_than_lambda_becomes_a_positive_zero() -> None:
    done = soft_threshold([1, -1, 0.5, -0.5, 0, -0.0], 1)
    assert done.tolist() == [0] * 6
    assert not np.signbit(done).any()


@quick
@given(INPUTS["soft_threshold"])
def test_soft_threshold_moves_towards_zero_by_at_most_lambda(arguments: dict[str, Any]) -> None:
    x, lam = arguments["x"], arguments["lam"]
    done = soft_threshold(x, lam)
    assert (done * x >= 0).all()
    assert (np.abs(done) <= np.abs(x)).all()
    assert np.array_equal(soft_threshold(x, 0), x)
    assert np.array_equal(soft_threshold(-x, lam), -done)


@pytest.mark.parametrize("x", [-2.0, -0.75, 0.0, 0.5, 1.25])
def test_soft_threshold_is_the_minimiser(x: float) -> None:
    lam = 0.75
    grid = np.arange(-32, 33) / 16  # the minimiser lies on it

    def objective(w: Any) -> Any:
        return (w - x) ** 2 / 2 + lam * abs(w)

    (best,) = soft_threshold([x], lam)
    assert best == grid[np.argmin(objective(grid))]


def test_l1_sets_to_zero_where_l2_only_shrinks() -> None:
    grid = np.arange(-64, 65) / 64
    ridge = grid[np.argmin((grid - 0.75) ** 2 / 2 + 1 * grid**2)]
    assert ridge == 0.75 / (1 + 2 * 1) > soft_threshold([0.75], 1)[0] == 0


# dropout


def test_without_dropping_nothing_changes() -> None:
    done = inverted_dropout([2, -1, 4], [1, 1, 1], 0)
    assert done.y.tolist() == done.mean.tolist() == [2, -1, 4]
    assert done.var.tolist() == [0, 0, 0]


def test_what_is_dropped_is_a_positive_zero() -> None:
    y = inverted_dropout([2, -1, 4], [0, 0, 1], 0.5).y
    assert y.tolist() == [0, 0, 8]
    assert not np.signbit(y).any()


def test_the_mean_is_a_copy_of_the_activations() -> None:
    x = np.array([1.0, 2.0])
    inverted_dropout(x, [1, 1], 0.5).mean[0] = 9
    assert x.tolist() == [1, 2]


@pytest.mark.parametrize("p", [0.0, 0.2, 0.5, 0.9])
def test_mean_and_variance_are_those_over_all_masks(p: float) -> None:
    x = [2.0, -1.0, 4.0]
    masks = list(product([0, 1], repeat=3))
    weights = np.array([math.prod(1 - p if kept else p for kept in mask) for mask in masks])
    outputs = np.array([inverted_dropout(x, mask, p).y for mask in masks])
    wanted = {"mean": weights @ outputs, "var": weights @ (outputs - x) ** 2}
    assert_gives(
        "inverted_dropout", wanted, scale=16, x=x, mask=[1, 1, 1], p=p
    )  # means of terms up to 4^2, weighted by p and 1 - p
