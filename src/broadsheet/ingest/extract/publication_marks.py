"""Lines by which a text says that it is not for readers, or not yet: "EMBARGOED UNTIL …", "HOLD FOR RELEASE".

In: the lines of a text, a subject, a headline. Out: ``Marks``: reasons to hold the story, the moment of its embargo,
and the lines that say so. Tables: publication_marks.toml. A line is a mark where nothing in it says anything else; a
sentence of a story that tells of an embargo is none.
"""

from __future__ import annotations

import datetime as dt
import re
import tomllib
from collections.abc import Iterator, Sequence
from importlib.resources import files
from typing import Any, Literal

import msgspec

from broadsheet.ingest.extract import dates, endings, moments
from broadsheet.ingest.extract.draft import Draft, Fate, Found, Hints
from broadsheet.ingest.extract.moments import Moment
from broadsheet.text import clip, either, folded, letters, spellings

Kind = Literal["embargo", "held", "free", "label"]

_HEAD, _TAIL = 15, 6  # lines at the beginning of a text, up to its prose, and at its end, among which marks stand
_PROSE = 25  # words of a line of prose
_WIDE = 160  # characters of one
_LONGEST = 300  # characters of a line that may be a mark
_DENSEST = 60  # characters of one in a script without spaces
_DENSE_REST = 8  # letters of it besides the mark and its moment
_WEAK = 5  # words of a line in which a word of any story is a mark
_FEW = 10  # words of a moment in a language that is not known
_MORE = 6  # words of another kind in a line that names an embargo with its moment
_SHOWN = 120  # characters of a mark that a reason repeats


class Mark(msgspec.Struct, frozen=True):
    """One mark: what it says, the lines that it takes, and what else these say (a headline, in a subject).

    ``moment`` is that of an embargo, or of a release that is past. ``stays`` tells that the line says more than can be
    taken out, and is left where it is.
    """

    kind: Kind
    text: str
    lines: tuple[int, ...]
    moment: Moment | None = None
    rest: str = ""
    stays: bool = False

    @property
    def why(self) -> str:
        """What it says, in words that an editor understands."""
        if self.kind == "embargo" and self.moment:
            return f"not before {self.moment.value:%Y-%m-%d %H:%M %z}"
        said = {"free": "it is free for release", "label": "what the text is"}
        return said.get(self.kind, "it is not for readers")


class Marks(msgspec.Struct, frozen=True):
    """The marks of a text: ``held`` are reasons, ``embargo`` is the latest moment, ``released`` a day that is past."""

    found: tuple[Mark, ...] = ()
    held: tuple[str, ...] = ()
    embargo: Found[dt.datetime] | None = None
    released: Found[dt.date] | None = None

    def on(self, draft: Draft, first: int = 0) -> Draft:
        """A draft with what these marks say of it, and with the fates of their rows where ``first`` counts these.

        ``first`` is the number of the row that was the first one among those looked at.
        """
        if not self.found:
            return draft
        said = {n + first: mark.why for mark in self.found for n in mark.lines if not (mark.rest or mark.stays)}
        fates = [Fate(f.line, "status", said[f.line]) if first and f.line in said else f for f in draft.fates]
        known = [one for one in (draft.embargo, self.embargo) if one]
        return msgspec.structs.replace(
            draft,
            fates=tuple(fates),
            held=tuple(dict.fromkeys((*draft.held, *self.held))),
            embargo=max(known, key=lambda one: one.value) if known else None,
            date=draft.date or self.released,
        )

    def within(self, rows: range, hints: Hints) -> Marks:
        """Those that stand in some of the rows, counted from 0."""
        return _marks(tuple(mark for mark in self.found if mark.lines[0] in rows), hints)


def find(lines: Sequence[str], hints: Hints) -> Marks:
    """The marks among lines, rows or paragraphs of a text, by their places in it (counted from 0); blank ones count."""
    return _marks(tuple(_found(lines, hints)), hints)


def subject(text: str, hints: Hints) -> Marks:
    """The mark in a subject or headline; its ``rest`` is the headline without it."""
    mark = _read(text, hints, 0) if _may_be(text) else None
    return _marks((mark,), hints) if mark and not mark.stays else Marks()


def take(text: str, hints: Hints) -> tuple[str, Marks]:
    """A text whose marks are blank rows, so that no reader of it takes them for a headline or its prose."""
    rows = text.split("\n")
    marks = find(rows, hints)
    if not marks.found:
        return text, marks
    for mark in marks.found:
        for n in mark.lines if not mark.stays else ():
            rows[n] = mark.rest
    return "\n".join(rows), marks


