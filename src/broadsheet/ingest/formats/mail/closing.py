"""A letter → its text without what letters and newsletters put around one: greeting, sign-off, signature, furniture.

In: a ``Letter``. Out: the same with these dropped, each with its reason. A line goes only for a form that is known: a
short last line of the story stays.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from broadsheet.ingest.extract import endings
from broadsheet.ingest.extract.blocks import Block, is_break, linked
from broadsheet.ingest.formats.mail import letter
from broadsheet.ingest.formats.mail.letter import WORDS, Letter
from broadsheet.text import either

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
        lines = letter.lines(one) if len(one.spans) > 2 and one.kind in ("p", "quote") else ()
        at = next((n for n, line in enumerate(lines) if n and _is_apart(lines[n - 1], line)), 0)
        if at:
            one, below = letter.split(one, at)
            left.append(below)
        blocks.append(one)
    return Letter(tuple(blocks), text.dropped, text.by_rows)


def _is_apart(before: str, line: str) -> bool:
    """Whether a line begins something else than the lines above it."""
    return line == "--" or _phrase(line) in _CLOSING or endings.is_apart(line) or endings.is_mark(before)


def _phrase(line: str) -> str:
    return _key(line.strip(" ,.!–—-:"))


def _unsigned(text: Letter) -> tuple[Letter, float]:
    """The letter without what stands below "-- ", where that is as short as a signature is."""
    words, many = _SIGNATURE
    for n, one in enumerate(text.blocks):
        if n and (one.text == "--" or letter.lines(one)[:1] == ["--"]):
            below = text.blocks[n + 1 :]
            if letter.prose(below) <= words and len(below) <= many:
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
        while start > 1 and (letter.is_rule(blocks[start - 1]) or _COPYRIGHT.match(blocks[start - 1].text)):
            start -= 1
        gone |= set(range(start, len(blocks)))
    gone |= {n for n, kind in enumerate(kinds) if kind and n not in foot and _is_plain_furniture(blocks[n], kind)}
    bulk = bool(strong) and any(kinds[n] in ("leave", "receiving") for n in gone)
    if len(gone) >= len(blocks):
        return text, bulk
    return text.without(gone, "what newsletters and lists print around their text", 0.9), bulk


def _kind(one: Block) -> str:
    """Which furniture of newsletters a block is, or nothing."""
    size = letter.words(one.text)
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
    return letter.is_rule(one) or (letter.words(one.text) <= 14 and not _STOP.search(one.text)) or linked(one) > 0.6


def _is_inside(one: Block, above: Sequence[str]) -> bool:
    """Whether a sentence stands between the lines of a foot: how a company is registered, and where."""
    return letter.words(one.text) <= _FOOT and any(kind and kind != "browser" for kind in above)


def _is_strong(one: Block, kind: str) -> bool:
    """Whether a block is furniture beyond doubt, and not a sentence that speaks of it."""
    return kind in ("receiving", "legal") or letter.words(one.text) <= 6 or _is_link(one)


def _is_plain_furniture(one: Block, kind: str) -> bool:
    """Whether a block in the middle of the text is furniture by itself."""
    size = letter.words(one.text)
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
    ending = endings.find([_written(one) for one in text.blocks])
    lost = [letter.Dropped(text.blocks[n], why, trust) for n, (why, trust) in sorted(ending.lines.items())]
    kept = tuple(one for n, one in enumerate(text.blocks) if n not in ending.lines)
    return Letter(kept, (*text.dropped, *lost), text.by_rows), ending.sure


def _written(one: Block) -> str:
    """A block as it was written, line by line: what some take for the mark of an item is a dash before "ENDS"."""
    return ("- " if one.kind == "li" else "") + "\n".join(letter.lines(one))


def _is_contact(one: Block) -> bool:
    return letter.words(one.text) <= 40 and _CONTACT.search(one.text) is not None


def _signed_off(text: Letter, sender: str) -> Letter:
    """The letter without its last lines where these are of a form that ends letters."""
    blocks = text.blocks
    end = len(blocks)
    while end > 1 and (_is_device(blocks[end - 1]) or letter.is_rule(blocks[end - 1])):
        end -= 1
    text = text.cut(end, len(blocks), "says what it was sent with", 0.95)
    blocks = text.blocks
    most, wide = _BELOW
    for n in range(max(1, len(blocks) - most), len(blocks)):
        first = letter.lines(blocks[n])[0] if blocks[n].text else ""
        below = [line for b in blocks[n + 1 :] for line in letter.lines(b)]
        rest = letter.lines(blocks[n])[1:]
        if _phrase(first) in _CLOSING and all(letter.words(line) <= wide for line in (*rest, *below)):
            if any(_STOP.search(line) and letter.words(line) > 4 for line in (*rest, *below)):
                continue
            return text.cut(n, len(blocks), "a sign-off", 0.9)
    names = {sender.casefold(), *(sender.casefold().split()[:1] if " " in sender else ())} - {""}
    for n in range(max(1, len(blocks) - 6), len(blocks)):
        if blocks[n].text.strip(" ,-–—").casefold() in names and all(
            (letter.words(b.text) <= 6 and not _STOP.search(b.text)) or _is_contact(b) for b in blocks[n + 1 :]
        ):
            return text.cut(n, len(blocks), "the sender's name", 0.85)
    return text


def _is_device(one: Block) -> bool:
    return letter.words(one.text) <= 14 and _key(one.text).startswith(_DEVICES)


def _ungreeted(text: Letter) -> Letter:
    """The letter without its first line where that greets somebody."""
    if len(text.blocks) < 2:
        return text
    first = text.blocks[0].text
    greets = (
        _GREETING.match(first)
        and letter.words(first) <= 9
        and (first[-1] in ",!:，" or first.casefold().endswith((" all", " team")))
    )
    return text.cut(0, 1, "a greeting", 0.9) if greets else text


def _uncovered(text: Letter) -> Letter:
    """The letter without its first paragraph where that only says that a release stands below."""
    first = text.blocks[0].text if len(text.blocks) > 1 else ""
    covers = letter.words(first) <= _COVER and _RELEASED.search(first) and _BELOW_IT.search(first)
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
    size = letter.prose(blocks)
    speaks = any(
        _ATTACHED.search(one.text) or _GREETING.match(one.text) or _phrase(one.text) in _CLOSING for one in blocks
    )
    return size < bare or (size < speaking and speaks)
