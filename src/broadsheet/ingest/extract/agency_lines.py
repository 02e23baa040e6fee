"""The lines that agencies and press offices put around a text: codes above and below it, its end, notes to editors.

In: the text of a wire, with the day on which it is read, or the lines, paragraphs or blocks of a text, in order. Out:
``Codes``: the text without keywords, numbers and signs, the moment at which it was sent; an ``Ending``: the lines that
are not the story's, each with its reason and how sure that is; where a dateline stands. A mark of the end is furniture.
What stands below it, or below a line such as "Notes to editors", is left out with a doubt, so that an editor looks at
it. Where as much stands below as above, or another story may begin, nothing is taken. The forms of codes are those of
ANPA 1312 and of the services that went on with them: AP's, AFP's and dpa's. Tables: agency_lines.toml.
"""

from __future__ import annotations

import datetime as dt
import re
import tomllib
from collections.abc import Mapping, Sequence
from importlib.resources import files

import msgspec

from broadsheet.ingest.extract import dates
from broadsheet.ingest.extract.draft import Draft, Fate, Found, Hints
from broadsheet.ingest.extract.person_names import is_agency
from broadsheet.text import either, folded, letters, spellings

_TOP = 12  # rows with a text, among which a wire's head stands
_FOOT = 6  # those among which its foot does
_SENT = 0.88  # how sure the moment is at which a wire was sent
_MONTH = dt.timedelta(days=31)  # after which a day of the month has come
_FOR_A_DAY = "says for which day a wire was written"
_GOES_ON = "says that a wire goes on"
_TURNS = 24  # characters of a row that says that a wire goes on
_KEYWORD = 60  # characters of the longest keyword line

_FIELD = re.compile(r"\s*\^(?=\S)|(?<=\S)\s*[<=]\s*$")
_MARKED = re.compile(r"\s*\^\S.*[<=]\s*$")
_NUMBER = re.compile(r"[a-z]{1,3}\d{3,4}(?:-?\d{1,3})?", re.IGNORECASE)
_SERVICE = re.compile(r"[a-z] [a-z] (?=.*(?:\d{2}-\d{2}|\d{3,4}\b)).{2,80}", re.IGNORECASE)
# The line above a wire as IPTC 7901 has it, and the signs of who wrote and checked it below.
_HEADER = re.compile(r"[A-Z]{2,4}[- ]?\d{3,4} \d [a-z]{2,3} +\d{1,4}(?: [\w/-]+){0,6}")
_WIRE_SIGNS = re.compile(r"(?:dpa|afp|apa|sda|ats|ansa|efe|kna|epd|sid|lusa|anp|belga|ntb|pap)(?:[ /]\w{1,3}){1,8}")
_SLUG = re.compile(
    r"(?:bc|am|pm|bcn?|ap|afp)-[\w'’&.-]+(?:[ ,]+(?:\d{1,2}(?:st|nd|rd|th)|ld|lead|add|sub|writethru|write-thru|adv\d*"
    r"|urgent|bulletin|\d{1,5}|\d{2}-\d{2}|take \d+)[\w-]*)*",
    re.IGNORECASE,
)
_LEAD = re.compile(
    r"(?:[\w'’&./-]+[ ,]+){0,6}\(?(?:\d{1,2}(?:st|nd|rd|th)|first|second|third|new)?[ -]?"
    r"(?:ld|lead-?all|ldall|writethru|write-thru|ld-writethru|lead-writethru)(?:[ -](?:writethru|write-thru))?\)?"
    r"(?:[ ,]+(?:\d{2}-\d{2}|\d{2,5}|a\d{4}))*",
    re.IGNORECASE,
)
_ADVANCE = re.compile(r"(?:adv\.?\s?\d{1,2}|adv for .{3,40}|for release .{0,3}ams|\d{1,2}adv)", re.IGNORECASE)
_TURN = re.compile(
    r"[(\[]\s*(?:more|mehr|suite|à suivre|a suivre|sigue|segue|follows?)\s*[)\]]|-+\s*more\s*-+", re.IGNORECASE
)
_EDITORS = re.compile(r"\s*\^?\s*eds?\s*:", re.IGNORECASE)
_WRITER = re.compile(
    r"(?:AP|AFP|UPI|Associated Press|Agence France-Presse|United Press)(?: [A-Z]\w+){0,2} "
    r"(?:Writer|Editor|Correspondent)"
)
_AMERICAN = re.compile(r"\w{2,4}-[A-Z]{2}-(\d{2})-(\d{2})-(\d{2})\s+(\d{2})(\d{2})\s?([A-Z]{3,4})\W*")
_EUROPEAN = re.compile(
    r"(?:[\w-]{1,6}[ /]){0,7}(\d{2})(\d{2})(\d{2})(?:\s?([A-Z]{3,4}))?\s+([A-Za-zäéû]{3,5})\.? ?(\d{2}|\d{4})",
)
_UNDERSCORE = re.compile(r"(\([^()]{2,30}\)) _ (?=\S)")


