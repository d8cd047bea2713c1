"""Edge cases, refusals and properties of the kernels of decoding and sampling."""

import itertools
import math
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings

import kernels
from kernels import oracles
from kernels.decoding_and_sampling import beam_search, length_normalized_score, top_k_filter, top_p_filter
from kernels.oracles.agreement import gamma
from tests.kernels.inputs.decoding_and_sampling import INPUTS
from tests.kernels.rounding import assert_gives

NAN = math.nan
quick = settings(max_examples=25, derandomize=True, database=None)


# top_k_filter


@pytest.mark.parametrize("k", [3, 4, 100])
def test_a_k_of_all_tokens_changes_nothing(k: int) -> None:
    p = np.array([0.1, 0.2, 0.7 + 2**-52])  # a sum that is not quite 1 stays too
    assert np.array_equal(top_k_filter(p, k), p)
    assert top_k_filter(p, k) is not p


def test_a_k_of_one_is_greedy_and_takes_the_first_at_a_tie() -> None:
    assert top_k_filter([0.2, 0.4, 0.4], 1).tolist() == [0, 1, 0]
    assert top_k_filter([0.25] * 4, 2).tolist() == [0.5, 0.5, 0, 0]


@quick
@given(INPUTS["top_k_filter"])
def test_what_top_k_keeps_sums_to_one_in_the_same_proportions(arguments: dict[str, Any]) -> None:
    p, k, result = arguments["probs"], arguments["k"], top_k_filter(**arguments)
    assert abs(result.sum() - 1) <= gamma(2 * len(p)) + abs(p.sum() - 1)
    assert np.count_nonzero(result) == min(k, np.count_nonzero(p))
    assert p[result > 0].min() >= p[result == 0].max(initial=0)


# top_p_filter


def test_sums_are_those_of_the_decimals_as_written() -> None:
    p = [0.7, 0.2, 0.1]
    assert 0.7 + 0.2 != 0.9  # in binary, where it falls short
    assert top_p_filter(p, 0.9).kept.tolist() == [0, 1]
    assert top_p_filter(p, 0.9, boundary="gt").kept.tolist() == [0, 1, 2]
    assert 0.1 + 0.2 > 0.3  # in binary, where it goes beyond
    q = [0.2, 0.1] + [0.07] * 10
    assert top_p_filter(q, 0.3, boundary="gt").kept.tolist() == [0, 1, 2]
    assert top_p_filter(q, 0.3).kept.tolist() == [0, 1]


def test_what_is_kept_is_numbered_in_the_order_of_the_tokens() -> None:
    result = top_p_filter([0.2, 0.3, 0.5], 0.75)
    assert result.kept.tolist() == [1, 2]
    assert result.kept.dtype.kind == "i"
    assert result.probs.tolist() == [0, 0.3 / 0.8, 0.5 / 0.8]


@pytest.mark.parametrize("boundary", ["ge", "gt"])
def test_at_least_one_token_is_kept(boundary: str) -> None:
    assert top_p_filter([0.1, 0.9], 1e-9, boundary).kept.tolist() == [1]
    assert top_p_filter([1.0], 0.5, boundary).probs.tolist() == [1]


@pytest.mark.parametrize("boundary", ["ge", "gt"])
def test_a_p_of_one_keeps_what_is_possible(boundary: str) -> None:
    assert top_p_filter([0.5, 0, 0.5], 1, boundary).kept.tolist() == [0, 2]
    drifted = [1 / 3 + 1e-10, 1 / 3, 1 / 3, 1e-12]  # the first three exceed 1 already
    assert top_p_filter(drifted, 1, boundary).kept.tolist() == [0, 1, 2, 3]
    short = [0.3, 0.3, 0.4 - 1e-10, 0]  # and these never reach it
    assert top_p_filter(short, 1, boundary).kept.tolist() == [0, 1, 2]
    assert top_p_filter(short, 1 - 1e-12, boundary).kept.tolist() == [0, 1, 2]


def test_equal_probabilities_go_by_their_index() -> None:
    assert top_p_filter([0.25] * 4, 0.5).kept.tolist() == [0, 1]
    assert top_p_filter([0.25] * 4, 0.5, boundary="gt").kept.tolist() == [0, 1, 2]


