"""How well a language model predicts a text."""

import numpy as np
from numpy.typing import ArrayLike

from kernels import checks
from kernels.registry import Record, kernel


@kernel(fields=("nll_sum", "nll_mean", "perplexity", "bits_per_token"))
def sequence_nll(token_probs: ArrayLike) -> Record:
    r"""The negative log-likelihood of a text under a language model, and perplexity: between how many tokens the model wavers.

    $$\mathrm{NLL}=-\sum_{t=1}^T\ln q(x_t\mid x_{<t}),\qquad
    \mathrm{PPL}=\exp\left(\frac{\mathrm{NLL}}T\right)=2^{\text{bits per token}}$$

    Logarithms are summed; the product of the probabilities would underflow. A uniform guess among V tokens has a perplexity of V.
    Models with different tokenizers cannot be compared by it, since T differs.

    Args:
        token_probs: the probability, not its logarithm, that the model gave to each token that came, shape (T,), in [0, 1].

    Returns:
        nll_sum: the negative log-likelihood of the text, in nats; inf if a token had probability 0.
        nll_mean: the same for each token, in nats: the cross-entropy loss.
        perplexity: its exponential.
        bits_per_token: nll_mean in bits.

    Raises:
        ValueError: T = 0, a probability outside [0, 1], an entry is NaN.

    Source: Jurafsky and Martin, Speech and Language Processing (3rd ed. draft), chapter on n-gram language models, section on
    perplexity; Jelinek et al., Perplexity: a Measure of the Difficulty of Speech Recognition Tasks (1977).

    >>> sequence_nll([0.5, 0.25, 0.125, 0.25]).bits_per_token
    2.0
    >>> round(sequence_nll([0.01] * 7).perplexity, 9)
    100.0
    """
    q = checks.vector(token_probs, "token_probs")
    if (q < 0).any() or (q > 1).any():
        raise ValueError(f"token_probs must lie in [0, 1], got {token_probs!r}")
    with np.errstate(divide="ignore", over="ignore"):  # a probability of 0 means inf, and says so
        nll_sum = 0.0 - np.sum(np.log(q))  # not its negation, which is -0.0 for a text foreseen with certainty
        nll_mean = nll_sum / len(q)
        perplexity = np.exp(nll_mean)
    return Record(
        nll_sum=float(nll_sum),
        nll_mean=float(nll_mean),
        perplexity=float(perplexity),
        bits_per_token=float(nll_mean / np.log(2)),
    )
