"""Cards of every kind in the reviewer of the real Anki desktop, in light and night mode."""

import json
import re
from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any

import pytest

from generator.anki.lock import guid
from generator.anki.notetypes import note_type
from generator.model import Note
from generator.verify.lint.listings import WIDEST
from tests.anki.desktop import Showing, Shown, show
from tests.anki.notes import NAMESPACE, built, code, note
from tests.anki.samples import CHOICE, MEDIA, NUMERIC, SAMPLES

CARD_SCRIPT = re.findall(r"<script>(.*?)</script>", note_type("choice").front, re.DOTALL)[0]

SCRIPTS = {
    "folds": """document.querySelectorAll("#qa details[open]").length""",
    "shuffled": """document.querySelectorAll("#qa .choices[data-day]").length""",
    "images": """[...document.images].filter(image => image.naturalWidth && image.offsetWidth).map(image => image.alt)""",
    "text": """document.getElementById("qa").innerText""",
    "displays": """[...new Set([...document.querySelectorAll("#qa .maths")].map(formula => getComputedStyle(formula).display))]""",
    # A summary of words and formulas is one line of text, where there is room for it.
    "summaries": """[...document.querySelectorAll("#qa summary")].map(summary => {
        const formulas = [...summary.querySelectorAll("mjx-container")];
        const tops = formulas.map(formula => Math.round(formula.getBoundingClientRect().top / 10));
        return [getComputedStyle(summary).display, new Set(tops).size];
    })""",
    # By how much each listing scrolls sideways.
    "scrolls": """[...document.querySelectorAll("#qa pre")].map(listing => listing.scrollWidth - listing.clientWidth)""",
    # What stands between a piece of code and the comma behind it, and how wide a space is.
    "gap": """(() => {
        const code = document.querySelector("#qa p code"), range = document.createRange();
        if (!code || !code.nextSibling) return null;
        range.selectNodeContents(code);
        const gap = code.getBoundingClientRect().right - range.getBoundingClientRect().right;
        range.setStart(code.nextSibling, 1);
        range.setEnd(code.nextSibling, 2);
        return [gap, range.getBoundingClientRect().width];
    })()""",
    "formulas": """document.querySelectorAll("mjx-container").length""",
    # MathJax sets a formula that it cannot read as an error, and an unknown macro as its name in red.
    "errors": """[...document.querySelectorAll("mjx-merror, math mtext[mathcolor=red]")].map(error => error.outerHTML)""",
    "widths": "[document.documentElement.scrollWidth, window.innerWidth]",
    "classes": "document.body.className",
    "colours": """["color", "background-color"].map(name => getComputedStyle(document.body).getPropertyValue(name))""",
    # Each choice by its letters, those of its formulas included.
    "choices": """[...document.querySelectorAll(".choice")].map(choice =>
        choice.innerText + [...choice.querySelectorAll("mjx-c")].map(letter => letter.className).join())""",
    # The look of each choice, by the letter that stands before it.
    "looks": """[...document.querySelectorAll(".choice")].map(choice => {
        const style = getComputedStyle(choice), tick = getComputedStyle(choice, "::after").content;
        return [style.color, style.backgroundColor, style.borderColor, style.boxShadow, tick, choice.className];
    })""",
    # The longest line of running text, in characters.
    "characters": """(() => {
        let longest = 0;
        for (const paragraph of document.querySelectorAll("#qa p")) {
            const walker = document.createTreeWalker(paragraph, NodeFilter.SHOW_TEXT), range = document.createRange();
            let top = null, count = 0;
            while (walker.nextNode()) {
                for (let i = 0; i < walker.currentNode.length; i++) {
                    range.setStart(walker.currentNode, i);
                    range.setEnd(walker.currentNode, i + 1);
                    const { bottom, width } = range.getBoundingClientRect();
                    if (!width) continue;
                    count = top !== null && Math.abs(bottom - top) < 12 ? count + 1 : 1;
                    top = bottom;
                    longest = Math.max(longest, count);
                }
            }
        }
        return longest;
    })()""",
    # Which of four choices comes first, over many notes.
    "firsts": """(() => {
        const trial = document.createElement("div"), counts = [0, 0, 0, 0];
        const list = `<ul class="choices"><li>0<li>1<li>2<li>3</ul>`;
        trial.innerHTML = [...Array(400).keys()].map(i => `<div class="redraw" data-guid="note${i}">${list}</div>`).join("");
        document.body.appendChild(trial);
        new Function(SCRIPT)();
        trial.querySelectorAll("li:first-child").forEach(choice => counts[choice.textContent]++);
        trial.remove();
        return counts;
    })()""".replace("SCRIPT", json.dumps(CARD_SCRIPT)),
    # The day that the script takes it for, just before and just after its border.
    "days": """[[3, 59], [4, 0]].map(time => {
        const list = document.createElement("ul"), trial = document.createElement("div");
        list.className = "choices";
        trial.className = "redraw";
        trial.appendChild(list);
        document.body.appendChild(trial);
        new Function("Date", SCRIPT)(class extends Date { constructor() { super(2026, 2, 10, ...time); } });
        trial.remove();
        return Number(list.dataset.day);
    })""".replace("SCRIPT", json.dumps(CARD_SCRIPT)),
}

Results = dict[tuple[str, bool, int], Shown]


CODE = note("code", Answer=f"<p>Code (<code>x</code>, y)</p>{code('x' * WIDEST)}{code('x' * (WIDEST + 1))}")
BROKEN = note("broken", Question=r"<p>\(x^a^b\), \(\frac{1}{\nothing}\) and \(\frac{1}{\)</p>")


