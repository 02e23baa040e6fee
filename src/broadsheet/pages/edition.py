"""Editions: a page for each, the front page, and for each year a list with a calendar.

In: the editions of a newspaper. Out: their pages, and of each all that its template may see.
"""

from __future__ import annotations

import datetime as dt
import itertools
from collections import Counter
from collections.abc import Iterable, Iterator

import msgspec
from markupsafe import Markup

from broadsheet.model import Asset, Disclosure, Edition, Page, Text
from broadsheet.pages import urls
from broadsheet.pages.charts import MonthFigure, months
from broadsheet.pages.front import NOTHING, Fill, fill, ranks
from broadsheet.pages.inputs import EditionRef, Item, Name, Running, StoryRef
from broadsheet.pages.kind import WORDS_A_MINUTE, Kind, ViewContext, Views, template
from broadsheet.pages.listing import latest
from broadsheet.pages.plain import PlainInputs, elsewhere
from broadsheet.pages.plan import PlanContext
from broadsheet.pages.structured import Structured, Thing, first_picture
from broadsheet.pages.views import Card, Link, PageView, RunningView, TeaserView, When
from broadsheet.text import slug


class EditionInputs(msgspec.Struct, frozen=True, gc=False):
    """An edition's page; ``front`` where it is the front page too. ``running`` are the threads that it goes on with.

    ``pictures`` are those that its note shows; ``id`` is what feeds know it by. Where it is frozen, ``masthead`` is the
    title and tagline of the site as they were, ``words`` each story's id, headline and summary. ``thread`` are the ids
    of its stories that go on with the lead's thread. The front page has the edition's own ``page``, ``fill``, and
    stories that are ``elsewhere``: in other languages of the site, and not in this. It has no ``matters``, which stand
    on the edition's own page.
    """

    number: int
    address: str
    title: str
    note: Text | None
    first: dt.date
    last: dt.date
    lead: Item
    desks: tuple[tuple[Name, tuple[Item, ...]], ...]
    briefs: tuple[Item, ...]
    running: tuple[Running, ...]
    previous: EditionRef | None
    next: EditionRef | None
    front: bool
    pictures: tuple[Asset, ...] = ()
    id: str = ""
    masthead: tuple[str, str] = ("", "")
    words: tuple[tuple[str, str, str], ...] = ()
    thread: tuple[str, ...] = ()
    page: str = ""
    fill: Fill = NOTHING
    elsewhere: tuple[StoryRef, ...] = ()
    matters: tuple[str, ...] = ()

    def headline(self, item: Item) -> str:
        """The headline of a story as the edition was printed with it; as it is now where none is frozen."""
        return next((title for id_, title, _ in self.words if id_ == item.story.id), item.story.title)


class EditionSummary(msgspec.Struct, frozen=True):
    """An edition in a list: how it is referred to, how many stories it has, its lead."""

    edition: EditionRef
    count: int
    lead: StoryRef


class YearInputs(msgspec.Struct, frozen=True):
    """The editions of a year, newest first; its days that have stories, with their number and their edition's address.

    ``years`` are all years that have editions, each with the number of these.
    """

    address: str
    year: int
    lines: tuple[EditionSummary, ...]
    days: tuple[tuple[dt.date, int, str], ...]
    years: tuple[Name, ...]


class DeskView(msgspec.Struct, frozen=True):
    """A section of an edition; ``anchor`` is the id that links on the page use."""

    section: Link
    cards: tuple[Card, ...]
    anchor: str


class EditionView(msgspec.Struct, frozen=True):
    """An edition: number, day or days, the lead, the sections in the site's order, briefs, running stories, neighbours.

    ``previous`` is the older edition, ``next`` the newer one. ``note`` is the editor's note, as safe HTML,
    ``matters`` are the editor's lines on what matters; the front page has none.
    ``minutes`` is the time to read all of it. A story with a day before ``date.day`` was late, and shows its own date.

    ``permalink`` is the edition's own address, which is not that of the front page. ``days`` is its number of days.

    ``desks`` are all stories except the lead and the briefs. The same stories by rank: ``seconds`` are the one or two
    that follow the lead, if any; ``following`` those of the lead's running story; ``rest`` the desks without these.
    The front page of an edition with few stories also has ``earlier``, stories of the days before, all of this week
    if ``this_week``, and ``newest``, the latest of each section that has none above. On a site in several languages the
    front page also has ``elsewhere``: stories that are not there in its language, each with the language of its title.
    """

    number: int
    title: str
    date: When
    note: Markup
    lead: Card
    desks: tuple[DeskView, ...]
    briefs: tuple[Card, ...]
    running: tuple[RunningView, ...]
    count: int
    minutes: int
    url: str
    previous: Link | None
    next: Link | None
    permalink: str = ""
    days: int = 1
    seconds: tuple[Card, ...] = ()
    following: tuple[Card, ...] = ()
    rest: tuple[DeskView, ...] = ()
    earlier: tuple[Card, ...] = ()
    this_week: bool = False
    newest: tuple[TeaserView, ...] = ()
    elsewhere: tuple[Link, ...] = ()
    matters: tuple[str, ...] = ()


