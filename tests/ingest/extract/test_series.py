"""Series of short lines stay with the story that they belong to."""

import datetime as dt

import pytest

from broadsheet.ingest.extract.draft import Hints, Source
from broadsheet.ingest.formats import text

NOW = dt.datetime(2026, 1, 2, tzinfo=dt.UTC)
HEAD = "Storm over Solholm: the day as it was\n\n12 March 2025\n\n"
LEAD = (
    "A storm from the west closed the harbour of Solholm on Wednesday, and two ferries stayed in port until the night."
)


def body(raw):
    [draft] = text.read(Source("a.txt", raw.encode(), NOW), Hints(today=NOW.date()))
    return draft.body


@pytest.mark.parametrize(
    "times", [("14.32 GMT", "13.05 GMT", "9.10 GMT"), ("14h32", "13h05", "9h10"), ("2.32pm", "1:05 p.m.", "9am")]
)
def test_the_entries_of_a_live_blog_keep_their_times_and_heads(times):
    entries = [("The road is open", "Cars may use it again in one direction, the police say."),
               ("Power is back", "Most houses have light."), ("Trees fall", "Two trees fell near the church.")]  # fmt: skip
    live = "\n\n".join(f"{time}\n{head}\n{said}" for time, (head, said) in zip(times, entries, strict=True))
    expected = "\n\n".join(f"## {time} · {head}\n\n{said}" for time, (head, said) in zip(times, entries, strict=True))
    assert body(f"{HEAD}{LEAD}\n\n{live}\n") == f"{LEAD}\n\n{expected}\n"


def test_a_time_and_its_head_in_one_line_are_a_subhead_also_without_blank_lines():
    rows = ["15:40 - The last ferry leaves", "It took eleven passengers.", "14:05 - A roof is gone", "Nobody was hurt.",
            "9:12 - School stays shut", "Pupils were sent home by bus."]  # fmt: skip
    expected = "\n\n".join(f"## {row}" if row[0].isdigit() else row for row in rows)
    assert body(HEAD + "\n".join([LEAD, *rows]) + "\n") == f"{LEAD}\n\n{expected}\n"


@pytest.mark.parametrize(("one", "other"), [("Q", "A"), ("Falk", "Olander"), ("Frage", "Antwort")])
def test_the_turns_of_an_interview_stay_however_short(one, other):
    turns = [f"{one}: Were you afraid?", f"{other}: No.", f"{one}: Not even at night?", f"{other}: I slept."]
    assert body(f"{HEAD}{LEAD}\n\n" + "\n".join(turns)) == "\n\n".join([LEAD, *turns]) + "\n"


def test_the_captions_of_a_slideshow_stay():
    slides = [(f"They reached the {place} by noon, and rested there for an hour.", f"The {place} of Solholm in the rain. Per Olander/North Pictures")
              for place in ("lighthouse", "old quay", "chapel", "mill")]  # fmt: skip
    found = body(f"{HEAD}{LEAD}\n\n" + "\n\n".join("\n".join(slide) for slide in slides))
    assert [row for slide in slides for row in slide] == found.strip().split("\n\n")[1:]


def test_who_said_what_is_quoted_above_stays_with_it():
    rows = [
        "“I cried.”",
        "— Marta Lind, conductor",
        "“It rang for eleven seconds, and we had to wait.”",
        "— Per Olander",
    ]
    found = body(f"{HEAD}{LEAD}\n\n" + "\n".join(rows) + "\n\nThe concert is given again in June.\n")
    assert found.split("\n\n")[1:5] == rows


def test_labels_with_values_stay_in_their_order():
    rows = ["Area: 4 hectares", "Length: 2.3 kilometres", "Opened: 1954"]
    found = body(f"{HEAD}{LEAD}\n\n" + "\n".join(rows) + "\n\nThe first wardens begin in April, the parish said.\n")
    assert found.split("\n\n")[1:4] == rows


@pytest.mark.parametrize(
    "note",
    [
        "Correction: An earlier version of this report gave another number of ferries.",
        "This story was amended on 13 March 2025.",
        "Additional reporting by Per Olander.",
    ],
)
def test_corrections_and_closing_lines_stay(note):
    assert note in body(f"{HEAD}{LEAD}\n\nThe harbour opened again at dawn.\n\n{note}\n")


def test_a_footnote_stays_where_the_text_refers_to_it():
    raw = HEAD + LEAD.replace("ferries", "ferries [1]") + "\n\nThe harbour opened again.\n\n[1] A third was in dock.\n"
    assert "A third was in dock." in body(raw)


def test_the_headings_of_numbered_items_stay():
    items = [
        f"{n}. {head}\n{LEAD.replace('Solholm', head)}" for n, head in enumerate(("Solholm", "Nordby", "Tarnby"), 1)
    ]
    found = body("Morning briefing, 12 March 2025\n\n" + "\n\n".join(items))
    assert [row for row in found.split("\n\n") if row.startswith("##")] == [
        r"## 1\. Solholm",
        r"## 2\. Nordby",
        r"## 3\. Tarnby",
    ]


def test_a_list_of_links_with_times_below_a_story_is_no_live_blog():
    links = "Read more\n14:05 Man bites dog\n13:10 Rain tomorrow\n12:44 Shop shuts\n"
    assert "Rain tomorrow" not in body(f"{HEAD}{LEAD}\n\nThe harbour opened again at dawn.\n\n{links}")


def test_a_list_between_paragraphs_stays_also_where_no_colon_announces_it():
    items = ["• Dogs", "  – on a lead by day", "  – not in the dunes", "• Fires"]
    found = body(f"{HEAD}{LEAD}\n\n" + "\n".join(items) + "\n\nWardens will fine whoever breaks the rules.\n")
    assert [word in found for word in ("Dogs", "on a lead by day", "not in the dunes", "Fires")] == [True] * 4
