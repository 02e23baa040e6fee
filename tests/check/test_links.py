"""Links and pages: what leads nowhere is reported at its place in the sources."""

from collections.abc import Callable

import pytest

from tests.check.conftest import Checking
from tests.conftest import story

Make = Callable[..., Checking]

BODY = """\
First line.

See [the harbour](/2025/05/07/harbor/) and [the pier][pier], <https://elsewhere.example/>.

A relative [link](../nowhere/), and <a href="/raw/">raw</a>, and [mail](mailto:a@example.org).

[pier]: /no/pier/"""
STORY = "content/stories/2025/05/port.md"
HARBOUR = story("harbour", "2025-05-07", section="World")


def test_a_site_without_a_story_leads_nowhere(checking: Make):
    made = checking()
    assert "link-broken" not in made.told()


def test_a_site_that_is_right_is_told_nothing(checking: Make):
    made = checking(
        HARBOUR,
        story("port", "2025-05-08", section="World", body="See [the harbour](/2025/05/07/harbour/#main)."),
        "-- content/pages/about.md --\n---\ntitle: About\n---\n\n[Front](/) [World](/sections/world/) [feed](/feed.xml)\n",
    )
    assert made.told() == {}


def test_a_broken_link_is_told_with_the_line_that_it_stands_in(checking: Make):
    made = checking(HARBOUR, story("port", "2025-05-08", body=BODY))
    assert dict.fromkeys(made.told()["link-broken"]) == dict.fromkeys(
        [
            (f"{STORY}:9", "leads to /2025/05/07/harbor/, which does not exist"),
            (f"{STORY}:9", "leads to /no/pier/, which does not exist"),
            (f"{STORY}:11", "leads to /2025/05/08/nowhere/, which does not exist"),
            (f"{STORY}:11", "leads to /raw/, which does not exist"),
        ]
    )
    (near, *_) = (problem for problem in made.problems if "harbor/" in problem.message)
    assert near.hint == "Did you mean '/2025/05/07/harbour/'?"
    assert made.report.exit_code() == 1


def test_a_link_that_stands_twice_is_told_at_both_lines(checking: Make):
    made = checking(story("port", "2025-05-08", body="[a](/no/)\n\n[b](/no/)"))
    assert [place for place, _ in made.told()["link-broken"]] == [f"{STORY}:7", f"{STORY}:9"]


def test_links_are_followed_below_the_path_of_the_sites_address(checking: Make):
    made = checking(
        story("port", "2025-05-08", body="[root](/about/) [wrong](/news/about/) [out](https://example.org/other/)"),
        "-- content/pages/about.md --\n---\ntitle: About\n---\n\nWe.\n",
    )
    file = made.made.root / "pyproject.toml"
    file.write_text(file.read_text().replace("https://example.org/", "https://example.org/news/"))
    assert made.told() == {"link-broken": [(f"{STORY}:7", "leads to /news/about/, which does not exist")]}


def test_addresses_in_other_scripts_are_found_however_they_are_written(checking: Make):
    made = checking(
        story("гавань", "2025-05-07"),
        story(
            "port", "2025-05-08", body="[a](/2025/05/07/гавань/) [b](/2025/05/07/%D0%B3%D0%B0%D0%B2%D0%B0%D0%BD%D1%8C/)"
        ),
    )
    assert made.told() == {}


def test_the_sites_own_address_in_full_counts_as_inside(checking: Make):
    made = checking(story("port", "2025-05-08", body="[a](https://example.org/no/) [b](http://example.org/)"))
    assert made.told() == {"link-broken": [(f"{STORY}:7", "leads to /no/, which does not exist")]}


def test_a_link_to_a_story_that_is_not_out_names_its_file(checking: Make):
    made = checking(
        story("port", "2025-05-08", body="[later](/2030/01/01/later/)"),
        story("later", "2025-06-02").replace("2025-06-02", "2030-01-01", 1),
    )
    made.made.write(story("later", "2030-01-01"))
    (made.made.root / "content/stories/2025/06/later.md").unlink(missing_ok=True)
    made.check()
    (problem,) = made.of("link-broken")
    assert problem.hint.startswith("It is the address of content/stories/2030/01/later.md, which is not published")


def test_a_broken_anchor_is_told_with_the_nearest_one(checking: Make):
    made = checking(story("port", "2025-05-08", body="[a](#mian) [b](#main) [c](/#latest-of-all) [d](#top) [e](#)"))
    told = made.told()["anchor-broken"]
    assert (f"{STORY}:7", "leads to the anchor #mian of /2025/05/08/port/, which does not exist") in told
    assert len(told) == 2
    assert next(problem.hint for problem in made.problems if "mian" in problem.message) == "Did you mean '#main'?"


def test_a_link_without_its_slash_is_noted(checking: Make):
    made = checking(HARBOUR, story("port", "2025-05-08", body="[a](/2025/05/07/harbour)"))
    assert made.told() == {"link-slash": [(f"{STORY}:7", "leads to /2025/05/07/harbour without a slash at its end")]}


@pytest.mark.parametrize(
    ("file", "place"),
    [
        ("-- content/pages/about.md --\n---\ntitle: About\n---\n\nWe.\n\n[x](/no/)\n", "content/pages/about.md:7"),
        ("-- content/editions/2025-05-08.md --\n---\ntitle: T\n---\n\n[x](/no/)\n", "content/editions/2025-05-08.md:5"),
    ],
)
def test_pages_of_ones_own_and_notes_on_editions_are_told_with_their_lines(checking: Make, file: str, place: str):
    made = checking(story("port", "2025-05-08"), file)
    assert made.told() == {"link-broken": [(place, "leads to /no/, which does not exist")]}


