"""Random arguments for the kernels of probability."""

from typing import Any

from hypothesis import strategies as st

from tests.kernels.inputs.common import extreme, plain, positive, vectors
from tests.kernels.inputs.information_theory import laws

chances = st.sampled_from([0.0, 1.0]) | st.floats(1e-9, 1)
flags = st.booleans()


def both_results_happen(test: dict[str, float]) -> bool:
    """The test can be positive and can be negative."""
    pi, s, f = test["prior"], test["sensitivity"], test["false_positive_rate"]
    return s * pi + f * (1 - pi) > 0 and (1 - f) * (1 - pi) + (1 - s) * pi > 0


@st.composite
def ranges(draw: st.DrawFn) -> dict[str, Any]:
    """A bounded variable; often [0, 1] is left to the default."""
    if draw(st.booleans()):
        return {"two_sided": draw(flags)}
    lo = draw(st.integers(-40, 40)) / 8
    return {"lo": lo, "hi": lo + draw(st.integers(1, 80)) / 8, "two_sided": draw(flags)}


@st.composite
def moments(draw: st.DrawFn) -> dict[str, Any]:
    kind = draw(st.sampled_from(["bernoulli", "binomial", "poisson", "uniform", "exponential"]))
    if kind == "bernoulli":
        return {"kind": kind, "p": draw(chances)}
    if kind == "binomial":
        return {"kind": kind, "p": draw(chances), "n": draw(st.integers(0, 40))}
    if kind == "poisson":
        return {"kind": kind, "lam": draw(st.floats(0.01, 60))}
    if kind == "uniform":
        a = draw(plain)
        return {"kind": kind, "a": a, "b": a + draw(positive)}
    return {"kind": kind, "rate": draw(positive)}


@st.composite
def intervals(draw: st.DrawFn) -> dict[str, Any]:
    a, lo = draw(plain), draw(plain)
    return {"a": a, "b": a + draw(positive), "lo": lo, "hi": lo + draw(st.just(0.0) | positive)}


@st.composite
def posteriors(draw: st.DrawFn) -> dict[str, Any]:
    """A posterior with one mode, inside or at an end."""
    n = draw(st.integers(0, 20))
    k = draw(st.integers(0, n))
    alpha, beta = (draw(st.floats(0.05, 8) | st.sampled_from([1.0, 2.0])) for _ in range(2))
    up, down = alpha + k, beta + n - k
    one_mode = not (up < 1 and down < 1) and not (up == down == 1)
    return {"alpha": alpha if one_mode else alpha + 2, "beta": beta, "k": k, "n": n}


@st.composite
def likelihoods(draw: st.DrawFn) -> dict[str, Any]:
    n = draw(st.integers(1, 5))
    probs = draw(vectors(n, chances | st.floats(0.01, 1)))
    if draw(st.booleans()):
        return {"probs": probs}
    return {"probs": probs, "counts": draw(st.lists(st.integers(0, 3) | st.integers(0, 2000), min_size=n, max_size=n))}


INPUTS = {
    "bayes_posterior": st.fixed_dictionaries({"prior": chances, "sensitivity": chances, "false_positive_rate": chances}).filter(
        both_results_happen
    ),
    "hoeffding_sample_size": st.tuples(
        st.fixed_dictionaries({"eps": st.floats(1e-6, 2), "delta": st.floats(1e-12, 0.999)}), ranges()
    ).map(lambda parts: parts[0] | parts[1]),
    "hoeffding_bound": st.tuples(st.fixed_dictionaries({"n": st.integers(1, 100000), "eps": st.floats(1e-4, 2)}), ranges()).map(
        lambda parts: parts[0] | parts[1]
    ),
    "distribution_moments": moments(),
    "uniform_interval": intervals(),
    "gaussian_mle": st.integers(1, 8).flatmap(lambda n: st.fixed_dictionaries({"x": vectors(n, plain | extreme)})),
    "sample_variance_bias": st.fixed_dictionaries(
        {"sigma2": st.just(0.0) | positive, "n": st.integers(2, 8) | st.integers(2, 500)}
    ),
    "beta_bernoulli_map": posteriors(),
    "clt_tail_probability": st.fixed_dictionaries(
        {
            "mu": plain,
            "var": positive,
            "n": st.integers(1, 10000),
            "threshold": plain,
            "side": st.sampled_from(["greater", "less", "two"]),
        }
    ),
    "clt_sample_size": st.fixed_dictionaries(
        {
            "std": positive | st.integers(1, 200).map(lambda i: i / 100),
            "gap": positive | st.integers(1, 200).map(lambda i: -i / 1000),
            "z": plain | st.integers(0, 12).map(lambda i: i / 4),
        }
    ),
    "discrete_expectation_variance": st.integers(1, 6).flatmap(
        lambda n: st.fixed_dictionaries({"x": vectors(n, extreme | plain), "p": laws(n)})
    ),
    "log_likelihood_iid": likelihoods(),
}
