"""Every rule: a card that trips it, one that just does not, and one that allows it."""

import ast
import re
from pathlib import Path
from tempfile import TemporaryDirectory
from time import process_time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from generator.check import HAND_BUDGET
from generator.problems import Failure, Problems, Severity
from generator.source import read
from generator.tokens import plain
from generator.verify.lint import View, lint
from generator.verify.lint.words import atoms, contains, length, sentences, sides
from generator.verify.rules import RULES, rule
from generator.verify.tex import DOUBTS
from tests.helpers import deck, only_card, sources
from tests.verify.rule_cases import BARE, CASES, card, cloze, items, rows, words
from tests.verify.support import checked, rules

RULE_ARGUMENT = {r"(.*\.)?problems\.(warning|information)": 3, "Problem": 4, "warning": 1}
"""What reports a problem -> the argument that names the rule."""
TRIPPED = [(name, bad, good) for name, pairs in CASES.items() for bad, good in pairs]


@pytest.mark.parametrize(("name", "bad", "good"), TRIPPED)
def test_a_rule_finds_what_it_should_and_no_more(tmp_path: Path, name: str, bad: str, good: str) -> None:
    found = checked(tmp_path / "bad", a=bad)
    assert not [problem for problem in found.problems if problem.severity == Severity.ERROR and name != "no-alt"], list(
        found.problems
    )
    assert name in rules(found)
    assert name not in rules(checked(tmp_path / "good", a=good))


@pytest.mark.parametrize(("name", "bad", "good"), TRIPPED)
def test_a_card_that_allows_a_rule_silences_it(tmp_path: Path, name: str, bad: str, good: str) -> None:
    found = checked(tmp_path, a=bad.replace("{#a", f"{{#a allow={name}"))
    assert name not in rules(found)
    assert {(card, problem.rule) for card, problem in found.problems.silenced} == {("a", name)}
    assert not [problem for problem in found.problems if "silences nothing" in problem.message]


def test_every_rule_about_cards_is_tried() -> None:
    assert sorted(CASES) == sorted(name for name, one in RULES.items() if one.allowable)


def test_every_rule_that_a_problem_names_is_explained() -> None:
    """The names stand as texts in the stages, which know nothing of the rules."""
    root = Path(__file__).parents[2] / "generator"
    calls = [node for path in root.rglob("*.py") for node in ast.walk(ast.parse(path.read_text())) if isinstance(node, ast.Call)]
    named = {
        call.args[position].value
        for call in calls
        for function, position in RULE_ARGUMENT.items()
        if re.fullmatch(function, ast.unparse(call.func)) and len(call.args) > position
        if isinstance(call.args[position], ast.Constant)
    }
    assert named | {rule for rule, _, _ in DOUBTS.values()} == RULES.keys() - {HAND_BUDGET}


NO_RULE = {
    "build.py: _weigh": "the package as a whole is too heavy",
    "build.py: _write_lock": "the lock cannot be written",
    "source/files.py: _is_source": "a file is not read",
    "source/files.py: _paths": "a folder is not read",
    "source/settings.py: read_settings": "a folder has no redraw.toml",
}
"""Where a warning needs no rule: it is about a file or the machine, not about what an author wrote."""


def test_every_warning_about_a_card_has_a_rule() -> None:
    root = Path(__file__).parents[2] / "generator"
    found = {
        f"{path.relative_to(root).as_posix()}: {function.name}"
        for path in root.rglob("*.py")
        for function in ast.walk(ast.parse(path.read_text()))
        if isinstance(function, ast.FunctionDef)
        for call in ast.walk(function)
        if isinstance(call, ast.Call) and warns(call) and not names_rule(call)
    }
    assert found == NO_RULE.keys()


def warns(call: ast.Call) -> bool:
    """Whether the call reports a warning."""
    function = ast.unparse(call.func)
    return function.endswith(".warning") or (function == "Problem" and "Severity.WARNING" in map(ast.unparse, call.args))


def names_rule(call: ast.Call) -> bool:
    """Whether it says of which rule."""
    position = 4 if ast.unparse(call.func) == "Problem" else 3
    return len(call.args) > position or any(keyword.arg == "rule" for keyword in call.keywords)


