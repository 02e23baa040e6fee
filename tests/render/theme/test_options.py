"""Options: what a theme lets a site decide, checked before it stands in a template, or in a style sheet as a custom property."""

from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from broadsheet.errors import BroadsheetError, Problem
from broadsheet.render.theme import Theme
from broadsheet.render.theme.options import (
    READABLE,
    Option,
    checked,
    colour,
    condensed,
    contrast,
    properties,
    readable,
    styled,
)
from tests.conftest import Workshop

Make = Callable[..., Workshop]

THEME = """
-- themes/mine/theme.toml --
extends = ""

[options.paper]
type = "colour"
default = "#ffffff"

[options.night]
type = "colour"
default = "#111111"

[options.accent]
type = "colour"
default = "#0b5394"
against = "paper"

[options.accent_dark]
type = "colour"
default = "#8cc4ff"
against = "night"
follows = "accent"

[options.shape]
type = "choice"
choices = ["round", "square"]
default = "round"
-- themes/mine/static/style.css --
a { color: var(--accent) }
"""


def theme(make: Make, settings: str = "", files: str = THEME) -> Theme:
    made = make(files, settings=f'\n[tool.broadsheet.theme]\nname = "mine"\n{settings}')
    return Theme(made.site, "/")


def wrong(make: Make, settings: str, files: str = THEME) -> list[Problem]:
    with pytest.raises(BroadsheetError) as caught:
        theme(make, settings, files)
    return list(caught.value.problems)


def test_options_have_the_themes_values_until_a_site_sets_its_own(workshop: Make):
    made: Any = theme(workshop, 'shape = "square"\n').options
    assert (made.accent, made.shape) == ("#0b5394", "square")


def test_options_cannot_be_changed_by_a_template(workshop: Make):
    made: Any = theme(workshop).options
    with pytest.raises(AttributeError):
        made.accent = "#000000"


def test_an_unknown_option_is_an_error_with_its_line_and_the_nearest_name(workshop: Make):
    (problem,) = wrong(workshop, 'acent = "#000000"\n')
    assert (problem.code, str(problem.place)) == ("option-unknown", "pyproject.toml:7")
    assert "'accent'" in problem.hint


def test_all_wrong_options_are_told_at_once_each_with_its_line(workshop: Make):
    problems = sorted(wrong(workshop, 'accent = "red"\nshape = "squar"\npaper = 3\n'), key=lambda one: one.place)
    assert [problem.place.line for problem in problems] == [7, 8, 9]
    assert "Did you mean 'square'?" in problems[1].message


def test_a_colour_for_the_dark_is_made_where_only_the_other_is_set(workshop: Make):
    made: Any = theme(workshop, 'accent = "#7a1f1f"\n').options
    assert made.accent_dark not in ("#7a1f1f", "#8cc4ff")
    assert not theme(workshop, 'accent = "#7a1f1f"\n').chosen.warnings


def test_a_colour_that_is_set_is_kept_and_warned_of_where_it_cannot_be_read(workshop: Make):
    made = theme(workshop, 'accent_dark = "#333333"\n')
    (problem,) = made.chosen.warnings
    assert made.chosen.values["accent_dark"] == "#333333"
    assert (problem.severity, problem.code, problem.place.line) == ("warning", "option-contrast", 7)


def test_a_background_that_makes_text_unreadable_is_what_the_warning_names(workshop: Make):
    (problem,) = theme(workshop, 'paper = "#0b5394"\n').chosen.warnings
    assert str(problem.place) == "pyproject.toml:7"


def test_a_build_tells_of_the_warning(workshop: Make):
    made = workshop(THEME, settings='\n[tool.broadsheet.theme]\nname = "mine"\naccent = "#eeeeee"\n')
    made.build()
    assert [problem.code for problem in made.problems("warning")] == ["option-contrast"]


