"""The parts of a message: the richer of two forms is read, what comes with it is read or named, charsets are doubted."""

from __future__ import annotations

import base64
from email.message import EmailMessage

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from broadsheet.errors import BroadsheetError
from broadsheet.ingest.formats.mail import mime
from tests.conftest import examples
from tests.ingest.formats.mails import LEAD, NEXT, TEXT, as_bytes, dropped, message, paragraphs, read, unaccounted

HEAD = b"From: Jane Roe <jane@gull.example>\nTo: a@b.example\nSubject: Port\nDate: Thu, 08 May 2025 10:00:00 +0200\n"


def test_the_richer_form_of_a_text_is_read_and_the_other_named():
    page = f"<p>{LEAD}</p><table><tr><th>Year</th><th>Ships</th></tr><tr><td>2024</td><td>12</td></tr></table><p>{NEXT}</p>"
    sent = message(f"{LEAD} 2024: 12. {NEXT}\n", html=page)
    found = read(sent)
    assert paragraphs(found[0]) == [LEAD, "| Year | Ships |\n| --- | --- |\n| 2024 | 12 |", NEXT]
    assert "the same text as plain text" in {fate.why for fate in dropped(found)}
    assert unaccounted(found, as_bytes(sent)) == []


def test_html_that_says_less_than_the_plain_text_is_not_read():
    [draft] = read(message(TEXT, html='<p>Please <a href="https://gull.example">look at our site</a>.</p>'))
    assert paragraphs(draft) == [LEAD, NEXT]


def test_a_text_that_is_attached_is_a_story_and_the_note_above_it_is_not():
    sent = message("Hi, our text is attached.\n\nJane\n", subject="For tomorrow")
    sent.add_attachment(f"Divers at work in Ellery\n\n7 May 2025\n\n{TEXT}", filename="divers.txt")
    found = read(sent)
    assert [draft.title.value for draft in found] == ["Divers at work in Ellery"]
    assert LEAD in found[0].body
    assert "a note above what comes with the message" in {fate.why for fate in dropped(found)}
    assert unaccounted(found, as_bytes(sent)) == []


def test_a_story_with_a_text_attached_is_two_stories():
    sent = message()
    sent.add_attachment(f"# Divers at work\n\n{NEXT}\n\n{LEAD}\n", subtype="markdown", filename="divers.md")
    first, second = read(sent)
    assert [first.title.value, second.title.value] == ["Port shut", "Divers at work"]
    assert first.guid != second.guid


def test_files_are_named_with_type_and_size():
    sent = message()
    sent.add_attachment(b"%PDF-1.4" * 400, maintype="application", subtype="pdf", filename="Pläne.pdf")
    sent.add_attachment(b"ID3" * 3000, maintype="audio", subtype="mpeg", filename="port.mp3")
    found = read(sent)
    [problem] = found[0].problems
    assert problem.code == "attachment"
    assert "“Pläne.pdf” (application/pdf, 3 KB), “port.mp3” (audio/mpeg, 8 KB)" in problem.message
    assert any("“port.mp3” (audio/mpeg, 8 KB)" in fate.why for fate in dropped(found))
    assert unaccounted(found, as_bytes(sent)) == []


@pytest.mark.parametrize("data", [b"PK\x03\x04 no text", b"\x89PNG\r\n", b""])
def test_a_file_that_only_its_name_makes_a_text_is_named(data: bytes):
    sent = message()
    sent.add_attachment(data, maintype="application", subtype="octet-stream", filename="notes.txt")
    [draft] = read(sent)
    assert any("“notes.txt”" in problem.message for problem in draft.problems)


def test_mails_attached_to_mails_as_files_end_somewhere():
    data = as_bytes(message())
    for _ in range(40):
        outer = message("See below.")
        outer.add_attachment(data.decode(), filename="inner.eml", cte="8bit")
        data = as_bytes(outer)
    assert read(data)


def test_an_attached_message_is_the_story_through_any_depth():
    inner = message(subject="The true title", sender="Karl Brandt <karl@port.example>")
    for note in ("See below.", "Look at this"):
        outer = message(note, subject=f"Fwd: {note}")
        outer.add_attachment(inner)
        inner = outer
    found = read(inner)
    assert [draft.title.value for draft in found] == ["The true title"]
    assert found[0].authors
    assert found[0].authors.value == ("Karl Brandt",)
    assert unaccounted(found, as_bytes(inner)) == []


def test_pictures_that_a_mail_shows_are_taken_along_and_remote_ones_named():
    picture = b"\x89PNG\r\n\x1a\n" + b"0" * 300
    page = f'<p>{LEAD}</p><img src="cid:quay@x" alt="The quay"><img src="https://far.example/a.jpg" alt="far"><p>{NEXT}</p>'
    sent = message("", html=page)
    sent.add_related(picture, "image", "png", cid="<quay@x>", filename="quay.png")
    [draft] = read(sent)
    assert paragraphs(draft) == [LEAD, "![The quay](quay.png)", NEXT]
    assert draft.pictures == {"quay.png": picture}
    assert [fate.why for fate in dropped([draft])] == ["a picture that lies elsewhere: not fetched"]


def test_a_photo_that_is_attached_is_the_picture_of_the_story():
    sent = message()
    sent.add_attachment(b"\xff\xd8\xff" + b"1" * 20_000, maintype="image", subtype="jpeg", filename="quay one.jpg")
    [draft] = read(sent)
    assert draft.image
    assert draft.image.value.src == "quay one.jpg"
    assert "image" in draft.doubtful()
    assert list(draft.pictures) == ["quay one.jpg"]


