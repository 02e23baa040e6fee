"""A site from end to end: what a reader finds, what is reported to an editor, what a second build does."""

import os
import re
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from broadsheet.errors import BroadsheetError
from tests.conftest import Workshop, at_work, story

Make = Callable[..., Workshop]

THREE = (
    story("one", "2025-05-07", section="World", topics="[Rome, Vote]", authors="[Ada Reed]"),
    story("two", "2025-05-08", section="Science", topics="[Rome]", authors="[Ada Reed, Bo Finn]"),
    story("three", "2025-05-08", section="World"),
)


def test_every_address_that_has_something_behind_it_is_there(workshop: Make):
    made = workshop(*THREE, "-- content/pages/about.md --\n---\ntitle: About\n---\n\nWe.\n")
    made.build()
    assert not made.problems()
    expected = {
        "index.html", "404.html", "feed.xml", "sitemap.xml", "robots.txt", "about/index.html",
        "2025/05/07/one/index.html", "2025/05/08/two/index.html", "2025/05/08/three/index.html",
        "editions/index.html", "editions/2025-05-07/index.html", "editions/2025-05-08/index.html",
        "sections/world/index.html", "sections/science/index.html", "sections/world/feed.xml",
        "topics/index.html", "topics/rome/index.html", "topics/rome/feed.xml",
        "authors/index.html", "authors/ada-reed/index.html", "authors/bo-finn/index.html",
        "archive/index.html", "archive/2025/index.html", "archive/2025/05/index.html",
    }  # fmt: skip
    assert expected <= made.output().keys()
    assert "topics/vote/index.html" not in made.output()  # one story makes no topic page


def test_a_second_build_draws_nothing_and_changes_no_byte(workshop: Make):
    made = workshop(*THREE)
    made.build()
    before = made.output()
    built = made.build()
    assert (built.printed.drawn, built.printed.written, built.printed.removed) == (0, 0, 0)
    assert made.output() == before


def test_a_changed_body_draws_only_what_shows_it(workshop: Make):
    made = workshop(*THREE)
    made.build()
    before = made.output()
    keys = {"section": "World", "topics": "[Rome, Vote]", "authors": "[Ada Reed]"}
    made.write(story("one", "2025-05-07", body="A *body*.", **keys))
    made.build()
    after = made.output()
    changed = {path for path in after if after[path] != before[path]}
    assert {path for path in changed if path.endswith(".html")} == {"2025/05/07/one/index.html"}
    assert "<em>body</em>" in made.page("2025/05/07/one/index.html")
    assert "<em>body</em>" in made.page("feed.xml")


def test_what_no_longer_belongs_is_removed_with_its_empty_folders(workshop: Make):
    made = workshop(*THREE)
    made.build()
    (made.root / "content/stories/2025/05/one.md").unlink()
    built = made.build()
    assert built.printed.removed > 0
    assert not (made.root / "output/2025/05/07").exists()
    assert not any("one" in path for path in made.output())


def test_a_file_that_somebody_put_into_output_is_left_alone_and_told(workshop: Make):
    made = workshop(*THREE)
    made.build()
    (made.root / "output/CNAME").write_text("example.org")
    made.build()
    assert made.page("CNAME") == "example.org"
    assert [p.code for p in made.problems("note")] == ["output-other"]


def test_a_folder_that_broadsheet_did_not_make_is_refused_and_untouched(workshop: Make):
    made = workshop(*THREE, "-- output/mine.txt --\nkeep\n")
    with pytest.raises(BroadsheetError, match="did not make"):
        made.build()
    assert os.listdir(made.root / "output") == ["mine.txt"]


def test_an_output_page_that_was_damaged_is_made_again(workshop: Make):
    made = workshop(*THREE)
    made.build()
    whole = made.page("index.html")
    (made.root / "output/index.html").write_text("damaged")
    made.build()
    assert made.page("index.html") == whole


def test_one_broken_story_is_told_with_its_line_and_the_others_go_out(workshop: Make):
    made = workshop(*THREE, story("bad", "2025-05-09").replace("2025-05-09\n", "someday\n"))
    built = made.build()
    (problem,) = made.problems("error")
    assert str(problem.place) == "content/stories/2025/05/bad.md:4"
    assert built.stories == 3


def test_two_stories_at_one_address_are_an_error_that_names_both(workshop: Make):
    twice = story("one", "2025-05-07").replace("id: one", "id: other").replace("2025/05/one.md", "more/one.md")
    made = workshop(story("one", "2025-05-07"), twice)
    built = made.build()
    (problem,) = made.problems("error")
    assert problem.code == "address-twice"
    assert "content/stories/2025/05/one.md" in str(problem)
    assert "content/stories/more/one.md" in str(problem)
    assert built.stories == 1


