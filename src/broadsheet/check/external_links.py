"""Abroad: links to other sites, asked for only when an editor wants it, and never in a hurry.

In: what pages say of themselves. Out: a warning for each place that leads to what is not there any more. A host is
asked one thing at a time, with a pause; what was found is kept under .broadsheet/ for days: nobody is asked twice.
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
from broadsheet.cache.cache_files import Files
from broadsheet.check.origins import Origins
from broadsheet.check.page_facts import Gathered
from broadsheet.config import Site
from broadsheet.errors import BroadsheetError, Place, Problem, note, warning
from broadsheet.http import HttpResponse
from broadsheet.model import Page
from broadsheet.redaction import redacted

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

Progress = Callable[[str, int, int], None]


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


def problems(
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
            tell("asking other sites", done, len(wanted))
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
        hint = "The next check asks for it."
        return note("link-refused", f"{target} was not asked for: its server is too busy{on}", place, hint)
    if answer is None:
        hint = "Look at it in a browser; the next check asks again."
        return warning("link-unanswered", f"{target} gives no answer: {visit.why}{on}", place, hint)
    if answer.status in _GONE:
        hint = "Link to a copy, as the Wayback Machine has it, or take the link out."
        return warning("link-gone", f"{target} is not there any more: {answer.status}{on}", place, hint)
    if answer.status >= 400:
        hint = "Many servers refuse programs: look at it in a browser." if answer.status in _SHY else ""
        return note("link-refused", f"{target} answers {answer.status}{on}", place, hint)
    return note("link-moved", f"{target} has moved for good to {answer.address}{on}", place, "Link to where it is.")


def _load(site: Site) -> dict[str, LinkVisit]:
    try:
        return msgspec.msgpack.decode(Files(site.cache).get(FILE) or b"", type=dict[str, LinkVisit])
    except msgspec.MsgspecError:
        return {}


def _save(site: Site, visits: dict[str, LinkVisit]) -> None:
    with contextlib.suppress(BroadsheetError):  # only time is lost
        Files(site.cache).put(FILE, msgspec.msgpack.encode(visits))
