"""A feed file → its stories: RSS, RDF, Atom and JSON Feed; one draft an entry.

In: a ``Source`` that holds a feed. Out: drafts that keep each entry's GUID and link. Every element or key of the file
has its fate in exactly one of them, and every entry that came to nothing is named in a problem.
"""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from broadsheet.errors import Place, Problem, fail, warning
from broadsheet.ingest.extract import charset
from broadsheet.ingest.extract.draft import Draft, Hints, Source
from broadsheet.ingest.formats import coverage, xml_text
from broadsheet.ingest.formats.feed import feed_json, feed_xml
from broadsheet.ingest.formats.feed.entry import Entry, FeedFacts, Made, make

MOST = 2000  # entries of one feed; what holds more is an archive that is better split
_NAMED = 10  # problems of one kind that are named one by one


def read(source: Source, hints: Hints) -> tuple[Draft, ...]:
    """The stories of a feed.

    Raises BroadsheetError: ``no-story`` for a feed without an entry that has a text, or that cannot be read.
    """
    problems: list[Problem] = []
    text, facts, entries, others = _entries(source, hints, problems)
    if not entries:
        raise fail("no-story", "the feed holds no entry", Place(source.name), "Ingest the feed once it has one.")
    made = [make(entry, facts, hints, source.name) for entry in entries]
    problems += _left_out(made, entries, others, source)
    whole = [one for one in made if one.draft]
    if not whole:
        said = "; ".join(dict.fromkeys(f"{one.name!r}: {one.why}" for one in made[:3]))
        message = f"none of the feed's {len(entries) + len(others)} entries is a story: {said}"
        raise fail("no-story", message, Place(source.name, entries[0].line), "Save the articles themselves.")
    return with_fates(text, made, problems)


def with_fates(text: str, made: Sequence[Made], problems: Sequence[Problem]) -> tuple[Draft, ...]:
    """The drafts of what was made, with the fates of all pieces; the first has those of no story, and the problems."""
    own = [[*one.pieces] for one in made if one.draft]
    for one in made:
        if one.draft is None:
            own[0] += one.pieces
    fates = coverage.account(text.split("\n"), own)
    drafts = []
    for n, (one, found) in enumerate(zip((m for m in made if m.draft), fates, strict=True)):
        said = (*(problems if n == 0 else ()), *one.problems)
        if one.draft:
            drafts.append(msgspec.structs.replace(one.draft, fates=found, problems=(*one.draft.problems, *said)))
    return tuple(drafts)


def _entries(source: Source, hints: Hints, problems: list[Problem]) -> tuple[str, FeedFacts, list[Entry], list[int]]:
    """The text of a feed, what it says of itself, its first entries, and the lines of all others."""
    if source.data[:4000].lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"{") or b"{\0" in source.data[:4]:
        text = charset.text(source.data, source.name)
        facts, entries, others, found = feed_json.read(text, source, hints, MOST)
        problems += found
        return text, facts, entries, others
    try:
        parsed = xml_text.parse(source, feed_xml.ITEMS)
    except Exception as cause:
        problem = getattr(cause, "problem", None)
        if problem is None or problem.code != "not-xml":
            raise
        raise fail(
            "no-story", f"the feed cannot be read: {problem.message}", problem.place, "Fetch it again."
        ) from cause
    problems += parsed.problems
    return parsed.text, *feed_xml.read(parsed, hints, MOST, source.url)


def _left_out(made: Sequence[Made], entries: Sequence[Entry], others: Sequence[int], source: Source) -> list[Problem]:
    """A problem for each entry that is no story, and one for those that were not looked at."""
    found: list[Problem] = []
    none = [(entry, one) for entry, one in zip(entries, made, strict=True) if one.draft is None]
    for entry, one in none[:_NAMED]:
        message = f"the entry {one.name!r} is left out: {one.why}"
        found.append(warning("entries-left", message, Place(source.name, entry.line)))
    if len(none) > _NAMED:
        message = f"{len(none) - _NAMED} more entries are left out, for such reasons"
        found.append(warning("entries-left", message, Place(source.name), "ingest --explain names each."))
    if others:
        message = f"the feed holds {MOST + len(others)} entries: the first {MOST} are read, {len(others)} are left out"
        found.append(warning("entries-left", message, Place(source.name, others[0]), "Split the file."))
    return found
