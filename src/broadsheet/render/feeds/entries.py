"""Entries of RSS and Atom: feedgen draws one for each shape that entries have, and the others fill it in.

In: how feedgen draws an entry, and what an entry says, of whatever origin. Out: entries as bytes, in which every reader
shows text as it is. Ten thousand entries have a few dozen shapes (so many authors, a picture or none), and filling one
in takes a tenth of the time of drawing it.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable
from email.utils import format_datetime
from typing import Any

import msgspec

from broadsheet.model import Credit
from broadsheet.syndication import Enclosure, Feed, FeedItem

_MARKUP = re.compile('[&<>"]')
_NUMBERS = {"&": "&#x26;", "<": "&#x3C;", ">": "&#x3E;", '"': "&#x22;"}
_FORBIDDEN = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff]")


def escaped(text: str) -> str:
    """Plain text for XML, as numbers and not as names: readers that unfold ``&lt;`` twice then show it as it is.

    The RSS Advisory Board's profile asks for it, and the W3C validator (``CharacterData``, ``ContainsHTML``). What XML
    forbids is left out (XML 1.0, 2.2), and what the validator takes for a broken encoding (``BadCharacters``).
    """
    text = cleaned(text)
    return _MARKUP.sub(lambda match: _NUMBERS[match[0]], text) if _MARKUP.search(text) else text


def cleaned(text: str) -> str:
    """Text without the characters that no XML document may hold."""
    return text if text.isprintable() else _FORBIDDEN.sub("", text)


Shape = tuple[Any, ...]

# What stands in a pattern for what is no text until the pattern is written: no entry of ours says them.
_DATE = dt.datetime(2001, 2, 3, 4, 5, 6, tzinfo=dt.UTC)
_UPDATED = dt.datetime(2002, 3, 4, 5, 6, 7, tzinfo=dt.UTC)
_LENGTH, _WIDTH, _HEIGHT, _SOUND, _SECONDS = (1_000_000_000 + number for number in range(1, 6))
_BODY = "the body"
_SPLIT = "]]]]><![CDATA[>"  # what would end the CDATA, in two
_NAMES = {
    format_datetime(_DATE): "{date}",
    _DATE.isoformat(): "{date}",
    _UPDATED.isoformat(): "{updated}",
    str(_LENGTH): "{length}",
    str(_WIDTH): "{width}",
    str(_HEIGHT): "{height}",
    str(_SOUND): "{sound_length}",
    str(_SECONDS): "{seconds}",
}


class EntryTemplate(msgspec.Struct, frozen=True):
    """An entry of some shape: the text before its body and after it, with the names of what is to be filled in."""

    before: str
    after: str


class FilledEntry(msgspec.Struct, frozen=True):
    """An entry but for its body: the bytes before it and after it."""

    before: bytes
    after: bytes


class EntryWriter:
    """Writes the entries of feeds of one form.

    ``draw`` gives feedgen's element for an entry, ``said`` what the form says in its own way: summary and dates.
    ``holders`` are the start tags, without brackets, of the elements that may hold a body.
    """

    def __init__(
        self,
        draw: Callable[[FeedItem], Any],
        said: Callable[[FeedItem], dict[str, str]],
        holders: tuple[str, ...],
        spaces: dict[str, str],
    ) -> None:
        self._draw = draw
        self._said = said
        self._holders = holders
        self._spaces = spaces
        self._templates: dict[Shape, EntryTemplate] = {}
        self._filled: dict[FeedItem, FilledEntry] = {}  # by entries without their bodies, which would fill the memory

    def entry(self, item: FeedItem, feed: Feed) -> bytes:
        """An entry of a feed, its body as it is (CDATA): escaped it would be half as long again."""
        bare = msgspec.structs.replace(item, html="<>" if item.html else "")
        filled = self._filled.get(bare)
        if filled is None:
            filled = self._filled[bare] = self._fill(bare, foreign=item.language != feed.language)
        if not item.html:
            return filled.before
        return b"%s<![CDATA[%s]]>%s" % (filled.before, item.html.replace("]]>", _SPLIT).encode(), filled.after)

    def _fill(self, item: FeedItem, *, foreign: bool) -> FilledEntry:
        shape = _shape(item, foreign=foreign)
        pattern = self._templates.get(shape)
        if pattern is None:
            pattern = self._templates[shape] = self._pattern(_sample(item, foreign=foreign))
        fields = _fields(item) | self._said(item)
        return FilledEntry(pattern.before.format_map(fields).encode(), pattern.after.format_map(fields).encode())

    def _pattern(self, sample: FeedItem) -> EntryTemplate:
        from lxml import etree

        element = self._draw(sample)
        root = etree.Element("root", nsmap=self._spaces)
        around = root if element.tag == "entry" else etree.SubElement(root, "channel")  # as deep as it will stand
        around.append(element)
        xml: str = etree.tostring(root, encoding="unicode", pretty_print=True)
        opening, closing = f"<{element.tag}", f"</{element.tag}>\n"
        xml = xml[xml.rindex("\n", 0, xml.index(opening)) + 1 : xml.rindex(closing) + len(closing)]
        for written, name in _NAMES.items():
            xml = xml.replace(written, name)
        for holder in self._holders:
            before, found, after = xml.partition(f"<{holder}>{_BODY}</")
            if found:
                return EntryTemplate(f"{before}<{holder}>", f"</{after}")
        return EntryTemplate(xml, "")


def _shape(item: FeedItem, *, foreign: bool) -> Shape:
    picture = item.picture
    pictured = picture and (bool(picture.width), bool(picture.alt), bool(picture.credit))
    sound = item.sound and (bool(item.sound.seconds), item.podcast)
    there = (bool(item.summary), bool(item.html), item.source is not None, sound, bool(item.rights), foreign)
    return (len(item.authors), len(item.categories), pictured, *there)


def _sample(item: FeedItem, *, foreign: bool) -> FeedItem:
    """An entry of an item's shape that says the names of what is to be filled in."""
    picture = item.picture
    return FeedItem(
        id="{id}",
        title="{title}",
        url="{url}",
        summary="{summary}" if item.summary else "",
        html=_BODY if item.html else "",
        date=_DATE,
        updated=_UPDATED,
        language="{language}" if foreign else "",
        authors=tuple(f"{{author{number}}}" for number in range(len(item.authors))),
        categories=tuple(f"{{category{number}}}" for number in range(len(item.categories))),
        picture=Enclosure(
            url="{picture}",
            type="{type}",
            length=_LENGTH,
            width=_WIDTH if picture.width else 0,
            height=_HEIGHT if picture.width else 0,
            alt="{alt}" if picture.alt else "",
            credit="{credit}" if picture.credit else "",
        )
        if picture
        else None,
        source=Credit(name="{source}", url="{original}") if item.source else None,
        sound=Enclosure(url="{sound}", type="{sound_type}", length=_SOUND, seconds=item.sound.seconds and _SECONDS)
        if item.sound
        else None,
        rights="{rights}" if item.rights else "",
        podcast=item.podcast,
    )


def _fields(item: FeedItem) -> dict[str, str]:
    """What every form says of an entry alike."""
    fields = {
        "id": escaped(item.id),
        "title": escaped(item.title),
        "url": escaped(item.url),
        "language": item.language,
        "rights": escaped(item.rights),
        **{f"author{number}": escaped(name) for number, name in enumerate(item.authors)},
        **{f"category{number}": escaped(name) for number, name in enumerate(item.categories)},
    }
    if item.picture:
        picture = item.picture
        fields |= {
            "picture": escaped(picture.url),
            "type": picture.type,
            "length": str(picture.length),
            "width": str(picture.width),
            "height": str(picture.height),
            "alt": escaped(picture.alt),
            "credit": escaped(picture.credit),
        }
    if item.sound:
        fields |= {
            "sound": escaped(item.sound.url),
            "sound_type": escaped(item.sound.type),
            "sound_length": str(item.sound.length),
            "seconds": str(item.sound.seconds),
        }
    if item.source:
        fields |= {"source": escaped(item.source.name or item.source.url), "original": escaped(item.source.url)}
    return fields
