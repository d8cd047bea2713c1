"""Second ways to the kernels of normalization: differences of pairs with 50 digits, symbolic derivatives, torch."""

from collections.abc import Callable
from functools import lru_cache
from itertools import combinations
from typing import Any

import numpy as np

from kernels.oracles.registry import oracle

DIGITS = 50


def _tensor(x: Any) -> Any:
    import torch

    return torch.tensor(np.asarray(x, dtype=float), dtype=torch.float64)


def _exact(values: Any) -> list[Any]:
    import mpmath

    return [mpmath.mpf(float(value)) for value in values]


def _pairs(values: list[Any], eps: float) -> tuple[Any, Any, list[Any]]:
    """Mean, variance and standardised values, from the differences of all pairs: their squares sum to n^2 times the variance."""
    import mpmath

    n = len(values)
    var = mpmath.fsum((one - other) ** 2 for one, other in combinations(values, 2)) / n**2
    deviations = [mpmath.fsum(value - other for other in values) / n for value in values]
    s = mpmath.sqrt(var + mpmath.mpf(eps))
    return mpmath.fsum(values) / n, var, [deviation / s for deviation in deviations]


def _each_row(x: Any, along: Callable[[list[Any]], list[Any]]) -> Any:
    rows = np.asarray(x, dtype=float)
    done = [[float(entry) for entry in along(_exact(row))] for row in rows.reshape(-1, rows.shape[-1])]
    return np.array(done).reshape(rows.shape)


@oracle("batchnorm_train", needs=("mpmath",))
def batchnorm_train_pairs(
    x: Any, gamma: Any, beta: Any, running_mean: Any, running_var: Any, momentum: float = 0.1, eps: float = 1e-5
) -> dict[str, Any]:
    """Channel by channel, from the differences of all pairs of rows, with 50 digits."""
    import mpmath

    fields: dict[str, list[Any]] = {name: [] for name in ("y", "mean", "var_biased", "running_mean", "running_var")}
    with mpmath.workdps(DIGITS):
        m = mpmath.mpf(momentum)
        for column, g, b, old_mean, old_var in zip(
            np.asarray(x, dtype=float).T, gamma, beta, running_mean, running_var, strict=True
        ):
            mean, var, standardised = _pairs(_exact(column), eps)
            unbiased = var * len(column) / (len(column) - 1)
            fields["y"].append([float(mpmath.mpf(float(g)) * value + mpmath.mpf(float(b))) for value in standardised])
            fields["mean"].append(float(mean))
            fields["var_biased"].append(float(var))
            fields["running_mean"].append(float(mpmath.mpf(float(old_mean)) + m * (mean - mpmath.mpf(float(old_mean)))))
            fields["running_var"].append(float(mpmath.mpf(float(old_var)) + m * (unbiased - mpmath.mpf(float(old_var)))))
    return fields | {"y": np.array(fields["y"]).T}


@oracle("batchnorm_train", needs=("torch",), applies=lambda eps=1e-5, **others: eps > 0)
def batchnorm_train_torch(
    x: Any, gamma: Any, beta: Any, running_mean: Any, running_var: Any, momentum: float = 0.1, eps: float = 1e-5
) -> dict[str, Any]:
    """``torch.nn.BatchNorm1d`` in training mode, in float64; it refuses eps = 0."""
    import torch

    layer = torch.nn.BatchNorm1d(len(gamma), eps=eps, momentum=momentum, dtype=torch.float64)
    state = {"weight": gamma, "bias": beta, "running_mean": running_mean, "running_var": running_var}
    layer.load_state_dict({name: _tensor(value) for name, value in state.items()} | {"num_batches_tracked": torch.tensor(0)})
    y: Any = layer(_tensor(x))
    buffers: Any = dict(layer.named_buffers())
    return {
        "y": y.detach().numpy(),
        "running_mean": buffers["running_mean"].numpy(),
        "running_var": buffers["running_var"].numpy(),
    }


@oracle("batchnorm_eval", needs=("mpmath",))
def batchnorm_eval_folded(x: Any, gamma: Any, beta: Any, running_mean: Any, running_var: Any, eps: float = 1e-5) -> Any:
    """Folded into one factor and one offset for each channel, with 50 digits."""
    import mpmath

    with mpmath.workdps(DIGITS):
        roots = [mpmath.sqrt(var + mpmath.mpf(eps)) for var in _exact(running_var)]
        factors = [g / s for g, s in zip(_exact(gamma), roots, strict=True)]
        offsets = [b - a * m for b, a, m in zip(_exact(beta), factors, _exact(running_mean), strict=True)]
        return _each_row(x, lambda row: [a * value + b for a, value, b in zip(factors, row, offsets, strict=True)])


@oracle("batchnorm_eval", needs=("torch",))
def batchnorm_eval_torch(x: Any, gamma: Any, beta: Any, running_mean: Any, running_var: Any, eps: float = 1e-5) -> Any:
    """``torch.nn.functional.batch_norm`` outside training, in float64."""
    import torch

    mean, var, weight, bias = (_tensor(value) for value in (running_mean, running_var, gamma, beta))
    return torch.nn.functional.batch_norm(_tensor(x), mean, var, weight, bias, training=False, eps=eps).numpy()


@oracle("layer_norm", needs=("mpmath",))
def layer_norm_pairs(x: Any, gamma: Any, beta: Any, eps: float = 1e-5) -> Any:
    """Row by row, from the differences of all pairs of features, with 50 digits."""
    import mpmath

    with mpmath.workdps(DIGITS):
        g, b = _exact(gamma), _exact(beta)
        return _each_row(x, lambda row: [u * v + w for u, v, w in zip(g, _pairs(row, eps)[2], b, strict=True)])


