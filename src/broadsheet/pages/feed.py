"""Feeds: of the site, of each term of a taxonomy and each thread, of editions; and the list of them all.

In: the newspaper. Out: their pages, and of each a ``Feed`` with absolute addresses, which the press writes in the form
that was asked for. Nothing here asks the clock.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator, Sequence
from html import escape
from itertools import chain
from urllib.parse import urlsplit

import msgspec

from broadsheet import iri
from broadsheet.config.settings import Settings
from broadsheet.model import Asset, FeedForm, Page, Story
from broadsheet.pages import enclosures, entry_text, urls
from broadsheet.pages.bodies import for_feed
from broadsheet.pages.edition import EditionInputs, inputs, items_of
from broadsheet.pages.inputs import Body, Item, Name
from broadsheet.pages.kind import Kind, ViewContext, Views
from broadsheet.pages.plan import PlanContext
from broadsheet.pages.story import headline
from broadsheet.pages.views import in_zone
from broadsheet.syndication import Feed, FeedItem, FeedRef

TEMPLATES: dict[FeedForm, str] = {"rss": "feed.xml", "atom": "atom.xml", "json": "feed.json"}
MOST = 60  # entries of a feed: what readers take
KEPT = 2048  # entries in memory: those of a feed in its three forms, and of the feeds that share them
_HALF_HOUR = dt.timedelta(minutes=30)


class Entries(msgspec.Struct, frozen=True, gc=False):
    """The stories of a feed, newest first, with their bodies and the pictures that these show."""

    items: tuple[Item, ...]
    bodies: tuple[Body, ...]
    pictures: tuple[tuple[Asset, ...], ...]


class FeedInputs(msgspec.Struct, frozen=True, gc=False):
    """A feed in one of its forms: what it is of, its address, that of its page, its entries.

    An archive names the feed that it continues as ``current``; ``older`` and ``newer`` are the archives beside it.
    ``ended`` tells that nothing will come by it any more.
    """

    form: FeedForm
    name: str
    address: str
    home: str
    entries: Entries
    current: str = ""
    older: str = ""
    newer: str = ""
    ended: bool = False


class EditionFeedInputs(msgspec.Struct, frozen=True):
    """The feed of editions in one of its forms."""

    form: FeedForm
    address: str
    home: str
    editions: tuple[EditionInputs, ...]


class FeedListInputs(msgspec.Struct, frozen=True):
    """The list of feeds: groups by what they are feeds of ("topics"; empty: the site's own), each of titles with the
    addresses of their pages; a page that the theme names has no title here.
    """

    groups: tuple[tuple[str, tuple[Name, ...]], ...]


def _plan(context: PlanContext) -> Iterator[Page]:
    """The site's feed and its archives, that of each term, that of editions; then the list of them all."""
    settings, newspaper = context.site.settings, context.newspaper
    size = settings.feed_items
    stories = out(context, newspaper.everything)
    retracted = _retracted(context)
    archives = len(stories) // size if len(stories) > size else 0
    yield from _forms(context, "", context.home, newest(stories, size), archives)
    groups: dict[str, list[Name]] = {"": [Name("", context.home)]}
    if newspaper.editions:
        groups[""].append(Name("", context.below(urls.EDITIONS)))
        yield from _editions(context, size)
    begun = {place.addresses[-1] for place in context.stock.places if place.feeds and place.addresses}
    for one in chain(*context.terms.values(), context.threads.terms(settings.feed_kinds)):
        if one.feed or (one.taxonomy.feeds and one.address in begun):  # it has subscribers, however few its stories
            row, term, address = one
            groups.setdefault(row.folder, []).append(Name(term.name, address))
            most = size if row.long_feeds else settings.topic_feed_items
            known = (*term.stories, *retracted.get(address, ())) if retracted else term.stories
            yield from _forms(context, term.name, address, newest(out(context, known), most))
    yield from _archives(context, stories, size, archives)
    lists = tuple((name, tuple(feeds)) for name, feeds in groups.items())
    yield Page(context.below(urls.FEED_LIST), "feeds.opml", FeedListInputs(lists))


def ended(form: FeedForm, name: str, address: str, home: str) -> Page:
    """The feed at an address at which one was published and nothing comes any more: it is valid, and has no entry.

    So nothing reaches a subscriber twice, and no reader of feeds meets an error page where hosts know no 410.
    """
    return Page(address, TEMPLATES[form], FeedInputs(form, name, address, home, Entries((), (), ()), ended=True))


def feed_id(settings: Settings, form: FeedForm, address: str) -> str:
    """The id of a feed, by which readers of feeds know it: no new title or layout of the site changes it."""
    return f"{_mark(settings)}:{form}:{address}"


def _mark(settings: Settings) -> str:
    return settings.id or urlsplit(settings.url).netloc


def newest(stories: Sequence[Story], size: int) -> Sequence[Story]:
    """The newest of these stories, as many as a feed has, and the older ones that were corrected or retracted since.

    Whoever read these by the feed learns of it by the feed: their entries keep their ids, and go again as others come.
    """
    first = stories[:size]
    if len(first) == len(stories):
        return sorted(stories, key=lambda story: story.date, reverse=True)
    oldest = first[-1].date
    told = [(_told(story), story) for story in stories[size:] if story.corrections or story.retracted]
    late = sorted(((moment, story) for moment, story in told if moment > oldest), key=lambda one: one[0], reverse=True)
    return (*first, *(story for _, story in late[: max(0, MOST - size)]))


def _told(story: Story) -> dt.datetime:
    """When readers were last told of a mistake in a story that has one."""
    return max(one.date for one in (*story.corrections, story.retracted) if one)


def _retracted(context: PlanContext) -> dict[str, list[Story]]:
    """The retracted stories of each term, by the address of its page: they stand in its feed, and in no list."""
    found: dict[str, list[Story]] = {}
    for story in context.newspaper.retracted:
        for row in context.rows:
            addresses = {context.names[row.name][spelling].address for spelling in row.values(story)}
            for address in addresses - {""}:
                found.setdefault(address, []).append(story)
    return found


def out(context: PlanContext, stories: Iterable[Story], most: int = 0) -> list[Story]:
    """The newest of these stories, without what only a preview shows."""
    found: list[Story] = []
    for story in stories:
        if not context.items[story.id].marks:
            found.append(story)
            if len(found) == most:
                break
    return found


def _forms(context: PlanContext, name: str, home: str, stories: Sequence[Story], archives: int = 0) -> Iterator[Page]:
    made = _entries(context, stories)
    for form, template in _templates(context):
        address = urls.feed(home, form)
        older = urls.older(archives, form, context.home) if archives and context.site.settings.feed_archives else ""
        yield Page(address, template, FeedInputs(form, name, address, home, made, older=older))


def _archives(context: PlanContext, stories: Sequence[Story], size: int, archives: int) -> Iterator[Page]:
    """The archives of the site's feed (RFC 5005), counted from the oldest, so that a full one changes no more."""
    oldest = max(1, archives - context.site.settings.feed_archives + 1)
    for number in range(archives, oldest - 1, -1):
        last = len(stories) - (number - 1) * size
        made = _entries(context, stories[last - size : last])
        for form, template in _templates(context):
            inputs = FeedInputs(
                form=form,
                name="",
                address=urls.older(number, form, context.home),
                home=context.home,
                entries=made,
                current=urls.feed(context.home, form),
                older=urls.older(number - 1, form, context.home) if number > oldest else "",
                newer=urls.older(number + 1, form, context.home) if number < archives else "",
            )
            yield Page(inputs.address, template, inputs)


def _templates(context: PlanContext) -> Iterator[tuple[FeedForm, str]]:
    return ((form, TEMPLATES[form]) for form in context.site.settings.feed_forms)


def _entries(context: PlanContext, stories: Sequence[Story]) -> Entries:
    items = tuple([context.items[story.id] for story in stories])
    pictures = tuple([context.made.pictures(story) if story.pictures or story.audio else () for story in stories])
    return Entries(items, tuple(map(Body, stories)), pictures)


def _editions(context: PlanContext, size: int) -> Iterator[Page]:
    made = [inputs(context, place) for place in range(min(size, len(context.newspaper.editions)))]
    shown = tuple(one for one in made if not one.lead.marks)
    for form, template in _templates(context):
        home = context.below(urls.EDITIONS)
        address = urls.feed(home, form)
        yield Page(address, template, EditionFeedInputs(form, address, home, shown))


class Feeds:
    """Composes the feeds of one site."""

    def __init__(self, context: ViewContext) -> None:
        settings = context.site.settings
        self.context = context
        self.view = context.view
        self.bodies = context.bodies
        self.dates = context.dates
        self.zone = context.site.zone
        self.at = context.at
        self.hub = iri.absolute(settings.hub)
        self.title = context.view.title or self.at.root
        self.mark = _mark(settings)
        self.licence = iri.absolute(settings.licence_url) if settings.licence_url != settings.licence else ""
        contact = context.view.contact
        self.mail = contact.removeprefix("mailto:") if contact.startswith("mailto:") else ""
        self._kept: dict[bytes, FeedItem] = {}

    def stories(self, made: FeedInputs) -> Feed:
        """The feed of stories that these inputs plan."""
        entries = zip(made.entries.items, made.entries.pictures, strict=True)
        return self._feed(
            made.form,
            f"{made.name} – {self.title}" if made.name else self.title,
            made.address,
            made.home,
            (self._entry(item, pictures) for item, pictures in entries),
            (made.current, made.older, made.newer),
            self.view.titles.gone if made.ended else "",
        )

    def editions(self, made: EditionFeedInputs) -> Feed:
        """The feed of editions that these inputs plan: one entry an edition."""
        entries = map(self._edition, made.editions)
        return self._feed(made.form, f"{self.view.titles.editions} – {self.title}", made.address, made.home, entries)

    def _feed(
        self,
        form: FeedForm,
        title: str,
        address: str,
        home: str,
        items: Iterable[FeedItem],
        around: tuple[str, str, str] = ("", "", ""),
        description: str = "",
    ) -> Feed:
        view = self.view
        current, older, newer = (self.at.absolute(address) if address else "" for address in around)
        return Feed(
            id=feed_id(self.context.site.settings, form, address),
            title=title,
            description=description or view.description or title,
            url=self.at.absolute(address),
            home=self.at.absolute(home),
            language=view.language,
            publisher=view.publisher or title,
            copyright=view.copyright,
            items=tuple(items),
            hub=self.hub,
            current=current,
            older=older,
            newer=newer,
            icon=view.icon.url if view.icon else "",
            mail=self.mail,
        )

    def _entry(self, item: Item, pictures: tuple[Asset, ...]) -> FeedItem:
        key = item.digest + item.story.body.encode()
        made = self._kept.get(key)
        if made is None:
            if len(self._kept) == KEPT:
                del self._kept[next(iter(self._kept))]
            made = self._kept[key] = self._story(item, pictures)
        return made

    def _story(self, item: Item, pictures: tuple[Asset, ...]) -> FeedItem:
        story = item.story
        source = iri.absolute(story.source.url) if story.source else ""
        own = chain.from_iterable(story.terms.values())
        return FeedItem(
            id=story.id,
            title=headline(story, self.context),
            url=self.at.absolute(item.address),
            summary=entry_text.summary(item, self.context),
            html=entry_text.of(item, pictures, self.context),
            date=self.said(story.date),
            updated=self.said(story.updated) if story.updated else None,
            language=story.lang or self.view.language,
            authors=story.authors,
            categories=tuple(dict.fromkeys(filter(None, (story.section, *story.topics, *own)))),
            picture=enclosures.picture(story, item.picture, self.at) if item.picture else None,
            source=msgspec.structs.replace(story.source, url=source) if story.source and source else None,
            sound=enclosures.sound(story, pictures, self.at),
            rights=self._rights(story),
            podcast=self.mail != "",
        )

    def _rights(self, story: Story) -> str:
        """The licence of a story: its source's, else the site's for what is the site's own."""
        if story.source and (story.source.licence or story.source.name):
            return story.source.licence
        return " ".join(filter(None, (self.view.licence.title, self.licence))) if self.view.licence else ""

    def _edition(self, made: EditionInputs) -> FeedItem:
        """An edition as an entry: what matters, the lead with its summary, the headlines of sections, the briefs."""
        changed = max(item.story.updated or item.story.date for item in items_of(made))
        # An edition that holds only late stories may be dated after today: its entry has the date of its newest story.
        date = min(dt.datetime.combine(made.first, dt.time(), self.zone), changed)
        lead = made.lead.story
        summary = f"<p>{escape(entry_text.summary(made.lead, self.context))}</p>"
        note = ""
        if made.note:
            setting = self.context.setting(made.note)
            note = for_feed(self.bodies(made.note), self.at, made.pictures, made.address, setting)
        lines = "".join(f"<li>{escape(line, quote=False)}</li>" for line in made.matters)
        parts = [
            note,
            f"<ul>{lines}</ul>" if lines else "",
            f"<h2>{self._headline(made, made.lead)}</h2>",
            summary if lead.abstract else "",
        ]
        for name, desk in (*((name.title, desk) for name, desk in made.desks), ("", made.briefs)):
            if desk:
                heading = f"<h3>{escape(name)}</h3>" if name else ""
                parts.append(
                    heading + "<ul>" + "".join(f"<li>{self._headline(made, item)}</li>" for item in desk) + "</ul>"
                )
        return FeedItem(
            id=f"{self.mark}:{urls.edition_address(made.id) if made.id else made.address}",
            title=made.title or self.dates.span(made.first, made.last).text,
            url=self.at.absolute(made.address),
            summary=made.headline(made.lead),
            html="\n".join(filter(None, parts)),
            date=self.said(date),
            updated=self.said(changed),
            language=self.view.language,
            picture=enclosures.picture(lead, made.lead.picture, self.at) if made.lead.picture else None,
        )

    def _headline(self, made: EditionInputs, item: Item) -> str:
        return f'<a href="{escape(self.at.absolute(item.address))}">{escape(made.headline(item))}</a>'

    def said(self, moment: dt.datetime) -> dt.datetime:
        """A moment as feeds say it: in the site's time zone, or in UTC where that is not half hours away from it.

        Readers know no other (``InvalidRFC2822Date``): not Nepal's, nor the local times before railways.
        """
        return in_zone(moment, self.zone, _HALF_HOUR)


def _view_list(made: FeedListInputs, context: ViewContext) -> Views:
    titles, feeds = context.view.titles, context.kept(Feeds)
    groups = tuple(
        (
            context.titles[group] if group else "",
            tuple(
                FeedRef(
                    name.title or (feeds.title if name.address == context.home else titles.editions),
                    context.at.absolute(urls.feed(name.address)),
                    context.at.absolute(name.address),
                )
                for name in names
            ),
        )
        for group, names in made.groups
    )
    return {"title": feeds.title, "groups": groups}


FEED = Kind(
    "feed",
    FeedInputs,
    lambda made, context: {"feed": context.kept(Feeds).stories(made)},
    _plan,
    machine=frozenset(TEMPLATES.values()),
)
EDITION_FEED = Kind(
    "feed of editions",
    EditionFeedInputs,
    lambda made, context: {"feed": context.kept(Feeds).editions(made)},
    machine=frozenset(TEMPLATES.values()),
)
FEED_LIST = Kind("list of feeds", FeedListInputs, _view_list, machine=frozenset({"feeds.opml"}))
