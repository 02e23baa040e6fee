"""A key is added to front matter in the text that an editor wrote: everything else stays, byte for byte."""

from __future__ import annotations

import re
from typing import Any

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from broadsheet.content import keys, split
from broadsheet.errors import BroadsheetError

RECORD = {"lead": "a", "desks": [{"section": "World", "stories": ["b", "2025-05-08"]}], "briefs": ["c: d"]}
LINES = [
    "frozen:",
    "  lead: a",
    "  desks:",
    "  - section: World",
    "    stories:",
    "    - b",
    "    - '2025-05-08'",
    "  briefs:",
    "  - 'c: d'",
]


def put(text: str) -> str:
    return keys.put(text.encode(), "frozen", RECORD, "x.md").decode()


def value(text: str) -> Any:
    matter, problems = split(text.encode(), "x.md")
    assert matter is not None, problems
    return matter.meta["frozen"]


def added(indent: str = "", end: str = "\n") -> str:
    return "".join(f"{indent}{line}{end}" for line in LINES)


@pytest.mark.parametrize(
    ("head", "tail"),
    [
        ("---\n# A note.\ntitle: 'It''s'   # agreed\n\nlead:   two\n", "---\n\nA *note*.  \n\n\n"),
        ("---\n", "---\n"),
        ("---\n# Nothing yet.\n", "---\nBody without an end of line"),
        ("\ufeff---\ntitle: A\n", "---\n"),
        ("\n \n---  \ntitle: A\n", "---  \n\n---\n\nframed\n---\n"),
        ("---\nnote: |\n  One.\n\n  Two.\n\n", "---\n"),
        ("---\nnote: >-\n  One.\n# frozen: soon\n", "---\n"),
        ("---\norder: [a,\n  b]  # two\n", "---\n"),
        ("---\nbase: &b {x: 1}\nother: *b\n", "---\n"),
        ("---\ntitle: 'A\n  B'\n", "---\n"),
        ("---\norder:\n- pics   # stays first\n# - gone\n", "---\n"),
    ],
)
def test_a_key_stands_at_the_end_of_the_front_matter_and_nothing_else_is_changed(head: str, tail: str):
    assert put(head + tail) == head + added() + tail


@pytest.mark.parametrize("end", ["\r\n", "\r"])
def test_line_ends_are_those_of_the_file_and_mixed_ones_stay_mixed(end: str):
    text = f"---{end}title: A # x{end}lead: b\n---{end}{end}One.\nTwo.{end}"
    assert put(text) == f"---{end}title: A # x{end}lead: b\n{added(end=end)}---{end}{end}One.\nTwo.{end}"


def test_keys_that_are_indented_get_one_that_is_indented_as_they_are():
    assert put("---\n  title: A\n  lead: b\n---\n") == f"---\n  title: A\n  lead: b\n{added('  ')}---\n"


def test_a_key_without_a_value_gets_its_value_where_it_stands():
    for empty in ("", " ~", " null", "  "):
        text = f"---\ntitle: A\nfrozen:{empty}   # let go on Tuesday\n# then:\nlead: b\n---\n"
        made = put(text)
        assert value(made) == RECORD
        assert made == f"---\ntitle: A\nfrozen:   # let go on Tuesday\n{added()[8:]}# then:\nlead: b\n---\n".replace(
            "frozen:   #", f"frozen:{'  ' if empty == '  ' else ''}   #"
        )


@pytest.mark.parametrize("head", ["{title: A, lead: b}", "{title: A,\n lead: b,  # c\n}", "{}", "  {title: 'A'} # c"])
def test_keys_in_braces_get_one_in_the_braces(head: str):
    made = put(f"---\n{head}\n---\n\nBody.\n")
    assert value(made) == RECORD
    assert made.replace(', "frozen": ', '"frozen": ').count('"frozen": ') == 1
    assert re.sub(r'(?:, )?"frozen": \{.*\]\}', "", made) == f"---\n{head}\n---\n\nBody.\n"


def test_a_document_that_is_ended_gets_its_key_before_the_end():
    assert put("---\ntitle: A\n...\n---\n") == f"---\ntitle: A\n{added()}...\n---\n"


