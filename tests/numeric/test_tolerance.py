"""Tolerance: what the numbers as shown make of the answer, and which mistakes are too near to it."""

from decimal import Decimal
from fractions import Fraction

import pytest

from generator.model import VariantAnswer
from generator.numeric.tolerance import as_plain, combine, ends, same_structure, within
from generator.numeric.values import Members
from kernels import Record
from tests.numeric.support import everything, try_draw, variant

F = Fraction


def answer(text: str, shown: list[str], **params: str) -> VariantAnswer:
    (found,) = variant(text, shown, **params).answers
    return found


THIRDS = "params: {a: choice 1 2, b: choice 3 7}\nlet: {x: a/b}\nanswer: 10*x\nvia: x*10\nshow: 2sf\n"


def test_the_tolerance_is_one_unit_where_nothing_rounded_is_shown() -> None:
    found = answer(THIRDS, ["a", "b"], a="1", b="3")
    assert (found.shown.plain, found.low, found.high) == ("3.3", 3.23333, 3.43334)
    assert found.interval is not None
    assert found.interval.plain == "3.24 to 3.43"


def test_a_rounded_intermediate_widens_it_by_what_it_does_to_the_answer() -> None:
    # x is shown as 0.3, so the way leads to 3 in place of 3.333: 0.333 more than the unit of 0.1.
    found = answer(THIRDS, ["a", "b", "x:1dp"], a="1", b="3")
    assert (found.low, found.high) == (pytest.approx(10 / 3 - 1 / 3 - 0.1), pytest.approx(10 / 3 + 1 / 3 + 0.1))


def test_of_two_roundings_the_coarser_one_counts() -> None:
    both = answer(THIRDS, ["a", "b", "x:1dp", "x:4dp"], a="1", b="3")
    assert both == answer(THIRDS, ["a", "b", "x:4dp", "x:1dp"], a="1", b="3")
    assert (both.low, both.high) == (2.9, 3.76667)


def test_rounded_values_are_carried_on_in_the_order_of_the_intermediates() -> None:
    # y is not shown: it follows from x as shown (0.3), so the way is 3 and not 10/3.
    text = "params: {a: choice 1 2, b: choice 3 7}\nlet: {x: a/b, y: 10*x}\nanswer: 10*x\nvia: y\nshow: 2sf\n"
    assert answer(text, ["a", "b", "x:1dp"], a="1", b="3").low == 2.9
    # When y is shown it is printed from the true x, whatever x is printed as.
    assert answer(text, ["a", "b", "x:1dp", "y:2dp"], a="1", b="3").low == pytest.approx(10 / 3 - 0.1 - 1 / 300, abs=1e-4)


def test_what_stands_under_given_counts_as_shown() -> None:
    text = "params: {a: choice 2 3}\nlet: {l: log(a)}\nanswer: 100*l\nvia: l*100\nshow: 3sf\n"
    plain = answer(text, ["a"], a="2")
    named = answer(text + "given: [l:1dp]\n", ["a"], a="2")
    assert plain.low == pytest.approx(69.3147 - 0.1, abs=1e-3)
    assert named.low == pytest.approx(69.3147 - 0.1 - 0.6853, abs=1e-3)


def test_an_expression_under_given_counts_where_the_way_holds_it() -> None:
    text = "params: {a: choice 2 3}\nanswer: 100*log(a)\nvia: log(a)*100\nshow: 3sf\ngiven: ['log(a):1dp']\n"
    found = variant(text, ["a"], a="2")
    assert found.answers[0].low == pytest.approx(69.3147 - 0.1 - 0.6853, abs=1e-3)
    assert [given.tex for given in found.given] == ["\\ln\\left(2\\right) \\approx 0.7"]


def test_exact_answers_want_exactness() -> None:
    found = answer("params: {a: int 1..9}\nanswer: a*a\nvia: a**2\n", ["a"], a="3")
    assert (found.low, found.high, found.interval) == (9, 9, None)


def test_the_author_may_set_the_tolerance() -> None:
    found = answer(THIRDS + "tolerance: 0.5\n", ["a", "b", "x:1dp"], a="1", b="3")
    assert (found.low, found.high) == (2.83333, 3.83334)
    share = answer(THIRDS + "tolerance: 10%\n", ["a", "b", "x:1dp"], a="1", b="3")
    assert (share.low, share.high) == (3.0, 3.66667)


