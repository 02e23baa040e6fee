"""What the pages of editions, of their stories and of threads tell, as the default theme prints it."""

from __future__ import annotations

import datetime as dt
import html
import json
import re
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from broadsheet.pages.views import Dates
from tests.conftest import Workshop, story

Make = Callable[..., Workshop]
WEEKLY = 'edition = "weekly"\nlanguage = "en-GB"\n'
HARBOUR = [
    story(name, day, section="World", thread="The harbour")
    for name, day in (("plan", "2025-04-21"), ("crane", "2025-04-29"), ("quay", "2025-05-07"), ("ship", "2025-05-08"))
]


def told(page: str) -> list[tuple[str, ...]]:
    """The running stories of an edition's page: titles, counts, headlines."""
    block = re.search(r'<section class="so-far".*?</section>', page, re.DOTALL)
    return (
        re.findall(r"<h3><a[^>]*>(.*?)<|(\d+) parts|<li( class=\"now\")?>.*?<a[^>]*>(.*?)<", block[0]) if block else []
    )


def test_an_edition_tells_its_running_stories_as_they_stood_with_it(workshop: Make):
    made = workshop(*HARBOUR, settings=WEEKLY)
    made.build()
    now = ' class="now"'
    assert told(made.page("editions/2025-w18/index.html")) == [
        ("The harbour", "", "", ""),
        ("", "2", "", ""),
        ("", "", now, "Crane"),
        ("", "", "", "Plan"),
    ]
    assert [row[2:] for row in told(made.page("index.html"))[2:]] == [
        (now, "Ship"),
        (now, "Quay"),
        ("", "Crane"),
        ("", "Plan"),
    ]
    assert told(made.page("editions/2025-w17/index.html")) == []


def test_an_edition_that_is_out_is_not_printed_again_when_its_threads_go_on(workshop: Make):
    made = workshop(*HARBOUR, settings=WEEKLY)
    made.build()
    file = Path(made.root / "output/editions/2025-w18/index.html")
    old = file.stat().st_mtime_ns
    made.write(story("sail", "2025-05-09", section="World", thread="The harbour"))
    made.build()
    assert file.stat().st_mtime_ns == old
    assert "Sail" in made.page("index.html")


def test_the_page_of_all_threads_tells_each_with_its_newest_parts(workshop: Make):
    made = workshop(*HARBOUR, settings=WEEKLY)
    made.build()
    page = made.page("threads/index.html")
    assert re.findall(r"<h2><a[^>]*>(.*?)</a>", page) == ["The harbour"]
    assert re.findall(r'<li(?: class="now")?><time[^>]*>(.*?)<', page)[0] == "8 May 2025"


def test_a_topic_of_a_thread_leads_to_its_page_and_one_without_a_page_nowhere(workshop: Make):
    topics = ("[Cranes, Harbour]", "[Harbour]", "[Harbour]")
    days = ("2025-05-06", "2025-05-07", "2025-05-08")
    parts = [
        story(f"part-{day}", day, thread="The quay", topics=names) for day, names in zip(days, topics, strict=True)
    ]
    made = workshop(*parts, settings=f"{WEEKLY}topic_minimum = 2\n")
    made.build()
    found = re.search(r"<dt>Topics</dt><dd>(.*?)</dd>", made.page("threads/the-quay/index.html"))
    assert found
    assert found[1] == '<bdi><a rel="tag" href="/topics/harbour/">Harbour</a></bdi> and <bdi>Cranes</bdi>'


def test_editions_refer_to_each_other_by_all_their_days(workshop: Make):
    made = workshop(*HARBOUR, settings=WEEKLY)
    made.build()
    page = made.page("editions/2025-w18/index.html")
    around = re.search(r'<nav class="around".*?</nav>', page, re.DOTALL)
    assert around
    assert re.findall(r"</span> (.*?)</a>", around[0]) == ["21–27 Apr 2025", "5–11 May 2025"]


@pytest.mark.parametrize(
    ("first", "last", "text"),
    [
        ("2025-05-05", "2025-05-11", "5–11 May 2025"),
        ("2024-12-30", "2025-01-05", "30 Dec 2024 – 5 Jan 2025"),
        ("2025-02-01", "2025-02-28", "February 2025"),
        ("2025-05-08", "2025-05-08", "8 May 2025"),
    ],
)
def test_days_are_written_as_a_day_a_month_or_a_span(first: str, last: str, text: str):
    dates = Dates("en-GB", dt.UTC)  # type: ignore[arg-type]  # any zone does
    days = dates.days(dt.date.fromisoformat(first), dt.date.fromisoformat(last))
    assert days.replace("\u2009", " ") == text


