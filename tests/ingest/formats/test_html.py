"""A saved page becomes a draft: its own metadata first, its article and nothing around it."""

from __future__ import annotations

import datetime as dt

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from broadsheet.errors import BroadsheetError
from broadsheet.ingest.extract.draft import Draft, Fate, Hints, Source
from broadsheet.ingest.formats import html
from broadsheet.text import letters

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


def test_a_remote_picture_is_named_and_one_that_is_shown_is_no_doubt():
    draft = page()
    assert draft.image
    assert draft.image.value.src == "https://example.org/quay.jpg"
    assert draft.image.value.caption == "The quay at low tide."
    assert "image" not in draft.doubtful()


def test_a_picture_that_lies_beside_the_page_comes_along(tmp_path):
    (tmp_path / "quay.jpg").write_bytes(b"\xff\xd8\xff")
    assert "![The quay](quay.jpg)" in page(folder=str(tmp_path)).body
    assert "![" not in page(PAGE.replace('src="quay.jpg"', 'src="../quay.jpg"'), folder=str(tmp_path)).body


BROKEN = "https://[2001:db8::1/a"


@pytest.mark.parametrize(
    ("was", "now"),
    [
        ("</head>", f'<link rel="canonical" href="{BROKEN}"></head>'),
        ("</head>", f'<meta property="og:url" content="{BROKEN}"></head>'),
        ('"articleSection"', f'"url": "{BROKEN}", "image": "{BROKEN}", "articleSection"'),
        ("https://example.org/quay.jpg", BROKEN),
        ('src="quay.jpg"', f'src="{BROKEN}"'),
        ('href="/plan"', f'href="{BROKEN}"'),
    ],
)
@pytest.mark.parametrize("url", ["", BROKEN])
def test_a_broken_address_costs_no_story(was, now, url):
    assert was in PAGE
    draft = page(PAGE.replace(was, now, 1), url=url)
    assert draft.title.value == "Terminal to shut for eleven weeks"
    assert draft.authors
    assert draft.authors.value == ("Zoë Nuñez",)
    assert MORE in draft.body


def fate(draft: Draft, beginning: str) -> Fate:
    [found] = [fate for fate in draft.fates if fate.text.startswith(beginning)]
    return found


def test_every_block_has_one_fate_and_the_fate_says_why():
    draft = page()
    assert {fate.line for fate in draft.fates} == set(range(1, PAGE.count("\n") + 2))
    assert fate(draft, LEAD[:40]).role == "body"
    assert fate(draft, "Where to board").role == "subhead"
    assert fate(draft, "Terminal to shut for eleven weeks").role == "title"
    assert fate(draft, "By Zoë Nuñez").role == "byline"
    dropped = fate(draft, "Sign up to our newsletter")
    assert (dropped.role, bool(dropped.why)) == ("dropped", True)
    assert [one.role for one in draft.fates if one.line == PAGE[: PAGE.index("</article>")].count("\n") + 1] == [
        "markup"
    ]


def test_a_page_of_one_line_has_as_many_pieces_as_blocks():
    draft = page(PAGE.replace("\n", " "))
    assert {fate.line for fate in draft.fates} == {1}
    assert (fate(draft, LEAD[:40]).role, fate(draft, "Most read").role) == ("body", "dropped")


def test_what_is_not_carried_over_is_named_with_its_address():
    draft = page(
        PAGE.replace(
            "</article>",
            '<iframe src="https://films.example/7" title="A film"></iframe><img src="/other.jpg" alt="Another quay">'
            "<p>The works end in June.</p></article>",
        )
    )
    assert "https://films.example/7" in fate(draft, "A film").why
    assert fate(draft, "The quay at").role == "caption"
    assert "/other.jpg" in fate(draft, "Another quay").why
    assert "javascript" in fate(draft, "this").why
    assert "/plan" in fate(draft, "plan").why
    assert "not-carried-over" in {problem.code for problem in draft.problems}


