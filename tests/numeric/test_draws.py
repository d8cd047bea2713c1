"""The sequence of a card: the same everywhere, disjoint between seeds and exams, and unmoved by other cards."""

import os
import subprocess
import sys
import time
from pathlib import Path

import pytest

from generator.numeric import draws
from generator.numeric.evaluate import Budget
from generator.numeric.variants import sequence_of, stretch
from generator.problems import Problems
from tests.numeric.support import SUM, drawn, everything, interpolations, params, spec, try_draw

ROOT = Path(__file__).parent.parent.parent

LARGE = """
params:
  a: vector 3 of int -9..9
  b: vector 3 of int -9..9
answer: dot_product(a, b)
via: a @ b
"""


def sequence(text: str, shown: list[str] | None = None, identity: str = "card", namespace: str = "test") -> draws.Sequence:
    problems = Problems()
    made = spec(text)
    names = [param.name for param in made.params] if shown is None else shown
    found = sequence_of(made, identity, namespace, interpolations(names), Budget(), problems)
    assert not problems.failed, list(map(str, problems))
    return found


def keys(text: str, **where: str) -> list[str]:
    found = sequence(text, **where)  # type: ignore[arg-type]
    found.at_least(60)
    return [draw.key for draw in found.draws]


def test_a_small_grid_keeps_its_order_for_ever() -> None:
    """On every machine and with every Python. If this fails, every learner's numbers would change: mend the code, not the test."""
    found = drawn(SUM, ["a", "b"])
    assert [(variant["a"], variant["b"]) for variant in params(found.variants)] == SMALL_VALUES


def test_a_large_grid_keeps_its_order_for_ever() -> None:
    found = drawn(LARGE, ["a", "b"])
    assert [variant["a"] + variant["b"] for variant in params(found.variants)] == LARGE_VALUES


def test_the_hash_keeps_its_value_for_ever() -> None:
    assert draws.hashed("ns", "id", "point", "a=1") % 10**18 == HASH


@pytest.mark.parametrize("seed", ["0", "1", "random"])
def test_neither_hash_order_nor_time_zone_nor_folder_matters(seed: str, tmp_path: Path) -> None:
    code = (
        "from tests.numeric.support import drawn\n"
        "from tests.numeric.test_draws import LARGE\n"
        "from tests.numeric.support import params\n"
        "print([v['a'] + v['b'] for v in params(drawn(LARGE, ['a', 'b']).variants)])"
    )
    environment = {**os.environ, "PYTHONHASHSEED": seed, "TZ": "Asia/Tokyo", "LC_ALL": "C", "PYTHONPATH": str(ROOT)}
    run = subprocess.run([sys.executable, "-c", code], cwd=tmp_path, env=environment, capture_output=True, text=True, check=True)
    assert run.stdout.strip() == str(LARGE_VALUES)


@pytest.mark.parametrize("text", [SUM, LARGE])
def test_seeds_and_exams_share_no_numbers_while_the_grid_lasts(text: str) -> None:
    found = sequence(text)
    seeds = [[draw.key for draw in stretch(found, rank)] for rank in range(4)]
    found.at_least(100)
    exam = [draw.key for draw in found.draws if found.is_held_out(draw)][:10]
    everything = [key for keys in (*seeds, exam) for key in keys]
    assert len(everything) == len(set(everything)) == 4 * 13 + 10


def test_about_a_quarter_is_held_out() -> None:
    found = sequence(LARGE)
    found.at_least(400)
    assert 70 <= sum(found.is_held_out(draw) for draw in found.draws) <= 130


def test_held_out_points_are_never_shipped() -> None:
    found = sequence(SUM)
    shipped = found.shipped(1_000)
    assert found.ended
    assert not any(found.is_held_out(draw) for draw in shipped)
    assert len(shipped) + sum(found.is_held_out(draw) for draw in found.draws) == 81


def test_a_later_seed_moves_no_earlier_one() -> None:
    before = drawn(SUM, ["a", "b"], seeds=["base"])
    after = drawn(SUM, ["a", "b"], seeds=["base", "june", "july"])
    assert params(after.variants)[:13] == params(before.variants)
    assert [(variant.seed, variant.index) for variant in after.variants[12:15]] == [("base", 12), ("june", 0), ("june", 1)]


def test_only_the_wanted_seeds_are_drawn_and_they_stay_the_same() -> None:
    from generator.numeric import draw

    both = drawn(SUM, ["a", "b"], seeds=["base", "june"])
    problems = Problems()
    june = draw(
        spec(SUM),
        identity="card",
        namespace="test",
        seeds=["base", "june"],
        shown=interpolations(["a", "b"]),
        problems=problems,
        wanted=["june"],
    )
    assert june is not None
    assert params(june.variants) == params(both.variants)[13:]


