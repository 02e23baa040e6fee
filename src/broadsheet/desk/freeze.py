"""Freezing: an edition as it is → its file below content/editions, by which later builds leave it as it was.

In: an edition. Out: its file with the key "frozen", and all else that an editor wrote in it as it was. What it holds is
what readers saw of the edition: its number, its name, the masthead, the order of its stories, their headlines.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from typing import Any

import msgspec

from broadsheet import content
from broadsheet.config import Settings, Site
from broadsheet.content import guarded, keys
from broadsheet.errors import BroadsheetError, Place, Problem, fail
from broadsheet.model import Edition, Newspaper, Story

_KEY = "frozen"
_LONGEST = 10_000  # stories of which the words are kept: an edition that has more is no digest


def freeze(site: Site, edition: Edition, shown: str) -> None:
    """Record an edition's selection and order in its file, ``shown`` as a user calls it. Raises BroadsheetError."""
    path = site.root / shown
    if path.is_symlink() and not path.resolve().is_relative_to(site.content.resolve()):
        hint = "Freeze the edition where its file lies, or put the file in the place of the link."
        raise fail("outside", "is a link that leads out of the content", Place(shown), hint)
    record = _record(edition, site.settings)

    def frozen(now: bytes | None) -> bytes:
        return content.dump({_KEY: record}, "") if now is None else keys.put(now, _KEY, record, shown)

    guarded.update(path, frozen)


def freeze_closed(site: Site, newspaper: Newspaper, now: dt.datetime) -> Iterator[Problem]:
    """Freeze the editions of a newspaper that has been published whose days are over, as the settings say.

    A problem for each whose file cannot be written, which keeps no other from being frozen.
    """
    if site.settings.freeze == "never":
        return
    today = now.astimezone(site.zone).date()
    for edition in newspaper.editions:
        if edition.frozen or edition.last >= today:
            continue
        shown = edition.file or f"{site.settings.content}/editions/{edition.slug}.md"
        try:
            if edition.file or not (site.root / shown).exists():  # one that could not be read is to be put right first
                freeze(site, edition, shown)
        except BroadsheetError as cause:
            for problem in cause.problems:
                yield msgspec.structs.replace(problem, severity="warning")


def _record(edition: Edition, settings: Settings) -> dict[str, Any]:
    desks = [{"section": desk.section, "stories": [story.id for story in desk.stories]} for desk in edition.desks]
    briefs = [story.id for story in edition.briefs]
    # All that stands below this key is read as text, since ids are.
    masthead = {"title": settings.title, "tagline": settings.tagline}
    record = {
        "number": str(edition.number),
        "name": edition.title,
        "masthead": {key: value for key, value in masthead.items() if value},
        "lead": edition.lead.id,
        "desks": desks,
        "briefs": briefs,
        "words": {story.id: _words(story) for story in edition.stories[:_LONGEST] if not story.retracted},
    }
    return {key: value for key, value in record.items() if value}


def _words(story: Story) -> dict[str, str]:
    """What an edition prints of a story, as a person typed it."""
    said = {"title": story.title, "summary": story.summary or story.lead}
    return {key: value for key, value in said.items() if value}
