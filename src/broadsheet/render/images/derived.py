"""Derived files: what was made of pictures and headlines → what is printed of it.

In: an asset whose file lies in the cache. Out: its bytes, as they were made; made anew where the cache has not got them
or has something else.
"""

from __future__ import annotations

from pathlib import Path

from broadsheet.cache.cache_files import Files
from broadsheet.config import Site
from broadsheet.errors import Place
from broadsheet.model import Asset
from broadsheet.render.bodies import changed
from broadsheet.render.images import assets, cards

_MAKERS = {assets.FOLDER: assets.remade, cards.FOLDER: cards.remade}


def taken(site: Site, asset: Asset) -> bytes | None:
    """The bytes of an asset that lies in the cache; None for one that lies elsewhere.

    Raises BroadsheetError: ``changed`` where it cannot be made as it was planned, ``unwritable``.
    """
    if not asset.file.startswith(f"{site.shared}/"):
        return None
    key = Path(asset.file).relative_to(site.shared).as_posix()
    data = Files(site.shared).get(key)
    if data is None or assets.digested(data) != asset.digest:
        data = _MAKERS[key.partition("/")[0]](site, asset)
    if assets.digested(data) != asset.digest:
        raise changed(Place(asset.name))
    return data
