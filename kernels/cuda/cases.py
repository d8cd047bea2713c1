"""Where attention kernels go wrong: small calls that catch it, in units of the kernel's block."""

import zlib
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import torch

from kernels.cuda.arguments import DTYPES, Sizes, Window, rule


@dataclass(frozen=True)
class Case:
    """One call of attention with inputs drawn from a normal distribution."""

    name: str
    B: int = 1
    HQ: int = 2
    HK: int = 2
    TQ: int = 32
    TK: int = 32
    D: int = 32
    dtype: torch.dtype = torch.float32
    causal: bool = False
    window: Window | None = None
    softcap: float = 0.0
    scale: float | None = None
    spread: float = 1.0
    """The standard deviation of the queries; that of all else is 1."""
    mean: float = 0.0
    """The mean of the values: where it is not 0 the sums grow, and a narrow accumulator shows."""
    interleaved: bool = False
    """Whether tokens come before heads in memory, as a projection leaves them."""

    def __str__(self) -> str:
        return f"{self.name}-{str(self.dtype).removeprefix('torch.')}"

    @cached_property
    def sizes(self) -> Sizes:
        return Sizes(self.B, self.HQ, self.HK, self.TQ, self.TK, self.D)

    @property
    def rule(self) -> dict[str, Any]:
        """The keyword arguments of the call."""
        return {"causal": self.causal, "window": self.window, "softcap": self.softcap, "scale": self.scale}

    def inputs(self, device: str = "cpu") -> dict[str, torch.Tensor]:
        """q, k, v, dout: the same numbers on every device, rounded to the dtype."""
        generator = torch.Generator().manual_seed(zlib.crc32(self.name.encode()))
        drawn = {}
        for name in "q", "k", "v", "dout":
            heads, tokens = (self.HQ, self.TQ) if name in ("q", "dout") else (self.HK, self.TK)
            shape = (self.B, tokens, heads, self.D) if self.interleaved else (self.B, heads, tokens, self.D)
            x = torch.randn(shape, generator=generator) * (self.spread if name == "q" else 1) + (self.mean if name == "v" else 0)
            drawn[name] = (x.transpose(1, 2) if self.interleaved else x).to(self.dtype).to(device)
        return drawn

    def keep(self, device: str = "cpu") -> torch.Tensor:
        """Which key each query sees, shape (TQ, TK): the mask written out, the last query at the last key."""
        r = rule(self.D, **self.rule)
        place = torch.arange(self.TQ, device=device)[:, None] + self.sizes.shift
        key = torch.arange(self.TK, device=device)[None, :]
        keep = torch.ones(self.TQ, self.TK, dtype=torch.bool, device=device)
        if r.left is not None:
            keep &= place - key <= r.left
        if r.right is not None:
            keep &= key - place <= r.right
        return keep


def traps(block: int) -> list[Case]:
    """The calls that catch what people get wrong, for a kernel with blocks of so many tokens, in every dtype."""
    b = block
    shapes = [
        Case("square", B=2, TQ=2 * b, TK=3 * b, D=64),
        Case("causal", TQ=3 * b, TK=3 * b, causal=True),
        Case("fewer queries than keys", HQ=1, HK=1, TQ=b + 5, TK=3 * b + 1, causal=True),
        Case("queries without keys", HQ=1, HK=1, TQ=3 * b, TK=b + 3, causal=True),
        Case("one query", HQ=4, TQ=1, TK=2 * b + 1, causal=True),
        Case("one key too many", TQ=b + 1, TK=2 * b + 1),
        Case("grouped heads", HQ=6, TQ=b + 1, TK=b + 7, D=16),
        Case("grouped heads, causal", B=2, HQ=6, TQ=b, TK=b, D=16, causal=True),
        Case("one head of keys", HQ=3, HK=1, TQ=b + 1, TK=b + 1, D=16, causal=True),
        Case("large scores", TQ=2 * b, TK=2 * b, D=64, spread=30),
        Case("large scores, causal", TQ=2 * b + 1, TK=3 * b, D=64, spread=30, causal=True),
        Case("window", HQ=1, HK=1, TQ=4 * b + 1, TK=4 * b + 1, window=(b + 3, 0)),
        Case("window of whole blocks", HQ=1, HK=1, TQ=3 * b, TK=4 * b, window=(b, b)),
        Case("window to the left", HQ=1, HK=1, TQ=3 * b, TK=b + 3, window=(b // 2, None)),
        Case("window to the right", HQ=1, HK=1, TQ=2 * b, TK=2 * b + 1, window=(None, b + 2)),
        Case("window of one key", HQ=1, HK=1, TQ=2 * b + 1, TK=2 * b + 1, window=(0, 0)),
        Case("narrow window", HQ=1, HK=1, TQ=b + 3, TK=3 * b, D=16, window=(2, 1)),
        Case("soft cap", TQ=2 * b, TK=2 * b, softcap=2.0, spread=3),
        Case("high soft cap", HQ=1, HK=1, TQ=2 * b, TK=2 * b, softcap=1000.0, spread=3),
        Case(
            "all at once", HQ=4, TQ=2 * b + 3, TK=3 * b - 1, D=24, causal=True, window=(b + 5, None), softcap=5, scale=0.3, spread=4
        ),
        Case("scale", HQ=1, HK=1, scale=0.05, spread=30),
        Case("tokens before heads", B=2, TQ=b + 1, TK=b + 2, D=16, interleaved=True),
        Case("long rows", HQ=1, HK=1, TQ=b, TK=32 * b, D=16, mean=1),
    ]
    widths = [Case(f"heads of {D}", HQ=1, HK=1, TQ=b + 1, TK=b + 1, D=D, causal=True) for D in (16, 17, 40, 64, 80, 96, 128, 256)]
    return [Case(**{**vars(one), "dtype": dtype}) for one in (*shapes, *widths) for dtype in reversed(DTYPES)]


CASES = {str(case): case for case in traps(16)}
"""The traps for the blocks of the interpreted kernel, by name."""
