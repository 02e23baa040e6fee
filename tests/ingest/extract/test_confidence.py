import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from broadsheet.ingest.extract import confidence
from broadsheet.ingest.extract.draft import EVEN, SURE, Hints, Source
from broadsheet.ingest.formats import html, text

NOW = dt.datetime(2026, 1, 2, tzinfo=dt.UTC)
HINTS = Hints(today=NOW.date())

PARAGRAPHS = (
    (
        "The council of Orvik voted on Tuesday evening to drain the upper reservoir, which has leaked since the spring, and "
        "to lend its fish to the neighbouring valley until the wall has been sealed."
    ),
    (
        "Engineers found the crack in April, when a shepherd reported that the meadow below the wall had turned to marsh; "
        "since then two pumps have run day and night, and the water has still come through."
    ),
    (
        '"We have tried everything that can be tried from above," said Maren Tveit, who leads the works. "Now we have to '
        'see the foot of the wall, and for that the lake must go."'
    ),
    (
        "The draining begins on the first of September and takes three weeks, after which masons from Hallen will inject "
        "mortar into the rock; the council expects the lake to be full again by next May."
    ),
    (
        "Households above the church will be supplied from the old spring, which gives enough for washing and cooking but "
        "not for gardens, and a tank will stand at the school for as long as the work lasts."
    ),
)
HEAD = ("Orvik drains its reservoir to mend the wall", "By Signe Aalund", "Published on Wed, 13 August 2025")
# What a page prints below a picture or beside a text: here it is the story's own, in the middle of it.
AROUND = ("Share", "Related stories", "Bus line 4 will stop at the mill again from Monday")
STRAY = (
    "The wall, seen from the north side, Orvik, last winter",
    "The pumps beside the meadow, as they were set up in May",
    "What the works are to cost each household until next year",
    "The old spring above the church, which is used no more",
)
CAPTION = (
    "The wall was built in 1911 by masons from Hallen, who signed it at the foot, and has been mended twice since then, in "
    "1948 after the great frost and in 1987 when the road was widened (Photo: Orvik council / Per Lind)"
)


def _read(source, reader=text, name="story.txt"):
    return reader.read(Source(name, source.encode(), NOW), HINTS)[0]


def _text(*parts):
    return "\n\n".join(parts) + "\n"


def _lines(source, parts):
    rows = source.split("\n")
    return {rows.index(part) + 1 for part in parts}


def test_an_ordinary_article_is_not_sent_to_review_for_its_body():
    draft = _read(_text(*HEAD, *PARAGRAPHS))
    assert "body" not in draft.doubtful()
    assert draft.body_confidence > SURE


def test_a_text_whose_middle_looks_like_furniture_is_flagged_and_its_lines_are_named():
    source = _text(*HEAD, *PARAGRAPHS[:2], CAPTION, *PARAGRAPHS[2:4])
    draft = _read(source)
    assert CAPTION[:30] not in draft.body
    assert "body" in draft.doubtful()
    assert _lines(source, [CAPTION]) <= set(draft.doubtful_lines())


def test_stray_lines_between_paragraphs_of_a_story_stay_in_it():
    draft = _read(_text(*HEAD, *PARAGRAPHS[:2], *AROUND, *STRAY, *PARAGRAPHS[2:4]))
    assert [line for line in STRAY if line not in draft.body.replace("\\", "")] == []


def test_a_story_alone_has_nothing_that_could_be_missing():
    draft = _read(f" date 2025-08-13 {PARAGRAPHS[0]}\n\n{PARAGRAPHS[1]}\n")
    assert draft.body_confidence == 1.0
    assert draft.doubtful_lines() == ()


def test_a_doubtful_line_says_so_in_the_words_of_an_editor():
    draft = _read(_text(*HEAD, *PARAGRAPHS[:2], CAPTION, *PARAGRAPHS[2:4]))
    doubtful = [fate for fate in draft.fates if fate.role == "dropped" and 1 - fate.confidence >= confidence.LIKELY]
    assert doubtful
    assert all(fate.why.endswith("a part of the story") for fate in doubtful)


def test_every_row_of_a_text_says_how_sure_its_fate_is():
    draft = _read(_text(*HEAD, *PARAGRAPHS[:2], *STRAY, *PARAGRAPHS[2:4]))
    assert all(0 <= fate.confidence <= 1 for fate in draft.fates)


def _page(inner):
    return (
        f"<html><head><title>{HEAD[0]}</title></head><body><nav><a href='/'>Home</a></nav><article><h1>{HEAD[0]}</h1>"
        f"\n{inner}\n</article><footer><p>All rights reserved</p></footer></body></html>"
    )


def test_an_ordinary_page_is_not_sent_to_review_for_its_body():
    draft = _read(_page("\n".join(f"<p>{part}</p>" for part in PARAGRAPHS)), html, "story.html")
    assert "body" not in draft.doubtful()
    assert draft.body_confidence > SURE


def test_a_page_whose_paragraph_is_marked_as_something_else_is_flagged_and_its_line_is_named():
    first, second, third, fourth, fifth = (f"<p>{part}</p>" for part in PARAGRAPHS)
    source = _page("\n".join((first, second, f"<div class='newsletter'>{third}</div>", fourth, fifth)))
    draft = _read(source, html, "story.html")
    assert PARAGRAPHS[2][:40] not in draft.body
    line = next(n for n, row in enumerate(source.split("\n"), 1) if PARAGRAPHS[2][:40] in row)
    assert "body" in draft.doubtful()
    assert line in draft.doubtful_lines()


@pytest.mark.parametrize(("chance", "confident"), [(0, 1), (confidence.LOOK, SURE), (EVEN, EVEN), (1, 0)])
def test_a_body_is_sure_up_to_the_chance_at_which_an_editor_should_look(chance, confident):
    assert confidence.confident(chance) == pytest.approx(confident)


def test_a_page_is_looked_at_sooner_than_a_text_since_few_pages_lose_anything():
    assert confidence.LOOK_AT_PAGE < confidence.LOOK
    assert confidence.confident(confidence.LOOK_AT_PAGE, confidence.LOOK_AT_PAGE) == pytest.approx(SURE)


@given(st.floats(0, 1), st.floats(0, 1))
def test_the_likelier_a_loss_the_less_sure_the_body(one, other):
    low, high = sorted((one, other))
    assert confidence.confident(low) >= confidence.confident(high) - 1e-9


@pytest.mark.parametrize(
    "caption", ["Photo: the hall in 2019 (Picture by K. Ek)", "The Concert Hall in Stockholm in 2019. Photo: K. Ek"]
)
def test_a_caption_that_was_dropped_is_no_loss(caption):
    story = (
        "Han Kang receives the Nobel Prize in Literature",
        "By Anna Lind\n10 October 2024",
        "The Swedish Academy said on Thursday that the Nobel Prize in Literature goes to the writer Han Kang.",
        caption,
        "She was born in Gwangju in 1970 and is the first South Korean to receive the prize.",
        "The prize is worth 11 million crowns and is handed over in Stockholm on 10 December.",
    )
    draft = _read("\n\n".join(story) + "\n", text, "story.txt")
    assert caption not in draft.body
    assert draft.body_confidence >= SURE


@pytest.mark.parametrize(
    "line",
    [
        "The photo shows the hall.",
        "Photographs of the hall were shown.",
        "She took a picture: the hall was empty again.",
    ],
)
def test_a_sentence_about_a_picture_is_no_caption(line):
    assert not confidence.names_picture(line)
