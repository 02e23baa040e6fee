"""What stands below a story for editors: the mark of its end, notes to them, contacts, who the sender is.

In: the lines, paragraphs or blocks of a text, in order. Out: an ``Ending``: those that are not the story's, each with
its reason and how sure that is. A mark of the end is furniture. What stands below it, or below a line such as "Notes to
editors", is left out with a doubt, so that an editor looks at it. Where as much stands below as above, or another story
may begin, nothing is taken. Tables: endings.toml.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping, Sequence
from importlib.resources import files

import msgspec

from broadsheet.ingest.extract.draft import Draft, Fate
from broadsheet.text import either, folded, letters, spellings

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
    if _SIGNS.fullmatch(bare):
        return True
    said = _key(bare.strip(_FRAME))
    if said in _BARE:
        return True
    framed = bare[0] in _FRAME and bare[-1] in _FRAME
    return said in _FRAMED and (framed or (bare.isupper() and said.isalpha()))


def find(texts: Sequence[str]) -> Ending:
    """The ending of a text, by its lines, paragraphs or blocks; blank ones count."""
    filled = [n for n, text in enumerate(texts) if text.strip()]
    if len(filled) < 2 or not any(is_apart(texts[n].partition("\n")[0]) for n in filled):
        return NONE
    sizes = [len(texts[n].split()) for n in filled]
    marks = [place for place, n in enumerate(filled) if is_mark(texts[n])]
    taken: dict[int, tuple[str, float]] = {}
    for place, end in zip(marks, [*marks[1:], len(filled)], strict=False):
        below = [texts[n] for n in filled[place + 1 : end]]
        above = sum(sizes[:place])
        told = next((why for k in range(min(_NEAR, len(below))) if (why := _heads(below[k:]))), "")
        tail = bool(told) or (end == len(filled) and sum(sizes[place + 1 : end]) <= above * _SHARE)
        if above < _LEAST or (below and not tail):
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
    ending = find([_plain(paragraph) for paragraph in paragraphs])
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
    files(__package__).joinpath("endings.toml").read_text(encoding="utf-8")
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
