"""References: what a Markdown text links to and shows, each with its line.

In: a file of content. Out: ``Reference`` values, in the order of the text; raw HTML in it is read too.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from html import unescape
from typing import Any, Literal

import msgspec

from broadsheet import storyfile


class Reference(msgspec.Struct, frozen=True):
    """A link or a picture: its address as it was written, its line in the file, a picture's text alternative."""

    kind: Literal["link", "picture"]
    address: str
    line: int
    alt: str = ""


def references(data: bytes, shown: str) -> list[Reference]:
    """What the body of a Markdown file refers to. Raises BroadsheetError for a file without front matter."""
    import pyromark

    body = storyfile.body(data, shown)
    whole = data.decode("utf-8-sig", "replace").replace("\r\n", "\n").replace("\r", "\n").rstrip()
    above = whole.count("\n") - body.count("\n")
    options = pyromark.Options.ENABLE_TABLES | pyromark.Options.ENABLE_STRIKETHROUGH
    events = pyromark.Markdown(options=options).events_with_range(body)
    text = body.encode()
    return [msgspec.structs.replace(made, line=above + 1 + text.count(b"\n", 0, made.line)) for made in _found(events)]


def _found(events: Any) -> Iterator[Reference]:
    """References with the bytes before them in place of their lines."""
    alts: list[tuple[int, str, list[str]]] = []  # the pictures that are open
    for event, span in events:
        kind, said = next(iter(event.items())) if isinstance(event, dict) else (event, None)
        if kind == "Start" and isinstance(said, dict):
            if link := said.get("Link"):
                yield Reference("link", link["dest_url"], span["start"])
            elif picture := said.get("Image"):
                alts.append((span["start"], picture["dest_url"], []))
        elif kind == "End" and said == "Image" and alts:
            start, address, words = alts.pop()
            yield Reference("picture", address, start, "".join(words))
        elif kind in ("Text", "Code") and alts and isinstance(said, str):
            alts[-1][2].append(said)
        elif kind in ("Html", "InlineHtml") and isinstance(said, str):
            yield from _raw(said, span["start"])


_TAG = re.compile(r"<(a|img)\b((?:[^>\"']|\"[^\"]*\"|'[^']*')*)>", re.IGNORECASE)
_ATTRIBUTE = re.compile(r"\b(href|src|alt)\s*=\s*(?:\"([^\"]*)\"|'([^']*)'|([^\s>]+))", re.IGNORECASE)


def _raw(html: str, start: int) -> Iterator[Reference]:
    for tag in _TAG.finditer(html):
        said = {name.lower(): unescape(a or b or c) for name, a, b, c in _ATTRIBUTE.findall(tag[2])}
        before = start + len(html[: tag.start()].encode())
        if tag[1].lower() == "a" and "href" in said:
            yield Reference("link", said["href"], before)
        elif "src" in said:
            yield Reference("picture", said["src"], before, said.get("alt", ""))
