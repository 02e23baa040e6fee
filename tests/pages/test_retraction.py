"""A retraction: the notice in the place of the text, at the story's address, in feeds once, and in no list."""

from __future__ import annotations

import datetime as dt
import json
import re
from collections.abc import Callable

import feedparser
import pytest

from broadsheet.content import Rules, read
from broadsheet.errors import Report
from broadsheet.newsroom import coming
from broadsheet.pipeline import Options, build, desk, silent
from broadsheet.publication import PublishRequest, publish_site
from tests.conftest import NOW, TO_A_FOLDER, Workshop, story

Make = Callable[..., Workshop]
SETTINGS = "share_cards = 0\nthreads = false\ntopic_minimum = 1\n"
NOTICE = "{date: 2025-05-20, text: The <report> of a sinking was invented by its source.}"
PAGE = "2025/05/07/ferry/index.html"
FORMS = ("feed.xml", "atom.xml", "feed.json")


def ferry(**more: str) -> str:
    return story("ferry", "2025-05-07", body="The ferry sank off the old pier.", topics="[Boats]", **more)


@pytest.fixture
def made(workshop: Make) -> Workshop:
    other = story("crane", "2025-05-07", body="The crane turns again.", topics="[Boats]", related="[ferry]")
    return workshop(ferry(section="World"), other, story("later", "2025-05-08"), settings=SETTINGS)


def text(made: Workshop, path: str) -> str:
    return made.output()[path].decode()


def test_the_notice_takes_the_place_of_the_text_and_keeps_the_address(made: Workshop):
    made.build()
    made.write(ferry(section="World", retracted=NOTICE))
    built = made.build()
    page = text(made, PAGE)
    assert "was invented by its source" in page
    assert "The &lt;report&gt;" in page
    assert "sank off" not in page
    assert "<title>Retracted: " in page
    assert [one.id for one in built.newspaper.retracted] == ["ferry"]
    data = json.loads(re.findall(r'ld\+json">(.*?)</script>', page)[0])
    article = next(one for one in data["@graph"] if one["@type"] == "NewsArticle")
    assert article["creativeWorkStatus"] == "Retracted"
    assert article["correction"][-1]["text"].endswith("invented by its source.")
    assert article["dateModified"].startswith("2025-05-20")
    assert "wordCount" not in article


def test_it_leaves_lists_related_stories_search_and_the_news_sitemap(made: Workshop):
    made.build()
    assert any("ferry" in text(made, path) for path in ("editions/2025-05-07/index.html", "news-sitemap.xml"))
    made.write(ferry(section="World", retracted=NOTICE))
    made.build()
    out = made.output()
    naming = {path for path, data in out.items() if path.endswith((".html", "map.xml")) and b"05/07/ferry/" in data}
    assert naming == {PAGE, "corrections/index.html", "sitemap.xml"}
    assert "2025-05-20</lastmod>" in text(made, "sitemap.xml")
    found = b"".join(data for path, data in out.items() if path.startswith("pagefind/"))
    assert found  # there is an index, and it was made anew


def test_the_picture_and_the_share_card_go(workshop: Make):
    from PIL import Image

    made = workshop(story("crane", "2025-05-07"), settings="threads = false\nsearch = false\n")
    file = made.root / "content/pictures/pier.png"
    file.parent.mkdir(parents=True)
    Image.new("RGB", (1200, 800), "navy").save(file)
    image = "{src: pictures/pier.png, alt: A pier}"
    made.write(ferry(image=image))
    made.build()
    assert any("pier" in path for path in made.output())
    made.write(ferry(image=image, retracted=NOTICE))
    made.build()
    assert not any("pier" in path for path in made.output())
    assert "og:image" not in text(made, PAGE) or "share." in text(made, PAGE)


@pytest.mark.parametrize("name", FORMS)
def test_it_goes_out_in_the_feeds_as_an_update_of_its_entry(made: Workshop, name: str):
    made.build()
    before = {entry.id: entry for entry in feedparser.parse(made.output()[name]).entries} if "json" not in name else {}
    made.write(ferry(section="World", retracted=NOTICE))
    made.build()
    if name == "feed.json":
        entry = next(one for one in json.loads(made.output()[name])["items"] if one["id"] == "ferry")
        assert entry["date_modified"].startswith("2025-05-20")
        said, title = entry["content_html"], entry["title"]
        assert "image" not in entry
    else:
        [found] = [one for one in feedparser.parse(made.output()[name]).entries if "/ferry/" in one.link]
        assert found.id in before
        said, title = found.content[0].value, found.title
        if name == "atom.xml":
            assert found.updated.startswith("2025-05-20")
    assert title.startswith("Retracted: ")
    assert "was invented by its source" in said
    assert "sank off" not in said


def test_the_feed_of_its_topic_has_the_notice_too(made: Workshop):
    made.write(ferry(section="World", retracted=NOTICE))
    made.build()
    topic = text(made, "topics/boats/feed.json")
    assert {one["id"] for one in json.loads(topic)["items"]} == {"ferry", "crane"}
    assert "05/07/ferry/" not in text(made, "topics/boats/index.html")


