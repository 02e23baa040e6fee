"""Corrections: the page of all of them and of retractions, which may begin with the editor's own words.

In: the stories of a newspaper. Out: the page, and all that its template may see.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator

import msgspec
from markupsafe import Markup

from broadsheet.model import Asset, Page, Prose
from broadsheet.pages import urls
from broadsheet.pages.inputs import StoryRef
from broadsheet.pages.kind import Kind, ViewContext, Views, template
from broadsheet.pages.plain import ProseView
from broadsheet.pages.plan import PlanContext
from broadsheet.pages.story import CorrectionView
from broadsheet.pages.views import Link


class CorrectionsInputs(msgspec.Struct, frozen=True):
    """All corrections, newest first, each with its story; the page may begin with the editor's own words on them.

    An entry says last whether it is the notice of a retraction.
    """

    entries: tuple[tuple[dt.datetime, str, StoryRef, bool], ...]
    prose: Prose | None
    pictures: tuple[Asset, ...] = ()


def _plan(context: PlanContext) -> Iterator[Page]:
    """The page of all corrections, where there are any; the editor's own page of that name is its beginning."""
    found = [
        (made.date, made.text, story, made is story.retracted)
        for story in context.newspaper.everything
        for made in (*story.corrections, story.retracted)
        if made
    ]
    if found:
        found.sort(key=lambda one: one[0], reverse=True)
        entries = tuple((date, text, context.links[story.id], last) for date, text, story, last in found)
        address = context.below(urls.CORRECTIONS)
        own = next((prose for prose in context.prose if urls.prose(prose.slug) == address), None)
        inputs = CorrectionsInputs(entries, own, context.made.pictures(own) if own else ())
        yield Page(urls.file(address), "corrections.html", inputs)


def _view(made: CorrectionsInputs, context: ViewContext) -> Views:
    own = made.prose
    title, summary, language = (own.title, own.summary, own.lang) if own else (context.view.titles.corrections, "", "")
    corrections = tuple(
        (CorrectionView(context.dates.when(date, timed=False), text, last), context.link(story))
        for date, text, story, last in made.entries
    )
    summary = summary or context.gist(link.title for _, link in corrections)
    return {
        "page": context.page("corrections", context.below(urls.CORRECTIONS), title, summary, language=language),
        "prose": ProseView(title, context.body(own, made.pictures) if own else Markup()),
        "corrections": corrections,
    }


CORRECTIONS = Kind(
    "corrections",
    CorrectionsInputs,
    _view,
    _plan,
    templates={
        "corrections.html": template(
            "All corrections and retractions, each with its story, after the editor's own text about them.",
            prose=ProseView,
            corrections=tuple[tuple[CorrectionView, Link], ...],
        )
    },
)
