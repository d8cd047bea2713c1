"""What is true is proven, what is wrong is refuted with numbers: the mistakes that an author makes, and their true counterparts."""

from dataclasses import dataclass

import pytest

from generator.verify.claims import Verdict
from tests.verify.claim_support import shown, verdicts


@dataclass(frozen=True)
class Trap:
    """A mistake beside what is right."""

    symbols: dict[str, str]
    right: str
    wrong: str
    given: dict[str, str] | None = None
    by: str = ""
    """The method that proves the right one."""


SOFTMAX = {"n": "2..3", "z": "vector n", "i, j": "1..n"}
SMOOTHED = {"K": "2..3", "z": "vector K", "c": "1..K", "eps": "in (0, 1)"}
MAP = "[1, sqrt(2)*x[1], sqrt(2)*x[2], x[1]**2, sqrt(2)*x[1]*x[2], x[2]**2]"
LEAST_SQUARES = {"m, n": "1..2", "X": "matrix m x n", "w": "vector n", "y": "vector m"}
TRAPS = {
    "a sign in the softmax Jacobian": Trap(
        SOFTMAX,
        "diff(s[i], z[j]) == s[i]*(delta(i, j) - s[j])",
        "diff(s[i], z[j]) == s[i]*(delta(i, j) + s[j])",
        {"s": "softmax(z)"},
    ),
    "the homogeneous kernel": Trap(
        {"q, k": "vector 2"}, "dot(phi(q), phi(k)) == (q.T @ k + 1)**2", "dot(phi(q), phi(k)) == (q.T @ k)**2", {"phi(x)": MAP}
    ),
    "label smoothing without its own share": Trap(
        SMOOTHED,
        "y[c] == 1 - eps + eps/K",
        "y[c] == 1 - eps",
        {"y": "vector((1 - eps)*delta(k, c) + eps/K, k, K)"},
    ),
    "a factor 2 of a quadratic form": Trap(
        {"n": "1..3", "A": "symmetric matrix n", "w": "vector n"},
        "gradient(w.T @ A @ w, w) == 2*A @ w",
        "gradient(w.T @ A @ w, w) == A @ w",
    ),
    "a factor 2 of least squares": Trap(
        LEAST_SQUARES,
        "gradient(norm(X @ w - y)**2, w) == 2*X.T @ (X @ w - y)",
        "gradient(norm(X @ w - y)**2, w) == X.T @ (X @ w - y)",
    ),
    "a limit": Trap({"lam": "positive"}, "limit((1 - lam/n)**n, n, oo) == exp(-lam)", "limit((1 - lam/n)**n, n, oo) == exp(lam)"),
    "the side of a limit": Trap({}, "limit(abs(t)/t, t, 0, 'below') == -1", "limit(abs(t)/t, t, 0, 'below') == 1"),
    "a variance": Trap(
        {"d": "1..3", "q, k": "vector d of random(0, 1)"}, "variance(dot(q, k)) == d", "variance(dot(q, k)) == d**2"
    ),
    "Bessel's correction": Trap(
        {"n": "2..3", "mu": "real", "v": "positive", "x": "vector n of random(mu, v)"},
        "expectation(sum((x[i] - mean(x))**2, i, 1, n)/(n - 1)) == v",
        "expectation(sum((x[i] - mean(x))**2, i, 1, n)/n) == v",
    ),
    "a sequence": Trap(
        {"a": "in (0, 1)", "t": "natural"},
        "v[t] == 1 - a**t",
        "v[t] == 1 - a**(t + 1)",
        {"v[0]": "0", "v[t]": "a*v[t-1] + 1 - a"},
        "by induction",
    ),
    "a strict inequality": Trap({"x, y": "real"}, "x**2 + y**2 >= 2*x*y", "x**2 + y**2 > 2*x*y"),
    "a bound": Trap({"x": "real"}, "diff(sigmoid(x), x) <= 1/4", "diff(sigmoid(x), x) <= 1/5"),
    "a divergence": Trap(
        {"p, q": "probability"},
        "p*log(p/q) + (1 - p)*log((1 - p)/(1 - q)) >= 0",
        "p*log(q/p) + (1 - p)*log((1 - q)/(1 - p)) >= 0",
        by="by derivatives",
    ),
    "an absolute value": Trap({"x": "real"}, "sqrt(x**2) == abs(x)", "sqrt(x**2) == x"),
    "the side of an inequality": Trap({"x": "positive"}, "log(x) <= x - 1", "log(x) >= x - 1", by="by derivatives"),
    "a stable step": Trap({"lam": "positive", "eta": "in (0, 2/lam)"}, "abs(1 - eta*lam) < 1", "abs(1 - eta*lam) < 1/2"),
    "an integral": Trap(
        {"s": "positive"},
        "integrate(exp(-x**2/(2*s**2)), x, -oo, oo) == sqrt(2*pi)*s",
        "integrate(exp(-x**2/(2*s**2)), x, -oo, oo) == sqrt(2*pi)*s**2",
    ),
    "an infinite sum": Trap({"b": "in (0, 1)"}, "sum(b**k, k, 0, oo) == 1/(1 - b)", "sum(b**k, k, 0, oo) == 1/(1 + b)"),
    "a quadratic form that is none": Trap(
        {"A": "definite matrix 2", "x": "vector 2"}, "x.T @ A @ x >= 0", "x.T @ A @ x >= x.T @ x", by="as a sum of squares"
    ),
    "a derivative that vanishes on each side of a gap": Trap(
        {"x": "nonzero"}, "atan(x) + atan(-x) == 0", "atan(x) + atan(1/x) == pi/2"
    ),
}


