"""A folder behind a real ssh server: only what changed, in order, and nothing of anybody else's."""

import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import msgspec
import pytest

from broadsheet.cache import lock
from broadsheet.errors import BroadsheetError
from broadsheet.publish import program, rsync
from tests.conftest import Workshop, story
from tests.publish.conftest import codes, files, wanted

Publisher = Callable[..., tuple[Workshop, Any]]


@pytest.fixture
def remote(tmp_path: Path) -> Path:
    return tmp_path / "far away"


@pytest.fixture
def settings(remote: Path, ssh_options: list[str]) -> str:
    said = msgspec.json.encode(ssh_options).decode()
    return f'kind = "rsync"\ndestination = "127.0.0.1:{remote}"\nssh = {said}'


def test_the_folder_holds_the_site(publisher: Publisher, settings: str, remote: Path):
    made, send = publisher(settings)
    assert send().sent
    assert files(remote) == wanted(made)
    assert send().changes.empty


def test_only_what_changed_is_sent_and_what_is_gone_goes_with_its_folders(
    publisher: Publisher, settings: str, remote: Path
):
    made, send = publisher(settings)
    made.write("-- content/static/plans/quay.txt --\nThe new quay.\n")
    send()
    before = {path: (remote / path).stat().st_ino for path in files(remote)}
    made.write(story("one", "2025-05-07", section="World", topics="[Rome]", body="The smoke was white."))
    made.write(story("füü bär", "2025-05-07", section="World"))
    (made.root / "content/static/plans/quay.txt").unlink()
    (made.root / "content/stories/2025/05/three.md").unlink()
    done = send()
    assert files(remote) == wanted(made)
    after = {path: (remote / path).stat().st_ino for path in files(remote)}
    assert {path for path in after if before.get(path) != after[path]} == {*done.changes.new, *done.changes.changed}
    assert done.changes.gone == ("plans/quay.txt",)
    assert not (remote / "plans").exists()
    assert "withdrawn" in (remote / "2025/05/09/three/index.html").read_text()


def test_a_file_of_somebody_elses_is_left_alone_and_told(publisher: Publisher, settings: str, remote: Path):
    made, send = publisher(settings)
    send()
    (remote / "theirs, with spaces é.txt").write_text("theirs")
    (remote / "2025/05/09/three/theirs.txt").write_text("theirs")
    (made.root / "content/stories/2025/05/three.md").unlink()
    done = send()
    assert set(done.changes.others) == {"theirs, with spaces é.txt", "2025/05/09/three/theirs.txt"}
    assert "publish-other" in codes(made)
    assert (remote / "2025/05/09/three/theirs.txt").read_text() == "theirs"
    assert "withdrawn" in (remote / "2025/05/09/three/index.html").read_text()


def test_a_file_of_somebody_elses_in_the_way_stops_the_publication(publisher: Publisher, settings: str, remote: Path):
    made, send = publisher(settings)
    remote.mkdir()
    (remote / "index.html").write_text("their site")
    assert not send().sent
    assert codes(made) == ["publish-foreign"]
    assert files(remote) == {"index.html": b"their site"}


def test_an_interrupted_publication_goes_on_where_it_was(
    publisher: Publisher, settings: str, remote: Path, monkeypatch: pytest.MonkeyPatch
):
    made, send = publisher(settings)
    some = rsync.Rsync._some
    calls: list[list[str]] = []

    def breaking(target: rsync.Rsync, paths: Any, *words: str) -> bytes:
        calls.append(list(paths))
        if len(calls) == 3:
            raise KeyboardInterrupt
        return some(target, calls[-1], *words)

    with monkeypatch.context() as patch:
        patch.setattr(rsync.Rsync, "_some", breaking)
        with pytest.raises(KeyboardInterrupt):
            send()
    there = set(files(remote))
    assert there == {*calls[0], *calls[1]}
    done = send()
    assert not there & {*done.changes.new, *done.changes.changed}
    assert files(remote) == wanted(made)


def test_the_folder_that_holds_the_sources_is_refused(publisher: Publisher, settings: str, remote: Path):
    made, send = publisher(settings)
    shutil.copytree(made.root, remote)
    with pytest.raises(BroadsheetError, match="holds the sources of a site"):
        send()
    assert not (remote / "index.html").exists()


def test_what_a_transfer_left_that_was_killed_on_the_other_side_goes(publisher: Publisher, settings: str, remote: Path):
    made, send = publisher(settings)
    send()
    (remote / ".index.html.a1B2c3").write_text("half of i")
    (remote / ".their.notes.abcdef").write_text("theirs")
    made.write(story("one", "2025-05-07", section="World", topics="[Rome]", body="The smoke was white."))
    assert send().changes.others == (".their.notes.abcdef",)
    assert files(remote) == wanted(made) | {".their.notes.abcdef": b"theirs"}


def test_readers_may_read_all_of_it_whatever_the_umask(publisher: Publisher, settings: str, remote: Path):
    _, send = publisher(settings)
    before = os.umask(0o077)
    try:
        send()
    finally:
        os.umask(before)
    assert {path.stat().st_mode & 0o777 for path in remote.rglob("*") if path.is_file()} == {0o644}
    assert {path.stat().st_mode & 0o777 for path in (remote, *remote.rglob("*")) if path.is_dir()} == {0o755}


def test_an_rsync_that_outlives_its_publication_keeps_others_from_the_site(
    publisher: Publisher, settings: str, monkeypatch: pytest.MonkeyPatch
):
    made, _ = publisher(settings)

    def outlives(words: Any, **given: Any) -> Any:
        started = popen([sys.executable, "-c", "import time; time.sleep(60)"], pass_fds=given["pass_fds"])
        outliving.append(started)
        raise KeyboardInterrupt

    outliving: list[subprocess.Popen[bytes]] = []
    popen = subprocess.Popen
    with monkeypatch.context() as patch, lock.held(made.root, "publish"):
        patch.setattr(subprocess, "Popen", outlives)
        with pytest.raises(KeyboardInterrupt):
            program.run(["rsync"], code="target-rsync", place="there")
    try:
        with pytest.raises(BroadsheetError, match="is working on this site"), lock.held(made.root, "publish"):
            pass
    finally:
        outliving[0].kill()
        outliving[0].wait()
    with lock.held(made.root, "publish"):
        pass


def test_a_host_that_does_not_answer_is_a_clear_error(publisher: Publisher, settings: str):
    _, send = publisher(settings.replace('"-p",', '"-p", "9", "-p",'))
    with pytest.raises(BroadsheetError) as caught:
        send()
    assert caught.value.problem.code == "target-rsync"
    assert "Try it: ssh" in caught.value.problem.hint
