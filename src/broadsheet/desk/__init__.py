"""An editor's decision → a key of a file below content/: an edition is frozen, a story is corrected.

In: an edition, or a story and a text. Out: its file with the key, and every other byte as it was. What a frozen edition
holds is what readers saw of it: its number, its name, the masthead, the order of its stories, their headlines.
"""

from __future__ import annotations

import datetime as dt
from typing import Any, NamedTuple

import msgspec

from broadsheet import content
from broadsheet.config import Settings, Site
from broadsheet.content import fields, guarded, keys
from broadsheet.errors import BroadsheetError, Place, Problem, fail
from broadsheet.model import Edition, Newspaper, Story

_FROZEN = "frozen"
_LONGEST = 10_000  # stories of which the words are kept: an edition that has more is no digest


def freeze(site: Site, edition: Edition, shown: str) -> None:
    """Record an edition's selection and order in its file, ``shown`` as a user calls it. Raises BroadsheetError."""
    path = site.root / shown
    if path.is_symlink() and not path.resolve().is_relative_to(site.content.resolve()):
        hint = "Replace the link with the file itself."
        raise fail("outside", "is a link that points outside the content", Place(shown), hint)
    record = _record(edition, site.within(edition.slug).settings)

    def frozen(now: bytes | None) -> bytes:
        return content.dump({_FROZEN: record}, "") if now is None else keys.put(now, _FROZEN, record, shown)

    guarded.update(path, frozen)


class Closed(NamedTuple):
    """The files that were written to freeze editions, as a user calls them; a warning for each that could not be."""

    files: list[str]
    problems: list[Problem]


def freeze_closed(site: Site, newspaper: Newspaper, now: dt.datetime) -> Closed:
    """Freeze the editions of a newspaper that has been published whose days are over, as the settings say.

    One whose file cannot be written keeps no other from being frozen.
    """
    closed = Closed([], [])
    if site.settings.freeze == "never":
        return closed
    today = now.astimezone(site.zone).date()
    for edition in newspaper.editions:
        if edition.frozen or edition.last >= today:
            continue
        shown = edition.file or f"{site.settings.content}/editions/{edition.slug}.md"
        try:
            if edition.file or not (site.root / shown).exists():  # one that could not be read is to be put right first
                freeze(site, edition, shown)
                closed.files.append(shown)
        except BroadsheetError as cause:
            closed.problems.extend(msgspec.structs.replace(problem, severity="warning") for problem in cause.problems)
    return closed


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
    said = {"title": story.title, "summary": "" if story.disclosure == "ai_summary" else story.abstract}
    return {key: value for key, value in said.items() if value}


_CORRECTIONS = "corrections"


def add_correction(site: Site, story: Story, text: str, now: dt.datetime) -> None:
    """Add a correction of this moment to a story's file. Raises BroadsheetError, such as ``front-matter-style``."""
    shown = f"{site.settings.content}/stories/{story.path}"
    try:
        said = fields.STORY[_CORRECTIONS].check([{"date": now, "text": text}], site.zone)[0].text
    except ValueError as cause:
        hint = "Say what was wrong and what is right. The file was not changed."
        raise fail("value", f"the correction is not {cause}", Place(shown), hint) from cause
    there = now.astimezone(site.zone) - dt.timedelta(seconds=1)  # Atom tells two moments apart within one
    offset = dt.timezone(there.utcoffset() or dt.timedelta())  # as YAML reads it back
    entry = {"date": there.replace(second=0, microsecond=0, tzinfo=offset), "text": said}

    def corrected(data: bytes | None) -> bytes:
        if data is None:
            raise fail("unreadable", "no longer exists", Place(shown))
        return keys.append(data, _CORRECTIONS, entry, shown)

    guarded.update(site.stories / story.path, corrected)