@pytest.mark.parametrize(
    ("name", "text"),
    [("no-id", "1) Which one?\n\n    This.\n"), ("stray-answer", "1) Which one? {#a}\n\nThis.\n")],
)
def test_what_no_card_can_allow_is_found(tmp_path: Path, name: str, text: str) -> None:
    assert name in rules(checked(tmp_path, a=text + card("Other", "A.", "#b")))
    assert not RULES[name].allowable


def test_the_problems_are_located(tmp_path: Path) -> None:
    text = "# T\n\n" + card("Is it?", f"Short.\n\n    {words(5)}\n\n{items(6)}") + card("Other", words(61), "#b")
    found = {(problem.rule, problem.place.line, problem.place.column) for problem in checked(tmp_path, a=text).problems}
    assert found == {("yes-no", 3, 4), ("long-enumeration", 9, 7), ("long-answer", 18, 5)}


def test_bare_names_and_wide_lines_are_located(tmp_path: Path) -> None:
    text = BARE.replace("TEXT", "@n").replace("$@{answer}$.", "It is @n, $x+\n    @answer$. Or @n.\n\n    $$\n    x=@n\n    $$")
    found = {
        (problem.place.line, problem.place.column) for problem in checked(tmp_path, a=text).problems if problem.rule == "bare-name"
    }
    assert found == {(12, 11), (12, 15), (13, 1), (15, 5), (21, 17)}
    wide = card("Q", rows("Text.", "", "```text", "x", "y" * 61, "z" * 70, "```"))
    (problem,) = checked(tmp_path / "wide", a=wide).problems
    assert (problem.place.line, problem.message) == (
        7,
        "a line of the listing has 70 characters, the longest of 2 such lines; 60 fit",
    )


@pytest.mark.parametrize(
    ("allow", "severity", "message", "hint"),
    [
        ("long-anwser", "error", "allow=long-anwser: there is no such rule", "did you mean long-answer?"),
        ("zzz", "error", "allow=zzz: there is no such rule", "redraw check --explain lists the rules"),
        ("uncovered", "error", "allow=uncovered: no card can allow this rule", RULES["uncovered"].silence),
        ("long-answer", "information", "allow=long-answer silences nothing", "remove it"),
    ],
)
def test_mistakes_in_allow(tmp_path: Path, allow: str, severity: str, message: str, hint: str) -> None:
    (problem,) = checked(tmp_path, a=card("Q", "A.", f"#a allow={allow}")).problems
    assert (str(problem.severity), problem.message, problem.hint, problem.place.line) == (severity, message, hint, 1)


@pytest.mark.parametrize(
    ("text", "silenced"),
    [
        (card("Q", "A <pad> one.", "#a allow=unknown-html") + card("Other", "A <pad> too.", "#b"), [("a", 3)]),
        (card("Other", "A <pad> too.", "#b") + card("Q", "A <pad> one.", "#a allow=unknown-html"), [("a", 7)]),
        (card("Q {#y}?", "A.", "#a allow=stray-attributes") + "1) A draft {#z}?\n\n" + card("Other", "A.", "#b"), [("a", 1)]),
    ],
)
def test_a_card_silences_what_stands_in_its_lines_alone(tmp_path: Path, text: str, silenced: list[tuple[str, int]]) -> None:
    found = checked(tmp_path, a=text).problems
    assert [(name, problem.place.line) for name, problem in found.silenced] == silenced


def test_a_formula_is_silenced_where_it_was_written(tmp_path: Path) -> None:
    """A card that quotes another one shows its formulas; who wrote them allows them."""
    slip = card("Which sum?", "It is $1+1=3$.", "#a allow=miscalculated") + card("Which other?", "See [that](#a).", "#b")
    assert "miscalculated" not in rules(checked(tmp_path / "one", a=slip))
    turned = slip.replace(" allow=miscalculated", "").replace("{#b", "{#b allow=miscalculated")
    assert "miscalculated" in rules(checked(tmp_path / "two", a=turned))


def test_a_build_is_silenced_too(tmp_path: Path) -> None:
    text = card("Q", "A <pad> one.", "#a allow=unknown-html")
    assert list(deck(tmp_path / "silent", a=text).problems) == []
    assert len(deck(tmp_path / "loud", a=text.replace(" allow=unknown-html", "")).problems) == 1


