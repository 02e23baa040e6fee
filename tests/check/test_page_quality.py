"""Pages and stories: weight, what every page should say, what an editor left open."""

from collections.abc import Callable
from zoneinfo import ZoneInfo

import pytest

from tests.check.conftest import Checking
from tests.conftest import NOW, story
from tests.render.images.test_metadata import HOLD, JPEG

Make = Callable[..., Checking]
STORY = "content/stories/2025/05/port.md"


def long(words: int) -> str:
    """Words that do not compress."""
    import random

    made = random.Random(1)
    return " ".join(f"{made.getrandbits(64):x}" for _ in range(words))


def test_a_page_over_the_budget_is_told_with_its_file(checking: Make):
    made = checking(story("port", "2025-05-08", body=long(6000)))
    made.check()
    (problem,) = [problem for problem in made.of("page-heavy") if problem.place.file == STORY]
    assert problem.message.startswith("/2025/05/08/port/ weighs ")
    assert "of them styles and scripts" in problem.message


@pytest.mark.parametrize("budget", [0, 500])
def test_the_settings_set_the_budget(checking: Make, budget: int):
    made = checking(story("port", "2025-05-08", body=long(6000)), settings=f"page_weight = {budget}\n")
    made.check()
    assert made.of("page-heavy") == []


def test_pages_that_a_template_makes_heavy_are_told_once(checking: Make):
    heavy = f"-- themes/broadsheet/templates/list.html --\n{{% extends 'list.html' %}}{{% block main %}}{long(6000)}{{% endblock %}}\n"
    made = checking(story("port", "2025-05-08", section="World", authors="[Ada Reed]"), heavy)
    made.check()
    (problem,) = made.of("page-heavy")
    assert problem.place.file == "themes/broadsheet/templates/list.html"
    assert "of this template too" in problem.message


def test_a_template_that_leaves_out_what_a_page_should_say_is_told(checking: Make):
    bare = "-- themes/broadsheet/templates/prose.html --\n<!DOCTYPE html><p>{{ prose.body }}<img src='/x.png'></p>\n"
    about = "-- content/pages/about.md --\n---\ntitle: About\n---\n\nWe.\n"
    made = checking(story("port", "2025-05-08"), bare, about)
    told = made.told()
    place = "themes/broadsheet/templates/prose.html"
    assert {message.partition(" in ")[0] for where, message in told["page-incomplete"] if where == place} == {
        "no language", "no title", "no canonical address", "no feed",
    }  # fmt: skip
    assert told["picture-alt"] == [(place, "picture /x.png has no alt in /about/")]


def test_fields_that_nobody_looked_at_are_told_with_the_line_of_review(checking: Make):
    made = checking(
        story("port", "2025-05-08", section="World", review="[title, date]"),
        story("draft", "2025-05-08", status="draft", review="[section]"),
    )
    assert made.told() == {
        "review-open": [
            ("content/stories/2025/05/draft.md:6", "still to be reviewed: section"),
            (f"{STORY}:6", "still to be reviewed: title, date"),
        ]
    }


def test_two_stories_with_one_title_are_told_and_a_draft_is_none(checking: Make):
    made = checking(
        story("one", "2025-05-07", title="A Day  Out"),
        story("port", "2025-05-08", title="A day out"),
        story("draft", "2025-05-09", title="A day out", status="draft"),
    )
    assert made.told() == {"title-twice": [(f"{STORY}:3", "has the same title as content/stories/2025/05/one.md")]}


CORRECTED = "[{date: 2025-05-09, text: 'It was 17,600 containers.'}]"


@pytest.mark.parametrize(
    ("summary", "corrections", "told"),
    [
        ("The ship holds 18,300 containers.", CORRECTED, {"summary-fact": [(f"{STORY}:5", "it says '18,300'")]}),
        ("The ship holds 17 600 containers.", CORRECTED, {}),
        ("The ship holds many containers.", CORRECTED, {}),
        (
            "The ship holds 18,300 containers.",
            "[]",
            {},
        ),  # an editor's own number, of which nothing is known to be wrong
    ],
)
def test_a_corrected_number_that_the_summary_still_gives_is_reported(
    checking: Make, summary: str, corrections: str, told: dict[str, list[tuple[str, str]]]
):
    made = checking(
        story("port", "2025-05-08", summary=f'"{summary}"', corrections=corrections, body="It holds 17,600 of them.\n"),
    )
    assert {
        code: [(place, text[len("summary: ") :][:16]) for place, text in said] for code, said in made.told().items()
    } == told


