"""Second ways to the kernels of calculus."""

from collections.abc import Callable
from fractions import Fraction
from typing import Any

import numpy as np

from kernels.oracles.agreement import gamma
from kernels.oracles.registry import oracle


def _exact(value: Any) -> list[Any]:
    """Nested lists of fractions."""
    return [_exact(item) if np.ndim(item) else Fraction(float(item)) for item in value]


def _dot(a: Any, b: Any) -> Fraction:
    return sum((x * y for x, y in zip(a, b, strict=True)), Fraction(0))


def _partials(f: Callable[[list[Fraction]], Fraction], x: list[Fraction]) -> list[float]:
    """(f(x + e_i) - f(x - e_i)) / 2 in exact arithmetic: for polynomials of degree 2 in each variable that is the derivative."""
    ways = ([[v + sign * (j == i) for j, v in enumerate(x)] for sign in (1, -1)] for i in range(len(x)))
    return [float((f(up) - f(down)) / 2) for up, down in ways]


def _tensors(*values: Any) -> list[Any]:
    import torch

    return [torch.tensor(np.asarray(value, dtype=float), requires_grad=True) for value in values]


@oracle("affine_backward")
def affine_backward_exact(W: Any, x: Any, g: Any) -> dict[str, Any]:
    """Exact differences of L = sum of g(Wx + b), which is linear in every single entry of W, x and b."""
    W, X, G = _exact(W), _exact(np.atleast_2d(x)), _exact(np.atleast_2d(g))
    m, n = len(W), len(W[0])

    def loss(numbers: list[Fraction]) -> Fraction:
        weights, bias, inputs = numbers[: m * n], numbers[m * n : m * n + m], numbers[m * n + m :]
        rows = [weights[i * n : (i + 1) * n] for i in range(m)]
        samples = [inputs[i * n : (i + 1) * n] for i in range(len(X))]
        return sum(
            (
                g_i * (_dot(row, sample) + b_i)
                for sample, g in zip(samples, G, strict=True)
                for g_i, row, b_i in zip(g, rows, bias, strict=True)
            ),
            Fraction(0),
        )

    slopes = np.array(_partials(loss, [v for row in W for v in row] + [Fraction(0)] * m + [v for row in X for v in row]))
    dW, db, dx = slopes[: m * n], slopes[m * n : m * n + m], slopes[m * n + m :]
    return {"dW": dW.reshape(m, n), "dx": dx.reshape(np.shape(x)), "db": db}


@oracle("affine_backward", needs=("torch",))
def affine_backward_torch(W: Any, x: Any, g: Any) -> dict[str, Any]:
    """``torch.autograd`` through ``torch.nn.functional.linear``."""
    import torch

    weight, inputs, bias = _tensors(W, x, np.zeros(len(W)))
    output = torch.nn.functional.linear(inputs, weight, bias)
    dW, dx, db = torch.autograd.grad(output, (weight, inputs, bias), torch.tensor(np.asarray(g, dtype=float)))
    return {"dW": dW.numpy(), "dx": dx.numpy(), "db": db.numpy()}


@oracle("tanh_mlp_jacobian", needs=("mpmath",))
def tanh_mlp_jacobian_differences(W: Any, b: Any, V: Any, x: Any) -> list[list[float]]:
    """Central differences with a step of 1e-25 and 400 digits, enough for the slope of a unit that is saturated to 1 - 1e-300."""
    import mpmath

    with mpmath.workdps(400):
        W, b, V, x = (mpmath.matrix(np.asarray(value, dtype=float).tolist()) for value in (W, b, V, x))
        h = mpmath.mpf(10) ** -25

        def net(x: Any) -> Any:
            return V * (W * x + b).apply(mpmath.tanh)

        columns = []
        for j in range(len(x)):
            e_j = mpmath.matrix([h if i == j else 0 for i in range(len(x))])
            columns.append((net(x + e_j) - net(x - e_j)) / (2 * h))
        return [[float(column[i]) for column in columns] for i in range(V.rows)]


@oracle("tanh_mlp_jacobian", needs=("torch",), scale=lambda W, b, V, x: float(np.max(np.abs(V) @ np.abs(W))))
def tanh_mlp_jacobian_torch(W: Any, b: Any, V: Any, x: Any) -> Any:
    """``torch.autograd.functional.jacobian``; torch subtracts tanh^2 from 1, which cancels for saturated units: hence the scale."""
    import torch

    W, b, V, x = (torch.tensor(np.asarray(value, dtype=float)) for value in (W, b, V, x))
    jacobian: Any = torch.autograd.functional.jacobian
    return jacobian(lambda x: V @ torch.tanh(W @ x + b), x).numpy()


@oracle("least_squares_gradient")
def least_squares_gradient_exact(X: Any, w: Any, y: Any, mean: Any = False) -> list[float]:
    """Exact central differences of the loss, which is quadratic in w: no step is too long for them."""
    X, w, y = _exact(X), _exact(w), _exact(y)

    def loss(w: list[Fraction]) -> Fraction:
        total = sum(((_dot(row, w) - target) ** 2 for row, target in zip(X, y, strict=True)), Fraction(0))
        return total / len(y) if mean else total

    return _partials(loss, w)


