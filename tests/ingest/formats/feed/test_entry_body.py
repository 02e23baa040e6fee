"""The body of an entry is its text: with its pictures, without what feeds put below it."""

from __future__ import annotations

import pytest

from broadsheet.ingest.formats.feed import entry_body
from broadsheet.ingest.formats.feed.entry_body import BodyContext, EntryBody

PLACE = BodyContext("https://net.example/cod", "Cod comes back", "https://net.example/", "The Net")
STORY = "<p>The cod came back to the bay in May.</p><p>Nobody had thought that it would.</p>"
RIGHT = "The cod came back to the bay in May.\n\nNobody had thought that it would.\n"
HERE, HOME = "<a href='https://net.example/cod'>Cod comes back</a>", "<a href='https://net.example'>The Net</a>"


def read(html: str) -> EntryBody:
    return entry_body.from_html(html, PLACE)


@pytest.mark.parametrize(
    "foot",
    [
        f"<p>The post {HERE} appeared first on {HOME}.</p>",
        f"<p>Artykuł {HERE} pochodzi z serwisu {HOME}.</p>",
        f"<p>Der Beitrag {HERE} erschien zuerst auf {HOME}.</p>",
        f"<p>L’article {HERE} est apparu en premier sur {HOME}.</p>",
        f"<p>Сообщение {HERE} появились сначала на {HOME}.</p>",
        f"<p>Ny y chaw {HERE} lorem {HOME}.</p>",  # a language that no table knows
        "<p>The post Cod comes back appeared first on The Net.</p>",
        "<p>Inlägget Cod comes back dök först upp på The Net.</p>",
    ],
)
def test_the_line_that_says_where_it_first_appeared_goes_in_any_language(foot):
    body = read(STORY + foot)
    assert (body.markdown, body.cut) == (RIGHT, False)
    assert [left.why for left in body.left] == ["the feed's line that says where the story first appeared"]


def test_the_line_goes_where_links_to_share_the_story_stand_below_it():
    share = "<p>Share this:</p><ul><li><a href='https://network.example/s'>Network</a></li></ul>"
    assert read(f"{STORY}<p>Artykuł {HERE} pochodzi z serwisu {HOME}.</p>{share}").markdown == RIGHT


def test_a_line_that_credits_another_publication_stays():
    line = "<p>First published in <a href='https://far.example/'>The Far Gull</a>.</p>"
    assert read(STORY + line).markdown.endswith("First published in [The Far Gull](https://far.example/).\n")


@pytest.mark.parametrize(
    "tail",
    ["Read more", "Continue reading <span>Cod comes back</span> →", "Weiterlesen …", "Lire la suite", "Leer más »", "Czytaj dalej",
     "Читать далее", "続きを読む"],
)  # fmt: skip
@pytest.mark.parametrize("frame", ["<p><a href='/cod'>{}</a></p>", "{}"])
def test_a_link_to_the_rest_goes_and_says_that_the_text_is_not_whole(tail, frame):
    link = f"<a href='https://net.example/cod?from=feed'>{tail}</a>"
    html = STORY + frame.format(tail) if "{}</a>" in frame else STORY.replace("would.</p>", f"would. {link}</p>")
    body = read(html)
    assert (body.markdown, body.cut) == (RIGHT, True)
    assert len(body.left) == 1


@pytest.mark.parametrize("end", ["[…]", "[&#8230;]", "...", "(…)"])
def test_a_text_that_ends_in_dots_is_not_whole(end):
    assert read(STORY.replace("would.", f"would {end}")).cut


@pytest.mark.parametrize(
    "last",
    ["<p>More than forty boats went out.</p>", "<p>Read the room, said the captain.</p>",
     "<p>It appeared first on Monday, off the pier.</p>", "<p>See <a href='https://net.example/cod'>the first report</a> of it.</p>"],
)  # fmt: skip
def test_a_sentence_that_only_begins_like_that_stays(last):
    body = read(STORY + last)
    assert body.markdown.count("\n\n") == 2
    assert body.left == ()


