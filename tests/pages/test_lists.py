"""Lists and running stories: what stands above their stories, their structured data, whose list it is."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from lxml import html

from tests.conftest import Workshop, story

Make = Callable[..., Workshop]
IDA = '-- content/pages/authors/ida-morel.md --\n---\ntitle: "Ida"\n---\n\nIda writes on *harbours*.\n'


@pytest.mark.parametrize("theme", ["broadsheet", "plain"])
def test_a_page_at_the_address_of_a_list_stands_above_it_and_nowhere_else(workshop: Make, theme: str):
    made = workshop(
        story("one", "2025-05-08", authors="[Ida Morel]"),
        story("two", "2025-05-07", authors="[Ida Morel]"),
        IDA,
        settings=f'theme = "{theme}"\n',
    )
    made.build()
    assert not made.problems()
    page = made.page("authors/ida-morel/index.html")
    assert "<p>Ida writes on <em>harbours</em>.</p>" in page
    assert page.index("Ida writes") < page.index(">One<")
    assert "ida-morel/index.html" not in made.output()
    assert 'href="/ida-morel/"' not in made.page("index.html")


def test_a_text_for_a_list_that_is_not_there_is_reported(workshop: Make):
    gold = '-- content/pages/topics/gold.md --\n---\ntitle: "Gold"\n---\n\nWhat we know of gold.\n'
    made = workshop(story("one", "2025-05-08", topics="[Gold]"), gold, IDA)
    made.build()
    assert [(one.code, one.place.file, one.severity) for one in made.problems()] == [
        ("list-missing", "content/pages/authors/ida-morel.md", "warning"),
        ("list-missing", "content/pages/topics/gold.md", "warning"),
    ]
    assert "no list is at /topics/gold/: this text is a page of its own at /gold/" in made.problems()[1].message
    made.write(story("two", "2025-05-07", topics="[Gold]", authors="[Ida Morel]"))
    made.build()
    assert not made.problems()


@pytest.mark.parametrize(
    ("date", "updated", "shown"),
    [
        ("2025-05-08T09:45", "2025-05-08", False),  # a bare day begins before the story came out
        ("2025-05-08", "2025-05-08", False),
        ("2025-05-08T09:45", "2025-05-08T10:00", True),
        ("2025-05-08", "2025-05-09", True),
    ],
)
def test_a_story_says_that_it_was_updated_only_where_that_was_after_it_came_out(
    workshop: Make, date: str, updated: str, *, shown: bool
):
    made = workshop(story("one", date, updated=updated))
    made.build()
    assert ("Updated" in made.page("2025/05/08/one/index.html")) is shown
    assert ("Updated" in made.page("index.html")) is shown


def test_an_authors_list_names_only_who_wrote_with_them(workshop: Make):
    made = workshop(
        story("one", "2025-05-08", authors="[Ida Morel]"), story("two", "2025-05-07", authors="[Ida Morel, Ada Reed]")
    )
    made.build()
    cards = html.document_fromstring(made.page("authors/ida-morel/index.html")).xpath("//article")
    assert ["By" in card.text_content() for card in cards] == [False, True]


def test_a_list_describes_itself_by_what_is_on_it_and_one_of_a_single_story_is_not_for_search_engines(workshop: Make):
    made = workshop(
        story("one", "2025-05-08", topics="[Rain]", title="The first"),
        story("two", "2025-05-07", topics="[Rain, Snow]", title="The second"),
        settings="topic_minimum = 1\n",
    )
    made.build()
    rain, snow = (made.page(f"topics/{name}/index.html") for name in ("rain", "snow"))
    assert '<meta name="description" content="The first · The second">' in rain
    assert '<meta name="robots" content="max-image-preview:large">' in rain
    assert '<meta name="robots" content="noindex">' in snow
    assert "/topics/rain/<" in made.page("sitemap.xml")
    assert "/topics/snow/<" not in made.page("sitemap.xml")


def test_a_long_running_story_shows_its_key_moments_and_what_its_newest_story_says_is_known(workshop: Make):
    days = [f"2025-04-{day:02}" for day in range(10, 20)]
    lead = {"priority": "lead"}
    made = workshop(
        *(story(f"port-{day[8:]}", day, thread="The port", **(lead if day[8:] == "14" else {})) for day in days),
        story("port-20", "2025-04-20", thread="The port", points="[The pier holds]"),
        settings='edition = "monthly"\n',
    )
    made.build()
    page = html.document_fromstring(made.page("threads/the-port/index.html"))
    assert page.xpath("//section[@class='points']//li/text()") == ["The pier holds"]
    assert page.xpath("//section[@class='moments']//li/a/text()") == ["Port-10", "Port-14", "Port-20"]


@pytest.mark.parametrize(
    ("text", "parted"),
    [
        ("PARIS — The pier was closed.", False),
        ("HAMBURG, 8. Mai (dpa) – Der Hafen ist offen.", False),
        ("МОСКВА — Порт открыт.", False),
        ("Paris — the town — was closed.", True),
        (
            "NATO met on Monday in the north of the old harbour, and later, on Tuesday night, in town again — twice.",
            True,
        ),
    ],
)
def test_an_initial_parts_no_dateline(workshop: Make, text: str, *, parted: bool):
    made = workshop(story("one", "2025-05-08", body=text))
    made.build()
    assert ('<p class="dateline">' not in made.page("2025/05/08/one/index.html")) is parted


def test_a_feed_begins_with_the_picture_and_its_caption_and_says_the_licence(
    workshop: Make, photo: Callable[..., None]
):
    image = "{src: pictures/quay.jpg, alt: The quay, caption: At noon., credit: Ida Morel}"
    made = workshop(
        story("quay", "2025-05-08", image=image),
        story("wire", "2025-05-07", source="{name: Wire, licence: CC BY 4.0}", lang="ar"),
        settings='licence = "All rights reserved"\n',
    )
    photo(made)
    made.build()
    feed = made.page("feed.xml")
    assert re.search(r'<!\[CDATA\[<figure><img src="https://example.org/pictures/quay[^"]*" alt="The quay"', feed)
    assert "<figcaption>At noon. Ida Morel</figcaption></figure>" in feed
    assert re.findall("<dc:rights>(.*)</dc:rights>", feed) == ["All rights reserved", "CC BY 4.0"]
    assert '<![CDATA[<div lang="ar" dir="rtl">' in feed
    assert "<url>https://example.org/static/icon." in feed


@pytest.mark.parametrize(("contact", "podcast"), [("desk@example.org", True), ("", False)])
def test_a_feed_with_sound_is_a_podcast_where_there_is_somebody_to_write_to(
    workshop: Make, contact: str, *, podcast: bool
):
    audio = "{src: 'https://example.org/talk.mp3', length: '9', type: audio/mpeg, duration: '1:05'}"
    made = workshop(story("talk", "2025-05-08", audio=audio), settings=f'contact = "{contact}"\n')
    made.build()
    feed = made.page("feed.xml")
    assert ("<itunes:duration>65</itunes:duration>" in feed) is podcast
    assert ("<itunes:email>desk@example.org</itunes:email>" in feed) is podcast
    assert '"duration_in_seconds":65' in made.page("feed.json")


@pytest.fixture
def photo() -> Callable[[Workshop], None]:
    """Puts a picture into a site."""

    def put(made: Workshop) -> None:
        from PIL import Image

        (made.root / "content/pictures").mkdir()
        Image.linear_gradient("L").resize((900, 600)).convert("RGB").save(made.root / "content/pictures/quay.jpg")

    return put


@pytest.mark.parametrize("theme", ["broadsheet", "plain"])
@pytest.mark.parametrize(("kinds", "feed"), [('["section"]', False), ('["section", "thread"]', True)])
def test_a_thread_leads_to_its_feed_only_where_there_is_one(workshop: Make, theme: str, kinds: str, *, feed: bool):
    stories = (story("one", "2025-05-07", thread="Boats"), story("two", "2025-05-08", thread="Boats"))
    settings = f'search = false\ntheme = "{theme}"\nfeed_kinds = {kinds}\nthread_minimum = 2\n'
    made = workshop(*stories, settings=settings)
    made.build()
    assert ("/threads/boats/feed.xml" in made.page("threads/boats/index.html")) is feed
    assert ("threads/boats/feed.xml" in made.output()) is feed


def test_a_thread_of_one_story_is_shown_where_the_settings_ask_for_that(workshop: Make):
    made = workshop(story("one", "2025-05-07", thread="Solo"), settings="search = false\nthread_minimum = 1\n")
    made.build()
    assert not made.problems("error")
    assert ">One<" in made.page("threads/solo/index.html")


@pytest.mark.parametrize("kinds", ["[]", '["topic"]', '["thread"]', '["section", "author"]'])
def test_no_page_links_to_a_feed_that_the_settings_leave_out(workshop: Make, kinds: str):
    keys = {"section": "World", "topics": "[Boats]", "authors": "[Ida Morel]", "thread": "Boats"}
    stories = [story(f"s{n}", f"2025-05-0{n}", **keys) for n in range(1, 4)]
    made = workshop(*stories, settings=f"search = false\nshare_cards = 0\nfeed_kinds = {kinds}\n")
    made.build()
    output = made.output()
    pages = {path: data.decode() for path, data in output.items() if path.endswith(".html")}
    linked = {
        found
        for text in pages.values()
        for found in re.findall(r'href="(?:https://example.org)?/([^"]*\.(?:xml|json))"', text)
    }
    assert linked - output.keys() == set()
    assert "feed.xml" in linked
