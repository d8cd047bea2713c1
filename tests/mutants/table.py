"""The bugs that are seeded, read from ``bugs.txt`` beside this file.

An entry there is the kernel's name, a colon and the bug in words; then lines of the kernel's module as in a diff: ``-`` goes out,
``+`` comes in, a space stays. A blank line ends it. Lines that begin with ``#`` are headings.
"""

from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Mutant:
    """A bug that someone might make in a kernel."""

    kernel: str
    """The kernel whose tests must catch it; the bug sits in its module."""
    bug: str
    before: str
    """Whole lines of the module, without the last line break."""
    after: str

    def __str__(self) -> str:
        return f"{self.kernel}: {self.bug}"

    def seed(self, source: str) -> str:
        """The module with the bug in it.

        Raises:
            ValueError: the lines that the bug replaces do not occur exactly once; then the table is out of date.
        """
        before, after = f"\n{self.before}\n", f"\n{self.after}\n"
        if source.count(before) != 1:
            raise ValueError(f"these lines must occur once, they occur {source.count(before)} times:\n{self.before}")
        return source.replace(before, after)


def read(text: str) -> list[Mutant]:
    """The mutants of a table."""
    mutants = []
    for entry in text.split("\n\n"):
        head, *lines = [line for line in entry.splitlines() if not line.startswith("#")] or [""]
        if head:
            kernel, _, bug = head.partition(": ")
            before = "\n".join(line[1:] for line in lines if line[0] in "- ")
            after = "\n".join(line[1:] for line in lines if line[0] in "+ ")
            mutants.append(Mutant(kernel, bug, before, after))
    return mutants


MUTANTS = read(Path(__file__).with_name("bugs.txt").read_text(encoding="utf-8"))
