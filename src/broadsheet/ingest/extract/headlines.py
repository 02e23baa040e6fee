"""Lines above the prose → the headline. Where there is none, ``made_headlines`` makes one.

In: the lines, where the prose begins, and what it says. Out: the title with its evidence, and the line it stands on.
"""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from typing import NamedTuple

from broadsheet.ingest.extract import dates, features, made_headlines, sections
from broadsheet.ingest.extract.context import Context, distance, kind_rank, words
from broadsheet.ingest.extract.lines import LONG_LINE
from broadsheet.ingest.extract.ranker import FeatureVector

_NEVER = frozenset(("share", "counter", "advert", "cookies", "tags", "credit", "copyright", "account", "comments"))
_CREDIT = re.compile(r"©|/(?:Getty|AP|AFP|dpa|Reuters)|\(AP|[Pp]hoto:|Foto:")
_WORDY = 34  # words of the longest headline that is one among others
_HEADING = 60  # words of the longest that opens a text
_SHORTEST = 9  # characters of a headline of one word
_PROSE_SENTENCE_WORDS = 25  # words from which a closed sentence in the prose tells the story rather than heads it
_SENTENCE_WORDS = 15  # words from which a first line that is closed by a full stop is a sentence of the story
_BRIEF = 14  # words of a heading that was not ranked first
_LONGEST = 220
_OPENING_LONGEST = 400  # characters of a headline that opens a text, with its byline or day right below
_FAR = 60  # lines above the prose that are looked at
_CLOSE = 15  # and those whose words a candidate's are compared with
_HEADS = frozenset(("phrase", "open", "sentence", "item", "remark"))
_QUOTES = frozenset("\"“„«'’")


def candidates(context: Context) -> list[tuple[int, FeatureVector]]:
    """The lines that may be the headline, each with the features that speak for or against it."""
    spots = range(max(0, context.start - _FAR), min(context.start + 4, len(context.lines)))
    found = [i for i in spots if _possible(context, i)]
    spoken = [words(context.lines[i].text) for i in found]
    shares = [sum([word in context.opening_words for word in mine]) / len(mine) for mine in spoken]
    near = [share for i, share in zip(found, shares, strict=True) if context.start - _CLOSE <= i <= context.start]
    heads = [i for i in found if context.kinds[i] in _HEADS]
    signed = {i for i, byline in context.bylines.items() if byline.labelled}
    keys = {key for i in found if (key := context.lines[i].key).count(" ") > 1}
    around = _Surroundings(found, heads, signed, sorted(near, reverse=True), keys, sorted(context.stamps))
    return [
        (i, _features(context, around, order, mine, share))
        for order, (i, mine, share) in enumerate(zip(found, spoken, shares, strict=True))
    ]


def _possible(context: Context, i: int) -> bool:
    line = context.lines[i]
    if line.boilerplate in _NEVER or not line.key or len(line.text) > _LONGEST or line.words > _WORDY:
        return i == 0 and _opens(context)
    if line.words < 2 and not _alone(context, i):
        return False
    byline = context.bylines.get(i)
    if line.key in sections.NAMES or (byline and byline.labelled and not line.stops and byline.names):
        return False
    stamps = context.stamps.get(i)
    return not (stamps and len(line.text) < 60 and len(dates.rest(line.text, stamps)) < 25)


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
    """What the features of every candidate are measured against: the other candidates, labelled bylines, days."""

    found: list[int]
    heads: list[int]
    signed: set[int]
    shares: list[float]
    keys: set[str]
    stamps: list[int]


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
        share - around.shares[0] if around.shares else 0.0, sum([other > share for other in around.shares]),
        sum([h < context.start and lines[h].words > size for h in heads[after:]]),
        sum([3 <= lines[h].words < size for h in heads[bisect_left(heads, i - 4) : here]]),
        len(mine & under) / len(mine), _CREDIT.search(text) is not None, i in around.signed,
        kinds[i - 1] == "date" if i else False, kinds[i + 1] == "date" if below else False,
        sum([other in key for other in around.keys if other != key]),
        sum([key in other for other in around.keys if other != key]), text.count(">") + text.count("›"),
        features.talk(frozenset(key.split())),
    )  # fmt: skip


def _section(context: Context, i: int) -> bool:
    """Whether a line is a section's name."""
    return i >= 0 and context.lines[i].key in sections.NAMES


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
    taken = context.stamps.keys() | context.bylines.keys()
    below = next((i for i in range(1, len(lines)) if i not in taken), 0)
    if not below or 0 in taken or not (lines[below].gap and (lines[below].prose or lines[below].stops)):
        return -1
    first = lines[0]
    other = first.boilerplate or first.bullet or first.ends or first.key in sections.NAMES
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


def tidy(text: str) -> str:
    """A headline in one line, without the full stop that none needs."""
    text = " ".join(text.split())
    return text[:-1] if text.endswith(".") and not text.endswith("..") and text.count(".") == 1 else text


from_lead = made_headlines.from_lead  # the headline where the source has none
