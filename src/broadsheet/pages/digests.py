"""Digests: whether a page must be drawn again.

In: a page with its inputs. Out: 16 bytes. Everything that can change a page stands in its inputs, so this digest is the
dependency graph: nothing is recorded by hand. Stories bring digests of their own, which makes it cheap.
"""

from __future__ import annotations

from hashlib import blake2b
from operator import attrgetter

import msgspec

from broadsheet.model import Page


def digest(page: Page) -> bytes:
    """16 bytes that change when anything changes that the page is made from, but for the theme and the settings."""
    hashed = blake2b(f"{page.path}\0{page.template}\0".encode(), digest_size=16)
    hashed.update(_ENCODE(page.inputs))
    return hashed.digest()


# Of an item its digest; sets, which a site's own inputs may have, in one order.
_ENCODE = msgspec.msgpack.Encoder(enc_hook=attrgetter("digest"), order="deterministic").encode
