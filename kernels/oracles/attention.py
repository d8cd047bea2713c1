"""Second ways to the kernels of attention: 30 digits and loops, counting by shapes, torch and scipy."""

import itertools
import math
from collections.abc import Callable, Sequence
from fractions import Fraction
from typing import Any

import numpy as np

from kernels.oracles.registry import at_most, oracle

DIGITS = 30


def _tensor(x: Any) -> Any:
    import torch

    return torch.tensor(np.asarray(x, dtype=float), dtype=torch.float64)


def _weights(scores: Sequence[Any]) -> list[Any]:
    """One over the sum of the odds of the others, 1 / sum of e^(s_j - s_i), in mpmath's precision."""
    import mpmath

    return [1 / mpmath.fsum(mpmath.exp(other - score) for other in scores) for score in scores]


def _mean(weights: Sequence[Any], rows: Sequence[Sequence[float]]) -> list[float]:
    """The rows, weighted and summed column by column."""
    import mpmath

    return [float(mpmath.fdot(weights, column)) for column in zip(*rows, strict=True)]


@oracle("dot_product_moments", applies=at_most(10_000, "d"))
def dot_product_moments_fractions(d: int, sigma: float = 1, mu: Any = None) -> dict[str, float]:
    """Coordinate by coordinate: the second moment of the product less its mean squared; variances of independents add."""
    variance, means = Fraction(float(sigma)) ** 2, [Fraction(0)] * d if mu is None else [Fraction(float(m)) for m in mu]
    mean = sum(m * m for m in means)
    var = sum((variance + m**2) * (variance + m**2) - (m * m) ** 2 for m in means)
    return {"mean": float(mean), "var": float(var), "std": math.sqrt(var)}


@oracle("dot_product_moments", applies=lambda d, sigma=1, mu=None: d <= 4)
def dot_product_moments_enumerated(d: int, sigma: float = 1, mu: Any = None) -> dict[str, float]:
    """All 4^d equally likely pairs of vectors whose coordinates are mu - sigma or mu + sigma: such coins have these moments too."""
    step, means = Fraction(float(sigma)), [Fraction(0)] * d if mu is None else [Fraction(float(m)) for m in mu]
    vectors = list(itertools.product(*[(m - step, m + step) for m in means]))
    products = [sum(a * b for a, b in zip(q, k, strict=True)) for q in vectors for k in vectors]
    mean = Fraction(sum(products), len(products))
    var = Fraction(sum((p - mean) ** 2 for p in products), len(products))
    return {"mean": float(mean), "var": float(var), "std": math.sqrt(var)}


@oracle("scaled_dot_product_attention", needs=("mpmath",))
def scaled_dot_product_attention_digits(Q: Any, K: Any, V: Any, mask: Any = None, scale: float | None = None) -> dict[str, Any]:
    """Query by query over the keys that it sees, with 30 digits; hidden keys never enter."""
    import mpmath

    Q, K, V = (np.asarray(X, dtype=float) for X in (Q, K, V))
    shape = (*Q.shape[:-1], K.shape[-2])
    keep = np.broadcast_to(True if mask is None else np.asarray(mask), shape)
    out, weights = np.zeros((*Q.shape[:-1], V.shape[-1])), np.zeros(shape)
    with mpmath.workdps(DIGITS):
        factor = 1 / mpmath.sqrt(Q.shape[-1]) if scale is None else mpmath.mpf(scale)
        for index in np.ndindex(*Q.shape[:-1]):
            seen, keys, values = np.flatnonzero(keep[index]), K[index[:-1]], V[index[:-1]]
            if len(seen):
                row = _weights([mpmath.fdot(Q[index].tolist(), keys[j].tolist()) * factor for j in seen])
                weights[index][seen] = [float(weight) for weight in row]
                out[index] = _mean(row, values[seen].tolist())
    return {"out": out, "weights": weights}


@oracle("scaled_dot_product_attention", needs=("torch",))
def scaled_dot_product_attention_torch(Q: Any, K: Any, V: Any, mask: Any = None, scale: float | None = None) -> dict[str, Any]:
    """``torch.nn.functional.scaled_dot_product_attention`` in float64; with the unit matrix for values it gives the weights."""
    import torch
    from torch.nn.functional import scaled_dot_product_attention

    q, k, v = _tensor(Q), _tensor(K), _tensor(V)
    keep = None if mask is None else torch.tensor(np.asarray(mask))
    unit = torch.eye(k.shape[-2], dtype=torch.float64).expand(*k.shape[:-1], k.shape[-2])
    out, weights = (scaled_dot_product_attention(q, k, values, attn_mask=keep, scale=scale).numpy() for values in (v, unit))
    return {"out": out, "weights": weights}


