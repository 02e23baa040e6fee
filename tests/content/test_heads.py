"""The head of a text is read in the words of every generator, with its lines; prose is no head."""

from __future__ import annotations

import datetime as dt

import pytest

from broadsheet.content import heads
from broadsheet.errors import BroadsheetError

MOMENT = dt.datetime(2026, 3, 4, 10, 0, tzinfo=dt.UTC)


@pytest.mark.parametrize(
    ("text", "meta", "lines", "rows"),
    [
        ("---\ntitle: Mill\ndraft: true\n---\nText.", {"title": "Mill", "draft": True}, [2, 3], 4),
        ("\ufeff\n---\ntitle: Mill\n...\nText.", {"title": "Mill"}, [3], 4),
        ("---yaml\n# by hand\n'title': Mill\n---\n", {"title": "Mill"}, [3], 4),
        ("---\n---\nText.", {}, [], 2),
        ("---\n  title: Mill\n  draft: true\n---\nText.", {"title": "Mill", "draft": True}, [2, 3], 4),
        ("+++\ntitle = 'Mill'\n\ndate = 2026-03-04T10:00:00Z\n+++\n", {"title": "Mill", "date": MOMENT}, [2, 4], 5),
        ("+++\n[extra]\nseen = 1\n+++\nText.", {"extra": {"seen": 1}}, [2], 4),
        ("---toml\ntitle = 'Mill'\n---\nText.", {"title": "Mill"}, [2], 3),
        ('{\n"title": "Mill",\n"draft": true\n}\n\nText.', {"title": "Mill", "draft": True}, [2, 3], 4),
        ('---json\n{"title": "Mill"}\n---\nText.', {"title": "Mill"}, [2], 3),
        (';;;\n"title": "Mill",\n"draft": true\n;;;\nText.', {"title": "Mill", "draft": True}, [2, 3], 4),
        ("Title: Mill\nStatus: draft\n\nText.", {"Title": "Mill", "Status": "draft"}, [1, 2], 3),
        ("Title: A mill\n    by the weir\nTags: a\n\nText.", {"Title": "A mill by the weir", "Tags": "a"}, [1, 3], 4),
        ("title: Mill\ntags:\n- a\n- b\ndraft: true\n---\n", {"title": "Mill", "tags": ["a", "b"], "draft": True}, [1, 2, 5], 6),
        ("<!--\n.. title: Mill\n.. date: today\n-->\nText.", {"title": "Mill", "date": "today"}, [2, 3], 4),
        ("#+TITLE: Mill\n#+DATE: today\n\nText.", {"TITLE": "Mill", "DATE": "today"}, [1, 2], 3),
    ],
)  # fmt: skip
def test_a_head_is_keys_with_their_lines_and_its_rows(text, meta, lines, rows):
    for markdown in (True, False):
        head = heads.read(text, "a.md", markdown=markdown)
        assert head is not None
        assert (head.meta, list(head.lines.values()), head.rows) == (meta, lines, rows)


def test_one_line_of_a_mark_is_a_head_above_markdown_only():
    head = heads.read("Status: draft\n\n# Mill\n", "a.md")
    assert head is not None
    assert head.meta == {"Status": "draft"}
    assert heads.read("Status: draft\n\nMill\n", "a.txt", markdown=False) is None


@pytest.mark.parametrize(
    "text",
    [
        "---\n\nA text below a rule.\n\n---\n\nMore.\n",
        "---\nA line of dashes above a text: that is all.\n",
        "+++ Just in +++\n\nText.\n",
        "{ is how it begins",
        "Note: the mill is shut.\n\nText.\n",
        "Q: Since when?\nA: Since May.\n\nText.\n",
        "From: a@example.org\nDate: today\nSubject: Mill\n\nText.\n",
        "Title: and what else the miller said\nThen he left.\n\nText.\n",
        "<!-- a comment -->\n\nText.\n",
        "# Mill\n\nText.\n",
        "",
    ],
)
def test_prose_is_no_head(text):
    assert heads.read(text, "a.txt", markdown=False) is None
    assert heads.read(text, "a.md") is None


@pytest.mark.parametrize(
    ("text", "line", "said"),
    [
        ("---\ntitle: [Mill\n---\nText.", 2, "YAML"),
        ("+++\ntitle = 'Mill'\ndraft = perhaps\n+++\nText.", 3, "TOML"),
        ('{\n"title": "Mill",\n"draft" true\n}\n\nText.', 3, "JSON"),
        ('{"draft": true, "draft": false}\n\nText.', 1, "'draft' is there twice"),
        ("\n---\ntitle: Mill\ndraft: true\n\nText.", 2, "no line --- ends"),
        ("+++\ndraft = true\n\nText.", 1, "no line +++ ends"),
    ],
)
def test_a_head_that_cannot_be_read_is_an_error_with_its_line_whatever_the_file_is_called(text, line, said):
    for markdown in (True, False):
        with pytest.raises(BroadsheetError) as caught:
            heads.read(text, "a.txt", markdown=markdown)
        assert caught.value.problem.place.line == line
        assert said in caught.value.problem.message
