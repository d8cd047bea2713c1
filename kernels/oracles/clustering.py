"""Second ways to the kernels of clustering."""

import itertools
import math
from collections.abc import Iterator
from fractions import Fraction
from typing import Any

import numpy as np

from kernels.oracles.registry import at_most, oracle

Points = list[list[Fraction]]


def _points(rows: Any) -> Points:
    return [[Fraction(float(entry)) for entry in row] for row in rows]


def _square(a: list[Fraction], b: list[Fraction]) -> Fraction:
    return sum(((p - q) ** 2 for p, q in zip(a, b, strict=True)), Fraction(0))


def _assign(X: Points, C: Points) -> list[int]:
    """The first of the nearest centroids, for each point."""
    return [min(range(len(C)), key=lambda j: (_square(x, C[j]), j)) for x in X]


def _cost(X: Points, C: Points, labels: list[int]) -> Fraction:
    return sum((_square(x, C[label]) for x, label in zip(X, labels, strict=True)), Fraction(0))


def _update(X: Points, C: Points, labels: list[int]) -> Points:
    means = []
    for j, old in enumerate(C):
        members = [x for x, label in zip(X, labels, strict=True) if label == j]
        means.append([sum(column, Fraction(0)) / len(members) for column in zip(*members, strict=True)] if members else old)
    return means


def _floats(points: Points) -> list[list[float]]:
    return [[float(entry) for entry in point] for point in points]


@oracle("kmeans_step")
def kmeans_step_exact(X: Any, C: Any) -> dict[str, Any]:
    """Point by point in exact fractions."""
    points, old = _points(X), _points(C)
    labels = _assign(points, old)
    new = _update(points, old, labels)
    costs = float(_cost(points, old, labels)), float(_cost(points, new, labels))
    return {"labels": labels, "centroids": _floats(new), "wcss_assign": costs[0], "wcss_update": costs[1]}


@oracle("kmeans_step", needs=("scipy",))
def kmeans_step_scipy(X: Any, C: Any) -> dict[str, Any]:
    """Distances by ``scipy.spatial.distance.cdist``, means as a product with the matrix of memberships."""
    from scipy.spatial.distance import cdist

    X, C = np.asarray(X, float), np.asarray(C, float)
    labels = cdist(X, C, "sqeuclidean").argmin(axis=1)
    member = np.eye(len(C))[labels]
    sizes = member.sum(axis=0)[:, None]
    new = np.where(sizes > 0, member.T @ X / np.maximum(sizes, 1), C)
    chosen = np.arange(len(X)), labels
    return {
        "labels": labels,
        "centroids": new,
        "wcss_assign": cdist(X, C, "sqeuclidean")[chosen].sum(),
        "wcss_update": cdist(X, new, "sqeuclidean")[chosen].sum(),
    }


def _lloyd(X: Any, C0: Any, max_iter: int) -> Iterator[tuple[list[int], Points]]:
    """The labels and new centroids of each iteration, in exact fractions."""
    points, C = _points(X), _points(C0)
    before = None
    for _ in range(max_iter):
        labels = _assign(points, C)
        C = _update(points, C, labels)
        yield labels, C
        if labels == before:
            return
        before = labels


def _iterations(X: Any, C0: Any, max_iter: int) -> float:
    """Each iteration sums over what the one before has rounded."""
    return 1 + sum(1 for _ in _lloyd(X, C0, max_iter))


@oracle("kmeans_fit", steps=_iterations)
def kmeans_fit_exact(X: Any, C0: Any, max_iter: int) -> dict[str, Any]:
    """Iteration by iteration in exact fractions."""
    points = _points(X)
    states = list(_lloyd(X, C0, max_iter))
    C = states[-1][1] if states else _points(C0)
    labels = _assign(points, C)
    return {
        "labels": labels,
        "centroids": _floats(C),
        "wcss": float(_cost(points, C, labels)),
        "n_iter": len(states),
        "converged": len(states) >= 2 and states[-1][0] == states[-2][0],
    }


def _no_cluster_empties(X: Any, C0: Any, max_iter: int) -> bool:
    return max_iter > 0 and all(len(set(labels)) == len(C0) for labels, _ in _lloyd(X, C0, max_iter))


@oracle(
    "kmeans_fit",
    needs=("sklearn",),
    steps=_iterations,
    scale=lambda X, C0, max_iter: float(np.abs(X).max() + np.abs(X).max() ** 2),
    applies=_no_cluster_empties,
)
def kmeans_fit_sklearn(X: Any, C0: Any, max_iter: int) -> dict[str, Any]:
    """``KMeans`` of scikit-learn, which moves an empty cluster and so says nothing where there is one.

    It first subtracts the mean of all points, and adds it again at the end: the scale.
    """
    from sklearn.cluster import KMeans

    machine = KMeans(len(C0), init=np.asarray(C0, float), n_init=1, tol=0, max_iter=max_iter, algorithm="lloyd")
    fit = machine.fit(np.asarray(X, float))
    return {"labels": fit.labels_, "centroids": fit.cluster_centers_, "wcss": fit.inertia_}


@oracle("kmeans_pp_probabilities")
def kmeans_pp_exact(X: Any, chosen: Any) -> list[float]:
    """Squared distances in exact fractions."""
    centres = _points(chosen)
    nearest = [min(_square(x, c) for c in centres) for x in _points(X)]
    return [float(square / sum(nearest)) for square in nearest]


