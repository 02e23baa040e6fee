"""The builder of a preview: what it leaves to several processes, and pages that are drawn when they are asked for."""

import os
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from broadsheet import pages, pipeline, render, workers
from broadsheet.errors import Report
from broadsheet.pipeline.options import Options
from broadsheet.pipeline.plan import WholePlan
from broadsheet.pipeline.reading import FEW, read_story
from broadsheet.preview.builder import Builder, OnDemandPages, SiteExtensions
from tests.conftest import NOW, Workshop, story
from tests.preview.conftest import SETTINGS, Preview

PROGRAM = """
import os, sys
from broadsheet import cli
os.register_at_fork(before=lambda: print("forked with", len(os.listdir("/proc/self/task")) - 1, "threads", flush=True))
cli.main(sys.argv[1:])
"""


@pytest.fixture
def many(tmp_path: Path) -> Workshop:
    made = Workshop(tmp_path / "site")
    for text in (SETTINGS, *(story(f"story-{number}", "2025-05-07") for number in range(FEW + 100))):
        made.write(text)
    return made


@pytest.mark.skipif(workers.cores() < 2 or not os.path.isdir("/proc/self/task"), reason="forks where there are cores")
def test_stories_are_read_by_several_processes_before_there_is_a_thread_and_nothing_is_forked_after(many: Workshop):
    running = Preview(many.root, program=("-c", PROGRAM))
    try:
        running.wait_until_built(many.root)
    finally:
        running.stop()
    assert {line for line in running.said if line.startswith("forked")} == {"forked with 0 threads\n"}


def test_preparing_a_site_that_cannot_be_built_says_nothing(tmp_path: Path):
    (tmp_path / "pyproject.toml").write_text("[tool.broadsheet]\nurl = 3\n")
    Builder(tmp_path, "http://127.0.0.1:8000", SiteExtensions(), print).prepare()
    Builder(tmp_path / "missing", "http://127.0.0.1:8000", SiteExtensions(), print).prepare()


Make = Callable[..., Workshop]

KEYS = {"section": "World", "topics": "[Rome]", "authors": "[Ada Reed]"}
NAMES = ("one", "two", "three")
DAYS = {"one": "2025-05-07", "two": "2025-05-08", "three": "2025-05-08"}


def write(made: Workshop, name: str, **changes: str) -> Path:
    made.write(story(name, DAYS[name], **(KEYS | changes)))
    return made.root / f"content/stories/2025/05/{name}.md"


def build(made: Workshop) -> OnDemandPages:
    """The site's preview built, and its pages on demand."""
    found: list[OnDemandPages] = []

    def ready(plan: WholePlan, _theme: render.Theme) -> None:
        found.append(OnDemandPages(made.site, plan, render.Theme(made.site, pages.base(made.site)), {}))

    pipeline.build(made.site, Options(NOW, preview=True), Report(), ready=ready)
    return found[0]


def drawn(on_demand: OnDemandPages) -> dict[str, bytes]:
    return {path: on_demand.render(path) or b"" for path in on_demand.pages}


@pytest.fixture
def made(workshop: Make) -> Workshop:
    made = workshop()
    for name in NAMES:
        write(made, name)
    return made


def test_every_page_is_drawn_as_the_build_prints_it(made: Workshop):
    assert drawn(build(made)) == {path: made.output()[path] for path in build(made).pages}


def test_an_edit_is_seen_at_once_on_every_page_that_shows_the_story(made: Workshop):
    on_demand = build(made)
    before = drawn(on_demand)
    file = write(made, "one", title="Another", body="Other words, and more of them.")
    assert on_demand.edit([read_story(made.site, file)])
    after = drawn(on_demand)
    changed = {path for path in after if after[path] != before[path]}
    assert {"2025/05/07/one/index.html", "sections/world/index.html", "feed.xml", "topics/rome/index.html"} <= changed
    assert b"Other words, and more" in after["2025/05/07/one/index.html"]
    assert b"Other words, and more" in after["feed.xml"]
    assert b"Another" in after["2025/05/08/three/index.html"]  # where it is a neighbour or related
    assert after["robots.txt"] == before["robots.txt"]


WORDS = st.fixed_dictionaries(
    {},
    optional={
        "title": st.sampled_from(["Another", 'A \\"quoted\\" one', "Votes &amp; <b>counts</b>"]),
        "body": st.sampled_from(["Other *words*.", "It's -- different.\n\nAnd longer.", ""]),
        "summary": st.sampled_from(["In short.", "It's short -- so."]),
        "review": st.just("[title]"),
        "updated": st.just("2025-05-30T10:00:00Z"),
        "oddity": st.sampled_from(["1", "two"]),
    },
)


@pytest.mark.slow
@settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck))
@given(edits=st.lists(st.tuples(st.sampled_from(NAMES), WORDS), min_size=1, max_size=4))
def test_after_any_edits_of_words_a_storys_page_is_the_one_that_the_build_then_makes(
    tmp_path_factory: pytest.TempPathFactory, edits: list[tuple[str, dict[str, str]]]
):
    made = Workshop(tmp_path_factory.mktemp("words") / "site")
    made.write('-- pyproject.toml --\n[tool.broadsheet]\nurl = "https://example.org/"\nthreads = false\n')
    for name in NAMES:
        write(made, name)
    on_demand = build(made)
    for name, words in edits:
        assert on_demand.edit([read_story(made.site, write(made, name, **words))])
    then = build(made)
    for path in on_demand.pages.keys() & then.pages.keys():
        if path.endswith(".html") and path.startswith("2025/"):
            assert on_demand.render(path) == then.render(path)


@pytest.mark.parametrize(
    "change",
    [{"section": "Science"}, {"topics": "[Oslo]"}, {"status": "draft"}, {"authors": "[Bo Finn]"}, {"priority": "lead"}],
)
def test_an_edit_that_moves_a_story_is_left_to_the_build(made: Workshop, change: dict[str, str]):
    on_demand = build(made)
    before = drawn(on_demand)
    assert not on_demand.edit([read_story(made.site, write(made, "one", **change))])
    assert drawn(on_demand) == before


def test_a_file_that_is_no_story_or_a_new_one_is_left_to_the_build(made: Workshop):
    on_demand = build(made)
    broken = write(made, "one")
    broken.write_text("---\ntitle: [\n")
    made.write(story("new", "2025-05-09"))
    new = made.root / "content/stories/2025/05/new.md"
    for file in (broken, new, made.root / "pyproject.toml", made.root / "content/stories/none.md"):
        assert not on_demand.edit([read_story(made.site, file)])


def test_of_several_edits_all_are_taken_or_none(made: Workshop):
    on_demand = build(made)
    before = drawn(on_demand)
    one = read_story(made.site, write(made, "one", title="Another"))
    two = read_story(made.site, write(made, "two", section="Science"))
    assert not on_demand.edit([one, two])
    assert drawn(on_demand) == before


def test_browsers_hear_of_a_later_layout_only_where_they_show_another_page(made: Workshop):
    on_demand = build(made)
    on_demand.render("2025/05/08/two/index.html")
    on_demand.render("index.html")
    assert not build(made).shows_otherwise(on_demand)
    write(made, "two", body="Other words.")
    assert build(made).shows_otherwise(on_demand)
