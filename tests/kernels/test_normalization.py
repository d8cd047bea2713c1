"""Edge cases, refusals, properties and gradients of the kernels of normalization."""

import math
from typing import Any

import numpy as np
import pytest
import sympy
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

import kernels
from kernels.normalization import batchnorm_eval, batchnorm_train, layer_norm, layer_norm_backward, rms_norm
from kernels.oracles.agreement import bound, gamma
from tests.kernels.inputs.normalization import INPUTS
from tests.kernels.rounding import assert_gives

NAN = math.nan
quick = settings(max_examples=25, derandomize=True, database=None)
BATCH: dict[str, Any] = {
    "x": [[1.0, 10.0], [2.0, 20.0], [4.0, 60.0]],
    "gamma": [2.0, 0.5],
    "beta": [0.0, -1.0],
    "running_mean": [0.0, 1.0],
    "running_var": [1.0, 2.0],
}
ROW: dict[str, Any] = {"x": [1.0, 2.0, 6.0], "gamma": [1.0, 0.5, 2.0], "beta": [0.0, 1.0, -1.0]}


@pytest.mark.filterwarnings("ignore:overflow", "ignore:invalid value")
@pytest.mark.parametrize(
    ("name", "arguments", "message"),
    [
        ("batchnorm_train", BATCH | {"x": [[1, 2]]}, r"x must have at least 2 rows, got shape \(1, 2\)"),
        ("batchnorm_train", BATCH | {"x": [1, 2]}, "x must be a matrix"),
        ("batchnorm_train", BATCH | {"gamma": [1]}, r"gamma must have shape \(2\), got \(1,\)"),
        ("batchnorm_train", BATCH | {"beta": [1, 2, 3]}, r"beta must have shape \(2\), got \(3,\)"),
        ("batchnorm_train", BATCH | {"running_mean": [1]}, r"running_mean must have shape \(2\)"),
        ("batchnorm_train", BATCH | {"running_var": [1]}, r"running_var must have shape \(2\)"),
        ("batchnorm_train", BATCH | {"running_var": [1, -1]}, r"running_var must not be negative, got \[1.0, -1.0\]"),
        ("batchnorm_train", BATCH | {"momentum": 1.5}, "momentum must be at most 1, got 1.5"),
        ("batchnorm_train", BATCH | {"eps": -1e-5}, "eps must be at least 0, got -1e-05"),
        ("batchnorm_train", BATCH | {"x": [[1, 2], [1, 3]], "eps": 0}, "eps must be greater than 0, got 0.0, where values"),
        ("batchnorm_train", BATCH | {"x": [[1e200, 2], [1, 3]]}, "the variance of x is too large"),
        ("batchnorm_eval", BATCH | {"running_var": [1, -1]}, r"running_var must not be negative, got \[1.0, -1.0\]"),
        (
            "batchnorm_eval",
            BATCH | {"running_var": [1, 0], "eps": 0},
            "eps must be greater than 0, got 0.0, where running_var is 0",
        ),
        ("batchnorm_eval", BATCH | {"eps": -1}, "eps must be at least 0, got -1"),
        ("batchnorm_eval", BATCH | {"beta": [1]}, r"beta must have shape \(2\)"),
        ("batchnorm_eval", BATCH | {"x": []}, "x must be a matrix"),
        ("layer_norm", ROW | {"gamma": [1]}, r"gamma must have shape \(3\), got \(1,\)"),
        ("layer_norm", ROW | {"beta": [1]}, r"beta must have shape \(3\), got \(1,\)"),
        ("layer_norm", ROW | {"beta": [[1, 2, 3]]}, "beta must be a vector"),
        ("layer_norm", ROW | {"eps": -1}, "eps must be at least 0, got -1"),
        ("layer_norm", ROW | {"x": 1}, "x must have an axis of features, got the number 1"),
        ("layer_norm", ROW | {"x": [1, NAN, 2]}, "x must not contain NaN"),
        ("layer_norm", ROW | {"x": [0.1, 0.1, 0.1], "eps": 0}, "eps must be greater than 0, got 0.0, where values"),
        ("layer_norm", ROW | {"x": [0, 0, 1e-200], "eps": 0}, "eps must be greater than 0, got 0.0, where values"),
        ("layer_norm", ROW | {"x": [1e308, 1e308, -1e308]}, "the variance of x is too large"),
        ("layer_norm_backward", {"x": [1, 2], "gamma": [1], "grad_y": [1, 1]}, r"gamma must have shape \(2\), got \(1,\)"),
        ("layer_norm_backward", {"x": [1, 2], "gamma": [1, 1], "grad_y": [1]}, r"grad_y must have shape \(2\), got \(1,\)"),
        ("layer_norm_backward", {"x": [[1, 2]], "gamma": [1, 1], "grad_y": [1, 1]}, "x must be a vector"),
        ("layer_norm_backward", {"x": [1, 2], "gamma": [1, 1], "grad_y": [1, 1], "eps": -1}, "eps must be at least 0, got -1"),
        ("layer_norm_backward", {"x": [2, 2], "gamma": [1, 1], "grad_y": [1, 1], "eps": 0}, "eps must be greater than 0"),
        ("rms_norm", {"x": [1, 2], "gamma": [1]}, r"gamma must have shape \(2\), got \(1,\)"),
        ("rms_norm", {"x": [1, 2], "gamma": [1, 1], "eps": -1}, "eps must be at least 0, got -1"),
        (
            "rms_norm",
            {"x": [[1, 2], [0, 0]], "gamma": [1, 1], "eps": 0},
            "eps must be greater than 0, got 0.0, where a row of x is all 0",
        ),
        ("rms_norm", {"x": 3, "gamma": [1]}, "x must have an axis of features, got the number 3"),
        ("rms_norm", {"x": [1e200, 0], "gamma": [1, 1]}, "the mean square of x is too large"),
    ],
)
def test_refuses(name: str, arguments: dict[str, Any], message: str) -> None:
    takes = kernels.get(name).signature.parameters
    with pytest.raises(ValueError, match=message):
        kernels.get(name)(**{key: value for key, value in arguments.items() if key in takes})


