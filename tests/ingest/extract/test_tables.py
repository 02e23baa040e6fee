"""What stands in columns stays in columns."""

import pytest

from broadsheet.ingest.extract import rows, tables


def found(text):
    rest, kept = tables.find(rows.rows(text)[0], text)
    return [row.text for row in rest], [table.markdown for table in kept]


DEPTHS = "| Pass | Depth |\n| --- | --- |\n| Hornet | 214 |\n| Lille Skar | 96 |"


@pytest.mark.parametrize(
    "text",
    [
        "Pass\tDepth\nHornet\t214\nLille Skar\t96\n",
        "Pass | Depth\nHornet | 214\nLille Skar | 96\n",
        "| Pass | Depth |\n|------|-------|\n| Hornet | 214 |\n| Lille Skar | 96 |\n",
        "Pass          Depth\nHornet          214\nLille Skar       96\n",
        "+-----+-----+\n| Pass | Depth |\n+-----+-----+\n| Hornet | 214 |\n| Lille Skar | 96 |\n+-----+-----+\n",
    ],
)
def test_columns_by_tabs_bars_or_blanks_are_a_table(text):
    assert found(f"Snow lies deep.\n\n{text}\nIt melts in May.\n") == (
        ["Snow lies deep.", "It melts in May."],
        [DEPTHS],
    )


def test_rows_without_a_head_get_an_empty_one():
    assert found("Hornet\t214\nLille Skar\t96\n")[1][0].startswith("|  |  |\n")


def test_what_a_cell_holds_does_not_end_the_cell_or_act_as_markup():
    [table] = found("Name\tScore\n<b>a|b\t*9*\n")[1]
    assert table.splitlines()[2] == r"| \<b\>a\|b | \*9\* |"


def test_rows_of_unlike_numbers_of_cells_are_shown_as_they_were_typed():
    text = "          Mon    Tue\nHornet    214    210\nLille     96\nNordpas   88     90\n"
    [block] = found(text)[1]
    assert block == f"```\n{text.rstrip()}\n```"


@pytest.mark.parametrize(
    "text",
    [
        "Home | News | Sport\n",
        "A sentence with  two blanks in it.\nAnother  one, which goes on\nfor a while  and ends.\n",
        "Q:\tWere you afraid?\nA:\tNo.\nQ:\tAnd then?\nA:\tI slept.\n",
        "•\tBuses run every hour.\n•\tDogs must be on a lead.\n•\tParking costs four crowns.\n",
        "NORDBY QUARTERLY          Spring 2025\n",
    ],
)
def test_menus_sentences_turns_and_lists_are_no_tables(text):
    assert found(text) == ([row for row in text.splitlines() if row], [])
