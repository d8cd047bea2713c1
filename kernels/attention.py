"""Scores, weights and masks: the ways of attending, and what they cost."""

import math
from collections.abc import Sequence
from typing import Literal, get_args

import numpy as np
from numpy.typing import ArrayLike

from kernels import checks
from kernels.checks import Array, Booleans
from kernels.losses import softmax
from kernels.registry import Record, kernel

MaskKind = Literal["causal", "sliding", "prefix", "padding", "block_diagonal"]
ScoreKind = Literal["dot", "general", "concat"]
HeadMetric = Literal["js", "kl", "cosine"]


@kernel(fields=("mean", "var", "std"))
def dot_product_moments(d: int, sigma: float = 1, mu: ArrayLike | None = None) -> Record:
    r"""Mean and spread of the dot product of a random query and a random key: why attention divides by sqrt(d).

    q and k are independent of each other, and so are their coordinates; all have variance sigma^2 and the means mu. No normality is
    needed. With one mean m for every coordinate the mean is d m^2. With mu = 0 it takes the scale s = std to make the variance 1.

    $$\mathbb E[q^\top k]=\|\mu\|^2,\quad \mathrm{Var}[q^\top k]=2\sigma^2\|\mu\|^2+d\,\sigma^4;\qquad
    \mu=0,\ \sigma=1\ \Rightarrow\ \mathrm{Var}=d,\ s=\sqrt d$$

    Args:
        d: how many coordinates a query and a key have, at least 1.
        sigma: the standard deviation of each coordinate, above 0.
        mu: the mean vector of the query and of the key, shape (d,); None is the zero vector.

    Returns:
        mean: the mean of the dot product.
        var: its variance.
        std: its standard deviation.

    Raises:
        ValueError: d < 1, sigma <= 0, mu has another length than d, the variance overflows.

    Source: Vaswani et al., Attention Is All You Need (2017), section 3.2.1, footnote 4, which has mu = 0 and sigma = 1.

    >>> dot_product_moments(64)
    Record(mean=0.0, var=64.0, std=8.0)
    >>> dot_product_moments(2, sigma=2, mu=[1, -3])
    Record(mean=10.0, var=112.0, std=10.583005244258363)
    """
    d, sigma = checks.count(d, "d"), checks.number(sigma, "sigma", above=0)
    mu = np.zeros(d) if mu is None else checks.vector(mu, "mu")
    checks.shape(mu, "mu", (d,))
    square = sigma * sigma  # the variance of a coordinate
    mean = float(mu @ mu)
    var = checks.finite(2 * square * mean + d * square * square, "the variance")
    return Record(mean=mean, var=var, std=math.sqrt(var))


