"""Numeric cards in the reviewer of the real Anki desktop: a year of showings, typing, and a note that the learner edits."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from generator.anki.checker import call
from generator.model import Note
from tests.anki.desktop import Showing, Shown, show
from tests.anki.learning import AGAIN, GOOD, HARD, days_of_showings
from tests.anki.notes import built
from tests.anki.pages import PAGE
from tests.anki.pools import NUMERIC_NOTES, POOLS, numeric

MORNING = datetime(2026, 3, 10, 9)
TODAY = (MORNING - datetime(1970, 1, 1)).days
FIELD = ("click", ".entry input")
ENTER = ("press", "Enter")


@dataclass
class Script:
    """The showings of the one run, under names."""

    showings: list[Showing] = field(default_factory=list)
    names: dict[str, list[int]] = field(default_factory=dict)

    def add(self, name: str, note: Note, day: int = 0, **extra: Any) -> None:
        clock = (MORNING + timedelta(days=day)).isoformat()
        self.names.setdefault(name, []).append(len(self.showings))
        self.showings.append(Showing(f"Guid:{note.guid}", **{"clock": clock, **extra}))


COPIES = {
    name: numeric(name, POOLS["bayes"])
    for name in ("editing-question", "editing-answer", "editing-pool", "editing-mine", "another", "border", "typing")
}
EDITS = {"editing-question": "Question", "editing-answer": "Answer", "editing-pool": "Pool", "editing-mine": "My notes"}
GOOD_YEAR = [GOOD] * 7
BAD_YEAR = [GOOD, GOOD, GOOD, AGAIN, GOOD, GOOD, HARD, GOOD, GOOD, GOOD, GOOD, GOOD]


def script(folder: Path) -> tuple[Script, dict[str, list[int]]]:
    """All that is shown, and on which days the years' showings are."""
    plan = Script()
    years = {"good": days_of_showings(folder, GOOD_YEAR)}
    (folder / "again").mkdir()
    years["bad"] = days_of_showings(folder / "again", BAD_YEAR)
    for name, note in (("good", NUMERIC_NOTES["bayes"]), ("bad", NUMERIC_NOTES["gradient"])):
        for day in years[name]:
            plan.add(name, note, day)
    for _ in range(5):
        plan.add("one day", NUMERIC_NOTES["roots"])
    plan.add("another", COPIES["another"], acts=(FIELD, ("type", "0.5"), ENTER, *[("click", ".another")] * 2))
    plan.add("another", COPIES["another"])
    plan.add("border", COPIES["border"], clock="2026-03-10T03:59", back_clock="2026-03-10T04:01")
    _type(plan)
    for name, edited in EDITS.items():
        # Seven days on, the script would show another variant than the first.
        plan.add(name, COPIES[name], 7, edit={edited: " typed"})
    for width, night in ((360, False), (360, True)):
        for note in NUMERIC_NOTES.values():
            plan.add("phone", note, 3, width=width, night=night, folds=True, acts=(("click", ".check"),))
    return plan, years


def _type(plan: Script) -> None:
    typing = COPIES["typing"]
    first = call("choose", typing.guid, TODAY, 0, 13)
    one, other = (POOLS["bayes"][(first + showing) % 13] for showing in (0, 1))
    right = f"{float(str(one.checks[0].value)) * 100:.0f}"
    slip = str(other.mistakes[0].values[0])
    plan.add("right", typing, acts=(FIELD, ("type", right), ENTER), enter=True)
    plan.add("wrong", typing, acts=(FIELD, ("type", slip), ENTER), enter=True)
    minus, power = ("click", "[data-key='−']"), ("click", "[data-key='×10^']")
    plan.add("keys", typing, acts=(minus, ("type", "5e-1"), power, ("type", "-2 r 1@=*")))
    plan.add("unclear", typing, acts=(FIELD, ("type", "what"), ENTER))
    plan.add("nothing", typing, acts=(FIELD, ENTER), enter=True)
    plan.add("unchecked", typing, acts=(FIELD, ("type", "1 2 3")))
    plan.add("changed mind", typing, acts=(FIELD, ("type", "5"), ENTER, ("type", "0")))
    plan.add("paper", typing)
    moments = NUMERIC_NOTES["moments"]
    plan.add("two", moments, acts=(FIELD, ("type", "1000"), ("press", "Tab"), ("type", "x"), ENTER))
    plan.add("half", moments, acts=(FIELD, ("type", "1000"), ENTER))


