"""The pure half of the card's script, run by QuickJS, against Python's own results."""

import math
import re
from collections import Counter
from datetime import date, datetime, timedelta
from decimal import Decimal
from fractions import Fraction
from importlib.resources import files
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from generator.anki.checker import call
from generator.anki.lock import guid
from generator.anki.notetypes import note_type

DAY = (date(2026, 3, 10) - date(1970, 1, 1)).days
GUIDS = [guid("test", str(number)) for number in range(40)]


# Which variant.


def fnv(text: str) -> int:
    """FNV-1a of 32 bits with the finish of MurmurHash3, from their definitions."""
    h = 0x811C9DC5
    for letter in text:
        h = (h ^ ord(letter)) * 0x01000193 % 2**32
    h = (h ^ h >> 16) * 0x85EBCA6B % 2**32
    h = (h ^ h >> 13) * 0xC2B2AE35 % 2**32
    return h ^ h >> 16


def chosen(text: str, day: int, showing: int, size: int) -> int:
    step = next(step for step in range(round(0.382 * size), size + 2) if math.gcd(step, size) == 1)
    return (fnv(text) + day * step + showing) % size


@given(st.text(st.characters(max_codepoint=0xFFFF, exclude_categories=["Cs"]), max_size=40))
def test_hash(text: str) -> None:
    assert call("hash", text) == fnv(text)


def test_hash_is_what_it_was() -> None:
    # Literally, so that no card shows other numbers on the day of an update.
    assert call("hash", "b99c11764bf36b398ccd") == 1872133833
    assert [call("choose", "b99c11764bf36b398ccd", DAY + k, 0, 13) for k in range(5)] == [12, 4, 9, 1, 6]


@given(st.sampled_from(GUIDS), st.integers(-400, 40000), st.integers(0, 50), st.integers(1, 40))
def test_choice(text: str, day: int, showing: int, size: int) -> None:
    assert call("choose", text, day, showing, size) == chosen(text, day, showing, size)


@pytest.mark.parametrize("size", range(1, 21))
def test_the_pool_is_walked_cyclically(size: int) -> None:
    for text in GUIDS[:5]:
        walk = [call("choose", text, DAY, showing, size) for showing in range(2 * size)]
        assert walk[:size] == walk[size:] == [(walk[0] + k) % size for k in range(size)]
        days = [call("choose", text, DAY + k, 0, size) for k in range(2 * size)]
        assert sorted(days[:size]) == list(range(size)), "days less than a pool apart begin differently"
        assert days[:size] == days[size:]


def test_what_a_day_repeats_is_not_what_the_next_days_begin_with() -> None:
    for text in GUIDS:
        today = {call("choose", text, DAY, showing, 13) for showing in range(3)}
        following = {call("choose", text, DAY + later, 0, 13) for later in (1, 2)}
        assert not today & following


def test_over_a_year_every_variant_comes_about_equally_often() -> None:
    counts = Counter(call("choose", text, DAY + k, 0, 13) for text in GUIDS for k in range(364))
    assert set(counts.values()) == {len(GUIDS) * 28}


@pytest.mark.parametrize(
    ("time", "day"),
    [
        (datetime(2026, 3, 10, 4, 0), DAY),
        (datetime(2026, 3, 10, 3, 59, 59), DAY - 1),
        (datetime(2026, 3, 10, 23, 59), DAY),
        (datetime(2026, 3, 11, 0, 0), DAY),
        (datetime(2026, 1, 1, 2, 0), (date(2025, 12, 31) - date(1970, 1, 1)).days),
    ],
)
def test_a_day_begins_at_four(time: datetime, day: int) -> None:
    assert run(f"dayOf(new Date({time.year}, {time.month - 1}, {time.day}, {time.hour}, {time.minute}, {time.second}))") == day


def run(expression: str) -> Any:
    """What an expression in the script's own terms comes to."""
    import quickjs

    context = quickjs.Context()
    context.eval(SOURCE)
    return context.eval(expression)


SOURCE = files("generator.anki").joinpath("templates", "core.js").read_text(encoding="utf-8")


# The memory of showings.

