import datetime as dt

import pytest

from broadsheet.ingest.extract import boilerplate, candidates, lines, title_lines
from broadsheet.ingest.extract.classifier import classify
from broadsheet.ingest.extract.draft import Hints

HINTS = Hints(today=dt.date(2026, 11, 30))
TITLE = "Sarn shuts its upper lock for nine weeks"
LEAD = (
    "The river board of Sarn said on Wednesday that it would shut the upper lock for nine weeks while masons mend the"
    " walls that the flood of May 2024 had damaged, and that barges would wait below."
)
NEXT = "Barges will wait at the lower basin, and walkers will be led across the weir, the engineer told the meeting."
PROSE = ("", LEAD, "", NEXT, "", "The board last mended the walls in 1974, when the lock was shut for a whole winter.")


def context(*rows):
    found = lines.split("\n".join(rows), boilerplate.table("en")).lines
    said = classify(found, HINTS)
    return candidates.gather(found, said.predictions, said.start, said.end, HINTS, HINTS.today)


def texts(*rows):
    """The texts of the lines that may be the headline, but for the story's own."""
    known = context(*rows)
    found = [known.lines[i].text for i, _ in title_lines.candidates(known)]
    return [text for text in found if text not in PROSE]


@pytest.mark.parametrize(
    ("caption", "again"),
    [
        ("The upper lock of Sarn in the flood", "The upper lock of Sarn in the flood. Photograph: Bo Lund"),
        ("The upper lock of Sarn in the flood", "The upper lock of Sarn in the flood (Foto: Bo Lund)"),
    ],
)
def test_what_a_picture_shows_heads_nothing(caption, again):
    assert texts(caption, "", again, "", TITLE, "", "By Ada Moll", *PROSE) == [TITLE]


def test_a_headline_that_a_longer_one_begins_with_is_no_caption():
    longer = f"{TITLE} while masons mend it"
    assert texts(TITLE, "", longer, "", "By Ada Moll", *PROSE)[:2] == [TITLE, longer]


def test_the_path_to_a_headline_is_none():
    assert texts(f"Home Region {TITLE}", "", TITLE, "", "By Ada Moll", *PROSE) == [TITLE]


def test_a_headline_behind_a_word_with_a_colon_is_one():
    longer = f"Flood of 2024: {TITLE}"
    assert longer in texts(longer, "", TITLE, "", "By Ada Moll", *PROSE)


@pytest.mark.parametrize(
    "line",
    [
        "The lock in winter © Sarn Gazette",
        "The Sarn flood of 2024:",
        "Wednesday 13 November 2024, 10.28",
        "Last updated today",
    ],
)
def test_credits_kickers_and_days_head_nothing(line):
    assert texts(line, "", TITLE, "", "By Ada Moll", *PROSE) == [TITLE]


@pytest.mark.parametrize("title", ["What the river needs today", "Locks of today and tomorrow"])
def test_a_headline_may_say_today(title):
    assert title in texts(title, "", "By Ada Moll", *PROSE)


def test_a_headline_that_stands_below_the_story_alone_is_found():
    below = ("", "Share on Facebook", "", "Tags", "", "More from Sarn", "", "Bakers of Orle strike for a third day")
    assert TITLE in texts("By Ada Moll", *PROSE, *below, "", TITLE, "", "Print")


def test_of_the_lines_below_a_story_only_those_are_looked_at_that_say_what_it_says():
    found = texts("By Ada Moll", *PROSE, "", "Share on Facebook", "", "Bakers of Orle strike for a third day running")
    assert found == []


def test_a_row_that_ends_in_a_colon_belongs_to_the_headline_right_below_it():
    known = context("Flood of 2024:", TITLE, "By Ada Moll", *PROSE)
    at = next(i for i, line in enumerate(known.lines) if line.text == TITLE)
    assert title_lines.whole(known, at) == f"Flood of 2024: {TITLE}"


@pytest.mark.parametrize(
    "above", [("Flood of 2024:", ""), ("FLOOD OF 2024:",), ("Share this via:",), ("Flood of 2024",)]
)
def test_other_rows_above_a_headline_do_not(above):
    known = context(*above, TITLE, "By Ada Moll", *PROSE)
    at = next(i for i, line in enumerate(known.lines) if line.text == TITLE)
    assert title_lines.whole(known, at) == TITLE


def test_scripts_without_spaces_are_compared_by_pairs_of_characters():
    one, other = candidates.words("札幌で初雪を観測"), candidates.words("気象台は26日、札幌で初雪を観測したと発表した")
    assert len(one & other) == len(one)
