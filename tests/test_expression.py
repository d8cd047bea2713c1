"""The grammar of expressions: what is admitted, what is refused, and where."""

import contextlib
import time
import tracemalloc
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from generator.blocks import Mapping, Scalar, compose
from generator.expression import parse
from generator.numeric.evaluate import Budget, Evaluator
from generator.numeric.values import Members, Refusal, equal, text
from generator.numeric.vocabulary import check, fields_of, kernels_in
from generator.problems import Failure, Problems
from tests.numeric.support import block, evaluate, expression, lines


def scalar(source: str) -> Scalar:
    node = compose(block(source))
    assert isinstance(node, Mapping)
    value = node.items[0][1]
    assert isinstance(value, Scalar)
    return value


def refused(source: str, **names: object) -> str:
    """The message with which an expression is refused, as it is written or when it is evaluated."""
    try:
        evaluate(source, **names)
    except Failure as failure:
        return str(next(iter(failure.problems)).message)
    except Refusal as refusal:
        return refusal.message
    raise AssertionError(f"{source} was not refused")


F = Fraction


@pytest.mark.parametrize(
    ("source", "value"),
    [
        ("1 + 2*3", F(7)),
        ("0.1 + 0.2", F("0.3")),
        ("1e-5 * 10", F("0.0001")),
        (".5 - 1.", F("-0.5")),
        ("7 // 2, "[:-2], F(3)),
        ("-7 // 2", F(-4)),
        ("-7 % 3", F(2)),
        ("2**10", F(1024)),
        ("2**-2", F(1, 4)),
        ("4**0.5", F(2)),
        ("(4/9)**1.5", F(8, 27)),
        ("1/3", F(1, 3)),
        ("-2**2", F(-4)),
        ("1 < 2 < 3", True),
        ("1 < 2 > 3", False),
        ("1 == 1.0 and not 2 == 3 or False", True),
        ("5 if 1 > 2 else 6", F(6)),
        ("[1, 2] + [3, 4]", (F(4), F(6))),
        ("2*[1, 2] - 1", (F(1), F(3))),
        ("[1, 2]**2", (F(1), F(4))),
        ("[[1, 2], [3, 4]] * 2", ((F(2), F(4)), (F(6), F(8)))),
        ("[1, 2, 3][0]", F(1)),
        ("[1, 2, 3][-1]", F(3)),
        ("[1, 2, 3][1:]", (F(2), F(3))),
        ("[1, 2, 3][::-1]", (F(3), F(2), F(1))),
        ("[[1, 2], [3, 4]][1][0]", F(3)),
        ("[[1, 2], [3, 4]][1, 0]", F(3)),
        ("[[1, 2], [3, 4]] @ [1, 1]", (F(3), F(7))),
        ("[1, 1] @ [[1, 2], [3, 4]]", (F(4), F(6))),
        ("[1, 2] @ [3, 4]", F(11)),
        ("[[1, 2], [3, 4]] @ [[0, 1], [1, 0]]", ((F(2), F(1)), (F(4), F(3)))),
        ("[1, 2] == [1, 2]", True),
        ("[1, 2] != [1, 3]", True),
        ("[1, 3] > 2", (False, True)),
        ("all([1, 3] > 0)", True),
        ("any([1, 3] > 3)", False),
        ("sum([1, -3] > 0)", F(1)),
        ("2 in [1, 2]", True),
        ("3 not in {1, 2}", True),
        ("{3, 1, 3}", Members((F(1), F(3)))),
        ("{1, 2} == {2, 1}", True),
        ("'a' == 'a'", True),
        ("'a' if True else 'b'", "a"),
        ("None", None),
        ("sqrt(9/4)", F(3, 2)),
        ("exp(0) + log(1)", F(1)),
        ("log2(1/8)", F(-3)),
        ("log10(1000)", F(3)),
        ("log10(0.01)", F(-2)),
        ("abs([-1, 2])", (F(1), F(2))),
        ("floor(-1.5) + ceil(-1.5)", F(-3)),
        ("round(2.5) + round(-2.5)", F(0)),
        ("round(0.285, 2)", F("0.29")),
        ("round(1234, -2)", F(1200)),
        ("sf(1250, 2) + sf(-0.0985, 2)", F("1299.901")),
        ("sf([0, 9.96, 100.255], 2)", (F(0), F(10), F(100))),
        ("sf(exp(1), 3)", F("2.72")),
        ("max(1, 3, 2) - min([1, 3, 2])", F(2)),
        ("argmax([1, 3, 3])", F(1)),
        ("argmin([2, 1, 1])", F(1)),
        ("sum([[1, 2], [3, 4]])", F(10)),
        ("prod([2, 3, 4])", F(24)),
        ("mean([1, 2])", F(3, 2)),
        ("sorted([3, 1, 2])", (F(1), F(2), F(3))),
        ("len([1, 2]) + len({5})", F(3)),
        ("dot([1, 2], [3, 4])", F(11)),
        ("outer([1, 2], [3, 4])", ((F(3), F(4)), (F(6), F(8)))),
        ("transpose([[1, 2], [3, 4]])", ((F(1), F(3)), (F(2), F(4)))),
        ("identity(2)", ((F(1), F(0)), (F(0), F(1)))),
        ("comb(5, 2) + factorial(3)", F(16)),
        ("count([1, 2, 1], 1)", F(2)),
        ("distinct([1, 2, 1])", False),
        ("set([2, 1, 2])", Members((F(1), F(2)))),
        ("dot_product([1, 2], [3, 4])", Decimal(11)),
        ("dot_product(a=[1, 2], b=[3, 4])", Decimal(11)),
        ("vector_projection([3, 4], [1, 0]).scalar", Decimal(3)),
        ("vector_projection([3, 4], [1, 0]).vector[0]", Decimal(3)),
        ("tanh(0) + normal_cdf(0)", F(1, 2)),
        ("-inf", Decimal("-Infinity")),
    ],
)
def test_values(source: str, value: object) -> None:
    assert evaluate(source) == value


