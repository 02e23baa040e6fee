"""Running stories are found in other languages than English, each by its own small words and forms of words."""

import datetime as dt
import tomllib
from pathlib import Path

import pytest

from broadsheet.config import Settings
from broadsheet.model import Story
from broadsheet.newsroom.running import Forgetful, running

MONDAY = dt.datetime(2025, 5, 5, tzinfo=dt.UTC)
SETS = tomllib.loads((Path(__file__).parent / "stories_by_language.toml").read_text("utf-8"))


def stories(language: str) -> list[Story]:
    """Each running story lasts eleven days; the others are spread over as many."""
    found = []
    for name, lines in SETS[language].items():
        for number, line in enumerate(lines):
            title, lead = (part.strip() for part in line.split("|"))
            id_ = f"{name}-{number:02}"
            date = MONDAY + dt.timedelta(days=2 * number if name != "alone" else number)
            found.append(Story(id_, id_, id_, title, date, timed=False, body="", lead=lead))
    return found


@pytest.mark.parametrize("language", SETS)
def test_running_stories_are_found_in(language: str) -> None:
    threads, _, _ = running(stories(language), Settings(language=language), Forgetful())
    found = [{story.id for story in thread.stories} for thread in threads]
    assert len(stories(language)) == 30
    assert all(len({name.partition("-")[0] for name in names}) == 1 for names in found), found
    for event in ("fire", "train", "mayor"):
        assert max((sum(name.startswith(event) for name in names) for names in found), default=0) >= 5, (event, found)
    assert not any(name.startswith("alone") for names in found for name in names)
