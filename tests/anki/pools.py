"""Numeric notes as the pipeline hands them over, made by hand: one of every kind of answer."""

from dataclasses import replace
from decimal import Decimal
from fractions import Fraction
from typing import Any

from generator.anki import pool
from generator.anki.pool import Check, Mistake, PoolVariant
from generator.model import Note
from tests.anki.notes import maths, note

Triple = tuple[str, str, str]

RATES: tuple[Triple, ...] = (
    ("0.01", "0.9", "0.05"),
    ("0.02", "0.8", "0.1"),
    ("0.05", "0.9", "0.1"),
    ("0.1", "0.8", "0.2"),
    ("0.2", "0.9", "0.1"),
    ("0.01", "0.8", "0.05"),
    ("0.05", "0.8", "0.2"),
    ("0.1", "0.9", "0.05"),
    ("0.02", "0.9", "0.05"),
    ("0.2", "0.8", "0.2"),
    ("0.05", "1", "0.1"),
    ("0.1", "1", "0.2"),
    ("0.02", "1", "0.1"),
)
"""Prevalence, sensitivity, rate of false alarms: thirteen variants."""


def number(value: Fraction | Decimal | str) -> str:
    """A number as a card writes it: as short as it is exact."""
    return f"{Decimal(str(float(Fraction(value)))).normalize():f}"


def percent(value: Fraction) -> str:
    return f"{number(round(value * 100, 4))}%"


def bayes(place: int, rates: Triple, seed: str = "june", figure: str = "") -> PoolVariant:
    """The posterior after a positive test; a percentage, right within one percent point."""
    prior, sensitivity, false = map(Fraction, rates)
    hits, alarms = prior * sensitivity, (1 - prior) * false
    posterior = hits / (hits + alarms)
    whole = round(posterior * 100)
    ill, well = number(hits * 1000), number(alarms * 1000)
    return PoolVariant(
        seed=seed,
        number=place,
        question=f"<p>A disease has prevalence {percent(prior)}. A test finds it with probability {percent(sensitivity)} and errs "
        f"on the healthy with probability {percent(false)}. You test positive. How likely is the disease?</p>",
        hint=f"<p>Of 1000 people, how many of the {number(prior * 1000)} ill are found?</p>",
        answer=f"<p>About <strong>{whole}%</strong>: of 1000 people, {ill} are ill and found, {well} are alarmed for nothing.</p>"
        + maths(rf"P(D\mid +)=\frac{{{ill}}}{{{ill}+{well}}}\approx {whole / 100}")
        + figure,
        details=rf"<p>Without the test it was \(P(D)={number(prior)}\).</p>",
        checks=(Check("", "number", str(float(posterior)), "0.01", factor=100),),
        mistakes=(
            Mistake(r"takes \(P(+\mid D)\) for \(P(D\mid +)\)", (str(float(sensitivity)),), ("0.01",)),
            Mistake("forgets the false alarms", (str(float(hits)),), ("0.001",)),
        ),
        interval=f"{whole - 1}% to {whole + 1}%",
    )


def moments(place: int, first: int) -> PoolVariant:
    """Two answers, with names; a slip in one of them that leaves the other right."""
    values = (first, first + 2, first + 7)
    mean = Fraction(sum(values), 3)
    variance = sum((value - mean) ** 2 for value in values) / 3
    return PoolVariant(
        seed="june",
        number=place,
        question=rf"<p>What are mean and variance \(\frac1n\sum(x_i-\bar x)^2\) of {', '.join(map(str, values))}?</p>",
        hint="",
        answer=rf"<p>\(\bar x={number(mean)}\) and \(\sigma^2\approx {float(variance):.2f}\).</p>",
        details="",
        checks=(
            Check("mean", "number", str(float(mean)), "0"),
            Check('variance "σ²" & <b>', "number", str(float(variance)), "0.01", unit="cm²"),
        ),
        mistakes=(Mistake(r"divides by \(n-1\)", (None, str(float(variance * 3 / 2))), (None, "0.01")),),
        interval=f"mean {number(mean)}; variance {float(variance) - 0.01:.2f} to {float(variance) + 0.01:.2f}",
    )


