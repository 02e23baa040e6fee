"""The saved plan: where words alone were edited a few pages are drawn, and the site is as a whole build makes it."""

from __future__ import annotations

import contextlib
import os
import sqlite3
from collections.abc import Callable
from pathlib import Path

import pytest

from broadsheet import disk, pages, published
from broadsheet.cache import snapshot
from broadsheet.cache.snapshot import Tally
from broadsheet.check.proving import prove
from broadsheet.errors import Report
from broadsheet.model import Story
from broadsheet.pipeline import Options, build, update
from broadsheet.published import fact_guard
from tests.conftest import NOW, Workshop, story

pytestmark = pytest.mark.slow

Make = Callable[..., Workshop]
OPTIONS = Options(NOW, workers=1)
BODY = "The ferry left at nine.\n\nIt came back at noon."
FERRY = story(
    "ferry",
    "2025-05-07",
    section="World",
    topics="[Rome, Boats]",
    thread="boats",
    aliases="[/old/ferry]",
    corrections="[{date: 2025-05-08, text: It was nine.}]",
    body=BODY,
)
FILES = (
    FERRY,
    story("boat", "2025-05-08", section="World", topics="[Boats]", thread="boats", related="[ferry]"),
    story("ice", "2025-05-08", section="Science", topics="[Rome]", title="'Ice' is here", priority="lead"),
    "-- content/pages/about.md --\n---\ntitle: About\n---\n\nWe.\n",
    "-- content/editions/2025-05-07.md --\n---\ntitle: A day\n---\n\nA note.\n",
)
COUNTRIES = 'search = false\n[tool.broadsheet.taxonomies]\ncountry = "Countries"\n'
SETTINGS = "feed_items = 1\ntopic_minimum = 1\nthread_minimum = 2\n"


@pytest.fixture(autouse=True)
def _no_doubt(monkeypatch: pytest.MonkeyPatch):
    """What changed just now is not doubted: between a build and an edit here no clock stands still."""
    monkeypatch.setattr(disk, "FINE", 0)


@pytest.fixture
def made(workshop: Make) -> Workshop:
    """A site that stands as it was built."""
    made = workshop(*FILES, settings=SETTINGS)
    made.build()
    return made


def updated(made: Workshop, report: Report | None = None) -> Tally:
    """What an increment did."""
    return update(made.site, OPTIONS, Report() if report is None else report)


def took_over(tally: Tally) -> bool:
    """Whether the saved plan was given edited stories, and no whole one made."""
    return bool(tally.seconds) and "assemble" not in tally.seconds


def stands(made: Workshop) -> bool:
    """Whether a site is as it was built."""
    last, seen = snapshot.load(made.site), snapshot.look(made.site, {})
    return last is not None and last.same_stories(seen) and last.same_rest(made.site, seen)


def edit(made: Workshop, old: str, new: str, name: str = "ferry") -> None:
    file = next((made.root / "content/stories").rglob(f"{name}.md"))
    text = file.read_text()
    assert old in text
    file.write_text(text.replace(old, new))


@pytest.mark.parametrize("search", ["true", "false"])
def test_an_edit_of_words_draws_the_pages_that_print_them_and_no_others(workshop: Make, search: str):
    made = workshop(*FILES, settings=f"{SETTINGS}search = {search}\n")
    made.build()
    edit(made, "back at noon", "back at one in the afternoon")
    tally = updated(made)
    assert took_over(tally)
    assert 1 < tally.drawn < 40
    assert b"back at one in the afternoon" in made.output()["2025/05/07/ferry/index.html"]
    assert b"back at one in the afternoon" in made.output()["topics/rome/feed.xml"]
    before = made.output()
    assert prove(made.site, OPTIONS, Report()).differences == ()
    assert made.output() == before
    assert stands(made)


def test_after_an_edit_the_site_stands_as_built_and_is_edited_again(made: Workshop):
    for number in range(3):
        edit(made, "noon" if number == 0 else f"{number}:00", f"{number + 1}:00")
        assert took_over(updated(made))
        assert stands(made)
    assert b"came back at 3:00" in made.output()["2025/05/07/ferry/index.html"]
    assert prove(made.site, OPTIONS, Report()).differences == ()


HEADLINES = {'title: "Ferry"': "title: \"The 'old' ferry\"", "left at nine": "left at ten"}


