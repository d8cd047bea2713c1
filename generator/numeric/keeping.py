"""What was drawn and proven as plain data for JSON, and back; and the code that all of it depends on.

JSON has no tuples, fractions or dataclasses: each is a list that begins with its name. Nothing is made of it but
what is listed here.
"""

import dataclasses
import json
from collections.abc import Callable, Mapping
from decimal import Decimal
from fractions import Fraction
from functools import cache
from pathlib import Path
from typing import Any

import kernels
from generator import blocks, caching, expression, fields, model, problems, tokens
from generator.model import Given, Interpolation, Shown, Variant, VariantAnswer, VariantMistake
from generator.numeric.hand import HandCost
from generator.numeric.stress import AnswerRange, Stress
from generator.numeric.values import Members
from generator.numeric.variants import Drawn
from generator.problems import Place, Problem, Severity

CLASSES = (
    AnswerRange,
    Drawn,
    Given,
    HandCost,
    Interpolation,
    Members,
    Place,
    Problem,
    Shown,
    Stress,
    Variant,
    VariantAnswer,
    VariantMistake,
)
PACKAGES = "mpmath", "numpy", "pyyaml", "sympy"
_NAMES = {cls: [field.name for field in dataclasses.fields(cls)] for cls in CLASSES}


def pack(value: Any) -> Any:
    """A value of the draws as plain data.

    Raises:
        TypeError: it is none that could be unpacked again.
    """
    if isinstance(value, Severity):
        return ["Severity", int(value)]
    if value is None or isinstance(value, str | bool | int | float):
        return value
    if isinstance(value, tuple):
        return ["tuple", *map(pack, value)]
    if isinstance(value, Mapping):
        return ["mapping", *([pack(name), pack(item)] for name, item in value.items())]
    if isinstance(value, Fraction | Decimal):
        return [type(value).__name__, str(value)]
    if type(value) in _NAMES:
        return [type(value).__name__, *(pack(getattr(value, name)) for name in _NAMES[type(value)])]
    raise TypeError(f"{type(value).__name__} is not kept")


def unpack(data: Any) -> Any:
    """The value that was packed."""
    return _MAKERS[data[0]](data) if isinstance(data, list) else data


def _maker(cls: Callable[..., Any]) -> Callable[[list[Any]], Any]:
    return lambda data: cls(*[unpack(item) for item in data[1:]])


_MAKERS: Mapping[str, Callable[[list[Any]], Any]] = {
    "tuple": lambda data: tuple([unpack(item) for item in data[1:]]),
    "mapping": lambda data: {unpack(name): unpack(item) for name, item in data[1:]},
    **{cls.__name__: _maker(cls) for cls in (Fraction, Decimal, Severity, *CLASSES)},
}


def sources() -> list[Path]:
    """All code of ours that a draw or a proof may run."""
    shared = [Path(module.__file__ or "") for module in (blocks, caching, expression, fields, model, problems, tokens)]
    ours = Path(kernels.__file__ or "").parent
    return [*shared, *sorted(Path(__file__).parent.glob("*.py")), *sorted(ours.glob("*.py")), *sorted(ours.glob("oracles/*.py"))]


@cache
def code() -> str:
    """A hash of that code, and of the versions of the libraries that it uses."""
    return caching.code(sources(), PACKAGES)


def as_bytes(value: Any) -> bytes:
    """A value as JSON."""
    return json.dumps(pack(value), separators=(",", ":")).encode()


def of_bytes(content: bytes) -> Any:
    """The value that was made JSON."""
    return unpack(json.loads(content))
