"""A line that says "not for readers" counts and leaves the text; a sentence that tells of an embargo is prose."""

from __future__ import annotations

import datetime as dt

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from broadsheet.ingest.extract import publication_marks
from broadsheet.ingest.extract.draft import Hints
from broadsheet.ingest.extract.publication_status import Marks
from tests.conftest import examples

HINTS = Hints(today=dt.date(2026, 3, 1), timezone="Europe/London")
LEAD = (
    "The old granary on the quay of Tarnby burned on Monday night, and forty people stood on the bridge to look at it, "
    "the watchman said when the last of the water had been pumped."
)


@pytest.mark.parametrize(
    ("line", "moment"),
    [
        ("EMBARGOED UNTIL 00.01 GMT 5 March 2026", "2026-03-05T00:01:00+00:00"),
        ("NOT FOR RELEASE BEFORE 0001 GMT Thursday 5 March 2026", "2026-03-05T00:01:00+00:00"),
        ("Not for publication or broadcast before 10am on Thursday 5 March 2026", "2026-03-05T10:00:00+00:00"),
        ("*** HOLD UNTIL 6 a.m. ET, March 5, 2026 ***", "2026-03-05T06:00:00-05:00"),
        ("For release: March 5, 2026", "2026-03-05T00:00:00+00:00"),
        ("This press release is strictly embargoed until 10:00 on 5 March 2026.", "2026-03-05T10:00:00+00:00"),
        ("EMBARGOED FOR ALL TARNBY STATIONS UNTIL 5 MARCH 2026", "2026-03-05T00:00:00+00:00"),
        ("Sperrfrist: 5. März 2026, 10 Uhr", "2026-03-05T10:00:00+00:00"),
        ("Frei ab 5. März 2026, 6.00 Uhr", "2026-03-05T06:00:00+00:00"),
        ("Sous embargo jusqu’au jeudi 5 mars 2026 à 10h00", "2026-03-05T10:00:00+00:00"),
        ("Ne pas publier avant le 5 mars 2026", "2026-03-05T00:00:00+00:00"),
        ("EMBARGADO HASTA EL 5 DE MARZO DE 2026 A LAS 10:00 HORAS", "2026-03-05T10:00:00+00:00"),
        ("Sotto embargo fino alle ore 12.00 del 5 marzo 2026", "2026-03-05T12:00:00+00:00"),
        ("Onder embargo tot 5 maart 2026, 12.00 uur", "2026-03-05T12:00:00+00:00"),
        ("Sob embargo até 5 de março de 2026 às 10h00", "2026-03-05T10:00:00+00:00"),
        ("Under embargo til 5. mars 2026 kl. 10.00", "2026-03-05T10:00:00+00:00"),
        ("Embargo do 5 marca 2026 godz. 10:00", "2026-03-05T10:00:00+00:00"),
        ("Не публиковать до 5 марта 2026 года", "2026-03-05T00:00:00+00:00"),
        ("PROHIBIDA SU DIFUSION HASTA EL 5 DE MARZO DE 2026", "2026-03-05T00:00:00+00:00"),
        ("SOUS EMBARGO JUSQU'A JEUDI 5 MARS 2026 A 6 H", "2026-03-05T06:00:00+00:00"),
        ("Embargo sampai 5 Maret 2026 pukul 10.00", "2026-03-05T10:00:00+00:00"),
        ("解禁日時 2026年3月5日 午後3:00", "2026-03-05T15:00:00+00:00"),
        ("解禁：2026年3月5日 10:00", "2026-03-05T10:00:00+00:00"),
        ("حظر النشر حتى 5 مارس 2026", "2026-03-05T00:00:00+00:00"),
    ],
)
def test_an_embargo_has_its_moment_and_its_line_leaves_the_text(line, moment):
    text, found = publication_marks.take(f"{line}\n\nGranary burns on the quay\n\n{LEAD}\n", HINTS)
    assert found.embargo is not None
    assert found.embargo.value.isoformat() == moment
    assert found.embargo.confidence > 0.9
    assert text == f"\n\nGranary burns on the quay\n\n{LEAD}\n"
    assert not found.held


@pytest.mark.parametrize(
    ("line", "leaves"),
    [
        ("Merci de ne pas publier avant lundi.", True),
        ("Vänligen publicera inte före måndag.", True),
        ("Просьба не публиковать до понедельника.", True),
        ("Please do not publish this before my sister has read it.", False),
        ("Por favor, no publicar todavía.", False),
    ],
)
def test_an_order_not_to_publish_holds_and_leaves_where_it_says_nothing_else(line, leaves):
    text, found = publication_marks.take(f"{line}\n\nGranary burns on the quay\n\n{LEAD}\n", HINTS)
    assert len(found.held) == 1
    assert (line not in text) is leaves


@pytest.mark.parametrize(
    "line",
    [
        "Do not use water on burning oil.",
        "The paper was told not to publish the names.",
        "No publication date has been set.",
        "“Do not publish it,” he said, and we did not.",
    ],
)
def test_a_sentence_that_orders_something_else_is_prose(line):
    assert not publication_marks.find([line, "", LEAD], HINTS).found