def gradient(place: int, at: int) -> PoolVariant:
    """A vector of three."""
    value = (2 * at, -at, 3)
    return PoolVariant(
        seed="june",
        number=place,
        question=rf"<p>What is the gradient of \(x^2-\tfrac12y^2+3z\) at \(({at},{at},1)\)?</p>",
        hint="",
        answer=maths(rf"\nabla f=\begin{{pmatrix}}2x\\-y\\3\end{{pmatrix}}=\begin{{pmatrix}}{2 * at}\\{-at}\\3\end{{pmatrix}}"),
        details="",
        checks=(Check("", "vector", tuple(map(str, value)), ("0", "0", "0")),),
        mistakes=(Mistake("loses the minus sign", (tuple(map(str, (2 * at, at, 3))),), (("0", "0", "0"),)),),
        interval="",
    )


def product(place: int, entry: int) -> PoolVariant:
    """A matrix of two by two."""
    return PoolVariant(
        seed="june",
        number=place,
        question=rf"<p>Square \(A=\begin{{pmatrix}}1&{entry}\\0&1\end{{pmatrix}}\).</p>",
        hint="",
        answer=maths(rf"A^2=\begin{{pmatrix}}1&{2 * entry}\\0&1\end{{pmatrix}}"),
        details="",
        checks=(Check("", "matrix", (("1", str(2 * entry)), ("0", "1")), (("0", "0"), ("0", "0"))),),
        mistakes=(Mistake("squares each entry", ((("1", str(entry**2)), ("0", "1")),), ((("0", "0"), ("0", "0")),)),),
        interval="",
    )


def step(place: int, rate: str) -> PoolVariant:
    """A word."""
    word, sign = ("converges", "&lt;") if Fraction(rate) < 1 else ("diverges", "&gt;")
    return PoolVariant(
        seed="june",
        number=place,
        question=rf"<p>Gradient descent on \(x^2\) with step {rate}: converges or diverges?</p>",
        hint="",
        answer=rf"<p>It <strong>{word}</strong>: \(\lvert 1-2\cdot {rate}\rvert {sign} 1\).</p>",
        details="",
        checks=(Check("", "word", word, None),),
        mistakes=(),
        interval="",
    )


def roots(place: int, one: int) -> PoolVariant:
    """A set."""
    return PoolVariant(
        seed="june",
        number=place,
        question=rf"<p>For which \(x\) is \(x^2={one**2}\)?</p>",
        hint="",
        answer=rf"<p>For \(\pm{one}\).</p>",
        details="",
        checks=(Check("", "set", (str(-one), str(one)), ("0", "0")),),
        mistakes=(Mistake("finds one root only", ((str(one),),), (("0",),)),),
        interval="",
    )


def numeric(id: str, variants: tuple[PoolVariant, ...], **extra: Any) -> Note:
    """A numeric note of the variants."""
    texts = {name: html for name, html in pool.fields(variants).items() if html}
    return replace(note(id, "numeric", deck="Tests::2 Numbers", **{**texts, **extra}))


POOLS: dict[str, tuple[PoolVariant, ...]] = {
    "bayes": tuple(bayes(place, rates) for place, rates in enumerate(RATES, 1)),
    "moments": tuple(moments(place, place) for place in range(1, 6)),
    "gradient": tuple(gradient(place, place + 1) for place in range(1, 5)),
    "product": tuple(product(place, place + 2) for place in range(1, 4)),
    "step": tuple(step(place, rate) for place, rate in enumerate(("0.3", "1.2", "0.7", "1.1"), 1)),
    "roots": tuple(roots(place, place + 1) for place in range(1, 5)),
}
"""One pool of every kind of answer."""
NUMERIC_NOTES = {name: numeric(name, variants) for name, variants in POOLS.items()}
"""A note of each."""
