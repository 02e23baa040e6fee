"""The published addresses: where readers have found each story, so that an address once published answers for ever.

In: the stories of a publication. Out: content/published/addresses.json, one story a line, its addresses from the oldest
to the one that it has; at the next build the same, from which redirects are made. The file is text that version control
merges. One that is damaged is reported, and not written over.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import msgspec

from broadsheet.config import Site
from broadsheet.content import guarded
from broadsheet.errors import Place, Problem, Report, note, warning
from broadsheet.model import Story
from broadsheet.pages import urls

FILE = "published/addresses.json"  # below content/
MOST = 20  # addresses of one story, the newest: a story that moves more often is a mistake

PublishedAddresses = Mapping[str, tuple[str, ...]]  # of each story by its id, below the site's root, the oldest first

_DECODE = msgspec.json.Decoder(dict[str, tuple[str, ...]]).decode


def load(site: Site, report: Report) -> PublishedAddresses:
    """The addresses at which stories were published; none, and a warning, where the file cannot be read."""
    try:
        found = _DECODE((site.content / FILE).read_bytes())
    except FileNotFoundError:
        return {}
    except (OSError, msgspec.DecodeError) as cause:
        hint = "Bring it back from version control or a backup. If you delete it, no old address is known."
        place = Place(f"{site.settings.content}/{FILE}")
        report.add(warning("published-unreadable", f"cannot be read: {cause}", place, hint))
        return {}
    # What stands in the file is a path of this site; anything else was not written by Broadsheet.
    return {id_: tuple(filter(_plain, addresses)) for id_, addresses in found.items()}


def keep(site: Site, stories: Iterable[Story]) -> None:
    """Add the addresses of stories that have just been published. Raises BroadsheetError (``unwritable``)."""
    now = {story.id: urls.story(story, site.zone) for story in stories}

    def written(data: bytes | None) -> bytes:
        try:
            known = _DECODE(data) if data else {}
        except msgspec.DecodeError:  # somebody is merging two versions of it
            return data or b""
        for id_, address in now.items():
            before = known.get(id_, ())
            if not before or before[-1] != address:
                known[id_] = (*(old for old in before if old != address), address)[-MOST:]
        lines = (msgspec.json.encode(id_) + b": " + msgspec.json.encode(known[id_]) for id_ in sorted(known))
        return b"{\n" + b",\n".join(lines) + b"\n}\n"

    guarded.update(site.content / FILE, written)


def moved(site: Site, stories: Iterable[Story], published: PublishedAddresses) -> Iterable[Problem]:
    """A note for each story that has another address than the one that was published last."""
    for story in stories:
        before = published.get(story.id)
        if before and before[-1] != (address := urls.story(story, site.zone)):
            place = Place(f"{site.settings.content}/stories/{story.path}", 1)
            yield note("story-moved", f"was published at /{before[-1]}: that address leads to /{address} now", place)


def _plain(address: str) -> bool:
    """Whether this is the address of a page below the site's root, and of no file beside it."""
    parts = address.split("/")
    return address.endswith("/") and all(part and not part.startswith(".") for part in parts[:-1])
