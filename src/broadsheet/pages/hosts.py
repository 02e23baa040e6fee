"""What hosts are told: the pages at old addresses, all redirects, the headers to send.

In: the stories and threads of a newspaper. Out: pages for browsers and hosts.
"""

from __future__ import annotations

from collections.abc import Iterator
from urllib.parse import quote, unquote

import msgspec

from broadsheet.errors import Place, warning
from broadsheet.model import MEDIA_TYPES, FeedForm, Page
from broadsheet.pages import urls
from broadsheet.pages.compose import ViewContext
from broadsheet.pages.inputs import Name, StoryRef
from broadsheet.pages.kind import Kind, Views
from broadsheet.pages.plan import PlanContext

_PIECES = ("fragment/", "index/", "filter/")  # of the search index, and of each of its parts
_DIGESTED = ("static/", "pictures/", *(f"pagefind/{part}{pieces}" for part in ("", ":part/") for pieces in _PIECES))


class RedirectInputs(msgspec.Struct, frozen=True):
    """The page at an old address, which leads to the new one: that of a story, or of another page."""

    story: StoryRef | None
    page: Name | None = None


class RedirectsInputs(msgspec.Struct, frozen=True):
    """All redirects: an old path as the editor wrote it, the new address."""

    pairs: tuple[tuple[str, str], ...]


class HeadersInputs(msgspec.Struct, frozen=True):
    """The headers that a host should send: patterns of the feeds' addresses, each with the form of feed."""

    feeds: tuple[tuple[str, FeedForm], ...]


def _plan(context: PlanContext) -> Iterator[Page]:
    pairs = []
    for story in context.newspaper.stories:
        if not story.aliases:
            continue
        item = context.items[story.id]
        origin = f"{context.site.settings.content}/stories/{story.path}"
        for alias in story.aliases:
            old = old_page(alias)
            if old is None:
                hint = "An old address is a path such as /news/2024/harbour.html."
                context.problems.append(warning("alias", f"{alias!r} cannot be a page", Place(origin), hint))
            elif old != urls.file(item.address):
                pairs.append((alias, item.address))
                yield Page(old, "redirect", RedirectInputs(context.links[story.id]), origin)
    for alias, address, title in context.threads.moved():
        pairs.append((alias, address))
        yield Page(urls.file(alias.removeprefix("/")), "redirect", RedirectInputs(None, Name(title, address)))
    yield Page(urls.REDIRECTS, "_redirects", RedirectsInputs(tuple(sorted(pairs))))
    yield Page(urls.HEADERS, "_headers", HeadersInputs(tuple(_patterns())))


def old_page(alias: str) -> str | None:
    """The file that answers at an old address; None where there can be none."""
    path = unquote(alias).strip("/")
    parts = path.split("/")
    if any(not part or part.startswith(".") or len(part.encode()) > 200 or not part.isprintable() for part in parts):
        return None
    if "\\" in path or len(path.encode()) > 1000:
        return None
    return path if path.endswith((".html", ".htm")) else f"{path}/index.html"


def _patterns() -> Iterator[tuple[str, FeedForm]]:
    """The paths of feeds as hosts write patterns: ``:name`` is one part of a path."""
    for folder in ("", ":kind/", ":kind/:name/"):
        yield from ((f"{folder}{name}", form) for form, name in urls.FORMS.items())


def _view(made: RedirectInputs, context: ViewContext) -> Views:
    to = made.story or made.page
    return {
        "target": context.at.local(to.address) if to else "",
        "canonical": context.at.absolute(to.address) if to else "",
        "title": to.title if to else "",
        "language": (made.story.story.lang if made.story else "") or context.view.language,
    }


def _view_all(made: RedirectsInputs, context: ViewContext) -> Views:
    at, base = context.at, context.at.base.rstrip("/")
    return {"pairs": tuple((base + quote(old, safe="/%:@!$&'()*+,;=~"), at.local(new)) for old, new in made.pairs)}


def _view_headers(made: HeadersInputs, context: ViewContext) -> Views:
    feeds = tuple((path, MEDIA_TYPES[form]) for path, form in made.feeds)
    return {"base": context.at.base, "feeds": feeds, "digested": _DIGESTED}


REDIRECT = Kind("redirect", RedirectInputs, _view, _plan, machine=frozenset({"redirect"}))
REDIRECTS = Kind("redirects", RedirectsInputs, _view_all, machine=frozenset({"_redirects"}))
HEADERS = Kind("headers", HeadersInputs, _view_headers, machine=frozenset({"_headers"}))
