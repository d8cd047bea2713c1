"""Random arguments for the kernels of low-rank adaptation."""

from typing import Any

import numpy as np
from hypothesis import strategies as st

from tests.kernels.inputs.common import extreme, matrices, plain, vectors

small = st.integers(1, 4)
alphas = st.sampled_from([0.5, 1.0, 4.0, 16.0])


@st.composite
def counts(draw: st.DrawFn) -> dict[str, Any]:
    """Any shape with every rank that it allows."""
    d_out, d_in = draw(st.integers(1, 40)), draw(st.integers(1, 40))
    some = {"n_matrices": st.integers(1, 5), "bytes_per": st.integers(1, 8), "clients": small, "rounds": small}
    optional = draw(st.fixed_dictionaries({}, optional={**some, "both_ways": st.booleans()}))
    return {"d_out": d_out, "d_in": d_in, "r": draw(st.integers(1, min(d_out, d_in))), **optional}


@st.composite
def layers(draw: st.DrawFn) -> dict[str, Any]:
    """A layer with its update, B = 0 included."""
    b, d_in, d_out, r = draw(small), draw(small), draw(small), draw(st.integers(1, 3))
    entries = draw(st.sampled_from([plain, extreme]))
    return {
        "x": draw(matrices(b, d_in, entries)),
        "W": draw(matrices(d_out, d_in, entries)),
        "A": draw(matrices(r, d_in, entries)),
        "B": draw(matrices(d_out, r, draw(st.sampled_from([entries, entries, entries, st.just(0.0)])))),
        "alpha": draw(alphas),
        "rs": draw(st.booleans()),
    }


@st.composite
def gradients(draw: st.DrawFn) -> dict[str, Any]:
    """One example, B = 0 included."""
    d_in, d_out, r = draw(small), draw(small), draw(st.integers(1, 3))
    entries = draw(st.sampled_from([plain, extreme]))
    return {
        "x": draw(vectors(d_in, entries)),
        "g": draw(vectors(d_out, entries)),
        "A": draw(matrices(r, d_in, entries)),
        "B": draw(matrices(d_out, r, draw(st.sampled_from([entries, entries, entries, st.just(0.0)])))),
        "alpha": draw(alphas),
    }


@st.composite
def federations(draw: st.DrawFn) -> dict[str, Any]:
    """Clients with entries of any kind or with multiples of 1/4, sometimes with one shared A."""
    n, d, r, k = draw(small), draw(st.integers(1, 3)), draw(st.integers(1, 2)), draw(st.integers(1, 3))
    entries = draw(st.sampled_from([plain, st.integers(-8, 8).map(lambda q: q / 4)]))
    As = draw(vectors(n * r * k, entries)).reshape(n, r, k)
    if draw(st.booleans()):
        As = np.repeat(As[:1], n, axis=0)
    return {"Bs": draw(vectors(n * d * r, entries)).reshape(n, d, r), "As": As}


INPUTS = {
    "lora_param_count": counts(),
    "lora_forward": layers(),
    "lora_backward": gradients(),
    "lora_federated_gap": federations(),
}
