"""A line of text → who wrote the story: names without "By", titles and cities; agencies apart.

In: one line. Out: a ``Byline``, or None where the line is none. Tables: bylines.toml.
"""

from __future__ import annotations

import functools
import re
import tomllib
from importlib.resources import files

import msgspec

from broadsheet.ingest.extract import dates
from broadsheet.text import either

LONGEST = 220  # characters of a line that may be a byline


class Byline(msgspec.Struct, frozen=True):
    """Who wrote: the names as printed (the agency's where there is no other), the agency.

    ``labelled`` tells that a word such as "By" said so.
    """

    names: tuple[str, ...]
    agency: str
    labelled: bool


@functools.lru_cache(maxsize=2048)
def read(text: str) -> Byline | None:
    """The byline that a line is, with its label: "By Jane Roe and John Doe, Reuters"."""
    if len(text) > LONGEST:
        return None
    end = _label(text)
    if not end and len(text) <= _WIDEST and not text.isascii() and (signed := _SIGNED.search(text)):
        return Byline((signed["name"],), "", labelled=True)
    return _split(text[end:], labelled=True) if end else None


@functools.lru_cache(maxsize=2048)
def bare(text: str) -> Byline | None:
    """The byline that a line may be although nothing says so: it is one name or several, and nothing else."""
    if len(text) > LONGEST // 2 or text[-1:] in ".!?:;…" or _no_name(text) or _COUNTS.search(text):
        return None
    return _split(text, labelled=False)


def _no_name(text: str) -> bool:
    """Whether a look at a line's first words tells that it is no bare name: a lone word, or "The council", "Who pays".

    What _split would find in such a line is the first word alone, or nothing.
    """
    first, _, others = text.partition(" ")
    if not first.isalpha() or not (first.isupper() or first[1:] == first[1:].lower()):
        return len(text) < _SHORTEST
    if not others:
        return not is_agency(text) and not is_name(text)
    second = others.partition(" ")[0]
    return second.isalpha() and second.islower() and second not in _JOINING and first not in _CLEARED


def bio(text: str) -> Byline | None:
    """The author whom a line tells of: "Jane Roe is a reporter …", "Write to Jane Roe at …"."""
    found = _BIO.match(text) or _MAIL_TO.match(text)
    if not found or not is_name(found["name"]):
        return None
    return Byline((found["name"],), "", labelled=False)


def below(text: str) -> Byline | None:
    """The byline that a line is when the line above it says "By"."""
    found = bare(text)
    return found and Byline(found.names, found.agency, labelled=True)


def label_only(text: str) -> bool:
    """Whether a line is "By" alone: the name stands on the next one."""
    return len(text) <= _WIDEST and text.strip(" :").casefold() in _BY


def _label(text: str) -> int:
    """Where a label such as "By" ends; 0 where the line does not begin with one."""
    at = end = 1 if text[:1] in "([（【" else 0
    start = at
    for _ in range(4):
        found = _TOKEN.match(text, at)
        if not found or (at == start and found[1].casefold() not in _BY_FIRST):
            break
        at = found.end()
        if text[start : found.end(1)].casefold() in _BY:
            end = at
    if end == start:
        end = 0
    if not end and (glued := _BY_GLUED.match(text)):
        end = glued.end()
    return end


def is_agency(text: str) -> str:
    """The agency that a word or two name, as it is usually written, or ""."""
    return _AGENCIES.get(text.strip(" .()[]/").casefold(), "")


def _split(text: str, *, labelled: bool) -> Byline | None:
    """The names of a byline's text; None where it holds something that is no name."""
    if _NOISY.search(text) or "Agenturen" in text:
        text = _NOISE.sub(" ", text)
    text = _GLUED.sub(r"\1 \2", text).strip(" \t:-–—|•·,/")
    names: list[str] = []
    agency = ""
    for piece in filter(None, map(_tidy, filter(None, _PARTS.split(text)))):
        if found := is_agency(piece):
            agency = agency or found
        elif is_name(piece) or (labelled and _DENSE_NAME.fullmatch(piece)):
            if piece.casefold() not in {n.casefold() for n in names}:
                names.append(piece)
        elif shorter := _leading_name(piece, labelled=labelled):
            names.append(shorter)
            break
        elif not names:
            return None
        elif labelled or _is_role(piece):
            break
        else:
            return None
    if not names and not agency:
        return None
    return Byline(tuple(names) or (agency,), agency, labelled)


def _tidy(part: str) -> str:
    """A name without its title, e-mail, handle and role."""
    if _HANDLES.search(part):
        part = _HANDLE.sub(" ", part)
    part = " ".join(part.split()).strip(" .:-–—|•·*()[]")
    if titles := _TITLES.match(part):
        part = part[titles.end() :]
    return part.strip()


@functools.lru_cache(maxsize=2048)
def is_name(text: str) -> bool:
    """Whether words read like a person's name: two to five, capitalised, none that no one is called."""
    if not 4 <= len(text) <= 45 or not _NO_NAME_SIGNS.isdisjoint(text):
        return False
    words = text.split()
    if len(words) == 1:
        return _DENSE_NAME.fullmatch(text) is not None
    if not text.isascii() and _DENSE.search(text):  # where names have no spaces, words with spaces are a phrase
        return False
    if not 2 <= len(words) <= 5:
        return False
    for word in words:
        plain = word.strip(".,’'-").casefold()
        if plain in _NEVER or not plain:
            return False
        if not word[0].isalpha() or not (
            word[0].isupper() or plain in _PARTICLES or not (word[0].islower() or word[0].isupper())
        ):
            return False
    return words[-1].casefold() not in _PARTICLES


