"""The head of a message: headlines without what mail puts before them, people distinguished from desks, no date made up."""

from __future__ import annotations

import datetime as dt

import pytest

from broadsheet.ingest.extract.draft import Hints
from broadsheet.ingest.formats.mail import mail_fields
from tests.ingest.formats.mails import message, read

UTC = dt.UTC


@pytest.mark.parametrize(
    ("sent", "headline"),
    [
        ("Re: Fwd: Port shut", "Port shut"),
        ("AW: WG: [EXTERN] Port shut", "Port shut"),
        ("TR : RE : Port shut", "Port shut"),
        ("RV: ENC: Port shut", "Port shut"),
        ("Re[2]: Fwd (3): Port shut", "Port shut"),
        ("回复：转发：Port shut", "Port shut"),
        ("[press] [ellery-list] Port shut", "Port shut"),
        ("Press release: Port shut for good", "Port shut for good"),
        ("[Update] Port shut", "[Update] Port shut"),
        ("[HOLD] Port shut", "[HOLD] Port shut"),
        ("Re: [EMBARGOED until Friday] Port shut", "[EMBARGOED until Friday] Port shut"),
        ("Reform: the port is shut", "Reform: the port is shut"),
        ("Irene: a ship comes home", "Irene: a ship comes home"),
        ("(no subject)", ""),
        ("Fwd: kein Betreff", ""),
    ],
)
def test_a_headline_is_what_a_subject_says_of_the_story(sent: str, headline: str):
    assert mail_fields.subject(sent).text == headline


@pytest.mark.parametrize(
    ("sender", "authors", "agency"),
    [
        ("Jane Roe <jane@gull.example>", ("Jane Roe",), ""),
        ('"Roe, Jane" <j.roe@gull.example>', ("Jane Roe",), ""),
        ("jane@gull.example (Jane Roe)", ("Jane Roe",), ""),
        ("=?utf-8?q?J=C3=B6rg_M=C3=BCller?= <jm@gull.example>", ("Jörg Müller",), ""),
        ('"=?utf-8?q?J=C3=B6rg_M=C3=BCller?=" <jm@gull.example>', ("Jörg Müller",), ""),
        ("Jane Roe (The Gull) <jane@gull.example>", ("Jane Roe",), "The Gull"),
        ("Jane Roe | The Gull <jane@gull.example>", ("Jane Roe",), "The Gull"),
        ("'Jane Roe' via Press List <press@groups.example>", (), "Jane Roe"),
        ("Jane Roe <jane@gull.example>, Ada Moll <ada@gull.example>", ("Jane Roe", "Ada Moll"), ""),
        ("Ellery News Desk <desk@gull.example>", (), "Ellery News Desk"),
        ("Grey Gull <hello@greygull.example>", (), "Grey Gull"),
        ("Ellery Weekly <weekly@ellery.example>", (), "Ellery Weekly"),
        ("The Gull <news@gull.example>", (), "The Gull"),
        ("noreply@gull.example", (), ""),
    ],
)
def test_people_are_told_from_papers_and_desks(sender: str, authors: tuple[str, ...], agency: str):
    [draft] = read(f"From: {sender}\nTo: a@b.example\nSubject: Port\n\nThe port is shut.\n")
    assert (draft.authors.value if draft.authors else ()) == authors
    assert (draft.agency.value if draft.agency else "") == agency


def test_the_first_sender_of_a_message_that_a_list_passed_on_counts():
    sent = message(sender="'Jane Roe' via Press <press@groups.example>", X_Original_From="Jane Roe <jane@gull.example>")
    [draft] = read(sent)
    assert draft.authors
    assert draft.authors.value == ("Jane Roe",)


def test_an_answer_address_is_a_doubtful_author_and_an_organization_the_source():
    [draft] = read(
        message(sender="noreply@gull.example", Reply_To="Jane Roe <jane@gull.example>", Organization="The Gull")
    )
    assert draft.authors
    assert draft.authors.value == ("Jane Roe",)
    assert "authors" in draft.doubtful()
    assert draft.agency
    assert draft.agency.value == "The Gull"