# batch normalization


def test_the_batch_is_normalised_with_the_biased_variance_and_the_running_one_is_not_biased() -> None:
    step = batchnorm_train([[0.0], [2.0]], [1], [0], [0], [0], momentum=1, eps=0)
    assert step.var_biased.tolist() == [1]
    assert step.running_var.tolist() == [2]
    assert step.y.tolist() == [[-1], [1]]


def test_momentum_zero_keeps_the_running_statistics() -> None:
    step = batchnorm_train(**BATCH, momentum=0)
    assert step.running_mean.tolist() == BATCH["running_mean"]
    assert step.running_var.tolist() == BATCH["running_var"]


def test_a_channel_without_variance_becomes_beta() -> None:
    assert batchnorm_train([[3.0], [3.0]], [7], [0.5], [0], [1]).y.tolist() == [[0.5], [0.5]]


@quick
@given(INPUTS["batchnorm_eval"])
def test_in_evaluation_a_row_does_not_depend_on_its_neighbours(arguments: dict[str, Any]) -> None:
    together = batchnorm_eval(**arguments)
    alone = [batchnorm_eval(**(arguments | {"x": row[None]}))[0] for row in arguments["x"]]
    assert np.array_equal(together, alone)


def test_a_convolution_has_the_statistics_of_torch_over_n_h_and_w() -> None:
    images = np.arange(2 * 3 * 2 * 2, dtype=float).reshape(2, 3, 2, 2) ** 2
    layer = torch.nn.BatchNorm2d(3, dtype=torch.float64)
    wanted = layer(torch.tensor(images)).detach().numpy().transpose(0, 2, 3, 1).reshape(-1, 3)
    flat = images.transpose(0, 2, 3, 1).reshape(-1, 3)
    assert_gives("batchnorm_train", {"y": wanted}, x=flat, gamma=[1] * 3, beta=[0] * 3, running_mean=[0] * 3, running_var=[1] * 3)


