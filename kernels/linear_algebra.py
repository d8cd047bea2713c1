"""Vectors, norms, matrices and their spectra."""

import math
from collections.abc import Sequence
from fractions import Fraction
from typing import Literal

import numpy as np
from numpy.typing import ArrayLike

from kernels import checks
from kernels.checks import Array
from kernels.registry import Record, kernel


@kernel()
def dot_product(a: ArrayLike, b: ArrayLike) -> float:
    r"""The dot product of two vectors: how far they point the same way, scaled by both lengths.

    $$a\cdot b=\sum_i a_i b_i=\|a\|\,\|b\|\cos\theta$$

    Args:
        a: vector, shape (n,).
        b: vector, shape (n,).

    Returns:
        A number; exactly 0 for orthogonal vectors of integers.

    Raises:
        ValueError: the shapes differ, n = 0, an entry is NaN or infinite, the result is too large for float64.

    Source: Strang, Introduction to Linear Algebra (5th ed., 2016), section 1.2.

    >>> dot_product([3, -1, 2], [1, 4, 0.5])
    0.0
    """
    a, b = checks.vector(a, "a"), checks.vector(b, "b")
    checks.same_shape(a, b, "a", "b")
    return checks.finite(float(a @ b), "the dot product of a and b")


@kernel()
def cosine_similarity(a: ArrayLike, b: ArrayLike) -> float:
    r"""The cosine of the angle between two vectors: 1 for one direction, 0 for a right angle, -1 for opposite directions.

    $$\cos\theta=\frac{a\cdot b}{\|a\|_2\,\|b\|_2}$$

    Lengths do not matter: a positive factor changes nothing, a negative one flips the sign.

    Args:
        a: vector, shape (n,), not 0. PyTorch takes 0 too, by putting a small eps in place of a smaller norm: the angle is
            undefined there, so here it is an error.
        b: vector, shape (n,), not 0.

    Returns:
        A number in [-1, 1], clipped to it where rounding would leave it; exactly 0 for orthogonal vectors of integers.

    Raises:
        ValueError: a = 0 or b = 0, the shapes differ, n = 0, an entry is NaN or infinite.

    Source: Strang, Introduction to Linear Algebra (5th ed., 2016), section 1.2.

    >>> cosine_similarity([2, 1], [1, 2])
    0.8
    >>> cosine_similarity([2, 1], [-4, -2])
    -1.0
    """
    a, b = _nonzero(checks.vector(a, "a"), "a"), _nonzero(checks.vector(b, "b"), "b")
    checks.same_shape(a, b, "a", "b")
    a, b = _scaled(a), _scaled(b)
    return float(np.clip(a @ b / np.sqrt((a @ a) * (b @ b)), -1, 1))


@kernel(fields=("scalar", "vector", "rejection"))
def vector_projection(a: ArrayLike, b: ArrayLike) -> Record:
    r"""The shadow of a on the line along b, and what is left of a beside it.

    $$\mathrm{comp}_b(a)=\frac{a\cdot b}{\|b\|},\quad \mathrm{proj}_b(a)=\frac{a\cdot b}{b\cdot b}\,b,\quad
    \mathrm{rej}_b(a)=a-\mathrm{proj}_b(a)$$

    Args:
        a: the vector that is projected, shape (n,).
        b: the vector that it is projected on, shape (n,), not 0.

    Returns:
        scalar: the signed length of the shadow, negative for an obtuse angle.
        vector: the shadow, shape (n,).
        rejection: the part of a orthogonal to b, shape (n,).

    Raises:
        ValueError: b = 0, the shapes differ, n = 0, an entry is NaN or infinite, the result is too large for float64.

    Source: Strang, Introduction to Linear Algebra (5th ed., 2016), section 4.2.

    >>> vector_projection([3, 4], [1, 0]).scalar
    3.0
    """
    a, b = checks.vector(a, "a"), _nonzero(checks.vector(b, "b"), "b")
    checks.same_shape(a, b, "a", "b")
    b = _scaled(b)  # the line along b does not change with the length of b
    scalar = checks.finite(float(a @ b / np.linalg.norm(b)), "the scalar projection")
    projection = (a @ b) / (b @ b) * b
    return Record(scalar=scalar, vector=projection, rejection=a - projection)


