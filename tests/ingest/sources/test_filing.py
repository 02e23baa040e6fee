"""From sources to story files: filed once, revised in place, never over an editor's hand."""

from __future__ import annotations

import datetime as dt
import os
import shutil
import zipfile
from collections.abc import Callable
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from broadsheet import config, content, disk, ingest
from broadsheet.errors import Place, fail
from broadsheet.ingest import Draft, Hints, IngestOutcome, Source
from broadsheet.ingest.extract.draft import Found
from broadsheet.ingest.formats import markdown
from broadsheet.ingest.sources import story_files

RULES = content.Rules(ZoneInfo("Europe/London"))
NOW = dt.datetime(2025, 6, 1, 12, tzinfo=dt.UTC)
WORDS = [
    "harbour",
    "ferry",
    "council",
    "bridge",
    "winter",
    "tariff",
    "orchard",
    "signal",
    "ledger",
    "quarry",
    "meadow",
    "lantern",
]


def prose(seed: int, words: int = 80) -> str:
    """A text of its own for every seed."""
    return " ".join(f"{WORDS[(seed * 7 + n * n + n) % len(WORDS)]}{(seed * 31 + n) % 97}" for n in range(words)) + "."


def read(source: Source, hints: Hints) -> tuple[Draft, ...]:
    """Entries parted by ===; lines such as ``guid: x`` and ``date: x``; then the title; then the body."""
    text = source.data.decode()
    if "BAD" in text:
        raise fail("bad", "this one is bad", Place(source.name))
    if "CRASH" in text:
        raise ZeroDivisionError
    if "DIE" in text:
        os._exit(1)
    return tuple(_draft(part.strip()) for part in text.split("===") if part.strip())


def _draft(part: str) -> Draft:
    head, _, body = part.partition("\n\n")
    *lines, title = head.splitlines()
    keys = dict(line.split(": ", 1) for line in lines)
    date = dt.date.fromisoformat(keys["date"]) if "date" in keys else dt.date(2025, 5, 8)
    embargo = dt.datetime.fromisoformat(keys["embargo"]) if "embargo" in keys else None
    return Draft(
        title=Found(title, "first line", float(keys.get("title-sure", 0.9))), body=body, fates=(),
        guid=keys.get("guid", ""), url=keys.get("url", ""),
        date=None if "undated" in keys else Found(date, "given", float(keys.get("date-sure", 0.9))),
        named=Found(dt.date.fromisoformat(keys["named"]), "given", 0.3) if "named" in keys else None,
        body_confidence=float(keys.get("body-sure", 1)), held=(keys["held"],) if "held" in keys else (),
        embargo=Found(embargo, "given", 0.9) if embargo else None,
        section=Found(keys["section"], "given", 0.4) if "section" in keys else None,
    )  # fmt: skip


@pytest.fixture
def site(tmp_path: Path) -> config.Site:
    return make(tmp_path)


def make(root: Path) -> config.Site:
    (root / "content" / "inbox").mkdir(parents=True)
    (root / "pyproject.toml").write_text('[tool.broadsheet]\ntimezone = "Europe/London"\n')
    return config.open_site(root)


def put(site: config.Site, name: str, text: str) -> Path:
    file = site.inbox / name
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(text, encoding="utf-8")
    return file


def run(
    site: config.Site, *paths: Path | str, dry_run: bool = False, again: bool = False, workers: int = 1
) -> IngestOutcome:
    return ingest.run(site, paths, ingest.Options(NOW, dry_run=dry_run, again=again, workers=workers, read=read))


def deeds(outcome: IngestOutcome) -> dict[str, str]:
    return {row.source: row.deed for row in outcome.filed}


def codes(outcome: IngestOutcome) -> list[str]:
    return [problem.code for problem in outcome.problems]


def tree(site: config.Site) -> dict[str, bytes]:
    """Every file below content/stories, the ledger too."""
    return {str(f.relative_to(site.stories)): f.read_bytes() for f in site.stories.rglob("*") if f.is_file()}


def stories(site: config.Site) -> dict[str, content.Matter]:
    found = {}
    for file in sorted(site.stories.rglob("*.md")):
        matter, problems = content.split(file.read_bytes(), file.name)
        assert matter is not None, problems
        found[file.relative_to(site.stories).as_posix()] = matter
    return found


def edit(site: config.Site, path: str, old: str, new: str) -> None:
    file = site.stories / path
    text = file.read_text()
    assert old in text
    file.write_text(text.replace(old, new))


def test_a_raw_file_becomes_a_story_in_the_folder_of_its_month(site):
    put(site, "wire/ferry.txt", f"Ferry stops\n\n{prose(1)}")
    outcome = run(site)
    assert deeds(outcome) == {"wire/ferry.txt": "new"}
    story = stories(site)["2025/05/ferry-stops.md"]
    assert list(story.meta) == ["id", "title", "date", "source"]
    assert story.meta["source"]["file"] == "wire/ferry.txt"
    assert story.body.strip() == prose(1)


def test_what_is_filed_is_a_story_that_the_build_can_read(site):
    put(site, "a.txt", f'A "title": with # all & \\ of --- it 🚢\n\n{prose(1)}')
    run(site)
    for path in stories(site):
        reading = content.read((site.stories / path).read_bytes(), path, content.Rules(site.zone))
        assert reading.story is not None
        assert reading.story.title == 'A "title": with # all & \\ of --- it 🚢'


def test_a_second_run_writes_nothing_and_says_unchanged(site):
    put(site, "a.txt", f"One\n\n{prose(1)}")
    run(site)
    before = tree(site)
    assert deeds(run(site)) == {"a.txt": "unchanged"}
    assert tree(site) == before


def test_a_second_run_does_not_even_read_an_unchanged_source(site):
    put(site, "a.txt", f"One\n\n{prose(1)}")
    run(site)

    def never(source: Source, hints: Hints) -> tuple[Draft, ...]:
        raise AssertionError

    assert not ingest.run(site, (), ingest.Options(NOW, read=never)).problems
    shutil.rmtree(site.cache)
    assert not ingest.run(site, (), ingest.Options(NOW, read=never)).problems


def test_a_changed_source_revises_its_story_in_place(site):
    put(site, "a.txt", f"One\n\n{prose(1)}")
    run(site)
    before = stories(site)["2025/05/one.md"]
    put(site, "a.txt", f"Another title\n\n{prose(1)} And one more sentence.")
    assert deeds(run(site)) == {"a.txt": "updated"}
    (path, after), *others = stories(site).items()
    assert (path, others) == ("2025/05/one.md", [])
    assert after.meta["id"] == before.meta["id"]
    assert after.meta["title"] == "Another title"
    assert after.meta["source"]["sha256"] != before.meta["source"]["sha256"]


