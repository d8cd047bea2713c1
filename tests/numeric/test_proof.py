"""Proof: ``via`` against ``answer`` and kernels against oracles, on every draw; golden rows."""

import subprocess
import sys
from collections.abc import Iterator
from decimal import Decimal
from typing import Any

import numpy as np
import pytest

import kernels
from generator.numeric.evaluate import Budget
from generator.numeric.via import light_oracles
from kernels import Record, registry
from kernels.oracles import registry as oracle_registry
from tests.numeric.support import SUM, drawn, try_draw


@pytest.fixture
def register() -> Iterator[Any]:
    """Registers kernels and oracles for one test."""
    before, oracles_before = dict(registry._kernels), {name: list(found) for name, found in oracle_registry._oracles.items()}
    yield kernels.kernel
    registry._kernels.clear()
    registry._kernels.update(before)
    oracle_registry._oracles.clear()
    oracle_registry._oracles.update(oracles_before)


DOT = """
params:
  a: vector 2 of int -5..5
  b: vector 2 of int -5..5
answer: dot_product(a, b)
via: a[0]*b[0] + a[1]*b[1]
"""


def test_the_ways_that_agree_are_named() -> None:
    assert drawn(SUM, ["a", "b"]).proofs == ("via",)
    assert drawn(DOT, ["a", "b"]).proofs == ("dot_product_exact", "via")
    assert drawn(DOT.replace("via: a[0]*b[0] + a[1]*b[1]\n", "show: int\n"), ["a", "b"]).proofs == ("dot_product_exact",)


def test_a_wrong_via_is_an_error_with_the_numbers() -> None:
    _, problems = try_draw(DOT.replace("+", "-"), ["a", "b"])
    assert len(problems) == 1
    assert problems[0].startswith("6:6: answer is ")
    assert "; they differ by " in problems[0]
    assert "rounding explains" in problems[0]
    assert "(at a=[" in problems[0]


def test_a_via_that_is_nearly_right_is_wrong() -> None:
    assert try_draw(DOT.replace("a[0]*b[0]", "a[0]*b[0]*(1 + 1e-12)"), ["a", "b"])[0] is None


def test_exact_ways_must_be_the_same() -> None:
    _, problems = try_draw(SUM.replace("via: b + a", "via: b + a + 1e-30"), ["a", "b"])
    assert len(problems) == 1


def test_ways_of_other_shapes_disagree() -> None:
    _, problems = try_draw(DOT.replace("via: a[0]*b[0] + a[1]*b[1]", "via: a*b").replace("answer: d", "answer: 0 + d"), ["a", "b"])
    assert len(problems) == 1
    assert problems[0].startswith("6:6: answer is ")


def test_words_are_compared_too() -> None:
    text = "params: {a: int 1..40}\nanswer: \"'even' if a % 2 == 0 else 'odd'\"\nvia: \"'even' if a // 2 * 2 == a else 'odd'\"\n"
    assert drawn(text, ["a"]).proofs == ("via",)
    assert try_draw(text.replace("== a else", "!= a else"), ["a"])[0] is None


def test_where_via_is_exact_the_answer_is_shown_from_it() -> None:
    text = (
        "params: {n: choice 10 20, p: choice 0.1 0.3 0.7}\nanswer: distribution_moments('binomial', n=n, p=p).var\nvia: n*p*(1-p)\n"
    )
    found = drawn(text, ["n", "p"])
    assert {one.answers[0].shown.plain for one in found.variants} <= {"0.9", "1.8", "2.1", "4.2"}


def test_rounding_through_an_ill_conditioned_kernel_is_explained(register: Any) -> None:
    @register()
    def nearly_cancels(x: float) -> float:
        """Loses all but a few digits."""
        return float(((1e8 + x) - 1e8) * 1.0)

    # The kernel's bound comes from moving its input; it loses digits, and no bound explains that: it is wrong.
    text = "params: {x: choice 0.1 0.2 0.3}\nanswer: nearly_cancels(x)\nvia: x*1\nshow: 2sf\n"
    assert try_draw(text, ["x"])[0] is None

    @oracle_registry.oracle("nearly_cancels", scale=lambda x: 1e8)
    def itself(x: float) -> float:
        return x

    # With the size of the terms that cancel stated, the difference is what rounding can do.
    assert drawn(text, ["x"]).proofs == ("itself", "via")


