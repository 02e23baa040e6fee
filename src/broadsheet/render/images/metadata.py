"""Metadata: what the file of a picture holds besides the picture, such as where and by whom it was taken.

In: the bytes of a JPEG, PNG, GIF, WebP or AVIF file. Out: the names of what is in it that readers are not to get, or
the same picture without that. A part that is not known to be needed to show the picture is taken for private: cameras,
phones and programs put their own data into every format. Pixels are not looked at.
"""

from __future__ import annotations

import re
import struct
import zlib
from collections.abc import Callable, Collection, Iterator

CREDENTIALS = "content credentials (C2PA)"
EXIF = "Exif data"
_APPLICATION, _AFTER, _COMMENT, _TEXT, _THUMBNAIL = (
    "data of a program", "bytes after its end", "a comment", "a text", "a thumbnail",
)  # fmt: skip
_IPTC, _MORE, _TIME, _XMP, _UNREADABLE = (
    "IPTC data", "further pictures", "a time of change", "XMP data", "parts that cannot be told",
)  # fmt: skip

Segment = tuple[str, bytes]  # what a part of a file is, empty where the picture needs it; its bytes


def found(data: bytes) -> tuple[str, ...]:
    """What a picture's file holds that readers are not to get; nothing for what is no picture."""
    try:
        return tuple(sorted({name for name, _ in _parts(data)} - {""}))
    except (ValueError, IndexError, struct.error):
        return (_UNREADABLE,)


def is_picture(data: bytes) -> bool:
    """Whether a file begins as one of these pictures does."""
    return _kind(data) is not None


def credentialed(data: bytes) -> bool:
    """Whether a picture's file holds content credentials: who made it and what was done to it, signed (C2PA 2.2)."""
    if b"c2pa" not in data and b"C2PA" not in data and _C2PA not in data:
        return False  # in most cases, and seen at once
    return CREDENTIALS in found(data)


def without(data: bytes, keep: Collection[str] = ()) -> bytes:
    """The same picture with nothing in its file but what it needs to be shown, and what is called one of ``keep``.

    The colour profile stays. Raises ValueError for a file in which that cannot be determined, and for an AVIF.
    """
    try:
        parts = [part for name, part in _parts(data) if not name or name in keep]
    except (IndexError, struct.error):
        raise ValueError("breaks off") from None
    kind = _kind(data)
    if kind is None or kind is _avif:
        raise ValueError("not a JPEG, PNG, GIF or WebP")
    return _riff(parts) if kind is _webp else b"".join(parts)


def _parts(data: bytes) -> Iterator[Segment]:
    """The parts of a picture's file in their order. Raises ValueError, IndexError, struct.error where it is damaged."""
    kind = _kind(data)
    return kind(data) if kind else iter(())


def _kind(data: bytes) -> Callable[[bytes], Iterator[Segment]] | None:
    for mark, kind in ((b"\xff\xd8", _jpeg), (_PNG, _png), (b"GIF8", _gif), (b"RIFF....WEBP", _webp)):
        if re.match(mark, data, re.DOTALL):
            return kind
    return _avif if data[4:12] in (b"ftypavif", b"ftypavis", b"ftypmif1") else None


# JPEG (ITU T.81, annex B): segments, each with a marker and its length, and the data of scans.

_NEXT = re.compile(rb"\xff+[^\x00\xd0-\xd7\xff]")  # a marker that ends a scan: neither a stuffed byte nor a restart
_DRAWS = frozenset({*range(0xC0, 0xC8), *range(0xC9, 0xD0), 0xDA, 0xDB, 0xDC, 0xDD})  # frames, tables, scans
_STARTS: tuple[tuple[int, bytes, str], ...] = (
    (0xE0, b"JFXX\0", _THUMBNAIL),
    (0xE1, b"Exif\0", EXIF),
    (0xE1, b"http://ns.adobe.com/", _XMP),
    (0xE2, b"ICC_PROFILE\0", ""),
    (0xE2, b"MPF\0", _MORE),
    (0xED, b"Photoshop 3.0\0", _IPTC),
    (0xFE, b"", _COMMENT),
)
_JFIF = 16  # bytes of the segment after its marker, without a thumbnail
_ADOBE = 14


def _jpeg(data: bytes) -> Iterator[Segment]:
    yield "", data[:2]
    at = 2
    while True:
        marker, at = _marker(data, at)
        if marker == 0xD9:
            break
        end = at + struct.unpack_from(">H", data, at)[0]
        if end < at + 2 or end > len(data):
            raise ValueError("breaks off")
        yield from _segment(marker, data[at:end])
        at = end
        if marker == 0xDA:
            following = _NEXT.search(data, at)
            if following is None:
                raise ValueError("breaks off")
            yield "", data[at : following.start()]
            at = following.start()
    yield "", b"\xff\xd9"
    if data[at:]:
        yield _AFTER, data[at:]