@kernel(fields=("out", "weights"))
def scaled_dot_product_attention(
    Q: ArrayLike, K: ArrayLike, V: ArrayLike, mask: ArrayLike | None = None, scale: float | None = None
) -> Record:
    r"""Every query takes the mean of the values, weighted by how well it matches their keys.

    $$\mathrm{softmax}\left(\frac{QK^\top}{\sqrt{d_k}}+M\right)V,\quad
    M=0\text{ where the mask is True},\ -\infty\text{ where it is False}$$

    Args:
        Q: queries, shape (..., n, d_k).
        K: keys, shape (..., m, d_k), with the leading axes of Q.
        V: values, shape (..., m, d_v), with the leading axes of Q.
        mask: which keys a query sees, shape (..., n, m); leading axes are broadcast. True keeps, as in
            ``torch.nn.functional.scaled_dot_product_attention``; in ``torch.nn.MultiheadAttention`` True hides. None hides nothing.
        scale: what the dot products are multiplied by; None is 1/sqrt(d_k).

    Returns:
        out: shape (..., n, d_v); 0 for a query that sees no key, where a softmax over nothing but -inf would be NaN.
        weights: shape (..., n, m); every row sums to 1, or is 0 for a query that sees no key.

    Raises:
        ValueError: the shapes do not fit, the mask does not hold truth values, an entry is NaN or infinite, a score overflows.

    Source: Vaswani et al., Attention Is All You Need (2017), section 3.2.1, equation 1.

    >>> scaled_dot_product_attention([[1, 0]], [[1, 0], [0, 1]], [[1, 2], [3, 4]], scale=2).out.round(4)
    array([[1.2384, 2.2384]])
    >>> scaled_dot_product_attention([[1, 0], [0, 1]], [[1, 0], [1, 1]], [[4], [8]], mask=[[True, False], [False, False]]).out
    array([[4.],
           [0.]])
    """
    Q, K, V = checks.array(Q, "Q"), checks.array(K, "K"), checks.array(V, "V")
    if Q.ndim < 2:
        raise ValueError(f"Q must have shape (..., n, d_k), got {Q.shape}")
    *batch, n, d_k = Q.shape
    checks.shape(K, "K", (*batch, None, d_k))
    m = K.shape[-2]
    checks.shape(V, "V", (*batch, m, None))
    scale = 1 / math.sqrt(d_k) if scale is None else checks.number(scale, "scale")
    scores = checks.array(Q @ K.swapaxes(-1, -2) * scale, "the scaled scores")
    weights = _masked_softmax(scores, _mask(mask, (*batch, n, m)))
    return Record(out=checks.array(weights @ V, "the output"), weights=weights)


def _mask(mask: ArrayLike | None, shape: tuple[int, ...]) -> Booleans:
    """The mask in the shape of the scores."""
    keep = np.ones(shape, dtype=np.bool_) if mask is None else checks.booleans(mask, "mask")
    try:
        spread = np.broadcast_to(keep, shape)
    except ValueError:
        spread = None
    if spread is None or keep.shape[-2:] != shape[-2:]:
        raise ValueError(f"mask must have shape {shape}, or broadcast to it along leading axes, got {keep.shape}")
    return spread


def _masked_softmax(scores: Array, keep: Booleans) -> Array:
    """The softmax over the kept entries of the last axis; 0 where none is kept."""
    seen = np.where(keep, scores, -np.inf)
    highest = seen.max(axis=-1, keepdims=True)
    e = np.exp(seen - np.where(np.isneginf(highest), 0, highest))  # with no key -inf - -inf would be NaN
    total = e.sum(axis=-1, keepdims=True)
    return np.asarray(e / np.where(total == 0, 1, total))


@kernel(fields=("scores", "index", "out"))
def argmax_attention(q: ArrayLike, K: ArrayLike, V: ArrayLike) -> Record:
    r"""Hard attention: the query takes the value of the key that matches it best.

    It is what softmax attention tends to when its temperature goes to 0 and one score is the highest. The choice does not move with
    q and K, so their gradient is 0 almost everywhere; the gradient with respect to the chosen value is 1.

    $$j=\arg\max_i q^\top k_i,\quad \mathrm{out}=v_j$$

    Args:
        q: the query, shape (d,).
        K: keys, shape (m, d).
        V: values, shape (m, d_v).

    Returns:
        scores: the dot products of the query with every key, shape (m,).
        index: which key has the highest score, counted from 0; the first of them at a tie.
        out: the value of that key, shape (d_v,).

    Raises:
        ValueError: there is no key, the shapes do not fit, an entry is NaN or infinite, a score overflows.

    Source: Xu et al., Show, Attend and Tell (2015), section 4.1, which samples the place; here it is the most likely one.

    >>> argmax_attention([1, 2], [[3, 0], [0, 2], [1, 1]], [[10, 0], [0, 20], [5, 5]])
    Record(scores=array([3., 4., 3.]), index=1, out=array([ 0., 20.]))
    """
    q, K, V = checks.vector(q, "q"), checks.matrix(K, "K"), checks.matrix(V, "V")
    checks.shape(K, "K", (None, q.size))
    checks.shape(V, "V", (len(K), None))
    scores = checks.array(K @ q, "the scores")
    index = int(np.argmax(scores))
    return Record(scores=scores, index=index, out=V[index].copy())


