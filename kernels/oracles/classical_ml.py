"""Second ways to the kernels of classical machine learning."""

import itertools
import math
from collections import Counter
from decimal import Decimal, localcontext
from fractions import Fraction
from typing import Any

import numpy as np

from kernels.oracles.agreement import gamma as rounding
from kernels.oracles.registry import at_most, oracle

Rationals = list[list[Fraction]]


def _rationals(rows: Any) -> Rationals:
    return [[Fraction(float(entry)) for entry in row] for row in rows]


def _dot(a: list[Fraction], b: list[Fraction]) -> Fraction:
    return sum((x * y for x, y in zip(a, b, strict=True)), Fraction(0))


def _solve(A: Rationals, b: list[Fraction]) -> list[Fraction] | None:
    """The x with A x = b, by Gauss-Jordan elimination in exact fractions; None for a singular A."""
    rows = [[*row, right] for row, right in zip(A, b, strict=True)]
    for column in range(len(rows)):
        pivot = next((r for r in range(column, len(rows)) if rows[r][column] != 0), None)
        if pivot is None:
            return None
        rows[column], rows[pivot] = rows[pivot], rows[column]
        rows[column] = [entry / rows[column][column] for entry in rows[column]]
        for r in range(len(rows)):
            if r != column:
                rows[r] = [entry - rows[r][column] * top for entry, top in zip(rows[r], rows[column], strict=True)]
    return [row[-1] for row in rows]


def _normal_equations(X: Any, y: Any, penalties: list[Fraction]) -> tuple[list[Fraction], Fraction]:
    """The w with (X^T X + diag(penalties)) w = X^T y, and its sum of squared residuals."""
    rows, targets = _rationals(X), [Fraction(float(entry)) for entry in y]
    columns = [list(column) for column in zip(*rows, strict=True)]
    gram = [
        [_dot(a, b) + (penalty if i == j else 0) for j, b in enumerate(columns)]
        for i, (a, penalty) in enumerate(zip(columns, penalties, strict=True))
    ]
    w = _solve(gram, [_dot(a, targets) for a in columns])
    assert w is not None
    return w, sum(((t - _dot(row, w)) ** 2 for row, t in zip(rows, targets, strict=True)), Fraction(0))


def _least_squares_scale(X: Any, y: Any) -> float:
    """What normwise rounding in a least-squares problem does, over the gamma by which the comparison multiplies it.

    A stable solver is exact for a matrix that is off by gamma ||X|| anywhere, in its zeros too, which the comparison does not move.
    Wedin's theorem (Higham, theorem 20.1) says by how much that moves w. Residuals that should be 0 are then of the size
    gamma (||y|| + ||X|| ||w||), and the sum of their squares has one gamma more.
    """
    A, b = np.asarray(X, float), np.asarray(y, float)
    w = np.linalg.pinv(A) @ b
    singular = np.linalg.svd(A)[1]
    condition, size = singular[0] / singular[-1], singular[0]
    moved = condition * (np.linalg.norm(w) + np.linalg.norm(b) / size) + condition**2 * np.linalg.norm(b - A @ w) / size
    residual = np.linalg.norm(b) + size * np.linalg.norm(w)
    return float(moved + 2 * rounding(8 * (A.size + A.shape[0] + A.shape[1] + 1)) * residual**2)


def _ridge_scale(X: Any, y: Any, lam: float, bias_col: int | None = None) -> float:
    """The same for the least-squares problem with sqrt(lam) I below X."""
    penalties = np.diag([0.0 if column == bias_col else math.sqrt(lam) for column in range(len(X[0]))])
    return _least_squares_scale(np.vstack([X, penalties]), np.append(y, np.zeros(len(penalties))))


@oracle("ols_fit", scale=_least_squares_scale)
def ols_fit_exact(X: Any, y: Any) -> dict[str, Any]:
    """The normal equations in exact fractions, rounded once at the end."""
    w, residual_ss = _normal_equations(X, y, [Fraction(0)] * len(X[0]))
    return {"w": [float(entry) for entry in w], "residual_ss": float(residual_ss)}


