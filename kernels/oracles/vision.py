"""Second ways to the kernels of convolutions."""

from collections.abc import Mapping, Sequence
from typing import Any

from kernels.oracles.registry import at_most, oracle


def _reach(output: int, layers: Sequence[Mapping[str, int]]) -> set[int]:
    """The inputs that one output of the whole stack touches, followed tap by tap from the last layer to the first."""
    touched = {output}
    for layer in reversed(layers):
        stride, dilation = layer["stride"], layer.get("dilation", 1)
        touched = {at * stride + tap * dilation for at in touched for tap in range(layer["kernel"])}
    return touched


@oracle("receptive_field")
def receptive_field_taps(layers: Sequence[Mapping[str, int]]) -> dict[str, Any]:
    """Follow the taps of two neighbouring outputs back to the inputs, as sets, and measure span and offset."""
    per_layer = []
    for depth in range(len(layers) + 1):
        first, second = _reach(0, layers[:depth]), _reach(1, layers[:depth])
        per_layer.append([max(first) - min(first) + 1, min(second) - min(first)])
    return {"rf": per_layer[-1][0], "stride": per_layer[-1][1], "per_layer": per_layer[1:]}


@oracle("receptive_field", needs=("torch",))
def receptive_field_torch(layers: Sequence[Mapping[str, int]]) -> dict[str, int]:
    """The support of the gradient of one output through ``conv1d`` with kernels of ones, found by autograd."""
    import torch
    from torch.nn.functional import conv1d

    def inputs(outputs: int) -> int:
        for layer in reversed(layers):
            outputs = (outputs - 1) * layer["stride"] + layer.get("dilation", 1) * (layer["kernel"] - 1) + 1
        return outputs

    x = torch.zeros(1, 1, inputs(2), dtype=torch.float64, requires_grad=True)
    y = x
    for layer in layers:
        ones = torch.ones(1, 1, layer["kernel"], dtype=torch.float64)
        y = conv1d(y, ones, stride=layer["stride"], dilation=layer.get("dilation", 1))
    seen = [torch.autograd.grad(y[0, 0, i], x, retain_graph=True)[0][0, 0].nonzero() for i in range(2)]
    return {"rf": int(seen[0].max() - seen[0].min()) + 1, "stride": int(seen[1].min() - seen[0].min())}


@oracle("conv_output_size", applies=at_most(100_000, "n", "padding"))
def conv_output_size_windows(n: int, kernel: int, stride: int = 1, padding: int = 0, dilation: int = 1) -> int:
    """Slide the window along the padded input and count how often its last tap still lies inside."""
    padded = range(-padding, n + padding)
    return sum(1 for start in padded[::stride] if start + (kernel - 1) * dilation in padded)


@oracle("conv_output_size", needs=("torch",))
def conv_output_size_torch(n: int, kernel: int, stride: int = 1, padding: int = 0, dilation: int = 1) -> int:
    """The length that ``torch.nn.Conv1d`` returns."""
    import torch

    layer = torch.nn.Conv1d(1, 1, kernel, stride=stride, padding=padding, dilation=dilation)
    return int(layer(torch.zeros(1, 1, n)).shape[-1])


@oracle("conv_visibility")
def conv_visibility_taps(n: int, kernel: int, padding: str) -> list[int]:
    """Write down the inputs under each tap, and count the different ones that exist."""
    if padding == "valid":
        windows: list[set[int]] = [set(range(i, i + kernel)) for i in range(n) if i + kernel <= n]
    else:
        taps = range(-(kernel // 2), kernel // 2 + 1)
        positions = [[i + tap for tap in taps] for i in range(n)]
        windows = [{at % n for at in row} if padding == "circular" else {at for at in row if 0 <= at < n} for row in positions]
    return [len(window) for window in windows]


# torch pads a ring at most once around.
@oracle("conv_visibility", needs=("torch",), applies=lambda n, kernel, padding: padding != "circular" or kernel // 2 <= n)
def conv_visibility_torch(n: int, kernel: int, padding: str) -> list[int]:
    """The support of each output's gradient through ``pad`` and ``conv1d``, found by autograd."""
    import torch

    x = torch.zeros(1, 1, n, dtype=torch.float64, requires_grad=True)
    side = 0 if padding == "valid" else kernel // 2
    padded = torch.nn.functional.pad(x, (side, side), mode="circular" if padding == "circular" else "constant")
    y = torch.nn.functional.conv1d(padded, torch.ones(1, 1, kernel, dtype=torch.float64))[0, 0]
    return [int(torch.count_nonzero(torch.autograd.grad(out, x, retain_graph=True)[0])) for out in y]


@oracle("unet_skip_channels", applies=lambda c_dec, c_enc, c_out, k, mode: c_out * (c_dec + c_enc) * k * k <= 1_000_000)
def unet_skip_channels_listed(c_dec: int, c_enc: int, c_out: int, k: int, mode: str) -> dict[str, int]:
    """Name every input channel and every weight, and count the names."""
    decoder, encoder = [f"channel {i}" for i in range(c_dec)], [f"channel {i}" for i in range(c_enc)]
    inputs = [("dec", c) for c in decoder] + [("enc", c) for c in encoder] if mode == "concat" else [*{*decoder, *encoder}]
    weights = [(o, i, row, column) for o in range(c_out) for i in inputs for row in range(k) for column in range(k)]
    return {"in_channels": len(inputs), "params": len(weights) + len(range(c_out))}


@oracle("unet_skip_channels", needs=("torch",))
def unet_skip_channels_torch(c_dec: int, c_enc: int, c_out: int, k: int, mode: str) -> dict[str, int]:
    """Join two feature maps in torch, and count the parameters of a ``Conv2d`` that takes the result."""
    import torch

    decoder, encoder = torch.zeros(1, c_dec, 1, 1), torch.zeros(1, c_enc, 1, 1)
    joined = torch.cat([decoder, encoder], dim=1) if mode == "concat" else decoder + encoder
    layer = torch.nn.Conv2d(joined.shape[1], c_out, k)
    return {"in_channels": layer.in_channels, "params": sum(parameter.numel() for parameter in layer.parameters())}
