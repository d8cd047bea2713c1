"""What the real Anki makes of a package, and of the next one."""

import re
from dataclasses import replace
from pathlib import Path

import pytest
from anki.collection import Collection

from generator.anki.notetypes import CLOZE_FIELDS, FIELDS, MODIFIED, note_types
from generator.anki.presets import CODE, NUMBERS, THEORY
from generator.model import Note
from tests.anki.imports import cards_of, import_package, note_of, schedule, study
from tests.anki.notes import NOW, built, choices, note, stamped
from tests.anki.samples import CHOICE, CLOZE, MEDIA, NUMERIC, SAMPLES

PNG = b"\x89PNG\r\n\x1a\n" + b"not really a picture"


def with_field(original: Note, **fields: str) -> Note:
    return replace(original, fields={**original.fields, **fields})


# First import.


def test_everything_arrives(collection: Collection, tmp_path: Path) -> None:
    pictured = note(
        "pictured", Answer='<p><img src="ab12.png" alt="A plot"></p>', media=("ab12.png",), tags=("redraw::level::1", "exam")
    )
    log = import_package(collection, built(tmp_path, [*SAMPLES, pictured], {**MEDIA, "ab12.png": PNG}))
    assert len(log.new) == 6
    assert collection.note_count() == 6
    assert collection.card_count() == 7, "the cloze note has two"
    names = {deck.name for deck in collection.decks.all_names_and_ids(include_filtered=False)}
    assert names == {"Default", "Tests", "Tests::1 Theory", "Tests::2 Numbers"}
    assert {collection.decks.name(card.did) for card in cards_of(collection, NUMERIC)} == {"Tests::2 Numbers"}
    assert sorted(note_of(collection, pictured).tags) == ["exam", "redraw::level::1"]
    assert Path(collection.media.dir(), "ab12.png").read_bytes() == PNG
    check = collection.media.check()
    assert not check.missing
    assert not check.unused


def test_fields_arrive_as_they_are(collection: Collection, tmp_path: Path) -> None:
    import_package(collection, built(tmp_path, SAMPLES, MEDIA))
    for sample in SAMPLES:
        arrived = note_of(collection, sample)
        assert arrived.guid == sample.guid
        assert arrived.mod == sample.modified
        assert dict(arrived.items()) == {name: sample.fields.get(name, "") for name in arrived.keys()}  # noqa: SIM118 (not a dict)


def test_note_types_arrive(collection: Collection, tmp_path: Path) -> None:
    import_package(collection, built(tmp_path, SAMPLES, MEDIA))
    for kind, fields in zip(note_types(), (FIELDS, CLOZE_FIELDS), strict=True):
        arrived = collection.models.by_name(kind.name)
        assert arrived is not None
        assert arrived["id"] == kind.id
        assert arrived["mod"] == MODIFIED
        assert [field["name"] for field in arrived["flds"]] == list(fields)
        assert [field["id"] for field in arrived["flds"]] == [kind.field_id(name) for name in fields]
        (template,) = arrived["tmpls"]
        assert template["id"] == kind.template_id
        assert (template["qfmt"], template["afmt"]) == (kind.front, kind.back)
        assert (template["bqfmt"], template["bafmt"]) == (kind.browser_front, kind.browser_back)
        assert arrived["css"] == kind.css


def test_sides_hold_what_they_should(collection: Collection, tmp_path: Path) -> None:
    import_package(collection, built(tmp_path, SAMPLES, MEDIA))
    for sample in SAMPLES:
        card = cards_of(collection, sample)[0]
        assert "{{" not in card.question() + card.answer()
        shown = re.sub("<template.*?</template>", "", card.question(), flags=re.DOTALL)
        assert sample.fields["Breadcrumb"] in shown
        for name in ("Answer", "Extra", "Details"):
            if sample.fields.get(name):
                assert sample.fields[name] not in shown
                assert sample.fields[name] in card.answer()
        for name in ("Question", "Choices", "Hint", "Parent"):
            if sample.fields.get(name):
                assert sample.fields[name] in card.question()
                assert sample.fields[name] in card.answer()


def test_cloze_hides_and_shows(collection: Collection, tmp_path: Path) -> None:
    import_package(collection, built(tmp_path, [CLOZE]))
    first, second = cards_of(collection, CLOZE)
    assert "[...]" in first.question()
    assert "A^{" not in first.question()
    assert "[which kind of?]" in second.question()
    assert "A^{" in second.question()
    assert "symmetric" in second.answer()


