"""Rich text (.rtf) → its stories.

In: a ``Source`` that holds RTF. Out: drafts. Deleted text of tracked changes, comments, running heads and hidden text
stay out: each is named in the fates. Table of the words: rtf.toml.
"""

from __future__ import annotations

import binascii
import datetime as dt
import re
import tomllib
from importlib.resources import files
from typing import Any

import msgspec

from broadsheet.errors import Place, fail
from broadsheet.ingest.extract.blocks import BREAK, Kind, Span
from broadsheet.ingest.extract.draft import Draft, Hints, Source
from broadsheet.ingest.formats import documents
from broadsheet.ingest.formats.documents import pieces

_WORDS: dict[str, Any] = tomllib.loads(files(__package__).joinpath("rtf.toml").read_text(encoding="utf-8"))
_APART = {word: name for name, words in _WORDS["apart"].items() for word in words}
_SKIPPED, _KEPT = frozenset(_WORDS["skipped"]), frozenset(_WORDS["kept"])
_MARKS, _CHARSETS, _PICTURE_KINDS = _WORDS["marks"], _WORDS["charsets"], _WORDS["pictures"]
_LINK = re.compile(r"HYPERLINK\s+(?:\\\\?\w\s+)*\"?([^\"\s]+)", re.IGNORECASE)
_NUMBERED = re.compile(r"\(?(\d{1,4})[.)]|[a-z][.)]|[ivx]{1,6}[.)]", re.IGNORECASE)
_TOKEN = re.compile(
    rb"\\([a-zA-Z]{1,32})(-?\d{1,10})?[ ]?|\\'([0-9a-fA-F]{2})|\\([^a-zA-Z'])|([{}])|([^\\{}\r\n\0]+)|[\r\n\0]+|\\'?"
)


class _State(msgspec.Struct):
    """What holds inside a group, and ends with it."""

    into: str = ""  # where text goes: "" into the story
    skip: bool = False
    strong: bool = False
    emphasis: bool = False
    hidden: bool = False
    deleted: bool = False
    fallback: int = 1  # characters after \u that stand in for it
    charset: str = ""
    href: str = ""
    starred: bool = False
    fresh: bool = True  # nothing has come yet in this group


def _codec(name: str, default: str) -> str:
    """A charset as Python calls it; ``default`` where it knows none of that name."""
    try:
        "".encode(name)
    except LookupError:
        return {"cp65001": "utf-8", "cp10000": "mac_roman"}.get(name, default)
    return name


def _moment(fields: dict[str, int]) -> dt.datetime | None:
    """The moment that the words of a date give; None where they give none."""
    try:
        year, month, day = (fields[key] for key in ("yr", "mo", "dy"))
        return dt.datetime(year, month, day, fields.get("hr", 0), fields.get("min", 0), tzinfo=dt.UTC)
    except (KeyError, ValueError):
        return None


_DEEP = 2_000  # groups within one another


def read(source: Source, hints: Hints) -> tuple[Draft, ...]:
    """The stories of a document. Raises BroadsheetError: ``damaged`` where it is damaged, ``no-story``."""
    reader = _Reader(source)
    return documents.drafts(
        source, hints, reader.walk(), reader.about(), reader.pictures.held, reader.pictures.problems()
    )


