"""A folder with releases: switched in one step, gone on with after an interruption, brought back when it was wrong."""

import datetime as dt
import os
import re
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from broadsheet import disk
from broadsheet.cli import program
from broadsheet.commands import Call
from broadsheet.errors import BroadsheetError
from tests.conftest import NOW, Workshop, at_work, story
from tests.publish.conftest import codes, fetch, files, wanted

pytestmark = pytest.mark.slow

Publisher = Callable[..., tuple[Workshop, Any]]
FOLDER = 'kind = "folder"\npath = "../www"\nkeep = 3'


def later(minutes: int) -> dt.datetime:
    return NOW + dt.timedelta(minutes=minutes)


def current(made: Workshop) -> Path:
    return made.root.parent / "www/current"


def releases(made: Workshop) -> list[str]:
    return sorted(entry.name for entry in (made.root.parent / "www/releases").iterdir() if entry.is_dir())


def test_readers_get_the_site_and_none_of_our_own_lists(publisher: Publisher):
    made, send = publisher(FOLDER)
    assert send().sent
    assert files(current(made)) == wanted(made)
    assert not {".broadsheet", ".gitignore"} & files(current(made)).keys()


def test_only_what_changed_is_written_and_the_rest_is_the_same_file(publisher: Publisher):
    made, send = publisher(FOLDER)
    send()
    before = {path: (current(made) / path).stat().st_ino for path in files(current(made))}
    made.write(story("one", "2025-05-07", section="World", topics="[Rome]", body="The smoke was white."))
    done = send(now=later(1))
    after = {path: (current(made) / path).stat().st_ino for path in files(current(made))}
    assert {path for path in after if before.get(path) != after[path]} == {*done.changes.new, *done.changes.changed}
    assert "2025/05/07/one/index.html" in done.changes.changed
    assert files(current(made)) == wanted(made)


def test_a_publication_without_a_change_makes_no_release(publisher: Publisher):
    made, send = publisher(FOLDER)
    send()
    done = send(now=later(1))
    assert done.changes.empty
    assert done.sent
    assert len(releases(made)) == 1


def test_the_last_releases_are_kept_each_as_it_was_published(publisher: Publisher):
    made, send = publisher(FOLDER)
    published = []
    for number in range(6):
        made.write(story("one", "2025-05-07", section="World", body=f"Version {'abcdef'[number]}."))
        if number == 3:
            made.write(story("four", "2025-05-10"))
        send(now=later(number))
        published.append(wanted(made))
    kept = releases(made)
    assert len(kept) == 3
    assert [files(made.root.parent / "www/releases" / name) for name in kept] == published[-3:]


def test_what_was_changed_by_hand_in_any_release_reaches_no_reader(publisher: Publisher):
    made, send = publisher(FOLDER)
    for number in range(3):
        made.write(story("one", "2025-05-07", section="World", body=f"Version {'abc'[number]}."))
        send(now=later(number))
    oldest = made.root.parent / "www/releases" / releases(made)[0]
    (oldest / "2025/05/08/two/index.html").unlink()
    (oldest / "2025/05/08/two/index.html").write_text("another")
    (oldest / "2025/05/08/two/note.txt").write_text("mine")
    (current(made) / "2025/05/09/three/index.html").write_text("in place, so in all of them")
    made.write(story("one", "2025-05-07", section="World", body="Version d."))
    send(now=later(3))
    assert files(current(made)) == wanted(made)
    assert not oldest.exists()  # it was made the newest


def test_what_was_written_is_not_read_again(publisher: Publisher, monkeypatch: pytest.MonkeyPatch):
    _, send = publisher(FOLDER)
    send()
    monkeypatch.setattr("broadsheet.publish.bundle.read", lambda _root, path: pytest.fail(f"{path} was read"))
    assert send(now=later(1)).changes.empty


def test_two_publications_in_one_second_make_two_releases(publisher: Publisher):
    made, send = publisher(FOLDER)
    for number in range(3):
        made.write(story("one", "2025-05-07", section="World", body=f"Version {'abcdef'[number]}."))
        send()
    assert len(releases(made)) == 3
    assert files(current(made)) == wanted(made)


