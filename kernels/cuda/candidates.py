"""Who is held against float64: the kernel of this package, torch's attention with each of its backends, and the plain formula."""

import contextlib
import warnings
from collections.abc import Callable
from dataclasses import dataclass

import torch
from torch.nn.attention import SDPBackend, sdpa_kernel
from torch.nn.attention.bias import causal_lower_right
from torch.nn.functional import scaled_dot_product_attention

from kernels.cuda.backward import flash_attention
from kernels.cuda.bounds import GRADIENTS, Measured, measure, naive, nan_first
from kernels.cuda.cases import Case
from kernels.cuda.report import OWN, LayerName, Result, Row

NO_KERNEL = "No available kernel", "No viable backend", "No valid execution plan", "No execution plans support", "not supported"
"""What torch and cuDNN say of a call that a backend does not take."""

Attend = Callable[[Case, torch.Tensor, torch.Tensor, torch.Tensor], tuple[torch.Tensor, torch.Tensor | None]]
"""From a case and its q, k, v to out, through which gradients flow, and the log-sum-exp where there is one."""


class Refused(Exception):
    """A candidate does not take such a call; the message says why."""


@dataclass(frozen=True)
class Candidate:
    """A way to compute attention."""

    attend: Attend
    interpreted: bool = False
    """Whether on the CPU it runs in a process of its own, under Triton's interpreter."""


def ours(case: Case, q: torch.Tensor, k: torch.Tensor, v: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor | None]:
    """The tiled kernel, with new memory full of NaN, so that what it leaves out is seen."""
    with nan_first():
        return flash_attention(q, k, v, **case.rule)


def plain(case: Case, q: torch.Tensor, k: torch.Tensor, v: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor | None]:
    """The formula, every step in the dtype of q; its log-sum-exp is no float32, so it is left out."""
    return naive(case, q, k, v)[0], None


def pinned(backend: SDPBackend) -> Attend:
    """torch's ``scaled_dot_product_attention``, which may take this backend and no other."""

    def attend(case: Case, q: torch.Tensor, k: torch.Tensor, v: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor | None]:
        if case.softcap:
            raise Refused("torch has no soft cap")
        if not bool(case.keep().any(-1).all()):
            raise Refused("torch does not promise what a row without keys gives")
        with warnings.catch_warnings(record=True) as said, sdpa_kernel(backend):
            warnings.simplefilter("always")
            try:
                mask, causal = masked(case, backend, q.device.type)
                out = scaled_dot_product_attention(
                    q, k, v, attn_mask=mask, is_causal=causal, scale=case.scale, enable_gqa=case.HQ != case.HK
                )
            except (RuntimeError, NotImplementedError) as error:
                raise refusal(error, [str(one.message) for one in said]) from error
        return out, None

    return attend


def masked(case: Case, backend: SDPBackend, device: str) -> tuple[torch.Tensor | None, bool]:
    """The mask to hand to torch, and whether to say "causal" instead: its own causal mask starts at the top left."""
    if case.window is None and not case.causal:
        return None, False
    if case.window is None and case.TQ == case.TK:
        return None, True
    if case.window is None and backend is SDPBackend.FLASH_ATTENTION and device == "cuda":
        bias: torch.Tensor = causal_lower_right(case.TQ, case.TK)  # FLASH takes no other mask
        return bias, False
    return case.keep(device), False


def refusal(error: Exception, warned: list[str]) -> Exception:
    """The error as a ``Refused`` if it says that the backend has no kernel for the call; else as it is."""
    told = str(error)
    if not isinstance(error, NotImplementedError) and not any(phrase in told for phrase in NO_KERNEL):
        return error
    reasons = [one for one in warned if "not used because" not in one and "runtime disabled" not in one]
    reason = (reasons or ["torch has no kernel of this backend for such a call"])[-1]
    return Refused(reason.partition(" (Triggered")[0].partition(". ")[0].strip()[:160])


BACKENDS = {
    "MATH": SDPBackend.MATH,
    "FLASH": SDPBackend.FLASH_ATTENTION,
    "EFFICIENT": SDPBackend.EFFICIENT_ATTENTION,
    "CUDNN": SDPBackend.CUDNN_ATTENTION,
}
"""torch's own."""
CANDIDATES: dict[str, Candidate] = {
    OWN: Candidate(ours, interpreted=True),
    "naive": Candidate(plain),
    **{name: Candidate(pinned(backend)) for name, backend in BACKENDS.items()},
}
"""By name; another way to compute attention that is put here is held to the same bounds, on the CPU."""
KNOWN = tuple(CANDIDATES)
"""Those that the processes of the GPU layer know."""


def dtype_of(case: Case) -> str:
    """``bfloat16`` for ``torch.bfloat16``."""
    return str(case.dtype).removeprefix("torch.")


def row(layer: LayerName, candidate: str, case: Case, found: list[Measured], fault: str = "") -> Row:
    """What was measured of one candidate on one case."""
    results = tuple(Result(one.what, one.error, one.bound, one.relative) for one in found)
    return Row(layer, candidate, case.name, dtype_of(case), results, fault)


def judge(layer: LayerName, name: str, case: Case, device: str) -> Row:
    """Run one candidate forward and backward, and hold it against the truth.

    Raises:
        Refused: it does not take such a call.
    """
    inputs = case.inputs(device)
    leaves = [inputs[leaf].detach().requires_grad_() for leaf in "qkv"]
    try:
        out, lse = CANDIDATES[name].attend(case, *leaves)
        results = {"out": out.detach()} | ({"lse": lse.detach()} if lse is not None else {})
        try:
            with nan_first() if name == OWN else contextlib.nullcontext():
                gradients = torch.autograd.grad(out, leaves, inputs["dout"])
            results |= dict(zip(GRADIENTS, gradients, strict=True))
        except (RuntimeError, NotImplementedError) as error:
            if not isinstance(refusal(error, []), Refused):
                raise
        if device == "cuda":
            torch.cuda.synchronize()
        return row(layer, name, case, measure(case, inputs, results))
    except (RuntimeError, ValueError, TypeError) as error:
        first = str(error).strip().partition("\n")[0]
        return row(layer, name, case, [], f"{type(error).__name__}: {first}"[:200])