@pytest.mark.parametrize(
    ("line", "moment"),
    [
        ("Thu, 08 May 2025 10:00:00 +0200", dt.datetime(2025, 5, 8, 8, tzinfo=UTC)),
        ("8 May 25 10:00 GMT", dt.datetime(2025, 5, 8, 10, tzinfo=UTC)),
        ("Thu, 8 May 2025 10:00:00 -0000 (UTC)", dt.datetime(2025, 5, 8, 10, tzinfo=UTC)),
        ("Thu May  8 10:00:00 2025", dt.datetime(2025, 5, 8, 10, tzinfo=UTC)),
        ("2025-05-08T10:00:00+02:00", dt.datetime(2025, 5, 8, 8, tzinfo=UTC)),
    ],
)
def test_dates_of_many_programs_are_read(line: str, moment: dt.datetime):
    [draft] = read(f"From: a@b.example\nTo: c@d.example\nSubject: Port\nDate: {line}\n\nThe port is shut.\n")
    assert draft.date
    assert draft.date.value == moment


@pytest.mark.parametrize("line", ["", "Date: soon\n", "Date: Thu, 99 Foo 2025\n"])
def test_no_date_is_made_up(line: str):
    [draft] = read(f"From: a@b.example\nTo: c@d.example\nSubject: Port\n{line}\nThe port is shut.\n")
    assert draft.date is None


def test_a_server_is_a_doubtful_witness_of_a_date_that_is_broken():
    witness = "Received: from a.example by b.example; Thu, 08 May 2025 10:00:00 +0000\n"
    [draft] = read(f"{witness}From: a@b.example\nTo: c@d.example\nSubject: Port\nDate: soon\n\nThe port is shut.\n")
    assert draft.date
    assert draft.date.value == dt.datetime(2025, 5, 8, 10, tzinfo=UTC)
    assert "date" in draft.doubtful()


@pytest.mark.parametrize("line", ["Thu, 08 May 2031 10:00:00 +0000", "Thu, 01 Jan 1970 00:00:00 +0000"])
def test_a_date_that_cannot_be_is_doubted(line: str):
    [draft] = read(f"From: a@b.example\nTo: c@d.example\nSubject: Port\nDate: {line}\n\nThe port is shut.\n")
    assert "date" in draft.doubtful()


def test_a_byline_in_the_text_counts_more_than_the_sender():
    [draft] = read(message("Port shut\n\nBy Ada Moll\n\nThe port of Ellery is shut, the council said.\n"))
    assert draft.authors
    assert draft.authors.value == ("Ada Moll",)
    assert draft.body == "The port of Ellery is shut, the council said.\n"


@pytest.mark.parametrize(("zone", "offset"), [("NZDT", "+13:00"), ("ACST", "+09:30"), ("IDT", "+03:00")])
def test_a_date_in_words_is_in_the_zone_that_it_names(zone, offset):
    found = mail_fields.spoken(f"5 March 2026 at 10:00 {zone}", Hints(), None)
    assert found is not None
    assert found[0].isoformat() == f"2026-03-05T10:00:00{offset}"


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("X_Embargo", "yes"),
        ("X_Embargo", "until the mayor has spoken"),
        ("Sensitivity", "Company-Confidential"),
        ("X_Unsent", "1"),
    ],
)
def test_a_head_that_keeps_a_mail_back_holds_it(field, value):
    [draft] = read(message(**{field: value}))
    assert draft.held == (f"{field.lower().replace('_', '-')}: {value}",)


def test_a_head_gives_the_moments_from_and_until_which_a_mail_is_for_readers():
    [draft] = read(message(X_Embargo="2026-03-05 10:00 GMT", Expires="Fri, 06 Mar 2026 10:00:00 +0000"))
    assert draft.embargo
    assert draft.expires
    assert (draft.embargo.value.isoformat(), draft.expires.value.isoformat()) == (
        "2026-03-05T10:00:00+00:00",
        "2026-03-06T10:00:00+00:00",
    )