def test_what_somebody_else_put_into_the_current_release_is_carried_on_and_told(publisher: Publisher):
    made, send = publisher(FOLDER)
    send()
    (current(made) / "proof-of-owner.html").write_text("mine")
    (current(made) / "2025/05/07/one").joinpath("notes.txt").write_text("mine too")
    (made.root / "content/stories/2025/05/one.md").unlink()
    done = send(now=later(1))
    assert done.changes.others == ("2025/05/07/one/notes.txt", "proof-of-owner.html")
    assert "publish-other" in codes(made)
    assert (current(made) / "proof-of-owner.html").read_text() == "mine"
    assert "withdrawn" in (current(made) / "2025/05/07/one/index.html").read_text()


def test_an_interrupted_publication_leaves_readers_the_old_release_and_is_gone_on_with(
    publisher: Publisher, monkeypatch: pytest.MonkeyPatch
):
    made, send = publisher(FOLDER)
    send()
    old = wanted(made)
    for number in range(8):
        made.write(story(f"more-{number}", "2025-05-10", body=f"More, {number}."))
    made.build()
    written: list[str] = []

    def breaking(path: str, data: bytes, mode: int | None = None, write: Any = disk.write) -> Any:
        if "/.unfinished/" in path:
            written.append(path)
            if len(written) == 5:
                raise KeyboardInterrupt
        return write(path, data, mode)

    with monkeypatch.context() as patch:
        patch.setattr(disk, "write", breaking)
        with pytest.raises(KeyboardInterrupt):
            send(now=later(1))
    assert files(current(made)) == old
    first = set(written[:4])

    def watched(path: str, data: bytes, mode: int | None = None, write: Any = disk.write) -> Any:
        written.append(path)
        return write(path, data, mode)

    written.clear()
    with monkeypatch.context() as patch:
        patch.setattr(disk, "write", watched)
        done = send(now=later(2))
    assert not first & set(written)
    assert done.resend_check.resends == ()
    assert files(current(made)) == wanted(made)


def test_what_a_publication_had_begun_to_write_when_it_was_killed_is_removed_by_the_next(publisher: Publisher):
    made, send = publisher(FOLDER)
    send()
    releases = current(made).resolve().parent
    left = releases / ".20250510T120000Z.json.4711.tmp"  # as disk.scrap names it
    left.write_text("{")
    made.write(story("more", "2025-05-10"))
    made.build()
    send(now=later(1))
    assert not left.exists()
    assert [name for name in os.listdir(releases) if name.startswith(".")] == []


def test_a_dry_run_tells_what_would_change_and_changes_nothing(publisher: Publisher):
    made, send = publisher(FOLDER)
    done = send(dry=True)
    assert not done.sent
    assert set(done.changes.new) == set(wanted(made))
    assert not (made.root.parent / "www").exists()
    assert not (made.root / "content/published").exists()


def test_a_folder_whose_current_is_no_link_is_refused(publisher: Publisher):
    made, send = publisher(FOLDER)
    (made.root.parent / "www/current").mkdir(parents=True)
    with pytest.raises(BroadsheetError, match="is not a link"):
        send()


@pytest.mark.parametrize("place", ["www", "www/releases", "above", "circle"])
@pytest.mark.parametrize("words", ["", "--dry-run", "--releases", "--rollback", "release --rebuild"])
@pytest.mark.parametrize("form", [[], ["--json"]])
def test_what_is_no_folder_where_one_has_to_be_is_a_clear_error_of_every_command(
    publisher: Publisher, place: str, words: str, form: list[str]
):
    made, _ = publisher(FOLDER.replace("../www", "../above/www") if place == "above" else FOLDER)
    file = made.root.parent / ("www" if place == "circle" else place)
    file.parent.mkdir(exist_ok=True)
    if place == "circle":
        file.symlink_to("www")
    else:
        file.write_text("Somebody's own.")
    command = words.split() if words.startswith("release") else ["publish", *words.split()]
    asked = ["--site", str(made.root), *command, "live", *form]
    done = CliRunner().invoke(program, asked, obj=Call(made.root))
    assert isinstance(done.exception, BroadsheetError), done.exception
    assert done.exception.problem.code == "unwritable"
    assert re.search("Not a directory|Too many levels", done.exception.problem.message)
    assert place == "circle" or file.read_text() == "Somebody's own."


def test_a_site_that_is_being_built_is_not_published(publisher: Publisher):
    made, send = publisher(FOLDER)
    with at_work(made.root, "build"), pytest.raises(BroadsheetError, match=r"broadsheet build .* is working"):
        send()


