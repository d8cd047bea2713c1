"""What a format of ``@{name:format}`` or ``show`` says: from its words to a ``Format``."""

import re
from dataclasses import dataclass, replace

from generator.numeric.rounding import MOST, Digits
from generator.numeric.values import Refusal
from generator.problems import did_you_mean

STYLES = ("number", "pct", "per", "signed", "coef", "term", "paren", "frac", "sci", "pow2", "int", "bytes", "word")
LAYOUTS = ("row", "vec", "mat", "set")
JOINS = ("signed", "coef", "term", "paren")
ELEMENTWISE = ("number", "frac", "int", "word")
EXAMPLES = (
    "exact",
    "2sf",
    "3dp",
    "pct",
    "pct1",
    "per 1000",
    "frac",
    "sci",
    "sci2",
    "pow2",
    "int",
    "bytes",
    *JOINS,
    *LAYOUTS,
    "word",
    "= 2sf",
)
EXACTLY = Digits()


@dataclass(frozen=True)
class Format:
    """A format, as ``read`` reads it: ``pct 2sf``, ``mat 2dp``."""

    text: str
    style: str = "number"
    digits: Digits = EXACTLY
    factor: int = 1
    """What the number shown is of the value: 100 for percent."""
    layout: str = ""
    """How a vector or matrix is set; empty: as it fits."""
    default: bool = False
    """Whether no format was asked for."""
    related: bool = False
    """Whether ``=`` or ``≈`` stands before it, as the value demands."""


def read(description: str) -> Format:
    """The format that ``description`` names.

    Raises:
        Refusal: it names none.
    """
    if description.lstrip().startswith("="):
        return _related(description)
    words = description.split()
    if not words:
        return Format("", default=True)
    if words[0] in LAYOUTS:
        entry = read(" ".join(words[1:]))
        if entry.layout:
            raise _unknown(description)
        return replace(entry, text=" ".join(words), layout=words[0], default=entry.default)
    return replace(_scalar(words, description), text=" ".join(words))


def _related(description: str) -> Format:
    """The format behind a ``=``, which stands for = or ≈."""
    form = read(description.lstrip()[1:])
    if form.related:
        raise _unknown(description)
    if form.style in JOINS:
        raise Refusal(f"no relation goes before the format {form.text}", f"{form.style} joins a number to what stands before it")
    return replace(form, text=f"= {form.text}".rstrip(), related=True)


def _scalar(words: list[str], description: str) -> Format:
    head, rest = words[0], words[1:]
    if not rest and (digits := _digits(head)):
        return Format("", "number", digits)
    if (match := re.fullmatch(r"(pct|sci)(\d*)", head)) and not (match[2] and rest):
        return _measured(match[1], match[2], rest, description)
    if head == "per" and rest and re.fullmatch(r"[1-9]\d{0,8}", rest[0]):
        return Format("", "per", _only(rest[1:], Digits("dp", 0), description), int(rest[0]))
    if head in (*JOINS, "bytes"):
        return Format("", head, _only(rest, EXACTLY, description))
    if head in STYLES and head not in ("number", "per") and not rest:
        return Format("", head)
    raise _unknown(description)


def _measured(style: str, count: str, rest: list[str], description: str) -> Format:
    if len(count) > 1 or int(count or 0) > MOST or (style == "sci" and (count == "0" or rest)):
        raise _unknown(description)
    if style == "sci":
        return Format("", style, Digits("sf", int(count)) if count else EXACTLY)
    return Format("", style, _only(rest, Digits("dp", int(count or 0)), description), 100)


def _only(words: list[str], default: Digits, description: str) -> Digits:
    digits = default if not words else _digits(words[0]) if len(words) == 1 else None
    if digits is None:
        raise _unknown(description)
    return digits


def _digits(word: str) -> Digits | None:
    if word == "exact":
        return Digits()
    if match := re.fullmatch(r"(\d)(sf|dp)", word):
        count = int(match[1])
        if match[2] == "sf" and 1 <= count <= MOST:
            return Digits("sf", count)
        if match[2] == "dp" and count <= MOST:
            return Digits("dp", count)
    return None


def _unknown(description: str) -> Refusal:
    name = " ".join(description.split())[:40]
    hint = did_you_mean(name, EXAMPLES) or f"such as: {', '.join(EXAMPLES)}"
    return Refusal(f"there is no format {name!r}", hint)
