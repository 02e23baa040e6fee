"""What follows one another in a text: the series of short lines that are a story's own, and whole stories.

In: lines, and which of them were taken for the story's. Out: the lines that belong to it because they are one of a
series (entries with times, questions and answers, captions of a slideshow), each as a subhead or as text. A line by
itself tells little: "14.32 GMT" or "No." is story only by what stands around it.

In: all lines of a text. Out: a ``Split``: where each story begins. A text is cut only where that is plain: below two
blank rows or a rule, with a headline and a day or byline on either side, and paragraphs under each. What only looks
like several stories, such as a digest of numbered items, is one story that says so: an article with subheads is never
cut.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from itertools import pairwise
from typing import Literal

import msgspec

from broadsheet.ingest.extract import bylines, dates, features
from broadsheet.ingest.extract.draft import Hints
from broadsheet.ingest.extract.lines import Line

Kept = dict[int, Literal["body", "subhead"]]

_TIME = re.compile(
    r"[\[(]?(?:klo |at |um )?(?P<hour>[01]?\d|2[0-4])(?:(?:[:.h]|h )(?P<minute>[0-5]\d)(?!\d))?[hH]?"
    r"\s?(?P<mark>[ap]\.?\s?m\.?(?![^\W\d_])|uhr\b|h\b|ч\b)?\s?(?:GMT|UTC|BST|CET|CEST|EST|EDT|PST|PDT|ET|PT|IST|MEZ|MESZ)?[\])]?"
    r"(?P<rest>$|\s*[-–—:|•,]\s*(?=\S)|\s+(?=\S))",
    re.IGNORECASE,
)
_ENTRIES, _TELLING = 3, 2  # times in a live blog, and those of them with text
_WORDS = 6  # of an entry that tells something in its own line
_LABEL = re.compile(r"(?P<who>[^\W\d_][^:：\n]{0,32})[:：]\s*(?=\S)")
_TURNS = 4  # lines with speakers in an interview
_QUOTED = re.compile(r"[\"”’»“」]$|[\"”’»“」][,.!?]?$")
_SAID_BY = re.compile(r"[–—―-]{1,2}\s?[^\W\d_]")
_CAPTIONS, _SHARE = 3, 0.2  # captions that make a slideshow, and their share of the lines inside the story
_CREDIT = re.compile(r"[/©]|\((?:photo|foto|image|bild)\b", re.IGNORECASE)
_SHOWN, _PROSE = 6, 60  # words of a caption
_APART = 3  # lines from one turn of an interview to the next
_PAIRS = 3  # lines below one another that make a list of labels and values
_TALK = 0.3  # share of words by which pages speak to their readers
_STANZA, _VERSE = 3, 12  # lines of a stanza, or of an address; and the words of one
_VALUE = 6  # words of such a line on the average
_MARK = re.compile(r"(\[\d{1,2}\]|\(\d{1,2}\)|[*†‡¹²³⁴⁵]+)\s?[^\W_]")
_NOTE = re.compile(
    r"(?:(?:editor.?s? )?(?:note|correction|clarification|update)s?|korrektur|berichtigung|anm(?:erkung)?\b"
    r"|hinweis der redaktion|rectificatif|errata|corrección|fe de erratas|rettifica|correção|correctie|rättelse"
    r"|rettelse|oikaisu|sprostowanie|уточнение|исправление)\b[^:]{0,40}:"
    r"|(?:this (?:article|story|piece|report) (?:was|has been) (?:amended|corrected|updated|changed|edited)"
    r"|an earlier version of this|additional reporting|with (?:additional )?reporting|reporting by|edited by)\b",
    re.IGNORECASE,
)


def find(lines: Sequence[Line], story: Sequence[bool], captions: Sequence[bool]) -> Kept:
    """The lines that belong to the story for the sake of the series they stand in, and what each is there."""
    inside = [i for i, mine in enumerate(story) if mine]
    if not inside:
        return {}
    first, last = inside[0], inside[-1]
    return {  # what stands last prevails
        **_notes(lines, story, last),
        **_stanzas(lines, story, first, last),
        **_beside(lines, story, first, last),
        **_slides(lines, captions, first, last),
        **_numbered(lines, first, last),
        **_interview(lines, first, last),
        **_live(lines, story),
        **_below_rules(lines, first, last),
    }


def _below_rules(lines: Sequence[Line], first: int, last: int) -> Kept:
    """The headings right below rules inside the story: each heads a part of it, or another story in the file."""
    below = range(first + 1, last)
    return {i: "subhead" for i in below if is_rule(lines[i - 1]) and _heads(lines[i]) and not lines[i].stops}


def time_of(text: str) -> str:
    """The time of day that an entry begins with, with what marks it as one; or ""."""
    if not text or not (text[0].isdigit() or text[0] in "[(kau"):
        return ""
    found = _TIME.match(text)
    if not found or not (found["minute"] or found["mark"]):
        return ""
    return text[: found.start("rest")]


def attributes(line: Line, above: Line) -> bool:
    """Whether a line says whose words are quoted above it."""
    dashed = f"{line.bullet} {line.text}" if line.bullet and not line.bullet[0].isdigit() else line.text
    return _SAID_BY.match(dashed) is not None and _QUOTED.search(above.text[-3:]) is not None


def is_time(text: str) -> bool:
    """Whether a line is a time of day and nothing else."""
    return 0 < len(text) < 20 and time_of(text) == text.rstrip()


def _live(lines: Sequence[Line], story: Sequence[bool]) -> Kept:
    """The entries of a live blog: below each time its headline and its text."""
    times = [i for i, line in enumerate(lines) if not line.bullet and time_of(line.text)]
    if len(times) < _ENTRIES:
        return {}
    ends = [*times[1:], len(lines)]
    telling = [i for i, end in zip(times, ends, strict=True) if _tells(lines, i, end)]
    if len(telling) < _TELLING or not any(story[telling[0] : telling[-1] + 4]):
        return {}
    first, last = min(times[0], telling[0]), max(telling)
    for i in times:  # entries without a word of text may close it
        if last < i <= last + _TURNS:
            last = i
    times = [i for i in times if i <= last]
    kept: Kept = {}
    for i, end in zip(times, [*times[1:], _end(lines, story, last)], strict=True):
        heads = True
        for k in range(max(i, first), end):
            line = lines[k]
            if line.boilerplate:
                continue
            short = (is_time(line.text) or not line.stops) and line.words <= features.HEADING
            below = k + 1 < end and not lines[k + 1].boilerplate
            kept[k] = "subhead" if heads and short and below else "body"
            heads = heads and k == i and is_time(line.text)
    return kept


def _tells(lines: Sequence[Line], i: int, end: int) -> bool:
    """Whether an entry has text, beside its time or below it."""
    below = lines[i + 1 : min(end, i + 4)]
    return lines[i].words > _WORDS or any(line.stops and not line.boilerplate for line in below)


def _end(lines: Sequence[Line], story: Sequence[bool], last: int) -> int:
    """Where the text of the last entry ends."""
    end = last + 1
    while end < len(lines) and not lines[end].boilerplate:
        if not (story[end] or lines[end].stops or end == last + 1):
            break
        end += 1
    return end


def _interview(lines: Sequence[Line], first: int, last: int) -> Kept:
    """The turns of an interview: two speakers or more, each named again and again."""
    said = {
        i: found["who"].casefold()
        for i, line in enumerate(lines[: last + _TURNS])
        if i >= first - _TURNS and not line.boilerplate and (found := _LABEL.match(line.text))
    }
    turns = Counter(said.values())
    spots = [i for i, who in said.items() if turns[who] > 1]
    changes = sum(said[a] != said[b] for a, b in pairwise(spots))
    near = sum(b - a <= _APART for a, b in pairwise(spots))
    closed = sum(lines[i].stops for i in spots)
    if len(spots) < _TURNS or changes < len(spots) / 2 or near < (len(spots) - 1) / 2 or closed < len(spots) / 2:
        return {}
    return dict.fromkeys(spots, "body")


def _slides(lines: Sequence[Line], captions: Sequence[bool], first: int, last: int) -> Kept:
    """The captions of a slideshow, where they are as much of the story as its text."""
    spots = [i for i in range(first, min(last + 3, len(lines))) if _captioned(lines[i], named=captions[i])]
    apart = len({lines[i].text for i in spots}) == len(spots) and all(b - a > 1 for a, b in pairwise(spots))
    if not apart or len(spots) < _CAPTIONS or len(spots) < (last - first) * _SHARE:
        return {}
    return dict.fromkeys(spots, "body")


def _captioned(line: Line, *, named: bool) -> bool:
    """Whether a line says what a picture shows, and whose it is."""
    if not named and (line.stops or line.boilerplate or not _CREDIT.search(line.text[-40:])):
        return False
    return _SHOWN <= line.words <= _PROSE


def _beside(lines: Sequence[Line], story: Sequence[bool], first: int, last: int) -> Kept:
    """Short lines inside the story: who said what is quoted above, labels with their values, items below a colon."""
    kept: Kept = {}
    for i in range(first + 1, min(last + 2, len(lines))):
        line = lines[i]
        if story[i] or line.boilerplate:
            continue
        mine = story[i - 1] or (i - 1) in kept
        if (mine and not line.bullet and _SAID_BY.match(line.text) and _QUOTED.search(lines[i - 1].text[-3:])) or (
            line.bullet
            and mine
            and (lines[i - 1].text.endswith((":", "：")) or ((i - 1) in kept and lines[i - 1].bullet))
        ):
            kept[i] = "body"
    run: list[int] = []
    for i in range(first + 1, last + 1):
        line = lines[i]
        if not line.boilerplate and line.words <= features.HEADING and _LABEL.match(line.text):
            run.append(i)
            continue
        if len(run) >= _PAIRS and sum(lines[k].words for k in run) <= _VALUE * len(run):
            kept.update((k, "body") for k in run if not story[k])
        run = []
    return kept


def _stanzas(lines: Sequence[Line], story: Sequence[bool], first: int, last: int) -> Kept:
    """The lines of a block of short ones between paragraphs, of which some were taken for the story's."""
    kept: Kept = {}
    starts = [i for i in range(first + 1, last + 1) if lines[i].gap]
    for i, end in pairwise([*starts, last + 1]):
        block = lines[i:end]
        short = all(line.words <= _VERSE and not line.boilerplate and not line.bullet for line in block)
        if len(block) >= _STANZA and short and any(story[i:end]):
            kept.update((k, "body") for k in range(i, end) if not story[k])
    return kept