@pytest.mark.parametrize(
    ("source", "digits"),
    [
        ("sqrt(2)", "1.4142135623730950488016887242096980785697"),
        ("exp(1)", "2.7182818284590452353602874713526624977572"),
        ("log(2)", "0.69314718055994530941723212145817656807550"),
        ("log2(3)", "1.5849625007211561814537389439478165087598"),
        ("log10(2)", "0.30102999566398119521373889472449302676819"),
        ("2**0.5", "1.4142135623730950488016887242096980785697"),
        ("tanh(0.5)", "0.46211715726000975850231848364367254873029"),
        ("normal_cdf(1.96)", "0.9750021048517795658634157309591628099775"),
        ("normal_cdf(-3)", "0.00134989803163009452665181476759497738"),
        ("pi", "3.1415926535897932384626433832795028841972"),
    ],
)
def test_rounded_values_carry_forty_digits(source: str, digits: str) -> None:
    value = evaluate(source)
    assert isinstance(value, Decimal)
    assert abs(value - Decimal(digits)) < Decimal(10) ** -(len(digits.split(".")[1]) - 2)


def test_names_are_read_and_called_names_are_not() -> None:
    found = expression("a*sqrt(b) + pi + dot(a, a)", a=F(1), b=F(1))
    assert found.names == ("a", "b", "pi")
    assert kernels_in(expression("softmax([1, 2])[0] + sqrt(2) + dot_product([1], [1])")) == ("softmax", "dot_product")
    assert fields_of(expression("vector_projection([1], [1])")) == ("scalar", "vector", "rejection")
    assert fields_of(expression("dot_product([1], [1])")) == ()


def test_a_name_may_be_called_like_a_function() -> None:
    assert evaluate("max(max, 2)", max=F(3)) == 3