@oracle("least_squares_gradient", needs=("torch",))
def least_squares_gradient_torch(X: Any, w: Any, y: Any, mean: Any = False) -> Any:
    """``torch.autograd`` of ``torch.nn.functional.mse_loss``."""
    import torch

    inputs, weights, targets = _tensors(X, w, y)
    loss = torch.nn.functional.mse_loss(inputs @ weights, targets, reduction="mean" if mean else "sum")
    return torch.autograd.grad(loss, weights)[0].numpy()


@oracle("quadratic_form_gradient")
def quadratic_form_gradient_exact(A: Any, w: Any) -> list[float]:
    """Exact central differences of the form, which is quadratic in w."""
    A = _exact(A)
    return _partials(lambda w: _dot(w, [_dot(row, w) for row in A]), _exact(w))


@oracle("quadratic_form_gradient", needs=("torch",))
def quadratic_form_gradient_torch(A: Any, w: Any) -> Any:
    """``torch.autograd`` of w @ A @ w."""
    import torch

    matrix, vector = _tensors(A, w)
    return torch.autograd.grad(vector @ matrix @ vector, vector)[0].numpy()


class _Size:
    """A number that only grows: evaluates a function of +, -, * and whole powers with the absolute value of every term."""

    def __init__(self, value: Any) -> None:
        self.value: float = abs(value.value if isinstance(value, _Size) else float(value))

    def __add__(self, other: Any) -> "_Size":
        return _Size(self.value + _Size(other).value)

    def __mul__(self, other: Any) -> "_Size":
        return _Size(self.value * _Size(other).value)

    def __pow__(self, exponent: int) -> "_Size":
        return _Size(self.value**exponent)

    __radd__ = __sub__ = __rsub__ = __add__
    __rmul__ = __mul__


def _cancelled(f: Any, x: Any, h: Any = 1e-5) -> float:
    """The terms of f near x, which cancel in the numerator, over the h that their rounding is divided by."""
    return _Size(f(np.array([_Size(abs(v) + h) for v in x], dtype=object))).value / float(h)


def _third_derivatives(f: Any, x: Any, h: float) -> float:
    """The largest third derivative of f along a coordinate, over the points of the difference.

    For polynomials of degree 4 in each variable it is linear there, so largest at an end.
    """
    import torch

    largest = 0.0
    for i in range(len(x)):
        for end in (-h, h):
            point = torch.tensor(np.asarray(x, dtype=float) + end * (np.arange(len(x)) == i), requires_grad=True)
            value = f(point)
            for _ in range(3):
                value = torch.autograd.grad(value, point, create_graph=True)[0][i] if value.requires_grad else 0 * point.sum()
            largest = max(largest, abs(float(value.detach())))
    return largest


def _difference_error(f: Any, x: Any, h: float = 1e-5) -> float:
    return 2 * gamma(64) * _cancelled(f, x, h) + h**2 / 6 * _third_derivatives(f, x, h)


@oracle("finite_difference_gradient", scale=_cancelled)
def finite_difference_gradient_exact(f: Any, x: Any, h: Any = 1e-5) -> list[float]:
    """The same quotient in fractions, for functions made of +, -, * and whole powers of exact numbers: it leaves only rounding."""
    points = np.array(_exact(x), dtype=object)
    step = Fraction(float(h))
    offsets = [np.array([step if j == i else Fraction(0) for j in range(len(points))], dtype=object) for i in range(len(points))]
    return [float((f(points + offset) - f(points - offset)) / (2 * step)) for offset in offsets]


@oracle("finite_difference_gradient", needs=("torch",), error=_difference_error)
def finite_difference_gradient_torch(f: Any, x: Any, h: Any = 1e-5) -> Any:
    """The derivative itself by ``torch.autograd``.

    By Taylor the quotient differs from it by at most h^2/6 times the third derivative, plus rounding: the terms of f over h.
    """
    import torch

    (point,) = _tensors(x)
    return torch.autograd.grad(f(point), point)[0].numpy()


@oracle("polynomial_gradient", needs=("sympy",))
def polynomial_gradient_sympy(coeffs: Any, powers: Any, x: Any) -> dict[str, Any]:
    """``sympy.diff`` of the polynomial, evaluated at exact rationals."""
    import sympy

    variables = sympy.symbols(f"x:{len(x)}")
    terms = ([v ** int(e) for v, e in zip(variables, row, strict=True)] for row in powers)
    f = sympy.Add(*(sympy.Rational(c) * sympy.Mul(*term) for c, term in zip(_exact(coeffs), terms, strict=True)))
    point = dict(zip(variables, map(sympy.Rational, _exact(x)), strict=True))
    return {"value": float(f.subs(point)), "grad": [float(sympy.diff(f, v).subs(point)) for v in variables]}


@oracle("polynomial_gradient", needs=("torch",))
def polynomial_gradient_torch(coeffs: Any, powers: Any, x: Any) -> dict[str, Any]:
    """``torch.autograd`` through sums and products."""
    import torch

    (point,) = _tensors(x)
    terms = [
        c * torch.prod(torch.stack([v ** int(e) for v, e in zip(point, row, strict=True)]))
        for c, row in zip(coeffs, powers, strict=True)
    ]
    value = torch.stack([torch.as_tensor(term) for term in terms]).sum()
    return {"value": float(value.detach()), "grad": torch.autograd.grad(value, point)[0].numpy()}
