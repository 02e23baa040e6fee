"""The fact guard: what was published is remembered, so that a fact that changes without a correction is noticed.

In: the stories that are out, and content/published.json. Out: a warning for each that says something else than it did;
the file, brought up to date. A story's claims are in it, not its text.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from hashlib import blake2b

import msgspec

from broadsheet import content
from broadsheet.config import Site
from broadsheet.content import facts, guarded
from broadsheet.errors import BroadsheetError, Place, Problem, warning
from broadsheet.model import Story
from broadsheet.newsroom.claims import Alteration, changes, claims, packed, unpacked
from broadsheet.text import clip

FILE = "published.json"
CHANGED = "fact-changed"  # what is said of a story as often as it is looked at
AT_ONCE = 100  # stories remembered in one build, the newest first: an old archive makes no build slow
_TOLD = 3  # alterations that a warning names


class PublishedClaims(msgspec.Struct, frozen=True, array_like=True):
    """A story as it was published: the digest of its words, how many corrections it had, what it claimed."""

    digest: str
    corrections: int
    claims: str


def check(
    site: Site, stories: Iterable[Story], *, remember: bool, accepted: Collection[str] = (), most: int | None = None
) -> list[Problem]:
    """A warning for each story, newest first, whose facts changed without a new correction.

    It comes back until the story is corrected or put back. ``accepted`` are stories, by id or by path below
    content/stories, whose changes are of no fact. ``remember`` brings the file up to date, for at most ``most`` stories
    that it does not have yet (``AT_ONCE``). Raises BroadsheetError where that cannot be written.
    """
    shown = f"{site.settings.content}/{FILE}"
    known, problems = _load(site, shown)
    remember = remember and not problems  # what cannot be read may still be mended: it is not written over
    new = dict[str, PublishedClaims]()
    room = 0 if not remember else AT_ONCE if most is None else most
    for story in stories:
        seen = known.get(story.id)
        digest = blake2b(f"{story.title}\0{story.body}".encode(), digest_size=8).hexdigest()
        if seen is None and len(new) >= room:
            continue
        if seen is not None and seen.digest == digest and seen.corrections == len(story.corrections):
            continue
        place = Place(f"{site.settings.content}/stories/{story.path}", 1)
        try:
            body = content.body((site.stories / story.path).read_bytes(), place.file)
        except (OSError, BroadsheetError):  # it was read a moment ago; whoever reads it next tells what is wrong
            continue
        found = claims(f"{story.title}.\n\n{facts.read(body).text}")
        told = seen is None or len(story.corrections) > seen.corrections or {story.id, story.path} & set(accepted)
        altered = [] if seen is None or told else changes(unpacked(seen.claims), found)
        if altered:
            problems.append(_warning(altered, place))
        else:
            new[story.id] = PublishedClaims(digest, len(story.corrections), packed(found))
    if remember and new:
        _save(site, known, new)
    return problems


def _warning(altered: list[Alteration], place: Place) -> Problem:
    told = "; ".join(f"it says {_quoted(one.says)} where {_quoted(one.said)} was published" for one in altered[:_TOLD])
    more = f"; and {len(altered) - _TOLD} more" if len(altered) > _TOLD else ""
    hint = (
        "Tell readers with a correction in its front matter (corrections: a list of date and text), or put it back. "
        f"If it is no fact: broadsheet publish --not-a-fact {place.file.partition('/stories/')[2]}"
    )
    return warning("fact-changed", f"{told}{more}", place, hint)


def _quoted(text: str) -> str:
    return clip(text, 120) if text.startswith('"') else f'"{text}"'


def _load(site: Site, shown: str) -> tuple[dict[str, PublishedClaims], list[Problem]]:
    try:
        return _DECODE((site.content / FILE).read_bytes()), []
    except FileNotFoundError:
        return {}, []
    except (OSError, msgspec.DecodeError) as cause:
        hint = "Bring it back from your backup, or delete it: what is published now is then taken for what was."
        return {}, [warning("published-unreadable", f"cannot be read: {cause}", Place(shown), hint)]


def _save(site: Site, known: dict[str, PublishedClaims], new: dict[str, PublishedClaims]) -> None:
    """Add what is new. One story a line, so that a version control system shows what changed."""

    def written(now: bytes | None) -> bytes:
        try:
            there = _DECODE(now) if now else {}
        except msgspec.DecodeError:  # somebody is merging two versions of it
            return now or b""
        seen = (there or known) | new
        lines = (msgspec.json.encode(id_) + b": " + msgspec.json.encode(seen[id_]) for id_ in sorted(seen))
        return b"{\n" + b",\n".join(lines) + b"\n}\n"

    guarded.update(site.content / FILE, written)


_DECODE = msgspec.json.Decoder(dict[str, PublishedClaims]).decode
