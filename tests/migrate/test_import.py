"""Importing as such: once, never over an editor's hand, never out of its folders; and the real command."""

import os
import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from broadsheet import disk
from broadsheet.desk import beginnings
from broadsheet.errors import BroadsheetError
from broadsheet.migrate import html, markup, old_site
from broadsheet.migrate.old_site import OldFile
from tests.conftest import examples
from tests.migrate.conftest import Move

SITE = "-- hugo.toml --\nbaseURL = 'https://old.example/'\n-- content/posts/one.md --\n---\ntitle: One\ndate: 2023-05-06\n---\nFirst.\n"


def deeds(move: Move) -> list[str]:
    return [done.deed for done in move.run().done]


def test_a_second_run_changes_nothing(move: Move):
    move.write(SITE)
    assert deeds(move) == ["new"]
    before = {file: file.stat().st_mtime_ns for file in move.new.site.stories.rglob("*.md")}
    assert deeds(move) == ["unchanged"]
    assert {file: file.stat().st_mtime_ns for file in move.new.site.stories.rglob("*.md")} == before


def test_a_post_that_changed_there_is_written_again_under_the_same_id(move: Move):
    move.write(SITE)
    move.run()
    first = move.story("2023/05/one.md").story
    move.write(SITE.replace("First.", "Second.").replace("title: One", "title: Another"))
    assert deeds(move) == ["updated"]
    second = move.story("2023/05/one.md").story
    assert first
    assert second
    assert (second.id, second.title) == (first.id, "Another")


def test_an_edit_by_hand_survives_and_is_told_where_both_changed(move: Move):
    move.write(SITE)
    move.run()
    file = move.new.site.stories / "2023/05/one.md"
    file.write_text(file.read_text().replace("First.", "Mine."))
    assert deeds(move) == ["kept"]
    move.write(SITE.replace("First.", "Second."))
    outcome = move.run()
    assert [done.deed for done in outcome.done] == ["kept"]
    assert move.told(outcome, "import-edited") == [("content/posts/one.md", 0)]
    assert "Mine." in file.read_text()


def test_a_story_that_was_deleted_stays_deleted_and_one_that_was_moved_is_known(move: Move):
    move.write(SITE + "-- content/posts/two.md --\n---\ntitle: Two\ndate: 2023-05-06\n---\nx\n")
    move.run()
    stories = move.new.site.stories
    (stories / "2023/05/one.md").unlink()
    (stories / "2023/05/two.md").rename(stories / "second.md")
    assert deeds(move) == ["deleted", "unchanged"]
    assert [file.name for file in stories.rglob("*.md")] == ["second.md"]


def test_without_its_record_a_story_is_known_by_its_id(move: Move):
    move.write(SITE)
    move.run()
    (move.new.site.stories / ".imported").unlink()
    assert deeds(move) == ["kept"]


def test_a_story_of_the_same_name_is_not_written_over(move: Move):
    move.write(SITE)
    move.new.write("-- content/stories/2023/05/one.md --\n---\nid: mine\ntitle: Mine\ndate: 2023-05-06\n---\nx\n")
    assert move.run().done[0].path == "stories/2023/05/one-2.md"


def test_a_dry_run_writes_nothing(move: Move):
    move.write(SITE)
    assert [done.deed for done in move.run(dry_run=True).done] == ["new"]
    assert not move.new.site.content.exists()


def test_the_site_that_was_imported_builds_and_old_addresses_lead_to_it(move: Move):
    move.write(
        SITE
        + "-- content/posts/two.md --\n---\ntitle: Two\ndate: 2023-05-07\ncategories: [World]\n---\n[one](/posts/one/)\n"
    )
    move.run()
    move.new.build()
    assert move.new.problems() == []
    assert "url=/2023/05/06/one/" in move.new.page("posts/one/index.html")
    assert 'href="/2023/05/06/one/"' in move.new.page("2023/05/07/two/index.html")
    assert "https://old.example/posts/one/" in move.new.page("feed.xml")
    assert "<id>https://old.example/posts/one/</id>" in move.new.page("atom.xml")


