"""What stands below a story's end for editors is no story: the mark, notes, contacts, who sent it."""

from __future__ import annotations

import pytest

from broadsheet.ingest.extract import endings

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
    ending = endings.find(text)
    assert set(ending.lines) == set(range(len(STORY), len(text)))
    assert ending.sure < 0.8  # somebody is to look at it


@pytest.mark.parametrize(
    "mark",
    ["ENDS", "Ends", "-ends-", "###", "# # #", "-30-", "— 30 —", "***ENDS***", "(ends)", "[END]", "END", "-0-", "~ fin ~"],
)  # fmt: skip
def test_a_mark_at_the_end_is_furniture_and_nothing_is_doubted(mark: str):
    ending = endings.find([*STORY, "", mark, ""])
    assert list(ending.lines) == [4]
    assert ending.sure == 1.0


@pytest.mark.parametrize(
    "line",
    ["The end of the line", "It ends here.", "Fin", "30", "About 30 people came", "* * *", "---", "Contact sports return"],
)  # fmt: skip
def test_a_line_of_the_story_is_no_mark(line: str):
    assert not endings.find([*STORY, line]).lines


@pytest.mark.parametrize(
    ("head", "below"),
    [
        ("About the tunnels", "The tunnels below the river were dug in 1934 and 1971, and carry 80,000 cars a day."),
        ("Contact", "The two halves of the tunnel met under the river on 3 April 1928, a hand's breadth apart."),
        ("Over de brug", "De brug over de rivier gaat in april open."),
    ],
)
def test_a_subhead_of_the_story_heads_no_notes(head: str, below: str):
    assert not endings.find([*STORY, head, below, STORY[1]]).lines


def test_a_sentence_that_tells_whom_readers_may_ask_stays():
    assert not endings.find([*STORY, "For more information, call the library on 0151 496 0001 before Friday."]).lines


def test_another_story_below_a_mark_is_not_taken():
    text = [*STORY, "###", "Ferry gets a new name", *(line.replace("tunnel", "ferry") for line in STORY[1:]), "###"]
    assert set(endings.find(text).lines) == {len(text) - 1}


def test_a_short_text_that_is_all_contact_is_kept():
    assert not endings.find(["Press office", "Contact:", "press@tunnels.example"]).lines
