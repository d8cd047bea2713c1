"""Softmax and its companions, the losses built on them, and their gradients."""

import math
from typing import Literal

import numpy as np
from numpy.typing import ArrayLike

from kernels import checks
from kernels.checks import Array, Booleans
from kernels.registry import Record, kernel

Reduction = Literal["mean", "sum", "none"]
Convention = Literal["uniform_all", "uniform_others"]
CONVENTIONS = "uniform_all", "uniform_others"


def _plain(result: Array) -> float | Array:
    """A float for an array of rank 0."""
    return float(result) if result.ndim == 0 else result


def _rows(x: ArrayLike, name: str, axis: int) -> tuple[Array, int]:
    """Logits and their axis, where -inf marks what is impossible but something stays possible along the axis."""
    logits = checks.array(x, name, infinite=True)
    along = checks.axis(axis, "axis", logits.ndim)
    if np.isposinf(logits).any():
        raise ValueError(f"{name} must not contain +inf, got {x!r}")
    if np.isneginf(logits.max(axis=along)).any():
        raise ValueError(f"{name} must not be -inf all along axis {axis}: nothing is left to share the probability, got {x!r}")
    return logits, along


@kernel()
def logsumexp(x: ArrayLike, axis: int = -1) -> float | Array:
    r"""The logarithm of a sum of exponentials: a smooth maximum, and the log of the softmax's denominator.

    The largest entry is taken out first, so that no exponential overflows. The result lies between m and m + log n.

    $$\mathrm{LSE}(x)=m+\log\sum_i e^{x_i-m},\quad m=\max_i x_i$$

    Args:
        x: the exponents, shape (..., n); they may be infinite.
        axis: the axis that is summed over.

    Returns:
        The shape of x without ``axis``, a number for a vector; -inf where all entries are -inf, +inf where one is +inf.

    Raises:
        ValueError: x is empty, an entry is NaN, x has no such axis.

    Source: Blanchard, Higham and Higham, Accurately computing the log-sum-exp and softmax functions (2021), section 1.

    >>> logsumexp([1000, 1001, 1002])
    1002.4076059644444
    >>> logsumexp([[1, 2], [3, 4]], axis=0).round(4)
    array([3.1269, 4.1269])
    """
    x = checks.array(x, "x", infinite=True)
    axis = checks.axis(axis, "axis", x.ndim)
    m = x.max(axis=axis, keepdims=True)
    shifted = np.where(np.isfinite(m), x, 0) - np.where(np.isfinite(m), m, 0)  # where m is infinite, x - m would be NaN
    result = m + np.log(np.exp(shifted).sum(axis=axis, keepdims=True))
    return _plain(result.squeeze(axis))


@kernel()
def softmax(x: ArrayLike, temperature: float = 1, axis: int = -1) -> Array:
    r"""Probabilities in proportion to the exponentials of the logits.

    A constant added to all logits changes nothing; a factor does, and 1/T is such a factor. As T falls to 0 the largest entries
    share all the mass equally, and at T = inf all possible entries do.

    $$p_i=\frac{e^{(x_i-m)/T}}{\sum_j e^{(x_j-m)/T}},\quad m=\max_j x_j$$

    Args:
        x: the logits, shape (..., n); -inf gets probability 0.
        temperature: T > 0; below 1 sharpens, above 1 flattens, inf is allowed.
        axis: the axis along which the probabilities sum to 1.

    Returns:
        The probabilities, shape of x.

    Raises:
        ValueError: temperature <= 0, x is empty, an entry is NaN or +inf, all entries along the axis are -inf (there PyTorch
            gives NaN), x has no such axis.

    Source: Hinton, Vinyals and Dean, Distilling the Knowledge in a Neural Network (2015), section 2, equation 1; the shift by m:
    Goodfellow, Bengio and Courville, Deep Learning (2016), section 4.1.

    >>> softmax([1, 2, 3]).round(4)
    array([0.09  , 0.2447, 0.6652])
    >>> softmax([1, 2, 3], temperature=0.5).round(4)
    array([0.0159, 0.1173, 0.8668])
    """
    x, axis = _rows(x, "x", axis)
    temperature = checks.number(temperature, "temperature", above=0, infinite=True)
    possible = x > -np.inf  # the quotient of -inf and T = inf would be NaN
    exponents = np.divide(x - x.max(axis=axis, keepdims=True), temperature, out=np.full_like(x, -np.inf), where=possible)
    e = np.exp(exponents)
    return np.asarray(e / e.sum(axis=axis, keepdims=True))