@pytest.fixture(scope="module")
def outcomes() -> dict[str, tuple[Verdict, Verdict]]:
    """The verdicts on what is right and what is wrong."""
    texts = [shown(trap.symbols, trap.right, trap.wrong, given=trap.given) for trap in TRAPS.values()]
    found = verdicts(*texts)
    return dict(zip(TRAPS, zip(found[::2], found[1::2], strict=True), strict=True))


@pytest.mark.parametrize("name", TRAPS)
def test_what_is_right_is_proven(name: str, outcomes: dict[str, tuple[Verdict, Verdict]]) -> None:
    right, _ = outcomes[name]
    assert right.status == "proven", right.sentence
    assert right.sentence.endswith(TRAPS[name].by)
    assert right.points > 0


@pytest.mark.parametrize("name", TRAPS)
def test_what_is_wrong_is_refuted_with_numbers(name: str, outcomes: dict[str, tuple[Verdict, Verdict]]) -> None:
    _, wrong = outcomes[name]
    assert wrong.status == "refuted", wrong.sentence
    assert ": the left side" in wrong.sentence
    assert (wrong.place.line, wrong.place.column) > (1, 1)


def test_a_counterexample_is_one(outcomes: dict[str, tuple[Verdict, Verdict]]) -> None:
    _, wrong = outcomes["a factor 2 of a quadratic form"]
    assert wrong.sentence == "refuted at n = 1, A[1,1] = 1, w[1] = 1: the left side of entry [1] is 2, the right side 1"
    _, wrong = outcomes["a limit"]
    assert wrong.sentence == "refuted at lam = 1: the left side is 0.367879, the right side 2.71828"


def test_the_sizes_of_a_proof_are_named(outcomes: dict[str, tuple[Verdict, Verdict]]) -> None:
    right, _ = outcomes["a sign in the softmax Jacobian"]
    assert right.sentence == "proven for n = 2, 3 by expansion"
    right, _ = outcomes["a factor 2 of least squares"]
    assert right.sentence == "proven for m = 1, 2 and n = 1, 2 by expansion"


def test_sides_of_a_chain_are_compared_one_by_one() -> None:
    good, bad, worse = verdicts(shown({"x": "real"}, "0 <= x**2 <= x**2 + 1", "0 <= x**2 <= x**2 - 1", "x == x + 0 == x + 1"))
    assert (good.status, bad.status, worse.status) == ("proven", "refuted", "refuted")


