"""Words → what they name: a person, an agency, a paper, a place, a role.

In: a few words of a byline. Out: yes or no. Tables: bylines.toml.
"""

from __future__ import annotations

import functools
import re
import tomllib
from collections.abc import Iterable
from importlib.resources import files
from typing import Any

from broadsheet.ingest.extract import dates


@functools.lru_cache(maxsize=2048)
def is_name(text: str) -> bool:
    """Whether words read like a person's name: two to five, capitalised, none that no one is called."""
    if not 4 <= len(text) <= 45 or not _NO_NAME_SIGNS.isdisjoint(text):
        return False
    words = text.split()
    if len(words) == 1:
        return DENSE_NAME.fullmatch(text) is not None
    if not text.isascii() and _phrase(text, words):
        return False
    counted = [word for word in words if word not in PARTICLES]
    if len(words) > _WORDS + 3 or len(words) < 2 or not 2 <= len(counted) <= _WORDS:
        return False
    first, last = words[0].casefold(), words[-1].casefold()
    if last in ROLE_WORDS or first in RANKS or f"{first} {words[1].casefold()}" in ROLES:
        return False
    for word in words:
        plain = word.strip(".,’'-").casefold()
        if plain in NEVER or not plain or word.endswith(("'s", "’s")):
            return False
        if word in PARTICLES:
            continue
        first = word[2:] if ELIDED.match(word) else word.lstrip("'’")
        if not first[:1].isalpha() or not (
            first[0].isupper() or plain in PARTICLES or not (first[0].islower() or first[0].isupper())
        ):
            return False
    return words[-1] not in PARTICLES and (len(words) <= _UNCASED or words[0][:1].isupper())


def _phrase(text: str, words: Iterable[str]) -> bool:
    """Whether words are a phrase, in scripts in which a name has no blanks, or in which blanks part clauses."""
    if _DENSE.search(text):
        return True
    return bool(_RUNS_ON.search(text)) and max(sum(map(str.isalpha, word)) for word in words) > _LONGEST_UNSPACED


def is_agency(text: str) -> str:
    """The agency that a word or two name, as it is usually written, or ""."""
    return AGENCIES.get(text.strip(" .()[]/").casefold(), "")


def is_outlet(text: str) -> bool:
    """Whether some words are a paper's name: "The Ellery Gazette"."""
    words = text.casefold().split()
    return bool(words) and (words[0] in ("the", "die", "der", "le", "la", "il", "el") or not OUTLETS.isdisjoint(words))


def is_place(text: str) -> bool:
    """Whether some words are a place by how they begin or end: "Port Ellery", "Cray Bay"."""
    words = text.casefold().split()
    return len(words) > 1 and (text.casefold() in _PLACES or words[0] in _PLACES or words[-1] in _PLACES_END)


def is_role(text: str) -> bool:
    """Whether some words say what a person is: "Senior Reporter"."""
    words = text.casefold().split()
    return bool(words) and (
        words[-1] in ROLE_WORDS
        or words[0] in ROLE_WORDS
        or words[0] in RANKS
        or text.casefold() in ROLES
        or " ".join(words[:2]) in ROLES
    )


TABLE: dict[str, Any] = tomllib.loads(files(__package__).joinpath("bylines.toml").read_text(encoding="utf-8"))
ROLES = frozenset(TABLE["roles"])
ROLE_WORDS = frozenset(role.split()[-1] for role in ROLES if len(role) > 4) - {"news", "for", "to"}
RANKS = frozenset(TABLE["ranks"])
OUTLETS = frozenset(TABLE["outlets"])
_PLACES = frozenset(TABLE["places"])
_PLACES_END = frozenset(TABLE["places_end"])
NEVER = frozenset(TABLE["never"]) | dates.LABEL_WORDS
AGENCIES: dict[str, str] = {name.casefold(): name for name in TABLE["agencies"]}
PARTICLES = frozenset(TABLE["particles"])
ELIDED = re.compile(r"[dlDL]['’](?=[A-ZÀ-Þ])")  # "d'Arezzo"
_WORDS, _UNCASED = 5, 4  # words of a name, and in scripts without capitals
_NO_NAME_SIGNS = frozenset('0123456789:!?…।。،؛"“”„«»#@%&=<>{}[]_*+©®™$€£/\\|;')
_RUNS_ON = re.compile("[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff]")  # Thai, Lao, Burmese, Khmer
_LONGEST_UNSPACED = 14  # letters of a name in these, without the signs above and below them
_DENSE = re.compile("[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7a3]")
DENSE_NAME = re.compile(r"[\u4e00-\u9fff\uac00-\ud7a3]{2,5}|[\u30a0-\u30ff]{2,8}[・＝][\u30a0-\u30ff]{2,8}")


def credited(text: str) -> str:
    """Whom a picture's credit names: "Photo: Jane Roe", "This image is taken from …"; empty where it names nobody."""
    return _CREDIT.sub("", text).strip(" .:")


_CREDIT = re.compile(
    r"^(?:disclaimer\W+)?(?:(?:this|the) (?:image|photo|picture)s? (?:is|was|are) (?:taken|sourced|used) from"
    r"|image courtesy(?: of)?|photo)\W*",
    re.IGNORECASE,
)
