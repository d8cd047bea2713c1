"""Figures from a source to the notes of a package."""

import re
import subprocess
import sys
from pathlib import Path

from generator.build import build
from tests.helpers import NOW, deck, shown, write
from tests.test_cli import redraw

CARD = """1) Project $(@{a1}, @{a2})$ on the first axis. {#shadow}

    ```numeric
    params:
      a1: int 1..9
      a2: int 1..9
    let:
      a: "[a1, a2]"
    answer: "vector_projection(a, [1, 0]).scalar"
    via: a1
    show: int
    ```

    It is @{answer}.

    ```figure
    draw: projection
    a: a
    b: [1, 0]
    alt: The vector (@{a1}, @{a2}) & its shadow
    caption: The shadow has length $@{a1}$.
    ```
"""
STILL = CARD.replace("a: a\n", "a: [3, 4]\n").replace("(@{a1}, @{a2}) &", "(3, 4) &").replace("length $@{a1}$", "length 3")


def test_three_variants_have_pictures_of_their_own_numbers(tmp_path: Path) -> None:
    made = deck(tmp_path, a=CARD)
    assert shown(made.problems, tmp_path) == []
    variants = re.findall(r'<template class="variant".*?</template>', made.notes[0].fields["Pool"], re.DOTALL)
    pictured = [re.findall(r'<img class="(light|dark)" src="([^"]+)"', variant) for variant in variants]
    assert [len(images) for images in pictured] == [2, 2, 2] + [0] * (len(variants) - 3)
    assert len({name for images in pictured for _, name in images}) == 6
    assert set(made.media) == set(made.notes[0].media) == {name for images in pictured for _, name in images}


def test_text_below_and_instead_of_a_picture_shows_the_same_numbers(tmp_path: Path) -> None:
    made = deck(tmp_path, a=CARD)
    first = made.numeric["shadow"].variants[0].params
    html = made.notes[0].fields["Answer"] + made.notes[0].fields["Details"]
    assert f'alt="The vector ({first["a1"]}, {first["a2"]}) &amp; its shadow"' in html
    assert f'<span class="nowrap">\\({first["a1"]}\\).</span></figcaption>' in html


def test_a_picture_that_depends_on_no_number_is_shared_by_all_variants(tmp_path: Path) -> None:
    made = deck(tmp_path, a=STILL)
    assert shown(made.problems, tmp_path) == []
    assert len(made.media) == 2
    assert made.notes[0].fields["Answer"].count("<img") == 2


def test_unknown_names_are_located(tmp_path: Path) -> None:
    made = deck(tmp_path, a=CARD.replace("a: a\n", "a: zz\n"))
    (line,) = shown(made.problems, tmp_path)
    assert line.startswith("a.md:18:8: error: ")


def test_a_build_with_a_full_cache_imports_no_matplotlib(tmp_path: Path) -> None:
    folder = write(tmp_path / "deck", a=CARD)
    build(folder, tmp_path, now=NOW)
    code = f"""
import sys
from pathlib import Path
from generator.build import build
build(Path({str(folder)!r}), Path({str(tmp_path)!r}), now={NOW})
print("matplotlib" in sys.modules)
"""
    root = Path(__file__).parent.parent
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=root).stdout == "False\n"


def test_files_that_no_card_shows_leave_the_cache(tmp_path: Path) -> None:
    folder = write(tmp_path / "deck", a=CARD)
    build(folder, tmp_path, now=NOW)
    cache = folder / "media" / "generated"
    before = {path.name for path in cache.glob("*.svg")}
    write(folder, a=STILL)
    build(folder, tmp_path, now=NOW)
    assert len(before) == 6
    after = {path.name for path in cache.glob("*.svg")}
    assert len(after) == 2
    assert not before & after


def test_figures_are_listed_shown_and_drawn(tmp_path: Path) -> None:
    assert "  unit-balls  " in redraw("figures").stdout
    assert "Arguments" in redraw("figures", "projection").stdout
    assert redraw("figures", "unit-balls", "-o", tmp_path / "balls.svg").returncode == 0
    assert (tmp_path / "balls.svg").read_bytes().startswith(b"<svg")
    assert "did you mean unit-balls?" in redraw("figures", "unit-bals").stderr
    assert redraw("figures", "-o", tmp_path / "x.svg").returncode == 2
    refused = redraw("figures", "unit-balls", "-o", tmp_path / "balls.png")
    assert refused.returncode == 1
    assert "a figure is drawn as SVG, which is no .png file" in refused.stderr
    assert "balls.svg" in refused.stderr
    assert not (tmp_path / "balls.png").exists()
