"""Editions, lists, corrections and what is to come, from the editor's files to the pages."""

import json
import re
import xml.etree.ElementTree as ET
from collections.abc import Callable
from zoneinfo import ZoneInfo

import pytest
from click.testing import CliRunner
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from broadsheet.cli import program
from broadsheet.commands import Call
from broadsheet.pages.story import StoryInputs
from tests.conftest import SETTINGS, Workshop, story

pytestmark = pytest.mark.slow

Make = Callable[..., Workshop]

WEEK = (
    story(
        "one",
        "2025-05-07",
        section="World",
        topics="[Rome, Vote]",
        source="{name: The Wire, url: 'https://wire.example/1', licence: CC BY 4.0}",
    ),
    story(
        "two",
        "2025-05-08",
        section="World",
        topics="[Rome, Vote]",
        source="{name: The Wire, url: 'https://wire.example/2'}",
    ),
    story("three", "2025-05-08", section="Science", topics="[Rome, Moon]", priority="lead"),
    story("four", "2025-05-08", section="Science", priority="brief"),
)


def run(made: Workshop, *words: str) -> tuple[int, str]:
    """The exit code and the lines of a command."""
    result = CliRunner().invoke(program, ["--site", str(made.root), *words], obj=Call(made.root, {}))
    if result.exception and not isinstance(result.exception, SystemExit):
        raise result.exception
    return result.exit_code, result.output


def place(text: str) -> list[str]:
    """The stories of a page in their order, those under the lead too, without its running stories, which go on."""
    found = r"<(?:h[23]|li)[^>]*><a href=\"/\d{4}/\d\d/\d\d/(\w+)/\">"
    return re.findall(found, text.partition('<section class="so-far"')[0])


# Editions.


def test_an_editors_file_names_the_edition_and_its_note_is_safe_html(workshop: Make):
    made = workshop(
        *WEEK,
        "-- content/editions/2025-05-08.md --\n---\ntitle: Moon Day\nlead: two\n---\n\nIt *rained*. <script>x()</script> [us](/about/)\n",
    )
    made.build()
    assert [(one.code, one.place.line) for one in made.problems()] == [("html-dropped", 6)]  # of the script
    page = made.page("editions/2025-05-08/index.html")
    assert "<h1>Moon Day</h1>" in page
    assert "It <em>rained</em>." in page
    assert '<a href="/about/">us</a>' in page
    assert "x()" not in page
    assert place(page)[0] == "two"
    assert "https://example.org/about/" in made.page("editions/feed.xml")


def test_a_note_that_changes_draws_its_edition_again_and_no_story(workshop: Make):
    text = "-- content/editions/2025-05-07.md --\n---\ntitle: A\n---\n\nFirst.\n"
    made = workshop(*WEEK, text)
    made.build()
    before = made.output()
    made.write(text.replace("First", "Second"))
    made.build()
    after = made.output()
    assert {path for path in after if after[path] != before[path] and path.endswith(".html")} == {
        "editions/2025-05-07/index.html"
    }


def test_a_pin_to_no_story_is_an_error_with_the_line_in_which_it_stands(workshop: Make):
    made = workshop(*WEEK, "-- content/editions/2025-05-08.md --\n---\ntitle: x\norder:\n- two\n- thee\n- one\n---\n")
    made.build()
    assert [(problem.code, str(problem.place)) for problem in made.problems("error")] == [
        ("pin-missing", "content/editions/2025-05-08.md:5"),
        ("pin-elsewhere", "content/editions/2025-05-08.md:6"),
    ]
    assert "Did you mean 'three'?" in str(made.problems("error")[0])


