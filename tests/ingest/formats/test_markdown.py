"""Markdown files of any generator become drafts; nothing in them stays active."""

from __future__ import annotations

import datetime as dt

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from broadsheet.errors import BroadsheetError
from broadsheet.ingest.extract.draft import Draft, Hints, Source
from broadsheet.ingest.formats import embedded, markdown
from broadsheet.ingest.formats import text as plain_text
from broadsheet.render import markdown as press
from tests.conftest import examples
from tests.content.test_facts import BODIES

NOW = dt.datetime(2026, 1, 2, tzinfo=dt.UTC)
HINTS = Hints(sections=("World", "Business"), today=NOW.date())


def draft(text: str, name: str = "a.md") -> Draft:
    [found] = markdown.read(Source(name, text.encode(), NOW), HINTS)
    return found


def test_front_matter_of_another_generator_is_understood():
    found = draft(
        '---\ntitle: "Harbour: reopened"\ndate: 2025-05-08\nlastmod: 2025-05-09T10:00:00+02:00\nauthor: Jane Roe and John Doe\n'
        "categories: [business]\ntags: [ports, ferries]\ndescription: It is open.\nlink: https://example.org/a\n"
        "license: CC BY 4.0\n---\n\nThe *harbour* opened.\n"
    )
    assert found.title.value == "Harbour: reopened"
    assert found.date
    assert found.date.value == dt.date(2025, 5, 8)
    assert found.updated
    assert found.updated.value == dt.datetime(2025, 5, 9, 10, tzinfo=dt.timezone(dt.timedelta(hours=2)))
    assert found.authors
    assert found.authors.value == ("Jane Roe", "John Doe")
    assert found.section
    assert found.section.value == "Business"
    assert found.topics
    assert found.topics.value == ("ports", "ferries")
    assert found.summary
    assert found.summary.value == "It is open."
    assert found.licence
    assert found.licence.value == "CC BY 4.0"
    assert (found.url, found.body) == ("https://example.org/a", "The *harbour* opened.\n")


def test_a_text_in_front_matter_is_what_was_typed():
    found = draft(
        '---\nheadline: 12:30\nauthor: Null\ntags: [1.10, yes, "#9"]\ncategory: 0123\nlang: no\n---\n\nThe harbour opened.\n'
    )
    assert found.title.value == "12:30"
    assert found.authors
    assert found.authors.value == ("Null",)
    assert found.topics
    assert found.topics.value == ("1.10", "yes", "#9")
    assert found.section
    assert found.section.value == "0123"
    assert found.lang
    assert found.lang.value == "no"


@pytest.mark.parametrize(
    ("lines", "code", "line"),
    [
        ("title: Quay # 3", "text-hash", 2),
        ("title: Quay\ntitle: Pier", "key-twice", 3),
        ("title: Quay\nauthor: null", "text-null", 3),
    ],
)
def test_what_is_doubtful_in_front_matter_is_reported_and_the_story_is_taken_in(lines: str, code: str, line: int):
    (problem,) = draft(f"---\n{lines}\n---\n\nThe harbour opened.\n").problems
    assert (problem.code, problem.severity, problem.place.line) == (code, "warning", line)


@pytest.mark.parametrize(
    "text", ["# The *title*\n\nBody text.\n", "The title\n=====\n\nBody text.\n", "\n\n# The title #\nBody text.\n"]
)
def test_the_first_heading_is_the_title_and_no_body(text):
    found = draft(text)
    assert (found.title.value, found.body) == ("The title", "Body text.\n")


def test_a_title_is_made_of_the_lead_where_there_is_none():
    found = draft("The council of Saint Orm voted on Monday to buy a new lifeboat.\n")
    assert found.title.value.startswith("The council of Saint Orm voted")
    assert "title" in found.doubtful()


def test_the_date_of_a_file_s_name_counts_where_no_other_is_given():
    found = draft("# T\n\nBody.\n", "posts/2025-05-08-t.md")
    assert found.date
    assert found.date.value == dt.date(2025, 5, 8)


def test_every_line_has_its_fate():
    roles = [fate.role for fate in draft("---\ntitle: x\n---\n\n## Sub\n\nBody.").fates]
    assert roles == ["front matter", "front matter", "front matter", "blank", "subhead", "blank", "body"]


