"""Text → its language, offline: by script where that tells, else by the commonest small words.

In: text and the language to fall back on. Out: a BCP 47 tag with a confidence. Tables: languages.toml.
"""

from __future__ import annotations

import re
import tomllib
from collections import Counter
from importlib.resources import files

from broadsheet.ingest.extract.draft import Found

SAMPLE = 1200  # characters from the middle of a text, where the prose is; more changes no verdict
_ENOUGH = 6  # small words from which a verdict is firm

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
        tag = _relatives(sample, script)
        return Found(tag, "script", 0.95)
    votes = _votes(sample, _SMALL)
    if not votes:
        return Found(default, "the site's language", 0.5)
    tag = max(votes, key=votes.__getitem__)  # of equals the first
    most = votes.pop(tag)
    second = max(votes.values(), default=0)
    if most < 2:
        return Found(default, "the site's language", 0.5)
    sure = 0.95 if most >= _ENOUGH and most > second * 1.25 else 0.7
    return Found(tag, "small words", sure)


def _script(sample: str) -> str:
    """The language that a script names; for a script of several languages, one of them."""
    letters = sum(map(str.isalpha, sample[:600])) or 1
    for tag, pattern in _SCRIPTS:
        floor = _KANA if tag == "ja" else _SHARE
        if len(pattern.findall(sample, 0, 600)) > letters * floor:
            return tag
    return ""


def _relatives(sample: str, script: str) -> str:
    """The language among those of one script: by letters that only one of them has, then by small words."""
    for tag, letters in _LETTERS.get(script, {}).items():
        if sum(map(sample.count, letters)) >= 3:
            return tag
    family = _FAMILIES.get(script)
    votes = _votes(sample, family) if family else None
    return max(votes, key=votes.__getitem__) if votes else script


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
    return mark.isalnum() and not mark.isdecimal()


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


def _tables() -> tuple[dict[str, tuple[str, ...]], dict[str, dict[str, tuple[str, ...]]]]:
    data = tomllib.loads(files(__package__).joinpath("languages.toml").read_text(encoding="utf-8"))
    small: dict[str, list[str]] = {}
    for tag, words in data["small"].items():
        for word in words.split():
            small.setdefault(word, []).append(tag)
    families: dict[str, dict[str, tuple[str, ...]]] = {}
    for script, tags in data["families"].items():
        families[script] = {w: kept for w, found in small.items() if (kept := tuple(t for t in found if t in tags))}
    return {word: tuple(tags) for word, tags in small.items()}, families


_SMALL, _FAMILIES = _tables()
SMALL_WORDS = frozenset(_SMALL)
_LATIN = bytes(code if _is_letter(chr(code)) else ord(" ") for code in range(256))

_LETTERS = {
    "ru": {"uk": "іїєґ", "sr": "ђћљњџј", "mk": "ѓќѕ", "be": "ў", "kk": "қғңұһ"},
    "ar": {"fa": "پچژگ", "ur": "ٹڈڑں"},
}
