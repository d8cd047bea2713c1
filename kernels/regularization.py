"""Penalties and dropout."""

import numpy as np
from numpy.typing import ArrayLike

from kernels import checks
from kernels.checks import Array
from kernels.registry import Record, kernel


@kernel()
def gaussian_prior_penalty(sigma: float, tau: float) -> float:
    r"""The ridge penalty that a normal prior on the weights amounts to.

    It belongs to the sum of squared errors; with their mean over n examples the penalty is lambda / n. The wider the prior, the
    smaller the penalty: at tau = inf the most probable weights are the likeliest.

    $$y\sim N(Xw,\sigma^2I),\ w\sim N(0,\tau^2I)\ \Rightarrow\
    \hat w=\arg\min_w\|Xw-y\|^2+\lambda\|w\|^2,\quad \lambda=\frac{\sigma^2}{\tau^2}$$

    Args:
        sigma: the standard deviation of the noise, above 0.
        tau: the standard deviation of each weight under the prior, above 0; inf is allowed.

    Returns:
        lambda.

    Raises:
        ValueError: sigma <= 0, tau <= 0, lambda overflows.

    Source: Bishop, Pattern Recognition and Machine Learning (2006), section 3.3.1, equation 3.55.

    >>> gaussian_prior_penalty(1, 0.5)
    4.0
    """
    sigma = checks.number(sigma, "sigma", above=0)
    tau = checks.number(tau, "tau", above=0, infinite=True)
    ratio = sigma / tau
    return checks.finite(ratio * ratio, "lambda")


@kernel()
def soft_threshold(x: ArrayLike, lam: float) -> Array:
    r"""What an L1 penalty does to a number: it pulls it towards 0 by lambda and sets it to 0 when it is no larger.

    An L2 penalty only shrinks: the least of (w - x)^2 / 2 + lambda w^2 is at x / (1 + 2 lambda), which is 0 for no x but 0.

    $$\arg\min_w\tfrac12(w-x)^2+\lambda|w|=\mathrm{sign}(x)\max(|x|-\lambda,0)$$

    Args:
        x: the numbers, shape (n,).
        lam: lambda, at least 0; 0 changes nothing.

    Returns:
        The minimisers, shape (n,); 0 where |x| <= lambda.

    Raises:
        ValueError: lam < 0, n = 0, an entry is NaN or infinite.

    Source: Hastie, Tibshirani and Friedman, The Elements of Statistical Learning (2nd ed., 2009), section 3.4.3, table 3.4.

    >>> soft_threshold([3, -0.5, -1.25], lam=1)
    array([ 2.  ,  0.  , -0.25])
    """
    x, lam = checks.vector(x, "x"), checks.number(lam, "lam", least=0)
    return np.asarray(np.sign(x) * np.maximum(np.abs(x) - lam, 0) + 0.0)  # + 0.0 turns -0.0 into 0.0


@kernel(fields=("y", "mean", "var"))
def inverted_dropout(x: ArrayLike, mask: ArrayLike, p: float) -> Record:
    r"""Dropout while training: some activations become 0, and the others grow, so that nothing changes on average.

    When the network is used, all activations pass unchanged: the growth has already been paid for.

    $$y=\frac{M}{1-p}\,x,\quad M\sim\mathrm{Bern}(1-p):\qquad \mathbb E[y]=x,\quad \mathrm{Var}[y]=\frac p{1-p}\,x^2$$

    Args:
        x: the activations, shape (n,).
        mask: M, 1 keeps and 0 drops, shape (n,).
        p: the probability to drop, in [0, 1), as in PyTorch; the first papers call the probability to keep p. For p = 1 nothing is
            left to grow, and 1 is refused (PyTorch gives zeros).

    Returns:
        y: the activations that are left, grown by 1/(1 - p), shape (n,).
        mean: the mean of y over all masks, which is x, shape (n,).
        var: the variance of y over all masks, shape (n,).

    Raises:
        ValueError: p outside [0, 1), a mask with other entries than 0 and 1, the shapes differ, n = 0, an entry that is NaN or
            infinite, a variance that overflows.

    Source: Srivastava et al., Dropout: A Simple Way to Prevent Neural Networks from Overfitting (2014), section 10, which mentions
    this variant; p is there the probability to keep.

    >>> inverted_dropout([2, -1, 4], [1, 0, 1], p=0.2).y
    array([2.5, 0. , 5. ])
    >>> inverted_dropout([2, -1, 4], [1, 0, 1], p=0.2).var
    array([1.  , 0.25, 4.  ])
    """
    x, M = checks.vector(x, "x"), checks.vector(mask, "mask")
    checks.same_shape(x, M, "x", "mask")
    if not np.isin(M, (0, 1)).all():
        raise ValueError(f"mask must hold 0 and 1, got {M.tolist()}")
    p = checks.probability(p, "p", one=False)
    var = p / (1 - p) * x**2
    checks.finite(float(var.max()), "the variance")
    return Record(y=M / (1 - p) * x + 0.0, mean=x.copy(), var=var)  # + 0.0 turns -0.0 into 0.0