@pytest.mark.parametrize("cards", [0, 2, 9])
@pytest.mark.parametrize(("old", "new"), HEADLINES.items())
def test_an_edit_of_a_headline_is_one_of_words_where_no_running_stories_are_looked_for(
    workshop: Make, old: str, new: str, cards: int
):
    made = workshop(*FILES, settings=f"{SETTINGS}threads = false\nshare_cards = {cards}\n")
    made.build()
    edit(made, old, new)
    assert took_over(updated(made))
    whole = made.output()
    assert prove(made.site, OPTIONS, Report()).differences == ()
    assert made.output() == whole
    assert made.build().printed.drawn == 0
    if "title" in new:
        for path in ("sections/world", "corrections", "old/ferry", "editions"):
            assert "The ‘old’ ferry" in made.page(f"{path}/index.html")


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ('title: "Ferry"', 'title: "A ferry"'),
        ("left at nine", "left at ten"),  # the first paragraph stands for the story in lists
        ("at noon.", "at noon. " + "It was late. " * 40),  # a long story may lead its edition
        ("[Rome, Boats]", "[Boats]"),
        ("section: World", "section: Science"),
        ("at noon.", "at noon.\n\n![x](pictures/p.png)"),
        ("---\n\nThe", "oddity: 1\n---\n\nThe"),
        ("id: ferry", "id: ["),
    ],
)
def test_more_than_words_is_left_to_a_whole_build(made: Workshop, old: str, new: str):
    edit(made, old, new)
    assert not took_over(updated(made))
    assert prove(made.site, OPTIONS, Report()).differences == ()


def test_two_edits_of_which_one_is_more_than_words_are_left_to_a_whole_build(made: Workshop):
    edit(made, "at noon", "at one")
    edit(made, 'title: "Boat"', 'title: "A boat"', "boat")
    assert not took_over(updated(made))


def test_a_change_of_the_output_or_of_another_file_is_left_to_a_whole_build(made: Workshop):
    edit(made, "at noon", "at one")
    page = made.root / "output/index.html"
    own = page.read_bytes()
    page.write_text("damaged")
    assert not took_over(updated(made))
    page.write_bytes(own)
    made.build()
    edit(made, "at one", "at two")
    made.write("-- content/pages/about.md --\n---\ntitle: Us\n---\n\nWe.\n")
    assert not took_over(updated(made))


def test_an_edit_that_another_build_has_seen_is_no_longer_told_from_what_it_was(made: Workshop):
    """A preview reads an edit into the cache and leaves the standing build's record as it was."""
    edit(made, "at noon", "at one")
    made.build(preview=True)
    edit(made, "A body.", "A body.\n\nMore of it.", "boat")
    assert not took_over(updated(made))


def test_what_the_last_build_warned_of_is_told_again(workshop: Make):
    made = workshop(*FILES, story("odd", "2025-05-06", mood="good"), settings=SETTINGS)
    made.build()
    edit(made, "at noon", "at one")
    report = Report()
    assert took_over(updated(made, report))
    assert [problem.code for problem in report] == ["key-unknown"]
    edit(made, "A body.", "A body.\n\nMore.", "odd")
    assert not took_over(updated(made))  # its lines may have moved


def test_a_fact_that_changes_is_told_with_each_edit_and_no_more_once_it_is_put_back(made: Workshop):
    edit(made, "at noon", "at 9:00")
    newspaper = build(made.site, Options(NOW), Report()).newspaper
    record = published.load(made.site, Report())
    claimed = fact_guard.check(made.site, newspaper.stories, record, most=9).claimed
    published.keep(made.site, published.newspaper(made.site, newspaper, record, claimed), "live", NOW)
    made.build()
    for old, new, said in (
        ("9:00", "1:00", ["fact-changed"]),
        ("1:00", "2:00", ["fact-changed"]),
        ("2:00", "9:00", []),
    ):
        edit(made, old, new)
        report = Report()
        assert took_over(updated(made, report))
        assert [problem.code for problem in report] == said


def test_a_story_under_another_spelling_is_printed_by_it(workshop: Make):
    made = workshop(*FILES, settings=f'{SETTINGS}topic_aliases = {{ "Boats" = "Ships" }}\n')
    made.build()
    edit(made, "it came back".capitalize(), "The ferry came back")
    assert took_over(updated(made))
    assert b"Ships" in made.output()["2025/05/07/ferry/index.html"]
    assert made.build().printed.drawn == 0
    assert prove(made.site, OPTIONS, Report()).differences == ()


