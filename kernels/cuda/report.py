"""What a check of attention found, as plain data. Nothing here imports torch."""

import json
import math
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from typing import Any, Literal

LayerName = Literal["interpreter", "compile", "gpu"]
Series = Literal["forward", "backward"]
OWN = "redraw"
"""The candidate that is our kernel; the others are torch's."""


@dataclass(frozen=True)
class Layer:
    """One of the three ways in which the kernel is looked at, and whether it was."""

    name: LayerName
    ran: bool
    why: str = ""
    """Why it was not run."""


@dataclass(frozen=True)
class Machine:
    """What the numbers depend on. The name of the host and of its user are nobody's business."""

    date: str
    """Of the measurement, as 2026-11-20."""
    processor: str
    """The kind, such as x86_64."""
    versions: Mapping[str, str]
    gpu: str = ""
    """The name of the device; empty without one."""
    driver: str = ""
    capability: str = ""
    """Of the GPU, as 9.0."""
    memory: int = 0
    """Of the GPU, in bytes."""


@dataclass(frozen=True)
class Result:
    """One of out, lse, dq, dk, dv."""

    what: str
    error: float
    """The largest absolute error; for the log-sum-exp relative to it where it is above 1. Infinite for NaN."""
    bound: float
    relative: float
    """The norm of the error over the norm of the truth."""

    @property
    def holds(self) -> bool:
        return self.error <= self.bound


@dataclass(frozen=True)
class Row:
    """One candidate on one case."""

    layer: LayerName
    candidate: str
    case: str
    dtype: str
    results: tuple[Result, ...]
    fault: str = ""
    """What it said when it failed; a row with a fault does not hold."""

    @property
    def holds(self) -> bool:
        return not self.fault and bool(self.results) and all(result.holds for result in self.results)

    @property
    def worst(self) -> Result | None:
        """The result that comes nearest to its bound, or breaks it by most."""
        return max(self.results, key=share, default=None)

    def as_json(self) -> dict[str, Any]:
        found = {one.what: [rounded(one.error), rounded(one.bound), rounded(one.relative, 2)] for one in self.results}
        known = {"layer": self.layer, "candidate": self.candidate, "case": self.case, "dtype": self.dtype}
        return {**known, "holds": self.holds, **found, **({"fault": self.fault} if self.fault else {})}


@dataclass(frozen=True)
class Refusal:
    """What a candidate does not take, which is no fault."""

    layer: LayerName
    candidate: str
    why: str
    cases: int


@dataclass(frozen=True)
class Machinecode:
    """What stands in the machine code of one variant of the kernel."""

    variant: str
    products: int
    """Instructions on the tensor cores."""
    spills: int
    registers: int
    shared: int
    """Bytes."""
    problems: tuple[str, ...]


@dataclass(frozen=True)
class Decoding:
    """Token by token with a cache, against the full causal pass."""

    kind: str
    """MHA, GQA or MQA."""
    dtype: str
    heads: int
    kv_heads: int
    head_dim: int
    tokens: int
    error: float
    bound: float
    cached: tuple[tuple[int, int, int], ...]
    """Tokens, bytes of the cache as measured, bytes as the kernel ``kv_cache_bytes`` has them."""

    @property
    def holds(self) -> bool:
        return self.error <= self.bound and all(measured == formula for _, measured, formula in self.cached)


@dataclass(frozen=True)
class Memory:
    """The peak of what one call allocates, in bytes; None where the memory was not enough."""

    where: Literal["cpu", "gpu"]
    tokens: int
    standard: int | None
    tiled: int | None


@dataclass(frozen=True)
class Speed:
    """One candidate on one large call, bfloat16 on a GPU."""

    candidate: str
    series: Series
    tokens: int
    head_dim: int
    heads: int
    batch: int
    causal: bool
    milliseconds: float
    """The median of many runs."""
    tflops: float
    share: float
    """Of the rate of a large matrix product, measured in the same run."""


