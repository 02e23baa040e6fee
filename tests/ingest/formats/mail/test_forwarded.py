"""The message that was forwarded is the story, whatever program passed it on; what a reply quotes is not."""

from __future__ import annotations

import datetime as dt

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from broadsheet.ingest.extract.draft import EVEN
from tests.conftest import examples
from tests.ingest.formats.mails import LEAD, NEXT, TEXT, as_bytes, dropped, message, paragraphs, read, unaccounted

HEADS = {
    "gmail": "---------- Forwarded message ---------\nFrom: Karl Brandt <karl@port.example>\n"
    "Date: Wed, 7 May 2025 at 14:05\nSubject: Port of Ellery shut\nTo: <jane@gull.example>\n",
    "outlook": "-----Original Message-----\nFrom: Karl Brandt [mailto:karl@port.example]\n"
    "Sent: Wednesday, May 7, 2025 2:05 PM\nTo: Jane Roe\nSubject: Port of Ellery shut\n",
    "apple": "Begin forwarded message:\n\nFrom: Karl Brandt <karl@port.example>\nSubject: Port of Ellery shut\n"
    "Date: 7 May 2025 at 14:05:00 CEST\nTo: jane@gull.example\n",
    "thunderbird": "-------- Weitergeleitete Nachricht --------\nBetreff: \tPort of Ellery shut\n"
    "Datum: \tWed, 7 May 2025 14:05:00 +0200\nVon: \tKarl Brandt <karl@port.example>\nAn: \tjane@gull.example\n",
    "no marker": "Von: Karl Brandt <karl@port.example>\nGesendet: Mittwoch, 7. Mai 2025 14:05\nAn: Jane Roe\n"
    "Betreff: Port of Ellery shut\n",
    "french": "De : Karl Brandt <karl@port.example>\nEnvoyé : mercredi 7 mai 2025 14:05\nÀ : Jane Roe\n"
    "Objet : Port of Ellery shut\n",
    "spanish": "---------- Mensaje reenviado ----------\nDe: Karl Brandt <karl@port.example>\n"
    "Fecha: 7 de mayo de 2025, 14:05\nAsunto: Port of Ellery shut\nPara: <jane@gull.example>\n",
    "bold labels": "*From:* Karl Brandt <karl@port.example>\n*Sent:* Wednesday, May 7, 2025 2:05 PM\n"
    "*To:* Jane Roe <jane@gull.example>\n*Subject:* Port of Ellery shut\n",
}
MOMENT = dt.datetime(2025, 5, 7, 14, 5, tzinfo=dt.timezone(dt.timedelta(hours=2)))


@pytest.mark.parametrize("head", HEADS.values(), ids=HEADS)
@pytest.mark.parametrize("quote", ["", "> "])
def test_the_forwarded_message_is_the_story_with_its_own_head(head: str, quote: str):
    inner = "\n".join(quote + row for row in f"{head}\n{TEXT}\nWhy?".split("\n"))
    [draft] = read(message(f"One for tomorrow?\n\n-- \nJane\n\n{inner}\n", subject="Fwd: Something"))
    assert draft.title.value == "Port of Ellery shut"
    assert draft.authors
    assert draft.authors.value == ("Karl Brandt",)
    assert draft.date
    assert draft.date.value == MOMENT
    assert paragraphs(draft) == [LEAD, NEXT, "Why?"]
    assert dropped([draft])[0].why == "a note above the message that was forwarded"


def test_the_innermost_of_several_levels_is_the_story():
    outer = HEADS["gmail"].replace("Karl Brandt", "Ada Moll").replace("Port of Ellery shut", "WG: Port")
    [draft] = read(message(f"Look.\n\n{outer}\nSee below.\n\n{HEADS['no marker']}\n{TEXT}", subject="Fwd: WG: Port"))
    assert draft.title.value == "Port of Ellery shut"
    assert draft.authors
    assert draft.authors.value == ("Karl Brandt",)
    assert paragraphs(draft) == [LEAD, NEXT]


SECOND = "The clock in the tower of Ellery strikes again after the repair, the council said on Wednesday."


