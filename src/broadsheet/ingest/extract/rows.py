"""Text → its rows, and rows that were wrapped at a margin → paragraphs, with or without blank rows between them.

In: decoded text. Out: rows with their numbers, without margins; blank rows are known by the numbers that are missing.
Of wrapped text, whatever its margin was: groups of rows, each a paragraph or a line of its own, and what stands between
two rows of which the upper ends in a hyphen: nothing, the hyphen, or the hyphen and a blank.

A row was wrapped where the next word would not have fitted beside it. So the margin is the one that explains the most
rows on which a sentence goes on below, and a row that leaves room for the next word ends its paragraph. Text from PDFs
is set in letters of several widths: there the margin is ragged, and what counts as full is read from the same rows.
A word that was parted is written as it stands whole elsewhere in the text, which is asked first.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from itertools import pairwise

import msgspec

from broadsheet.ingest.extract.language import SMALL_WORDS

_WIDE = re.compile(r"[\u1100-\u115f\u2e80-\u303e\u3041-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60]")


class TextRow(msgspec.Struct, frozen=True, gc=False):
    """A row that holds something: its number, its text without margins, its indent, whether a blank row precedes it."""

    number: int
    text: str
    indent: int
    gap: bool

    @property
    def size(self) -> int:
        """How many columns its text takes: two for an ideograph."""
        return columns(self.text)


def columns(text: str) -> int:
    """How many columns a text takes in print of one width."""
    if text.isascii():
        return len(text)
    return len(text) + len(_WIDE.findall(text))


def rows(text: str) -> tuple[list[TextRow], int]:
    """The rows that hold something, and how many rows there are in all."""
    found = []
    gap = True
    raw = text.split("\n")
    for number, row in enumerate(raw, 1):
        stripped = row.strip()
        if stripped:
            indent = len(row) - len(row.lstrip()) if len(stripped) < len(row) else 0
            found.append(TextRow(number, stripped, indent, gap))
        gap = not stripped
    return found, len(raw)


_PARTED = re.compile(r"[^\W\d_][-\u2010]$")
_LAST_PART = re.compile(r"([^\W\d_]+)[-\u2010]$")
_FIRST_PART = re.compile(r"[^\W\d_]+")
_WORDS = re.compile(r"[^\W\d_]+(?:-[^\W\d_]+)*")
_SOFT = "\u2010"  # a hyphen that was put in to part a word and for nothing else
_LEAST_PART = 3  # letters of a part that may be a word of its own

# Words that go on after the hyphen of another: "two- and three-storey houses".
_LINKING = frozenset(["and", "or", "to", "und", "oder", "bis", "et", "ou", "y", "o", "e", "en", "och", "og", "eller"])
# First and last parts of compounds that English writes with a hyphen.
_FIRST_PARTS = frozenset(
    """
    twenty thirty forty fifty sixty seventy eighty ninety one two three four five six seven eight nine ten twelve half
    quarter self well ill non ex anti pro co mid semi vice long short high low full part multi single double first
    second third last old new early late north south east west cross post pre so all best better hard soft fast slow
    great step mother father right left open free far near top much ever still once would
    """.split()  # noqa: SIM905 - a list of words reads best as words
)
_LAST_PARTS = frozenset(
    """
    one two three four five six seven eight nine in on up off out down by of to the at and old new year years day days
    week month hour hours minute second long term time based made free like wide led run owned style sized size known
    being law general elect foot mile metre meter storey story way class level scale speed quality range profile side
    friendly related backed born built bound called century colour date door end ended fifth fifths thirds third
    quarters half page paid party person piece point proof rate ridden round standing star team thinking ton versus
    weather winning high low deep
    """.split()  # noqa: SIM905 - a list of words reads best as words
)


# Words that begin or end with one of those parts, and are written without a hyphen.
_JOINED = frozenset(
    """
    without within monday tuesday wednesday thursday friday saturday sunday today yesterday birthday holiday weekday
    midday payday weekend sometime everyone anyone someone outside inside beside alongside seaside roadside
    riverside countryside daytime lifetime meantime overtime wartime landlord underground throughout spokesperson
    salesperson chairperson programme programmes program programs project projects protest protests process produce
    produced producer product products production provide provided provides province problem problems property
    proposal proposals propose proposed protect protected protection progress prosecutor prosecutors profit profits
    profession professional professor promise promised promote promoted prospect prospects expect expected expects
    explain explained expert experts extend extended expand expanded export exports express expressed exceed
    exceeded exchange exclude exclusive exhaust exhibition social society prevent prevented present presented
    prepare prepared prefer predict predicted preserve preserved precise partner partners partnership middle
    midnight multiple multiply anticipate anticipated seminar topic topics postpone postponed highway highways
    highlight highland nonsense tender tension tenant tenants
    """.split()  # noqa: SIM905 - a list of words reads best as words
)
_ENDINGS = frozenset(
    ("er", "ers", "est", "ly", "ing", "ings", "ed", "ern", "th", "teen", "ty", "ness", "ship", "age", "dom")
)


def parted(text: str) -> bool:
    """Whether a row ends in a word that may go on below."""
    return text[-1:] in "-\u2010" and _PARTED.search(text[-2:]) is not None


class Hyphens:
    """The hyphens at the ends of a text's rows, judged by the words of the text."""

    def __init__(self, found: Sequence[TextRow]) -> None:
        self.words: frozenset[str] = frozenset()
        if any(parted(row.text) for row in found):
            words: set[str] = set()
            below = False
            for row in found:  # but for the parts themselves
                said = _WORDS.findall(row.text.rstrip("-\u2010").casefold())
                on = parted(row.text)
                words.update(said[below : len(said) - on])
                below = on
            self.words = frozenset(words)

    def between(self, above: str, below: str) -> str:
        """What stands between two rows of which the upper ends in a hyphen, without that hyphen."""
        last, first = _LAST_PART.search(above), _FIRST_PART.match(below)
        if not last or not first:
            return "-" if first or below[:1].isdigit() else "- "
        left, right = last[1].casefold(), first[0].casefold()
        if above[-1] == _SOFT:
            return ""
        if right in _LINKING:
            return "- "
        if below[0].isupper():
            return "-"
        if left + right in self.words or left + right in _JOINED or left + right in SMALL_WORDS:
            return ""
        if right in _ENDINGS:  # "old-er", "north-ern"
            return ""
        whole = f"{left}-{right}" in self.words or left in _FIRST_PARTS or right in _LAST_PARTS
        alone = min(len(left), len(right)) >= _LEAST_PART and all(part in self.words for part in (left, right))
        return "-" if whole or (alone and right not in SMALL_WORDS) else ""


