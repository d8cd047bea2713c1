"""From Markdown to cards."""

import os
from pathlib import Path

import pytest

from generator.problems import Problems, Severity
from generator.source import read
from generator.tokens import plain
from tests.helpers import deck, only_card, shown, sources, write


def test_an_item_is_a_card(tmp_path: Path) -> None:
    card = only_card(
        tmp_path,
        "# Title\n\n## Part\n\n1) Why? {#why .level-2 .derive covers=a,b allow=long}\n\n    Because.\n\n    > Hint: think\n",
    )
    assert (card.id, card.kind, card.level, card.task) == ("why", "basic", "level-2", "derive")
    assert (card.covers, card.allow, card.title) == (("a", "b"), ("long",), "Why?")
    assert (plain(card.question), plain(card.answer), plain(card.hint)) == ("Why?", "Because.", "think")
    assert card.breadcrumb == ("Title", "Part")
    assert card.tags == ("redraw::topic::a::part", "redraw::kind::basic", "redraw::level::2", "redraw::task::derive")
    assert (card.place.line, card.place.column) == (5, 4)


def test_attributes_may_stand_on_the_paragraphs_last_line(tmp_path: Path) -> None:
    card = only_card(tmp_path, "1) Why\n   so? \n   {#why}\n\n    Because.\n")
    assert (card.id, plain(card.question)) == ("why", "Why so?")


def test_a_heading_with_an_id_is_a_card(tmp_path: Path) -> None:
    text = "## Part\n\n### Why? {#why}\n\nBecause.\n\n1) one\n2) two\n\n#### Deeper\n\nstill\n\n"
    text += "#### How? {#how}\n\nSo.\n\n## Next\n\n1) Q {#q}\n\n    A\n"
    found, lines = sources(tmp_path, a=text)
    assert [(card.id, plain(card.answer)) for card in found.cards] == [
        ("why", "Because. one two Deeper still"),
        ("how", "So."),
        ("q", "A"),
    ]
    assert found.cards[1].breadcrumb == ("Part",)
    assert found.cards[2].tags[0] == "redraw::topic::a::next"
    assert lines == []


def test_an_item_with_an_id_inside_a_headings_card_is_an_error(tmp_path: Path) -> None:
    _, lines = sources(tmp_path, a="## Why? {#why}\n\nBecause.\n\n1) one {#one}\n")
    assert lines[0] == "a.md:5:4: error: this item bears attributes inside a heading's card"


def test_a_thematic_break_moves_the_border(tmp_path: Path) -> None:
    card = only_card(
        tmp_path,
        "1) Read this. {#a}\n\n    ```python\n    x\n    ```\n\n    What is x?\n\n    ---\n\n    A name.\n\n    ---\n\n    Yes.\n",
    )
    assert (plain(card.question), plain(card.answer)) == ("Read this. x What is x?", "A name. Yes.")


def test_a_break_without_a_blank_line_above_is_a_heading_and_a_warning(tmp_path: Path) -> None:
    _, lines = sources(tmp_path, a="1) Q {#a}\n\n    More\n    ---\n\n    A\n")
    assert lines == ["a.md:3:5: warning: the line below makes a heading of this text"]


def test_a_question_without_an_answer_is_a_draft(tmp_path: Path) -> None:
    found, lines = sources(tmp_path, a="1) One?\n2) Two?\n\n    TODO\n\n3) TODO\n\n4)\n")
    assert (len(found.cards), [draft.title for draft in found.drafts]) == (0, ["One?", "Two?", "", ""])
    assert next(line for line in lines if "draft" in line) == "a.md:1:4: information: a draft: it has no answer: One?"


def test_clozes_run_through_the_last_block_that_holds_one(tmp_path: Path) -> None:
    card = only_card(tmp_path, "1) A {{c1::b}} {#a}\n\n    c\n\n    $x={{c2::y}}$\n\n    extra\n")
    assert (card.kind, plain(card.question), plain(card.answer)) == ("cloze", "A b c x=y", "extra")


