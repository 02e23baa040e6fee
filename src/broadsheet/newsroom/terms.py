"""Terms: what a story says of its cluster, as weighted words in a common form.

In: a story and its language. Out: ``Terms``, made from the story alone, so they can be kept with it; and the places of
terms in a text, from which a term gets back the spelling that people read.
"""

from __future__ import annotations

import re
import tomllib
import unicodedata
from collections.abc import Iterable, Iterator
from functools import cache
from importlib.resources import files

import msgspec

from broadsheet.model import Story

Terms = dict[str, float]  # a word's common form → its weight in the story, before rarity is known

IN_TITLE = 1.0  # a word of the title or of a topic
IN_TEXT = 0.5  # a word of the summary or the first paragraph alone
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