def checked(draft: Draft, hints: Hints) -> Draft:
    """A draft whose headline and body are asked for marks that its reader took for text: they leave, and count."""
    title = subject(draft.title.value, hints)
    if title.found and title.found[0].rest:
        draft = msgspec.structs.replace(draft, title=msgspec.structs.replace(draft.title, value=title.found[0].rest))
    draft = title.on(draft)
    paragraphs = draft.body.strip("\n").split("\n\n")
    marks = find([_ESCAPED.sub(r"\1", one) if "\\" in one else one for one in paragraphs], hints)
    taken = {n: mark for mark in marks.found if not mark.stays for n in mark.lines}
    kept = [taken[n].rest if n in taken else paragraph for n, paragraph in enumerate(paragraphs)]
    if not taken or not any(kept):
        return marks.on(draft)
    said = {letters(paragraphs[n]): mark.why for n, mark in taken.items()}
    fates = tuple(
        Fate(fate.line, "status", said[key], fate.text) if (key := letters(fate.text)) and key in said else fate
        for fate in draft.fates
    )
    body = "\n\n".join(filter(None, kept)) + "\n"
    return marks.on(msgspec.structs.replace(draft, body=body, fates=fates))


def _marks(found: tuple[Mark, ...], hints: Hints) -> Marks:
    held, embargo, released = [], None, None
    for mark in found:
        said = f'it says "{clip(mark.text, _SHOWN)}"'
        line = mark.lines[0] + 1
        if mark.kind == "held":
            held.append(said if mark.moment is None else f"{said}, and the moment is not clear")
        elif mark.kind == "embargo" and mark.moment:
            doubt = _doubt(mark.moment, hints)
            one = Found(mark.moment.value, f"{said}, but {doubt}" if doubt else said, 0.5 if doubt else 0.95, line)
            embargo = max((embargo, one), key=lambda it: it.value) if embargo else one
        elif mark.moment:
            released = Found(_day(mark.moment), said, 0.5 if mark.moment.doubt else 0.85, line)
    return Marks(found, tuple(held), embargo, released)


def _day(moment: Moment) -> dt.date:
    return moment.value if moment.timed else moment.value.date()


def _doubt(moment: Moment, hints: Hints) -> str:
    """What makes an embargo unsure; nothing where it is over however it is read."""
    other = moments.swapped(moment) if "other way" in moment.doubt else None
    last = max(filter(None, (moment.value, other)))
    return "" if last.date() < hints.today - moments.PAST else moment.doubt


def _found(lines: Sequence[str], hints: Hints) -> Iterator[Mark]:
    filled = [n for n, line in enumerate(lines) if line and not line.isspace()]
    head, prose = set[int](), 0
    for n in filled[:_HEAD]:
        prose += _is_prose(lines[n])
        if prose > 1:
            break
        head.add(n)
    near = head.union(filled[-_TAIL:])
    taken = -1
    asked = [(place, n) for place, n in enumerate(filled) if n in near or lines[n].isupper()]
    for place, n in asked:
        if n <= taken or not _may_be(lines[n]) or endings.heads_notes(lines[n]):
            continue
        following = filled[place + 1] if place + 1 < len(filled) else -1
        mark = _read(lines[n], hints, n, weak=place < _WEAK, alone=not place)
        if (mark is None or mark.moment is None) and following >= 0 and following - n <= 2:
            mark = _over_two(lines[n], lines[following], hints, (n, following)) or mark
        if mark is None or (n not in near and mark.stays):
            continue
        taken = mark.lines[-1]
        yield mark


def _may_be(line: str) -> bool:
    """Whether a line holds all words of a phrase, in whatever order; faster than to look for phrases."""
    if len(line) > _LONGEST:
        return False
    words = frozenset(_words(line))
    if not _LONG_WORDS.keys().isdisjoint(words):
        for word in words:
            if any(one <= words for one in _LONG_WORDS.get(word, ())):
                return True
    return not line.isascii() and _DENSE.search(line) is not None


def _is_prose(line: str) -> bool:
    return line.count(" ") >= _PROSE or (len(line) > _WIDE and line.count(" ") > 2) or len(line) > 2 * _WIDE


def _over_two(line: str, following: str, hints: Hints, rows: tuple[int, int]) -> Mark | None:
    """The mark that a line and the next one make, where the moment stands in that."""
    words = _words(line)
    opens = line.rstrip().endswith((":", "-", "–", ",")) or (words and words[-1] in _BEFORE)
    begins = _words(following)[:1]
    moment = moments.read(following, hints)
    if not (opens or (begins and begins[0] in _BEFORE) or (moment and moment.timed)):
        return None
    mark = _whole(f"{line.strip()} {following.strip()}", hints, rows, weak=False)
    return mark if mark and mark.moment else None


