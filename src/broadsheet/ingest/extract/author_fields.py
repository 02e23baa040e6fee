"""Who wrote it, by fields that say so: the metadata and bylines of a page, the authors of a feed or a wire.

In: a ``PageHead`` and the blocks below the headline. Out: the authors and the agency, each as ``Found``: the names that
the metadata, the links to authors and the byline give. An agency behind names goes to the source; one that signs alone
is the author as well.

In: the texts of a feed's or a wire's fields, each of which may name several. Out: ``Credits``: people, the agency that
signs, and what is neither. Job titles, addresses and accounts are no names; what is not plainly a name is doubted, and
kept to be shown to an editor. Tables: bylines.toml.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from itertools import islice
from typing import Any

import msgspec

from broadsheet import iri
from broadsheet.ingest.extract import bylines
from broadsheet.ingest.extract.blocks import Block, clean, squeeze
from broadsheet.ingest.extract.draft import Found
from broadsheet.ingest.extract.page_fields import site, text
from broadsheet.ingest.extract.page_metadata import PageHead
from broadsheet.ingest.extract.person_names import TABLE, is_agency, is_name
from broadsheet.text import either, letters

_METAS = (
    "parsely-author", "author", "byl", "sailthru.author", "cxenseparse:author", "article:author_name",
    "article:byline", "og:author", "article:author", "article.author", "dc.creator", "dcterms.creator",
    "citation_author", "dcsext.author", "mediator_author", "og:article:author", "authors", "autor",
    "cxenseparse:esp-author", "book:author",
)  # fmt: skip

_BY = re.compile(r"^(?:by|von|par|por|di|door|av|af|od|przez)\s*:?\s+", re.IGNORECASE)
_GLUED = re.compile(r"^(By|Von)(?=[A-ZÀ-Ý])")  # two elements of a page without a space between
_AND = re.compile(r"\s*[;|•·,]\s*|\s*/\s*(?=[A-ZÀ-Ý])|\s+(?:&|and|und|et|y|e|og|och|en|i|ve)\s+", re.IGNORECASE)
# Folders of the address of a person's page, in the main languages of the web.
_FOLDER = re.compile(
    r"/(?:authors?|autor(?:en|in|es|e|i|zy|er)?|profiles?|writers?|people|contributors?|redaktion(?:en)?|staff|by|bio|"
    r"journalist(?:a|e|er|en)?s?|reporters?|columnists?|newsteam|person(?:en)?|auteurs?|autore|yazar(?:lar)?|skribent|"
    r"forfatter|colaborador(?:es)?|firmas?|team|experts?)/[^/]",
    re.IGNORECASE,
)
_CLASS = re.compile(r"(?<![a-z])(?:author|byline|autor|signature|auteur|firma|writer)|(?<=[a-z])(?:Author|Byline)")
_NO_PERSON = re.compile(
    r"https?:|www\.|@|\.(?:com|org|net|de)$|^\W*$|\d|^(?:admin|administrator|editors?|staff|unknown|none|null|author|"
    r"autor|guest|follow|twitter|facebook|email|mehr|more|view|bio|profile|share|nachrichten|news|noticias|newsroom|"
    r"web-?master|webmaster|[a-z]+[_.-][a-z_.-]*|super-?user|wp-?admin|author-?\w*|redaktion|redacción|redacao|rédaction)$",
    re.IGNORECASE,
)
_ROLE = re.compile(
    r"\s+(?:(?:senior|chief|deputy|freelance|assistant|associate|political|sports?|business|staff|news|science|health|"
    r"special|foreign|local|data|investigative|environment|education|economics|culture|technology|managing|executive|"
    r"features?|transport|travel|europe|asia|africa|middle east|city|night|digital|multimedia|video|lead|our|the|"
    r"royal|legal|crime|court|courts|consumer|money|food|fashion|social affairs|world|national|regional|leitende[rn]?|"
    r"freie[rn]?|stellvertretende[rn]?|envoyée?|grand)\s+)*"
    r"(?:correspondent|reporter|editor(?:-in-chief)?|writer|columnist|contributor|journalist|photographer|producer|"
    r"analyst|critic|redakteur(?:in)?|korrespondent(?:in)?|journalistin|chefredakteur(?:in)?|autorin|volontär(?:in)?|"
    r"journaliste|rédacteur|rédactrice|correspondante?|periodista|redactora?|corresponsal|jornalista|repórter|redatora?|"
    r"giornalista|redattore|redattrice|corrispondente|verslaggever|redacteur|toimittaja|reportern?|dziennikarka|"
    r"dziennikarz)\b.*$",
    re.IGNORECASE,
)
_POST = re.compile(
    r"^\S+\s(?:.*\s)?(?:correspondent|reporter|editor|columnist|contributor|bureau chief|staff)$", re.IGNORECASE
)
_HANDLE = re.compile(r"[a-z][a-z0-9_.]*[0-9_.][a-z0-9_.]*|[A-Za-z]+[0-9]+\w*|@\S+")  # what somebody logs in as
_SIGN = re.compile(r"\s*\([^)]{0,20}\)\s*$")  # the short sign of a name: "(obe)"
_DATE = re.compile(r"\d.*$")
_LONGEST_VALUE = 4000  # characters of names in one value
_LONGEST = 60  # characters; what is longer is no name
_LINE = 160  # characters of a byline at most
_AGAINST = 0.75  # how sure a byline is that the metadata contradicts
_WHOLE = 0.88  # how sure a byline is that names the metadata's authors and others too
_DOUBTED = 0.6  # how sure it is that initials, a desk or a nickname is who signed
_MOST = 12  # names; a live blog has as many

Names = tuple[list[str], str]  # people, and the agency or ""


def of_page(head: PageHead, url: str, near: Sequence[Block]) -> tuple[Found[tuple[str, ...]] | None, Found[str] | None]:
    """The authors and the agency of a page; ``near`` are the blocks that follow the headline."""
    host = iri.split(url).netloc.removeprefix("www.")
    house = {squeeze(n) for n in (site(head, url), text(head.node.get("publisher")), host, host.partition(".")[0])}
    agency = None
    for rule, (people, wire), sure in _evidence(head, near):
        if wire and not agency:
            agency = Found(wire, rule, sure)
        signed = {squeeze(name): name for name in people or ([wire] if wire else [])}
        names = tuple(name for key, name in signed.items() if not _is_house(name, key, house))
        if names and (printed := _with_byline(names, rule, near)):
            return printed, agency
        if names:
            person = any(name != wire and is_name(name) for name in names)
            return Found(
                names[:_MOST], rule, sure if person else min(sure, _DOUBTED), head.lines.get(rule.partition(":")[0], 0)
            ), agency
    return None, agency


def _with_byline(names: tuple[str, ...], rule: str, near: Sequence[Block]) -> Found[tuple[str, ...]] | None:
    """The people whom the page's own byline names, where it does not say the same as ``names``.

    Metadata and links often name one of several authors: where the byline names all of theirs and others too, all of
    them wrote it, in its order. Where each side names somebody whom the other does not, the byline is shown in doubt.
    """
    if not all(" " in name and is_name(name) for name in names):  # of a sign or one word too little is known
        return None
    rows = [block for block in near if block.kind != "img" and len(block.text) <= _LINE]
    given = {squeeze(name) for name in names}
    printed = [people for block in rows if (people := _printed(block))]
    for people in printed:
        both = given.intersection(map(squeeze, people))
        if both == given:
            return Found(people[:_MOST], f"{rule}, with the byline", _WHOLE) if len(people) > len(given) else None
        if both and len(both) < len(people):
            return Found(people[:_MOST], "byline, against the metadata", _AGAINST)
    words = set(re.findall(r"\w+", " ".join(block.text for block in rows).casefold()))
    if rule.startswith(("byline", "names", "rel")) or any(
        word in words for name in names for word in re.findall(r"\w{2,}", name.casefold())
    ):
        return None
    return Found(printed[0][:_MOST], "byline, against the metadata", _AGAINST) if printed else None


def _printed(block: Block) -> tuple[str, ...]:
    """The people whom a line signs: with a label, or in an element that is called a byline."""
    row = _GLUED.sub(r"\1 ", _row(block))
    found = bylines.read(row)
    if (not found or not found.labelled) and any(_CLASS.search(here.names) for here in islice(block.around.chain(), 3)):
        found = bylines.bare(row)
    elif found and not found.labelled:
        found = None
    people = tuple(name for name in _plain(found.names) if not _begins_outlet(name, row, found.names)) if found else ()
    return people if all(map(is_name, people)) else ()


def _begins_outlet(name: str, row: str, beside: Sequence[str]) -> bool:
    """Whether what passes for a name in a byline is the outlet's, or begins it: "NJ Advance" of "NJ Advance Media"."""
    called = any(len(word) > 1 and word.isupper() for word in name.split()) and not all(map(str.isupper, beside))
    return called or (name in row and row.partition(name)[2][:2].strip()[:1].isupper())


