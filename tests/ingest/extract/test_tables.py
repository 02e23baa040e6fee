"""What stands in columns stays in columns; a table of a page is printed as one where it says something."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import html as lxml_html

from broadsheet.ingest.extract import rows, tables, to_markdown
from broadsheet.ingest.extract.page_blocks import read_blocks


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


LONG = "The crew was back at its station at six in the morning, tired and wet, and in good time for the market. " * 3


def table(inner: str) -> str:
    tree = lxml_html.document_fromstring(f"<body><table>{inner}</table></body>")
    return to_markdown.markdown(read_blocks(tree))


def test_headings_alignment_and_caption_are_kept():
    rows = '<tr><th>Boat</th><th style="text-align: right">Calls</th></tr><tr><td>Orm</td><td>4</td></tr>'
    assert table(f"<caption>The night</caption>{rows}") == (
        "The night\n\n| Boat | Calls |\n| --- | --: |\n| Orm | 4 |\n"
    )


def test_a_table_without_headings_loses_no_row_to_one():
    assert table("<tr><td>Length</td><td>11 m</td></tr><tr><td>Crew</td><td>7</td></tr>") == (
        "|  |  |\n| --- | --- |\n| Length | 11 m |\n| Crew | 7 |\n"
    )


def test_empty_cells_and_cells_that_span_others_keep_every_column_in_its_place():
    rows = "<tr><th>A<th>B<th>C<tr><td rowspan=2>1<td><td>2<tr><td>3<td>4<tr><td colspan=2>5<td>6"
    assert table(rows) == "| A | B | C |\n| --- | --- | --- |\n| 1 |  | 2 |\n|  | 3 | 4 |\n| 5 |  | 6 |\n"


def test_a_cell_of_several_paragraphs_stays_in_its_row():
    assert "| Orm | First Second |" in table("<tr><th>A<th>B<tr><td>Orm<td><p>First</p><p>Second</p>")


def test_two_tables_in_a_row_are_two():
    rows = "<tr><th>A<th>B<tr><td>1<td>2"
    tree = lxml_html.document_fromstring(f"<body><table>{rows}</table><table>{rows}</table></body>")
    assert [block.kind for block in read_blocks(tree)] == ["table", "table"]


@pytest.mark.parametrize(
    "inner",
    [
        f"<tr><td>{LONG}</td><td>12</td></tr><tr><td>a</td><td>b</td></tr>",
        "<tr><td>one</td><td>two</td></tr><tr><td><h2>A head</h2></td><td>x</td></tr>",
        "<tr><td>one</td><td><table><tr><td>inner</td></tr></table></td></tr><tr><td>two</td><td>x</td></tr>",
        "<tr><td>one row</td><td>alone</td></tr>",
        "<tr><td>one column</td></tr><tr><td>alone</td></tr>",
    ],
)
def test_a_table_that_arranges_the_page_is_read_as_paragraphs(inner):
    tree = lxml_html.document_fromstring(f"<body><table>{inner}</table></body>")
    assert read_blocks(tree)[0].kind == "p"


@given(st.lists(st.lists(st.tuples(st.integers(-1, 70), st.integers(-1, 70)), max_size=5), max_size=5))
def test_every_row_is_as_wide_as_the_widest_and_every_cell_stands_once(rows):
    inner = "".join("<tr>" + "".join(f'<td colspan="{wide}" rowspan="{tall}">x' for wide, tall in row) for row in rows)
    tree = lxml_html.document_fromstring(f"<body><table>{inner}</table></body>")
    grid = tables.grid(tree.find(".//table"))
    cells = [cell.element for row in grid for cell in row if cell.element is not None]
    assert len({len(row) for row in grid}) <= 1
    assert len(cells) == len(set(cells))