@kernel()
def multi_head_attention(
    x: ArrayLike, W_q: ArrayLike, W_k: ArrayLike, W_v: ArrayLike, W_o: ArrayLike, n_heads: int, mask: ArrayLike | None = None
) -> Array:
    r"""Self-attention in several heads at once, each on a slice of the features of its own.

    $$\mathrm{head}_i=\mathrm{Attn}(XW_i^Q,XW_i^K,XW_i^V),\quad \mathrm{MHA}=[\mathrm{head}_1;\dots;\mathrm{head}_h]\,W^O$$

    Args:
        x: token vectors, shape (B, N, d).
        W_q: query weights, shape (d, d), stored as (out, in) as in PyTorch: y = x W^T. Rows [i d/h, (i+1) d/h) belong to head i.
        W_k: key weights, shape (d, d), stored likewise.
        W_v: value weights, shape (h d_v, d), stored likewise; d_v is d/h in the paper, other widths are allowed.
        W_o: output weights, shape (d, h d_v), stored likewise.
        n_heads: how many heads h, a divisor of d.
        mask: which keys a query sees, shape (N, N), for every head and sequence. True keeps, as in
            ``scaled_dot_product_attention``; in ``torch.nn.MultiheadAttention`` True hides. None hides nothing.

    Returns:
        An array of shape (B, N, d); 0 for a token that sees no key.

    Raises:
        ValueError: n_heads does not divide d or the rows of W_v, the shapes do not fit, an entry is NaN or infinite, a sum
            overflows.

    Source: Vaswani et al., Attention Is All You Need (2017), section 3.2.2.

    >>> I = [[1, 0], [0, 1]]
    >>> multi_head_attention([[[1, 2], [3, -1]]], I, I, I, I, n_heads=2).round(4)
    array([[[ 2.7616,  1.9926],
            [ 2.9951, -0.8577]]])
    """
    x, n_heads = checks.array(x, "x", ndim=3), checks.count(n_heads, "n_heads")
    W_q, W_k, W_v, W_o = (checks.matrix(W, f"W_{name}") for W, name in zip((W_q, W_k, W_v, W_o), "qkvo", strict=True))
    B, N, d = x.shape
    for W, name, shape in (W_q, "W_q", (d, d)), (W_k, "W_k", (d, d)), (W_v, "W_v", (None, d)), (W_o, "W_o", (d, len(W_v))):
        checks.shape(W, name, shape)
    if d % n_heads or len(W_v) % n_heads:
        raise ValueError(f"n_heads must divide d and the rows of W_v, got {n_heads} heads, d = {d} and {len(W_v)} rows")
    mask = None if mask is None else checks.booleans(mask, "mask")
    if mask is not None and mask.shape != (N, N):
        raise ValueError(f"mask must have shape {(N, N)}, got {mask.shape}")

    def heads(y: Array) -> Array:
        return y.reshape(B, N, n_heads, -1).swapaxes(1, 2)  # (B, N, h w) -> (B, h, N, w)

    out = scaled_dot_product_attention(heads(x @ W_q.T), heads(x @ W_k.T), heads(x @ W_v.T), mask).out
    return checks.array(out.swapaxes(1, 2).reshape(B, N, -1) @ W_o.T, "the output")  # (B, h, N, d_v) -> (B, N, h d_v) -> (B, N, d)


