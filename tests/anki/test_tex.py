"""Formulas in the MathJax that Anki ships: it says of every one what the default route says."""

import json
import random
import re
from collections.abc import Mapping, Sequence
from html import escape, unescape
from itertools import accumulate
from pathlib import Path
from typing import Any

import pytest
from anki.collection import Collection
from anki.decks import DeckId
from anki.models import NotetypeId

from generator.deck import Deck, make
from generator.model import Note
from generator.numeric import typeset
from generator.tokens import without_clozes
from generator.verify.tex import faces
from generator.verify.tex_judge import judge
from tests.anki.pages import Page, visit
from tests.helpers import NOW
from tests.verify.formulas import read

ROOT = Path(__file__).parents[2]
SCRIPT = ROOT / "generator" / "verify" / "tex_judge.js"
WRITTEN = re.compile(r"\\\((.*?)\\\)|\\\[(.*?)\\\]", re.DOTALL)
SAID = r"""[...document.querySelectorAll(".formula")].map((formula) => {
    const fault = formula.querySelector("[data-mjx-error], mjx-merror");
    if (fault) return fault.getAttribute("data-mjx-error") || "an error";
    // What is undefined is set in red, as it was written; a backslash in red is nothing else.
    const red = [...formula.querySelectorAll("math mtext[mathcolor=red]")].find((text) => /^\\/.test(text.textContent));
    if (red) return "undefined " + red.textContent;
    // Where MathJax sees the end too early, the rest stands beside it as text.
    const beside = [...formula.childNodes].some((node) => node.nodeType === 3 && node.textContent.trim());
    return formula.querySelector("mjx-container") && !beside ? "" : "not typeset";
})"""
"""What Anki's MathJax says of each formula on a page: nothing, if all is well."""
SHOWN = '[...document.querySelectorAll(".formula math")].map((formula) => formula.textContent)'
SETUP = "[MathJax.version, MathJax.startup.document.inputJax[0].options.packages]"

BATCH = 1_500
"""Formulas on a page: some four seconds' work."""

Tex = tuple[str, bool]
"""A formula, and whether it is displayed."""


def page(formulas: Sequence[Tex]) -> Page:
    marks = {False: (r"\(", r"\)"), True: (r"\[", r"\]")}
    body = "".join(
        f'<p class="formula">{marks[display][0]}{escape(tex, quote=False)}{marks[display][1]}</p>' for tex, display in formulas
    )
    return Page(body, "2026-03-10T09:00", maths=True)


def anki(formulas: Sequence[Tex], script: str = SAID) -> Any:
    """What a script on the page returns once Anki's MathJax has typeset the formulas; of many, page by page, all in one list."""
    if len(formulas) > BATCH:
        return [*anki(formulas[:BATCH], script), *anki(formulas[BATCH:], script)]
    (result,) = visit([page(formulas)], {"it": script})
    return result["it"]


def both(name: str) -> list[Tex]:
    return [(tex, display) for tex in read(name) for display in (False, True)]


def test_the_default_route_is_the_parser_that_anki_ships_with_its_extensions() -> None:
    version, packages = json.loads(anki([("x", False)], f"JSON.stringify({SETUP.replace('MathJax', 'window.MathJax')})"))
    script = SCRIPT.read_text(encoding="utf-8")
    listed = re.search(r"PACKAGES = \[(.*?)\];", script, re.DOTALL)
    assert listed is not None
    ours = re.findall(r'"(\w+)"', listed[1])
    assert version == "3.2.2"
    assert ours == [name for name in packages if name not in ("require", "noerrors", "noundefined")]


def test_anki_accepts_what_is_listed_as_accepted() -> None:
    formulas = both("accepted")
    said = anki(formulas)
    assert [pair for pair in zip(formulas, said, strict=True) if pair[1]] == []


def test_anki_accepts_the_corpus() -> None:
    formulas = [(tex, False) for tex in read("corpus")]
    assert [pair for pair in zip(formulas, anki(formulas), strict=True) if pair[1]] == []


def test_anki_refuses_what_is_listed_as_broken() -> None:
    formulas = both("broken")
    said = anki(formulas)
    assert [formula for formula, fault in zip(formulas, said, strict=True) if not fault] == []