@pytest.mark.parametrize(
    ("named", "hint"),
    [
        ("ferri", "Did you mean 'ferry'?"),
        ("0f3c9d71", "Use the id in the front matter of the original."),
        ("port", "Use the id in the front matter of the original."),  # itself
    ],
)
def test_a_translation_of_a_story_that_is_not_there_is_told_with_its_line(checking: Make, named: str, hint: str):
    made = checking(
        story("ferry", "2025-05-07"), story("port", "2025-05-08", section="World", lang="fr", translation_of=named)
    )
    message = f"translation_of: there is no other story with the id {named!r}"
    assert made.told() == {"translation-unknown": [(f"{STORY}:7", message)]}
    assert [problem.hint for problem in made.problems] == [hint]
    assert [problem.severity for problem in made.problems] == ["warning"]


@pytest.mark.parametrize(
    ("original", "own", "language"),
    [({}, {}, "en"), ({}, {"lang": "en"}, "en"), ({"lang": "FR"}, {"lang": "fr"}, "fr")],
)
def test_a_translation_in_the_language_of_its_original_is_told_with_its_line(
    checking: Make, original: dict[str, str], own: dict[str, str], language: str
):
    made = checking(
        story("ferry", "2025-05-07", **original), story("port", "2025-05-08", translation_of="ferry", **own)
    )
    message = f"is in {language}, as is content/stories/2025/05/ferry.md, of which it should be a translation"
    assert made.told() == {"translation-language": [(f"{STORY}:5", message)]}


def test_a_translation_in_another_language_is_right_also_where_its_original_is_a_draft(checking: Make):
    made = checking(
        story("ferry", "2025-05-07", status="draft"), story("port", "2025-05-08", lang="fr", translation_of="ferry")
    )
    assert made.told() == {}


@pytest.mark.parametrize(
    ("keys", "told"),
    [
        ({"updated": "2025-05-01"}, {"date-order": "updated: 2025-05-01 is before the story's date, 2025-05-08"}),
        ({"updated": "2025-05-08"}, {}),
        ({"expires": "2025-05-02"}, {"date-order": "expires: 2025-05-02 is before the story's date, 2025-05-08"}),
        ({"corrections": "[{date: 2025-05-09, text: Ten.}]"}, {}),
        (
            {"corrections": "[{date: 2025-05-07, text: Ten.}]"},
            {"date-order": "corrections: 2025-05-07 is before the story's date, 2025-05-08"},
        ),
        (
            {"corrections": "[{date: 2026-05-07, text: Ten.}]"},
            {"date-future": "corrections: 2026-05-07 is in the future"},
        ),
        (
            {"updated": "2026-01-01T10:00:00Z"},
            {"updated-future": "updated: 2026-01-01 10:00 is in the future, and not shown until then"},
        ),
    ],
)
def test_dates_that_cannot_be_right_are_told_at_their_keys(checking: Make, keys: dict[str, str], told: dict[str, str]):
    made = checking(story("other", "2025-05-08"), story("port", "2025-05-08", **keys))
    assert made.told() == {code: [(f"{STORY}:5", message)] for code, message in told.items()}


@pytest.mark.parametrize(
    ("date", "updated", "told"),
    [
        ("2025-05-08T02:00:00Z", "2025-05-08", []),  # the same day in Tokyo, where it began at 15:00 of the day before
        ("2025-05-08T20:00:00Z", "2025-05-08", ["updated: 2025-05-08 is before the story's date, 2025-05-09"]),
        (
            "2025-05-08T08:00:00Z",
            "2025-05-08T06:00:00Z",
            ["updated: 2025-05-08 15:00 is before the story's date, 2025-05-08 17:00"],
        ),
    ],
)
def test_days_are_those_of_the_site_whatever_zone_they_were_written_in(
    checking: Make, date: str, updated: str, told: list[str]
):
    written = story("port", "2025-05-08", updated=f"'{updated}'").replace("date: 2025-05-08", f"date: {date}")
    made = checking(story("other", "2025-05-08"), written, settings='timezone = "Asia/Tokyo"\n')
    assert [message for _, message in made.told().get("date-order", [])] == told