@pytest.mark.parametrize("tag", ["noscript", 'template shadowrootmode="open"'])
def test_a_story_that_scripts_would_replace_is_read(tag):
    inner = f"<h1>Terminal to shut</h1><{tag}><p>{LEAD}</p><p>{MORE}</p><p>{LAST}</p></{tag.split()[0]}>"
    assert page(f"<html><body>{inner}</body></html>").body == f"{LEAD}\n\n{MORE}\n\n{LAST}\n"


def test_a_note_about_scripts_is_no_part_of_the_story():
    note = "<noscript><p>Please switch on JavaScript in your browser, or you will not see all of what this page has for you.</p></noscript>"
    assert "JavaScript" not in page(PAGE.replace("<article>", f"<article>{note}")).body


@pytest.mark.parametrize(
    "written",
    [f"{LEAD}\\n\\n{MORE}\\n\\n{LAST}", f"{LEAD}\\n{MORE}\\n{LAST}", f"<p>{LEAD}</p><p>{MORE}</p><p>{LAST}</p>"],
)
def test_a_story_that_stands_in_metadata_alone_is_read_there(written):
    script = f'{{"@type": "NewsArticle", "headline": "Terminal to shut", "articleBody": "{written}"}}'
    head = f'<title>Terminal to shut</title><script type="application/ld+json">{script}</script>'
    draft = page(f"<html><head>{head}</head><body><div id=app></div><footer>© The Gull</footer></body></html>")
    assert draft.body == f"{LEAD}\n\n{MORE}\n\n{LAST}\n"
    assert fate(draft, LEAD[:30]).role == "body"


@pytest.mark.parametrize("key", ["articleBody", "text"])
def test_a_page_that_shows_its_own_name_alone_is_read_by_its_metadata(key):
    article = f'{{"@type": "BlogPosting", "headline": "Terminal to shut", "{key}": "{LEAD} {MORE} {LAST}"}}'
    script = f'<script type="application/ld+json">[{{"@type": "WebPage", "name": "Gull"}}, {article}]</script>'
    draft = page(f"<html><head><title>The Gull</title>{script}</head><body><div id=app></div></body></html>")
    assert (draft.title.value, draft.body) == ("Terminal to shut", f"{LEAD} {MORE} {LAST}\n")


def test_of_two_articles_on_a_page_one_is_read_and_the_other_is_named():
    other = f"<article><h2>The herring are back</h2>{''.join(f'<p>{n} {LAST}</p>' for n in range(4))}</article>"
    draft = page(PAGE.replace("</article>", f"</article>{other}"))
    assert "herring" not in draft.body
    [problem] = [problem for problem in draft.problems if problem.code == "several-articles"]
    assert "The herring are back" in problem.message


def test_a_page_that_gives_its_last_change_alone_has_no_date_and_says_so():
    meta = '<meta property="article:modified_time" content="2025-03-13T09:00:00Z">'
    draft = page(f"<html><head>{meta}</head><body><h1>T</h1><p>{LEAD}</p><p>{MORE}</p></body></html>")
    assert draft.date is None
    assert draft.updated
    assert draft.updated.value == dt.datetime(2025, 3, 13, 9, tzinfo=dt.UTC)
    assert "date" in draft.doubtful()


@pytest.mark.parametrize(
    ("lang", "line", "day"),
    [
        ("en-US", "05/06/2024", dt.date(2024, 5, 6)),
        ("en", "05/06/2024 7:40 PM ET", dt.date(2024, 5, 6)),
        ("en-GB", "05/06/2024", dt.date(2024, 6, 5)),
        ("fr", "Mis en ligne le 12 sept. 2023", dt.date(2023, 9, 12)),
        ("en", "Updated 17 May 2024 | Published 16 May 2024", dt.date(2024, 5, 16)),
    ],
)
def test_the_date_that_a_page_prints_at_its_headline(lang, line, day):
    text = f"<html lang={lang}><body><article><h1>T</h1><p>{line}</p><p>{LEAD}</p><p>{MORE}</p></article><p>© 2019</p></body></html>"
    draft = page(text)
    assert draft.date
    found = draft.date.value
    assert (found.date() if isinstance(found, dt.datetime) else found) == day