@pytest.mark.parametrize("head", ["? frozen\n: ", "!!map\n? frozen\n", "frozen:\n  # why\n  ~", "frozen:\n  lead: z"])
def test_what_cannot_be_added_is_told_with_the_lines_to_write_by_hand(head: str):
    with pytest.raises(BroadsheetError) as caught:
        put(f"---\ntitle: A\n{head}\n---\n")
    assert caught.value.problem.code in ("front-matter-style", "front-matter-syntax")
    if caught.value.problem.code == "front-matter-style":
        assert added() in caught.value.problem.hint


def test_a_value_in_the_line_of_its_key_gives_way_and_what_is_said_of_it_stays():
    made = put("---\ntitle: A\nfrozen: {lead: z}  # as printed\nlead: b\n---\n")
    assert made == f"---\ntitle: A\nfrozen:  # as printed\n{added()[8:]}lead: b\n---\n"


def test_front_matter_that_is_wrong_is_told_with_its_line():
    with pytest.raises(BroadsheetError, match=r"x\.md:3: error"):
        put("---\ntitle: A\nlead: 'x\n---\n")
    with pytest.raises(BroadsheetError, match="is there twice"):
        put("---\nlead: A\nlead: B\n---\n")


# Whatever an editor has written.

_blank = st.sampled_from(["", "", " ", "   "])
_comment = st.text(st.characters(codec="utf-8", exclude_categories=["Cc", "Cs", "Zl", "Zp"]), max_size=12).map(
    "# {}".format
)
_word = st.text("abcxyzäß新 ", min_size=1, max_size=8).map(str.strip).filter(bool)
_scalar = st.one_of(
    _word.map("w{}".format), _word.map("'{}'".format), _word.map('"{}: #"'.format), st.sampled_from(["2025-05-08", "1", "yes", "~", ""])
)  # fmt: skip
_value = st.one_of(
    st.tuples(_scalar, st.just(())),
    st.tuples(st.just(""), st.lists(_scalar.map("  - {}".format), min_size=1, max_size=3).map(tuple)),
    st.tuples(st.just(""), st.lists(_scalar, min_size=1, max_size=2).map(lambda all_: tuple(f"  k{n}: {one}" for n, one in enumerate(all_)))),
    st.tuples(st.just("|"), st.lists(_word.map("  {}".format), min_size=1, max_size=3).map(tuple)),
    st.tuples(st.lists(_word, max_size=3).map(lambda all_: f"[{', '.join(all_)}]"), st.just(())),
)  # fmt: skip


@st.composite
def _heads(draw: st.DrawFn) -> list[str]:
    """Lines of front matter with comments between them and after them; at times a key "frozen" without a value."""
    lines = []
    empty = draw(st.integers(0, 8))
    for number in range(draw(st.integers(0, 6))):
        lines += draw(st.lists(st.one_of(_comment, _blank), max_size=2))
        name = "frozen" if number == empty else f"key{number}"
        inline, below = ("", ()) if number == empty else draw(_value)
        comment = draw(st.one_of(st.just(""), _comment.map("  {}".format)))
        lines.append(f"{name}: {inline}{comment if inline != '|' else ''}".rstrip(" "))
        lines += below
        if below and inline != "|":
            lines += draw(st.lists(_comment, max_size=1))
    return lines + draw(st.lists(st.one_of(_comment, _blank), max_size=3))


@given(
    head=_heads(),
    mark=st.sampled_from([b"", b"\xef\xbb\xbf"]),
    end=st.sampled_from(["\n", "\r\n"]),
    body=st.text(st.characters(codec="utf-8"), max_size=40),
)
def test_whatever_the_front_matter_only_lines_of_the_key_are_added(head: list[str], mark: bytes, end: str, body: str):
    text = mark + (end.join(["---", *head, "---", ""]) + body).encode()
    before, problems = split(text, "x.md")
    assume(before is not None and not problems)
    assert before is not None
    made = keys.put(text, "frozen", RECORD, "x.md")
    after, problems = split(made, "x.md")
    assert after is not None
    assert not problems
    assert after.meta == {**before.meta, "frozen": RECORD}
    new = iter(made.splitlines(keepends=True))
    wanted = text.splitlines(keepends=True)
    assert all(any(line in (old, _without_null(old)) for line in new) for old in wanted)
    assert len(made.splitlines()) == len(wanted) + len(LINES) - (b"frozen:" in [line[:7] for line in wanted])
    assert made.endswith(body.encode())


def _without_null(line: bytes) -> bytes:
    return re.sub(rb"^frozen: *(~|null)", b"frozen:", line)
