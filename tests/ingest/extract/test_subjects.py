from broadsheet.ingest.extract import subjects

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
