"""Clustering: k-means step by step, its start and its cost, silhouettes and Gaussian mixtures."""

import numpy as np
from numpy.typing import ArrayLike

from kernels import checks
from kernels.checks import Array, Integers
from kernels.losses import softmax
from kernels.registry import Record, kernel


def _points_and_centroids(X: ArrayLike, C: ArrayLike, name: str) -> tuple[Array, Array]:
    points, centroids = checks.matrix(X, "X"), checks.matrix(C, name)
    checks.shape(centroids, name, (None, points.shape[1]))
    if centroids.shape[0] > points.shape[0]:
        raise ValueError(f"{name} must not hold more centroids than X has points, got {centroids.shape[0]} for {points.shape[0]}")
    return points, centroids


def _squared_distances(X: Array, C: Array) -> Array:
    return np.asarray(((X[:, None] - C[None]) ** 2).sum(axis=2))


def _nearest(X: Array, C: Array) -> Integers:
    return np.asarray(_squared_distances(X, C).argmin(axis=1))  # of equal distances the first


def _wcss(X: Array, C: Array, labels: Integers) -> float:
    """The within-cluster sum of squares."""
    return float(((X - C[labels]) ** 2).sum())


def _step(X: Array, C: Array) -> Record:
    labels = _nearest(X, C)
    means = [X[labels == j].mean(axis=0) if (labels == j).any() else C[j] for j in range(C.shape[0])]
    centroids = np.array(means)
    return Record(labels=labels, centroids=centroids, wcss_assign=_wcss(X, C, labels), wcss_update=_wcss(X, centroids, labels))


@kernel(fields=("labels", "centroids", "wcss_assign", "wcss_update"))
def kmeans_step(X: ArrayLike, C: ArrayLike) -> Record:
    r"""One iteration of Lloyd's k-means: assign every point, then move every centroid.

    $$z_i=\arg\min_j\|x_i-\mu_j\|^2,\qquad\mu_j\leftarrow\frac1{|S_j|}\sum_{i\in S_j}x_i,\quad S_j=\{i:z_i=j\}$$

    Args:
        X: the points, shape (n, d).
        C: the centroids before the step, shape (k, d), k <= n.

    Returns:
        labels: for each point the index of its nearest centroid, the lowest of equally near ones, shape (n,).
        centroids: the means of the clusters, shape (k, d); a cluster without points keeps its centroid.
        wcss_assign: the sum of squared distances of the points to their *old* centroids, in squared units of X.
        wcss_update: the same to the new centroids; never larger.

    Raises:
        ValueError: k > n, the dimensions differ, an entry is NaN or infinite.

    Source: Lloyd, Least squares quantization in PCM, IEEE Transactions on Information Theory 28 (1982); Bishop, Pattern
    Recognition and Machine Learning (2006), section 9.1.

    >>> step = kmeans_step([[0], [1], [5], [9]], [[0], [1]])
    >>> step.labels.tolist(), step.centroids.tolist(), step.wcss_assign, step.wcss_update
    ([0, 1, 1, 1], [[0.0], [5.0]], 80.0, 32.0)
    """
    return _step(*_points_and_centroids(X, C, "C"))


def kmeans_trace(X: ArrayLike, C0: ArrayLike, max_iter: int) -> list[Record]:
    r"""Every iteration of Lloyd's k-means, for a solution that shows its steps.

    $$(z^{(t)},\mu^{(t)})=\mathrm{step}(\mu^{(t-1)}),\quad t=1,\ldots,T;\qquad z^{(T)}=z^{(T-1)}\ \text{or}\ T=T_{\max}$$

    Args:
        X: the points, shape (n, d).
        C0: the centroids at the start, shape (k, d), k <= n.
        max_iter: after so many iterations it stops in any case; at least 0.

    Returns:
        A list with the record of each iteration, the confirming one included, in which no label changed:
        labels: the assignment to the centroids before the iteration's update, shape (n,).
        centroids: those after the update, shape (k, d).
        wcss_assign: the sum of squared distances after the assignment.
        wcss_update: the same after the update. The costs, read in order, never rise.

    Raises:
        ValueError: k > n, max_iter < 0, the dimensions differ, an entry is NaN or infinite.

    Source: Lloyd, Least squares quantization in PCM, IEEE Transactions on Information Theory 28 (1982).

    >>> trace = kmeans_trace([[0], [1], [5], [9]], [[0], [1]], max_iter=10)
    >>> for step in trace:
    ...     print(step.labels.tolist(), step.centroids.ravel().tolist(), step.wcss_assign, step.wcss_update)
    [0, 1, 1, 1] [0.0, 5.0] 80.0 32.0
    [0, 0, 1, 1] [0.5, 7.0] 17.0 8.5
    [0, 0, 1, 1] [0.5, 7.0] 8.5 8.5
    """
    X, C = _points_and_centroids(X, C0, "C0")
    trace: list[Record] = []
    for _ in range(checks.count(max_iter, "max_iter", least=0)):
        trace.append(_step(X, trace[-1].centroids if trace else C))
        if _converged(trace):
            break
    return trace


