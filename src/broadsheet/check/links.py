"""Links: those that lead nowhere, pages that none leads to, and those to other sites, where they are to be asked for.

In: what pages say of themselves. Out: a problem for each place in the sources that leads astray, for each page that no
reader comes to from the front page, for each link to what another site does not have any more. A host is asked one
thing at a time, with a pause; what was found is kept under .broadsheet/ for days: nobody is asked twice.
"""

from __future__ import annotations

import contextlib
import datetime as dt
import time
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from queue import SimpleQueue
from threading import Event
from urllib.parse import urlsplit

import msgspec

from broadsheet import http
from broadsheet.cache import Files
from broadsheet.check.origins import UNREADABLE, Origins
from broadsheet.check.page_facts import Gathered
from broadsheet.config import Site
from broadsheet.errors import BroadsheetError, Place, Problem, error, note, warning
from broadsheet.http import HttpResponse
from broadsheet.model import Page
from broadsheet.pages import urls
from broadsheet.pipeline import Built, Progress
from broadsheet.redaction import redacted
from broadsheet.text import counted, nearest

NAMED = 3  # pages that a problem of a template names; the rest is counted


class _Astray(msgspec.Struct, frozen=True):
    """A target that is not what was meant: the kind of problem, and what to say of it."""

    make: Callable[[Place, str], Problem]


def broken(site: Site, built: Built, found: Gathered, origins: Origins) -> Iterator[Problem]:
    """What leads astray, by the place that it stands at."""
    astray = _astray(site, built, found)
    if not astray:
        return
    drawn: dict[tuple[Place, str], list[str]] = {}
    pages = {page.path: page for page in built.plan}
    for path, facts in found.pages.items():
        targets = (*facts.links, *facts.files, *facts.parts)
        if astray.keys().isdisjoint(targets):
            continue
        for target in targets:
            if target in astray:
                page = pages[path]
                own = origins.leading(page, target)
                yield from (astray[target].make(place, "") for place in own)
                if not own:
                    drawn.setdefault((_theirs(page, origins, target), target), []).append(urls.answered(path))
    for (place, target), where in drawn.items():
        yield astray[target].make(place, _where(where))


def _theirs(page: Page, origins: Origins, target: str) -> Place:
    """The place of an address that no text of a page holds: what redirects to it, else a template."""
    return Place(page.origin) if page.template == "redirect" and page.origin else origins.template(page, target)


def _where(pages: list[str]) -> str:
    some = ", ".join(f"/{page}" for page in sorted(pages)[:NAMED])
    return f" (on {len(pages)} pages, such as {some})" if len(pages) > NAMED else f" (on {some})"


def _astray(site: Site, built: Built, found: Gathered) -> dict[str, _Astray]:
    """Every target that is not there, or not as it is written."""
    targets: set[str] = set()
    for facts in found.pages.values():
        targets.update(facts.links, facts.files, facts.parts)
    guide = _Guide(site, built, found)
    astray = {}
    for target in sorted(targets):
        if target.startswith(UNREADABLE):
            astray[target] = _Astray(_unreadable(target[1:]))
        elif target.startswith("/"):
            path, _, anchor = target[1:].partition("#")
            file = urls.file(path)
            if file in found.files:
                there = found.pages.get(file)
                if anchor and there is not None and anchor not in there.ids:
                    astray[target] = _Astray(_anchor(path, anchor, there.ids))
            elif f"{path}/index.html" in found.files:
                astray[target] = _Astray(_slash(path))
            else:
                astray[target] = _Astray(_absent(path, guide.hint(path)))
    return astray


def _unreadable(href: str) -> Callable[[Place, str], Problem]:
    return lambda place, where: error("link-broken", f"{href!r} is not a valid address{where}", place)


def _absent(path: str, hint: str) -> Callable[[Place, str], Problem]:
    return lambda place, where: error("link-broken", f"leads to /{path}, which does not exist{where}", place, hint)


def _slash(path: str) -> Callable[[Place, str], Problem]:
    hint = f"Write /{path}/: some hosts find nothing without the slash, the others redirect."
    return lambda place, where: note("link-slash", f"leads to /{path} without a slash at its end{where}", place, hint)


def _anchor(path: str, anchor: str, ids: tuple[str, ...]) -> Callable[[Place, str], Problem]:
    match = nearest(anchor, ids)
    hint = f"Did you mean {'#' + match!r}?" if match else "The page's anchors are the ids of its elements."
    message = f"leads to the anchor #{anchor} of /{path}, which does not exist"
    return lambda place, where: warning("anchor-broken", f"{message}{where}", place, hint)


