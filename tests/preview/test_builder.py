"""The builder of a preview: what it leaves to several processes, and when."""

import os
from pathlib import Path

import pytest

from broadsheet import workers
from broadsheet.pipeline.reading import FEW
from broadsheet.preview.builder import Builder, SiteExtensions
from tests.conftest import Workshop, story
from tests.preview.conftest import SETTINGS, Preview

PROGRAM = """
import os, sys
from broadsheet import cli
os.register_at_fork(before=lambda: print("forked with", len(os.listdir("/proc/self/task")) - 1, "threads", flush=True))
cli.main(sys.argv[1:])
"""


@pytest.fixture
def many(tmp_path: Path) -> Workshop:
    made = Workshop(tmp_path / "site")
    for text in (SETTINGS, *(story(f"story-{number}", "2025-05-07") for number in range(FEW + 100))):
        made.write(text)
    return made


@pytest.mark.skipif(workers.cores() < 2 or not os.path.isdir("/proc/self/task"), reason="forks where there are cores")
def test_stories_are_read_by_several_processes_before_there_is_a_thread_and_nothing_is_forked_after(many: Workshop):
    running = Preview(many.root, program=("-c", PROGRAM))
    try:
        running.wait_until_built(many.root)
    finally:
        running.stop()
    assert {line for line in running.said if line.startswith("forked")} == {"forked with 0 threads\n"}


def test_preparing_a_site_that_cannot_be_built_says_nothing(tmp_path: Path):
    (tmp_path / "pyproject.toml").write_text("[tool.broadsheet]\nurl = 3\n")
    Builder(tmp_path, "http://127.0.0.1:8000", SiteExtensions(), print).prepare()
    Builder(tmp_path / "missing", "http://127.0.0.1:8000", SiteExtensions(), print).prepare()
