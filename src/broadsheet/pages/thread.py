"""Threads: a page for each running story, and the page of all of them.

In: the threads of a newspaper. Out: their pages; of each all that its template may see.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator

import msgspec
from markupsafe import Markup

from broadsheet.model import Asset, Page, Prose, Thread
from broadsheet.pages import urls
from broadsheet.pages.inputs import Development, Item, Name, StoryRef
from broadsheet.pages.kind import Kind, ViewContext, Views, template
from broadsheet.pages.listing import NamesInputs
from broadsheet.pages.plan import PlanContext
from broadsheet.pages.structured import Structured, Thing, filled, first_picture
from broadsheet.pages.views import Card, DevelopmentView, Link, PageView, When


class ThreadInputs(msgspec.Struct, frozen=True):
    """A thread's page: its stories newest first, ``fresh`` of them in the latest edition, the names that tie them with
    their weight, its topics and sources. ``moments`` are those that led an edition, ``own`` are the editor's words with
    the ``pictures`` that they show.
    """

    title: str
    address: str
    items: tuple[Item, ...]
    fresh: int
    ties: tuple[tuple[str, float], ...]
    topics: tuple[Name, ...]
    sources: tuple[Name, ...]
    feed: bool
    moments: tuple[Development, ...] = ()
    own: Prose | None = None
    pictures: tuple[Asset, ...] = ()


class ThreadView(msgspec.Struct, frozen=True):
    """A running story: its developments, the newest first, its first and last day, and what ties it (in per cent).

    ``fresh`` is the number of developments that are new in the latest edition. ``moments`` are its key moments,
    the oldest first: the beginning, what led an edition, the latest; a short one has none. ``known`` are the key points
    of the newest story with any, which is ``source``. ``feed`` is empty where the thread has none. ``intro`` is the
    word of the editor on it, as safe HTML.
    """

    title: str
    cards: tuple[Card, ...]
    fresh: int
    first: When
    last: When
    ties: tuple[tuple[str, int], ...]
    topics: tuple[Link, ...]
    sources: tuple[Link, ...]
    feed: str
    moments: tuple[DevelopmentView, ...] = ()
    known: tuple[str, ...] = ()
    source: Link | None = None
    intro: Markup = Markup()


LONG = 8  # stories from which a thread has key moments: of fewer its list says as much
MOMENTS = 7  # of a thread at most


def _moments(context: PlanContext, thread: Thread, leads: Collection[str]) -> tuple[Development, ...]:
    """The key moments of a thread, oldest first; none where they would be nearly all of its stories."""
    if len(thread.stories) < LONG:
        return ()
    first, *between, last = thread.stories
    chosen = [story for story in between if story.id in leads or story.priority == "lead"][2 - MOMENTS :]
    if len(chosen) + 2 > len(thread.stories) * 2 // 3:
        return ()
    return tuple(
        Development(story.date, context.links[story.id], story.id in context.threads.fresh)
        for story in (first, *chosen, last)
    )


def _plan(context: PlanContext) -> Iterator[Page]:
    """A page a thread, and the page of all of them."""
    made = context.threads
    feeds = {one.address: one.feed for one in made.terms(context.site.settings.feed_kinds)}
    leads = {edition.lead.id for edition in context.newspaper.editions}
    for thread in made.threads:
        words, pictures = context.introduction(urls.thread(thread))
        address = urls.thread(thread)
        newest_first, own = thread.stories[::-1], made.own(thread)[::-1]
        inputs = ThreadInputs(
            title=thread.title,
            address=address,
            items=tuple(context.everyone[story.id] for story in newest_first),
            fresh=sum(story.id in made.fresh for story in newest_first),
            ties=tuple((tie.name, round(tie.weight, 3)) for tie in thread.ties),
            topics=made.named("topic", (name for story in own for name in story.topics)),
            sources=made.named("source", (s.source.name for s in own if s.source and s.source.name)),
            feed=feeds[address],
            moments=_moments(context, thread, leads),
            own=words,
            pictures=pictures,
        )
        yield Page(urls.file(address), "thread.html", inputs)
    if made.threads:
        names = tuple(Name(one.title, urls.thread(one), len(one.stories)) for one in made.threads)
        running = tuple(made.told(one, len(one.stories), made.fresh) for one in made.threads)
        whole = context.below(urls.THREADS)
        yield Page(urls.file(whole), "index.html", NamesInputs("threads", whole, names, running))


def _view(made: ThreadInputs, context: ViewContext) -> Views:
    cards = tuple(map(context.card, made.items))
    known = next((item for item in made.items if item.story.points), None)
    view = ThreadView(
        title=made.title,
        cards=cards,
        fresh=made.fresh,
        first=cards[-1].date,
        last=cards[0].date,
        ties=tuple((name, round(100 * weight)) for name, weight in made.ties),
        topics=tuple(map(context.link, made.topics)),
        sources=tuple(map(context.link, made.sources)),
        feed=context.at.local(urls.feed(made.address)) if made.feed else "",
        moments=tuple(map(context.step, made.moments)),
        known=known.story.points if known else (),
        source=context.link(StoryRef(known.story, known.address)) if known else None,
        intro=context.body(made.own, made.pictures) if made.own else Markup(),
    )
    feed = (made.title, urls.feed(made.address)) if made.feed else None
    picture = first_picture(made.items, context.at)
    page = context.page("thread", made.address, made.title, cards[0].summary, feed=feed, picture=picture)
    return {"page": page, "thread": view}


def _structured(made: ThreadInputs, page: PageView, data: Structured) -> list[Thing]:
    """A running story as a list of its stories, newest first. It is no live blog: each story has a page of its own."""
    collection: Thing = {
        "@type": "CollectionPage",
        "url": page.canonical,
        "name": made.title,
        "description": page.description,
        "image": [page.picture.url] if page.picture else [],
        "datePublished": data.moment(min(item.story.date for item in made.items)),
        "dateModified": data.moment(max(item.story.updated or item.story.date for item in made.items)),
        "publisher": data.publisher,
        "inLanguage": page.language,
        "mainEntity": data.items(made.items),
    }
    above = ((data.view.titles.threads, data.below(urls.THREADS)),)
    return [filled(collection), data.crumbs(page, above)]


THREAD = Kind(
    "thread",
    ThreadInputs,
    _view,
    _plan,
    structured=_structured,
    newest=lambda made: made.items[0] if made.items else None,
    templates={"thread.html": template("A running story.", thread=ThreadView)},
)