def _nonzero(v: Array, name: str) -> Array:
    if not v.any():
        raise ValueError(f"{name} must not be the zero vector, which has no direction, got shape {v.shape}")
    return v


def _scaled(v: Array) -> Array:
    """v times the power of two that brings its largest entry near 1: exact, and then no square overflows or vanishes."""
    exponent = int(np.frexp(np.abs(v).max())[1])
    scaled: Array = np.ldexp(v, -exponent)
    return scaled


@kernel()
def lp_norm(v: ArrayLike, p: float | Literal["inf"]) -> float:
    r"""The length of a vector, where p says how much its largest entries dominate: 1 adds them up, infinity takes the largest.

    $$\|v\|_p=\Bigl(\sum_i|v_i|^p\Bigr)^{1/p},\qquad \|v\|_\infty=\max_i|v_i|$$

    The absolute value comes before the power: without it the odd powers of negative entries would be subtracted. The largest entry
    is taken out of the sum first, so that no power overflows.

    Args:
        v: vector, shape (n,).
        p: the order, at least 1; "inf" (or ``math.inf``) is the maximum norm. No default, although PyTorch takes 2: the order is
            what a question about norms asks for.

    Returns:
        A number, at least 0; 0 only for v = 0.

    Raises:
        ValueError: p < 1 (the triangle inequality fails: no norm), p is another word, n = 0, an entry is NaN or infinite,
            the result is too large for float64.

    Source: Golub and Van Loan, Matrix Computations (4th ed., 2013), section 2.2.

    >>> lp_norm([3, -4], 1), lp_norm([3, -4], 2), lp_norm([3, -4], "inf")
    (7.0, 5.0, 4.0)
    """
    v, p = np.abs(checks.vector(v, "v")), _order(p)
    largest = float(v.max())
    if largest == 0 or p == math.inf:
        return largest
    return checks.finite(largest * float(((v / largest) ** p).sum()) ** (1 / p), f"the {p:g}-norm of v")


@kernel()
def unit_normalize(v: ArrayLike, p: float | Literal["inf"] = 2) -> Array:
    r"""The vector of length 1 in the direction of v.

    $$\hat v=\frac{v}{\|v\|_p},\qquad \|\hat v\|_p=1$$

    Args:
        v: vector, shape (n,), not 0. PyTorch returns 0 for 0; here a vector without a direction is an error.
        p: the order of the norm, at least 1, or "inf"; 2, the Euclidean length, as in PyTorch.

    Returns:
        shape (n,); v itself, up to rounding, if its length is 1 already.

    Raises:
        ValueError: v = 0, p < 1, p is another word, n = 0, an entry is NaN or infinite, the norm is too large for float64.

    Source: Strang, Introduction to Linear Algebra (5th ed., 2016), section 1.2.

    >>> unit_normalize([3, -4]).tolist()
    [0.6, -0.8]
    >>> unit_normalize([3, -4, 1], p=1).tolist()
    [0.375, -0.5, 0.125]
    """
    vector = _nonzero(checks.vector(v, "v"), "v")
    unit: Array = vector / lp_norm(vector, p)
    return unit


def _order(p: float | str) -> float:
    if isinstance(p, str):
        checks.word(p, "p", ("inf",))
        return math.inf
    return checks.number(p, "p", least=1, infinite=True)


@kernel(fields=("shape", "macs", "flops"))
def matmul_shape_and_cost(a_shape: Sequence[int], b_shape: Sequence[int]) -> Record:
    r"""The shape of a matrix product AB, and what it costs: every entry is a dot product of length D.

    $$(N\times D)(D\times M)\to N\times M,\qquad \text{MACs}=NDM,\quad \text{FLOPs}=2NDM$$

    A multiply-add (MAC) counts as two floating-point operations, as in PyTorch's counter; who does not count the first addition,
    to zero, gets NM(2D - 1) instead.

    Args:
        a_shape: (N, D), the shape of A; a row vector has N = 1.
        b_shape: (D, M), the shape of B; a column vector has M = 1.

    Returns:
        shape: [N, M].
        macs: multiply-adds, an exact integer.
        flops: floating-point operations, two to a multiply-add, an exact integer.

    Raises:
        ValueError: the inner sizes differ (the product is undefined), a shape has not two sizes, a size is not an integer >= 1.

    Source: Golub and Van Loan, Matrix Computations (4th ed., 2013), section 1.1.

    >>> matmul_shape_and_cost((32, 128), (128, 10))
    Record(shape=[32, 10], macs=40960, flops=81920)
    """
    (n, d), (inner, m) = _shape_of_matrix(a_shape, "a_shape"), _shape_of_matrix(b_shape, "b_shape")
    if d != inner:
        raise ValueError(f"b_shape must begin with the {d} that a_shape ends with, got {inner}: the product is undefined")
    return Record(shape=[n, m], macs=n * d * m, flops=2 * n * d * m)