class Codes(msgspec.Struct, frozen=True):
    """The rows (counted from 1) that are codes, each with its reason, and the moment at which the wire was sent.

    ``more`` tells that it says it goes on, so that the text is not whole. ``held`` is the reason for which it is kept
    for a later day, where that is not known to be over.
    """

    rows: dict[int, str] = {}
    sent: Found[dt.date] | None = None
    held: tuple[str, ...] = ()
    more: bool = False

    def on(self, draft: Draft) -> Draft:
        """A draft with what these codes say of it, where they stand among its rows."""
        if not any(fate.line in self.rows for fate in draft.fates):
            return draft
        fates = tuple(
            Fate(fate.line, "markup", self.rows[fate.line]) if fate.line in self.rows else fate for fate in draft.fates
        )
        return msgspec.structs.replace(
            draft,
            fates=fates,
            date=draft.date or self.sent,
            held=(*draft.held, *self.held),
            body_confidence=min(draft.body_confidence, _INCOMPLETE if self.more else 1.0),
        )


_INCOMPLETE = 0.7  # how sure a body is at most that says it goes on


def take_codes(text: str, hints: Hints) -> tuple[str, Codes]:
    """A text whose codes are blank rows and whose other rows are bare of marks; the codes."""
    rows = text.split("\n")
    filled = [n for n, row in enumerate(rows) if row.strip()]
    old = any(_MARKED.fullmatch(rows[n]) for n in filled[:_TOP]) or (
        len(filled) > 2 and sum(rows[n].rstrip().endswith("<") for n in filled) > len(filled) / 2
    )
    known: dict[int, str] = {}
    sent: Found[dt.date] | None = None
    advance = ""
    for place, n in enumerate(filled):
        if not (old or place < _TOP or place >= len(filled) - _FOOT or len(rows[n]) <= _TURNS):
            continue
        row = rows[n].rstrip().lstrip("\x00\x01\x02\x03\x1f")
        head, foot = place < _TOP, place >= len(filled) - _FOOT
        bare = _FIELD.sub("", row).strip() if old else row.strip()
        if foot and (moment := _moment(bare, hints)):
            sent = Found(moment, "the moment at which the wire was sent", _SENT, n + 1)
            known[n + 1] = "the codes at the end of a wire"
        elif why := _code(bare, head=head, foot=foot, old=old):
            known[n + 1] = why
            advance = advance or (bare if why is _FOR_A_DAY else "")
        elif old:
            indent = row[: len(row) - len(row.lstrip())]
            rows[n] = indent + _UNDERSCORE.sub(r"\1 — ", bare).replace("``", "“").replace("''", "”")
        elif head and row.endswith(" =") and not row.startswith("="):
            rows[n] = row[:-2].rstrip()
    if not (old or known):
        return text, Codes()
    for n in known:
        rows[n - 1] = ""
    held = (f'it says "{advance}": it was written for a later day',) if advance and not _over(sent, hints) else ()
    return "\n".join(rows), Codes(known, sent, held, _GOES_ON in known.values())


def _over(sent: Found[dt.date] | None, hints: Hints) -> bool:
    """Whether the day for which a wire was written is over for sure: a month has gone by since it was sent."""
    if sent is None:
        return False
    day = sent.value.date() if isinstance(sent.value, dt.datetime) else sent.value
    return hints.today - day > _MONTH


def _code(row: str, *, head: bool, foot: bool, old: bool) -> str:
    """What a row is that holds codes of a wire and nothing else; nothing for any other."""
    if _TURN.fullmatch(row):
        return _GOES_ON
    if head and len(row) <= _KEYWORD and (_SLUG.fullmatch(row) or _LEAD.fullmatch(row)):
        return "the keyword of a wire"
    if (head or foot) and _ADVANCE.fullmatch(row):
        return _FOR_A_DAY
    if foot and _WIRE_SIGNS.fullmatch(row):
        return "the signs of who wrote a wire"
    if head and (_HEADER.fullmatch(row) or (old and (_NUMBER.fullmatch(row) or _SERVICE.fullmatch(row)))):
        return "the number and category of a wire"
    if old and head and _EDITORS.match(row):
        return "a note of the wire to editors"
    if old and head and _WRITER.fullmatch(row):
        return "what the author is"
    return ""