class EditionsView(msgspec.Struct, frozen=True):
    """The editions of a year, the newest first, its calendar, and all years with their numbers of editions."""

    year: str
    lines: tuple[EditionLine, ...]
    months: tuple[MonthFigure, ...]
    years: tuple[Link, ...]


class EditionLine(msgspec.Struct, frozen=True):
    """An edition in a list; ``language`` is that of its lead's title if it is not the site's."""

    number: int
    title: str
    url: str
    date: When
    count: int
    lead: str
    language: str = ""


def _plan(context: PlanContext) -> Iterator[Page]:
    """The front page, and a page an edition, newest first."""
    editions = context.newspaper.editions
    if context.stock.templates and "latest.html" in context.stock.templates:
        yield latest(context)
    elif editions:
        yield _page(inputs(context, 0, front=True))
    else:
        yield Page(urls.file(context.home), "empty.html", PlainInputs(context.home, elsewhere=elsewhere(context)))
    for place in range(len(editions)):
        yield _page(inputs(context, place))


def _page(made: EditionInputs) -> Page:
    return Page(urls.file(made.address), "front.html" if made.front else "edition.html", made)


def inputs(context: PlanContext, place: int, *, front: bool = False) -> EditionInputs:
    """What the page of the edition at this place, newest first, is made from; or the front page with the same."""
    edition, refs, items = context.newspaper.editions[place], context.refs, context.items
    sections = context.names["section"]
    return EditionInputs(
        number=edition.number,
        address=context.home if front else refs[place][1],
        title=edition.title,
        note=edition.note,
        first=edition.first,
        last=edition.last,
        lead=items[edition.lead.id],
        desks=tuple(
            [(sections[desk.section], tuple([items[story.id] for story in desk.stories])) for desk in edition.desks]
        ),
        briefs=tuple([items[story.id] for story in edition.briefs]),
        running=context.threads.running(edition),
        previous=refs[place + 1] if place + 1 < len(refs) else None,
        next=refs[place - 1] if place else None,
        front=front,
        pictures=context.made.pictures(edition.note) if edition.note else (),
        id=edition.id,
        masthead=edition.frozen.masthead if edition.frozen and not front else ("", ""),
        words=tuple(_words(context, edition)) if edition.frozen else (),
        thread=context.threads.following(edition),
        page=refs[place][1],
        fill=fill(context, edition) if front else NOTHING,
        elsewhere=elsewhere(context) if front else (),
        matters=() if front else edition.matters,
    )


def _words(context: PlanContext, edition: Edition) -> Iterator[tuple[str, str, str]]:
    """The headline and the summary with which each story of a frozen edition was printed, where they are others now."""
    words = edition.frozen.words if edition.frozen else {}
    for story in edition.stories:
        now = context.items[story.id].story
        if said := words.get(story.id):
            then = context.made.set(msgspec.structs.replace(story, title=said[0], summary=said[1]))
            # What a machine wrote is not frozen, since its label could not be: then the summary is that of now.
            title, summary = then.title, now.abstract if story.retracted or not said[1] else then.summary
            if (title, summary) != (now.title, now.abstract):
                yield story.id, title, summary


def _plan_years(context: PlanContext) -> Iterator[Page]:
    """The page of all editions, which shows the newest year, and a page for each year."""
    editions = context.newspaper.editions
    years = [
        (year, list(places))
        for year, places in itertools.groupby(range(len(editions)), lambda n: editions[n].first.year)
    ]
    names = tuple(Name(f"{year}", urls.editions(year, context.home), len(places)) for year, places in years)
    for number, (year, places) in enumerate(years):
        lines = tuple([_line(context, place) for place in places])
        days = tuple(day for place in reversed(places) for day in _days(context, place))
        own = urls.editions(year, context.home)
        for address in (context.below(urls.EDITIONS), own) if number == 0 else (own,):
            yield Page(urls.file(address), "editions.html", YearInputs(address, year, lines, days, names))


def _line(context: PlanContext, place: int) -> EditionSummary:
    edition = context.newspaper.editions[place]
    count = 1 + len(edition.briefs) + sum([len(desk.stories) for desk in edition.desks])
    return EditionSummary(context.refs[place], count, context.links[edition.lead.id])


def _days(context: PlanContext, place: int) -> Iterator[tuple[dt.date, int, str]]:
    """The days of an edition that have stories; a late story counts for the edition's first day."""
    edition, address = context.newspaper.editions[place], context.refs[place][1]
    if edition.first == edition.last:
        yield edition.first, _line(context, place).count, address
        return
    days = (context.made.days[story.id] for story in edition.stories)
    counts = Counter(day if edition.first <= day <= edition.last else edition.first for day in days)
    yield from ((day, counts[day], address) for day in sorted(counts))


def items_of(made: EditionInputs) -> Iterator[Item]:
    """The stories of an edition, in the order of its page."""
    return itertools.chain((made.lead,), *(items for _, items in made.desks), made.briefs)