def _read(text: str, hints: Hints, line: int, *, weak: bool = True, alone: bool = False) -> Mark | None:
    """The mark that a line is, or that it begins or ends with.

    ``weak`` is whether a word such as HOLD counts; ``alone``, the first line, counts it in small letters as well.
    """
    if mark := _whole(text, hints, (line,), weak=weak, alone=alone):
        return mark
    for cut in reversed(list(_APART.finditer(text))):
        said, rest = text[: cut.end()], text[cut.end() :].strip(_TRIM)
        if rest and (mark := _whole(said, hints, (line,), weak=weak)) and (mark.moment or _clear(said)):
            return msgspec.structs.replace(mark, rest=rest)
    for cut in _BEHIND.finditer(text):
        rest, said = text[: cut.start()].strip(_TRIM), text[cut.start() :]
        weak_too = weak and said.isupper() and not text.isupper()  # "Ferry sinks [DRAFT]"
        mark = _whole(said, hints, (line,), weak=weak_too) if rest else None
        if mark and (mark.moment or mark.kind == "held"):
            return msgspec.structs.replace(mark, rest=rest)
    return _naming(text, hints, line)


def _clear(said: str) -> bool:
    """Whether a mark without a moment, before a headline, is no word of that: "Embargo: what comes next?"."""
    return said.isupper() or said.lstrip()[:1] in _OPENS or not all(_key(it) in _NOUNS for it in _PHRASES.findall(said))


def _naming(text: str, hints: Hints, line: int) -> Mark | None:
    """A line that begins with an embargo, names its moment, and says for whom, or more than that."""
    found = _PHRASES.search(text)
    if not found or _KINDS[_key(found[0])] not in ("embargo", "closed") or _others(text[: found.start()]):
        return None
    said = " ".join(text.split())
    moment = moments.read(text[found.end() :], hints)
    if not moment or not _has_before(text[found.end() : found.end() + moment.start]):
        if _unread(found, text[found.end() :], hints):
            return Mark("held", said, (line,))
        ordered = text.lstrip()[:1] not in _QUOTES and _ORDER.search(_key(found[0]))
        few = len(_others(text[found.end() :])) <= _MORE  # "Please do not publish my name yet"
        return Mark("held", said, (line,), stays=True) if ordered and few else None
    if _is_noun(found[0]):  # "The embargo until Friday was broken"
        return None
    more = len(_others(_PHRASES.sub(" ", moment.rest)))
    return Mark("embargo", said, (line,), moment, stays=more > _MORE)


def _unread(phrase: re.Match[str], text: str, hints: Hints) -> bool:
    """Whether what follows a phrase is until when, in few words that the tables lack: a day, or an event."""
    if len(words := _words(text)) > _FEW:
        return False
    if words and words[0] in _BEFORE and not _is_noun(phrase[0]):  # "Not for release until the minister stands up"
        return True
    numbers = [int(one) for one in re.findall(r"\d{1,4}", text)]
    return len(numbers) > 1 and hints.today.year <= max(numbers) < 2600


def _is_noun(phrase: str) -> bool:
    return _key(phrase) in _NOUNS and not phrase.isupper()


def _whole(text: str, hints: Hints, rows: tuple[int, ...], *, weak: bool, alone: bool = False) -> Mark | None:
    """The mark that a text is as a whole."""
    plain = " ".join(text.split()).strip(_TRIM)
    if not plain or len(plain) > _LONGEST:
        return None
    if dense := _DENSE.search(plain):
        return _dense(plain, dense[0], rows, hints)
    phrases = list(_PHRASES.finditer(plain))
    if not phrases:
        return None
    moment = moments.read(plain, hints)
    rest = moment.rest if moment else moments.without_times(plain)
    for found in phrases:
        rest = f"{rest[: found.start()]}{' ' * len(found[0])}{rest[found.end() :]}"
    kinds = {_KINDS[_key(found[0])] for found in phrases}
    if _others(rest) or (kinds == {"weak"} and not _counts(text, plain, weak=weak, alone=alone)):
        return None
    if kinds == {"label"}:
        return Mark("label", plain, rows, None) if weak else None
    if kinds <= {"release", "label"}:
        return _release(plain, moment, rows, hints)
    lifted = "embargo" in kinds and not _LIFTED.isdisjoint(_words(plain))
    if lifted or ("free" in kinds and "closed" not in kinds):
        return Mark("free", plain, rows, None if lifted else moment)
    if moment and ("embargo" in kinds or ("closed" in kinds and _has_before(plain))):
        return Mark("embargo", plain, rows, moment)
    return Mark("held", plain, rows, None)


def _dense(plain: str, phrase: str, rows: tuple[int, ...], hints: Hints) -> Mark | None:
    """The mark in a script without spaces, or whose words have many endings: little stands beside it."""
    if len(plain) > _DENSEST:
        return None
    moment = moments.read(plain, hints)
    rest = (moment.rest if moment else plain).replace(phrase, "")
    if sum(map(str.isalpha, rest)) > _DENSE_REST:
        return None
    kind = _DENSE_KINDS[phrase]
    if kind == "free":
        return Mark("free", plain, rows, moment)
    return Mark("embargo" if moment and kind == "embargo" else "held", plain, rows, moment)


