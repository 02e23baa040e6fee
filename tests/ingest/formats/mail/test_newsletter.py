"""Newsletters and digests become a story an item; an article with subheads stays one."""

from __future__ import annotations

from email.message import EmailMessage

import pytest

from tests.ingest.formats.mails import LEAD, NEXT, TEXT, as_bytes, dropped, message, paragraphs, read, unaccounted

SNOW = "Snow is expected above 400 metres from Friday on, the weather service of Ellery said."
FOOT = "\nYou are receiving this email because you signed up.\nUnsubscribe: https://gull.example/u\n"
PLAIN = {
    "numbered": f"Good morning. Here is what matters today.\n\n1. PORT SHUT\n{LEAD}\n\n2. DIVERS AT WORK\n{NEXT}\n\n3. SNOW AHEAD\n{SNOW}\n{FOOT}",
    "numbered apart": f"1. Port shut\n\n{LEAD}\n\n2. Divers at work\n\n{NEXT}\n\n3. Snow ahead\n\n{SNOW}\n{FOOT}",
    "underlined": f"Port shut\n---------\n{LEAD}\nRead more: https://gull.example/1\n\nDivers at work\n--------------\n{NEXT}\n"
    f"Read more: https://gull.example/2\n\nSnow ahead\n----------\n{SNOW}\nRead more: https://gull.example/3\n{FOOT}",
}


PLAIN["starred"] = (
    f"*** PORT SHUT ***\n\n{LEAD}\n\n*** DIVERS AT WORK ***\n\n{NEXT}\n\n*** SNOW AHEAD ***\n\n{SNOW}\n{FOOT}"
)
PLAIN["with addresses"] = (
    f"** Port shut (https://gull.example/1)\n------------\n\n{LEAD}\n\n** Divers at work (https://gull.example/2)\n---------\n\n"
    f"{NEXT}\n\n** Snow ahead (https://gull.example/3)\n---------\n\n{SNOW}\n{FOOT}"
)


@pytest.mark.parametrize("text", PLAIN.values(), ids=PLAIN)
def test_each_item_of_a_newsletter_is_a_story(text: str):
    sent = message(
        text, subject="Gull Weekly: port shut, divers at work, snow ahead", sender="Gull Weekly <news@gull.example>"
    )
    found = read(sent)
    assert [draft.title.value.casefold() for draft in found] == ["port shut", "divers at work", "snow ahead"]
    assert [paragraphs(draft) for draft in found] == [[LEAD], [NEXT], [SNOW]]
    assert len({draft.guid for draft in found}) == 3
    assert all(draft.agency and draft.agency.value == "Gull Weekly" and not draft.authors for draft in found)
    assert unaccounted(found, as_bytes(sent)) == []
    assert any("3 stories" in problem.message for problem in found[0].problems)


def test_an_item_has_the_address_of_the_whole_story_and_the_section_above_it():
    page = "".join(
        f"<h2>{section}</h2><h3><a href='https://go.example/t?url=https%3A%2F%2Fgull.example%2F{n}%3Futm_source%3Dnl'>{title}</a></h3><p>{text}</p>"
        for n, (section, title, text) in enumerate([("World", "Port shut", LEAD), ("Sport", "Divers win", NEXT)])
    )
    first, second = read(message("", html=page, subject="The Gull daily", List_Unsubscribe="<https://gull.example/u>"))
    assert [first.url, second.url] == ["https://gull.example/0", "https://gull.example/1"]
    assert first.section
    assert second.section
    assert [first.section.value, second.section.value] == ["World", "Sport"]


def test_a_newsletter_of_layout_tables_has_no_pixel_no_hidden_text_and_no_foot():
    rows = "".join(
        f'<tr><td style="font-size:24px"><a href="https://gull.example/{n}">{title}</a></td></tr><tr><td style="font-size:14px">{text}</td></tr>'
        f'<tr><td><a href="https://gull.example/{n}">Read more</a></td></tr>'
        for n, (title, text) in enumerate([("Port shut", LEAD), ("Divers at work", NEXT)])
    )
    page = (
        f'<div style="display:none">A preview of the port</div><table role="presentation">'
        f'<tr><td><a href="https://gull.example/v">View in browser</a></td></tr>{rows}<tr><td>You are receiving this email '
        'because you signed up.<br><a href="https://gull.example/u">Unsubscribe</a></td></tr></table>'
        '<img src="https://gull.example/open?id=7" width="1" height="1">'
    )
    found = read(message("", html=page, subject="The Gull weekly", sender="The Gull <news@gull.example>"))
    assert [paragraphs(draft) for draft in found] == [[LEAD], [NEXT]]
    reasons = {fate.why for fate in dropped(found)}
    assert reasons >= {"a tracking pixel", "hidden from readers of the mail"}