def test_the_words_above_corrections_are_told_with_their_line(checking: Make):
    made = checking(
        story("port", "2025-05-08", corrections="[{date: 2025-05-09, text: It said ten.}]"),
        "-- content/pages/corrections.md --\n---\ntitle: Corrections\n---\n\n[x](/no/)\n",
    )
    assert made.told() == {"link-broken": [("content/pages/corrections.md:5", "leads to /no/, which does not exist")]}


def test_a_link_of_a_template_is_told_once_with_the_templates_line(checking: Make):
    made = checking(
        HARBOUR,
        story("port", "2025-05-08", section="World"),
        '-- themes/broadsheet/templates/partials/mine.html --\n<p>\n<a href="{{ site.home }}gone/">Gone</a></p>\n',
        '-- themes/broadsheet/templates/prose.html --\n{% extends "prose.html" %}\n{% block main %}\n'
        '{% include "partials/mine.html" %}<a href="{{ page.url }}more/">M</a>{% endblock %}\n',
        "-- content/pages/about.md --\n---\ntitle: About\n---\n\nWe.\n",
        "-- content/pages/imprint.md --\n---\ntitle: Imprint\n---\n\nWe.\n",
    )
    told = made.told()["link-broken"]
    partial = "themes/broadsheet/templates/partials/mine.html:2"
    assert (partial, "leads to /gone/, which does not exist (on /about/, /imprint/)") in told
    template = "themes/broadsheet/templates/prose.html"
    assert (template, "leads to /about/more/, which does not exist (on /about/)") in told
    assert len(told) == 3


def test_a_storys_words_are_not_taken_for_the_link_of_a_template(checking: Make):
    own = "-- themes/broadsheet/templates/story.html --\n{% extends 'story.html' %}\n{% block head %}<link rel=x href='/gone/'>{% endblock %}\n"
    made = checking(story("port", "2025-05-08", body="It is gone: `/gone/`."), own)
    assert made.told() == {
        "link-broken": [
            ("themes/broadsheet/templates/story.html:2", "leads to /gone/, which does not exist (on /2025/05/08/port/)")
        ]
    }


def test_a_link_of_a_key_that_the_theme_prints_is_told_with_the_keys_line(checking: Make):
    own = "-- themes/broadsheet/templates/story.html --\n{% extends 'story.html' %}{% block head %}<link rel=x href='{{ story.extra.more }}'>{% endblock %}\n"
    made = checking(
        story("port", "2025-05-08", more="/no/more/"),
        own,
        settings='[tool.broadsheet.silence]\n"key-unknown" = ["*"]\n',
    )
    assert made.told() == {"link-broken": [(f"{STORY}:5", "leads to /no/more/, which does not exist")]}


@pytest.mark.parametrize("link", ["/n%C3%B6/", "/nö/", "../../../../nö/", "/n\\ö/", "/n&ouml;/"])
def test_a_link_is_found_in_its_text_however_it_is_written(checking: Make, link: str):
    made = checking(story("port", "2025-05-08", body=f"[x]({link})"))
    ((place, _),) = made.told()["link-broken"]
    assert place == f"{STORY}:7"


def test_an_address_that_is_none_is_told(checking: Make):
    prose = "-- themes/broadsheet/templates/prose.html --\n{% extends 'prose.html' %}{% block main %}<a href='http://[half/'>x</a>{% endblock %}\n"
    made = checking(story("port", "2025-05-08"), prose, "-- content/pages/about.md --\n---\ntitle: A\n---\n\nWe.\n")
    place = "themes/broadsheet/templates/prose.html"
    assert made.told() == {"link-broken": [(place, "'http://[half/' is not a valid address (on /about/)")]}


def test_a_page_that_no_link_leads_to_is_told(checking: Make):
    alone = "-- themes/broadsheet/templates/partials/footer.html --\n{% macro footer(site, here) %}{% endmacro %}\n"
    made = checking(story("port", "2025-05-08"), alone, "-- content/pages/lost.md --\n---\ntitle: Lost\n---\n\nx\n")
    assert ("content/pages/lost.md", "no link leads to /lost/") in made.told()["page-orphan"]


def test_redirects_are_no_orphans_and_lead_where_they_should(checking: Make):
    assert checking(story("port", "2025-05-08", aliases="[/old/port.html]")).told() == {}


def test_a_second_check_reads_only_what_changed_and_tells_the_same(checking: Make):
    made = checking(HARBOUR, story("port", "2025-05-08", body=BODY))
    first = made.check()
    before = made.problems
    assert first.read == first.pages + first.feeds
    again = made.check()
    assert (again.read, made.problems) == (0, before)
    made.made.write(story("port", "2025-05-08", body="All is [well](/)."))
    third = made.check()
    assert 0 < third.read < first.read
    assert made.problems == []


@pytest.mark.parametrize("broken", [b"", b"\x93", b"not msgpack at all"])
def test_what_was_kept_and_is_broken_is_read_again(checking: Make, broken: bytes):
    made = checking(story("port", "2025-05-08", body=BODY))
    made.check()
    before = made.problems
    (made.made.root / ".broadsheet/check.msgpack").write_bytes(broken)
    assert made.check().read > 0
    assert made.problems == before


def test_many_processes_tell_what_one_does(checking: Make):
    stories = "".join(story(f"s{n}", "2025-05-08", body=f"[x](/no/{n % 7}/)") for n in range(600))
    made = checking(stories, settings="threads = false\n")
    made.check(workers=2)
    told = made.problems
    (made.made.root / ".broadsheet/check.msgpack").unlink()
    made.check(workers=1)
    assert made.problems == told
    assert len(made.of("link-broken")) == 600