def test_cards_in_the_browser_are_short(collection: Collection, tmp_path: Path) -> None:
    import_package(collection, built(tmp_path, SAMPLES, MEDIA))
    (numeric,) = cards_of(collection, NUMERIC)
    row = numeric.render_output(browser=True)
    assert row.question_text.strip() == NUMERIC.fields["Title"]
    assert "template" not in row.answer_text
    assert "prevalence 1%" in row.answer_text
    assert "15%" in row.answer_text


@pytest.mark.parametrize("kind", ["basic", "choice", "numeric"])
def test_empty_optional_fields_still_make_a_card(collection: Collection, tmp_path: Path, kind: str) -> None:
    bare = replace(note("bare"), kind=kind, fields={"Question": "<p>?</p>"})  # type: ignore[arg-type]
    import_package(collection, built(tmp_path, [bare]))
    assert len(cards_of(collection, bare)) == 1
    assert not collection.get_empty_cards().notes


def test_new_cards_come_in_the_order_of_positions(collection: Collection, tmp_path: Path) -> None:
    names = ["m", "z", "a", "y", "b"]
    # In two decks whose names would have it the other way round.
    notes = [note(name, deck="Tests::2 Late" if name in "mz" else "Tests::1 Early") for name in names]
    import_package(collection, built(tmp_path, notes), presets=True)
    answered = study(collection, "Tests", len(names))
    assert [card.note()["ID"].removeprefix("ml-theory/") for card in answered] == names


def test_siblings_are_kept_for_other_days(collection: Collection, tmp_path: Path) -> None:
    import_package(collection, built(tmp_path, [CLOZE, note("other")]), presets=True)
    assert [card.nid for card in study(collection, "Tests", 2)] == [note_of(collection, n).id for n in (CLOZE, note("other"))]


# The next import.


def test_only_what_changed_is_updated(collection: Collection, tmp_path: Path) -> None:
    notes, lock = stamped(SAMPLES, None, NOW)
    import_package(collection, built(tmp_path, notes, MEDIA))
    for deck in ("Tests::1 Theory", "Tests::2 Numbers"):
        study(collection, deck, 1)
    before = schedule(collection)
    own = note_of(collection, CHOICE)
    own["My notes"] = "mine"
    own.add_tag("marked")
    collection.update_note(own)

    changed = with_field(SAMPLES[0], Answer="<p>Mended.</p>")
    notes, lock = stamped([changed, *SAMPLES[1:]], lock, NOW + 60)
    log = import_package(collection, built(tmp_path, notes, MEDIA))
    assert [entry.id.nid for entry in log.updated] == [note_of(collection, changed).id]
    assert len(log.duplicate) == len(SAMPLES) - 1
    assert not log.new
    assert not log.conflicting
    assert note_of(collection, changed)["Answer"] == "<p>Mended.</p>"
    assert note_of(collection, CHOICE)["My notes"] == "mine"
    assert note_of(collection, CHOICE).has_tag("marked")
    assert schedule(collection) == before


def test_a_revert_arrives_too(collection: Collection, tmp_path: Path) -> None:
    lock = None
    for day, answer in enumerate(["A", "B", "A"]):
        notes, lock = stamped([note("x", Answer=answer)], lock, NOW + 86400 * day)
        log = import_package(collection, built(tmp_path, notes))
        assert len(log.updated) == (1 if day else 0)
        assert note_of(collection, notes[0])["Answer"] == answer


def test_two_edits_within_one_second_both_arrive(collection: Collection, tmp_path: Path) -> None:
    lock = None
    for answer in ["A", "B", "C"]:
        notes, lock = stamped([note("x", Answer=answer)], lock, NOW)
        import_package(collection, built(tmp_path, notes))
        assert note_of(collection, notes[0])["Answer"] == answer


def test_a_clock_that_was_set_back_does_no_harm(collection: Collection, tmp_path: Path) -> None:
    notes, lock = stamped([note("x", Answer="A")], None, NOW)
    import_package(collection, built(tmp_path, notes))
    notes, _ = stamped([note("x", Answer="B")], lock, NOW - 86400)
    import_package(collection, built(tmp_path, notes))
    assert note_of(collection, notes[0])["Answer"] == "B"


def test_an_unchanged_package_changes_nothing(collection: Collection, tmp_path: Path) -> None:
    path = built(tmp_path, SAMPLES, MEDIA)
    import_package(collection, path)
    log = import_package(collection, path)
    assert len(log.duplicate) == len(SAMPLES)
    assert not log.updated


