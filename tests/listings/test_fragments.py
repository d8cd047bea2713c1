"""Listings of a few lines, and classes: run on numbers and tensors, and compared."""

import pytest

from tests.listings import algorithms, attention, training
from tests.listings.fragments import FRAGMENTS

assert algorithms and attention and training  # they register their checks


@pytest.mark.parametrize("card", FRAGMENTS)
def test_the_lines_on_the_card_do_what_they_should(card: str) -> None:
    FRAGMENTS[card]()
