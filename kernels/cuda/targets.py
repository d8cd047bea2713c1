"""What the kernel is meant to reach on an H200, in bfloat16 with heads of 128, and whether a report says that it does.

Nothing here imports torch: a report is judged wherever it is read.
"""

from dataclasses import dataclass

from kernels.cuda.report import OWN, Report, Series

HEAD_DIM, TOKENS = 128, 4096
"""The head size of the targets, and from how many tokens on they hold."""


@dataclass(frozen=True)
class Target:
    """At least so many times as fast as another candidate on the same call."""

    series: Series
    causal: bool | None
    """None: with and without a causal mask."""
    against: str
    ratio: float


TARGETS = (
    Target("forward", False, "FLASH", 1.0),
    Target("forward", False, "CUDNN", 0.6),
    Target("forward", True, "FLASH", 0.8),
    Target("forward", True, "CUDNN", 0.5),
    Target("backward", None, "FLASH", 0.7),
)


@dataclass(frozen=True)
class Reached:
    """The slowest of the calls that a target is about."""

    target: Target
    ratio: float
    tokens: int
    causal: bool

    @property
    def met(self) -> bool:
        return self.ratio >= self.target.ratio

    @property
    def sentence(self) -> str:
        """For a person: ``forward, causal: 0.84 × FLASH at 4096 tokens, wanted 0.8: met``."""
        call = self.target.series + (", causal" if self.causal else "")
        verdict = "met" if self.met else "missed"
        return f"{call}: {self.ratio:.2f} × {self.target.against} at {self.tokens} tokens, wanted {self.target.ratio}: {verdict}"


def judged(report: Report) -> tuple[Reached, ...]:
    """How far the kernel is from each target; those of which nothing was measured are left out."""
    return tuple(worst for target in TARGETS if (worst := _worst(report, target)) is not None)


def _worst(report: Report, target: Target) -> Reached | None:
    found = [
        Reached(target, ratio, one.tokens, one.causal)
        for one in report.speed
        if one.candidate == OWN and one.series == target.series and one.head_dim == HEAD_DIM and one.tokens >= TOKENS
        if target.causal in (None, one.causal) and (ratio := report.ratio(one, target.against)) is not None
    ]
    return min(found, key=lambda reached: reached.ratio, default=None)