def _leading_name(text: str, *, labelled: bool) -> str:
    """The name that a byline begins with, where it runs on: "Jane Roe in Berlin", "Jane Roe Senior Editor"."""
    kept: list[str] = []
    words = text.split()
    stop = ""
    for word in words[:6]:
        plain = word.strip(".,").casefold()
        if not (word[0].isupper() or plain in _PARTICLES) or plain in _NEVER or plain in _ROLES:
            stop = plain
            break
        kept.append(word)
    if not labelled and stop not in _ROLES and not any(word.casefold() in _ROLES for word in words[-1:]):
        return ""
    while kept and kept[-1].casefold() in _PARTICLES:
        kept.pop()
    name = " ".join(kept[:4]).strip(" ,.|")
    return name if is_name(name) else ""


def _is_role(text: str) -> bool:
    words = text.casefold().split()
    return bool(words) and (text.casefold() in _ROLES or words[-1] in _ROLES or words[0] in _ROLES)


_TABLE: dict[str, list[str]] = tomllib.loads(files(__package__).joinpath("bylines.toml").read_text(encoding="utf-8"))
_BY = frozenset(_TABLE["by"])
_WIDEST = max(map(len, _BY)) + 2
_TOKEN = re.compile(r"([^\W\d_]+)(?:\s*[:：/|-]\s*|\s+)")
_BY_FIRST = frozenset(found[0] for label in _BY if (found := re.match(r"[^\W\d_]+", label)))
_BETWEEN = (*_TABLE["and"], "in", "for", "at", "aus", "für", "à", "from")
_PARTS = re.compile(rf"\s*[,;|/•·&+、，]\s*|\s+(?:{either(_BETWEEN)})\s+|\s[-–—]\s|[()\n]")
_NOISE = re.compile(r"https?://\S+|\S+@\S+\.\S+|\([^)]{0,60}\)|\bund\s+Agenturen\b|\b\d{1,2}[:.]\d\d\b.*$")
_NOISY = re.compile(r"[(@:\d]")  # of which noise has one
_CLEARED = ("View", "Follow", "Updated", "Published")  # from which on a line is no name
_HANDLE = re.compile(rf"@.*$|\b(?:{either(_CLEARED)})\b.*$|\d.*$")
_HANDLES = re.compile(r"[@\dVFUP]")  # with one of which each of those begins
_TITLE = (
    "dr", "prof", "mr", "mrs", "ms", "sir", "herr", "frau", "m", "mme", "sr", "sra", "dott", "ing", "mag", "dipl",
    "rev", "by", "von", "par", "por", "di",
)  # fmt: skip
_TITLES = re.compile(rf"^(?:(?:{either(_TITLE)})\.?\s+)+(?=\S+\s)", re.IGNORECASE)
_NAME = r"(?P<name>(?:[A-ZÀ-Þ][\w.’'-]+ ){1,3}[A-ZÀ-Þ][\w’'-]+)"
_BIO = re.compile(
    rf"{_NAME},? (?:is (?:an?|the|one)|was (?:an?|the)|covers|writes|reports|joined|has been|ist|war|schreibt|arbeitet|"
    r"studierte|leitet|es (?:un|una|periodista)|est (?:une?|journaliste|professeur)|è (?:un|una)|"
    r"é (?:um|uma|jornalista)|is (?:een|redacteur))\b"
)
_MAIL_TO = re.compile(rf"(?:Email|Write to|Contact|Follow|Reach) {_NAME} (?:at|on|via)\b")
_ROLES = frozenset(_TABLE["roles"])
_NEVER = frozenset(_TABLE["never"]) | dates.LABEL_WORDS
_AGENCIES = {name.casefold(): name for name in _TABLE["agencies"]}
_PARTICLES = frozenset((
    "de", "del", "della", "der", "den", "di", "da", "dos", "das", "do", "la", "le", "van", "von", "zu", "zur", "zum",
    "ter", "ten", "el", "al", "bin", "ibn", "af", "av", "y", "e", "und",
))  # fmt: skip
# Second words after which a line's first word need not be the whole of its first name or agency.
_JOINING = _PARTICLES.union(_BETWEEN, _TITLE, *map(str.split, _AGENCIES))
_SHORTEST = min(map(len, _AGENCIES))
_NO_NAME_SIGNS = frozenset('0123456789:!?…"“”„«»#@%&=<>{}[]_*+©®™$€£/\\|;')
# "Jane RoeSenior Editor": the page showed the space by its layout.
_GLUED = re.compile(r"([a-zà-ÿ]{3})([A-ZÀ-Þ][a-zà-ÿ]{2})")
_BY_GLUED = re.compile(r"(?:By|Von|von|Por|Par|Di|Door)(?=[A-ZÀ-Þ][\w.]*\.? )")
_COUNTS = re.compile(r"\d\S*(?:\s+\S+){3}")  # a figure in the middle: a headline, no name
_DENSE = re.compile("[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7a3]")
_SIGNED = re.compile(  # "Hong Gildong, reporter", as papers of East Asia sign
    r"(?:^|\s)(?P<name>[\uac00-\ud7a3]{2,4}|[\u4e00-\u9fff]{2,4})\s?(?:기자|특파원|記者|记者)(?:\s|$|[(=,])"
)
_DENSE_NAME = re.compile(r"[\u4e00-\u9fff\uac00-\ud7a3]{2,5}")
