"""The fact guard: a fact that changes after it was published, without a correction, is noticed.

In: the stories that are out, the record of what was published. Out: a warning for each that says something else than it
did, and what the others claim, for the record. A story's claims are in it, not its text.
"""

from __future__ import annotations

import shlex
from collections.abc import Collection, Iterable, Mapping
from hashlib import blake2b

import msgspec

from broadsheet import content
from broadsheet.config import Site
from broadsheet.content import facts
from broadsheet.errors import BroadsheetError, Place, Problem, warning
from broadsheet.model import Story
from broadsheet.newsroom.claims import Alteration, changes, claims, packed, unpacked
from broadsheet.published.record import PublishedClaims, PublishedItem, PublishedRecord
from broadsheet.text import clip

CHANGED = "fact-changed"  # what is said of a story as often as it is looked at
_TOLD = 3  # alterations that a warning names


class Guarded(msgspec.Struct, frozen=True):
    """What the guard found: a problem for each story whose facts changed in silence; by id, what others claim now."""

    problems: tuple[Problem, ...] = ()
    claimed: Mapping[str, PublishedClaims] = {}


def check(
    site: Site, stories: Iterable[Story], record: PublishedRecord, accepted: Collection[str] = (), most: int = 0
) -> Guarded:
    """A warning for each story, newest first, whose facts changed without a new correction.

    It comes back until the story is corrected or put back. ``accepted`` are stories, by id or by path below
    content/stories, whose changes are of no fact. At most ``most`` stories that were never published are looked into.
    """
    known = record.of()
    problems = list[Problem]()
    new = dict[str, PublishedClaims]()
    room = most
    for story in stories:
        seen = known.get(story.id)
        seen = seen if seen and seen.digest else None
        if seen is None and not room:
            continue
        digest = words(story)
        if seen is not None and seen.digest == digest and seen.corrections == len(story.corrections):
            continue
        place = Place(f"{site.settings.content}/stories/{story.path}", 1)
        try:
            body = content.body((site.stories / story.path).read_bytes(), place.file)
        except (OSError, BroadsheetError):  # it was read a moment ago; whoever reads it next tells what is wrong
            continue
        room -= seen is None
        found = claims(f"{story.title}.\n\n{facts.read(body).text}")
        altered = (
            [] if seen is None or _answered(story, seen, digest, accepted) else changes(unpacked(seen.claims), found)
        )
        if altered:
            problems.append(_warning(altered, place, "publish" if site.settings.targets else "release --check"))
        else:
            new[story.id] = PublishedClaims(digest, len(story.corrections), packed(found))
    return Guarded(tuple(problems), new)


def words(story: Story) -> str:
    """The digest of the words in which a story claims anything."""
    return blake2b(f"{story.title}\0{story.body}".encode(), digest_size=8).hexdigest()


def _answered(story: Story, seen: PublishedItem, digest: str, accepted: Collection[str]) -> bool:
    """Whether readers are told of what changed, or the editor said that no fact did."""
    told = len(story.corrections) > seen.corrections or seen.harmless == digest
    return told or story.id in accepted or story.path in accepted


def _warning(altered: list[Alteration], place: Place, command: str) -> Problem:
    """The warning, with what answers it; ``command`` is that by which the site goes out."""
    told = "; ".join(f"it says {_quoted(one.says)} where {_quoted(one.said)} was published" for one in altered[:_TOLD])
    more = f"; and {len(altered) - _TOLD} more" if len(altered) > _TOLD else ""
    path = shlex.quote(place.file.partition("/stories/")[2])
    hint = (
        "Tell readers with a correction in its front matter (corrections: a list of date and text), or in one line: "
        f'broadsheet {command} --corrected {path} "what was wrong". Or put it back. '
        f"If it is no fact: broadsheet {command} --not-a-fact {path}"
    )
    return warning(CHANGED, f"{told}{more}", place, hint)


def _quoted(text: str) -> str:
    return clip(text, 120) if text.startswith('"') else f'"{text}"'
