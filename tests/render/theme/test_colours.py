"""Contrast as WCAG defines it, and colours made readable."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from broadsheet.render.theme.colours import READABLE, colour, contrast, readable

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
