"""The check of attention, in three layers: interpreted on the CPU, compiled ahead of time, on a GPU.

The first holds this package's kernel, interpreted, and what torch has for the CPU against float64; the second looks into the
kernel's machine code for two architectures; the third holds everything against float64 on the GPU that is there, then times
it. Beside them: decoding with a cache, and the memory of standard and tiled attention.
"""

import platform
import subprocess
from collections.abc import Callable, Iterable, Sequence
from importlib.metadata import version
from itertools import groupby
from typing import Any

import torch

from kernels.cuda import decoding, device, memory, tuning
from kernels.cuda.bounds import Measured
from kernels.cuda.candidates import CANDIDATES, KNOWN, Refused, judge, row
from kernels.cuda.cases import CASES, Case, traps
from kernels.cuda.interpret import interpreted
from kernels.cuda.report import Layer, LayerName, Machine, Machinecode, Memory, Report, Row, Speed, gathered

Watch = Callable[[Sequence[Any], str], Iterable[Any]]
"""Hands items on one by one and shows, under a label, how far it is."""
NO_GPU = "no CUDA device"
ARCHITECTURES = 80, 90
CPU_TOKENS = 256, 512, 1024, 2048
GPU_TOKENS = 1024, 2048, 4096, 8192, 16_384


class Run:
    """One run, layer by layer."""

    def __init__(self, quick: bool, watch: Watch) -> None:
        self.quick, self.watch = quick, watch
        self.layers: list[Layer] = []
        self.rows: list[Row] = []
        self.refused: list[tuple[LayerName, str, str]] = []
        self.machinecode: list[Machinecode] = []
        self.memory: list[Memory] = []
        self.rate: float | None = None
        self.speed: list[Speed] = []

    def chosen(self, cases: Iterable[Case]) -> list[Case]:
        """All cases, or those of a quick run."""
        return [case for case in cases if not self.quick or case.name in device.QUICK]

    def interpreter(self) -> None:
        """This package's kernel under Triton's interpreter; torch's attention and the formula beside it on the CPU."""
        cases = self.chosen(CASES.values())
        for name in CANDIDATES:
            if CANDIDATES[name].interpreted:
                self._interpreted(name, cases)
            else:
                for case in self.watch(cases, f"{name} on the CPU"):
                    self._judged("interpreter", name, case)
        self.layers.append(Layer("interpreter", True))

    def _interpreted(self, name: str, cases: list[Case]) -> None:
        batches = [[str(case) for case in cases[start : start + 21]] for start in range(0, len(cases), 21)]
        found: list[Measured] = []
        for batch in self.watch(batches, "interpreting the kernel"):
            try:
                found += interpreted(batch)
            except RuntimeError as error:  # the process said a traceback; its last line is the reason
                last = (str(error).strip().splitlines() or ["the process died"])[-1]
                self.rows += [row("interpreter", name, CASES[key], [], last[:200]) for key in batch]
        for key, measured in groupby(found, lambda one: one.case):
            self.rows.append(row("interpreter", name, CASES[key], list(measured)))

    def _judged(self, layer: LayerName, name: str, case: Case) -> None:
        try:
            self.rows.append(judge(layer, name, case, "cpu"))
        except Refused as why:
            self.refused.append((layer, name, str(why)))

    def compile(self) -> None:
        """What the autotuner would try for heads of 64 and 128, or some of it, compiled for GPUs that need not be there."""
        try:
            from kernels.cuda import compile as compiler
        except (ImportError, OSError) as error:
            self.layers.append(Layer("compile", False, f"this Triton cannot compile for NVIDIA GPUs: {error}"))
            return
        if tuning.INTERPRETED:
            self.layers.append(Layer("compile", False, "TRITON_INTERPRET is set"))
            return
        rules = [(128, True)] if self.quick else [(D, causal) for D in (64, 128) for causal in (False, True)]
        found = [
            one
            for arch in ARCHITECTURES
            for D, causal in rules
            for _, kind in groupby(compiler.variants(arch, torch.bfloat16, D, causal=causal), lambda one: one.kind)
            for one in (list(kind)[:1] if self.quick else kind)
        ]
        for variant in self.watch(found, "compiling"):
            made = compiler.build(variant)
            self.machinecode.append(
                Machinecode(str(variant), made.products, made.spills, made.registers, made.shared, tuple(made.problems))
            )
        self.layers.append(Layer("compile", True))

    def gpu(self) -> None:
        """Everything on the GPU, if there is one: first right, then fast."""
        why = "TRITON_INTERPRET is set" if tuning.INTERPRETED else "" if torch.cuda.is_available() else NO_GPU
        if why:
            self.layers.append(Layer("gpu", False, why))
            return
        from kernels.cuda import speed

        names = [str(case) for case in self.chosen(traps(device.BLOCK))]
        room = torch.cuda.get_device_properties(0).total_memory
        rows, refused = device.on_gpu(names, [name for name in CANDIDATES if name in KNOWN], room)
        self.rows += rows
        self.refused += refused
        for tokens in self.watch(GPU_TOKENS, "memory on the GPU"):
            self.memory.append(memory.on_gpu(tokens))
        self.rate = speed.product_tflops()
        for case in self.watch(list(speed.calls(self.quick)), "timing"):
            found, unable, failed = speed.timed(case, self.rate)
            self.speed += found
            self.rows += failed
            self.refused += [("gpu", name, f"{reason} (when timed)") for name, reason in unable]
        self.layers.append(Layer("gpu", True))

    def cpu_memory(self) -> None:
        """The peak of the reference kernels."""
        for tokens in self.watch(CPU_TOKENS[:3] if self.quick else CPU_TOKENS, "memory on the CPU"):
            self.memory.append(memory.on_cpu(tokens))


