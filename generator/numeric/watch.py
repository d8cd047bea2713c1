"""An end for calls that could run for ever on numbers that a stranger wrote."""

import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType


class Late(Exception):
    """A call took too long."""


@contextmanager
def watched(seconds: float) -> Iterator[None]:
    """End what happens inside after ``seconds`` with ``Late``.

    It is the second net, behind the limits on sizes and counts: it needs a system with interval timers and the main thread, and
    without them it does nothing.
    """
    if not hasattr(signal, "setitimer") or threading.current_thread() is not threading.main_thread():
        yield
        return

    def ring(number: int, frame: FrameType | None) -> None:
        raise Late(f"more than {seconds:g} s")

    before = signal.signal(signal.SIGALRM, ring)
    left, _ = signal.setitimer(signal.ITIMER_REAL, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, left)
        signal.signal(signal.SIGALRM, before)