def _counts(text: str, plain: str, *, weak: bool, alone: bool) -> bool:
    """Whether a word of any story is a mark where it stands."""
    return (weak and _loud(text, plain)) or (alone and plain.casefold() in _ALONE)


def _release(plain: str, moment: Moment | None, rows: tuple[int, ...], hints: Hints) -> Mark | None:
    """The mark that a moment of release is: an embargo while that lies ahead, later the day of publication."""
    if moment is None:
        return None
    if moment.value.date() >= hints.today:
        return Mark("embargo", plain, rows, moment)
    return Mark("free", plain, rows, moment) if plain.casefold().startswith(_FOR) else None


def _loud(text: str, plain: str) -> bool:
    """Whether a few words stand in capitals, in brackets or between marks."""
    short = len(plain.split()) <= _WEAK
    return short and (plain.isupper() or (text.strip()[:1] in _OPENS and text.strip()[-1:] in "])*>:"))


def _has_before(text: str) -> bool:
    return not _BEFORE.isdisjoint(_words(text))


def _others(text: str) -> list[str]:
    """The words of a text that no mark needs."""
    return [word for word in _words(text) if word not in _WORDS]


def _words(text: str) -> list[str]:
    plain = text.lower() if text.isascii() else folded(text).replace("’", "'")
    return _WORD.findall(plain)


def _key(phrase: str) -> str:
    return " ".join(folded(phrase).replace("’", "'").split())


_TABLE: dict[str, dict[str, Any]] = tomllib.loads(
    files(__package__).joinpath("publication_marks.toml").read_text(encoding="utf-8")
)
_KINDS: dict[str, str] = {
    _key(spelt): kind
    for kind, phrases in (
        ("weak", _TABLE["closed"]["weak"]),
        ("label", _TABLE["free"]["labels"]),
        *((kind, _TABLE[kind]["phrases"]) for kind in ("release", "closed", "embargo", "free")),
    )
    for phrase in phrases
    for spelt in spellings(phrase)
}
_DENSE_KINDS: dict[str, str] = {it: kind for kind in ("embargo", "closed", "free") for it in _TABLE[kind]["dense"]}
_BEFORE = frozenset(spelt for word in _TABLE["before"]["words"] for spelt in spellings(word))
_FOR = tuple(phrase for phrase in _TABLE["release"]["phrases"] if phrase.startswith(("for ", "zur ", "pour ", "para ")))
_LIFTED = frozenset(_TABLE["lifted"]["words"])
_NEUTRAL = (*_TABLE["words"]["words"], *dates.WEEKDAYS, *dates.LABEL_WORDS)
_WORDS = _BEFORE | _LIFTED | frozenset(spelt for word in _NEUTRAL for spelt in spellings(word))
_NOUNS = frozenset(
    ("embargo", "embargó", "ambargo", "εμπάργκο", "εμπαργκο", "эмбарго", "ембарго", "klausul", "frei", "withhold")
)
_ALONE = frozenset(_TABLE["closed"]["weak"]) - {"held", "spike", "concept", "koncept"}
_ORDER = re.compile(either(_TABLE["closed"]["orders"]))
_OPENS, _QUOTES = "[(*<{", "\"“”„«»‘’'"
_WORD = re.compile(r"[^\W\d_]+(?:['’-][^\W\d_]+)*")
_TRIM = " \t*#_>[](){}<>|=~•\"'“”«»!.:;,-–—/\\"
_APART = re.compile(r"\s[-–—|/]+\s|[:;\])】]+\s*|\.\s+|\*{2,}\s*|\s*[—|]\s*")
_LONG_WORDS: dict[str, list[frozenset[str]]] = {}  # the words of phrases by the longest of them
for _phrase in _KINDS:
    _LONG_WORDS.setdefault(max(_words(_phrase), key=len), []).append(frozenset(_words(_phrase)))
_BEHIND = re.compile(r"\s[-–—|/]+\s|\s(?=[\[(*])|[:;]\s+|\.\s+|\s*[—|]\s*")
_ESCAPED = re.compile(r"\\([^\w\s])")


def _pattern(phrases: Sequence[str]) -> str:
    return either(phrases).replace(r"\ ", r"\s+").replace("'", "['’]")


_PHRASES = re.compile(rf"(?<![^\W\d_])(?:{_pattern(list(_KINDS))})(?![^\W\d_])", re.IGNORECASE)
_DENSE = re.compile(either(list(_DENSE_KINDS)))
