"""What the templates of lists may see: of stories, of names, of editions, of months; the rest stands in ``views``.

Addresses are ready to print; all text is escaped.
"""

from __future__ import annotations

import msgspec

from broadsheet.pages.charts import ChartFigure
from broadsheet.pages.timelines import RunningView
from broadsheet.pages.views import Card, Link, Pager


class ListView(msgspec.Struct, frozen=True):
    """Stories in a list, newest first: of a section, topic, author, source or month, or another taxonomy's term.

    ``kind`` says which: "month", or the taxonomy's name.
    """

    kind: str
    name: str
    cards: tuple[Card, ...]
    count: int
    pager: Pager
    feed: str = ""
    facts: FactsView | None = None


class FactsView(msgspec.Struct, frozen=True):
    """What the first page of a list tells: its share of the latest edition, what often stands beside it, its chart."""

    share: tuple[int, int, Link] | None
    neighbours: tuple[Link, ...]
    chart: ChartFigure | None
    home: str
    licences: tuple[Link, ...]


class IndexView(msgspec.Struct, frozen=True):
    """A list of names, each with an address and a count: all terms of a taxonomy, or all threads.

    ``running`` are the threads once more, with their newest developments; empty for anything else.
    """

    name: str
    entries: tuple[Link, ...]
    running: tuple[RunningView, ...] = ()
