"""Second ways to the kernels of efficient attention: 30 digits, symbolic expansion, counting by shapes, torch and sklearn."""

import itertools
import math
from collections.abc import Callable, Sequence
from fractions import Fraction
from functools import lru_cache
from typing import Any

import numpy as np

from kernels.oracles.registry import at_most, oracle

DIGITS = 30


def _tensor(x: Any) -> Any:
    import torch

    return torch.tensor(np.asarray(x, dtype=float), dtype=torch.float64)


def _empty(*shape: int) -> Any:
    """A tensor without data."""
    import torch

    return torch.empty(shape, device="meta")


def _flops(compute: Callable[[], Any]) -> int:
    from torch.utils.flop_counter import FlopCounterMode

    with FlopCounterMode(display=False) as counter:
        compute()
    return int(counter.get_total_flops())


def _macs(equation: str, **sizes: int) -> int:
    """The multiply-adds of an einsum: one for each setting of all its letters."""
    return math.prod(sizes[letter] for letter in set(equation) if letter.isalpha())


@lru_cache
def _expanded(D: int) -> list[tuple[int, tuple[int, ...], int]]:
    """Power of c, powers of x and coefficient of each term of (x.y + c)^2, in the order of the features."""
    import sympy

    x, y, c = sympy.symbols(f"x:{D}"), sympy.symbols(f"y:{D}"), sympy.Symbol("c")
    power = sympy.Poly((sum(a * b for a, b in zip(x, y, strict=True)) + c) ** 2, c, *x, *y)
    terms = [(exponents[0], exponents[1 : D + 1], int(factor)) for exponents, factor in power.terms()]
    # constant, linear, squares, products; within each as the first coordinates come
    return sorted(terms, key=lambda term: (-term[0], -max(term[1]), [-a for a in term[1]]))


@oracle("quadratic_feature_map", needs=("sympy",))
def quadratic_feature_map_expanded(x: Any, c: float = 1) -> Any:
    """sympy expands (x.y + c)^2; what a term has of x is the feature, and the root of its factor belongs to each side."""

    def features(row: Any) -> Any:
        terms = [term for term in _expanded(len(row)) if c > 0 or term[0] == 0]
        return np.array([math.sqrt(n) * math.sqrt(c) ** e * math.prod(map(pow, row, powers)) for e, powers, n in terms])

    return np.apply_along_axis(features, -1, np.asarray(x, dtype=float))


@oracle("quadratic_feature_map", needs=("sklearn",))
def quadratic_feature_map_sklearn(x: Any, c: float = 1) -> Any:
    """``sklearn.preprocessing.PolynomialFeatures`` of (sqrt(c), x), each monomial times the root of its multinomial coefficient."""
    from sklearn.preprocessing import PolynomialFeatures

    x = np.asarray(x, dtype=float)
    rows = x.reshape(-1, x.shape[-1])
    rows = np.column_stack([np.full(len(rows), math.sqrt(c)), rows]) if c > 0 else rows
    maker = PolynomialFeatures(2).fit(rows)
    made = maker.transform(rows)
    found = {}
    for powers, column in zip(maker.powers_.tolist(), made.T, strict=True):
        if sum(powers) == 2:
            found[tuple(powers)] = column * math.sqrt(2 / math.prod(map(math.factorial, powers)))
    first = 1 if c > 0 else 0  # where the powers of x begin
    order = sorted(found, key=lambda a: (-sum(a[:first]), -max(a[first:]), [-power for power in a]))
    return np.stack([found[powers] for powers in order], axis=-1).reshape(*x.shape[:-1], len(order))


@oracle("quadratic_feature_dim")
def quadratic_feature_dim_by_degree(D: int, c_nonzero: bool = True) -> int:
    """Stars and bars: the monomials of degree 2, and those of degree 0 and 1 where c is not 0."""
    return sum(math.comb(D + degree - 1, degree) for degree in ((0, 1, 2) if c_nonzero else (2,)))


@oracle("quadratic_feature_dim", needs=("sklearn",))
def quadratic_feature_dim_sklearn(D: int, c_nonzero: bool = True) -> int:
    """``n_output_features_`` of ``sklearn.preprocessing.PolynomialFeatures``."""
    from sklearn.preprocessing import PolynomialFeatures

    return int(PolynomialFeatures(2 if c_nonzero else (2, 2), include_bias=c_nonzero).fit(np.zeros((1, D))).n_output_features_)