def test_vectors_have_a_tolerance_for_each_entry() -> None:
    text = "params: {a: choice 1 2}\nlet:\n  x: '[a/3, a/4]'\nanswer: '[10*x[0], 10*x[1]]'\nvia: 10*x\nshow: 2dp\n"
    found = answer(text, ["a", "x:1dp"], a="1")
    assert found.low == pytest.approx((10 / 3 - 1 / 3 - 0.01, 2.5 - 0.5 - 0.01), abs=1e-4)
    assert found.high == pytest.approx((10 / 3 + 1 / 3 + 0.01, 2.5 + 0.5 + 0.01), abs=1e-4)
    assert found.interval is not None
    assert found.interval.plain == "2.99 to 3.67; 1.99 to 3.01"


def test_words_are_right_or_wrong() -> None:
    text = "params: {a: int 1..40}\nanswer: \"'even' if a % 2 == 0 else 'odd'\"\nform: choose\n"
    found = answer(text, ["a"], a="4")
    assert (found.value, found.low, found.high, found.interval, found.ordered) == ("even", "even", "even", None, True)


def test_sets_have_no_order() -> None:
    text = "params: {a: int 1..40}\nanswer: '{a + 1, a}'\nvia: '{a, 1 + a}'\n"
    found = answer(text, ["a"], a="4")
    assert (found.value, found.shown.plain, found.ordered) == ((4.0, 5.0), "{4, 5}", False)


def test_percent_and_bytes_say_what_the_number_shown_is_of_the_value() -> None:
    text = "params: {a: choice 0.1 0.2}\nanswer: a/3\nvia: a*(1/3)\nshow: pct1\n"
    found = answer(text, ["a"], a="0.1")
    assert (found.shown.plain, found.factor) == ("3.3%", 100)
    assert found.interval is not None
    assert found.interval.plain == "3.24% to 3.43%"
    memory = answer("params: {a: choice 1024 2048}\nanswer: a*3\nvia: 3*a\nshow: bytes\n", ["a"], a="1024")
    assert (memory.shown.plain, memory.factor, memory.low) == ("3 KiB", 1 / 1024, 3072)


def test_a_mistake_within_the_tolerance_is_drawn_again_and_counted() -> None:
    text = "params: {a: int 1..9, b: int 1..9}\nanswer: a*b\nvia: b*a\nmistakes: {adds: a + b, forgets b: a}\n"
    found = everything(text, ["a", "b"])
    for one in found.draws:
        a, b = one.point.params["a"], one.point.params["b"]
        assert a * b != a + b
        assert b != 1
    assert found.reasons == {
        "the mistake 'adds' leads to the answer": 1,
        "the mistake 'forgets b' leads to the answer": 9,
    }


def test_two_mistakes_that_agree_are_drawn_again_and_counted() -> None:
    text = "params: {a: int 1..9, b: int 1..9}\nanswer: a*b\nvia: b*a\nmistakes: {one: a + 20, two: b + 20}\n"
    found = everything(text, ["a", "b"])
    assert found.reasons["the mistakes 'one' and 'two' agree"] == 8  # and on (5, 5) both lead to the answer
    assert all(one.point.params["a"] != one.point.params["b"] for one in found.draws)


def test_a_mistake_that_a_wide_tolerance_would_accept_is_rejected() -> None:
    text = THIRDS + "mistakes: {is near: x*10.2}\n"  # 3.40 is within 3.33 plus or minus 0.1, 6.80 is not within 6.67
    assert [one.key for one in everything(text, ["a", "b"]).draws] == ["a=2\nb=3"]
    assert len(everything(text.replace("10.2", "11"), ["a", "b"]).draws) == 4


def test_a_mistake_that_leads_nowhere_is_left_out() -> None:
    text = "params: {a: int 1..30}\nanswer: a*2\nvia: a + a\nmistakes: {halves: a/2 if a % 2 == 0 else None}\n"
    assert [m.sentence for m in variant(text, ["a"], a="4").mistakes] == ["halves"]
    assert variant(text, ["a"], a="5").mistakes == ()