def test_a_revised_story_keeps_its_date_and_says_when_it_was_updated(site):
    put(site, "a.txt", f"date: 2025-05-08\nOne\n\n{prose(1)}")
    run(site)
    put(site, "a.txt", f"date: 2025-06-02\nOne\n\n{prose(1)} More.")
    run(site)
    assert stories(site)["2025/05/one.md"].meta["date"] == dt.date(2025, 5, 8)
    assert stories(site)["2025/05/one.md"].meta["updated"] == dt.date(2025, 6, 2)


def test_an_edit_by_hand_survives_a_second_ingest(site):
    put(site, "a.txt", f"One\n\n{prose(1)}")
    run(site)
    edit(site, "2025/05/one.md", 'title: "One"', 'title: "One, corrected"')
    before = tree(site)
    assert deeds(run(site)) == {"a.txt": "unchanged"}
    put(site, "a.txt", f"One\n\n{prose(2)}")
    assert deeds(run(site)) == {"a.txt": "new"}  # another story altogether
    assert tree(site)["2025/05/one.md"] == before["2025/05/one.md"]


def test_an_edited_story_whose_source_changed_is_reported_until_the_editor_settles_it(site):
    put(site, "a.txt", f"One\n\n{prose(1)}")
    run(site)
    edit(site, "2025/05/one.md", 'title: "One"', 'title: "Mine"')  # fmt: skip
    old = stories(site)["2025/05/one.md"].meta["source"]["sha256"]
    put(site, "a.txt", f"One\n\n{prose(1)} More.")
    for _ in range(2):
        outcome = run(site)
        assert deeds(outcome) == {"a.txt": "kept"}
        assert codes(outcome) == ["edited-by-hand"]
    [problem] = outcome.problems
    assert problem.place.file == "content/stories/2025/05/one.md"
    digest = problem.hint.rpartition(" ")[2].rstrip(".")
    edit(site, "2025/05/one.md", old, digest)
    outcome = run(site)
    assert (deeds(outcome), codes(outcome)) == ({"a.txt": "unchanged"}, [])


def test_again_does_not_write_over_an_edit_either(site):
    put(site, "a.txt", f"One\n\n{prose(1)}")
    run(site)
    edit(site, "2025/05/one.md", 'title: "One"', 'title: "Mine"')  # fmt: skip
    run(site, again=True)
    assert stories(site)["2025/05/one.md"].meta["title"] == "Mine"


def test_a_checkout_with_other_line_ends_is_no_edit(site):
    put(site, "a.txt", f"One\n\n{prose(1)}")
    run(site)
    file = site.stories / "2025/05/one.md"
    file.write_bytes(file.read_bytes().replace(b"\n", b"\r\n"))
    put(site, "a.txt", f"One\n\n{prose(1)} More.")
    assert deeds(run(site)) == {"a.txt": "updated"}


def test_a_story_that_an_editor_renamed_is_still_the_one(site):
    put(site, "a.txt", f"One\n\n{prose(1)}")
    run(site)
    (site.stories / "2025/05/one.md").rename(site.stories / "2025/05/better.md")
    assert deeds(run(site)) == {"a.txt": "unchanged"}
    put(site, "a.txt", f"One\n\n{prose(1)} More.")
    assert deeds(run(site)) == {"a.txt": "updated"}
    assert list(stories(site)) == ["2025/05/better.md"]


def test_a_slip_in_the_front_matter_makes_no_second_story(site):
    put(site, "a.txt", f"One\n\n{prose(1)}")
    run(site)
    edit(site, "2025/05/one.md", 'title: "One"', 'title: "One')  # fmt: skip
    for _ in range(2):
        assert deeds(run(site)) == {"a.txt": "unchanged"}
        shutil.rmtree(site.cache)
        (site.stories / ".ledger").unlink()


def test_a_deleted_story_stays_deleted_until_it_is_asked_for_again(site):
    put(site, "a.txt", f"One\n\n{prose(1)}")
    run(site)
    known = stories(site)["2025/05/one.md"].meta["id"]
    (site.stories / "2025/05/one.md").unlink()
    assert deeds(run(site)) == {"a.txt": "deleted"}
    shutil.rmtree(site.cache)  # as in a fresh clone
    assert deeds(run(site)) == {"a.txt": "deleted"}
    assert deeds(run(site, again=True)) == {"a.txt": "new"}
    assert stories(site)["2025/05/one.md"].meta["id"] == known


def test_a_deleted_story_whose_source_changed_comes_back_as_a_draft(site):
    put(site, "a.txt", f"One\n\n{prose(1)}")
    run(site)
    known = stories(site)["2025/05/one.md"].meta["id"]
    (site.stories / "2025/05/one.md").unlink()
    put(site, "a.txt", f"One\n\n{prose(1)} More.")
    outcome = run(site)
    assert codes(outcome) == ["revived"]
    [story] = stories(site).values()
    assert story.meta["status"] == "draft"
    assert story.meta["id"] != known


def test_without_the_ledger_everything_stands_as_it_was(site):
    put(site, "a.txt", f"One\n\n{prose(1)}")
    put(site, "b.txt", f"Two\n\n{prose(2)}\n===\nThree\n\n{prose(3)}")
    run(site)
    before = tree(site)
    shutil.rmtree(site.cache)
    (site.stories / ".ledger").unlink()
    assert {row.deed for row in run(site).filed} == {"unchanged"}
    assert tree(site) == before


def test_a_line_of_the_ledger_that_is_none_is_a_problem_with_its_line(site):
    put(site, "a.txt", f"One\n\n{prose(1)}")
    run(site)
    ledger = site.stories / ".ledger"
    ledger.write_bytes(b"<<<<<<< HEAD\n" + ledger.read_bytes())
    outcome = run(site)
    assert [(p.code, str(p.place)) for p in outcome.problems] == [("ledger-line", "content/stories/.ledger:1")]
    assert deeds(outcome) == {"a.txt": "unchanged"}


def test_the_same_text_under_another_name_is_one_story(site):
    put(site, "a.txt", f"One\n\n{prose(1)}")
    put(site, "b.txt", f"One\n\n{prose(1).upper()}\n")
    outcome = run(site)
    assert deeds(outcome) == {"a.txt": "new", "b.txt": "same"}
    assert codes(outcome) == ["same-text"]
    assert len(stories(site)) == 1
    outcome = run(site)
    assert deeds(outcome) == {"a.txt": "unchanged", "b.txt": "same"}
    assert codes(outcome) == []


