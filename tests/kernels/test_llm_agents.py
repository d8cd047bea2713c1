"""The kernels of agents: edge cases, refusals, invariants."""

import itertools
import math
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kernels.llm_agents import exact_product, majority_vote, majority_vote_accuracy, mcts_backup, mcts_search, ucb_score
from kernels.oracles.agreement import gamma
from tests.kernels.inputs.llm_agents import literals, searches

steady = settings(derandomize=True, database=None, max_examples=50)


@pytest.mark.parametrize(
    ("a", "b", "product"),
    [
        ("1.5", "2", "3"),
        ("250", "4", "1000"),
        ("-0.0", "7", "0"),
        ("0.001", "-0.001", "-0.000001"),
        ("1e-5", "3", "0.00003"),
        ("2e30", "5", "1" + "0" * 31),
        ("123456789123456789123456789", "987654321", str(123456789123456789123456789 * 987654321)),
    ],
)
def test_products_are_written_in_full(a: str, b: str, product: str) -> None:
    assert exact_product(a, b) == product
    assert Fraction(product) == Fraction(a) * Fraction(b)


@steady
@given(a=literals, b=literals)
def test_the_product_reads_back_exactly(a: str, b: str) -> None:
    product = exact_product(a, b)
    assert Fraction(product) == Fraction(a) * Fraction(b)
    assert product == exact_product(product, "1")


@pytest.mark.parametrize(
    ("a", "b", "message"),
    [
        ("seven", "2", "a must be a decimal literal"),
        ("2", "inf", "b must be finite"),
        ("nan", "2", "a must be finite"),
        ("1e10001", "2", "a must have an exponent of at most 10000"),
        ("2", "1e-10001", "b must have an exponent of at most 10000"),
        (17.3, "2", "a must be a string, got 17.3"),
        ("", "2", "a must not be an empty string"),
    ],
)
def test_what_is_no_decimal_is_refused(a: Any, b: Any, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        exact_product(a, b)


def test_an_unvisited_child_comes_first_and_a_lone_visit_has_no_bonus() -> None:
    assert ucb_score(0, 0, 4) == math.inf
    assert ucb_score(0.7, 1, 1) == 0.7
    assert ucb_score(3, 4, 9, c=0) == 0.75


@steady
@given(n=st.integers(1, 50), more=st.integers(1, 50), total=st.floats(0, 50))
def test_the_score_grows_with_the_parents_visits_and_with_the_constant(n: int, more: int, total: float) -> None:
    assert ucb_score(total, n, n + more + 1) > ucb_score(total, n, n + more)
    assert ucb_score(total, n, n + more, c=2) > ucb_score(total, n, n + more, c=1)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"value_sum": 1, "visits": 1, "parent_visits": 0}, "parent_visits must be at least 1"),
        ({"value_sum": 1, "visits": -1, "parent_visits": 3}, "visits must be at least 0"),
        ({"value_sum": 1, "visits": 4, "parent_visits": 3}, "visits must be at most parent_visits, got 4 and 3"),
        ({"value_sum": math.nan, "visits": 1, "parent_visits": 3}, "value_sum must not contain NaN"),
        ({"value_sum": 1, "visits": 1, "parent_visits": 3, "c": math.inf}, "c must be finite"),
        ({"value_sum": 1, "visits": 1.5, "parent_visits": 3}, "visits must be an integer"),
    ],
)
def test_ucb_refuses(arguments: dict[str, Any], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        ucb_score(**arguments)


def test_backup_reaches_the_root_and_feeds_on_its_own_result() -> None:
    once = mcts_backup([{"W": 0, "n": 0}], 0.5)
    assert once == [{"W": 0.5, "n": 1, "mean": 0.5}]
    assert mcts_backup(once, 1) == [{"W": 1.5, "n": 2, "mean": 0.75}]


@pytest.mark.parametrize(
    ("path", "message"),
    [
        ([], "path must not be empty"),
        ("ab", "path must be a list"),
        ([[1, 2]], r"path\[0\] must be a dict with W, n"),
        ([{"W": 1, "n": 1}, {"W": 1}], r"path\[1\] must have n"),
        ([{"W": 1, "n": 1, "wins": 1}], r"path\[0\] must not have 'wins', only W, n, mean"),
        ([{"W": 1, "n": -1}], r"path\[0\]\['n'\] must be at least 0"),
        ([{"W": math.nan, "n": 1}], r"path\[0\]\['W'\] must not contain NaN"),
    ],
)
def test_backup_refuses(path: Any, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        mcts_backup(path, 0.5)


def test_backup_refuses_a_reward_that_is_no_number() -> None:
    with pytest.raises(ValueError, match="reward must be finite"):
        mcts_backup([{"W": 1, "n": 1}], math.inf)


@steady
@given(search=searches())
def test_every_visit_passes_from_the_root_to_one_child(search: dict[str, Any]) -> None:
    found, children = mcts_search(**search), search["children"]
    assert found.visits[0] == search["iterations"] == len(found.trace)
    for node, row in enumerate(children):
        below = sum(found.visits[child] for child in row)
        if node == 0:
            assert below == found.visits[0]
        elif row and found.visits[node]:
            assert below == found.visits[node] - 1
    assert found.visits[found.best_child] == max(found.visits[child] for child in children[0])


@steady
@given(search=searches())
def test_the_trace_tells_each_choice(search: dict[str, Any]) -> None:
    """Replayed with the other two kernels: the scores are UCB scores, the largest is taken, the reward is backed up."""
    found, children, value = mcts_search(**search), search["children"], search["value"]
    nodes = [{"W": 0.0, "n": 0} for _ in children]
    steps = 8 * search["iterations"]
    for entry in found.trace:
        assert len(entry.scores) == len(entry.path) - 1
        assert entry.reward == value[entry.path[-1]]
        for (here, chosen), scores in zip(itertools.pairwise(entry.path), entry.scores, strict=True):
            assert scores[children[here].index(chosen)] == max(scores)
            for child, score in zip(children[here], scores, strict=True):
                node = nodes[child]
                expected = ucb_score(node["W"], node["n"], max(nodes[here]["n"], 1), search["c"])
                size = abs(value).max() + search["c"] * 3  # the bonus: sqrt(ln 14) < 3
                assert score == expected or abs(score - expected) <= gamma(steps) * size
        for node, updated in zip(entry.path, mcts_backup([nodes[node] for node in entry.path], entry.reward), strict=True):
            nodes[node] = dict(updated)


def test_means_that_tie_on_paper_tie() -> None:
    """In floats 0.7 + 0.7 + 0.7 is below 3 times 0.7, and the second child would win."""
    found = mcts_search([[1, 2], [], []], [0, 0.7, 0.7], iterations=6, c=0)
    assert (0.7 + 0.7 + 0.7) / 3 < 0.7
    assert found.visits.tolist() == [6, 5, 1]
    assert found.best_child == 1


def test_ties_go_to_the_lowest_index_in_whatever_order_the_children_are_listed() -> None:
    found = mcts_search([[2, 1], [], []], [0, 0.5, 0.5], iterations=2)
    assert [entry.path for entry in found.trace] == [[0, 1], [0, 2]]
    assert found.best_child == 1


def test_a_leaf_is_evaluated_again_at_each_visit_and_a_lost_node_never() -> None:
    found = mcts_search([[1], [], [3], []], [9, 0.5, 1, 1], iterations=3)
    assert found.visits.tolist() == [3, 3, 0, 0]
    assert found.value_sum.tolist() == [1.5, 1.5, 0, 0]


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"children": []}, "children must not be empty"),
        ({"children": [[], [2], []]}, r"children\[0\] must not be empty: the root needs a child"),
        ({"children": [[1, 3], [], []]}, r"children\[0\] must hold indices from 0 to 2, got 3"),
        ({"children": [[1, -1], [], []]}, r"children\[0\] must hold indices from 0 to 2, got -1"),
        ({"children": [[1, 2], [2], []]}, "one parent, got 0 and 1 for node 2"),
        ({"children": [[1, 2], [0], []]}, r"children\[1\] must not hold 0: the root has no parent"),
        ({"children": [[1.5], [], []]}, r"children\[0\] must hold integers"),
        ({"value": [0, 1]}, r"value must have shape \(3\), got \(2,\)"),
        ({"value": [0, 1, math.nan]}, "value must not contain NaN"),
        ({"iterations": 0}, "iterations must be at least 1"),
        ({"c": -0.1}, "c must be at least 0"),
    ],
)
def test_search_refuses(change: dict[str, Any], message: str) -> None:
    valid = {"children": [[1, 2], [], []], "value": [0, 0.5, 0.5], "iterations": 2}
    with pytest.raises(ValueError, match=message):
        mcts_search(**(valid | change))


