"""Second ways to the kernels of linear algebra."""

import itertools
from fractions import Fraction
from typing import Any

import numpy as np

from kernels.oracles.registry import at_most, oracle


def _largest(A: Any) -> float:
    return float(np.max(np.abs(A)))


@oracle("dot_product")
def dot_product_exact(a: Any, b: Any) -> float:
    """Exact arithmetic with fractions, rounded once at the end."""
    return float(sum(Fraction(x) * Fraction(y) for x, y in zip(map(float, a), map(float, b), strict=True)))


@oracle("dot_product", needs=("torch",))
def dot_product_torch(a: Any, b: Any) -> float:
    """``torch.dot`` in float64."""
    import torch

    return float(torch.dot(torch.tensor(a, dtype=torch.float64), torch.tensor(b, dtype=torch.float64)))


@oracle("cosine_similarity", needs=("mpmath",))
def cosine_similarity_law_of_cosines(a: Any, b: Any) -> float:
    """The law of cosines, (|a|^2 + |b|^2 - |a-b|^2) / 2|a||b|, with 60 digits, where nothing is lost by the subtraction."""
    import mpmath

    with mpmath.workdps(60):
        u, v = ([mpmath.mpf(float(entry)) for entry in side] for side in (a, b))
        aa, bb = mpmath.fdot(u, u), mpmath.fdot(v, v)
        third = mpmath.fsum((x - y) ** 2 for x, y in zip(u, v, strict=True))
        return float((aa + bb - third) / (2 * mpmath.sqrt(aa * bb)))


@oracle("cosine_similarity", needs=("torch",), applies=lambda a, b: min(_largest(a), _largest(b)) > 1e-6)
def cosine_similarity_torch(a: Any, b: Any) -> float:
    """``torch.nn.functional.cosine_similarity``, for vectors whose length is above its eps of 1e-8."""
    import torch

    u, v = (torch.tensor(side, dtype=torch.float64) for side in (a, b))
    return float(torch.nn.functional.cosine_similarity(u, v, dim=0))


@oracle("vector_projection", needs=("sympy",), scale=lambda a, b: _largest(a))
def vector_projection_sympy(a: Any, b: Any) -> dict[str, Any]:
    """``sympy.Matrix.project`` on exact rationals."""
    import sympy

    u, v = (sympy.Matrix([sympy.Rational(Fraction(float(entry))) for entry in side]) for side in (a, b))
    projection = u.project(v)
    return {
        "scalar": float(u.dot(v) / v.norm()),
        "vector": [float(entry) for entry in projection],
        "rejection": [float(entry) for entry in u - projection],
    }


@oracle("vector_projection", scale=lambda a, b: _largest(a))
def vector_projection_least_squares(a: Any, b: Any) -> dict[str, Any]:
    """The multiple of b nearest to a by ``numpy.linalg.lstsq``; a and the shadow cancel in the rest, hence the scale."""
    (factor,), *_ = np.linalg.lstsq(np.array(b, dtype=float)[:, None], np.array(a, dtype=float), rcond=None)
    shadow = factor * np.array(b, dtype=float)
    return {"vector": shadow, "rejection": np.array(a) - shadow}


@oracle("lp_norm", needs=("mpmath",))
def lp_norm_mpmath(v: Any, p: Any) -> float:
    """The definition as it stands, without any scaling, in arithmetic where no exponent overflows."""
    import mpmath

    with mpmath.workdps(30):
        entries = [abs(mpmath.mpf(float(entry))) for entry in v]
        if float(p) == float("inf"):
            return float(max(entries))
        return float(mpmath.fsum(entry**p for entry in entries) ** (1 / mpmath.mpf(p)))


@oracle("lp_norm", needs=("torch",), applies=lambda v, p: float(p) <= 8 or float(p) == float("inf"))
def lp_norm_torch(v: Any, p: Any) -> float:
    """``torch.linalg.vector_norm`` in float64, for orders at which its powers neither overflow nor vanish."""
    import torch

    return float(torch.linalg.vector_norm(torch.tensor(v, dtype=torch.float64), ord=float(p)))


@oracle("unit_normalize", needs=("mpmath",))
def unit_normalize_root_finding(v: Any, p: Any = 2) -> list[float]:
    """The multiple of v that lies on the unit sphere, found by secants with 40 digits: no root is taken."""
    import mpmath

    with mpmath.workdps(40):
        entries = [mpmath.mpf(float(entry)) for entry in v]
        largest = max(abs(entry) for entry in entries)
        if float(p) == float("inf"):
            return [float(entry / largest) for entry in entries]
        powers = mpmath.fsum(abs(entry / largest) ** p for entry in entries)
        # |t v / largest|_p = 1 lies between t = 1/n (n entries of size at most 1) and t = 1 (one of size 1).
        t = mpmath.findroot(lambda t: t**p * powers - 1, (mpmath.mpf(1) / len(entries), 1), solver="anderson", tol=1e-60)
        return [float(t * entry / largest) for entry in entries]


