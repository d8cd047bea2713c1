"""YAML in fenced blocks: nodes with places, and what is refused."""

import time

import pytest

from generator.blocks import DEEPEST, LONGEST, Listing, Mapping, Scalar, compose
from generator.fields import Fields, as_mapping, scalars
from generator.problems import Failure, Problems
from tests.numeric.support import block, lines


def refused(text: str) -> str:
    with pytest.raises(Failure) as caught:
        compose(block(text))
    (line,) = lines(caught.value.problems)
    return line


def hint_of(text: str) -> str:
    with pytest.raises(Failure) as caught:
        compose(block(text))
    (problem,) = caught.value.problems
    return problem.hint


def scalar(text: str) -> Scalar:
    node = compose(block(text))
    assert isinstance(node, Mapping)
    value = node.items[0][1]
    assert isinstance(value, Scalar)
    return value


@pytest.mark.parametrize("value", ["no", "010", "1e-5", "2024-01-01", "~", "0x10", "1_000", "null", "12:30:00", ".inf", "yes"])
def test_scalars_stay_strings(value: str) -> None:
    assert scalar(f"a: {value}").text == value


def test_nodes_know_their_places() -> None:
    node = compose(block("a: 1\nb:\n  - x\n  - {c: y}\n"))
    assert isinstance(node, Mapping)
    (_, one), (_, listed) = node.items
    assert isinstance(listed, Listing)
    assert isinstance(listed.items[1], Mapping)
    inner = listed.items[1].items[0][1]
    assert (one.place.line, one.place.column) == (11, 4 + 4)
    assert (listed.items[0].place.line, listed.items[0].place.column) == (13, 4 + 5)
    assert (inner.place.line, inner.place.column) == (14, 4 + 9)
    assert [item.kind for item in (one, listed, node)] == ["a single value", "a list", "a mapping"]


@pytest.mark.parametrize(
    ("text", "offset", "line", "column"),
    [
        ("a: one + two", 6, 1, 10),
        ("a: 'one + two'", 6, 1, 11),
        ('a: "one + two"', 6, 1, 11),
        ("a: 'it''s + two'", 7, 1, 13),
        ("a: |\n  one +\n  two", 6, 3, 3),
        ("a: |  # a remark: one + two\n  one +\n  two", 6, 3, 3),
        ("a: >-\n  one +\n    two", 8, 3, 5),
        ("a: one +\n  two", 6, 2, 3),
        ('a: "one +\n     two"', 6, 2, 6),
        ("a: |\n\n\n  one", 2, 4, 3),
        ("a: |\n  one", 4, 2, 6),
    ],
)
def test_a_character_of_a_value_is_found_in_the_source(text: str, offset: int, line: int, column: int) -> None:
    place = scalar(text).at(offset)
    assert (place.line - 10, place.column - 4) == (line, column)


def test_where_an_escape_hides_the_characters_the_value_itself_is_the_place() -> None:
    place = scalar('a: "x \\x41 y"').at(4)
    assert (place.line - 10, place.column - 4) == (1, 4)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("a: 1\na: 2", "2:1: the key a stands twice"),
        ("a: {b: 1, b: 2}", "1:11: the key b stands twice"),
        ("a: &x 1", "1:4: anchors (&) and aliases (*) are not allowed"),
        ("a: *x", "1:4: anchors (&) and aliases (*) are not allowed"),
        ("a: !!int 1", "1:4: tags (!) are not allowed"),
        ("a: !x {b: 1}", "1:4: tags (!) are not allowed"),
        ("[a]: 1", "1:1: a key must be a single value"),
        ("a: 1\n---\nb: 2", "2:1: a block holds one document"),
        ("a: @x", "1:4: a value cannot begin with @"),
        ("a: `x`", "1:4: a value cannot begin with `"),
        ("a: %x", "1:4: a value cannot begin with %"),
        ("a:\n\tb: 1", "2:1: a tab cannot stand here"),
        ("", "the numeric block is empty"),
        ("# only a remark", "the numeric block is empty"),
        ("a: \x07", "1:4: the character U+0007 is not allowed here"),
        ("a: b\u2028c: d", "1:5: the character U+2028 is not allowed here"),
        ("a: \ufeffb", "1:4: the character U+FEFF is not allowed here"),
    ],
)
def test_what_is_refused_is_located(text: str, message: str) -> None:
    assert refused(text) == message


def test_hints_say_what_to_write() -> None:
    assert hint_of("a: @x") == 'put the whole value in quotes: "@…"'
    assert hint_of("a: 1\na: 2") == "it stands in line 11 already"
    assert "quote" in hint_of("a: [1, 2")


@pytest.mark.parametrize(
    "text",
    [
        "a: " + "[" * 5_000,
        "[" * 300 + "]" * 300,
        "- " * 5_000 + "x",
        "{a: " * 300 + "1" + "}" * 300,
        "? " * 5_000,
        "a: " * 5_000,
        "x" * (LONGEST + 1),
        "&a [*a, *a]",
        "a: 'x" + "\n" * 15_000,
        "{" * 19_000,
        "%TAG ! tag:x,2000:\n--- !x a",
        'a: "\\U99999999"',
        "<<: {a: 1}\n<<: {b: 2}",
    ],
)
def test_hostile_yaml_is_refused_fast(text: str) -> None:
    start = time.perf_counter()
    assert refused(text)
    assert time.perf_counter() - start < 5


def test_the_deepest_block_that_is_allowed() -> None:
    compose(block("[" * DEEPEST + "x" + "]" * DEEPEST))
    assert "deep inside each other" in refused("[" * (DEEPEST + 1) + "x" + "]" * (DEEPEST + 1))


def test_fields_report_what_is_unknown_and_missing() -> None:
    problems = Problems()
    fields = Fields.of(compose(block("kind: bars\nlables: [a, b]\n")), ["kind", "labels", "width"], problems)
    assert fields.need("width") is None
    assert fields.string("kind") == "bars"
    assert fields.string("width", "3") == "3"
    assert "labels" not in fields
    assert lines(problems) == ["1:1: width is missing", "2:1: unknown key lables"]
    assert [problem.hint for problem in problems] == ["add  width: …  to the block", "did you mean labels?"]


def test_fields_of_something_else_than_a_mapping() -> None:
    problems = Problems()
    fields = Fields.of(compose(block("- a\n- b")), ["a"], problems)
    assert lines(problems) == ["1:1: here stands a list where a mapping belongs"]
    assert fields.get("a") is None


def test_values_where_something_else_belongs() -> None:
    problems = Problems()
    fields = Fields.of(compose(block("a: [1, 2]\nb:\nc: {d: 1}\ne: [x, {y: 1}]\n")), ["a", "b", "c", "e"], problems)
    assert fields.scalar("a") is None
    assert fields.scalar("b") is None
    assert [item.text for item in fields.listing("a")] == ["1", "2"]
    assert [item.text for item in fields.listing("e")] == ["x"]
    assert fields.listing("missing") == []
    assert as_mapping(fields.need("c") or fields.node, problems)
    assert lines(problems) == [
        "1:4: here stands a list where a single value belongs",
        "2:3: a value is missing",
        "4:8: here stands a mapping where a single value belongs",
    ]


def test_one_value_counts_as_a_list_of_one() -> None:
    assert [item.text for item in scalars(scalar("a: x"), Problems())] == ["x"]
