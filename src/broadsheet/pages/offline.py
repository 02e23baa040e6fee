"""The offline edition: what a browser keeps, so that the newest edition opens where there is no network.

In: the newest edition and the files that its pages load. Out: two pages for machines, where the settings ask for them:
the manifest by which the site can be installed, and the service worker, which keeps the edition and its pictures.
"""

from __future__ import annotations

from collections.abc import Iterator
from hashlib import blake2b
from itertools import chain

import msgspec

from broadsheet.model import Asset, Page
from broadsheet.pages import urls
from broadsheet.pages.bodies import WEBP
from broadsheet.pages.edition import inputs as edition_inputs
from broadsheet.pages.edition import items_of
from broadsheet.pages.inputs import Body, Item
from broadsheet.pages.kind import Kind, ViewContext, Views
from broadsheet.pages.plan import PlanContext

WIDTH = 800  # pixels of the pictures that are kept, about: enough for a phone, and for a column
NOT_KEPT = (".txt", ".css.map", "share.png", "feed.css")  # files of a theme that no page loads


class ManifestInputs(msgspec.Struct, frozen=True):
    """The manifest: paths of the theme's icons."""

    icons: tuple[tuple[str, str], ...]


class WorkerInputs(msgspec.Struct, frozen=True):
    """The service worker: the addresses of the pages that it keeps, the files that these load, their pictures.

    Whatever changes a page that is kept is among the inputs, so that the worker changes with it. ``ended`` tells that
    nothing is kept any more.
    """

    pages: tuple[str, ...]
    files: tuple[str, ...]
    pictures: tuple[str, ...]
    items: tuple[Item, ...]
    bodies: tuple[Body, ...]
    ended: bool = False


def ended() -> Page:
    """The worker at the address at which one was published, of a site that keeps no edition any more.

    A browser goes by the worker that it has until it gets another: without one, readers keep the last edition for good.
    """
    return Page(urls.WORKER, "sw.js", WorkerInputs((), (), (), (), (), ended=True))


def _plan(context: PlanContext) -> Iterator[Page]:
    if not context.site.settings.offline:
        return
    context = context.languages[0]  # of several languages the first, at whose front page a reader arrives
    static = {asset.name: asset.path for asset in context.stock.static}
    icons = tuple((static[name], kind) for name, kind in _ICONS if name in static)
    yield Page(urls.MANIFEST, "manifest.webmanifest", ManifestInputs(icons))
    stories: tuple[Item, ...] = ()
    editions = []
    if context.newspaper.editions:
        newest = edition_inputs(context, 0)
        stories, editions = tuple(items_of(newest)), [newest.address]
    pages = [context.home, *editions, *(item.address for item in stories)]
    bodies = tuple(Body(item.story) for item in stories)
    shown = chain.from_iterable(context.made.pictures(item.story) for item in stories if item.story.pictures)
    leads = (item.picture for item in stories if item.picture)
    pictures = dict.fromkeys(_kept(asset) for asset in (*leads, *shown) if asset.width)
    files = tuple(path for name, path in static.items() if not name.endswith(NOT_KEPT))
    known = tuple(address for address in pages if urls.file(address) in context.pages)
    yield Page(urls.WORKER, "sw.js", WorkerInputs(known, files, tuple(pictures), stories, bodies))


_ICONS = (("icon.png", "image/png"), ("favicon.svg", "image/svg+xml"))


def _kept(asset: Asset) -> str:
    """The file of a picture that is kept: one that every browser of this decade shows, of a middling width."""
    found = [one for one in asset.variants if one.path.endswith(WEBP)]
    return min((asset, *found), key=lambda one: (abs(one.width - WIDTH), one.size)).path


def _view_manifest(made: ManifestInputs, context: ViewContext) -> Views:
    return {"site": context.view, "icons": tuple((context.at.local(path), kind) for path, kind in made.icons)}


def _view_worker(made: WorkerInputs, context: ViewContext) -> Views:
    mark = blake2b(digest_size=8)
    for one in made.items:
        mark.update(one.digest)
    for body in made.bodies:
        mark.update(body.digest)
    listed = {
        name: tuple(context.at.local(path) for path in paths)
        for name, paths in (("pages", made.pages), ("files", made.files), ("pictures", made.pictures))
    }
    return {"mark": "" if made.ended else mark.hexdigest(), "home": context.at.base, **listed}


MANIFEST = Kind("manifest", ManifestInputs, _view_manifest, _plan, machine=frozenset({"manifest.webmanifest"}))
WORKER = Kind("service worker", WorkerInputs, _view_worker, machine=frozenset({"sw.js"}))
