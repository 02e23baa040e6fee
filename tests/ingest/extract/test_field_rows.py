import datetime as dt

import pytest

from broadsheet.ingest.extract import field_rows
from broadsheet.ingest.extract.draft import Hints

HINTS = Hints(today=dt.date(2026, 1, 2), sections=("Sport", "World"))


@pytest.mark.parametrize(
    "row",
    ["Sport | 11 August 2024 | Yuki Tanabe", "Yuki Tanabe · Sport · 11 August 2024", "By Yuki Tanabe – Sport – 2024-08-11"],
)  # fmt: skip
def test_a_row_gives_its_section_day_and_names(row: str):
    found = field_rows.read(row, HINTS)
    assert found
    assert (found.section, found.names) == ("Sport", ("Yuki Tanabe",))
    assert [stamp.day for stamp in found.stamps] == [dt.date(2024, 8, 11)]


@pytest.mark.parametrize(
    "row",
    [
        "Sport | World", "Home | News | Contact | 11 August 2024", "Yuki Tanabe", "Hassan wins | the crowd roars",
        "Paris - the marathon was run on 11 August 2024", "Sport | 11 August 2024 | Hassan won in the heat of the day.",
    ],
)  # fmt: skip
def test_another_row_is_none(row: str):
    assert field_rows.read(row, HINTS) is None
