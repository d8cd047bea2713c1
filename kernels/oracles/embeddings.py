"""Second ways to the kernels of embeddings: many digits, numerical derivatives at that precision, torch."""

import math
from collections.abc import Callable
from fractions import Fraction
from typing import Any

import numpy as np

from kernels.oracles.registry import oracle

DIGITS = 160
"""Enough for the log of 1 + e^-z, and its derivative, for z up to 300."""


def _with_gradient(loss: Callable[..., Any], v: Any) -> dict[str, Any]:
    """The loss at v, and its derivatives by ``mpmath.diff``, which takes differences with twice the digits."""
    import mpmath

    with mpmath.workdps(DIGITS):
        at = [mpmath.mpf(float(entry)) for entry in v]

        def along(i: int) -> Callable[[Any], Any]:
            return lambda entry: loss([*at[:i], entry, *at[i + 1 :]])

        return {"loss": float(loss(at)), "grad_v": [float(mpmath.diff(along(i), at[i])) for i in range(len(at))]}


@oracle("sgns_loss", needs=("mpmath",))
def sgns_loss_odds(v_center: Any, u_context: Any, u_neg: Any) -> dict[str, Any]:
    """Minus the log of the product of all probabilities, from their odds; the gradient by numerical differentiation."""
    import mpmath

    context, negatives = [float(u) for u in u_context], np.asarray(u_neg, dtype=float).tolist()

    def loss(v: Any) -> Any:
        against = [mpmath.exp(-mpmath.fdot(context, v)), *[mpmath.exp(mpmath.fdot(u, v)) for u in negatives]]
        return mpmath.log(mpmath.fprod(1 + odds for odds in against))

    return _with_gradient(loss, v_center)


def _largest_context(v_center: Any, u_context: Any, u_neg: Any) -> float:
    """torch takes sigma(z) - 1, which cancels where sigma is near 1, times the context vector."""
    return float(np.abs(np.asarray(u_context, dtype=float)).max())


@oracle("sgns_loss", needs=("torch",), scale=_largest_context)
def sgns_loss_torch(v_center: Any, u_context: Any, u_neg: Any) -> dict[str, Any]:
    """``binary_cross_entropy_with_logits`` of torch, summed, in float64; the gradient by autograd."""
    import torch
    from torch.nn.functional import binary_cross_entropy_with_logits

    v = torch.tensor(np.asarray(v_center, dtype=float), requires_grad=True)
    U = torch.tensor(np.vstack([np.asarray(u_context, dtype=float), np.reshape(u_neg, (-1, len(v_center)))]))
    labels = torch.zeros(len(U), dtype=torch.float64)
    labels[0] = 1
    loss = binary_cross_entropy_with_logits(U @ v, labels, reduction="sum")
    return {"loss": loss.item(), "grad_v": torch.autograd.grad(loss, v)[0].numpy()}


def _sum_of_odds(v_center: Any, U: Any, context: int) -> float:
    """The sum of the exponentials, of which the largest is 1, is known to a unit in 1, and so is its log near 0.

    In the gradient the context vector cancels where its probability is near 1.
    """
    return float(np.abs(np.asarray(U, dtype=float)).max(initial=1))


@oracle("skipgram_softmax_loss", needs=("mpmath",), scale=_sum_of_odds)
def skipgram_softmax_loss_odds(v_center: Any, U: Any, context: int) -> dict[str, Any]:
    """The log of one over the probability, which is the sum of all odds against it; the gradient by numerical differentiation."""
    import mpmath

    rows = np.asarray(U, dtype=float).tolist()

    def loss(v: Any) -> Any:
        observed = mpmath.fdot(rows[context], v)
        return mpmath.log(mpmath.fsum(mpmath.exp(mpmath.fdot(row, v) - observed) for row in rows))

    return _with_gradient(loss, v_center)


@oracle("skipgram_softmax_loss", needs=("torch",), scale=_sum_of_odds)
def skipgram_softmax_loss_torch(v_center: Any, U: Any, context: int) -> dict[str, Any]:
    """``cross_entropy`` of torch in float64; the gradient by autograd."""
    import torch
    from torch.nn.functional import cross_entropy

    v = torch.tensor(np.asarray(v_center, dtype=float), requires_grad=True)
    loss = cross_entropy(torch.tensor(np.asarray(U, dtype=float)) @ v, torch.tensor(context))
    return {"loss": loss.item(), "grad_v": torch.autograd.grad(loss, v)[0].numpy()}


@oracle("glove_loss_term", needs=("mpmath",))
def glove_loss_term_digits(
    x_ij: float, w_i: Any, w_j: Any, b_i: float, b_j: float, x_max: float = 100, alpha: float = 0.75
) -> dict[str, float]:
    """The error as the log of the fitted count over the real one, the weight as exp of alpha times a log."""
    import mpmath

    if x_ij == 0:
        return {"weight": 0.0, "error": 0.0, "loss": 0.0}
    with mpmath.workdps(DIGITS):
        x = mpmath.mpf(float(x_ij))
        fitted = mpmath.exp(mpmath.fdot(map(float, w_i), map(float, w_j))) * mpmath.exp(b_i) * mpmath.exp(b_j)
        error = mpmath.log(fitted / x)
        weight = mpmath.exp(min(0, alpha * mpmath.log(x / mpmath.mpf(x_max))))
        return {"weight": float(weight), "error": float(error), "loss": float((mpmath.sqrt(weight) * error) ** 2)}


def _near_one(count_xy: int, count_x: int, count_y: int, total: int, base: float = math.e) -> float:
    """The ratio is known to a unit in its last place, so near 1 its log to a unit in 1 / ln base, whatever the counts."""
    return 1 / abs(math.log(base))


@oracle("pmi", needs=("mpmath",), scale=_near_one)
def pmi_information(count_xy: int, count_x: int, count_y: int, total: int, base: float = math.e) -> float:
    """By surprises, I(x) + I(y) - I(x, y) with I = -log P, with many digits."""
    import mpmath

    def surprise(count: int) -> Any:
        P = Fraction(count, total)
        return -mpmath.log(mpmath.mpf(P.numerator) / P.denominator, base) if count else mpmath.inf

    with mpmath.workdps(DIGITS):
        return float(surprise(count_x) + surprise(count_y) - surprise(count_xy))


@oracle("onehot_vs_embedding", applies=lambda V, d: 2 <= V <= 100_000)
def onehot_vs_embedding_counted(V: int, d: int) -> dict[str, int]:
    """Two different one-hot vectors, written out, and the rows of the embedding, counted."""
    first, last = [1] + [0] * (V - 1), [0] * (V - 1) + [1]
    product = sum(a * b for a, b in zip(first, last, strict=True))
    return {"onehot_dim": len(first), "params": sum(d for _ in first), "cosine_onehot": product // (sum(first) * sum(last))}


@oracle("onehot_vs_embedding", needs=("torch",))
def onehot_vs_embedding_torch(V: int, d: int) -> dict[str, int]:
    """``numel`` of the weight of ``torch.nn.Embedding``, and its number of rows."""
    import torch

    layer = torch.nn.Embedding(V, d, device="meta")
    return {"onehot_dim": len(layer.weight), "params": layer.weight.numel()}