@pytest.mark.parametrize("typo", ["{{c1:b}}", "{{C1::b}}", "{{c1,2::b}}", "{{c1 ::b}}"])
def test_what_looks_like_a_cloze_and_is_none_is_a_warning(tmp_path: Path, typo: str) -> None:
    _, lines = sources(tmp_path, a=f"1) A {typo} and {{{{c2::c}}}} {{#a}}\n")
    assert lines == ["a.md:1:6: warning: this looks like a cloze and is text"]


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("1) A {{c1::b {#a}\n", "a.md:1:6: error: the cloze is not closed"),
        ("1) A {{c1::b {{c2::c}} d}} {#a}\n", "a.md:1:6: error: clozes do not nest"),
        ("1) A {{c1::}} {#a}\n", "a.md:1:6: error: the cloze is empty"),
        ("1) A {{c0::b}} {#a}\n", "a.md:1:6: error: clozes are numbered from 1"),
    ],
)
def test_a_broken_cloze_is_an_error(tmp_path: Path, text: str, problem: str) -> None:
    assert problem in sources(tmp_path, a=text)[1]


def test_a_task_list_makes_a_choice_card(tmp_path: Path) -> None:
    card = only_card(tmp_path, "1) Which? {#a}\n\n    - [x] *this*\n    - [ ] that\n\n    Because.\n")
    assert card.kind == "choice"
    assert [(plain(choice.tokens), choice.right) for choice in card.choices] == [("this", True), ("that", False)]
    assert (plain(card.question), plain(card.answer)) == ("Which?", "Because.")


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("- [ ] a\n    - [ ] b", "a.md:3:7: error: no choice is right"),
        ("- [x] a", "a.md:3:7: error: a single choice is none"),
        ("- [x] a\n    - b", "a.md:4:7: error: this item of a task list has no box"),
        ("- [x] a\n    - [ ] b\n\n    text\n\n    - [x] c\n    - [ ] d", "a.md:8:7: error: a second list of choices"),
        ("- [x] a\n    - [ ] {{c1::b}}\n\n    {{c1::c}}", "a.md:1:4: error: the card is choice and cloze at once"),
    ],
)
def test_a_broken_choice_is_an_error(tmp_path: Path, text: str, problem: str) -> None:
    assert problem in sources(tmp_path, a=f"1) Which? {{#a}}\n\n    {text}\n")[1]


@pytest.mark.parametrize(
    ("braces", "problem"),
    [
        ("{#Bad_Id}", "a.md:1:7: error: 'Bad_Id' is no id"),
        ("{#a .levle-1}", "a.md:1:10: error: unknown class .levle-1"),
        ("{#a colour=red}", "a.md:1:10: error: unknown key colour"),
        ("{#a after=b#}", "a.md:1:10: error: 'b#' is no id"),
        ("{#a #b}", "a.md:1:10: error: a second id"),
        ("{#a nonsense}", "a.md:1:10: error: nonsense is no attribute"),
        ("{#a after=nobody}", "a.md:1:4: error: after=nobody: there is no such card"),
        ("{#a after=a}", "a.md:1:4: error: a follows itself, by way of after=a"),
    ],
)
def test_bad_attributes_are_errors(tmp_path: Path, braces: str, problem: str) -> None:
    assert problem in sources(tmp_path, a=f"1) Q {braces}\n\n    A\n")[1]


def test_attributes_elsewhere_are_text_and_a_warning(tmp_path: Path) -> None:
    found, lines = sources(tmp_path, a="1) Q {#a}\n\n    A {#b}\n\n    and {#c} too\n")
    assert lines == ["a.md:3:7: warning: {#b} is taken as text here", "a.md:5:9: warning: {#c} is taken as text here"]
    assert plain(found.cards[0].answer) == "A and {#c} too"


