"""The front page on thin days and full ones: what stands where, and what is drawn again when an old story is edited."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest

from tests.conftest import Workshop, story

Make = Callable[..., Workshop]


def block(page: str, name: str) -> str:
    """The part of a page with a class, up to the next section or the end mark."""
    found = re.search(rf'<(section|div|ul) class="{name}".*?</\1>', page, re.DOTALL)
    return found[0] if found else ""


def heads(part: str) -> list[str]:
    """The headlines of a part of a page."""
    return re.findall(r'<a href="/\d{4}/[^>]*>(.*?)</a>', part)


def test_two_stories_a_year_apart_both_stand_on_the_front(workshop: Make):
    made = workshop(story("ferry", "2025-05-08", section="Sport"), story("keeper", "2024-05-02", section="Culture"))
    made.build()
    front = made.page("index.html")
    assert "Keeper" in heads(block(front, "earlier"))[0]
    assert '<h2 class="label">Earlier</h2>' in block(front, "earlier")
    assert "Keeper" not in made.page("editions/2025-05-08/index.html").partition('class="end"')[0]


@pytest.mark.parametrize("theme", ["broadsheet", "plain"])
def test_a_draft_has_its_mark_where_the_front_page_shows_it_in_a_line_too(workshop: Make, theme: str):
    week = [story(name, f"2025-05-0{day}") for name, day in (("mon", 5), ("tue", 6), ("wed", 7), ("thu", 8))]
    old = story("old", "2025-01-02", section="Sport", status="draft")
    made = workshop(*week, old, settings=f'theme = "{theme}"\n')
    made.build(preview=True)
    (line,) = [row for row in made.page("index.html").split("<li>") if ">Old</a>" in row]
    assert "draft" in line.partition("</li>")[0]


def test_a_thin_day_is_filled_from_its_own_week_first(workshop: Make):
    week = [story(name, f"2025-05-0{day}") for name, day in (("mon", 5), ("tue", 6), ("wed", 7))]
    made = workshop(story("thu", "2025-05-08"), *week, story("sunday", "2025-05-04", section="Sport"))
    made.build()
    front = made.page("index.html")
    assert '<h2 class="label">Earlier this week</h2>' in front
    assert heads(block(front, "earlier")) == ["Wed", "Tue", "Mon"]
    assert heads(block(front, "newest")) == ["Sunday"]


def test_a_day_with_stories_enough_shows_nothing_of_days_before(workshop: Make):
    made = workshop(*[story(f"n{n}", "2025-05-08") for n in range(6)], story("old", "2025-05-07", section="Sport"))
    made.build()
    front = made.page("index.html")
    assert not block(front, "earlier")
    assert not block(front, "newest")
    assert "Old" not in heads(front)


def test_every_story_of_an_edition_stands_once_above_its_running_stories(workshop: Make):
    made = workshop(
        *[story(f"harbour{n}", "2025-05-08", thread="Harbour", section="World") for n in range(3)],
        *[story(f"other{n}", "2025-05-08", section=("World", "Sport", "Culture")[n % 3]) for n in range(9)],
        story("small", "2025-05-08", priority="brief"),
    )
    made.build()
    paper = made.page("index.html").partition('id="threads"')[0]
    assert sorted(heads(paper)) == sorted(
        [f"Harbour{n}" for n in range(3)] + [f"Other{n}" for n in range(9)] + ["Small"]
    )
    assert len(heads(block(paper, "seconds"))) == 2
    assert len(heads(block(paper, "following"))) == 2


def test_the_folio_leads_to_the_edition_and_has_its_name(workshop: Make):
    note = "-- content/editions/2025-05-08.md --\n---\ntitle: White smoke\n---\n\nA word.\n"
    made = workshop(story("one", "2025-05-08"), note)
    made.build()
    assert '<a href="/editions/2025-05-08/">No. 1 · <b>White smoke</b></a>' in made.page("index.html")


def test_minutes_are_told_from_three_up(workshop: Make):
    made = workshop(
        story("short", "2025-05-08", body="word " * 300), story("long", "2025-05-08", body="A long read. " * 400)
    )
    made.build()
    front = made.page("index.html").partition('id="main"')[2]
    assert re.findall(r"(\d+) min read", front) == ["5"]


def test_an_old_story_that_only_heads_a_section_draws_the_front_again_for_its_title_alone(workshop: Make):
    made = workshop(
        story("thu", "2025-05-08", section="World"),
        *[story(f"w{n}", f"2025-05-0{n}", section="World") for n in (5, 6, 7)],
        story("cup", "2025-02-11", section="Sport"),
    )
    made.build()
    file = made.root / "output/index.html"
    old = file.stat().st_mtime_ns
    made.write(story("cup", "2025-02-11", section="Sport", body="Other words than before stand in this body now."))
    made.build()
    assert file.stat().st_mtime_ns == old
    made.write(story("cup", "2025-02-11", section="Sport", title="The cup is lost"))
    made.build()
    assert "The cup is lost" in heads(block(made.page("index.html"), "newest"))


@pytest.mark.parametrize(
    ("focus", "classes"),
    [("top", "x5 y0"), ("top left", "x0 y0"), ("left center", "x0 y5"), ("30% 20%", "x3 y2"), ("right", "x10 y5")],
)
def test_the_point_to_be_seen_of_a_picture_reaches_the_style_sheet(workshop: Make, focus: str, classes: str):
    picture = '<svg xmlns="http://www.w3.org/2000/svg" width="300" height="200"><path d="M0 0h9v9z"/></svg>'
    image = f"{{src: pictures/quay.svg, alt: The quay, focus: {focus}}}"
    made = workshop(story("one", "2025-05-08", image=image), f"-- content/pictures/quay.svg --\n{picture}\n")
    made.build()
    assert re.search(rf'<img class="{classes}"', made.page("index.html"))
    style = next(data for path, data in made.output().items() if re.match(r"static/style\.", path)).decode()
    assert re.search(rf"\.{classes.split(maxsplit=1)[0]}\s*\{{\s*--x:", style)


def test_a_focus_that_is_no_point_is_reported_with_what_would_be(workshop: Make):
    made = workshop(story("one", "2025-05-08", image="{src: pictures/quay.svg, alt: The quay, focus: upwards}"))
    made.build()
    assert any("focus" in problem.message or "focus" in problem.hint for problem in made.problems())
