"""The figure block: what is read, and where what is wrong is reported."""

import pytest

from generator.figures import FigureSpec, read_figure, registry
from generator.figures.spec import KEYS
from generator.model import Block
from generator.problems import Place, Problems


def read(text: str, known: tuple[str, ...] = ()) -> tuple[FigureSpec | None, list[str]]:
    """A block whose fence stands in line 10, its lines indented by 4; and the problems, each with its hint."""
    problems = Problems()
    block = Block("figure", text, Place("a.md", 10, 5), (4,) * (text.count("\n") + 1))
    return read_figure(block, known, problems), [f"{problem} | {problem.hint}" for problem in problems]


def spec(text: str, known: tuple[str, ...] = ()) -> FigureSpec:
    found, lines = read(text, known)
    assert found is not None, lines
    assert lines == []
    return found


def test_a_whole_block() -> None:
    found = spec('draw: projection\na: [1, 2.5]\nb:\n  - -3\n  - 4e0\nalt: a on b\ncaption: "The shadow of a."\nwidth: 300')
    assert found.name == "projection"
    assert found.arguments({}) == {"a": (1, 2.5), "b": (-3, 4)}
    assert (found.alt, found.caption, found.width) == ("a on b", "The shadow of a.", 300)
    assert found.names == frozenset()


def test_names_are_taken_from_the_variant() -> None:
    found = spec(
        'draw: normal-tail\nmu: mean\nsigma: 0.5\nn: n\nthreshold: t.high\nside: less\nalt: "P = @{p:2sf}"', ("mean", "n", "t", "p")
    )
    assert found.names == {"mean", "n", "t"}
    assert [(item.name, item.format, str(item.place)) for item in found.shown] == [("p", "2sf", "a.md:17:15")]
    problems = Problems()
    request = found.request({"mean": 1.5, "n": 25.0, "t": {"high": 2.0}}, problems)
    assert request is not None
    assert dict(request.arguments) == {"mu": 1.5, "sigma": 0.5, "n": 25, "threshold": 2.0, "side": "less"}


def test_entries_of_a_list_may_be_names() -> None:
    found = spec("draw: projection\na: [x, 2]\nb: v\nalt: a", ("x", "v"))
    assert found.arguments({"x": 1.0, "v": (3.0, 4.0)}) == {"a": (1.0, 2.0), "b": (3.0, 4.0)}


def test_values_that_do_not_fit_are_reported_at_the_argument() -> None:
    found, problems = spec("draw: coin-entropy\np: q\nalt: a", ("q",)), Problems()
    assert found.request({"q": 1.5}, problems) is None
    assert [str(problem) for problem in problems] == ["a.md:12:8: error: p takes a number from 0 to 1, not 1.5"]
    found, problems = spec("draw: coin-entropy\np: q.mean\nalt: a", ("q",)), Problems()
    assert found.request({"q": 0.5}, problems) is None
    assert [str(problem) for problem in problems] == ["a.md:12:8: error: q has no field mean"]


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("draw: projecton\nalt: a", "a.md:11:11: error: there is no figure projecton | did you mean projection?"),
        ("draw: nothing-like-it\nalt: a", "a.md:11:11: error: there is no figure nothing-like-it | `redraw figures` lists them"),
        ("draw: coin-entropy\np: 0.5", "a.md:11:5: error: alt is missing | add  alt: …  to the block"),
        ("p: 0.5\nalt: a", "a.md:11:5: error: draw is missing | add  draw: …  to the block"),
        ("draw: coin-entropy\nalt: a", "a.md:10:5: error: coin-entropy lacks p | add  p: a number from 0 to 1"),
        ("draw: coin-entropy\np: 0.5\nq: 1\nalt: a", "a.md:13:5: error: unknown key q | known: alt, caption, draw, p, width"),
        ("draw: coin-entropy\np: 2\nalt: a", "a.md:12:8: error: p takes a number from 0 to 1, not 2 | "),
        ("draw: coin-entropy\np: [1]\nalt: a", "a.md:12:8: error: p takes a number from 0 to 1 | "),
        (
            "draw: coin-entropy\np: half\nalt: a",
            "a.md:12:8: error: p takes a number from 0 to 1, not half | names belong on cards with a numeric block",
        ),
        ("draw: warmup\nwarmup: 2.5\nalt: a", "a.md:12:13: error: warmup takes a whole number from 1 to 100000, not 2.5 | "),
        (
            "draw: activation\nkind: tanx\nalt: a",
            "a.md:12:11: error: kind takes relu or leaky_relu or gelu or silu or sigmoid or tanh, not tanx | did you mean tanh?",
        ),
        ("draw: projection\na: [1]\nb: [1, 2]\nalt: a", "a.md:12:8: error: a takes a list of 2 numbers from -20 to 20, not [1] | "),
        (
            "draw: condition-ellipse\nA: [[1, 2], [3]]\nalt: a",
            "a.md:12:8: error: A takes a list of 2 rows of as many numbers from -20 to 20, not [[1, 2], [3]] | ",
        ),
        ("draw: coin-entropy\np: 0.5\nalt: a\nwidth: wide", "a.md:14:12: error: wide is no width | pixels, 120 to 560"),
        ("draw: coin-entropy\np: 0.5\nalt: a\nwidth: 900", "a.md:14:12: error: 900 is no width | pixels, 120 to 560"),
        (
            'draw: coin-entropy\np: 0.5\nalt: "@{p}"',
            "a.md:13:11: error: @{p} stands on a card without numbers | give the card a numeric block, or write the number",
        ),
        (
            "draw: [a]\nalt: a",
            "a.md:11:11: error: here stands a list where a single value belongs | "
            "an expression with brackets or braces stands in quotes",
        ),
        ("- a", "a.md:11:5: error: here stands a list where a mapping belongs | write  name: value  on lines of their own"),
        (
            "draw: coin-entropy\np: &a 1\nalt: a",
            "a.md:12:8: error: anchors (&) and aliases (*) are not allowed | write the value out, or put it in quotes",
        ),
    ],
)
def test_what_is_wrong_is_said_where_it_stands(text: str, wanted: str) -> None:
    found, lines = read(text)
    assert found is None
    assert wanted in lines


def test_an_unknown_name_gets_help() -> None:
    found, lines = read("draw: coin-entropy\np: pior\nalt: a", ("prior", "hits"))
    assert found is None
    assert lines == ["a.md:12:8: error: p takes a number from 0 to 1, not pior | did you mean prior?"]


def test_an_alternative_text_is_no_essay() -> None:
    assert read(f"draw: coin-entropy\np: 0.5\nalt: {'a' * 301}")[0] is None


def test_no_argument_is_called_like_a_key_of_the_block() -> None:
    for name in registry.names():
        assert not set(registry.get(name).arguments) & set(KEYS), name
