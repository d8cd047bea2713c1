"""What a claim block may hold, what is refused, and where; and that hostile ones cost little."""

import time

import pytest

from tests.verify.claim_support import claim, lines, shown, verdicts

REAL = {"x": "real"}


@pytest.mark.parametrize(
    ("symbols", "statement", "problem"),
    [
        ({"alpha": "real"}, "alhpa == 0", "5:6: unknown name alhpa [did you mean alpha?]"),
        (REAL, "sofmax(x) == 0", "5:6: there is no function sofmax [did you mean softmax?]"),
        (REAL, "softmax == 0", "5:6: unknown name softmax [call it: softmax(…)]"),
        (REAL, "Abs(x) == 0", "5:6: there is no function Abs [write  abs]"),
        (REAL, "x.__class__ == 0", "5:6: the name __class__ is not allowed [names begin with a letter]"),
        (REAL, "x.real == 0", "5:6: there is no field real here [the transpose of A is  A.T]"),
        (
            {"A, B": "matrix 2"},
            "(A @ B).T == B.T @ A.T",
            "5:6: a field stands behind a name, an index or a call"
            " [the transpose of A is  A.T, that of a product  transpose(A @ B)]",
        ),
        (REAL, "exp(x, x) == 0", "5:6: exp takes 1 argument, here are 2"),
        (REAL, "sum(x, i) == 0", "5:6: sum takes 1 or 4 arguments, here are 2"),
        (REAL, "sum(x, x, 1, 2) == 0", "5:13: the name x is taken [give the index a name of its own]"),
        (REAL, "sum(k, 1, 1, 2) == 0", "5:13: the second argument of sum is a variable [write  sum(…, i, …)]"),
        (REAL, "limit(t, t, 0, 'left') == 0", "5:21: a limit is approached from 'above' or 'below'"),
        (REAL, "x == 'a'", "5:11: a word has no place here [only a limit takes one: 'above' or 'below']"),
        (REAL, "x != 0", "5:6: claims compare with  ==  <  <=  >  >="),
        (REAL, "x", "5:6: this states nothing [an equality (==) or an inequality (<, <=, >, >=)]"),
        (REAL, "x % 2 == 0", "5:6: %  has no place in a claim [a - b*floor(a/b)  is the remainder]"),
        (REAL, "normal(0, 1) == x", "5:6: there is no function normal [a distribution stands under  symbols]"),
        ({"x": "reel"}, "x == 0", "3:7: 'reel' says nothing about a symbol [did you mean real?]"),
        ({"x": "vector"}, "x == 0", "3:7: the size of the vector is missing [vector n, matrix n x m, probabilities n]"),
        ({"x": "vector n"}, "x == 0", "3:7: the size n is no range [declare it above, with the sizes to be tried:  n: 2..4]"),
        ({"x": "vector 9"}, "x == 0", "3:7: 9 is no size [sizes are 1 to 8: what holds for small ones is shown for small ones]"),
        ({"x": "in 0, 1"}, "x == 0", "3:10: an interval stands in brackets [(0, 1) without its ends, [0, 1] with them, [0, oo)]"),
        ({"x": "in (0)"}, "x == 0", "3:10: an interval has two ends [(0, 1), [0, oo)]"),
        ({"x": "normal(0)"}, "x == 0", "3:7: normal takes 2 parameters"),
        ({"n": "1..500"}, "n == 0", "3:6: the range n has more than 200 values [take fewer: each of them is a proof]"),
        ({"n": "3..2"}, "n == 0", "3:6: the ranges have no case in common [the end of a range is not below its beginning]"),
        ({"lambda": "real"}, "1 == 1", "3:3: 'lambda' cannot be a name [call it lam]"),
        ({"exp": "real"}, "1 == 1", "3:3: the name exp is taken [it is a word of claims]"),
        ({"x": "symmetric vector 2"}, "x == 0", None),
    ],
)
def test_a_mistake_is_reported_where_it_stands(symbols: dict[str, str], statement: str, problem: str | None) -> None:
    found = lines(shown(symbols, statement))
    assert found[0].startswith("3:7: only a matrix is symmetric") if problem is None else problem in found, found


