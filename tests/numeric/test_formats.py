"""Formats: strings that cards show, the numbers that a reader takes from them, and half-way cases."""

import math
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from generator.numeric.formats import Rendering, bounds, read, render
from generator.numeric.readformat import EXAMPLES
from generator.numeric.relation import relation
from generator.numeric.rounding import round_to, steadied
from generator.numeric.values import CONTEXT, Members, Refusal, Value, as_decimal

F = Fraction
THIN, NBSP = "\u202f", "\u00a0"


def show(value: Value, form: str) -> Rendering:
    return render(value, read(form))


@pytest.mark.parametrize(
    ("value", "form", "tex", "html", "plain"),
    [
        (F(1, 8), "", "0.125", "0.125", "0.125"),
        (F(-3), "", "-3", "−3", "-3"),
        (F(1234), "", "1234", "1234", "1234"),
        (F(26492), "", "26\\,492", f"26{THIN}492", "26492"),
        (F("1234567.5"), "exact", "1\\,234\\,567.5", f"1{THIN}234{THIN}567.5", "1234567.5"),
        (F("0.00001"), "", "10^{-5}", "10<sup>−5</sup>", "1e-5"),
        (F("0.00025"), "", "0.00025", "0.00025", "0.00025"),
        (F("-0.000025"), "", "-2.5 \\times 10^{-5}", f"−2.5{NBSP}×{NBSP}10<sup>−5</sup>", "-2.5e-5"),
        (F("0.1538"), "2sf", "0.15", "0.15", "0.15"),
        (F("0.0450"), "3sf", "0.0450", "0.0450", "0.0450"),
        (F(26492), "2sf", "26\\,000", f"26{THIN}000", "26000"),
        (F(9_960_000), "2sf", "1.0 \\times 10^{7}", f"1.0{NBSP}×{NBSP}10<sup>7</sup>", "1.0e7"),
        (F(0), "2sf", "0", "0", "0"),
        (F("9.96"), "2sf", "10", "10", "10"),
        (F("99.95"), "3sf", "100", "100", "100"),
        (F("0.0000123"), "2sf", "1.2 \\times 10^{-5}", f"1.2{NBSP}×{NBSP}10<sup>−5</sup>", "1.2e-5"),
        (F("3.14159"), "2dp", "3.14", "3.14", "3.14"),
        (F(2), "2dp", "2.00", "2.00", "2.00"),
        (F("0.00001"), "2dp", "0.00", "0.00", "0.00"),
        (F("-0.001"), "2dp", "0.00", "0.00", "0.00"),
        (F("-0.4"), "0dp", "0", "0", "0"),
        (F("0.1538"), "pct", "15\\%", "15%", "15%"),
        (F("0.1538"), "pct1", "15.4\\%", "15.4%", "15.4%"),
        (F("0.00453"), "pct 2sf", "0.45\\%", "0.45%", "0.45%"),
        (F("0.0585"), "pct exact", "5.85\\%", "5.85%", "5.85%"),
        (F("-0.05"), "pct", "-5\\%", "−5%", "-5%"),
        (F("0.009"), "per 1000", "9", "9", "9"),
        (F("0.0585"), "per 1000 1dp", "58.5", "58.5", "58.5"),
        (F("0.0585"), "per 1000", "59", "59", "59"),
        (F(2, 3), "frac", "\\frac{2}{3}", "2/3", "2/3"),
        (F(-2, 3), "frac", "-\\frac{2}{3}", "−2/3", "-2/3"),
        (F(4), "frac", "4", "4", "4"),
        (F("0.003"), "sci", "3 \\times 10^{-3}", f"3{NBSP}×{NBSP}10<sup>−3</sup>", "3e-3"),
        (F("0.0003456"), "sci2", "3.5 \\times 10^{-4}", f"3.5{NBSP}×{NBSP}10<sup>−4</sup>", "3.5e-4"),
        (F("9.99"), "sci2", "1.0 \\times 10^{1}", f"1.0{NBSP}×{NBSP}10<sup>1</sup>", "1.0e1"),
        (F("3.5"), "sci", "3.5", "3.5", "3.5"),
        (F(1, 8), "pow2", "2^{-3}", "2<sup>−3</sup>", "2**-3"),
        (F(-24), "pow2", "-3 \\cdot 2^{3}", f"−3{NBSP}·{NBSP}2<sup>3</sup>", "-3*2**3"),
        (F(0), "pow2", "0", "0", "0"),
        (F(7), "pow2", "7", "7", "7"),
        (F(1234567), "int", "1\\,234\\,567", f"1{THIN}234{THIN}567", "1234567"),
        (Decimal("11.0000000000001"), "int", "11", "11", "11"),
        (F(1536), "bytes", "1.5\\,\\text{KiB}", f"1.5{NBSP}KiB", "1.5 KiB"),
        (F(100), "bytes", "100\\,\\text{B}", f"100{NBSP}B", "100 B"),
        (F(10**9), "bytes 2sf", "950\\,\\text{MiB}", f"950{NBSP}MiB", "950 MiB"),
        (F(2**60), "bytes", "1024\\,\\text{PiB}", f"1024{NBSP}PiB", "1024 PiB"),
        (F(3), "signed", "+ 3", "+ 3", "+ 3"),
        (F(-3), "signed", "- 3", "− 3", "- 3"),
        (F("-0.256"), "signed 2dp", "- 0.26", "− 0.26", "- 0.26"),
        (F(1), "coef", "", "", ""),
        (F(-1), "coef", "-", "−", "-"),
        (F(-3), "coef", "-3", "−3", "-3"),
        (F(1), "term", "+", "+", "+"),
        (F(-1), "term", "-", "−", "-"),
        (F(2), "term", "+ 2", "+ 2", "+ 2"),
        (F(-2), "paren", "(-2)", "(−2)", "(-2)"),
        (F(2), "paren", "2", "2", "2"),
        (Decimal("Infinity"), "2sf", "\\infty", "∞", "inf"),
        (Decimal("-Infinity"), "", "-\\infty", "−∞", "-inf"),
        ("uniform_all", "", "\\text{uniform_all}", "uniform_all", "uniform_all"),
        ("<b>", "word", "\\text{<b>}", "&lt;b&gt;", "<b>"),
        ("inf", "word", "\\infty", "∞", "inf"),
        (True, "", "\\text{True}", "True", "True"),
        ((F(1), F(-2)), "", "(1, -2)", "(1, −2)", "[1, -2]"),
        ((F(1), F(-2)), "vec", "\\begin{pmatrix} 1 \\\\ -2 \\end{pmatrix}", "(1, −2)", "[1, -2]"),
        ((F(1, 3), F(2, 3)), "2dp", "(0.33, 0.67)", "(0.33, 0.67)", "[0.33, 0.67]"),
        ((F(1, 3), F(2, 3)), "row frac", "(\\frac{1}{3}, \\frac{2}{3})", "(1/3, 2/3)", "[1/3, 2/3]"),
        ((F(1, 3), F(2, 3)), "row pct", "(33\\%, 67\\%)", "(33%, 67%)", "[33%, 67%]"),
        (("a", "b"), "", "(\\text{a}, \\text{b})", "(a, b)", "[a, b]"),
        (
            ((F(1), F(2)), (F(3), F(4))),
            "",
            "\\begin{pmatrix} 1 & 2 \\\\ 3 & 4 \\end{pmatrix}",
            "[[1, 2], [3, 4]]",
            "[[1, 2], [3, 4]]",
        ),
        (((F(1), F(2)),), "mat 1dp", "\\begin{pmatrix} 1.0 & 2.0 \\end{pmatrix}", "[[1.0, 2.0]]", "[[1.0, 2.0]]"),
        (Members((F(1), F(3))), "", "\\{1, 3\\}", "{1, 3}", "{1, 3}"),
        (Members((F(1, 3),)), "set 2sf", "\\{0.33\\}", "{0.33}", "{0.33}"),
    ],
)
def test_strings(value: Value, form: str, tex: str, html: str, plain: str) -> None:
    shown = show(value, form).shown
    assert (shown.tex, shown.html, shown.plain) == (tex, html, plain)


