"""A story that an editor begins: legal front matter, a safe name, nothing overwritten."""

import datetime as dt
import subprocess
import sys
import uuid
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from broadsheet import content
from broadsheet.desk.new_story import LONGEST, Beginning, begin
from broadsheet.errors import BroadsheetError
from tests.conftest import Workshop

DAY = dt.date(2025, 5, 8)


def test_a_new_story_is_a_draft_that_only_the_preview_shows(workshop: Callable[..., Workshop]):
    made = workshop()
    path = begin(made.site, Beginning("Harbour reopens", DAY, "science", ("Ann Example",)))
    assert path == "2025/05/harbour-reopens.md"
    reading = content.read((made.site.stories / path).read_bytes(), path, content.Rules(made.site.zone))
    assert reading.problems == ()
    assert reading.story
    assert reading.story.section == "Science"
    assert reading.story.authors == ("Ann Example",)
    assert uuid.UUID(reading.story.id).version == 4
    assert made.build().stories == 0
    assert made.build(preview=True).stories == 1


def test_two_stories_of_one_title_have_two_files_and_two_ids(workshop: Callable[..., Workshop]):
    site = workshop().site
    first, second = (begin(site, Beginning("Same", DAY)) for _ in range(2))
    assert (first, second) == ("2025/05/same.md", "2025/05/same-2.md")
    assert (site.stories / first).read_bytes() != (site.stories / second).read_bytes()


def test_a_link_in_the_way_is_not_followed(workshop: Callable[..., Workshop], tmp_path: Path):
    site = workshop().site
    (site.stories / "2025/05").mkdir(parents=True)
    (site.stories / "2025/05/same.md").symlink_to(tmp_path / "elsewhere")
    assert begin(site, Beginning("Same", DAY)) == "2025/05/same-2.md"
    assert not (tmp_path / "elsewhere").exists()


def test_a_folder_that_leads_out_of_the_site_is_refused(workshop: Callable[..., Workshop], tmp_path: Path):
    site = workshop().site
    site.stories.mkdir(parents=True)
    (tmp_path / "out").mkdir()
    (site.stories / "2025").symlink_to(tmp_path / "out")
    with pytest.raises(BroadsheetError):
        begin(site, Beginning("Same", DAY))
    assert not list((tmp_path / "out").iterdir())


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=60, deadline=None)
@given(st.text(max_size=400))
def test_whatever_the_title_the_file_is_legal_and_inside(workshop: Callable[..., Workshop], title: str):
    site = workshop().site
    try:
        path = begin(site, Beginning(title, DAY))
    except BroadsheetError:
        assert len(title) > LONGEST or not any(mark.isprintable() and not mark.isspace() for mark in title)
        return
    file = site.stories / path
    assert file.parent == site.stories / "2025/05"
    reading = content.read(file.read_bytes(), path, content.Rules(site.zone))
    assert reading.story
    assert not reading.problems


@pytest.mark.parametrize(
    "title", ["../../../etc/passwd", "a/b\\c", "CON", 'He said: "no" #1', "one\ntwo\r\n---\nid: x"]
)
def test_a_hostile_title_makes_no_path_and_no_key(workshop: Callable[..., Workshop], title: str):
    made = workshop()
    command = [sys.executable, "-m", "broadsheet", "new", "story", title, "--date", "2025-05-08T14:30"]
    done = subprocess.run(command, cwd=made.root, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    (file,) = made.site.stories.rglob("*.md")
    assert file.parent == made.site.stories / "2025/05"
    reading = content.read(file.read_bytes(), file.name, content.Rules(made.site.zone))
    assert reading.story
    assert reading.story.title == " ".join(title.split())
    assert reading.story.date == dt.datetime(2025, 5, 8, 14, 30, tzinfo=dt.UTC)


def test_a_date_that_is_none_writes_nothing(workshop: Callable[..., Workshop]):
    made = workshop()
    command = [sys.executable, "-m", "broadsheet", "new", "story", "A", "--date", "2025-02-30"]
    done = subprocess.run(command, cwd=made.root, capture_output=True, text=True, check=False)
    assert done.returncode == 1
    assert "not a day" in done.stderr
    assert not made.site.stories.exists()
