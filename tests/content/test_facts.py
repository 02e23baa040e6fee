"""The facts of a body are those of what is printed: its pictures, links, headings and lead."""

import re
from html import unescape
from urllib.parse import unquote

import nh3
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from broadsheet.content import facts, parser
from broadsheet.errors import Problem
from tests.conftest import examples

SOURCE = re.compile(r'<img\b[^>]*?\bsrc="([^"]*)"')


def shown(body: str) -> list[tuple[str, str | None, str]]:
    return [(one.address, one.words, one.title) for one in facts.read(body).pictures]


def told(body: str, first: int = 1) -> list[Problem]:
    return list(facts.problems(facts.brief(body, body.encode()), "a.md", first))


def printed(body: str) -> list[str]:
    """The addresses of the pictures that a browser would show of a rendered body, whatever order it puts them in."""
    html = nh3.clean(
        parser.markdown().html(body),
        tags={"img", "p", "a", "table", "td", "tr"},
        attributes={"img": {"src"}},
        clean_content_tags={"script", "style"},
    )
    return sorted(unquote(unescape(source)) for source in SOURCE.findall(html) if unescape(source).strip())


@pytest.mark.parametrize(
    ("body", "pictures"),
    [
        ('![A *pier*, "old"](p.png "By night")', [("p.png", 'A pier, "old"', "By night")]),
        ("![a][r], ![r][] and ![R]\n\n[r]: <p q.png> 'T'", [("p q.png", "a", "T"), ("p q.png", "r", "T"), ("p q.png", "R", "T")]),
        ("![a](p(1).jpg) ![b](p\\(2.jpg) ![c](<p )3.jpg>)", [("p(1).jpg", "a", ""), ("p(2.jpg", "b", ""), ("p )3.jpg", "c", "")]),
        ("![a](p&amp;q.png) ![b](my%20p.png)", [("p&q.png", "a", ""), ("my%20p.png", "b", "")]),
        ("[![in](p.png)](/l/) and ![out ![in](no.png)](o.png)", [("p.png", "in", ""), ("o.png", "out in", "")]),
        ("> - ![a](p.png)\n\n| t |\n|---|\n| ![b](q.png) |\n\n# ![c](r.png)", [("p.png", "a", ""), ("q.png", "b", ""), ("r.png", "c", "")]),
        ("a <IMG\nalt='x > y' title=T src=p.png/> b", [("p.png/", "x > y", "T")]),
        ("<figure>\n<img src='a&amp;b.png'>\n<figcaption>C</figcaption></figure>", [("a&b.png", None, "")]),
        ('<picture><source srcset="w.webp"><img src="p.png" alt=""></picture>', [("p.png", "", "")]),
        ("<div>\n\n![a](p.png)\n\n</div>", [("p.png", "a", "")]),
        ("<div>\n![a](no.png)\n</div>", []),
        ("`![a](no.png)`\n\n    ![b](no.png)\n\n```\n![c](no.png)\n<img src=no.png>\n```\n\n\\![d](no.png) !\\[e](no.png)", []),
        ("<!-- ![a](no.png) <img src=no.png> -->\n\n<script>\n'<img src=no.png>'\n</script>\n\n<!-->\n<img src=p.png>", [("p.png", None, "")]),
        ("<div><!--\n\n![a](no.png)\n\n<div>-->\n\n![b](p.png)", [("p.png", "b", "")]),
        ('<div><img alt="\n\n![a](no.png)\n\n![b](p.png)', [("p.png", "b", "")]),
        ("<pre>\n![a](no.png) <img src=p.png>\n</pre>", [("p.png", None, "")]),
    ],
)  # fmt: skip
def test_the_pictures_of_a_body_are_those_that_its_page_shows(body: str, pictures: list[tuple[str, str | None, str]]):
    assert shown(body) == pictures
    assert sorted(unquote(address) for address, _, _ in pictures) == printed(body)


NAMES = st.sampled_from(
    ["a.png", "pictures/b(1).jpg", "c d.png", "e&f.png", "ü.png", "g%20h.png", "x\\y.png", "i'j.png"]
)
WORDS = st.sampled_from(["a pier", "", "*old* `pier`", "[x]", "![in](k.png)", "a\nb", '"q"', "<i>", "\\]"])
TITLES = st.sampled_from(["", ' "By night"', " 'x'", " (y)", ' "a &quot; b"', '\n"next line"'])