@pytest.mark.parametrize(
    ("front", "line"),
    [
        ("title: [x]", 2),
        ("a: 1\nfrozen: [x]", 3),
        ("order: {a: b}", 2),
        ("frozen: {lead: x, desks: 3}", 2),
        ("lead: x\nlead: y", 3),
        ("title: 'x", 2),
    ],
)
def test_a_bad_value_in_an_editions_file_is_told_with_its_line_and_the_edition_goes_on(
    workshop: Make, front: str, line: int
):
    made = workshop(*WEEK, f"-- content/editions/2025-05-08.md --\n---\n{front}\n---\n")
    made.build()
    (problem,) = made.problems("error")
    assert problem.place.line == line
    assert (made.root / "output/editions/2025-05-08/index.html").exists()


def test_two_files_for_one_edition_are_an_error_that_names_both(workshop: Make):
    file = "-- content/editions/{}2025-05-08.md --\n---\ntitle: x\n---\n"
    made = workshop(*WEEK, file.format(""), file.format("old/"))
    made.build()
    (problem,) = made.problems("error")
    assert "content/editions/2025-05-08.md" in str(problem)
    assert "content/editions/old/2025-05-08.md" in str(problem)


def test_a_frozen_edition_keeps_its_page_when_a_story_is_added_or_moved(workshop: Make):
    made = workshop(*WEEK)
    made.build()
    before = place(made.page("editions/2025-05-08/index.html"))
    assert run(made, "edition", "freeze", "2025-05-08") == (
        0,
        "2025-05-08 is frozen, in content/editions/2025-05-08.md.\n",
    )
    made.write(story("five", "2025-05-08", section="World", priority="lead"))
    made.write(story("two", "2025-05-08", section="Sport", priority="brief"))
    made.write(story("next", "2025-05-09"))
    made.build()
    assert not made.problems()
    assert place(made.page("editions/2025-05-08/index.html")) == before
    late = made.page("editions/2025-05-09/index.html")
    assert place(late) == ["five", "next"]
    assert '<time class="when" datetime="2025-05-08">May 8, 2025</time>' in late


def test_freezing_keeps_what_the_editor_wrote(workshop: Make):
    made = workshop(
        *WEEK,
        "-- content/editions/2025-05-08.md --\n---\ntitle: 'Moon: Day'\nmood: bright\nlead: two\n---\n\nA *note*.\n",
    )
    assert run(made, "edition", "freeze")[0] == 0
    text = (made.root / "content/editions/2025-05-08.md").read_text()
    assert text == (
        "---\ntitle: 'Moon: Day'\nmood: bright\nlead: two\nfrozen:\n  number: '2'\n  name: 'Moon: Day'\n"
        "  masthead:\n    title: Daily\n  lead: two\n  desks:\n  - section: Science\n    stories:\n    - three\n"
        "  briefs:\n  - four\n  words:\n    two:\n      title: Two\n      summary: A body.\n    three:\n"
        "      title: Three\n      summary: A body.\n    four:\n      title: Four\n      summary: A body.\n"
        "---\n\nA *note*.\n"
    )


def test_freezing_twice_says_so_and_changes_nothing(workshop: Make):
    made = workshop(*WEEK)
    run(made, "edition", "freeze", "--all")
    files = {file: file.read_bytes() for file in (made.root / "content/editions").iterdir()}
    assert len(files) == 2
    assert "2025-05-08 is already frozen" in run(made, "edition", "freeze")[1]
    assert files == {file: file.read_bytes() for file in (made.root / "content/editions").iterdir()}


def test_an_edition_whose_file_is_wrong_is_not_frozen(workshop: Make):
    made = workshop(*WEEK, "-- content/editions/2025-05-08.md --\n---\nlead: nobody\n---\n")
    code, lines = run(made, "edition", "freeze", "2025-05-08", "2025-05-07")
    assert code == 1
    assert "2025-05-08 was not frozen: correct the errors in its file first." in lines
    assert "2025-05-07 is frozen" in lines
    assert "frozen" not in (made.root / "content/editions/2025-05-08.md").read_text()


