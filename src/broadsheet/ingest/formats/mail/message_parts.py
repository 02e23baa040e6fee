"""The parts of a message → the text to be read, the messages and texts that come with it, and everything else by name.

In: a ``MimePart``. Out: ``Content``. Of a text that is there in two forms the richer one is read. What is not read is
named with its type and size.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

import msgspec

from broadsheet.ingest.extract.blocks import Block
from broadsheet.ingest.extract.draft import Fate, Role
from broadsheet.ingest.formats.mail import letter, mail_html, mail_text, mime
from broadsheet.ingest.formats.mail.letter import DroppedBlock, Letter
from broadsheet.ingest.formats.mail.mime import MimePart
from broadsheet.text import clip

_TEXTS = ("text/plain", "text/html", "text/markdown", "text/x-markdown", "application/xhtml+xml", "text/enriched",
          "text/richtext", "")  # fmt: skip
_STORY = re.compile(r"\.(?:txt|text|md|markdown|mdown|html?|xhtml|eml)$", re.IGNORECASE)
_RICH = re.compile(r"<(?:a\s|h[1-6]|li\b|table|b\b|strong|em\b|i\b|blockquote|img)", re.IGNORECASE)
_TAGS = re.compile(r"<[^<>]{0,200}>")
_LESS = 0.8  # of the words of a plain part that an HTML part must have to be taken for it
_STUB = 40  # words of running text in a plain part that may say only that there is an HTML part
_MORE = 2  # times the words of such a part that an HTML part has which says more than markup
_WHY = {"text/html": "as HTML", "text/plain": "as plain text", "text/x-amp-html": "as AMP"}
_HTML = ("text/html", "application/xhtml+xml")
_PICTURES = {"image/png": ".png", "image/jpeg": ".jpg", "image/jpg": ".jpg", "image/gif": ".gif", "image/webp": ".webp"}
_PICTURE = 32 * 1024 * 1024  # bytes of a picture that is taken along
_PHOTO = 8 * 1024  # bytes of a picture that is attached and is no logo
_MESSAGES = ("message/rfc822", "message/global", "message/news")
_MANY = 10  # attachments that a problem names
_KINDS = {"application/pgp-signature": "a signature", "application/pkcs7-signature": "a signature",
          "application/x-pkcs7-signature": "a signature", "application/pgp-encrypted": "part of an encrypted message",
          "message/delivery-status": "the report of a mail server",
          "text/rfc822-headers": "the report of a mail server",
          "message/disposition-notification": "the report of a mail program"}  # fmt: skip


class Unread(msgspec.Struct, frozen=True):
    """A part that is no text: what it is, in words.

    ``attached`` is whether it came as a file, ``taken`` whether it is a picture that is taken along.
    """

    part: MimePart
    why: str
    attached: bool = False
    taken: bool = False


class Content(msgspec.Struct, frozen=True):
    """What a message holds: its own text, the messages and texts that come with it, and what is not read.

    ``cut`` is how many bytes of text were left out for their size. ``pictures`` are those that it shows, by the
    addresses under which its text has them, with the one of ``photo``, which is attached.
    """

    text: Letter
    messages: tuple[MimePart, ...] = ()
    texts: tuple[MimePart, ...] = ()
    unread: tuple[Unread, ...] = ()
    read: tuple[MimePart, ...] = ()
    cut: int = 0
    pictures: dict[str, bytes] = {}
    photo: str = ""


def read(part: MimePart) -> Content:
    """What a message holds."""
    return _Reader(part).read(part)


class _Reader:
    """The parts of a message as they are walked through."""

    def __init__(self, message: MimePart) -> None:
        self._message = message
        self._letters: dict[int, tuple[Letter, int]] = {}  # by part: forms of a text are compared first
        self._shown: dict[str, tuple[str, MimePart]] = {}  # pictures by their Content-ID
        self.messages: list[MimePart] = []
        self.texts: list[MimePart] = []
        self.unread: list[Unread] = []
        self.used: list[MimePart] = []
        self.cut = 0

    def read(self, part: MimePart) -> Content:
        """What the message holds."""
        letters = self._walk(part)
        blocks = tuple(b for one in letters for b in one.blocks)
        dropped = tuple(d for one in letters for d in one.dropped)
        text = Letter(blocks, dropped, all(one.by_rows for one in letters))
        sources = {b.src for b in blocks if b.kind == "img"}
        taken = {name: one for name, one in self._shown.values() if name in sources}
        photo = self._photo(taken)
        self.unread = [
            Unread(u.part, described(u.part), taken=True) if any(u.part is p for p in taken.values()) else u
            for u in self.unread
        ]
        return Content(
            text,
            tuple(self.messages),
            tuple(self.texts),
            tuple(self.unread),
            tuple(self.used),
            self.cut,
            {name: mime.content(one) for name, one in taken.items()},
            photo,
        )

    def _photo(self, taken: dict[str, MimePart]) -> str:
        """The name of the first picture that is attached and is no logo: it is taken along as those that are shown."""
        shown = {id(one) for one in taken.values()}
        for n, one in enumerate(self.unread):
            part = one.part
            if one.attached and part.kind in _PICTURES and _PHOTO <= part.size() <= _PICTURE and id(part) not in shown:
                name = part.name or f"photo{_PICTURES[part.kind]}"
                name = f"{n}-{name}" if name in taken else name
                taken[name] = part
                return name
        return ""

    def _taken(self, cid: str) -> str:
        """The name under which a picture of the message is shown; nothing where it is none that can be."""
        if not self._shown:
            for n, part in enumerate(self._message.walk(), 1):
                found = part.field("content-id").strip("<> ")
                if found and part.kind in _PICTURES and part.size() <= _PICTURE:
                    ending = _PICTURES[part.kind]
                    name = part.name if part.name.lower().endswith((ending, ".jpeg")) else f"picture-{n}{ending}"
                    if any(name == other for other, _ in self._shown.values()):
                        name = f"{n}-{name}"
                    self._shown[found] = name, part
        return self._shown[cid][0] if cid in self._shown else ""

    def _walk(self, part: MimePart) -> list[Letter]:
        if part.kind in _MESSAGES and part.parts:
            self.messages.append(part.parts[0])
            return []
        if part.kind.startswith("multipart/"):
            return self._several(part)
        if part.kind not in _TEXTS or part.disposition == "attachment" or part.name:
            if _is_story(part):
                self.texts.append(part)
            else:
                self._name(part)
            return []
        self.used.append(part)
        return [self._letter(part)]

    def _several(self, part: MimePart) -> list[Letter]:
        if part.kind == "multipart/alternative":
            return self._alternative(part.parts)
        return [one for inner in part.parts for one in self._walk(inner)]

    def _alternative(self, parts: Sequence[MimePart]) -> list[Letter]:
        """The richest form of a text; the others are named."""
        plain = next((p for p in parts if p.kind in ("text/plain", "text/enriched")), None)
        rich = next((p for p in parts if p is not plain and p.kind != "text/x-amp-html" and _holds_html(p)), None)
        if plain is None or rich is None:
            chosen = [rich or plain or parts[0]] if parts else []
            letters = [one for p in chosen for one in self._walk(p)]
        else:
            words = self._letter(plain) if plain.disposition != "attachment" else Letter(())
            stub = letter.prose(words.blocks) < _STUB  # "Your program cannot show this message"
            marked = self._apart(rich) if _is_rich(rich) or stub else None
            if marked and not _is_rich(rich) and _count(marked.blocks) < _count(words.blocks) * _MORE:
                marked = None
            if marked is not None and _count(marked.blocks) >= _count(words.blocks) * _LESS and marked.blocks:
                chosen, letters = [rich], self._walk(rich)
            else:
                chosen, letters = [plain], [words]
                self.used.append(plain)
        for other in parts:
            if not any(other is one for one in chosen):
                for leaf in other.walk():
                    if not leaf.parts:
                        self.unread.append(Unread(leaf, f"the same text {_WHY.get(leaf.kind, 'in another form')}"))
        return letters

    def _apart(self, part: MimePart) -> Letter:
        """The letter of the HTML of a part; nothing else of it is kept yet."""
        rich = next(p for p in part.walk() if p.kind in _HTML)
        if id(rich) not in self._letters:
            self._letters[id(rich)] = self._made(rich)
        return self._letters[id(rich)][0]

    def _letter(self, part: MimePart) -> Letter:
        if id(part) not in self._letters:
            self._letters[id(part)] = self._made(part)
        found, cut = self._letters[id(part)]
        self.cut += cut
        return found

    def _made(self, part: MimePart) -> tuple[Letter, int]:
        """The letter of a part, and how many bytes of it were left out."""
        text = mime.read(part)
        if part.kind in _HTML:
            return mail_html.read(text, self._taken), text.cut
        if part.kind in ("text/enriched", "text/richtext"):
            text = msgspec.structs.replace(text, text=_TAGS.sub("", text.text))
        flowed = part.parameters.get("format", "").lower() == "flowed"
        delsp = part.parameters.get("delsp", "").lower() == "yes"
        made = mail_text.read(text, flowed=flowed, delsp=delsp, by_rows=part.by_rows and part.first > 0)
        return made, text.cut

    def _name(self, part: MimePart) -> None:
        if part.kind in _KINDS:
            self.unread.append(Unread(part, _KINDS[part.kind]))
        elif part.rows or part.name:
            self.unread.append(Unread(part, described(part), attached=True))


def described(part: MimePart) -> str:
    """What a part is: its name, type and size."""
    name = f"“{clip(part.name, 120)}”" if part.name else "a part without a name"
    return f"{name} ({part.kind}, {size(part.size())})"


def size(count: int) -> str:
    """A size in words."""
    return (
        f"{count} bytes" if count < 1024 else f"{count >> 10} KB" if count < 1 << 20 else f"{count / (1 << 20):.1f} MB"
    )


def _is_story(part: MimePart) -> bool:
    """Whether a part that came as a file may be a story: a text, by its type or by its name."""
    if _STORY.search(part.name):
        return part.kind.startswith("text/") or part.kind in ("application/octet-stream", "application/xhtml+xml")
    return part.kind in ("text/plain", "text/html", "text/markdown", "text/x-markdown") and "." not in part.name


def _holds_html(part: MimePart) -> bool:
    return any(p.kind in _HTML for p in part.walk())


def _is_rich(part: MimePart) -> bool:
    """Whether an HTML part has anything that a plain one cannot say."""
    return any(
        _RICH.search(mime.content(p)[:200_000].decode("utf-8", "replace")) is not None
        for p in part.walk()
        if p.kind in _HTML
    )


def _count(blocks: Sequence[Block]) -> int:
    return sum(letter.words(b.text) for b in blocks)


GOES_ON = "goes on with the row above"
_HEADERS: dict[str, Role] = {"subject": "title", "date": "date", "from": "byline"}


def fates(message: MimePart, content: Content) -> dict[int, Fate]:
    """What became of the rows of a message that are not its text: its head, the marks of its parts, and these."""
    found: dict[int, Fate] = {}
    for part in message.walk():
        if part.first <= 0:
            continue
        for field in part.fields:
            role: Role = _HEADERS.get(field.name, "markup") if part is message else "markup"
            found |= {n: Fate(n, role, "" if role != "markup" else "a field of the head") for n in field.rows}
        found |= {n: Fate(n, "markup", "stands between the parts of the message") for n in part.marks}
    for part in content.read:
        if part.first > 0:
            plain = part.by_rows and part.kind == "text/plain"
            why = "" if plain else "the text is packed: its pieces are listed apart" if not part.by_rows else "HTML"
            found |= _rows(part, "markup", why)
            found |= {n: Fate(n, "markup", GOES_ON) for n in mime.continued(part)} if plain else {}
    for one in content.unread:
        if one.part.first > 0:
            why = f"comes with the message and is not taken in: {one.why}" if one.attached else one.why
            why = f"a picture of the story: {one.why}" if one.taken else why
            use: Role = "caption" if one.taken else "dropped"
            rows = _rows(one.part, use, why)
            if one.attached or one.taken:  # one row names it: the others are nothing that anybody reads
                for n in [n for n, fate in rows.items() if fate.role == use][1:]:
                    rows[n] = Fate(n, "markup", "more of the file above")
            found |= rows
    return found


def _rows(part: MimePart, role: Role, why: str) -> dict[int, Fate]:
    return {n: Fate(n, role, why) if row.strip() else Fate(n, "blank") for n, row in enumerate(part.rows, part.first)}


def pieces(blocks: Sequence[tuple[Block, Role, str]], dropped: Sequence[DroppedBlock], *, by_rows: bool) -> list[Fate]:
    """What became of the blocks of a text: each row of one that has rows of its own, else each block as a piece."""
    found: list[Fate] = []
    every = [(block, role, why, 1.0) for block, role, why in blocks]
    every += [(one.block, one.role, one.why, one.confidence) for one in dropped]
    for block, role, why, sure in every:
        if by_rows:
            found += [Fate(n, role, why, "", sure) for n in block.lines]
        elif block.lines:
            found.append(Fate(block.lines[0], role, why, clip(block.text or block.src, 120), sure))
    return sorted(found, key=lambda fate: fate.line)


def named(unread: Sequence[Unread]) -> str:
    """The files that came with a message and are not taken in, in words."""
    names = [one.why for one in unread if one.attached]
    more = f" and {len(names) - _MANY} more" if len(names) > _MANY else ""
    return ", ".join(names[:_MANY]) + more