class _Reader:
    """One pass over the tokens of a document."""

    def __init__(self, source: Source) -> None:
        self._data, self._place = source.data, Place(source.name)
        self.pictures = pieces.DocumentPictures(source.name)
        self._pieces: list[pieces.DocumentPiece] = []
        self._state = _State()
        self._stack: list[_State] = []
        self._bytes = bytearray()  # text that waits to be decoded
        self._skipping = 0
        self._charset = "cp1252"
        self._fonts: dict[int, str] = {}
        self._styles: dict[int, tuple[str, int]] = {}
        self._apart: dict[str, list[str]] = {}
        self._run: list[Span] = []
        self._after: list[pieces.DocumentPiece] = []
        self._notes: list[list[Span]] = []
        self._cells: list[list[Span]] = []
        self._style, self._level, self._table, self._mark = 0, 0, False, ""
        self._font = self._style_number = self._style_level = self._surrogate = 0
        self._picture, self._binary = "", b""
        self._dates: dict[str, dict[str, int]] = {"created": {}, "changed": {}}

    def walk(self) -> list[pieces.DocumentPiece]:
        """Every piece of the document."""
        self._tokens()
        self._end_paragraph()
        self._end_row()
        for number, spans in enumerate(self._notes, 1):
            if made := pieces.piece("p", [Span(f"[{number}] "), *spans]):
                self._pieces.append(msgspec.structs.replace(made, why=pieces.NOTE))
        for kind, why in (("header", "the head of the page"), ("footer", "the foot of the page")):
            self._pieces += [pieces.dropped(text, why) for text in self._apart.get(kind, ()) if text.strip()]
        return self._pieces

    def _tokens(self) -> None:
        at, data = 0, self._data
        while at < len(data) and (found := _TOKEN.match(data, at)):
            at = found.end()
            word, number, hexed, symbol, brace, text = found.groups()
            if text is not None:
                self._text(text)
            elif word == b"bin":
                end = min(len(data), at + max(int(number or 0), 0))
                self._binary = data[at:end] if self._state.into == "picture" else b""
                at = end
            elif word is not None:
                self._word(word.decode(), int(number) if number else None)
            elif hexed is not None:
                self._text(bytes((int(hexed, 16),)))
            elif symbol is not None:
                self._symbol(symbol)
            elif brace is not None:
                self._open() if brace == b"{" else self._close()

    def about(self) -> pieces.Properties:
        """What the document says of itself."""
        said = {key: " ".join("".join(self._apart.get(key, ())).split()) for key in ("title", "creator")}
        heads = tuple(" ".join(text.split()) for text in self._apart.get("header", ()))
        created, changed = (_moment(self._dates[key]) for key in ("created", "changed"))
        return pieces.Properties(said["title"], said["creator"], created, changed, "", heads)

    def _open(self) -> None:
        self._decode()
        if len(self._stack) > _DEEP:
            message = f"the document is damaged: more than {_DEEP} nested groups"
            raise fail("damaged", message, self._place, "Save it again.")
        self._stack.append(self._state)
        self._state = msgspec.structs.replace(self._state, starred=False, fresh=True)

    def _close(self) -> None:
        self._decode()
        if not self._stack:
            return
        ended, self._state = self._state, self._stack.pop()
        if ended.into != self._state.into:
            self._done(ended.into)

    def _done(self, kind: str) -> None:
        """A group that was kept apart has ended."""
        if kind == "field":
            found = _LINK.search("".join(self._apart.pop("field", ())))
            self._state.href = found[1] if found else ""
        elif kind == "mark":
            self._mark = " ".join("".join(self._apart.pop("mark", ())).split())
        elif kind == "comment":
            who = " ".join("".join(self._apart.pop("author", ())).split())
            text = "".join(self._apart.pop("comment", ()))
            if text.strip():
                self._after.append(pieces.dropped(text, f"a comment{f' by {who[:80]}' if who else ''}"))
        elif kind == "picture":
            self._add_picture()
        elif kind in ("header", "footer"):
            self._apart[kind] = [*self._apart.get(f"{kind} done", ()), "".join(self._apart.get(kind, ()))]
            self._apart[f"{kind} done"] = self._apart[kind]
        elif kind == "styles":
            self._apart.pop("styles", None)

    def _word(self, word: str, value: int | None) -> None:
        state = self._state
        fresh, state.fresh = state.fresh, False
        if word == "u" and value is not None:
            self._unicode(value)
            return
        self._decode()
        self._skipping = 0
        if state.skip or ((fresh or state.starred) and self._destination(word)):
            return
        starred, state.starred = state.starred, False
        if starred and word not in _KEPT:
            state.skip = True
        elif word in _MARKS:
            self._say(_MARKS[word])
        elif not self._letters(word, value) and not self._table_word(word, value):
            if not state.into:
                self._layout(word, value)
            elif word in ("par", "line", "cell", "chftn"):
                self._say(" ")

    def _letters(self, word: str, value: int | None) -> bool:
        """Whether a word says how letters look, or which they are."""
        state, on = self._state, value != 0
        if word == "b":
            state.strong = on
        elif word == "i":
            state.emphasis = on
        elif word == "plain":
            state.strong = state.emphasis = state.hidden = state.deleted = False
        elif word in ("v", "webhidden"):
            state.hidden = on
        elif word == "deleted":
            state.deleted = on
        elif word == "uc":
            state.fallback = max(0, min(value or 0, 9))
        elif word == "f":
            self._font = value or 0
            state.charset = self._fonts.get(self._font, "")
        elif word == "ansicpg":
            self._charset = _codec(f"cp{value}", self._charset)
        elif word in _CHARSETS:
            self._charset = _CHARSETS[word]
        else:
            return False
        return True

    def _table_word(self, word: str, value: int | None) -> bool:
        """Whether a word belongs to a table of fonts or styles, a date or a picture."""
        into = self._state.into
        if into == "fonts":
            if word == "fcharset":
                self._fonts[self._font] = _CHARSETS.get(str(value), "") if value else ""
            elif word == "cpg":
                self._fonts[self._font] = _codec(f"cp{value}", "")
        elif into == "styles":
            self._style_number = value or 0 if word == "s" else self._style_number
            self._style_level = (value or 0) + 1 if word == "outlinelevel" else self._style_level
        elif into in self._dates:
            self._dates[into][word] = value or 0
        elif into == "picture":
            self._picture = word if word in _PICTURE_KINDS else self._picture
        else:
            return False
        return True

    def _destination(self, word: str) -> bool:
        """Whether a word says where the text of its group goes."""
        state = self._state
        if word in _SKIPPED or word == "comment" or (word in ("title", "author") and state.into):
            state.skip = True
        elif into := _APART.get(word):
            state.into, state.starred = into, False
            if into == "note":
                self._notes.append([])
                self._run.append(Span(f"[{len(self._notes)}]"))
            elif into == "picture":
                self._picture, self._binary = "", b""
            elif into in ("header", "footer"):
                self._apart[into] = []
        elif word == "shptxt":
            state.starred = False
            self._end_paragraph()
        elif word == "fldrslt":
            state.href = self._stack[-1].href if self._stack else ""
        else:
            return False
        return True

    def _layout(self, word: str, value: int | None) -> None:
        """What a word says of paragraphs and tables."""
        if word in ("par", "page", "sect", "column"):
            if self._table:
                self._run.append(Span(" "))
            else:
                self._end_paragraph()
        elif word == "line":
            self._run.append(BREAK)
        elif word == "pard":
            self._style, self._level, self._table, self._mark = 0, 0, False, ""
        elif word == "intbl":
            self._table = True
        elif word == "s":
            self._style = value or 0
        elif word == "outlinelevel":
            self._level = (value or 0) + 1 if (value or 0) < 9 else 0
        elif word in ("cell", "nestcell"):
            self._cells.append(self._run)
            self._run = []
        elif word in ("row", "nestrow"):
            self._end_row()

    def _end_paragraph(self) -> None:
        name, level = self._styles.get(self._style, ("", 0))
        heading = re.match(r"heading\s*(\d)", name)
        level = int(heading[1]) if heading else self._level or level
        title = name == "title"
        kind: Kind = "h" if level and not title else "li" if self._mark else "quote" if "quote" in name else "p"
        number = _NUMBERED.match(self._mark) if kind == "li" else None
        ordered = int(number[1]) if number and number[1] else 0
        made = pieces.piece(
            "p" if title else kind, self._run, level=level or 1, ordered=ordered, quoted=kind == "quote", title=title
        )
        self._pieces += [*([made] if made else ()), *self._after]
        self._run, self._after, self._mark = [], [], ""

    def _end_row(self) -> None:
        cells, self._cells = self._cells, []
        sizes = [sum(len(span.text) for span in spans) for spans in cells]
        if len(cells) == 1 or max(sizes, default=0) > 200:  # it arranges the page
            self._pieces += [made for spans in cells if (made := pieces.piece("p", spans))]
        elif cells and (made := pieces.row(cells)):
            self._pieces.append(made)
        self._pieces += self._after
        self._after = []

    def _text(self, data: bytes) -> None:
        state = self._state
        state.fresh, state.skip = False, state.skip or state.starred
        if state.skip:
            return
        cut = min(self._skipping, len(data))
        self._skipping -= cut
        self._bytes += data[cut:]

    def _symbol(self, symbol: bytes) -> None:
        if symbol == b"*":
            self._state.starred = True
            return
        self._state.fresh = False
        self._decode()
        if symbol in (b"\n", b"\r"):
            self._word("par", None)
        elif symbol in (b"{", b"}", b"\\"):
            self._text(symbol)
        else:
            self._say({b"~": "\u00a0", b"_": "-", b"\t": " "}.get(symbol, ""))

    def _unicode(self, value: int) -> None:
        """A character by its number; what stands in for it is passed over. Two halves of one follow one another."""
        if self._state.skip:
            return
        self._decode()
        code = value % 0x10000
        if 0xD800 <= code < 0xDC00:
            self._surrogate = code
        elif 0xDC00 <= code < 0xE000:
            if self._surrogate:
                self._say(chr(0x10000 + ((self._surrogate - 0xD800) << 10) + code - 0xDC00))
            self._surrogate = 0
        elif 0xF000 <= code < 0xF100:  # a sign of a font of symbols: the mark of an item, or nothing that has a name
            self._say("•" if self._state.into == "mark" else "")
        else:
            self._say(chr(code))
        self._skipping = self._state.fallback

    def _decode(self) -> None:
        if self._bytes:
            data, self._bytes = bytes(self._bytes), bytearray()
            self._say(data.decode(self._state.charset or self._charset, "replace"))

    def _say(self, text: str) -> None:
        """Text at the place that the pass has reached."""
        state = self._state
        if state.skip or not text:
            return
        if state.into == "styles":
            for name in text.split(";"):
                if name.strip():
                    self._styles[self._style_number] = (name.strip().lower(), self._style_level)
                    self._style_number = self._style_level = 0
        elif state.into == "note":
            if self._notes:
                self._notes[-1].append(Span(text, state.href, state.strong, state.emphasis))
        elif state.into:
            self._apart.setdefault(state.into, []).append(text)
        elif state.deleted or state.hidden:
            if text.strip():
                self._after.append(
                    pieces.dropped(text, "deleted in a tracked change" if state.deleted else "hidden text")
                )
        else:
            self._run.append(Span(text, state.href, state.strong, state.emphasis))

    def _add_picture(self) -> None:
        hexed = re.sub(r"[^0-9a-fA-F]", "", "".join(self._apart.pop("picture", ())))
        data = self._binary or binascii.unhexlify(hexed[: len(hexed) // 2 * 2])
        ending = _PICTURE_KINDS.get(self._picture, "")
        name = f"picture-{len(self.pictures.held) + 1}.{ending}"
        why = self.pictures.add(name, data) if ending else "a picture of a kind that browsers do not show"
        self._after.append(pieces.dropped("a picture", why) if why else pieces.picture(name, ""))
