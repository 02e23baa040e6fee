"""Text from pages of print loses what stands on every page, and nothing else."""

from broadsheet.ingest.extract import pagination, rows

PAGES = """NORDBY QUARTERLY                                                 Spring 2025

The slow return of the otter

Otters have come back to eleven rivers of the north, a count by volunteers
shows. Twenty years ago there were none. The animals were hunted, and what
the paper mills let into the water killed the rest; the last mill closed in
                                    - 7 -

NORDBY QUARTERLY                                                 Spring 2025

1998, and a year later a fisherman found tracks in the mud below the weir
and took them for those of a dog.
                                                                Page 8 of 30
"""


def test_running_heads_and_page_numbers_go_with_a_reason_and_the_paragraph_is_whole():
    kept, gone = pagination.strip(rows.rows(PAGES)[0])
    assert gone == {1: pagination.HEAD, 8: pagination.NUMBER, 10: pagination.HEAD, 14: pagination.NUMBER}
    assert kept[0].text == "The slow return of the otter"


def test_a_sentence_goes_on_over_the_end_of_a_page():
    text = PAGES.replace("closed in\n", "closed\n").replace("1998, and", "in 1998, and")
    kept, _ = pagination.strip(rows.rows(text)[0])
    assert [row.gap for row in kept if row.text.startswith("in 1998")] == [False]


def test_a_sentence_that_comes_again_is_no_running_head():
    verse = "The tide goes out and takes the boats along, and nobody on the quay can tell\nwhen it will bring them back.\n\n"
    assert pagination.strip(rows.rows(verse * 3)[0])[1] == {}


def test_figures_in_text_that_was_not_printed_are_no_page_numbers():
    text = (
        "Results\n\n4\n\nThe first heat was won by the oldest boat in the harbour.\n\n12 of 40\n\nThe rest gave up.\n"
    )
    assert pagination.strip(rows.rows(text)[0])[1] == {}


def test_the_headline_stays_where_it_is_also_the_running_head():
    text = PAGES.replace("The slow return of the otter\n\n", "")
    assert 1 not in pagination.strip(rows.rows(text)[0])[1]
