"""Pages of the editor's own, such as About, from content/pages.

In: their files. Out: a page each, and all that its template may see.
"""

from __future__ import annotations

from collections.abc import Iterator

import msgspec
from markupsafe import Markup

from broadsheet.model import Asset, Page, Prose
from broadsheet.pages import urls
from broadsheet.pages.compose import ViewContext
from broadsheet.pages.kind import Kind, Views, template
from broadsheet.pages.plan import PlanContext


class ProseInputs(msgspec.Struct, frozen=True):
    """A page of the editor's own."""

    prose: Prose
    address: str
    pictures: tuple[Asset, ...] = ()


class ProseView(msgspec.Struct, frozen=True):
    """A page of the editor's own, such as About."""

    title: str
    body: Markup


def _plan(context: PlanContext) -> Iterator[Page]:
    folder = f"{context.site.settings.content}/pages"
    corrected = context.newspaper.corrected
    for prose in context.stock.prose:
        address = urls.prose(prose.slug)
        if address != urls.CORRECTIONS or not corrected:
            inputs = ProseInputs(prose, address, context.made.pictures(prose))
            yield Page(urls.file(address), "prose.html", inputs, f"{folder}/{prose.path}")


def _view(made: ProseInputs, context: ViewContext) -> Views:
    prose = made.prose
    page = context.page("prose", made.address, prose.title, prose.summary, language=prose.lang)
    return {"page": page, "prose": ProseView(prose.title, context.body(prose, made.pictures))}


PROSE = Kind(
    "prose",
    ProseInputs,
    _view,
    _plan,
    templates={"prose.html": template("A page of the editor's own, such as About.", prose=ProseView)},
)