@oracle("argmax_attention")
def argmax_attention_fractions(q: Any, K: Any, V: Any) -> dict[str, Any]:
    """Exact scores; the key that no key before it reaches and none after it exceeds."""
    scores = [sum(Fraction(a) * Fraction(b) for a, b in zip(map(float, q), map(float, key), strict=True)) for key in K]
    ranked = sorted(range(len(scores)), key=lambda i: (-scores[i], i))
    return {"scores": [float(score) for score in scores], "index": ranked[0], "out": [float(entry) for entry in V[ranked[0]]]}


@oracle("argmax_attention", needs=("torch",))
def argmax_attention_torch(q: Any, K: Any, V: Any) -> dict[str, Any]:
    """Softmax attention at so low a temperature that the second weight, e^-800 at most, is 0 in float64."""
    import torch

    scores = _tensor(K) @ _tensor(q)
    highest = torch.sort(scores, descending=True).values
    gap = float(highest[0] - highest[1]) if len(scores) > 1 else 1.0
    weights = torch.softmax(scores * (800 / gap), dim=0)
    return {"scores": scores.numpy(), "out": (weights @ _tensor(V)).numpy()}


@oracle("multi_head_attention", needs=("mpmath",))
def multi_head_attention_digits(x: Any, W_q: Any, W_k: Any, W_v: Any, W_o: Any, n_heads: int, mask: Any = None) -> Any:
    """Head by head and token by token, each head with its own rows of the weights, with 30 digits."""
    import mpmath

    x = np.asarray(x, dtype=float)
    B, N, d = x.shape
    keep = np.ones((N, N), dtype=bool) if mask is None else np.asarray(mask)
    result = np.zeros((B, N, d))
    with mpmath.workdps(DIGITS):
        W_q, W_k, W_v, W_o = (mpmath.matrix(np.asarray(W, dtype=float).tolist()) for W in (W_q, W_k, W_v, W_o))
        k, v = d // n_heads, W_v.rows // n_heads
        for b in range(B):
            X = mpmath.matrix(x[b].tolist()).T  # a token is a column here
            joined = mpmath.zeros(W_v.rows, N)
            for h in range(n_heads):
                Q, K, V = W_q[h * k : (h + 1) * k, :] * X, W_k[h * k : (h + 1) * k, :] * X, W_v[h * v : (h + 1) * v, :] * X
                for i in range(N):
                    seen = [j for j in range(N) if keep[i, j]]
                    scores = [mpmath.fdot(Q[:, i], K[:, j]) / mpmath.sqrt(k) for j in seen]
                    for j, weight in zip(seen, _weights(scores), strict=True):
                        for row in range(v):
                            joined[h * v + row, i] += weight * V[row, j]
            result[b] = np.array((W_o * joined).T.tolist(), dtype=float)
    return result


@oracle(
    "multi_head_attention",
    needs=("torch",),
    applies=lambda x, W_v, mask=None, **_: (
        len(W_v) == np.shape(x)[2] and (mask is None or bool(np.asarray(mask).any(axis=1).all()))
    ),
)
def multi_head_attention_torch(x: Any, W_q: Any, W_k: Any, W_v: Any, W_o: Any, n_heads: int, mask: Any = None) -> Any:
    """``torch.nn.MultiheadAttention``, where True hides, so the mask is turned round; a token that sees none gets NaN there."""
    import torch

    with torch.no_grad():
        layer = torch.nn.MultiheadAttention(np.shape(x)[2], n_heads, bias=False, batch_first=True, dtype=torch.float64).eval()
        layer.in_proj_weight.copy_(torch.cat([_tensor(W_q), _tensor(W_k), _tensor(W_v)]))
        layer.out_proj.weight.copy_(_tensor(W_o))
        hidden = None if mask is None else ~torch.tensor(np.asarray(mask))
        tokens = _tensor(x)
        return layer(tokens, tokens, tokens, attn_mask=hidden, need_weights=False)[0].numpy()


@oracle("multi_head_attention", needs=("torch",))
def multi_head_attention_torch_split(x: Any, W_q: Any, W_k: Any, W_v: Any, W_o: Any, n_heads: int, mask: Any = None) -> Any:
    """``scaled_dot_product_attention`` of torch, head by head on chunks of the projections: any width of values, any mask."""
    import torch
    from torch.nn.functional import linear, scaled_dot_product_attention

    chunks = [linear(_tensor(x), _tensor(W)).chunk(n_heads, dim=-1) for W in (W_q, W_k, W_v)]
    keep = None if mask is None else torch.tensor(np.asarray(mask))
    heads = [scaled_dot_product_attention(q, k, v, attn_mask=keep) for q, k, v in zip(*chunks, strict=True)]
    return linear(torch.cat(heads, dim=-1), _tensor(W_o)).numpy()