def test_nothing_outside_the_old_sites_folder_is_copied(move: Move, tmp_path: Path):
    secret = tmp_path / "secret.png"
    move.write(SITE.replace("First.", "![a](../../../secret.png) ![b](/../secret.png) ![c](link.png)"), "dot.png")
    (move.old / "dot.png").rename(secret)
    (move.old / "content/posts/link.png").symlink_to(secret)
    (move.old / "content/posts/link.md").symlink_to(secret)
    outcome = move.run()
    assert len(move.told(outcome, "import-picture")) == 3
    assert not (move.new.site.content / "pictures").exists()


def test_a_text_is_imported_as_it_was_typed_and_what_is_doubtful_is_reported(move: Move):
    move.write(
        "-- hugo.toml --\n-- content/posts/a.md --\n\n---\ntitle: 12:30\ndate: 2023-05-06\ntags: [1.10, yes]\nauthor: Ann #2\n---\nx\n"
    )
    outcome = move.run()
    (file,) = move.new.site.stories.rglob("*.md")
    text = file.read_text("utf-8")
    assert 'title: "12:30"' in text
    assert "- '1.10'" in text
    assert "- 'yes'" in text
    assert "Ann #2" in text
    assert move.told(outcome, "text-hash") == [("content/posts/a.md", 6)]


def test_hostile_values_make_no_path_and_no_traceback(move: Move):
    move.write(
        "-- hugo.toml --\nbaseURL = 3\npermalinks = 'x'\n"
        "-- content/posts/a.md --\n---\ntitle: [1, {a: b}]\nslug: ../../../etc\nurl: '//evil.example/../x'\ndate: 2023-13-45\naliases: ['../..', 'javascript:x', 3]\ncategories: {a: 1}\ntags: 5\nimage: [{src: {}}]\nauthors: [[1]]\n---\n[x](http://[::1)\n"
    )
    outcome = move.run()
    assert outcome.done[0].deed == "new"
    (file,) = move.new.site.stories.rglob("*.md")
    assert file.name == "etc.md"
    assert move.told(outcome, "import-date") == [("content/posts/a.md", 5)]
    assert not [p for p in outcome.problems if p.severity == "error"]


@pytest.mark.parametrize("kind", ["hugo", "jekyll", "pelican"])
def test_an_empty_folder_is_told_with_what_to_do(move: Move, kind: str):
    assert move.run(kind).problems[-1].code == "import-empty"  # type: ignore[arg-type]  # as the command passes it
    with pytest.raises(BroadsheetError) as cause:
        move.run()
    assert cause.value.problem.code == "import-unknown"


def test_a_content_folder_alone_is_known_by_the_settings_above_it(move: Move):
    move.write(SITE)
    move.old = move.old / "content"
    assert deeds(move) == ["new"]


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=examples(150), deadline=None)
@given(st.text(alphabet="[](){}<>%`~!#\"'=:.-_*+ \nabc/\\{}", max_size=300))
def test_no_text_breaks_the_rewriting(move: Move, text: str):
    markup.shortcodes(text, "a.md", 1, [])
    markup.liquid(text, "a.md", 1, [], markup.Known(str))
    markup.markdown(text, "a.rst", 1, [])
    html.unwrapped(text)
    for read in (None, old_site.meta_lines, old_site.rest_fields):
        try:
            assert isinstance(old_site.taken_apart(text.encode(), "a.md", read), OldFile)
        except BroadsheetError:
            continue


@pytest.mark.parametrize(
    "text",
    [
        "[" * 50_000,
        "![" * 50_000,
        "{{<" * 50_000,
        "{%" * 50_000,
        "```\n" * 20_001,
        "`" * 50_001,
        "<img " * 20_000,
        "[a](" * 20_000,
    ],
)
def test_texts_made_to_hang_are_rewritten_in_no_time(move: Move, text: str):
    move.write(SITE.replace("First.", text))
    assert deeds(move) == ["new"]


@pytest.mark.parametrize(
    "text", ["<h1>x", "<b>x ", '<a href="x">', "<pre>", "<p ", "{% raw %}", "{{< highlight x >}}", "`a <"]
)
def test_beginnings_without_an_end_take_no_longer(text: str):
    text *= 20_000
    html.unwrapped(text)
    markup.shortcodes(text, "a.md", 1, [])
    markup.liquid(text, "a.md", 1, [], markup.Known(str))
    markup.markdown(text, "a.rst", 1, [])


