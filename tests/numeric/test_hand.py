"""The hand budget: what a learner has to do on the way that the solution goes."""

from dataclasses import replace
from fractions import Fraction

import pytest

from generator.numeric.evaluate import Budget
from generator.numeric.hand import HandCost, hand_cost, over_budget, significant
from generator.numeric.variants import sequence_of
from generator.problems import Problems
from tests.numeric.support import drawn, everything, interpolations, spec, stressed


def cost(text: str, shown: list[str] | None = None, *, index: int = 0) -> HandCost:
    """The cost of one draw of a card."""
    found = hand_cost(everything(text, shown or ["a", "b"]).draws[index], Budget())
    assert found is not None
    return found


def card(via: str, *, a: str = "choice 12", b: str = "choice 3", more: str = "show: 2sf\n") -> str:
    """A card whose answer is computed like its ``via``."""
    return f"params:\n  a: {a}\n  b: {b}\nanswer: '0 + ({via})'\nvia: '{via}'\n{more}"


@pytest.mark.parametrize(
    ("via", "operations", "divisions", "digits"),
    [
        ("a + b", 1, 0, 0),
        ("a*b", 1, 0, 2),
        ("a/b", 1, 0, 1),  # 12/3 = 4 is 3 times 4 backwards
        ("a/7", 1, 1, 1),
        ("b/a", 1, 1, 2),
        ("b/17", 1, 1, 2),
        ("1234/17", 1, 1, 2),  # what is divided may be long
        ("84/b", 1, 0, 1),
        ("1234/b", 1, 1, 1),
        ("123.4/2", 1, 0, 1),  # half of it
        ("a/0.25", 1, 0, 1),
        ("a/16", 1, 0, 1),  # twos cancel
        ("1234/16", 1, 1, 2),
        ("a*b + a/b", 3, 0, 2),
        ("a*1", 0, 0, 0),
        ("a*10", 0, 0, 0),
        ("a/100", 0, 0, 0),
        ("a + 0", 0, 0, 0),
        ("0*a", 0, 0, 0),
        ("-a", 0, 0, 0),
        ("a**2", 1, 0, 2),
        ("a**3", 2, 0, 2),
        ("a*1.25", 1, 0, 3),
        ("a*b*b", 2, 0, 2),
        ("a // 5 + a % 5", 2, 0, 1),
        ("a // 7 + a % 7 + 0.5", 3, 2, 1),
        ("a + 1", 0, 0, 0),
        ("1 - a", 0, 0, 0),
        ("1 - 0.3*b", 2, 0, 1),
        ("a*1.2", 1, 0, 2),
        ("b*1.25", 1, 0, 2),  # three digits by one
        ("b*1.234", 1, 0, 3),
        ("2**7", 1, 0, 1),
        ("2**16 + 2**1", 2, 0, 1),
        ("2**17", 16, 0, 1),
        ("b*2**7", 2, 0, 1),
        ("1280/1024", 1, 1, 1),
        ("3072/1024", 1, 0, 1),
        ("a*b + a*b + b*a", 3, 0, 2),  # a product is computed once
        ("[7, 8, 9][a - b*4] + a", 1, 0, 0),  # nobody computes where to look
        ("argmax([a, b]) + 1", 0, 0, 0),
        ("sum(outer([a, b], [2, 3])[0])", 5, 0, 2),
        ("max(a, b) - b", 1, 0, 0),
        ("sum([a, b, 0, 1])", 2, 0, 0),
        ("mean([a, b, 3])", 3, 0, 1),
        ("prod([a, b, 1])", 1, 0, 2),
        ("[a, b] @ [b, 2]", 3, 0, 2),
        ("dot([a, b], [1, 0])", 0, 0, 0),
        ("sum([[1, 2], [3, 4]] @ [a, b])", 6, 0, 2),
        ("sum([a, b]*2)", 3, 0, 1),
        ("a if a > b else b*7", 0, 0, 0),
        ("sqrt(a*b)", 1, 0, 2),
    ],
)
def test_operations_are_counted(via: str, operations: int, divisions: int, digits: int) -> None:
    found = cost(card(via))
    assert (found.operations, found.divisions, found.digits) == (operations, divisions, digits)


def test_functions_that_nobody_does_by_hand_are_named_unless_exact_or_given() -> None:
    assert cost(card("log(a)*b")).functions == ("log",)
    assert cost(card("log(b/3) + sqrt(a*3)")).functions == ()
    assert cost(card("exp(a)*sqrt(b)")).functions == ("exp", "sqrt")
    assert cost(card("a**0.5")).functions == ("power",)
    assert cost(card("log(a)*b", more="show: 2sf\ngiven: ['log(a):2dp']\n")).functions == ()


