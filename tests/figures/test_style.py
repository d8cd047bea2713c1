"""The look: colours that part from the card and from each other, for every reader, in both modes."""

import re
from itertools import combinations
from pathlib import Path

import numpy as np
import pytest

import generator
from generator.figures.palette import MODES, PALETTES, Mode, brief, mix
from generator.figures.style import DASHES, MARKERS, Look
from generator.figures.wording import short, signed
from tests.helpers import contrast

STYLE = Path(generator.__file__).parent / "anki" / "templates" / "style.css"
BLIND = {
    "none": np.eye(3),
    "protan": np.array([[0.152286, 1.052583, -0.204868], [0.114503, 0.786281, 0.099216], [-0.003882, -0.048116, 1.051998]]),
    "deutan": np.array([[0.367322, 0.860646, -0.227968], [0.280085, 0.672501, 0.047413], [-0.011820, 0.042940, 0.968881]]),
    "tritan": np.array([[1.255528, -0.076749, -0.178779], [-0.078411, 0.930809, 0.147602], [0.004733, 0.691367, 0.303900]]),
}
"""How linear RGB looks to readers who lack a cone entirely (Machado, Oliveira and Fernandes 2009)."""
NOTICEABLE = 10.0
"""CIE76 distance: some four times what a trained eye just notices."""


def linear(colour: str) -> np.ndarray:
    channels = np.array([int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)])
    return np.where(channels <= 0.04045, channels / 12.92, ((channels + 0.055) / 1.055) ** 2.4)


def lab(rgb: np.ndarray) -> np.ndarray:
    """Linear sRGB to CIELAB, white D65."""
    matrix = np.array([[0.4124564, 0.3575761, 0.1804375], [0.2126729, 0.7151522, 0.0721750], [0.0193339, 0.1191920, 0.9503041]])
    xyz = matrix @ np.clip(rgb, 0, 1) / np.array([0.95047, 1, 1.08883])
    f = np.where(xyz > 216 / 24389, np.cbrt(xyz), (24389 / 27 * xyz + 16) / 116)
    return np.array([116 * f[1] - 16, 500 * (f[0] - f[1]), 200 * (f[1] - f[2])])


@pytest.mark.parametrize("mode", MODES)
def test_lines_and_words_stand_out_from_the_card(mode: Mode) -> None:
    look = PALETTES[mode]
    for colour in look.hues:
        # The hues are those of words, too: what is named beside a curve is written in its colour.
        assert contrast(colour, look.page) >= 4.5, colour
        assert contrast(colour, look.panel) >= 3, colour
    assert contrast(look.ink, look.page) >= 7
    assert contrast(look.quiet, look.page) >= 4.5


@pytest.mark.parametrize("blindness", BLIND)
@pytest.mark.parametrize("mode", MODES)
def test_hues_differ_for_every_reader(mode: Mode, blindness: str) -> None:
    seen = [lab(BLIND[blindness] @ linear(colour)) for colour in PALETTES[mode].hues]
    for one, other in combinations(range(4), 2):
        assert np.linalg.norm(seen[one] - seen[other]) >= NOTICEABLE, (PALETTES[mode].hues[one], PALETTES[mode].hues[other])


def test_no_series_is_told_by_its_colour_alone() -> None:
    assert len(set(DASHES)) == len(set(MARKERS)) == 4


@pytest.mark.parametrize("mode", MODES)
def test_figures_wear_the_colours_of_the_cards(mode: Mode) -> None:
    css = STYLE.read_text(encoding="utf-8")
    block = css.split(".nightMode", 1)[0] if mode == "light" else css.split(".nightMode,", 1)[1]
    found = dict(re.findall(r"--([a-z-]+): (#[0-9a-f]{6});", block.partition("}")[0]))
    look = PALETTES[mode]
    assert (look.page, look.panel, look.ink, look.quiet, look.line) == tuple(
        found[key] for key in ("page", "panel", "text", "quiet", "line")
    )
    assert look.hues[0] == found["accent"]


def test_contrast_is_that_of_the_wcag() -> None:
    assert contrast("#000000", "#ffffff") == pytest.approx(21)
    assert contrast("#767676", "#ffffff") == pytest.approx(4.54, abs=0.01)
    assert mix("#000000", "#ffffff", 0.5) == "#808080"


def test_stand_ins_become_the_colours_of_a_mode() -> None:
    look = Look()
    text = f"{look.ink} {look.tint(0, 0.5)} {look.hues[1]} {look.shade(0, 1)} {look.ink}"
    for mode in MODES:
        palette = PALETTES[mode]
        wanted = [palette.ink, palette.tint(0, 0.5), palette.hues[1], palette.tint(0, palette.deepest), palette.ink]
        assert look.coloured(text, mode) == " ".join(map(brief, wanted))
    assert brief("#aabbcc") == "#abc"


def test_numbers_are_written_for_people() -> None:
    assert [signed(-1.5), signed(-0.001, ".2f"), signed(0.5, ".2f"), signed(-0.004, ".3g")] == ["−1.5", "0.00", "0.50", "−0.004"]
    assert [signed(2.06e-9, ".2g"), signed(-1e-5), signed(1e6), signed(-3.5e20)] == ["2.1·10⁻⁹", "−10⁻⁵", "10⁶", "−3.5·10²⁰"]
    assert [short(number) for number in (950, 1000, 2.5e6, 4e9, 1e12)] == ["950", "1k", "2.5M", "4G", "1T"]
