r"""FlashAttention-2's backward pass in Triton: the weights are computed again from the log-sum-exp, by tiles, and never
stored.

The formula. With p_ij = exp(s_ij - lse_i), the weight of key j for query i, and dout_i, the gradient of the loss by out_i:

    dv_j  = sum_i p_ij dout_i
    delta_i = sum_j p_ij (dout_i·v_j) = dout_i·out_i                 so that no row of weights need be kept
    ds_ij = p_ij (dout_i·v_j - delta_i) · (1 - tanh²)                the last factor with a soft cap only
    dq_i  = scale sum_j ds_ij k_j,    dk_j = scale sum_i ds_ij q_i

The schedule. ``row_sums`` makes delta. In ``keys`` a program owns BN keys of one head and their sums dk and dv, and walks
over the queries that see them, of every head that shares the keys: so a gradient of grouped keys is one sum, always in the
same order. In ``queries`` a program owns BM queries and their sum dq, and walks over the keys like the forward pass. Each
of them computes the scores anew: seven products of tiles instead of the five of FlashAttention-2, which adds up dq
atomically, in an order that changes from run to run.

Source: Dao, FlashAttention-2 (2023), algorithm 2.
"""

from typing import Any

import torch
import triton
import triton.language as tl

from kernels.cuda import tuning
from kernels.cuda.arguments import Window, ready, rule, sizes
from kernels.cuda.attention import attention
from kernels.cuda.tiles import load, products, span, store, visible


@triton.jit
def row_sums(O, DO, DELTA, sob, soh, sot, sgb, sgh, sgt, TQ, D: tl.constexpr, DP: tl.constexpr, BM: tl.constexpr):
    """Program (t, h, b) writes rows t BM to (t + 1) BM of delta[b, h], the sums of out * dout over D."""
    first, h, b = tl.program_id(0) * BM, tl.program_id(1).to(tl.int64), tl.program_id(2).to(tl.int64)
    out = load(O + b * sob + h * soh, first, sot, TQ, BM, D, DP).to(tl.float32)  # (BM, DP)
    dout = load(DO + b * sgb + h * sgh, first, sgt, TQ, BM, D, DP).to(tl.float32)
    i = first + tl.arange(0, BM)
    tl.store(DELTA + (b * tl.num_programs(1) + h) * TQ + i, tl.sum(out * dout, 1), mask=i < TQ)


@triton.autotune(configs=tuning.ALL, key=tuning.KEY, prune_configs_by={"early_config_prune": tuning.choose("keys")})
@triton.jit
def keys(
    Q, K, V, DO, LSE, DELTA, DK, DV,
    sqb, sqh, sqt, skb, skh, skt, svb, svh, svt, sgb, sgh, sgt, sdkb, sdkh, sdkt, sdvb, sdvh, sdvt,
    TQ, TK, group, left, right, inner, factor, scale, length,
    D: tl.constexpr, DP: tl.constexpr, HAS_LEFT: tl.constexpr, HAS_RIGHT: tl.constexpr, CAPPED: tl.constexpr,
    BM: tl.constexpr, BN: tl.constexpr,
):  # fmt: skip
    """Program (t, h, b) writes rows t BN to (t + 1) BN of dk[b, h] and dv[b, h]."""
    first, h, b = tl.program_id(0) * BN, tl.program_id(1).to(tl.int64), tl.program_id(2).to(tl.int64)
    shift = TK - TQ
    k = load(K + b * skb + h * skh, first, skt, TK, BN, D, DP)  # (BN, DP)
    v = load(V + b * svb + h * svh, first, svt, TK, BN, D, DP)
    dk = tl.zeros([BN, DP], tl.float32)
    dv = tl.zeros([BN, DP], tl.float32)
    Q += b * sqb + h * group * sqh
    DO += b * sgb + h * group * sgh
    LSE += (b * tl.num_programs(1) + h) * group * TQ
    DELTA += (b * tl.num_programs(1) + h) * group * TQ
    # Key j is seen by the queries j - shift - right to j - shift + left: the forward pass's span with the roles changed.
    lo, inside, outside, hi = span(first, BN, TQ, BM, -shift, right, left, HAS_RIGHT, HAS_LEFT)
    blocks = tl.cdiv(tl.maximum(hi - lo, 0), BM)
    start = lo
    for _ in range(group * blocks):  # the blocks of every head of the group
        i, j = start + tl.arange(0, BM), first + tl.arange(0, BN)
        q = load(Q, start, sqt, TQ, BM, D, DP)  # (BM, DP)
        lse = tl.load(LSE + i, mask=i < TQ, other=0.0)  # (BM,)
        delta = tl.load(DELTA + i, mask=i < TQ, other=0.0)  # (BM,)
        s = products(k, tl.trans(q), inner, CAPPED)  # (BN, DP) (DP, BM) -> (BN, BM): tiles of scores lie on their side
        p = tl.math.exp2(s * factor - lse[None, :] * 1.4426950408889634)  # lse to base 2
        if (start < inside) | (start >= outside):
            p = tl.where(visible(i[None, :], j[:, None], TK, shift, left, right, HAS_LEFT, HAS_RIGHT), p, 0.0)
        dout = load(DO, start, sgt, TQ, BM, D, DP)  # (BM, DP)
        dv = tl.dot(p.to(dout.dtype), dout, dv, input_precision="ieee")  # (BN, BM) (BM, DP) -> (BN, DP)
        dp = tl.dot(v, tl.trans(dout), input_precision="ieee")  # (BN, DP) (DP, BM) -> (BN, BM)
        ds = p * (dp - delta[None, :])
        if CAPPED:
            ds *= 1 - s * s  # the derivative of tanh
        dk = tl.dot(ds.to(q.dtype), q, dk, input_precision="ieee")  # (BN, BM) (BM, DP) -> (BN, DP)
        start += BM
        if start >= hi:  # on to the next head
            start = lo
            Q += sqh
            DO += sgh
            LSE += TQ
            DELTA += TQ
    store(DK + b * sdkb + h * sdkh, dk * scale, first, sdkt, TK, BN, D, DP)
    store(DV + b * sdvb + h * sdvh, dv, first, sdvt, TK, BN, D, DP)


