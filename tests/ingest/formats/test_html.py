"""A saved page becomes a draft: its own metadata first, its article and nothing around it."""

from __future__ import annotations

import datetime as dt

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from broadsheet.errors import BroadsheetError
from broadsheet.ingest.extract.draft import Draft, Hints, Source
from broadsheet.ingest.formats import html

NOW = dt.datetime(2026, 1, 2, tzinfo=dt.UTC)
HINTS = Hints(today=NOW.date())

LEAD = (
    "The harbour of Port Ellery will shut its ferry terminal for eleven weeks, the council said on Wednesday evening."
)
MORE = "Divers are to replace the timber piles below the quay, which were driven when the terminal was built in 1931."
LAST = "Ferries to the outer islands will sail from the container quay until the first week of June, the harbour said."

PAGE = f"""<!DOCTYPE html>
<html lang="en">
<head>
<title>Terminal to shut | The Ellery Gull</title>
<meta property="og:title" content="Terminal to shut for eleven weeks | The Ellery Gull">
<meta property="og:site_name" content="The Ellery Gull">
<meta property="og:image" content="https://example.org/quay.jpg">
<script type="application/ld+json">
{{"@graph": [{{"@type": "WebSite", "name": "The Ellery Gull"}},
 {{"@type": "NewsArticle", "headline": "Terminal to shut for eleven weeks", "articleSection": "Transport",
  "datePublished": "2025-03-12T18:30:00+01:00", "dateModified": "2025-03-13T09:00:00+01:00",
  "author": [{{"@id": "#zn"}}]}},
 {{"@type": "Person", "@id": "#zn", "name": "Zoë Nuñez"}},]}}
</script>
</head>
<body>
<nav><ul><li><a href="/">Home</a></li><li><a href="/transport">Transport</a></li></ul></nav>
<article>
<h1>Terminal to shut for eleven weeks</h1>
<p class="byline">By Zoë Nuñez</p>
<p>{LEAD}</p>
<figure><img src="quay.jpg" alt="The quay"><figcaption>The quay at low tide.</figcaption></figure>
<p>{MORE} See the <a href="/plan">plan</a>, or <a href="javascript:alert(1)">this</a>.</p>
<div class="newsletter-signup"><p>Sign up to our newsletter, which brings the news of the harbour to you every morning.</p></div>
<h3>Where to board</h3>
<p>{LAST}</p>
<ul><li>Monday to Friday: hourly</li><li>Saturday: every two hours</li></ul>
<p><strong>Tickets</strong></p>
<p>Old tickets stay valid, and a ticket office opens beside the <em>container quay</em> on the first day of the works.</p>
</article>
<aside><h2>Most read</h2><p><a href="/a">A much longer headline of another story that has nothing to do with this one</a></p></aside>
<footer><p>© 2025 The Ellery Gull. All rights reserved, and a long line of legal words that nobody ever reads.</p></footer>
<script>alert("hello")</script>
</body>
</html>
"""


def page(text: str = PAGE, **more: str) -> Draft:
    [draft] = html.read(Source("page.html", text.encode(), NOW, **more), HINTS)
    return draft


def test_the_fields_come_from_the_page_s_own_metadata():
    draft = page()
    assert draft.title.value == "Terminal to shut for eleven weeks"
    assert draft.authors
    assert draft.authors.value == ("Zoë Nuñez",)
    assert draft.section
    assert draft.section.value == "Transport"
    assert draft.date
    assert draft.date.value == dt.datetime(2025, 3, 12, 18, 30, tzinfo=dt.timezone(dt.timedelta(hours=1)))
    assert draft.updated
    assert draft.updated.value.day == 13
    assert draft.agency
    assert draft.agency.value == "The Ellery Gull"
    assert draft.lang
    assert draft.lang.value == "en"


def test_the_body_is_the_article_in_markdown():
    assert page(url="https://example.org/x").body == (
        f"{LEAD}\n\n{MORE} See the [plan](https://example.org/plan), or this.\n\n## Where to board\n\n{LAST}\n\n"
        "- Monday to Friday: hourly\n- Saturday: every two hours\n\n## Tickets\n\n"
        "Old tickets stay valid, and a ticket office opens beside the *container quay* on the first day of the works.\n"
    )


def test_a_remote_picture_is_noted_and_is_for_an_editor_to_look_at():
    draft = page()
    assert draft.image
    assert draft.image.value.src == "https://example.org/quay.jpg"
    assert "image" in draft.doubtful()


def test_a_picture_that_lies_beside_the_page_comes_along(tmp_path):
    (tmp_path / "quay.jpg").write_bytes(b"\xff\xd8\xff")
    assert "![The quay](quay.jpg)" in page(folder=str(tmp_path)).body
    assert "![" not in page(PAGE.replace('src="quay.jpg"', 'src="../quay.jpg"'), folder=str(tmp_path)).body