def test_the_command_lists_what_was_left_out_and_counts_the_rest(move: Move):
    posts = "".join(
        f"-- content/posts/p{n}.md --\n---\ntitle: P{n}\ndate: 2023-05-06\nseries: x\ncategories: [Odd]\n---\nx\n"
        for n in range(9)
    )
    move.write(SITE + posts)
    command = [sys.executable, "-m", "broadsheet", "import", str(move.old)]
    done = subprocess.run(
        command, cwd=move.new.root, capture_output=True, text=True, check=False, env={**os.environ, "COLUMNS": "80"}
    )
    assert done.returncode == 0, done.stderr
    assert "Import from Hugo: 10 new." in done.stdout
    assert done.stderr.count("'series' was not imported") == 5
    assert "… and 4 more notes [import-key]\n    List all of them with: broadsheet import --all" in done.stderr
    assert '"Odd"]' in done.stdout
    every = subprocess.run([*command, "--all"], cwd=move.new.root, capture_output=True, text=True, check=False)
    assert every.stderr.count("'series' was not imported") == 9


def test_of_two_posts_at_one_address_both_come_and_the_address_leads_to_the_first(move: Move):
    move.write(
        SITE
        + "-- content/posts/two.md --\n---\ntitle: Two\ndate: 2023-05-07\nurl: /posts/one/\n---\nx\n"
        + "-- content/posts/zed.md --\n---\ntitle: Zed\ndate: 2023-05-07\naliases: [/z/]\nurl: /posts/one/\n---\nx\n"
    )
    outcome = move.run()
    assert move.told(outcome, "import-address") == [("content/posts/two.md", 1), ("content/posts/zed.md", 1)]
    stories = [move.story(f"2023/05/{name}.md").story for name in ("one", "two", "zed")]
    assert len({story.id for story in stories if story}) == 3
    assert [story.aliases for story in stories if story] == [("/posts/one/",), (), ("/z/",)]
    move.new.build()
    assert move.new.problems() == []


@pytest.mark.parametrize(
    "head", ["---\ntitle: Two\ndate: 2023-05-06\n---\n", "+++\ntitle = 'Two'\ndate = 2023-05-06\n+++\n"]
)
def test_a_post_in_which_a_merge_was_not_resolved_stays_behind(move: Move, head: str):
    move.write(f"{SITE}-- content/posts/two.md --\n{head}\nText.\n\n<<<<<<< HEAD\nA\n=======\nB\n>>>>>>> other\n")
    outcome = move.run()
    assert move.told(outcome, "merge-conflict") == [("content/posts/two.md", 8)]
    assert [file.name for file in move.new.site.stories.rglob("*.md")] == ["one.md"]


NOTED = """-- content/posts/two.md --
---
title: Two
date: 2023-05-06
---
A claim.[^1] Another.[^src] A [link](/posts/one/).

`[code](/posts/one/)` ![quay][q] ![pier](img/p(1).png 'T')

    [listed](/posts/one/)

<figure><img src="img/q.png" alt="Q"><figcaption>C</figcaption></figure>

[^1]: The *note*, on a [post](/posts/one/).
[^src]: /posts/one/

[q]: img/q.png
[unused]: /posts/one/
"""


def test_a_text_keeps_every_byte_but_its_links_and_pictures(move: Move):
    move.write(SITE + NOTED, "content/posts/img/q.png", "content/posts/img/p(1).png")
    outcome = move.run()
    body = move.story("2023/05/two.md").body
    assert not outcome.problems
    names = dict.fromkeys(re.findall(r"pictures/[\w.-]+", body))
    pier, quay = names
    new = NOTED.partition("---\ntitle")[2].partition("---\n")[2].strip()
    for old, now in (("[link](/posts", "[link](/2023/05/06/one"), ("[post](/posts", "[post](/2023/05/06/one")):
        new = new.replace(f"{old}/one/)", f"{now}/)")
    assert body == new.replace("img/q.png", quay).replace("img/p(1).png", pier)
    assert len(list((move.new.site.content / "pictures").iterdir())) == 2