class _Guide:
    """Says what a broken link may have meant."""

    def __init__(self, site: Site, built: Built, found: Gathered) -> None:
        self.addresses = [urls.answered(path) for path in found.pages]
        self._out = {story.id for story in built.newspaper.everything}
        self._site = site
        self._built = built
        self._hidden: Mapping[str, str] | None = None
        self._by_name: dict[str, list[str]] | None = None

    def hint(self, path: str) -> str:
        """A story that is not out, else the address that is most like it."""
        if self._hidden is None:
            self._hidden = {
                urls.story(story, self._site.zone).strip("/"): f"{self._site.settings.content}/stories/{story.path}"
                for story in self._built.read
                if story.id not in self._out
            }
        if waiting := self._hidden.get(path.strip("/")):
            return f"It is the address of {waiting}, which is not published: a draft, not yet due, or expired."
        if self._by_name is None:
            self._by_name = {}
            for known in self.addresses:
                parent, _, name = known.rstrip("/").rpartition("/")
                self._by_name.setdefault(name, []).append(known)
                self._by_name.setdefault(f"{parent}/", []).append(known)
        parent, _, name = path.rstrip("/").rpartition("/")
        beside = self._by_name.get(name) or self._by_name.get(f"{parent}/", [])
        match = nearest(path, beside) if name else None
        return f"Did you mean {'/' + match!r}?" if match else ""


# Templates of pages that are found by an old address, or by none.
_ALONE = frozenset({"redirect", "gone.html", "404.html"})


def orphans(plan: Sequence[Page], found: Gathered, origins: Origins) -> Iterator[Problem]:
    """The pages that cannot be reached."""
    reached = _reached(found)
    drawn: dict[Place, list[str]] = defaultdict(list)
    hint = "Link to it from another page, or delete it."
    for page in plan:
        if page.path in found.pages and page.path not in reached and page.template not in _ALONE:
            if page.origin:
                yield warning("page-orphan", f"no link leads to /{urls.answered(page.path)}", origins.of(page), hint)
            else:
                drawn[origins.of(page)].append(urls.answered(page.path))
    for place, pages in drawn.items():
        more = f" and {counted(len(pages) - 1, 'more page')} of this template" if len(pages) > 1 else ""
        yield warning("page-orphan", f"no link leads to /{min(pages)}{more}", place, hint)


def _reached(found: Gathered) -> set[str]:
    """The paths of the pages that links lead to, step by step, from the front page."""
    front = urls.file(urls.FRONT)
    reached, waiting = {front}, [front]
    seen: set[str] = set()
    while waiting:
        facts = found.pages.get(waiting.pop())
        for target in facts.links if facts else ():
            if target in seen or not target.startswith("/"):
                continue
            seen.add(target)
            path = target[1:].partition("#")[0]
            file = urls.file(path)
            file = file if file in found.pages else f"{path}/index.html"
            if file in found.pages and file not in reached:
                reached.add(file)
                waiting.append(file)
    return reached


FILE = "abroad.msgpack"
CODES = frozenset({"link-gone", "link-moved", "link-refused", "link-unanswered"})
AT_ONCE = 8  # hosts that are asked at once
PAUSE = 1.0  # seconds between two requests to one host
DAY = 86_400.0
FRESH = 7 * DAY  # for what was there
AGAIN = DAY / 4  # for what was not: an editor who has put it right does not wait a week
BUSY = 900.0  # seconds for which a host is left alone that is too busy and does not say for how long
_GONE = frozenset({404, 410})
_TOO_BUSY = frozenset({429, 503})
_SHY = frozenset({401, 403, 405, 406, 429, 451, 999})  # what servers say to programs, and not to readers


class LinkVisit(msgspec.Struct, frozen=True, array_like=True):
    """What came of an address, and when, in seconds since 1970; without an answer, why there was none.

    ``until`` is the moment before which its host is not to be asked for anything.
    """

    when: float
    answer: HttpResponse | None
    why: str = ""
    until: float = 0.0

    @property
    def asked(self) -> bool:
        """Whether anybody was asked: not where the host was to be left alone."""
        return self.answer is not None or not self.until

    def fresh(self, now: float) -> bool:
        """Whether it need not be asked again."""
        if now < self.until:
            return True
        well = self.answer is not None and self.answer.status < 400
        return 0 <= now - self.when < (FRESH if well else AGAIN)


class Asking(msgspec.Struct, frozen=True):
    """How addresses are asked for; a test has another clock, and its server on this machine."""

    admit: http.Admit = http.public
    pause: float = PAUSE
    clock: Callable[[], float] = time.time


def external(
    site: Site, plan: Sequence[Page], found: Gathered, origins: Origins, tell: Progress, asking: Asking | None = None
) -> tuple[int, list[Problem]]:
    """How many addresses were asked for, and what is wrong with those that pages link to."""
    asking = asking or Asking()
    shown: dict[str, list[Page]] = defaultdict(list)
    for page in plan:
        facts = found.pages.get(page.path)
        for target in dict.fromkeys(facts.links) if facts else ():
            if target.startswith(("http:", "https:")):
                shown[target].append(page)
    visits = _load(site)
    now = asking.clock()
    wanted = [target for target in sorted(shown) if target not in visits or not visits[target].fresh(now)]
    wanted.sort(key=lambda target: target in visits and visits[target].until > 0)  # else it would keep out what follows
    busy = {_host(target): visit.until for target, visit in visits.items() if now < visit.until}
    kept, asked = dict(visits), 0
    try:
        for done, (target, visit) in enumerate(_visited(wanted, busy, asking), 1):
            visits[target] = visit
            if visit.asked:
                kept[target] = visit
                asked += 1
            tell("checking links to other sites", done, len(wanted))
    finally:
        _save(site, {target: visit for target, visit in kept.items() if now - visit.when < 4 * FRESH})
    told = [
        problem
        for target, pages in sorted(shown.items())
        for problem in _judged(target, visits[target], pages, origins)
    ]
    return asked, told


