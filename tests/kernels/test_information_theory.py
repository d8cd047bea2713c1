"""Edge cases, refusals and properties of the kernels of information theory."""

import math
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings

import kernels
from kernels.information_theory import cross_entropy_dist, entropy, kl_divergence
from kernels.oracles.agreement import bound
from tests.kernels.inputs.information_theory import INPUTS
from tests.kernels.rounding import assert_gives

quick = settings(max_examples=25, derandomize=True, database=None)


@pytest.mark.parametrize(
    ("p", "message"),
    [
        ([1.5, -0.5], r"p must hold probabilities in \[0, 1\]"),
        ([0.5, 0.4], "p must sum to 1, got 0.9"),
        ([0.5, 0.5 + 1e-8], "p must sum to 1"),
        ([], "p must not be empty"),
        ([[1.0]], "p must be a vector"),
        ([math.nan, 1], "p must not contain NaN"),
    ],
)
@pytest.mark.parametrize("name", sorted(INPUTS))
def test_what_is_no_distribution_is_refused(name: str, p: Any, message: str) -> None:
    other = {} if name == "entropy" else {"q": [0.5, 0.5]}
    with pytest.raises(ValueError, match=message):
        kernels.get(name)(p=p, **other)
    if other:
        with pytest.raises(ValueError, match=message.replace("p must", "q must")):
            kernels.get(name)(p=[0.5, 0.5], q=p)


@pytest.mark.parametrize("name", ["cross_entropy_dist", "kl_divergence"])
def test_distributions_over_other_outcomes_are_refused(name: str) -> None:
    with pytest.raises(ValueError, match=r"p and q must have one shape, got \(2,\) and \(1,\)"):
        kernels.get(name)([0.5, 0.5], [1])


@pytest.mark.parametrize(
    ("base", "message"), [(0, "base must be greater than 0, got 0"), (-2, "base must be greater"), (1, "base must not be 1")]
)
@pytest.mark.parametrize("name", sorted(INPUTS))
def test_a_base_without_a_logarithm_is_refused(name: str, base: float, message: str) -> None:
    other = {} if name == "entropy" else {"q": [0.5, 0.5]}
    with pytest.raises(ValueError, match=message):
        kernels.get(name)(p=[0.5, 0.5], base=base, **other)


def test_a_certain_outcome_has_no_entropy() -> None:
    assert entropy([0, 1, 0]) == 0
    assert math.copysign(1, entropy([0, 1, 0])) == 1


@pytest.mark.parametrize("n", [1, 2, 3, 10])
def test_the_uniform_distribution_has_log_n(n: int) -> None:
    assert_gives("entropy", math.log(n), p=[1 / n] * n)


@quick
@given(INPUTS["entropy"])
def test_entropy_lies_between_zero_and_log_n(arguments: dict[str, Any]) -> None:
    base = arguments.get("base", math.e)
    assert 0 <= entropy(**arguments) <= math.log(len(arguments["p"]), base) + bound(kernels.get("entropy"), arguments)


@pytest.mark.parametrize("name", sorted(INPUTS))
def test_a_base_changes_the_unit(name: str) -> None:
    arguments = {"p": [0.5, 0.3, 0.2]} | ({} if name == "entropy" else {"q": [0.25, 0.5, 0.25]})
    nats = kernels.get(name)(**arguments)
    assert_gives(name, nats / math.log(2), base=2.0, **arguments)
    assert_gives(name, -nats / math.log(2), base=0.5, **arguments)


@quick
@given(INPUTS["cross_entropy_dist"])
def test_cross_entropy_is_entropy_plus_divergence(arguments: dict[str, Any]) -> None:
    only_p = {name: value for name, value in arguments.items() if name != "q"}
    assert_gives("cross_entropy_dist", entropy(**only_p) + kl_divergence(**arguments), **arguments)


@pytest.mark.parametrize("function", [cross_entropy_dist, kl_divergence])
def test_what_q_rules_out_and_p_has_is_an_infinite_surprise(function: Any) -> None:
    assert function([0.5, 0.5], [1, 0]) == math.inf
    assert function([0.5, 0.5], [1, 0], base=2) == math.inf
    assert function([1, 0], [1, 0]) == 0
    assert function([1, 0], [0.5, 0.5]) == math.log(2)


def test_a_quotient_beyond_float64_does_not_overflow() -> None:
    assert_gives("kl_divergence", -math.log(1e-320), p=[1.0, 0.0], q=[1e-320, 1.0])


@quick
@given(INPUTS["kl_divergence"])
def test_divergence_is_never_negative_and_is_zero_from_itself(arguments: dict[str, Any]) -> None:
    assert kl_divergence(**arguments) >= 0
    assert kl_divergence(**(arguments | {"q": arguments["p"]})) == 0


def test_rounding_makes_no_divergence_negative() -> None:
    p, q = np.array([0.5, 0.5]), np.array([np.nextafter(0.5, 1), 0.5])
    assert p @ np.log(p / q) < 0
    assert kl_divergence(p, q) == 0


def test_divergence_is_positive_between_different_distributions_and_not_symmetric() -> None:
    p, q = np.array([0.9, 0.1]), np.array([0.5, 0.5])
    assert 0 < kl_divergence(p, q) < kl_divergence(q, p)
