"""Reports of one event are found, and an editor's word on them comes first."""

import datetime as dt
import json
from itertools import combinations
from pathlib import Path

import pytest

from broadsheet.config import Settings
from broadsheet.model import Credit, Story
from broadsheet.newsroom import assemble
from broadsheet.newsroom.reports import breadth, reports
from broadsheet.newsroom.running import Forgetful, running

NOON = dt.datetime(2025, 5, 28, 12, tzinfo=dt.UTC)


def report(name: str, source: str = "", *also: str, hours: float = 0, url: str = "") -> Story:
    return Story(
        name, f"{name}.md", name, name, NOON + dt.timedelta(hours=hours), timed=True, body="", also=also,
        source=Credit(name=source, url=url) if source or url else None,
    )  # fmt: skip


def test_sources_that_report_one_event_name_one_another_oldest_first():
    stories = [report("c", "Post", hours=2), report("a", "Courier"), report("b", "Radio", hours=1)]
    assert reports(stories, [["a", "b", "c"]]) == {"a": ("b", "c"), "b": ("a", "c"), "c": ("a", "b")}


def test_one_source_however_it_is_spelt_does_not_report_twice():
    stories = [report("a", "The Courier"), report("b", "the courier "), report("c"), report("d")]
    assert reports(stories, [["a", "b"], ["c", "d"]]) == {}


def test_sources_without_a_name_are_told_apart_by_their_hosts():
    stories = [report(name, url=f"https://{name[0]}.example/{name}") for name in ("a1", "a2", "b1")]
    assert reports(stories, [["a1", "a2", "b1"]]) == {"a1": ("b1",), "a2": ("b1",), "b1": ("a1", "a2")}


def test_stories_two_days_apart_are_no_reports_of_one_event():
    stories = [report("a", "Courier"), report("b", "Post", hours=47), report("c", "Radio", hours=48)]
    assert reports(stories, [["a", "b", "c"]]) == {"a": ("b",), "b": ("a", "c"), "c": ("b",)}


def test_an_editor_joins_stories_of_any_source_and_time():
    stories = [report("a", "Courier", "b"), report("b", "Courier", hours=99), report("c", "Post", hours=100)]
    assert reports(stories, []) == {"a": ("b",), "b": ("a",)}
    assert reports(stories, [["b", "c"]]) == {"a": ("b",), "b": ("a", "c"), "c": ("b",)}


@pytest.mark.parametrize("parted", ["not b", "Not b", "NOT  b", "not\tb"])
def test_a_story_that_an_editor_parted_stays_away_from_the_whole_event(parted: str):
    stories = [report("a", "Courier", parted), report("b", "Post"), report("c", "Radio")]
    assert reports(stories, [["a", "b", "c"]]) == {"b": ("c",), "c": ("b",)}


def test_what_an_editor_parted_is_not_joined_by_what_ingest_found_later():
    stories = [report("a", "Courier", "not b"), report("b", "Post", "a"), report("c", "Radio", "a", "b")]
    assert reports(stories, []) == {"a": ("c",), "b": ("c",), "c": ("a", "b")}


def test_none_keeps_a_story_alone():
    stories = [report("a", "Courier", "none"), report("b", "Post"), report("c", "Radio")]
    assert reports(stories, [["a", "b", "c"]]) == {"b": ("c",), "c": ("b",)}


def test_breadth_counts_other_sources_once():
    stories = [report("a", "Courier"), report("b", "Post"), report("c", "Post", hours=1), report("d", "Courier", "a")]
    assert breadth(reports(stories, [["a", "b", "c"]]), stories) == {"a": 1, "b": 1, "c": 1, "d": 1}


def test_an_event_that_many_sources_report_leads():
    stories = [
        report("long", "Weekly"), *(report(f"Blatten village buried by glacier {n}", f"Paper {n}") for n in range(3))
    ]  # fmt: skip
    paper, _ = assemble(stories, Settings(), now=NOON + dt.timedelta(days=1))
    assert paper.editions[0].lead.id.startswith("Blatten")
    paper, _ = assemble(stories, Settings(threads=False), now=NOON + dt.timedelta(days=1))
    assert paper.editions[0].lead.id == "long"


def test_reports_of_true_events_are_found_and_hardly_a_wrong_one():
    """Made-up reports of 14 events from March to June 2025, among stories that are alone, some of the same days."""
    lines = (Path(__file__).parents[2] / "benchmarks/reports.jsonl").read_text("utf-8").splitlines()
    rows = [json.loads(line) for line in lines]
    stories = [
        Story(
            row["id"], row["id"], row["id"], row["title"], dt.datetime.fromisoformat(f"{row['day']}T12:00Z"),
            timed=False, body="", lead=row["body"], source=Credit(name=row["publisher"]),
        )
        for row in rows
    ]  # fmt: skip
    found = reports(stories, running(stories, Settings(), Forgetful())[2])
    given = {frozenset((one, other)) for one, ids in found.items() for other in ids}
    truth = {
        frozenset((one["id"], other["id"]))
        for one, other in combinations(rows, 2)
        if one["story"] == other["story"] != ""
    }
    assert len(given & truth) / len(given) >= 0.97
    assert len(given & truth) / len(truth) >= 0.7
