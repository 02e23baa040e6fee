from broadsheet.ingest.extract import summary

FIRST = (
    "The harbour authority of the town said on Wednesday that it would close the northern terminal for eleven weeks."
)
SECOND = "Freight crossings move to the container quay, and passengers go by bus to the landing at the point."


def test_a_summary_is_made_of_whole_sentences_of_160_to_300_characters():
    made = summary.make([f"{FIRST} {SECOND} {FIRST}", SECOND])
    assert made == f"{FIRST} {SECOND}"
    assert summary.SHORTEST <= len(made) <= summary.LONGEST


def test_abbreviations_end_no_sentence():
    text = "Dr. J. Smith of the U.S. office met Mr. Lind. They agreed."
    assert list(summary.sentences(text)) == ["Dr. J. Smith of the U.S. office met Mr. Lind.", "They agreed."]


def test_a_short_lead_goes_on_in_the_next_paragraph():
    assert summary.make(["It closed.", f"{FIRST} {SECOND}"]).startswith("It closed. The harbour")
