"""What is called like a story file and is none is a problem, and is never opened."""

import os
import socket
from pathlib import Path

import pytest

from broadsheet.content import listing
from broadsheet.errors import Problem


def found(folder: Path) -> list[str]:
    return sorted(one[0] for one in listing.markdown(folder, "stories") if not isinstance(one, Problem))


def problems(folder: Path) -> list[str]:
    return sorted(str(one) for one in listing.markdown(folder, "stories") if isinstance(one, Problem))


def test_markdown_files_are_found_at_any_depth_and_hidden_ones_are_not(tmp_path: Path):
    for name in ("a.md", "2025/05/b.md", "folder.md/c.md", ".hidden/d.md", "2025/.e.md", "f.txt"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text("x")
    assert found(tmp_path) == ["2025/05/b.md", "a.md", "folder.md/c.md"]
    assert problems(tmp_path) == []


def test_a_folder_that_is_not_there_holds_nothing(tmp_path: Path):
    assert list(listing.markdown(tmp_path / "none", "none")) == []


@pytest.mark.parametrize("kind", ["pipe", "socket", "device", "folder", "circle", "nothing"])
def test_what_is_no_file_is_a_problem_that_names_it(tmp_path: Path, kind: str, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "good.md").write_text("x")
    odd = Path("odd.md")  # relative, since the path of a socket may not be long
    if kind == "pipe":
        os.mkfifo(odd)
    elif kind == "socket":
        with socket.socket(socket.AF_UNIX) as made:
            made.bind(str(odd))
    else:
        targets = {"device": "/dev/zero", "folder": ".", "circle": "odd.md", "nothing": "none.md"}
        odd.symlink_to(targets[kind])
    assert found(tmp_path) == ["good.md"]
    (problem,) = problems(tmp_path)
    assert problem.startswith("stories/odd.md: error: cannot read: ")


@pytest.mark.parametrize(
    ("name", "shown"), [(b"odd-\xff.md", "odd-\ufffd.md"), (b"two\nlines.md", "two\ufffdlines.md")]
)
def test_a_name_that_no_line_could_hold_is_a_problem_on_one_line(tmp_path: Path, name: bytes, shown: str):
    Path(os.fsdecode(os.fsencode(tmp_path) + b"/" + name)).write_text("x")
    assert found(tmp_path) == []
    (problem,) = problems(tmp_path)
    assert problem.splitlines()[0].startswith(f"stories/{shown}: error: the file's name ")


def test_names_in_any_script_are_good_names(tmp_path: Path):
    names = ["Порт.md", "港\u3000の朝.md", "it's a day.md", "no\u00a0break.md"]
    for name in names:
        (tmp_path / name).write_text("x")
    assert found(tmp_path) == sorted(names)
