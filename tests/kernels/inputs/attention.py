"""Random arguments for the kernels of attention."""

import math
from typing import Any

import numpy as np
from hypothesis import strategies as st

from tests.kernels.inputs.common import distributions, matrices, plain, positive, vectors

Arguments = st.SearchStrategy[dict[str, Any]]

sizes = st.integers(1, 3)
powers = st.sampled_from([1, 2, 8, 64, 512, 2048, 32768])


def arrays(*shape: int, entries: st.SearchStrategy[float] = plain) -> st.SearchStrategy[np.ndarray]:
    """Float arrays of that shape."""
    return vectors(math.prod(shape), entries).map(lambda v: v.reshape(shape))


def masks(*shape: int) -> st.SearchStrategy[np.ndarray]:
    """Bool arrays of that shape, rows without any True among them."""
    return st.lists(st.booleans(), min_size=math.prod(shape), max_size=math.prod(shape)).map(lambda m: np.array(m).reshape(shape))


def attention(batch: list[int], n: int, m: int, d_k: int, d_v: int) -> Arguments:
    """Arguments of scaled_dot_product_attention; the mask may lack the leading axes."""
    return st.fixed_dictionaries(
        {"Q": arrays(*batch, n, d_k), "K": arrays(*batch, m, d_k), "V": arrays(*batch, m, d_v)},
        optional={"mask": st.one_of(masks(n, m), masks(*batch, n, m)), "scale": st.floats(0.1, 3)},
    )


def clear(arguments: dict[str, Any]) -> bool:
    """Whether the highest score is far above the next, compared with what rounding can do."""
    scores = np.sort(arguments["K"] @ arguments["q"])
    return len(scores) == 1 or bool(scores[-1] - scores[-2] > 1e-3)


def heads(B: int, N: int, h: int, k: int, v: int) -> Arguments:
    """Arguments of multi_head_attention with entries small enough that the weights do not all become 0 or 1."""
    entries = st.floats(-2, 2, allow_subnormal=False).map(lambda x: 0.0 if abs(x) < 1e-6 else x)
    d = h * k
    shapes = {"x": (B, N, d), "W_q": (d, d), "W_k": (d, d), "W_v": (h * v, d), "W_o": (d, h * v)}
    arguments = {name: arrays(*shape, entries=entries) for name, shape in shapes.items()}
    return st.fixed_dictionaries({**arguments, "n_heads": st.just(h)}, optional={"mask": masks(N, N)})


def mask_rules(n: int) -> Arguments:
    """Arguments of attention_mask of every kind."""
    needed: dict[str, dict[str, st.SearchStrategy[Any]]] = {
        "causal": {},
        "sliding": {"w": st.integers(1, n + 2)},
        "prefix": {"p": st.integers(0, n)},
        "padding": {"length": st.integers(0, n)},
        "block_diagonal": {"segments": st.lists(st.integers(-1, 2), min_size=n, max_size=n)},
    }
    rules = [{"kind": st.just(kind), "n": st.just(n), **more} for kind, more in needed.items()]
    return st.one_of(*[st.fixed_dictionaries(rule, optional={"causal": st.booleans()}) for rule in rules])


def costs(h: int, width: int) -> Arguments:
    """Arguments of attention_cost."""
    return st.fixed_dictionaries(
        {"n": powers, "d": st.just(h * width)},
        optional={"h": st.just(h), "m": st.integers(1, 500), "bytes_per": st.sampled_from([1, 2, 4, 8])},
    )


@st.composite
def equations(draw: st.DrawFn) -> dict[str, Any]:
    """An einsum that has a shape: letters with sizes, operands that take some of them, an output of letters that occur."""
    lengths = {letter: draw(st.integers(2, 4)) for letter in "abXYz"}
    letters = st.sampled_from(sorted(lengths))
    operands = draw(st.lists(st.lists(letters, max_size=3), min_size=1, max_size=3))
    occurring = sorted({letter for operand in operands for letter in operand})
    output = draw(st.permutations(occurring))[draw(st.integers(0, len(occurring))) :]
    gap = draw(st.sampled_from(["", " "]))
    equation = f"{gap},{gap}".join("".join(operand) for operand in operands) + f"{gap}->{gap}" + gap.join(output)
    return {"equation": equation, "shapes": [[lengths[letter] for letter in operand] for operand in operands]}