def test_a_saved_page_that_was_damaged_is_never_taken_for_one_that_shows_nothing(made: Workshop):
    with contextlib.closing(sqlite3.connect(made.site.cache / "cache.db")) as base:
        for path, data in base.execute("select path, data from inputs where path like 'topics/rome%'").fetchall():
            garbled = data.replace(b"ferry.md", b"merry.md")
            base.execute("update inputs set data = ? where path = ?", (garbled, path))
        base.commit()
    edit(made, "at noon", "at one")
    assert not took_over(updated(made))
    assert b"at one" in made.output()["topics/rome/feed.xml"]
    assert prove(made.site, OPTIONS, Report()).differences == ()
    edit(made, "at one", "at two")
    assert took_over(updated(made))
    assert b"at two" in made.output()["topics/rome/feed.xml"]


def test_every_saved_page_gives_back_the_page_that_was_kept(workshop: Make):
    gone = '-- content/published/record.jsonl --\n{"id": "snow", "title": "Snow", "addresses": ["2025/05/06/snow/"]}\n'
    made = workshop(*FILES, gone, settings=f"{SETTINGS}offline = true\nrobots = {{rsl = true, tdm = true}}\n")
    built = made.build()
    stories: dict[str, Story] = {story.path: story for story in built.newspaper.stories}
    pack = pages.Packer().pack
    assert {type(page.inputs) for page in built.plan} == set(pages.INPUTS)
    for page in built.plan:
        again = pages.Unpacker(stories.__getitem__, made.site, pages.INPUTS).page(pack(page).data)
        assert again == page
        assert pack(again) == pack(page)


def test_a_saved_page_holds_no_word_of_a_story(workshop: Make):
    made = workshop(*FILES, settings=f"{SETTINGS}share_cards = 0\n")
    edit(made, 'title: "Ferry"', 'title: "Zanzibar"')
    edit(made, "left at nine", "left at zenith")
    pack = pages.Packer().pack
    kept = [page.path for page in made.build().plan if b"anzibar" in pack(page).data or b"zenith" in pack(page).data]
    assert kept == []


def test_files_in_the_output_whose_names_are_not_utf8_stop_nothing(made: Workshop):
    output = bytes(made.root / "output")
    for name in (b"odd-\xff.txt", b"2025/odd-\xfe.txt"):
        Path(os.fsdecode(output + b"/" + name)).write_bytes(b"x")
    made.build()
    assert [problem.code for problem in made.problems("note")] == ["output-other", "output-other"]
    assert stands(made)
    edit(made, "at noon", "at one")
    assert took_over(updated(made))


def test_a_story_whose_slug_others_have_too_keeps_its_own_address_when_its_words_are_edited(workshop: Make):
    names = ("C", "C++")
    made = workshop(*(story(name, "2025-05-07", body=BODY) for name in names), settings=SETTINGS)
    made.build()
    for name, address in zip(names, ("c", "c-plus-plus"), strict=True):
        edit(made, "at noon", f"to {address}", name)
        assert took_over(updated(made))
        assert f"to {address}" in made.page(f"2025/05/07/{address}/index.html")
        assert prove(made.site, OPTIONS, Report()).differences == ()


def test_the_terms_of_a_taxonomy_of_ones_own_stay_on_an_edited_page_and_another_term_is_no_edit_of_words(
    workshop: Make,
):
    made = workshop(story("ferry", "2025-05-07", body=BODY, country="[Italy, France]"), settings=COUNTRIES)
    made.build()
    edit(made, "back at noon", "back at one in the afternoon")
    assert took_over(updated(made))
    for path in ("2025/05/07/ferry/index.html", "countries/italy/feed.xml"):
        assert b"back at one in the afternoon" in made.output()[path]
    assert '<a rel="tag" href="/countries/italy/">Italy</a>' in made.page("2025/05/07/ferry/index.html")
    assert prove(made.site, OPTIONS, Report()).differences == ()
    edit(made, "Italy", "Spain")
    assert not took_over(updated(made))
    assert "countries/spain/index.html" in made.output()
    assert prove(made.site, OPTIONS, Report()).differences == ()
