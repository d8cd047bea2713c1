"""The kernels of language modelling: edge cases, refusals, invariants."""

import math
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings

from kernels.language_modeling import sequence_nll
from kernels.oracles.agreement import gamma
from tests.kernels.inputs.language_modeling import INPUTS

steady = settings(derandomize=True, database=None, max_examples=50)


@pytest.mark.parametrize("V", [2, 64, 1024])
def test_a_uniform_guess_among_v_tokens_has_perplexity_v(V: int) -> None:
    found = sequence_nll([1 / V] * 5)
    assert found.bits_per_token == pytest.approx(math.log2(V), rel=gamma(16), abs=0)
    assert found.perplexity == pytest.approx(V, rel=gamma(16) * math.log(V), abs=0)


def test_a_token_held_impossible_is_infinitely_bad() -> None:
    assert set(sequence_nll([0.5, 0, 0.9]).values()) == {math.inf}


def test_certainty_is_a_plain_zero() -> None:
    assert {name: str(value) for name, value in sequence_nll([1, 1]).items()} == {
        "nll_sum": "0.0",
        "nll_mean": "0.0",
        "perplexity": "1.0",
        "bits_per_token": "0.0",
    }


def test_the_product_may_underflow_and_the_sum_does_not() -> None:
    probabilities = [1e-300] * 10
    assert np.prod(probabilities) == 0
    assert sequence_nll(probabilities).nll_sum == pytest.approx(3000 * math.log(10), rel=gamma(16), abs=0)


@steady
@given(arguments=INPUTS["sequence_nll"])
def test_the_four_agree_and_order_does_not_matter(arguments: dict[str, Any]) -> None:
    q = arguments["token_probs"]
    found, turned = sequence_nll(q), sequence_nll(q[::-1])
    if q.min() > 0:
        size = len(q) * (1 + np.abs(np.log(q)).max())
        assert abs(found.nll_sum - turned.nll_sum) <= gamma(2 * len(q)) * size
        assert found.nll_mean == found.nll_sum / len(q)
        assert 2**found.bits_per_token == pytest.approx(found.perplexity, rel=gamma(8) * size, abs=0)
    assert found.nll_sum >= 0
    assert found.perplexity >= 1


@pytest.mark.parametrize(
    ("q", "message"),
    [
        ([], "token_probs must not be empty"),
        ([0.5, -0.1], r"token_probs must lie in \[0, 1\], got \[0.5, -0.1\]"),
        ([0.5, 1.1], r"token_probs must lie in \[0, 1\]"),
        ([math.nan], "token_probs must not contain NaN"),
        ([[0.5]], "token_probs must be a vector"),
    ],
)
def test_texts_refused(q: Any, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        sequence_nll(q)