def test_an_edition_of_very_many_stories_can_be_frozen_and_read_again():
    from broadsheet.content import fields
    from broadsheet.errors import Place

    ids = [f"story-{n}" for n in range(20_000)]
    meta = {"frozen": {"lead": "lead", "desks": [{"section": "World", "stories": ids}]}}
    values, problems = fields.check(meta, fields.EDITION, ZoneInfo("UTC"), Place)
    assert not problems
    assert values["frozen"].ids == ("lead", *ids)


def test_freezing_an_unknown_edition_names_the_nearest(workshop: Make):
    from broadsheet.errors import BroadsheetError

    made = workshop(*WEEK)
    with pytest.raises(BroadsheetError, match="Did you mean '2025-05-0"):
        run(made, "edition", "freeze", "2025-05-09")
    assert not (made.root / "content/editions").exists()


def test_the_list_of_editions_tells_why_a_lead_leads(workshop: Make):
    made = workshop(*WEEK, "-- content/editions/2025-05-07.md --\n---\ntitle: A quiet day\n---\n")
    code, lines = run(made, "edition", "list")
    assert code == 0
    assert [" ".join(line.split()) for line in lines.splitlines()] == [
        "2 2025-05-08 3 Three (priority lead, reported by 1 other source, 3 stories in its thread, 2 words)",
        (
            "1 2025-05-07 1 edited A quiet day: One "
            "(reported by 1 other source, 3 stories in its thread, 2 words, a named source)"
        ),
    ]


def test_an_editions_page_counts_its_desks_and_leads_to_them(workshop: Make):
    made = workshop(*WEEK, story("six", "2025-05-08", section="World"))
    made.build()
    page = made.page("editions/2025-05-08/index.html")
    for anchor, count in (("desk-world", 2), ("briefs", 1)):
        assert f'id="{anchor}"' in page
        assert re.search(rf'<a href="#{anchor}">[^<]+</a> <span>{count}</span>', page)
    assert "1 min read</span></p>" in page


def test_the_calendar_has_a_link_and_words_for_every_day_with_stories(workshop: Make):
    made = workshop(*WEEK, story("old", "2023-12-31"))
    made.build()
    page = made.page("editions/index.html")
    assert re.findall(r'<a href="(/editions/\d{4}/)"', page) == ["/editions/2025/", "/editions/2023/"]
    links = re.findall(r'<a href="([^"]*)" aria-label="([^"]*)"><title>\2</title><rect class="shade-(\d)"', page)
    assert links == [
        ("/editions/2025-05-07/", "May 7, 2025: 1 story", "2"),
        ("/editions/2025-05-08/", "May 8, 2025: 3 stories", "4"),
    ]
    for svg in re.findall(r"<svg.*?</svg>", page, re.DOTALL):
        ET.fromstring(svg)
        assert "style=" not in svg
    assert "2023-12-31" in made.page("editions/2023/index.html")


def test_in_a_weekly_edition_the_calendar_still_shades_days(workshop: Make):
    made = workshop(*WEEK, settings='edition = "weekly"\n')
    made.build()
    page = made.page("editions/2025/index.html")
    assert page.count('<a href="/editions/2025-w19/" aria-label=') == 2


# Lists.


def test_a_topic_tells_its_neighbours_its_share_and_its_coverage(workshop: Make):
    made = workshop(*WEEK, settings="topic_minimum = 1\n")
    made.build()
    page = made.page("topics/rome/index.html")
    assert re.search(r'2 of 3 stories in <bdi><a href="/editions/2025-05-08/">', page)
    assert re.search(
        r'Often together with</dt><dd><bdi><a href="/topics/vote/">Vote</a></bdi></dd>', page
    )  # Moon: one story is not often
    assert 'role="img" aria-label="3 stories from May 7, 2025 to May 8, 2025; most on May 8, 2025: 2"' in page


