"""Second ways to the kernels of the losses: 50 digits, symbolic derivatives, torch and scipy."""

import math
from collections.abc import Callable, Sequence
from fractions import Fraction
from functools import lru_cache
from typing import Any

import numpy as np

from kernels.oracles.registry import at_most, oracle

DIGITS = 50


def _each_row(x: Any, axis: int, along: Callable[[list[Any]], Any]) -> Any:
    """``along`` applied to every row of x along the axis; what it returns stands where the row stood."""
    rows = np.moveaxis(np.asarray(x, dtype=float), axis, -1)
    found = np.array([along(row.tolist()) for row in rows.reshape(-1, rows.shape[-1])], dtype=float)
    if found.ndim == 1:
        return found.reshape(rows.shape[:-1])
    return np.moveaxis(found.reshape(rows.shape), -1, axis)


def _tensor(x: Any) -> Any:
    import torch

    return torch.tensor(np.asarray(x, dtype=float), dtype=torch.float64)


def _sum_of_exponentials(*args: Any, **kwargs: Any) -> float:
    """The sum of the exponentials, the largest of which is 1, is known to a unit in 1 and no better; so is its logarithm near 0."""
    return 1


@oracle("logsumexp", needs=("mpmath",), scale=_sum_of_exponentials)
def logsumexp_digits(x: Any, axis: int = -1) -> Any:
    """The sum as it stands, without taking out the maximum: with 50 digits and unbounded exponents nothing overflows."""
    import mpmath

    with mpmath.workdps(DIGITS):
        return _each_row(x, axis, lambda row: float(mpmath.log(mpmath.fsum(map(mpmath.exp, row)))))


@oracle("logsumexp", needs=("torch",), scale=_sum_of_exponentials)
def logsumexp_torch(x: Any, axis: int = -1) -> Any:
    """``torch.logsumexp`` in float64."""
    import torch

    return torch.logsumexp(_tensor(x), axis).numpy()


@oracle("logsumexp", needs=("scipy",), scale=_sum_of_exponentials)
def logsumexp_scipy(x: Any, axis: int = -1) -> Any:
    """``scipy.special.logsumexp``."""
    from scipy.special import logsumexp

    return logsumexp(x, axis=axis)


@oracle("softmax", needs=("mpmath",))
def softmax_digits(x: Any, temperature: float = 1, axis: int = -1) -> Any:
    """One over the sum of the odds of the others, 1 / sum of e^((x_j - x_i) / T), with 50 digits."""
    import mpmath

    def along(row: list[float]) -> list[float]:
        possible = [mpmath.mpf(entry) for entry in row if entry > -math.inf]
        return [
            0.0 if entry == -math.inf else float(1 / mpmath.fsum(mpmath.exp((other - entry) / temperature) for other in possible))
            for entry in row
        ]

    with mpmath.workdps(DIGITS):
        return _each_row(x, axis, along)


@oracle("softmax", needs=("torch",), applies=lambda x, temperature=1, axis=-1: math.isfinite(temperature))
def softmax_torch(x: Any, temperature: float = 1, axis: int = -1) -> Any:
    """``torch.softmax`` of x / T in float64 (where T = inf and x = -inf meet, it has NaN)."""
    import torch

    return torch.softmax(_tensor(x) / temperature, axis).numpy()


@oracle("softmax", needs=("scipy",), applies=lambda x, temperature=1, axis=-1: math.isfinite(temperature))
def softmax_scipy(x: Any, temperature: float = 1, axis: int = -1) -> Any:
    """``scipy.special.softmax`` of x / T."""
    from scipy.special import softmax

    return softmax(np.asarray(x, dtype=float) / temperature, axis=axis)


@oracle("log_softmax", needs=("mpmath",))
def log_softmax_digits(x: Any, axis: int = -1) -> Any:
    """Minus the logarithm of the sum of the odds of the others, -log of the sum of e^(x_j - x_i), with 50 digits."""
    import mpmath

    def along(row: list[float]) -> list[float]:
        possible = [mpmath.mpf(entry) for entry in row if entry > -math.inf]
        return [
            entry if entry == -math.inf else -float(mpmath.log(mpmath.fsum(mpmath.exp(other - entry) for other in possible)))
            for entry in row
        ]

    with mpmath.workdps(DIGITS):
        return _each_row(x, axis, along)


