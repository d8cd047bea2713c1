"""The kernels of convolutions: edge cases, refusals, invariants."""

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kernels.vision import conv_output_size, conv_visibility, receptive_field, unet_skip_channels
from tests.kernels.inputs.vision import layers as any_layer

steady = settings(derandomize=True, database=None, max_examples=50)


def test_no_layer_sees_one_input() -> None:
    assert receptive_field([]) == {"rf": 1, "stride": 1, "per_layer": []}


def test_a_1x1_convolution_widens_nothing_and_the_last_stride_neither() -> None:
    base = [{"kernel": 3, "stride": 2}, {"kernel": 5, "stride": 1}]
    assert receptive_field([*base, {"kernel": 1, "stride": 1}]).rf == receptive_field(base).rf == 11
    assert receptive_field([base[0], {"kernel": 5, "stride": 3}]).rf == 11
    assert receptive_field([base[0], {"kernel": 5, "stride": 3}]).stride == 6


@steady
@given(layers=st.lists(any_layer, max_size=5))
def test_as_many_inputs_as_the_field_make_one_output_and_a_stride_more_makes_two(layers: list[dict[str, int]]) -> None:
    def outputs(n: int) -> int:
        for layer in layers:
            n = conv_output_size(n, **layer)
        return n

    found = receptive_field(layers)
    assert outputs(found.rf) == 1
    assert outputs(found.rf + found.stride - 1) == 1
    assert outputs(found.rf + found.stride) == 2


@pytest.mark.parametrize(
    ("layers", "message"),
    [
        ([{"kernel": 0, "stride": 1}], r"layers\[0\]\['kernel'\] must be at least 1"),
        ([{"kernel": 3, "stride": 1}, {"kernel": 3, "stride": 0}], r"layers\[1\]\['stride'\] must be at least 1"),
        ([{"kernel": 3, "stride": 1, "dilation": 0}], r"layers\[0\]\['dilation'\] must be at least 1"),
        ([{"kernel": 2.5, "stride": 1}], r"layers\[0\]\['kernel'\] must be an integer"),
        ([{"kernel": 3}], r"layers\[0\] must have stride"),
        ([{"kernel": 3, "stride": 1, "dilatation": 2}], r"layers\[0\] must not have 'dilatation'"),
        ([3], r"layers\[0\] must be a dict with kernel, stride, got 3"),
        (3, "layers must be a list"),
    ],
)
def test_layers_refused(layers: Any, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        receptive_field(layers)


@pytest.mark.parametrize("kernel", [1, 3, 7])
@pytest.mark.parametrize("dilation", [1, 2, 3])
def test_half_the_extent_as_padding_keeps_the_size(kernel: int, dilation: int) -> None:
    assert conv_output_size(17, kernel, padding=dilation * (kernel - 1) // 2, dilation=dilation) == 17


def test_a_rest_is_dropped() -> None:
    assert [conv_output_size(n, kernel=3, stride=3) for n in range(3, 10)] == [1, 1, 1, 2, 2, 2, 3]


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"n": 4, "kernel": 5}, "kernel must fit into the padded input of 4, got an extent of 5"),
        ({"n": 4, "kernel": 3, "dilation": 3, "padding": 1}, "kernel must fit into the padded input of 6, got an extent of 7"),
        ({"n": 0, "kernel": 1}, "n must be at least 1"),
        ({"n": 4, "kernel": 0}, "kernel must be at least 1"),
        ({"n": 4, "kernel": 1, "stride": 0}, "stride must be at least 1"),
        ({"n": 4, "kernel": 1, "padding": -1}, "padding must be at least 0"),
        ({"n": 4, "kernel": 1, "dilation": 0}, "dilation must be at least 1"),
    ],
)
def test_sizes_refused(arguments: dict[str, int], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        conv_output_size(**arguments)


@pytest.mark.parametrize("n", [3, 5, 9])
def test_only_the_middle_sees_all_until_the_kernel_has_2n_minus_1_taps(n: int) -> None:
    assert [i for i, seen in enumerate(conv_visibility(n, n, "same")) if seen == n] == [n // 2]
    assert conv_visibility(n, 2 * n - 1, "same").tolist() == [n] * n
    assert conv_visibility(n, 2 * n - 3, "same").min() == n - 1


def test_a_ring_has_no_ends_and_no_more_than_n_inputs() -> None:
    assert conv_visibility(4, 3, "circular").tolist() == [3, 3, 3, 3]
    assert conv_visibility(4, 7, "circular").tolist() == [4, 4, 4, 4]


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ((5, 4, "same"), "kernel must be odd with padding 'same', so that it has a middle, got 4"),
        ((5, 2, "circular"), "kernel must be odd with padding 'circular'"),
        ((5, 6, "valid"), "kernel must be at most n with padding 'valid', got 6 and 5"),
        ((0, 1, "same"), "n must be at least 1"),
        ((5, 0, "valid"), "kernel must be at least 1"),
        ((5, 3, "full"), "padding must be one of same, valid, circular, got 'full'"),
    ],
)
def test_visibility_refused(arguments: tuple[int, int, Any], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        conv_visibility(*arguments)


def test_concatenation_costs_a_second_set_of_weights_and_no_second_bias() -> None:
    one, two = unet_skip_channels(8, 8, 5, 3, "sum"), unet_skip_channels(8, 8, 5, 3, "concat")
    assert two.params - one.params == 9 * 8 * 5 == one.params - 5


def test_unequal_channels_concatenate() -> None:
    assert unet_skip_channels(3, 4, 2, 1, "concat") == {"in_channels": 7, "params": 16}


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ((3, 4, 2, 1, "sum"), "c_dec and c_enc must be equal with mode 'sum', got 3 and 4"),
        ((3, 3, 2, 1, "mean"), "mode must be one of concat, sum, got 'mean'"),
        ((0, 3, 2, 1, "concat"), "c_dec must be at least 1"),
        ((3, 0, 2, 1, "concat"), "c_enc must be at least 1"),
        ((3, 3, 0, 1, "concat"), "c_out must be at least 1"),
        ((3, 3, 2, 0, "concat"), "k must be at least 1"),
    ],
)
def test_skips_refused(arguments: tuple[int, int, int, int, Any], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        unet_skip_channels(*arguments)
