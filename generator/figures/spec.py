"""The fenced ``figure`` block: which figure, with which arguments, and what stands in for it where images are off."""

import re
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from typing import TypeAlias

from generator.blocks import Listing, Node, Scalar, compose, short
from generator.blocks import Mapping as Mapped
from generator.fields import Fields, without_errors
from generator.figures import registry
from generator.figures.drawing import Request
from generator.figures.registry import DEPTH, Argument, Entry
from generator.model import Block, Interpolation, Plain
from generator.problems import Place, Problems, did_you_mean
from generator.tokens import INTERPOLATION

KEYS = ("draw", "alt", "caption", "width")
"""The keys of a block that are no arguments of the figure."""
NARROWEST, WIDEST = 120, 560
"""Bounds of a width in pixels: what can still be read, and what a card has room for."""
LONGEST_ALT = 300
NUMBER = re.compile(r"[+-]?(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][+-]?\d{1,2})?")
NAME = re.compile(r"([A-Za-z_]\w*)(?:\.(\w+))?")


@dataclass(frozen=True, slots=True)
class Name:
    """A value of the variant at hand, or a field of it."""

    name: str
    field: str
    place: Place

    def of(self, values: Mapping[str, Plain]) -> Plain:
        """The value itself.

        Raises:
            ValueError: it has no such field.
        """
        value = values[self.name]
        if not self.field:
            return value
        if not isinstance(value, Mapping) or self.field not in value:
            raise ValueError(f"{self.name} has no field {self.field}")
        return value[self.field]


Given: TypeAlias = float | str | Name | tuple["Given", ...]
"""An argument as the block has it."""


@dataclass(frozen=True, slots=True)
class FigureSpec:
    """A figure block that was read."""

    name: str
    given: Mapping[str, Given]
    places: Mapping[str, Place]
    """Argument -> where its value stands."""
    alt: str
    """What stands in for the picture, with its interpolations as they are written."""
    caption: str
    width: int | None
    """In pixels; None is the width that all figures have."""
    shown: tuple[Interpolation, ...]
    """The interpolations in alt and caption: a numeric card draws them with those of its text."""
    place: Place

    @property
    def names(self) -> frozenset[str]:
        """The values of a variant that the picture depends on; none, and all variants share one picture."""
        return frozenset(item.name for given in self.given.values() for item in _named(given))

    def arguments(self, values: Mapping[str, Plain]) -> dict[str, Plain]:
        """The arguments for one variant, as they are: names replaced by their values.

        Raises:
            ValueError: a value has no such field.
        """
        return {name: _filled(given, values) for name, given in self.given.items()}

    def request(self, values: Mapping[str, Plain], problems: Problems) -> Request | None:
        """What to draw for one variant; a value that does not fit its argument is reported where the argument stands."""
        entry, fitting = registry.get(self.name), True
        for name, given in self.given.items():
            try:
                entry.arguments[name].coerce(_filled(given, values))
            except ValueError as error:
                problems.error(self.places[name], str(error), "the figure must fit every variant that is drawn: see require")
                fitting = False
        return Request.of(self.name, self.arguments(values)) if fitting else None


def _named(given: Given) -> Iterator[Name]:
    if isinstance(given, Name):
        yield given
    elif isinstance(given, tuple):
        for part in given:
            yield from _named(part)


def _filled(given: Given, values: Mapping[str, Plain]) -> Plain:
    if isinstance(given, tuple):
        return tuple(_filled(part, values) for part in given)
    return given.of(values) if isinstance(given, Name) else given


def read_figure(block: Block, known_names: Collection[str], problems: Problems) -> FigureSpec | None:
    """The figure of a block, or None with what is wrong reported.

    Args:
        known_names: the parameters, intermediates and answers of the card's numeric block; empty on a card without one.
    """
    return without_errors(lambda found: _read(block, known_names, found), problems)


