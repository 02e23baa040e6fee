"""Files that are printed as they are: the theme's, pictures with their variants, share cards.

In: what the site and its theme have, and the pictures that some page shows. Out: a page each, which no template draws.
"""

from __future__ import annotations

from collections.abc import Iterator

import msgspec

from broadsheet.model import Asset, Page
from broadsheet.pages.kind import Kind
from broadsheet.pages.plan import PlanContext


class AssetInputs(msgspec.Struct, frozen=True):
    """A file that is printed as it is."""

    asset: Asset


def _plan(context: PlanContext) -> Iterator[Page]:
    variants = (variant for asset in context.made.shown.values() for variant in (asset, *asset.variants))
    cards = (card for id_, card in context.stock.cards.items() if id_ in context.items)
    for asset in (*context.stock.static, *variants, *cards):
        yield Page(asset.path, "", AssetInputs(asset), asset.file)


FILE = Kind("file", AssetInputs, lambda _made, _context: {}, _plan)
