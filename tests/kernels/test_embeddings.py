"""Edge cases, refusals, properties and gradients of the kernels of embeddings."""

import math
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
import sympy
import torch
from hypothesis import given, settings

import kernels
from kernels.embeddings import glove_loss_term, onehot_vs_embedding, pmi, sgns_loss, skipgram_softmax_loss
from kernels.oracles.agreement import bound, gamma
from tests.kernels.inputs.embeddings import INPUTS
from tests.kernels.rounding import assert_gives

NAN = math.nan
V_CENTER, U = [0.5, -1.0], [[1.0, 0.25], [0.5, 0.5], [-1.0, 2.0]]
quick = settings(max_examples=25, derandomize=True, database=None)


def sgns_of(v: Any, u: Any, negatives: Any, log: Callable[[Any], Any], exp: Callable[[Any], Any]) -> Any:
    """The loss as it is written down, for sympy and for torch."""

    def dot(a: Any, b: Any) -> Any:
        return sum(x * y for x, y in zip(a, b, strict=True))

    return log(1 + exp(-dot(u, v))) + sum(log(1 + exp(dot(u_j, v))) for u_j in negatives)


def softmax_loss_of(v: Any, rows: Any, context: int, log: Callable[[Any], Any], exp: Callable[[Any], Any]) -> Any:
    """The loss as it is written down, for sympy and for torch."""
    scores = [sum(x * y for x, y in zip(row, v, strict=True)) for row in rows]
    return -scores[context] + log(sum(exp(score) for score in scores))


def derivatives(loss: Callable[[Any, Any, Any], Any]) -> dict[str, Any]:
    """Value and gradient at V_CENTER by sympy; torch's autograd has the same to all but a few units."""
    v = sympy.symbols("v0 v1")
    at = dict(zip(v, map(sympy.Rational, V_CENTER), strict=True))
    symbolic = loss(v, sympy.log, sympy.exp)
    found = {"loss": float(symbolic.subs(at)), "grad_v": [float(symbolic.diff(entry).subs(at)) for entry in v]}
    tensor = torch.tensor(V_CENTER, dtype=torch.float64, requires_grad=True)
    torch.testing.assert_close(
        torch.autograd.grad(loss(tensor, torch.log, torch.exp), tensor)[0],
        torch.tensor(found["grad_v"], dtype=torch.float64),
        rtol=0,
        atol=gamma(64) * np.abs(U).max(),  # three vectors of entries up to the largest, each times a sigmoid of a few roundings
    )
    return found


# sgns_loss


def test_sgns_loss_has_the_gradient_of_its_formula() -> None:
    wanted = derivatives(lambda v, log, exp: sgns_of(v, U[0], U[1:], log, exp))
    assert_gives("sgns_loss", wanted, v_center=np.array(V_CENTER), u_context=np.array(U[0]), u_neg=np.array(U[1:]))


@pytest.mark.parametrize("none", [[], [[]], np.zeros((0, 2))])
def test_without_negatives_only_the_first_term_is_left(none: Any) -> None:
    pull = 1 / (1 + math.e)  # sigma(-1)
    wanted = {"loss": math.log1p(math.exp(-1)), "grad_v": [-pull, pull]}
    assert_gives("sgns_loss", wanted, v_center=[2.0, 1.0], u_context=[1.0, -1.0], u_neg=none)


def test_sgns_loss_is_finite_for_any_dot_product() -> None:
    assert sgns_loss([1000], [-1], []) == {"loss": 1000, "grad_v": 1}
    assert sgns_loss([1000], [1], [[1], [1]]) == {"loss": 2000, "grad_v": 2}
    assert sgns_loss([1000], [1], [[-1]]) == {"loss": 0, "grad_v": 0}


def test_the_loss_is_summed_over_the_negatives() -> None:
    one, two = sgns_loss(V_CENTER, U[0], [U[1]]), sgns_loss(V_CENTER, U[0], [U[1], U[2]])
    alone = sgns_loss(V_CENTER, [-entry for entry in U[2]], [])  # ln sigma(-u.v): a negative is a context turned round
    arguments = {"v_center": V_CENTER, "u_context": U[0], "u_neg": [U[1], U[2]]}
    assert abs(one.loss + alone.loss - two.loss) <= bound(kernels.get("sgns_loss"), arguments)["loss"]


