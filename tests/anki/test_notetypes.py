"""The note types: what never changes, what both modes must let read, what must not be in a template."""

import itertools
import re
from html import escape
from importlib.resources import files

import pytest
from pygments.token import STANDARD_TYPES, Comment, Keyword, Literal

from generator.anki.notetypes import CLOZE_FIELDS, FIELDS, MODIFIED, fingerprint, note_type, note_types
from generator.anki.words import WORDS
from tests.helpers import contrast

REDRAW, CLOZE = note_types()

# Where this fails, the templates, the style or the fields changed. Anki takes them only with a later time: set MODIFIED to
# the time now (`date +%s`), and both values here.
RELEASED = (1795181530, "15bbc8d2964f3810e7f54ed854c32d68d1eb515da4a83d7eb6eeb289bbccd96e")


def test_a_change_of_the_templates_has_a_later_time() -> None:
    assert (MODIFIED, fingerprint()) == RELEASED, "set MODIFIED to the time now, then both values of RELEASED"


def test_ids_and_fields_are_fixed_for_ever() -> None:
    assert (REDRAW.id, REDRAW.template_id, REDRAW.name) == (7205759400000000, 7205759400000999, "redraw")
    assert (CLOZE.id, CLOZE.template_id, CLOZE.name) == (7205759400001000, 7205759400001999, "redraw cloze")
    assert [REDRAW.field_id(name) for name in FIELDS] == list(range(7205759400000001, 7205759400000017))
    assert [CLOZE.field_id(name) for name in CLOZE_FIELDS] == list(range(7205759400001001, 7205759400001016))
    common = [name for name in FIELDS if name not in ("Question", "Choices", "Answer")]
    assert [name for name in CLOZE_FIELDS if name not in ("Text", "Extra")] == common
    assert len(FIELDS) == 16


def test_basic_choice_and_numeric_share_a_type() -> None:
    assert note_type("basic") is note_type("choice") is note_type("numeric") is REDRAW
    assert note_type("cloze") is CLOZE


@pytest.mark.parametrize("kind", [REDRAW, CLOZE])
@pytest.mark.parametrize("side", ["front", "back", "browser_front", "browser_back"])
def test_templates_name_known_fields_and_nothing_remote(kind: object, side: str) -> None:
    text: str = getattr(kind, side)
    fields: tuple[str, ...] = kind.fields  # type: ignore[attr-defined]
    for name in re.findall(r"\{\{([^}]+)\}\}", text):
        assert name.lstrip("#^/").removeprefix("cloze:") in fields
    assert not re.search(r"https?:|//cdn|@import|url\(|<!--|FrontSide", text)
    # What opens also closes.
    assert re.findall(r"\{\{[#^]([^}]+)\}\}", text) == re.findall(r"\{\{/([^}]+)\}\}", text)


def test_front_shows_no_answer() -> None:
    for kind in (REDRAW, CLOZE):
        shown = re.sub(r"<template.*?</template>", "", kind.front, flags=re.DOTALL)
        for name in ("Answer", "Extra", "Details", "Source", "My notes"):
            assert "{{" + name not in shown


def test_script_is_one_function_and_no_template() -> None:
    for side in (REDRAW.front, REDRAW.back):
        (script,) = re.findall(r"<script>(.*?)</script>", side, re.DOTALL)
        assert "{{" not in script
        code = re.sub(r"^//.*\n", "", script.strip(), flags=re.MULTILINE)
        assert code.startswith("(function () {")
        assert code.endswith("})();")


def test_a_cloze_needs_no_script() -> None:
    assert "<script" not in CLOZE.front + CLOZE.back


def test_every_word_is_used_and_none_is_left_out() -> None:
    templates = files("generator.anki").joinpath("templates")
    text = "".join(path.read_text(encoding="utf-8") for path in templates.iterdir())
    assert set(re.findall(r"<!-- word (\S+) -->", text)) == set(WORDS)
    assert all(escape(word) in REDRAW.front + REDRAW.back + REDRAW.css for word in WORDS.values())


def test_no_word_stands_in_a_script() -> None:
    """What a card says comes from ``words.py``; the script has names only."""
    script = re.sub(r"^\s*//.*$", "", re.findall(r"<script>(.*?)</script>", REDRAW.front, re.DOTALL)[0], flags=re.MULTILINE)
    assert [text for text in re.findall(r'"([^"\n]*)"', script) if re.search(r"[a-z]{2} [a-z]{2}", text)] == ["use strict"]


# Colours.


def palettes() -> dict[str, dict[str, str]]:
    """Mode -> custom property -> colour, as the style sheet has them."""
    light, dark, *_ = (
        dict(re.findall(r"--([a-z-]+): (#[0-9a-f]{6});", block)) for block in re.findall(r"\{([^}]*--page[^}]*)\}", REDRAW.css)
    )
    return {"light": light, "dark": dark}


CODE = tuple(name for name in palettes()["light"] if name.startswith("code-"))
PAIRS = [
    *itertools.product(("text", "quiet", "accent"), ("page", "panel")),
    *itertools.product(("text", "right"), ("page", "right-panel")),
    *itertools.product(("text", "slip"), ("page", "slip-panel")),
    *itertools.product(("text", "wrong"), ("page", "wrong-panel")),
    ("page", "accent"),
    ("accent", "accent-panel"),
    ("text", "mark"),
    *itertools.product(CODE, ("panel",)),
]


def test_contrast_is_what_it_should_be() -> None:
    assert contrast("#000000", "#ffffff") == pytest.approx(21)
    assert contrast("#777777", "#ffffff") == pytest.approx(4.48, abs=0.01)


@pytest.mark.parametrize("mode", ["light", "dark"])
@pytest.mark.parametrize(("text", "ground"), PAIRS)
def test_contrast(mode: str, text: str, ground: str) -> None:
    palette = palettes()[mode]
    assert contrast(palette[text], palette[ground]) >= 4.5


def test_no_colour_escapes_the_test() -> None:
    both = palettes()
    assert set(both["light"]) == set(both["dark"])
    rules = re.sub(r"--[a-z-]+: #[0-9a-f]{6};", "", REDRAW.css)
    colours = re.findall(r"(?<![a-z-])color: ([^;]+);", rules)
    assert colours
    assert {colour.removeprefix("var(--").removesuffix(")") for colour in colours} <= {text for text, _ in PAIRS}
    grounds = set(re.findall(r"background: ([^;]+);", rules)) - {"none", "#fff"}
    assert {g.removeprefix("var(--").removesuffix(")") for g in grounds if "gradient" not in g} <= {g for _, g in PAIRS}


def test_style_loads_nothing() -> None:
    assert not re.search(r"url\(|@import|@font-face|https?:", REDRAW.css)
    assert CLOZE.css == REDRAW.css


def test_every_token_of_pygments_that_should_stand_out_does() -> None:
    styled = set(re.findall(r"\.([a-z0-9]+)[,)]", "".join(re.findall(r"^\.code :is\(.*$", REDRAW.css, re.MULTILINE))))
    for token, short in STANDARD_TYPES.items():
        if short and {Comment, Keyword, Literal} & set(token.split()):
            assert short in styled, token
    assert styled <= set(STANDARD_TYPES.values())
    assert "err" in styled
