"""What stands under *Given*: the expression with this variant's numbers, and its value."""

import pytest

from generator.numeric.tex import name_tex
from tests.numeric.support import variant

CARD = (
    "params:\n  a: choice 2\n  b: choice {b}\n  v: choice (1,-2)\n  gap: choice 4\nlet:\n  l: log(2/a)\n  r: sqrt(a)\n"
    "  s: softmax(v)\n  w: a*v\nanswer: a*b\nvia: b*a\n"
)


def given(entry: str, b: str = "0.05") -> str:
    text = f"{CARD.replace('{b}', b)}given:\n  - {entry}\n"
    (found,) = variant(text, ["a", "b"]).given
    return found.tex


@pytest.mark.parametrize(
    ("entry", "tex"),
    [
        ("a", "a = 2"),
        ("gap", "\\text{gap} = 4"),
        ("l", "\\ln\\left(\\frac{2}{2}\\right) = 0"),
        ("r:2dp", "\\sqrt{2} \\approx 1.41"),
        ("s:2dp", "s \\approx (0.95, 0.05)"),
        ("s:vec 2dp", "s \\approx \\begin{pmatrix} 0.95 \\\\ 0.05 \\end{pmatrix}"),
        ("w", "2 \\cdot v = (2, -4)"),
        ("exp(-a):3dp", "e^{-2} \\approx 0.135"),
        ("exp(-v[0]):3dp", "e^{-1} \\approx 0.368"),
        ("exp(v):2dp", "e^{v} \\approx (2.72, 0.14)"),
        ("log(2/b):2dp", "\\ln\\left(\\frac{2}{0.05}\\right) \\approx 3.69"),
        ("log2(a) + log10(100)", "\\log_2\\left(2\\right) + \\log_{10}\\left(100\\right) = 3"),
        ("a**2 - b", "2^{2} - 0.05 = 3.95"),
        ("(a + b)*a", "\\left(2 + 0.05\\right) \\cdot 2 = 4.1"),
        ("(a/4)**2", "\\left(\\frac{2}{4}\\right)^{2} = 0.25"),
        ("1 - (a - b)", "1 - \\left(2 - 0.05\\right) = -0.95"),
        ("abs(-a)", "\\left\\lvert -2 \\right\\rvert = 2"),
        ("comb(5, 2)", "\\binom{5}{2} = 10"),
        ("floor(2.5) + ceil(2.5)", "\\left\\lfloor 2.5 \\right\\rfloor + \\left\\lceil 2.5 \\right\\rceil = 5"),
        ("max(a, b)", "\\max\\left(2, 0.05\\right) = 2"),
        ("normal_cdf(a):2sf", "\\Phi\\left(2\\right) \\approx 0.98"),
        ("'1e-5*a'", "10^{-5} \\cdot 2 = 2 \\times 10^{-5}"),
        ("sum(v)", "\\text{sum(v)} = -1"),
        ("sigmoid(a):2sf", "\\text{sigmoid(a)} \\approx 0.88"),
        ("'v[a - 2]'", "\\text{v[a - 2]} = 1"),
        ("{'\\ln(1/@{b}) @{a:1dp}': 'log(1/b):1dp'}", "\\ln(1/0.05) 2.0 \\approx 3.0"),
    ],
)
def test_labels(entry: str, tex: str) -> None:
    assert given(entry) == tex


@pytest.mark.parametrize(
    ("entry", "tex"),
    [
        ("a - b", "2 - \\left(-3\\right) = 5"),
        ("a*b", "2 \\cdot \\left(-3\\right) = -6"),
        ("b**2", "\\left(-3\\right)^{2} = 9"),
        ("exp(b):2sf", "e^{-3} \\approx 0.050"),
        ("b + a", "-3 + 2 = -1"),
    ],
)
def test_negative_numbers_stand_in_parentheses_where_they_must(entry: str, tex: str) -> None:
    assert given(entry, "-3") == tex


@pytest.mark.parametrize(
    ("name", "tex"),
    [
        ("a", "a"),
        ("sigma", "\\sigma"),
        ("sigma2", "\\sigma_{2}"),
        ("x_1", "x_{1}"),
        ("d_k", "d_{k}"),
        ("z10", "z_{10}"),
        ("prior", "\\text{prior}"),
        ("eps", "\\varepsilon"),
        ("lam", "\\lambda"),
        ("Omega", "\\Omega"),
        ("n_head", "\\text{n_head}"),
    ],
)
def test_names_in_tex(name: str, tex: str) -> None:
    assert name_tex(name) == tex


def test_the_whole_variant() -> None:
    text = (
        "params:\n  a: choice 2\n  f: choice relu\n  v: choice (1,-2)\nlet:\n  s: softmax(v)\n  r: vector_projection(v, [1, 0])\n"
        "answer: a/3\nvia: a*(1/3)\nshow: 2sf\nunit: bits\nmistakes: {forgets to divide: a}\n"
    )
    found = variant(text, ["a", "s:2dp", "answer"])
    assert found.params == {"a": "2", "f": "relu", "v": "[1, -2]"}
    assert found.let == {"s": "[0.952574, 0.0474259]", "r": "scalar=1, vector=[1, 0], rejection=[0, -2]"}
    assert found.values == {
        "a": 2.0,
        "f": "relu",
        "v": (1.0, -2.0),
        "s": (0.952574, 0.0474259),
        "r": {"scalar": 1.0, "vector": (1.0, 0.0), "rejection": (0.0, -2.0)},
        "answer": 2 / 3,
    }
    (answer,) = found.answers
    assert (answer.unit, answer.value, answer.low, answer.high) == ("bits", 2 / 3, 0.656666, 0.676667)
    assert found.as_json() == {
        "seed": "base",
        "index": 0,
        "params": {"a": "2", "f": "relu", "v": "[1, -2]"},
        "let": {"s": "[0.952574, 0.0474259]", "r": "scalar=1, vector=[1, 0], rejection=[0, -2]"},
        "answer": {"answer": "0.67"},
        "shown": {"a": "2", "s:2dp": "[0.95, 0.05]", "answer": "0.67"},
        "tolerance": {"answer": "0.657 to 0.676"},
        "mistakes": {"forgets to divide": {"answer": "2.0"}},
    }
