"""What is told of a story outside its own page: on a share card, and to those who search.

In: nothing; ``pages`` makes these values, ``press`` draws and indexes them. All text is plain.
"""

from __future__ import annotations

import datetime as dt

import msgspec

from broadsheet.model import Story


class Headline(msgspec.Struct, frozen=True):
    """What a share card says: the site's title, the section, the story's title and day; ``language`` is the title's.

    The day is written in the language of the site, ``own``, where a card is drawn.
    """

    nameplate: str
    section: str
    title: str
    day: dt.date
    own: str
    language: str
    rtl: bool


class Entry(msgspec.Struct, frozen=True):
    """A story as it is found: its address below the site's root, its words, and what results can be narrowed by.

    ``day`` is its date in the site's time zone, such as 2025-05-08. ``story`` is where its body comes from.
    """

    address: str
    title: str
    summary: str
    section: str
    topics: tuple[str, ...]
    authors: tuple[str, ...]
    day: str
    story: Story
