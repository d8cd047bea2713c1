"""The one look of all figures: lines, type, and how the usual parts are drawn.

Colour never says anything alone: every series has a dash and a marker of its own, and its name stands beside it.

A figure is laid out in the pixels of a phone: ``WIDTH`` across, no text below ``SMALL``. matplotlib is imported by what draws.
"""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, Literal, TypeAlias

import numpy as np
from numpy.typing import ArrayLike

from generator.figures.ink import SMALL, TEXT, THICK, THIN, Ink
from generator.figures.wording import signed

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

__all__ = ["DASHES", "MARKERS", "PHONE", "SHOWN", "SMALL", "TEXT", "THICK", "THIN", "WIDTH", "Look", "Point"]

Point: TypeAlias = "Sequence[float] | np.ndarray"
WIDTH = 340
"""Across, in the units of the layout."""
SHOWN = 420
"""The same where there is room, in pixels."""
PHONE = 329
"""The same on a phone of 360 pixels, within the card's padding."""
DASHES: tuple[Any, ...] = ("-", (0, (5, 2.2)), (0, (1.2, 1.8)), (0, (7, 2, 1.5, 2)))
MARKERS = ("o", "s", "^", "D")


class Look(Ink):
    """The hand that draws. A *series* is 0 to 3: a hue with its dash and marker."""

    def figure(self, height: float = 230, *, layout: Literal["constrained"] | None = "constrained") -> "Figure":
        """An empty figure of the one width."""
        from matplotlib.figure import Figure

        return Figure(figsize=(WIDTH / 72, height / 72), layout=layout)

    def backing(self) -> dict[str, Any]:
        """A patch of the page behind words that stand on other things."""
        return {"facecolor": self.page, "edgecolor": "none", "pad": 1, "alpha": 0.85}

    def axes(self, height: float = 230, *, x: str = "", y: str = "", grid: bool = True) -> "tuple[Figure, Axes]":
        """A figure with one pair of axes; the label of y stands above them, where it reads without turning the head."""
        figure = self.figure(height)
        axes = figure.subplots()
        self.dress(axes, x=x, y=y, grid=grid)
        return figure, axes

    def panels(self, rows: int, columns: int, height: float = 230, **more: Any) -> "tuple[Figure, list[Axes]]":
        """A figure with several pairs of axes, row by row."""
        figure = self.figure(height)
        found = figure.subplots(rows, columns, squeeze=False, **more)
        return figure, list(found.flat)

    def dress(self, axes: "Axes", *, x: str = "", y: str = "", title: str = "", grid: bool = True) -> None:
        """Labels and a quiet grid."""
        if x:
            axes.set_xlabel(x, labelpad=3)
        if y:
            axes.set_title(y, loc="left", color=self.quiet, pad=6)
        if title:
            axes.set_title(title, pad=6)
        if grid:
            axes.grid(True, zorder=0)

    def bare(self, axes: "Axes", *, equal: bool = True) -> None:
        """No axes at all, for what is a diagram."""
        axes.set_axis_off()
        if equal:
            axes.set_aspect("equal")

    def curve(self, axes: "Axes", x: ArrayLike, y: ArrayLike, series: int = 0, *, name: str = "", **more: Any) -> None:
        """A line of a series; ``name`` is what tests find it by."""
        style: dict[str, Any] = {"color": self.hues[series], "linestyle": DASHES[series], "gid": name or None, "zorder": 3}
        axes.plot(np.asarray(x), np.asarray(y), **(style | more))

    def points(self, axes: "Axes", x: ArrayLike, y: ArrayLike, series: int = 0, *, name: str = "", **more: Any) -> None:
        """Markers of a series, with a rim of the page's colour so that they part from what they lie on."""
        style: dict[str, Any] = {
            "color": self.hues[series],
            "marker": MARKERS[series],
            "linestyle": "none",
            "gid": name or None,
            "zorder": 5,
        }
        rim: dict[str, Any] = {"markeredgecolor": self.page, "markeredgewidth": 1.0}
        axes.plot(np.atleast_1d(x), np.atleast_1d(y), **(style | rim | more))

    def guide(self, axes: "Axes", *, x: float | None = None, y: float | None = None, name: str = "") -> None:
        """A thin dashed line across, at ``x`` or at ``y``."""
        style: dict[str, Any] = {"color": self.quiet, "linewidth": THIN, "linestyle": (0, (3, 3)), "gid": name or None, "zorder": 2}
        if x is not None:
            axes.axvline(x, **style)
        if y is not None:
            axes.axhline(y, **style)

    def arrow(self, axes: "Axes", tail: Point, head: Point, series: int | None = 0, *, name: str = "", **more: Any) -> None:
        """An arrow from ``tail`` to ``head``, in data coordinates; no series is a quiet one."""
        colour = self.quiet if series is None else self.hues[series]
        style: dict[str, Any] = {
            "arrowstyle": "-|>,head_width=0.26,head_length=0.55",
            "color": colour,
            "linewidth": THIN if series is None else THICK,
        }
        style |= {"shrinkA": 0, "shrinkB": 0, "joinstyle": "miter"}
        drawn = axes.annotate("", (head[0], head[1]), (tail[0], tail[1]), arrowprops=style | more, zorder=4)
        drawn.set_gid(name or None)

    def bars(self, axes: "Axes", x: ArrayLike, heights: ArrayLike, series: int = 0, *, name: str = "", **more: Any) -> None:
        """Bars of a series. They are found as one container of that name."""
        style: dict[str, Any] = {"color": self.hues[series], "width": 0.7, "zorder": 3, "label": name or "_nolegend_"}
        axes.bar(np.asarray(x), np.asarray(heights), **(style | more))

    def fill(
        self, axes: "Axes", x: ArrayLike, low: ArrayLike, high: ArrayLike, series: int = 0, *, name: str = "", **more: Any
    ) -> None:
        """The area between two curves, pale enough for text and lines to stand on."""
        style: dict[str, Any] = {"facecolor": self.tint(series, 0.28), "linewidth": 0, "gid": name or None, "zorder": 1}
        axes.fill_between(np.asarray(x), np.asarray(low), np.asarray(high), **(style | more))

    def text(self, axes: "Axes", at: Point, words: str, series: int | None = None, **more: Any) -> None:
        """Words at a place of the data, in the colour of a series or in ink."""
        style: dict[str, Any] = {
            "color": self.ink if series is None else self.hues[series],
            "ha": "center",
            "va": "center",
            "zorder": 6,
        }
        axes.text(at[0], at[1], words, **(style | more))

    def beside(
        self,
        axes: "Axes",
        at: Point,
        words: str,
        series: int | None = None,
        *,
        towards: Point = (1, 0),
        gap: float = 7,
        **more: Any,
    ) -> None:
        """Words beside a place of the data: ``gap`` pixels away from it in a direction, and aligned so."""
        length = float(np.hypot(towards[0], towards[1])) or 1.0
        right, up = float(towards[0]) / length, float(towards[1]) / length
        style: dict[str, Any] = {
            "color": self.ink if series is None else self.hues[series],
            "ha": "left" if right > 0.4 else "right" if right < -0.4 else "center",
            "va": "bottom" if up > 0.4 else "top" if up < -0.4 else "center",
            "zorder": 6,
        }
        offset = (gap * right, gap * up)
        axes.annotate(words, (at[0], at[1]), offset, textcoords="offset points", annotation_clip=False, **(style | more))

    def ends(self, axes: "Axes", x: float, ends: Sequence[tuple[float, str, int]], room: float, *, towards: Point = (1, 0)) -> None:
        """Words beside the ends of curves, on the right if nothing is said, moved up where they would touch those below."""
        height = -float("inf")
        for end, words, series in sorted(ends):
            height = max(end, height + room)
            self.beside(axes, (x, height), words, series, towards=towards)

    def key(self, axes: "Axes", entries: Sequence[tuple[str, int]], *, points: bool = False) -> None:
        """Lines of words, each behind a stroke (or a point) of its series, for what stands too close to be named in place."""
        axes.set_axis_off()
        axes.set(xlim=(0, 1), ylim=(len(entries) - 0.5, -0.5))
        for row, (words, series) in enumerate(entries):
            if points:
                self.points(axes, 0.09, row, series)
            else:
                axes.plot([0.02, 0.12], [row, row], color=self.hues[series], linestyle=DASHES[series])
            self.text(axes, (0.15, row), words, series, ha="left")

    def box(
        self, axes: "Axes", x: float, y: float, width: float, height: float, colour: str, *, name: str = "", **more: Any
    ) -> None:
        """A rectangle, given its lower left corner."""
        from matplotlib.patches import Rectangle

        style: dict[str, Any] = {"facecolor": colour, "edgecolor": self.quiet, "linewidth": THIN, "gid": name or None, "zorder": 3}
        axes.add_patch(Rectangle((x, y), width, height, **(style | more)))

    def disc(self, axes: "Axes", x: float, y: float, radius: float, colour: str, **more: Any) -> None:
        """A circle with a rim."""
        from matplotlib.patches import Circle

        axes.add_patch(
            Circle((x, y), radius, **({"facecolor": colour, "edgecolor": self.quiet, "linewidth": THIN, "zorder": 3} | more))
        )

    def ellipse(self, axes: "Axes", centre: Point, lengths: Point, angle: float, series: int, **more: Any) -> None:
        """An ellipse of full axes, turned by ``angle`` degrees."""
        from matplotlib.patches import Ellipse

        style: dict[str, Any] = {
            "facecolor": "none",
            "edgecolor": self.hues[series],
            "linestyle": DASHES[series],
            "linewidth": THICK,
        }
        axes.add_patch(Ellipse((centre[0], centre[1]), lengths[0], lengths[1], angle=angle, **(style | more)))

    def heat(
        self,
        axes: "Axes",
        values: ArrayLike,
        form: str = ".2f",
        *,
        name: str = "cell",
        words: bool = True,
        hidden: Any = None,
        largest: float = 0,
    ) -> None:
        """A matrix as tiles, row 0 on top: the deeper the tint the larger the value that stands in it; below 0 in another hue.

        The deepest stands for ``largest``, or for the largest value there is.
        """
        matrix = np.atleast_2d(np.asarray(values, dtype=float))
        rows, columns = matrix.shape
        largest = largest or float(np.abs(matrix).max()) or 1.0
        for (row, column), value in np.ndenumerate(matrix):
            if hidden is not None and hidden[row, column]:
                self.box(axes, column - 0.5, row - 0.5, 1, 1, "none", hatch="////", edgecolor=self.line, linewidth=0)
                continue
            colour = self.shade(0 if value >= 0 else 1, abs(value) / largest)
            self.box(
                axes,
                column - 0.5,
                row - 0.5,
                1,
                1,
                colour,
                name=f"{name}-{row}-{column}",
                edgecolor=self.page,
                linewidth=1.5,
                clip_on=False,
            )
            if words:
                self.text(axes, (column, row), signed(value, form), fontsize=SMALL)
        self._squares(axes, rows, columns)

    def tiles(self, axes: "Axes", seen: np.ndarray, *, name: str) -> None:
        """A matrix of truth values, row 0 on top: what is true is dark, in one piece along a row."""
        rows, columns = seen.shape
        self.box(axes, -0.5, -0.5, columns, rows, self.panel, edgecolor=self.line)
        for row in range(rows):
            for start, end in _runs(seen[row]):
                self.box(axes, start - 0.5, row - 0.5, end - start, 1, self.tint(0, 0.8), name=f"{name}-{row}", linewidth=0)
        for x in range(1, columns):
            axes.plot([x - 0.5] * 2, [-0.5, rows - 0.5], color=self.page, linewidth=0.8, zorder=4)
        for y in range(1, rows):
            axes.plot([-0.5, columns - 0.5], [y - 0.5] * 2, color=self.page, linewidth=0.8, zorder=4)
        self._squares(axes, rows, columns)

    def _squares(self, axes: "Axes", rows: int, columns: int) -> None:
        axes.set(xlim=(-0.5, columns - 0.5), ylim=(rows - 0.5, -0.5), xticks=[], yticks=[], aspect="equal")
        axes.spines[:].set_visible(False)


def _runs(row: np.ndarray) -> list[tuple[int, int]]:
    """Where the stretches of what is true begin and end."""
    edges = np.flatnonzero(np.diff([0, *map(int, row), 0]))
    return [(int(a), int(b)) for a, b in edges.reshape(-1, 2)]