def test_basic_becomes_choice_and_keeps_its_history(collection: Collection, tmp_path: Path) -> None:
    notes, lock = stamped([note("x")], None, NOW)
    import_package(collection, built(tmp_path, notes))
    study(collection, "Tests", 1)
    before = schedule(collection)
    notes, _ = stamped([note("x", "choice", Choices=choices("*right", "wrong"))], lock, NOW + 1)
    log = import_package(collection, built(tmp_path, notes))
    assert len(log.updated) == 1
    assert "right" in note_of(collection, notes[0])["Choices"]
    assert schedule(collection) == before


def test_a_note_between_others_is_added_alone(collection: Collection, tmp_path: Path) -> None:
    notes = [note("a"), note("c")]
    import_package(collection, built(tmp_path, notes))
    study(collection, "Tests", 1)
    before = schedule(collection)
    log = import_package(collection, built(tmp_path, [notes[0], note("b"), notes[1]]))
    assert len(log.new) == 1
    assert len(log.duplicate) == 2
    assert set(before) <= set(schedule(collection))
    assert len(note_of(collection, note("b")).cards()) == 1
    assert len(collection.models.all_names_and_ids()) == len({m.name for m in collection.models.all_names_and_ids()})
    assert collection.models.by_name("redraw+") is None


def test_tags_of_a_changed_note_are_replaced(collection: Collection, tmp_path: Path) -> None:
    notes, lock = stamped([note("x", tags=("old",))], None, NOW)
    import_package(collection, built(tmp_path, notes))
    notes, _ = stamped([note("x", tags=("new",))], lock, NOW + 1)
    import_package(collection, built(tmp_path, notes))
    assert note_of(collection, notes[0]).tags == ["new"]


def test_what_the_learner_edited_wins_over_older_changes_and_loses_to_later_ones(collection: Collection, tmp_path: Path) -> None:
    notes, lock = stamped([note("x")], None, NOW)
    import_package(collection, built(tmp_path, notes))
    mine = note_of(collection, notes[0])
    mine["My notes"] = "mine"
    collection.update_note(mine)

    notes, lock = stamped([note("x", Answer="older than the edit")], lock, NOW + 1)
    import_package(collection, built(tmp_path, notes))
    assert note_of(collection, notes[0])["My notes"] == "mine"

    edited = note_of(collection, notes[0]).mod
    notes, _ = stamped([note("x", Answer="later than the edit")], lock, edited + 1)
    import_package(collection, built(tmp_path, notes))
    assert note_of(collection, notes[0])["My notes"] == "", "an update replaces all fields: the docs must say so"


# Presets.


def test_presets_arrive_when_the_box_is_ticked(collection: Collection, tmp_path: Path) -> None:
    notes = [note("t"), note("n", "numeric", deck="Tests::2 Numbers"), note("c", deck="Tests::3 Code")]
    import_package(collection, built(tmp_path, notes), presets=True)
    expected = {"Tests": THEORY, "Tests::1 Theory": THEORY, "Tests::2 Numbers": NUMBERS, "Tests::3 Code": CODE}
    for deck, preset in expected.items():
        found = collection.decks.config_dict_for_deck_id(collection.decks.id_for_name(deck))  # type: ignore[arg-type]
        assert found["id"] == preset
        assert (found["newGatherPriority"], found["newSortOrder"]) == (1, 1)
        assert found["new"]["bury"] and found["rev"]["bury"] and found["buryInterdayLearning"]
    numbers = collection.decks.get_config(NUMBERS)  # type: ignore[arg-type]
    assert numbers is not None
    assert numbers["new"]["delays"] == []
    assert numbers["maxTaken"] == 240


def test_presets_stay_away_when_it_is_not(collection: Collection, tmp_path: Path) -> None:
    import_package(collection, built(tmp_path, SAMPLES, MEDIA))
    assert [config["name"] for config in collection.decks.all_config()] == ["Default"]


def test_a_preset_that_the_learner_changed_stays(collection: Collection, tmp_path: Path) -> None:
    path = built(tmp_path, SAMPLES, MEDIA)
    import_package(collection, path, presets=True)
    preset = collection.decks.get_config(THEORY)  # type: ignore[arg-type]
    assert preset is not None
    preset["new"]["perDay"] = 3
    collection.decks.update_config(preset)
    import_package(collection, path, presets=True)
    assert collection.decks.get_config(THEORY)["new"]["perDay"] == 3  # type: ignore[arg-type, index]