def additive(ds: int, dh: int, n: int, a: int) -> Arguments:
    """Arguments of additive_attention."""
    shapes = {"s": (ds,), "H": (n, dh), "W": (a, ds), "U": (a, dh), "v": (a,)}
    return st.fixed_dictionaries({name: arrays(*shape) for name, shape in shapes.items()})


def luong(d: int, n: int, a: int) -> Arguments:
    """Arguments of luong_score of every kind."""
    states = {"s": vectors(d), "H": matrices(n, d)}
    return st.one_of(
        st.fixed_dictionaries({**states, "kind": st.just("dot")}),
        st.fixed_dictionaries({**states, "kind": st.just("general"), "W": matrices(d, d)}),
        st.fixed_dictionaries({**states, "kind": st.just("concat"), "W": matrices(a, 2 * d), "v": vectors(a)}),
    )


def directed(n: int, d: int) -> st.SearchStrategy[np.ndarray]:
    """Matrices of shape (n, d) without a row near 0."""
    return matrices(n, d).filter(lambda X: np.abs(X).max(axis=1).min() > 1e-3)


def head_weights(h: int, n: int, m: int) -> Arguments:
    """Arguments of attention_head_similarity, some with weights of exactly 0."""
    rows = st.one_of(distributions(m), st.integers(0, m - 1).map(lambda i: np.eye(m)[i]))
    A = st.lists(rows, min_size=h * n, max_size=h * n).map(lambda found: np.array(found).reshape(h, n, m))
    return st.fixed_dictionaries({"A": A, "metric": st.sampled_from(["js", "kl", "cosine"])})


INPUTS = {
    "dot_product_moments": st.one_of(
        st.fixed_dictionaries({"d": st.integers(1, 3000)}, optional={"sigma": positive}),
        st.integers(1, 4).flatmap(lambda d: st.fixed_dictionaries({"d": st.just(d), "sigma": positive, "mu": vectors(d)})),
    ),
    "scaled_dot_product_attention": st.tuples(st.lists(st.integers(1, 2), max_size=2), sizes, sizes, sizes, sizes).flatmap(
        lambda shape: attention(*shape)
    ),
    "argmax_attention": st.tuples(sizes, st.integers(1, 4), sizes)
    .flatmap(
        lambda n: st.fixed_dictionaries({"q": vectors(n[0]), "K": matrices(n[1], n[0]), "V": matrices(n[1], n[2])}),
    )
    .filter(clear),
    "multi_head_attention": st.tuples(
        st.integers(1, 2), st.integers(1, 3), st.integers(1, 2), st.integers(1, 2), st.integers(1, 3)
    ).flatmap(lambda shape: heads(*shape)),
    "attention_mask": st.integers(1, 6).flatmap(mask_rules),
    "attention_cost": st.tuples(st.sampled_from([1, 2, 8]), st.integers(1, 128)).flatmap(lambda d: costs(*d)),
    "einsum_output_shape": equations(),
    "additive_attention": st.tuples(sizes, sizes, sizes, sizes).flatmap(lambda shape: additive(*shape)),
    "luong_score": st.tuples(sizes, sizes, sizes).flatmap(lambda shape: luong(*shape)),
    "cosine_attention_scores": st.tuples(sizes, sizes, sizes).flatmap(
        lambda n: st.fixed_dictionaries({"Q": directed(n[0], n[2]), "K": directed(n[1], n[2]), "tau": st.floats(0.01, 10)})
    ),
    "attention_head_similarity": st.tuples(sizes, sizes, st.integers(1, 4)).flatmap(lambda shape: head_weights(*shape)),
}