@kernel(fields=("mask", "kept"))
def attention_mask(
    kind: MaskKind,
    n: int,
    w: int | None = None,
    p: int | None = None,
    length: int | None = None,
    segments: ArrayLike | None = None,
    causal: bool = False,
) -> Record:
    r"""Which tokens each token may look at, and how many pairs that leaves.

    $$\begin{aligned}
    \text{causal}&:j\le i&\text{sliding}&:i-w<j\le i&\text{prefix}&:j\le i\lor j<p\\
    \text{padding}&:j<\text{length}&\text{block\_diagonal}&:\mathrm{seg}(i)=\mathrm{seg}(j)
    \end{aligned}$$

    Args:
        kind: the rule by which row i (a query) sees column j (a key), see the formula.
        n: how many tokens, at least 1.
        w: for sliding: the window, at least 1; the token itself counts.
        p: for prefix: so many first tokens are seen by all, 0 to n.
        length: for padding: so many first tokens are real, 0 to n; every row hides the columns of the others.
        segments: for block_diagonal: the segment of each token, integers of shape (n,), as in packed sequences.
        causal: whether to hide j > i too; of use for padding and block_diagonal, which are not causal of themselves.

    Returns:
        mask: bool array of shape (n, n); True keeps, as ``scaled_dot_product_attention`` expects.
        kept: how many entries are True; n(n+1)/2 for causal.

    Raises:
        ValueError: n < 1, w < 1, p or length outside 0..n, segments not of length n, the argument of the kind is missing.

    Source: Vaswani et al., Attention Is All You Need (2017), section 3.2.3 (causal); Beltagy et al., Longformer (2020), section 3.1
    (sliding); Raffel et al., Exploring the Limits of Transfer Learning (2020), section 3.2.1 (prefix).

    >>> attention_mask("sliding", 3, w=2)
    Record(mask=array([[ True, False, False],
           [ True,  True, False],
           [False,  True,  True]]), kept=5)
    """
    checks.word(kind, "kind", get_args(MaskKind))
    n, causal = checks.count(n, "n"), checks.flag(causal, "causal")
    i, j = np.indices((n, n))
    if kind == "causal":
        mask = j <= i
    elif kind == "sliding":
        w = checks.count(checks.given(w, "w", kind), "w")
        mask = (i - w < j) & (j <= i)
    elif kind == "prefix":
        p = checks.count(checks.given(p, "p", kind), "p", least=0, most=n)
        mask = (j <= i) | (j < p)
    elif kind == "padding":
        length = checks.count(checks.given(length, "length", kind), "length", least=0, most=n)
        mask = j < length
    else:
        segments = checks.integers(checks.given(segments, "segments", kind), "segments")
        if segments.shape != (n,):
            raise ValueError(f"segments must have shape ({n},), got {segments.shape}")
        mask = segments[:, None] == segments[None, :]
    if causal:
        mask = mask & (j <= i)
    return Record(mask=mask, kept=int(mask.sum()))


@kernel(fields=("score_flops", "value_flops", "proj_flops", "softmax_elems", "score_bytes"))
def attention_cost(n: int, d: int, h: int = 1, m: int | None = None, bytes_per: int = 2) -> Record:
    r"""What one attention layer computes and stores, for n queries and m keys.

    $$\begin{aligned}
    QK^\top&:2nmd&AV&:2nmd&\text{projections}&:4d^2(n+m)\\
    \text{softmax}&:hnm&\text{score memory}&:hnm\cdot\text{bytes}
    \end{aligned}$$

    The products cost the same for any number of heads, since d_k = d/h; the softmax and its memory grow with h. With m = n the two
    products (4 n^2 d) overtake the projections (8 n d^2) at n = 2d. A causal mask makes half of the products idle; they count.

    Args:
        n: queries, at least 1.
        d: model width, at least 1.
        h: heads, a divisor of d.
        m: keys, at least 1; None is n (self-attention). Cross-attention has m source tokens for n target tokens.
        bytes_per: bytes of one stored score, at least 1; 2 for half precision.

    Returns:
        score_flops: for the scores, a multiply-add counting 2.
        value_flops: for the weighted sums of the values.
        proj_flops: for the four projections: queries and outputs of n tokens, keys and values of m.
        softmax_elems: how many scores pass through the softmax.
        score_bytes: the memory that they take.

    Raises:
        ValueError: h does not divide d, an argument is below 1 or not whole.

    Source: Vaswani et al., Attention Is All You Need (2017), section 4, table 1, gives the orders; the constants are counted.

    >>> attention_cost(10, 8, h=2)
    Record(score_flops=1600, value_flops=1600, proj_flops=5120, softmax_elems=200, score_bytes=400)
    """
    n, d, h, bytes_per = checks.count(n, "n"), checks.count(d, "d"), checks.count(h, "h"), checks.count(bytes_per, "bytes_per")
    m = n if m is None else checks.count(m, "m")
    if d % h:
        raise ValueError(f"h must divide d, got h = {h} and d = {d}")
    product = 2 * n * m * d
    return Record(
        score_flops=product,
        value_flops=product,
        proj_flops=4 * d**2 * (n + m),
        softmax_elems=h * n * m,
        score_bytes=h * n * m * bytes_per,
    )


