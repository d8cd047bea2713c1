"""Decoding token by token with a cache of keys and values: the same results as the full causal pass, and what the cache takes."""

import math

import torch

from kernels.cuda.report import Decoding
from kernels.efficient_attention import kv_cache_bytes

HEADS, HEAD_DIM = 8, 64
KINDS = {"MHA": HEADS, "GQA": HEADS // 4, "MQA": 1}
"""How many heads of keys and values each kind has."""


class Cache:
    """Keys and values of the tokens so far, shape (kv_heads, tokens, head_dim) each."""

    def __init__(self, kv_heads: int, dtype: torch.dtype) -> None:
        self.keys = torch.empty(kv_heads, 0, HEAD_DIM, dtype=dtype)
        self.values = self.keys.clone()

    def add(self, k: torch.Tensor, v: torch.Tensor) -> None:
        """Take the key and the value of one more token, shape (kv_heads, 1, head_dim)."""
        self.keys, self.values = torch.cat([self.keys, k], 1), torch.cat([self.values, v], 1)

    @property
    def bytes(self) -> int:
        return self.keys.nbytes + self.values.nbytes


def attend(q: torch.Tensor, k: torch.Tensor, v: torch.Tensor) -> torch.Tensor:
    """Causal attention of the last n of m tokens: q of shape (heads, n, d), k and v of shape (kv_heads, m, d)."""
    k, v = (x.repeat_interleave(len(q) // len(x), 0) for x in (k, v))
    n, m = q.shape[1], k.shape[1]
    hidden = torch.ones(n, m, dtype=torch.bool).triu(m - n + 1)
    scores = (q @ k.mT / math.sqrt(q.shape[2])).masked_fill(hidden, -math.inf)  # (heads, n, m)
    return scores.softmax(-1) @ v


def rounding(q: torch.Tensor, k: torch.Tensor, v: torch.Tensor) -> float:
    """How far two orders of summing may bring attention apart, to first order in the unit u of the dtype.

    A score is off by at most (d + 2) u times the sum of its terms' sizes, a weight relatively by twice that of the worst score and
    (m + 2) u for exp and their sum, the mean of values by m u more; and each of the two results may be off by as much.
    """
    unit = torch.finfo(q.dtype).eps / 2
    keys = k.repeat_interleave(len(q) // len(k), 0)
    m, d = k.shape[1:]
    size = float((q.abs() @ keys.abs().mT).max()) / math.sqrt(d)
    return 2 * unit * (2 * (d + 2) * size + 2 * m + 2) * float(v.abs().max())


def decode(kind: str, dtype: torch.dtype, tokens: int) -> Decoding:
    """Decode ``tokens`` random tokens with such heads."""
    kv_heads = KINDS[kind]
    generator = torch.Generator().manual_seed(1)
    q, k, v = (torch.randn(heads, tokens, HEAD_DIM, generator=generator).to(dtype) for heads in (HEADS, kv_heads, kv_heads))
    cache, steps, cached = Cache(kv_heads, dtype), [], []
    for t in range(tokens):
        cache.add(k[:, t : t + 1], v[:, t : t + 1])
        steps.append(attend(q[:, t : t + 1], cache.keys, cache.values))
        if (t + 1) % (tokens // 8) == 0:
            formula = kv_cache_bytes(1, kv_heads, HEAD_DIM, t + 1, bytes_per=dtype.itemsize).total
            cached.append((t + 1, cache.bytes, int(formula)))
    far = float((torch.cat(steps, 1) - attend(q, k, v)).abs().nan_to_num(math.inf).max())
    name = str(dtype).removeprefix("torch.")
    return Decoding(kind, name, HEADS, kv_heads, HEAD_DIM, tokens, far, rounding(q, k, v), tuple(cached))


def decoded(quick: bool) -> tuple[Decoding, ...]:
    """Every kind of heads in float64 and float32."""
    return tuple(decode(kind, dtype, 64 if quick else 256) for dtype in (torch.float64, torch.float32) for kind in KINDS)