def test_front_matter_that_is_no_yaml_is_a_problem_with_its_line():
    with pytest.raises(BroadsheetError) as caught:
        draft("---\ntitle: [x\n---\nBody.\n")
    assert caught.value.problem.place.line


@pytest.mark.parametrize(
    "tag", ["{{< figure src=a.png >}}", "{{% note %}}", "{% include map.html %}", "{{ page.author }}"]
)
def test_a_tag_of_another_generator_is_reported_and_its_line_looked_at(tag: str):
    found = draft(f"---\ntitle: x\n---\n\nThe quay opened.\n\nSee {tag} here.\n")
    assert [(one.code, one.place.line, tag in one.message) for one in found.problems] == [("template-tag", 7, True)]
    assert "body" in found.doubtful()
    assert found.doubtful_lines() == (7,)
    assert tag in found.body


@pytest.mark.parametrize(
    "code", ["Write `{{< x >}}`.", "```\n{% x %}\n```", "~~~\n```\n{{< x >}}\n~~~", "{{</* x */>}}"]
)
def test_a_tag_that_is_shown_as_code_is_no_doubt(code: str):
    found = draft(f"---\ntitle: x\n---\n\n{code}\n")
    assert (found.problems, found.body_confidence) == ((), 1.0)


@pytest.mark.parametrize(
    ("written", "kept"),
    [
        ("a <script>alert(1)</script> b", "a  b"),
        ("a <img src=x onerror=alert(1)> b", "a ![](x) b"),
        ("<img src='a (1).png' alt='A [quay]' title='By \"us\"'>", '![A \\[quay\\]](<a (1).png> "By \\"us\\"")'),
        ("<p>One.</p><p>Two.<br>Three.</p>", "\n\nOne.\n\nTwo.\n\nThree.\n\n"),
        ("<div>\n        Text.\n</div>\n\n<!-- no -->\n\nMore.", "\n\nText.\n\nMore."),
        ("<figure><img src=a.png><figcaption>Cap</figcaption></figure>", "\n\n![](a.png)\n\nCap\n\n"),
        ("|a|b|\n|-|-|\n|one<br>two|c|", "|a|b|\n|-|-|\n|one two|c|"),
        ("    code  \n\n<div>\n</div>\n\n    more\n", "    code  \n\n    more\n"),
        ("a <noscript>b</noscript> <textarea>c</textarea>", "a b c"),
        ("<scr<b>ipt>x</scr<b>ipt>", ""),
        (
            "A.[^1]\n\n[^1]: javascript:x *note*\n\n\n\n    more  \n\t<b>",
            "A.[^1]\n\n[^1]: javascript:x *note*\n\n\n\n    more  \n\t",
        ),
        (
            "[`](x)`](/y) \\[a](javascript:x) `[a](javascript:x)`",
            "[`](x)`](/y) \\[a](javascript:x) `[a](javascript:x)`",
        ),
        ("[a][r] ![b][R]\n\n[r]: <vbscript:x>\n", "[a][r] ![b][R]\n\n[r]: #\n"),
        ("[a](javascript:alert(1))", "[a](#)"),
        ("[a](java&#115;cript:alert(1))", "[a](#)"),
        ("[a]: javascript:alert(1)", "[a]: #"),
        ("a <javascript:alert(1)> b", "a  b"),
        ("<https://example.org/a>", "<https://example.org/a>"),
        ("[a](https://example.org/a_(b))", "[a](https://example.org/a_(b))"),
        ("![quay](quay.jpg)", "![quay](quay.jpg)"),
        ("1 < 2", "1 < 2"),
        ("`<b>` and <b>bold</b>", "`<b>` and bold"),
        ("```\n<script>x</script>\n```", "```\n<script>x</script>\n```"),
        ("a <!-- b --> c", "a  c"),
    ],
)
def test_nothing_stays_active(written, kept):
    assert embedded.safe(written) == kept


