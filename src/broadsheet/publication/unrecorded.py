"""Pages of a release of which the record has nothing: what each is, by what it says of itself.

In: the files of the release that readers have, and those of its pages that are unknown. Out: things for the record. A
page leads on to another (its canonical address), is a story's (its structured data), or only has a title.
"""

from __future__ import annotations

import contextlib
import html
import re
from collections.abc import Container, Iterable, Iterator

import msgspec

from broadsheet import publish, published
from broadsheet.config import Site
from broadsheet.errors import BroadsheetError
from broadsheet.pages import urls
from broadsheet.pages.gone import OTHER

_HEAD = 16_000  # bytes of a page in which all of this stands
_CANONICAL = re.compile(r'<link rel="?canonical"? href="?([^">\s]+)')
_TITLE = re.compile(r"<title>([^<]*)</title>")
_STORY = re.compile(r'"@type":\s*"NewsArticle"')
_HEADLINE = re.compile(r'"headline":\s*("(?:[^"\\]|\\.)*")')


def found(
    site: Site,
    release: publish.Bundle,
    unknown: Iterable[str],
    out: Iterable[published.PublishedItem],
    there: Container[str],
) -> Iterator[published.PublishedItem]:
    """What these pages are, each with its address; ``out`` are the stories and editions that there are now.

    A story is known again by its headline where it is alone in having it, and does not stand at its own address yet.
    """
    root = urls.Addresses(site.settings.url).root
    at = {item.addresses[-1]: item for item in out if item.addresses}
    titles: dict[str, list[published.PublishedItem]] = {}
    for item in at.values():
        if item.kind == published.STORY and urls.file(item.addresses[-1]) not in there:
            titles.setdefault(item.title, []).append(item)
    pages = dict(_pages(release, unknown))
    leading = dict[str, str]()
    for address, page in pages.items():
        canonical = _CANONICAL.search(page)
        leads = html.unescape(canonical[1]).removeprefix(root) if canonical else address
        if leads != address:
            leading[address] = leads
            continue
        same = titles.get(_headline(page), [])
        item = _at(same[0], address) if len(same) == 1 else _item(page, address, site.settings.title)
        at[address] = item
        yield item
    for address, leads in leading.items():
        yield _at(at[leads], address) if leads in at else _item("", address, "")


def _pages(release: publish.Bundle, unknown: Iterable[str]) -> Iterator[tuple[str, str]]:
    """The pages of the release that can be read, by address: as much of each as is looked at. Others' are not ours."""
    for path in sorted(set(release.paths).intersection(unknown)):
        address = urls.answered(path)
        with contextlib.suppress(BroadsheetError):
            if urls.plain(address):
                yield address, release.read(path)[:_HEAD].decode("utf-8", "replace")


def _at(item: published.PublishedItem, address: str) -> published.PublishedItem:
    """A thing that is at this address as well."""
    sent = {"": published.Sending("", address)}
    return published.PublishedItem(item.id, item.kind, item.title, (address,), sent=sent)


def _item(page: str, address: str, site: str) -> published.PublishedItem:
    """A page that is nothing of what there is now; by its address it has an id that nothing else has."""
    sent = {"": published.Sending("", address)}
    if headline := _headline(page):
        return published.PublishedItem(address, published.STORY, headline, (address,), sent=sent)
    title = _TITLE.search(page)
    said = html.unescape(title[1]).removesuffix(f" · {site}").strip() if title else ""
    return published.PublishedItem(address, OTHER, "" if said == site else said, (address,), sent=sent)


def _headline(page: str) -> str:
    """The headline of a story's page; empty for any other page."""
    if not _STORY.search(page) or not (written := _HEADLINE.search(page)):
        return ""
    try:
        return str(msgspec.json.decode(written[1]))
    except msgspec.DecodeError:
        return ""
