"""A mail or a mailbox → its stories: the message that was forwarded, every item of a newsletter, every attached text.

In: a ``Source`` that holds messages (RFC 5322, RFC 4155). Out: drafts. The subject is the headline, the sender the
author or the source. Plain text and HTML become blocks, and go one way from there: ``letter``, ``forwarded``,
``newsletter``. Every row of the source, every part and every block has its fate in one of the drafts.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence

import msgspec
from msgspec.structs import replace

from broadsheet.errors import BroadsheetError, Place, Problem, fail, note, warning
from broadsheet.ingest.extract.draft import Draft, Fate, Found, Hints, Source
from broadsheet.ingest.formats.mail import letter, mail_fields, mail_story, mailbox, message_parts, mime
from broadsheet.ingest.formats.mail.letter import NOTE, DroppedBlock
from broadsheet.ingest.formats.mail.mail_story import MessageText
from broadsheet.ingest.formats.mail.mailbox import Message
from broadsheet.ingest.formats.mail.message_parts import Content
from broadsheet.ingest.formats.mail.mime import MimePart
from broadsheet.text import clip

_NOTE = 40  # words of what somebody writes above a text that he attaches
_LONG_NOTE = 120  # words from which it is a story by itself
_STORY = 12  # words of an attached text that may be a story
_READ = ("text", "markdown", "html", "mail")  # formats of attached texts
_DEEP = 6  # mails attached to mails as files
_NO_STORY = {
    "multipart/encrypted": "the message is encrypted",
    "multipart/report": "the message is the report of a mail server",
}
_SNAPSHOT = "snapshot-content-location"


def read(source: Source, hints: Hints) -> tuple[Draft, ...]:
    """The stories of a mail or mailbox; messages without a text are named and passed over.

    Raises BroadsheetError: ``no-story`` where no message holds a text, or the one message's own problem.
    """
    several = source.name.lower().endswith((".mbox", ".mbx"))
    box = mailbox.split(source.data, several=several)
    drafts: list[Draft] = []
    known: dict[str, str] = {}
    spare: list[Fate] = []
    problems: list[Problem] = []
    failed: list[BroadsheetError] = []
    for message in box.messages:
        found = _Reading(source, hints, box.charset).message(message, known)
        spare += found.spare
        problems += found.problems
        failed += found.failed
        drafts += found.drafts
    if not drafts:
        raise failed[0] if failed else fail("no-story", "none of its messages has text", Place(source.name), _TEXT)
    if failed:
        which = ", ".join(str(cause.problem.place.line) for cause in failed[:20])
        note_text = f"{len(failed)} of {len(box.messages)} messages have no text: see lines {which}"
        problems.append(note("message-empty", note_text, Place(source.name, failed[0].problem.place.line)))
    if box.more:
        note_text = f"{box.more} messages were not read: a mailbox may hold {mailbox.MOST:,}"
        problems.append(warning("mailbox-cut", note_text, Place(source.name), "Split the mailbox."))
    first = drafts[0]
    fates = tuple(sorted((*first.fates, *spare), key=lambda fate: fate.line)) if spare else first.fates
    drafts[0] = replace(first, fates=fates, problems=(*first.problems, *problems))
    return tuple(drafts)


_TEXT = "Ingest a message with text, or save its attachments and ingest those."


class _Result(msgspec.Struct):
    """What a message gave: drafts, or why there is none; fates of rows that no draft has, problems."""

    drafts: list[Draft]
    spare: list[Fate]
    problems: list[Problem]
    failed: list[BroadsheetError]


class _Reading:
    """The reading of one message with all that is in it."""

    def __init__(self, source: Source, hints: Hints, charset: str) -> None:
        self.source, self.hints, self.charset = source, hints, charset
        self.problems: list[Problem] = []
        self.rows: dict[int, Fate] = {}
        self.place = Place(source.name)

    def message(self, message: Message, known: dict[str, str]) -> _Result:
        """The stories of a message of a mailbox."""
        place = self.place = Place(self.source.name, message.first if message.first > 1 else 0)
        above, below = message.above, len(message.rows) - message.below
        rows = message.rows[above:below]
        exported = not message.envelope and mailbox.is_exported(rows)
        part = (mime.bare if exported else mime.parse)(rows, message.first + above)
        own = range(message.first, message.first + len(message.rows))
        drafts = _apart(self._part(part, message.envelope))
        if len(drafts) > 1 and not any(problem.code == "several-stories" for problem in self.problems):
            note_text = f"{len(drafts)} stories were found in it: each is filed"
            self.problems.append(note("several-stories", note_text, place))
        edges = (*range(message.first, message.first + above), *range(message.first + below, own.stop))
        self.rows |= {n: Fate(n, "markup", "the mailbox's own line") for n in edges}
        spare = self._accounted(drafts, own, message.rows)
        failed: list[BroadsheetError] = []
        again = self._again(drafts, known)
        if again:
            why = "the same message is in the mailbox twice"
            spare = [Fate(n, "dropped", why) for n in own]
            drafts = []
            self.problems = [note("message-again", why, place)]
        elif not drafts:
            why = _NO_STORY.get(part.kind, "the message holds no text")
            failed = [fail("no-story", why, place, _TEXT)]
            failed = [BroadsheetError(*failed[0].problems, *self.problems)]
            self.problems = []
        return _Result(drafts, spare, self.problems, failed)

    def _again(self, drafts: Sequence[Draft], known: dict[str, str]) -> bool:
        """Whether a message was read before: mailboxes hold what was sent and what came back."""
        if not drafts or not drafts[0].guid:
            return False
        said = hashlib.sha256("\n".join(draft.title.value + draft.body for draft in drafts).encode()).hexdigest()
        if known.get(drafts[0].guid) == said:
            return True
        known[drafts[0].guid] = said
        return False

    def _accounted(self, drafts: list[Draft], own: range, rows: Sequence[bytes]) -> list[Fate]:
        """Give the first draft the rows that none has; they are spare where there is no draft."""
        taken = {fate.line for draft in drafts for fate in draft.fates if not fate.text}
        rest = [
            self.rows.get(n) or (Fate(n, "blank") if not row.strip() else Fate(n, "markup", "a mark of the message"))
            for n, row in zip(own, rows, strict=True)
            if n not in taken
        ]
        rest = self._gone_on(drafts, rest)
        if drafts:
            fates = tuple(sorted((*drafts[0].fates, *rest), key=lambda fate: fate.line))
            drafts[0] = replace(drafts[0], fates=fates)
            return []
        return [
            fate if fate.role == "blank" else Fate(fate.line, "dropped", fate.why or "a message without a text")
            for fate in rest
        ]

    def _gone_on(self, drafts: list[Draft], rest: list[Fate]) -> list[Fate]:
        """Give a row that goes on with the one above (quoted-printable) its fate; what is left of ``rest``."""
        going = [fate.line for fate in rest if fate.why == message_parts.GOES_ON]
        if not going:
            return rest
        known = {fate.line: (n, fate) for n, draft in enumerate(drafts) for fate in draft.fates if not fate.text}
        more: dict[int, list[Fate]] = {}
        for line in going:
            if line - 1 in known:
                n, fate = known[line - 1]
                known[line] = n, replace(fate, line=line)
                more.setdefault(n, []).append(known[line][1])
        for n, fates in more.items():
            drafts[n] = replace(drafts[n], fates=tuple(sorted((*drafts[n].fates, *fates), key=lambda fate: fate.line)))
        return [fate for fate in rest if fate.line not in known]

    def _part(self, part: MimePart, envelope: bytes = b"") -> list[Draft]:
        """The stories of a message: of its own text, of the messages in it, of the texts that are attached."""
        if page := self._page(part):
            return page
        if part.kind == "multipart/report":
            return []
        content = message_parts.read(part)
        self.rows |= message_parts.fates(part, content)
        self._report_unread(content)
        inner = [draft for message in content.messages for draft in self._part(message)]
        inner += [draft for text in content.texts for draft in self._attached(text, part)]
        subject = mail_fields.subject(part.field("subject"))
        words = letter.prose(content.text.blocks)
        passed_on = bool(content.messages) and (subject.forward or words < _LONG_NOTE)
        is_note = bool(inner) and (passed_on or letter.is_note(content.text.blocks))
        if is_note and content.messages and len(content.messages) > 1:
            why = "what a digest prints around its messages"
        else:
            why = f"{NOTE} what comes with the message"
        if is_note or not content.text.blocks:
            sure = 0.95 if words < _NOTE else 0.75
            gone = [DroppedBlock(b, why, sure) for b in content.text.blocks]
            fates = message_parts.pieces((), (*content.text.dropped, *gone), by_rows=content.text.by_rows)
            held = mail_story.kept_back(gone)
            inner = [replace(draft, held=(*draft.held, *held)) for draft in inner] if held else inner
            self.problems += () if held else mail_story.notes_above(gone, self.place)
            return self._with(inner, fates, sure if content.text.blocks and words > 0 else 1.0)
        own = MessageText(part, content, self.place, self.hints, envelope).drafts()
        self.problems += own[1]
        return [*own[0], *inner]

    def _with(self, drafts: list[Draft], fates: list[Fate], sure: float) -> list[Draft]:
        if not drafts:
            self.rows |= {fate.line: fate for fate in fates if not fate.text}
            return drafts
        first = drafts[0]
        both = tuple(sorted((*fates, *first.fates), key=lambda fate: fate.line))
        drafts[0] = replace(first, fates=both, body_confidence=min(first.body_confidence, sure))
        return drafts

    def _report_unread(self, content: Content) -> None:
        """Name what is not read."""
        if files := message_parts.named(content.unread):
            hint = "Save what belongs to the story, and add it by hand."
            self.problems.append(note("attachment", f"attachments not read: {files}", self.place, hint))
        if content.cut:
            cut = message_parts.size(content.cut)
            self.problems.append(
                warning("too-large", f"the text is too long: {cut} at its end were not read", self.place)
            )

    def _attached(self, part: MimePart, outer: MimePart) -> list[Draft]:
        """The stories of a text that is attached; one that holds none is named."""
        from broadsheet.ingest import formats

        data = mime.content(part)
        name = part.name or "text"
        if "." not in name:
            name += {"text/html": ".html", "text/markdown": ".md", "text/x-markdown": ".md"}.get(part.kind, ".txt")
        inside = replace(self.source, name=f"{self.source.name}/{name}", data=data, url="", folder="", archive="")
        place = Place(self.source.name, max(part.first, 0))
        try:
            if formats.recognise(inside) not in _READ or inside.name.count(".eml/") > _DEEP:
                raise fail("no-story", "it is no text", place)
            drafts = list(formats.read(inside, self.hints))
        except BroadsheetError as cause:
            drafts, why = [], cause.problem.message
        else:
            why = "it holds no story"
        kept = [draft for draft in drafts if letter.words(draft.body) >= _STORY]
        if not kept:
            message = f"{message_parts.described(part)} was not read: {why}"
            self.problems.append(note("attachment", message, place))
            self.rows |= {
                n: Fate(n, "dropped", message) for n in range(max(part.first, 0), part.first + len(part.rows))
            }
            return []
        self.rows |= {
            n: Fate(n, "markup", "an attached text") for n in range(max(part.first, 0), part.first + len(part.rows))
        }
        lines = mime.read(part).text.split("\n")
        moment = mail_fields.moment(outer, self.hints)
        late = (
            replace(moment, confidence=min(moment.confidence, 0.7), rule="Date of the mail that it came with")
            if moment
            else None
        )
        who = mail_fields.sender(outer)
        agency = Found(who.agency or who.name, "From", 0.7) if who.name or who.agency else None
        return [
            replace(
                draft,
                date=draft.date or late,
                agency=draft.agency or agency,
                guid=draft.guid or mail_story.guid(outer, f"{name}/{n}"),
                fates=_moved(draft.fates, part, lines),
                problems=tuple(_placed(p, self.source.name, part) for p in draft.problems),
            )
            for n, draft in enumerate(kept)
        ]

    def _page(self, part: MimePart) -> list[Draft]:
        """The story of a page that a browser saved as a mail (MHTML)."""
        if not part.has(_SNAPSHOT, "content-base") and not part.field("from").lower().startswith("<saved by"):
            return []
        page = next((p for p in part.walk() if p.kind in ("text/html", "application/xhtml+xml")), None)
        if page is None:
            return []
        from broadsheet.ingest.formats import html

        address = part.field(_SNAPSHOT) or part.field("content-base") or page.field("content-location")
        text = mime.read(page)
        try:
            drafts = html.read(replace(self.source, data=text.text.encode("utf-8", "replace"), url=address), self.hints)
        except BroadsheetError:
            return []
        for one in part.walk():
            if one is not page and not one.parts and one.first > 0:
                why = f"a file of the saved page: {one.kind}"
                self.rows |= {n: Fate(n, "dropped", why) for n in range(one.first, one.first + len(one.rows))}
            self.rows |= {n: Fate(n, "markup", "a field of the head") for f in one.fields for n in f.rows}
        self.rows |= {n: Fate(n, "markup", "the page") for n in range(max(page.first, 0), page.first + len(page.rows))}
        lines = text.text.split("\n")
        sent = mail_fields.moment(part, self.hints)
        saved = Found(sent.value, "the day on which the page was saved", 0.3, sent.line) if sent else None
        return [replace(d, date=d.date or saved, fates=_pieces_of(d.fates, lines, text.rows)) for d in drafts]


def _apart(drafts: list[Draft]) -> list[Draft]:
    """The drafts of one message, each with an identity of its own."""
    seen: set[str] = set()
    for n, draft in enumerate(drafts):
        if draft.guid and draft.guid in seen:
            drafts[n] = replace(draft, guid=f"{draft.guid}#{n + 1}")
        seen.add(drafts[n].guid)
    return drafts


def _moved(fates: Iterable[Fate], part: MimePart, lines: Sequence[str]) -> tuple[Fate, ...]:
    """Fates of an attached text as fates of the message: at its rows, or as pieces of a part that is packed."""
    if part.first > 0 and part.by_rows and part.encoding != "quoted-printable":
        last = part.first + len(part.rows) - 1
        return tuple(
            replace(fate, line=fate.line + part.first - 1) for fate in fates if fate.line + part.first - 1 <= last
        )
    return _pieces_of(fates, lines, [abs(part.first)] * len(lines))


def _pieces_of(fates: Iterable[Fate], lines: Sequence[str], rows: Sequence[int]) -> tuple[Fate, ...]:
    out = []
    for fate in fates:
        text = fate.text or (lines[fate.line - 1].strip() if 0 < fate.line <= len(lines) else "")
        if text and fate.role not in ("blank", "markup"):
            row = rows[min(fate.line, len(rows)) - 1] if rows else 0
            out.append(replace(fate, line=row, text=clip(text, 120)))
    return tuple(out)


def _placed(problem: Problem, name: str, part: MimePart) -> Problem:
    return Problem(problem.severity, problem.code, problem.message, Place(name, max(part.first, 0)), problem.hint)
