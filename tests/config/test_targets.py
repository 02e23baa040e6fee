"""Targets are typed; what is wrong with one is said with its line and the nearest known name, all at once."""

from pathlib import Path

import pytest

from broadsheet.config import load
from broadsheet.config.targets import KINDS, FolderTarget, GitTarget, RsyncTarget, S3Target

GOOD = """
[tool.broadsheet.targets.live]
kind = "rsync"
destination = "you@example.org:/var/www/news"
ssh = ["-p", "2222"]
[tool.broadsheet.targets.here]
kind = "folder"
path = "~/www"
[tool.broadsheet.targets.pages]
kind = "git"
[tool.broadsheet.targets.bucket]
kind = "s3"
bucket = "news"
"""


def problems(tmp_path: Path, table: str) -> list[str]:
    (tmp_path / "pyproject.toml").write_text(f"[tool.broadsheet]\n{table}")
    _, found = load(tmp_path)
    return [str(problem) for problem in found]


def test_every_kind_of_target_is_typed(tmp_path: Path):
    assert not problems(tmp_path, GOOD)
    site, _ = load(tmp_path)
    assert site
    assert site.settings.targets == {
        "live": RsyncTarget(destination="you@example.org:/var/www/news", ssh=("-p", "2222")),
        "here": FolderTarget(path="~/www", keep=5),
        "pages": GitTarget(repository="origin", branch="pages"),
        "bucket": S3Target(bucket="news"),
    }


def test_every_mistake_is_told_at_once_with_its_line(tmp_path: Path):
    found = problems(
        tmp_path,
        '[tool.broadsheet.targets.live]\nkind = "folder"\npaht = "x"\nkeep = 0\n'
        '[tool.broadsheet.targets.there]\nkind = "ftp"\n'
        '[tool.broadsheet.targets.more]\npath = "x"\n'
        '[tool.broadsheet.targets.last]\nkind = "rsync"\ndestination = "/var/www"\nssh = "-p 22"\nurl = "example.org"\n',
    )
    assert [message.partition(": ")[0] for message in found] == [
        f"pyproject.toml:{line}" for line in (2, 4, 5, 7, 8, 12, 13, 14)
    ]
    assert "path is missing" in found[0]
    assert "Did you mean 'path'?" in found[1]
    assert "unknown kind 'ftp'" in found[3]
    assert "kind is missing" in found[4]
    assert "expected a list of texts" in found[6]


@pytest.mark.parametrize(
    "line",
    [
        'kind = "git"\nrepository = "https://reed:secret-word@example.org/x.git"',
        'kind = "s3"\nbucket = "x"\nendpoint = "https://reed:secret-word@example.org"',
        'kind = "rsync"\ndestination = "reed:secret-word@example.org:/var/www"',
        'kind = "git"\nrepository = "https://reed:secret-word@[example.org/x.git"',
    ],
)
def test_a_secret_in_the_settings_is_refused_and_not_repeated(tmp_path: Path, line: str):
    (message,) = problems(tmp_path, f"[tool.broadsheet.targets.live]\n{line}\n")
    assert "holds a password" in message
    assert "secret-word" not in message


@pytest.mark.parametrize(
    "line",
    [
        'kind = "git"\nrepository = "--upload-pack=x"',
        'kind = "git"\nbranch = "-f"',
        'kind = "git"\nbranch = "a..b"',
        'kind = "rsync"\ndestination = "-e:x"',
        'kind = "s3"\nbucket = "x"\nprefix = "../x"',
        'kind = "git"\ndomain = "a\\nb"',
        'kind = "git"\ndomain = "https://example.org/"',
        'kind = "git"\ndomain = "ü..example"',
    ],
)
def test_what_a_program_would_take_for_something_else_is_refused(tmp_path: Path, line: str):
    (message,) = problems(tmp_path, f"[tool.broadsheet.targets.live]\n{line}\n")
    assert "settings-value" in message


def test_a_name_that_is_no_file_name_is_refused(tmp_path: Path):
    (message,) = problems(tmp_path, '[tool.broadsheet.targets."../live"]\nkind = "git"\n')
    assert "cannot name a target" in message


def test_targets_in_one_line_have_that_line(tmp_path: Path):
    (message,) = problems(tmp_path, 'title = "x"\ntargets = { live = { kind = "folder", path = "x", keeps = 1 } }\n')
    assert message.startswith("pyproject.toml:3: ")
    assert "Did you mean 'keep'?" in message


def test_a_table_that_is_none_is_told(tmp_path: Path):
    assert "expected a table" in problems(tmp_path, 'targets = "live"\n')[0]
    assert "expected a table" in problems(tmp_path, 'targets = { live = "here" }\n')[0]


@pytest.mark.parametrize("path", ["x" * 5_000, "/".join(["www"] * 500), "../" + "ж" * 200])
def test_a_path_that_no_system_takes_is_refused_with_its_length_alone(tmp_path: Path, path: str):
    (message,) = problems(tmp_path, f'[tool.broadsheet.targets.live]\nkind = "folder"\npath = "{path}"\n')
    assert message.startswith(f"pyproject.toml:4: error: targets.live.path: it has {len(path):,} characters")
    assert len(message) < 300


def test_every_kind_of_target_says_where_its_files_go(tmp_path: Path):
    places = [kind().place(tmp_path)[0] for kind in KINDS.values()]
    assert sorted(places) == sorted(KINDS)
    assert FolderTarget(path="www/").place(tmp_path) == FolderTarget(path="./www").place(tmp_path)
