"""Numeric cards in headless Chromium, as phones show them: each side a page of its own, with and without storage and scripts."""

import json
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from html import unescape
from pathlib import Path
from typing import Any

import pytest
from anki.collection import Collection

from generator.anki.checker import call
from generator.model import Note
from tests.anki.imports import cards_of, import_package
from tests.anki.learning import AGAIN, GOOD, HARD, days_of_showings
from tests.anki.notes import built
from tests.anki.pages import PAGE, Page, visit
from tests.anki.pools import NUMERIC_NOTES, POOLS, RATES, bayes, numeric
from tests.anki.samples import BASIC, CHOICE, CLOZE

MORNING = datetime(2026, 3, 10, 11)
DAY = (MORNING - datetime(1970, 1, 1)).days
RATINGS = [GOOD, GOOD, AGAIN, GOOD, HARD, GOOD, GOOD, GOOD, GOOD, GOOD, GOOD]
BAYES = NUMERIC_NOTES["bayes"]
ALONE = numeric("alone", (bayes(1, RATES[0]),))

RUN_AGAIN = """for (const script of document.querySelectorAll("#qa script")) new Function(script.textContent)()"""
TYPE = """{ const input = document.querySelector("input"); input.value = "TEXT"; input.dispatchEvent(new Event("input")); }"""
ENTER = """document.querySelector("input").dispatchEvent(new KeyboardEvent("keydown", { key: "Enter", bubbles: true }));"""
HEARD = """window.heard = []; document.addEventListener("keydown", (event) => window.heard.push(event.key));
    window.onerror = (message) => window.heard.push(message);"""
APPS = {
    "desktop": "window.pycmd = (command) => window.heard.push('pycmd ' + command);",
    "AnkiDroid": "window.showAnswer = () => window.heard.push('showAnswer');",
    "AnkiWeb": "window.study = { drawAnswer: () => window.heard.push('drawAnswer') };",
    "none": "",
}
FLIPPED = {"desktop": ["pycmd ans"], "AnkiDroid": ["showAnswer"], "AnkiWeb": ["drawAnswer"], "none": []}
ANOTHER = """document.querySelector(".another").click()"""
BROKEN_MEMORY = ["null", "[]", "{", '{"day":1,"counts":7}', '{"day":1,"counts":{},"last":{"guid":"GUID","day":"x"}}']


@dataclass
class Plan:
    """The pages of the one run, under names; two pages are front and back of a showing."""

    sides: dict[str, tuple[str, str]]
    pages: list[Page] = field(default_factory=list)
    names: dict[str, list[int]] = field(default_factory=dict)

    def showing(self, name: str, note: Note, *times: datetime | str, act: str = "", back_act: str = "", **extra: Any) -> None:
        """Both sides of a card, one after the other; the times are those of front and back, or one for both."""
        clocks = [str(time).replace(" ", "T") for time in times] * 2
        for html, clock, acts in zip(self.sides[note.id], clocks, (act, back_act), strict=False):
            self.names.setdefault(name, []).append(len(self.pages))
            self.pages.append(Page(html, clock, act=acts, **extra))
            extra = extra | {"fresh": False}


def sides(notes: Sequence[Note], folder: Path) -> dict[str, tuple[str, str]]:
    """What the real Anki makes of the notes' first cards."""
    collection = Collection(str(folder / "collection.anki2"))
    try:
        import_package(collection, built(folder, notes))
        cards = {note.id: cards_of(collection, note)[0] for note in notes}
        return {name: (card.question(), card.answer()) for name, card in cards.items()}
    finally:
        collection.close()


