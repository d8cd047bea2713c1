"""What standard and tiled attention allocate at their peak, over the number of tokens: measured, not computed."""

import math
import tracemalloc
from collections.abc import Callable

import numpy as np
import torch

from kernels.attention import scaled_dot_product_attention
from kernels.cuda.attention import attention
from kernels.cuda.report import Memory
from kernels.efficient_attention import online_softmax_attention

WIDTH, BLOCK = 64, 256
"""On the CPU: the size of the one head, and how many keys are read at a time."""
HEADS = 4
"""On the GPU, each of 64."""


def on_cpu(tokens: int) -> Memory:
    """The reference kernels in numpy, float64, one head; what the inputs take is not counted, the output is.

    The tiled one computes a query at a time, so that its peak shows what a pass over blocks needs, not what a GPU's tiles would.
    """
    rng = np.random.default_rng(tokens)
    Q, K, V = (rng.standard_normal((tokens, WIDTH)) for _ in range(3))

    def tiled() -> None:
        out = np.empty_like(Q)
        for i, q in enumerate(Q):
            out[i] = online_softmax_attention(q, K, V, BLOCK).out

    return Memory("cpu", tokens, traced(lambda: scaled_dot_product_attention(Q, K, V)), traced(tiled))


def traced(run: Callable[[], object]) -> int:
    """The most bytes that Python and numpy held at once during a call, beyond those before it."""
    tracemalloc.start()
    try:
        before = tracemalloc.get_traced_memory()[0]
        tracemalloc.reset_peak()
        run()
        return tracemalloc.get_traced_memory()[1] - before
    finally:
        tracemalloc.stop()


def on_gpu(tokens: int) -> Memory:
    """The forward pass in bfloat16 on the GPU: the plain formula against this package's kernel."""
    generator = torch.Generator("cuda").manual_seed(tokens)
    shape = (1, HEADS, tokens, 64)
    q, k, v = (torch.randn(shape, generator=generator, device="cuda", dtype=torch.bfloat16) for _ in range(3))
    tiled = allocated(lambda: attention(q, k, v))
    return Memory("gpu", tokens, allocated(lambda: ((q @ k.mT) / math.sqrt(64)).softmax(-1) @ v), tiled)


def allocated(run: Callable[[], object]) -> int | None:
    """The most bytes that torch held on the GPU during a call, beyond those before it; None if there were not enough."""
    try:
        run()  # compiles and tunes, which takes memory of its own
        torch.cuda.synchronize()
        torch.cuda.empty_cache()
        before = torch.cuda.memory_allocated()
        torch.cuda.reset_peak_memory_stats()
        run()
        torch.cuda.synchronize()
        return int(torch.cuda.max_memory_allocated()) - before
    except torch.cuda.OutOfMemoryError:
        return None
    finally:
        torch.cuda.empty_cache()