FRONTS = """
    (() => {
        const memory = sane(null), seen = [];
        const front = (guid, day) => seen.push("front " + remember(memory, guid, day).showing);
        const another = (guid, day) => seen.push("another " + next(memory, guid, day).showing);
        const back = (guid, day) => { const s = recall(memory, guid, day); seen.push("back " + s.showing + " of day " + s.day); };
        STEPS
        return seen.join("; ");
    })()
"""


@pytest.mark.parametrize(
    ("steps", "seen"),
    [
        ("front('a', 5); back('a', 5); front('a', 5); back('a', 5)", "front 0; back 0 of day 5; front 1; back 1 of day 5"),
        ("front('a', 5); back('a', 5); back('a', 5); front('a', 5)", "front 0; back 0 of day 5; back 0 of day 5; front 1"),
        ("front('a', 5); front('b', 5); front('a', 5)", "front 0; front 0; front 1"),
        # Drawn anew, a front is the same showing; another day, or another draw, is a new one.
        ("front('a', 5); front('a', 5); back('a', 5)", "front 0; front 0; back 0 of day 5"),
        ("front('a', 5); another('a', 5); back('a', 5)", "front 0; another 1; back 1 of day 5"),
        ("front('a', 5); another('a', 5); front('a', 5); back('a', 5)", "front 0; another 1; front 1; back 1 of day 5"),
        ("front('a', 5); front('a', 6); back('a', 6)", "front 0; front 0; back 0 of day 6"),
        ("front('a', 5); back('a', 5); front('b', 6); front('a', 6)", "front 0; back 0 of day 5; front 0; front 0"),
        ("front('a', 5); back('a', 6); front('a', 6)", "front 0; back 0 of day 5; front 0"),
        ("back('a', 5)", "back 0 of day 5"),
        (
            "front('a', 5); back('a', 5); front('a', 5); front('b', 5); back('a', 5)",
            "front 0; back 0 of day 5; front 1; front 0; back 1 of day 5",
        ),
        ("front('__proto__', 5); back('__proto__', 5)", "front 0; back 0 of day 5"),
    ],
)
def test_showings_are_counted(steps: str, seen: str) -> None:
    assert run(FRONTS.replace("STEPS", steps)) == seen


@pytest.mark.parametrize(
    "broken",
    [
        "null",
        "1",
        "'x'",
        "[]",
        "{}",
        "{day: 1}",
        "{day: 1, counts: null}",
        "{day: 1, counts: {a: 'x'}}",
        "{day: 'x', counts: {}}",
        "{day: 1.5, counts: {}}",
        "{day: 1, counts: {}, last: {day: 1, showing: 0, typed: [1]}}",
    ],
)
def test_what_another_script_stored_does_no_harm(broken: str) -> None:
    assert run(f"JSON.stringify(sane({broken}))") == '{"day":null,"counts":{},"last":null}'


def test_memory_that_is_sound_is_kept() -> None:
    sound = '{"day":1,"counts":{"a":3},"last":{"guid":"a","day":1,"showing":3,"typed":["0.5"]}}'
    assert run(f"JSON.stringify(sane({sound}))") == sound
    assert run("sane({day: 1, counts: {}, last: 7}).last") is None


# Reading numbers.

PLAIN = {"label": "", "kind": "number", "value": "1", "margin": "0", "factor": 1, "unit": ""}


def read(text: str, **check: Any) -> list[float]:
    numbers: list[float] = call("parse", text, {**PLAIN, **check})["numbers"]
    return numbers


