"""What a pass remembers, packed in many small pieces, of which only those are opened that are looked into.

In: the pieces as they were stored. Out: mappings of clusters and of terms that read like dicts, and the pieces again. A
single story looks at some fifty terms and a dozen clusters of many thousands: opening everything would take longer than
all the rest of joining it.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from zlib import crc32

import msgspec

from broadsheet.newsroom.clusters import Cluster

PIECES = 1024  # that terms are stored in: some thirty terms a piece where 30,000 are known

TermCount = list[int]  # of a term: in how many clusters and stories it was met, then the clusters that it is a key of
KEYS_FROM = 2  # where those begin

_PACK = msgspec.msgpack.Encoder().encode
_CLUSTER = msgspec.msgpack.Decoder(Cluster)
_PIECE = msgspec.msgpack.Decoder(dict[str, TermCount])


class ClusterMap(dict[int, Cluster]):
    """The clusters that can still grow, by number."""

    def __init__(self, packed: dict[int, bytes]) -> None:
        super().__init__()
        self._packed = dict(packed)

    def __missing__(self, number: int) -> Cluster:
        self[number] = cluster = _CLUSTER.decode(self._packed.pop(number))
        return cluster

    def pack(self) -> dict[int, bytes]:
        """The pieces to be stored."""
        return self._packed | {number: _PACK(cluster) for number, cluster in self.items()}


class TermCounts(dict[str, TermCount]):
    """What is known of each term; a term never met is known as [0, 0] from the first look on."""

    def __init__(self, packed: list[bytes]) -> None:
        super().__init__()
        self._packed = list(packed) or [b""] * PIECES

    def __missing__(self, term: str) -> TermCount:
        place = crc32(term.encode()) % PIECES
        if piece := self._packed[place]:
            self._packed[place] = b""
            self.update(_PIECE.decode(piece))
            if term in self:
                return self[term]
        self[term] = known = [0, 0]
        return known

    def everything(self) -> Iterator[tuple[str, TermCount]]:
        """All terms with what is known of them."""
        for place, piece in enumerate(self._packed):
            if piece:
                self._packed[place] = b""
                self.update(_PIECE.decode(piece))
        return iter(self.items())

    def pack(self) -> list[bytes]:
        """The pieces to be stored."""
        pieces: defaultdict[int, dict[str, TermCount]] = defaultdict(dict)
        for term, known in self.items():
            if known != [0, 0]:
                pieces[crc32(term.encode()) % PIECES][term] = known
        return [_PACK(pieces[place]) if place in pieces else piece for place, piece in enumerate(self._packed)]
