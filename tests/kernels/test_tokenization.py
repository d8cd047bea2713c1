"""The kernels of byte-pair encoding: edge cases, refusals, invariants."""

from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given, settings

from kernels.tokenization import bpe_encode, bpe_train
from tests.kernels.inputs.tokenization import INPUTS

steady = settings(derandomize=True, database=None, max_examples=50)


def test_the_smallest_of_equally_frequent_pairs_is_merged() -> None:
    assert bpe_train({"ba": 1, "ab": 1}, merges=1).merges == [["a", "_"]]
    assert bpe_train({"ba": 1, "ab": 1}, merges=1, eow="~").merges == [["a", "b"]]


def test_overlaps_count_and_merge_from_the_left() -> None:
    """(a, a) stands twice in aaa, more often than (c, d) in cd; the first two merge."""
    found = bpe_train({"aaa": 1, "cd": 1}, merges=1)
    assert found.merges == [["a", "a"]]
    assert found.segmented["aaa"] == ["aa", "a", "_"]


def test_it_stops_when_every_word_is_one_symbol() -> None:
    found = bpe_train({"ab": 3, "a": 1}, merges=100)
    assert found.merges == [["a", "b"], ["ab", "_"], ["a", "_"]]
    assert found.segmented == {"ab": ["ab_"], "a": ["a_"]}


def test_a_word_that_does_not_occur_teaches_nothing_and_is_cut_all_the_same() -> None:
    found = bpe_train({"ab": 1, "abc": 0}, merges=100)
    assert found.merges == [["a", "b"], ["ab", "_"]]
    assert found.segmented["abc"] == ["ab", "c", "_"]


def test_no_merge_leaves_characters() -> None:
    assert bpe_train({"né": 1}, merges=0, eow="</w>") == {"merges": [], "segmented": {"né": ["n", "é", "</w>"]}}


@steady
@given(arguments=INPUTS["bpe_train"])
def test_encoding_with_the_learned_merges_gives_the_learned_segments(arguments: dict[str, Any]) -> None:
    found, eow = bpe_train(**arguments), arguments.get("eow", "_")
    assert len(found.merges) <= arguments["merges"]
    for word in arguments["word_counts"]:
        assert bpe_encode(word, found.merges, eow) == found.segmented[word]


@steady
@given(arguments=INPUTS["bpe_train"])
def test_more_merges_only_continue(arguments: dict[str, Any]) -> None:
    found, more = bpe_train(**arguments), bpe_train(**(arguments | {"merges": arguments["merges"] + 2}))
    assert more.merges[: len(found.merges)] == found.merges


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"word_counts": {}}, "word_counts must hold a word that occurs"),
        ({"word_counts": {"ab": 0}}, "word_counts must hold a word that occurs"),
        ({"word_counts": {"ab": -1, "b": 2}}, r"word_counts\['ab'\] must be at least 0"),
        ({"word_counts": {"ab": 1.5}}, r"word_counts\['ab'\] must be an integer"),
        ({"word_counts": ["ab"]}, "word_counts must be a dict of words and counts"),
        ({"word_counts": {"": 1}}, "word_counts must not be an empty string"),
        ({"word_counts": {1: 1}}, "word_counts must be a string, got 1"),
        ({"merges": -1}, "merges must be at least 0"),
        ({"eow": "b"}, "eow must not occur in a word, got 'b' in 'ab'"),
        ({"eow": ""}, "eow must not be an empty string"),
    ],
)
def test_training_refused(change: dict[str, Any], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        bpe_train(**({"word_counts": {"ab": 1}, "merges": 1} | change))


def test_rank_decides_and_not_length() -> None:
    """abc could be cut into a and bc, but ab was learned first."""
    assert bpe_encode("abc", [["a", "b"], ["b", "c"]]) == ["ab", "c", "_"]
    assert bpe_encode("abc", [["b", "c"], ["a", "b"]]) == ["a", "bc", "_"]


def test_of_a_pair_listed_twice_the_first_rank_counts() -> None:
    assert bpe_encode("abc", [["a", "b"], ["b", "c"], ["a", "b"]]) == ["ab", "c", "_"]


def test_unknown_characters_stay() -> None:
    assert bpe_encode("xay", [["a", "b"]]) == ["x", "a", "y", "_"]
    assert bpe_encode("xy", []) == ["x", "y", "_"]


def test_a_merge_that_becomes_possible_later_is_still_made() -> None:
    assert bpe_encode("abc", [["ab", "c"], ["a", "b"]]) == ["abc", "_"]


@steady
@given(arguments=INPUTS["bpe_encode"])
def test_nothing_is_lost(arguments: dict[str, Any]) -> None:
    symbols = bpe_encode(**arguments)
    assert "".join(symbols) == arguments["word"] + arguments.get("eow", "_")
    for pair in pairwise(symbols):
        assert list(pair) not in arguments["merges"]


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"word": ""}, "word must not be an empty string"),
        ({"word": "a_b"}, "eow must not occur in a word, got '_' in 'a_b'"),
        ({"eow": ""}, "eow must not be an empty string"),
        ({"merges": [["a", "b"], ["a"]]}, r"merges\[1\] must be a pair, got \['a'\]"),
        ({"merges": [["a", "b", "c"]]}, r"merges\[0\] must be a pair"),
        ({"merges": [["a", ""]]}, r"merges\[0\] must not be an empty string"),
        ({"merges": ["ab"]}, r"merges\[0\] must be a list, got 'ab'"),
        ({"merges": "ab"}, "merges must be a list"),
    ],
)
def test_encoding_refused(change: dict[str, Any], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        bpe_encode(**({"word": "ab", "merges": [["a", "b"]]} | change))