@oracle("unit_normalize", needs=("sklearn",), applies=lambda v, p=2: p in (1, 2, "inf"))
def unit_normalize_sklearn(v: Any, p: Any = 2) -> Any:
    """``sklearn.preprocessing.normalize`` with l1, l2 or max, its sign mended for max, where it divides by the largest entry."""
    from sklearn.preprocessing import normalize

    rows = np.array([v], dtype=float)
    return normalize(rows, norm={1: "l1", 2: "l2", "inf": "max"}[p])[0]


@oracle("matmul_shape_and_cost", applies=lambda a_shape, b_shape: a_shape[0] * a_shape[1] * b_shape[1] <= 20_000)
def matmul_shape_and_cost_counted(a_shape: Any, b_shape: Any) -> dict[str, Any]:
    """The product by three nested loops, counting every multiplication and every addition."""
    n, d, m = a_shape[0], a_shape[1], b_shape[1]
    multiplications = additions = 0
    product: dict[tuple[int, int], int] = {}
    for i, j, _ in itertools.product(range(n), range(m), range(d)):
        product[i, j] = product.get((i, j), 0) + 1
        multiplications, additions = multiplications + 1, additions + 1
    shape = [len({i for i, _ in product}), len({j for _, j in product})]
    return {"shape": shape, "macs": multiplications, "flops": multiplications + additions}


@oracle("matmul_shape_and_cost", applies=lambda a_shape, b_shape: a_shape[1] <= 100_000)
def matmul_shape_and_cost_outer_products(a_shape: Any, b_shape: Any) -> dict[str, Any]:
    """The product as a sum of D outer products, each as large as the result, sized by NumPy without memory for them."""
    outer = np.broadcast_shapes((a_shape[0], 1), (1, b_shape[1]))
    entries = 0
    for _ in range(a_shape[1]):
        entries += int(outer[0]) * int(outer[1])
    return {"shape": list(outer), "macs": entries, "flops": entries + entries}


@oracle("matmul_shape_and_cost", needs=("torch",))
def matmul_shape_and_cost_torch(a_shape: Any, b_shape: Any) -> dict[str, Any]:
    """``torch.utils.flop_counter`` on tensors without data."""
    import torch
    from torch.utils.flop_counter import FlopCounterMode

    with FlopCounterMode(display=False) as counter:
        product = torch.empty(*a_shape, device="meta") @ torch.empty(*b_shape, device="meta")
    return {"shape": list(product.shape), "flops": counter.get_total_flops()}


@oracle("low_rank_param_count", needs=("sympy",))
def low_rank_param_count_sympy(m: Any, n: Any, r: Any) -> dict[str, Any]:
    """Sizes of NumPy views without memory; the break-even rank as the root of r m + r n - m n."""
    import sympy

    def size(*shape: int) -> int:
        return int(np.broadcast_to(0, shape).size)

    rank = sympy.Symbol("rank")
    (even,) = sympy.solve(rank * m + rank * n - m * n, rank)
    dense, factored = size(m, n), size(m, r) + size(r, n)
    return {"dense": dense, "factored": factored, "ratio": float(Fraction(factored, dense)), "break_even_rank": float(even)}


@oracle("low_rank_param_count", needs=("torch",))
def low_rank_param_count_torch(m: Any, n: Any, r: Any) -> dict[str, Any]:
    """``numel`` of the weights of torch's own layers, without data."""
    import torch

    dense = torch.nn.Linear(n, m, bias=False, device="meta")
    factors = torch.nn.Sequential(
        torch.nn.Linear(n, r, bias=False, device="meta"), torch.nn.Linear(r, m, bias=False, device="meta")
    )
    return {"dense": dense.weight.numel(), "factored": sum(weight.numel() for weight in factors.parameters())}


def _whole(A: Any) -> bool:
    return bool((np.asarray(A) == np.round(A)).all())


@oracle("matrix_rank", needs=("sympy",), applies=lambda A, tol=None: tol is None and _whole(A))
def matrix_rank_sympy(A: Any, tol: Any = None) -> int:
    """Exact elimination by ``sympy.Matrix.rank``, for small integers, whose singular values are 0 or far from it."""
    import sympy

    return int(sympy.Matrix(np.asarray(A).astype(int).tolist()).rank())


