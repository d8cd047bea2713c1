"""Attention with less memory or less work: caches, blocks, feature maps, and the counts that say what they save."""

import math
from fractions import Fraction
from typing import Literal, get_args

import numpy as np
from numpy.typing import ArrayLike

from kernels import checks
from kernels.checks import Array
from kernels.losses import softmax
from kernels.registry import Record, kernel

FeatureMap = Literal["quadratic", "elu"]


@kernel()
def quadratic_feature_map(x: ArrayLike, c: float = 1) -> Array:
    r"""The features whose dot product is the quadratic kernel (q.k + c)^2, without repeated products.

    $$\phi(x)=\left[c,\ \sqrt{2c}\,x_i,\ x_i^2,\ \sqrt2\,x_ix_j\ (i<j)\right],\quad \phi(q)^\top\phi(k)=(q^\top k+c)^2$$

    Args:
        x: vectors, shape (..., D).
        c: the constant of the kernel, at least 0; with 0 the constant and the linear features vanish and are left out.

    Returns:
        Features of shape (..., C): the constant, the coordinates, their squares, then the products with i < j in the order 01, 02,
        ..., 12, ...; C = (D+1)(D+2)/2, or D(D+1)/2 with c = 0.

    Raises:
        ValueError: c < 0, D = 0, an entry is NaN or infinite, a feature overflows.

    Source: Schölkopf and Smola, Learning with Kernels (2002), section 2.1.

    >>> quadratic_feature_map([1, -3], c=2).round(4)
    array([ 2.    ,  2.    , -6.    ,  1.    ,  9.    , -4.2426])
    """
    x, c = checks.array(x, "x"), checks.number(c, "c", least=0)
    if x.ndim == 0:
        raise ValueError("x must have shape (..., D), got a number")
    i, j = np.triu_indices(x.shape[-1], k=1)
    parts = [x**2, math.sqrt(2) * x[..., i] * x[..., j]]
    if c > 0:
        parts = [np.full((*x.shape[:-1], 1), c), math.sqrt(2 * c) * x, *parts]
    return checks.array(np.concatenate(parts, axis=-1), "the features")


@kernel()
def quadratic_feature_dim(D: int, c_nonzero: bool = True) -> int:
    r"""How many features ``quadratic_feature_map`` makes.

    $$C=\frac{(D+1)(D+2)}2=1+D+\frac{D(D+1)}2;\qquad c=0:\ \frac{D(D+1)}2$$

    All D^2 products of the coordinates would do for c = 0 as well, but x_i x_j and x_j x_i are one feature.

    Args:
        D: how many coordinates a vector has, at least 1.
        c_nonzero: whether the constant c of the kernel (q.k + c)^2 is above 0.

    Returns:
        The number of features.

    Raises:
        ValueError: D < 1.

    Source: Shawe-Taylor and Cristianini, Kernel Methods for Pattern Analysis (2004), section 9.1.

    >>> quadratic_feature_dim(10), quadratic_feature_dim(10, c_nonzero=False)
    (66, 55)
    """
    D = checks.count(D, "D")
    return (D + 1) * (D + 2) // 2 if checks.flag(c_nonzero, "c_nonzero") else D * (D + 1) // 2


@kernel(fields=("bytes", "MiB"))
def attention_matrix_bytes(n: int, heads: int = 1, batch: int = 1, bytes_per: int = 2) -> Record:
    r"""The memory of the attention weights, if they are stored.

    $$B\,h\,n^2\,s$$

    Q, K and V take n d s bytes each and head: at n = 8192, d = 128 in single precision 4 MiB, where the weights take 256 MiB.

    Args:
        n: tokens, at least 1.
        heads: heads h, at least 1.
        batch: sequences B, at least 1.
        bytes_per: bytes s of one weight, at least 1; 2 for half precision.

    Returns:
        bytes: in bytes.
        MiB: in units of 2^20 bytes (not MB, 10^6).

    Raises:
        ValueError: an argument is below 1 or not whole.

    Source: Dao et al., FlashAttention (2022), section 2.2.

    >>> attention_matrix_bytes(2048, heads=16)
    Record(bytes=134217728, MiB=128.0)
    """
    n, heads, batch = checks.count(n, "n"), checks.count(heads, "heads"), checks.count(batch, "batch")
    size = batch * heads * n**2 * checks.count(bytes_per, "bytes_per")
    return Record(bytes=size, MiB=size / 2**20)


