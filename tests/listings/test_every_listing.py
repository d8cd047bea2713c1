"""No listing is left out, and none that is wrong passes."""

import pytest

from tests.listings import support
from tests.listings.support import compare, listing
from tests.listings.test_fragments import FRAGMENTS
from tests.listings.test_functions import FUNCTIONS


def test_every_code_card_is_run() -> None:
    assert sorted({*FUNCTIONS, *FRAGMENTS}) == sorted(support.cards())


def test_no_listing_scrolls_sideways_on_a_desk() -> None:
    lines = [(card, line) for card, text in support.python() for line in text.splitlines()]
    assert {card for card, _ in lines} >= set(support.cards())
    assert [(card, line) for card, line in lines if len(line) > support.COLUMNS] == []


@pytest.mark.parametrize(
    ("card", "right", "wrong"),
    [
        ("code-stable-softmax", "weights.sum(axis=axis", "weights.max(axis=axis"),
        ("code-layernorm", "var + eps)", "var) + eps"),
        ("code-kv-cache", "S /= np.sqrt(q.shape[-1])", "S /= q.shape[-1]"),
        ("code-cross-entropy-gradient", "return s / len(z)", "return s"),
    ],
)
def test_a_wrong_listing_is_caught(card: str, right: str, wrong: str, monkeypatch: pytest.MonkeyPatch) -> None:
    text = listing(card)
    assert right in text
    monkeypatch.setattr(support, "listing", lambda _: text.replace(right, wrong))
    with pytest.raises(AssertionError, match="rounding explains"):
        compare(card, FUNCTIONS[card])
