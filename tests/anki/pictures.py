"""Take the pictures of ``docs/pictures`` anew: ``python -m tests.anki.pictures``."""

import tempfile
from pathlib import Path

from tests.anki.desktop import Showing, show
from tests.anki.notes import BASIC, CHOICE, FOLLOW_UP, MEDIA, SAMPLES, built

PICTURES = Path(__file__).parents[2] / "docs" / "pictures"

SHOTS = {
    "card-light": (Showing(f"Guid:{BASIC.guid}", width=720), "back"),
    "card-dark": (Showing(f"Guid:{BASIC.guid}", night=True, width=720, folds=True), "back"),
    "choice-dark": (Showing(f"Guid:{CHOICE.guid}", night=True, width=720), "back"),
    "phone-light": (Showing(f"Guid:{FOLLOW_UP.guid}", width=360), "back"),
}
"""The name of a picture -> what it shows, and which side of it."""


def main() -> None:
    """Take them all and keep the sides that are wanted."""
    showings = [Showing(s.search, s.night, s.width, s.folds, picture=name) for name, (s, _) in SHOTS.items()]
    PICTURES.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as folder:
        show(built(Path(folder), SAMPLES, MEDIA), showings, {}, Path(folder))
        for name, (_, side) in SHOTS.items():
            Path(folder, f"{name}-{side}.png").replace(PICTURES / f"{name}.png")


if __name__ == "__main__":
    main()