def test_one_id_in_two_files_is_an_error_that_names_both(workshop: Make):
    made = workshop(story("one", "2025-05-07"), story("two", "2025-05-08", id="one"))
    made.build()
    (problem,) = made.problems("error")
    assert problem.code == "id-twice"
    assert "2025/05/one.md" in problem.message


def test_a_page_of_the_editors_own_at_another_pages_path_is_an_error(workshop: Make):
    made = workshop(*THREE, "-- content/pages/topics.md --\n---\ntitle: T\n---\n\nx\n")
    made.build()
    assert [problem.code for problem in made.problems("error")] == ["path-twice"]


def test_a_page_of_the_editors_own_names_its_file_as_a_user_calls_it(workshop: Make):
    made = workshop(*THREE, "-- content/pages/about.md --\n---\ntitle: About\n---\n\nWe.\n")
    pages = {page.path: page.origin for page in made.build().plan}
    assert pages["about/index.html"] == "content/pages/about.md"
    made.write("-- content/pages/topics.md --\n---\ntitle: T\n---\n\nx\n")
    made.build()
    assert [str(problem.place) for problem in made.problems("error")] == ["content/pages/topics.md"]


def test_drafts_and_what_is_not_yet_or_no_longer_due_stay_out_but_show_in_a_preview(workshop: Make):
    made = workshop(
        story("out", "2025-05-07"),
        story("draft", "2025-05-07", status="draft"),
        story("later", "2030-01-01"),
        story("gone", "2025-05-06", expires="2025-05-20"),
    )
    assert made.build().stories == 1
    assert "draft" not in made.page("feed.xml")
    built = made.build(preview=True)
    assert built.stories == 4
    assert "draft" not in made.page("feed.xml")


def test_script_in_a_story_never_reaches_a_page_or_a_feed(workshop: Make):
    made = workshop(
        story(
            "bad",
            "2025-05-07",
            title="<script>alert(1)</script>",
            summary="'<img src=x onerror=alert(2)>'",
            body="<script>alert(3)</script> [x](javascript:alert(4)) <img src=x onerror=alert(5)> <iframe></iframe>",
        )
    )
    made.build()
    for path, data in made.output().items():
        if path.endswith((".html", ".xml")):
            text = data.decode()
            assert "<script>alert" not in text
            assert not re.search(r"<\w[^>]*javascript:", text)
            assert not re.search(r"<img[^>]*onerror", text)
            assert "<iframe" not in text


def test_a_title_that_means_a_path_stays_inside_output(workshop: Make):
    made = workshop(story("x", "2025-05-07", topics='["../../etc", "a/b"]', authors='["../up"]', section='"../s"'))
    made.build()
    assert (made.root / "output/authors/up/index.html").exists()
    assert not (made.root / "up").exists()


def test_a_site_below_a_sub_path_links_within_it(workshop: Make):
    made = workshop(*THREE, story("four", "2025-05-08", body="[about](/about/)"), settings="")
    pyproject = made.root / "pyproject.toml"
    pyproject.write_text(pyproject.read_text().replace("https://example.org/", "https://example.org/news/"))
    made.build()
    links = re.findall(r'(?:href|src)="(/[^"]*)"', "".join(made.page(p) for p in made.output() if p.endswith(".html")))
    assert links
    assert all(link.startswith("/news/") for link in links)
    assert "<link>https://example.org/news/2025/05/07/one/</link>" in made.page("feed.xml")


def test_a_sites_own_template_comes_before_the_shipped_one(workshop: Make):
    made = workshop(
        *THREE, "-- themes/broadsheet/templates/prose.html --\n<p>mine: {{ prose.title }}</p>\n",
        "-- content/pages/about.md --\n---\ntitle: About\n---\n\nWe.\n",
    )  # fmt: skip
    made.build()
    assert made.page("about/index.html").strip() == "<p>mine: About</p>"
    assert "<article" in made.page("2025/05/07/one/index.html")


def test_a_changed_template_draws_its_pages_again(workshop: Make):
    override = "-- themes/broadsheet/templates/partials/end.html --\n<p>{} end</p>\n"
    made = workshop(*THREE, override.format("First"))
    made.build()
    made.write(override.format("Second"))
    made.build()
    assert "Second end" in made.page("index.html")


