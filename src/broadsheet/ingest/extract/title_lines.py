"""Lines above the prose → those that may be the headline, with what speaks for each.

In: the lines of a text with what the trees say of each. Out: the lines that may be the title, each with its evidence,
and whether a line is the lead rather than a headline, or heads a text by its place alone.
"""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterable
from itertools import accumulate
from typing import NamedTuple

from broadsheet.ingest.extract import dates, features, subjects
from broadsheet.ingest.extract.candidates import Context, distance, kind_rank, words
from broadsheet.ingest.extract.lines import LONG_LINE, Line
from broadsheet.ingest.extract.ranker import FeatureVector

# Furniture that heads no story. A link to another story is no headline either, but some headlines look like one.
_NEVER = frozenset((
    "share", "counter", "advert", "cookies", "tags", "credit", "picture", "popular", "signup", "copyright", "account",
    "comments",
))  # fmt: skip
_CREDIT = re.compile(r"©|/(?:Getty|AP|AFP|dpa|Reuters)|\(AP|[Pp]hoto(?:graph)?:|Foto:|Bild:|Image:|[Cc]redit:")
_CREDITED = re.compile(
    r"©|photo|foto|bild|image|imago|getty|reuters|\b(?:afp|dpa|ap|efe|epa|ansa|imagen)\b", re.IGNORECASE
)
_PICTURES = ("picture", "credit")
_COLONS = (":", "：")
_WORDY = 34  # words of the longest headline that is one among others
_HEADING = 60  # words of the longest that opens a text
_SHORTEST = 9  # characters of a headline of one word
_PROSE_SENTENCE_WORDS = 25  # words from which a closed sentence in the prose tells the story rather than heads it
_SENTENCE_WORDS = 15  # words from which a first line that is closed by a full stop is a sentence of the story
_GREETING = 4  # words of a greeting
_HEADED = 3  # words of a first line that is a headline by its place alone
_TOLD = 6  # words of a sentence that names a day and is no line for it
_BRIEF = 14  # words of a heading that was not ranked first
_KICKER = 7  # words of what stands above a headline, with a colon at its end
_DAY_WORDS = 3  # words of a line without a figure that is a day: "Published today"
_LONGEST = 220
_OPENING_LONGEST = 400  # characters of a headline that opens a text, with its byline or day right below
_FAR = 60  # lines above the prose that are looked at
_CLOSE = 15  # and those whose words a candidate's are compared with
_EARLY = 0.15  # of the story's words, which may stand above a headline: what was taken for the story is not all of it
_INTO = 40  # lines into the prose up to there
_BODY = 2.0  # log odds of a line there from which it is prose
_AGREES, _AGREEING = 3, 0.5  # words, and the share of them, that a line elsewhere has in common with the prose
_MOST = 6  # such lines that are looked at
_FULL = 4  # words of a headline that is known again elsewhere
_SAYING, _BESIDE = 20, 5  # characters of a caption, and lines around it among which it stands again with its credit
_NEAR = 6  # lines around a candidate among which its words may stand again
_TAG = 5  # words of a name in a row of names
_HEADS = frozenset(("phrase", "open", "sentence", "item", "remark"))
_QUOTES = frozenset("\"“„«'’")


def candidates(context: Context) -> list[tuple[int, FeatureVector]]:
    """The lines that may be the headline, each with the features that speak for or against it."""
    prose = _prose(context)
    found = _found(context, prose)
    spoken = [words(context.lines[i].text) for i in found]
    shares = [sum([word in context.opening_words for word in mine]) / len(mine) for mine in spoken]
    near = [share for i, share in zip(found, shares, strict=True) if context.start - _CLOSE <= i <= context.start]
    heads = [i for i in found if context.kinds[i] in _HEADS]
    signed = {i for i, byline in context.bylines.items() if byline.labelled}
    keys = {key for i in found if (key := context.lines[i].key).count(" ") > 1}
    places: dict[str, list[int]] = {context.lines[i].key: [] for i in found}
    for k, line in enumerate(context.lines):
        if line.key in places:
            places[line.key].append(k)
    around = _Surroundings(
        found, heads, signed, sorted(near, reverse=True), keys, sorted(context.stamps), shares, places, prose
    )
    return [
        (i, _features(context, around, order, mine, share))
        for order, (i, mine, share) in enumerate(zip(found, spoken, shares, strict=True))
    ]