def test_given_intermediates_cost_nothing_and_others_do() -> None:
    text = "params: {a: choice 12, b: choice 3}\nlet: {x: a*b + a/b, y: x*7}\nanswer: 0 + y\nvia: y + 2 - 2\nshow: 2sf\n"
    assert cost(text).operations == 6
    assert cost(text + "given: [x]\n").operations == 3
    assert cost(text + "given: [y]\n").operations == 2
    assert cost(text, ["a", "b", "x", "y"]).operations == 6


def test_what_the_question_shows_is_looked_up() -> None:
    text = "params: {a: choice 12, b: choice 3}\nlet: {x: a*b + a/7, y: x*7}\nanswer: 0 + y\nvia: y + 2\nshow: 2sf\ntolerance: 3\n"
    text = text.replace("answer: 0 + y", "answer: 2 + y")
    sequence = everything(text, ["a", "b", "x:3sf"])
    assert hand_cost(sequence.draws[0], Budget()).operations == 5
    asked = [replace(item, asked=item.name == "x") for item in interpolations(["a", "b", "x:3sf"])]
    (one,) = sequence_of(spec(text), "card", "test", asked, Budget(), Problems()).shipped(1)
    assert hand_cost(one, Budget()).operations == 2


def test_an_intermediate_used_twice_is_computed_once() -> None:
    text = "params: {a: choice 12, b: choice 3}\nlet: {x: a*b}\nanswer: 2*x\nvia: x + x\n"
    assert cost(text).operations == 2


def test_shown_intermediates_have_the_digits_that_are_shown() -> None:
    text = "params: {a: choice 12, b: choice 7}\nlet: {x: a/b}\nanswer: 3*x\nvia: x*3\nshow: 2sf\n"
    assert cost(text).digits == 1
    assert cost(text, ["a", "b", "x:4sf"]).digits == 3


def test_a_kernel_on_the_way_cannot_be_done_by_hand() -> None:
    text = "params: {a: choice 12, b: choice 3}\nlet:\n  s: softmax([a, b])\nanswer: s[0]*1\nvia: s[0]\nshow: 2sf\n"
    assert cost(text).functions == ("softmax",)
    assert cost(text + "given: [s:2dp]\n").functions == ()


def test_a_card_without_a_way_has_no_cost() -> None:
    assert hand_cost(everything("params: {a: int 1..9}\nanswer: a*7\n", ["a"]).draws[0], Budget()) is None


@pytest.mark.parametrize(
    ("made", "form", "reasons"),
    [
        (HandCost(operations=6, divisions=1, digits=2, figures=2, exact=False), "number", ()),
        (HandCost(operations=7), "number", ("more than 6 operations",)),
        (HandCost(divisions=2), "slice", ("more than one division",)),
        (HandCost(digits=3), "number", ("operands of more than 2 significant digits",)),
        (HandCost(functions=("exp", "softmax")), "number", ("exp neither exact nor given", "softmax neither exact nor given")),
        (HandCost(answers=2), "number", ("more than one number is asked for",)),
        (HandCost(answers=2), "choose", ()),
        (HandCost(figures=3, exact=False), "number", ("an answer of too many figures",)),
        (HandCost(figures=3), "number", ()),
        (HandCost(figures=4), "number", ("an answer of too many figures",)),
        (HandCost(operations=60, divisions=5), "paper", ()),
        (HandCost(operations=60, divisions=5), "setup", ()),
    ],
)
def test_the_budget(made: HandCost, form: str, reasons: tuple[str, ...]) -> None:
    assert over_budget(made, form) == reasons


@pytest.mark.parametrize(("value", "digits"), [("0", 0), ("0.0450", 2), ("1200", 2), ("-3.07", 3), ("1/3", 0), ("10", 1)])
def test_significant_digits(value: str, digits: int) -> None:
    assert significant(Fraction(value)) == digits


def test_every_variant_has_its_cost() -> None:
    found = drawn("params: {a: int 11..30, b: int 2..9}\nanswer: 0 + a/b\nvia: a/b\nshow: 3sf\n", ["a", "b"])
    assert [cost.operations for cost in found.costs if cost] == [1] * 13
    assert 0 < found.over_budget["an answer of too many figures"] <= 13


def test_the_stress_draws_say_what_passes_the_budget() -> None:
    text = "params: {a: int 11..30, b: choice 3 7 9 11 13 17}\nanswer: 0 + a/b/17 + a*b/19\nvia: a/b/17 + a*b/19\nshow: 3sf\n"
    found, _ = stressed(text, ["a", "b"], 100)
    assert found is not None
    assert found.over_budget["more than one division"] == 100
    assert found.over_budget["an answer of too many figures"] > 50
    assert found.greatest_cost is not None
    assert found.greatest_cost.operations == 5