def test_a_picture_by_reference_that_is_not_there_is_told(move: Move):
    move.write(SITE.replace("First.", "![quay][q]\n\n[q]: img/q.png"))
    assert move.told(move.run(), "import-picture") == [("content/posts/one.md", 5)]


# An edit that is made while the import runs.


@pytest.fixture
def changed(move: Move) -> Path:
    """A story whose post has changed since it was imported."""
    move.write(SITE)
    move.run()
    move.write(SITE.replace("First.", "Second."))
    return move.new.site.stories / "2023/05/one.md"


def in_the_moment(monkeypatch: pytest.MonkeyPatch, step: str, do: Callable[[], object]) -> None:
    """Somebody does something right before a file gets its name."""
    owner, _, name = step.partition(".")
    module = {"disk": disk, "os": os}[owner]
    real, todo = getattr(module, name), [do]

    def stepped(*arguments: object) -> object:
        if todo and str(arguments[1]).endswith(".md"):
            todo.pop()()
        return real(*arguments)

    monkeypatch.setattr(module, name, stepped)


def test_an_edit_in_the_moment_of_writing_is_kept_and_told(move: Move, changed: Path, monkeypatch: pytest.MonkeyPatch):
    in_the_moment(monkeypatch, "disk.exchange", lambda: changed.write_text(changed.read_text() + "Mine.\n"))
    outcome = move.run()
    assert [done.deed for done in outcome.done] == ["kept"]
    assert move.told(outcome, "import-edited") == [("content/posts/one.md", 0)]
    assert changed.read_text().endswith("First.\nMine.\n")
    assert deeds(move) == ["kept"]


def test_a_deletion_in_the_moment_of_writing_stays_one(move: Move, changed: Path, monkeypatch: pytest.MonkeyPatch):
    in_the_moment(monkeypatch, "disk.exchange", changed.unlink)
    assert deeds(move) == ["deleted"]
    assert deeds(move) == ["deleted"]
    assert not changed.exists()


def test_a_file_that_an_editor_makes_where_a_post_was_to_be_stays(move: Move, monkeypatch: pytest.MonkeyPatch):
    move.write(SITE)
    file = move.new.site.stories / "2023/05/one.md"
    in_the_moment(monkeypatch, "os.link", lambda: file.write_text("Mine."))
    assert deeds(move) == ["kept"]
    assert file.read_text() == "Mine."
    assert move.run().done[0].path == "stories/2023/05/one-2.md"


def test_what_a_merge_brings_into_the_record_while_the_import_runs_stays_there(
    move: Move, changed: Path, monkeypatch: pytest.MonkeyPatch
):
    record = move.new.site.stories / ".imported"
    line = '{"file":"hugo:theirs.md","sha256":"0","id":"x","path":"stories/x.md","made":"0"}\n'
    in_the_moment(monkeypatch, "disk.exchange", lambda: record.write_text(record.read_text() + line))
    assert deeds(move) == ["updated"]
    assert line in record.read_text()
    assert deeds(move) == ["unchanged"]


def test_an_old_address_that_is_no_page_is_refused_with_its_line_and_reaches_no_host(move: Move):
    bad = [
        "/feed.xml",
        "/_headers",
        "/old/*",
        "/:splat",
        "/?p=3",
        "/a/#b",
        "//evil.example/x",
        "/%2e%2e/%2e%2e/x",
        "/a%0Ab/",
    ]
    move.write(
        SITE + f"-- content/posts/two.md --\n---\ntitle: Two\ndate: 2023-05-07\naliases: {['/kept/', *bad]}\n---\nx\n"
    )
    outcome = move.run()
    assert move.told(outcome, "import-address") == [("content/posts/two.md", 4)] * len(bad)
    told = " ".join(problem.message for problem in outcome.problems)
    assert all(repr(alias) in told for alias in bad)
    story = move.story("2023/05/two.md").story
    assert story
    assert story.aliases == ("/posts/two/", "/kept/")
    move.new.build()
    assert move.new.problems() == []
    assert len(move.new.page("_redirects").splitlines()) == 3


