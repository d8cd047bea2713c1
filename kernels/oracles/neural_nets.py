"""Second ways to the kernels of neural networks."""

import math
from collections.abc import Callable
from fractions import Fraction
from typing import Any

import numpy as np

from kernels.oracles.registry import at_most, oracle


def _mp(value: Any) -> Any:
    """Numbers, vectors (as columns) and matrices of mpmath."""
    import mpmath

    return mpmath.matrix(np.asarray(value, dtype=float).tolist())


def _tensors(*values: Any) -> list[Any]:
    import torch

    return [torch.tensor(np.asarray(value, dtype=float), requires_grad=True) for value in values]


def _bend(kind: str, alpha: float = 0.01) -> Callable[[Any], Any]:
    """The activations as they are defined, for numbers of mpmath."""
    import mpmath

    functions: dict[str, Callable[[Any], Any]] = {
        "identity": lambda x: x,
        "relu": lambda x: max(x, 0 * x),
        "leaky_relu": lambda x: x if x > 0 else mpmath.mpf(alpha) * x,
        "gelu": lambda x: x * mpmath.erfc(-x / mpmath.sqrt(2)) / 2,
        "gelu_tanh": lambda x: x / 2 * (1 + mpmath.tanh(mpmath.sqrt(2 / mpmath.pi) * (x + mpmath.mpf(44715) / 10**6 * x**3))),
        "silu": lambda x: x / (1 + mpmath.exp(-x)),
        "sigmoid": lambda x: 1 / (1 + mpmath.exp(-x)),
        "tanh": mpmath.tanh,
    }
    return functions[kind]


@oracle("dense_forward", needs=("mpmath",))
def dense_forward_mpmath(x: Any, W: Any, b: Any, act: Any = "identity") -> dict[str, Any]:
    """The layer with 50 digits."""
    import mpmath

    with mpmath.workdps(50):
        z = _mp(W) * _mp(x) + _mp(b)
        return {"z": [float(value) for value in z], "y": [float(_bend(act)(value)) for value in z]}


@oracle("dense_forward", needs=("torch",))
def dense_forward_torch(x: Any, W: Any, b: Any, act: Any = "identity") -> dict[str, Any]:
    """``torch.nn.functional.linear`` and torch's own activation."""
    import torch

    inputs, weight, bias = (tensor.detach() for tensor in _tensors(x, W, b))
    z = torch.nn.functional.linear(inputs, weight, bias)
    return {"z": z.numpy(), "y": (z if act == "identity" else getattr(torch, act)(z)).numpy()}


@oracle("mlp_forward", needs=("mpmath",))
def mlp_forward_mpmath(x: Any, W1: Any, b1: Any, W2: Any, b2: Any, act: Any = "relu") -> dict[str, Any]:
    """Both layers with 50 digits."""
    import mpmath

    with mpmath.workdps(50):
        z1 = _mp(W1) * _mp(x) + _mp(b1)
        h = z1.apply(_bend(act))
        y = _mp(W2) * h + _mp(b2)
        return {"z1": [float(v) for v in z1], "h": [float(v) for v in h], "y": [float(v) for v in y]}


@oracle("mlp_forward", needs=("torch",))
def mlp_forward_torch(x: Any, W1: Any, b1: Any, W2: Any, b2: Any, act: Any = "relu") -> dict[str, Any]:
    """Two ``torch.nn.Linear`` in a ``Sequential``; the hidden values are those that pass between its parts."""
    import torch

    layers = torch.nn.Sequential(
        torch.nn.Linear(len(x), len(b1), dtype=torch.float64),
        {"relu": torch.nn.ReLU, "tanh": torch.nn.Tanh, "sigmoid": torch.nn.Sigmoid}[act](),
        torch.nn.Linear(len(b1), len(b2), dtype=torch.float64),
    )
    weights = (np.asarray(value, dtype=float) for value in (W1, b1, W2, b2))
    layers.load_state_dict({name: torch.tensor(w) for name, w in zip(layers.state_dict(), weights, strict=True)})
    with torch.no_grad():
        z1 = layers[0](torch.tensor(np.asarray(x, dtype=float)))
        h = layers[1](z1)
        return {"z1": z1.numpy(), "h": h.numpy(), "y": layers[2](h).numpy()}