@pytest.mark.parametrize(
    "line",
    [
        "Strictly embargoed", "EMBARGOED UNTIL Thursday 00:01", "HOLD FOR RELEASE", "Not yet released", "HOLD", "[DRAFT]", "NOT FOR PUBLICATION", "MANDATORY KILL",
        "NICHT VEROEFFENTLICHEN", "ΟΧΙ ΓΙΑ ΔΗΜΟΣΙΕΥΣΗ", "YAYIN YASAĞI", "Awaiting legal clearance", "Jangan disiarkan", "אסור לפרסום",
        "EMBARGO nes 5 Aprelis 2031 rytas", "Not for release until the mayor stands up",
        "KILL KILL KILL", "WITHDRAWN", "Editors: please kill story", "This story has been withdrawn.", "STRICTLY CONFIDENTIAL", "Status: draft", "Published: false",
        "Nicht zur Veröffentlichung", "NE PAS DIFFUSER", "No publicar", "DA NON PUBBLICARE", "Niet voor publicatie", "Não divulgar",
        "Ej för publicering", "Ikke til offentliggørelse", "Nie do publikacji", "Не для печати", "不得发布", "보도금지",
    ],
)  # fmt: skip
def test_what_names_no_moment_holds_the_text_and_the_reason_repeats_it(line):
    _, found = publication_marks.take(f"Granary burns on the quay\n\n{line}\n\n{LEAD}\n", HINTS)
    (reason,) = found.held
    assert line.strip("[].") in reason
    assert found.embargo is None


@pytest.mark.parametrize(
    "line",
    [
        "FOR IMMEDIATE RELEASE",
        "Zur sofortigen Veröffentlichung",
        "Pour diffusion immédiate",
        "Para publicación inmediata",
        "Sperrfrist: keine",
        "PRESS RELEASE",
        "Pressemitteilung",
        "Comunicato stampa",
        "即日発表",
        "Embargo lifted",
    ],
)
def test_what_is_free_is_no_mark_and_no_headline(line):
    text, found = publication_marks.take(f"{line}\nGranary burns on the quay\n\n{LEAD}\n", HINTS)
    assert text.startswith("\nGranary")
    assert (found.held, found.embargo) == ((), None)


@pytest.mark.parametrize(
    "line",
    [
        "The embargo until Friday was broken.", "The embargo until 5 March 2026 was broken.", "The report was embargoed until 5 March 2026.",
        "Embargo on barley extended, millers say", "Embargo: what next for the mill?", "Hold the line, says the miller", "Hold on",
        "Kill switch fails at the mill", "Withdrawn from service", "Draft budget passes", "DRAFT BUDGET PASSES", "DRAFT NFL picks begin", "Confidential papers show delay",
        "Release the heron", "NOT FOR RELEASE, PUBLICATION OR DISTRIBUTION IN OR INTO THE UNITED STATES, CANADA OR JAPAN",
    ],
)  # fmt: skip
def test_what_a_story_says_is_no_mark(line):
    text = f"{line}\n\nBy Jonna Falk\n\n{LEAD}\n"
    assert publication_marks.take(text, HINTS) == (text, Marks())


@pytest.mark.parametrize("word", ["DRAFT", "ENTWURF", "BORRADOR"])
def test_a_headline_that_begins_with_draft_in_capitals_holds_the_text_without_the_word(word):
    text, found = publication_marks.take(f"{word} Granary burns on the quay\n\n{LEAD}\n", HINTS)
    assert text.startswith("Granary burns on the quay\n")
    assert found.held == (f'it says "{word}"',)


def test_a_sentence_in_the_middle_is_no_mark_and_a_line_at_the_end_is_one():
    middle = "\n\n".join([LEAD] * 4 + ["Not for publication"] + [LEAD] * 8)
    assert not publication_marks.find(middle.split("\n"), HINTS).found
    assert publication_marks.find(f"{LEAD}\n\n{LEAD}\n\nNot for publication".split("\n"), HINTS).held


def test_an_embargo_may_stand_on_two_rows_but_a_dateline_below_is_none():
    _, found = publication_marks.take(
        f"EMBARGO: NOT FOR PUBLICATION BEFORE\n00.01 GMT, 5 MARCH 2026\n\nGranary burns\n\n{LEAD}", HINTS
    )
    assert found.embargo is not None
    assert found.embargo.value.day == 5
    _, dated = publication_marks.take(f"EMBARGOED\n3 January 2026\n\nGranary burns\n\n{LEAD}", HINTS)
    assert (dated.embargo, len(dated.held)) == (None, 1)


