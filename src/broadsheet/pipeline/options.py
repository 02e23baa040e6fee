"""How to build: what whoever asks for a build can say, and how it hears of the work.

In: nothing; these are values. It loads next to nothing, for a build that has nothing to do.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

import msgspec

from broadsheet.workers import Workers

Progress = Callable[[str, int, int], None]  # what is being done, how many are done, of how many


def silent(_what: str, _done: int, _of: int) -> None:
    """Reports to nobody."""


class Options(msgspec.Struct, frozen=True):
    """How to build: as of when, with drafts or without, for which address, with which filters for templates
    and kinds of pages of the site's own.
    """

    now: dt.datetime
    preview: bool = False
    filters: Mapping[str, Callable[..., Any]] = {}
    pages: Sequence[Any] = ()
    summarise: Callable[[Any], Any] | None = None  # a function of the site's own that summarises a story
    workers: Workers = 0  # 0: as many as there are processors

    @property
    def code(self) -> dict[str, Callable[..., Any]]:
        """The functions of the site's build.py that pages are made by, each by what it is."""
        own = {f"filter {name}": function for name, function in self.filters.items()} | dict(_parts(self.pages))
        return own | ({"summarise": self.summarise} if self.summarise else {})


def _parts(kinds: Iterable[Any]) -> Iterable[tuple[str, Callable[..., Any]]]:
    for kind in kinds:
        for part in ("plan", "view", "structured", "changed"):
            function = getattr(kind, part, None)
            if callable(function):
                yield f"{part} of the kind of page {getattr(kind, 'name', kind)!r}", function
