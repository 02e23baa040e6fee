"""Ghost's exports: ids, addresses, what stays from readers, cards, the texts of its editors, broken files.

The posts are made up, about events that happened.
"""

from __future__ import annotations

import json
from typing import Any

import pytest

from broadsheet import migrate
from broadsheet.errors import BroadsheetError
from broadsheet.migrate import ImportOutcome
from broadsheet.model import Story
from tests.migrate.conftest import Move

ID = "64e5f0a1b2c3d4e5f6a7b8c9"


def row(**values: Any) -> dict[str, Any]:
    """A row of the table of posts as Ghost 5 exports it."""
    return {
        "id": ID,
        "uuid": "1f0c7b1e-6f0e-4d7c-9d0c-7a1b2c3d4e5f",
        "title": "India lands near the Moon's south pole",
        "slug": "india-lands",
        "mobiledoc": None,
        "lexical": None,
        "html": "<p>Vikram touched down.</p>",
        "comment_id": ID,
        "plaintext": "Vikram touched down.",
        "feature_image": None,
        "featured": 0,
        "type": "post",
        "status": "published",
        "locale": None,
        "visibility": "public",
        "email_recipient_filter": "all",
        "created_at": "2023-08-23T10:00:00.000Z",
        "updated_at": "2023-08-23T12:40:00.000Z",
        "published_at": "2023-08-23T12:40:00.000Z",
        "custom_excerpt": None,
        "canonical_url": None,
        "newsletter_id": None,
        "show_title_and_feature_image": 1,
    } | values


def whole(*posts: dict[str, Any], **tables: list[dict[str, Any]]) -> str:
    """An export."""
    data = {
        "posts": list(posts),
        "posts_authors": [{"id": "a1", "post_id": ID, "author_id": "1", "sort_order": 0}],
        "posts_meta": [],
        "posts_tags": [],
        "settings": [{"key": "timezone", "value": "Europe/Paris"}, {"key": "locale", "value": "en"}],
        "tags": [],
        "users": [{"id": "1", "name": "Ida Morel", "slug": "ida", "email": "ida@orbit.example"}],
    } | tables
    return json.dumps({"db": [{"meta": {"exported_on": 1693000000000, "version": "5.59.1"}, "data": data}]}, indent=2)


def run(move: Move, *posts: dict[str, Any], **tables: list[dict[str, Any]]) -> ImportOutcome:
    file = move.old / "orbit.ghost.2023-08-25.json"
    file.write_text(whole(*posts, **tables), "utf-8")
    return migrate.run(move.new.site, file)


def one(move: Move) -> Story:
    [file] = move.new.site.stories.rglob("*.md")
    story = move.story(file.relative_to(move.new.site.stories).as_posix()).story
    assert story
    return story


def text(move: Move) -> str:
    [file] = move.new.site.stories.rglob("*.md")
    return file.read_text("utf-8").split("---\n", 2)[2].strip()


def said(outcome: ImportOutcome, code: str) -> list[str]:
    return [problem.message for problem in outcome.problems if problem.code == code]


def test_a_post_keeps_its_id_address_date_names_and_tags(move: Move):
    (move.old / "content/images/2023/08").mkdir(parents=True)
    move.write("", "content/images/2023/08/moon.png")
    outcome = run(
        move,
        row(custom_excerpt="The first craft there.", feature_image="__GHOST_URL__/content/images/2023/08/moon.png"),
        posts_authors=[
            {"post_id": ID, "author_id": "2", "sort_order": 1},
            {"post_id": ID, "author_id": "1", "sort_order": 0},
        ],
        users=[{"id": "1", "name": "Ida Morel"}, {"id": "2", "name": "Jon Aske"}],
        tags=[
            {"id": "t1", "name": "Moon", "visibility": "public"},
            {"id": "t2", "name": "Science", "visibility": "public"},
            {"id": "t3", "name": "#front", "visibility": "internal"},
        ],
        posts_tags=[
            {"post_id": ID, "tag_id": "t1", "sort_order": 2},
            {"post_id": ID, "tag_id": "t2", "sort_order": 1},
            {"post_id": ID, "tag_id": "t3", "sort_order": 0},
        ],
        posts_meta=[
            {"post_id": ID, "feature_image_alt": "The Moon", "feature_image_caption": "Tonight, by <a href='x'>us</a>"}
        ],
    )
    assert [(done.deed, done.path) for done in outcome.done] == [("new", "stories/2023/08/india-lands.md")]
    story = one(move)
    assert story.id == ID  # what Ghost's feeds have as guid
    assert story.aliases == ("/india-lands/",)
    assert story.date.isoformat() == "2023-08-23T14:40:00+02:00"
    assert story.updated is None
    assert story.authors == ("Ida Morel", "Jon Aske")
    assert (story.section, story.topics) == ("Science", ("Moon",))
    assert story.summary == "The first craft there."
    assert story.image
    assert story.image.src.startswith("pictures/moon-")
    assert (story.image.alt, story.image.caption) == ("The Moon", "Tonight, by us")
    assert text(move) == "Vikram touched down."


