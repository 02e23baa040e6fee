"""Page furniture: which lines are shares, views, captions, sign-ups, related links and the like, by boilerplate.toml.

In: a line's key (its words in lower case, numbers as #). Out: the kind of furniture that it is, or "".
"""

from __future__ import annotations

import functools
import re
import tomllib
from importlib.resources import files

import msgspec

from broadsheet.ingest.extract import language

# The kinds that are no part of a text that is all story.
FURNITURE = frozenset({"share", "counter", "advert", "related", "popular", "signup", "cookies", "comments", "account"})
LONGEST = 320  # characters; a longer line is a paragraph, whatever its words

_WORDS = re.compile(r"[^\W_]+|[©ⓒ]")
_NUMBERS = re.compile(r"[\d#]+(?: [\d#]+)*")
# The characters of Latin-1 as keys have them: digits as "#", what is in no word as a space.
_LATIN = bytes(ord("#" if c.isdecimal() else c if c.isalnum() else " ") for c in map(chr, range(256)))
_TEASER = re.compile(
    r"(?:(?:read|see|watch|listen)(?: also| more| next| now)?|also read|more(?: on this)?"
    r"|related(?: (?:story|stories|articles?|reading))?|don.t miss|recommended"
    r"|(?:lesen sie|lies) (?:auch|hier|dazu)[^:]{0,12}|mehr zum thema|lire aussi|à lire(?: aussi)?|voir aussi"
    r"|lea también|leer también|lee también|te puede interesar|leggi anche|leia (?:também|mais)|lees ook"
    r"|läs (?:också|mer)|les også|læs også|lue myös|czytaj (?:też|także|również)|читайте (?:также|ещё)|čtěte také"
    r"|ayrıca oku|baca juga)\s*:\s*\S",
    re.IGNORECASE,
)
_SHORT = 4  # characters of a word that too many lines have
_WIDEST = 6  # words of the longest phrase that is looked up by its beginning or end
# The longer a phrase, the longer the line that it may claim: "comments" says little of a line of ten words.
_REACH = (0, 5, 14, 40, 80, 80, 80, 80)


@functools.lru_cache(maxsize=2048)  # furniture comes again, on a page and from page to page
def key(text: str) -> str:
    """A line's words in lower case, its numbers as ``#``: what the phrases of the table are compared with."""
    text = text.casefold()
    if "©" not in text and (plain := language.latin(text, _LATIN)):
        words = " ".join(plain.split())
        return _NUMBERS.sub("#", words) if "#" in words else words
    return _NUMBERS.sub("#", " ".join(_WORDS.findall(text)))


def kind(words: str, table: PhraseTable) -> str:
    """The kind of furniture that a line is by its key, or ""."""
    if found := table.whole.get(words):
        return found
    if words.partition(" ")[0] not in table.first and words.rpartition(" ")[2] not in table.last:
        return ""
    parts = words.split(" ")
    head = tail = ""
    for n, part in enumerate(parts[:_WIDEST] if parts[0] in table.first else (), 1):
        head = f"{head} {part}" if head else part
        found = table.begin.get(head)
        if found and len(parts) <= _REACH[n]:
            return found
        for end, name in table.around.get(head, ()):
            if words.endswith(end):
                return name
    for n, part in enumerate(parts[: -_WIDEST - 1 : -1] if parts[-1] in table.last else (), 1):
        tail = f"{part} {tail}" if tail else part
        found = table.end.get(tail)
        if found and len(parts) <= _REACH[n + 1]:
            return found
    return ""


def teases(text: str) -> bool:
    """Whether a line is a link to another story, by the label that it begins with."""
    return _TEASER.match(text) is not None


def words_of(*names: str) -> frozenset[str]:
    """The longer words that phrases of some kinds are made of, but for the small words of any language."""
    texts = (_plain(phrase) for name in names for phrases in _PHRASES[name].values() for phrase in phrases)
    return frozenset(word for text in texts for word in text.split() if len(word) > _SHORT) - language.SMALL_WORDS


class PhraseTable(msgspec.Struct, frozen=True):
    """Phrases by how they stand in a line: the whole, its beginning, its end, or both ends around something.

    ``first`` and ``last`` are the words with which a line must begin or end to hold a phrase that is not the whole.
    """

    whole: dict[str, str]
    begin: dict[str, str]
    end: dict[str, str]
    around: dict[str, list[tuple[str, str]]]
    first: set[str]
    last: set[str]


@functools.cache
def table(tag: str) -> PhraseTable:
    """The phrases of a language and of English, which all pages borrow; those of every language for an unknown one."""
    spoken = {tag, "en"} if any(tag in kinds for kinds in _PHRASES.values()) else None
    made = PhraseTable({}, {}, {}, {}, set(), set())
    for name, languages in _PHRASES.items():
        for other, phrases in languages.items():
            if spoken is None or other in spoken:
                for phrase in phrases:
                    _add(made, phrase, name)
    made.first.update(phrase.split(" ", 1)[0] for phrase in (*made.begin, *made.around))
    made.last.update(phrase.rsplit(" ", 1)[-1] for phrase in made.end)
    return made


def _add(made: PhraseTable, phrase: str, name: str) -> None:
    head, star, tail = phrase.partition("*")
    if not star:
        made.whole.setdefault(_plain(phrase), name)
    elif not tail:
        made.begin.setdefault(_plain(head), name)
        made.whole.setdefault(_plain(head), name)
    elif not head:
        made.end.setdefault(_plain(tail), name)
    else:
        made.around.setdefault(_plain(head), []).append((" " + _plain(tail), name))


@functools.cache
def _plain(phrase: str) -> str:
    """A phrase of the table as a key; ``#`` stands for a number there as here."""
    return key(phrase.replace("#", "0"))


_PHRASES: dict[str, dict[str, list[str]]] = tomllib.loads(
    files(__package__).joinpath("boilerplate.toml").read_text(encoding="utf-8")
)
