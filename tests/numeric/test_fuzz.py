"""Whatever an author writes, the pipeline reports; it never crashes, and it never runs for long."""

import json
import random

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from generator.model import Interpolation
from generator.numeric import draw, read_spec, stress
from generator.problems import Place, Problems
from tests.numeric.support import block
from tests.numeric.test_spec import FULL

SLOW = settings(max_examples=100, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])

GRIDS = [
    "choice 0.1 0.5 2",
    "choice 0 1",
    "choice a b inf",
    "choice (3,4) (5,12)",
    "grid -1..1 step 0.5",
    "int -2..3",
    "int 1..1000",
    "vector 2 of int -1..2",
    "vector 3 of grid -2..2 step 0.5",
    "matrix 2 x 2 of int -1..1",
    "distinct 2 of int 1..3",
    "permutation 3",
    "probabilities 3 step 0.25 zero allowed",
    "int 1..",
    "nonsense",
]
ATOMS = ["x", "x", "x", "y", "y", "1", "2", "0", "0.5", "-3", "inf", "True", "None", "'a'", "[x, y]", "[1, 2]", "{1, x}", "oops"]
OPERATORS = "+ + - - * * / // % ** @ == < >= != and or in".split(" ")
CALLS = (
    "sqrt({}) exp({}) log({}) log2({}) sum({}) max({}) mean({}) abs({}) len({}) all({}) set({}) round({}) argmax({}) sorted({}) "
    "sf({},2) distinct({}) transpose({}) normal_cdf({}) tanh({}) -{} ({}) {}[0] {}[1:] {}[0][1] {}.scalar softmax({}) entropy({}) "
    "condition_number({}) dot_product({},{}) vector_projection({},{}) vector_projection({},{}).vector hoeffding_bound({},{}) "
    "lp_norm({},2) attention_mask('causal',{}).kept sigmoid({}) matrix_rank({}) unit_normalize({}) "
    "distribution_moments('poisson',lam={}).var"
).split(" ")
FORMATS = ",,,,2sf,2sf,3dp,pct,pct1,per 1000,frac,sci2,pow2,int,bytes 2sf,signed,term,row 2dp,mat,vec,word,set,9zz".split(",")
FORMATS += ["=", "= 2sf", "= frac", "= signed"]
SHOWN = [("x", ""), ("y", ""), ("t", "2sf"), ("answer", ""), ("answer", "3sf"), ("answer", "="), ("t", "=2sf")]
DAMAGE = ["", " ", "\n", "\t", ":", "-", "[", "]", "{", "}", "'", '"', "@", "#", "0", "1e9", "a", "(", ")", "*", "/", "é", "- "]

expressions = st.recursive(
    st.sampled_from(ATOMS),
    lambda inner: (
        st.tuples(inner, st.sampled_from(OPERATORS), inner).map(" ".join)
        | st.tuples(st.sampled_from(CALLS), inner).map(lambda pair: pair[0].replace("{}", pair[1]))
        | st.tuples(inner, inner, inner).map(lambda parts: f"{parts[0]} if {parts[1]} else {parts[2]}")
    ),
    max_leaves=5,
)


WRAPPED = [
    ("exp({})", "exp({})"),
    ("abs({})", "abs({})"),
    ("sqrt(abs({}))", "sqrt(abs({}))"),
    ("tanh({})", "1 - 2/(1 + exp(2*({})))"),
    ("sigmoid({})", "1/(1 + exp(-({})))"),
    ("softmax([{}, 1])[0]", "1/(1 + exp(1 - ({})))"),
    ("logsumexp([{}, 0])", "log(1 + exp({}))"),
    ("dot_product([{}, 3], [0.1, -0.7])", "(({})/10 - 2.1)"),
]
"""What a kernel says, and the same by hand."""
two_ways = st.recursive(
    st.sampled_from(["x", "y", "2", "0.5", "3"]).map(lambda atom: (atom, atom)),
    lambda inner: (
        st.tuples(inner, st.sampled_from(["+", "-", "*", "/"]), inner).map(
            lambda parts: (f"({parts[0][0]} {parts[1]} {parts[2][0]})", f"({parts[0][1]} {parts[1]} {parts[2][1]})")
        )
        | st.tuples(st.sampled_from(WRAPPED), inner).map(
            lambda pair: (pair[0][0].replace("{}", pair[1][0]), f"({pair[0][1].replace('{}', pair[1][1])})")
        )
    ),
    max_leaves=4,
)
"""An expression with kernels, and the same without."""
numbers = two_ways.map(lambda ways: ways[0])
conditions = st.tuples(numbers, st.sampled_from(["<", ">=", "!="]), numbers).map(" ".join)