def _numbered(lines: Sequence[Line], first: int, last: int) -> Kept:
    """The headings of numbered items, each with its text below, and of parts below a rule."""
    kept: Kept = {}
    items = [
        i for i, line in enumerate(lines[: last + 1])
        if line.bullet[:1].isdigit() and not line.boilerplate and line.words <= features.HEADING
    ]  # fmt: skip
    numbers = [int(lines[i].bullet.rstrip(".)")) for i in items]
    if len(items) > 1 and numbers == list(range(1, len(items) + 1)) and items[-1] > first:
        apart = all(b - a > 1 and _has_text(lines, a + 1) for a, b in pairwise([*items, last + 2]))
        if apart:
            kept.update((i, "body" if lines[i].stops else "subhead") for i in items)
    for i in range(first + 1, last):
        above = lines[i - 1]
        drawn = not (above.text[:1].isalnum() or any(map(str.isalnum, above.text))) and len(above.text) >= _PAIRS
        heads = not lines[i].stops and not lines[i].boilerplate and lines[i].words <= features.HEADING
        if drawn and heads and _has_text(lines, i + 1):
            kept[i] = "subhead"
    return kept


def _has_text(lines: Sequence[Line], i: int) -> bool:
    """Whether a line is a sentence."""
    return i < len(lines) and lines[i].stops and not lines[i].boilerplate


