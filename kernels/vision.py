"""Convolutions: what they see, what they return, and what they weigh."""

from collections.abc import Mapping, Sequence
from typing import Any, Literal

import numpy as np

from kernels import checks
from kernels.checks import Integers
from kernels.registry import Record, kernel


@kernel(fields=("rf", "stride", "per_layer"))
def receptive_field(layers: Sequence[Mapping[str, Any]]) -> Record:
    r"""How many inputs along one axis reach one output of a stack of convolutions and poolings.

    $$r_l=r_{l-1}+d_l(k_l-1)\prod_{i<l}s_i,\qquad r_0=1$$

    A layer's own stride does not widen its own field, only those of the layers after it. Pooling counts like convolution.

    Args:
        layers: from the input on, each a dict with ``kernel``, ``stride`` and, if it is not 1, ``dilation``: integers of at least
            1. An empty list is the identity.

    Returns:
        rf: the receptive field of one output, in input positions from the first to the last.
        stride: how far apart the fields of neighbouring outputs begin, in input positions.
        per_layer: the pair [rf, stride] after each layer.

    Raises:
        ValueError: a kernel, stride or dilation below 1 or not whole, a layer without kernel or stride or with another key.

    Source: Araujo, Norris and Sim, Computing Receptive Fields of Convolutional Neural Networks, Distill (2019).

    >>> receptive_field([{"kernel": 7, "stride": 2}, {"kernel": 3, "stride": 2}, {"kernel": 3, "stride": 1, "dilation": 2}])
    Record(rf=27, stride=4, per_layer=[[7, 2], [11, 4], [27, 4]])
    """
    rf, stride = 1, 1
    per_layer = []
    for index, item in enumerate(checks.items(layers, "layers", empty=True)):
        name = f"layers[{index}]"
        layer = checks.mapping(item, name, required=("kernel", "stride"), optional=("dilation",))
        k = checks.count(layer["kernel"], f"{name}['kernel']")
        s = checks.count(layer["stride"], f"{name}['stride']")
        d = checks.count(layer.get("dilation", 1), f"{name}['dilation']")
        rf += d * (k - 1) * stride
        stride *= s
        per_layer.append([rf, stride])
    return Record(rf=rf, stride=stride, per_layer=per_layer)


@kernel()
def conv_output_size(n: int, kernel: int, stride: int = 1, padding: int = 0, dilation: int = 1) -> int:
    r"""How many outputs a convolution or pooling has along one axis.

    $$\left\lfloor\frac{n+2p-d(k-1)-1}{s}\right\rfloor+1$$

    For an odd kernel and stride 1 the size is kept by p = d(k-1)/2.

    Args:
        n: the inputs along the axis.
        kernel: k, the kernel's taps along the axis.
        stride: s, the inputs from one output's window to the next one's.
        padding: p, the zeros added on EACH side.
        dilation: d, the inputs from one tap to the next; 1 for taps side by side.

    Returns:
        The number of windows that fit: what is left over at the end is dropped, as in PyTorch.

    Raises:
        ValueError: n, kernel, stride or dilation below 1, padding below 0, or a kernel whose extent d(k-1)+1 exceeds n + 2p.

    Source: Dumoulin and Visin, A Guide to Convolution Arithmetic for Deep Learning (2016), sections 2.4 and 5.1.

    >>> conv_output_size(224, kernel=7, stride=2, padding=3)
    112
    """
    n, k = checks.count(n, "n"), checks.count(kernel, "kernel")
    s, d = checks.count(stride, "stride"), checks.count(dilation, "dilation")
    p = checks.count(padding, "padding", least=0)
    extent = d * (k - 1) + 1
    if extent > n + 2 * p:
        raise ValueError(f"kernel must fit into the padded input of {n + 2 * p}, got an extent of {extent}")
    return (n + 2 * p - extent) // s + 1


@kernel()
def conv_visibility(n: int, kernel: int, padding: Literal["same", "valid", "circular"]) -> Integers:
    r"""How many of the n inputs each output of one convolution (stride 1, no dilation) depends on.

    $$\text{same}:\ \#\{j:0\le j<n,\ |i-j|\le\lfloor k/2\rfloor\},\qquad\text{valid}:\ k,\qquad\text{circular}:\ \min(k,n)$$

    With kernel = n and zero padding only the middle output sees every input; for all of them to do so the kernel must have
    2n - 1 taps. Attention needs no such thing.

    Args:
        n: the inputs.
        kernel: k, the taps.
        padding: "same" pads with zeros so that there are n outputs, "valid" not at all, so that there are n - k + 1, "circular"
            joins the ends into a ring.

    Returns:
        The number of inputs that each output sees, shape (n_out,).

    Raises:
        ValueError: n or kernel below 1, an even kernel with "same" or "circular", a kernel larger than n with "valid", another
            padding.

    Source: Goodfellow, Bengio and Courville, Deep Learning (2016), section 9.5.

    >>> conv_visibility(5, kernel=5, padding="same").tolist()
    [3, 4, 5, 4, 3]
    """
    n, k = checks.count(n, "n"), checks.count(kernel, "kernel")
    checks.word(padding, "padding", ("same", "valid", "circular"))
    if padding == "valid":
        if k > n:
            raise ValueError(f"kernel must be at most n with padding 'valid', got {k} and {n}")
        return np.full(n - k + 1, k)
    if k % 2 == 0:
        raise ValueError(f"kernel must be odd with padding {padding!r}, so that it has a middle, got {k}")
    if padding == "circular":
        return np.full(n, min(k, n))
    i = np.arange(n)
    first, last = np.maximum(i - k // 2, 0), np.minimum(i + k // 2, n - 1)
    return last - first + 1


@kernel(fields=("in_channels", "params"))
def unet_skip_channels(c_dec: int, c_enc: int, c_out: int, k: int, mode: Literal["concat", "sum"]) -> Record:
    r"""What the convolution after a skip connection takes in and weighs, when the two inputs are concatenated and when summed.

    $$\text{concat}:\ k^2(c_d+c_e)c_o+c_o,\qquad\text{sum}:\ k^2c\,c_o+c_o\quad(c=c_d=c_e)$$

    Concatenation can do all that a sum can: a 1x1 convolution with the weights [I I] adds the two halves.

    Args:
        c_dec: the channels from the decoder below.
        c_enc: the channels from the encoder across the skip.
        c_out: the channels that the convolution returns.
        k: the taps of its square kernel along one side.
        mode: how the two are joined: "concat" (U-Net) or "sum" (residual).

    Returns:
        in_channels: the channels that the convolution sees.
        params: its weights and biases.

    Raises:
        ValueError: a size below 1, c_dec and c_enc that differ with "sum", another mode.

    Source: Ronneberger, Fischer and Brox, U-Net (2015), section 2; for the sum He et al., Deep Residual Learning (2016), eq. 1.

    >>> unet_skip_channels(64, 64, 64, 3, "concat")
    Record(in_channels=128, params=73792)
    """
    c_dec, c_enc = checks.count(c_dec, "c_dec"), checks.count(c_enc, "c_enc")
    c_out, k = checks.count(c_out, "c_out"), checks.count(k, "k")
    checks.word(mode, "mode", ("concat", "sum"))
    if mode == "sum" and c_dec != c_enc:
        raise ValueError(f"c_dec and c_enc must be equal with mode 'sum', got {c_dec} and {c_enc}")
    in_channels = c_dec + c_enc if mode == "concat" else c_dec
    return Record(in_channels=in_channels, params=k**2 * in_channels * c_out + c_out)
