r"""FlashAttention-2's forward pass in Triton: exact attention, of which no more than a tile of scores exists at a time.

The formula. Query i of a head sees the keys j of a set A(i), and takes the mean of their values:

    s_ij = scale q_i·k_j,  or  cap tanh(scale q_i·k_j / cap)  with a soft cap
    lse_i = ln sum_j exp s_ij,    out_i = sum_j exp(s_ij - lse_i) v_j          j in A(i)

The schedule. One program owns BM queries of one head: it keeps their rows of Q, and of the sum of values ``acc``, on the
chip, and walks over the keys in blocks of BN. After each block, with the largest score m of a row so far,

    l = sum_j exp(s_ij - m),    acc = sum_j exp(s_ij - m) v_j                  j seen so far

holds. A new block may raise m; then both sums are rescaled by alpha = exp(m_before - m), which is what makes the softmax
*online*. At the end out = acc / l and lse = m + ln l. Q is read once, K and V once for every block of queries, and the
scores never leave the chip.

The blocks of keys fall into three runs: those that the window's left edge cuts, those that every query of the block sees
whole, and those that the causal diagonal or the end of the sequence cuts. Only the first and the last compute a mask;
blocks that no query sees are not visited. Powers are taken to base 2, since that is what the hardware has: the factor log2
e goes into the scale, so that a score costs one multiply-add and one exp2. Heads of other sizes than powers of two are
filled up with zeros, which change no product.

Source: Dao, FlashAttention-2 (2023), algorithm 1; Gemma 2 (2024), section 2, for the soft cap.
"""

import torch
import triton
import triton.language as tl

from kernels.cuda import tuning
from kernels.cuda.arguments import Window, ready, rule, sizes
from kernels.cuda.tiles import load, products, span, store, visible


@triton.autotune(configs=tuning.ALL, key=tuning.KEY, prune_configs_by={"early_config_prune": tuning.choose("forward")})
@triton.jit
def forward(
    Q, K, V, O, LSE,
    sqb, sqh, sqt, skb, skh, skt, svb, svh, svt, sob, soh, sot,
    TQ, TK, group, left, right, inner, factor, length,
    D: tl.constexpr, DP: tl.constexpr, HAS_LEFT: tl.constexpr, HAS_RIGHT: tl.constexpr, CAPPED: tl.constexpr,
    BM: tl.constexpr, BN: tl.constexpr,
):  # fmt: skip
    """Program (t, h, b) writes rows t BM to (t + 1) BM of out[b, h] and lse[b, h]."""
    t, h, b = tl.program_id(0), tl.program_id(1).to(tl.int64), tl.program_id(2).to(tl.int64)
    if HAS_RIGHT:  # later queries see more keys: what takes longest starts first
        t = tl.num_programs(0) - 1 - t
    first, shift = t * BM, TK - TQ
    Q += b * sqb + h * sqh
    K += b * skb + h // group * skh  # heads h of one group share their keys
    V += b * svb + h // group * svh
    q = load(Q, first, sqt, TQ, BM, D, DP)  # (BM, DP)
    acc = tl.zeros([BM, DP], tl.float32)
    l = tl.zeros([BM], tl.float32)
    m = tl.full([BM], -float("inf"), tl.float32)
    lo, inside, outside, hi = span(first, BM, TK, BN, shift, left, right, HAS_LEFT, HAS_RIGHT)
    for start in range(lo, hi, BN):
        k = load(K, start, skt, TK, BN, D, DP)  # (BN, DP)
        s = products(q, tl.trans(k), inner, CAPPED)  # (BM, DP) (DP, BN) -> (BM, BN), float32
        if (start < inside) | (start >= outside):  # a branch, no second loop: with two of them no product overlaps on Hopper
            i, j = first + tl.arange(0, BM), start + tl.arange(0, BN)
            s = tl.where(visible(i[:, None], j[None, :], TK, shift, left, right, HAS_LEFT, HAS_RIGHT), s, -float("inf"))
        highest = tl.maximum(m, tl.max(s, 1) * factor)  # (BM,)
        level = tl.where(highest == -float("inf"), 0.0, highest)  # a row that has seen no key yet: -inf - -inf would be NaN
        p = tl.math.exp2(s * factor - level[:, None])  # (BM, BN)
        alpha = tl.math.exp2(m - level)  # (BM,)
        l = l * alpha + tl.sum(p, 1)
        v = load(V, start, svt, TK, BN, D, DP)  # (BN, DP)
        acc = tl.dot(p.to(v.dtype), v, acc * alpha[:, None], input_precision="ieee")  # (BM, BN) (BN, DP) -> (BM, DP)
        m = highest
    out = acc / tl.where(l == 0, 1.0, l)[:, None]  # no key: 0
    store(O + b * sob + h * soh, out, first, sot, TQ, BM, D, DP)
    i = first + tl.arange(0, BM)
    lse = (m + tl.math.log2(l)) * 0.6931471805599453  # back to base e; no key: -inf
    tl.store(LSE + (b * tl.num_programs(1) + h) * TQ + i, lse, mask=i < TQ)


def attention(
    q: torch.Tensor,
    k: torch.Tensor,
    v: torch.Tensor,
    *,
    causal: bool = False,
    window: Window | None = None,
    softcap: float = 0.0,
    scale: float | None = None,
) -> tuple[torch.Tensor, torch.Tensor]:
    """Attention, and the log-sum-exp of each row of scores. No gradient flows: ``flash_attention`` has one.

    Args:
        q: queries, shape (B, HQ, TQ, D), float16, bfloat16 or float32; D is 16 to 256.
        k: keys, shape (B, HK, TK, D) of the same dtype; HK divides HQ, and head h of q reads head h HK // HQ.
        v: values, shape (B, HK, TK, D).
        causal: whether a query sees nothing to the right of its own place. The last query's place is the last key: query i's
            place is i + TK - TQ (bottom-right, as ``torch.nn.attention.bias.causal_lower_right``).
        window: (left, right): how many keys a query sees on either side of its own place; None is no limit. The mask
            ``kernels.attention.attention_mask("sliding", n, w=w)``, where the token itself counts, is window=(w - 1, 0).
        softcap: scores are bent to softcap tanh(score / softcap); 0 is no cap.
        scale: what q·k is multiplied by, above 0; None is 1/sqrt(D).

    Returns:
        out: shape (B, HQ, TQ, D), the dtype of q; 0 for a query that sees no key.
        lse: shape (B, HQ, TQ), float32, natural logarithm; -inf for a query that sees no key.

    Raises:
        ValueError: the shapes do not fit, or an argument is outside of its range.
    """
    size, r = sizes(q, k, v), rule(q.shape[-1], causal, window, softcap, scale)
    if tuning.INTERPRETED and q.dtype == torch.bfloat16:  # the interpreter cannot compute in bfloat16
        out, lse = attention(q.float(), k.float(), v.float(), causal=causal, window=window, softcap=softcap, scale=scale)
        return out.bfloat16(), lse
    q, k, v = ready(q), ready(k), ready(v)
    out = torch.empty((size.B, size.HQ, size.TQ, size.D), dtype=q.dtype, device=q.device)
    lse = torch.empty((size.B, size.HQ, size.TQ), dtype=torch.float32, device=q.device)
    forward[lambda meta: (triton.cdiv(size.TQ, meta["BM"]), size.HQ, size.B)](
        q, k, v, out, lse, *tuning.strides(q, k, v, out), **tuning.options(size, r)
    )  # fmt: skip
    return out, lse