@oracle("mlp_backward")
def mlp_backward_dual(x: Any, W1: Any, b1: Any, W2: Any, b2: Any, target: Any, loss: Any = "sse") -> dict[str, Any]:
    """Forward mode in exact fractions: each parameter in turn gets a slope of 1, which runs through the net with the values."""
    values = {name: np.asarray(value, dtype=float) for name, value in [("W1", W1), ("b1", b1), ("W2", W2), ("b2", b2), ("x", x)]}

    def run(name: str, index: tuple[int, ...]) -> tuple[Fraction, Fraction]:
        pairs = {
            key: np.array(
                [(Fraction(float(v)), Fraction((key, i) == (name, index))) for i, v in np.ndenumerate(value)], dtype=object
            ).reshape((*value.shape, 2))
            for key, value in values.items()
        }
        hidden = [_relu(_affine(row, pairs["x"], bias)) for row, bias in zip(pairs["W1"], pairs["b1"], strict=True)]
        output = [_affine(row, hidden, bias) for row, bias in zip(pairs["W2"], pairs["b2"], strict=True)]
        errors = [(y - Fraction(float(t)), dy) for (y, dy), t in zip(output, target, strict=True)]
        divisor = {"sse": 1, "half_sse": 2, "mse": len(errors)}[loss]
        total = sum((e * e for e, _ in errors), Fraction(0)) / divisor
        return total, sum((2 * e * de for e, de in errors), Fraction(0)) / divisor

    gradients: dict[str, Any] = {}
    for name, value in values.items():
        slopes = [float(run(name, index)[1]) for index in np.ndindex(value.shape)]
        gradients["dx" if name == "x" else f"d{name}"] = np.array(slopes).reshape(value.shape)
    return {"loss": float(run("", ())[0]), **gradients}


def _affine(weights: Any, inputs: Any, bias: Any) -> tuple[Fraction, Fraction]:
    value, slope = bias
    for (w, dw), (v, dv) in zip(weights, inputs, strict=True):
        value, slope = value + w * v, slope + dw * v + w * dv
    return value, slope


def _relu(pair: tuple[Fraction, Fraction]) -> tuple[Fraction, Fraction]:
    return pair if pair[0] > 0 else (Fraction(0), Fraction(0))


@oracle("mlp_backward", needs=("torch",))
def mlp_backward_torch(x: Any, W1: Any, b1: Any, W2: Any, b2: Any, target: Any, loss: Any = "sse") -> dict[str, Any]:
    """``torch.autograd`` of ``mse_loss``."""
    import torch

    leaves = inputs, weight1, bias1, weight2, bias2 = _tensors(x, W1, b1, W2, b2)
    F = torch.nn.functional
    y = F.linear(torch.relu(F.linear(inputs, weight1, bias1)), weight2, bias2)
    (t,) = _tensors(target)
    value = F.mse_loss(y, t, reduction="mean" if loss == "mse" else "sum") / (2 if loss == "half_sse" else 1)
    names = "dx", "dW1", "db1", "dW2", "db2"
    gradients = {name: g.numpy() for name, g in zip(names, torch.autograd.grad(value, leaves), strict=True)}
    return {"loss": float(value.detach()), **gradients}


@oracle(
    "gradient_chain_gain",
    needs=("mpmath",),
    steps=lambda act_derivative, weight_gain, depth: max(depth, 1),
    applies=at_most(10_000, "depth"),
)
def gradient_chain_gain_product(act_derivative: Any, weight_gain: Any, depth: Any) -> dict[str, float]:
    """The factors multiplied one layer after the other, with 40 digits and no bound on the exponent."""
    import mpmath

    with mpmath.workdps(40):
        gain = mpmath.mpf(1)
        for _ in range(depth):
            gain *= mpmath.mpf(act_derivative) * mpmath.mpf(weight_gain)
        return {"gain": float(gain), "log10_gain": float(mpmath.log10(gain)) if gain else -math.inf}


@oracle(
    "gradient_chain_gain",
    needs=("torch",),
    steps=lambda act_derivative, weight_gain, depth: max(depth, 1),
    applies=lambda act_derivative, weight_gain, depth: depth <= 60,
)
def gradient_chain_gain_jacobians(act_derivative: Any, weight_gain: Any, depth: Any) -> dict[str, float]:
    """The norm of a product of Jacobians diag(phi') W that attain the bound: constant slopes, W a multiple of a rotation."""
    import torch

    generator = torch.Generator().manual_seed(0)
    product = torch.eye(3, dtype=torch.float64)
    for _ in range(depth):
        rotation, _ = torch.linalg.qr(torch.randn(3, 3, dtype=torch.float64, generator=generator))
        product = act_derivative * (weight_gain * rotation) @ product
    return {"gain": float(torch.linalg.matrix_norm(product, ord=2))}


@oracle("init_std", needs=("sympy",))
def init_std_sympy(fan_in: Any, fan_out: Any, scheme: Any, dist: Any = "normal") -> dict[str, Any]:
    """What each scheme asks for, solved by sympy: signals, gradients, or the half that ReLU lets through, shall keep their size.

    The bound of the uniform distribution is the a whose variance, integrated, is the same.
    """
    import sympy

    v, a, t = sympy.symbols("v a t", positive=True)
    forward, backward = fan_in * v - 1, fan_out * v - 1
    # Xavier cannot have both equations and takes their sum.
    equation = {"lecun": forward, "xavier": forward + backward, "he": fan_in * v / 2 - 1}[scheme]
    (var,) = sympy.solve(equation, v)
    (bound,) = sympy.solve(sympy.integrate(t**2 / (2 * a), (t, -a, a)) - var, a)
    return {"var": float(var), "std": float(sympy.sqrt(var)), "bound": float(bound) if dist == "uniform" else None}


