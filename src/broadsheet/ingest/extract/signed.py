"""What a feed or a wire gives as the author → people, the agency that signs, and what is neither.

In: the texts of fields that say who wrote, each of which may name several. Out: ``Credits``. Job titles, addresses and
accounts are no names; what is not plainly a name is doubted, and kept to be shown to an editor. Tables: bylines.toml.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

import msgspec

from broadsheet.ingest.extract import bylines
from broadsheet.ingest.extract.blocks import clean
from broadsheet.ingest.extract.draft import Found
from broadsheet.ingest.extract.names import TABLE, is_agency, is_name
from broadsheet.text import either, letters

LONGEST = 300  # characters of a field that names people


class Credits(msgspec.Struct, frozen=True):
    """People as printed, the agency, what was seen that is neither, and how sure the people are (0 to 1)."""

    names: tuple[str, ...] = ()
    agency: str = ""
    doubted: tuple[str, ...] = ()
    confidence: float = 0.93

    def found(self, rule: str, line: int = 0) -> Found[tuple[str, ...]] | None:
        """The authors as a field; where there are none, what was seen in their place, as more likely wrong."""
        if self.names:
            return Found(self.names, rule, self.confidence, line)
        return Found(self.doubted, f"{rule}, no name of a person", 0.2, line) if self.doubted else None


def read(texts: Iterable[str], outlet: str = "") -> Credits:
    """Who wrote, by fields that say so; ``outlet`` is the publication's own name, which is nobody's."""
    names: list[str] = []
    doubted: list[str] = []
    agency, sure = "", True
    for text in texts:
        whole = clean(text)[:LONGEST]
        if not whole:
            continue
        for piece, wired in _pieces(_without_addresses(whole)):
            kind, value = _kind(piece, outlet, wired=wired)
            if kind in ("name", "lead"):
                names.append(value)
                sure = sure and kind == "name"
            elif kind == "agency":
                agency = agency or value
            elif kind == "doubt":
                doubted.append(value)
                sure = False
        if _ADDRESS.fullmatch(whole):
            doubted.append(whole)
    known = {name.casefold(): name for name in reversed(names)}
    kept = tuple(name for name in dict.fromkeys(names) if known[name.casefold()] == name)
    return Credits(kept, agency, tuple(dict.fromkeys(doubted)), 0.93 if sure else 0.7)


def _without_addresses(text: str) -> str:
    """A field without mail addresses and links: "desk@a.example (Jane Roe)" is Jane Roe."""
    if found := _MAIL_NAME.fullmatch(text):
        return found[1] or found[2]
    text = re.sub(r"</?[a-zA-Z][^<>]{0,200}>", " ", text)
    return " ".join(_ADDRESSES.sub(" ", text).split())


def _pieces(text: str) -> Iterable[tuple[str, bool]]:
    """The parts of a field, each with whether it stands after a slash or a bar, where wires put the agency."""
    if turned := _TURNED.fullmatch(text):
        text = f"{turned[2]} {turned[1]}"
    text = _LABEL.sub("", text)
    for n, side in enumerate(_SIDES.split(text)):
        for piece in _JOINTS.split(side):
            if piece.strip(" .,;:()[]-"):
                yield piece.strip(" ,;:-"), n > 0


def _kind(piece: str, outlet: str, *, wired: bool) -> tuple[str, str]:
    """What a part is: a "name", a "lead" to one, an "agency", a "title" that is left out, or a "doubt"."""
    bare = piece.strip("()[] ")
    if known := is_agency(bare):
        return "agency", known
    if outlet and letters(bare) == letters(outlet):
        return "agency", bare
    words = [word.strip(".,").casefold() for word in bare.split()]
    if not words:
        return "title", ""
    if words[-1] in _ROLES or words[0] in _ROLES:
        lead = _lead(bare)
        return ("lead", lead) if lead else ("title", bare) if 1 < len(words) < 4 else ("doubt", bare)
    if len(words) > 1 and words[-1] in _DESKS:
        return "title", bare
    if len(words) > 1 and words[-1] in _OUTLETS:
        return ("agency", bare) if wired or words[-1] not in _SURNAMES else ("doubt", bare)
    titled = _TITLES.sub("", bare).strip()
    if _is_name(titled):
        return "name", titled
    if wired and bare[:1].isupper() and len(bare) > 3:
        return "agency", bare
    return ("lead", lead) if (lead := _lead(titled)) else ("doubt", bare)


def _lead(text: str) -> str:
    """The name that a field begins with, where a job title or a place follows: "Jane Roe Harbour Writer"."""
    byline = bylines.read(f"By {text}")
    name = byline.names[0] if byline and byline.names else ""
    if name and name != text and _is_name(name) and not is_agency(name):
        return name
    words = text.split()
    end = next((n for n, word in enumerate(words) if n and word.casefold() not in _PARTICLES), 0) + 1
    first = " ".join(words[:end])
    return first if end < len(words) and words[-1].casefold() in _ROLES and _is_name(first) else ""


def _is_name(text: str) -> bool:
    """Whether words read like a person's name, in a field that is known to say who wrote."""
    if is_name(text) or _DENSE.fullmatch(text):
        return True
    words = text.split()
    if not 2 <= len(words) <= 6 or len(text) > 60 or _NO_NAME.search(text):
        return False
    plain = [word.strip(".,’'").casefold() for word in words]
    if any(word in _ROLES or word in _OUTLETS or word in _NOBODY for word in plain):
        return False
    capital = [word[0].isupper() or word[0].lower() == word[0].upper() or bool(_JOINED.match(word)) for word in words]
    return capital[0] and capital[-1] and all(c or p in _PARTICLES for c, p in zip(capital, plain, strict=True))