@quick
@given(INPUTS["top_p_filter"])
def test_what_top_p_keeps_reaches_p_and_not_without_its_last(arguments: dict[str, Any]) -> None:
    probs, p, result = arguments["probs"], arguments["p"], top_p_filter(**arguments)
    n = len(probs)
    assert abs(result.probs.sum() - 1) <= gamma(2 * n)
    assert np.flatnonzero(result.probs).tolist() == result.kept.tolist()
    kept = probs[result.kept]
    assert kept.sum() >= min(p, probs.sum()) - gamma(n)
    assert p == 1 or kept.sum() - kept.min() <= p + gamma(n)
    assert kept.min() >= np.delete(probs, result.kept).max(initial=0)


# beam_search

TABLE = {
    "<s>": {"a": 0.5, "b": 0.4, "c": 0.1},
    "a": {"a": 0.2, "b": 0.3, "c": 0.2, "</s>": 0.3},
    "b": {"a": 0.05, "</s>": 0.95},
    "c": {"c": 1.0},
}


def chance(table: dict[str, dict[str, float]], sequence: list[str]) -> float:
    return math.prod(table[a][b] for a, b in itertools.pairwise(sequence))


def test_greedy_misses_what_a_beam_of_two_finds() -> None:
    greedy, two = beam_search(TABLE, 1, 3), beam_search(TABLE, 2, 3)
    assert greedy.sequence == ["<s>", "a", "</s>"]  # at 0.3 b and the end are even, and the end comes first
    assert two.sequence == ["<s>", "b", "</s>"]
    assert two.logprob > greedy.logprob
    assert_gives("beam_search", {"logprob": math.log(0.38), "score": math.log(0.38)}, table=TABLE, beam=2, max_len=3)


def test_ties_are_those_of_the_exact_products_and_go_by_the_tokens() -> None:
    table = {
        "<s>": {"y": 0.2, "b": 0.3, "n": 0.5},
        "y": {"z": 0.9, "n": 0.1},
        "b": {"z": 0.6, "n": 0.4},
        "z": {"</s>": 0.5, "n": 0.5},
        "n": {"n": 1.0},
    }
    assert 0.2 * 0.9 > 0.3 * 0.6  # in binary, and so are the sums of their logs
    assert math.log(0.2) + math.log(0.9) > math.log(0.3) + math.log(0.6)
    assert beam_search(table, 100, 3).sequence == ["<s>", "b", "z", "</s>"]
    tied = [entry.tokens for entry in beam_search(table, 100, 3).trace[2] if entry.finished]
    assert tied == [["<s>", "b", "z", "</s>"], ["<s>", "y", "z", "</s>"]]


def test_a_tie_between_lengths_goes_by_the_tokens() -> None:
    table = {"<s>": {"b": 0.5, "a": 0.5}, "b": {"</s>": 0.5, "b": 0.5}, "a": {"c": 1.0}, "c": {"</s>": 0.5, "c": 0.5}}
    result = beam_search(table, 10, 3)
    assert result.sequence == ["<s>", "a", "c", "</s>"]  # found after <s> b </s>, as likely
    assert [entry.logprob for entry in result.trace[1] if entry.finished] == [result.logprob]


def test_finished_hypotheses_take_no_place_in_the_next_step() -> None:
    steps = beam_search(TABLE, 2, 3).trace
    assert [[entry.tokens[-1] for entry in step] for step in steps] == [["a", "b"], ["</s>", "</s>"]]
    steps = beam_search(TABLE, 3, 3).trace
    assert [[entry.tokens[-1] for entry in step] for step in steps] == [["a", "b", "c"], ["</s>", "</s>", "b"], ["</s>", "a"]]
    assert [[entry.finished for entry in step] for step in steps] == [[False] * 3, [True, True, False], [True, False]]


def test_it_stops_at_the_greatest_length() -> None:
    result = beam_search({"<s>": {"c": 1.0}, "c": {"c": 1.0}}, 2, 4)
    assert result.sequence == ["<s>", "c", "c", "c", "c"]
    assert (result.logprob, result.score, len(result.trace)) == (0, 0, 4)


def test_an_unfinished_hypothesis_wins_only_if_none_finished() -> None:
    table = {"<s>": {"a": 0.9, "</s>": 0.1}, "a": {"a": 1.0}}
    assert beam_search(table, 1, 2).sequence == ["<s>", "a", "a"]
    assert beam_search(table, 2, 2).sequence == ["<s>", "</s>"]


