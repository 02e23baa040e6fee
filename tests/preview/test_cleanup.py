"""What previews that have ended left behind goes when the next one begins; what a running one needs stays."""

import socket
from pathlib import Path

from broadsheet.preview.cleanup import prune


def test_the_folders_of_dead_ports_go_and_those_of_living_ones_and_ones_own_stay(tmp_path: Path):
    with socket.socket() as living, socket.socket() as dying:
        living.bind(("127.0.0.1", 0))
        living.listen()
        dying.bind(("127.0.0.1", 0))
        alive, dead = living.getsockname()[1], dying.getsockname()[1]
        dying.close()
        own = 1
        for name in (alive, dead, own, "notes"):
            (tmp_path / str(name) / "site").mkdir(parents=True)
        (tmp_path / "file").write_text("")
        prune(tmp_path, own)
        assert {entry.name for entry in tmp_path.iterdir()} == {str(alive), str(own), "notes", "file"}


def test_a_link_to_a_folder_elsewhere_is_not_followed(tmp_path: Path):
    elsewhere = tmp_path / "elsewhere"
    (elsewhere / "kept").mkdir(parents=True)
    folder = tmp_path / "preview"
    folder.mkdir()
    (folder / "2").symlink_to(elsewhere)
    prune(folder, 1)
    assert (elsewhere / "kept").is_dir()


def test_where_no_preview_ever_was_there_is_nothing_to_do(tmp_path: Path):
    prune(tmp_path / "preview", 1)
    assert not (tmp_path / "preview").exists()


def test_a_port_that_cannot_be_is_left_alone(tmp_path: Path):
    (tmp_path / "99999999").mkdir()
    prune(tmp_path, 1)
    assert (tmp_path / "99999999").is_dir()
