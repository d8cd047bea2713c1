"""Random arguments for the kernels of embeddings."""

import math
from typing import Any

import numpy as np
from hypothesis import strategies as st

from tests.kernels.inputs.common import matrices, plain, positive, vectors

Arguments = st.SearchStrategy[dict[str, Any]]

sizes = st.integers(1, 3)


def negatives(k: int, d: int) -> st.SearchStrategy[Any]:
    """Context vectors of k drawn words; none come as an array without rows and as an empty list."""
    return matrices(k, d) if k else st.sampled_from([np.zeros((0, d)), []])


def sampled(d: int, k: int) -> Arguments:
    """Arguments of sgns_loss."""
    return st.fixed_dictionaries({"v_center": vectors(d), "u_context": vectors(d), "u_neg": negatives(k, d)})


def softmaxed(d: int, V: int) -> Arguments:
    """Arguments of skipgram_softmax_loss."""
    return st.fixed_dictionaries({"v_center": vectors(d), "U": matrices(V, d), "context": st.integers(0, V - 1)})


def weighted(d: int) -> Arguments:
    """Arguments of glove_loss_term, a count of 0 and counts on both sides of x_max among them."""
    counts = st.one_of(st.sampled_from([0.0, 1.0, 100.0]), positive)
    return st.fixed_dictionaries(
        {"x_ij": counts, "w_i": vectors(d), "w_j": vectors(d), "b_i": plain, "b_j": plain},
        optional={"x_max": positive, "alpha": st.sampled_from([0.0, 0.5, 0.75, 1.0])},
    )


INPUTS = {
    "sgns_loss": st.tuples(sizes, st.integers(0, 3)).flatmap(lambda shape: sampled(*shape)),
    "skipgram_softmax_loss": st.tuples(sizes, st.integers(1, 4)).flatmap(lambda shape: softmaxed(*shape)),
    "glove_loss_term": sizes.flatmap(weighted),
    # the four cells of the table of pairs: both words, either alone, neither
    "pmi": st.tuples(*[st.integers(0, 10**6)] * 4)
    .filter(lambda cell: cell[0] + cell[1] > 0 and cell[0] + cell[2] > 0)
    .flatmap(
        lambda cell: st.fixed_dictionaries(
            {
                "count_xy": st.just(cell[0]),
                "count_x": st.just(cell[0] + cell[1]),
                "count_y": st.just(cell[0] + cell[2]),
                "total": st.just(sum(cell)),
            },
            optional={"base": st.sampled_from([2.0, math.e, 10.0, 0.5])},
        )
    ),
    "onehot_vs_embedding": st.fixed_dictionaries({"V": st.integers(1, 50000), "d": st.integers(1, 1000)}),
}
