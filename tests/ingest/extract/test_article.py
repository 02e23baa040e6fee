"""What a page prints around its article leaves it, whoever published it; what belongs to it stays."""

from __future__ import annotations

import pytest
from lxml import html as lxml_html

from broadsheet.ingest.extract import article
from broadsheet.ingest.extract.blocks import Block
from broadsheet.ingest.extract.page_blocks import read_blocks

ONE = "The lifeboat of Saint Orm was called out four times in one night, which its crew says has not happened before."
TWO = "Two of the calls came from the same yacht, whose skipper had lost his way in the fog and then his rudder."
THREE = "The crew was back at its station at six in the morning, tired, wet, and in good time for the market to open."


def kept(
    inner: str,
    *,
    title: str = "A long night",
    summaries: tuple[str, ...] = (),
    taken: tuple[str, ...] = (ONE, TWO, THREE),
):
    blocks = read_blocks(lxml_html.document_fromstring(f"<body><article>{inner}</article></body>"))
    parts = article.parts(blocks, taken, title, summaries, "en")
    return [
        (part.role, block.text) for block, part in zip(blocks, parts, strict=True) if part.role in ("body", "subhead")
    ]


def printed(inner: str) -> list[Block]:
    blocks = read_blocks(lxml_html.document_fromstring(f"<body>{inner}</body>"))
    return article.chosen(blocks, article.parts(blocks, (ONE, TWO, "Home again", THREE), "", (), "en"))


PROSE = [("body", ONE), ("body", TWO), ("body", THREE)]


@pytest.mark.parametrize(
    "extra",
    [
        '<p class="related-story">Read about the lifeboat that sank in the harbour mouth eleven years ago, and why it did.</p>',
        "<figure><figcaption>The lifeboat at its station on the morning after the storm, with all of its crew.</figcaption></figure>",
        '<p><a href="/other">Another story: the pilot boat is sold</a></p>',
        '<p>Never miss a story: <a href="https://example.org/newsletter">get it by mail</a></p>',
        "<ul><li><a href='/a'>The pilot boat is sold</a></li><li><a href='/b'>A new pier for Saint Orm</a></li></ul>",
        "<p>Advertisement</p>",
        "<h3>A heading that heads nothing</h3>",
        f"<div><p>{ONE}</p></div>",
    ],
)
def test_what_is_no_part_of_the_story_is_left_out(extra):
    assert kept(f"<h1>A long night</h1><p>{ONE}</p><p>{TWO}</p><p>{THREE}</p>{extra}") == PROSE


def test_a_paragraph_that_was_missed_joins_the_others_of_its_kind():
    assert kept(f"<p>{ONE}</p><p>{TWO}</p><p>{THREE}</p>", taken=(ONE, THREE)) == PROSE


def test_a_page_that_was_misunderstood_is_read_by_where_its_prose_is():
    assert (
        kept(f"<div>Take our survey</div><div><p>{ONE}</p><p>{TWO}</p><p>{THREE}</p></div>", taken=("Take our survey",))
        == PROSE
    )


def test_the_headline_is_not_printed_again():
    body = f"<h1>A long night</h1><p>{ONE}</p><h2>A long night</h2><p>{TWO}</p><p>{THREE}</p>"
    assert kept(body, taken=("A long night", ONE, TWO, THREE)) == PROSE


def test_the_standfirst_that_the_metadata_tells_opens_the_story():
    standfirst = "Four calls in one night: the lifeboat of Saint Orm sets a record"
    body = f"<h1>A long night</h1><header><p>{standfirst}</p></header><p>{ONE}</p><p>{TWO}</p><p>{THREE}</p>"
    assert kept(body, summaries=(standfirst,)) == [("body", standfirst), *PROSE]


LEDE = "Four calls in one night, a yacht without a rudder, and not a minute of sleep before the market opened at seven."
LEDE_TOO = "The crew of Saint Orm says it would go out again tomorrow."


def test_a_standfirst_of_several_paragraphs_stays_whole():
    head = f"<header><h1>A long night</h1><p class='lead'>{LEDE}</p><p class='lead'>{LEDE_TOO}</p><p>By Ada Moor</p></header>"
    assert kept(f"{head}<p>{ONE}</p><p>{TWO}</p><p>{THREE}</p>") == [("body", LEDE), ("body", LEDE_TOO), *PROSE]


def test_a_paragraph_right_below_the_headline_is_a_standfirst_whatever_it_is_called():
    head = f"<div><div><h1>A long night</h1></div></div><div class='dx7'><p>{LEDE}</p></div><div class='dx9'>Ada Moor</div>"
    assert kept(f"{head}<section><p>{ONE}</p><p>{TWO}</p><p>{THREE}</p></section>") == [("body", LEDE), *PROSE]