def test_a_retraction_and_a_correction_of_an_old_story_go_out_until_newer_stories_push_them_out(workshop: Make):
    old = [ferry(retracted=NOTICE), story("crane", "2025-05-06", corrections="[{date: 2025-05-20, text: Two.}]")]
    new = [story(f"n{day}", f"2025-05-{day}") for day in range(10, 15)]
    settings = f"{SETTINGS}search = false\nfeed_items = 4\nfeed_archives = 5\n"
    made = workshop(*old, *new, story("quiet", "2025-05-05"), settings=settings)
    made.build()
    ids = [one["id"] for one in json.loads(made.output()["feed.json"])["items"]]
    assert ids[:4] == ["n14", "n13", "n12", "n11"]
    assert set(ids[4:]) == {"ferry", "crane"}
    archive = text(made, "feeds/1/feed.json")
    assert "sank off" not in archive
    assert "was invented by its source" in archive
    made.write("".join(story(f"m{day}", f"2025-05-{day}") for day in range(22, 26)))
    made.build()
    assert len(json.loads(made.output()["feed.json"])["items"]) == 4


def test_it_stands_on_the_page_of_corrections(made: Workshop):
    made.write(ferry(section="World", retracted=NOTICE))
    made.build()
    page = text(made, "corrections/index.html")
    assert "invented by its source" in page
    assert ">Retracted</b>" in page
    assert 'href="/corrections/"' in text(made, "index.html")


def test_one_that_is_dated_later_waits_everywhere(made: Workshop):
    made.write(ferry(section="World", retracted=NOTICE.replace("2025-05-20", "2025-07-01")))
    made.build()
    assert not any(b"invented" in data for data in made.output().values())
    assert "sank off" in text(made, PAGE)
    due = NOW + dt.timedelta(days=31)
    report = Report()
    build(made.site, Options(due), report)
    assert "sank off" not in text(made, PAGE)
    assert b"invented" in made.output()[PAGE]


def test_a_story_that_expires_after_its_retraction_keeps_the_notice(made: Workshop):
    made.write(ferry(section="World", expires="2025-05-25", retracted=NOTICE))
    made.build()
    assert "invented" in text(made, PAGE)
    made.write(ferry(section="World", expires="2025-05-25", retracted=NOTICE.replace("2025-05-20", "2025-07-01")))
    made.build()
    assert PAGE not in made.output()


def test_a_retracted_story_stays_in_a_frozen_edition_and_is_marked_there(made: Workshop):
    made.write("-- content/editions/2025-05-07.md --\n---\nfrozen:\n  number: '1'\n  lead: ferry\n"
               "  briefs: [crane]\n---\n")  # fmt: skip
    made.write(ferry(section="World", retracted=NOTICE))
    made.build()
    page = text(made, "editions/2025-05-07/index.html")
    assert "05/07/ferry/" in page
    assert ">Retracted</b>" in page
    assert "invented by its source" in page
    assert "sank off" not in page
    assert "/editions/2025-05-07/" in text(made, PAGE)


@pytest.mark.parametrize(("more", "mark"), [({"retracted": NOTICE}, "retracted"), ({"status": "draft"}, "draft")])
@pytest.mark.parametrize("place", ["desks: [{section: World, stories: [%s]}]", "briefs: [%s]"])
@pytest.mark.parametrize("theme", ["broadsheet", "plain"])
def test_a_story_that_an_edition_shows_in_a_line_is_marked_too(
    workshop: Make, theme: str, place: str, more: dict[str, str], mark: str
):
    names = [f"n{n}" for n in range(8)]
    frozen = f"frozen:\n  number: '1'\n  lead: lead\n  {place % ', '.join([*names, 'ferry'])}\n"
    made = workshop(
        story("lead", "2025-05-07"), *(story(name, "2025-05-07", section="World") for name in names),
        ferry(section="World", **more), f"-- content/editions/2025-05-07.md --\n---\n{frozen}---\n",
        settings=f'{SETTINGS}theme = "{theme}"\n',
    )  # fmt: skip
    made.build(preview=True)
    page = text(made, "editions/2025-05-07/index.html")
    (line,) = [row for row in re.split("<li>|<article", page) if 'ferry/">' in row]
    assert mark in re.split("</li>|</article>", line)[0].lower()


def test_an_edition_whose_only_story_is_retracted_keeps_its_number(workshop: Make):
    made = workshop(ferry(retracted=NOTICE), story("later", "2025-05-08"), settings=SETTINGS)
    numbers = {one.slug: one.number for one in desk(made.site, NOW, Report()).newspaper.editions}
    assert numbers == {"2025-05-07": 1, "2025-05-08": 2}