@pytest.mark.parametrize("program", ["gmail", "apple", "thunderbird", "spanish"])
def test_each_of_two_messages_forwarded_side_by_side_is_a_story(program: str):
    head = HEADS[program]
    second = head.replace("Port of Ellery shut", "Clock of Ellery strikes")
    mail = message(f"Two for tomorrow. HOLD till noon.\n\n{head}\n{TEXT}\n{second}\n{SECOND}\n", subject="Fwd: Two")
    one, two = read(mail)
    assert [one.title.value, two.title.value] == ["Port of Ellery shut", "Clock of Ellery strikes"]
    assert [paragraphs(one), paragraphs(two)] == [[LEAD, NEXT], [SECOND]]
    assert all(draft.date and draft.date.value == MOMENT for draft in (one, two))
    assert all("HOLD till noon" in str(draft.held) for draft in (one, two))  # the note is on both
    assert unaccounted((one, two), as_bytes(mail)) == []


def test_two_messages_forwarded_side_by_side_in_html_are_two_stories():
    part = (
        '<div class="gmail_attr">---------- Forwarded message ---------<br>From: <b>Karl Brandt</b> '
        "&lt;karl@port.example&gt;<br>Date: Wed, 7 May 2025 at 14:05<br>Subject: {}<br>To: &lt;jane@gull.example&gt;"
        "<br></div><p>{}</p>"
    )
    page = f"<div>See</div>{part.format('Port shut', LEAD)}{part.format('Clock strikes', SECOND)}"
    assert [(one.title.value, paragraphs(one)) for one in read(message("", html=page, subject="Fwd: Two"))] == [
        ("Port shut", [LEAD]),
        ("Clock strikes", [SECOND]),
    ]


def test_what_the_sender_of_a_forward_wrote_above_another_is_no_story_though_long():
    inner = HEADS["gmail"].replace("<jane@gull.example>", "Ada Moll <ada@pier.example>")
    outer = HEADS["gmail"].replace("Karl Brandt <karl@port.example>", "Ada Moll <ada@pier.example>")
    note = " ".join(["You asked me what I know of the port, and I know a good deal."] * 4)
    [draft] = read(message(f"Look.\n\n{outer}\n{note}\n\n{inner}\n{TEXT}", subject="Fwd: Port"))
    assert paragraphs(draft) == [LEAD, NEXT]
    assert "body" in draft.doubtful()  # a note so long may be a story after all: an editor looks


def test_a_long_note_above_a_forward_is_dropped_and_pointed_out():
    note = " ".join(["You have asked me what I know of the port, and I know a good deal of it."] * 12)
    [draft] = read(message(f"{note}\n\n{HEADS['gmail']}\n{TEXT}", subject="Fwd: Port"))
    assert paragraphs(draft) == [LEAD, NEXT]
    assert "body" in draft.doubtful()
    assert draft.doubtful_lines()


@pytest.mark.parametrize(
    "quoted",
    [
        "On Wed, 7 May 2025 at 20:14, Kai Orr <kai@paper.example> wrote:\n> Do you have anything?\n> Kai\n",
        "Am 07.05.2025 um 20:14 schrieb Kai Orr:\n> Haben Sie etwas?\n",
        "Le mer. 7 mai 2025 à 20:14, Kai Orr <kai@paper.example> a écrit :\n> Une réponse ?\n",
        (
            "-----Original Message-----\nFrom: Kai Orr\nSent: Wednesday, May 7, 2025 8:14 PM\nTo: Jane Roe\n"
            "Subject: Port?\n\nDo you have anything?\n"
        ),
        "Von: Kai Orr\nGesendet: Mittwoch, 7. Mai 2025 20:14\nAn: Jane Roe\nBetreff: Hafen\n\nHaben Sie etwas?\n",
    ],
)
def test_what_a_reply_quotes_is_dropped_by_name(quoted: str):
    [draft] = read(message(f"{TEXT}\n{quoted}", subject="Re: Port shut"))
    assert draft.title.value == "Port shut"
    assert draft.authors
    assert draft.authors.value == ("Jane Roe",)
    assert paragraphs(draft) == [LEAD, NEXT]
    assert {fate.why for fate in dropped([draft])} == {"an earlier mail that is quoted"}


def test_a_quotation_that_is_no_mail_stays():
    [draft] = read(message("The mayor said on Monday:\n\n> I shall not sell the port.\n\nThe council laughed.\n"))
    assert paragraphs(draft) == ["The mayor said on Monday:", "> I shall not sell the port.", "The council laughed."]


