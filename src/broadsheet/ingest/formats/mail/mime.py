"""The rows of a message → its head and its parts, each with the rows that it stands on.

In: rows of bytes (RFC 5322, 2045 to 2047, 2231). Out: ``MimePart`` values, and their text with the source's row of
every line of it. Nothing that a message declares is believed: depth, number and size of parts are bounded, and a
charset holds where the bytes bear it out.
"""

from __future__ import annotations

import base64
import binascii
import functools
import quopri
import re
from collections.abc import Iterator, Sequence
from email.errors import HeaderParseError
from email.header import decode_header
from email.message import Message as Fields

import msgspec

from broadsheet.errors import BroadsheetError
from broadsheet.ingest.extract import charset
from broadsheet.ingest.extract.blocks import clean

DEPTH = 12  # parts in parts
MOST = 400  # parts of one message
LARGEST = 1024 * 1024  # bytes of a part's text
LARGEST_HTML = 4 * LARGEST  # which may hold its pictures
_WIDEST = 100_000  # characters of one field of a head

_FIELD = re.compile(rb"([!-9;-~]+)[ \t]*:[ \t]*(.*)", re.DOTALL)
_WORD = re.compile(r"=\?[^?]{1,60}\?[bqBQ]\?[^?]*\?=")
_ENCODING = "content-transfer-encoding"
_SOFT = re.compile(rb"=[ \t]*$")
_SAME = {"gb2312": "gb18030", "gbk": "gb18030", "ks_c_5601-1987": "cp949", "euc-kr": "cp949", "shift_jis": "cp932",
         "shift-jis": "cp932", "iso-8859-1": "cp1252", "latin1": "cp1252", "iso-8859-9": "cp1254",
         "iso-8859-8-i": "iso-8859-8", "unicode-1-1-utf-7": "utf-7", "x-mac-roman": "mac_roman", "ansi": "cp1252",
         "x-sjis": "cp932", "utf8": "utf-8", "cp-850": "cp850", "iso8859-1": "cp1252", "latin-1": "cp1252"}  # fmt: skip
_BLIND = frozenset(("", "us-ascii", "ascii", "7bit", "8bit", "unknown-8bit", "x-unknown", "default", "default_charset"))
_WHOLE = frozenset(("", "7bit", "8bit", "binary", "quoted-printable"))  # encodings that keep a row a row


class HeaderField(msgspec.Struct, frozen=True):
    """A field of a head: its name in lower case, its value as it was sent, its first row, and all of its rows."""

    name: str
    value: bytes
    row: int
    rows: range


class MimePart(msgspec.Struct, frozen=True):
    """A part of a message, or the message itself: its fields, its payload, and the parts in it.

    ``first`` is the row of the payload's first line, counted from 1 in the source. ``kind`` is its media type.
    """

    fields: tuple[HeaderField, ...]
    kind: str
    parameters: dict[str, str]
    name: str
    disposition: str
    encoding: str
    first: int
    rows: Sequence[bytes]
    parts: tuple[MimePart, ...] = ()
    marks: tuple[int, ...] = ()  # rows of boundaries, and of what stands outside of every part

    def field(self, name: str) -> str:
        """The value of the first field of a name as text, or nothing."""
        return next((text(f.value) for f in self.fields if f.name == name), "")

    def has(self, *names: str) -> bool:
        """Whether the head has a field of one of the names."""
        return any(f.name in names for f in self.fields)

    def row(self, name: str) -> int:
        """The row of the first field of a name; 0 where there is none."""
        return next((f.row for f in self.fields if f.name == name), 0)

    def walk(self) -> Iterator[MimePart]:
        """This part and all parts in it."""
        yield self
        for part in self.parts:
            yield from part.walk()

    @property
    def by_rows(self) -> bool:
        """Whether each row of the payload is a line of its text."""
        return self.encoding in _WHOLE

    def size(self) -> int:
        """About how many bytes its content has."""
        size = sum(map(len, self.rows)) + len(self.rows)
        return size * 3 // 4 if self.encoding == "base64" else size