@oracle("layer_norm", needs=("torch",))
def layer_norm_torch(x: Any, gamma: Any, beta: Any, eps: float = 1e-5) -> Any:
    """``torch.nn.functional.layer_norm`` in float64."""
    import torch

    return torch.nn.functional.layer_norm(_tensor(x), (len(gamma),), _tensor(gamma), _tensor(beta), eps).numpy()


@lru_cache
def _layer_norm_derivatives(d: int) -> Callable[..., Any]:
    """The derivatives of the sum of grad_y_i y_i by all x_i and gamma_i, taken symbolically; x, gamma, grad_y and eps stay open."""
    import sympy

    x, gamma, grad_y = (sympy.symbols(f"{name}0:{d}", real=True) for name in ("x", "g", "h"))
    eps = sympy.Symbol("eps", nonnegative=True)
    mean = sum(x) / d
    s = sympy.sqrt(sum((value - mean) ** 2 for value in x) / d + eps)
    loss = sum(h * g * (value - mean) / s for h, g, value in zip(grad_y, gamma, x, strict=True))
    derivatives = [[sympy.diff(loss, symbol) for symbol in symbols] for symbols in (x, gamma)]
    return sympy.lambdify((x, gamma, grad_y, eps), derivatives, "mpmath", cse=True)  # type: ignore[no-any-return]


def _terms_of_dx(x: Any, gamma: Any, grad_y: Any, eps: float = 1e-5) -> float:
    """dx is g / s less its parts along 1 and along x_hat, both at most sqrt(d) max|g| / s; nothing may be left of it."""
    s = np.sqrt(np.var(x) + eps)
    return float(np.sqrt(len(x)) * np.max(np.abs(np.asarray(gamma) * np.asarray(grad_y))) / s)


@oracle("layer_norm_backward", needs=("sympy",), scale=_terms_of_dx)
def layer_norm_backward_symbolic(x: Any, gamma: Any, grad_y: Any, eps: float = 1e-5) -> dict[str, Any]:
    """sympy differentiates the sum of grad_y_i y_i by x; the derivatives are evaluated with 50 digits."""
    import mpmath

    with mpmath.workdps(DIGITS):
        dx, _ = _layer_norm_derivatives(len(x))(_exact(x), _exact(gamma), _exact(grad_y), mpmath.mpf(eps))
        return {"dx": [float(entry) for entry in dx]}


@oracle("layer_norm_backward", needs=("sympy",))
def layer_norm_backward_symbolic_parameters(x: Any, gamma: Any, grad_y: Any, eps: float = 1e-5) -> dict[str, Any]:
    """sympy differentiates the sum of grad_y_i y_i by gamma; beta_i stands beside y_i with the factor 1."""
    import mpmath

    with mpmath.workdps(DIGITS):
        _, dgamma = _layer_norm_derivatives(len(x))(_exact(x), _exact(gamma), _exact(grad_y), mpmath.mpf(eps))
        return {"dgamma": [float(entry) for entry in dgamma], "dbeta": [float(entry) for entry in grad_y]}


def _torch_gradients(x: Any, gamma: Any, grad_y: Any, eps: float) -> dict[str, Any]:
    import torch

    row, weight, bias = (_tensor(value).requires_grad_() for value in (x, gamma, np.zeros(len(x))))
    y: Any = torch.nn.functional.layer_norm(row, (len(x),), weight, bias, eps)
    y.backward(_tensor(grad_y))
    return {"dx": row.grad.numpy(), "dgamma": weight.grad.numpy(), "dbeta": bias.grad.numpy()}


@oracle("layer_norm_backward", needs=("torch",), scale=_terms_of_dx)
def layer_norm_backward_torch(x: Any, gamma: Any, grad_y: Any, eps: float = 1e-5) -> dict[str, Any]:
    """``torch.autograd`` through ``torch.nn.functional.layer_norm`` in float64, for x."""
    return {"dx": _torch_gradients(x, gamma, grad_y, eps)["dx"]}


def _terms_of_x_hat(x: Any, gamma: Any, grad_y: Any, eps: float = 1e-5) -> float:
    """Going back, torch takes mean / s off x / s where the kernel subtracts first: terms of this size, times grad_y, cancel."""
    return float(np.max(np.abs(grad_y)) * np.max(np.abs(x)) / np.sqrt(np.var(x) + eps))


@oracle("layer_norm_backward", needs=("torch",), scale=_terms_of_x_hat)
def layer_norm_backward_torch_parameters(x: Any, gamma: Any, grad_y: Any, eps: float = 1e-5) -> dict[str, Any]:
    """``torch.autograd`` through ``torch.nn.functional.layer_norm`` in float64, for gamma and beta."""
    gradients = _torch_gradients(x, gamma, grad_y, eps)
    return {name: gradients[name] for name in ("dgamma", "dbeta")}


@oracle("rms_norm", needs=("mpmath",))
def rms_norm_length(x: Any, gamma: Any, eps: float = 1e-6) -> Any:
    """Every row brought to the length sqrt(d), with d eps added to the square of its length, with 50 digits."""
    import mpmath

    def along(row: list[Any]) -> list[Any]:
        length = mpmath.norm([*row, mpmath.sqrt(len(row) * mpmath.mpf(eps))])
        return [g * value * mpmath.sqrt(len(row)) / length for g, value in zip(_exact(gamma), row, strict=True)]

    with mpmath.workdps(DIGITS):
        return _each_row(x, along)


@oracle("rms_norm", needs=("torch",))
def rms_norm_torch(x: Any, gamma: Any, eps: float = 1e-6) -> Any:
    """``torch.nn.functional.rms_norm`` in float64."""
    import torch

    return torch.nn.functional.rms_norm(_tensor(x), (len(gamma),), _tensor(gamma), eps).numpy()
