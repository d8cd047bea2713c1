"""What is true is never refuted, however large or small its numbers; what is wrong is, and what cannot be told is left open."""

from dataclasses import dataclass

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from generator.verify.claims.judge import judge
from generator.verify.claims.reach import restricted
from generator.verify.claims.verdict import Outcome
from tests.verify.claim_support import claim, shown, verdicts


def at_points(symbols: dict[str, str], statement: str, given: dict[str, str] | None = None) -> Outcome:
    """What the points say of a statement, without a proof."""
    found = claim(shown(symbols, statement, given=given, by="numeric"))
    return judge(restricted(found, found.show[0]), found.show[0], lambda count: None)


X = {"x": "positive"}
P = {"p": "sigmoid(x**3*z**3)"}


@pytest.mark.parametrize(
    ("symbols", "statement"),
    [
        ({"n, eps": "positive"}, "diff(2*exp(-2*n*eps**2), n) < 0"),
        ({"y": "in (0, 1)", "x, z": "real"}, "y*log(p) + (1 - y)*log(1 - p) < 0"),
        ({"x, z": "real"}, "log(1 - p) == -softplus(x**3*z**3)"),
        ({"x, z": "real"}, "p < 1"),
        (X, "tanh(x**2) < 1"),
        (X, "exp(-exp(x)) > 0"),
        (X, "1 + exp(-1000*x) > 1"),
        (X, "erf(x**2) < 1"),
        (X, "log(1 + exp(-x**4)) > 0"),
        (X, "exp(-x**4)/2 < exp(-x**4)"),
        (X, "(sin(x)**2 + cos(x)**2 - 1)**2 == 0"),
        (X, "(sin(x)**2 + cos(x)**2 - 1)**2 <= 0"),
        ({"x": "in (1000, 1001)"}, "tanh(x) < 1"),
        ({"x": "in (1000, 1001)"}, "exp(exp(-x)) > 1"),
    ],
)
def test_what_is_true_is_not_refuted_where_it_is_too_small_to_see(symbols: dict[str, str], statement: str) -> None:
    found = at_points(symbols, statement, P if "p" in statement.split("exp")[0] else None)
    assert found.status == "supported", found.sentence


@pytest.mark.parametrize(
    ("symbols", "statement"),
    [
        ({"x": "real"}, "x**2 > 0"),
        ({"a, b": "real"}, "a*b < b*a"),
        ({"x": "real"}, "(x + 1)**2 - x**2 - 2*x - 1 < 0"),
        ({"x": "in (2, 3)"}, "sin(x)**2 + cos(x)**2 < 1"),
        ({"x": "in (2, 3)"}, "(sin(x)**2 + cos(x)**2 - 1)**2 > 0"),
        ({"x": "in (2, 3)"}, "log(6*x) > log(2) + log(3) + log(x)"),
        ({"x": "in (2, 3)"}, "sin(2*x) > 2*sin(x)*cos(x)"),
        ({"x": "in (2, 3)"}, "sqrt(x)*sqrt(x + 1) < sqrt(x**2 + x)"),
        ({"x": "in (10, 11)"}, "1 + exp(-30*x) == 1"),
        ({"x": "in (10, 11)"}, "1 + exp(-30*x) <= 1"),
        ({"x": "in (100, 101)"}, "exp(-x**2) == 2*exp(-x**2)"),
        ({"x": "in (100, 101)"}, "tanh(x) == 1"),
        ({"x": "in (100, 101)"}, "log(1 - sigmoid(x)) >= -x"),
    ],
)
def test_what_is_wrong_is_refuted_where_it_is_hard_to_see(symbols: dict[str, str], statement: str) -> None:
    found = at_points(symbols, statement)
    assert found.status == "refuted", found.sentence


def test_a_refutation_says_what_tells_the_sides_apart() -> None:
    assert at_points({"x": "in (10, 11)"}, "1 + exp(-30*x) <= 1").sentence == (
        "refuted at x = 31/3: the left side is 1.00000, the right side 1, and they differ by 2.3e-135"
    )
    assert at_points({"x": "in (2, 3)"}, "(sin(x)**2 + cos(x)**2 - 1)**2 > 0").sentence == (
        "refuted at x = 7/3: the left side is 0, the right side 0"
    )