def test_moments_to_come_are_said_as_the_clock_of_the_site_shows_them(checking: Make):
    written = story("port", "2025-05-08", updated="2026-01-01T10:00:00+09:00")
    made = checking(written, settings='timezone = "America/New_York"\n')
    made.made.build(now=NOW.astimezone(ZoneInfo("America/New_York")))
    (problem,) = (one for one in made.made.problems() if one.code == "updated-future")
    assert problem.message == "updated: 2025-12-31 20:00 is in the future, and not shown until then"


def test_a_file_of_the_sites_own_is_no_page_that_lacks_what_pages_have(checking: Make):
    proof = "-- content/static/google1.html --\n<p><img src=/none.png>google-site-verification: google1.html\n"
    made = checking(story("port", "2025-05-08"), story("other", "2025-05-08"), proof)
    assert made.told() == {}


def test_a_date_of_years_to_come_is_told(checking: Make):
    made = checking(story("port", "2025-05-08"), story("far", "2052-05-08"))
    assert made.told() == {
        "date-far": [("content/stories/2052/05/far.md:4", "date: 2052-05-08 is more than a year from now")]
    }


def test_what_the_build_tells_is_told_too(checking: Make):
    made = checking(
        story("port", "2025-05-08", sectoin="World"),
        story("bad", "2025-05-09").replace("date: 2025-05-09", "date: someday"),
        story("pic", "2025-05-08", body="\n![](pictures/none.png)"),
    )
    assert made.told().keys() == {"key-unknown", "value", "picture-missing", "picture-alt"}


def test_a_picture_of_a_theme_with_more_in_it_than_the_picture_is_named(checking: Callable[..., Checking]):
    one = checking(story("one", "2025-05-07"))
    static = one.made.root / "themes/broadsheet/static"
    static.mkdir(parents=True)
    (static / "flag.jpg").write_bytes(HOLD["jpeg-exif"][0] + b"more")
    (static / "plain.jpg").write_bytes(JPEG)
    assert one.told()["picture-private"] == [
        ("themes/broadsheet/static/flag.jpg", "holds Exif data and bytes after its end")
    ]
    (static / "flag.jpg").write_bytes(JPEG)
    assert "picture-private" not in one.told()


def test_so_is_a_picture_at_the_root_of_the_site(checking: Callable[..., Checking]):
    one = checking(story("one", "2025-05-07"), "-- content/static/ads.txt --\nown\n")
    (one.made.root / "content/static/flag.jpg").write_bytes(HOLD["jpeg-exif"][0])
    assert one.told()["picture-private"] == [("content/static/flag.jpg", "holds Exif data")]


def test_two_translations_in_one_language_and_a_language_that_the_site_has_not_are_said_with_their_line(checking: Make):
    made = checking(
        story("port", "2025-05-06", id="port"),
        story("hafen", "2025-05-07", id="hafen", lang="de", translation_of="port"),
        story("anlegen", "2025-05-08", id="anlegen", lang="de", translation_of="port"),
        story("puerto", "2025-05-09", id="puerto", lang="es"),
        settings='languages = ["en", "de"]\n',
    )
    folder = "content/stories/2025/05"
    told = made.told()
    assert told["translation-twice"] == [
        (f"{folder}/anlegen.md:6", f"is in de, as is {folder}/hafen.md, which says the same")
    ]
    said = "lang: 'es' is none of the site's languages: the story is listed in en"
    assert told["language-unlisted"] == [(f"{folder}/puerto.md:5", said)]


def test_ids_that_no_other_story_has_are_told_with_their_line_and_the_nearest(checking: Make):
    made = checking(
        story(
            "port", "2025-05-08", id="harbour-1", also="\n  - none\n  - not harbour-3", related='["harbuor-2", nobody]'
        ),
        story("two", "2025-05-08", title="Two", id="harbour-2", also="[harbour-2, harbour-1]"),
    )
    unknown = "there is no other story with the id"
    assert made.told() == {
        "id-unknown": [
            (f"{STORY}:7", f"also: {unknown} 'harbour-3'"),
            (f"{STORY}:8", f"related: {unknown} 'harbuor-2'"),
            (f"{STORY}:8", f"related: {unknown} 'nobody'"),
            ("content/stories/2025/05/two.md:5", f"also: {unknown} 'harbour-2'"),
        ]
    }
    hints = {problem.message: problem.hint for problem in made.problems}
    assert (
        hints[f"also: {unknown} 'harbour-3'"] == hints[f"related: {unknown} 'harbuor-2'"] == "Did you mean 'harbour-2'?"
    )
    assert "front matter of the other story" in hints[f"related: {unknown} 'nobody'"]
