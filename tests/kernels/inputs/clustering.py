"""Random arguments for the kernels of clustering."""

from typing import Any

import numpy as np
from hypothesis import assume
from hypothesis import strategies as st

from tests.kernels.inputs.common import distributions, extreme, matrices, plain, vectors


def decided(X: np.ndarray, C: np.ndarray, iterations: int) -> bool:
    """Whether in each iteration the nearest centroid of every point is nearer than the next by more than rounding can blur."""
    for _ in range(iterations + 1):
        squares = ((X[:, None] - C[None]) ** 2).sum(axis=2)
        if C.shape[0] > 1:
            nearest, second = np.sort(squares, axis=1)[:, :2].T
            if (second - nearest <= 1e-6 * squares.max()).any():
                return False
        labels = squares.argmin(axis=1)
        C = np.array([X[labels == j].mean(axis=0) if (labels == j).any() else C[j] for j in range(C.shape[0])])
    return True


@st.composite
def starts(draw: st.DrawFn, name: str, fit: bool) -> dict[str, Any]:
    """Points and centroids, of which one may be so far away that its cluster is empty."""
    d, k = draw(st.integers(1, 2)), draw(st.integers(1, 3))
    n = draw(st.integers(k, 7))
    X, C = draw(matrices(n, d)), draw(matrices(k, d))
    if draw(st.booleans()):
        C[-1] += 1000
    iterations = draw(st.integers(0, 8)) if fit else 1
    assume(decided(X, C, iterations))
    return {"X": X, name: C, **({"max_iter": iterations} if fit else {})}


@st.composite
def choices(draw: st.DrawFn) -> dict[str, Any]:
    d = draw(st.integers(1, 3))
    X, chosen = draw(matrices(draw(st.integers(1, 5)), d, extreme)), draw(matrices(draw(st.integers(1, 3)), d, extreme))
    if draw(st.booleans()):
        chosen[0] = X[0]
    assume(not all((x == chosen).all(axis=1).any() for x in X))
    return {"X": X, "chosen": chosen}


@st.composite
def clusterings(draw: st.DrawFn) -> dict[str, Any]:
    n, d = draw(st.integers(3, 7)), draw(st.integers(1, 3))
    labels = draw(st.lists(st.integers(-1, 3), min_size=n, max_size=n))
    assume(2 <= len(set(labels)) <= n - 1)
    return {"X": draw(matrices(n, d)), "labels": labels}


@st.composite
def mixtures(draw: st.DrawFn) -> dict[str, Any]:
    """A mixture with one variance, one for each component, or a covariance A A^T + 1/2 I for each."""
    K, d = draw(st.integers(1, 3)), draw(st.integers(1, 3))
    variance = st.floats(0.01, 100)
    full = matrices(K * d, d, st.floats(-3, 3)).map(lambda rows: [A @ A.T + np.eye(d) / 2 for A in rows.reshape(K, d, d)])
    var = draw(variance | vectors(K, variance) | full.map(np.array))
    pi = draw(distributions(K))
    if K > 1 and draw(st.booleans()):
        pi = np.array([0.0, *pi[1:] / pi[1:].sum()])
    return {"x": draw(vectors(d, plain)), "mus": draw(matrices(K, d, plain)), "var": var, "pi": pi}


sizes = st.integers(1, 9)

INPUTS = {
    "kmeans_step": starts("C", fit=False),
    "kmeans_fit": starts("C0", fit=True),
    "kmeans_pp_probabilities": choices(),
    "silhouette_score": clusterings(),
    "gmm_responsibilities": mixtures(),
    "kmeans_cost": st.fixed_dictionaries({"n": sizes, "k": sizes, "d": sizes, "iters": sizes}),
}
