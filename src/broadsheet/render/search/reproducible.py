"""The same index for the same stories: the files of Pagefind, whose tables come in an order left to chance, put in one.

In: the files of an index, by path. Out: the same files with their filters and sort keys in alphabetical order, and
named by what they hold then. Pagefind 1.5 writes tables as CBOR (RFC 8949) behind a mark, compressed by gzip.
"""

from __future__ import annotations

import gzip
from hashlib import blake2b

MARK = b"pagefind_dcd"
_FILTERS, _SORTS = 3, 4  # places in the table of an index: version, pages, chunks, filters, sort keys, fields
_VALUES = 1  # the place in the table of a filter: its name, its values


def settled(files: dict[str, bytes]) -> dict[str, bytes]:
    """The files in one order; as they came where they are not built as those of Pagefind 1.5."""
    try:
        return _settled(files)
    except (ValueError, IndexError, OSError, EOFError):
        return files


def _settled(files: dict[str, bytes]) -> dict[str, bytes]:
    made = dict(files)
    names: dict[bytes, bytes] = {}
    for path in [path for path in files if path.endswith(".pf_filter")]:
        table = _opened(made.pop(path))
        new, data = _named(path, [*table[:_VALUES], _sorted(table[_VALUES]), *table[_VALUES + 1 :]], digits=7)
        names[_stem(path)] = _stem(new)
        made[new] = data
    for path in [path for path in files if path.endswith(".pf_meta")]:
        table = _opened(made.pop(path))
        for old, name in names.items():
            table[_FILTERS] = table[_FILTERS].replace(old, name)
        table[_FILTERS], table[_SORTS] = _sorted(table[_FILTERS]), _sorted(table[_SORTS])
        new, data = _named(path, table, digits=10)
        made[new] = data
        entry = "pagefind-entry.json"
        made[entry] = made[entry].replace(_stem(path).removeprefix(b"pagefind."), _stem(new).removeprefix(b"pagefind."))
    return made


def _stem(path: str) -> bytes:
    return path.rpartition("/")[2].rpartition(".")[0].encode()


def _opened(data: bytes) -> list[bytes]:
    """The parts of a table, each still encoded. Raises ValueError where it is none."""
    plain = gzip.decompress(data)
    if not plain.startswith(MARK):
        raise ValueError("not Pagefind's")
    return _items(plain, len(MARK))


def _named(path: str, table: list[bytes], digits: int) -> tuple[str, bytes]:
    """A table's file: its path, with a digest of what it holds in place of the one in ``path``, and its bytes."""
    plain = MARK + _array(table)
    stem, _, ending = path.rpartition(".")
    digest = blake2b(plain, digest_size=16).hexdigest()[:digits]
    return f"{stem.rpartition('_')[0]}_{digest}.{ending}", gzip.compress(plain, mtime=0)


def _sorted(array: bytes) -> bytes:
    return _array(sorted(_items(array, 0)))


def _array(items: list[bytes]) -> bytes:
    count = len(items)
    size = 0 if count < 24 else 1 if count < 1 << 8 else 2 if count < 1 << 16 else 4
    head = bytes([0x80 | count]) if not size else bytes([0x80 | (23 + size.bit_length())]) + count.to_bytes(size, "big")
    return head + b"".join(items)


def _items(data: bytes, start: int) -> list[bytes]:
    """The items of the array that begins here. Raises ValueError where none does."""
    if data[start] >> 5 != 4:
        raise ValueError("not an array")
    count, place = _head(data, start)
    items = []
    for _ in range(count):
        end = _end(data, place)
        items.append(data[place:end])
        place = end
    return items


def _head(data: bytes, start: int) -> tuple[int, int]:
    """The number in an item's head, and where its head ends."""
    low = data[start] & 31
    if low > 27:
        raise ValueError("of no known length")
    size = 0 if low < 24 else 1 << (low - 24)
    number = int.from_bytes(data[start + 1 : start + 1 + size], "big") if size else low
    return number, start + 1 + size


def _end(data: bytes, start: int) -> int:
    """Where the item that begins here ends."""
    number, place = _head(data, start)
    kind = data[start] >> 5
    if kind in (2, 3):  # bytes, text
        return place + number
    for _ in range({4: number, 5: 2 * number}.get(kind, 0)):  # an array, a map
        place = _end(data, place)
    return place