@pytest.mark.parametrize(
    ("declared", "encoded"),
    [("utf-8", "cp1252"), ("iso-8859-1", "utf-8"), ("us-ascii", "utf-8"), ("nonsense", "utf-8"), ("", "cp1252")],
)
def test_a_charset_that_is_declared_wrongly_is_not_believed(declared: str, encoded: str):
    kind = f"Content-Type: text/plain; charset={declared}\n".encode() if declared else b""
    [draft] = read(HEAD + kind + b"\n" + "Die Mühle gehört „niemandem“, sagte der Rat.\n".encode(encoded))
    assert draft.body.strip() == "Die Mühle gehört „niemandem“, sagte der Rat."


@pytest.mark.parametrize("charset", ["gb2312", "shift_jis", "koi8-r", "iso-2022-jp", "windows-1253"])
def test_a_charset_that_is_declared_rightly_is_believed(charset: str):
    text = {"gb2312": "港口将关闭。", "shift_jis": "港は閉まる。", "koi8-r": "Порт закрыт.", "iso-2022-jp": "港は閉まる。",
            "windows-1253": "Το λιμάνι κλείνει."}[charset]  # fmt: skip
    kind = f"Content-Type: text/plain; charset={charset}\n\n".encode()
    [draft] = read(HEAD + kind + text.encode(charset))
    assert draft.body.strip() == text


def test_a_packed_text_is_accounted_for_piece_by_piece():
    data = HEAD + b"Content-Transfer-Encoding: base64\n\n" + base64.encodebytes(f"{TEXT}\n-- \nJane\n".encode())
    found = read(data)
    assert paragraphs(found[0]) == [LEAD, NEXT]
    pieces = [(fate.role, fate.text) for fate in found[0].fates if fate.text]
    assert pieces == [("body", LEAD), ("body", NEXT), ("dropped", "--"), ("dropped", "Jane")]
    assert unaccounted(found, data) == []


def test_rows_of_quoted_printable_are_those_of_the_source():
    data = HEAD + b"Content-Transfer-Encoding: quoted-printable\n\nThe p=\nort is sh=\nut.\n\nWhy=3F\n\n--=20\nJane\n"
    [draft] = read(data)
    assert paragraphs(draft) == ["The port is shut.", "Why?"]
    assert [fate.line for fate in draft.fates if fate.role == "body"] == [7, 8, 9, 11]
    assert [(fate.line, fate.why) for fate in dropped([draft])] == [(13, "a signature"), (14, "a signature")]


@pytest.mark.parametrize(
    ("raw", "text"),
    [
        (b"=?utf-8?q?Die_M=C3=BChle?=", "Die Mühle"),
        (b"=?iso-8859-1?q?Die_M=FChle?= =?iso-8859-1?q?_steht?=", "Die Mühle steht"),
        (b"=?utf-8?b?5riv5Q==?= =?utf-8?b?j6M=?=", "港口"),
        ("Die Mühle".encode(), "Die Mühle"),
        ("Die Mühle".encode("cp1252"), "Die Mühle"),
        (b"=?utf-8?b?!!!?= x", "=?utf-8?b?!!!?= x"),
        (b"=?none-such?q?Port?=", "Port"),
    ],
)
def test_fields_are_decoded(raw: bytes, text: str):
    assert mime.text(raw) == text


def test_an_encrypted_message_is_refused_as_such():
    data = (
        HEAD
        + b"Content-Type: multipart/encrypted; boundary=b\n\n--b\nContent-Type: application/octet-stream\n\nx\n--b--\n"
    )
    with pytest.raises(BroadsheetError, match="encrypted"):
        read(data)


def test_the_report_of_a_mail_server_is_no_story():
    data = HEAD + f"Content-Type: multipart/report; boundary=b\n\n--b\n\n{TEXT}\n--b--\n".encode()
    with pytest.raises(BroadsheetError, match="report of a mail server"):
        read(data)


def test_a_part_that_is_too_long_is_cut_and_says_how_much(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(mime, "LARGEST", 120)
    [draft] = read(message(TEXT * 3))
    assert any("at its end were not read" in problem.message for problem in draft.problems)


def test_a_part_that_is_never_closed_ends_with_the_message():
    [draft] = read(
        HEAD + f"Content-Type: multipart/mixed; boundary=b\n\n--b\nContent-Type: text/plain\n\n{TEXT}\nWhy?\n".encode()
    )
    assert paragraphs(draft) == [LEAD, NEXT, "Why?"]


def test_parts_in_parts_end_somewhere():
    data, body = HEAD, b""
    for n in range(60):
        body += b"Content-Type: multipart/mixed; boundary=b%d\n\n--b%d\n" % (n, n)
    with pytest.raises(BroadsheetError):
        read(data + body)


@settings(max_examples=examples(150))
@given(
    st.binary(max_size=300),
    st.sampled_from(["", "base64", "quoted-printable", "7bit", "x-uuencode"]),
    st.sampled_from(["utf-8", "big5", "utf-16", "x"]),
)
def test_any_payload_is_read_or_refused(payload: bytes, encoding: str, charset: str):
    data = (
        HEAD
        + f"Content-Type: text/html; charset={charset}\nContent-Transfer-Encoding: {encoding}\n\n".encode()
        + payload
    )
    try:
        found = read(data)
    except BroadsheetError:
        return
    assert all(isinstance(draft.body, str) for draft in found)


@settings(max_examples=examples(100))
@given(st.binary(max_size=400))
def test_any_head_is_read_or_refused(head: bytes):
    try:
        read(b"Subject: x\n" + head + b"\n\n" + TEXT.encode())
    except BroadsheetError:
        return


def test_the_size_of_a_part_is_that_of_its_content():
    made = EmailMessage()
    made.set_content(b"x" * 3000, maintype="application", subtype="zip")
    part = mime.parse(made.as_bytes().split(b"\n"), 1)
    assert abs(part.size() - 3000) < 60
