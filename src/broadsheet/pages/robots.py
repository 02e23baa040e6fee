"""What crawlers are asked and hosts are to send: robots.txt, a licence, a reservation, the headers of the site's files.

In: the settings under robots. Out: pages for machines. All of them ask; none can keep a crawler out that does not heed.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

import msgspec

from broadsheet import iri
from broadsheet.config.robots import Purpose, Robots, crawlers
from broadsheet.model import FeedForm, Page
from broadsheet.pages import urls
from broadsheet.pages.kind import Kind, ViewContext, Views
from broadsheet.pages.plan import PlanContext

Group = tuple[str, tuple[str, ...], bool]  # what the crawlers of it are, their names, whether they may come

_WORDS: dict[Purpose, str] = {
    "search": "Search engines",
    "ai_search": "Crawlers that gather pages for the answers of an AI",
    "ai_training": "Crawlers that gather what an AI is trained on",
    "ai_fetch": "An AI that fetches a page because somebody asked for it",
}


class RobotsInputs(msgspec.Struct, frozen=True):
    """robots.txt: who may come, what is said of the use of pages, the licence, the addresses of the sitemaps.

    ``uses`` are lines of a group, each with its name; ``licence`` is the address of the licence file or empty.
    """

    sitemaps: tuple[str, ...]
    groups: tuple[Group, ...] = (("", ("*",), True),)
    uses: tuple[tuple[str, str], ...] = ()
    licence: str = ""


class RslInputs(msgspec.Struct, frozen=True):
    """The licence file: what pages may be used for and what not, in RSL's words, and where to ask for more."""

    permits: tuple[str, ...]
    prohibits: tuple[str, ...]
    terms: str = ""


class TdmInputs(msgspec.Struct, frozen=True):
    """The reservation of text and data mining, and the address of the policy, or empty."""

    policy: str = ""


def _plan_robots(context: PlanContext) -> Iterator[Page]:
    if urls.ROBOTS in context.replaced:
        return
    asked = context.site.settings.robots
    uses = []
    if asked.content_signals:
        uses.append(("Content-Signal", ", ".join(f"{name}={'yes' if may else 'no'}" for name, may in _signals(asked))))
    if asked.ai_preferences:
        uses.append(("Content-Usage", preferences(asked)))
    licence = urls.RSL if asked.rsl else ""
    kinds = (urls.SITEMAP, urls.NEWS_SITEMAP)
    sitemaps = tuple(own.below(kind) for own in context.languages for kind in kinds)
    yield Page(urls.ROBOTS, "robots.txt", RobotsInputs(sitemaps, tuple(_groups(asked)), tuple(uses), licence))


def _groups(asked: Robots) -> Iterator[Group]:
    """The groups of robots.txt. A crawler goes by the group that names it, and by that of "*" where none does.

    There are readers of robots.txt that take the first group with a name that is a part of theirs: where "Applebot" may
    come and "Applebot-Extended" may not, or the other way round, the longer name stands first.
    """
    known, may = crawlers().crawlers, _verdicts(asked)
    said = [name for name, let in may.items() if not let or not asked.others]
    first = _before_shorter(may, said)
    for name in first:
        yield "Before the shorter name", (name,), may[name]
    if names := tuple(name for name in said if may[name] and name not in first):
        yield "May come", names, True
    for purpose, words in _WORDS.items():
        theirs = (one.name for one in known if one.purpose == purpose)
        if names := tuple(name for name in theirs if not may[name] and name not in first):
            yield words, names, False
    own = may.keys() - {one.name for one in known}
    if names := tuple(name for name in may if name in own and not may[name] and name not in first):
        yield "Others that are kept out by name", names, False
    yield "", ("*",), asked.others


def _before_shorter(may: Mapping[str, bool], said: Iterable[str]) -> list[str]:
    """The names that hold a shorter one which is said, and goes another way; the longest first."""
    longest = sorted(may, key=len, reverse=True)
    first: list[str] = []
    while True:  # what stands first is said too, and may be a part of a longer name in its turn
        shorter = {*said, *first}
        found = [
            name
            for name in longest
            if any(other.lower() in name.lower() and may[other] != may[name] for other in shorter)
        ]
        if found == first:
            return first
        first = found


def _verdicts(asked: Robots) -> dict[str, bool]:
    """Whether a crawler may come, of all that are known by name or named by the owner, who goes before its purpose."""
    may = {one.name: getattr(asked, one.purpose) for one in crawlers().crawlers}
    spelt = {name.lower(): name for name in may}
    for names, let in ((asked.allow, True), (asked.disallow, False)):
        may |= {spelt.get(name.lower(), name): let for name in names}
    return may


