"""The kernels compiled for a GPU that is not there, and what stands in their machine code."""

import re
import subprocess
import tempfile
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch
import triton
from triton.backends.compiler import GPUTarget
from triton.compiler import ASTSource

from kernels.cuda import attention, backward, tuning
from kernels.cuda.tuning import Kind, Tiles

KERNELS: dict[Kind, Any] = {"forward": attention.forward, "queries": backward.queries, "keys": backward.keys}
SHARED = {80: 163 * 1024, 90: 227 * 1024}
"""Bytes of shared memory that one program may take, by architecture (CUDA C++ Programming Guide, table of compute capabilities)."""
TENSOR_CORES = {80: "HMMA", 90: "HGMMA"}
"""The instruction that multiplies float16 or bfloat16 tiles on the tensor cores at full rate."""
NAMES = {torch.float16: "fp16", torch.bfloat16: "bf16", torch.float32: "fp32"}


@dataclass(frozen=True)
class Variant:
    """One kernel for one kind of call on one architecture."""

    kind: Kind
    arch: int
    """80 is the A100, 90 the H100 and the H200."""
    dtype: torch.dtype
    D: int
    tiles: Tiles
    causal: bool = False
    windowed: bool = False
    capped: bool = False

    def __str__(self) -> str:
        rule = "".join(f" {name}" for name in ("causal", "windowed", "capped") if getattr(self, name))
        return f"{self.kind} sm_{self.arch} {NAMES[self.dtype]} D={self.D}{rule} {tuple(self.tiles)}"


@dataclass(frozen=True)
class Compiled:
    """What the machine code of a variant says."""

    variant: Variant
    products: int
    """Instructions that multiply on the tensor cores, of the kind that the architecture has for it."""
    groups: int
    """On Hopper: into how many groups they fall that need not wait for each other; groups of one are a compiler that gave up."""
    spills: int
    """Loads and stores of registers that did not fit."""
    registers: int
    """A thread's; 255 are the most."""
    shared: int
    """Bytes of shared memory of a program."""

    @property
    def problems(self) -> list[str]:
        """What is wrong with it; empty if nothing is."""
        arch, found = self.variant.arch, []
        if self.variant.dtype != torch.float32 and not self.products:
            found.append(f"no {TENSOR_CORES[arch]} instruction: the products do not run on the tensor cores")
        if self.groups and self.groups >= self.products:
            found.append("the products wait for each other one by one: nothing can be computed beside them")
        if self.spills:
            found.append(f"{self.spills} spills of registers")
        if self.shared > SHARED[arch]:
            found.append(f"{self.shared} bytes of shared memory, sm_{arch} has {SHARED[arch]}")
        return found


def variants(arch: int, dtype: torch.dtype, D: int, **rule: bool) -> Iterator[Variant]:
    """What the autotuner would try for long sequences, of all kernels."""
    for kind in KERNELS:
        for one in tuning.tiles(kind, arch >= 90, dtype, D, TQ=4096, bare=not any(rule.values())):
            yield Variant(kind, arch, dtype, D, one, **rule)


def build(variant: Variant) -> Compiled:
    """Compile a variant and read its machine code; takes one to ten seconds and no GPU.

    Raises:
        RuntimeError: the kernels were imported for the interpreter.
    """
    if tuning.INTERPRETED:
        raise RuntimeError("TRITON_INTERPRET is set: interpreted kernels cannot be compiled")
    target = GPUTarget("cuda", variant.arch, 32)
    launch = {"num_warps": variant.tiles.warps, "num_stages": variant.tiles.stages, "enable_fp_fusion": True}
    kernel = triton.compile(source(variant), target=target, options=launch)
    with tempfile.TemporaryDirectory() as folder:
        cubin = Path(folder) / "kernel.cubin"
        cubin.write_bytes(kernel.asm["cubin"])
        code, usage = dump("-sass", cubin), dump("-res-usage", cubin)
    seen = Counter(re.findall(r"^\s+/\*[0-9a-f]+\*/\s+(?:@!?U?P\w+ )?(\w+)", code, re.MULTILINE))
    registers = re.search(r"REG:(\d+) ", usage)
    if not registers or not seen:
        raise RuntimeError(f"cuobjdump says nothing of {variant}: {usage}")
    return Compiled(
        variant,
        products=seen[TENSOR_CORES[variant.arch]],
        groups=code.count("WARPGROUP.ARRIVE"),
        spills=seen["STL"] + seen["LDL"],
        registers=int(registers[1]),
        shared=kernel.metadata.shared,
    )


def source(variant: Variant) -> ASTSource:
    """The kernel with the types of its arguments; addresses and strides are multiples of 16."""
    function = KERNELS[variant.kind].fn
    constants = {
        "D": variant.D,
        "DP": max(16, 1 << (variant.D - 1).bit_length()),
        "HAS_LEFT": variant.windowed,
        "HAS_RIGHT": variant.causal,
        "CAPPED": variant.capped,
        "BM": variant.tiles.BM,
        "BN": variant.tiles.BN,
    }
    signature, aligned = {}, {}
    for place, name in enumerate(function.arg_names):
        signature[name] = type_of(name, constants, NAMES[variant.dtype])
        if signature[name].startswith("*") or re.fullmatch(r"s\w+[bht]", name):
            aligned[(place,)] = [["tt.divisibility", 16]]
    places = {(function.arg_names.index(name),): value for name, value in constants.items()}
    return ASTSource(fn=function, signature=signature, constexprs=places, attrs=aligned)


def type_of(name: str, constants: dict[str, Any], dtype: str) -> str:
    """Triton's name of an argument's type; tensors are in capitals."""
    if name in constants:
        return "constexpr"
    if name in ("LSE", "DELTA"):
        return "*fp32"
    if name.isupper() and name not in ("TQ", "TK"):
        return f"*{dtype}"
    return "fp32" if name in ("inner", "factor", "scale") else "i32"


def dump(what: str, cubin: Path) -> str:
    """What cuobjdump, which comes with Triton, says of a binary."""
    tool = Path(triton.__file__).parent / "backends" / "nvidia" / "bin" / "cuobjdump"
    return subprocess.run([tool, what, cubin], capture_output=True, text=True, check=True).stdout