def test_rounding_is_carried_through_what_the_answer_does_with_the_kernel(register: Any) -> None:
    @register()
    def third(x: float) -> float:
        """x / 3."""
        return x / 3

    text = "params: {x: choice 0.1 0.2 0.7 1.1 1.3}\nanswer: third(x)*3000000 - 1000000*x + 1e-6\nvia: 1e-6 + 0*x\nshow: 2sf\n"
    assert drawn(text, ["x"]).proofs == ("via",)


def test_rounding_is_carried_through_records_lists_and_infinite_intermediates(register: Any) -> None:
    @register(fields=("parts", "words", "n"))
    def thirds(x: float) -> Record:
        """x / 3, twice, among other things."""
        return Record(parts=np.array([[x / 3, 0.0], [x / 3, 1.0]]), words=["a", "b"], n=3)

    @register()
    def listed(x: float) -> list[float]:
        """x / 7, in a list."""
        return [x / 7, x]

    text = (
        "params: {x: choice 0.1 0.2 0.7 1.1 1.3}\nlet:\n  far: inf\n  t: thirds(x)\n  l: listed(x)\n"
        "answer: (t.parts[0][0] - t.parts[1][0])*t.n + 3000000*t.parts[0][0] - 1000000*x + l[0]*7000000 - l[1]*1000000 + 1e-6\n"
        "via: 1e-6 + 0*x\nshow: 2sf\n"
    )
    assert drawn(text, ["x"]).proofs == ("via",)


def test_a_bound_that_cannot_be_had_is_an_error(register: Any) -> None:
    @register()
    def third(x: float) -> float:
        """x / 3."""
        return x / 3

    @oracle_registry.oracle("third", steps=lambda x: 1 / 0)
    def again(x: float) -> float:
        return x / 3

    text = "params: {x: choice 0.1 0.2 0.7}\nanswer: third(x)*3000000 - 1000000*x + 1e-6\nvia: 1e-6 + 0*x\nshow: 2sf\n"
    assert any("no bound for the rounding of third: ZeroDivisionError" in line for line in try_draw(text, ["x"])[1])