def test_braces_that_are_no_attributes_are_text(tmp_path: Path) -> None:
    card = only_card(tmp_path, "1) The set {.5} {#a}\n\n    {x} and $\\sqrt{#}$ {a b}\n")
    assert (plain(card.question), plain(card.answer)) == ("The set {.5}", r"{x} and \sqrt{#} {a b}")


def test_two_cards_of_one_id_name_both_places(tmp_path: Path) -> None:
    _, lines = sources(tmp_path, a="1) Q {#a}\n\n    A\n", b="1) Q {#a}\n\n    A\n")
    assert lines[0].startswith("b.md:1:4: error: the id a is taken by ")
    assert lines[0].endswith("a.md:1:4")


def test_an_old_id_that_is_taken_is_an_error(tmp_path: Path) -> None:
    _, lines = sources(tmp_path, a="1) Q {#a}\n\n    A\n\n1) Q {#b was=a}\n\n    A\n")
    assert "the id a is taken by" in lines[0]


def test_a_card_without_an_id_gets_one_and_a_warning(tmp_path: Path) -> None:
    found, lines = sources(tmp_path, a="1) Why is the sky blue?\n\n    A\n")
    assert found.cards[0].id.startswith("why-is-the-sky-blue-")
    assert f"a.md:1:4: warning: the card has no id and gets {found.cards[0].id} from its text" in lines


def test_follow_ups_come_behind_their_parents(tmp_path: Path) -> None:
    found, _ = sources(
        tmp_path, a="1) Q {#c after=b}\n\n    A\n\n1) Q {#b after=a}\n\n    A\n\n1) Q {#a}\n\n    A\n\n1) Q {#d}\n\n    A\n"
    )
    assert [card.id for card in found.cards] == ["a", "b", "c", "d"]


def test_a_link_to_no_card_is_an_error(tmp_path: Path) -> None:
    _, lines = sources(tmp_path, a="1) Q {#norm}\n\n    see [it](#nrom)\n")
    assert lines == ["a.md:3:9: error: #nrom is no card"]


def test_stray_text_is_reported(tmp_path: Path) -> None:
    _, lines = sources(tmp_path, a="# T\n\nhello\n\n1) Q {#a}\n\n    A\n\nstray\n")
    assert lines == ["a.md:3:1: information: this text belongs to no card", "a.md:9:1: information: this text belongs to no card"]


@pytest.mark.parametrize("before", ["1) P {#p}\n\n    A\n\n    ", "1) P {#p}\n\n    A\n\n<!-- a -->\n", ""])
def test_a_comment_that_nothing_closes_is_an_error_and_hides_no_card_in_silence(tmp_path: Path, before: str) -> None:
    _, lines = sources(tmp_path, a=f"{before}<!-- open\n\n1) Q {{#q}}\n\n    A\n")
    line, column = before.count("\n") + 1, len(before.rpartition("\n")[2]) + 1
    assert f"a.md:{line}:{column}: error: the comment is not closed and hides what follows" in lines


def test_the_traps_are_all_accounted_for() -> None:
    folder = Path(__file__).parent.parent / "fixtures"
    problems = Problems()
    found = read(folder / "traps.md", problems)
    assert [len(found.cards), len(found.drafts)] == [4, 2]
    warnings = [
        (p.place.line, p.message.partition(":")[0]) for p in problems if str(p.severity) == "warning" and "no id" not in p.message
    ]
    assert warnings == [
        (0, "there is no redraw.toml"),
        (9, "this text follows a question without an answer, but does not belong to it"),
        (10, "this numbered line is part of the paragraph above"),
        (11, "this numbered line is part of the paragraph above"),
        (36, "a | splits a formula in this row"),
        (36, "this row has 4 cells, the table 2"),
    ]
    assert sum("not shipped" in problem.message for problem in problems) == 4


