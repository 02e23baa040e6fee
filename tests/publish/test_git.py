"""A branch for hosts of pages: one commit a publication, on top of whatever is there."""

import contextlib
import os
import socket
import subprocess
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from broadsheet.errors import BroadsheetError, Problem
from broadsheet.publish import git, program
from tests.conftest import Workshop, story
from tests.publish.conftest import codes, wanted

Publisher = Callable[..., tuple[Workshop, Any]]
GIT = 'kind = "git"\nrepository = "../pages.git"\nbranch = "pages"\ndomain = "news.example.org"'
EDIT = story("one", "2025-05-07", section="World", topics="[Rome]", body="The smoke was white.")


def raw(folder: Path, *words: str, given: bytes = b"") -> bytes:
    who = ["-c", "user.name=Reed", "-c", "user.email=reed@example.org"]
    return subprocess.run(["git", *who, *words], cwd=folder, input=given, capture_output=True, check=True).stdout


def run(folder: Path, *words: str, given: bytes = b"") -> str:
    return raw(folder, *words, given=given).decode()


@pytest.fixture
def bare(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("GIT_CONFIG_GLOBAL", "/dev/null")
    (tmp_path / "pages.git").mkdir()
    run(tmp_path, "init", "--quiet", "--bare", "pages.git")
    return tmp_path / "pages.git"


def branch(bare: Path) -> dict[str, bytes]:
    names = run(bare, "ls-tree", "-r", "-z", "--name-only", "pages").split("\0")[:-1]
    return {name: raw(bare, "show", f"pages:{name}") for name in names}


def test_a_domain_in_any_script_is_named_as_hosts_know_it(publisher: Publisher, bare: Path):
    publisher(GIT.replace("news.example.org", "новини.example"))[1]()
    assert branch(bare)["CNAME"] == b"xn--b1amarcd.example\n"


def elsewhere(bare: Path, path: str, text: str) -> None:
    """Somebody else commits a file to the branch."""
    copy = bare.parent / "copy"
    run(bare.parent, "clone", "--quiet", "--branch", "pages", str(bare), str(copy))
    (copy / path).write_text(text)
    run(copy, "add", "-f", path)
    run(copy, "commit", "--quiet", "-m", "By hand")
    run(copy, "push", "--quiet")


def test_the_branch_holds_the_site_and_what_its_host_asks_for(publisher: Publisher, bare: Path):
    made, send = publisher(GIT)
    send()
    found = branch(bare)
    assert found.pop("CNAME") == b"news.example.org\n"
    assert found.pop(".nojekyll") == b""
    assert found == wanted(made)


def test_a_publication_is_one_commit_and_none_where_nothing_changed(publisher: Publisher, bare: Path):
    made, send = publisher(GIT)
    send()
    send()
    assert run(bare, "rev-list", "--count", "pages").strip() == "1"
    made.write(EDIT)
    done = send()
    assert run(bare, "rev-list", "--count", "pages").strip() == "2"
    touched = run(bare, "diff", "--name-only", "pages~", "pages").split()
    assert set(touched) == {*done.changes.new, *done.changes.changed}


def test_what_no_longer_belongs_is_deleted(publisher: Publisher, bare: Path):
    made, send = publisher(GIT)
    made.write("-- content/static/plans/quay.txt --\nThe new quay.\n")
    send()
    assert "plans/quay.txt" in branch(bare)
    (made.root / "content/static/plans/quay.txt").unlink()
    (made.root / "content/stories/2025/05/three.md").unlink()
    send()
    assert "plans/quay.txt" not in branch(bare)
    assert b"withdrawn" in branch(bare)["2025/05/09/three/index.html"]
    assert not {path for path in branch(bare) if path not in wanted(made)} - {"CNAME", ".nojekyll"}


def test_a_commit_of_somebody_else_is_built_upon_and_its_files_are_left_alone_and_told(
    publisher: Publisher, bare: Path
):
    made, send = publisher(GIT)
    send()
    elsewhere(bare, "humans.txt", "Reed\n")
    theirs = run(bare, "rev-parse", "pages").strip()
    made.write(EDIT)
    done = send()
    assert done.changes.others == ("humans.txt",)
    assert "publish-other" in codes(made)
    assert branch(bare)["humans.txt"] == b"Reed\n"
    assert run(bare, "rev-parse", "pages~").strip() == theirs


def test_a_commit_that_comes_in_between_is_never_overwritten(
    publisher: Publisher, bare: Path, monkeypatch: pytest.MonkeyPatch
):
    made, send = publisher(GIT)
    send()
    made.write(EDIT)
    there = git.Git.there

    def late(target: git.Git, bundle: Any) -> Any:
        found = there(target, bundle)
        elsewhere(bare, "humans.txt", "Reed\n")
        return found

    with monkeypatch.context() as patch:
        patch.setattr(git.Git, "there", late)
        with pytest.raises(BroadsheetError, match="publish again"):
            send()
    assert run(bare, "log", "-1", "--format=%s", "pages").strip() == "By hand"
    assert send().sent
    assert "The smoke was white." in branch(bare)["2025/05/07/one/index.html"].decode()
    assert "humans.txt" in branch(bare)


def test_a_branch_of_somebody_elses_is_not_overwritten_unless_that_is_accepted(publisher: Publisher, bare: Path):
    made, send = publisher(GIT)
    seed = run(bare, "commit-tree", "-m", "Old site", run(bare, "mktree", given=(
        b"100644 blob " + run(bare, "hash-object", "-w", "--stdin", given=b"old").strip().encode() + b"\tindex.html\n"
    )).strip()).strip()  # fmt: skip
    run(bare, "update-ref", "refs/heads/pages", seed)
    assert not send().sent
    assert [str(problem.place) for problem in made.problems("error")] == ["live:index.html"]
    assert branch(bare) == {"index.html": b"old"}
    assert send("index.html").sent
    assert branch(bare)["index.html"] == wanted(made)["index.html"]


def test_a_lost_work_folder_costs_nothing_but_time(publisher: Publisher, bare: Path):
    import shutil

    made, send = publisher(GIT)
    send()
    shutil.rmtree(made.root / ".broadsheet")
    made.write(EDIT)
    done = send()
    assert "2025/05/07/one/index.html" in done.changes.changed
    assert run(bare, "rev-list", "--count", "pages").strip() == "2"


def test_a_remote_of_the_sites_own_repository_is_known_by_its_name(publisher: Publisher, bare: Path):
    made, send = publisher('kind = "git"')
    run(made.root, "init", "--quiet")
    run(made.root, "remote", "add", "origin", str(bare))
    assert send().sent
    assert "index.html" in branch(bare)


def test_a_repository_that_cannot_be_reached_is_a_clear_error_without_the_login(publisher: Publisher, bare: Path):
    _, send = publisher(GIT.replace("../pages.git", "https://reed@127.0.0.1:9/none.git"))
    with pytest.raises(BroadsheetError) as caught:
        send()
    assert caught.value.problem.code == "target-git"
    assert "reed@" not in str(caught.value)


@contextlib.contextmanager
def listening(answer: bytes) -> Iterator[int]:
    """A server that says the same to everybody, and nothing more; its port."""
    ended = threading.Event()
    with socket.create_server(("127.0.0.1", 0)) as listener:

        def serve() -> None:
            held = []
            with contextlib.suppress(OSError):
                while not ended.is_set():
                    line, _ = listener.accept()
                    held.append(line)
                    if answer:
                        line.recv(65536)
                        line.sendall(answer)
            for line in held:
                line.close()

        thread = threading.Thread(target=serve)
        thread.start()
        try:
            yield listener.getsockname()[1]
        finally:
            ended.set()
            listener.shutdown(socket.SHUT_RDWR)
            thread.join()


def problem(send: Callable[[], Any]) -> Problem:
    with pytest.raises(BroadsheetError) as caught:
        send()
    return caught.value.problem


def test_a_server_that_asks_for_a_password_is_an_error_and_nobody_is_asked(publisher: Publisher, bare: Path):
    ask = b'HTTP/1.1 401 No\r\nWWW-Authenticate: Basic realm="x"\r\nContent-Length: 0\r\nConnection: close\r\n\r\n'
    with listening(ask) as port:
        _, send = publisher(GIT.replace("../pages.git", f"http://127.0.0.1:{port}/x.git"))
        found = problem(send)
    assert "could not read Username" in found.message
    assert "without asking for a password" in found.hint


def test_a_server_that_says_nothing_is_given_up(publisher: Publisher, bare: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(program, "QUESTION", 0.5)
    with listening(b"") as port:
        _, send = publisher(GIT.replace("../pages.git", f"http://127.0.0.1:{port}/x.git"))
        assert problem(send).message == "git: had not ended after 0.5 seconds, and was stopped"


def test_a_token_of_a_remote_is_shown_nowhere(publisher: Publisher, bare: Path):
    made, send = publisher('kind = "git"')
    run(made.root, "init", "--quiet")
    run(made.root, "remote", "add", "origin", "http://reed:swordfish@127.0.0.1:9/x.git")
    found = problem(send)
    assert str(found.place) == "http://…@127.0.0.1:9/x.git"
    assert "swordfish" not in repr(found)


@pytest.mark.parametrize("own", ["", "GIT_SSH_COMMAND", "core.sshCommand"])
def test_ssh_is_told_to_ask_nobody_unless_its_command_is_somebodys_own(
    publisher: Publisher, bare: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, own: str
):
    (tmp_path / "bin").mkdir()
    ssh = tmp_path / "bin/ssh"
    ssh.write_text(f'#!/bin/sh\necho "$@" >> {tmp_path}/asked\nexit 255\n')
    ssh.chmod(0o755)
    monkeypatch.setenv("PATH", f"{ssh.parent}{os.pathsep}{os.environ['PATH']}")
    for name in ("GIT_SSH_COMMAND", "GIT_SSH"):
        monkeypatch.delenv(name, raising=False)
    if own == "GIT_SSH_COMMAND":
        monkeypatch.setenv(own, "ssh -i own.key")
    elif own:
        (tmp_path / "config").write_text("[core]\nsshCommand = ssh -i own.key\n")
        monkeypatch.setenv("GIT_CONFIG_GLOBAL", str(tmp_path / "config"))
    _, send = publisher(GIT.replace("../pages.git", "git@example.org:x.git"))
    problem(send)
    asked = (tmp_path / "asked").read_text()
    assert asked.startswith("-i own.key" if own else "-o BatchMode=yes -o ConnectTimeout=20")


def test_a_publication_from_a_hook_of_another_repository_goes_where_it_belongs(
    publisher: Publisher, bare: Path, monkeypatch: pytest.MonkeyPatch
):
    made, send = publisher('kind = "git"')
    run(made.root, "init", "--quiet")
    run(made.root, "remote", "add", "origin", str(bare))
    monkeypatch.setenv("GIT_DIR", ".")
    monkeypatch.setenv("GIT_INDEX_FILE", "index.lock")
    assert send().sent
    monkeypatch.undo()
    assert "index.html" in branch(bare)


def test_the_branch_that_holds_the_sources_is_refused(publisher: Publisher, bare: Path):
    made, send = publisher(GIT.replace('branch = "pages"', 'branch = "main"'))
    run(made.root, "init", "--quiet", "--initial-branch=main")
    run(made.root, "add", "--all")
    run(made.root, "commit", "--quiet", "--message=sources")
    run(made.root, "push", "--quiet", str(bare), "main")
    tip = run(bare, "rev-parse", "main")
    with pytest.raises(BroadsheetError) as caught:
        send()
    assert caught.value.problem.code == "target-harmful"
    assert run(bare, "rev-parse", "main") == tip
