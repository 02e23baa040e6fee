"""The rows of tables are read as pages print them."""

from broadsheet.content.table_rows import Row, read


def test_tables_in_markdown_and_in_html_are_read_row_by_row():
    text = """One | two.

| Land | Gold |
|---|--:|
| New *Zealand* | |
| A\\|B | 1<br>2 |

<table><tr><th>A<th>B<tr><td>1<td>2 &amp; 3</table>
"""
    assert read(text) == [
        Row(("Land", "Gold"), first=True), Row(("New Zealand", "")), Row(("A|B", "1 2")),
        Row(("A", "B"), first=True), Row(("1", "2 & 3")),
    ]  # fmt: skip


def test_a_text_without_tables_has_no_rows():
    assert read("Either | or, and a\n\n- list") == []
