"""A site's own kinds of pages, as its build.py gives them: checked, and reported where something goes wrong in them.

In: kinds. Out: the same kinds, whose functions end no build: what they raise names the kind, the file and the line.
"""

from __future__ import annotations

import datetime as dt
import functools
import inspect
from collections.abc import Collection, Iterator, Sequence
from pathlib import Path
from types import TracebackType
from typing import Any

import msgspec

from broadsheet.config import Site
from broadsheet.errors import BroadsheetError, Place, Problem, error
from broadsheet.model import Page
from broadsheet.pages.inputs import Packer
from broadsheet.pages.kind import Kind, ViewContext, Views
from broadsheet.pages.plan import PlanContext
from broadsheet.pages.structured import Structured, Thing
from broadsheet.pages.views import PageView
from broadsheet.text import did_you_mean

DOOR = "build.py"
_OURS = Path(__file__).resolve().parents[1]
_PURE = "Inputs are a frozen msgspec.Struct of text, numbers, dates, items, names, and tuples of these."


def guarded(own: Sequence[Any], known: Collection[Kind], site: Site) -> tuple[tuple[Kind, ...], list[Problem]]:
    """The kinds of a site that can be used beside those that are ``known``, and what is wrong with the others."""
    machine = {name for kind in known for name in kind.machine}
    found = list[Kind]()
    problems = list[Problem]()
    for kind in own:
        wrong = _unfit(kind, (*known, *found), machine)
        if wrong:
            place = _place(getattr(kind, "plan", None), site)
            problems.append(error("own-page", wrong, place, "See docs/guides/extend.md."))
        else:
            found.append(_guard(kind, site))
    return tuple(found), problems


def _unfit(kind: Any, others: Sequence[Kind], machine: Collection[str]) -> str:
    """Why a kind cannot be used; empty where it can."""
    if not isinstance(kind, Kind):
        return f"PAGES has a {type(kind).__name__} where a broadsheet.pages.Kind is expected"
    name = f"kind of page {kind.name!r}"
    if kind.name in {other.name for other in others}:
        return f"{name}: there is another kind of this name"
    inputs: Any = kind.inputs
    if not (isinstance(inputs, type) and issubclass(inputs, msgspec.Struct) and inputs.__struct_config__.frozen):
        return f"{name}: its inputs are no frozen msgspec.Struct"
    if inputs.__name__ in {other.inputs.__name__ for other in others}:
        return f"{name}: another kind has the inputs {inputs.__name__} too, whose name tells the kinds of pages apart"
    if not all(map(callable, (kind.plan, kind.view, kind.changed))):
        return f"{name}: its plan, its view or what it changed by is no function"
    if not isinstance(kind.templates, dict) or not kind.templates:
        return f"{name}: it names no template"
    if taken := sorted(machine & kind.templates.keys()):
        return f"{name}: {taken[0]} is no template: Broadsheet writes such files itself"
    return ""


def _guard(kind: Kind, site: Site) -> Kind:
    """A kind whose functions raise BroadsheetError alone; its plan reports what is wrong, and gives what is right."""

    def plan(context: PlanContext) -> Iterator[Page]:
        try:
            for page in kind.plan(context):
                wrong, hint = _wrong(page, kind)
                if wrong:
                    problem = error("own-page", f"kind of page {kind.name!r}: {wrong}", _place(kind.plan, site), hint)
                    context.problems.append(problem)
                else:
                    yield page
        except BroadsheetError as cause:
            context.problems.extend(cause.problems)
        except Exception as cause:  # noqa: BLE001, whatever the site's own function raises is reported
            context.problems.append(_failure(cause, kind, kind.plan, site))

    def view(made: Any, context: ViewContext) -> Views:
        views: Any = _called(kind, kind.view, site, made, context)
        page = views.get("page") if isinstance(views, dict) else None
        if not isinstance(page, PageView):
            message = f'kind of page {kind.name!r}: its view gave no dict with the "page" that context.page() makes'
            raise BroadsheetError(error("own-page", message, _place(kind.view, site)))
        return dict(views)

    def structured(made: Any, page: PageView, data: Structured) -> list[Thing]:
        things: list[Thing] = _called(kind, kind.structured, site, made, page, data)
        return things

    return msgspec.structs.replace(
        kind,
        plan=functools.wraps(kind.plan)(plan),
        view=view,
        structured=structured if kind.structured else None,
        newest=_nobody,
    )


