"""Second ways to the kernels of probability: enumeration, integrals, searches, exact fractions, scipy."""

import itertools
import math
import statistics
from collections.abc import Callable
from fractions import Fraction
from typing import Any

import numpy as np

from kernels.oracles.registry import at_most, oracle

DIGITS = 50


@oracle("bayes_posterior")
def bayes_posterior_joint(prior: float, sensitivity: float, false_positive_rate: float) -> dict[str, float]:
    """The joint table of status and test in fractions; the answers are shares of its rows."""
    sick, positive = Fraction(prior), {True: Fraction(sensitivity), False: Fraction(false_positive_rate)}
    joint = {
        (status, test): (sick if status else 1 - sick) * (positive[status] if test else 1 - positive[status])
        for status, test in itertools.product((True, False), repeat=2)
    }
    seen = {test: joint[True, test] + joint[False, test] for test in (True, False)}
    return {
        "evidence": float(seen[True]),
        "posterior": float(joint[True, True] / seen[True]),
        "npv": float(joint[False, False] / seen[False]),
    }


@oracle(
    "bayes_posterior", applies=lambda prior, sensitivity, false_positive_rate: 0 < prior < 1 and false_positive_rate not in (0, 1)
)
def bayes_posterior_odds(prior: float, sensitivity: float, false_positive_rate: float) -> dict[str, float]:
    """By odds, in fractions: a test multiplies the odds of the disease by its likelihood ratio."""
    odds = Fraction(prior) / (1 - Fraction(prior))
    s, f = Fraction(sensitivity), Fraction(false_positive_rate)
    after_positive, after_negative = odds * s / f, odds * (1 - s) / (1 - f)
    return {"posterior": float(after_positive / (1 + after_positive)), "npv": float(1 / (1 + after_negative))}


@oracle("hoeffding_sample_size", needs=("mpmath",))
def hoeffding_sample_size_search(eps: float, delta: float, lo: float = 0, hi: float = 1, two_sided: bool = True) -> int:
    """Bisection for the least n at which the bound c e^(-2 n (eps / (b - a))^2) is at most delta, with 50 digits."""
    import mpmath

    with mpmath.workdps(DIGITS):
        e, d, a, b = (mpmath.mpf(repr(float(value))) for value in (eps, delta, lo, hi))

        def enough(n: int) -> bool:
            return bool((2 if two_sided else 1) * mpmath.exp(-2 * n * (e / (b - a)) ** 2) <= d)

        few, many = 0, 1
        while not enough(many):
            few, many = many, 2 * many
        while many - few > 1:
            middle = (few + many) // 2
            few, many = (few, middle) if enough(middle) else (middle, many)
        return many


@oracle("hoeffding_bound", needs=("sympy",))
def hoeffding_bound_chernoff(n: int, eps: float, lo: float = 0, hi: float = 1, two_sided: bool = True) -> float:
    """From the moments: sympy minimises the exponent n (s^2 (b - a)^2 / 8 - s eps) of Chernoff's bound over s."""
    import sympy

    e, a, b = (sympy.Rational(Fraction(float(value))) for value in (eps, lo, hi))
    s = sympy.Symbol("s", positive=True)
    exponent = n * (s**2 * (b - a) ** 2 / 8 - s * e)
    (best,) = sympy.solve(sympy.diff(exponent, s), s)
    return min(1.0, float((2 if two_sided else 1) * sympy.exp(exponent.subs(s, best)).evalf(30)))


def _moments(masses: Any) -> dict[str, float]:
    """Mean and variance of (value, probability) pairs, in the arithmetic of the pairs."""
    pairs = list(masses)
    mean = sum(value * mass for value, mass in pairs)
    return {"mean": float(mean), "var": float(sum((value - mean) ** 2 * mass for value, mass in pairs))}


def _binomial_masses(n: int, p: float) -> list[tuple[int, Fraction]]:
    q = Fraction(p)
    return [(k, math.comb(n, k) * q**k * (1 - q) ** (n - k)) for k in range(n + 1)]


def _poisson_masses(lam: float) -> list[tuple[int, Any]]:
    """Up to where a mass is below 1e-40: from there on each is less than half of the one before."""
    import mpmath

    last = int(2 * lam) + 200
    return [(k, mpmath.exp(-mpmath.mpf(lam)) * mpmath.mpf(lam) ** k / mpmath.factorial(k)) for k in range(last)]


