"""Second ways to the kernels of regularization: posteriors, candidates, enumeration, torch and scipy."""

import math
from collections.abc import Callable
from fractions import Fraction
from functools import lru_cache
from typing import Any

import numpy as np

from kernels.oracles.registry import oracle


@lru_cache
def _curvature_ratio() -> Callable[[float, float], Any]:
    """From the densities of y given w and of w: the curvature of the negative log of the second, over that of the first."""
    import sympy

    w, y = sympy.symbols("w y", real=True)
    sigma, tau = sympy.symbols("sigma tau", positive=True)

    def negative_log_density(value: Any, mean: Any, deviation: Any) -> Any:
        density = sympy.exp(-(((value - mean) / deviation) ** 2) / 2) / (sympy.sqrt(2 * sympy.pi) * deviation)
        return sympy.expand_log(-sympy.log(density), force=True)

    data, prior = negative_log_density(y, w, sigma), negative_log_density(w, 0, tau)
    return sympy.lambdify((sigma, tau), sympy.diff(prior, w, 2) / sympy.diff(data, w, 2), "mpmath")  # type: ignore[no-any-return]


@oracle("gaussian_prior_penalty", needs=("sympy",))
def gaussian_prior_penalty_curvature(sigma: float, tau: float) -> float:
    """sympy differentiates the negative log posterior twice: ||Xw - y||^2 and ||w||^2 stand in it as 1 to lambda."""
    import mpmath

    with mpmath.workdps(50):
        return float(_curvature_ratio()(mpmath.mpf(sigma), mpmath.mpf(tau)))


@oracle("gaussian_prior_penalty", needs=("scipy",), scale=lambda sigma, tau: 1, applies=lambda sigma, tau: math.isfinite(tau))
def gaussian_prior_penalty_mode(sigma: float, tau: float) -> float:
    """For one observation x = y = 1 ``scipy.optimize.brentq`` finds the mode w of the posterior, and lambda = 1 / w - 1."""
    from scipy import optimize

    mode = float(optimize.brentq(lambda w: w / tau**2 - (1 - w) / sigma**2, 0, 1, xtol=1e-300))
    return 1 / mode - 1


@oracle("soft_threshold")
def soft_threshold_candidates(x: Any, lam: float) -> list[float]:
    """The best of the three points at which the objective can be least, the kink and both slopes' zeros, in fractions."""

    def best(value: Fraction, penalty: Fraction) -> Fraction:
        candidates = (Fraction(0), value - penalty, value + penalty)
        return min(candidates, key=lambda w: (w - value) ** 2 / 2 + penalty * abs(w))

    return [float(best(Fraction(float(entry)), Fraction(lam))) for entry in x]


@oracle("soft_threshold", needs=("torch",))
def soft_threshold_torch(x: Any, lam: float) -> Any:
    """``torch.nn.functional.softshrink`` in float64."""
    import torch

    return torch.nn.functional.softshrink(torch.tensor(np.asarray(x), dtype=torch.float64), lam).numpy()


@oracle("inverted_dropout")
def inverted_dropout_enumeration(x: Any, mask: Any, p: float) -> dict[str, list[float]]:
    """Every activation with both values of its mask, weighted by their probabilities, in fractions."""
    keep = 1 - Fraction(p)
    values = [Fraction(float(entry)) for entry in x]

    def moments(value: Fraction) -> tuple[Fraction, Fraction]:
        outcomes = [(value / keep, keep), (Fraction(0), 1 - keep)]
        mean = sum((outcome * weight for outcome, weight in outcomes), Fraction(0))
        return mean, sum(((outcome - mean) ** 2 * weight for outcome, weight in outcomes), Fraction(0))

    return {
        "y": [float(value / keep) if kept else 0.0 for value, kept in zip(values, mask, strict=True)],
        "mean": [float(moments(value)[0]) for value in values],
        "var": [float(moments(value)[1]) for value in values],
    }


@oracle("inverted_dropout", needs=("torch",))
def inverted_dropout_torch(x: Any, mask: Any, p: float) -> dict[str, Any]:
    """Wherever the mask keeps an activation, what ``torch.nn.functional.dropout`` made of it in a draw that kept it."""
    import torch

    values = torch.tensor(np.asarray(x, dtype=float), dtype=torch.float64)
    kept = torch.zeros_like(values)
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(0)
        left = values != 0
        while left.any():  # each draw keeps each activation with probability 1 - p
            draw = torch.nn.functional.dropout(values, p, training=True)
            kept = torch.where(left & (draw != 0), draw, kept)
            left &= draw == 0
    return {"y": np.where(np.asarray(mask) == 1, kept.numpy(), 0.0)}
