"""Same texts and near copies: a text → its fingerprint; two → how alike they are; an index of them → who is near.

In: Markdown bodies. Out: ``Fingerprint``, a few bytes a text however long it is, and ``SketchIndex``, whose time a
look-up does not grow with what it holds. The method is one-permutation hashing (Li, Owen, Zhang, 2012) of runs of four
words, empty bins filled from the next (Shrivastava, Li, 2014), looked up by bands.
"""

from __future__ import annotations

import re
from hashlib import blake2b
from zlib import crc32

import msgspec

NEAR = 0.4  # likeness from which two texts tell the same story in the same words; unrelated ones stay below 0.1

_BINS = 128  # bytes of a sketch; the estimate's standard deviation is then below 0.05
_BAND = 3  # bytes that must agree to make two texts candidates
_BANDS = 24  # finds 96 of 100 pairs that are half alike, 80 at the bar
_LONGEST = 200_000  # characters that are looked at word by word; no news story is so long
_RUN = 4  # words; fewer meet by chance, more are broken by every edit
_FEWEST = 24  # words below which a text is too short to be distinguished from another by its words
_BINARY = 32 - 7  # the bits of a hash below those that name its bin


class Fingerprint(msgspec.Struct, frozen=True):
    """What is kept of a text: ``text`` equal for equal texts, ``sketch`` alike for similar ones (empty: too short)."""

    text: bytes
    sketch: bytes


def fingerprint(title: str, body: str) -> Fingerprint:
    """The fingerprint of a story: of its words alone, so that markup, case and line ends make no difference.

    A text of a few words is only the same as another where the title is the same too.
    """
    words = _WORD.findall(_LINK.sub(r"\1", body[:_LONGEST]).casefold())
    short = len(words) < _FEWEST
    whole = [*_WORD.findall(title.casefold()), "\n", *words] if short else words
    text = blake2b(" ".join(whole).encode(), digest_size=16)
    text.update(body[_LONGEST:].encode())
    return Fingerprint(text.digest(), b"" if short else _sketch(words))


def alike(one: bytes, other: bytes) -> float:
    """How alike two texts are, 0 to 1: the share of their runs of four words that both have, by their sketches."""
    if not one or not other:
        return 0.0
    same = sum(map(int.__eq__, one, other)) / _BINS
    return max(0.0, (same - 1 / 256) / (1 - 1 / 256))  # one byte in 256 agrees by chance


class SketchIndex:
    """Sketches by name, for finding the nearest: a bucket keeps its first comer, so a look-up is 24 steps at most."""

    def __init__(self) -> None:
        self._buckets: dict[int, str] = {}
        self._sketches: dict[str, bytes] = {}

    def add(self, name: str, sketch: bytes) -> None:
        """Remember a text; one with the same name is replaced, one without a sketch passed over."""
        if sketch:
            self._sketches[name] = sketch
            for key in _keys(sketch):
                if self._buckets.get(key) not in self._sketches:
                    self._buckets[key] = name

    def discard(self, name: str) -> None:
        """Forget a text; the next one that meets its buckets takes them."""
        self._sketches.pop(name, None)

    def nearest(self, sketch: bytes, *, but: str = "") -> tuple[str, float]:
        """The name of the nearest text other than ``but``, and how alike it is; an empty name where none is near."""
        if not sketch:
            return "", 0.0
        names = {name for key in _keys(sketch) if (name := self._buckets.get(key))} - {but}
        scores = ((alike(sketch, self._sketches[name]), name) for name in sorted(names) if name in self._sketches)
        score, name = max(scores, default=(0.0, ""), key=lambda pair: pair[0])
        return (name, score) if score >= NEAR else ("", 0.0)


# Scripts without spaces have no words to see: there every character counts as one.
_WORD = re.compile(r"[぀-ヿ㐀-䶿一-鿿฀-๿]|[^\W_぀-ヿ㐀-䶿一-鿿฀-๿]+")
_LINK = re.compile(r"!?\[([^\[\]\n]*)\]\([^()\s]*(?:\s[^()\n]*)?\)")


def _sketch(words: list[str]) -> bytes:
    raw = " ".join(words).encode().split(b" ")
    runs = map(b" ".join, zip(*(raw[start:] for start in range(_RUN)), strict=False))
    hashes = sorted(set(map(crc32, runs)), reverse=True)
    lowest = {value >> _BINARY: value for value in hashes}  # the last one set is the lowest of its bin
    sketch = bytearray(_BINS)
    filler = lowest[min(lowest)]
    for place in reversed(range(_BINS)):
        filler = lowest.get(place, filler)
        sketch[place] = filler * _MIX >> 16 & 0xFF
    return bytes(sketch)


_MIX = 0x9E3779B1  # the golden ratio in 32 bits: spreads what the low bits of a CRC leave regular


def _keys(sketch: bytes) -> list[int]:
    return [band << 8 * _BAND | int.from_bytes(sketch[band * _BAND : (band + 1) * _BAND]) for band in range(_BANDS)]