def _nobody(_made: Any) -> None:
    """A site's own pages are drawn after those of stories."""


def _called(kind: Kind, function: Any, site: Site, *arguments: Any) -> Any:
    """What a function of the site gives. Raises BroadsheetError for whatever goes wrong in it."""
    try:
        return function(*arguments)
    except BroadsheetError:
        raise
    except Exception as cause:
        raise BroadsheetError(_failure(cause, kind, function, site)) from cause


def _wrong(page: Any, kind: Kind) -> tuple[str, str]:
    """What is wrong with a page that a site's own kind plans, and what to do; empty where nothing is."""
    if not isinstance(page, Page):
        return f"its plan gave a {type(page).__name__} in place of a page", "Make them with context.page(…)."
    if not _writable(page.path):
        return f"{page.path!r} cannot be the path of a page", "A path is such as countries/peru/index.html."
    if type(page.inputs) is not kind.inputs:
        return f"/{page.path} has inputs of the type {type(page.inputs).__name__}", f"Give {kind.inputs.__name__}."
    if page.template not in kind.templates:
        hint = did_you_mean(page.template, kind.templates) or f"It names {', '.join(kind.templates)}."
        return f"/{page.path} has the template {page.template!r}, which is not in its templates", hint
    changed: Any = kind.changed(page.inputs)
    if changed is not None and not (isinstance(changed, dt.datetime) and changed.tzinfo):
        return f"/{page.path} changed at {changed!r}, which is no date-time with a time zone", "Give one, or None."
    try:
        Packer().pack(page)
    except (TypeError, AttributeError, ValueError, OverflowError, RecursionError) as cause:
        return f"the inputs of /{page.path} cannot be compared with others: {cause}", _PURE
    return "", ""


def _writable(path: str) -> bool:
    """Whether a file can be made for a page at this path, and served by any host."""
    parts = path.split("/")
    odd = any(not part or part.startswith(".") or len(part.encode()) > 200 or not part.isprintable() for part in parts)
    return not odd and "\\" not in path and len(path.encode()) <= 1000


def _failure(cause: Exception, kind: Kind, function: Any, site: Site) -> Problem:
    message = f"kind of page {kind.name!r} failed: {type(cause).__name__}: {str(cause)[:200]}".rstrip(": ")
    return error("own-page", message, _within(cause.__traceback__, site) or _place(function, site))


def written(kind: Kind, site: Site) -> Place:
    """Where the plan of a kind is written."""
    return _place(kind.plan, site)


def undrawn(page: Page, kind: Kind, site: Site) -> Problem:
    """That a theme which stands alone has no template for a page."""
    message = f"kind of page {kind.name!r}: the theme has no template {page.template!r} for /{page.path}"
    return error("own-page", message, written(kind, site), "Put it into the templates/ of your theme.")


def _within(step: TracebackType | None, site: Site) -> Place | None:
    """The innermost line of the site's own code in a traceback."""
    found = None
    while step is not None:
        file = step.tb_frame.f_code.co_filename
        if _own(file, site):
            found = Place(_shown(file, site), step.tb_lineno)
        step = step.tb_next
    return found


def _place(function: Any, site: Site) -> Place:
    """Where a function is written; the door of the site for one that is written nowhere."""
    code = getattr(inspect.unwrap(function) if function else None, "__code__", None)
    return Place(_shown(code.co_filename, site), code.co_firstlineno) if code else Place(DOOR)


def _own(file: str, site: Site) -> bool:
    path = Path(file).resolve()
    return path.is_relative_to(site.root.resolve()) and not path.is_relative_to(_OURS) and "site-packages" not in file


def _shown(file: str, site: Site) -> str:
    """A file of code as the user calls it."""
    path, root = Path(file).resolve(), site.root.resolve()
    return path.relative_to(root).as_posix() if path.is_relative_to(root) else path.name