def test_windows_line_ends_marks_and_odd_names_just_work(tmp_path: Path) -> None:
    (tmp_path / "redraw.toml").write_bytes(b'\xef\xbb\xbfname = "T"\r\nnamespace = "t"\r\n')
    folder = tmp_path / "mit Leerzeichen"
    folder.mkdir()
    (folder / "数学 é.md").write_bytes("\ufeff---\r\ntags: [x]\r\n---\r\n1)\tQ {#a}\r\n\r\n\tA\r\n".encode())
    found, lines = sources(tmp_path)
    assert (found.cards[0].id, plain(found.cards[0].answer), lines) == ("a", "A", [])
    assert found.decks == {"mit Leerzeichen/数学 é": "T::mit Leerzeichen::数学 é"}
    assert found.cards[0].tags == ("redraw::topic::mit-leerzeichen::数学-é", "redraw::kind::basic", "x")


def test_the_front_matter_may_name_the_title_and_its_heading_adds_nothing(tmp_path: Path) -> None:
    found, lines = sources(tmp_path, a="---\ntitle: Own\n---\n# Heading\n\n## Part\n\n1) Q {#a}\n\n    A\n")
    assert lines == []
    assert (found.cards[0].breadcrumb, found.cards[0].tags[0]) == (("Own", "Part"), "redraw::topic::a::part")


def test_what_lies_in_the_folder_and_is_not_read_is_reported(tmp_path: Path) -> None:
    write(tmp_path / "elsewhere", x="1) X {#x}\n\n    A\n")
    root = write(tmp_path / "deck", a="1) Q {#a}\n\n    A\n", README="1) R {#r}\n\n    A\n")
    write(root / "inner", b="1) S {#s}\n\n    A\n")
    (root / "out.md").symlink_to(tmp_path / "elsewhere/x.md")
    (root / "nowhere.md").symlink_to(root / "gone.md")
    (root / "round.md").symlink_to("round.md")
    (root / "up").symlink_to(root)
    (root / "same.md").mkdir()
    found, lines = sources(root)
    assert [card.id for card in found.cards] == ["a"]
    assert lines == [
        "README.md: information: is passed over: it is about the folder, not a source",
        "inner: information: is passed over: its redraw.toml makes it a deck of its own",
        "nowhere.md: warning: leads to no file and is not read",
        "out.md: warning: leads out of the folder and is not read",
        "round.md: warning: leads to no file and is not read",
        "up: warning: is a link to a folder and is not followed",
    ]


def test_a_folder_that_cannot_be_listed_is_an_error(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    # The superuser may list any folder, so that permissions alone would test nothing in a container.
    root = write(tmp_path, a="1) Q {#a}\n\n    A\n")
    write(root / "shut", b="1) S {#s}\n\n    A\n")
    (root / "shut/redraw.toml").unlink()
    listed = os.scandir

    def refuse(path: str) -> object:
        if Path(path).name == "shut":
            raise PermissionError(13, "Permission denied", path)
        return listed(path)

    monkeypatch.setattr(os, "scandir", refuse)
    _, lines = sources(root)
    assert lines == ["shut: error: cannot be read: Permission denied"]


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("---\ntags: [a]\n", "a.md:1:1: error: the front matter is not closed"),
        ("---\ntagz: [a]\n---\n", "a.md:2:1: error: unknown key tagz"),
        ("---\ntags: a\n---\n", "a.md:2:7: error: tags must be a list of words"),
        ("---\ntags: [a b]\n---\n", "a.md:2:8: error: 'a b' is no tag"),
        ("---\ntags: [a\n---\n", "error: the front matter is no YAML"),
        ("---\n- a\n---\n", "a.md:2:1: error: the front matter must be made of keys and values"),
        ("---\ntitle: [a]\n---\n", "a.md:2:8: error: a text was expected here"),
    ],
)
def test_bad_front_matter_is_an_error(tmp_path: Path, text: str, problem: str) -> None:
    _, lines = sources(tmp_path, a=text + "\n1) Q {#a}\n\n    A\n")
    assert any(problem in line for line in lines), lines


