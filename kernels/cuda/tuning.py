"""How the kernels are launched: tile sizes for a device, and the arguments that all of them share."""

import math
from collections.abc import Callable
from typing import Any, Literal, NamedTuple

import torch
import triton

from kernels.cuda.arguments import Rule, Sizes

Kind = Literal["forward", "queries", "keys"]
"""The kernels: the forward pass, the backward pass for dQ, the one for dK and dV."""


class Tiles(NamedTuple):
    """BM queries by BN keys, how many warps compute them, and how many blocks are under way at once."""

    BM: int
    BN: int
    warps: int
    stages: int


INTERPRETED: bool = triton.knobs.runtime.interpret
"""Whether the kernels run on the CPU, in Python; ``TRITON_INTERPRET=1`` says so before the first import."""
SMALL = Tiles(16, 16, 4, 1)
"""For the interpreter: so that short sequences have many blocks."""

# (kernel, Hopper or newer, widest padded head) -> tiles to try for float16 and bfloat16. Up to heads of 128 all of them keep their
# registers and, on Hopper, let the products run beside the rest: kernels.cuda.compile looks.
HALF: dict[tuple[Kind, bool, int], tuple[Tiles, ...]] = {
    ("forward", True, 64): (Tiles(128, 128, 8, 2), Tiles(128, 128, 8, 3), Tiles(128, 64, 4, 3), Tiles(64, 64, 4, 3)),
    ("forward", True, 128): (Tiles(128, 128, 8, 2), Tiles(128, 64, 8, 2), Tiles(128, 64, 8, 3), Tiles(64, 64, 4, 3)),
    ("forward", True, 256): (Tiles(128, 64, 8, 2), Tiles(64, 32, 4, 2)),
    ("forward", False, 64): (Tiles(128, 64, 8, 2), Tiles(128, 32, 4, 3), Tiles(64, 64, 4, 3)),
    ("forward", False, 128): (Tiles(128, 32, 8, 2), Tiles(64, 32, 4, 3)),
    ("forward", False, 256): (Tiles(64, 64, 8, 2), Tiles(64, 32, 8, 2), Tiles(32, 32, 4, 2)),
    ("queries", True, 64): (Tiles(128, 64, 8, 2), Tiles(128, 64, 8, 3), Tiles(64, 64, 4, 2)),
    ("queries", True, 128): (Tiles(128, 64, 8, 2), Tiles(128, 64, 8, 3), Tiles(64, 64, 4, 2)),
    ("queries", True, 256): (Tiles(128, 32, 8, 2), Tiles(64, 32, 4, 2)),
    ("queries", False, 64): (Tiles(64, 32, 4, 2), Tiles(64, 32, 8, 2)),
    ("queries", False, 128): (Tiles(64, 64, 8, 2), Tiles(64, 32, 8, 2), Tiles(64, 32, 4, 2)),
    ("queries", False, 256): (Tiles(64, 32, 8, 2), Tiles(32, 32, 4, 2)),
    ("keys", True, 64): (Tiles(64, 128, 8, 2), Tiles(64, 128, 8, 3), Tiles(64, 64, 4, 2), Tiles(32, 128, 8, 3)),
    ("keys", True, 128): (Tiles(32, 128, 8, 2), Tiles(32, 128, 8, 3), Tiles(32, 128, 8, 4)),
    ("keys", True, 256): (Tiles(16, 64, 8, 2), Tiles(16, 32, 4, 2)),
    ("keys", False, 64): (Tiles(32, 128, 8, 2), Tiles(32, 64, 8, 2), Tiles(32, 64, 4, 2)),
    ("keys", False, 128): (Tiles(32, 64, 8, 2), Tiles(16, 64, 8, 2), Tiles(32, 32, 4, 2)),
    ("keys", False, 256): (Tiles(16, 64, 8, 2), Tiles(16, 32, 4, 2)),
}
# Tiles to try as well where every query sees every key and no cap bends the scores: a mask or a cap would take the registers left.
BARE: dict[tuple[Kind, bool, int], tuple[Tiles, ...]] = {
    ("forward", False, 128): (Tiles(64, 64, 4, 3),),
    ("queries", True, 64): (Tiles(128, 128, 8, 2),),
    ("queries", False, 64): (Tiles(64, 64, 8, 2),),
    ("keys", True, 128): (Tiles(64, 128, 8, 2),),
}
# Full float32 products do not run on tensor cores: small tiles, so that their operands stay in registers.
SINGLE: dict[int, tuple[Tiles, ...]] = {
    64: (Tiles(64, 32, 8, 2), Tiles(32, 32, 8, 1)),
    128: (Tiles(32, 32, 8, 1), Tiles(32, 16, 4, 1)),
    256: (Tiles(16, 16, 8, 1), Tiles(16, 16, 4, 1)),
}
FEW = 32
"""With so few queries, as in decoding, tiles of that many rows do."""


