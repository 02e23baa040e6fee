"""What will appear or go, and when."""

import datetime as dt
from typing import Any
from zoneinfo import ZoneInfo

import msgspec
import pytest

from broadsheet import newsroom
from broadsheet.model import Correction, Story
from broadsheet.newsroom.release import coming, conflicts, taken_back
from broadsheet.pages import urls
from broadsheet.text import file_slug
from tests.newsroom.conftest import paper, tale

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


NOTICE = tale("kill", "2025-05-02", status="draft", reason="its publisher says status: canceled", takes_back="a")


@pytest.mark.parametrize(
    ("more", "reported"),
    [
        ({}, True),
        ({"date": "2025-05-09"}, True),  # it would go out tomorrow
        ({"status": "draft"}, False),
        ({"expires": dt.datetime(2025, 5, 5, tzinfo=dt.UTC)}, False),
        ({"retracted": Correction(NOW, "It named the wrong harbour.")}, False),
    ],
    ids=["out", "to come", "held", "gone", "retracted"],
)
def test_a_story_that_was_taken_back_is_an_error_of_every_build_until_it_is_held(more, reported):
    story = tale("a", **({"date": "2025-05-01"} | more))
    problems = taken_back([story, NOTICE], NOW, "content/stories")
    assert [problem.severity for problem in problems] == ["error"] * reported
    for problem in problems:
        assert problem.place.file == f"content/stories/{story.path}"
        assert f"content/stories/{NOTICE.path}" in problem.message
        assert NOTICE.reason in problem.message


def test_a_notice_that_was_deleted_is_an_answer():
    assert not taken_back([tale("a", "2025-05-01")], NOW, "content/stories")
    assert not taken_back([NOTICE], NOW, "content/stories")  # so is a story that was deleted


def test_the_newspaper_reports_what_was_taken_back():
    from broadsheet.config import Settings

    _, problems = newsroom.assemble([tale("a", "2025-05-01"), NOTICE], Settings(), now=NOW)
    assert [problem.code for problem in problems] == ["taken-back"]


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


LONG = "-".join(["word"] * 16)  # as long as a slug may be


def kept(*paths: str, day: str = "2025-05-08") -> tuple[dict[str, str], list[tuple[str, str, str]]]:
    """The slugs of the stories of these files that are kept, by path; the problems of the others."""
    stories = [
        tale(str(n), day, path=path, slug=file_slug(path.rpartition("/")[2].removesuffix(".md")))
        for n, path in enumerate(paths)
    ]
    found, _, problems = conflicts(stories, ZoneInfo("UTC"), "stories")
    told = [(problem.code, problem.place.file, problem.message) for problem in problems]
    return {story.path: story.slug for story in found}, told


@pytest.mark.parametrize(
    ("first", "second", "slugs"),
    [
        (f"{LONG}.md", f"{LONG}-2.md", (LONG, f"{LONG}-2")),
        (f"{LONG}-and.md", f"{LONG}-but.md", (f"{LONG}-and", f"{LONG}-but")),
        ("c.md", "c++.md", ("c", "c-plus-plus")),
        ("2025/c#.md", "2024/c++.md", ("c-sharp", "c-plus-plus")),
        ("…!.md", "…?.md", ("exclamation", "question")),
    ],
)
def test_two_names_with_one_slug_are_two_stories_at_two_addresses(first: str, second: str, slugs: tuple[str, str]):
    assert kept(first, second) == kept(second, first) == ({first: slugs[0], second: slugs[1]}, [])


def test_the_address_of_a_numbered_file_stays_when_the_other_goes():
    assert kept(f"{LONG}-2.md") == ({f"{LONG}-2.md": f"{LONG}-2"}, [])
    assert kept(f"{LONG}-but.md") == ({f"{LONG}-but.md": LONG}, [])