def test_identity_does_not_depend_on_the_text(tmp_path: Path) -> None:
    one = only_card(tmp_path / "1", "1) Q {#a}\n\n    A\n")
    two = only_card(tmp_path / "2", "# H\n\n1) Quite another {#a}\n\n    - [x] a\n    - [ ] b\n")
    assert one.identity == two.identity


def test_interpolations_know_their_places(tmp_path: Path) -> None:
    text = "1) Q @{a} $x@{b:2sf}$ `@{c}` {#q}\n\n    1. step\n\n       $$\n       @{d} + @{e}\n       $$\n\n"
    text += "    ```text\n    @{f}\n    ```\n"
    card = sources(tmp_path, a=text)[0].cards[0]
    assert [(item.name, item.format, item.place.line, item.place.column) for item in card.shown] == [
        ("a", "", 1, 6),
        ("b", "2sf", 1, 13),
        ("c", "", 1, 24),
        ("d", "", 6, 8),
        ("e", "", 6, 15),
        ("f", "", 10, 5),
    ]
    assert [item.name for item in card.shown if item.asked] == ["a", "b", "c"]


@pytest.mark.parametrize(
    ("block", "lines"),
    [
        ("numeric", "params: {a: int 1..9}\n    answer: a"),
        ("claim", "name: one\n    show: 1 < 2"),
        ("figure", "draw: unit-balls\n    alt: Three balls"),
    ],
)
def test_a_block_that_is_not_closed_is_told_once(tmp_path: Path, block: str, lines: str) -> None:
    """What it swallows is no YAML either, which is not said again."""
    text = f"1) Q {{#q}}\n\n    ```{block}\n    {lines}\n"
    open_ended = deck(tmp_path / "open", a=text + "\n    An answer: `so`, and [more\n").problems
    (error,) = (problem for problem in open_ended if problem.severity == Severity.ERROR)
    assert (error.message, error.place.line, error.place.column) == (f"the {block} block is not closed", 3, 5)
    assert error.hint == "write ``` on a line of its own below it"
    assert not deck(tmp_path / "closed", a=text + "    ````\n\n    A\n").problems.failed


def test_a_figure_in_a_block_quote_is_closed_by_a_quoted_fence(tmp_path: Path) -> None:
    text = "1) Q {#q}\n\n    > ```figure\n    > draw: unit-balls\n    > alt: Three balls\n    > ```\n"
    assert not deck(tmp_path / "closed", a=text).problems.failed
    assert deck(tmp_path / "open", a=text.replace("    > ```\n", "")).problems.failed


@pytest.mark.parametrize(
    ("question", "block", "problem"),
    [
        ("Q {#q}", "claim\n    name: one\n    show: 1 << 2", "a.md:5:11: error: LShift is not allowed"),
        ("{#q}", "numeric\n    params: {a: int 1..9}\n    answer: a\n    unt: m", "a.md:6:5: error: unknown key unt"),
    ],
)
def test_what_is_wrong_with_the_blocks_of_a_draft_is_told(tmp_path: Path, question: str, block: str, problem: str) -> None:
    found = deck(tmp_path, a=f"1) {question}\n\n    ```{block}\n    ```\n")
    assert len(found.sources.drafts) == 1
    errors = [line for line in shown(found.problems, tmp_path) if ": error: " in line]
    assert len(errors) == 1 and errors[0].startswith(problem), errors


def test_a_draft_whose_claim_is_sound_stays_a_draft(tmp_path: Path) -> None:
    found = deck(tmp_path, a="1) Q {#q}\n\n    ```claim\n    name: one\n    show: 1 < 2\n    ```\n")
    assert [problem.rule for problem in found.problems] == ["draft"]


def test_a_link_of_a_card_to_itself_is_told(tmp_path: Path) -> None:
    _, lines = sources(tmp_path, a="1) Q {#q}\n\n    See [this](#q), [that](#p).\n\n1) P {#p}\n\n    A\n")
    assert lines == ["a.md:3:9: error: #q is this very card"]
