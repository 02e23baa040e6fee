"""The theme: names and bytes that follow its options, and the sizes of its pictures."""

from collections.abc import Callable
from pathlib import Path

import pytest

from broadsheet.render.theme import Theme, measured
from tests.conftest import Workshop, story

Make = Callable[..., Workshop]

SITE = (
    story("one", "2025-05-07"),
    '-- themes/mine/theme.toml --\nextends = ""\n[options.accent]\ntype = "colour"\ndefault = "#0b5394"\n',
    "-- themes/mine/static/style.css --\na { color: var(--accent) }\n-- themes/mine/static/other.css --\nb { top: 0 }\n",
    '-- themes/mine/templates/story.html --\n<link href="{{ asset("style.css") }}">{{ options.accent }}\n',
)
PAGE = "2025/05/07/one/index.html"


def test_a_changed_option_gives_the_style_sheet_another_name_and_draws_the_pages_anew(workshop: Make):
    made = workshop(*SITE, settings='theme = "mine"\n')
    made.build()
    before = made.output()
    made.write('-- pyproject.toml --\n[tool.broadsheet]\ntitle = "Daily"\nurl = "https://example.org/"\n')
    with (made.root / "pyproject.toml").open("a") as file:
        file.write('[tool.broadsheet.theme]\nname = "mine"\naccent = "#7a1f1f"\n')
    made.build()
    after = made.output()
    gone, new = before.keys() - after.keys(), after.keys() - before.keys()
    assert len(gone) == len(new) == 1
    (sheet,) = new
    assert after[sheet].startswith(b":root{--accent:#7a1f1f}\na {")
    assert sheet.encode() in after[PAGE]
    assert b"#7a1f1f" in after[PAGE]


def test_a_templates_reach_changes_with_a_default_of_the_theme(workshop: Make):
    made = workshop(*SITE, settings='theme = "mine"\n')
    before = Theme(made.site, "/").reach("story.html")
    made.write('-- themes/mine/theme.toml --\nextends = ""\n[options.accent]\ntype = "colour"\ndefault = "#7a1f1f"\n')
    assert Theme(made.site, "/").reach("story.html") != before


@pytest.mark.parametrize(
    ("text", "size"),
    [
        ('<svg viewBox="0 0 30.4 10"/>', (30, 10)),
        ('<?xml version="1.0"?><svg width="12px" height="8" viewBox="0 0 1 1">', (12, 8)),
        ('<svg width="100%" height="auto">', (0, 0)),
        ("no picture", (0, 0)),
    ],
)
def test_an_svg_is_as_large_as_it_says(tmp_path: Path, text: str, size: tuple[int, int]):
    file = tmp_path / "a.svg"
    file.write_text(text)
    assert measured(file) == size


def test_what_is_no_picture_has_no_size(tmp_path: Path):
    file = tmp_path / "a.png"
    file.write_text("no picture")
    assert measured(file) == measured(tmp_path / "none.png") == (0, 0)
