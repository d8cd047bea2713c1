"""Edge cases, refusals, properties and gradients of the kernels of the losses."""

import math
from fractions import Fraction
from typing import Any

import numpy as np
import pytest
import sympy
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

import kernels
from kernels.losses import (
    binary_cross_entropy_with_logits,
    cross_entropy_from_logits,
    distillation_loss,
    double_softmax_loss_floor,
    label_smoothing_targets,
    log_softmax,
    logit,
    logsumexp,
    sigmoid,
    softmax,
    softmax_cross_entropy_grad,
    softmax_jacobian,
)
from kernels.oracles.agreement import gamma
from tests.kernels.inputs.losses import INPUTS
from tests.kernels.rounding import assert_gives

INF, NAN = math.inf, math.nan
LOGITS = [[2.0, 0.5, -1.0], [0.0, 3.0, 1.0]]
quick = settings(max_examples=25, derandomize=True, database=None)
small = st.integers(1, 6).flatmap(lambda n: st.lists(st.floats(-30, 30, allow_subnormal=False), min_size=n, max_size=n))


# logsumexp


@pytest.mark.parametrize(
    ("x", "wanted"),
    [
        ([-INF, -INF], -INF),
        ([INF, 0], INF),
        ([INF, 1e4, -INF], INF),
        ([INF, INF], INF),
        ([-INF, 5], 5),
        ([5], 5),
        ([-1e308, -1e308], -1e308),
    ],
)
def test_logsumexp_of_infinite_and_of_huge_entries(x: list[float], wanted: float) -> None:
    assert logsumexp(x) == wanted
    assert isinstance(logsumexp(x), float)


def test_logsumexp_of_rows_of_which_some_are_infinite() -> None:
    assert logsumexp([[-INF, -INF], [INF, 1], [7, -INF]]).tolist() == [-INF, INF, 7]
    assert logsumexp(np.zeros((2, 3, 4)), axis=1).shape == (2, 4)


@quick
@given(small)
def test_logsumexp_lies_between_the_maximum_and_log_n_above_it(x: list[float]) -> None:
    error = gamma(4) * (abs(max(x)) + math.log(len(x)) + 1)
    assert max(x) <= logsumexp(x) <= max(x) + math.log(len(x)) + error


# softmax and log_softmax


@quick
@given(small, st.integers(-(2**20), 2**20))
def test_a_shift_of_the_logits_changes_no_probability(x: list[float], shift: int) -> None:
    logits = np.round(np.array(x) * 1024) / 1024  # the sums with the shift are exact
    assert np.array_equal(softmax(logits + shift), softmax(logits))
    assert np.array_equal(log_softmax(logits + shift), log_softmax(logits))


def test_a_factor_on_the_logits_changes_the_probabilities_and_is_one_over_the_temperature() -> None:
    assert softmax([2, 4])[1] > softmax([1, 2])[1]
    assert np.array_equal(softmax([2, 4]), softmax([1, 2], temperature=0.5))


@pytest.mark.parametrize("n", [1, 2, 3, 7])
def test_equal_logits_are_uniform(n: int) -> None:
    for value in (-3.7, 0, 1e300, -1e300):
        assert softmax([value] * n).tolist() == [1 / n] * n


def test_probability_zero_for_minus_infinity_at_any_temperature() -> None:
    for temperature in (1e-3, 1, INF):
        assert softmax([2, -INF, 2], temperature).tolist() == [0.5, 0, 0.5]
    assert softmax([1, -INF, 9], INF).tolist() == [0.5, 0, 0.5]


def test_towards_temperature_zero_the_largest_share_all_the_mass() -> None:
    assert softmax([1, 3, 3, 2], 1e-3).tolist() == [0, 0.5, 0.5, 0]


def test_log_softmax_is_finite_where_the_probability_is_not_a_float() -> None:
    assert softmax([2000, 0])[1] == 0
    assert log_softmax([2000, 0]).tolist() == [0, -2000]
    assert log_softmax([0, -INF]).tolist() == [0, -INF]


