"""Text → its lines, each with what can be seen of it alone: bullet, indent, size, how it ends.

In: decoded text. Out: a ``Layout``: one ``Line`` for every line that holds something; blank lines are known by their
numbers. What stands on every page and what stands in columns is taken out first: a number is that of a page, and a
repeated row a running head, only where pages end, beside one another or where they break into a sentence. Rows that
were wrapped at a margin, or broken at every link, are joined again: other text with blank lines between paragraphs
keeps its rows apart; text without any, the kind that tools dump at every inline element, is joined where a sentence
goes on, and so is a paragraph that runs on over the end of a page.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Sequence
from itertools import pairwise

import msgspec

from broadsheet.ingest.extract import agency_lines, boilerplate, bylines, dates, ranker, tables
from broadsheet.ingest.extract.draft import Hints
from broadsheet.ingest.extract.language import SMALL_WORDS
from broadsheet.ingest.extract.rows import DENSE, Hyphens, TextRow, find_margin, goes_on, rows, unwrap
from broadsheet.ingest.extract.rows import parted as hyphens_at

_PAGE_NUMBER = re.compile(
    r"(?:page|p\.|pg\.?|seite|s\.|página|pagina|pág\.|side|sida|sivu|strona|str\.|страница|стр\.|oldal|sayfa|halaman)"
    r"\s*\d{1,4}(?:\s*(?:of|/|von|de|di|av|af|z|из)\s*\d{1,4})?"
    r"|[-–—]\s*\d{1,4}\s*[-–—]|\[\s*\d{1,4}\s*\]|第\s*\d{1,4}\s*[页頁]|\d{1,4}\s*(?:/|of|von)\s*\d{1,4}",
    re.IGNORECASE,
)
_PLAIN = re.compile(r"page \d{1,4} of \d{1,4}", re.IGNORECASE)
_SHORT = 20  # characters of such a row
_LONE = re.compile(r"\d{1,4}")
_DIGITS = re.compile(r"\d+")
_SENTENCE_END = re.compile(r"[.!?…。！？।:][\"'”’»)]*$")
_LONGEST = 120  # characters of a running head
_TOP = 3  # rows of a text among which its first running head stands
_SHORTEST_PAGE = 4  # rows
_SMALL = 0.3  # share of words with small letters, below which a row is no part of a sentence
_TITLE = 16  # words of a row that may be the headline below the first running head
PAGE_NUMBER = "a page number"
RUNNING_HEAD = "a running head: it stands on every page"


def without_page_heads(found: Sequence[TextRow]) -> tuple[list[TextRow], dict[int, str]]:
    """The rows without what stands on every page, and why each of the others goes, by its number.

    Text from pages of print is wrapped at a margin; in other text nothing but "Page 5 of 12" is a page's number.
    """
    if len(found) < _SHORTEST_PAGE or not find_margin(found):
        gone = {row.number: PAGE_NUMBER for row in found if len(row.text) < _SHORT and _PLAIN.fullmatch(row.text)}
        return ([row for row in found if row.number not in gone], gone) if gone else (list(found), {})
    numbers = {
        i for i, row in enumerate(found) if row.text[-1] in "0123456789-–—]页頁" and _PAGE_NUMBER.fullmatch(row.text)
    }
    lone = [i for i, row in enumerate(found) if len(row.text) < 5 and _LONE.fullmatch(row.text)]
    heads = _heads(found, numbers, lone)
    if not numbers and not heads:
        return list(found), {}
    numbers = {i for i in numbers if _ends_page(found, i, numbers | heads)}
    numbers.update(i for i in lone if heads & {i - 1, i + 1})
    gone = dict.fromkeys((found[i].number for i in numbers), PAGE_NUMBER)
    gone |= dict.fromkeys((found[i].number for i in heads), RUNNING_HEAD)
    if not gone:
        return list(found), {}
    return _closed([row for row in found if row.number not in gone], gone), gone


def _heads(found: Sequence[TextRow], numbers: set[int], lone: Sequence[int]) -> set[int]:
    """The rows that are repeated where pages begin or end."""
    places: dict[str, list[int]] = defaultdict(list)
    for i, row in enumerate(found):
        if len(row.text) <= _LONGEST and not _LONE.fullmatch(row.text) and i not in numbers:
            key = " ".join(_DIGITS.sub("#", row.text).casefold().split())
            if any(map(str.isalpha, key)) and not _SENTENCE_END.search(row.text[-4:]):
                places[key].append(i)
    edges = numbers | set(lone)
    heads: set[int] = set()
    for spots in places.values():
        if len(spots) < 2 or min(b - a for a, b in pairwise(spots)) < _SHORTEST_PAGE:
            continue
        numbered = len({found[i].text for i in spots}) == len(spots)  # it bears the number of its page
        plain = [
            i for i in spots
            if edges & {i - 1, i + 1, i - 2, i + 2} or (_breaks(found, i) and (numbered or _stands_alone(found, i)))
        ]  # fmt: skip
        first = spots[0]
        if {*spots[1:]} - {*plain}:
            continue
        if first not in plain and first >= _TOP:
            continue
        heads.update(spots if first < _TOP and _titled(found, first, spots) else spots[1:])
    return heads


def _breaks(found: Sequence[TextRow], i: int) -> bool:
    """Whether a row breaks into a sentence."""
    if not 0 < i < len(found) - 1:
        return False
    above, below = found[i - 1].text, found[i + 1].text
    return _SENTENCE_END.search(above[-4:]) is None and above.count(" ") >= 4 and goes_on(below)


def _stands_alone(found: Sequence[TextRow], i: int) -> bool:
    """Whether a row has blanks around it, or capitals as names and titles have them, unlike a row of a sentence."""
    words = found[i].text.split()
    apart = found[i].gap or (i + 1 < len(found) and found[i + 1].gap)
    return apart or sum(word[0].islower() for word in words) < len(words) * _SMALL


def _titled(found: Sequence[TextRow], first: int, spots: Sequence[int]) -> bool:
    """Whether another row may be the headline, so that the first running head need not be."""
    at = next((k for k in range(first + 1, len(found)) if k not in spots), len(found))
    if at + 1 >= len(found) or not (found[at].gap and found[at + 1].gap):
        return False
    return found[at].text.count(" ") < _TITLE and not _SENTENCE_END.search(found[at].text[-4:])


def _ends_page(found: Sequence[TextRow], i: int, gone: set[int]) -> bool:
    """Whether a row that looks like a page's number stands where a page ends, and not in a list or a table."""
    if i == len(found) - 1 or i == 0:
        return True
    row, below = found[i], found[i + 1]
    return bool(gone & {i - 1, i + 1}) or row.gap or below.gap or _breaks(found, i)