def _sampling_error(fan_in: Any, fan_out: Any, scheme: Any, dist: Any = "normal") -> float:
    """Seven standard errors of a standard deviation that is estimated from n normal weights: std / sqrt(2 n) each."""
    variance = {"lecun": 1 / fan_in, "xavier": 2 / (fan_in + fan_out), "he": 2 / fan_in}[scheme]
    return 7 * math.sqrt(variance / (2 * fan_in * fan_out))


@oracle(
    "init_std",
    needs=("torch",),
    error=_sampling_error,
    applies=lambda fan_in, fan_out, scheme, dist="normal": 1000 <= fan_in * fan_out <= 50_000,
)
def init_std_torch(fan_in: Any, fan_out: Any, scheme: Any, dist: Any = "normal") -> dict[str, Any]:
    """The root mean square of weights that ``torch.nn.init`` drew.

    The estimate is normal with a standard error of std / sqrt(2 n) for normal weights, less for uniform ones; seven of them are
    exceeded once in 10^11 times.
    """
    import torch

    generator = torch.Generator().manual_seed(0)
    weights = torch.empty(fan_out, fan_in, dtype=torch.float64)
    if scheme == "xavier":
        fill: Any = torch.nn.init.xavier_uniform_ if dist == "uniform" else torch.nn.init.xavier_normal_
        fill(weights, generator=generator)
    else:
        fill = torch.nn.init.kaiming_uniform_ if dist == "uniform" else torch.nn.init.kaiming_normal_
        fill(weights, nonlinearity="relu" if scheme == "he" else "linear", generator=generator)
    return {"std": float(weights.square().mean().sqrt())}


@oracle("activation", needs=("mpmath",))
def activation_mpmath(x: Any, kind: Any, alpha: Any = 0.01) -> dict[str, Any]:
    """The definitions with 400 digits, and their slopes to the left, over a step of 1e-60: 0 for ReLU at 0, alpha for LeakyReLU."""
    import mpmath

    with mpmath.workdps(400):
        f = _bend(kind, alpha)
        points = [mpmath.mpf(float(value)) for value in x]
        steps = [mpmath.mpf(10) ** -60 * (abs(p) or 1) for p in points]
        return {
            "y": [float(f(p)) for p in points],
            "dy": [float((f(p) - f(p - h)) / h) for p, h in zip(points, steps, strict=True)],
        }


@oracle("activation", needs=("torch",), scale=lambda x, kind, alpha=0.01: 1 + float(np.max(np.abs(x))))
def activation_torch(x: Any, kind: Any, alpha: Any = 0.01) -> dict[str, Any]:
    """torch's functions and ``torch.autograd``, which subtract from 1 and add to 1 what this cancels: hence the scale, 1 + |x|."""
    import torch

    F = torch.nn.functional
    functions: dict[str, Callable[[Any], Any]] = {
        "relu": F.relu,
        "leaky_relu": lambda x: F.leaky_relu(x, alpha),
        "gelu": F.gelu,
        "gelu_tanh": lambda x: F.gelu(x, approximate="tanh"),
        "silu": F.silu,
        "sigmoid": torch.sigmoid,
        "tanh": torch.tanh,
    }
    (point,) = _tensors(x)
    y = functions[kind](point)
    return {"y": y.detach().numpy(), "dy": torch.autograd.grad(y.sum(), point)[0].numpy()}


def _largest_feature(adj: Any, X: Any, steps: Any) -> float:
    """What cancels in the spread: rows that have become equal."""
    return float(np.max(np.abs(X)))


@oracle("gnn_mean_aggregate", steps=lambda adj, X, steps: max(steps, 1), scale=_largest_feature)
def gnn_mean_aggregate_exact(adj: Any, X: Any, steps: Any) -> dict[str, Any]:
    """Lists of neighbours, means in exact fractions, and the spread over all pairs of rows."""
    n = len(adj)
    circle = [[j for j in range(n) if adj[i][j] or i == j] for i in range(n)]
    rows = [[Fraction(float(value)) for value in row] for row in X]
    for _ in range(steps):
        rows = [[sum((rows[j][f] for j in near), Fraction(0)) / len(near) for f in range(len(rows[0]))] for near in circle]
    spread = max(abs(a - b) for p in rows for q in rows for a, b in zip(p, q, strict=True))
    return {"X": [[float(value) for value in row] for row in rows], "spread": float(spread)}


@oracle("gnn_mean_aggregate", needs=("scipy",), steps=lambda adj, X, steps: max(steps, 1), scale=_largest_feature)
def gnn_mean_aggregate_scipy(adj: Any, X: Any, steps: Any) -> dict[str, Any]:
    """A power of the random-walk matrix I - L of ``scipy.sparse.csgraph.laplacian``, on the graph with its loops."""
    from scipy.sparse.csgraph import laplacian

    loops = np.asarray(adj, dtype=float) + np.eye(len(adj))
    degrees = loops.sum(axis=1)
    walk = np.eye(len(adj)) - laplacian(loops) / degrees[:, None]
    features = np.linalg.matrix_power(walk, steps) @ np.asarray(X, dtype=float)
    return {"X": features, "spread": float(np.max(np.abs(features[:, None] - features[None])))}
