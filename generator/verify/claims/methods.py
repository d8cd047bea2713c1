"""The ways of proving, by the names that ``by`` knows."""

from collections.abc import Mapping

METHODS: Mapping[str, str] = {
    "expand": "by expansion",
    "simplify": "by simplification",
    "cases": "case by case",
    "squares": "as a sum of squares",
    "differentiate": "by derivatives",
    "induction": "by induction",
    "numeric": "at many points",
}
"""Method -> how a verdict speaks of it, in the order in which they are tried."""