def _closed(kept: Sequence[TextRow], gone: dict[int, str]) -> list[TextRow]:
    """The rows that are left, joined where a sentence went on over the end of a page."""
    out: list[TextRow] = []
    for row in kept:
        before = out[-1] if out else None
        across = before is not None and any(n in gone for n in range(before.number + 1, row.number))
        if before is not None and across:
            parted = before.text[-1] in "-\u2010" or (
                not _SENTENCE_END.search(before.text[-4:]) and before.text.count(" ") >= 2
            )
            out.append(msgspec.structs.replace(row, gap=not (parted and goes_on(row.text))))
        else:
            out.append(row)
    return out


_BULLET = re.compile(r"([•·▪◦‣●■►▶*+-]|\d{1,3}[.)])[ \t\u00a0]+(?=\S)")
_STOP = ".!?…。！？؟।"
_END = f"{_STOP}:;"
_CLOSERS = "\"'”’»“)]\u300d\u300f«"  # of which the last opens as well, and closes no sentence
_QUOTES = "\"'“”„«»‘’"
_ENDS = re.compile(rf"[{_END}][{re.escape(_CLOSERS)}]*$")
_STOPS = re.compile(rf"[{_STOP}][{re.escape(_CLOSERS[:-1])}]*$")
# It begins with what is rare in a line, so that the search runs from mark to mark.
_SENTENCE = re.compile(r"[.!?…。！？](?:(?<=[^\W\d_]{2}[.!?…])[\"”’»)]* +[\"“‘„«(¿¡]?[^\W_]|(?<=[。！？]).)")
_DENSE = re.compile(r"[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u9fff]")
_SPACES = re.compile(r"[ \t\u00a0\u2000-\u200a\u202f\u3000]+")

LONG_LINE = 4096  # characters; what is longer than any paragraph is looked at by its beginning and end

_GOES_ON = re.compile(r"[,.;:!?)\]”’»…%]|['’](?:s|t|re|ve|ll|d|m)\b")
_CLOSED = re.compile(r"[.!?…。！？।:]['\"”’»)\]]*$")
_OPENED = re.compile(r"[,(\[“„«–—/-]$|[^\W\d_]['’]$")
_SHORTENED = re.compile(r"(?:^|[\s(.])(?:[A-Z][a-z]{0,3}|[A-Z])\.$")  # "Rep.", "Mr.", "U.S."
_LAST_WORD = re.compile(r"([^\W\d_]+)$")

_PROSE = 80  # characters of a closed row from which the prose has begun
_ABOVE, _INSIDE = 0.3, -0.6  # log odds from which rows are joined above the prose, and inside it
_REACHED = 0.9  # of the widest row, from which a row of Thai was not broken at a blank
_TEASER = 32  # characters in which the label of a link to another story ends
_DAY = 24  # characters beside a day, in a row that bears it
_ANY = Hints()  # whether a row bears a day matters, not which
_THAI = re.compile(r"[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff]")