@kernel()
def log_softmax(x: ArrayLike, axis: int = -1) -> Array:
    r"""The logarithms of the softmax's probabilities, finite also where a probability is too small for a float.

    $$\log p_i=x_i-\mathrm{LSE}(x)=(x_i-m)-\log\sum_j e^{x_j-m},\quad m=\max_j x_j$$

    Args:
        x: the logits, shape (..., n); -inf gets -inf.
        axis: the axis along which the probabilities sum to 1.

    Returns:
        The log probabilities (natural logarithm), shape of x.

    Raises:
        ValueError: x is empty, an entry is NaN or +inf, all entries along the axis are -inf, x has no such axis.

    Source: Blanchard, Higham and Higham, Accurately computing the log-sum-exp and softmax functions (2021), section 1.

    >>> log_softmax([200, 0])
    array([   0., -200.])
    >>> log_softmax([1, 2, 3]).round(4)
    array([-2.4076, -1.4076, -0.4076])
    """
    x, axis = _rows(x, "x", axis)
    shifted = x - x.max(axis=axis, keepdims=True)  # before the logarithm is taken off: a large common offset costs no digits
    return np.asarray(shifted - np.log(np.exp(shifted).sum(axis=axis, keepdims=True)))


@kernel()
def softmax_jacobian(z: ArrayLike, temperature: float = 1) -> Array:
    r"""How every probability of a softmax answers to every logit.

    Symmetric, positive semi-definite, rows that sum to 0, rank K - 1 for finite logits. The closer the softmax comes to a one-hot
    vector, the closer this comes to the zero matrix.

    $$J=\tfrac1T\left(\mathrm{diag}(s)-ss^\top\right),\quad J_{ij}=\frac{\partial s_i}{\partial z_j}=\tfrac1T\,s_i(\delta_{ij}-s_j),
    \quad s=\mathrm{softmax}(z/T)$$

    Args:
        z: the logits, shape (K,); -inf gets probability 0.
        temperature: T > 0.

    Returns:
        The Jacobian J, shape (K, K).

    Raises:
        ValueError: temperature <= 0, z is empty, an entry is NaN or +inf, all entries are -inf.

    Source: Bishop, Pattern Recognition and Machine Learning (2006), section 4.3.4, equation 4.106.

    >>> softmax_jacobian([0, 0])
    array([[ 0.25, -0.25],
           [-0.25,  0.25]])
    """
    z, _ = _rows(checks.vector(z, "z", infinite=True), "z", -1)
    s = softmax(z, temperature)
    return np.asarray((np.diag(s) - np.outer(s, s)) / temperature)


@kernel()
def label_smoothing_targets(y: int, K: int, eps: float, convention: Convention) -> Array:
    r"""The target distribution when a share eps of the probability is taken from the true class and spread evenly.

    Both conventions give the same distributions under other names: eps_all = eps_others K / (K - 1).

    $$\text{uniform\_all: }t=(1-\epsilon)\mathbf 1_y+\frac\epsilon K;\qquad
    \text{uniform\_others: }t_y=1-\epsilon,\ t_k=\frac\epsilon{K-1}\ (k\ne y)$$

    Args:
        y: the true class, 0 to K - 1.
        K: the number of classes, at least 2.
        eps: the share that is spread, 0 to 1; 0 gives a one-hot vector.
        convention: "uniform_all" spreads over all K classes, the true one too (``torch.nn.CrossEntropyLoss``, the Inception
            paper); "uniform_others" over the K - 1 wrong ones (tensor2tensor). There is no default, for a text must say which.

    Returns:
        The targets, shape (K,); they sum to 1.

    Raises:
        ValueError: K < 2, y is no class, eps outside [0, 1], an unknown convention.

    Source: Szegedy et al., Rethinking the Inception Architecture for Computer Vision (2016), section 7.

    >>> label_smoothing_targets(2, 4, 0.1, "uniform_all").round(4)
    array([0.025, 0.025, 0.925, 0.025])
    >>> label_smoothing_targets(2, 4, 0.1, "uniform_others").round(4)
    array([0.0333, 0.0333, 0.9   , 0.0333])
    """
    K = checks.count(K, "K", least=2)
    y = checks.count(y, "y", least=0, most=K - 1)
    eps = checks.probability(eps, "eps")
    checks.word(convention, "convention", CONVENTIONS)
    if convention == "uniform_all":
        targets = np.full(K, eps / K)
        targets[y] += 1 - eps
    else:
        targets = np.full(K, eps / (K - 1))
        targets[y] = 1 - eps
    return targets


