"""Ctrl-C while several processes read: they end, whole stories are left, the next run goes on."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from broadsheet import content

PROGRAM = """
import datetime as dt, sys, time
from pathlib import Path
from broadsheet import config, ingest
from broadsheet.ingest import Draft
from broadsheet.ingest.extract.draft import Found

def read(source, hints):
    time.sleep(float(sys.argv[2]))
    body = source.name + " said so. " + source.name * 9
    return (Draft(Found(source.name, "", 0.9), body, (), date=Found(dt.date(2025, 5, 8), "", 0.9)),)

site = config.open_site(Path(sys.argv[1]))
try:
    outcome = ingest.run(site, (), ingest.Options(dt.datetime.now(dt.UTC), workers=2, read=read))
    print(sum(row.deed == "new" for row in outcome.filed), sum(row.deed == "unchanged" for row in outcome.filed))
except KeyboardInterrupt:
    print("stopped")
"""


def start(root: Path, seconds: float) -> subprocess.Popen[str]:
    command = [sys.executable, "-c", PROGRAM, str(root), str(seconds)]
    return subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, start_new_session=True)


@pytest.mark.skipif(os.name == "nt", reason="signals to a group of processes are POSIX")
def test_ctrl_c_ends_every_process_and_leaves_whole_stories(tmp_path):
    (tmp_path / "content/inbox").mkdir(parents=True)
    (tmp_path / "pyproject.toml").write_text("[tool.broadsheet]\n")
    for number in range(100):
        (tmp_path / f"content/inbox/{number:03}.txt").write_text(f"{number}")
    with start(tmp_path, 0.05) as program:
        while not list(tmp_path.glob("content/stories/*/*/*.md")):
            assert program.poll() is None
            time.sleep(0.01)
        os.killpg(program.pid, signal.SIGINT)  # as a terminal does: to the readers too
        said, complaints = program.communicate(timeout=30)
    assert (said, complaints) == ("stopped\n", "")
    with pytest.raises(ProcessLookupError):
        os.killpg(program.pid, 0)
    filed = list(tmp_path.glob("content/stories/*/*/*"))
    assert 0 < len(filed) < 100
    for file in filed:
        assert file.suffix == ".md"
        assert content.split(file.read_bytes(), file.name)[0] is not None
    with start(tmp_path, 0) as program:
        said, complaints = program.communicate(timeout=60)
    assert (said, complaints) == (f"{100 - len(filed)} {len(filed)}\n", "")
