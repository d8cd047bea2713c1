"""From sources to the real Anki, and once more after an edit: only what changed arrives, and no review is lost."""

import os
import subprocess
import sys
from hashlib import sha256
from pathlib import Path

import pytest
from anki.collection import Collection

from generator.anki.lock import guid
from generator.build import build
from generator.problems import Failure
from tests.anki.imports import Log, import_package, schedule, study
from tests.helpers import NOW, write
from tests.render.test_fields import PIXEL

THEORY = """---
tags: [exam]
---
# Vectors

## Length

1) What is the norm of $x$? {#norm .level-1}

    Its length: $$\\lVert x\\rVert=\\sqrt{x_{1}^2+\\dots}$$

    ![An arrow](arrow.png)

1) A unit vector has length {{c1::unity}}, a zero vector {{c2::$\\frac{0}{\\sqrt{1}}$}}. {#unit .level-1}

1) Which is a norm? {#which .level-2}

    - [x] $\\max_i |x_i|$
    - [ ] the number of entries

    See [the length](#norm).

1) And of $2x$? {#twice after=norm}

    Twice [that](#norm).
"""
CODE = "# Code\n\n1) Write it. {#write .code}\n\n    ```python\n    def norm(x): return (x @ x) ** 0.5\n    ```\n"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    made = write(tmp_path / "cards_src", theory=THEORY, code=CODE)
    (made / "arrow.png").write_bytes(PIXEL)
    return made


def rebuild(folder: Path, collection: Collection, now: int = NOW) -> Log:
    """Build as a user does, and import what came out."""
    built = build(folder, folder.parent / "deck.apkg", now=now)
    return import_package(collection, built.output)


def edit(folder: Path, old: str, new: str, name: str = "theory") -> None:
    text = (folder / f"{name}.md").read_text()
    assert old in text
    (folder / f"{name}.md").write_text(text.replace(old, new))


def ids(log_part: object) -> set[str]:
    """The cards' ids in a part of an import's log."""
    return {entry.fields[0][:30] for entry in log_part}  # type: ignore[attr-defined]


def note_id(collection: Collection, name: str) -> int:
    (found,) = collection.find_notes(f"Guid:{guid('test', name)}")
    return found


def field(collection: Collection, name: str, which: str) -> str:
    return collection.get_note(note_id(collection, name))[which]


def test_sources_arrive_whole(folder: Path, collection: Collection) -> None:
    log = rebuild(folder, collection)
    assert (len(log.new), collection.card_count()) == (5, 6)
    decks = {deck.name for deck in collection.decks.all_names_and_ids()}
    assert {"Test::1 Theory", "Test::3 Code"} <= decks
    norm = collection.get_note(note_id(collection, "norm"))
    assert norm.tags == ["exam", "redraw::kind::basic", "redraw::level::1", "redraw::topic::theory::length"]
    assert (norm["Source"], norm["ID"], norm["Breadcrumb"]) == ("theory.md", "test/norm", "Vectors › Length")
    assert r"\[\lVert x\rVert=\sqrt{x_{1}^2+\dots}\]" in norm.cards()[0].answer()
    assert not collection.media.check().missing
    assert not collection.media.check().unused
    one, two = collection.get_note(note_id(collection, "unit")).cards()
    assert "length <span" in one.question()
    assert ">unity<" not in one.question()
    assert ">unity<" in one.answer()
    assert r"\(\frac{0}{\sqrt{1} }\)" in one.question()
    assert "[...]" in two.question()
    assert "What is the norm" in collection.get_note(note_id(collection, "twice")).cards()[0].question()


def test_new_cards_come_in_the_order_of_the_sources(folder: Path, collection: Collection) -> None:
    rebuild(folder, collection)
    new = sorted((collection.get_card(card) for card in collection.find_cards("is:new")), key=lambda card: (card.due, card.ord))
    order = [collection.get_note(card.nid)["ID"] for card in new]
    assert order == ["test/write", "test/norm", "test/unit", "test/unit", "test/which", "test/twice"]
    studied = study(collection, "Test::1 Theory", 2)
    assert [collection.get_note(card.nid)["ID"] for card in studied] == ["test/norm", "test/unit"]