def _examples(
    logits: ArrayLike, labels: ArrayLike, label_smoothing: float, ignore_index: int | None, convention: Convention
) -> tuple[Array, Array, Booleans]:
    """The logits, a row of targets for each of their rows (0 where the label is ignored), and which rows are kept."""
    z = checks.matrix(logits, "logits")
    B, C = z.shape
    if C < 2:
        raise ValueError(f"logits must have at least 2 classes, got shape {z.shape}")
    if not all(isinstance(y, int | np.integer) and not isinstance(y, bool) for y in np.asarray(labels, dtype=object).ravel()):
        raise TypeError(f"labels must be integers, the indices of the true classes, got {labels!r}")
    y = checks.integers(labels, "labels")
    checks.shape(y, "labels", (B,))
    eps = checks.probability(label_smoothing, "label_smoothing")
    ignored = None if ignore_index is None else checks.count(ignore_index, "ignore_index", least=None)
    kept = np.array([label != ignored for label in y])
    wrong = kept & ((y < 0) | (y >= C))
    if wrong.any():
        raise ValueError(f"labels must be in 0..{C - 1} or equal to ignore_index = {ignored}, got {y[wrong].tolist()}")
    checks.word(convention, "convention", CONVENTIONS)
    t = np.zeros((B, C))
    for row in np.flatnonzero(kept):
        t[row] = label_smoothing_targets(int(y[row]), C, eps, convention)
    return z, t, kept


def _divisor(kept: Booleans, reduction: Reduction) -> int:
    """What a sum over the rows is divided by: for the mean the number of kept rows."""
    if reduction != "mean":
        return 1
    if not kept.any():
        raise ValueError("labels must not all equal ignore_index when reduction is mean: there is nothing to take a mean of")
    return int(kept.sum())


@kernel()
def cross_entropy_from_logits(
    logits: ArrayLike,
    labels: ArrayLike,
    reduction: Reduction = "mean",
    label_smoothing: float = 0,
    ignore_index: int | None = -100,
    convention: Convention = "uniform_all",
) -> float | Array:
    r"""The surprise (in nats) at the true classes under the softmax of the logits: the loss of a classifier.

    It takes logits, never probabilities. Equal logits give ln C; huge logits give a finite loss.

    $$\ell=\mathrm{LSE}(z)-z_y;\quad\text{smoothed: }\ell=-\sum_k t_k\,(z_k-\mathrm{LSE}(z)),\quad
    t=\text{label\_smoothing\_targets}(y,C,\epsilon)$$

    Args:
        logits: z, one row per example, shape (B, C), C >= 2.
        labels: the index of the true class of each row, integers, shape (B,).
        reduction: "mean" divides the sum by the number of rows that are not ignored, "sum" does not, "none" keeps the rows.
        label_smoothing: the share of the target that is spread evenly, 0 to 1.
        ignore_index: rows with this label count nothing; None ignores no row.
        convention: what the share is spread over, as in ``label_smoothing_targets``; PyTorch's is "uniform_all".

    Returns:
        A number in nats; with "none" one for each row, shape (B,), 0 where the label is ignored.

    Raises:
        ValueError: a label that is neither a class nor ignore_index, other shapes, B = 0, C < 2, label_smoothing outside [0, 1],
            every label ignored with "mean", an unknown reduction or convention, a logit that is NaN or infinite, a loss that
            overflows.
        TypeError: a label is not an integer.

    Source: Bishop, Pattern Recognition and Machine Learning (2006), section 4.3.4, equation 4.108; the smoothing: Szegedy et al.,
    Rethinking the Inception Architecture for Computer Vision (2016), section 7.

    >>> round(cross_entropy_from_logits([[2, 0.5, -1], [0, 3, 1]], [0, 2]), 4)
    1.2056
    >>> cross_entropy_from_logits([[2, 0.5, -1], [0, 3, 1]], [0, 2], reduction="none").round(4)
    array([0.2413, 2.1698])
    """
    checks.word(reduction, "reduction", ("mean", "sum", "none"))
    z, t, kept = _examples(logits, labels, label_smoothing, ignore_index, convention)
    losses = 0 - np.sum(t * log_softmax(z), axis=1)
    total = checks.finite(float(losses.sum()), "the loss")
    return losses if reduction == "none" else total / _divisor(kept, reduction)


