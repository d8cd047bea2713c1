"""Numeric cards: from a ``numeric`` block to variants with proven answers.

``read_spec`` reads the block, ``draw`` makes the variants of a card, ``stress`` draws many and says what they have in common.
``docs/numeric.md`` is the reference for authors.
"""

from generator.numeric.hand import HandCost
from generator.numeric.read import read_spec
from generator.numeric.spec import NumericSpec
from generator.numeric.stress import Stress, stress
from generator.numeric.variants import Drawn, draw

__all__ = ["Drawn", "HandCost", "NumericSpec", "Stress", "draw", "read_spec", "stress"]
