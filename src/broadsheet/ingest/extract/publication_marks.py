"""Lines by which a text says that it is not for readers, or not yet: "EMBARGOED UNTIL …", "HOLD FOR RELEASE".

In: the lines of a text, a subject, a headline. Out: ``Marks``: reasons to hold the story, the moment of its embargo,
and the lines that say so. Tables: publication_marks.toml. A line is a mark where nothing in it says anything else; a
sentence of a story that tells of an embargo is none.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator, Sequence
from importlib.resources import files
from typing import Any

import msgspec

from broadsheet.ingest.extract import agency_lines, dates, mark_spellings, moments
from broadsheet.ingest.extract.draft import Hints
from broadsheet.ingest.extract.moments import Moment
from broadsheet.ingest.extract.publication_status import Marks, StatusMark, judged
from broadsheet.text import either, folded, spellings

_HEAD, _TAIL = 15, 6  # lines at the beginning of a text, up to its prose, and at its end, among which marks stand
_PROSE = 25  # words of a line of prose
_WIDE = 160  # characters of one
_LONGEST = 300  # characters of a line that may be a mark
_DENSEST = 60  # characters of one in a script without spaces
_DENSE_REST = 8  # letters of it besides the mark and its moment
_SHORT = 6  # words of a line that the next one may make a mark
_WEAK = 5  # words of a line in which a word of any story is a mark
_FEW = 10  # words of a moment in a language that is not known
_MORE = 6  # words of another kind in a line that names an embargo with its moment


def find(lines: Sequence[str], hints: Hints, numbers: Sequence[int] | None = None) -> Marks:
    """The marks among lines, rows or paragraphs of a text, by their places in it (counted from 0); blank ones count.

    ``numbers`` are the lines of the source on which they begin (0: not known), where they are not its rows themselves.
    """
    return judged(tuple(_found(lines, hints)), hints, numbers)


def subject(text: str, hints: Hints) -> Marks:
    """The mark in a subject or headline; its ``rest`` is the headline without it."""
    mark = _read(text, hints, 0) if any(map(_may_be, (text, *_readings(text)))) else None
    return judged((mark,), hints, (0,)) if mark and not mark.stays else Marks()


def names(text: str) -> bool:
    """Whether words of a mark stand in a text."""
    return any(_PHRASES.search(one) or _DENSE.search(one) for one in (text, *_readings(text)))


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


def apart(text: str, hints: Hints) -> str:
    """A plain text in which a row that is a mark is a paragraph of its own, though no blank row follows it."""
    rows = text.split("\n")
    for mark in reversed(find(rows, hints).found):
        if not (mark.rest or mark.stays):
            rows.insert(mark.lines[-1] + 1, "")
            rows.insert(mark.lines[0], "")
    return "\n".join(rows)


def _found(lines: Sequence[str], hints: Hints) -> Iterator[StatusMark]:
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
        if n <= taken:
            continue
        following = filled[place + 1] if place + 1 < len(filled) else -1
        below = lines[following] if 0 <= following - n <= 2 else ""
        broken = _is_broken(lines[n], below)
        over = _phrase_over_two(lines[n], below, hints, (n, following), weak=place < _WEAK) if below else None
        if not (broken or over or any(map(_may_be, (lines[n], *_readings(lines[n]))))) or agency_lines.heads_notes(
            lines[n]
        ):
            continue
        weak = place < _WEAK or n == filled[-1]  # "[DRAFT]" stands at the end as well
        mark = over or _read(lines[n], hints, n, weak=weak, alone=not place)
        if not over and below and (mark is None or mark.moment is None):
            mark = _over_two(lines[n], below, hints, (n, following), broken=broken) or mark
        if mark is None or (n not in near and mark.stays):
            continue
        taken = mark.lines[-1]
        yield mark


def _may_be(line: str) -> bool:
    """Whether a line holds all words of a phrase, in whatever order; faster than to look for phrases."""
    line = line[:_LONGEST]  # a paragraph may begin with one
    words = frozenset(_words(line))
    if not _LONG_WORDS.keys().isdisjoint(words):
        for word in words:
            if any(one <= words for one in _LONG_WORDS.get(word, ())):
                return True
    return not line.isascii() and _DENSE.search(line) is not None


def _is_prose(line: str) -> bool:
    return line.count(" ") >= _PROSE or (len(line) > _WIDE and line.count(" ") > 2) or len(line) > 2 * _WIDE


def _is_broken(line: str, following: str) -> bool:
    """Whether a line and the next one are a mark together: "HOLD FOR" above "RELEASE"."""
    if max(line.count(" "), following.count(" ")) >= _SHORT or not _may_be(both := f"{line} {following}"):
        return False
    return not _others(_PHRASES.sub(" ", both)) and _PHRASES.search(both) is not None


def _phrase_over_two(line: str, below: str, hints: Hints, rows: tuple[int, ...], *, weak: bool) -> StatusMark | None:
    """The mark whose phrase a line begins and the next one ends: "EMBAR-" above "GO", "Do not" above "publish until …".

    Neither has such a phrase of its own.
    """
    if line.count(" ") >= _SHORT or len(below) > _WIDE:
        return None
    parts = [_plain(line), _plain(below)]
    for written in mark_spellings.joined(line, below):
        text = _plain(written)
        found = _PHRASES.search(text) if _may_be(text) else None
        if not found or any(_PHRASES.search(part) and _key(found[0]) in _key(part) for part in parts):
            continue
        mark = _whole(text, hints, rows, weak=weak) or _naming(text, hints, rows[0])
        if mark and mark.kind in ("held", "embargo"):
            said = " ".join(f"{line} {below}".split())
            return msgspec.structs.replace(mark, text=said, lines=rows)
    return None


def _over_two(line: str, following: str, hints: Hints, rows: tuple[int, int], *, broken: bool) -> StatusMark | None:
    """The mark that a line and the next one make, where the moment stands in that, or a phrase goes on there."""
    whole = _whole(f"{line.strip()} {following.strip()}", hints, rows, weak=False) if broken else None
    if whole and whole.kind != "label" and not _whole(following, hints, rows[1:], weak=False):
        return whole
    words = _words(line)
    opens = line.rstrip().endswith((":", "-", "–", ",")) or (words and words[-1] in _BEFORE)
    begins = _words(following)[:1]
    moment = moments.read(following, hints)
    if not (opens or (begins and begins[0] in _BEFORE) or (moment and moment.timed)):
        return None
    mark = _whole(f"{line.strip()} {following.strip()}", hints, rows, weak=False)
    return mark if mark and mark.moment else None


def _read(text: str, hints: Hints, line: int, *, weak: bool = True, alone: bool = False) -> StatusMark | None:
    """The mark that a line is, or that it begins or ends with, as it is written or as its words are.

    ``weak`` is whether a word such as HOLD counts; ``alone``, the first line, counts it in small letters as well.
    """
    for said in (text, *_readings(text)):
        mark = _as_written(said, hints, line, weak=weak, alone=alone)
        if mark and (said is text or not mark.rest or mark.text.isupper()):  # "| **embargo** | a moment |"
            plain = mark.text if said is text or mark.rest else " ".join(text.split())
            return msgspec.structs.replace(mark, text=plain)
    return None


def _as_written(text: str, hints: Hints, line: int, *, weak: bool, alone: bool) -> StatusMark | None:
    if mark := _whole(text, hints, (line,), weak=weak, alone=alone):
        return mark
    if mark := _running(text, hints, line):
        return mark
    for cut in reversed(list(_APART.finditer(text, 0, _LONGEST))):
        said, rest = text[: cut.end()], text[cut.end() :].lstrip(_PARTS).rstrip()
        if rest and (mark := _whole(said, hints, (line,), weak=weak)) and (mark.moment or _clear(said)):
            return msgspec.structs.replace(mark, rest=rest)
    loud = _LOUD.match(text) or (_DRAFT.match(text) if weak else None)
    if loud and (mark := _whole(loud[0], hints, (line,), weak=loud.re is _DRAFT)) and mark.kind == "held":
        return msgspec.structs.replace(mark, rest=text[loud.end() :].strip())
    for cut in _BEHIND.finditer(text) if len(text) <= _LONGEST else ():
        rest, said = text[: cut.start()].strip(_TRIM), text[cut.start() :]
        weak_too = weak and said.isupper() and not text.isupper()  # "Ferry sinks [DRAFT]"
        mark = _whole(said, hints, (line,), weak=weak_too) if rest else None
        if mark and (mark.moment or mark.kind == "held"):
            return msgspec.structs.replace(mark, rest=rest)
    return _naming(text[:_LONGEST], hints, line)


def _running(text: str, hints: Hints, line: int) -> StatusMark | None:
    """A mark with its moment behind which prose goes on: "EMBARGOED UNTIL 9 May 2027 10:00 The ferry …"."""
    head = text[:_LONGEST]
    found = _PHRASES.search(head)
    if not found or _KINDS[_key(found[0])] not in ("embargo", "closed") or _others(head[: found.start()]):
        return None
    behind = head[found.end() :]
    moment = moments.read(behind, hints)
    if not moment or _others(behind[: moment.start]):
        return None
    if not behind.lstrip().startswith(":") and (_is_noun(found[0]) or not _has_before(behind[: moment.start])):
        return None
    at = next((n for n in range(moment.end, len(behind)) if moment.rest[n].isalnum()), len(behind))
    if not behind[at : at + 1].isupper():
        return None
    at = max(behind.rfind(" ", 0, at), behind.rfind("\n", 0, at)) + 1
    rest = behind[at:] + text[_LONGEST:]
    if rest.isupper() or (len(_others(rest)) <= _MORE and rest.rstrip()[-1] not in ".!?…"):
        return None
    mark = _whole(head[: found.end() + at], hints, (line,), weak=False)
    return msgspec.structs.replace(mark, rest=rest.rstrip()) if mark and mark.moment else None


def _clear(said: str) -> bool:
    """Whether a mark without a moment, before a headline, is no word of that: "Embargo: what comes next?"."""
    return said.isupper() or said.lstrip()[:1] in _OPENS or not all(_key(it) in _NOUNS for it in _PHRASES.findall(said))


def _naming(text: str, hints: Hints, line: int) -> StatusMark | None:
    """A line that begins with an embargo, names its moment, and says for whom, or more than that."""
    found = _PHRASES.search(text)
    if not found or _KINDS[_key(found[0])] not in ("embargo", "closed") or _others(text[: found.start()]):
        return None
    said = " ".join(text.split())
    moment = moments.read(text[found.end() :], hints)
    if not moment or not _has_before(text[found.end() : found.end() + moment.start]):
        if _unread(found, text[found.end() :], hints):
            return StatusMark("held", said, (line,))
        ordered = text.lstrip()[:1] not in _QUOTES and _ORDER.search(_key(found[0]))
        few = len(_others(text[found.end() :])) <= _MORE  # "Please do not publish my name yet"
        return StatusMark("held", said, (line,), stays=True) if ordered and few else None
    if _is_noun(found[0]):  # "The embargo until Friday was broken"
        return None
    more = len(_others(_PHRASES.sub(" ", moment.rest)))
    return StatusMark("embargo", said, (line,), moment, stays=more > _MORE)


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


def _whole(text: str, hints: Hints, rows: tuple[int, ...], *, weak: bool, alone: bool = False) -> StatusMark | None:
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
        return StatusMark("label", plain, rows, None) if weak else None
    if kinds <= {"release", "label"}:
        return _release(plain, moment, rows, hints)
    lifted = "embargo" in kinds and not _LIFTED.isdisjoint(_words(plain))
    if lifted or ("free" in kinds and "closed" not in kinds):
        return StatusMark("free", plain, rows, None if lifted else moment)
    if moment and ("embargo" in kinds or ("closed" in kinds and _has_before(plain))):
        return StatusMark("embargo", plain, rows, moment)
    return StatusMark("held", plain, rows, None)


def _dense(plain: str, phrase: str, rows: tuple[int, ...], hints: Hints) -> StatusMark | None:
    """The mark in a script without spaces, or whose words have many endings: little stands beside it."""
    if len(plain) > _DENSEST:
        return None
    moment = moments.read(plain, hints)
    rest = (moment.rest if moment else plain).replace(phrase, "")
    if sum(map(str.isalpha, rest)) > _DENSE_REST:
        return None
    kind = _DENSE_KINDS[phrase]
    if kind == "free":
        return StatusMark("free", plain, rows, moment)
    return StatusMark("embargo" if moment and kind == "embargo" else "held", plain, rows, moment)


def _counts(text: str, plain: str, *, weak: bool, alone: bool) -> bool:
    """Whether a word of any story is a mark where it stands."""
    return (weak and _loud(text, plain)) or (alone and plain.casefold() in _ALONE)


def _release(plain: str, moment: Moment | None, rows: tuple[int, ...], hints: Hints) -> StatusMark | None:
    """The mark that a moment of release is: an embargo while that lies ahead, later the day of publication."""
    if moment is None:
        return None
    if moment.value.date() >= hints.today:
        return StatusMark("embargo", plain, rows, moment)
    return StatusMark("free", plain, rows, moment) if plain.casefold().startswith(_FOR) else None


def _loud(text: str, plain: str) -> bool:
    """Whether a few words stand in capitals, in brackets or between marks."""
    short = len(plain.split()) <= _WEAK
    return short and (plain.isupper() or (text.strip()[:1] in _OPENS and text.strip()[-1:] in "])*>:"))


def is_embargo(text: str) -> bool:
    """Whether words keep a story from readers until something: "do not publish before the minister speaks"."""
    found = _PHRASES.search(plain := " ".join(text.split()))
    return found is not None and _has_before(plain[found.end() :]) and "notice" not in _words(plain)


def _has_before(text: str) -> bool:
    return not _BEFORE.isdisjoint(_words(text))


def _others(text: str) -> list[str]:
    """The words of a text that no mark needs."""
    return [word for word in _words(text) if word not in _WORDS]


def _plain(line: str) -> str:
    return mark_spellings.plain(line, _SQUEEZED)


def _readings(line: str) -> tuple[str, ...]:
    return mark_spellings.readings(line[:_LONGEST], _SQUEEZED)


def _words(text: str) -> list[str]:
    plain = text.lower() if text.isascii() else folded(text).replace("’", "'")
    return _WORD.findall(plain)


def _key(phrase: str) -> str:
    return " ".join(folded(phrase).replace("’", "'").split())


_TABLE: dict[str, dict[str, Any]] = tomllib.loads(
    files(__package__).joinpath("publication_marks.toml").read_text(encoding="utf-8")
)
DRAFTS = frozenset[str](_TABLE["closed"]["drafts"])  # what a text calls itself that is one
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
_SQUEEZED = {phrase.replace(" ", ""): phrase for phrase in _KINDS}  # "H O L D F O R R E L E A S E"
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
_PARTS = " \t*|-–—:;,./"  # what parts a mark from what follows it
_LOUD = re.compile(r"(?:[^\W\d_a-z]{2,}\s+){2,}(?=\S*[^\W\d_A-Z])")  # HOLD FOR RELEASE The ferry …
_DRAFT = re.compile(rf"(?:{either(map(str.upper, DRAFTS))})\s+(?=\S*[^\W\d_A-Z])")  # DRAFT Ferry sinks
_APART = re.compile(r"\s[-–—|/]+\s|(?:[;\])】]|(?<!\d):|:(?!\d))+\s*|\.\s+|\*{2,}\s*|\s*[—|]\s*")
_LONG_WORDS: dict[str, list[frozenset[str]]] = {}  # the words of phrases by the longest of them
for _phrase in _KINDS:
    _LONG_WORDS.setdefault(max(_words(_phrase), key=len), []).append(frozenset(_words(_phrase)))
_BEHIND = re.compile(r"\s[-–—|/]+\s|\s(?=[\[(*])|[:;]\s+|\.\s+|\s*[—|]\s*")


def _pattern(phrases: Sequence[str]) -> str:
    return either(phrases).replace(r"\ ", r"\s+").replace("'", "['’]")


_PHRASES = re.compile(rf"(?<![^\W\d_])(?:{_pattern(list(_KINDS))})(?![^\W\d_])", re.IGNORECASE)
_DENSE = re.compile(either(list(_DENSE_KINDS)))
