"""Plain front matter is what the reader of any YAML makes of it, or is left to that one."""

import datetime as dt
import re

import pytest
import yaml
from hypothesis import example, given, settings
from hypothesis import strategies as st

from broadsheet.content import plain_yaml, yaml_parser
from broadsheet.errors import BroadsheetError
from tests.conftest import examples

WRITTEN = """\
id: 01jx-4
title: "Ferry: a bridge, at last"
date: 2025-05-08T14:30:00+02:00
updated: 2025-05-09
section: World
authors: ["Ann Lee", Bo Ek]
topics:
- Ferries
- "#1 Bridge"
summary: The bridge opens, after six years; a ferry goes.
source:
  name: The Wire
  url: https://wire.example/a/1
  sha256: 3fa9
lang:
"""


def test_what_editors_write_is_read():
    assert plain_yaml.parse(WRITTEN) == {
        "id": "01jx-4",
        "title": "Ferry: a bridge, at last",
        "date": dt.datetime(2025, 5, 8, 14, 30, tzinfo=dt.timezone(dt.timedelta(hours=2))),
        "updated": dt.date(2025, 5, 9),
        "section": "World",
        "authors": ["Ann Lee", "Bo Ek"],
        "topics": ["Ferries", "#1 Bridge"],
        "summary": "The bridge opens, after six years; a ferry goes.",
        "source": {"name": "The Wire", "url": "https://wire.example/a/1", "sha256": "3fa9"},
        "lang": None,
    }


@pytest.mark.parametrize(
    "line",
    [
        "title: One: two",
        "draft: yes",
        "title: No",
        "no: Norway",
        "count: 12",
        "date: 2025-02-30",
        "time: 12:30",
        "summary: |",
        "a: *b",
        "a: &b c",
        "a: !!str c",
        "a: c # note",
        "a: 'it''s'",
        'a: "\\u0041"',
        "a: [b, [c]]",
        "a: {b: c}",
        "# note",
        " a: b",
        "- a",
        "a: b\n  c",
        "a: b\n- c",
        "a: b\n  c: d",
        "a:\n- b\n  - c",
        "a:\n- b\nc",
        "a:\n  b: c\n   d: e",
        "a:\n- b\n  c: d",
        "a: b\r",
        "a: 0x1f",
        "a:  b",
        "a: b ",
        "topics: 2025-05-08",
        "topics:\n- 2025-05-08",
        "image:\n  caption: 2025-05-08",
        "Title: 2025-05-08",
    ],
)
def test_another_kind_is_left_to_the_parser(line: str):
    assert plain_yaml.parse(f"title: x\n{line}\n") is None


KEYS = st.sampled_from(["a", "title", "date", "no", "on", "x-1", "_y", "true"])
WORDS = st.text(st.sampled_from("ab Zé中_-.,:#'\"\\[]{}()&*!|>%@`?/~=+0129\t\u00a0\u0085\u2028\ufeff😀"), max_size=9)
SCALARS = st.one_of(
    WORDS,
    WORDS.map(lambda text: f'"{text}"'),
    WORDS.map(lambda text: f"'{text}'"),
    st.lists(WORDS, max_size=3).map(lambda items: f"[{', '.join(items)}]"),
    st.sampled_from(
        [
            "yes",
            "Off",
            "null",
            "~",
            "",
            "|",
            "---",
            "...",
            "<<",
            "=",
            "- a",
            "a: b",
            "0x1f",
            "0b1",
            "1_000",
            "1:30",
            "1e5",
        ]
    ),
    st.sampled_from(
        ["2025-05-08", "2025-05-08 10:00:00", "2025-05-08T10:00:00Z", "2025-13-01", "2025-05-08T10:00:00-03:30", "12ab"]
    ),
    st.sampled_from(["2025-05-08T10:00:00+99:00", "https://a.example/b?c=d", "http://a.example:80/"]),
)
LINES = st.one_of(
    st.tuples(KEYS, SCALARS).map(": ".join),
    KEYS.map(lambda key: f"{key}:"),
    st.tuples(st.sampled_from(["", " ", "  ", "   "]), SCALARS).map("- ".join),
    st.tuples(st.sampled_from([" ", "  ", "    "]), KEYS, SCALARS).map(lambda it: f"{it[0]}{it[1]}: {it[2]}"),
    SCALARS,
)


@settings(max_examples=examples(1500))
@given(st.lists(LINES, max_size=6).map(lambda lines: "".join(f"{line}\n" for line in lines)))
def test_what_is_read_is_what_any_yaml_is_read_as(block: str):
    found = plain_yaml.parse(block)
    if found is not None:
        read, _, problems = yaml_parser.load(block, "a.md")
        assert problems == []
        assert found == read
        assert [type(value) for value in found.values()] == [type(value) for value in read.values()]


@example("a: !\n")
@settings(max_examples=examples(1500))
@given(st.lists(LINES, max_size=6).map(lambda lines: "".join(f"{line}\n" for line in lines)))
def test_values_of_keys_that_hold_no_text_are_what_yaml_makes_of_them(block: str):
    block = re.sub(r"\b(no|on|true)(?=:)", "b", block)  # keys are texts
    block = re.sub("[\x85\u2028\u2029]", " ", block.replace("title", "count"))  # no editor ends a line there
    try:
        read = yaml.load(block, Loader=yaml.CSafeLoader)
    except (yaml.YAMLError, ValueError, OverflowError):  # a date that is none
        return
    try:
        found, _, problems = yaml_parser.load(block, "a.md")
    except BroadsheetError:
        return
    if not problems:
        assert found == (read or {})