@oracle("ols_fit", needs=("torch",), scale=_least_squares_scale)
def ols_fit_torch(X: Any, y: Any) -> dict[str, Any]:
    """``torch.linalg.lstsq``: QR with Householder reflections instead of singular values."""
    import torch

    A, b = torch.tensor(X, dtype=torch.float64), torch.tensor(y, dtype=torch.float64)
    return {"w": torch.linalg.lstsq(A, b[:, None], driver="gels").solution[:, 0].numpy()}


@oracle("ols_fit", needs=("sklearn",), scale=_least_squares_scale)
def ols_fit_sklearn(X: Any, y: Any) -> dict[str, Any]:
    """``LinearRegression`` of scikit-learn without an intercept of its own."""
    from sklearn.linear_model import LinearRegression

    return {"w": LinearRegression(fit_intercept=False).fit(X, y).coef_}


@oracle("ridge_fit", scale=_ridge_scale)
def ridge_fit_exact(X: Any, y: Any, lam: float, bias_col: int | None = None) -> list[float]:
    """The penalised normal equations in exact fractions, rounded once at the end."""
    penalties = [Fraction(0 if column == bias_col else float(lam)) for column in range(len(X[0]))]
    return [float(entry) for entry in _normal_equations(X, y, penalties)[0]]


def _free_column_is_ones(X: Any, y: Any, lam: float, bias_col: int | None = None) -> bool:
    return bias_col is None or (len(X[0]) > 1 and all(row[bias_col] == 1 for row in X))


@oracle("ridge_fit", needs=("sklearn",), scale=_ridge_scale, applies=_free_column_is_ones)
def ridge_fit_sklearn(X: Any, y: Any, lam: float, bias_col: int | None = None) -> Any:
    """``Ridge`` of scikit-learn; its intercept, which centres the data instead, stands for a free column of ones."""
    from sklearn.linear_model import Ridge

    if bias_col is None:
        return Ridge(alpha=lam, fit_intercept=False, solver="svd").fit(X, y).coef_
    fit = Ridge(alpha=lam, solver="svd").fit(np.delete(np.asarray(X, float), bias_col, axis=1), y)
    return np.insert(fit.coef_, bias_col, fit.intercept_)


@oracle("bias_variance_shrinkage", needs=("sympy",))
def bias_variance_sympy(mu: float, sigma2: float, n: int, c: float, noise: float = 0) -> dict[str, float]:
    """The moments of X bar put into E[(c X bar - y)^2] by sympy, and the minimum from its derivative."""
    import sympy

    factor, mean = sympy.symbols("c xbar")
    m, v, e = (sympy.Rational(Fraction(float(value))) for value in (mu, sigma2, noise))
    expanded = sympy.expand((factor * mean - m) ** 2)
    total = expanded.subs(mean**2, m**2 + v / int(n)).subs(mean, m) + e
    best = sympy.solve(sympy.diff(total, factor), factor)
    return {"total": float(total.subs(factor, sympy.Rational(Fraction(float(c))))), "c_opt": float(best[0])}


@oracle(
    "bias_variance_shrinkage",
    scale=lambda mu, sigma2, n, c, noise=0: (abs(c) * (abs(mu) + math.sqrt(sigma2)) + abs(mu)) ** 2,
    applies=lambda mu, sigma2, n, c, noise=0: n <= 60,
)
def bias_variance_two_points(mu: float, sigma2: float, n: int, c: float, noise: float = 0) -> dict[str, float]:
    """Observations that are mu - sigma or mu + sigma with a chance of 1/2: their means, all of them, with their chances.

    The bias is a difference of terms of the size of c (|mu| + sigma) + |mu|: its square gives the scale.
    """
    sigma = math.sqrt(sigma2)
    chances = [math.comb(n, k) / 2**n for k in range(n + 1)]
    estimates = [c * (mu + sigma * (2 * k - n) / n) for k in range(n + 1)]
    mean = math.fsum(p * x for p, x in zip(chances, estimates, strict=True))
    variance = math.fsum(p * (x - mean) ** 2 for p, x in zip(chances, estimates, strict=True))
    error = math.fsum(p * (x - mu) ** 2 for p, x in zip(chances, estimates, strict=True))
    return {"bias2": (mean - mu) ** 2, "variance": variance, "noise": noise, "total": error + noise}


