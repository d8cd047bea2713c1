"""Distributions and their moments, estimators, and how far a sample mean strays."""

import math
from decimal import Decimal, localcontext
from fractions import Fraction
from typing import Literal

import numpy as np
from numpy.typing import ArrayLike

from kernels import checks
from kernels.registry import Record, kernel


def _written(value: float) -> Fraction:
    """The number as it is written, where 0.1 is a tenth: its binary neighbour could push a whole n to the next integer."""
    return Fraction(repr(value))


def _width(lo: float, hi: float) -> float:
    """The length of the range of a bounded variable."""
    if not hi > lo:
        raise ValueError(f"hi must be greater than lo, got lo = {lo} and hi = {hi}")
    return checks.finite(hi - lo, "hi - lo")


@kernel(fields=("evidence", "posterior", "npv"))
def bayes_posterior(prior: float, sensitivity: float, false_positive_rate: float) -> Record:
    r"""What a positive test says about a disease, and what a negative one says about its absence.

    A prior of 0 or 1 stays; a test whose two rates are equal changes nothing. Each positive test multiplies the odds by s/f, when
    the tests are independent given the status.

    $$P(D|+)=\frac{s\,\pi}{s\,\pi+f(1-\pi)};\qquad
    \mathrm{NPV}=P(\bar D|-)=\frac{(1-f)(1-\pi)}{(1-f)(1-\pi)+(1-s)\pi}$$

    Args:
        prior: pi, the share that has the disease.
        sensitivity: s, the probability of a positive test given the disease.
        false_positive_rate: f, the probability of a positive test without the disease: 1 - specificity.

    Returns:
        evidence: P(+), the probability of a positive test.
        posterior: P(D|+), the probability of the disease given a positive test.
        npv: the negative predictive value, the probability of no disease given a negative test.

    Raises:
        ValueError: an argument outside [0, 1], a test that is never positive or never negative.

    Source: Bertsekas and Tsitsiklis, Introduction to Probability (2nd ed., 2008), section 1.4.

    >>> round(bayes_posterior(0.01, 0.9, 0.05).posterior, 4)
    0.1538
    """
    pi = checks.probability(prior, "prior")
    s = checks.probability(sensitivity, "sensitivity")
    f = checks.probability(false_positive_rate, "false_positive_rate")
    positive = s * pi + f * (1 - pi)
    negative = (1 - f) * (1 - pi) + (1 - s) * pi
    if positive == 0 or negative == 0:
        never = "positive" if positive == 0 else "negative"
        raise ValueError(f"the test must not be never {never}, got prior {pi}, sensitivity {s}, false_positive_rate {f}")
    return Record(evidence=positive, posterior=s * pi / positive, npv=(1 - f) * (1 - pi) / negative)


@kernel()
def hoeffding_sample_size(eps: float, delta: float, lo: float = 0, hi: float = 1, two_sided: bool = True) -> int:
    r"""How many samples of a bounded variable bring the mean within eps with probability 1 - delta.

    $$n=\left\lceil\frac{(b-a)^2\ln(c/\delta)}{2\epsilon^2}\right\rceil,\quad c=2\text{ two-sided},\ 1\text{ one-sided}$$

    Args:
        eps: the accuracy, above 0, in the units of the variable.
        delta: the probability of a larger error, strictly between 0 and 1.
        lo: a, the least value of the variable.
        hi: b, its largest value.
        two_sided: whether errors to both sides count.

    Returns:
        The smallest n for which the bound is at most delta; exact, with the arguments taken as the decimals they are written as.

    Raises:
        ValueError: eps <= 0, delta outside (0, 1), hi <= lo.

    Source: Hoeffding, Probability Inequalities for Sums of Bounded Random Variables (1963), theorem 2.

    >>> hoeffding_sample_size(0.05, 0.05)
    738
    >>> hoeffding_sample_size(0.1, 0.05, two_sided=False)
    150
    """
    eps = checks.number(eps, "eps", above=0)
    delta = checks.probability(delta, "delta", zero=False, one=False)
    lo, hi = checks.number(lo, "lo"), checks.number(hi, "hi")
    _width(lo, hi)
    c = 2 if checks.flag(two_sided, "two_sided") else 1
    factor = (_written(hi) - _written(lo)) ** 2 / (2 * _written(eps) ** 2)
    with localcontext(prec=50 + len(str(int(factor)))):  # 50 digits of n beyond the point; n is irrational, so they decide
        logarithm = Fraction((c / Decimal(repr(delta))).ln())
    return math.ceil(factor * logarithm)


