"""Batch, layer and root-mean-square normalization."""

import numpy as np
from numpy.typing import ArrayLike

from kernels import checks
from kernels.checks import Array
from kernels.registry import Record, kernel


def _features(x: ArrayLike, **parameters: ArrayLike) -> tuple[Array, ...]:
    """x with features along its last axis, and vectors that have one entry for each feature."""
    values = checks.array(x, "x")
    if values.ndim == 0:
        raise ValueError(f"x must have an axis of features, got the number {x!r}")
    vectors = [checks.vector(parameter, name) for name, parameter in parameters.items()]
    for name, vector in zip(parameters, vectors, strict=True):
        checks.shape(vector, name, values.shape[-1:])
    return values, *vectors


def _standardised(x: Array, eps: float, axis: int) -> tuple[Array, Array, Array]:
    """Mean and variance (divisor n) along the axis, and (x - mean) / sqrt(variance + eps)."""
    mean = x.mean(axis=axis, keepdims=True)
    var = ((x - mean) ** 2).mean(axis=axis, keepdims=True)
    checks.finite(float(var.max()), "the variance of x")
    if eps == 0 and (np.any(x.max(axis=axis) == x.min(axis=axis)) or np.any(var == 0)):
        raise ValueError(f"eps must be greater than 0, got {eps}, where values that are normalised together are all equal")
    return mean.squeeze(axis), var.squeeze(axis), (x - mean) / np.sqrt(var + eps)


@kernel(fields=("y", "mean", "var_biased", "running_mean", "running_var"))
def batchnorm_train(
    x: ArrayLike,
    gamma: ArrayLike,
    beta: ArrayLike,
    running_mean: ArrayLike,
    running_var: ArrayLike,
    momentum: float = 0.1,
    eps: float = 1e-5,
) -> Record:
    r"""Batch normalization while training: every channel gets the statistics of the batch, and the running ones follow.

    The batch is normalised with its biased variance, but the running variance follows the unbiased one. The input of a convolution
    is first brought into the shape (N H W, C).

    $$\hat x=\frac{x-\mu_B}{\sqrt{\sigma_B^2+\epsilon}},\quad y=\gamma\hat x+\beta;\qquad
    r\leftarrow(1-m)\,r+m\,\text{stat},\quad \text{stat}=\mu_B\text{ or }\tfrac B{B-1}\sigma_B^2$$

    Args:
        x: the batch, shape (B, C), B >= 2.
        gamma: the factor of each channel, shape (C,).
        beta: the offset of each channel, shape (C,).
        running_mean: before the step, shape (C,).
        running_var: before the step, shape (C,), at least 0.
        momentum: m, the weight of the new statistic, 0 to 1, as in PyTorch; Keras calls 1 - m the momentum.
        eps: added to the variance, at least 0.

    Returns:
        y: the normalised batch, shape (B, C).
        mean: of the batch, shape (C,).
        var_biased: of the batch, with the divisor B, shape (C,).
        running_mean: after the step, shape (C,).
        running_var: after the step, shape (C,).

    Raises:
        ValueError: B < 2, the shapes do not fit, a negative running_var or eps, momentum outside [0, 1], a channel that is constant
            with eps = 0, a variance that overflows, an entry that is NaN or infinite.

    Source: Ioffe and Szegedy, Batch Normalization (2015), algorithm 1; the running statistics: ``torch.nn.BatchNorm1d``.

    >>> step = batchnorm_train([[1, 10], [3, 20]], [2, 1], [0, 3], [1, 0], [1, 2], momentum=0.5)
    >>> step.y.round(3)
    array([[-2.,  2.],
           [ 2.,  4.]])
    >>> step.running_mean, step.running_var
    (array([1.5, 7.5]), array([ 1.5, 26. ]))
    """
    x, gamma, beta, old_mean, old_var = _features(
        checks.matrix(x, "x"), gamma=gamma, beta=beta, running_mean=running_mean, running_var=running_var
    )
    m, eps = checks.probability(momentum, "momentum"), checks.number(eps, "eps", least=0)
    B = len(x)
    if B < 2:
        raise ValueError(f"x must have at least 2 rows, got shape {x.shape}: one value has no variance")
    if (old_var < 0).any():
        raise ValueError(f"running_var must not be negative, got {old_var.tolist()}")
    mean, var, x_hat = _standardised(x, eps, axis=0)
    return Record(
        y=gamma * x_hat + beta,
        mean=mean,
        var_biased=var,
        running_mean=(1 - m) * old_mean + m * mean,
        running_var=(1 - m) * old_var + m * (B / (B - 1)) * var,
    )


