"""To make notes as the render stage hands them over, and packages of them."""

import html
import textwrap
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from pygments import highlight
from pygments.formatters import HtmlFormatter
from pygments.lexers import PythonLexer

from generator.anki import lock as locks
from generator.anki import package
from generator.anki.lock import Lock, guid
from generator.model import Kind, Note, Package
from generator.problems import Problems

NAMESPACE = "ml-theory"
NOW = 1_700_000_000
"""Long past, so that an edit made in Anki during a test is always later."""


def note(id: str, kind: Kind = "basic", *, deck: str = "Tests::1 Theory", tags: tuple[str, ...] = (), **extra: Any) -> Note:
    """A small note of the kind; further keywords are fields (``My_notes`` is *My notes*) or attributes of the note."""
    attributes = {name: extra.pop(name) for name in ("media", "modified", "position") if name in extra}
    fields = {name.replace("_", " "): value for name, value in extra.items()}
    if kind == "cloze":
        defaults = {"Text": "<p>The square of two is {{c1::four}}.</p>"}
    else:
        defaults = {"Question": f"<p>What is {id}?</p>", "Answer": f"<p>It is {id}.</p>"}
    if kind == "choice":
        defaults["Choices"] = choices("*one", "two", "three", "four", "five")
    common = {"Title": f"What is {id}?", "Guid": guid(NAMESPACE, id), "ID": f"{NAMESPACE}/{id}"}
    plain = Note(id, guid(NAMESPACE, id), kind, deck, tags or (f"redraw::kind::{kind}",), common | defaults | fields, modified=NOW)
    return replace(plain, **attributes)


def choices(*options: str) -> str:
    """The list of choices; a star marks the right ones."""
    items = (("choice right", text[1:]) if text.startswith("*") else ("choice", text) for text in options)
    return '<ul class="choices">' + "".join(f'<li class="{name}">{text}</li>' for name, text in items) + "</ul>"


def code(text: str) -> str:
    """A listing in Python."""
    inner = highlight(textwrap.dedent(text).strip(), PythonLexer(), HtmlFormatter(nowrap=True))
    return f'<pre class="code"><code>{inner}</code></pre>'


def maths(tex: str) -> str:
    """A displayed formula."""
    return f'<div class="maths">\\[{html.escape(tex)}\\]</div>'


def fold(summary: str, content: str) -> str:
    """A fold of the author's."""
    return f'<details class="fold"><summary class="tappable">{summary}</summary>{content}</details>'


def in_order(notes: Sequence[Note]) -> tuple[Note, ...]:
    """The notes with their ranks as positions."""
    return tuple(replace(note, position=position) for position, note in enumerate(notes))


def built(folder: Path, notes: Sequence[Note], media: Mapping[str, bytes] | None = None) -> Path:
    """A package of the notes."""
    path = folder / "deck.apkg"
    package.write(Package("deck", in_order(notes), media or {}), path)
    return path


def stamped(notes: Sequence[Note], lock: Lock | None, now: int) -> tuple[list[Note], Lock]:
    """The notes with their times, and the lock that comes of it; nothing may be wrong with them."""
    problems = Problems()
    result = locks.stamp(notes, lock or Lock(NAMESPACE), now, {}, problems)
    assert not list(problems)
    return result