@oracle("ols_prediction_variance", applies=lambda sigma2, n, p: n <= 10)
def prediction_variance_hat_matrix(sigma2: float, n: int, p: int) -> float:
    """sigma^2 tr(H H^T) / n in exact fractions for a design of its own: the powers 0 to p - 1 of the inputs 0 to n - 1."""
    X = [[Fraction(x) ** power for power in range(p)] for x in range(n)]
    columns = [list(column) for column in zip(*X, strict=True)]
    gram = [[_dot(a, b) for b in columns] for a in columns]
    total = Fraction(0)
    for row in X:
        solved = _solve(gram, row)  # (X^T X)^-1 x, whose product with X is a row of H
        assert solved is not None
        total += sum((_dot(other, solved) ** 2 for other in X), Fraction(0))
    return float(Fraction(float(sigma2)) * total / n)


@oracle("ols_prediction_variance", steps=lambda sigma2, n, p: n * p, applies=lambda sigma2, n, p: n <= 60)
def prediction_variance_random_design(sigma2: float, n: int, p: int) -> float:
    """sigma^2 tr(H H^T) / n for a random design, by QR, whose sums are n p operations long."""
    Q = np.linalg.qr(np.random.Generator(np.random.Philox(n * 1000 + p)).normal(size=(n, p)))[0]
    H = Q @ Q.T
    return float(sigma2 * np.trace(H @ H.T) / n)


@oracle("kfold_train_size", applies=at_most(1_000, "n"))
def kfold_dealt_out(n: int, k: int) -> dict[str, Any]:
    """The samples dealt out to the folds like cards; the rest is what one trains on."""
    folds = Counter(sample % k for sample in range(n))
    train = [sum(size for other, size in folds.items() if other != fold) for fold in folds]
    return {"fold_sizes": [folds[fold] for fold in range(k)], "train_min": min(train), "train_max": max(train)}


@oracle("kfold_train_size", needs=("sklearn",))
def kfold_sklearn(n: int, k: int) -> dict[str, Any]:
    """``KFold`` of scikit-learn."""
    from sklearn.model_selection import KFold

    splits = [(len(train), len(test)) for train, test in KFold(k).split(np.zeros((n, 1)))]
    sizes = [train for train, _ in splits]
    return {"fold_sizes": [test for _, test in splits], "train_min": min(sizes), "train_max": max(sizes)}


def _entropy_of_uniform(parent: Any, children: Any, base: float = 2) -> float:
    return abs(math.log(len(parent)) / math.log(base))


@oracle("information_gain", scale=_entropy_of_uniform)
def information_gain_mutual(parent: Any, children: Any, base: float = 2) -> dict[str, Any]:
    """The mutual information of class and child, a sum over the table of counts, in 50 digits.

    The kernel subtracts entropies, which are at most that of the uniform distribution: the scale.
    """
    with localcontext() as context:
        context.prec = 50
        unit = Decimal(base).ln()
        n = Decimal(sum(map(int, parent)))
        table = [[Decimal(int(count)) for count in child] for child in children]
        gain = Decimal(0)
        for child in table:
            for count, whole in zip(child, map(int, parent), strict=True):
                if count:
                    gain += count / n * (count * n / (sum(child) * whole)).ln()

        def entropy(counts: list[Decimal]) -> Decimal:
            size = sum(counts, Decimal(0))
            return sum((count / size * (size / count).ln() for count in counts if count), Decimal(0)) / unit

        before = entropy([Decimal(int(count)) for count in parent])
        after = [entropy(child) for child in table]
        return {
            "parent_entropy": float(before),
            "child_entropies": [float(value) for value in after],
            "weighted": float(before - gain / unit),
            "gain": float(gain / unit),
        }


@oracle("information_gain", needs=("scipy",), scale=_entropy_of_uniform)
def information_gain_scipy(parent: Any, children: Any, base: float = 2) -> dict[str, Any]:
    """``scipy.stats.entropy`` of the counts."""
    from scipy.stats import entropy

    n = sum(parent)
    before = float(entropy(np.asarray(parent, float), base=base))
    after = [float(entropy(np.asarray(child, float), base=base)) if sum(child) else 0.0 for child in children]
    weighted = math.fsum(sum(child) / n * value for child, value in zip(children, after, strict=True))
    return {"parent_entropy": before, "child_entropies": after, "weighted": weighted, "gain": before - weighted}


