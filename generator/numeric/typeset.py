"""Rounded numbers, vectors and words as TeX, HTML and plain text. All strings that a card shows for a value are made here."""

from collections.abc import Callable, Sequence
from fractions import Fraction
from html import escape

from generator.model import Shown
from generator.numeric.rounding import Rounded, digits_of, round_to

MINUS = "\N{MINUS SIGN}"
THIN = "\N{NARROW NO-BREAK SPACE}"
SPACE = "\N{NO-BREAK SPACE}"
GROUPED = 5
"""From so many digits on, an integer is set in groups of three."""


def number(rounded: Rounded, style: str, *, sci: bool = False) -> Shown:
    """A number; ``sci`` writes it with a power of ten."""
    size = _powers(rounded) if sci else _plain_size(rounded)
    negative = rounded.value < 0
    if style == "pct":
        size = Shown(f"{size.tex}\\%", f"{size.html}%", f"{size.plain}%")
    if style in ("coef", "term") and abs(rounded.value) == 1:
        size = Shown("", "", "")
    if style in ("signed", "term"):
        return _each(size, lambda text, minus: f"{minus if negative else '+'} {text}".rstrip())
    if style == "paren" and negative:
        return _each(size, lambda text, minus: f"({minus}{text})")
    return _each(size, lambda text, minus: f"{minus if negative else ''}{text}")


def _each(shown: Shown, put: Callable[[str, str], str]) -> Shown:
    return Shown(put(shown.tex, "-"), put(shown.html, MINUS), put(shown.plain, "-"))


def _plain_size(rounded: Rounded) -> Shown:
    figures = digits_of(rounded)
    whole, point, part = figures.partition(".")
    return Shown(f"{_group(whole, chr(92) + ',')}{point}{part}", f"{_group(whole, THIN)}{point}{part}", figures)


def _group(whole: str, gap: str) -> str:
    if len(whole) < GROUPED:
        return whole
    first = len(whole) % 3
    groups = [whole[:first]] if first else []
    return gap.join(groups + [whole[at : at + 3] for at in range(first, len(whole), 3)])


def _powers(rounded: Rounded) -> Shown:
    exponent = rounded.exponent
    mantissa = digits_of(round_to(rounded.value / Fraction(10) ** exponent, rounded.places + exponent))
    if exponent == 0:
        return Shown(mantissa, mantissa, mantissa)
    html = f"10<sup>{_signed_text(exponent)}</sup>"
    if mantissa == "1":
        return Shown(f"10^{{{exponent}}}", html, f"1e{exponent}")
    return Shown(f"{mantissa} \\times 10^{{{exponent}}}", f"{mantissa}{SPACE}×{SPACE}{html}", f"{mantissa}e{exponent}")


def _signed_text(value: int) -> str:
    return f"{MINUS if value < 0 else ''}{abs(value)}"


def fraction(value: Fraction) -> Shown:
    """A quotient in lowest terms; a whole number without its denominator."""
    if value.denominator == 1:
        return number(Rounded(value, 0, Fraction(0)), "number")
    top, bottom = abs(value.numerator), value.denominator
    size = Shown(f"\\frac{{{top}}}{{{bottom}}}", f"{top}/{bottom}", f"{top}/{bottom}")
    return _each(size, lambda text, minus: f"{minus if value < 0 else ''}{text}")


def power_of_two(odd: int, exponent: int) -> Shown:
    """``odd`` times 2 to the ``exponent``."""
    if exponent == 0 or odd == 0:
        return number(Rounded(Fraction(odd), 0, Fraction(0)), "number")
    power = Shown(f"2^{{{exponent}}}", f"2<sup>{_signed_text(exponent)}</sup>", f"2**{exponent}")
    size = abs(odd)
    if size > 1:
        power = Shown(f"{size} \\cdot {power.tex}", f"{size}{SPACE}·{SPACE}{power.html}", f"{size}*{power.plain}")
    return _each(power, lambda text, minus: f"{minus if odd < 0 else ''}{text}")


def measured(rounded: Rounded, unit: str) -> Shown:
    """A number with a unit behind it."""
    size = number(rounded, "number")
    return Shown(f"{size.tex}\\,\\text{{{unit}}}", f"{size.html}{SPACE}{unit}", f"{size.plain} {unit}")


def related(shown: Shown, exactly: bool) -> Shown:
    """A value behind the relation that it has to what stands before it."""
    tex, sign = ("=", "=") if exactly else ("\\approx", "≈")
    return Shown(f"{tex} {shown.tex}", f"{sign}{SPACE}{shown.html}", f"{sign} {shown.plain}")


def interval(low: Shown, high: Shown) -> Shown:
    """From one number to another."""
    return Shown(f"{low.tex} \\text{{ to }} {high.tex}", f"{low.html} to {high.html}", f"{low.plain} to {high.plain}")


def joined(parts: Sequence[Shown]) -> Shown:
    """Several things, one after another."""
    return Shown(r";\ ".join(p.tex for p in parts), "; ".join(p.html for p in parts), "; ".join(p.plain for p in parts))


def infinity(positive: bool) -> Shown:
    return Shown("\\infty", "∞", "inf") if positive else Shown("-\\infty", f"{MINUS}∞", "-inf")


def word(text: str) -> Shown:
    """A word; ``inf`` is what kernels call infinity."""
    if text == "inf":
        return infinity(True)
    # Anki takes these as escaped inside \text, and shows any other backslash.
    tex = "".join(f"\\{character}" if character in "\\{}$" else character for character in text)
    return Shown(f"\\text{{{tex}}}", escape(text), text)


def row(cells: Sequence[Shown]) -> Shown:
    """A vector on one line."""
    return _listed(cells, "(", ")", "[", "]")


def column(cells: Sequence[Shown]) -> Shown:
    """A vector that stands upright in maths."""
    tex = r" \\ ".join(cell.tex for cell in cells)
    flat = row(cells)
    return Shown(f"\\begin{{pmatrix}} {tex} \\end{{pmatrix}}", flat.html, flat.plain)


def matrix(rows: Sequence[Sequence[Shown]]) -> Shown:
    """A matrix; in text and code, its rows."""
    tex = r" \\ ".join(" & ".join(cell.tex for cell in cells) for cells in rows)
    html = ", ".join(f"[{', '.join(cell.html for cell in cells)}]" for cells in rows)
    plain = ", ".join(f"[{', '.join(cell.plain for cell in cells)}]" for cells in rows)
    return Shown(f"\\begin{{pmatrix}} {tex} \\end{{pmatrix}}", f"[{html}]", f"[{plain}]")


def members(cells: Sequence[Shown]) -> Shown:
    """A set."""
    return _listed(cells, r"\{", r"\}", "{", "}", "{", "}")


def _listed(
    cells: Sequence[Shown], left: str, right: str, plain_left: str, plain_right: str, html_left: str = "(", html_right: str = ")"
) -> Shown:
    return Shown(
        f"{left}{', '.join(cell.tex for cell in cells)}{right}",
        f"{html_left}{', '.join(cell.html for cell in cells)}{html_right}",
        f"{plain_left}{', '.join(cell.plain for cell in cells)}{plain_right}",
    )
