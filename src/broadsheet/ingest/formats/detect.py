"""The one door of the room's readers: a source → its stories, by the reader of its format.

In: a ``Source`` of any kind. Out: drafts. The content says what a source is, and the name's ending only where the
content could be several things. A reader is loaded when its first source comes.
"""

from __future__ import annotations

import re
from importlib import import_module
from typing import Literal, cast

from broadsheet.errors import Place, fail
from broadsheet.ingest.extract.draft import Draft, Hints, Reader, Source

Format = Literal["text", "markdown", "html", "feed", "mail", "ninjs", "newsml", "archive"]

_HEAD = 8192  # bytes in which every format shows what it is

_ROOT = re.compile(r"<(?![!?/])(?:[\w-]+:)?([A-Za-z][\w-]*)")
_PROLOGUE = re.compile(r"<\?.*?\?>|<!--.*?-->|<!DOCTYPE[^>\[]*(?:\[.*?\])?\s*>", re.DOTALL | re.IGNORECASE)
_FEEDS = frozenset(("rss", "feed", "rdf"))
_NEWSML = frozenset(("newsitem", "newsmessage", "packageitem", "newsml", "nitf", "conceptitem", "knowledgeitem"))
_HTML = frozenset(
    ("html", "head", "body", "div", "article", "section", "main", "p", "h1", "h2", "header", "meta", "title", "table",
     "span", "center", "font", "ul", "ol", "blockquote", "figure", "link")
)  # fmt: skip
_MATTER = re.compile(r"---[ \t]*\n(?:[ \t]*\n|#[^\n]*\n)*[A-Za-z_][\w -]*:.*?\n(?:---|\.\.\.)[ \t]*(?:\n|$)", re.DOTALL)
_MAIL = re.compile(r"(?:\d{1,9}[ \t]*\n)?(?:>?From |[^\W\d_][^:：\n]{0,59}[:：])")
_HEADED = re.compile(r"\s*#{1,2} \S[^\n]*\n")
_MARKED = re.compile(r"\n#{2,6} \S|\]\(https?://|\n(?:```|~~~)|\*\*[^*\n]+\*\*")


def read(source: Source, hints: Hints) -> tuple[Draft, ...]:
    """The stories of a source.

    Raises BroadsheetError where it holds none, by the codes of the readers: ``empty``, ``binary``, ``no-story``, …
    """
    name = recognise(source)
    if not source.data:
        raise fail("empty", "the file is empty", Place(source.name), "Put the story's text into it, or remove it.")
    reader = cast("Reader", import_module(f"{__package__}.{name}").read)
    return reader(source, hints)


def recognise(source: Source) -> Format:
    """The format of a source."""
    data = source.data
    if data.startswith(b"PK\x03\x04"):
        return "archive"
    head = _head(data)
    ending = source.name.rpartition(".")[2].lower() if "." in source.name else ""
    start = head.lstrip("\ufeff \t\r\n")
    if start.startswith("<"):
        return _tagged(start, ending)
    if start.startswith(("{", "[")) and (found := _json(head, ending)):
        return found
    if ending in ("eml", "emlx", "mbox", "mbx", "mht", "mhtml") or _is_mail(start):
        return "mail"
    if ending in ("md", "markdown", "mdown", "mkd") or _MATTER.match(start):
        return "markdown"
    if ending in ("html", "htm", "xhtml") or (source.url and "<html" in head.lower()):
        return "html"
    return "markdown" if _HEADED.match(start) and _MARKED.search(start) else "text"


def _head(data: bytes) -> str:
    """The first characters of a source, whatever its charset; enough to recognise a format, not to read it."""
    for mark, charset in ((b"\xff\xfe", "utf-16-le"), (b"\xfe\xff", "utf-16-be")):
        if data.startswith(mark):
            return data[2 : _HEAD * 2].decode(charset, "replace")
    return data[:_HEAD].replace(b"\r\n", b"\n").replace(b"\r", b"\n").decode("utf-8", "replace")


def _tagged(start: str, ending: str) -> Format:
    """What begins with a tag: by its root element."""
    if re.match(r"<!doctype\s+html", start, re.IGNORECASE):
        return "html"
    while prologue := _PROLOGUE.match(start):
        start = start[prologue.end() :].lstrip()
    root = _ROOT.match(start)
    name = root[1].lower() if root else ""
    if name in _FEEDS:
        return "feed"
    if name in _NEWSML:
        return "newsml"
    if name in _HTML or ending in ("html", "htm", "xhtml") or "<html" in start.lower():
        return "html"
    return "newsml" if ending in ("xml", "newsml", "nitf") and root else "text"


def _json(head: str, ending: str) -> Format | None:
    """What begins like JSON: a JSON Feed or ninjs, or nothing that is known."""
    if "jsonfeed.org/version" in head:
        return "feed"
    if re.search(r'"(?:versioncreated|versionCreated|headlines?|body_\w+|bodies|firstcreated|pubstatus)"\s*:', head):
        return "ninjs"
    return "ninjs" if ending in ("json", "ninjs") else None


def _is_mail(start: str) -> bool:
    """Whether the first lines are the head of a mail; the reader of mail knows its words, and is asked where it may."""
    if not _MAIL.match(start):
        return False
    from broadsheet.ingest.formats import mail_head

    return mail_head.begins(start)
