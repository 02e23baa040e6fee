"""A site that nobody touched is not built again, and one that anybody touched is."""

import os
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner

from broadsheet import disk
from broadsheet.cli import program
from broadsheet.commands import Call
from tests.conftest import Workshop, story

pytestmark = pytest.mark.slow

Make = Callable[..., Workshop]
RESTED = "because nothing has changed"


def built(made: Workshop, *words: str) -> str:
    time.sleep(disk.FINE / 1e9)  # what changed just now may change again at the same time of change
    result = CliRunner().invoke(program, ["build", *words], obj=Call(made.root))
    assert isinstance(result.exception, SystemExit | None), result.exception
    return result.output


@pytest.fixture
def site(workshop: Make) -> Workshop:
    made = workshop(story("one", "2025-05-07", section="Nowhere"), story("two", "2025-05-08"))
    built(made)
    return made


def test_a_second_build_does_nothing_and_says_the_same(site: Workshop):
    again = built(site)
    assert RESTED in again
    assert "section 'Nowhere' is not in the setting 'sections'" in again
    assert "2 stories, 2 editions" in again


def edit_a_story(root: Path) -> None:
    file = root / "content/stories/2025/05/one.md"
    times = file.stat()
    file.write_text(file.read_text().replace("2025-05-07", "2025-05-06"))
    os.utime(file, ns=(times.st_atime_ns, times.st_mtime_ns))


def add_an_override(root: Path) -> None:
    (root / "themes/broadsheet/static").mkdir(parents=True)
    (root / "themes/broadsheet/static/extra.css").write_text("p{}")


TOUCHED = {
    "a story of the same size and time": edit_a_story,
    "a story that is gone": lambda root: (root / "content/stories/2025/05/two.md").unlink(),
    "a note on an edition": lambda root: (root / "content/editions/2025-05-07.md").write_text("---\ntitle: A\n---\n"),
    "a page of the editor's": lambda root: (root / "content/pages/new.md").write_text("---\ntitle: A\n---\n"),
    "a static file": add_an_override,
    "a setting": lambda root: (root / "pyproject.toml").write_text('[tool.broadsheet]\ntitle = "Other"\n'),
    "a page that was deleted": lambda root: (root / "output/index.html").unlink(),
    "a page that was changed": lambda root: (root / "output/index.html").write_text("x"),
    "a file of somebody else": lambda root: (root / "output/other.txt").write_text("x"),
}


@pytest.mark.parametrize("touch", TOUCHED.values(), ids=TOUCHED)
def test_whatever_is_touched_is_built(site: Workshop, touch: Callable[[Path], object]):
    for folder in ("editions", "pages"):
        (site.root / "content" / folder).mkdir(exist_ok=True)
    built(site)
    assert RESTED in built(site)
    touch(site.root)
    assert RESTED not in built(site)
    if not (site.root / "output/other.txt").exists():
        assert RESTED in built(site)


def test_a_moment_at_which_a_story_appears_is_not_slept_through(site: Workshop):
    site.write(story("later", "2025-06-01"))
    assert RESTED not in built(site, "--now", "2025-05-20")
    assert RESTED in built(site, "--now", "2025-05-21")
    assert "3 stories" in built(site, "--now", "2025-06-01")
    assert "2 stories" in built(site, "--now", "2025-05-20")  # nor is a clock that went back believed


def test_what_went_wrong_is_tried_again(site: Workshop):
    site.write(story("bad", "2025-13-40"))
    for _ in range(2):
        again = built(site)
        assert RESTED not in again
        assert "bad.md:" in again
