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
