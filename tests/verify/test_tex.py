"""What is said of formulas that do not typeset, and where; what is said of macros."""

import hashlib
import re
from pathlib import Path

import pytest

from generator.check import check
from generator.verify.tex_judge import judge, known
from tests.helpers import NOW, TOML, shown, write
from tests.verify.formulas import read

MATHJAX = Path(__file__).parents[2] / "generator" / "verify" / "mathjax"


def found(folder: Path, text: str, macros: str = "") -> list[str]:
    """The problems of a check of one source, with a table of macros."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "redraw.toml").write_text(f"{TOML}\n[macros]\n{macros}\n", encoding="utf-8")
    problems = check(write(folder, a=text), now=NOW).problems
    # What the lint says of these cards, by the name of a rule, is another matter.
    return [
        f"{line} ({one.hint})" for line, one in zip(shown(problems, folder), problems, strict=True) if one.rule[:4] in ("", "tex-")
    ]


def card(formula: str) -> str:
    return f"1) Q {{#a}}\n\n    {formula}\n"


@pytest.mark.parametrize("tex", [*read("accepted"), *read("corpus")])
def test_no_formula_that_mathjax_accepts_is_refused(tex: str) -> None:
    assert judge(tex, False).fault == ""
    assert judge(tex, True).fault == ""


@pytest.mark.parametrize("tex", read("broken"))
def test_broken_formulas_are_caught(tex: str) -> None:
    assert judge(tex, False).fault
    assert judge(tex, True).fault


def test_there_are_enough_of_them() -> None:
    assert len(read("accepted")) >= 100
    assert len(read("broken")) >= 100
    assert len(read("corpus")) >= 390


def test_an_error_stands_where_the_formula_stands_and_quotes_it(tmp_path: Path) -> None:
    text = "1) Is $x_a_b$ right? {#a}\n\n    No: $a$ and\n    $\\frac{1}{2$.\n\n    - item\n\n      $$\n      \\left( x\n      $$\n"
    assert found(tmp_path, text) == [
        "a.md:1:7: error: $x_a_b$ does not typeset: Double subscripts: use braces to clarify"
        " (write x_{a_b} for a subscript of a subscript, x_{ab} for two letters)",
        "a.md:4:5: error: $\\frac{1}{2$ does not typeset: Missing close brace"
        " (every { needs its }, inside each argument too; a brace that shows is \\{)",
        "a.md:8:7: error: $\\left( x$ does not typeset: Extra \\left or missing \\right"
        " (\\left and \\right come in pairs, within one cell and one brace; \\right. is one that does not show)",
    ]


def test_every_part_of_a_card_is_read(tmp_path: Path) -> None:
    text = """# Top

