"""Linear models, validation, decision trees, logistic regression, support vector machines and kernel functions."""

import math
from typing import Literal

import numpy as np
from numpy.typing import ArrayLike

from kernels import checks
from kernels.checks import Array, Integers
from kernels.information_theory import entropy
from kernels.losses import sigmoid
from kernels.registry import Record, kernel

TOLERANCE = 1e-9
"""How far from an equation, relative to the size of its terms, a point still counts as fulfilling it."""
TOUCHING = 1e-7
"""Two classes closer than this, relative to the spread of the data, count as touching: rounding would decide between them."""


def _least_squares(X: Array, y: Array, trouble: str) -> Array:
    """The w that minimises ||Xw - y||, by the singular values of X with its columns brought to one scale."""
    scale = np.abs(X).max(axis=0)
    w, _, rank, _ = np.linalg.lstsq(X / np.where(scale > 0, scale, 1), y, rcond=None)
    if rank < X.shape[1]:
        raise np.linalg.LinAlgError(f"{trouble}: rank {rank} with {X.shape[1]} columns")
    return np.asarray(w / scale)


@kernel(fields=("w", "residual_ss"))
def ols_fit(X: ArrayLike, y: ArrayLike) -> Record:
    r"""Ordinary least squares: the weights whose predictions have the smallest sum of squared errors.

    $$w=(X^\top X)^{-1}X^\top y=\arg\min_w\|Xw-y\|^2$$

    It is solved as a least-squares problem, never by that inverse, which would square the condition of X.

    Args:
        X: one row a sample, shape (n, d); no column is added, so a bias needs a column of ones.
        y: targets, shape (n,).

    Returns:
        w: the weights, shape (d,); with a bias column the fit passes through the means of X and y.
        residual_ss: the sum of squared residuals, in squared units of y.

    Raises:
        LinAlgError: the columns of X are dependent, as they are when d > n. It is a ValueError.
        ValueError: X has not one row for each target, an entry is NaN or infinite.

    Source: Hastie, Tibshirani and Friedman, The Elements of Statistical Learning (2nd ed., 2009), equation 3.6.

    >>> fit = ols_fit([[0, 1], [1, 1], [2, 1]], [1, 3, 5])
    >>> fit.w.round(12).tolist()
    [2.0, 1.0]
    """
    X, y = checks.matrix(X, "X"), checks.vector(y, "y")
    checks.shape(y, "y", (X.shape[0],))
    w = _least_squares(X, y, "X must have independent columns")
    residual = y - X @ w
    return Record(w=w, residual_ss=float(residual @ residual))


@kernel()
def ridge_fit(X: ArrayLike, y: ArrayLike, lam: float, bias_col: int | None = None) -> Array:
    r"""Ridge regression: least squares with a price on the squared length of the weights.

    $$w=(X^\top X+\lambda I)^{-1}X^\top y=\arg\min_w\|Xw-y\|^2+\lambda\|w\|^2$$

    The diagonal entry of I that belongs to an unpenalised bias is 0. The same w is the least-squares fit after
    sqrt(lam) I is put below X and zeros below y, and so it is solved.

    Args:
        X: one row a sample, shape (n, d).
        y: targets, shape (n,).
        lam: the penalty, at least 0. It stands beside the *sum* of squared errors: where a text takes their mean, its
            penalty is lam / n.
        bias_col: the column of X whose weight goes free of the penalty (0 to d - 1); None penalises all of them.

    Returns:
        The weights, shape (d,); those of ``ols_fit`` for lam = 0.

    Raises:
        LinAlgError: lam = 0 and the columns of X are dependent, or the unpenalised column is 0. It is a ValueError.
        ValueError: lam < 0, no such column, X has not one row for each target, an entry is NaN or infinite.

    Source: Hastie, Tibshirani and Friedman, The Elements of Statistical Learning (2nd ed., 2009), equation 3.44;
    the rows below X are their exercise 3.12.

    >>> ridge_fit([[-1], [0], [1]], [-2, 0, 4], lam=1).round(12).tolist()
    [2.0]
    >>> ridge_fit([[-1, 1], [0, 1], [1, 1]], [-1, 1, 5], lam=1, bias_col=1).round(12).tolist()
    [2.0, 1.666666666667]
    """
    X, y, lam = checks.matrix(X, "X"), checks.vector(y, "y"), checks.number(lam, "lam", least=0)
    checks.shape(y, "y", (X.shape[0],))
    d = X.shape[1]
    penalty = np.full(d, math.sqrt(lam))
    if bias_col is not None:
        penalty[checks.count(bias_col, "bias_col", least=0, most=d - 1)] = 0
    return _least_squares(
        np.vstack([X, np.diag(penalty)]),
        np.concatenate([y, np.zeros(d)]),
        f"X^T X + lam I must be invertible, with lam = {lam}",
    )


