"""Random arguments for the kernels of linear algebra."""

import math

import numpy as np
from hypothesis import strategies as st

from tests.kernels.inputs.common import extreme, matrices, plain, vectors

lengths = st.integers(1, 6)
orders = st.one_of(st.sampled_from([1.0, 2.0, 3.0, 4.0, 1000.0, math.inf, "inf"]), st.floats(1, 8))
sizes = st.one_of(st.integers(1, 12), st.sampled_from([64, 1000, 4096]))


def nonzero(n: int, entries: st.SearchStrategy[float] = plain) -> st.SearchStrategy[np.ndarray]:
    """Float vectors of shape (n,) with a direction."""
    return vectors(n, entries).filter(lambda v: np.abs(v).max() > 1e-3)


def whole(m: int, n: int) -> st.SearchStrategy[np.ndarray]:
    """Float matrices of small integers, often of deficient rank: products of thin factors."""
    entries = st.integers(-3, 3).map(float)
    return st.integers(1, 3).flatmap(
        lambda r: st.tuples(matrices(m, r, entries), matrices(r, n, entries)).map(lambda f: f[0] @ f[1])
    )


def regular(A: np.ndarray) -> bool:
    """Whether the condition of the matrix can be measured at all by moving its entries."""
    sigma = np.linalg.svd(A, compute_uv=False)
    return bool(sigma[-1] > 1e-6 * sigma[0])


def clear(data: tuple[np.ndarray, bool]) -> bool:
    """Whether the components are well determined: no two singular values near each other, no tie for the largest entry."""
    X, center = data
    X = X - X.mean(axis=0) if center else X
    _, sigma, Vt = np.linalg.svd(X, full_matrices=False)
    largest = np.sort(np.abs(Vt), axis=1)[:, ::-1]
    apart = sigma[0] > 1e-3 and (sigma[:-1] - sigma[1:] > 1e-2 * sigma[0]).all()
    return bool(apart and (largest.shape[1] == 1 or (largest[:, 0] - largest[:, 1] > 1e-3).all()))


shapes = st.tuples(st.integers(1, 4), st.integers(1, 4))
data = (
    st.tuples(st.integers(2, 5), st.integers(1, 3)).flatmap(lambda shape: st.tuples(matrices(*shape), st.booleans())).filter(clear)
)


def components(data: tuple[np.ndarray, bool]) -> st.SearchStrategy[dict[str, object]]:
    """Arguments of pca_svd: k at most the rank, because the directions beyond it are arbitrary (centring costs one)."""
    X, center = data
    k = st.integers(1, min(X.shape[1], len(X) - center))
    if center:
        return st.fixed_dictionaries({"X": st.just(X), "k": k}, optional={"center": st.just(True)})
    return st.fixed_dictionaries({"X": st.just(X), "k": k, "center": st.just(False)})


INPUTS = {
    "dot_product": lengths.flatmap(lambda n: st.fixed_dictionaries({"a": vectors(n, extreme), "b": vectors(n, extreme)})),
    "cosine_similarity": lengths.flatmap(lambda n: st.fixed_dictionaries({"a": nonzero(n, extreme), "b": nonzero(n, extreme)})),
    "vector_projection": lengths.flatmap(lambda n: st.fixed_dictionaries({"a": vectors(n, plain), "b": nonzero(n, plain)})),
    "lp_norm": lengths.flatmap(lambda n: st.fixed_dictionaries({"v": vectors(n, extreme), "p": orders})),
    "unit_normalize": lengths.flatmap(
        lambda n: st.fixed_dictionaries({"v": nonzero(n)}, optional={"p": st.one_of(orders, st.sampled_from([1, 2]))})
    ),
    "matmul_shape_and_cost": st.tuples(sizes, sizes, sizes).map(
        lambda size: {"a_shape": list(size[:2]), "b_shape": list(size[1:])}
    ),
    "low_rank_param_count": st.tuples(sizes, sizes).flatmap(
        lambda size: st.fixed_dictionaries({"m": st.just(size[0]), "n": st.just(size[1]), "r": st.integers(1, min(size))})
    ),
    "matrix_rank": st.one_of(
        shapes.flatmap(lambda shape: st.fixed_dictionaries({"A": whole(*shape)})),
        shapes.flatmap(lambda shape: st.fixed_dictionaries({"A": matrices(*shape), "tol": st.sampled_from([0.3, 2.7, 9.1])})),
    ),
    "condition_number": shapes.flatmap(
        lambda shape: st.fixed_dictionaries({"A": st.one_of(whole(*shape), matrices(*shape).filter(regular))})
    ),
    "eig_identity_plus_rank_one": st.fixed_dictionaries(
        {"n": st.integers(1, 6), "alpha": st.one_of(st.sampled_from([-1.0, -0.5, -0.25, -0.2, 0.0, 0.7]), plain)}
    ),
    "pca_svd": data.flatmap(components),
    "pca_from_singular_values": st.lists(st.floats(0, 100, allow_subnormal=False), min_size=1, max_size=5)
    .map(lambda s: np.array(sorted((x if x > 1e-3 else 0.0 for x in s), reverse=True)))
    .filter(lambda s: s[0] > 0)
    .flatmap(
        lambda s: st.fixed_dictionaries({"s": st.just(s), "n": st.integers(2, 51), "k": st.integers(1, len(s))}),
    ),
}