@oracle("attention_mask")
def attention_mask_runs(
    kind: str, n: int, w: int = 0, p: int = 0, length: int = 0, segments: Any = None, causal: bool = False
) -> dict[str, Any]:
    """Row by row, as runs of hidden and visible keys; segments by their members."""

    def row(i: int) -> list[bool]:
        if kind == "block_diagonal":
            members = {j for j in range(n) if segments[j] == segments[i]}
            return [j in members for j in range(n)]
        first = max(i - w + 1, 0) if kind == "sliding" else 0
        end = {"causal": i + 1, "sliding": i + 1, "prefix": max(i + 1, p), "padding": length}[kind]
        return [False] * first + [True] * (end - first) + [False] * (n - end)

    rows = [row(i) for i in range(n)]
    if causal:
        rows = [seen[: i + 1] + [False] * (n - i - 1) for i, seen in enumerate(rows)]
    return {"mask": rows, "kept": sum(seen.count(True) for seen in rows)}


@oracle("attention_mask", needs=("torch",))
def attention_mask_torch(
    kind: str, n: int, w: int = 0, p: int = 0, length: int = 0, segments: Any = None, causal: bool = False
) -> dict[str, Any]:
    """``torch.tril``, ``torch.triu``, torch's own causal mask of -inf, and the product of one-hot segments."""
    import torch

    ones = torch.ones(n, n, dtype=torch.bool)
    lower = torch.nn.Transformer.generate_square_subsequent_mask(n) == 0
    if kind == "causal":
        mask = lower
    elif kind == "sliding":
        mask = ones.tril() & ones.triu(1 - w)
    elif kind == "prefix":
        mask = lower | torch.cat([ones[:, :p], ~ones[:, p:]], dim=1)
    elif kind == "padding":
        mask = torch.cat([ones[:, :length], ~ones[:, length:]], dim=1)
    else:
        members = torch.nn.functional.one_hot(torch.unique(torch.tensor(segments), return_inverse=True)[1])
        mask = (members @ members.T).bool()
    mask = mask & lower if causal else mask
    return {"mask": mask.numpy(), "kept": int(mask.sum())}


def _macs(equation: str, **sizes: int) -> int:
    """The multiply-adds of an einsum: one for each setting of all its letters."""
    return math.prod(sizes[letter] for letter in set(equation) if letter.isalpha())


@oracle("attention_cost", applies=at_most(10_000, "n", "m", "h", "bytes_per"))
def attention_cost_by_head(n: int, d: int, h: int = 1, m: int | None = None, bytes_per: int = 2) -> dict[str, int]:
    """The products of every head with their own shapes, and what its score matrix holds."""
    m, k = m or n, d // h
    projections = _macs("nd,de->ne", n=n, d=d, e=d) * 2 + _macs("md,de->me", m=m, d=d, e=d) * 2
    return {
        "score_flops": sum(2 * _macs("nk,mk->nm", n=n, m=m, k=k) for _ in range(h)),
        "value_flops": sum(2 * _macs("nm,mk->nk", n=n, m=m, k=k) for _ in range(h)),
        "proj_flops": 2 * projections,
        "softmax_elems": sum(np.broadcast_to(0, (n, m)).size for _ in range(h)),
        "score_bytes": sum(np.broadcast_to(np.int8(0), (n, m, bytes_per)).nbytes for _ in range(h)),
    }


@oracle("attention_cost", needs=("torch",))
def attention_cost_torch(n: int, d: int, h: int = 1, m: int | None = None, bytes_per: int = 2) -> dict[str, int]:
    """``FlopCounterMode`` of torch over the products, on tensors without data."""
    import torch

    m, k = m or n, d // h

    def empty(*shape: int) -> Any:
        return torch.empty(shape, device="meta")

    q, keys, values = empty(h, n, k), empty(h, m, k), empty(h, m, k)
    scores = q @ keys.mT
    return {
        "score_flops": _flops(lambda: q @ keys.mT),
        "value_flops": _flops(lambda: scores @ values),
        "proj_flops": 2 * _flops(lambda: empty(n, d) @ empty(d, d)) + 2 * _flops(lambda: empty(m, d) @ empty(d, d)),
        "softmax_elems": scores.numel(),
        "score_bytes": scores.expand(bytes_per, h, n, m).to(torch.int8).nbytes,
    }


