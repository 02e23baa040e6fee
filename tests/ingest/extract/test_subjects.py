import pytest

from broadsheet.ingest.extract import subjects
from broadsheet.ingest.extract.draft import SURE, Hints

PARAGRAPHS = (
    "Chinese President Xi Jinping met Prime Minister Lindqvist in Stockholm on Monday to talk about steel.",
    "Xi said that China would buy more steel. Lindqvist, who took office in May, said that Sweden welcomed it.",
    "“We trust China,” Lindqvist told reporters in Stockholm. Xi leaves on Tuesday.",
)


def test_variants_of_one_name_are_one_topic():
    found = subjects.find_topics("Xi Jinping visits Stockholm", PARAGRAPHS, "en")
    assert "Xi Jinping" in found
    assert not {"Xi", "Chinese President Xi Jinping", "Chinese"} & set(found)


def test_a_story_has_at_most_eight_topics_and_no_weekdays():
    found = subjects.find_topics("Xi Jinping visits Stockholm", PARAGRAPHS * 3, "en")
    assert {"China", "Stockholm", "Lindqvist"} <= set(found)
    assert len(found) <= 8
    assert not {"Monday", "Tuesday", "May"} & set(found)


def test_a_text_without_names_has_no_topics():
    assert subjects.find_topics("rain", ("it rained all day long and nobody came.",), "en") == ()


def test_a_word_that_opens_a_quotation_is_no_name():
    told = [
        "‘Messier than ever,’ she said of the quay.",
        "Ostrel has a quay. The quay of Ostrel is closed, and in Ostrel it is said so.",
    ]
    found = subjects.find_topics("Quay closed", told, "en")
    assert "Ostrel" in found
    assert "Messier" not in found


SITE = Hints(sections=("World", "Culture"), aliases={"kultur": "Culture"})


@pytest.mark.parametrize(
    "label",
    ["Home > Culture", "Home › Culture › Museums", "Start » Kultur", "Home / Culture", "World > Culture > Museums"],
)
def test_of_breadcrumbs_the_last_section_of_the_site_is_the_section(label: str):
    found = subjects.settle(label, SITE, "front matter", 1, 0.95)
    assert found.value == "Culture"
    assert found.confidence >= SURE


def test_breadcrumbs_without_a_section_of_the_site_are_to_be_looked_at_by_their_last_one():
    found = subjects.settle("Home > Gardening", SITE, "front matter", 1, 0.95)
    assert found.value == "Gardening"
    assert found.confidence < SURE
    assert subjects.settle("Arts/Crafts", SITE, "front matter", 1, 0.95).value == "Arts/Crafts"  # one name as well


def test_contractions_peoples_and_time_zones_are_no_topics():
    told = [
        "The storm came at 16:45 UTC, said the Aurora Office in Boulder. It rained, and I'm wet, said a Dutch guard.",
        "At 18:45 Central European Time it was dark in Groningen, and the Dutch trains stood. Well, I'm late, he said.",
        "It ended at 3:00 UTC, in Groningen at 4:00 Central European Time. The Aurora Office and Dutch crews agreed.",
    ]
    found = subjects.find_topics("Storm over Groningen", told, "en")
    assert {"Groningen", "Aurora Office"} <= set(found)
    assert not {"UTC", "Central European Time", "I'm", "Dutch"} & set(found)
