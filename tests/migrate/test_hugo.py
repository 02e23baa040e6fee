"""Hugo's sites: heads in three languages, addresses, shortcodes, bundles."""

import datetime as dt
import re

import pytest

from tests.migrate.conftest import Move

CONFIG = """\
-- hugo.toml --
baseURL = "https://old.example/"
timeZone = "Europe/Berlin"
[permalinks]
posts = "/:year/:month/:slug/"
"""


def test_a_post_keeps_what_its_head_says(move: Move):
    move.write(
        CONFIG
        + """\
-- content/posts/first.md --
+++
title = 'First: a "post"'
date = 2023-05-06T10:00:00+02:00
lastmod = 2023-05-07
expiryDate = 2030-01-01
description = "What it **says**"
tags = ["Harbour", "Ships"]
categories = ["world", "Extra"]
authors = ["Ann Example"]
slug = "the-first"
ai = "assisted"
[cover]
image = "/images/dot.png"
alt = "A dot"
+++
Body.
""",
        "static/images/dot.png",
    )
    assert [done.deed for done in move.run().done] == ["new"]
    story = move.story("2023/05/the-first.md").story
    assert story
    assert (story.title, story.section, story.topics) == ('First: a "post"', "World", ("Extra", "Harbour", "Ships"))
    assert story.date.isoformat() == "2023-05-06T10:00:00+02:00"
    assert story.ai == "assisted"
    assert story.updated
    assert story.updated.isoformat() == "2023-05-07T00:00:00+02:00"
    assert story.expires
    assert story.summary == "What it says"
    assert story.authors == ("Ann Example",)
    assert story.image
    assert story.image.alt == "A dot"
    assert (move.new.site.content / story.image.src).is_file()
    assert story.id == "https://old.example/2023/05/the-first/"  # what subscribers of the old feed have
    assert story.aliases == ("/2023/05/the-first/",)


@pytest.mark.parametrize(
    ("head", "address"),
    [
        ("slug: other-name", "/posts/other-name/"),
        ("url: /news/one.html", "/news/one.html"),
        ("url: blog/one/", "/blog/one/"),
        ("title: Plain", "/posts/harbour-news/"),
    ],
)
def test_without_permalinks_the_folders_make_the_address(move: Move, head: str, address: str):
    move.write(
        f"-- hugo.yaml --\nbaseURL: https://old.example/\n-- content/posts/Harbour News.md --\n---\ndate: 2023-05-06\n{head}\n---\nx\n"
    )
    move.run()
    (file,) = move.new.site.stories.rglob("*.md")
    story = move.story(file.relative_to(move.new.site.stories).as_posix()).story
    assert story
    assert story.aliases == (address,)


@pytest.mark.parametrize(
    ("pattern", "address"),
    [
        ("/:year/:month/:day/:title/", "/2023/05/06/a-title-here/"),
        ("/:section/:filename.html", "/posts/one.html"),
        ("/a/:yearday/:monthname/:contentbasename/", "/a/126/may/one/"),
    ],
)
def test_permalinks_are_followed(move: Move, pattern: str, address: str):
    move.write(
        f'-- config.toml --\nbaseURL = "https://old.example/"\n[permalinks.page]\nposts = "{pattern}"\n-- content/posts/one.md --\n---\ntitle: "A Title, here!"\ndate: 2023-05-06\n---\nx\n'
    )
    move.run()
    story = move.story("2023/05/one.md").story
    assert story
    assert story.aliases == (address,)


@pytest.mark.parametrize(
    ("head", "address", "guid"),
    [
        ("title: Über Größe", "/2023/05/%C3%BCber-gr%C3%B6%C3%9Fe/", "/2023/05/%C3%BCber-gr%C3%B6%C3%9Fe/"),
        ("url: special", "/special/", "/special/"),
        ("url: /special/report.v2", "/special/report.v2", "/special/report.v2"),
        ("url: /t/:year/:slug", "/t/2023/one/", "/t/2023/one/"),
        ("url: /häfen (neu)/", "/h%C3%A4fen%20(neu)/", "/h%C3%A4fen%20%28neu%29/"),
    ],
)
def test_a_feed_reader_knows_a_story_by_the_id_that_hugo_printed(move: Move, head: str, address: str, guid: str):
    """Each id and address was printed by Hugo 0.168 for this page."""
    title = "" if head.startswith("title") else "title: One\n"
    move.write(f"{CONFIG}-- content/posts/one.md --\n---\n{title}{head}\ndate: 2023-05-06\n---\nx\n")
    move.run()
    story = move.story("2023/05/one.md").story
    assert story
    assert story.aliases == (address,)
    assert story.id == f"https://old.example{guid}"


