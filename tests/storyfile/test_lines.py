"""Where a key stands in a file."""

from pathlib import Path

import pytest

from broadsheet.errors import Place, warning
from broadsheet.storyfile.lines import of_address, of_key, placed

TEXT = '---\ntitle: "One: date: x"\n"date": 2025-05-08\nupdated : 2030-01-01\nimage:\n  alt: x\n---\n\nupdated: no\n'


def test_a_key_is_found_however_it_is_written(tmp_path: Path):
    file = tmp_path / "a.md"
    file.write_text(TEXT)
    assert [of_key(file, key) for key in ("title", "date", "updated", "image", "alt")] == [2, 3, 4, 5, 1]
    assert [of_key(file, "nowhere"), of_key(tmp_path / "gone", "a")] == [1, 1]


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


def test_lines_are_counted_as_an_editor_counts_them(tmp_path: Path):
    file = tmp_path / "a.md"
    file.write_bytes("\n---\r\nnote: a\u2028b\x0bc\r\nid: x\n...\ntitle: no key\n".encode())
    assert of_key(file, "id") == 4
    assert of_key(file, "title") == 1