@pytest.mark.parametrize(
    "source",
    [
        "().__class__.__bases__",
        "a.__class__",
        "(1).real",
        "'a'.upper()",
        "__import__('os').system('true')",
        "__name__",
        "_private",
        "[x for x in [1]]",
        "{x for x in [1]}",
        "{x: 1 for x in [1]}",
        "sum(x for x in [1])",
        "lambda: 1",
        "(lambda x: x)(1)",
        "(x := 1)",
        "f'{1}'",
        "f'{__import__(\"os\")}'",
        "[*[1], 2]",
        "max(*[1, 2])",
        "max(**{'a': 1})",
        "{1: 2}",
        "{'a': 1, 'a': 2}",
        "{'a': 1, **{'b': 2}}",
        "(1, 2)",
        "1, 2",
        "...",
        "b'a'",
        "1j",
        "0x10",
        "0b1",
        "1_000",
        "1e1000",
        "1e-1000",
        "a ^ 2",
        "a & 1",
        "a | 1",
        "~a",
        "a << 2",
        "a is None",
        "a is not None",
        "await a",
        "yield",
        "(yield 1)",
        "print(1)",
        "eval('1')",
        "open('/etc/passwd')",
        "getattr(a, 'real')",
        "a = 1",
        "a; b",
        "import os",
        "1 +",
        "(1",
        "a) + (1",
        "a # remark",
        "a \\\n+ 1",
        "a² + 1",
        "1 − 2",
        "ａ + 1",
        "[]",
        "[1][0, 0:1]",
        "[1][1:1]",
        "[1][0.5]",
        "[1][True]",
        "[1][1]",
        "5[0]",
        "a.field",
        "vector_projection([1], [1]).nothing",
        "vector_projection([1], [1]) + 1",
        "dot_product([1], [1]).scalar",
        "sqrt()",
        "sqrt(1, 2)",
        "sqrt(x=1)",
        "dot_product([1])",
        "dot_product([1], [1], [1])",
        "dot_product([1], a=[1])",
        "dot_product([1], c=[1])",
        "dot_product([1], [1, 2])",
        "dot_product('a', [1])",
        "dot_product([1], None)",
        "nothing_like_this(1)",
        "unknown + 1",
        "1 / 0",
        "1 // 0",
        "1 % 0",
        "0 ** -1",
        "0.0 ** -0.5",
        "(-1) ** 0.5",
        "(-2) ** 0.3",
        "sqrt(-1)",
        "log(0)",
        "log2(-1)",
        "inf - inf",
        "0 * inf",
        "exp(10**6)",
        "[1, 2] + [1, 2, 3]",
        "[1, 2] + [[1, 2], [3, 4]]",
        "[1, 2] @ [1, 2, 3]",
        "1 @ 2",
        "transpose([1, 2])",
        "1 + True",
        "'a' + 'b'",
        "1 + None",
        "1 < 'a'",
        "'a' < 'b'",
        "1 and True",
        "not 1",
        "[1, 2] > 0 and True",
        "0 < [1, 2] < 3",
        "1 if 2 else 3",
        "1 in 2",
        "{[1]}",
        "sum(1)",
        "sum('a')",
        "len(3)",
        "all([1])",
        "max([])",
        "floor(inf)",
        "factorial(0.5)",
        "factorial(401)",
        "comb(5, -1)",
        "identity(9)",
        "round(1, 31)",
        "sf(1, 0)",
        "sf(1, 9)",
        "sf(1, 1.5)",
        "sf(inf, 2)",
        "sf('a', 2)",
        "normal_cdf(13)",
        "'" + "x" * 101 + "'",
    ],
)
def test_what_is_refused(source: str) -> None:
    assert refused(source, a=F(1))


@pytest.mark.parametrize(
    ("source", "hint"),
    [
        ("ln(2)", "log is the natural logarithm"),
        ("a ^ 2", "a power is written  **"),
        ("1 − 2", "write  -"),
        ("alpa + 1", "did you mean alpha?"),
        ("sqr(2)", "did you mean sqrt?"),
        ("sqrt + 1", "call it: sqrt(…)"),
        ("vector_projection([1], [1]).scaler", "did you mean scalar?"),
        ("dot_product([1])", "it is dot_product(a, b)"),
        ("dot_product([1], bb=[1])", "known: a, b"),
        ("(1, 2)", "a vector stands in brackets: [1, 2]"),
        ("a = 1", "a comparison is written  =="),
        ("softmax([1], axes=0)", "did you mean axis?"),
    ],
)
def test_hints(source: str, hint: str) -> None:
    with pytest.raises(Failure) as caught:
        expression(source, a=F(1), alpha=F(1))
    assert hint in [problem.hint for problem in caught.value.problems]


def places(source: str, *names: str) -> list[str]:
    """The problems of an expression in a block."""
    problems = Problems()
    try:
        check(parse(scalar(source)), names, {}, problems)
    except Failure as failure:
        problems.extend(failure.problems)
    return lines(problems)


@pytest.mark.parametrize(
    ("source", "place"),
    [
        ("x: a + bb", "1:8"),
        ("x: 'a + bb'", "1:9"),
        ("x: |\n    a +\n      bb", "3:7"),
        ("x: >\n  a +\n  bb", "3:3"),
        ("x: a +\n   bb", "2:4"),
        ("x: a + (1 + bb)", "1:13"),
        ("x: sqrt(bb)", "1:9"),
        ("x: a + foo(1)", "1:8"),
        ("x: a + [i for i in a]", "1:8"),
        ("x: |\n  a +\n  [i for i in a]", "3:3"),
        ("x: vector_projection([1], [1]).nix", "1:32"),
        ("x: dot_product([1], [1], c=a)", "1:26"),
        ("x: 1 −a", "1:6"),
    ],
)
def test_places(source: str, place: str) -> None:
    (line,) = places(source, "a")
    assert line.startswith(f"{place}: "), line