def _prose(context: Context) -> list[int]:
    """How many words of the story stand above each line, and above the end."""
    both = zip(context.lines, context.body_odds, strict=True)
    return [0, *accumulate([line.words if odds > 0 else 0 for line, odds in both])]


def _found(context: Context, prose: list[int]) -> list[int]:
    """The lines around the beginning of the prose that may be the headline, and those elsewhere that repeat it."""
    n = len(context.lines)
    near = range(max(0, context.start - _FAR), min(context.start + 4, n))
    early = [i for i in range(near.stop, min(near.stop + _INTO, n)) if prose[i] <= prose[-1] * _EARLY]
    elsewhere = (*range(near.start), *range(near.stop + len(early), n))
    found = [i for i in near if _possible(context, i)]
    found += [i for i in early if context.body_odds[i] <= _BODY and _possible(context, i)]
    found = sorted([*found, *_repeating(context, elsewhere)])
    return [i for i in found if not _is_caption(context, i) and not _is_path(context, i, found)]


def _repeating(context: Context, spots: Iterable[int]) -> list[int]:
    """The lines far from the beginning of the prose that have most words in common with it."""
    agree = []
    for i in spots:
        line = context.lines[i]
        if not _FULL <= line.words <= _WORDY or line.bullet or (line.stops and line.text[-1] == "."):
            continue
        mine = words(line.text)
        both = sum([word in context.opening_words for word in mine])
        if both >= _AGREES and both >= len(mine) * _AGREEING and _possible(context, i):
            agree.append((-both, i))
    return [i for _, i in sorted(agree)[:_MOST]]


def _is_caption(context: Context, i: int) -> bool:
    """Whether a line is what a picture shows: beside it stands the same with the picture's credit behind it."""
    text = context.lines[i].text.rstrip(".")
    if len(text) < _SAYING:
        return False
    near = context.lines[max(0, i - _BESIDE) : i + _BESIDE + 1]
    longer = [line for line in near if len(line.text) > len(text) + 3 and line.text.startswith(text)]
    return any(line.boilerplate in _PICTURES or _CREDITED.search(line.text, len(text)) for line in longer)


def _is_path(context: Context, i: int, found: list[int]) -> bool:
    """Whether a line is another candidate with the path to it in front: "Home Sport City win the cup"."""
    line = context.lines[i]
    for k in found:
        other = context.lines[k]
        if k != i and _FULL <= other.words < line.words and line.text.endswith(other.text):
            path = line.text[: -len(other.text)]
            if path.endswith(" ") and not path.rstrip().endswith(_COLONS):
                return True
    return False


def _possible(context: Context, i: int) -> bool:
    line = context.lines[i]
    if line.boilerplate in _NEVER or not line.key or len(line.text) > _LONGEST or line.words > _WORDY:
        return i == 0 and _opens(context)
    if (line.words < 2 and not _alone(context, i)) or (i == 0 and _greets(line)):
        return False
    byline = context.bylines.get(i)
    if line.key in subjects.NAMES or (byline and byline.labelled and not line.stops and byline.names):
        return False
    if line.text.endswith(_COLONS) or _CREDIT.search(line.text):
        return False
    return not _is_date(context, i)


def _greets(line: Line) -> bool:
    """Whether a first line greets: "Dear editors,"."""
    return line.words <= _GREETING and line.text[-1] == ","


def _is_date(context: Context, i: int) -> bool:
    """Whether a line is a day with little beside it; a headline may say "today" as well."""
    line, stamps = context.lines[i], context.stamps.get(i)
    if not any(map(str.isdigit, line.text)):
        return line.words <= _DAY_WORDS and context.kinds[i] == "date"
    if context.kinds[i] == "date":
        return True
    return bool(stamps) and len(line.text) < 60 and len(dates.rest(line.text, stamps)) < 25


def _opens(context: Context) -> bool:
    """Whether a long first line is a headline: no sentence, with the byline or the day of the story right below."""
    line = context.lines[0]
    if line.stops or line.boilerplate or line.words > _HEADING or len(line.text) > _OPENING_LONGEST:
        return False
    return any(context.bylines[i].labelled if i in context.bylines else i in context.stamps for i in (1, 2))


def _alone(context: Context, i: int) -> bool:
    """Whether a single word stands by itself, as a short headline does, with the prose not far below."""
    line = context.lines[i]
    apart = line.gap and i + 1 < len(context.lines) and context.lines[i + 1].gap
    return apart and len(line.text) >= _SHORTEST and 0 < context.start - i < 12