def test_an_interview_by_mail_keeps_its_questions():
    text = "> Why do you shut it?\n\nBecause the piles are rotten.\n\n> And who pays?\n\nNobody yet.\n"
    head = "On Wed, 7 May 2025 at 20:14, Kai Orr <kai@paper.example> wrote:\n\n"
    [draft] = read(message(head + text, subject="Re: Questions"))
    assert paragraphs(draft)[0] == "> Why do you shut it?"
    assert paragraphs(draft)[3] == "Nobody yet."


HTML = {
    "gmail": '<div dir="ltr">See below<br><div class="gmail_quote"><div class="gmail_attr">---------- Forwarded message '
    '---------<br>From: <b>Karl Brandt</b> <span>&lt;<a href="mailto:karl@port.example">karl@port.example</a>&gt;'
    "</span><br>Date: Wed, 7 May 2025 at 14:05<br>Subject: Port of Ellery shut<br>To: &lt;jane@gull.example&gt;<br>"
    "</div><br><br>{}</div></div>",
    "outlook": '<p>FYI</p><div style="border-top:solid 1pt"><p><b>From:</b> Karl Brandt &lt;karl@port.example&gt;<br>'
    "<b>Sent:</b> Wednesday, May 7, 2025 2:05 PM<br><b>To:</b> Jane Roe<br><b>Subject:</b> Port of Ellery shut</p></div>"
    "{}",
    "apple": 'See<br><blockquote type="cite"><div>Begin forwarded message:</div><br><div><b>From: </b>Karl Brandt '
    "&lt;karl@port.example&gt;<br></div><div><b>Subject: </b>Port of Ellery shut<br></div><div><b>Date: </b>7 May 2025 "
    "at 14:05:00 CEST<br></div><div><b>To: </b>Jane<br></div><br>{}</blockquote>",
}


@pytest.mark.parametrize("page", HTML.values(), ids=HTML)
def test_a_forward_in_html_is_the_story_too(page: str):
    inner = f"<p>{LEAD}</p><ul><li>one</li><li>two</li></ul><p>Why?</p>"
    [draft] = read(message("", html=page.format(inner), subject="Fwd: x"))
    assert draft.title.value == "Port of Ellery shut"
    assert draft.date
    assert draft.date.value == MOMENT
    assert paragraphs(draft) == [LEAD, "- one\n- two", "Why?"]


@settings(max_examples=examples(60))
@given(
    st.lists(st.sampled_from(["Why?", "Bring a book.", NEXT, "> Quoted words", "- an item"]), min_size=1, max_size=6)
)
def test_no_line_of_the_forwarded_text_is_lost(lines: list[str]):
    [draft] = read(message(f"{HEADS['gmail']}\n{LEAD}\n\n" + "\n\n".join(lines), subject="Fwd: Port"))
    assert all(line.lstrip("> -") in draft.body for line in lines)


@pytest.mark.parametrize(
    "note", ["EMBARGOED until Friday!", "HOLD, please.", "Bitte nicht vor Freitag bringen.", "Do not publish yet."]
)
def test_a_note_that_keeps_a_story_back_holds_it(note: str):
    [draft] = read(message(f"{note}\n\n{HEADS['gmail']}\n{TEXT}", subject="Fwd: Port"))
    assert draft.held == (f"the note above it says “{note}”",)


def test_a_word_above_a_quotation_is_no_sure_story():
    quoted = "".join(f"> {line}\n" for line in (LEAD, NEXT))
    [draft] = read(
        message(f"Yes, run it.\n\nOn Thu, 8 May 2025 Jane Roe <j@gull.example> wrote:\n{quoted}", subject="Re: Port")
    )
    assert LEAD in draft.body or draft.body_confidence < EVEN


def test_a_note_above_a_message_that_was_passed_on_is_reported_unless_it_says_nothing():
    inner = f"{HEADS['gmail']}\n{TEXT}"
    note = "This is for tomorrow, please use it without my name."
    [draft] = read(message(f"{note}\n\n{inner}\n", subject="Fwd: Port of Ellery shut"))
    assert note not in draft.body
    [problem] = [one for one in draft.problems if one.code == "covering-note"]
    assert note in problem.message
    [plain] = read(message(f"FYI\n\n{inner}\n", subject="Fwd: Port of Ellery shut"))
    assert "covering-note" not in [one.code for one in plain.problems]
