import datetime as dt
import re

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from broadsheet.errors import BroadsheetError
from broadsheet.ingest import formats
from broadsheet.ingest.extract import charset
from broadsheet.ingest.extract.draft import Hints, Source
from broadsheet.ingest.formats import text

NOW = dt.datetime(2026, 1, 2, tzinfo=dt.UTC)
HINTS = Hints(today=NOW.date(), sections=("World", "Business"))

LEAD = (
    "The harbour authority said on Wednesday that it would close the northern ferry terminal for eleven weeks while "
    "divers replace the timber piles that have carried it since the days of the old king."
)
SECOND = (
    "Freight crossings will move to the container quay, and foot passengers will be taken by bus to the smaller landing "
    "at the point, where the last boat leaves at half past nine in the evening."
)
THIRD = "The work costs four million, a third of which the county pays, said the terminal's manager on the radio."
PAGE = f"""World

Port to shut its ferry terminal for eleven weeks.

Published On Wed, 12 Mar 2025
Helena Marsh
0 Views
news-image
Share
thumbnail

{LEAD}

{SECOND}

Who pays

{THIRD}

Disclaimer: This image is taken from Reuters.
"""


def read(raw, **hints):
    data = raw if isinstance(raw, bytes) else raw.encode()
    return text.read(Source("a.txt", data, NOW), Hints(today=NOW.date(), sections=("World", "Business"), **hints))[0]


def test_a_page_gives_headline_date_byline_section_and_credit():
    draft = read(PAGE)
    assert draft.title.value == "Port to shut its ferry terminal for eleven weeks"
    assert draft.date is not None
    assert draft.date.value == dt.date(2025, 3, 12)
    assert draft.authors is not None
    assert draft.authors.value == ("Helena Marsh",)
    assert draft.section is not None
    assert draft.section.value == "World"
    assert draft.image is not None
    assert draft.image.value.credit == "Reuters"
    assert not {"title", "date", "section"} & set(draft.doubtful())


def test_furniture_and_credit_are_no_body_and_short_lines_are_subheads():
    assert read(PAGE).body == f"{LEAD}\n\n{SECOND}\n\n## Who pays\n\n{THIRD}\n"


def test_a_leading_date_is_taken_and_a_made_title_goes_to_review():
    draft = read(f" date 2024-03-23 {LEAD}\n\nWho pays\n\n{SECOND}\n\n{THIRD}")
    assert draft.date is not None
    assert draft.date.value == dt.date(2024, 3, 23)
    assert draft.body == f"{LEAD}\n\n## Who pays\n\n{SECOND}\n\n{THIRD}\n"
    assert draft.title.value.startswith("The harbour authority said that it would close")
    assert draft.doubtful() == ("title",)


def test_a_dateline_gives_the_agency_leaves_the_lead_clean_and_is_named():
    draft = read(PAGE.replace(LEAD, f"MOSCOW, May 7 (Xinhua) — {LEAD}"))
    assert [fate.why for fate in draft.fates if "MOSCOW, May 7 (Xinhua) —" in fate.why]
    assert draft.agency is not None
    assert draft.agency.value == "Xinhua"
    assert draft.body.startswith(LEAD)


def test_an_ambiguous_date_goes_to_review():
    assert "date" in read(PAGE.replace("Published On Wed, 12 Mar 2025", "03/04/2025")).doubtful()


def test_a_page_without_a_date_has_none_and_says_so():
    draft = read(PAGE.replace("Published On Wed, 12 Mar 2025\n", ""))
    assert draft.date is None
    assert "date" in draft.doubtful()


@pytest.mark.parametrize(
    "row",
    [
        "# hash marks the berth that is shut for the public, the terminal's manager said on the radio.",
        "<script>alert(1)</script> stands in the notice that the harbour authority hung up on Wednesday morning.",
        "> is how the harbour authority marks a berth that is shut for repairs until the end of the month.",
    ],
)
def test_what_looks_like_markup_prints_as_it_was_written(row):
    body = read(PAGE.replace(THIRD, row)).body
    assert f"\\{row[0]}" in body
    assert row[1:20] in body.replace("\\", "")


