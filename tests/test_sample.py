"""The sample site shows what Broadsheet is for, and none of its running stories mixes two matters."""

import datetime as dt
from pathlib import Path

import pytest

from broadsheet import pipeline
from broadsheet.config import open_site
from broadsheet.errors import Report
from broadsheet.pipeline import SiteContents

NOW = dt.datetime(2026, 1, 1, tzinfo=dt.UTC)

# Every story of the sample site that is about a running matter, by words of its address; all others stand alone.
MATTERS = {
    "xi-in-moscow": {"xi-jinping-lands", "xi-and-putin", "russia-marked-eighty-years"},
    "from-francis-to-leo": {"dies-at-88", "a-simple-coffin", "black-smoke", "robert-prevost", "in-the-chapel"},
    "germanys-new-government": {"conservatives-win", "germanys-conservatives", "merz-becomes", "merz-sucht"},
    "change-6-on-the-far-side": {"china-launches", "the-upper-half", "capsule-from", "change-6-returns"},
}


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> SiteContents:
    site = open_site(Path(__file__).parent)
    cache = tmp_path_factory.mktemp("cache")
    return pipeline.desk(type(site)(site.root, site.settings, str(cache)), NOW, Report())


def test_every_thread_of_the_sample_is_about_one_matter(desk: SiteContents):
    threads = {thread.slug: {story.slug for story in thread.stories} for thread in desk.newspaper.threads}
    assert threads.keys() == MATTERS.keys()
    for name, slugs in threads.items():
        assert len(slugs) >= 3
        assert all(any(slug.startswith(words) or words in slug for words in MATTERS[name]) for slug in slugs)


def test_the_sample_has_every_kind_of_thing(desk: SiteContents):
    newspaper = desk.newspaper
    assert len(newspaper.editions) >= 4
    assert any(note.frozen for note in desk.notes)
    assert any(note.text for note in desk.notes)
    assert any(story.corrections for story in newspaper.stories)
    assert newspaper.terms["topic"]
    assert newspaper.terms["source"]
    assert newspaper.terms["author"]