def _shape_of_matrix(value: Sequence[int], name: str) -> list[int]:
    sizes = [checks.count(size, name) for size in checks.items(value, name)]
    if len(sizes) != 2:
        raise ValueError(f"{name} must hold two sizes, got {value!r}")
    return sizes


@kernel(fields=("dense", "factored", "ratio", "break_even_rank"))
def low_rank_param_count(m: int, n: int, r: int) -> Record:
    r"""How many numbers an m x n matrix holds, and how many its factors of rank r hold: BA with B of m x r and A of r x n.

    $$\text{dense}=mn,\qquad \text{factored}=r(m+n),\qquad r^*=\frac{mn}{m+n}$$

    Args:
        m: rows, at least 1.
        n: columns, at least 1.
        r: the rank of the factors, 1 to min(m, n).

    Returns:
        dense: the numbers in the full matrix.
        factored: the numbers in both factors; more than dense when r exceeds the break-even rank.
        ratio: factored / dense, no unit.
        break_even_rank: r* at which both hold the same, not rounded.

    Raises:
        ValueError: m or n is not an integer >= 1, r is not an integer from 1 to min(m, n).

    Source: Hu et al., LoRA: Low-Rank Adaptation of Large Language Models (ICLR 2022), section 4.1.

    >>> low_rank_param_count(1000, 1000, 50)
    Record(dense=1000000, factored=100000, ratio=0.1, break_even_rank=500.0)
    """
    m, n = checks.count(m, "m"), checks.count(n, "n")
    r = checks.count(r, "r", most=min(m, n))
    dense, factored = m * n, r * (m + n)
    return Record(dense=dense, factored=factored, ratio=factored / dense, break_even_rank=dense / (m + n))


@kernel()
def matrix_rank(A: ArrayLike, tol: float | None = None) -> int:
    r"""How many directions a matrix really spans: the number of its singular values that are not zero up to rounding.

    $$\mathrm{rank}(A)=\#\{i:\sigma_i>\tau\},\qquad \tau=\max(m,n)\,\varepsilon\,\sigma_{\max}\text{ unless given}$$

    Singular values, never eigenvalues: the matrix ((0, 1), (0, 0)) has rank 1 and no eigenvalue but 0.

    Args:
        A: matrix, shape (m, n).
        tol: the tau below which (or at which) a singular value counts as zero, in the unit of A, at least 0; None takes
            max(m, n) * 2**-52 * sigma_max, as NumPy and PyTorch do.

    Returns:
        An integer from 0 (the zero matrix) to min(m, n).

    Raises:
        ValueError: A is not a matrix, is empty or has an entry that is NaN or infinite; tol < 0.

    Source: Golub and Van Loan, Matrix Computations (4th ed., 2013), section 2.4.

    >>> matrix_rank([[1, 2, 3], [2, 4, 6], [1, 0, 1]])
    2
    >>> matrix_rank([[1, 0], [0, 1e-6]], tol=1e-3)
    1
    """
    A = checks.matrix(A, "A")
    sigma = _singular_values(A)
    tol = _negligible(sigma, A.shape) if tol is None else checks.number(tol, "tol", least=0)
    return int((sigma > tol).sum())


def _singular_values(A: Array) -> Array:
    return np.linalg.svd(A, compute_uv=False).astype(np.float64)


def _negligible(sigma: Array, shape: tuple[int, ...]) -> float:
    """What rounding alone can make of a singular value that is 0."""
    return float(max(shape) * np.finfo(float).eps * sigma[0])


