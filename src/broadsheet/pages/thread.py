"""Threads: a page for each running story, and the page of all of them.

In: the threads of a newspaper. Out: their pages; of each all that its template may see, and a live blog.
"""

from __future__ import annotations

from collections.abc import Iterator

import msgspec

from broadsheet.model import Page
from broadsheet.pages import urls
from broadsheet.pages.compose import ViewContext
from broadsheet.pages.inputs import Item, Name
from broadsheet.pages.kind import Kind, Views, template
from broadsheet.pages.listing import NamesInputs
from broadsheet.pages.plan import PlanContext
from broadsheet.pages.structured import Structured, Thing, filled
from broadsheet.pages.views import Card, Link, PageView, When


class ThreadInputs(msgspec.Struct, frozen=True):
    """A thread's page: its stories newest first, ``fresh`` of them in the latest edition, the names that tie them with
    their weight, its topics and sources.
    """

    title: str
    address: str
    items: tuple[Item, ...]
    fresh: int
    ties: tuple[tuple[str, float], ...]
    topics: tuple[Name, ...]
    sources: tuple[Name, ...]


class ThreadView(msgspec.Struct, frozen=True):
    """A running story: its developments newest first, its first and last day, what ties it (in per cent).

    ``fresh`` is how many of the developments are new in the latest edition.
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


def _plan(context: PlanContext) -> Iterator[Page]:
    """A page a thread, and the page of all of them."""
    made = context.threads
    for thread in made.threads:
        address = urls.thread(thread)
        newest_first = thread.stories[::-1]
        inputs = ThreadInputs(
            title=thread.title,
            address=address,
            items=tuple(context.items[story.id] for story in newest_first),
            fresh=sum(story.id in made.fresh for story in newest_first),
            ties=tuple((tie.name, round(tie.weight, 3)) for tie in thread.ties),
            topics=made.named("topic", (name for story in newest_first for name in story.topics)),
            sources=made.named("source", (s.source.name for s in newest_first if s.source and s.source.name)),
        )
        yield Page(urls.file(address), "thread.html", inputs)
    if made.threads:
        names = tuple(Name(one.title, urls.thread(one), len(one.stories)) for one in made.threads)
        running = tuple(made.told(one, len(one.stories), made.fresh) for one in made.threads)
        yield Page(urls.file(urls.THREADS), "index.html", NamesInputs("threads", urls.THREADS, names, running))


def _view(made: ThreadInputs, context: ViewContext) -> Views:
    cards = tuple(map(context.card, made.items))
    view = ThreadView(
        title=made.title,
        cards=cards,
        fresh=made.fresh,
        first=cards[-1].date,
        last=cards[0].date,
        ties=tuple((name, round(100 * weight)) for name, weight in made.ties),
        topics=tuple(map(context.link, made.topics)),
        sources=tuple(map(context.link, made.sources)),
        feed=context.at.local(urls.feed(made.address)),
    )
    feed = (made.title, urls.feed(made.address))
    page = context.page("thread", made.address, made.title, cards[0].summary, feed=feed)
    return {"page": page, "thread": view}


def _structured(made: ThreadInputs, page: PageView, data: Structured) -> list[Thing]:
    """A running story as a live blog: an update for each of its stories, newest first."""
    began = data.moment(min(item.story.date for item in made.items))
    blog: Thing = {
        "@type": "LiveBlogPosting",
        "mainEntityOfPage": {"@type": "WebPage", "@id": page.canonical},
        "url": page.canonical,
        "headline": made.title,
        "image": [page.picture.url] if page.picture else [],
        "datePublished": began,
        "dateModified": data.moment(max(item.story.updated or item.story.date for item in made.items)),
        "coverageStartTime": began,
        "author": [data.publisher],
        "publisher": data.publisher,
        "inLanguage": page.language,
        "liveBlogUpdate": [_update(item, data) for item in made.items],
    }
    return [filled(blog), data.crumbs(page, ((data.view.titles.threads, urls.THREADS),))]


def _update(item: Item, data: Structured) -> Thing:
    story = item.story
    update: Thing = {
        "@type": "BlogPosting",
        "headline": story.title,
        "url": data.at.absolute(item.address),
        "datePublished": data.moment(story.date),
        "dateModified": data.moment(story.updated or story.date),
        "author": [data.publisher],
        "articleBody": story.summary or story.lead,
    }
    return filled(update)


THREAD = Kind(
    "thread",
    ThreadInputs,
    _view,
    _plan,
    structured=_structured,
    newest=lambda made: made.items[0] if made.items else None,
    templates={"thread.html": template("A running story.", thread=ThreadView)},
)
