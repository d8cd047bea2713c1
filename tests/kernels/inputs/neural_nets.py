"""Random arguments for the kernels of neural networks."""

from typing import Any, get_args

import numpy as np
from hypothesis import strategies as st

from kernels import neural_nets
from tests.kernels.inputs.common import extreme, matrices, plain, vectors

sizes = st.integers(1, 3)
fans = st.one_of(st.integers(1, 60), st.sampled_from([100, 512]))
factors = st.one_of(st.floats(1e-2, 1e2), st.sampled_from([0.0, 0.25, 1.0, 1.2]))
"""So that no product of 60 layers leaves the range of float64."""


def clear(net: dict[str, Any]) -> bool:
    """Whether every pre-activation is 0 or away from it, so that rounding cannot switch a unit."""
    z = np.abs(net["W1"] @ net["x"] + net["b1"])
    return bool((z > 1e-3).all())


def nets(shape: tuple[int, int, int], **more: st.SearchStrategy[Any]) -> st.SearchStrategy[dict[str, Any]]:
    """d inputs, h hidden units, o outputs."""
    d, h, o = shape
    weights = {"W1": matrices(h, d), "b1": vectors(h), "W2": matrices(o, h), "b2": vectors(o)}
    return st.fixed_dictionaries({"x": vectors(d), **weights}, optional=more)


@st.composite
def graphs(draw: st.DrawFn) -> dict[str, Any]:
    n, f = draw(st.integers(1, 4)), draw(st.integers(1, 2))
    bits = draw(st.lists(st.integers(0, 1), min_size=n * n, max_size=n * n))
    upper = np.triu(np.array(bits).reshape(n, n), k=1)
    return {"adj": (upper + upper.T).tolist(), "X": draw(matrices(n, f)), "steps": draw(st.integers(0, 6))}


INPUTS = {
    "dense_forward": st.tuples(sizes, sizes).flatmap(
        lambda s: st.fixed_dictionaries(
            {"x": vectors(s[1], extreme), "W": matrices(*s), "b": vectors(s[0], extreme)},
            optional={"act": st.sampled_from(get_args(neural_nets.DenseActivation))},
        )
    ),
    "mlp_forward": st.tuples(sizes, sizes, sizes).flatmap(
        lambda s: nets(s, act=st.sampled_from(get_args(neural_nets.HiddenActivation)))
    ),
    "mlp_backward": st.tuples(sizes, sizes, sizes)
    .flatmap(
        lambda s: st.tuples(nets(s, loss=st.sampled_from(get_args(neural_nets.SquaredLoss))), vectors(s[2])).map(
            lambda pair: {**pair[0], "target": pair[1]}
        )
    )
    .filter(clear),
    "gradient_chain_gain": st.fixed_dictionaries({"act_derivative": factors, "weight_gain": factors, "depth": st.integers(0, 60)}),
    "init_std": st.fixed_dictionaries(
        {"fan_in": fans, "fan_out": fans, "scheme": st.sampled_from(get_args(neural_nets.Scheme))},
        optional={"dist": st.sampled_from(get_args(neural_nets.Distribution))},
    ),
    "activation": st.fixed_dictionaries(
        {
            "x": st.integers(1, 4).flatmap(
                lambda n: vectors(n, st.one_of(plain, st.floats(-40, 40, allow_subnormal=False), extreme))
            ),
            "kind": st.sampled_from(get_args(neural_nets.Activation)),
        },
        optional={"alpha": st.floats(0, 0.99)},
    ),
    "gnn_mean_aggregate": graphs(),
}