@triton.autotune(configs=tuning.ALL, key=tuning.KEY, prune_configs_by={"early_config_prune": tuning.choose("queries")})
@triton.jit
def queries(
    Q, K, V, DO, LSE, DELTA, DQ,
    sqb, sqh, sqt, skb, skh, skt, svb, svh, svt, sgb, sgh, sgt, sdqb, sdqh, sdqt,
    TQ, TK, group, left, right, inner, factor, scale, length,
    D: tl.constexpr, DP: tl.constexpr, HAS_LEFT: tl.constexpr, HAS_RIGHT: tl.constexpr, CAPPED: tl.constexpr,
    BM: tl.constexpr, BN: tl.constexpr,
):  # fmt: skip
    """Program (t, h, b) writes rows t BM to (t + 1) BM of dq[b, h]."""
    t, h, b = tl.program_id(0), tl.program_id(1).to(tl.int64), tl.program_id(2).to(tl.int64)
    if HAS_RIGHT:  # later queries see more keys: what takes longest starts first
        t = tl.num_programs(0) - 1 - t
    first, shift = t * BM, TK - TQ
    K += b * skb + h // group * skh
    V += b * svb + h // group * svh
    q = load(Q + b * sqb + h * sqh, first, sqt, TQ, BM, D, DP)  # (BM, DP)
    dout = load(DO + b * sgb + h * sgh, first, sgt, TQ, BM, D, DP)
    i = first + tl.arange(0, BM)
    row = (b * tl.num_programs(1) + h) * TQ
    lse = tl.load(LSE + row + i, mask=i < TQ, other=float("inf")) * 1.4426950408889634  # (BM,), in powers of 2
    delta = tl.load(DELTA + row + i, mask=i < TQ, other=0.0)  # (BM,)
    dq = tl.zeros([BM, DP], tl.float32)
    lo, inside, outside, hi = span(first, BM, TK, BN, shift, left, right, HAS_LEFT, HAS_RIGHT)
    for start in range(lo, hi, BN):
        k = load(K, start, skt, TK, BN, D, DP)  # (BN, DP)
        v = load(V, start, svt, TK, BN, D, DP)  # (BN, DP)
        s = products(q, tl.trans(k), inner, CAPPED)  # (BM, DP) (DP, BN) -> (BM, BN)
        p = tl.math.exp2(s * factor - lse[:, None])
        if (start < inside) | (start >= outside):
            i, j = first + tl.arange(0, BM), start + tl.arange(0, BN)
            p = tl.where(visible(i[:, None], j[None, :], TK, shift, left, right, HAS_LEFT, HAS_RIGHT), p, 0.0)
        ds = p * (tl.dot(dout, tl.trans(v), input_precision="ieee") - delta[:, None])  # (BM, BN)
        if CAPPED:
            ds *= 1 - s * s  # the derivative of tanh
        dq = tl.dot(ds.to(k.dtype), k, dq, input_precision="ieee")  # (BM, BN) (BN, DP) -> (BM, DP)
    store(DQ + b * sdqb + h * sdqh, dq * scale, first, sdqt, TQ, BM, D, DP)


