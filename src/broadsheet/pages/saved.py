"""Saved pages: what a page is made from, as bytes in which each story is named and not repeated.

In: a planned page; later its bytes, and what gives a story by its path. Out: its bytes and the digest of all its
inputs; the page, with the stories as they are now. So a story whose words were edited is put into a saved plan by
decoding the pages that name it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from hashlib import blake2b
from typing import Any, NamedTuple

import msgspec

from broadsheet.config import Site
from broadsheet.model import Asset, Page, Story
from broadsheet.pages import urls
from broadsheet.pages.inputs import Body, Item, StoryRef
from broadsheet.pages.items import item, own_language, typeset


class Packed(NamedTuple):
    """A page to be kept: the digest of all its inputs with all that stories say in them, and its bytes without that."""

    digest: bytes
    data: bytes


class _Kept(msgspec.Struct, frozen=True, array_like=True):
    """A page without its stories: the name of its kind of inputs, these with the paths of the stories."""

    path: str
    template: str
    origin: str
    kind: str
    inputs: msgspec.Raw


class Packer:
    """Packs pages; not for two threads at once.

    Everything that can change a page stands in its inputs, so their digest is the dependency graph: nothing is recorded
    by hand. Stories bring digests of their own, which makes it cheap.
    """

    def __init__(self) -> None:
        self._digests: list[bytes] = []
        # Sets, which a site's own inputs may have, go in one order.
        self._encode = msgspec.msgpack.Encoder(enc_hook=self._named, order="deterministic").encode
        self._around = msgspec.msgpack.Encoder().encode

    def pack(self, page: Page) -> Packed:
        """A page to be kept."""
        self._digests.clear()
        inputs = self._encode(page.inputs)
        kept = _Kept(page.path, page.template, page.origin, type(page.inputs).__name__, msgspec.Raw(inputs))
        data = self._around(kept)
        hashed = blake2b(data, digest_size=16)
        hashed.update(b"\0".join(self._digests))
        return Packed(hashed.digest(), data)

    def _named(self, value: Any) -> Any:
        """What stands for a story: its path, and of an item what is not in the story."""
        self._digests.append(value.digest)
        if type(value) is Item and (value.picture is not None or value.marks):
            return value.story.path, value.picture, value.marks
        return value.story.path


class Unpacker:
    """Makes saved pages whole, with their stories as ``story`` gives them by their paths.

    ``kinds`` are the types of inputs that pages have. What a site's own kinds compute of a story is not saved anew with
    it, so pages of these are planned again where it was edited.
    """

    def __init__(self, story: Callable[[str], Story], site: Site, kinds: Iterable[type[msgspec.Struct]]) -> None:
        self._story = story
        self._zone = site.zone
        self._language = own_language(site)
        self._kinds = {kind.__name__: kind for kind in kinds}
        self._set: dict[str, Story] = {}

    def page(self, data: bytes) -> Page:
        """The page that was kept.

        Raises msgspec.DecodeError (ValidationError) for what is no page, LookupError for a kind that is not known or
        cannot be read back, and what ``story`` raises.
        """
        kept = _DECODE(data)
        try:
            inputs = msgspec.msgpack.decode(kept.inputs, type=self._kinds[kept.kind], dec_hook=self._made)
        except (TypeError, NameError, AttributeError) as cause:  # the types of a site's own inputs may say anything
            raise LookupError(kept.kind) from cause
        return Page(kept.path, kept.template, inputs, kept.origin)

    def _made(self, kind: type, value: Any) -> Item | StoryRef | Body:
        path, picture, marks = (value, None, ()) if isinstance(value, str) else value
        story = self._set.get(path)
        if story is None:
            story = self._story(path)
            story = self._set[path] = typeset(story, self._language) if self._language else story
        if kind is Body:
            return Body(story)
        address = urls.story(story, self._zone)
        if kind is StoryRef:
            return StoryRef(story, address)
        return item(story, address, msgspec.convert(picture, Asset | None, builtin_types=(bytes,)), tuple(marks))


_DECODE = msgspec.msgpack.Decoder(_Kept).decode