@oracle("logistic_gradient", needs=("mpmath",))
def logistic_gradient_mpmath(X: Any, w: Any, y: Any, reduction: str = "sum") -> dict[str, Any]:
    """Differences of the log loss itself, in 300 digits: with steps of 1e-30 the relative error is below 1e-50."""
    from mpmath import mp

    with mp.workdps(300):
        rows = [[mp.mpf(float(entry)) for entry in row] for row in X]
        share = len(rows) if reduction == "mean" else 1

        def loss(point: list[Any]) -> Any:
            scores = [mp.fdot(row, point) for row in rows]
            return mp.fsum(mp.log1p(mp.exp(z)) - label * z for z, label in zip(scores, map(int, y), strict=True)) / share

        h = mp.mpf(10) ** -30
        start = [mp.mpf(float(entry)) for entry in w]
        axes = range(len(start))

        def at(i: int, a: int, j: int = 0, b: int = 0) -> Any:
            return loss([entry + h * (a * (axis == i) + b * (axis == j)) for axis, entry in enumerate(start)])

        def curvature(i: int, j: int) -> float:
            return float((at(i, 1, j, 1) - at(i, 1, j, -1) - at(i, -1, j, 1) + at(i, -1, j, -1)) / (4 * h * h))

        grad = [float((at(i, 1) - at(i, -1)) / (2 * h)) for i in axes]
        hessian = [[curvature(i, j) for j in axes] for i in axes]
    return {"grad": grad, "hessian": hessian}


@oracle("logistic_gradient", needs=("torch",), scale=lambda X, w, y, reduction="sum": float(np.abs(X).max() + np.abs(X).max() ** 2))
def logistic_gradient_torch(X: Any, w: Any, y: Any, reduction: str = "sum") -> dict[str, Any]:
    """``torch.autograd`` through the loss with logits; it subtracts probabilities up to 1, times X or X^2: the scale."""
    import torch

    A, labels = torch.tensor(X, dtype=torch.float64), torch.tensor(y, dtype=torch.float64)

    def loss(weights: Any) -> Any:
        return torch.nn.functional.binary_cross_entropy_with_logits(A @ weights, labels, reduction=reduction)

    point = torch.tensor(w, dtype=torch.float64)
    autograd: Any = torch.autograd.functional
    return {"grad": autograd.jacobian(loss, point).numpy(), "hessian": autograd.hessian(loss, point).numpy()}


@oracle("hard_margin_svm")
def hard_margin_svm_kkt(X: Any, y: Any) -> dict[str, Any]:
    """The conditions of Karush, Kuhn and Tucker in exact fractions: every set of d + 1 or fewer support vectors is tried.

    So many suffice (Caratheodory); the problem is convex, so whatever fulfils the conditions is the optimum.
    """
    rows, labels = _rationals(X), [Fraction(int(label)) for label in y]
    n, d = len(rows), len(rows[0])
    signed = [[label * entry for entry in row] for row, label in zip(rows, labels, strict=True)]
    for size in range(2, d + 2):
        for chosen in itertools.combinations(range(n), size):
            # y_i (sum_j alpha_j y_j x_j . x_i + b) = 1 for the chosen, and sum_j alpha_j y_j = 0
            system = [[*(_dot(signed[i], signed[j]) for j in chosen), labels[i]] for i in chosen]
            solution = _solve([*system, [*(labels[j] for j in chosen), Fraction(0)]], [Fraction(1)] * size + [Fraction(0)])
            if solution is None or min(solution[:-1]) < 0:
                continue
            b = solution[-1]
            w = [sum((a * signed[j][k] for a, j in zip(solution, chosen, strict=False)), Fraction(0)) for k in range(d)]
            margins = [label * (_dot(row, w) + b) for row, label in zip(rows, labels, strict=True)]
            if min(margins) == 1:
                on_margin = [i for i in range(n) if margins[i] == 1]
                support = [j for a, j in zip(solution, chosen, strict=False) if a > 0]
                unique = _independent([[labels[i], *signed[i]] for i in on_margin])
                return {
                    "w": [float(entry) for entry in w],
                    "b": float(b),
                    "margin": 1 / math.sqrt(_dot(w, w)),
                    "on_margin": on_margin,
                    "support": support if unique else None,
                }
    raise AssertionError("no hyperplane separates the classes")