WIDEST = 160  # columns of the widest margin
_NARROWEST = 24
_LONG = 3  # rows beyond the widest margin that a wrapped text may have: headings, addresses of pages
_CLOSED = re.compile(r"[.!?…。！？।؟۔:：]['\"”’»“)\]」』]*$")
_ITEM = re.compile(r"(?:[•·▪◦‣●■►▶*+–—-]|\d{1,3}[.)]|[>#|]+)(?:\s|$)")
_FOLLOWS = re.compile(r"[,;.!?)\]”’»…%。、，」』）]")
DENSE = re.compile(r"[\u2e80-\u9fff\uf900-\ufaff\uff00-\uffef]")
_INNER = re.compile(r"[.!?]['\"”’»)]* [\"“„«‘']?[^\W\d_]")
_HEADING = 18  # blanks in a heading
_WORDY = 40  # columns of a row whose last word, an article or a preposition, tells that its sentence goes on
_DENSE = 40  # columns of a row of ideographs that is no heading by its size
_CANDIDATES = 8  # of the largest sizes of rows, one of which is the margin
_ENOUGH = 0.9  # evidence for a margin: one row whose sentence plainly goes on below
_MOST = 0.6  # share of rows that must be full where no row plainly goes on below
_OVER = 0.2  # share of rows that may then be longer than the margin: a heading or two
_INLINE = 0.15  # share of sentences broken far from the margin, from which a text was broken at its links
_EXACT = 0.9  # share of such rows that are full, from which the margin is not ragged
_RAGGED = 0.6  # of the margin, from which a row may be full where it is
_NEAR = 0.85  # the same, from which a row speaks for the margin and not against it
_SINGLE = 0.9  # the same, where nothing but the size of the row says that a paragraph goes on
_OPEN = 0.5  # of the margin, from which a row whose sentence goes on was wrapped and is no label
_DOUBLE = 0.8  # share of rows below blank ones, from which a text may be typed with double spacing

Apart = Callable[[str], bool]


