"""Rows that were wrapped at a margin come out as they were before: their words whole, whatever the margin was."""

import datetime as dt
import textwrap
from itertools import pairwise

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from broadsheet.ingest.extract import boilerplate, lines
from broadsheet.ingest.extract.draft import Hints, Source
from broadsheet.ingest.extract.rows import Hyphens, find_margin, rows
from broadsheet.ingest.formats import text


def joined(text):
    above, below, *_ = [row.text for row in rows(text)[0]]
    between = Hyphens(rows(text)[0]).between(above, below)
    return f"{above[:-1]}{between}{below}"


@pytest.mark.parametrize(
    ("text", "whole"),
    [
        ("the animals were poi-\nsoned here", "the animals were poisoned here"),
        ("it is a well-\nknown mill", "it is a well-known mill"),
        ("a house of twenty-\ntwo rooms", "a house of twenty-two rooms"),
        ("two- and four-\nor five-storey houses", "two- and four- or five-storey houses"),
        ("the Anglo-\nDanish society", "the Anglo-Danish society"),
        ("a soft hyphen parts con\u2010\ntainers", "a soft hyphen parts containers"),
        ("they co-\noperate here", "they co-operate here"),
    ],
)
def test_a_hyphen_goes_where_it_only_parted_a_word(text, whole):
    assert joined(text) == whole


def test_the_text_itself_says_how_a_word_is_written():
    assert joined("a silver-\nsmith came\nthe silver-smith left").startswith("a silver-smith")
    assert joined("they will co-\noperate\nto cooperate is best").startswith("they will cooperate")


NOW = dt.datetime(2026, 1, 2, tzinfo=dt.UTC)
HINTS = Hints(today=NOW.date(), sections=("World", "Business"))

SENTENCES = (
    "The old mill at Tarnby turns again after forty years, its new owners said on Monday.",
    "Four brothers bought it in the spring for the price of a small car.",
    "They found the stones cracked, the sails gone and a family of owls beneath the roof.",
    "Nobody was hurt.",
    "Work began at once.",
    "The county gave a third of the money, and the rest came from bakers who want flour that is ground slowly.",
    "“We shall never be rich,” said Per Olander, the eldest, “but we have bread.”",
    "Visitors may come on Sundays between two and five; children pay nothing.",
    "In 1962 the mill ground 340 tons of rye, more than any other on the west coast.",
    "Critics call the plan a waste of 2.5 million crowns and say that a road was promised first.",
    "A second mill, further up the stream, is to follow in the autumn of next year if enough people come.",
)
HEADS = (
    "",
    "Old mill at Tarnby turns again\n\n8 May 2025\n\n",
    "Old mill at Tarnby turns again\nBy Ines Falk\n8 May 2025\n\n",
    "Business\n\nOld mill at Tarnby turns again.\n\nPublished On Thu, 08 May 2025\nInes Falk\n0 Views\nShare\n\n",
    "Old mill turns again after forty years, four brothers and a good deal of bakers' money\n\nInes Falk | 8 May 2025\n\n",
)
PARAGRAPHS = st.lists(
    st.lists(st.sampled_from(SENTENCES), min_size=1, max_size=5, unique=True).map(" ".join), min_size=1, max_size=6
)


def wrap(paragraph, width):
    return textwrap.wrap(paragraph, width, break_on_hyphens=False)


def goes_on(wrapped):
    """Whether a row plainly goes on below: where all end with their sentences, nobody could tell."""
    return any(row[0].islower() for rows in wrapped for row in rows[1:])


def read(raw):
    [draft] = text.read(Source("a.txt", raw.encode(), NOW), HINTS)
    return draft


def split(raw):
    return [line.text for line in lines.split(raw, boilerplate.table("en")).lines]


@given(st.sampled_from(HEADS), PARAGRAPHS, st.integers(40, 120))
def test_paragraphs_with_blank_lines_between_come_out_the_same_at_every_width(head, paragraphs, width):
    wrapped = [wrap(p, width) for p in paragraphs]
    assume(goes_on(wrapped) or all(len(rows) == 1 for rows in wrapped))
    plain = read(head + "\n\n".join(paragraphs) + "\n")
    narrow = read(head + "\n\n".join(map("\n".join, wrapped)) + "\n")
    assert narrow.body == plain.body
    assert (narrow.title.value, narrow.date) == (plain.title.value, plain.date and narrow.date)


@given(st.sampled_from(HEADS), PARAGRAPHS, st.integers(40, 120))
def test_without_blank_lines_a_short_last_row_ends_its_paragraph(head, paragraphs, width):
    wrapped = [wrap(p, width) for p in paragraphs]
    assume(goes_on(wrapped))
    widest = max(len(row) for rows in wrapped for row in rows)
    for above, below in pairwise(wrapped):  # where the next word fits, the row ends a paragraph
        assume(len(above[-1]) + 1 + len(below[0].split()[0]) <= widest)
    found = split(head + "\n".join("\n".join(rows) for rows in wrapped) + "\n")
    assert found[-len(paragraphs) :] == paragraphs


def test_rows_that_end_well_before_a_ragged_margin_are_one_paragraph():
    ragged = (
        "The old mill at Tarnby turns again after forty years, its new\n"
        "owners said on Monday. Four brothers bought it in the spring for the price\n"
        "of a small car, and found a family of owls beneath the roof where they\n"
        "had hoped for a millstone that\nwas whole.\n\n"
        "Work began at once, and a third of the money came from the county, the\nrest from bakers.\n"
    )
    assert [found.split()[-1] for found in split(ragged)] == ["whole.", "bakers."]


