"""Sequence: pages in the order in which they are best drawn, those of the newest stories first.

In: pages. Out: a number to sort them by. Pages that print the same stories are drawn one after another, so that what is
made of a story, such as its card in lists, is at hand when the next page asks for it, however many stories there are.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from broadsheet.model import Page
from broadsheet.pages.inputs import EditionInputs, Item, ListInputs, MonthInputs, StoryInputs
from broadsheet.pages.threadplan import ThreadInputs

LAST = float("inf")  # pages that print no stories, and feeds, which print what the stories' pages have printed


def place(page: Page) -> float:
    """The lower the newer: the age of a page's first story, in seconds."""
    first = _FIRST.get(type(page.inputs), _none)(page.inputs)
    return -first.story.date.timestamp() if first else LAST


def _none(_made: Any) -> None:
    return None


def _newest(made: ListInputs | MonthInputs | ThreadInputs) -> Item | None:
    return made.items[0] if made.items else None


_FIRST: dict[type, Callable[[Any], Item | None]] = {
    StoryInputs: lambda made: made.item,
    EditionInputs: lambda made: made.lead,
    ListInputs: _newest,
    MonthInputs: _newest,
    ThreadInputs: _newest,
}
