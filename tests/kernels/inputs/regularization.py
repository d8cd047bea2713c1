"""Random arguments for the kernels of regularization."""

import math

from hypothesis import strategies as st

from tests.kernels.inputs.common import extreme, plain, positive, vectors

lengths = st.integers(1, 6)

INPUTS = {
    "gaussian_prior_penalty": st.fixed_dictionaries({"sigma": positive, "tau": positive | st.just(math.inf)}),
    "soft_threshold": lengths.flatmap(
        lambda n: st.fixed_dictionaries({"x": vectors(n, plain | extreme), "lam": st.just(0.0) | positive | plain.map(abs)})
    ),
    "inverted_dropout": lengths.flatmap(
        lambda n: st.fixed_dictionaries(
            {
                "x": vectors(n, plain | extreme),
                "mask": st.lists(st.integers(0, 1), min_size=n, max_size=n),
                "p": st.just(0.0) | st.floats(0.01, 0.99),
            }
        )
    ),
}