def test_training_output_changes_with_x_as_torch_and_sympy_say() -> None:
    """Central differences of the kernel against the derivative of torch and of sympy, for sum of c_i y_i.

    Their error is at most h^2 / 6 times the third derivative nearby, for which sympy's at the point is doubled, plus twice the
    error of the function over 2 h.
    """
    x, c, gain, offset, eps, h = [1.0, 2.0, 4.0, 4.5], [0.5, -1.0, 2.0, 0.25], 1.5, -0.5, 1e-3, 2.0**-12
    symbols = sympy.symbols("x:4", real=True)
    mean = sum(symbols) / 4
    var = sum((symbol - mean) ** 2 for symbol in symbols) / 4
    root = sympy.sqrt(var + sympy.Rational(eps))
    loss = sum(
        sympy.Rational(w) * (sympy.Rational(gain) * (s - mean) / root + sympy.Rational(offset))
        for w, s in zip(c, symbols, strict=True)
    )
    at = {symbol: sympy.Rational(value) for symbol, value in zip(symbols, x, strict=True)}
    batch = torch.tensor(x, dtype=torch.float64).reshape(4, 1).requires_grad_()
    weight, bias = torch.tensor([gain], dtype=torch.float64), torch.tensor([offset], dtype=torch.float64)
    (
        torch.nn.functional.batch_norm(batch, None, None, weight, bias, training=True, eps=eps)[:, 0] @ torch.tensor(c).double()
    ).backward()

    def arguments(values: list[float]) -> dict[str, Any]:
        column = np.array(values).reshape(4, 1)
        return {"x": column, "gamma": [gain], "beta": [offset], "running_mean": [0.0], "running_var": [1.0], "eps": eps}

    rounding = 2 * sum(map(abs, c)) * np.max(bound(kernels.get("batchnorm_train"), arguments(x))["y"]) / (2 * h)
    for index, symbol in enumerate(symbols):
        ends = [[value + step * (i == index) for i, value in enumerate(x)] for step in (h, -h)]
        above, below = (float(np.dot(c, batchnorm_train(**arguments(end)).y[:, 0])) for end in ends)
        first, third = (float(sympy.diff(loss, symbol, order).subs(at).evalf(30)) for order in (1, 3))
        allowed = h**2 / 6 * 2 * abs(third) + rounding
        assert abs((above - below) / (2 * h) - first) <= allowed
        assert abs((above - below) / (2 * h) - float(batch.grad[index, 0])) <= allowed
        assert allowed < 1e-6 < abs(first)  # the test could fail


# layer normalization


@pytest.mark.parametrize("x", [[5.0, 5.0, 5.0], [0.0, 0.0, 0.0], [-0.1, -0.1, -0.1]])
def test_a_constant_row_becomes_beta(x: list[float]) -> None:
    assert_gives("layer_norm", ROW["beta"], **(ROW | {"x": x}))


@quick
@given(st.lists(st.integers(-50, 50), min_size=3, max_size=3), st.integers(-1000, 1000))
def test_a_constant_added_to_a_row_changes_nothing(x: list[int], shift: int) -> None:
    assert_gives("layer_norm", layer_norm(**(ROW | {"x": x})), **(ROW | {"x": [float(value + shift) for value in x]}))


def test_a_factor_changes_nothing_only_without_eps() -> None:
    double = ROW | {"x": [2.0, 4.0, 12.0]}
    assert np.array_equal(layer_norm(**double, eps=0), layer_norm(**ROW, eps=0))
    assert not np.array_equal(layer_norm(**double, eps=1e-5), layer_norm(**ROW, eps=1e-5))


def test_rows_are_normalised_each_by_itself() -> None:
    x = np.arange(24.0).reshape(2, 4, 3) ** 2
    done = layer_norm(**(ROW | {"x": x}))
    assert np.array_equal(done[1, 2], layer_norm(**(ROW | {"x": x[1, 2]})))