def test_only_folders_with_an_index_are_sections_of_an_address_and_a_missing_date_is_the_year_1(move: Move):
    move.write(
        '-- hugo.toml --\nbaseURL = "https://old.example/"\n[permalinks]\nposts = "/:sections/:year/:slug/"\n'
        "-- content/posts/a/one.md --\n---\ntitle: One\ndate: 2023-05-06\n---\nx\n"
        "-- content/posts/b/_index.md --\n---\ntitle: B\n---\n"
        "-- content/posts/b/two.md --\n---\ntitle: Two\nlastmod: 2023-05-06\n---\nx\n"
        "-- content/posts/2023-05-06-three.md --\n---\ntitle: Three\n---\nx\n"
    )
    move.run()
    stories = [move.story(f"2023/05/{name}.md").story for name in ("one", "two", "three")]
    assert [story and story.aliases for story in stories] == [
        ("/posts/2023/one/",), ("/posts/b/2023/two/",), ("/posts/1/three/",)
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("rule", "status", "authors"),
    [
        ("cascade:\n  draft: true\n", "draft", ()),
        ("cascade:\n- build: {render: never}\n  target: {path: /plans/**}\n", "draft", ()),
        ("cascade:\n- draft: true\n  _target: {path: /elsewhere/**}\n", "published", ()),
        ("cascade:\n  params: {private: true}\n", "draft", ()),
        ("cascade:\n  authors: [The Editors]\n", "published", ("The Editors",)),
        ("cascade: {draft: true}\nbroken: [\n", "draft", ()),
    ],
    ids=["draft", "build", "another folder", "params", "authors", "a head that cannot be read"],
)
def test_what_a_folder_gives_to_its_posts_is_theirs(move: Move, rule: str, status: str, authors: tuple[str, ...]):
    move.write(
        CONFIG
        + f"-- content/plans/_index.md --\n---\ntitle: Plans\n{rule}---\n"
        + "-- content/plans/deep/a.md --\n---\ntitle: A\ndate: 2023-05-06\n---\nx\n"
        + "-- content/posts/b.md --\n---\ntitle: B\ndate: 2023-05-06\n---\nx\n"
    )
    move.run()
    inside, beside = move.story("2023/05/a.md").story, move.story("2023/05/b.md").story
    assert inside
    assert beside
    assert (inside.status, inside.authors) == (status, authors)
    assert (beside.status, beside.authors) == ("published", ())
    assert ("reason: " in (move.new.site.stories / "2023/05/a.md").read_text()) == (status == "draft")


def test_the_settings_cascade_too_and_a_page_has_the_last_word(move: Move):
    move.write(
        CONFIG
        + "[[cascade]]\ndraft = true\n[cascade.target]\npath = '/posts/**'\n"
        + "-- content/posts/a.md --\n---\ntitle: A\ndate: 2023-05-06\n---\nx\n"
        + "-- content/posts/b.md --\n---\ntitle: B\ndate: 2023-05-06\ndraft: false\n---\nx\n"
    )
    move.run()
    first, second = move.story("2023/05/a.md").story, move.story("2023/05/b.md").story
    assert first
    assert second
    assert (first.status, second.status) == ("draft", "published")
    assert "reason: 'draft: true in Hugo'\n" in (move.new.site.stories / "2023/05/a.md").read_text()


def test_aliases_of_a_page_count_from_its_folder(move: Move):
    move.write(
        "-- hugo.toml --\n-- content/posts/one.md --\n---\ntitle: A\ndate: 2023-05-06\naliases: [short, /long/ago.html]\n---\nx\n"
    )
    move.run("hugo")
    story = move.story("2023/05/one.md").story
    assert story
    assert story.aliases == ("/posts/one/", "/posts/short", "/long/ago.html")