@kernel(fields=("bias2", "variance", "noise", "total", "c_opt"))
def bias_variance_shrinkage(mu: float, sigma2: float, n: int, c: float, noise: float = 0) -> Record:
    r"""The expected squared error of a mean that is shrunk towards 0, split into bias, variance and noise.

    $$\hat\mu=c\bar X:\quad\mathrm{bias}^2=(1-c)^2\mu^2,\quad\mathrm{var}=\frac{c^2\sigma^2}{n},\quad
    \mathrm{total}=\mathrm{bias}^2+\mathrm{var}+\sigma_\epsilon^2,\quad c^*=\frac{\mu^2}{\mu^2+\sigma^2/n}$$

    Args:
        mu: the true mean.
        sigma2: the variance of one observation, at least 0.
        n: how many observations the mean is taken of, at least 1.
        c: the factor of the mean; 1 is unbiased, 0 is bias alone.
        noise: the *variance* of a new observation about mu, added as it is; 0 asks for the error against mu itself.

    Returns:
        bias2: the squared bias.
        variance: the variance of the estimate.
        noise: the noise, as given.
        total: their sum, the expected squared error.
        c_opt: the factor with the smallest total, below 1 whenever sigma2 > 0.

    Raises:
        ValueError: n < 1, sigma2 < 0, noise < 0, an argument is NaN or infinite, or mu and sigma2 are both 0 (then
            every c is best).

    Source: Murphy, Machine Learning: A Probabilistic Perspective (2012), section 6.4.4.

    >>> r = bias_variance_shrinkage(mu=2, sigma2=4, n=4, c=0.5)
    >>> r.bias2, r.variance, r.total, r.c_opt
    (1.0, 0.25, 1.25, 0.8)
    """
    mu, c = checks.number(mu, "mu"), checks.number(c, "c")
    sigma2, noise = checks.number(sigma2, "sigma2", least=0), checks.number(noise, "noise", least=0)
    n = checks.count(n, "n")
    if mu**2 + sigma2 / n == 0:
        raise ValueError(f"mu and sigma2 must not both be 0: every c is then best, got mu = {mu}, sigma2 = {sigma2}")
    bias2 = (1 - c) ** 2 * mu**2
    variance = c**2 * sigma2 / n
    return Record(bias2=bias2, variance=variance, noise=noise, total=bias2 + variance + noise, c_opt=mu**2 / (mu**2 + sigma2 / n))


@kernel()
def ols_prediction_variance(sigma2: float, n: int, p: int) -> float:
    r"""The variance of a least-squares prediction, averaged over the training inputs.

    $$\frac1n\sum_i\mathrm{Var}(\hat y_i)=\frac{\sigma^2}n\,\mathrm{tr}(HH^\top)=\frac{\sigma^2p}n,\quad
    H=X(X^\top X)^{-1}X^\top$$

    Args:
        sigma2: the variance of the noise in the targets, at least 0.
        n: the number of training samples; their inputs are fixed.
        p: the number of independent columns, the bias column included, 1 to n.

    Returns:
        The average variance; sigma2 itself for p = n, where the fit interpolates.

    Raises:
        ValueError: p < 1, p > n, sigma2 < 0, an argument is NaN or infinite.

    Source: Hastie, Tibshirani and Friedman, The Elements of Statistical Learning (2nd ed., 2009), equation 7.12.

    >>> ols_prediction_variance(sigma2=9, n=30, p=10)
    3.0
    """
    sigma2, n = checks.number(sigma2, "sigma2", least=0), checks.count(n, "n")
    p = checks.count(p, "p", most=n)
    return sigma2 * p / n


