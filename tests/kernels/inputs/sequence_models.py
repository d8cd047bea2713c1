"""Random arguments for the kernels of recurrent networks."""

from typing import Any

from hypothesis import strategies as st

from tests.kernels.inputs.common import matrices, plain, vectors

small = st.integers(1, 3)


@st.composite
def runs(draw: st.DrawFn) -> dict[str, Any]:
    """Linear networks, states in the open and states at the ends of tanh."""
    size, T = draw(small), draw(st.integers(1, 4))
    states = draw(
        st.sampled_from([st.just(0.0), st.floats(-0.9, 0.9, allow_subnormal=False), st.sampled_from([-1.0, -0.5, 0.0, 1.0])])
    )
    return {"W": draw(matrices(size, size, plain)), "hs": draw(matrices(T, size, states))}


@st.composite
def cells(draw: st.DrawFn) -> dict[str, Any]:
    """Gates that hover and gates that are shut."""
    d, n = draw(small), draw(small)
    weights = draw(st.sampled_from([st.floats(-1, 1, allow_subnormal=False), plain]))
    return {
        "x": draw(vectors(d, plain)),
        "h": draw(vectors(n, st.floats(-1, 1, allow_subnormal=False))),
        "c": draw(vectors(n, plain)),
        "W_ih": draw(matrices(4 * n, d, weights)),
        "W_hh": draw(matrices(4 * n, n, weights)),
        "b": draw(vectors(4 * n, weights)),
    }


INPUTS = {"rnn_jacobian_product": runs(), "lstm_cell_step": cells()}
