"""Formulas, one a line: what MathJax accepts, what it does not, and those of a large collection of notes."""

from pathlib import Path


def read(name: str) -> list[str]:
    """The formulas of ``name.txt``; a line that begins with a hash and a space is a remark."""
    lines = Path(__file__).with_name(f"{name}.txt").read_text(encoding="utf-8").split("\n")
    return [line for line in lines if line.strip() and not line.startswith("# ")]