def test_the_optimum_is_pmi_less_ln_k() -> None:
    P_x, P_y, P_xy, k = 0.2, 0.3, 0.1, 5
    x = math.log(P_xy / (P_x * P_y)) - math.log(k)
    positive, negative = sgns_loss([x], [1], []).grad_v, sgns_loss([x], [0], [[1]]).grad_v
    # of a pair that is drawn P_xy times, and k P_x P_y times as a negative, the pulls cancel
    assert abs(P_xy * positive + k * P_x * P_y * negative) <= gamma(32) * P_xy


# skipgram_softmax_loss


@pytest.mark.parametrize("context", [0, 1, 2])
def test_skipgram_softmax_loss_has_the_gradient_of_its_formula(context: int) -> None:
    wanted = derivatives(lambda v, log, exp: softmax_loss_of(v, U, context, log, exp))
    assert_gives("skipgram_softmax_loss", wanted, scale=2, v_center=np.array(V_CENTER), U=np.array(U), context=context)


def test_one_word_is_no_surprise() -> None:
    result = skipgram_softmax_loss([1, 2], [[3, 4]], 0)
    assert str(result.loss) == "0.0"  # not -0.0
    assert result.grad_v.tolist() == [0, 0]


def test_skipgram_softmax_loss_with_dot_products_beyond_the_range_of_exp() -> None:
    assert skipgram_softmax_loss([1000], [[1], [-1]], 1) == {"loss": 2000, "grad_v": 2}
    assert skipgram_softmax_loss([1000], [[1], [-1]], 0) == {"loss": 0, "grad_v": 0}


@quick
@given(INPUTS["skipgram_softmax_loss"])
def test_the_gradients_of_all_contexts_weighted_by_their_chances_cancel(arguments: dict[str, Any]) -> None:
    rows = arguments["U"]
    results = [skipgram_softmax_loss(arguments["v_center"], rows, o) for o in range(len(rows))]
    chances = np.exp([-result.loss for result in results])
    total = chances @ np.array([result.grad_v for result in results])
    # a loss of at most 1200 (a difference of dot products of 3 terms of 100, twice) is off by a few units of them
    error = len(rows) * gamma(64) * 1200 * np.abs(rows).max()
    assert abs(chances.sum() - 1) <= len(rows) * gamma(64) * 1200
    assert (np.abs(total) <= error).all()


# glove_loss_term


def test_a_count_of_zero_is_skipped() -> None:
    result = glove_loss_term(0, [1, 2], [3, 4], b_i=5, b_j=6)
    assert result == {"weight": 0, "error": 0, "loss": 0}
    assert all(isinstance(value, float) for value in result.values())


@pytest.mark.parametrize("x", [100, 101, 1e9])
def test_the_weight_saturates_at_one(x: float) -> None:
    assert glove_loss_term(x, [0], [0], 0, 0).weight == 1


def test_the_weight_rises_as_a_power_of_the_count() -> None:
    for x, weight in (1, 2**-6), (16, 2**-3), (256, 1):
        assert glove_loss_term(x, [0], [0], 0, 0, x_max=256).weight == weight
    assert glove_loss_term(1e-3, [0], [0], 0, 0, alpha=0).weight == 1


def test_a_perfect_fit_costs_nothing() -> None:
    assert glove_loss_term(1, [2, -1], [1, 2], b_i=0.5, b_j=-0.5) == {"weight": 0.01**0.75, "error": 0, "loss": 0}


# pmi


def test_independent_words_have_none() -> None:
    assert pmi(2, 10, 20, 100) == 0
    assert pmi(7, 7, 7, 7) == 0


def test_words_that_never_meet_have_minus_infinity() -> None:
    assert pmi(0, 1, 1, 2) == -math.inf


@pytest.mark.parametrize("base", [2, 10, 0.5])
def test_pmi_is_symmetric_and_changes_with_the_base_by_a_factor(base: float) -> None:
    assert pmi(3, 5, 40, 100, base) == pmi(3, 40, 5, 100, base)
    assert pmi(3, 5, 40, 100, base) == pmi(3, 5, 40, 100) / math.log(base)


def test_pmi_of_counts_beyond_the_floats() -> None:
    assert pmi(10**17 + 1, 10**17 + 1, 10**17 + 1, 2 * (10**17 + 1)) == math.log(2)