def test_a_twin_that_changes_becomes_a_story_of_its_own(site):
    put(site, "a.txt", f"One\n\n{prose(1)}")
    put(site, "b.txt", f"One\n\n{prose(1)}\n")
    run(site)
    put(site, "b.txt", f"One\n\n{prose(2)}\n")
    assert deeds(run(site)) == {"a.txt": "unchanged", "b.txt": "new"}
    assert stories(site)["2025/05/one.md"].body.strip() == prose(1)


def test_a_near_copy_is_reported_with_its_likeness_and_names_the_other(site):
    put(site, "a.txt", f"One\n\n{prose(1, 200)}")
    put(site, "b.txt", f"Two\n\nA lead of its own. {prose(1, 180)}")
    outcome = run(site)
    [problem] = outcome.problems
    assert problem.code == "near-copy"
    assert problem.place.file == "b.txt"
    assert "content/stories/2025/05/one.md from a.txt" in problem.message
    near = outcome.filed[1]
    assert near.near == "2025/05/one.md"
    assert 0.75 < near.likeness < 1
    assert stories(site)["2025/05/two.md"].meta["also"] == [stories(site)["2025/05/one.md"].meta["id"]]


def test_two_stories_of_one_title_get_two_files(site):
    for number in range(3):
        put(site, f"{number}.txt", f"Briefs\n\n{prose(number)}")
    run(site)
    assert list(stories(site)) == ["2025/05/briefs-2.md", "2025/05/briefs-3.md", "2025/05/briefs.md"]


def test_a_moved_source_still_revises_its_story(site):
    put(site, "a.txt", f"One\n\n{prose(1)}")
    run(site)
    (site.inbox / "sub").mkdir()
    (site.inbox / "a.txt").rename(site.inbox / "sub/a.txt")
    assert deeds(run(site)) == {"sub/a.txt": "unchanged"}
    put(site, "sub/a.txt", f"One\n\n{prose(1)} More.")
    assert deeds(run(site)) == {"sub/a.txt": "updated"}
    assert len(stories(site)) == 1


def test_a_file_used_anew_for_another_story_does_not_touch_the_first(site):
    put(site, "paste.txt", f"One\n\n{prose(1)}")
    run(site)
    put(site, "paste.txt", f"Two\n\n{prose(2)}")
    assert deeds(run(site)) == {"paste.txt": "new"}
    assert len(stories(site)) == 2
    put(site, "paste.txt", f"Two\n\n{prose(2)} More.")
    assert [row.deed for row in run(site).filed] == ["updated"]


def test_every_entry_of_a_feed_is_a_story_with_its_own_id(site):
    put(site, "feed.xml", f"guid: urn:1\nOne\n\n{prose(1)}\n===\nguid: urn:2\nTwo\n\n{prose(2)}")
    run(site)
    assert sorted(story.meta["id"] for story in stories(site).values()) == ["urn:1", "urn:2"]
    put(site, "feed.xml", f"guid: urn:3\nThree\n\n{prose(3)}\n===\nguid: urn:1\nOne\n\n{prose(1)} More.")
    assert [row.deed for row in run(site).filed] == ["new", "updated"]
    assert sorted(story.meta["id"] for story in stories(site).values()) == ["urn:1", "urn:2", "urn:3"]


def test_a_feed_that_grew_leaves_its_old_entries_as_they_are(site):
    put(site, "feed.xml", f"guid: urn:1\nOne\n\n{prose(1)}")
    run(site)
    edit(site, "2025/05/one.md", 'title: "One"', 'title: "Mine"')
    before = tree(site)["2025/05/one.md"]
    put(site, "feed.xml", f"guid: urn:2\nTwo\n\n{prose(2)}\n===\nguid: urn:1\nOne\n\n{prose(1)}")
    outcome = run(site)
    assert [row.deed for row in outcome.filed] == ["new", "unchanged"]
    assert codes(outcome) == []
    assert tree(site)["2025/05/one.md"] == before


def test_a_deleted_entry_of_a_feed_does_not_come_back_with_the_next_one(site):
    put(site, "feed.xml", f"guid: urn:1\nOne\n\n{prose(1)}")
    run(site)
    (site.stories / "2025/05/one.md").unlink()
    put(site, "feed.xml", f"guid: urn:2\nTwo\n\n{prose(2)}\n===\nguid: urn:1\nOne\n\n{prose(1)} More.")
    assert [row.deed for row in run(site).filed] == ["new", "deleted"]


def test_a_guid_that_another_source_has_cannot_touch_its_story(site):
    put(site, "a.xml", f"guid: urn:1\nurl: https://example.org/1\nOne\n\n{prose(1)}")
    run(site)
    before = tree(site)["2025/05/one.md"]
    put(site, "b.xml", f"guid: urn:1\nurl: https://example.org/1\nOne\n\n{prose(2)}")
    assert deeds(run(site)) == {"a.xml": "unchanged", "b.xml": "new"}
    assert tree(site)["2025/05/one.md"] == before
    assert len({story.meta["id"] for story in stories(site).values()}) == 2
    assert deeds(run(site, again=True)) == {"a.xml": "unchanged", "b.xml": "unchanged"}


def test_a_day_that_the_text_tells_of_is_no_date_and_stands_under_review(site):
    put(site, "a.txt", f"undated: yes\nnamed: 2025-05-07\nOne\n\n{prose(1)}")
    run(site)
    [made] = stories(site).values()
    assert "date" not in made.meta
    assert (made.meta["reason"], made.meta["review"]) == ("it has no date", ["date (found: 2025-05-07)"])


def test_an_undated_story_gets_no_date_and_is_held(site):
    file = put(site, "a.txt", f"undated: yes\nOne\n\n{prose(1)}")
    os.utime(file, (1_700_000_000, 1_700_000_000))
    [filed] = run(site).filed
    meta = stories(site)["2023/11/one.md"].meta
    assert "date" not in meta
    assert (meta["status"], meta["reason"], meta["review"]) == ("draft", "it has no date", ["date"])
    assert (filed.held, filed.review) == ("it has no date", ("date",))
    assert content.read((site.stories / "2023/11/one.md").read_bytes(), "2023/11/one.md", RULES).story
    edit(site, "2023/11/one.md", "status: draft\n", "")
    broken = content.read((site.stories / "2023/11/one.md").read_bytes(), "2023/11/one.md", RULES)
    assert broken.story is None
    assert "key-missing" in {problem.code for problem in broken.problems}