def _independent(vectors: Rationals) -> bool:
    """Whether the Gram matrix of the vectors is regular."""
    return _solve([[_dot(a, b) for b in vectors] for a in vectors], [Fraction(0)] * len(vectors)) is not None


@oracle("hard_margin_svm", needs=("scipy",))
def hard_margin_svm_nnls(X: Any, y: Any) -> dict[str, Any]:
    """Least-distance programming by ``scipy.optimize.nnls``.

    Among weights l >= 0 the least ||P^T l||^2 + (sum l - 1)^2 has, up to a factor, the weights of the point nearest to 0 in the
    convex hull of the rows of P, here the differences between the classes (Lawson and Hanson, Solving Least Squares Problems,
    1974, chapter 23).
    """
    from scipy.optimize import nnls

    points, labels = np.asarray(X, float), np.asarray(y, float)
    P = np.array([a - b for a in points[labels > 0] for b in points[labels < 0]])
    size = np.abs(P).max()
    weights = nnls(np.vstack([P.T / size, np.ones(len(P))]), [0.0] * P.shape[1] + [1.0])[0]
    between = weights @ P / weights.sum()
    w = 2 * between / (between @ between)
    along = points @ w
    return {"w": w, "b": -(along[labels > 0].min() + along[labels < 0].max()) / 2, "margin": 1 / np.linalg.norm(w)}


SVC_TOLERANCE = 1e-8


def _svc_error(X: Any, y: Any) -> float:
    """The bound that the docstring of the oracle derives, from the exact solution."""
    w = np.array(hard_margin_svm_kkt(X, y)["w"])
    length = float(np.linalg.norm(w))
    error = length * math.sqrt(3 * SVC_TOLERANCE)
    return max(error, error * float(np.abs(X).max()) * math.sqrt(w.size) + SVC_TOLERANCE, error / (length * (length - error)))


@oracle("hard_margin_svm", needs=("sklearn",), error=_svc_error)
def hard_margin_svm_sklearn(X: Any, y: Any) -> dict[str, Any]:
    """``SVC`` of scikit-learn with a price on violations so high that it allows none.

    It stops when no pair of weights violates optimality by more than its tolerance t. Its objective
    f(alpha) = ||w||^2 / 2 - sum alpha is quadratic, so ||w - w*||^2 / 2 <= grad f(alpha) (alpha - alpha*), and the stopping
    rule makes that at most t (sum alpha + sum alpha*) / 2. Here sum alpha* = ||w*||^2, and sum alpha = ||w||^2 / 2 - f(alpha)
    is at most (||w||^2 + ||w*||^2) / 2. Together ||w - w*|| <= ||w*|| sqrt(2 t) up to terms of higher order, for which
    sqrt(3 t) leaves room. The offset moves by that times max ||x||, and by t; the margin by ||w - w*|| / (||w|| ||w*||).
    """
    from sklearn.svm import SVC

    fit = SVC(kernel="linear", C=1e10, tol=SVC_TOLERANCE).fit(X, y)
    w = fit.coef_[0]
    return {"w": w, "b": float(fit.intercept_[0]), "margin": float(1 / np.linalg.norm(w))}


@oracle("svm_dual_decision", needs=("mpmath",))
def svm_dual_decision_mpmath(
    alpha: Any, y: Any, X: Any, b: float, x: Any, kernel: str = "linear", gamma: float | None = None, degree: int = 2, c: float = 1
) -> dict[str, Any]:
    """One sample after another, one coordinate after another, in 100 digits."""
    from mpmath import mp

    with mp.workdps(100):
        score = mp.mpf(float(b))
        w = [mp.mpf(0)] * len(x)
        for a, label, row in zip(alpha, y, X, strict=True):
            pairs = [(mp.mpf(float(p)), mp.mpf(float(q))) for p, q in zip(row, x, strict=True)]
            if kernel == "rbf":
                value = mp.e ** (-mp.mpf(gamma) * sum((p - q) ** 2 for p, q in pairs))
            else:
                value = sum(p * q for p, q in pairs)
            if kernel == "poly":
                value = (value + c) ** degree
            score += mp.mpf(float(a)) * int(label) * value
            w = [entry + mp.mpf(float(a)) * int(label) * p for entry, (p, _) in zip(w, pairs, strict=True)]
        label = 1 if score >= 0 else -1
        return {"score": float(score), "label": label, "w": [float(entry) for entry in w] if kernel == "linear" else None}


