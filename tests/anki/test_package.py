"""The package as bytes: what is in it, what is refused, and that nothing but its content decides on them."""

import io
import json
import os
import sqlite3
import subprocess
import sys
import tempfile
import zipfile
from dataclasses import replace
from hashlib import sha256
from pathlib import Path
from unittest import mock

import pytest

from generator.anki import package
from generator.model import Note, Package
from tests.anki.notes import built, in_order, note
from tests.anki.samples import MEDIA, SAMPLES

ROOT = Path(__file__).parents[2]
BUILD = """
import hashlib, pathlib, sys
from tests.anki.notes import built, note
from tests.anki.samples import MEDIA, SAMPLES
pictured = note("p", tags=("b", "a"), media=("2.png", "1.png"))
path = built(pathlib.Path(sys.argv[1]), [*SAMPLES, pictured], {**MEDIA, "2.png": b"two", "1.png": b"one"})
print(hashlib.sha256(path.read_bytes()).hexdigest())
"""


def test_same_bytes_in_another_process(tmp_path: Path) -> None:
    sums = set()
    for number, (zone, seed) in enumerate([("Pacific/Kiritimati", "1"), ("America/Los_Angeles", "4711")]):
        folder = tmp_path / str(number)
        folder.mkdir()
        environment = os.environ | {"TZ": zone, "PYTHONHASHSEED": seed, "PYTHONPATH": str(ROOT)}
        command = [sys.executable, "-c", BUILD, str(folder)]
        sums.add(subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, check=True).stdout)
    assert len(sums) == 1


def test_same_bytes_whatever_the_order_of_the_media(tmp_path: Path) -> None:
    pictured = note("p", media=("a.png", "b.png"))
    one = built(tmp_path, [pictured], {"a.png": b"a", "b.png": b"b"}).read_bytes()
    other = built(tmp_path, [pictured], {"b.png": b"b", "a.png": b"a"}).read_bytes()
    assert one == other


def test_zip_says_nothing_of_the_machine(tmp_path: Path) -> None:
    path = built(tmp_path, [note("p", media=("a.png",))], {"a.png": b"a" * 1000})
    with zipfile.ZipFile(path) as archive:
        assert archive.namelist() == ["collection.anki2", "media", "0"]
        assert json.loads(archive.read("media")) == {"0": "a.png"}
        for info in archive.infolist():
            assert info.date_time == (1980, 1, 1, 0, 0, 0)
            assert info.compress_type == zipfile.ZIP_DEFLATED
            assert (info.create_system, info.external_attr) == (3, 0o644 << 16)


def test_database_is_whole_and_says_nothing_of_its_writer(tmp_path: Path) -> None:
    with zipfile.ZipFile(built(tmp_path, SAMPLES, MEDIA)) as archive:
        content = archive.read("collection.anki2")
    assert content[24:28] == content[92:96] == b"\0\0\0\1"
    assert int.from_bytes(content[96:100], "big") == 3040001
    path = tmp_path / "collection.anki2"
    path.write_bytes(content)
    connection = sqlite3.connect(path)
    assert connection.execute("PRAGMA integrity_check").fetchone() == ("ok",)
    assert connection.execute("SELECT count(*) FROM notes").fetchone() == (len(SAMPLES),)
    connection.close()


def test_no_temporary_file_is_left(tmp_path: Path) -> None:
    scratch = tmp_path / "scratch"
    scratch.mkdir()
    with mock.patch.object(tempfile, "tempdir", str(scratch)):
        built(tmp_path, SAMPLES, MEDIA)
    assert list(scratch.iterdir()) == []
    assert sorted(entry.name for entry in tmp_path.iterdir()) == ["deck.apkg", "scratch"]


def test_failure_leaves_the_last_good_package(tmp_path: Path) -> None:
    path = built(tmp_path, SAMPLES, MEDIA)
    before = path.read_bytes()
    with pytest.raises(ValueError, match="without a cloze"):
        built(tmp_path, [note("c", "cloze", Text="<p>nothing hidden</p>")])
    with mock.patch.object(Path, "replace", side_effect=OSError("disk full")), pytest.raises(OSError, match="disk full"):
        built(tmp_path, SAMPLES[:1])
    assert path.read_bytes() == before
    assert [entry.name for entry in tmp_path.iterdir()] == ["deck.apkg"]


@pytest.mark.parametrize(
    ("broken", "message"),
    [
        (note("x", Answer="a\x1fb"), "U\\+001F.*Answer"),
        (note("x", Nonsense="a"), "no such field: Nonsense"),
        (note("x", "cloze", Question="a"), "no such field: Question"),
        (note("x", tags=("two words",)), "'two words'"),
        (note("x", modified=0), "no modification time"),
        (note("x", deck=""), "no deck"),
        (note("x", media=("gone.png",)), "missing: gone.png"),
    ],
)
def test_what_anki_would_take_wrongly_is_refused(tmp_path: Path, broken: Note, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        built(tmp_path, [broken])


def test_two_notes_of_one_guid_are_refused(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="one guid: x, y"):
        built(tmp_path, [note("x"), replace(note("y"), guid=note("x").guid)])


@pytest.mark.parametrize(
    ("names", "message"),
    [
        (["a.png", "unused.png"], "no note uses: unused.png"),
        (["a.png", "A.png"], "one name: a.png"),
        (["a/b.png"], "would change: 'a/b.png'"),
        (["a[1].png"], "would change"),
        (["x" * 130 + ".png"], "would change"),
        (["e\u0301.png"], "would change"),
    ],
)
def test_media_that_would_be_lost_are_refused(tmp_path: Path, names: list[str], message: str) -> None:
    used = tuple(name for name in names if not name.startswith("unused"))
    with pytest.raises(ValueError, match=message):
        built(tmp_path, [note("x", media=used)], dict.fromkeys(names, b"x"))


def test_ids_follow_from_the_content(tmp_path: Path) -> None:
    notes = in_order([note(str(number)) for number in range(50)])
    package.write(Package("deck", notes, {}), tmp_path / "one.apkg")
    package.write(Package("deck", tuple(reversed(notes)), {}), tmp_path / "two.apkg")
    one, two = ((tmp_path / name).read_bytes() for name in ("one.apkg", "two.apkg"))
    assert sha256(one).digest() == sha256(two).digest()
    with zipfile.ZipFile(io.BytesIO(one)) as archive:
        (tmp_path / "c.anki2").write_bytes(archive.read("collection.anki2"))
    connection = sqlite3.connect(tmp_path / "c.anki2")
    (distinct,) = connection.execute(
        "SELECT count(DISTINCT id) FROM (SELECT id FROM notes UNION ALL SELECT id FROM cards)"
    ).fetchone()
    connection.close()
    assert distinct == 100