@oracle("log_softmax", needs=("torch",))
def log_softmax_torch(x: Any, axis: int = -1) -> Any:
    """``torch.log_softmax`` in float64."""
    import torch

    return torch.log_softmax(_tensor(x), axis).numpy()


@oracle("log_softmax", needs=("scipy",))
def log_softmax_scipy(x: Any, axis: int = -1) -> Any:
    """``scipy.special.log_softmax``."""
    from scipy.special import log_softmax

    return log_softmax(np.asarray(x, dtype=float), axis=axis)


@lru_cache
def _softmax_derivatives(K: int) -> Callable[..., Any]:
    """All derivatives of a softmax over K logits, taken symbolically, as a function of the logits and T."""
    import sympy

    z, T = sympy.symbols(f"z0:{K}", real=True), sympy.Symbol("T", positive=True)
    e = [sympy.exp(entry / T) for entry in z]
    s = sympy.Matrix([entry / sum(e) for entry in e])
    return sympy.lambdify((z, T), s.jacobian(z).tolist(), "mpmath")  # type: ignore[no-any-return]


def _one_over_temperature(z: Any, temperature: float = 1) -> float:
    """The diagonal is s_i - s_i^2, over T: terms of size up to 1 / T cancel where s_i is nearly 1."""
    return 1 / temperature


@oracle("softmax_jacobian", needs=("sympy",), scale=_one_over_temperature)
def softmax_jacobian_symbolic(z: Any, temperature: float = 1) -> Any:
    """sympy differentiates e^(z_i / T) / sum of e^(z_j / T); the derivatives are evaluated with 50 digits."""
    import mpmath

    with mpmath.workdps(DIGITS):
        jacobian = _softmax_derivatives(len(z))([mpmath.mpf(float(entry)) for entry in z], mpmath.mpf(temperature))
        return np.array([[float(entry) for entry in row] for row in jacobian])


@oracle("softmax_jacobian", needs=("torch",), scale=_one_over_temperature)
def softmax_jacobian_torch(z: Any, temperature: float = 1) -> Any:
    """``torch.autograd.functional.jacobian`` of ``torch.softmax`` in float64."""
    import torch

    jacobian: Any = torch.autograd.functional.jacobian
    return jacobian(lambda v: torch.softmax(v / temperature, 0), _tensor(z)).numpy()


def _targets(y: int, K: int, eps: Any, convention: str) -> list[Fraction]:
    """The smoothed targets in fractions: what the true class keeps, and an equal part of the rest for each of the others."""
    share = Fraction(eps) / (K if convention == "uniform_all" else K - 1)
    return [1 - (K - 1) * share if k == y else share for k in range(K)]


@oracle("label_smoothing_targets")
def label_smoothing_targets_exact(y: int, K: int, eps: float, convention: str) -> list[float]:
    """In fractions: every wrong class gets its share, and the true class what is then missing from 1."""
    return [float(target) for target in _targets(y, K, eps, convention)]


@oracle(
    "label_smoothing_targets",
    needs=("torch",),
    applies=lambda y, K, eps, convention: convention == "uniform_all" or eps * K / (K - 1) <= 1,
    scale=lambda y, K, eps, convention: 1,
)
def label_smoothing_targets_torch(y: int, K: int, eps: float, convention: str) -> Any:
    """At equal logits the gradient of torch's cross-entropy is 1/K - t, terms that may cancel; eps is converted to its rule."""
    import torch

    z = _tensor([0.0] * K).requires_grad_()
    smoothing = eps if convention == "uniform_all" else eps * K / (K - 1)
    loss: Any = torch.nn.functional.cross_entropy(z, torch.tensor(y), label_smoothing=smoothing)
    loss.backward()
    return 1 / K - z.grad.numpy()