@oracle("attention_matrix_bytes")
def attention_matrix_bytes_numpy(n: int, heads: int = 1, batch: int = 1, bytes_per: int = 2) -> dict[str, float]:
    """``nbytes`` of a numpy array of single bytes, one for each byte of each weight."""
    size = np.broadcast_to(np.int8(0), (batch, heads, n, n, bytes_per)).nbytes
    return {"bytes": size, "MiB": size / 1024 / 1024}


@oracle("attention_matrix_bytes", needs=("torch",), applies=lambda bytes_per=2, **_: bytes_per in (1, 2, 4, 8))
def attention_matrix_bytes_torch(n: int, heads: int = 1, batch: int = 1, bytes_per: int = 2) -> dict[str, float]:
    """``nbytes`` of the product of queries and keys, as torch would store it."""
    import torch

    dtype = {1: torch.int8, 2: torch.float16, 4: torch.float32, 8: torch.float64}[bytes_per]
    size = (_empty(batch, heads, n, 1) @ _empty(batch, heads, 1, n)).to(dtype).nbytes
    return {"bytes": size, "MiB": size / 1024 / 1024}


@oracle("kv_cache_bytes", applies=at_most(100_000, "layers"))
def kv_cache_bytes_by_layer(
    layers: int, kv_heads: int, head_dim: int, seq_len: int, batch: int = 1, bytes_per: float = 2
) -> dict[str, Any]:
    """Layer by layer, keys and values: the numbers of all sequences, counted in exact bytes and shared out among the tokens."""
    numbers = sum(math.prod((batch, kv_heads, seq_len, head_dim)) for _ in range(layers) for _ in "KV")
    total = numbers * Fraction(float(bytes_per))
    return {"per_token": total / (batch * seq_len), "total": total, "GiB": total / 1024**3, "GB": total / 1000**3}


@oracle("kv_cache_bytes", needs=("torch",), applies=lambda bytes_per=2, **_: bytes_per in (1, 2, 4, 8))
def kv_cache_bytes_torch(
    layers: int, kv_heads: int, head_dim: int, seq_len: int, batch: int = 1, bytes_per: float = 2
) -> dict[str, Any]:
    """``nbytes`` of one tensor that holds the cache, and what one token more adds to that of a single sequence."""
    import torch

    dtype = {1: torch.int8, 2: torch.float16, 4: torch.float32, 8: torch.float64}[int(bytes_per)]

    def size(sequences: int, tokens: int) -> int:
        return int(torch.empty(layers, 2, sequences, kv_heads, tokens, head_dim, dtype=dtype, device="meta").nbytes)

    return {"per_token": size(1, seq_len + 1) - size(1, seq_len), "total": size(batch, seq_len)}


@oracle("generation_cost", applies=at_most(100_000, "n"))
def generation_cost_loop(n: int, cached: bool) -> dict[str, int]:
    """A loop over the steps that counts tokens and scores as they come."""
    projected = scores = triangle = 0
    for t in range(1, n + 1):
        triangle += t  # the scores of a causal pass over t tokens
        projected += 1 if cached else t
        scores += t if cached else triangle
    return {"projected_tokens": projected, "scores": scores}


@oracle("generation_cost", needs=("torch",), applies=lambda n, cached: n <= 40)
def generation_cost_torch(n: int, cached: bool) -> dict[str, int]:
    """A run with torch: the rows that enter the projection, and the True entries of the masks of what is computed."""
    import torch

    projected = scores = 0
    for t in range(1, n + 1):
        mask = torch.ones(t, t, dtype=torch.bool).tril()
        rows = mask[-1:] if cached else mask
        projected, scores = projected + len(rows), scores + int(rows.sum())
    return {"projected_tokens": projected, "scores": scores}


@oracle("decode_step_cost")
def decode_step_cost_by_shapes(b: int, d: int, h: int, n: int, kv_heads: int) -> dict[str, float]:
    """The einsums of the step, group by group, and the tensors that they read and write."""
    g, r, k, m = kv_heads, h // kv_heads, d // h, n + 1  # r query heads share a group
    sizes = {"b": b, "d": d, "g": g, "r": r, "k": k, "m": m}
    projections = ("bd,grdk->bgrk", "bd,gdk->bgk", "bd,gdk->bgk", "bgrk,grkd->bd")
    einsums = (*projections, "bgrk,bgmk->bgrm", "bgrm,bgmk->bgrk")
    tensors = ("grdk", "gdk", "gdk", "grkd", "bd", "bd", "bgrk", "bgrk", "bgk", "bgk", "bgmk", "bgmk")
    flops = sum(2 * _macs(einsum, **sizes) for einsum in einsums)
    moved = sum(_macs(tensor, **sizes) for tensor in tensors)
    return {"flops": flops, "mem_elements": moved, "intensity": float(Fraction(flops, moved))}


