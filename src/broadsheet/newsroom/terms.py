"""Terms: what a story says of its cluster, as weighted words in a common form; what ties stories, as people read it.

In: a story and its language; terms with weights, and the stories that they come from. Out: ``Terms``, made from the
story alone, so they can be kept with it; the places of terms in a text, from which a term gets back its spelling, and
words that stand together become one name: ``Tie`` values, and a title for what they tie.
"""

from __future__ import annotations

import math
import re
import tomllib
import unicodedata
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cache
from hashlib import blake2b
from importlib.resources import files
from pathlib import Path

import msgspec

from broadsheet import __version__
from broadsheet.model import Story, Tie

Terms = dict[str, float]  # a word's common form → its weight in the story, before rarity is known

IN_TITLE = 1.0  # a word of the title or of a topic
IN_TEXT = 0.7  # a word of the summary or the first paragraph alone
MEMORY = 1 << 16  # words whose common form is remembered
STEM = 6  # characters kept of a word: endings go in most languages, and "volcano", "volcanic" meet

_WORD = re.compile(r"[^\W_]+(?:[.'’][^\W_]+)*")
_DENSE = re.compile(r"[぀-ヿ㐀-䶿一-鿿฀-๿]{2,}")  # scripts without spaces: their words are pairs of characters
_POSSESSIVE = re.compile(r"['’][sS]$")
_ELIDED = re.compile(r"^(?:\w|qu|un|all|dall|dell|nell|sull|quell|quest)['’](?=\w\w)")  # l’incendie, dell’anno, O’Brien
_INNER = re.compile(r"['’]")
_SHORTEST = 2  # characters; a single letter or digit names nothing


class TermPosition(msgspec.Struct, frozen=True):
    """A term in a text: its common form, and where it begins and ends."""

    term: str
    start: int
    end: int


def read(story: Story, language: str) -> Terms:
    """The terms of a story; ``language`` is the site's and counts where the story has none of its own."""
    language = story.lang or language
    terms = dict.fromkeys(_terms(f"{story.summary} {story.lead}", language), IN_TEXT)
    terms.update(dict.fromkeys(_terms("\n".join((story.title, *story.topics)), language), IN_TITLE))
    terms.pop("", None)  # of small words
    return terms


def spots(text: str, language: str) -> Iterator[TermPosition]:
    """Every term of a text with its place, in order."""
    forms = _commons(language)
    for found in _WORD.finditer(text):
        word = found[0]
        if _DENSE.search(word):
            for at in range(len(word) - 1):
                yield TermPosition(word[at : at + 2], found.start() + at, found.start() + at + 2)
        elif term := forms[word]:
            end = found.end() - (2 if _POSSESSIVE.search(word) else 0)
            yield TermPosition(term, found.start(), end)


def _terms(text: str, language: str) -> Iterable[str]:
    if not text.isascii() and _DENSE.search(text):
        return [spot.term for spot in spots(text, language)]
    return map(_commons(language).__getitem__, _WORD.findall(text))


class _Commons(dict[str, str]):
    """The common forms of a language's words: a look-up for all words but new ones."""

    def __init__(self, language: str) -> None:
        super().__init__()
        self.language = language

    def __missing__(self, word: str) -> str:
        if len(self) >= MEMORY:
            self.clear()
        form = self[word] = common(word, self.language)
        return form


@cache
def _commons(language: str) -> _Commons:
    return _Commons(language)


def common(word: str, language: str) -> str:
    """The common form of a word: lower case, no marks, no article before an apostrophe, no s after, the first letters.

    It is empty for a small word of the language and for a single letter. Cutting words short instead of knowing their
    endings works across languages (McNamee and Mayfield, 2004, "Character N-Gram Tokenization").
    """
    plain = _INNER.sub("", _ELIDED.sub("", _POSSESSIVE.sub("", word.lower())))
    small = small_words(language)
    if plain in small or len(plain) < _SHORTEST:
        return ""
    if not plain.isascii():
        marked = unicodedata.normalize("NFKD", plain.casefold())
        plain = unicodedata.normalize("NFC", "".join(c for c in marked if not unicodedata.combining(c)))
    if plain[:1].isdigit():
        return plain
    if len(plain) > 3 and plain.endswith("s") and not plain.endswith("ss"):
        plain = plain[:-1]
    return plain[:STEM]


@cache
def small_words(language: str) -> frozenset[str]:
    """The words of a language that tell nothing of a cluster; none for a language that has no list."""
    lists = _lists()
    return lists.get(language.partition("-")[0].lower(), frozenset())


