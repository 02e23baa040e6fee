"""What stands below a story's end for editors is no story: the mark, notes, contacts, who sent it."""

from __future__ import annotations

import datetime as dt

import pytest

from broadsheet.ingest.extract import agency_lines
from broadsheet.ingest.extract.draft import Draft, Hints, Source
from broadsheet.ingest.formats import text

STORY = [
    "Mersey tunnel toll to rise by ten pence",
    "Drivers will pay ten pence more for the tunnels below the Mersey from April, the transport authority said today.",
    "The last rise was in 2023, when the toll for cars went up to two pounds.",
]
ABOUT = "The transport authority runs the tunnels, the ferries and the buses on both sides of the river."

# One release in each of the languages that press offices write most: mark, notes, contact, sender.
TAILS = {
    "en": ("ENDS", "Notes to editors:", "For further information, please contact:", "About the transport authority", ABOUT),
    "de": ("- Ende -", "Hinweise für Redaktionen", "Pressekontakt:", "Über die Verkehrsbehörde", "Die Verkehrsbehörde betreibt die Tunnel."),
    "fr": ("- FIN -", "Notes aux rédactions :", "Contact presse :", "À propos de la régie", "La régie exploite les tunnels."),
    "es": ("-FIN-", "Notas para los editores:", "Contacto de prensa:", "Acerca de la autoridad", "La autoridad gestiona los túneles."),
    "it": ("- FINE -", "Note per i redattori:", "Contatti stampa:", "Informazioni sull'ente", "L'ente gestisce le gallerie."),
    "nl": ("EINDE PERSBERICHT", "Noot voor de redactie (niet voor publicatie):", "Voor meer informatie:", "Over de dienst", "De dienst beheert de tunnels."),
    "pt": ("- FIM -", "Notas aos editores:", "Contacto de imprensa:", "Sobre a autoridade", "A autoridade gere os túneis."),
    "sv": ("- SLUT -", "Till redaktionen:", "Presskontakt:", "Om verket", "Verket driver tunnlarna."),
}  # fmt: skip


@pytest.mark.parametrize("end", ["with a mark", "without one"])
@pytest.mark.parametrize("language", TAILS)
def test_below_the_last_paragraph_nothing_is_the_storys(language: str, end: str):
    mark, notes, contact, about, said = TAILS[language]
    tail = [notes, said, contact, "Jo Field, 0151 496 0000, press@tunnels.example", about, said]
    text = [*STORY, *([mark] if end == "with a mark" else []), *tail]
    ending = agency_lines.find_ending(text)
    assert set(ending.lines) == set(range(len(STORY), len(text)))
    assert ending.sure < 0.8  # somebody is to look at it


@pytest.mark.parametrize(
    "mark",
    ["ENDS", "Ends", "-ends-", "###", "# # #", "-30-", "— 30 —", "***ENDS***", "(ends)", "[END]", "END", "-0-", "~ fin ~"],
)  # fmt: skip
def test_a_mark_at_the_end_is_furniture_and_nothing_is_doubted(mark: str):
    ending = agency_lines.find_ending([*STORY, "", mark, ""])
    assert list(ending.lines) == [4]
    assert ending.sure == 1.0


@pytest.mark.parametrize(
    "line",
    ["The end of the line", "It ends here.", "Fin", "30", "About 30 people came", "* * *", "---", "Contact sports return"],
)  # fmt: skip
def test_a_line_of_the_story_is_no_mark(line: str):
    assert not agency_lines.find_ending([*STORY, line]).lines


@pytest.mark.parametrize(
    ("head", "below"),
    [
        ("About the tunnels", "The tunnels below the river were dug in 1934 and 1971, and carry 80,000 cars a day."),
        ("Contact", "The two halves of the tunnel met under the river on 3 April 1928, a hand's breadth apart."),
        ("Over de brug", "De brug over de rivier gaat in april open."),
    ],
)
def test_a_subhead_of_the_story_heads_no_notes(head: str, below: str):
    assert not agency_lines.find_ending([*STORY, head, below, STORY[1]]).lines


def test_a_sentence_that_tells_whom_readers_may_ask_stays():
    assert not agency_lines.find_ending(
        [*STORY, "For more information, call the library on 0151 496 0001 before Friday."]
    ).lines


def test_another_story_below_a_mark_is_not_taken():
    text = [*STORY, "###", "Ferry gets a new name", *(line.replace("tunnel", "ferry") for line in STORY[1:]), "###"]
    assert set(agency_lines.find_ending(text).lines) == {len(text) - 1}


def test_a_short_text_that_is_all_contact_is_kept():
    assert not agency_lines.find_ending(["Press office", "Contact:", "press@tunnels.example"]).lines


HINTS = Hints(today=dt.date(2026, 11, 30))
LEAD = (
    "DOVER, England (AP) _ A lock of 1809 was opened again Tuesday after two winters of repairs, the canal trust said."
)
NEXT = "``It leaks less than the old one,'' said the keeper, who lives beside it."
ANPA = f"""a0417
r i BC-Canal-Lock 03-04 0210
^BC-Canal-Lock,0210<
^Lock of 1809 is opened again<
^Eds: Adds keeper. With photo.<
^By RUTH HADDOW=
^Associated Press Writer=
   {LEAD}<
   {NEXT}<
   (MORE)<
AP-NY-03-04-25 1012EST<
"""


