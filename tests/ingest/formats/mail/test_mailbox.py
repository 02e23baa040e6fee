"""A mailbox is split where a message begins, and nowhere else; what begins as a mail does is one, and a text is none."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from broadsheet.ingest import formats
from broadsheet.ingest.extract.draft import Source
from broadsheet.ingest.formats.mail import mailbox
from tests.conftest import examples
from tests.ingest.formats.mails import LEAD, NEXT, NOW, TEXT, as_bytes, message, paragraphs, read, unaccounted

LINES = (
    "From jane@gull.example Thu May  8 10:00:00 2025",
    "From - Thu May 08 10:00:00 2025",
    "From 1830@xxx Thu May 08 10:00:00 +0000 2025",
    "From MAILER-DAEMON Thu May  8 10:00:00 2025 +0200",
)


def box(*texts: str, line: str = LINES[0]) -> bytes:
    """A mailbox of messages with these texts."""
    parts = []
    for n, text in enumerate(texts):
        sent = message(text, subject=f"Story {n}")
        sent.replace_header("Message-ID", f"<{n}@gull.example>")
        parts.append(f"{line}\n{sent.as_string()}\n")
    return "".join(parts).encode()


@pytest.mark.parametrize("line", LINES)
def test_each_message_is_a_story(line: str):
    data = box(TEXT, NEXT, line=line)
    found = read(data, "m.mbox")
    assert [draft.title.value for draft in found] == ["Story 0", "Story 1"]
    assert [paragraphs(draft) for draft in found] == [[LEAD, NEXT], [NEXT]]
    assert unaccounted(found, data) == []


def test_a_line_of_the_text_that_begins_with_from_is_kept():
    [draft] = read(
        box(f"{LEAD}\n\n>From here on it is quiet.\n\nFrom 10:00 on in 2025 it was not.\nNote: none\n"), "m.mbox"
    )
    assert paragraphs(draft) == [LEAD, "From here on it is quiet.", "From 10:00 on in 2025 it was not.", "Note: none"]


def test_a_message_that_stands_in_it_twice_is_filed_once():
    data = box(TEXT) * 2
    found = read(data, "m.mbox")
    assert len(found) == 1
    assert [problem.code for problem in found[0].problems] == ["message-again"]
    assert unaccounted(found, data) == []


def test_messages_without_a_text_are_counted():
    found = read(box(TEXT, "", ""), "m.mbox")
    assert len(found) == 1
    assert "2 of 3 messages have no text" in found[0].problems[0].message


def test_what_is_beyond_the_limit_is_counted(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(mailbox, "MOST", 2)
    found = read(box(TEXT, TEXT, NEXT, LEAD), "m.mbox")
    assert len(found) == 2
    assert [problem.message.split()[0] for problem in found[0].problems if problem.code == "mailbox-cut"] == ["2"]


def test_a_mail_of_apple_mail_ends_before_the_programs_record():
    mail = as_bytes(message())
    record = b'<?xml version="1.0" encoding="UTF-8"?>\n<plist version="1.0"><dict></dict></plist>\n'
    data = b"%d\n%s%s" % (len(mail), mail, record)
    found = read(data, "1.emlx")
    assert paragraphs(found[0]) == [LEAD, NEXT]
    assert unaccounted(found, data) == []


@pytest.mark.parametrize("before", ["\ufeff", "\n\n", "\ufeff\n"])
def test_what_stands_before_the_head_of_a_mail_does_no_harm(before: str):
    [draft] = read(before + message().as_string())
    assert draft.title.value == "Port shut"
    assert paragraphs(draft) == [LEAD, NEXT]


@pytest.mark.parametrize("end", ["\r\n", "\r"])
def test_line_ends_do_not_matter(end: str):
    data = message().as_string().replace("\n", end).encode()
    found = read(data)
    assert paragraphs(found[0]) == [LEAD, NEXT]


def test_a_mail_in_utf_16_is_read():
    [draft] = read(message("Größe des Hafens: unbekannt, sagte der Rat.\n").as_string().encode("utf-16"))
    assert paragraphs(draft) == ["Größe des Hafens: unbekannt, sagte der Rat."]


@settings(max_examples=examples(60))
@given(st.lists(st.sampled_from([TEXT, NEXT, "Why?", f"{LEAD}\n-- \nJane\n", "> a\n\nb"]), min_size=1, max_size=6))
def test_every_row_of_a_mailbox_has_its_fate(texts: list[str]):
    data = box(*texts)
    found = read(data, "m.mbox")
    assert unaccounted(found, data) == []
    lines = [fate.line for draft in found for fate in draft.fates]
    assert len(lines) == len(set(lines))


def test_one_mark_of_an_escaped_line_is_the_mailboxs_own():
    [draft] = read(box(f"{LEAD}\n\n>>From here on it is quiet.\n"), "m.mbox")
    assert paragraphs(draft) == [LEAD, "From here on it is quiet."]


MAILS = {
    "news group": "Path: news.example!x\nFrom: jane@gull.example (Jane Roe)\nNewsgroups: local.ellery\nSubject: Port shut\n"
    "Organization: The Gull\nLines: 5\n",
    "without to": "From: jane@gull.example (Jane Roe)\nSubject: Port shut\nLines: 3\n",
    "saved": "From: Jane Roe <jane@gull.example>\nSubject: Port shut\n",
    "outlook": "From:\tJane Roe <jane@gull.example>\nSent:\tThursday, May 8, 2025 10:00 AM\nTo:\tDesk\nSubject:\tPort shut\n",
    "outlook, german": "Von: Jane Roe <jane@gull.example>\nGesendet: Donnerstag, 8. Mai 2025 10:00\nAn: Redaktion\n"
    "Betreff: Port shut\n",
    "outlook, french": "De : Jane Roe <jane@gull.example>\nEnvoyé : jeudi 8 mai 2025 10:00\nÀ : Rédaction\nObjet : Port shut\n",
    "apple": "From: Jane Roe <jane@gull.example>\nSubject: Port shut\nDate: 8 May 2025 at 10:00:00 CEST\nTo: desk@x.example\n",
}


@pytest.mark.parametrize("head", MAILS.values(), ids=MAILS)
def test_a_text_with_the_head_of_a_mail_is_one(head: str):
    data = f"{head}\n{TEXT}".encode()
    assert formats.recognise(Source("note.txt", data, NOW)) == "mail"
    [draft] = read(data, "note.txt")
    assert draft.title.value == "Port shut"
    assert draft.authors
    assert draft.authors.value == ("Jane Roe",)
    assert paragraphs(draft) == [LEAD, NEXT]


def test_attachments_that_a_saved_mail_names_are_named():
    head = MAILS["outlook"] + "Attachments:\tplan.pdf\n"
    [draft] = read(f"{head}\n{TEXT}", "note.txt")
    assert any("plan.pdf" in problem.message for problem in draft.problems)


@pytest.mark.parametrize(
    "text",
    [
        f"Note: this is no mail\nDate: 8 May 2025\n\n{TEXT}",
        f"From Ellery to Norvik: a journey\n\n8 May 2025\n\n{TEXT}",
        f"Subject: matter\n\n{TEXT}",
        f"Title: Port shut\nDate: 2025-05-08\nAuthor: Jane Roe\n\n{TEXT}",
        f"To: whom it may concern\n\n{TEXT}",
    ],
)
def test_a_text_that_begins_with_a_label_is_no_mail(text: str):
    assert formats.recognise(Source("note.txt", text.encode(), NOW)) != "mail"