@kernel(fields=("per_token", "total", "GiB", "GB"))
def kv_cache_bytes(layers: int, kv_heads: int, head_dim: int, seq_len: int, batch: int = 1, bytes_per: float = 2) -> Record:
    r"""The memory of the keys and values that decoding keeps.

    $$2\,L\,h_{kv}\,d_h\,n\,B\,s$$

    Args:
        layers: layers L, at least 1.
        kv_heads: heads of keys and values, at least 1: with grouped queries fewer than query heads, with multi-query attention 1.
        head_dim: width d_h of a head, at least 1.
        seq_len: cached tokens n, at least 1; a sliding window caps them at the window.
        batch: sequences B, at least 1.
        bytes_per: bytes s of one number, above 0: 2 for half precision, 0.5 for 4 bits without their scales. A token must take a
            whole number of bytes.

    Returns:
        per_token: bytes that one token of one sequence adds, over all layers, keys and values.
        total: bytes of all tokens and sequences.
        GiB: the total in units of 2^30 bytes.
        GB: the total in units of 10^9 bytes.

    Raises:
        ValueError: a size is below 1 or not whole, bytes_per <= 0, a token does not take a whole number of bytes.

    Source: Pope et al., Efficiently Scaling Transformer Inference (2023), section 2.

    >>> kv_cache_bytes(layers=24, kv_heads=4, head_dim=64, seq_len=1024, batch=2)
    Record(per_token=24576, total=50331648, GiB=0.046875, GB=0.050331648)
    """
    layers, kv_heads = checks.count(layers, "layers"), checks.count(kv_heads, "kv_heads")
    head_dim, seq_len, batch = checks.count(head_dim, "head_dim"), checks.count(seq_len, "seq_len"), checks.count(batch, "batch")
    exact = 2 * layers * kv_heads * head_dim * Fraction(checks.number(bytes_per, "bytes_per", above=0))
    if exact.denominator != 1:
        raise ValueError(f"bytes_per must give a whole number of bytes a token, got {bytes_per}, which gives {float(exact)}")
    per_token = int(exact)
    total = per_token * seq_len * batch
    return Record(per_token=per_token, total=total, GiB=total / 2**30, GB=total / 10**9)


