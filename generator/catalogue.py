"""What there is to use in a card: kernels and figures, each as a page for people and as data for machines."""

import inspect
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from generator.problems import Failure, Place, did_you_mean


@dataclass(frozen=True, slots=True)
class OracleEntry:
    """One of the second ways to a kernel's answer."""

    name: str
    doc: str
    needs: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class KernelEntry:
    """A kernel as the catalogue shows it."""

    name: str
    topic: str
    module: str
    signature: str
    doc: str
    fields: tuple[str, ...]
    words: dict[str, tuple[str, ...]]
    oracles: tuple[OracleEntry, ...]

    @property
    def summary(self) -> str:
        """The first sentence of its page, on one line."""
        return " ".join(self.doc.partition("\n\n")[0].split())

    def as_json(self) -> dict[str, Any]:
        """The entry as plain data."""
        oracles = [{"name": oracle.name, "doc": oracle.doc, "needs": list(oracle.needs)} for oracle in self.oracles]
        words = {name: list(words) for name, words in self.words.items()}
        head = {"name": self.name, "topic": self.topic, "module": self.module, "signature": self.signature, "doc": self.doc}
        return head | {"fields": list(self.fields), "words": words, "oracles": oracles}


def kernels() -> list[KernelEntry]:
    """All kernels, by topic and name."""
    from kernels import names

    return sorted((_entry(name) for name in names()), key=lambda entry: (entry.topic, entry.name))


def kernel(name: str) -> KernelEntry:
    """The kernel of that name.

    Raises:
        Failure: there is none.
    """
    from kernels import names

    if name not in names():
        raise Failure.at(
            Place.whole(name), "there is no kernel of this name", did_you_mean(name, names()) or "redraw kernels lists them"
        )
    return _entry(name)


def _entry(name: str) -> KernelEntry:
    from kernels import get, oracles

    found = get(name)
    ways = tuple(OracleEntry(oracle.function.__name__, oracle.doc, oracle.needs) for oracle in oracles.of(name))
    bare = [parameter.replace(annotation=inspect.Parameter.empty) for parameter in found.signature.parameters.values()]
    signature = str(inspect.Signature(bare))
    return KernelEntry(name, found.topic, found.module, signature, found.doc, found.fields, found.words, ways)


@dataclass(frozen=True, slots=True)
class FigureEntry:
    """A figure as the catalogue shows it."""

    name: str
    topic: str
    doc: str
    arguments: dict[str, str]
    """Argument -> what it takes."""

    @property
    def summary(self) -> str:
        """The first sentence of its page, on one line."""
        return " ".join(self.doc.partition("\n\n")[0].split())

    def as_json(self) -> dict[str, Any]:
        """The entry as plain data."""
        return {"name": self.name, "topic": self.topic, "doc": self.doc, "arguments": self.arguments}


def figures() -> list[FigureEntry]:
    """All figures, by topic and name."""
    from generator.figures import names

    return sorted((_figure_entry(name) for name in names()), key=lambda entry: (entry.topic, entry.name))


def figure(name: str) -> FigureEntry:
    """The figure of that name.

    Raises:
        Failure: there is none.
    """
    from generator.figures import names

    if name not in names():
        raise Failure.at(
            Place.whole(name), "there is no figure of this name", did_you_mean(name, names()) or "redraw figures lists them"
        )
    return _figure_entry(name)


def draw_example(name: str, output: Path, mode: str) -> None:
    """Draw the figure of that name with the arguments of its example.

    Args:
        output: an SVG file.
        mode: light or dark.

    Raises:
        Failure: the file cannot be written, or its name says that it is something else than SVG.
    """
    from generator.figures import Request, get, to_svg

    if output.suffix.lower() not in ("", ".svg"):
        fault = f"a figure is drawn as SVG, which is no {output.suffix} file"
        raise Failure.at(
            Place.whole(output.as_posix()), fault, f"give it a name that ends in .svg, as {output.with_suffix('.svg').name}"
        )
    example = get(name).examples[0]
    try:
        output.write_bytes(to_svg(Request.of(name, example), "dark" if mode == "dark" else "light"))
    except OSError as error:
        raise Failure.at(
            Place.whole(output.as_posix()), f"cannot be written: {error.strerror}", "choose another place with -o"
        ) from None


def _figure_entry(name: str) -> FigureEntry:
    from generator.figures import get

    found = get(name)
    arguments = {
        argument.name: argument.takes + ("" if argument.required else ", if given") for argument in found.arguments.values()
    }
    return FigureEntry(name, found.topic, found.doc, arguments)
