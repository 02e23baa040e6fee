"""A mail or a mailbox → its stories: .eml and .mbox, newsletters and press releases; one draft a message.

In: a ``Source`` that holds messages (RFC 5322, RFC 4155). Out: drafts. The subject is the headline, the sender the
author or the source; the text is read by the reader of its kind.
"""

from __future__ import annotations

import datetime as dt
import functools
import re
from collections.abc import Iterator, Sequence
from email import policy
from email.message import EmailMessage
from email.parser import BytesParser
from email.utils import parseaddr

import msgspec

from broadsheet.errors import BroadsheetError, Place, fail
from broadsheet.ingest.extract import bylines, charset, marks
from broadsheet.ingest.extract.blocks import clean
from broadsheet.ingest.extract.draft import Draft, Fate, Found, Hints, Role, Source
from broadsheet.ingest.formats import embedded

MOST = 5_000  # messages of one mailbox

_START = re.compile(rb"^From [^\n]*\d{4}[ \t]*\r?\n(?=[!-9;-~]+:)", re.MULTILINE)
_QUOTED = re.compile(rb"^>(>*From )", re.MULTILINE)
_PREFIX = re.compile(
    r"^(?:(?:re|fwd?|aw|wg|tr|rv|sv|vs|ynt|odp|i|r)\s*(?:\[\d+\])?:\s*|\[[^\]]{1,40}\]\s*)+", re.IGNORECASE
)
_HEADERS: dict[str, Role] = {"subject": "title", "date": "date", "from": "byline"}
_FIELD = re.compile(r"([!-9;-~]+):")
_ENOUGH = 200  # characters of a text part that is more than "see the HTML version"
_KEPT = 0.7  # of a mail's text that the reader of texts must take for the story
_SIGNATURE = re.compile(r"^-- ?$", re.MULTILINE)


def read(source: Source, hints: Hints) -> tuple[Draft, ...]:
    """The stories of a mail or mailbox; messages without a text are passed over.

    Raises BroadsheetError: ``no-story`` where no message holds a text, or the one message's own problem.
    """
    drafts: list[Draft] = []
    problem = None
    above = 0
    for data, last in messages(source.data):
        rows = charset.clean(data.decode("utf-8", "replace")).split("\n")
        rows = rows if last or rows[-1] else rows[:-1]  # what follows its last line end is the next message
        try:
            found = _message(msgspec.structs.replace(source, data=data), rows, hints)
        except BroadsheetError as cause:
            problem = problem or cause
        else:
            drafts.append(msgspec.structs.replace(found, fates=_moved(found.fates, above)))
        above += len(rows)
    if not drafts:
        raise problem or fail("no-story", "no message in it holds a text", Place(source.name))
    return tuple(drafts)


def messages(data: bytes) -> Iterator[tuple[bytes, bool]]:
    """The messages of a mailbox, and whether each is the last; a single mail is its only one."""
    starts = [found.start() for found in _START.finditer(data)]
    if not starts or starts[0] > 0:
        yield data, True
        return
    for start, end in list(zip(starts, [*starts[1:], len(data)], strict=True))[:MOST]:
        yield _QUOTED.sub(rb"\1", data[start:end]), end == len(data)


def _moved(fates: Sequence[Fate], above: int) -> tuple[Fate, ...]:
    return tuple(Fate(fate.line + above, fate.role, fate.why) for fate in fates) if above else tuple(fates)


def _message(source: Source, rows: Sequence[str], hints: Hints) -> Draft:
    data = source.data.partition(b"\n")[2] if source.data.startswith(b"From ") else source.data
    mail = BytesParser(policy=_POLICY).parsebytes(data)
    inner, part, html = _part(mail)
    if part is None:
        raise fail("no-story", "the message holds no text", Place(source.name))
    text = _content(part)
    address = str(inner.get("Snapshot-Content-Location") or inner.get("Content-Base") or "")
    subject, marked = _subject(_header(inner, "Subject"), hints)
    draft = _html(source, text, address, subject, hints) if html else _plain(source, text, subject, hints)
    sender, _ = parseaddr(_header(inner, "From"))
    byline = bylines.bare(sender) if sender else None
    date = _date(inner)
    title = Found(subject, "Subject", 0.9, _row(rows, "subject")) if subject else draft.title
    sent = Found(date, "Date", 0.93, _row(rows, "date")) if date else None
    return msgspec.structs.replace(
        functools.reduce(lambda known, one: one.on(known), marked, draft),
        title=title,
        date=draft.date if html and draft.date and draft.date.confidence > 0.9 else sent or draft.date,
        authors=draft.authors
        or (Found(byline.names, "From", 0.8, _row(rows, "from")) if byline and byline.names else None),
        agency=draft.agency or (Found(sender, "From", 0.8) if sender and not (byline and byline.names) else None),
        fates=_fates(rows, part, draft),
        url=draft.url,
        guid=clean(_header(inner, "Message-ID")).strip("<>"),
    )


def _subject(text: str, hints: Hints) -> tuple[str, list[marks.Marks]]:
    """The headline in a subject, and what that and the tags before it say of who may read the story: "[HOLD]"."""
    prefix = _PREFIX.match(text)
    tags = re.findall(r"\[[^\]]+\]", prefix[0]) if prefix else []
    headline = clean(text[prefix.end() :] if prefix else text)
    found = [marks.subject(said, hints) for said in (*tags, headline)]
    return (found[-1].found[0].rest if found[-1].found else headline), [one for one in found if one.found]


