"""Options as custom properties: in the style sheets that use them, under names that change with them."""

from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from broadsheet.render.theme.dimensions import measured
from broadsheet.render.theme.options import Option
from broadsheet.render.theme.styles import properties, styled
from broadsheet.render.theme.theme import Theme
from tests.conftest import Workshop, story

Make = Callable[..., Workshop]
KNOWN = {"--accent": "#123456", "--text-font": '"Georgia",serif'}


def test_a_style_sheet_begins_with_the_options_that_it_uses():
    assert styled(b"a { color: var( --accent ) }", KNOWN) == b":root{--accent:#123456}\na { color: var( --accent ) }"


def test_a_style_sheet_that_uses_none_stays_as_it_is():
    sheet = b"a { color: var(--accents) }"
    assert styled(sheet, KNOWN) is sheet


@pytest.mark.parametrize(
    "first",
    [
        b'@charset "utf-8";',
        b'@import url("other;name.css");\n@layer base, more;',
        b"/* Words; of a { comment } */\n@import 'x.css' layer(a);",
        b"@import url(a;b.css) screen;",
    ],
)
def test_what_must_come_first_stays_first(first: bytes):
    sheet = first + b"\n/* b */ a { color: var(--accent) }"
    assert styled(sheet, KNOWN) == first + b":root{--accent:#123456}\n" + sheet.removeprefix(first)


def test_a_comment_alone_or_a_later_rule_is_not_what_must_come_first():
    sheet = b"/* a */ :root { --accent: red } /* b */ @layer late; a { color: var(--accent) }"
    assert styled(sheet, KNOWN).startswith(b":root{--accent:#123456}\n/* a */")


def test_a_layer_with_rules_is_not_what_must_come_first():
    sheet = b"@layer base { a { color: var(--accent) } }"
    assert styled(sheet, KNOWN) == b":root{--accent:#123456}\n" + sheet


@given(st.binary())
def test_nothing_of_a_style_sheet_is_lost(sheet: bytes):
    made = styled(sheet + b"var(--accent)", KNOWN)
    assert made.replace(b":root{--accent:#123456}\n", b"", 1) == (sheet + b"var(--accent)").removeprefix(
        b"\xef\xbb\xbf"
    )


def test_light_and_dark_are_one_property():
    described = {"ink": Option("colour", ""), "ink_dark": Option("colour", ""), "on": Option("flag", "")}
    made = properties(described, {"ink": "#111111", "ink_dark": "#eeeeee", "on": True})
    assert made == {"--ink": "light-dark(#111111,#eeeeee)", "--ink-dark": "#eeeeee"}


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
