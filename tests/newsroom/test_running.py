"""Threads are looked for again only where what they are found by has changed."""

import datetime as dt

import msgspec

from broadsheet.config import Settings
from broadsheet.model import Story
from broadsheet.newsroom.running import running

TITLES = (
    "Volcano Hekla wakes after decades",
    "Volcano Hekla sends ash over Selfoss",
    "Ash of Hekla closes Selfoss school",
)


class Shelf:
    """A memory that counts how often it was written."""

    def __init__(self) -> None:
        self.values: dict[str, bytes] = {}
        self.written = 0

    def value(self, name: str) -> bytes | None:
        return self.values.get(name)

    def keep_value(self, name: str, data: bytes) -> None:
        self.values[name] = data
        self.written += 1


def stories() -> list[Story]:
    day = dt.datetime(2025, 5, 8, tzinfo=dt.UTC)
    topics = ("Hekla", "Selfoss", "Iceland")
    return [
        Story(
            f"s{n}",
            f"s{n}.md",
            f"s{n}",
            title,
            day + dt.timedelta(days=n),
            timed=False,
            body="",
            lead=title,
            topics=topics,
        )
        for n, title in enumerate(TITLES)
    ]


def test_what_is_remembered_is_what_was_found():
    shelf = Shelf()
    threads, _ = running(stories(), Settings(), shelf)
    assert [len(thread.stories) for thread in threads] == [3]
    assert running(stories(), Settings(), shelf)[0] == threads
    assert shelf.written == 2  # the result and what the search keeps, once


def test_a_longer_body_is_no_reason_to_look_again_and_another_title_is():
    shelf = Shelf()
    running(stories(), Settings(), shelf)
    longer = [msgspec.structs.replace(story, words=900) for story in stories()]
    running(longer, Settings(), shelf)
    assert shelf.written == 2
    running([msgspec.structs.replace(longer[0], title="Hekla sleeps"), *longer[1:]], Settings(), shelf)
    assert shelf.written == 4


def test_a_preview_goes_by_what_is_remembered_and_drops_what_is_gone():
    shelf = Shelf()
    running(stories(), Settings(), shelf)
    threads, _ = running(stories()[:2], Settings(thread_minimum=2), shelf, hurried=True)
    assert [story.id for thread in threads for story in thread.stories] == ["s0", "s1"]
    assert shelf.written == 2


def test_a_memory_that_cannot_be_read_is_as_good_as_none():
    shelf = Shelf()
    shelf.values = {"running": b"broken", "threads": b"\xff"}
    assert [len(thread.stories) for thread in running(stories(), Settings(), shelf)[0]] == [3]


def test_a_site_can_do_without():
    assert running(stories(), Settings(threads=False), Shelf()) == ((), {})
