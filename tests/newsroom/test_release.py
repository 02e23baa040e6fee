"""What will appear or go, and when."""

import datetime as dt

import pytest

from broadsheet import newsroom
from tests.newsroom.conftest import tale

NOW = dt.datetime(2025, 5, 8, 12, tzinfo=dt.UTC)


def changes(**more) -> list[tuple[str, str]]:
    date = more.pop("date", "2025-05-01")
    for key in {"expires", "updated"} & more.keys():
        more[key] = dt.datetime.fromisoformat(more[key]).replace(tzinfo=dt.UTC)
    found = newsroom.coming([tale("a", date, **more)], NOW)
    return [(change.moment.date().isoformat(), change.deed) for change in found]


@pytest.mark.parametrize(
    ("story", "told"),
    [
        ({}, []),
        ({"date": "2025-05-09"}, [("2025-05-09", "appears")]),
        ({"expires": "2025-05-10"}, [("2025-05-10", "goes")]),
        ({"date": "2025-05-09", "expires": "2025-05-10"}, [("2025-05-09", "appears"), ("2025-05-10", "goes")]),
        ({"expires": "2025-05-07"}, []),
        ({"date": "2025-05-09", "expires": "2025-05-09"}, []),  # it never is out
        ({"date": "2025-05-09", "status": "draft"}, []),
        ({"updated": "2025-05-07"}, []),
        ({"updated": "2025-05-09"}, [("2025-05-09", "updates")]),
        ({"date": "2025-05-10", "updated": "2025-05-09"}, [("2025-05-10", "appears")]),
        ({"updated": "2025-05-10", "expires": "2025-05-09"}, [("2025-05-09", "goes")]),
    ],
)
def test_a_story_appears_at_its_date_is_updated_and_goes_at_its_expiry_unless_it_is_a_draft(story, told):
    assert changes(**story) == told


def test_the_soonest_comes_first():
    stories = [tale("c", "2025-05-10"), tale("a", "2025-05-12"), tale("b", "2025-05-09")]
    assert [change.story.id for change in newsroom.coming(stories, NOW)] == ["b", "c", "a"]


def test_after_what_is_told_the_newspaper_is_another():
    stories = [tale("a", "2025-05-09"), tale("b", "2025-05-01", expires=dt.datetime(2025, 5, 10, tzinfo=dt.UTC))]
    from broadsheet.config import Settings

    def out(now: dt.datetime) -> set[str]:
        return {story.id for story in newsroom.assemble(stories, Settings(), now=now)[0].stories}

    assert out(NOW) == {"b"}
    for change in newsroom.coming(stories, NOW):
        just_before = change.moment - dt.timedelta(microseconds=1)
        assert out(just_before) ^ out(change.moment) == {change.story.id}


@pytest.mark.parametrize(("hours", "shown"), [(-1, True), (0, True), (1, False)])
def test_an_update_is_shown_from_its_moment_on(hours: int, shown):
    from broadsheet.config import Settings

    story = tale("a", "2025-05-01", updated=NOW + dt.timedelta(hours=hours))
    made, problems = newsroom.assemble([story], Settings(), now=NOW)
    assert (made.stories[0].updated is not None, made.stories[0].digest == story.digest) == (shown, shown)
    assert [problem.code for problem in problems] == ([] if shown else ["updated-future"])


def test_the_update_of_a_story_that_is_itself_to_come_is_no_problem():
    from broadsheet.config import Settings

    story = tale("a", "2025-05-10", updated=NOW + dt.timedelta(days=3))
    assert newsroom.assemble([story], Settings(), now=NOW, preview=True)[1] == []
