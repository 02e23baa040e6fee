"""Ctrl-C → after the work in hand: what is being written is finished first."""

from __future__ import annotations

import contextlib
import signal
import threading
from collections.abc import Iterator


@contextlib.contextmanager
def shielded() -> Iterator[None]:
    """Hold back Ctrl-C while the block runs; one that came meanwhile is delivered at its end.

    Elsewhere than in the main thread there is nothing to hold back: signals go to that one.
    """
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    came: list[int] = []
    before = signal.signal(signal.SIGINT, lambda number, _: came.append(number))
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before if before is not None else signal.default_int_handler)
        if came:
            signal.raise_signal(signal.SIGINT)
