"""How long a build takes: cold, warm, and with one card changed, as ratios of processor time in one run (``make bench``).

Seconds say more about the machine than about redraw, so they are printed for orientation alone, and nothing is asserted of them.
"""

import os
import resource
import shutil
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path

from generator.model import Block
from generator.problems import Problems
from generator.source import read

ROOT = Path(__file__).parents[2]
RUNS = 3
"""So often each of the quick builds is done; the least counts, since all that disturbs a run adds to it."""


@dataclass(frozen=True, slots=True)
class Measured:
    """Seconds of processor time, of all processes of a build together."""

    cold: float
    """Nothing is kept of an earlier build."""
    warm: float
    """All is kept, and nothing has changed."""
    changed: float
    """All is kept, and the block of one numeric card has changed: it is drawn and proven anew."""

    def __str__(self) -> str:
        cold, warm, changed = self.cold, self.warm, self.changed
        return (
            f"cold              {cold:7.1f} s\n"
            f"warm              {warm:7.1f} s   {warm / cold:.1%} of cold\n"
            f"one card changed  {changed:7.1f} s   {changed / cold:.1%} of cold, {changed / warm:.2f} × warm"
        )


def measure(source: Path, folder: Path, runs: int = RUNS) -> Measured:
    """Build a copy of ``source`` in the empty ``folder``; what is kept lies there too, and goes with it.

    Raises:
        subprocess.CalledProcessError: a build failed.
    """
    copy = folder / source.name
    shutil.copytree(source, copy, ignore=shutil.ignore_patterns("generated", "redraw.local.lock"))
    cold = build(copy)
    warm = min(build(copy) for _ in range(runs))
    changes = []
    for _ in range(runs):
        change(copy)
        changes.append(build(copy))
    return Measured(cold, warm, min(changes))


def build(source: Path) -> float:
    """The processor time of ``redraw build``, the start of Python included, in seconds."""
    before = _spent()
    command = [sys.executable, "-m", "generator", "build", source.name]
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    subprocess.run(command, cwd=source.parent, env=environment, check=True, stdout=subprocess.DEVNULL)
    return _spent() - before


def _spent() -> float:
    spent = resource.getrusage(resource.RUSAGE_CHILDREN)
    return spent.ru_utime + spent.ru_stime


def change(source: Path) -> None:
    """Add a comment to the block of the first numeric card: its numbers stay, but nobody knows that before they are drawn."""
    blocks = (card.numeric for card in read(source, Problems()).cards)
    block = next(block for block in blocks if isinstance(block, Block))
    path = Path(block.place.path)
    lines = path.read_text(encoding="utf-8").split("\n")
    lines.insert(block.place.line, f"{' ' * block.columns[0]}# once more")
    path.write_text("\n".join(lines), encoding="utf-8")


if __name__ == "__main__":
    with tempfile.TemporaryDirectory(prefix="redraw-bench-") as place:
        print(measure(ROOT / "cards_src", Path(place)))
