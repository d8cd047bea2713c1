"""Word vectors: what they are trained on, and how large they are."""

import math

import numpy as np
from numpy.typing import ArrayLike

from kernels import checks
from kernels.losses import log_softmax, sigmoid, softmax
from kernels.registry import Record, kernel


@kernel(fields=("loss", "grad_v"))
def sgns_loss(v_center: ArrayLike, u_context: ArrayLike, u_neg: ArrayLike) -> Record:
    r"""Skip-gram with negative sampling: tell the word that stood there from k drawn ones.

    The loss is summed over the negatives. Its optimum has u.v = PMI - ln k, with negatives drawn from the unigram distribution.

    $$\begin{aligned}
    \ell&=-\ln\sigma(u_o^\top v_c)-\sum_j\ln\sigma(-u_j^\top v_c)\\
    \nabla_{v_c}&=(\sigma(u_o^\top v_c)-1)\,u_o+\sum_j\sigma(u_j^\top v_c)\,u_j
    \end{aligned}$$

    Args:
        v_center: the vector of the word in the middle, shape (d,).
        u_context: the context vector of the word that stood beside it, shape (d,).
        u_neg: the context vectors of the drawn words, shape (k, d); with none, [], only the first term is left.

    Returns:
        loss: in nats.
        grad_v: the gradient with respect to v_center, shape (d,).

    Raises:
        ValueError: the widths differ, an entry is NaN or infinite, a dot product overflows.

    Source: Mikolov et al., Distributed Representations of Words and Phrases and their Compositionality (2013), section 2.2,
    equation 4; the optimum: Levy and Goldberg, Neural Word Embedding as Implicit Matrix Factorization (2014), section 3.1.

    >>> sgns_loss([2, 0], [0, 1], [[0, 3], [0, 1]])
    Record(loss=2.0794415416798357, grad_v=array([0. , 1.5]))
    """
    v, u = checks.vector(v_center, "v_center"), checks.vector(u_context, "u_context")
    none = np.asarray(u_neg, dtype=object).size == 0
    negatives = np.zeros((0, v.size)) if none else checks.matrix(u_neg, "u_neg")
    checks.same_shape(v, u, "v_center", "u_context")
    checks.shape(negatives, "u_neg", (None, v.size))
    U = np.vstack([u, negatives])  # (1 + k, d)
    sign = np.where(np.arange(len(U)) == 0, 1.0, -1.0)
    z = checks.array(sign * (U @ v), "the dot products")
    loss = np.logaddexp(0, -z).sum()  # -ln sigma(z) = ln(1 + e^-z), without overflow
    gradient = (-sign * sigmoid(-z)) @ U  # sigma(z) - 1 = -sigma(-z), without cancellation
    return Record(loss=float(loss), grad_v=checks.array(gradient, "the gradient"))


@kernel(fields=("loss", "grad_v"))
def skipgram_softmax_loss(v_center: ArrayLike, U: ArrayLike, context: int) -> Record:
    r"""Skip-gram with the full softmax: how surprising the word beside the middle one is, among all words.

    The gradient is the context vector that the model expects, minus the one that it saw.

    $$\ell=-u_o^\top v_c+\log\sum_we^{u_w^\top v_c},\quad \nabla_{v_c}=-u_o+\sum_wP(w\mid c)\,u_w$$

    Args:
        v_center: the vector of the word in the middle, shape (d,).
        U: the context vectors of all words, shape (V, d).
        context: the row o of U that belongs to the word beside it, 0 to V-1.

    Returns:
        loss: in nats.
        grad_v: the gradient with respect to v_center, shape (d,).

    Raises:
        ValueError: context is no row of U, the widths differ, an entry is NaN or infinite, a dot product overflows.

    Source: Mikolov et al., Distributed Representations of Words and Phrases and their Compositionality (2013), section 2,
    equation 2.

    >>> skipgram_softmax_loss([1, 0], [[0, 4], [0, -2]], context=0)
    Record(loss=0.6931471805599453, grad_v=array([ 0., -3.]))
    """
    v, U = checks.vector(v_center, "v_center"), checks.matrix(U, "U")
    checks.shape(U, "U", (None, v.size))
    o = checks.count(context, "context", least=0, most=len(U) - 1)
    logits = checks.array(U @ v, "the dot products")
    loss = 0 - log_softmax(logits)[o]  # 0 - 0 is 0, where -0 would be shown as -0.0
    return Record(loss=float(loss), grad_v=checks.array(-U[o] + softmax(logits) @ U, "the gradient"))


