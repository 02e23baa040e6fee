"""A letter → the message in it that is the story: forwards of every mail program, replies with what they quote.

In: a ``Letter`` and what its head says. Out: ``Level``: the innermost message that was forwarded, with what its own
head says in any language, and the notes around it dropped. What a reply quotes is dropped by name.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Sequence

import msgspec

from broadsheet.ingest.extract.blocks import Block
from broadsheet.ingest.formats.mail import letter, mail_fields
from broadsheet.ingest.formats.mail.letter import WORDS, Letter
from broadsheet.text import either

DEPTH = 12  # messages in messages
_LABELS = {label: key for key, labels in WORDS["labels"].items() for label in labels}
_LABEL = re.compile(r"[*_\s]*([^\W\d_][^:：\n]{0,24}?)[*_\s]*[:：][*_\s]*(.*)", re.DOTALL)
_MARKERS = {phrase: kind for kind in ("forward", "original", "end") for phrase in WORDS["markers"][kind]}
_BY = re.compile(r"[-\s]*forwarded by\b.{3,160}", re.IGNORECASE)
_WROTE = re.compile(
    rf"(?:{either(WORDS['markers']['wrote'])})\b.{{0,60}}[:：]$|のメール[:：]$|写道[:：]$", re.IGNORECASE
)
_DATED = re.compile(r"\d{1,2}[:.h]\d\d|@|\d{4}|\d{1,2}[/.-]\d{1,2}[/.-]\d{2}")
_ADDRESS = re.compile(r"[^\s@<>]+@[^\s@<>]+")
_ADDRESSEE = re.compile(r"<?[\w.+-]+@[\w.-]+>?")
_APART = 8  # words that a message has which was forwarded beside others
_NOTE = 40  # words of what somebody adds above a message that he passes on
_WORD = 8  # words of a note that says no more than "see below"
_ANSWER = 20  # words of a reply that may be no story
_LONG_NOTE = 120  # words from which a note may be a story itself
_ATTRIBUTION = 60  # words of "On Thursday Jane Roe wrote:"


class Level(msgspec.Struct, frozen=True):
    """A message: what its head says by the names "from", "date", "to", "subject", and its text.

    ``rows`` are the source's rows of these. ``depth`` is how many messages stand around it, ``doubt`` how sure it is
    that it is the story (1: sure).
    """

    letter: Letter
    fields: dict[str, str] = {}
    rows: dict[str, int] = {}
    depth: int = 0
    sure: float = 1.0
    over: bool = False  # whether all that follows was what a reply quotes


class ForwardedHead(msgspec.Struct, frozen=True):
    """A head in the text: the blocks it takes, what it says and where."""

    start: int
    end: int
    fields: dict[str, str]
    rows: dict[str, int]


def unfold(text: Letter, *, forward: bool, reply: bool) -> Level:
    """The message that is the story.

    ``forward`` and ``reply`` are what the subject says by "Fwd:" and "Re:".
    """
    level = Level(by_lines(text))
    while level.depth < DEPTH:
        inner = _inner(level, forward=forward, reply=reply)
        if inner is None:
            break
        level = inner
        if level.over:
            break
        read = mail_fields.subject(level.fields.get("subject", ""))
        forward, reply = read.forward, read.reply
    own = _without_quotes(level.letter)
    said, answered = letter.prose(own.blocks), letter.prose(level.letter.blocks)
    unsure = said < _ANSWER and answered > 2 * said  # a word above a quotation: that may be the story
    return msgspec.structs.replace(level, letter=own, sure=min(level.sure, 0.4 if unsure else 1.0))


def by_lines(text: Letter) -> Letter:
    """The letter with heads and the lines above them as blocks of their own."""
    if all(one.around is letter.PLAIN for one in text.blocks):
        return text
    blocks: list[Block] = []
    for one in text.blocks:
        lines = letter.lines_of(one) if one.kind in ("p", "quote") else [one.text]
        if len(lines) > 1 and any(_field(line) or marker(line) for line in lines):
            blocks += letter.by_line(one)
        else:
            blocks.append(one)
    return Letter(tuple(blocks), text.dropped, text.by_rows)


def _field(text: str) -> tuple[str, str] | None:
    """The key and the value of a line of a head."""
    if ":" not in text and "：" not in text:
        return None
    found = _LABEL.match(text)
    key = _LABELS.get(found[1].strip().casefold()) if found else None
    return (key, found[2].strip(" *")) if found and key else None


def marker(text: str) -> str:
    """What a line says that stands above a message: "forward", "original", "end", or nothing."""
    if len(text) > 180:
        return ""
    bare = text.strip("-_=*<> \t:.—–|").casefold().replace("’", "'")
    return _MARKERS.get(bare, "") or ("forward" if _BY.fullmatch(text) else "")


def head(blocks: Sequence[Block], start: int, least: int = 3) -> ForwardedHead | None:
    """The head that begins at a block, where it has fields enough."""
    fields: dict[str, str] = {}
    rows: dict[str, int] = {}
    i, last, again = start, "", 0
    while i < len(blocks) and i - start < 24:
        text = blocks[i].text
        found = _field(text)
        if found is None:
            going_on = fields and last and i + 1 < len(blocks) and _continues(blocks, i, last, fields)
            if not going_on:
                break
            fields[last] = f"{fields[last]} {text}" if last != "other" else text
            i += 1
            continue
        key, value = found
        again += key in fields and key != "other"
        if again and ("subject" in fields or again > 1):
            break  # the next head, or a line of the text that reads like one
        if not value and i + 1 < len(blocks) and not _field(blocks[i + 1].text) and key not in ("other", "attached"):
            value = blocks[i + 1].text
            i += 1
        fields.setdefault(key, value)
        rows.setdefault(key, min(blocks[i].lines, default=0))
        last = key
        i += 1
    known = len(fields.keys() & {"from", "date", "to", "subject"})
    if known < least or not fields.keys() & {"from", "subject"}:
        return None
    return ForwardedHead(start, i, fields, rows)


def side_by_side(blocks: Sequence[Block]) -> list[ForwardedHead]:
    """The heads of messages that were forwarded one below the other: two at least, else none.

    A message inside a message looks alike, but the inner one was sent to the person who sent the outer one. Where a
    head does not say to whom it went, only a text longer than a covering note is a message beside another.
    """
    heads: list[ForwardedHead] = []
    n = 0
    while n < len(blocks):
        at = n
        while at < len(blocks) and marker(blocks[at].text) == "forward":
            at += 1
        found = head(blocks, at, 2) if at > n else None
        if found:
            heads.append(msgspec.structs.replace(found, start=n))
        n = found.end if found else at + 1
    for one, below in itertools.pairwise(heads):
        to, sender = below.fields.get("to", "").casefold(), _sender(one.fields.get("from", ""))
        if (sender and sender in to) or letter.prose(blocks[one.end : below.start]) < (_APART if to else _NOTE):
            return []
    return heads if len(heads) > 1 and letter.prose(blocks[heads[-1].end :]) >= _APART else []


def _sender(words: str) -> str:
    """What tells a sender from others in the field of addressees: the address, or else the name."""
    found = _ADDRESS.search(words)
    return (found[0] if found else words).strip('<>()[]";, ').casefold()


def _continues(blocks: Sequence[Block], i: int, last: str, fields: dict[str, str]) -> bool:
    """Whether a block goes on with the field above it: more addresses, the rest of a subject above another field."""
    text = blocks[i].text
    if last in ("to", "other") and _ADDRESSEE.search(text) and len(text) < 400 and fields[last].endswith((",", ";")):
        return True
    return _field(blocks[i + 1].text) is not None and len(text) < 200 and len(fields) >= 2 and "subject" not in fields


def _inner(level: Level, *, forward: bool, reply: bool) -> Level | None:
    """The message in a message; None where there is none, or it is quoted only."""
    blocks = level.letter.blocks
    for i, one in enumerate(blocks):
        if len(one.text) > 400:
            continue
        mark = marker(one.text)
        if mark == "end":
            continue
        at = i
        if mark:
            at = i + 1
            while at < len(blocks) and (letter.is_rule(blocks[at]) or marker(blocks[at].text)):
                at += 1
        elif one.kind == "h" or (":" not in one.text and "：" not in one.text):
            continue
        found = head(blocks, at, 2 if mark else 3)
        if found is None and not mark:
            continue
        end = found.end if found else at
        return _taken(level, i, end, found, mark, forward=forward, reply=reply)
    return _attributed(level, forward=forward)


def _taken(
    level: Level, start: int, end: int, found: ForwardedHead | None, mark: str, *, forward: bool, reply: bool
) -> Level | None:
    """What becomes of a message that stands in another: it is the story, or what a reply quotes."""
    text = level.letter
    note, inside = letter.prose(text.blocks[:start]), letter.prose(text.blocks[end:])
    if not inside:
        return None
    passed_on = forward or mark == "forward" or start == 0
    sure = 1.0
    if not passed_on:
        answer = mail_fields.subject(found.fields.get("subject", "") if found else "").reply
        if reply or (mark == "original" and note > inside):
            passed_on, sure = note < _WORD and inside > _NOTE, 0.7
        elif note > _NOTE:
            passed_on, sure = note < inside / 4 and not answer, 0.7
        else:
            passed_on, sure = inside >= note, 0.9 if note < _WORD else 0.75
    if not passed_on:
        return msgspec.structs.replace(
            level, letter=text.cut(start, len(text.blocks), "an earlier mail that is quoted", 0.9), over=True
        )
    long = note > (_NOTE if level.depth else _LONG_NOTE)  # in a message that was passed on already, it may be a story
    cut = text.cut(start, end, "the head of the message that was forwarded", 1.0, "markup")
    cut = cut.cut(0, start, f"{letter.NOTE} the message that was forwarded", 0.7 if long else min(sure, 0.95))
    if text.blocks[start].quoted and end < len(text.blocks) and text.blocks[end].quoted:
        last = next((n for n, b in enumerate(cut.blocks) if not b.quoted and b.kind != "img"), len(cut.blocks))
        cut = cut.cut(last, len(cut.blocks), "a note below the message that was forwarded", 0.8)
    inner = letter.unquoted(cut.blocks)
    kept = Letter(inner, cut.dropped, cut.by_rows)
    kept = kept.without(
        [n for n, b in enumerate(inner) if marker(b.text) == "end"], "the end of the message", 1.0, "markup"
    )
    return Level(
        kept,
        found.fields if found else {},
        found.rows if found else {},
        level.depth + 1,
        min(level.sure, sure, 0.75 if long else 1.0),
    )


def is_attribution(one: Block) -> bool:
    """Whether a block says who wrote what is quoted below it."""
    text = one.text
    return (
        text.endswith((":", "："))
        and not one.quoted
        and letter.words(text) <= _ATTRIBUTION
        and _DATED.search(text) is not None
        and _WROTE.search(text) is not None
    )


def _attributed(level: Level, *, forward: bool) -> Level | None:
    """A message that is quoted below "On Thursday Jane Roe wrote:" and is passed on with a word or none above it."""
    text = level.letter
    at = next((n for n, one in enumerate(text.blocks) if is_attribution(one)), -1)
    if at < 0:
        return None
    below = text.blocks[at + 1 :]
    note, inside = letter.prose(text.blocks[:at]), letter.prose(below)
    if not inside or not (forward or note == 0) or (note > _NOTE and not forward):
        return None
    if not all(one.quoted or one.kind == "img" for one in below):
        return None
    line = text.blocks[at].text
    name = re.sub(r"<[^>]*>|\[mailto:[^\]]*\]|\([^)@]*@[^)]*\)", " ", line)
    fields = {"date": line}
    if (found := _ADDRESS.search(line)) and (person := _named(name)):
        fields["from"] = f"{person} <{found[0].strip('<>[]()')}>"
    cut = text.cut(at, at + 1, "says who wrote the message below", 1.0, "markup")
    cut = cut.cut(0, at, f"{letter.NOTE} the message that was forwarded", 0.9)
    kept = Letter(letter.unquoted(cut.blocks), cut.dropped, cut.by_rows)
    row = min(text.blocks[at].lines, default=0)
    return Level(kept, fields, dict.fromkeys(fields, row), level.depth + 1, min(level.sure, 0.85))


def _named(line: str) -> str:
    """The name in "On Thu, 8 May 2025 at 10:00, Jane Roe wrote:"."""
    before = _WROTE.sub("", line).strip(" ,:")
    found = re.search(r"(?:\d|AM|PM|Uhr|,)[,\s]+([^\W\d_][^\d,:]{2,60})$", before)
    return found[1].strip() if found else ""


def _without_quotes(text: Letter) -> Letter:
    """The letter without the earlier mail that it answers; a quotation that nobody introduces as a mail stays."""
    blocks = text.blocks
    at = [n for n, one in enumerate(blocks) if is_attribution(one)]
    if not at:
        return text
    places: list[int] = []
    for n in at:
        end = n + 1
        while end < len(blocks) and blocks[end].quoted:
            end += 1
        if end == n + 1 and n and n == at[0] and _ADDRESS.search(blocks[n].text):
            end = len(blocks)  # mail programs of telephones mark no quotation
        if end > n + 1:
            places += range(n, end)
    runs = sum(b.quoted and not blocks[n - 1].quoted for n, b in enumerate(blocks) if n > 0)
    if runs > max(1, len(at)):  # questions and answers by mail: what is quoted is the interview
        return text.without(at, "says who wrote what is quoted", 0.9, "markup")
    if len(places) >= len(blocks):
        return text
    return text.without(places, "an earlier mail that is quoted", 0.9)