def _sum_of_exponentials_each_row(logits: Any, labels: Any, reduction: str = "mean", **others: Any) -> float:
    """The same for the loss of each row, and a sum adds that up."""
    return len(logits) if reduction == "sum" else 1


@oracle("cross_entropy_from_logits", needs=("mpmath",), scale=_sum_of_exponentials_each_row)
def cross_entropy_from_logits_digits(
    logits: Any,
    labels: Sequence[int],
    reduction: str = "mean",
    label_smoothing: float = 0,
    ignore_index: int | None = -100,
    convention: str = "uniform_all",
) -> Any:
    """Row by row, the targets in fractions and the odds of the other classes with 50 digits."""
    import mpmath

    with mpmath.workdps(DIGITS):
        losses = []
        for z, y in zip(np.asarray(logits).tolist(), labels, strict=True):
            targets = _targets(int(y), len(z), label_smoothing, convention) if y != ignore_index else [Fraction(0)] * len(z)
            odds = [mpmath.fsum(mpmath.exp(mpmath.mpf(other) - entry) for other in z) for entry in z]
            losses.append(sum(t.numerator * mpmath.log(o) / t.denominator for t, o in zip(targets, odds, strict=True)))
        if reduction == "none":
            return [float(loss) for loss in losses]
        return float(sum(losses) / (sum(y != ignore_index for y in labels) if reduction == "mean" else 1))


def _torch_loss(z: Any, labels: Any, reduction: str, label_smoothing: float, ignore_index: int | None, convention: str) -> Any:
    """``F.cross_entropy``, after a change of eps from uniform_others to torch's uniform_all."""
    import torch

    K = z.shape[1]
    return torch.nn.functional.cross_entropy(
        z,
        torch.tensor(np.asarray(labels)),
        reduction=reduction,
        label_smoothing=label_smoothing if convention == "uniform_all" else label_smoothing * K / (K - 1),
        ignore_index=-1 if ignore_index is None else ignore_index,
    )


def _torch_can(logits: Any, labels: Any, label_smoothing: float = 0, convention: str = "uniform_all", **others: Any) -> bool:
    """Whether torch's label smoothing, at most 1, has the same targets."""
    K = len(logits[0])
    return convention == "uniform_all" or label_smoothing * K / (K - 1) <= 1


@oracle("cross_entropy_from_logits", needs=("torch",), scale=_sum_of_exponentials_each_row, applies=_torch_can)
def cross_entropy_from_logits_torch(
    logits: Any,
    labels: Any,
    reduction: str = "mean",
    label_smoothing: float = 0,
    ignore_index: int | None = -100,
    convention: str = "uniform_all",
) -> Any:
    """``torch.nn.functional.cross_entropy`` in float64."""
    return _torch_loss(_tensor(logits), labels, reduction, label_smoothing, ignore_index, convention).numpy()


@lru_cache
def _cross_entropy_derivatives(C: int) -> Callable[..., Any]:
    """The derivatives of -sum of t_k log(e^(z_k) / sum of e^(z_j)), taken symbolically, as a function of z and t."""
    import sympy

    z, t = sympy.symbols(f"z0:{C}", real=True), sympy.symbols(f"t0:{C}", real=True)
    loss = -sum(t[k] * (z[k] - sympy.log(sum(map(sympy.exp, z)))) for k in range(C))
    return sympy.lambdify((z, t), [sympy.diff(loss, entry) for entry in z], "mpmath")  # type: ignore[no-any-return]


def _right(*args: Any, **kwargs: Any) -> float:
    """A probability and a target, each up to 1, cancel where the model is right."""
    return 1