@cache
def _lists() -> dict[str, frozenset[str]]:
    table = tomllib.loads(files("broadsheet.newsroom").joinpath("small_words.toml").read_text("utf-8"))
    return {language: frozenset(words.split()) for language, words in table.items()}


@cache
def method() -> bytes:
    """The digest of how threads are found: of every source and word list in this package.

    It is in the key of all that is kept, so that an edit of a rule or a constant needs no number to be raised.
    """
    files = sorted(file for file in Path(__file__).parent.iterdir() if file.suffix in (".py", ".toml"))
    return blake2b(__version__.encode() + b"".join(file.read_bytes() for file in files), digest_size=16).digest()


def gist(story: Story) -> bytes:
    """What threads are found by: the digest of the story, else all that a cluster or an address comes from."""
    if story.digest:
        return story.digest
    words = (story.title, story.summary, story.lead, story.section, story.topics, story.lang)
    said = (story.id, story.slug, story.date, *words, story.thread, story.related)
    return blake2b(msgspec.msgpack.encode(said), digest_size=16).digest()


SHOWN = 8  # ties of a thread; what comes after them says little
READ = 8  # stories that spellings are looked for in, the first of a thread
LONGEST = 4  # words of a name
_TWICE = 2  # times that words must stand together to be one name

_BETWEEN = re.compile(r"[ -]?|['’]s ")  # what may stand between two words of a name
_NUMBER = re.compile(r"-\d+")  # a number that belongs to the name before it

Name = tuple[str, ...]  # the terms of a name in their order


def ties(weights: Mapping[str, float], stories: Sequence[Story], language: str) -> tuple[Tie, ...]:
    """The terms as names, strongest first, with shares of the whole as weights; without terms that no story spells."""
    strongest = sorted(weights, key=lambda term: (-weights[term], term))[: 2 * SHOWN]
    spellings = _spellings(frozenset(strongest), stories[:READ], language)
    total = sum(weights.values()) or 1.0
    found: list[tuple[float, str]] = []
    used: set[str] = set()
    for term in strongest:
        names = [name for name in spellings if term in name and used.isdisjoint(name)]
        if names:
            best = max(names, key=lambda name: (_hold(name, spellings, weights), name))
            used.update(best)
            spelling = max(spellings[best].items(), key=lambda item: (item[1], -list(spellings[best]).index(item[0])))
            found.append((sum(weights[part] for part in set(best)) / total, spelling[0]))
    found.sort(key=lambda pair: (-pair[0], pair[1]))
    return tuple(Tie(name, round(weight, 3)) for weight, name in found[:SHOWN])


def title(found: Sequence[Tie]) -> str:
    """A title made of ties: the strongest that is written as a name, and the strongest other where it ties as much."""
    names = [tie for tie in found if tie.name[0].isalpha() and not tie.name[0].islower()]
    first = next(iter(names or found), None)
    if first is None:
        return ""
    other = next(
        (tie.name for tie in found if tie != first and tie.weight >= first.weight and tie.name[0].isalpha()), ""
    )
    opening = first.name[0].upper() + first.name[1:]
    return f"{opening}: {other}" if other else opening


def _hold(name: Name, spellings: Mapping[Name, Counter[str]], weights: Mapping[str, float]) -> float:
    """How strongly a name holds stories together; words that stood together only once are no name."""
    times = sum(spellings[name].values())
    if len(name) > 1 and times < _TWICE:
        return 0.0
    return math.sqrt(times) * sum(weights[term] for term in name)


def _spellings(terms: frozenset[str], stories: Sequence[Story], language: str) -> dict[Name, Counter[str]]:
    """Every run of the terms in the stories' texts, with its spellings as often as they stand there."""
    found: defaultdict[Name, Counter[str]] = defaultdict(Counter)
    for story in stories:
        for text in (story.title, story.summary or story.lead, *story.topics):
            run: list[TermPosition] = []
            for spot in spots(text, story.lang or language):
                if run and not _BETWEEN.fullmatch(text, run[-1].end, max(spot.start, run[-1].end)):
                    _count(run, text, found)
                    run = []
                if spot.term in terms:
                    run.append(spot)
            _count(run, text, found)
    return found


def _count(run: Sequence[TermPosition], text: str, found: Mapping[Name, Counter[str]]) -> None:
    for first in range(len(run)):
        for last in range(first, min(first + LONGEST, len(run))):
            number = _NUMBER.match(text, run[last].end)
            end = number.end() if number else run[last].end
            found[tuple(spot.term for spot in run[first : last + 1])][text[run[first].start : end]] += 1