def test_a_comment_does_not_date_a_story():
    comments = '<div class="comments"><p>Jo</p><time datetime="2025-05-09">9 May</time><p>I knew it would come to this.</p></div>'
    text = (
        f"<html><body><article><h1>T</h1><p>6 May 2025</p><p>{LEAD}</p><p>{MORE}</p></article>{comments}</body></html>"
    )
    draft = page(text)
    assert draft.date
    assert draft.date.value == dt.date(2025, 5, 6)


def test_a_page_beyond_all_bounds_is_refused_and_says_how_large_it_is():
    with pytest.raises(BroadsheetError, match="elements") as caught:
        page(f"<html><body><p>{LEAD}</p>{'<i>x</i>' * 61_000}</body></html>")
    assert caught.value.problem.code == "too-large"


def test_what_the_parser_cuts_off_is_said():
    deep = f"<html><body><h1>T</h1><p>{LEAD}</p><p>{MORE}</p>{'<div>' * 300}<p>{LAST}</p></body></html>"
    assert "page-cut" in {problem.code for problem in page(deep).problems}


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
def test_whatever_a_page_holds_every_line_has_a_fate(rows):
    text = "\n".join(rows)
    try:
        [draft] = html.read(Source("x.html", text.encode(), NOW), HINTS)
    except BroadsheetError:
        return
    lines = html.decoded(Source("x.html", text.encode(), NOW)).split("\n")
    assert {fate.line for fate in draft.fates} == set(range(1, len(lines) + 1))
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


ELEMENTS = [
    "a",
    "abbr",
    "address",
    "applet",
    "article",
    "aside",
    "audio",
    "b",
    "bdi",
    "blockquote",
    "button",
    "canvas",
    "center",
    "cite",
    "code",
    "data",
    "datalist",
    "del",
    "details",
    "dfn",
    "dialog",
    "div",
    "dl",
    "em",
    "embed",
    "fieldset",
    "figure",
    "footer",
    "form",
    "h2",
    "h3",
    "h4",
    "header",
    "hgroup",
    "i",
    "iframe",
    "ins",
    "kbd",
    "label",
    "legend",
    "main",
    "map",
    "mark",
    "menu",
    "meter",
    "nav",
    "noscript",
    "object",
    "ol",
    "optgroup",
    "option",
    "output",
    "p",
    "picture",
    "pre",
    "progress",
    "q",
    "ruby",
    "s",
    "samp",
    "search",
    "section",
    "select",
    "slot",
    "small",
    "span",
    "strike",
    "strong",
    "sub",
    "summary",
    "sup",
    "svg",
    "table",
    "template",
    "textarea",
    "time",
    "tt",
    "u",
    "ul",
    "var",
    "video",
    "x-fact",
    "math",
]
INSIDE = {
    "dl": "<dl><dt>Height</dt><dd>{}</dd></dl>", "ol": "<ol><li>{}</li></ol>", "ul": "<ul><li>{}</li></ul>",
    "menu": "<menu><li>{}</li></menu>", "table": "<table><tr><td>{}</td></tr></table>",
    "legend": "<fieldset><legend>{}</legend></fieldset>", "option": "<select><option>{}</option></select>",
    "summary": "<details><summary>{}</summary><p>More.</p></details>", "svg": "<svg><text>{}</text></svg>",
    "figure": "<figure><img src='https://q.example/a.jpg'><figcaption>{}</figcaption></figure>",
    "noscript": "<noscript><p>{}</p></noscript>", "math": "<math><mtext>{}</mtext></math>",
}  # fmt: skip
STRAY = "Forty new lanterns were hung on the quay at Kettleford, the keeper of the light said."


