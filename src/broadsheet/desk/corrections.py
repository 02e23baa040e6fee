"""A correction in one line: a story and a text → an entry under ``corrections`` in the story's front matter.

In: a site, the story as an editor calls it, the text, the moment. Out: the story's file with the entry, and every other
byte as it was.
"""

from __future__ import annotations

import datetime as dt

from broadsheet.config import Site
from broadsheet.content import guarded, keys
from broadsheet.errors import Place, fail
from broadsheet.model import Story

_KEY = "corrections"


def add(site: Site, story: Story, text: str, now: dt.datetime) -> None:
    """Add a correction of this moment to a story's file. Raises BroadsheetError, such as ``front-matter-style``."""
    shown = f"{site.settings.content}/stories/{story.path}"
    said = " ".join(text.split())
    if not said:
        raise fail("value", "a correction needs a text", Place(shown), "Say what was wrong, and what is right.")
    there = now.astimezone(site.zone) - dt.timedelta(seconds=1)  # Atom tells two moments apart within one
    offset = dt.timezone(there.utcoffset() or dt.timedelta())  # as YAML reads it back
    entry = {"date": there.replace(second=0, microsecond=0, tzinfo=offset), "text": said}

    def corrected(data: bytes | None) -> bytes:
        if data is None:
            raise fail("unreadable", "is not there any more", Place(shown))
        return keys.append(data, _KEY, entry, shown)

    guarded.update(site.stories / story.path, corrected)