def _flops(compute: Callable[[], Any]) -> int:
    from torch.utils.flop_counter import FlopCounterMode

    with FlopCounterMode(display=False) as counter:
        compute()
    return int(counter.get_total_flops())


def _is_small(equation: str, shapes: Any) -> bool:
    """Whether the sum has few terms: numpy adds up every one."""
    terms = equation.replace(" ", "").partition("->")[0].split(",")
    sizes = {letter: int(size) for term, shape in zip(terms, shapes, strict=True) for letter, size in zip(term, shape, strict=True)}
    return math.prod(sizes.values()) <= 10_000_000


@oracle("einsum_output_shape", applies=_is_small)
def einsum_output_shape_numpy(equation: str, shapes: Any) -> list[int]:
    """``numpy.einsum`` on zeros."""
    return list(np.einsum(equation.replace(" ", ""), *[np.broadcast_to(0.0, tuple(shape)) for shape in shapes]).shape)


@oracle("einsum_output_shape", needs=("torch",))
def einsum_output_shape_torch(equation: str, shapes: Any) -> list[int]:
    """``torch.einsum`` on tensors without data."""
    import torch

    return list(torch.einsum(equation, *[torch.empty(tuple(shape), device="meta") for shape in shapes]).shape)


def _context(scores: Sequence[Any], H: Any) -> dict[str, Any]:
    """What scores of the rows of H lead to, in mpmath's precision."""
    weights = _weights(scores)
    context = _mean(weights, np.asarray(H, dtype=float).tolist())
    return {"scores": [float(s) for s in scores], "weights": [float(w) for w in weights], "context": context}


def _torch_context(scores: Any, H: Any) -> dict[str, Any]:
    import torch

    weights = torch.softmax(scores, dim=0)
    return {"scores": scores.numpy(), "weights": weights.numpy(), "context": (weights @ _tensor(H)).numpy()}


@oracle("additive_attention", needs=("mpmath",))
def additive_attention_digits(s: Any, H: Any, W: Any, U: Any, v: Any) -> dict[str, Any]:
    """State by state and unit by unit, with 30 digits; tanh as (e^2z - 1) / (e^2z + 1)."""
    import mpmath

    s, H, W, U, v = (np.asarray(X, dtype=float).tolist() for X in (s, H, W, U, v))
    with mpmath.workdps(DIGITS):
        scores = []
        for h in H:
            odds = [mpmath.exp(2 * (mpmath.fdot(w, s) + mpmath.fdot(u, h))) for w, u in zip(W, U, strict=True)]
            scores.append(mpmath.fsum(weight * (o - 1) / (o + 1) for weight, o in zip(v, odds, strict=True)))
        return _context(scores, H)


@oracle("additive_attention", needs=("torch",))
def additive_attention_torch(s: Any, H: Any, W: Any, U: Any, v: Any) -> dict[str, Any]:
    """``torch.nn.functional.linear`` and ``torch.tanh`` in float64."""
    import torch
    from torch.nn.functional import linear

    return _torch_context(torch.tanh(linear(_tensor(s), _tensor(W)) + linear(_tensor(H), _tensor(U))) @ _tensor(v), H)


@oracle("luong_score", needs=("mpmath",))
def luong_score_digits(s: Any, H: Any, kind: str, W: Any = None, v: Any = None) -> dict[str, Any]:
    """State by state and entry by entry, with 30 digits."""
    import mpmath

    s, H = np.asarray(s, dtype=float).tolist(), np.asarray(H, dtype=float).tolist()

    def score(h: list[float]) -> Any:
        if kind == "dot":
            return mpmath.fdot(s, h)
        if kind == "general":
            return mpmath.fsum(s[i] * mpmath.mpf(W[i][j]) * h[j] for i in range(len(s)) for j in range(len(h)))
        return mpmath.fsum(weight * mpmath.tanh(mpmath.fdot(map(float, row), s + h)) for weight, row in zip(v, W, strict=True))

    with mpmath.workdps(DIGITS):
        return _context([score(h) for h in H], H)


@oracle("luong_score", needs=("torch",))
def luong_score_torch(s: Any, H: Any, kind: str, W: Any = None, v: Any = None) -> dict[str, Any]:
    """``torch.einsum``, ``torch.nn.functional.bilinear`` and ``linear`` in float64."""
    import torch
    from torch.nn.functional import bilinear, linear

    state, states = _tensor(s), _tensor(H)
    repeated = state.expand_as(states)
    if kind == "dot":
        scores = torch.einsum("nd,nd->n", repeated, states)
    elif kind == "general":
        scores = bilinear(repeated, states.contiguous(), _tensor(W)[None]).squeeze(-1)
    else:
        scores = torch.tanh(linear(torch.cat([repeated, states], dim=1), _tensor(W))) @ _tensor(v)
    return _torch_context(scores, H)


