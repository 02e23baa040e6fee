"""The text of one message → its story, or the story of every item in it, with what became of each block.

In: a ``MimePart`` and its ``Content``. Out: drafts. Plain text and HTML go one way: the message that was forwarded is
taken out of its notes, what letters and newsletters print around a text goes, items become stories.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterable, Sequence

from msgspec.structs import replace

from broadsheet.errors import Place, Problem, note, warning
from broadsheet.ingest.extract import bylines, leftovers, publication_marks, subjects
from broadsheet.ingest.extract.blocks import Block, is_break, squeeze
from broadsheet.ingest.extract.draft import Draft, Fate, Found, Hints, Role
from broadsheet.ingest.formats import embedded
from broadsheet.ingest.formats.mail import forwarded, letter, mail_fields, message_parts, newsletter
from broadsheet.ingest.formats.mail.forwarded import Level
from broadsheet.ingest.formats.mail.letter import NOTE, DroppedBlock, Letter
from broadsheet.ingest.formats.mail.mail_fields import Sender
from broadsheet.ingest.formats.mail.message_parts import Content
from broadsheet.ingest.formats.mail.mime import MimePart
from broadsheet.model import Picture
from broadsheet.text import clip

_BYLINE = 14  # words of a line that says who wrote
_BULK = ("list-unsubscribe", "list-id", "x-campaign", "x-campaignid", "feedback-id", "x-mailer-recptid")


class MessageText:
    """A message's own text on its way to drafts."""

    def __init__(self, part: MimePart, content: Content, place: Place, hints: Hints, envelope: bytes) -> None:
        self.part, self.content, self.place, self.hints = part, content, place, hints
        self.envelope = envelope
        self.subject = mail_fields.subject(part.field("subject"))
        self.bulk = part.has(*_BULK) or part.field("precedence").lower() in ("bulk", "list")
        self.sent = mail_fields.moment(part, hints, envelope)
        self.by_rows = content.text.by_rows

    def drafts(self) -> tuple[list[Draft], list[Problem]]:
        """The stories of the text, and what an editor should know of them; what the head keeps back is held."""
        drafts, problems = self._drafts()
        return [mail_fields.kept_back(self.part, draft, self.hints) for draft in drafts], problems

    def _drafts(self) -> tuple[list[Draft], list[Problem]]:
        text = self.content.text
        if issue := newsletter.digest(text) or newsletter.forwards(text):
            return self._digest(issue)
        level = forwarded.unfold(text, forward=self.subject.forward, reply=self.subject.reply)
        who = self._sender(level, bulk=self.bulk)
        trimmed, foot, sure = letter.trim(level.letter, who.name)
        if foot and not self.bulk:
            self.bulk = True
            who = self._sender(level, bulk=True)
        title = self._title(level)
        sure = min(sure, level.sure)
        issue = newsletter.items(trimmed, title.value if title else "", bulk=self.bulk)
        if issue is None or not issue.sure:
            story = self._story(title, trimmed, level, who, sure if issue is None else min(sure, 0.7))
            notes = [] if issue is None else [self._several(issue.count, filed=False)]
            if files := level.fields.get("attached"):
                notes.append(
                    note(
                        "attachment", f"mentions attachments that did not come with it: {clip(files, 200)}", self.place
                    )
                )
            return [story], notes
        problems = [self._several(len(issue.items), filed=True)]
        if issue.more:
            left = f"{issue.more} items were not read: a mail may hold {newsletter.MOST}"
            problems.append(warning("mailbox-cut", left, self.place, "Split the mail."))
        drafts = [self._item(item, n, who, level, sure) for n, item in enumerate(issue.items, 1)]
        own = Letter(issue.letter.blocks, issue.letter.dropped, self.by_rows)
        if own.blocks:
            drafts.insert(0, self._story(title, own, level, who, 0.75))
        else:
            fates = message_parts.pieces((), own.dropped, by_rows=self.by_rows)
            drafts[0] = replace(drafts[0], fates=tuple(sorted((*drafts[0].fates, *fates), key=lambda f: f.line)))
        return drafts, problems

    def _several(self, count: int, *, filed: bool) -> Problem:
        if filed:
            return note("several-stories", f"{count} stories were found in it: each is filed", self.place)
        hint = "Compare it with the mail, and split it if it is more than one story."
        return note("several-stories", f"{count} stories may be in it: filed as one", self.place, hint)

    def _digest(self, issue: newsletter.Issue) -> tuple[list[Draft], list[Problem]]:
        """The messages of a list's digest, or of a mail that passes several on, each with its own head."""
        drafts: list[Draft] = []
        reasons = kept_back(issue.letter.dropped)  # a note above them holds for all
        said = () if reasons else notes_above(issue.letter.dropped, self.place)
        for n, item in enumerate(issue.items, 1):
            level = Level(Letter(item.blocks, (), self.by_rows), item.fields, item.rows, 1)
            who = self._sender(level, bulk=False)
            inner = forwarded.unfold(level.letter, forward=False, reply=True)
            trimmed, _, sure = letter.trim(inner.letter, who.name)
            if not trimmed.blocks:
                fates = message_parts.pieces((), trimmed.dropped, by_rows=self.by_rows)
                issue = replace(issue, letter=replace(issue.letter, dropped=(*issue.letter.dropped, *trimmed.dropped)))
                continue
            draft = self._story(self._title(level), trimmed, level, who, sure)
            drafts.append(replace(draft, guid=guid(self.part, str(n)), held=(*draft.held, *reasons)))
        fates = message_parts.pieces((), issue.letter.dropped, by_rows=self.by_rows)
        if drafts:
            drafts[0] = replace(drafts[0], fates=tuple(sorted((*drafts[0].fates, *fates), key=lambda f: f.line)))
        return drafts, [*said, *([self._several(len(drafts), filed=True)] if len(drafts) > 1 else [])]

    def _sender(self, level: Level, *, bulk: bool) -> Sender:
        if level.depth and (name := level.fields.get("from")):
            return mail_fields.named(name)
        if level.depth:
            return Sender()
        return mail_fields.sender(self.part, bulk=bulk)

    def _title(self, level: Level) -> Found[str] | None:
        """The headline by the subject of the message that is the story; with doubt by the covering one's."""
        if level.depth and (words := level.fields.get("subject")):
            inner = mail_fields.subject(words)
            if inner.text:
                return Found(inner.text, "Subject of the message that was forwarded", 0.9, level.rows.get("subject", 0))
        if not self.subject.text:
            return None
        rule = "Subject of an answer" if self.subject.reply else "Subject"  # of an answer, it may be no headline
        sure = 0.6 if self.subject.reply else 0.75 if level.depth else 0.9
        return Found(self.subject.text, rule, sure, self.part.row("subject"))

    def _date(self, level: Level) -> Found[dt.date] | None:
        if not level.depth:
            return self.sent
        zone = getattr(self.sent.value, "tzinfo", None) if self.sent else None
        words = level.fields.get("date", "")
        if words and (found := mail_fields.spoken(words, self.hints, zone)):
            when, sure = found
            return Found(when, "the date of the message that was forwarded", sure, level.rows.get("date", 0))
        if self.sent is None:
            return None
        rule = "Date of the message that passed it on"
        return replace(self.sent, rule=rule, confidence=min(self.sent.confidence, 0.6))

    def _story(self, title: Found[str] | None, text: Letter, level: Level, who: Sender, sure: float) -> Draft:
        """The story of a text that is one."""
        blocks = list(text.blocks)
        dropped = list(text.dropped)
        row = level.rows.get("from", 0) if level.depth else self.part.row("from")
        authors = Found(who.authors, "From", who.sure, row) if who.authors else None
        blocks, authors, used = _signed(blocks, authors)
        if title is None and blocks and blocks[0].kind == "h" and len(blocks) > 1:
            title = Found(
                blocks[0].text,
                "the heading above the text: the mail has no subject",
                0.75,
                min(blocks[0].lines, default=0),
            )
        if title and len(blocks) > 1 and squeeze(blocks[0].text) == squeeze(title.value):
            used.append((blocks.pop(0), "title", "the headline again"))
        fates = message_parts.pieces(used, dropped, by_rows=self.by_rows)
        draft = self._draft(title, blocks, sure, fates)
        reasons = kept_back(dropped)
        said = () if reasons else notes_above(dropped, self.place)
        draft = replace(draft, held=(*draft.held, *reasons), problems=(*draft.problems, *said))
        photo = self.content.photo
        if photo and not draft.image:
            held = {**draft.pictures, photo: self.content.pictures[photo]}
            picture = Found(Picture(src=photo), "a picture that is attached", 0.6)
            draft = replace(draft, image=picture, pictures=held)
        return replace(
            draft,
            date=self._date(level),
            authors=authors,
            agency=Found(who.agency, "From", 0.8, row) if who.agency else None,
            guid=guid(self.part),
            url=_archived(self.part),
        )

    def _item(self, item: newsletter.NewsletterItem, number: int, who: Sender, level: Level, sure: float) -> Draft:
        """The story of one item of a newsletter."""
        row = min(item.head.lines, default=0)
        title = Found(item.title, "the heading of the item", 0.9, row)
        blocks, authors, used = _signed(list(item.blocks), None)
        used.append((item.head, "title", "the heading of the item"))
        if not blocks:
            blocks, used = [item.head], used[:-1]
        draft = self._draft(title, blocks, sure, message_parts.pieces(used, (), by_rows=self.by_rows))
        section = (
            subjects.settle(item.section, self.hints, "the heading above the item", 0, 0.7) if item.section else None
        )
        name = who.agency or ("" if who.authors else who.name)
        if authors is None and who.authors:
            authors = Found(who.authors, "From: who sent the newsletter", min(who.sure, 0.7), self.part.row("from"))
        return replace(
            draft,
            date=self._date(level),
            authors=authors,
            section=section,
            agency=Found(name, "From", 0.8, self.part.row("from")) if name else None,
            guid=guid(self.part, str(number)),
            url=item.url if item.url.startswith(("http://", "https://")) else "",
        )

    def _draft(self, title: Found[str] | None, blocks: Sequence[Block], sure: float, fates: list[Fate]) -> Draft:
        """The draft of a headline and blocks: the one way of plain text and HTML.

        Blocks that say who may read the story ("EMBARGOED UNTIL …") leave it; what the subject says of that, and each
        line of a block of several, is read where the drafts of all formats are.
        """
        texts = ["" if any(map(is_break, b.spans)) else b.text for b in blocks]
        marked = publication_marks.find(texts, self.hints, [min(b.lines, default=0) for b in blocks])
        gone = {n: mark.why for mark in marked.found if not (mark.rest or mark.stays) for n in mark.lines}
        said: list[tuple[Block, Role, str]] = [(blocks[n], "status", why) for n, why in gone.items()]
        blocks = [b for n, b in enumerate(blocks) if n not in gone]
        prose = embedded.of_blocks([b for b in blocks if not letter.is_rule(b)], "", lambda src: src)
        headline = title or embedded.headline("", "", prose.paragraphs or [b.text for b in blocks])
        about = embedded.about(headline.value, prose.paragraphs, self._language(), self.hints)
        used: list[tuple[Block, Role, str]] = [
            (b, "markup" if letter.is_rule(b) else "subhead" if b.kind == "h" else "body", "") for b in blocks
        ]
        mine = message_parts.pieces([*used, *said], (), by_rows=self.by_rows)
        held = {name: data for name, data in self.content.pictures.items() if any(b.src == name for b in blocks)}
        draft = Draft(
            title=headline,
            body=prose.markdown,
            pictures=held,
            fates=tuple(sorted((*mine, *fates), key=lambda fate: fate.line)),
            summary=about.summary,
            topics=about.topics,
            lang=about.lang,
            body_confidence=sure,
        )
        return marked.on(draft)

    def _language(self) -> Found[str] | None:
        tag = self.part.field("content-language").split(",")[0].strip()
        return (
            Found(tag, "Content-Language", 0.7)
            if re.fullmatch(r"[A-Za-z]{2,3}(?:-[A-Za-z0-9]{1,8}){0,2}", tag)
            else None
        )