@pytest.mark.parametrize(
    ("value", "form", "plain"),
    [
        ("100.255", "2dp", "100.26"),
        ("2.675", "2dp", "2.68"),
        ("0.4985", "3dp", "0.499"),
        ("0.5", "0dp", "1"),
        ("1.5", "0dp", "2"),
        ("2.5", "0dp", "3"),
        ("-2.5", "0dp", "-3"),
        ("0.125", "2dp", "0.13"),
        ("-0.125", "2dp", "-0.13"),
        ("0.155", "2sf", "0.16"),
        ("1250", "2sf", "1300"),
        ("0.0055", "pct", "1%"),
        ("0.105", "pct", "11%"),
        ("0.0045", "per 1000", "5"),
    ],
)
def test_half_way_cases_round_away_from_zero_on_the_exact_value(value: str, form: str, plain: str) -> None:
    assert show(F(value), form).shown.plain == plain


@pytest.mark.parametrize(
    ("value", "form", "message"),
    [
        (F(1, 3), "", "1/3 is no exact decimal"),
        (Decimal("0.1538461538"), "", "0.1538461538 is no exact decimal"),
        (Decimal("0.5"), "coef", "0.5 is no exact decimal"),
        (F(10**15 + 1), "", "1000000000000001 has more than 15 digits"),
        (F("1.1") ** 30, "", "17.449402268886407318558803753801 has more than 15 digits"),
        (Decimal("0.5"), "frac", "0.5 is not exact, so it is no fraction"),
        (F(1, 2), "int", "0.5 is not whole"),
        (F(1, 3), "pow2", "1/3 is no whole number times a power of two"),
        (F(1000000), "bytes", "976.5625 KiB has more than 3 decimals"),
        (((F(1),),), "pct", "the format pct does not fit a 1 × 1 matrix"),
        ((F(1), F(2)), "pct", "the format pct does not fit a vector of 2"),
        ((F(1), F(2)), "mat", "the format mat does not fit a vector of 2"),
        (((F(1),),), "row", "the format row does not fit a 1 × 1 matrix"),
        (F(1), "mat 2dp", "mat is for vectors and matrices, and this is 1"),
        (F(1), "word", "the format word is for words, and this is 1"),
        ("relu", "2dp", "the format 2dp is for numbers, and this is the word 'relu'"),
        (None, "", "None cannot be shown"),
        ((F(1), (F(1), F(2))), "", "a nested list cannot be shown"),
        (Members((F(1),)), "row", "the format row does not fit a set"),
        (Members((F(1),)), "pct", "the format pct does not fit a set"),
        (Decimal("Infinity"), "pct", "the format pct does not fit an infinite number"),
    ],
)
def test_a_format_that_does_not_fit(value: Value, form: str, message: str) -> None:
    with pytest.raises(Refusal) as caught:
        show(value, form)
    assert caught.value.message == message


