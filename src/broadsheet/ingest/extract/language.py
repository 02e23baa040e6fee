"""Text → its language, offline: by script where that tells, else by the commonest small words.

In: text and the language to fall back on. Out: a BCP 47 tag with a confidence. Tables: languages.toml.
"""

from __future__ import annotations

import re
import tomllib
import unicodedata
from collections import Counter
from collections.abc import Sequence
from importlib.resources import files

from broadsheet.ingest.extract.draft import Found

SAMPLE = 1200  # characters from the middle of a text, where the prose is; more changes no verdict
_ENOUGH = 6  # small words from which a verdict is firm
_TELLING = 3  # words that only one of two relatives has, from which they tell them apart
_SURE, _DOUBTED, _UNKNOWN = 0.95, 0.7, 0.5  # confidences

_MARKS = "’‘“”„–—…"
_SCRIPTS = (
    ("ja", re.compile("[぀-ヿ]")),
    ("ko", re.compile("[가-힣]")),
    ("zh", re.compile("[一-鿿]")),
    ("ar", re.compile("[؀-ۿ]")),
    ("he", re.compile("[א-ת]")),
    ("el", re.compile("[α-ωά-ώ]")),
    ("th", re.compile("[ก-๛]")),
    ("hi", re.compile("[अ-ह]")),
    ("bn", re.compile("[অ-হ]")),
    ("ta", re.compile("[அ-ஹ]")),
    ("te", re.compile("[అ-హ]")),
    ("ka", re.compile("[ა-ჰ]")),
    ("hy", re.compile("[ա-և]")),
    ("am", re.compile("[ሀ-ፕ]")),
    ("ru", re.compile("[а-я]")),
)
_FOREIGN = re.compile("[\u0370-\u1fff\u3040-\ud7ff]")  # where none is, no script above is
_SHARE = 0.3  # of the sample's characters, from which a script names the language
_KANA = 0.05  # Japanese mixes kana with the characters of Chinese