@oracle("decode_step_cost", needs=("torch",))
def decode_step_cost_torch(b: int, d: int, h: int, n: int, kv_heads: int) -> dict[str, Any]:
    """``FlopCounterMode`` of torch over the step on tensors without data, and the ``numel`` of what goes in and out."""
    g, k = kv_heads, d // h
    x, W_q, W_k, W_v, W_o = _empty(b, d), _empty(d, h * k), _empty(d, g * k), _empty(d, g * k), _empty(h * k, d)
    K, V = _empty(b * g, n + 1, k), _empty(b * g, n + 1, k)
    tensors = [x, W_q, W_k, W_v, W_o, K, V]

    def step() -> None:
        q, new_k, new_v = x @ W_q, x @ W_k, x @ W_v
        out = (q.reshape(b * g, h // g, k) @ K.mT) @ V
        tensors.extend([q, new_k, new_v, out, out.reshape(b, h * k) @ W_o])

    return {"flops": _flops(step), "mem_elements": sum(tensor.numel() for tensor in tensors)}


@oracle("attention_decode_step", needs=("mpmath",))
def attention_decode_step_digits(
    x: Any, prev_K: Any, prev_V: Any, W_q: Any, W_k: Any, W_v: Any, W_o: Any, scale: float | None = None
) -> dict[str, Any]:
    """Sequence by sequence and head by head, with 30 digits; a weight is 1 / sum of e^(s_j - s_i)."""
    import mpmath

    x, prev_K, prev_V = np.asarray(x, dtype=float), np.asarray(prev_K, dtype=float), np.asarray(prev_V, dtype=float)
    (g, _, k), v, h = np.shape(W_k), np.shape(W_v)[2], len(W_q)
    y, new_k, new_v = np.zeros(x.shape), np.zeros((len(x), g, 1, k)), np.zeros((len(x), g, 1, v))
    with mpmath.workdps(DIGITS):
        W_q, W_k, W_v, W_o = ([mpmath.matrix(np.asarray(W, float).tolist()) for W in Ws] for Ws in (W_q, W_k, W_v, W_o))
        factor = 1 / mpmath.sqrt(k) if scale is None else mpmath.mpf(scale)
        for b, row in enumerate(x.tolist()):
            token, output = mpmath.matrix([row]), mpmath.zeros(1, x.shape[1])
            for group in range(g):
                key, value = token * W_k[group], token * W_v[group]
                new_k[b, group], new_v[b, group] = (np.array(new.tolist(), dtype=float) for new in (key, value))
                K = mpmath.matrix([*prev_K[b, group].tolist(), key.tolist()[0]])
                V = mpmath.matrix([*prev_V[b, group].tolist(), value.tolist()[0]])
                for head in range(group * h // g, (group + 1) * h // g):  # the heads that read this group
                    scores = list(K * (token * W_q[head]).T * factor)
                    weights = [1 / mpmath.fsum(mpmath.exp(other - score) for other in scores) for score in scores]
                    output += mpmath.matrix([weights]) * V * W_o[head]
            y[b] = np.array(output.tolist()[0], dtype=float)
    old = len(x), g, prev_K.shape[2]  # an empty cache that was written as lists has no width of its own
    return {
        "y": y,
        "K": np.append(prev_K.reshape(*old, k), new_k, axis=2),
        "V": np.append(prev_V.reshape(*old, v), new_v, axis=2),
    }


@oracle("attention_decode_step", needs=("torch",))
def attention_decode_step_torch(
    x: Any, prev_K: Any, prev_V: Any, W_q: Any, W_k: Any, W_v: Any, W_o: Any, scale: float | None = None
) -> dict[str, Any]:
    """``scaled_dot_product_attention(enable_gqa=True)`` of torch in float64 on the grown cache."""
    import torch
    from torch.nn.functional import scaled_dot_product_attention

    token, (h, d, k), (g, _, v) = _tensor(x), np.shape(W_q), np.shape(W_v)
    b = len(token)
    q, new_k, new_v = ((token @ _tensor(W).permute(1, 0, 2).reshape(d, -1)).reshape(b, len(W), 1, -1) for W in (W_q, W_k, W_v))
    K = torch.cat([_tensor(prev_K).reshape(b, g, -1, k), new_k], dim=2)
    V = torch.cat([_tensor(prev_V).reshape(b, g, -1, v), new_v], dim=2)
    out = scaled_dot_product_attention(q, K, V, scale=scale, enable_gqa=True)
    return {"y": (out.reshape(b, h * v) @ _tensor(W_o).reshape(h * v, d)).numpy(), "K": K.numpy(), "V": V.numpy()}


@oracle("online_softmax_attention", needs=("mpmath",))
def online_softmax_attention_digits(q: Any, K: Any, V: Any, block: int, scale: float | None = None) -> dict[str, Any]:
    """No recursion: m, l and acc of each block anew from all keys so far, with 30 digits; dense attention at the end."""
    import mpmath

    K, V = np.asarray(K, dtype=float).tolist(), np.asarray(V, dtype=float).tolist()
    with mpmath.workdps(DIGITS):
        factor = 1 / mpmath.sqrt(len(q)) if scale is None else mpmath.mpf(scale)
        scores = [mpmath.fdot(map(float, q), key) * factor for key in K]
        trace = []
        for end in [*range(block, len(K), block), len(K)]:
            highest = max(scores[:end])
            e = [mpmath.exp(score - highest) for score in scores[:end]]
            acc = [mpmath.fdot(e, column) for column in zip(*V[:end], strict=True)]
            trace.append({"m": float(highest), "l": float(mpmath.fsum(e)), "acc": [float(a) for a in acc]})
        weights = [1 / mpmath.fsum(mpmath.exp(other - score) for other in scores) for score in scores]
        out = [float(mpmath.fdot(weights, column)) for column in zip(*V, strict=True)]
    return {"out": out, "trace": trace}


@oracle("online_softmax_attention", needs=("torch",))
def online_softmax_attention_torch(q: Any, K: Any, V: Any, block: int, scale: float | None = None) -> dict[str, Any]:
    """``torch.nn.functional.scaled_dot_product_attention`` in float64, in one piece."""
    from torch.nn.functional import scaled_dot_product_attention

    return {"out": scaled_dot_product_attention(_tensor(q)[None], _tensor(K), _tensor(V), scale=scale)[0].numpy()}


@oracle("flash_io_accesses")
def flash_io_accesses_by_pass(n: int, d: int, sram_elements: int) -> dict[str, float]:
    """By passes: the keys fill the fast memory n d / M times, and all queries go by each time; else Q and the scores are moved."""
    standard = sum(math.prod(shape) for shape in ((n, d), (n, n)))
    flash = Fraction(n * d, sram_elements) * math.prod((n, d))
    return {"standard": float(standard), "flash": float(flash), "ratio": float(standard / flash)}


def _similarity(q: Sequence[Any], k: Sequence[Any], phi: str, c: float) -> Any:
    """How like a query and a key are, in mpmath's precision."""
    import mpmath

    if phi == "quadratic":
        return (mpmath.fdot(q, k) + c) ** 2
    q, k = ([1 + a if a > 0 else mpmath.exp(a) for a in map(mpmath.mpf, x)] for x in (q, k))
    return mpmath.fdot(q, k)


def _cancelling(Q: Any, K: Any, V: Any, phi: str = "quadratic", c: float = 1, causal: bool = False) -> float:
    """What rounding in linear attention is relative to.

    Through quadratic features phi(q).phi(k) is a sum of terms of both signs, as large as |phi(q)| |phi(k)| = (q.q + c) (k.k + c),
    where the similarity may be near 0. So numerator and denominator are each known relative to that over the denominator. elu + 1
    is positive, and nothing but the values cancels.
    """
    Q, K, largest = np.asarray(Q, dtype=float), np.asarray(K, dtype=float), float(np.abs(np.asarray(V, dtype=float)).max())
    if phi == "elu":
        return 2 * largest
    similarity, sizes = (Q @ K.T + c) ** 2, np.outer((Q**2).sum(axis=1) + c, (K**2).sum(axis=1) + c)
    if causal:
        similarity, sizes = np.tril(similarity), np.tril(sizes)
    return 2 * largest * float((sizes.sum(axis=1) / similarity.sum(axis=1)).max())


@oracle("linear_attention", needs=("mpmath",), scale=_cancelling)
def linear_attention_digits(
    Q: Any, K: Any, V: Any, phi: str = "quadratic", c: float = 1, causal: bool = False
) -> list[list[float]]:
    """The slow way, with 30 digits: every query against every key, and the average of the values weighted by (q.k + c)^2."""
    import mpmath

    Q, K, V = (np.asarray(X, dtype=float).tolist() for X in (Q, K, V))
    with mpmath.workdps(DIGITS):
        result = []
        for i, q in enumerate(Q):
            end = i + 1 if causal else len(K)
            weights = [_similarity(q, k, phi, c) for k in K[:end]]
            total = mpmath.fsum(weights)
            result.append([float(mpmath.fdot(weights, column) / total) for column in zip(*V[:end], strict=True)])
    return result


@oracle("linear_attention", needs=("sklearn",), scale=_cancelling, applies=lambda phi="quadratic", **_: phi == "quadratic")
def linear_attention_sklearn(Q: Any, K: Any, V: Any, phi: str = "quadratic", c: float = 1, causal: bool = False) -> Any:
    """The dense matrix of ``sklearn.metrics.pairwise.polynomial_kernel``, its rows scaled to sum to 1."""
    from sklearn.metrics.pairwise import polynomial_kernel

    similarity = polynomial_kernel(np.asarray(Q, dtype=float), np.asarray(K, dtype=float), degree=2, gamma=1, coef0=c)
    similarity = np.tril(similarity) if causal else similarity
    return similarity / similarity.sum(axis=1, keepdims=True) @ np.asarray(V, dtype=float)


@oracle("linear_attention", needs=("torch",), scale=_cancelling, applies=lambda phi="quadratic", **_: phi == "elu")
def linear_attention_torch(Q: Any, K: Any, V: Any, phi: str = "quadratic", c: float = 1, causal: bool = False) -> Any:
    """The dense matrix of ``torch.nn.functional.elu`` + 1, its rows scaled to sum to 1."""
    from torch.nn.functional import elu, normalize

    similarity = (elu(_tensor(Q)) + 1) @ (elu(_tensor(K)) + 1).T
    return (normalize(similarity.tril() if causal else similarity, p=1, dim=1) @ _tensor(V)).numpy()


@oracle("kernel_attention_cost", applies=at_most(1_000, "D"))
def kernel_attention_cost_by_shapes(N: int, D: int, M: int, C: int | None = None) -> dict[str, float]:
    """The einsums of both ways and the tensors that they hold; the crossover where the works of one more token are equal."""
    features = len(list(itertools.combinations_with_replacement(range(D + 1), 2))) if C is None else C
    sizes = {"n": N, "m": N, "d": D, "v": M, "c": features}
    softmax, kernel = ("nd,md->nm", "nm,mv->nv"), ("mc,mv->cv", "mc->c", "nc,cv->nv", "nc,c->n")
    work = [sum(_macs(einsum, **sizes) for einsum in way) for way in (softmax, kernel)]
    held = [sum(_macs(tensor, **sizes) for tensor in way.split()) for way in ("nd md mv nm", "nd md mv nc mc cv c")]
    per_pair, per_token = Fraction(work[0], N**2), Fraction(work[1], N)
    return {
        "C": features,
        "softmax_macs": work[0],
        "softmax_mem": held[0],
        "kernel_macs": work[1],
        "kernel_mem": held[1],
        "crossover_N": float(per_token / per_pair),
    }


@oracle("kernel_attention_cost", needs=("torch",))
def kernel_attention_cost_torch(N: int, D: int, M: int, C: int | None = None) -> dict[str, int]:
    """``FlopCounterMode`` of torch over both ways on tensors without data, halved, and the ``numel`` of what they hold."""
    features = math.comb(D + 2, 2) if C is None else C
    Q, K, V, phi_q, phi_k, ones = _empty(N, D), _empty(N, D), _empty(N, M), _empty(N, features), _empty(N, features), _empty(N, 1)
    weights, S, z = Q @ K.T, phi_k.T @ V, phi_k.T @ ones
    softmax = _flops(lambda: (Q @ K.T) @ V)
    kernel = _flops(lambda: (phi_q @ (phi_k.T @ V), phi_q @ (phi_k.T @ ones)))
    return {
        "softmax_macs": softmax // 2,
        "softmax_mem": sum(tensor.numel() for tensor in (Q, K, V, weights)),
        "kernel_macs": kernel // 2,
        "kernel_mem": sum(tensor.numel() for tensor in (Q, K, V, phi_q, phi_k, S, z)),
    }
