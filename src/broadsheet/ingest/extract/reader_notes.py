"""Lines at the end of a story → those that speak to its readers rather than tell the news.

In: the lines, paragraphs or blocks of a story, in order. Out: which of them are notes to readers: where to follow the
paper, what its advertisements are, how its comments are moderated, who the author is. Each has a shape of its own, in
any paper: an order ("Follow", "Besuchen Sie") and what it leads to (an address, a network, a newsletter), or a fixed
phrase, as what stands where only those who pay may read on. Notes are looked for below the story's last paragraphs
alone: a story may well say the same of somebody else. Corrections, and who helped to report, belong to the story.
Tables: reader_notes.toml.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Sequence
from importlib.resources import files

from broadsheet.ingest.extract import bylines
from broadsheet.text import either, folded

WHY = "a note to readers"
SURE = 0.9  # how sure it is that such a line is none of the story
_TAIL = 6  # lines at the end among which notes stand
_LONGEST = 420  # characters of one


def find(texts: Sequence[str]) -> list[int]:
    """The places of the notes at the end of a story, the first line not among them; blank texts count for nothing."""
    filled = [n for n, text in enumerate(texts) if text.strip()]
    found = []
    for n in reversed(filled[1:][-_TAIL:]):
        if is_note(texts[n]):
            found.append(n)
        elif len(texts[n].split()) >= _PARAGRAPH:
            break
    return sorted(found)


def is_note(text: str) -> bool:
    """Whether a line is one that speaks to readers, whoever wrote it."""
    if len(text) > _LONGEST:
        return False
    plain = folded(text).replace("’", "'")
    if _PHRASES.search(plain) or (_ORDER.match(plain) and _TARGET.search(plain)):
        return True
    return bylines.bio(text) is not None


def belongs(text: str) -> bool:
    """Whether a line below a story is a part of it: a correction, or who helped to report it."""
    return len(text) <= _LONGEST and (is_correction(text) or _HELP.match(folded(text)) is not None)


def is_correction(text: str) -> bool:
    """Whether a line says that the story itself was corrected: "This article was amended on …", "Correction: …"."""
    if len(text) > _LONGEST:
        return False
    label = CORRECTS.match(text)
    said = _CORRECTED.match(folded(text).replace("’", "'"))
    return said is not None or (label is not None and not _EDITORS.search(label[0]))


def is_paywall(text: str) -> bool:
    """Whether a line says that the story goes on for those who pay: "To continue reading, subscribe"."""
    return len(text) <= _LONGEST and _PAYWALL.search(folded(text[:_WALL]).replace("’", "'")) is not None


_WALL = 160  # characters at the beginning of such a line that say so
_PARAGRAPH = 12  # words of a line above which no notes are looked for

_TABLE: dict[str, list[str]] = tomllib.loads(
    files(__package__).joinpath("reader_notes.toml").read_text(encoding="utf-8")
)


def _any(name: str) -> str:
    """A pattern for any entry of a table."""
    return either(folded(entry) for entry in _TABLE[name])


_HELP = re.compile(rf"\W*(?:{_any('help')})(?!\w)")
_PAYWALL = re.compile(rf"(?<!\w)(?:{_any('paywall')})".replace(r"\#", r"\d+ ?%"))
_CORRECTED = re.compile(rf"\W*(?:{_any('corrected')})(?!\w)")
# How a line that corrects a story, or a note of its editor, is labelled.
CORRECTS = re.compile(
    r"\W*(?:corrections?|clarifications?|editor(?:['’]?s|ial)? note|errat(?:um|a)|korrektur|berichtigung|"
    r"richtigstellung|"
    r"anm(?:erkung|\.) der redaktion|rectificatif|correctif|note de la r[ée]daction|fe de (?:errores|erratas)|"
    r"correcci[oó]n|rectificaci[oó]n|nota de la redacci[oó]n|corre[cç][aã]o|nota da reda[cç][aã]o|rettifica|"
    r"nota della redazione|correctie|rectificatie|r[aä]ttelse|rettelse|oikaisu|sprostowanie|"
    r"oprava)\b[^.!?]{0,40}?[:–—-]",
    re.IGNORECASE,
)
_EDITORS = re.compile(r"note|nota|anm", re.IGNORECASE)  # what is said there need be no correction
_ORDER = re.compile(rf"(?:\W*(?:also|and|please|note|tip)\W+)?(?:{_any('orders')})\b")
_DOMAIN = r"\w\.(?:com|org|net|info|eu|de|at|ch|uk|fr|es|it|nl|se|no|dk|pl|br|pe|co|tv)\b"
_TARGET = re.compile(rf"@\w|https?:|www\.|{_DOMAIN}|\b(?:{_any('targets')})\b")
_PHRASES = re.compile(rf"(?:{_any('phrases')})(?!\w)")
