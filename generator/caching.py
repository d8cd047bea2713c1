"""What was worked out before is kept beside a deck, so that nothing is drawn or proven twice; and how it is known to be our own.

A deck may be a stranger's, and his folder may bring entries of its own: a picture, a verdict, an answer that nobody computed. So an
entry counts only with a seal, an HMAC-SHA-256 of its name and content under a key that each user has for himself, outside every
deck. Whoever cannot read that key can add nothing; an entry that is damaged, or was renamed, has no seal either. What has none is
worked out anew.
"""

import hashlib
import hmac
import json
import os
import stat
import sys
from collections.abc import Iterable
from contextlib import suppress
from functools import cache
from importlib.metadata import version
from pathlib import Path
from typing import Any

import platformdirs

from generator.problems import Place, Problems

DIGITS = 24
"""Hexadecimal digits of a key."""
MOST = 50_000_000
"""No entry has more bytes."""
SECRET = 32
"""Bytes of a user's key."""
OTHERS = 0o077
"""What nobody but its owner may do with it."""


def key(*inputs: Any) -> str:
    """A hash of plain data: all that a result depends on."""
    return hashlib.sha256(json.dumps(inputs).encode()).hexdigest()[:DIGITS]


def code(paths: Iterable[Path], packages: Iterable[str]) -> str:
    """A hash of the code in ``paths``, of the versions of ``packages``, and of Python's."""
    versions = [f"{name} {version(name)}" for name in packages]
    digest = hashlib.sha256(json.dumps([*sys.version_info[:2], *versions]).encode())
    for path in paths:
        digest.update(hashlib.sha256(path.read_bytes().replace(b"\r\n", b"\n")).digest())
    return digest.hexdigest()


def read(path: Path) -> bytes | None:
    """The content of an entry; None where there is none with this user's seal."""
    if leads_out(path.parent):
        return None
    try:
        found = path.lstat()
        if not stat.S_ISREG(found.st_mode) or found.st_size > MOST:
            return None
        whole = path.read_bytes()
    except OSError:
        return None
    content = whole[: -len(_seal(path.name, b""))]
    return content if hmac.compare_digest(whole, content + _seal(path.name, content)) else None


def write(path: Path, content: bytes, what: str, problems: Problems) -> None:
    """Keep an entry, whole or not at all, so that two commands at a time do not read each other's halves.

    Args:
        what: what is kept, for saying so where that is impossible.
    """
    if leads_out(path.parent):
        message = "is a link out of the deck's folder, so nothing is kept here"
        problems.information(
            Place.whole(str(path.parent)), message, "remove the link: what is worked out is kept beside the deck alone"
        )
        return
    part = path.with_name(f"{path.name}.{os.getpid()}.part")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        part.unlink(missing_ok=True)
        with part.open("xb") as file:  # "x": never through a link that lies there
            file.write(content + _seal(path.name, content))
        part.replace(path)
    except OSError as error:
        message = f"{what} cannot be kept here: {error.strerror}"
        problems.information(Place.whole(str(path.parent)), message, "nothing is wrong, but the next run works them out again")


def remove(path: Path) -> bool:
    """Remove an entry, and say whether that was done; where it is impossible it stays, and does no harm."""
    with suppress(OSError):
        if not leads_out(path.parent):
            path.unlink()
            return True
    return False


def leads_out(folder: Path) -> bool:
    """Whether ``media/generated``, or ``media``, is a link that leads out of the deck's folder, which holds ``media``.

    A stranger's deck could name any folder so, and entries would be written or removed there.
    """
    if not (folder.is_symlink() or folder.parent.is_symlink()):
        return False
    try:
        return not folder.resolve().is_relative_to(folder.parent.parent.resolve())
    except (OSError, RuntimeError):  # a link to itself
        return True


def _seal(name: str, content: bytes) -> bytes:
    """What stands behind the content of an entry: a comment, so that a picture stays one."""
    seal = hmac.new(_secret(_folder()), name.encode() + b"\n" + content, hashlib.sha256)
    return f"\n<!-- sealed {seal.hexdigest()} -->\n".encode()


@cache
def _secret(folder: Path | None) -> bytes:
    """The user's key, made when it is first needed; where it cannot be kept, one for this process."""
    if folder is None:
        return os.urandom(SECRET)
    path = folder / "key"
    if (found := _own(path)) is None:
        part = folder / f"key.{os.getpid()}.part"
        try:
            folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            part.unlink(missing_ok=True)
            with os.fdopen(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
                file.write(os.urandom(SECRET))
            if _own(path) is None:
                path.unlink(missing_ok=True)
            with suppress(FileExistsError):  # another process has made one at the same time: the first counts for both
                path.hardlink_to(part)
            part.unlink()
        except OSError:
            return os.urandom(SECRET)
        found = _own(path)
    return found or os.urandom(SECRET)


def _own(path: Path) -> bytes | None:
    """A key that belongs to this user alone."""
    try:
        found = path.lstat()
        if not stat.S_ISREG(found.st_mode) or (hasattr(os, "getuid") and (found.st_uid != os.getuid() or found.st_mode & OTHERS)):
            return None
        secret = path.read_bytes()
    except OSError:
        return None
    return secret if len(secret) == SECRET else None


def _folder() -> Path | None:
    """Where this user's programs keep what can be made again; None where there is no such place.

    A relative path would lie in whatever folder one stands in, such as a stranger's deck; it does not count.
    """
    folder = platformdirs.user_cache_path("redraw", appauthor=False)
    return folder if folder.is_absolute() else None
