"""The kernels of alignment: edge cases, refusals, invariants."""

import itertools
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings

from kernels.alignment import kl_optimal_policy, kl_regularized_reward
from kernels.oracles.agreement import gamma
from tests.kernels.inputs.alignment import tilts

steady = settings(derandomize=True, database=None, max_examples=50)


def test_the_estimate_is_negative_where_the_reference_finds_the_sample_likelier() -> None:
    found = kl_regularized_reward(1, logp_policy=[-2, -1], logp_ref=[-1, -0.5], beta=2)
    assert found == {"kl_estimate": -1.5, "objective": 4}


def test_the_estimate_is_right_on_average() -> None:
    """Over all answers of two tokens, each weighted by the policy's probability, it is the divergence of the answers."""
    first, second = np.array([0.7, 0.3]), np.array([[0.9, 0.1], [0.2, 0.8]])
    ref_first, ref_second = np.array([0.5, 0.5]), np.array([[0.6, 0.4], [0.5, 0.5]])
    mean = 0.0
    for a, b in itertools.product(range(2), repeat=2):
        policy, ref = [first[a], second[a, b]], [ref_first[a], ref_second[a, b]]
        mean += np.prod(policy) * kl_regularized_reward(0, np.log(policy), np.log(ref), beta=1).kl_estimate
    joint, ref_joint = first[:, None] * second, ref_first[:, None] * ref_second
    divergence = np.sum(joint * np.log(joint / ref_joint))
    assert abs(mean - divergence) <= 2 * gamma(16) * np.sum(joint * np.abs(np.log(joint)) + joint * np.abs(np.log(ref_joint)))


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"beta": 0}, "beta must be greater than 0"),
        ({"beta": -1}, "beta must be greater than 0"),
        ({"logp_ref": [-1]}, r"logp_policy and logp_ref must have one shape, got \(2,\) and \(1,\)"),
        ({"logp_policy": [], "logp_ref": []}, "logp_policy must not be empty"),
        ({"logp_policy": [0.5, -1]}, r"logp_policy must hold logarithms of probabilities, at most 0, got \[0.5, -1\]"),
        ({"logp_ref": [-1, 0.1]}, "logp_ref must hold logarithms of probabilities"),
        ({"logp_ref": [-1, -np.inf]}, "logp_ref must be finite"),
        ({"reward": np.nan}, "reward must not contain NaN"),
    ],
)
def test_rewards_refused(change: dict[str, Any], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        kl_regularized_reward(**({"reward": 1, "logp_policy": [-1, -2], "logp_ref": [-2, -1], "beta": 1} | change))


def test_a_large_weight_keeps_the_reference_and_a_small_one_decides() -> None:
    ref, reward = [0.5, 0.25, 0.25, 0], [1, 3, 2, 9]
    assert kl_optimal_policy(ref, reward, beta=1e18).tolist() == ref
    assert kl_optimal_policy(ref, reward, beta=1e-18).tolist() == [0, 1, 0, 0]
    assert kl_optimal_policy(ref, np.array(reward) * 1e300, beta=1e-300).tolist() == [0, 1, 0, 0]


@steady
@given(tilt=tilts())
def test_what_the_reference_never_says_stays_unsaid_and_the_rest_sums_to_1(tilt: dict[str, Any]) -> None:
    policy = kl_optimal_policy(**tilt)
    assert (policy[tilt["ref"] == 0] == 0).all()
    assert abs(policy.sum() - 1) <= gamma(2 * len(policy))


@steady
@given(tilt=tilts())
def test_no_mixture_with_another_policy_is_better(tilt: dict[str, Any]) -> None:
    ref, reward, beta = tilt["ref"], tilt["reward"], tilt["beta"]

    def objective(policy: Any) -> float:
        q, p = policy[policy > 0], ref[policy > 0]
        return float(policy @ reward - beta * q @ np.log(q / p))

    best = kl_optimal_policy(**tilt)
    others = [ref, *(np.eye(len(ref))[i] for i in np.flatnonzero(ref))]
    sizes = np.abs(reward).max() + beta * (1 + np.abs(np.log(ref[ref > 0])).max())  # the terms that are added and their logs
    for other in others:
        assert objective(best) >= objective((best + other) / 2) - gamma(16 * len(ref)) * sizes


@steady
@given(tilt=tilts())
def test_only_differences_of_reward_count(tilt: dict[str, Any]) -> None:
    """Quarters, so that the shift is exact."""
    shifted = tilt | {"reward": np.rint(tilt["reward"] * 4) / 4}
    assert np.array_equal(kl_optimal_policy(**shifted), kl_optimal_policy(**(shifted | {"reward": shifted["reward"] + 8})))


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"beta": 0}, "beta must be greater than 0"),
        ({"reward": [1]}, r"ref and reward must have one shape, got \(2,\) and \(1,\)"),
        ({"ref": [0.5, 0.6]}, "ref must sum to 1"),
        ({"ref": [1.5, -0.5]}, "ref must hold probabilities"),
        ({"reward": [1, np.inf]}, "reward must be finite"),
    ],
)
def test_policies_refused(change: dict[str, Any], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        kl_optimal_policy(**({"ref": [0.5, 0.5], "reward": [1, 2], "beta": 1} | change))
