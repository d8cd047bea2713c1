"""The reference says what is true: its examples draw, its tables name what there is."""

import doctest
import importlib
import re
from fractions import Fraction
from pathlib import Path

import pytest

from generator.numeric.formats import read, render
from generator.numeric.functions import CONSTANTS, FUNCTIONS
from generator.numeric.read import KEYS
from generator.numeric.readformat import EXAMPLES
from generator.numeric.spec import FORMS
from generator.numeric.values import Refusal
from tests.numeric.support import drawn
from tests.numeric.test_params import param

PAGE = (Path(__file__).parent.parent.parent / "docs" / "numeric.md").read_text(encoding="utf-8")


def section(title: str) -> str:
    return PAGE.split(f"\n## {title}\n")[1].split("\n## ")[0]


def rows(title: str) -> list[list[str]]:
    """The cells of the tables of a section, without their heads."""
    cells = [[cell.strip() for cell in line.strip("|").split("|")] for line in section(title).splitlines() if line.startswith("|")]
    return [row for row in cells if not set(row[0]) <= set("-")]


def codes(cell: str) -> list[str]:
    return re.findall(r"`([^`]+)`", cell)


def test_the_first_card_draws_without_a_problem() -> None:
    card = PAGE.split("````markdown\n")[1].split("````")[0]
    text = card.split("    ```numeric\n")[1].split("    ```")[0]
    shown = re.findall(r"@\{([^}]*)\}", card)
    found = drawn("\n".join(line[4:] for line in text.splitlines()), shown)
    assert len(found.variants) == 13
    assert "via" in found.proofs
    assert found.accepted >= 40


def test_every_key_and_every_form_has_its_row() -> None:
    assert [codes(row[0])[0] for row in rows("The block")[1:]] == list(KEYS)
    assert [codes(row[0])[0] for row in rows("Forms and the hand budget")[1:]] == ["number", "slice", "choose", "setup", "paper"]
    assert set(FORMS) == {"number", "slice", "choose", "setup", "paper"}


@pytest.mark.parametrize("row", rows("Parameters")[1:], ids=lambda row: row[0])
def test_every_grid_of_the_table_is_one(row: list[str]) -> None:
    for example in codes(row[0]):
        assert param(example).grid.size > 1


def test_every_function_is_listed() -> None:
    listed = {name for row in rows("Expressions")[1:] for name in re.findall(r"[a-z_0-9]+", " ".join(codes(row[0])))}
    assert {*FUNCTIONS, *CONSTANTS} <= listed


@pytest.mark.parametrize("row", rows("Formats")[1:], ids=lambda row: row[0])
def test_every_format_of_the_table_is_one_and_shows_what_it_says(row: list[str]) -> None:
    expected = [text.strip() for text in row[1].split(",")] if row[1] else []
    for index, form in enumerate(codes(row[0])):
        read(form)
        if expected and index < len(expected):
            assert _shown(form) == expected[index]


def _shown(form: str) -> str:
    try:
        return render(Fraction(2, 13), read(form)).shown.plain
    except Refusal:
        return "an error"


def test_every_format_has_its_row() -> None:
    listed = " ".join(" ".join(codes(row[0])) for row in rows("Formats"))
    assert [example for example in EXAMPLES if example.split()[0] not in listed.split()] == []


@pytest.mark.parametrize("name", ["generator.fields", *(f"generator.numeric.{part}" for part in ("values", "spec", "hand", "tex"))])
def test_the_examples_in_docstrings_hold(name: str) -> None:
    found = doctest.testmod(importlib.import_module(name))
    assert found.attempted > 0
    assert found.failed == 0