@quick
@given(INPUTS["layer_norm_backward"])
def test_dx_sums_to_zero(arguments: dict[str, Any]) -> None:
    x, g = arguments["x"], arguments["gamma"] * arguments["grad_y"]
    terms = math.sqrt(len(x)) * np.abs(g).max() / math.sqrt(np.var(x) + arguments["eps"])  # of each of the three parts of dx
    centring = np.abs(x).max() / math.sqrt(np.var(x) + arguments["eps"])  # the rounding of the mean, in units of s
    assert abs(layer_norm_backward(**arguments).dx.sum()) <= gamma(16 * len(x)) * terms * (1 + centring)


def test_without_eps_dx_is_orthogonal_to_x() -> None:
    x = np.array(ROW["x"])
    dx = layer_norm_backward(x, ROW["gamma"], [0.5, -1, 2], eps=0).dx
    assert abs(dx @ x) <= gamma(16 * len(x)) * np.abs(dx) @ np.abs(x)


def test_the_gradients_of_beta_are_a_copy() -> None:
    grad_y = np.array([1.0, 2.0])
    layer_norm_backward([1, 2], [1, 1], grad_y).dbeta[0] = 9
    assert grad_y.tolist() == [1, 2]


@pytest.mark.parametrize("eps", [0.0, 1e-5, 0.5])
def test_layer_norm_backward_is_autograd_and_the_symbolic_derivative(eps: float) -> None:
    x, gain, grad_y = [1.0, 2.0, 6.0], [1.0, 0.5, 2.0], [0.5, -1.0, 2.0]
    row, weight = (torch.tensor(values, dtype=torch.float64, requires_grad=True) for values in (x, gain))
    y = torch.nn.functional.layer_norm(row, (3,), weight, torch.zeros(3).double(), eps)
    y.backward(torch.tensor(grad_y, dtype=torch.float64))
    arguments = {"x": x, "gamma": gain, "grad_y": grad_y, "eps": eps}
    assert_gives("layer_norm_backward", {"dx": row.grad.numpy(), "dgamma": weight.grad.numpy(), "dbeta": grad_y}, **arguments)

    symbols, factors = sympy.symbols("x:3", real=True), sympy.symbols("g:3", real=True)
    mean = sum(symbols) / 3
    root = sympy.sqrt(sum((symbol - mean) ** 2 for symbol in symbols) / 3 + sympy.Rational(eps))
    loss = sum(sympy.Rational(h) * g * (s - mean) / root for h, g, s in zip(grad_y, factors, symbols, strict=True))
    at = dict(zip(symbols + factors, map(sympy.Rational, x + gain), strict=True))
    wanted = {
        name: [float(sympy.diff(loss, symbol).subs(at).evalf(30)) for symbol in group]
        for name, group in (("dx", symbols), ("dgamma", factors))
    }
    assert_gives("layer_norm_backward", wanted, **arguments)


# root-mean-square normalization


@quick
@given(st.lists(st.integers(-50, 50), min_size=1, max_size=3))
def test_rms_norm_is_layer_norm_where_the_mean_is_zero(half: list[int]) -> None:
    x = np.array([*half, *(-value for value in half)], dtype=float)
    gain = np.arange(1.0, len(x) + 1)
    assert np.array_equal(rms_norm(x, gain, eps=1e-6), layer_norm(x, gain, np.zeros(len(x)), eps=1e-6))


def test_a_constant_added_to_a_row_does_change_rms_norm() -> None:
    assert not np.allclose(rms_norm([1, 2, 3], [1, 1, 1]), rms_norm([2, 3, 4], [1, 1, 1]))


def test_a_row_of_zeros_stays_zero_thanks_to_eps() -> None:
    assert rms_norm([[0, 0], [3, 4]], [1, 1])[0].tolist() == [0, 0]


def test_rms_norm_of_perfect_squares_is_exact() -> None:
    assert rms_norm([[1, 7], [-7, 1]], [1, 2], eps=0).tolist() == [[0.2, 2.8], [-1.4, 0.4]]