def parse(rows: Sequence[bytes], first: int) -> MimePart:
    """A message from its rows; ``first`` is the number of the first of them."""
    return _part(rows, first, "text/plain", 0, [MOST])


def bare(rows: Sequence[bytes], first: int) -> MimePart:
    """Rows that are a text as a whole, without a head that programs read."""
    return MimePart((), "text/plain", {}, "", "", "", first, rows)


def _part(rows: Sequence[bytes], first: int, default: str, depth: int, left: list[int]) -> MimePart:
    left[0] -= 1
    fields, end = _head(rows, first)
    kind, parameters, name, disposition = _described(fields, default)
    encoding = next((f.value.strip().lower().decode("ascii", "replace") for f in fields if f.name == _ENCODING), "")
    encoding = encoding.partition(";")[0].strip()
    part = MimePart(fields, kind, parameters, name, disposition, encoding, first + end, rows[end:])
    if depth >= DEPTH or left[0] <= 0:
        return part
    if kind.startswith("multipart/") and (boundary := parameters.get("boundary", "")):
        return _divided(part, boundary, depth, left)
    if kind in ("message/rfc822", "message/global", "message/news"):
        inner = _inner(part)
        if inner is not None:
            return msgspec.structs.replace(part, parts=(_part(*inner, "text/plain", depth + 1, left),))
    return part


def _inner(part: MimePart) -> tuple[Sequence[bytes], int] | None:
    """The rows of a message that a part carries; one in base64 has the row where it begins for all of its rows."""
    rows, first = part.rows, part.first
    if part.encoding in ("base64", "quoted-printable"):
        data = content(part)
        return (data.replace(b"\r\n", b"\n").split(b"\n"), -first) if data.strip() else None
    while rows and not rows[0].strip():
        rows, first = rows[1:], first + 1
    return (rows, first) if rows else None


def _head(rows: Sequence[bytes], first: int) -> tuple[tuple[HeaderField, ...], int]:
    """The fields above the first blank row, and the index of the first row of the payload."""
    found: list[tuple[str, list[bytes], int]] = []
    end = len(rows)
    for n, row in enumerate(rows):
        if not row.strip():
            end = n + 1
            break
        if row[:1] in (b" ", b"\t") and found:
            found[-1][1].append(row.strip())
        elif field := _FIELD.match(row):
            found.append((field[1].decode("ascii").lower(), [field[2]], n))
        elif not found or n == 0:
            end = n
            break
        elif row.startswith((b">From ", b"From ")) or _goes_on(rows, n, {name for name, _, _ in found}):
            continue
        else:  # no field at all: the text has begun without a blank row
            end = n
            break
    if not found:
        return (), end
    ends = [*(n for _, _, n in found[1:]), max(end - 1, 0) if end and end <= len(rows) else len(rows)]
    return tuple(
        HeaderField(name, b" ".join(values)[:_WIDEST], abs(_at(first, n)), _range(first, n, stop))
        for (name, values, n), stop in zip(found, ends, strict=True)
    ), end


def _goes_on(rows: Sequence[bytes], n: int, seen: set[str]) -> bool:
    """Whether a head goes on below a row that is no field of it: a field follows that it does not have yet."""
    field = _FIELD.match(rows[n + 1]) if n + 1 < len(rows) else None
    return field is not None and field[1].lower().decode("ascii") in _USUAL - seen


_USUAL = frozenset(("content-type", "mime-version", "subject", "message-id", _ENCODING, "date"))


def _at(first: int, n: int) -> int:
    return first + n if first > 0 else first


def _range(first: int, n: int, stop: int) -> range:
    return range(first + n, first + max(stop, n + 1)) if first > 0 else range(0)


def _described(fields: Sequence[HeaderField], default: str) -> tuple[str, dict[str, str], str, str]:
    """The media type, its parameters, the file's name and the disposition that a head declares."""
    declared = tuple((f.name, f.value) for f in fields if f.name in ("content-type", "content-disposition"))
    return _declared(declared, default) if declared else (default, {}, "", "")


