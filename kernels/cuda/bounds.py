"""How far a result may be from the truth: no further than plain attention in the same dtype explains.

The truth is float64 on the inputs as rounded. The rule is that of FlashAttention's own tests: twice the error that
attention makes, written down plainly with every step rounded to the dtype, plus twice what rounding the result costs near
0.3. A fixed tolerance wide enough for the worst shape need not see an accumulator in half precision.

A gradient that is computed from the log-sum-exp has one more source of error, which the naive one has not: for every row
the forward pass hands on two float32 numbers, lse and delta, and the weight exp(s - lse) feels a relative error of lse as
many times as lse is large. So twice the change of the true gradient is granted when each of the two is off by a unit in the
last place.
"""

import contextlib
import math
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch

from kernels.attention import scaled_dot_product_attention
from kernels.cuda.arguments import rule
from kernels.cuda.cases import Case

GRADIENTS = "dq", "dk", "dv"
UNIT = torch.finfo(torch.float32).eps
"""A unit in the last place of 1, in float32."""
LSE = 1e-5
"""The error that the log-sum-exp may have, relative to itself where that is above 1: it is a float32 for every dtype."""


@dataclass(frozen=True)
class Measured:
    """One result of one case, held against its bound."""

    case: str
    what: str
    """out, lse, dq, dk or dv."""
    error: float
    """The largest absolute error; infinite for NaN, and where a row without keys is not 0 (lse: not -inf)."""
    bound: float
    relative: float = 0.0
    """The Euclidean norm of the error over that of the truth, of all finite entries; no bound is put on it."""

    @property
    def holds(self) -> bool:
        return self.error <= self.bound


@contextlib.contextmanager
def nan_first() -> Iterator[None]:
    """Inside, torch fills new memory with NaN: an entry of a result that no program writes is seen."""
    memory: Any = torch.utils.deterministic
    before = torch.are_deterministic_algorithms_enabled(), torch.is_deterministic_algorithms_warn_only_enabled()
    filled, memory.fill_uninitialized_memory = memory.fill_uninitialized_memory, True
    torch.use_deterministic_algorithms(True, warn_only=True)
    try:
        yield
    finally:
        torch.use_deterministic_algorithms(before[0], warn_only=before[1])
        memory.fill_uninitialized_memory = filled