def test_other_cards_and_namespaces_have_other_sequences() -> None:
    assert keys(SUM)[:20] != keys(SUM, identity="other")[:20]
    assert keys(SUM)[:20] != keys(SUM, namespace="other")[:20]


def test_drawing_other_cards_moves_nothing() -> None:
    before = drawn(LARGE, ["a", "b"])
    drawn(SUM, ["a", "b"], identity="another")
    assert drawn(LARGE, ["a", "b"]).variants == before.variants


def test_the_order_of_the_parameters_does_not_matter() -> None:
    turned = "params:\n  b: int 1..9\n  a: int 1..9\nanswer: a + b\nvia: b + a\n"
    assert keys(turned) == keys(SUM)
    large = "params:\n  b: vector 3 of int -9..9\n  a: vector 3 of int -9..9\nanswer: dot_product(a, b)\nvia: a @ b\n"
    assert keys(large) == keys(LARGE)


def test_a_value_more_in_a_small_grid_keeps_the_order_of_the_others() -> None:
    more = "params:\n  a: int 1..9\n  b: int 1..10\nanswer: a + b\nvia: b + a\n"
    found = sequence(more)
    found.at_least(1_000)
    assert [draw.key for draw in found.draws if "b=10" not in draw.key] == [draw.key for draw in _all(SUM)]


def _all(text: str) -> list[draws.Draw]:
    found = sequence(text)
    found.at_least(10_000)
    return found.draws


def test_a_small_grid_is_covered() -> None:
    assert len({draw.key for draw in _all(SUM)}) == 81


def test_around_the_end_the_stretches_begin_again() -> None:
    text = "params: {a: int 1..24}\nanswer: a + 1\nvia: 1 + a\n"
    found = sequence(text, ["a"])
    shipped = [draw.key for draw in found.shipped(1_000)]
    assert 13 < len(shipped) < 26
    second = [draw.key for draw in stretch(found, 1)]
    assert second == [shipped[k % len(shipped)] for k in range(13, 26)]
    assert len(set(second)) == 13


