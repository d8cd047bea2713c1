"""Claims read like a textbook: the author's own expression, in his order, nothing simplified."""

import pytest

from generator.verify.claims import Unknown, formula
from generator.verify.tex_judge import judge
from tests.verify.claim_support import claim, shown, tex

SYMBOLS = {
    "n": "2..3",
    "i, j, k": "1..n",
    "a, b, c, lam, eps": "real",
    "sigma": "positive",
    "x, y": "vector n",
    "x_1": "vector n",
    "A, B": "matrix n",
    "X1": "random(a, 1)",
    "theta_new, abar, loss": "real",
}


@pytest.mark.parametrize(
    ("statement", "written"),
    [
        ("b + a == a + b", "b + a = a + b"),
        ("a - (b - c) == a - b + c", "a - (b - c) = a - b + c"),
        ("a*(b + c) == a*b + a*c", "a (b + c) = a b + a c"),
        ("2*3*a == 6*a", r"2 \cdot 3 a = 6 a"),
        ("-(a + b)/c == 0", r"-\frac{a + b}{c} = 0"),
        ("a - -b == 0", "a - (-b) = 0"),
        ("(-a)**2 == a**2", "(-a)^{2} = a^{2}"),
        ("-a**2 == 0", "-a^{2} = 0"),
        ("(a/b)**2 == 1", r"\left(\frac{a}{b}\right)^{2} = 1"),
        ("(a**2)**3 == a**6", "(a^{2})^{3} = a^{6}"),
        ("a**(b/2) == 1", "a^{b/2} = 1"),
        ("0.5*a == 1e-5", r"0.5 a = 10^{-5}"),
        ("lam + eps + sigma == 0", r"\lambda + \varepsilon + \sigma = 0"),
        ("theta_new + abar + loss == 0", r"\theta_{\text{new}} + \bar{a} + \mathrm{loss} = 0"),
        ("x[i] + x_1[i] + A[i, j] == 0", "x_{i} + x_{1,i} + A_{ij} = 0"),
        ("x[i + 1] + A[1, 2] == 0", "x_{i + 1} + A_{1,2} = 0"),
        ("x.T @ A @ y == 0", r"x^{\top} A y = 0"),
        ("inverse(A.T @ A) @ x == 0", r"(A^{\top} A)^{-1} x = 0"),
        ("(A @ B).T[1, 1] == 0".replace(".T", ""), "(A B)_{1,1} = 0"),
        ("transpose(A @ B) == B.T @ A.T", r"(A B)^{\top} = B^{\top} A^{\top}"),
        ("x*y == y*x", r"x \odot y = y \odot x"),
        ("dot(x, y)*x == 0", r"(x^{\top} y) x = 0"),
        ("outer(x*y, x) == 0", r"(x \odot y) x^{\top} = 0"),
        ("norm(x)**2 == norm(x, 1)", r"\lVert x \rVert^{2} = \lVert x \rVert_{1}"),
        ("log(a)*b == b*log(a)", r"\ln a \cdot b = b \ln a"),
        ("log(a + b)*b == 0", r"\ln(a + b) b = 0"),
        ("sin(a)**2 == 1 - cos(a)**2", r"(\sin a)^{2} = 1 - (\cos a)^{2}"),
        ("exp(-a) == exp(a/b)", r"e^{-a} = \exp\left(\frac{a}{b}\right)"),
        ("sigmoid(a) == 0", r"\operatorname{sigmoid}(a) = 0"),
        ("sqrt(a)/abs(b) == 0", r"\frac{\sqrt{a}}{\lvert b \rvert} = 0"),
        ("max(a, b) == comb(5, 2)", r"\max(a, b) = \binom{5}{2}"),
        ("sum(x[k0]**2, k0, 1, n)*a == 0", r"\left(\sum_{k_{0}=1}^{n} x_{k_{0}}^{2}\right) a = 0"),
        ("product(1 + x[m], m, 1, n) == 0", r"\prod_{m=1}^{n} (1 + x_{m}) = 0"),
        ("limit(a/t, t, oo) == 0", r"\lim_{t \to \infty} \frac{a}{t} = 0"),
        ("limit(abs(t)/t, t, 0, 'above') == 1", r"\lim_{t \to 0^{+}} \frac{\lvert t \rvert}{t} = 1"),
        ("integrate(t**2, t, 0, 1) == 1/3", r"\int_{0}^{1} t^{2} \, dt = \frac{1}{3}"),
        ("diff(a**2 + b, a) == 2*a", r"\frac{\partial}{\partial a} (a^{2} + b) = 2 a"),
        ("diff(a**2, a) == 2*a", r"\frac{d}{da} a^{2} = 2 a"),
        ("diff(exp(a), a, 2) == exp(a)", r"\frac{d^{2}}{da^{2}} e^{a} = e^{a}"),
        ("gradient(x.T @ A @ x, x) == 0", r"\nabla_{x} (x^{\top} A x) = 0"),
        ("jacobian(softmax(x), x) == 0", r"\frac{\partial \operatorname{softmax}(x)}{\partial x} = 0"),
        ("s(a, b) == w[i]", "s(a, b) = w_{i}"),
        (
            "expectation(X1**2) == variance(X1)",
            r"E[X_{1}^{2}] = \operatorname{Var}(X_{1})",
        ),
        ("(a if a > 0 else 0) == a", r"\begin{cases} a & \text{if } a > 0 \\ 0 & \text{otherwise} \end{cases} = a"),
        ("[a, b] == 0", r"\begin{pmatrix} a \\ b \end{pmatrix} = 0"),
        ("[[a, b], [b, a]] == 0", r"\begin{pmatrix} a & b \\ b & a \end{pmatrix} = 0"),
        ("0 <= delta(i, j) <= 1", r"0 \le \delta_{ij} \le 1"),
        ("identity(n) @ ones(n) == 1", r"I \mathbf{1} = 1"),
        ("at(a**2, a, b/2) == 0", r"\left. a^{2} \right|_{a = \frac{b}{2}} = 0"),
        ("a//2 + factorial(k) == 0", r"\left\lfloor \frac{a}{2} \right\rfloor + k! = 0"),
    ],
)
def test_an_expression_is_written_as_it_stands(statement: str, written: str) -> None:
    assert tex(SYMBOLS, statement, {"s(u, v)": "u + v", "w": "softmax(x)"}) == written


