"""Rows of a text that was taken from pages of print → its own rows, and those that stand on every page.

In: rows. Out: the rows without page numbers and running heads, and for each of those why it goes. A paragraph that ran
on over the end of a page is whole again. A number is that of a page, and a repeated row a running head, only where
pages end: beside one another, or where they break into a sentence.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Sequence
from itertools import pairwise

import msgspec

from broadsheet.ingest.extract.rows import TextRow, find_margin, goes_on

_NUMBER = re.compile(
    r"(?:page|p\.|pg\.?|seite|s\.|página|pagina|pág\.|side|sida|sivu|strona|str\.|страница|стр\.|oldal|sayfa|halaman)"
    r"\s*\d{1,4}(?:\s*(?:of|/|von|de|di|av|af|z|из)\s*\d{1,4})?"
    r"|[-–—]\s*\d{1,4}\s*[-–—]|\[\s*\d{1,4}\s*\]|第\s*\d{1,4}\s*[页頁]|\d{1,4}\s*(?:/|of|von)\s*\d{1,4}",
    re.IGNORECASE,
)
_PLAIN = re.compile(r"page \d{1,4} of \d{1,4}", re.IGNORECASE)
_SHORT = 20  # characters of such a row
_LONE = re.compile(r"\d{1,4}")
_DIGITS = re.compile(r"\d+")
_STOP = re.compile(r"[.!?…。！？।:][\"'”’»)]*$")
_LONGEST = 120  # characters of a running head
_TOP = 3  # rows of a text among which its first running head stands
_SHORTEST_PAGE = 4  # rows
_SMALL = 0.3  # share of words with small letters, below which a row is no part of a sentence
_TITLE = 16  # words of a row that may be the headline below the first running head
NUMBER = "a page number"
HEAD = "a running head: it stands on every page"


def strip(found: Sequence[TextRow]) -> tuple[list[TextRow], dict[int, str]]:
    """The rows without what stands on every page, and why each of the others goes, by its number.

    Text from pages of print is wrapped at a margin; in other text nothing but "Page 5 of 12" is a page's number.
    """
    if len(found) < _SHORTEST_PAGE or not find_margin(found):
        gone = {row.number: NUMBER for row in found if len(row.text) < _SHORT and _PLAIN.fullmatch(row.text)}
        return ([row for row in found if row.number not in gone], gone) if gone else (list(found), {})
    numbers = {i for i, row in enumerate(found) if row.text[-1] in "0123456789-–—]页頁" and _NUMBER.fullmatch(row.text)}
    lone = [i for i, row in enumerate(found) if len(row.text) < 5 and _LONE.fullmatch(row.text)]
    heads = _heads(found, numbers, lone)
    if not numbers and not heads:
        return list(found), {}
    numbers = {i for i in numbers if _ends_page(found, i, numbers | heads)}
    numbers.update(i for i in lone if heads & {i - 1, i + 1})
    gone = dict.fromkeys((found[i].number for i in numbers), NUMBER)
    gone |= dict.fromkeys((found[i].number for i in heads), HEAD)
    if not gone:
        return list(found), {}
    return _closed([row for row in found if row.number not in gone], gone), gone


def _heads(found: Sequence[TextRow], numbers: set[int], lone: Sequence[int]) -> set[int]:
    """The rows that are repeated where pages begin or end."""
    places: dict[str, list[int]] = defaultdict(list)
    for i, row in enumerate(found):
        if len(row.text) <= _LONGEST and not _LONE.fullmatch(row.text) and i not in numbers:
            key = " ".join(_DIGITS.sub("#", row.text).casefold().split())
            if any(map(str.isalpha, key)) and not _STOP.search(row.text[-4:]):
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
    return _STOP.search(above[-4:]) is None and above.count(" ") >= 4 and goes_on(below)


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
    return found[at].text.count(" ") < _TITLE and not _STOP.search(found[at].text[-4:])


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
                not _STOP.search(before.text[-4:]) and before.text.count(" ") >= 2
            )
            out.append(msgspec.structs.replace(row, gap=not (parted and goes_on(row.text))))
        else:
            out.append(row)
    return out
