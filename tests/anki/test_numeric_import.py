"""Numeric notes in the collection: imported, in the Browser, exported by Anki and imported again, given fresh numbers."""

from dataclasses import replace
from pathlib import Path

import pytest
from anki.collection import Collection, DeckIdLimit, ExportAnkiPackageOptions

from generator.anki import pool
from tests.anki.imports import cards_of, import_package, note_of, schedule, study
from tests.anki.notes import NOW, built, stamped
from tests.anki.pools import NUMERIC_NOTES, POOLS, RATES, bayes, numeric

NOTES = tuple(NUMERIC_NOTES.values())


def test_an_export_from_anki_and_a_re_import_keep_every_byte(collection: Collection, tmp_path: Path) -> None:
    import_package(collection, built(tmp_path, NOTES))
    exported = tmp_path / "exported.apkg"
    options = ExportAnkiPackageOptions(with_scheduling=True, with_deck_configs=True, with_media=True)
    deck = collection.decks.id_for_name("Tests")
    assert deck is not None
    collection.export_anki_package(out_path=str(exported), options=options, limit=DeckIdLimit(deck))
    other = Collection(str(tmp_path / "other.anki2"))
    try:
        import_package(other, exported)
        for note in NOTES:
            arrived = note_of(other, note)
            assert dict(arrived.items()) == dict(note_of(collection, note).items())
            assert arrived["Pool"] == note.fields["Pool"]
            assert cards_of(other, note)[0].question() == cards_of(collection, note)[0].question()
        # Ours takes the place of what Anki exported, and the other way round.
        assert len(import_package(other, built(tmp_path, NOTES)).duplicate) == len(NOTES)
        assert other.models.by_name("redraw+") is None
    finally:
        other.close()


def test_each_note_has_one_card_with_its_first_variant_in_the_browser(collection: Collection, tmp_path: Path) -> None:
    import_package(collection, built(tmp_path, NOTES))
    for name, note in NUMERIC_NOTES.items():
        (card,) = cards_of(collection, note)
        row = card.render_output(browser=True)
        assert "template" not in row.question_text + row.answer_text
        assert POOLS[name][0].question in row.answer_text
        assert POOLS[name][0].answer in row.answer_text


@pytest.mark.parametrize("kind", ["basic", "choice"])
def test_a_card_without_a_pool_has_no_field(collection: Collection, tmp_path: Path, kind: str) -> None:
    bare = replace(NUMERIC_NOTES["bayes"], kind=kind, fields={**NUMERIC_NOTES["bayes"].fields, "Pool": ""})  # type: ignore[arg-type]
    import_package(collection, built(tmp_path, [bare]))
    (card,) = cards_of(collection, bare)
    for side in (card.question(), card.answer()):
        html = side.partition("<script>")[0].partition("</style>")[2]
        assert not any(name in html for name in ("<input", "<button", "<template", "hidden", 'class="pool"', "rate"))


def test_fresh_numbers_keep_the_schedule(collection: Collection, tmp_path: Path) -> None:
    notes, lock = stamped(NOTES, None, NOW)
    import_package(collection, built(tmp_path, notes))
    study(collection, "Tests", 3)
    before = schedule(collection)
    fresh = tuple(bayes(place, rates, "exam") for place, rates in enumerate(RATES[::-1], 1))
    notes, _ = stamped([numeric("bayes", fresh), *NOTES[1:]], lock, NOW + 1)
    log = import_package(collection, built(tmp_path, notes))
    assert [entry.id.nid for entry in log.updated] == [note_of(collection, notes[0]).id]
    assert note_of(collection, notes[0])["Pool"] == pool.render(fresh)
    assert schedule(collection) == before


def test_a_pool_of_thirteen_is_small() -> None:
    assert len(NUMERIC_NOTES["bayes"].fields["Pool"]) < 20_000
