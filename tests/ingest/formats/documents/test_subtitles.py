"""Subtitles become a transcript: paragraphs with their speakers, no times, and every row has its fate."""

from __future__ import annotations

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from broadsheet.errors import BroadsheetError
from broadsheet.ingest import formats
from broadsheet.ingest.extract.draft import Draft, Hints, Source

NOW = dt.datetime(2026, 3, 9, tzinfo=dt.UTC)


def read(text: str, name: str = "a.srt") -> Draft:
    [draft] = formats.read(Source(name, text.encode(), NOW), Hints())
    return draft


def cues(*said: tuple[int, int, str]) -> str:
    return "\n".join(f"{n}\n00:00:{a:02},000 --> 00:00:{b:02},500\n{text}\n" for n, (a, b, text) in enumerate(said, 1))


def test_cues_are_joined_to_paragraphs_and_times_and_numbers_go():
    draft = read(
        cues((1, 2, "Good evening from the"), (3, 4, "glassworks."), (5, 6, "It burns."), (12, 13, "Later it rained."))
    )
    assert draft.body == "Good evening from the glassworks. It burns.\n\nLater it rained.\n"
    assert [fate.role for fate in draft.fates[:4]] == ["markup", "markup", "body", "blank"]
    assert draft.title.confidence < 0.8


@pytest.mark.parametrize("ends", ["\n", "\r\n"])
def test_files_without_numbers_or_blank_rows_are_read_too(ends):
    text = "1\n00:00:01,000 --> 00:00:02,000\nIt burns\n2\n00:00:02,000 --> 00:00:03,000\nagain.\n".replace("\n", ends)
    assert read(text).body == "It burns again.\n"
    assert (
        read("0:00:01.000,0:00:02.000\nIt burns\n\n0:00:02.000,0:00:03.000\nagain.\n", "a.sbv").body
        == "It burns again.\n"
    )


def test_speakers_begin_paragraphs_and_marks_of_the_format_go():
    text = (
        "WEBVTT\n\nNOTE by a machine\n\nSTYLE\n::cue {}\n\n00:01.000 --> 00:02.000\n<v Liv Aune>Who &amp; <i>when</i>?\n\n"
        "00:02.000 --> 00:03.000\n<v Liv Aune>Tell us.\n\n00:03.000 --> 00:04.000\n<v Per Holt>In May.\n\n00:04.000 --> 00:05.000\n[Applause]\n\n"
        "00:05.000 --> 00:06.000\n- Truly?\n- Truly.\n"
    )
    draft = read(text, "a.vtt")
    assert draft.body == "Liv Aune: Who & when? Tell us.\n\nPer Holt: In May.\n\nTruly?\n\nTruly.\n"
    why = {fate.line: fate.why for fate in draft.fates if fate.role == "dropped"}
    assert why == {3: "a note in the subtitles", 18: "a sound that is described"}


def test_lines_that_roll_up_are_said_once():
    assert read(cues((1, 2, "It burns"), (2, 3, "It burns\nagain in May."))).body == "It burns again in May.\n"


def test_subtitles_in_which_nothing_is_said_are_refused():
    with pytest.raises(BroadsheetError) as caught:
        read(cues((1, 2, "[Music]"), (3, 4, "♪")))
    assert caught.value.problem.code == "no-story"


@given(
    st.lists(
        st.text(st.characters(categories=["L"]), min_size=3, max_size=9).map(lambda word: f"x{word}."),
        min_size=1,
        max_size=9,
    )
)
def test_every_word_that_is_said_is_in_the_text(words):
    draft = read(cues(*((5 * n, 5 * n + 1, word) for n, word in enumerate(words))))
    said = draft.body.replace("\\", "")
    assert all(word in said for word in words)