def _expanded_exponent(
    alpha: Any, y: Any, X: Any, b: float, x: Any, kernel: str = "linear", gamma: float | None = None, degree: int = 2, c: float = 1
) -> float:
    return sum(alpha) * _exponent(X, [x], gamma) if kernel == "rbf" else 0


@oracle("svm_dual_decision", needs=("sklearn",), scale=_expanded_exponent)
def svm_dual_decision_sklearn(
    alpha: Any, y: Any, X: Any, b: float, x: Any, kernel: str = "linear", gamma: float | None = None, degree: int = 2, c: float = 1
) -> dict[str, Any]:
    """``pairwise_kernels`` of scikit-learn, as its support vector machines use them; for the scale see ``rbf_kernel_sklearn``."""
    from sklearn.metrics.pairwise import pairwise_kernels

    choices: dict[str, dict[str, Any]] = {"rbf": {"gamma": gamma}, "poly": {"gamma": 1, "degree": degree, "coef0": c}}
    values = pairwise_kernels(X, [x], metric=kernel, **choices.get(kernel, {}))[:, 0]
    return {"score": math.fsum(a * label * value for a, label, value in zip(alpha, y, values, strict=True)) + b}


@oracle("rbf_kernel")
def rbf_kernel_decimal(X: Any, Y: Any, gamma: float | None = None, sigma: float | None = None) -> list[list[float]]:
    """Exact distances, and their exponential in 60 digits."""
    with localcontext() as context:
        context.prec = 60
        rate = Decimal(gamma) if gamma is not None else 1 / (2 * Decimal(sigma or 0) ** 2)

        def similarity(a: Any, b: Any) -> float:
            square = sum(((Decimal(float(p)) - Decimal(float(q))) ** 2 for p, q in zip(a, b, strict=True)), Decimal(0))
            return float((-rate * square).exp())

        return [[similarity(a, b) for b in Y] for a in X]


def _exponent(X: Any, Y: Any, gamma: float | None = None, sigma: float | None = None) -> float:
    rate = gamma if gamma is not None else 1 / (2 * (sigma or 0) ** 2)
    return float(rate * ((np.asarray(X) ** 2).sum(axis=1).max() + (np.asarray(Y) ** 2).sum(axis=1).max()))


@oracle("rbf_kernel", needs=("sklearn",), scale=_exponent)
def rbf_kernel_sklearn(X: Any, Y: Any, gamma: float | None = None, sigma: float | None = None) -> Any:
    """``rbf_kernel`` of scikit-learn; it takes ||x||^2 - 2 x y + ||y||^2, and gamma times these terms is the scale."""
    from sklearn.metrics.pairwise import rbf_kernel

    return rbf_kernel(X, Y, gamma=gamma if gamma is not None else 1 / (2 * (sigma or 0) ** 2))


@oracle("polynomial_kernel", applies=lambda X, Y, degree, c=1: (degree + 1) ** (np.shape(X)[1] + 1) <= 100_000)
def polynomial_kernel_features(X: Any, Y: Any, degree: int, c: float = 1) -> list[list[float]]:
    """The monomials of which it is the inner product, written out with their multinomial coefficients, in exact fractions."""

    def product(a: Any, b: Any) -> float:
        # Each factor of a monomial is a coordinate of the points or sqrt(c), so of a product of two monomials one of these:
        factors = [*(Fraction(float(p)) * Fraction(float(q)) for p, q in zip(a, b, strict=True)), Fraction(float(c))]
        total = Fraction(0)
        for powers in itertools.product(range(degree + 1), repeat=len(factors)):
            if sum(powers) == degree:
                coefficient = math.factorial(degree) // math.prod(map(math.factorial, powers))
                total += coefficient * math.prod(factor**power for factor, power in zip(factors, powers, strict=True))
        return float(total)

    return [[product(a, b) for b in Y] for a in X]


@oracle("polynomial_kernel", needs=("sklearn",))
def polynomial_kernel_sklearn(X: Any, Y: Any, degree: int, c: float = 1) -> Any:
    """``polynomial_kernel`` of scikit-learn."""
    from sklearn.metrics.pairwise import polynomial_kernel

    return polynomial_kernel(X, Y, degree=degree, gamma=1, coef0=c)
