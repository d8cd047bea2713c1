"""Take the pictures of ``docs/pictures`` anew: ``python -m tests.anki.pictures``."""

import tempfile
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

from generator.anki.checker import call
from generator.build import build
from tests.anki.desktop import Showing, show
from tests.anki.notes import built
from tests.anki.samples import BASIC, CHOICE, FOLLOW_UP, MEDIA, NUMERIC, SAMPLES
from tests.helpers import NOW

ROOT = Path(__file__).parents[2]
PICTURES = ROOT / "docs" / "pictures"
SOURCE = ROOT / "cards_src"

EPOCH = datetime(1970, 1, 1)
FIRST = next(EPOCH + timedelta(days=day, hours=9) for day in range(20500, 20513) if call("choose", NUMERIC.guid, day, 0, 13) == 0)
"""A morning on which the numeric card shows its first variant."""


def numeric(typed: str, *, night: bool = False, days: int = 0) -> Showing:
    """The numeric card with an answer typed and checked, a number of days after the first time."""
    acts = (("click", ".entry input"), ("type", typed), ("press", "Enter"))
    return Showing(f"Guid:{NUMERIC.guid}", night, 720, clock=(FIRST + timedelta(days=days)).isoformat(), acts=acts)


SHOTS = {
    "card-light": (Showing(f"Guid:{BASIC.guid}", width=720), "back"),
    "card-dark": (Showing(f"Guid:{BASIC.guid}", night=True, width=720, folds=True), "back"),
    "choice-dark": (Showing(f"Guid:{CHOICE.guid}", night=True, width=720), "back"),
    "numeric-light": (numeric("0.9"), "front"),
    "numeric-dark": (numeric("15%", night=True, days=13), "back"),
    "phone-light": (Showing(f"Guid:{FOLLOW_UP.guid}", width=360), "back"),
}
"""The name of a picture -> what it shows, and which side of it."""


def own(card: str, *, night: bool = False) -> tuple[Showing, str]:
    """The back of a card of the repository's own deck, on a phone's width."""
    return Showing(f'"ID:ml-theory/{card}"', night=night, width=360), "back"


DECK_SHOTS = {
    "deck-lstm-light": own("lstm-gates"),
    "deck-lora-dark": own("lora-update-and-init", night=True),
    "deck-reward-light": own("rlhf-kl-term-optimum-limits"),
    "deck-roofline-dark": own("mha-decoding-intensity-limits", night=True),
}
"""The same, of cards with figures."""


def main() -> None:
    """Take them all."""
    PICTURES.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        take(built(folder, SAMPLES, MEDIA), SHOTS, folder)
        build(SOURCE, folder / "deck.apkg", now=NOW, locked=True)
        take(folder / "deck.apkg", DECK_SHOTS, folder)


def take(package: Path, shots: dict[str, tuple[Showing, str]], folder: Path) -> None:
    """Show the cards, and keep the sides that are wanted."""
    show(package, [replace(showing, picture=name) for name, (showing, _) in shots.items()], {}, folder)
    for name, (_, side) in shots.items():
        Path(folder, f"{name}-{side}.png").replace(PICTURES / f"{name}.png")


if __name__ == "__main__":
    main()