@pytest.mark.parametrize(
    "form",
    [
        "foo",
        "2",
        "sf",
        "0sf",
        "9sf",
        "9dp",
        "12dp",
        "-1dp",
        "pct99",
        "pct1 2sf",
        "sci0",
        "sci 2sf",
        "per",
        "per 0",
        "per x",
        "per 10 x",
        "row row",
        "mat vec 2dp",
        "int 2dp",
        "number",
        "2dp 2dp",
        "word 2sf",
        "set set",
    ],
)
def test_an_unknown_format_is_refused_with_a_hint(form: str) -> None:
    with pytest.raises(Refusal) as caught:
        read(form)
    assert caught.value.message == f"there is no format {form!r}"
    assert caught.value.hint


def test_a_format_that_is_nearly_right_is_recognised() -> None:
    with pytest.raises(Refusal) as caught:
        read("per 100o")
    assert caught.value.hint == "did you mean per 1000?"


@pytest.mark.parametrize("form", EXAMPLES)
def test_every_example_is_a_format(form: str) -> None:
    assert read(form).text == form


def test_spaces_in_a_format_do_not_matter() -> None:
    assert read("  mat   2dp ").text == "mat 2dp"


@pytest.mark.parametrize(
    ("form", "value", "unit"),
    [
        ("2sf", "0.15", "0.01"),
        ("3sf", "0.154", "0.001"),
        ("1dp", "0.2", "0.1"),
        ("pct", "0.15", "0.01"),
        ("pct1", "0.154", "0.001"),
        ("per 1000", "0.154", "0.001"),
        ("sci2", "0.15", "0.01"),
    ],
)
def test_the_number_as_shown_and_its_last_unit(form: str, value: str, unit: str) -> None:
    found = show(Decimal("0.153846153846"), form)
    assert (found.value, found.unit, found.border) == (F(value), F(unit), False)


@pytest.mark.parametrize("form", ["", "int", "frac", "pow2", "sci", "signed", "coef", "term", "paren", "bytes"])
def test_what_is_shown_exactly_has_no_last_unit(form: str) -> None:
    found = show(F(64), form)
    assert (found.value, found.unit) == (64, 0)


