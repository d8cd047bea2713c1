"""What came of a statement."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any, Literal

from generator.problems import Place

Status = Literal["proven", "supported", "refuted", "undecided"]


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of one statement, wherever it stands."""

    status: Status
    sentence: str
    """How it was proven, or why it was not."""
    points: int
    """The number of points at which it was tried and holds."""
    line: int = 0
    """Where in the block something has no value: its line and column from 1; 0 where it is the whole statement."""
    column: int = 0
    hint: str = ""

    def as_json(self) -> dict[str, Any]:
        return asdict(self)

    @classmethod
    def of_json(cls, data: Mapping[str, Any]) -> "Outcome":
        return cls(**data)


def unproven(agreed: int, reason: str) -> Outcome:
    """What is left when there is no proof: the points at which the statement holds."""
    if agreed:
        return Outcome("supported", f"supported at {agreed} points: {reason}", agreed)
    return Outcome("undecided", reason, 0, hint="a simpler form, smaller sizes")


@dataclass(frozen=True, slots=True)
class Verdict:
    """What ``redraw check`` says of one statement of a claim."""

    card: str
    """The id of the card."""
    claim: str
    statement: int
    """Its place under ``show``, from 1."""
    text: str
    """The statement as the author wrote it."""
    status: Status
    sentence: str
    """``proven for n = 2, 3, 4 by expansion``; ``refuted at x = 2: the left side is 4, the right side 5``."""
    points: int
    place: Place
    hint: str = ""
    numeric: bool = False
    """Whether support at points is all that the author asks for."""

    def as_json(self) -> dict[str, Any]:
        place = {"path": self.place.path, "line": self.place.line, "column": self.place.column}
        return asdict(self) | {"place": place}