@oracle("matrix_rank", needs=("mpmath",))
def matrix_rank_mpmath(A: Any, tol: Any = None) -> int:
    """Singular values with 50 digits, counted by the same rule."""
    sigma = _singular_values(A)
    limit = max(np.shape(A)) * 2.0**-52 * sigma[0] if tol is None else tol
    return sum(1 for value in sigma if value > limit)


@oracle("matrix_rank", needs=("scipy",), applies=lambda A, tol=None: tol is None and _whole(A))
def matrix_rank_scipy(A: Any, tol: Any = None) -> int:
    """The columns less the dimension of the null space, from ``scipy.linalg.null_space``."""
    import scipy.linalg

    return int(np.shape(A)[1] - scipy.linalg.null_space(np.asarray(A, dtype=float)).shape[1])


def _singular_values(A: Any) -> list[Any]:
    """Descending, with 50 digits: the roots of the eigenvalues of the smaller of AA^T and A^TA, by Jacobi or QR in mpmath."""
    import mpmath

    with mpmath.workdps(50):
        M = mpmath.matrix(np.asarray(A, dtype=float).tolist())
        gram = M * M.T if M.rows <= M.cols else M.T * M
        eigenvalues = mpmath.eigsy(gram, eigvals_only=True)
        return sorted((mpmath.sqrt(max(value, 0)) for value in eigenvalues), reverse=True)


def _squared_condition(A: Any) -> float:
    """How large the terms are that a singular value decomposition rounds.

    It is stable normwise (Golub and Van Loan, Matrix Computations, 4th ed., 2013, section 8.6.1): the smallest singular value is
    off by u times the largest, and so their quotient by u times its square.
    """
    found = float(np.linalg.cond(np.asarray(A, dtype=float)))
    return found**2 if np.isfinite(found) else 0.0


@oracle("condition_number", needs=("mpmath",), scale=_squared_condition)
def condition_number_mpmath(A: Any) -> float:
    """Eigenvalues of the Gram matrix with 50 digits: squaring the condition costs 16 of them and no more."""
    sigma = _singular_values(A)
    return float("inf") if sigma[-1] <= max(np.shape(A)) * 2.0**-52 * sigma[0] else float(sigma[0] / sigma[-1])


@oracle(
    "condition_number",
    needs=("scipy",),
    scale=_squared_condition,
    applies=lambda A: np.shape(A)[0] == np.shape(A)[1] and np.linalg.matrix_rank(A) == len(A),
)
def condition_number_inverse(A: Any) -> float:
    """The norm of A times the norm of its inverse, both from scipy, for regular square matrices."""
    import scipy.linalg

    A = np.asarray(A, dtype=float)
    return float(scipy.linalg.norm(A, 2) * scipy.linalg.norm(scipy.linalg.inv(A), 2))


@oracle("eig_identity_plus_rank_one", needs=("sympy",), applies=at_most(12, "n"))
def eig_identity_plus_rank_one_sympy(n: Any, alpha: Any) -> dict[str, Any]:
    """The matrix itself in exact rationals: its action on (1, ..., 1) and on differences, its determinant, trace and rank."""
    import sympy

    A = sympy.eye(n) + sympy.Rational(str(float(alpha))) * sympy.ones(n, n)
    image = A * sympy.ones(n, 1)
    assert all(entry == image[0] for entry in image)
    kept = [sympy.Matrix([1 if j == 0 else -1 if j == i else 0 for j in range(n)]) for i in range(1, n)]
    assert all(A * v == v for v in kept)
    return {
        "lambda_ones": float(image[0]),
        "lambda_perp": 1.0,
        "mult_perp": len(kept),
        "det": float(A.det()),
        "trace": float(A.trace()),
        "invertible": A.rank() == n,
    }


@oracle("eig_identity_plus_rank_one", scale=lambda n, alpha: 1 + n * abs(alpha), applies=at_most(100, "n"))
def eig_identity_plus_rank_one_numpy(n: Any, alpha: Any) -> dict[str, Any]:
    """``numpy.linalg``: eigenvalues are good relative to the norm of the matrix, which is at most 1 + n |alpha|."""
    A = np.eye(n) + alpha * np.ones((n, n))
    eigenvalues = np.linalg.eigvalsh(A)
    far = int(np.argmax(np.abs(eigenvalues - 1)))
    return {"lambda_ones": eigenvalues[far], "det": np.linalg.det(A), "trace": np.trace(A)}


