"""A line of text → who wrote the story: names without "By", titles and cities; agencies apart.

In: one line. Out: a ``Byline``, or None where the line is none. Tables: bylines.toml.
"""

from __future__ import annotations

import functools
import re
from collections.abc import Iterable, Iterator
from itertools import islice

import msgspec

from broadsheet.ingest.extract import dates
from broadsheet.ingest.extract.language import SMALL_WORDS
from broadsheet.ingest.extract.person_names import (
    AGENCIES,
    DENSE_NAME,
    ELIDED,
    NEVER,
    OUTLETS,
    PARTICLES,
    RANKS,
    ROLE_WORDS,
    ROLES,
    TABLE,
    is_agency,
    is_name,
    is_outlet,
    is_place,
    is_role,
)
from broadsheet.text import either

LONGEST = 220  # characters of a line that may be a byline
MOST = 12  # lines that one byline may take, with a name on each


class Byline(msgspec.Struct, frozen=True):
    """Who wrote: the names as printed (the agency's where there is no other), the agency.

    ``labelled`` tells that a word such as "By" said so. ``rows`` are the lines that it takes, where the names stand one
    a line. ``doubt`` is what makes the names doubtful ("" where nothing does).
    """

    names: tuple[str, ...]
    agency: str
    labelled: bool
    rows: int = 1
    doubt: str = ""


@functools.lru_cache(maxsize=2048)
def read(text: str) -> Byline | None:
    """The byline that a line is, with its label: "By Jane Roe and John Doe, Reuters"."""
    if len(text) > LONGEST:
        return None
    end = label_end(text)
    if not end and len(text) <= _WIDEST and not text.isascii() and (signed := _signed(text)):
        return Byline(signed, "", labelled=True)
    if not end and len(text) <= _SIGNED_MOST and not text.isascii() and (behind := _AFTER.match(text)):
        return _split(behind[1], labelled=True)
    return _split(text[end:], labelled=True) if end else None


def block(first: str, below: Iterable[str]) -> Byline | None:
    """The byline that a line is, with the names that follow it one a line; ``below`` are the lines that follow.

    They belong to it where a comma, a word such as "and", or a label alone above them says so. Names that
    nothing but their place joins are doubtful.
    """
    alone = label_only(first)
    byline = None if alone else read(first)
    if not alone and (not byline or not byline.names or byline.names[0] == byline.agency):
        return byline
    names, agency = (list(byline.names), byline.agency) if byline else ([], "")
    joined = byline is None or _JOINT_END.search(first) is not None
    loose = rows = 0
    for n, text in enumerate(islice(below, MOST), 2):
        if _JOINT.fullmatch(text):
            joined = bool(names)
            continue
        plain = _JOINT_END.sub("", _JOINT_START.sub("", text))
        joined = joined or _JOINT_START.match(text) is not None
        found = bare(plain)
        loosely = bool(names) and not joined
        if not found or (loosely and (not alone or found.agency or not _LOOSE.isdisjoint(plain.casefold().split()))):
            if is_role(plain) and names:
                joined = False
                continue
            break
        loose += loosely
        agency = agency or found.agency
        names += [name for name in found.names if name != found.agency and name not in names]
        joined = _JOINT_END.search(text) is not None
        rows = n
    if not rows:
        return byline
    doubt = "names one a line, which nothing joins" if loose and not _PLURAL.fullmatch(first.strip(" :")) else ""
    return Byline(tuple(names) or (agency,), agency, labelled=True, rows=rows, doubt=doubt)


def seen(text: str, below: str) -> str:
    """What a short line says behind a label such as "By:", whether it is a name or not; "" where it has no label.

    A label alone says what the line ``below`` says. Labels that are words of any sentence count with a colon only.
    """
    if len(text) > LONGEST // 2 or text[-1:] in ".!?;…":
        return ""
    end = 0 if label_only(text) else label_end(text)
    said = text[end:] if end else below if label_only(text) else ""
    plain = _PLAIN.match(text) is not None or any(colon in text[: end or None] for colon in ":：")
    said = said.strip(" :：")
    return said if plain and 0 < len(said) <= _SEEN and not said[0].islower() and not said.endswith(".") else ""


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
    if first == "THE" and others.isupper():  # a subhead in capitals
        return True
    if not first.isalpha() or not (first.isupper() or first[1:] == first[1:].lower()):
        return len(text) < _SHORTEST
    if not others:
        return not is_agency(text) and not is_name(text)
    second = others.partition(" ")[0]
    return second.isalpha() and second.islower() and second not in _JOINING and first not in _CLEARED