@kernel()
def hoeffding_bound(n: int, eps: float, lo: float = 0, hi: float = 1, two_sided: bool = True) -> float:
    r"""How likely at most the mean of n samples of a bounded variable is off by eps or more.

    It holds for every law on [a, b], so it is loose for most: for 1000 tosses of a fair coin and eps = 0.05 the bound is 0.0135 and
    the probability 0.0017.

    $$P(|\bar X-\mu|\ge\epsilon)\le\min\left(1,\ c\,e^{-2n\epsilon^2/(b-a)^2}\right),\quad
    c=2\text{ two-sided},\ 1\text{ one-sided}$$

    Args:
        n: the number of independent samples, at least 1.
        eps: the error, above 0, in the units of the variable.
        lo: a, the least value of the variable.
        hi: b, its largest value.
        two_sided: whether errors to both sides count.

    Returns:
        A probability, capped at 1.

    Raises:
        ValueError: n < 1, eps <= 0, hi <= lo.

    Source: Hoeffding, Probability Inequalities for Sums of Bounded Random Variables (1963), theorem 2.

    >>> round(hoeffding_bound(1000, 0.05), 6)
    0.013476
    >>> hoeffding_bound(10, 0.1)
    1.0
    """
    n = checks.count(n, "n")
    eps = checks.number(eps, "eps", above=0)
    width = _width(checks.number(lo, "lo"), checks.number(hi, "hi"))
    c = 2 if checks.flag(two_sided, "two_sided") else 1
    return min(1.0, c * math.exp(-2 * n * (eps / width) * (eps / width)))


_PARAMETERS = {"bernoulli": ("p",), "binomial": ("n", "p"), "poisson": ("lam",), "uniform": ("a", "b"), "exponential": ("rate",)}


@kernel(fields=("mean", "var"))
def distribution_moments(
    kind: Literal["bernoulli", "binomial", "poisson", "uniform", "exponential"],
    p: float | None = None,
    n: int | None = None,
    lam: float | None = None,
    a: float | None = None,
    b: float | None = None,
    rate: float | None = None,
) -> Record:
    r"""Mean and variance of the five distributions that come up all the time.

    $$\text{Bern}(p):p,\ p(1-p);\quad \text{Bin}(n,p):np,\ np(1-p);\quad \text{Pois}(\lambda):\lambda,\ \lambda;\quad
    U(a,b):\tfrac{a+b}2,\ \tfrac{(b-a)^2}{12};\quad \text{Exp}(r):\tfrac1r,\ \tfrac1{r^2}$$

    Args:
        kind: which distribution.
        p: of bernoulli and binomial, the probability of a success, 0 to 1.
        n: of binomial, the number of trials, at least 0.
        lam: of poisson, the mean number of events, above 0.
        a: of uniform, the left end.
        b: of uniform, the right end, greater than a.
        rate: of exponential, events per unit of time, above 0; ``torch.distributions.Exponential`` takes the rate too, scipy the
            scale 1/rate.

    Returns:
        mean: the expectation.
        var: the variance, 0 where p is 0 or 1.

    Raises:
        ValueError: an unknown kind, a parameter of the kind is missing, one of another kind is given, one is out of its range,
            a moment overflows.

    Source: Wasserman, All of Statistics (2004), section 3.4.

    >>> distribution_moments("binomial", n=10, p=0.5)
    Record(mean=5.0, var=2.5)
    >>> distribution_moments("exponential", rate=2)
    Record(mean=0.5, var=0.25)
    """
    checks.word(kind, "kind", tuple(_PARAMETERS))
    for name, value in {"p": p, "n": n, "lam": lam, "a": a, "b": b, "rate": rate}.items():
        if name in _PARAMETERS[kind]:
            checks.given(value, name, kind)
        elif value is not None:
            raise ValueError(f"{name} is no parameter of {kind}, which has {', '.join(_PARAMETERS[kind])}; got {value!r}")
    if kind in ("bernoulli", "binomial"):
        p = checks.probability(p, "p")
        trials = 1 if kind == "bernoulli" else checks.count(n, "n", least=0)
        return Record(mean=trials * p, var=trials * p * (1 - p))
    if kind == "poisson":
        lam = checks.number(lam, "lam", above=0)
        return Record(mean=lam, var=lam)
    if kind == "uniform":
        a, b = checks.number(a, "a"), checks.number(b, "b")
        if not b > a:
            raise ValueError(f"b must be greater than a, got a = {a} and b = {b}")
        return Record(mean=checks.finite((a + b) / 2, "the mean"), var=checks.finite((b - a) * (b - a) / 12, "the variance"))
    scale = 1 / checks.number(rate, "rate", above=0)
    return Record(mean=scale, var=checks.finite(scale * scale, "the variance"))