def _signals(asked: Robots) -> tuple[tuple[str, bool], ...]:
    """The uses that contentsignals.org and RSL have words for, and whether pages may be put to them."""
    return ("search", asked.search), ("ai-input", asked.ai_search), ("ai-train", asked.ai_training)


def preferences(asked: Robots) -> str:
    """The preferences in the vocabulary of the IETF's working group (draft-ietf-aipref-vocab)."""
    return f"train-ai={'y' if asked.ai_training else 'n'}, search={'y' if asked.search else 'n'}"


def _plan_rsl(context: PlanContext) -> Iterator[Page]:
    asked = context.site.settings.robots
    if asked.rsl and urls.RSL not in context.replaced:
        uses = (*_signals(asked), ("ai-index", asked.ai_search))
        permits, prohibits = (tuple(name for name, may in uses if may is wanted) for wanted in (True, False))
        yield Page(urls.RSL, "rsl.xml", RslInputs(permits, prohibits, iri.absolute(asked.terms)))


def _plan_tdm(context: PlanContext) -> Iterator[Page]:
    asked = context.site.settings.robots
    if asked.tdm and urls.TDM not in context.replaced:
        yield Page(urls.TDM, "tdmrep.json", TdmInputs(iri.absolute(asked.terms)))


def _view_robots(made: RobotsInputs, context: ViewContext) -> Views:
    return {
        "sitemaps": tuple(map(context.at.absolute, made.sitemaps)),
        "groups": made.groups,
        "uses": made.uses,
        "licence": context.at.absolute(made.licence) if made.licence else "",
    }


def _view_rsl(made: RslInputs, context: ViewContext) -> Views:
    return {"scope": context.at.base, "permits": made.permits, "prohibits": made.prohibits, "terms": made.terms}


def _view_tdm(made: TdmInputs, context: ViewContext) -> Views:
    return {"scope": context.at.base, "policy": made.policy}


ROBOTS = Kind("robots.txt", RobotsInputs, _view_robots, _plan_robots, machine=frozenset({"robots.txt"}))
RSL = Kind("licence", RslInputs, _view_rsl, _plan_rsl, machine=frozenset({"rsl.xml"}))
TDM = Kind("reservation", TdmInputs, _view_tdm, _plan_tdm, machine=frozenset({"tdmrep.json"}))


_PIECES = ("fragment/", "index/", "filter/")  # of the search index, and of each of its parts
_INDEX = tuple(f"pagefind/{part}{pieces}" for part in ("", ":part/") for pieces in _PIECES)
_DIGESTED = ("static/", "pictures/", *_INDEX)


class HeadersInputs(msgspec.Struct, frozen=True):
    """The headers that a host should send: patterns of the feeds' addresses, each with the form of feed.

    ``always`` are further headers of all files, ``types`` the addresses of other files with their media types. Where
    there are ``several`` languages, all but one are below folders of their own.
    """

    feeds: tuple[tuple[str, FeedForm], ...]
    always: tuple[tuple[str, str], ...] = ()
    types: tuple[tuple[str, str], ...] = ()
    several: bool = False


def _plan_headers(context: PlanContext) -> Iterator[Page]:
    if urls.HEADERS in context.replaced:
        return
    several, settings = len(context.languages) > 1, context.site.settings
    types = [(urls.RSL, "application/rsl+xml")] if settings.robots.rsl else []
    types += [(urls.MANIFEST, "application/manifest+json")] if settings.offline else []
    asked = tuple(_asked(settings.robots))
    yield Page(urls.HEADERS, "_headers", HeadersInputs(tuple(_patterns(several=several)), asked, tuple(types), several))


def _patterns(*, several: bool) -> Iterator[tuple[str, FeedForm]]:
    """The paths of feeds as hosts write patterns: ``:name`` is one part of a path."""
    for folder in ("", ":kind/", ":kind/:name/", *((":language/:kind/:name/",) if several else ())):
        yield from ((f"{folder}{name}", form) for form, name in urls.FORMS.items())


def _asked(asked: Robots) -> Iterator[tuple[str, str]]:
    """What crawlers are asked in headers: the preferences of the IETF's draft, the TDM Reservation Protocol."""
    if asked.ai_preferences:
        yield "Content-Usage", preferences(asked)
    if asked.tdm:
        yield "tdm-reservation", "1"
        if asked.terms:
            yield "tdm-policy", iri.absolute(asked.terms)


def _view_headers(made: HeadersInputs, context: ViewContext) -> Views:
    feeds = tuple((path, urls.MEDIA_TYPES[form]) for path, form in made.feeds)
    return {
        "base": context.at.base,
        "feeds": (*feeds, *made.types),
        "digested": (*_DIGESTED, *(f":language/{path}" for path in _INDEX if made.several)),
        "always": dict(made.always),
    }


HEADERS = Kind("headers", HeadersInputs, _view_headers, _plan_headers, machine=frozenset({"_headers"}))
