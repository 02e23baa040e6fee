"""Freezing writes the lines of its own key, and nothing that an editor wrote is written anew, lost or moved."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from broadsheet import disk
from broadsheet.desk.freeze import freeze
from broadsheet.errors import BroadsheetError, Report
from broadsheet.model import Edition
from broadsheet.pipeline import desk
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
FROZEN = "frozen:\n  number: '1'\n  lead: one\n  desks:\n  - section: World\n    stories:\n    - two\n"


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
    with pytest.raises(BroadsheetError, match="leads out"):
        freeze(made.site, one, SHOWN)
    assert outside.read_text() == WRITTEN
