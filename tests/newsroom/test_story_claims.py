"""What a story claims is kept as one text and read back from it as it was."""

from hypothesis import given
from hypothesis import strategies as st

from broadsheet.content.table_rows import Row
from broadsheet.newsroom.claims import claims
from broadsheet.newsroom.story_claims import StoryClaims, changes, packed, unpacked

TEXT = st.text(max_size=60)
CELLS = st.lists(st.text("ab12 ", max_size=5), min_size=1, max_size=4).map(tuple)


@given(TEXT, TEXT, st.lists(CELLS, max_size=4))
def test_claims_that_were_kept_are_read_back_and_differ_in_nothing(
    text: str, summary: str, cells: list[tuple[str, ...]]
):
    rows = tuple(Row(row, not number) for number, row in enumerate(cells))
    found = StoryClaims(claims(f'He said "{text}" 12'), claims(summary), ("Ada Reed",), rows)
    assert changes(unpacked(packed(found)), found) == []
    assert unpacked(packed(found)).authors == ("Ada Reed",)
    assert unpacked(packed(found)).rows == rows


def test_words_that_two_cells_swap_are_a_change():
    def found(first: str, second: str) -> StoryClaims:
        return StoryClaims((), rows=(Row(("Place", "Won by"), first=True), Row(("1", first)), Row(("2", second))))

    assert [(one.said, one.says) for one in changes(found("Brown", "Green"), found("Green", "Brown"))] == [
        ("Brown", "Green"),
        ("Green", "Brown"),
    ]
    assert changes(found("Brown", "Green"), found("Browne", "Green")) == []  # words of a cell alone may be put right