def check(*, quick: bool, date: str, watch: Watch = lambda items, _: items) -> Report:
    """Run what can be run here.

    Args:
        quick: some of the cases, of the variants and of the times.
        date: of the run, as 2026-11-20.
        watch: for whoever waits.
    """
    torch.set_num_threads(1)  # small shapes; and the same sums on any machine
    run = Run(quick, watch)
    run.interpreter()
    run.compile()
    run.gpu()
    run.cpu_memory()
    shapes = {"interpreter": CASES.values(), "gpu": traps(device.BLOCK) if run.layers[-1].ran else ()}
    return Report(
        machine=machine(date),
        quick=quick,
        layers=tuple(run.layers),
        cases={layer: {case.name: shape(case) for case in run.chosen(cases)} for layer, cases in shapes.items()},
        rows=tuple(run.rows),
        refusals=gathered(run.refused),
        machinecode=tuple(run.machinecode),
        decoding=decoding.decoded(quick),
        memory=tuple(run.memory),
        product_tflops=run.rate,
        speed=tuple(run.speed),
    )


def shape(case: Case) -> dict[str, Any]:
    """A case's sizes and rule, without what is as usual."""
    usual = vars(Case("usual"))
    return {
        name: value
        for name, value in vars(case).items()
        if name in usual and name not in ("name", "dtype") and (len(name) <= 2 or value != usual[name])
    }


def machine(date: str) -> Machine:
    """What the numbers of this run depend on."""
    versions = {"python": platform.python_version(), **{name: version(name) for name in ("torch", "triton", "numpy")}}
    if not torch.cuda.is_available():
        return Machine(date, platform.machine(), versions)
    found = torch.cuda.get_device_properties(0)
    versions |= {"cuda": str(torch.version.cuda), "cudnn": str(torch.backends.cudnn.version())}  # type: ignore[no-untyped-call]
    capability = f"{found.major}.{found.minor}"
    return Machine(date, platform.machine(), versions, found.name, driver(), capability, int(found.total_memory))


def driver() -> str:
    """The version of NVIDIA's driver; empty where its tool is not there."""
    command = ["nvidia-smi", "--query-gpu=driver_version", "--format=csv,noheader"]
    try:
        said = subprocess.run(command, capture_output=True, text=True, timeout=30).stdout
    except (OSError, subprocess.TimeoutExpired):
        return ""
    return said.partition("\n")[0].strip()


__all__ = ["CANDIDATES", "Report", "check"]
