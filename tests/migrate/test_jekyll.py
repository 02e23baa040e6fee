"""Jekyll's sites: permalinks, Liquid, defaults, drafts."""

import pytest

from tests.migrate.conftest import Move

CONFIG = (
    "-- _config.yml --\nrepository: ann/site\nurl: https://old.example\nbaseurl: /blog\ntimezone: America/New_York\n"
)
POST = "-- _posts/2022-01-02-Big-news.md --\n---\ntitle: Big news\ncategory: Science\n---\nx\n"


@pytest.mark.parametrize(
    ("permalink", "address"),
    [
        ("", "/science/2022/01/02/Big-news.html"),
        ("pretty", "/science/2022/01/02/Big-news/"),
        ("none", "/science/Big-news.html"),
        ("ordinal", "/science/2022/002/Big-news.html"),
        ("weekdate", "/science/2022/W52/Sun/Big-news.html"),
        ("/:year/:i_month/:title", "/2022/1/Big-news"),
        ("/p/:short_year-:month-:day-:slug:output_ext", "/p/22-01-02-big-news.html"),
    ],
)
def test_permalinks_are_followed(move: Move, permalink: str, address: str):
    move.write(CONFIG + (f'permalink: "{permalink}"\n' if permalink else "") + POST)
    move.run()
    story = move.story("2022/01/big-news.md").story
    assert story
    assert story.aliases == (address,)
    assert story.section == "Science"


def test_the_id_is_that_of_the_old_feed(move: Move):
    move.write(CONFIG + POST)
    move.run()
    story = move.story("2022/01/big-news.md").story
    assert story
    assert story.id == "https://old.example/blog/science/2022/01/02/Big-news"


def test_liquid_is_put_in_words_or_stays_to_be_seen(move: Move):
    move.write(
        CONFIG
        + """\
-- _posts/2022-01-02-one.md --
---
title: One
---
![d]({{ "/assets/dot.png" | relative_url }}){: .wide} ![e]({{ site.baseurl }}/assets/dot.png)

{% include gallery.html %} {{ page.custom }} {{ site.repository }}

See [two]({% post_url 2022-01-03-two %}), [three]({% link _posts/2022-01-03-two.md %}), [four]({% post_url 2000-01-01-no %}).

{% highlight ruby %}
puts "{{ x }}"
{% endhighlight %}
{% raw %}{{ shown }}{% endraw %}
{% comment %}
unseen
{% endcomment %}
-- _posts/2022-01-03-two.md --
---
title: Two
---
x
""",
        "assets/dot.png",
    )
    outcome = move.run()
    body = move.story("2022/01/one.md").body
    assert body.count("(pictures/dot-") == 2
    assert "{:" not in body
    assert "`{% include gallery.html %}` `{{ page.custom }}` ann/site" in body
    assert "[two](/2022/01/03/two/), [three](/2022/01/03/two/), [four](/)" in body
    assert '```ruby\nputs "{{ x }}"\n```\n{{ shown }}' in body
    assert "unseen" not in body
    assert move.told(outcome, "import-tag") == [("_posts/2022-01-02-one.md", 6)] * 2
    assert len(move.told(outcome, "import-link")) == 1


def test_drafts_and_what_was_not_published_are_drafts(move: Move):
    move.write(
        CONFIG
        + "-- _drafts/idea.md --\n---\ntitle: Idea\n---\nx\n-- _posts/2022-01-02-no.md --\n---\ntitle: No\npublished: false\n---\nx\n"
    )
    move.run()
    for file in move.new.site.stories.rglob("*.md"):
        story = move.story(file.relative_to(move.new.site.stories).as_posix()).story
        assert story
        assert story.status == "draft"


def test_defaults_and_names_of_authors_come_from_the_settings(move: Move):
    move.write(
        CONFIG
        + 'defaults:\n- scope: {path: "", type: posts}\n  values: {author: ann}\n-- _data/authors.yml --\nann: {name: Ann Example}\n'
        + POST
    )
    move.run()
    story = move.story("2022/01/big-news.md").story
    assert story
    assert story.authors == ("Ann Example",)


