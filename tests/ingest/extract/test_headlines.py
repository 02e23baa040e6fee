import pytest
from hypothesis import given
from hypothesis import strategies as st

from broadsheet.ingest.extract import headlines


def test_a_headline_loses_only_its_full_stop():
    assert headlines.tidy("Port to close for eleven weeks.") == "Port to close for eleven weeks"
    assert headlines.tidy("Who pays for it?") == "Who pays for it?"


MADE = {
    "Following weeks of heavy rain in the valley, the port of Sarn has closed the northern pier to all ferries and all "
    "freight, warning that the piles could give way. It will stay shut until May.": (
        "The port of Sarn closes the northern pier to all ferries and all freight"
    ),
    "After the flood in the east of Sarn, President Anna Roe has offered her condolences to Mayor Bo Hind, firmly "
    "promising to send forty engineers with tents and blankets for all, and condemned the owners of the dam.": (
        "President Anna Roe offers her condolences to Mayor Bo Hind"
    ),
    "The harbour board of Port Sarn said on Wednesday that it would close the northern terminal for eleven weeks while "
    "divers replace the piles.": (
        "The harbour board of Port Sarn said that it would close the northern terminal for eleven weeks"
    ),
    "The council of Alder, a town of 9,000 people on the river, voted to sell the old fish market to a group of "
    "shopkeepers who want to turn it into a theatre.": (
        "The council of Alder voted to sell the old fish market to a group of shopkeepers"
    ),
    "Two men have been arrested after a fire in a warehouse, police said on Friday.": (
        "Two men arrested after a fire in a warehouse"
    ),
    "Das Gericht hat am Dienstag die Fällung von 300 Eichen im Tannenwald gestoppt, weil die Stadt Alderburg die "
    "Fledermäuse dort nie gezählt hatte.": "Das Gericht hat am Dienstag die Fällung von 300 Eichen im Tannenwald gestoppt",
    "市议会周三决定将旧桥关闭七周，以便更换木桩，行人将乘坐公共汽车前往对岸的小码头，货运则改走集装箱码头。": (
        "市议会周三决定将旧桥关闭七周，以便更换木桩，行人将乘坐公共汽车前往对岸的小码头"
    ),
}


@pytest.mark.parametrize("lead", MADE)
def test_a_made_headline_says_who_did_what_to_whom(lead):
    assert headlines.from_lead(lead) == MADE[lead]


@pytest.mark.parametrize(
    ("lead", "made"),
    [
        ("The board has not agreed to the plan.", "The board has not agreed to the plan"),
        ("The man who has led the council resigned.", "The man who has led the council resigned"),
        ("The board has agreed to pay for it.", "The board agrees to pay for it"),
        ("The board has signed and sealed the treaty.", "The board has signed and sealed the treaty"),
        ("The board has mulled the plan for months.", "The board has mulled the plan for months"),
    ],
)
def test_the_tense_changes_only_where_that_is_safe(lead, made):
    assert headlines.from_lead(lead) == made


@pytest.mark.parametrize("end", ["the", "a", "of", ",", "and", "to the"])
def test_a_made_title_never_ends_in_a_word_that_wants_another(end):
    made = headlines.from_lead(
        f"The council of the old town by the northern river voted on Monday to sell {end} " + "bricks " * 20
    )
    assert made.split()[-1] not in {"the", "a", "of", "and", "to"}
    assert not made.endswith(",")


@given(st.text(alphabet="abcdefg ABC ,.;: of the – has closed", max_size=400))
def test_a_made_title_is_short(lead):
    assert len(headlines.from_lead(lead)) <= headlines.MADE_LENGTH


@given(st.text(alphabet="abcdefg ABC ,.;: –", max_size=400))
def test_a_made_title_ends_with_a_word_of_the_lead(lead):
    made = headlines.from_lead(lead)
    if made:
        assert made.split()[-1].casefold() in " ".join(lead.split()).casefold()


FIRST = (
    "The harbour authority of the town said on Wednesday that it would close the northern terminal for eleven weeks."
)
SECOND = "Freight crossings move to the container quay, and passengers go by bus to the landing at the point."


def test_a_summary_is_made_of_whole_sentences_of_160_to_300_characters():
    made = headlines.make_summary([f"{FIRST} {SECOND} {FIRST}", SECOND])
    assert made == f"{FIRST} {SECOND}"
    assert headlines.SUMMARY_SHORTEST <= len(made) <= headlines.SUMMARY_LONGEST


def test_abbreviations_end_no_sentence():
    text = "Dr. J. Smith of the U.S. office met Mr. Lind. They agreed."
    assert list(headlines.sentences(text)) == ["Dr. J. Smith of the U.S. office met Mr. Lind.", "They agreed."]


@pytest.mark.parametrize(
    "first",
    [
        "Julia Scheib hat am Samstag, 25. Oktober 2025, in Sölden gewonnen.",
        "Am 3. Juni trat Wilders zurück.",
        "Der 2. Senat hat die Klage abgewiesen.",
        "Česká vláda padla 17. června 2013.",
    ],
)
def test_a_number_that_counts_ends_no_sentence(first):
    assert list(headlines.sentences(f"{first} They agreed.")) == [first, "They agreed."]
    assert headlines.from_lead(f"{first} They agreed.") == first.rstrip(".")


def test_a_number_at_the_end_of_a_sentence_ends_it():
    assert list(headlines.sentences("He was 25. Nobody knew.")) == ["He was 25.", "Nobody knew."]


def test_a_short_lead_goes_on_in_the_next_paragraph():
    assert headlines.make_summary(["It closed.", f"{FIRST} {SECOND}"]).startswith("It closed. The harbour")


@pytest.mark.parametrize("above", [["Hi all"], ["Hi all", "can somebody look at this, it came in over the phone"]])
def test_a_greeting_above_the_story_is_not_run_into_its_summary(above):
    story = "The Ever Given was freed on 29 March 2021, six days after she ran aground in the Suez Canal."
    assert headlines.make_summary([*above, story]) == story


def test_a_summary_ends_before_a_line_that_no_mark_ends_and_never_goes_on_behind_it():
    lead = "The Ever Given was freed on 29 March 2021."
    assert headlines.make_summary([lead, "What the court says", "She was held at Ismailia until July."]) == lead


def test_a_text_in_which_no_mark_ends_a_sentence_has_its_first_words_for_a_summary():
    assert (
        headlines.make_summary(["The Ever Given was freed on 29 March", "She left"])
        == "The Ever Given was freed on 29 March"
    )


def test_a_summary_in_a_script_without_blanks_has_none_between_its_sentences():
    text = "札幌市で新しい橋が開通した。橋の長さは三百メートルだ。工事には三年かかった。"
    assert headlines.make_summary([text]) == text
    assert (
        headlines.make_summary(["He waited… Then it rained. It stopped."]) == "He waited… Then it rained. It stopped."
    )


def test_a_headline_that_is_made_does_not_end_in_the_first_words_of_a_phrase():
    lead = (
        "India became the first country to land a craft near the south pole of the Moon, four years after its first "
        "attempt ended in a crash, and the fourth to land there at all."
    )
    assert headlines.from_lead(lead).endswith("near the south pole of the Moon")
    unknown = (
        "The islanders outvoted the mainland and put a stop to the long bridge over the sound, two weeks before the "
        "first pillar was to be set, and the minister went home."
    )
    assert headlines.from_lead(unknown).endswith("over the sound")