def test_a_headline_alone_is_not_lost():
    draft = read("Port to shut its ferry terminal for eleven weeks\n")
    assert "Port to shut" in draft.title.value + draft.body


def test_empty_and_binary_files_are_refused():
    for data in (b"", b"\x89PNG\r\n"):
        with pytest.raises(BroadsheetError):
            read(data)


def test_a_line_of_a_million_characters_is_read():
    assert len(read(f"Port to shut terminal\n\n{LEAD * 5000}").body) > 900_000


LINES = st.lists(
    st.one_of(
        st.sampled_from(
            [*PAGE.split("\n"), "", "- an item", "* * *", "1. first", "By", "12 May 2025", "Share", "|", "..."]
        ),
        st.text(st.characters(exclude_categories=("Cs", "Cc")), max_size=60),
    ),
    max_size=30,
)


@given(LINES)
def test_kept_and_dropped_are_every_line_of_the_source(rows):
    raw = "\n".join(rows)
    assume(charset.clean(raw).strip())
    fates = [fate for draft in text.read(Source("a.txt", raw.encode(), NOW), HINTS) for fate in draft.fates]
    assert [fate.line for fate in fates] == list(range(1, len(fates) + 1))
    for fate, row in zip(fates, raw.split("\n"), strict=False):
        assert (fate.role == "blank") <= (not row.strip() or not row.isprintable() or not row.isascii())
        assert fate.why or fate.role == "blank"


@pytest.mark.parametrize("heading", ["Port shut", "Ferry terminal closes for eleven weeks"])
@pytest.mark.parametrize("paragraphs", [[LEAD], [LEAD, SECOND]])
def test_a_heading_above_one_paragraph_or_two_is_the_title_and_they_are_the_body(heading, paragraphs):
    [draft] = text.read(Source("a.txt", "\n\n".join([heading, *paragraphs]).encode(), NOW), HINTS)
    assert draft.title.value == heading
    assert draft.body == "\n\n".join(paragraphs) + "\n"


def test_a_heading_stands_above_its_byline():
    [draft] = text.read(Source("a.txt", f"Port shut\nBy Helena Marsh\n\n{LEAD}\n".encode(), NOW), HINTS)
    assert draft.title.value == "Port shut"
    assert draft.authors
    assert draft.authors.value == ("Helena Marsh",)


@pytest.mark.parametrize("label", ["Business", "Ellery", "World News"])
def test_a_label_or_a_lone_word_is_no_heading_of_a_paragraph(label):
    [draft] = text.read(Source("a.txt", f"{label}\n\n{LEAD}\n".encode(), NOW), HINTS)
    assert draft.title.value != label
    assert draft.body == f"{LEAD}\n"


@pytest.mark.parametrize("short", ["No one was hurt.", "Work starts on Monday."])
@pytest.mark.parametrize("heading", ["Port shut", "Ferry terminal closes for eleven weeks"])
def test_a_short_last_sentence_is_kept(heading, short):
    [draft] = text.read(Source("a.txt", f"{heading}\n\n{LEAD}\n\n{short}\n".encode(), NOW), HINTS)
    assert draft.body == f"{LEAD}\n\n{short}\n"


@pytest.mark.parametrize("sentence", ["The port is shut today.", "The port is shut."])
def test_a_word_heads_a_text_of_one_sentence(sentence):
    [draft] = text.read(Source("a.txt", f"Closed\n\n{sentence}\n".encode(), NOW), HINTS)
    assert draft.title.value == "Closed"
    assert draft.body == f"{sentence}\n"
    assert "title" in draft.doubtful()


SECOND_PAGE = PAGE.replace("World", "Business").replace(
    "Port to shut its ferry terminal", "Council to sell its old mill"
)


