"""What the attention kernels ask of their arguments, and the form in which they take them."""

import math
from dataclasses import dataclass

import torch

Window = tuple[int | None, int | None]
"""How many keys a query sees to the left and to the right of its own place; None is no limit."""

DTYPES = torch.float16, torch.bfloat16, torch.float32
WIDTHS = 16, 256
"""The narrowest and the widest head."""


@dataclass(frozen=True)
class Sizes:
    """Of one call: batch B, heads HQ of queries and HK of keys, tokens TQ and TK, head size D."""

    B: int
    HQ: int
    HK: int
    TQ: int
    TK: int
    D: int

    @property
    def group(self) -> int:
        """How many heads of queries share one head of keys."""
        return self.HQ // self.HK

    @property
    def shift(self) -> int:
        """The key at query i's own place is i + shift: the last query stands at the last key."""
        return self.TK - self.TQ

    @property
    def padded(self) -> int:
        """The head size that the kernels compute with: the next power of two, filled with zeros."""
        return 1 << (self.D - 1).bit_length()


@dataclass(frozen=True)
class Rule:
    """Which keys a query sees, and what its scores go through."""

    left: int | None
    right: int | None
    softcap: float
    scale: float

    @property
    def inner(self) -> float:
        """What q·k is multiplied by before the tanh of the soft cap."""
        return self.scale / self.softcap if self.softcap else 1.0

    @property
    def outer(self) -> float:
        """What gives the score: times tanh(inner q·k) with a soft cap, times q·k without."""
        return self.softcap or self.scale


def sizes(q: torch.Tensor, k: torch.Tensor, v: torch.Tensor) -> Sizes:
    """The sizes of a call.

    Raises:
        ValueError: the tensors do not fit each other, or the kernels do not take their dtype, device or head size.
    """
    for name, tensor in ("q", q), ("k", k), ("v", v):
        if tensor.ndim != 4 or 0 in tensor.shape:
            raise ValueError(f"{name} must have shape (B, H, T, D) and not be empty, got {tuple(tensor.shape)}")
        if tensor.dtype not in DTYPES or tensor.dtype != q.dtype:
            rule = "q, k and v must have one dtype, float16, bfloat16 or float32"
            raise ValueError(f"{rule}; {name} has {tensor.dtype}, q {q.dtype}")
        if tensor.device != q.device:
            raise ValueError(f"q, k and v must be on one device; {name} is on {tensor.device}, q on {q.device}")
    (B, HQ, TQ, D), (_, HK, TK, _) = q.shape, k.shape
    if v.shape != k.shape or k.shape != (B, HK, TK, D):
        raise ValueError(f"k and v must both have shape ({B}, H, T, {D}), got {tuple(k.shape)} and {tuple(v.shape)}")
    if HQ % HK:
        raise ValueError(f"the heads of k must divide those of q, got {HK} and {HQ}")
    if not WIDTHS[0] <= D <= WIDTHS[1]:
        raise ValueError(f"the head size must be {WIDTHS[0]} to {WIDTHS[1]}, got {D}")
    return Sizes(B, HQ, HK, TQ, TK, D)


def rule(D: int, causal: bool, window: Window | None, softcap: float, scale: float | None) -> Rule:
    """The rule of a call; ``causal`` hides what stands to the right of a query's own place.

    Raises:
        ValueError: a side of the window or the soft cap is negative, the scale is not above 0, one of them is not finite.
    """
    left, right = window if window is not None else (None, None)
    for side in left, right:
        if side is not None and side < 0:
            raise ValueError(f"window must be (left, right), each at least 0 or None, got {window}")
    if not (math.isfinite(softcap) and softcap >= 0):
        raise ValueError(f"softcap must be at least 0 (0 is none), got {softcap}")
    scale = 1 / math.sqrt(D) if scale is None else scale
    if not (math.isfinite(scale) and scale > 0):
        raise ValueError(f"scale must be above 0, got {scale}")
    return Rule(left, 0 if causal else right, float(softcap), float(scale))


def ready(tensor: torch.Tensor) -> torch.Tensor:
    """The tensor as the kernels read it: neighbours in a row are neighbours in memory."""
    return tensor if tensor.stride(-1) == 1 else tensor.contiguous()