@pytest.mark.parametrize(
    ("values", "reason"),
    [
        ({"status": "draft", "published_at": None}, "a draft in Ghost"),
        ({"status": "scheduled"}, "scheduled in Ghost: take 'status: draft' out to let it appear at its date"),
        ({"status": "sent"}, "sent as mail by Ghost, and never on the site"),
        ({"visibility": "members"}, "for members in Ghost"),
        ({"visibility": "paid"}, "for paying members in Ghost"),
        ({"visibility": "tiers"}, "for some paying members in Ghost"),
        ({"visibility": "label:vip"}, "for 'label:vip' in Ghost"),
    ],
)
def test_what_was_not_for_all_readers_stays_from_them_and_says_why(move: Move, values: dict[str, Any], reason: str):
    run(move, row(**values))
    story = one(move)
    assert (story.status, story.reason) == ("draft", reason)
    move.new.build()
    assert not list((move.new.root / "output/2023").rglob("index.html"))


def test_a_post_that_was_only_mailed_stays_from_readers(move: Move):
    run(move, row(), posts_meta=[{"post_id": ID, "email_only": 1}])
    assert one(move).status == "draft"


def test_pages_and_links_between_posts(move: Move):
    run(
        move,
        row(html='<p>See <a href="__GHOST_URL__/luna/">Luna</a> and <a href="__GHOST_URL__/about/">us</a>.</p>'),
        row(id="2", slug="luna", title="Luna 25 is lost", published_at="2023-08-20T09:00:00.000Z"),
        row(id="3", slug="about", title="About us", type="page", published_at=None, created_at=None),
    )
    body = (move.new.site.stories / "2023/08/india-lands.md").read_text()
    assert "See [Luna](/2023/08/20/luna/) and [us](/about/)." in body
    assert "status: draft" not in (move.new.site.content / "pages/about.md").read_text()
    assert "ghost.invalid" not in body


CARDS = """\
<p>It worked.</p>
<figure class="kg-card kg-image-card kg-card-hascaption"><img src="https://pictures.example/moon.png" class="kg-image" alt="The Moon" loading="lazy"><figcaption><span style="white-space: pre-wrap;">Tonight</span></figcaption></figure>
<figure class="kg-card kg-gallery-card"><div class="kg-gallery-container"><div class="kg-gallery-row"><div class="kg-gallery-image"><img src="https://pictures.example/a.png" alt=""></div><div class="kg-gallery-image"><img src="https://pictures.example/b.png" alt=""></div></div></div></figure>
<figure class="kg-card kg-bookmark-card"><a class="kg-bookmark-container" href="https://isro.example/vikram"><div class="kg-bookmark-content"><div class="kg-bookmark-title">Vikram</div><div class="kg-bookmark-description">The lander.</div><div class="kg-bookmark-metadata"><img class="kg-bookmark-icon" src="https://isro.example/i.png"><span class="kg-bookmark-author">ISRO</span></div></div><div class="kg-bookmark-thumbnail"><img src="https://isro.example/t.png"></div></a></figure>
<figure class="kg-card kg-embed-card"><iframe width="200" src="https://www.youtube.com/embed/DLA_64yz8Ss?feature=oembed" title="The landing"></iframe></figure>
<div class="kg-card kg-callout-card kg-callout-card-blue"><div class="kg-callout-emoji">💡</div><div class="kg-callout-text">Fourth country.</div></div>
<div class="kg-card kg-signup-card"><h2>Subscribe</h2><form></form></div>
<div class="kg-card kg-audio-card"><div class="kg-audio-player-container"><audio src="https://sounds.example/a.mp3"></audio><div class="kg-audio-title">The count</div></div></div>
<!--members-only--><hr><p>The end.</p><script src="https://widgets.example/w.js"></script>
"""


def test_cards_become_what_a_reader_gets_from_them(move: Move):
    outcome = run(move, row(html=CARDS))
    assert text(move).split("\n\n") == [
        "It worked.",
        '![The Moon](https://pictures.example/moon.png "Tonight")',
        "::: gallery\n![](https://pictures.example/a.png)\n![](https://pictures.example/b.png)\n:::",
        "[Vikram](https://isro.example/vikram)",
        "[The landing](https://www.youtube.com/watch?v=DLA_64yz8Ss)",
        "💡",
        "Fourth country.",
        "[The count](https://sounds.example/a.mp3)",
        "---",
        "The end.",
    ]
    assert said(outcome, "import-tag") == ["a script of widgets.example was left out"]


