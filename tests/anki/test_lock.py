"""The lock: who changed, when, and what Anki would not forgive."""

import json
from dataclasses import replace
from pathlib import Path
from unittest import mock

import pytest
from hypothesis import given
from hypothesis import strategies as st

from generator.anki import lock as locks
from generator.anki.lock import Entry, Lock, freeze, guid, stamp
from generator.model import Note
from generator.problems import Failure, Place, Problems
from tests.anki.notes import NAMESPACE, NOW, note, stamped


def test_guid_is_fixed_for_ever() -> None:
    assert guid("ml-theory", "dot-product-sign") == "b99c11764bf36b398ccd"
    assert guid("a", "b-c") != guid("a-b", "c")


def test_only_a_change_moves_the_time() -> None:
    notes, lock = stamped([note("a"), note("b")], None, NOW)
    assert {n.modified for n in notes} == {NOW}
    notes, lock = stamped([note("a"), note("b", Answer="new")], lock, NOW + 100)
    assert [n.modified for n in notes] == [NOW, NOW + 100]
    again, same = stamped([note("a"), note("b", Answer="new")], lock, NOW + 200)
    assert again == notes
    assert same == lock


def test_a_change_is_always_later() -> None:
    times = []
    lock = None
    for now, answer in [(NOW, "a"), (NOW, "b"), (NOW - 50, "c"), (NOW + 50, "d")]:
        (stampt,), lock = stamped([note("x", Answer=answer)], lock, now)
        times.append(stampt.modified)
    assert times == [NOW, NOW + 1, NOW + 2, NOW + 50]


def test_kind_and_tags_count_but_place_does_not() -> None:
    original = note("x", tags=("a", "b"))
    _, lock = stamped([original], None, NOW)
    for same in (replace(original, position=7), replace(original, deck="Other"), replace(original, tags=("b", "a", "b"))):
        assert stamped([same], lock, NOW + 9)[0][0].modified == NOW
    for changed in (replace(original, kind="numeric"), replace(original, tags=("a",))):
        assert stamped([changed], lock, NOW + 9)[0][0].modified == NOW + 9
    # A field that is empty is one that is not there.
    assert stamped([replace(original, fields={**original.fields, "Hint": ""})], lock, NOW + 9)[0][0].modified == NOW


def test_a_card_that_returns_is_newer() -> None:
    _, lock = stamped([note("a"), note("b")], None, NOW)
    _, lock = stamped([note("a")], lock, NOW + 10)
    assert set(lock.notes) == {"a", "b"}
    (_, back), _ = stamped([note("a"), note("b", Answer="back")], lock, NOW)
    assert back.modified == NOW + 1


def test_a_renamed_card_keeps_its_entry() -> None:
    _, lock = stamped([note("old")], None, NOW)
    renamed = replace(note("new"), guid=guid(NAMESPACE, "old"), identity="old")
    (moved,), lock = stamped([renamed], lock, NOW)
    assert moved.modified == NOW + 1
    assert set(lock.notes) == {"old"}


def test_a_renamed_card_that_is_new_to_the_lock_is_new_once() -> None:
    renamed = replace(note("new"), guid=guid(NAMESPACE, "old"), identity="old")
    _, lock = stamped([renamed], None, NOW)
    (again,), _ = stamped([renamed], lock, NOW + 10)
    assert again.modified == NOW


@pytest.mark.parametrize(("first", "second", "word"), [("basic", "cloze", "is one now"), ("cloze", "choice", "is none any more")])
def test_crossing_the_cloze_border_is_an_error(first: str, second: str, word: str) -> None:
    _, lock = stamped([note("x", first), note("y")], None, NOW)  # type: ignore[arg-type]
    problems = Problems()
    notes, after = stamp([note("x", second), note("y")], lock, NOW + 1, {"x": Place("a.md", 7, 1)}, problems)  # type: ignore[arg-type]
    (problem,) = problems
    assert str(problem).startswith("a.md:7:1: error: #x was")
    assert word in problem.message
    assert "new id" in problem.hint
    assert [n.id for n in notes] == ["y"]
    assert after == lock


def test_deck_names_are_frozen() -> None:
    lock = freeze(Lock("n"), {"numeric": "ML::2 Numbers"})
    lock = freeze(lock, {"numeric": "Renamed::2 Numbers", "code": "Renamed::3 Code"})
    assert lock.decks == {"numeric": "ML::2 Numbers", "code": "Renamed::3 Code"}