def test_a_story_that_shares_its_day_with_others_of_one_slug_keeps_its_own():
    found, told = kept("c.md", "c++.md", "c-plus-plus.md", f"{LONG}-3.md", f"{LONG}-more.md")
    assert told == []
    assert found.pop("c++.md").startswith("c-")
    assert found == {"c.md": "c", "c-plus-plus.md": "c-plus-plus", f"{LONG}-3.md": f"{LONG}-3", f"{LONG}-more.md": LONG}


@pytest.mark.parametrize("names", [("a/c.md", "b/c.md"), ("C.md", "c.md"), ("a b.md", "a-b.md")])
def test_two_files_of_one_name_are_an_error_that_names_both(names: tuple[str, str]):
    found, told = kept(*names, "c++.md", "x/c++.md")
    assert found.keys() == {names[0], "c++.md"}
    assert told == [
        ("address-twice", f"stories/{names[1]}", f"has the same address as stories/{names[0]}"),
        ("address-twice", "stories/x/c++.md", "has the same address as stories/c++.md"),
    ]


def test_a_story_at_another_address_than_its_own_is_drawn_again_wherever_it_is_linked_to():
    stories = [tale("a", "2025-05-08", path="c.md", slug="c"), tale("b", "2025-05-08", path="c++.md", slug="c")]
    found, _, _ = conflicts(stories, ZoneInfo("UTC"), "stories")
    assert {story.id: story.digest == story.id.encode() for story in found} == {"a": True, "b": False}


def corrected(*days: str, **more: Any) -> Story:
    made = tuple(Correction(dt.datetime.fromisoformat(day).replace(tzinfo=dt.UTC), f"Of {day}.") for day in days)
    return msgspec.structs.replace(tale("a", "2025-05-05"), corrections=made, **more)


def test_a_correction_is_an_update():
    [story] = paper(corrected("2025-05-07", "2025-05-09")).stories
    assert story.updated == dt.datetime(2025, 5, 9, tzinfo=dt.UTC)


def test_a_later_update_stays_and_an_earlier_one_gives_way():
    late = dt.datetime(2025, 5, 20, tzinfo=dt.UTC)
    early = dt.datetime(2025, 5, 6, tzinfo=dt.UTC)
    assert paper(corrected("2025-05-07", updated=late)).stories[0].updated == late
    assert paper(corrected("2025-05-07", updated=early)).stories[0].updated == dt.datetime(2025, 5, 7, tzinfo=dt.UTC)


def test_a_correction_of_a_day_to_come_waits_and_the_site_is_built_again_on_it():
    story = corrected("2025-05-07", "2101-01-01")
    [shown] = paper(story).stories
    assert [one.text for one in shown.corrections] == ["Of 2025-05-07."]
    assert shown.updated == dt.datetime(2025, 5, 7, tzinfo=dt.UTC)
    [change] = coming([story], NOW)
    assert (change.deed, change.moment) == ("updates", dt.datetime(2101, 1, 1, tzinfo=dt.UTC))


@pytest.mark.parametrize("name", ["a", "b"])
def test_of_two_files_that_claim_one_address_or_one_id_the_published_one_keeps_it(name: str):
    zone = ZoneInfo("UTC")
    stories = [tale("a", "2025-05-08", path="ar/s.md", slug="s"), tale("b", "2025-05-08", path="en/s.md", slug="s")]
    published = {"a": ("ar/2025/05/08/s/",), "b": ("ar/2025/05/08/s/",), name: (urls.story(stories[0], zone),)}
    found, _, problems = conflicts(stories, zone, "stories", published)
    assert [story.id for story in found] == [name]
    other = next(story.path for story in stories if story.id != name)
    assert [(one.code, one.place.file) for one in problems] == [("address-twice", f"stories/{other}")]
    assert "The other one is published there" in problems[0].hint

    copies = [tale("x", "2025-05-08", path="copy.md", slug="copy"), tale("x", "2025-05-08", path="s.md", slug="s")]
    found, _, problems = conflicts(copies, zone, "stories", {"x": ("2025/05/08/s/",)})
    assert [story.path for story in found] == ["s.md"]
    assert [(one.code, one.place.file) for one in problems] == [("id-twice", "stories/copy.md")]