def _is_house(name: str, key: str, house: set[str]) -> bool:
    """Whether a name is the publication's, alone or with something run into it."""
    if key in house:
        return True
    return any((len(n) > 7 or (len(n) > 2 and name.isupper())) and key.startswith(n) for n in house)


def _evidence(head: PageHead, near: Sequence[Block]) -> Iterator[tuple[str, Names, float]]:
    """What names the authors, best first."""
    yield "json-ld:author", _people(head.node.get("author")), 0.93
    for name in _METAS:
        yield name, split(head.metas.get(name, ())), 0.88
    yield "itemprop:author", split(head.items.get("author", ())), 0.78
    yield "json-ld:creator", _people(head.node.get("creator")), 0.85
    if "written by" in head.meta("twitter:label1").lower():
        yield "twitter:data1", split([head.meta("twitter:data1")]), 0.88
    yield from _signed([block for block in near if block.kind != "img" and len(block.text) <= _LINE])
    yield "rel=author", split(name for name in head.signed if is_name(name)), 0.7


def _people(value: Any) -> Names:
    """The people of JSON-LD. An organisation counts where it is an agency, and an agency of its own entry signs too."""
    people: list[str] = []
    wire = ""
    for item in value[: 4 * _MOST] if isinstance(value, list) else [value]:
        name = text(item.get("name") if isinstance(item, dict) else item)
        if agency := is_agency(name):
            wire = wire or agency
            people.append(name)
        elif not isinstance(item, dict) or "Organization" not in str(item.get("@type")):
            names, found = split([name])
            people += names
            wire = wire or found
    return people, wire