def test_a_reader_in_the_middle_of_publications_never_meets_a_dead_link_or_a_missing_style_sheet(
    publisher: Publisher, web: Callable[[Path], str]
):
    made, send = publisher(FOLDER)
    send()
    address = web(current(made))
    missing: list[str] = []
    rounds = 0
    over = threading.Event()

    def read() -> None:
        nonlocal rounds
        while not over.is_set():
            _, front = fetch(address, "/")
            links = set(re.findall(r'(?:href|src)="(/[^"#]*)', front.decode()))
            missing.extend(link for link in sorted(links) if fetch(address, link)[0] != 200)
            rounds += 1

    reader = threading.Thread(target=read)
    reader.start()
    try:
        for number in range(4):
            made.write(f"-- themes/broadsheet/static/style.css --\nbody {{ margin: {number}px }}\n")
            made.write(story(f"late-{number}", "2025-05-20", body=f"Late, {number}."))
            send(now=later(number))
    finally:
        over.set()
        reader.join()
    assert rounds
    assert not missing


@pytest.mark.parametrize(
    ("path", "reason"),
    [
        ("content", "is the folder of content"),
        ("content/stories", "lies in the folder of content"),
        ("output", "is the folder of the built site"),
        ("themes/x", "lies in the folder of themes"),
        (".broadsheet/www", "lies in the folder of the cache"),
        (".", "is the folder of the site"),
        ("..", "is a folder above the site's own"),
        ("/", "is a folder above the site's own"),
        ("../{name}/content", "is the folder of content"),
    ],
)
def test_a_folder_in_which_releases_would_do_harm_is_refused(publisher: Publisher, path: str, reason: str):
    made, send = publisher(FOLDER)
    settings = made.root / "pyproject.toml"
    settings.write_text(settings.read_text().replace("../www", path.replace("{name}", made.root.name)))
    before = files(made.root / "content")
    with pytest.raises(BroadsheetError) as caught:
        send()
    assert caught.value.problem.code == "target-harmful"
    assert reason in caught.value.problem.message
    assert files(made.root / "content") == before


@pytest.mark.parametrize("path", ["../www", "../www/", "../other/../www"])
def test_two_targets_in_one_folder_are_refused(publisher: Publisher, path: str):
    made, send = publisher(FOLDER)
    settings = made.root / "pyproject.toml"
    settings.write_text(f'{settings.read_text()}[tool.broadsheet.targets.second]\nkind = "folder"\npath = "{path}"\n')
    with pytest.raises(BroadsheetError, match="the target 'second' is at the same place") as caught:
        send(target="live")
    assert caught.value.problem.place.line
    assert not (made.root.parent / "www").exists()


def test_a_link_into_the_content_is_as_harmful(publisher: Publisher):
    made, send = publisher(FOLDER)
    (made.root.parent / "www").symlink_to(made.root / "content")
    with pytest.raises(BroadsheetError, match="is the folder of content"):
        send()


def test_readers_may_read_all_of_it_whatever_the_umask(publisher: Publisher):
    made, send = publisher(FOLDER.replace("../www", "../web/www"))
    before = os.umask(0o077)
    try:
        send()
        made.write(story("one", "2025-05-07", section="World", body="The smoke was white."))
        send(now=later(1))
    finally:
        os.umask(before)
    release = (made.root.parent / "web/www/current").resolve()
    assert {path.stat().st_mode & 0o777 for path in release.rglob("*") if path.is_file()} == {0o644}
    folders = [release, *(path for path in release.rglob("*") if path.is_dir())]
    above = [release.parent, release.parent.parent, release.parent.parent.parent]
    assert {path.stat().st_mode & 0o777 for path in (*folders, *above)} == {0o755}


@pytest.mark.parametrize("path", ["../www/current", "../www/current/news", "../www/releases", "../www/releases/news"])
def test_a_folder_among_the_releases_of_another_publication_is_refused(publisher: Publisher, path: str):
    made, send = publisher(FOLDER)
    send()
    before = files(made.root.parent / "www")
    settings = made.root / "pyproject.toml"
    settings.write_text(settings.read_text().replace("../www", path))
    with pytest.raises(BroadsheetError, match="lies among the releases of") as caught:
        send()
    assert caught.value.problem.code == "target-harmful"
    assert files(made.root.parent / "www") == before