def _density_moments(density: Callable[[Any], Any], pieces: list[Any]) -> dict[str, float]:
    import mpmath

    mean = mpmath.quad(lambda x: x * density(x), pieces)
    return {"mean": float(mean), "var": float(mpmath.quad(lambda x: (x - mean) ** 2 * density(x), pieces))}


@oracle(
    "distribution_moments",
    needs=("mpmath",),
    applies=lambda kind, **parameters: parameters.get("n") is None or parameters["n"] <= 60,
)
def distribution_moments_definition(kind: str, **parameters: Any) -> dict[str, float]:
    """From the definition: sums over the probabilities (in fractions, or 50 digits), integrals over the density (50 digits)."""
    import mpmath

    with mpmath.workdps(DIGITS):
        if kind in ("bernoulli", "binomial"):
            return _moments(_binomial_masses(parameters.get("n", 1), parameters["p"]))
        if kind == "poisson":
            return _moments(_poisson_masses(parameters["lam"]))
        if kind == "uniform":
            a, b = mpmath.mpf(parameters["a"]), mpmath.mpf(parameters["b"])
            return _density_moments(lambda x: 1 / (b - a), [a, b])
        rate = mpmath.mpf(parameters["rate"])
        return _density_moments(lambda x: rate * mpmath.exp(-rate * x), [0, 1 / rate, 10 / rate, mpmath.inf])


@oracle("distribution_moments", needs=("scipy",))
def distribution_moments_scipy(kind: str, **parameters: Any) -> dict[str, float]:
    """``scipy.stats``, with the exponential's scale 1 / rate."""
    from scipy import stats

    laws: dict[str, Callable[..., Any]] = {
        "bernoulli": lambda p: stats.bernoulli(p),
        "binomial": lambda n, p: stats.binom(n, p),
        "poisson": lambda lam: stats.poisson(lam),
        "uniform": lambda a, b: stats.uniform(a, b - a),
        "exponential": lambda rate: stats.expon(scale=1 / rate),
    }
    law = laws[kind](**parameters)
    return {"mean": float(law.mean()), "var": float(law.var())}


@oracle("uniform_interval")
def uniform_interval_exact(a: float, b: float, lo: float, hi: float) -> dict[str, float]:
    """The distribution function at both ends of the interval, in fractions."""
    left, right, start, end = map(Fraction, (a, b, lo, hi))

    def below(x: Fraction) -> Fraction:
        return min(Fraction(1), max(Fraction(0), (x - left) / (right - left)))

    return {"density": float(1 / (right - left)), "probability": float(below(end) - below(start))}


@oracle("uniform_interval", needs=("scipy",), scale=lambda a, b, lo, hi: 1)
def uniform_interval_scipy(a: float, b: float, lo: float, hi: float) -> dict[str, float]:
    """``scipy.stats.uniform``; two values of the distribution function, each up to 1, cancel in the probability."""
    from scipy import stats

    law = stats.uniform(a, b - a)
    return {"probability": float(law.cdf(hi) - law.cdf(lo))}


@oracle("uniform_interval", needs=("scipy",))
def uniform_interval_scipy_density(a: float, b: float, lo: float, hi: float) -> dict[str, float]:
    """``scipy.stats.uniform.pdf`` at the left end of the support."""
    from scipy import stats

    return {"density": float(stats.uniform(a, b - a).pdf(a))}


@oracle("gaussian_mle")
def gaussian_mle_pairs(x: Any) -> dict[str, Any]:
    """In fractions, from the squared differences of all pairs: their sum is n^2 times the variance."""
    data = [Fraction(float(entry)) for entry in x]
    n = len(data)
    squares = sum((one - other) ** 2 for one, other in itertools.combinations(data, 2))
    return {
        "mu": float(sum(data) / n),
        "var_mle": float(squares / Fraction(n * n)),
        "var_unbiased": float(squares / Fraction(n * (n - 1))) if n > 1 else None,
    }


@oracle("gaussian_mle")
def gaussian_mle_statistics(x: Any) -> dict[str, Any]:
    """Python's ``statistics``, which computes in fractions."""
    data = [Fraction(float(entry)) for entry in x]
    unbiased = float(statistics.variance(data)) if len(data) > 1 else None
    return {"mu": float(statistics.mean(data)), "var_mle": float(statistics.pvariance(data)), "var_unbiased": unbiased}


