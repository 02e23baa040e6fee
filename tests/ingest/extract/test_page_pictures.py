"""The lead picture is the page's own, with its caption and credit; what the page shows bears it out."""

from __future__ import annotations

import pytest
from lxml import html as lxml_html

from broadsheet.ingest.extract import article, page_metadata, page_pictures
from broadsheet.ingest.extract.draft import SURE, Found
from broadsheet.ingest.extract.page_blocks import read_blocks
from broadsheet.model import Picture

ONE = "The lifeboat of Saint Orm was called out four times in one night, which its crew says has not happened before."
TWO = "Two of the calls came from the same yacht, whose skipper had lost his way in the fog and then his rudder."


def lead(figure: str, head: str = "") -> Found[Picture] | None:
    text = f"<html><head>{head}</head><body><article><h1>A night</h1><p>{ONE}</p>{figure}<p>{TWO}</p></article></body></html>"
    tree = lxml_html.document_fromstring(text)
    about = page_metadata.read(tree)
    blocks = read_blocks(tree.find("body"))
    parts = article.parts(blocks, (ONE, TWO), "A night")
    return page_pictures.lead(about, blocks, page_pictures.shown(blocks, parts, ""), "")


FIGURE = '<figure><img src="https://orm.example/quay-640x480.jpg" alt="The quay"><figcaption>{}</figcaption></figure>'


def test_a_picture_of_the_text_leads_where_the_page_gives_none():
    found = lead(FIGURE.format("The quay at dawn. Photo: A. Orr"))
    assert found
    assert found.value == Picture("https://orm.example/quay-640x480.jpg", "The quay", "The quay at dawn.", "A. Orr")
    assert found.confidence < SURE


def test_a_picture_that_the_page_gives_and_shows_is_no_doubt_and_has_its_caption():
    found = lead(
        FIGURE.format("The quay at dawn."), '<meta property="og:image" content="https://orm.example/quay.jpg">'
    )
    assert found
    assert (found.value.src, found.value.caption) == ("https://orm.example/quay.jpg", "The quay at dawn.")
    assert found.confidence >= SURE


def test_a_picture_that_is_shown_nowhere_is_for_an_editor_to_look_at():
    found = lead("", '<meta property="og:image" content="https://orm.example/card.jpg">')
    assert found
    assert found.confidence < SURE


def test_a_logo_is_no_lead_picture():
    assert lead("", '<meta property="og:image" content="https://orm.example/site-logo.png">') is None


@pytest.mark.parametrize(
    ("said", "caption", "credit"),
    [
        ("The quay. (Foto: Ada Orr/Orm)", "The quay.", "Ada Orr/Orm"),
        ("The quay © Ada Orr", "The quay", "Ada Orr"),
        ('The quay.<span class="credit">Ada Orr</span>', "The quay.Ada Orr", ""),
        ('The quay.<div class="credit">Ada Orr</div>', "The quay.", "Ada Orr"),
        ("The sources of the Orm", "The sources of the Orm", ""),
    ],
)
def test_caption_and_credit_are_told_apart(said, caption, credit):
    found = lead(FIGURE.format(said))
    assert found
    assert (found.value.caption, found.value.credit) == (caption, credit)