@dataclass(frozen=True)
class Run:
    """What was seen."""

    shown: dict[str, list[Shown]]
    years: dict[str, list[int]]

    def pages(self) -> Iterator[tuple[str, dict[str, Any]]]:
        for name, showings in self.shown.items():
            for number, both in enumerate(showings):
                yield f"front {number} of {name}", both.front["page"]
                yield f"back {number} of {name}", both.back["page"]

    def both(self, name: str, number: int = 0) -> tuple[dict[str, Any], dict[str, Any]]:
        showing = self.shown[name][number]
        return showing.front["page"], showing.back["page"]


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> Run:
    folder = tmp_path_factory.mktemp("numeric")
    plan, years = script(folder)
    notes = [*NUMERIC_NOTES.values(), *COPIES.values()]
    seen = show(built(folder, notes, {}), plan.showings, {"page": PAGE})
    return Run({name: [seen[number] for number in numbers] for name, numbers in plan.names.items()}, years)


def test_front_and_back_always_agree(run: Run) -> None:
    for name, showings in run.shown.items():
        for both in showings:
            front, back = both.front["page"], both.back["page"]
            assert (front["index"], front["day"]) == (back["index"], back["day"]), name
            assert front["question"] == back["question"] != "", name
            assert not back["changed"], name


@pytest.mark.parametrize(("year", "name"), [("good", "bayes"), ("bad", "gradient")])
def test_a_year_shows_what_the_core_chooses(run: Run, year: str, name: str) -> None:
    days = run.years[year]
    assert days[-1] >= 300
    assert len(set(days)) < len(days), "some days have several showings"
    variants, guid = POOLS[name], NUMERIC_NOTES[name].guid
    for number, day in enumerate(days):
        showing = days[:number].count(day)
        front, back = run.both(year, number)
        assert front["day"] == TODAY + day
        assert front["index"] == call("choose", guid, TODAY + day, showing, len(variants))
        assert back["foot"].endswith(f"june · {front['index'] + 1}/{len(variants)}")


def test_showings_of_one_day_walk_through_the_pool(run: Run) -> None:
    indexes = [run.both("one day", number)[0]["index"] for number in range(5)]
    assert indexes == [(indexes[0] + k) % 4 for k in range(5)]


def test_every_formula_is_typeset(run: Run) -> None:
    for which, page in run.pages():
        assert not page["raw"], which
        assert page["errors"] == 0, which
    assert all(both.back["page"]["formulas"] >= 2 for both in run.shown["bad"])


def test_another_draws_on_and_the_back_follows(run: Run) -> None:
    front, back = run.both("another")
    later = run.both("another", 1)[0]
    start = call("choose", COPIES["another"].guid, TODAY, 0, 13)
    assert front["index"] == back["index"] == (start + 2) % 13
    assert later["index"] == (start + 3) % 13
    assert front["typed"] == [""]
    assert (front["state"], back["state"]) == ("", "")
    assert front["numbers"].startswith(f"june · {front['index'] + 1}/13")


def test_across_the_border_the_page_remembers(run: Run) -> None:
    front, back = run.both("border")
    assert front["day"] == back["day"] == TODAY - 1


def test_no_field_takes_the_focus_by_itself(run: Run) -> None:
    for name in ("good", "one day", "another", "paper"):
        assert run.both(name)[1]["focused"] == "BODY"
    assert run.both("paper")[0]["focused"] == "BODY"
    assert run.both("right")[0]["focused"] == "INPUT"


def test_right(run: Run) -> None:
    front, back = run.both("right")
    assert (front["state"], back["state"]) == ("right", "right")
    assert front["verdict"] == "Right."
    assert back["verdict"].split("\n")[0] == f"You typed {front['typed'][0]}"