@oracle("gaussian_mle", needs=("scipy",))
def gaussian_mle_scipy(x: Any) -> dict[str, Any]:
    """``scipy.stats.norm.fit``, the numerical maximum likelihood estimate of mean and standard deviation."""
    from scipy import stats

    mu, sigma = stats.norm.fit(x)
    return {"mu": float(mu), "var_mle": float(sigma**2)}


@oracle("sample_variance_bias", applies=lambda sigma2, n: n <= 8)
def sample_variance_bias_enumeration(sigma2: float, n: int) -> dict[str, float]:
    """All 2^n samples of a law with two equally likely values, in fractions: the variance of each, and their mean.

    The values lie w apart with w^2 / 4 = sigma2, so a sample's variance is w^2 times that of its zeros and ones.
    """
    share = Fraction(0)
    for sample in itertools.product((0, 1), repeat=n):
        share += statistics.pvariance(map(Fraction, sample)) / Fraction(2**n)
    expectation = 4 * Fraction(sigma2) * share
    return {
        "expectation": float(expectation),
        "bias": float(expectation - Fraction(sigma2)),
        "correction": float(Fraction(1, 4) / share),
    }


@oracle("sample_variance_bias", applies=at_most(10_000, "n"))
def sample_variance_bias_moments(sigma2: float, n: int) -> dict[str, float]:
    """E[mean of squares] - E[square of the mean], which for mean 0 is sigma2 - sigma2 / n, in fractions."""
    of_squares = Fraction(sigma2)
    of_the_mean = sum((Fraction(sigma2) / n**2 for _ in range(n)), Fraction(0))
    return {
        "expectation": float(of_squares - of_the_mean),
        "bias": float(-of_the_mean),
        "correction": float(1 / (1 - sum((Fraction(1, n**2) for _ in range(n)), Fraction(0)))),
    }


@oracle("beta_bernoulli_map", needs=("mpmath",))
def beta_bernoulli_map_search(alpha: float, beta: float, k: int, n: int) -> dict[str, Any]:
    """The mode by golden section on the logarithm of the density, the mean as a quotient of beta functions, with 80 digits.

    A density that rises all the way to an end has its mode there: the search comes within 1e-35 of it, and that is the end.
    """
    import mpmath

    with mpmath.workdps(80):
        a, b = mpmath.mpf(alpha) + k, mpmath.mpf(beta) + n - k

        def height(theta: Any) -> Any:
            return (a - 1) * mpmath.log(theta) + (b - 1) * mpmath.log(1 - theta)

        shrink = (mpmath.sqrt(5) - 1) / 2
        left, right = mpmath.mpf(0), mpmath.mpf(1)
        low, high = right - shrink * (right - left), left + shrink * (right - left)
        at_low, at_high = height(low), height(high)
        for _ in range(170):
            if at_low > at_high:
                right, high, at_high = high, low, at_low
                low = right - shrink * (right - left)
                at_low = height(low)
            else:
                left, low, at_low = low, high, at_high
                high = left + shrink * (right - left)
                at_high = height(high)
        mode = 0.0 if left < mpmath.mpf("1e-34") else float((left + right) / 2)
        mean = mpmath.beta(a + 1, b) / mpmath.beta(a, b)
        return {"map": mode, "mle": float(Fraction(k, n)) if n else None, "posterior_mean": float(mean)}


@oracle("beta_bernoulli_map", needs=("scipy",), applies=lambda alpha, beta, k, n: alpha + k > 1.001 and beta + n - k > 1.001)
def beta_bernoulli_map_scipy(alpha: float, beta: float, k: int, n: int) -> dict[str, float]:
    """``scipy.stats.beta`` for the mean; ``scipy.optimize.brentq`` for the root of log density' x theta (1 - theta)."""
    from scipy import optimize, stats

    a, b = alpha + k, beta + n - k
    mode = optimize.brentq(lambda theta: (a - 1) * (1 - theta) - (b - 1) * theta, 0, 1, xtol=1e-300)
    return {"map": float(mode), "posterior_mean": float(stats.beta(a, b).mean())}