@kernel()
def softmax_cross_entropy_grad(
    logits: ArrayLike,
    labels: ArrayLike,
    reduction: Literal["mean", "sum"] = "mean",
    label_smoothing: float = 0,
    ignore_index: int | None = -100,
    convention: Convention = "uniform_all",
) -> Array:
    r"""The gradient of the cross-entropy with respect to the logits: what the model says minus what it should have said.

    $$\nabla_z\ell=s-t,\quad s=\mathrm{softmax}(z),\quad t=\text{label\_smoothing\_targets}(y,C,\epsilon)$$

    Args:
        logits: z, one row per example, shape (B, C), C >= 2.
        labels: the index of the true class of each row, integers, shape (B,).
        reduction: of the loss; "mean" divides the gradient by the number of rows that are not ignored, "sum" does not.
        label_smoothing: the share of the target that is spread evenly, 0 to 1.
        ignore_index: rows with this label get gradient 0; None ignores no row.
        convention: what the share is spread over, as in ``label_smoothing_targets``; PyTorch's is "uniform_all".

    Returns:
        The gradient, shape (B, C); each row sums to 0.

    Raises:
        ValueError: a label that is neither a class nor ignore_index, other shapes, B = 0, C < 2, label_smoothing outside [0, 1],
            every label ignored with "mean", an unknown reduction or convention, a logit that is NaN or infinite.
        TypeError: a label is not an integer.

    Source: Bishop, Pattern Recognition and Machine Learning (2006), section 4.3.4, equation 4.109.

    >>> softmax_cross_entropy_grad([[2, 0.5, -1], [0, 3, 1]], [0, 2], reduction="sum").round(4)
    array([[-0.2144,  0.1753,  0.0391],
           [ 0.042 ,  0.8438, -0.8858]])
    """
    checks.word(reduction, "reduction", ("mean", "sum"))
    z, t, kept = _examples(logits, labels, label_smoothing, ignore_index, convention)
    s = np.where(kept[:, None], softmax(z), 0)
    return np.asarray((s - t) / _divisor(kept, reduction))


@kernel(fields=("floor", "ceiling", "uniform"))
def double_softmax_loss_floor(K: int) -> Record:
    r"""What the cross-entropy can still be when probabilities are passed where logits belong, so that softmax is taken twice.

    Logits that are probabilities differ by at most 1. So a perfect classifier does not reach 0 but the floor, which gives the
    mistake away, and a classifier that is always sure and always wrong does not exceed the ceiling.

    $$\ell_{\min}=\ln\left(1+(K-1)e^{-1}\right),\quad \ell_{\max}=\ln(e+K-1),\quad \ell_{\text{unif}}=\ln K$$

    Args:
        K: the number of classes, at least 2.

    Returns:
        floor: the loss, in nats, when the probabilities are one-hot on the true class.
        ceiling: the loss, in nats, when they are one-hot on a wrong class.
        uniform: the loss, in nats, when they are all equal.

    Raises:
        ValueError: K < 2.

    Source: the softmax cross-entropy of Goodfellow, Bengio and Courville, Deep Learning (2016), section 6.2.2.3, at logits that are
    a one-hot or a uniform vector.

    >>> double_softmax_loss_floor(2).floor
    0.31326168751822286
    >>> double_softmax_loss_floor(10).uniform
    2.302585092994046
    """
    K = checks.count(K, "K", least=2)
    return Record(floor=math.log1p((K - 1) / math.e), ceiling=math.log(math.e + (K - 1)), uniform=math.log(K))


@kernel()
def sigmoid(z: ArrayLike) -> float | Array:
    r"""The logistic function: log odds into a probability.

    $$\sigma(z)=\frac1{1+e^{-z}},\qquad \sigma(-z)=1-\sigma(z)$$

    Args:
        z: log odds in nats, any shape; they may be infinite.

    Returns:
        Probabilities, shape of z; a number for a number.

    Raises:
        ValueError: z is empty or has a NaN.

    Source: Bishop, Pattern Recognition and Machine Learning (2006), section 4.2, equations 4.59 and 4.60.

    >>> sigmoid([-2, 0, 800]).round(4)
    array([0.1192, 0.5   , 1.    ])
    """
    z = checks.array(z, "z", infinite=True)
    e = np.exp(-np.abs(z))  # at most 1, so neither branch overflows
    return _plain(np.where(z >= 0, 1 / (1 + e), e / (1 + e)))