def test_old_redirects_and_folders_of_posts_count(move: Move):
    move.write(
        CONFIG
        + "-- world/_posts/2022-01-02-one.md --\n---\ntitle: One\nredirect_from: [/a/, /b.html]\ndate: 2022-01-02 20:00:00 -0500\ntags: x y\n---\nz\n"
    )
    move.run()
    story = move.story("2022/01/one.md").story
    assert story
    assert story.aliases == ("/world/2022/01/02/one.html", "/a/", "/b.html")
    assert story.section == "World"
    assert story.topics == ("x", "y")
    assert story.date.isoformat() == "2022-01-02T20:00:00-05:00"


def test_a_moment_that_is_another_day_here_has_its_link_right(move: Move):
    move.write(
        CONFIG
        + "-- _posts/2022-01-02-late.md --\n---\ntitle: Late\ndate: 2022-01-02 22:00:00 -0500\n---\nx\n-- _posts/2022-01-04-on.md --\n---\ntitle: On\n---\n[l]({% post_url 2022-01-02-late %})\n"
    )
    move.run()
    assert "(/2022/01/03/late/)" in move.story("2022/01/on.md").body  # London is five hours ahead


def test_a_post_in_html_prints_as_it_did(move: Move):
    move.write(
        CONFIG
        + """\
-- _posts/2012-01-02-old.html --
---
title: Old
---
<div class="post">
    <p>One <b>bold</b> word.</p>

        <p>Two, <a href="/2012/01/02/old.html">here</a>.</p>
    <div><img src="/assets/dot.png" alt="A dot"/></div>
    <h3>Below</h3>
<pre>
    kept  as it is
</pre>
</div>
""",
        "assets/dot.png",
    )
    assert move.run().problems == ()
    reading = move.story("2012/01/old.md")
    assert reading.story
    assert reading.story.lead == "One bold word."
    move.new.build()
    assert "<strong>bold</strong>" in move.new.page("2012/01/02/old/index.html")
    page = move.new.page("2012/01/02/old/index.html")
    assert '<p>Two, <a href="/2012/01/02/old/">here</a>.</p>' in page
    assert 'alt="A dot"' in page
    assert '<h3 id="below">Below' in page
    assert "    kept  as it is" in page


def test_a_date_counts_in_the_zone_of_the_settings_and_an_id_is_encoded_as_in_the_feed(move: Move):
    """Jekyll makes an address of the moment in its own zone, and jekyll-feed encodes what is not ASCII."""
    move.write(
        "-- _config.yml --\nurl: https://old.example\ntimezone: Europe/Vienna\npermalink: /:year/:month/:day/:title/\n"
        "-- _posts/2020-01-03-häfen.md --\n---\ntitle: A\ndate: 2020-01-03 23:30:00 +0000\n---\nx\n"
    )
    move.run()
    (file,) = move.new.site.stories.rglob("*.md")
    story = move.story(file.relative_to(move.new.site.stories).as_posix()).story
    assert story
    assert story.aliases == ("/2020/01/04/h%C3%A4fen/",)
    assert story.id == "https://old.example/2020/01/04/h%C3%A4fen"


def test_pages_in_html_are_imported_and_those_that_jekyll_fills_in_are_named(move: Move):
    move.write(
        "-- _config.yml --\nurl: https://old.example\n"
        '-- _posts/2020-01-03-a.md --\n---\ntitle: A\n---\n{% youtube "abc123" %}\n'
        "-- contact.html --\n---\ntitle: Contact\n---\n<p>Write <b>us</b>.</p>\n"
        "-- all.html --\n---\ntitle: All\n---\n{% for post in site.posts %}x{% endfor %}\n"
        "-- raw.html --\n<p>No front matter</p>\n"
    )
    outcome = move.run()
    (page,) = (move.new.site.content / "pages").iterdir()
    assert page.name == "contact.md"
    assert page.read_text().endswith("---\n\nWrite **us**.\n")
    assert "aliases:\n- /contact.html\n" in page.read_text()
    assert move.told(outcome, "import-list") == [("all.html", 0)]
    assert "<https://www.youtube.com/watch?v=abc123>" in move.story("2020/01/a.md").body