@pytest.mark.parametrize(
    ("template", "line", "said"),
    [
        ("<p>\n{{ story.titel }}\n</p>", 2, "StoryView has no 'titel'"),
        ("<p>{{ story.card.titel }}</p>", 1, "Did you mean 'title'?"),
        ("<p>\n\n{{ storry.card }}\n", 3, "Did you mean 'story'?"),
        ("{% if %}", 1, "Expected an expression"),
        ("\n{% include 'partials/nope.html' %}", 2, "no template 'partials/nope.html'"),
        ("{{ asset('styl.css') }}", 1, "Did you mean 'style.css'?"),
        ("\n{{ 1 / 0 }}", 2, "ZeroDivisionError"),
    ],
)
def test_a_broken_template_is_an_error_with_file_line_and_the_nearest_name(
    workshop: Make, template: str, line: int, said: str
):
    made = workshop(*THREE)
    made.build()
    before = made.page("2025/05/07/one/index.html")
    made.write(f"-- themes/broadsheet/templates/story.html --\n{template}\n")
    made.build()
    errors = made.problems("error")
    assert {str(p.place) for p in errors} == {f"themes/broadsheet/templates/story.html:{line}"}
    assert said in str(errors[0])
    assert made.page("2025/05/07/one/index.html") == before  # what cannot be drawn keeps the page that it had


def test_a_missing_theme_is_an_error_with_the_nearest_name(workshop: Make):
    made = workshop(*THREE, settings='theme = "broadshet"\n')
    with pytest.raises(BroadsheetError, match="Did you mean 'broadsheet'"):
        made.build()


def test_a_picture_goes_out_under_a_name_with_its_digest_and_with_its_size(workshop: Make):
    from PIL import Image

    made = workshop(
        story(
            "one", "2025-05-07", image="{src: pictures/a.png, alt: A boat, credit: Reed}", body="![b](/pictures/b.png)"
        )
    )
    (made.root / "content/pictures").mkdir(parents=True)
    Image.new("RGB", (40, 20)).save(made.root / "content/pictures/a.png")
    Image.new("RGB", (60, 30)).save(made.root / "content/pictures/b.png")
    made.build()
    assert not made.problems()
    page = made.page("2025/05/07/one/index.html")
    for name, size in (("a", 'width="40" height="20"'), ("b", 'width="60" height="30"')):
        (tag,) = (tag for tag in re.findall(r"<img[^>]*>", page) if f"/pictures/{name}." in tag)
        assert size in tag
    assert len([path for path in made.output() if path.startswith("pictures/")]) == 2


def test_a_missing_a_broken_and_a_remote_picture_are_told(workshop: Make):
    made = workshop(
        story(
            "one",
            "2025-05-07",
            image="{src: pictures/nope.png, alt: A boat}",
            body="![x](https://example.com/x.png)\n\n![y](pictures/bad.png)",
        ),
        "-- content/pictures/bad.png --\nnot a picture\n",
    )
    made.build()
    assert {problem.code for problem in made.problems()} == {"picture-missing", "picture-remote", "picture-broken"}
    page = made.page("2025/05/07/one/index.html")
    assert "<img" not in page
    assert '<a href="https://example.com/x.png">x</a>' in page


def test_no_stories_make_a_site_all_the_same(workshop: Make):
    made = workshop()
    built = made.build()
    assert built.stories == 0
    assert "Daily" in made.page("index.html")


def test_long_lists_are_paged(workshop: Make):
    made = workshop(*(story(f"s{n}", "2025-05-07", section="World") for n in range(5)), settings="per_page = 2\n")
    made.build()
    assert {"sections/world/page/2/index.html", "sections/world/page/3/index.html"} <= made.output().keys()
    assert 'href="/sections/world/page/3/"' in made.page("sections/world/page/2/index.html")
    assert 'href="/sections/world/"' in made.page("sections/world/page/2/index.html")


def test_an_unwritable_output_folder_is_a_clear_error(workshop: Make):
    made = workshop(*THREE)
    (made.root / "output").write_text("a file")
    with pytest.raises(BroadsheetError, match="is a file, not a folder"):
        made.build()


def test_a_broken_cache_reads_as_empty(workshop: Make):
    made = workshop(*THREE)
    made.build()
    before = made.output()
    (made.root / ".broadsheet/cache.db").write_bytes(b"not a database" * 1000)
    made.build()
    assert made.output() == before


def test_two_builds_at_once_are_kept_apart(workshop: Make):
    made = workshop(*THREE)
    with at_work(made.root, "build"), pytest.raises(BroadsheetError, match=r"broadsheet build .* is working"):
        made.build()


_edits = st.lists(
    st.tuples(
        st.sampled_from(["a", "b", "c", "d"]),
        st.sampled_from(["2025-05-06", "2025-05-07", "2025-05-08"]),
        st.sampled_from(["World", "Science", "Sport"]),
        st.sampled_from(["Plain words.", "Other *words*.", "![x](pictures/a.png)"]),
        st.sampled_from(["", "draft"]),
    ),
    min_size=1,
    max_size=6,
)