def plan(folder: Path, days: Sequence[int]) -> Plan:
    notes = [*NUMERIC_NOTES.values(), ALONE, BASIC, CHOICE, CLOZE]
    made = Plan(sides(notes, folder))
    for name, storage in (("stored", True), ("refused", False)):
        for number, day in enumerate(days):
            made.showing(f"year {name}", BAYES, MORNING + timedelta(days=day), storage=storage, fresh=number == 0)
        border: dict[str, Any] = {"fresh": True, "storage": storage}
        made.showing(f"border {name}", BAYES, "2026-03-10 03:59", "2026-03-10 04:01", **border)
        made.showing(f"choices {name}", CHOICE, "2026-03-10 03:59", "2026-03-10 04:01", **border)
        made.showing(f"typed {name}", BAYES, MORNING, act=TYPE.replace("TEXT", "0.9"), **border)
    made.showing("another", NUMERIC_NOTES["gradient"], MORNING, act=ANOTHER + ";" + ANOTHER, fresh=True, maths=True)
    made.showing("another without maths", BAYES, MORNING, act=ANOTHER)
    made.showing("alone", ALONE, MORNING)
    # The learner looks something up in another app; when he is back, his own loads the front anew.
    front, back = made.sides[BAYES.id]
    typing = TYPE.replace("TEXT", "0.2")
    reloaded = [Page(front, str(MORNING), act=typing, fresh=True), Page(front, str(MORNING)), Page(back, str(MORNING))]
    made.names["reloaded"] = [*range(len(made.pages), len(made.pages) + 3)]
    made.pages += reloaded
    made.showing("again", BAYES, MORNING, act=RUN_AGAIN, back_act=RUN_AGAIN)
    for note in NUMERIC_NOTES.values():
        made.showing("off", note, MORNING + timedelta(days=1), scripts=False)
        made.showing("typeset", note, MORNING + timedelta(days=1), maths=True, storage=False)
    for note in (BASIC, CHOICE, CLOZE):
        made.showing("others off", note, MORNING, scripts=False)
    for app, offer in APPS.items():
        made.showing(app, BAYES, MORNING, act=HEARD + offer + ENTER + TYPE.replace("TEXT", "7") + ENTER + ENTER)
    for number, broken in enumerate(BROKEN_MEMORY):
        store = f"localStorage.setItem('redraw', {json.dumps(broken.replace('GUID', BAYES.guid))})"
        made.showing("broken memory", BAYES, MORNING, act=store, back_act=store, fresh=number == 0)
    # An app that typesets before the card's script runs.
    scripts = [re.findall("<script>(.*?)</script>", side, re.DOTALL)[0] for side in made.sides[BAYES.id]]
    late = [f"new Function({json.dumps(script)})()" for script in scripts]
    bare = [re.sub("<script>.*?</script>", "", side, flags=re.DOTALL) for side in made.sides[BAYES.id]]
    made.sides[ALONE.id] = (bare[0], bare[1])
    made.showing("late", ALONE, MORNING, act=late[0], back_act=late[1], maths=True, fresh=True)
    return made


@dataclass(frozen=True)
class Seen:
    """What was seen."""

    found: dict[str, list[dict[str, Any]]]
    days: Sequence[int]

    def both(self, name: str, number: int = 0) -> tuple[dict[str, Any], dict[str, Any]]:
        front, back = self.found[name][2 * number : 2 * number + 2]
        return front, back

    def all(self, name: str) -> Iterator[tuple[dict[str, Any], dict[str, Any]]]:
        return zip(self.found[name][::2], self.found[name][1::2], strict=True)


SCRIPTS = {
    "page": PAGE,
    "heard": "window.heard || null",
    "choices": """[...document.querySelectorAll(".choice")].map((choice) => choice.textContent)""",
    "text": """document.querySelector(".redraw").innerText""",
    "another": """(() => { const e = document.querySelector(".another"); return !!e && e.offsetWidth > 0; })()""",
    "fields": """document.querySelectorAll(".entry").length""",
}


@pytest.fixture(scope="module")
def seen(tmp_path_factory: pytest.TempPathFactory) -> Seen:
    folder = tmp_path_factory.mktemp("pages")
    days = days_of_showings(folder, RATINGS)
    made = plan(folder, days)
    results = visit(made.pages, SCRIPTS)
    return Seen({name: [results[number] for number in numbers] for name, numbers in made.names.items()}, days)


@pytest.mark.parametrize("storage", ["stored", "refused"])
def test_over_a_year_front_and_back_agree(seen: Seen, storage: str) -> None:
    assert seen.days[-1] >= 150
    for number, day in enumerate(seen.days):
        front, back = (side["page"] for side in seen.both(f"year {storage}", number))
        showing = seen.days[:number].count(day) if storage == "stored" else 0
        assert front["index"] == back["index"] == call("choose", BAYES.guid, DAY + day, showing, 13)
        assert front["question"] == back["question"]
        assert not back["changed"], "it is late in the morning"


def test_showings_of_one_day_differ_where_there_is_storage(seen: Seen) -> None:
    indexes = [front["page"]["index"] for front, _ in seen.all("year stored")]
    assert seen.days[0] == seen.days[1]
    assert indexes[1] == (indexes[0] + 1) % 13


def test_across_the_border_storage_keeps_the_numbers(seen: Seen) -> None:
    front, back = (side["page"] for side in seen.both("border stored"))
    assert front["index"] == back["index"]
    assert not back["changed"]
    front, back = seen.both("choices stored")
    assert front["choices"] == back["choices"]


