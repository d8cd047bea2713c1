"""Missing ids, written into the sources."""

from collections import defaultdict
from pathlib import Path

from generator.model import Card, Sources
from generator.problems import Failure, Place


def write_ids(sources: Sources) -> list[Card]:
    """Write its id into the source of every card that has none, and return those cards.

    Nothing else in the files changes: line ends and byte-order marks stay.

    Raises:
        Failure: a file cannot be written.
    """
    unnamed = [card for card in sources.cards if card.unnamed]
    by_file: dict[str, list[Card]] = defaultdict(list)
    for card in unnamed:
        by_file[card.place.path].append(card)
    for shown, cards in by_file.items():
        path = sources.settings.root / sources.names[shown]
        _write(path, shown, cards)
    return unnamed


def _write(path: Path, shown: str, cards: list[Card]) -> None:
    lines = path.read_bytes().decode("utf-8").splitlines(keepends=True)
    offset = 1 if lines and lines[0].startswith("\ufeff") else 0
    for card in cards:
        assert card.unnamed is not None
        number = card.unnamed.line - 1
        column = card.unnamed.column - 1 + (offset if number == 0 else 0)
        before, after = lines[number][:column], lines[number][column:]
        lines[number] = f"{before}#{card.id} {after}" if before.endswith("{") else f"{before} {{#{card.id}}}{after}"
    try:
        path.write_bytes("".join(lines).encode())
    except OSError as error:
        raise Failure.at(Place(shown), f"cannot be written: {error.strerror}", "check the file's permissions") from None