@pytest.mark.parametrize("between", ["\n\n", "\n---\n\n", "\n* * *\n"])
def test_two_stories_in_a_file_are_two_drafts(between):
    drafts = text.read(Source("a.txt", f"{PAGE}{between}{SECOND_PAGE}".encode(), NOW), HINTS)
    assert [draft.title.value[:4] for draft in drafts] == ["Port", "Coun"]
    assert [draft.section.value for draft in drafts if draft.section] == ["World", "Business"]
    assert all(LEAD in draft.body and THIRD in draft.body for draft in drafts)
    assert [problem.code for draft in drafts for problem in draft.problems] == ["several-stories"]
    numbers = [fate.line for draft in drafts for fate in draft.fates]
    assert numbers == list(range(1, len(numbers) + 1))


def test_a_blank_line_more_makes_no_second_story():
    assert len(text.read(Source("a.txt", PAGE.replace("\n\n", "\n\n\n\n").encode(), NOW), HINTS)) == 1


@pytest.mark.parametrize(
    "line",
    ["Last updated: 14 Mar 2025 | Published: 12 Mar 2025", "12 Mar 2025, updated 14 Mar 2025"],
)
def test_the_day_of_publication_is_taken_before_that_of_a_change(line):
    draft = read(PAGE.replace("Published On Wed, 12 Mar 2025", line))
    assert draft.date is not None
    assert draft.date.value == dt.date(2025, 3, 12)


@pytest.mark.parametrize(
    "line",
    [
        "— Tomas Lind (@tomaslind) November 18, 2019",
        "A ferry leaves the northern terminal of the harbour on a foggy morning of June 28, 2019, with eighty people",
    ],
)
def test_a_day_in_a_caption_or_under_a_post_is_not_the_storys(line):
    draft = read(PAGE.replace("Published On Wed, 12 Mar 2025\n", "").replace(THIRD, f"{THIRD}\n\n{line}"))
    assert draft.date is None


@pytest.mark.parametrize("byline", ["", "By Helena Marsh\n"])
def test_a_heading_stands_above_short_sentences(byline):
    [draft] = text.read(
        Source("a.txt", f"Fire at mill\n{byline}\nA fire broke out.\n\nNo one was hurt.\n".encode(), NOW), HINTS
    )
    assert draft.title.value == "Fire at mill"
    assert draft.body == "A fire broke out.\n\nNo one was hurt.\n"


def test_a_mark_alone_is_no_story():
    with pytest.raises(BroadsheetError) as caught:
        text.read(
            Source("a.txt", b"EMBARGO\n", dt.datetime(2026, 1, 2, tzinfo=dt.UTC)), Hints(today=dt.date(2026, 1, 2))
        )
    assert caught.value.problem.code == "no-text"


SHORT = ("No.", "— Marta Lind, conductor", "Q: And then?", "A: I slept.", "14.05 The road is open", "Area: 4 hectares",
         "1. First", "2. Second", "- an item", "* Not counting dogs.", "---", "Pass\tDepth", "Hornet\t214", "Lille\t96",
         "a | b", "Photo: Per Olander", "The quay at dusk. Per Olander/North Pictures", "Page 3 of 9", "A sub- ", "head",
         "Correction: An earlier version was wrong.", "By Helena Marsh", "Helena Marsh is a reporter.", "12 Mar 2025",
         "Disclaimer: This image is taken from Reuters.", "Read also: Rain tomorrow", "GENEVA, May 7 (AFP) — It began.")  # fmt: skip


@given(
    st.lists(st.one_of(st.sampled_from([LEAD, SECOND, THIRD, "", ""]), st.sampled_from(SHORT)), min_size=2, max_size=25)
)
def test_the_words_of_every_line_that_is_called_used_are_in_the_body_or_a_field(rows):
    raw = "\n".join(["Port to shut its ferry terminal", "", *rows, "", LEAD])
    drafts = text.read(Source("a.txt", raw.encode(), NOW), HINTS)
    source = raw.split("\n")
    for draft in drafts:
        said = set(_words(draft.body))
        known = said | {word for value in _fields(draft) for word in _words(value)}
        for fate in draft.fates:
            words = set(_words(source[fate.line - 1]))
            if fate.role in ("body", "subhead"):
                assert words <= known | set(_words(fate.why)), (fate, draft.body)
            elif fate.role not in ("dropped", "blank"):
                assert words & known or fate.role in ("date", "updated"), (fate, known)
            elif fate.role == "dropped":
                assert fate.why
    assert [fate.line for draft in drafts for fate in draft.fates] == list(range(1, len(source) + 1))