def test_a_length_penalty_ranks_the_pool_and_not_the_beam() -> None:
    table = {"<s>": {"</s>": 0.55, "a": 0.45}, "a": {"a": 0.5, "</s>": 0.5}}
    plain, averaged = beam_search(table, 2, 2), beam_search(table, 2, 2, length_penalty=1)
    assert plain.trace == averaged.trace
    assert plain.sequence == averaged.sequence == ["<s>", "</s>"]
    table = {"<s>": {"</s>": 0.55, "a": 0.45}, "a": {"</s>": 1.0}}
    assert beam_search(table, 2, 2).sequence == ["<s>", "</s>"]
    averaged = beam_search(table, 2, 2, length_penalty=1)
    assert averaged.sequence == ["<s>", "a", "</s>"]
    assert averaged.score == averaged.logprob / 2


@pytest.mark.parametrize(("alpha", "tail"), [(1, {"</s>": 0.25, "a": 0.75}), (0.5, {"b": 0.25, "a": 0.75})])
def test_a_tie_of_scores_is_that_of_the_exact_ones(alpha: float, tail: dict[str, float]) -> None:
    table = {"<s>": {"</s>": 0.35, "a": 0.49, "z": 0.16}, "a": tail, "b": {"c": 1.0}, "c": {"</s>": 1.0}, "z": {"z": 1.0}}
    assert math.log(0.1225) / 2 > math.log(0.35)  # in floats; but 0.49 times 0.25 is 0.35 squared
    assert beam_search(table, 100, 4 if alpha < 1 else 2, length_penalty=alpha).sequence == ["<s>", "</s>"]
    likelier = {**table, "<s>": {"</s>": 0.34999999999999, "a": 0.49, "z": 0.16000000000001}}
    assert len(beam_search(likelier, 100, 4 if alpha < 1 else 2, length_penalty=alpha).sequence) > 2


def test_what_is_certain_beats_what_is_all_but_impossible() -> None:
    """A row may sum to 1 within 1e-9."""
    arguments: dict[str, Any] = {
        "table": {"<s>": {"a": 1.0, "</s>": 1e-12}, "a": {"</s>": 1.0}},
        "beam": 2,
        "max_len": 2,
        "length_penalty": 1,
    }
    assert beam_search(**arguments).sequence == ["<s>", "a", "</s>"]
    for oracle in oracles.of("beam_search"):
        oracles.agree(kernels.get("beam_search"), oracle, arguments)


def test_a_start_symbol_may_be_the_end_symbol() -> None:
    result = beam_search({"#": {"a": 1.0}, "a": {"a": 0.25, "#": 0.75}}, 2, 3, bos="#", eos="#")
    assert result.sequence == ["#", "a", "#"]


def test_impossible_tokens_are_not_tried() -> None:
    result = beam_search({"<s>": {"a": 1.0, "b": 0.0}, "a": {"</s>": 1.0}, "b": {"</s>": 1.0}}, 5, 3)
    assert [len(step) for step in result.trace] == [1, 1]


def test_probabilities_too_small_for_a_float() -> None:
    result = beam_search({"<s>": {"a": 1e-200, "</s>": 1.0}, "a": {"a": 1e-200, "</s>": 1.0}}, 2, 2)
    small = result.trace[1][1]
    assert small.tokens == ["<s>", "a", "a"]
    assert abs(small.logprob - 2 * math.log(1e-200)) <= gamma(8) * 921  # 2 ln 1e-200 = -921.03; a difference of two logs of it


@quick
@given(INPUTS["beam_search"])
def test_the_trace_is_sorted_and_its_chances_are_right(arguments: dict[str, Any]) -> None:
    result = beam_search(**arguments)
    bos, eos = arguments.get("bos", "<s>"), arguments.get("eos", "</s>")
    for length, step in enumerate(result.trace, start=1):
        assert 1 <= len(step) <= arguments["beam"]
        for entry in step:
            assert entry.tokens[0] == bos
            assert len(entry.tokens) == length + 1
            assert entry.finished == (entry.tokens[-1] == eos)
            # three factors and their product round; ln turns a relative error into an absolute one
            assert abs(entry.logprob - math.log(chance(arguments["table"], entry.tokens))) <= gamma(16) * (1 + abs(entry.logprob))
        logprobs = [entry.logprob for entry in step]
        assert logprobs == sorted(logprobs, reverse=True)
    shown = [entry for step in result.trace for entry in step]
    assert any(entry.tokens == result.sequence and entry.logprob == result.logprob for entry in shown)