@pytest.mark.parametrize(
    "between",
    [
        f"<div class='promo'><p>{LEDE}</p></div>",
        f"<p><a href='/other'>{LEDE}</a></p>",
        f"<div>Share</div><div class='dx7'><p>{LEDE}</p></div>",
        "<div class='dx7'><p>Saint Orm, Tuesday</p></div>",
    ],
)
def test_what_stands_below_the_headline_and_is_no_paragraph_of_its_own_is_no_standfirst(between):
    assert kept(f"<h1>A long night</h1>{between}<section><p>{ONE}</p><p>{TWO}</p><p>{THREE}</p></section>") == PROSE


def test_a_heading_in_an_element_of_its_own_heads_the_paragraph_below_it():
    heading = "<div class='b17'><h2>Out again at two</h2></div>"
    rest = f"<div class='r1'>{TWO}</div><div class='r1'>{THREE}</div>"
    found = kept(f"<div class='r1'>{ONE}</div>{heading}{rest}")
    assert found == [("body", ONE), ("subhead", "Out again at two"), ("body", TWO), ("body", THREE)]


def test_a_heading_above_something_else_than_a_paragraph_of_the_story_is_left_out():
    heading = (
        "<div class='b17'><h2>More from the coast</h2><ul><li><a href='/a'>The pilot boat is sold</a></li></ul></div>"
    )
    rest = f"<div class='r1'>{TWO}</div><div class='r1'>{THREE}</div>"
    assert kept(f"<div class='r1'>{ONE}</div>{heading}{rest}") == PROSE


def test_headings_and_short_bold_paragraphs_are_subheads():
    body = f"<p>{ONE}</p><h3>Two calls</h3><p>{TWO}</p><p><b>Home again</b></p><p>{THREE}</p>"
    assert [role for role, _ in kept(body, taken=(ONE, TWO, "Home again", THREE))] == [
        "body",
        "subhead",
        "body",
        "subhead",
        "body",
    ]


def test_a_bold_sentence_is_no_subhead():
    body = f"<p>{ONE}</p><p>{TWO}</p><p><b>Nobody was hurt.</b></p><p>{THREE}</p>"
    assert ("subhead", "Nobody was hurt.") not in kept(body, taken=(ONE, TWO, "Nobody was hurt.", THREE))


def test_what_stands_above_the_first_words_is_no_subhead():
    assert (
        kept(f"<h1>A long night</h1><h2>Sea</h2><p>{ONE}</p><p>{TWO}</p><p>{THREE}</p>", taken=("Sea", ONE, TWO, THREE))
        == PROSE
    )


def test_what_heads_is_printed_as_a_heading_and_what_does_not_is_not():
    blocks = printed(f"<p>{ONE}</p><h4>Two calls</h4><p>{TWO}</p><p><b>Home again</b></p><p>{THREE}</p>")
    assert [(block.kind, block.level) for block in blocks if block.kind == "h"] == [("h", 4), ("h", 4)]


def test_line_breaks_part_paragraphs_only_where_two_follow_one_another():
    blocks = read_blocks(
        lxml_html.document_fromstring("<body><div>One<br>and two<br><br>Three <b>bold</b></div></body>")
    )
    assert [block.text for block in blocks] == ["One and two", "Three bold"]


@pytest.mark.parametrize(
    "extra",
    [
        "<p>“Never.”</p>",
        "<p>Hardly.</p>",
        "<p>Yes, she said.</p>",
        f'<p><a href="/log">{TWO} Its owner was not there.</a></p>',
        "The lifeboat is thirty years old, and a new one has been ordered.",
        "<my-note>The lifeboat is thirty years old, and a new one has been ordered.</my-note>",
        "<blockquote><p>We were wet through.</p><footer>Ada Orr, coxswain</footer></blockquote>",
        '<aside class="pull-quote"><p>We were wet through.</p><cite>Ada Orr</cite></aside>',
        "<figure><blockquote><p>We were wet through.</p></blockquote><figcaption>Ada Orr</figcaption></figure>",
        '<div class="social-embed"><blockquote class="any-embed"><p>Wet!</p><a href="https://e.example/1">Ada</a></blockquote></div>',
        "<table><tr><th>Boat</th><th>Calls</th></tr><tr><td>Orm</td><td>4</td></tr></table>",
        "<figure><table><tr><td>Orm</td><td>4</td></tr><tr><td>Ada</td><td>5</td></tr></table></figure>",
        "<figure><pre>high water 06:10</pre></figure>",
        "<ul><li>Four calls</li><li>Eleven rescued</li></ul>",
        "<details><summary>Who was on board?</summary><p>Two brothers.</p></details>",
        '<div class="paywall"><p>The skipper was brought to hospital, where he was said to be well and rather ashamed of himself.</p></div>',
    ],
)
def test_what_stands_between_the_paragraphs_stays(extra):
    with_it = kept(f"<h1>A long night</h1><p>{ONE}</p><p>{TWO}</p>{extra}<p>{THREE}</p>")
    assert [text for _, text in with_it if text in (ONE, TWO, THREE)] == [ONE, TWO, THREE]
    assert len(with_it) > 3