@pytest.mark.parametrize("element", ELEMENTS)
def test_a_sentence_is_used_or_named_whatever_element_it_stands_in(element: str):
    inside = INSIDE.get(element, f"<{element}>{{}}</{element}>").format(STRAY)
    for where in (f"{inside}<p>{MORE}</p>", f"<p>{MORE} {inside}</p>", f"<p>{MORE}</p><div class='box'>{inside}</div>"):
        page = f"<title>Terminal to shut</title><article><h1>Terminal to shut</h1><p>{LEAD}</p>{where}<p>{LAST}</p></article>"
        [draft] = html.read(Source("page.html", page.encode(), NOW), HINTS)
        named = [fate for fate in draft.fates if fate.text and letters(STRAY).startswith(letters(fate.text[:60]))]
        assert letters(STRAY) in letters(draft.body) or named, (element, where)
        for said in (LEAD, MORE, LAST):
            assert letters(said) in letters(draft.body), (element, where)


def test_the_button_that_a_heading_is_opens_its_text():
    page = PAGE.replace("</article>", f"<h3><button>What of the islands?</button></h3><p>{LAST} {STRAY}</p></article>")
    [draft] = html.read(Source("page.html", page.encode(), NOW), HINTS)
    assert "What of the islands?" in draft.body


ENDS = {
    "expiration": '<meta property="article:expiration_time" content="2025-09-01T00:00:00Z">',
    "robots": '<meta name="robots" content="index, unavailable_after: 1 Sep 2025 00:00:00 GMT">',
    "googlebot": '<meta name="googlebot" content="unavailable_after: 2025-09-01">',
    "valid": '<meta name="dcterms.valid" content="start=2025-03-12; end=2025-09-01;">',
    "expires": '<meta name="expires" content="Mon, 01 Sep 2025 00:00:00 GMT">',
    "json-ld": '<script type="application/ld+json">{"@type":"NewsArticle","headline":"Terminal to shut","expires":'
    '"2025-09-01"}</script>',
}


def marked(more: str) -> Draft:
    head = f'<title>Terminal to shut for eleven weeks</title><meta name="date" content="2025-03-12">{more}'
    page = f"<html><head>{head}</head><body><h1>Terminal to shut for eleven weeks</h1><p>{LEAD}</p><p>{MORE}</p></body></html>"
    return html.read(Source("page.html", page.encode(), NOW), HINTS)[0]


@pytest.mark.parametrize("more", ENDS.values(), ids=ENDS)
def test_a_page_that_says_when_it_goes_goes_then(more: str):
    draft = marked(more)
    assert draft.expires
    assert draft.expires.value.date() == dt.date(2025, 9, 1)
    assert not draft.held


@pytest.mark.parametrize(
    "more",
    ['<meta http-equiv="expires" content="0">', '<meta name="expires" content="never">', '<meta name="expires" content="-1">',
     '<meta name="expires" content="Tue, 01 Jan 1980 1:00:00 GMT">', '<meta name="robots" content="index, follow">'],
)  # fmt: skip
def test_how_long_a_browser_may_keep_a_page_is_no_end_of_it(more: str):
    draft = marked(more)
    assert draft.expires is None
    assert not draft.held


@pytest.mark.parametrize(
    "more",
    ['<meta name="embargo" content="2031-01-01T06:00:00Z">', '<meta name="dcterms.available" content="2031-01-01T06:00:00Z">',
     '<meta property="article:published_time" content="2031-01-01T06:00:00Z">'],
)  # fmt: skip
def test_a_page_that_is_not_to_be_read_yet_waits(more: str):
    draft = marked(more)
    assert draft.embargo
    assert draft.embargo.value == dt.datetime(2031, 1, 1, 6, tzinfo=dt.UTC)


@pytest.mark.parametrize(
    "more",
    ['<meta name="article:status" content="embargoed">', '<meta property="article:status" content="draft">',
     '<script type="application/ld+json">{"@type":"NewsArticle","creativeWorkStatus":"Draft"}</script>'],
)  # fmt: skip
def test_a_page_that_says_that_it_is_a_draft_is_held(more: str):
    assert marked(more).held