@kernel()
def einsum_output_shape(equation: str, shapes: Sequence[Sequence[int]]) -> list[int]:
    r"""The shape of an einsum, or why it has none.

    $$O_{i\dots}=\sum_{\text{letters not in the output}}A_{\dots}B_{\dots}\cdots$$

    Equal letters have equal sizes; every output letter occurs in an input; a letter that the output drops is summed over.

    Args:
        equation: letters for the axes of every operand, ``->``, and the letters of the output, as in ``bhk,bnk->bhn``; spaces are
            ignored. The arrow must be there, and an ellipsis must not.
        shapes: the shape of every operand, each size at least 2: NumPy and PyTorch would broadcast a 1, which hides mistakes.

    Returns:
        The sizes of the output's axes, a list of ints; empty for a full sum.

    Raises:
        ValueError: the equation is malformed, the operands do not fit it, a letter has two sizes, or an output letter is in no
            input or comes twice; the message names the letter.

    Source: Einstein, Die Grundlage der allgemeinen Relativitätstheorie (1916), section 5 (the convention); NumPy reference,
    ``numpy.einsum`` (the rules).

    >>> einsum_output_shape("bhk, bnk -> bhn", [[2, 4, 8], [2, 5, 8]])
    [2, 4, 5]
    """
    inputs, arrow, output = equation.replace(" ", "").partition("->")
    operands = inputs.split(",")
    for letter in inputs.replace(",", "") + output:
        if not (letter.isascii() and letter.isalpha()):
            raise ValueError(f"equation must hold letters, commas and one ->, got {letter!r} in {equation!r}")
    if not arrow or len(operands) != len(shapes):
        raise ValueError(f"equation must have -> and one operand for each of the {len(shapes)} shapes, got {equation!r}")
    sizes: dict[str, int] = {}
    for letters, shape in zip(operands, shapes, strict=True):
        if len(letters) != len(shape):
            raise ValueError(f"shapes must have one size for each letter, got {list(shape)} for {letters!r}")
        for letter, size in zip(letters, shape, strict=True):
            size = checks.count(size, f"the size of {letter} in shapes", least=2)
            if sizes.setdefault(letter, size) != size:
                raise ValueError(f"letter {letter!r} must have one size, got {sizes[letter]} and {size} in {equation!r}")
    for letter in output:
        if letter not in sizes:
            raise ValueError(f"output letter {letter!r} must occur in an input, got {equation!r}")
        if output.count(letter) > 1:
            raise ValueError(f"output letter {letter!r} must occur once in the output, got {equation!r}")
    return [sizes[letter] for letter in output]