def test_previous_and_next_go_through_the_edition_in_its_order(workshop: Make):
    made = workshop(
        story("old", "2025-05-07", section="Sport"),
        story("first", "2025-05-08", section="World", priority="lead"),
        story("brief", "2025-05-08", section="World", priority="brief"),
        story("game", "2025-05-08", section="Sport"),
        story("east", "2025-05-08", section="World"),
    )
    made.build()
    found = {}
    for name in ("first", "east", "game", "brief"):
        page = made.page(f"2025/05/08/{name}/index.html")
        around = re.search(r'<nav class="around".*?</nav>', page, re.DOTALL)
        assert around
        found[name] = re.findall(r'rel="(prev|next)" href="/2025/05/08/(\w+)/"', around[0])
    assert found == {
        "first": [("next", "east")],
        "east": [("prev", "first"), ("next", "game")],
        "game": [("prev", "east"), ("next", "brief")],
        "brief": [("prev", "game")],
    }


def test_a_story_in_a_thread_says_what_came_before_and_after(workshop: Make):
    made = workshop(*HARBOUR)
    made.build()
    page = made.page("2025/05/07/quay/index.html")
    line = re.search(r'<ol class="timeline">.*?</ol>', page, re.DOTALL)
    assert line
    steps = re.findall(r'<li( class="now" aria-current="true")?>.*?</time> (?:<a [^>]*?(rel="\w+")?>)?(\w+)', line[0])
    assert steps == [
        ("", 'rel="next"', "Ship"),
        (' class="now" aria-current="true"', "", "Quay"),
        ("", 'rel="prev"', "Crane"),
        ("", "", "Plan"),
    ]


def test_other_reports_name_their_source_on_both_pages(workshop: Make):
    made = workshop(
        story("one", "2025-05-07", source="{name: The Courier}", also="[two]"),
        story("two", "2025-05-07", source="{name: The Post}"),
    )
    made.build()
    assert "Also reported by The Post: <a" in made.page("2025/05/07/one/index.html")
    assert "Also reported by The Courier: <a" in made.page("2025/05/07/two/index.html")


def test_reports_of_one_event_stand_on_page_cards_and_feeds_until_an_editor_parts_them(workshop: Make):
    summary = '"The Birch glacier buried the village of Blatten in the valley of Lötschental."'
    keys = {"title": "Glacier buries Swiss village of Blatten", "summary": summary}
    made = workshop(
        story("one", "2025-05-28", source="{name: The Courier}", **keys),
        story("two", "2025-05-29", source="{name: The Post}", **keys),
        story("same", "2025-05-28", source="{name: The Courier}", **keys),
    )
    made.build()
    assert "Also reported by The Post: <a" in made.page("2025/05/28/one/index.html")
    assert made.page("2025/05/29/two/index.html").count("Also reported by The Courier: <a") == 2
    card = 'Also reported by <bdi><a href="/2025/05/28/one/">The Courier</a></bdi></span>'
    assert card in made.page("editions/2025-05-29/index.html")
    link = 'Also reported by <a href="https://example.org/2025/05/28/one/">The Courier</a>'
    assert link in made.page("feed.xml")
    assert link in made.page("atom.xml")
    assert link in json.loads(made.page("feed.json"))["items"][0]["content_html"]
    made.write(story("two", "2025-05-29", source="{name: The Post}", also='["not one"]', **keys))
    made.build()
    assert "Also reported" not in made.page("editions/2025-05-29/index.html")
    assert "Also reported" not in made.page("feed.xml")
    parted = made.output()
    shutil.rmtree(made.root / ".broadsheet")
    made.build()
    assert made.output() == parted


@pytest.mark.parametrize("theme", ["broadsheet", "plain"])
@pytest.mark.parametrize(
    ("ai", "said", "code"),
    [
        ("assisted", "Written with the help of AI", "CompositeWithTrainedAlgorithmicMediaDigitalSource"),
        ("generated", "Generated by AI", "TrainedAlgorithmicMediaDigitalSource"),
        ("none", "", ""),
    ],
)
def test_what_an_ai_wrote_is_labelled_on_pages_in_feeds_and_for_machines(
    workshop: Make, theme: str, ai: str, said: str, code: str
):
    made = workshop(
        story("one", "2025-05-07", body="The ferry is back.", ai=ai),
        settings=f'theme = "{theme}"\n',
    )
    made.build()
    assert not made.problems("error")
    page = made.page("2025/05/07/one/index.html")
    entry = json.loads(made.page("feed.json"))["items"][0]
    for text in (page, made.page("index.html"), made.page("feed.xml"), made.page("atom.xml"), entry["content_html"]):
        assert (html.escape(said, quote=False) in text) if said else (" AI" not in text)
    assert entry["summary"] == (f"The ferry is back. ({said})" if said else "The ferry is back.")
    article = json.loads(re.findall(r'<script type="application/ld\+json">(.*?)</script>', page, re.DOTALL)[0])[
        "@graph"
    ][0]
    assert article.get("digitalSourceType", "") == (code and f"https://schema.org/{code}")


