"""The edge cases, refusals and invariants of the kernels of clustering."""

from itertools import pairwise
from typing import Any

import numpy as np
import pytest

import kernels
from kernels.clustering import (
    gmm_responsibilities,
    kmeans_cost,
    kmeans_fit,
    kmeans_pp_probabilities,
    kmeans_step,
    kmeans_trace,
    silhouette_score,
)
from kernels.oracles.agreement import gamma

CORNERS = [[0.0, 0.0], [0.0, 2.0], [4.0, 0.0], [4.0, 2.0]]
MIXTURE: dict[str, Any] = {"x": [1, 0], "mus": [[0, 0], [4, 0]], "var": 1, "pi": [0.5, 0.5]}

REFUSED = [
    ("kmeans_step", {"X": [[1]], "C": [[1], [2]]}, "C must not hold more centroids than X has points, got 2 for 1"),
    ("kmeans_step", {"X": [[1], [2]], "C": [[1, 2]]}, r"C must have shape \(any, 1\), got \(1, 2\)"),
    ("kmeans_step", {"X": [[1], [np.nan]], "C": [[1]]}, "X must not contain NaN"),
    ("kmeans_fit", {"X": [[1]], "C0": [[1], [2]], "max_iter": 1}, "C0 must not hold more centroids than X has points"),
    ("kmeans_fit", {"X": [[1]], "C0": np.zeros((0, 1)), "max_iter": 1}, r"C0 must not be empty, got shape \(0, 1\)"),
    ("kmeans_fit", {"X": [[1]], "C0": [[1]], "max_iter": -1}, "max_iter must be at least 0, got -1"),
    ("kmeans_pp_probabilities", {"X": [[1]], "chosen": np.zeros((0, 1))}, "chosen must not be empty"),
    ("kmeans_pp_probabilities", {"X": [[1], [2]], "chosen": [[2], [1]]}, "X must hold a point that is not among chosen"),
    ("kmeans_pp_probabilities", {"X": [[1]], "chosen": [[1, 2]]}, r"chosen must have shape \(any, 1\)"),
    ("silhouette_score", {"X": CORNERS, "labels": [1, 1, 1, 1]}, "labels must name 2 to n - 1 clusters, got 1 for n = 4 points"),
    ("silhouette_score", {"X": CORNERS, "labels": [0, 1, 2, 3]}, "labels must name 2 to n - 1 clusters, got 4"),
    ("silhouette_score", {"X": CORNERS, "labels": [0, 1]}, r"labels must have shape \(4\), got \(2,\)"),
    ("silhouette_score", {"X": CORNERS, "labels": [0, 0, 1, 1.5]}, "labels must hold integers"),
    ("gmm_responsibilities", {**MIXTURE, "var": 0}, r"var must be greater than 0, got 0.0"),
    ("gmm_responsibilities", {**MIXTURE, "var": [1, -1]}, r"var must be greater than 0, got \[1.0, -1.0\]"),
    ("gmm_responsibilities", {**MIXTURE, "var": [1, 1, 1]}, r"var must have shape \(2\), got \(3,\)"),
    ("gmm_responsibilities", {**MIXTURE, "var": np.ones((2, 2))}, r"var must have shape \(2, 2, 2\), got \(2, 2\)"),
    ("gmm_responsibilities", {**MIXTURE, "var": [np.eye(2), np.ones((2, 2))]}, "var must hold positive definite matrices"),
    ("gmm_responsibilities", {**MIXTURE, "var": [np.eye(2), np.diag([1, -1])]}, "var must hold positive definite matrices"),
    ("gmm_responsibilities", {**MIXTURE, "var": [np.eye(2), [[2, 1], [0, 2]]]}, "var must hold symmetric matrices"),
    ("gmm_responsibilities", {**MIXTURE, "var": [np.eye(2), [[1, 1e-9], [0, 1]]]}, "var must hold symmetric matrices"),
    ("gmm_responsibilities", {**MIXTURE, "pi": [0.5, 0.4]}, "pi must sum to 1"),
    ("gmm_responsibilities", {**MIXTURE, "pi": [1.5, -0.5]}, "pi must hold probabilities"),
    ("gmm_responsibilities", {**MIXTURE, "mus": [[0, 0]]}, r"mus must have shape \(2, 2\), got \(1, 2\)"),
    ("kmeans_cost", {"n": 0, "k": 1, "d": 1, "iters": 1}, "n must be at least 1, got 0"),
    ("kmeans_cost", {"n": 1, "k": 0, "d": 1, "iters": 1}, "k must be at least 1, got 0"),
    ("kmeans_cost", {"n": 1, "k": 1, "d": 0, "iters": 1}, "d must be at least 1, got 0"),
    ("kmeans_cost", {"n": 1, "k": 1, "d": 1, "iters": 0}, "iters must be at least 1, got 0"),
]