@kernel(fields=("weight", "error", "loss"))
def glove_loss_term(
    x_ij: float, w_i: ArrayLike, w_j: ArrayLike, b_i: float, b_j: float, x_max: float = 100, alpha: float = 0.75
) -> Record:
    r"""One term of GloVe's loss: the log of a co-occurrence count, fitted by a dot product, rare pairs counting less.

    $$f(X_{ij})\left(w_i^\top\tilde w_j+b_i+\tilde b_j-\log X_{ij}\right)^2,\quad f(x)=\min\left(1,(x/x_{max})^{\alpha}\right)$$

    Args:
        x_ij: the co-occurrence count, at least 0 (not whole where pairs are weighted by their distance).
        w_i: the vector of the word, shape (d,).
        w_j: the vector of the context word, shape (d,).
        b_i: the bias of the word.
        b_j: the bias of the context word.
        x_max: the count from which on the weight is 1, above 0.
        alpha: the exponent of the weight, at least 0.

    Returns:
        weight: f(x_ij), 0 to 1.
        error: what is squared, in nats.
        loss: weight times error squared. All three are 0 for a count of 0, which the sum skips.

    Raises:
        ValueError: x_ij < 0, x_max <= 0, alpha < 0, the widths differ, an entry is NaN or infinite, the loss overflows.

    Source: Pennington, Socher and Manning, GloVe: Global Vectors for Word Representation (2014), section 3, equations 8 and 9.

    >>> glove_loss_term(1, [1, 2], [3, -1], b_i=0.5, b_j=0.5, x_max=16)
    Record(weight=0.125, error=2.0, loss=0.5)
    """
    x, w_i, w_j = checks.number(x_ij, "x_ij", least=0), checks.vector(w_i, "w_i"), checks.vector(w_j, "w_j")
    checks.same_shape(w_i, w_j, "w_i", "w_j")
    b_i, b_j = checks.number(b_i, "b_i"), checks.number(b_j, "b_j")
    x_max, alpha = checks.number(x_max, "x_max", above=0), checks.number(alpha, "alpha", least=0)
    if x == 0:
        return Record(weight=0.0, error=0.0, loss=0.0)
    weight = 1.0 if x >= x_max else (x / x_max) ** alpha
    error = float(w_i @ w_j) + b_i + b_j - math.log(x)
    return Record(weight=weight, error=error, loss=checks.finite(weight * error * error, "the loss"))


@kernel()
def pmi(count_xy: int, count_x: int, count_y: int, total: int, base: float = math.e) -> float:
    r"""Pointwise mutual information: how much more often two words meet than chance would have it.

    $$\mathrm{PMI}(x,y)=\log\frac{P(x,y)}{P(x)P(y)}=\log\frac{n_{xy}\,n}{n_xn_y}$$

    Args:
        count_xy: pairs of x and y, at least 0.
        count_x: pairs with x, at least 1.
        count_y: pairs with y, at least 1.
        total: all pairs n.
        base: of the logarithm, above 0 and not 1; e gives nats, 2 bits.

    Returns:
        0 for independent words, less for words that avoid each other, -inf for count_xy = 0; positive PMI (PPMI) clips it at 0.

    Raises:
        ValueError: a marginal count is 0, the counts contradict one another (more pairs than x or y has, fewer pairs in all than
            have x or y), the base is 1 or not above 0.

    Source: Church and Hanks, Word Association Norms, Mutual Information, and Lexicography (1990), section 3.

    >>> round(pmi(6, 12, 20, 400, base=2), 4)
    3.3219
    >>> pmi(0, 12, 20, 400)
    -inf
    """
    n_xy, n = checks.count(count_xy, "count_xy", least=0), checks.count(total, "total")
    n_x, n_y = checks.count(count_x, "count_x"), checks.count(count_y, "count_y")
    base = checks.number(base, "base", above=0)
    if base == 1:
        raise ValueError("base must not be 1: no logarithm has it")
    if n_xy > min(n_x, n_y) or n_x + n_y - n_xy > n:
        raise ValueError(f"count_xy, count_x, count_y and total contradict one another, got {n_xy}, {n_x}, {n_y} and {n}")
    if n_xy == 0:
        return -math.inf
    return math.log(n_xy * n / (n_x * n_y)) / math.log(base)


@kernel(fields=("onehot_dim", "params", "cosine_onehot"))
def onehot_vs_embedding(V: int, d: int) -> Record:
    r"""What an embedding saves: a look-up is the product of its matrix and a one-hot vector that nobody stores.

    $$e=E^\top\mathbf 1_w,\quad E\in\mathbb R^{V\times d}:\ Vd\text{ parameters}$$

    Any two different one-hot vectors have the cosine 0 and the distance sqrt(2): they know of no likeness.

    Args:
        V: words in the vocabulary, at least 1.
        d: width of the embedding, at least 1.

    Returns:
        onehot_dim: the width V of a one-hot vector.
        params: the parameters V d of the embedding.
        cosine_onehot: the cosine of two different one-hot vectors, 0.

    Raises:
        ValueError: a size is below 1 or not whole.

    Source: Goodfellow, Bengio and Courville, Deep Learning (2016), section 12.4.2.

    >>> onehot_vs_embedding(20000, 128)
    Record(onehot_dim=20000, params=2560000, cosine_onehot=0)
    """
    V, d = checks.count(V, "V"), checks.count(d, "d")
    return Record(onehot_dim=V, params=V * d, cosine_onehot=0)
