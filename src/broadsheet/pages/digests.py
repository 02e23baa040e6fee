"""Digests: whether a page must be drawn again.

In: a page with its inputs. Out: 16 bytes. Everything that can change a page stands in its inputs, so this digest is the
dependency graph: nothing is recorded by hand. Stories bring digests of their own, which makes it cheap.
"""

from __future__ import annotations

from hashlib import blake2b
from operator import attrgetter
from typing import Any

import msgspec

from broadsheet.model import Page, Prose
from broadsheet.pages.inputs import Item
from broadsheet.pages.wireinputs import Entries


def digest(page: Page) -> bytes:
    """16 bytes that change when anything changes that the page is made from, but for the theme and the settings."""
    hashed = blake2b(f"{page.path}\0{page.template}".encode(), digest_size=16)
    for part in _values(page.inputs):
        hashed.update(_part(part))
    return hashed.digest()


def _part(value: Any) -> bytes:
    kind = type(value)
    if kind in _OWN:
        own: bytes = value.digest
        return own
    if kind is tuple and value and type(value[0]) in _OWN:
        return b"%d(" % len(value) + b"".join(map(_DIGEST, value))
    if kind is tuple:
        return b"%d(" % len(value) + b"".join(map(_part, value))
    return msgspec.msgpack.encode(value)


def _values(inputs: msgspec.Struct) -> tuple[Any, ...]:
    return msgspec.structs.astuple(inputs)


_OWN = frozenset({Item, Prose, Entries})  # types that carry a digest of all that they hold
_DIGEST = attrgetter("digest")