def _words(value):
    return re.findall(r"\w+", value.replace("\\", "").casefold())


def _fields(draft):
    """The texts of the fields."""
    for found in (draft.title, draft.authors, draft.section, draft.summary, draft.agency, draft.image):
        if found:
            yield str(found.value)


@pytest.mark.parametrize("lead", ["In Nordby, on 8 May 2025, four brothers set an old mill turning again.",
                                  "NORDBY, 8 May 2025: four brothers have set an old mill turning again.",
                                  "On 8 May 2025 the mill of Nordby turned again."])  # fmt: skip
@pytest.mark.parametrize("head", ["", "Mill turns again\n\n"])
def test_a_first_paragraph_with_a_place_and_a_day_is_a_paragraph(head, lead):
    body = read(f"{head}{lead}\n\nThey had bought it for the price of a small car.\n\nNobody was hurt.\n").body
    assert [lead in body, "They had bought it" in body, "Nobody was hurt." in body] == [True] * 3


BROWSER = f"""Menu
Home
Subscribe
Sign in
World

Port to shut its ferry terminal for eleven weeks

Divers replace piles of oak; shops nearby are wary

By Helena Marsh
Wed 12 Mar 2025
Share
312 comments

{LEAD}

Advertisement

{SECOND}
"""


def test_the_line_below_the_headline_is_kept_as_the_summary_or_above_the_lead():
    draft = read(BROWSER)
    assert draft.summary
    assert "Divers replace piles of oak; shops nearby are wary" in f"{draft.summary.value} {draft.body}"
    assert draft.title.value not in draft.body


def test_a_link_to_another_story_between_paragraphs_goes():
    assert "river" not in read(PAGE.replace(SECOND, f"{SECOND}\n\nRelated: Why is the river so brown this year?")).body


def test_two_stories_that_are_not_plainly_two_say_so():
    draft = read(f"Port shut\n\n{LEAD}\n\n---\n\nLibrary opens on Sundays\n\n{SECOND}\n\nNobody voted against.\n")
    assert [problem.code for problem in draft.problems] == ["several-stories"]
    assert "body" in draft.doubtful()
    assert draft.body == f"{LEAD}\n\n## Library opens on Sundays\n\n{SECOND}\n\nNobody voted against.\n"


def test_a_digest_of_numbered_items_keeps_all_and_says_so():
    draft = read(
        "Morning briefing\n12 March 2025\n\n" + "\n\n".join(f"{n}. Port number {n} is shut\n{LEAD}" for n in (1, 2, 3))
    )
    assert [problem.code for problem in draft.problems] == ["several-stories"]
    assert draft.body.count(LEAD) == 3


def test_an_article_with_subheads_or_a_list_of_its_own_is_one_story():
    [draft] = text.read(Source("a.txt", PAGE.replace("Who pays", "1. Who pays").encode(), NOW), HINTS)
    assert draft.problems == ()


def test_every_item_of_a_briefing_stays_and_none_is_the_headline():
    items = [
        "Trains: Drivers voted for a one-day strike on 4 December.",
        "Courts: The old mayor was acquitted.",
        "Weather: Frost inland tonight.",
    ]
    body = read("Thursday briefing\n19 November 2025\n\n" + "\n\n".join(f"• {item}" for item in items)).body
    assert body == "\n\n".join(f"- {item}" for item in items) + "\n"


def test_two_brief_stories_with_whole_heads_and_a_rule_between_are_two():
    first = "The wheel of the mill at Sarn turned on Friday for the first time since the flood of two years ago."
    second = "The chapel of Upper Sarn has given its organ to a school in the valley for the price of the cart."
    stories = [
        f"Mill wheel of Sarn turns\n\nBy Mona Feld\n2 May 2025\n\n{first}\n\nFlour will be sold from Monday.\n",
        f"Chapel gives its organ away\n\nBy Arne Quist\n3 May 2025\n\n{second}\n\nPsalms will be sung to a fiddle.\n",
    ]
    drafts = text.read(Source("a.txt", "\n---\n\n".join(stories).encode(), NOW), HINTS)
    heads = [(d.authors.value, d.date.value.day) for d in drafts if d.authors and d.date]
    assert heads == [(("Mona Feld",), 2), (("Arne Quist",), 3)]
    assert [first in drafts[0].body, second in drafts[1].body] == [True, True]


