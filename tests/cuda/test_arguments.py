"""What the kernels refuse, and in which words."""

from typing import Any

import pytest
import torch

from kernels.cuda.arguments import Rule, rule, sizes
from kernels.cuda.backward import attention_backward


def tensors(q: tuple[int, ...], k: tuple[int, ...], v: tuple[int, ...] | None = None) -> list[torch.Tensor]:
    return [torch.zeros(shape) for shape in (q, k, v or k)]


def test_sizes_are_read_off() -> None:
    size = sizes(*tensors((2, 6, 5, 20), (2, 3, 7, 20)))
    assert (size.group, size.shift, size.padded) == (2, 2, 32)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (tensors((2, 5, 16), (2, 5, 16)), r"q must have shape \(B, H, T, D\) and not be empty, got \(2, 5, 16\)"),
        (tensors((1, 2, 5, 16), (1, 2, 0, 16)), r"k must have shape .* got \(1, 2, 0, 16\)"),
        (tensors((1, 2, 5, 16), (1, 2, 5, 16), (1, 2, 6, 16)), r"k and v must both have shape \(1, H, T, 16\)"),
        (tensors((1, 2, 5, 16), (2, 2, 5, 16)), r"k and v must both have shape \(1, H, T, 16\)"),
        (tensors((1, 2, 5, 16), (1, 2, 5, 32)), r"k and v must both have shape \(1, H, T, 16\)"),
        (tensors((1, 4, 5, 16), (1, 3, 5, 16)), "the heads of k must divide those of q, got 3 and 4"),
        (tensors((1, 2, 5, 8), (1, 2, 5, 8)), "the head size must be 16 to 256, got 8"),
        (tensors((1, 2, 5, 257), (1, 2, 5, 257)), "the head size must be 16 to 256, got 257"),
        ([x.double() for x in tensors((1, 2, 5, 16), (1, 2, 5, 16))], "must have one dtype, .* q has torch.float64"),
        ([torch.zeros(1, 2, 5, 16), *tensors((1, 2, 5, 16), (1, 2, 5, 16))[1:]], None),
        ([torch.zeros(1, 2, 5, 16).half(), *tensors((1, 2, 5, 16), (1, 2, 5, 16))[1:]], "k has torch.float32, q torch.float16"),
        ([torch.zeros(1, 2, 5, 16, device="meta"), *tensors((1, 2, 5, 16), (1, 2, 5, 16))[1:]], "on one device; k is on cpu"),
    ],
)
def test_tensors_that_do_not_fit_are_refused(arguments: list[torch.Tensor], message: str | None) -> None:
    if message is None:
        assert sizes(*arguments).group == 1
        return
    with pytest.raises(ValueError, match=message):
        sizes(*arguments)


@pytest.mark.parametrize(
    ("changed", "message"),
    [
        ({"window": (-1, 0)}, r"window must be \(left, right\), each at least 0 or None, got \(-1, 0\)"),
        ({"softcap": -1.0}, "softcap must be at least 0"),
        ({"softcap": float("nan")}, "softcap must be at least 0"),
        ({"scale": 0.0}, "scale must be above 0"),
        ({"scale": float("inf")}, "scale must be above 0"),
    ],
)
def test_rules_out_of_range_are_refused(changed: dict[str, Any], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        rule(**{"D": 64, "causal": False, "window": None, "softcap": 0.0, "scale": None, **changed})


def test_causal_is_a_window_that_ends_at_the_querys_place() -> None:
    assert rule(64, True, None, 0.0, None) == Rule(None, 0, 0.0, 0.125)
    assert rule(64, True, (3, 5), 0.0, 2.0) == Rule(3, 0, 0.0, 2.0)
    assert rule(64, False, (3, None), 0.0, 2.0) == Rule(3, None, 0.0, 2.0)


def test_a_soft_cap_divides_before_the_tanh_and_multiplies_after() -> None:
    capped, plain = rule(64, False, None, 4.0, 2.0), rule(64, False, None, 0.0, 2.0)
    assert (capped.inner, capped.outer) == (0.5, 4.0)
    assert (plain.inner, plain.outer) == (1.0, 2.0)


def test_the_backward_pass_wants_what_the_forward_pass_returned() -> None:
    q, k, v = tensors((1, 2, 5, 16), (1, 2, 5, 16))
    lse = torch.zeros(1, 2, 5)
    with pytest.raises(ValueError, match=r"out must be torch.float32 of shape \(1, 2, 5, 16\)"):
        attention_backward(q, q, k, v, q[..., :8], lse)
    with pytest.raises(ValueError, match=r"lse must be torch.float32 of shape \(1, 2, 5\), got torch.float64"):
        attention_backward(q, q, k, v, q, lse.double())