@given(
    st.lists(
        st.sampled_from(
            [
                "<script>",
                "</script>",
                "<",
                ">",
                "`",
                "``",
                "\n",
                "```",
                "[a](",
                "javascript:",
                ")",
                " ",
                "x",
                "<b",
                "\\",
            ]
        ),
        max_size=25,
    )
)
def test_no_mixture_of_marks_brings_markup_to_life(parts):
    drawn = press.render(embedded.safe("".join(parts))).lower()
    assert "<script" not in drawn
    assert 'href="javascript' not in drawn


@pytest.mark.parametrize("module", [markdown, plain_text], ids=["markdown", "text"])
def test_a_file_in_which_a_merge_was_not_resolved_is_refused_at_its_line(module):
    text = "The quay\n\nIt opened on Monday.\n\n<<<<<<< HEAD\nIt cost nine.\n=======\nIt cost six.\n>>>>>>> other\n"
    with pytest.raises(BroadsheetError) as raised:
        module.read(Source("a.md", text.encode(), NOW), HINTS)
    assert (raised.value.problem.code, raised.value.problem.place.line) == ("merge-conflict", 5)


@settings(max_examples=examples(400))
@given(BODIES.filter(lambda text: "<" not in text))
def test_a_text_without_html_keeps_every_byte(text: str):
    assert embedded.safe(text) == text


def test_footnotes_and_pictures_by_reference_are_taken_in_as_they_are_written():
    text = "A claim.[^1]  \nMore ![quay][q] and `<b>`.\n\n\n\n- [ ] task\n\n[^1]: The note.\n\n[q]: <quay (1).jpg>\n"
    assert draft(f"# T\n\n{text}").body == text


@pytest.mark.parametrize("head", ["# A *quay*", "A quay\n---", "<h1>A <b>quay</b></h1>"])
def test_a_heading_is_what_the_parser_takes_for_one(head: str):
    found = draft(f"{head}\n\nThe harbour opened.\n")
    assert (found.title.value, found.body) == ("A quay", "The harbour opened.\n")
    assert draft(f"```\n# no\n```\n\n{head}\n").body.startswith("```\n# no\n```\n")


@pytest.mark.parametrize(
    "text",
    [
        "# Mill burns\n\n*Forty people watched from the bridge*\n\n**By Jonna Falk** | 3 November 2025\n\nBody text.\n",
        "# Mill burns\n\nBy Jonna Falk  \nPublished 3 November 2025\n\n*Forty people watched from the bridge*\n\nBody text.\n",
        "**Mill burns**\n\n*Forty people watched from the bridge*\n\nBy [Jonna Falk](https://example.org/jf), 3 Nov 2025\n\nBody text.\n",
        "Mill burns today\n\n*Forty people watched from the bridge*\n\nBy Jonna Falk\n\n3 November 2025\n\nBody text.\n\n-30-\n",
    ],
)
def test_headline_standfirst_byline_and_day_above_the_text_are_fields(text):
    found = draft(text)
    assert found.title.value.startswith("Mill burns")
    assert found.summary
    assert found.summary.value == "Forty people watched from the bridge"
    assert found.authors
    assert found.authors.value == ("Jonna Falk",)
    assert found.date
    assert found.date.value == dt.date(2025, 11, 3)
    assert found.body == "Body text.\n"
    assert {fate.role for fate in found.fates} >= {"title", "summary", "byline", "body"}


@pytest.mark.parametrize(
    "lines",
    [
        "**Q: When did they ask you?**\n\nA: At four.",
        "**Why now?**\n\nBecause of the tide.",
        "*By the time the ferry sailed, nobody stood on the quay.*\n\nIt was dark.",
        "> By Jonna Falk\n\nText.",
    ],
)
def test_what_a_text_says_is_not_taken_for_its_head(lines):
    assert draft(f"# Mill burns\n\nThe mill burnt.\n\n{lines}\n").body == f"The mill burnt.\n\n{lines}\n"
    assert draft(f"# Mill burns\n\n{lines}\n").body == f"{lines}\n"


def test_a_heading_that_repeats_the_title_is_printed_once():
    assert draft('---\ntitle: "Mill burns"\n---\n\n# Mill burns\n\nText.\n').body == "Text.\n"
    assert draft('---\ntitle: "Mill burns"\n---\n\n# The night\n\nText.\n').body == "# The night\n\nText.\n"