def bio(text: str) -> Byline | None:
    """The author whom a line tells of: "Jane Roe is a reporter …", "Write to Jane Roe at …".

    A sentence that begins with a name is news of somebody, unless it tells of a writer's work.
    """
    found = _MAIL_TO.match(text) or _BIO.match(text)
    if not found or not is_name(found["name"]):
        return None
    if found.re is _BIO and _WORKS.isdisjoint(_WORD.findall(text.casefold())):
        return None
    return Byline((found["name"],), "", labelled=False)


def label_only(text: str) -> bool:
    """Whether a line is "By" alone: the name stands on the next one."""
    return len(text) <= _WIDEST and text.strip(" :").casefold() in _BY


def label_end(text: str) -> int:
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


def _signed(text: str) -> tuple[str, ...]:
    """The names that a paper of East Asia prints before or behind "reporter"."""
    found = _SIGNED.search(text)
    return tuple(filter(None, re.split(r"[·・,、，\s]+", found["names"] or found["after"]))) if found else ()


def _split(text: str, *, labelled: bool) -> Byline | None:
    """The names of a byline's text; None where it holds something that is no name."""
    if _NOISY.search(text) or "Agenturen" in text:
        text = _NOISE.sub(" ", text)
    if _GLUED.search(text):
        text = _GLUED.sub(r"\1 \2", text)
    text = text.strip(" \t:-–—|•·,/")
    if not text.isascii():
        text = _CLITIC.sub(", ", text)
    found = _Names(labelled=labelled)
    parts = _parts(text)
    for joint, piece in parts:  # the first tells of most lines that they are none, whatever stands behind it
        found.take(joint, piece, "")
        break
    rest = [] if found.done else list(parts)
    for n, (joint, piece) in enumerate(rest, 1):
        found.take(joint, piece, rest[n][1] if n < len(rest) else "")
        if found.done:
            break
    if found.none or not (found.names or found.agency):
        return None
    return Byline(tuple(found.names) or (found.agency,), found.agency, labelled)


def _parts(text: str) -> Iterator[tuple[str, str]]:
    """The parts of a byline that say something, each with what joins it to the one before."""
    if _SEPARATOR.search(text) is None and _JOINERS.isdisjoint(text.split()):
        if piece := _tidy(text):
            yield "comma", piece
        return
    text = f",{text}"
    sign, start = "", 0
    for found in _PARTS.finditer(text):
        if start and (piece := _tidy(text[start : found.start()])):
            yield _joint(sign), piece
        sign, start = found[0], found.end()
    if piece := _tidy(text[start:]):
        yield _joint(sign), piece


class _Names:
    """The names of a byline as its parts are read; ``done`` ends it, ``none`` tells that it is no byline."""

    def __init__(self, *, labelled: bool) -> None:
        self.labelled = labelled
        self.names: list[str] = []
        self.agency = ""
        self.role = self.done = self.none = False

    def take(self, joint: str, piece: str, below: str) -> None:
        """Reads a part that ``joint`` joins to the one before it; ``below`` is the next one."""
        if found := is_agency(piece):
            self.agency = self.agency or found
        elif (self.names and joint == "place") or piece.casefold() in dates.WEEKDAYS:
            return
        elif is_name(piece) or (self.labelled and DENSE_NAME.fullmatch(piece)):
            self._name(joint, piece, below)
        elif shorter := _leading_name(piece, labelled=self.labelled):
            self.names.append(shorter)
            self.role = True
        elif is_role(piece):
            self.role = True
        else:
            self.done = True
            self.none = not self.names or not (self.labelled or is_outlet(piece))

    def _name(self, joint: str, piece: str, below: str) -> None:
        if is_outlet(piece) or is_place(piece):
            self.done = self.none = not self.names and not self.labelled
            if self.names or not self.labelled:
                return
        # "Jane Roe, Editor, John Doe, Reporter" are two people; "Jane Roe, Editor, Cray Point" is one.
        elif self.names and (joint == "hard" or (self.role and joint != "and" and not is_role(below))):
            self.done = True
            return
        self.role = False
        if piece.casefold() not in {name.casefold() for name in self.names}:
            self.names.append(piece)


def _joint(sign: str) -> str:
    """What stands between two parts of a byline: it joins two names, says where, or ends the names."""
    word = sign.strip(" ,").casefold()
    return (
        "and"
        if word in _ANDS or sign.strip() in _ANDS
        else "place"
        if word in _WHERE
        else "hard"
        if word in ("-", "–", "—")
        else "comma"
    )