class Margin(msgspec.Struct, frozen=True):
    """Where rows were wrapped: the size of the longest one, and what a row and the next word must reach to be full."""

    width: int
    full: int

    @property
    def ragged(self) -> bool:
        """Whether rows end well before the margin though a sentence goes on."""
        return self.full < self.width


class _Pair(msgspec.Struct, frozen=True, gc=False):
    """Two rows, one above the other: the sizes, whether the sentence is open, and how the lower one begins.

    ``hangs`` is whether the upper one ends in a word, such as an article, that no sentence ends in.
    """

    size: int
    below: int
    reach: int
    open: bool
    goes_on: bool
    parted: bool
    weight: float
    hangs: bool


def unwrap(found: list[TextRow], apart: Apart) -> list[list[TextRow]] | None:
    """The paragraphs of a wrapped text, or None. ``apart`` tells rows that belong to no paragraph: labels, bylines."""
    found = _single_spaced(found)
    margin = find_margin(found)
    return _groups(found, margin, apart) if margin else None


def find_margin(found: Sequence[TextRow]) -> Margin | None:
    """The margin at which a text was wrapped."""
    if sum(len(row.text) > WIDEST for row in found) > _LONG:  # paragraphs in rows of their own
        return None
    pairs = [_pair(a, b) for a, b in pairwise(found) if not b.gap and not _ITEM.match(b.text)]
    every = [pair.size for pair in pairs]
    broken = [pair.size for pair in pairs if pair.goes_on and not pair.parted]
    pairs = [pair for pair in pairs if pair.open and _NARROWEST <= pair.size <= WIDEST]
    strong = [pair for pair in pairs if pair.goes_on]
    if not strong:  # German writes its nouns with capitals: a row may go on below and not begin small anywhere
        pairs = [msgspec.structs.replace(pair, weight=1.0) if pair.hangs else pair for pair in pairs]
    if sum(pair.weight for pair in pairs) < _ENOUGH:
        return None
    fitting = {size for pair in pairs for size in (pair.size, pair.below) if _NARROWEST <= size <= WIDEST}
    rows = {row.size for row in found if _prose(row.text)}
    closed = {size for size in (*every, *rows) if max(fitting) < size <= WIDEST}
    sizes = [*sorted(closed)[:_CANDIDATES], *sorted(fitting, reverse=True)[:_CANDIDATES]]
    prose = [row.size for row in found if row.size > min(sizes) and _prose(row.text)]
    best, width = max((_score(pairs, prose, size), size) for size in sizes)
    if best < _ENOUGH or sum(size < width * _OPEN for size in broken) > max(1, len(broken) * _INLINE):
        return None
    if not strong:  # as in scripts without small letters, and then all rows must be of such sizes
        full = sum(width < pair.reach and pair.size <= width for pair in pairs)
        if full < len(pairs) * _MOST or sum(row.size > width for row in found) > max(1, full * _OVER):
            return None
    reaches = sorted(pair.reach for pair in strong if pair.size <= width and not pair.parted)
    kept = sum(reach > width for reach in reaches)
    if not reaches or kept >= len(reaches) * _EXACT:
        return Margin(width, width)
    return Margin(width, max(reaches[len(reaches) // 10] - 1, int(width * _RAGGED)))


def _score(pairs: Sequence[_Pair], prose: Sequence[int], width: int) -> float:
    """How well a margin explains where rows end."""
    score = 0.0
    for pair in pairs:
        if pair.size <= width and pair.below <= width:
            if pair.reach > width or pair.parted:
                score += pair.weight
            elif pair.goes_on:
                score += 0.25 if pair.reach > width * _NEAR else -0.5 if pair.reach > width * _RAGGED else -1.0
        elif pair.goes_on:
            score -= 1.0
    return score - sum(size > width for size in prose)


def _pair(a: TextRow, b: TextRow) -> _Pair:
    size = a.size
    dense = DENSE.match(b.text[0]) is not None
    first = 2 if dense else columns(b.text.split(" ", 1)[0])
    # Wrapped by characters, ideographs leave a column or two; with figures between them a few more.
    reach = size + first + (4 if dense and DENSE.match(a.text[-1]) else 1)
    is_open = _CLOSED.search(a.text[-4:]) is None
    lower = goes_on(b.text)
    cased = b.text[0].isupper() or b.text[0].islower() or not b.text[0].isalpha()
    dense = dense and size >= _DENSE and DENSE.match(a.text[-1]) is not None
    weight = 1.0 if lower or dense else 0.25 if cased else 0.5
    last = a.text.rpartition(" ")[2]
    hangs = is_open and size >= _WORDY and last.islower() and last in SMALL_WORDS
    return _Pair(size, b.size, reach, is_open, is_open and lower, lower and parted(a.text), weight, hangs)


def goes_on(text: str) -> bool:
    """Whether a row begins as only the rest of a sentence does."""
    return text[0].islower() or (_FOLLOWS.match(text) is not None and len(text) > 1)


def _prose(text: str) -> bool:
    return _CLOSED.search(text[-4:]) is not None and text.count(" ") >= 8


def _single_spaced(found: list[TextRow]) -> list[TextRow]:
    """The rows of a text typed with a blank row after each, with those blanks left out that part no paragraphs."""
    if len(found) < 6 or sum(row.gap for row in found) < len(found) * _DOUBLE:
        return found
    single = [b.number - a.number == 2 for a, b in pairwise(found)]
    strong = [
        goes_on(b.text) and a.size >= _NARROWEST and _CLOSED.search(a.text[-4:]) is None for a, b in pairwise(found)
    ]
    if sum(map(min, single, strong)) < max(3, len(found) * 0.3):
        return found
    close = [found[0]]
    close += [msgspec.structs.replace(b, gap=not near) for b, near in zip(found[1:], single, strict=True)]
    return close


def _groups(found: Sequence[TextRow], margin: Margin, apart: Apart) -> list[list[TextRow]]:
    groups = [[found[0]]]
    gaps = any(a.size >= margin.width * _RAGGED and b.gap for a, b in pairwise(found))
    blank = _blank_parts(found, margin)
    for a, b in pairwise(found):
        if _joins(groups[-1], a, b, margin, apart, gaps=gaps, blank=blank):
            groups[-1].append(b)
        else:
            groups.append([b])
    return groups


def _blank_parts(found: Sequence[TextRow], margin: Margin) -> bool:
    """Whether blank rows alone part the paragraphs: they stand between wrapped ones, and no short row ends another.

    Who wraps by hand breaks where a sentence ends, a word or two before the margin.
    """
    between = False
    for i, (a, b) in enumerate(pairwise(found)):
        if b.gap:
            wrapped = not a.gap and i + 2 < len(found) and not found[i + 2].gap
            between = between or (wrapped and _CLOSED.search(a.text[-4:]) is not None)
        elif not (_ITEM.match(b.text) or _pair(a, b).open or _pair(a, b).reach > margin.width * _RAGGED):
            return False
    return between


def _joins(
    group: Sequence[TextRow], a: TextRow, b: TextRow, margin: Margin, apart: Apart, *, gaps: bool, blank: bool
) -> bool:
    """Whether a row goes on in the next one; ``blank`` says that only blank rows end a paragraph of wrapped rows."""
    if b.gap or _ITEM.match(b.text):
        return False
    pair = _pair(a, b)
    if parted(a.text) and (b.text[0].islower() or pair.reach > margin.full):
        return True
    if pair.goes_on and (pair.reach > margin.full or pair.size >= margin.width * _OPEN or len(group) > 1):
        return True
    item = _ITEM.match(group[0].text) is not None
    if item and b.indent > group[0].indent:
        return True
    if pair.size > margin.width or (b.indent > a.indent and (len(group) > 1 or not item)):
        return False
    if len(group) == 1 and pair.open and (apart(a.text) or _heads(a, b)):
        return False
    if apart(b.text) and not pair.open:
        return False
    if blank and (not pair.open or a.text.rsplit(" ", 1)[-1] in SMALL_WORDS):
        return True
    if margin.ragged and not pair.open and not gaps:
        return pair.reach > margin.width * _SINGLE
    return pair.reach > margin.full


def _heads(a: TextRow, b: TextRow) -> bool:
    """Whether a row is a heading that happens to reach the margin: an open row above one that begins a sentence."""
    word = b.text.split(" ", 1)[0].strip("\"“„«‘'")
    if not (a.gap and word[:1].isupper() and word.casefold() in SMALL_WORDS):
        return False
    said = a.text.count("“") > a.text.count("”") or a.text.count('"') % 2
    return not said and _INNER.search(a.text) is None and a.text.count(" ") <= _HEADING
