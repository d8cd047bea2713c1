"""The truth that the kernel is held against, and that the bound sees what it is for."""

import math

import numpy as np
import pytest
import torch

from kernels.attention import attention_mask
from kernels.cuda.bounds import GRADIENTS, Measured, bound, error, measure, naive, nan_first, recomputed, reference, with_gradients
from kernels.cuda.cases import CASES, Case, traps
from kernels.cuda.tuning import SMALL

EXACT = 1e-12
"""Far below what float32 can see, and above what float64 loses on these cases."""
SINGLE = [name for name in CASES if name.endswith("-float32")]


@pytest.mark.parametrize("name", SINGLE)
def test_the_reference_kernel_and_autograd_and_recomputation_tell_one_truth(name: str) -> None:
    case = CASES[name]
    inputs = {key: tensor.double() for key, tensor in case.inputs().items()}
    truth, plain = reference(case, inputs), with_gradients(case, inputs)
    delta = (truth["out"] * inputs["dout"]).sum(-1)
    again = recomputed(case, inputs, truth["lse"], delta)
    assert error(plain["out"], truth["out"]) <= EXACT
    size = case.spread * case.D  # of a product q·k, and so of what a gradient adds up
    assert {what: error(again[what], truth[what]) for what in GRADIENTS if error(again[what], truth[what]) > EXACT * size} == {}


def test_recomputed_gradients_agree_with_torchs_own_attention() -> None:
    case = CASES["queries without keys-float32"]
    inputs = {key: tensor.double() for key, tensor in case.inputs().items()}
    leaves = [inputs[name].requires_grad_() for name in "qkv"]
    seen = case.keep().any(-1)
    queries, mask = leaves[0][:, :, seen], case.keep()[seen]
    out = torch.nn.functional.scaled_dot_product_attention(queries, *leaves[1:], attn_mask=mask)
    gradients = torch.autograd.grad(out, leaves, inputs["dout"][:, :, seen])
    truth = reference(case, {name: tensor.detach() for name, tensor in inputs.items()})
    assert all(error(gradient, truth[name]) <= EXACT for name, gradient in zip(GRADIENTS, gradients, strict=True))


@pytest.mark.parametrize(
    ("rule", "kernel"),
    [
        ({"causal": True}, {"kind": "causal"}),
        ({"window": (2, 0)}, {"kind": "sliding", "w": 3}),
        ({"window": (2, None), "causal": True}, {"kind": "sliding", "w": 3}),
    ],
)
def test_masks_are_those_of_the_cards(rule: dict[str, object], kernel: dict[str, object]) -> None:
    case = Case("mask", TQ=7, TK=7, **rule)  # type: ignore[arg-type]
    assert np.array_equal(case.keep().numpy(), attention_mask(n=7, **kernel).mask)  # type: ignore[arg-type]


def test_the_last_query_stands_at_the_last_key() -> None:
    assert Case("mask", TQ=2, TK=3, causal=True).keep().tolist() == [[True, True, False], [True, True, True]]
    assert Case("mask", TQ=3, TK=2, causal=True).keep().tolist() == [[False, False], [True, False], [True, True]]
    assert Case("mask", TQ=1, TK=5, window=(1, 0)).keep().tolist() == [[False, False, False, True, True]]


@pytest.mark.parametrize("dtype", [torch.float16, torch.bfloat16])
def test_the_bound_sees_an_accumulator_in_half_precision(dtype: torch.dtype) -> None:
    case = CASES[f"long rows-{str(dtype).removeprefix('torch.')}"]
    inputs = case.inputs()
    truth, plain = reference(case, inputs)["out"], naive(case, *(inputs[name] for name in "qkv"))[0]
    weights = torch.softmax(inputs["q"].double() @ inputs["k"].mT.double() / math.sqrt(case.D), -1)
    sums = torch.zeros(plain.shape, dtype=dtype)
    for key in range(case.TK):
        sums += (weights[..., key, None] * inputs["v"][:, :, key, None]).to(dtype)
    assert error(sums, truth) > bound(plain, truth) > error(truth.to(dtype), truth)


def test_what_cannot_be_held_against_a_bound_fails() -> None:
    truth = torch.tensor([1.0, -math.inf], dtype=torch.float64)
    assert error(torch.tensor([1.5, -math.inf]), truth) == 0.5
    assert error(torch.tensor([math.nan, -math.inf]), truth) == error(torch.tensor([1.0, 0.0]), truth) == math.inf
    assert not Measured("case", "out", error=math.nan, bound=1.0).holds


def test_a_row_without_keys_must_be_zero_to_the_last_bit() -> None:
    case = CASES["queries without keys-float32"]
    inputs = case.inputs()
    results = with_gradients(case, inputs)
    assert all(one.holds for one in measure(case, inputs, results))
    results["out"][0, 0, 0, 0] = 1e-30
    assert [one.what for one in measure(case, inputs, results) if not one.holds] == ["out"]


def test_new_memory_is_nan_inside() -> None:
    with nan_first():
        assert torch.empty(1000).isnan().all()
    assert not torch.are_deterministic_algorithms_enabled()


def test_inputs_are_the_same_at_every_call() -> None:
    case = CASES["tokens before heads-bfloat16"]
    first, second = case.inputs(), case.inputs()
    assert all(torch.equal(first[name], second[name]) for name in first)
    assert first["q"].stride(1) < first["q"].stride(2)


def test_cases_are_named_once_and_made_for_the_interpreted_blocks() -> None:
    assert SMALL.BM == SMALL.BN == 16
    assert len(CASES) == len(traps(16))
