"""matplotlib's SVG made small: less of it, and the same picture."""

import re
from io import StringIO
from xml.etree import ElementTree

import pytest

from generator.figures import Request, get, make
from generator.figures.style import Look
from generator.figures.svg import slim

HEAD = '<svg xmlns:xlink="http://www.w3.org/1999/xlink" width="340pt" height="100pt" viewBox="0 0 340 100" xmlns="http://www.w3.org/2000/svg">'


def slimmed(body: str) -> str:
    return slim(f"{HEAD}{body}</svg>", 420)


def plain(name: str) -> str:
    """A figure as matplotlib writes it."""
    figure, out = make(Request.of(name, get(name).examples[0])), StringIO()
    with Look().context():
        figure.savefig(out, format="svg", transparent=True, metadata={"Date": None})
    return out.getvalue()


def test_size_is_that_of_a_card_and_scales() -> None:
    assert 'viewBox="0 0 340 100" width="420" height="124"' in slimmed("")


def test_metadata_comments_and_empty_groups_go() -> None:
    assert slimmed('<metadata><a/></metadata><!-- 0.0 --><g id="figure_1"><g id="x"/></g>').endswith('stroke-linejoin="round"/>\n')


def test_what_is_not_painted_goes() -> None:
    assert "<path" not in slimmed('<path d="M 0 0 L 9 9" style="fill: none"/>')


def test_paths_become_relative_without_drift() -> None:
    points = [(index / 3, (index * index % 7) / 3) for index in range(200)]
    data = "M " + " L ".join(f"{x:.6f} {y:.6f}" for x, y in points)
    found = re.search(r'<path d="([^"]+)"', slimmed(f'<path d="{data}" style="fill: none; stroke: #000000"/>'))
    assert found
    x = y = 0.0
    ends = []
    for command, numbers in re.findall(r"([mlhv])([^mlhv]*)", found[1]):
        values = [float(number) for number in re.findall(r"-?(?:\d+\.?\d*|\.\d+)", numbers)]
        moves = (
            [(value, 0.0) for value in values]
            if command == "h"
            else [(0.0, value) for value in values]
            if command == "v"
            else list(zip(values[::2], values[1::2], strict=True))
        )
        for right, down in moves:
            x, y = x + right, y + down
            ends.append((x, y))
    assert len(ends) == len(points)
    assert max(abs(a - c) + abs(b - d) for (a, b), (c, d) in zip(ends, points, strict=True)) < 0.011


def test_styles_become_attributes_and_numbers_are_short() -> None:
    text = slimmed('<path d="M 0.123456 1 L 0.5 -0.25 z" style="fill: #abcdef; stroke: #123456; stroke-width: 0.800000"/>')
    assert 'd="m.12 1l.38-1.25z"' in text
    assert 'fill="#abcdef" stroke="#123456" stroke-width=".8"' in text


def test_neighbours_painted_alike_are_one_path() -> None:
    text = slimmed('<path d="M 0 0 L 5 5" style="stroke: #111111"/><path d="M 6 6 L 8 8" style="stroke: #111111"/>')
    assert text.count("<path") == 1
    assert 'd="m0 0l5 5m1 1l2 2"' in text


def test_ids_are_short_and_only_where_they_are_used() -> None:
    text = slimmed('<defs><path id="m15ab" d="M 0 0 L 1 1"/></defs><g id="line2d_3"><use xlink:href="#m15ab" x="3" y="4"/></g>')
    assert re.findall(r'id="([^"]+)"', text) == ["a"]
    assert '<use x="3" y="4" href="#a"/>' in text


@pytest.mark.parametrize("name", ["normal-tail", "softmax-jacobian", "projection"])
def test_real_figures_lose_most_of_their_bytes_and_no_shape(name: str) -> None:
    before = plain(name)
    after = slim(before, 420)
    assert len(after) < 0.5 * len(before)
    assert ElementTree.fromstring(after) is not None

    def uses(text: str) -> int:
        blank = set(re.findall(r'<path id="([^"]+)" (?:d="" )?transform="scale\(0.015625\)"/>', text))
        return sum(name not in blank for name in re.findall(r'href="#([^"]+)"', text))

    assert uses(after) == uses(before)


def test_clips_as_large_as_the_page_go() -> None:
    def clipped(width: int) -> str:
        rect = f'<clipPath id="frame"><rect x="0" y="0" width="{width}" height="100"/></clipPath>'
        return slimmed(f'<defs>{rect}</defs><path d="M 1 1 L 5 5" clip-path="url(#frame)" style="stroke: #000000"/>')

    assert "clip" not in clipped(340)
    assert 'clip-path="url(#' in clipped(200)