def _moment(row: str, hints: Hints) -> dt.date | None:
    """The moment that a row of codes gives: "AP-NY-03-04-25 1012EST", "dpa jf ao 041012 MRZ 25"."""
    if found := _AMERICAN.fullmatch(row):
        month, day, year, hour, minute = (int(found[n]) for n in range(1, 6))
        zone = dates.ZONES.get(found[6].casefold())
    elif found := _EUROPEAN.fullmatch(row):
        day, hour, minute = (int(found[n]) for n in range(1, 4))
        month, year = dates.MONTHS.get(found[5].casefold(), 0), int(found[6]) % 100
        zone = dates.ZONES.get((found[4] or "").casefold())
    else:
        return None
    try:
        moment = dt.datetime(2000 + year, month, day, hour, minute, tzinfo=dt.UTC)
    except ValueError:
        return None
    known = moment.date() if zone is None else moment.replace(tzinfo=dt.timezone(dt.timedelta(hours=zone)))
    return None if moment.date() > hints.today else known


def dateline(text: str) -> re.Match[str] | None:
    """The "MOSCOW, May 7 (Xinhua) —" that a text begins with: ``place``, and ``day``, ``year``, ``agency`` or None."""
    found = _DATELINE.match(text, 0, _FAR)
    if found is None or is_agency(found["agency"] or ""):
        return found
    least = _POINTED if found[0].rstrip().endswith(".") else 3
    return found if found["place"].isupper() and len(found["place"]) >= least else None


def placed_day(text: str) -> re.Match[str] | None:
    """The "Kettleford, 10 April 2026 –" that a text begins with, its place written like any name: ``day``."""
    return _PLACE_AND_DAY.match(text, 0, _FAR)


_DATELINE = re.compile(
    r"(?P<place>[^\W\d_a-zà-ÿ][^\W\d_]*(?:[ .,’'/-]{1,2}[^\W\d_]+){0,5}?)"
    r"(?:(?:, [^\W\d_]{2,20}\.?(?: [^\W\d_]{2,20})?)??,\s+"
    r"(?P<day>(?:[^\W\d_]{3,10}\.? \d{1,2}|\d{1,2}\.? [^\W\d_]{3,10})(?P<year>,? (?:19|20)\d\d)?))?"
    r"\s*(?:\((?P<agency>[^()]{2,40})\)|/[\w -]{2,40}/)?(?:\s*(?:—|–|--|-)|(?<=[^\W\d_a-zà-ÿ]{4})\.)\s+"
    r"(?=[\"“‘„«¿¡]?[^\W_])"
)
_POINTED = 5  # letters of a place in capitals that a full stop may end: "STOCKHOLM. Sweden joined …"
_PLACE_AND_DAY = re.compile(
    r"[^\W\d_a-zà-ÿ][^\W\d_]*(?:[ .,’'/-]{1,2}[^\W\d_]+){0,5}?(?:,\s+|,?\s+\()(?:[^\W\d_]{2,3}\s+)?"
    r"(?P<day>(?:[^\W\d_]{3,10}\.? \d{1,2}|\d{1,2}(?:\.|er|º)? (?:de )?[^\W\d_]{3,10})\.?,? (?:de )?(?:19|20)\d\d)"
    r"\)?\s*(?:\([^()]{2,40}\)\s*)?(?:(?:\.\s?)?(?:—|–|--|-)|[.:])\s+(?=[\"“‘„«¿¡]?[^\W_])"
)
_FAR = 120  # characters from which on no dateline ends


_SURELY, _LIKELY = 0.75, 0.6  # how sure it is that what heads say is no story, and what stands below a mark alone
_LONGEST = 90  # characters of a line that heads notes
_WORDS = 25  # words of a line that heads a contact and names it
_NEAR = 3  # lines below a mark among which something says what they are
_REACH = 4  # lines below a head of contacts among which one is reached
_SHARE = 0.5  # of the story's words: more than that below it is no ending
_LEAST = 12  # words of the shortest story that has an ending
_NAMED = 80  # characters in which a paragraph on an organisation names it
_SHOWN = 60  # characters by which a piece is known


class Ending(msgspec.Struct, frozen=True):
    """The lines that are not the story's, by their places (counted from 0): why, and how sure that is (0 to 1)."""

    lines: dict[int, tuple[str, float]]

    @property
    def sure(self) -> float:
        """How sure it is that nothing of the story is among them."""
        return min((sure for _, sure in self.lines.values()), default=1.0)