@pytest.mark.parametrize("date", ["9999-12-31T23:59:59-14:00", "0001-01-01T00:00:00+14:00"])
@pytest.mark.parametrize("kind", ["hugo", "jekyll"])
def test_a_date_at_an_end_of_the_calendar_makes_a_draft_and_the_others_are_imported(move: Move, kind: str, date: str):
    folder = "content/posts/" if kind == "hugo" else "_posts/2023-05-05-"
    move.write(
        ("-- hugo.toml --\n" if kind == "hugo" else "-- _config.yml --\ntitle: x\n")
        + f"-- {folder}odd.md --\n---\ntitle: Odd\ndate: {date}\n---\nText.\n"
        + f"-- {folder}one.md --\n---\ntitle: One\ndate: 2023-05-06\n---\nFirst.\n"
    )
    outcome = move.run()
    assert [done.deed for done in outcome.done] == ["new", "new"], outcome.problems
    assert move.told(outcome, "import-date") == [(f"{folder}odd.md", 3)]
    odd = next(done.path for done in outcome.done if "odd" in done.path).removeprefix("stories/")
    written = (move.new.site.stories / odd).read_text("utf-8")
    assert "status: draft" in written
    assert date in written
    assert move.story("2023/05/one.md").story
    move.new.build()
    assert not any("odd" in path for path in move.new.output())


@pytest.mark.parametrize(
    ("settings", "post", "code"),
    [
        ("-- hugo.toml --\nbaseURL = 'http://[x'\n", "content/posts/one.md", ("hugo.toml", "baseURL")),
        (
            "-- hugo.toml --\n[languages.en]\nbaseURL = 'http://[x'\n",
            "content/posts/one.md",
            ("hugo.toml", "languages.en.baseURL"),
        ),
        ("-- hugo.toml --\ncontentDir = '../'\n", "posts/one.md", ("hugo.toml", "contentDir")),
        ("-- _config.yml --\nurl: 'http://[x'\n", "_posts/2023-05-06-one.md", ("_config.yml", "url")),
        ("-- _config.yml --\ndefaults: 5\n", "_posts/2023-05-06-one.md", ("_config.yml", "defaults")),
        ("-- _config.yml --\nsource: ../../..\n", "_posts/2023-05-06-one.md", ("_config.yml", "source")),
        ("-- pelicanconf.py --\nSITEURL = 'http://[x'\n", "content/one.md", ("pelicanconf.py", "SITEURL")),
        ("-- pelicanconf.py --\nPATH = '../'\n", "one.md", ("pelicanconf.py", "PATH")),
    ],
)
def test_a_setting_that_leads_nowhere_is_reported_by_its_name_and_the_posts_are_imported(
    move: Move, settings: str, post: str, code: tuple[str, str]
):
    move.write(f"{settings}-- {post} --\n---\ntitle: One\ndate: 2023-05-06\n---\nFirst.\n")
    (move.old.parent / "_posts").mkdir()
    (move.old.parent / "_posts/2023-05-06-outside.md").write_text("---\ntitle: Outside\n---\nx\n", "utf-8")
    outcome = move.run()
    assert [done.file for done in outcome.done] == [post]
    assert [done.deed for done in outcome.done] == ["new"]
    (problem,) = (one for one in outcome.problems if one.code == "import-settings")
    assert problem.place.file == code[0]
    assert problem.message.startswith(f"{code[1]}: ")


def test_links_in_the_old_site_are_named(move: Move):
    move.write(SITE)
    posts, outside = move.old / "content/posts", move.old.parent / "outside"
    outside.mkdir()
    (outside / "two.md").write_text("---\ntitle: Two\ndate: 2023-05-06\n---\nx\n", "utf-8")
    (posts / "two.md").symlink_to(outside / "two.md")
    (posts / "more").symlink_to(outside)
    outcome = move.run()
    assert [done.deed for done in outcome.done] == ["new"]
    assert move.told(outcome, "import-skipped") == [("content/posts/more", 0), ("content/posts/two.md", 0)]


@pytest.mark.parametrize("line", ["translationKey: [a]", "lang: [de]", "ref: {a: b}"])
def test_a_key_of_one_word_that_has_another_type_is_reported(move: Move, line: str):
    move.write(SITE.replace("date:", f"{line}\ndate:"))
    assert move.told(move.run(), "import-key") == [("content/posts/one.md", 3)]


