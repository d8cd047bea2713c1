"""Low-rank adaptation: LoRA's output, gradients and size, and what averaging its factors loses."""

import numpy as np
from numpy.typing import ArrayLike

from kernels import checks
from kernels.registry import Record, kernel


@kernel(fields=("lora", "full", "ratio", "comm_bytes"))
def lora_param_count(
    d_out: int,
    d_in: int,
    r: int,
    n_matrices: int = 1,
    bytes_per: int = 2,
    clients: int = 1,
    rounds: int = 1,
    both_ways: bool = False,
) -> Record:
    r"""How many parameters LoRA trains in place of whole matrices, and how many bytes federated training of them sends.

    $$\text{lora}=n_{\text{mat}}\,r(d_{\text{out}}+d_{\text{in}}),\qquad\text{full}=n_{\text{mat}}\,d_{\text{out}}d_{\text{in}},\qquad
    \text{comm}=\text{lora}\cdot\text{bytes}\cdot\text{clients}\cdot\text{rounds}\cdot(2\text{ if both ways})$$

    Below r = d_out d_in / (d_out + d_in) there are fewer.

    Args:
        d_out: the rows of each adapted matrix.
        d_in: its columns.
        r: the rank of the update, at most min(d_out, d_in).
        n_matrices: how many matrices of that shape are adapted.
        bytes_per: the bytes of one parameter: 2 for fp16 and bf16.
        clients: who trains in each round.
        rounds: the rounds of federated training.
        both_ways: True counts upload and download, False one of them.

    Returns:
        lora: the parameters that LoRA trains, in all matrices.
        full: the parameters of all these matrices.
        ratio: lora / full, the same for one matrix as for all.
        comm_bytes: the bytes sent in all rounds together.

    Raises:
        ValueError: r < 1, r > min(d_out, d_in), another size below 1 or not whole.

    Source: Hu et al., LoRA: Low-Rank Adaptation of Large Language Models (2022), sections 4.1 and 4.2.

    >>> lora_param_count(4096, 4096, r=8)
    Record(lora=65536, full=16777216, ratio=0.00390625, comm_bytes=131072)
    """
    d_out, d_in = checks.count(d_out, "d_out"), checks.count(d_in, "d_in")
    r = checks.count(r, "r")
    if r > min(d_out, d_in):
        raise ValueError(f"r must be at most min(d_out, d_in) = {min(d_out, d_in)}, got {r}")
    n_matrices, bytes_per = checks.count(n_matrices, "n_matrices"), checks.count(bytes_per, "bytes_per")
    clients, rounds = checks.count(clients, "clients"), checks.count(rounds, "rounds")
    ways = 2 if checks.flag(both_ways, "both_ways") else 1
    lora = n_matrices * r * (d_out + d_in)
    full = n_matrices * d_out * d_in
    return Record(lora=lora, full=full, ratio=lora / full, comm_bytes=lora * bytes_per * clients * rounds * ways)


@kernel(fields=("y", "merged_W", "scale"))
def lora_forward(x: ArrayLike, W: ArrayLike, A: ArrayLike, B: ArrayLike, alpha: float, rs: bool = False) -> Record:
    r"""A linear layer with a LoRA update beside it, and the same layer with the update merged in.

    $$y=xW^\top+s\,xA^\top B^\top,\qquad W'=W+s\,BA,\qquad s=\frac\alpha r\quad(\text{rsLoRA: }s=\alpha/\sqrt r)$$

    With B = 0, as training begins, y is the base layer's output exactly. x W'^T is y up to rounding.

    Args:
        x: a batch of inputs, shape (b, d_in).
        W: the frozen weights, shape (d_out, d_in).
        A: the factor that goes down to rank r, shape (r, d_in).
        B: the factor that comes up from it, shape (d_out, r).
        alpha: LoRA's scale.
        rs: False divides alpha by r, as the paper does; True by the root of r (rsLoRA).

    Returns:
        y: the outputs, shape (b, d_out).
        merged_W: the weights that alone give the same outputs, shape (d_out, d_in).
        scale: s.

    Raises:
        ValueError: shapes that do not fit, r = 0, an entry is NaN or infinite.

    Source: Hu et al., LoRA: Low-Rank Adaptation of Large Language Models (2022), eq. 3; for rs Kalajdzievski, A Rank
    Stabilization Scaling Factor for Fine-Tuning with LoRA (2023).

    >>> lora_forward(x=[[1, 2]], W=[[1, 0]], A=[[3, 1]], B=[[0.5]], alpha=2)
    Record(y=array([[6.]]), merged_W=array([[4., 1.]]), scale=2.0)
    """
    x, W = checks.matrix(x, "x"), checks.matrix(W, "W")
    A, B = checks.matrix(A, "A"), checks.matrix(B, "B")
    d_out, d_in = W.shape
    r = len(A)
    checks.shape(x, "x", (None, d_in))
    checks.shape(A, "A", (None, d_in))
    checks.shape(B, "B", (d_out, r))
    s = checks.number(alpha, "alpha") / (np.sqrt(r) if checks.flag(rs, "rs") else r)
    y = x @ W.T + s * (x @ A.T @ B.T)
    return Record(y=y, merged_W=W + s * (B @ A), scale=float(s))


