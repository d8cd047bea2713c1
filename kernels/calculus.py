"""Gradients and Jacobians, derived by hand and by finite differences."""

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from kernels import checks
from kernels.checks import Array
from kernels.registry import Record, kernel


@kernel(fields=("dW", "dx", "db"))
def affine_backward(W: ArrayLike, x: ArrayLike, g: ArrayLike) -> Record:
    r"""The gradients of a loss L through an affine layer y = Wx + b, given the gradient g at its output.

    $$\frac{\partial L}{\partial W}=g\,x^\top,\quad \frac{\partial L}{\partial x}=W^\top g,\quad \frac{\partial L}{\partial b}=g$$

    For a batch, whose rows are samples: $dW=G^\top X$, $dX=GW$, and db is the sum of the rows of G. The full derivative
    $\partial y_i/\partial W_{jk}=\delta_{ij}x_k$ has m x m x n entries and is never stored.

    Args:
        W: the weights, one row per output as in PyTorch, shape (m, n).
        x: the input, shape (n,), or (B, n) for a batch of B.
        g: dL/dy, shape (m,), or (B, m) with a batch.

    Returns:
        dW: dL/dW, shape (m, n), summed over the batch.
        dx: dL/dx, in the shape of x.
        db: dL/db, shape (m,), summed over the batch.

    Raises:
        ValueError: the shapes do not fit, a size is 0, an entry is NaN or infinite.

    Source: Goodfellow, Bengio and Courville, Deep Learning (2016), section 6.5.4, algorithm 6.4.

    >>> grad = affine_backward([[1, 2], [3, -1]], x=[2, -1], g=[1, 0.5])
    >>> grad.dW.tolist(), grad.dx.tolist(), grad.db.tolist()
    ([[2.0, -1.0], [1.0, -0.5]], [2.5, 1.5], [1.0, 0.5])
    """
    W, x, g = checks.matrix(W, "W"), checks.array(x, "x"), checks.array(g, "g")
    m, n = W.shape
    batch = x.shape[:1] if x.ndim == 2 else ()
    checks.shape(x, "x", (*batch, n))
    checks.shape(g, "g", (*batch, m))
    X, G = np.atleast_2d(x), np.atleast_2d(g)
    return Record(dW=G.T @ X, dx=(G @ W).reshape(x.shape), db=G.sum(axis=0))


@kernel()
def tanh_mlp_jacobian(W: ArrayLike, b: ArrayLike, V: ArrayLike, x: ArrayLike) -> Array:
    r"""How each output of a two-layer tanh net y = Vh, h = tanh(Wx + b), changes with each input.

    $$\frac{\partial y}{\partial x}=V\,\mathrm{diag}(1-h^2)\,W,\qquad h=\tanh(Wx+b)$$

    Every hidden unit i adds one term of rank one, $V_{:,i}\,(1-h_i^2)\,W_{i,:}$; a saturated unit (h = +-1) adds nothing, and where
    all pre-activations are 0 the Jacobian is VW.

    Args:
        W: the weights of the hidden layer, shape (h, n).
        b: its biases, shape (h,).
        V: the weights of the output layer, shape (o, h).
        x: the input, shape (n,).

    Returns:
        The Jacobian: entry (i, j) is dy_i/dx_j, shape (o, n).

    Raises:
        ValueError: the shapes do not fit, a size is 0, an entry is NaN or infinite.

    Source: Bishop, Pattern Recognition and Machine Learning (2006), section 5.3.4.

    >>> tanh_mlp_jacobian(W=[[2, 1], [1, -1]], b=[0, 0], V=[[1, 3]], x=[0, 0]).tolist()
    [[5.0, -2.0]]
    """
    W, b, V, x = checks.matrix(W, "W"), checks.vector(b, "b"), checks.matrix(V, "V"), checks.vector(x, "x")
    h, n = W.shape
    checks.shape(b, "b", (h,))
    checks.shape(V, "V", (None, h))
    checks.shape(x, "x", (n,))
    e = np.exp(-2 * np.abs(W @ x + b))
    slope = 4 * e / (1 + e) ** 2  # 1 - tanh(z)^2, which in this form keeps its digits for a saturated unit
    jacobian: Array = V * slope @ W
    return jacobian


@kernel()
def least_squares_gradient(X: ArrayLike, w: ArrayLike, y: ArrayLike, mean: bool = False) -> Array:
    r"""The gradient of the squared error of a linear model in its weights.

    $$\nabla_w\|Xw-y\|^2=2X^\top(Xw-y)\qquad\Bigl(\tfrac2nX^\top(Xw-y)\text{ for the mean}\Bigr)$$

    Args:
        X: the inputs, one row per sample, shape (n, d).
        w: the weights, shape (d,).
        y: the targets, shape (n,).
        mean: False takes the SUM of the n squared errors (SSE), the form of the normal equations; True takes their mean (MSE),
            which is PyTorch's default and n times smaller.

    Returns:
        shape (d,), in the unit of y squared per unit of w.

    Raises:
        ValueError: the shapes do not fit, a size is 0, an entry is NaN or infinite, mean is not True or False.

    Source: Deisenroth, Faisal and Ong, Mathematics for Machine Learning (2020), section 5.3, example 5.11.

    >>> least_squares_gradient([[1, 2], [0, 1], [3, -1]], w=[0.5, -1], y=[1, 0, 2]).tolist()
    [-2.0, -13.0]
    """
    X, w, y = checks.matrix(X, "X"), checks.vector(w, "w"), checks.vector(y, "y")
    n, d = X.shape
    checks.shape(w, "w", (d,))
    checks.shape(y, "y", (n,))
    gradient: Array = 2 * X.T @ (X @ w - y)
    return gradient / n if checks.flag(mean, "mean") else gradient


