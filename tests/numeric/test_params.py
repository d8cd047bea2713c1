"""Parameters: what their grids hold, and what is refused."""

import contextlib
import time
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from generator.blocks import Mapping, Scalar, compose
from generator.numeric.params import KINDS, Param, read_param
from generator.numeric.values import text
from generator.problems import Failure, Place
from tests.numeric.support import block, lines


def param(description: str) -> Param:
    node = compose(block(f"p: {description}"))
    assert isinstance(node, Mapping)
    source = node.items[0][1]
    assert isinstance(source, Scalar)
    return read_param("p", source, Place("a.md"))


def values(description: str) -> list[str]:
    grid = param(description).grid
    return [text(grid.at(k)) for k in range(grid.size)]


@pytest.mark.parametrize(
    ("description", "expected"),
    [
        ("choice 0.01 2 -3", ["0.01", "2", "-3"]),
        ("choice relu tanh", ["relu", "tanh"]),
        ("choice 1 2 inf", ["1", "2", "inf"]),
        ("choice (3,4) (5, 12)", ["[3, 4]", "[5, 12]"]),
        ("choice (0.5,0.5) (0.5,0.25,0.25)", ["[0.5, 0.5]", "[0.5, 0.25, 0.25]"]),
        ("choice ((1,0),(0,1)) ((1,2),(3,4))", ["[[1, 0], [0, 1]]", "[[1, 2], [3, 4]]"]),
        ("grid 0..1 step 0.25", ["0", "0.25", "0.5", "0.75", "1"]),
        ("grid -0.2..0.2 step 0.1 except 0", ["-0.2", "-0.1", "0.1", "0.2"]),
        ("grid 1e-3..3e-3 step 1e-3", ["0.001", "0.002", "0.003"]),
        ("int -2..2 except 0 1", ["-2", "-1", "2"]),
        ("vector 2 of int 0..1", ["[0, 0]", "[1, 0]", "[0, 1]", "[1, 1]"]),
        ("matrix 1 x 2 of choice a b", ["[[a, a]]", "[[b, a]]", "[[a, b]]", "[[b, b]]"]),
        ("distinct 2 of int 1..3", ["[1, 2]", "[2, 1]", "[3, 1]", "[1, 3]", "[2, 3]", "[3, 2]"]),
        ("permutation 3", ["[1, 2, 3]", "[2, 1, 3]", "[3, 1, 2]", "[1, 3, 2]", "[2, 3, 1]", "[3, 2, 1]"]),
        ("permutation of a b", ["[a, b]", "[b, a]"]),
        ("probabilities 2 step 0.25", ["[0.25, 0.75]", "[0.5, 0.5]", "[0.75, 0.25]"]),
        ("probabilities 2 step 0.5 zero allowed", ["[0, 1]", "[0.5, 0.5]", "[1, 0]"]),
    ],
)
def test_grids(description: str, expected: list[str]) -> None:
    assert values(description) == expected


@pytest.mark.parametrize(
    "description", [*KINDS, "matrix 2 x 3 of int 0..1", "probabilities 4 step 0.1 zero allowed", "permutation 6"]
)
def test_every_value_of_a_grid_occurs_once(description: str) -> None:
    grid = param(description).grid
    found = {grid.at(k) for k in range(min(grid.size, 2_000))}
    assert len(found) == min(grid.size, 2_000)


@given(st.integers(2, 5), st.sampled_from(["0.5", "0.25", "0.2", "0.125", "0.1"]), st.booleans())
def test_probabilities_add_up_to_one(length: int, step: str, zero: bool) -> None:
    if not zero and length * Fraction(step) > 1:
        return
    grid = param(f"probabilities {length} step {step}{' zero allowed' * zero}").grid
    seen = [grid.at(k) for k in range(grid.size)]
    assert len(set(seen)) == grid.size
    for value in seen:
        assert len(value) == length
        assert sum(value) == 1
        assert all((p / Fraction(step)).denominator == 1 and p >= (0 if zero else Fraction(step)) for p in value)


def test_sizes_are_exact_without_writing_the_grid_out() -> None:
    start = time.perf_counter()
    assert param("vector 20 of grid -2..2 step 0.5").grid.size == 9**20
    assert param("matrix 6 x 6 of int 1..9").grid.size == 9**36
    assert param("permutation 24").grid.size == 620448401733239439360000
    assert param("probabilities 5 step 0.01").grid.size == 99 * 98 * 97 * 96 // 24
    assert len(param("distinct 12 of int 1..40").grid.at(10**15)) == 12
    assert time.perf_counter() - start < 1