class _Surroundings(NamedTuple):
    """What the features of every candidate are measured against.

    The candidates, those that look like headlines, labelled bylines, the shares of words that candidates just above the
    prose have in common with it, keys, days, those shares of all candidates, where each key stands, and how many words
    of the story stand above each line.
    """

    found: list[int]
    heads: list[int]
    signed: set[int]
    near: list[float]
    keys: set[str]
    stamps: list[int]
    shares: list[float]
    places: dict[str, list[int]]
    prose: list[int]


def _features(context: Context, around: _Surroundings, order: int, mine: frozenset[str], share: float) -> FeatureVector:
    """How long a candidate is and how it is written, what stands around it, how much the prose repeats."""
    lines, kinds, story, n = context.lines, context.kinds, context.body_odds, len(context.lines)
    i = around.found[order]
    line = lines[i]
    text, size, below = line.text, line.words, lines[i + 1] if i + 1 < n else None
    down, up = range(i + 1, min(n, i + 15)), range(i - 1, max(-1, i - 15), -1)
    said = len(mine & context.lead_words) / len(mine)
    under = words(below.text[:LONG_LINE]) if below else mine
    initials = [word[0].isupper() for word in text.split()]
    heads, stamps, key = around.heads, around.stamps, line.key
    here, after = bisect_left(heads, i), bisect_right(heads, i)
    return (
        size, len(text), share, said, share * len(mine), context.start - i, len(around.found) - order, order, i / n, n,
        kind_rank(context, i), kind_rank(context, i - 1), kind_rank(context, i + 1), kind_rank(context, i + 2),
        kind_rank(context, i - 2),
        lines[i - 1].words if i else 0, below.words if below else 0, story[i], story[i - 1] if i else 0.0,
        story[i + 1] if below else 0.0,
        distance(context.stamps, down), distance(context.stamps, up),
        distance(around.signed, down), distance(around.signed, up),
        distance(context.bylines, down), bisect_right(stamps, i + 10) - bisect_left(stamps, i - 10),
        context.keys[line.key] - 1, line.gap, below is None or below.gap, line.stops, line.ends, line.bullet != "",
        text.isupper(), text.istitle(), text[0].islower(), ":" in text, "|" in text or " - " in text, text[-1] == "?",
        not _QUOTES.isdisjoint(text), sum(initials) / len(initials), _section(context, i - 1), _section(context, i - 2),
        here - bisect_left(heads, i - 6), bisect_right(heads, i + 6) - after,
        share - around.near[0] if around.near else 0.0, sum([other > share for other in around.near]),
        sum([h < context.start and lines[h].words > size for h in heads[after:]]),
        sum([3 <= lines[h].words < size for h in heads[bisect_left(heads, i - 4) : here]]),
        len(mine & under) / len(mine), i in around.signed,
        kinds[i - 1] == "date" if i else False, kinds[i + 1] == "date" if below else False,
        sum([other in key for other in around.keys if other != key]),
        sum([key in other for other in around.keys if other != key]), text.count(">") + text.count("›"),
        features.talk(frozenset(key.split())),
        *_more(context, around, order, mine),
    )  # fmt: skip