NOTATIONS = {
    0.5: "0.5|.5|0,5|,5|1/2|2/4|5e-1|5E-1|5e−1|+0.5|50%|50 %|500‰|5×10^-1|5×10^−1|5·10^-1|5*10^-1|5*10**-1|5x10^-1|5 x 10^-1"
    "|5 × 10⁻¹|5×10^{-1}|5×10^(-1)|≈ 0.5|x = 0.5|P(A) = 1/2 = 0.5|~.5|０．５|0.5\u200b|  0.5  ",
    -0.5: "−0.5|-0.5|–0.5|- 0.5|-1/2|(-1/2)|−50%|−5e−1|-,5",
    1000.5: "1 000.5|1\u2009000.5|1'000.5|1,000.5|1.000,5|1 000,5|2001/2",
    1000: "1\u202f000|1\u00a0000|1’000|1e3|10^3|10³",
    1e6: "1,000,000|1.000.000|1 000 000|10^6|10⁶|1e6",
    1000000.5: "1.000.000,5|1,000,000.5",
    0.25: "1÷4|1∕4|2^-2|1/2^2|25%",
    1024: "2^10|2**10|2¹⁰|1 KiB",
    3 * 2**20: "3·2^20|3*2**20|3 MiB",
    1536: "1.5 KiB|1,5KiB|1536 B",
    2e6: "2 MB|2MB",
    5: "5.|5|05",
    0: "0|-0|0.0",
    -4: "-2^2|-4",
    0.3: "2*3/4*5|0.3",
    0.123456: "0.123 456|0.123456",
    12.5: "12,5",
    1 / 3: "1/3|2/6",
    math.inf: "∞|inf|Infinity|+∞",
    -math.inf: "-∞|−inf|-Infinity",
}
"""A number -> ways to write it."""


@pytest.mark.parametrize(("text", "number"), [(text, number) for number, texts in NOTATIONS.items() for text in texts.split("|")])
def test_notations(text: str, number: float) -> None:
    # JSON has no infinity.
    if math.isinf(number):
        assert run(f"numbers(plain({text!r}), {PLAIN})[0]") == number
    else:
        assert read(text) == [pytest.approx(number, rel=1e-15, abs=0)]


@pytest.mark.parametrize(
    "text",
    ["abc", "?", "--1", "1-2", "1..2", "1,2,3", "1,23,456", "1 2", "1 00", "1e", "e5", "×10", "1/", "/2", "1/0", "1/2/3", "1e999",
     "2^", "^2", "10^9999", "5%%", "1_0", "nan", "½", "1½", "one", "1+1", "(1", "1)", "()", "%", "-", "−", "∞∞", "1;2", "[1]",
     "{}", "1 000 00", "10 00", "1.5,5.5,5", "\u200b", "5 kg", "<b>1</b>", "'", '"', "__proto__", "1" * 400, "9," * 90],
)  # fmt: skip
def test_garbage_is_not_understood(text: str) -> None:
    assert read(text) == []


def test_a_comma_before_three_digits_may_mean_either() -> None:
    assert read("1,000") == [1, 1000]
    assert read("-12,500") == [-12.5, -12500]
    assert read("0,125") == [0.125]
    assert read("1234,567") == [1234.567]


def test_percent_may_be_typed_as_it_is_shown() -> None:
    assert read("15", factor=100) == [15, 0.15]
    assert read("15%", factor=100) == [0.15]
    assert read("0.15", factor=100) == [0.15, 0.0015]
    assert read("1.5", factor=2.0**-20) == [1.5, 1.5 * 2**20]
    assert read("1.5 MiB", factor=2.0**-20) == [1.5 * 2**20]


def test_a_unit_may_be_typed() -> None:
    assert read("3 bits", unit="bits") == read("3bits", unit="bits") == read("3", unit="bits") == read("3 Bits", unit="bits") == [3]
    assert read("3 cm²", unit="cm²") == read("3 cm^2", unit="cm²") == [3]
    assert read("3 nats", unit="bits") == []
    assert read("12 MB", unit="MB") == [12]


NUMBERS = st.decimals(min_value=Decimal("-1e6"), max_value=Decimal("1e6"), allow_nan=False, allow_infinity=False, places=5)
RAISED = str.maketrans("0123456789-", "⁰¹²³⁴⁵⁶⁷⁸⁹⁻")


def grouped(number: Decimal, gap: str) -> str:
    return f"{number:,f}".replace(",", gap)


