"""From the claims of a deck to verdicts: what was proven before is looked up, the rest goes to processes that prove."""

import json
import os
import subprocess
import sys
import threading
from collections.abc import Callable, Iterable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import generator
from generator import caching
from generator.problems import Problem, Problems, Severity
from generator.verify.claims.cases import described
from generator.verify.claims.reach import restricted
from generator.verify.claims.spec import Claim
from generator.verify.claims.verdict import Outcome, Verdict, unproven

Watch = Callable[[Sequence[Any], str], Iterable[Any]]
"""Hands items on one by one and shows, under a label, how far it is."""
SECONDS = 30.0
"""What a statement may take of a processor's time."""
PATIENCE = 4
"""So many times as long may pass until the process is stopped in any case."""
FEW = 4
"""So many statements are proven by one process before a second, which takes a second to start, is worth it."""
PROCESSES = 4


@dataclass(frozen=True, eq=False)
class Task:
    """One statement of a card's claim."""

    card: str
    claim: Claim
    statement: int
    """From 0."""

    @property
    def text(self) -> str:
        return self.claim.show[self.statement].expression.text


def prove(
    claims: Mapping[str, Mapping[str, Claim]],
    folder: Path,
    problems: Problems,
    watch: Watch | None = None,
    *,
    seconds: float = SECONDS,
) -> tuple[Verdict, ...]:
    """A verdict on every statement, in order.

    Args:
        claims: card id -> the card's claims by their names.
        folder: the cache; it is made if need be. A statement that was decided is not proven again.
        seconds: what a statement may take of a processor's time.
    """
    tasks = [
        Task(card, claim, index) for card, named in claims.items() for claim in named.values() for index in range(len(claim.show))
    ]
    outcomes = {task: found for task in tasks if (found := _cached(task, folder)) is not None}
    missing = [task for task in tasks if task not in outcomes]
    for task, (outcome, final) in zip(missing, _all_proven(missing, watch or _unwatched, seconds), strict=True):
        outcomes[task] = outcome
        if final:
            _keep(task, outcome, folder, problems)
    return tuple(_verdict(task, outcomes[task]) for task in tasks)


def report(verdicts: Iterable[Verdict], allow: Mapping[str, Sequence[str]], problems: Problems) -> None:
    """Report what is refuted or undecided as errors, and what is not proven as warnings.

    Args:
        allow: card id -> the rules that are silenced on that card.
    """
    for verdict in verdicts:
        what = f"the claim {verdict.claim}" + (f".{verdict.statement}" if verdict.statement > 1 else "")
        if verdict.status in ("refuted", "undecided"):
            problems.error(verdict.place, f"{what} is {verdict.sentence}", verdict.hint)
        elif verdict.status == "supported" and not verdict.numeric:
            hint = "another form, smaller sizes, or  by: numeric  if that is enough"
            message = f"{what} is not proven, only {verdict.sentence}"
            found = Problem(verdict.place, message, hint, Severity.WARNING, "unproven-claim")
            problems.extend([found], verdict.card, allow.get(verdict.card, ()))


def prune(claims: Mapping[str, Mapping[str, Claim]], folder: Path) -> None:
    """Remove from the cache what none of the claims needs."""
    needed = {
        _path(Task(card, claim, index), folder)
        for card, named in claims.items()
        for claim in named.values()
        for index in range(len(claim.show))
    }
    for path in sorted(folder.glob("claim-*.json")):
        if path not in needed:
            caching.remove(path)


def _unwatched(items: Sequence[Any], label: str) -> Iterable[Any]:
    return items


def _verdict(task: Task, outcome: Outcome) -> Verdict:
    claim = task.claim
    statement = claim.show[task.statement]
    sentence = outcome.sentence
    if outcome.status == "proven":
        cases = described(restricted(claim, statement).symbols)
        sentence = f"proven{f' for {cases}' if cases else ''} {sentence}"
    elif outcome.status == "undecided":
        sentence = f"undecided: {sentence}"
    # A process knows the block alone: its lines and columns are those of the block's text.
    place = claim.block.at(outcome.line - 1, outcome.column - 1) if outcome.line else statement.expression.place()
    number = task.statement + 1
    return Verdict(
        task.card, claim.name, number, task.text, outcome.status, sentence, outcome.points, place, outcome.hint, claim.numeric
    )