@kernel()
def condition_number(A: ArrayLike) -> float:
    r"""By what factor a matrix can magnify relative errors: its longest stretch over its shortest.

    $$\kappa_2(A)=\frac{\sigma_{\max}}{\sigma_{\min}}\;\Bigl(\ge\frac{|\lambda|_{\max}}{|\lambda|_{\min}}\text{ for square
    invertible }A,\text{ with equality if }A\text{ is normal}\Bigr)$$

    Args:
        A: matrix, shape (m, n).

    Returns:
        A number, at least 1, that a factor before A does not change; 1 for an orthogonal matrix, and inf for a matrix that is
        singular up to rounding, by the rule of ``matrix_rank``: sigma_min <= max(m, n) * 2**-52 * sigma_max.

    Raises:
        ValueError: A is not a matrix, is empty or has an entry that is NaN or infinite.

    Source: Golub and Van Loan, Matrix Computations (4th ed., 2013), section 2.6.2.

    >>> round(condition_number([[2, 0], [0, 0.5]]), 9)
    4.0
    >>> condition_number([[1, 2], [2, 4]])
    inf
    """
    A = checks.matrix(A, "A")
    sigma = _singular_values(A)
    return math.inf if sigma[-1] <= _negligible(sigma, A.shape) else float(sigma[0] / sigma[-1])


@kernel(fields=("lambda_ones", "lambda_perp", "mult_perp", "det", "trace", "invertible"))
def eig_identity_plus_rank_one(n: int, alpha: float) -> Record:
    r"""The spectrum of the identity plus the same number everywhere: one eigenvalue moves, the others stay 1.

    $$A=I_n+\alpha\mathbf 1\mathbf 1^\top:\quad A\mathbf 1=(1+\alpha n)\mathbf 1,\quad Av=v\text{ for }v\perp\mathbf 1,\quad
    \det A=1+\alpha n,\quad \mathrm{tr}\,A=n+\alpha n$$

    Args:
        n: the size of the matrix, at least 1.
        alpha: the number added to every entry. It is taken as the decimal that is written: -0.2 is -1/5 and makes n = 5
            singular, although no binary float is -1/5.

    Returns:
        lambda_ones: the eigenvalue 1 + alpha n of the vector of ones.
        lambda_perp: the eigenvalue 1 of all vectors orthogonal to it.
        mult_perp: the multiplicity n - 1 of the latter as an integer: 0 for n = 1; at alpha = 0 both are 1 and every vector is
            an eigenvector.
        det: the determinant, the product of all eigenvalues.
        trace: the trace, their sum.
        invertible: whether A has an inverse, decided exactly.

    Raises:
        ValueError: n is not an integer >= 1, alpha is NaN or infinite.

    Source: Horn and Johnson, Matrix Analysis (2nd ed., 2013), section 0.8.5 (the determinant of a rank-one perturbation).

    >>> eig_identity_plus_rank_one(5, -0.2)
    Record(lambda_ones=0.0, lambda_perp=1.0, mult_perp=4, det=0.0, trace=4.0, invertible=False)
    """
    n = checks.count(n, "n")
    alpha_exact = Fraction(str(checks.number(alpha, "alpha")))
    ones = 1 + alpha_exact * n
    trace = n + alpha_exact * n
    return Record(
        lambda_ones=float(ones),
        lambda_perp=1.0,
        mult_perp=n - 1,
        det=float(ones),
        trace=float(trace),
        invertible=ones != 0,
    )