def test_mistakes_of_several_answers_may_leave_some_alone() -> None:
    text = (
        "params: {a: int 1..30}\nanswer: {twice: a*2, thrice: a*3}\nvia: {twice: a + a, thrice: a + a + a}\n"
        "mistakes: {both: {twice: a, thrice: a}, one: {thrice: a*4}}\n"
    )
    one = variant(text, ["a"], a="5")
    assert [dict(m.values) for m in one.mistakes] == [{"twice": 5, "thrice": 5}, {"thrice": 20}]


def test_a_mistake_may_be_infinite_or_a_fraction_where_the_answer_is_whole() -> None:
    text = "params: {a: int 1..30}\nanswer: a*2\nvia: a + a\nshow: int\nmistakes: {third: a/7.1, blows up: inf}\n"
    assert [m.shown["answer"].plain for m in variant(text, ["a"], a="5").mistakes] == ["0.704", "inf"]


def test_a_solution_that_cannot_be_followed_with_the_numbers_shown_is_an_error() -> None:
    text = "params: {a: choice 0.001 0.002}\nlet: {x: a/3}\nanswer: x**-1\nvia: 1/x\nshow: 2sf\n"
    _, problems = try_draw(text, ["a", "x:1dp"])
    assert len(problems) == 1
    assert problems[0].startswith("4:6: via has no value for the numbers as they are shown: division by zero (at a=0.00")


def test_a_choice_that_changes_with_the_numbers_shown_is_drawn_again() -> None:
    text = (
        (
            "params: {a: choice 0.11 0.12 0.21, b: choice 0.13 0.31}\nlet: {x: a*1, y: b*1}\n"
            "answer: argmax([x, y])\nvia: 1 if y > x else 0\nform: choose\n"
        )
        .replace("answer: argmax([x, y])", "answer: 'argmax([x, y])'")
        .replace("{x: a*1, y: b*1}", "{x: a*1, y: b*1}")
    )
    found, _ = try_draw(text, ["a", "b", "x:1dp", "y:1dp"])
    assert found is not None
    assert found.rejected == {"the numbers as shown lead to another answer": 2}


def test_structures() -> None:
    assert same_structure((F(1), F(2)), (Decimal(3), F(4)))
    assert not same_structure((F(1),), (F(1), F(2)))
    assert not same_structure(F(1), "a")
    assert not same_structure("a", "b")
    assert not same_structure(F(1), Decimal("Infinity"))
    assert not same_structure(Decimal("-Infinity"), Decimal("Infinity"))
    assert same_structure(Members((F(1),)), Members((F(2),)))
    assert within((F(1), F(2)), (F(1), F("2.5")), (F(0), F("0.5")))
    assert not within((F(1), F(2)), (F(1), F("2.5")), (F(1), F("0.4")))
    assert not within("a", F(1), F(9))
    assert ends((F(1), "a"), (F("0.5"), F(0))) == ((F("0.5"), "a"), (F("1.5"), "a"))
    assert combine(lambda a, b: a + b, ((F(1),), (F(2),)), ((F(3),), (F(4),))) == ((F(4),), (F(6),))


def test_plain_values() -> None:
    assert as_plain((F(1, 2), "a", True, None)) == (0.5, "a", True, None)
    assert as_plain(Decimal(1) / 3) == 0.333333
    assert as_plain(F(1, 3)) == 1 / 3
    assert as_plain(Members((F(1),))) == (1.0,)
    assert as_plain(Record(a=F(1), b=(Decimal("-Infinity"),))) == {"a": 1.0, "b": (float("-inf"),)}
    assert as_plain(F(10) ** 400) == float("inf")


def test_an_entry_that_must_be_exact_stands_in_the_interval_as_it_is() -> None:
    text = "params: {a: choice 1 2}\nlet: {x: a/3}\nanswer: '[a/7, 10*x]'\nvia: '[a*(1/7), x*10]'\nshow: row frac\n"
    found = answer(text, ["a", "x:1dp"], a="1")
    assert found.interval is not None
    assert found.interval.plain == "1/7; 3.00 to 3.66"
