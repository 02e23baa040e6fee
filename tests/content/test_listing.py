"""What is called like a story file and is none is a problem, and is never opened."""

from __future__ import annotations

import os
import socket
from pathlib import Path

import pytest

from broadsheet import disk
from broadsheet.content import listing
from broadsheet.content.listing import StaticFiles
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


def test_a_link_that_leads_out_of_the_content_is_no_story_and_one_within_it_is(tmp_path: Path):
    stories = tmp_path / "content/stories"
    stories.mkdir(parents=True)
    (tmp_path / "notes.md").write_text("x")
    (stories / "real.md").write_text("x")
    (stories / "out.md").symlink_to(tmp_path / "notes.md")
    (stories / "within.md").symlink_to("real.md")
    assert found(stories) == ["real.md", "within.md"]
    (problem,) = problems(stories)
    assert problem.startswith("stories/out.md: error: is not published: it is a link that points outside the content")


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


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    made = tmp_path / "site/content/static"
    made.mkdir(parents=True)
    return made


def write(folder: Path, *paths: str, text: str = "x") -> None:
    for path in paths:
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_text(text)


def read(folder: Path, known: dict[str, listing.KnownFile] | None = None) -> StaticFiles:
    return listing.static_files(folder.parents[1], folder, "content/static", known or {})


def paths(folder: Path) -> list[str]:
    return [asset.path for asset in read(folder).assets]


def said(folder: Path) -> dict[str, str]:
    """Gravity and message of what was left out, by the file's place."""
    return {str(one.place): f"{one.severity}: {one.message}" for one in read(folder).problems}


def test_a_folder_that_is_not_there_has_no_files(tmp_path: Path):
    assert read(tmp_path / "content/static") == StaticFiles((), {}, ())


def test_files_go_out_at_any_depth_in_the_order_of_their_paths(folder: Path):
    write(folder, "favicon.ico", "ads.txt", "papers/2025/plan.pdf", "Ordner/bücher.txt")
    found = read(folder)
    assert [asset.path for asset in found.assets] == [
        "Ordner/bücher.txt", "ads.txt", "favicon.ico", "papers/2025/plan.pdf"
    ]  # fmt: skip
    assert found.assets[1].name == "content/static/ads.txt"
    assert found.assets[1].file == str(folder / "ads.txt")
    assert found.problems == ()


def test_of_hidden_files_those_go_out_that_hosts_and_programs_look_for(folder: Path):
    good = [".htaccess", ".nojekyll", ".well-known/.hidden", ".well-known/acme/token", ".well-known/security.txt"]
    write(folder, *good, "below/.htaccess", ".hidden", "below/.hidden/file", "below/.well-known/x")
    assert paths(folder) == sorted([*good, "below/.htaccess"])
    assert said(folder) == {
        f"content/static/{path}": "warning: is not published: it is hidden"
        for path in (".hidden", "below/.hidden", "below/.well-known")
    }


@pytest.mark.parametrize("name", [".git/config", ".env", ".env.local", ".htpasswd", ".ssh/config", ".GIT/x"])
@pytest.mark.parametrize("inside", ["", "below/", ".well-known/"])
def test_what_may_hold_secrets_never_goes_out(folder: Path, inside: str, name: str):
    write(folder, f"{inside}{name}")
    assert paths(folder) == []
    assert said(folder) == {
        f"content/static/{inside}{name.partition('/')[0]}": "warning: is not published: files with this name usually hold secrets"
    }


@pytest.mark.parametrize("kind", ["", "RSA ", "OPENSSH ", "ENCRYPTED ", "EC "])
def test_a_private_key_never_goes_out_whatever_it_is_called(folder: Path, kind: str):
    write(folder, ".well-known/proof.txt", text=f"first\n-----BEGIN {kind}PRIVATE KEY-----\nMIIE\n")
    write(folder, "key.pem", text="-----BEGIN PUBLIC KEY-----\nMIIB\n")
    assert paths(folder) == ["key.pem"]
    assert said(folder) == {"content/static/.well-known/proof.txt": "warning: is not published: it holds a private key"}


@pytest.mark.parametrize("name", ["robots.txt~", ".robots.txt.swp", "#robots.txt#", ".#robots.txt", "a.bak", "a.ORIG"])
def test_what_an_editor_leaves_behind_is_noted(folder: Path, name: str):
    write(folder, name, "robots.txt")
    assert paths(folder) == ["robots.txt"]
    message = "note: is not published: it is a backup or temporary file of an editor"
    assert said(folder) == {f"content/static/{name}": message}


