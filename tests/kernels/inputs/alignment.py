"""Random arguments for the kernels of alignment."""

from typing import Any

import numpy as np
from hypothesis import strategies as st

from tests.kernels.inputs.common import distributions, plain, positive, vectors

logs = st.floats(-50, 0, allow_subnormal=False).map(lambda x: 0.0 if x > -1e-6 else x)
lengths = st.integers(1, 5)


@st.composite
def tilts(draw: st.DrawFn) -> dict[str, Any]:
    """References with and without impossible answers, and weights that flatten or decide."""
    n = draw(lengths)
    ref = draw(distributions(n, least=draw(st.sampled_from([0.0, 0.3]))))
    silent = draw(st.lists(st.booleans(), min_size=n, max_size=n).map(np.array))
    if silent.any() and not silent.all():
        ref = np.where(silent, 0, ref)
        ref = ref / ref.sum()
    return {"ref": ref, "reward": draw(vectors(n, plain)), "beta": draw(st.one_of(positive, st.floats(1, 20)))}


INPUTS = {
    "kl_regularized_reward": lengths.flatmap(
        lambda T: st.fixed_dictionaries(
            {"reward": plain, "logp_policy": vectors(T, logs), "logp_ref": vectors(T, logs), "beta": positive}
        )
    ),
    "kl_optimal_policy": tilts(),
}
