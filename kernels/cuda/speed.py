"""How fast the candidates are on a GPU, in bfloat16, against each other and against a large matrix product."""

from collections.abc import Callable, Iterator

import torch
from triton.testing import do_bench

from kernels.cuda.candidates import CANDIDATES, OWN, Refused, refusal
from kernels.cuda.cases import Case
from kernels.cuda.report import Series, Speed

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
                yield Case(f"{n}", TOKENS // n, heads, heads, n, n, D, torch.bfloat16, causal)


def timed(case: Case, rate: float) -> tuple[list[Speed], list[tuple[str, str]]]:
    """Forward and backward of every candidate on one call, and who does not take it and why."""
    generator = torch.Generator("cuda").manual_seed(case.TQ)
    shape = (case.B, case.HQ, case.TQ, case.D)
    q, k, v, dout = (torch.randn(shape, generator=generator, device="cuda", dtype=case.dtype) for _ in range(4))
    leaves = [x.requires_grad_() for x in (q, k, v)]
    found, refused = [], []
    for name in TIMED:
        try:
            for series, run in passes(name, case, leaves, dout):
                found.append(spoken(name, series, case, median(run), rate))
        except Refused as why:
            refused.append((name, str(why)))
        except torch.cuda.OutOfMemoryError:
            refused.append((name, "not enough memory on the GPU"))
        torch.cuda.empty_cache()
    return found, refused


def passes(name: str, case: Case, leaves: list[torch.Tensor], dout: torch.Tensor) -> Iterator[tuple[Series, Callable[[], object]]]:
    """The two passes of a candidate, as calls without arguments.

    Raises:
        Refused: it does not take such a call.
    """
    attend = fast(name)

    def forward() -> object:
        with torch.no_grad():
            return attend(case, *leaves)

    yield "forward", forward
    out = attend(case, *leaves)

    def backward() -> object:
        return torch.autograd.grad(out, leaves, dout, retain_graph=True)

    try:
        backward()
    except (RuntimeError, NotImplementedError) as error:
        raise refusal(error, []) from error
    yield "backward", backward


def fast(name: str) -> Callable[..., torch.Tensor]:
    """A candidate without what is there to find faults: memory full of NaN, warnings caught at every call."""
    from kernels.cuda.backward import flash_attention

    if name == OWN:
        return lambda case, q, k, v: flash_attention(q, k, v, causal=case.causal)[0]
    return lambda case, q, k, v: CANDIDATES[name].attend(case, q, k, v)[0]


def spoken(name: str, series: Series, case: Case, milliseconds: float, rate: float) -> Speed:
    """A time with the rate that it means: 4 B H N² D operations forward, 2.5 times as many backward, half of both if causal."""
    operations = 4 * case.B * case.HQ * case.TQ**2 * case.D * (0.5 if case.causal else 1) * (2.5 if series == "backward" else 1)
    tflops = operations / milliseconds / 1e9
    return Speed(name, series, case.TQ, case.D, case.HQ, case.B, case.causal, milliseconds, tflops, tflops / rate)
