"""Proof: what readers are given, against what was sent; and word to the hub that there is news (WebSub).

In: a bundle, the address where readers find it. Out: a problem for each file that is not what was sent. Asks for a few
files, for a limited time; a host that is slow to show news is asked again.
"""

from __future__ import annotations

import hashlib
import time
from collections.abc import Callable, Iterable, Sequence
from urllib.parse import urlencode

from broadsheet import http
from broadsheet.errors import BroadsheetError, Place, Problem, warning
from broadsheet.publish.bundle import Bundle

SAMPLE = 8  # files asked for beside the front page
PAUSES = (0.0, 1.0, 3.0)  # seconds before each round of asking
FEEDS = 20  # feeds that the hub is told of, in one publication
_LIMITS = http.Limits(redirects=0)  # no redirect is followed: a reader is not to need one


def verify(
    address: Callable[[str], str], bundle: Bundle, sent: Sequence[str], pauses: Sequence[float] = PAUSES
) -> list[Problem]:
    """Fetch the front page and a sample of what was sent, and compare them by digest.

    ``address`` gives the address at which readers find a file below output/.
    """
    here = bundle.digests("sha256")
    waiting = [
        path
        for path in dict.fromkeys(("index.html", *_sample(sent)))
        if path in here and path not in bundle.extras and bundle.size(path) <= _LIMITS.size
    ]
    found: dict[str, str] = {}
    for pause in pauses:
        if not waiting:
            break
        time.sleep(pause)
        found = {path: said for path in waiting if (said := _compared(address(path), here[path]))}
        waiting = list(found)
    hint = "Some hosts take minutes to show what they were sent, or change it on the way: look at the page."
    return [warning("publish-differs", said, Place(address(path)), hint) for path, said in found.items()]


def notify_hub(hub: str, topics: Iterable[str]) -> list[Problem]:
    """Tell a WebSub hub that feeds have changed, so that it tells their subscribers (WebSub, section 7)."""
    for topic in list(topics)[:FEEDS]:
        body = urlencode({"hub.mode": "publish", "hub.url": topic, "hub.topic": topic})
        headers = {"Content-Type": "application/x-www-form-urlencoded"}
        try:
            answer = http.ask(hub, "POST", headers=headers, data=body.encode(), typed=True, limits=_LIMITS)
        except BroadsheetError as cause:
            return [warning("hub", f"could not be told of news: {cause.problem.message}", Place(hub))]
        if answer.status >= 300:
            return [warning("hub", f"answered {http.said(answer.status)} when told of news", Place(hub))]
    return []


def _sample(sent: Sequence[str]) -> list[str]:
    """Some of what was sent, spread over all of it."""
    pages = [path for path in sent if not path.startswith("_")]
    step = max(1, len(pages) // SAMPLE)
    return pages[::step][:SAMPLE]


def _compared(address: str, digest: str) -> str:
    """What is wrong with the file that a reader gets; empty where nothing is."""
    try:
        answer = http.ask(address, headers={"Cache-Control": "no-cache"}, typed=True, limits=_LIMITS)
    except BroadsheetError as cause:
        return cause.problem.message
    if answer.status != 200:
        return f"answers {answer.status}"
    return "" if hashlib.sha256(answer.body).hexdigest() == digest else "is not what was sent"