@kernel(fields=("scores", "weights", "context"))
def additive_attention(s: ArrayLike, H: ArrayLike, W: ArrayLike, U: ArrayLike, v: ArrayLike) -> Record:
    r"""Bahdanau's attention: a small network scores how well each encoder state fits the decoder's.

    $$e_i=v^\top\tanh(Ws+Uh_i),\quad \alpha=\mathrm{softmax}(e),\quad c=\sum_i\alpha_ih_i$$

    Every score lies within the sum of the absolute values of v, since tanh lies within 1.

    Args:
        s: the decoder state before this step, shape (ds,).
        H: encoder states, keys and values alike, shape (n, dh).
        W: weights of the decoder state, shape (a, ds).
        U: weights of the encoder states, shape (a, dh).
        v: weights of the hidden layer, shape (a,).

    Returns:
        scores: shape (n,).
        weights: their softmax, shape (n,).
        context: the weighted mean of the encoder states, shape (dh,).

    Raises:
        ValueError: the shapes do not fit, an entry is NaN or infinite, a sum overflows.

    Source: Bahdanau et al., Neural Machine Translation by Jointly Learning to Align and Translate (2015), section 3.1 and
    appendix A.1.2.

    >>> additive_attention([1, 0], [[2], [0]], [[1, 1], [0, -1]], [[-1], [1]], [1, 2]).weights.round(4)
    array([0.5999, 0.4001])
    """
    s, H, v = checks.vector(s, "s"), checks.matrix(H, "H"), checks.vector(v, "v")
    W, U = checks.matrix(W, "W"), checks.matrix(U, "U")
    checks.shape(W, "W", (v.size, s.size))
    checks.shape(U, "U", (v.size, H.shape[1]))
    return _attend(np.tanh(checks.array(W @ s + H @ U.T, "W s + U h")) @ v, H)  # (a,) + (n, a) -> (n, a) -> (n,)


def _attend(scores: Array, H: Array) -> Record:
    """Weights and context for scores of the rows of H."""
    weights = softmax(checks.array(scores, "the scores"))
    return Record(scores=scores, weights=weights, context=checks.array(weights @ H, "the context"))


@kernel(fields=("scores", "weights", "context"))
def luong_score(s: ArrayLike, H: ArrayLike, kind: ScoreKind, W: ArrayLike | None = None, v: ArrayLike | None = None) -> Record:
    r"""Luong's three ways to score encoder states against the decoder's, and the context that follows.

    $$\text{dot}:\ s^\top h_i,\qquad \text{general}:\ s^\top Wh_i,\qquad \text{concat}:\ v^\top\tanh(W[s;h_i])$$

    Args:
        s: the decoder state of this very step (Bahdanau takes the one before), shape (d,).
        H: encoder states, shape (n, d).
        kind: the score.
        W: for general: shape (d, d); for concat: shape (a, 2 d), the first d columns for s. Not read by dot.
        v: for concat: shape (a,). Not read by the others.

    Returns:
        scores: shape (n,).
        weights: their softmax, shape (n,).
        context: the weighted mean of the encoder states, shape (d,).

    Raises:
        ValueError: the shapes do not fit, the kind needs W or v and it is missing, an entry is NaN or infinite, a score overflows.

    Source: Luong et al., Effective Approaches to Attention-based Neural Machine Translation (2015), section 3.1.

    >>> luong_score([1, 2], [[3, 0], [0, 1]], "general", W=[[1, 0], [0, 2]]).scores
    array([3., 4.])
    """
    s, H = checks.vector(s, "s"), checks.matrix(H, "H")
    checks.word(kind, "kind", get_args(ScoreKind))
    d = s.size
    checks.shape(H, "H", (None, d))
    if kind == "dot":
        return _attend(H @ s, H)
    W = checks.matrix(checks.given(W, "W", kind), "W")
    if kind == "general":
        checks.shape(W, "W", (d, d))
        return _attend(H @ (W.T @ s), H)  # s^T W h
    v = checks.vector(checks.given(v, "v", kind), "v")
    checks.shape(W, "W", (v.size, 2 * d))
    pairs = np.hstack([np.tile(s, (len(H), 1)), H])  # (n, 2 d)
    return _attend(np.tanh(checks.array(pairs @ W.T, "W [s; h]")) @ v, H)