def test_a_card_whose_time_is_over_is_reported(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("generator.numeric.variants.Budget", lambda: Budget(seconds=-1))
    assert try_draw(SUM, ["a", "b"]) == (None, ["this card takes too long to draw"])


def test_a_kernel_that_disagrees_with_its_oracle_is_an_error(register: Any) -> None:
    @register()
    def doubled(x: float) -> float:
        """Twice x, but for 3."""
        return 2.0 * x if x != 3 else 7.0

    @oracle_registry.oracle("doubled")
    def added(x: float) -> float:
        return x + x

    text = "params: {x: choice 1 2 3}\nanswer: doubled(x)\nshow: 2sf\n"
    found, problems = try_draw(text, ["x"], seeds=["base", "june"])
    assert found is None
    assert len([line for line in problems if "doubled(x=3.0) against added" in line]) == 1


def test_an_oracle_that_fails_is_an_error(register: Any) -> None:
    @register()
    def same(x: float) -> float:
        """x."""
        return x

    @oracle_registry.oracle("same")
    def breaks(x: float) -> float:
        raise KeyError("x")

    _, problems = try_draw("params: {x: choice 1 2 3}\nanswer: same(x)\nshow: 2sf\n", ["x"])
    assert any("the oracle breaks fails: KeyError" in line for line in problems)


def test_kernels_that_misbehave_are_reported(register: Any) -> None:
    @register()
    def nan(x: float) -> float:
        return float("nan")

    @register()
    def infinite(x: float) -> float:
        return float("inf")

    @register()
    def broken(x: float) -> float:
        raise RuntimeError("out of order")

    @register()
    def strange(x: float) -> object:
        return object()

    @register()
    def endless(x: float) -> list[int]:
        return list(range(10_000))

    @register()
    def nothing(x: float) -> None:
        return None

    for name, message in {
        "nan": "nan refuses: nan overflows float64",
        "infinite": "the answer is inf",
        "broken": "broken fails: RuntimeError: out of order",
        "strange": "a kernel returned object, which expressions do not know",
        "endless": "a kernel returned 10,000 numbers; 4,096 are allowed",
        "nothing": "the answer is None",
    }.items():
        _, problems = try_draw(f"params: {{x: choice 1 2}}\nanswer: {name}(x)\nshow: 2sf\n", ["x"])
        assert any(line.startswith(f"2:9: {message}") for line in problems), problems


def test_records_and_arrays_come_back_as_values(register: Any) -> None:
    from generator.numeric.values import from_kernel

    found = from_kernel(Record(a=np.array([0.5, 2.0]), n=3, m=np.int64(4), t=np.bool_(True), d={"x": 1}, l=[[1], None], w="word"))
    assert dict(found) == {"a": (Decimal("0.5"), 2), "n": 3, "m": 4, "t": True, "d": Record(x=1), "l": ((1,), None), "w": "word"}
    assert from_kernel(np.float64(-0.0)).is_signed() is False


def test_only_light_oracles_run_and_torch_is_never_imported() -> None:
    assert "dot_product_torch" not in [oracle.function.__name__ for oracle in light_oracles("dot_product")]
    code = (
        "import sys\n"
        "from tests.numeric.support import drawn\n"
        "from tests.numeric.test_proof import DOT\n"
        "drawn(DOT, ['a', 'b'])\n"
        "print([name for name in ('torch', 'scipy', 'sklearn') if name in sys.modules])"
    )
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout == "[]\n"


GOLDEN = """
params:
  a: vector 2 of int -5..5
  b: vector 2 of int -5..5
let:
  half: sum(a)/2
answer: dot_product(a, b)
show: int
golden:
"""


def test_golden_rows_hold() -> None:
    text = GOLDEN + "  - {a: [1, 2], b: '[3, 4]', answer: 11, half: 1.5}\n  - {a: [9, 9], b: [9, 9], answer: 162}\n"
    assert try_draw(text, ["a", "b"])[1] == []


@pytest.mark.parametrize(
    ("row", "problem"),
    [
        ("{a: [1, 2], b: [3, 4], answer: 12}", "10:36: answer comes out as 11, not 12 (at a=[1, 2], b=[3, 4])"),
        ("{a: [1, 2], b: [3, 4], answer: 11, half: 1.4}", "10:46: half comes out as 1.5, not 1.4 (at a=[1, 2], b=[3, 4])"),
        ("{a: [1, 2], b: [3, 4], answer: [11]}", "10:36: answer comes out as 11, not [11] (at a=[1, 2], b=[3, 4])"),
        ("{a: [1, 2], b: [3, 4], answer: eleven}", "10:36: answer comes out as 11, not eleven (at a=[1, 2], b=[3, 4])"),
        (
            "{a: [1, 2], b: [3, 4, 5], answer: 11}",
            "7:9: dot_product refuses: a and b must have one shape, got (2,) and (3,) (at a=[1, 2], b=[3, 4, 5])",
        ),
    ],
)
def test_golden_rows_that_do_not_hold_are_located(row: str, problem: str) -> None:
    assert try_draw(f"{GOLDEN}  - {row}\n", ["a", "b"]) == (None, [problem])


@pytest.mark.parametrize(
    ("written", "holds"), [("0.33", True), ("0.333", True), ("0.3", True), ("0.3333333", True), ("0.34", False), ("0.334", False)]
)
def test_golden_rows_are_compared_at_their_written_precision(written: str, holds: bool) -> None:
    text = f"params: {{a: int 1..60}}\nanswer: a/3\nvia: a*(1/3)\nshow: 2sf\ngolden:\n  - {{a: 1, answer: {written}}}\n"
    assert (try_draw(text, ["a"])[0] is not None) is holds


def test_golden_sets_have_no_order() -> None:
    text = "params: {a: int 1..60}\nanswer: '{a, a + 1}'\ngolden:\n  - {a: 1, answer: [2, 1]}\n"
    assert try_draw(text, ["a"])[1] == []


def test_golden_words() -> None:
    text = "params: {a: int 1..60}\nanswer: \"'even' if a % 2 == 0 else 'odd'\"\ngolden:\n  - {a: 1, answer: odd}\n"
    assert try_draw(text, ["a"])[1] == []
    assert try_draw(text.replace("answer: odd", "answer: even"), ["a"])[0] is None