def _marker(data: bytes, at: int) -> tuple[int, int]:
    """The marker at a place, which any number of bytes may fill up, and the place after it."""
    if data[at] != 0xFF:
        raise ValueError("has bytes between its segments")
    while data[at] == 0xFF:
        at += 1
    return data[at], at + 1


def _segment(marker: int, body: bytes) -> Iterator[Segment]:
    head, said = bytes([0xFF, marker]), body[2:]
    if marker == 0xE0 and said.startswith(b"JFIF\0") and len(body) >= _JFIF:
        yield "", head + struct.pack(">H", _JFIF) + body[2 : _JFIF - 2] + b"\0\0"
        if body[_JFIF:]:
            yield _THUMBNAIL, body[_JFIF:]
        return
    if marker in _DRAWS or (marker == 0xEE and said.startswith(b"Adobe") and len(body) == _ADOBE):
        yield "", head + body
        return
    name = next((name for at, start, name in _STARTS if at == marker and said.startswith(start)), _APPLICATION)
    if marker == 0xEB and b"c2pa" in said:
        name = CREDENTIALS
    yield name, head + body


# PNG (third edition, 2025): chunks, each with a length, a type and a checksum.

_PNG = b"\x89PNG\r\n\x1a\n"
_CHUNKS = {  # those that a picture needs, with the most bytes that each has
    b"IHDR": 13, b"PLTE": 768, b"IDAT": 1 << 31, b"IEND": 0, b"tRNS": 256, b"gAMA": 4, b"cHRM": 32, b"sRGB": 1,
    b"sBIT": 4, b"bKGD": 6, b"pHYs": 9, b"iCCP": 1 << 31, b"cICP": 4, b"acTL": 8, b"fcTL": 26, b"fdAT": 1 << 31,
}  # fmt: skip
_WORDS = {b"tEXt": _TEXT, b"zTXt": _TEXT, b"iTXt": _TEXT, b"eXIf": EXIF, b"tIME": _TIME, b"caBX": CREDENTIALS}
_CHANNELS = {0: 1, 2: 3, 3: 1, 4: 2, 6: 4}  # by the type of colour
_ADAM7 = ((0, 0, 8, 8), (4, 0, 8, 8), (0, 4, 4, 8), (2, 0, 4, 4), (0, 2, 2, 4), (1, 0, 2, 2), (0, 1, 1, 2))
_PIECE = 1 << 16


def _png(data: bytes) -> Iterator[Segment]:
    yield "", data[:8]
    at, kind, pixels = 8, b"", list[bytes]()
    header = data[16:29]
    while kind != b"IEND":
        length, kind = struct.unpack_from(">I4s", data, at)
        chunk = data[at : at + length + 12]
        if len(chunk) < length + 12:
            raise ValueError("breaks off")
        at += length + 12
        if kind == b"IDAT":
            pixels.append(chunk[8:-4])
        if length <= _CHUNKS.get(kind, -1):
            yield "", chunk
        elif kind[:1].isupper():
            raise ValueError(f"has a part {kind!r} that cannot be left out")
        else:
            is_xmp = kind == b"iTXt" and chunk[8:].startswith(b"XML:com.adobe.xmp")
            yield _XMP if is_xmp else _WORDS.get(kind, _APPLICATION), chunk
    if _overlong(header, pixels):
        raise ValueError("has bytes after its pixels")
    if data[at:]:
        yield _AFTER, data[at:]


def _overlong(header: bytes, pixels: list[bytes]) -> bool:
    """Whether what should be pixels goes on after the last of them, where no program looks."""
    left = _pixel_bytes(header)
    unpack = zlib.decompressobj()
    try:
        for piece in pixels:
            if unpack.eof and piece:
                return True
            waiting, full = piece, True
            while waiting or full:
                length = len(unpack.decompress(waiting, _PIECE))
                waiting, full = unpack.unconsumed_tail, length == _PIECE
                left -= length
                if left < 0:
                    return True
    except zlib.error:
        raise ValueError("its pixels are damaged") from None
    return bool(unpack.unused_data)


