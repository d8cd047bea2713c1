"""From the formulas of a deck to MathJax's judgement: what it found no fault in before is not read again."""

import json
from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path

from generator import caching, model, tokens
from generator.model import Formula, Macro
from generator.problems import Problems
from generator.verify import tex, tex_judge
from generator.verify.tex import check_tex


def read_formulas(formulas: Sequence[Formula], macros: Mapping[str, Macro], path: Path, problems: Problems) -> int:
    """Report every formula that Anki would not typeset, or that is hardly meant as it stands; see ``check_tex``.

    Args:
        path: the entry that holds which formulas are faultless; only those of this deck stay in it.

    Returns:
        How many formulas were read anew.

    Raises:
        NotInstalled: QuickJS is not there.
    """
    keys = {formula: caching.key(formula.tex, formula.display) for formula in formulas}
    faultless = _recalled(path)
    unread = [formula for formula in keys if keys[formula] not in faultless]
    found = Problems()
    check_tex(unread, macros, found)
    problems.extend(found)
    faulty = {problem.place for problem in found}
    now = {key for formula, key in keys.items() if key in faultless or formula.place not in faulty}
    if now != faultless:
        caching.write(path, json.dumps([_code(), *sorted(now)]).encode(), "proofs", problems)
    return len(unread)


@cache
def _code() -> str:
    """A hash of the code that judges, MathJax's among it."""
    folder = Path(tex.__file__).parent
    ours = [Path(module.__file__ or "") for module in (tex, tex_judge, tokens, model)]
    return caching.code([*ours, Path(__file__), *(folder / script for script in tex_judge.SCRIPTS)], ["quickjs-ng"])


def _recalled(path: Path) -> frozenset[str]:
    content = caching.read(path)
    if content is None:
        return frozenset()
    code, *keys = json.loads(content)
    return frozenset(keys) if code == _code() else frozenset()