def notations(number: Decimal) -> list[str]:
    """Ways to write one number."""
    sign, exponent = ("-" if number < 0 else ""), number.adjusted() if number else 0
    mantissa = f"{number.scaleb(-exponent).normalize():f}"
    share = Fraction(number)
    plain = f"{number:f}"
    return [
        plain, plain.replace("-", "−"), plain.replace(".", ","), f"{number * 100:f}%", f"{number * 100:f} %", f" {plain} ",
        f"{mantissa}e{exponent}", f"{mantissa}E{exponent:+d}", f"{mantissa}×10^{exponent}", f"{mantissa} · 10^{{{exponent}}}",
        f"{mantissa} × 10{str(exponent).translate(RAISED)}", f"{share.numerator}/{share.denominator}", f"{sign}{abs(number):f}",
        grouped(number, " "), grouped(number, "\u202f"), grouped(number, "'"), grouped(number, ","),
        grouped(number, "·").replace(".", ",").replace("·", "."), f"y = {plain}", f"≈{plain}", f"({plain})",
    ]  # fmt: skip


@given(NUMBERS)
def test_every_notation_of_a_number_reads_back(number: Decimal) -> None:
    for text in notations(number):
        assert read(text)[:1] == [pytest.approx(float(number), rel=1e-12, abs=1e-15)], text


# Verdicts.


def check(value: Any, margin: Any, kind: str = "number", **extra: Any) -> dict[str, Any]:
    return {**PLAIN, "kind": kind, "value": value, "margin": margin, **extra}


def judge(typed: str | list[str], *checks: dict[str, Any], mistakes: tuple[dict[str, Any], ...] = ()) -> tuple[str, int]:
    found = call("judge", {"checks": checks, "mistakes": mistakes}, [typed] if isinstance(typed, str) else typed)
    return found["verdict"], found["mistake"]


def mistake(*values: Any, margins: Any = None) -> dict[str, Any]:
    return {"values": values, "margins": margins or ["0.001" if isinstance(value, str) else None for value in values]}


@given(NUMBERS, st.decimals(Decimal("0.00001"), Decimal(1000), places=5), st.sampled_from([-1, 1]))
def test_the_margin_ends_where_it_should(value: Decimal, margin: Decimal, side: int) -> None:
    answer = check(str(value), str(margin))
    assert judge(f"{value + side * margin:f}", answer)[0] == "right"
    beyond = max(margin / 10**6, abs(value) / 10**9)
    assert judge(f"{value + side * (margin + beyond):f}", answer)[0] in ("rounding", "wrong")
    assert judge(f"{value + side * margin * Decimal('0.999'):f}", answer)[0] == "right"


@given(NUMBERS.filter(lambda value: abs(value) > 1))
def test_a_slip_of_rounding_ends_at_three_percent(value: Decimal) -> None:
    answer = check(str(value), "0")
    assert judge(f"{value:f}", answer)[0] == "right"
    for share, verdict in (("1.0299", "rounding"), ("0.9701", "rounding"), ("1.0301", "wrong"), ("0.9699", "wrong")):
        assert judge(f"{value * Decimal(share):f}", answer)[0] == verdict


def test_exact_answers_are_exact() -> None:
    assert judge("12345678901", check("12345678901", "0"))[0] == "right"
    assert judge("12345678902", check("12345678901", "0"))[0] == "rounding"
    assert judge("1/3", check("0.3333333333333333", "0"))[0] == "right"
    assert judge("0", check("0", "0"))[0] == "right"
    assert judge("0.001", check("0", "0"))[0] == "wrong"
    assert judge("∞", check("inf", "0"))[0] == judge("-inf", check("-inf", "0"))[0] == "right"
    assert judge("1e300", check("inf", "0"))[0] == judge("-∞", check("inf", "0"))[0] == "wrong"


def test_a_known_mistake_is_named_and_a_nearer_one_is_no_slip() -> None:
    answer, slips = check("100", "0.5"), (mistake("90"), mistake("102"), mistake("90.001"))
    assert judge("100.5", answer, mistakes=slips) == ("right", -1)
    assert judge("90", answer, mistakes=slips) == ("wrong", 0)
    assert judge("90.0009", answer, mistakes=slips) == ("wrong", 2), "of two that fit the nearer one"
    assert judge("102", answer, mistakes=slips) == ("wrong", 1), "although within 3 %"
    assert judge("101.8", answer, mistakes=slips) == ("wrong", -1), "a mistake is nearer, but it is not that one"
    assert judge("98", answer, mistakes=slips) == ("rounding", -1)
    assert judge("50", answer, mistakes=slips) == ("wrong", -1)


