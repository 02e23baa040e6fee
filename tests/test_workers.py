"""Work over processes gives what work in one gives, and says when a process was lost."""

import os
import signal
import time
from collections import Counter
from collections.abc import Sequence

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from broadsheet import workers
from broadsheet.errors import BroadsheetError, Place, fail
from broadsheet.workers import beside, spread


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
    monkeypatch.setattr(workers, "_LIFE", 5)

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
