"""What the parser's library does not know is written as HTML, line by line, and what is wrong is reported there."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from broadsheet.content import facts
from broadsheet.content.dialect import ExpandedText, written
from broadsheet.render.markdown import render
from broadsheet.typography import marks


def made(text: str) -> ExpandedText:
    return written(text, text.encode())


@pytest.mark.parametrize(
    ("text", "html"),
    [
        ("H~2~O, CO~2~.", "<p>H<sub>2</sub>O, CO<sub>2</sub>.</p>"),
        ("E=mc^2^ on the 21^st^", "<p>E=mc<sup>2</sup> on the 21<sup>st</sup></p>"),
        ("A ==marked *word*== here", "<p>A <mark>marked <em>word</em></mark> here</p>"),
        ("~gone~ and ~~gone~~", "<p><del>gone</del> and <del>gone</del></p>"),
        ("`==a==` and `x^2^`, \\==b\\==", "<p><code>==a==</code> and <code>x^2^</code>, ==b==</p>"),
        ("if a == b and c == d", "<p>if a == b and c == d</p>"),
        ("- one ==two\n- three== four", "<ul>\n<li>one ==two</li>\n<li>three== four</li>\n</ul>"),
        ("<sub>1</sub><sup>2</sup><mark>m</mark>", "<p><sub>1</sub><sup>2</sup><mark>m</mark></p>"),
        ("<https://a.example/x==y==z>", '<p><a href="https://a.example/x==y==z">https://a.example/x==y==z</a></p>'),
    ],
)  # fmt: skip
def test_marked_words_and_small_letters(text: str, html: str):
    assert render(text).strip() == html


def test_no_mark_goes_into_the_words_of_a_picture():
    assert 'alt="a ==b== c"' in render("![a ==b== c](pictures/x.png)")


def test_a_box_has_its_title_and_holds_markdown_with_footnotes_outside_of_it():
    html = render('Before.\n::: box It\'s "new"\nA *word*.[^1]\n\n- item\n:::\nAfter.\n\n[^1]: Note.', marks("en"))
    assert '<aside class="box"><p class="title"><b>It’s “new”</b></p>\n<p>A <em>word</em>.' in html
    assert html.index("<li>item</li>") < html.index("</aside>") < html.index("<p>After.</p>") < html.index("Note.")


@pytest.mark.parametrize("opening", ["::: box", ":::box", ":::: {.box}", "::: {.box} :::"])
def test_a_box_is_written_in_any_of_the_ways_that_are_usual(opening: str):
    assert '<aside class="box">\n<p>Words.</p>\n</aside>' in render(f"{opening}\nWords.\n:::")


def test_blocks_stand_in_one_another():
    html = render("::: box\n::: pull\nWords.\n:::\nMore.\n:::\nAfter.")
    assert html.index('class="box"') < html.index('class="pull"') < html.index("</aside>") < html.index("More.")
    assert html.count("</aside>") == 2
    assert html.rstrip().endswith("<p>After.</p>")


def test_colons_in_a_listing_are_code():
    assert "::: box" in render("```\n::: box\n:::\n```")
    assert not made("```\n::: box\n```\n").faults


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("A.\n\n::: bix\nB.\n:::", [("block-unknown", 3)]),
        ("A.\n\n::: box\nB.", [("block-open", 3)]),
        ("A.\n\n:::\n\nB.", [("block-unknown", 3)]),
        ("::: box\n::: pull\nA.\n:::", [("block-open", 1)]),
    ],
)
def test_what_is_wrong_with_a_block_is_reported_with_its_line(text: str, found: list[tuple[str, int]]):
    assert [(fault.code, fault.place.line) for fault in made(text).faults] == found
    problems = facts.problems(facts.brief(text, text.encode()), "a.md", 10)
    assert [(one.code, one.place.line) for one in problems] == [(code, line + 9) for code, line in found]
    assert "B." in render(text) or "A." in render(text)


@pytest.mark.parametrize("name", ["NOTE", "Tip", "important", "WARNING", "caution"])
def test_an_alert_of_github_is_the_block_of_that_name(name: str):
    alert, block = render(f"> [!{name}]\n> Words."), render(f"::: {name.lower()}\nWords.\n:::")
    assert f'<aside class="alert alert-{name.lower()}">' in alert
    assert "".join(alert.split()) == "".join(block.split())


def test_pictures_of_a_gallery_stand_each_by_itself():
    html = render("::: gallery\n![a](pictures/a.png)\n![b](pictures/b.png)\n\n![c](pictures/c.png)\n:::")
    assert html.count("<p><img") == 3
    assert '<div class="gallery">' in html


@pytest.mark.parametrize(
    ("address", "service"),
    [
        ("https://www.youtube.com/watch?v=dQw4w9WgXcQ", "YouTube"),
        ("https://youtu.be/dQw4w9WgXcQ?t=4", "YouTube"),
        ("https://vimeo.com/76979871", "Vimeo"),
        ("https://mastodon.social/@Gargron/100254678717223630", "mastodon.social"),
        ("https://bsky.app/profile/bsky.app/post/3l6oveex3ii2l", "Bluesky"),
        ("https://x.com/jack/status/20", "X"),
        ("https://twitter.com/jack/status/20", "X"),
    ],
)
def test_an_address_of_a_service_alone_in_a_paragraph_is_a_card_that_is_a_link(address: str, service: str):
    for text in (address, f"<{address}>"):
        html = render(f"Before.\n\n{text}\n\nAfter.")
        assert f'<p class="embed"><a href="{address}"><b>{service}</b> <small>' in html
    assert "<cite>What *it* is</cite>".replace("*", "") in render(f"[What *it* is]({address})")
    assert "embed" not in render(f"Among words {address} it is none.")


def test_a_card_is_no_lead_and_an_address_of_anybody_else_no_card():
    text = "https://youtu.be/dQw4w9WgXcQ\n\nThe first words."
    assert facts.brief(text, text.encode()).lead == "The first words."
    for address in ("https://youtube.com.evil.example/watch?v=dQw4w9WgXcQ", "https://example.org/x.com/a/status/1"):
        assert "embed" not in render(address)


def test_a_frame_of_a_service_is_a_card_and_loads_nothing():
    html = render(
        '<iframe width="5"\nsrc="https://www.youtube-nocookie.com/embed/dQw4w9WgXcQ?rel=0" title="A film"></iframe>\n\n'
        "Words <iframe src='//player.vimeo.com/video/76979871'></iframe> around."
    )
    assert '<a href="https://www.youtube.com/watch?v=dQw4w9WgXcQ"><b>YouTube</b> <cite>A film</cite>' in html
    assert '<a href="https://vimeo.com/76979871">vimeo.com/76979871</a> around' in html
    assert "<iframe" not in html


def test_media_of_the_site_are_named_like_pictures_and_those_of_others_are_links():
    text = (
        '<audio controls>\n<source src="audio/a.mp3" type="audio/mpeg">\nOld browser.\n</audio>\n\n'
        '<video src="v/b.mp4" poster="pictures/p.png" title="T"></video>\n\n<audio src="https://h.example/c.mp3"></audio>'
    )
    said = facts.brief(text, text.encode())
    assert [(one.address, one.line) for one in said.pictures] == [
        ("audio/a.mp3", 1),
        ("v/b.mp4", 6),
        ("pictures/p.png", 6),
    ]
    assert not said.dropped
    html = render(text)
    assert "Old browser" not in html
    assert '<a href="https://h.example/c.mp3"><b>h.example</b>' in html


@pytest.mark.parametrize("address", ["https://[bad", "//[bad", "HTTP://a.example:port/c.mp3"])
@pytest.mark.parametrize("name", ["audio", "video"])
def test_media_of_an_address_that_is_none_are_dropped_with_their_line_and_the_words_stay(name: str, address: str):
    text = f"First.\n\n<{name} src='{address}'></{name}>\n\nLast."
    problems = facts.problems(facts.brief(text, text.encode()), "a.md", 1)
    assert [(one.severity, one.code, one.place.line) for one in problems] == [("warning", "html-dropped", 3)]
    html = render(text)
    assert "First." in html
    assert "Last." in html
    assert "href" not in html
    assert "embed" not in render("https://[bad/@name/123")


def test_what_is_dropped_is_reported_and_words_of_two_elements_stay_apart():
    text = "<form>Name <input name=a></form>\n\n<script>x()</script>\n\n<math><mi>x</mi></math>"
    problems = facts.problems(facts.brief(text, text.encode()), "a.md", 1)
    assert [(one.code, one.place.line) for one in problems] == [
        ("html-dropped", 1),
        ("html-dropped", 3),
        ("html-dropped", 5),
    ]
    for html in ("<div>One</div><div>Two</div>", "<center>One</center>Two", "<header>One</header><main>Two</main>"):
        assert "OneTwo" not in render(html)


PIECES = st.sampled_from(
    ["::: box\n", ":::\n", "==", "~2~", "^2^", "a", " ", "\n", "\n\n", "> ", "- ", "`", "```\n", "<audio src=a.mp3>",
     "</audio>", "https://youtu.be/dQw4w9WgXcQ", "[x](https://vimeo.com/1)", "ü", "<b>", "*", "    ", "> [!NOTE]\n", "![", "](b.png)"]
)  # fmt: skip


@given(st.lists(PIECES, max_size=14))
def test_every_line_stays_in_its_place_and_every_body_can_be_rendered(pieces: list[str]):
    text = "".join(pieces)
    lines = made(text).text.split("\n")
    assert len(lines) >= len(text.split("\n"))
    assert all("</aside>" in line or not line for line in lines[len(text.split("\n")) :])
    render(text)
    facts.brief(text, text.encode())