@pytest.mark.slow
@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(edits=_edits)
def test_an_incremental_build_equals_a_clean_one(tmp_path_factory: pytest.TempPathFactory, edits):
    from tests.conftest import SETTINGS

    made = Workshop(tmp_path_factory.mktemp("edits"))
    made.write(f"-- pyproject.toml --\n{SETTINGS}")
    for name, day, section, body, status in edits:
        keys = {"section": section} | ({"status": status} if status else {})
        for old in made.root.glob(f"content/stories/**/{name}.md"):
            old.unlink()
        made.write(story(name, day, title=f"{name} {len(body)}", body=body, **keys))
        made.build()
    incremental = made.output()
    import shutil

    shutil.rmtree(made.root / "output")
    shutil.rmtree(made.root / ".broadsheet")
    made.build()
    assert made.output() == incremental


def test_output_keeps_itself_out_of_git(workshop: Make):
    made = workshop(*THREE)
    made.build()
    assert (made.root / "output/.gitignore").read_text() == "*\n!.gitignore\n"


def test_a_relative_path_is_all_that_output_tells_of_the_machine(workshop: Make, tmp_path: Path):
    made = workshop(*THREE)
    made.build()
    assert all(str(tmp_path).encode() not in data for data in made.output().values())


def test_two_reports_of_the_same_name_each_other(workshop: Make):
    made = workshop(story("one", "2025-05-07"), story("two", "2025-05-08", also="[one]"))
    made.build()
    assert not made.problems()
    assert "Also reported" in made.page("2025/05/07/one/index.html")
    assert "Also reported" in made.page("2025/05/08/two/index.html")


def test_a_theme_that_stands_alone_prints_the_pages_that_it_has_templates_for(workshop: Make):
    made = workshop(
        *THREE,
        '-- themes/lean/theme.toml --\nname = "lean"\nextends = ""\n',
        "-- themes/lean/templates/story.html --\n<h1>{{ story.card.title }}</h1>\n",
        "-- themes/lean/templates/latest.html --\n{% for card in listing.cards %}{{ card.title }};{% endfor %}\n",
        settings='theme = "lean"\n',
    )
    made.build()
    assert not made.problems()
    pages = {path for path in made.output() if path.endswith(".html")}
    stories = {"2025/05/07/one/index.html", "2025/05/08/two/index.html", "2025/05/08/three/index.html"}
    assert pages == {"index.html", *stories}
    assert made.page("index.html").count(";") == 3


def test_a_site_says_which_feeds_it_has_and_how_much_they_tell(workshop: Make):
    made = workshop(
        *THREE, settings='feed_forms = ["rss"]\nfeed_kinds = ["section"]\nfeed_text = "summary"\n'
    )  # fmt: skip
    made.build()
    feeds = {path for path in made.output() if path.endswith(("feed.xml", "atom.xml", "feed.json"))}
    assert feeds == {"feed.xml", "editions/feed.xml", "sections/world/feed.xml", "sections/science/feed.xml"}
    assert "atom.xml" not in made.page("index.html")


def test_a_storys_page_tells_its_place_in_its_thread_and_what_is_new(workshop: Make):
    said = {"section": "World", "topics": "[Hekla, Selfoss, Iceland]"}
    made = workshop(
        story("wakes", "2025-05-06", title="Volcano Hekla wakes after decades", **said),
        story("ash", "2025-05-07", title="Ash from Hekla falls on Selfoss", **said),
        story("school", "2025-05-08", title="Hekla: Selfoss closes its school", **said),
    )
    made.build()
    assert "threads/wakes/index.html" in made.output()
    assert {"threads/wakes/feed.xml", "threads/index.html"} <= made.output().keys()
    page = made.page("2025/05/07/ash/index.html")
    assert "Part 2 of 3 in" in page
    assert page.count('<b class="mark">new</b>') == 1  # the story of the latest edition
    assert "1 new in the latest edition" in made.page("threads/wakes/index.html")


def test_stories_whose_names_only_share_a_slug_are_both_printed_and_edited_alone(workshop: Make):
    long = "-".join(["word"] * 16)
    made = workshop(story(long, "2025-05-07"), story(f"{long}-2", "2025-05-07"), story("c++", "2025-05-07"))
    made.build()
    assert made.problems() == []
    paths = [f"2025/05/07/{name}/index.html" for name in (long, f"{long}-2", "c")]
    assert set(paths) <= made.output().keys()
    made.write(story("c", "2025-05-07"))
    made.build()
    assert made.problems() == []
    assert "<h1>C++</h1>" in re.sub(r"<h1 [^>]*>", "<h1>", made.page("2025/05/07/c-plus-plus/index.html"))
    made.write(story("c++", "2025-05-07", body="Other words."))
    made.build()
    assert "Other words." in made.page("2025/05/07/c-plus-plus/index.html")
    assert "Other words." not in made.page("2025/05/07/c/index.html")