def test_a_story_gets_its_date_when_its_source_does(site):
    put(site, "a.txt", f"undated: yes\nOne\n\n{prose(1)}")
    run(site)
    put(site, "a.txt", f"date: 2025-05-07\nOne\n\n{prose(1)}")
    run(site)
    [story] = stories(site).values()
    assert story.meta["date"] == dt.date(2025, 5, 7)
    assert "status" not in story.meta


@pytest.mark.parametrize(
    ("hold", "part", "reason"),
    [
        ("doubtful", "title-sure: 0.4", "its title is more likely wrong than right"),
        ("doubtful", "title-sure: 0.6", None),
        ("any", "title-sure: 0.6", "not looked at yet: title"),
        ("any", "title-sure: 0.9", None),
        ("never", "title-sure: 0.4", None),
        ("never", "held: status: killed", "status: killed"),
        ("doubtful", "held: status: killed", "status: killed"),
        ("doubtful", "body-sure: 0.4", "its body is more likely wrong than right"),
        ("doubtful", "body-sure: 0.7", None),
    ],
)
def test_what_is_in_doubt_is_held_as_the_settings_say(tmp_path, hold, part, reason):
    site = make(tmp_path)
    (tmp_path / "pyproject.toml").write_text(f'[tool.broadsheet]\nhold = "{hold}"\n')
    site = config.open_site(tmp_path)
    put(site, "a.txt", f"{part}\nOne\n\n{prose(1)}")
    [filed] = run(site).filed
    [story] = stories(site).values()
    assert story.meta.get("reason") == reason
    assert story.meta.get("status") == ("draft" if reason else None)
    assert filed.held == (reason or "")


def test_an_embargo_is_the_date_of_a_story_and_stays_it(site):
    put(site, "a.txt", f"date: 2025-05-08\nembargo: 2031-03-04T09:00:00+00:00\nOne\n\n{prose(1)}")
    run(site)
    [story] = stories(site).values()
    assert story.meta["date"] == dt.datetime(2031, 3, 4, 9, tzinfo=dt.UTC)
    put(site, "a.txt", f"date: 2025-05-08\nembargo: 2032-03-04T09:00:00+00:00\nOne\n\n{prose(1)}")
    run(site)
    [story] = stories(site).values()
    assert story.meta["date"] == dt.datetime(2032, 3, 4, 9, tzinfo=dt.UTC)


@pytest.mark.parametrize(
    ("date", "reason"),
    [("2031-03-02", None), ("2033-03-02", "its date is more likely wrong than right")],
)
def test_an_unlikely_day_holds_no_story_whose_date_is_a_later_embargo(site, date: str, reason: str | None):
    put(site, "a.txt", f"date: {date}\ndate-sure: 0.3\nembargo: 2031-03-04T09:00:00+00:00\nOne\n\n{prose(1)}")
    run(site)
    [story] = stories(site).values()
    assert story.meta.get("reason") == reason
    assert story.meta["review"] == ["date"]


def test_an_unlikely_section_is_not_written_and_stands_in_review(site):
    put(site, "a.txt", f"section: Old Town\nOne\n\n{prose(1)}")
    [filed] = run(site).filed
    [story] = stories(site).values()
    assert "section" not in story.meta
    assert story.meta["review"] == ["section (found: Old Town)"]
    assert filed.review == ("section (found: Old Town)",)


@pytest.mark.parametrize(
    ("name", "day"),
    [("2025-05-06/a.txt", (2025, 5, 6)), ("20250506-a.txt", (2025, 5, 6)), ("2024/2025_05_06/a.txt", (2025, 5, 6)),
     ("2025-02-30.txt", None), ("2999-01-01.txt", None), ("120250506.txt", None)],
)  # fmt: skip
def test_a_day_in_the_name_of_a_source_dates_a_story_that_has_none(site, name, day):
    os.utime(put(site, name, f"undated: yes\nOne\n\n{prose(1)}"), (NOW.timestamp(), NOW.timestamp()))
    assert run(site).filed[0].review == ("date",)
    [story] = stories(site).values()
    assert story.meta.get("date") == (dt.date(*day) if day else None)


def test_one_bad_source_never_stops_the_others(site):
    put(site, "a.txt", "BAD")
    put(site, "b.txt", "CRASH")
    put(site, "c.txt", "Only a title")
    put(site, "d.txt", f"One\n\n{prose(1)}")
    outcome = run(site)
    assert deeds(outcome) == {"a.txt": "failed", "b.txt": "failed", "c.txt": "failed", "d.txt": "new"}
    assert [(p.code, p.place.file) for p in outcome.problems] == [
        ("bad", "a.txt"), ("reader-failed", "b.txt"), ("no-text", "c.txt"),
    ]  # fmt: skip


def test_a_process_that_dies_takes_no_other_source_with_it(site):
    for number in range(20):
        put(site, f"{number:02}.txt", f"T{number}\n\n{prose(number)}")
    put(site, "07.txt", "DIE")
    # Above the size below which nothing is read in a process of its own.
    put(site, "99.txt", f"Long\n\n{prose(99)}" + " " * 2_100_000)
    outcome = run(site, workers=2)
    assert [row.source for row in outcome.filed if row.deed != "new"] == ["07.txt"]
    assert [(p.code, p.place.file) for p in outcome.problems] == [("reader-died", "07.txt")]
    assert len(stories(site)) == 20


def test_many_processes_file_what_one_would(site, tmp_path):
    other = make(tmp_path / "other")
    for number in range(70):
        for where in (site, other):
            put(where, f"{number:02}.txt", f"Title {number % 9}\n\n{prose(number % 40)}")
    run(site, workers=1)
    run(other, workers=2)
    assert tree(site) == tree(other)


def test_a_dry_run_writes_nothing_and_says_what_would_be_done(site):
    put(site, "a.txt", f"One\n\n{prose(1)}")
    put(site, "b.txt", f"One\n\n{prose(1)}\n")
    assert deeds(run(site, dry_run=True)) == {"a.txt": "new", "b.txt": "same"}
    assert not site.stories.exists()
    assert not site.cache.exists()