def _tidy(part: str) -> str:
    """A name without its title, e-mail, handle and role."""
    if _HANDLES.search(part):
        part = _HANDLE.sub(" ", part)
    part = " ".join(part.split()).strip(" .:-–—|•·*()[]")
    if part[-2:-1] == " ":
        part = _LONE.sub("", part)
    first = part.partition(" ")[0].rstrip(".")
    if part.count(" ") > 1 and (first.casefold() in _OPENING or not first.isascii()):
        if titles := _TITLES.match(part):
            part = part[titles.end() :]
        if ranked := _RANKED.match(part):
            part = part[ranked.end() :]
    return part.strip()


def _leading_name(text: str, *, labelled: bool) -> str:
    """The name that a byline begins with, where it runs on: "Jane Roe in Berlin", "Jane Roe Senior Editor".

    What runs on as a sentence does is none: "By Christmas Eve the port was closed".
    """
    kept: list[str] = []
    words = text.split()
    stop = ""
    for word in words[:8]:
        plain = word.strip(".,:").casefold()
        if (
            not (word[0].isupper() or plain in PARTICLES or ELIDED.match(word))
            or plain in NEVER
            or plain in ROLES
            or plain in RANKS
        ):
            stop = plain
            break
        kept.append(word)
    role = stop in ROLES or stop in RANKS
    if not labelled and not role and not any(word.casefold() in ROLES for word in words[-1:]):
        return ""
    if len(words) > len(kept) + 1 and not role and stop not in _FOLLOWS and words[len(kept)][0].islower():
        return ""
    while kept and kept[-1].casefold() in PARTICLES:
        kept.pop()
    name = " ".join(kept[:5]).strip(" ,.|")
    return name if is_name(name) else ""