LEXICAL = {
    "root": {
        "type": "root",
        "children": [
            {"type": "heading", "tag": "h2", "children": [{"type": "extended-text", "text": "Why", "format": 0}]},
            {
                "type": "paragraph",
                "children": [
                    {"type": "extended-text", "text": "It is ", "format": 0},
                    {"type": "extended-text", "text": "cold & dark", "format": 3},
                    {"type": "link", "url": "https://isro.example/", "children": [{"type": "text", "text": " there"}]},
                ],
            },
            {
                "type": "list",
                "tag": "ol",
                "children": [{"type": "listitem", "children": [{"type": "text", "text": "One"}]}],
            },
            {"type": "image", "src": "https://pictures.example/moon.png", "alt": "The Moon", "caption": "Tonight"},
            {"type": "codeblock", "code": "a < b", "language": "python"},
            {"type": "bookmark", "url": "https://isro.example/v", "metadata": {"title": "Vikram"}},
        ],
    }
}
MOBILEDOC = {
    "version": "0.3.1",
    "atoms": [["soft-return", "", {}]],
    "cards": [["image", {"src": "https://pictures.example/moon.png", "alt": "The Moon", "caption": "Tonight"}], ["code", {"code": "a < b"}]],
    "markups": [["strong"], ["em"], ["a", ["href", "https://isro.example/"]]],
    "sections": [
        [1, "h2", [[0, [], 0, "Why"]]],
        [1, "p", [[0, [], 0, "It is "], [0, [0, 1], 2, "cold & dark"], [0, [2], 1, " there"], [1, [], 0, 0]]],
        [3, "ol", [[[0, [], 0, "One"]]]],
        [10, 0],
        [10, 1],
    ],
}  # fmt: skip


@pytest.mark.parametrize("key", ["lexical", "mobiledoc"])
def test_without_html_a_text_is_made_of_what_the_editor_keeps(move: Move, key: str):
    kept = json.dumps(LEXICAL if key == "lexical" else MOBILEDOC)
    outcome = run(move, row(html=None, **{key: kept}))
    assert text(move).split("\n\n")[:5] == [
        "## Why",
        "It is ***cold & dark*** [there](https://isro.example/)",
        "1. One",
        '![The Moon](https://pictures.example/moon.png "Tonight")',
        "```\na < b\n```",
    ]
    assert said(outcome, "import-tag") == [
        "the export has no HTML of 'india-lands': its text was rebuilt from the data of Ghost's editor"
    ]


@pytest.mark.parametrize(
    ("data", "line"),
    [
        ('{"db": [\n{"data": {"posts": [}]}}', 2),
        ('{"db": [{"data": {"posts": 3}}]}', 1),
        ('{"db": [' * 100_000, 0),
        ('{"db": [3]}', 1),
    ],
)
def test_a_broken_export_is_refused_with_its_line(move: Move, data: str, line: int):
    file = move.old / "export.json"
    file.write_text(data)
    with pytest.raises(BroadsheetError) as caught:
        migrate.run(move.new.site, file)
    [problem] = caught.value.problems
    assert (problem.code, problem.place.file) == ("import-export", "export.json")
    assert problem.place.line == line
    assert not list(move.new.site.stories.rglob("*.md"))


def test_values_of_no_kind_that_ghost_writes_make_no_traceback(move: Move):
    odd: dict[str, Any] = {
        "title": ["x"], "slug": {"a": 1}, "html": 7, "published_at": 10**30, "created_at": "never", "lexical": "{",
        "mobiledoc": '{"sections":[[1,"p",[[0,[9],5,"x"]]],[10,4],3],"markups":3}', "feature_image": "http://[",
        "visibility": None, "type": [],
    }  # fmt: skip
    outcome = run(move, row(**odd), row(id="2", slug="../../up"), posts_tags=[{"post_id": 1}, {"sort_order": "x"}])
    assert {done.deed for done in outcome.done} == {"new"}
    assert all(file.is_relative_to(move.new.site.stories) for file in move.new.root.rglob("*up*.md"))


def test_a_second_import_changes_nothing_and_a_newer_export_brings_what_changed(move: Move):
    run(move, row())
    assert [done.deed for done in run(move, row()).done] == ["unchanged"]
    assert [done.deed for done in run(move, row(html="<p>Vikram touched down at 12:32.</p>")).done] == ["updated"]
    assert text(move) == "Vikram touched down at 12:32."


def test_no_address_that_stands_for_the_site_is_shown_to_readers(move: Move):
    film = {"type": "video", "src": "__GHOST_URL__/content/media/2023/08/moon.mp4"}
    bare = {"type": "file", "src": "__GHOST_URL__/content/files/2023/08/notes"}
    run(move, row(html=None, lexical=json.dumps({"root": {"type": "root", "children": [film, bare]}})))
    assert text(move) == (
        "[moon.mp4](/content/media/2023/08/moon.mp4)\n\n[/content/files/2023/08/notes](/content/files/2023/08/notes)"
    )
