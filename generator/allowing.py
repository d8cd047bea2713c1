"""Which card a problem is about, and so whose ``allow=`` silences it: the one in whose lines it stands."""

from bisect import bisect_right
from collections import defaultdict

from generator.model import Card, Sources
from generator.problems import Place, Problems


def silence(problems: Problems, sources: Sources) -> None:
    """Keep as silenced what the cards allow; what a step knows to be about a card it may silence itself."""
    grounds = Grounds(sources)

    def allowing(place: Place) -> tuple[str, tuple[str, ...]]:
        card = grounds.card(place)
        return (card.id, card.allow) if card else ("", ())

    problems.silence(allowing)


class Grounds:
    """The lines of every card: from where it begins to where the next card or draft of its file does."""

    def __init__(self, sources: Sources) -> None:
        begins: defaultdict[str, dict[tuple[int, int], Card | None]] = defaultdict(dict)
        for draft in sources.drafts:
            begins[draft.place.path][_spot(draft.place)] = None
        for card in sources.cards:
            begins[card.place.path][_spot(card.place)] = card
        self._spots = {path: sorted(found) for path, found in begins.items()}
        self._begins = begins

    def card(self, place: Place) -> Card | None:
        """The card in whose lines the place is."""
        spots = self._spots.get(place.path, [])
        index = bisect_right(spots, (place.line, place.column))
        return self._begins[place.path][spots[index - 1]] if index else None


def _spot(place: Place) -> tuple[int, int]:
    """Where a card begins: its marker stands before its text."""
    return place.line, 0