def test_shortcodes_become_markdown_or_stay_to_be_seen_and_are_told_by_line(move: Move):
    move.write(
        CONFIG
        + """\
-- content/posts/one.md --
---
title: One
date: 2023-05-06
---
Intro.<!--more-->

{{< figure src="/images/dot.png" alt="Dot" caption="A *dot*" attr="Ida" >}}

{{< chart data="a > b" >}} and {{% note %}}text{{% /note %}}

{{< highlight py "linenos=1" >}}
print("{{ x }}")
{{< /highlight >}}

```md
{{</* ref "two.md" */>}} [a](gone.md)
```

{{< youtube abc123 >}} {{<tweet user="ann" id="12">}}
""",
        "static/images/dot.png",
    )
    outcome = move.run()
    body = move.story("2023/05/one.md").body
    assert "<!--" not in body
    assert "![Dot](pictures/dot-" in body
    assert ' "A dot | Ida")' in body  # the caption and the credit of a figure
    assert '`{{< chart data="a > b" >}}` and `{{% note %}}`text`{{% /note %}}`' in body
    assert '```py\nprint("{{ x }}")\n```' in body
    assert '```md\n{{< ref "two.md" >}} [a](gone.md)\n```' in body
    assert "<https://www.youtube.com/watch?v=abc123>" in body
    assert "<https://x.com/ann/status/12>" in body
    assert move.told(outcome, "import-tag") == [("content/posts/one.md", 9)] * 3
    assert not move.told(outcome, "import-link")


def test_links_between_posts_lead_to_the_new_addresses(move: Move):
    move.write(
        CONFIG
        + """\
-- content/posts/one.md --
---
title: One
date: 2023-05-06
---
[a]({{< ref "two.md" >}}) [b](/2023/05/two/#part) [c](../posts/two.md) [d](https://old.example/2023/05/two/)
[e](https://elsewhere.example/) [f](#here) <a href="/2023/05/two/">g</a>
[h](/gone/) [i][ref]

[ref]: two.md
-- content/posts/two.md --
---
title: Two
slug: two
date: 2023-05-07
---
x
"""
    )
    outcome = move.run()
    body = move.story("2023/05/one.md").body
    new = "/2023/05/07/two/"
    assert f"[a]({new}) [b]({new}#part) [c]({new}) [d]({new})" in body
    assert "[e](https://elsewhere.example/) [f](#here)" in body
    assert f'<a href="{new}">g</a>' in body
    assert f"[ref]: {new}" in body
    assert move.told(outcome, "import-link") == [("content/posts/one.md", 7)]


def test_a_bundle_brings_its_pictures_and_is_named_by_its_folder(move: Move):
    move.write(
        CONFIG
        + '-- content/posts/bundle/index.md --\n{"title": "Bundle", "date": "2023-05-08"}\n\n![a dot](dot.png "T") <img alt=\'b\' src="dot.png">\n',
        "content/posts/bundle/dot.png",
    )
    assert not move.run().problems
    reading = move.story("2023/05/bundle.md")
    assert re.fullmatch(r"""!\[a dot\]\((\S+) "T"\) <img alt='b' src="\1">""", reading.body)  # HTML stays what it is
    assert len(list((move.new.site.content / "pictures").iterdir())) == 1


def test_drafts_stay_drafts_and_what_is_to_appear_later_still_does(move: Move):
    move.write(
        CONFIG
        + "-- content/posts/a.md --\n---\ntitle: A\ndate: 2023-05-06\ndraft: true\n---\nx\n"
        + "-- content/posts/b.md --\n---\ntitle: B\ndate: 2023-05-06\npublishDate: 2031-01-01\n---\nx\n"
    )
    move.run()
    first, second = move.story("2023/05/a.md").story, move.story("2031/01/b.md").story
    assert first
    assert second
    assert first.status == "draft"
    assert second.date.year == 2031


def test_a_time_without_zone_is_in_the_old_sites_zone_and_no_date_is_for_review(move: Move):
    move.write(
        CONFIG
        + "-- content/posts/a.md --\n---\ntitle: A\ndate: 2023-05-06 09:00:00\n---\nx\n"
        + "-- content/posts/b.md --\n---\ntitle: B\n---\nx\n"
    )
    move.run()
    story = move.story("2023/05/a.md").story
    assert story
    assert story.date.utcoffset() == dt.timedelta(hours=2)
    (undated,) = (f for f in move.new.site.stories.rglob("b.md"))
    assert "review:\n- date\n" in undated.read_text()


def test_pages_outside_of_sections_become_pages(move: Move):
    move.write(
        CONFIG
        + "-- content/about.md --\n---\ntitle: About\n---\nWe.\n-- content/_index.md --\n---\ntitle: Home\n---\nx\n"
    )
    outcome = move.run()
    assert (move.new.site.content / "pages/about.md").read_text() == '---\ntitle: "About"\n---\n\nWe.\n'
    assert move.told(outcome, "import-list") == [("content/_index.md", 1)]