def _read(block: Block, known: Collection[str], problems: Problems) -> FigureSpec | None:
    node = compose(block)
    entry = _entry(node, problems)
    # Without the figure's name nobody knows which keys are its arguments: one error is enough then.
    fields = Fields.of(node, [*KEYS, *(entry.arguments if entry else _keys(node))], problems)
    draw, alt = fields.need("draw"), fields.need("alt")
    if draw is None or alt is None or entry is None:
        return None
    alternative, caption = fields.string("alt"), fields.string("caption")
    if len(alternative) > LONGEST_ALT:
        problems.error(
            alt.place, f"alt is longer than {LONGEST_ALT} characters", "say what the picture shows; the rest is the answer's"
        )
    shown = (*_interpolations(fields.scalar("alt"), known, problems), *_interpolations(fields.scalar("caption"), known, problems))
    nodes = {name: found for name in entry.arguments if (found := fields.get(name)) is not None}
    given = {name: _given(found, entry.arguments[name], known, problems) for name, found in nodes.items()}
    for name in entry.arguments:
        if entry.arguments[name].required and name not in nodes:
            problems.error(block.place, f"{entry.name} lacks {name}", f"add  {name}: {entry.arguments[name].takes}")
    places = {name: found.place for name, found in nodes.items()}
    kept = {name: value for name, value in given.items() if value is not None}
    return FigureSpec(entry.name, kept, places, alternative, caption, _width(fields, problems), shown, block.place)


def _keys(node: Node) -> list[str]:
    return [key.text for key, _ in node.items] if isinstance(node, Mapped) else []


def _entry(node: Node, problems: Problems) -> Entry | None:
    quiet = Problems()  # whatever else is wrong with the block is reported once, with the figure known
    fields = Fields.of(node, [*KEYS, *_keys(node)], quiet)
    drawn = fields.scalar("draw") if "draw" in fields else None
    if drawn is None:
        problems.extend(quiet)
        return None
    if drawn.text not in registry.names():
        hint = did_you_mean(drawn.text, registry.names()) or "`redraw figures` lists them"
        problems.error(drawn.place, f"there is no figure {short(drawn.text)}", hint)
        return None
    return registry.get(drawn.text)


def _interpolations(scalar: Scalar | None, known: Collection[str], problems: Problems) -> Iterator[Interpolation]:
    """The interpolations of a text; on a numeric card its draws know which names and formats there are."""
    if scalar is None:
        return
    for match in INTERPOLATION.finditer(scalar.text):
        name, _, form = match[1].partition(":")
        place = scalar.at(match.start())
        if known:
            yield Interpolation(name.strip(), form.strip(), place)
        else:
            hint = "give the card a numeric block, or write the number"
            problems.error(place, f"@{{{name.strip()}}} stands on a card without numbers", hint)


def _width(fields: Fields, problems: Problems) -> int | None:
    scalar = fields.scalar("width")
    if scalar is None:
        return None
    if not re.fullmatch(r"\d{1,4}", scalar.text.strip()) or not NARROWEST <= int(scalar.text) <= WIDEST:
        problems.error(scalar.place, f"{short(scalar.text)} is no width", f"pixels, {NARROWEST} to {WIDEST}")
        return None
    return int(scalar.text)


def _given(node: Node, argument: Argument, known: Collection[str], problems: Problems) -> Given | None:
    """The value of an argument; what holds no names is checked at once."""
    found = _value(node, argument, DEPTH[argument.shape], known, problems)
    if found is not None and not list(_named(found)):
        try:
            argument.coerce(found)
        except ValueError as error:
            problems.error(node.place, str(error))
            return None
    return found


def _value(node: Node, argument: Argument, depth: int, known: Collection[str], problems: Problems) -> Given | None:
    if isinstance(node, Listing) and depth:
        parts = [_value(part, argument, depth - 1, known, problems) for part in node.items]
        return tuple(part for part in parts if part is not None) if None not in parts else None
    if not isinstance(node, Scalar) or not node.text.strip():
        problems.error(node.place, f"{argument.name} takes {argument.takes}")
        return None
    text = node.text.strip()
    if argument.shape == "word" and text in argument.words:
        return text
    if argument.shape != "word" and not depth and NUMBER.fullmatch(text):
        return float(text)
    match = NAME.fullmatch(text)
    if match and match[1] in known:
        return Name(match[1], match[2] or "", node.place)
    near = did_you_mean(text, [*argument.words, *known]) if argument.words or known else ""
    message = f"{argument.name} takes {argument.takes}, not {short(text)}"
    problems.error(node.place, message, near or ("" if known else "names belong on cards with a numeric block"))
    return None
