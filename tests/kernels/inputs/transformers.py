"""Random arguments for the kernels of transformers."""

from typing import Any

from hypothesis import strategies as st

from tests.kernels.inputs.common import plain, vectors

Arguments = st.SearchStrategy[dict[str, Any]]

even = st.integers(1, 4).map(lambda half: 2 * half)
bases = st.one_of(st.sampled_from([100.0, 10000.0, 500000.0]), st.floats(1.5, 1e5))


def stacks(groups: int, queries: int, width: int) -> Arguments:
    """Arguments of transformer_param_count for groups of query heads of one width."""
    heads = groups * queries
    return st.fixed_dictionaries(
        {
            "L": st.integers(1, 32),
            "d_model": st.just(heads * width),
            "d_ff": st.integers(1, 4096),
            "vocab": st.sampled_from([1, 1000, 32000, 50257]),
            "heads": st.just(heads),
        },
        optional={
            "n_ctx": st.sampled_from([0, 16, 1024]),
            "kv_heads": st.just(groups),
            "bias": st.booleans(),
            "tied": st.booleans(),
            "glu": st.booleans(),
            "norm": st.sampled_from(["layernorm", "rmsnorm"]),
            "norm_bias": st.booleans(),
            "final_norm": st.booleans(),
        },
    )


INPUTS = {
    "sinusoidal_positional_encoding": st.fixed_dictionaries({"n": st.integers(1, 20), "d": even}, optional={"base": bases}),
    "rope_rotate": even.flatmap(
        lambda d: st.fixed_dictionaries(
            {"x": vectors(d, plain), "pos": st.integers(-50, 1000)},
            optional={"base": bases, "layout": st.sampled_from(["interleaved", "half"])},
        )
    ),
    "transformer_param_count": st.tuples(st.integers(1, 3), st.integers(1, 4), st.integers(1, 64)).flatmap(
        lambda sizes: stacks(*sizes)
    ),
}
