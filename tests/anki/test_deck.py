"""The repository's own deck in the real Anki: everything arrives, and every figure is shown, by day and by night."""

import json
import re
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from anki.collection import Collection

from generator.build import Built, build
from tests.anki.desktop import Showing, Shown, show
from tests.anki.imports import import_package
from tests.helpers import NOW

ROOT = Path(__file__).parents[2]
DECKS = {"ML Theory::1 Theory", "ML Theory::2 Numbers", "ML Theory::3 Code"}
EVERY = 12
"""Every so many illustrated cards, one is shown in the reviewer itself."""

# Pictures are loaded as a card loads them, from Anki's own server and under its content policy. The reviewer waits for every image
# of the page before it turns the card over, so that the back knows what became of those asked for on the front.
LOAD = """(() => {
    if (document.getElementById("all"))
        return [...document.querySelectorAll("#all img")].filter(i => !i.naturalWidth).map(i => i.alt);
    const all = document.body.appendChild(document.createElement("div"));
    all.id = "all";
    all.style = "position:absolute; left:-9999px";
    for (const name of NAMES) all.appendChild(Object.assign(new Image(), {src: name, alt: name}));
    return null;
})()"""
SCRIPTS = {
    "shown": """[...document.querySelectorAll("#qa img")].filter(i => i.naturalWidth && i.offsetWidth).map(i => i.className)""",
    "wide": "document.documentElement.scrollWidth - window.innerWidth",
    "named": """[...document.querySelectorAll("#qa img")].every(i => i.alt.length > 10)""",
}


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Built:
    return build(ROOT / "cards_src", tmp_path_factory.mktemp("deck") / "deck.apkg", now=NOW, locked=True)


@pytest.fixture(scope="module")
def collection(built: Built, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Collection]:
    opened = Collection(str(tmp_path_factory.mktemp("collection") / "collection.anki2"))
    import_package(opened, built.output)
    yield opened
    opened.close()


def media(package: Path) -> list[str]:
    with zipfile.ZipFile(package) as archive:
        return sorted(json.loads(archive.read("media")).values())


def illustrated(collection: Collection) -> list[str]:
    """The ids of the notes that always show a figure: of a numeric note only some variants are pictured."""
    found = collection.find_notes("<img -tag:redraw::kind::numeric")
    return sorted(str(collection.get_note(note)["ID"]) for note in found)


def test_every_note_arrives_in_its_deck(built: Built, collection: Collection) -> None:
    assert collection.note_count() == built.notes
    cards = collection.find_cards("")
    assert {collection.decks.name(collection.get_card(card).did) for card in cards} == DECKS


def test_no_picture_is_missing_or_unused(collection: Collection) -> None:
    check = collection.media.check()
    assert list(check.missing) == []
    assert list(check.unused) == []


def test_every_card_has_a_question_and_an_answer(collection: Collection) -> None:
    for card in map(collection.get_card, collection.find_cards("")):
        sides = card.render_output()
        question, answer = (re.sub("<[^>]*>", "", text).strip() for text in (sides.question_text, sides.answer_text))
        assert len(question) > 20, card.note()["ID"]
        assert len(answer) > 20, card.note()["ID"]
        assert answer != question, card.note()["ID"]


@pytest.fixture(scope="module")
def shown(built: Built, collection: Collection) -> dict[tuple[str, bool], Shown]:
    """Some illustrated cards on a phone's width, by day and by night; the first one also loads all pictures."""
    cards = [(name, night) for night in (False, True) for name in illustrated(collection)[::EVERY]]
    showings = [Showing(f'"ID:{name}"', night=night, width=360, folds=True) for name, night in cards]
    scripts = {**SCRIPTS, "broken": LOAD.replace("NAMES", json.dumps(media(built.output)))}
    return dict(zip(cards, show(built.output, showings, scripts), strict=True))


def test_every_picture_loads_in_the_reviewer(shown: dict[tuple[str, bool], Shown], built: Built) -> None:
    assert len(media(built.output)) >= 120, "sixty figures, by day and by night"
    first = next(iter(shown.values()))
    assert first.front["broken"] is None
    assert first.back["broken"] == []


def test_each_mode_shows_its_own_pictures(shown: dict[tuple[str, bool], Shown]) -> None:
    for (name, night), one in shown.items():
        assert one.back["shown"], name
        assert set(one.back["shown"]) == {"dark" if night else "light"}, name
        assert one.back["named"], name


def test_no_figure_makes_a_phone_scroll_sideways(shown: dict[tuple[str, bool], Shown]) -> None:
    assert {card: one.back["wide"] for card, one in shown.items() if one.back["wide"] > 0} == {}