@kernel()
def logit(p: float) -> float:
    r"""The log odds of a probability: the inverse of the sigmoid.

    $$\mathrm{logit}(p)=\ln\frac p{1-p}=\sigma^{-1}(p),\qquad \mathrm{logit}(1-p)=-\mathrm{logit}(p)$$

    Args:
        p: a probability, 0 to 1.

    Returns:
        The log odds in nats; -inf at p = 0, inf at p = 1.

    Raises:
        ValueError: p outside [0, 1] or NaN.

    Source: Bishop, Pattern Recognition and Machine Learning (2006), section 4.2, equation 4.61.

    >>> logit(0.25)
    -1.0986122886681098
    >>> logit(1)
    inf
    """
    p = checks.probability(p, "p")
    if p in (0, 1):
        return math.inf if p else -math.inf
    return math.log(p / (1 - p))


@kernel()
def binary_cross_entropy_with_logits(z: ArrayLike, y: ArrayLike, reduction: Reduction = "mean") -> float | Array:
    r"""The surprise (in nats) at yes-or-no labels under the sigmoid of the logits.

    Written so that no exponential overflows; it equals -y ln s(z) - (1 - y) ln(1 - s(z)), s the sigmoid.

    $$\ell=\max(z,0)-zy+\ln(1+e^{-|z|})$$

    Args:
        z: logits, shape (n,).
        y: labels, shape (n,), each 0, 1 or, for a soft label, between them.
        reduction: "mean" divides the sum by n, "sum" does not, "none" keeps the examples.

    Returns:
        A number in nats; with "none" one for each example, shape (n,).

    Raises:
        ValueError: a label outside [0, 1], the shapes differ, n = 0, an unknown reduction, an entry is NaN or infinite, a
            loss that overflows.

    Source: Bishop, Pattern Recognition and Machine Learning (2006), section 4.3.2, equation 4.90; the stable form: Goodfellow,
    Bengio and Courville, Deep Learning (2016), section 6.2.2.2.

    >>> binary_cross_entropy_with_logits([0.4, -2, 60], [1, 0, 0], reduction="none").round(4)
    array([ 0.513 ,  0.1269, 60.    ])
    """
    z, y = checks.vector(z, "z"), checks.vector(y, "y")
    checks.same_shape(z, y, "z", "y")
    if (y < 0).any() or (y > 1).any():
        raise ValueError(f"y must hold labels in [0, 1], got {y.tolist()}")
    checks.word(reduction, "reduction", ("mean", "sum", "none"))
    losses = np.maximum(z, 0) - z * y + np.log1p(np.exp(-np.abs(z)))
    total = checks.finite(float(losses.sum()), "the loss")
    if reduction == "none":
        return np.asarray(losses)
    return total / len(losses) if reduction == "mean" else total


@kernel(fields=("kl", "scaled"))
def distillation_loss(student_logits: ArrayLike, teacher_logits: ArrayLike, T: float) -> Record:
    r"""How far a student's softened predictions are from its teacher's.

    Softening by T shrinks the gradient like 1/T^2, and the factor T^2 restores it. A teacher with equal logits leaves, up to a
    constant, the uniform part of label smoothing.

    $$T^2\,D_{KL}\left(\mathrm{softmax}(z_t/T)\,\|\,\mathrm{softmax}(z_s/T)\right)$$

    Args:
        student_logits: z_s of one example, shape (K,).
        teacher_logits: z_t of one example, shape (K,).
        T: the temperature of both, above 0.

    Returns:
        kl: the divergence in nats, summed over the K classes.
        scaled: T^2 times kl.

    Raises:
        ValueError: T <= 0, the lengths differ, K = 0, a logit is NaN or infinite, a quotient or result overflows.

    Source: Hinton, Vinyals and Dean, Distilling the Knowledge in a Neural Network (2015), section 2 and its equations 2 to 4.

    >>> loss = distillation_loss([2, 1, 0.1], [3, 1, 0.2], T=2)
    >>> round(loss.kl, 6), round(loss.scaled, 6)
    (0.028102, 0.112407)
    """
    student, teacher = checks.vector(student_logits, "student_logits"), checks.vector(teacher_logits, "teacher_logits")
    checks.same_shape(student, teacher, "student_logits", "teacher_logits")
    T = checks.number(T, "T", above=0)
    log_student, log_teacher = log_softmax(student / T), log_softmax(teacher / T)
    kl = max(float(np.exp(log_teacher) @ (log_teacher - log_student)), 0.0)  # rounding may leave -1e-17 where the two agree
    return Record(kl=checks.finite(kl, "kl"), scaled=checks.finite(T * (T * kl), "scaled"))
