"""Number formats: what ``@{name:format}`` and ``show`` make of a value.

Every format yields TeX for maths, HTML for text, plain text for code, and the number that a reader would take from it.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction

from generator.model import Shown
from generator.numeric import arithmetic, typeset
from generator.numeric.readformat import ELEMENTWISE, Format, read
from generator.numeric.relation import relation
from generator.numeric.rounding import LARGE, SMALL, Rounded, exponent_of, is_finite, round_inwards, round_to
from generator.numeric.values import Members, Number, Refusal, Value, compare, describe, is_number, magnitude, shape, text

__all__ = ["Format", "Rendering", "bounds", "read", "render"]

_UNITS = ("B", "KiB", "MiB", "GiB", "TiB", "PiB")
ONE = Fraction(1)


@dataclass(frozen=True)
class Rendering:
    """A value as shown, and what was done to it."""

    shown: Shown
    value: Value
    """The numbers that a reader takes from it."""
    unit: Value
    """One unit of the last figure shown, in the shape of the value; 0 where it is shown exactly."""
    border: bool
    """Whether a number lies so near to a half-way case that another machine could round it the other way."""
    factor: Fraction = ONE
    """What the number shown is of the value: 100 for percent."""
    doubtful: bool = False
    """Whether ``=`` or ``≈`` was asked for, and no machine could be sure which."""


def render(value: Value, form: Format, judged: Value = None) -> Rendering:
    """``value`` in the format.

    Args:
        judged: the same value by a way that knows more digits of it, for telling = from ≈.

    Raises:
        Refusal: the format does not fit the value.
    """
    rendering = _render(value, form)
    if not form.related:
        return rendering
    exactly = relation(value if judged is None else judged, rendering.value)
    return replace(rendering, shown=typeset.related(rendering.shown, exactly is not False), doubtful=exactly is None)


def _render(value: Value, form: Format) -> Rendering:
    if isinstance(value, Members):
        return _render_members(value, form)
    sizes = shape(value)
    if sizes == ():
        if form.layout:
            raise Refusal(f"{form.layout} is for vectors and matrices, and this is {describe(value)}")
        return _render_one(value, form)
    if sizes is None or len(sizes) > 2:
        raise Refusal(f"{describe(value)} cannot be shown", "take entries of it with  let")
    return _render_array(value, form, len(sizes))


def _render_members(value: Members, form: Format) -> Rendering:
    if form.layout not in ("", "set") or (not form.layout and form.style not in ELEMENTWISE):
        raise Refusal(f"the format {form.text} does not fit a set")
    parts = [_render_one(member, form) for member in value.members]
    return Rendering(
        typeset.members([part.shown for part in parts]),
        Members(tuple(part.value for part in parts)),
        tuple(part.unit for part in parts),
        any(part.border for part in parts),
        _common([part.factor for part in parts]),
    )


def _common(factors: Sequence[Fraction]) -> Fraction:
    """The factor of all entries, or 1 where they differ."""
    return factors[0] if len(set(factors)) == 1 else ONE


def _render_array(value: Value, form: Format, rank: int) -> Rendering:
    if not form.layout and form.style not in ELEMENTWISE:
        raise Refusal(
            f"the format {form.text} does not fit {describe(value)}", f"for each entry: {'row' if rank == 1 else 'mat'} {form.text}"
        )
    if form.layout == "set" or ((form.layout == "mat") != (rank == 2) and form.layout):
        raise Refusal(f"the format {form.text} does not fit {describe(value)}", "row and vec are for vectors, mat is for matrices")
    rows = value if rank == 2 else (value,)
    parts = [[_render_one(entry, form) for entry in row] for row in rows]
    cells = [[part.shown for part in row] for row in parts]
    values = tuple(tuple(part.value for part in row) for row in parts)
    units = tuple(tuple(part.unit for part in row) for row in parts)
    border = any(part.border for row in parts for part in row)
    factor = _common([part.factor for row in parts for part in row])
    if rank == 2:
        return Rendering(typeset.matrix(cells), values, units, border, factor)
    shown = typeset.column(cells[0]) if form.layout == "vec" else typeset.row(cells[0])
    return Rendering(shown, values[0], units[0], border, factor)


def _render_one(value: Value, form: Format) -> Rendering:
    if isinstance(value, str | bool):
        if form.style != "word" and not form.default:
            raise Refusal(
                f"the format {form.text} is for numbers, and this is {describe(value)}", "leave the format out, or take  word"
            )
        return Rendering(typeset.word(str(value)), value, Fraction(0), False)
    if not is_number(value):
        hint = "take one of its fields" if hasattr(value, "keys") else ""
        raise Refusal(f"{describe(value)} cannot be shown", hint)
    if form.style == "word":
        raise Refusal(f"the format word is for words, and this is {describe(value)}")
    if not is_finite(value):
        if form.style not in ("number", "paren"):
            raise Refusal(f"the format {form.text} does not fit an infinite number")
        return Rendering(typeset.infinity(value > 0), value, Fraction(0), False)
    return _NUMBERS.get(form.style, _render_number)(value, form)


def _render_number(value: Number, form: Format) -> Rendering:
    rounded = form.digits.apply(arithmetic.multiply(value, Fraction(form.factor)))
    shown = typeset.number(rounded, form.style, sci=_in_powers(rounded, form))
    return Rendering(shown, rounded.value / form.factor, rounded.unit / form.factor, rounded.border, Fraction(form.factor))


def _in_powers(rounded: Rounded, form: Format) -> bool:
    """Whether a power of ten is written: ``0.00001`` and, to three figures, ``1230000`` are hard to read; ``1e-05`` is no maths."""
    if form.style == "sci":
        return True
    if form.digits.kind == "dp" or rounded.value == 0 or form.factor != 1:
        return False
    return rounded.exponent < SMALL or (form.digits.kind == "sf" and rounded.exponent >= LARGE)


def _render_fraction(value: Number, form: Format) -> Rendering:
    if not isinstance(value, Fraction):
        raise Refusal(f"{text(value)} is not exact, so it is no fraction", "take sf or dp")
    return Rendering(typeset.fraction(value), value, Fraction(0), False)


def _render_whole(value: Number, form: Format) -> Rendering:
    nearest = round_to(Fraction(value), 0)
    if compare(value, nearest.value) != 0:
        raise Refusal(f"{text(value)} is not whole", "take 0dp")
    return Rendering(typeset.number(replace(nearest, unit=Fraction(0)), "number"), nearest.value, Fraction(0), False)


def _render_power_of_two(value: Number, form: Format) -> Rendering:
    if not isinstance(value, Fraction) or value.denominator & (value.denominator - 1):
        raise Refusal(f"{text(value)} is no whole number times a power of two", "take sf or dp")
    exponent, odd = 1 - value.denominator.bit_length(), value.numerator
    while odd and odd % 2 == 0:
        odd, exponent = odd // 2, exponent + 1
    return Rendering(typeset.power_of_two(odd, exponent), value, Fraction(0), False)


def _render_bytes(value: Number, form: Format) -> Rendering:
    unit = _unit_of(value)
    size = arithmetic.divide(value, Fraction(1024**unit))
    rounded = form.digits.apply(size)
    if form.digits.kind == "exact" and rounded.places > 3:
        raise Refusal(f"{text(size)} {_UNITS[unit]} has more than 3 decimals", "give them a number: bytes 2sf, bytes 1dp")
    shown = typeset.measured(rounded, _UNITS[unit])
    factor = Fraction(1, 1024**unit)
    return Rendering(shown, rounded.value / factor, rounded.unit / factor, rounded.border, factor)


def _unit_of(value: Number) -> int:
    """The rank of the largest unit of which there is at least one."""
    unit = 0
    while unit + 1 < len(_UNITS) and compare(magnitude(value), Fraction(1024 ** (unit + 1))) >= 0:
        unit += 1
    return unit


_NUMBERS: Mapping[str, Callable[[Number, Format], Rendering]] = {
    "frac": _render_fraction,
    "int": _render_whole,
    "pow2": _render_power_of_two,
    "bytes": _render_bytes,
}


def bounds(low: Number, high: Number, allowed: Number, value: Number, form: Format) -> Shown:
    """An interval as a card prints it: as many digits as it takes, each end rounded inwards, so that what is printed is right."""
    unit = _unit_of(value) if form.style == "bytes" else None
    factor = Fraction(form.factor) if unit is None else Fraction(1, 1024**unit)
    places = 1 - exponent_of(Fraction(allowed) * factor)
    ends = []
    for end, up in ((low, True), (high, False)):
        rounded = Rounded(round_inwards(Fraction(end) * factor, places, up=up), places, Fraction(0))
        if unit is not None:
            ends.append(typeset.measured(rounded, _UNITS[unit]))
        else:
            sci = form.digits.kind != "exact" and _in_powers(rounded, form)
            ends.append(typeset.number(rounded, "pct" if form.style == "pct" else "number", sci=sci))
    return typeset.interval(*ends)