@pytest.mark.parametrize(
    "closing",
    [
        "<p><em>Correction, 9 May: the lifeboat was called out four times, and not five as was said here before.</em></p>",
        "<p>It was built in 1961.</p>",
    ],
)
def test_the_last_lines_of_a_story_stay(closing):
    assert len(kept(f"<h1>A long night</h1><p>{ONE}</p><p>{TWO}</p><p>{THREE}</p>{closing}")) == 4


def test_a_page_of_few_words_keeps_them_all():
    texts = ["The slip is shut.", "It opens in May.", "Ask at the harbour."]
    body = "<h1>A long night</h1>" + "".join(f"<p>{text}</p>" for text in texts)
    assert kept(body, taken=()) == [("body", text) for text in texts]


def test_a_footer_is_no_article_however_much_is_in_it():
    body = "<h1>A long night</h1><p>The slip is shut.</p><footer><p>All rights are with the harbour of Saint Orm.</p></footer>"
    taken = ("All rights are with the harbour of Saint Orm.",)
    assert kept(body, taken=taken) == [("body", "The slip is shut.")]


def test_a_live_blog_keeps_the_times_of_its_entries():
    entries = "".join(
        f'<div><p class="timestamp">{time}</p><h2>{head}</h2><p>{text}</p></div>'
        for time, head, text in [("21:05", "A yacht", ONE), ("23:40", "The yacht again", TWO), ("6 am", "Home", THREE)]
    )
    texts = [text for _, text in kept(f"<h1>A long night</h1>{entries}")]
    assert texts == ["21:05", "A yacht", ONE, "23:40", "The yacht again", TWO, "6 am", "Home", THREE]


def test_a_slide_show_is_read_by_its_captions():
    slides = "".join(f"<figure><img src='a.jpg'><figcaption>{text}</figcaption></figure>" for text in (ONE, TWO, THREE))
    assert kept(f'<h1>A long night</h1><div class="slideshow">{slides}</div>', taken=()) == PROSE


def test_speakers_and_answers_that_come_again_stay():
    lines = ["Ada Orr:", "“Hardly.”", "Ada Orr:", "“Hardly.”"]
    inner = "".join(f"<p>{line}</p>" for line in lines)
    body = f"<p>{ONE}</p>{inner}<p>{TWO}</p><p>{THREE}</p>"
    assert [text for _, text in kept(body) if text in lines] == lines


def test_a_quotation_that_repeats_the_text_is_printed_once():
    body = f"<p>{ONE}</p><blockquote class='pullquote'>its crew says has not happened before</blockquote><p>{TWO}</p>"
    assert kept(body, taken=(ONE, TWO)) == [("body", ONE), ("body", TWO)]


@pytest.mark.parametrize(
    "note",
    [
        '<aside class="correction"><p>{}</p></aside>',
        '<footer class="story-note"><p>{}</p></footer>',
        '<div class="article-meta editors-note">{}</div>',
        "<aside><p><em>{}</em></p></aside>",
    ],
)
@pytest.mark.parametrize(
    "text",
    [
        "Correction, 5 May: the yacht was called twice, not three times.",
        "An earlier version of this article misstated how often the yacht was called.",
    ],
)
def test_a_correction_stays_whatever_the_page_puts_it_in(note, text):
    taken = kept(f"<p>{ONE}</p><p>{TWO}</p><p>{THREE}</p>" + note.format(text))
    assert taken == [*PROSE, ("body", text)]


def test_a_correction_of_another_story_in_a_list_of_stories_is_left_out():
    other = '<div class="related"><p>Correction: the pilot boat was not sold.</p></div>'
    assert kept(f"<p>{ONE}</p><p>{TWO}</p><p>{THREE}</p>{other}") == PROSE


def test_a_table_in_a_figure_keeps_its_caption():
    table = "<table><tr><td>Orm</td><td>4</td></tr><tr><td>Ada</td><td>5</td></tr></table>"
    figure = f"<figure>{table}<figcaption>Calls in a night</figcaption></figure>"
    assert ("body", "Calls in a night") in kept(f"<p>{ONE}</p>{figure}<p>{TWO}</p><p>{THREE}</p>")