def _host(target: str) -> str:
    try:
        return urlsplit(target).netloc.lower()
    except ValueError:
        return target


def _visited(targets: Sequence[str], busy: Mapping[str, float], asking: Asking) -> Iterator[tuple[str, LinkVisit]]:
    """What came of each address, as it comes; Ctrl-C waits for no host. ``busy`` are hosts, and until when."""
    hosts: dict[str, list[str]] = defaultdict(list)
    for target in targets:
        hosts[_host(target)].append(target)
    stopped = Event()
    came: SimpleQueue[tuple[str, LinkVisit]] = SimpleQueue()

    def host(name: str, theirs: list[str]) -> None:
        until = busy.get(name, 0.0)
        for number, target in enumerate(theirs):
            if until:
                came.put((target, LinkVisit(asking.clock(), None, until=until)))
                continue
            if stopped.wait(asking.pause if number else 0):
                return
            visit = _visit(target, asking, lambda: stopped.wait(asking.pause))
            until = visit.until
            came.put((target, visit))

    threads = ThreadPoolExecutor(AT_ONCE)
    try:
        for name, theirs in hosts.items():
            threads.submit(host, name, theirs)
        for _ in targets:
            yield came.get()
    finally:
        stopped.set()
        threads.shutdown(wait=False, cancel_futures=True)


def _visit(target: str, asking: Asking, rest: Callable[[], object]) -> LinkVisit:
    """What comes of an address: HEAD, and after a rest GET where that is not understood."""
    try:
        answer = http.ask(target, "HEAD", admit=asking.admit, limits=_LIMITS)
        if answer.status >= 400 and answer.status not in _TOO_BUSY:
            rest()
            answer = http.ask(target, "GET", admit=asking.admit, limits=_LIMITS)
    except BroadsheetError as cause:
        return LinkVisit(asking.clock(), None, cause.problem.message)
    now, until = asking.clock(), 0.0
    if answer.status in _TOO_BUSY:
        until = now + (http.wait(answer, dt.datetime.fromtimestamp(now, dt.UTC)) or BUSY)
    address = target if answer.address == target else redacted(answer.address)  # this one goes into a file
    return LinkVisit(now, HttpResponse(answer.status, address, answer.moved), until=until)


_LIMITS = http.Limits(size=0)


def _judged(target: str, visit: LinkVisit, pages: Sequence[Page], origins: Origins) -> Iterator[Problem]:
    answer = visit.answer
    if answer is not None and answer.status < 400 and not (answer.moved and answer.address != target):
        return
    places = {place for page in pages for place in origins.leading(page, target)}
    places |= set() if places else {origins.template(pages[0], target)}
    on = f" (on {len(pages)} pages)" if len(pages) > 1 and len(places) == 1 else ""
    for place in sorted(places):
        yield _told(target, visit, on, place)


def _told(target: str, visit: LinkVisit, on: str, place: Place) -> Problem:
    answer = visit.answer
    if answer is None and not visit.asked:
        hint = "The next check tries again."
        return note("link-refused", f"{target} was not checked: its server is too busy{on}", place, hint)
    if answer is None:
        hint = "Open it in a browser; the next check tries again."
        return warning("link-unanswered", f"{target} did not answer: {visit.why}{on}", place, hint)
    if answer.status in _GONE:
        hint = "Link to an archived copy, such as the Wayback Machine's, or remove the link."
        return warning("link-gone", f"{target} no longer exists: {answer.status}{on}", place, hint)
    if answer.status >= 400:
        hint = "Many servers refuse programs: open it in a browser." if answer.status in _SHY else ""
        return note("link-refused", f"{target} answers {answer.status}{on}", place, hint)
    return note(
        "link-moved", f"{target} has moved permanently to {answer.address}{on}", place, "Link to the new address."
    )


def _load(site: Site) -> dict[str, LinkVisit]:
    try:
        return msgspec.msgpack.decode(Files(site.cache).get(FILE) or b"", type=dict[str, LinkVisit])
    except msgspec.MsgspecError:
        return {}


def _save(site: Site, visits: dict[str, LinkVisit]) -> None:
    with contextlib.suppress(BroadsheetError):  # only time is lost
        Files(site.cache).put(FILE, msgspec.msgpack.encode(visits))