def detect(text: str, default: str) -> Found[str]:
    """The language of a text; ``default`` with no confidence where nothing tells."""
    start = max(0, (len(text) - SAMPLE) // 2)
    sample = unmarked(text[start : start + SAMPLE])
    if not sample.isascii() and _FOREIGN.search(sample) and (script := _script(sample)):
        tag, sure = _of_script(sample, script)
        return Found(tag, "script", sure)
    votes = _votes(sample, _SMALL)
    if not votes:
        return Found(default, "the site's language", _UNKNOWN)
    tag = max(votes, key=votes.__getitem__)  # of equals the first
    most = votes[tag]
    second = max([times for other, times in votes.items() if other != tag], default=0)
    if most < 2:
        return Found(default, "the site's language", _UNKNOWN)
    if rivals := [other for other in _RELATIVES.get(tag, ()) if votes.get(other, 0) * 2 > most]:
        tag, plain = _distinguished(sample, [tag, *rivals])
        second = max([n for other, n in votes.items() if other != tag and other not in rivals], default=0)
        return Found(tag, "small words", _SURE if plain and most >= _ENOUGH and most > second else _DOUBTED)
    return Found(tag, "small words", _SURE if most >= _ENOUGH and most > second * 1.25 else _DOUBTED)


def sense(text: str) -> int:
    """How well a text reads as one of the languages here: its small words, and its letters beside a to z."""
    votes = _votes(unmarked(text), _SMALL)
    if not votes:
        return 0
    tag = max(votes, key=votes.__getitem__)
    own = _ALPHABETS.get(tag, "")
    marked = [letter for letter in text.casefold() if letter > "\x7f" and letter.isalpha()]
    return votes[tag] + sum([1 if letter in own else -1 for letter in marked]) if own else votes[tag]


def _distinguished(sample: str, tags: Sequence[str]) -> tuple[str, bool]:
    """Which of some related languages a sample is in, by the words that only one has; and whether that tells."""
    counted = Counter(_words(sample))
    own = dict.fromkeys(tags, 0)
    for word, times in counted.items():
        having = [tag for tag in tags if tag in _SMALL.get(word, ())]
        if len(having) == 1:
            own[having[0]] += times
    best = max(tags, key=own.__getitem__)
    second = max([times for tag, times in own.items() if tag != best], default=0)
    return best, own[best] >= _TELLING and own[best] >= second * 3


def _script(sample: str) -> str:
    """The language that a script names; for a script of several languages, one of them."""
    letters = sum(map(str.isalpha, sample[:600])) or 1
    for tag, pattern in _SCRIPTS:
        floor = _KANA if tag == "ja" else _SHARE
        if len(pattern.findall(sample, 0, 600)) > letters * floor:
            return tag
    return ""


def _of_script(sample: str, script: str) -> tuple[str, float]:
    """The language among those of one script, and how sure that is: by letters that few have, then by small words."""
    for tag, letters, least in _LETTERS.get(script, ()):
        if sum(map(sample.count, letters)) >= least:
            return tag, _SURE
    family = _FAMILIES.get(script)
    if not family:
        return script, _SURE
    votes = _votes(sample, family)
    if not votes:
        return script, _DOUBTED
    tag = max(votes, key=votes.__getitem__)
    best, sure = _distinguished(sample, [tag, *(other for other in votes if other != tag)])
    return (best, _SURE) if sure else (tag, _DOUBTED)


def _votes(sample: str, table: dict[str, tuple[str, ...]]) -> dict[str, int]:
    """How many of a sample's words each language has among its small ones."""
    counted: dict[str, int] = {}
    for word, times in Counter(filter(table.__contains__, _words(sample))).items():
        for tag in table[word]:
            counted[tag] = counted.get(tag, 0) + times
    return counted


def _words(sample: str) -> list[str]:
    """The runs of letters in a sample, in lower case."""
    sample = sample.casefold()
    plain = latin(sample, _LATIN)
    if not plain:
        for mark in set(sample):
            if not _is_letter(mark):
                sample = sample.replace(mark, " ")
    return (plain or sample).split()


def _is_letter(mark: str) -> bool:
    """Whether a sign belongs to a word: half of what Hindi writes are marks on letters."""
    return (mark.isalnum() and not mark.isdecimal()) or unicodedata.category(mark).startswith("M")


def latin(text: str, table: bytes) -> str:
    """A text with each of its characters changed by a table of Latin-1, which is far faster than to search for them.

    Quotes and dashes, which keep most texts from being Latin-1, are spaces; "" where something else does.
    """
    try:
        return unmarked(text).encode("latin-1").translate(table).decode("latin-1")
    except UnicodeEncodeError:
        return ""


def unmarked(text: str) -> str:
    """A text with spaces for quotes and dashes."""
    if not text.isascii():
        for mark in _MARKS:
            text = text.replace(mark, " ")
    return text


_Table = dict[str, tuple[str, ...]]


def _tables() -> tuple[_Table, dict[str, _Table], _Table, dict[str, str]]:
    """For a small word the languages that have it; so for each script of several; relatives; letters."""
    data = tomllib.loads(files(__package__).joinpath("languages.toml").read_text(encoding="utf-8"))
    small: dict[str, list[str]] = {}
    for tag, words in data["small"].items():
        for word in words.split():
            small.setdefault(word, []).append(tag)
    families: dict[str, _Table] = {}
    for script, tags in data["families"].items():
        families[script] = {w: kept for w, found in small.items() if (kept := tuple(t for t in found if t in tags))}
    related = {tag: tuple(t for t in tags if t != tag) for tags in data["relatives"].values() for tag in tags}
    return {word: tuple(tags) for word, tags in small.items()}, families, related, data["alphabets"]


_SMALL, _FAMILIES, _RELATIVES, _ALPHABETS = _tables()
SMALL_WORDS = frozenset(_SMALL)
_LATIN = bytes(code if _is_letter(chr(code)) else ord(" ") for code in range(256))

# Letters by which a language is known among those of its script, and how many of them it takes; the first that fits.
_LETTERS = {
    "ru": (
        ("kk", "қғңұһ", 3), ("mn", "өү", 4), ("be", "ў", 2), ("uk", "їєґ", 2), ("uk", "і", 4), ("mk", "ѓќѕ", 2),
        ("sr", "ђћ", 2), ("ru", "ыэё", 4),
    ),
    "ar": (("ps", "ښځڅړږ", 3), ("ckb", "ێۆڕڵ", 3), ("ur", "ٹڈڑں", 2), ("fa", "پچژگ", 3)),
    "hi": (("mr", "ळ", 2),),
}  # fmt: skip
