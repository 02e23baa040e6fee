"""What a command loads before it does anything: a library that it does not need would be waited for every time."""

import json
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from broadsheet.disk import FINE
from tests.conftest import Workshop, story

Make = Callable[..., Workshop]

SLOW = {
    "PIL", "babel", "boto3", "botocore", "charset_normalizer", "feedgen", "feedparser", "htmldate", "livereload", "lxml",
    "nh3", "playwright", "pyromark", "rich", "tornado", "trafilatura", "watchfiles",
}  # fmt: skip
LATE = {"jinja2", "frontmatter", "yaml", "sqlite3", "difflib", "tempfile", "markupsafe"}  # needed for a build alone

PROGRAM = """
import json, sys
from broadsheet.cli import main
try:
    main(sys.argv[1:])
except SystemExit as end:
    assert end.code == 0, end.code
print(json.dumps(sorted(name for name in sys.modules if "." not in name)))
"""


def loaded(*command: str) -> set[str]:
    """The libraries that a command loads."""
    done = subprocess.run([sys.executable, "-c", PROGRAM, *command], capture_output=True, text=True, check=True)
    return set(json.loads(done.stdout.splitlines()[-1]))


@pytest.fixture
def made(workshop: Make) -> Workshop:
    made = workshop(
        story("one", "2025-05-07", section="World", image='{src: pictures/p.png, alt: "P"}'),
        story("two", "2025-05-08", section="World", topics="[Rome]"),
    )
    file = made.root / "content/pictures/p.png"
    file.parent.mkdir()
    file.write_bytes((Path(__file__).parents[1] / "themes/broadsheet/static/share.png").read_bytes())
    time.sleep(FINE / 1e9)  # a file that changed just now may change again at the same time of change
    loaded("--site", str(made.root), "build")
    return made


def test_the_version_is_told_without_any_library_of_the_site():
    assert loaded("--version") & (SLOW | LATE) == set()


def test_a_build_with_nothing_to_do_loads_next_to_nothing(made: Workshop):
    assert loaded("--site", str(made.root), "build") & (SLOW | LATE) == set()


def test_a_build_of_one_edited_story_loads_no_library_that_only_other_work_needs(made: Workshop):
    made.write(story("two", "2025-05-08", section="World", topics="[Rome]", body="Edited."))
    found = loaded("--site", str(made.root), "build") & SLOW
    assert found <= {"babel", "lxml", "feedgen", "nh3", "pyromark"}
