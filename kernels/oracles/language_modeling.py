"""Second ways to the kernels of language modelling."""

from fractions import Fraction
from math import prod
from typing import Any

import numpy as np

from kernels.oracles.registry import oracle


@oracle("sequence_nll", needs=("mpmath",))
def sequence_nll_product(token_probs: Any) -> dict[str, float]:
    """The exact product of the probabilities as a fraction; perplexity is the T-th root of its reciprocal."""
    import mpmath

    text = prod((Fraction(float(q)) for q in token_probs), start=Fraction(1))
    if text == 0:
        return dict.fromkeys(("nll_sum", "nll_mean", "perplexity", "bits_per_token"), float("inf"))
    with mpmath.workdps(50):
        reciprocal = mpmath.mpf(text.denominator) / text.numerator
        perplexity = mpmath.root(reciprocal, len(token_probs))
        return {
            "nll_sum": float(mpmath.log(reciprocal)),
            "nll_mean": float(mpmath.log(perplexity)),
            "perplexity": float(perplexity),
            "bits_per_token": float(mpmath.log(perplexity, 2)),
        }


def _doubtful(token_probs: Any) -> bool:
    return bool(np.min(token_probs) > 0 and np.max(token_probs) < 1)


# Each row is normalised by log(q + (1 - q)), which is 0 up to the rounding of a 1.
@oracle("sequence_nll", needs=("torch",), applies=_doubtful, scale=lambda token_probs: len(token_probs))
def sequence_nll_torch(token_probs: Any) -> dict[str, float]:
    """``torch.nn.functional.cross_entropy`` on logits over two tokens, the one that came and all others."""
    import torch

    q = torch.tensor(np.asarray(token_probs, dtype=np.float64))
    logits = torch.stack([torch.log(q), torch.log1p(-q)], dim=1)
    losses = [
        torch.nn.functional.cross_entropy(logits, torch.zeros(len(q), dtype=torch.long), reduction=r) for r in ("sum", "mean")
    ]
    return {"nll_sum": float(losses[0]), "nll_mean": float(losses[1]), "perplexity": float(losses[1].exp())}