@oracle("kmeans_pp_probabilities", needs=("scipy",))
def kmeans_pp_scipy(X: Any, chosen: Any) -> Any:
    """A k-d tree of ``scipy.spatial`` finds the nearest centre."""
    from scipy.spatial import KDTree

    D = KDTree(chosen).query(X)[0]
    return (D / np.linalg.norm(D)) ** 2


@oracle("silhouette_score")
def silhouette_by_definition(X: Any, labels: Any) -> dict[str, Any]:
    """Point by point and cluster by cluster, with ``math.dist``."""
    per_sample = []
    for i, x in enumerate(X):
        distances: dict[int, list[float]] = {}
        for j, other in enumerate(X):
            if i != j:
                distances.setdefault(int(labels[j]), []).append(math.dist(x, other))
        own = distances.pop(int(labels[i]), None)
        if own is None:
            per_sample.append(0.0)
            continue
        a, b = math.fsum(own) / len(own), min(math.fsum(d) / len(d) for d in distances.values())
        per_sample.append(1 - a / b if a < b else b / a - 1 if a > b else 0.0)
    return {"per_sample": per_sample, "mean": math.fsum(per_sample) / len(per_sample)}


@oracle("silhouette_score", needs=("scipy", "sklearn"))
def silhouette_sklearn(X: Any, labels: Any) -> dict[str, Any]:
    """``silhouette_samples`` of scikit-learn on distances by scipy, as its own lose half of the digits of close points."""
    from scipy.spatial.distance import cdist
    from sklearn.metrics import silhouette_samples

    per_sample = silhouette_samples(cdist(X, X), labels, metric="precomputed")
    return {"per_sample": per_sample, "mean": per_sample.mean()}


def _covariances(var: Any, K: int, d: int) -> list[Any]:
    """One matrix for each component, as nested lists."""
    if np.ndim(var) == 3:
        return [[list(map(float, row)) for row in matrix] for matrix in var]
    variances = [float(var)] * K if np.ndim(var) == 0 else [float(entry) for entry in var]
    return [[[variance if i == j else 0.0 for j in range(d)] for i in range(d)] for variance in variances]


@oracle("gmm_responsibilities", needs=("mpmath",))
def gmm_mpmath(x: Any, mus: Any, var: Any, pi: Any) -> list[float]:
    """Bayes' rule with the densities themselves, not their logarithms, in 100 digits; inverse and determinant by cofactors."""
    from mpmath import mp

    def minor(A: Any, i: int, j: int) -> Any:
        return [[entry for c, entry in enumerate(row) if c != j] for r, row in enumerate(A) if r != i]

    def determinant(A: Any) -> Any:
        return mp.fsum((-1) ** j * A[0][j] * determinant(minor(A, 0, j)) for j in range(len(A))) if A else mp.mpf(1)

    with mp.workdps(100):
        joint = []
        for mu, covariance, weight in zip(mus, _covariances(var, len(pi), len(x)), pi, strict=True):
            A = [[mp.mpf(entry) for entry in row] for row in covariance]
            r = [mp.mpf(float(p)) - mp.mpf(float(q)) for p, q in zip(x, mu, strict=True)]
            size = determinant(A)
            pairs = itertools.product(range(len(r)), repeat=2)
            quadratic = mp.fsum(r[i] * r[j] * (-1) ** (i + j) * determinant(minor(A, i, j)) for i, j in pairs) / size
            joint.append(mp.mpf(float(weight)) * mp.exp(-quadratic / 2) / mp.sqrt((2 * mp.pi) ** len(r) * size))
        return [float(value / mp.fsum(joint)) for value in joint]


def _log_density_size(x: Any, mus: Any, var: Any, pi: Any) -> float:
    """Logarithms are subtracted: an error relative to them is absolute in the responsibilities."""
    matrices = [np.array(A) for A in _covariances(var, len(pi), len(x))]
    quadratics = [(x - mu) @ np.linalg.solve(A, x - mu) for mu, A in zip(np.asarray(mus), matrices, strict=True)]
    return float(max(quadratics) + max(abs(np.linalg.slogdet(A)[1]) for A in matrices))


@oracle("gmm_responsibilities", needs=("scipy",), scale=_log_density_size)
def gmm_scipy(x: Any, mus: Any, var: Any, pi: Any) -> Any:
    """``scipy.stats.multivariate_normal`` and ``scipy.special.softmax``."""
    from scipy.special import softmax
    from scipy.stats import multivariate_normal

    matrices = _covariances(var, len(pi), len(x))
    densities = [multivariate_normal(mu, A).logpdf(x) for mu, A in zip(np.asarray(mus, float), matrices, strict=True)]
    with np.errstate(divide="ignore"):
        return softmax(np.array(densities) + np.log(np.asarray(pi, float)))


@oracle("kmeans_cost", applies=lambda n, k, d, iters: n * k * d * iters <= 10_000)
def kmeans_cost_counted(n: int, k: int, d: int, iters: int) -> dict[str, int]:
    """The loops of k-means, counting."""
    distances = multiplications = 0
    for _ in itertools.product(range(iters), range(n), range(k)):
        distances += 1
        for _ in range(d):
            multiplications += 1
    return {"distance_evals": distances, "mults": multiplications}


@oracle("kmeans_cost", applies=at_most(100_000, "n", "k", "d", "iters"))
def kmeans_cost_of_arrays(n: int, k: int, d: int, iters: int) -> dict[str, int]:
    """The sizes of the arrays of differences that one assignment makes, without making them."""
    one = np.broadcast_to(0, (n, k, d))
    return {"distance_evals": math.prod((*one.shape[:2], iters)), "mults": sum(one.size for _ in range(iters))}