def test_across_the_border_without_storage_the_back_says_that_the_numbers_changed(seen: Seen) -> None:
    front, back = (side["page"] for side in seen.both("border refused"))
    assert front["index"] != back["index"]
    assert back["changed"].startswith("A new day has begun")
    assert not front["changed"]
    # No wrong key is shown: question, answer and interval are those of one variant.
    variant = POOLS["bayes"][back["index"]]
    assert back["question"] == re.sub("<.*?>", "", variant.question) != front["question"]
    assert back["interval"] == f"Counts as right: {variant.interval}"


def test_what_was_typed_comes_along_where_there_is_storage(seen: Seen) -> None:
    _, back = seen.both("typed stored")
    assert back["page"]["verdict"].startswith("You typed 0.9")
    _, back = seen.both("typed refused")
    assert back["page"]["state"] == ""


def test_another_draws_on_and_is_typeset(seen: Seen) -> None:
    front, back = seen.both("another")
    assert front["another"]
    assert front["page"]["index"] == back["page"]["index"]
    assert front["page"]["index"] == (call("choose", NUMERIC_NOTES["gradient"].guid, DAY, 0, 4) + 2) % 4
    for side in (front, back):
        assert not side["page"]["raw"]
        assert side["page"]["formulas"] >= 2
        assert side["page"]["errors"] == 0


def test_another_waits_where_nothing_would_typeset_it(seen: Seen) -> None:
    front, back = seen.both("another without maths")
    assert front["page"]["index"] == back["page"]["index"] == call("choose", BAYES.guid, DAY, 0, 13)


def test_another_is_offered_where_the_back_can_know_of_it(seen: Seen) -> None:
    assert all(front["another"] for front, _ in seen.all("year stored"))
    assert not any(front["another"] for front, _ in seen.all("year refused"))
    front, back = seen.both("alone")
    assert not front["another"]
    assert front["page"]["index"] == back["page"]["index"] == 0


def test_every_formula_is_typeset(seen: Seen) -> None:
    for name in ("typeset", "late"):
        for both in seen.all(name):
            for side in both:
                assert not side["page"]["raw"]
                assert side["page"]["errors"] == 0
        assert seen.both(name)[1]["page"]["formulas"] == 2


def test_the_script_may_run_twice(seen: Seen) -> None:
    front, back = seen.both("again")
    assert front["fields"] == 1
    assert front["page"]["index"] == back["page"]["index"]
    assert front["page"]["index"] != -1


def test_without_scripts_the_card_shows_its_first_variant(seen: Seen) -> None:
    for (name, variants), (front, back) in zip(POOLS.items(), seen.all("off"), strict=True):
        fields = NUMERIC_NOTES[name].fields
        for side in (front, back):
            assert side["page"]["index"] == -1
            assert side["page"]["question"] == plain(fields["Question"])
            assert not side["page"]["field"] + side["page"]["edited"] + side["page"]["changed"] + side["page"]["interval"]
            assert side["page"]["fits"]
        assert back["page"]["answer"].split() == plain(variants[0].answer.replace("<div", " <div")).split()


def plain(html: str) -> str:
    """The text of the HTML, as a page shows it."""
    return re.sub(r"\s+", " ", unescape(re.sub("<.*?>", "", html))).strip()


def test_without_scripts_other_cards_are_whole(seen: Seen) -> None:
    basic, choice, cloze = seen.all("others off")
    assert plain(BASIC.fields["Question"]) in plain(basic[0]["text"])
    assert "variance" in basic[1]["text"]
    in_source = [plain(text) for text in re.findall("<li.*?>(.*?)</li>", CHOICE.fields["Choices"])]
    assert choice[0]["choices"] == choice[1]["choices"] == in_source
    assert "[...]" in cloze[0]["text"]
    assert "2Ax" in cloze[1]["text"]


@pytest.mark.parametrize("app", APPS)
def test_enter_checks_and_then_flips_where_the_app_lets_it(seen: Seen, app: str) -> None:
    front, _ = seen.both(app)
    # The app's own keys hear nothing of what is typed. The first Enter finds nothing typed, the second one checks.
    assert front["heard"] == FLIPPED[app]
    assert front["page"]["state"] == "wrong"


def test_a_front_that_is_loaded_anew_keeps_its_numbers_and_what_was_typed(seen: Seen) -> None:
    first, again, back = (side["page"] for side in seen.found["reloaded"])
    assert first["index"] == again["index"] == back["index"]
    assert again["typed"] == ["0.2"]
    assert back["verdict"].startswith("You typed 0.2")


def test_memory_that_another_script_has_broken_does_no_harm(seen: Seen) -> None:
    for front, back in seen.all("broken memory"):
        assert front["page"]["index"] == back["page"]["index"] == call("choose", BAYES.guid, DAY, 0, 13)
