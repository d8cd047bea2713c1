"""What the tests of claims share: a claim from its YAML, its problems as lines, and its verdicts."""

import tempfile
import textwrap
from pathlib import Path

from generator.model import Block
from generator.problems import Place, Problems
from generator.verify.claims import Claim, Verdict, formula, prove, read_claim


def block(text: str) -> Block:
    """A claim block whose text begins in line 1."""
    return Block("claim", textwrap.dedent(text).strip("\n") + "\n", Place("a.md", 0))


def claim(text: str) -> Claim:
    """The claim that the text holds; it has no errors."""
    problems = Problems()
    found = read_claim(block(text), problems)
    assert found is not None, list(map(str, problems))
    return found


def lines(text: str) -> list[str]:
    """The problems of a claim, as ``line:column: message [hint]``."""
    problems = Problems()
    read_claim(block(text), problems)
    return [f"{p.place.line}:{p.place.column}: {p.message}" + (f" [{p.hint}]" if p.hint else "") for p in problems]


def shown(symbols: dict[str, str], *statements: str, given: dict[str, str] | None = None, by: str = "") -> str:
    """The YAML of a claim."""

    def entries(key: str, items: dict[str, str]) -> str:
        return f"{key}:\n" + "".join(f'  {name}: "{value}"\n' for name, value in items.items()) if items else ""

    shows = "".join(f'  - "{statement}"\n' for statement in statements)
    end = f"by: {by}\n" if by else ""
    return f"name: test\n{entries('symbols', symbols)}{entries('given', given or {})}show:\n{shows}{end}"


def verdicts(*texts: str, seconds: float = 30.0) -> list[Verdict]:
    """What comes of the statements of all the claims, proven together and anew."""
    claims = {str(number): {found.name: found} for number, found in enumerate(map(claim, texts))}
    with tempfile.TemporaryDirectory() as folder:
        return list(prove(claims, Path(folder), Problems(), seconds=seconds))


def tex(symbols: dict[str, str], statement: str, given: dict[str, str] | None = None) -> str:
    """The LaTeX of a statement."""
    found = claim(shown(symbols, statement, given=given))
    return formula({"test": found}, "test").tex