def _pixel_bytes(header: bytes) -> int:
    """How many bytes the pixels of a PNG have, with one before each row."""
    width, height, depth, colour, _, _, interlaced = struct.unpack(">IIBBBBB", header)
    bits = depth * _CHANNELS.get(colour, 4)
    passes = _ADAM7 if interlaced else ((0, 0, 1, 1),)
    sizes = [(-(-(width - x) // across), -(-(height - y) // down)) for x, y, across, down in passes]
    return sum(rows * (1 + -(-columns * bits // 8)) for columns, rows in sizes if columns > 0 and rows > 0)


# GIF (89a): blocks, each of which is followed by its data in pieces of 255 bytes at most.

_LOOPS = (b"NETSCAPE2.0", b"ANIMEXTS1.0")


def _gif(data: bytes) -> Iterator[Segment]:
    at = 13 + _colours(data[10])
    yield "", data[:at]
    while at < len(data) and data[at] != 0x3B:
        if data[at] == 0x2C:
            end = _pieces(data, at + 11 + _colours(data[at + 9]))
            yield "", data[at:end]
        elif data[at] == 0x21:
            end = _pieces(data, at + 2)
            yield from _extension(data[at:end])
        else:
            raise ValueError("has bytes between its blocks")
        at = end
    yield "", b"\x3b"  # which some programs leave out
    if data[at + 1 :]:
        yield _AFTER, data[at + 1 :]


def _colours(flags: int) -> int:
    """The bytes of a table of colours."""
    return 3 << (flags & 7) + 1 if flags & 0x80 else 0


def _pieces(data: bytes, at: int) -> int:
    """Where the pieces that begin at a place end."""
    while data[at]:
        at += data[at] + 1
    if at >= len(data):
        raise ValueError("breaks off")
    return at + 1


def _extension(block: bytes) -> Iterator[Segment]:
    label, said = block[1], block[3:14]
    if label == 0xF9 and len(block) == 8:
        yield "", block
    elif label == 0xFF and said in _LOOPS and block[14:16] == b"\3\1":
        yield "", block[:18] + b"\0"  # how often the film is shown
        if block[18:] != b"\0":
            yield _APPLICATION, block[18:]
    elif label == 0xFF and said == b"ICCRGBG1012":
        yield "", block
    elif label == 0xFF and said.startswith(b"C2PA"):
        yield CREDENTIALS, block
    elif label == 0xFF:
        yield _XMP if said.startswith(b"XMP Data") else _APPLICATION, block
    else:
        yield {0xFE: _COMMENT, 0x01: _TEXT}.get(label, _APPLICATION), block


# WebP (RFC 9649): chunks in a RIFF container.

_SHOWN = frozenset({b"VP8 ", b"VP8L", b"VP8X", b"ALPH", b"ANIM", b"ANMF", b"ICCP"})
_NAMED = {b"EXIF": EXIF, b"XMP ": _XMP, b"C2PA": CREDENTIALS}
_SAYS = {EXIF: 0x08, _XMP: 0x04}  # the flags that announce them


def _webp(data: bytes) -> Iterator[Segment]:
    end = 8 + int.from_bytes(data[4:8], "little")
    if end > len(data):
        raise ValueError("breaks off")
    at = 12
    while at < end:
        kind, length = struct.unpack_from("<4sI", data, at)
        chunk = data[at : at + 8 + length + length % 2]
        if len(chunk) < 8 + length:
            raise ValueError("breaks off")
        at += len(chunk)
        yield "" if kind in _SHOWN else _NAMED.get(kind, _APPLICATION), chunk
    if data[end:].strip(b"\0"):
        yield _AFTER, data[end:]


def _riff(chunks: list[bytes]) -> bytes:
    """A WebP file of these chunks, whose head announces no metadata but what is there."""
    kept = {_NAMED.get(chunk[:4], "") for chunk in chunks}
    silent = sum(flag for name, flag in _SAYS.items() if name not in kept)
    whole = b"".join(
        chunk[:8] + bytes([chunk[8] & ~silent]) + chunk[9:] if chunk[:4] == b"VP8X" else chunk for chunk in chunks
    )
    return b"RIFF" + struct.pack("<I", len(whole) + 4) + b"WEBP" + whole


# AVIF (ISO/IEC 23000-22): boxes. What is private lies in one box with the pixels, so the picture is always made anew.

_C2PA = bytes.fromhex("d8fec3d61b0e483c92975828877ec481")


def _avif(data: bytes) -> Iterator[Segment]:
    at = 0
    while at < len(data):
        length, kind = struct.unpack_from(">I4s", data, at)
        head = 8
        if length == 1:
            length, head = struct.unpack_from(">Q", data, at + 8)[0], 16
        end = len(data) if length == 0 else at + length
        if end > len(data) or length == 1 or 1 < length < head:
            raise ValueError("breaks off")
        box = data[at + head : end]
        at = end
        if kind == b"meta":
            yield from _items(box)
        elif kind == b"uuid":
            yield CREDENTIALS if box.startswith(_C2PA) else _APPLICATION, box
        else:
            yield "" if kind in (b"ftyp", b"mdat", b"moov", b"moof", b"sidx", b"styp") else _APPLICATION, box


def _items(meta: bytes) -> Iterator[Segment]:
    yield "", meta
    if re.search(rb"infe.{8,10}Exif", meta, re.DOTALL):
        yield EXIF, b""
    if re.search(rb"infe.{8,10}mime[^\0]*\0application/rdf\+xml", meta, re.DOTALL):
        yield _XMP, b""
