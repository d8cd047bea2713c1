"""Stress draws: what many draws of one card have in common."""

import json

import pytest

from tests.numeric.support import SUM, stressed


def test_a_grid_is_drawn_to_its_end() -> None:
    found, problems = stressed(SUM, ["a", "b"], 1_000)
    assert problems == []
    assert found is not None
    assert (found.draws, found.space, found.acceptance, found.complete) == (81, 81, 1.0, True)
    total = found.answers["answer"]
    assert (total.least, total.greatest, total.distinct, total.commonest) == (2, 18, 17, "10")
    assert total.recurrence == pytest.approx(9 / 81)
    assert found.proofs == {"via": 81}


def test_as_many_as_wanted() -> None:
    found, _ = stressed(SUM, ["a", "b"], 50)
    assert found is not None
    assert (found.draws, found.complete) == (50, False)


def test_trivial_answers_are_counted() -> None:
    found, _ = stressed("params: {a: int 0..9, b: int 0..9}\nanswer: a*b\nvia: b*a\n", ["a", "b"], 1_000)
    assert found is not None
    assert found.answers["answer"].trivial == 19 + 17  # one of them is 0; or one is 1, and the answer is the other


def test_words_and_vectors_have_no_range() -> None:
    text = "params: {a: int 1..60}\nanswer: {w: \"'x' if a > 9 else 'y'\", v: '[a, a]'}\n"
    found, _ = stressed(text, ["a"], 100)
    assert found is not None
    assert (found.answers["w"].least, found.answers["v"].greatest) == (None, None)
    assert found.answers["w"].commonest == "x"


def test_several_answers_and_golden_rows() -> None:
    text = "params: {a: int 1..60}\nanswer: {x: a, y: a*2}\nvia: {x: 0 + a, y: a + a}\ngolden: [{a: 1, y: 2}]\n"
    found, _ = stressed(text, ["a"], 100)
    assert found is not None
    assert (list(found.answers), found.golden, found.proofs) == (["x", "y"], 1, {"via": 60})


def test_an_error_on_any_draw_is_found() -> None:
    text = "params: {a: int 1..30, b: int 1..30}\nanswer: a/(a - b - 30)\nvia: a/(a - b - 30) + 0\nshow: 2sf\n"
    assert stressed(text, ["a", "b"], 5_000)[0] is not None
    found, problems = stressed(text.replace("- 30", "- 29"), ["a", "b"], 5_000)
    assert found is None
    assert problems == ["2:9: division by zero (at a=30, b=1)"]


def test_a_way_that_is_wrong_on_one_draw_of_many_is_found() -> None:
    text = "params: {a: int 1..30, b: int 1..30}\nanswer: a*b\nvia: a*b + (1 if a == 17 and b == 4 else 0)\n"
    found, problems = stressed(text, ["a", "b"], 5_000)
    assert found is None
    assert problems == ["3:6: answer is 68, via is 69; they differ by 1, rounding explains 0 (at a=17, b=4)"]


def test_the_statistics_as_plain_data() -> None:
    found, _ = stressed(SUM + "require: a > b\nmistakes: {subtracts: a - b}\n", ["a", "b"], 20)
    assert found is not None
    data = found.as_json()
    assert json.loads(json.dumps(data)) == data
    assert set(data) == {
        *("draws", "space", "acceptance", "complete", "rejected", "answers", "proofs", "golden", "operations", "over_budget")
    }
    assert data["operations"] == [0, 1]  # 2 + 1 is the next number
    assert found.seconds > 0