def test_a_theme_on_another_may_say_a_default_alone(workshop: Make):
    files = f'{THEME}-- themes/late/theme.toml --\nextends = "mine"\n[options]\naccent = "#7a1f5c"\n'
    made = workshop(files, settings='theme = "late"\n')
    values = Theme(made.site, "/").chosen.values
    assert (values["accent"], values["paper"]) == ("#7a1f5c", "#ffffff")


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        ('[options]\naccent = "#123456"\n', "type"),
        ('[options.accent]\ntype = "color"\ndefault = "#123456"\n', "color"),
        ('[options.accent]\ntype = "colour"\ndefault = "blue"\n', "not a colour"),
        ('[options.accent]\ntype = "colour"\ndefault = "#123456"\nagainst = "papper"\n', "'papper'"),
        ('[options.name]\ntype = "flag"\ndefault = true\n', "its name"),
        ('[options.shape]\ntype = "choice"\ndefault = "round"\n', "no choices"),
        ('[options.shape]\ntype = "flag"\ndefault = true\nlabel = "x"\n', "label"),
    ],
)
def test_a_wrong_description_is_an_error_in_theme_toml(workshop: Make, said: str, expected: str):
    files = f'-- themes/mine/theme.toml --\nextends = ""\n\n{said}'
    (problem,) = wrong(workshop, "", files)
    assert (problem.code, problem.place.file) == ("theme-toml", "themes/mine/theme.toml")
    assert problem.place.line >= 3
    assert expected in problem.message


@pytest.mark.parametrize(
    ("settings", "expected"),
    [("theme = 3\n", "a text or a table"), ('theme = "../x"\n', "not a folder"), ("theme = { name = 3 }\n", "text")],
)
def test_what_is_no_theme_is_an_error_of_the_settings(workshop: Make, settings: str, expected: str):
    made = workshop(settings=settings)
    with pytest.raises(BroadsheetError, match=expected) as caught:
        _ = made.site
    assert caught.value.problem.place.line == 4


HOSTILE = [
    "red;}body{display:none",
    "</style>",
    "url(//example.com)",
    "a\nb",
    'a"b',
    "a'b",
    "\\",
    "var(--x)",
    "/*",
    "{",
    ";",
]


@pytest.mark.parametrize("kind", ["colour", "fonts", "length", "number", "choice", "picture"])
@pytest.mark.parametrize(
    "text", [*HOSTILE, *(f"serif, {text}" for text in HOSTILE), *(f"{text}, serif" for text in HOSTILE)]
)
def test_nothing_that_css_could_take_for_more_than_a_value_is_an_option(kind: Any, text: str):
    with pytest.raises(ValueError, match=r"."):
        checked(Option(kind, "", choices=("round",)), text)


@given(st.text())
def test_a_family_of_fonts_holds_no_character_of_css(text: str):
    try:
        families = checked(Option("fonts", ""), [text, "serif"])
    except ValueError:
        return
    assert not set("".join(families)) & set("\"'\\{}();<>:/*@\n\r\f")


@pytest.mark.parametrize(
    ("option", "value", "expected"),
    [
        (Option("fonts", ""), "Georgia, 'Times New Roman', serif", ("Georgia", "Times New Roman", "serif")),
        (Option("fonts", ""), ["ヒラギノ明朝", "serif"], ("ヒラギノ明朝", "serif")),
        (Option("length", ""), "38.5rem", "38.5rem"),
        (Option("number", 1, least=1, most=6), 6, 6),
        (Option("number", 1), 0.5, 0.5),
        (Option("flag", default=True), False, False),
        (Option("text", ""), "Since 1923 <daily>", "Since 1923 <daily>"),
        (Option("picture", ""), "", ""),
    ],
)
def test_right_values_are_taken(option: Option, value: Any, expected: Any):
    assert checked(option, value) == expected