def read(data: str) -> list[Draft]:
    return list(text.read(Source("wire.txt", data.encode(), dt.datetime(2026, 11, 30, tzinfo=dt.UTC)), HINTS))


def test_a_wire_of_the_old_form_is_a_story_like_any_other():
    [draft] = read(ANPA)
    assert draft.title.value == "Lock of 1809 is opened again"
    assert draft.authors
    assert draft.authors.value == ("RUTH HADDOW",)
    assert draft.date
    assert draft.date.value == dt.datetime(2025, 3, 4, 15, 12, tzinfo=dt.UTC)
    first, second = draft.body.strip().split("\n\n")
    assert first.startswith("A lock of 1809 was opened again")
    assert second == "“It leaks less than the old one,” said the keeper, who lives beside it."
    assert "body" in draft.doubtful()  # it says that it goes on
    assert {fate.line for fate in draft.fates if fate.role == "markup"} == {1, 2, 3, 5, 7, 10, 11}


@pytest.mark.parametrize(
    "row",
    ["bc-canal-lock 1st ld-writethru 03-04", "BC-Canal-Lock,0210", "Canal Lock, 2nd Ld", "Canal-Lock, 1st Ld-Writethru,a0417"],
)  # fmt: skip
def test_a_keyword_line_is_no_headline(row: str):
    said, codes = agency_lines.take_codes(f"{row}\n\nLock of 1809 is opened again =\n\n{LEAD}\n", HINTS)
    assert list(codes.rows) == [1]
    assert "Lock of 1809 is opened again\n" in said


@pytest.mark.parametrize(
    ("row", "moment"),
    [
        ("AP-NY-03-04-25 1012EST", "2025-03-04T15:12:00+00:00"),
        ("dpa jf ao 041012 MRZ 25", "2025-03-04"),
        ("jf/ao 041012 GMT MAR 25", "2025-03-04T10:12:00+00:00"),
    ],
)
def test_the_last_row_gives_the_moment(row: str, moment: str):
    sent = agency_lines.take_codes(f"Lock is opened\n\n{LEAD}\n\n{row}\n", HINTS)[1].sent
    assert sent
    value = sent.value.astimezone(dt.UTC) if isinstance(sent.value, dt.datetime) else sent.value
    assert value.isoformat() == moment


def test_what_was_written_for_a_later_day_is_held_unless_that_is_long_over():
    assert agency_lines.take_codes(f"Lock is opened\n\n{LEAD}\n\nADV05\n", HINTS)[1].held
    assert not agency_lines.take_codes(f"Lock is opened\n\n{LEAD}\n\nADV05\nAP-NY-03-04-25 1012EST\n", HINTS)[1].held


@pytest.mark.parametrize(
    "said",
    [
        f"Lock is opened\n\n{LEAD}\n\nMore is to come.\n",
        "Prices\n\nHe wrote that x^2 < 9 on the board.\n\nThe class laughed = it was Monday.\n",
        "^ is a roof in the drawing\n\nIt was made by a child.\n",
        "A lead of 20 points\n\nThe team took the lead again.\n",
    ],
)
def test_what_is_no_code_stays(said: str):
    assert agency_lines.take_codes(said, HINTS) == (said, agency_lines.Codes())


def test_the_header_and_the_signs_of_a_european_wire_are_no_text():
    wire = (
        "FRA-0417 4 vm 120 DAT-0001\nSchleuse von 1809 wieder offen =\n\nLancaster (dpa) - Eine Schleuse von 1809 ist am "
        "Dienstag nach zwei Wintern wieder geöffnet worden.\n\nSie hält dichter als die alte, sagte der Wärter.\n\n"
        "dpa rh xx n1 ao\n041645 Mär 25\n"
    )
    [draft] = read(wire)
    assert draft.title.value == "Schleuse von 1809 wieder offen"
    assert draft.date
    assert draft.date.value == dt.date(2025, 3, 4)
    assert "dpa rh" not in draft.body


def test_a_promise_of_more_is_furniture_as_the_end_is():
    [draft] = read(f"Lock is opened\n\n{LEAD}\n\n{LEAD}\n\nMore follows.\n")
    assert "More follows" not in draft.body


@pytest.mark.parametrize("place", ["STOCKHOLM", "NEW YORK", "ÖSTERSUND"])
def test_a_place_in_capitals_before_a_full_stop_is_a_dateline(place: str):
    found = agency_lines.dateline(f"{place}. The lock was opened on Monday.")
    assert found
    assert found[0] == f"{place}. "


@pytest.mark.parametrize("text", ["NATO. The alliance met.", "Stockholm. A city met.", "WAR. It came."])
def test_another_word_before_a_full_stop_is_none(text: str):
    assert agency_lines.dateline(text) is None
