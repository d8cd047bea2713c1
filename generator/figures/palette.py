"""The colours of the figures, in light and in dark.

The hues are those of Okabe and Ito, which readers with any of the three colour blindnesses tell apart, made darker for the light
card and lighter for the dark one until each stands out from it as text must. A test computes both.
"""

from dataclasses import dataclass
from typing import Literal

Mode = Literal["light", "dark"]
MODES: tuple[Mode, ...] = ("light", "dark")


@dataclass(frozen=True, slots=True)
class Palette:
    """The colours of one mode."""

    page: str
    """The card's background; a figure has none of its own."""
    panel: str
    ink: str
    quiet: str
    line: str
    """What only separates: grids and borders."""
    hues: tuple[str, str, str, str]
    """One for each series."""
    deepest: float
    """The strongest tint on which ink can still be read."""

    def tint(self, series: int, strength: float) -> str:
        """The hue of a series, mixed into the page: 0 is the page, 1 the hue."""
        return mix(self.page, self.hues[series], strength)


PALETTES: dict[Mode, Palette] = {
    "light": Palette("#fdfcf9", "#f4f2ec", "#23272d", "#5b626b", "#dcd8ce", ("#1c5a96", "#c04a00", "#00785a", "#b635b6"), 0.64),
    "dark": Palette("#1d1f23", "#26292e", "#e3e1dc", "#a6acb5", "#3d4148", ("#8dbbee", "#ef9a52", "#4cc9a4", "#c86fb2"), 0.44),
}


def mix(one: str, other: str, share: float) -> str:
    """A colour on the way from ``one`` to ``other``."""
    return "#" + "".join(f"{round(a + (b - a) * share):02x}" for a, b in zip(_channels(one), _channels(other), strict=True))


def brief(colour: str) -> str:
    """A colour in three digits where they say the same: ``#abc`` for ``#aabbcc``."""
    return f"#{colour[1::2]}" if colour[1::2] == colour[2::2] else colour


def _channels(colour: str) -> tuple[int, int, int]:
    return int(colour[1:3], 16), int(colour[3:5], 16), int(colour[5:7], 16)