def _notes(lines: Sequence[Line], story: Sequence[bool], last: int) -> Kept:
    """Corrections, footnotes and closing lines, directly below the story."""
    kept: Kept = {}
    for i in range(last + 1, min(last + 6, len(lines))):
        line = lines[i]
        note = _NOTE.match(line.text) and features.talk(frozenset(line.key.split())) < _TALK
        if line.boilerplate and not (note and line.boilerplate == "copyright"):
            break
        if note:
            kept[i] = "body"
        elif (mark := _MARK.match(f"{line.bullet} {line.text}".strip())) and line.words >= _PAIRS:
            called = re.compile(rf"[^\W_][.,;”\"’)]*\s?{re.escape(mark[1])}(?!\w)")
            if any(mine and called.search(text.text) for text, mine in zip(lines, story, strict=True)):
                kept[i] = "body"
    return kept


_RULE = re.compile(r"[-=*_~#.•–—· ]{3,}")
_BLANK = 2  # rows that part stories
_HEAD = 7  # lines of a story among which its headline, day and byline stand
_TITLE = (3, 25)  # words of a headline
_LINE = 160  # characters of a line that bears a day or names
_BESIDE = 24  # characters beside a day, in a line that bears it and nothing else
_STORY_PROSE = 40  # words of the paragraphs that make a story
_BRIEF = 20  # words of those that make an item of a digest, or a story with a whole head
_ITEMS = 3  # numbered items that make a digest
_DIGEST = re.compile(
    r"\b(?:briefing|newsletter|digest|round-?up|in brief|headlines|the news|news in|bulletin"
    r"|(?:things|stories) you need|kurzmeldungen|überblick|en bref|l.essentiel|boletín|resumen|notiziario"
    r"|nieuwsbrief|nyhetsbrev|дайджест)\b",
    re.IGNORECASE,
)
_MOST = 200  # stories in a file; more are no file of stories
_FIRST = 60  # lines of a text among which a second headline is looked for; far below stand links to other stories


class Split(msgspec.Struct, frozen=True):
    """The first line of every story; ``seem`` is how many stories seem to stand in a text that is not cut, or 0."""

    begins: tuple[int, ...]
    seem: int = 0


