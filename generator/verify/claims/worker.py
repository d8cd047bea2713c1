"""The process that proves: reads tasks from its input, a line each, and writes what came of them.

sympy may take forever, or all memory, over what looks harmless. So it works in a process of its own, which the kernel stops
when a statement has used up its time, and which ``proofs`` starts again.
"""

import json
import os
import signal
import sys
from typing import Any, TextIO

from generator.model import Block
from generator.problems import Failure, Place, Problems
from generator.verify.claims.judge import judge
from generator.verify.claims.reach import restricted
from generator.verify.claims.read import read_claim
from generator.verify.claims.verdict import Outcome, unproven

MEMORY = 3 << 30
"""Bytes of address space."""


def main() -> None:
    """Answer tasks until the input ends. A task is ``{"text", "statement", "seconds"}``."""
    tasks, answers = sys.stdin, os.fdopen(os.dup(sys.stdout.fileno()), "w", encoding="utf-8")
    sys.stdout = sys.stderr  # whatever a library prints is no answer
    _bound_memory()
    for line in tasks:
        task = json.loads(line)
        _bound_time(task["seconds"])
        _answer(answers, outcome=_outcome(task, answers).as_json())
        _bound_time(0)


def _outcome(task: dict[str, Any], answers: TextIO) -> Outcome:
    agreed = 0

    def progress(count: int) -> None:
        nonlocal agreed
        agreed = count
        _answer(answers, points=count)

    problems = Problems()
    claim = read_claim(Block("claim", task["text"], Place("", 0)), problems)
    if claim is None:
        raise AssertionError(list(problems))
    statement = claim.show[task["statement"]]
    try:
        return judge(restricted(claim, statement), statement, progress)
    except Failure as failure:
        (problem,) = failure.problems
        return Outcome("undecided", problem.message, 0, problem.place.line, problem.place.column, problem.hint)
    except Exception as error:  # sympy raises what it likes; no author can do anything about it
        return unproven(agreed, f"sympy gave up ({type(error).__name__})")


def _answer(answers: TextIO, **data: Any) -> None:
    print(json.dumps(data), file=answers, flush=True)


def _bound_memory() -> None:
    try:
        import resource
    except ImportError:  # Windows has none
        return
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))


def _bound_time(seconds: float) -> None:
    """Let the kernel stop this process after so many seconds of work; waiting for the processor does not count."""
    if hasattr(signal, "setitimer"):
        signal.setitimer(signal.ITIMER_VIRTUAL, seconds)


if __name__ == "__main__":
    main()