def test_only_the_first_page_of_a_list_tells_of_its_subject(workshop: Make):
    made = workshop(
        *(story(f"s{n}", f"2025-05-0{n + 1}", section="World") for n in range(3)), settings="per_page = 2\n"
    )
    made.build()
    assert '<dl class="facts">' in made.page("sections/world/index.html")
    assert '<dl class="facts">' not in made.page("sections/world/page/2/index.html")


def test_a_source_has_a_page_with_its_stories_its_licences_and_its_own_address(workshop: Make):
    made = workshop(*WEEK)
    made.build()
    page = made.page("sources/the-wire/index.html")
    assert place(page) == ["two", "one"]
    assert "<bdi>CC BY 4.0</bdi> (1 story)" in page
    assert '<a rel="external" href="https://wire.example/">' in page
    assert '<bdi><a href="/sources/the-wire/">The Wire</a></bdi> <span>2</span>' in made.page("sources/index.html")
    assert "/sources/the-wire/" in made.page("2025/05/07/one/index.html")
    assert {"sources/the-wire/feed.xml", "sources/the-wire/atom.xml"} <= made.output().keys()


def test_pages_that_are_not_there_are_not_linked(workshop: Make):
    made = workshop(story("one", "2025-05-07"))
    made.build()
    page = made.page("index.html")
    for name in ("topics", "authors", "sources", "corrections"):
        assert f'href="/{name}/"' not in page
        assert f"{name}/index.html" not in made.output()


def test_another_spelling_in_the_settings_leads_to_the_one_topic(workshop: Make):
    made = workshop(
        story("one", "2025-05-07", topics="[UK]"), story("two", "2025-05-08", topics="[United Kingdom]"),
        settings='topic_aliases = { "UK" = "United Kingdom" }\n',
    )  # fmt: skip
    made.build()
    assert place(made.page("topics/united-kingdom/index.html")) == ["two", "one"]
    assert ">United Kingdom</a>" in made.page("2025/05/07/one/index.html")
    assert "topics/uk/index.html" not in made.output()
    (made.root / "pyproject.toml").write_text(SETTINGS + "topic_minimum = 1\n")
    made.build()
    assert "topics/uk/index.html" in made.output()


def test_a_storys_page_depends_on_the_names_of_its_topics_not_on_how_they_grow(workshop: Make):
    made = workshop(*WEEK)
    plan = {page.path: page.inputs for page in made.build().plan}
    inputs = plan["2025/05/08/two/index.html"]
    assert isinstance(inputs, StoryInputs)
    assert [(name.title, name.count) for name in inputs.topics] == [("Rome", 0), ("Vote", 0)]


# Corrections.


def test_all_corrections_stand_on_one_page_newest_first_with_their_stories(workshop: Make):
    made = workshop(
        story(
            "one",
            "2025-05-07",
            corrections='[{date: 2025-05-09, text: "It was <b>nine</b>."}, {date: 2025-05-11, text: It was ten.}]',
        ),
        story("two", "2025-05-08", corrections="[{date: 2025-05-10, text: It was a bishop.}]"),
    )
    made.build()
    page = made.page("corrections/index.html")
    found = re.findall(r'datetime="([^"]*)">[^<]*</time> <a href="([^"]*)">', page)
    assert found == [
        ("2025-05-11", "/2025/05/07/one/"),
        ("2025-05-10", "/2025/05/08/two/"),
        ("2025-05-09", "/2025/05/07/one/"),
    ]
    assert "It was &lt;b&gt;nine&lt;/b&gt;." in page
    assert 'href="/corrections/"' in made.page("index.html")
    own = made.page("2025/05/08/two/index.html")
    assert own.index("It was a bishop.") < own.index('<div class="body">')


