"""From variants to the pool of a note."""

from pathlib import Path

import pytest

from generator.anki import checker
from generator.check import check
from generator.deck import make
from generator.pooling import pool_variant
from tests.helpers import NOW, write

CARD = """1) Q {#a}

    ```numeric
    params:
      x: int 2..30
      y: int 2..30
    answer: "[x, x*y]"
    via: "[x, y*x]"
    show: int
    require:
      - x != y
    mistakes:
      "adds x & <y> to $q$": "[x, x+y+1000]"
    ```

    It is @{answer}.
"""


def test_sentences_are_escaped_and_the_script_names_the_mistake(tmp_path: Path) -> None:
    deck = make(write(tmp_path, a=CARD), NOW)
    assert not deck.problems.failed, list(map(str, deck.problems))
    variant = pool_variant(deck.numeric["a"].variants[0], dict.fromkeys(("question", "hint", "answer", "details"), ""))
    assert [mistake.sentence for mistake in variant.mistakes] == ["adds x &amp; &lt;y&gt; to $q$"]
    assert checker.prove(variant) == []


def test_bytes_keep_their_factor(tmp_path: Path) -> None:
    text = (
        CARD.partition("    answer:")[0]
        + "    answer: x*y*1048576\n    via: 1048576*y*x\n    show: bytes\n    ```\n\n    @{answer}\n"
    )
    deck = make(write(tmp_path, a=text), NOW)
    assert not deck.problems.failed, list(map(str, deck.problems))
    one = deck.numeric["a"].variants[0]
    variant = pool_variant(one, dict.fromkeys(("question", "hint", "answer", "details"), ""))
    assert variant.checks[0].factor > 0
    shown = one.answers[0].shown.plain
    assert checker.verdict(variant, shown).name == "right"
    assert checker.verdict(variant, shown.split()[0]).name == "right"


def test_a_sentence_shows_its_maths(tmp_path: Path) -> None:
    (note,) = make(write(tmp_path, a=CARD.replace("<y>", "`y`")), NOW).notes
    assert '<p data-mistake="0">adds x &amp; <code>y</code> to \\(q\\)</p>' in note.fields["Pool"]


def test_a_mistake_typed_with_three_digits_is_named_where_the_answer_is_exact(tmp_path: Path) -> None:
    text = CARD.replace('"[x, x*y]"', "x*y").replace('"[x, y*x]"', "y*x").replace('"[x, x+y+1000]"', "sqrt(2)*x*y")
    variant = make(write(tmp_path, a=text), NOW).numeric["a"].variants[0]
    made = pool_variant(variant, dict.fromkeys(("question", "hint", "answer", "details"), ""))
    wrong = float(made.mistakes[0].values[0])  # type: ignore[arg-type]
    said = checker.verdict(made, f"{wrong:.3g}")
    assert (said.name, said.mistake) == ("wrong", 0)


def test_a_check_shows_every_draw_to_the_cards_script(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    seen = []
    prove = checker.prove
    monkeypatch.setattr(checker, "prove", lambda variant: seen.append(variant.seed) or prove(variant))
    checked = check(write(tmp_path, a=CARD), now=NOW, draws=40)
    assert not checked.problems.failed
    assert (seen.count("first"), seen.count("check")) == (13, 40)