@oracle("softmax_cross_entropy_grad", needs=("sympy",), scale=_right)
def softmax_cross_entropy_grad_symbolic(
    logits: Any,
    labels: Any,
    reduction: str = "mean",
    label_smoothing: float = 0,
    ignore_index: int | None = -100,
    convention: str = "uniform_all",
) -> Any:
    """sympy differentiates the loss of one row; the derivatives are evaluated with 50 digits."""
    import mpmath

    kept = sum(y != ignore_index for y in labels) if reduction == "mean" else 1
    rows = []
    with mpmath.workdps(DIGITS):
        for z, y in zip(np.asarray(logits).tolist(), labels, strict=True):
            if y == ignore_index:
                rows.append([0.0] * len(z))
                continue
            targets = [mpmath.mpf(t.numerator) / t.denominator for t in _targets(int(y), len(z), label_smoothing, convention)]
            gradient = _cross_entropy_derivatives(len(z))([mpmath.mpf(entry) for entry in z], targets)
            rows.append([float(entry / kept) for entry in gradient])
    return np.array(rows)


@oracle("softmax_cross_entropy_grad", needs=("torch",), scale=_right, applies=_torch_can)
def softmax_cross_entropy_grad_torch(
    logits: Any,
    labels: Any,
    reduction: str = "mean",
    label_smoothing: float = 0,
    ignore_index: int | None = -100,
    convention: str = "uniform_all",
) -> Any:
    """``torch.autograd`` through ``torch.nn.functional.cross_entropy`` in float64."""
    z = _tensor(logits).requires_grad_()
    _torch_loss(z, labels, reduction, label_smoothing, ignore_index, convention).backward()
    return z.grad.numpy()


@oracle("double_softmax_loss_floor", needs=("mpmath",), applies=at_most(10_000, "K"))
def double_softmax_loss_floor_digits(K: int) -> dict[str, float]:
    """The three vectors written out, and the loss of each from its exponentials, with 50 digits."""
    import mpmath

    def loss(logits: list[Any]) -> float:
        """The cross-entropy when the first class is the true one."""
        exponentials = [mpmath.exp(entry) for entry in logits]
        return float(-mpmath.log(exponentials[0] / mpmath.fsum(exponentials)))

    with mpmath.workdps(DIGITS):
        nothing = [mpmath.mpf(0)] * (K - 2)
        right, wrong, even = [1, 0, *nothing], [0, 1, *nothing], [mpmath.mpf(1) / K] * K
        return {"floor": loss(right), "ceiling": loss(wrong), "uniform": loss(even)}


@oracle("double_softmax_loss_floor", needs=("torch",))
def double_softmax_loss_floor_torch(K: int) -> dict[str, float]:
    """``torch.nn.functional.cross_entropy`` fed with probabilities, in float64."""
    import torch

    identity = torch.eye(K, dtype=torch.float64)
    inputs = {"floor": identity[0], "ceiling": identity[1], "uniform": torch.full((K,), 1 / K, dtype=torch.float64)}
    return {name: float(torch.nn.functional.cross_entropy(p, torch.tensor(0))) for name, p in inputs.items()}


@oracle("sigmoid", needs=("mpmath",))
def sigmoid_digits(z: Any) -> Any:
    """1 / (1 + e^-z) as it stands, without a branch, with 50 digits and unbounded exponents."""
    import mpmath

    with mpmath.workdps(DIGITS):
        return np.vectorize(lambda entry: float(1 / (1 + mpmath.exp(-mpmath.mpf(entry)))), otypes=[float])(z)


@oracle("sigmoid", needs=("scipy",))
def sigmoid_scipy(z: Any) -> Any:
    """``scipy.special.expit``."""
    from scipy.special import expit

    return expit(z)


@oracle("sigmoid", needs=("torch",))
def sigmoid_torch(z: Any) -> Any:
    """``torch.sigmoid`` in float64."""
    import torch

    return torch.sigmoid(_tensor(z)).numpy()


@oracle("logit", needs=("mpmath",))
def logit_digits(p: float) -> float:
    """2 artanh(2p - 1), with so many digits that 2p - 1 is not -1 for the smallest p."""
    import mpmath

    with mpmath.workdps(400):
        return float(2 * mpmath.atanh(2 * mpmath.mpf(p) - 1)) if 0 < p < 1 else math.copysign(math.inf, p - 0.5)


@oracle("logit", needs=("scipy",))
def logit_scipy(p: float) -> float:
    """``scipy.special.logit``."""
    from scipy.special import logit

    return float(logit(p))


