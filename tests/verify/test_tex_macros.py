"""The author's macros: what they stand for, and what is wrong with them."""

from pathlib import Path

import pytest

from generator.model import Macro
from generator.problems import Failure, Place, Problems
from generator.render.macros import Unexpandable, expand
from generator.source.settings import read_settings
from tests.helpers import TOML, deck, fields, shown, write
from tests.verify.test_tex import found

NONE = Place("redraw.toml")
MACROS = {
    name: Macro(name, body, arguments, NONE)
    for name, body, arguments in (
        ("E", r"\mathbb{E}", 0),
        ("norm", r"\left\lVert #1 \right\rVert", 1),
        ("pair", r"(#1, #2)", 2),
        ("grad", r"\nabla", 0),
        ("d", r"\mathrm d#1", 1),
        ("Ex", r"\E_{#1}\!\left[#2\right]", 2),
        ("hash", r"\##1", 1),
        ("apply", r"#1#1", 1),
        ("word", "abc", 0),
    )
}


@pytest.mark.parametrize(
    ("tex", "expected"),
    [
        (r"\E x", r"\mathbb{E}x"),
        (r"\Ex{p}{f}", r"\mathbb{E}_{p}\!\left[f\right]"),
        (r"\norm{a}\normal\norm", None),
        (r"\norm{a}+\normal", r"\left\lVert a \right\rVert+\normal"),
        (r"\norm a b", r"\left\lVert a \right\rVert b"),
        (r"\norm\alpha", r"\left\lVert \alpha \right\rVert"),
        (r"\norm{\frac{a}{\{b}}", r"\left\lVert \frac{a}{\{b} \right\rVert"),
        (r"\norm{\norm{x}}", r"\left\lVert \left\lVert x \right\rVert \right\rVert"),
        (r"\pair{a} {b}", "(a, b)"),
        (r"\pair ab", "(a, b)"),
        (r"\pair{a}", None),
        (r"{\pair a}", None),
        (r"\norm{a", None),
        (r"\norm & b", None),
        (r"\grad f", r"\nabla f"),
        (r"\grad_x", r"\nabla_x"),
        (r"\d x", r"\mathrm dx"),
        (r"\d\alpha", r"\mathrm d\alpha"),
        (r"\hash{1}", r"\#1"),
        (r"\\E \\\E", r"\\E \\\mathbb{E}"),
        (r"\mathrm\word", r"\mathrm abc"),
        ("\\x % \\norm\n\\E", "\\x % \\norm\n\\mathbb{E}"),
        (r"50\%\E", r"50\%\mathbb{E}"),
        (r"\norm{{c1::x}}", r"\left\lVert {{c1::x}} \right\rVert"),
        (r"\norm{{{c1::x}}}", r"\left\lVert {{c1::x}} \right\rVert"),
        (r"{{c1::\norm{x}}}", r"{{c1::\left\lVert x \right\rVert}}"),
        (r"\apply{\apply}", None),
        (r"\apply" * 12 + "x", None),
        (r"\apply{" * 30 + "x" + "}" * 30, None),
        (r"\Éx", r"\Éx"),
    ],
)
def test_expansion_goes_by_tex_rules(tex: str, expected: str | None) -> None:
    if expected is None:
        with pytest.raises(Unexpandable):
            expand(tex, MACROS)
    else:
        assert expand(tex, MACROS) == expected