_WORDS: dict[str, list[str]] = TABLE["fields"]
_MAIL_NAME = re.compile(r"<?[^\s@<>]+@[^\s@<>]+>?\s*\(([^()]+)\)|\"?([^<>\"]+?)\"?\s*<[^\s@<>]+@[^\s@<>]+>")
_ADDRESS = re.compile(r"<?(?:https?://\S+|www\.\S+|\S+@\S+\.\S+)>?", re.IGNORECASE)
_ADDRESSES = re.compile(r"[(<\[]?(?:https?://[^\s)>\]]+|www\.[^\s)>\]]+|[^\s(<\[@]+@[^\s)>\]@]+\.[^\s)>\]@]+)[)>\]]?")
_TURNED = re.compile(r"([^\W\d_][\w’'-]+), ([^\W\d_][\w’'.-]*(?: [^\W\d_]\.?)?)")
_JOINTS = re.compile(rf"\s*[;,、，＋+&]\s*|\s+(?:{either(_WORDS['and'])})\s+", re.IGNORECASE)
_SIDES = re.compile(r"\s*[/|·•(\[]\s*|\s+[–—-]\s+|\s+(?:for|für|pour|para|per|voor|för|dla|для)\s+(?=[A-ZÀ-ÞА-Я])")
_DENSE = re.compile("[\u4e00-\u9fff]{2,4}|[\uac00-\ud7a3]{2,4}|[\u30a0-\u30ff·]{4,12}")
_LABEL = re.compile(
    r"^\s*(?:(?:written|words|story|text|reported|posted|published)\s+by|by|von|par|por|di|door|av|af|text|autor(?:in)?)"
    r"(?:\s*:\s*|\s+)(?=\S)",
    re.IGNORECASE,
)
_TITLES = re.compile(
    r"^(?:(?:dr|prof|mr|mrs|ms|mx|sir|dame|rev|herr|frau|mme|ing|mag|dipl)\.?\s+)+(?=\S+\s)", re.IGNORECASE
)
_NO_NAME = re.compile(r"[\d@:!?…\"“”«»#%=<>{}_*™®©$€]")
_JOINED = re.compile(r"(?:d|l|dell|dall|o|al|el|ad|an|ar|as|bin|ibn)[’'-][^\W\d_]", re.IGNORECASE)
_PARTICLES = frozenset(_WORDS["particles"])
_ROLES = frozenset(_WORDS["roles"])
_OUTLETS = frozenset(_WORDS["outlets"])
_DESKS = frozenset(_WORDS["desks"])
_SURNAMES = frozenset(_WORDS["surnames"])
_NOBODY = frozenset(_WORDS["nobody"])