@oracle("binary_cross_entropy_with_logits", needs=("mpmath",))
def binary_cross_entropy_with_logits_digits(z: Any, y: Any, reduction: str = "mean") -> Any:
    """y ln(1 + e^-z) + (1 - y) ln(1 + e^z) as it stands, with 50 digits and unbounded exponents."""
    import mpmath

    def log_one_plus_exp(entry: Any) -> Any:
        return mpmath.log1p(mpmath.exp(entry))

    with mpmath.workdps(DIGITS):
        pairs = [(mpmath.mpf(float(a)), mpmath.mpf(float(b))) for a, b in zip(z, y, strict=True)]
        losses = [label * log_one_plus_exp(-score) + (1 - label) * log_one_plus_exp(score) for score, label in pairs]
        if reduction == "none":
            return np.array([float(loss) for loss in losses])
        return float(sum(losses) / (len(losses) if reduction == "mean" else 1))


@oracle(
    "binary_cross_entropy_with_logits",
    needs=("torch",),
    scale=lambda z, y, reduction="mean": float(np.sum(np.abs(z)) if reduction == "sum" else np.max(np.abs(z))),
)
def binary_cross_entropy_with_logits_torch(z: Any, y: Any, reduction: str = "mean") -> Any:
    """``F.binary_cross_entropy_with_logits`` in float64; torch takes log sigmoid(z) off (1 - y) z, and these cancel where z < 0."""
    import torch

    return torch.nn.functional.binary_cross_entropy_with_logits(_tensor(z), _tensor(y), reduction=reduction).numpy()


def _log_probabilities(student_logits: Any, teacher_logits: Any, T: float) -> float:
    """The largest log probability there can be, |z_i - z_j| / T + ln K: these cancel where student and teacher agree."""
    return 2 * float(max(np.max(np.abs(student_logits)), np.max(np.abs(teacher_logits)))) / T + math.log(len(student_logits))


def _log_probabilities_scaled(student_logits: Any, teacher_logits: Any, T: float) -> float:
    """The same, times T^2."""
    return T * T * _log_probabilities(student_logits, teacher_logits, T)


def _divergence(student_logits: Any, teacher_logits: Any, T: float) -> Any:
    import mpmath

    def probabilities(logits: Any) -> list[Any]:
        exponentials = [mpmath.exp(mpmath.mpf(float(entry)) / T) for entry in logits]
        return [entry / mpmath.fsum(exponentials) for entry in exponentials]

    pairs = zip(probabilities(teacher_logits), probabilities(student_logits), strict=True)
    return mpmath.fsum(p * mpmath.log(p / q) for p, q in pairs)


@oracle("distillation_loss", needs=("mpmath",), scale=_log_probabilities)
def distillation_loss_kl_digits(student_logits: Any, teacher_logits: Any, T: float) -> dict[str, float]:
    """Both distributions, and the divergence from the ratios of their probabilities, with 50 digits."""
    import mpmath

    with mpmath.workdps(DIGITS):
        return {"kl": float(_divergence(student_logits, teacher_logits, T))}


@oracle("distillation_loss", needs=("mpmath",), scale=_log_probabilities_scaled)
def distillation_loss_scaled_digits(student_logits: Any, teacher_logits: Any, T: float) -> dict[str, float]:
    """The divergence with 50 digits, times T^2."""
    import mpmath

    with mpmath.workdps(DIGITS):
        return {"scaled": float(mpmath.mpf(T) ** 2 * _divergence(student_logits, teacher_logits, T))}


@oracle("distillation_loss", needs=("torch",), scale=_log_probabilities)
def distillation_loss_torch(student_logits: Any, teacher_logits: Any, T: float) -> dict[str, float]:
    """``torch.nn.functional.kl_div`` of the log probabilities, summed, in float64."""
    import torch

    student, teacher = (torch.log_softmax(_tensor(logits) / T, 0) for logits in (student_logits, teacher_logits))
    return {"kl": float(torch.nn.functional.kl_div(student, teacher, reduction="sum", log_target=True))}
