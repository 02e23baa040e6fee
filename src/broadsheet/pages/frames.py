"""Frames: what a page was made from, kept without the stories in it, and made whole again with these as they are now.

In: a planned page; later its bytes, and what gives a story by its path. Out: bytes; the page. Only pages that print
stories have frames: when the words of one are edited, they are found by its path, without planning all others.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import msgspec

from broadsheet.config import Site
from broadsheet.model import Asset, Page, Story
from broadsheet.pages.archive import MonthInputs
from broadsheet.pages.edition import EditionInputs
from broadsheet.pages.feed import EditionFeedInputs, Entries, FeedInputs, entries
from broadsheet.pages.inputs import Item
from broadsheet.pages.items import item, own_language, typeset
from broadsheet.pages.listing import ListInputs
from broadsheet.pages.sitemap import NewsInputs
from broadsheet.pages.story import StoryInputs
from broadsheet.pages.thread import ThreadInputs

_KINDS = (
    StoryInputs,  # the first: a story's own page
    EditionInputs,
    ListInputs,
    MonthInputs,
    ThreadInputs,
    FeedInputs,
    EditionFeedInputs,
    NewsInputs,
)
_NUMBERS = {kind: number for number, kind in enumerate(_KINDS)}


class Frame(msgspec.Struct, frozen=True, array_like=True):
    """A page without its stories: the number of its kind of inputs, these with the paths of the stories."""

    path: str
    template: str
    origin: str
    kind: int
    inputs: msgspec.Raw


def frame(page: Page) -> tuple[bytes, bool]:
    """A page to be kept, empty for one that prints no stories; and whether it is a story's own."""
    kind = _NUMBERS.get(type(page.inputs))
    if kind is None:
        return b"", False
    inputs = msgspec.Raw(_ENCODE(page.inputs))
    return msgspec.msgpack.encode(Frame(page.path, page.template, page.origin, kind, inputs)), kind == 0


def framed(data: bytes, story: Callable[[str], Story], site: Site) -> Page:
    """The page that was kept, with its stories as ``story`` gives them by their paths.

    Raises msgspec.DecodeError (ValidationError) for what is no frame, and what ``story`` raises.
    """
    kept = msgspec.msgpack.decode(data, type=Frame)
    language = own_language(site)

    def made(_kind: type, value: Any) -> Item:
        path, address, picture, marks = value
        told = typeset(story(path), language) if language else story(path)
        return item(told, address, msgspec.convert(picture, Asset | None, builtin_types=(bytes,)), tuple(marks))

    inputs = msgspec.msgpack.decode(kept.inputs, type=_KINDS[kept.kind], dec_hook=made)
    return Page(kept.path, kept.template, _renewed(inputs), kept.origin)


def _renewed(inputs: Any) -> Any:
    """Inputs in which what was taken from the stories is as they are now."""
    if isinstance(inputs, StoryInputs):
        return msgspec.structs.replace(inputs, body=inputs.item.story.body)
    if isinstance(inputs, FeedInputs):
        old: Entries = inputs.entries
        return msgspec.structs.replace(inputs, entries=entries(old.items, old.pictures))
    return inputs


def _path(value: Any) -> Any:
    return value.story.path, value.address, value.picture, value.marks


_ENCODE = msgspec.msgpack.Encoder(enc_hook=_path).encode
