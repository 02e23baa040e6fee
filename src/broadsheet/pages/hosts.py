"""The headers that hosts are to send with the site's files.

In: the names of files, what the settings ask of crawlers. Out: the page that hosts read.
"""

from __future__ import annotations

from collections.abc import Iterator

import msgspec

from broadsheet import iri
from broadsheet.config.robots import Robots
from broadsheet.model import FeedForm, Page
from broadsheet.pages import urls
from broadsheet.pages.compose import ViewContext
from broadsheet.pages.kind import Kind, Views
from broadsheet.pages.plan import PlanContext
from broadsheet.pages.robots import preferences

_PIECES = ("fragment/", "index/", "filter/")  # of the search index, and of each of its parts
_DIGESTED = ("static/", "pictures/", *(f"pagefind/{part}{pieces}" for part in ("", ":part/") for pieces in _PIECES))


class HeadersInputs(msgspec.Struct, frozen=True):
    """The headers that a host should send: patterns of the feeds' addresses, each with the form of feed.

    ``always`` are further headers of all files, ``types`` the addresses of other files with their media types.
    """

    feeds: tuple[tuple[str, FeedForm], ...]
    always: tuple[tuple[str, str], ...] = ()
    types: tuple[tuple[str, str], ...] = ()


def _plan(context: PlanContext) -> Iterator[Page]:
    if urls.HEADERS in context.replaced:
        return
    types = ((urls.RSL, "application/rsl+xml"),) if context.site.settings.robots.rsl else ()
    yield Page(
        urls.HEADERS, "_headers", HeadersInputs(tuple(_patterns()), tuple(_asked(context.site.settings.robots)), types)
    )


def _patterns() -> Iterator[tuple[str, FeedForm]]:
    """The paths of feeds as hosts write patterns: ``:name`` is one part of a path."""
    for folder in ("", ":kind/", ":kind/:name/"):
        yield from ((f"{folder}{name}", form) for form, name in urls.FORMS.items())


def _asked(asked: Robots) -> Iterator[tuple[str, str]]:
    """What crawlers are asked in headers: the preferences of the IETF's draft, the TDM Reservation Protocol."""
    if asked.ai_preferences:
        yield "Content-Usage", preferences(asked)
    if asked.tdm:
        yield "tdm-reservation", "1"
        if asked.terms:
            yield "tdm-policy", iri.absolute(asked.terms)


def _view(made: HeadersInputs, context: ViewContext) -> Views:
    feeds = tuple((path, urls.MEDIA_TYPES[form]) for path, form in made.feeds)
    return {
        "base": context.at.base,
        "feeds": (*feeds, *made.types),
        "digested": _DIGESTED,
        "always": dict(made.always),
    }


HEADERS = Kind("headers", HeadersInputs, _view, _plan, machine=frozenset({"_headers"}))