NONE = Ending({})


def is_apart(text: str) -> bool:
    """Whether a row is a mark of the end, or heads notes or contacts: it is never joined with another."""
    return len(text) <= _LONGEST and _may_be(text) and (is_mark(text) or _head(text) != "")


def _may_be(text: str) -> bool:
    """Whether a row begins with a word that a mark or a head begins with; faster than to read it."""
    bare = text.lstrip(_FRAME)
    return not bare or _key(bare.partition(" ")[0].partition(":")[0].rstrip(_FRAME)) in _FIRST


def heads_notes(text: str) -> bool:
    """Whether a row heads notes to editors; what it says of those ("not for publication") is not said of the story."""
    return len(text) <= _LONGEST and _may_be(text) and _head(text) == "notes"


def is_mark(text: str) -> bool:
    """Whether a line marks the end of a text: "ENDS", "- Ende -", "###", "-30-"."""
    bare = text.strip()
    if len(bare) > _LONGEST or not bare:
        return False
    said = _key(bare.strip(_FRAME))
    if _SIGNS.fullmatch(bare) or said in _BARE:
        return True
    framed = bare[0] in _FRAME and bare[-1] in _FRAME
    return said in _FRAMED and (framed or (bare.isupper() and said.isalpha()))


def find_ending(texts: Sequence[str]) -> Ending:
    """The ending of a text, by its lines, paragraphs or blocks; blank ones count."""
    filled = [n for n, text in enumerate(texts) if text.strip()]
    if len(filled) < 2 or not any(is_apart(texts[n].partition("\n")[0]) for n in filled):
        return NONE
    sizes = [len(texts[n].split()) for n in filled]
    marks = [place for place, n in enumerate(filled) if is_mark(texts[n])]
    taken: dict[int, tuple[str, float]] = {}
    parting = set[str]()  # marks below which the text went on
    for place, end in zip(marks, [*marks[1:], len(filled)], strict=False):
        below = [texts[n] for n in filled[place + 1 : end]]
        above = sum(sizes[:place])
        told = next((why for k in range(min(_NEAR, len(below))) if (why := _heads(below[k:]))), "")
        tail = bool(told) or (end == len(filled) and sum(sizes[place + 1 : end]) <= above * _SHARE)
        if above < _LEAST or (below and (not tail or (texts[filled[place]] in parting and not told))):
            parting.add(texts[filled[place]])
            continue
        taken[filled[place]] = ("a mark at the end of the text", 1.0)
        sure = _SURELY if told else _LIKELY
        taken |= {filled[k]: (told or "below the mark at the end", sure) for k in range(place + 1, end)}
    for place, n in enumerate(filled):
        if n in taken or sum(sizes[:place]) < max(_LEAST, sum(sizes[place:]) * _SHARE):
            continue
        if why := _heads([texts[k] for k in filled[place:]], alone=True):
            taken |= {k: (why, _SURELY) for k in filled[place:] if k not in taken}
            break
    return Ending(taken)


def on(draft: Draft, rows: Mapping[int, tuple[str, float]]) -> Draft:
    """A draft of whose rows some are its ending: why each is left out, and how sure that is."""
    mine = [said for fate in draft.fates if (said := rows.get(fate.line))]
    if not mine:
        return draft
    fates = tuple(
        Fate(fate.line, "dropped", said[0], confidence=said[1]) if (said := rows.get(fate.line)) else fate
        for fate in draft.fates
    )
    sure = min(draft.body_confidence, *(sure for _, sure in mine))
    return msgspec.structs.replace(draft, fates=fates, body_confidence=sure)


def checked(draft: Draft) -> Draft:
    """A draft without the ending that its reader took for text; its fates say so."""
    paragraphs = draft.body.strip("\n").split("\n\n")
    ending = find_ending([_plain(paragraph) for paragraph in paragraphs])
    if not ending.lines or len(ending.lines) == len(paragraphs):
        return draft
    gone = {letters(_plain(paragraphs[n]))[:_SHOWN]: said for n, said in ending.lines.items()}
    fates = tuple(_fate(fate, gone) for fate in draft.fates)
    body = "\n\n".join(paragraph for n, paragraph in enumerate(paragraphs) if n not in ending.lines) + "\n"
    return msgspec.structs.replace(
        draft, body=body, fates=fates, body_confidence=min(draft.body_confidence, ending.sure)
    )