def test_ctrl_c_leaves_whole_files_and_the_next_run_goes_on(site):
    for number in range(10):
        put(site, f"{number}.txt", f"T{number}\n\n{prose(number)}")

    def stop(step: ingest.IngestProgress) -> None:
        if step.done == 4:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        ingest.run(site, (), ingest.Options(NOW, read=read), stop)
    assert len(stories(site)) == 4
    assert sorted(deeds(run(site)).values()) == ["new"] * 6 + ["unchanged"] * 4


@pytest.mark.parametrize(
    "title",
    ["../../etc/passwd", "/etc/passwd", "..", "a\0b", "con", "C:\\x", "\n\n---\nid: x", "☃" * 900, "語" * 300, "  "],
)
def test_a_hostile_title_stays_inside_content_stories_under_a_safe_name(site, title):
    def hostile(source: Source, hints: Hints) -> tuple[Draft, ...]:
        return (Draft(title=Found(title, "", 0.9), body=prose(1), fates=()),)

    put(site, "a.txt", "x")
    before = set(site.root.rglob("*"))
    ingest.run(site, (), ingest.Options(NOW, read=hostile))
    made = {f for f in set(site.root.rglob("*")) - before if f.is_file() and site.cache not in f.parents}
    for file in made - {site.stories / ".ledger"}:
        assert file.parent.parent.parent == site.stories
        assert len(file.name.encode()) <= 200
        assert file.name != "con.md"
        assert content.read(file.read_bytes(), "a.md", content.Rules(site.zone)).story
    assert len(made) == (2 if title.strip() else 0)


def test_a_link_below_content_stories_leads_nothing_out(site, tmp_path):
    (tmp_path / "elsewhere").mkdir()
    (site.stories / "2025").mkdir(parents=True)
    (site.stories / "2025/05").symlink_to(tmp_path / "elsewhere")
    put(site, "a.txt", f"One\n\n{prose(1)}")
    outcome = run(site)
    assert codes(outcome) == ["outside"]
    assert not list((tmp_path / "elsewhere").iterdir())


def test_bad_values_of_a_draft_are_left_out_and_go_to_review(site):
    def hostile(source: Source, hints: Hints) -> tuple[Draft, ...]:
        return (
            Draft(
                title=Found("One\x1b[31m\ud800", "", 0.9), body="a\x00b\x85 " + prose(1), fates=(),
                date=Found(dt.date(1, 1, 1), "", 0.9), lang=Found("not a tag", "", 0.9), authors=Found(("", "Ann\x07"), "", 0.9),
            ),
        )  # fmt: skip

    put(site, "a.txt", "x")
    ingest.run(site, (), ingest.Options(NOW, read=hostile))
    [story] = stories(site).values()
    assert story.meta["title"] == "One"
    assert story.meta["authors"] == ["Ann"]
    assert "lang" not in story.meta
    assert story.meta["review"] == ["date (found: 0001-01-01)"]


SEEDS = st.integers(0, 5)
PLAIN = st.builds(lambda seed, more: f"Title {seed % 3}\n\n{prose(seed)}{more}", SEEDS, st.sampled_from(["", " More."]))
ENTRIES = st.builds(lambda guid, text: f"guid: urn:{guid}\n{text}", SEEDS, PLAIN)
TEXTS = st.one_of(PLAIN, st.lists(st.one_of(PLAIN, ENTRIES), min_size=1, max_size=3).map("\n===\n".join))
NAMES = st.sampled_from(["a.txt", "b.txt", "sub/c.txt", "d.txt"])
ACTS = st.lists(
    st.one_of(
        st.tuples(st.just("put"), NAMES, TEXTS),
        st.tuples(st.just("drop"), NAMES, st.just("")),
        st.tuples(st.just("edit"), st.integers(0, 5), st.just("")),
        st.tuples(st.just("delete"), st.integers(0, 5), st.just("")),
        st.tuples(st.sampled_from(["forget", "lose"]), st.just(""), st.just("")),
        st.tuples(st.just("run"), st.just(""), st.just("")),
    ),
    max_size=14,
)


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(ACTS)
def test_whatever_happens_ids_are_unique_edits_stay_and_a_second_run_changes_nothing(tmp_path_factory, acts):
    site = make(tmp_path_factory.mktemp("site"))
    edited: dict[Path, bytes] = {}
    for act, what, text in acts:
        files = sorted(site.stories.rglob("*.md"))
        if act == "put":
            put(site, what, text)
        elif act == "drop":
            (site.inbox / what).unlink(missing_ok=True)
        elif act == "forget":
            shutil.rmtree(site.cache, ignore_errors=True)
        elif act == "lose":
            (site.stories / ".ledger").unlink(missing_ok=True)
        elif act == "run":
            run(site)
        elif files:
            file = files[what % len(files)]
            edited.pop(file, None)
            if act == "edit":
                file.write_bytes(file.read_bytes() + b"\nA line by hand.\n")
                edited[file] = file.read_bytes()
            else:
                file.unlink()
    run(site)
    before = tree(site)
    second = run(site)
    assert tree(site) == before
    assert not {row.deed for row in second.filed} & {"new", "updated", "failed"}
    assert all(file.read_bytes() == data for file, data in edited.items())
    ids = [story.meta["id"] for story in stories(site).values()]
    assert len(ids) == len(set(ids))
    texts = [story.body.strip() for story in stories(site).values() if "by hand" not in story.body]
    assert len(texts) == len(set(texts))


def test_two_sources_that_change_places_do_not_tell_one_text_twice(site):
    put(site, "a.txt", f"One\n\n{prose(1)} More.")
    put(site, "b.txt", f"guid: urn:1\nOne\n\n{prose(1)}")
    run(site)
    assert len(stories(site)) == 2
    put(site, "a.txt", f"One\n\n{prose(1)}")
    put(site, "b.txt", f"guid: urn:1\nOne\n\n{prose(1)} More.")
    assert [row.deed for row in run(site).filed] == ["same", "same"]
    texts = [story.body.strip() for story in stories(site).values()]
    assert len(set(texts)) == len(texts) == 2
    assert not {row.deed for row in run(site).filed} & {"new", "updated", "failed"}


def zipped(site: config.Site, name: str, **texts: str) -> None:
    with zipfile.ZipFile(site.inbox / name, "w") as archive:
        for inner, text in texts.items():
            archive.writestr(zipfile.ZipInfo(f"{inner}.txt", (2025, 5, 9, 0, 0, 0)), text)


