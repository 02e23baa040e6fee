"""Writes docs/pictures/terminal.svg, a recorded terminal, from what commands print: python docs/terminal.py.

In: the commands of ``SCENES``, run in a new site whose inbox holds the raw file of the tutorial and one without a
headline. Out: an SVG whose lines appear one after another; where a reader asks for less motion all are there at once.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
import tempfile
import textwrap
from collections.abc import Iterator
from html import escape
from pathlib import Path

HERE = Path(__file__).resolve().parent
FILE = HERE / "pictures/terminal.svg"
SCENES = (
    "cat content/inbox/ferry.txt",
    "broadsheet build",
    "head -6 content/stories/2025/05/the-night-ferry-to-the-islands-sails-again-from-monday.md",
    "broadsheet edition list",
    "broadsheet publish --dry-run",
)
LIGHTHOUSE = """\
2025-05-07

The keepers of the lighthouse on Gull Rock switched its lamp off on Wednesday evening. It had burned every night since
1871. Ships find their way by satellite now, and the lamp used more power than the whole village.

The tower stays open to visitors in summer.
"""
TARGET = '\n[tool.broadsheet.targets.web]\nkind = "folder"\npath = "../published"\n'
COLUMNS = 108
WIDTH, LINE, LEFT, TOP = 920, 19, 20, 50  # pixels
TYPED, PRINTED, READ = 0.12, 0.04, 2.0  # seconds: a word that is typed, a line that is printed, before the next command


def recorded() -> list[tuple[str, list[str]]]:
    """Each command with the lines that it prints, in a new site."""
    with tempfile.TemporaryDirectory() as folder:
        _run('broadsheet new site --title "The Harbour Digest" --timezone Europe/London', Path(folder))
        site = Path(folder) / "site"
        for sample in (site / "content/inbox").iterdir():
            sample.unlink()
        (site / "content/inbox/ferry.txt").write_text(_ferry(), "utf-8")
        (site / "content/inbox/lighthouse.txt").write_text(LIGHTHOUSE, "utf-8")
        settings = site / "pyproject.toml"
        settings.write_text(settings.read_text("utf-8") + TARGET, "utf-8")
        return [(command, _run(command, site).rstrip("\n").splitlines()) for command in SCENES]


def read(svg: str) -> str:
    """The text of a drawn recording: what ``drawn`` drew, a line each."""
    lines = re.findall(r"<text [^>]*>(.*?)</text>", svg)
    return "\n".join(re.sub("<[^>]+>", "", line) for line in lines)


def drawn(scenes: list[tuple[str, list[str]]]) -> str:
    """The SVG of a recording."""
    texts, y, clock = [], TOP, 0.6
    for command, printed in scenes:
        words = []
        for word in ["$", *command.split(" ")]:
            words.append(f'<tspan class="l" style="animation-delay:{clock:.2f}s">{escape(word, quote=False)} </tspan>')
            clock += TYPED
        texts.append(f'<text class="c" x="{LEFT}" y="{y}">{"".join(words)}</text>')
        y += LINE
        clock += 0.4
        for line in _wrapped(printed):
            if line:
                mark = f'class="l" x="{LEFT}" y="{y}" style="animation-delay:{clock:.2f}s"'
                texts.append(f"<text {mark}>{escape(line, quote=False)}</text>")
            y += LINE
            clock += PRINTED
        y += LINE // 2
        clock += READ
    height = y + 4
    commands = "; ".join(command for command, _ in scenes)
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height}" width="{WIDTH}" height="{height}" '
        'role="img" aria-labelledby="title desc">\n'
        '<title id="title">A terminal: a raw text becomes a story, an edition and a published site</title>\n'
        f'<desc id="desc">The commands, each followed by what it prints: {escape(commands)}.</desc>\n'
        "<style>\n"
        "text{font:13.5px ui-monospace,SFMono-Regular,Menlo,Consolas,'DejaVu Sans Mono',monospace;fill:#d8dee4;"
        "white-space:pre}\n"
        ".c{fill:#ffd479;font-weight:600}\n"
        ".l{opacity:0;animation:appear .01s linear forwards}\n"
        "@keyframes appear{to{opacity:1}}\n"
        "@media (prefers-reduced-motion:reduce){.l{opacity:1;animation:none}}\n"
        "</style>\n"
        f'<rect width="{WIDTH}" height="{height}" rx="10" fill="#1b1f24"/>\n'
        '<circle cx="24" cy="20" r="6" fill="#59626d"/><circle cx="44" cy="20" r="6" fill="#59626d"/>'
        '<circle cx="64" cy="20" r="6" fill="#59626d"/>\n' + "\n".join(texts) + "\n</svg>\n"
    )


def _wrapped(lines: list[str]) -> Iterator[str]:
    """Lines as a terminal of ``COLUMNS`` shows them, broken between words."""
    for line in lines:
        yield from textwrap.wrap(line, COLUMNS, replace_whitespace=False, break_on_hyphens=False) or [""]


def _ferry() -> str:
    """The raw file of the tutorial."""
    page = (HERE / "tutorial.md").read_text("utf-8")
    found = re.search(r"^```text content/inbox/ferry\.txt\n(.*?)^```", page, re.MULTILINE | re.DOTALL)
    if found is None:
        raise SystemExit("docs/tutorial.md has no block for content/inbox/ferry.txt")
    return found[1]


def _run(command: str, folder: Path) -> str:
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    return subprocess.run(
        ["sh", "-c", command], cwd=folder, check=True, capture_output=True, text=True, env={**os.environ, "PATH": path}
    ).stdout


if __name__ == "__main__":
    FILE.write_text(drawn(recorded()), "utf-8")
    print(f"Written to {FILE}.")
