"""Rewards held back by a divergence from a reference model, and the policy that maximises them."""

import numpy as np
from numpy.typing import ArrayLike

from kernels import checks
from kernels.checks import Array
from kernels.losses import softmax
from kernels.registry import Record, kernel


@kernel(fields=("kl_estimate", "objective"))
def kl_regularized_reward(reward: float, logp_policy: ArrayLike, logp_ref: ArrayLike, beta: float) -> Record:
    r"""The reward of one sampled answer, less a penalty for straying from the reference model.

    $$R-\beta\sum_{t=1}^T\left(\log\pi_\theta(y_t)-\log\pi_{\mathrm{ref}}(y_t)\right)$$

    The sum estimates the divergence of the policy from the reference from a single sample: right on average over samples from the
    policy, and negative whenever the reference finds this one likelier.

    Args:
        reward: R, the reward of the whole answer.
        logp_policy: the natural log-probability that the policy gave each of its tokens, shape (T,), at most 0.
        logp_ref: that of the reference model for the same tokens, shape (T,), at most 0.
        beta: the weight of the penalty, above 0.

    Returns:
        kl_estimate: the summed log ratio, in nats.
        objective: the penalised reward.

    Raises:
        ValueError: beta <= 0, lengths that differ, T = 0, a log-probability above 0, an entry is NaN or infinite.

    Source: Ziegler et al., Fine-Tuning Language Models from Human Preferences (2019), eq. 2; Ouyang et al., Training Language
    Models to Follow Instructions with Human Feedback (2022), eq. 2.

    >>> kl_regularized_reward(1.5, logp_policy=[-1, -0.5], logp_ref=[-1.25, -0.75], beta=0.5)
    Record(kl_estimate=0.5, objective=1.25)
    """
    reward, beta = checks.number(reward, "reward"), checks.number(beta, "beta", above=0)
    policy, ref = _log_probabilities(logp_policy, "logp_policy"), _log_probabilities(logp_ref, "logp_ref")
    checks.same_shape(policy, ref, "logp_policy", "logp_ref")
    kl_estimate = float(np.sum(policy - ref))
    return Record(kl_estimate=kl_estimate, objective=reward - beta * kl_estimate)


def _log_probabilities(value: ArrayLike, name: str) -> Array:
    logs = checks.vector(value, name)
    if (logs > 0).any():
        raise ValueError(f"{name} must hold logarithms of probabilities, at most 0, got {value!r}")
    return logs


@kernel()
def kl_optimal_policy(ref: ArrayLike, reward: ArrayLike, beta: float) -> Array:
    r"""The policy that is best when reward is weighed against divergence from a reference: the reference, tilted by the reward.

    $$\pi^*(y)=\frac{\pi_{\mathrm{ref}}(y)\,e^{r(y)/\beta}}{\sum_{y'}\pi_{\mathrm{ref}}(y')\,e^{r(y')/\beta}}
    =\arg\max_\pi\;\mathbb E_\pi[r]-\beta D_{\mathrm{KL}}(\pi\,\|\,\pi_{\mathrm{ref}})$$

    A large beta gives back the reference, a small one puts all mass on the best answer that the reference allows. What the
    reference never says stays at 0, whatever its reward.

    Args:
        ref: the reference's probabilities, shape (n,).
        reward: the reward of each answer, shape (n,).
        beta: the weight of the divergence, above 0.

    Returns:
        The probabilities of the best policy, shape (n,): the softmax of log ref + reward/beta.

    Raises:
        ValueError: beta <= 0, lengths that differ, ref is no distribution, an entry is NaN or infinite.

    Source: Rafailov et al., Direct Preference Optimization (2023), eq. 4 and appendix A.1.

    >>> kl_optimal_policy(ref=[0.5, 0.3, 0.2], reward=[0, 1, 2], beta=1).round(4)
    array([0.179 , 0.2919, 0.5291])
    """
    ref, reward = checks.distribution(ref, "ref"), checks.vector(reward, "reward")
    checks.same_shape(ref, reward, "ref", "reward")
    beta = checks.number(beta, "beta", above=0)
    said = ref > 0
    best = reward[said].max()  # taken out before the division, which may overflow to -inf then, and never to +inf
    logits = np.full_like(ref, -np.inf)
    with np.errstate(over="ignore"):
        logits[said] = np.log(ref[said]) + (reward[said] - best) / beta
    return softmax(logits)