@dataclass(frozen=True)
class Report:
    """One run of the check."""

    machine: Machine
    quick: bool
    layers: tuple[Layer, ...]
    cases: Mapping[str, Mapping[str, Mapping[str, Any]]]
    """Layer -> case -> its shape and rule."""
    rows: tuple[Row, ...]
    refusals: tuple[Refusal, ...]
    machinecode: tuple[Machinecode, ...]
    decoding: tuple[Decoding, ...]
    memory: tuple[Memory, ...]
    product_tflops: float | None
    """The rate of a large matrix product in bfloat16 on this GPU."""
    speed: tuple[Speed, ...]

    @property
    def holds(self) -> bool:
        """Whether every bound holds, the caches are as large as the formula says, and the machine code has no fault."""
        return not self.broken

    @property
    def broken(self) -> tuple[str, ...]:
        """What does not hold, a line each."""
        rows = [f"{row.layer}: {row.candidate}, {row.case}, {row.dtype}: {_said(row)}" for row in self.rows if not row.holds]
        code = [f"compile: {one.variant}: {'; '.join(one.problems)}" for one in self.machinecode if one.problems]
        steps = [
            f"decoding: {one.kind}, {one.dtype}: not the full pass, or not the formula" for one in self.decoding if not one.holds
        ]
        return (*rows, *code, *steps)

    def ratio(self, one: Speed, other: str) -> float | None:
        """How many times as fast as another candidate on the same call; None where that was not measured."""
        same = [found for found in self.speed if found.candidate == other and _call(found) == _call(one)]
        return same[0].milliseconds / one.milliseconds if same else None

    def as_json(self) -> dict[str, Any]:
        """Plain data; ``docs/attention-check/README.md`` says what each key holds."""
        return {
            "machine": asdict(self.machine),
            "quick": self.quick,
            "holds": self.holds,
            "broken": list(self.broken),
            "layers": [asdict(layer) for layer in self.layers],
            "cases": [
                {"layer": layer, "case": case, **shape} for layer, found in self.cases.items() for case, shape in found.items()
            ],
            "rows": [row.as_json() for row in self.rows],
            "refusals": [asdict(one) for one in self.refusals],
            "machinecode": [asdict(one) for one in self.machinecode],
            "decoding": [{**asdict(one), "error": rounded(one.error), "bound": rounded(one.bound)} for one in self.decoding],
            "memory": [asdict(one) for one in self.memory],
            "product_tflops": rounded(self.product_tflops),
            "speed": [self._timed(one) for one in self.speed],
        }

    def _timed(self, one: Speed) -> dict[str, Any]:
        timed = {name: rounded(value) if isinstance(value, float) else value for name, value in asdict(one).items()}
        return timed | {"flash": rounded(self.ratio(one, "FLASH")), "cudnn": rounded(self.ratio(one, "CUDNN"))}


def as_text(data: Mapping[str, Any]) -> str:
    """JSON with a line for each entry of a list, so that a report is small and two of them can be compared."""
    lines = []
    for key, value in data.items():
        if isinstance(value, list) and value:
            value = "[\n    " + ",\n    ".join(_compact(entry) for entry in value) + "\n  ]"
        else:
            value = _compact(value)
        lines.append(f"  {json.dumps(key)}: {value}")
    return "{\n" + ",\n".join(lines) + "\n}"


def _compact(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, allow_nan=False, separators=(",", ":"))


def share(result: Result) -> float:
    """The error over its bound; infinite where a bound of 0 is broken."""
    if result.bound:
        return result.error / result.bound
    return math.inf if result.error else 0.0


def rounded(value: float | None, digits: int = 3) -> float | None:
    """So many digits; None for what JSON has no number for."""
    return float(f"{value:.{digits}g}") if value is not None and math.isfinite(value) else None


def gathered(refusals: Iterable[tuple[LayerName, str, str]]) -> tuple[Refusal, ...]:
    """Refusals for the same reason as one."""
    counted: dict[tuple[LayerName, str, str], int] = {}
    for one in refusals:
        counted[one] = counted.get(one, 0) + 1
    return tuple(Refusal(*one, cases) for one, cases in counted.items())


def _said(row: Row) -> str:
    if row.fault:
        return row.fault
    return ", ".join(f"{one.what} is off by {one.error:.3g}, the bound is {one.bound:.3g}" for one in row.results if not one.holds)


def _call(one: Speed) -> tuple[Any, ...]:
    return one.series, one.tokens, one.head_dim, one.heads, one.batch, one.causal