def test_an_edit_of_a_retracted_storys_title_shows_and_brings_nothing_back(made: Workshop):
    made.write(ferry(section="World", retracted=NOTICE))
    made.build()
    made.write(ferry(section="World", retracted=NOTICE).replace('title: "Ferry"', 'title: "Ship"'))
    made.build()
    page = text(made, PAGE)
    assert "sank off" not in page
    assert "Retracted: Ship" in page


@pytest.mark.parametrize(
    "value",
    [
        "yes",
        "2025-05-20",
        "{date: 2025-05-20}",
        "[{date: 2025-05-20, text: x}]",
        "{date: 2025-05-20, text: ''}",
    ],
)
def test_what_is_no_retraction_is_an_error_with_its_line(made: Workshop, value: str):
    data = f'---\nid: a\ntitle: "A"\ndate: 2025-05-07\nretracted: {value}\n---\n\nText.\n'.encode()
    found = read(data, "a.md", Rules(made.site.zone), "content/stories/a.md")
    assert found.story is None
    [problem] = found.problems
    assert (problem.code, problem.place.line) == ("value", 5)
    assert "a retraction: date and text" in problem.message
    assert "Write 'retracted: {date" in problem.hint


@pytest.mark.parametrize("key", ["Retracted", "retraction", "RETRACT"])
def test_a_retraction_under_another_key_is_not_passed_over(made: Workshop, key: str):
    data = f'---\nid: a\ntitle: "A"\ndate: 2025-05-07\n{key}: {NOTICE}\n---\n\nText.\n'.encode()
    found = read(data, "a.md", Rules(made.site.zone), "content/stories/a.md")
    assert found.story is None
    [problem] = found.problems
    assert (problem.code, problem.place.line) == ("value", 5)
    assert "Write 'retracted: {date" in problem.hint


@pytest.mark.parametrize("theme", ["broadsheet", "plain"])
def test_both_themes_show_it(workshop: Make, theme: str):
    made = workshop(ferry(retracted=NOTICE), story("later", "2025-05-08"), settings=f'{SETTINGS}theme = "{theme}"\n')
    made.build()
    page = text(made, PAGE)
    assert ">Retracted<" in page
    assert page.count("invented by its source.</p>") == 1
    assert "retracted" in text(made, "corrections/index.html").lower()


@pytest.fixture
def sent(workshop: Make) -> Workshop:
    """A site that was published, with a ferry."""
    made = workshop(ferry(), story("later", "2025-05-08"), settings=TO_A_FOLDER)
    publish(made)
    return made


def publish(made: Workshop) -> list[str]:
    made.report = Report()
    publish_site(made.site, Options(NOW), PublishRequest(), made.report, silent, lambda _: None)
    assert not made.problems("error")
    return [f"{one.place}: {one.code}" for one in made.problems("warning")]


@pytest.mark.parametrize("line", ["status: draft", "private: true", "embargo: 2030-01-01"])
def test_what_was_published_and_is_retracted_goes_out_with_its_notice_whatever_hides_it(sent: Workshop, line: str):
    key, _, value = line.partition(": ")
    sent.write(ferry(retracted=NOTICE, **{key: value}))
    assert "content/stories/2025/05/ferry.md:7: retracted-held" in publish(sent)
    assert "invented by its source" in text(sent, PAGE)
    assert not any(b"sank off" in data for data in sent.output().values())
    assert "Retracted: Ferry" in text(sent, "feed.json")
    sent.write(ferry(retracted=NOTICE, **{key: value}) + "\nAnd more.\n")
    sent.build()  # and so it is in the next build, which knows of the plan of this one
    assert "invented by its source" in text(sent, PAGE)


def test_one_that_hides_until_its_retraction_is_due_is_gone_till_then(sent: Workshop):
    due = dt.datetime(2025, 7, 1, tzinfo=dt.UTC)
    sent.write(ferry(retracted=NOTICE.replace("2025-05-20", "2025-07-01"), status="draft"))
    publish(sent)
    assert "withdrawn" in text(sent, PAGE)
    stories = desk(sent.site, NOW, Report()).stories
    assert [(one.deed, one.moment) for one in coming(stories, NOW)] == [("appears", due)]
    build(sent.site, Options(due), Report())
    assert "invented by its source" in text(sent, PAGE)
    assert "sank off" not in text(sent, PAGE)


def test_a_draft_that_was_never_published_stays_one_though_it_is_retracted(sent: Workshop):
    sent.write(story("pier", "2025-05-07", status="draft", retracted=NOTICE))
    assert "content/stories/2025/05/pier.md:5: retracted-held" in publish(sent)
    assert not any("pier" in path for path in sent.output())


def test_a_retracted_draft_without_its_date_would_stand_at_another_address(made: Workshop):
    data = f'---\nid: a\ntitle: "A"\nstatus: draft\nretracted: {NOTICE}\n---\n\nText.\n'.encode()
    found = read(data, "a.md", Rules(made.site.zone), "content/stories/a.md")
    assert "date is missing" in [one.message for one in found.problems]
