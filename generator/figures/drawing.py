"""Requests to pictures: what lies in the cache is taken from there, the rest is drawn, on all processors where it is much."""

import re
import sys
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from inspect import getsourcefile
from io import StringIO
from pathlib import Path
from typing import TYPE_CHECKING

import kernels
from generator import caching
from generator.figures import diagrams, ink, palette, registry, style, svg, wording
from generator.figures.palette import MODES, Mode
from generator.figures.style import SHOWN, Look
from generator.model import Plain
from generator.parallel import Watch, spread, unwatched
from generator.problems import Place, Problems

if TYPE_CHECKING:
    from matplotlib.figure import Figure

FEW = 6
"""So many are drawn at once before a second process, which takes a second to start, is worth it."""
NAME = re.compile(rf"[a-z0-9-]+-[0-9a-f]{{{caching.DIGITS}}}-({'|'.join(MODES)})\.svg")
"""What a picture is called in the cache; another file there is not ours to remove."""


@dataclass(frozen=True, slots=True)
class Request:
    """A figure with all its arguments: equal requests are one picture."""

    name: str
    arguments: tuple[tuple[str, Plain], ...]

    @classmethod
    def of(cls, name: str, arguments: Mapping[str, Plain]) -> "Request":
        """The request for a figure; the arguments are completed and checked.

        Raises:
            ValueError: an argument is unknown, missing or none that belongs there.
        """
        return cls(name, tuple(registry.get(name).complete(arguments).items()))


@dataclass(frozen=True, slots=True)
class Picture:
    """A figure as SVG, once for each mode."""

    light: bytes
    dark: bytes

    def of(self, mode: Mode) -> bytes:
        return self.light if mode == "light" else self.dark


def make(request: Request, look: Look | None = None) -> "Figure":
    """The matplotlib figure of a request, its colours those of the look's stand-ins.

    Raises:
        ValueError: the figure, or a kernel that it asks, refuses the arguments.
    """
    look = look or Look()
    with look.context():
        return registry.get(request.name).function(look, **dict(request.arguments))


def paint(request: Request) -> Picture:
    """The request drawn, without a look at any cache.

    Raises:
        ValueError: the figure, or a kernel that it asks, refuses the arguments.
    """
    look = Look()
    return rendered(look, lambda: make(request, look))


def rendered(look: Look, drawn: "Callable[[], Figure]") -> Picture:
    """What a function draws with ``look``, in both modes: for figures that are in no registry."""
    out = StringIO()
    with look.context():
        figure = drawn()
        figure.savefig(out, format="svg", transparent=True, metadata={"Date": None, "Creator": None})
    text = svg.slim(out.getvalue(), SHOWN)
    return Picture(*(look.coloured(text, mode).encode() for mode in MODES))


def to_svg(request: Request, mode: Mode) -> bytes:
    """The request drawn for one mode, for whoever wants a single file.

    Raises:
        ValueError: the figure, or a kernel that it asks, refuses the arguments.
    """
    return paint(request).of(mode)


def draw(
    wanted: Iterable[tuple[Request, Place]], folder: Path, problems: Problems, watch: Watch | None = None
) -> dict[Request, Picture]:
    """The pictures of all requests that could be drawn; what went wrong is reported at each place that wanted it.

    Args:
        folder: the cache; it is made if need be, and only what was drawn anew is written.
    """
    places: dict[Request, list[Place]] = {}
    for request, place in wanted:
        places.setdefault(request, []).append(place)
    pictures = {request: found for request in places if (found := _cached(request, folder)) is not None}
    missing = [request for request in places if request not in pictures]
    for request, result in zip(missing, spread(_drawn, missing, watch or unwatched, "drawing figures", few=FEW), strict=True):
        if isinstance(result, Picture):
            pictures[request] = result
            _keep(request, result, folder, problems)
        else:
            for place in places[request]:
                problems.error(place, f"{request.name} cannot be drawn: {result}", "check the arguments of the figure")
    return {request: pictures[request] for request in places if request in pictures}


def prune(requests: Iterable[Request], folder: Path) -> list[str]:
    """Remove from the cache the pictures that none of the requests needs, and return the names of the removed files."""
    needed = {_path(request, mode, folder).name for request in requests for mode in MODES}
    gone = [path for path in sorted(folder.glob("*.svg")) if NAME.fullmatch(path.name) and path.name not in needed]
    return [path.name for path in gone if caching.remove(path)]


def _drawn(request: Request) -> Picture | str:
    try:
        return paint(request)
    except (ValueError, ArithmeticError) as error:
        return str(error)


def key(request: Request) -> str:
    """What a picture depends on, as a hash: its arguments, the code that draws it and computes its values, the libraries."""
    return caching.key(request.name, request.arguments, _code(registry.get(request.name).module))


@cache
def _code(module: str) -> str:
    """A hash of all code that a figure of ``module`` may run, and of the versions of the libraries."""
    ours = [sys.modules[module], sys.modules[__name__], style, ink, palette, wording, diagrams, svg]
    paths = [Path(getsourcefile(one) or "") for one in ours] + sorted(Path(getsourcefile(kernels) or "").parent.glob("*.py"))
    paths += [path for path in [paths[0].with_suffix(".json")] if path.exists()]  # what the module draws from
    return caching.code(paths, ["matplotlib", "numpy"])


def _path(request: Request, mode: Mode, folder: Path) -> Path:
    return folder / f"{request.name}-{key(request)}-{mode}.svg"


def _cached(request: Request, folder: Path) -> Picture | None:
    light, dark = (caching.read(_path(request, mode, folder)) for mode in MODES)
    return Picture(light, dark) if light is not None and dark is not None else None


def _keep(request: Request, picture: Picture, folder: Path, problems: Problems) -> None:
    for mode in MODES:
        caching.write(_path(request, mode, folder), picture.of(mode), "pictures", problems)
