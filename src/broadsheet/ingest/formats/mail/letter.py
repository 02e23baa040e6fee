"""The text of a mail as blocks, whatever it was written in; what has been dropped of it, and the words of mail.

In: nothing; these are the values that the modules of mail share. Out: ``Letter``, which ``mail_text`` and ``mail_html``
make, ``trim`` takes greeting, sign-off, signature and furniture from, and ``forwarded`` and ``newsletter`` take apart.
A line goes only for a form that is known: a short last line of the story stays. Tables: mail.toml.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable, Sequence
from importlib.resources import files

import msgspec

from broadsheet.ingest.extract import agency_lines
from broadsheet.ingest.extract.blocks import BREAK, Around, Block, Kind, Span, clean, is_break, linked
from broadsheet.ingest.extract.draft import Role
from broadsheet.text import either

WORDS: dict[str, dict[str, list[str]]] = tomllib.loads(
    files(__package__).joinpath("mail.toml").read_text(encoding="utf-8")
)
PLAIN = Around(None, "", "")  # around the blocks of a plain text
NOTE = "a note above"  # how the reasons begin for which what somebody wrote above a message is dropped
RULE = re.compile(r"[-=_*~–—•·.#+\s]{3,}")  # a line that parts what stands above it from what stands below


class DroppedBlock(msgspec.Struct, frozen=True):
    """A block that is not of the story: why, how sure that is, and the part that it plays."""

    block: Block
    why: str
    confidence: float = 0.95
    role: Role = "dropped"


class Letter(msgspec.Struct, frozen=True):
    """The text of one message: its blocks, whose ``lines`` are rows of the source, and what was dropped of it.

    ``by_rows`` is whether the rows of a block are nothing but that block, as in a plain text that is not packed.
    """

    blocks: tuple[Block, ...]
    dropped: tuple[DroppedBlock, ...] = ()
    by_rows: bool = True

    def cut(self, start: int, end: int, why: str, confidence: float = 0.95, role: Role = "dropped") -> Letter:
        """The letter without some of its blocks."""
        gone = [DroppedBlock(block, why, confidence, role) for block in self.blocks[start:end]]
        return Letter((*self.blocks[:start], *self.blocks[end:]), (*self.dropped, *gone), self.by_rows)

    def without(self, places: Iterable[int], why: str, confidence: float = 0.95, role: Role = "dropped") -> Letter:
        """The letter without the blocks at some places."""
        gone = set(places)
        if not gone:
            return self
        lost = [DroppedBlock(self.blocks[n], why, confidence, role) for n in sorted(gone)]
        kept = tuple(block for n, block in enumerate(self.blocks) if n not in gone)
        return Letter(kept, (*self.dropped, *lost), self.by_rows)


def block(text: str, rows: Sequence[int], kind: Kind = "p", level: int = 0, ordered: int = 0) -> Block:
    """A block of plain text."""
    quoted = kind == "quote"
    return Block(kind, text, (Span(text),), PLAIN, level, ordered, quoted, tuple(rows))


def words(text: str) -> int:
    """How many words a text has; in scripts without spaces two characters count as a word."""
    count = text.count(" ") + 1 if text else 0
    return count if text.isascii() else max(count, sum(ch > "\u2e7f" for ch in text) // 2)


def prose(blocks: Iterable[Block]) -> int:
    """How many words of running text blocks have."""
    return sum(words(b.text) for b in blocks if b.kind not in ("h", "img") and not is_rule(b))


def is_rule(one: Block) -> bool:
    """Whether a block is a line that parts others."""
    return len(one.text) < 200 and not one.text[:1].isalnum() and RULE.fullmatch(one.text) is not None


def lines_of(one: Block) -> list[str]:
    """The lines of a block as a reader sees them."""
    if not any(map(is_break, one.spans)):
        return [one.text]
    text = "".join("\n" if is_break(span) else span.text.replace("\n", " ") for span in one.spans)
    return [line for part in text.split("\n") if (line := clean(part))]


def by_line(one: Block) -> list[Block]:
    """A block with line breaks as a block for each line."""
    runs: list[list[Span]] = [[]]
    for span in one.spans:
        if is_break(span):
            runs.append([])
        else:
            runs[-1].append(span)
    if len(runs) == 1:
        return [one]
    found = [(clean("".join(span.text for span in run)), tuple(run)) for run in runs]
    return [msgspec.structs.replace(one, text=text, spans=spans) for text, spans in found if text]


def split(one: Block, line: int) -> tuple[Block, Block]:
    """A block with line breaks as two, the second of which begins with one of its lines (from 0)."""
    runs: list[list[Span]] = [[]]
    for span in one.spans:
        if is_break(span):
            runs.append([])
        else:
            runs[-1].append(span)
    runs = [run for run in runs if clean("".join(span.text for span in run))]
    return _joined(one, runs[:line]), _joined(one, runs[line:])


def _joined(one: Block, runs: list[list[Span]]) -> Block:
    spans = [span for run in runs for span in (*run, BREAK)][:-1]
    text = clean("".join(" " if is_break(span) else span.text for span in spans))
    return msgspec.structs.replace(one, text=text, spans=tuple(spans))


def heading(one: Block, level: int) -> Block:
    """A block as a heading."""
    return msgspec.structs.replace(one, kind="h", level=level, quoted=False)


def unquoted(blocks: Sequence[Block]) -> tuple[Block, ...]:
    """Blocks that are a quotation as a whole, as text of their own."""
    if not blocks or not all(b.quoted or b.kind == "img" for b in blocks):
        return tuple(blocks)
    return tuple(_unquoted(b) for b in blocks)


def _unquoted(one: Block) -> Block:
    if one.around is PLAIN and one.kind != "quote":
        return msgspec.structs.replace(one, quoted=False)
    inside = sum(around.tag == "blockquote" for around in one.around.chain())
    depth = max(one.level - 1, 0) if one.kind == "quote" and one.around is PLAIN else max(inside - 1, 0)
    kind = "p" if one.kind == "quote" and not depth else one.kind
    level = depth if one.around is PLAIN and one.kind == "quote" else one.level
    return msgspec.structs.replace(one, kind=kind, level=level, quoted=depth > 0)


_CLOSING = frozenset(WORDS["closing"]["phrases"])
_DEVICES = tuple(WORDS["closing"]["devices"])
_GREETING = re.compile(rf"(?:{either(WORDS['closing']['greetings'])})(?![\w'’-])", re.IGNORECASE)
_RELEASE = frozenset(WORDS["closing"]["release"])
_FURNITURE = {name: re.compile(either(phrases)) for name, phrases in WORDS["furniture"].items()}
_ORDER = ("receiving", "legal", "leave", "browser", "invite")
_ANY = re.compile("|".join(pattern.pattern for pattern in _FURNITURE.values()))
_TOKENS = re.compile(r"[^\W\d_]+")
# The longest word of each phrase: a line without any of them holds none of the phrases.
_TELLING = frozenset(
    max(_TOKENS.findall(phrase.casefold()), key=len) for phrases in WORDS["furniture"].values() for phrase in phrases
)
_DENSE = re.compile(r"[\u0e00-\u0eff\u3040-\u30ff\u3400-\u9fff\uac00-\ud7a3]")
_LINK = re.compile(r"https?://|www\.|\S@\S|\|")
_CONTACT = re.compile(r"\S@\S+\.\w|\+?\d[\d\s()/-]{6,}\d")
_COPYRIGHT = re.compile(r"^(?:©|\(c\)|copyright\b)", re.IGNORECASE)
_LINKED = 0.3  # of a block that is a link and little else
_STOP = re.compile(r"[.!?…。]$")
_SIGNATURE = (120, 16)  # words and blocks of the longest signature
_BELOW = (9, 12)  # blocks below a sign-off, and words of each
_BETWEEN = 4  # blocks between two lines of a foot that are none by themselves: an address, a registry, links
_FOOT = 25  # words of running text that no foot of a newsletter has


def trim(text: Letter, sender: str) -> tuple[Letter, bool, float]:
    """The letter without its ends; whether it has the foot of a newsletter, and how sure it is that all of it is there.

    ``sender`` is the name of who sent it: a last line that is this name is a signature.
    """
    text, sure = _unsigned(_parted(text))
    text, is_bulk = _unfooted(text)
    text, whole = _unreleased(text)
    text = _signed_off(text, sender)
    return _uncovered(_ungreeted(text)), is_bulk, min(sure, whole)


def _key(text: str) -> str:
    return text.casefold().replace("’", "'")


def _parted(text: Letter) -> Letter:
    """The letter with a block that a signature or a sign-off stands in as two: some programs only break the line."""
    blocks: list[Block] = []
    left = list(reversed(text.blocks))
    while left:
        one = left.pop()
        lines = lines_of(one) if len(one.spans) > 2 and one.kind in ("p", "quote") else ()
        at = next((n for n, line in enumerate(lines) if n and _is_apart(lines[n - 1], line)), 0)
        if at:
            one, below = split(one, at)
            left.append(below)
        blocks.append(one)
    return Letter(tuple(blocks), text.dropped, text.by_rows)


def _is_apart(before: str, line: str) -> bool:
    """Whether a line begins something else than the lines above it."""
    return line == "--" or _phrase(line) in _CLOSING or agency_lines.is_apart(line) or agency_lines.is_mark(before)


def _phrase(line: str) -> str:
    return _key(line.strip(" ,.!–—-:"))


def _unsigned(text: Letter) -> tuple[Letter, float]:
    """The letter without what stands below "-- ", where that is as short as a signature is."""
    words, many = _SIGNATURE
    for n, one in enumerate(text.blocks):
        if n and (one.text == "--" or lines_of(one)[:1] == ["--"]):
            below = text.blocks[n + 1 :]
            if prose(below) <= words and len(below) <= many:
                return text.cut(n, len(text.blocks), "a signature", 0.98), 1.0
            return (text.cut(n, n + 1, "a rule", 1.0, "markup") if one.text == "--" else text), 0.75
    return text, 1.0


def _unfooted(text: Letter) -> tuple[Letter, bool]:
    """The letter without the lines of newsletters and lists: how to leave, where to read it, whom it is for."""
    blocks = text.blocks
    kinds = [_kind(one) for one in blocks]
    top = [n for n, kind in enumerate(kinds) if kind == "browser" and (n < 6 or linked(blocks[n]) > _LINKED)]
    start, small = len(blocks), 0
    for n in range(len(blocks) - 1, 0, -1):
        if kinds[n] and kinds[n] != "browser":
            start, small = n, 0
        elif small < _BETWEEN and (_is_small(blocks[n]) or _is_inside(blocks[n], kinds[max(0, n - _BETWEEN) : n])):
            small += 1
        else:
            break
    foot = range(start, len(blocks))
    strong = [n for n in foot if kinds[n] and _is_strong(blocks[n], kinds[n])]
    gone = set(top)
    if strong:
        while start > 1 and (is_rule(blocks[start - 1]) or _COPYRIGHT.match(blocks[start - 1].text)):
            start -= 1
        gone |= set(range(start, len(blocks)))
    gone |= {n for n, kind in enumerate(kinds) if kind and n not in foot and _is_plain_furniture(blocks[n], kind)}
    bulk = bool(strong) and any(kinds[n] in ("leave", "receiving") for n in gone)
    if len(gone) >= len(blocks):
        return text, bulk
    return text.without(gone, "what newsletters and lists print around their text", 0.9), bulk


def _kind(one: Block) -> str:
    """Which furniture of newsletters a block is, or nothing."""
    size = words(one.text)
    if size > 150 or one.kind == "h":
        return ""
    key = _key(one.text)
    telling = not _TELLING.isdisjoint(_TOKENS.findall(key)) or (not key.isascii() and _DENSE.search(key))
    if not telling or not _ANY.search(key):
        return "legal" if _COPYRIGHT.match(one.text) and size < 20 else ""
    for name in _ORDER:
        pattern = _FURNITURE[name]
        if pattern.search(key) and (size <= 45 or name in ("receiving", "legal")):
            return name
    return ""


def _is_link(one: Block) -> bool:
    return any(span.href for span in one.spans if not is_break(span)) or _LINK.search(one.text) is not None


def _is_small(one: Block) -> bool:
    """Whether a block may stand between the lines of a foot: an address, links, a rule."""
    if one.kind == "li" and not linked(one):
        return False
    return is_rule(one) or (words(one.text) <= 14 and not _STOP.search(one.text)) or linked(one) > 0.6


def _is_inside(one: Block, above: Sequence[str]) -> bool:
    """Whether a sentence stands between the lines of a foot: how a company is registered, and where."""
    return words(one.text) <= _FOOT and any(kind and kind != "browser" for kind in above)


def _is_strong(one: Block, kind: str) -> bool:
    """Whether a block is furniture beyond doubt, and not a sentence that speaks of it."""
    return kind in ("receiving", "legal") or words(one.text) <= 6 or _is_link(one)


def _is_plain_furniture(one: Block, kind: str) -> bool:
    """Whether a block in the middle of the text is furniture by itself."""
    size = words(one.text)
    if kind in ("leave", "browser", "invite"):
        return linked(one) > _LINKED or size <= 4 or (size <= 14 and _is_link(one))
    return kind == "receiving" and size <= 40 and _key(one.text).startswith(_STARTS)


_STARTS = tuple(phrase for phrase in WORDS["furniture"]["receiving"] if " " in phrase)


def _unreleased(text: Letter) -> tuple[Letter, float]:
    """The letter without the lines that press releases have for editors, and how sure it is that no more is gone."""
    blocks = text.blocks
    places: list[int] = []
    for n, one in enumerate(blocks):
        bare = one.text.strip("-–—*#_=<>/ .:!").casefold()
        if n < 4 and bare in _RELEASE and len(blocks) > 1:
            places.append(n)
    text = text.without(places, "a line of a press release for editors", 0.9)
    ending = agency_lines.find_ending([_written(one) for one in text.blocks])
    lost = [DroppedBlock(text.blocks[n], why, trust) for n, (why, trust) in sorted(ending.lines.items())]
    kept = tuple(one for n, one in enumerate(text.blocks) if n not in ending.lines)
    return Letter(kept, (*text.dropped, *lost), text.by_rows), ending.sure


def _written(one: Block) -> str:
    """A block as it was written, line by line: what some take for the mark of an item is a dash before "ENDS"."""
    return ("- " if one.kind == "li" else "") + "\n".join(lines_of(one))


def _is_contact(one: Block) -> bool:
    return words(one.text) <= 40 and _CONTACT.search(one.text) is not None


def _signed_off(text: Letter, sender: str) -> Letter:
    """The letter without its last lines where these are of a form that ends letters."""
    blocks = text.blocks
    end = len(blocks)
    while end > 1 and (_is_device(blocks[end - 1]) or is_rule(blocks[end - 1])):
        end -= 1
    text = text.cut(end, len(blocks), "says what it was sent with", 0.95)
    blocks = text.blocks
    most, wide = _BELOW
    for n in range(max(1, len(blocks) - most), len(blocks)):
        first = lines_of(blocks[n])[0] if blocks[n].text else ""
        below = [line for b in blocks[n + 1 :] for line in lines_of(b)]
        rest = lines_of(blocks[n])[1:]
        if _phrase(first) in _CLOSING and all(words(line) <= wide for line in (*rest, *below)):
            if any(_STOP.search(line) and words(line) > 4 for line in (*rest, *below)):
                continue
            return text.cut(n, len(blocks), "a sign-off", 0.9)
    names = {sender.casefold(), *(sender.casefold().split()[:1] if " " in sender else ())} - {""}
    for n in range(max(1, len(blocks) - 6), len(blocks)):
        if blocks[n].text.strip(" ,-–—").casefold() in names and all(
            (words(b.text) <= 6 and not _STOP.search(b.text)) or _is_contact(b) for b in blocks[n + 1 :]
        ):
            return text.cut(n, len(blocks), "the sender's name", 0.85)
    return text


def _is_device(one: Block) -> bool:
    return words(one.text) <= 14 and _key(one.text).startswith(_DEVICES)


def _ungreeted(text: Letter) -> Letter:
    """The letter without its first line where that greets somebody."""
    if len(text.blocks) < 2:
        return text
    first = text.blocks[0].text
    greets = (
        _GREETING.match(first)
        and words(first) <= 9
        and (first[-1] in ",!:，" or first.casefold().endswith((" all", " team")))
    )
    return text.cut(0, 1, "a greeting", 0.9) if greets else text


def _uncovered(text: Letter) -> Letter:
    """The letter without its first paragraph where that only says that a release stands below."""
    first = text.blocks[0].text if len(text.blocks) > 1 else ""
    covers = words(first) <= _COVER and _RELEASED.search(first) and _BELOW_IT.search(first)
    return text.cut(0, 1, "a covering note", 0.9) if covers else text


_COVER = 25  # words of a covering note
_RELEASED, _BELOW_IT = (
    re.compile(rf"(?<!\w)(?:{either(WORDS['closing'][name])})(?!\w)", re.IGNORECASE) for name in ("released", "below")
)
_ATTACHED = re.compile(rf"(?<!\w)(?:{either(WORDS['closing']['attached'])})", re.IGNORECASE)
_NOTE = (15, 60)  # words of a note that says nothing of what is attached, and of one that does


def is_note(blocks: Sequence[Block]) -> bool:
    """Whether a text is no more than a note above something that is attached to it."""
    bare, speaking = _NOTE
    size = prose(blocks)
    speaks = any(
        _ATTACHED.search(one.text) or _GREETING.match(one.text) or _phrase(one.text) in _CLOSING for one in blocks
    )
    return size < bare or (size < speaking and speaks)
