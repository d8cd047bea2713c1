"""The block: what it may say, and every mistake in it with its line and column."""

from fractions import Fraction

import pytest

from generator.numeric import read_spec
from generator.numeric.spec import written
from generator.problems import Problems
from tests.numeric.support import block, lines, spec, spec_problems

FULL = """params:
  prior: choice 0.01 0.02 0.05
  sens: choice 0.8 0.9
  fpr: choice 0.05 0.1
let:
  hits: prior*sens
  alarms: hits + (1-prior)*fpr
answer: bayes_posterior(prior, sens, fpr).posterior
via: hits/alarms
show: 2sf
unit: of the people
form: slice
given:
  - hits:2sf
  - exp(-1):3dp
  - \\ln @{prior}: log(prior):2dp
require:
  - 0.02 < answer
  - answer < 0.9
mistakes:
  ignores the base rate: sens
  forgets the false alarms: hits
golden:
  - {prior: 0.01, sens: 0.9, fpr: 0.05, answer: 0.15, hits: 0.009}
pool: 5
tolerance: 5%
"""


def test_everything_that_a_block_may_say() -> None:
    found = spec(FULL)
    assert [param.name for param in found.params] == ["prior", "sens", "fpr"]
    assert [(let.name, let.expression.text) for let in found.lets] == [("hits", "prior*sens"), ("alarms", "hits + (1-prior)*fpr")]
    (answer,) = found.answers
    assert answer.name == "answer"
    assert answer.via is not None
    assert (answer.via.text, answer.show.text, answer.unit) == ("hits/alarms", "2sf", "of the people")
    assert answer.tolerance is not None
    assert (answer.tolerance.value, answer.tolerance.relative) == (Fraction("0.05"), True)
    assert [(given.label, given.expression.text, given.format.text) for given in found.given] == [
        ("", "hits", "2sf"),
        ("", "exp(-1)", "3dp"),
        ("\\ln @{prior}", "log(prior)", "2dp"),
    ]
    assert [condition.text for condition in found.require] == ["0.02 < answer", "answer < 0.9"]
    assert [(m.sentence, m.expressions["answer"].text) for m in found.mistakes] == [
        ("ignores the base rate", "sens"),
        ("forgets the false alarms", "hits"),
    ]
    (row,) = found.golden
    assert row.params == {"prior": Fraction("0.01"), "sens": Fraction("0.9"), "fpr": Fraction("0.05")}
    assert row.expected["answer"].value == Fraction("0.15")
    assert (found.form, found.pool, found.space) == ("slice", 5, 12)
    assert found.names == ("prior", "sens", "fpr", "hits", "alarms", "answer")


def test_what_is_left_out_has_a_default() -> None:
    found = spec("params: {a: int 1..2}\nanswer: a")
    assert (found.form, found.pool, found.given, found.require, found.mistakes, found.golden) == ("number", 13, (), (), (), ())
    assert found.answers[0].show.default


def test_several_answers_have_names() -> None:
    found = spec(
        "params: {a: int 1..2, b: int 1..2}\n"
        "answer: {total: a + b, first: a}\n"
        "via: {total: b + a}\n"
        "show: {first: 2dp}\n"
        "unit: {total: m}\n"
        "tolerance: {first: 0.5}\n"
        "mistakes:\n"
        "  only one: {total: a, first: b}\n"
        "  the other: {total: b}\n"
    )
    total, first = found.answers
    assert (total.name, first.name) == ("total", "first")
    assert total.via is not None
    assert first.via is None
    assert (total.show.text, first.show.text, total.unit, first.unit) == ("", "2dp", "m", "")
    assert (total.tolerance, first.tolerance and first.tolerance.value) == (None, Fraction("0.5"))
    assert [list(mistake.expressions) for mistake in found.mistakes] == [["total", "first"], ["total"]]


def test_one_format_and_one_unit_serve_all_answers() -> None:
    found = spec("params: {a: int 1..2}\nanswer: {x: a, y: a + 1}\nshow: 2dp\nunit: m\ntolerance: 0.1\n")
    assert [(answer.show.text, answer.unit) for answer in found.answers] == [("2dp", "m")] * 2


def test_lists_may_be_a_single_value() -> None:
    found = spec("params: {a: int 1..9}\nlet: {r: sqrt(a)}\nanswer: a\nrequire: a > 2\ngiven: r:2dp\n")
    assert len(found.require) == len(found.given) == 1


BASE = "params: {a: int 1..9, b: int 1..9}\n"


