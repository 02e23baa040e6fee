"""The pictures of a story file, as its text names them."""

from pathlib import Path

from broadsheet.model import Picture
from broadsheet.storyfile.pictures import line_of, shown, wordless

FILE = b"""---
title: "Boats"
image:
  src: pictures/boat.jpg
---

A line.

![](pictures/pier.jpg) and ![The pier](pictures/pier2.jpg)
"""


def test_each_picture_of_a_body_is_named_once():
    body = "![a](x.png) ![b](<y.png> 'A title') ![c](x.png) [no](z.png) !\\[d](w.png)"
    assert shown(body) == ("x.png", "y.png")
    assert shown("none") == ()


def test_a_picture_without_words_is_told_at_its_line():
    body = shown(FILE.decode())
    told = list(wordless(FILE, "content/stories/boats.md", Picture("pictures/boat.jpg"), body))
    assert [(problem.severity, problem.code, problem.place.line) for problem in told] == [
        ("warning", "picture-alt", 4),
        ("warning", "picture-alt", 9),
    ]
    assert not list(wordless(FILE, "x.md", Picture("pictures/boat.jpg", alt="A boat"), ()))


def test_a_picture_of_another_host_is_not_shown_and_needs_no_words():
    assert not list(wordless(b"![](https://example.com/x.png)", "x.md", Picture("https://example.com/y.png"), ("x",)))


def test_the_line_of_a_name_is_found_or_none(tmp_path: Path):
    file = tmp_path / "boats.md"
    file.write_bytes(FILE)
    assert line_of(file, "pictures/pier.jpg") == 9
    assert line_of(file, "pictures/nope.jpg") == 0
    assert line_of(tmp_path / "gone.md", "x") == 0