@kernel(fields=("density", "probability"))
def uniform_interval(a: float, b: float, lo: float, hi: float) -> Record:
    r"""The density of a uniform variable, which may well exceed 1, and its probability of lying in an interval, which may not.

    $$p(x)=\frac1{b-a}\ (a\le x\le b),\qquad P(lo<X<hi)=\frac{\max(0,\min(hi,b)-\max(lo,a))}{b-a}$$

    Args:
        a: the left end of the support.
        b: the right end of the support, greater than a.
        lo: the left end of the interval.
        hi: the right end of the interval, at least lo.

    Returns:
        density: the height of the density on [a, b], per unit of X; above 1 when b - a < 1.
        probability: of the interval; what of it lies outside [a, b] counts nothing.

    Raises:
        ValueError: b <= a, hi < lo, an argument that is NaN or infinite, b - a overflows.

    Source: Wasserman, All of Statistics (2004), section 2.4.

    >>> uniform_interval(0, 0.5, 0.125, 0.25)
    Record(density=2.0, probability=0.25)
    """
    a, b = checks.number(a, "a"), checks.number(b, "b")
    lo, hi = checks.number(lo, "lo"), checks.number(hi, "hi")
    if not b > a:
        raise ValueError(f"b must be greater than a, got a = {a} and b = {b}")
    if hi < lo:
        raise ValueError(f"hi must be at least lo, got lo = {lo} and hi = {hi}")
    width = checks.finite(b - a, "b - a")
    inside = max(0.0, min(hi, b) - max(lo, a))
    return Record(density=1 / width, probability=inside / width)


@kernel(fields=("mu", "var_mle", "var_unbiased"))
def gaussian_mle(x: ArrayLike) -> Record:
    r"""The normal distribution under which the data are most likely, and the variance with the bias taken out.

    $$\hat\mu=\tfrac1n\sum_i x_i,\qquad \hat\sigma^2=\tfrac1n\sum_i(x_i-\hat\mu)^2,\qquad s^2=\tfrac n{n-1}\hat\sigma^2$$

    Args:
        x: the data, shape (n,), n >= 1.

    Returns:
        mu: the mean.
        var_mle: the variance with the divisor n, which maximises the likelihood; 0 for n = 1.
        var_unbiased: the variance with the divisor n - 1, which is right on average; None for n = 1.

    Raises:
        ValueError: n = 0, an entry is NaN or infinite, the variance overflows.

    Source: Bishop, Pattern Recognition and Machine Learning (2006), section 1.2.4, equations 1.55, 1.56 and 1.59.

    >>> gaussian_mle([1, 5])
    Record(mu=3.0, var_mle=4.0, var_unbiased=8.0)
    """
    x = checks.vector(x, "x")
    n = len(x)
    mu = float(np.mean(x))
    squares = checks.finite(float(np.sum((x - mu) ** 2)), "the sum of squares of x")
    return Record(mu=mu, var_mle=squares / n, var_unbiased=squares / (n - 1) if n > 1 else None)


@kernel(fields=("expectation", "bias", "correction"))
def sample_variance_bias(sigma2: float, n: int) -> Record:
    r"""By how much the variance with the divisor n is too small on average, and what corrects it.

    It holds for n independent samples of any law with that variance, normal or not. The bias vanishes like 1/n.

    $$E[\hat\sigma^2_{MLE}]=\frac{n-1}n\sigma^2,\qquad \text{bias}=-\frac{\sigma^2}n,\qquad
    s^2=\frac n{n-1}\hat\sigma^2_{MLE}$$

    Args:
        sigma2: the variance of the law, at least 0.
        n: the number of samples, at least 2.

    Returns:
        expectation: of the variance with the divisor n.
        bias: that expectation minus sigma2, at most 0.
        correction: the factor n/(n - 1) that makes the estimator unbiased.

    Raises:
        ValueError: n < 2, sigma2 < 0.

    Source: Bishop, Pattern Recognition and Machine Learning (2006), section 1.2.4, equations 1.58 and 1.59.

    >>> sample_variance_bias(4, 5)
    Record(expectation=3.2, bias=-0.8, correction=1.25)
    """
    sigma2, n = checks.number(sigma2, "sigma2", least=0), checks.count(n, "n", least=2)
    return Record(expectation=(n - 1) / n * sigma2, bias=0 - sigma2 / n, correction=n / (n - 1))