def test_an_error_is_never_silenced() -> None:
    from generator.problems import Place, Problem

    problems = Problems()
    problems.extend([Problem(Place("a.md"), "wrong", rule="yes-no")], "a", ("yes-no",))
    assert (problems.failed, problems.silenced) == (True, {})


def test_either_of_two_alike_cards_may_allow_it(tmp_path: Path) -> None:
    (bad, _), *_ = CASES["near-duplicate"]
    for one, other in (("a", "b"), ("b", "a")):
        found = checked(tmp_path / one, a=bad.replace(f"#{one}", f"#{one} allow=near-duplicate"))
        assert (rules(found), [name for name, _ in found.problems.silenced]) == ([], [one]), other


def test_the_hand_budget_of_many_draws_replaces_that_of_the_shipped_ones(tmp_path: Path) -> None:
    (bad, _), *_ = CASES["hand-budget"]
    (shipped,) = (p for p in checked(tmp_path, a=bad).problems if p.rule == "hand-budget")
    (drawn,) = (p for p in checked(tmp_path, a=bad, draws=20).problems if p.rule == "hand-budget")
    assert shipped.message == "more than 6 operations, on 13 of 13 variants"
    assert drawn.message == "more than 6 operations, on 20 of 20 draws"


def test_explanations_say_why_how_and_how_not() -> None:
    for name, one in RULES.items():
        assert one.name == name
        assert all(part in one.explanation for part in ("Why: ", "To mend it: ", "To silence it: ", one.summary))
        assert (f"allow={name}" in one.explanation) == one.allowable
    with pytest.raises(Failure, match="there is no rule of this name"):
        rule("spoil")


def test_formulas_count_in_words_and_are_compared_side_by_side(tmp_path: Path) -> None:
    one = only_card(tmp_path, card("Q", r"So $x$ and $\frac{a}{b}=\left(c\right)$, `code` too."))
    assert length(one.answer) == 6
    assert atoms(r"\left(x_{ij}\right)\,") == ["(", "x", "_", "i", "j", ")"]
    assert atoms("@{p:2dp}+1") == ["@{p:2dp}", "+", "1"]
    assert ["f", "(", "a", ",", "b", ")"] in sides(atoms("y=f(a,b)"))
    assert sentences(only_card(tmp_path / "b", card("Let $x=1$. Is “it” so?", "A")).question) == ["Let ▪.", "Is “it” so?"]


@given(st.lists(st.integers(0, 3)), st.lists(st.integers(0, 3), min_size=1))
def test_contains_is_what_a_search_in_text_finds(text: list[int], run: list[int]) -> None:
    spelled = "".join(map(str, text)), "".join(map(str, run))
    assert contains(list(spelled[0]), list(spelled[1])) == (spelled[1] in spelled[0])


def test_plain_text_is_compared_without_the_marks_of_clozes(tmp_path: Path) -> None:
    assert plain(only_card(tmp_path, cloze("It is {{c1::so::how}}.")).question) == "It is so."


PIECES = (
    "Is", "it", "$x=y$", "${{c1::a", "}}$", "{{c2::b::h}}", "{{c1::", "::", "`f(x)`", "@{n:2dp}", "\n\n", "    ",
    "- ", "1. ", "1) ", "?", "{#a}", "{#b after=a}", "{.derive}", "- [x] ", "![](x)", "<img src=x>", "$$", "\\left(",
    "\\begin{aligned}", "“", "TODO", "| a |", ".", "> Hint: ",
)  # fmt: skip


@given(st.lists(st.sampled_from(PIECES), max_size=40))
def test_no_source_brings_the_rules_down(pieces: list[str]) -> None:
    with TemporaryDirectory() as folder:
        found, _ = sources(Path(folder), a="1) " + " ".join(pieces))
    views: dict[str, View] = {}
    for one in found.cards:
        views[one.id] = View(one, one.answer, views.get(one.after))
    lint(list(views.values()), Problems())


def test_a_large_deck_is_checked_in_a_moment(tmp_path: Path) -> None:
    folder = Path(__file__).parents[2] / "cards_src"
    cards = read(folder, Problems()).cards
    started = process_time()
    lint([View(one, one.answer) for one in cards], Problems())
    assert process_time() - started < 0.003 * len(cards)