@pytest.mark.parametrize(
    ("description", "problem"),
    [
        ("0.1 0.2", "1:4: '0.1 0.2' is no kind of parameter"),
        ("uniform 1 2", "1:4: 'uniform 1 2' is no kind of parameter"),
        ("choice", "1:10: a choice needs values"),
        ("choice 1 2 1.0", "1:15: 1 stands twice"),
        ("choice 1 1/3", "1:13: '1/3' is neither a number nor a word"),
        ("choice (1,2) 3", "1:10: the values of a choice must be of one kind"),
        ("choice (1,2", "1:11: a parenthesis is not closed"),
        ("choice 1)", "1:12: a parenthesis closes that was not opened"),
        ("choice (1,a)", "1:11: '(1,a)' is no vector of numbers"),
        ("choice ((1,2),(3))", "1:11: the rows of a matrix must have one length"),
        ("choice ((1,2),3)", "1:11: '((1,2),3)' is no matrix of numbers"),
        ("grid 0..1", "1:8: the step is missing"),
        ("grid 0..1 step 0.3", "1:8: no step ends at 1"),
        ("grid 1..0 step 0.1", "1:8: a range rises, in steps greater than 0"),
        ("grid 0..1 step 0", "1:8: a range rises, in steps greater than 0"),
        ("grid 0..1 step 1e-9", "1:8: the range has more than 10,000 values"),
        ("grid a..b step 1", "1:8: 'a..b step 1' is no range"),
        ("int 1.5..3", "1:7: int ranges between whole numbers"),
        ("int 1..99999999999", "1:7: the range has more than 10,000 values"),
        ("int 1..3 except 4", "1:7: 4 is not in the range, so it cannot be left out"),
        ("int 1..2 except 1 2", "1:7: no value is left"),
        ("int 1..3 without 2", "1:7: 'without 2' is not understood"),
        ("vector of int 1..2", "1:10: this is not understood; sizes are written as numbers"),
        ("vector n of int 1..2", "1:10: this is not understood; sizes are written as numbers"),
        ("vector 0 of int 1..2", "1:10: a vector has 1 to 24 entries"),
        ("vector 9999 of int 1..2", "1:10: a vector has 1 to 24 entries"),
        ("vector 2 of vector 2 of int 1..2", "1:16: 'vector 2 of int 1..2' is no kind of number or word"),
        ("vector 2 of choice (1,2) (3,4)", "1:15: the entries must be numbers or words"),
        ("vector 2 of int 1..x", "1:19: '1..x' is no range"),
        ("matrix 9 x 9 of int 1..2", "1:10: a matrix has 1 to 36 entries"),
        ("distinct 4 of int 1..3", "1:12: 4 distinct values cannot be drawn from 3"),
        ("permutation 1", "1:15: a permutation has 2 to 24 values"),
        ("permutation", "1:15: this is not understood"),
        ("probabilities 3 step 0.3", "1:17: steps of 0.3 do not add up to 1"),
        ("probabilities 3 step 0.5", "1:17: 3 probabilities of at least 0.5 exceed 1"),
        ("probabilities 3", "1:17: this is not understood"),
        ("matrix 6 x 6 of grid 0..1 step 0.001", "1:4: the grid of p has more than 1e+60 points"),
    ],
)
def test_what_is_refused(description: str, problem: str) -> None:
    with pytest.raises(Failure) as caught:
        param(description)
    assert lines(caught.value.problems) == [problem]


@pytest.mark.parametrize(
    "description",
    [
        "choice " + " ".join(map(str, range(4_000))),
        "choice " + "1" * 15_000,
        "choice (" + "1," * 7_000 + "1)",
        "choice " + "(" * 9_000 + ")" * 9_000,
        "int 0..9999 except " + " ".join(map(str, range(3_000))),
        "vector 24 of " * 1_000 + "int 1..2",
        "probabilities 24 step 0.0001",
        "permutation of " + " ".join(map(str, range(4_000))),
        "grid 1e-99..1e99 step 1e-99",
        "choice " + "1 " * 9_000,
    ],
)
def test_hostile_grids_cost_little_time(description: str) -> None:
    start = time.perf_counter()
    with contextlib.suppress(Failure):
        param(description)
    assert time.perf_counter() - start < 2


WORDS = "choice grid int vector matrix distinct permutation probabilities of step except zero allowed x 0..1 -2..2 0.1 3 (1,2) a"


@given(st.lists(st.sampled_from(WORDS.split()), max_size=8).map(" ".join) | st.text(max_size=30))
def test_any_text_is_a_grid_or_refused(description: str) -> None:
    source = Scalar(block("p: x"), 3, 4, description)
    try:
        grid = read_param("p", source, Place("a.md")).grid
    except Failure:
        return
    assert grid.size > 0
    grid.at(0)
    grid.at(grid.size - 1)