class Line(msgspec.Struct, frozen=True, gc=False):
    """One line that holds something.

    ``rows`` are the source's rows it stands on, counted from 1; ``text`` is without indent and bullet; ``gap`` tells
    a blank line before it; ``words`` counts words (two characters a word in scripts without spaces); ``ends`` tells a
    mark at the end that closes or introduces, ``stops`` one that closes a sentence; ``boilerplate`` is the kind of page
    furniture it is, or "".
    """

    rows: tuple[int, ...]
    text: str
    indent: int
    bullet: str
    gap: bool
    words: int
    ends: bool
    stops: bool
    key: str
    boilerplate: str

    @property
    def number(self) -> int:
        """The first of its rows."""
        return self.rows[0]

    @property
    def sentences(self) -> bool:
        """Whether a sentence ends inside; searched for where it is asked, since it matters little where one stops."""
        return self.words >= 8 and _SENTENCE.search(self.text, 0, LONG_LINE) is not None

    @property
    def prose(self) -> bool:
        """Whether it reads like running text by itself: long, and closed like a sentence."""
        return not self.boilerplate and (
            self.words >= 30 or (self.words >= 8 and self.stops) or (self.words >= 12 and self.sentences)
        )


class Layout(msgspec.Struct, frozen=True):
    """What a text holds: its lines, how many rows it has, its tables, and the rows of its pages with the reason.

    The reason is why a row goes: it is a page's number, or stands on every page.
    """

    lines: tuple[Line, ...]
    total: int
    tables: tuple[tables.TextTable, ...]
    gone: dict[int, str]


def split(text: str, phrases: boilerplate.PhraseTable) -> Layout:
    """The lines that hold something, joined where they were broken, and what stands in columns or on every page."""
    found, total = rows(text)
    found, gone = without_page_heads(found)
    found, columns = tables.find(found, text)

    def apart(row: str) -> bool:
        key = boilerplate.key(row)
        if boilerplate.kind(key, phrases) or bylines.read(row) or agency_lines.is_apart(row):
            return True
        stamps = dates.find(row, _ANY)
        return bool(stamps) and len(dates.rest(row, stamps)) <= _DAY

    hyphens = Hyphens(found)
    groups = unwrap(found, apart) if len(found) > 1 else None
    if groups is None:
        lines = tuple(_line(group, joined(group), phrases) for group in join(found))
    else:
        lines = tuple(_line(group, _unwrapped(group, hyphens), phrases) for group in groups)
    return Layout(lines, total, tuple(columns), gone)


def _line(group: list[TextRow], text: str, phrases: boilerplate.PhraseTable) -> Line:
    first = group[0]
    bullet = ""
    if not text[0].isalpha() and (mark := _BULLET.match(text)):
        rest = text[mark.end() :]
        if not (mark[1][0].isdigit() and dates.names_month(rest)):  # "6. November" is a day, no item
            bullet, text = mark[1], rest
    if "\t" in text or "  " in text or "\u00a0" in text:
        text = _SPACES.sub(" ", text)
    last = text[-1]
    ends = last in _END or (last in _CLOSERS and _ENDS.search(text[-6:]) is not None)
    key = boilerplate.key(text) if len(text) <= boilerplate.LONGEST else ""
    furniture = boilerplate.kind(key, phrases) if key else ""
    said = text.strip(_QUOTES) if furniture else ""
    if (
        said[-1:] in ".!?" and said[:-1].isalpha() and (last == "." or said != text)
    ):  # "No." is an answer, "No" a button
        furniture = ""
    if not furniture and ":" in text[:_TEASER] and last not in ".…" and boilerplate.teases(text):
        furniture = "related"
    stops = last in _STOP or (ends and _STOPS.search(text[-6:]) is not None)
    numbers = tuple([row.number for row in group])
    return Line(numbers, text, first.indent, bullet, first.gap, count(text), ends, stops, key, furniture)


def count(text: str) -> int:
    """How many words a line has; in scripts without spaces two characters count as a word."""
    words = text.count(" ") + 1
    if not text.isascii() and words < len(text) // 6:
        words += len(_DENSE.findall(text, 0, LONG_LINE)) // 2
    return words


def join(found: list[TextRow]) -> list[list[TextRow]]:
    """The rows grouped into paragraphs and lone lines."""
    if len(found) < 2:
        return [[row] for row in found]
    if sum(row.gap for row in found) <= max(2, len(found) * 0.06):
        return _broken(found)
    return [[row] for row in found]


