"""Fields that say who wrote become people and agencies; addresses, accounts and job titles are nobody."""

from __future__ import annotations

import pytest

from broadsheet.ingest.extract import author_fields


@pytest.mark.parametrize(
    ("text", "names", "agency"),
    [
        ("Ines Okafor", ["Ines Okafor"], ""),
        ("by Ines Okafor", ["Ines Okafor"], ""),
        ("news@okafor.photography (Ines Okafor)", ["Ines Okafor"], ""),
        ("Ines Okafor <ines@example.org>", ["Ines Okafor"], ""),
        ("Okafor, Ines", ["Ines Okafor"], ""),
        ("Ines Okafor and Tore d'Ascoli", ["Ines Okafor", "Tore d'Ascoli"], ""),
        ("Ines Okafor, Tore Lind & Wim van den Broek", ["Ines Okafor", "Tore Lind", "Wim van den Broek"], ""),
        ("Ines Okafor und Tore Lind", ["Ines Okafor", "Tore Lind"], ""),
        ("Ines Okafor, Fisheries Correspondent", ["Ines Okafor"], ""),
        ("Dr. Ines Okafor", ["Ines Okafor"], ""),
        ("Ines Okafor / Fjord Wire", ["Ines Okafor"], "Fjord Wire"),
        ("Ines Okafor | Strandbladet", ["Ines Okafor"], "Strandbladet"),
        ("Ines Okafor for Fjord News", ["Ines Okafor"], "Fjord News"),
        ("Ines Okafor (Reuters)", ["Ines Okafor"], "Reuters"),
        ("AFP/Ines Okafor", ["Ines Okafor"], "AFP"),
        ("Reuters", [], "Reuters"),
        ("Ines Okafor (Harbour Desk)", ["Ines Okafor"], ""),
        ("김하늘", ["김하늘"], ""),
        ("Олена Гнатюк", ["Олена Гнатюк"], ""),
    ],
)
def test_people_and_agencies_are_told_apart(text, names, agency):
    found = author_fields.read([text], "The Strand")
    assert (list(found.names), found.agency) == (names, agency)
    assert found.confidence > 0.8


@pytest.mark.parametrize(
    "text",
    ["admin", "editor", "webmaster", "tlind_77", "@tlind", "io/tl", "(io)", "TL", "https://example.org/ines", "i@example.org",
     "Ines", "bell jar"],
)  # fmt: skip
def test_what_is_no_name_is_doubted_and_kept_for_the_editor(text):
    found = author_fields.read([text]).found("author")
    assert found
    assert found.confidence < 0.5
    assert all(value in text for value in found.value)


def test_a_job_title_that_nothing_parts_from_the_name_makes_it_doubtful():
    found = author_fields.read(["Ines Okafor Senior Editor"])
    assert found.names == ("Ines Okafor",)
    assert found.confidence < 0.8


@pytest.mark.parametrize("text", ["Staff Writer", "Our correspondent", "", "  ", "The Strand"])
def test_a_role_and_the_publication_itself_are_nobody(text):
    assert author_fields.read([text], "The Strand").found("author") is None


@pytest.mark.parametrize(
    "text",
    ["World desk", "Staff", "Redaktion", "Newsroom", "Web Desk", "Our Correspondent", "admin", "Editorial Board", "News Team",
     "La rédaction", "Redacción", "Staff reporter", "Die Redaktion", "Night editor"],
)  # fmt: skip
def test_a_desk_or_a_role_is_nobody(text: str):
    assert author_fields.is_nobody(text)
    assert author_fields.split([text]) == ([], "")


@pytest.mark.parametrize(
    "text", ["Inés Korhonen", "Editor Inés Korhonen", "Inés Korhonen Senior Reporter", "Ruth Haddow", "Bono"]
)
def test_a_person_is_somebody(text: str):
    assert not author_fields.is_nobody(text)