def _archived(part: MimePart) -> str:
    address = part.field("archived-at").strip("<> ")
    return address if address.startswith(("http://", "https://")) else ""


def _signed(
    blocks: list[Block], authors: Found[tuple[str, ...]] | None
) -> tuple[list[Block], Found[tuple[str, ...]] | None, list[tuple[Block, Role, str]]]:
    """The blocks without a line that says who wrote, near the beginning; it counts more than the sender."""
    for n, one in enumerate(blocks[:4]):
        if one.kind in ("p", "h") and letter.words(one.text) <= _BYLINE and len(blocks) > 1:
            found = bylines.read(one.text)
            if found and found.names and found.labelled and found.names != (found.agency,):
                authors = Found(found.names, "a byline in the text", 0.85, min(one.lines, default=0))
                return (
                    [*blocks[:n], *blocks[n + 1 :]],
                    authors,
                    [(one, "byline", leftovers.why("a byline in the text", one.text, (*found.names, found.agency)))],
                )
    return blocks, authors, []


_KEPT_BACK = re.compile(
    r"embargo|sperrfrist|\bHOLD\b|not for (?:publication|release|print)|not before"
    r"|(?:do not|don't) (?:publish|print|use)"
    r"|nicht (?:zur veröffentlichung|veröffentlichen|vor )|ne pas (?:publier|diffuser)|no publicar|non pubblicare"
    r"|não publicar|niet publiceren|не публиковать|禁止转载|解禁",
)


