"""Positions and parameters of transformers."""

from typing import Literal, get_args

import numpy as np
from numpy.typing import ArrayLike

from kernels import checks
from kernels.checks import Array
from kernels.registry import Record, kernel

Layout = Literal["interleaved", "half"]
Norm = Literal["layernorm", "rmsnorm"]


@kernel()
def sinusoidal_positional_encoding(n: int, d: int, base: float = 10000) -> Array:
    r"""Positions as sines and cosines of falling frequency.

    The dot product of two rows depends on their distance only: the sum of cos(k b^(-2i/d)) at distance k.

    $$PE_{p,2i}=\sin\left(p/b^{2i/d}\right),\quad PE_{p,2i+1}=\cos\left(p/b^{2i/d}\right)$$

    Args:
        n: how many positions, at least 1; they count from 0.
        d: model width, even.
        base: b above 1; the wavelengths go from 2 pi towards 2 pi b tokens.

    Returns:
        Shape (n, d), sine and cosine in turn (other programs put all sines first); row 0 is 0, 1, 0, 1, ...

    Raises:
        ValueError: n < 1, d is odd or below 1, base <= 1.

    Source: Vaswani et al., Attention Is All You Need (2017), section 3.5.

    >>> sinusoidal_positional_encoding(2, 4, base=100).round(4)
    array([[0.    , 1.    , 0.    , 1.    ],
           [0.8415, 0.5403, 0.0998, 0.995 ]])
    """
    n, d, base = checks.count(n, "n"), _even(checks.count(d, "d"), "d"), checks.number(base, "base", above=1)
    p, i = np.arange(n)[:, None], np.arange(d // 2)
    angles = p / base ** (2 * i / d)  # (n, d/2)
    return np.stack([np.sin(angles), np.cos(angles)], axis=-1).reshape(n, d)


def _even(d: int, name: str) -> int:
    """d, which must split into pairs."""
    if d % 2:
        raise ValueError(f"{name} must be even, got {d}")
    return d


@kernel()
def rope_rotate(x: ArrayLike, pos: int, base: float = 10000, layout: Layout = "interleaved") -> Array:
    r"""Rotary embedding: every pair of features is turned by an angle in proportion to the position.

    Turned queries and keys have a dot product that depends on the distance of their positions only. Lengths stay; position 0 turns
    nothing.

    $$(x_{2i},x_{2i+1})\mapsto R(p\,\theta_i)\,(x_{2i},x_{2i+1}),\quad \theta_i=b^{-2i/d},\quad
    R(\varphi)=\begin{pmatrix}\cos\varphi&-\sin\varphi\\\sin\varphi&\cos\varphi\end{pmatrix}$$

    Args:
        x: a query or a key, shape (d,), d even.
        pos: its position p; a negative one turns back.
        base: b, above 0.
        layout: which features make a pair: interleaved, x_2i and x_2i+1, as in the paper and GPT-J; or half, x_i and x_(i+d/2), as
            in GPT-NeoX and the LLaMA checkpoints of the transformers library.

    Returns:
        The turned vector, shape (d,).

    Raises:
        ValueError: d is odd, pos is not whole, base <= 0, an entry is NaN or infinite, an angle overflows.

    Source: Su et al., RoFormer (2021), section 3.2, equations 14 and 15.

    >>> rope_rotate([1, 0, 0, 1], pos=3).round(4)
    array([-0.99  ,  0.1411, -0.03  ,  0.9996])
    >>> rope_rotate([1, 0, 0, 1], pos=3, layout="half").round(4)
    array([-0.99  , -0.03  ,  0.1411,  0.9996])
    """
    x, pos, base = checks.vector(x, "x"), checks.count(pos, "pos", least=None), checks.number(base, "base", above=0)
    checks.word(layout, "layout", get_args(Layout))
    d = _even(x.size, "the length of x")
    angles = checks.array(pos * base ** (-2 * np.arange(d // 2) / d), "the angles")
    a, b = (x[0::2], x[1::2]) if layout == "interleaved" else (x[: d // 2], x[d // 2 :])
    turned = np.stack([a * np.cos(angles) - b * np.sin(angles), a * np.sin(angles) + b * np.cos(angles)])  # (2, d/2)
    return (turned.T if layout == "interleaved" else turned).reshape(d)


@kernel(fields=("attention", "mlp", "norms", "embeddings", "total"))
def transformer_param_count(
    L: int,
    d_model: int,
    d_ff: int,
    vocab: int,
    heads: int,
    n_ctx: int = 0,
    kv_heads: int | None = None,
    bias: bool = True,
    tied: bool = True,
    glu: bool = False,
    norm: Norm = "layernorm",
    norm_bias: bool = True,
    final_norm: bool = True,
) -> Record:
    r"""How many parameters a stack of L transformer blocks has, with embeddings and output head.

    $$\begin{aligned}
    \text{attention}&=L\,(2d^2+2d\,d_{kv}\,[+\,2d+2d_{kv}])&d_{kv}&=\text{kv\_heads}\cdot d/\text{heads}\\
    \text{mlp}&=L\,(\{2,3\}\,d\,d_{ff}\,[+\,\{1,2\}\,d_{ff}+d])\\
    \text{norms}&=(2L+1)\,d_{norm}&d_{norm}&=2d\text{ or }d\\
    \text{embeddings}&=\{1,2\}\,Vd+n_{ctx}\,d
    \end{aligned}$$

    The first numbers in braces are for a plain MLP and a tied head, brackets are for biases. Rule of thumb: 12 L d^2 + V d.
    Without kv_heads the number of heads changes nothing. Cross-attention (4 d^2 for each layer of a decoder) is not counted. A
    hidden width written as 8d/3 is rounded up to a multiple of 256: d = 512, 1024, 2048, 4096 have 1536, 2816, 5632, 11008.

    Args:
        L: blocks, at least 1.
        d_model: model width d, at least 1.
        d_ff: hidden width of the MLP, at least 1.
        vocab: tokens V in the vocabulary, at least 1.
        heads: query heads, a divisor of d.
        n_ctx: learned position vectors, at least 0.
        kv_heads: heads of keys and values, a divisor of heads; None is heads.
        bias: whether the linear layers of the blocks have biases; the output head never has.
        tied: whether the output head is the token embedding; then it counts once.
        glu: whether the MLP is gated, with three matrices in place of two.
        norm: layernorm has weights and biases, rmsnorm weights only.
        norm_bias: whether layernorm has its biases, which ``bias`` leaves alone; not read for rmsnorm.
        final_norm: whether a norm follows the last block (the 1 in 2L+1).

    Returns:
        attention: parameters of queries, keys, values and outputs.
        mlp: of the MLPs.
        norms: of the norms.
        embeddings: of tokens, positions and an untied output head.
        total: of all.

    Raises:
        ValueError: heads does not divide d_model, kv_heads does not divide heads, a size is below 1 (n_ctx: 0) or not whole.

    Source: Kaplan et al., Scaling Laws for Neural Language Models (2020), section 2.1, table 1, without biases and norms; Shazeer,
    GLU Variants Improve Transformer (2020), section 2.

    >>> transformer_param_count(L=6, d_model=512, d_ff=1536, vocab=8000, heads=8, kv_heads=2, bias=False, glu=True, norm="rmsnorm")
    Record(attention=3932160, mlp=14155776, norms=6656, embeddings=4096000, total=22190592)
    """
    L, d, d_ff = checks.count(L, "L"), checks.count(d_model, "d_model"), checks.count(d_ff, "d_ff")
    vocab, heads, n_ctx = checks.count(vocab, "vocab"), checks.count(heads, "heads"), checks.count(n_ctx, "n_ctx", least=0)
    kv_heads = heads if kv_heads is None else checks.count(kv_heads, "kv_heads")
    bias, tied, glu = checks.flag(bias, "bias"), checks.flag(tied, "tied"), checks.flag(glu, "glu")
    norm_bias, final_norm = checks.flag(norm_bias, "norm_bias"), checks.flag(final_norm, "final_norm")
    checks.word(norm, "norm", get_args(Norm))
    if d % heads or heads % kv_heads:
        raise ValueError(f"heads must divide d_model and kv_heads must divide heads, got {d}, {heads} and {kv_heads}")
    d_kv = kv_heads * d // heads
    inward = 2 if glu else 1  # matrices from d to d_ff; one leads back
    attention = L * (2 * d**2 + 2 * d * d_kv + bias * (2 * d + 2 * d_kv))
    mlp = L * ((inward + 1) * d * d_ff + bias * (inward * d_ff + d))
    norms = (2 * L + final_norm) * (2 * d if norm == "layernorm" and norm_bias else d)
    embeddings = vocab * d * (1 if tied else 2) + n_ctx * d
    return Record(attention=attention, mlp=mlp, norms=norms, embeddings=embeddings, total=attention + mlp + norms + embeddings)