@st.composite
def blocks(draw_: st.DrawFn) -> str:
    """A block of well-formed YAML that says anything at all."""
    spec: dict[str, object] = {"params": {name: draw_(st.sampled_from(GRIDS)) for name in "xy"}}
    if draw_(st.booleans()):
        spec["let"] = {"t": draw_(expressions)}
    spec["answer"] = {"p": draw_(expressions), "q": draw_(expressions)} if draw_(st.integers(0, 4)) == 0 else draw_(expressions)
    optional = {
        "via": expressions,
        "show": st.sampled_from(FORMATS),
        "require": st.lists(expressions, max_size=2),
        "given": st.lists(st.tuples(expressions, st.sampled_from(FORMATS)).map(":".join), max_size=2),
        "mistakes": st.dictionaries(st.sampled_from(["one", "two"]), expressions, max_size=2),
        "form": st.sampled_from(["number", "choose", "slice", "paper", "setup", "other"]),
        "golden": st.just([{"x": "1", "y": "2", "answer": "3"}]),
        "tolerance": st.sampled_from(["0.1", "5%", "0", "x"]),
        "unit": st.just("m"),
        "pool": st.sampled_from(["1", "3", "40", "-1"]),
    }
    for key, value in optional.items():
        if draw_(st.integers(0, 3)) == 0:
            spec[key] = draw_(value)
    return json.dumps(spec)


@st.composite
def sane_blocks(draw_: st.DrawFn) -> str:
    """A block about numbers that mostly makes variants."""
    answer, way = draw_(two_ways)
    spec: dict[str, object] = {
        "params": {name: draw_(st.sampled_from(GRIDS[:2] + GRIDS[4:6])) for name in "xy"},
        "let": {"t": draw_(numbers)},
        "answer": answer,
        "show": draw_(st.sampled_from(["2sf", "3sf", "1dp", "pct1", "sci2", "signed 2sf"])),
    }
    optional = {
        "via": st.just(way),
        "require": st.lists(conditions, max_size=2),
        "given": st.lists(st.tuples(numbers, st.sampled_from(["2sf", "1dp"])).map(":".join), max_size=2),
        "mistakes": st.dictionaries(st.sampled_from(["one", "two"]), numbers, max_size=2),
        "tolerance": st.sampled_from(["0.1", "5%"]),
    }
    for key, value in optional.items():
        if draw_(st.booleans()):
            spec[key] = draw_(value)
    return json.dumps(spec)


def run(text: str, shown: list[tuple[str, str]]) -> list[str]:
    """Read, draw and stress; whatever is wrong must come out as problems, which are returned."""
    problems = Problems()
    spec = read_spec(block(text), problems)
    if spec is None:
        assert problems.failed
        return [problem.message for problem in problems]
    items = [Interpolation(name, form, Place("a.md", 3)) for name, form in shown]
    drawn = draw(spec, identity="card", namespace="test", seeds=["base", "june"], shown=items, problems=problems)
    assert (drawn is None) == problems.failed
    if drawn is not None:
        json.dumps([variant.as_json() for variant in drawn.variants])
        assert drawn.variants
    again = Problems()
    found = stress(spec, identity="card", namespace="test", shown=items, count=30, problems=again)
    assert (found is None) == again.failed
    if found is not None:
        json.dumps(found.as_json())
    return [problem.message for problem in (*problems, *again)]


@SLOW
@given(blocks(), st.lists(st.tuples(st.sampled_from(["x", "y", "t", "answer", "p", "none"]), st.sampled_from(FORMATS)), max_size=3))
def test_no_block_makes_the_pipeline_crash(text: str, shown: list[tuple[str, str]]) -> None:
    run(text, shown)


@SLOW
@given(
    sane_blocks(), st.lists(st.sampled_from([("x", ""), ("y", ""), ("t", "2sf"), ("answer", ""), ("answer", "3sf")]), max_size=4)
)
def test_what_kernels_say_and_the_same_by_hand_never_disagree(text: str, shown: list[tuple[str, str]]) -> None:
    """The bound is derived, so it must hold for every expression; and no block about numbers makes the pipeline crash."""
    assert not [message for message in run(text, shown) if "rounding explains" in message or "against" in message]


@SLOW
@given(st.integers(0, 10**9))
def test_no_damage_to_a_good_block_makes_the_pipeline_crash(seed: int) -> None:
    chance = random.Random(seed)
    text = FULL
    for _ in range(chance.randint(1, 4)):
        at = chance.randrange(len(text))
        piece = chance.choice(DAMAGE)
        text = text[:at] + piece + text[at + chance.randint(0, 3) :]
    run(text, [("prior", "pct"), ("hits", "2sf"), ("answer", "")])


@SLOW
@given(st.text(max_size=200))
def test_no_text_makes_the_pipeline_crash(text: str) -> None:
    run(text, [])
