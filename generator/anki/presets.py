"""The presets ("options") that the decks bring along: they arrive only if *Import any deck presets* is ticked."""

from typing import Any

from generator.model import Note

THEORY, NUMBERS, CODE = 1763600000001, 1763600000002, 1763600000003
"""The ids of the presets. Anki knows a preset by its id, so these never change, and every deck of redraw shares the three."""

_BY_POSITION, _AS_GATHERED = 1, 1
_IN_ORDER = 1


def preset(deck: str, notes: list[Note]) -> int:
    """The preset for a deck: by the notes that it holds, and for code by the deck's name, since a note does not tell."""
    if notes and all(note.kind == "numeric" for note in notes):
        return NUMBERS
    return CODE if "Code" in deck.rsplit("::", 1)[-1].split() else THEORY


def presets() -> list[dict[str, Any]]:
    """All three, as Anki's collection stores them."""
    return [
        _preset(THEORY, "redraw: Theory", steps=[1, 10], new_per_day=20, seconds=60),
        # Done on paper: a minute or more each, and a second showing would come with other numbers anyway.
        _preset(NUMBERS, "redraw: Numbers", steps=[], new_per_day=5, seconds=240),
        _preset(CODE, "redraw: Code", steps=[10], new_per_day=5, seconds=120),
    ]


def _preset(id: int, name: str, *, steps: list[int], new_per_day: int, seconds: int) -> dict[str, Any]:
    """A preset with Anki's own defaults but for what is named.

    New cards come in the order of their positions, across the subdecks: the default takes the decks by their names, one
    after the other. Clozes of one note are siblings: they are kept for other days.
    """
    return {
        "id": id,
        "name": name,
        "mod": 0,
        "usn": 0,
        "autoplay": True,
        "dyn": False,
        "maxTaken": seconds,
        "replayq": True,
        "timer": 0,
        "newGatherPriority": _BY_POSITION,
        "newSortOrder": _AS_GATHERED,
        "buryInterdayLearning": True,
        "easyDaysPercentages": [1.0] * 7,
        "new": {
            "bury": True,
            "delays": steps,
            "initialFactor": 2500,
            "ints": [1, 4, 0],
            "order": _IN_ORDER,
            "perDay": new_per_day,
        },
        "rev": {"bury": True, "ease4": 1.3, "hardFactor": 1.2, "ivlFct": 1.0, "maxIvl": 36500, "perDay": 200},
        "lapse": {"delays": [10], "leechAction": 1, "leechFails": 8, "minInt": 1, "mult": 0.0},
    }
