"""Proof: what readers are given, against what was sent; and word to the hub that there is news (WebSub).

In: a parcel, the address where readers find it. Out: a problem for each file that is not what was sent. Asks for a few
files, for a limited time; a host that is slow to show news is asked again.
"""

from __future__ import annotations

import hashlib
import http.client
import time
from collections.abc import Callable, Iterable, Sequence
from urllib.parse import urlencode, urlsplit

from broadsheet import __version__
from broadsheet.errors import Place, Problem, warning
from broadsheet.publish.parcel import Parcel

SAMPLE = 8  # files asked for beside the front page
PAUSES = (0.0, 1.0, 3.0)  # seconds before each round of asking
FEEDS = 20  # feeds that the hub is told of, in one publication
_PATIENCE = 10.0  # seconds that a server may take to say something
_LARGEST = 20 * 1024 * 1024


def prove(
    address: Callable[[str], str], parcel: Parcel, sent: Sequence[str], pauses: Sequence[float] = PAUSES
) -> list[Problem]:
    """Fetch the front page and a sample of what was sent, and compare them by digest.

    ``address`` gives the address at which readers find a file below output/.
    """
    here = parcel.digests("sha256")
    waiting = [
        path for path in dict.fromkeys(("index.html", *_sample(sent))) if path in here and path not in parcel.extras
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


def tell_hub(hub: str, topics: Iterable[str]) -> list[Problem]:
    """Tell a WebSub hub that feeds have changed, so that it tells their subscribers (WebSub, section 7)."""
    for topic in list(topics)[:FEEDS]:
        body = urlencode({"hub.mode": "publish", "hub.url": topic, "hub.topic": topic})
        try:
            status, _ = _ask(hub, "POST", body, {"Content-Type": "application/x-www-form-urlencoded"})
        except (OSError, http.client.HTTPException, ValueError) as cause:
            return [warning("hub", f"could not be told of news: {cause}", Place(hub))]
        if status >= 300:
            return [warning("hub", f"answered {status} when told of news", Place(hub))]
    return []


def _sample(sent: Sequence[str]) -> list[str]:
    """Some of what was sent, spread over all of it."""
    pages = [path for path in sent if not path.startswith("_")]
    step = max(1, len(pages) // SAMPLE)
    return pages[::step][:SAMPLE]


def _compared(address: str, digest: str) -> str:
    """What is wrong with the file that a reader gets; empty where nothing is."""
    try:
        status, data = _ask(address, "GET", None, {"Accept-Encoding": "identity", "Cache-Control": "no-cache"})
    except (OSError, http.client.HTTPException, ValueError) as cause:
        return f"cannot be fetched: {cause}"
    if status != 200:
        return f"answers {status}"
    return "" if hashlib.sha256(data).hexdigest() == digest else "is not what was sent"


def _ask(address: str, method: str, body: str | None, headers: dict[str, str]) -> tuple[int, bytes]:
    """One request; no redirect is followed, because a reader is not to need one."""
    parts = urlsplit(address)
    kind = http.client.HTTPSConnection if parts.scheme == "https" else http.client.HTTPConnection
    connection = kind(parts.netloc.rpartition("@")[2], timeout=_PATIENCE)
    try:
        path = f"{parts.path or '/'}?{parts.query}" if parts.query else parts.path or "/"
        connection.request(method, path, body, {"User-Agent": f"Broadsheet/{__version__}", **headers})
        answer = connection.getresponse()
        return answer.status, answer.read(_LARGEST)
    finally:
        connection.close()
