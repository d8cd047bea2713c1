"""Random arguments for the kernels of efficient attention."""

from typing import Any

import numpy as np
from hypothesis import strategies as st

from tests.kernels.inputs.attention import arrays
from tests.kernels.inputs.common import matrices, vectors

Arguments = st.SearchStrategy[dict[str, Any]]

sizes = st.integers(1, 3)
small = st.floats(-2, 2, allow_subnormal=False).map(lambda x: 0.0 if abs(x) < 1e-6 else x)
constants = st.one_of(st.sampled_from([0.0, 1.0]), st.floats(0.1, 5))
powers = st.sampled_from([1, 2, 8, 64, 512, 2048, 32768])


def decoding(b: int, r: int, g: int, n: int, shape: tuple[int, int, int]) -> Arguments:
    """Arguments of attention_decode_step with r g query heads in g groups; an empty cache comes with and without its width."""
    d, k, v = shape
    shapes = {"x": (b, d), "W_q": (r * g, d, k), "W_k": (g, d, k), "W_v": (g, d, v), "W_o": (r * g, v, d)}
    arguments: dict[str, st.SearchStrategy[Any]] = {name: arrays(*size, entries=small) for name, size in shapes.items()}
    for name, width in ("prev_K", k), ("prev_V", v):
        empty = st.sampled_from([np.zeros((b, g, 0, width)), [[[]] * g] * b])
        arguments[name] = arrays(b, g, n, width, entries=small) if n else empty
    return st.fixed_dictionaries(arguments, optional={"scale": st.floats(0.1, 2)})


def blocks(d: int, m: int, d_v: int, block: int) -> Arguments:
    """Arguments of online_softmax_attention."""
    return st.fixed_dictionaries(
        {"q": vectors(d), "K": matrices(m, d), "V": matrices(m, d_v), "block": st.just(block)},
        optional={"scale": st.floats(0.1, 3)},
    )


def linear(N: int, D: int, M: int) -> Arguments:
    """Arguments of linear_attention without a query that is orthogonal, up to c, to every key."""
    tokens = {"Q": matrices(N, D), "K": matrices(N, D), "V": matrices(N, M)}
    causal = {"causal": st.booleans()}
    return st.one_of(
        st.fixed_dictionaries(tokens, optional={"phi": st.just("quadratic"), "c": constants, **causal}).filter(similar),
        st.fixed_dictionaries({**tokens, "phi": st.just("elu")}, optional=causal),
    )


def similar(arguments: dict[str, Any]) -> bool:
    """Whether every denominator of the quadratic features stands out from the terms that cancel in it."""
    Q, K, c = arguments["Q"], arguments["K"], arguments.get("c", 1.0)
    lower = np.tril if arguments.get("causal", False) else np.asarray
    similarity, size = lower((Q @ K.T + c) ** 2), lower(np.outer((Q**2).sum(axis=1) + c, (K**2).sum(axis=1) + c))
    return bool((similarity.sum(axis=1) > 1e-3 * size.sum(axis=1)).all())


def io(n: int, d: int) -> Arguments:
    """Arguments of flash_io_accesses within the theorem."""
    return st.fixed_dictionaries({"n": st.just(n), "d": st.just(d), "sram_elements": st.integers(d, n * d)})


def step_costs(d: tuple[int, int, int]) -> Arguments:
    """Arguments of decode_step_cost for groups, query heads in each and width of a head."""
    g, r, k = d
    fixed = {"d": st.just(g * r * k), "h": st.just(g * r), "kv_heads": st.just(g)}
    return st.fixed_dictionaries({"b": st.integers(1, 32), "n": st.integers(0, 32768), **fixed})


INPUTS = {
    "quadratic_feature_map": st.tuples(st.lists(st.integers(1, 2), max_size=2), st.integers(1, 4)).flatmap(
        lambda shape: st.fixed_dictionaries({"x": arrays(*shape[0], shape[1])}, optional={"c": constants})
    ),
    "quadratic_feature_dim": st.fixed_dictionaries({"D": st.integers(1, 300)}, optional={"c_nonzero": st.booleans()}),
    "attention_matrix_bytes": st.fixed_dictionaries(
        {"n": st.one_of(powers, st.integers(1, 10000))},
        optional={"heads": st.integers(1, 64), "batch": st.integers(1, 64), "bytes_per": st.sampled_from([1, 2, 3, 4, 8])},
    ),
    "kv_cache_bytes": st.fixed_dictionaries(
        {
            "layers": st.integers(1, 80),
            "kv_heads": st.integers(1, 64),
            "head_dim": st.integers(1, 128).map(lambda width: 2 * width),
            "seq_len": st.one_of(powers, st.integers(1, 10000)),
        },
        optional={"batch": st.integers(1, 64), "bytes_per": st.sampled_from([0.25, 0.5, 1, 2, 2.0, 4, 8.0])},
    ),
    "generation_cost": st.fixed_dictionaries(
        {"n": st.one_of(st.integers(1, 40), st.sampled_from([100, 999])), "cached": st.booleans()}
    ),
    "decode_step_cost": st.tuples(sizes, sizes, st.sampled_from([1, 3, 64, 128])).flatmap(step_costs),
    "attention_decode_step": st.tuples(
        st.integers(1, 2), st.integers(1, 2), st.integers(1, 2), st.integers(0, 3), st.tuples(sizes, sizes, sizes)
    ).flatmap(lambda shape: decoding(*shape)),
    "online_softmax_attention": st.tuples(sizes, st.integers(1, 5), sizes, st.integers(1, 6)).flatmap(lambda shape: blocks(*shape)),
    "flash_io_accesses": st.tuples(st.one_of(powers, st.integers(1, 5000)), st.sampled_from([1, 7, 32, 64, 128])).flatmap(
        lambda shape: io(*shape)
    ),
    "linear_attention": st.tuples(sizes, sizes, sizes).flatmap(lambda shape: linear(*shape)),
    "kernel_attention_cost": st.fixed_dictionaries(
        {"N": st.one_of(powers, st.integers(1, 5000)), "D": st.integers(1, 128), "M": st.integers(1, 128)},
        optional={"C": st.integers(1, 5000)},
    ),
}