def test_where_no_digit_tells_the_proof_decides() -> None:
    close = "sigmoid(20000**n) < 1"
    proven, wrong = verdicts(shown({"n": "natural"}, close), shown({"n": "natural"}, close.replace("<", ">"), by="numeric"))
    assert (proven.status, proven.points) == ("proven", 0)
    assert wrong.sentence == "undecided: the sides lie too close together to be told apart at any point"


@dataclass(frozen=True)
class Small:
    """Something positive, of any size, and where its symbols live."""

    text: str
    low: int

    @property
    def symbols(self) -> dict[str, str]:
        return {"x": f"in ({self.low}, {self.low + 1})"}


SMALL = st.builds(
    Small,
    st.builds(
        lambda shape, a, k: shape.replace("A", str(a)).replace("K", str(k)),
        st.sampled_from(
            ["exp(-A*x**K)", "A*x**(-K)", "exp(-exp(x/A))", "A*x/(1 + exp(K*x))", "x**K*2**(-A*x)", "sqrt(exp(-A*x))/K"]
        ),
        st.integers(1, 60),
        st.integers(1, 4),
    ),
    st.integers(1, 60),
)
TRUE = [
    "t > 0",
    "-t < 0",
    "1 + t > 1",
    "t < 2*t",
    "log(1 + t) > 0",
    "exp(t) > 1",
    "1/(1 + t) < 1",
    "t + 1 - 1 == t",
    "1 - t < 1 + t",
]
WRONG = [
    "t < 0",
    "t <= 0",
    "1 + t <= 1",
    "2*t == t",
    "log(1 + t) < 0",
    "1/(1 + t) > 1",
    "t > t",
    "t + 1 - 1 < t",
    "(1 + t)**2 - t**2 - 2*t < 1",
]


@settings(max_examples=30, derandomize=True)
@given(SMALL, st.sampled_from(TRUE))
def test_what_is_true_by_construction_is_never_refuted(small: Small, statement: str) -> None:
    found = at_points(small.symbols, statement, {"t": small.text})
    assert found.status != "refuted", found.sentence


@settings(max_examples=30, derandomize=True)
@given(SMALL, st.sampled_from(WRONG))
def test_what_is_wrong_by_construction_is_never_supported(small: Small, statement: str) -> None:
    """It is refuted; only what is smaller than all digits that are computed may be left open."""
    found = at_points(small.symbols, statement, {"t": small.text})
    assert found.status == "refuted" or (found.status == "undecided" and "exp" in small.text), found.sentence


def test_a_point_without_a_value_is_passed_over_and_a_domain_without_one_is_not() -> None:
    norm = {"c": "x - mean(x)", "h": "c/sqrt(mean(c*c))"}
    for n in range(2, 5):
        assert at_points({"x": f"vector {n}"}, f"dot(h, h) == {n}", norm).status == "supported"
    assert at_points({"x, y": "real"}, "(x**2 - y**2)/(x - y) == x + y").status == "supported"
    assert at_points({"n, m": "natural", "x": "real"}, "x*(n - m)/(n - m) == x").status == "supported"
    for symbols, statement in (
        ({"x": "real"}, "log(x) == log(x)"),
        ({"x": "real"}, "sqrt(1 - x) >= 0"),
        ({"x": "positive"}, "log(3 - x) < 3"),
        ({"n": "integer"}, "log(n) == log(n)"),
    ):
        found = at_points(symbols, statement)
        assert found.status == "undecided" and "has no real value at" in found.sentence, (statement, found.sentence)
        assert found.hint.startswith("say under  symbols")


def test_points_without_a_value_are_the_same_on_every_run() -> None:
    first, second = (at_points({"x": "real"}, "log(x) == log(x)").sentence for _ in range(2))
    assert first == second == "the left side has no real value at x = -1/11"