def test_every_unknown_name_is_reported() -> None:
    assert [line.partition(" unknown")[0] for line in places("x: b + c*d", "a")] == ["1:4:", "1:8:", "1:10:"]


def test_a_refusal_says_at_which_part_of_the_expression() -> None:
    with pytest.raises(Refusal) as caught:
        evaluate("1 + (2 + sqrt(a))", a=F(-1))
    assert caught.value.offset == 9


DEEP = [
    "-" * 900 + "1",
    "not " * 400 + "True",
    "[" * 900,
    "[" * 60 + "1" + "]" * 60,
    "1" + "+1" * 900,
    "1" + "**1" * 600,
    "1 if True else " * 120 + "1",
    "a" + "[0]" * 600,
    "sqrt(" * 150 + "1" + ")" * 150,
    "a.b" * 300,
    "1 < " * 400 + "1",
    "x" * 3000,
    "9" * 1900,
    "(" * 1999,
    "{" * 190 + "1" + "}" * 190,
]
HUGE = [
    "(" * 190 + "1" + ")" * 190,
    "10**10**10",
    "2**(2**100)",
    "9**9**9**9",
    "(10**400)**400",
    "2**4096 * 2**4096",
    "1/3**4000/3**4000",
    "prod([10**900, 10**900])",
    "exp(exp(exp(100)))",
    "factorial(400)**400",
    "comb(10**9, 5)",
    "round(1, 10**9)",
    "identity(10**9)",
    "[1][10**30]",
    "attention_mask('causal', 10**9).kept",
    "attention_mask('causal', 1000).mask",
    "conv_visibility(10**12, 3, 'same')",
    "sinusoidal_positional_encoding(10**6, 10**6)",
    "majority_vote_accuracy(0.6, 10**9)",
    "linear_recurrence_dp([1, 1], [1, 1], 10**9)",
    "gradient_descent_1d_trace(1, 1, 1, 0.1, 10**9)",
    "double_softmax_loss_floor(10**300).floor",
    "dot_product([10**200, 1], [10**200, 1])",
    "softmax([1e300, -1e300, 1])",
    "exact_product('" + "9" * 100 + "', '" + "9" * 100 + "')",
    "longest_unique_substring('" + "x" * 99 + "')",
]


@pytest.mark.parametrize("source", DEEP + HUGE)
def test_hostile_expressions_cost_little_time_and_memory(source: str) -> None:
    tracemalloc.start()
    start = time.perf_counter()
    with contextlib.suppress(Failure, Refusal):
        evaluate(source, a=(F(1),))
    took = time.perf_counter() - start
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert took < 3
    assert peak < 100_000_000


@pytest.mark.parametrize("source", DEEP)
def test_deep_expressions_are_refused(source: str) -> None:
    assert refused(source, a=(F(1),))


def test_growing_vectors_are_refused() -> None:
    names = {"v0": tuple(F(k) for k in range(24))}
    with pytest.raises(Refusal, match="numbers"):
        for step in range(10):
            names[f"v{step + 1}"] = evaluate(f"[{', '.join([f'v{step}'] * 40)}][0:3]", **names)
            names[f"v{step + 1}"] = evaluate(f"[sum(v{step + 1}), {', '.join([f'v{step}'] * 40)}]", **names)


def test_lists_in_lists_are_bounded() -> None:
    assert "deep" in refused("[[[[[1]]]]]")


def test_many_operations_are_refused() -> None:
    vector = tuple(F(k) for k in range(200))
    with pytest.raises(Refusal, match="too many operations"):
        evaluate("+".join(["sum(v*v)"] * 36), v=vector)


def test_a_card_has_limited_time() -> None:
    with pytest.raises(Refusal, match="too long"):
        Budget(seconds=-1).refill()


@pytest.mark.parametrize(
    ("source", "message"),
    [
        ("luong_score([1], [[1]], 'dott').scores", "luong_score does not know the kind 'dott'"),
        ("luong_score([1], [[1]], kind='dott').scores", "luong_score does not know the kind 'dott'"),
        ("dot_product('x', [1])", "dot_product takes no word as a"),
        (
            "finite_difference_gradient(1, [1])",
            "finite_difference_gradient takes a function as f, which an expression cannot write",
        ),
        ("dot_product({'a': 1}, [1])", "dot_product cannot take a result with the fields a as a"),
        (
            "receptive_field([{'kernel': 3, 'stride': 2, 'gap': 1}]).rf",
            "receptive_field refuses: layers[0] must not have 'gap', only kernel, stride, dilation",
        ),
    ],
)
def test_words_for_kernels(source: str, message: str) -> None:
    assert refused(source) == message


