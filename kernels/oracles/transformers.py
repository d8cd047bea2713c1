"""Second ways to the kernels of transformers: complex rotations with 30 digits, the shapes of all weights, torch."""

import math
from typing import Any

import numpy as np

from kernels.oracles.registry import at_most, oracle

DIGITS = 30


@oracle("sinusoidal_positional_encoding", needs=("mpmath",), applies=at_most(64, "n", "d"))
def sinusoidal_positional_encoding_turns(n: int, d: int, base: float = 10000) -> list[list[float]]:
    """A complex hand for each frequency, turned by one position from row to row, with 30 digits and more for the turns."""
    import mpmath

    with mpmath.workdps(DIGITS):
        turns = [mpmath.expj(mpmath.root(mpmath.mpf(base), d) ** (-2 * i)) for i in range(d // 2)]
        hands, rows = [mpmath.mpc(1)] * len(turns), []
        for _ in range(n):
            rows.append([float(part) for hand in hands for part in (hand.imag, hand.real)])
            hands = [hand * turn for hand, turn in zip(hands, turns, strict=True)]
    return rows


@oracle("sinusoidal_positional_encoding", needs=("torch",))
def sinusoidal_positional_encoding_torch(n: int, d: int, base: float = 10000) -> Any:
    """As programs with torch do it: frequencies by exp of a multiple of -ln b / d, even and odd columns filled in turn."""
    import torch

    table = torch.zeros(n, d, dtype=torch.float64)
    position = torch.arange(n, dtype=torch.float64)[:, None]
    frequency = torch.exp(torch.arange(0, d, 2, dtype=torch.float64) * (-math.log(base) / d))
    table[:, 0::2], table[:, 1::2] = torch.sin(position * frequency), torch.cos(position * frequency)
    return table.numpy()


def _angle(x: Any, pos: int, base: float = 10000, layout: str = "interleaved") -> float:
    """The angle pos * theta is known to a unit in its last place, and theta is at most 1: the vector turns by so much too far."""
    return float(np.abs(np.asarray(x, dtype=float)).max(initial=0)) * abs(pos)


@oracle("rope_rotate", needs=("mpmath",), scale=_angle)
def rope_rotate_complex(x: Any, pos: int, base: float = 10000, layout: str = "interleaved") -> list[float]:
    """Each pair as a complex number, times e^(i p theta), with 30 digits."""
    import mpmath

    d = len(x)
    step, start = (1, 2) if layout == "interleaved" else (d // 2, 1)  # from first to second of a pair, and from pair to pair
    turned = [0.0] * d
    with mpmath.workdps(DIGITS):
        for i in range(d // 2):
            pair = mpmath.mpc(float(x[i * start]), float(x[i * start + step]))
            pair *= mpmath.expj(pos * mpmath.exp(-2 * mpmath.mpf(i) / d * mpmath.log(base)))
            turned[i * start], turned[i * start + step] = float(pair.real), float(pair.imag)
    return turned


@oracle("rope_rotate", needs=("torch",), scale=_angle)
def rope_rotate_torch(x: Any, pos: int, base: float = 10000, layout: str = "interleaved") -> Any:
    """``torch.polar`` times ``view_as_complex`` for interleaved, x cos + rotate_half(x) sin for half, as the two families do."""
    import torch

    vector = torch.tensor(np.asarray(x, dtype=float), dtype=torch.float64)
    d = len(vector)
    angles = pos / base ** (torch.arange(0, d, 2, dtype=torch.float64) / d)
    if layout == "interleaved":
        turns = torch.polar(torch.ones_like(angles), angles)
        return torch.view_as_real(torch.view_as_complex(vector.reshape(-1, 2)) * turns).flatten().numpy()
    angles = torch.cat([angles, angles])
    rotated = torch.cat([-vector[d // 2 :], vector[: d // 2]])
    return (vector * angles.cos() + rotated * angles.sin()).numpy()


@oracle("transformer_param_count", applies=at_most(10_000, "L"))
def transformer_param_count_shapes(
    L: int,
    d_model: int,
    d_ff: int,
    vocab: int,
    heads: int,
    n_ctx: int = 0,
    kv_heads: int | None = None,
    bias: bool = True,
    tied: bool = True,
    glu: bool = False,
    norm: str = "layernorm",
    norm_bias: bool = True,
    final_norm: bool = True,
) -> dict[str, int]:
    """The shape of every weight and bias of every block, multiplied out and added up."""
    d, width = d_model, d_model // heads
    parts: dict[str, list[tuple[int, ...]]] = {"attention": [], "mlp": [], "norms": [], "embeddings": [(vocab, d), (n_ctx, d)]}

    def linear(part: str, out: int, into: int) -> None:
        parts[part] += [(out, into), (out,)] if bias else [(out, into)]

    def normalise() -> None:
        parts["norms"] += [(d,), (d,)] if norm == "layernorm" and norm_bias else [(d,)]

    for _ in range(L):
        for of in (heads, kv_heads or heads, kv_heads or heads):
            linear("attention", of * width, d)
        linear("attention", d, heads * width)
        for _ in range(1 + glu):
            linear("mlp", d_ff, d)
        linear("mlp", d, d_ff)
        normalise()
        normalise()
    if final_norm:
        normalise()
    if not tied:
        parts["embeddings"].append((vocab, d))
    counts = {part: sum(math.prod(shape) for shape in shapes) for part, shapes in parts.items()}
    return {**counts, "total": sum(counts.values())}


@oracle("transformer_param_count", needs=("torch",), applies=lambda L, **_: L <= 12)
def transformer_param_count_torch(
    L: int,
    d_model: int,
    d_ff: int,
    vocab: int,
    heads: int,
    n_ctx: int = 0,
    kv_heads: int | None = None,
    bias: bool = True,
    tied: bool = True,
    glu: bool = False,
    norm: str = "layernorm",
    norm_bias: bool = True,
    final_norm: bool = True,
) -> dict[str, int]:
    """``numel`` over the parameters of torch's own layers, built without data; a tied weight is one parameter there too."""
    from torch import nn

    d, d_kv = d_model, (kv_heads or heads) * (d_model // heads)

    def linear(into: int, out: int) -> nn.Module:
        return nn.Linear(into, out, bias=bias, device="meta")

    def normaliser() -> nn.Module:
        return nn.RMSNorm(d, device="meta") if norm == "rmsnorm" else nn.LayerNorm(d, bias=norm_bias, device="meta")

    tokens, head = nn.Embedding(vocab, d, device="meta"), nn.Linear(d, vocab, bias=False, device="meta")
    if tied:
        head.weight = tokens.weight
    positions = [nn.Embedding(n_ctx, d, device="meta")] if n_ctx else []
    modules = {
        "attention": [linear(d, out) for _ in range(L) for out in (d, d_kv, d_kv, d)],
        "mlp": [layer for _ in range(L) for layer in (*[linear(d, d_ff) for _ in range(1 + glu)], linear(d_ff, d))],
        "norms": [normaliser() for _ in range(2 * L + final_norm)],
        "embeddings": [tokens, head, *positions],
    }
    counts = {part: sum(p.numel() for p in nn.ModuleList(layers).parameters()) for part, layers in modules.items()}
    return {**counts, "total": sum(p.numel() for p in nn.ModuleList([m for some in modules.values() for m in some]).parameters())}
