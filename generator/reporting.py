"""What ``redraw check`` says: a report for people, the same as data for machines. ``docs/checking.md`` lists the keys."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import replace
from itertools import groupby
from typing import Any

from rich.table import Table
from rich.text import Text

from generator.check import Checked
from generator.console import draft_as_json, err, out, print_json, print_problems
from generator.numeric import Stress
from generator.problems import Problem, Severity
from generator.verify.rules import RULES, rule
from generator.verify.syllabus import KINDS, THEORY, Coverage

SORTS = (THEORY, *KINDS)


def checked_as_json(checked: Checked) -> dict[str, Any]:
    """What a check found as plain data."""
    sources, problems = checked.deck.sources, checked.problems
    silenced = [{"card": card} | problem.as_json() for card, problem in sorted(problems.silenced)]
    return {
        "notes": len(checked.deck.notes),
        "cards": _kinds(checked),
        "drafts": [draft_as_json(draft) for draft in sources.drafts],
        "problems": [problem.as_json() for problem in problems],
        "counts": {str(severity): problems.count(severity) for severity in reversed(Severity)},
        "silenced": silenced,
        "numeric": {name: result.as_json() for name, result in checked.stress.items()},
        "claims": [verdict.as_json() for verdict in checked.verdicts],
        "syllabus": coverage_as_json(checked.coverage) if checked.coverage else None,
    }


def coverage_as_json(coverage: Coverage) -> dict[str, Any]:
    """The syllabus, and what covers it, as plain data."""
    syllabus = coverage.syllabus
    return {
        "complete": syllabus.complete,
        "topics": {name: _topic_as_json(coverage, name) for name in syllabus.topics},
        "subjects": {
            name: {
                "title": subject.title,
                "topic": subject.topic,
                "cards": list(coverage.cards[name]),
                "kinds": sorted(coverage.kinds[name]),
                "missing": list(coverage.missing(subject)),
                "exceptions": dict(subject.exceptions),
            }
            for name, subject in syllabus.subjects.items()
        },
    }


def _topic_as_json(coverage: Coverage, topic: str) -> dict[str, Any]:
    subjects = coverage.of(topic)
    return {
        "title": coverage.syllabus.topics[topic],
        "subjects": len(subjects),
        "covered": {sort: sum(sort in coverage.kinds[subject.name] for subject in subjects) for sort in SORTS},
        "promised": {
            kind: sum(kind in subject.promises and kind not in subject.exceptions for subject in subjects) for kind in KINDS
        },
        "kept": {
            kind: sum(
                kind in subject.promises and kind not in subject.exceptions and kind in coverage.kinds[subject.name]
                for subject in subjects
            )
            for kind in KINDS
        },
        "missing": [subject.name for subject in subjects if not coverage.cards[subject.name]],
    }


def print_checked(checked: Checked) -> None:
    """The problems rule by rule, the worst last; then what was checked, and the count of it all."""
    _print_groups(list(checked.problems))
    if checked.stress:
        out().print(_stress_table(checked.stress))
    if checked.coverage:
        out().print(_coverage_table(checked.coverage))
    table = Table(box=None, pad_edge=False, show_header=False)
    table.add_column(style="dim")
    for row in _summary(checked):
        table.add_row(*row)
    out().print(table)
    counts = ", ".join(f"{checked.problems.count(severity)} {severity}s" for severity in (Severity.ERROR, Severity.WARNING))
    out().print(f"{len(checked.deck.notes)} notes, {len(checked.deck.sources.drafts)} drafts: {counts}")


def _summary(checked: Checked) -> list[tuple[str, str]]:
    """What was looked at, a line each."""
    rows = [("cards", ", ".join(f"{count} {kind}" for kind, count in _kinds(checked).items()))]
    if checked.stress:
        drawn = sum(result.draws for result in checked.stress.values())
        slowest = max(checked.stress, key=lambda name: checked.stress[name].seconds)
        seconds = checked.stress[slowest].seconds
        rows.append(("draws", f"{drawn:,} of {len(checked.stress)} cards; slowest: {slowest}, {seconds:.1f} s"))
    if checked.verdicts:
        outcomes = Counter(verdict.status for verdict in checked.verdicts)
        counts = ", ".join(f"{count} {status}" for status, count in sorted(outcomes.items()))
        claims = len({(verdict.card, verdict.claim) for verdict in checked.verdicts})
        rows.append(("claims", f"{claims}, with {len(checked.verdicts)} statements: {counts}"))
    if checked.problems.silenced:
        rows.append(("silenced", f"{len(checked.problems.silenced)} by allow="))
    return rows


def _kinds(checked: Checked) -> dict[str, int]:
    return dict(sorted(Counter(card.kind for card in checked.deck.sources.cards).items()))


def _print_groups(problems: Sequence[Problem]) -> None:
    """Each rule's problems below its name and count; what bears no rule below its severity's."""
    console = err()
    ordered = sorted(problems, key=lambda problem: (problem.severity, problem.rule, problem))
    for (severity, name), group in groupby(ordered, key=lambda problem: (problem.severity, problem.rule)):
        found = list(group)
        plain = "information" if severity == Severity.INFORMATION else f"{severity}s"
        title = f"{name}: {RULES[name].summary}" if name in RULES else plain
        console.print(Text(f"\n{title} ({len(found)})", "bold"))
        hints = {problem.hint for problem in found}
        if len(found) > 1 and len(hints) == 1:  # what they share is said once
            found = [replace(problem, hint="") for problem in found]
            console.print(Text(f"    {hints.pop()}", "dim"))
        print_problems(found)


def _coverage_table(coverage: Coverage) -> Table:
    """How much of each topic has cards of each kind; of what is promised, so much of so much."""
    table = Table(box=None, pad_edge=False)
    table.add_column("topic")
    for column in ("subjects", *SORTS, "missing"):
        table.add_column(column, justify="right")
    topics = {name: _topic_as_json(coverage, name) for name in coverage.syllabus.topics}
    for name, data in topics.items():
        table.add_row(name, *_coverage_cells([data]))
    table.add_row("all", *_coverage_cells(list(topics.values())), style="bold")
    return table


def _coverage_cells(topics: Sequence[Mapping[str, Any]]) -> list[str]:
    def total(part: str, kind: str) -> int:
        return sum(topic[part][kind] for topic in topics)

    kept = [f"{total('kept', kind)}/{total('promised', kind)}" for kind in KINDS]
    missing = sum(len(topic["missing"]) for topic in topics)
    return [str(sum(topic["subjects"] for topic in topics)), str(total("covered", THEORY)), *kept, str(missing or "")]


def _stress_table(stress: Mapping[str, Stress]) -> Table:
    """What many draws of each numeric card showed, a row each."""
    table = Table(box=None, pad_edge=False)
    for column in ("card", "draws", "of", "accepted", "answers", "commonest", "trivial", "operations", "proofs"):
        table.add_column(column)
    for name, result in stress.items():
        data = result.as_json()
        answers = data["answers"].values()
        low, high = data["operations"]
        table.add_row(
            name,
            str(result.draws),
            str(result.space),
            f"{result.acceptance:.0%}",
            "; ".join(
                f"{a['least']} to {a['greatest']}" if a["least"] is not None else f"{a['distinct']} different" for a in answers
            ),
            "; ".join(f"{a['recurrence']:.0%}" for a in answers),
            "; ".join(str(a["trivial"]) for a in answers),
            "" if low is None else str(low) if low == high else f"{low} to {high}",
            str(len(result.proofs)),
        )
    return table


def explain(name: str, as_json: bool) -> None:
    """The rule of that name in full, or all of them, a line each, without one.

    Raises:
        Failure: there is none.
    """
    chosen = [rule(name)] if name else list(RULES.values())
    if as_json:
        print_json({one.name: one.as_json() for one in chosen})
    elif name:
        out().print(chosen[0].explanation)
    else:
        for one in chosen:
            out().print(Text(one.name, "cyan").append(f"  {one.summary}", "dim"))
