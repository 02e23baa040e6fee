"""What is watched, and what editors leave beside a file that is not."""

from pathlib import Path

import pytest

from broadsheet.preview.watcher import WatchScope

GROUND = WatchScope(
    root=Path("/site"),
    names=frozenset({"pyproject.toml", "content"}),
    folders=(Path("/site/content"), Path("/site/themes")),
    apart=(Path("/site/content/inbox"),),
)


@pytest.mark.parametrize(
    "path",
    [
        "/site/pyproject.toml",
        "/site/content",
        "/site/content/stories/2025/05/a.md",
        "/site/content/stories/2025",
        "/site/content/pictures/a.png",
        "/site/themes/broadsheet/static/style.css",
        "/site/content/static/.well-known/security.txt",
        "/site/content/static/.htaccess",
    ],
)
def test_what_is_written_by_hand_matters(path: str):
    assert GROUND.holds(path)


@pytest.mark.parametrize(
    "path",
    [
        "/site/README.md",
        "/site/output/index.html",
        "/site/.broadsheet/cache.db",
        "/site/content/inbox/raw.txt",
        "/site/content/stories/.a.md.swp",
        "/site/content/stories/a.md~",
        "/site/content/stories/#a.md#",
        "/site/content/stories/.#a.md",
        "/site/content/stories/4913",
        "/site/content/stories/.git/index",
        "/site/content/stories/a.md.tmp",
        "/site/content/static/.well-known/.security.txt.swp",
        "/site/content/static/.well-known~",
        "/site/themes/broadsheet/__pycache__/x.pyc",
        "/elsewhere/a.md",
    ],
)
def test_scratch_files_the_inbox_and_what_is_built_do_not(path: str):
    assert not GROUND.holds(path)


def test_a_folder_of_the_same_name_is_another_ground(tmp_path: Path):
    scope = WatchScope(tmp_path, frozenset(), (tmp_path / "content",))
    nothing = scope.identity()
    (tmp_path / "content").mkdir()
    first = scope.identity()
    (tmp_path / "content").rename(tmp_path / "away")
    assert scope.identity() == nothing
    (tmp_path / "content").mkdir()
    assert scope.identity() not in (nothing, first)
