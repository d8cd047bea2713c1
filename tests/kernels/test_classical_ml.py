"""The edge cases, refusals and invariants of the kernels of classical machine learning."""

import itertools
import math
from typing import Any

import numpy as np
import pytest

import kernels
from kernels.classical_ml import (
    bias_variance_shrinkage,
    hard_margin_svm,
    information_gain,
    kfold_train_size,
    logistic_gradient,
    ols_fit,
    ols_prediction_variance,
    polynomial_kernel,
    rbf_kernel,
    ridge_fit,
    svm_dual_decision,
)
from kernels.oracles.agreement import bound, gamma

LINE = [[1.0, 1.0], [2.0, 1.0], [3.0, 1.0], [4.0, 1.0]]
HEIGHTS = [2.0, 3.0, 5.0, 6.0]
SQUARE = [[0.0, 0.0], [0.0, 2.0], [2.0, 0.0], [2.0, 2.0]]
MACHINE: dict[str, Any] = {"alpha": [1, 1], "y": [1, -1], "X": [[1, 0], [0, 1]], "b": 0, "x": [1, 1]}

REFUSED = [
    ("ols_fit", {"X": [[1, 2], [2, 4], [3, 6]], "y": [1, 2, 3]}, "X must have independent columns: rank 1 with 2 columns"),
    ("ols_fit", {"X": [[1, 0], [2, 0]], "y": [1, 2]}, "X must have independent columns: rank 1"),
    ("ols_fit", {"X": [[1, 2]], "y": [1]}, "X must have independent columns"),
    ("ols_fit", {"X": [[1], [2]], "y": [1, 2, 3]}, r"y must have shape \(2\), got \(3,\)"),
    ("ols_fit", {"X": [1, 2], "y": [1, 2]}, r"X must be a matrix, got shape \(2,\)"),
    ("ridge_fit", {"X": LINE, "y": HEIGHTS, "lam": -1}, "lam must be at least 0, got -1"),
    ("ridge_fit", {"X": [[1, 1], [1, 1]], "y": [1, 2], "lam": 0}, "must be invertible, with lam = 0.0: rank 1"),
    ("ridge_fit", {"X": [[1, 0], [1, 0]], "y": [1, 2], "lam": 1, "bias_col": 1}, "must be invertible, with lam = 1.0"),
    ("ridge_fit", {"X": LINE, "y": HEIGHTS, "lam": 1, "bias_col": 2}, "bias_col must be at most 1, got 2"),
    ("ridge_fit", {"X": LINE, "y": HEIGHTS, "lam": 1, "bias_col": -1}, "bias_col must be at least 0, got -1"),
    ("ridge_fit", {"X": LINE, "y": [1], "lam": 1}, r"y must have shape \(4\)"),
    ("bias_variance_shrinkage", {"mu": 1, "sigma2": 1, "n": 0, "c": 1}, "n must be at least 1"),
    ("bias_variance_shrinkage", {"mu": 1, "sigma2": -1, "n": 1, "c": 1}, "sigma2 must be at least 0"),
    ("bias_variance_shrinkage", {"mu": 1, "sigma2": 1, "n": 1, "c": 1, "noise": -1}, "noise must be at least 0"),
    ("bias_variance_shrinkage", {"mu": 0, "sigma2": 0, "n": 1, "c": 1}, "mu and sigma2 must not both be 0"),
    ("ols_prediction_variance", {"sigma2": 1, "n": 3, "p": 4}, "p must be at most 3, got 4"),
    ("ols_prediction_variance", {"sigma2": 1, "n": 3, "p": 0}, "p must be at least 1, got 0"),
    ("ols_prediction_variance", {"sigma2": -1, "n": 3, "p": 1}, "sigma2 must be at least 0"),
    ("kfold_train_size", {"n": 5, "k": 1}, "k must be at least 2, got 1"),
    ("kfold_train_size", {"n": 5, "k": 6}, "k must be at most 5, got 6"),
    ("information_gain", {"parent": [3, 1], "children": [[1, 1], [1, 0]]}, r"add up to parent \[3, 1\], got \[2, 1\]"),
    ("information_gain", {"parent": [3, -1], "children": [[3, -1]]}, "counts must not be negative"),
    ("information_gain", {"parent": [1, 1], "children": [[2, 0], [-1, 1]]}, "counts must not be negative"),
    ("information_gain", {"parent": [0, 0], "children": [[0, 0]]}, "parent must have at least one example"),
    ("information_gain", {"parent": [1, 1], "children": [[1], [1]]}, r"children must have shape \(any, 2\)"),
    ("information_gain", {"parent": [1.5, 1], "children": [[1.5, 1]]}, "parent must hold integers"),
    ("information_gain", {"parent": [1, 1], "children": [[1, 1]], "base": 1}, "base"),
    ("information_gain", {"parent": [1, 1], "children": [[1, 1]], "base": 0}, "base"),
    ("logistic_gradient", {"X": [[1], [2]], "w": [1], "y": [1, 2]}, r"y must hold labels 0 or 1, got \[1.0, 2.0\]"),
    ("logistic_gradient", {"X": [[1], [2]], "w": [1, 2], "y": [1, 0]}, r"w must have shape \(1\), got \(2,\)"),
    ("logistic_gradient", {"X": [[1], [2]], "w": [1], "y": [1]}, r"y must have shape \(2\), got \(1,\)"),
    ("logistic_gradient", {"X": [[1]], "w": [1], "y": [1], "reduction": "none"}, "reduction must be one of sum, mean"),
    ("hard_margin_svm", {"X": SQUARE, "y": [1, 1, 1, 1]}, r"y must hold both labels, -1 and \+1, got only 1"),
    ("hard_margin_svm", {"X": SQUARE, "y": [-1, 1, 1, -1]}, "X must be linearly separable by the labels y, got hulls 0 apart"),
    ("hard_margin_svm", {"X": [[-3], [2], [-1], [4]], "y": [-1, -1, 1, 1]}, "X must be linearly separable"),
    ("hard_margin_svm", {"X": [[0], [1], [1 + 1e-9]], "y": [-1, -1, 1]}, "X must be linearly separable"),
    ("hard_margin_svm", {"X": SQUARE, "y": [0, 0, 1, 1]}, r"y must hold labels -1 or \+1"),
    ("hard_margin_svm", {"X": SQUARE, "y": [1, -1]}, r"y must have shape \(4\), got \(2,\)"),
    ("svm_dual_decision", {**MACHINE, "alpha": [-1, -1]}, r"alpha must not be negative, got \[-1.0, -1.0\]"),
    ("svm_dual_decision", {**MACHINE, "alpha": [1, 2]}, r"the sum of alpha \* y must be 0, got -1.0"),
    ("svm_dual_decision", {**MACHINE, "alpha": [1e-12, 2e-12]}, r"the sum of alpha \* y must be 0, got -1e-12"),
    ("svm_dual_decision", {**MACHINE, "alpha": [1]}, r"alpha must have shape \(2\)"),
    ("svm_dual_decision", {**MACHINE, "y": [1, 0]}, r"y must hold labels -1 or \+1"),
    ("svm_dual_decision", {**MACHINE, "x": [1]}, r"x must have shape \(2\), got \(1,\)"),
    ("svm_dual_decision", {**MACHINE, "kernel": "rbf"}, "gamma must be given"),
    ("svm_dual_decision", {**MACHINE, "kernel": "rbf", "gamma": 0}, "gamma must be greater than 0"),
    ("svm_dual_decision", {**MACHINE, "kernel": "poly", "degree": 0}, "degree must be at least 1"),
    ("svm_dual_decision", {**MACHINE, "kernel": "tanh"}, "kernel must be one of linear, rbf, poly, got 'tanh'"),
    ("rbf_kernel", {"X": [[1]], "Y": [[1]]}, "exactly one of gamma and sigma must be given, got gamma = None, sigma = None"),
    ("rbf_kernel", {"X": [[1]], "Y": [[1]], "gamma": 1, "sigma": 1}, "exactly one of gamma and sigma"),
    ("rbf_kernel", {"X": [[1]], "Y": [[1]], "gamma": 0}, "gamma must be greater than 0"),
    ("rbf_kernel", {"X": [[1]], "Y": [[1]], "sigma": -1}, "sigma must be greater than 0"),
    ("rbf_kernel", {"X": [[1]], "Y": [[1, 2]], "gamma": 1}, r"Y must have shape \(any, 1\), got \(1, 2\)"),
    ("polynomial_kernel", {"X": [[1]], "Y": [[1]], "degree": 0}, "degree must be at least 1"),
    ("polynomial_kernel", {"X": [[1]], "Y": [[1]], "degree": 1.5}, "degree must be an integer"),
    ("polynomial_kernel", {"X": [[1]], "Y": [[1]], "degree": 2, "c": -1}, "c must be at least 0"),
    ("polynomial_kernel", {"X": [[1]], "Y": [[1, 2]], "degree": 2}, r"Y must have shape \(any, 1\)"),
]