def attention_backward(
    dout: torch.Tensor,
    q: torch.Tensor,
    k: torch.Tensor,
    v: torch.Tensor,
    out: torch.Tensor,
    lse: torch.Tensor,
    *,
    causal: bool = False,
    window: Window | None = None,
    softcap: float = 0.0,
    scale: float | None = None,
) -> tuple[torch.Tensor, torch.Tensor, torch.Tensor]:
    """The gradients of a loss by q, k and v, given the one by out.

    Args:
        dout: the gradient by out, with its shape and dtype.
        q, k, v, causal, window, softcap, scale: as ``attention`` was called.
        out, lse: what it returned.

    Returns:
        dq, dk, dv: with the shapes and the dtype of q, k and v. A query that sees no key has dq = 0.

    Raises:
        ValueError: the shapes do not fit, or an argument is outside of its range.
    """
    size, r = sizes(q, k, v), rule(q.shape[-1], causal, window, softcap, scale)
    for name, tensor, shape, dtype in (
        ("out", out, q.shape, q.dtype),
        ("dout", dout, q.shape, q.dtype),
        ("lse", lse, q.shape[:3], torch.float32),
    ):
        if tensor.shape != shape or tensor.dtype != dtype:
            raise ValueError(f"{name} must be {dtype} of shape {tuple(shape)}, got {tensor.dtype} of shape {tuple(tensor.shape)}")
    if tuning.INTERPRETED and q.dtype == torch.bfloat16:  # the interpreter cannot compute in bfloat16
        dout, q, k, v, out = (tensor.float() for tensor in (dout, q, k, v, out))
        dq, dk, dv = attention_backward(dout, q, k, v, out, lse, causal=causal, window=window, softcap=softcap, scale=scale)
        return dq.bfloat16(), dk.bfloat16(), dv.bfloat16()
    dout, q, k, v, out, lse = ready(dout), ready(q), ready(k), ready(v), ready(out), lse.contiguous()
    delta = torch.empty_like(lse)
    row_sums[triton.cdiv(size.TQ, 16), size.HQ, size.B](
        out, dout, delta, *tuning.strides(out, dout), size.TQ, size.D, size.padded, 16, enable_fp_fusion=True
    )  # fmt: skip
    dq, dk, dv = (torch.empty(tensor.shape, dtype=q.dtype, device=q.device) for tensor in (q, k, v))
    inputs = q, k, v, dout
    options = {**tuning.options(size, r), "scale": r.scale}
    keys[lambda meta: (triton.cdiv(size.TK, meta["BN"]), size.HK, size.B)](
        *inputs, lse, delta, dk, dv, *tuning.strides(*inputs, dk, dv), **options
    )  # fmt: skip
    queries[lambda meta: (triton.cdiv(size.TQ, meta["BM"]), size.HQ, size.B)](
        *inputs, lse, delta, dq, *tuning.strides(*inputs, dq), **options
    )  # fmt: skip
    return dq, dk, dv


class FlashAttention(torch.autograd.Function):
    """Attention that keeps its inputs, its output and a number per row for the backward pass: no weights."""

    @staticmethod
    def forward(
        ctx: Any, q: torch.Tensor, k: torch.Tensor, v: torch.Tensor, rule: dict[str, Any]
    ) -> tuple[torch.Tensor, torch.Tensor]:
        out, lse = attention(q, k, v, **rule)
        ctx.save_for_backward(q, k, v, out, lse)
        ctx.mark_non_differentiable(lse)
        ctx.rule = rule
        return out, lse

    @staticmethod
    def backward(ctx: Any, dout: torch.Tensor, _: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor, torch.Tensor, None]:
        q, k, v, out, lse = ctx.saved_tensors
        return *attention_backward(dout, q, k, v, out, lse, **ctx.rule), None


def flash_attention(
    q: torch.Tensor,
    k: torch.Tensor,
    v: torch.Tensor,
    *,
    causal: bool = False,
    window: Window | None = None,
    softcap: float = 0.0,
    scale: float | None = None,
) -> tuple[torch.Tensor, torch.Tensor]:
    """``attention`` through which a gradient flows, from out to q, k and v; none flows from lse."""
    rule = {"causal": causal, "window": window, "softcap": softcap, "scale": scale}
    out, lse = FlashAttention.apply(q, k, v, rule)
    return out, lse
