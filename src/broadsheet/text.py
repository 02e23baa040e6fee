"""Words: slugs, the nearest known name, cutting at a word. Text in, text out; nothing here knows of news."""

from __future__ import annotations

import functools
import re
import unicodedata
from collections.abc import Iterable

SLUG_LENGTH = 80  # characters; long enough to be read, short enough for every address bar
SLUG_BYTES = 200  # in UTF-8: a file system takes 255 in a name, and some scripts have four to a character

# Letters that Unicode does not decompose into a base letter and a mark.
_LETTERS = str.maketrans(
    {"ß": "ss", "ẞ": "SS", "æ": "ae", "Æ": "AE", "œ": "oe", "Œ": "OE", "ø": "o", "Ø": "O", "ł": "l", "Ł": "L"}
    | {"đ": "d", "Đ": "D", "ð": "d", "þ": "th", "Þ": "Th", "Ð": "D", "ı": "i", "’": "", "'": "", "ʼ": ""}
)
_NOT_WORD = re.compile(r"[^a-z0-9]+")
_SLUG = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")


def slug(text: str, *, default: str = "untitled") -> str:
    """A name for an address and a file: lower-case words joined by hyphens, at most 80 characters and 200 bytes.

    Latin letters lose their marks; other scripts are kept, since addresses may hold them (RFC 3987).
    Nothing that a path means (``/``, ``..``, NUL) survives. ``default`` answers for text without any word.
    """
    if len(text) <= SLUG_LENGTH and _SLUG.fullmatch(text):
        return text
    plain = text.translate(_LETTERS)
    if plain.isascii():
        words = _NOT_WORD.sub("-", plain.lower()).strip("-")
    else:
        words = "-".join(_letters(plain).lower().split())
        words = unicodedata.normalize("NFC", words)
    if len(words) > SLUG_LENGTH or len(words.encode()) > SLUG_BYTES:
        words = _cut(words)
    return words.strip("-") or default


def _cut(words: str) -> str:
    """As many whole words as a slug may have; where the first alone has more, as many whole characters of it."""
    end = min(len(words), SLUG_LENGTH)
    while len(words[:end].encode()) > SLUG_BYTES:
        end -= 1
    if whole := words[: end + 1].rpartition("-")[0]:
        return whole
    while end > 1 and unicodedata.category(words[end]).startswith("M"):  # a mark is not parted from its letter
        end -= 1
    return words[:end]


def _letters(text: str) -> str:
    """The text with a space for all that is no letter or digit. Vowel signs and the like stay with their letters."""
    made: list[str] = []
    for character in unicodedata.normalize("NFC", text):
        if character.isalnum():
            made.append(_unmarked(character))
        elif unicodedata.category(character) not in ("Mn", "Mc"):
            made.append(" ")
        elif made and made[-1][0].isalnum() and not made[-1].isascii():
            made[-1] += character
    return "".join(made)


def _unmarked(character: str) -> str:
    base = unicodedata.normalize("NFD", character)
    return base[0] if "LATIN" in unicodedata.name(base[0], "") else character


def nearest(word: str, known: Iterable[str]) -> str | None:
    """The known name that was probably meant, or None where none is near."""
    import difflib

    names = list(known)
    folded = {name.lower(): name for name in names}
    matches = difflib.get_close_matches(word.lower(), folded, n=1, cutoff=0.6)
    return folded[matches[0]] if matches else None


def did_you_mean(word: str, known: Iterable[str]) -> str:
    """The hint for an unknown name: the nearest one as a question, else all of them."""
    names = sorted(known)
    match = nearest(word, names)
    return f"Did you mean {match!r}?" if match else f"Known are: {', '.join(names)}."


def either(words: Iterable[str]) -> str:
    """A pattern (of ``re``) that any of these words fits, the longest first."""
    return "|".join(re.escape(word) for word in sorted(words, key=len, reverse=True))


def clip(text: str, length: int) -> str:
    """``text`` in at most ``length`` characters, cut between words and marked with an ellipsis."""
    whole, text = text, " ".join(text[: length * 2].split())  # which hold enough of any text but a few
    if len(text) <= length:
        text = " ".join(whole.split())
    if len(text) <= length:
        return text
    cut = text[: length - 1]
    return (cut.rpartition(" ")[0] or cut).rstrip(" ,;:–—-") + "…"


def count(data: bytes) -> int:
    """How many words a text (UTF-8) has, to within a few; in scripts without spaces two characters count as a word."""
    if not data.translate(None, _NOT_DENSE) or not _dense().search(text := data.decode(errors="replace")):
        # Gaps are counted: to cut a text into its words takes three times as long.
        return data.count(b" ") + data.count(b"\n") - data.count(b"\n\n") + 1 if data else 0
    dense = len(_dense().findall(text))
    return len(_dense().sub(" ", text).split()) + dense // 2


@functools.cache
def _dense() -> re.Pattern[str]:
    """Characters of scripts without spaces; made when it is asked for, since that takes as long as fifty texts."""
    return re.compile(r"[぀-ヿ㐀-䶿一-鿿가-힯฀-๿]")


_NOT_DENSE = bytes({*range(256)} - {0xE0, *range(0xE3, 0xEE)})  # UTF-8: no such character begins with one of these