def test_both_name_the_same_fault() -> None:
    formulas = [(tex, False) for tex in read("broken")]
    for (tex, display), said in zip(formulas, anki(formulas), strict=True):
        fault = judge(tex, display).fault
        if said.startswith("undefined"):
            assert fault == f"Undefined control sequence {said.removeprefix('undefined ')}"
        elif said == "not typeset":  # MathJax finds no end of a formula whose braces are open
            assert judge(tex, display).id in ("MissingCloseBrace", "ExtraOpenMissingClose", "OwnMarks"), tex
        elif judge(tex, display).id:
            assert fault == said, tex


OUTLIVES = re.compile(r"\\(label|tag|color|let|def|[A-Za-z]*(command|require|Declare))")
PIECES = [*"{}_^&\\%#'[]()$", "\\left", "\\right", "\\frac", "\\\\", "\\text{", "\\end{cases}", "\\)", "\\]", "\\(", "\\["]


def mangled(rng: random.Random, tex: str) -> str:
    """A formula with one or two slips: a character lost, something put in, a piece cut out."""
    for _ in range(rng.choice([1, 1, 2])):
        first, last = sorted((rng.randint(0, len(tex)), rng.randint(0, len(tex))))
        slip = rng.randrange(3)
        tex = (tex[:first] + tex[first + 1 :], tex[:first] + rng.choice(PIECES) + tex[first:], tex[:first] + tex[last:])[slip]
    # The writer of formulas never lets a backslash escape the closing mark.
    return tex.strip().rstrip("\\")


def test_both_agree_on_mangled_formulas() -> None:
    rng = random.Random(7)
    sound = [tex for tex in (*read("corpus"), *read("accepted")) if not OUTLIVES.search(tex)]
    formulas = [(tex, rng.random() < 0.5) for _ in range(600) if (tex := mangled(rng, rng.choice(sound)))]
    said = anki(formulas)
    assert 0.3 < sum(map(bool, said)) / len(said) < 0.7
    differing = [
        (tex, fault, judge(*tex).fault) for tex, fault in zip(formulas, said, strict=True) if bool(fault) != bool(judge(*tex).fault)
    ]
    assert differing == []


def test_words_show_as_they_are() -> None:
    words = ["a_b", "100%", "a & b", "#1", "x^2", "a~b", "a\\b", "{a}", "5$", "<b>", "a\\\\b"]
    formulas = [(typeset.word(word).tex, False) for word in words]
    assert [shown.replace("\N{NO-BREAK SPACE}", " ") for shown in anki(formulas, SHOWN)] == words
    assert not any(judge(*formula).fault for formula in formulas)


def test_a_backslash_in_text_shows_and_a_label_does_not_come_twice() -> None:
    assert anki([(r"\text{50\%}", False)], SHOWN) == [r"50\%"]
    assert judge(r"\text{50\%}", False).notes == ("backslash",)
    assert anki([(r"\label{a} x", False), (r"\label{a} x", False)]) == ["", "Label 'a' multiply defined"]
    assert judge(r"\label{a} x", False).notes == ("label",)
    assert anki([(r"\def\ours{x}\ours", False), (r"\ours", False)]) == ["", ""], "a definition outlives its formula"


def test_a_cloze_in_a_formula_asks_as_the_default_route_takes_it(collection: Collection) -> None:
    tex = r"\sqrt{{c1::2}} + {{c2::x}} + \sqrt{ {{c1::3}} }"
    models = collection.models
    model = next(model for name in models.all_names_and_ids() if (model := models.get(NotetypeId(name.id))) and model["type"] == 1)
    note = collection.new_note(model)
    note.fields[0] = rf"\({tex}\)"
    collection.add_note(note, DeckId(1))
    seen = [(card.ord + 1, re.sub(r".*?\\\((.*?)\\\).*", r"\1", card.question(), flags=re.DOTALL)) for card in note.cards()]
    assert dict(seen) == {number: shown for number, shown in faces(tex) if number}


@pytest.fixture(scope="module")
def deck() -> Deck:
    """The repository's own."""
    return make(ROOT / "cards_src", NOW)


def test_every_formula_of_the_deck_typesets(deck: Deck) -> None:
    """The first variant of each card, as its note's fields have it."""
    found: dict[Tex, None] = {}
    for note in deck.notes:
        for name, html in note.fields.items():
            if name != "Pool":
                for match in WRITTEN.finditer(html):
                    found |= {(tex, match[2] is not None): None for _, tex in faces(unescape(match[1] or match[2]))}
    formulas = list(found)
    assert len(formulas) > 2500
    assert [pair for pair in zip(formulas, anki(formulas), strict=True) if pair[1]] == []


