"""A kind of page: what its pages are made from, how they are planned and composed, what machines are told of them.

In: nothing; the modules of kinds make these values, and so does a site's build.py. Out: rows of the table in ``kinds``.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Mapping
from typing import Any

import msgspec

from broadsheet.model import Page
from broadsheet.pages.compose import ViewContext
from broadsheet.pages.inputs import Item
from broadsheet.pages.plan import PlanContext
from broadsheet.pages.structured import Structured, Thing
from broadsheet.pages.views import PageView, SiteView

Views = dict[str, Any]  # by the names under which a template finds them


class Template(msgspec.Struct, frozen=True):
    """A template that a theme has: what it draws, and the types of the views that it gets, by name."""

    about: str
    views: Mapping[str, Any]


def template(about: str, **views: Any) -> Template:
    """A template for pages of HTML, which all see the site and the page itself."""
    return Template(about, {"site": SiteView, "page": PageView, **views})


def _no_pages(_context: PlanContext) -> Iterable[Page]:
    return ()


def _nothing(_made: Any) -> None:
    return None


class Kind(msgspec.Struct, frozen=True):
    """A kind of page. The type of a page's inputs says which kind it is of.

    ``plan`` gives its pages; a kind without one is planned by another. ``view`` makes of a page's inputs all that its
    template may see; a page's view named "page" is completed with ``structured`` data. ``newest`` is the first story
    that a page prints, by which the order of drawing goes; ``changed`` is when a page last changed, for the sitemap,
    where that is known. ``templates`` are those that themes have for it, ``machine`` the names of those that are drawn
    by code.
    """

    name: str
    inputs: type[msgspec.Struct]
    view: Callable[[Any, ViewContext], Views]
    plan: Callable[[PlanContext], Iterable[Page]] = _no_pages
    structured: Callable[[Any, PageView, Structured], list[Thing]] | None = None
    newest: Callable[[Any], Item | None] = _nothing
    changed: Callable[[Any], dt.datetime | None] = _nothing
    templates: Mapping[str, Template] = {}
    machine: frozenset[str] = frozenset()
