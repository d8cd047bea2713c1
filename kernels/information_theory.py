"""Entropy, cross-entropy and relative entropy of distributions with finitely many outcomes."""

import math

import numpy as np
from numpy.typing import ArrayLike

from kernels import checks
from kernels.checks import Array
from kernels.registry import kernel


def _log_base(base: float) -> float:
    """The natural logarithm of the base: how many nats the unit has."""
    base = checks.number(base, "base", above=0)
    if base == 1:
        raise ValueError("base must not be 1, got 1: all its powers are equal")
    return math.log(base)


def _pair(p: ArrayLike, q: ArrayLike) -> tuple[Array, Array]:
    """Two distributions over the same outcomes, without those that p never has: 0 log 0 = 0."""
    p, q = checks.distribution(p, "p"), checks.distribution(q, "q")
    checks.same_shape(p, q, "p", "q")
    return p[p > 0], q[p > 0]


@kernel()
def entropy(p: ArrayLike, base: float = math.e) -> float:
    r"""How uncertain the outcome of a distribution is: the expected surprise.

    It is 0 for a certain outcome and largest, log n, for the uniform distribution.

    $$H(p)=-\sum_x p(x)\log p(x),\qquad 0\log0:=0,\qquad 0\le H\le\log n$$

    Args:
        p: the probabilities, shape (n,), which sum to 1 within 1e-9.
        base: of the logarithm, above 0 and not 1: e gives nats, 2 bits; one below 1 turns the sign.

    Returns:
        The entropy, in units of log(base).

    Raises:
        ValueError: a probability outside [0, 1], another sum than 1, n = 0, base <= 0, base = 1.

    Source: Cover and Thomas, Elements of Information Theory (2nd ed., 2006), section 2.1.

    >>> entropy([0.5, 0.25, 0.25], base=2)
    1.5
    >>> round(entropy([0.7, 0.2, 0.1]), 4)
    0.8018
    """
    p = checks.distribution(p, "p")
    p = p[p > 0]  # 0 log 0 = 0
    nats = 0 - float(p @ np.log(p))
    return nats / _log_base(base)


@kernel()
def cross_entropy_dist(p: ArrayLike, q: ArrayLike, base: float = math.e) -> float:
    r"""The expected surprise of one who believes q where p is true.

    $$H(p,q)=-\sum_x p(x)\log q(x)=H(p)+D_{KL}(p\|q)$$

    Args:
        p: the true probabilities, shape (n,), which sum to 1 within 1e-9.
        q: the believed probabilities, shape (n,), which sum to 1 within 1e-9.
        base: of the logarithm, above 0 and not 1: e gives nats, 2 bits; one below 1 turns the sign.

    Returns:
        The cross-entropy, in units of log(base); inf where p has an outcome that q rules out.

    Raises:
        ValueError: a probability outside [0, 1], another sum than 1, the lengths differ, n = 0, base <= 0, base = 1.

    Source: Goodfellow, Bengio and Courville, Deep Learning (2016), section 3.13.

    >>> cross_entropy_dist([0.5, 0.3, 0.2], [0.25, 0.5, 0.25], base=2)
    1.7
    >>> cross_entropy_dist([1, 0], [0, 1])
    inf
    """
    p, q = _pair(p, q)
    with np.errstate(divide="ignore"):  # log 0 = -inf is meant
        nats = 0 - float(p @ np.log(q))
    return nats / _log_base(base)


@kernel()
def kl_divergence(p: ArrayLike, q: ArrayLike, base: float = math.e) -> float:
    r"""The surprise in excess of the entropy, for believing q where p is true.

    It is 0 only for p = q, and in general it changes when p and q trade places.

    $$D_{KL}(p\|q)=\sum_x p(x)\log\frac{p(x)}{q(x)}\ge0$$

    Args:
        p: the true probabilities, shape (n,), which sum to 1 within 1e-9.
        q: the believed probabilities, shape (n,), which sum to 1 within 1e-9.
        base: of the logarithm, above 0 and not 1: e gives nats, 2 bits; one below 1 turns the sign.

    Returns:
        The divergence, in units of log(base); inf where p has an outcome that q rules out.

    Raises:
        ValueError: a probability outside [0, 1], another sum than 1, the lengths differ, n = 0, base <= 0, base = 1.

    Source: Cover and Thomas, Elements of Information Theory (2nd ed., 2006), section 2.3.

    >>> kl_divergence([0.5, 0.25, 0.25], [0.25, 0.25, 0.5], base=2)
    0.25
    >>> round(kl_divergence([0.9, 0.1], [0.5, 0.5]), 4), round(kl_divergence([0.5, 0.5], [0.9, 0.1]), 4)
    (0.3681, 0.5108)
    """
    p, q = _pair(p, q)
    with np.errstate(divide="ignore"):  # log 0 = -inf is meant
        nats = float(p @ (np.log(p) - np.log(q)))  # log(p / q), whose quotient could overflow
    return max(nats, 0.0) / _log_base(base)  # rounding may leave -1e-17 nats where p is nearly q
