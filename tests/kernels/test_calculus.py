"""Gradients and Jacobians: the edges, the errors, and each derivation against sympy and against finite differences."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
import sympy
from hypothesis import given, settings
from hypothesis import strategies as st

import kernels
from kernels import calculus
from kernels.oracles.agreement import UNIT, gamma
from tests.kernels.inputs.common import matrices, vectors

quick = settings(max_examples=30, derandomize=True, database=None)
NAN, INF = float("nan"), float("inf")


def cube(x: Any) -> Any:
    return sum(t**3 for t in x)


BAD: list[tuple[str, dict[str, Any], str]] = [
    ("affine_backward", {"W": [[1, 2]], "x": [1, 2, 3], "g": [1]}, r"x must have shape \(2\), got \(3,\)"),
    ("affine_backward", {"W": [[1, 2]], "x": [1, 2], "g": [1, 2]}, r"g must have shape \(1\), got \(2,\)"),
    ("affine_backward", {"W": [[1, 2]], "x": [[1, 2], [3, 4]], "g": [1]}, r"g must have shape \(2, 1\), got \(1,\)"),
    ("affine_backward", {"W": [[1, 2]], "x": [[[1, 2]]], "g": [[[1]]]}, r"x must have shape \(2\), got \(1, 1, 2\)"),
    ("affine_backward", {"W": [1, 2], "x": [1, 2], "g": [1]}, "W must be a matrix"),
    ("affine_backward", {"W": [[1, 2]], "x": [1, NAN], "g": [1]}, "x must not contain NaN"),
    ("affine_backward", {"W": [[1, 2]], "x": [1, 2], "g": []}, "g must not be empty"),
    ("tanh_mlp_jacobian", {"W": [[1, 2]], "b": [1, 2], "V": [[1]], "x": [1, 2]}, r"b must have shape \(1\), got \(2,\)"),
    ("tanh_mlp_jacobian", {"W": [[1, 2]], "b": [1], "V": [[1, 2]], "x": [1, 2]}, r"V must have shape \(any, 1\), got \(1, 2\)"),
    ("tanh_mlp_jacobian", {"W": [[1, 2]], "b": [1], "V": [[1]], "x": [1]}, r"x must have shape \(2\), got \(1,\)"),
    ("least_squares_gradient", {"X": [[1, 2]], "w": [1], "y": [1]}, r"w must have shape \(2\), got \(1,\)"),
    ("least_squares_gradient", {"X": [[1, 2]], "w": [1, 2], "y": [1, 2]}, r"y must have shape \(1\), got \(2,\)"),
    ("least_squares_gradient", {"X": [[1, 2]], "w": [1, 2], "y": [1], "mean": "no"}, "mean must be True or False, got 'no'"),
    ("quadratic_form_gradient", {"A": [[1, 2]], "w": [1, 2]}, r"A must be square, got shape \(1, 2\)"),
    ("quadratic_form_gradient", {"A": [[1]], "w": [1, 2]}, r"w must have shape \(1\), got \(2,\)"),
    ("finite_difference_gradient", {"f": "x**2", "x": [1]}, r"f must be a function, got 'x\*\*2'"),
    ("finite_difference_gradient", {"f": cube, "x": [1], "h": 0}, "h must be greater than 0, got 0"),
    ("finite_difference_gradient", {"f": cube, "x": [1], "h": -1e-5}, "h must be greater than 0"),
    (
        "finite_difference_gradient",
        {"f": cube, "x": [1, 1e12]},
        r"h must be large enough to move every entry of x, got 1e-05 for \[1.0",
    ),
    # Floats lie twice as far apart above a power of 2 as below it: here h is lost on one side only.
    ("finite_difference_gradient", {"f": cube, "x": [2.0**37]}, "h must be large enough to move every entry of x"),
    ("finite_difference_gradient", {"f": cube, "x": [-(2.0**37)]}, "h must be large enough to move every entry of x"),
    ("finite_difference_gradient", {"f": lambda x: x, "x": [1, 2]}, r"f\(x \+ h\) must be a number, got shape \(2,\)"),
    ("finite_difference_gradient", {"f": lambda x: [0.0], "x": [1]}, r"f\(x \+ h\) must be a number, got shape \(1,\)"),
    ("finite_difference_gradient", {"f": lambda x: NAN, "x": [1]}, r"f\(x \+ h\) must not contain NaN"),
    ("finite_difference_gradient", {"f": lambda x: 1.0 if x[0] > 1 else INF, "x": [1]}, r"f\(x - h\) must be finite"),
    ("finite_difference_gradient", {"f": cube, "x": []}, "x must not be empty"),
    ("polynomial_gradient", {"coeffs": [1], "powers": [[-1]], "x": [1]}, r"powers must be at least 0, got \[\[-1\]\]"),
    ("polynomial_gradient", {"coeffs": [1], "powers": [[0.5]], "x": [1]}, "powers must hold integers"),
    ("polynomial_gradient", {"coeffs": [1, 2], "powers": [[1]], "x": [1]}, r"powers must have .* \(2, 1\), got \(1, 1\)"),
    ("polynomial_gradient", {"coeffs": [1], "powers": [[1]], "x": [1, 2]}, r"powers must have .* \(1, 2\), got \(1, 1\)"),
    ("polynomial_gradient", {"coeffs": [], "powers": [[1]], "x": [1]}, "coeffs must not be empty"),
    ("polynomial_gradient", {"coeffs": [1], "powers": [1], "x": [1]}, "powers must be a matrix"),
]


@pytest.mark.parametrize(("name", "arguments", "match"), BAD)
def test_refuses(name: str, arguments: dict[str, Any], match: str) -> None:
    with pytest.raises(ValueError, match=match):
        kernels.get(name)(**arguments)


def derivative(f: Callable[[sympy.Matrix], Any], rows: int, columns: int, at: np.ndarray) -> np.ndarray:
    """The gradient of a scalar function of a matrix, derived by sympy and evaluated at an array of integers, exactly."""
    M = sympy.Matrix(rows, columns, sympy.symbols(f"m:{rows * columns}"))
    point = dict(zip(M, map(int, np.ravel(at)), strict=True))
    return np.array([float(sympy.diff(f(M), entry).subs(point)) for entry in M]).reshape(np.shape(at))


# Small integers: every product and sum below is exact, so the derivations are compared without any tolerance.
W = np.array([[1, 2], [3, -1], [0, 4]])
x, b, g, w, y = np.array([2, -1]), np.array([1, 0, -2]), np.array([1, 5, -2]), np.array([1, -3]), np.array([1, 0, 2])
column = {"x": sympy.Matrix(x), "b": sympy.Matrix(b), "g": sympy.Matrix(g), "w": sympy.Matrix(w), "y": sympy.Matrix(y)}


def test_affine_backward_is_what_sympy_derives() -> None:
    grad = calculus.affine_backward(W, x, g)
    S = sympy.Matrix(W)
    assert (grad.dW == derivative(lambda M: column["g"].dot(M * column["x"] + column["b"]), 3, 2, W)).all()
    assert (grad.dx == derivative(lambda v: column["g"].dot(S * v + column["b"]), 2, 1, x)).all()
    assert (grad.db == derivative(lambda v: column["g"].dot(S * column["x"] + v), 3, 1, b)).all()


@pytest.mark.parametrize("mean", [False, True])
def test_least_squares_gradient_is_what_sympy_derives(mean: bool) -> None:
    def loss(v: sympy.Matrix) -> Any:
        error = sympy.Matrix(W) * v - column["y"]
        return error.dot(error) / (3 if mean else 1)

    got = calculus.least_squares_gradient(W, w, y, mean)
    assert np.abs(got - derivative(loss, 2, 1, w)).max() <= (UNIT * np.abs(got).max() if mean else 0), "a third is rounded once"


def test_quadratic_form_gradient_is_what_sympy_derives() -> None:
    A = W[:2]
    assert (calculus.quadratic_form_gradient(A, w) == derivative(lambda v: v.dot(sympy.Matrix(A) * v), 2, 1, w)).all()
    assert calculus.quadratic_form_gradient(A, w).tolist() != (2 * A @ w).tolist(), "A is not symmetric: 2Aw is wrong"
    symmetric = A + A.T
    assert (calculus.quadratic_form_gradient(symmetric, w) == 2 * symmetric @ w).all()


def test_tanh_mlp_jacobian_is_what_sympy_derives() -> None:
    V = np.array([[1, 2, -1], [0, 1, 3]])
    points = sympy.symbols("x:2")
    hidden = (sympy.Matrix(W) * sympy.Matrix(points) / 8 + column["b"] / 4).applyfunc(sympy.tanh)
    exact = (sympy.Matrix(V) * hidden).jacobian(points).subs(dict(zip(points, map(int, x), strict=True))).evalf(30)
    got = calculus.tanh_mlp_jacobian(W / 8, b / 4, V, x)
    assert np.abs(got - np.array(exact.tolist(), dtype=float)).max() <= gamma(32) * (np.abs(V) @ np.abs(W / 8)).max()


def test_affine_backward_sums_over_a_batch() -> None:
    X, G = np.array([x, [3, 3]]), np.array([g, [0, 1, 1]])
    batch, first, second = (
        calculus.affine_backward(W, X, G),
        calculus.affine_backward(W, x, g),
        calculus.affine_backward(W, X[1], G[1]),
    )
    assert (batch.dW == first.dW + second.dW).all()
    assert (batch.db == first.db + second.db).all()
    assert (batch.dx == [first.dx, second.dx]).all()


def test_tanh_jacobian_edges() -> None:
    V = np.array([[1.0, 2, -1]])
    assert (calculus.tanh_mlp_jacobian(W, [0, 0, 0], V, [0, 0]) == V @ W).all(), "slope 1 where nothing is saturated"
    saturated = calculus.tanh_mlp_jacobian(W, [0, 0, 1000], V, [0, 0])
    assert (saturated == V[:, :2] @ W[:2]).all(), "a saturated unit removes its rank-one term and no more"
    with np.errstate(all="raise", under="ignore"):
        slope = calculus.tanh_mlp_jacobian([[1]], [0], [[1]], [20])[0, 0]
    assert slope == pytest.approx(4 * np.exp(-40), rel=gamma(64), abs=0), "1 - tanh(20)^2 itself would be 0"


@quick
@given(matrices(3, 2), vectors(2), vectors(3), st.booleans())
def test_least_squares_gradient_vanishes_at_an_exact_fit(X: np.ndarray, w: np.ndarray, y: np.ndarray, mean: bool) -> None:
    exact = calculus.least_squares_gradient(X, w, X @ w, mean)
    assert (exact == 0).all()
    total = calculus.least_squares_gradient(X, w, y)
    assert np.abs(calculus.least_squares_gradient(X, w, y, mean=True) * 3 - total).max() <= gamma(2) * np.abs(total).max()


@quick
@given(matrices(2, 2), vectors(2), vectors(2, st.floats(-3, 3)))
def test_gradients_pass_the_gradient_check(A: np.ndarray, w: np.ndarray, y: np.ndarray) -> None:
    # Both functions are quadratic, so the difference has no error but rounding: of terms up to `size`, divided by h.
    h = 0.5
    size = gamma(64) * ((np.abs(A).sum() + 1) * (np.abs(w).max() + np.abs(y).max() + h)) ** 2 / h
    pairs: list[tuple[Any, Callable[[np.ndarray], Any]]] = [
        (calculus.quadratic_form_gradient(A, w), lambda v: v @ A @ v),
        (calculus.least_squares_gradient(A, w, y), lambda v: ((A @ v - y) ** 2).sum()),
        (calculus.affine_backward(A, w, y).dx, lambda v: y @ (A @ v)),
    ]
    for derived, f in pairs:
        assert np.abs(derived - calculus.finite_difference_gradient(f, w, h)).max() <= size


def test_finite_difference_error_is_quadratic_in_the_step() -> None:
    for h in (0.5, 0.25, 0.125):
        assert calculus.finite_difference_gradient(cube, [1, 2], h).tolist() == [3 + h**2, 12 + h**2]
    # h^2 and rounding of values up to 9 over the default h.
    assert np.abs(calculus.finite_difference_gradient(cube, [1, 2]) - [3, 12]).max() <= 1e-10 + gamma(8) * 9 / 1e-5


def test_finite_difference_means_nothing_at_a_kink() -> None:
    assert calculus.finite_difference_gradient(lambda v: max(v[0], 0), [0]).tolist() == [0.5]


def test_finite_difference_keeps_its_points_to_itself() -> None:
    point = np.array([1.0, 2.0])

    def spoils(v: np.ndarray) -> float:
        v *= 0
        return 1.0

    assert calculus.finite_difference_gradient(spoils, point).tolist() == [0, 0]
    assert point.tolist() == [1, 2]


def test_polynomial_edges() -> None:
    f = calculus.polynomial_gradient([1, 5], [[1, 1], [0, 0]], [0, 4])
    assert (f.value, f.grad.tolist()) == (5, [4, 0]), "a constant term drops out, also at x_j = 0"
    assert calculus.polynomial_gradient([2], [[0]], [0]) == {"value": 2, "grad": np.array([0])}
    assert calculus.polynomial_gradient([1], [[3]], [-2]).grad.tolist() == [12]
    assert type(f.value) is float


def test_polynomial_rows_belong_to_their_coefficients() -> None:
    one = calculus.polynomial_gradient([2, -3], [[2, 0], [0, 3]], [5, 7])
    other = calculus.polynomial_gradient([-3, 2], [[0, 3], [2, 0]], [5, 7])
    assert one.value == other.value == 2 * 25 - 3 * 343
    assert one.grad.tolist() == other.grad.tolist() == [20, -441]


@quick
@given(vectors(2), vectors(3))
def test_polynomial_gradient_obeys_euler(x: np.ndarray, coeffs: np.ndarray) -> None:
    """For a homogeneous polynomial of degree 3, x . grad f = 3 f."""
    powers = [[3, 0], [2, 1], [0, 3]]
    f = calculus.polynomial_gradient(coeffs, powers, x)
    size = np.abs(coeffs) @ np.prod(np.abs(x) ** np.array(powers), axis=1)
    assert abs(x @ f.grad - 3 * f.value) <= gamma(64) * 3 * size
