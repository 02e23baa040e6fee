"""What a pass remembers, packed in many small pieces, of which only those are opened that are looked into.

In: the pieces as they were stored. Out: mappings of matters and of terms that read like dicts, and the pieces again. A
single story looks at some fifty terms and a dozen matters of many thousands: opening everything would take longer than
all the rest of joining it.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from zlib import crc32

import msgspec

from broadsheet.newsroom.clusters import Matter

PIECES = 1024  # that terms are stored in: some thirty terms a piece where 30,000 are known

Known = list[int]  # of a term: in how many matters and stories it was met, then the matters that it is a key of
KEYS_FROM = 2  # where those begin

_PACK = msgspec.msgpack.Encoder().encode
_MATTER = msgspec.msgpack.Decoder(Matter)
_PIECE = msgspec.msgpack.Decoder(dict[str, Known])


class Matters(dict[int, Matter]):
    """The matters that can still grow, by number."""

    def __init__(self, packed: dict[int, bytes]) -> None:
        super().__init__()
        self._packed = dict(packed)

    def __missing__(self, number: int) -> Matter:
        self[number] = matter = _MATTER.decode(self._packed.pop(number))
        return matter

    def pack(self) -> dict[int, bytes]:
        """The pieces to be stored."""
        return self._packed | {number: _PACK(matter) for number, matter in self.items()}


class Words(dict[str, Known]):
    """What is known of each term; a term never met is known as [0, 0] from the first look on."""

    def __init__(self, packed: list[bytes]) -> None:
        super().__init__()
        self._packed = list(packed) or [b""] * PIECES

    def __missing__(self, term: str) -> Known:
        place = crc32(term.encode()) % PIECES
        if piece := self._packed[place]:
            self._packed[place] = b""
            self.update(_PIECE.decode(piece))
            if term in self:
                return self[term]
        self[term] = known = [0, 0]
        return known

    def everything(self) -> Iterator[tuple[str, Known]]:
        """All terms with what is known of them."""
        for place, piece in enumerate(self._packed):
            if piece:
                self._packed[place] = b""
                self.update(_PIECE.decode(piece))
        return iter(self.items())

    def pack(self) -> list[bytes]:
        """The pieces to be stored."""
        pieces: defaultdict[int, dict[str, Known]] = defaultdict(dict)
        for term, known in self.items():
            if known != [0, 0]:
                pieces[crc32(term.encode()) % PIECES][term] = known
        return [_PACK(pieces[place]) if place in pieces else piece for place, piece in enumerate(self._packed)]
