"""Pagefind, the program that makes a search index which browsers read piece by piece.

In: records of stories. Out: the files of an index, by path, the same for the same stories. The program is asked as its
own wrappers ask it: messages of JSON, each in base64 and ended by a comma, one answer to each; its Python wrapper waits
a tenth of a second for each. Pagefind 1.5 writes tables as CBOR (RFC 8949) behind a mark, compressed by gzip, in an
order left to chance: they are put in alphabetical order, and named by what they hold then.
"""

from __future__ import annotations

import base64
import contextlib
import gzip
import importlib
import os
import shutil
import subprocess
import threading
from collections.abc import Sequence
from hashlib import blake2b
from pathlib import Path
from typing import Any

import msgspec

from broadsheet.errors import Place, fail

EXTENDED = "pagefind_bin_extended"  # the one that tells the words of Chinese and Japanese apart
_KEPT = ("pagefind.js", "pagefind-worker.js", "pagefind-entry.json")  # the rest is a search page, which themes have
_INDEX = 0  # the number of a program's first index

Record = dict[str, Any]  # what Pagefind calls AddRecord: url, content, meta, filters, sort


def program() -> Path | None:
    """The program: of the package that was installed, else on the PATH; None where there is none."""
    for package in (EXTENDED, "pagefind_bin"):
        with contextlib.suppress(ImportError, OSError, AttributeError):
            found = Path(importlib.import_module(package).get_executable())
            if found.is_file():
                return found
    for name in ("pagefind_extended", "pagefind"):
        if found_on_path := shutil.which(name):
            return Path(found_on_path)
    return None


def index(program: Path, records: Sequence[Record], language: str) -> dict[str, bytes]:
    """The files of the index of these records, all in one language: those that a search page needs.

    Raises BroadsheetError (``search-failed``) where the program does not do its work.
    """
    config = {"force_language": language}
    messages = [
        {"type": "NewIndex", "config": config},
        *({"type": "AddRecord", "index_id": _INDEX, "language": language, **record} for record in records),
        {"type": "GetFiles", "index_id": _INDEX},
    ]
    encoded = (
        base64.b64encode(msgspec.json.encode({"message_id": number, "payload": payload})) + b","
        for number, payload in enumerate(messages)
    )
    try:
        answers = _asked(program, b"".join(encoded), len(messages))
    except (OSError, ValueError, msgspec.DecodeError) as cause:
        raise _failed(str(cause)) from cause
    wrong = next((answer["message"] for answer in answers if answer["type"] == "Error"), "")
    if wrong or len(answers) < len(messages):
        raise _failed(wrong or "it ended before its work was done")
    files = {file["path"]: base64.b64decode(file["content"]) for file in answers[-1]["files"]}
    spoken = msgspec.json.decode(files["pagefind-entry.json"])["languages"]
    wasm = {f"wasm.{known.get('wasm') or 'unknown'}.pagefind" for known in spoken.values()}
    needed = {path: data for path, data in files.items() if path in _KEPT or path in wasm or ".pf_" in path}
    return settled(needed)


def _failed(said: str) -> Exception:
    hint = "The index has not changed. Install pagefind-bin again, or set 'search = false' in the settings."
    return fail("search-failed", f"Pagefind failed: {said}", Place("pagefind"), hint)


def _asked(program: Path, messages: bytes, count: int) -> list[dict[str, Any]]:
    """The answers of the program, in the order of the messages. Raises OSError, ValueError, DecodeError."""
    with subprocess.Popen([program, "--service"], stdin=subprocess.PIPE, stdout=subprocess.PIPE) as asked:
        answering = asked.stdout.fileno() if asked.stdout else -1
        writer = threading.Thread(target=_write, args=(asked, messages), daemon=True)
        writer.start()  # it answers before it has heard all, and stops where nobody listens
        answers: list[dict[str, Any]] = []
        waiting: list[bytes] = []
        while len(answers) < count and (data := os.read(answering, 1 << 20)):
            *done, rest = data.split(b",")
            for part in done:
                answer = msgspec.json.decode(base64.b64decode(b"".join((*waiting, part))))
                answers.append(answer["payload"])
                waiting = []
            waiting.append(rest)
        asked.kill()
        writer.join()
    return answers


def _write(asked: subprocess.Popen[bytes], messages: bytes) -> None:
    with contextlib.suppress(OSError):
        if asked.stdin:
            asked.stdin.write(messages)
            asked.stdin.flush()


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