@st.composite
def picture(draw: st.DrawFn) -> str:
    """A picture in one of the ways in which it may be written."""
    name, words, title = draw(NAMES), draw(WORDS), draw(TITLES)
    angle = f"<{name}>"
    markup = name.replace("&", "&amp;")
    ways = [
        f"![{words}]({angle}{title})",
        f"![{words}]({name.replace(' ', '%20')}{title})",
        f"![{words}][r{len(name)}]\n\n[r{len(name)}]: {angle}{title}\n",
        f"![r{len(name)}]\n\n[R{len(name)}]: {angle}\n",
        f'<img src="{markup}" alt="x">',
        f'<figure>\n<img alt="x" src="{markup}">\n</figure>\n',
        f'\n<picture><source srcset="w.webp"><img src="{markup}"></picture>\n',
        f"<a href='/x/'><IMG src='{markup.replace(chr(39), '&#39;')}'></a>",
    ]
    return draw(st.sampled_from(ways))


AROUND = st.sampled_from(
    [
        "", "\n", "\n\n", " ", "word ", "> ", "- ", "1. ", "    ", "\t", "# ", "`", "``", "```\n", "~~~\n", "*", "_", "[", "]", "(/l/)",
        "](", "!", "\\", "&", "<", ">", '"', "'", "|", "|-|\n", "[^1]", "\n[^1]: A note.\n", "\n\n[^1]: Ibid\n", "<b>", "</b>", "<!-- ", " -->",
        "\n<div>\n", "\n</div>\n", "<script>", "</script>", "<textarea>", "</textarea>", "<a href='x'>", "</a>", "<img alt='",
        "<iframe>", "</iframe>", "<br/>", "<?php ", "?>", "<![CDATA[", "]]>", "<!D ", "<https://a.example/>", "---\n", "===\n", "<img>", "<p>",
    ]
)  # fmt: skip
BODIES = st.lists(st.one_of(picture(), AROUND), max_size=10).map("".join)


@settings(max_examples=examples(500))
@given(BODIES)
def test_whatever_is_written_the_pictures_are_those_that_its_page_shows(body: str):
    assert sorted(unquote(one.address) for one in facts.read(body).pictures) == printed(body)


PLAIN = st.lists(
    st.one_of(
        st.sampled_from(["![a](p.png)", "![b](<q r.png> 'T')", "![c][r]\n\n[r]: s.png\n", "![ *d* ![e](t.png)](u.png)"]),
        st.sampled_from(["", "\n", "\n\n", " ", "word ", "two\nthree ", "> ", "- ", "1. ", "    ", "# ", "`", "```\n", "*", "_"]),
        st.sampled_from(["[", "]", "(/l/)", "](", "!", "\\", "&amp;", "&", '"', "|", "|-|\n", "  \n", "===\n", "---\n", "~~"]),
        st.sampled_from(["[^1]", "\n[^1]: A note.\n", "\n\n[^1]: Ibid\n", "https://a.example/"]),
    ),
    max_size=10,
).map("".join)  # fmt: skip


@settings(max_examples=examples(500))
@given(PLAIN)
def test_what_is_read_quickly_is_what_is_read_whole(body: str):
    whole, quick = facts.read(body), facts.brief(body, body.encode())
    assert (quick.lead, quick.dropped) == (whole.lead, ())
    assert [(one.address, one.words, one.line) for one in quick.pictures] == [
        (one.address, one.words, one.line) for one in whole.pictures
    ]


PARAGRAPH = st.lists(st.sampled_from(["word", "*two*", "[a link](/x/)", "`code`", "Zoë", "1.5", "“so”"]), min_size=1)


@given(st.lists(PARAGRAPH, min_size=1))
def test_words_are_counted_alike_with_html_and_without(paragraphs: list[list[str]]):
    body = "\n\n".join(map(" ".join, paragraphs))
    marked = f"{body}<!-- x -->"
    assert facts.brief(body, body.encode()).words == facts.brief(marked, marked.encode()).words