def test_an_address_that_is_none_costs_no_post(move: Move):
    move.write(SITE.replace("date:", "url: 'http://[x'\ndate:").replace("First.", "[a](%2F%2F[x/) ![b](http://[y)"))
    assert deeds(move) == ["new"]


def test_a_file_that_readers_were_given_keeps_its_address(move: Move):
    move.write(
        SITE.replace(
            "First.",
            "[a](/files/plan%20b.pdf#page=2) [b](/files/page.html) [c](/../../secret.pdf) [d](/pictures/x.pdf)",
        )
        + "-- content/posts/two/index.md --\n---\ntitle: Two\ndate: 2023-05-07\n---\n[e](rents.csv)\n"
        + "-- content/posts/two/rents.csv --\nYear,Rent\n-- static/files/plan b.pdf --\n%PDF\n"
        + "-- static/files/page.html --\n<script>x</script>\n-- static/pictures/x.pdf --\n%PDF\n"
    )
    (move.old.parent / "secret.pdf").write_text("x")
    outcome = move.run()
    first, second = move.story("2023/05/one.md").body, move.story("2023/05/two.md").body
    assert first.startswith("[a](/files/plan%20b.pdf#page=2) [b](/files/page.html)")
    assert "[d](/files/x.pdf)" in first  # the site's own folder of pictures has that address
    assert second == "[e](/posts/two/rents.csv)"
    move.new.build()
    there = {file.relative_to(move.new.root / "output").as_posix() for file in (move.new.root / "output").rglob("*.*")}
    assert {"files/plan b.pdf", "files/x.pdf", "posts/two/rents.csv"} <= there
    assert not {"files/page.html", "secret.pdf"} & there  # a page of another site may run what it likes
    assert len(move.told(outcome, "import-link")) == 2
    assert len(move.told(outcome, "import-address")) == 1


@pytest.mark.parametrize("mark", ["draft: true", "publishDate: 2090-01-01", "expiryDate: 2020-01-01"])
def test_a_file_of_a_story_that_readers_do_not_see_is_not_published(move: Move, mark: str):
    move.write(
        SITE.replace("title: One", f"title: One\n{mark}").replace("First.", "[a](/plan.pdf)")
        + "-- static/plan.pdf --\n%PDF\n"
    )
    outcome = move.run()
    assert not (move.new.site.content / "static").exists()
    (problem,) = [problem for problem in outcome.problems if problem.code == "import-link"]
    assert problem.hint == "Copy it to content/static/plan.pdf when you publish."


def test_a_page_takes_the_place_of_the_sample_of_a_new_site_and_of_nothing_else(move: Move):
    about = SITE + "-- content/about.md --\n---\ntitle: About\n---\nWe.\n"
    pages = move.new.site.content / "pages"
    pages.mkdir(parents=True)
    (pages / "about.md").write_bytes(beginnings.sample_page())
    move.write(about)
    assert deeds(move) == ["new", "new"]
    assert (pages / "about.md").read_text() == '---\ntitle: "About"\n---\n\nWe.\n'
    assert deeds(move) == ["unchanged", "unchanged"]


def test_a_page_that_an_owner_wrote_stays_beside_the_imported_one(move: Move):
    pages = move.new.site.content / "pages"
    pages.mkdir(parents=True)
    (pages / "about.md").write_bytes(beginnings.sample_page() + b"Mine.\n")
    move.write(SITE + "-- content/about.md --\n---\ntitle: About\n---\nWe.\n")
    move.run()
    assert (pages / "about.md").read_text().endswith("Mine.\n")
    assert (pages / "about-2.md").is_file()


def test_names_of_a_section_that_differ_in_capitals_alone_are_named_once(move: Move):
    posts = {"a": "Moon", "b": "moon", "c": "Mars"}
    move.write(
        "-- hugo.toml --\n"
        + "".join(
            f"-- content/posts/{name}.md --\n---\ntitle: X\ndate: 2023-05-06\ncategories: [{section}]\n---\nx\n"
            for name, section in posts.items()
        )
    )
    outcome = move.run()
    assert outcome.sections == ("Moon", "Mars")
    assert [problem.message for problem in outcome.problems if problem.code == "import-section"] == [
        "section 'Moon' is not in the setting 'sections' (2 posts)",
        "section 'Mars' is not in the setting 'sections' (1 post)",
    ]