@functools.lru_cache(maxsize=512)  # most parts of a mailbox declare the same
def _declared(lines: tuple[tuple[str, bytes], ...], default: str) -> tuple[str, dict[str, str], str, str]:
    declared = dict(lines)
    made = Fields()
    for name, value in declared.items():
        made[name] = " ".join(value.decode("utf-8", "replace").replace("\0", "").split())
    try:
        kind = made.get_content_type() if "content-type" in declared else default
        parameters = {key.lower(): value for key, value in made.get_params([], unquote=True)[1:] if value}
        name = text((made.get_filename() or "").encode("utf-8", "replace"))
        disposition = made.get_content_disposition() or ""
    except (ValueError, TypeError, LookupError, AttributeError):  # the parser of the standard library on broken fields
        return default, {}, "", ""
    if kind == "text/plain" and "content-type" in declared and b"/" not in declared["content-type"]:
        kind = default
    return kind, parameters, clean(name.replace("\\", "/").rpartition("/")[2]), disposition


def _divided(part: MimePart, boundary: str, depth: int, left: list[int]) -> MimePart:
    """A part of several parts, divided at its boundary (RFC 2046); one that is never closed ends with its rows."""
    begins = b"--" + boundary.encode("utf-8", "replace").rstrip()
    at = [n for n, row in enumerate(part.rows) if row.startswith(begins) and _is_mark(row, begins)]
    default = "message/rfc822" if part.kind == "multipart/digest" else "text/plain"
    parts: list[MimePart] = []
    outside = [*range(at[0] if at else 0)]
    last = len(part.rows)
    for n, start in enumerate(at):
        if part.rows[start].rstrip() == begins + b"--":
            last = start
            break
        end = at[n + 1] if n + 1 < len(at) else len(part.rows)
        if left[0] > 0:
            parts.append(_part(part.rows[start + 1 : end], _at(part.first, start + 1), default, depth + 1, left))
        else:
            outside += range(start + 1, end)
    if not at:  # it says that it has parts and has none: it is its own text
        return msgspec.structs.replace(part, kind="text/plain")
    marks = sorted({*outside, *(n for n in at if n <= last), *range(last, len(part.rows))})
    return msgspec.structs.replace(part, parts=tuple(parts), marks=tuple(_at(part.first, n) for n in marks))


def _is_mark(row: bytes, begins: bytes) -> bool:
    return row.rstrip() in (begins, begins + b"--")


def text(value: bytes) -> str:
    """A field's value as text: encoded words and bytes of any charset decoded, one line."""
    if value.isascii():
        raw = value.decode("ascii")
        return clean(_words(raw) if "=?" in raw else raw)
    try:
        raw = value.decode()
    except UnicodeDecodeError:
        raw = _guessed(value)
    return clean(_words(raw) if "=?" in raw else raw)


def _words(raw: str) -> str:
    """Text whose encoded words are decoded; a word that is broken stays as it was sent."""
    raw = re.sub(r"(\?=)\s+(?==\?)", r"\1", raw)

    out: list[str] = []
    end = 0
    held: tuple[str, bytes] | None = None  # a character may be cut between two words of one charset
    for found in _WORD.finditer(raw):
        between = raw[end : found.start()]
        piece = _word(found[0])
        if held and (between or piece is None or piece[0] != held[0]):
            out.append(_decoded(held[1], held[0]))
            held = None
        out.append(between)
        if piece is None:
            out.append(found[0])
        else:
            held = (piece[0], held[1] + piece[1]) if held else piece
        end = found.end()
    if held:
        out.append(_decoded(held[1], held[0]))
    return "".join(out) + raw[end:]


def _word(word: str) -> tuple[str, bytes] | None:
    try:
        [(data, name)] = decode_header(word)
    except (HeaderParseError, ValueError, binascii.Error):
        return None
    if not isinstance(data, bytes) or not data:
        return None
    return (name or "").partition("*")[0].lower(), data


def content(part: MimePart) -> bytes:
    """The bytes that a part carries, decoded; what is not well encoded is kept as far as it goes."""
    data = b"\n".join(part.rows)
    if part.encoding == "base64":
        return _unpacked(data)
    if part.encoding == "quoted-printable":
        return quopri.decodestring(data)
    if part.encoding in ("x-uuencode", "uuencode", "x-uue"):
        return unuuencoded(part.rows)
    return data