@oracle("clt_tail_probability", needs=("mpmath",))
def clt_tail_probability_integral(mu: float, var: float, n: int, threshold: float, side: str = "greater") -> dict[str, float]:
    """The normal density of the sample mean, integrated over the tail, with 30 digits."""
    import mpmath

    with mpmath.workdps(30):
        m, t = mpmath.mpf(mu), mpmath.mpf(threshold)
        se = mpmath.sqrt(mpmath.mpf(var) / n)
        z = (t - m) / se

        def beyond(x: Any) -> Any:
            """The density integrated from x >= 0 to infinity; e^(-x^2/2) stands before the integral and leaves it tame."""
            tail = mpmath.quad(lambda u: mpmath.exp(-x * u - u * u / 2), [0, 1 / (1 + x), 10 / (1 + x), mpmath.inf])
            return mpmath.exp(-x * x / 2) / mpmath.sqrt(2 * mpmath.pi) * tail

        tail = beyond(abs(z))
        one = tail if (z > 0) == (side == "greater") else 1 - tail
        return {"se": float(se), "z": float(z), "p": float(2 * tail if side == "two" else one)}


@oracle("clt_tail_probability", needs=("scipy",))
def clt_tail_probability_scipy(mu: float, var: float, n: int, threshold: float, side: str = "greater") -> dict[str, float]:
    """``scipy.stats.norm.sf`` and ``cdf`` of the normal law of the sample mean."""
    from scipy import stats

    se = float(np.sqrt(var / n))
    law = stats.norm(mu, se)
    two = 2 * stats.norm.sf(abs(threshold - mu) / se)
    return {"se": se, "p": float({"greater": law.sf(threshold), "less": law.cdf(threshold), "two": two}[side])}


@oracle("clt_sample_size")
def clt_sample_size_search(std: float, gap: float, z: float) -> int:
    """Bisection over the integers for the least n with n gap^2 >= (z std)^2, all three written as whole numbers of one unit."""
    numbers = [Fraction(repr(float(value))) for value in (std, gap, z)]
    unit = math.lcm(*(number.denominator for number in numbers))
    s, g, q = (number.numerator * (unit // number.denominator) for number in numbers)
    few, many = -1, 1
    while many * g * g * unit * unit < q * q * s * s:
        few, many = many, 2 * many
    while many - few > 1:
        middle = (few + many) // 2
        few, many = (few, middle) if middle * g * g * unit * unit >= q * q * s * s else (middle, many)
    return many


@oracle("discrete_expectation_variance", needs=("mpmath",))
def discrete_expectation_variance_exact(x: Any, p: Any) -> dict[str, float]:
    """E[X^2] - E[X]^2 in fractions, of the weights divided by their sum, which in float64 is 1 only to rounding."""
    import mpmath

    values, weights = ([Fraction(float(entry)) for entry in side] for side in (x, p))
    total = sum(weights)
    first: Any = sum(v * w for v, w in zip(values, weights, strict=True)) / total
    second: Any = sum(v * v * w for v, w in zip(values, weights, strict=True)) / total
    var = second - first * first
    with mpmath.workdps(DIGITS):
        std = float(mpmath.sqrt(mpmath.mpf(var.numerator) / var.denominator))
    return {"mean": float(first), "second_moment": float(second), "var": float(var), "std": std}


@oracle(
    "discrete_expectation_variance",
    needs=("scipy",),
    scale=lambda x, p: float(np.max(np.abs(x))) ** 2,
    applies=lambda x, p: len(set(x)) == len(x),
)
def discrete_expectation_variance_scipy(x: Any, p: Any) -> dict[str, float]:
    """``scipy.stats.rv_discrete`` of distinct values; its variance is E[X^2] - E[X]^2, so terms of the size of x^2 cancel."""
    from scipy import stats

    law = stats.rv_discrete(values=(x, p))
    return {"mean": float(law.mean()), "second_moment": float(law.moment(2)), "var": float(law.var())}


@oracle("log_likelihood_iid", needs=("mpmath",))
def log_likelihood_iid_product(probs: Any, counts: Any = None) -> dict[str, float]:
    """The product itself, with 50 digits and unbounded exponents, and then its logarithm."""
    import mpmath

    with mpmath.workdps(DIGITS):
        happened = [1] * len(probs) if counts is None else [int(count) for count in counts]
        likelihood = mpmath.fprod(mpmath.mpf(float(p)) ** count for p, count in zip(probs, happened, strict=True))
        return {"log_likelihood": float(mpmath.log(likelihood)), "likelihood": float(likelihood)}


@oracle("log_likelihood_iid", needs=("scipy",))
def log_likelihood_iid_scipy(probs: Any, counts: Any = None) -> dict[str, float]:
    """``scipy.special.xlogy``, summed."""
    from scipy.special import xlogy

    return {"log_likelihood": float(np.sum(xlogy(np.ones(len(probs)) if counts is None else counts, probs)))}
