"""Vectors, norms, matrices and their spectra: the edges, the errors, the invariants.

Tolerances are ``gamma(n)``, what n rounded operations one behind another can do: 8 to 64 for the few entries of a vector, 100 to
200 for the decomposition of a matrix of at most 5 x 3, times the size of what is added up.
"""

from fractions import Fraction
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import kernels
from kernels import linear_algebra as la
from kernels.oracles.agreement import bound, gamma
from tests.kernels.inputs.common import extreme, matrices, plain, vectors

quick = settings(max_examples=40, derandomize=True, database=None)
NAN, INF = float("nan"), float("inf")

BAD: list[tuple[str, dict[str, Any], str]] = [
    ("dot_product", {"a": [1, 2], "b": [1]}, r"a and b must have one shape, got \(2,\) and \(1,\)"),
    ("dot_product", {"a": [], "b": []}, "a must not be empty"),
    ("dot_product", {"a": [NAN], "b": [1]}, "a must not contain NaN"),
    ("dot_product", {"a": [1], "b": [INF]}, "b must be finite"),
    ("dot_product", {"a": [[1]], "b": [1]}, "a must be a vector"),
    ("dot_product", {"a": [1e200, 1e200], "b": [1e200, -1e200]}, "dot product of a and b is too large"),
    ("cosine_similarity", {"a": [0, 0], "b": [1, 2]}, "a must not be the zero vector"),
    ("cosine_similarity", {"a": [1, 2], "b": [0, 0]}, "b must not be the zero vector"),
    ("cosine_similarity", {"a": [1, 2], "b": [1]}, "a and b must have one shape"),
    ("cosine_similarity", {"a": [1, NAN], "b": [1, 2]}, "a must not contain NaN"),
    ("vector_projection", {"a": [1, 2], "b": [0, 0]}, "b must not be the zero vector"),
    ("vector_projection", {"a": [1, 2], "b": [1]}, "a and b must have one shape"),
    ("vector_projection", {"a": [1.5e308, 1.5e308], "b": [1, 1]}, "scalar projection is too large"),
    ("lp_norm", {"v": [1], "p": 0.5}, "p must be at least 1, got 0.5"),
    ("lp_norm", {"v": [1], "p": "2"}, "p must be one of inf, got '2'"),
    ("lp_norm", {"v": [1], "p": NAN}, "p must not contain NaN"),
    ("lp_norm", {"v": [NAN], "p": 2}, "v must not contain NaN"),
    ("lp_norm", {"v": [], "p": 2}, "v must not be empty"),
    ("lp_norm", {"v": [1.5e308, 1.5e308], "p": 1}, "1-norm of v is too large"),
    ("unit_normalize", {"v": [0, 0]}, "v must not be the zero vector"),
    ("unit_normalize", {"v": [1], "p": 0}, "p must be at least 1"),
    (
        "matmul_shape_and_cost",
        {"a_shape": [2, 3], "b_shape": [2, 3]},
        "b_shape must begin with the 3 that a_shape ends with, got 2",
    ),
    ("matmul_shape_and_cost", {"a_shape": [2, 0], "b_shape": [0, 3]}, "a_shape must be at least 1, got 0"),
    ("matmul_shape_and_cost", {"a_shape": [2, 2.5], "b_shape": [2, 3]}, "a_shape must be an integer, got 2.5"),
    ("matmul_shape_and_cost", {"a_shape": [2, 3], "b_shape": [3]}, r"b_shape must hold two sizes, got \[3\]"),
    ("matmul_shape_and_cost", {"a_shape": 2, "b_shape": [3]}, "a_shape must be a list, got 2"),
    ("low_rank_param_count", {"m": 4, "n": 3, "r": 4}, "r must be at most 3, got 4"),
    ("low_rank_param_count", {"m": 4, "n": 3, "r": 0}, "r must be at least 1, got 0"),
    ("low_rank_param_count", {"m": 4.5, "n": 3, "r": 1}, "m must be an integer, got 4.5"),
    ("low_rank_param_count", {"m": 4, "n": 0, "r": 1}, "n must be at least 1, got 0"),
    ("matrix_rank", {"A": [1, 2]}, r"A must be a matrix, got shape \(2,\)"),
    ("matrix_rank", {"A": [[NAN]]}, "A must not contain NaN"),
    ("matrix_rank", {"A": [[1]], "tol": -1}, "tol must be at least 0, got -1"),
    ("condition_number", {"A": [[NAN]]}, "A must not contain NaN"),
    ("condition_number", {"A": [[]]}, "A must not be empty"),
    ("condition_number", {"A": [[1, 2], [3]]}, "A must be an array of numbers"),
    ("eig_identity_plus_rank_one", {"n": 0, "alpha": 1}, "n must be at least 1, got 0"),
    ("eig_identity_plus_rank_one", {"n": 2, "alpha": INF}, "alpha must be finite"),
    ("pca_svd", {"X": [[1, 2]], "k": 1}, r"X must have at least 2 rows, got shape \(1, 2\)"),
    ("pca_svd", {"X": [[1, 2], [3, 4]], "k": 3}, "k must be at most 2, got 3"),
    ("pca_svd", {"X": [[1, 2], [3, 4]], "k": 0}, "k must be at least 1, got 0"),
    ("pca_svd", {"X": [[1, 2], [3, 4]], "k": 1, "center": 1}, "center must be True or False, got 1"),
    ("pca_svd", {"X": [[0.1, 2]] * 3, "k": 1}, "X must vary"),
    ("pca_svd", {"X": [[0, 0]] * 3, "k": 1, "center": False}, "X must vary"),
    ("pca_from_singular_values", {"s": [1, 2], "n": 5, "k": 1}, r"s must be descending and at least 0, got \[1.0, 2.0\]"),
    ("pca_from_singular_values", {"s": [1, -2], "n": 5, "k": 1}, "s must be descending and at least 0"),
    ("pca_from_singular_values", {"s": [0, 0], "n": 5, "k": 1}, "s must not be all 0"),
    ("pca_from_singular_values", {"s": [2, 1], "n": 1, "k": 1}, "n must be at least 2, got 1"),
    ("pca_from_singular_values", {"s": [2, 1], "n": 5, "k": 3}, "k must be at most 2, got 3"),
    ("pca_from_singular_values", {"s": [2, 1], "n": 5, "k": 0}, "k must be at least 1, got 0"),
]


