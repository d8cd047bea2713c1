"""Random arguments for the kernels of convolutions."""

from typing import Any

from hypothesis import strategies as st

layers = st.fixed_dictionaries(
    {"kernel": st.integers(1, 4), "stride": st.integers(1, 3)},
    optional={"dilation": st.integers(1, 3)},
)


@st.composite
def convolutions(draw: st.DrawFn) -> dict[str, Any]:
    """Windows that fit, the tightest included."""
    kernel, dilation, padding = draw(st.integers(1, 7)), draw(st.integers(1, 4)), draw(st.integers(0, 6))
    least = max(dilation * (kernel - 1) + 1 - 2 * padding, 1)
    n = least + draw(st.integers(0, 40))
    return {"n": n, "kernel": kernel, "stride": draw(st.integers(1, 5)), "padding": padding, "dilation": dilation}


@st.composite
def views(draw: st.DrawFn) -> dict[str, Any]:
    """Kernels from one tap to more than twice the input."""
    n, padding = draw(st.integers(1, 9)), draw(st.sampled_from(["same", "valid", "circular"]))
    kernel = draw(st.integers(1, n)) if padding == "valid" else 2 * draw(st.integers(0, n + 1)) + 1
    return {"n": n, "kernel": kernel, "padding": padding}


@st.composite
def skips(draw: st.DrawFn) -> dict[str, Any]:
    """Both ways to join."""
    mode, c_dec = draw(st.sampled_from(["concat", "sum"])), draw(st.integers(1, 12))
    c_enc = c_dec if mode == "sum" else draw(st.integers(1, 12))
    return {"c_dec": c_dec, "c_enc": c_enc, "c_out": draw(st.integers(1, 12)), "k": draw(st.integers(1, 5)), "mode": mode}


INPUTS = {
    "receptive_field": st.fixed_dictionaries({"layers": st.lists(layers, max_size=5)}),
    "conv_output_size": convolutions(),
    "conv_visibility": views(),
    "unet_skip_channels": skips(),
}