def test_an_indent_begins_a_paragraph_where_there_is_no_blank_line():
    text = (
        "   The old mill at Tarnby turns again after forty years, its new owners\n"
        "said on Monday, and four brothers who bought it for a song are to live in\n"
        "it and to grind.\n"
        "   They found the stones cracked and the sails gone. Work began at once,\n"
        "and a third of the money came from the county.\n"
    )
    assert [found.split()[0] for found in split(text)] == ["The", "They"]


def test_items_of_a_list_go_on_below_their_first_rows():
    text = (
        "From Tuesday the following is new in the county, the office in Nordby\nwrote to all households this week:\n\n"
        "- Buses to the islands run every hour, also on\n  Sundays.\n- Dogs must be on a lead.\n"
    )
    assert split(text)[1:] == ["Buses to the islands run every hour, also on Sundays.", "Dogs must be on a lead."]


def test_a_text_typed_with_double_spacing_has_its_paragraphs():
    rows = [row for sentence in SENTENCES[:3] for row in [*wrap(sentence + " " + SENTENCES[5], 60), ""]]
    assert split("\n\n".join(rows)) == [f"{sentence} {SENTENCES[5]}" for sentence in SENTENCES[:3]]


def test_ideographs_are_joined_without_blanks_and_korean_words_with_them():
    japanese = "港町で四十年ぶりに朝市が再開された。地元の漁師ら約三十人が店を並べ、早朝から多くの客でにぎわった。主催者によると、初日は二千人が訪れたという。"
    assert split("\n".join(japanese[i : i + 24] for i in range(0, len(japanese), 24))) == [japanese]
    korean = "항구 회사는 목요일에 섬으로 가는 야간 여객선이 월요일부터 다시 운항한다고 밝혔다. " * 3
    assert split("\n".join(wrap(korean.strip(), 30))) == [korean.strip()]


def test_a_heading_or_a_byline_that_reaches_the_margin_heads_and_does_not_begin_the_text():
    title = "Old mill at Tarnby turns again after forty years, owners say"
    wrapped = "\n".join(wrap(" ".join(SENTENCES[:3]), 62))
    assert split(f"{title}\n{wrapped}\n")[0] == title
    assert split(f"{title}\n\nBy Ines Falk, our correspondent in the north and in the west\n{wrapped}\n")[1].startswith(
        "By"
    )


def by_hand(paragraph, width):
    """Rows as somebody types them: below the margin, and broken behind a sentence that ends shortly before it."""
    found = [""]
    for word in paragraph.split():
        above = found[-1]
        if len(above) + 1 + len(word) > width or (above.endswith(".") and len(above) > width * 0.7):
            found.append(word)
        else:
            found[-1] = f"{above} {word}".strip()
    return found


@given(PARAGRAPHS, st.integers(50, 100))
def test_rows_that_were_broken_behind_sentences_are_one_paragraph_where_blank_rows_part_paragraphs(paragraphs, width):
    wrapped = [by_hand(p, width) for p in paragraphs]
    assume(sum(len(rows) > 1 for rows in wrapped) > 1)
    assume(all(len(rows) > 1 for rows in wrapped))
    assume(find_margin(rows("\n\n".join(map("\n".join, wrapped)))[0]))
    assert split("\n\n".join(map("\n".join, wrapped))) == paragraphs


def test_a_sentence_that_ends_in_a_number_shortly_before_the_margin_ends_no_paragraph():
    first = (
        "The prizes are given in Stockholm and in Oslo every year on\n"
        "10 December, on the day on which Alfred Nobel died in 1896.\nThe king hands over the medals.\n"
    )
    second = (
        "The ship Ever Given ran aground on 23 March 2021 and blocked\n"
        "the canal for six days, until tugs had drawn her off its bank.\nThe cargo was worth about $1bn.\n"
    )
    assert split(f"{first}\n{second}") == [" ".join(part.split()) for part in (first, second)]


def test_german_nouns_do_not_hide_that_a_sentence_goes_on():
    text = (
        "Das Containerschiff lief am Dienstag in dem Kanal auf Grund und versperrte bis zum\n"
        "Montag darauf allen anderen den Weg.\n\n"
        "Schlepper zogen es nach sechs Tagen bei Hochwasser wieder frei und brachten es in den\n"
        "Großen Bittersee."
    )
    assert split(text) == [" ".join(part.split()) for part in text.split("\n\n")]


@pytest.mark.parametrize(
    ("text", "whole"),
    [
        ("The ship ran aground on Tues-\nday in the canal, the pilot said.", "Tuesday"),
        ("The owner did not ex-\npect to pay for the cargo, he said.", "expect"),
        ("It lies on the north-\nern bank of the canal, the pilot said.", "northern"),
        ("They waited with-\nout a pilot for six days and nights.", "without"),
        ("He took a four-\nday leave from the canal last week.", "four-day"),
        ("The so-\ncalled Great Bitter Lake is not deep.", "so-called"),
    ],
)
def test_a_word_that_is_written_as_one_keeps_no_hyphen(text, whole):
    assert whole in joined(text)