def test_what_has_no_value_is_undecided_and_says_where() -> None:
    found = verdicts(
        shown({"x": "real"}, "log(x) == log(x)", "1/(x - x) == x"),
        shown({"x": "normal(0, 1)"}, "x**2 >= 0", "expectation(x)**2 >= 0"),
        shown({"x": "random(0, 1)"}, "expectation(x**4) == 3"),
        shown({"x": "vector 3", "y": "vector 2"}, "x + y == 0", "x[4] == 0", "x == x[1]", "diff(sum(x)**2, sum(x)) == 0"),
    )
    sentences = [f"{verdict.status} {verdict.place.line}:{verdict.place.column} {verdict.sentence}" for verdict in found]
    assert sentences == [
        "undecided 5:6 undecided: the left side has no real value at x = -1/11",
        "undecided 6:6 undecided: a division by zero",
        "undecided 5:6 undecided: x is random, so that the statement has no meaning as it is",
        "proven 6:6 proven by expansion",
        "undecided 5:6 undecided: the moment of order 4 of a variable known by mean and variance is asked for",
        "undecided 6:6 undecided: a vector of 3 does not go with a vector of 2",
        "undecided 7:6 undecided: there is no entry 4 of 3",
        "undecided 8:11 undecided: a vector of 3 is compared with a number",
        "undecided 9:6 undecided: diff goes by a symbol, or by an entry of one",
    ]


def test_support_at_points_is_enough_where_the_author_says_so() -> None:
    (found,) = verdicts(shown({"x": "real"}, "sin(x)**2 + cos(x)**2 == 1", by="numeric"))
    assert (found.status, found.numeric) == ("supported", True)
    assert found.sentence == f"supported at {found.points} points"


def test_a_method_that_is_named_is_the_only_one() -> None:
    only, any_one = verdicts(
        shown({"x": "real"}, "exp(x) >= 1 + x", by="squares"), shown({"x": "real"}, "exp(x) >= 1 + x", by="differentiate")
    )
    assert only.status == "supported" and only.sentence.endswith("points: no proof was found")
    assert any_one.sentence == "proven by derivatives"


def test_conditions_make_pieces() -> None:
    found = verdicts(
        shown({"x": "real"}, "relu(x) == (x if x > 0 else 0)", "diff(x**2/2 if x > 0 else 0, x) == relu(x)"),
        shown({"x": "real"}, "abs(x) == (x if x >= 0 else -x if x < 0 else 0)", "(x if 0 < x < 1 or x > 1 else x) == x"),
        shown({"x": "real"}, "(x if x > 0 else 1) == x"),
    )
    assert [verdict.status for verdict in found] == ["proven"] * 4 + ["refuted"]


def test_moments_and_probabilities() -> None:
    found = verdicts(
        shown({"m": "real", "s": "positive", "x": "normal(m, s)"}, "expectation(x**3) == m**3 + 3*m*s"),
        shown({"m": "real", "s": "positive", "x": "normal(m, s)"}, "expectation(exp(x)) == exp(m + s/2)"),
        shown({"n": "natural", "p": "probability", "x": "binomial(n, p)"}, "expectation(x*(x - 1)) == n*(n - 1)*p**2"),
        shown({"l": "positive", "x": "poisson(l)"}, "expectation(x**2) == l + l**2", "expectation(2**x) == exp(l)"),
        shown({"a, b": "positive", "x": "beta(a, b)"}, "variance(x) == a*b/((a + b)**2*(a + b + 1))"),
        shown({"l": "positive", "x": "exponential(l)"}, "variance(x) == 1/l**2"),
        shown({"x": "uniform(0, 2)"}, "variance(x) == 1/3", "probability(x < 1/2) == 1/4"),
        shown({"x": "categorical([1/2, 1/3, 1/6])"}, "expectation(x) == 5/3", "probability(x >= 2) == 1/2"),
        shown({"x": "binomial(3, 1/2)"}, "probability(x >= 2) == 1/2"),
        shown({"c": "real", "x": "vector 2 of random(0, 1)"}, "covariance(x[1], c*x[1] + x[2]) == c"),
        shown({"x": "vector 2 of random(0, 1)"}, "covariance(x, x) == identity(2)"),
    )
    assert [verdict.sentence for verdict in found if verdict.status != "proven"] == []
