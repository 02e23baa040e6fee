"""Work over processes gives what work in one gives, and says when a process was lost."""

import contextlib
import os
import re
import signal
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Sequence

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from broadsheet import workers
from broadsheet.errors import BroadsheetError, Place, fail
from broadsheet.workers import Death, TooLongError, beside, limited, spread


@settings(max_examples=20, deadline=None)
@given(items=st.lists(st.integers(), max_size=60), size=st.integers(1, 9), workers=st.integers(1, 4))
def test_any_number_of_workers_gives_the_same_results_in_the_same_order(items: list[int], size: int, workers: int):
    alone = list(spread(lambda some: [n * n for n in some], items, slice_size=size, workers=1))
    assert list(spread(lambda some: [n * n for n in some], items, slice_size=size, workers=workers)) == alone


def test_work_is_done_in_more_than_one_process():
    def work(_: Sequence[int]) -> int:
        time.sleep(0.1)  # so long that a second process comes to its turn before the first has done all
        return os.getpid()

    assert len(set(spread(work, list(range(8)), slice_size=1, workers=2))) == 2


def test_a_process_that_has_done_much_is_replaced_and_nothing_is_lost(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(workers, "_MOST_TASKS", 5)

    def work(some: Sequence[int]) -> tuple[int, int]:
        time.sleep(0.002)
        return os.getpid(), some[0]

    done = list(spread(work, list(range(100)), slice_size=1, workers=2))
    assert [number for _, number in done] == list(range(100))
    lives = Counter(process for process, _ in done if process != os.getpid())
    assert len(lives) > 2
    assert set(lives.values()) <= {1, 2, 3, 4, 5}


def test_an_error_keeps_its_place_on_its_way_between_processes():
    def work(some: Sequence[int]) -> int:
        if list(some) == [3]:
            raise fail("value", "not so", Place("a.md", 7))
        return some[0]

    with pytest.raises(BroadsheetError, match=r"a.md:7: error: not so"):
        list(spread(work, list(range(6)), slice_size=1, workers=2))


def test_a_killed_process_is_a_clear_error_and_not_a_wait_without_end():
    parent = os.getpid()

    def work(some: Sequence[int]) -> int:
        if os.getpid() != parent:
            os.kill(os.getpid(), signal.SIGKILL)
        time.sleep(0.2)
        return some[0]

    with pytest.raises(BroadsheetError, match="worker process was killed"):
        list(spread(work, list(range(9)), slice_size=1, workers=2))


def test_no_process_waits_for_another():
    parent = os.getpid()

    def work(_some: Sequence[int]) -> bool:
        time.sleep(0.05 if os.getpid() == parent else 0.0)
        return os.getpid() == parent

    own = list(spread(work, list(range(40)), slice_size=1, workers=2))
    assert sum(own) < 20  # the other did not have to take turns with the slower one


def test_stopping_ends_all_processes_at_once():
    def work(some: Sequence[int]) -> int:
        time.sleep(30 * some[0])
        return some[0]

    started = time.monotonic()
    results = spread(work, [0, 1], slice_size=1, workers=2)
    next(results)
    results.close()
    assert time.monotonic() - started < 10


@pytest.mark.parametrize("workers", [1, 2])
def test_work_beside_other_work_gives_its_result_when_asked(workers: int):
    with beside(lambda: (os.getpid(), 42), workers=workers) as result:
        process, answer = result()
    assert answer == 42
    assert (process == os.getpid()) == (workers == 1)


@pytest.mark.parametrize("workers", [1, 2])
def test_what_goes_wrong_beside_is_raised_where_it_is_asked_for(workers: int):
    with beside(lambda: 1 // 0, workers=workers) as result, pytest.raises(ZeroDivisionError):
        result()


def test_a_slice_that_kills_its_process_is_made_up_for_and_the_others_are_as_they_were():
    parent = os.getpid()

    def work(some: Sequence[int]) -> list[tuple[int, int]]:
        if any(number in (3, 40, 41) for number in some):
            os.kill(os.getpid(), signal.SIGKILL)
        return [(number, os.getpid()) for number in some]

    def instead(some: Sequence[int], death: Death) -> list[tuple[int, int]]:
        assert not death.late
        return [(-number, 0) for number in some]

    done = list(spread(work, list(range(60)), slice_size=2, workers=3, lost=instead))
    found = [number for some in done for number, _ in some]
    assert [abs(number) for number in found] == list(range(60))
    assert {2, 3, 40, 41} <= {-number for number in found if number < 0}
    assert len([number for number in found if number > 0]) >= 60 - 3 * (60 // 2)  # a process is not lost for one slice
    assert parent not in {process for some in done for _, process in some}


def test_work_that_may_kill_its_process_is_not_done_in_this_one():
    done = list(spread(lambda _: os.getpid(), list(range(9)), slice_size=1, workers=2, lost=lambda *_: 0))
    assert os.getpid() not in done
    assert 0 not in done


def stubborn() -> None:
    while True:
        with contextlib.suppress(Exception):
            time.sleep(9)


HANGS = {
    "in Python": lambda: [None for _ in iter(int, 1)],
    "in a library": lambda: re.match(r"(?:a|a)*b", "a" * 64),
    "where every exception is caught": stubborn,
}


@pytest.mark.parametrize("hang", HANGS)
def test_what_never_ends_is_ended_at_its_limit_and_the_others_are_done(hang: str):
    def work(some: Sequence[int]) -> list[str]:
        done = []
        for number in some:
            with limited(f"number {number}", 0.2):
                if number == 4:
                    HANGS[hang]()
                done.append("done")
        return done

    def instead(some: Sequence[int], death: Death) -> list[str]:
        return [f"{death.label} late: {death.late}" if f"number {n}" == death.label else "again" for n in some]

    done = list(spread(work, list(range(12)), slice_size=3, workers=1, lost=instead))
    assert done[1] == ["again", "number 4 late: True", "again"]
    assert [some for some in done if some != done[1]] == [["done"] * 3] * 3


def test_where_a_thread_runs_what_never_ends_in_python_is_ended_too():
    gate = threading.Event()
    thread = threading.Thread(target=gate.wait)
    thread.start()
    try:
        with pytest.raises(TooLongError, match="a loop"), limited("a loop", 0.1):
            HANGS["where every exception is caught"]()
    finally:
        gate.set()
        thread.join()


def test_what_takes_too_long_beside_says_what_it_was_at():
    def work() -> None:
        with limited("the first", 9), limited("the second", 0.1):
            HANGS["in a library"]()

    with pytest.raises(TooLongError, match="the second"), beside(work, workers=2) as result:
        result()


def test_what_waits_for_a_core_is_given_its_time():
    """A machine that is busy: the clock goes on, and this process is not at work."""
    with limited("a page", 0.2):
        time.sleep(0.4)
        done = sum(range(1000))
    assert done == 499500


def test_a_limit_that_was_kept_ends_nothing_later():
    with limited("short", 0.1):
        pass
    time.sleep(0.2)


def test_every_slice_may_kill_its_process():
    def work(_: Sequence[int]) -> str:
        os.kill(os.getpid(), signal.SIGKILL)
        return ""

    assert list(spread(work, list(range(7)), slice_size=2, workers=3, lost=lambda some, _: f"{some[0]}")) == list(
        "0246"
    )


@pytest.mark.parametrize("count", [4_000, 4_001, 9_000])
def test_more_slices_than_a_pipe_has_room_for(count: int):
    assert list(spread(sum, list(range(count)), slice_size=1, workers=3)) == list(range(count))


def test_results_larger_than_any_pipe_come_whole_and_nobody_waits_for_them_to_be_read():
    parent = os.getpid()

    def work(some: Sequence[int]) -> tuple[bool, bytes]:
        time.sleep(0.1 if os.getpid() == parent else 0.0)
        return os.getpid() == parent, bytes([some[0]]) * 3_000_000

    done = list(spread(work, list(range(30)), slice_size=1, workers=2))
    assert [data for _, data in done] == [bytes([number]) * 3_000_000 for number in range(30)]
    assert sum(own for own, _ in done) < 15


def test_a_large_result_beside_comes_whole():
    with beside(lambda: b"a" * 9_000_000, workers=2) as result:
        assert result() == b"a" * 9_000_000


def test_a_process_killed_beside_is_a_clear_error():
    with (
        beside(lambda: os.kill(os.getpid(), signal.SIGKILL), workers=2) as result,
        pytest.raises(BroadsheetError, match="worker process was killed"),
    ):
        result()


def test_where_a_thread_runs_no_process_is_forked():
    gate = threading.Event()
    thread = threading.Thread(target=gate.wait)
    thread.start()
    try:
        processes = list(spread(lambda _: os.getpid(), list(range(9)), slice_size=1, workers=3))
        with beside(os.getpid, workers=3) as result:
            processes.append(result())
    finally:
        gate.set()
        thread.join()
    assert set(processes) == {os.getpid()}


FORKS = """
import os, threading, time, warnings
warnings.simplefilter("error")
counts = []
os.register_at_fork(before=lambda: counts.append(len(os.listdir("/proc/self/task"))))
from broadsheet import workers
workers._MOST_TASKS = 3

def work(some):
    time.sleep(0.005)
    if some[0] == 11 and lost:
        os._exit(1)
    return some[0]

for lost in (None, lambda some, death: some[0]):
    assert list(workers.spread(work, range(60), slice_size=1, workers=4, lost=lost)) == list(range(60))
with workers.beside(lambda: 1, workers=4) as result:
    assert list(workers.spread(work, range(9), slice_size=1, workers=4)) == list(range(9))
    assert result() == 1
print(len(counts), set(counts))
"""


@pytest.mark.skipif(not os.path.isdir("/proc/self/task"), reason="counts threads as Linux does")
def test_no_process_is_forked_beside_a_thread_not_even_to_replace_another():
    done = subprocess.run([sys.executable, "-c", FORKS], capture_output=True, text=True, check=False)
    forks, threads = done.stdout.split(" ", 1) if done.stdout else ("0", "")
    assert (threads, done.stderr) == ("{1}\n", "")
    assert int(forks) > 20


def test_no_process_and_no_descriptor_is_left_behind(monkeypatch: pytest.MonkeyPatch):
    fork, forked = os.fork, []

    def noted() -> int:
        forked.append(fork())
        return forked[-1]

    monkeypatch.setattr(os, "fork", noted)
    before = set(os.listdir("/dev/fd"))
    list(spread(lambda some: some[0], list(range(50)), slice_size=1, workers=3))
    results = spread(lambda some: some[0], list(range(50)), slice_size=1, workers=3)
    next(results)
    results.close()
    with beside(lambda: 1, workers=2):
        pass
    assert set(os.listdir("/dev/fd")) == before
    assert len(forked) == 5
    for process in forked:
        with pytest.raises(ProcessLookupError):
            os.kill(process, 0)