def test_an_edit_changes_that_note_and_those_that_quote_it(folder: Path, collection: Collection) -> None:
    rebuild(folder, collection)
    study(collection, "Test", 4)
    before = schedule(collection)
    mine = collection.get_note(note_id(collection, "write"))
    mine["My notes"] = "remember this"
    mine.tags.append("my-tag")
    collection.update_note(mine)
    edit(folder, "Its length:", "How long it is:")
    log = rebuild(folder, collection, NOW + 100)
    assert ids(log.updated) == {"What is the norm of x?", "Which is a norm?", "And of 2x?"}
    assert (len(log.new), len(log.conflicting), len(log.duplicate)) == (0, 0, 2)
    assert "How long it is:" in field(collection, "norm", "Answer")
    assert "How long it is:" in field(collection, "twice", "Answer")
    assert schedule(collection) == before
    kept = collection.get_note(note_id(collection, "write"))
    assert (kept["My notes"], "my-tag" in kept.tags) == ("remember this", True)


def test_a_revert_arrives_too(folder: Path, collection: Collection) -> None:
    rebuild(folder, collection)
    edit(folder, "def norm(x)", "def length(x)", "code")
    assert len(rebuild(folder, collection, NOW + 100).updated) == 1
    edit(folder, "def length(x)", "def norm(x)", "code")
    assert len(rebuild(folder, collection, NOW + 200).updated) == 1
    assert "norm" in field(collection, "write", "Answer")


def test_two_edits_within_one_second_both_arrive(folder: Path, collection: Collection) -> None:
    rebuild(folder, collection)
    for old, new in (("norm", "length"), ("length", "size")):
        edit(folder, f"def {old}(x)", f"def {new}(x)", "code")
        assert len(rebuild(folder, collection).updated) == 1
        assert f">{new}<" in field(collection, "write", "Answer")


def test_a_card_that_turns_into_a_choice_keeps_its_history(folder: Path, collection: Collection) -> None:
    rebuild(folder, collection)
    study(collection, "Test::3 Code", 1)
    before = schedule(collection)
    edit(folder, "1) Write it. {#write .code}", "1) Write it. {#write .code}\n\n    - [x] so\n    - [ ] not so", "code")
    log = rebuild(folder, collection, NOW + 100)
    assert (ids(log.updated), len(log.conflicting)) == ({"Write it."}, 0)
    assert '<li class="choice right">so</li>' in field(collection, "write", "Choices")
    assert schedule(collection) == before


def test_a_card_cannot_turn_into_a_cloze(folder: Path) -> None:
    build(folder, folder.parent, now=NOW)
    edit(folder, "Write it.", "Write {{c1::it}}.", "code")
    with pytest.raises(Failure, match=r"code\.md:3:4: error: "):
        build(folder, folder.parent, now=NOW + 1)


def test_an_old_id_keeps_the_history(folder: Path, collection: Collection) -> None:
    rebuild(folder, collection)
    study(collection, "Test::3 Code", 1)
    before = schedule(collection)
    edit(folder, "{#write .code}", "{#implement was=write .code}", "code")
    log = rebuild(folder, collection, NOW + 100)
    assert (len(log.new), len(log.updated)) == (0, 1)
    assert field(collection, "write", "ID") == "test/implement"
    assert schedule(collection) == before


def test_moving_cards_and_files_loses_nothing(folder: Path, collection: Collection) -> None:
    rebuild(folder, collection)
    (folder / "later").mkdir()
    (folder / "code.md").rename(folder / "later" / "other.md")
    log = rebuild(folder, collection, NOW + 100)
    assert (len(log.new), ids(log.updated)) == (0, {"Write it."})


def test_an_unchanged_rebuild_is_the_same_bytes_anywhere(folder: Path, tmp_path: Path) -> None:
    code = "import sys; from pathlib import Path; from generator.build import build\n"
    code += "build(Path(sys.argv[1]), Path(sys.argv[2]), now={})"
    root = Path(__file__).parent.parent.parent
    hashes = set()
    for number, environment in enumerate(
        [
            {},
            {"TZ": "Asia/Kolkata", "PYTHONHASHSEED": "1"},
            {"TZ": "America/Lima", "PYTHONHASHSEED": "2", "LC_ALL": "C", "OPENBLAS_CORETYPE": "Nehalem"},
        ]
    ):
        place = tmp_path / str(number) / ("deep" * number)
        place.parent.mkdir(exist_ok=True)
        # The first build writes the lock, which travels with the sources.
        subprocess.run(["cp", "-r", str(folder), str(place)], check=True)
        output = place.parent / "deck.apkg"
        env = {**os.environ, **environment, "PYTHONPATH": str(root)}
        command = [sys.executable, "-c", code.format(NOW + 1000 * number), str(place), str(output)]
        subprocess.run(command, check=True, env=env, cwd=tmp_path if number % 2 else root)
        (folder / "redraw.lock").write_bytes((place / "redraw.lock").read_bytes())
        hashes.add(sha256(output.read_bytes()).hexdigest())
    assert len(hashes) == 1