def test_a_tied_vote_goes_to_the_first_answer() -> None:
    found = majority_vote(["b", "a", "a", "b", "c"])
    assert found.winner == "b"
    assert list(found.counts.items()) == [("b", 2), ("a", 2), ("c", 1)]


@pytest.mark.parametrize(
    ("answers", "message"),
    [([], "answers must not be empty"), (["4", 4], r"answers\[1\] must be a string, got 4"), ("yes", "answers must be a list")],
)
def test_votes_refused(answers: Any, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        majority_vote(answers)


@pytest.mark.parametrize("n", [1, 3, 11, 2001])
def test_a_coin_stays_a_coin(n: int) -> None:
    assert majority_vote_accuracy(0.5, n) == 0.5
    assert (majority_vote_accuracy(0, n), majority_vote_accuracy(1, n)) == (0, 1)


def test_three_voters_by_the_formula_and_by_brute_force() -> None:
    p = Fraction(0.6)
    brute = sum(
        math.prod(p if right else 1 - p for right in votes)
        for votes in itertools.product([True, False], repeat=3)
        if sum(votes) > 1
    )
    assert majority_vote_accuracy(0.6, 3) == float(brute) == float(p**2 * (3 - 2 * p))


@steady
@given(p=st.floats(0.01, 0.99), k=st.integers(0, 20))
def test_more_voters_help_the_good_and_hurt_the_bad(p: float, k: int) -> None:
    few, many = majority_vote_accuracy(p, 2 * k + 1), majority_vote_accuracy(p, 2 * k + 3)
    assert few <= many if p >= 0.5 else few >= many


@pytest.mark.parametrize(
    ("p", "n", "message"),
    [
        (0.5, 4, "n must be odd, so that there is no tie, got 4"),
        (0.5, 0, "n must be at least 1"),
        (1.1, 3, "p must be at most 1"),
        (-0.1, 3, "p must be at least 0"),
    ],
)
def test_accuracy_refuses(p: float, n: int, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        majority_vote_accuracy(p, n)
