"""Lines on attention, compared with the kernels or with what torch makes of them."""

import math
from typing import Any

import pytest
import torch
from torch import nn

import kernels
from tests.listings.fragments import B, D, H, M, N, V, W, of, same, tensor
from tests.listings.support import run


class Bare:
    """Stands for the module whose ``self`` a fragment speaks of."""


@of("key-projection-size")
def key_projection() -> None:
    this = Bare()
    run("key-projection-size", self=this, nn=nn, d=D, h=H, w=W)
    assert this.W_k(torch.zeros(B, N, D)).shape == (B, N, H * W)  # type: ignore[attr-defined]


@of("value-projection-size")
def value_projection() -> None:
    this = Bare()
    run("value-projection-size", self=this, nn=nn, d=D, h=H, v=V)
    assert this.W_v(torch.zeros(B, N, D)).shape == (B, N, H * V)  # type: ignore[attr-defined]


@of("output-projection-size")
def output_projection() -> None:
    this = Bare()
    run("output-projection-size", self=this, nn=nn, d=D, h=H, v=V)
    assert this.W_o(torch.zeros(B, N, H * V)).shape == (B, N, D)  # type: ignore[attr-defined]


def attended() -> tuple[torch.Tensor, torch.Tensor, torch.Tensor, Any]:
    Q, K, values = tensor(B, H, N, W), tensor(B, H, M, W), tensor(B, H, M, V)
    return Q, K, values, kernels.get("scaled_dot_product_attention")(Q.numpy(), K.numpy(), values.numpy())


@of("score-product-operand")
def scores() -> None:
    Q, K, _, wanted = attended()
    same(torch.softmax(run("score-product-operand", Q=Q, K=K, w=W, math=math)["scores"], dim=-1), wanted.weights)


@of("scores-to-probabilities")
def weights() -> None:
    Q, K, _, wanted = attended()
    given = Q @ K.transpose(-2, -1) / math.sqrt(W)
    same(run("scores-to-probabilities", torch=torch, scores=given)["weights"], wanted.weights)


@of("probabilities-times-values")
def weighted_values() -> None:
    _, _, values, wanted = attended()
    same(run("probabilities-times-values", weights=torch.tensor(wanted.weights), V=values)["out"], wanted.out)


@of("head-split-view")
def split_heads() -> None:
    y = tensor(B, N, H * W)
    got = run("head-split-view", y=y, B=B, N=N, h=H, w=W)["y"]
    assert got.shape == (B, H, N, W)
    for head in range(H):
        same(got[:, head], y[:, :, head * W : (head + 1) * W])


@of("merged-heads-output-layer")
def merge_heads() -> None:
    """The two lines are the end of a method: they are run as one."""
    out, this = tensor(B, H, N, V), Bare()
    this.W_o = nn.Identity()  # type: ignore[attr-defined]
    merged = method("merged-heads-output-layer", self=this, out=out, B=B, N=N, h=H, v=V)
    same(merged, torch.cat(list(out.unbind(1)), dim=-1))


def method(card: str, **names: Any) -> Any:
    """What a listing returns that is the end of a method."""
    from tests.listings.support import listing

    body = "\n".join(f"    {line}" for line in listing(card).splitlines())
    scope: dict[str, Any] = {}
    exec(f"def end({', '.join(names)}):\n{body}", scope)
    return scope["end"](**names)


@of("code-multi-head-attention-module")
def attention_module() -> None:
    module = run("code-multi-head-attention-module")["MultiHeadSelfAttention"](D, H).double()
    x = tensor(B, N, D)
    mask = torch.ones(N, N, dtype=torch.bool).tril()
    W_q, W_k, W_v = (one.detach().numpy() for one in module.qkv.weight.split(D))
    arguments = {"W_q": W_q, "W_k": W_k, "W_v": W_v, "W_o": module.out.weight.detach().numpy(), "n_heads": H}
    for hide, kept in ((None, None), (mask, mask.numpy())):
        same(module(x, hide).detach(), kernels.get("multi_head_attention")(x.numpy(), **arguments, mask=kept))


@of("doubled-value-width-code")
def wide_values() -> None:
    got = run("doubled-value-width-code")
    y = tensor(B, N, H * 2 * W)
    heads = got["split"](y, H)
    assert heads.shape == (B, H, N, 2 * W)
    same(got["merge"](heads), y)


@of("code-positional-encoding-learned")
def learned_positions() -> None:
    module = run("code-positional-encoding-learned")["LearnedPositions"](M, D).double()
    x = tensor(B, N, D)
    same((module(x) - x).detach(), module.table.weight[:N].expand(B, N, D).detach())
    with pytest.raises(ValueError, match="too many"):
        module(tensor(B, M + 1, D))


def step(**changed: Any) -> tuple[dict[str, torch.Tensor], Any]:
    """One decoding step of several heads, and what the kernel makes of it."""
    a = {"x": tensor(B, D), "prev_K": tensor(B, H, N, W), "prev_V": tensor(B, H, N, V)}
    a |= {"W_q": tensor(H, D, W), "W_k": tensor(H, D, W), "W_v": tensor(H, D, V), "W_o": tensor(H, V, D)} | changed
    return a, kernels.get("attention_decode_step")(**{name: one.numpy() for name, one in a.items()})


@of("mqa-query-einsum")
def queries_of_all_heads() -> None:
    x, W_q = tensor(B, D), tensor(H, D, W)
    got = run("mqa-query-einsum", einsum=torch.einsum, x=x, W_q=W_q)["Q"]
    assert got.shape == (B, H, W)
    for head in range(H):
        same(got[:, head], x @ W_q[head])


@of("mqa-value-einsum")
def values_of_one_head() -> None:
    x, W_v, prev_V = tensor(B, D), tensor(D, V), tensor(B, N, V)
    got = run("mqa-value-einsum", einsum=torch.einsum, cat=torch.cat, x=x, W_v=W_v, prev_V=prev_V)["V"]
    assert got.shape == (B, N + 1, V)
    same(got[:, :N], prev_V)
    same(got[:, N], x @ W_v)


@of("incremental-multi-head-step")
def one_step() -> None:
    a, wanted = step()
    names = {"q": torch.einsum("bd,hdk->bhk", a["x"], a["W_q"]), "K": torch.tensor(wanted.K), "V": torch.tensor(wanted.V)}
    got = run(
        "incremental-multi-head-step",
        **names,
        W_o=a["W_o"],
        k=W,
        einsum=torch.einsum,
        softmax=torch.softmax,
        sqrt=math.sqrt,
    )
    same(got["y"], wanted.y)
