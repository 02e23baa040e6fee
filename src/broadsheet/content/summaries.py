"""Summaries: the best sentences of a text, where nobody wrote a summary.

In: a headline and the first paragraphs of a text. Out: one or two of their sentences, whole and in their order.

A sentence is worth more the earlier it stands, the more words it shares with the other sentences (centrality, as in
Erkan and Radev, 2004, "LexRank"), and the more with the headline. Nothing is written anew, so nothing can be wrong in
it that is not wrong in the text. A break between sentences that is not sure is none: two of them stay together.
"""

from __future__ import annotations

import math
import re
from collections import defaultdict
from collections.abc import Iterator, Sequence
from itertools import islice

LENGTH = 300  # characters of a summary
PARAGRAPHS = 4  # of a text, from which sentences are taken
SENTENCES = 2

_MOST = 10  # sentences that are compared

_EARLY = 0.5  # for the first sentence; half as much for the second, a third for the third
_CENTRAL = 0.3
_HEADLINE = 0.2

# A run of marks is tried from its first alone: from each of them it would take the square of its length.
_END = re.compile(r"(?<![.!?…؟۔।])[.!?…؟۔।]+[\"'”’»)\]]*\s+|[。！？]+[」』”）]*\s*")
_WIDE = re.compile(r"[。！？][」』”）]*\Z")  # Chinese and Japanese have no blank between sentences
_PLAIN_END = re.compile(r"(?<![.!?])[.!?]+[\"')\]]*\s+")  # the same where all is ASCII, which takes half the time
_PLAIN_WORD = re.compile(r"[a-z0-9]{4,}")
_WORD = re.compile(r"[぀-ヿ㐀-䶿一-鿿฀-๿]|[^\W_]{4,}")  # shorter words say little, but in scripts without spaces
_SHORT = re.compile(r"(?:[^\W\d_]\.)*[^\W\d_]|\d{1,2}")  # an initial, "U.S", the day of "3. Mai"
_ABBREVIATIONS = (
    "abs adm approx art av bn bzw ca capt cf cie cmdr co col corp cpl dept dr dra ed etc fig figs fr gen gov hon hr"
    " inc jr lt ltd maj mio mlle mm mme mr mrs ms mt mount mrd nos no nr op pag pp prof pvt rep rev sen sgt sig sr sra"
    " srta st ste str supt tel usw vgl vol vs vv z.b jan feb mar apr jun jul aug sep sept oct okt nov dec dez"
)
_SHORTENED = frozenset(_ABBREVIATIONS.split())
_QUOTES, _ANGLES = re.compile('[“”„"]'), re.compile("[«»]")


def extract(title: str, paragraphs: Sequence[str]) -> str:
    """The best sentences of a text in their order, at most ``LENGTH`` characters; empty where none is so short."""
    found = list(islice((one for text in paragraphs[:PARAGRAPHS] for one in sentences(text)), _MOST))
    said = [_words(one) for one in found]
    headline = frozenset(_words(title))
    central = _centrality(said)
    worth = [
        _EARLY / (place + 1) + _CENTRAL * central[place] + _HEADLINE * _overlap(words, headline)
        for place, words in enumerate(said)
    ]
    chosen: list[int] = []
    room = LENGTH
    for place in sorted(range(len(found)), key=lambda place: (-worth[place], place)):
        if len(found[place]) <= room and len(chosen) < SENTENCES and _whole(found[place]):
            chosen.append(place)
            room -= len(found[place]) + 1
    said_once = dict.fromkeys(found[place] for place in sorted(chosen))
    return "".join([one if _WIDE.search(one) else f"{one} " for one in said_once]).rstrip()


def sentences(text: str) -> Iterator[str]:
    """The sentences of a paragraph; where it is not sure that one ends, it goes on."""
    text = " ".join(text.split())
    start = 0
    for end in (_PLAIN_END if text.isascii() else _END).finditer(text):
        following = text[end.end() : end.end() + 1]
        if following.islower() or (end[0].startswith(".") and _shortened(text, start, end.start())):
            continue
        yield text[start : end.end()].strip()
        start = end.end()
    if text[start:].strip():
        yield text[start:].strip()


def _words(text: str) -> list[str]:
    """The words of a text, each once, in their order: sums of a set would come out another way each time."""
    return list(dict.fromkeys((_PLAIN_WORD if text.isascii() else _WORD).findall(text.lower())))


def _shortened(text: str, start: int, stop: int) -> bool:
    """Whether the last word before a full stop is likely an abbreviation, of a sentence that begins at ``start``."""
    word = text[max(start, text.rfind(" ", start, stop) + 1) : stop].lstrip("(\"'“„«").lower()
    return word in _SHORTENED or _SHORT.fullmatch(word) is not None


def _centrality(said: Sequence[Sequence[str]]) -> list[float]:
    """How much each sentence has in common with the others on average: the cosine of their words, from 0 to 1."""
    lengths = [1 / math.sqrt(len(words)) if words else 0.0 for words in said]
    sums: defaultdict[str, float] = defaultdict(float)
    for words, length in zip(said, lengths, strict=True):
        for word in words:
            sums[word] += length
    others = max(len(said) - 1, 1)
    return [
        (length * sum([sums[word] for word in words]) - 1) / others if words else 0.0
        for words, length in zip(said, lengths, strict=True)
    ]


def _overlap(words: Sequence[str], headline: frozenset[str]) -> float:
    shared = sum([word in headline for word in words])
    return shared / math.sqrt(len(words) * len(headline)) if shared else 0.0


def _whole(sentence: str) -> bool:
    """Whether each quotation and bracket that a sentence opens is closed in it, whatever marks its language has."""
    quotes = (len(found) % 2 == 0 for found in (_QUOTES.findall(sentence), _ANGLES.findall(sentence)))
    return all(quotes) and sentence.count("(") == sentence.count(")")