def test_wrong_with_the_name_of_the_mistake(run: Run) -> None:
    front, back = run.both("wrong")
    for page in (front, back):
        assert page["state"] == "wrong"
        assert re.search(r"Not right\.\s+Known slip: takes", page["verdict"])
    assert front["formulas"] == 2, "the mistake's formulas are typeset too"


def test_own_keys_type_and_the_app_keeps_its_hands_off(run: Run) -> None:
    assert run.both("keys")[0]["typed"] == ["−5e-1×10^-2 r 1@=*"]
    assert run.both("unclear")[0]["state"] == "unclear"


def test_nothing_typed_is_no_verdict_and_enter_flips_all_the_same(run: Run) -> None:
    front, back = run.both("nothing")
    assert front["state"] == "empty"
    assert back["state"] == ""


def test_what_was_typed_and_not_checked_is_judged_on_the_back(run: Run) -> None:
    front, back = run.both("unchecked")
    assert front["state"] == ""
    assert back["state"] == "unclear"
    assert back["verdict"].startswith("You typed 1 2 3")


def test_a_verdict_goes_when_the_answer_changes(run: Run) -> None:
    assert run.both("changed mind")[0]["state"] == ""


def test_paper_is_complete(run: Run) -> None:
    front, back = run.both("paper")
    assert (front["state"], back["state"]) == ("", "")
    variant = POOLS["bayes"][back["index"]]
    assert back["interval"] == f"Counts as right: {variant.interval}"
    assert back["rate"].startswith("How to rate:")
    assert "Counts as right" not in front["question"] + front["field"]


def test_several_answers_have_a_field_each(run: Run) -> None:
    front, back = run.both("two")
    assert front["typed"] == ["1000", "x"]
    assert front["marks"] == ["wrong", "unclear"]
    assert front["state"] == "unclear"
    assert re.match(r"mean\s+variance \"σ²\" & <b>\s+cm²", front["field"])
    assert back["verdict"].startswith("You typed 1000; x")
    assert run.both("half")[0]["state"] == "partial"
    assert run.both("half")[1]["verdict"].startswith("You typed 1000; –")


@pytest.mark.parametrize("name", ["editing-question", "editing-answer"])
def test_what_the_learner_edited_is_left_alone(run: Run, name: str) -> None:
    front, back = run.both(name)
    first = POOLS["bayes"][0]
    assert front["index"] == back["index"] == -1
    assert front["edited"] == back["edited"] == "Edited by you: the numbers stay as they are here."
    assert not front["field"]
    assert not back["interval"]
    assert front["question"] == re.sub("<.*?>", "", first.question) + (" typed" if name == "editing-question" else "")
    assert ("typed" in back["answer"]) == (name == "editing-answer")
    assert run.shown[name][0].fields[EDITS[name]].count("typed") == 1


@pytest.mark.parametrize("name", ["editing-pool", "editing-mine"])
def test_the_pool_survives_the_editor(run: Run, name: str) -> None:
    front, back = run.both(name)
    fields = run.shown[name][0].fields
    assert "typed" in fields[EDITS[name]]
    assert not front["edited"] + back["edited"]
    guid = COPIES[name].guid
    variant = POOLS["bayes"][back["index"]]
    # The reviewer drew the front anew once the note was edited: the same showing.
    assert back["index"] == call("choose", guid, TODAY + 7, 0, 13) > 0
    assert back["interval"] == f"Counts as right: {variant.interval}"
    if name == "editing-mine":
        assert fields["Pool"] == COPIES[name].fields["Pool"]


def test_phones_have_room_for_all_of_it(run: Run) -> None:
    assert len(run.shown["phone"]) == 2 * len(POOLS)
    for which, page in run.pages():
        assert page["fits"], which
        assert page["tappable"], which
        assert all(height >= 40 for height in page["targets"]), which
    for both in run.shown["phone"]:
        assert both.front["page"]["state"] == "empty"


def test_words_need_no_signs(run: Run) -> None:
    (number,) = [n for n, name in enumerate(POOLS) if name == "step"]
    assert "×10" not in run.both("phone", number)[0]["field"]
    assert "×10" in run.both("phone", 0)[0]["field"]