def split(values: Iterable[str]) -> Names:
    """The names in values that hold nothing else: without "By", roles and signs; what cannot be a name is left out."""
    people: list[str] = []
    agency = ""
    for value in values:
        if value.startswith(("http", "@", "/")):
            continue
        for part in _AND.split(_BY.sub("", clean(value[:_LONGEST_VALUE])))[: 4 * _MOST]:
            whole = _BY.sub("", part)
            name = _SIGN.sub("", _ROLE.sub("", whole)).strip(" ,-–—:|.")
            name = name if " " in name else whole.strip(" ,-–—:|.")
            if found := is_agency(name):
                agency = agency or found
            elif (
                1 < len(name) <= _LONGEST
                and not _ROLE.match(f" {name}")
                and not is_nobody(name)
                and not (people and _POST.search(name))
                and not _NO_PERSON.search(name)
                and not _HANDLE.fullmatch(name)
                and len(name.split()) <= 6
            ):
                people.append(name)
    return people, agency


def _signed(lines: Sequence[Block]) -> Iterator[tuple[str, Names, float]]:
    """The byline below the headline: links to people's pages, a line with "By", an element called so, names alone."""
    for block in lines:
        linked = [clean(span.text).strip(" ,") for span in block.spans if span.href and _FOLDER.search(span.href)]
        people = [name for name in linked if is_name(name) or (name and _BY.match(block.text))]
        if people:
            yield "byline link", (people, ""), 0.88
            return
        for row in (_row(block), *_row(block).split("|")):
            if found := bylines.read(_GLUED.sub(r"\1 ", row.strip())):
                yield "byline", (_plain(found.names), found.agency), 0.85
                return
    for block in lines:
        if any(_CLASS.search(here.names) for here in islice(block.around.chain(), 3)):
            row = _ROLE.sub("", _row(block).partition("|")[0])
            if found := bylines.bare(row) or bylines.read(row):
                yield "byline class", (_plain(found.names), found.agency), 0.75
                return
    for block in lines:
        elsewhere = any(span.href and "author" not in span.href for span in block.spans)
        plain = block.kind == "p" and not elsewhere and any(map(str.isupper, block.text))
        if plain and (found := bylines.bare(_DATE.sub("", block.text))):
            yield "names alone", (_plain(found.names), found.agency), 0.6
            return


def _row(block: Block) -> str:
    """A block's text with a space between two elements that a page parts by its layout alone."""
    text = ""
    for span in block.spans:
        glued = text[-1:].islower() and span.text[:1].isupper()
        text += f" {span.text}" if glued else span.text
    return clean(text)


def _plain(names: Iterable[str]) -> list[str]:
    """Names without the job titles that stand behind them."""
    shorter = ((name, _ROLE.sub("", name).strip()) for name in names)
    return [short if is_name(short) else name for name, short in shorter]


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
    for given in texts:
        whole = clean(given)[:LONGEST]
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


def is_nobody(text: str) -> bool:
    """Whether what stands where an author does is a desk, a role or the like: "World desk", "Staff", "La rédaction"."""
    words = [word.strip(".,'’()").casefold() for word in text.split()]
    if not words or _lead(text):
        return False
    if words[-1] in _ROLES | _DESKS and (len(words) == 1 or words[0] not in _ROLES):
        return not (len(words) == 2 and is_name(text))
    if words[0] in _ROLES:
        return not is_name(" ".join(text.split()[1:]))
    return all(word in _NOBODY | _PARTICLES | _OUTLETS | _DESKS | _ROLES for word in words)


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
