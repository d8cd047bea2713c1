"""What a person sees: problems and summaries, coloured on a terminal, plain when piped."""

import json
import os
import sys
import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from rich.console import Console
from rich.progress import Progress
from rich.table import Table
from rich.text import Text

from generator.build import Built, Found
from generator.catalogue import FigureEntry, KernelEntry
from generator.model import Draft
from generator.problems import Problem, Severity

LOCKS = {"new": "new: commit it", "changed": "changed: commit it", "own": "your own numbers, in redraw.local.lock"}
WIDE = 240
"""The width of a table that nobody sees on a terminal."""
PATIENCE = 1.0
"""For how many seconds a command may say nothing."""
COLOURS = {Severity.ERROR: "bold red", Severity.WARNING: "yellow", Severity.INFORMATION: "blue"}


class _Stream(Console):
    """A console whose reader may go away, as ``head`` does: the rest is not shown, and the command's own exit status stands."""

    def on_broken_pipe(self) -> None:
        os.dup2(os.open(os.devnull, os.O_WRONLY), self.file.fileno())


def out() -> Console:
    """Standard output; a long line is never broken, and a pipe gets tables as wide as they are."""
    width = None if sys.stdout.isatty() else WIDE
    return _Stream(soft_wrap=True, highlight=False, emoji=False, markup=False, width=width)


def err() -> Console:
    """Standard error."""
    return _Stream(stderr=True, soft_wrap=True, highlight=False, emoji=False, markup=False)


def watch(items: Sequence[Any], label: str) -> Iterator[Any]:
    """The items one by one; on a terminal, a bar once it has taken longer than a second."""
    started, bar = time.monotonic(), None
    try:
        for number, item in enumerate(items):
            if bar is None and time.monotonic() - started > PATIENCE and err().is_terminal:
                bar = Progress(console=err(), transient=True)
                bar.start()
                bar.add_task(label, total=len(items))
            if bar:
                bar.update(bar.task_ids[0], completed=number)
            yield item
    finally:
        if bar:
            bar.stop()


def print_problems(problems: Iterable[Problem], least: Severity = Severity.INFORMATION) -> None:
    """One line each, ``path:line:column: severity: message [rule]``, the hint below."""
    console = err()
    for problem in problems:
        if problem.severity < least:
            continue
        line = Text(f"{problem.place}: ").append(f"{problem.severity}: ", COLOURS[problem.severity]).append(problem.message)
        console.print(line.append(f" [{problem.rule}]", "dim") if problem.rule else line)
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
        table.add_row(name, _counted(cards, "card"))
    for kind, notes in built.kinds.items():
        table.add_row(kind, _counted(notes, "note"))
    table.add_row("drafts", str(len(built.drafts)))
    table.add_row("warnings", str(built.problems.count(Severity.WARNING)))
    if passed_over := built.problems.count(Severity.INFORMATION):
        table.add_row("passed over", f"{passed_over} (redraw check lists them)")
    table.add_row("lock", LOCKS.get(built.lock, built.lock))
    console = out()
    console.print(table)
    counts = f"{_counted(built.notes, 'note')}, {_counted(built.cards, 'card')}"
    console.print(f"{built.output.as_posix()}: {counts}, {_size(built.size)}, {seconds:.1f} s")


def found_as_json(found: Found) -> dict[str, Any]:
    """One card as the pipeline sees it."""
    card, note = found.card, found.note
    place = {"path": card.place.path, "line": card.place.line, "column": card.place.column}
    data: dict[str, Any] = {"id": card.id, "kind": card.kind, "place": place, "tags": list(card.tags)}
    if note:
        fields = {name: html for name, html in note.fields.items() if html}
        data |= {"deck": note.deck, "guid": note.guid, "modified": note.modified, "position": note.position}
        data |= {"shipped": note.modified > 0, "fields": fields, "media": list(note.media)}
    if found.numeric and found.numeric.drawn:
        drawn = found.numeric.drawn
        data |= {"form": found.numeric.spec.form, "space": drawn.space, "acceptance": round(drawn.acceptance, 4)}
        data |= {"proofs": list(drawn.proofs), "variants": [variant.as_json() for variant in drawn.variants]}
    return data


def print_found(found: Found) -> None:
    """One card as the pipeline sees it, for reading."""
    console = out()
    for name, value in found_as_json(found).items():
        if name == "fields":
            for field, html in value.items():
                if field != "Pool":
                    console.print(Text(f"\n{field}", "bold"))
                    console.print(html)
            console.print()
        elif name == "variants":
            console.print(_variants_table(value))
        elif value:
            shown = str(found.card.place) if name == "place" else " ".join(value) if isinstance(value, list) else str(value)
            console.print(Text(f"{name}: ", "dim").append(shown))


def _variants_table(variants: Sequence[Mapping[str, Any]]) -> Table:
    """The variants of a numeric card, a row each."""
    table = Table(box=None, pad_edge=False)
    columns = [*variants[0]["params"], *variants[0]["answer"]] if variants else []
    for column in ("seed", "index", *columns, "right"):
        table.add_column(column)
    for variant in variants:
        values = {**variant["params"], **variant["answer"]}
        right = ", ".join(map(str, variant["tolerance"].values()))
        table.add_row(variant["seed"], str(variant["index"]), *(str(values[column]) for column in columns), right)
    return table


def print_catalogue(entries: Sequence[KernelEntry] | Sequence[FigureEntry]) -> None:
    """All kernels or all figures by topic, one line each."""
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


def print_figure(entry: FigureEntry) -> None:
    """One figure in full: what it shows, and what its arguments take."""
    console = out()
    console.print(Text(entry.name, "bold cyan"))
    console.print(Text(f"{entry.topic}\n", "dim"))
    console.print(entry.doc)
    console.print(Text("\nArguments", "bold"))
    for name, takes in entry.arguments.items():
        console.print(Text("  ").append(name, "cyan").append(f": {takes}"))


def _counted(count: int, what: str) -> str:
    return f"{count} {what}{'' if count == 1 else 's'}"


def _size(size: int) -> str:
    return f"{size / 1e6:.1f} MB" if size >= 1e6 else f"{size / 1e3:.0f} kB"