def _changed(made: EditionInputs) -> dt.datetime:
    return max([item.story.updated or item.story.date for item in items_of(made)])


def _view(made: EditionInputs, context: ViewContext) -> Views:
    date = context.dates.span(made.first, made.last)
    words = [item.story.words for item in items_of(made)]
    said = {id_: (title, summary) for id_, title, summary in made.words}

    def card(item: Item) -> Card:
        """A story as the edition was printed with it; what was corrected or retracted since is marked."""
        now, then = context.card(item), said.get(item.story.id)
        if then is None:
            return now
        ai: Disclosure = "" if now.ai == "ai_summary" and then[1] != now.summary else now.ai
        return msgspec.structs.replace(now, title=then[0], summary=then[1], ai=ai)

    def shown(desks: Iterable[tuple[Name, tuple[Item, ...]]]) -> tuple[DeskView, ...]:
        return tuple(
            DeskView(context.link(name), tuple(map(card, items)), f"desk-{_anchor(name)}") for name, items in desks
        )

    by_rank = ranks(made.desks, made.thread)
    view = EditionView(
        number=made.number,
        title=made.title or date.text,
        date=date,
        note=context.body(made.note, made.pictures) if made.note else Markup(),
        lead=card(made.lead),
        desks=shown(made.desks),
        briefs=tuple(map(card, made.briefs)),
        running=tuple(map(context.running, made.running)),
        count=len(words),
        minutes=max(1, round(sum(words) / WORDS_A_MINUTE)),
        url=context.at.local(made.address),
        previous=context.edition(made.previous) if made.previous else None,
        next=context.edition(made.next) if made.next else None,
        permalink=context.at.local(made.page),
        days=(made.last - made.first).days + 1,
        seconds=tuple(map(card, by_rank.seconds)),
        following=tuple(map(card, by_rank.following)),
        rest=shown(by_rank.rest),
        earlier=tuple(map(context.card, made.fill.earlier)),
        this_week=made.fill.week,
        newest=tuple(map(context.teaser, made.fill.newest)),
        elsewhere=tuple(map(context.link, made.elsewhere)),
        matters=made.matters,
    )
    title = context.view.title if made.front else view.title
    kind = "front" if made.front else "edition"
    description = "" if made.front else context.gist(made.headline(item) for item in items_of(made))
    page = context.page(kind, made.address, title, description, picture=first_picture(items_of(made), context.at))
    # The newest edition is canonical for itself, though the front page shows the same: a canonical link to the root of
    # a site from another page was tried, and Lighthouse's audit counts it as a mistake.
    views = {"page": page, "edition": view}
    if made.masthead[0] and made.masthead != (context.view.title, context.view.tagline):
        views["site"] = msgspec.structs.replace(context.view, title=made.masthead[0], tagline=made.masthead[1])
    return views


def _anchor(name: Name) -> str:
    """The part of an address that tells a section from others."""
    return name.address.rstrip("/").rpartition("/")[2] or slug(name.title, default="more")


def _view_years(made: YearInputs, context: ViewContext) -> Views:
    name, at = context.view.titles.editions, context.at
    title = name if made.address == context.below(urls.EDITIONS) else f"{name} {context.dates.year(made.year)}"
    lines = []
    for line in made.lines:
        number, address, first, last, own = line.edition
        date = context.dates.span(first, last)
        lead = context.link(line.lead)
        title_ = own or date.text
        lines.append(EditionLine(number, title_, at.local(address), date, line.count, lead.title, lead.language))
    days = {day: (count, at.local(address)) for day, count, address in made.days}
    years = tuple(
        context.link(msgspec.structs.replace(one, title=context.dates.year(int(one.title)))) for one in made.years
    )
    view = EditionsView(context.dates.year(made.year), tuple(lines), months(days, context.dates), years)
    gist = context.gist(line.lead for line in lines)
    return {"page": context.page("editions", made.address, title, gist), "editions": view}


def _structured(made: EditionInputs, page: PageView, data: Structured) -> list[Thing]:
    above = ((data.view.titles.editions, data.below(urls.EDITIONS)),)
    return [data.website() if made.front else data.crumbs(page, above), data.items(items_of(made))]


def _structured_years(made: YearInputs, page: PageView, data: Structured) -> list[Thing]:
    whole = data.below(urls.EDITIONS)
    above = () if made.address == whole else ((data.view.titles.editions, whole),)
    return [data.crumbs(page, above)]


EDITION = Kind(
    "edition",
    EditionInputs,
    _view,
    _plan,
    structured=_structured,
    newest=lambda made: made.lead,
    changed=_changed,
    templates={
        "front.html": template("The front page: the latest edition.", edition=EditionView),
        "edition.html": template("An edition under its own address.", edition=EditionView),
    },
)
YEARS = Kind(
    "year of editions",
    YearInputs,
    _view_years,
    _plan_years,
    structured=_structured_years,
    templates={"editions.html": template("The editions of a year.", editions=EditionsView)},
)