@pytest.mark.parametrize(("name", "arguments", "match"), BAD)
def test_refuses(name: str, arguments: dict[str, Any], match: str) -> None:
    with np.errstate(over="ignore", invalid="ignore"), pytest.raises(ValueError, match=match):
        kernels.get(name)(**arguments)


def test_dot_product_of_one_entry_is_the_product() -> None:
    assert la.dot_product([3], [-2]) == -6


@quick
@given(st.integers(1, 5).flatmap(lambda n: st.tuples(vectors(n, extreme), vectors(n, extreme))))
def test_dot_product_is_symmetric_and_obeys_cauchy_schwarz(pair: tuple[np.ndarray, np.ndarray]) -> None:
    a, b = pair
    assert la.dot_product(a, b) == la.dot_product(b, a)
    assert abs(la.dot_product(a, b)) <= la.lp_norm(a, 2) * la.lp_norm(b, 2) * (1 + gamma(8 * len(a)))


def test_orthogonal_integers_give_exactly_zero() -> None:
    assert la.dot_product([1, 2, 3], [3, 0, -1]) == 0
    assert la.cosine_similarity([1, 2, 3], [3, 0, -1]) == 0


@quick
@given(vectors(3).filter(lambda v: abs(v).max() > 0), vectors(3).filter(lambda v: abs(v).max() > 0))
def test_cosine_ignores_lengths_and_follows_signs(a: np.ndarray, b: np.ndarray) -> None:
    cosine = la.cosine_similarity(a, b)
    assert -1 <= cosine <= 1
    assert la.cosine_similarity(2.0**-400 * a, 2.0**500 * b) == cosine, "a power of two must change nothing at all"
    assert la.cosine_similarity(-a, b) == -cosine
    assert abs(la.cosine_similarity(a / 3, b) - cosine) <= bound(kernels.get("cosine_similarity"), {"a": a, "b": b})