def test_statements_and_definitions_have_references() -> None:
    text = shown(
        {"z": "vector 2", "eta": "real"},
        "s[1] == z[1]",
        "f(eta) == v[1]",
        given={
            "s": "softmax(z)",
            "f(t)": "t**2",
            "v[0]": "0",
            "v[t]": "eta*v[t-1]",
        },
    )
    claims = {"test": claim(text + "tex:\n  eta: \\alpha\n")}
    written = {part: formula(claims, f"test{part}").tex for part in ("", ".1", ".2", ".s", ".f", ".v")}
    assert written == {
        "": "s_{1} = z_{1}",
        ".1": "s_{1} = z_{1}",
        ".2": r"f(\alpha) = v_{1}",
        ".s": r"s = \operatorname{softmax}(z)",
        ".f": "f(t) = t^{2}",
        ".v": r"v_{t} = \alpha v_{t - 1}",
    }
    assert formula(claims, "test.2").plain == "f(eta) == v[1]"
    for reference, message in (("tset", "there is no claim 'tset' on this card"), ("test.3", "the claim test has no statement 3")):
        with pytest.raises(Unknown, match=message):
            formula(claims, reference)


SCRIPTS = {"w": "w^{*}", "x": "x_t", "y": "y^{(1)}_0", "z": "z'", "a": "{a_0}", "m": "M_\\text{new}"}


@pytest.mark.parametrize(
    ("statement", "written"),
    [
        ("w[1] + w[2]**2 == 0", "w^{*}_{1} + (w^{*}_{2})^{2} = 0"),
        ("dot(w, w) == w.T @ w", r"{w^{*}}^{\top} w^{*} = {w^{*}}^{\top} w^{*}"),
        ("x[1] == sum(x)", r"{x_t}_{1} = \sum_i {x_t}_{i}"),
        ("y[2] == y[1]**2", r"{y^{(1)}_0}_{2} = {y^{(1)}_0}_{1}^{2}"),
        ("z[1]**2 == 0", "(z'_{1})^{2} = 0"),
        ("a[1] == 0", "{a_0}_{1} = 0"),
        ("m[1, 2] == inverse(m)[1, 2]", r"{M_\text{new}}_{1,2} = (M_\text{new}^{-1})_{1,2}"),
        ("diff(b**2, b, 2) == 2", r"\frac{d^{2}}{d{b^{*}}^{2}} (b^{*})^{2} = 2"),
        ("limit(1/(u - b), u, b, 'above') == oo", r"\lim_{u \to {b^{*}}^{+}} \frac{1}{u - b^{*}} = \infty"),
        ("s[b0] == 0", "{s_t}_{b_{0}} = 0"),
    ],
)
def test_a_script_is_kept_apart_from_the_one_that_the_author_writes(statement: str, written: str) -> None:
    """A second subscript or superscript is an error in TeX: MathJax is asked."""
    symbols = {"w, x, y, z, a": "vector 2", "m": "matrix 2", "b": "real", "b0": "1..2"}
    text = shown(symbols, statement, given={"s": "softmax(x)"})
    names = SCRIPTS | {"b": "b^*".replace("*", "{*}"), "s": "s_t"}
    made = claim(text + "tex:\n" + "".join(f'  {name}: "{tex}"\n' for name, tex in names.items()).replace("\\", "\\\\"))
    found = formula({"test": made}, "test").tex
    assert found == written
    assert judge(found, True).fault == "", found


def test_expected_values_and_variances_have_the_brackets_of_the_field() -> None:
    symbols = {"p": "probability", "x, y": "random(0, p)"}
    assert tex(symbols, "expectation(x/p) + variance(x) == covariance(x, y)") == (
        r"E\left[\frac{x}{p}\right] + \operatorname{Var}(x) = \operatorname{Cov}(x, y)"
    )
    assert tex({"x": "normal(0, 1)"}, "probability(x > 0) == 1/2") == r"P(x > 0) = \frac{1}{2}"
    assert tex({"E": "real", "x": "random(E, 1)"}, "expectation(x) == E") == r"\mathbb{E}[x] = E"