def test_every_file_in_an_archive_is_a_source_of_its_own(site):
    zipped(site, "wire.zip", a=f"One\n\n{prose(1)}", b="BAD", c=f"undated: yes\nThree\n\n{prose(3)}")
    outcome = run(site)
    assert deeds(outcome) == {"wire.zip/a.txt": "new", "wire.zip/c.txt": "new"}
    assert [(p.code, p.place.file) for p in outcome.problems] == [("bad", "wire.zip/b.txt")]
    assert stories(site)["2025/05/one.md"].meta["source"]["file"] == "wire.zip/a.txt"
    assert "date" not in stories(site)["2025/05/three.md"].meta  # filed under the month of its file's last change
    again = run(site)
    assert {row.deed for row in again.filed} == {"unchanged"}
    assert codes(again) == ["bad"]  # said until it is put right


def test_a_changed_archive_revises_what_changed_in_it(site):
    zipped(site, "wire.zip", a=f"One\n\n{prose(1)}", b=f"Two\n\n{prose(2)}")
    run(site)
    edit(site, "2025/05/two.md", 'title: "Two"', 'title: "Mine"')
    zipped(site, "wire.zip", a=f"One\n\n{prose(1)} More.", b=f"Two\n\n{prose(2)}")
    assert [row.deed for row in run(site).filed] == ["updated", "unchanged"]
    zipped(site, "wire.zip", b=f"Two\n\n{prose(2)} More.")
    assert [row.deed for row in run(site).filed] == ["kept"]
    assert len(stories(site)) == 2


def test_an_archive_whose_ledger_was_lost_makes_nothing_twice(site):
    zipped(site, "wire.zip", a=f"One\n\n{prose(1)}", b=f"Two\n\n{prose(2)}")
    run(site)
    edit(site, "2025/05/two.md", 'title: "Two"', 'title: "Mine"')
    before = tree(site)
    (site.stories / ".ledger").unlink()
    shutil.rmtree(site.cache)
    assert {row.deed for row in run(site).filed} == {"unchanged"}
    assert tree(site) == before


# An edit, a deletion or a move that no size and no time tells, or that is made while ingest runs.

STORY = "2025/05/two.md"


def during(site: config.Site, do: Callable[[], object]) -> IngestOutcome:
    """A run of two changed sources in which somebody does something once the first has been filed."""

    def tell(step: ingest.IngestProgress) -> None:
        if step.done == 1:
            do()

    return ingest.run(site, (), ingest.Options(NOW, workers=1, read=read), tell)


@pytest.fixture
def two(site: config.Site) -> config.Site:
    """Two stories whose sources have changed since."""
    for name, number in (("a.txt", 1), ("b.txt", 2)):
        put(site, name, f"{['One', 'Two'][number - 1]}\n\n{prose(number)}")
    run(site)
    for name, number in (("a.txt", 1), ("b.txt", 2)):
        put(site, name, f"{['One', 'Two'][number - 1]}\n\n{prose(number)} More.")
    return site


def test_an_edit_while_ingest_runs_is_kept_and_told(two):
    outcome = during(two, lambda: edit(two, STORY, 'title: "Two"', 'title: "Mine"'))
    assert deeds(outcome) == {"a.txt": "updated", "b.txt": "kept"}
    assert codes(outcome) == ["edited-by-hand"]
    assert "Mine" in (two.stories / STORY).read_text()
    assert "More." not in (two.stories / STORY).read_text()
    assert deeds(run(two)) == {"a.txt": "unchanged", "b.txt": "kept"}


def test_an_edit_in_the_moment_of_writing_is_kept(two, monkeypatch):
    real, done = disk.exchange, list[str]()

    def exchange(scrap: str, path: str) -> bool:
        if path.endswith("two.md") and not done:
            done.append(path)
            edit(two, STORY, 'title: "Two"', 'title: "Mine"')
        return real(scrap, path)

    monkeypatch.setattr(disk, "exchange", exchange)
    assert deeds(run(two)) == {"a.txt": "updated", "b.txt": "kept"}
    assert done
    assert "Mine" in (two.stories / STORY).read_text()


def test_an_edit_that_keeps_size_and_time_of_change_is_kept(two):
    before = (two.stories / STORY).stat()
    edit(two, STORY, 'title: "Two"', 'title: "2.0"')
    os.utime(two.stories / STORY, ns=(before.st_atime_ns, before.st_mtime_ns))
    assert deeds(run(two, dry_run=True)) == {"a.txt": "updated", "b.txt": "kept"}
    assert deeds(run(two)) == {"a.txt": "updated", "b.txt": "kept"}
    assert 'title: "2.0"' in (two.stories / STORY).read_text()


def test_a_story_that_takes_the_place_of_another_is_not_written_over(two):
    other = two.stories / "2025/05/one.md"
    before = other.read_bytes()
    outcome = during(two, lambda: (two.stories / STORY).write_bytes(before))
    assert deeds(outcome)["b.txt"] != "updated"
    assert (two.stories / STORY).read_bytes() == before


def test_a_deletion_while_ingest_runs_is_one_like_any_other(two):
    outcome = during(two, (two.stories / STORY).unlink)
    assert deeds(outcome) == {"a.txt": "updated", "b.txt": "deleted"}
    assert not outcome.problems
    assert [file.name for file in two.stories.rglob("*.md")] == ["one.md"]
    assert codes(run(two)) == ["revived"]  # its source has a text that the editor who deleted it has not seen
    assert stories(two)[STORY].meta["status"] == "draft"


def test_a_story_that_is_moved_while_ingest_runs_is_revised_where_it_is_then(two):
    during(two, lambda: (two.stories / STORY).rename(two.stories / "moved.md"))
    assert deeds(run(two)) == {"a.txt": "unchanged", "b.txt": "updated"}
    assert "More." in (two.stories / "moved.md").read_text()
    assert not (two.stories / STORY).exists()


def test_a_link_in_the_place_of_a_story_is_a_persons(two):
    elsewhere = two.root / "elsewhere.md"
    (two.stories / STORY).rename(elsewhere)
    (two.stories / STORY).symlink_to(elsewhere)
    before = elsewhere.read_bytes()
    for _ in range(2):
        assert deeds(run(two))["b.txt"] == "kept"
    assert (two.stories / STORY).is_symlink()
    assert elsewhere.read_bytes() == before


def test_a_link_to_nothing_hides_no_story(two):
    (two.stories / "2025/05/a-draft.md").symlink_to("nowhere.md")
    assert deeds(run(two)) == {"a.txt": "updated", "b.txt": "updated"}