def test_a_page_that_is_a_draft_is_imported_as_one(move: Move):
    """It was skipped for as long as a page could not be kept from readers."""
    move.write(CONFIG + "-- content/plan.md --\n---\ntitle: Plan\ndraft: true\n---\nSecret.\n")
    outcome = move.run()
    assert [done.deed for done in outcome.done] == ["new"]
    assert "status: draft\n" in (move.new.site.content / "pages/plan.md").read_text()
    move.new.build()
    assert not (move.new.root / "output/plan").exists()


@pytest.mark.parametrize(
    "line",
    [
        "draft: 'true'",
        "draft: maybe",
        "headless: true",
        "private: yes",
        "build: {render: never}",
        "password: x",
        "embargo: 2031-01-01",
        "status: pending",
    ],
)
def test_whatever_keeps_a_post_from_readers_keeps_it_from_them_here(move: Move, line: str):
    move.write(f"{CONFIG}-- content/posts/a.md --\n---\ntitle: A\ndate: 2023-05-06\n{line}\n---\nx\n")
    move.run()
    story = move.story("2023/05/a.md").story
    assert story
    assert story.status == "draft"


def test_what_has_no_place_here_is_listed_by_file_and_line(move: Move):
    move.write(
        CONFIG
        + "-- content/posts/a.md --\n---\ntitle: A\nlayout: wide\ndate: 2023-05-06\nseries: [x]\n---\nx\n-- content/posts/b.org --\n* x\n"
    )
    outcome = move.run()
    assert move.told(outcome, "import-key") == [("content/posts/a.md", 5)]
    assert move.told(outcome, "import-format") == [("content/posts/b.org", 0)]


def test_a_broken_head_is_told_with_its_line_and_the_others_come(move: Move):
    move.write(
        CONFIG
        + '-- content/posts/a.md --\n+++\ntitle = "A\n+++\nx\n-- content/posts/b.md --\n---\ntitle: B\ndate: 2023-05-06\n---\nx\n'
    )
    outcome = move.run()
    assert [done.deed for done in outcome.done] == ["new"]
    assert move.told(outcome, "front-matter-syntax") == [("content/posts/a.md", 2)]


@pytest.mark.parametrize(
    ("head", "code", "line"),
    [
        ('{\n"title": "A",\n"draft": false,\n"draft": true\n}\n', "front-matter-syntax", 1),
        ("---\ntitle: A\ndraft: true\n", "front-matter-missing", 1),
    ],
    ids=["a key that stands twice", "no end"],
)
def test_a_head_that_could_lose_a_mark_is_reported_and_not_printed(move: Move, head: str, code: str, line: int):
    move.write(f"{CONFIG}-- content/posts/a.md --\n{head}x\n")
    outcome = move.run()
    assert not outcome.done
    assert move.told(outcome, code) == [("content/posts/a.md", line)]


def test_each_language_may_have_a_folder_of_its_own(move: Move):
    move.write(
        "-- config/_default/hugo.yaml --\nbaseURL: https://old.example/\ndefaultContentLanguage: en\n"
        "-- config/_default/languages.en.yaml --\ncontentDir: content/en\n-- config/_default/languages.de.yaml --\ncontentDir: content/de\n"
        "-- content/en/posts/one.md --\n---\ntitle: One\ndate: 2023-05-06\n---\nx\n"
        "-- content/de/posts/one.md --\n---\ntitle: Eins\ndate: 2023-05-06\n---\n[en](/posts/one/)\n"
    )
    move.run()
    first, second = move.story("2023/05/one.md").story, move.story("2023/05/one-de.md").story
    assert first
    assert second
    assert (first.lang, first.aliases) == ("", ("/posts/one/",))
    assert (second.lang, second.aliases) == ("de", ("/de/posts/one/",))


