"""Random arguments for the kernels of language modelling."""

import numpy as np
from hypothesis import strategies as st

probabilities = st.one_of(st.floats(1e-3, 1), st.floats(1e-30, 1e-3), st.sampled_from([0.0, 0.5, 1.0]))

INPUTS = {"sequence_nll": st.fixed_dictionaries({"token_probs": st.lists(probabilities, min_size=1, max_size=8).map(np.array)})}
