"""The kernels compiled for GPUs that need not be there: tensor cores used, no register spilled, shared memory enough."""

import pytest
import torch

from kernels.cuda.compile import SHARED, Compiled, Variant, build, variants
from kernels.cuda.tuning import Kind, Tiles

VARIANTS = [
    *(one for one in variants(90, torch.bfloat16, 128) if one.tiles.stages == 2),
    *variants(90, torch.bfloat16, 128, causal=True),
    *(one for one in variants(80, torch.float16, 128, causal=True) if one.tiles.warps == 8),
    *(one for one in variants(90, torch.float16, 64, causal=True, windowed=True, capped=True) if one.tiles == (64, 64, 4, 2)),
    *(one for one in variants(80, torch.float32, 64) if one.kind != "keys" and one.tiles.warps == 8),
    Variant("forward", 90, torch.bfloat16, 80, Tiles(128, 64, 8, 2), causal=True),
]


@pytest.mark.parametrize("variant", VARIANTS, ids=str)
def test_the_machine_code_is_what_a_fast_kernel_needs(variant: Variant) -> None:
    compiled = build(variant)
    assert compiled.problems == []
    assert 0 < compiled.registers <= 255
    assert 0 < compiled.shared <= SHARED[variant.arch]
    assert (compiled.products > 0) == (variant.dtype != torch.float32)


@pytest.mark.parametrize(
    ("kind", "tiles", "problem"),
    [
        ("forward", Tiles(128, 64, 4, 3), "spills of registers"),
        ("forward", Tiles(128, 128, 8, 4), "bytes of shared memory, sm_90 has 232448"),
        ("forward", Tiles(16, 64, 4, 2), "no HGMMA instruction"),
    ],
)
def test_what_is_wrong_with_a_variant_is_seen(kind: Kind, tiles: Tiles, problem: str) -> None:
    found = build(Variant(kind, 90, torch.bfloat16, 128, tiles, causal=True)).problems
    assert [one for one in found if problem in one]


def test_products_that_wait_for_each_other_are_seen() -> None:
    variant = Variant("forward", 90, torch.bfloat16, 128, Tiles(128, 128, 8, 2))
    assert Compiled(variant, products=16, groups=2, spills=0, registers=250, shared=1).problems == []
    assert Compiled(variant, products=16, groups=16, spills=0, registers=250, shared=1).problems
