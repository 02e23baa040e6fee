"""The contract with themes: which templates there are, and the views that each gets, by type.

In: nothing; it is what ``Composer`` does, said for those who write themes and for what checks them. Out: a ``Kind`` for
each template.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import msgspec

from broadsheet.pages.listviews import EditionsView, IndexView, ListView, Year
from broadsheet.pages.storyviews import CorrectionView, StoryView, ThreadView
from broadsheet.pages.views import EditionView, Link, PageView, ProseView, SiteView


class Kind(msgspec.Struct, frozen=True):
    """A kind of page: what it is, and the types of the views that its template gets, by name."""

    about: str
    views: Mapping[str, Any]


def _page(about: str, **views: Any) -> Kind:
    return Kind(about, {"site": SiteView, "page": PageView, **views})


TEMPLATES: Mapping[str, Kind] = {
    "front.html": _page("The front page: the latest edition.", edition=EditionView),
    "latest.html": _page("The front page of a theme that has this instead: the newest stories.", listing=ListView),
    "empty.html": _page("The front page of a site without a story."),
    "edition.html": _page("An edition under its own address.", edition=EditionView),
    "editions.html": _page("The editions of a year.", editions=EditionsView),
    "story.html": _page("A story.", story=StoryView),
    "thread.html": _page("A running story.", thread=ThreadView),
    "list.html": _page("A page of a section's, topic's, author's, source's or month's stories.", listing=ListView),
    "index.html": _page("All topics, authors, sources or threads, by name.", index=IndexView),
    "archive.html": _page("The archive, or a year of it: its months.", archive=tuple[Year, ...]),
    "corrections.html": _page(
        "All corrections, each with its story; the editor's own words on them stand before.",
        prose=ProseView,
        corrections=tuple[tuple[CorrectionView, Link], ...],
    ),
    "prose.html": _page("A page of the editor's own, such as About.", prose=ProseView),
    "search.html": _page("The page to search the site."),
    "404.html": _page("What a reader gets at an address where nothing is."),
    "partials/titles.json": Kind("What the theme calls pages, as JSON: the fields of ``Titles``, all or some.", {}),
}
