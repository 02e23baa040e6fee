"""What a publisher says of who may read an item is never lost: unknown words and dates hold it."""

from __future__ import annotations

import datetime as dt

import pytest

from broadsheet.ingest.extract.draft import Hints
from broadsheet.ingest.formats import status_fields as marks

HINTS = Hints(timezone="Europe/Oslo", today=dt.date(2026, 1, 2))


@pytest.mark.parametrize("word", ["usable", "stat:usable", "http://example.org/pubstatus/usable", "published", ""])
def test_an_item_that_may_be_used_is_not_held(word):
    assert marks.state(word, "status") == marks.PublisherMarks()


@pytest.mark.parametrize("word", ["canceled", "Withheld", "stat:canceled", "killed", "embargoed", "recalled", "zonked"])
def test_any_other_state_holds_it_and_is_named(word):
    assert word.lower().removeprefix("stat:") in marks.state(word, "status").held[0].lower()


def test_an_embargo_whose_end_is_given_holds_until_then_only():
    found = marks.embargo("20300101T060000Z", "date.release", HINTS) | marks.state("embargoed", "status", lifted=True)
    assert found.held == ()
    assert found.embargo
    assert found.embargo.value == dt.datetime(2030, 1, 1, 6, tzinfo=dt.UTC)


def test_an_embargo_that_cannot_be_read_holds_and_is_named():
    assert "'after the vote'" in marks.embargo("after the vote", "embargoed", HINTS).held[0]


def test_a_bare_day_is_not_sure_since_nobody_says_where_it_begins():
    found = marks.embargo("2030-01-01", "embargoed", HINTS)
    assert found.embargo
    assert found.embargo.confidence < 0.8


def test_of_two_embargoes_the_later_and_of_two_expiries_the_earlier_counts():
    one = marks.embargo("2030-01-01T00:00Z", "a", HINTS) | marks.expiry("2031-01-01T00:00Z", "a", HINTS)
    other = marks.embargo("2030-02-01T00:00Z", "b", HINTS) | marks.expiry("2030-06-01T00:00Z", "b", HINTS)
    for both in (one | other, other | one):
        assert both.embargo
        assert both.expires
        assert (both.embargo.value.month, both.expires.value.month) == (2, 6)


@pytest.mark.parametrize("word", ["never", "none", ""])
def test_what_never_expires_has_no_expiry(word):
    assert marks.expiry(word, "expires", HINTS) == marks.PublisherMarks()


@pytest.mark.parametrize(
    "text", ["MANDATORY KILL. Use no part.", "Do not publish before noon", "EMBARGOED until Friday"]
)
def test_a_note_to_editors_that_forbids_its_use_holds(text):
    assert marks.words([text]).held


@pytest.mark.parametrize("text", ["Killer whales seen off the pier", "The embargo on cod is over", "Kill rates fall"])
def test_a_headline_that_only_has_such_words_does_not(text):
    assert marks.headline(text) == marks.PublisherMarks()


def test_a_headline_in_capitals_that_takes_back_does():
    assert marks.headline("KILL: Pier opens").held
    assert marks.headline("EMBARGOED UNTIL MONDAY: Pier opens").held


def test_a_password_holds_and_is_not_printed():
    assert marks.key("post_password", "herring", HINTS).held == ("its publisher says post_password",)