def test_a_story_that_is_retracted_has_nothing_left_that_an_ai_wrote(workshop: Make):
    made = workshop(story("one", "2025-05-07", ai="generated", retracted='{date: 2025-05-08, text: "It was wrong."}'))
    made.build()
    assert "Generated by AI" not in "".join(text.decode() for path, text in made.output().items() if path.endswith("l"))


def test_a_wrong_word_for_the_part_of_an_ai_is_an_error_with_its_line(workshop: Make):
    made = workshop(story("one", "2025-05-07", ai="generate"))
    made.build()
    (problem,) = made.problems("error")
    assert (problem.code, problem.place.line) == ("value", 5)
    assert "'generated'" in problem.message


def test_what_pages_are_called_comes_from_the_themes_words(workshop: Make):
    german = "".join(
        f'{{% set {name} = "{title}" %}}\n'
        for name, title in (
            ("editions", "Ausgaben"),
            ("topics", "Themen"),
            ("archive", "Archiv & mehr"),
            ("lost", "Nichts"),
        )
    )
    made = workshop(
        *(story(name, "2025-05-08", topics="[Moon]") for name in ("one", "two")),
        f"-- themes/broadsheet/templates/partials/words.html --\n{german}",
    )
    made.build()
    assert not made.problems("error")
    titles = {
        path: html.unescape(re.findall(r"<title>(.*?) ·", made.page(path))[0])
        for path in ("editions/index.html", "editions/2025/index.html", "topics/index.html", "404.html")
    }
    assert list(titles.values()) == ["Ausgaben", "Ausgaben 2025", "Themen", "Nichts"]
    assert "<h1>Archiv &amp; mehr</h1>" in made.page("archive/index.html")
    assert '"name":"Themen"' in made.page("topics/moon/index.html")
    assert 'text="Themen"' in made.page("feeds.opml")
    assert "<title>Ausgaben – Daily</title>" in made.page("editions/feed.xml")


def test_search_has_a_page_that_says_what_to_do_without_script_unless_a_site_wants_none(workshop: Make):
    made = workshop(story("one", "2025-05-08", section="World"), settings="search = true\n")
    made.build()
    page = made.page("search/index.html")
    assert "site:example.org" in page
    assert '<a href="/sections/world/">World</a>' in page
    assert '<meta name="robots" content="noindex">' in page  # a page of results is no page to find
    assert "/search/" not in made.page("sitemap.xml")
    made.write('-- pyproject.toml --\n[tool.broadsheet]\nurl = "https://example.org/"\nsearch = false\n')
    made.build()
    assert "search/index.html" not in made.output()
    assert "/search/" not in made.page("index.html")


@pytest.mark.parametrize("theme", ["broadsheet", "plain"])
def test_what_matters_stands_on_the_editions_own_page_and_in_its_entry_and_not_on_the_front(workshop: Make, theme: str):
    note = '-- content/editions/2025-05-07.md --\n---\nmatters:\n  - The <ferry> sails\n  - "Prices: up"\n---\n'
    made = workshop(story("one", "2025-05-07"), note, settings=f'theme = "{theme}"\n')
    made.build()
    assert not list(made.report)
    page = made.page("editions/2025-05-07/index.html")
    assert re.findall("<li>(The &lt;ferry&gt; sails|Prices: up)</li>", page) == [
        "The &lt;ferry&gt; sails",
        "Prices: up",
    ]
    assert "What matters" in page
    assert "What matters" not in made.page("index.html")
    for feed in ("editions/feed.xml", "editions/atom.xml"):
        assert "<li>The &lt;ferry&gt; sails</li><li>Prices: up</li>" in made.page(feed)
    made.write(note.replace("Prices: up", "Prices: down"))
    made.build()
    assert "Prices: down" in made.page("editions/2025-05-07/index.html")
    made.write("-- content/editions/2025-05-07.md --\n---\ntitle: Quiet\n---\n")
    made.build()
    assert "What matters" not in made.page("editions/2025-05-07/index.html")


def test_more_than_five_lines_on_what_matters_are_an_error_with_its_line(workshop: Make):
    lines = "".join(f"  - Line {number}\n" for number in range(6))
    made = workshop(story("one", "2025-05-07"), f"-- content/editions/2025-05-07.md --\n---\nmatters:\n{lines}---\n")
    made.build()
    (problem,) = made.problems("error")
    assert (problem.place.line, "a list of at most 5" in problem.message) == (2, True)