@kernel(fields=("components", "explained_variance", "explained_ratio", "scores", "frob_error"))
def pca_svd(X: ArrayLike, k: int, center: bool = True) -> Record:
    r"""Principal component analysis: the k orthogonal directions along which the data vary most, from one SVD.

    $$X-\bar X=U\Sigma V^\top,\quad \lambda_i=\frac{\sigma_i^2}{n-1},\quad \text{ratio}_i=\frac{\sigma_i^2}{\sum_j\sigma_j^2},\quad
    \|X-X_k\|_F=\sqrt{\sum_{i>k}\sigma_i^2}$$

    Args:
        X: the data, shape (n, d): n >= 2 samples in rows.
        k: how many components, 1 to min(n, d).
        center: subtract the mean of every column first; False takes X as it is (the divisor stays n - 1).

    Returns:
        components: orthonormal rows of V^T, strongest first, shape (k, d). A component and its negative are equally right: the
            one whose entry of largest magnitude is positive is chosen (the first such entry, if several agree up to rounding).
            Where singular values are equal the directions are not unique at all.
        explained_variance: lambda_i in the unit of X squared, shape (k,).
        explained_ratio: the share of all variance, shape (k,).
        scores: the coordinates of the samples along the components, shape (n, k).
        frob_error: the Frobenius norm of what k components leave out; 0 for k = rank.

    Raises:
        ValueError: X is not a matrix or has an entry that is NaN or infinite, n < 2, k is not an integer from 1 to min(n, d),
            center is not True or False, there is no variance at all (the ratio is undefined).

    Source: Jolliffe, Principal Component Analysis (2nd ed., 2002), section 3.5; Eckart and Young, Psychometrika 1 (1936).

    >>> pca = pca_svd([[2, 0], [0, 1], [-2, 0], [0, -1]], k=1)
    >>> pca.explained_ratio.round(9).tolist(), pca.scores.round(9)[:, 0].tolist()
    ([0.8], [2.0, 0.0, -2.0, 0.0])
    """
    X = checks.matrix(X, "X")
    n, d = X.shape
    if n < 2:
        raise ValueError(f"X must have at least 2 rows, got shape {X.shape}")
    k = checks.count(k, "k", most=min(n, d))
    center = checks.flag(center, "center")
    if not (np.ptp(X, axis=0) if center else X).any():
        raise ValueError("X must vary: of a variance of 0 no component explains a share")
    X = X - X.mean(axis=0) if center else X
    _, sigma, Vt = np.linalg.svd(X, full_matrices=False)
    components = _with_signs(Vt[:k].astype(np.float64))
    return Record(components=components, scores=X @ components.T, **_explained(sigma.astype(np.float64), n, k))


def _with_signs(components: Array) -> Array:
    """Each row with its largest entry positive; entries that differ by rounding only count as equal, and the first decides."""
    size = np.abs(components)
    largest = np.argmax(size >= (1 - 1e-9) * size.max(axis=1, keepdims=True), axis=1)
    signs: Array = np.sign(components[np.arange(len(components)), largest])[:, None]
    return components * signs


def _explained(sigma: Array, n: int, k: int) -> dict[str, Array | float]:
    """The fields that depend on the singular values alone; squares are taken relative to the largest, so that none vanishes."""
    squares = (sigma / sigma[0]) ** 2
    return {
        "explained_variance": sigma[:k] ** 2 / (n - 1),
        "explained_ratio": squares[:k] / squares.sum(),
        "frob_error": float(sigma[0] * np.sqrt(squares[k:].sum())),
    }


@kernel(fields=("explained_variance", "explained_ratio", "frob_error"))
def pca_from_singular_values(s: ArrayLike, n: int, k: int) -> Record:
    r"""What k principal components explain, when the singular values of the centred data are known.

    $$\lambda_i=\frac{\sigma_i^2}{n-1},\qquad \text{ratio}_i=\frac{\sigma_i^2}{\sum_j\sigma_j^2},\qquad
    \|X-X_k\|_F=\sqrt{\sum_{i>k}\sigma_i^2}$$

    Args:
        s: ALL singular values of the centred data, descending, shape (r,), at least 0 and not all 0, in the unit of the data.
        n: the number of samples, at least 2.
        k: how many components, 1 to r.

    Returns:
        explained_variance: lambda_i in the unit of the data squared, shape (k,).
        explained_ratio: the share of all variance, shape (k,).
        frob_error: the Frobenius norm of what k components leave out; 0 for k = r.

    Raises:
        ValueError: s is not descending, has a negative, NaN or infinite entry, is empty or all 0; n is not an integer >= 2; k is
            not an integer from 1 to r.

    Source: Jolliffe, Principal Component Analysis (2nd ed., 2002), section 3.5; Eckart and Young, Psychometrika 1 (1936).

    >>> pca = pca_from_singular_values([4, 2, 1], n=11, k=2)
    >>> pca.explained_variance.tolist(), pca.frob_error
    ([1.6, 0.4], 1.0)
    """
    s, n = checks.vector(s, "s"), checks.count(n, "n", least=2)
    k = checks.count(k, "k", most=len(s))
    if (s < 0).any() or (np.diff(s) > 0).any():
        raise ValueError(f"s must be descending and at least 0, got {s.tolist()}")
    if not s.any():
        raise ValueError(f"s must not be all 0, got {s.tolist()}: of a variance of 0 no component explains a share")
    return Record(**_explained(s, n, k))