@pytest.mark.parametrize(
    ("body", "lead"),
    [
        ("## Head\n\n> Quoted.\n\n- item\n\n| t |\n|---|\n\nThe *lead*\nhas `two` [lines](/x/)  \nor three.", "The lead has two lines or three."),
        ("    code\n\n![p](p.png) with words\n\n[![q](q.png)](/l/)\n\nOnly ![r](r.png) this.", "Only this."),
        ("Tom &amp; Jerry \\*star\\* [one][r] <https://a.example/>\n\n[r]: /x/", "Tom & Jerry *star* one https://a.example/"),
        ("<div><b>Bold</b> words<br>here</div>\n\nMore.", "Bold words here"),
        ("<!-- no --><script>no</script>\n<figure><img src=p.png><figcaption>no</figcaption></figure>\n\nYes.", "Yes."),
        ("[^1]: A note.\n\nA claim.[^1] Another[^b].\n\n[^b]: Ibid", "A claim. Another."),
        ("A range [^a-z] that is no note.", "A range [^a-z] that is no note."),
        ("- a\n- b", ""),
        ("word " * 100, ("word " * 59).strip() + "…"),
    ],
)  # fmt: skip
def test_the_lead_is_the_first_paragraph_as_a_reader_reads_it(body: str, lead: str):
    assert facts.brief(body, body.encode()).lead == lead
    assert facts.read(body).lead == lead


def test_a_footnote_is_read_the_same_once_it_is_rendered():
    body = "A claim.[^1]\n\n[^1]: [A post](/p/) and ![a](p.png)\n"
    now, then = facts.read(body), facts.read(body, parser.FOREIGN)
    assert now.lead == then.lead == "A claim."
    assert [one.address for one in now.references] == [one.address for one in then.references] == ["/p/", "p.png"]


def test_headings_have_their_rank_their_text_and_their_place():
    body = "# One *two*\n\nText\n\nThree\n---\n\n<h3>A <b>b</b></h3>\n\n```\n# no\n```"
    found = [(one.level, one.text, body.encode()[one.start : one.end]) for one in facts.read(body).headings]
    assert found == [
        (1, "One two", b"# One *two*\n"),
        (2, "Three", b"Three\n---\n"),
        (3, "A b", b"<h3>A <b>b</b></h3>"),
    ]


def test_the_text_is_what_a_reader_reads():
    body = "# Head\n\n- a [b](/x/ 'T')\n- ![no](p.png)c\n\n<p>one<br>two <!-- no --><img alt=no src=p.png>\n"
    assert facts.read(body).paragraphs == ("Head", "a b", "c", "one\ntwo")


def test_what_pages_do_not_print_is_reported_with_its_line():
    body = (
        "A.\n\n<video><source src='v.mkv'><object data=o.pdf></object></video>\n\n<iframe\nsrc='https://a.example/1'></iframe>"
        "\n\n<img data-src='lazy.png'>\n\n`<iframe>` <embed src=e.swf>"
    )
    found = [(one.severity, one.code, one.place.line, one.message) for one in told(body, first=10)]
    assert found == [
        ("warning", "html-dropped", 12, "<video> is not shown"),
        ("warning", "html-dropped", 14, "<iframe> of 'https://a.example/1' is not shown"),
        ("warning", "html-dropped", 17, "<img> of 'lazy.png' is not shown"),
        ("warning", "html-dropped", 19, "<embed> of 'e.swf' is not shown"),
    ]


def test_a_picture_without_words_is_reported_with_its_line():
    body = (
        '![](a.png) ![x](b.png)\n\n![ ][r]\n\n<img src="d.png"> <img src="e.png" alt="">\n\n`![](f.png)`\n\n[r]: c.png'
    )
    assert [(one.code, one.place.line, one.message) for one in told(body, first=5)] == [
        ("picture-alt", 5, "picture 'a.png' has no alt text"),
        ("picture-alt", 7, "picture 'c.png' has no alt text"),
        ("picture-alt", 9, "picture 'd.png' has no alt text"),
    ]


@pytest.mark.parametrize("address", ["https://a.example/x.png", "HTTP://a.example/x.png", "//a.example/x.png"])
def test_a_picture_of_another_host_is_not_shown_and_needs_no_words(address: str):
    assert told(f"![]({address})") == []


@pytest.mark.parametrize(
    ("piece", "pictures"),
    [
        ("[^1]", 0),
        ("[^1]: x\n\n", 0),
        ("![", 0),
        ("![a](b) ", 1),
        ("<a ", 0),
        ("</p><p>", 0),
        ("<p>\n<img src=a>\n\n", 1),
    ],
)
def test_a_body_of_beginnings_is_read_once(piece: str, pictures: int):
    body = piece * 20_000  # the square of its time would be minutes
    assert len(facts.brief(body, body.encode()).pictures) == 20_000 * pictures
