"""Second ways to the kernels of information theory: products with 50 digits, scipy and torch."""

import math
from typing import Any

import numpy as np

from kernels.oracles.registry import oracle

DIGITS = 50


def _unit(base: float) -> float:
    """How many of the unit make a nat: what is known to a rounding in nats is known to this many roundings in the unit."""
    return 1 / abs(math.log(base))


@oracle("entropy", needs=("mpmath",))
def entropy_product(p: Any, base: float = math.e) -> float:
    """The logarithm of the product of p^-p, with 50 digits."""
    import mpmath

    with mpmath.workdps(DIGITS):
        masses = [mpmath.mpf(float(mass)) for mass in p]
        return float(mpmath.log(mpmath.fprod(mass**-mass for mass in masses), mpmath.mpf(base)))


@oracle("entropy", needs=("scipy",))
def entropy_scipy(p: Any, base: float = math.e) -> float:
    """``scipy.stats.entropy``."""
    from scipy import stats

    return float(stats.entropy(p, base=base))


@oracle("entropy", needs=("torch",))
def entropy_torch(p: Any, base: float = math.e) -> float:
    """``torch.special.entr`` in float64, summed, in nats, and the change of base."""
    import torch

    return float(torch.special.entr(torch.tensor(np.asarray(p), dtype=torch.float64)).sum()) / math.log(base)


@oracle("cross_entropy_dist", needs=("mpmath",))
def cross_entropy_dist_product(p: Any, q: Any, base: float = math.e) -> float:
    """Minus the logarithm of the product of q^p, the mean likelihood of a sample from p, with 50 digits."""
    import mpmath

    with mpmath.workdps(DIGITS):
        pairs = [(mpmath.mpf(float(a)), mpmath.mpf(float(b))) for a, b in zip(p, q, strict=True)]
        product = mpmath.fprod(b**a for a, b in pairs)
        return math.inf / math.log(base) if product == 0 else -float(mpmath.log(product) / mpmath.log(mpmath.mpf(base)))


@oracle("cross_entropy_dist", needs=("scipy",))
def cross_entropy_dist_scipy(p: Any, q: Any, base: float = math.e) -> float:
    """``scipy.stats.entropy(p) + scipy.stats.entropy(p, q)``."""
    from scipy import stats

    return float(stats.entropy(p, base=base) + stats.entropy(p, q, base=base))


def _cancelling(p: Any, q: Any, base: float = math.e) -> float:
    """p log p and p log q, which cancel where p is nearly q: at most the largest |log| of an outcome that p has."""
    both = [float(mass) for a, b in zip(p, q, strict=True) for mass in (a, b) if a > 0 and b > 0]
    return _unit(base) * max((abs(math.log(mass)) for mass in both), default=0.0)


@oracle("kl_divergence", needs=("mpmath",), scale=_cancelling)
def kl_divergence_product(p: Any, q: Any, base: float = math.e) -> float:
    """The logarithm of the product of (p / q)^p, with 50 digits."""
    import mpmath

    with mpmath.workdps(DIGITS):
        pairs = [(mpmath.mpf(float(a)), mpmath.mpf(float(b))) for a, b in zip(p, q, strict=True) if a > 0]
        if any(b == 0 for _, b in pairs):
            return math.inf / math.log(base)
        return float(mpmath.log(mpmath.fprod((a / b) ** a for a, b in pairs)) / mpmath.log(mpmath.mpf(base)))


@oracle("kl_divergence", needs=("scipy",), scale=_cancelling)
def kl_divergence_scipy(p: Any, q: Any, base: float = math.e) -> float:
    """``scipy.stats.entropy(p, q)``."""
    from scipy import stats

    return float(stats.entropy(p, q, base=base))


@oracle("kl_divergence", needs=("torch",), scale=_cancelling, applies=lambda p, q, base=math.e: bool(np.all(q)))
def kl_divergence_torch(p: Any, q: Any, base: float = math.e) -> float:
    """``torch.nn.functional.kl_div`` in float64, in nats, and the change of base; it multiplies 0 by log 0 where q = 0."""
    import torch

    P, Q = (torch.tensor(np.asarray(side), dtype=torch.float64) for side in (p, q))
    return float(torch.nn.functional.kl_div(torch.log(Q), P, reduction="sum")) / math.log(base)