@pytest.mark.parametrize("name", ["softmax", "log_softmax"])
@pytest.mark.parametrize(
    ("x", "message"),
    [
        ([1, NAN], "x must not contain NaN"),
        ([], r"x must not be empty, got shape \(0,\)"),
        ([[], []], r"x must not be empty, got shape \(2, 0\)"),
        ([-INF, -INF], "x must not be -inf all along axis -1"),
        ([[1, 2], [-INF, -INF]], "x must not be -inf all along axis -1"),
        ([1, INF], r"x must not contain \+inf"),
        (3, "axis must be an axis of the array, and a number has none"),
    ],
)
def test_softmax_refuses(name: str, x: Any, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        kernels.get(name)(x)


@pytest.mark.parametrize(
    ("name", "arguments", "message"),
    [
        ("logsumexp", {"x": []}, "x must not be empty"),
        ("logsumexp", {"x": [NAN]}, "x must not contain NaN"),
        ("logsumexp", {"x": [1], "axis": 1}, "axis must be at most 0, got 1"),
        ("logsumexp", {"x": 1}, "a number has none"),
        ("softmax", {"x": [1], "axis": -2}, "axis must be at least -1, got -2"),
        ("softmax", {"x": [1], "temperature": 0}, "temperature must be greater than 0, got 0"),
        ("softmax", {"x": [1], "temperature": -1}, "temperature must be greater than 0, got -1"),
        ("softmax", {"x": [1], "temperature": NAN}, "temperature must not contain NaN"),
        ("softmax_jacobian", {"z": [1, 2], "temperature": 0}, "temperature must be greater than 0"),
        ("softmax_jacobian", {"z": [[1, 2]]}, "z must be a vector"),
        ("softmax_jacobian", {"z": []}, "z must not be empty"),
        ("softmax_jacobian", {"z": [-INF]}, "z must not be -inf all along"),
        ("softmax_jacobian", {"z": [INF]}, r"z must not contain \+inf"),
        ("label_smoothing_targets", {"y": 0, "K": 1, "eps": 0, "convention": "uniform_all"}, "K must be at least 2, got 1"),
        ("label_smoothing_targets", {"y": 3, "K": 3, "eps": 0, "convention": "uniform_all"}, "y must be at most 2, got 3"),
        ("label_smoothing_targets", {"y": -1, "K": 3, "eps": 0, "convention": "uniform_all"}, "y must be at least 0, got -1"),
        ("label_smoothing_targets", {"y": 0, "K": 3, "eps": 1.1, "convention": "uniform_all"}, "eps must be at most 1, got 1.1"),
        ("label_smoothing_targets", {"y": 0, "K": 3, "eps": -0.1, "convention": "uniform_all"}, "eps must be at least 0, got -0.1"),
        (
            "label_smoothing_targets",
            {"y": 0, "K": 3, "eps": 0, "convention": "all"},
            "convention must be one of uniform_all, uniform_oth",
        ),
        ("double_softmax_loss_floor", {"K": 1}, "K must be at least 2, got 1"),
        ("sigmoid", {"z": [0, NAN]}, "z must not contain NaN"),
        ("sigmoid", {"z": []}, "z must not be empty"),
        ("logit", {"p": -0.1}, "p must be at least 0, got -0.1"),
        ("logit", {"p": 1.1}, "p must be at most 1, got 1.1"),
        ("logit", {"p": NAN}, "p must not contain NaN"),
        ("binary_cross_entropy_with_logits", {"z": [1, 2], "y": [1]}, r"z and y must have one shape, got \(2,\) and \(1,\)"),
        ("binary_cross_entropy_with_logits", {"z": [1], "y": [1.5]}, r"y must hold labels in \[0, 1\], got \[1.5\]"),
        ("binary_cross_entropy_with_logits", {"z": [1], "y": [-0.5]}, r"y must hold labels in \[0, 1\], got \[-0.5\]"),
        ("binary_cross_entropy_with_logits", {"z": [1], "y": [1], "reduction": "max"}, "reduction must be one of mean, sum, none"),
        ("binary_cross_entropy_with_logits", {"z": [], "y": []}, "z must not be empty"),
        ("distillation_loss", {"student_logits": [1], "teacher_logits": [1], "T": 0}, "T must be greater than 0, got 0"),
        (
            "distillation_loss",
            {"student_logits": [1], "teacher_logits": [1, 2], "T": 1},
            "student_logits and teacher_logits must have",
        ),
        ("distillation_loss", {"student_logits": [], "teacher_logits": [], "T": 1}, "student_logits must not be empty"),
    ],
)
def test_refuses(name: str, arguments: dict[str, Any], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        kernels.get(name)(**arguments)


# softmax_jacobian


@quick
@given(INPUTS["softmax_jacobian"])
def test_softmax_jacobian_is_symmetric_and_semidefinite_with_rows_that_sum_to_zero(arguments: dict[str, Any]) -> None:
    J = softmax_jacobian(**arguments)
    K, error = len(J), gamma(16 * len(J)) / arguments["temperature"]  # entries up to 1 / T, each off by a few roundings
    assert np.array_equal(J, J.T)
    assert np.abs(J.sum(axis=1)).max() <= K * error
    assert np.linalg.eigvalsh(J).min() >= -K * error


def test_softmax_jacobian_has_rank_one_less_than_classes() -> None:
    assert np.linalg.matrix_rank(softmax_jacobian([0.5, -1, 2, 0])) == 3


def test_softmax_jacobian_vanishes_where_one_class_has_all_the_mass() -> None:
    for z in ([800, 0, 0], [3, -INF, -INF]):
        assert not softmax_jacobian(z).any()
    assert not softmax_jacobian([1, 2], INF).any()


# label smoothing


@pytest.mark.parametrize("convention", ["uniform_all", "uniform_others"])
def test_no_smoothing_is_one_hot(convention: Any) -> None:
    assert label_smoothing_targets(1, 3, 0, convention).tolist() == [0, 1, 0]


def test_full_smoothing_is_uniform_over_all_or_over_the_others() -> None:
    assert label_smoothing_targets(0, 4, 1, "uniform_all").tolist() == [0.25] * 4
    assert label_smoothing_targets(0, 5, 1, "uniform_others").tolist() == [0, 0.25, 0.25, 0.25, 0.25]


@pytest.mark.parametrize(("K", "eps"), [(2, 0.25), (4, 0.1), (10, 0.3)])
def test_the_conventions_are_converted_by_k_over_k_minus_one(K: int, eps: float) -> None:
    others = label_smoothing_targets(1, K, eps, "uniform_others")
    assert_gives("label_smoothing_targets", others, y=1, K=K, eps=eps * K / (K - 1), convention="uniform_all")


# cross-entropy and its gradient


@pytest.mark.parametrize("C", [2, 3, 10])
def test_cross_entropy_of_equal_logits_is_log_c(C: int) -> None:
    assert_gives("cross_entropy_from_logits", math.log(C), logits=[[5.0] * C], labels=[1])


def test_cross_entropy_of_huge_logits_is_finite() -> None:
    assert cross_entropy_from_logits([[1e4, 0]], [1]) == 1e4


@pytest.mark.filterwarnings("ignore:overflow", "ignore:invalid value")
@pytest.mark.parametrize(
    ("name", "arguments", "message"),
    [
        ("cross_entropy_from_logits", {"logits": [[1e308, -1e308]], "labels": [0], "reduction": "none"}, "the loss is too large"),
        ("cross_entropy_from_logits", {"logits": [[1e308, -1e308]], "labels": [1]}, "the loss is too large"),
        ("binary_cross_entropy_with_logits", {"z": [1e308, 1e308], "y": [0, 0]}, "the loss is too large"),
        ("distillation_loss", {"student_logits": [1e308, -1e308], "teacher_logits": [-1e308, 1e308], "T": 1}, "kl is too large"),
        ("distillation_loss", {"student_logits": [1e208, 0], "teacher_logits": [0, 1], "T": 1e200}, "scaled is too large"),
        ("distillation_loss", {"student_logits": [1, 2], "teacher_logits": [0, 1], "T": 1e-310}, "x must"),
    ],
)
def test_an_overflow_is_refused(name: str, arguments: dict[str, Any], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        kernels.get(name)(**arguments)


def test_ignored_rows_count_nothing() -> None:
    three = [*LOGITS, [9.0, 9.0, 9.0]]
    for smoothing in (0, 0.1):
        arguments: dict[str, Any] = {"label_smoothing": smoothing}
        without = cross_entropy_from_logits(LOGITS, [0, 2], **arguments)
        assert cross_entropy_from_logits(three, [0, 2, -100], **arguments) == without
        assert cross_entropy_from_logits(three, [0, 2, 1], ignore_index=1, **arguments) == without
        assert cross_entropy_from_logits(three, [0, 2, -100], "none", **arguments)[2] == 0
        gradient = softmax_cross_entropy_grad(three, [0, 2, -100], **arguments)
        assert gradient.tolist() == [*softmax_cross_entropy_grad(LOGITS, [0, 2], **arguments).tolist(), [0, 0, 0]]


def test_all_rows_ignored_is_zero_for_a_sum_and_refused_for_a_mean() -> None:
    assert cross_entropy_from_logits(LOGITS, [-100, -100], "sum") == 0
    assert cross_entropy_from_logits(LOGITS, [-100, -100], "none").tolist() == [0, 0]
    assert not softmax_cross_entropy_grad(LOGITS, [-100, -100], "sum").any()
    for function in (cross_entropy_from_logits, softmax_cross_entropy_grad):
        with pytest.raises(ValueError, match="labels must not all equal ignore_index when reduction is mean"):
            function(LOGITS, [-100, -100])


@pytest.mark.parametrize("name", ["cross_entropy_from_logits", "softmax_cross_entropy_grad"])
@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"labels": [0, 3]}, r"labels must be in 0..2 or equal to ignore_index = -100, got \[3\]"),
        ({"labels": [0, -1]}, r"labels must be in 0..2 or equal to ignore_index = -100, got \[-1\]"),
        ({"labels": [0, -100], "ignore_index": None}, r"labels must be in 0..2 or equal to ignore_index = None, got \[-100\]"),
        ({"labels": [0]}, r"labels must have shape \(2\), got \(1,\)"),
        ({"labels": [[0, 1]]}, "labels must be a vector"),
        ({"logits": []}, "logits must be a matrix"),
        ({"logits": np.zeros((0, 3)), "labels": []}, r"logits must not be empty, got shape \(0, 3\)"),
        ({"logits": [[1], [1]]}, r"logits must have at least 2 classes, got shape \(2, 1\)"),
        ({"logits": [[1, INF], [1, 2]]}, "logits must be finite"),
        ({"label_smoothing": 1.5}, "label_smoothing must be at most 1, got 1.5"),
        ({"label_smoothing": -0.5}, "label_smoothing must be at least 0, got -0.5"),
        ({"reduction": "batchmean"}, "reduction must be one of mean, sum"),
        ({"convention": "uniform"}, "convention must be one of uniform_all, uniform_others"),
        ({"ignore_index": 0.5}, "ignore_index must be an integer"),
    ],
)
def test_cross_entropy_refuses(name: str, change: dict[str, Any], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        kernels.get(name)(**{"logits": LOGITS, "labels": [0, 2], **change})


def test_the_gradient_has_no_reduction_none() -> None:
    with pytest.raises(ValueError, match="reduction must be one of mean, sum, got 'none'"):
        kernels.get("softmax_cross_entropy_grad")(LOGITS, [0, 2], "none")


@pytest.mark.parametrize("name", ["cross_entropy_from_logits", "softmax_cross_entropy_grad"])
@pytest.mark.parametrize("labels", [[0, 1.5], [0.0, 2.0], [True, False], ["0", "1"], np.array([0.0, 2.0]), [[0], [1, 2]]])
def test_labels_that_are_not_integers_are_a_type_error(name: str, labels: Any) -> None:
    with pytest.raises(TypeError, match="labels must be integers, the indices of the true classes"):
        kernels.get(name)(LOGITS, labels)


@quick
@given(INPUTS["softmax_cross_entropy_grad"])
def test_the_rows_of_the_gradient_sum_to_zero(arguments: dict[str, Any]) -> None:
    gradient = softmax_cross_entropy_grad(**arguments)
    assert np.abs(gradient.sum(axis=1)).max() <= gamma(8 * gradient.shape[1])  # at most C entries, none above 1


SMOOTHED = [(0, "uniform_all"), (0.1, "uniform_all"), (0.1, "uniform_others"), (1, "uniform_others")]


def smoothed(y: int, K: int, eps: float, convention: str) -> list[Fraction]:
    wrong = Fraction(eps) / (K if convention == "uniform_all" else K - 1)
    return [1 - wrong * (K - 1) if k == y else wrong for k in range(K)]


@pytest.mark.parametrize("reduction", ["mean", "sum"])
@pytest.mark.parametrize(("eps", "convention"), SMOOTHED)
def test_loss_and_gradient_are_those_of_torch_with_the_targets_as_probabilities(
    eps: float, convention: str, reduction: str
) -> None:
    labels = [0, 2]
    z = torch.tensor(LOGITS, dtype=torch.float64, requires_grad=True)
    targets = torch.tensor([[float(t) for t in smoothed(y, 3, eps, convention)] for y in labels], dtype=torch.float64)
    loss = torch.nn.functional.cross_entropy(z, targets, reduction=reduction)
    loss.backward()
    arguments = {"logits": LOGITS, "labels": labels, "reduction": reduction, "label_smoothing": eps, "convention": convention}
    assert_gives("cross_entropy_from_logits", loss.item(), **arguments)
    assert_gives("softmax_cross_entropy_grad", z.grad.numpy(), **arguments)


@pytest.mark.parametrize(("eps", "convention"), SMOOTHED)
def test_the_gradient_is_the_symbolic_derivative_of_the_loss(eps: float, convention: str) -> None:
    z = sympy.symbols("z:3", real=True)
    targets = [sympy.Rational(t) for t in smoothed(2, 3, eps, convention)]
    loss = -sum(t * sympy.log(sympy.exp(entry) / sum(map(sympy.exp, z))) for t, entry in zip(targets, z, strict=True))
    at = dict(zip(z, (sympy.Rational(1, 2), sympy.Integer(-1), sympy.Integer(2)), strict=True))
    wanted = [[float(sympy.diff(loss, entry).subs(at).evalf(30)) for entry in z]]
    arguments = {"logits": [[0.5, -1.0, 2.0]], "labels": [2], "label_smoothing": eps, "convention": convention}
    assert_gives("softmax_cross_entropy_grad", wanted, **arguments)
    assert_gives("cross_entropy_from_logits", float(loss.subs(at).evalf(30)), **arguments)


def test_the_jacobian_is_the_symbolic_derivative_of_the_softmax() -> None:
    z = sympy.symbols("z:3", real=True)
    s = sympy.Matrix([sympy.exp(entry / 2) / sum(sympy.exp(other / 2) for other in z) for entry in z])
    at = dict(zip(z, (sympy.Rational(1, 2), sympy.Integer(-1), sympy.Integer(2)), strict=True))
    wanted = [[float(entry.evalf(30)) for entry in row] for row in s.jacobian(z).subs(at).tolist()]
    assert_gives("softmax_jacobian", wanted, z=[0.5, -1.0, 2.0], temperature=2.0)


@pytest.mark.parametrize("temperature", [0.5, 1.0, 2.0])
def test_the_jacobian_carries_gradients_back_through_the_softmax_as_autograd_does(temperature: float) -> None:
    z = torch.tensor(LOGITS[0], dtype=torch.float64)
    wanted = torch.stack(
        [torch.autograd.functional.vjp(lambda v: torch.softmax(v / temperature, 0), z, unit)[1] for unit in torch.eye(3).double()]
    )
    assert_gives("softmax_jacobian", wanted.numpy(), z=LOGITS[0], temperature=temperature)


# softmax taken twice


@pytest.mark.parametrize("K", [2, 10, 1000])
def test_the_floor_of_a_double_softmax_is_reached_by_one_hot_probabilities_and_is_not_zero(K: int) -> None:
    bounds = double_softmax_loss_floor(K)
    assert 0 < bounds.floor < bounds.uniform < bounds.ceiling
    assert_gives("double_softmax_loss_floor", {"floor": cross_entropy_from_logits(np.eye(K)[:1], [0])}, K=K)
    assert_gives("double_softmax_loss_floor", {"ceiling": cross_entropy_from_logits(np.eye(K)[:1], [1])}, K=K)


# sigmoid, logit, binary cross-entropy


def test_sigmoid_saturates_without_overflow() -> None:
    with np.errstate(all="raise", under="ignore"):
        assert sigmoid([-INF, -800, 0, 800, INF]).tolist() == [0, 0, 0.5, 1, 1]
    assert sigmoid(0) == 0.5
    assert isinstance(sigmoid(0), float)
    assert sigmoid([[0, 0]]).shape == (1, 2)


@quick
@given(st.floats(-30, 30, allow_subnormal=False))
def test_sigmoid_of_minus_z_is_the_rest(z: float) -> None:
    assert_gives("sigmoid", 1 - sigmoid(z), scale=1, z=-z)


def test_logit_of_the_certain() -> None:
    assert (logit(0), logit(1), logit(0.5)) == (-INF, INF, 0)


@quick
@given(st.integers(1, 2**20 - 1))
def test_logit_is_odd_around_one_half(numerator: int) -> None:
    p = numerator / 2**20  # 1 - p is exact
    assert_gives("logit", -logit(1 - p), p=p)


@quick
@given(st.floats(-30, 30, allow_subnormal=False))
def test_logit_undoes_sigmoid(z: float) -> None:
    p = sigmoid(z)
    assert isinstance(p, float)
    assert_gives("logit", z, p=p, scale=1 + math.exp(z))  # rounding p by u p moves logit by u / (1 - p) = u (1 + e^z)


def test_binary_cross_entropy_of_huge_logits() -> None:
    assert binary_cross_entropy_with_logits([1e4, -1e4], [0, 1], "none").tolist() == [1e4, 1e4]
    assert binary_cross_entropy_with_logits([1e4, -1e4], [1, 0], "sum") == 0


def test_binary_cross_entropy_is_cross_entropy_between_the_logits_zero_and_z() -> None:
    wanted = cross_entropy_from_logits([[0.0, 1.7]], [1])
    assert_gives("binary_cross_entropy_with_logits", wanted, z=[1.7], y=[1.0])


def test_soft_labels_mix_the_two_losses() -> None:
    one, zero = (binary_cross_entropy_with_logits([0.4], [y]) for y in (1, 0))
    assert_gives("binary_cross_entropy_with_logits", 0.75 * one + 0.25 * zero, z=[0.4], y=[0.75])


# distillation


def test_a_student_that_agrees_has_no_loss() -> None:
    assert dict(distillation_loss([3.0, 1.0, 0.2], [4.0, 2.0, 1.2], 2)) == {"kl": 0, "scaled": 0}


@pytest.mark.parametrize("teacher", [[3.0, 1.0, 0.2], [1.0, 2.0, 3.0]])
def test_rounding_makes_no_loss_negative(teacher: list[float]) -> None:
    losses = [distillation_loss(np.array(teacher) + shift / 10, teacher, 1).kl for shift in range(100)]
    assert min(losses) == 0
    assert max(losses) <= gamma(32) * 10  # the shifted logits are themselves rounded, in units of the largest


@quick
@given(INPUTS["distillation_loss"])
def test_distillation_is_never_negative(arguments: dict[str, Any]) -> None:
    loss = distillation_loss(**arguments)
    assert loss.kl >= 0
    assert loss.scaled >= 0


def test_a_teacher_with_equal_logits_is_label_smoothing() -> None:
    smooth = cross_entropy_from_logits([[2.0, 1.0, 0.1]], [0], label_smoothing=1)
    wanted = {"kl": smooth - math.log(3)}
    assert_gives("distillation_loss", wanted, scale=smooth, student_logits=[2.0, 1.0, 0.1], teacher_logits=[7.0, 7.0, 7.0], T=1.0)


@pytest.mark.parametrize("T", [0.5, 1, 2, 4])
def test_the_scaled_divergence_is_t_squared_times_the_divergence(T: float) -> None:
    loss = distillation_loss([2, 1, 0.1], [3, 1, 0.2], T)
    assert loss.scaled == T**2 * loss.kl > 0
