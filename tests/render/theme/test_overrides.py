"""Copies: a file taken for one's own is never overwritten, and is reported when the theme's own changes."""

import tomllib
from collections.abc import Callable
from typing import Any

import pytest

from broadsheet import disk
from broadsheet.errors import BroadsheetError, Problem
from broadsheet.render.theme import Theme
from broadsheet.render.theme.overrides import FILE, compared, copy, differences, origin, renew
from tests.conftest import Workshop

Make = Callable[..., Workshop]

BELOW = """
-- themes/low/theme.toml --
extends = ""
-- themes/low/templates/story.html --
low story
-- themes/low/templates/partials/end.html --
low end
-- themes/low/static/style.css --
a { top: 0 }
-- themes/mine/theme.toml --
extends = "low"
"""


def site(make: Make) -> Workshop:
    return make(BELOW, settings='theme = "mine"\n')


def theme(made: Workshop) -> Theme:
    return Theme(made.site, "/")


def told(made: Workshop) -> list[tuple[str, str, str]]:
    return [(one.severity, one.code, str(one.place)) for one in compared(theme(made))]


@pytest.mark.parametrize(
    ("name", "path"),
    [
        ("story.html", "templates/story.html"),
        ("templates/story.html", "templates/story.html"),
        ("partials/end.html", "templates/partials/end.html"),
        ("style.css", "static/style.css"),
    ],
)
def test_a_file_is_copied_by_its_name_or_its_path(workshop: Make, name: str, path: str):
    made = site(workshop)
    assert copy(theme(made), name) == f"themes/mine/{path}"
    assert (made.root / "themes/mine" / path).read_bytes() == (made.root / "themes/low" / path).read_bytes()


def test_a_copy_is_recorded_and_nothing_is_told_while_the_theme_is_the_same(workshop: Make):
    made = site(workshop)
    copy(theme(made), "story.html")
    copy(theme(made), "style.css")
    record = tomllib.loads((made.root / "themes/mine" / FILE).read_text("utf-8"))
    assert {path: one["theme"] for path, one in record.items()} == {
        "templates/story.html": "low",
        "static/style.css": "low",
    }
    made.write("-- themes/mine/templates/story.html --\nmy story\n")
    assert told(made) == []


def test_what_changed_in_the_theme_since_is_told_until_it_has_been_compared(workshop: Make):
    made = site(workshop)
    copy(theme(made), "story.html")
    made.write("-- themes/low/templates/story.html --\nlow story, mended\n")
    assert told(made) == [("warning", "theme-changed", "themes/mine/templates/story.html")]
    assert renew(theme(made), "story.html") == "themes/mine/templates/story.html"
    assert told(made) == []
    assert (made.root / "themes/mine/templates/story.html").read_text("utf-8") == "low story\n"


def test_other_ends_of_lines_are_no_change(workshop: Make):
    made = site(workshop)
    copy(theme(made), "story.html")
    (made.root / "themes/low/templates/story.html").write_bytes(b"low story\r\n")
    assert told(made) == []


def test_a_file_that_is_there_is_never_written_over(workshop: Make):
    made = site(workshop)
    made.write("-- themes/mine/templates/story.html --\nmy story\n")
    with pytest.raises(BroadsheetError, match="is there already"):
        copy(theme(made), "story.html")
    assert (made.root / "themes/mine/templates/story.html").read_text("utf-8") == "my story\n"
    assert not (made.root / "themes/mine" / FILE).exists()


def test_a_file_that_comes_in_the_moment_of_copying_is_never_written_over(
    workshop: Make, monkeypatch: pytest.MonkeyPatch
):
    made = site(workshop)
    real = disk.fill

    def fill(*arguments: Any) -> Any:
        made.write("-- themes/mine/templates/story.html --\nmy story\n")
        return real(*arguments)

    monkeypatch.setattr(disk, "fill", fill)
    with pytest.raises(BroadsheetError, match="is there already"):
        copy(theme(made), "story.html")
    assert (made.root / "themes/mine/templates/story.html").read_text("utf-8") == "my story\n"


def test_what_a_person_wrote_into_the_record_stays_there(workshop: Make):
    made = site(workshop)
    copy(theme(made), "story.html")
    record = made.root / "themes/mine" / FILE
    record.write_text("# Ours since May.\n" + record.read_text("utf-8") + "# The style sheet is next.\n")
    copy(theme(made), "style.css")
    made.write("-- themes/low/templates/story.html --\nlow story, mended\n")
    renew(theme(made), "story.html")
    assert told(made) == []
    text = record.read_text("utf-8")
    assert text.startswith("# Ours since May.\n")
    assert "# The style sheet is next.\n" in text
    assert set(tomllib.loads(text)) == {"templates/story.html", "static/style.css"}


def test_a_link_that_leads_out_of_the_theme_is_not_written_through(workshop: Make):
    made = site(workshop)
    outside = made.root / "outside"
    outside.mkdir()
    (made.root / "themes/mine/templates").symlink_to(outside, target_is_directory=True)
    with pytest.raises(BroadsheetError, match="leads out"):
        copy(theme(made), "story.html")
    assert list(outside.iterdir()) == []


def test_an_override_without_a_record_is_noted(workshop: Make):
    made = site(workshop)
    made.write("-- themes/mine/templates/story.html --\nmy story\n")
    assert told(made) == [("note", "theme-uncompared", "themes/mine/templates/story.html")]


def test_an_override_that_extends_what_it_overrides_needs_no_comparing(workshop: Make):
    made = site(workshop)
    made.write('-- themes/mine/templates/story.html --\n{% extends "story.html" %}\n')
    assert told(made) == []


def test_a_copy_of_what_the_theme_has_no_more_is_told(workshop: Make):
    made = site(workshop)
    copy(theme(made), "story.html")
    (made.root / "themes/low/templates/story.html").unlink()
    assert told(made) == [("warning", "theme-changed", "themes/mine/templates/story.html")]


def test_a_shipped_theme_is_copied_from_into_a_folder_of_its_name(workshop: Make):
    made = workshop()
    assert copy(theme(made), "partials/end.html") == "themes/broadsheet/templates/partials/end.html"
    assert told(made) == []
    assert theme(made).layers[0].own


def test_an_unknown_file_is_an_error_with_the_nearest_name(workshop: Make):
    with pytest.raises(BroadsheetError) as caught:
        copy(theme(site(workshop)), "stroy.html")
    assert caught.value.problem.hint == "Did you mean 'story.html'?"


def test_only_what_overrides_something_can_be_renewed(workshop: Make):
    with pytest.raises(BroadsheetError, match="overrides no file"):
        renew(theme(site(workshop)), "story.html")


@pytest.mark.parametrize("text", ["no toml", '"templates/story.html" = 3\n', '["x"]\ntheme = "low"\n'])
def test_a_broken_record_is_an_error_that_says_what_to_do(workshop: Make, text: str):
    made = site(workshop)
    made.write(f"-- themes/mine/{FILE} --\n{text}\n-- themes/mine/templates/story.html --\nmine\n")
    with pytest.raises(BroadsheetError) as caught:
        list(compared(theme(made)))
    problem: Problem = caught.value.problem
    assert (problem.code, problem.place.file) == ("theme-copies", f"themes/mine/{FILE}")


def test_the_difference_is_told_from_the_themes_own_to_the_sites(workshop: Make):
    made = site(workshop)
    assert differences(origin(theme(made), "story.html")) == ""
    made.write("-- themes/mine/templates/story.html --\nmy story\n")
    assert differences(origin(theme(made), "story.html")).splitlines()[-2:] == ["-low story", "+my story"]