def tiles(kind: Kind, hopper: bool, dtype: torch.dtype, padded: int, TQ: int, bare: bool) -> tuple[Tiles, ...]:
    """What is tried on a device for such heads; the fastest is kept. A bare call has neither mask nor soft cap."""
    width = max(padded, 64)
    if dtype == torch.float32:
        return SINGLE[width]
    found = HALF[kind, hopper, width] + (BARE.get((kind, hopper, width), ()) if bare else ())
    if TQ <= FEW and kind != "keys":
        return tuple(dict.fromkeys(one._replace(BM=16 if TQ <= 16 else FEW, warps=4) for one in found))
    return found


def config(one: Tiles) -> triton.Config:
    """In Triton's words. A multiply and an add are one instruction: Triton 3.10 would keep them apart."""
    return triton.Config({"BM": one.BM, "BN": one.BN, "enable_fp_fusion": True}, num_warps=one.warps, num_stages=one.stages)


TABLES = *HALF.values(), *BARE.values(), *SINGLE.values()
ALL = [config(SMALL)] if INTERPRETED else [config(one) for found in TABLES for one in found]
"""The autotuner wants to see more than one, else it does not ask ``choose``; the interpreter must not measure."""
KEY = ["D", "HAS_LEFT", "HAS_RIGHT", "CAPPED", "length"]
"""The tiles are chosen anew where one of these changes, or a dtype."""


def choose(kind: Kind) -> Callable[..., list[triton.Config]]:
    """For the autotuner: the configurations that are worth a trial."""

    def chosen(_: list[triton.Config], arguments: dict[str, Any], **options: Any) -> list[triton.Config]:
        q = arguments["Q"]
        hopper = torch.cuda.get_device_capability(q.device) >= (9, 0)
        bare = not (options["HAS_LEFT"] or options["HAS_RIGHT"] or options["CAPPED"])
        return [config(one) for one in tiles(kind, hopper, q.dtype, options["DP"], options["TQ"], bare)]

    return chosen


def strides(*tensors: torch.Tensor) -> list[int]:
    """Those of batch, head and token; that of the last axis is 1."""
    return [stride for tensor in tensors for stride in tensor.stride()[:3]]


def options(size: Sizes, rule: Rule) -> dict[str, Any]:
    """The arguments, after tensors and strides, that every kernel takes."""
    return {
        "TQ": size.TQ,
        "TK": size.TK,
        "group": size.group,
        "left": rule.left or 0,
        "right": rule.right or 0,
        "inner": rule.inner,
        "factor": rule.outer * math.log2(math.e),
        "length": min(max(size.TQ, size.TK).bit_length(), 14) * 32 + min(size.TQ.bit_length(), 8),
        "D": size.D,
        "DP": size.padded,
        "HAS_LEFT": rule.left is not None,
        "HAS_RIGHT": rule.right is not None,
        "CAPPED": rule.softcap > 0,
    }
