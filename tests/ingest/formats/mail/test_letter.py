"""Greeting, sign-off, signature and the feet of newsletters go, each with its reason; short last lines stay."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from broadsheet.ingest.extract.draft import SURE
from tests.conftest import examples
from tests.ingest.formats.mails import LEAD, NEXT, TEXT, dropped, message, paragraphs, read

ENDS = {
    "signature": "-- \nJane Roe\nThe Gull, Ellery\n",
    "sign-off": "Best regards,\nJane Roe\nReporter\n+44 20 7946 0000\n",
    "german": "Mit freundlichen Grüßen\n\nJane Roe\nPressestelle\n",
    "french": "Cordialement,\nJane Roe\n",
    "thanks": "Thanks!\nJane\n",
    "name": "Jane\n",
    "telephone": "Sent from my iPhone\n",
    "list": "_______________________________________________\nPress mailing list\nhttps://l.example/mailman/listinfo/press\n",
    "newsletter": "You are receiving this email because you signed up at gull.example.\nUnsubscribe | Preferences\n"
    "Gull Media Ltd, 4 Pier Road\n",
    "german newsletter": "Sie erhalten diese E-Mail, weil Sie sich angemeldet haben.\nAbmelden: https://g.example/ab\n",
    "legal": "This email and any attachments are confidential and intended solely for the use of the addressee.\n",
}


@pytest.mark.parametrize("end", ENDS.values(), ids=ENDS)
def test_what_stands_below_a_text_goes_and_its_last_line_stays(end: str):
    [draft] = read(message(f"{TEXT}\nBring a book.\n\n{end}"))
    assert paragraphs(draft) == [LEAD, NEXT, "Bring a book."]
    assert all(fate.why for fate in dropped([draft]))
    assert len(dropped([draft])) == len([row for row in end.split("\n") if row.strip()])


@pytest.mark.parametrize(
    "last",
    [
        "Why?",
        "Bring a book.",
        "None left early.",
        "Residents who no longer wish to receive the leaflet can say so at the town hall.",
        "Best of all was the brass band.",
        "The council told residents how to unsubscribe from the alerts of its own harbour office.",
    ],
)
def test_a_last_line_of_the_story_stays(last: str):
    [draft] = read(message(f"{TEXT}\n{last}\n"))
    assert paragraphs(draft) == [LEAD, NEXT, last]


def test_a_long_text_below_a_separator_is_no_signature():
    [draft] = read(message(f"{LEAD}\n\n-- \n\n" + f"{TEXT}\n" * 5))
    assert draft.body.count(NEXT) == 5
    assert "body" in draft.doubtful()


def test_a_greeting_goes():
    [draft] = read(message(f"Dear editors,\n\n{TEXT}"))
    assert paragraphs(draft) == [LEAD, NEXT]
    assert [fate.why for fate in dropped([draft])] == ["a greeting"]


@pytest.mark.parametrize(
    "note",
    [
        "Please find our press release below.", "please see below our release on the port, free for use.",
        "You will find attached the press release of the port.", "anbei unsere Pressemitteilung zum Hafen.",
        "vous trouverez ci-dessous notre communiqué de presse.", "adjuntamos nuestro comunicado.",
    ],
)  # fmt: skip
@pytest.mark.parametrize("above", ["", "Dear editors,\n\n"])
def test_a_covering_note_goes(note: str, above: str):
    [draft] = read(message(f"{above}{note}\n\n{TEXT}"))
    assert paragraphs(draft) == [LEAD, NEXT]
    assert dropped([draft])[-1].why == "a covering note"


@pytest.mark.parametrize(
    "first",
    [
        "Below zero for the third night, the port stopped the release of water.",
        "The port said in a statement that the fares are those printed below.",
        "A film of the port comes to its release on Friday.",
    ],
)
def test_a_first_sentence_of_the_story_is_no_covering_note(first: str):
    [draft] = read(message(f"{first}\n\n{TEXT}"))
    assert paragraphs(draft) == [first, LEAD, NEXT]


def test_a_signature_that_html_parts_by_line_breaks_alone_goes():
    [draft] = read(message("", html=f"{LEAD}<br><br>{NEXT}<br>Why?<br><br>-- <br>Jane Roe<br>The Gull<br>"))
    assert paragraphs(draft) == [LEAD, f"{NEXT}  \nWhy?"]


def test_the_lines_of_a_press_release_for_editors_go():
    [draft] = read(
        message(
            f"FOR IMMEDIATE RELEASE\n\n{TEXT}\n- ENDS -\n\nContact: Ada Moll, press@port.example\n\nThe port was dug in 1702.\n"
        )
    )
    assert paragraphs(draft) == [LEAD, NEXT]
    assert {"body"} <= set(draft.doubtful())  # what stands below the mark of the end is named, and looked at
    assert [fate.line for fate in draft.fates if fate.role == "dropped" and fate.confidence < SURE] == [18, 20]


@settings(max_examples=examples(80))
@given(
    st.lists(
        st.text(alphabet="abcdefg ,.?!", min_size=1, max_size=40).filter(lambda line: any(map(str.isalpha, line))),
        min_size=1,
        max_size=5,
    )
)
def test_no_short_line_is_lost_whatever_it_says(lines: list[str]):
    [draft] = read(message(LEAD + "\n\n" + "\n\n".join(lines) + "\n\n" + NEXT))
    words = [word for line in lines for word in line.split()]
    said = draft.body.replace("\\", "").split()
    assert all(word in said for word in words)
