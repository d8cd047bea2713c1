"""The pool as HTML, and the card's judgement of it."""

import builtins
import json
import sys
from dataclasses import replace
from html.parser import HTMLParser
from typing import Any
from unittest import mock

import pytest
from hypothesis import given
from hypothesis import strategies as st

from generator.anki import checker, pool
from generator.anki.checker import NotInstalled, Verdict, prove, verdict, written
from generator.anki.pool import Check, Mistake, PoolVariant
from tests.anki.pools import POOLS, RATES, bayes, gradient, product

BAYES = bayes(1, RATES[0])


class Reader(HTMLParser):
    """The templates of a pool, with their attributes and the text of their parts."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.templates: list[dict[str, str]] = []
        self.parts: list[dict[str, str]] = []
        self._part = ""
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        named = {name: value or "" for name, value in attrs}
        if tag == "template":
            self.templates.append(named)
            self.parts.append({})
        self._part = named.get("data-part") or (f"mistake {named['data-mistake']}" if "data-mistake" in named else self._part)

    def handle_data(self, data: str) -> None:
        if data.strip():
            self.parts[-1][self._part] = self.parts[-1].get(self._part, "") + data


def test_fields_hold_the_first_variant() -> None:
    fields = pool.fields((BAYES, bayes(2, RATES[1])))
    assert set(fields) == {"Question", "Hint", "Answer", "Details", "Pool"}
    assert [fields[name] for name in ("Question", "Hint", "Answer", "Details")] == [
        BAYES.question, BAYES.hint, BAYES.answer, BAYES.details
    ]  # fmt: skip


def test_every_variant_is_a_template() -> None:
    found = Reader(pool.render(tuple(bayes(place, rates) for place, rates in enumerate(RATES, 1))))
    assert [one["data-number"] for one in found.templates] == [str(number) for number in range(1, 14)]
    assert {one["class"] for one in found.templates} == {"variant"}
    assert {one["data-seed"] for one in found.templates} == {"june"}
    assert set(found.parts[0]) == {"question", "hint", "answer", "details", "interval", "mistake 0", "mistake 1"}
    for parts in found.parts:
        assert {"question", "answer", "mistake 0", "mistake 1"} <= set(parts)
    assert found.parts[3]["interval"] == "30% to 32%"
    assert json.loads(found.templates[0]["data-check"])["checks"][0]["factor"] == 100


def test_what_is_the_same_in_all_variants_stands_once() -> None:
    found = Reader(pool.render((BAYES, replace(bayes(2, RATES[1]), hint=BAYES.hint))))
    assert "hint" in found.parts[0]
    assert "hint" not in found.parts[1]


@given(st.text(), st.text(), st.text())
def test_any_text_is_escaped(seed: str, label: str, word: str) -> None:
    answer = replace(BAYES, seed=seed, checks=(Check(label, "word", word, None, unit=seed),), mistakes=())
    (template,) = Reader(pool.render((answer,))).templates
    # A page reads line ends in attributes as they are; Python's parser too.
    assert template["data-seed"] == seed
    (check,) = json.loads(template["data-check"])["checks"]
    assert (check["label"], check["value"], check["unit"]) == (label, word, seed)


@pytest.mark.parametrize(
    ("variants", "message"),
    [
        ((bayes(2, RATES[0]),), "run from 1"),
        ((BAYES, BAYES), "run from 1"),
        ((BAYES, replace(bayes(2, RATES[1]), hint="")), "'hint' must be empty in all variants or in none"),
        ((replace(BAYES, answer="<p></template></p>"),), "holds a <template>"),
        ((replace(BAYES, question="<ScRipt>alert(1)</script>"),), "holds a <template> or a <script>"),
        ((replace(BAYES, mistakes=(Mistake("<script>", ("1",), ("1",)),)),), "holds a <template> or a <script>"),
        ((replace(BAYES, mistakes=(Mistake("x", (), ()),)),), "one value and one margin for each check: 'x'"),
        ((replace(BAYES, mistakes=(Mistake("x", (("1",),), ("1",)),)),), "shape of its value: 'x'"),
        ((replace(BAYES, checks=(Check("", "vector", ("1", "2"), ("0",)),)),), "has not the shape"),
        ((replace(BAYES, checks=(Check("", "number", "1", ("0",)),)),), "has not the shape"),
    ],
)
def test_what_is_no_pool_is_refused(variants: tuple[PoolVariant, ...], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        pool.render(variants)


# The checker.


@pytest.mark.parametrize("name", POOLS)
def test_every_sample_is_proven(name: str) -> None:
    for variant in POOLS[name]:
        assert prove(variant) == []


def test_verdicts() -> None:
    assert verdict(BAYES, "15%") == Verdict("right", None, ("right",))
    assert verdict(BAYES, "0.9") == Verdict("wrong", 0, ("wrong",))
    assert verdict(BAYES, ["9/1000"]) == Verdict("wrong", 1, ("wrong",))
    assert verdict(BAYES, "") == Verdict("empty", None, ("empty",))
    assert verdict(BAYES, "fifteen") == Verdict("unclear", None, ("unclear",))


def test_what_the_card_would_judge_wrongly_is_found() -> None:
    twins = Mistake("a", ("0.5",), ("0.01",)), Mistake("b", ("0.5",), ("0.01",))
    right = Mistake("no mistake", (BAYES.checks[0].value,), ("0.01",))
    assert prove(replace(BAYES, mistakes=twins)) == ["0.5, where the mistake 'b' leads, is called wrong: a"]
    (found,) = prove(replace(BAYES, mistakes=(right,)))
    assert found.endswith("where the mistake 'no mistake' leads, is called right")
    assert prove(replace(BAYES, checks=(Check("", "number", "fifteen", "0"),), mistakes=())) == [
        "the right answer fifteen is called unclear"
    ]
    assert prove(replace(BAYES, checks=(), mistakes=())) == []


@pytest.mark.parametrize(
    ("value", "kind", "text"),
    [
        ("0.5", "number", "0.5"),
        ("relu", "word", "relu"),
        (("1", "2"), "vector", "(1, 2)"),
        (("b", "a"), "set", "{b, a}"),
        ((("1", "2"), ("3", "4")), "matrix", "[1, 2; 3, 4]"),
        ((), "set", "{}"),
    ],
)
def test_values_as_one_would_type_them(value: pool.Value, kind: pool.Kind, text: str) -> None:
    assert written(value, kind) == text


def test_the_largest_answers_are_proven_too() -> None:
    assert prove(gradient(1, 10**12)) == []
    assert prove(product(1, 10**9)) == []


def test_without_quickjs_it_says_how_to_get_it() -> None:
    real = builtins.__import__

    def without(name: str, *rest: Any) -> Any:
        if name == "quickjs":
            raise ImportError(name)
        return real(name, *rest)

    checker._script.cache_clear()
    with mock.patch.dict(sys.modules), mock.patch.object(builtins, "__import__", without):
        sys.modules.pop("quickjs", None)
        with pytest.raises(NotInstalled, match="pip install"):
            verdict(BAYES, "1")