@pytest.mark.parametrize(
    ("option", "value"),
    [
        (Option("fonts", ""), ["Georgia"]),
        (Option("fonts", ""), []),
        (Option("fonts", ""), [3]),
        (Option("length", ""), "12"),
        (Option("length", ""), "-1rem"),
        (Option("length", ""), "calc(1px)"),
        (Option("number", 1, least=1, most=6), 7),
        (Option("number", 1), True),
        (Option("number", 1), float("nan")),
        (Option("number", 1), float("inf")),
        (Option("flag", default=True), "yes"),
        (Option("text", ""), "two\nlines"),
        (Option("picture", ""), "../secret.png"),
    ],
)
def test_wrong_values_are_not(option: Option, value: Any):
    with pytest.raises(ValueError, match=r"."):
        checked(option, value, ["plate.svg"])


def test_a_picture_is_a_static_file_with_its_size(workshop: Make):
    files = (
        '-- themes/mine/theme.toml --\nextends = ""\n[options.plate]\ntype = "picture"\ndefault = ""\n'
        '-- themes/mine/static/plate.svg --\n<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 300 40"/>\n'
    )
    made: Any = theme(workshop, 'plate = "plate.svg"\n', files)
    assert made.options.plate.url == made.asset("plate.svg")
    assert (made.options.plate.width, made.options.plate.height) == (300, 40)
    assert theme(workshop, "", files).options.plate is None  # type: ignore[attr-defined]  # named by the theme
    (problem,) = wrong(workshop, 'plate = "plat.svg"\n', files)
    assert "Did you mean 'plate.svg'?" in problem.message


COLOURS = st.integers(0, 0xFFFFFF).map(lambda number: f"#{number:06x}")


@pytest.mark.parametrize(
    ("one", "other", "expected"),
    [("#000000", "#ffffff", 21), ("#777777", "#ffffff", 4.48), ("#ff0000", "#ffffff", 4.0), ("#123456", "#123456", 1)],
)
def test_contrasts_are_those_of_wcag(one: str, other: str, expected: float):
    assert contrast(one, other) == pytest.approx(expected, abs=0.01)


@given(COLOURS, COLOURS)
def test_contrast_does_not_ask_which_colour_is_text(one: str, other: str):
    assert contrast(one, other) == contrast(other, one) >= 1


@given(COLOURS, COLOURS)
def test_every_colour_can_be_made_readable_on_every_other(hue: str, on: str):
    assert contrast(readable(hue, on, READABLE), on) >= READABLE


def test_a_colour_that_is_readable_stays():
    assert readable("#0b6e4f", "#ffffff", READABLE) == "#0b6e4f"


@pytest.mark.parametrize(("written", "expected"), [("#ABC", "#aabbcc"), (" #0B6E4F ", "#0b6e4f")])
def test_a_colour_is_written_short_or_long(written: str, expected: str):
    assert colour(written) == expected


@pytest.mark.parametrize("written", ["red", "#12", "#1234567", "rgb(0,0,0)", "#12345g", "#fff;}", ""])
def test_what_is_no_colour_is_none(written: str):
    assert colour(written) is None


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


@pytest.mark.parametrize(
    ("sheet", "sent"),
    [
        (b"/* why */\n\n  a { b: c }\n    /* and */ d { e: f }", b"\na { b: c }\nd { e: f }"),
        (b'a::before { content: "/* no  comment */" }', b'a::before { content: "/* no  comment */" }'),
        (b"a { content: 'it\\'s  /*' } /* b */ c {}", b"a { content: 'it\\'s  /*' } c {}"),
        (b".a/* one word */.b .c /* two */ .d", b".a/**/.b .c .d"),
        (b"/*! Licence */ a {}", b"/*! Licence */ a {}"),
        (b"a { b: url(x/*y) } c { d: e }", b"a { b: url(x/*y) } c { d: e }"),
    ],
)
def test_a_style_sheet_is_sent_without_its_comments_and_says_what_it_said(sheet: bytes, sent: bytes):
    assert condensed(sheet) == sent
