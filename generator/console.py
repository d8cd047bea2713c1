"""What a person sees: problems and summaries, coloured on a terminal, plain when piped."""

import json
import time
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from rich.console import Console
from rich.progress import Progress
from rich.table import Table
from rich.text import Text

from generator.build import Built
from generator.catalogue import KernelEntry
from generator.model import Card, Draft, Note
from generator.problems import Problems, Severity

PATIENCE = 1.0
"""For how many seconds a command may say nothing."""
COLOURS = {Severity.ERROR: "bold red", Severity.WARNING: "yellow", Severity.INFORMATION: "blue"}


def out() -> Console:
    """Standard output; a long line is never broken, so that a pipe gets what was written."""
    return Console(soft_wrap=True, highlight=False, emoji=False, markup=False)


def err() -> Console:
    """Standard error."""
    return Console(stderr=True, soft_wrap=True, highlight=False, emoji=False, markup=False)


def watch(cards: Sequence[Card], label: str) -> Iterator[Card]:
    """The cards one by one; on a terminal, a bar once it has taken longer than a second."""
    started, bar = time.monotonic(), None
    try:
        for number, card in enumerate(cards):
            if bar is None and time.monotonic() - started > PATIENCE and err().is_terminal:
                bar = Progress(console=err(), transient=True)
                bar.start()
                bar.add_task(label, total=len(cards))
            if bar:
                bar.update(bar.task_ids[0], completed=number)
            yield card
    finally:
        if bar:
            bar.stop()


def print_problems(problems: Problems, least: Severity = Severity.INFORMATION) -> None:
    """One line each, ``path:line:column: severity: message``, the hint below."""
    console = err()
    for problem in problems:
        if problem.severity < least:
            continue
        line = Text(f"{problem.place}: ").append(f"{problem.severity}: ", COLOURS[problem.severity]).append(problem.message)
        console.print(line)
        if problem.hint:
            console.print(Text(f"    {problem.hint}", "dim"))


def print_json(data: Mapping[str, Any]) -> None:
    """The data as JSON on standard output."""
    print(json.dumps(data, ensure_ascii=False, indent=2))


def built_as_json(built: Built, seconds: float) -> dict[str, Any]:
    """The summary of a build as plain data."""
    return {
        "output": built.output.as_posix(),
        "decks": built.decks,
        "notes": built.notes,
        "cards": built.cards,
        "kinds": built.kinds,
        "drafts": [draft_as_json(draft) for draft in built.drafts],
        "problems": [problem.as_json() for problem in built.problems],
        "size": built.size,
        "lock": built.lock,
        "seconds": round(seconds, 3),
    }


def draft_as_json(draft: Draft) -> dict[str, Any]:
    """Where a draft stands, and what it asks."""
    return {"path": draft.place.path, "line": draft.place.line, "column": draft.place.column, "title": draft.title}


def print_built(built: Built, seconds: float) -> None:
    """The summary of a build as a table."""
    table = Table(box=None, pad_edge=False, show_header=False)
    table.add_column(style="dim")
    table.add_column(justify="right")
    for name, cards in built.decks.items():
        table.add_row(name, f"{cards} cards")
    for kind, notes in built.kinds.items():
        table.add_row(kind, f"{notes} notes")
    table.add_row("drafts", str(len(built.drafts)))
    table.add_row("warnings", str(built.problems.count(Severity.WARNING)))
    if passed_over := built.problems.count(Severity.INFORMATION):
        table.add_row("passed over", f"{passed_over} (redraw check lists them)")
    table.add_row("lock", {"new": "new: commit it", "changed": "changed: commit it"}.get(built.lock, built.lock))
    console = out()
    console.print(table)
    console.print(f"{built.output.as_posix()}: {built.notes} notes, {built.cards} cards, {_size(built.size)}, {seconds:.1f} s")


def note_as_json(card: Card, note: Note) -> dict[str, Any]:
    """One card as the pipeline sees it."""
    place = {"path": card.place.path, "line": card.place.line, "column": card.place.column}
    fields = {name: html for name, html in note.fields.items() if html}
    head = {"id": card.id, "kind": note.kind, "place": place, "deck": note.deck, "tags": list(note.tags)}
    return head | {
        "guid": note.guid,
        "modified": note.modified,
        "position": note.position,
        "fields": fields,
        "media": list(note.media),
    }


def print_note(card: Card, note: Note) -> None:
    """One card as the pipeline sees it, for reading."""
    console = out()
    for name, value in note_as_json(card, note).items():
        if name == "fields":
            for field, html in note.fields.items():
                if html:
                    console.print(Text(f"\n{field}", "bold"))
                    console.print(html)
        elif value:
            shown = str(card.place) if name == "place" else " ".join(value) if isinstance(value, list) else str(value)
            console.print(Text(f"{name}: ", "dim").append(shown))


def print_kernels(entries: Sequence[KernelEntry]) -> None:
    """All kernels by topic, one line each."""
    console = out()
    topic = ""
    for entry in entries:
        if entry.topic != topic:
            topic = entry.topic
            console.print(Text(("\n" if entry is not entries[0] else "") + topic, "bold"))
        console.print(Text("  ").append(entry.name, "cyan").append(f"  {entry.summary}", "dim"))


def print_kernel(entry: KernelEntry) -> None:
    """One kernel in full: how it is called, its page, and the ways in which it is checked."""
    console = out()
    console.print(Text(entry.name, "bold cyan").append(entry.signature, "cyan"))
    console.print(Text(f"{entry.topic}, in {entry.module}\n", "dim"))
    console.print(entry.doc)
    console.print(Text("\nChecked against", "bold"))
    for oracle in entry.oracles:
        needs = f" (needs {', '.join(oracle.needs)})" if oracle.needs else ""
        console.print(f"  {' '.join(oracle.doc.split())}{needs}")


def _size(size: int) -> str:
    return f"{size / 1e6:.1f} MB" if size >= 1e6 else f"{size / 1e3:.0f} kB"