@pytest.mark.parametrize(("name", "arguments", "message"), REFUSED)
def test_refuses(name: str, arguments: dict[str, Any], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        kernels.get(name)(**arguments)


@pytest.mark.parametrize("fit", [lambda X, y: ols_fit(X, y), lambda X, y: ridge_fit(X, y, lam=0)])
def test_dependent_columns_are_an_error_of_linear_algebra(fit: Any) -> None:
    with pytest.raises(np.linalg.LinAlgError):
        fit([[1, 2], [2, 4], [3, 6]], [1, 2, 3])


def test_ols_residuals_are_orthogonal_to_the_columns_and_so_the_fit_passes_through_the_means() -> None:
    X, y = np.array(LINE), np.array(HEIGHTS)
    w = ols_fit(X, y).w
    size = np.linalg.norm(X)
    # A stable fit is exact for data that are off by gamma: X^T r is off by that much of ||X|| ||y|| + ||X||^2 ||w||.
    allowed = gamma(8 * X.size) * (size * np.linalg.norm(y) + size**2 * np.linalg.norm(w))
    assert np.abs(X.T @ (y - X @ w)).max() <= allowed
    assert abs(y.mean() - X.mean(axis=0) @ w) <= allowed


def test_ols_tells_small_columns_from_dependent_ones() -> None:
    w = ols_fit([[1e-20, 1], [2e-20, 1], [4e-20, 1]], [3, 5, 9]).w
    assert np.abs(w - [2e20, 1]).max() <= 2e20 * gamma(100)


def test_ridge_without_a_penalty_is_least_squares() -> None:
    arguments = {"X": np.array(LINE), "y": np.array(HEIGHTS)}
    allowed = bound(kernels.get("ols_fit"), arguments)["w"]
    assert (np.abs(ridge_fit(**arguments, lam=0) - ols_fit(**arguments).w) <= allowed).all()


def test_ridge_shrinks_the_weights_and_leaves_the_free_bias_at_the_means() -> None:
    X, y = np.array(LINE), np.array(HEIGHTS)
    lengths = [np.linalg.norm(ridge_fit(X, y, lam)) for lam in (0, 0.1, 1, 10, 1e6)]
    assert lengths == sorted(lengths, reverse=True)
    assert lengths[-1] < np.linalg.norm(X.T @ y) / 1e6  # the eigenvalues of X^T X + lam I are at least lam
    for lam in (0.5, 8, 1e6):
        w = ridge_fit(X, y, lam, bias_col=1)
        allowed = gamma(8 * (X.size + 4)) * (np.abs(y).max() + np.abs(X).max() * np.abs(w).max()) * math.sqrt(1 + lam)
        assert abs(y.mean() - X.mean(axis=0) @ w) <= allowed


def test_ridge_for_a_mean_of_squares_takes_n_times_its_penalty() -> None:
    # Each sample twice is twice the sum, and so the same fit as with half the penalty.
    twice = {"X": np.repeat(LINE, 2, axis=0), "y": np.repeat(HEIGHTS, 2), "lam": 3.0}
    allowed = bound(kernels.get("ridge_fit"), twice)
    assert (np.abs(ridge_fit(**twice) - ridge_fit(LINE, HEIGHTS, lam=1.5)) <= allowed).all()


def test_ridge_fits_more_columns_than_samples() -> None:
    # By symmetry both columns get the weight y / (2 + lam).
    assert np.abs(ridge_fit([[1, 1]], [5], lam=0.5) - 2).max() <= 2 * gamma(64)


def test_shrinkage_is_unbiased_at_1_and_bias_alone_at_0() -> None:
    whole, nothing = bias_variance_shrinkage(3, 2, 4, c=1), bias_variance_shrinkage(3, 2, 4, c=0)
    assert (whole.bias2, whole.variance, whole.total) == (0, 0.5, 0.5)
    assert (nothing.bias2, nothing.variance, nothing.total) == (9, 0, 9)
    assert whole.noise == nothing.noise == 0


@pytest.mark.parametrize(("mu", "sigma2", "n"), [(2.0, 4.0, 4), (1.0, 9.0, 2), (-3.0, 0.5, 10)])
def test_the_best_factor_lies_below_1_and_is_the_best(mu: float, sigma2: float, n: int) -> None:
    best = bias_variance_shrinkage(mu, sigma2, n, 1).c_opt
    assert best < 1
    least = bias_variance_shrinkage(mu, sigma2, n, best, noise=7).total
    assert all(bias_variance_shrinkage(mu, sigma2, n, best + h, noise=7).total > least for h in (-1e-3, 1e-3))


def test_without_variance_the_mean_itself_is_best_and_without_mean_nothing() -> None:
    assert bias_variance_shrinkage(2, 0, 4, 0.5).c_opt == 1
    assert bias_variance_shrinkage(0, 2, 4, 0.5).c_opt == 0


def test_as_many_columns_as_samples_interpolate() -> None:
    assert ols_prediction_variance(sigma2=2.5, n=7, p=7) == 2.5


@pytest.mark.parametrize("n", [2, 7, 12])
def test_folds_hold_every_sample_once_and_n_folds_leave_one_out(n: int) -> None:
    for k in range(2, n + 1):
        folds = kfold_train_size(n, k)
        assert sum(folds.fold_sizes) == n
        assert len(folds.fold_sizes) == k
        assert (folds.train_min, folds.train_max) == (n - -(-n // k), n - n // k)
    assert kfold_train_size(n, n).fold_sizes == [1] * n


def test_gain_is_0_for_the_parents_ratio_and_all_for_pure_children() -> None:
    assert information_gain([6, 2], [[3, 1], [3, 1]]).gain == 0
    pure = information_gain([6, 2], [[6, 0], [0, 2]])
    assert pure.gain == pure.parent_entropy > 0
    assert pure.child_entropies.tolist() == [0, 0]


def test_an_empty_child_counts_nothing() -> None:
    with_empty, without = information_gain([3, 2], [[0, 0], [3, 0], [0, 2]]), information_gain([3, 2], [[3, 0], [0, 2]])
    assert with_empty.child_entropies.tolist() == [0, 0, 0]
    assert with_empty.gain == without.gain


def test_gain_is_never_negative_beyond_rounding() -> None:
    for a, b, c, d in itertools.product(range(5), repeat=4):
        if a + b + c + d:
            # at most 1 bit each, of about 32 rounded operations
            assert information_gain([a + c, b + d], [[a, b], [c, d]]).gain >= -2 * gamma(32)


def test_the_base_changes_the_unit_alone() -> None:
    bits, nats = information_gain([5, 3], [[4, 1], [1, 2]]), information_gain([5, 3], [[4, 1], [1, 2]], base=math.e)
    assert abs(bits.gain * math.log(2) - nats.gain) <= gamma(64)


LOGISTIC = {"X": np.array([[1.0, 2.0], [0.0, -1.0], [1.5, 0.5]]), "w": np.array([0.3, -0.2]), "y": np.array([1.0, 0.0, 1.0])}


def test_logistic_gradient_is_autograds() -> None:
    torch = pytest.importorskip("torch")
    X, w, y = (torch.tensor(LOGISTIC[name], dtype=torch.float64) for name in ("X", "w", "y"))
    for reduction in ("sum", "mean"):
        point = w.clone().requires_grad_()
        torch.nn.functional.binary_cross_entropy_with_logits(X @ point, y, reduction=reduction).backward()
        allowed = bound(kernels.get("logistic_gradient"), {**LOGISTIC, "reduction": reduction})["grad"]
        assert (np.abs(logistic_gradient(**LOGISTIC, reduction=reduction).grad - point.grad.numpy()) <= allowed).all()


def test_logistic_gradient_is_sympys() -> None:
    sympy = pytest.importorskip("sympy")
    weights = sympy.symbols("w:2")
    loss = 0
    for row, label in zip(LOGISTIC["X"], LOGISTIC["y"], strict=True):
        z = sum(sympy.Rational(float(x)) * v for x, v in zip(row, weights, strict=True))
        loss += sympy.log(1 + sympy.exp(z)) - int(label) * z
    point = {v: sympy.Rational(float(x)) for v, x in zip(weights, LOGISTIC["w"], strict=True)}
    mine, allowed = logistic_gradient(**LOGISTIC), bound(kernels.get("logistic_gradient"), LOGISTIC)
    grad = [float(sympy.diff(loss, v).subs(point).evalf(30)) for v in weights]
    hessian = [[float(sympy.diff(loss, u, v).subs(point).evalf(30)) for v in weights] for u in weights]
    assert (np.abs(mine.grad - grad) <= allowed["grad"]).all()
    assert (np.abs(mine.hessian - hessian) <= allowed["hessian"]).all()


def test_logistic_mean_is_the_sum_over_n_and_the_hessian_semidefinite() -> None:
    total, mean = logistic_gradient(**LOGISTIC), logistic_gradient(**LOGISTIC, reduction="mean")
    assert (mean.grad == total.grad / 3).all()
    assert (mean.hessian == total.hessian / 3).all()
    flat = logistic_gradient([[1, 2], [2, 4]], [1, 1], [0, 1]).hessian
    assert np.linalg.eigvalsh(flat).min() >= -gamma(32) * np.trace(flat)


@pytest.mark.parametrize(("z", "y"), [(40.0, 1.0), (-40.0, 0.0), (700.0, 1.0)])
def test_logistic_gradient_keeps_its_digits_where_the_model_is_sure(z: float, y: float) -> None:
    r = logistic_gradient([[1]], [z], [y])
    tail = math.exp(-abs(z))  # 1 - sigmoid(z) = e^-z up to a factor 1 - e^-z
    assert abs(abs(r.grad[0]) - tail) <= tail * (gamma(8) + tail)
    assert abs(r.hessian[0, 0] - tail) <= tail * (gamma(8) + 2 * tail)


def test_on_separable_data_the_loss_falls_for_ever() -> None:
    slopes = [logistic_gradient([[1], [-2]], [t], [1, 0]).grad[0] for t in (0, 1, 10, 100, 300)]
    assert slopes == sorted(slopes)
    assert slopes[-1] < 0


def test_svm_where_a_point_on_the_margin_carries_nothing() -> None:
    svm = hard_margin_svm([[0, 0], [1, 0], [0, 2]], [-1, -1, 1])
    assert svm.on_margin.tolist() == [0, 1, 2]
    assert svm.support.tolist() == [0, 2]
    assert (svm.w.tolist(), svm.b, svm.margin) == ([0, 1], -1, 1)


def test_svm_with_many_best_weights_names_no_support() -> None:
    svm = hard_margin_svm(SQUARE, [-1, -1, 1, 1])
    assert (svm.on_margin.tolist(), svm.support) == ([0, 1, 2, 3], None)
    twins = hard_margin_svm([[0], [2], [2]], [-1, 1, 1])
    assert (twins.on_margin.tolist(), twins.support) == ([0, 1, 2], None)


@pytest.mark.parametrize("shift", [0.0, -7.0, 2.0**20])
def test_svm_moves_with_the_data(shift: float) -> None:
    # Sums with powers of 2 and small integers are exact: only b may differ, by the rounding of w times the shift.
    X = np.array([[0.0, 0.0], [1.0, 0.0], [3.0, 3.0], [4.0, 2.0]])
    still, moved = hard_margin_svm(X, [-1, -1, 1, 1]), hard_margin_svm(X + shift, [-1, -1, 1, 1])
    assert (moved.w == still.w).all()
    assert moved.margin == still.margin
    assert moved.support.tolist() == moved.on_margin.tolist() == [1, 2, 3]
    assert abs(moved.b - (still.b - shift * still.w.sum())) <= gamma(8) * (1 + abs(shift)) * np.abs(still.w).sum()


def test_svm_turns_with_the_labels_and_shrinks_with_the_scale() -> None:
    X = np.array([[0.0, 1.0], [1.0, 0.0], [3.0, 3.0], [5.0, 2.0]])
    y = np.array([-1, -1, 1, 1])
    svm, other, wide = hard_margin_svm(X, y), hard_margin_svm(X, -y), hard_margin_svm(8 * X, y)
    assert (other.w == -svm.w).all()
    assert other.b == -svm.b
    assert (wide.w == svm.w / 8).all()
    assert (wide.margin, wide.b) == (8 * svm.margin, svm.b)


@pytest.mark.parametrize("scale", [2.0**-40, 2.0**40])
def test_svm_knows_its_support_in_any_unit(scale: float) -> None:
    X, y = np.array([[0.0, 0.0], [1.0, 0.0], [3.0, 3.0], [4.0, 2.0]]), [-1, -1, 1, 1]
    assert hard_margin_svm(scale * X, y).support.tolist() == [1, 2, 3]
    assert hard_margin_svm(scale * np.array(SQUARE), y).support is None


def test_svm_in_many_dimensions_fulfils_its_conditions() -> None:
    random = np.random.Generator(np.random.Philox(7))
    for n, d in [(12, 2), (30, 4), (20, 18)]:
        X = random.normal(size=(n, d))
        y = np.where(X @ random.normal(size=d) > 0, 1, -1)
        X += 0.2 * y[:, None] * X[0] * y[0]
        svm = hard_margin_svm(X, y)
        assert svm.support is not None  # chance puts no more points on the margin than are independent
        values = y * (X @ svm.w + svm.b)
        size = np.abs(X).max() * np.abs(svm.w).sum() + abs(svm.b)
        assert values.min() >= 1 - gamma(64 * n) * size
        assert set(svm.support) <= set(svm.on_margin)
        assert (np.delete(values, svm.on_margin) > 1).all()


def test_dual_decision_needs_its_bias_and_gives_the_boundary_to_plus_1() -> None:
    at = {"alpha": [0.25, 0.25], "y": [1, -1], "X": [[2, 0], [-2, 0]]}
    assert svm_dual_decision(**at, b=0, x=[0, 9]).label == 1
    assert svm_dual_decision(**at, b=0, x=[0, 9]).score == 0
    below = svm_dual_decision(**at, b=-0.5, x=[0, 9])
    assert (below.score, below.label) == (-0.5, -1)


def test_dual_weights_may_be_off_by_their_own_rounding() -> None:
    assert svm_dual_decision(**{**MACHINE, "alpha": [1e12, 1e12 + 1e-3]}).label == -1


def test_dual_decision_is_that_of_the_primal() -> None:
    X, y, alpha = [[1, 0], [3, 3], [4, 2]], [-1, 1, 1], [0.16, 0.08, 0.08]
    svm = hard_margin_svm(X, y)
    decision = svm_dual_decision(alpha, y, X, svm.b, x=[2, 5])
    assert np.abs(decision.w - svm.w).max() <= gamma(32)
    assert abs(decision.score - (svm.w @ [2, 5] + svm.b)) <= 10 * gamma(32)


@pytest.mark.parametrize("options", [{"kernel": "rbf", "gamma": 0.5}, {"kernel": "poly", "degree": 3, "c": 0}])
def test_dual_decision_has_no_w_for_curved_kernels(options: dict[str, Any]) -> None:
    decision = svm_dual_decision(**MACHINE, **options)
    assert decision.w is None
    assert (decision.score, decision.label) == (0, 1)  # by symmetry


def test_rbf_kernel_is_1_on_the_diagonal_and_semidefinite() -> None:
    X = np.random.Generator(np.random.Philox(3)).normal(size=(8, 2)) * 100
    for width in ({"gamma": 1e-4}, {"sigma": 30}):
        K = rbf_kernel(X, X, **width)
        assert (np.diag(K) == 1).all()
        assert (K == K.T).all()
        assert np.linalg.eigvalsh(K).min() >= -gamma(8 * K.size) * 8


def test_rbf_kernel_of_a_width_is_that_of_its_rate() -> None:
    X, Y = np.array([[0.0, 1.0], [2.0, 0.5]]), np.array([[1.0, 1.0], [3.0, -1.0]])
    allowed = bound(kernels.get("rbf_kernel"), {"X": X, "Y": Y, "sigma": 1.5})
    assert (np.abs(rbf_kernel(X, Y, sigma=1.5) - rbf_kernel(X, Y, gamma=1 / 4.5)) <= allowed).all()


def test_rbf_kernel_of_a_tiny_width_does_not_underflow() -> None:
    K = rbf_kernel([[0]], [[0], [1e-165]], sigma=1e-165)  # the square of sigma is 0 in floats
    assert K.tolist() == [[1, math.exp(-0.5)]]


def test_polynomial_kernel_with_and_without_lower_powers() -> None:
    assert polynomial_kernel([[1, 2]], [[3, -1]], degree=3, c=0).tolist() == [[1]]
    assert polynomial_kernel([[1, 2]], [[3, -1]], degree=3).tolist() == [[8]]
    assert polynomial_kernel([[1, 0]], [[-1, 5]], degree=2).tolist() == [[0]]  # x y = -c
    assert polynomial_kernel([[1, 0]], [[-1, 5]], degree=1, c=0.5).tolist() == [[-0.5]]
