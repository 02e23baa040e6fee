"""The archive: the stories of each month, the months of each year, and all of them.

In: the stories of a newspaper. Out: the pages of the archive, and of each all that its template may see.
"""

from __future__ import annotations

import datetime as dt
import itertools
from collections.abc import Iterator

import msgspec

from broadsheet.model import Page
from broadsheet.pages import urls
from broadsheet.pages.inputs import Item
from broadsheet.pages.kind import Kind, ViewContext, Views, template
from broadsheet.pages.listing import ListView
from broadsheet.pages.plan import PlanContext, paged
from broadsheet.pages.structured import Structured, Thing, first_picture
from broadsheet.pages.views import Link, PageView


class MonthInputs(msgspec.Struct, frozen=True):
    """One page of the stories of a month; ``name`` is the month's first day."""

    month: dt.date
    address: str
    items: tuple[Item, ...]
    page: int
    pages: int
    count: int


class ArchiveInputs(msgspec.Struct, frozen=True):
    """The archive's page: the first day of each month that has stories, newest first, and their number."""

    address: str
    months: tuple[tuple[dt.date, int], ...]


class Year(msgspec.Struct, frozen=True):
    """A year of the archive with its months, the newest first."""

    year: Link
    months: tuple[Link, ...]


def _plan(context: PlanContext) -> Iterator[Page]:
    """The page of all months, a page a year, and the stories of each month."""
    months = [
        (first, list(stories))
        for first, stories in itertools.groupby(
            context.newspaper.stories, key=lambda story: context.made.days[story.id].replace(day=1)
        )
    ]
    counts = tuple((first, len(stories)) for first, stories in months)
    if months:
        whole = context.below(urls.ARCHIVE)
        yield Page(urls.file(whole), "archive.html", ArchiveInputs(whole, counts))
    for _, group in itertools.groupby(counts, key=lambda month: month[0].year):
        of_year = tuple(group)
        address = urls.year(of_year[0][0].year, context.home)
        yield Page(urls.file(address), "archive.html", ArchiveInputs(address, of_year))
    for first, found in months:
        address = urls.month(first, context.home)
        for page, pages, stories in paged(found, context.site.settings.per_page):
            items = tuple([context.items[story.id] for story in stories])
            inputs = MonthInputs(first, address, items, page, pages, len(found))
            yield Page(urls.file(urls.numbered(address, page)), "list.html", inputs)


def _view(made: ArchiveInputs, context: ViewContext) -> Views:
    name = context.view.titles.archive
    title = (
        name if made.address == context.below(urls.ARCHIVE) else f"{name} {context.dates.year(made.months[0][0].year)}"
    )
    years: dict[int, list[Link]] = {}
    for month, count in made.months:
        address = context.at.local(urls.month(month, context.home))
        link = Link(context.dates.month_name(month), address, count)
        years.setdefault(month.year, []).append(link)
    view = tuple(
        Year(
            Link(
                context.dates.year(year),
                context.at.local(urls.year(year, context.home)),
                sum(month.count for month in months),
            ),
            tuple(months),
        )
        for year, months in years.items()
    )
    gist = context.gist(month.title for one in view for month in one.months)
    return {"page": context.page("archive", made.address, title, gist), "archive": view}


def _view_month(made: MonthInputs, context: ViewContext) -> Views:
    name = context.dates.month(made.month)
    cards = tuple(map(context.card, made.items))
    view = ListView("month", name, cards, made.count, context.pager(made.address, made.page, made.pages))
    picture = first_picture(made.items, context.at)
    address, gist = urls.numbered(made.address, made.page), context.headlines(made.items)
    return {"page": context.page("list", address, name, gist, picture=picture), "listing": view}


def _structured_month(made: MonthInputs, page: PageView, data: Structured) -> list[Thing]:
    above = ((data.view.titles.archive, data.below(urls.ARCHIVE)),)
    return [data.crumbs(page, above), data.items(made.items)]


ARCHIVE = Kind(
    "archive",
    ArchiveInputs,
    _view,
    _plan,
    templates={"archive.html": template("The archive, or a year of it: its months.", archive=tuple[Year, ...])},
)
MONTH = Kind(
    "month",
    MonthInputs,
    _view_month,
    structured=_structured_month,
    newest=lambda made: made.items[0] if made.items else None,
)
