"""The page on subjects without numbers is true of the deck."""

import re
from pathlib import Path

import pytest

from generator.model import Card
from generator.problems import Problems
from generator.source import read

ROOT = Path(__file__).parent.parent
ROWS = re.findall(r"^\| `([a-z0-9-]+)` \| (\w+)", (ROOT / "docs/exceptions.md").read_text(encoding="utf-8"), re.MULTILINE)


@pytest.fixture(scope="module")
def cards() -> list[Card]:
    return list(read(ROOT / "cards_src", Problems()).cards)


@pytest.mark.parametrize(("subject", "instead"), ROWS)
def test_the_subject_has_the_other_kind_and_no_numbers(cards: list[Card], subject: str, instead: str) -> None:
    own = [card for card in cards if card.id == subject or card.id.startswith(f"{subject}-") or subject in card.covers]
    assert own
    assert not [card.id for card in own if card.kind == "numeric"]
    assert instead == "theory" or any(card.task == instead for card in own)


def test_a_paper_card_stands_beside_a_review_card(cards: list[Card]) -> None:
    numeric = [card for card in cards if card.numeric]
    paper = [card for card in numeric if card.numeric and re.search(r"^\s*form: paper$", card.numeric.text, re.MULTILINE)]
    assert paper
    review = {subject for card in numeric if card not in paper for subject in card.covers}
    alone = [card.id for card in paper if not review & set(card.covers)]
    assert alone == ["svm-dual-paper"], "the page names it"
