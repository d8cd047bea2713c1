"""What all figures are drawn in: stand-ins for colours, lines and type.

matplotlib is imported by what draws.
"""

import re
from contextlib import AbstractContextManager
from typing import Any

from generator.figures.palette import PALETTES, Mode, brief

SMALL = 11.5
TEXT = 12.5
THICK = 2.2
THIN = 1.1


class Ink:
    """Colours that stand for those of the palettes, so that one drawing serves both modes: ``coloured`` puts a mode's in."""

    def __init__(self) -> None:
        self._stand_ins: dict[tuple[str, int, float], str] = {}

    def _stand_in(self, part: str, series: int = 0, strength: float = 0) -> str:
        """A colour that stands for a part of the palette, or for a hue or tint of it."""
        return self._stand_ins.setdefault((part, series, strength), f"#fe{len(self._stand_ins):04x}")

    @property
    def page(self) -> str:
        return self._stand_in("page")

    @property
    def panel(self) -> str:
        return self._stand_in("panel")

    @property
    def ink(self) -> str:
        return self._stand_in("ink")

    @property
    def quiet(self) -> str:
        return self._stand_in("quiet")

    @property
    def line(self) -> str:
        return self._stand_in("line")

    @property
    def hues(self) -> tuple[str, ...]:
        return tuple(self._stand_in("tint", series, 1.0) for series in range(4))

    def tint(self, series: int, strength: float) -> str:
        """The hue of a series, mixed into the page: 0 is the page, 1 the hue."""
        return self._stand_in("tint", series, float(strength))

    def shade(self, series: int, share: float) -> str:
        """The same for what words stand on: 1 is the strongest tint on which ink can be read."""
        return self._stand_in("shade", series, float(share))

    def coloured(self, text: str, mode: Mode) -> str:
        """``text`` with the colours of ``mode`` for their stand-ins."""
        palette = PALETTES[mode]
        colours = {}
        for (part, series, strength), stand_in in self._stand_ins.items():
            if part in ("tint", "shade"):
                colours[stand_in] = palette.tint(series, strength * (palette.deepest if part == "shade" else 1))
            else:
                colours[stand_in] = getattr(palette, part)
        return re.sub("#fe[0-9a-f]{4}", lambda match: brief(colours[match[0]]), text)

    def context(self) -> AbstractContextManager[None]:
        """What matplotlib must know while a figure is made and written."""
        import matplotlib as mpl

        return mpl.rc_context(self._settings())

    def _settings(self) -> dict[Any, Any]:
        return {
            "font.family": "DejaVu Sans",
            "font.size": TEXT,
            "mathtext.fontset": "dejavusans",
            "text.color": self.ink,
            "axes.labelcolor": self.quiet,
            "axes.labelsize": TEXT,
            "axes.titlesize": TEXT,
            "axes.titlecolor": self.ink,
            "axes.edgecolor": self.quiet,
            "axes.linewidth": THIN,
            "axes.spines.top": False,
            "axes.spines.right": False,
            "axes.facecolor": "none",
            "axes.axisbelow": True,
            "axes.unicode_minus": True,
            "figure.facecolor": "none",
            "figure.dpi": 72,
            "figure.constrained_layout.w_pad": 3 / 72,
            "figure.constrained_layout.h_pad": 3 / 72,
            "grid.color": self.line,
            "grid.linewidth": 0.8,
            "xtick.color": self.quiet,
            "ytick.color": self.quiet,
            "xtick.labelsize": SMALL,
            "ytick.labelsize": SMALL,
            "xtick.major.size": 0,
            "ytick.major.size": 0,
            "xtick.minor.size": 0,
            "ytick.minor.size": 0,
            "xtick.major.pad": 4,
            "ytick.major.pad": 4,
            "lines.linewidth": THICK,
            "lines.markersize": 7,
            "lines.solid_capstyle": "round",
            "lines.dash_capstyle": "butt",
            "hatch.linewidth": 0.9,
            "path.simplify": True,
            "path.simplify_threshold": 0.1,
            "svg.fonttype": "path",
            "svg.hashsalt": "redraw",
            "svg.image_inline": True,
        }