@pytest.mark.parametrize("text", ["15", "15%", "0.15", "15 %", ",15", "3/20", "15,0", "0.16", "14"])
def test_a_percentage_is_right_either_way(text: str) -> None:
    assert judge(text, check("0.15", "0.01", factor=100))[0] == "right"


@pytest.mark.parametrize("text", ["17", "0.17", "1.5", "1500", "15/2"])
def test_a_wrong_percentage_is_wrong(text: str) -> None:
    assert judge(text, check("0.15", "0.01", factor=100))[0] == "wrong"


@pytest.mark.parametrize("text", ["", " ", "\u00a0", "\t"])
def test_nothing_is_no_verdict(text: str) -> None:
    assert judge(text, check("1", "0")) == ("empty", -1)


VECTOR = check(["1", "-0.5"], ["0.01", "0.01"], "vector")


@pytest.mark.parametrize(
    "text",
    ["(1, -0.5)", "[1, -0.5]", "1 -0.5", "1, -0.5", "1,-0.5", "[1;-0.5]", "1; -1/2", "1,0 -0,5", "1,0; -0,5", "1,0, -0,5",
     "⟨1, −0.5⟩",
     "[[1], [-0.5]]", "[[1, -0.5]]", "(1, -.5)^T", "(1, -.5)ᵀ", "[1 -0.5]'", "w = (1, -0.5)", "1.005 , -5e-1", "100% -50%",
     "{1, -0.5}"],
)  # fmt: skip
def test_vectors(text: str) -> None:
    assert judge(text, VECTOR)[0] == "right"


@pytest.mark.parametrize(
    ("text", "verdict"),
    [("(1, 0.5)", "wrong"), ("(-0.5, 1)", "wrong"), ("(1, -0.5, 0)", "wrong"), ("1", "wrong"), ("(1.02, -0.51)", "rounding"),
     ("(1, a)", "unclear"), ("(1, -)", "unclear"), ("()", "wrong")],
)  # fmt: skip
def test_wrong_vectors(text: str, verdict: str) -> None:
    assert judge(text, VECTOR)[0] == verdict


def test_long_vectors_by_the_separator_that_fits() -> None:
    assert judge("1,2,3", check(["1", "2", "3"], ["0"] * 3, "vector"))[0] == "right"
    assert judge("1, 2,3", check(["1", "2", "3"], ["0"] * 3, "vector"))[0] == "right"
    assert judge("10 000, 20 000", check(["10000", "20000"], ["0"] * 2, "vector"))[0] == "right"
    assert judge("1,5 2,5 3,5", check(["1.5", "2.5", "3.5"], ["0"] * 3, "vector"))[0] == "right"
    assert judge("0.5", check(["0.5"], ["0"], "vector"))[0] == judge("0,5", check(["0.5"], ["0"], "vector"))[0] == "right"


@given(st.lists(NUMBERS, min_size=1, max_size=6))
def test_vectors_read_back(values: list[Decimal]) -> None:
    answer = check([str(value) for value in values], ["0"] * len(values), "vector")
    texts = [f"{value:f}" for value in values]
    for way in (
        f"({', '.join(texts)})",
        " ".join(texts),
        "; ".join(texts),
        ";".join(texts).replace(".", ","),
        f"[{','.join(texts)}]",
    ):
        assert judge(way, answer)[0] == "right", way


MATRIX = check([["1", "0.5"], ["0", "-2"]], [["0", "0"], ["0", "0"]], "matrix")


