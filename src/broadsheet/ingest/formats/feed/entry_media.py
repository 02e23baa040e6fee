"""Pictures, sound, films and other files that an entry or its body brings → ``Media``.

In: a tree of the body, or the attributes of an enclosure. Out: media with their addresses; nothing is fetched. The
tree is left without what it cannot show, and its pictures with whole addresses.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Any, Literal
from urllib.parse import urljoin, urlsplit

import msgspec

from broadsheet.errors import Place, Problem, note
from broadsheet.ingest.extract.blocks import clean
from broadsheet.model import Picture

Kind = Literal["picture", "sound", "film", "file"]

_ENDINGS: dict[str, Kind] = {
    **dict.fromkeys(("jpg", "jpeg", "png", "gif", "webp", "avif", "bmp", "tif", "tiff", "svg"), "picture"),
    **dict.fromkeys(("mp3", "m4a", "aac", "ogg", "oga", "opus", "wav", "flac", "m4b", "wma"), "sound"),
    **dict.fromkeys(("mp4", "m4v", "mov", "webm", "avi", "mkv", "ogv", "mpg", "mpeg", "m3u8", "wmv"), "film"),
}  # fmt: skip
_TYPES: dict[str, Kind] = {"image": "picture", "audio": "sound", "video": "film"}
_COUNTERS = re.compile(
    r"feedburner|feedsportal|/pixel|pixel\.|doubleclick|stats\.wordpress|pheedo|google-analytics|/count(?:er)?[/.?]|"
    r"scorecardresearch|zemanta|vgwort|1x1|spacer|blank\.gif|tracking|feeds\.wordpress\.com/1\.0",
    re.IGNORECASE,
)
_WORDS: dict[Kind, str] = {"picture": "picture", "sound": "sound", "film": "video", "file": "file"}


class Media(msgspec.Struct, frozen=True):
    """A file that an entry brings: its kind, address, media type, length in bytes and duration as given, its words."""

    kind: Kind
    src: str
    type: str = ""
    length: str = ""
    duration: str = ""
    alt: str = ""
    caption: str = ""
    credit: str = ""

    def named(self) -> str:
        """The file in a few words for a person."""
        return f"{_WORDS[self.kind]} {self.src}"

    def audio(self) -> dict[str, str]:
        """The value of the front matter's key ``audio``."""
        found = {"src": self.src, "type": self.type, "length": self.length, "duration": self.duration}
        return {key: value for key, value in found.items() if value}


class Carried(msgspec.Struct, frozen=True):
    """Which files of an item go with its story: the picture, the sound as a key of front matter; and the ``rest``."""

    picture: Picture | None
    keys: dict[str, Any]
    rest: list[Media]


def carried(found: Sequence[Media], shown: Picture | None) -> Carried:
    """The files of an item of a wire that go with its story; a picture that its text shows is the first of them."""
    own = [Media("picture", shown.src, alt=shown.alt, caption=shown.caption)] if shown else []
    every = [*own, *found]
    picture = next((one for one in every if one.kind == "picture"), None)
    sound = next((one for one in every if one.kind == "sound"), None)
    rest = [one for one in every if one is not picture and one is not sound]
    image = Picture(picture.src, picture.alt, picture.caption, picture.credit) if picture else None
    return Carried(image, {"audio": sound.audio()} if sound else {}, rest)


def left(name: str, rest: Sequence[Media], place: Place) -> list[Problem]:
    """A note that names the files that do not go with the story called ``name``; none where all of them do."""
    if not rest:
        return []
    said = ", ".join(one.named() for one in rest[:5]) + (f" and {len(rest) - 5} more" if len(rest) > 5 else "")
    hint = "It stays where it is; link to it in the story where readers should have it."
    return [note("media-named", f"{name!r} also brings: {said}", place, hint)]


def kind(src: str, type_: str = "", medium: str = "") -> Kind:
    """What a file is, by its media type, what a feed calls it, or the ending of its name."""
    for word in (type_.partition("/")[0].strip().lower(), medium.strip().lower()):
        if word in _TYPES:
            return _TYPES[word]
    try:
        path = urlsplit(src).path
    except ValueError:
        return "file"
    return _ENDINGS.get(path.rpartition(".")[2].lower(), "file")


def absolute(src: str, base: str) -> str:
    """A whole http address, or "" for what is none."""
    try:
        address = urljoin(base, src.strip()) if base and src.strip() else src.strip()
        parts = urlsplit(address)
    except ValueError:
        return ""
    return address if parts.scheme.lower() in ("http", "https") and parts.netloc else ""


def media(tree: Any, base: str) -> Iterator[Media]:
    """The sound, films and embedded pages of a body; its pictures get whole addresses, and counters of readers go."""
    for element in list(tree.iter("img", "amp-img", "image")):
        _picture(element, base)
    for element in list(tree.iter("audio", "video", "iframe", "embed", "object", "amp-video", "amp-audio")):
        if element.getparent() is None:
            continue
        sources = [element, *element.iter("source", "embed", "param")]
        found = [(e.get("src") or e.get("data") or e.get("data-src") or "", e.get("type") or "") for e in sources]
        src, type_ = next(((address, t) for s, t in found if (address := absolute(s, base))), ("", ""))
        tag = element.tag
        what: Kind = "sound" if "audio" in tag else "film" if "video" in tag else kind(src, type_)
        if tag in ("iframe", "embed", "object") and what == "file":
            what = "film" if re.search(r"youtu|vimeo|dailymotion|/video|/player", src) else "file"
        if src and not _COUNTERS.search(src):
            yield Media(what, src, type_, alt=clean(element.get("title") or ""))
        remove(element)


def _picture(element: Any, base: str) -> None:
    """Give a picture its whole address, or take it out: one that counts readers is none, and a smiley is its sign."""
    src = element.get("src") or ""
    if not src or src.startswith("data:") or "placeholder" in src or "lazy" in src:
        lazy = (element.get(name) for name in ("data-src", "data-lazy-src", "data-original", "data-orig-file"))
        src = next((value for value in lazy if value), src)
    if (not src or src.startswith("data:")) and (listed := element.get("srcset") or element.get("data-srcset")):
        src = listed.split(",")[-1].split()[0] if listed.split(",")[-1].split() else src
    small = any((element.get(side) or "").strip().removesuffix("px") in ("0", "1", "2") for side in ("width", "height"))
    if "wp-smiley" in (element.get("class") or "") or "emoji" in (element.get("class") or ""):
        remove(element, element.get("alt") or "")
    elif small or _COUNTERS.search(src) or not src or src.startswith("data:"):
        remove(element)
    else:
        element.set("src", absolute(src, base) or src)


def remove(element: Any, instead: str = "") -> None:
    """Take an element out of a tree; the text behind it stays."""
    parent, before = element.getparent(), element.getprevious()
    text = instead + (element.tail or "")
    if parent is None:
        return
    if before is not None:
        before.tail = (before.tail or "") + text
    else:
        parent.text = (parent.text or "") + text
    parent.remove(element)