def _converged(trace: list[Record]) -> bool:
    return len(trace) > 1 and np.array_equal(trace[-1].labels, trace[-2].labels)


@kernel(fields=("labels", "centroids", "wcss", "n_iter", "converged"))
def kmeans_fit(X: ArrayLike, C0: ArrayLike, max_iter: int) -> Record:
    r"""Lloyd's k-means from a given start until no label changes; ``kmeans_trace`` shows the way.

    $$\min_{z,\mu}\sum_i\|x_i-\mu_{z_i}\|^2$$

    It finds a local minimum: another start may end lower.

    Args:
        X: the points, shape (n, d).
        C0: the centroids at the start, shape (k, d), k <= n.
        max_iter: after so many iterations it stops in any case; at least 0.

    Returns:
        labels: for each point the index of the nearest of the returned centroids, the lowest of equally near ones.
        centroids: shape (k, d); a cluster without points keeps its centroid.
        wcss: the sum of squared distances of the points to their centroids, in squared units of X.
        n_iter: iterations of assignment and update, the confirming one included. The first has no labels to compare
            with, so convergence takes at least 2.
        converged: whether an iteration that changes no label came within max_iter.

    Raises:
        ValueError: k > n, max_iter < 0, the dimensions differ, an entry is NaN or infinite.

    Source: Lloyd, Least squares quantization in PCM, IEEE Transactions on Information Theory 28 (1982).

    >>> fit = kmeans_fit([[0], [1], [5], [9]], [[0], [1]], max_iter=10)
    >>> fit.labels.tolist(), fit.centroids.tolist(), fit.wcss, fit.n_iter, fit.converged
    ([0, 0, 1, 1], [[0.5], [7.0]], 8.5, 3, True)
    """
    X, C = _points_and_centroids(X, C0, "C0")
    trace = kmeans_trace(X, C, max_iter)
    centroids = trace[-1].centroids if trace else C
    labels = _nearest(X, centroids)
    return Record(
        labels=labels, centroids=centroids, wcss=_wcss(X, centroids, labels), n_iter=len(trace), converged=_converged(trace)
    )


@kernel()
def kmeans_pp_probabilities(X: ArrayLike, chosen: ArrayLike) -> Array:
    r"""With which probability k-means++ takes each point as its next centre.

    $$P(i)=\frac{D(x_i)^2}{\sum_jD(x_j)^2},\quad D(x)=\min_c\|x-c\|;\qquad
    \mathbb E[\phi]\le8(\ln k+2)\,\phi_{\mathrm{opt}}$$

    Args:
        X: the points, shape (n, d).
        chosen: the centres so far, shape (m, d), m >= 1.

    Returns:
        The probabilities, shape (n,); 0 for a point that is a centre.

    Raises:
        ValueError: no centre is chosen, every point is a centre (all distances are 0), the dimensions differ, an entry is NaN
            or infinite.

    Source: Arthur and Vassilvitskii, k-means++: the advantages of careful seeding, SODA 2007, section 2.2 and theorem 1.1.

    >>> kmeans_pp_probabilities([[0], [1], [3], [10]], [[0], [9]]).round(12).tolist()
    [0.0, 0.090909090909, 0.818181818182, 0.090909090909]
    """
    X, chosen = checks.matrix(X, "X"), checks.matrix(chosen, "chosen")
    checks.shape(chosen, "chosen", (None, X.shape[1]))
    D2 = _squared_distances(X, chosen).min(axis=1)
    if not D2.any():
        raise ValueError("X must hold a point that is not among chosen: all distances are 0")
    return np.asarray(D2 / D2.sum())


@kernel(fields=("per_sample", "mean"))
def silhouette_score(X: ArrayLike, labels: ArrayLike) -> Record:
    r"""How much closer each point is to its own cluster than to the next one.

    $$s_i=\frac{b_i-a_i}{\max(a_i,b_i)}$$

    a is the mean distance of the point to the *other* members of its cluster, b the smallest mean distance to the
    members of another cluster; distances are Euclidean.

    Args:
        X: the points, shape (n, d).
        labels: the cluster of each point, any integers, shape (n,); 2 to n - 1 clusters.

    Returns:
        per_sample: s of each point, shape (n,), in [-1, 1]; 0 for a point alone in its cluster and where a = b = 0.
        mean: their mean.

    Raises:
        ValueError: fewer than 2 or more than n - 1 clusters, a label is not whole, the shapes do not fit, an entry is NaN
            or infinite.

    Source: Rousseeuw, Silhouettes: a graphical aid to the interpretation and validation of cluster analysis, Journal of
    Computational and Applied Mathematics 20 (1987), section 2.

    >>> silhouette_score([[0], [2], [6], [7]], [0, 0, 1, 1]).per_sample.round(6).tolist()
    [0.692308, 0.555556, 0.8, 0.833333]
    """
    X, labels = checks.matrix(X, "X"), checks.integers(labels, "labels")
    n = X.shape[0]
    checks.shape(labels, "labels", (n,))
    clusters, own = np.unique(labels, return_inverse=True)
    if not 2 <= clusters.size <= n - 1:
        raise ValueError(f"labels must name 2 to n - 1 clusters, got {clusters.size} for n = {n} points")
    member = labels[:, None] == clusters  # (n, clusters)
    sizes = member.sum(axis=0)
    sums = np.linalg.norm(X[:, None] - X[None], axis=2) @ member  # of the distances of each point to each cluster
    a = sums[np.arange(n), own] / np.maximum(sizes[own] - 1, 1)  # the point itself adds 0 and does not count
    b = np.where(member, np.inf, sums / sizes).min(axis=1)
    wider = np.maximum(a, b)
    defined = (sizes[own] > 1) & (wider > 0)
    s = np.where(defined, (b - a) / np.where(defined, wider, 1), 0)
    return Record(per_sample=s, mean=float(s.mean()))


