import datetime as dt

import pytest

from broadsheet.ingest.extract.draft import EVEN, SURE, Hints, Source
from broadsheet.ingest.formats import text

HINTS = Hints(today=dt.date(2026, 11, 30), sections=("World", "Culture"))
TITLE = "Sarn shuts its upper lock for nine weeks"
LEAD = (
    "The river board of Sarn said on Wednesday that it would close the upper lock for nine weeks while masons mend it."
)
NEXT = "Barges will wait at the lower basin, and walkers will be led across the weir, the engineer told the meeting."


def read(*rows, modified=dt.datetime(2026, 11, 30, tzinfo=dt.UTC)):
    (draft,) = text.read(Source("a.txt", "\n".join(rows).encode(), modified), HINTS)
    return draft


def story(*head, tail=()):
    return read(TITLE, "", *head, "", LEAD, "", NEXT, *tail)


def test_an_update_alone_is_the_day_of_a_change_and_gives_no_sure_date():
    draft = story("By Ada Moll  Updated Nov 13, 2024, 10:28am EST")
    assert draft.updated is not None
    assert draft.updated.value.isoformat() == "2024-11-13T15:28:00+00:00"
    assert "date" in draft.doubtful()


def test_the_day_of_a_change_is_a_value_of_its_own():
    draft = story("By Ada Moll", "Updated: 3 May 2025")
    assert draft.date is not None
    assert draft.updated is not None
    assert draft.date.value == draft.updated.value
    assert draft.date.value is not draft.updated.value  # YAML would write a reference


@pytest.mark.parametrize(
    "head",
    [
        ("By Ada Moll", "Published: 1 May 2025 | Updated: 3 May 2025"),
        ("By Ada Moll", "", "Updated 3 May 2025 10:30", "Published 1 May 2025 08:00"),
    ],
)
def test_the_day_of_publication_goes_before_that_of_a_change(head):
    draft = story(*head)
    assert draft.date is not None
    assert draft.updated is not None
    assert (draft.date.value, draft.updated.value) == (dt.date(2025, 5, 1), dt.date(2025, 5, 3))


@pytest.mark.parametrize(
    ("head", "tail"),
    [
        (("By Ada Moll", "", "Hundreds of people on the meadow by the lock, on 15 May 2025, in Sarn (Valley)."), ()),
        (("By Ada Moll", "", "File photo: the lock as it was on 9 June 2019, before the flood came. Photo: Bo"), ()),
        (("By Ada Moll",), ("", "© The Sarn Gazette, 3 May 2025. All rights reserved.")),
        (("By Ada Moll",), ("", "Comments", "", "Kim: I like it. 5 May 2025", "", "Tom: What a pity. 6 May 2025")),
        (("By Ada Moll", "Published On Mon, 31 Feb 2025"), ()),
        (("By Ada Moll", "31/04/2025"), ()),
    ],
)
def test_the_day_of_something_else_and_an_impossible_one_are_never_the_storys(head, tail):
    draft = story(*head, tail=tail)
    assert draft.date is None or draft.date.confidence < SURE


@pytest.mark.parametrize("day", ["3 May 2031", "1 January 1970"])
def test_a_day_to_come_and_the_day_of_an_unset_clock_are_more_likely_wrong(day):
    draft = story("By Ada Moll", day)
    assert draft.date is not None
    assert draft.date.confidence < EVEN


@pytest.mark.parametrize(
    ("day", "doubted"),
    [
        ("Wednesday, April 16, 2025", True),
        ("Mittwoch, 16. April 2025", True),
        ("April 16, 2025", False),
        ("Wednesday, April 16, 2025, 10:28 am", False),
    ],
)
def test_a_day_of_the_week_above_the_headline_is_the_masthead_of_the_day_it_was_saved(day, doubted):
    draft = read("Home", "News", day, "", TITLE, "", "By Ada Moll", "", LEAD, "", NEXT)
    assert draft.date is not None
    assert draft.date.value.isoformat()[:10] == "2025-04-16"
    assert (draft.date.confidence <= EVEN) == doubted


def test_a_label_beside_the_headline_goes_before_the_day_of_the_masthead():
    rows = ("The Sarn Gazette", "Home", "News", "Monday, 5 May 2025", "", TITLE, "", "By Ada Moll")
    draft = read(*rows, "Published 3 May 2025", "", LEAD, "", NEXT)
    assert draft.date is not None
    assert draft.date.value == dt.date(2025, 5, 3)


def test_todays_date_above_the_headline_is_not_sure():
    draft = read("Home", "News", "Monday, 30 November 2026", "", TITLE, "", "Sarn Staff", "", LEAD, "", NEXT)
    assert "date" in draft.doubtful()


def test_a_dateline_with_a_year_dates_a_story_without_another_day():
    draft = read(TITLE, "", "By Ada Moll", "", f"SARN, May 3, 2025 (Reuters) — {LEAD}", "", NEXT)
    assert draft.date is not None
    assert draft.date.value == dt.date(2025, 5, 3)
    assert draft.body.startswith(LEAD[:40])


