"""The plan: every page of a site, and what all pages have in common, before any page is rendered.

In: a site, a moment, what was read before. Out: what the site is made from, and of it the plan; problems join a report.
Nothing below output/ is touched.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from hashlib import blake2b

import msgspec

from broadsheet import __version__, newsroom, pages, render
from broadsheet import published as record
from broadsheet.cache.snapshot import code_digests
from broadsheet.cache.store import Store
from broadsheet.config import PublishRules, Settings, Site
from broadsheet.config.robots import Robots
from broadsheet.content import positions
from broadsheet.errors import Report
from broadsheet.model import Asset, EditionNote, Newspaper, Page, PictureProblem, Prose, Story, Text
from broadsheet.pages import urls
from broadsheet.pipeline.options import Options, Progress, silent
from broadsheet.pipeline.reading import read_editions, read_prose, read_static
from broadsheet.syndication import SearchEntry
from broadsheet.workers import cores


class Sources(msgspec.Struct, frozen=True):
    """All that a site is made from besides its settings and the clock.

    ``pictures`` are by their name below content/, sounds, films and tables among them, and so are the ``faults`` of
    those that cannot be shown. ``static`` are the theme's files by their name, ``templates`` those of a theme that
    stands alone, ``titles`` what the theme calls pages, by language. ``cards`` are the share cards of stories, by id.
    ``files`` are the site's own files at its root.
    """

    stories: Sequence[Story]
    notes: tuple[EditionNote, ...]
    prose: tuple[Prose, ...]
    pictures: Mapping[str, Asset]
    static: Mapping[str, Asset]
    templates: frozenset[str] | None
    titles: Mapping[str, Mapping[str, str]] = {}
    faults: Mapping[str, PictureProblem] = {}
    cards: Mapping[str, Asset] = {}
    files: tuple[Asset, ...] = ()


class Common(msgspec.Struct, frozen=True):
    """What the pages of a plan have in common, and what else the next build needs of it, as it is saved.

    ``views`` are the site in each of its languages, by the folders of their pages.
    ``code`` are digests of the files that the site's own functions stand in, ``static`` of the theme's files, by name,
    ``words`` of its catalogues.
    By template, ``reached`` are digests of the templates that it can print, ``reach`` is the digest of all that it can.
    ``respelt`` are stories that are printed with other topics or another section than they have in their files, by
    their paths; ``carded`` the paths of those that may have a share card. ``searched`` tells of a page to search from.
    """

    version: str
    settings: Settings
    views: dict[str, pages.SiteView]
    code: dict[str, bytes]
    static: dict[str, bytes]
    words: dict[str, bytes]
    reached: dict[str, dict[str, bytes]]
    reach: dict[str, bytes]
    respelt: dict[str, Story]
    carded: frozenset[str]
    searched: bool


class Plan(msgspec.Struct, frozen=True):
    """What is to be rendered: pages, and what they have in common.

    ``paths`` are those of all pages of the site, None where they are as the last build left them. ``stories`` are those
    whose facts are to be compared with what was published, ``parts`` what the search index may have to be renewed of.
    """

    common: Common
    pages: tuple[Page, ...]
    paths: frozenset[str] | None
    stories: Sequence[Story]
    parts: Mapping[str, Sequence[SearchEntry]]


class WholePlan(Plan, frozen=True, kw_only=True):
    """The plan of every page: made of the newspaper, of ``sources``, and of a ``stock`` besides."""

    newspaper: Newspaper
    sources: Sources
    stock: pages.Stock


def gather(
    site: Site,
    options: Options,
    theme: render.Theme,
    store: Store,
    report: Report,
    stories: Sequence[Story],
    tell: Progress = silent,
    lap: Callable[[str], None] = lambda _stage: None,
) -> Sources:
    """All that a site is made from: its stories, and what is read and made here. Problems go into the report."""
    workers = options.workers or cores()
    prose = read_prose(site, report, options.now, preview=options.preview)
    notes = read_editions(site, report, options.now)
    files = read_static(site, store, report)
    lap("read")
    texts: list[Prose | Text] = [*prose, *(note.text for note in notes if note.text)]
    named = pages.pictured(stories, texts)
    pictures = render.pictures(site, named, store, workers, lambda done, of: tell("pictures", done, of))
    report.extend(pictures.notes)
    media = render.media(site, pages.mediated(stories, texts), store)
    cards: dict[str, Asset] = {}
    if has_cards(theme, options):
        cards = render.share_cards(
            site,
            pages.headlines(stories, site),
            pages.written,
            store,
            workers,
            lambda done, of: tell("share cards", done, of),
        )
    lap("pictures")
    return Sources(
        stories=stories,
        notes=notes,
        prose=prose,
        pictures={**pictures.assets, **media.assets},
        static=theme.printed,
        templates=theme.templates,
        titles={"": render.titles(theme)} | {home: render.titles(one) for home, one in theme.languages.items()},
        faults={**pictures.faults, **media.faults},
        cards=cards,
        files=files,
    )


def make(
    site: Site,
    options: Options,
    sources: Sources,
    theme: render.Theme,
    store: Store,
    report: Report,
    lap: Callable[[str], None] = lambda _stage: None,
) -> WholePlan:
    """The plan of these sources; problems go into the report."""
    published = record.load(site, report)
    report.extend(published.doubts)
    addresses = published.addresses()
    sources = msgspec.structs.replace(sources, stories=newsroom.noticed(sources.stories, addresses))
    newspaper, problems = newsroom.assemble(
        sources.stories,
        site.settings,
        now=options.now,
        preview=options.preview,
        notes=sources.notes,
        published=published.editions(),
        addresses=addresses,
        memory=store,
    )
    report.extend(positions.placed(site.root, problems))
    lap("assemble")
    views = {own.home: _view(own, newspaper.parts.get(own.home, newspaper), sources) for own in site.languages}
    marks = newsroom.marked(newspaper.everything, options.now) if options.preview else {}
    retracted = {story.id for story in newspaper.retracted}
    report.extend(record.moved(site, newspaper, published))
    stock = pages.Stock(
        prose=sources.prose,
        pictures=sources.pictures,
        static=tuple(sources.static.values()),
        marks=marks,
        templates=sources.templates,
        faults=sources.faults,
        cards={id_: card for id_, card in sources.cards.items() if id_ not in retracted},
        files=sources.files,
        kinds=tuple(options.pages),
        published=addresses,
        old=record.old_editions(newspaper, published),
        places=published.places(),
        expired=frozenset([story.id for story in sources.stories if story.expires and story.expires <= options.now]),
        since=options.now - pages.NEWS_DAYS,
    )
    planned, unplanned = pages.plan(newspaper, stock, site)
    report.extend(unplanned)
    lap("plan")
    searched = pages.searched(planned) and not options.preview
    return WholePlan(
        common=_common(site, options, sources, theme, views, planned, newspaper.everything, searched=searched),
        pages=tuple(planned),
        paths=frozenset([page.path for page in planned]),
        stories=newspaper.stories,
        parts=render.parts(pages.entries(planned)) if searched else {},
        newspaper=newspaper,
        sources=sources,
        stock=stock,
    )


def _view(site: Site, newspaper: Newspaper, sources: Sources) -> pages.SiteView:
    """A site as the pages in one of its languages see it."""
    view = pages.site_view(site, newspaper, sources.prose)
    view = pages.with_titles(view, sources.titles.get(site.home, {}))
    return pages.with_share(view, sources.static, site.settings.url)


def _common(
    site: Site,
    options: Options,
    sources: Sources,
    theme: render.Theme,
    views: Mapping[str, pages.SiteView],
    planned: Sequence[Page],
    printed: Sequence[Story],
    *,
    searched: bool,
) -> Common:
    templates = sorted({page.template for page in planned})
    read = set(map(id, sources.stories))
    carded = set(pages.headlines(sources.stories, site)) if has_cards(theme, options) else set()
    carded -= {story.id for story in printed if story.retracted}
    return Common(
        version=__version__,
        settings=visible(site.settings),
        views=dict(views),
        code=code_digests(options.code),
        static={name: asset.digest for name, asset in theme.printed.items()},
        words=theme.word_digests,
        reached={name: theme.reached(name) for name in templates if name.endswith(".html")},
        reach={name: render.reach(theme, name) for name in templates},
        respelt={story.path: story for story in printed if id(story) not in read or story.generated},
        carded=frozenset([story.path for story in sources.stories if story.id in carded]),
        searched=searched,
    )


def has_cards(theme: render.Theme, options: Options) -> bool:
    """Whether share cards are drawn: a theme without a card for the site shows none, nor does a preview."""
    return "share.png" in theme.assets and not options.preview


def visible(settings: Settings) -> Settings:
    """The settings as far as pages show them: not where a site goes, nor what only editors and crawlers see."""
    return msgspec.structs.replace(
        settings, output="", workers=0, targets={}, publish=PublishRules(), silence={}, page_weight=0, robots=Robots()
    )


class PageKeys:
    """Says of pages whether they must be rendered again, and how they are saved. Not for two threads at once."""

    def __init__(self, common: Common) -> None:
        self._common = {
            home: blake2b(
                msgspec.msgpack.encode((common.version, common.settings, view, common.code)), digest_size=16
            ).digest()
            for home, view in common.views.items()
        }
        self._reach = common.reach
        self._pack = pages.Packer().pack

    def __call__(self, page: Page) -> tuple[bytes, bytes]:
        """The digest of all that a page is made from, which is its key; and the page as it is saved."""
        packed = self._pack(page)
        common = self._common[urls.language(page.path, self._common)]
        parts = (packed.digest, self._reach.get(page.template, b""), common)
        return blake2b(b"".join(parts), digest_size=16).digest(), packed.data
