"""What goes with a story: its sound and its picture, as its page, feeds and machines are given them.

In: a story and the files that it shows. Out: enclosures with absolute addresses, the view of a sound, an AudioObject.
"""

from __future__ import annotations

import mimetypes
from collections.abc import Iterable

import msgspec

from broadsheet import iri
from broadsheet.content.facts import remote
from broadsheet.model import Asset, Story
from broadsheet.pages.bodies import places
from broadsheet.pages.structured import Structured, Thing, filled
from broadsheet.pages.urls import Addresses
from broadsheet.syndication import Enclosure

DIGITS = 15  # of a length that feeds and machines take for a number


class SoundView(msgspec.Struct, frozen=True):
    """The audio of a story: its address, its media type, its duration ("12:30", or empty).

    ``local`` says whether it is a file of the site. For any other, a page has a link and loads nothing.
    """

    url: str
    type: str
    duration: str
    local: bool


def sound_view(story: Story, files: Iterable[Asset], at: Addresses) -> SoundView | None:
    """The sound of a story as its page shows it."""
    found = sound(story, files, at)
    if story.audio is None or found is None:
        return None
    local = not remote(story.audio.src)
    url = at.base + found.url.removeprefix(at.root) if local else found.url
    return SoundView(url, found.type, story.audio.duration, local)


def sound(story: Story, files: Iterable[Asset], at: Addresses) -> Enclosure | None:
    """The sound of a story, with its absolute address; None where there is none.

    Of a file of the site its type and length are those of the file, whatever the front matter says of them.
    """
    audio = story.audio
    if audio is None or not audio.src:
        return None
    seconds = _seconds(audio.duration)
    if remote(audio.src):
        kind = audio.type or _media_type(audio.src)
        return Enclosure(iri.absolute(audio.src), kind, _whole(audio.length), seconds=seconds)
    names = places(audio.src, story)
    asset = next((one for name in names for one in files if one.name == name), None)
    if asset is None:
        return None
    return Enclosure(at.absolute(asset.path), _media_type(asset.path), asset.size, seconds=seconds)


def picture(story: Story, asset: Asset, at: Addresses) -> Enclosure:
    """The picture of a story, with its absolute address."""
    words = story.image
    return Enclosure(
        url=at.absolute(asset.path),
        type=mimetypes.guess_type(asset.path)[0] or "application/octet-stream",
        length=asset.size,
        width=asset.width,
        height=asset.height,
        alt=words.alt if words else "",
        credit=words.credit if words else "",
    )


def audio_object(story: Story, files: Iterable[Asset], data: Structured) -> Thing:
    """The sound of a story as schema.org has it; empty where there is none."""
    found = sound(story, files, data.at)
    if found is None:
        return {}
    minutes, seconds = divmod(found.seconds, 60)
    said = {
        "@type": "AudioObject",
        "name": story.title,
        "contentUrl": found.url,
        "encodingFormat": found.type,
        "contentSize": str(found.length or ""),
        "duration": f"PT{minutes}M{seconds}S" if found.seconds else "",
    }
    return filled(said)


def _media_type(path: str) -> str:
    return mimetypes.guess_type(path)[0] or "audio/mpeg"


def _whole(text: str) -> int:
    """A whole number; 0 for anything else."""
    return int(text) if text.isdecimal() and len(text) <= DIGITS else 0


def _seconds(duration: str) -> int:
    """How many seconds "1:02:03", "62:03" or "3723" are; 0 for anything else."""
    parts = duration.split(":")
    if not all(part.isdecimal() and len(part) <= DIGITS for part in parts) or len(parts) > len(("h", "m", "s")):
        return 0
    return sum(int(part) * 60**place for place, part in enumerate(reversed(parts)))
