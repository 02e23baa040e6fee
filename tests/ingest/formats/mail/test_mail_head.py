"""What begins as a mail does is one, in the names of its fields or in the words of a mail program; a text is none."""

from __future__ import annotations

import pytest

from broadsheet.ingest.extract.draft import Source
from broadsheet.ingest.formats import detect
from tests.ingest.formats.mails import LEAD, NEXT, NOW, TEXT, paragraphs, read

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
    assert detect.recognise(Source("note.txt", data, NOW)) == "mail"
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
    assert detect.recognise(Source("note.txt", text.encode(), NOW)) != "mail"