@kernel()
def gmm_responsibilities(x: ArrayLike, mus: ArrayLike, var: ArrayLike, pi: ArrayLike) -> Array:
    r"""With which probability each component of a Gaussian mixture made a point: the E-step of EM.

    $$\gamma_k=\frac{\pi_k\,\mathcal N(x\mid\mu_k,\Sigma_k)}{\sum_j\pi_j\,\mathcal N(x\mid\mu_j,\Sigma_j)}
    =\mathrm{softmax}_k\big(\log\pi_k+\log\mathcal N(x\mid\mu_k,\Sigma_k)\big)$$

    With one shared variance and equal weights this is the softmax of -||x - mu||^2 / (2 sigma^2): as the variance goes
    to 0 it becomes the hard assignment of k-means, and a point halfway keeps 1/2 and 1/2 for every variance.

    Args:
        x: the point, shape (d,).
        mus: the means, shape (K, d).
        var: one variance sigma^2 for all components (a number), one for each (shape (K,)), or a covariance matrix for each
            (shape (K, d, d)); in squared units of x, positive.
        pi: the weights of the components, shape (K,), summing to 1.

    Returns:
        The responsibilities, shape (K,), summing to 1.

    Raises:
        ValueError: a variance <= 0, a covariance that is not symmetric and positive definite, pi is no distribution, the shapes
            do not fit, an entry is NaN or infinite.

    Source: Bishop, Pattern Recognition and Machine Learning (2006), equation 9.23.

    >>> gmm_responsibilities([1], [[0], [4]], var=2, pi=[0.5, 0.5]).round(6).tolist()
    [0.880797, 0.119203]
    """
    x, mus, pi = checks.vector(x, "x"), checks.matrix(mus, "mus"), checks.distribution(pi, "pi")
    K, d = pi.size, x.size
    checks.shape(mus, "mus", (K, d))
    covariances = _covariances(var, K, d)
    log_joint = np.empty(K)
    for k in range(K):
        difference = x - mus[k]
        quadratic = difference @ np.linalg.solve(covariances[k], difference)
        log_density = -(d * np.log(2 * np.pi) + np.linalg.slogdet(covariances[k])[1] + quadratic) / 2
        log_joint[k] = np.log(pi[k]) + log_density if pi[k] > 0 else -np.inf
    return np.asarray(softmax(log_joint))


def _covariances(var: ArrayLike, K: int, d: int) -> Array:
    """One covariance matrix for each of K components, shape (K, d, d)."""
    given = checks.array(var, "var")
    if given.ndim < 2:
        if given.ndim == 1:
            checks.shape(given, "var", (K,))
        if given.min() <= 0:
            raise ValueError(f"var must be greater than 0, got {given.tolist()}")
        return np.broadcast_to(given, (K,))[:, None, None] * np.eye(d)
    checks.shape(given, "var", (K, d, d))
    if not np.allclose(given, given.swapaxes(1, 2), rtol=0, atol=1e-12 * np.abs(given).max()):
        raise ValueError(f"var must hold symmetric matrices, got {given.tolist()}")
    spectra = np.linalg.eigvalsh(given)
    if (spectra[:, 0] <= d * np.finfo(float).eps * spectra[:, -1]).any():
        raise ValueError(f"var must hold positive definite matrices, got {given.tolist()}")
    return given


@kernel(fields=("distance_evals", "mults"))
def kmeans_cost(n: int, k: int, d: int, iters: int) -> Record:
    r"""How much k-means computes for its assignments.

    $$n\,k\,T\ \text{distances},\quad n\,k\,d\,T\ \text{multiplications}:\qquad O(nkdT)$$

    Args:
        n: points.
        k: centroids.
        d: dimensions.
        iters: iterations T.

    Returns:
        distance_evals: squared distances between a point and a centroid.
        mults: multiplications in them, d in each.

    Raises:
        ValueError: a number is below 1 or not whole.

    Source: Manning, Raghavan and Schütze, Introduction to Information Retrieval (2008), section 16.4.

    >>> kmeans_cost(n=1000, k=3, d=10, iters=5)
    Record(distance_evals=15000, mults=150000)
    """
    n, k, d, iters = checks.count(n, "n"), checks.count(k, "k"), checks.count(d, "d"), checks.count(iters, "iters")
    return Record(distance_evals=n * k * iters, mults=n * k * iters * d)