@kernel(fields=("fold_sizes", "train_min", "train_max"))
def kfold_train_size(n: int, k: int) -> Record:
    r"""How many samples k-fold cross-validation holds out and trains on.

    $$n_{\text{train}}=n-\lceil n/k\rceil\ \ldots\ n-\lfloor n/k\rfloor\approx n\,\frac{k-1}k$$

    Args:
        n: the number of samples.
        k: the number of folds, 2 to n; k = n leaves one out.

    Returns:
        fold_sizes: the sizes of the k held-out folds; the first n mod k hold one more.
        train_min: the smallest training set.
        train_max: the largest training set.

    Raises:
        ValueError: k < 2, k > n, a number is not whole.

    Source: Hastie, Tibshirani and Friedman, The Elements of Statistical Learning (2nd ed., 2009), section 7.10.1.

    >>> kfold_train_size(n=11, k=3)
    Record(fold_sizes=[4, 4, 3], train_min=7, train_max=8)
    """
    n = checks.count(n, "n")
    k = checks.count(k, "k", least=2, most=n)
    sizes = [n // k + (fold < n % k) for fold in range(k)]
    return Record(fold_sizes=sizes, train_min=n - max(sizes), train_max=n - min(sizes))


@kernel(fields=("parent_entropy", "child_entropies", "weighted", "gain"))
def information_gain(parent: ArrayLike, children: ArrayLike, base: float = 2) -> Record:
    r"""How much a split of a decision tree tells about the class.

    $$IG=H(\text{parent})-\sum_c\frac{n_c}n\,H(c)$$

    Args:
        parent: how many examples of each class there are, shape (K,).
        children: for each child the counts of each class, shape (c, K); they add up to the parent.
        base: of the logarithm; 2 gives bits, as is usual for trees.

    Returns:
        parent_entropy: the entropy of the classes before the split.
        child_entropies: one for each child, shape (c,); 0 for a child without examples.
        weighted: their mean, weighted by the sizes of the children.
        gain: the difference; up to rounding never negative, 0 when each child keeps the parent's ratio of classes.

    Raises:
        ValueError: the children do not add up to the parent, a count is negative or not whole, the parent has no
            examples, base <= 0 or base = 1.

    Source: Quinlan, Induction of decision trees, Machine Learning 1 (1986), section 4.

    >>> split = information_gain([6, 2], [[4, 0], [2, 2]])
    >>> split.child_entropies.tolist(), split.weighted, round(split.gain, 6)
    ([0.0, 1.0], 0.5, 0.311278)
    """
    parent = checks.integers(parent, "parent")
    children = checks.integers(children, "children", ndim=2)
    checks.shape(children, "children", (None, parent.size))
    if parent.min() < 0 or children.min() < 0:
        raise ValueError(f"counts must not be negative, got parent {parent.tolist()} and children {children.tolist()}")
    if not parent.any():
        raise ValueError("parent must have at least one example, got none")
    total = children.sum(axis=0)
    if not np.array_equal(total, parent):
        raise ValueError(f"children must add up to parent {parent.tolist()}, got {total.tolist()}")
    before = entropy(parent / parent.sum(), base)
    after = np.array([entropy(child / child.sum(), base) if child.any() else 0.0 for child in children])
    weighted = float(children.sum(axis=1) / parent.sum() @ after)
    return Record(parent_entropy=before, child_entropies=after, weighted=weighted, gain=before - weighted)


@kernel(fields=("grad", "hessian"))
def logistic_gradient(X: ArrayLike, w: ArrayLike, y: ArrayLike, reduction: Literal["sum", "mean"] = "sum") -> Record:
    r"""The gradient and the Hessian of the log loss of logistic regression.

    $$\nabla=X^\top(\sigma(Xw)-y),\qquad H=X^\top\mathrm{diag}\big(p(1-p)\big)X\succeq0,\quad p=\sigma(Xw)$$

    Both are divided by n for the mean. On linearly separable data the gradient is 0 nowhere: there is no finite
    minimiser.

    Args:
        X: one row a sample, shape (n, d).
        w: the weights, shape (d,).
        y: the labels, 0 or 1, shape (n,).
        reduction: the loss is the ``sum`` over the samples or their ``mean``. The sum is the default because the
            formula above is its derivative; PyTorch's losses take the mean.

    Returns:
        grad: shape (d,).
        hessian: shape (d, d), symmetric and positive semidefinite.

    Raises:
        ValueError: a label other than 0 and 1, the shapes do not fit, an unknown word, an entry is NaN or infinite.

    Source: Hastie, Tibshirani and Friedman, The Elements of Statistical Learning (2nd ed., 2009), equations 4.24 and 4.25.

    >>> r = logistic_gradient([[1, 2], [3, 4]], [0, 0], [1, 0])
    >>> r.grad.tolist(), r.hessian.tolist()
    ([1.0, 1.0], [[2.5, 3.5], [3.5, 5.0]])
    """
    X, w, y = checks.matrix(X, "X"), checks.vector(w, "w"), checks.vector(y, "y")
    n, d = X.shape
    checks.shape(w, "w", (d,))
    checks.shape(y, "y", (n,))
    if not np.isin(y, (0, 1)).all():
        raise ValueError(f"y must hold labels 0 or 1, got {y.tolist()}")
    z = X @ w
    p, q = np.asarray(sigmoid(z)), np.asarray(sigmoid(-z))  # q is 1 - p, and keeps its digits where p is close to 1
    residual = np.where(y == 1, -q, p)  # p - y
    share = n if checks.word(reduction, "reduction", ("sum", "mean")) == "mean" else 1
    return Record(grad=X.T @ residual / share, hessian=X.T @ (X * (p * q)[:, None]) / share)


def _labels(y: ArrayLike, n: int) -> Array:
    """Labels of two classes, -1 and +1, one for each of n rows."""
    labels = checks.vector(y, "y")
    checks.shape(labels, "y", (n,))
    if not np.isin(labels, (-1, 1)).all():
        raise ValueError(f"y must hold labels -1 or +1, got {labels.tolist()}")
    return labels


def _nearest_to_zero(P: Array) -> Array:
    """The point nearest to 0 in the convex hull of the rows of P, by Wolfe's method.

    It keeps some rows, the corners of a face, with weights that sum to 1. A row closer to 0 than the plane through
    the face comes in; rows go out until the point of their plane that is nearest to 0 lies between them.
    """
    squares = (P * P).sum(axis=1)
    rounding = 16 * P.shape[1] * np.finfo(float).eps * np.sqrt(squares.max())  # of a product with a row, over ||point||
    face = [int(squares.argmin())]
    weights = np.ones(1)
    point = P[face[0]]
    faces = {frozenset(face)}
    while True:
        new = int((P @ point).argmin())
        if point @ point - P[new] @ point <= rounding * np.linalg.norm(point):
            return np.asarray(point)
        face, weights = [*face, new], np.append(weights, 0.0)
        while (aim := _nearest_in_plane(P[face])).min() < 0:
            # Walk from the weights towards the aim until the first of them is 0, and drop its row.
            ratios = np.where(aim < 0, weights / np.where(aim < 0, weights - aim, 1), np.inf)
            first = int(ratios.argmin())
            weights = np.delete(weights + ratios[first] * (aim - weights), first)
            face.pop(first)
        weights, point = aim, aim @ P[face]
        if frozenset(face) in faces:
            return np.asarray(point)  # rounding leads in circles between faces that lie equally near
        faces.add(frozenset(face))


def _nearest_in_plane(P: Array) -> Array:
    """The weights, summing to 1, with which the rows of P give the point nearest to 0 in the plane through them."""
    others = np.linalg.lstsq((P[1:] - P[0]).T, -P[0], rcond=None)[0]
    return np.array([1 - others.sum(), *others])


@kernel(fields=("w", "b", "margin", "on_margin", "support"))
def hard_margin_svm(X: ArrayLike, y: ArrayLike) -> Record:
    r"""The hyperplane that separates two classes with the widest empty band.

    $$\max_\alpha\sum_i\alpha_i-\tfrac12\sum_{i,j}\alpha_i\alpha_jy_iy_jx_i^\top x_j,\quad\alpha\ge0,\
    \sum_i\alpha_iy_i=0;\qquad w=\sum_i\alpha_iy_ix_i,\quad\text{margin}=\frac1{\|w\|}$$

    Up to a factor the problem is to find the two closest points u, v of the convex hulls of the classes: then
    w = 2 (u - v) / ||u - v||^2, and the hyperplane halves the way between them.

    Args:
        X: one row a sample, shape (n, d).
        y: the labels, -1 or +1, shape (n,), both of them.

    Returns:
        w: the normal of the hyperplane, shape (d,), scaled so that the closest samples have y (w x + b) = 1.
        b: the offset.
        margin: half the width of the empty band: 1 / ||w||, in units of X. The band is twice as wide.
        on_margin: the indices of the samples with y (w x + b) = 1, up to 1e-9 of the spread of the data.
        support: the indices with alpha > 0; they are on the margin, where alpha may also be 0. None where alpha is
            not unique, which it is only if the vectors y (x, 1) of the samples on the margin are independent.

    Raises:
        ValueError: there is only one class, no hyperplane separates the classes (or their gap is below 1e-7 of their
            spread), a label is neither -1 nor +1, the shapes do not fit, an entry is NaN or infinite.

    Source: Bennett and Bredensteiner, Duality and geometry in SVM classifiers, ICML 2000; the closest points by Wolfe,
    Finding the nearest point in a polytope, Mathematical Programming 11 (1976).

    >>> svm = hard_margin_svm([[0, 0], [1, 0], [3, 0], [5, 1]], [-1, -1, 1, 1])
    >>> svm.w.tolist(), svm.b, svm.margin, svm.support.tolist()
    ([1.0, 0.0], -2.0, 1.0, [1, 2])
    """
    X = checks.matrix(X, "X")
    y = _labels(y, X.shape[0])
    if (y == y[0]).all():
        raise ValueError(f"y must hold both labels, -1 and +1, got only {int(y[0])}")
    differences = (X[y > 0][:, None] - X[y < 0][None]).reshape(-1, X.shape[1])
    spread = np.linalg.norm(differences, axis=1).max()
    gap = _nearest_to_zero(differences)
    if np.linalg.norm(gap) <= TOUCHING * spread:
        raise ValueError(f"X must be linearly separable by the labels y, got hulls {np.linalg.norm(gap):.3g} apart")
    w = 2 * gap / (gap @ gap)
    near = X - X[0]  # data far from 0 would lose its digits in products with w
    along = near @ w
    middle = (along[y > 0].min() + along[y < 0].max()) / 2
    on_margin = np.flatnonzero(y * (along - middle) <= 1 + TOLERANCE * np.linalg.norm(w) * spread)
    return Record(
        w=w,
        b=float(-middle - X[0] @ w),
        margin=float(np.linalg.norm(gap) / 2),
        on_margin=on_margin,
        support=_support(near / spread, y, w / spread, on_margin),
    )


def _support(X: Array, y: Array, w: Array, on_margin: Integers) -> Integers | None:
    """The samples with alpha > 0, from sum alpha y x = w and sum alpha y = 0; None where alpha is not unique."""
    rows = y[on_margin, None] * np.column_stack([X[on_margin], np.ones(on_margin.size)])
    alpha, _, rank, _ = np.linalg.lstsq(rows.T, np.append(w, 0), rcond=TOLERANCE)
    if rank < on_margin.size:
        return None
    return np.asarray(on_margin[alpha > TOLERANCE * alpha.max()])


@kernel()
def rbf_kernel(X: ArrayLike, Y: ArrayLike, gamma: float | None = None, sigma: float | None = None) -> Array:
    r"""The Gaussian kernel: the similarity of points, which falls with their squared distance.

    $$K(x,y)=\exp(-\gamma\|x-y\|^2),\qquad\gamma=\frac1{2\sigma^2}$$

    Args:
        X: points, shape (n, d).
        Y: points, shape (m, d).
        gamma: how fast it falls, in 1 / (squared units of X); above 0.
        sigma: the same said as a width, in units of X; above 0. Exactly one of the two is given.

    Returns:
        The matrix of kernel values, shape (n, m), in [0, 1]; 1 for equal points. With Y = X it is positive semidefinite.

    Raises:
        ValueError: both or neither of gamma and sigma, one of them not above 0, the dimensions differ, an entry is NaN or
            infinite.

    Source: Schölkopf and Smola, Learning with Kernels (2002), section 2.3.

    >>> rbf_kernel([[0, 0]], [[0, 0], [3, 4]], sigma=5).round(6).tolist()
    [[1.0, 0.606531]]
    """
    X, Y = checks.matrix(X, "X"), checks.matrix(Y, "Y")
    checks.shape(Y, "Y", (None, X.shape[1]))
    if (gamma is None) == (sigma is None):
        raise ValueError(f"exactly one of gamma and sigma must be given, got gamma = {gamma}, sigma = {sigma}")
    difference = X[:, None] - Y[None]
    if gamma is not None:
        return np.asarray(np.exp(-checks.number(gamma, "gamma", above=0) * (difference**2).sum(axis=2)))
    return np.asarray(np.exp(-((difference / checks.number(sigma, "sigma", above=0)) ** 2).sum(axis=2) / 2))


@kernel()
def polynomial_kernel(X: ArrayLike, Y: ArrayLike, degree: int, c: float = 1) -> Array:
    r"""The polynomial kernel: the inner product of all monomials up to a degree, without writing them out.

    $$K(x,y)=(x^\top y+c)^p$$

    Args:
        X: points, shape (n, d).
        Y: points, shape (m, d).
        degree: the exponent p, at least 1.
        c: 0 keeps the monomials of degree p alone; above 0 those of lower degree come in.

    Returns:
        The matrix of kernel values, shape (n, m).

    Raises:
        ValueError: degree < 1, c < 0 (it would be no inner product), the dimensions differ, an entry is NaN or infinite.

    Source: Schölkopf and Smola, Learning with Kernels (2002), section 2.1.

    >>> polynomial_kernel([[1, 2]], [[3, 1], [-2, 0]], degree=2).tolist()
    [[36.0, 1.0]]
    """
    X, Y = checks.matrix(X, "X"), checks.matrix(Y, "Y")
    checks.shape(Y, "Y", (None, X.shape[1]))
    degree, c = checks.count(degree, "degree"), checks.number(c, "c", least=0)
    return np.asarray((X @ Y.T + c) ** degree)


@kernel(fields=("score", "label", "w"))
def svm_dual_decision(
    alpha: ArrayLike,
    y: ArrayLike,
    X: ArrayLike,
    b: float,
    x: ArrayLike,
    kernel: Literal["linear", "rbf", "poly"] = "linear",
    gamma: float | None = None,
    degree: int = 2,
    c: float = 1,
) -> Record:
    r"""What a support vector machine in its dual form says of a point.

    $$f(x)=\sum_i\alpha_iy_iK(x_i,x)+b,\qquad\hat y=\begin{cases}+1&f(x)\ge0\\-1&f(x)<0\end{cases}$$

    Args:
        alpha: the dual weights, at least 0, shape (m,), with sum alpha y = 0 up to rounding.
        y: the labels, -1 or +1, shape (m,).
        X: the samples, shape (m, d).
        b: the offset.
        x: the point in question, shape (d,).
        kernel: ``linear``, x^T y; ``rbf``, see ``rbf_kernel``; ``poly``, see ``polynomial_kernel``.
        gamma: of the rbf kernel, which needs it; the others do not read it.
        degree: of the polynomial kernel.
        c: of the polynomial kernel.

    Returns:
        score: f(x); its sign is the side, and for the linear kernel f(x) / ||w|| the signed distance.
        label: +1 or -1; +1 on the boundary itself.
        w: the sum of alpha y x, shape (d,), for the linear kernel; None for the others.

    Raises:
        ValueError: alpha < 0, sum alpha y is not 0 (to 1e-9 of the sum of alpha), a label is neither -1 nor +1, rbf without
            gamma, an argument of a kernel is out of its range, the shapes do not fit, an entry is NaN or infinite.

    Source: Schölkopf and Smola, Learning with Kernels (2002), equation 7.25.

    >>> svm_dual_decision([0.5, 0.5], [1, -1], [[2, 1], [0, 1]], b=-1, x=[3, 7])
    Record(score=2.0, label=1, w=array([1., 0.]))
    """
    X, x, b = checks.matrix(X, "X"), checks.vector(x, "x"), checks.number(b, "b")
    m, d = X.shape
    y, alpha = _labels(y, m), checks.vector(alpha, "alpha")
    checks.shape(alpha, "alpha", (m,))
    checks.shape(x, "x", (d,))
    if alpha.min() < 0:
        raise ValueError(f"alpha must not be negative, got {alpha.tolist()}")
    if abs(alpha @ y) > TOLERANCE * alpha.sum():
        raise ValueError(f"the sum of alpha * y must be 0, got {alpha @ y}")
    word = checks.word(kernel, "kernel", ("linear", "rbf", "poly"))
    if word == "rbf":
        gamma = checks.given(gamma, "gamma", "the kernel rbf")
        K = rbf_kernel(X, x[None], gamma)[:, 0]
    else:
        K = X @ x if word == "linear" else polynomial_kernel(X, x[None], degree, c)[:, 0]
    score = float((alpha * y) @ K + b)
    return Record(score=score, label=1 if score >= 0 else -1, w=(alpha * y) @ X if word == "linear" else None)
