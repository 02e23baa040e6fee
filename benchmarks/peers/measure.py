"""One command, measured as the system accounts for it: wall time, CPU time and memory of the whole process tree."""

from __future__ import annotations

import os
import re
import subprocess
import threading
import time
from dataclasses import dataclass
from pathlib import Path

TICK = os.sysconf("SC_CLK_TCK")


@dataclass(frozen=True)
class Figures:
    """Seconds of the clock, seconds of processors, MiB at the peak, and the processors that others kept busy.

    ``out`` is after how many seconds the last file of a page was written, ``drawn`` how many files were drawn.
    """

    wall: float
    cpu: float
    memory: float
    others: float
    out: float = 0.0
    drawn: float = 0.0


def run(command: list[str], folder: Path, log: Path, public: Path) -> Figures:
    """Run a command that prints below ``public``. Raises SystemExit with the end of its log where it fails."""
    os.sync()
    moment = time.time()
    env = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}  # as users have it
    before, started = _busy(), time.perf_counter()
    with log.open("w") as lines:
        process = subprocess.Popen(
            command, cwd=folder, env=env, stdin=subprocess.DEVNULL, stdout=lines, stderr=lines, start_new_session=True
        )
        peak, done = [0], threading.Event()
        watcher = threading.Thread(target=_watch, args=(process.pid, peak, done))
        watcher.start()
        _, status, used = os.wait4(process.pid, 0)
    wall = time.perf_counter() - started
    others = (_busy() - before - used.ru_utime - used.ru_stime) / wall
    done.set()
    watcher.join()
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise SystemExit(f"{command[0]} failed:\n{log.read_text()[-2000:]}")
    memory = max(used.ru_maxrss * 1024, peak[0]) / 2**20
    out, drawn = _written(public, moment)
    if said := _DRAWN.search(log.read_text()):
        drawn = int(said[1])
    return Figures(wall, used.ru_utime + used.ru_stime, memory, max(0.0, others), out, drawn)


_DRAWN = re.compile(r"\b(\d+) drawn, ")  # as Broadsheet says it; it writes those alone whose bytes are others


def _written(public: Path, moment: float) -> tuple[float, int]:
    """Seconds from a moment to the last page that was written since, and how many files were; no index of a search."""
    written = list[tuple[bool, float]]()
    for root, folders, files in os.walk(public):
        folders[:] = [name for name in folders if name != "pagefind"]
        for name in files:
            changed = os.lstat(f"{root}/{name}").st_mtime
            if changed >= moment - _COARSE:
                written.append((name.endswith(".html"), changed))
    return max((changed - moment for page, changed in written if page), default=0.0), len(written)


_COARSE = 0.01  # seconds by which the clock of a file system may be behind


def _watch(group: int, peak: list[int], done: threading.Event) -> None:
    """The memory of a process group, ten times a second, but no more than a twentieth of the time.

    It is the sum of proportional set sizes: a page that several processes share counts once in all.
    """
    pause = 0.1
    while not done.wait(pause):
        started, total = time.perf_counter(), 0
        for process in filter(str.isdigit, os.listdir("/proc")):
            try:
                if os.getpgid(int(process)) == group:
                    said = Path(f"/proc/{process}/smaps_rollup").read_text().split("\nPss:", 1)[1]
                    total += int(said.split(maxsplit=1)[0]) * 1024
            except (OSError, IndexError):
                continue
        peak[0] = max(peak[0], total)
        pause = max(0.1, 20 * (time.perf_counter() - started))


def _busy() -> float:
    """Seconds that all processors have been busy."""
    fields = [int(field) for field in Path("/proc/stat").read_text().split("\n", 1)[0].split()[1:9]]
    return (sum(fields) - fields[3] - fields[4]) / TICK
