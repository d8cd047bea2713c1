"""Every rule: a card that trips it, one that just does not, and one that allows it."""

import ast
import re
from pathlib import Path
from tempfile import TemporaryDirectory
from time import process_time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from generator.check import HAND_BUDGET
from generator.problems import Failure, Problems, Severity
from generator.source import read
from generator.tokens import plain
from generator.verify.lint import View, lint
from generator.verify.lint.words import atoms, contains, length, sentences, sides
from generator.verify.rules import RULES, rule
from tests.helpers import only_card, sources
from tests.verify.support import checked, rules


def words(count: int) -> str:
    """So many different words."""
    return " ".join(f"w{number}" for number in range(count))


def items(count: int) -> str:
    return "\n".join(f"    - entry {number}" for number in range(count))


def steps(count: int) -> str:
    return "\n".join(f"    {number + 1}. step {number}" for number in range(count))


def card(question: str, answer: str, attributes: str = "#a") -> str:
    return f"1) {question} {{{attributes}}}\n\n    {answer}\n\n"


def cloze(text: str) -> str:
    return f"1) {text} {{#a}}\n\n"


NUMERIC = """1) How much is $@{n}+1$? {#a}

    ```numeric
    params:
      n: int 1..100
    answer: ANSWER
    via: n + 1
    golden:
      - {n: 2, answer: 3}
    ```

    $@{answer}$.
"""
PROVEN = NUMERIC.replace("ANSWER", "dot_product([n, 1], [1, 1])")
PARENT = card("What is $\\frac{d}{dx}\\tanh x$?", "$1-\\tanh^2x$, never negative and largest at the very origin.", "#p")
CLAIM = """1) How does it expand? {#a}

    ```claim
    name: square
    symbols:
      a, b: real
    show: (a + b)**2 == a**2 + 2*a*b + b**2
    by: BY
    ```

    In three terms: $@{square:claim}$.
"""
CASES = {
    "given-away": [
        (cloze("The {{c1::prior}} is known first: the prior."), cloze("The {{c1::prior}} is known first: priority.")),
        (cloze("Let $u=g(x)$. The inner one is {{c1::$u=g(x)$}}."), cloze("Let $v=g(x)$. The inner one is {{c1::$u=g(x)$}}.")),
        (cloze("With $y=a+b$, the sum is ${{c1::a+b}}$."), cloze("With $y=a+bc$, the sum is ${{c1::a+b}}$.")),
        (cloze("{{c1::alpha beta}}, and {{c2::alpha beta}}."), cloze("{{c1::alpha beta}}, and {{c1::alpha beta}}.")),
        (cloze("`x.view(n, d)` is not {{c1::`view(n, d)`}}."), cloze("`x.view(d, n)` is not {{c1::`view(n, d)`}}.")),
        (cloze("The {{c1::mean::of a mean}} is asked."), cloze("The {{c1::mean::an average}} is asked.")),
        (
            "# File\n\n## Queries and keys\n\n" + cloze("What is compared with queries: {{c1::keys}}."),
            cloze("It is {{c1::and}} and 0 and {{c2::0}}."),
        ),
    ],
    "long-answer": [
        (card("Q", words(61)), card("Q", words(60))),
        (card("Q", f"{words(60)} $x$"), card("Q", f"{words(59)} $x$")),
        (card("Q", f"{words(58)} $a+b+c+d+e$"), card("Q", f"{words(58)} $a+b+c$")),
        (card("Q", words(61)), card("Q", f"{words(60)}\n\n    {words(40)}")),
        (card("Q", words(61)), card("Q", f"{words(50)}\n\n    {' '.join(['$x$'] * 20)}")),
    ],
    "long-card": [(card("Q", f"{words(50)}\n\n    {words(71)}"), card("Q", f"{words(50)}\n\n    {words(70)}"))],
    "long-enumeration": [
        (card("Q", f"These:\n\n{items(6)}"), card("Q", f"These:\n\n{items(5)}")),
        (card("Q", f"These:\n\n{steps(6)}"), card("Q", f"These:\n\n{steps(6)}", "#a .derive")),
        (
            card("Q", "> quoted\n    >\n" + items(6).replace("    -", "    > -")),
            card("Q", f"These:\n\n{items(5)}\n\n    And:\n\n    1. one"),
        ),
    ],
    "many-clozes": [
        (cloze("{{c1::one}} {{c2::two}} {{c3::three}} ${{c4::x+y}}$"), cloze("{{c1::one}} {{c2::two}} {{c3::three}}")),
    ],
    "near-duplicate": [
        (
            card("Why are the scores divided by $\\sqrt d$?", "A.") + card("By $\\sqrt d$ the scores are divided why?", "A.", "#b"),
            card("Why are the scores divided by $\\sqrt d$?", "A.") + card("Why are sums scaled with $n$?", "A.", "#b"),
        ),
        (
            card("To what does LayerNorm map the vector $(3, 4)$, and why?", "A.")
            + card("To what does a LayerNorm map the vector $(4, 4)$, and why?", "A.", "#b"),
            card("To what does LayerNorm map the vector $(3, 4)$, and why?", "A.")
            + card("To what does RMSNorm map the vector $(3, 4)$, and why?", "A.", "#b"),
        ),
    ],
    "no-alt": [
        (card("Q", "![](x.png)"), card("Q", "![a ball](x.png)")),
        (card("Q", 'A <img src="x.png"> b'), card("Q", 'A <img src="x.png" alt="a ball"> b')),
    ],
    "no-level": [
        (card("Q", "A.") + card("Other", "A.", "#b .level-1"), card("Q", "A.", "#a .level-1") + card("Other", "A.", "#b .level-1")),
        (card("Q", "A.") + card("Other", "A.", "#b .level-1"), card("Q", "A.") + card("Other", "A.", "#b")),
    ],
    "repeats-question": [
        (
            card("What does the sign of a dot product tell?", "The sign of a dot product tells whether."),
            card("What does the sign of a dot product tell?", "Whether the sign of the angle's cosine is positive."),
        ),
        (
            card("What is the sum of two?", "The sum of two is."),
            card("What is the sum of two matrices, and when?", "The sum of two is."),
        ),
        (
            card("What does the sign of a dot product tell?", "The sign of a dot product tells whether."),
            card("What does the sign of a dot product tell?", "$x$; the sign of a dot product tells more."),
        ),
        (
            card("What does the sign of a dot product tell?", "What the sign of a dot product tells."),
            card("What does the sign of a dot product tell?", "Half-spaces, by the sign of a dot product."),
        ),
    ],
    "spoils": [
        (
            PARENT + card("It is $1-\\tanh^2x$. Where is it 1?", "At 0.", "#a after=p"),
            PARENT + card("It is $1-\\tanh x$. Where is it 1?", "At 0.", "#a after=p"),
        ),
        (
            PARENT + card("Why is it largest at the very origin?", "So.", "#a after=p"),
            PARENT + card("Why is it small far from the origin?", "So.", "#a after=p"),
        ),
        (
            "1) It is {{c1::symmetric}}. {#p}\n\n" + card("Why is it symmetric?", "So.", "#a after=p"),
            "1) It is {{c1::symmetric}}. {#p}\n\n" + card("Why is it so?", "So.", "#a after=p"),
        ),
        (
            "1) Which one? {#p}\n\n    - [x] the one $x=y+z$\n    - [ ] none\n\n" + card("Why $y+z$?", "So.", "#a after=p"),
            "1) Which one? {#p}\n\n    - [ ] the one $x=y+z$\n    - [x] none\n\n" + card("Why $y+z$?", "So.", "#a after=p"),
        ),
        (
            PARENT + card("It is $1-\\tanh^2x$. Where is it 1?", "At 0.", "#a after=p"),
            PARENT + card("Where is $\\frac{d}{dx}\\tanh x$ equal to 1?", "At 0.", "#a after=p"),
        ),
    ],
    "todo": [(card("Q", "A.\n\n    TODO more"), card("Q", "A. This is no TODO mark."))],
    "unproven": [
        (NUMERIC.replace("ANSWER", "n + 1 + 0"), PROVEN),
        (PROVEN.replace("    golden:\n      - {n: 2, answer: 3}\n", ""), PROVEN),
        (PROVEN.replace("via: n + 1", "show: int"), PROVEN),
    ],
    "unproven-claim": [
        (CLAIM.replace("BY", "squares"), CLAIM.replace("BY", "expand")),
        (CLAIM.replace("BY", "squares"), CLAIM.replace("BY", "numeric")),
    ],
    "yes-no": [
        (card("Is it convex?", "A."), card("Why is it convex?", "A.")),
        (card("With two classes, does it stop?", "A."), card("With two classes, does it stop or go on?", "A.")),
        (card("Let $x=1$. Is “it” so?", "A."), card("Is it so? Prove it.", "A.")),
        (card("Do they differ?", "A."), card("Do they differ, and why?", "A.")),
        (card("Isn't it convex?", "A."), "1) Is it convex? {#a}\n\n    - [x] yes\n    - [ ] no\n"),
    ],
    "few-variants": [(PROVEN.replace("1..100", "1..39"), PROVEN.replace("1..100", "1..40"))],
    "hand-budget": [
        (PROVEN.replace("via: n + 1", "via: n + 1 + 7*11 - 7*11 + 9*9 - 9*9 + 8*8 - 8*8"), PROVEN),
    ],
}
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
    assert named == RULES.keys() - {HAND_BUDGET}


def test_the_problems_are_located(tmp_path: Path) -> None:
    text = "# T\n\n" + card("Is it?", f"Short.\n\n    {words(5)}\n\n{items(6)}") + card("Other", words(61), "#b")
    found = {(problem.rule, problem.place.line, problem.place.column) for problem in checked(tmp_path, a=text).problems}
    assert found == {("yes-no", 3, 4), ("long-enumeration", 9, 7), ("long-answer", 18, 5)}


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
@settings(deadline=None)
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
