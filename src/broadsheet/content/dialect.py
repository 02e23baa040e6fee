"""What stories hold that the parser's library does not know → HTML in the text, which it passes on to the sanitiser.

In: Markdown. Out: Markdown in which boxes, marked words, small letters, embeds and media stand as HTML, and what is
wrong with them. It has as many lines as before, each in its place: the line of every fact stays right. What renders a
body and what reads its facts both begin here.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from html import escape
from typing import Any, NamedTuple
from urllib.parse import urlsplit

from broadsheet import iri
from broadsheet.content import parser
from broadsheet.errors import Place, Problem, warning
from broadsheet.text import did_you_mean

ALERTS = ("note", "tip", "important", "warning", "caution")  # as GitHub has them
BLOCKS = ("box", "pull", "aside", "gallery", *ALERTS)
SOUNDS = frozenset({"aac", "flac", "m4a", "mp3", "oga", "ogg", "opus", "wav"})
FILMS = frozenset({"m4v", "mov", "mp4", "ogv", "webm"})
TABLE = "csv"


class ExpandedText(NamedTuple):
    """A text with HTML in the place of what the library does not know; problems with lines of the text, and no file."""

    text: str
    faults: tuple[Problem, ...] = ()


_MARKED = re.compile(
    rb"(?m)^ {0,3}:::|==[^\s=]|[\w)\]}\x80-\xff]~[^\s~]|[\w)\]}\x80-\xff]\^[^\s^]|<(?:audio|video|iframe)\b",
    re.IGNORECASE,
)
_SIGNS = (b":::", b"==", b"~", b"^", b"<")  # one of which is in all that this finds; each is looked for far faster
_LINKED = re.compile(  # begins with what is searched for fast
    rb"//(?:(?:[\w-]+\.)*(?:youtube(?:-nocookie)?\.com|youtu\.be|vimeo\.com|bsky\.app|x\.com|twitter\.com)/"
    rb"|[^\s/]+/@[\w.@-]+/\d)",
    re.IGNORECASE,
)


def _plain(data: bytes) -> bool:
    """Whether a body, in UTF-8, has nothing that the library does not know."""
    return not (any(sign in data for sign in _SIGNS) and _MARKED.search(data)) and not _LINKED.search(data)


def written(text: str, data: bytes, typeset: Callable[[str], str] = str) -> ExpandedText:
    """A body with what the library does not know written as HTML; ``data`` is the same in UTF-8.

    ``typeset`` gives titles their true quotes, which the parser sees only in Markdown.
    """
    if _plain(data):
        return ExpandedText(text)
    text, faults = _blocks(text, typeset) if ":::" in text else (text, ())
    return ExpandedText(_Inline(text, typeset).written(), faults)


def ending(address: str) -> str:
    """The ending of the file at an address, in small letters, without its dot."""
    name = address.partition("?")[0].partition("#")[0].rpartition("/")[2]
    return name.rpartition(".")[2].strip().lower() if "." in name else ""


# Blocks that colons fence in.

_CODE = re.compile(r" {0,3}(`{3,}|~{3,})")
_FENCE = re.compile(r" {0,3}:{3,}[ \t]*(.*?)[ \t]*:*\Z")
_KIND = re.compile(r"\{[ \t]*\.?([\w-]+)[^}]*\}[ \t]*(.*)|([\w-]+)(?:[ \t]+(.*))?")
# A comment in HTML begins a block, also right below a paragraph, and ends it with its line: what follows is Markdown.
_HTML = "<!-- -->"


def _blocks(text: str, typeset: Callable[[str], str]) -> tuple[str, tuple[Problem, ...]]:
    """The text with the lines that begin and end blocks as HTML."""
    lines, faults = text.split("\n"), list[Problem]()
    opened: list[tuple[int, str, str]] = []  # the line of each block that has not ended, what it is, what ends it
    code = ""
    for number, line in enumerate(lines):
        if (listing := _CODE.match(line)) and (not code or (listing[1].startswith(code) and not line.strip(" `~"))):
            code = "" if code else listing[1]
        fence = None if code else _FENCE.match(line)
        if fence is None:
            continue
        kind = _KIND.fullmatch(fence[1])
        if not fence[1] and opened:
            lines[number] = f"{_HTML}{opened.pop()[2]}"
        elif kind is None:
            hint = f"A block begins with a line such as '::: box' and ends with ':::'. Kinds: {', '.join(BLOCKS)}."
            faults.append(
                warning(
                    "block-unknown",
                    f"{line.strip()[:60]!r} neither begins nor ends a block",
                    Place("", number + 1),
                    hint,
                )
            )
        else:
            name, title = (kind[1] or kind[3]).lower(), (kind[2] or kind[4] or "").strip()
            title = title[1:-1] if title[:1] == title[-1:] == '"' and title.count('"') == 2 else title
            if name not in BLOCKS:
                hint = did_you_mean(name, BLOCKS) or f"Kinds: {', '.join(BLOCKS)}."
                message = f"{name[:60]!r} is not a kind of block: it is shown as an aside"
                faults.append(warning("block-unknown", message, Place("", number + 1), hint))
            begins, ends = _tags(name)
            said = f'<p class="title"><b>{escape(typeset(title), quote=False)}</b></p>' if title else ""
            opened.append((number, name, ends))
            lines[number] = f"{_HTML}{begins}{said}"
    for number, name, _ in opened:
        hint = "Write ':::' on a line of its own after the block."
        message = f"the {name[:60]} does not end: it goes to the end of the text"
        faults.append(warning("block-open", message, Place("", number + 1), hint))
    closing = "".join(ends for _, _, ends in reversed(opened))
    return "\n".join(lines) + (f"\n\n{_HTML}{closing}" if closing else ""), tuple(faults)


def _tags(name: str) -> tuple[str, str]:
    if name == "gallery":
        return '<div class="gallery">', "</div>"
    if name in ALERTS:
        return f'<aside class="alert alert-{name}">', "</aside>"
    return (f'<aside class="{name}">' if name in ("box", "pull") else "<aside>"), "</aside>"


# Cards: what another service shows, as a link that loads nothing of it.

_FEDIVERSE = "the Fediverse"  # posts of Mastodon and its like, on any host
_SERVICES = (
    ("YouTube", re.compile(r"https?://(?:www\.|m\.)?(?:youtube(?:-nocookie)?\.com/(?:watch\?\S*?\bv=|embed/|shorts/|live/)|youtu\.be/)[\w-]{6,}\S*")),
    ("Vimeo", re.compile(r"https?://(?:www\.|player\.)?vimeo\.com/(?:\S+/)?\d+\S*")),
    ("Bluesky", re.compile(r"https?://bsky\.app/profile/[^\s/]+/post/\w+\S*")),
    ("X", re.compile(r"https?://(?:www\.|mobile\.)?(?:x|twitter)\.com/\w+/status/\d+\S*")),
    (_FEDIVERSE, re.compile(r"https?://[^\s/]+/@[\w.-]+(?:@[\w.-]+)?/\d+\S*")),
)  # fmt: skip
_FRAMED = (  # the address of a player, and of the page that it stands on
    (re.compile(r"(?:https?:)?//(?:www\.)?youtube(?:-nocookie)?\.com/embed/([\w-]{6,}).*"), "https://www.youtube.com/watch?v="),
    (re.compile(r"(?:https?:)?//player\.vimeo\.com/video/(\d+).*"), "https://vimeo.com/"),
)  # fmt: skip


def _service(address: str) -> str:
    """The service whose page an address is, or its host where many have one; empty for any other."""
    found = next((name for name, pattern in _SERVICES if pattern.fullmatch(address)), None)
    if found == _FEDIVERSE:
        return _host(address) if iri.absolute(address) else ""
    return found or ""


def _host(address: str) -> str:
    return urlsplit(address).netloc.removeprefix("www.")


def _card(label: str, address: str, title: str, *, plain: bool) -> str:
    """A card; among other words it is the link alone, ``plain``."""
    shown = escape(address.partition("://")[2].removeprefix("www.").rstrip("/"), quote=False)
    link = f'<a href="{escape(address)}">'
    if plain:
        return f"{link}{escape(title, quote=False) or shown}</a>"
    said = f"<cite>{escape(title, quote=False)}</cite> " if title else ""
    return f'<p class="embed">{link}<b>{escape(label)}</b> {said}<small>{shown}</small></a></p>'


_INLINE = frozenset({"Emphasis", "Strong", "Strikethrough", "Link", "Image"})


class _Inline:
    """Writes out what stands in paragraphs and in raw HTML, by the events of the parser."""

    def __init__(self, text: str, typeset: Callable[[str], str]) -> None:
        self.data = text.encode()
        self.typeset = typeset
        self.edits: list[tuple[int, int, str]] = []
        self._raw: list[tuple[int, int]] = []  # HTML that is not looked through yet, and the words of the block
        self._words: list[tuple[int, int]] = []
        self._paragraph: list[_Event] | None = None  # what stands in the one that has not ended
        self._hushed = 0  # how deep in the words of a picture or in an address

    def written(self) -> str:
        """The text with every edit."""
        for event, span in parser.markdown().events_with_range(self.data.decode()):
            kind, said = (event, None) if isinstance(event, str) else next(iter(event.items()))
            name, about = next(iter(said.items())) if isinstance(said, dict) else (said, None)
            self._take(_Event(kind, name, about, span["start"], span["end"]))
        for start, end in self._raw:
            self._media(start, end, block=True)
        return self._edited()

    def _take(self, event: _Event) -> None:
        kind, name = event.kind, event.name
        if kind in ("Html", "InlineHtml"):
            _join(self._raw, event.start, event.end)
        elif kind == "Text" and not self._hushed:
            _join(self._words, event.start, event.end)
        elif kind == "Start":
            address = name == "Link" and event.about["link_type"] == "Autolink"
            self._hushed += bool(self._hushed or name == "Image" or address)
            if name == "Strikethrough":
                self._lowered(event.start, event.end)
        elif kind == "End":
            self._hushed = max(0, self._hushed - 1)
        if name == "Paragraph":
            events, self._paragraph = self._paragraph, [] if kind == "Start" else None
            if events:
                self._alone(events)
        elif self._paragraph is not None:
            self._paragraph.append(event)
        if kind == "End" and name not in _INLINE:
            self._letters(self._words)
            self._words.clear()

    def _alone(self, events: list[_Event]) -> None:
        """What stands alone in a paragraph: an address of a service, or media."""
        start, end = events[0].start, events[-1].end
        held = list[tuple[int, int]]()
        while self._raw and self._raw[-1][0] >= start:  # raw HTML in a line of words
            held.append(self._raw.pop())
        if held:
            self._media(held[-1][0], held[0][1], block=False, alone=(held[-1][0], held[0][1]) == (start, end))
        inside = self.data[start:end].decode()
        if "\n" in inside:
            return
        words = "".join(event.name or "" for event in events if event.kind == "Text")
        if all(event.kind == "Text" for event in events):
            address, title = inside.strip(), ""
        else:
            links = [event for event in events if event.name == "Link"]
            if len(links) != 2 or links != [events[0], events[-1]]:
                return
            address = links[0].about["dest_url"]
            title = "" if words == address else words
        if label := _service(address):
            self._edit(start, end, _HTML + _card(label, address, self.typeset(title), plain=False))

    def _letters(self, words: list[tuple[int, int]]) -> None:
        """Marked words, and letters above and below the line, in the words of one block."""
        marks: list[int] = []
        for start, end in words:
            text = self.data[start:end].decode()
            escaped = start and self.data[start - 1 : start] == b"\\"
            marks += [
                start + len(text[: found.start()].encode())
                for found in _MARK.finditer(text)
                if not (escaped and not found.start())
            ]
            for found in _SMALL.finditer(text):
                at = start + len(text[: found.start()].encode())
                name = "sub" if found[1] == "~" else "sup"
                self._edit(at, at + len(found[0].encode()), f"<{name}>{escape(found[2], quote=False)}</{name}>")
        opened = -1
        for at in marks:
            before, after = self.data[at - 1 : at] if at else b" ", self.data[at + 2 : at + 3] or b" "
            if opened >= 0 and not before.isspace():
                self._edit(opened, opened + 2, "<mark>")
                self._edit(at, at + 2, "</mark>")
                opened = -1
            elif opened < 0 and not after.isspace():
                opened = at

    def _lowered(self, start: int, end: int) -> None:
        """What the library takes for struck out, though it stands right below a word: H~2~O."""
        inside = self.data[start:end].decode()
        if not inside.startswith("~~") and re.search(
            r"[\w)\]}]\Z", self.data[max(0, start - 4) : start].decode(errors="ignore")
        ):
            self._edit(start, end, f"<sub>{escape(inside.strip('~'), quote=False)}</sub>")

    def _media(self, start: int, end: int, *, block: bool, alone: bool = False) -> None:
        """Frames of services, sounds and films in a piece of raw HTML."""
        html = self.data[start:end].decode()
        if not _MEDIA.search(html):
            return
        for found in _elements(html):
            begins, ends = (start + len(html[:place].encode()) for place in (found.start, found.end))
            card = self._player(found, plain=not (block or alone))
            if card:
                lines = html.count("\n", found.start, found.end)
                prefix = "" if block else _HTML if alone else ""
                self._edit(begins, ends, prefix + card + f"\n{_HTML}" * lines)

    def _player(self, found: _Element, *, plain: bool) -> str:
        """What is printed in the place of an element; empty where nothing is known of it."""
        title = self.typeset(found.get("title") or found.get("aria-label") or "")
        source = (found.get("src") or found.source or "").strip()
        if found.name == "iframe":
            address = next((page + known[1] for pattern, page in _FRAMED if (known := pattern.fullmatch(source))), "")
            return _card(_service(address), address, title, plain=plain) if address else ""
        if not source or re.match(r"(?!https?:)[a-zA-Z][\w+.-]*:", source):
            return ""
        if source.startswith("//") or re.match(r"https?:", source, re.IGNORECASE):
            whole = f"https:{source}" if source.startswith("//") else source
            return _card(_host(whole), source, title, plain=plain) if iri.absolute(whole) else ""
        if ending(source) not in (SOUNDS if found.name == "audio" else FILMS):
            return ""
        poster = (found.get("poster") or "").strip()
        shown = f'<img src="{escape(poster)}" alt="">' if poster else ""
        media = f'<img src="{escape(source)}" alt="{escape(title)}">{shown}'
        return media if plain else f"<p>{media}</p>"

    def _edit(self, start: int, end: int, html: str) -> None:
        self.edits.append((start, end, html))

    def _edited(self) -> str:
        pieces, at = [], 0
        for start, end, html in sorted(self.edits):
            if start >= at:  # what lies in what was replaced goes with it
                pieces += [self.data[at:start].decode(), html]
                at = end
        return "".join([*pieces, self.data[at:].decode()])


_MARK = re.compile(r"(?<!=)==(?!=)")
_SMALL = re.compile(r"(?<=[\w)\]}])([~^])(?![~^])((?:(?!\1)\S)+)\1(?!\1)")
_MEDIA = re.compile(r"<(?:audio|video|iframe)\b", re.IGNORECASE)


def _join(spans: list[tuple[int, int]], start: int, end: int) -> None:
    """Add a span, as one with the last where it follows on that."""
    if spans and spans[-1][1] == start:
        start = spans.pop()[0]
    spans.append((start, end))


class _Event(NamedTuple):
    """An event of the parser: its kind, the name of what begins or ends (of a text the text), more of it, its bytes."""

    kind: str
    name: Any
    about: Any
    start: int
    end: int


class _Element(NamedTuple):
    """An element of media: its name, its first tag, the address of its first source, where it begins and ends."""

    name: str
    tag: parser.Tag
    source: str
    start: int
    end: int

    def get(self, name: str) -> str | None:
        """The value of an attribute."""
        return self.tag.get(name)


def _elements(html: str) -> Iterator[_Element]:
    """The elements of media in a piece of HTML, one after another."""
    opened: parser.Tag | None = None
    source = ""
    for tag in parser.tags(html):
        if opened is None and not tag.ends and tag.name in ("audio", "video", "iframe"):
            opened, source = tag, ""
        elif opened is not None and tag.name == "source" and not source:
            source = tag.get("src") or ""
        elif opened is not None and tag.ends and tag.name == opened.name:
            yield _Element(opened.name, opened, source, opened.start, tag.end)
            opened = None
    if opened is not None:
        yield _Element(opened.name, opened, source, opened.start, opened.end)