def test_cosine_stays_within_one_in_spite_of_rounding() -> None:
    random = np.random.Generator(np.random.Philox(0))
    rows = random.normal(size=(500, 3))
    with np.errstate(all="raise"):
        unclipped = [float(v @ (0.1 * v) / np.sqrt((v @ v) * ((0.1 * v) @ (0.1 * v)))) for v in rows]
        assert max(unclipped) > 1, "no row shows what clipping is for"
        assert all(la.cosine_similarity(v, 0.1 * v) <= 1 for v in rows)
        assert all(la.cosine_similarity(v, -0.1 * v) >= -1 for v in rows)


@pytest.mark.parametrize("size", [1e-200, 1, 1e200])
def test_directions_do_not_depend_on_tiny_or_huge_lengths(size: float) -> None:
    assert la.cosine_similarity([3 * size, 0], [3 * size, 4 * size]) == pytest.approx(0.6, rel=gamma(16), abs=0)
    shadow = la.vector_projection([1, 1], [size, 0])
    assert shadow.scalar == pytest.approx(1, rel=gamma(16), abs=0)
    assert shadow.vector.tolist() == pytest.approx([1, 0], rel=gamma(16), abs=0)


def test_projection_edges() -> None:
    assert la.vector_projection([-3, 4], [1, 0]).scalar == -3, "negative for an obtuse angle"
    assert la.vector_projection([2, 6], [1, 3]).rejection.tolist() == [0, 0], "parallel vectors leave nothing"
    nothing = la.vector_projection([0, 0], [1, 3])
    assert (nothing.scalar, nothing.vector.tolist(), nothing.rejection.tolist()) == (0, [0, 0], [0, 0])


@quick
@given(vectors(3), vectors(3).filter(lambda v: abs(v).max() > 1e-3))
def test_projection_and_rejection_are_orthogonal_and_add_up(a: np.ndarray, b: np.ndarray) -> None:
    split = la.vector_projection(a, b)
    rounding = gamma(32) * la.lp_norm(a, 2)
    assert abs(split.rejection @ b) <= rounding * la.lp_norm(b, 2)
    assert np.abs(split.vector + split.rejection - a).max() <= rounding
    assert abs(abs(split.scalar) - la.lp_norm(split.vector, 2)) <= rounding


def test_norm_edges() -> None:
    assert la.lp_norm([0, 0], 3) == 0
    assert la.lp_norm([3, -4, 1], "inf") == la.lp_norm([3, -4, 1], INF) == 4
    assert la.lp_norm([-2, 0], 3) == 2, "the absolute value comes before the odd power"
    assert la.lp_norm([1e200, 1e200], 1e6) == pytest.approx(1e200 * 2**1e-6, rel=gamma(8), abs=0), "no power overflows"
    assert la.lp_norm([3e-200, 4e-200], 2) == pytest.approx(5e-200, rel=gamma(8), abs=0), "no square vanishes"


@quick
@given(vectors(3, extreme), vectors(3, extreme), st.floats(1, 8), st.floats(-100, 100))
def test_norm_axioms(v: np.ndarray, w: np.ndarray, p: float, factor: float) -> None:
    slack = 1 + gamma(64)
    assert la.lp_norm(v + w, p) <= (la.lp_norm(v, p) + la.lp_norm(w, p)) * slack
    assert la.lp_norm(factor * v, p) == pytest.approx(abs(factor) * la.lp_norm(v, p), rel=gamma(64), abs=1e-300)
    assert la.lp_norm(v, INF) <= la.lp_norm(v, p) * slack
    assert la.lp_norm(v, p) <= la.lp_norm(v, 1) * slack


