"""Problems: the one way in which anything is reported to an author."""

from collections.abc import Callable, Collection, Iterable, Iterator
from dataclasses import dataclass, field
from difflib import get_close_matches
from enum import IntEnum
from typing import Any


class Severity(IntEnum):
    """How bad a problem is: an error stops the build, a warning does not, information is for the record."""

    INFORMATION = 0
    WARNING = 1
    ERROR = 2

    def __str__(self) -> str:
        return self.name.lower()


@dataclass(frozen=True, order=True, slots=True)
class Place:
    """A spot in a source: the path as the author would type it, line and column counted from 1.

    >>> str(Place("a.md", 3, 7)), str(Place.whole("cards_src"))
    ('a.md:3:7', 'cards_src')
    """

    path: str
    line: int = 1
    column: int = 1

    @classmethod
    def whole(cls, name: str) -> "Place":
        """What no text was read from, and so has neither line nor column: a folder, an output, an argument of a command."""
        return cls(name, 0, 0)

    def __str__(self) -> str:
        return f"{self.path}:{self.line}:{self.column}" if self.line else self.path


@dataclass(frozen=True, order=True, slots=True)
class Problem:
    """What is wrong, where, and what to do about it."""

    place: Place
    message: str
    hint: str = ""
    severity: Severity = Severity.ERROR
    rule: str = ""
    """The name of the lint rule, for what an author may allow on a card."""

    def __str__(self) -> str:
        return f"{self.place}: {self.severity}: {self.message}"

    def as_json(self) -> dict[str, Any]:
        """The problem as plain data."""
        place = {"path": self.place.path, "line": self.place.line, "column": self.place.column}
        return place | {"severity": str(self.severity), "message": self.message, "hint": self.hint, "rule": self.rule}


@dataclass(slots=True)
class Problems:
    """All problems of one run, in the order of the sources once sorted; no problem is kept twice."""

    _found: dict[Problem, None] = field(default_factory=dict)
    silenced: dict[tuple[str, Problem], None] = field(default_factory=dict)
    """The id of a card, and a problem that is not reported because the card allows its rule."""

    def error(self, place: Place, message: str, hint: str = "") -> None:
        """Report what stops the build."""
        self.add(Problem(place, message, hint))

    def warning(self, place: Place, message: str, hint: str = "", rule: str = "") -> None:
        """Report what the author most likely did not mean."""
        self.add(Problem(place, message, hint, Severity.WARNING, rule))

    def information(self, place: Place, message: str, hint: str = "", rule: str = "") -> None:
        """Report what was passed over on purpose."""
        self.add(Problem(place, message, hint, Severity.INFORMATION, rule))

    def add(self, problem: Problem) -> None:
        self._found[problem] = None

    def extend(self, problems: Iterable[Problem], card: str = "", allow: Collection[str] = ()) -> None:
        """Add problems; those of a rule that ``card`` allows are kept as silenced instead, unless they are errors."""
        for problem in problems:
            if problem.rule in allow and problem.severity < Severity.ERROR:
                self.silenced[card, problem] = None
            else:
                self.add(problem)

    def silence(self, allowing: Callable[[Place], tuple[str, Collection[str]]]) -> None:
        """Keep as silenced what is allowed where it stands: ``allowing`` names the card there and the rules that it allows."""
        found, self._found = self._found, {}
        for problem in found:
            self.extend([problem], *allowing(problem.place))

    def __iter__(self) -> Iterator[Problem]:
        return iter(sorted(self._found))

    def __len__(self) -> int:
        return len(self._found)

    @property
    def failed(self) -> bool:
        """Whether there is an error among them."""
        return any(problem.severity == Severity.ERROR for problem in self._found)

    def count(self, severity: Severity) -> int:
        """How many problems are that bad."""
        return sum(problem.severity == severity for problem in self._found)


class Failure(Exception):
    """What stops a command: it holds the problems, and the command line prints them."""

    def __init__(self, problems: Problems) -> None:
        super().__init__("\n".join(map(str, problems)))
        self.problems = problems

    @classmethod
    def at(cls, place: Place, message: str, hint: str = "") -> "Failure":
        """A failure of one error."""
        problems = Problems()
        problems.error(place, message, hint)
        return cls(problems)


class NotInstalled(Exception):
    """Something that a command needs is not installed; the message says how to get it."""


LISTED = 13
"""Up to so many names are all listed, where none is near: the keys of a numeric block."""


def did_you_mean(name: str, known: Iterable[str]) -> str:
    """A hint with the known name that is nearly ``name``, or with all of them where there are few, or nothing.

    >>> did_you_mean("lable", ["label", "level"])
    'did you mean label?'
    """
    names = sorted(known)
    if near := get_close_matches(name, names, n=1, cutoff=0.7):
        return f"did you mean {near[0]}?"
    return f"known: {', '.join(names)}" if 0 < len(names) <= LISTED else ""