@pytest.mark.parametrize(("name", "arguments", "message"), REFUSED)
def test_refuses(name: str, arguments: dict[str, Any], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        kernels.get(name)(**arguments)


def random_starts() -> list[tuple[Any, Any]]:
    random = np.random.Generator(np.random.Philox(11))
    return [(random.normal(size=(n, d)), random.normal(size=(k, d))) for n, d, k in [(5, 1, 2), (12, 2, 3), (30, 3, 5), (40, 2, 8)]]


def test_ties_go_to_the_lowest_index() -> None:
    assert kmeans_step([[0], [1], [2]], [[2], [0]]).labels.tolist() == [1, 0, 0]
    assert kmeans_step([[0], [1], [2]], [[0], [2]]).labels.tolist() == [0, 0, 1]
    assert kmeans_fit([[0], [1], [2]], [[0], [2]], 0).labels.tolist() == [0, 0, 1]


def test_an_empty_cluster_keeps_its_centroid() -> None:
    step = kmeans_step([[0, 0], [2, 2]], [[1, 0], [50, 60]])
    assert step.labels.tolist() == [0, 0]
    assert step.centroids.tolist() == [[1, 1], [50, 60]]


@pytest.mark.parametrize(("X", "C"), random_starts())
def test_the_cost_never_rises(X: Any, C: Any) -> None:
    costs = [cost for step in kmeans_trace(X, C, 20) for cost in (step.wcss_assign, step.wcss_update)]
    rounding = gamma(8 * X.size) * costs[0]
    assert all(after <= before + rounding for before, after in pairwise(costs))
    assert costs[-1] < costs[0]


@pytest.mark.parametrize(("X", "C"), random_starts())
def test_the_trace_is_step_after_step(X: Any, C: Any) -> None:
    trace = kmeans_trace(X, C, 20)
    for record in trace:
        step = kmeans_step(X, C)
        assert list(record) == ["labels", "centroids", "wcss_assign", "wcss_update"]
        assert all(np.array_equal(record[field], step[field]) for field in step)
        C = record.centroids
    unchanged = [np.array_equal(before.labels, after.labels) for before, after in pairwise(trace)]
    assert unchanged == [False] * (len(trace) - 2) + [True]


@pytest.mark.parametrize(("X", "C"), random_starts())
@pytest.mark.parametrize("max_iter", [1, 2, 3, 20])
def test_the_fit_is_the_end_of_the_trace(X: Any, C: Any, max_iter: int) -> None:
    fit, trace = kmeans_fit(X, C, max_iter), kmeans_trace(X, C, max_iter)
    assert fit.n_iter == len(trace) <= max_iter
    assert (fit.centroids == trace[-1].centroids).all()
    after = kmeans_step(X, fit.centroids)
    assert (fit.labels == after.labels).all()
    assert fit.wcss == after.wcss_assign
    if fit.converged:
        assert (fit.labels == trace[-1].labels).all()


def test_the_trace_is_documented_but_no_kernel() -> None:
    assert "kmeans_trace" not in kernels.names()
    for part in ("$$", "Args:", "Returns:", "Raises:", "Source:", ">>> "):
        assert part in (kmeans_trace.__doc__ or "")


def test_the_trace_of_no_iteration_is_empty_and_it_refuses_like_the_fit() -> None:
    assert kmeans_trace([[1], [2]], [[1]], max_iter=0) == []
    with pytest.raises(ValueError, match="max_iter must be at least 0"):
        kmeans_trace([[1]], [[1]], max_iter=-1)
    with pytest.raises(ValueError, match="C0 must not hold more centroids"):
        kmeans_trace([[1]], [[1], [2]], max_iter=1)


def test_convergence_takes_a_confirming_iteration() -> None:
    start = [[0, 1], [4, 1]]  # the solution already
    once, twice = kmeans_fit(CORNERS, start, 1), kmeans_fit(CORNERS, start, 2)
    assert (once.n_iter, once.converged) == (1, False)
    assert (twice.n_iter, twice.converged) == (2, True)
    assert once.wcss == twice.wcss == 4


def test_no_iteration_still_assigns() -> None:
    fit = kmeans_fit(CORNERS, [[0, 0], [4, 0]], 0)
    assert (fit.labels.tolist(), fit.centroids.tolist(), fit.wcss) == ([0, 0, 1, 1], [[0, 0], [4, 0]], 8)
    assert (fit.n_iter, fit.converged) == (0, False)


def test_labels_and_cost_belong_to_the_returned_centroids() -> None:
    fit = kmeans_fit([[0], [1], [5], [9]], [[0], [1]], 1)
    assert (fit.labels.tolist(), fit.centroids.tolist(), fit.wcss) == ([0, 0, 1, 1], [[0], [5]], 17)


def test_chosen_points_are_not_chosen_again_and_the_nearest_centre_counts() -> None:
    p = kmeans_pp_probabilities([[0], [1], [4], [9]], [[0], [4], [4]])
    assert p[[0, 2]].tolist() == [0, 0]
    assert np.abs(p - np.array([0, 1, 0, 25]) / 26).max() <= gamma(8)


def test_silhouette_of_a_point_alone_and_of_points_on_one_place_is_0() -> None:
    assert silhouette_score([[0], [1], [9]], [0, 0, 1]).per_sample[2] == 0
    same = silhouette_score([[1, 1], [1, 1], [1, 1]], [0, 1, 1])
    assert (same.per_sample.tolist(), same.mean) == ([0, 0, 0], 0)


def test_silhouettes_lie_between_minus_1_and_1_and_reach_them() -> None:
    assert silhouette_score([[0], [0], [5], [5]], [0, 0, 1, 1]).per_sample.tolist() == [1, 1, 1, 1]
    # both members of cluster 0 sit on the members of clusters 1 and 2
    assert silhouette_score([[0], [5], [0], [5]], [0, 0, 1, 2]).per_sample.tolist() == [-1, -1, 0, 0]
    X = np.random.Generator(np.random.Philox(5)).normal(size=(30, 2))
    assert np.abs(silhouette_score(X, np.arange(30) % 4).per_sample).max() <= 1


def test_the_names_of_clusters_do_not_matter() -> None:
    X = [[0, 0], [1, 0], [4, 1], [5, 3], [9, 9]]
    one, other = silhouette_score(X, [0, 0, 1, 1, 2]), silhouette_score(X, [7, 7, -3, -3, 0])
    assert one.per_sample.tolist() == other.per_sample.tolist()


@pytest.mark.parametrize("var", [1e-12, 0.1, 1, 1e12])
def test_a_point_halfway_is_shared(var: float) -> None:
    assert gmm_responsibilities([2, 7], [[0, 7], [4, 7]], var, [0.5, 0.5]).tolist() == [0.5, 0.5]


def test_a_vanishing_variance_assigns_hard_and_a_huge_one_returns_the_weights() -> None:
    assert gmm_responsibilities([1], [[0], [4]], 1e-6, [0.1, 0.9]).tolist() == [1, 0]
    far = gmm_responsibilities([1], [[0], [4]], 1e30, [0.1, 0.9])
    assert np.abs(far - [0.1, 0.9]).max() <= gamma(128)  # logarithms near 35 are subtracted


def test_a_point_far_from_all_components_still_has_responsibilities() -> None:
    assert gmm_responsibilities([1e6], [[0], [1]], 1, [0.5, 0.5]).tolist() == [0, 1]


def test_a_component_without_weight_takes_nothing() -> None:
    assert gmm_responsibilities([0], [[0], [9]], 1, [0, 1]).tolist() == [0, 1]


def test_the_three_ways_to_give_variances_agree() -> None:
    x, mus, pi = [1.0, 0.5], [[0.0, 0.0], [3.0, 1.0]], [0.3, 0.7]
    one = gmm_responsibilities(x, mus, 2.0, pi)
    assert (one == gmm_responsibilities(x, mus, [2.0, 2.0], pi)).all()
    assert (one == gmm_responsibilities(x, mus, [2 * np.eye(2)] * 2, pi)).all()
    assert (one != gmm_responsibilities(x, mus, [2.0, 1.0], pi)).all()


def test_a_covariance_may_be_off_symmetry_by_its_own_rounding() -> None:
    rounded = 2.0**40 * np.array([[2, 1], [1 + 2.0**-52, 2]])
    assert gmm_responsibilities([0, 0], [[0, 0], [0, 0]], [rounded, rounded], [0.5, 0.5]).tolist() == [0.5, 0.5]


def test_the_cost_is_an_exact_integer_of_any_size() -> None:
    cost = kmeans_cost(n=10**9, k=10**6, d=10**4, iters=10**3)
    assert (cost.distance_evals, cost.mults) == (10**18, 10**22)