@kernel()
def cosine_attention_scores(Q: ArrayLike, K: ArrayLike, tau: float) -> Array:
    r"""Scores that see directions only: no score exceeds 1/tau, so no weight is more than e^(2/tau) times another.

    $$s_{ij}=\frac{q_i\cdot k_j}{\tau\,\|q_i\|\,\|k_j\|},\quad |s_{ij}|\le\frac1\tau$$

    Args:
        Q: queries, shape (n, d), none of them 0.
        K: keys, shape (m, d), none of them 0.
        tau: the temperature, above 0. With tau = 1 the weights are never sharper than e^2 : 1.

    Returns:
        Scores of shape (n, m), before the softmax.

    Raises:
        ValueError: a row is 0, tau <= 0, the widths differ, an entry is NaN or infinite, a score overflows.

    Source: Liu et al., Swin Transformer V2 (2022), section 3.2, without its position bias.

    >>> cosine_attention_scores([[3, 4]], [[4, 3], [-3, -4]], tau=0.5)
    array([[ 1.92, -2.  ]])
    """
    Q, K, tau = checks.matrix(Q, "Q"), checks.matrix(K, "K"), checks.number(tau, "tau", above=0)
    checks.shape(K, "K", (None, Q.shape[1]))
    return checks.array(_unit(Q, "Q") @ _unit(K, "K").T / tau, "the scores")


def _unit(X: Array, name: str) -> Array:
    """The rows, scaled to length 1; by their largest entry first, so that no square overflows or vanishes."""
    largest = np.abs(X).max(axis=-1, keepdims=True)
    if not largest.all():
        raise ValueError(f"{name} must have no row of zeros: it has no direction")
    X = X / largest
    return np.asarray(X / np.linalg.norm(X, axis=-1, keepdims=True))


@kernel()
def attention_head_similarity(A: ArrayLike, metric: HeadMetric) -> Array:
    r"""How alike the heads attend: the mean over the queries of a distance (or the cosine) between their rows of weights.

    $$\mathrm{KL}(p\|q)=\sum p\ln\frac pq,\quad \mathrm{JS}(p,q)=\tfrac12\mathrm{KL}(p\|\bar m)+\tfrac12\mathrm{KL}(q\|\bar m),\quad
    \bar m=\frac{p+q}2,\quad \cos(p,q)=\frac{p\cdot q}{\|p\|\,\|q\|}$$

    Args:
        A: attention weights of h heads, shape (h, n, m); every row A[i, r] is a probability vector.
        metric: js (Jensen-Shannon divergence) or kl (Kullback-Leibler divergence), both in nats, or cosine.

    Returns:
        Shape (h, h). Entry (i, j) compares p of head i with q of head j; the diagonal is 0 for js and kl, 1 for cosine. kl is not
        symmetric, and infinite where a masked key of j has weight in i; js is at most ln 2.

    Raises:
        ValueError: a row is not a probability vector.

    Source: Cover and Thomas, Elements of Information Theory (2nd ed., 2006), section 2.3 (KL); Lin, Divergence Measures Based on
    the Shannon Entropy (1991) (JS); Clark et al., What Does BERT Look At? (2019), section 6, compares heads by JS.

    >>> attention_head_similarity([[[0.5, 0.5]], [[0.25, 0.75]]], "kl").round(4)
    array([[0.    , 0.1438],
           [0.1308, 0.    ]])
    """
    A = checks.array(A, "A", ndim=3)
    checks.word(metric, "metric", get_args(HeadMetric))
    for head, row in np.ndindex(*A.shape[:2]):
        checks.distribution(A[head, row], f"A[{head}, {row}]")
    p, q = A[:, None], A[None, :]  # (h, 1, n, m) and (1, h, n, m)
    if metric == "cosine":
        similarity = (_unit(p, "A") * _unit(q, "A")).sum(axis=-1)
    elif metric == "kl":
        similarity = _kl(p, q)
    else:
        similarity = (_kl(p, (p + q) / 2) + _kl(q, (p + q) / 2)) / 2
    return np.asarray(similarity.mean(axis=-1))  # (h, h, n) -> (h, h)


def _kl(p: Array, q: Array) -> Array:
    """KL(p || q) over the last axis, in nats, with 0 ln 0 = 0."""
    with np.errstate(divide="ignore", invalid="ignore"):
        terms = np.where(p > 0, p * (np.log(p) - np.log(q)), 0)
    return np.asarray(terms.sum(axis=-1))