def settings(folder: Path, text: str) -> list[str]:
    """What is wrong with a ``redraw.toml``."""
    folder.joinpath("redraw.toml").write_text(TOML + text, encoding="utf-8")
    problems = Problems()
    try:
        read_settings(folder, problems)
    except Failure as failure:
        problems = failure.problems
    return shown(problems, folder)


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("[macros]\nE = '\\mathbb{E'", r"redraw.toml:5:1: error: the braces of \E do not match"),
        ("[macros]\nE = '}{'", r"redraw.toml:5:1: error: the braces of \E do not match"),
        ("[macros]\n\nF = 'x'\n  E = 3", r"redraw.toml:7:3: error: \E must be a text, got 3"),
        ("[macros]\nE2 = 'x'", r"redraw.toml:5:1: error: \E2 is no name for a macro"),
        ("[macros]\n'\\E' = 'x'", r"redraw.toml:5:1: error: \\E is no name for a macro"),
        ("[macros]\nE = '#2'", r"redraw.toml:5:1: error: \E uses #2, but not #1"),
        ("[macros]\nE = '#0'", r"redraw.toml:5:1: error: #0 in \E is no argument"),
        ("[macros]\nE = 'x#'", r"redraw.toml:5:1: error: # in \E is no argument"),
        ("[macros]\nE = '{{c1::x}}'", r"redraw.toml:5:1: error: a cloze stands in \E"),
        ("[macros]\nE = '\\E'", r"redraw.toml:5:1: error: \E leads back to itself"),
        ("macros = 'x'", "redraw.toml:4:1: error: macros must be a table, got 'x'"),
        ("macros = {F = 'x', E = '{'}", r"redraw.toml:4:20: error: the braces of \E do not match"),
        ("macros.E = '{'", r"redraw.toml:4:8: error: the braces of \E do not match"),
    ],
)
def test_a_wrong_macro_is_an_error_where_it_stands(tmp_path: Path, text: str, problem: str) -> None:
    assert settings(tmp_path, text) == [problem]


def test_macros_that_lead_to_each_other_are_each_an_error(tmp_path: Path) -> None:
    lines = settings(tmp_path, "[macros]\na = '\\b{x}'\nb = '#1\\c'\nc = '\\\\a\\a'\nd = '\\a \\\\d'")
    assert [line.split(": error: ")[0] for line in lines] == ["redraw.toml:5:1", "redraw.toml:6:1", "redraw.toml:7:1"]


def test_a_card_carries_what_a_macro_stands_for(tmp_path: Path) -> None:
    write(tmp_path)
    (tmp_path / "redraw.toml").write_text(TOML + "[macros]\nnorm = '\\left\\lVert #1 \\right\\rVert_{2}'\nE = \"\\\\mathbb{E}\"\n")
    text = "1) {{c1::$\\E[\\norm{x}^{\\frac{a}{\\norm{b}}}]$}} and $\\norm{{c2::y}}$, {{c3::$\\E_{\\E}$}}. {#a}\n"
    html = fields(tmp_path, text)["Text"]
    assert html == (
        r"<p>{{c1::\(\mathbb{E}[\left\lVert x \right\rVert_{2}^{\frac{a}{\left\lVert b \right\rVert_{2} } }]\)}}"
        r' and <span class="nowrap">\(\left\lVert {{c2::y}} \right\rVert_{2}\),</span> '
        r"{{c3::\(\mathbb{E}_{\mathbb{E} }\)}}.</p>"
    )


def test_a_macro_without_its_argument_is_an_error_of_the_build(tmp_path: Path) -> None:
    write(tmp_path)
    (tmp_path / "redraw.toml").write_text(TOML + "[macros]\nnorm = '\\lVert #1 \\rVert'\n")
    made = deck(tmp_path, a="1) Q {#a}\n\n    It is $x + \\norm$.\n")
    assert made.formulas == ()
    assert shown(made.problems, tmp_path) == [r"a.md:3:11: error: \norm takes an argument, and none is left: $x + \norm$"]


def test_a_name_of_mathjaxs_own_is_a_warning(tmp_path: Path) -> None:
    lines = found(tmp_path, "1) Q $\\vec{x}$ {#a}\n\n    A\n", "vec = '\\mathbf{#1}'")
    assert [line.split(" (")[0] for line in lines] == [r"redraw.toml:6:1: warning: \vec is known to MathJax, and defined anew"]


def test_what_a_macro_stands_for_is_checked_in_its_formula(tmp_path: Path) -> None:
    (line,) = found(tmp_path, "1) Q $\\half{x}$ {#a}\n\n    A\n", "half = '\\halb{#1}{2}'")
    assert line.startswith(r"a.md:1:6: error: $\halb{x}{2}$ does not typeset: Undefined control sequence \halb")