@quick
@given(vectors(4).filter(lambda v: abs(v).max() > 1e-3), st.one_of(st.floats(1, 8), st.just("inf")))
def test_normalized_vectors_have_length_one_and_the_same_direction(v: np.ndarray, p: Any) -> None:
    unit = la.unit_normalize(v, p)
    assert abs(la.lp_norm(unit, p) - 1) <= gamma(64)
    assert la.cosine_similarity(unit, v) == pytest.approx(1, abs=gamma(64))
    assert np.abs(la.unit_normalize(unit, p) - unit).max() <= gamma(64), "a unit vector stays as it is"


def test_matmul_costs_are_exact_python_integers() -> None:
    cost = la.matmul_shape_and_cost((10**9, 10**9 + 1), (10**9 + 1, 3.0))
    assert cost.macs == 10**9 * (10**9 + 1) * 3
    assert cost.flops == 2 * cost.macs
    assert all(type(size) is int for size in [*cost.shape, cost.macs, cost.flops])


def test_matmul_of_vectors() -> None:
    assert la.matmul_shape_and_cost([1, 7], [7, 1]) == {"shape": [1, 1], "macs": 7, "flops": 14}
    assert la.matmul_shape_and_cost([7, 1], [1, 5]) == {"shape": [7, 5], "macs": 35, "flops": 70}


def test_low_rank_breaks_even_where_it_says() -> None:
    assert la.low_rank_param_count(6, 3, 2) == {"dense": 18, "factored": 18, "ratio": 1.0, "break_even_rank": 2.0}
    more = la.low_rank_param_count(6, 3, 3)
    assert more.factored > more.dense
    assert more.ratio == 1.5


def test_rank_counts_singular_values_not_eigenvalues() -> None:
    nilpotent = np.diag([1.0, 1.0], k=1)
    assert np.linalg.eigvals(nilpotent).tolist() == [0, 0, 0]
    assert la.matrix_rank(nilpotent) == 2


def test_rank_edges() -> None:
    assert la.matrix_rank(np.zeros((2, 3))) == 0
    assert la.matrix_rank([[1, 0], [0, 1e-3]], tol=1e-3) == 1, "a singular value equal to tol counts as zero"
    assert la.matrix_rank([[1, 0], [0, 2.0**-52]]) == 1, "below the default tolerance of 2 * 2**-52"
    assert la.matrix_rank([[1, 0], [0, 2.0**-50]]) == 2


@quick
@given(matrices(3, 2), st.sampled_from([2.0**-300, 8.0, 2.0**300]))
def test_rank_and_condition_do_not_depend_on_the_scale(A: np.ndarray, factor: float) -> None:
    assert la.matrix_rank(factor * A) == la.matrix_rank(A) == la.matrix_rank(A.T)
    plain_one, scaled = la.condition_number(A), la.condition_number(factor * A)
    # A singular value is off by rounding relative to the largest: the quotient by the condition times that.
    assert plain_one == scaled or abs(plain_one - scaled) <= gamma(100) * plain_one**2


def test_condition_edges() -> None:
    turn = [[0.6, -0.8], [0.8, 0.6]]
    assert abs(la.condition_number(turn) - 1) <= gamma(16)
    assert la.condition_number([[1, 2], [2, 4]]) == INF
    assert la.condition_number(np.zeros((2, 2))) == INF
    assert la.condition_number([[1, 1000], [0, 1]]) > 1e6, "its eigenvalues are 1 and 1"


@quick
@given(st.integers(-9, 9), st.integers(-9, 9))
def test_condition_of_a_symmetric_matrix_is_the_ratio_of_eigenvalues(a: int, b: int) -> None:
    large, small = sorted((abs(a + b), abs(a - b)), reverse=True)
    if small:
        ratio = Fraction(large, small)
        assert abs(la.condition_number([[a, b], [b, a]]) - ratio) <= gamma(32) * float(ratio) ** 2