# onehot_vs_embedding


def test_one_hot_vectors_know_of_no_likeness() -> None:
    one, other = np.eye(5)[[1, 3]]
    assert onehot_vs_embedding(5, 2) == {"onehot_dim": len(one), "params": 10, "cosine_onehot": one @ other}
    assert np.linalg.norm(one - other) == math.sqrt(2)


# refusals

sgns = {"v_center": [1, 2], "u_context": [1, 2], "u_neg": [[1, 2]]}
glove = {"x_ij": 1, "w_i": [1], "w_j": [1], "b_i": 0, "b_j": 0}
counts = {"count_xy": 1, "count_x": 2, "count_y": 3, "total": 10}


@pytest.mark.filterwarnings("ignore:overflow", "ignore:invalid value")
@pytest.mark.parametrize(
    ("name", "arguments", "message"),
    [
        ("sgns_loss", {**sgns, "u_context": [1]}, r"v_center and u_context must have one shape, got \(2,\) and \(1,\)"),
        ("sgns_loss", {**sgns, "u_neg": [[1]]}, r"u_neg must have shape \(any, 2\), got \(1, 1\)"),
        ("sgns_loss", {**sgns, "u_neg": [1, 2]}, "u_neg must be a matrix"),
        ("sgns_loss", {**sgns, "u_neg": [[1, 2], [3]]}, "u_neg must be an array of numbers with rows of one length"),
        ("sgns_loss", {**sgns, "v_center": []}, "v_center must not be empty"),
        ("sgns_loss", {**sgns, "v_center": [1, NAN]}, "v_center must not contain NaN"),
        ("sgns_loss", {"v_center": [1e200], "u_context": [1e200], "u_neg": []}, "the dot products must be finite"),
        ("sgns_loss", {"v_center": [1], "u_context": [1], "u_neg": [[1e308], [1e308]]}, "the gradient must be finite"),
        ("skipgram_softmax_loss", {"v_center": [1], "U": [[1], [2]], "context": 2}, "context must be at most 1, got 2"),
        ("skipgram_softmax_loss", {"v_center": [1], "U": [[1], [2]], "context": -1}, "context must be at least 0, got -1"),
        ("skipgram_softmax_loss", {"v_center": [1], "U": [[1, 2]], "context": 0}, r"U must have shape \(any, 1\), got \(1, 2\)"),
        ("skipgram_softmax_loss", {"v_center": [1e200], "U": [[1e200]], "context": 0}, "the dot products must be finite"),
        ("glove_loss_term", {**glove, "x_ij": -1}, "x_ij must be at least 0, got -1"),
        ("glove_loss_term", {**glove, "x_max": 0}, "x_max must be greater than 0"),
        ("glove_loss_term", {**glove, "alpha": -1}, "alpha must be at least 0"),
        ("glove_loss_term", {**glove, "w_j": [1, 2]}, r"w_i and w_j must have one shape, got \(1,\) and \(2,\)"),
        ("glove_loss_term", {**glove, "b_i": NAN}, "b_i must not contain NaN"),
        ("glove_loss_term", {**glove, "w_i": [1e200]}, "the loss is too large"),
        ("pmi", {**counts, "count_x": 0, "count_xy": 0}, "count_x must be at least 1, got 0"),
        ("pmi", {**counts, "count_y": 0, "count_xy": 0}, "count_y must be at least 1, got 0"),
        ("pmi", {**counts, "total": 0}, "total must be at least 1"),
        ("pmi", {**counts, "count_xy": -1}, "count_xy must be at least 0"),
        ("pmi", {**counts, "count_xy": 3}, "contradict one another, got 3, 2, 3 and 10"),
        ("pmi", {**counts, "total": 3}, "contradict one another, got 1, 2, 3 and 3"),
        ("pmi", {**counts, "base": 1}, "base must not be 1"),
        ("pmi", {**counts, "base": 0}, "base must be greater than 0"),
        ("onehot_vs_embedding", {"V": 0, "d": 1}, "V must be at least 1"),
        ("onehot_vs_embedding", {"V": 1, "d": 0}, "d must be at least 1"),
    ],
)
def test_refuses(name: str, arguments: dict[str, Any], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        kernels.get(name)(**arguments)
