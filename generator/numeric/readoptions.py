"""The keys of a ``numeric`` block that hold no expression: form, pool, tolerance."""

import re

from generator.blocks import Scalar, short
from generator.fields import Fields
from generator.numeric.spec import FORMS, POOL, Form, Override, written
from generator.problems import Problems, did_you_mean

LARGEST_POOL = 40


def read_form(fields: Fields) -> Form:
    """What the learner does; a number where the block does not say, or says what there is not, which is reported."""
    scalar = fields.scalar("form")
    if scalar is None:
        return "number"
    if scalar.text not in FORMS:
        fields.problems.error(scalar.place, f"there is no form {short(scalar.text)!r}", did_you_mean(scalar.text, FORMS))
        return "number"
    found: Form = scalar.text  # type: ignore[assignment]
    return found


def read_pool(fields: Fields) -> int:
    """How many variants a note holds."""
    scalar = fields.scalar("pool")
    if scalar is None:
        return POOL
    if not re.fullmatch(r"\d{1,3}", scalar.text) or not 1 <= int(scalar.text) <= LARGEST_POOL:
        fields.problems.error(scalar.place, f"pool is a number from 1 to {LARGEST_POOL}")
        return POOL
    return int(scalar.text)


def read_tolerance(scalar: Scalar, problems: Problems) -> Override | None:
    """The author's own tolerance of an answer, absolute or a share of it; None where it is none, which is reported."""
    text = scalar.text.strip()
    match = re.fullmatch(r"(\d{1,9}(?:\.\d{1,12})?(?:[eE]-?\d{1,2})?)\s*(%?)", text)
    if not match:
        problems.error(scalar.place, f"{short(text)!r} is no tolerance", "such as 0.01 (absolute) or 2% (of the answer)")
        return None
    value = written(match[1])[0]
    return Override(value / 100 if match[2] else value, bool(match[2]))