@oracle("pca_svd", needs=("mpmath",), scale=lambda X, k, center=True: float(np.linalg.norm(X)))
def pca_svd_covariance(X: Any, k: Any, center: Any = True) -> dict[str, Any]:
    """Eigenvectors of the covariance matrix with 40 digits; the error by subtracting the projection and adding up squares.

    The kernel's singular values, also those that are 0, are good relative to the norm of X: hence the scale.
    """
    import mpmath

    with mpmath.workdps(40):
        M = mpmath.matrix(np.asarray(X, dtype=float).tolist())
        n, d = M.rows, M.cols
        if center:
            means = [mpmath.fsum(M[i, j] for i in range(n)) / n for j in range(d)]
            M = mpmath.matrix(n, d) + mpmath.matrix([[M[i, j] - means[j] for j in range(d)] for i in range(n)])
        covariance = M.T * M / (n - 1)
        values, vectors = mpmath.eigsy(covariance)
        order = sorted(range(d), key=lambda i: values[i], reverse=True)[:k]
        components = [[vectors[j, i] for j in range(d)] for i in order]
        components = [[entry * mpmath.sign(max(row, key=abs)) for entry in row] for row in components]
        C = mpmath.matrix(components)
        scores = M * C.T
        rest = M - scores * C
        total = mpmath.fsum(covariance[j, j] for j in range(d))
        return {
            "components": [[float(entry) for entry in row] for row in components],
            "explained_variance": [float(values[i]) for i in order],
            "explained_ratio": [float(values[i] / total) for i in order],
            "scores": [[float(scores[i, j]) for j in range(len(order))] for i in range(n)],
            "frob_error": float(mpmath.sqrt(mpmath.fsum(entry**2 for entry in rest))),
        }


@oracle(
    "pca_svd",
    needs=("sklearn",),
    scale=lambda X, k, center=True: float(np.linalg.norm(X)),
    applies=lambda X, k, center=True: bool(center),
)
def pca_svd_sklearn(X: Any, k: Any, center: Any = True) -> dict[str, Any]:
    """``sklearn.decomposition.PCA``, its signs turned so that the largest entry of each component is positive."""
    from sklearn.decomposition import PCA

    X = np.asarray(X, dtype=float)
    pca = PCA(n_components=k, svd_solver="full").fit(X)
    signs = [1 if max(row, key=abs) > 0 else -1 for row in pca.components_.tolist()]
    scores = pca.transform(X)
    return {
        "components": pca.components_ * np.array(signs)[:, None],
        "explained_variance": pca.explained_variance_,
        "explained_ratio": pca.explained_variance_ratio_,
        "scores": scores * signs,
        "frob_error": float(np.linalg.norm(X - pca.inverse_transform(scores))),
    }


@oracle("pca_from_singular_values", needs=("mpmath",))
def pca_from_singular_values_exact(s: Any, n: Any, k: Any) -> dict[str, Any]:
    """Fractions throughout, and one root with 40 digits."""
    import mpmath

    squares = [Fraction(float(value)) ** 2 for value in s]
    left = sum(squares[k:], Fraction(0))
    with mpmath.workdps(40):
        return {
            "explained_variance": [float(square / (n - 1)) for square in squares[:k]],
            "explained_ratio": [float(square / sum(squares)) for square in squares[:k]],
            "frob_error": float(mpmath.sqrt(mpmath.mpf(left.numerator) / left.denominator)),
        }


@oracle(
    "pca_from_singular_values",
    needs=("sklearn",),
    scale=lambda s, n, k: float(s[0]) + float(s[0]) ** 2,
    applies=lambda s, n, k: len(s) < n <= 60,
)
def pca_from_singular_values_sklearn(s: Any, n: Any, k: Any) -> dict[str, Any]:
    """``sklearn`` on centred data that were built with these singular values, from random orthogonal factors.

    A computed singular value is off by rounding relative to the largest one, its square relative to that one's square.
    """
    from sklearn.decomposition import PCA

    random = np.random.Generator(np.random.Philox(0))
    r = len(s)
    # The first column of Q is that of ones, so all others are orthogonal to it: the data are centred.
    Q, _ = np.linalg.qr(np.column_stack([np.ones(n), random.normal(size=(n, r))]))
    V, _ = np.linalg.qr(random.normal(size=(r, r)))
    pca = PCA(n_components=k, svd_solver="full").fit(Q[:, 1:] * np.asarray(s, dtype=float) @ V.T)
    return {"explained_variance": pca.explained_variance_, "explained_ratio": pca.explained_variance_ratio_}