def test_rules_around_a_text_are_no_part_of_it():
    assert draft("---\n\n# Mill burns\n\nOne.\n\n---\n\nTwo.\n\n###\n").body == "One.\n\n---\n\nTwo.\n"


def test_a_text_below_lines_of_keys_that_is_no_markdown_is_escaped():
    found = draft("Title: Mill\nDate: 2025-05-08\n\nIt cost *2 or\n*3 crowns.\n\n    Indented.\n", "a.txt")
    assert press.render(found.body) == "<p>It cost *2 or *3 crowns.</p>\n<p>Indented.</p>\n"


def test_keys_that_no_draft_has_are_handed_on_and_several_in_one_row_have_a_fate_each():
    found = draft('{"title": "Mill", "draft": true, "mood": "calm"}\n\nText.\n')
    assert (found.keys, found.held) == ({"mood": "calm"}, ("draft: true",))
    assert [(fate.text, fate.role) for fate in found.fates[:3]] == [
        ("title", "front matter"),
        ("draft", "status"),
        ("mood", "front matter"),
    ]


def test_of_a_mark_that_stands_twice_none_is_lost():
    assert draft("---\ntitle: x\ndraft: true\ndraft: false\n---\n\nBody.\n").held == ("draft: stands twice",)
    assert "Status: draft" in draft("Title: x\nStatus: draft\nStatus: published\n\nBody.\n").held[0]


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "cp1252"])
@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_a_head_is_read_in_any_charset_and_with_any_line_end(encoding, end):
    text = "---\ntitle: Le moulin brûle\ndraft: true\n---\n\nLe moulin a brûlé.\n".replace("\n", end)
    [found] = markdown.read(Source("a.md", text.encode(encoding), NOW), HINTS)
    assert (found.title.value, found.held, found.body) == ("Le moulin brûle", ("draft: true",), "Le moulin a brûlé.\n")


@pytest.mark.parametrize("shown", ['<video src="quay.mp4" controls></video>', '<iframe src="https://v.example/quay.mp4"></iframe>',
                                   "<audio controls><source src='quay.mp4'></audio>"])  # fmt: skip
def test_a_film_in_html_is_not_carried_over_and_is_named(shown: str):
    found = draft(f"# The quay\n\nThe quay is closed.\n\n{shown}\n\nThe quay opens in May.\n")
    [fate] = [fate for fate in found.fates if fate.line == 5]
    assert (fate.role, "quay.mp4" in fate.why) == ("dropped", True)
    assert [problem.place.line for problem in found.problems if problem.code == "not-carried-over"] == [5]
    assert not draft(
        f"# The quay\n\nThe quay is closed.\n\n```\n{shown}\n```\n"
    ).problems  # code shows, and plays nothing


@pytest.mark.parametrize("row", ["*Sport | 11 August 2024 | Yuki Tanabe*", "Sport · Yuki Tanabe · 11 August 2024"])
@pytest.mark.parametrize("reader", ["markdown", "text"])
def test_a_row_of_fields_below_the_headline_is_no_summary(reader: str, row: str):
    prose = (
        "Sifan Hassan won the marathon on the last day of the games, three seconds before Tigst Assefa of Ethiopia.\n\n"
        "She had already won bronze over five and over ten kilometres in the same week, the only one to try all three."
    )
    title = "Hassan wins the marathon in Paris"
    written = (
        f"# {title}\n\n{row}\n\n{prose}\n" if reader == "markdown" else f"{title}\n\n{row.strip('*')}\n\n{prose}\n"
    )
    source = Source("hassan.md" if reader == "markdown" else "hassan.txt", written.encode(), NOW)
    hints = Hints(today=NOW.date(), sections=("World", "Sport"))
    [found] = markdown.read(source, hints) if reader == "markdown" else plain_text.read(source, hints)
    assert found.section
    assert found.date
    assert found.authors
    assert (found.section.value, found.date.value, found.authors.value) == (
        "Sport",
        dt.date(2024, 8, 11),
        ("Yuki Tanabe",),
    )
    assert "Tanabe" not in f"{found.body}{found.summary and found.summary.value}"
