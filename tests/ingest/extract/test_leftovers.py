import datetime as dt

import pytest

from broadsheet.ingest.extract import dates, leftovers
from broadsheet.ingest.extract.draft import Hints

HINTS = Hints(today=dt.date(2026, 1, 2))


@pytest.mark.parametrize(
    ("line", "names", "left"),
    [
        ("By Themba Nkosi and Ruth Abrams; editing by John Hale", ("Themba Nkosi", "Ruth Abrams"), "editing by John Hale"),
        ("By Themba Nkosi in Ismailia and Ruth Abrams in Suez", ("Themba Nkosi", "Ruth Abrams"), "in Ismailia … in Suez"),
        ("Von Jörg Weber, Kairo", ("Jörg Weber",), "Kairo"),
        ("By Themba Nkosi", ("Themba Nkosi",), ""),
        ("By Themba Nkosi and Ruth Abrams", ("Themba Nkosi", "Ruth Abrams"), ""),
        ("Themba Nkosi, 29 March 2021", ("Themba Nkosi",), ""),
        ("THEMBA NKOSI | Business", ("Themba Nkosi", "Business"), ""),
    ],
)  # fmt: skip
def test_the_words_of_a_line_that_no_field_has_are_named(line: str, names: tuple[str, ...], left: str):
    assert leftovers.find(line, names, dates.find(line, HINTS)) == left