@kernel(fields=("dA", "dB"))
def lora_backward(x: ArrayLike, g: ArrayLike, A: ArrayLike, B: ArrayLike, alpha: float) -> Record:
    r"""The gradients of a loss with respect to LoRA's factors, from the gradient with respect to the layer's output.

    $$g=\frac{\partial L}{\partial y}:\qquad\frac{\partial L}{\partial A}=\frac\alpha r\,B^\top g\,x^\top,\qquad
    \frac{\partial L}{\partial B}=\frac\alpha r\,g\,(Ax)^\top$$

    At B = 0, where training begins, dA = 0 and dB is not: B moves first. With A = B = 0 both gradients stay 0 for ever.

    Args:
        x: one input, shape (d_in,); over a batch the gradients add up.
        g: the gradient at the output, shape (d_out,).
        A: the factor that goes down to rank r, shape (r, d_in).
        B: the factor that comes up from it, shape (d_out, r).
        alpha: LoRA's scale; it is divided by r.

    Returns:
        dA: the gradient of A, shape (r, d_in).
        dB: the gradient of B, shape (d_out, r).

    Raises:
        ValueError: shapes that do not fit, r = 0, an entry is NaN or infinite.

    Source: Hu et al., LoRA: Low-Rank Adaptation of Large Language Models (2022), section 4.1, by the chain rule.

    >>> lora_backward(x=[1, 2], g=[1, -1], A=[[0.5, 1]], B=[[0], [0]], alpha=2)
    Record(dA=array([[0., 0.]]), dB=array([[ 5.],
           [-5.]]))
    """
    x, g = checks.vector(x, "x"), checks.vector(g, "g")
    A, B = checks.matrix(A, "A"), checks.matrix(B, "B")
    r = len(A)
    checks.shape(A, "A", (None, len(x)))
    checks.shape(B, "B", (len(g), r))
    s = checks.number(alpha, "alpha") / r
    return Record(dA=s * np.outer(B.T @ g, x), dB=s * np.outer(g, A @ x))


@kernel(fields=("avg_product", "product_of_avgs", "fro_gap", "rank_avg"))
def lora_federated_gap(Bs: ArrayLike, As: ArrayLike) -> Record:
    r"""Why federated averaging of LoRA's factors is not averaging of the updates: the mean of products is not the product of means.

    $$\frac1n\sum_iB_iA_i\ \ne\ \Big(\frac1n\sum_iB_i\Big)\Big(\frac1n\sum_iA_i\Big)$$

    The gap is 0 when all clients share one A, or one B (as when A is frozen). The mean of the products has a rank of up to
    min(d, k, nr), so no pair of factors of rank r need hold it.

    Args:
        Bs: the clients' factors B, shape (n, d, r).
        As: the clients' factors A, shape (n, r, k).

    Returns:
        avg_product: the mean of the clients' updates, shape (d, k).
        product_of_avgs: the update that averaged factors give, shape (d, k).
        fro_gap: the Frobenius norm of their difference.
        rank_avg: the rank of avg_product, of which singular values that rounding alone can make do not count.

    Raises:
        ValueError: shapes that do not fit, n = 0, an entry is NaN or infinite.

    Source: Sun et al., Improving LoRA in Privacy-preserving Federated Learning (2024).

    >>> gap = lora_federated_gap(Bs=[[[1], [0]], [[0], [2]]], As=[[[1, 0]], [[0, 1]]])
    >>> gap.avg_product.tolist(), gap.product_of_avgs.tolist()
    ([[0.5, 0.0], [0.0, 1.0]], [[0.25, 0.25], [0.5, 0.5]])
    >>> round(gap.fro_gap, 4), gap.rank_avg
    (0.7906, 2)
    """
    Bs, As = checks.array(Bs, "Bs", ndim=3), checks.array(As, "As", ndim=3)
    n, d, r = Bs.shape
    checks.shape(As, "As", (n, r, None))
    avg_product = (Bs @ As).mean(axis=0)
    product_of_avgs = Bs.mean(axis=0) @ As.mean(axis=0)
    # n r products are added in each entry: the error this makes, and that of the singular values, is within this many units.
    size = float(np.mean(np.linalg.norm(Bs, axis=(1, 2)) * np.linalg.norm(As, axis=(1, 2))))
    noise = (n * r + max(d, As.shape[2])) * np.finfo(float).eps * size
    return Record(
        avg_product=avg_product,
        product_of_avgs=product_of_avgs,
        fro_gap=float(np.linalg.norm(avg_product - product_of_avgs)),
        rank_avg=int(np.linalg.matrix_rank(avg_product, tol=noise)),
    )