def joined(group: list[TextRow]) -> str:
    """The text of a group, with a space where one belongs."""
    if len(group) == 1:
        return group[0].text
    joined = group[0].text
    for row in group[1:]:
        tight = _GOES_ON.match(row.text) or joined[-1] in "(“„«[/" or (joined[-1] == "-" and joined[-2:-1].isalpha())
        dense = DENSE.match(joined[-1]) and DENSE.match(row.text[0])
        joined = f"{joined}{row.text}" if tight or dense else f"{joined} {row.text}"
    return joined


def _unwrapped(group: list[TextRow], hyphens: Hyphens) -> str:
    """The text of rows that were wrapped at a margin: a blank for each break, but for scripts that have none."""
    text = group[0].text
    wide = max(row.size for row in group) * _REACHED
    for before, row in pairwise(group):
        if hyphens_at(before.text):
            text = f"{text[:-1]}{hyphens.between(before.text, row.text)}{row.text}"
        elif _unspaced(before.text[-1], row.text[0]) or (
            before.size >= wide and _THAI.match(before.text[-1]) and _THAI.match(row.text[0])
        ):
            text += row.text
        else:
            text = f"{text} {row.text}"
    return text


def _unspaced(last: str, first: str) -> bool:
    """Whether no blank belongs between two characters: beside ideographs, and not beside Korean."""
    dense = DENSE.match
    return bool((dense(last) and (dense(first) or first.isalnum())) or (dense(first) and last.isalnum()))


def _broken(found: list[TextRow]) -> list[list[TextRow]]:
    """Rows joined where a sentence goes on: readily inside the prose, less so above it, where labels stand in rows."""
    groups = [[found[0]]]
    boundaries = Boundaries(found)
    score = ranker.RANKERS["join"].score
    floor = _ABOVE
    for i, row in enumerate(found[1:]):
        before = found[i].text
        if len(before) >= _PROSE and _CLOSED.search(before[-4:]):
            floor = _INSIDE
        if not row.gap and score(boundaries.features(i, groups[-1]), floor) > floor:
            groups[-1].append(row)
        else:
            groups.append([row])
    return groups


def begins_with_mark(text: str) -> bool:
    """Whether a row begins with a mark that can only follow something."""
    return _GOES_ON.match(text) is not None


class Boundaries:
    """What can be seen of the boundaries between rows, counted once."""

    def __init__(self, found: list[TextRow]) -> None:
        texts = [row.text for row in found]
        self.texts = texts
        self.sizes = [0, *map(len, texts), 0, 0]
        self.starts = [_NOTHING, *map(_start, texts), _NOTHING, _NOTHING]
        self.ends = [_NOTHING, *map(_end, texts), _NOTHING, _NOTHING]

    def features(self, i: int, group: list[TextRow]) -> ranker.FeatureVector:
        """The features of the boundary below row ``i``, the last of ``group``: whether a sentence goes on across it."""
        sizes, starts, ends = self.sizes, self.starts, self.ends
        left, right = self.texts[i], self.texts[i + 1]
        joined = sizes[i + 1] if len(group) == 1 else sum([len(row.text) for row in group])
        return (
            ends[i + 1], starts[i + 2], sizes[i + 1], sizes[i + 2], starts[i + 1], ends[i + 2], starts[i + 3], ends[i],
            sizes[i], sizes[i + 3], len(group), joined, _last_small(left), left.istitle(), right.istitle(),
            left.count(" ", -40), right.count(" ", 0, 40), _start(group[0].text) if len(group) > 1 else starts[i + 1],
        )  # fmt: skip


# What a row begins and ends with, from what goes on to what stands alone.
_NOTHING = -1
_ALONE, _ON, _LOWER, _OPEN, _SCRIPT, _QUOTE, _SIGN, _NUMBER, _UPPER = range(9)
_OPENS, _LETTER, _DIGIT, _MARK, _SHORT_FORM, _COLON, _FULL_STOP = range(7)


def _start(text: str) -> int:
    first = text[0]
    if first.isalpha():
        return _LOWER if first.islower() else _UPPER if first.isupper() else _SCRIPT
    if first.isdigit():
        return _NUMBER
    if _GOES_ON.match(text):
        return _ALONE if len(text) == 1 else _ON
    return _QUOTE if first in "\"'“„«‘»" else _OPEN if first in "([" else _SIGN


def _end(text: str) -> int:
    last = text[-1]
    if last.isalnum():
        return _LETTER if last.isalpha() else _DIGIT
    if _CLOSED.search(text[-4:]):
        if last == "." and _SHORTENED.search(text[-8:]):
            return _SHORT_FORM
        return _COLON if last in ":：" else _FULL_STOP
    return _OPENS if _OPENED.search(text[-3:]) else _MARK


def _last_small(text: str) -> bool:
    last = _LAST_WORD.search(text[-16:])
    return last is not None and last[1] in SMALL_WORDS