def test_keys_names_and_definitions_are_checked() -> None:
    assert lines("show: 1 == 1") == ["1:1: name is missing [add  name: …  to the block]"]
    assert lines("name: a b\nshow: 1 == 1")[0].startswith("1:7: 'a b' cannot be the name of a claim")
    assert "2:1: unknown key shwo [did you mean show?]" in lines("name: a\nshwo: 1 == 1")
    assert lines("name: a\nshow: 1 == 1\nby: majic")[0].startswith("3:5: 'majic' is no way of proving")
    assert lines("name: a\nshow: 1 == 1\nby: [numeric, expand]")[0].endswith("[points are tried before any proof anyway]")
    assert lines("name: a\ngiven:\n  v[t]: v[t-1]\nshow: 1 == 1") == ["3:3: the sequence v has no beginning [define  v[0]  above]"]
    assert lines("name: a\ngiven:\n  f(x, x): x\nshow: 1 == 1")[0].startswith("3:3: 'x' cannot be an argument")
    assert (
        lines("name: a\nsymbols: {x: real}\ngiven:\n  x: 1\nshow: x == 1")[-1] == "4:3: the name x is taken [line 2 has it already]"
    )
    assert lines("name: a\nsymbols: {x: real}\ntex:\n  y: z\nshow: x == 1") == ["4:3: unknown name y [known: x]"]


def test_one_mistake_is_one_problem() -> None:
    """What follows from a name that could not be read is not reported again."""
    given = {"f(t)": "epx(t)", "a": "f(x)", "v[0]": "unknown", "v[t]": "v[t-1]"}
    found = lines(shown({"x": "reel"}, "a + x == f(a) + v[1]", given=given))
    assert [line.split(" ", 1)[1].split(" [")[0] for line in found] == [
        "'reel' says nothing about a symbol",
        "there is no function epx",
        "unknown name unknown",
    ]


def test_a_declaration_may_hold_several_names_and_an_interval() -> None:
    found = claim(shown({"x, y": "real", "z": "in [0, x + 2)", "A": "symmetric matrix 2", "w": "positive vector 3"}, "x == y"))
    assert list(found.symbols) == ["x", "y", "z", "A", "w"]
    assert found.symbols["z"].interval is not None and found.symbols["z"].interval.low_closed
    assert found.symbols["A"].sizes == (2, 2)


@pytest.mark.parametrize(
    ("symbols", "statement", "reason"),
    [
        (REAL, "10**(10**9) > x", "the exponent 1000000000 is too large"),
        (REAL, "2**1000**1000 > x", "the exponent 10000000000000000000 is too large"),
        (REAL, "sum(x**k, k, 1, 100000) == x", "a sum of 100000 terms is too long to be written out"),
        (REAL, "factorial(10**6) > x", "the factorial of 1000000 is too large"),
        (REAL, "sum(sum(sum(x, i, 1, 900), j, 1, 900), k, 1, 900) == x", "this takes too many steps"),
        ({"A": "matrix 8"}, "inverse(A) == A", "inverse takes a matrix of at most four rows"),
    ],
)
def test_what_is_too_large_is_refused(symbols: dict[str, str], statement: str, reason: str) -> None:
    started = time.monotonic()
    (found,) = verdicts(shown(symbols, statement))
    assert found.status == "undecided" and found.sentence.startswith(f"undecided: {reason}")
    assert time.monotonic() - started < 30


def test_definitions_that_lead_into_one_another_are_bounded() -> None:
    endless = shown({"t": "1..3"}, "v[t] == 0", given={"v[0]": "0", "v[t]": "v[t + 1]"})
    tower = {"g0": "x + 1", **{f"g{k + 1}": f"(g{k} + g{k}*x)**9" for k in range(20)}}
    first, second = verdicts(endless, shown(REAL, "g20 == g20*x", given=tower), seconds=5)
    assert first.sentence.startswith("undecided: v leads too deep")
    assert second.status in ("refuted", "undecided")


def test_what_sympy_does_not_finish_is_stopped_and_the_next_claim_is_proven() -> None:
    """The first needs astronomic numbers; the second's points are fine but the simplification is endless for the time given."""
    endless, proven = verdicts(shown({"x": "positive"}, "exp(exp(exp(exp(x)))) > 0"), shown(REAL, "x + x == 2*x"), seconds=1.5)
    assert endless.status == "undecided" and endless.sentence == "undecided: sympy found no end within 1.5 s"
    assert proven.status == "proven"


def test_points_are_kept_where_the_proof_is_not_finished() -> None:
    hard = shown({"x": "in (0, 1)"}, "integrate(exp(-y**2)*sin(y**3)*log(1 + y), y, 0, x) <= 1", by="")
    (found,) = verdicts(hard, seconds=6)
    assert found.status == "supported" and found.points > 0
    assert found.sentence == f"supported at {found.points} points: sympy found no end within 6 s"


def test_deep_nesting_is_refused() -> None:
    assert any("nested too deep" in line for line in lines(shown(REAL, f"{'(' * 60}x{'+1)' * 60} == 0")))
    assert any("too deep or too long" in line or "nested" in line for line in lines(shown(REAL, "-" * 900 + "x == 0")))
