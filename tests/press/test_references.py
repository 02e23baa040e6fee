"""What a text refers to, each with its line."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from broadsheet.errors import BroadsheetError
from broadsheet.press.references import Reference, references

HEAD = "---\ntitle: T\n---\n"


def found(body: str) -> list[tuple[str, str, int, str]]:
    return [(one.kind, one.address, one.line, one.alt) for one in references((HEAD + body).encode(), "a.md")]


@pytest.mark.parametrize(
    ("body", "told"),
    [
        ('\n\nOne [x](/a/ "t") ü\n[y](/b/)\n', [("link", "/a/", 6, ""), ("link", "/b/", 7, "")]),
        ("[x][r] and [r]\n\n[r]: /ref/\n", [("link", "/ref/", 4, ""), ("link", "/ref/", 4, "")]),
        ("<https://a.example/>", [("link", "https://a.example/", 4, "")]),
        ("![An *old* pier](p.png)", [("picture", "p.png", 4, "An old pier")]),
        ("![](p.png)", [("picture", "p.png", 4, "")]),
        ("[![in](p.png)](/l/)", [("link", "/l/", 4, ""), ("picture", "p.png", 4, "in")]),
        ("a <a title='>' href='/raw/?a&amp;b'>z</a>", [("link", "/raw/?a&b", 4, "")]),
        ("x\n\n<div>\n<img alt=Pier src=p.png>\n</div>", [("picture", "p.png", 7, "Pier")]),
        ("`[x](/a/)`\n\n    [y](/b/)\n\n```\n<a href='/c/'>\n```", []),
        ("|a|\n|-|\n|[x](/t/)|", [("link", "/t/", 6, "")]),
        ("> a\n> [x](/q/)", [("link", "/q/", 5, "")]),
    ],
)
def test_links_and_pictures_are_found_where_they_stand(body: str, told: list[tuple[str, str, int, str]]):
    assert found(body) == told


@pytest.mark.parametrize("ending", ["\n", "\r\n", "\r"])
def test_lines_are_counted_whatever_ends_them(ending: str):
    data = f"{HEAD}\n\none\n\n[x](/a/)\n\n".replace("\n", ending).encode()
    assert references(data, "a.md") == [Reference("link", "/a/", 8)]


def test_a_file_without_front_matter_is_refused():
    with pytest.raises(BroadsheetError):
        references(b"[x](/a/)", "a.md")


@given(st.lists(st.sampled_from(["word", "", "[x](/a/)", "ü ![y](b.png)", "> q", "- [z](/c/)", "<b>"]), max_size=12))
def test_the_line_that_is_named_holds_the_address(lines: list[str]):
    text = HEAD + "\n".join(lines)
    for one in references(text.encode(), "a.md"):
        assert one.address in text.split("\n")[one.line - 1]
