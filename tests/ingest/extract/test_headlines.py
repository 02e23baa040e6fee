import pytest
from hypothesis import given
from hypothesis import strategies as st

from broadsheet.ingest.extract import headlines

LEAD = (
    "Following weeks of heavy rain in the valley, the harbour authority has closed the northern terminal to all "
    "passengers, warning that the piles could give way. It will stay shut until May."
)


def test_a_title_is_made_from_the_main_clause_of_the_lead():
    assert headlines.from_lead(LEAD) == "The harbour authority has closed the northern terminal to all passengers"


@pytest.mark.parametrize("end", ["the", "a", "of", ","])
def test_a_made_title_never_ends_in_an_article_or_a_comma(end):
    made = headlines.from_lead(
        f"The council of the old town by the northern river voted on Monday to sell {end} " + "bricks " * 20
    )
    assert made.split()[-1] not in {"the", "a", "of"}
    assert not made.endswith(",")


@given(st.text(alphabet="abcdefg ABC ,.;: of the –", max_size=400))
def test_a_made_title_is_short_and_ends_with_a_word_of_the_lead(lead):
    made = headlines.from_lead(lead)
    assert len(made) <= headlines.MADE_LENGTH
    if made:
        assert made.split()[-1].casefold() in " ".join(lead.split()).casefold()


def test_a_headline_loses_only_its_full_stop():
    assert headlines.tidy("Port to close for eleven weeks.") == "Port to close for eleven weeks"
    assert headlines.tidy("Who pays for it?") == "Who pays for it?"
