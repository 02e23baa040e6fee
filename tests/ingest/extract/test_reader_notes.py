import datetime as dt

import pytest

from broadsheet.ingest.extract import reader_notes
from broadsheet.ingest.extract.draft import Hints, Source
from broadsheet.ingest.formats import html, text

HINTS = Hints(today=dt.date(2026, 11, 30))
TITLE = "Sarn shuts its upper lock for nine weeks"
STORY = (
    "The river board of Sarn said on Wednesday that it would shut the upper lock for nine weeks while masons mend it.",
    "Barges will wait at the lower basin, and walkers will be led across the weir, the engineer told the meeting.",
    "The board last mended the walls in 1974, when the lock was shut for a whole winter, and nobody could pass.",
)
NOTES = [
    "Follow the Gazette on Facebook, Twitter (@gazette) and Instagram.",
    "Check out more stories on gazette.example!",
    "Have a tip? The desk may be reached at desk@gazette.example.",
    "Listen: http://gazette.example/locks",
    "Advertising disclosure: the Gazette is paid where readers buy by some of these links.",
    "Note: we are moderating all comments this week, since there is much spam.",
    "Besuchen Sie unseren Online-Shop!",
    "Abonnieren Sie unseren Newsletter, damit Sie nichts verpassen.",
    "Ada Moll is a reporter for the Sarn Gazette.",
]


@pytest.mark.parametrize("note", NOTES)
def test_what_speaks_to_readers_is_no_story(note):
    assert reader_notes.is_note(note)


@pytest.mark.parametrize(
    "line",
    [
        "Visit Orle in June, the mayor told the meeting, and see for yourselves.",
        "Follow the river up to the weir and you stand where the flood of 2024 began.",
        "Kim Tarn is the mayor of Orle.",
        "Kim Tarn contributed reporting from Orle.",
        "Correction: an earlier version of this report gave another number of weeks.",
        "Work is expected to end in May 2025.",
        "The board posted the plan on Facebook and on its own page on Monday.",
    ],
)
def test_what_tells_the_news_is_no_note(line):
    assert not reader_notes.is_note(line)


def test_notes_are_looked_for_at_the_end_alone():
    assert reader_notes.find([*STORY, NOTES[0], NOTES[2]]) == [3, 4]
    assert reader_notes.find([STORY[0], NOTES[2], *STORY[1:]]) == []
    assert reader_notes.find([NOTES[0]]) == []


def test_a_short_line_may_stand_between_a_note_and_the_end():
    assert reader_notes.find([*STORY, NOTES[0], "Weather: rain."]) == [3]


@pytest.mark.parametrize("note", NOTES[:6])
def test_a_text_is_filed_without_its_notes_to_readers(note):
    source = Source("a.txt", "\n\n".join([TITLE, "By Ada Moll", *STORY, note]).encode(), dt.datetime.now(dt.UTC))
    (draft,) = text.read(source, HINTS)
    assert STORY[-1] in draft.body
    assert note.split()[-1] not in draft.body
    fate = draft.fates[-1]
    assert fate.role == "dropped"


def test_a_note_to_readers_is_named_and_makes_a_body_no_less_sure():
    rows = [TITLE, "By Ada Moll", *STORY]
    now = dt.datetime.now(dt.UTC)
    (plain,) = text.read(Source("a.txt", "\n\n".join(rows).encode(), now), HINTS)
    (noted,) = text.read(Source("a.txt", "\n\n".join([*rows, NOTES[0]]).encode(), now), HINTS)
    assert noted.fates[-1].why == reader_notes.WHY
    assert noted.body_confidence >= plain.body_confidence


def test_a_page_is_filed_without_its_notes_to_readers():
    paragraphs = "".join(f"<p>{paragraph}</p>" for paragraph in (*STORY, NOTES[0]))
    page = (
        f"<html><head><title>{TITLE}</title></head><body><article><h1>{TITLE}</h1>{paragraphs}</article></body></html>"
    )
    (draft,) = html.read(Source("a.html", page.encode(), dt.datetime.now(dt.UTC)), HINTS)
    assert STORY[-1] in draft.body
    assert "Instagram" not in draft.body
