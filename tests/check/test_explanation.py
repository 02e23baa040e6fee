"""What is reported about a page: what it was made from, and why it is drawn again."""

import datetime as dt
from collections.abc import Callable

import pytest

from broadsheet.check import explanation
from broadsheet.check.explanation import PageExplanation
from broadsheet.errors import BroadsheetError, Report
from broadsheet.pipeline import Options
from tests.conftest import NOW, Workshop, story

pytestmark = pytest.mark.slow

Make = Callable[..., Workshop]

ONE = "2025/05/07/one/"
SITE = (
    story("one", "2025-05-07", section="World", topics="[Rome]"),
    story("two", "2025-05-08", section="World", topics="[Rome]"),
    "-- content/pages/about.md --\n---\ntitle: About\n---\n\nWe.\n",
    "-- themes/broadsheet/templates/partials/end.html --\n<p>End</p>\n",
)


@pytest.fixture
def made(workshop: Make) -> Workshop:
    made = workshop(*SITE)
    made.build()
    return made


def why(made: Workshop, name: str, *, now: dt.datetime = NOW) -> PageExplanation:
    return explanation.explain(made.site, Options(now), name, Report())


@pytest.mark.parametrize(
    "name",
    [
        ONE,
        f"/{ONE}",
        f"https://example.org/{ONE}",
        f"output/{ONE}index.html",
        f"{ONE}index.html",
        "content/stories/2025/05/one.md",
    ],
)
def test_a_page_is_found_by_its_address_its_file_and_its_source(made: Workshop, name: str):
    found = why(made, name)
    assert found.path == f"{ONE}index.html"
    assert found.origin == "content/stories/2025/05/one.md"
    assert found.template == "story.html"
    assert "base.html" in found.reached
    assert ("section", '"World"') in found.inputs
    assert found.changes == ()


def test_a_name_of_no_page_is_an_error(made: Workshop):
    with pytest.raises(BroadsheetError, match="there is no page"):
        why(made, "nothing/of/that/name")


def test_an_edited_story_is_named_with_what_was_edited_on_every_page_that_shows_it(made: Workshop):
    made.write(story("one", "2025-05-07", title="Another", body="Longer text.", section="World", topics="[Rome]"))
    said = 'stories/2025/05/one.md edited: title, body ("One" → "Another")'
    assert why(made, ONE).changes[0] == said
    assert why(made, "sections/world/").changes == (said,)
    assert why(made, "about/").changes == ()
    assert any("related" in line for line in why(made, "2025/05/08/two/").changes)  # it showed the story as related


def test_an_edited_body_is_told_of_the_storys_page_alone(made: Workshop):
    made.write(story("one", "2025-05-07", body="A *body*.", section="World", topics="[Rome]"))
    assert "the body was edited" in why(made, ONE).changes
    assert why(made, "about/").changes == ()


def test_a_template_a_static_file_and_a_setting_are_named(made: Workshop):
    made.write("-- themes/broadsheet/templates/partials/end.html --\n<p>The end</p>\n")
    assert why(made, "/").changes == ("template partials/end.html changed",)
    made.write("-- themes/broadsheet/static/style.css --\np { color: red }\n")
    assert "static file style.css changed" in why(made, "/").changes
    settings = made.root / "pyproject.toml"
    settings.write_text(settings.read_text() + "per_page = 3\n")
    assert why(made, "about/").changes[0] == "the setting per_page: 30 → 3"


def test_what_came_into_a_list_and_what_went_is_named(made: Workshop):
    made.write(story("three", "2025-05-09", section="World"))
    assert "items: with stories/2025/05/three.md" in why(made, "sections/world/").changes
    assert why(made, "2025/05/09/three/").changes == ("it is new",)
    (made.root / "content/stories/2025/05/one.md").unlink()
    assert "items: without stories/2025/05/one.md" in why(made, "sections/world/").changes
    gone = why(made, ONE)
    assert not gone.planned
    assert gone.changes == ("it is no longer part of the site: the next build removes it",)


def test_the_clock_alone_is_told_by_what_it_brings(workshop: Make):
    made = workshop(*SITE, story("later", "2025-06-02", section="World"))
    made.build()
    assert why(made, "sections/world/").changes == ()
    later = why(made, "sections/world/", now=NOW + dt.timedelta(days=2))
    assert "items: with stories/2025/06/later.md" in later.changes


def test_a_file_that_somebody_else_touched_is_told(made: Workshop):
    (made.root / f"output/{ONE}index.html").write_text("mine")
    assert why(made, ONE).changes == ("its file in output/ was changed by something other than a build",)
    (made.root / f"output/{ONE}index.html").unlink()
    assert why(made, ONE).changes == ("its file is no longer in output/",)


def test_another_version_is_named_and_a_memory_that_is_gone_is_no_mistake(
    workshop: Make, monkeypatch: pytest.MonkeyPatch
):
    made = workshop(*SITE)
    with monkeypatch.context() as patch:
        patch.setattr("broadsheet.pipeline.__version__", "0.0.1")
        made.build()
    for _ in range(2):
        assert why(made, ONE).changes[0].startswith("the version changed: 0.0.1 → ")
    (made.site.cache / "cache.db").unlink()
    (line,) = why(made, ONE).changes
    assert "does not know how it was last built" in line


def test_a_setting_by_which_stories_are_read_is_named(made: Workshop):
    settings = made.root / "pyproject.toml"
    settings.write_text(settings.read_text() + 'timezone = "Europe/Rome"\n')
    assert 'the setting timezone: "UTC" → "Europe/Rome"' in why(made, ONE).changes
    settings.write_text(settings.read_text() + 'sections = ["Science", "World"]\n')
    assert any(line.startswith("the setting sections") for line in why(made, ONE).changes)


def test_asking_why_keeps_nothing_so_that_the_next_build_still_sees_the_edit(made: Workshop):
    made.write(story("one", "2025-05-07", title="Another", section="World", topics="[Rome]"))
    before = why(made, ONE).changes
    assert why(made, ONE).changes == before != ()
    made.build()
    assert why(made, ONE).changes == ()
    assert "Another" in made.page(f"{ONE}index.html")
