"""Work on many things at once, on all processors where it is much; the results come in order."""

import os
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from typing import Any, TypeVar

T = TypeVar("T")
R = TypeVar("R")
Watch = Callable[[Sequence[Any], str], Iterable[Any]]
"""Hands items on one by one and shows, under a label, how far it is."""


def unwatched(items: Sequence[Any], label: str) -> Iterable[Any]:
    """The items, without a word."""
    return items


def spread(work: Callable[[T], R], items: Sequence[T], watch: Watch, label: str, *, few: int) -> Iterator[R]:
    """``work`` on every item.

    Args:
        work: a function of a module; with its items and results it goes to other processes and back.
        few: so many are done at once before another process, which takes a second to start, is worth it.
    """
    workers = min(processors(), len(items) // few + 1)
    if workers < 2:
        yield from map(work, watch(items, label))
        return
    # Spawned, not forked: a copy of a process with running threads may wait for one of them forever.
    with ProcessPoolExecutor(workers, mp_context=get_context("spawn")) as pool:
        futures = [pool.submit(work, item) for item in items]
        for future in watch(futures, label):
            yield future.result()


def processors() -> int:
    """The processors that this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