def test_identity_plus_rank_one_edges() -> None:
    identity = la.eig_identity_plus_rank_one(3, 0)
    assert (identity.lambda_ones, identity.lambda_perp, identity.det, identity.trace) == (1, 1, 1, 3)
    assert la.eig_identity_plus_rank_one(1, 2).mult_perp == 0
    for n in range(1, 400):
        decimal = Fraction(str(-1 / n))
        assert la.eig_identity_plus_rank_one(n, -1 / n).invertible is (decimal * n != -1), n
    for n, alpha in [(10, -0.1), (5, -0.2), (8, -0.125), (1000, -0.001)]:
        singular = la.eig_identity_plus_rank_one(n, alpha)
        assert (singular.det, singular.invertible) == (0, False), f"{alpha} is -1/{n} as written"


@quick
@given(matrices(4, 3).filter(lambda X: np.ptp(X, axis=0).max() > 1e-3), st.booleans())
def test_pca_invariants(X: np.ndarray, center: bool) -> None:
    pca = la.pca_svd(X, 3, center)
    centred = X - X.mean(axis=0) if center else X
    size = np.linalg.norm(X)
    assert np.abs(pca.components @ pca.components.T - np.eye(3)).max() <= gamma(200), "orthonormal"
    assert np.abs(pca.scores @ pca.components - centred).max() <= gamma(200) * size, "all components give the data back"
    assert pca.frob_error == 0
    assert abs(pca.explained_ratio.sum() - 1) <= gamma(16)
    assert abs(pca.explained_variance.sum() * 3 - (centred**2).sum()) <= gamma(200) * size**2
    assert (np.diff(pca.explained_variance) <= 0).all()
    for row in pca.components:
        assert row[np.argmax(np.abs(row) >= (1 - 1e-9) * np.abs(row).max())] > 0


@quick
@given(matrices(4, 3).filter(lambda X: np.ptp(X, axis=0).max() > 1e-3), st.integers(1, 3))
def test_pca_error_is_what_the_components_leave(X: np.ndarray, k: int) -> None:
    pca = la.pca_svd(X, k)
    left = X - X.mean(axis=0) - pca.scores @ pca.components
    assert abs(pca.frob_error - np.linalg.norm(left)) <= gamma(200) * np.linalg.norm(X)


def test_pca_sign_does_not_hang_on_rounding() -> None:
    for factor in (1, 0.1, 0.3, 1 / 3, 7e-5):
        rows = factor * np.array([[1.0, -1.0], [-1.0, 1.0], [2.0, -2.0]])
        component = la.pca_svd(rows, 1).components[0]
        assert component[0] > 0 > component[1], "both entries are equally large: the first decides"


def test_pca_error_vanishes_at_the_rank() -> None:
    rows = np.outer([1.0, 2, 4, 8], [3.0, 1, 2])
    assert la.pca_svd(rows, 1).frob_error <= gamma(100) * np.linalg.norm(rows)


def test_pca_without_centring_keeps_the_divisor() -> None:
    pca = la.pca_svd([[3, 0], [0, 1]], 2, center=False)
    assert pca.explained_variance.tolist() == [9, 1]


def test_pca_from_singular_values_edges() -> None:
    assert la.pca_from_singular_values([4, 2, 1], 11, 3).frob_error == 0
    assert la.pca_from_singular_values([2, 2], 3, 1).explained_ratio.tolist() == [0.5], "equal values are in order"
    tiny = la.pca_from_singular_values([3e-200, 4e-201], 3, 1)
    assert tiny.explained_ratio[0] == pytest.approx(9 / 9.16, rel=gamma(16), abs=0)
    assert tiny.frob_error == pytest.approx(4e-201, rel=gamma(16), abs=0)


@quick
@given(matrices(5, 3, plain).filter(lambda X: np.ptp(X, axis=0).max() > 1e-3), st.integers(1, 3))
def test_both_ways_to_pca_agree(X: np.ndarray, k: int) -> None:
    whole = la.pca_svd(X, k)
    sigma = np.linalg.svd(X - X.mean(axis=0), compute_uv=False)
    short = la.pca_from_singular_values(sigma, 5, k)
    for field in kernels.get("pca_from_singular_values").fields:
        assert np.max(np.abs(whole[field] - short[field])) <= gamma(100) * (1 + np.linalg.norm(X)) ** 2, field