def test_a_file_that_an_editor_makes_where_a_new_story_was_to_be_stays(site, monkeypatch):
    put(site, "a.txt", f"One\n\n{prose(1)}")
    real, done = os.link, list[Path]()

    def link(scrap: str, path: Path) -> None:
        if not done:
            done.append(path)
            path.write_text("Mine")
        real(scrap, path)

    monkeypatch.setattr(os, "link", link)
    outcome = run(site)
    assert [row.story for row in outcome.filed] == ["2025/05/one-2.md"]
    assert (site.stories / "2025/05/one.md").read_text() == "Mine"


def test_what_a_merge_brings_into_the_ledger_while_ingest_runs_stays_there(two):
    line = '{"file":"theirs.txt","sha256":"0","stories":{"x":"0"}}\n'
    ledger = two.stories / ".ledger"
    during(two, lambda: ledger.write_text(ledger.read_text() + line))
    assert line in ledger.read_text()
    assert ledger.read_text().count('"file":"a.txt"') == 1
    assert deeds(run(two)) == {"a.txt": "unchanged", "b.txt": "unchanged"}


def test_two_stories_of_one_day_with_one_long_headline_have_two_addresses(site: config.Site):
    title = "The council decides on the quay, the market, the old bridge and the harbour that nobody had dredged"
    for n in range(3):
        (site.inbox / f"{n}.txt").write_text(f"{title}\n\n{prose(n)}")
    run(site)
    paths = [file.relative_to(site.stories).as_posix() for file in site.stories.rglob("*.md")]
    readings = [content.read((site.stories / path).read_bytes(), path, content.Rules(site.zone)) for path in paths]
    slugs = {reading.story.slug for reading in readings if reading.story}
    assert len(slugs) == 3


WIRE = (
    '<nitf><head><docdata management-status="{state}"><doc-id id-string="w.1"/><date.issue norm="20250508T100000Z"/></docdata>'
    "</head><body><body.head><hedline><hl1>{title}</hl1></hedline></body.head><body.content>{body}</body.content></body></nitf>"
)
WORDS_OF_IT = (
    "<p>The kiln of Sorrel was lit again on Monday.</p><p>Its bricks will go to the new school, and the first of "
    "them were carried over the bridge by the children on the same day.</p>"
)


def wire(site: config.Site, name: str, state: str, title: str = "Kiln lit", body: str = WORDS_OF_IT) -> IngestOutcome:
    put(site, name, WIRE.format(state=state, title=title, body=body))
    return ingest.run(site, [], ingest.Options(NOW))


@pytest.mark.parametrize("body", [WORDS_OF_IT, ""])
def test_an_item_that_its_publisher_takes_back_makes_its_story_a_draft_and_none_is_lost(site, body):
    first = wire(site, "a.xml", "usable")
    second = wire(site, "a.xml", "killed", body=body)
    assert [(row.deed, row.story) for row in second.filed] == [("updated", first.filed[0].story)]
    assert "killed" in second.filed[0].held
    assert "status: draft" in (site.stories / first.filed[0].story).read_text("utf-8")
    assert wire(site, "a.xml", "usable").filed[0].held == ""


def status(site: config.Site, path: str) -> tuple[str, str]:
    """The status and the reason that stand in a story's file."""
    matter, _ = content.split((site.stories / path).read_bytes(), path)
    assert matter
    return matter.meta.get("status", ""), matter.meta.get("reason", "")


NOTICES = {
    "kill.txt": 'MANDATORY KILL\n\nEDITORS: Kill the story headlined "Kiln lit at the brickworks". It is wrong.\n',
    "withdraw.eml": "From: Press office <press@kiln.example>\nTo: desk@q.example\nDate: Tue, 4 Mar 2025 12:00:00 +0000\n"
    "Subject: Please do not use\n\nDear all,\n\nplease withdraw our release “Kiln lit at the brickworks”.\n",
    "zurück.txt": "An die Redaktionen\n\n4. März 2025\n\nDie Meldung „Kiln lit at the brickworks“ wird hiermit zurückgezogen.\n",
    "annulation.txt": "ANNULATION\n\nPrière de ne pas publier la dépêche « Kiln lit at the brickworks ».\n",
}
KILN = (
    "Kiln lit at the brickworks\n\n4 March 2025\n\nThe kiln of Sorrel was lit again on Monday, after nine cold years.\n\n"
    "Its bricks will go to the new school, and the first were carried over the bridge by the children on the same day.\n"
)


def test_a_wire_of_another_file_that_takes_a_story_back_holds_it(site):
    first = wire(site, "a.xml", "usable")
    second = wire(site, "b.xml", "canceled", body="")
    [said] = [p for p in second.problems if p.code == "taken-back"]
    assert first.filed[0].story in said.place.file
    assert second.filed[1].story in said.message  # both files are named
    held, reason = status(site, first.filed[0].story)
    assert (held, "canceled" in reason) == ("draft", True)
    again = ingest.run(site, [], ingest.Options(NOW, again=True))
    assert status(site, first.filed[0].story)[0] == "draft"  # a second reading of its source brings it back to nobody
    assert not [p for p in again.problems if p.code == "taken-back"]


def test_a_wire_with_the_same_text_that_takes_a_story_back_holds_it(site):
    first = wire(site, "a.xml", "usable")
    wire(site, "b.xml", "canceled")
    assert status(site, first.filed[0].story)[0] == "draft"


def test_the_order_of_files_does_not_matter(site):
    put(site, "a.xml", WIRE.format(state="canceled", title="Kiln lit", body=""))
    put(site, "b.xml", WIRE.format(state="usable", title="Kiln lit", body=WORDS_OF_IT))
    filed = ingest.run(site, [], ingest.Options(NOW)).filed
    assert [status(site, row.story)[0] for row in filed] == ["draft", "draft"]


@pytest.mark.parametrize("name", NOTICES)
def test_a_notice_in_words_holds_the_story_that_it_names(site, name: str):
    put(site, "story.txt", KILN)
    [first] = ingest.run(site, [], ingest.Options(NOW)).filed
    assert status(site, first.story)[0] == ""
    put(site, name, NOTICES[name])
    outcome = ingest.run(site, [], ingest.Options(NOW))
    assert "taken-back" in codes(outcome)
    assert status(site, first.story)[0] == "draft"
    [notice] = [row for row in outcome.filed if row.source == name and row.deed == "new"]
    assert status(site, notice.story)[0] == "draft"  # nor is the notice for readers