@kernel()
def batchnorm_eval(
    x: ArrayLike, gamma: ArrayLike, beta: ArrayLike, running_mean: ArrayLike, running_var: ArrayLike, eps: float = 1e-5
) -> Array:
    r"""Batch normalization after training: a fixed affine map of every channel, whatever else is in the batch.

    Because it is affine, it can be folded into the linear layer before it.

    $$y=\gamma\,\frac{x-\mu_{run}}{\sqrt{\sigma^2_{run}+\epsilon}}+\beta$$

    Args:
        x: the rows, shape (B, C).
        gamma: the factor of each channel, shape (C,).
        beta: the offset of each channel, shape (C,).
        running_mean: of each channel, shape (C,).
        running_var: of each channel, shape (C,), at least 0.
        eps: added to the variance, at least 0.

    Returns:
        y, shape (B, C).

    Raises:
        ValueError: a negative running_var or eps, both 0, the shapes do not fit, an entry that is NaN or infinite.

    Source: Ioffe and Szegedy, Batch Normalization (2015), algorithm 2, step 11.

    >>> batchnorm_eval([[3], [-1]], gamma=[2], beta=[1], running_mean=[1], running_var=[4], eps=0)
    array([[ 3.],
           [-1.]])
    """
    x, gamma, beta, mean, var = _features(
        checks.matrix(x, "x"), gamma=gamma, beta=beta, running_mean=running_mean, running_var=running_var
    )
    eps = checks.number(eps, "eps", least=0)
    if (var < 0).any():
        raise ValueError(f"running_var must not be negative, got {var.tolist()}")
    if (var + eps == 0).any():
        raise ValueError(f"eps must be greater than 0, got {eps}, where running_var is 0, got {var.tolist()}")
    return np.asarray(gamma * ((x - mean) / np.sqrt(var + eps)) + beta)


@kernel()
def layer_norm(x: ArrayLike, gamma: ArrayLike, beta: ArrayLike, eps: float = 1e-5) -> Array:
    r"""Layer normalization: every row gets mean 0 and variance 1 over its own features, then a factor and an offset.

    A constant added to a row changes nothing; a positive factor changes nothing only for eps = 0. A constant row becomes beta.

    $$y=\gamma\odot\frac{x-\mu}{\sqrt{\sigma^2+\epsilon}}+\beta,\quad \mu=\tfrac1d\sum_i x_i,\quad
    \sigma^2=\tfrac1d\sum_i(x_i-\mu)^2$$

    Args:
        x: the rows, shape (..., d).
        gamma: the factor of each feature, shape (d,).
        beta: the offset of each feature, shape (d,).
        eps: added to the variance, at least 0; PyTorch's default is 1e-5, many papers use 1e-6.

    Returns:
        y, shape of x.

    Raises:
        ValueError: gamma or beta has another length than the rows, eps < 0, a constant row with eps = 0, a variance that
            overflows, an entry that is NaN or infinite.

    Source: Ba, Kiros and Hinton, Layer Normalization (2016), section 3.

    >>> layer_norm([1, 2, 3, 6], [1, 0.5, 2, 1], [0, 1, 0, -1]).round(4)
    array([-1.069 ,  0.7327,  0.    ,  0.6036])
    """
    x, gamma, beta = _features(x, gamma=gamma, beta=beta)
    _, _, x_hat = _standardised(x, checks.number(eps, "eps", least=0), axis=-1)
    return np.asarray(gamma * x_hat + beta)


