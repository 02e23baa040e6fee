"""The marks of a merge that nobody has resolved are an error, wherever editors write; in a listing they are text."""

from collections.abc import Callable

import pytest

from broadsheet import content
from broadsheet.content.files import conflict_in
from tests.conftest import Workshop, story

Make = Callable[..., Workshop]
OPEN = "<<<<<<< HEAD\nOne side.\n=======\nOther side.\n>>>>>>> branch\n"


def said(text: str) -> tuple[str, int] | None:
    found = conflict_in(text, "a.md")
    return (found.severity, found.place.line) if found else None


@pytest.mark.parametrize(
    ("text", "told"),
    [
        (OPEN, ("error", 1)),
        (f"Text.\n\n{OPEN}\nMore.", ("error", 3)),
        ("a\n<<<<<<< .mine\nb\n||||||| .r1\nc\n=======\nd\n>>>>>>> .r2\n", ("error", 2)),
        ("a\n<<<<<<<\nb\n=======\nd\n>>>>>>>", ("error", 2)),
        ("<<<<<<< Conflict 1 of 1\n%%%%%%% Changes\n-a\n+b\n+++++++ Contents\nc\n>>>>>>> Conflict 1 of 1 ends\n", ("error", 1)),
        ("<<<<<<<<< Temporary merge branch 1\na\n=======\nb\n>>>>>>>>> Temporary merge branch 2\n", ("error", 1)),
        ("<<<<<<< HEAD\na\n=======\nb\n", ("error", 1)),
        ("Title\n=======\n\nb\n>>>>>>> branch\n", ("error", 2)),
        ("<<<<<<< HEAD\n```\na\n=======\nb\n```\n>>>>>>> branch\n", ("error", 1)),
        ("```\na\n```\n\n<<<<<<< HEAD\n    a\n=======\n    b\n>>>>>>> branch\n", ("error", 5)),
        ("Text\n<<<<<<< HEAD\nmore.", ("warning", 2)),
        ("Title\n=======\n\nText", None),
        (">>>>>>> a quotation in quotations\n\nTitle\n=======\n", None),
        (f"Git writes:\n\n```\n{OPEN}```\n\nand so on.", None),
        (f"~~~~ diff\nü\n{OPEN}~~~~\n\nTitle\n=======\n", None),
        (f"<pre>\n{OPEN}</pre>\n", None),
        ("Git writes:\n\n    <<<<<<< HEAD\n    =======\n    >>>>>>> branch\n", None),
        ("A line <<<<<<< HEAD of ======= arrows >>>>>>> here.", None),
    ],
)  # fmt: skip
def test_an_open_conflict_is_distinguished_from_what_looks_like_one(text: str, told: tuple[str, int] | None):
    assert said(text) == told


@pytest.mark.parametrize("ending", ["\n", "\r\n", "\r"])
@pytest.mark.parametrize(
    ("text", "line"),
    [
        (f"---\ntitle: T\n---\n\nText.\n\n{OPEN}", 7),
        ("---\ntitle: T\n<<<<<<< HEAD\nsection: A\n=======\nsection: B\n>>>>>>> other\n---\n\nText.\n", 3),
        ("---\ntitle: T\n<<<<<<< HEAD\nsection: A\n---\n\nText.\n=======\nsection: B\n---\n\nOther.\n>>>>>>> other\n", 3),
        ("<<<<<<< HEAD\n---\ntitle: T\n---\n\nText.\n=======\n---\ntitle: U\n---\n\nOther.\n>>>>>>> other\n", 1),
    ],
)  # fmt: skip
def test_it_is_told_at_its_line_in_front_matter_too(text: str, line: int, ending: str):
    matter, problems = content.split(text.replace("\n", ending).encode(), "a.md")
    assert matter is None
    assert [(one.code, one.place.line) for one in problems] == [("merge-conflict", line)]


@pytest.mark.parametrize(
    "file",
    [
        story("one", "2025-05-07", body=f"Text.\n\n{OPEN}"),
        f"-- content/pages/one.md --\n---\ntitle: One\n---\n\nText.\n\n{OPEN}",
        f"-- content/editions/2025-05-08.md --\n---\ntitle: One\n---\n\nText.\n\n{OPEN}",
    ],
    ids=["story", "page", "edition"],
)
def test_neither_side_is_printed_and_no_old_version(workshop: Make, file: str):
    made = workshop(story("two", "2025-05-08"), file.replace(OPEN, "An old version."))
    made.build()
    assert not made.problems()
    made.write(file)
    made.build()
    (found,) = made.problems("error")
    assert found.code == "merge-conflict"
    assert (made.root / found.place.file).read_text().splitlines()[found.place.line - 1] == "<<<<<<< HEAD"
    printed = b"".join(made.output().values())
    assert b"One side." not in printed
    assert b"Other side." not in printed
    assert b"old version" not in printed
    assert b"two" in printed


def test_a_listing_about_conflicts_is_printed(workshop: Make):
    made = workshop(story("one", "2025-05-07", body=f"Git writes:\n\n```\n{OPEN}```"), story("two", "2025-05-08"))
    made.build()
    assert not made.problems()
    assert "One side." in made.page("2025/05/07/one/index.html")


def test_many_marks_are_read_once():
    assert said("```\n" + OPEN * 20_000 + "```\n") is None
    assert said("=======\n" * 100_000) is None
