"""Freezing: an edition as it is → its file below content/editions, by which later builds leave it as it was.

In: an edition. Out: its file with the key "frozen", and all else that an editor wrote in it as it was.
"""

from __future__ import annotations

from typing import Any

from broadsheet import content
from broadsheet.config import Site
from broadsheet.content import guarded, keys
from broadsheet.errors import Place, fail
from broadsheet.model import Edition

_KEY = "frozen"


def freeze(site: Site, edition: Edition, shown: str) -> None:
    """Record an edition's selection and order in its file, ``shown`` as a user calls it. Raises BroadsheetError."""
    path = site.root / shown
    if path.is_symlink() and not path.resolve().is_relative_to(site.content.resolve()):
        hint = "Freeze the edition where its file lies, or put the file in the place of the link."
        raise fail("outside", "is a link that leads out of the content", Place(shown), hint)
    record = _record(edition)

    def frozen(now: bytes | None) -> bytes:
        return content.dump({_KEY: record}, "") if now is None else keys.put(now, _KEY, record, shown)

    guarded.update(path, frozen)


def _record(edition: Edition) -> dict[str, Any]:
    desks = [{"section": desk.section, "stories": [story.id for story in desk.stories]} for desk in edition.desks]
    briefs = [story.id for story in edition.briefs]
    # All that stands below this key is read as text, since ids are.
    record = {"number": str(edition.number), "lead": edition.lead.id, "desks": desks, "briefs": briefs}
    return {key: value for key, value in record.items() if value}
