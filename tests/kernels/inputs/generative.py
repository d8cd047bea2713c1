"""Random arguments for the kernels of diffusion and of variational autoencoders."""

from typing import Any

import numpy as np
from hypothesis import strategies as st

from tests.kernels.inputs.common import extreme, plain, positive, vectors

betas = st.one_of(st.floats(1e-4, 0.02), st.floats(1e-9, 1e-6), st.floats(0.01, 0.99))
schedules = st.lists(betas, min_size=1, max_size=6).map(np.array)
lengths = st.integers(1, 5)


@st.composite
def jumps(draw: st.DrawFn) -> dict[str, Any]:
    """Numbers and vectors, no step, some steps and all, with noise and without."""
    schedule = draw(schedules)
    shaped = draw(st.sampled_from([plain, vectors(3, extreme)]))
    t = draw(st.integers(0, len(schedule)))
    return {"x0": draw(shaped), "betas": schedule, "t": t} | ({"eps": draw(shaped)} if draw(st.booleans()) else {})


INPUTS = {
    "ddpm_alpha_bar": st.fixed_dictionaries({"betas": schedules}),
    "ddpm_forward_moments": jumps(),
    "vae_reparameterize": lengths.flatmap(
        lambda d: st.fixed_dictionaries(
            {"mu": vectors(d, extreme), "sigma": vectors(d, st.one_of(st.just(0.0), positive)), "eps": vectors(d, plain)}
        )
    ),
    "gaussian_kl_standard_normal": lengths.flatmap(
        lambda d: st.fixed_dictionaries(
            {"mu": vectors(d, plain), "log_var": vectors(d, st.one_of(plain, st.floats(-1e-3, 1e-3, allow_subnormal=False)))}
        )
    ),
}