1) Q {#a}

    > Hint: $\\hint_a_a$

    Short.

    <details><summary>More</summary>

    $\\fold$

    </details>

    | $\\head$ | b |
    |---|---|
    | c | $\\cell$ |

1) Choose {#b}

    - [x] $\\right$
    - [ ] $\\wrong$

1) It is {{c1::$\\inside$}} and ${{c2::\\part}}$. {#c}

    $\\extra$

1) See {#d}

    [that](#a), and ![alt](missing.png)

1) The prior is @{prior}, $\\question = @{prior}$. {#e}

    ```numeric
    params:
      prior: choice 0.01 0.02 0.05 0.1 0.2
      sens: choice 0.8 0.9 0.95
      fpr: choice 0.05 0.1 0.2
    answer: bayes_posterior(prior, sens, fpr).posterior
    via: prior*sens/(prior*sens + (1-prior)*fpr)
    show: 2sf
    given:
      - \\given_p: prior
    mistakes:
      "takes $\\\\quoted$": sens
      takes $\\mistake$: prior*sens
    ```

    ```figure
    draw: base-rates
    prior: prior
    sensitivity: sens
    false_alarms: fpr
    alt: bars
    caption: Of $\\caption$ and $@{prior}_a_b$
    ```

    $$\\answer = @{answer}$$
"""
    lines = found(tmp_path, text)
    places = {match[1]: line.split(": error")[0] for line in lines if (match := re.search(r"error: \$([\\\w]+)", line))}
    assert places == {
        "\\hint_a_a": "a.md:5:13",
        "\\fold": "a.md:11:5",
        "\\head": "a.md:15:7",
        "\\cell": "a.md:17:11",
        "\\right": "a.md:21:11",
        "\\wrong": "a.md:22:11",
        "\\inside": "a.md:24:16",
        "\\part": "a.md:24:32",
        "\\extra": "a.md:26:5",
        "\\question": "a.md:32:27",
        "\\given_p": "a.md:42:5",
        "\\quoted": "a.md:45:16",
        "\\mistake": "a.md:46:14",
        "\\caption": "a.md:55:18",
        "0": "a.md:55:33",
        "\\answer": "a.md:58:5",
    }
    assert len(lines) == len(places) + 1, "and the picture that is not there"


def test_each_variant_is_read_and_one_is_reported(tmp_path: Path) -> None:
    text = """1) Q $x^@{n}^2$ {#a}

    ```numeric
    params:
      n: choice 2 3 4 5
    answer: sum([n, 1])
    via: n + 1
    ```

    $\\frac{@{n}}{@{answer}$
"""
    lines = [line for line in found(tmp_path, text) if "typeset" in line]
    assert [line.split(": error")[0] for line in lines] == ["a.md:1:6", "a.md:10:5"]


@pytest.mark.parametrize(
    ("formula", "hint"),
    [
        (r"$\alhpa$", r"did you mean \alpha?"),
        (r"$\bm{x}$", r"in Anki it is \boldsymbol{…}; a macro of your own stands under [macros] in redraw.toml"),
        (r"$\xyzzyx$", "a macro of your own stands under [macros] in redraw.toml"),
        (r"$\begin{align8} x \end{align8}$", "did you mean align?"),
        (r"$\oprator{x}$", r"did you mean \operator?"),
    ],
)
def test_what_is_unknown_gets_a_name_that_is_near(tmp_path: Path, formula: str, hint: str) -> None:
    macros = r"operator = '\operatorname{#1}'"
    (line,) = found(tmp_path, card(formula), macros)
    assert line.endswith(f"({hint})")


@pytest.mark.parametrize(
    ("formula", "message"),
    [
        (r"$\text{50\%}$", r"$\text{50\%}$ shows a backslash"),
        ("$50% x$", "$50% x$ ends in a comment"),
        (r"$\def\E{\mathbb E}\E$", r"$\def\E{\mathbb E}\E$ changes what later formulas mean"),
        (r"$\label{one} x$", r"$\label{one} x$ bears a label"),
    ],
)
def test_what_typesets_but_is_hardly_meant_is_a_warning(tmp_path: Path, formula: str, message: str) -> None:
    (line,) = found(tmp_path, card(formula))
    assert line.startswith(f"a.md:3:5: warning: {message} (")


def test_a_formula_is_judged_by_itself() -> None:
    assert judge(r"\newcommand{\ours}{x}\ours", False).fault == ""
    assert judge(r"\ours", False).id == "UndefinedControlSequence"
    assert judge(r"\require{physics}\dv{x}{t}", False).fault == ""
    assert judge(r"\dv{x}{t}", False).id == "UndefinedControlSequence"
    assert judge(r"\require{nowhere} x", False).id == "UnknownExtension"
    assert judge(r"\tag{1} x", True) == judge(r"\tag{1}  x", True)


@pytest.mark.parametrize(
    "tex",
    [
        "{" * 9_999,
        r"\sqrt{" * 1_600,
        "x^{" * 2_400 + "}" * 2_400,
        r"\begin{matrix}" * 600,
        r"\def\a{\a\a}\a",
        r"\def\a#1{\a{#1#1}}\a{x}",
        r"\def\a{\begin{matrix}\a\end{matrix}}\a",
        "x" * 10_001,
        r"\ce{" + "(" * 4_000 + "}",
    ],
)
def test_no_formula_takes_for_ever(tex: str) -> None:
    assert judge(tex, False).fault
    assert judge("x", False).fault == ""


def test_a_long_formula_is_quoted_around_the_fault(tmp_path: Path) -> None:
    formula = " + ".join(f"x_{{{number}}}" for number in range(40))
    (line,) = found(tmp_path, card(f"${formula} + y_a_b + {formula}$"))
    assert "y_a_b" in line
    assert len(line) < 250


def test_a_number_that_tex_would_tear_apart_is_an_error(tmp_path: Path) -> None:
    text = """1) Q $x^@{n}$ and $x^{@{n}} + \\frac@{n}2$, $x_@{one}$ {#a}

    ```numeric
    params:
      n: choice 10 12 14 16
      one: choice 1 2 3 4
    answer: sum([n, one])
    via: n + one
    ```

    A
"""
    assert [line for line in found(tmp_path, text) if "only the first" in line] == [
        "a.md:1:6: error: @{n} has several characters, and only the first would belong to ^ (write ^{@{n}})",
        "a.md:1:19: error: @{n} has several characters, and only the first would belong to \\frac (write \\frac{@{n}})",
    ]


CLOZES = [
    (r"$\sqrt{{c1::2}}$", "does not typeset on the front of cloze 1, where it asks [...]: Missing argument for \\sqrt"),
    (r"$x^{{c1::n+1}}$", "a cloze follows ^ or _ at once"),
    (r"$x = {{c1::a::b}}$", ":: stands inside a cloze"),
    (r"$x = {{c1::\frac{a}{b}}$ {{c2::y}}", "a cloze opens in $x = {{c1::\\frac{a}{b}}$, and nothing closes it"),
    (r"$a + \left( {{c1::b \right)}}$", "does not typeset on the front of cloze 1"),
    (r"$\frac{1}{ {{c1::x_a_b}} }$", "$\\frac{1}{ x_a_b }$ does not typeset: Double subscripts"),
    (r"$y_a_b + \sqrt{{c1::x}}$", "$y_a_b + \\sqrtx$ does not typeset: Double subscripts"),
    (r"$\frac{ {{c1::a + {{c2::b}} }} }{2}$", "clozes stand inside each other in $"),
    (r"{{c1::$\left( x$}}", "does not typeset: Extra \\left or missing \\right"),
]


@pytest.mark.parametrize(("formula", "message"), CLOZES)
def test_clozes_in_formulas_are_read_as_every_card_shows_them(tmp_path: Path, formula: str, message: str) -> None:
    lines = found(tmp_path, f"1) Q: {formula} {{#a}}\n")
    assert len(lines) == 1, lines
    assert message in lines[0]
    assert ": error: " in lines[0]


@pytest.mark.parametrize(
    "formula",
    [
        r"$x = {{c1::\frac{a}{\sqrt{b}}}}$",
        r"{{c1::$\frac{a}{\sqrt{b}}$}}",
        r"{{c1::$f::a$}}",
        r"$\sqrt{ {{c1::2}} } + x^{ {{c2::n+1}} }$",
        r"$\sqrt{{{c1::2}}}$",
    ],
)
def test_clozes_that_work_pass(tmp_path: Path, formula: str) -> None:
    assert found(tmp_path, f"1) Q: {formula} {{#a}}\n") == []


def test_the_vendored_parser_is_what_was_published() -> None:
    sums = dict(re.findall(r"\| (\S+\.js) \| (\w{64}) \|", (MATHJAX / "README.md").read_text(encoding="utf-8")))
    assert sums == {path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in MATHJAX.glob("*.js")}
    assert "Apache License" in (MATHJAX / "LICENSE").read_text(encoding="utf-8")


def test_names_are_mathjaxs_own() -> None:
    assert {"frac", "alpha", "ce", "coloneqq", "mathbb", "operatorname"} <= known("macro")
    assert not {"bm", "E", "norm"} & known("macro")
    assert {"aligned", "cases", "pmatrix*", "CD"} <= known("environment")
