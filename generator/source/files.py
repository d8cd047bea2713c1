"""Which files are sources, in which order, and what text they hold."""

import unicodedata
from dataclasses import dataclass
from pathlib import Path

from generator.problems import Failure, Place, Problems
from generator.source.settings import show

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


def read_files(root: Path, problems: Problems) -> list[SourceFile]:
    """All sources below ``root``, ordered by the code points of their NFC names.

    Links that lead out of the folder are not followed; what cannot be read is reported.

    Raises:
        Failure: there is no source at all.
    """
    found = []
    for path in root.rglob("*"):
        if path.suffix.lower() not in SUFFIXES or not path.is_file() or _hidden(path.relative_to(root)):
            continue
        if not path.resolve().is_relative_to(root.resolve()):
            problems.warning(Place(show(path)), "leads out of the folder and is not read", "copy the file into the folder")
        elif path.stem.lower() in PASSED_OVER:
            problems.information(Place(show(path)), "is passed over: it is about the folder, not a source")
        else:
            found.append(path)
    if not found:
        raise Failure.at(Place(show(root)), "there is no Markdown file in this folder", "sources end in .md; redraw init makes one")
    files = [SourceFile(path, _name(path, root), _text(path, problems)) for path in found]
    return sorted(files, key=lambda file: file.name)


def _name(path: Path, root: Path) -> str:
    return unicodedata.normalize("NFC", path.relative_to(root).as_posix())


def _hidden(relative: Path) -> bool:
    return any(part.startswith((".", "_")) for part in relative.parts)


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
