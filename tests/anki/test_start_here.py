"""The first card of the deck gives advice: its searches find what it says, and what it calls things is what Anki calls them."""

import re
import shutil
from pathlib import Path

import pytest
from anki.collection import Collection

from generator.build import build, fresh
from tests.anki.imports import import_package
from tests.helpers import NOW

ROOT = Path(__file__).parents[2]
CARD = (ROOT / "cards_src/00-start-here.md").read_text(encoding="utf-8")
RECIPE = (ROOT / "README.md").read_text(encoding="utf-8")
SEARCHES = re.findall(r"```text\n\s*(.+?)\n\s*```", CARD)


@pytest.fixture(scope="module")
def collection(tmp_path_factory: pytest.TempPathFactory) -> Collection:
    """A collection with the first pages of the deck, and new numbers called june."""
    folder = tmp_path_factory.mktemp("start")
    for name in ("redraw.toml", "00-start-here.md", "03-probability.md"):
        shutil.copy(ROOT / "cards_src" / name, folder)
    # What links to cards of other files would be an error here.
    page = folder / "03-probability.md"
    page.write_text(re.sub(r"\[([^\]]*)\]\(#[^)]*\)", r"\1", page.read_text(encoding="utf-8")), encoding="utf-8")
    found = Collection(str(folder / "collection.anki2"))
    built = build(folder, folder / "first.apkg", now=NOW)
    assert not built.problems.failed, list(map(str, built.problems))
    import_package(found, folder / "first.apkg")
    fresh(folder, "june", folder / "june.apkg", now=NOW + 60)
    import_package(found, folder / "june.apkg")
    return found


def test_the_card_comes_first(collection: Collection) -> None:
    first = collection.db.scalar("select nid from cards where did in (select did from cards) order by due, id limit 1")  # type: ignore[union-attr]
    assert collection.get_note(first)["ID"].endswith("/start-here")


def test_every_search_of_the_card_finds_cards(collection: Collection) -> None:
    levels, topic, block, exam = SEARCHES
    hard = collection.find_notes(levels)
    assert hard
    assert len(hard) < collection.note_count() / 2
    assert len(collection.find_notes(topic)) == collection.note_count() - 1
    assert collection.find_notes(block) == collection.find_notes(topic)
    decks = {collection.decks.name(collection.get_card(card).did) for card in collection.find_cards(exam)}
    assert decks == {"ML Theory::2 Numbers"}
    assert len(collection.find_cards(exam)) == len(collection.find_cards('"deck:ML Theory::2 Numbers"'))


def test_things_are_called_what_anki_calls_them(collection: Collection) -> None:
    tr = collection.tr
    advice = " ".join((CARD + RECIPE).split())
    for label in (tr.importing_with_deck_configs(), tr.decks_random(), tr.decks_reschedule_cards_based_on_my_answers()):
        assert f"*{label}*" in advice, label


def test_the_readme_has_the_same_recipe() -> None:
    assert SEARCHES[-1] in RECIPE