@kernel(fields=("map", "mle", "posterior_mean"))
def beta_bernoulli_map(alpha: float, beta: float, k: int, n: int) -> Record:
    r"""The chance of success after k successes in n trials, three ways: most probable, most likely, mean.

    A flat prior, alpha = beta = 1, makes the most probable the most likely, and the mean the estimate that adds one to both counts;
    alpha = beta = 2 makes the most probable that estimate. Where one shape is at most 1 and the other is larger, the density piles
    up at an end and the mode is 0 or 1.

    $$\alpha'=\alpha+k,\ \beta'=\beta+n-k:\quad \hat\theta_{MAP}=\frac{\alpha'-1}{\alpha'+\beta'-2}\ (\alpha',\beta'>1),\quad
    \hat\theta_{MLE}=\frac kn,\quad E[\theta|D]=\frac{\alpha'}{\alpha'+\beta'}$$

    Args:
        alpha: first shape of the beta prior, above 0.
        beta: second shape of the beta prior, above 0.
        k: the number of successes, 0 to n.
        n: the number of trials, at least 0.

    Returns:
        map: the mode of the posterior.
        mle: the share of successes; None for n = 0.
        posterior_mean: the mean of the posterior.

    Raises:
        ValueError: alpha <= 0, beta <= 0, k outside 0..n, a posterior without a single mode: flat (both shapes 1) or with a mode at
            either end (both below 1).

    Source: Murphy, Machine Learning: A Probabilistic Perspective (2012), section 3.3.3.

    >>> posterior = beta_bernoulli_map(2, 5, k=3, n=10)
    >>> round(posterior.map, 4), posterior.mle, round(posterior.posterior_mean, 4)
    (0.2667, 0.3, 0.2941)
    """
    alpha, beta = checks.number(alpha, "alpha", above=0), checks.number(beta, "beta", above=0)
    n = checks.count(n, "n", least=0)
    k = checks.count(k, "k", least=0, most=n)
    up, down = alpha + (k - 1), beta + (n - k - 1)  # the posterior density is proportional to theta^up (1 - theta)^down
    if up > 0 and down > 0:
        mode = up / (up + down)
    elif (up < 0 and down < 0) or up == down == 0:
        raise ValueError(f"alpha + k and beta + n - k must give the posterior one mode, got {alpha + k} and {beta + n - k}")
    else:
        mode = 1.0 if up > down else 0.0
    return Record(map=mode, mle=k / n if n else None, posterior_mean=(alpha + k) / (alpha + beta + n))


@kernel(fields=("se", "z", "p"))
def clt_tail_probability(
    mu: float, var: float, n: int, threshold: float, side: Literal["greater", "less", "two"] = "greater"
) -> Record:
    r"""How likely the mean of many samples is beyond a threshold, by the central limit theorem.

    To compare two models on the same n examples, let var be the variance of the difference, var_1 + var_2 - 2 cov.

    $$z=\frac{t-\mu}{\sqrt{\sigma^2/n}};\qquad \text{greater: }1-\Phi(z),\quad \text{less: }\Phi(z),\quad
    \text{two: }2(1-\Phi(|z|))$$

    Args:
        mu: the mean of one sample.
        var: the variance of one sample, above 0.
        n: the number of independent samples, at least 1.
        threshold: t, what the mean of the samples is compared with.
        side: "greater" asks for a mean above t, "less" for one below it, "two" for one at least as far from mu on either side.

    Returns:
        se: the standard error, the standard deviation of the mean.
        z: the distance of t from mu in standard errors.
        p: the probability; for z = 0 one half, or 1 with "two".

    Raises:
        ValueError: var <= 0, n < 1, an unknown side, an argument that is NaN or infinite, z overflows.

    Source: Wasserman, All of Statistics (2004), section 5.4.

    >>> tail = clt_tail_probability(0.5, 0.25, 10000, 0.49, side="two")
    >>> tail.se, round(tail.z, 6), round(tail.p, 6)
    (0.005, -2.0, 0.0455)
    """
    mu, var, n = checks.number(mu, "mu"), checks.number(var, "var", above=0), checks.count(n, "n")
    t = checks.number(threshold, "threshold")
    checks.word(side, "side", ("greater", "less", "two"))
    se = math.sqrt(var) / math.sqrt(n)
    z = checks.finite((t - mu) / se, "z")
    x = {"greater": z, "less": -z, "two": abs(z)}[side]
    both = math.erfc(x / math.sqrt(2))  # 2 (1 - Phi(x)), and right also far out, where Phi(x) rounds to 1
    return Record(se=se, z=z, p=both if side == "two" else both / 2)