def kept_back(dropped: Iterable[DroppedBlock]) -> tuple[str, ...]:
    """Why a story is not for readers, by the notes that were dropped above it."""
    notes = [one.block.text for one in dropped if one.why.startswith(NOTE)]
    return tuple(
        f"the note above it says “{clip(text, 160)}”"
        for text in notes
        if _KEPT_BACK.search(text) or _KEPT_BACK.search(text.lower())
    )


def notes_above(dropped: Sequence[DroppedBlock], place: Place) -> tuple[Problem, ...]:
    """What somebody wrote above a message that was passed on, where it may say what to do with that."""
    said = clip(" ".join(one.block.text for one in dropped if one.why.startswith(NOTE)), _QUOTED)
    if said.count(" ") < _SAYS - 1:
        return ()
    line = min((n for one in dropped if one.why.startswith(NOTE) for n in one.block.lines), default=0)
    hint = "Read it: it may say when, or without which names, the story is to be published."
    message = f"the note above the message is not in the story: “{said}”"
    return (note("covering-note", message, Place(place.file, line), hint),)


_SAYS = 4  # words of a note that may say what to do; "FYI" does not
_QUOTED = 200  # characters of it that are shown


def guid(part: MimePart, item: str = "") -> str:
    """The identity of a message, or of an item in it."""
    found = part.field("message-id").strip("<> ")
    return f"{found}#{item}" if found and item else found
