"""What the tests of figures share: drawing one, and finding its parts by name."""

from collections.abc import Callable
from functools import cache
from typing import Any, TypeVar

import numpy as np
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.patches import Rectangle
from matplotlib.text import Annotation, Text

from generator.figures import Request, get, make
from generator.model import Plain

Test = TypeVar("Test", bound=Callable[..., None])
PROVEN: set[str] = set()
"""The figures whose values are compared with what they should be."""


def proves(*names: str) -> Callable[[Test], Test]:
    """Mark a test as the one of these figures' values."""

    def mark(test: Test) -> Test:
        PROVEN.update(names)
        return test

    return mark


def drawn(name: str, **arguments: Plain) -> Figure:
    """A figure in light, with these arguments."""
    return make(Request.of(name, arguments))


@cache
def example(name: str, index: int = 0) -> tuple[Figure, dict[str, Any]]:
    """A figure of one of its examples, and all its arguments."""
    request = Request.of(name, get(name).examples[index])
    return make(request), dict(request.arguments)


def line(figure: Figure, name: str) -> np.ndarray:
    """The points of the one line (or row of markers) of that name, one a row."""
    (found,) = [one for one in figure.findobj(Line2D) if one.get_gid() == name]
    return np.column_stack([np.asarray(found.get_xdata(), float), np.asarray(found.get_ydata(), float)])


def curve(figure: Figure, name: str) -> tuple[np.ndarray, np.ndarray]:
    """x and y of the line of that name."""
    points = line(figure, name)
    return points[:, 0], points[:, 1]


def boxes(figure: Figure, name: str) -> list[Rectangle]:
    """All rectangles of that name."""
    return [one for one in figure.findobj(Rectangle) if one.get_gid() == name]


def box(figure: Figure, name: str) -> Rectangle:
    """The one rectangle of that name."""
    (found,) = boxes(figure, name)
    return found


def bars(figure: Figure, name: str) -> list[list[float]]:
    """The heights of the bars of that name, for each pair of axes that has them."""
    containers = [one for axes in figure.axes for one in axes.containers if one.get_label() == name]
    return [[patch.get_height() for patch in container] for container in containers]


def arrow(figure: Figure, name: str) -> np.ndarray:
    """Tail and head of the arrow of that name."""
    (found,) = [one for one in figure.findobj(Annotation) if one.get_gid() == name]
    return np.array([found.xyann, found.xy], dtype=float)


def words(figure: Figure) -> list[str]:
    """All words of a figure, minus signs as on a keyboard."""
    return [one.get_text().replace("−", "-") for one in figure.findobj(Text) if one.get_text()]


def tiles(figure: Figure, name: str) -> dict[tuple[int, int], str]:
    """Row and column -> what stands in the tile, of the tiles of that name."""
    found = {}
    for axes in figure.axes:
        corners = {(p.get_x() + 0.5, p.get_y() + 0.5): p.get_gid() for p in axes.patches if str(p.get_gid()).startswith(f"{name}-")}
        for text in axes.texts:
            if gid := corners.get(text.get_position()):
                _, row, column = str(gid).rsplit("-", 2)
                found[int(row), int(column)] = text.get_text().replace("−", "-")
    return found


def by_name(figure: Figure, name: str) -> str:
    """What the one text of that name says, minus signs as on a keyboard."""
    (found,) = [one for one in figure.findobj(Text) if one.get_gid() == name]
    return str(found.get_text()).replace("−", "-")


def block(figure: Figure, name: str) -> str:
    """What stands in the block of that name."""
    frame = box(figure, f"block-{name}")
    low, high = sorted([frame.get_y(), frame.get_y() + frame.get_height()])
    (found,) = [
        text
        for axes in figure.axes
        for text in axes.texts
        if 0 < text.get_position()[0] - frame.get_x() < frame.get_width() and low < text.get_position()[1] < high
    ]
    return str(found.get_text()).replace("−", "-")
