"""What is maths, and what only looks like it."""

from pathlib import Path

import pytest

from generator.problems import Problems
from generator.source.markdown import parse
from generator.tokens import MATHS, leaves, plain


def formulas(text: str) -> list[str]:
    return [token.content for token in leaves(parse(text, "a.md", Problems())) if token.type in MATHS]


def problems(text: str) -> list[str]:
    found = Problems()
    parse(text, "a.md", found)
    return [str(problem) for problem in found]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("$x$", ["x"]),
        ("a$x$b", ["x"]),
        ("the $n$th and $k$-means", ["n", "k"]),
        ("$x_i * y_i$ and $z_i*$", ["x_i * y_i", "z_i*"]),
        ("$x_{<t}$ and $a & b$", ["x_{<t}", "a & b"]),
        (r"$\{a\} \$ b$", [r"\{a\} \$ b"]),
        (r"$ \alpha $", [r"\alpha"]),
        (r"\(x\) and \[y\]", ["x", "y"]),
        ("an $$x$$ inside", ["x"]),
        ("two\nlines $a\nb$ here", ["a\nb"]),
        ("text $$\na + b\n$$ more\n\nand $$c$$", ["a + b", "c"]),
        ("$$\na\n\n- b\n# c\n1) d\n$$", ["a\n\n- b\n# c\n1) d"]),
        ("paragraph\n$$x$$\ngoes on", ["x"]),
        ("paragraph\n$$\nx\n$$ and the rest\nof it", ["x"]),
        ("1) item\n\n    $$\n    a\n    $$\n\n    $$b$$", ["a", "b"]),
        ("> $$\n> a\n> $$", ["a"]),
        ("| a | $b$ |\n|---|---|\n| $c$ | d |", ["b", "c"]),
        ("**$x$** and [$y$](http://a.b)", ["x", "y"]),
    ],
)
def test_is_maths(text: str, expected: list[str]) -> None:
    assert [" ".join(formula.split()) if "\n\n" not in formula else formula for formula in formulas(text)] == [
        " ".join(formula.split()) if "\n\n" not in formula else formula for formula in expected
    ]


@pytest.mark.parametrize(
    "text",
    [
        "$5 and $6",
        "$HOME/$USER",
        "PATH=$PATH:$HOME/bin",
        "`$x$`",
        "$5, `$a$`",
        r"\$x\$",
        r"costs \$5 and \$6",
        "a $ sign",
        "$ x $",
        "    $$\n    indented code $x$",
        "```sh\necho $HOME $$x$$\n```",
    ],
)
def test_is_text(text: str) -> None:
    assert formulas(text) == []
    if "`" not in text and not text.startswith("    "):
        assert plain(parse(text, "a.md", Problems())) == text.replace("\\$", "$")


def test_a_formula_survives_emphasis_marks_around_it() -> None:
    assert formulas("*a $x_1$ b* and _$y_2$_") == ["x_1", "y_2"]


def test_a_left_over_double_dollar_is_an_error() -> None:
    assert problems("one\n\ntwo $$ three") == ["a.md:3:5: error: $$ opens a formula that nothing closes"]


def test_a_single_dollar_is_information() -> None:
    assert problems("costs $5") == ["a.md:1:7: information: a single $ is taken as text"]


def test_an_escaped_dollar_is_not_worth_a_word() -> None:
    assert problems(r"costs \$5") == []


def test_columns_are_those_of_the_source() -> None:
    text = "1) item\n\n    > quoted\n    > and $5\n\n| a | b |\n|---|---|\n| x | y $6 |\n"
    assert [line.partition(": ")[0] for line in problems(text)] == ["a.md:4:11", "a.md:8:9"]


def test_the_fixture_of_traps_is_read_without_a_left_over_dollar() -> None:
    text = Path(__file__).parent.parent.joinpath("fixtures/traps.md").read_text(encoding="utf-8")
    assert not [line for line in problems(text) if "error" in line]