def naive(case: Case, q: torch.Tensor, k: torch.Tensor, v: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
    """Attention as the formula says it, every step in the dtype of q; out and lse, through which gradients flow."""
    r, size, keep = rule(case.D, **case.rule), case.sizes, case.keep(q.device.type)
    k, v = (x.repeat_interleave(size.group, 1) for x in (k, v))  # (B, HK, TK, D) -> (B, HQ, TK, D)
    s = q @ k.mT * r.scale  # (B, HQ, TQ, TK)
    if r.softcap:
        s = r.softcap * torch.tanh(s / r.softcap)
    some = keep.any(-1)[:, None]  # a softmax over nothing but -inf would be NaN, and so would its gradient
    s = torch.where(some, s.masked_fill(~keep, -math.inf), 0)
    out = (s.softmax(-1) * some) @ v
    return out, torch.where(some[:, 0], s.logsumexp(-1), -math.inf)


def with_gradients(case: Case, inputs: dict[str, torch.Tensor]) -> dict[str, torch.Tensor]:
    """All results of the formula in the dtype of the inputs, the gradients by torch's autograd."""
    leaves = [inputs[name].detach().requires_grad_() for name in "qkv"]
    out, lse = naive(case, *leaves)
    gradients = torch.autograd.grad(out, leaves, inputs["dout"])
    return {"out": out.detach(), "lse": lse.detach(), **dict(zip(GRADIENTS, gradients, strict=True))}


def recomputed(case: Case, inputs: dict[str, torch.Tensor], lse: torch.Tensor, delta: torch.Tensor) -> dict[str, torch.Tensor]:
    """The gradients as FlashAttention computes them, from lse and delta = sum_d dout out, but without tiles."""
    r, size = rule(case.D, **case.rule), case.sizes
    q, dout = inputs["q"], inputs["dout"]
    k, v = (inputs[name].repeat_interleave(size.group, 1) for name in "kv")
    s = q @ k.mT * r.scale  # (B, HQ, TQ, TK)
    slope = torch.ones_like(s)
    if r.softcap:
        slope -= torch.tanh(s / r.softcap) ** 2
        s = r.softcap * torch.tanh(s / r.softcap)
    p = torch.where(case.keep(q.device.type), (s - lse[..., None]).exp(), 0)
    ds = p * (dout @ v.mT - delta[..., None]) * slope * r.scale
    dk, dv = (
        x.reshape(case.B, size.HK, size.group, case.TK, case.D).sum(2) for x in (ds.mT @ q, p.mT @ dout)
    )  # the heads of a group share keys
    return {"dq": ds @ k, "dk": dk, "dv": dv}


def nudged(case: Case, inputs: dict[str, torch.Tensor], truth: dict[str, torch.Tensor]) -> dict[str, float]:
    """How far the true gradients move when lse and delta are off by a unit of float32."""
    wide = {name: tensor.double() for name, tensor in inputs.items()}
    lse, terms = truth["lse"], wide["dout"] * truth["out"]
    moved = recomputed(case, wide, lse + UNIT * lse.abs(), terms.sum(-1) + UNIT * terms.abs().sum(-1))
    return {name: error(moved[name], truth[name]) for name in GRADIENTS}


def reference(case: Case, inputs: dict[str, torch.Tensor]) -> dict[str, torch.Tensor]:
    """The truth: the formula in float64 on the inputs as they are, and out by the reference kernel of the cards."""
    wide = {name: tensor.double() for name, tensor in inputs.items()}
    return {**with_gradients(case, wide), "out": reference_output(case, wide).to(inputs["q"].device)}


def reference_output(case: Case, inputs: dict[str, torch.Tensor]) -> torch.Tensor:
    """``kernels.attention.scaled_dot_product_attention``; scores under a soft cap are handed to it as S I, with I the identity."""
    r, keep = rule(case.D, **case.rule), case.keep().numpy()
    q, k, v = (inputs[name].cpu().numpy() for name in "qkv")
    k, v = (np.repeat(x, case.sizes.group, axis=1) for x in (k, v))
    scale = r.scale
    if r.softcap:
        q = r.softcap * np.tanh(q @ k.swapaxes(-1, -2) * r.scale / r.softcap)  # (B, HQ, TQ, TK)
        k, scale = np.broadcast_to(np.eye(case.TK), (*q.shape[:2], case.TK, case.TK)), 1.0
    return torch.from_numpy(scaled_dot_product_attention(q, k, v, keep, scale).out)


def error(value: torch.Tensor, truth: torch.Tensor) -> float:
    """The largest absolute error; infinite for NaN or an infinity that should not be there."""
    far = (value.double() - truth).abs()
    far = torch.where(value.double() == truth, 0.0, far)  # -inf is -inf
    return float(far.nan_to_num(math.inf, math.inf).max())


def relative(value: torch.Tensor, truth: torch.Tensor) -> float:
    """The norm of the error over that of the truth, where the truth is finite; infinite for NaN."""
    finite = truth.isfinite()
    far, size = (float(x[finite].norm()) for x in (value.double() - truth, truth))
    share = far / size if size else far
    return share if math.isfinite(share) else math.inf


def bound(plain: torch.Tensor, truth: torch.Tensor, nudge: float = 0.0) -> float:
    """The error that a result may have, from the naive one in its dtype, the true one, and what else explains an error."""
    rounded = truth.to(plain.dtype)
    return 2 * error(plain, truth) + 2 * float((rounded + 0.3 - 0.3 - rounded).abs().max()) + 2 * nudge


def measure(case: Case, inputs: dict[str, torch.Tensor], results: dict[str, torch.Tensor]) -> list[Measured]:
    """Hold results, by their names, against the truth."""
    truth, plain = reference(case, inputs), with_gradients(case, inputs)
    nudge = nudged(case, inputs, truth)
    measured = []
    for what, value in results.items():
        if what == "lse":
            size = truth[what].abs().nan_to_num(0, 0, 0).clamp(min=1)
            far = error(value / size, truth[what] / size)
            measured.append(Measured(str(case), what, far, LSE, relative(value, truth[what])))
        else:
            empty = value[:, :, ~case.keep(value.device.type).any(-1)] if what in ("out", "dq") else value[:0]
            far = error(value, truth[what]) if not empty.any() else math.inf
            allowed = bound(plain[what], truth[what], nudge.get(what, 0.0))
            measured.append(Measured(str(case), what, far, allowed, relative(value, truth[what])))
    return measured