@pytest.mark.parametrize(
    ("text", "problems"),
    [
        ("answer: 1", ["1:1: params is missing"]),
        ("params: {a: int 1..2}", ["1:1: answer is missing"]),
        ("- a", ["1:1: here stands a list where a mapping belongs"]),
        (BASE + "answer: a\nanwser: b", ["3:1: unknown key anwser"]),
        ("params: [a]\nanswer: 1", ["1:9: here stands a list where a mapping belongs"]),
        ("params: {a: }\nanswer: 1", ["1:12: a value is missing"]),
        ("params: {a: int 1..}\nanswer: a", ["1:16: '1..' is no range"]),
        ("params: {2a: int 1..2}\nanswer: 1", ["1:10: '2a' cannot be a name"]),
        ("params: {_a: int 1..2}\nanswer: 1", ["1:10: '_a' cannot be a name"]),
        ("params: {lambda: int 1..2}\nanswer: 1", ["1:10: 'lambda' cannot be a name"]),
        ("params: {pi: int 1..2}\nanswer: 1", ["1:10: 'pi' cannot be a name"]),
        (BASE + "let: {a: 1}\nanswer: a", ["2:7: the name a is taken"]),
        (BASE + "let: {answer: 1}\nanswer: a", ["3:9: the name answer is taken"]),
        (BASE + "let: {c: a + d, d: a}\nanswer: c", ["2:14: unknown name d"]),
        (BASE + "answer: a + answer", ["2:13: unknown name answer"]),
        (BASE + "answer: a\nvia: answer", ["3:6: unknown name answer"]),
        (BASE + "answer: [a, b]", ["2:9: here stands a list where a single value belongs"]),
        (BASE + "answer: a +", ["2:11: this is no expression: invalid syntax"]),
        (BASE + "answer: dot_product([a], [b]).x", ["2:31: there is no field x here"]),
        (BASE + "answer: vector_projection([a], [b])", ["2:9: this kernel returns several things"]),
        (BASE + "let: {r: 'vector_projection([a], [b])'}\nanswer: r.scaler", ["3:11: there is no field scaler here"]),
        (BASE + "answer: {x: a}\nvia: {y: a}", ["3:7: there is no answer y"]),
        (BASE + "answer: {x: a, y: b}\nvia: a", ["3:6: via needs one line for each answer"]),
        (BASE + "answer: a\nshow: 2df", ["3:7: there is no format '2df'"]),
        (BASE + "answer: a\nform: numbr", ["3:7: there is no form 'numbr'"]),
        (BASE + "answer: a\npool: 0", ["3:7: pool is a number from 1 to 40"]),
        (BASE + "answer: a\npool: many", ["3:7: pool is a number from 1 to 40"]),
        (BASE + "answer: a\ntolerance: about", ["3:12: 'about' is no tolerance"]),
        (BASE + "answer: a\ntolerance: -1", ["3:12: '-1' is no tolerance"]),
        (BASE + "answer: a\nrequire: [a > c]", ["3:15: unknown name c"]),
        (BASE + "answer: a\nrequire: {a: 1}", ["3:10: here stands a mapping where a single value belongs"]),
        (BASE + "answer: a\ngiven: [c]", ["3:9: unknown name c"]),
        (BASE + "answer: a\ngiven: ['a:9sf']", ["3:12: there is no format '9sf'"]),
        (BASE + "answer: a\ngiven: [{x: a, y: b}]", ["3:9: each entry of given has one label"]),
        (BASE + "answer: a\ngiven: [{'@{c}': a}]", ["3:11: unknown name c"]),
        (BASE + "answer: a\ngiven: [{'x @{a:9sf}': a}]", ["3:13: there is no format '9sf'"]),
        (BASE + "answer: a\nmistakes: {x: c}", ["3:15: unknown name c"]),
        (BASE + "answer: a\nmistakes: [x]", ["3:11: here stands a list where a mapping belongs"]),
        (BASE + "answer: {x: a, y: b}\nmistakes: {s: a}", ["3:15: here stands a single value where a mapping belongs"]),
        (BASE + "answer: {x: a, y: b}\nmistakes: {s: {z: a}}", ["3:19: there is no answer z"]),
        (BASE + "answer: a\nmistakes: {'': a}", ["3:12: a mistake is named by a short sentence"]),
        (BASE + "answer: a\ngolden: {a: 1}", ["3:9: golden is a list of rows"]),
        (BASE + "answer: a\ngolden: [{a: 1, answer: 1}]", ["3:10: this row lacks b"]),
        (BASE + "answer: a\ngolden: [{a: 1, b: 1}]", ["3:10: this row expects no answer"]),
        (BASE + "answer: a\ngolden: [{a: 1, b: 1, c: 1, answer: 1}]", ["3:23: unknown name c"]),
        (BASE + "answer: a\ngolden: [{a: [1], b: 1, answer: 1}]", ["3:14: a cannot be a vector of 1"]),
        (BASE + "answer: a\ngolden: [{a: {}, b: 1, answer: 1}]", ["3:14: here stands no value"]),
        (BASE + "answer: a\ngolden: [{a: '[1', b: 1, answer: 1}]", ["3:14: here stands no value"]),
        (BASE + "answer: a\ngolden: [x]", ["3:10: here stands a single value where a mapping belongs"]),
        (BASE + "answer: a\nlet:\n" + "".join(f"  x{k}: a\n" for k in range(41)), ["4:3: let has 41 entries; 40 are allowed"]),
        ("params: {a: &x int 1..2, b: *x}\nanswer: a", ["1:13: anchors (&) and aliases (*) are not allowed"]),
        ("params: {a: @b}\nanswer: a", ["1:13: a value cannot begin with @"]),
        (
            "params: {" + ", ".join(f"x{k}: vector 24 of int 1..100" for k in range(4)) + "}\nanswer: 1",
            ["the grid has more than 1e+100 points"],
        ),
    ],
)
def test_mistakes_in_a_block_are_located(text: str, problems: list[str]) -> None:
    assert spec_problems(text) == problems