@oracle("cosine_attention_scores", needs=("mpmath",))
def cosine_attention_scores_digits(Q: Any, K: Any, tau: float) -> list[list[float]]:
    """By the law of cosines: (|q|^2 + |k|^2 - |q - k|^2) / (2 |q| |k|), over tau; exact fractions but for the root."""
    import mpmath

    def square(x: Sequence[Fraction]) -> Fraction:
        return sum((entry * entry for entry in x), Fraction(0))

    def digits(x: Fraction) -> Any:
        return mpmath.mpf(x.numerator) / x.denominator

    def score(q: list[Fraction], k: list[Fraction]) -> float:
        product = (square(q) + square(k) - square([a - b for a, b in zip(q, k, strict=True)])) / 2
        lengths = mpmath.sqrt(digits(square(q) * square(k)))
        return float(digits(product / Fraction(float(tau))) / lengths)

    with mpmath.workdps(DIGITS):
        queries, keys = ([[Fraction(float(entry)) for entry in row] for row in X] for X in (Q, K))
        return [[score(q, k) for k in keys] for q in queries]


@oracle("cosine_attention_scores", needs=("torch",))
def cosine_attention_scores_torch(Q: Any, K: Any, tau: float) -> Any:
    """``torch.nn.functional.cosine_similarity`` in float64."""
    from torch.nn.functional import cosine_similarity

    return (cosine_similarity(_tensor(Q)[:, None], _tensor(K)[None], dim=-1, eps=0) / tau).numpy()


def _largest_log(A: Any, metric: str) -> float:
    """The terms p ln p and p ln q, which cancel where heads are alike, are at most the largest |ln| of a positive weight."""
    positive = np.asarray(A, dtype=float)
    return float(np.abs(np.log(positive[positive > 0])).max())


@oracle("attention_head_similarity", needs=("mpmath",), scale=_largest_log)
def attention_head_similarity_digits(A: Any, metric: str) -> list[list[float]]:
    """By entropies, with 30 digits: the cross-entropy less the entropy; the entropy of the mean less the mean of the entropies."""
    import mpmath

    def cross(p: Sequence[Any], q: Sequence[Any]) -> Any:
        return mpmath.fsum(-a * mpmath.log(b) if b else mpmath.inf for a, b in zip(p, q, strict=True) if a)

    def compare(p: Sequence[Any], q: Sequence[Any]) -> Any:
        if metric == "cosine":
            return mpmath.fdot(p, q) / mpmath.sqrt(mpmath.fdot(p, p) * mpmath.fdot(q, q))
        if metric == "kl":
            return cross(p, q) - cross(p, p)
        between = [(a + b) / 2 for a, b in zip(p, q, strict=True)]
        return cross(between, between) - (cross(p, p) + cross(q, q)) / 2

    with mpmath.workdps(DIGITS):
        heads = [[[mpmath.mpf(float(entry)) for entry in row] for row in head] for head in A]
        return [
            [float(mpmath.fsum(compare(p, q) for p, q in zip(one, other, strict=True)) / len(one)) for other in heads]
            for one in heads
        ]


@oracle("attention_head_similarity", needs=("scipy",), scale=_largest_log, applies=lambda A, metric: metric != "cosine")
def attention_head_similarity_scipy(A: Any, metric: str) -> Any:
    """``scipy.stats.entropy`` for KL, the square of ``scipy.spatial.distance.jensenshannon`` for JS."""
    from scipy.spatial.distance import jensenshannon
    from scipy.stats import entropy

    def rows(p: Any, q: Any) -> Any:
        return entropy(p, q, axis=1) if metric == "kl" else jensenshannon(p, q, axis=1) ** 2

    A = np.asarray(A, dtype=float)
    return [[float(rows(one, other).mean()) for other in A] for one in A]


@oracle("attention_head_similarity", needs=("torch",), scale=_largest_log, applies=lambda A, metric: metric == "cosine")
def attention_head_similarity_torch(A: Any, metric: str) -> Any:
    """``torch.nn.functional.cosine_similarity`` in float64."""
    from torch.nn.functional import cosine_similarity

    weights = _tensor(A)
    return cosine_similarity(weights[:, None], weights[None], dim=-1).mean(dim=-1).numpy()