def _fate(fate: Fate, gone: dict[str, tuple[str, float]]) -> Fate:
    if fate.role not in ("body", "subhead") or not (key := letters(fate.text)[:_SHOWN]):
        return fate
    said = gone.get(key) or next((said for head, said in gone.items() if len(key) > 3 and head.startswith(key)), None)
    return Fate(fate.line, "dropped", said[0], fate.text, said[1]) if said else fate


def _heads(texts: Sequence[str], *, alone: bool = False) -> str:
    """What some lines are that begin with a head of notes, contacts or the sender; nothing where they do not.

    ``alone``: no mark of the end stands above, so that a word such as "Contact" must have one below it.
    """
    kind = _head(texts[0])
    if kind == "notes":
        return "notes to editors"
    reached = any(_CONTACT.search(text) for text in texts[: _REACH + 1])
    if kind == "contacts" and (reached or not alone):
        return "whom editors may ask"
    if not alone and _CONTACT.search(texts[0]) and len(texts[0].split()) <= _WORDS:
        return "whom editors may ask"
    if alone and not any(is_mark(text) or _head(text) for text in texts[1:]):
        return ""  # a subhead of a story may begin so
    name = _about(texts[0])
    words = [word for word in _key(name).split() if word not in _ARTICLES]
    said = _key(texts[1][:_NAMED]) if len(texts) > 1 else ""
    return "who the sender is" if words and all(word in said for word in words) else ""


def _head(text: str) -> str:
    """Which kind of notes a line heads: "notes" or "contacts", or nothing."""
    first, _, more = text.partition("\n")
    if len(first) > _LONGEST and ":" not in first[:_LONGEST]:
        return ""
    said, colon, rest = first.partition(":")
    rest += more
    kind = _HEADS.get(_key(_BRACKETED.sub("", said).strip(_FRAME)), "")
    if not kind or (not colon and more) or not rest.strip():
        return kind
    return kind if kind == "notes" or (_CONTACT.search(rest) and len(text.split()) <= _WORDS) else ""


def _about(text: str) -> str:
    """The name in a line "About the Harbour Trust"; nothing where it is none."""
    bare = text.strip(" \t#*_:：")
    if len(bare) > _LONGEST or bare[-1:] in ".!?…" or not (found := _ABOUT.match(folded(bare))):
        return ""
    name = bare[found.end() :].strip()
    return name if any(word[:1].isupper() for word in name.split()) else ""


def _plain(paragraph: str) -> str:
    """A paragraph of Markdown without its escapes and marks."""
    return _ESCAPED.sub(r"\1", _MARKUP.sub("", paragraph)).strip()


def _key(text: str) -> str:
    return " ".join(folded(text).replace("’", "'").split()).strip(" .,;!")


_TABLE: dict[str, dict[str, list[str]]] = tomllib.loads(
    files(__package__).joinpath("agency_lines.toml").read_text("utf-8")
)


def _spelt(phrases: Sequence[str]) -> frozenset[str]:
    return frozenset(_key(spelt) for phrase in phrases for spelt in spellings(phrase))


_FRAMED, _BARE = (_spelt(_TABLE["marks"][name]) for name in ("framed", "bare"))
_HEADS = {key: kind for kind in ("contacts", "notes") for key in _spelt(_TABLE["heads"][kind])}
_FIRST = frozenset(key.partition(" ")[0] for key in (*_FRAMED, *_BARE, *_HEADS)) | {"xxx", ""}
_ARTICLES = frozenset(_TABLE["heads"]["articles"])
_ABOUT = re.compile(rf"(?:{either(_spelt(_TABLE['heads']['about']))})(?:\s+|(?<='))")
_FRAME = " \t-–—−*#~=_.:!/\\|<>()[]{}•·+"
_SIGNS = re.compile(r"(?:# ?){3,}|(?:-|–|—) ?(?:0|30|x{3}) ?(?:-|–|—)|x{3,}", re.IGNORECASE)
_BRACKETED = re.compile(r"\s*\([^()]{0,60}\)\s*")
_CONTACT = re.compile(
    r"[\w.+-]+@[\w-]+\.\w|(?<!\w)(?:\+|\(0|0|\(\d)\d?[\d\s()/.-]{6,}\d(?!\w)|\b\d{3}[-. ]\d{3,4}[-. ]\d{3,4}\b"
)
_ESCAPED = re.compile(r"\\([^\w\s])")
_MARKUP = re.compile(r"\A(?:#{1,6}\s+|>\s?)|(?<!\\)[*_]{1,2}(?=\S)|(?<=[^\s\\])[*_]{1,2}")