@pytest.mark.parametrize(
    ("subject", "rest"),
    [
        ("EMBARGOED UNTIL 5 March 2026: Granary burns", "Granary burns"),
        ("Granary burns (EMBARGOED UNTIL 5 March 2026)", "Granary burns"),
        ("Granary burns - embargoed until 00:01 5 March 2026", "Granary burns"),
        ("MANDATORY KILL – Granary burns", "Granary burns"),
        ("FOR IMMEDIATE RELEASE: Granary burns", "Granary burns"),
        ("HOLD", ""),
    ],
)
def test_a_subject_keeps_its_headline(subject, rest):
    (mark,) = publication_marks.subject(subject, HINTS).found
    assert mark.rest == rest


def test_an_embargo_that_is_unsure_says_why_unless_it_is_over_either_way():
    unsure, over = (
        publication_marks.subject("Embargoed: 03/04/2026 10:00", HINTS),
        publication_marks.subject("Embargoed: 03/04/2025 10:00", HINTS),
    )
    assert unsure.embargo
    assert over.embargo
    assert "the other way round" in unsure.embargo.rule
    assert unsure.embargo.confidence < 0.8 < over.embargo.confidence


@pytest.mark.parametrize(
    "rows",
    [
        "HOLD FOR\nRELEASE",
        "Not for\n\npublication",
        "PLEASE DO NOT\nUSE",
        "DO NOT PUBLISH BEFORE\nMONDAY",
        "EMBARGO\nUNTIL MONDAY",
    ],
)
def test_a_mark_that_is_broken_over_two_rows_holds_the_story_and_neither_row_is_left_in_it(rows):
    kept, found = publication_marks.take(f"{rows}\n\nLock on the Keld reopens\n", HINTS)
    assert found.held
    assert kept.split() == ["Lock", "on", "the", "Keld", "reopens"]


SPELT = [
    "do not\npublish before the minister has spoken", "Not-for-release", "ＨＯＬＤ ＦＯＲ ＬＥＧＡＬ", "H O L D", "E M B A R G O",
    "HO-\nLD FOR RELEASE", "EMBAR-\nGO until Friday", "**HO**LD", "**Do not**\n**publish**", "NOT-FOR-\nRELEASE", "HO\u00adLD FOR RELEASE",
    "H O L D   F O R   R E L E A S E", "H O L D F O R R E L E A S E", "__HO__LD FOR RELEASE", "Do _not_ publish", "<b>HO</b>LD",
    "HOLD_FOR_RELEASE", "H-O-L-D", "EMBAR-\nGO until 5 March 2026, 10:00", "Not for\nrelease until the mayor stands up", "EMBAR\n\nGO until Friday",
]  # fmt: skip


@pytest.mark.parametrize("rows", SPELT)
def test_a_mark_counts_however_its_letters_are_spelt_and_leaves_the_text(rows):
    kept, found = publication_marks.take(f"{rows}\n\nLock on the Keld reopens\n\n5 May 2025\n\n{LEAD}\n", HINTS)
    assert found.held or found.embargo
    assert kept.split() == f"Lock on the Keld reopens 5 May 2025 {LEAD}".split()
    if "\n" not in rows:
        assert publication_marks.subject(rows, HINTS).found


@pytest.mark.parametrize(
    "rows",
    [
        "He would not hold for long.", "A not-for-profit release", "a not-for-profit release", "H. O. L. Dunn", "J. R. R. HOLD", "A B C of milling",
        "Do not\nuse water on burning oil.", "No\npublication date has been set.", "Hold-up at the mill",
        "The *not-for-release* memo is out", "The crew would not with-\nhold the oars from the boys", "They with-\ndrew at dusk", "HOLD-UP AT THE MILL",
        "The mayor will not\nrelease the heron", "Ｈｏｌｄ ｔｈｅ ｌｉｎｅ", "He begged: do not\npublish the names of the drowned",
        "Millers do not\npublish before the harvest is in", "The em-\nbargo on barley was lifted in May", "Kill-switch fails", "K L M", "| **embargo** | the moment before which nothing is out |",
        "Each story is [held](#release-a-story-that-is-held), and waits", "WITH\nDRAWN swords they came", "NO\nRELEASE of water before dusk, says the keeper",
    ],
)  # fmt: skip
def test_prose_that_is_hyphenated_broken_or_spaced_is_no_mark(rows):
    text = f"{rows}\n\nBy Jonna Falk\n\n{LEAD}\n"
    assert publication_marks.take(text, HINTS) == (text, Marks())


def test_a_headline_that_is_broken_over_two_rows_is_no_mark():
    text = "Bridge held\nfor release of water\n\nThe bridge was opened on Monday.\n"
    assert not publication_marks.take(text, HINTS)[1].found


@given(
    st.lists(
        st.text(max_size=60) | st.sampled_from(["HOLD", "EMBARGOED UNTIL", "5 March 2026", "", "[", "Sperrfrist"]),
        max_size=8,
    )
)
@settings(max_examples=examples(200))
def test_any_rows_are_read_and_none_is_moved(rows):
    text = "\n".join(rows)
    kept, found = publication_marks.take(text, HINTS)
    assert kept.count("\n") == text.count("\n")
    assert bool(found.found) or kept == text