@pytest.mark.parametrize(
    "text",
    ["[[1, 0.5], [0, -2]]", "[1, 0.5; 0, -2]", "1 0.5; 0 -2", "1 .5 0 −2", "1, 1/2, 0, -2", "(1, .5), (0, -2)", "((1 .5) (0 -2))",
     "[1 0,5; 0 -2]", "1,0.5;0,-2", "[[1,0.5],[0,-2]]", "A = [1 .5; 0 -2]", "[1, 0.5] [0, -2]", "[1 0.5; 0 -2;]"],
)  # fmt: skip
def test_matrices(text: str) -> None:
    assert judge(text, MATRIX)[0] == "right"


@pytest.mark.parametrize(
    ("text", "verdict"),
    [("[[1, 0], [0.5, -2]]", "wrong"), ("1 0.5 0", "wrong"), ("[1 0.5 0 -2; 1 1 1 1]", "wrong"), ("[[1, x], [0, -2]]", "unclear"),
     ("[[1, 0.5], [0, -2.05]]", "rounding")],
)  # fmt: skip
def test_wrong_matrices(text: str, verdict: str) -> None:
    assert judge(text, MATRIX)[0] == verdict


def test_a_column_is_a_matrix_too() -> None:
    column = check([["1"], ["2"]], [["0"], ["0"]], "matrix")
    assert {judge(text, column)[0] for text in ("[1; 2]", "[[1], [2]]", "1 2", "1; 2", "(1, 2)")} == {"right"}


@pytest.mark.parametrize("text", ["converges", "Converges", " CONVERGES ", "ｃｏｎｖｅｒｇｅｓ"])
def test_words(text: str) -> None:
    assert judge(text, check("converges", None, "word"))[0] == "right"


def test_wrong_words_and_words_with_signs() -> None:
    assert judge("diverges", check("converges", None, "word"), mistakes=(mistake("diverges", margins=[None]),)) == ("wrong", 0)
    assert judge("converge", check("converges", None, "word"))[0] == "wrong"
    assert judge("layer–norm", check("layer-norm", None, "word"))[0] == "right"
    assert judge("Layer   Norm", check("layer norm", None, "word"))[0] == "right"
    assert judge("true", check("True", None, "word"))[0] == "right"
    assert judge("ﬁlter", check("filter", None, "word"))[0] == judge("cafe\u0301", check("café", None, "word"))[0] == "right"
    assert judge("O(n²)", check("O(n²)", None, "word"))[0] == judge("o(n^2)", check("O(n^2)", None, "word"))[0] == "right"


def test_words_in_an_order() -> None:
    order = check(["key", "query", "layer norm"], [None] * 3, "vector")
    assert judge("Key, query, layer norm", order)[0] == judge("(key, query, layer norm)", order)[0] == "right"
    assert judge("query, key, layer norm", order)[0] == judge("key query", order)[0] == "wrong"


@pytest.mark.parametrize("text", ["{1, 3}", "3 1", "1;3", "3,1", "{3, 1, 1}", "1 3 3", "{1.0, 3.0}", "x = {1, 3}"])
def test_sets_in_any_order(text: str) -> None:
    assert judge(text, check(["1", "3"], ["0", "0"], "set"))[0] == "right"


def test_wrong_sets_and_sets_of_words() -> None:
    three = check(["1", "3", "5"], ["0.1"] * 3, "set")
    assert [judge(text, three)[0] for text in ("1 3", "1 3 6", "1 3 5 7", "5.05 1 3", "1, x, 5")] == [
        "wrong", "wrong", "wrong", "right", "unclear"
    ]  # fmt: skip
    words = check(["b", "a"], [None, None], "set")
    assert [judge(text, words)[0] for text in ("a, b", "{A, B}", "b a", "a", "a c")] == [
        "right",
        "right",
        "right",
        "wrong",
        "wrong",
    ]
    nothing = check([], [], "set")
    assert [judge(text, nothing)[0] for text in ("{}", "∅", "1")] == ["right", "right", "wrong"]


@given(st.permutations([Decimal(k) / 4 for k in range(6)]))
def test_sets_in_every_order(values: list[Decimal]) -> None:
    answer = check([str(Decimal(k) / 4) for k in range(6)], ["0.1"] * 6, "set")
    assert judge(", ".join(str(value + Decimal("0.09")) for value in values), answer)[0] == "right"


