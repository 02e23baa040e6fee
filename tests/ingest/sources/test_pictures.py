"""Pictures beside a source come along; nothing else on the machine does."""

from __future__ import annotations

import datetime as dt
import zipfile
from pathlib import Path

import pytest

from broadsheet import config, ingest
from broadsheet.ingest import Draft, Hints, Source
from broadsheet.ingest.extract.draft import Found
from broadsheet.ingest.sources.index import fingerprint
from broadsheet.ingest.sources.pictures import StoryPictures
from broadsheet.model import Picture

NOW = dt.datetime(2025, 6, 1, tzinfo=dt.UTC)
PNG = b"\x89PNG\r\n\x1a\n" + b"pixels"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "in/News_files").mkdir(parents=True)
    (tmp_path / "in/News_files/Bridge at dawn.png").write_bytes(PNG)
    (tmp_path / "in/notes.png").write_text("not a picture")
    (tmp_path / "secret.png").write_bytes(PNG)
    (tmp_path / "in/link.png").symlink_to(tmp_path / "secret.png")
    return tmp_path / "in"


def pictures(folder: Path | str) -> StoryPictures:
    return StoryPictures(Source("a.html", b"", NOW, folder=str(folder)))


def test_a_picture_beside_the_source_gets_a_name_in_the_site(folder):
    found = pictures(folder)
    body = found.body('Text.\n\n![The *bridge*](News_files/Bridge%20at%20dawn.png "Dawn")\n\nMore.')  # fmt: skip
    [taken] = found.taken.values()
    assert body == f'Text.\n\n![The *bridge*]({taken.name} "Dawn")\n\nMore.'
    assert taken.name.startswith("pictures/bridge-at-dawn-")
    assert taken.name.endswith(".png")
    assert found.problems == []


@pytest.mark.parametrize(
    "src",
    [
        "../secret.png",
        "link.png",
        "notes.png",
        "gone.png",
        "/etc/passwd",
        "News_files",
        "%00",
        "<a\0b>",
        "data:x",
        "file:///x.png",
    ],
)
def test_what_is_no_picture_beside_the_source_is_left_out_and_told(folder, src):
    found = pictures(folder)
    assert found.body(f"![its words]({src})") == "its words"
    assert not found.taken
    assert [problem.code for problem in found.problems] == ["picture-missing"]
    assert "the text has its description instead: “its words”" in found.problems[0].message
    assert found.problems[0].hint.endswith("broadsheet ingest --again a.html")


def test_a_source_without_a_folder_has_no_pictures_beside_it():
    assert pictures("").body("![x](a.png)") == "x"


def test_a_remote_picture_stays_and_is_noted(folder):
    found = pictures(folder)
    assert found.body("![x](https://example.org/a.png)") == "![x](https://example.org/a.png)"
    assert [problem.code for problem in found.problems] == ["picture-remote"]


def test_text_that_only_looks_like_a_picture_is_text(folder):
    text = r"\![x](a.png) and [a link](a.png)"
    assert pictures(folder).body(text) == text


def test_a_filed_story_has_its_pictures_beside_it(folder, tmp_path):
    def read(source: Source, hints: Hints) -> tuple[Draft, ...]:
        image = Found(Picture("News_files/Bridge at dawn.png", alt="A bridge"), "", 0.9)
        return (
            Draft(Found("One", "", 0.9), "A text. " * 30, (), date=Found(dt.date(2025, 5, 8), "", 0.9), image=image),
        )

    root = tmp_path / "site"
    root.mkdir()
    (root / "pyproject.toml").write_text("[tool.broadsheet]\n")
    (folder / "News.html").write_text("x")
    site = config.open_site(root)
    outcome = ingest.run(site, (folder / "News.html",), ingest.Options(NOW, read=read))
    assert [row.deed for row in outcome.filed] == ["new"]
    [picture] = (site.content / "pictures").iterdir()
    assert picture.read_bytes() == PNG
    assert f"src: pictures/{picture.name}" in (site.stories / "2025/05/one.md").read_text()


def test_a_picture_in_an_archive_comes_along_with_the_story_beside_it(tmp_path):
    root = tmp_path / "site"
    root.mkdir()
    (root / "pyproject.toml").write_text("[tool.broadsheet]\n")
    with zipfile.ZipFile(tmp_path / "in.zip", "w") as packed:
        packed.writestr("week/a.md", f"---\ntitle: One\n---\n\n{'A text. ' * 30}\n\n![A bridge](img/b.png)\n")
        packed.writestr("week/img/b.png", PNG)
        packed.writestr("secret.png", PNG)
    site = config.open_site(root)
    outcome = ingest.run(site, (tmp_path / "in.zip",), ingest.Options(NOW))
    [row] = outcome.filed
    [picture] = (site.content / "pictures").iterdir()
    assert picture.read_bytes() == PNG
    assert f"![A bridge](pictures/{picture.name})" in (site.stories / row.story).read_text()


def test_a_picture_that_a_source_itself_holds_comes_along_and_no_other_by_its_name():
    found = StoryPictures(Source("a.docx", b"", NOW), {"image 1.png": PNG, "fake.png": b"no picture"})
    shown = found.body("![A kiln](image%201.png) ![Fake](fake.png)")
    [taken] = found.taken.values()
    assert taken.data() == PNG
    assert shown == f"![A kiln]({taken.name}) Fake"
    assert [problem.code for problem in found.problems] == ["picture-missing"]


@pytest.mark.parametrize("src", ["../../secret.png", "/secret.png", "gone.png", "notes.png", "", "."])
def test_what_is_no_picture_in_the_archive_is_left_out_and_told(tmp_path, src):
    with zipfile.ZipFile(tmp_path / "in.zip", "w") as packed:
        packed.writestr("week/notes.png", "not a picture")
    (tmp_path / "secret.png").write_bytes(PNG)
    found = StoryPictures(Source("in.zip/week/a.md", b"", NOW, folder="week", archive=str(tmp_path / "in.zip")))
    assert found.body(f"![its words]({src})") == "its words"
    assert not found.taken


@pytest.mark.parametrize("text", ["![", "[", "![](", "![]( ", "![](<", "![\\", "![a](b 'c"])
def test_a_text_of_nothing_but_marks_is_read_in_no_time(text):
    for hostile in (text * 30_000, f"![a]({text}" + " " * 100_000):  # its square would be minutes
        assert pictures("").body(hostile) == hostile
        fingerprint("A title", hostile)


def test_pictures_come_along_however_they_are_written(folder):
    (folder / "a(1).png").write_bytes(PNG)
    found = pictures(folder)
    body = found.body(
        "![x](a(1).png) ![y][r] `![z](a(1).png)`\n\n    ![z](a(1).png)\n\n[r]: <News_files/Bridge at dawn.png>"
    )
    one, other = found.taken.values()
    assert body == f"![x]({one.name}) ![y][r] `![z](a(1).png)`\n\n    ![z](a(1).png)\n\n[r]: {other.name}"
    assert found.problems == []
