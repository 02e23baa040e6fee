"""Files that are printed as they are: the theme's, pictures with their variants, share cards, the site's own.

In: what the site and its theme have, and the pictures that some page shows. Out: a page each, which no template draws.
A file of the site's own that would hide a page is left out with an error that names both; of the files that Broadsheet
makes for machines it may bring some itself, and a warning says which one it takes the place of.
"""

from __future__ import annotations

from collections.abc import Iterator

import msgspec

from broadsheet.config.settings import Settings
from broadsheet.errors import Place, error, warning
from broadsheet.model import Asset, Page
from broadsheet.pages import urls
from broadsheet.pages.kind import Kind
from broadsheet.pages.plan import PlanContext
from broadsheet.pages.taken_paths import TakenPaths


class AssetInputs(msgspec.Struct, frozen=True):
    """A file that is printed as it is."""

    asset: Asset


def _plan(context: PlanContext) -> Iterator[Page]:
    variants = (variant for asset in context.made.shown.values() for variant in (asset, *asset.variants))
    cards = (card for id_, card in context.stock.cards.items() if id_ in context.everyone)
    for asset in (*context.stock.static, *variants, *cards):
        yield Page(asset.path, "", AssetInputs(asset), asset.file)
    if context.stock.files:
        yield from _own(context)


def _own(context: PlanContext) -> Iterator[Page]:
    """The files of the site's own that hide nothing. To be asked when all other pages but redirects are planned."""
    there = TakenPaths({path: _source(page, context) for path, page in context.pages.items()})
    for asset in context.stock.files:
        folder = asset.path.partition("/")[0].lower()
        said = there.said(asset.path)
        if folder in urls.ASSETS and "/" in asset.path:
            said = f"/{folder}/ is the folder of files that Broadsheet makes"
        if said:
            message = f"is left out: {said}"
            hint = "Rename the file, or what uses its address."
            context.problems.append(error("static-hides", message, Place(asset.name), hint))
            continue
        if asset.path in context.replaced:
            _replaces(asset, context)
        there.add(asset.path, asset.name)
        yield Page(asset.path, "", AssetInputs(asset), asset.name)


def _source(page: Page, context: PlanContext) -> str:
    """What a page is made from, for a person who knows no templates."""
    return context.source(page) if page.origin or type(page.inputs) in context.own else "a file that Broadsheet makes"


_LOST = {
    urls.HEADERS: "Media types of feeds, caching and the content security policy are then for this file to say.",
    urls.REDIRECTS: "Old addresses are then left to the pages that lead on from them.",
    urls.ROBOTS: "Sitemaps are then for this file to name.",
}


def _replaces(asset: Asset, context: PlanContext) -> None:
    """A warning that a file takes the place of one that Broadsheet makes."""
    message = f"takes the place of the /{asset.path} that Broadsheet makes"
    if asset.path != urls.REDIRECTS and context.site.settings.robots != Settings().robots:
        message += ", and of what the settings say under robots"
    hint = f"{_LOST.get(asset.path, '')} Delete it to get Broadsheet's file back.".strip()
    context.problems.append(warning("static-replaces", message, Place(asset.name), hint))


FILE = Kind("file", AssetInputs, lambda _made, _context: {}, _plan)
