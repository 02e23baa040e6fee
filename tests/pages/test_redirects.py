"""Old addresses: each leads to its story, or is refused with its line and leaves nothing behind."""

from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from broadsheet.pages import urls
from tests.conftest import Workshop, story

Make = Callable[..., Workshop]
PLAIN = "search = false\nshare_cards = 0\n"


@pytest.mark.parametrize(
    ("alias", "file"),
    [
        ("/old/port.html", "old/port.html"),
        ("/old/port.htm", "old/port.htm"),
        ("/old/port/", "old/port/index.html"),
        ("/old/port", "old/port/index.html"),
        ("/port.php", "port.php/index.html"),
        ("/v2.0/", "v2.0/index.html"),
        ("/h%C3%A4fen/", "häfen/index.html"),
        ("/häfen/", "häfen/index.html"),
        ("/an%20old%20page/", "an old page/index.html"),
        ("/wiki/Talk:Port/", "wiki/Talk:Port/index.html"),
        ("/100%/", "100%/index.html"),
    ],
)
def test_the_page_at_an_old_address_is_one_that_a_host_finds(alias: str, file: str):
    assert urls.old(alias) == file


REFUSED = [
    "/", "", "port/", "//other.example/port/", "https://other.example/port/", "/%2Fother.example/", "/a%2Fb/",
    "/port/?page=2", "/port/#crew", "/port/%3Fpage=2", "/port/%23crew",
    "/*", "/old/*", "/old/%2A", "/:splat", "/old/:name/", "/%3Asplat",
    "/a//b/", "/../b/", "/%2e%2e/b/", "/a/../../b/", "/.git/", "/.htaccess", "/a/.well-known/", "/%252e%252e/b/",
    "/a%00/", "/a%0A/", "/a%0D%0Ab/", "/a%E2%80%AE/", "/a%20/", "/%20/", "/a\\b/", "/a/%5C/", "/%FF/", "/<a>/", '/a"b/',
    "/feed.xml", "/feed.xml/", "/port/feed.json", "/rss.RSS", "/robots.txt", "/logo.png", "/sitemap-2.xml",
    "/_redirects", "/_headers", "/_headers/", "/_worker/", "/CNAME", "/static/old/", "/pictures/", "/pagefind/x/",
    "/" + "x" * 300, "/" + "ä" * 150, "/a" * 600,
]  # fmt: skip


@pytest.mark.parametrize("alias", REFUSED)
def test_what_is_no_plain_path_of_a_page_is_refused(alias: str):
    with pytest.raises(ValueError, match=r"\w"):
        urls.old(alias)


@given(st.text(alphabet="/ab.%20Ff*:?#\\_<é \n", max_size=12).map(lambda text: f"/{text}"))
def test_what_is_not_refused_is_a_page_in_its_folder(alias: str):
    try:
        path = urls.old(alias)
    except ValueError:
        return
    parts = path.split("/")
    assert parts[-1].endswith((".html", ".htm"))
    assert all(part.isprintable() and part == part.strip() and not part.startswith((".", ":")) for part in parts)
    assert not set(path) & set('?#*\\<>"|')
    assert urls.old(urls.Addresses("https://example.org/").local(path)) in (path, f"{path}/index.html")


@pytest.mark.parametrize(
    "alias",
    ["/feed.xml", "/feed.xml/x/", "/_redirects", "/_headers/", "/:splat", "/old/*", "/%2e%2e/x/", "/static/x/", "/a%0Ab/",
     "/404.html", "/index.html", "/about/", "/About/", "/2025/05/09/pier/", "/2025/05/09/pier", "/taken/", "/Taken/",
     "/taken/index.html", "/2025/05/08/port/", "/topics/", "/archive/2025/05/", "/404.html/x/"],
)  # fmt: skip
def test_a_refused_alias_is_told_with_its_line_and_leaves_no_trace(workshop: Make, alias: str):
    others = (
        story("pier", "2025-05-09", topics="[Sea]"), story("a-first", "2025-05-10", topics="[Sea]", aliases="[/taken/]"),
        '-- content/pages/about.md --\n---\ntitle: "About"\n---\nWords.\n',
    )  # fmt: skip
    made = workshop(*others, story("port", "2025-05-08", topics="[Sea]"), settings=PLAIN)
    made.build()
    without = made.output()
    made.write(story("port", "2025-05-08", topics="[Sea]", summary="x", aliases=f'["/old/port/", "{alias}"]'))
    made.build()
    (problem,) = made.problems()
    assert str(problem.place) == "content/stories/2025/05/port.md:7"
    assert alias in problem.message
    output = made.output()
    assert output.keys() - without.keys() == {"old/port/index.html"}
    assert output["_redirects"].decode().split() == [
        "/old/port/", "/2025/05/08/port/", "301", "/taken/", "/2025/05/10/a-first/", "301"
    ]  # fmt: skip
    made.write(story("port", "2025-05-08", topics="[Sea]"))
    made.build()
    assert made.problems() == []
    assert {path: data for path, data in made.output().items() if data != without.get(path)}.keys() <= {".broadsheet"}


def test_an_alias_below_another_is_refused_whichever_story_it_is_of(workshop: Make):
    made = workshop(
        story("port", "2025-05-08", aliases="[/old.html]"), story("pier", "2025-05-09", aliases="[/old.html/x/]"),
        settings=PLAIN,
    )  # fmt: skip
    made.build()
    (problem,) = made.problems()
    assert problem.message.startswith("alias '/old.html' is refused: /old.html is a folder of other pages")
    assert str(problem.place) == "content/stories/2025/05/port.md:5"
    assert made.page("_redirects") == "/old.html/x/ /2025/05/09/pier/ 301\n"


def test_a_file_gives_way_to_a_folder_and_a_folder_to_a_file(workshop: Make):
    made = workshop(story("port", "2025-05-08", aliases="[/old.html, /a/b.html/c/]"), settings=PLAIN)
    made.build()
    made.write(story("port", "2025-05-08", aliases="[/old.html/x/, /a/b.html]"))
    made.build()
    assert made.problems() == []
    assert {"old.html/x/index.html", "a/b.html"} <= made.output().keys()


def test_one_path_in_several_spellings_is_one_page_and_every_spelling_stands_in_the_table(workshop: Make):
    made = workshop(
        story("port", "2025-05-08", aliases='["/häfen/", "/h%C3%A4fen", "/wiki/Talk:Port"]'), settings=PLAIN
    )
    made.build()
    assert made.problems() == []
    assert made.page("_redirects").splitlines() == [
        "/h%C3%A4fen /2025/05/08/port/ 301",
        "/h%C3%A4fen/ /2025/05/08/port/ 301",
        "/wiki/Talk%3APort /2025/05/08/port/ 301",
    ]


def test_an_old_address_of_a_list_leads_to_the_list_of_which_the_page_is_the_text(workshop: Make):
    made = workshop(
        story("one", "2025-05-06", topics="[Harbour]"),
        story("two", "2025-05-07", topics="[Harbour]"),
        '-- content/pages/topics/harbour.md --\n---\ntitle: "Harbour"\naliases: [/tags/harbour/]\n---\n\nOn the harbour.\n',
        settings=PLAIN,
    )
    made.build()
    assert "/tags/harbour/ /topics/harbour/ 301" in (made.root / "output/_redirects").read_text()
    assert 'url=/topics/harbour/"' in (made.root / "output/tags/harbour/index.html").read_text()