@kernel()
def clt_sample_size(std: float, gap: float, z: float) -> int:
    r"""How many samples make a gap as wide as z standard errors.

    $$n=\left\lceil\left(\frac{z\sigma}\Delta\right)^2\right\rceil$$

    Args:
        std: sigma, the standard deviation of one sample, above 0.
        gap: Delta, the difference to be seen, not 0, in the units of std.
        z: how many standard errors the gap shall be.

    Returns:
        The number of samples; exact, with the arguments taken as the decimals they are written as.

    Raises:
        ValueError: std <= 0, gap = 0, an argument that is NaN or infinite.

    Source: the standard error of Wasserman, All of Statistics (2004), section 5.4, solved for n.

    >>> clt_sample_size(0.5, 0.005, 3)
    90000
    """
    std, gap, z = checks.number(std, "std", above=0), checks.number(gap, "gap"), checks.number(z, "z")
    if gap == 0:
        raise ValueError("gap must not be 0: no number of samples shows it")
    return math.ceil((_written(z) * _written(std) / _written(gap)) ** 2)


@kernel(fields=("mean", "second_moment", "var", "std"))
def discrete_expectation_variance(x: ArrayLike, p: ArrayLike) -> Record:
    r"""Mean and spread of a variable with finitely many values.

    The variance is computed around the mean, which is E[X^2] - E[X]^2 without the cancellation.

    $$\mathbb E[X]=\sum_i x_ip_i,\qquad \mathrm{Var}[X]=\mathbb E\left[(X-\mathbb E[X])^2\right]=\mathbb E[X^2]-\mathbb E[X]^2$$

    Args:
        x: the values, shape (n,).
        p: their probabilities, shape (n,), which may be 0 and sum to 1 within 1e-9.

    Returns:
        mean: E[X].
        second_moment: E[X^2].
        var: the variance.
        std: its square root.

    Raises:
        ValueError: a probability outside [0, 1], another sum than 1, the shapes differ, n = 0, the second moment overflows.

    Source: Wasserman, All of Statistics (2004), sections 3.1 and 3.3.

    >>> discrete_expectation_variance([1, 2, 5], [0.25, 0.5, 0.25])
    Record(mean=2.5, second_moment=8.5, var=2.25, std=1.5)
    """
    x, p = checks.vector(x, "x"), checks.distribution(p, "p")
    checks.same_shape(x, p, "x", "p")
    mean = float(x @ p)
    second = checks.finite(float(x**2 @ p), "the second moment of x")
    var = float((x - mean) ** 2 @ p)
    return Record(mean=mean, second_moment=second, var=var, std=math.sqrt(var))


@kernel(fields=("log_likelihood", "likelihood"))
def log_likelihood_iid(probs: ArrayLike, counts: ArrayLike | None = None) -> Record:
    r"""The probability of independent events, as a sum of logarithms, because the product soon underflows to 0.

    It is a sum in nats, never a mean. The negative log-likelihood of a text is minus this number.

    $$\log L=\sum_i c_i\log p_i,\qquad L=\prod_i p_i^{c_i}$$

    Args:
        probs: p, the probability of each event, shape (n,), 0 to 1.
        counts: c, how often each event happened, integers, shape (n,); None is once each.

    Returns:
        log_likelihood: in nats; -inf where an event of probability 0 happened.
        likelihood: the product; 0 below about e^-745, where float64 ends.

    Raises:
        ValueError: a probability outside [0, 1], a count that is negative or not whole, the shapes differ, n = 0.

    Source: Goodfellow, Bengio and Courville, Deep Learning (2016), section 5.5.

    >>> log_likelihood_iid([0.1], counts=[1000])
    Record(log_likelihood=-2302.5850929940457, likelihood=0.0)
    >>> round(log_likelihood_iid([0.5, 0.2, 0.9]).log_likelihood, 4)
    -2.4079
    """
    p = checks.vector(probs, "probs")
    if (p < 0).any() or (p > 1).any():
        raise ValueError(f"probs must hold probabilities in [0, 1], got {p.tolist()}")
    c = np.ones(len(p), dtype=np.int64) if counts is None else checks.integers(counts, "counts")
    checks.shape(c, "counts", p.shape)
    if (c < 0).any():
        raise ValueError(f"counts must not be negative, got {c.tolist()}")
    happened = c > 0  # 0 log 0 = 0
    with np.errstate(divide="ignore"):  # log 0 = -inf is meant
        log_likelihood = float(c[happened] @ np.log(p[happened]))
    return Record(log_likelihood=log_likelihood, likelihood=float(np.prod(p**c)))
