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
from broadsheet.errors import BroadsheetError, Place, Problem, warning
from broadsheet.model import Story
from broadsheet.newsroom import story_claims
from broadsheet.newsroom.claims import Alteration, line
from broadsheet.published.record import PublishedClaims, PublishedItem, PublishedRecord
from broadsheet.text import clip

CHANGED = "fact-changed"  # what is said of a story as often as it is looked at
_SHOWN = 3  # different alterations that a warning names


class Guarded(msgspec.Struct, frozen=True):
    """What the guard found: a problem for each story whose facts changed in silence; by id, what others claim now."""

    problems: tuple[Problem, ...] = ()
    claimed: Mapping[str, PublishedClaims] = {}


def check(
    site: Site,
    stories: Iterable[Story],
    record: PublishedRecord,
    accepted: Collection[str] = (),
    most: int = 0,
    command: str = "",
) -> Guarded:
    """A warning for each story, newest first, whose facts changed without a new correction.

    It comes back until the story is corrected or put back. ``accepted`` are stories, by id or by path below
    content/stories, whose changes are of no fact. ``command`` is that
    by which the site goes out, where that is known. At most ``most`` stories that were never published are looked into.
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
        same = seen is not None and (seen.digest == digest or (seen.digest == _old_words(story) and not room))
        if same and seen is not None and seen.corrections == len(story.corrections):
            continue  # what an older version took down is taken down anew as there is room, as what is new
        shown = f"{site.settings.content}/stories/{story.path}"
        try:
            data = (site.stories / story.path).read_bytes()
            body = content.body(data, shown)
        except (OSError, BroadsheetError):  # it was read a moment ago; whoever reads it next tells what is wrong
            continue
        if room and (seen is None or seen.digest == _old_words(story)):
            room -= 1
        found = story_claims.read(story, body)
        altered = (
            []
            if seen is None or _answered(story, seen, digest, accepted)
            else story_claims.changes(story_claims.unpacked(seen.claims), found)
        )
        if altered:
            place = Place(shown, _line(data, shown, story, altered[0]))
            way = command or ("publish" if site.settings.targets else "release --check")
            problems.append(_warning(altered, place, way))
        else:
            new[story.id] = PublishedClaims(digest, len(story.corrections), story_claims.packed(found))
    return Guarded(tuple(problems), new)


def _line(data: bytes, shown: str, story: Story, altered: Alteration) -> int:
    """The line of a story's file in which a fact stands: that of its body, or of a key of its front matter."""
    matter, _ = content.split(data, shown)
    if matter is None:
        return 1
    if altered.kind == "author":
        return matter.place("authors").line
    if altered.beside:
        said = story_claims.beside(story)
        return matter.place(next((key for key, text in said.items() if altered.says in text), "summary")).line
    found = line(f"{' '.join(story.title.split())}\n{matter.body}", altered)
    return matter.body_line + found - 1 if found else matter.place("title").line


def words(story: Story) -> str:
    """The digest of the words in which a story claims anything."""
    beside = "\0".join(story_claims.beside(story).values())
    return _digest(f"{story.title}\0{story.body}\0{beside}\0{'|'.join(story.authors)}")


def _old_words(story: Story) -> str:
    """The digest that older versions took down, which looked at the headline and the text alone."""
    return _digest(f"{story.title}\0{story.body}")


def _digest(text: str) -> str:
    return blake2b(text.encode(), digest_size=8).hexdigest()


def _answered(story: Story, seen: PublishedItem, digest: str, accepted: Collection[str]) -> bool:
    """Whether a correction informs readers of what changed, or the editor said that no fact did."""
    told = len(story.corrections) > seen.corrections or seen.harmless in (digest, _old_words(story))
    return told or story.id in accepted or story.path in accepted


def _warning(altered: list[Alteration], place: Place, command: str) -> Problem:
    """The warning, with what answers it; ``command`` is that by which the site goes out."""
    pairs = list(dict.fromkeys((one.says, one.said) for one in altered))  # title and text often change alike
    shown = "; ".join(f"it says {_quoted(says)} where {_quoted(said)} was published" for says, said in pairs[:_SHOWN])
    more = f"; and {len(pairs) - _SHOWN} more" if len(pairs) > _SHOWN else ""
    path = shlex.quote(place.file.partition("/stories/")[2])
    hint = (
        "Tell readers with a correction in its front matter (corrections: a list of date and text), or in one line: "
        f'broadsheet {command} --corrected {path} "what was wrong". Or put it back. '
        f"If it is no fact: broadsheet {command} --not-a-fact {path}"
    )
    return warning(CHANGED, f"{shown}{more}", place, hint)


def _quoted(text: str) -> str:
    return clip(text, 120) if text.startswith('"') else f'"{text}"'