@pytest.fixture(scope="module")
def shown(tmp_path_factory: pytest.TempPathFactory) -> Results:
    """Every sample in both modes at the width of a phone, and in one at the width of a window."""
    folder = tmp_path_factory.mktemp("desktop")
    modes = [(False, 900), (False, 360), (True, 360)]
    keys = [(sample.id, night, width) for night, width in modes for sample in SAMPLES]
    keys += [(BROKEN.id, True, 360), (CODE.id, False, 720)]
    # The folds are open: what they hold must not overflow either.
    showings = [Showing(f"Guid:{guid(NAMESPACE, name)}", night, width, folds=True) for name, night, width in keys]
    results = show(built(folder, [*SAMPLES, BROKEN, CODE], MEDIA), showings, SCRIPTS)
    return dict(zip(keys, results, strict=True))


def sides(shown: Results) -> Iterator[tuple[str, Mapping[str, Any]]]:
    for (name, night, width), both in shown.items():
        if name == BROKEN.id:
            continue
        for side in ("front", "back"):
            yield f"{side} of {name}, {'night' if night else 'light'}, {width} px", getattr(both, side)


def test_every_formula_is_typeset(shown: Results) -> None:
    for which, page in sides(shown):
        assert page["errors"] == [], which
        assert not re.search(r"\$|\\[()\[\]]", str(page["text"])), which
    for sample in SAMPLES:
        back = shown[sample.id, True, 360].back
        assert back["formulas"] == formulas(sample), sample.id


def test_a_broken_formula_would_be_seen(shown: Results) -> None:
    page = shown[BROKEN.id, True, 360].front
    assert len(page["errors"]) == 2
    assert r"\(\frac{1}{\)" in page["text"], "what never closes is not maths for MathJax"


def formulas(sample: Note) -> int:
    """How many formulas the back of the note's first card shows."""
    hidden = ("Title", "Pool")
    return sum(len(re.findall(r"\\[(\[]", html)) for name, html in sample.fields.items() if name not in hidden)


def test_page_never_scrolls_sideways(shown: Results) -> None:
    for which, page in sides(shown):
        assert page["widths"][0] <= page["widths"][1], which


def test_the_widest_listing_that_the_lint_lets_pass_fits_on_a_desk(shown: Results) -> None:
    fits, does_not = shown[CODE.id, False, 720].back["scrolls"]
    assert fits == 0 < does_not


def test_no_gap_is_seen_between_code_and_a_comma(shown: Results) -> None:
    gap, space = shown[CODE.id, False, 720].back["gap"]
    assert 0 < 2 * gap < space


def test_lines_are_short(shown: Results) -> None:
    assert max(both.back["characters"] for both in shown.values()) <= 70
    assert max(both.back["characters"] for (_, _, width), both in shown.items() if width == 900) >= 55


def test_both_modes_have_their_colours(shown: Results) -> None:
    for (name, night, _), both in shown.items():
        for page in (both.front, both.back):
            assert ("nightMode" in page["classes"]) is night, name
            expected = ["rgb(227, 225, 220)", "rgb(29, 31, 35)"] if night else ["rgb(35, 39, 45)", "rgb(253, 252, 249)"]
            assert page["colours"] == expected, name


def test_choices_are_shuffled_alike_on_both_sides(shown: Results) -> None:
    both = shown[CHOICE.id, False, 360]
    assert len(set(both.front["choices"])) == 4
    assert both.front["choices"] == both.back["choices"]
    assert both.front["shuffled"] == both.back["shuffled"] == 1


def test_every_choice_may_come_first(shown: Results) -> None:
    counts = shown[CHOICE.id, False, 360].front["firsts"]
    assert sum(counts) == 400
    # Four standard deviations of a fair draw: 100 ± 4 · sqrt(400 · 1/4 · 3/4).
    assert all(65 <= count <= 135 for count in counts), counts


def test_a_day_begins_at_four(shown: Results) -> None:
    ninth = (date(2026, 3, 9) - date(1970, 1, 1)).days
    assert shown[CHOICE.id, False, 360].front["days"] == [ninth, ninth + 1]


def test_front_does_not_tell_the_right_choice_and_the_back_does(shown: Results) -> None:
    for night in (False, True):
        both = shown[CHOICE.id, night, 360]
        looks = {json.dumps(look[:-1]) for look in both.front["looks"]}
        assert len(looks) == 1
        for *_, shadow, tick, classes in both.back["looks"]:
            right = "right" in classes.split()
            assert ("✓" in tick) is right
            assert (shadow != "none") is right


def test_each_mode_shows_its_picture(shown: Results) -> None:
    for night in (False, True):
        assert shown[NUMERIC.id, night, 360].back["images"] == ["Dark bars" if night else "Bars"]


def test_a_displayed_formula_is_a_block_that_scrolls_by_itself(shown: Results) -> None:
    assert shown["scaled-attention", False, 360].back["displays"] == ["block"]


def test_a_summary_flows_as_text(shown: Results) -> None:
    summaries = shown["scaled-attention", False, 900].back["summaries"]
    assert ["block", 1] in summaries
    assert {display for display, _ in summaries} == {"block"}


def test_folds_are_there(shown: Results) -> None:
    assert shown["scaled-attention", False, 360].front["folds"] == 1
    assert shown["scaled-attention", False, 360].back["folds"] == 3