def split(lines: Sequence[Line], hints: Hints) -> Split:
    """Where the stories of a text begin: 0 alone where there is one story, or nothing is plain."""
    boundaries = [i for i, (before, line) in enumerate(pairwise(lines), 1) if i > 1 and _parted(before, line)]
    found = [0]
    if boundaries and _is_story(lines[: boundaries[0]], hints, ruled=is_rule(lines[boundaries[0] - 1])):
        for i, end in zip(boundaries, [*boundaries[1:], len(lines)], strict=True):
            if _is_story(lines[i:end], hints, ruled=is_rule(lines[i - 1])):
                found.append(i)
    if 1 < len(found) <= _MOST:
        return Split(tuple(found))
    return Split((0,), _seem(lines, boundaries))


def _parted(before: Line, line: Line) -> bool:
    """Whether a line stands below two blank rows, or below a rule."""
    return line.rows[0] - before.rows[-1] > _BLANK or is_rule(before)


def is_rule(line: Line) -> bool:
    """Whether a line is drawn, not written."""
    return not line.text[:1].isalnum() and _RULE.fullmatch(line.bullet + line.text) is not None


def _is_story(lines: Sequence[Line], hints: Hints, *, ruled: bool) -> bool:
    """Whether lines begin as a story does, with headline, day or byline, and have its paragraphs.

    Below a rule any day tells; below blank rows, where readers' comments may stand, it must be labelled. A brief story
    has day and byline in lines of their own.
    """
    head = lines[:_HEAD]
    title = next((n for n, line in enumerate(head) if _heads(line)), -1)
    if title < 0:
        return False
    signs = sum(_signs(line, hints, ruled=ruled) for line in head[title + 1 :])
    if ruled and signs > 1 and sum(line.words for line in lines[title + 1 :] if line.prose or line.stops) >= _BRIEF:
        return True
    return signs > 0 and _prose_words(lines) >= _STORY_PROSE


def _prose_words(lines: Sequence[Line]) -> int:
    """The words of the paragraphs among lines."""
    return sum(line.words for line in lines if line.prose and not line.boilerplate)


def _heads(line: Line) -> bool:
    least, most = _TITLE
    return least <= line.words <= most and not (line.boilerplate or line.bullet) and bylines.read(line.text) is None


def _signs(line: Line, hints: Hints, *, ruled: bool) -> bool:
    """Whether a line says when a story was published, or who wrote it."""
    if len(line.text) > _LINE or line.bullet:
        return False
    stamps = dates.find(line.text, hints)
    if any(stamp.label == "published" for stamp in stamps):
        return True
    if ruled and stamps and len(dates.rest(line.text, stamps)) <= _BESIDE:
        return True
    return (byline := bylines.read(line.text)) is not None and bool(byline.names)


def _seem(lines: Sequence[Line], boundaries: Sequence[int]) -> int:
    """How many stories seem to stand in a text that is not plainly several."""
    near = [i for i in boundaries if is_rule(lines[i - 1])]
    if near:
        spans = list(zip([0, *near], [*near, len(lines)], strict=True))
        headed = sum(_headed(lines[start:end]) for start, end in spans)
        if headed > 1 and headed >= len(spans) - 1:
            return headed
    return _digest_items(lines) or _signed(lines)


def _digest_items(lines: Sequence[Line]) -> int:
    """How many numbered items a digest has: each a heading with its paragraphs, and not an article's own list."""
    heads = [line.bullet[:1].isdigit() and not line.stops and line.words <= _TITLE[1] for line in lines]
    items = [i for i, is_head in enumerate(heads) if is_head]
    numbers = [int(lines[i].bullet.rstrip(".)")) for i in items]
    if len(items) < _ITEMS or numbers != list(range(1, len(items) + 1)):
        return 0
    if not all(lines[i].text.isupper() for i in items) and not any(_DIGEST.search(line.text) for line in lines[:_HEAD]):
        return 0
    briefs = [
        _prose_words(lines[i + 1 : end]) >= _BRIEF for i, end in zip(items, [*items[1:], len(lines)], strict=True)
    ]
    return len(items) if all(briefs) else 0


def _signed(lines: Sequence[Line]) -> int:
    """How many headlines with bylines and paragraphs a text has."""
    found = 0
    for i in range(1, min(len(lines), _FIRST) - 2):
        head = lines[i - 1]
        if not head.gap or head.stops or not (byline := bylines.read(lines[i].text)) or not byline.names:
            continue
        found += byline.labelled and _heads(head) and _prose_words(lines[i + 1 : i + 4]) >= _STORY_PROSE
    return found if found > 1 else 0


def _headed(lines: Sequence[Line]) -> bool:
    """Whether lines are a headline and the paragraphs below it."""
    lines = [line for line in lines if not is_rule(line)]
    head = lines[0] if len(lines) > 1 else None
    if head is None or head.boilerplate or head.bullet or head.stops or not 1 < head.words <= _HEAD * 2:
        return False
    return _prose_words(lines[1:]) >= _BRIEF
