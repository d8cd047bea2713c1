"""Every derivation of the curriculum that sympy can reach, as a claim on a card: each is read, rendered and proven."""

from pathlib import Path

import pytest

from generator.deck import Deck, make
from generator.problems import Severity
from generator.verify.claims import Verdict
from tests.helpers import NOW

SAMPLES = Path(__file__).parent / "claims"


@pytest.fixture(scope="module")
def deck(tmp_path_factory: pytest.TempPathFactory) -> Deck:
    """The samples, built in a folder of their own."""
    folder = tmp_path_factory.mktemp("samples")
    for path in SAMPLES.iterdir():
        (folder / path.name).write_bytes(path.read_bytes())
    return make(folder, NOW)


@pytest.fixture(scope="module")
def verdicts(deck: Deck, tmp_path_factory: pytest.TempPathFactory) -> tuple[Verdict, ...]:
    return deck.claims.prove(deck.sources.cards, tmp_path_factory.mktemp("cache"), deck.problems)


def test_they_are_read_and_rendered(deck: Deck) -> None:
    assert [str(problem) for problem in deck.problems if problem.severity >= Severity.WARNING] == []
    assert len(deck.notes) == len(deck.claims.of) >= 90
    assert not [note.id for note in deck.notes if "@{" in note.fields["Answer"] + note.fields.get("Details", "")]


def test_they_are_proven(deck: Deck, verdicts: tuple[Verdict, ...]) -> None:
    assert [f"{one.card}: {one.text}: {one.sentence}" for one in verdicts if one.status != "proven"] == []
    assert {one.card for one in verdicts} == {card.id for card in deck.sources.cards}
