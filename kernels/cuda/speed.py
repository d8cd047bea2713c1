"""How fast the candidates are on a GPU, in bfloat16, against each other and against a large matrix product."""

import contextlib
from collections.abc import Callable, Iterator

import torch
from torch.nn.attention import sdpa_kernel
from torch.nn.functional import scaled_dot_product_attention
from triton.testing import do_bench

from kernels.cuda.backward import flash_attention
from kernels.cuda.candidates import BACKENDS, Refused, refusal, row
from kernels.cuda.cases import Case
from kernels.cuda.report import OWN, Row, Series, Speed

TIMED = OWN, "FLASH", "CUDNN", "EFFICIENT"
TOKENS = 16_384
"""Of a call in all: sequences of n tokens come in batches of 16,384 / n."""
WIDTH = 2048
"""Heads times their size."""


def product_tflops() -> float:
    """The rate of a product of two 8192 by 8192 matrices in bfloat16."""
    n = 8192
    a, b = (torch.randn(n, n, device="cuda", dtype=torch.bfloat16) for _ in range(2))
    return 2 * n**3 / median(lambda: a @ b) / 1e9


def median(run: Callable[[], object]) -> float:
    """Milliseconds."""
    return float(do_bench(run, return_mode="median"))


def calls(quick: bool) -> Iterator[Case]:
    """What is timed."""
    for D in (128,) if quick else (64, 128):
        for n in (4096,) if quick else (1024, 2048, 4096, 8192, 16_384):
            for causal in (False, True):
                heads = WIDTH // D
                yield Case(
                    f"timed, {n} tokens, d={D}{', causal' if causal else ''}",
                    TOKENS // n,
                    heads,
                    heads,
                    n,
                    n,
                    D,
                    torch.bfloat16,
                    causal,
                )


def timed(case: Case, rate: float) -> tuple[list[Speed], list[tuple[str, str]], list[Row]]:
    """Forward and backward of every candidate on one call, who does not take it and why, and who failed."""
    generator = torch.Generator("cuda").manual_seed(case.TQ)
    shape = (case.B, case.HQ, case.TQ, case.D)
    q, k, v, dout = (torch.randn(shape, generator=generator, device="cuda", dtype=case.dtype) for _ in range(4))
    leaves = [x.requires_grad_() for x in (q, k, v)]
    found: list[Speed] = []
    refused, failed = [], []
    for name in TIMED:
        try:
            with sdpa_kernel(BACKENDS[name]) if name in BACKENDS else contextlib.nullcontext():
                for series, run in passes(name, case.causal, leaves, dout).items():
                    run()  # a refusal comes before the clock
                    found.append(spoken(name, series, case, median(run), rate))
        except torch.cuda.OutOfMemoryError:
            refused.append((name, f"{case.TQ} tokens need more memory than the GPU has"))
        except (RuntimeError, NotImplementedError) as error:
            why = refusal(error, [])
            if isinstance(why, Refused):
                refused.append((name, str(why)))
            else:
                failed.append(row("gpu", name, case, [], f"{type(error).__name__}: {str(error).partition(chr(10))[0]}"[:200]))
        torch.cuda.empty_cache()
    return found, refused, failed


def passes(name: str, causal: bool, leaves: list[torch.Tensor], dout: torch.Tensor) -> dict[Series, Callable[[], object]]:
    """The two passes of a candidate, as calls without arguments: nothing in them but the kernels."""

    def attend() -> torch.Tensor:
        q, k, v = leaves
        return (
            flash_attention(q, k, v, causal=causal)[0] if name == OWN else scaled_dot_product_attention(q, k, v, is_causal=causal)
        )

    def forward() -> object:
        with torch.no_grad():
            return attend()

    kept: list[torch.Tensor] = []

    def backward() -> object:
        if not kept:
            kept.append(attend())
        return torch.autograd.grad(kept[0], leaves, dout, retain_graph=True)

    return {"forward": forward, "backward": backward}


def spoken(name: str, series: Series, case: Case, milliseconds: float, rate: float) -> Speed:
    """A time with the rate that it means: 4 B H N² D operations forward, 2.5 times as many backward, half of both if causal."""
    operations = 4 * case.B * case.HQ * case.TQ**2 * case.D * (0.5 if case.causal else 1) * (2.5 if series == "backward" else 1)
    tflops = operations / milliseconds / 1e9
    return Speed(name, series, case.TQ, case.D, case.HQ, case.B, case.causal, milliseconds, tflops, tflops / rate)