def test_the_day_of_a_caption_is_not_the_storys():
    figure = "<figure><img src='a.jpg'><figcaption>The quay on 12 May 2019. Photo: Ada Moll</figcaption></figure>"
    page = (
        f"<title>Terminal to shut</title><article><h1>Terminal to shut</h1>{figure}<p>{LEAD}</p><p>{MORE}</p></article>"
    )
    assert html.read(Source("page.html", page.encode(), NOW), HINTS)[0].date is None


def test_a_paragraph_of_one_word_stays_among_the_others_of_a_page_without_an_article():
    raw = "<h1>Will it open?</h1>The council was asked.<br><br>It met at noon.<p>No.</p>So it stays, said the keeper of the quay."
    assert "met at noon.\n\nNo.\n\nSo it stays" in page(f"<html><body>{raw}</body></html>").body


def test_the_day_of_a_post_that_a_page_quotes_is_not_its_date():
    quoted = '<blockquote><p>We are sorry.</p>&mdash; Ferry (@ferry) <a href="https://x.com/ferry/1">March 12, 2025</a></blockquote>'
    raw = f"<html><body><article><h1>Terminal to shut</h1><p>{LEAD}</p>{quoted}<p>{MORE}</p></article></body></html>"
    assert page(raw).date is None
    assert page(raw.replace("<p>Divers", "<p>Published on March 14, 2025.</p><p>Divers")).date


def test_a_page_of_headed_pictures_keeps_what_it_tells_of_each():
    told = ["The mill has stood empty since the flood of 1953.", "A family of nine left the house in a single night.",
            "The box was moved by hand in 1911, by forty men."]  # fmt: skip
    shown = "".join(f'<figure><img src="/a.jpg" alt=""><figcaption><h2>House {n}</h2><p>{said}</p></figcaption></figure>'
                    for n, said in enumerate(told))  # fmt: skip
    raw = f"<html><body><main><h1>Three houses to see</h1><p>The county lists three houses that may go.</p>{shown}</main></body></html>"
    assert all(said in page(raw).body for said in told)


PLAIN = "<!DOCTYPE html><html lang=en><head><title>{title}</title></head><body><article>{body}</article></body></html>"


@pytest.mark.parametrize(
    ("title", "heads"),
    [
        ("Terminal to shut for eleven weeks » The Ellery Gull » Harbour", "<h1>The Ellery Gull</h1>"),
        ("Terminal to shut for eleven weeks - The Ellery Gull", "<h1>The Ellery Gull</h1><h2>Terminal to shut for eleven weeks</h2>"),
        ("Terminal to shut for eleven weeks", "<h1><span>Harbour</span> <span>Terminal to shut for eleven weeks</span></h1>"),
    ],
    ids=["a logo", "a logo above the headline", "a label inside the headline"],
)  # fmt: skip
def test_a_logo_or_a_label_is_no_part_of_the_headline(title, heads):
    draft = page(PLAIN.format(title=title, body=f"{heads}<p>{LEAD}</p><p>{MORE}</p><p>{LAST}</p>"))
    assert draft.title.value == "Terminal to shut for eleven weeks"


def test_the_word_in_front_of_a_time_says_that_it_is_of_a_change():
    days = '<p>Updated <time datetime="2025-03-13">13 March</time>, published <time datetime="2025-03-12">12 March</time></p>'
    draft = page(
        PLAIN.format(title="Terminal to shut", body=f"<h1>Terminal to shut</h1>{days}<p>{LEAD}</p><p>{MORE}</p>")
    )
    assert draft.date
    assert str(draft.date.value) == "2025-03-12"
    assert draft.updated
    assert str(draft.updated.value) == "2025-03-13"


def test_a_button_inside_a_sentence_is_one_of_its_words():
    said = (
        "<p>The council of <button>Port Ellery</button> voted on Wednesday.</p><p>Share <button>Facebook</button></p>"
    )
    draft = page(
        PLAIN.format(title="Terminal to shut", body=f"<h1>Terminal to shut</h1>{said}<p>{LEAD}</p><p>{MORE}</p>")
    )
    assert "The council of Port Ellery voted on Wednesday." in draft.body
    assert "Facebook" not in draft.body