def test_a_list_and_the_sentence_that_introduces_it_open_a_story():
    items = ["Ferry: from 4 to 5 crowns", "Library: free below 25", "Quay: 9 crowns a night"]
    draft = read(
        "What changes in April\n\n12 March 2025\n\nFrom April some fees rise. These are the changes:\n\n- "
        + "\n- ".join(items) + "\n\nThe council had decided so in January.\n"
    )  # fmt: skip
    assert draft.title.value == "What changes in April"
    assert all(said in draft.body for said in ("These are the changes:", *(f"- {item}" for item in items)))
    assert not {"title", "body"} & set(draft.doubtful())


@pytest.mark.parametrize(
    "begins", ["On 3 March 2014, the Gull sank.", "The Gull sank on 3 March 2014 in fair weather."]
)
def test_a_day_that_the_story_tells_of_is_not_its_date_and_stays_in_it(begins):
    draft = read(f"Inquiry into the Gull is opened again\nBy Helena Marsh\n\n{begins}\n\n{LEAD}\n")
    assert draft.date is None
    assert "date" in draft.doubtful()
    assert begins in draft.body


def test_a_headline_in_capitals_is_for_an_editor_to_look_at():
    draft = read(f"PORT SHUTS ITS FERRY TERMINAL\n\n12 March 2025\n\n{LEAD}\n\n{SECOND}\n")
    assert draft.title.value == "PORT SHUTS ITS FERRY TERMINAL"
    assert "title" in draft.doubtful()
    assert "title" not in read(f"Port shuts its ferry terminal\n\n12 March 2025\n\n{LEAD}\n\n{SECOND}\n").doubtful()


def test_a_headline_below_a_rule_stays_where_two_stories_are_filed_as_one():
    draft = read(
        "Port shuts ferry terminal\n\n12 March 2025\n\nThe port shuts its terminal for eleven weeks in May, said its manager "
        "on the radio. The county pays.\n\n----------\n\nLibrary opens on Sundays\n\n12 March 2025\n\nThe library of Ellery opens "
        "on Sundays from May, the council said on Wednesday. It has been closed since the storm.\n"
    )
    assert "## Library opens on Sundays" in draft.body


def test_the_line_above_a_short_story_in_a_script_without_spaces_is_its_headline():
    draft = read(
        "港口将关闭渡轮码头\n\n2025年3月12日\n记者 王明\n\n港口3月12日宣布，渡轮码头将关闭十一周。\n\n潜水员将更换木桩。\n\n（责任编辑：张伟）\n"
    )
    assert draft.title.value == "港口将关闭渡轮码头"
    assert "港口3月12日宣布，渡轮码头将关闭十一周。" in draft.body


def test_a_greeting_is_no_headline():
    assert (
        read(f"Dear editors,\n\nplease find our statement below.\n\n{LEAD}\n\n{SECOND}\n").title.value
        != "Dear editors,"
    )


def test_the_short_lines_above_a_note_s_first_sentence_stay():
    listed = ["Serves four", "200 g nettles", "1 onion"]
    draft = read(
        "Recipe: nettle soup\n\n12 March 2025\n\n" + "\n".join(listed)
        + "\n\nWash the nettles, chop the onion and fry it.\n\nAdd the stock and boil for 20 minutes.\n"
    )  # fmt: skip
    assert draft.title.value == "Recipe: nettle soup"
    assert all(line in draft.body for line in listed)


def test_a_heading_of_markdown_loses_its_mark_and_a_list_at_the_end_of_a_note_stays():
    draft = read(f"# Port shuts its ferry terminal\n\n{LEAD}\n\n* Freight moves\n* Buses run\n")
    assert draft.title.value == "Port shuts its ferry terminal"
    assert draft.body.endswith("- Freight moves\n- Buses run\n")


