"""The headers that hosts are to send with the site's files.

In: nothing but the names of files. Out: the page that hosts read.
"""

from __future__ import annotations

from collections.abc import Iterator

import msgspec

from broadsheet.model import FeedForm, Page
from broadsheet.pages import urls
from broadsheet.pages.compose import ViewContext
from broadsheet.pages.kind import Kind, Views
from broadsheet.pages.plan import PlanContext

_PIECES = ("fragment/", "index/", "filter/")  # of the search index, and of each of its parts
_DIGESTED = ("static/", "pictures/", *(f"pagefind/{part}{pieces}" for part in ("", ":part/") for pieces in _PIECES))


class HeadersInputs(msgspec.Struct, frozen=True):
    """The headers that a host should send: patterns of the feeds' addresses, each with the form of feed."""

    feeds: tuple[tuple[str, FeedForm], ...]


def _plan(_context: PlanContext) -> Iterator[Page]:
    yield Page(urls.HEADERS, "_headers", HeadersInputs(tuple(_patterns())))


def _patterns() -> Iterator[tuple[str, FeedForm]]:
    """The paths of feeds as hosts write patterns: ``:name`` is one part of a path."""
    for folder in ("", ":kind/", ":kind/:name/"):
        yield from ((f"{folder}{name}", form) for form, name in urls.FORMS.items())


def _view(made: HeadersInputs, context: ViewContext) -> Views:
    feeds = tuple((path, urls.MEDIA_TYPES[form]) for path, form in made.feeds)
    return {"base": context.at.base, "feeds": feeds, "digested": _DIGESTED}


HEADERS = Kind("headers", HeadersInputs, _view, _plan, machine=frozenset({"_headers"}))