def test_several_answers() -> None:
    both = check("4", "0"), check("8.67", "0.01")
    slip = mistake(None, "13", margins=[None, "0.01"])
    assert judge(["4", "8.67"], *both, mistakes=(slip,)) == ("right", -1)
    assert judge(["4", "13"], *both, mistakes=(slip,)) == ("wrong", 0)
    assert judge(["5", "13"], *both, mistakes=(slip,)) == ("wrong", -1)
    assert judge(["4", "8.7"], *both, mistakes=(slip,)) == ("rounding", -1)
    assert judge(["4", ""], *both, mistakes=(slip,)) == ("partial", -1)
    assert judge(["4", "x"], *both, mistakes=(slip,)) == ("unclear", -1)
    assert judge(["", ""], *both, mistakes=(slip,)) == ("empty", -1)
    assert call("judge", {"checks": both, "mistakes": []}, ["5", "8.7"])["fields"] == ["wrong", "rounding"]


def test_a_mistake_leaves_the_other_answer_its_margin() -> None:
    both = check("4", "0.5"), check("8.67", "0.01")
    assert judge(["4.2", "13"], *both, mistakes=(mistake(None, "13", margins=[None, "0.01"]),)) == ("wrong", 0)


def test_nearer_is_measured_in_units_of_each_entry() -> None:
    answer = check(["100", "1"], ["0", "0"], "vector")
    assert judge("102, 1.02", answer, mistakes=(mistake(["102.5", "1.5"], margins=[["0", "0"]]),)) == ("rounding", -1)
    assert judge("102, 1.02", answer, mistakes=(mistake(["103", "1.025"], margins=[["0", "0"]]),)) == ("wrong", -1)


def test_a_mistake_may_have_another_shape() -> None:
    both = check(["-2", "2"], ["0", "0"], "set")
    assert judge("2", both, mistakes=(mistake(["2"], margins=[["0"]]),)) == ("wrong", 0)


KINDS = st.sampled_from([check("1", "0"), VECTOR, MATRIX, check("a", None, "word"), check(["1", "2"], ["0", "0"], "set")])


@given(st.text(max_size=60) | st.text("0123456789.,;+-−×*/^()[]{} e%x=", max_size=60), KINDS)
def test_whatever_is_typed_there_is_a_verdict(text: str, answer: dict[str, Any]) -> None:
    verdict, named = judge(text, answer, mistakes=(mistake("7"),))
    assert verdict in ("right", "rounding", "wrong", "unclear", "empty")
    assert named == -1 or verdict == "wrong"


@pytest.mark.parametrize(
    "text", ["1" * 300, "1 " * 150, "(" * 300, "1," * 150, "[" * 150 + "]" * 150, "1e" * 150, "-" * 300, "1*" * 150, "1,234" * 60]
)
def test_long_input_takes_no_time(text: str) -> None:
    for answer in (check("1", "0"), VECTOR, MATRIX):
        started = datetime.now()
        judge(text, answer)
        assert datetime.now() - started < timedelta(seconds=0.5)


# The script as a whole.

YOUNGER = {
    "?.": r"\?\.(?!\d)",
    "??": r"\?\?",
    "object spread": r"\{\s*\.\.\.|,\s*\.\.\.\w+\s*\}",
    "catch without a name": r"catch\s*\{",
    "regular expressions": r"\(\?<|/[gimuy]*s[gimuy]*[.,);]|\\p\{",
    "methods": r"\.(flat|flatMap|matchAll|replaceAll|at|trimStart|trimEnd|finally|hasOwn|fromEntries|allSettled)\(",
    "numbers": r"\d_\d|\d+n\b",
    "class fields and private names": r"#\w+\s*[=(;]",
    "async iteration": r"for await",
}
"""What came after ES2017, by sight: web views of old phones do not read it."""


def test_the_script_is_old_enough_for_old_phones() -> None:
    (script,) = re.findall(r"<script>(.*?)</script>", note_type("numeric").front, re.DOTALL)
    code = re.sub(r"^\s*//.*$", "", script, flags=re.MULTILINE)
    assert [name for name, pattern in YOUNGER.items() if re.search(pattern, code)] == []
