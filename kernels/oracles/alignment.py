"""Second ways to the kernels of alignment."""

from fractions import Fraction
from typing import Any

import numpy as np

from kernels.oracles.registry import oracle


@oracle("kl_regularized_reward")
def kl_regularized_reward_tokenwise(reward: float, logp_policy: Any, logp_ref: Any, beta: float) -> dict[str, float]:
    """In fractions, the penalty taken off the reward token by token, as implementations of PPO do."""
    left, divergence = Fraction(float(reward)), Fraction(0)
    for mine, other in zip(logp_policy, logp_ref, strict=True):
        ratio = Fraction(float(mine)) - Fraction(float(other))
        divergence += ratio
        left -= Fraction(float(beta)) * ratio
    return {"kl_estimate": float(divergence), "objective": float(left)}


def _both(reward: float, logp_policy: Any, logp_ref: Any, beta: float) -> float:
    """The two sums, which may cancel."""
    return -float(np.sum(logp_policy) + np.sum(logp_ref))


@oracle("kl_regularized_reward", needs=("torch",), scale=_both)
def kl_regularized_reward_torch(reward: float, logp_policy: Any, logp_ref: Any, beta: float) -> dict[str, float]:
    """The log-probability of the whole answer by ``torch.sum`` under each model; the difference of the two."""
    import torch

    policy, ref = (torch.tensor(np.asarray(side, dtype=np.float64)).sum() for side in (logp_policy, logp_ref))
    return {"kl_estimate": float(policy - ref)}


@oracle("kl_optimal_policy", needs=("mpmath",))
def kl_optimal_policy_mpmath(ref: Any, reward: Any, beta: float) -> list[float]:
    """The textbook quotient with 50 digits, where no exponential overflows and none is shifted."""
    import mpmath

    with mpmath.workdps(50):
        pairs = zip(map(float, ref), map(float, reward), strict=True)
        weights = [mpmath.mpf(p) * mpmath.exp(mpmath.mpf(r) / mpmath.mpf(beta)) for p, r in pairs]
        total = mpmath.fsum(weights)
        return [float(weight / total) for weight in weights]


@oracle("kl_optimal_policy", needs=("scipy",))
def kl_optimal_policy_scipy(ref: Any, reward: Any, beta: float) -> Any:
    """``scipy.special.softmax`` of the tilted log-probabilities of the possible answers."""
    from scipy.special import softmax

    possible = np.asarray(ref) > 0
    policy = np.zeros(len(possible))
    policy[possible] = softmax(np.log(np.asarray(ref)[possible]) + np.asarray(reward)[possible] / beta)
    return policy


SPREAD = 1e-6
"""How far the marginal values may lie apart at the optimiser's optimum."""


def _inside(ref: Any, reward: Any, beta: float) -> bool:
    """Whether the best policy stays clear of the simplex's border, where the optimiser creeps."""
    return bool(np.min(ref) > 0.01 and np.ptp(reward) < 4 * beta)


@oracle("kl_optimal_policy", needs=("scipy",), applies=_inside, error=lambda **_: float(np.expm1(SPREAD)))
def kl_optimal_policy_optimised(ref: Any, reward: Any, beta: float) -> Any:
    """``scipy.optimize`` maximises reward less divergence on the simplex, knowing nothing of the closed form.

    At the maximum log(policy/ref) - reward/beta is the same for every answer. Where these values still differ by d, the policy is
    within a factor exp(d) of the best one, since both sum to 1: so d is measured, and exp(d) - 1 is what may be off.
    """
    from scipy.optimize import minimize

    p, r = np.asarray(ref), np.asarray(reward) / beta

    def costs(logits: Any) -> tuple[Any, Any]:
        q = np.exp(logits - np.max(logits))
        q /= q.sum()
        return q, np.log(q / p) - r

    def value(logits: Any) -> tuple[float, Any]:
        q, cost = costs(logits)
        return float(q @ cost), q * (cost - q @ cost)

    q, cost = costs(minimize(value, np.zeros(len(p)), jac=True, method="BFGS", options={"gtol": SPREAD * 1e-5}).x)
    assert np.ptp(cost) <= SPREAD, "the optimiser stopped early"
    return q
