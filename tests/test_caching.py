"""What is kept between runs: only what this user's own runs have kept counts."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from generator import caching, figures
from generator.build import build
from generator.problems import Problems, Severity
from tests.helpers import NOW, write

FIGURED = """1) Which balls? {#balls}

    ```figure
    draw: unit-balls
    alt: Three balls
    ```
"""
POSIX = pytest.mark.skipif(sys.platform == "win32", reason="files have no modes there")


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A user without any key yet."""
    return another_user(tmp_path / "home", monkeypatch)


def another_user(folder: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("LOCALAPPDATA" if sys.platform == "win32" else "XDG_CACHE_HOME", str(folder))
    return folder


def kept(path: Path, content: bytes = b"what was found") -> Path:
    problems = Problems()
    caching.write(path, content, "things", problems)
    assert list(problems) == []
    return path


def test_what_is_kept_is_read_again_and_overwritten(tmp_path: Path) -> None:
    path = kept(tmp_path / "deep" / "entry")
    assert caching.read(path) == b"what was found"
    assert caching.read(kept(path, b"")) == b""
    assert [one.name for one in path.parent.iterdir()] == ["entry"]
    assert caching.read(tmp_path / "nothing") is None


def test_a_picture_with_its_seal_is_still_a_picture(tmp_path: Path) -> None:
    from xml.etree import ElementTree

    path = kept(tmp_path / "a.svg", b'<svg xmlns="http://www.w3.org/2000/svg"/>')
    assert ElementTree.parse(path).getroot().tag.endswith("svg")


@given(data=st.data(), content=st.binary(max_size=60))
def test_an_entry_of_which_one_byte_is_another_is_none(
    data: st.DataObject, content: bytes, tmp_path_factory: pytest.TempPathFactory
) -> None:
    path = kept(tmp_path_factory.mktemp("entries") / "entry", content)
    whole = path.read_bytes()
    at = data.draw(st.integers(0, len(whole) - 1))
    path.write_bytes(whole[:at] + bytes([whole[at] ^ data.draw(st.integers(1, 255))]) + whole[at + 1 :])
    assert caching.read(path) is None
    path.write_bytes(whole[:at])
    assert caching.read(path) is None
    path.write_bytes(whole)
    assert caching.read(path) == content


def test_an_entry_under_another_name_is_none(tmp_path: Path) -> None:
    path = kept(tmp_path / "claim-a.json")
    path.rename(tmp_path / "claim-b.json")
    assert caching.read(tmp_path / "claim-b.json") is None


def test_what_another_user_has_kept_is_none(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = kept(tmp_path / "entry")
    another_user(tmp_path / "elsewhere", monkeypatch)
    assert caching.read(path) is None


@POSIX
def test_a_link_or_a_pipe_is_no_entry_and_nothing_is_written_through_a_link(tmp_path: Path) -> None:
    path = kept(tmp_path / "entry")
    (tmp_path / "links").mkdir()
    link = tmp_path / "links" / "entry"
    link.symlink_to(path)
    assert caching.read(link) is None
    os.mkfifo(tmp_path / "pipe")
    assert caching.read(tmp_path / "pipe") is None
    precious = tmp_path / "precious"
    precious.write_text("mine")
    for name in ("entry", f"entry.{os.getpid()}.part"):
        (tmp_path / "links" / name).unlink(missing_ok=True)
        (tmp_path / "links" / name).symlink_to(precious)
    assert caching.read(kept(link)) == b"what was found"
    assert precious.read_text() == "mine"


@POSIX
def test_a_key_that_others_can_read_or_that_is_none_is_made_anew(tmp_path: Path, home: Path) -> None:
    path = kept(tmp_path / "entry")
    key = home / "redraw" / "key"
    assert key.stat().st_mode & 0o777 == 0o600 and key.parent.stat().st_mode & 0o777 == 0o700
    before = key.read_bytes()
    key.chmod(0o644)
    caching._secret.cache_clear()
    assert caching.read(path) is None
    assert key.read_bytes() != before and key.stat().st_mode & 0o777 == 0o600
    key.write_bytes(b"short")
    caching._secret.cache_clear()
    assert caching.read(kept(path)) == b"what was found"
    assert len(key.read_bytes()) == caching.SECRET


@pytest.mark.parametrize("where", [".", "cache", ""])
@POSIX
def test_a_key_never_lies_in_the_folder_where_one_stands(where: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A stranger's deck could bring it along."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("HOME", str(tmp_path / "house"))
    monkeypatch.setenv("XDG_CACHE_HOME", where)
    kept(tmp_path / "entry")
    assert {one.name for one in tmp_path.iterdir()} <= {"entry", "house"}
    house = tmp_path / "house"
    assert [key for key in tmp_path.rglob("key") if house not in key.parents] == []


def test_processes_that_begin_at_once_have_one_key(home: Path) -> None:
    root = Path(__file__).parent.parent
    code = "from generator import caching; input(); print(caching._secret(caching._folder()).hex())"
    processes = [
        subprocess.Popen([sys.executable, "-c", code], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, cwd=root)
        for _ in range(4)
    ]
    for process in processes:
        assert process.stdin is not None
        process.stdin.write("\n")
        process.stdin.flush()
    keys = {process.communicate()[0] for process in processes}
    assert keys == {f"{(home / 'redraw' / 'key').read_bytes().hex()}\n"}
    assert [path.name for path in (home / "redraw").iterdir()] == ["key"]


def test_where_no_key_can_be_kept_nothing_is_known_in_the_next_run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "file").write_text("")
    another_user(tmp_path / "file", monkeypatch)
    path = kept(tmp_path / "entry")
    caching._secret.cache_clear()
    assert caching.read(path) is None


def test_where_nothing_can_be_kept_is_said_but_is_not_wrong(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    problems = Problems()
    caching.write(tmp_path / "file" / "entry", b"", "pictures", problems)
    (problem,) = problems
    assert problem.severity == Severity.INFORMATION
    assert problem.message.startswith("pictures cannot be kept here: ")


@pytest.mark.parametrize("link", ["media", "media/generated"])
@POSIX
def test_nothing_is_kept_or_removed_through_a_link_out_of_the_decks_folder(link: str, tmp_path: Path) -> None:
    elsewhere = tmp_path / "elsewhere"
    inside = elsewhere if link == "media/generated" else elsewhere / "generated"
    theirs = kept(inside / "drawn-theirs.json")
    picture = kept(inside / f"unit-balls-{'0' * caching.DIGITS}-light.svg")
    before = sorted(elsewhere.rglob("*"))
    source = write(tmp_path / "deck", a=FIGURED)
    (source / link).parent.mkdir(exist_ok=True)
    (source / link).symlink_to(elsewhere)
    built = build(source, tmp_path / "out.apkg", now=NOW)
    (problem,) = (problem for problem in built.problems if problem.severity == Severity.INFORMATION)
    assert problem.place.path == str(source / "media/generated")
    assert problem.message == "is a link out of the deck's folder, so nothing is kept here"
    assert sorted(elsewhere.rglob("*")) == before
    folder = source / "media/generated"
    assert caching.read(theirs) is not None and caching.read(folder / theirs.name) is None
    assert not caching.remove(folder / theirs.name) and figures.prune([], folder) == []
    assert picture.exists() and theirs.exists()


@POSIX
def test_a_link_that_stays_in_the_decks_folder_is_followed_and_one_to_itself_is_none(tmp_path: Path) -> None:
    (tmp_path / "media").mkdir()
    (tmp_path / "kept").mkdir()
    folder = tmp_path / "media" / "generated"
    folder.symlink_to(tmp_path / "kept")
    assert caching.read(kept(folder / "entry")) == b"what was found"
    assert [path.name for path in (tmp_path / "kept").iterdir()] == ["entry"]
    folder.unlink()
    folder.symlink_to(folder)
    problems = Problems()
    caching.write(folder / "entry", b"", "pictures", problems)
    assert [str(problem.severity) for problem in problems] == ["information"] and caching.read(folder / "entry") is None


def test_a_key_depends_on_every_input_and_code_on_every_byte_and_version(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    keys = {caching.key(*inputs) for inputs in ((), ("a",), ("a", "b"), ("ab",), (["a", "b"],), (1,), ("1",))}
    assert len(keys) == 7
    path = tmp_path / "code.py"
    path.write_bytes(b"x = 1\n")
    before = caching.code([path], ["numpy"])
    path.write_bytes(b"x = 1\r\n")
    assert caching.code([path], ["numpy"]) == before, "the same file, checked out on Windows"
    path.write_bytes(b"x = 2\n")
    assert caching.code([path], ["numpy"]) != before
    path.write_bytes(b"x = 1\n")
    assert caching.code([path], ["numpy", "sympy"]) != before
    monkeypatch.setattr(caching, "version", lambda name: "0")
    assert caching.code([path], ["numpy"]) != before
