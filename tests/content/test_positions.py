"""Where a key stands in a file."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from broadsheet.content.positions import of_address, of_key, of_picture, of_value, placed, references
from broadsheet.errors import BroadsheetError, Place, warning

TEXT = '---\ntitle: "One: date: x"\n"date": 2025-05-08\nupdated : 2030-01-01\nimage:\n  alt: x\n---\n\nupdated: no\n'


def test_a_key_is_found_however_it_is_written(tmp_path: Path):
    file = tmp_path / "a.md"
    file.write_text(TEXT)
    assert [of_key(file, key) for key in ("title", "date", "updated", "image", "alt")] == [2, 3, 4, 5, 1]
    assert [of_key(file, "nowhere"), of_key(tmp_path / "gone", "a")] == [1, 1]


def test_a_value_is_found_below_its_key_and_nowhere_else(tmp_path: Path):
    file = tmp_path / "a.md"
    file.write_text('---\ntitle: "of /b/"\naliases:\n  - /a/\n  - "/b/"\nrelated: [/c/]\n---\n\n/d/\n')
    assert [of_value(file, "aliases", value) for value in ("/a/", "/b/", "/c/", "/d/")] == [4, 5, 3, 3]
    assert [of_value(file, "nowhere", "/a/"), of_value(tmp_path / "gone", "aliases", "/a/")] == [1, 1]


@pytest.mark.parametrize(
    ("address", "line"),
    [
        ("https://a.example/x", 2),
        ("https://a.example/", 1),
        ("/gone/", 4),
        ("/gone", 4),
        ("/one/", 1),
        ("/go/", 1),
        ("/body/", 1),
    ],
)
def test_an_address_is_found_in_front_matter_as_a_whole(tmp_path: Path, address: str, line: int):
    file = tmp_path / "a.md"
    file.write_text("---\nsource: {url: 'https://a.example/x/'}\ntitle: not /gone-by\nmore: [/gone]\n---\n\n/body/\n")
    assert of_address(file, address) == line


def test_problems_found_without_the_file_point_at_their_keys(tmp_path: Path):
    (tmp_path / "a.md").write_text(TEXT)
    told = [warning("updated-future", "m", Place("a.md", 1)), warning("alias", "m", Place("a.md", 1))]
    assert [str(problem.place) for problem in placed(tmp_path, told)] == ["a.md:4", "a.md:1"]


HEAD = "---\ntitle: T\n---\n"


@pytest.mark.parametrize(
    ("body", "told"),
    [
        ('\n\nOne [x](/a/ "t") ü\n[y](/b/)\n', [("link", "/a/", 6), ("link", "/b/", 7)]),
        ("[x][r] and [r]\n\n[r]: /ref/\n", [("link", "/ref/", 4), ("link", "/ref/", 4)]),
        ("<https://a.example/>", [("link", "https://a.example/", 4)]),
        ("[![in](p.png)](/l/)", [("link", "/l/", 4), ("picture", "p.png", 4)]),
        ("a <a title='>' href='/raw/?a&amp;b'>z</a>", [("link", "/raw/?a&b", 4)]),
        ("x\n\n<div>\n<img alt=Pier src=p.png>\n</div>", [("picture", "p.png", 7)]),
        ("`[x](/a/)`\n\n    [y](/b/)\n\n```\n<a href='/c/'>\n```", []),
        ("|a|\n|-|\n|[x](/t/)|", [("link", "/t/", 6)]),
        ("> a\n> [x](/q/)", [("link", "/q/", 5)]),
    ],
)
def test_links_and_pictures_are_found_where_they_stand(body: str, told: list[tuple[str, str, int]]):
    assert [(one.kind, one.address, one.line) for one in references((HEAD + body).encode(), "a.md")] == told


@pytest.mark.parametrize("ending", ["\n", "\r\n", "\r"])
def test_lines_are_counted_whatever_ends_them(ending: str):
    data = f"\n{HEAD}\n\u2028one\n\n[x](/a/)\n\n".replace("\n", ending).encode()
    assert [(one.address, one.line) for one in references(data, "a.md")] == [("/a/", 8)]


def test_a_file_without_front_matter_is_refused():
    with pytest.raises(BroadsheetError):
        references(b"[x](/a/)", "a.md")


@given(st.lists(st.sampled_from(["word", "", "[x](/a/)", "ü ![y](b.png)", "> q", "- [z](/c/)", "<b>"]), max_size=12))
def test_the_line_that_is_named_holds_the_address(lines: list[str]):
    text = HEAD + "\n".join(lines)
    for one in references(text.encode(), "a.md"):
        assert one.address in text.split("\n")[one.line - 1]


def test_the_line_of_a_picture_is_where_the_body_shows_it(tmp_path: Path):
    file = tmp_path / "a.md"
    file.write_text(f"{HEAD}\nThe file p(1).png.\n\n`![](p(1).png)`\n\n![a](p(1).png)\n")
    assert of_picture(file, "p(1).png") == 9
    assert [of_picture(file, "q.png"), of_picture(tmp_path / "gone.md", "p(1).png")] == [0, 0]


def test_lines_are_counted_as_an_editor_counts_them(tmp_path: Path):
    file = tmp_path / "a.md"
    file.write_bytes("\n---\r\nnote: a\u2028b\x0bc\r\nid: x\n...\ntitle: no key\n".encode())
    assert of_key(file, "id") == 4
    assert of_key(file, "title") == 1