@pytest.mark.parametrize(
    ("said", "broken"),
    [
        ("To continue reading, subscribe now. Already a subscriber? Log in.", True),
        ("Il vous reste 63 % de cet article à lire. La suite est réservée aux abonnés.", True),
        ("Um weiterzulesen, schließen Sie ein Abo ab.", True),
        ("Already a subscriber? Log in.", False),  # as at the foot of any page
        ("Subscribe to our newsletter", False),
    ],
)
def test_a_text_that_breaks_off_where_one_has_to_pay_is_pointed_out(said: str, *, broken: bool):
    written = f"Port to shut its ferry terminal\n\n12 March 2025\n\n{LEAD}\n\n{SECOND}\n\n{THIRD}\n\n{said}\n"
    [draft] = formats.read(Source("a.txt", written.encode(), NOW), HINTS)
    assert ([problem.code for problem in draft.problems] == ["paywall"]) is broken
    assert ("body" in draft.doubtful()) is broken


def test_a_day_that_only_a_sentence_tells_of_is_shown_and_is_no_date():
    told = "The port was shut on Tuesday, 11 March 2025, after a crack was found in the quay, the council said."
    [draft] = formats.read(Source("a.txt", f"Port shut\n\n{LEAD}\n\n{told}\n\n{THIRD}\n".encode(), NOW), HINTS)
    assert draft.date is None
    assert draft.named
    assert draft.named.value == dt.date(2025, 3, 11)


def test_the_day_in_an_address_is_to_be_looked_at():
    text = f"Port shut\n\nhttps://gull.example/2025/03/11/port\n\n{LEAD}\n\n{SECOND}\n\n{THIRD}\n"
    [draft] = formats.read(Source("a.txt", text.encode(), NOW), HINTS)
    assert "date" in draft.doubtful()


def test_a_page_that_breaks_off_where_one_has_to_pay_is_pointed_out():
    article = f"<article><h1>Port to shut</h1><p>{LEAD}</p><p>{SECOND}</p><p>{THIRD}</p></article>"
    wall = '<div class="paywall"><p>To continue reading, subscribe.</p></div>'
    page = f"<html><head><title>Port to shut</title></head><body><main>{article}{wall}</main></body></html>"
    [draft] = formats.read(Source("a.html", page.encode(), NOW), HINTS)
    assert "paywall" in [problem.code for problem in draft.problems]
    assert "body" in draft.doubtful()


@pytest.mark.parametrize(
    "said",
    ["This article was amended on 13 March 2025 to correct the number of weeks.", "Correction: it is eleven weeks, not ten."],
)  # fmt: skip
def test_a_correction_below_the_text_is_a_paragraph_and_is_pointed_out(said: str):
    written = f"Port to shut its ferry terminal\n\n12 March 2025\n\n{LEAD}\n\n{SECOND}\n\n{THIRD}\n\n"
    written += f"Additional reporting by Omar Said in Cairo\n\n* {said}\n"
    [draft] = formats.read(Source("a.txt", written.encode(), NOW), HINTS)
    assert draft.body.endswith(f"Additional reporting by Omar Said in Cairo\n\n{said}\n")
    assert [problem.code for problem in draft.problems] == ["correction-in-text"]


def test_a_story_of_a_correction_is_not_said_to_be_corrected():
    written = (
        f"Port to shut its ferry terminal\n\n12 March 2025\n\n{LEAD}\n\nThe corrected plan was amended on Monday.\n"
    )
    [draft] = formats.read(Source("a.txt", written.encode(), NOW), HINTS)
    assert not draft.problems


def test_a_numbered_list_stays_whole_whatever_its_items_look_like():
    rules = "1. Wear glasses that were made for it\n\n2. Sign up for alerts\n\n3. Watch the weather"
    draft = read(f"Five rules for the eclipse\n\n8 April 2024\n\n{LEAD}\n\n{rules}\n\n{SECOND}\n")
    assert rules in draft.body
    menu = "1. Sign up for alerts\n2. Subscribe\n3. Log in"
    assert "Log in" not in read(f"Port to shut\n\n12 March 2025\n\n{LEAD}\n\n{SECOND}\n\n{menu}\n").body