# length_normalized_score


@pytest.mark.parametrize("kind", ["power", "gnmt"])
def test_an_exponent_of_zero_leaves_the_log_probability(kind: str) -> None:
    assert length_normalized_score(-3.7, 9, 0, kind) == -3.7
    assert length_normalized_score(-3.7, 1, 0.6, kind) == -3.7  # and so does a length of one


def test_an_exponent_of_one_is_the_mean() -> None:
    assert length_normalized_score(-6, 4, 1, "power") == -1.5
    assert length_normalized_score(0, 4, 1, "power") == 0


def test_a_penalty_can_change_the_winner() -> None:
    short, long = (-4.0, 2), (-5.0, 5)
    assert length_normalized_score(*short, 0, "power") > length_normalized_score(*long, 0, "power")
    assert length_normalized_score(*short, 1, "power") < length_normalized_score(*long, 1, "power")


# refusals

row = {"</s>": 1.0}
search = {"table": {"<s>": row}, "beam": 1, "max_len": 1}


@pytest.mark.parametrize(
    ("name", "arguments", "message"),
    [
        ("top_k_filter", {"probs": [1.0], "k": 0}, "k must be at least 1, got 0"),
        ("top_k_filter", {"probs": [0.5, 0.6], "k": 1}, "probs must sum to 1"),
        ("top_k_filter", {"probs": [1.5, -0.5], "k": 1}, r"probs must hold probabilities in \[0, 1\]"),
        ("top_k_filter", {"probs": [], "k": 1}, "probs must not be empty"),
        ("top_p_filter", {"probs": [0.5, 0.6], "p": 0.5}, "probs must sum to 1"),
        ("top_p_filter", {"probs": [1.0], "p": 0}, "p must be greater than 0, got 0"),
        ("top_p_filter", {"probs": [1.0], "p": 1.1}, "p must be at most 1, got 1.1"),
        ("top_p_filter", {"probs": [1.0], "p": NAN}, "p must not contain NaN"),
        ("top_p_filter", {"probs": [1.0], "p": 0.5, "boundary": ">"}, "boundary must be one of ge, gt, got '>'"),
        ("beam_search", {**search, "beam": 0}, "beam must be at least 1"),
        ("beam_search", {**search, "max_len": 0}, "max_len must be at least 1"),
        ("beam_search", {**search, "length_penalty": -1}, "length_penalty must be at least 0"),
        ("beam_search", {**search, "table": {"<s>": {"</s>": 0.9}}}, r"table\['<s>'\] must sum to 1, got 0.9"),
        ("beam_search", {**search, "table": {"<s>": {}}}, r"table\['<s>'\] must not be empty"),
        (
            "beam_search",
            {**search, "table": {"<s>": {"a": 0.5, "</s>": 0.5}}},
            "a row for every token but '</s>', there is none for 'a'",
        ),
        ("beam_search", {**search, "table": {"a": row}}, "there is none for '<s>'"),
        ("beam_search", {**search, "table": {"a": {"#": 1.0}}, "bos": "#", "eos": "#"}, "there is none for '#'"),
        ("length_normalized_score", {"logprob": -1, "length": 0, "alpha": 1, "kind": "power"}, "length must be at least 1, got 0"),
        (
            "length_normalized_score",
            {"logprob": 0.1, "length": 1, "alpha": 1, "kind": "power"},
            "logprob must be at most 0, got 0.1",
        ),
        ("length_normalized_score", {"logprob": -1, "length": 1, "alpha": NAN, "kind": "power"}, "alpha must not contain NaN"),
        ("length_normalized_score", {"logprob": -1, "length": 1, "alpha": 1, "kind": "mean"}, "kind must be one of power, gnmt"),
        (
            "length_normalized_score",
            {"logprob": -1, "length": 9, "alpha": 1e4, "kind": "power"},
            "the length penalty must be finite",
        ),
        (
            "length_normalized_score",
            {"logprob": -1, "length": 9, "alpha": -1e4, "kind": "gnmt"},
            "the length penalty must be greater",
        ),
    ],
)
def test_refuses(name: str, arguments: dict[str, Any], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        kernels.get(name)(**arguments)
