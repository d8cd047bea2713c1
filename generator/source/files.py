"""Which files are sources, in which order, and what text they hold."""

import os
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from generator.problems import Failure, Place, Problems
from generator.source.settings import FILE, show

SUFFIXES = (".md", ".markdown")
UNUSABLE = dict.fromkeys((0, 0x1F, 0xFDD0, 0xFDD1), "\ufffd")
"""Characters that no text needs: NUL, Anki's field separator, and two noncharacters that the renderer uses as marks of its own."""
PASSED_OVER = ("readme", "changelog", "license")


@dataclass(frozen=True, slots=True)
class SourceFile:
    """One Markdown file: where it lies, what it is called below the root, and its text with plain line ends."""

    path: Path
    name: str
    """The path below the root, NFC, with forward slashes."""
    text: str

    @property
    def shown(self) -> str:
        """The path as the author would type it."""
        return show(self.path)


def read_files(root: Path, problems: Problems, only: Path | None = None) -> list[SourceFile]:
    """All sources below ``root``, ordered by the code points of their NFC names.

    A folder below that holds a ``redraw.toml`` is another deck and is passed over, links that lead out of the folder are not
    followed; all this is reported, and what cannot be read is an error.

    Args:
        only: the one file that is to be read; nothing else is looked at.

    Raises:
        Failure: there is no source at all.
    """
    decks: list[Path] = []
    found = [only] if only else [path for path in _paths(root, decks, problems) if _is_source(path, root, problems)]
    if not found and not problems.failed:
        hint = f"a deck lies below: name its folder, {show(decks[0])}" if decks else "sources end in .md; redraw init makes one"
        raise Failure.at(Place.whole(show(root)), "there is no Markdown file in this folder", hint)
    files = [SourceFile(path, _name(path, root), _text(path, problems)) for path in found]
    return sorted(files, key=lambda file: file.name)


def _paths(root: Path, decks: list[Path], problems: Problems) -> Iterator[Path]:
    """What is named like a source below ``root``, in no order; ``decks`` takes the folders that are decks of their own."""

    def refused(error: OSError) -> None:
        problems.error(
            Place.whole(show(Path(error.filename))), f"cannot be read: {error.strerror}", "check the folder's permissions"
        )

    for place, folders, names in os.walk(root, onerror=refused):
        folder = Path(place)
        if folder != root and FILE in names:
            decks.append(folder)
            message = f"is passed over: its {FILE} makes it a deck of its own"
            problems.information(Place.whole(show(folder)), message, "build it by itself")
            folders.clear()
            continue
        folders[:] = sorted(name for name in folders if not _hidden(name))
        for link in (folder / name for name in folders if (folder / name).is_symlink()):
            problems.warning(Place.whole(show(link)), "is a link to a folder and is not followed", "move the folder here")
        yield from (folder / name for name in names if not _hidden(name) and Path(name).suffix.lower() in SUFFIXES)


def _is_source(path: Path, root: Path, problems: Problems) -> bool:
    """Whether the file is to be read; why not is reported."""
    place = Place.whole(show(path))
    if path.is_symlink() and not Path(os.path.realpath(path)).is_relative_to(root.resolve()):
        problems.warning(place, "leads out of the folder and is not read", "copy the file into the folder")
    elif path.stem.lower() in PASSED_OVER:
        problems.information(place, "is passed over: it is about the folder, not a source")
    elif os.path.lexists(path) and not path.is_file():
        problems.warning(place, "leads to no file and is not read", "remove it, or put a file there")
    else:
        return True
    return False


def _name(path: Path, root: Path) -> str:
    return unicodedata.normalize("NFC", path.relative_to(root).as_posix())


def _hidden(name: str) -> bool:
    return name.startswith((".", "_"))


def _text(path: Path, problems: Problems) -> str:
    """The text of one file, without a byte-order mark and with ``\\n`` line ends; empty where it cannot be read."""
    try:
        data = path.read_bytes()
        text = data.decode("utf-8-sig")
    except OSError as error:
        problems.error(Place(show(path)), f"cannot be read: {error.strerror}", "check the file's permissions")
        return ""
    except UnicodeDecodeError as error:
        before = data[: error.start]
        line, column = before.count(b"\n") + 1, len(before.rpartition(b"\n")[2].decode("utf-8", "replace")) + 1
        problems.error(Place(show(path), line, column), f"byte 0x{data[error.start]:02x} is not UTF-8", "save the file as UTF-8")
        return ""
    return text.replace("\r\n", "\n").replace("\r", "\n").translate(UNUSABLE)