def test_what_hugo_makes_of_a_text_is_kept_headings_with_ids_bare_addresses_and_its_own_shortcodes(move: Move):
    move.write(
        CONFIG
        + """\
-- content/posts/one.md --
---
title: One
date: 2023-05-06
params: {orbit: high}
---
## The *landing* {#down .big}

[Back](#down) and [there]({{< ref "#down" >}}).

See https://example.org/a_(b)?x=1, (https://example.org/c) and `https://example.org/code`.

<p>https://example.org/html</p>

[said](https://example.org/d) [^1] <https://example.org/e>

    https://example.org/listing

[^1]: https://example.org/note

{{< details summary="More <i>" >}}
**Words**
{{< /details >}}

A {{< param orbit >}} orbit, {{< audio src="/bell.mp3" >}}.

```md
## Not {#this}
https://example.org/fenced
```
-- static/bell.mp3 --
ID3
"""
    )
    outcome = move.run()
    body = move.story("2023/05/one.md").body
    assert "## The *landing*\n\n[Back](#the-landing) and [there](#the-landing)." in body
    assert "See <https://example.org/a_(b)?x=1>, (<https://example.org/c>) and `https://example.org/code`." in body
    assert "<p>https://example.org/html</p>\n\n[said](https://example.org/d) [^1] <https://example.org/e>" in body
    assert "    https://example.org/listing\n\n[^1]: <https://example.org/note>" in body
    assert "<details><summary>More &lt;i&gt;</summary>\n\n**Words**\n\n</details>" in body
    assert "A high orbit, [bell.mp3](/bell.mp3)." in body
    assert "## Not {#this}\nhttps://example.org/fenced" in body
    assert [problem.code for problem in outcome.problems] == ["import-key"]  # of the value that the text names


def test_the_caption_of_a_linked_figure_is_below_it_and_a_caption_alone_is_shown(move: Move):
    move.write(
        CONFIG
        + """\
-- content/posts/one.md --
---
title: One
date: 2023-05-06
---
{{< figure src="/dot.png" title="Night" caption="A [dot](/x) \\"here\\"" link="https://example.org/" >}}

{{< figure src="/dot.png" caption="A dot" >}}
""",
        "static/dot.png",
    )
    move.run()
    body = move.story("2023/05/one.md").body
    assert ')](https://example.org/)\n\nNight: A dot "here"' in body
    assert body.rstrip().endswith(' "A dot")')


def test_a_name_alone_is_looked_for_in_the_whole_site(move: Move):
    move.write(
        CONFIG
        + '-- content/posts/one/index.md --\n---\ntitle: One\ndate: 2023-05-06\n---\n[a]({{< relref "two.md" >}}) [b]({{< ref "two#x" >}})\n'
        + "-- content/science/two.md --\n---\ntitle: Two\ndate: 2023-05-07\n---\nx\n"
    )
    outcome = move.run()
    assert move.story("2023/05/one.md").body.strip() == "[a](/2023/05/07/two/) [b](/2023/05/07/two/#x)"
    assert not move.told(outcome, "import-link")


def test_a_folder_is_the_section_of_its_posts_unless_they_have_a_category_or_it_holds_any(move: Move):
    posts = {"posts/a": "", "city-hall/b": "", "kultur/c": "", "kultur/d": "categories: [World]\n"}
    move.write(
        CONFIG
        + "-- content/kultur/_index.md --\n---\ntitle: Kultur & Kunst\n---\n"
        + "".join(
            f"-- content/{at}.md --\n---\ntitle: X\ndate: 2023-05-06\n{head}---\nx\n" for at, head in posts.items()
        )
    )
    outcome = move.run()
    stories = [move.story(f"2023/05/{name}.md").story for name in "abcd"]
    assert [story and story.section for story in stories] == ["", "City hall", "Kultur & Kunst", "World"]
    assert set(outcome.sections) == {"City hall", "Kultur & Kunst"}


def test_files_of_a_bundle_that_its_text_does_not_name_are_listed(move: Move):
    move.write(
        CONFIG
        + "-- content/posts/one/index.md --\n---\ntitle: One\ndate: 2023-05-06\n---\n![a](a.png)\n\n{{< gallery >}}\n",
        "content/posts/one/a.png",
        "content/posts/one/more/b.png",
    )
    outcome = move.run()
    (problem,) = [problem for problem in outcome.problems if problem.code == "import-picture"]
    assert problem.message == "its folder has files that its text does not name: more/b.png"


def test_a_wish_to_search_engines_that_stories_cannot_have_is_named(move: Move):
    move.write(
        f"{CONFIG}-- content/posts/a.md --\n---\ntitle: A\ndate: 2023-05-06\nrobots: noindex\nlayout: wide\n---\nx\n"
    )
    outcome = move.run()
    assert [problem.message for problem in outcome.problems] == ["'robots' was not imported"]