def test_an_article_with_subheads_stays_one_story():
    lead = f"{LEAD} {NEXT} It has stood there for three hundred years, and nobody can say what it was like before that."
    text = f"{lead}\n\nTHE DIVERS\n{NEXT}\n\nTHE COUNCIL\n{LEAD}\n\nTHE SNOW\n{SNOW}\n"
    [draft] = read(message(text))
    assert [p for p in paragraphs(draft) if p.startswith("##")] == ["## THE DIVERS", "## THE COUNCIL", "## THE SNOW"]
    assert "body" not in draft.doubtful()


def test_what_may_be_several_stories_is_filed_as_one_that_says_so():
    text = f"1. Port shut\n\n{LEAD}\n\n2. Divers at work\n\n{NEXT}\n"
    [draft] = read(message(text, subject="Two matters"))
    assert LEAD in draft.body
    assert NEXT in draft.body
    assert "body" in draft.doubtful()
    assert any("2 stories may be in it" in problem.message for problem in draft.problems)


def digest() -> EmailMessage:
    made = message("Today's Topics:\n\n  1. Port shut\n  2. Snow ahead\n", subject="Ellery Digest, Vol 3, Issue 9")
    inner = EmailMessage()
    inner.make_mixed()
    for subject, sender, text in (
        ("Port shut", "Jane Roe <jane@gull.example>", TEXT),
        ("Snow", "Ada Moll <ada@g.example>", SNOW),
    ):
        part = message(text, subject=subject, sender=sender)
        part.replace_header("Message-ID", f"<{subject.split()[0]}@gull.example>")
        inner.attach(_as_message(part))
    inner.set_type("multipart/digest")
    made.make_mixed()
    made.attach(inner)
    return made


def _as_message(part: EmailMessage) -> EmailMessage:
    made = EmailMessage()
    made.set_content(part)
    return made


def test_the_messages_of_a_digest_are_stories_of_their_own():
    found = read(digest())
    assert [draft.title.value for draft in found] == ["Port shut", "Snow"]
    assert [draft.authors.value for draft in found if draft.authors] == [("Jane Roe",), ("Ada Moll",)]
    assert unaccounted(found, as_bytes(digest())) == []


def test_a_digest_in_plain_text_is_parted_at_its_rules():
    rule = "-" * 30
    text = (
        f"Today's Topics:\n\n   1. Port shut (Jane Roe)\n   2. Snow (Ada Moll)\n\n{'-' * 70}\n\nMessage: 1\n"
        f"Date: Wed, 7 May 2025 10:00:00 +0000\nFrom: Jane Roe <jane@gull.example>\nSubject: [Ellery] Port shut\n"
        f"Message-ID: <7@x>\n\n{TEXT}\n{rule}\n\nMessage: 2\nDate: Wed, 7 May 2025 12:00:00 +0000\n"
        f"From: Ada Moll <ada@g.example>\nSubject: [Ellery] Snow\n\n{SNOW}\n\n{rule}\n\nEnd of Ellery Digest, Vol 3, Issue 9\n"
    )
    found = read(message(text, subject="Ellery Digest, Vol 3, Issue 9"))
    assert [draft.title.value for draft in found] == ["Port shut", "Snow"]
    assert [paragraphs(draft) for draft in found] == [[LEAD, NEXT], [SNOW]]
    assert found[1].date
    assert found[1].date.value.isoformat() == "2025-05-07T12:00:00+00:00"


def test_items_whose_headings_run_in_are_one_story_that_says_so():
    page = "".join(
        f"<p><b>{title}.</b> {text}</p>" for title, text in [("Port", LEAD), ("Divers", NEXT), ("Snow", SNOW)]
    )
    [draft] = read(message("", html=page, List_Unsubscribe="<https://gull.example/u>"))
    assert "body" in draft.doubtful()
    assert any("3 stories may be in it" in problem.message for problem in draft.problems)


def test_the_item_above_the_first_rule_is_one_of_the_items():
    text = f"Port shut\n\n{LEAD}\n\n* * *\n\nDivers at work\n\n{NEXT}\n\n* * *\n\nSnow ahead\n\n{SNOW}\n{FOOT}"
    found = read(message(text, subject="Gull Weekly", sender="Gull Weekly <news@gull.example>"))
    assert [draft.title.value for draft in found] == ["Port shut", "Divers at work", "Snow ahead"]
    assert [paragraphs(draft) for draft in found] == [[LEAD], [NEXT], [SNOW]]


def test_an_html_part_that_says_more_than_a_plain_stub_is_the_text():
    stub = "Your mail program cannot show this message. See https://gull.example/1\n"
    (draft,) = read(message(stub, html="".join(f"<p>{text}</p>" for text in (LEAD, NEXT, LEAD))))
    assert paragraphs(draft) == [LEAD, NEXT, LEAD]