def _more(context: Context, around: _Surroundings, order: int, mine: frozenset[str]) -> FeatureVector:
    """Where else a candidate's words stand, which candidates stand beside it, and what it is made of."""
    lines, found, i, n = context.lines, around.found, around.found[order], len(context.lines)
    key, text, prose, places = lines[i].key, lines[i].text, around.prose, around.places[lines[i].key]
    close = [lines[k].key for k in range(max(0, i - _NEAR), min(n, i + _NEAR + 1)) if k != i]
    begun, closed = f"{key} ", f" {key}"
    shorter = [other for other in around.keys if len(other) < len(key)]
    longer = [other for other in around.keys if len(other) > len(key)]
    before = order > 0 and found[order - 1] == i - 1
    behind = order + 1 < len(found) and found[order + 1] == i + 1
    first = last = order  # of the candidates that stand together
    while first and found[first] - found[first - 1] <= 2:
        first -= 1
    while last + 1 < len(found) and found[last + 1] - found[last] <= 2:
        last += 1
    return (
        i >= context.end, prose[i] / (prose[-1] or 1), prose[min(n, i + 9)] - prose[min(n, i + 1)],
        sum([other.startswith(begun) for other in close]), sum([other.endswith(closed) for other in close]),
        close.count(key), sum([k >= context.end for k in places]), sum([k < context.start for k in places]),
        sum([key.endswith(f" {other}") for other in shorter]), sum([key.startswith(f"{other} ") for other in shorter]),
        sum([other.endswith(closed) for other in longer]), sum([other.startswith(begun) for other in longer]),
        around.shares[order - 1] if before else -1.0, around.shares[order + 1] if behind else -1.0,
        lines[i - 1].words if before else 0, lines[i + 1].words if behind else 0, order - first, last - order,
        max(around.shares[first : last + 1]) - around.shares[order],
        max([lines[k].words for k in found[first : last + 1]]) - lines[i].words,
        text.count(","), text.count("/"), text.count("("), text[0] in _QUOTES, _tags(text), text.endswith(("…", "...")),
        sum([part[0].isdigit() for part in text.split()]),
        sum([context.opening_words[word] for word in mine]) / len(mine),
        i - 1 in context.stamps or i + 1 in context.stamps,
        i > 0 and lines[i - 1].boilerplate != "", i + 1 < n and lines[i + 1].boilerplate != "",
        sum([lines[k].boilerplate == "picture" for k in range(max(0, i - 3), min(n, i + 4))]),
    )  # fmt: skip


def _tags(text: str) -> int:
    """How many names stand in a line that is a row of names."""
    parts = text.split(",")
    return len(parts) if len(parts) > 2 and max([part.count(" ") for part in parts]) < _TAG else 0


def _section(context: Context, i: int) -> bool:
    """Whether a line is a section's name."""
    return i >= 0 and context.lines[i].key in subjects.NAMES


def whole(context: Context, i: int) -> str:
    """A headline with the row right above it that ends in a colon: "Port of Aden:", "Cranes arrive"."""
    line = context.lines[i]
    if not i or line.gap or line.bullet:
        return line.text
    above = context.lines[i - 1]
    heads = (
        above.text.endswith(_COLONS) and above.words <= _KICKER and not above.boilerplate and not above.text.isupper()
    )
    return f"{above.text} {line.text}" if heads and not above.bullet else line.text


def is_paragraph(context: Context, i: int) -> bool:
    """Whether a line is a paragraph of the story: as its headline it would be lost to the body."""
    return i >= context.start and context.lines[i].stops and context.lines[i].words > _PROSE_SENTENCE_WORDS


def is_lead(context: Context, i: int) -> bool:
    """Whether a line is a long sentence with nothing but a byline and a day above: the story, not its headline."""
    line = context.lines[i]
    above = all(k in context.stamps or k in context.bylines for k in range(i))
    return above and line.words >= _SENTENCE_WORDS and line.text.rstrip("\"'”’»)")[-1:] in (".", "。", "।")


def lone_heading(context: Context) -> int:
    """The short first line that stands apart above the prose and its byline, as people head what they write; or -1."""
    lines = context.lines
    told = {i for i in context.stamps if lines[i].ends and lines[i].words >= _TOLD}  # a sentence may name a day
    taken = (context.stamps.keys() - told) | context.bylines.keys()
    below = next((i for i in range(1, len(lines)) if i not in taken), 0)
    if not below or 0 in taken or not (lines[below].gap and (lines[below].prose or lines[below].ends)):
        return -1
    first = lines[0]
    other = first.boilerplate or first.bullet or first.ends or first.key in subjects.NAMES
    if _greets(first):
        return -1
    if _opens(context):
        return 0
    return 0 if 1 < first.words <= _BRIEF and not other else -1  # a lone word may be where the story is from


def heads_one_sentence(context: Context, i: int) -> bool:
    """Whether the first line heads a text of one sentence, line ``i``, however short it is."""
    first, only = context.lines[0], context.lines[i]
    if i == 0 or not only.stops or only.words > _PROSE_SENTENCE_WORDS:
        return False
    other = first.boilerplate or first.bullet or first.stops or 0 in context.stamps
    return not other and first.words <= _BRIEF


def heads_plain_text(context: Context) -> bool:
    """Whether the first line stands above what somebody wrote by hand, with no furniture of a page in it."""
    first = context.lines[0]
    return first.words >= _HEADED and first.text[-1] != "," and not any(line.boilerplate for line in context.lines)
