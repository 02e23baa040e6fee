"""Every address that was published answers: it leads to where the page is now, or says what was there and is gone."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from typing import Any

import feedparser
import msgspec
import pytest

from broadsheet.check import check_site
from broadsheet.config import open_site
from broadsheet.errors import Report
from broadsheet.model import Page
from broadsheet.pages import Kind, template, urls
from broadsheet.pages.kind import ViewContext
from broadsheet.pages.plan import PlanContext
from broadsheet.pipeline import Options, silent
from broadsheet.preview import server
from broadsheet.publication import PublishRequest, publish_site
from tests.conftest import NOW, Workshop, story

Make = Callable[..., Workshop]
SETTINGS = (
    'search = false\nshare_cards = 0\nfreeze = "never"\n{more}\n'
    '[tool.broadsheet.targets.live]\nkind = "folder"\npath = "../www"\n'
)


def send(made: Workshop, *kinds: Kind) -> set[str]:
    report = Report()
    request = PublishRequest(anyway=True, accept=("*",))
    publish_site(open_site(made.root), Options(NOW, pages=kinds), request, report, silent, lambda _: None)
    return {problem.code for problem in report}


def answer(made: Workshop, address: str) -> str:
    return made.output()[urls.file(address)].decode()


def table(made: Workshop) -> list[str]:
    return made.output()["_redirects"].decode().splitlines()


def remove(made: Workshop, name: str) -> None:
    [file] = (made.root / "content").rglob(f"{name}.md")
    file.unlink()


@pytest.fixture
def site(workshop: Make) -> Callable[..., Workshop]:
    def make(*files: str, **more: Any) -> Workshop:
        return workshop(*files, settings=SETTINGS.format(more="\n".join(f"{key} = {it}" for key, it in more.items())))

    return make


BOTH = (story("ferry", "2025-05-07", section="Economy", topics="[Boats]"), story("crane", "2025-05-08"))


@pytest.mark.parametrize("theme", ["broadsheet", "plain"])
def test_a_story_that_was_taken_away_has_a_page_that_says_what_it_was(site: Make, theme: str):
    made = site(*BOTH, story("pier", "2025-05-07"), theme=f'"{theme}"')
    send(made)
    remove(made, "ferry")
    assert "page-gone" in send(made)
    page = answer(made, "2025/05/07/ferry/")
    assert "Ferry" in page
    assert "This story was withdrawn." in page
    assert 'content="noindex"' in page
    assert 'datetime="2025-05-07"' in page
    assert 'href="/editions/2025-05-07/"' in page
    assert "/2025/05/07/ferry/ /2025/05/07/ferry/index.html 410!" in table(made)
    naming = {path for path, data in made.output().items() if b"05/07/ferry/" in data}
    assert naming == {".broadsheet", "_redirects"}  # no list, no sitemap, no feed
    assert "page-gone" not in send(made)  # said once
    assert "This story was withdrawn." in answer(made, "2025/05/07/ferry/")  # and kept
    made.write(BOTH[0])
    send(made)
    assert "withdrawn" not in answer(made, "2025/05/07/ferry/")  # a story that comes back has its address


def test_a_story_that_has_expired_says_so(site: Make):
    made = site(*BOTH)
    send(made)
    made.write(story("ferry", "2025-05-07", expires="2025-05-30"))
    send(made)
    assert "This story has expired." in answer(made, "2025/05/07/ferry/")


def test_a_story_that_is_a_draft_again_and_was_moved_before_is_gone_at_all_of_its_addresses(site: Make):
    made = site(*BOTH)
    send(made)
    [file] = (made.root / "content/stories").rglob("ferry.md")
    file.rename(file.with_name("boat.md"))
    send(made)
    boat = file.with_name("boat.md")
    boat.write_text(boat.read_text().replace("date:", "status: draft\ndate:"))
    send(made)
    for address in ("2025/05/07/ferry/", "2025/05/07/boat/"):
        assert "withdrawn" in answer(made, address)


def test_a_section_that_was_renamed_is_found_at_its_old_address_with_its_feeds(site: Make):
    made = site(*BOTH)
    send(made)
    made.write(BOTH[0].replace("Economy", "Business"))
    assert "page-moved" in send(made)
    assert 'href="/sections/business/"' in answer(made, "sections/economy/")
    for name in ("feed.xml", "atom.xml", "feed.json"):
        assert made.output()[f"sections/economy/{name}"] == made.output()[f"sections/business/{name}"]
    assert "/sections/economy/ /sections/business/ 301" in table(made)
    assert "/sections/economy/feed.xml /sections/business/feed.xml 301" in table(made)
    made.write(BOTH[0].replace("Economy", "Money"))
    send(made)
    for old in ("economy", "business"):  # both lead to where it is now
        assert 'href="/sections/money/"' in answer(made, f"sections/{old}/")
    assert not {"page-moved", "page-gone"} & send(made)


def test_a_section_whose_only_story_is_filed_under_another_has_not_changed_its_name_and_is_gone(site: Make):
    crane = story("crane", "2025-05-08", section="Harbour")
    made = site(BOTH[0], crane, sections='["Harbour", "Business"]')
    send(made)
    made.write(BOTH[0].replace("Economy", "Harbour"))
    assert "page-gone" in send(made)
    page = answer(made, "sections/economy/")
    assert "Economy" in page
    assert "is there no more" in page
    assert "/sections/economy/ /sections/economy/index.html 410!" in table(made)
    made.write(crane.replace("Harbour", "Business") + BOTH[0].replace("Economy", "Business"))
    send(made)
    assert "is there no more" in answer(made, "sections/harbour/")  # the settings still have it: it is empty for now
    settings = made.root / "pyproject.toml"
    settings.write_text(f"{settings.read_text()}\n[tool.broadsheet.section_aliases]\nEconomy = 'Business'\n")
    send(made)
    assert 'href="/sections/business/"' in answer(made, "sections/economy/")  # made one, as the settings say


def test_a_topic_that_takes_another_name_leads_there_and_one_that_ends_is_gone(site: Make):
    tales = [story(f"s{n}", f"2025-05-0{n}", topics="[Boats, Ports]") for n in range(1, 5)]
    made = site(*tales)
    send(made)
    made.write("".join(tale.replace("Boats", "Ships") for tale in tales))
    send(made)
    assert 'href="/topics/ships/"' in answer(made, "topics/boats/")
    made.write("".join(tale.replace("Boats, Ports", "Ships") for tale in tales))
    send(made)
    page = answer(made, "topics/ports/")  # its stories stood under Ships before: that is not its new name
    assert "Ports" in page
    assert "What stood here is there no more" in page
    assert "/topics/ports/feed.xml /topics/ports/index.html 410!" in table(made)


def test_a_section_and_a_topic_that_are_empty_for_now_keep_their_subscribers(site: Make):
    pier = story("pier", "2025-05-07", section="Harbour", topics="[Ports]")
    made = site(pier, story("crane", "2025-05-08", section="World", topics="[Ports]"), sections='["World", "Harbour"]')
    send(made)
    remove(made, "pier")
    send(made)
    for gone in ("sections/harbour/", "topics/ports/"):
        assert f"/{gone} /{gone}index.html 410!" in table(made)
        assert not [line for line in table(made) if line.startswith(f"/{gone}feed.xml")]


def test_an_edition_without_a_title_is_named_by_its_slug_where_it_is_gone(site: Make):
    made = site(*BOTH)
    send(made)
    remove(made, "ferry")
    report = Report()
    request = PublishRequest(dry=True)
    publish_site(open_site(made.root), Options(NOW), request, report, silent, lambda _: None)
    assert [one.message.partition(" was")[0] for one in report if "/editions/2025-05-07/" in one.message] == [
        "edition '2025-05-07'"
    ]


def test_a_topic_that_the_settings_rename_leads_to_that_name(site: Make):
    tales = [story(f"s{n}", f"2025-05-0{n}", topics="[Boats]") for n in range(1, 3)]
    more = [story(f"t{n}", f"2025-05-0{n}", topics="[Ships]") for n in range(1, 7)]
    made = site(*tales, *more)
    send(made)
    settings = made.root / "pyproject.toml"
    settings.write_text(f"{settings.read_text()}\n[tool.broadsheet.topic_aliases]\nBoats = 'Ships'\n")
    send(made)
    assert 'href="/topics/ships/"' in answer(made, "topics/boats/")


def test_a_topic_with_too_few_stories_for_a_page_is_gone_and_comes_back_to_its_address(site: Make):
    tales = [story(f"s{n}", f"2025-05-0{n}", topics="[Boats]") for n in range(1, 4)]
    made = site(*tales)
    send(made)
    made.write("".join(tale.replace("Boats", "Other") for tale in tales[1:]))
    send(made)
    assert "is there no more" in answer(made, "topics/boats/")
    made.write("".join(tales))
    send(made)
    assert "is there no more" not in answer(made, "topics/boats/")


def test_authors_and_sources_and_a_taxonomy_of_the_sites_own_lead_on(site: Make):
    tale = story("ferry", "2025-05-07", authors="[Ada Moor]", source="{name: The Post}", country="[Peru]")
    made = site(tale, BOTH[1], taxonomies='{country = "Countries"}')
    send(made)
    old = {path for path in made.output() if path.split("/")[0] in ("authors", "sources") or "peru" in path}
    assert {"authors/ada-moor/index.html", "sources/the-post/index.html"} <= old
    made.write(tale.replace("Ada Moor", "Ada Moore").replace("The Post", "The Harbour Post").replace("Peru", "Bolivia"))
    send(made)
    assert 'href="/authors/ada-moore/"' in answer(made, "authors/ada-moor/")
    assert 'href="/sources/the-harbour-post/"' in answer(made, "sources/the-post/")
    [peru] = [path for path in old if path.endswith("peru/index.html")]
    assert "bolivia/" in made.output()[peru].decode()


def test_a_page_of_the_editors_own_is_known_again_by_its_text_or_by_an_alias(site: Make):
    made = site(*BOTH, '-- content/pages/about.md --\n---\ntitle: "About"\n---\n\nWho we are.\n')
    send(made)
    (made.root / "content/pages/about.md").rename(made.root / "content/pages/us.md")
    assert "page-moved" in send(made)
    assert 'href="/us/"' in answer(made, "about/")
    text = '-- content/pages/we.md --\n---\ntitle: "We"\naliases: [/us/, /old-us.html]\n---\n\nAll is new here.\n'
    remove(made, "us")
    made.write(text)
    send(made)
    for path in ("us/index.html", "old-us.html"):
        assert 'href="/we/"' in made.output()[path].decode()
    remove(made, "we")
    send(made)
    assert "is there no more" in answer(made, "we/")


def test_an_alias_of_a_page_that_something_else_has_is_reported_with_its_line(site: Make):
    made = site(
        *BOTH, '-- content/pages/about.md --\n---\ntitle: "About"\naliases:\n- /2025/05/07/ferry/\n---\n\nWe.\n'
    )
    made.build()
    [problem] = [problem for problem in made.report if problem.code == "alias"]
    assert (problem.place.file, problem.place.line) == ("content/pages/about.md", 4)


def test_the_further_pages_of_a_list_that_grew_shorter_lead_to_it(site: Make):
    tales = [story(f"s{n}", f"2025-05-0{n}", section="World") for n in range(1, 6)]
    made = site(*tales, per_page=2)
    send(made)
    assert "sections/world/page/3/index.html" in made.output()
    for name in ("s1", "s2", "s3"):
        remove(made, name)
    send(made)
    for number in (2, 3):
        assert 'href="/sections/world/"' in answer(made, f"sections/world/page/{number}/")
    send(made)
    assert 'href="/sections/world/"' in answer(made, "sections/world/page/3/")  # and so they stay


def test_an_archive_of_the_feed_answers_when_stories_no_longer_fill_it(site: Make):
    made = site(*[story(f"s{n}", f"2025-05-0{n}") for n in range(1, 6)], feed_items=2, feed_archives=1)
    send(made)  # archive 1 is older than those that are kept
    assert "feeds/2/feed.json" in made.output()
    assert "feeds/1/feed.xml" not in made.output()
    for name in ("s1", "s2"):
        remove(made, name)
    for _ in range(2):
        send(made)
        archive = feedparser.parse(made.output()["feeds/2/feed.xml"])
        assert (archive.entries, archive.bozo, archive.feed.link) == ([], False, "https://example.org/")
        assert "feeds/2/index.html" not in made.output()


def test_an_archive_of_the_feed_answers_when_newer_ones_take_its_place(site: Make):
    made = site(*[story(f"s{n}", f"2025-05-0{n}") for n in range(1, 6)], feed_items=2, feed_archives=1)
    send(made)
    for n in (6, 7):
        made.write(story(f"s{n}", f"2025-05-0{n}"))
    send(made)
    assert feedparser.parse(made.output()["feeds/3/feed.xml"]).entries
    assert made.output()["feeds/2/feed.xml"]


def test_an_edition_and_a_month_without_a_story_are_gone(site: Make):
    made = site(*BOTH, story("old", "2025-03-07"))
    send(made)
    remove(made, "old")
    made.build()
    said = [problem.message for problem in made.report if problem.code == "page-gone"]
    assert "edition '2025-03-07' was published at /editions/2025-03-07/: a page there says that it is gone" in said
    assert not [message for message in said if "''" in message]
    send(made)
    for address in ("editions/2025-03-07/", "archive/2025/03/"):
        assert 'content="noindex"' in answer(made, address)
    assert "March 7, 2025" in answer(made, "editions/2025-03-07/")


def test_a_running_story_whose_address_changes_leads_on(site: Make):
    tales = [story(f"s{n}", f"2025-05-0{n}", thread="The harbour strike") for n in range(1, 5)]
    made = site(*tales)
    send(made)
    [old] = [path for path in made.output() if path.startswith("threads/") and path.count("/") == 2 and "html" in path]
    made.write("".join(tale.replace("The harbour strike", "Strike in the port") for tale in tales))
    send(made)
    assert "/threads/strike-in-the-port/" in made.output()[old].decode()


def test_addresses_that_are_transliterated_from_now_on_are_found_where_they_were(site: Make):
    tales = [
        story(
            f"паром-{n}",
            f"2025-05-0{n}",
            title="Паром",
            topics="[Порты]",
            thread="Забастовка",
            authors="[Анна Иванова]",
        )
        for n in range(1, 5)
    ]
    about = "-- content/pages/о-нас.md --\n---\ntitle: О нас\n---\n\nТекст.\n"
    named = "{ 'забастовка' = 'Забастовка в порту' }"
    made = site(*tales, about, thread_names=named)
    send(made)
    before = {urls.answered(path) for path in made.output() if path.endswith(".html") and not path.isascii()}
    assert {"2025/05/01/паром-1/", "topics/порты/", "authors/анна-иванова/", "о-нас/"} < before
    config = made.root / "pyproject.toml"
    config.write_text(config.read_text().replace("search =", 'slugs = "latin"\nsearch =', 1))
    assert "page-gone" not in send(made)
    now = {urls.answered(path) for path in made.output() if path.endswith(".html")}
    assert {"2025/05/01/parom-1/", "topics/porty/", "authors/anna-ivanova/", "o-nas/"} < now
    assert [one for one in now if one.startswith("threads/zabastovka-v-portu")]
    for old in before:
        assert "http-equiv" in answer(made, old), old


def entries(made: Workshop, address: str) -> list[int]:
    """How many entries each form of a feed has, by the library that readers use."""
    files = made.output()
    said = [feedparser.parse(files[f"{address}{name}"]) for name in ("feed.xml", "atom.xml")]
    assert [bool(one.version) for one in said] == [True, True]
    return [*(len(one.entries) for one in said), len(json.loads(files[f"{address}feed.json"])["items"])]


def test_the_feeds_of_a_running_story_that_ends_stay_and_have_no_entry(site: Make):
    tales = [story(f"s{n}", f"2025-05-0{n}", thread="The harbour strike") for n in range(1, 4)]
    made = site(*tales)
    send(made)
    assert entries(made, "threads/the-harbour-strike/") == [3, 3, 3]
    made.write("".join(story(f"s{n}", f"2025-05-0{n}", thread="none") for n in range(1, 4)))
    assert "page-gone" in send(made)
    assert entries(made, "threads/the-harbour-strike/") == [0, 0, 0]
    assert "/threads/the-harbour-strike/feed.xml /threads/the-harbour-strike/index.html 410!" in table(made)
    report = Report()
    check_site(open_site(made.root), Options(NOW), report, silent)
    assert not [problem for problem in report if problem.severity != "note"]
    made.write("".join(tales))
    send(made)
    assert entries(made, "threads/the-harbour-strike/") == [3, 3, 3]


def test_the_feeds_of_a_running_story_that_goes_into_another_are_those_of_the_other(site: Make):
    made = site(*(story(f"s{n}", f"2025-05-0{n}", thread="The harbour strike") for n in range(1, 4)))
    send(made)
    made.write("".join(story(f"s{n}", f"2025-05-0{n}", thread="Strike in the port") for n in range(1, 4)))
    send(made)
    assert entries(made, "threads/the-harbour-strike/") == [3, 3, 3]
    assert "/threads/the-harbour-strike/feed.xml /threads/strike-in-the-port/feed.xml 301" in table(made)


def test_a_feed_that_has_subscribers_goes_on_with_too_few_stories_and_without_its_form(site: Make):
    made = site(*(story(f"s{n}", f"2025-05-0{n}", authors="[Ada Reed]") for n in range(1, 4)))
    send(made)
    made.write("".join(story(f"s{n}", f"2025-05-0{n}") for n in range(1, 3)))
    send(made)
    assert entries(made, "authors/ada-reed/") == [1, 1, 1]
    settings = made.root / "pyproject.toml"
    settings.write_text(settings.read_text().replace("search = false", 'search = false\nfeed_forms = ["rss"]'))
    send(made)
    assert entries(made, "authors/ada-reed/") == [1, 0, 0]
    assert entries(made, "") == [3, 0, 0]


def test_check_finds_nothing_wrong_with_such_pages_and_says_what_no_page_can_answer(site: Make):
    pier = story("pier", "2025-05-07", section="Science")
    made = site(*BOTH, pier)
    send(made)
    remove(made, "ferry")
    made.write(pier.replace("Science", "Health"))
    send(made)
    report = Report()
    check_site(open_site(made.root), Options(NOW), report, silent)
    assert not [problem for problem in report if problem.severity != "note"]


class Countries(msgspec.Struct, frozen=True):
    address: str = "countries.html"


def plan_countries(context: PlanContext) -> Iterator[Page]:
    yield context.page("countries.html", "countries.html", Countries())


def view_countries(made: Countries, context: ViewContext) -> dict[str, Any]:
    return {"page": context.page("countries", made.address, "Countries")}


def test_a_page_of_the_sites_own_whose_address_is_a_file_is_gone_as_others_are(site: Make):
    about = template("Countries.")
    kind = Kind("countries", Countries, view_countries, plan_countries, templates={"countries.html": about})
    made = site(*BOTH, "-- themes/broadsheet/templates/countries.html --\n{{ page.title }}\n")
    send(made, kind)
    assert "Countries" in answer(made, "countries.html")
    assert "page-gone" in send(made)
    assert "is there no more" in answer(made, "countries.html")
    assert "/countries.html /countries.html 410!" in table(made)
    assert "page-gone" not in send(made)
    assert "is there no more" in answer(made, "countries.html")
    assert "page-gone" not in send(made, kind)
    assert "is there no more" not in answer(made, "countries.html")


def test_the_preview_answers_410_for_what_is_gone(site: Make):
    from broadsheet.preview.builder import PreviewState

    made = site(*BOTH)
    send(made)
    remove(made, "ferry")
    built = made.build(preview=True)
    state = PreviewState(made.site, "", pages={page.path: page for page in built.plan}, built=True)
    found = server.find("2025/05/07/ferry/", state)
    assert found.status == 410
    assert b"withdrawn" in found.data
    assert server.find("2025/05/08/crane/", state).status == 200


def test_what_no_reader_has_seen_leaves_nothing_behind(site: Make):
    made = site(*BOTH)
    made.build()
    remove(made, "ferry")
    made.build()
    assert "2025/05/07/ferry/index.html" not in made.output()


def test_the_record_keeps_a_line_for_each_page_and_the_same_bytes_for_the_same_site(site: Make):
    made = site(*BOTH)
    send(made)
    record = made.root / "content/published/record.jsonl"
    before = record.read_bytes()
    kinds = {json.loads(line).get("kind", "story") for line in before.splitlines()}
    assert {"story", "edition", "section", "list"} <= kinds
    send(made)
    assert record.read_bytes() == before


@pytest.mark.parametrize("theme", ["broadsheet", "plain"])
def test_what_is_gone_says_so_in_the_language_of_the_site(site: Make, theme: str):
    made = site(*BOTH, story("pier", "2025-05-07"), theme=f'"{theme}"', language='"ar"')
    send(made)
    remove(made, "ferry")
    send(made)
    page = answer(made, "2025/05/07/ferry/")
    assert '<html lang="ar" dir="rtl">' in page
    assert "أُزيل هذا الخبر." in page
    assert '<h1 dir="auto">' in page
    for english in ("withdrawn", "Published", "Edition", "latest"):
        assert f">{english}" not in page
