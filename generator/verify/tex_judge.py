"""MathJax's own judgement on a formula, in Python: its TeX parser, of the release that Anki ships, run by QuickJS.

A parser written anew would know another TeX than the one that learners see, and so do those that there are: of the broken formulas
in the tests, two in three pass latex2mathml 3.81 and three in four pylatexenc 2.11. Where its files come from:
``mathjax/README.md``.
"""

import json
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any, Literal

from generator.problems import NotInstalled

SCRIPTS = ("mathjax/loader.js", "mathjax/core.js", "mathjax/tex-full.js", "tex_judge.js")
PAGE = "globalThis.window = globalThis; globalThis.MathJax = {startup: {typeset: false}};"
"""What MathJax needs of a browser to be loaded."""
SECONDS, BYTES = 5, 256 * 2**20
"""What one formula may take: a thousand times what it needs, and an end to what a stranger's macros do."""
LONGEST = 10_000
"""Characters in a formula: twice MathJax's own buffer for macros."""

Note = Literal["backslash", "comment", "definition", "label"]
"""What typesets, but hardly as it is meant: a backslash in text, a comment to the end, and what outlives its formula."""


@dataclass(frozen=True, slots=True)
class Judgement:
    """What MathJax says to a formula."""

    fault: str = ""
    """Why it does not typeset, in MathJax's words; empty if it does."""
    id: str = ""
    """MathJax's name for the fault, such as ``DoubleSubscripts``."""
    rest: str = ""
    """What of the formula had not been read when the fault was found."""
    notes: tuple[Note, ...] = ()


@cache
def judge(tex: str, display: bool) -> Judgement:
    r"""Read a formula as Anki will.

    Each formula is judged by itself: what another one defines is unknown to it.

    Args:
        tex: what stands between ``\(`` and ``\)``.
        display: whether it is displayed.

    Raises:
        NotInstalled: QuickJS is not there.
    """
    if len(tex) > LONGEST:
        return Judgement(f"it is longer than {LONGEST:,} characters", "TooLong")
    found = _call("judge", tex, display)
    if "notes" in found:
        return Judgement(notes=tuple(found["notes"]))
    return Judgement(found["message"], found["id"], found["rest"])


@cache
def known(kind: Literal["macro", "environment"]) -> frozenset[str]:
    """The names of MathJax's macros (without the backslash) or environments.

    Raises:
        NotInstalled: QuickJS is not there.
    """
    return frozenset(_call("known", kind))


def _call(name: str, *arguments: Any) -> Any:
    context = _context()
    import quickjs

    try:
        return json.loads(context.get(name)(*arguments))
    except quickjs.JSException as error:
        # Out of time, of memory or of stack; what is left of the context is not to be trusted.
        _context.cache_clear()
        return {"id": "Unbounded", "message": f"it asks for too much: {str(error).splitlines()[0]}", "rest": ""}


@cache
def _context() -> Any:
    try:
        import quickjs
    except ImportError:
        raise NotInstalled("quickjs-ng is not installed: pip install quickjs-ng") from None
    context = quickjs.Context()
    folder = files("generator.verify")
    context.eval(PAGE)
    for script in SCRIPTS:
        context.eval(folder.joinpath(script).read_text(encoding="utf-8"))
    context.set_memory_limit(BYTES)
    context.set_time_limit(SECONDS)
    return context
