"""Every key of front matter is carried over, or named: fields, marks by which a story is no text for readers, the rest."""

from __future__ import annotations

import datetime as dt
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from broadsheet.ingest.extract.draft import Hints
from broadsheet.ingest.formats import keys
from broadsheet.ingest.formats.keys import FrontMatterKeys
from broadsheet.model import Picture
from tests.conftest import examples

HINTS = Hints(today=dt.date(2026, 3, 1), timezone="Europe/Berlin")
BERLIN = ZoneInfo("Europe/Berlin")


def read(**meta: Any) -> FrontMatterKeys:
    return keys.read(meta, {key: n for n, key in enumerate(meta, 2)}, "a.md", HINTS)


@pytest.mark.parametrize(
    ("key", "value", "field", "expected"),
    [
        ("headline", "Mill", "title", "Mill"),
        ("date", dt.date(2026, 2, 3), "date", dt.date(2026, 2, 3)),
        ("date", dt.datetime.fromisoformat("2026-02-03T10:00"), "date", dt.datetime(2026, 2, 3, 10, tzinfo=BERLIN)),
        ("date", "2026-02-03 10:00", "date", dt.datetime(2026, 2, 3, 10, tzinfo=BERLIN)),
        ("date", "3. Februar 2026, 10 Uhr", "date", dt.datetime(2026, 2, 3, 10, tzinfo=BERLIN)),
        ("pubDate", "Tue, 3 Feb 2026 10:00:00 +0000", "date", dt.datetime(2026, 2, 3, 10, tzinfo=dt.UTC)),
        ("last_modified_at", "2026-02-03T10:00:00Z", "updated", dt.datetime(2026, 2, 3, 10, tzinfo=dt.UTC)),
        ("author", "Jonna Falk; Per Aas", "authors", ("Jonna Falk", "Per Aas")),
        ("authors", [{"name": "Jonna Falk", "url": "x"}], "authors", ("Jonna Falk",)),
        ("categories", ["Rivers"], "section", "Rivers"),
        ("tags", "mills, weirs", "topics", ("mills", "weirs")),
        ("custom_excerpt", "It burnt.", "summary", "It burnt."),
        ("feature_image", "a.jpg", "image", Picture("a.jpg")),
        ("cover", {"image": "a.jpg", "alt": "A mill"}, "image", Picture("a.jpg", "A mill")),
        ("copyright", "CC BY 4.0", "licence", "CC BY 4.0"),
        ("source", "Tarnby Post", "agency", "Tarnby Post"),
        ("language", "da", "lang", "da"),
    ],
)
def test_a_key_of_any_generator_is_a_field(key, value, field, expected):
    assert read(**{key: value}).values[field].value == expected


def test_tables_count_and_what_stands_outside_of_them_counts_first():
    found = read(title="Mill", params={"title": "Other", "author": "Jonna Falk"}, taxonomies={"tags": ["mills"]})
    assert (found.values["title"].value, found.values["authors"].value) == ("Mill", ("Jonna Falk",))
    assert found.values["topics"].value == ("mills",)
    assert found.further == {"title": "Other"} or "title" not in found.further


def test_nothing_of_several_sections_pictures_and_summaries_is_lost():
    found = read(
        categories=["Rivers", "Towns"],
        tags=["mills"],
        summary="One.",
        subtitle="Two.",
        image="a.jpg",
        image_alt="A mill",
    )
    assert (found.values["section"].value, found.values["topics"].value) == ("Rivers", ("mills", "Towns"))
    assert (found.values["summary"].value, found.further) == ("One.", {"subtitle": "Two."})
    assert found.values["image"].value == Picture("a.jpg", "A mill")


def test_own_keys_and_unknown_ones_are_kept_and_those_of_a_theme_are_named():
    found = read(
        thread="Mills",
        priority="brief",
        ai="generated",
        aliases=["/old/", "Not a path"],
        mood="calm",
        layout="post",
        id=7,
    )
    assert found.further == {
        "thread": "Mills",
        "priority": "brief",
        "ai": "generated",
        "aliases": ["/old/"],
        "mood": "calm",
    }
    dropped = {fate.key: fate.why for fate in found.fates if fate.role == "dropped"}
    assert dropped.keys() == {"aliases", "layout", "id"}
    assert "Not a path" in dropped["aliases"]


@pytest.mark.parametrize(
    ("key", "value", "reason"),
    [
        ("draft", True, "draft: true"),
        ("published", False, "published: false"),
        ("Status", "hidden", "Status: hidden"),
        ("status", "drfat", "status: drfat (no status that is known)"),
        ("visibility", "friends", "visibility: friends (it cannot be read)"),
        ("publishDate", "some day", "publishDate: some day (it cannot be read)"),
        ("build", {"render": "never"}, "build: {'render': 'never'}"),
    ],
)
def test_a_mark_is_a_reason_with_key_and_value_and_is_not_kept_as_a_key(key, value, reason):
    found = read(title="Mill", **{key: value})
    assert (found.held, found.further) == ((reason,), {})


def test_a_password_is_a_reason_and_is_repeated_nowhere():
    found = read(title="Mill", password="sesame")
    assert len(found.held) == 1
    assert "sesame" not in repr(found)


def test_an_own_reason_stands_beside_its_status():
    assert read(status="draft", reason="waits for the mayor").held == ("status: draft: waits for the mayor",)


def test_later_and_past_moments_are_an_embargo_and_an_end():
    found = read(publishDate="5. März 2027, 10 Uhr", expiryDate=dt.date(2027, 4, 1))
    assert found.values["embargo"].value == dt.datetime(2027, 3, 5, 10, tzinfo=BERLIN)
    assert found.values["expires"].value == dt.datetime(2027, 4, 1, tzinfo=BERLIN)
    assert not found.held


def test_what_makes_a_date_unsure_is_said_in_the_evidence():
    date = read(date="03/04/2026").values["date"]
    assert (date.confidence, date.rule) == (0.5, "front matter: day and month could be meant the other way round")
    zoned = read(embargo="2026-04-03 10:00 CST").values["embargo"]
    assert (zoned.confidence, zoned.rule) == (0.5, "front matter: CST is the name of several time zones")


def test_a_date_that_cannot_be_read_is_a_warning_with_its_line():
    found = read(title="Mill", date="next week")
    (problem,) = found.problems
    assert (problem.place.line, "'next week'" in problem.message or "next week" in problem.message) == (3, True)
    assert "date" not in found.values


def test_a_mark_in_an_editor_s_note_counts():
    assert read(editors_note="NOT FOR PUBLICATION").held
    assert not read(editors_note="Ask the miller about the fire.").held


VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=20) | st.dates(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=6,
)
NAMES = st.sampled_from(
    ["title", "date", "tags", "image", "source", "url", "thread", "draft", "expires", "params", "aliases"]
)


@given(st.dictionaries(NAMES | st.text(min_size=1, max_size=8), VALUES, max_size=6))
@settings(max_examples=examples(200))
def test_whatever_stands_in_a_head_every_key_has_its_fate(meta):
    found = keys.read(meta, {}, "a.md", HINTS)
    told = {fate.key for fate in found.fates}
    outside = {key for key, value in meta.items() if not (key == "params" and isinstance(value, dict))}
    assert outside <= told
