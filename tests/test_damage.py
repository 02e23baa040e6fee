"""What happens to a site whose cache is damaged: nothing. Every file is taken as it was written, or made anew."""

import os
import random
import shutil
from collections.abc import Callable
from pathlib import Path

import msgspec
import pytest
from click.testing import CliRunner

from broadsheet.cli import program
from broadsheet.commands import Call
from broadsheet.config import Site, open_site
from broadsheet.errors import Report
from broadsheet.pipeline import Options, build
from tests.conftest import NOW, SETTINGS, Workshop, story
from tests.render.images.test_variants import photo

SETTING = """edition = "monthly"
sections = ["World"]
[tool.broadsheet.targets.shelf]
kind = "folder"
path = "published"
"""
RAW = (
    "The mole is closed\n\nBy Ada Moll\n\n3 May 2025\n\n"
    + "Nobody may walk on the mole before the storm is over.\n" * 6
)
SEEN = ("output", "published/current", "content/stories")  # what people see, and the stories themselves
Harm = Callable[[Path], object]


def commands(root: Path) -> None:
    """All that fills and reads the cache, each of which has to succeed."""
    for words in (
        ["ingest"],
        ["build", "--no-ingest", "--now", "2025-06-01T12:00:00"],
        ["check"],
        ["publish", "shelf"],
    ):
        result = CliRunner().invoke(program, ["--site", str(root), *words], obj=Call(root, {}))
        assert result.exit_code == 0, (words, result.output, result.exception)


def files(root: Path, *folders: str) -> dict[str, bytes]:
    """Every file in these folders, but for what no reader sees of an output folder."""
    return {
        file.relative_to(root).as_posix(): file.read_bytes()
        for folder in folders
        for file in (root / folder).rglob("*")
        if file.is_file() and file.name not in (".broadsheet", ".gitignore")
    }


