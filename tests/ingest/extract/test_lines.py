from broadsheet.ingest.extract import lines, rows


def joined(text):
    found, _ = rows.rows(text)
    return [lines.joined(group) for group in lines.join(found)]


def test_lines_wrapped_at_a_margin_become_paragraphs():
    wrapped = (
        "The harbour authority said on Wednesday that it would close the northern\n"
        "terminal for eleven weeks while divers replace the timber piles that have\n"
        "carried it since it was opened by the mother of the mayor.\n"
        "\n"
        "Freight crossings will move to the container quay, and foot passengers go\n"
        "by bus to the smaller landing at the point, where the last boat leaves in\n"
        "the evening.\n"
    )
    assert [text.split()[-1] for text in joined(wrapped)] == ["mayor.", "evening."]


def test_a_sentence_broken_at_its_links_is_joined_again():
    broken = (
        "Council approves bridge\n"
        "The council voted on Monday for a plan that was drawn up by\n"
        "engineers of the region\n"
        ", who had warned of cracks in its two oldest pillars.\n"
        "Work starts in September and will take two years, the mayor said after the vote.\n"
    )
    first = (
        "The council voted on Monday for a plan that was drawn up by engineers of the region, who had warned of cracks "
        "in its two oldest pillars."
    )
    second = "Work starts in September and will take two years, the mayor said after the vote."
    assert joined(broken)[1:] == [first, second]


def test_paragraphs_with_blank_lines_between_stay_apart():
    assert joined("One.\n\nTwo goes on\n\nand on.\n") == ["One.", "Two goes on", "and on."]


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
    kept, gone = lines.without_page_heads(rows.rows(PAGES)[0])
    assert gone == {1: lines.RUNNING_HEAD, 8: lines.PAGE_NUMBER, 10: lines.RUNNING_HEAD, 14: lines.PAGE_NUMBER}
    assert kept[0].text == "The slow return of the otter"


def test_a_sentence_goes_on_over_the_end_of_a_page():
    text = PAGES.replace("closed in\n", "closed\n").replace("1998, and", "in 1998, and")
    kept, _ = lines.without_page_heads(rows.rows(text)[0])
    assert [row.gap for row in kept if row.text.startswith("in 1998")] == [False]


def test_a_sentence_that_comes_again_is_no_running_head():
    verse = "The tide goes out and takes the boats along, and nobody on the quay can tell\nwhen it will bring them back.\n\n"
    assert lines.without_page_heads(rows.rows(verse * 3)[0])[1] == {}


def test_figures_in_text_that_was_not_printed_are_no_page_numbers():
    text = (
        "Results\n\n4\n\nThe first heat was won by the oldest boat in the harbour.\n\n12 of 40\n\nThe rest gave up.\n"
    )
    assert lines.without_page_heads(rows.rows(text)[0])[1] == {}


def test_the_headline_stays_where_it_is_also_the_running_head():
    text = PAGES.replace("The slow return of the otter\n\n", "")
    assert 1 not in lines.without_page_heads(rows.rows(text)[0])[1]