LABELS = _BY = frozenset(TABLE["by"])
_WIDEST = max(map(len, _BY)) + 2
_TOKEN = re.compile(rf"({dates.LETTER}+)(?:\s*[:：/|＝=-]\s*|\s+)")
_BY_FIRST = frozenset(found[0] for label in _BY if (found := re.match(rf"{dates.LETTER}+", label)))
_ANDS = frozenset((*TABLE["and"], "&", "+", ";"))
_WHERE = frozenset(TABLE["where"])
_AND = f"(?:{either([*TABLE['and'], 'AND', 'UND', 'ET', 'Y'])})"  # some of them with a capital are first names: "Dan"
_PARTS = re.compile(rf"(\s*[,;|/•·&+、，]\s*(?:{_AND}\s+)?|\s+(?:{_AND}|{either(TABLE['where'])})\s+|\s[-–—]\s|[()\n])")
_SEPARATOR = re.compile(r"[,;|/•·&+、，()\n–—]| -")  # without one, and without a word such as "and", one part is all
_JOINERS = frozenset((*TABLE["and"], *TABLE["where"], "AND", "UND", "ET", "Y"))
_JOIN_WORDS = rf"(?:[,;&|/·•+、，]|{_AND}(?!{dates.LETTER}))"
_JOINT = re.compile(rf"(?:{_JOIN_WORDS}\s*){{1,2}}")
_JOINT_START = re.compile(rf"^(?:{_JOIN_WORDS}\s+|[,;&|/·•+、，]\s*){{1,2}}")
_JOINT_END = re.compile(rf"(?:\s*[,;&|/·•+、，]|\s+{_AND})+\s*$")
# Hebrew and Arabic write "and" as a letter of the word behind it; some names begin with that letter.
_HEBREW = r"[א-ת\u0620-\u064a]"
_CLITIC = re.compile(rf"(?<={_HEBREW}\s)(?!(?:{either(TABLE['waw'])})(?!{dates.LETTER}))[וو](?={_HEBREW}+\s{_HEBREW}+)")
_PLURAL = re.compile(either(TABLE["plural"]), re.IGNORECASE)
_AFTER = re.compile(rf"(.{{4,60}}?)\s+(?:{either(TABLE['after'])})$")
_SIGNED_MOST = 80  # characters of a line that ends in its label
_SEEN = 60  # characters behind a label that may be a name which is not known for one
_PLAIN = re.compile(r"(?:written |reported |posted )?by\b|מאת|بقلم|संवाददाता|लेखक|oleh\b", re.IGNORECASE)
_NOISE = re.compile(r"https?://\S+|\S+@\S+\.\S+|\([^)]{0,60}\)|\bund\s+Agenturen\b|\b\d{1,2}[:.]\d\d\b.*$")
_NOISY = re.compile(r"[(@:\d]")  # of which noise has one
_CLEARED = ("View", "Follow", "Updated", "Published", "Posted")  # from which on a line is no name
_HANDLE = re.compile(rf"@.*$|\b(?:{either(_CLEARED)})\b.*$|\d.*$")
_LONE = re.compile(r"(?<=[a-zà-ÿ]) [A-Z]$")  # the first letter of a link beside the name
_HANDLES = re.compile(r"[@\dVFUP]")  # with one of which each of those begins
_TITLE = (
    "dr", "prof", "mr", "mrs", "ms", "sir", "herr", "frau", "m", "mme", "sr", "sra", "dott", "ing", "mag", "dipl",
    "rev", "by", "von", "par", "por", "di",
)  # fmt: skip
_TITLES = re.compile(rf"^(?:(?:{either((*_TITLE, 'email', 'follow', 'contact'))})\.?\s+)+(?=\S+\s)", re.IGNORECASE)
_NAME = r"(?P<name>(?:[A-ZÀ-Þ][\w.’'-]+ ){1,3}[A-ZÀ-Þ][\w’'-]+)"
_BIO = re.compile(
    rf"{_NAME},? (?:is (?:an?|the|one|our)|was (?:an?|the)|covers|writes|reports|joined|has been an?|ist|war|schreibt|"
    r"arbeitet|studierte|leitet|es (?:un|una|periodista)|est (?:une?|journaliste|professeur)|è (?:un|una)|"
    r"é (?:um|uma|jornalista)|is (?:een|redacteur))\b"
)
_MAIL_TO = re.compile(rf"(?:Email|Write to|Contact|Follow|Reach) {_NAME} (?:at|on|via)\b")
# "Senior Reporter Jane Roe": what she is stands before her name.
_RANKED = re.compile(
    rf"^(?:(?:{either(sorted(RANKS))})\s+){{0,3}}(?:{either(sorted(ROLE_WORDS))})\s+(?=\S+\s)", re.IGNORECASE
)
# Words with which one of those begins; two more stand behind it.
_OPENING = frozenset(
    word.split()[0].casefold() for word in (*_TITLE, "email", "follow", "contact", *RANKS, *ROLE_WORDS)
)
# Words of a line about an author. What else a name begins is news: "Jane Roe has been named harbour master".
_WORKS = (ROLE_WORDS | frozenset(TABLE["works"])).difference(
    SMALL_WORDS
)  # "editor of the day" makes no writer of who "is the"
_WORD = re.compile(rf"{dates.LETTER}+")
_LOOSE = OUTLETS | {"sun", "star"}  # words of papers that are names as well
_FOLLOWS = _WHERE | _ANDS | NEVER | frozenset(TABLE["follows"])
# Second words after which a line's first word need not be the whole of its first name or agency.
_JOINING = PARTICLES.union(_ANDS, _WHERE, _TITLE, RANKS, ROLE_WORDS, *map(str.split, AGENCIES))
_SHORTEST = min(map(len, AGENCIES))
# "Jane RoeSenior Editor": the page showed the space by its layout.
_GLUED = re.compile(r"([a-zà-ÿ]{3})([A-ZÀ-Þ][a-zà-ÿ]{2})")
_BY_GLUED = re.compile(
    r"(?:[Ww]ritten [Bb]y|[Bb]y|BY|[Vv]on|[Pp]or|[Pp]ar|Di|[Dd]oor|Authors?|Autor(?:in|en)?|Text)"
    r"(?=[A-ZÀ-Þ][\w.’'-]*\.? [^\W\d_])"
)
_COUNTS = re.compile(r"\d\S*(?:\s+\S+){3}")  # a figure in the middle: a headline, no name
_SIGNED = re.compile(  # "Hong Gildong, reporter", as papers of East Asia sign
    r"(?:^|[\s\]·=（(])(?P<names>[\uac00-\ud7a3]{2,4}(?:[·,]\s?[\uac00-\ud7a3]{2,4}){0,5}"
    r"|(?!本报|本報|本刊|特约|首席)[\u4e00-\u9fff]{2,4}(?:[、·]\s?[\u4e00-\u9fff]{2,4}){0,5})\s?(?:선임기자|인턴기자|기자|특파원|記者|记者|特派員)(?=\s|$|[(=,）)])"
    r"|(?:本报|本報|本刊|特约)?(?:记者|記者|作者|撰文|通讯员|文字|文)[:：/／＝=\s]*"
    r"(?P<after>[\u4e00-\u9fff]{2,3}(?:[、·\s][\u4e00-\u9fff]{2,3}){0,5})(?=$|[\s)）（(])"
)