def test_a_list_has_blank_rows_between_all_of_its_items_or_between_none():
    items = ["short one", "one that is a little longer than the others, so that it is a sentence by itself", "a third"]
    rows = "\n".join(f"- {item}" for item in items)
    written = (
        f"Port to shut its ferry terminal\n\n12 March 2025\n\n{LEAD}\n\nThree things change:\n\n{{}}\n\n{SECOND}\n"
    )
    assert rows in read(written.format(rows)).body
    apart = rows.replace("\n", "\n\n")
    assert apart in read(written.format(apart)).body


def test_a_quotation_that_is_set_in_stays_one():
    quotation = '    "We close the pier because the timber is rotten, and nobody shall fall into the harbour."'
    draft = read(f"Port to shut its ferry terminal\n\n12 March 2025\n\n{LEAD}\n\n{quotation}\n\n{SECOND}\n\n{THIRD}\n")
    assert '\n> "We close the pier' in draft.body
    paragraphs = "\n\n".join(
        f"    {text}" for text in (LEAD, '"It is rotten."', SECOND, '"Nobody shall fall in."', THIRD)
    )
    assert ">" not in read(f"Port to shut its ferry terminal\n\n12 March 2025\n\n{paragraphs}\n").body


BRIDGE = "The bridge across the Patapsco in Baltimore fell on Tuesday, after the ship Dali had lost its power and hit a pier."
CREW = "Eight men were at work on the roadway at the time, and two of them were saved from the water that night."


@pytest.mark.parametrize(
    "marks", [("a) ", "b) "), ("① ", "② "), ("✓ ", "✗ "), ("I. ", "II. "), ("> ", "> "), ("o ", "o ")]
)
def test_items_of_a_list_are_kept_whatever_signs_they_bear(marks):
    items = [f"{mark}{name}" for mark, name in zip(marks, ("Container ships", "Car carriers"), strict=True)]
    draft = read("\n\n".join(["Baltimore bridge falls", "26 March 2024", BRIDGE, "\n".join(items), CREW]))
    assert draft.body.index("Container ships") < draft.body.index("Car carriers") < draft.body.index(CREW)


@pytest.mark.parametrize("said", ["“No.”", '"Yes!"', "«No.»"])
def test_an_answer_of_a_word_between_quotation_marks_is_no_button(said):
    draft = read(f"Baltimore bridge falls\n\n26 March 2024\n\n{BRIDGE}\n\n{said}\n\n{CREW}")
    assert said in draft.body


@pytest.mark.parametrize(
    "row",
    [
        "Foto: Die Brücke am 2. Mai 2019",
        "Photo: the bridge on 2 May 2019",
        "Read more: The flood of 2 May 2019 in pictures",
    ],
)
def test_the_day_of_a_caption_or_of_another_story_is_not_that_of_the_story(row):
    draft = read(f"Baltimore bridge falls\n\nBy Helena Marsh\n\n{row}\n\n{BRIDGE}\n\n{CREW}")
    assert draft.date is None


def test_the_dateline_of_a_release_gives_its_day():
    for place in ("BALTIMORE", "BALTIMORE, Maryland"):
        draft = read(f"Baltimore bridge falls\n\n{place}, March 26, 2024 /PRNewswire/ -- {BRIDGE}\n\n{CREW}\n")
        assert draft.date
        assert draft.date.value == dt.date(2024, 3, 26)
        assert draft.body.startswith(BRIDGE)


def test_signs_that_part_several_stories_do_not_end_the_text_where_they_stand_last():
    parts = [f"{head}\n\n{BRIDGE}\n\n{CREW}" for head in ("Bridge falls", "Port of Baltimore shut", "Two men saved")]
    draft = read("\n\n#####\n\n".join(parts))
    assert draft.body.count(CREW) == 3


def test_words_before_a_name_tell_who_wrote():
    draft = read(f"Baltimore bridge falls\n\nWords: Helena Marsh\n26 March 2024\n\n{BRIDGE}\n\n{CREW}\n")
    assert draft.authors
    assert draft.authors.value == ("Helena Marsh",)