def test_html_that_was_escaped_twice_or_more_is_read_as_it_was_meant():
    once = STORY.replace("<", "&lt;").replace(">", "&gt;")
    assert read(once).markdown == read(once.replace("&", "&amp;")).markdown == RIGHT


def test_plain_text_stays_as_it_is():
    body = entry_body.from_text("Use <b> and &amp; with care.\n\nThat is *all*.", PLACE)
    assert body.paragraphs == ("Use <b> and &amp; with care.", "That is *all*.")
    assert body.markdown == "Use \\<b\\> and \\&amp; with care.\n\nThat is \\*all\\*.\n"


def test_the_picture_that_leads_a_text_is_taken_with_its_caption_and_others_stay_where_they_are():
    lead = "<figure><img src='/a.jpg' alt='A cod'><figcaption>A cod in May</figcaption></figure>"
    body = read(lead + STORY + "<img src='//img.example/b.jpg' alt='Nets'><p>So it is.</p>")
    assert body.picture
    assert (body.picture.src, body.picture.alt, body.picture.caption) == (
        "https://net.example/a.jpg",
        "A cod",
        "A cod in May",
    )
    assert body.markdown == f"{RIGHT}\n![Nets](https://img.example/b.jpg)\n\nSo it is.\n"


def test_what_counts_readers_is_no_picture_and_a_smiley_is_its_sign():
    body = read(
        "<p>Fine <img class='wp-smiley' alt='🐟' src='https://s.example/x.png'></p><img src='/p.gif' width=1 height=1>"
    )
    assert (body.markdown, body.picture) == ("Fine 🐟\n", None)


def test_sound_and_films_in_a_text_are_media():
    body = read(
        f"{STORY}<audio><source src='/a.mp3' type='audio/mpeg'></audio><iframe src='https://www.youtube.com/embed/q'></iframe>"
    )
    assert [(one.kind, one.src) for one in body.media] == [
        ("sound", "https://net.example/a.mp3"),
        ("film", "https://www.youtube.com/embed/q"),
    ]


def test_a_fragment_without_paragraphs_is_marked_up_all_the_same():
    assert read("CO<sub>2</sub> in the bay<br><br>falls").markdown == "CO₂ in the bay\n\nfalls\n"


def test_the_headline_once_more_goes():
    assert read(f"<h1>Cod comes back</h1>{STORY}").markdown == RIGHT


@pytest.mark.parametrize(
    "foot",
    [
        f" The post {HERE} appeared first on {HOME}.",
        f" […] The post {HERE} appeared first on {HOME}.",
        f" Der Beitrag {HERE} erschien zuerst auf {HOME}.",
        f"<br>La entrada {HERE} se publicó primero en {HOME}.",
    ],
)
def test_the_line_goes_from_the_end_of_a_paragraph_whose_text_stays(foot):
    body = read(f"<p>The cod came back to the bay in May. Nobody had thought that it would.{foot}</p>")
    assert "Nobody had thought that it would." in body.markdown
    assert not any(name in body.markdown for name in ("Cod comes back", "The Net"))
    assert [left.text.rpartition("The Net")[1:] for left in body.left] == [("The Net", ".")]


@pytest.mark.parametrize(
    "said",
    [
        "The cod came back. It appeared first on the north shore, she said. The bay was silent for years.",
        "The cod came back. Her song of it appeared first on [Old Nets](https://far.example/).",
    ],
)
def test_a_sentence_that_says_where_something_appeared_stays_with_its_paragraph(said):
    html = said.replace("[Old Nets](https://far.example/)", "<a href='https://far.example/'>Old Nets</a>")
    assert read(f"<p>{html}</p>").markdown == f"{said}\n"


@pytest.mark.parametrize("word", ["No.", "Yes.", "Go on."])
def test_a_word_that_is_a_sentence_is_no_furniture(word):
    assert read(f"{STORY}<p>{word}</p>").markdown == f"{RIGHT}\n{word}\n"