PARTS = ("Question", "Choices", "Text", "Hint", "Answer", "Extra", "Details")
VARIANT = re.compile(r'<template class="variant".*?</template>', re.DOTALL)
PART = re.compile(r'<div data-part="(\w+)">(.*?)</div>(?=<div data-part=|<p data-mistake=|</template>)', re.DOTALL)
TABLE = re.compile(r"(<table>.*?</table>)", re.DOTALL)
LEFT_OUT = re.compile(r"<img[^>]*>|<pre.*?</pre>", re.DOTALL)
SYMBOL = re.compile(r"\\[A-Za-z]+|\\.|[^\s{}]")
SHORT = 25
"""Symbols below which a formula in a line of text fits on a phone; to set them all would take a minute."""
STYLE = (
    f"<style>html {{ scrollbar-width: none; }}\n{(ROOT / 'generator/anki/templates/style.css').read_text(encoding='utf-8')}</style>"
)
TOO_WIDE = """[...document.querySelectorAll(".redraw :is(.maths, .scroll, p, li, ul, ol, blockquote, h3, h4, h5, h6)")]
    .filter((box) => box.scrollWidth > box.clientWidth + 1)
    .map((box) => {
        const set = [...window.MathJax.startup.document.math].filter((item) => box.contains(item.typesetRoot));
        const [widest] = set.sort((one, other) => other.typesetRoot.offsetWidth - one.typesetRoot.offsetWidth);
        const over = `${box.scrollWidth - box.clientWidth} px too wide`;
        return [box.closest("[data-note]").dataset.note, over, widest ? widest.math : box.innerText.slice(0, 60)];
    })"""
"""What scrolls sideways on a page of cards: the note, how far, and the widest formula in it."""


def may_be_wide(formula: re.Match[str]) -> bool:
    return formula[2] is not None or len(SYMBOL.findall(formula[1])) >= SHORT


def shown(note: Note) -> list[dict[str, str]]:
    """The parts of a note as HTML; of a numeric one, of as many variants as it takes to see each formula at its longest."""
    fields = {name: without_clozes(note.fields.get(name, "")) for name in PARTS}
    found = [
        {part.capitalize(): html for part, html in PART.findall(text)} for text in VARIANT.findall(note.fields.get("Pool", ""))
    ]
    longest: dict[tuple[str, int], tuple[int, int]] = {}
    for index, parts in enumerate(found):
        for name, html in parts.items():
            for place, formula in enumerate(WRITTEN.finditer(html)):
                size = len(SYMBOL.findall(formula[0]))
                if may_be_wide(formula) and size > longest.get((name, place), (0, 0))[0]:
                    longest[name, place] = size, index
    chosen = sorted({index for _, index in longest.values()})
    return [fields | found[index] for index in chosen] or [fields]


def on_a_phone(note: Note, parts: Mapping[str, str]) -> str:
    """What of a note may be too wide: displayed and long formulas, and tables. Listings scroll, and pictures shrink."""
    html = ""
    for name, text in parts.items():
        pieces = TABLE.split(LEFT_OUT.sub("", text))
        kept = [
            piece if index % 2 else WRITTEN.sub(lambda formula: formula[0] if may_be_wide(formula) else "x", piece)
            for index, piece in enumerate(pieces)
        ]
        inside = "".join(kept)
        html += f"<details class='fold' open><summary>…</summary><div>{inside}</div></details>" if name == "Details" else inside
    return f'<article class="redraw back" data-note="{note.id}">{html}</article>'


def test_no_formula_or_table_is_wider_than_a_phone(deck: Deck) -> None:
    """Whoever must push a formula aside to read its end has lost its beginning."""
    cards = [on_a_phone(note, parts) for note in deck.notes for parts in shown(note)]
    sizes = list(accumulate(len(WRITTEN.findall(html)) for html in cards))
    assert sizes[-1] > 1000
    some = BATCH // 3
    pages = [
        "".join(html for html, size in zip(cards, sizes, strict=True) if size // some == n) for n in range(sizes[-1] // some + 1)
    ]
    found = [visit([Page(STYLE + html, "2026-03-10T09:00", maths=True)], {"wide": TOO_WIDE})[0]["wide"] for html in pages]
    wide = [": ".join(one) for page in found for one in page]
    assert not wide, "\n".join(wide)
