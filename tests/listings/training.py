"""Lines on training, sampling and tensors, compared with the kernels or with what torch makes of them."""

from typing import Any

import numpy as np
import torch
from torch import nn

import kernels
from tests.listings.fragments import B, D, H, M, of, same, tensor
from tests.listings.support import run


@of("code-stable-softmax-blanks")
def softmax_of_rows() -> None:
    X = tensor(4, 5).numpy() * 500
    same(run("code-stable-softmax-blanks", np=np)["softmax"](X), kernels.get("softmax")(X))


@of("code-two-layer-backprop-batch")
def two_layers_backward() -> None:
    X, W1, W2, G = tensor(B, D), tensor(D, H), tensor(H, M), tensor(B, M)
    Z = X @ W1
    got = run("code-two-layer-backprop-batch", X=X, W1=W1, W2=W2, G=G, Z=Z, H=Z.clamp(min=0))
    ours = [one.clone().requires_grad_() for one in (W1, W2)]
    (((X @ ours[0]).clamp(min=0) @ ours[1]) * G).sum().backward()
    same(got["dW1"], ours[0].grad)
    same(got["dW2"], ours[1].grad)


@of("view-versus-reshape-code")
def fresh_strides() -> None:
    strides = run("view-versus-reshape-code")["row_major"]
    for shape in ([], [3], [2, 3], [4, 1, 5], [2, 3, 4, 5]):
        assert tuple(strides(shape)) == torch.empty(shape).stride()


@of("code-top-p-sampling-torch")
def nucleus() -> None:
    """Every token that is ever drawn is in the kernel's nucleus, and each of them is drawn."""
    sample = run("code-top-p-sampling-torch", torch=torch)["sample_top_p"]
    logits = torch.tensor([2.0, 0.5, 1.5, -1.0, 0.0], dtype=torch.float64)
    torch.manual_seed(0)
    for p in (0.3, 0.6, 0.8):
        drawn = {int(sample(logits, p, 1.5)) for _ in range(400)}
        assert drawn == set(kernels.get("top_p_filter")(kernels.get("softmax")(logits.numpy(), 1.5), p).kept.tolist())


def adapted() -> tuple[dict[str, torch.Tensor], Any]:
    """A linear map with a low-rank update, and what the kernel makes of it."""
    a = {"x": tensor(B, D), "W": tensor(M, D), "A": tensor(H, D), "B": tensor(M, H)}
    return a, kernels.get("lora_forward")(**{name: one.numpy() for name, one in a.items()}, alpha=6)


@of("code-lora-layer-module")
def adapted_module() -> None:
    a, wanted = adapted()
    base = nn.Linear(D, M, bias=False).double()
    base.weight.data = a["W"]
    module = run("code-lora-layer-module")["AdaptedLinear"](base, H, 6).double()
    same(module(a["x"]).detach(), base(a["x"]).detach())
    assert [name for name, one in module.named_parameters() if one.requires_grad] == ["A", "B"]
    module.A.data, module.B.data = a["A"], a["B"]
    same(module(a["x"]).detach(), wanted.y)


@of("code-lora-layer-blanks")
def adapted_rows() -> None:
    a, wanted = adapted()
    same(run("code-lora-layer-blanks", **a, alpha=6, r=H)["y"], wanted.y)
