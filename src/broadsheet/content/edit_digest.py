r"""The edit digest of a story file, by which it is known whether anybody has edited it since ingest wrote it.

In: metadata and body, or the bytes of a file. Out: the bytes that ingest writes; whether they were edited since. The
digest is ``source.generated``: that of the file with that value itself left out and line ends as ``\n``, so that a
checkout that changes line ends is no edit and everything else is.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from hashlib import blake2b
from typing import Any

from broadsheet import content

_PREFIX = "b2-"  # a digest of digits alone would be a number to YAML
_LINE = re.compile(rb"^  generated: *(\S*)[^\S\n]*$", re.MULTILINE)
_BLANK = b"  generated: " + _PREFIX.encode() + b"0" * 32


def write(meta: Mapping[str, Any], body: str) -> bytes:
    """The bytes of a story file with its digest; ``meta`` has a ``source``."""
    source = {**meta["source"], "generated": _PREFIX + "0" * 32}
    data = content.dump({**meta, "source": source}, body)
    return data.replace(_BLANK, b"  generated: " + _digest(data).encode(), 1)


def broken(data: bytes) -> bool:
    """Whether a story file is not as ingest wrote it: edited by hand, or written by hand in the first place."""
    plain = data.replace(b"\r\n", b"\n")
    found = _LINE.search(plain, 0, max(plain.find(b"\n---\n"), 0))
    return found is None or found[1] != _digest(plain).encode()


def _digest(data: bytes) -> str:
    """The digest of a story file's bytes, the value of the first ``generated`` in its front matter left out."""
    end = max(data.find(b"\n---\n"), 0)
    return _PREFIX + blake2b(_LINE.sub(b"", data[:end], 1) + data[end:], digest_size=16).hexdigest()