# Processes


def _all_proven(tasks: Sequence[Task], watch: Watch, seconds: float) -> Iterable[tuple[Outcome, bool]]:
    """The outcome of each task, and whether it is one to keep: what took too long may be quicker elsewhere."""
    if not tasks:
        return
    workers = min(_processors(), PROCESSES, len(tasks) // FEW + 1)
    local = threading.local()
    provers: list[_Prover] = []

    def run(task: Task) -> tuple[Outcome, bool]:
        if not hasattr(local, "prover"):
            local.prover = _Prover(seconds)
            provers.append(local.prover)
        found: tuple[Outcome, bool] = local.prover.prove(task)
        return found

    try:
        with ThreadPoolExecutor(workers) as pool:
            futures = [pool.submit(run, task) for task in tasks]
            try:
                for future in watch(futures, "proving claims"):
                    yield future.result()
            except BaseException:
                pool.shutdown(wait=False, cancel_futures=True)
                for prover in provers:
                    prover.stop()
                raise
    finally:
        for prover in provers:
            prover.stop()


def _processors() -> int:
    """The processors that this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


class _Prover:
    """A process that proves one statement after the other."""

    def __init__(self, seconds: float) -> None:
        self.seconds = seconds
        self.process: subprocess.Popen[str] | None = None

    def prove(self, task: Task) -> tuple[Outcome, bool]:
        process = self._started()
        assert process.stdin is not None and process.stdout is not None
        late = threading.Timer(self.seconds * PATIENCE, process.kill)
        late.start()
        agreed = 0
        try:
            data = {"text": task.claim.block.text, "statement": task.statement, "seconds": self.seconds}
            process.stdin.write(json.dumps(data) + "\n")
            process.stdin.flush()
            for line in process.stdout:
                answer = json.loads(line)
                if "outcome" in answer:
                    return Outcome.of_json(answer["outcome"]), True
                agreed = answer["points"]
        except BrokenPipeError:
            pass
        finally:
            late.cancel()
        self.stop()
        return unproven(agreed, f"sympy found no end within {self.seconds:g} s"), False

    def _started(self) -> "subprocess.Popen[str]":
        if self.process is None:
            # -P: the folder where the author works is no place to import from. A fixed hash seed: the same steps on every run.
            home = str(Path(generator.__file__).parent.parent)
            path = os.pathsep.join(filter(None, [home, os.environ.get("PYTHONPATH", "")]))
            self.process = subprocess.Popen(
                [sys.executable, "-P", "-m", "generator.verify.claims.worker"],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
                encoding="utf-8",
                env={**os.environ, "PYTHONHASHSEED": "0", "PYTHONPATH": path},
            )
        return self.process

    def stop(self) -> None:
        process, self.process = self.process, None
        if process is not None:
            process.kill()
            process.communicate()


# The cache


def key(task: Task) -> str:
    """What an outcome depends on, as a hash: the block, the statement, the code that proves, the libraries."""
    return caching.key(task.claim.block.text, task.statement, _code())


@cache
def _code() -> str:
    """A hash of the code that proves, and of the versions of the libraries."""
    here = Path(__file__).parent
    shared = [here.parent.parent / name for name in ("expression.py", "blocks.py", "fields.py")]
    return caching.code([*sorted(here.glob("*.py")), *shared], ["mpmath", "sympy"])


def _path(task: Task, folder: Path) -> Path:
    return folder / f"claim-{key(task)}.json"


def _cached(task: Task, folder: Path) -> Outcome | None:
    content = caching.read(_path(task, folder))
    return Outcome.of_json(json.loads(content)) if content is not None else None


def _keep(task: Task, outcome: Outcome, folder: Path, problems: Problems) -> None:
    caching.write(_path(task, folder), json.dumps(outcome.as_json()).encode(), "proofs", problems)