def test_what_is_left_when_all_digits_cancel_is_nothing() -> None:
    assert evaluate("log(6) - log(2) - log(3)") == 0
    assert evaluate("sqrt(2)*sqrt(3) - sqrt(6)") == 0
    assert evaluate("exp(-50) - exp(-60)") > 0
    assert evaluate("exp(-100)") > 0


def test_a_function_cannot_be_written() -> None:
    message = "finite_difference_gradient takes a function as f, which an expression cannot write"
    assert refused("finite_difference_gradient(1, [1])") == message


def test_a_kernel_says_what_is_wrong_in_a_table() -> None:
    message = "receptive_field refuses: layers[0] must not have 'gap', only kernel, stride, dilation"
    assert refused("receptive_field([{'kernel': 3, 'stride': 2, 'gap': 1}]).rf") == message


def test_tables_reach_kernels() -> None:
    assert equal(evaluate("receptive_field([{'kernel': k, 'stride': 2}, {'kernel': 5, 'stride': 1}]).rf", k=F(3)), F(11))
    assert equal(evaluate("mcts_backup([{'W': 0.5, 'n': 1}], 0.25)[0].W"), F("0.75"))
    assert evaluate("bpe_train({'aab': 3, 'ab': 2}, 1).merges")[0] == ("a", "b")
    table = "{'<s>': {'a': 0.75, '</s>': 0.25}, 'a': {'</s>': 1}}"
    assert evaluate(f"beam_search({table}, beam=1, max_len=2).sequence")[1] == "a"


def test_a_word_that_is_drawn_reaches_the_kernel_or_is_refused() -> None:
    assert equal(evaluate("lp_norm([3, 4], p)", p="inf"), F(4))
    assert refused("lp_norm([3, 4], p)", p="infinity") == "lp_norm does not know the p 'infinity'"


def test_kernels_get_whole_numbers_where_they_count() -> None:
    assert refused("attention_cost(2.5, 4).score_flops") == "the n of attention_cost must be a whole number, not 2.5"
    assert evaluate("attention_cost(2048, 128).score_flops") == 2 * 2048 * 2048 * 128
    assert evaluate("label_smoothing_targets(y, 2, 0.5, 'uniform_all')[0]", y=Decimal(0)) == Decimal("0.75")


def test_a_kernels_refusal_comes_through() -> None:
    assert refused("vector_projection([1], [0]).scalar").startswith("vector_projection refuses: b must not be the zero vector")


def test_rounded_numbers_are_equal_within_what_rounding_does() -> None:
    third = Decimal("0.3333333333333333148296162562")  # the float nearest to 1/3
    assert evaluate("x == 1/3 and x <= 1/3 and not x < 1/3", x=third)
    assert evaluate("x != 0.3333", x=third)
    assert evaluate("floor(x) == 3 and ceil(x) == 3", x=Decimal("2.99999999999999"))
    assert evaluate("argmax([x, y])", x=Decimal("1.0000000000000001"), y=Decimal("1.0000000000000002")) == 0
    assert evaluate("x == 0", x=Decimal("1e-16"))
    assert evaluate("x != 0", x=Decimal("1e-11"))


@pytest.mark.parametrize(
    ("value", "shown"), [(F(1, 8), "0.125"), (F(1, 3), "1/3"), (F(-5), "-5"), (Decimal("0.1") / 3, "0.0333333333333")]
)
def test_values_as_text(value: object, shown: str) -> None:
    assert text(value) == shown


@given(st.text(max_size=60))
def test_any_text_is_an_expression_or_refused(source: str) -> None:
    _try(source)


PIECES = st.sampled_from(
    "a v M r 1 0.5 2 + - * / // % ** @ ( ) [ ] { } , : < <= == != in not and or if else True None 'x' . sqrt( exp( sum( max( dot( "
    "dot_product( vector_projection( .scalar softmax( transpose( [0] [1:] inf pi 1e9 lambda for _".split(" ")
)


@given(st.lists(PIECES, max_size=24))
def test_any_row_of_tokens_is_an_expression_or_refused(pieces: list[str]) -> None:
    _try(" ".join(pieces))


def _try(source: str) -> None:
    names = {"a": F(1, 2), "v": (F(1), F(2)), "M": ((F(1), F(2)), (F(3), F(4))), "r": Decimal("0.25")}
    problems = Problems()
    try:
        found = parse(Scalar(block("x: y"), 3, 4, source))
        if check(found, names, {}, problems):
            Evaluator(names, Budget()).value(found)
    except (Failure, Refusal):
        pass
