"""Mails and mailboxes become drafts: the subject heads, the sender signs, one story a message."""

from __future__ import annotations

import datetime as dt
from email.message import EmailMessage

import pytest

from broadsheet.errors import BroadsheetError
from broadsheet.ingest import formats
from broadsheet.ingest.extract.draft import Draft, Hints, Source
from broadsheet.ingest.formats import mail

NOW = dt.datetime(2026, 1, 2, tzinfo=dt.UTC)
HINTS = Hints(today=NOW.date())
TEXT = (
    "The port of Ellery will be shut for eleven weeks from Monday, the council said on Thursday.\n\n"
    "Ferries will use the container quay while divers replace the piles below the terminal.\n"
)


def message(
    text: str = TEXT,
    *,
    subject: str = "Fwd: [press] Port shut",
    html: str = "",
    sender: str = "Jane Roe <j@example.org>",
) -> EmailMessage:
    made = EmailMessage()
    made["From"], made["To"], made["Subject"] = sender, "desk@example.org", subject
    made["Date"], made["Message-ID"] = "Thu, 08 May 2025 10:00:00 +0200", "<1@example.org>"
    made.set_content(text)
    if html:
        made.add_alternative(html, subtype="html")
    return made


def drafts(data: bytes) -> tuple[Draft, ...]:
    return mail.read(Source("m.eml", data, NOW), HINTS)


def test_a_plain_mail_is_a_story():
    [draft] = drafts(message(TEXT + "\n-- \nJane\n").as_bytes())
    assert draft.title.value == "Port shut"
    assert draft.body == TEXT
    assert draft.date
    assert draft.date.value == dt.datetime(2025, 5, 8, 10, tzinfo=dt.timezone(dt.timedelta(hours=2)))
    assert draft.authors
    assert draft.authors.value == ("Jane Roe",)
    assert draft.guid == "1@example.org"


def test_a_newsletter_is_read_in_its_html():
    html = f'<html><body><p>{TEXT.splitlines()[0]} <a href="https://example.org/a">More</a></p></body></html>'
    [draft] = drafts(message("See the HTML version.", html=html, sender="The Gull <g@example.org>").as_bytes())
    assert draft.body.strip().endswith("[More](https://example.org/a)")
    assert draft.agency
    assert draft.agency.value == "The Gull"


def test_a_forwarded_message_is_the_story_itself():
    outer = message("See below.", subject="For you")
    outer.add_attachment(message(subject="The true title"))
    [draft] = drafts(outer.as_bytes())
    assert draft.title.value == "The true title"


def test_a_mailbox_gives_one_story_a_message_and_every_line_its_fate():
    one, two = message().as_string(), message(subject="Second").as_string().replace("Ferries", ">From here ferries")
    box = f"From a@b Thu May  8 10:00:00 2025\n{one}\nFrom a@b Thu May  8 11:00:00 2025\n{two}\n".encode()
    first, second = mail.read(Source("m.mbox", box, NOW), HINTS)
    assert [first.title.value, second.title.value] == ["Port shut", "Second"]
    lines = [fate.line for draft in (first, second) for fate in draft.fates]
    assert len(lines) == len(set(lines))
    assert set(lines) >= set(range(1, box.count(b"\n") + 1))


def test_headers_have_their_fates():
    roles = [fate.role for fate in drafts(message().as_bytes())[0].fates]
    assert roles[:5] == ["byline", "markup", "title", "date", "markup"]


@pytest.mark.parametrize(
    "header",
    [
        "Subject: =?utf-8?b?!!!?=",
        "From: <<<>>>",
        "Date: Thu, 99 Foo 2025",
        "Content-Type: text/plain; charset=nonsense",
        'Content-Type: text/plain; charset="a\0b"',
    ],
)
def test_a_broken_header_keeps_nothing_from_being_read(header):
    [draft] = drafts(f"{header}\nTo: x@example.org\n\n{TEXT}".encode())
    assert "container quay" in draft.body


def test_a_mail_without_a_text_is_refused():
    made = EmailMessage()
    made["From"], made["Subject"], made["To"] = "a@example.org", "x", "b@example.org"
    made.add_attachment(b"\x89PNG", maintype="image", subtype="png")
    with pytest.raises(BroadsheetError):
        drafts(made.as_bytes())


@pytest.mark.parametrize(
    ("subject", "title"),
    [
        ("[HOLD] Mill burns", "Mill burns"),
        ("Re: [Newsdesk] HOLD: Mill burns", "Mill burns"),
        ("Mill burns", "Mill burns"),
    ],
)
def test_a_subject_or_a_line_that_is_not_for_readers_holds_the_mail(subject, title):
    line = "" if "HOLD" in subject else "NOT FOR PUBLICATION\n\n"
    text = f"{line}The mill on the quay burnt on Monday night, the watchman said when the water had been pumped.\n"
    head = "From: Jonna Falk <j@example.org>\nTo: d@example.org\nDate: Mon, 5 May 2025 10:00:00 +0000\n"
    [found] = formats.read(
        Source("a.eml", f"{head}Subject: {subject}\n\n{text}".encode(), NOW), Hints(today=NOW.date())
    )
    assert (found.title.value, len(found.held)) == (title, 1)
    assert "PUBLICATION" not in found.body
    assert ("status" in {fate.role for fate in found.fates}) == bool(line)