def test_bytes_are_read_back_as_bytes() -> None:
    found = show(F(1_610_612_736), "bytes 2sf")
    assert (found.shown.plain, found.value, found.unit, found.factor) == ("1.5 GiB", 1_610_612_736, F(1024**3, 10), F(1, 1024**3))


@pytest.mark.parametrize(
    ("value", "form", "border"),
    [
        (Decimal("0.125"), "2dp", True),
        (Decimal("0.1250000000001"), "2dp", True),
        (Decimal("0.12500001"), "2dp", False),
        (Decimal("0.13"), "2dp", False),
        (F("0.125"), "2dp", False),
        (Decimal("0.0949999999999999"), "pct", True),
        ((Decimal("0.13"), Decimal("0.125")), "2dp", True),
        (((Decimal("0.13"),), (Decimal("0.125"),)), "mat 2dp", True),
        (Members((Decimal("0.125"),)), "2dp", True),
        (Decimal("1.0000000000001"), "2sf", False),
        (Decimal(1600), "bytes 1sf", False),
        (Decimal(1536), "bytes 1sf", True),
    ],
)
def test_rounded_numbers_at_a_border_are_told(value: Value, form: str, border: bool) -> None:
    assert show(value, form).border is border


@given(st.fractions(min_value=-(10**6), max_value=10**6, max_denominator=10**6), st.integers(0, 8))
def test_rounding_is_nearest_and_away_from_zero(value: Fraction, places: int) -> None:
    found = round_to(value, places)
    unit = F(1, 10**places)
    assert (found.value / unit).denominator == 1
    assert abs(found.value - value) <= unit / 2
    if abs(found.value - value) == unit / 2:
        assert abs(found.value) > abs(value)


@given(st.decimals(allow_nan=False, allow_infinity=False, min_value=-(10**9), max_value=10**9, places=12), st.integers(1, 8))
def test_strings_never_look_like_a_machine_wrote_them(number: Decimal, figures: int) -> None:
    for form in (f"{figures}sf", f"{figures}dp", f"sci{figures}", f"pct{figures}", f"signed {figures}sf"):
        shown = show(number, form).shown
        for string in (shown.tex, shown.html, shown.plain):
            assert "e-0" not in string
            assert "E" not in string
            digits = string.replace("−", "-").replace(" ", "")
            assert not (digits.startswith("-") and not any(digit in digits for digit in "123456789")), string
            assert "+-" not in digits
        assert "e" not in shown.tex.replace("times", "")


@given(st.decimals(allow_nan=False, allow_infinity=False, min_value=-(10**6), max_value=10**6, places=9), st.integers(1, 8))
def test_what_is_read_back_is_what_is_printed(number: Decimal, count: int) -> None:
    for form in (f"{count}sf", f"{count}dp", f"sci{count}"):
        found = show(number, form)
        assert F(found.shown.plain) == found.value


def test_an_interval_is_printed_inwards_with_one_digit_more() -> None:
    shown = bounds(F("0.143846"), F("0.163846"), F("0.01"), F("0.153846"), read("2sf"))
    assert (shown.tex, shown.html, shown.plain) == ("0.144 \\text{ to } 0.163", "0.144 to 0.163", "0.144 to 0.163")


@pytest.mark.parametrize(
    ("low", "high", "allowed", "form", "plain"),
    [
        ("0.143", "0.163", "0.01", "pct", "14.3% to 16.3%"),
        ("-0.0683", "-0.065", "0.002", "2sf", "-0.0683 to -0.0650"),
        ("25000", "27000", "1000", "2sf", "25000 to 27000"),
        ("1.15e-5", "1.25e-5", "5e-7", "2sf", "1.150e-5 to 1.250e-5"),
        ("1500000000", "1700000000", "110000000", "bytes 2sf", "1.40 GiB to 1.58 GiB"),
        ("0.5", "0.7", "0.1", "frac", "0.50 to 0.70"),
    ],
)
def test_intervals(low: str, high: str, allowed: str, form: str, plain: str) -> None:
    assert bounds(F(low), F(high), F(allowed), (F(low) + F(high)) / 2, read(form)).plain == plain


def test_numbers_for_scripts_do_not_depend_on_last_bits() -> None:
    for number in ("0.15384615384615385", "0.15384615384615382", "0.153846153846153846153846"):
        assert steadied(Decimal(number)) == F("0.153846")
        assert steadied(Decimal(number), 1) == F("0.153847")
        assert steadied(Decimal(number), -1) == F("0.153846")
    for number in ("0.13999999999999999", "0.14000000000000001"):
        assert {steadied(Decimal(number), direction) for direction in (-1, 0, 1)} == {F("0.14")}
    assert steadied(F(1, 3)) == F(1, 3)
    assert steadied(Decimal(0)) == 0