@pytest.mark.parametrize(
    ("begins", "day"),
    [
        ("Sarn, 3 May 2025 - ", dt.date(2025, 5, 3)),
        ("Sarn, May 3, 2025 — ", dt.date(2025, 5, 3)),
        ("Port Sarn (3 May 2025) – ", dt.date(2025, 5, 3)),
        ("Sarn, 3 May 2025. ", dt.date(2025, 5, 3)),
        ("Sarn, den 3. Mai 2025. ", dt.date(2025, 5, 3)),
        ("Sarn, 3 de mayo de 2025.- ", dt.date(2025, 5, 3)),
        ("Sarn opened in May 2025 - ", None),
        ("Sarn, 31 April 2025 - ", None),
    ],
)
def test_the_day_behind_a_place_in_small_letters_dates_a_story_and_is_looked_at(begins: str, day: dt.date | None):
    draft = read(TITLE, "", f"{begins}{LEAD}", "", NEXT)
    assert (draft.date and draft.date.value) == day
    assert "date" in draft.doubtful()
    assert draft.body.startswith(begins[:4])


def test_the_day_behind_a_place_gives_way_to_a_day_of_publication():
    draft = read(TITLE, "", "Published 9 May 2025", "", f"Sarn, 3 May 2025 - {LEAD}", "", NEXT)
    assert draft.date is not None
    assert draft.date.value == dt.date(2025, 5, 9)


@pytest.mark.parametrize("byline", ["By Sarn News Desk", "By Chief Political Correspondent", "By: Staff Reporter"])
def test_a_byline_in_which_no_name_was_found_is_reported(byline):
    draft = story(byline, "3 May 2025")
    assert draft.authors is not None
    assert draft.authors.confidence < EVEN
    assert "authors" in draft.doubtful()


def test_an_agency_that_signs_alone_is_looked_at():
    draft = story("By Reuters", "3 May 2025")
    assert draft.agency is not None
    assert draft.agency.value == "Reuters"
    assert "authors" in draft.doubtful()


@pytest.mark.parametrize(
    "lead",
    [
        "Bo Hind has been named warden of the lock, the youngest ever to hold the post in the valley.",
        "Bo Hind is a lock keeper who was suspended over the flood, the board said on Monday.",
    ],
)
def test_nobody_is_made_an_author_by_a_lead_that_begins_with_a_name(lead):
    draft = read("New warden at the lock", "3 May 2025", "", lead, "", LEAD, "", NEXT)
    assert draft.authors is None
    assert lead[:30] in draft.body


def test_names_one_a_line_leave_the_body():
    draft = story("By", "Ada Moll", ",", "Bo Hind", "and", "Lea Ost", "3 May 2025")
    assert draft.authors is not None
    assert draft.authors.value == ("Ada Moll", "Bo Hind", "Lea Ost")
    assert "Lea Ost" not in draft.body


@pytest.mark.parametrize(
    ("rows", "section"),
    [
        (("Section: Culture", "", TITLE, "", "By Ada Moll", "3 May 2025", "", LEAD, "", NEXT), "Culture"),
        (("World", "", TITLE, "", "By Ada Moll", "3 May 2025", "", LEAD, "", NEXT), "World"),
        ((TITLE, "", "By Ada Moll", "3 May 2025", "", LEAD, "", NEXT, "", "Filed under: World"), "World"),
    ],
)
def test_a_section_that_the_source_names_is_sure(rows, section):
    draft = read(*rows)
    assert draft.section is not None
    assert draft.section.value == section
    assert "section" not in draft.doubtful()


def test_a_text_that_names_no_section_raises_no_doubt_about_one():
    draft = story("By Ada Moll", "3 May 2025")
    assert draft.section is None
    assert "section" not in draft.doubtful()


def test_a_long_headline_is_kept_whole_and_no_byline_takes_its_place():
    title = (
        "Why the plan to move the lock, the weir, the mill and the whole of the fish market " + "to the far bank " * 8
    )
    draft = read(title.strip(), "", "By Ada Moll and Bo Hind and Lea Ost", "", "3 May 2025", "", LEAD, "", NEXT)
    assert draft.title.value == title.strip()
    assert draft.title.confidence >= EVEN


def test_a_first_paragraph_is_no_headline_but_one_is_made_of_it():
    draft = read(LEAD, "", NEXT)
    assert draft.title.value == "The river board of Sarn said that it would close the upper lock for nine weeks"
    assert draft.body.startswith(LEAD)
    assert "title" in draft.doubtful()


@pytest.mark.parametrize(
    "sentence",
    ["On 3 March 2024 the board voted.", "The lock broke on 3 March 2024.", "Am 3. März 2024 brach das Tor.",
     "Le 3 mars 2024, la porte a cédé.", "El 3 de marzo de 2024 se rompió."],
)  # fmt: skip
def test_a_day_that_a_sentence_tells_of_is_never_surely_the_storys(sentence: str):
    draft = read(TITLE, sentence, "", LEAD, "", NEXT)
    assert draft.date is None or draft.date.confidence < SURE
    assert "date" in draft.doubtful()


@pytest.mark.parametrize(
    "line", ["3 March 2024.", "Sarn, 3 March 2024.", "By Ada Moll, 3 March 2024.", "Published: 3 March 2024."]
)
def test_a_line_that_is_a_day_may_end_in_a_full_stop(line: str):
    draft = story(line)
    assert draft.date
    assert draft.date.value == dt.date(2024, 3, 3)
    assert draft.date.rule != "a day that a sentence tells of"