@kernel()
def quadratic_form_gradient(A: ArrayLike, w: ArrayLike) -> Array:
    r"""The gradient of the quadratic form w^T A w.

    $$\nabla_w\,w^\top A\,w=(A+A^\top)\,w\qquad(=2Aw\text{ for every }w\text{ if and only if }A=A^\top)$$

    Args:
        A: matrix, symmetric or not, shape (n, n).
        w: vector, shape (n,).

    Returns:
        shape (n,).

    Raises:
        ValueError: A is not square, the sizes differ, n = 0, an entry is NaN or infinite.

    Source: Deisenroth, Faisal and Ong, Mathematics for Machine Learning (2020), equation 5.107.

    >>> quadratic_form_gradient([[2, 1], [0, 3]], [1, -2]).tolist()
    [2.0, -11.0]
    """
    A, w = checks.square(A, "A"), checks.vector(w, "w")
    checks.shape(w, "w", A.shape[:1])
    gradient: Array = (A + A.T) @ w
    return gradient


@kernel()
def finite_difference_gradient(f: Callable[[Array], Any], x: ArrayLike, h: float = 1e-5) -> Array:
    r"""The gradient of any function, measured: the slope between two points beside x, coordinate by coordinate.

    $$\partial_i f\approx\frac{f(x+he_i)-f(x-he_i)}{2h}$$

    Its error is $O(h^2)$ from the third derivative and $O(\varepsilon/h)$ from rounding: about 1e-10 for the default step and
    numbers near 1. At a kink, such as ReLU at 0, it means nothing: it gives the average of the two slopes.

    Args:
        f: the function: takes an array of shape (n,), returns a number.
        x: the point, shape (n,).
        h: the step, greater than 0, in the unit of x; large enough to move every entry of x.

    Returns:
        shape (n,).

    Raises:
        ValueError: f is no function or returns something that is not one finite number; h <= 0; h is lost in the rounding of an
            entry of x; n = 0; an entry is NaN or infinite.

    Source: Press et al., Numerical Recipes (3rd ed., 2007), section 5.7.

    >>> finite_difference_gradient(lambda x: x[0] ** 3 + x[1] ** 2, [1, 2], h=0.5).tolist()
    [3.25, 4.0]
    """
    if not callable(f):
        raise ValueError(f"f must be a function, got {f!r}")
    x, h = checks.vector(x, "x"), checks.number(h, "h", above=0)
    if (x + h == x).any() or (x - h == x).any():
        raise ValueError(f"h must be large enough to move every entry of x, got {h} for {x.tolist()}")
    gradient = np.empty_like(x)
    for i, e_i in enumerate(np.eye(len(x))):
        up, down = checks.number(f(x + h * e_i), "f(x + h)"), checks.number(f(x - h * e_i), "f(x - h)")
        gradient[i] = (up - down) / (2 * h)
    return gradient


@kernel(fields=("value", "grad"))
def polynomial_gradient(coeffs: ArrayLike, powers: ArrayLike, x: ArrayLike) -> Record:
    r"""A polynomial in several variables, term by term, and its partial derivatives by the power rule.

    $$f(x)=\sum_t c_t\prod_i x_i^{e_{ti}},\qquad \partial_jf=\sum_t c_t\,e_{tj}\,x_j^{e_{tj}-1}\prod_{i\ne j}x_i^{e_{ti}}$$

    A term without x_j (exponent 0) is constant for that partial derivative and drops out, also at x_j = 0.

    Args:
        coeffs: one coefficient c_t per term, shape (t,).
        powers: the exponents, integers >= 0; row t belongs to coeffs[t], column i to x_i, shape (t, n).
        x: the point, shape (n,).

    Returns:
        value: f(x), a number.
        grad: the partial derivatives at x, shape (n,).

    Raises:
        ValueError: an exponent is negative or not an integer, the shapes do not fit, t = 0 or n = 0, an entry is NaN or infinite.

    Source: Stewart, Calculus: Early Transcendentals (8th ed., 2015), sections 14.3 and 14.6.

    >>> f = polynomial_gradient([3, -2, 1], [[2, 1], [0, 1], [3, 0]], [2, -1])  # 3x^2y - 2y + x^3
    >>> f.value, f.grad.tolist()
    (-2.0, [0.0, 10.0])
    """
    coeffs, powers, x = checks.vector(coeffs, "coeffs"), checks.integers(powers, "powers", ndim=2), checks.vector(x, "x")
    if powers.shape != (len(coeffs), len(x)):
        raise ValueError(
            f"powers must have a row per coefficient and a column per variable, ({len(coeffs)}, {len(x)}), got {powers.shape}"
        )
    if (powers < 0).any():
        raise ValueError(f"powers must be at least 0, got {powers.tolist()}")
    grad = np.empty_like(x)
    for j, e_j in enumerate(np.eye(len(x), dtype=np.int64)):
        lowered = np.maximum(powers - e_j, 0)  # an exponent of 0 stays, and as a factor makes the term 0
        grad[j] = (coeffs * powers[:, j]) @ np.prod(x**lowered, axis=1)
    return Record(value=float(coeffs @ np.prod(x**powers, axis=1)), grad=grad)