def test_the_editors_own_words_begin_the_page_of_corrections(workshop: Make):
    about = "-- content/pages/corrections.md --\n---\ntitle: What we got wrong\n---\n\nWrite to *us*.\n"
    made = workshop(story("one", "2025-05-07"), about)
    made.build()
    assert "What we got wrong" in made.page("corrections/index.html")
    made.write(story("one", "2025-05-07", corrections="[{date: 2025-05-09, text: It was nine.}]"))
    made.build()
    assert not made.problems()
    page = made.page("corrections/index.html")
    assert "<h1>What we got wrong</h1>" in page
    assert page.index("Write to <em>us</em>.") < page.index("It was nine.")
    assert made.page("index.html").count('href="/corrections/"') == 1


# What is to come.

COMING = (
    story("out", "2025-05-07", expires="2025-06-02T10:00"),
    story("later", "2025-06-01T18:30"),
    story("draft", "2030-01-01", status="draft"),
)


def test_what_is_to_come_is_listed_and_written_as_a_calendar(workshop: Make):
    made = workshop(*COMING)
    file = made.root / "coming.ics"
    code, lines = run(made, "calendar", "--now", "2025-06-01", "--ical", str(file))
    assert (code, lines.splitlines()[:2]) == (
        0,
        [
            "2025-06-01 18:30  appears  content/stories/2025/06/later.md",
            "2025-06-02 10:00  goes     content/stories/2025/05/out.md",
        ],
    )
    assert file.read_bytes().count(b"BEGIN:VEVENT") == 2
    code, lines = run(made, "calendar", "--now", "2026-01-01")
    assert (code, lines.splitlines()) == (
        0,
        [
            "No story is due to appear, be updated or expire.",
            "1 draft does not appear on the day that is set. To let one appear, delete its lines status and reason:",
            "2030-01-01 00:00  draft    content/stories/2030/01/draft.md",
        ],
    )


def test_a_build_tells_when_it_is_to_be_done_again(workshop: Make):
    made = workshop(*COMING)
    code, lines = run(made, "build", "--now", "2025-06-01")
    assert code == 0
    assert "Build again at  2025-06-01 18:30  appears  content/stories/2025/06/later.md" in lines
    _, text = run(made, "build", "--now", "2025-06-01", "--json")
    told = json.loads(text)["next"]
    assert (told["deed"], told["story"]) == ("appears", "2025/06/later.md")
    assert "built again" not in run(made, "build", "--now", "2026-01-01")[1]


# Whatever an editor does, in whatever order, is what a clean build shows.

_deeds = st.lists(
    st.one_of(
        st.tuples(st.just("story"), st.sampled_from(["a", "b", "c"]), st.sampled_from(["2025-05-06", "2025-05-07"]), st.sampled_from(["World", "Art"])),
        st.tuples(st.just("note"), st.sampled_from(["2025-05-06", "2025-05-07"]), st.sampled_from(["lead: a", "briefs: [b]", "title: T"]), st.sampled_from(["", "Words."])),
        st.tuples(st.just("freeze"), st.just(""), st.just(""), st.just("")),
    ),
    min_size=2,
    max_size=6,
)  # fmt: skip


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(deeds=_deeds)
def test_an_incremental_build_with_notes_equals_a_clean_one(tmp_path_factory: pytest.TempPathFactory, deeds):
    import shutil

    made = Workshop(tmp_path_factory.mktemp("deeds"))
    made.write(f"-- pyproject.toml --\n{SETTINGS}topic_minimum = 1\n")
    made.write(story("a", "2025-05-06", topics="[Rome, Vote]", source="{name: Wire}"))
    for what, name, more, last in deeds:
        if what == "story":
            for old in made.root.glob(f"content/stories/**/{name}.md"):
                old.unlink()
            made.write(story(name, more, section=last, topics=f"[Rome, {last}]", source="{name: Wire}"))
        elif what == "note":
            made.write(f"-- content/editions/{name}.md --\n---\n{more}\n---\n\n{last}\n")
        else:
            run(made, "edition", "freeze")
        made.build()
    incremental = made.output()
    shutil.rmtree(made.root / "output")
    shutil.rmtree(made.root / ".broadsheet")
    made.build()
    assert made.output() == incremental