def edited(root: Path) -> None:
    """A later day: a story has another headline, the output was deleted."""
    file = root / "content/stories/2025/05/one.md"
    file.write_text(file.read_text().replace("Ferry", "The ferry"))
    shutil.rmtree(root / "output")


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A site that was built, checked and published."""
    made = Workshop(tmp_path_factory.mktemp("damage") / "site")
    made.write(f"-- pyproject.toml --\n{SETTINGS}{SETTING}")
    made.write(
        story(
            "one",
            "2025-05-07",
            title="Ferry leaves at nine",
            section="World",
            image="{src: pictures/boat.jpg, alt: A boat}",
        )
    )
    made.write(
        story("two", "2025-05-08", section="World", body="Words.\n\n![A plan](pictures/plan.svg)", thread="Boats")
    )
    made.write(story("three", "2025-05-08", section="World", title="Ferry returns", thread="Boats"))
    (made.root / "content/pictures").mkdir()
    photo(600, 400).save(made.root / "content/pictures/boat.jpg")
    (made.root / "content/pictures/plan.svg").write_text(
        '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 40 20"><path d="M0 0h9"/></svg>'
    )
    (made.root / "content/inbox").mkdir()
    (made.root / "content/inbox/mole.txt").write_text(RAW)
    commands(made.root)
    return made.root


@pytest.fixture
def copied(site: Path, tmp_path: Path) -> Path:
    shutil.copytree(site, tmp_path / "site", symlinks=True)
    return tmp_path / "site"


@pytest.fixture(scope="module")
def expected(site: Path, tmp_path_factory: pytest.TempPathFactory) -> dict[str, bytes]:
    """What the site is on the later day where nothing was kept."""
    root = tmp_path_factory.mktemp("clean") / "site"
    shutil.copytree(site, root, symlinks=True)
    shutil.rmtree(root / ".broadsheet")
    edited(root)
    commands(root)
    return files(root, *SEEN)


def cached(root: Path) -> list[Path]:
    found = sorted(file for file in (root / ".broadsheet").rglob("*") if file.is_file())
    kinds = {file.relative_to(root / ".broadsheet").parts[0] for file in found}
    assert kinds >= {"cache.db", "pictures", "cards", "templates", "snapshot", "shelf.msgpack", "check.msgpack"}
    return found


def garbled(file: Path) -> None:
    file.write_bytes(random.Random(file.name).randbytes(max(20, file.stat().st_size)))


def turned(file: Path) -> None:
    """One bit in the middle is another."""
    data = bytearray(file.read_bytes() or b"\0")
    data[len(data) // 2] ^= 1
    file.write_bytes(data)


def foreign(file: Path) -> None:
    """Another file of the cache stands in its place."""
    others = sorted(other for other in file.parent.iterdir() if other.is_file() and other != file)
    data = others[0].read_bytes() if others else b"GIF89a"
    file.unlink()
    file.write_bytes(data)


def a_folder(file: Path) -> None:
    file.unlink()
    (file / "in it").mkdir(parents=True)


def a_link(file: Path) -> None:
    file.unlink()
    file.symlink_to(file.with_name("nothing"))


def a_pipe(file: Path) -> None:
    file.unlink()
    os.mkfifo(file)


WAYS: dict[str, Harm] = {
    "empty": lambda file: os.truncate(file, 0),
    "cut short": lambda file: os.truncate(file, file.stat().st_size // 2),
    "zeros": lambda file: file.write_bytes(bytes(file.stat().st_size)),
    "garbled": garbled,
    "one bit": turned,
    "longer": lambda file: file.write_bytes(file.read_bytes() + b"\n"),
    "foreign": foreign,
    "folder": a_folder,
    "link": a_link,
    "pipe": a_pipe,
    "gone": Path.unlink,
}


@pytest.mark.parametrize("way", WAYS)
def test_all_of_the_cache_is_damaged_and_no_byte_of_the_site_is_another(
    copied: Path, expected: dict[str, bytes], way: str
):
    for file in cached(copied):
        WAYS[way](file)
    edited(copied)
    commands(copied)
    assert files(copied, *SEEN) == expected
    commands(copied)
    assert files(copied, *SEEN) == expected


@pytest.mark.parametrize("way", ["empty", "garbled", "one bit", "foreign"])
def test_one_file_of_the_cache_is_damaged_and_no_byte_of_the_site_is_another(
    copied: Path, expected: dict[str, bytes], way: str
):
    kinds: dict[str, Path] = {}
    for file in cached(copied):
        kinds[f"{file.relative_to(copied / '.broadsheet').parts[0]}{file.suffix}"] = file
    for kind, file in kinds.items():
        root = copied.with_name(kind)
        shutil.copytree(copied, root, symlinks=True)
        WAYS[way](root / file.relative_to(copied))
        edited(root)
        commands(root)
        assert files(root, *SEEN) == expected, kind


@pytest.mark.parametrize("folder", ["pictures", "cards", "templates"])
@pytest.mark.parametrize("what", ["file", "link"])
def test_a_folder_of_the_cache_is_something_else_and_no_byte_of_the_site_is_another(
    copied: Path, expected: dict[str, bytes], folder: str, what: str
):
    path = copied / ".broadsheet" / folder
    shutil.rmtree(path)
    if what == "file":
        path.write_bytes(b"x")
    else:
        path.symlink_to("nowhere")
    edited(copied)
    commands(copied)
    assert files(copied, *SEEN) == expected


def test_a_damaged_cache_that_nothing_is_taken_from_is_not_even_read(copied: Path):
    commands(copied)  # the copy is as new as its times say
    before = files(copied, *SEEN)
    for file in cached(copied):
        if file.parent.name in ("cards", "templates") or "pictures" in file.parts:
            os.truncate(file, 0)
    commands(copied)
    assert files(copied, *SEEN) == before


@pytest.mark.parametrize("seed", range(8))
def test_a_database_with_bytes_altered_anywhere_changes_no_byte_of_the_site(
    copied: Path, expected: dict[str, bytes], seed: int
):
    dice = random.Random(seed)
    file = copied / ".broadsheet/cache.db"
    data = bytearray(file.read_bytes())
    for _ in range(dice.choice([1, 20, 400])):
        data[dice.randrange(len(data))] = dice.randrange(256)
    file.write_bytes(data)
    edited(copied)
    commands(copied)
    assert files(copied, *SEEN) == expected


@pytest.mark.parametrize("way", ["empty", "garbled", "folder", "link", "gone"])
def test_what_a_preview_left_is_damaged_and_the_next_one_shows_the_site_as_it_is(copied: Path, way: str):
    site, work = open_site(copied), ".broadsheet/preview/8000"
    here = Site(site.root, msgspec.structs.replace(site.settings, output=f"{work}/site"), work)
    build(here, Options(NOW, preview=True), Report())
    before = files(copied, f"{work}/site")
    for file in sorted((copied / work).rglob("*")):
        if file.is_file():
            WAYS[way](file)
    report = Report()
    build(here, Options(NOW, preview=True), report)
    assert not report.count("error")
    after = files(copied, f"{work}/site")
    assert {path: after.get(path) for path in before} == before
