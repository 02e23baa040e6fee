"""Stories in memory, and the newspaper made of them."""

from __future__ import annotations

import datetime as dt

from broadsheet import newsroom
from broadsheet.config import Settings
from broadsheet.model import EditionNote, Newspaper, Story

NOW = dt.datetime(2100, 1, 1, tzinfo=dt.UTC)


def tale(name: str, date: str, **more) -> Story:
    moment = dt.datetime.fromisoformat(date)
    moment = moment if moment.tzinfo else moment.replace(tzinfo=dt.UTC)
    values = {"id": name, "path": f"{name}.md", "slug": name, "title": name, "timed": True, "body": "", **more}
    return Story(date=moment, digest=name.encode(), **values)


def paper(*stories: Story, notes: tuple[EditionNote, ...] = (), **settings) -> Newspaper:
    return newsroom.assemble(stories, Settings(**settings), now=NOW, notes=notes)[0]
