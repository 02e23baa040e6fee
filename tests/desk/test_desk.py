"""Freezing writes the lines of its own key, and nothing that an editor wrote is written anew, lost or moved."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Callable
from pathlib import Path

import pytest

from broadsheet import disk
from broadsheet.config import open_site
from broadsheet.desk import add_correction, freeze
from broadsheet.errors import BroadsheetError, Report
from broadsheet.model import Edition
from broadsheet.pipeline import Options, desk, silent
from broadsheet.publication import PublishRequest, publish_site
from tests.conftest import NOW, Workshop, story

Make = Callable[..., Workshop]

SHOWN = "content/editions/2025-05-08.md"
WRITTEN = """---
# Nadia: this order stands until the appeal is heard.
title: 'The harbour edition'   # as agreed

order:
  - two   # stays first
  # - three, if it is ready
lead:   one
---

  A note by the *editor*.


"""
FROZEN = """frozen:
  number: '1'
  name: The harbour edition
  masthead:
    title: Daily
  lead: one
  desks:
  - section: World
    stories:
    - two
  words:
    one:
      title: One
      summary: A body.
    two:
      title: Two
      summary: A body.
"""


def as_frozen(text: str) -> str:
    return text.replace("lead:   one\n", f"lead:   one\n{FROZEN}")


@pytest.fixture
def made(workshop: Make) -> Workshop:
    return workshop(
        story("one", "2025-05-08", section="World"), story("two", "2025-05-08", section="World"), f"-- {SHOWN} --\n"
    )


@pytest.fixture
def file(made: Workshop) -> Path:
    file = made.root / SHOWN
    file.write_text(WRITTEN)
    return file


def edition(made: Workshop) -> Edition:
    return desk(made.site, NOW, Report()).newspaper.editions[0]


def edition_of(made: Workshop, slug: str) -> Edition:
    return next(one for one in desk(made.site, NOW, Report()).newspaper.editions if one.slug == slug)


@pytest.mark.parametrize("end", ["\n", "\r\n"])
@pytest.mark.parametrize("mark", ["", "\ufeff"])
def test_an_editors_file_keeps_its_comments_its_order_and_the_way_it_is_written(
    made: Workshop, file: Path, end: str, mark: str
):
    file.write_bytes(f"{mark}{WRITTEN}".replace("\n", end).encode())
    freeze(made.site, edition(made), SHOWN)
    assert file.read_bytes() == f"{mark}{as_frozen(WRITTEN)}".replace("\n", end).encode()


def test_an_edition_that_was_let_go_is_frozen_again_where_its_key_was(made: Workshop, file: Path):
    file.write_text(WRITTEN.replace("order:", "frozen:   # let go on Friday\norder:"))
    freeze(made.site, edition(made), SHOWN)
    own = FROZEN.removeprefix("frozen:\n")
    assert file.read_text() == WRITTEN.replace("order:", f"frozen:   # let go on Friday\n{own}order:")


def test_an_edit_in_the_moment_of_freezing_is_kept_and_the_edition_is_frozen(
    made: Workshop, file: Path, monkeypatch: pytest.MonkeyPatch
):
    real, done = disk.exchange, list[str]()

    def exchange(scrap: str, path: str) -> bool:
        if not done:
            done.append(path)
            file.write_text(WRITTEN.replace("harbour", "river"))
        return real(scrap, path)

    one = edition(made)
    monkeypatch.setattr(disk, "exchange", exchange)
    freeze(made.site, one, SHOWN)
    assert done
    assert file.read_text() == as_frozen(WRITTEN.replace("harbour", "river"))


def test_a_file_that_an_editor_begins_in_the_moment_of_freezing_is_kept(made: Workshop, file: Path):
    one = edition(made)
    file.unlink()
    with pytest.MonkeyPatch.context() as patch:
        real = disk.fill

        def fill(*arguments: object) -> object:
            if not file.exists():
                file.write_text(WRITTEN)
            return real(*arguments)  # type: ignore[arg-type]

        patch.setattr(disk, "fill", fill)
        freeze(made.site, one, SHOWN)
    assert file.read_text() == as_frozen(WRITTEN)


def test_front_matter_that_takes_no_lines_is_left_and_told_with_the_lines_to_write(made: Workshop, file: Path):
    text = WRITTEN.replace("order:", "? frozen\norder:")
    one = edition(made)
    file.write_text(text)
    with pytest.raises(BroadsheetError, match=f"{SHOWN}:.*front-matter-style") as caught:
        freeze(made.site, one, SHOWN)
    assert FROZEN in caught.value.problem.hint
    assert file.read_text() == text


def test_a_link_is_followed_within_the_content_and_not_out_of_it(made: Workshop, file: Path, tmp_path: Path):
    one = edition(made)
    inside = made.root / "content/shared.md"
    file.rename(inside)
    file.symlink_to(inside)
    freeze(made.site, one, SHOWN)
    assert file.is_symlink()
    assert inside.read_text() == as_frozen(WRITTEN)
    outside = tmp_path / "outside.md"
    outside.write_text(WRITTEN)
    file.unlink()
    file.symlink_to(outside)
    with pytest.raises(BroadsheetError, match="points outside"):
        freeze(made.site, one, SHOWN)
    assert outside.read_text() == WRITTEN


def test_a_frozen_edition_stays_as_it_was_printed_down_to_its_masthead(made: Workshop):
    made.write("-- content/editions/2025-05-08.md --\n---\ntitle: The harbour edition\n---\n")
    made.write(story("late", "2025-05-09"))
    made.build()
    before = made.output()["editions/2025-05-08/index.html"]
    freeze(made.site, edition_of(made, "2025-05-08"), SHOWN)
    made.build()
    assert made.output()["editions/2025-05-08/index.html"] == before  # freezing itself changes no byte
    made.write(story("one", "2025-05-08", title="Another headline", body="Another body.", section="World"))
    settings = made.root / "pyproject.toml"
    settings.write_text(settings.read_text().replace('"Daily"', '"Weekly"'))
    made.build()
    page = made.output()["editions/2025-05-08/index.html"].decode()
    assert ">One</a>" in page
    assert "A body." in page
    assert ">Daily</a>" in page
    assert "Weekly" not in page.partition("</main>")[0].partition("<main")[2]
    assert "Another headline" in made.output()["2025/05/08/one/index.html"].decode()
    assert b">Weekly</a>" in made.output()["index.html"]


def test_a_correction_after_the_freezing_is_marked_beside_the_words_as_they_were(made: Workshop):
    made.write(story("late", "2025-05-09"))
    (made.root / SHOWN).unlink()
    freeze(made.site, edition_of(made, "2025-05-08"), SHOWN)
    fixed = "[{date: 2025-05-20, text: It was two.}]"
    made.write(story("one", "2025-05-08", title="Other", section="World", corrections=fixed))
    made.build()
    page = made.output()["editions/2025-05-08/index.html"].decode()
    assert ">One</a>" in page
    assert "Corrected" in page
    feed = made.output()["editions/feed.json"].decode()
    assert "One" in feed
    assert "Other" not in feed


def test_a_frozen_edition_keeps_its_name_and_a_new_one_is_pointed_out(made: Workshop, file: Path):
    freeze(made.site, edition(made), SHOWN)
    file.write_text(file.read_text().replace("title: 'The harbour edition'", "title: 'The pier edition'"))
    report = Report()
    [one] = [one for one in desk(made.site, NOW, report).newspaper.editions if one.slug == "2025-05-08"]
    assert one.title == "The harbour edition"
    assert {problem.code for problem in report} == {"frozen-name", "text-hash"}


PUBLISHED = 'search = false\nshare_cards = 0\n[tool.broadsheet.targets.live]\nkind = "folder"\npath = "../www"\n'


def send(made: Workshop) -> Report:
    report = Report()
    publish_site(open_site(made.root), Options(NOW), PublishRequest(), report, silent, lambda _: None)
    return report


def test_a_publication_freezes_the_editions_whose_days_are_over_and_keeps_the_editors_comments(workshop: Make):
    today = f"{NOW:%Y-%m-%d}"
    made = workshop(story("one", "2025-05-08"), story("two", "2025-05-08"), story("new", today), settings=PUBLISHED)
    file = made.root / SHOWN
    file.parent.mkdir(parents=True)
    file.write_text(WRITTEN)
    assert {problem.code for problem in send(made)} == {"text-hash"}
    assert sorted(path.name for path in file.parent.glob("*.md")) == ["2025-05-08.md"]
    assert all(line in file.read_text() for line in WRITTEN.splitlines())
    assert "number: '1'" in file.read_text()
    built = made.output()
    send(made)  # what was frozen is what was published: nothing changes
    assert made.output() == built


def test_a_publication_freezes_nothing_where_the_settings_say_so(workshop: Make):
    made = workshop(story("one", "2025-05-08"), settings=f'freeze = "never"\n{PUBLISHED}')
    send(made)
    assert not (made.root / "content/editions").exists()


def test_a_file_that_cannot_be_added_to_is_reported_and_the_others_are_frozen(workshop: Make):
    made = workshop(story("one", "2025-05-08"), story("two", "2025-05-09"), settings=PUBLISHED)
    made.write("-- content/editions/2025-05-08.md --\n---\nfrozen: [\n---\n")
    report = Report()
    request = PublishRequest(anyway=True)
    publish_site(open_site(made.root), Options(NOW), request, report, silent, lambda _: None)
    assert (made.root / "content/editions/2025-05-09.md").is_file()
    assert (made.root / SHOWN).read_text() == "---\nfrozen: [\n---\n"


def test_a_story_after_the_freezing_of_today_goes_out_with_an_edition_whose_entry_is_not_of_tomorrow(workshop: Make):
    made = workshop(story("one", f"{NOW:%Y-%m-%d}"), settings=PUBLISHED)
    send(made)
    slug = f"{NOW:%Y-%m-%d}"
    freeze(made.site, edition_of(made, slug), f"content/editions/{slug}.md")
    made.write(story("two", f"{NOW:%Y-%m-%d}", title="The ferry", body="The night ferry sails again."))
    assert not [problem.code for problem in send(made)]
    [entry, *_] = json.loads(made.output()["editions/feed.json"])["items"]
    assert entry["url"].endswith(f"/editions/{NOW + dt.timedelta(days=1):%Y-%m-%d}/")
    assert dt.datetime.fromisoformat(entry["date_published"]) <= NOW


@pytest.mark.parametrize("text", ["x" * 20_000, "\ud83d", "\x00\x01", " \n "])
def test_a_text_that_is_no_correction_leaves_the_story_as_it_was(made: Workshop, text: str):
    site = made.site
    story_ = desk(site, NOW, Report()).stories[0]
    before = (site.stories / story_.path).read_bytes()
    with pytest.raises(BroadsheetError, match="the correction is not a text"):
        add_correction(site, story_, text, NOW)
    assert (site.stories / story_.path).read_bytes() == before