@pytest.mark.parametrize(
    ("value", "form", "plain"),
    [
        (F(1, 2), "= 2dp", "= 0.50"),
        (F(1, 3), "= 2dp", "≈ 0.33"),
        (F(1, 2), "=", "= 0.5"),
        (F(1, 3), "= frac", "= 1/3"),
        (F(2, 13), "=pct", "≈ 15%"),
        (F("0.15"), "= pct", "= 15%"),
        (F(1536), "= bytes 2sf", "= 1.5 KiB"),
        (F(1600), "= bytes 2sf", "≈ 1.6 KiB"),
        (F(1, 1000), "= 2dp", "≈ 0.00"),
        (F(0), "= 2dp", "= 0.00"),
        (Decimal("0.3333333333"), "= 2sf", "≈ 0.33"),
        (Decimal("Infinity"), "= 2sf", "= inf"),
        ((F(1, 2), F(1, 4)), "= 2dp", "= [0.50, 0.25]"),
        ((F(1, 2), F(1, 3)), "= 2dp", "≈ [0.50, 0.33]"),
        (((F(1), F("0.125")),), "= mat 2dp", "≈ [[1.00, 0.13]]"),
        (Members((F(1, 2), F(1, 3))), "= 1dp", "≈ {0.5, 0.3}"),
        ("relu", "=", "= relu"),
    ],
)
def test_the_relation_is_the_one_that_holds(value: Value, form: str, plain: str) -> None:
    assert show(value, form).shown.plain == plain


@pytest.mark.parametrize("form", ["signed", "coef", "term 2dp", "paren"])
def test_no_relation_goes_before_what_joins(form: str) -> None:
    with pytest.raises(Refusal, match=f"no relation goes before the format {form}"):
        read(f"= {form}")


def test_a_relation_in_maths_and_in_text() -> None:
    assert show(F(-1, 2), "= 1dp").shown.tex == "= -0.5"
    assert show(F(1, 3), "= 1dp").shown.tex == "\\approx 0.3"
    assert show(F(-1, 3), "= 1dp").shown.html == f"≈{NBSP}−0.3"


@given(st.decimals(allow_nan=False, allow_infinity=False, min_value=-(10**6), max_value=10**6, places=9), st.integers(1, 8))
def test_of_an_exact_number_the_relation_is_its_definition(number: Decimal, count: int) -> None:
    for form in (f"= {count}sf", f"= {count}dp", f"= pct{count}", f"= sci{count}"):
        found = show(F(number), form)
        assert found.shown.plain.startswith("=" if found.value == F(number) else "≈")
        assert not found.doubtful


@given(st.integers(-(10**8) + 1, 10**8 - 1), st.integers(0, 8), st.integers(-4, 4))
def test_a_float_that_rounding_explains_is_what_it_is_shown_as(digits: int, places: int, units: int) -> None:
    decimal = F(digits, 10**places)
    value = float(decimal)
    for _ in range(abs(units)):
        value = math.nextafter(value, math.copysign(math.inf, units)) if value else 0.0
    assert relation(CONTEXT.create_decimal(value), decimal) is True


@given(st.integers(1, 10**8 - 1), st.integers(0, 8), st.floats(1e-8, 0.5), st.sampled_from([-1, 1]))
def test_a_number_that_is_rounded_when_shown_is_never_called_equal(digits: int, places: int, off: float, sign: int) -> None:
    decimal = F(digits, 10**places)
    value = decimal * (1 + sign * F(off))
    for rounded in (CONTEXT.create_decimal(float(value)), as_decimal(value)):
        assert relation(rounded, decimal) is False


@given(st.integers(1, 10**8 - 1), st.floats(1e-12, 9e-10))
def test_what_lies_between_stays_open(digits: int, off: float) -> None:
    assert relation(CONTEXT.create_decimal(float(digits * (1 + F(off)))), F(digits)) is None


def test_forty_digits_know_more_than_a_float() -> None:
    one = F(1) - F(1, 10**20)
    assert relation(as_decimal(one), F(1)) is None
    assert relation(CONTEXT.create_decimal(float(one)), F(1)) is True
    assert relation(as_decimal(F(1) - F(1, 10**35)), F(1)) is True