def _unpacked(data: bytes) -> bytes:
    packed = re.sub(rb"[^A-Za-z0-9+/]", b"", data.partition(b"\n--")[0])
    try:
        return base64.b64decode(packed + b"=" * (-len(packed) % 4))
    except binascii.Error:
        return base64.b64decode(packed[: len(packed) // 4 * 4])


def unuuencoded(rows: Sequence[bytes]) -> bytes:
    """The bytes of a file in the old encoding of Unix to Unix copies."""
    out: list[bytes] = []
    for row in rows:
        if row.startswith(b"begin ") or not row.strip():
            continue
        if row.strip() == b"end":
            break
        try:
            out.append(binascii.a2b_uu(row))
        except binascii.Error:
            break
    return b"".join(out)


class PartText(msgspec.Struct, frozen=True):
    """The text of a part: its lines are at ``rows[n]`` in the source. ``cut`` is how many bytes were left out."""

    text: str
    rows: Sequence[int]
    cut: int = 0


def read(part: MimePart, default: str = "") -> PartText:
    """The text of a part, in the charset that it declares where its bytes bear that out."""
    data = content(part)
    most = LARGEST_HTML if part.kind == "text/html" else LARGEST
    cut = max(0, len(data) - most)
    if cut:
        data = data[:most]
    declared = (part.parameters.get("charset") or default).strip("'\" ").lower()
    raw = _decoded(data, declared)
    found = raw if "\r" not in raw else raw.replace("\r\n", "\n").replace("\r", "\n")
    return PartText(charset.clean(found), _placed(part, found.count("\n") + 1), cut)


def _placed(part: MimePart, lines: int) -> Sequence[int]:
    """The source's row of each line of a part's text."""
    if part.first <= 0 or not part.by_rows:
        return [abs(part.first)] * lines
    if part.encoding != "quoted-printable":
        return range(part.first, part.first + lines)
    rows: list[int] = []
    begun = True
    for n, row in enumerate(part.rows):
        if begun:
            rows.append(part.first + n)
        begun = not _SOFT.search(row)
    return (rows + [rows[-1] if rows else part.first] * lines)[:lines]


def continued(part: MimePart) -> list[int]:
    """The rows of a part in quoted-printable that go on with the line of the row above."""
    if part.encoding != "quoted-printable" or part.first <= 0:
        return []
    return [part.first + n + 1 for n, row in enumerate(part.rows[:-1]) if _SOFT.search(row)]


def _decoded(data: bytes, declared: str) -> str:
    """Bytes as text: UTF-8 where they are, the charset that is declared where it fits, else by their statistics."""
    if data.isascii() and declared not in _SEVEN:
        return data.decode("ascii")
    if declared not in (*_WIDE, *_SEVEN) and not declared.startswith(_EASTERN):
        try:
            return data.decode("utf-8-sig")
        except UnicodeDecodeError:
            pass
    if declared not in _BLIND and declared not in ("utf-8", "utf8"):
        try:
            return data.decode(_SAME.get(declared, declared))
        except (LookupError, ValueError):  # a charset that there is none of, or a name with a NUL in it
            pass
        if _SAME.get(declared) == "cp1252":  # which leaves five bytes open
            return data.decode("latin-1")
    return _guessed(data)


_SEVEN = frozenset(("iso-2022-jp", "iso-2022-kr", "hz-gb-2312", "utf-7", "unicode-1-1-utf-7", "utf-16", "utf-16le",
                    "utf-16be", "iso-2022-cn"))  # fmt: skip
_WIDE = frozenset(("utf-16", "utf-16le", "utf-16be", "utf-16-le", "utf-16-be", "utf-32"))


# Charsets of two bytes a character, whose short texts may pass for UTF-8 by chance.
_EASTERN = ("gb", "big5", "euc", "shift", "x-sjis", "cp9", "ks_c", "windows-949", "ms9")


def _guessed(data: bytes) -> str:
    try:
        return charset.text(data, "")
    except BroadsheetError:
        return data.decode("utf-8", "replace") if data.strip(b"\0") else ""