@kernel(fields=("dx", "dgamma", "dbeta"))
def layer_norm_backward(x: ArrayLike, gamma: ArrayLike, grad_y: ArrayLike, eps: float = 1e-5) -> Record:
    r"""The gradients of layer normalization for one example; over a batch those of gamma and beta are summed.

    The normalization forgets the mean of x, and but for eps its scale. So dx sums to 0, and for eps = 0 it is orthogonal to x too.

    $$\frac{\partial L}{\partial x_i}=\frac1{d\,s}\Bigl(d\,g_i-\sum_jg_j-\hat x_i\sum_jg_j\hat x_j\Bigr),\quad
    g=\gamma\odot\frac{\partial L}{\partial y},\ s=\sqrt{\sigma^2+\epsilon};\quad
    \frac{\partial L}{\partial\gamma}=\frac{\partial L}{\partial y}\odot\hat x,\quad
    \frac{\partial L}{\partial\beta}=\frac{\partial L}{\partial y}$$

    Args:
        x: the row that was normalised, shape (d,).
        gamma: the factor of each feature, shape (d,).
        grad_y: the gradient of the loss with respect to the output, shape (d,).
        eps: added to the variance, at least 0; the gradients are exact for any.

    Returns:
        dx: the gradient with respect to x, shape (d,).
        dgamma: the gradient with respect to gamma, shape (d,).
        dbeta: the gradient with respect to beta, shape (d,).

    Raises:
        ValueError: the shapes differ, eps < 0, a constant row with eps = 0, a variance that overflows, an entry that is NaN or
            infinite.

    Source: the chain rule for batch normalization of Ioffe and Szegedy, Batch Normalization (2015), section 3, along a row of Ba,
    Kiros and Hinton, Layer Normalization (2016), section 3.

    >>> layer_norm_backward([1, 2, 3, 6], [1, 0.5, 2, 1], [0.5, -1, 2, 0.25]).dx.round(4)
    array([-0.2816, -0.8256,  1.5702, -0.4629])
    """
    x, gamma, grad_y = _features(checks.vector(x, "x"), gamma=gamma, grad_y=grad_y)
    eps = checks.number(eps, "eps", least=0)
    d = len(x)
    _, var, x_hat = _standardised(x, eps, axis=-1)
    s = np.sqrt(var + eps)
    g = gamma * grad_y
    dx = (d * g - g.sum() - x_hat * (g @ x_hat)) / (d * s)
    return Record(dx=dx, dgamma=grad_y * x_hat, dbeta=grad_y.copy())


@kernel()
def rms_norm(x: ArrayLike, gamma: ArrayLike, eps: float = 1e-6) -> Array:
    r"""Root-mean-square normalization: layer normalization that leaves the mean where it is.

    For rows of mean 0 it equals layer normalization without an offset. A constant added to a row does change the result.

    $$y=\gamma\odot\frac x{\sqrt{\tfrac1d\sum_i x_i^2+\epsilon}}$$

    Args:
        x: the rows, shape (..., d).
        gamma: the factor of each feature, shape (d,).
        eps: added to the mean square, at least 0; 1e-6 as in LLaMA, where PyTorch takes the machine epsilon of the dtype.

    Returns:
        y, shape of x; 0 for a row of zeros with eps > 0.

    Raises:
        ValueError: gamma has another length than the rows, eps < 0, a row of zeros with eps = 0, a mean square that overflows, an
            entry that is NaN or infinite.

    Source: Zhang and Sennrich, Root Mean Square Layer Normalization (2019), section 4, equation 4.

    >>> rms_norm([1, 7], gamma=[1, 2], eps=0)
    array([0.2, 2.8])
    """
    x, gamma = _features(x, gamma=gamma)
    eps = checks.number(eps, "eps", least=0)
    mean_square = (x**2).mean(axis=-1, keepdims=True) + eps
    checks.finite(float(mean_square.max()), "the mean square of x")
    if (mean_square == 0).any():
        raise ValueError(f"eps must be greater than 0, got {eps}, where a row of x is all 0")
    return np.asarray(gamma * (x / np.sqrt(mean_square)))
