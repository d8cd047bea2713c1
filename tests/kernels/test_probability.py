"""Edge cases, refusals and properties of the kernels of probability."""

import math
from fractions import Fraction
from typing import Any

import mpmath
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

import kernels
from kernels.oracles.agreement import gamma
from kernels.probability import (
    bayes_posterior,
    beta_bernoulli_map,
    clt_sample_size,
    clt_tail_probability,
    discrete_expectation_variance,
    distribution_moments,
    gaussian_mle,
    hoeffding_bound,
    hoeffding_sample_size,
    log_likelihood_iid,
    sample_variance_bias,
    uniform_interval,
)
from tests.kernels.inputs.probability import INPUTS
from tests.kernels.rounding import assert_gives

INF, NAN = math.inf, math.nan
quick = settings(max_examples=25, derandomize=True, database=None)


@pytest.mark.filterwarnings("ignore:overflow", "ignore:invalid value")
@pytest.mark.parametrize(
    ("name", "arguments", "message"),
    [
        ("bayes_posterior", {"prior": 1.1, "sensitivity": 1, "false_positive_rate": 0}, "prior must be at most 1, got 1.1"),
        ("bayes_posterior", {"prior": 0.1, "sensitivity": -1, "false_positive_rate": 0}, "sensitivity must be at least 0, got -1"),
        (
            "bayes_posterior",
            {"prior": 0.1, "sensitivity": 1, "false_positive_rate": 2},
            "false_positive_rate must be at most 1, got 2",
        ),
        ("bayes_posterior", {"prior": 0, "sensitivity": 1, "false_positive_rate": 0}, "must not be never positive, got prior 0.0"),
        ("bayes_posterior", {"prior": 0.5, "sensitivity": 0, "false_positive_rate": 0}, "must not be never positive"),
        ("bayes_posterior", {"prior": 1, "sensitivity": 1, "false_positive_rate": 0}, "must not be never negative"),
        ("bayes_posterior", {"prior": 0.5, "sensitivity": 1, "false_positive_rate": 1}, "must not be never negative"),
        ("hoeffding_sample_size", {"eps": 0, "delta": 0.1}, "eps must be greater than 0, got 0"),
        ("hoeffding_sample_size", {"eps": 0.1, "delta": 0}, "delta must be greater than 0, got 0"),
        ("hoeffding_sample_size", {"eps": 0.1, "delta": 1}, "delta must be less than 1, got 1"),
        ("hoeffding_sample_size", {"eps": 0.1, "delta": 0.1, "lo": 1}, "hi must be greater than lo, got lo = 1.0 and hi = 1.0"),
        ("hoeffding_sample_size", {"eps": 0.1, "delta": 0.1, "lo": -1e308, "hi": 1e308}, "hi - lo is too large"),
        ("hoeffding_sample_size", {"eps": 0.1, "delta": 0.1, "two_sided": 2}, "two_sided must be True or False, got 2"),
        ("hoeffding_bound", {"n": 0, "eps": 0.1}, "n must be at least 1, got 0"),
        ("hoeffding_bound", {"n": 1, "eps": -0.1}, "eps must be greater than 0, got -0.1"),
        ("hoeffding_bound", {"n": 1, "eps": 0.1, "lo": 2}, "hi must be greater than lo, got lo = 2.0 and hi = 1.0"),
        ("hoeffding_bound", {"n": 1, "eps": 0.1, "two_sided": None}, "two_sided must be True or False"),
        ("distribution_moments", {"kind": "normal"}, "kind must be one of bernoulli, binomial, poisson, uniform, exponential"),
        ("distribution_moments", {"kind": "bernoulli"}, "p must be given for bernoulli"),
        ("distribution_moments", {"kind": "binomial", "p": 0.5}, "n must be given for binomial"),
        ("distribution_moments", {"kind": "binomial", "p": 0.5, "n": -1}, "n must be at least 0, got -1"),
        ("distribution_moments", {"kind": "binomial", "p": 1.5, "n": 1}, "p must be at most 1, got 1.5"),
        ("distribution_moments", {"kind": "bernoulli", "p": -0.5}, "p must be at least 0, got -0.5"),
        ("distribution_moments", {"kind": "bernoulli", "p": 0.5, "n": 1}, "n is no parameter of bernoulli, which has p; got 1"),
        ("distribution_moments", {"kind": "poisson"}, "lam must be given for poisson"),
        ("distribution_moments", {"kind": "poisson", "lam": 0}, "lam must be greater than 0, got 0"),
        ("distribution_moments", {"kind": "uniform", "a": 1}, "b must be given for uniform"),
        ("distribution_moments", {"kind": "uniform", "a": 1, "b": 1}, "b must be greater than a, got a = 1.0 and b = 1.0"),
        ("distribution_moments", {"kind": "uniform", "a": -1e200, "b": 1e200}, "the variance is too large"),
        ("distribution_moments", {"kind": "uniform", "a": 1.7e308, "b": 1.71e308}, "the mean is too large"),
        ("distribution_moments", {"kind": "exponential", "rate": 0}, "rate must be greater than 0, got 0"),
        ("distribution_moments", {"kind": "exponential", "rate": 1e-200}, "the variance is too large"),
        (
            "distribution_moments",
            {"kind": "exponential", "rate": 1, "lam": 1},
            "lam is no parameter of exponential, which has rate",
        ),
        ("uniform_interval", {"a": 1, "b": 1, "lo": 0, "hi": 1}, "b must be greater than a, got a = 1.0 and b = 1.0"),
        ("uniform_interval", {"a": 0, "b": 1, "lo": 1, "hi": 0}, "hi must be at least lo, got lo = 1.0 and hi = 0.0"),
        ("uniform_interval", {"a": 0, "b": 1, "lo": 0, "hi": INF}, "hi must be finite"),
        ("uniform_interval", {"a": -1e308, "b": 1e308, "lo": 0, "hi": 1}, "b - a is too large"),
        ("gaussian_mle", {"x": []}, "x must not be empty"),
        ("gaussian_mle", {"x": [1, NAN]}, "x must not contain NaN"),
        ("gaussian_mle", {"x": [1e200, -1e200]}, "the sum of squares of x is too large"),
        ("sample_variance_bias", {"sigma2": 1, "n": 1}, "n must be at least 2, got 1"),
        ("sample_variance_bias", {"sigma2": -1, "n": 2}, "sigma2 must be at least 0, got -1"),
        ("beta_bernoulli_map", {"alpha": 0, "beta": 1, "k": 0, "n": 1}, "alpha must be greater than 0, got 0"),
        ("beta_bernoulli_map", {"alpha": 1, "beta": -1, "k": 0, "n": 1}, "beta must be greater than 0, got -1"),
        ("beta_bernoulli_map", {"alpha": 1, "beta": 1, "k": 2, "n": 1}, "k must be at most 1, got 2"),
        ("beta_bernoulli_map", {"alpha": 1, "beta": 1, "k": -1, "n": 1}, "k must be at least 0, got -1"),
        ("beta_bernoulli_map", {"alpha": 1, "beta": 1, "k": 0, "n": -1}, "n must be at least 0, got -1"),
        ("beta_bernoulli_map", {"alpha": 1, "beta": 1, "k": 0, "n": 0}, "must give the posterior one mode, got 1.0 and 1.0"),
        ("beta_bernoulli_map", {"alpha": 0.5, "beta": 0.25, "k": 0, "n": 0}, "must give the posterior one mode, got 0.5 and 0.25"),
        ("clt_tail_probability", {"mu": 0, "var": 0, "n": 1, "threshold": 0}, "var must be greater than 0, got 0"),
        ("clt_tail_probability", {"mu": 0, "var": 1, "n": 0, "threshold": 0}, "n must be at least 1, got 0"),
        (
            "clt_tail_probability",
            {"mu": 0, "var": 1, "n": 1, "threshold": 0, "side": "both"},
            "side must be one of greater, less, two",
        ),
        ("clt_tail_probability", {"mu": -1e308, "var": 1, "n": 1, "threshold": 1e308}, "z is too large"),
        ("clt_sample_size", {"std": 0, "gap": 1, "z": 1}, "std must be greater than 0, got 0"),
        ("clt_sample_size", {"std": 1, "gap": 0, "z": 1}, "gap must not be 0"),
        ("discrete_expectation_variance", {"x": [1, 2], "p": [1.5, -0.5]}, r"p must hold probabilities in \[0, 1\]"),
        ("discrete_expectation_variance", {"x": [1, 2], "p": [0.5, 0.5 + 1e-8]}, "p must sum to 1"),
        ("discrete_expectation_variance", {"x": [1], "p": [0.5, 0.5]}, "x and p must have one shape"),
        ("discrete_expectation_variance", {"x": [], "p": []}, "x must not be empty"),
        ("discrete_expectation_variance", {"x": [1e200, 0], "p": [0.5, 0.5]}, "the second moment of x is too large"),
        ("log_likelihood_iid", {"probs": [0.5, 1.5]}, r"probs must hold probabilities in \[0, 1\], got \[0.5, 1.5\]"),
        ("log_likelihood_iid", {"probs": [-0.5]}, r"probs must hold probabilities in \[0, 1\]"),
        ("log_likelihood_iid", {"probs": [0.5], "counts": [1, 2]}, r"counts must have shape \(1\), got \(2,\)"),
        ("log_likelihood_iid", {"probs": [0.5], "counts": [-1]}, r"counts must not be negative, got \[-1\]"),
        ("log_likelihood_iid", {"probs": [0.5], "counts": [0.5]}, "counts must hold integers"),
        ("log_likelihood_iid", {"probs": []}, "probs must not be empty"),
    ],
)
def test_refuses(name: str, arguments: dict[str, Any], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        kernels.get(name)(**arguments)


# Bayes


def test_a_prior_of_zero_or_one_stays() -> None:
    assert dict(bayes_posterior(0, 0.9, 0.25)) == {"evidence": 0.25, "posterior": 0, "npv": 1}
    assert dict(bayes_posterior(1, 0.75, 0.25)) == {"evidence": 0.75, "posterior": 1, "npv": 0}


@pytest.mark.parametrize("rate", [0.1, 0.5, 0.99])
def test_a_test_with_equal_rates_says_nothing(rate: float) -> None:
    wanted = {"evidence": rate, "posterior": 0.3, "npv": 0.7}
    assert_gives("bayes_posterior", wanted, prior=0.3, sensitivity=rate, false_positive_rate=rate)


def test_a_perfect_test_says_all() -> None:
    assert dict(bayes_posterior(0.25, 1, 0)) == {"evidence": 0.25, "posterior": 1, "npv": 1}


def test_two_positive_tests_multiply_the_odds_twice() -> None:
    once = bayes_posterior(0.01, 0.9, 0.05).posterior
    odds = Fraction("0.01") / Fraction("0.99") * Fraction("18") ** 2
    assert_gives("bayes_posterior", {"posterior": float(odds / (1 + odds))}, prior=once, sensitivity=0.9, false_positive_rate=0.05)


# Hoeffding


@pytest.mark.parametrize("two_sided", [True, False])
@pytest.mark.parametrize(("eps", "delta"), [(0.02, 0.01), (0.05, 0.05), (0.1, 0.2), (0.2, 0.1), (3, 0.5)])
def test_the_sample_size_is_the_first_at_which_the_bound_is_small_enough(eps: float, delta: float, two_sided: bool) -> None:
    n = hoeffding_sample_size(eps, delta, two_sided=two_sided)
    assert isinstance(n, int)
    assert hoeffding_bound(n, eps, two_sided=two_sided) <= delta
    assert n == 1 or hoeffding_bound(n - 1, eps, two_sided=two_sided) > delta


def test_the_sample_size_grows_with_the_square_of_the_range() -> None:
    assert hoeffding_sample_size(0.1, 0.05, lo=-1, hi=1) == hoeffding_sample_size(0.05, 0.05)


@pytest.mark.parametrize("power", [1, 12, 100, 300])
def test_the_sample_size_is_exact_beyond_float64(power: int) -> None:
    with mpmath.workdps(1000):
        wanted = int(mpmath.ceil(mpmath.log(20) / 2 * mpmath.mpf(10) ** (2 * power)))
    assert hoeffding_sample_size(float(f"1e-{power}"), 0.1) == wanted


def test_arguments_count_as_the_decimals_they_are_written_as() -> None:
    assert clt_sample_size(1.1, 0.1, 1) == 121  # in float64 1.1 / 0.1 is a little more than 11
    assert clt_sample_size(0.3, 0.1, 1) == 9
    assert clt_sample_size(np.float64(0.7), 0.1, -3) == 441
    assert clt_sample_size(0.5, -0.005, 3) == 90000
    assert clt_sample_size(1, 3, 1) == 1
    assert clt_sample_size(1, 1, 0) == 0
    assert clt_sample_size(1e100, 1e-100, 1) == 10**400


@pytest.mark.parametrize("p", [0.05, 0.3, 0.5, 0.9])
@pytest.mark.parametrize(("n", "eps"), [(10, 0.2), (100, 0.1), (1000, 0.05)])
def test_the_bound_dominates_the_tail_of_every_coin(p: float, n: int, eps: float) -> None:
    k = np.arange(n + 1)
    off = [Fraction(int(i), n) - Fraction(str(p)) for i in k]
    above, both = (
        np.array([test(d) for d in off]) for test in (lambda d: d >= Fraction(str(eps)), lambda d: abs(d) >= Fraction(str(eps)))
    )
    masses = stats.binom.pmf(k, n, p)
    assert masses[above].sum() <= hoeffding_bound(n, eps, two_sided=False)
    assert 0 < masses[both].sum() <= hoeffding_bound(n, eps)


def test_the_bound_is_a_probability_and_falls_to_zero() -> None:
    assert hoeffding_bound(1, 1e-9) == 1
    assert hoeffding_bound(1, 1e-9, two_sided=False) <= 1
    assert hoeffding_bound(10**9, 100.0) == 0
    assert hoeffding_bound(1, 1e300, lo=0, hi=1e-300) == 0


# moments


@pytest.mark.parametrize("p", [0, 1])
def test_the_certain_does_not_vary(p: float) -> None:
    assert dict(distribution_moments("bernoulli", p=p)) == {"mean": p, "var": 0}
    assert dict(distribution_moments("binomial", n=7, p=p)) == {"mean": 7 * p, "var": 0}


def test_no_trials_no_successes() -> None:
    assert dict(distribution_moments("binomial", n=0, p=0.5)) == {"mean": 0, "var": 0}


def test_the_exponential_takes_the_rate_of_events() -> None:
    assert dict(distribution_moments("exponential", rate=4)) == {"mean": 0.25, "var": 0.0625}


def test_the_poisson_has_its_mean_for_a_variance() -> None:
    assert dict(distribution_moments("poisson", lam=4.5)) == {"mean": 4.5, "var": 4.5}


def test_a_density_may_exceed_one_and_what_lies_outside_counts_nothing() -> None:
    assert dict(uniform_interval(0, 0.25, -3, 7)) == {"density": 4, "probability": 1}
    assert uniform_interval(0, 2, 0.5, 0.5).probability == 0
    assert uniform_interval(0, 2, 3, 4).probability == 0
    assert uniform_interval(0, 2, -4, -3).probability == 0
    assert uniform_interval(0, 2, 1, 9).probability == 0.5


def test_outcomes_of_probability_zero_do_not_count() -> None:
    assert dict(discrete_expectation_variance([3, 1e100], [1, 0])) == {"mean": 3, "second_moment": 9, "var": 0, "std": 0}


def test_the_variance_of_large_close_values_does_not_cancel() -> None:
    assert (
        discrete_expectation_variance([1e9, 1e9 + 2], [0.5, 0.5]).var == 1
    )  # the squares are 1e18, with steps of 128 between floats


# estimators


def test_one_sample_has_no_unbiased_variance() -> None:
    assert dict(gaussian_mle([3])) == {"mu": 3, "var_mle": 0, "var_unbiased": None}


@pytest.mark.parametrize("factors", [(1.01, 1), (0.99, 1), (1, 1.01), (1, 0.99)])
def test_no_other_normal_makes_the_data_likelier(factors: tuple[float, float]) -> None:
    x = [2.0, 4.0, 4.5, 6.0]
    best = gaussian_mle(x)
    other = stats.norm(best.mu * factors[0], math.sqrt(best.var_mle * factors[1]))
    assert other.logpdf(x).sum() < stats.norm(best.mu, math.sqrt(best.var_mle)).logpdf(x).sum()


@quick
@given(INPUTS["gaussian_mle"].filter(lambda arguments: len(arguments["x"]) > 1))
def test_the_two_variances_differ_by_the_correction(arguments: dict[str, Any]) -> None:
    estimate = gaussian_mle(**arguments)
    corrected = estimate.var_mle * sample_variance_bias(1, len(arguments["x"])).correction
    assert abs(corrected - estimate.var_unbiased) <= gamma(4) * corrected  # two divisions, a product and the correction


def test_the_bias_vanishes_like_one_over_n_and_with_the_variance() -> None:
    assert [sample_variance_bias(1, n).bias for n in (2, 4, 8)] == [-0.5, -0.25, -0.125]
    assert dict(sample_variance_bias(0, 2)) == {"expectation": 0, "bias": 0, "correction": 2}
    assert math.copysign(1, sample_variance_bias(0, 2).bias) == 1


@pytest.mark.parametrize(
    ("alpha", "beta", "k", "n", "wanted"),
    [
        (1, 1, 0, 10, 0),  # shapes 1 and 11: falls from 0
        (1, 1, 10, 10, 1),
        (0.5, 3, 0, 0, 0),
        (3, 0.5, 0, 0, 1),
        (0.5, 1, 0, 0, 0),  # infinite at 0, flat at the other end
        (1, 0.5, 0, 0, 1),
        (0.5, 0.5, 1, 1, 1),  # shapes 1.5 and 0.5
        (0.5, 0.5, 1, 2, 0.5),
        (1e-20, 1, 1, 1, 1),  # shapes 1 + 1e-20, which is no float, and 1
    ],
)
def test_the_mode_lies_inside_or_at_an_end(alpha: float, beta: float, k: int, n: int, wanted: float) -> None:
    assert beta_bernoulli_map(alpha, beta, k, n).map == wanted


@pytest.mark.parametrize(("k", "n"), [(0, 10), (3, 10), (10, 10), (1, 1)])
def test_a_flat_prior_gives_the_likeliest_and_its_mean_adds_one_to_both_counts(k: int, n: int) -> None:
    flat = beta_bernoulli_map(1, 1, k, n)
    assert flat.map == flat.mle == k / n
    assert flat.posterior_mean == (k + 1) / (n + 2) == beta_bernoulli_map(2, 2, k, n).map


def test_without_trials_there_is_no_likeliest() -> None:
    assert beta_bernoulli_map(2, 3, 0, 0).mle is None


@pytest.mark.parametrize(("alpha", "beta", "k", "n"), [(2, 5, 3, 10), (0.5, 0.5, 1, 4), (6, 2, 7, 8)])
def test_nowhere_is_the_posterior_denser_than_at_its_mode(alpha: float, beta: float, k: int, n: int) -> None:
    mode = beta_bernoulli_map(alpha, beta, k, n).map
    grid = np.linspace(0.001, 0.999, 999)
    density = stats.beta(alpha + k, beta + n - k)
    others = density.logpdf(grid[np.abs(grid - mode) > 1e-4])
    assert (others < density.logpdf(mode)).all()


# the central limit theorem


def test_at_the_mean_the_tails_are_halves() -> None:
    tails = [clt_tail_probability(0.5, 0.25, 100, 0.5, side).p for side in ("greater", "less", "two")]
    assert tails == [0.5, 0.5, 1]


@quick
@given(INPUTS["clt_tail_probability"])
def test_the_tails_make_up_the_whole(arguments: dict[str, Any]) -> None:
    greater, less, two = (clt_tail_probability(**(arguments | {"side": side})).p for side in ("greater", "less", "two"))
    assert abs(greater + less - 1) <= gamma(8)  # erfc is good to a unit, each tail is at most 1
    assert two == 2 * min(greater, less)


def test_far_tails_do_not_round_to_zero() -> None:
    tail = clt_tail_probability(0, 1, 1, 30)
    assert 0 < tail.p < 1e-190
    assert clt_tail_probability(0, 1, 1, -30, "less").p == tail.p


# likelihood


def test_events_of_probability_zero() -> None:
    assert dict(log_likelihood_iid([0, 0.5], [1, 1])) == {"log_likelihood": -INF, "likelihood": 0}
    assert dict(log_likelihood_iid([0, 0.5], [0, 2])) == {"log_likelihood": 2 * math.log(0.5), "likelihood": 0.25}
    assert dict(log_likelihood_iid([0, 0.5], [0, 0])) == {"log_likelihood": 0, "likelihood": 1}


def test_the_likelihood_underflows_where_its_logarithm_does_not() -> None:
    assert log_likelihood_iid([0.5], [1074]).likelihood == 2.0**-1074  # the smallest float above 0
    assert dict(log_likelihood_iid([0.5], [1076])) == {"log_likelihood": 1076 * math.log(0.5), "likelihood": 0}


@quick
@given(st.lists(st.floats(0.01, 1), min_size=1, max_size=5), st.integers(1, 4))
def test_counts_stand_for_repetitions(probs: list[float], count: int) -> None:
    wanted = dict(log_likelihood_iid(probs * count))
    assert_gives("log_likelihood_iid", wanted, probs=probs, counts=[count] * len(probs))