def test_file_is_one_line_a_note_in_order(tmp_path: Path) -> None:
    _, lock = stamped([note("b"), note("a"), note("c")], Lock(NAMESPACE, {"k": "Ünï::1"}, ("june",)), NOW)
    path = tmp_path / "redraw.lock"
    locks.write(path, lock)
    text = path.read_text(encoding="utf-8")
    assert [line[:4] for line in text.splitlines() if '"hash"' in line] == ['"a":', '"b":', '"c":']
    assert list(json.loads(text)) == sorted(json.loads(text))
    assert "Ünï" in text
    assert locks.read(path, NAMESPACE) == lock
    locks.write(path, locks.read(path, NAMESPACE))
    assert path.read_text(encoding="utf-8") == text


def test_no_lock_yet_is_an_empty_one(tmp_path: Path) -> None:
    assert locks.read(tmp_path / "redraw.lock", "n") == Lock("n")


@pytest.mark.parametrize(
    ("text", "place", "message"),
    [
        ('{\n"decks": {},\n<<<<<<< HEAD\n', "3:1", "not JSON"),
        ("[]", "1:1", "damaged"),
        ("{}", "1:1", "damaged: KeyError: 'namespace'"),
        ('{"format": 9}', "1:1", "format 9"),
        ('{"namespace": "n", "decks": {}, "seeds": "ab", "notes": {"a": 1}}', "1:1", "damaged"),
        ('{"namespace": "n", "decks": {"a": 1}, "seeds": [], "notes": {}}', "1:1", "damaged"),
        ('{"namespace": "n", "decks": {}, "seeds": [], "notes": {"a": {"hash": "h", "kind": "odd", "time": 1}}}', "1:1", "'odd'"),
        (
            '{"namespace": "n", "decks": {}, "seeds": [], "notes": {"a": {"hash": "h", "kind": "basic", "time": true}}}',
            "1:1",
            "True",
        ),
        ('{"namespace": "m", "decks": {}, "seeds": [], "notes": {}}', "1:1", "belongs to the namespace 'm'"),
    ],
)
def test_a_damaged_lock_is_a_located_failure(tmp_path: Path, text: str, place: str, message: str) -> None:
    path = tmp_path / "redraw.lock"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(Failure) as caught:
        locks.read(path, "n")
    (problem,) = caught.value.problems
    assert str(problem.place) == f"{path}:{place}"
    assert message in problem.message
    assert problem.hint


def test_bytes_that_are_no_text_are_a_failure(tmp_path: Path) -> None:
    path = tmp_path / "redraw.lock"
    path.write_bytes(b"\xff\xfe{}")
    with pytest.raises(Failure, match="cannot be read"):
        locks.read(path, "n")


def test_a_failed_write_leaves_the_old_lock(tmp_path: Path) -> None:
    path = tmp_path / "redraw.lock"
    locks.write(path, Lock("n"))
    before = path.read_bytes()
    with mock.patch.object(Path, "replace", side_effect=OSError), pytest.raises(OSError):
        locks.write(path, Lock("n", seeds=("june",)))
    assert path.read_bytes() == before
    assert list(tmp_path.iterdir()) == [path]


texts = st.text(st.characters(codec="utf-8"), max_size=20)
entries = st.builds(Entry, texts, st.sampled_from(["basic", "choice", "cloze", "numeric"]), st.integers(0, 2**40))


@given(st.builds(Lock, texts, st.dictionaries(texts, texts), st.lists(texts).map(tuple), st.dictionaries(texts, entries)))
def test_what_is_written_is_read(lock: Lock) -> None:
    assert locks._parse(locks.render(lock), Place("redraw.lock")) == lock


@given(st.lists(st.tuples(st.integers(-3, 3), st.sampled_from("abc")), min_size=1, max_size=12))
def test_a_new_text_has_a_new_and_later_time(history: list[tuple[int, str]]) -> None:
    lock: Lock | None = None
    before: Note | None = None
    now = NOW
    for step, answer in history:
        now += step
        (stampt,), lock = stamped([note("x", Answer=answer)], lock, now)
        if before is not None:
            if stampt.fields == before.fields:
                assert stampt.modified == before.modified
            else:
                assert stampt.modified > before.modified
                assert stampt.modified in (now, before.modified + 1)
        before = stampt