def test_a_tiny_grid_has_a_small_pool() -> None:
    text = "params: {a: int 1..6}\nanswer: a + 1\nvia: 1 + a\n"
    found, problems = try_draw(text, ["a"], seeds=["base", "june"])
    assert found is not None
    first = [v["a"] for v in params(found.variants) if True][: len(found.variants) // 2]
    assert len(set(first)) == len(first) <= 6
    assert problems == ["only 6 distinct variants out of 6 points"]
    assert found.complete


def test_where_all_would_be_held_out_none_is() -> None:
    identities = (f"card-{k}" for k in range(100))
    text = "params: {a: choice 5}\nanswer: a + 1\nvia: 1 + a\n"
    held = next(identity for identity in identities if draws.hashed("test", identity, "point", "a=5") % 4 == 0)
    assert len(drawn(text, ["a"], identity=held).variants) == 1


def test_the_pool_of_a_card_may_be_smaller() -> None:
    assert len(drawn(SUM + "pool: 3\n", ["a", "b"], seeds=["base", "june"]).variants) == 6


def test_two_points_that_show_the_same_are_one_variant() -> None:
    text = "params: {a: int 1..9, hidden: int 1..9}\nanswer: a + 1\nvia: 1 + a\n"
    found, problems = try_draw(text, ["a"])
    assert found is not None
    assert found.accepted == 9
    assert len({variant.params["a"] for variant in found.variants}) == len(found.variants)
    assert problems == [
        "only 9 distinct variants out of 81 points; 72 of 81 are rejected because of: shows what another variant shows"
    ]


def test_a_large_grid_of_which_little_is_shown_comes_to_an_end() -> None:
    text = "params: {a: int 1..9, hidden: vector 6 of int 1..9}\nanswer: a + 1\nvia: 1 + a\n"
    found, _ = try_draw(text, ["a"], seeds=["base", "june", "july"])
    assert found is not None
    assert (found.accepted, found.complete) == (9, True)
    alone, _ = try_draw(text, ["a"])
    assert alone is not None
    assert params(found.variants)[: len(alone.variants)] == params(alone.variants)


def test_it_comes_to_its_end_also_where_a_condition_rejects_most() -> None:
    text = "params: {a: int 1..9, hidden: vector 6 of int 1..9}\nanswer: a + 1\nvia: 1 + a\nrequire: sum(hidden) > 30\n"
    found, problems = try_draw(text, ["a"])
    assert found is not None
    assert (found.accepted, found.complete, len(problems)) == (9, True, 1)


def test_conditions_reject_and_the_rate_is_measured() -> None:
    found = drawn(SUM + "require: a > b\n", ["a", "b"])
    assert all(int(variant.params["a"]) > int(variant.params["b"]) for variant in found.variants)
    assert found.space == 81
    assert found.complete
    assert (found.accepted, found.tried) == (36, 81)
    assert found.acceptance == pytest.approx(36 / 81)
    assert found.rejected == {"require a > b": 45}


def test_a_condition_that_never_holds_is_named() -> None:
    found, problems = try_draw(SUM + "require:\n  - a > 0\n  - a > 10\n", ["a", "b"])
    assert found is None
    assert problems == ["9:5: no point of the grid is accepted; 81 of 81 are rejected because of: require a > 10"]


def test_a_condition_that_hardly_ever_holds_is_named() -> None:
    start = time.perf_counter()
    found, problems = try_draw(LARGE + "require:\n  - sum(a) > -100\n  - a == [1, 2, 3]\n", ["a", "b"])
    assert found is None
    assert len(problems) == 1
    assert problems[0].startswith("9:5: only ")
    assert problems[0].endswith("are rejected because of: require a == [1, 2, 3]")
    assert time.perf_counter() - start < 10


def test_conditions_come_first_so_that_they_guard_the_rest() -> None:
    text = "params: {a: int -4..4, b: int 1..9}\nlet: {r: sqrt(a)}\nanswer: r*b\nshow: 2sf\nrequire: a > 0\n"
    assert drawn(text, ["a", "b"]).accepted == 36


def test_a_card_without_a_guard_fails_where_the_value_is_missing() -> None:
    text = "params: {a: int -4..4, b: int 1..9}\nlet: {r: sqrt(a)}\nanswer: r*b\nshow: 2sf\n"
    _, problems = try_draw(text, ["a", "b"])
    assert len(problems) == 1
    assert problems[0].startswith("2:10: the square root of -")
    assert "(at a=-" in problems[0]


def test_a_shown_value_on_a_rounding_border_is_drawn_again() -> None:
    text = "params: {a: choice 1 2 3, b: choice 0.5 2}\nlet:\n  x: softmax([a*0, 0])[0]/4*b\nanswer: x*a*8\nshow: 2sf\n"
    # x is 0.0625 or 0.25, from a kernel: the first lies on a border of three places.
    found, _ = try_draw(text, ["a", "b", "x:3dp"])
    assert found is not None
    assert {variant.params["b"] for variant in found.variants} == {"2"}
    assert found.rejected == {"a shown value lies on a rounding border": 3}


def test_a_relation_is_chosen_for_each_draw() -> None:
    text = "params: {a: choice 1 2 3, b: choice 2 3}\nanswer: a/b\nvia: a*(1/b)\nshow: 2sf\n"
    draws = everything(text, ["a", "b", "answer:="]).draws
    found = {one.key.replace("\n", " "): one.shown["answer", "="].shown.plain for one in draws}
    assert found == {
        "a=1 b=2": "= 0.50",
        "a=1 b=3": "≈ 0.33",
        "a=2 b=2": "= 1.0",
        "a=2 b=3": "≈ 0.67",
        "a=3 b=2": "= 1.5",
        "a=3 b=3": "= 1.0",
    }


def test_forty_digits_of_the_way_judge_a_kernels_float() -> None:
    text = "params: {a: choice 0 1 40}\nanswer: sigmoid(a)\nvia: 1/(1 + exp(-a))\nshow: 2sf\n"
    sequence = everything(text, ["a", "answer:= 2sf"])
    # sigmoid(40) is 1 in float64; the forty digits of via are not, but are too near to it to be sure.
    assert {one.key: one.shown["answer", "= 2sf"].shown.plain for one in sequence.draws} == {"a=0": "= 0.50", "a=1": "≈ 0.73"}
    assert sequence.reasons == {"it cannot be told whether a shown value is exact": 1}


def test_a_relation_stands_in_the_text_alone() -> None:
    text = "params: {a: int 1..50}\nanswer: a*2\nvia: a + a\n"
    assert try_draw(text + "show: = 2sf\n", ["a"])[1] == ["4:7: the format = 2sf belongs in the card's text"]
    assert try_draw(text + "given: ['a/3:= 2sf']\n", ["a"])[1] == ["4:14: the format = 2sf belongs in the card's text"]


def test_exact_numbers_have_no_border() -> None:
    text = "params: {a: choice 1 2 3, b: choice 0.5 2}\nlet: {x: b/8}\nanswer: x*a*8\nvia: a*b\n"
    found, _ = try_draw(text, ["a", "b", "x:3dp"])
    assert found is not None
    assert found.accepted == 6


def test_a_grid_of_astronomical_size_costs_nothing() -> None:
    start = time.perf_counter()
    text = "params: {M: matrix 4 x 4 of int -9..9, N: matrix 4 x 4 of int -9..9}\nanswer: M[0] @ N[0]\nvia: N[0] @ M[0]\n"
    found = drawn(text, ["M", "N"])
    assert found.space == 19**32
    assert time.perf_counter() - start < 5


@pytest.mark.parametrize(
    ("shown", "problem"),
    [
        ("c", "unknown name 'c'"),
        ("a:9sf", "there is no format '9sf'"),
        ("a:row", "row is for vectors and matrices, and this is 1"),
        ("a:pct", None),
        ("x:pct", "the format pct would lose digits of x, such as 0.025"),
        ("x:2dp", "the format 2dp would lose digits of x, such as 0.025"),
        ("x:1sf", "the format 1sf would lose digits of x, such as 0.025"),
        ("x:pct1", None),
        ("x:frac", None),
        ("v:1dp", "the format 1dp would lose digits of v, such as 0.25"),
        ("v:vec 2dp", None),
        ("v:pct", "the format pct does not fit a vector of 2"),
        ("r", "1.41421356237 is no exact decimal (at a=2, v=[0.5, 0.25], x=0.025)"),
        ("r:3sf", None),
        ("answer:frac", "1.41421356237 is not exact, so it is no fraction (at a=2, v=[0.5, 0.25], x=0.025)"),
        ("answer", None),
    ],
)
def test_interpolations_are_checked(shown: str, problem: str | None) -> None:
    text = (
        "params:\n  a: choice 2\n  v: vector 2 of choice 0.5 0.25\n  x: choice 0.5 0.025\n"
        "let:\n  r: sqrt(a)\nanswer: r\nshow: 2sf\nrequire:\n  - v == [0.5, 0.25]\n  - x < 0.1\n"
    )
    found, problems = try_draw(
        text.replace("a: choice 2", "a: choice 2") if shown != "a:row" else text.replace("choice 2", "choice 1"), [shown]
    )
    errors = [line for line in problems if not line.startswith("only ")]
    assert errors == ([problem] if problem else [])
    assert (found is None) == bool(problem)


def test_an_interpolations_problem_stands_where_the_interpolation_does() -> None:
    problems = Problems()
    sequence_of(spec(SUM), "card", "test", interpolations(["a", "z"]), Budget(), problems)
    (problem,) = problems
    assert (problem.place.line, problem.place.column, problem.hint) == (5, 7, "known: a, answer, b")


def test_the_answers_own_format_is_the_default() -> None:
    text = "params: {a: int 1..9}\nanswer: a/7\nvia: a*(1/7)\nshow: 2sf\n"
    found, _ = try_draw(text, ["a", "answer", "answer:4dp"])
    assert found is not None
    one = next(variant for variant in found.variants if variant.params["a"] == "1")
    assert one.shown["answer", ""].plain == "0.14"
    assert one.shown["answer", "4dp"].plain == "0.1429"
    data = found.as_json()
    assert (data["space"], data["acceptance"], data["proofs"], len(data["variants"])) == (9, 1.0, ["via"], len(found.variants))
    assert one.as_json()["shown"] == {"a": "1", "answer": "0.14", "answer:4dp": "0.1429"}


SMALL_VALUES = [
    ("7", "3"),
    ("1", "1"),
    ("2", "7"),
    ("9", "5"),
    ("4", "8"),
    ("5", "5"),
    ("2", "4"),
    ("3", "4"),
    ("6", "9"),
    ("7", "1"),
    ("4", "9"),
    ("2", "3"),
    ("2", "1"),
]
LARGE_VALUES = [
    "[-3, 0, 5][2, 4, 2]",
    "[-3, -9, 2][-7, -2, 3]",
    "[-3, 9, -4][3, 9, -9]",
    "[-9, -7, 1][-7, 9, 1]",
    "[-9, -8, -6][2, 8, 9]",
    "[2, -5, 6][-3, 8, -2]",
    "[-6, -3, 9][7, -4, 0]",
    "[2, 1, -5][-3, 1, -1]",
    "[1, 0, 4][-7, 4, -4]",
    "[8, -7, 5][-8, 0, -7]",
    "[5, 5, 7][8, 1, -8]",
    "[6, -8, -8][-9, -8, 2]",
    "[-1, 1, 6][-2, 9, -9]",
]
HASH = 900_826_226_116_717_476
