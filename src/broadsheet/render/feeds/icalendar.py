"""iCalendar: moments to come → a file that calendar programs read (RFC 5545).

In: events. Out: bytes.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator

import msgspec

LONGEST = 75  # octets of a line, its break not counted (RFC 5545, 3.1)
_ESCAPES = str.maketrans({"\\": "\\\\", ";": "\\;", ",": "\\,", "\n": "\\n", "\r": None})


class Event(msgspec.Struct, frozen=True):
    """Something that happens at a moment; ``id`` names it for ever."""

    id: str
    moment: dt.datetime
    title: str
    text: str = ""


def icalendar(title: str, events: Iterable[Event], now: dt.datetime) -> bytes:
    """A calendar of these events, as of ``now``."""
    lines = [
        "BEGIN:VCALENDAR",
        "VERSION:2.0",
        "PRODID:-//Broadsheet//Broadsheet//EN",
        "CALSCALE:GREGORIAN",
        f"X-WR-CALNAME:{_text(title)}",
    ]
    for event in events:
        lines += [
            "BEGIN:VEVENT",
            f"UID:{_text(event.id)}",
            f"DTSTAMP:{_moment(now)}",
            f"DTSTART:{_moment(event.moment)}",
            f"SUMMARY:{_text(event.title)}",
            *([f"DESCRIPTION:{_text(event.text)}"] if event.text else []),
            "TRANSP:TRANSPARENT",
            "END:VEVENT",
        ]
    lines.append("END:VCALENDAR")
    return "".join(f"{part}\r\n" for line in lines for part in _folded(line)).encode()


def _moment(moment: dt.datetime) -> str:
    utc = moment.astimezone(dt.UTC)
    return f"{utc.year:04}{utc:%m%dT%H%M%SZ}"


def _text(text: str) -> str:
    return text.translate(_ESCAPES)


def _folded(line: str) -> Iterator[str]:
    """A line in parts of at most 75 octets, never cut inside a character; all but the first begin with a space."""
    part, room = "", LONGEST
    for character in line:
        size = len(character.encode())
        if size > room:
            yield part
            part, room = " ", LONGEST - 1
        part += character
        room -= size
    yield part
