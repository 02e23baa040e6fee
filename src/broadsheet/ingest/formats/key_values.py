"""A value of front matter, as any generator writes it → a text, names, a picture.

In: what YAML, TOML, JSON or a line gave. Out: values of the kinds that a draft has; empty for what is none.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator
from typing import Any

from broadsheet.ingest.extract import bylines
from broadsheet.model import Picture
from broadsheet.text import clip

SHOWN = 80  # characters of a value that a message or a reason repeats


def shown(value: Any) -> str:
    """A value in a message: as it is written, in one line, clipped."""
    text = str(value).lower() if isinstance(value, bool) else " ".join(str(value).split())
    return clip(text, SHOWN)


def line(value: Any) -> str:
    """A value as one line of text; empty for a list, a table, true and false."""
    if isinstance(value, bool) or not isinstance(value, str | int | float | dt.date):
        return ""
    return " ".join(str(value).split())


def first(value: Any) -> str:
    """The first text of a list, or the one that a value is."""
    return next(iter(texts(value)), "") if isinstance(value, list) else line(value)


def texts(value: Any) -> tuple[str, ...]:
    """A list of names, or one text that holds several."""
    values = value if isinstance(value, list) else re.split(r"\s*[,;]\s*", line(value).strip("[]"))
    return tuple(text for item in values if (text := line(item.get("name") if isinstance(item, dict) else item)))


def names(value: Any) -> Iterator[str]:
    """The names of a byline, of a list, or of tables with a ``name``."""
    values = re.split(r"\s*;\s*", value) if isinstance(value, str) else value if isinstance(value, list) else [value]
    for item in values:
        text = line(item.get("name") if isinstance(item, dict) else item)
        byline = bylines.read(text) or (bylines.bare(text) if "," in text or " and " in text else None)
        yield from byline.names if byline and byline.names else ([text] if text else [])


def picture(value: Any) -> Picture | None:
    """The picture that an address is, or a table with its words; of several the first."""
    value = next(iter(value), None) if isinstance(value, list) else value
    node = value if isinstance(value, dict) else {"src": value}
    src = next((text for key in ("src", "url", "path", "image", "file") if (text := line(node.get(key)))), "")
    scheme = re.match(r"([a-z][a-z0-9+.-]*):", re.sub(r"[\x00-\x20]", "", src), re.IGNORECASE)
    if not src or (scheme and scheme[1].lower() not in ("http", "https")):
        return None
    alt, caption, credit = (line(node.get(key)) for key in ("alt", "caption", "credit"))
    return Picture(src, alt, caption, credit)