def test_what_systems_leave_in_folders_is_passed_over(folder: Path):
    write(folder, ".DS_Store", "Thumbs.db", ".gitkeep", "._favicon.ico", ".gitignore", "below/desktop.ini")
    assert read(folder) == StaticFiles((), {}, ())


def test_a_link_goes_out_where_it_stays_in_the_site(folder: Path, tmp_path: Path):
    write(folder.parent, "papers/plan.txt", text="plan")
    write(tmp_path, "secret.txt", "site/.git/config")
    (folder / "plan.txt").symlink_to("../papers/plan.txt")
    (folder / "out.txt").symlink_to(tmp_path / "secret.txt")
    (folder / "hidden.txt").symlink_to("../../.git/config")
    (folder / "folder").symlink_to("../papers")
    (folder / "nothing").symlink_to("none")
    assert paths(folder) == ["plan.txt"]
    leads = "warning: is not published: it is a link that leads out of the site, or to what is hidden in it"
    assert said(folder) == {
        "content/static/out.txt": leads,
        "content/static/hidden.txt": leads,
        "content/static/folder": "warning: is not published: it is a link to a folder",
        "content/static/nothing": "error: cannot read: No such file or directory",
    }


def test_links_that_lead_to_each_other_are_reported_with_their_name(folder: Path):
    write(folder, "plan.txt")
    (folder / "there").symlink_to("back")
    (folder / "back").symlink_to("there")
    assert paths(folder) == ["plan.txt"]
    assert said(folder).keys() == {"content/static/there", "content/static/back"}


def test_a_static_folder_that_leads_to_itself_is_reported(folder: Path):
    folder.rmdir()
    folder.symlink_to("static")
    assert said(folder).keys() == {"content/static"}


def test_a_folder_that_is_a_link_out_of_the_site_is_not_looked_into(folder: Path, tmp_path: Path):
    write(tmp_path, "elsewhere/secret.txt")
    folder.rmdir()
    folder.symlink_to(tmp_path / "elsewhere")
    assert paths(folder) == []
    assert said(folder) == {
        "content/static": "warning: is not published: it is a link that leads out of the site, or to what is hidden in it"
    }


@pytest.mark.skipif(os.name == "nt", reason="Windows has neither")
def test_what_is_no_file_is_named_and_never_opened(folder: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.chdir(folder)
    os.mkfifo("pipe")
    with socket.socket(socket.AF_UNIX) as made:
        made.bind("socket")
    assert paths(folder) == []
    assert set(said(folder).values()) == {"warning: is not published: it is not a file"}


def test_a_name_that_no_address_could_hold_is_an_error(folder: Path):
    (folder / os.fsdecode(b"odd-\xff.txt")).write_text("x")
    write(folder, "two\nlines.txt")
    assert paths(folder) == []
    message = "error: the file's name is not UTF-8, or holds a control character"
    assert said(folder) == {f"content/static/{name}": message for name in ("odd-\ufffd.txt", "two\ufffdlines.txt")}


def test_a_file_that_no_host_takes_is_left_out(folder: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(listing, "LARGEST", 1_000_000)
    write(folder, "film.mp4", text="x" * 1_000_001)
    write(folder, "song.mp3", text="x" * 1_000_000)
    assert paths(folder) == ["song.mp3"]
    assert said(folder) == {"content/static/film.mp4": "warning: is not published: it is larger than 1 MB"}


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() == 0, reason="nothing is closed to root")
def test_a_file_that_is_closed_to_us_is_an_error(folder: Path):
    write(folder, "closed.txt")
    (folder / "closed.txt").chmod(0)
    assert said(folder) == {"content/static/closed.txt": "error: cannot read: Permission denied"}


def test_a_file_that_was_not_touched_is_not_opened_again(folder: Path, monkeypatch: pytest.MonkeyPatch):
    write(folder, "a.txt", "b.txt")
    monkeypatch.setattr(disk, "settled", lambda _changed, _now: True)
    first = read(folder)
    opened: list[str] = []
    real = disk.read

    def noted(path: str, most: int) -> bytes:
        opened.append(path)
        return real(path, most)

    monkeypatch.setattr(disk, "read", noted)
    write(folder, "b.txt", text="longer")
    again = read(folder, first.known)
    assert opened == [f"{folder}/b.txt"]
    assert again.assets[0] == first.assets[0]
    assert again.assets[1].digest != first.assets[1].digest
    assert again.known.keys() == {"a.txt", "b.txt"}


def test_a_file_that_may_change_again_unseen_is_opened_the_next_time(folder: Path, monkeypatch: pytest.MonkeyPatch):
    write(folder, "a.txt")
    monkeypatch.setattr(disk, "settled", lambda _changed, _now: False)
    assert read(folder).known == {}