_POLICY = policy.default.clone(raise_on_defect=False)


def _header(mail: EmailMessage, name: str) -> str:
    """A header as text; one that cannot be parsed as it was sent."""
    try:
        return clean(str(mail.get(name, "") or ""))
    except Exception:  # noqa: BLE001 - the header parser of the standard library trips over many broken headers
        return ""


def _date(mail: EmailMessage) -> dt.datetime | None:
    try:
        moment = getattr(mail.get("Date"), "datetime", None)
    except Exception:  # noqa: BLE001 - as _header
        return None
    return moment if isinstance(moment, dt.datetime) and moment.tzinfo else None


def _part(mail: EmailMessage) -> tuple[EmailMessage, EmailMessage | None, bool]:
    """The message that holds the story, its part, and whether that is HTML. A forwarded message is the story itself."""
    for part in mail.walk():
        if part.get_content_type() == "message/rfc822" and isinstance(inner := part.get_payload(0), EmailMessage):
            return _part(inner)
    parts = [p for p in mail.walk() if not p.is_multipart() and not p.is_attachment()]
    plain = next((p for p in parts if p.get_content_type() == "text/plain" and _content(p).strip()), None)
    marked = next((p for p in parts if p.get_content_type() == "text/html"), None)
    if marked is not None and (plain is None or len(_content(plain)) < _ENOUGH or "href=" in _content(marked)[:20_000]):
        return mail, marked, True
    return (
        mail,
        plain if plain is not None else next((p for p in parts if p.get_content_maintype() == "text"), None),
        False,
    )


def _content(part: EmailMessage) -> str:
    payload = part.get_payload(decode=True)
    data = payload if isinstance(payload, bytes) else b""
    try:
        return data.decode(part.get_content_charset() or "utf-8")
    except (LookupError, ValueError):  # a charset that there is none of, or a name with a NUL in it
        return data.decode("utf-8", "replace")


def _plain(source: Source, text: str, subject: str, hints: Hints) -> Draft:
    """The draft of a plain part, read below its subject so that no line of it is taken for the headline."""
    from broadsheet.ingest.formats import text as texts

    signature = _SIGNATURE.search(text)
    kept = text[: signature.start()] if signature and text[: signature.start()].strip() else text
    kept, marked = marks.take(kept, hints)
    above = f"{subject}\n\n" if subject else ""
    draft = texts.read(msgspec.structs.replace(source, data=f"{above}{kept}".encode()), hints)[0]
    whole = embedded.from_text(kept)
    if len(draft.body) < _KEPT * len(whole.markdown):  # a mail has little around its story: what was lost was story
        return marked.on(msgspec.structs.replace(draft, body=whole.markdown, fates=()))
    lines = above.count("\n")
    below = (Fate(fate.line - lines, fate.role, fate.why) for fate in draft.fates if fate.line > lines)
    return marked.on(msgspec.structs.replace(draft, fates=tuple(below)), 1)


def _html(source: Source, text: str, address: str, subject: str, hints: Hints) -> Draft:
    """The draft of an HTML part: a page where it is one, else all of its prose."""
    from broadsheet.ingest.formats import html

    page = None
    try:
        page = html.read(msgspec.structs.replace(source, data=text.encode(), url=address), hints)[0]
    except BroadsheetError:
        if not text.strip():
            raise
    whole = embedded.from_html(text, address)
    if page and len(page.body) > 0.4 * len(whole.markdown):
        return page
    about = embedded.about(subject, whole.paragraphs, None, hints)
    title = embedded.headline(subject, "Subject", whole.paragraphs)
    return Draft(title, whole.markdown, (), summary=about.summary, topics=about.topics, lang=about.lang)


def _row(rows: Sequence[str], name: str) -> int:
    return next((n for n, row in enumerate(rows, 1) if row.lower().startswith(f"{name}:")), 0)


def _fates(rows: Sequence[str], part: EmailMessage, draft: Draft) -> tuple[Fate, ...]:
    """The fates of a message's rows: headers by their names, the part that was read, and what was not."""
    head = next((n for n, row in enumerate(rows) if not row.strip()), len(rows))
    raw = charset.clean(str(part.get_payload())).strip("\n").split("\n")
    first = next((n for n in range(head, len(rows)) if rows[n : n + 3] == raw[:3]), len(rows))
    told = (
        {fate.line: fate for fate in draft.fates}
        if len(draft.fates) >= len(raw) - 2 and part.get("Content-Transfer-Encoding", "7bit") in ("7bit", "8bit")
        else {}
    )
    fates: list[Fate] = []
    role: Role = "markup"
    for n, row in enumerate(rows):
        if n < head:
            field = _FIELD.match(row)
            role = _HEADERS.get(field[1].lower(), "markup") if field else role
            fates.append(Fate(n + 1, role))
        elif not row.strip():
            fates.append(Fate(n + 1, "blank"))
        elif first <= n < first + len(raw):
            known = told.get(n - first + 1)
            fates.append(Fate(n + 1, known.role, known.why) if known else Fate(n + 1, "body"))
        else:
            fates.append(Fate(n + 1, "markup" if n < first else "dropped", "another part of the message"))
    return tuple(fates)