@kernel(fields=("projected_tokens", "scores"))
def generation_cost(n: int, cached: bool) -> Record:
    r"""What it takes to generate n tokens one by one, with and without a cache of keys and values.

    $$\begin{aligned}
    \text{projected}&:\ \sum_{t=1}^n t=\frac{n(n+1)}2\text{ without},\quad n\text{ with}\\
    \text{scores}&:\ \sum_{t=1}^n\frac{t(t+1)}2=\frac{n(n+1)(n+2)}6\text{ without},\quad \sum_{t=1}^n t=\frac{n(n+1)}2\text{ with}
    \end{aligned}$$

    Without a cache step t runs the whole prefix again: t tokens, and the t(t+1)/2 scores that a causal mask leaves. With one it
    projects one token and reads t keys.

    Args:
        n: tokens, at least 1.
        cached: whether keys and values are kept.

    Returns:
        projected_tokens: tokens that pass the projections to keys and values, summed over the steps.
        scores: dot products of a query and a key, for one head of one layer.

    Raises:
        ValueError: n < 1.

    Source: Pope et al., Efficiently Scaling Transformer Inference (2023), section 2, describes the cache; the sums are counted.

    >>> generation_cost(10, cached=False), generation_cost(10, cached=True)
    (Record(projected_tokens=55, scores=220), Record(projected_tokens=10, scores=55))
    """
    n = checks.count(n, "n")
    if checks.flag(cached, "cached"):
        return Record(projected_tokens=n, scores=n * (n + 1) // 2)
    return Record(projected_tokens=n * (n + 1) // 2, scores=n * (n + 1) * (n + 2) // 6)


@kernel(fields=("flops", "mem_elements", "intensity"))
def decode_step_cost(b: int, d: int, h: int, n: int, kv_heads: int) -> Record:
    r"""What one decoding step of one attention layer computes and moves: why fewer heads of keys and values are faster.

    $$\begin{aligned}
    \text{FLOPs}&=2b\,(2d^2+2d\,gk)+4b\,hk\,(n+1)\\
    \text{moved}&=(2d^2+2d\,gk)+4bd+2b\,gk+2b\,gk\,(n+1),\qquad k=d/h,\ g=\text{kv\_heads}
    \end{aligned}$$

    FLOPs: four projections (queries, keys, values, output), then scores and weighted sums over n + 1 tokens; a multiply-add counts
    2. Moved: the weights; x, y, the queries and the output of the heads; the new keys and values; the cache with them. The scores
    and weights, which stay on the chip, are not counted. In orders: time b d^2 + b n d for any g; memory d^2 + b d + b n g k, where
    g k is d with g = h (multi-head) and k with g = 1 (multi-query).

    Args:
        b: sequences, at least 1.
        d: model width, at least 1.
        h: query heads, a divisor of d.
        n: tokens already cached, at least 0.
        kv_heads: heads g of keys and values, a divisor of h: h is multi-head, 1 is multi-query attention.

    Returns:
        flops: floating-point operations.
        mem_elements: numbers (not bytes) read and written.
        intensity: FLOPs for each number moved; divide by the bytes of a number for FLOPs per byte.

    Raises:
        ValueError: h does not divide d, kv_heads does not divide h, a size is below 1 (n below 0) or not whole.

    Source: Shazeer, Fast Transformer Decoding: One Write-Head is All You Need (2019), sections 2.4.1 and 3.1, for the orders.

    >>> decode_step_cost(b=2, d=8, h=4, n=9, kv_heads=1)
    Record(flops=1280, mem_elements=312, intensity=4.102564102564102)
    """
    b, d, h, g = checks.count(b, "b"), checks.count(d, "d"), checks.count(h, "h"), checks.count(kv_heads, "kv_heads")
    n = checks.count(n, "n", least=0)
    if d % h or h % g:
        raise ValueError(f"h must divide d and kv_heads must divide h, got d = {d}, h = {h}, kv_heads = {g}")
    k = d // h
    weights = 2 * d**2 + 2 * d * g * k
    flops = 2 * b * weights + 4 * b * h * k * (n + 1)
    moved = weights + 4 * b * d + 2 * b * g * k + 2 * b * g * k * (n + 1)
    return Record(flops=flops, mem_elements=moved, intensity=flops / moved)


@kernel(fields=("y", "K", "V"))
def attention_decode_step(
    x: ArrayLike,
    prev_K: ArrayLike,
    prev_V: ArrayLike,
    W_q: ArrayLike,
    W_k: ArrayLike,
    W_v: ArrayLike,
    W_o: ArrayLike,
    scale: float | None = None,
) -> Record:
    r"""One token more: its key and value join the cache, and its query reads the whole of it.

    $$\begin{aligned}
    q_i&=x\,W^Q_i,\quad K_g=[K_g^{\mathrm{prev}};x\,W^K_g],\quad V_g=[V_g^{\mathrm{prev}};x\,W^V_g]\\
    y&=\sum_i\mathrm{softmax}\left(s\,q_iK_{g(i)}^\top\right)V_{g(i)}\,W^O_i,\qquad g(i)=\lfloor ig/h\rfloor
    \end{aligned}$$

    With g = h groups it is multi-head attention, with g = 1 multi-query, between them grouped-query attention. The result is the
    last row of causal attention over all tokens so far.

    Args:
        x: the vectors of the new token, shape (b, d).
        prev_K: cached keys, shape (b, g, n, k); n may be 0.
        prev_V: cached values, shape (b, g, n, v).
        W_q: query weights, shape (h, d, k); h is a multiple of g.
        W_k: key weights, shape (g, d, k).
        W_v: value weights, shape (g, d, v).
        W_o: output weights, shape (h, v, d).
        scale: what the dot products are multiplied by; None is 1/sqrt(k). Shazeer's listings multiply by nothing: 1.

    Returns:
        y: the output for the new token, shape (b, d); with an empty cache the projected value of the token itself.
        K: the keys with the new one at the end, shape (b, g, n+1, k).
        V: the values likewise, shape (b, g, n+1, v).

    Raises:
        ValueError: g does not divide h, the shapes do not fit, an entry is NaN or infinite, a score or sum overflows.

    Source: Shazeer, Fast Transformer Decoding: One Write-Head is All You Need (2019), sections 2.4 and 3; Ainslie et al., GQA:
    Training Generalized Multi-Query Transformer Models (2023), section 2.2.

    >>> step = attention_decode_step([[2.0]], [[[[0.0]]]], [[[[6.0]]]], [[[1.0]]], [[[0.0]]], [[[1.0]]], [[[1.0]]])
    >>> step.y, step.K.tolist(), step.V.tolist()
    (array([[4.]]), [[[[0.0], [0.0]]]], [[[[6.0], [2.0]]]])
    """
    step = _decode_step(x, prev_K, prev_V, W_q, W_k, W_v, W_o, scale)
    return Record(y=step.y, K=step.K, V=step.V)


def _decode_step(
    x: ArrayLike,
    prev_K: ArrayLike,
    prev_V: ArrayLike,
    W_q: ArrayLike,
    W_k: ArrayLike,
    W_v: ArrayLike,
    W_o: ArrayLike,
    scale: float | None,
) -> Record:
    """``attention_decode_step`` with all that it computes on the way."""
    x = checks.matrix(x, "x")
    W_q, W_k, W_v, W_o = (checks.array(W, f"W_{name}", ndim=3) for W, name in zip((W_q, W_k, W_v, W_o), "qkvo", strict=True))
    (b, d), (h, _, k), (g, _, v) = x.shape, W_q.shape, W_v.shape
    for W, name, shape in (W_q, "W_q", (h, d, k)), (W_k, "W_k", (g, d, k)), (W_v, "W_v", (g, d, v)), (W_o, "W_o", (h, v, d)):
        checks.shape(W, name, shape)
    if h % g:
        raise ValueError(f"the groups of W_k and W_v must divide the heads of W_q, got {g} groups and {h} heads")
    prev_K, prev_V = _cache(prev_K, "prev_K", (b, g, k)), _cache(prev_V, "prev_V", (b, g, v))
    if prev_K.shape[2] != prev_V.shape[2]:
        raise ValueError(f"prev_K and prev_V must hold the same tokens, got {prev_K.shape[2]} and {prev_V.shape[2]}")
    scale = 1 / math.sqrt(k) if scale is None else checks.number(scale, "scale")
    q = np.einsum("bd,hdk->bhk", x, W_q)
    new_k, new_v = np.einsum("bd,gdk->bgk", x, W_k), np.einsum("bd,gdv->bgv", x, W_v)
    K = np.concatenate([prev_K, new_k[:, :, None]], axis=2)  # (b, g, n+1, k)
    V = np.concatenate([prev_V, new_v[:, :, None]], axis=2)
    group = np.arange(h) * g // h  # which group a head reads
    scores = checks.array(np.einsum("bhk,bhnk->bhn", q, K[:, group]) * scale, "the scaled scores")
    weights = softmax(scores)
    out = np.einsum("bhn,bhnv->bhv", weights, V[:, group])
    y = checks.array(np.einsum("bhv,hvd->bd", out, W_o), "the output")
    return Record(q=q, k=new_k, v=new_v, K=K, V=V, scores=scores, weights=weights, out=out, y=y)


def _cache(value: ArrayLike, name: str, sizes: tuple[int, int, int]) -> Array:
    """A cache of shape (b, g, n, width), where n may be 0; written as lists an empty one has lost its width."""
    b, g, width = sizes
    if np.asarray(value, dtype=object).shape in ((b, g, 0), (b, g, 0, width)):
        return np.zeros((b, g, 0, width))
    cache = checks.array(value, name, ndim=4)
    checks.shape(cache, name, (b, g, None, width))
    return cache


def attention_decode_trace(
    X: ArrayLike, W_q: ArrayLike, W_k: ArrayLike, W_v: ArrayLike, W_o: ArrayLike, scale: float | None = None
) -> list[Record]:
    r"""Decode a whole sequence token by token, from an empty cache, and keep all that ``attention_decode_step`` computes.

    $$(y_t,K_t,V_t)=\mathrm{step}(x_t,K_{t-1},V_{t-1}),\qquad K_0=V_0=[\,]$$

    Args:
        X: token vectors, shape (b, T, d).
        W_q: query weights, shape (h, d, k).
        W_k: key weights, shape (g, d, k).
        W_v: value weights, shape (g, d, v).
        W_o: output weights, shape (h, v, d).
        scale: what the dot products are multiplied by; None is 1/sqrt(k).

    Returns:
        One record for each step t = 1..T:
        q: queries, shape (b, h, k).
        k: the new keys, shape (b, g, k).
        v: the new values, shape (b, g, v).
        scores: scaled dot products with the t cached keys, shape (b, h, t).
        weights: their softmax, shape (b, h, t).
        out: the weighted sums of the values, shape (b, h, v).
        y: the output, shape (b, d).
        cached_tokens: how many tokens the cache holds after the step, for each sequence: t.
        cached_elements: how many numbers it holds in all: b g t (k + v).

    Raises:
        ValueError: as ``attention_decode_step``.

    Source: Shazeer, Fast Transformer Decoding: One Write-Head is All You Need (2019), section 2.4.

    >>> first, second = attention_decode_trace([[[6.0], [2.0]]], [[[1.0]]], [[[0.0]]], [[[1.0]]], [[[1.0]]])
    >>> first.y, second.y, second.weights, second.cached_tokens, second.cached_elements
    (array([[6.]]), array([[4.]]), array([[[0.5, 0.5]]]), 2, 4)
    """
    X = checks.array(X, "X", ndim=3)
    W_k, W_v = checks.array(W_k, "W_k", ndim=3), checks.array(W_v, "W_v", ndim=3)
    K, V = np.zeros((len(X), len(W_k), 0, W_k.shape[2])), np.zeros((len(X), len(W_v), 0, W_v.shape[2]))
    steps = []
    for x in X.swapaxes(0, 1):
        step = _decode_step(x, K, V, W_q, W_k, W_v, W_o, scale)
        K, V = step.K, step.V
        shown = {name: step[name] for name in ("q", "k", "v", "scores", "weights", "out", "y")}
        steps.append(Record(**shown, cached_tokens=K.shape[2], cached_elements=K.size + V.size))
    return steps


@kernel(fields=("out", "trace"))
def online_softmax_attention(q: ArrayLike, K: ArrayLike, V: ArrayLike, block: int, scale: float | None = None) -> Record:
    r"""Attention in one pass over blocks of keys, without ever holding all the scores: the heart of FlashAttention.

    $$m'=\max(m,\max s),\quad \ell'=\ell\,e^{m-m'}+\sum e^{s-m'},\quad o'=o\,e^{m-m'}+\sum e^{s-m'}v,\quad
    \mathrm{out}=\frac o\ell$$

    It starts from m = -inf, l = 0, o = 0, so the first block's correction factor is 0. Here no key is hidden; with a mask a block
    that is hidden as a whole must be skipped, as -inf - -inf is NaN.

    Args:
        q: the query, shape (d,).
        K: keys, shape (m, d).
        V: values, shape (m, d_v).
        block: how many keys are read at a time, at least 1; the last block may be shorter. The result does not depend on it.
        scale: what the dot products are multiplied by; None is 1/sqrt(d).

    Returns:
        out: the same as attention in one piece, shape (d_v,).
        trace: for each block a record of m (the highest score so far), l (the sum of exp(score - m) so far) and acc (the sum of
            exp(score - m) v so far, not yet divided by l).

    Raises:
        ValueError: block < 1, there is no key, the shapes do not fit, an entry is NaN or infinite, a score or sum overflows.

    Source: Milakov and Gimelshein, Online normalizer calculation for softmax (2018), section 3; Dao et al., FlashAttention (2022),
    section 3.1 and algorithm 1.

    >>> run = online_softmax_attention([1], [[0], [0], [5]], [[3], [5], [4]], block=2)
    >>> run.out, run.trace[0]
    (array([4.]), Record(m=0.0, l=2.0, acc=array([8.])))
    """
    q, K, V, block = checks.vector(q, "q"), checks.matrix(K, "K"), checks.matrix(V, "V"), checks.count(block, "block")
    checks.shape(K, "K", (None, q.size))
    checks.shape(V, "V", (len(K), None))
    scale = 1 / math.sqrt(q.size) if scale is None else checks.number(scale, "scale")
    highest, total, acc = -math.inf, 0.0, np.zeros(V.shape[1])
    trace = []
    for start in range(0, len(K), block):
        s = checks.array(K[start : start + block] @ q * scale, "the scaled scores")
        before, highest = highest, max(highest, float(s.max()))
        correction, e = math.exp(before - highest), np.exp(s - highest)
        total = total * correction + float(e.sum())
        acc = acc * correction + e @ V[start : start + block]
        trace.append(Record(m=highest, l=total, acc=acc))
    return Record(out=checks.array(acc / total, "the output"), trace=trace)


@kernel(fields=("standard", "flash", "ratio"))
def flash_io_accesses(n: int, d: int, sram_elements: int) -> Record:
    r"""How the traffic to slow memory grows, for attention that stores its scores and for FlashAttention. Constants are dropped.

    $$\text{standard }\Theta(nd+n^2),\qquad \text{flash }\Theta\left(\frac{n^2d^2}M\right),\qquad d\le M\le nd$$

    Keys and values pass the fast memory in about nd/M pieces, and for each piece all the n d numbers of the queries are read. The
    gain, about M/d^2, is gone when d^2 is about M.

    Args:
        n: tokens, at least 1.
        d: width of a head, at least 1.
        sram_elements: M, the numbers (not bytes) that fit the fast memory, d to n d.

    Returns:
        standard: nd + n^2.
        flash: n^2 d^2 / M.
        ratio: standard / flash.

    Raises:
        ValueError: M < d or M > n d, where the theorem does not hold; a size is below 1 or not whole.

    Source: Dao et al., FlashAttention (2022), section 3.2, theorem 2.

    >>> flash_io_accesses(n=1024, d=32, sram_elements=8192)
    Record(standard=1081344.0, flash=131072.0, ratio=8.25)
    """
    n, d = checks.count(n, "n"), checks.count(d, "d")
    M = checks.count(sram_elements, "sram_elements", least=d, most=n * d)
    standard, flash = n * d + n**2, Fraction(n**2 * d**2, M)
    return Record(standard=float(standard), flash=float(flash), ratio=float(standard / flash))


@kernel()
def linear_attention(
    Q: ArrayLike, K: ArrayLike, V: ArrayLike, phi: FeatureMap = "quadratic", c: float = 1, causal: bool = False
) -> Array:
    r"""Attention whose similarity is a dot product of features, so that keys and values are summed once for all queries.

    $$V'_i=\frac{\phi(Q_i)^\top S_i}{\phi(Q_i)^\top z_i},\quad S_i=\sum_j\phi(K_j)V_j^\top,\quad z_i=\sum_j\phi(K_j)\qquad
    (\text{causal: }j\le i)$$

    It equals the average of the values weighted by phi(Q_i).phi(K_j), and costs N, not N^2.

    Args:
        Q: queries, shape (N, D).
        K: keys, shape (N, D).
        V: values, shape (N, M).
        phi: quadratic is ``quadratic_feature_map(x, c)``, the similarity (q.k + c)^2; elu is elu(x) + 1, entry by entry.
        c: the constant of quadratic, at least 0; not read by elu.
        causal: whether query i sums over the keys j <= i only.

    Returns:
        Shape (N, M).

    Raises:
        ValueError: the shapes do not fit, c < 0, an entry is NaN or infinite, a sum overflows; a denominator is 0 but
            for rounding, at most 1e-12 |phi(Q_i)| sum_j |phi(K_j)|, which a small number added to it would hide.

    Source: Katharopoulos et al., Transformers are RNNs (2020), sections 3.2 and 3.3.

    >>> linear_attention([[1, 0], [0, 1]], [[1, 1], [3, 0]], [[4], [8]])
    array([[7.2],
           [4.8]])
    """
    Q, K, V = checks.matrix(Q, "Q"), checks.matrix(K, "K"), checks.matrix(V, "V")
    checks.same_shape(Q, K, "Q", "K")
    checks.shape(V, "V", (len(K), None))
    checks.word(phi, "phi", get_args(FeatureMap))
    c, causal = checks.number(c, "c", least=0), checks.flag(causal, "causal")
    q, k = (quadratic_feature_map(X, c) if phi == "quadratic" else _elu_plus_one(X) for X in (Q, K))  # (N, C)
    products = k[:, :, None] * V[:, None, :]  # (N, C, M)
    lengths = np.linalg.norm(k, axis=1)
    if causal:
        S, z, length = products.cumsum(axis=0), k.cumsum(axis=0), lengths.cumsum()
    else:
        S, z, length = products.sum(axis=0, keepdims=True), k.sum(axis=0, keepdims=True), lengths.sum(keepdims=True)
    denominator = (q * z).sum(axis=1)
    vanishing = np.abs(denominator) <= 1e-12 * np.linalg.norm(q, axis=1) * length
    if vanishing.any():
        raise ValueError(f"the denominator must not be 0, got {denominator} for the rows of Q: no key is similar to some query")
    return checks.array((q[:, :, None] * S).sum(axis=1) / denominator[:, None], "the output")


def _elu_plus_one(x: Array) -> Array:
    """elu(x) + 1: x + 1 above 0, e^x below."""
    return np.where(x > 0, x + 1, np.exp(np.minimum(x, 0)))


@kernel(fields=("C", "softmax_macs", "softmax_mem", "kernel_macs", "kernel_mem", "crossover_N"))
def kernel_attention_cost(N: int, D: int, M: int, C: int | None = None) -> Record:
    r"""Softmax attention against linear attention in multiply-adds and stored numbers: linear wins for long sequences only.

    $$\begin{aligned}
    \text{softmax}&:\ N^2(D+M)\text{ operations},\quad N^2+N(2D+M)\text{ numbers}\\
    \text{kernel}&:\ 2NCM+2NC\text{ operations},\quad N(2D+M)+2NC+CM+C\text{ numbers}\\
    \text{equal work}&:\ N=\frac{2C(M+1)}{D+M}
    \end{aligned}$$

    With the quadratic features C is about D^2/2, so the work is of order N D^2 M, and equal at about N = D^2/2 for M = D, at
    N = 2 D^2/3 for M = 2D. C, the width of the features, is not M, the width of the values.

    Args:
        N: tokens, at least 1.
        D: width of queries and keys, at least 1.
        M: width of values, at least 1.
        C: width of the features, at least 1; None is that of the quadratic ones, (D+1)(D+2)/2.

    Returns:
        C: the width of the features.
        softmax_macs: multiply-adds of scores and weighted sums.
        softmax_mem: numbers held: the weights, Q, K and V.
        kernel_macs: multiply-adds of S, z and their products with the features of the queries.
        kernel_mem: numbers held: Q, K and V, the features of queries and keys, S and z.
        crossover_N: above this N the kernel form takes fewer multiply-adds.

    Raises:
        ValueError: an argument is below 1 or not whole.

    Source: Katharopoulos et al., Transformers are RNNs (2020), section 3.2, gives the orders; the constants are counted.

    >>> kernel_attention_cost(N=50, D=4, M=2)
    Record(C=15, softmax_macs=15000, softmax_mem=3000, kernel_macs=4500, kernel_mem=2045, crossover_N=15.0)
    """
    N, D, M = checks.count(N, "N"), checks.count(D, "D"), checks.count(M, "M")
    C = quadratic_feature_dim(D) if C is None else checks.count(C, "C")
    return Record(
        C=C,
        softmax_macs=N**2 * (D + M),
        softmax_mem=N**2 + N * (2 * D + M),
        kernel_macs=2 * N * C * M + 2 * N * C,
        kernel_mem=N * (2 * D + M) + 2 * N * C + C * M + C,
        crossover_N=2 * C * (M + 1) / (D + M),
    )
