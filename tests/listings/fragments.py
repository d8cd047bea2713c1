"""What the checks of the listings of a few lines share: the table of checks, sizes, and tensors to run on."""

import math
from collections.abc import Callable
from typing import Any

import numpy as np
import torch

Check = Callable[[], None]
FRAGMENTS: dict[str, Check] = {}
"""Id of the card -> what runs its listing and compares."""
B, N, M, D, H, W, V = 2, 5, 7, 12, 3, 4, 6
"""Batch, queries, keys, model width, heads, width of a key, width of a value: all different, so that a swap shows."""


def of(card: str) -> Callable[[Check], Check]:
    """Register the check of a card."""

    def keep(check: Check) -> Check:
        FRAGMENTS[card] = check
        return check

    return keep


def tensor(*shape: int) -> torch.Tensor:
    """Normal numbers in float64, the same for the same shape."""
    return torch.randn(*shape, dtype=torch.float64, generator=torch.Generator().manual_seed(math.prod(shape)))


def same(found: Any, wanted: Any) -> None:
    """Equal up to rounding."""
    np.testing.assert_allclose(np.asarray(found), np.asarray(wanted), rtol=1e-12, atol=1e-12)