def test_all_mistakes_are_reported_at_once() -> None:
    text = "params:\n  a: int 1..\n  b: chioce 1 2\nlet:\n  c: a + d\nanswer: c * e\nshow: 3ff\nform: x\n"
    assert [line.partition(": ")[0] for line in spec_problems(text)] == ["2:9", "3:6", "5:10", "6:13", "7:7", "8:7"]


@pytest.mark.parametrize(
    ("text", "hint"),
    [
        (BASE + "answer: vector_projection([a], [b])", "take one of them: .scalar, .vector, .rejection"),
        (BASE + "answer: [a, b]", "an expression with brackets or braces stands in quotes"),
        ("params: {lambda: int 1..2}\nanswer: 1", "call it lam"),
        (BASE + "answer: {x: a, y: b}\nvia: a", "x: …"),
        (BASE + "answer: a\nfrom: number", "did you mean form?"),
    ],
)
def test_hints(text: str, hint: str) -> None:
    problems = Problems()
    read_spec(block(text), problems)
    assert hint in [problem.hint for problem in problems]


@pytest.mark.parametrize(
    ("answer", "via", "message"),
    [
        ("a + b", "a+b", "3:7: via is the answer once more, so it proves nothing"),
        ("dot_product([a], [b])", "dot_product([b], [a])", "3:7: via calls dot_product as answer does, so it proves little"),
    ],
)
def test_a_via_that_proves_nothing_is_a_warning(answer: str, via: str, message: str) -> None:
    problems = Problems()
    assert read_spec(block(f'{BASE}answer: "{answer}"\nvia: "{via}"'), problems) is not None
    assert lines(problems) == [message]
    assert not problems.failed


def test_places_inside_a_block_scalar() -> None:
    text = BASE + "let:\n  c: |\n    a +\n      unknown\nanswer: c"
    assert spec_problems(text) == ["5:7: unknown name unknown"]


@pytest.mark.parametrize(
    ("digits", "value", "half"),
    [("0.15", "0.15", "0.005"), ("12", "12", "0.5"), ("2.65e4", "26500", "50"), ("-0.50", "-0.5", "0.005")],
)
def test_the_precision_of_a_written_number(digits: str, value: str, half: str) -> None:
    assert written(digits) == (Fraction(value), Fraction(half))


def test_a_slice_in_given_is_no_format() -> None:
    found = spec("params: {v: vector 3 of int 1..9}\nanswer: sum(v)\ngiven: ['v[0:2]', 'v[1:3]:1dp']")
    assert [(given.expression.text, given.format.text) for given in found.given] == [("v[0:2]", ""), ("v[1:3]", "1dp")]


def test_one_error_brings_no_other_with_it() -> None:
    card = "params: {n: choice 10 20}\nanswer:\n  m: distribution_moments('poisson', lam=n).mean\nmistakes: {forgets: {m: n + 1}}\n"
    assert spec_problems(card.replace(".mean", ".men")) == ["3:45: there is no field men here"]
    assert spec_problems(card.replace("moments", "moment")) == ["3:6: there is no function or kernel distribution_moment"]
    assert spec_problems("params: {n: choice 10 20}\nanswer: [n]\nmistakes: {forgets it: n + 1}\n") == [
        "2:9: here stands a list where a single value belongs"
    ]


@pytest.mark.parametrize(
    ("text", "line", "hint"),
    [
        (
            "params:\n  a: int 1..9\n   b: int 1..9\n",
            "3:5: this colon has no place here",
            "indent a key exactly like its neighbours",
        ),
        (
            "params:\n    a: int 1..9\n  b: int 1..9\n",
            "3:3: this line fits to none above it",
            "indent a key exactly like its neighbours",
        ),
        ("params: {n: int 1..9}\nanswer: 2n\n", "2:9: this is no expression", "products are written out: 2*n"),
        ("params: {n: int 1..9}\nanswer: 3(n + 1) +\n", "2:18: this is no expression", "products are written out: 2*n"),
        ("params: {n: int 1..9}\nanswer: n:2\n", "2:10: this is no expression", "a quotient is written  a/b"),
    ],
)
def test_what_authors_mistype_is_explained(text: str, line: str, hint: str) -> None:
    problems = Problems()
    assert read_spec(block(text), problems) is None
    (problem,) = problems
    assert lines(problems)[0].startswith(line)
    assert hint in problem.hint
