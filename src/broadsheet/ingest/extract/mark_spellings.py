"""The ways in which a mark for editors is written so that its words are not to be found: "H O L D", "**HO**LD".

In: a line, or two that follow each other. Out: the same words as anybody would write them. Only for asking whether a
line is a mark: what a story says is printed as it was written.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping

_LETTER = r"[^\W\d_]"
_HYPHENS = "-‐‑"
_SOFT = "\u00ad"
_TAG = re.compile(r"</?(?:b|i|u|s|em|strong|span|mark|small|big|font)(?:\s[^<>]*)?>", re.IGNORECASE)
_EMPHASIS = re.compile(r"\*+|_{2,}|(?<![^\W_])_|_(?![^\W_])|~~|`+|\\$")
_BETWEEN = re.compile(rf"(?<={_LETTER})[{_HYPHENS}_](?=\s*{_LETTER})")
_SPACED = re.compile(rf"(?<!\S){_LETTER}(?: {_LETTER}){{2,}}(?![^\s!:;,\])}}])")
_HINT = re.compile(rf"[{_HYPHENS}*_~`<\\]|(?<!\S){_LETTER} {_LETTER} {_LETTER}(?!\w)")
_ADDRESS = re.compile(r"\]\(|://|\bwww\.")
_CUT = re.compile(r"[A-Z]{2,} [A-Z]{2,}(?!\S*[a-z])")
_GAP = re.compile(rf"(?<={_LETTER})[{_HYPHENS}{_SOFT}]\s+(?={_LETTER})")
_BROKEN = re.compile(rf"(?<={_LETTER})[{_HYPHENS}{_SOFT}][*_\s]*$")


def readings(line: str, known: Mapping[str, str]) -> tuple[str, ...]:
    """What a line may say, other than as it is written; where a hyphen stands before a space, a word may go on."""
    whole = _GAP.sub("", line)
    found = [plain(line, known)] if whole == line else [plain(line, known), plain(whole, known)]
    return tuple(one for one in found if one != line)


def plain(line: str, known: Mapping[str, str]) -> str:
    """A line without emphasis and wide letters, its hyphens spaces, its letter-spaced capitals words.

    ``known`` are phrases by their letters, for capitals between whose words the space is no wider.
    """
    if line.isascii() and not _HINT.search(line):
        return line
    text = line
    if not line.isascii():
        text = unicodedata.normalize("NFKC", line)
        if not text.isprintable():
            text = "".join(one for one in text if unicodedata.category(one) != "Cf")
        if not _HINT.search(text):
            return text
    text = _EMPHASIS.sub("", _TAG.sub("", text.rstrip()))
    text = text if _ADDRESS.search(text) else _BETWEEN.sub(" ", text)
    return _SPACED.sub(lambda run: _word(run[0], known), text)


def _word(run: str, known: Mapping[str, str]) -> str:
    if not run.isupper():
        return run
    word = run.replace(" ", "")
    return known.get(word.casefold(), word).upper()


def joined(line: str, following: str) -> tuple[str, ...]:
    """Two lines as one: a word that a hyphen breaks at the end of the first is whole, or two.

    A reader may have taken the first for a heading and its hyphen for the end of that: "EMBAR" above "GO until Friday".
    """
    head, tail = line.rstrip(), following.strip()
    if (broken := _BROKEN.search(head)) and tail[:1].isalpha():
        return f"{head[: broken.start()]}{tail}", f"{head[: broken.start()]} {tail}"
    both = f"{head.strip()} {tail}"
    return (both, f"{head.strip()}{tail}") if _CUT.match(both) else (both,)
