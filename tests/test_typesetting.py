"""What MathJax has read is not read again, and what it found fault in is."""

import json
from pathlib import Path

import pytest

from generator import caching, typesetting
from generator.check import check
from generator.model import Formula
from generator.problems import Place, Problems
from generator.typesetting import read_formulas
from tests.helpers import NOW, shown, write
from tests.test_caching import another_user

GOOD, OTHER, BAD = (Formula(tex, False, Place("a.md", line)) for line, tex in enumerate((r"\frac{1}{2}", "x^2", r"\frac{1"), 1))


def read(path: Path, *formulas: Formula) -> tuple[int, list[int]]:
    """How many were read anew, and the lines of those with a fault."""
    problems = Problems()
    count = read_formulas(formulas, {}, path, problems)
    return count, [problem.place.line for problem in problems]


def test_only_what_is_new_or_faulty_is_read(tmp_path: Path) -> None:
    path = tmp_path / "entry"
    assert read(path, GOOD, BAD) == (2, [3])
    assert read(path, GOOD, BAD) == (1, [3])
    assert read(path, GOOD, OTHER) == (1, [])
    assert read(path, GOOD, OTHER) == (0, [])
    assert read(path, Formula(GOOD.tex, True, GOOD.place), OTHER) == (1, []), "displayed, it is another"
    assert read(path, Formula(OTHER.tex, False, Place("b.md", 9))) == (0, []), "where it stands is no part of it"


def test_a_faultless_formula_beside_a_faulty_one_at_the_same_place_hides_nothing(tmp_path: Path) -> None:
    other = Formula(BAD.tex.replace("1", "2"), False, BAD.place)
    path = tmp_path / "entry"
    assert read(path, BAD, other) == read(path, BAD, other) == (2, [3])


def test_what_the_deck_no_longer_shows_leaves(tmp_path: Path) -> None:
    path = tmp_path / "entry"
    read(path, GOOD, OTHER)
    both = len(caching.read(path) or b"")
    read(path, OTHER)
    assert len(caching.read(path) or b"") < both
    assert read(path, GOOD) == (1, [])


def test_a_damaged_entry_knows_nothing(tmp_path: Path) -> None:
    path = tmp_path / "entry"
    read(path, GOOD)
    path.write_bytes(path.read_bytes().replace(b'"', b"'", 1))
    assert read(path, GOOD) == (1, [])


def test_nobody_else_can_call_a_formula_faultless(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "entry"
    another_user(tmp_path / "stranger", monkeypatch)
    content = json.dumps([typesetting._code(), caching.key(BAD.tex, BAD.display)]).encode()
    caching.write(path, content, "proofs", Problems())
    assert read(path, BAD) == (0, [])
    monkeypatch.undo()
    assert read(path, BAD) == (1, [3])


def test_a_check_says_the_same_twice(tmp_path: Path) -> None:
    folder = write(tmp_path, a="1) Why $x_1$? {#a}\n\n    $\\frac{1$ and $\\text{50\\%}$ and $x^2$\n")
    first, again = (shown(check(folder, now=NOW).problems, folder) for _ in range(2))
    assert first == again and len([line for line in first if "error" in line]) == 1