def test_every_line_has_one_fate_and_the_fate_says_why():
    draft = page()
    assert [fate.line for fate in draft.fates] == list(range(1, PAGE.count("\n") + 2))
    roles = {PAGE.split("\n")[fate.line - 1]: fate for fate in draft.fates}
    assert roles[f"<p>{LEAD}</p>"].role == "body"
    assert roles["<h1>Terminal to shut for eleven weeks</h1>"].role == "title"
    assert roles["<h3>Where to board</h3>"].role == "subhead"
    assert roles["</article>"].role == "markup"
    dropped = next(fate for row, fate in roles.items() if "newsletter-signup" in row)
    assert (dropped.role, bool(dropped.why)) == ("dropped", True)


def test_a_page_without_metadata_is_read_by_what_it_prints():
    bare = f"""<html><head><title>Terminal to shut - Gull</title></head><body><h1>Terminal to shut</h1>
    <div class="meta"><a href="/authors/jo-doe">Jo Doe</a></div><time datetime="2025-03-12">12 March</time>
    <p>{LEAD}</p><p>{MORE}</p><p>{LAST}</p></body></html>"""
    draft = page(bare)
    assert draft.title.value == "Terminal to shut"
    assert draft.authors
    assert draft.authors.value == ("Jo Doe",)
    assert draft.date
    assert draft.date.value == dt.date(2025, 3, 12)
    assert draft.body == f"{LEAD}\n\n{MORE}\n\n{LAST}\n"


def test_nothing_is_invented():
    draft = page(f"<html><body><p>{LEAD}</p><p>{MORE}</p><p>{LAST}</p></body></html>")
    assert (draft.date, draft.authors, draft.section, draft.agency) == (None, None, None, None)
    assert {"title", "date"} <= set(draft.doubtful())


def test_text_that_looks_like_markup_is_printed_as_it_was_written():
    odd = "1986. A year &lt;script&gt;x()&lt;/script&gt; *of* _all_ that nobody at the quay who saw it forgets."
    body = page(f"<html><body><h1>T</h1><p>{odd}</p><p>{LEAD}</p><p>{MORE}</p></body></html>").body
    assert body.startswith(r"1986\. A year \<script\>x()\</script\> \*of\* \_all\_ that nobody")


@pytest.mark.parametrize(
    ("charset", "declared"),
    [("cp1252", "iso-8859-1"), ("utf-8", "iso-8859-1"), ("shift_jis", "shift_jis"), ("koi8-r", "koi8-r")],
)
def test_a_page_is_read_in_the_charset_that_its_bytes_bear_out(charset, declared):
    word = {"cp1252": "Señor “Ñandú”", "utf-8": "Señor “Ñandú”", "shift_jis": "港のフェリー", "koi8-r": "Паром"}[
        charset
    ]
    text = f'<html><head><meta charset="{declared}"></head><body><p>{word} {LEAD}</p><p>{MORE}</p></body></html>'
    [draft] = html.read(Source("a.html", text.encode(charset), NOW), HINTS)
    assert draft.body.startswith(word)


@pytest.mark.parametrize(
    "text", ["<html><body></body></html>", "<!-- -->", "<html><body><nav>Home</nav></body></html>"]
)
def test_a_page_without_an_article_is_refused_with_a_reason(text):
    with pytest.raises(BroadsheetError) as caught:
        page(text)
    assert caught.value.problem.code == "no-story"


@given(
    st.lists(
        st.sampled_from([*PAGE.split("\n"), "<p>", "</div>", "<table><tr><td>x", "<li>", "<![CDATA[", "\0", "é"]),
        max_size=60,
    )
)
@settings(max_examples=60, deadline=None)
def test_whatever_a_page_holds_every_line_has_one_fate(rows):
    text = "\n".join(rows)
    try:
        [draft] = html.read(Source("x.html", text.encode(), NOW), HINTS)
    except BroadsheetError:
        return
    lines = html.decoded(Source("x.html", text.encode(), NOW)).split("\n")
    assert [fate.line for fate in draft.fates] == list(range(1, len(lines) + 1))
    assert "<script" not in draft.body


def test_a_page_that_says_it_is_embargoed_has_its_moment_and_the_line_is_no_text():
    prose = "The mill on the quay burnt on Monday night, the watchman said when the last of the water had been pumped away. "
    blocks = "".join(
        f"<p>{part}</p>\n" for part in ("EMBARGOED UNTIL 00.01 GMT 5 May 2031", prose * 2, prose * 3, prose)
    )
    text = f"<html><head><title>Mill burns</title></head><body><article><h1>Mill burns</h1>\n{blocks}</article></body></html>"
    [found] = html.read(Source("a.html", text.encode(), NOW), Hints(today=NOW.date()))
    assert found.embargo is not None
    assert found.embargo.value == dt.datetime(2031, 5, 5, 0, 1, tzinfo=dt.UTC)
    assert "EMBARGO" not in found.body
    assert [fate.line for fate in found.fates if fate.role == "status"] == [2]