@pytest.mark.parametrize("name", NOTICES)
def test_a_story_that_was_edited_is_left_as_it_is_and_the_notice_names_it(site, name: str):
    put(site, "story.txt", KILN)
    [first] = ingest.run(site, [], ingest.Options(NOW)).filed
    file = site.stories / first.story
    file.write_text(file.read_text("utf-8") + "\nMore.\n", "utf-8")
    edited = file.read_bytes()
    put(site, name, NOTICES[name])
    outcome = ingest.run(site, [], ingest.Options(NOW))
    assert file.read_bytes() == edited
    [notice] = [row for row in outcome.filed if row.source == name and row.deed == "new"]
    matter, _ = content.split(edited, first.story)
    assert matter
    assert f"takes_back: {matter.meta['id']}" in (site.stories / notice.story).read_text("utf-8")


def test_a_source_that_takes_its_edited_story_back_makes_a_notice_and_no_edit_is_lost(site):
    first = wire(site, "a.xml", "usable").filed[0].story
    file = site.stories / first
    file.write_text(file.read_text("utf-8") + "\nMore.\n", "utf-8")
    edited = file.read_bytes()
    wire(site, "a.xml", "killed")
    assert file.read_bytes() == edited
    notices = [path for path in site.stories.rglob("*.md") if "takes_back" in path.read_text("utf-8")]
    assert len(notices) == 1
    notices[0].unlink()  # the editor's answer
    put(site, "a.xml", WIRE.format(state="killed", title="Kiln lit", body=WORDS_OF_IT + " Still."))
    ingest.run(site, [], ingest.Options(NOW))
    assert not [path for path in site.stories.rglob("*.md") if "takes_back" in path.read_text("utf-8")]


FEED = '<feed xmlns="http://www.w3.org/2005/Atom" xmlns:at="http://purl.org/atompub/tombstones/1.0"><title>Kiln</title>{}</feed>'
ENTRY = (
    "<entry><id>urn:kiln:7</id><title>Kiln lit</title><published>2025-03-04T10:00:00Z</published>"
    f'<content type="html">&lt;p&gt;{KILN.splitlines()[4]}&lt;/p&gt;</content></entry>'
)
TOMBSTONE = '<at:deleted-entry ref="urn:kiln:{}" when="2025-03-05T10:00:00Z"><at:comment>Not lit</at:comment></at:deleted-entry>'


def test_an_entry_that_its_feed_deletes_is_held_with_its_text_and_one_that_is_not_there_makes_no_story(site):
    put(site, "feed.xml", FEED.format(ENTRY))
    [first] = ingest.run(site, [], ingest.Options(NOW)).filed
    put(site, "feed.xml", FEED.format(TOMBSTONE.format(7) + TOMBSTONE.format(8)))
    assert "taken-back" in codes(ingest.run(site, [], ingest.Options(NOW)))
    held, reason = status(site, first.story)
    assert (held, "Not lit" in reason) == ("draft", True)
    assert "nine cold years" in (site.stories / first.story).read_text("utf-8")
    assert len(list(site.stories.rglob("*.md"))) == 1


def test_an_entry_that_its_feed_deletes_and_an_editor_changed_is_left_and_a_notice_is_made(site):
    put(site, "feed.xml", FEED.format(ENTRY))
    [first] = ingest.run(site, [], ingest.Options(NOW)).filed
    edit(site, first.story, "nine cold years", "9 cold years")
    put(site, "feed.xml", FEED.format(TOMBSTONE.format(7)))
    ingest.run(site, [], ingest.Options(NOW))
    assert "9 cold years" in (site.stories / first.story).read_text("utf-8")
    [notice] = [path for path in site.stories.rglob("*.md") if "takes_back: urn:kiln:7" in path.read_text("utf-8")]
    assert "status: draft" in notice.read_text("utf-8")


def test_a_story_that_tells_of_something_withdrawn_takes_nothing_back(site):
    put(site, "story.txt", KILN)
    put(
        site, "news.txt", "Publisher withdraws book\n\n4 March 2025\n\nThe publisher has withdrawn its book on kilns.\n"
    )
    filed = ingest.run(site, [], ingest.Options(NOW)).filed
    assert [status(site, row.story)[0] for row in filed] == ["", ""]


def test_an_older_state_of_an_item_takes_nothing_back(site):
    first = wire(site, "a.xml", "usable").filed[0].story
    put(site, "b.xml", WIRE.format(state="canceled", title="Kiln lit", body="").replace("2025", "2024"))
    ingest.run(site, [], ingest.Options(NOW))
    assert status(site, first)[0] == ""


def test_a_notice_that_names_no_story_says_so(site):
    put(site, "kill.txt", NOTICES["kill.txt"])
    [said] = [p for p in ingest.run(site, [], ingest.Options(NOW)).problems if p.code == "taken-back"]
    assert said.place.file == "kill.txt"


def test_the_same_text_under_another_headline_is_named(site):
    wire(site, "a.xml", "usable")
    outcome = wire(site, "b.xml", "usable", title="Bricks for the school")
    [problem] = [p for p in outcome.problems if p.code == "same-text"]
    assert problem.severity == "warning"
    assert "'Bricks for the school'" in problem.message
    assert "'Kiln lit'" in problem.message


def test_a_post_of_one_sentence_without_a_title_is_a_story(site):
    entry = "<item><guid>g</guid><description>The kiln of Sorrel was lit again on Monday.</description></item>"
    bare = "<item><title>A head alone</title></item>"
    put(site, "a.xml", f"<rss><channel><title>Kilns</title>{entry}{bare}</channel></rss>")
    outcome = ingest.run(site, [], ingest.Options(NOW))
    assert [(row.deed, "title" in row.review) for row in outcome.filed] == [("new", True)]
    assert ["A head alone" in p.message for p in outcome.problems if p.code == "entries-left"] == [True]


@pytest.mark.parametrize("date", ["9999-12-31T23:59:59-14:00", "0001-01-01T00:00:00+14:00"])
def test_a_date_out_of_the_calendar_is_reported_and_stays_to_be_seen(date: str):
    text = f"---\ntitle: The bridge\ndate: {date}\n---\nThe bridge is open again, and the buses run.\n"
    source = Source("bridge.md", text.encode(), NOW)
    (draft,) = markdown.read(source, Hints(today=NOW.date()))
    made = story_files.prepare(draft, source, story_files.FilingRules(ZoneInfo("Europe/London")))
    assert (made.meta["status"], made.meta["reason"]) == ("draft", "it has no date")
    assert made.meta["review"] == [f"date (found: {date.replace('T', ' ')})"]
    assert [(p.severity, p.code, p.place) for p in made.problems] == [("warning", "date-unread", Place("bridge.md", 3))]
