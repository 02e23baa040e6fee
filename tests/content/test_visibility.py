"""A text that says that it is not for readers is kept from them, however it says so and whatever cannot be read."""

import datetime as dt
from typing import Any
from zoneinfo import ZoneInfo

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from broadsheet import content
from broadsheet.content import visibility

ZONE = ZoneInfo("Europe/London")
RULES = content.Rules(ZONE)


def says(line: str) -> str:
    """What a line of front matter says, "?" behind it where that is a guess; nothing where it is of another kind."""
    ((key, value),) = yaml.safe_load(line).items()
    mark = visibility.read(key, value, ZONE)
    return "" if mark is None else mark.says + ("" if mark.sure else "?")


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("draft: true", "hidden"),
        ("draft: True", "hidden"),
        ('draft: "true"', "hidden"),
        ("draft: yes", "hidden"),
        ("draft: 1", "hidden"),
        ("Draft: on", "hidden"),
        ("isDraft: true", "hidden"),
        ("is-draft: true", "hidden"),
        ("draft: false", "shown"),
        ("draft: no", "shown"),
        ("draft: 0", "shown"),
        ("draft:", "shown"),
        ("draft: ''", "shown"),
        ("draft: maybe", "hidden?"),
        ("draft: [true]", "hidden?"),
        ("draft: 2", "hidden?"),
        ("published: false", "hidden"),
        ("published: 'False'", "hidden"),
        ("publish: no", "hidden"),
        ("published: true", "shown"),
        ("published: 2031-01-01", "from"),
        ("published: someday", "hidden?"),
        ("render: false", "hidden"),
        ("private: true", "hidden"),
        ("unlisted: true", "hidden"),
        ("headless: true", "hidden"),
        ("eleventyExcludeFromCollections: true", "hidden"),
        ("permalink: false", "hidden"),
        ("permalink: /a/", ""),
        ("password: secret", "hidden"),
        ("post_password: secret", "hidden"),
        ("password:", "shown"),
        ("publishDate: 2031-01-01", "from"),
        ("publish_date: 2031-01-01T10:00:00Z", "from"),
        ("publishDate: next week", "hidden?"),
        ("embargo: true", "hidden"),
        ("embargo_until: 2031-01-01", "from"),
        ("expiryDate: 2020-01-01", "until"),
        ("expires: 2020-01-01", "until"),
        ("unpublishDate: never", "hidden?"),
        ("status: draft", "hidden"),
        ("status: Draft", "hidden"),
        ("status: private", "hidden"),
        ("status: pending", "hidden"),
        ("status: auto-draft", "hidden"),
        ("status: in_review", "hidden"),
        ("status: publish", "shown"),
        ("status: drfat", ""),
        ("status: [draft, urgent]", "hidden"),
        ("status: [published]", "shown"),
        ("statut: brouillon", "hidden"),
        ("estado: Sonora", ""),
        ("creativeWorkStatus: Incomplete", "hidden"),
        ("unavailable_after: 2020-01-01", "until"),
        ("expiration_time: 2020-01-01", "until"),
        ("tags: [harbour, draft]", "hidden"),
        ("tags: draft, harbour", "hidden"),
        ("tags: [drafts of ships]", ""),
        ("approved: false", "hidden"),
        ("approved: by the night desk", ""),
        ("release_date: 2031-01-01", "from"),
        ("protected: true", "hidden"),
        ("post_status: future", "hidden"),
        ("visibility: members", "hidden"),
        ("visibility: public", "shown"),
        ("visibility: friends", "hidden?"),
        ("state: draft", "hidden"),
        ("state: Ohio", ""),
        ("build: {render: never, list: never}", "hidden"),
        ("_build: {list: false}", "hidden"),
        ("build: {list: local}", "shown"),
        ("build: 7", ""),
        ("title: draft", ""),
        ("drafted_by: Ann", ""),
    ],
)
def test_what_a_key_says_of_who_may_read_the_text(line: str, said: str):
    assert says(line) == said


def test_the_moment_of_a_mark_is_in_the_zone_that_is_given():
    assert visibility.read("publishDate", dt.date(2031, 6, 1), ZONE) == visibility.Mark("from", dt.datetime(2031, 6, 1, tzinfo=ZONE))  # fmt: skip


def test_dates_of_other_formats_are_read_by_whoever_knows_them():
    def parse(value: Any, zone: ZoneInfo) -> dt.datetime:
        return dt.datetime.strptime(value, "%d.%m.%Y").replace(tzinfo=zone)

    assert visibility.read("expires", "01.06.2031", ZONE, parse) == visibility.Mark("until", dt.datetime(2031, 6, 1, tzinfo=ZONE))  # fmt: skip


VALUES = st.one_of(st.none(), st.booleans(), st.integers(), st.floats(), st.text(), st.dates(), st.lists(st.text()), st.dictionaries(st.text(), st.text()))  # fmt: skip


@given(
    st.sampled_from(
        ["draft", "published", "embargo", "expires", "status", "visibility", "build", "password", "permalink"]
    ),
    VALUES,
)
def test_no_value_is_too_odd_for_a_mark(key: str, value: Any):
    mark = visibility.read(key, value, ZONE)
    assert mark is None or mark.sure or mark.says == "hidden"


def read(more: str) -> content.Reading:
    front = f'---\nid: a\ntitle: "A"\ndate: 2025-05-08\n{more}\n---\nText.\n'
    return content.read(front.encode(), "a.md", RULES, "content/stories/a.md")


@pytest.mark.parametrize(
    "line", ["draft: true", "published: false", "status: private", "status: Pending", "draft: maybe", "password: x"]
)
def test_a_story_with_a_mark_of_another_generator_is_a_draft_and_its_line_is_reported(line: str):
    reading = read(line)
    assert reading.story
    assert reading.story.status == "draft"
    (problem,) = reading.problems
    assert (problem.code, problem.severity, str(problem.place)) == ("held", "warning", "content/stories/a.md:5")
    assert "'status: draft'" in problem.message


@pytest.mark.parametrize(
    "lines", ["status: published\ndraft: true", "draft: true\nstatus: published", "published: true\ndraft: true"]
)
def test_of_marks_that_contradict_each_other_the_one_that_hides_counts(lines: str):
    story = read(lines).story
    assert story
    assert story.status == "draft"


@pytest.mark.parametrize(
    "line",
    [
        "draft: false",
        "published: true",
        "status: published",
        "status: publish",
        "status: draft",
        "publishDate: 2025-05-08",
        "hidden: no",
    ],
)
def test_what_says_nothing_new_is_nothing_to_report(line: str):
    assert read(line).problems == ()


def test_a_date_before_which_a_story_is_not_for_readers_is_kept_and_reported():
    reading = read("publishDate: 2025-06-01T09:00:00Z")
    assert reading.story
    assert reading.story.embargo == dt.datetime(2025, 6, 1, 9, tzinfo=dt.UTC)
    assert reading.story.date.date() == dt.date(2025, 5, 8)
    assert [(problem.code, problem.place.line) for problem in reading.problems] == [("held", 5)]


def test_of_two_ends_the_first_counts():
    reading = read("expires: 2025-08-01\nexpiryDate: 2025-07-01")
    assert reading.story
    assert reading.story.expires == dt.datetime(2025, 7, 1, tzinfo=ZONE)
    assert [(problem.code, problem.place.line) for problem in reading.problems] == [("held", 6)]


def test_the_mark_is_given_to_the_theme_as_it_was_written():
    story = read("draft: false").story
    assert story
    assert story.extra == {"draft": False}
