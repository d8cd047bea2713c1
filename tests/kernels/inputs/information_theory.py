"""Random arguments for the kernels of information theory."""

import math

import numpy as np
from hypothesis import strategies as st

from tests.kernels.inputs.common import distributions


def uneven(n: int) -> st.SearchStrategy[np.ndarray]:
    """Distributions of which some outcomes never happen, or hardly ever."""
    weights = st.lists(st.sampled_from([0.0, 1.0, 2.0, 1e-9]) | st.floats(1e-3, 1), min_size=n, max_size=n).filter(any)
    return weights.map(lambda w: np.array(w) / np.sum(w))


def laws(n: int) -> st.SearchStrategy[np.ndarray]:
    return distributions(n) | uneven(n)


bases = st.sampled_from([math.e, 2.0, 10.0]) | st.floats(1.1, 50)
lengths = st.integers(1, 6)
pairs = lengths.flatmap(lambda n: st.fixed_dictionaries({"p": laws(n), "q": laws(n)}, optional={"base": bases}))
same = lengths.flatmap(laws).map(lambda p: {"p": p, "q": p})

INPUTS = {
    "entropy": lengths.flatmap(lambda n: st.fixed_dictionaries({"p": laws(n)}, optional={"base": bases})),
    "cross_entropy_dist": pairs,
    "kl_divergence": pairs | same,
}
