"""The command ``doctor``: what is installed, and what that means for a site.

In: the machine, this Python, the site where there is one. Out: a line for each thing that was looked at, and an exit
code: 1 where something that the site needs is missing.
"""

from __future__ import annotations

import locale
import os
import platform
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Literal

import click
import msgspec

from broadsheet import __version__
from broadsheet.commands.console import JSON, Call

State = Literal["ok", "optional", "missing"]
OLDEST = (3, 11)


class Finding(msgspec.Struct, frozen=True):
    """One thing that was looked at: its name, what was found, and what that means; ``missing`` fails the command."""

    group: str
    name: str
    state: State
    found: str
    means: str = ""


@click.command()
@JSON
@click.pass_obj
def doctor(call: Call, *, machine: bool) -> None:
    """Check what is installed (libraries, programs, fonts, encodings) and say what it means for your site."""
    findings = [*_python(), *_libraries(), *_programs(), *_fonts(), *_encodings(), *_site(call.folder)]
    wrong = [one for one in findings if one.state == "missing"]
    if machine:
        click.echo(msgspec.json.encode({"version": __version__, "ok": not wrong, "findings": findings}))
    else:
        group = ""
        for one in findings:
            if one.group != group:
                group = one.group
                click.echo(f"{group}")
            mark = {"ok": "ok", "optional": "--", "missing": "!!"}[one.state]
            click.echo(f"  {mark}  {one.name:<18} {one.found}{f': {one.means}' if one.means else ''}")
        click.echo("Something is missing: see the lines with !!." if wrong else "Everything that is needed is there.")
    sys.exit(1 if wrong else 0)


def _python() -> Iterator[Finding]:
    good = sys.version_info >= OLDEST
    means = "" if good else f"Broadsheet needs {'.'.join(map(str, OLDEST))} or newer"
    yield Finding("Program", "Broadsheet", "ok", f"{__version__}, in {Path(__file__).parents[1]}")
    yield Finding(
        "Program", "Python", "ok" if good else "missing", f"{platform.python_version()}, {sys.executable}", means
    )
    yield Finding("Program", "system", "ok", f"{platform.system()} {platform.machine()}, {os.cpu_count()} processors")


_REQUIREMENT = re.compile(r"([A-Za-z0-9._-]+)[^;]*(?:;.*extra\s*==\s*['\"](\w+)['\"])?")
_EXTRAS = {
    "cluster": "a Dask cluster cannot be used",
    "office": "PDF files cannot be ingested",
    "s3": "publishing to S3 is not possible",
}


def _libraries() -> Iterator[Finding]:
    """The libraries that Broadsheet says that it needs, and those of its extras."""
    from importlib import metadata  # only here: it is slow to load

    extras: dict[str, list[str]] = {name: [] for name in _EXTRAS}
    lacking = []
    try:
        needed = metadata.requires("broadsheet") or []
    except metadata.PackageNotFoundError:
        yield Finding("Libraries", "needed", "optional", "not known", "Broadsheet runs from its sources")
        needed = []
    there = 0
    for requirement in filter(None, map(_REQUIREMENT.match, needed)):
        name, extra = requirement.groups()
        found = _version(name)
        if extra in extras and not found:
            extras[extra].append(name)
        elif extra is None and name != "pagefind-bin":  # a program, which is looked for below
            there += bool(found)
            lacking += [] if found else [name]
    if lacking:
        said = f"pip install {' '.join(lacking)}"
        yield Finding("Libraries", "needed", "missing", f"{', '.join(lacking)} not installed", said)
    elif there:
        yield Finding("Libraries", "needed", "ok", f"all {there} installed")
    for extra, absent in extras.items():
        means = f"{_EXTRAS[extra]}; pip install 'broadsheet[{extra}]'" if absent else ""
        yield Finding(
            "Libraries",
            f"extra {extra}",
            "optional" if absent else "ok",
            "not installed" if absent else "installed",
            means,
        )


def _version(name: str) -> str:
    from importlib import metadata  # only here: it is slow to load

    try:
        return metadata.version(name)
    except metadata.PackageNotFoundError:
        return ""


def _programs() -> Iterator[Finding]:
    from broadsheet.render.search import pagefind

    found = pagefind.program()
    means = "" if found else "the site gets no new search index; pip install pagefind-bin, or set search = false"
    yield Finding("Programs", "pagefind", "ok" if found else "optional", str(found or "not installed"), means)
    for name, need in (
        ("git", "publishing to a git branch is not possible"),
        ("rsync", "publishing with rsync is not possible"),
        ("ssh", "publishing with rsync is not possible"),
    ):
        path = shutil.which(name)
        yield Finding("Programs", name, "ok" if path else "optional", path or "not installed", "" if path else need)
    browser = _browser()
    means = "" if browser else "serve --open cannot open one; open the address by hand"
    yield Finding("Programs", "browser", "ok" if browser else "optional", browser or "none found", means)


def _browser() -> str:
    import webbrowser

    try:
        return str(getattr(webbrowser.get(), "name", "") or type(webbrowser.get()).__name__)
    except webbrowser.Error:
        return ""


def _fonts() -> Iterator[Finding]:
    from broadsheet.render.images import card_drawing

    for name, sample, language in (
        ("Latin", "Digest", "en"),
        ("Cyrillic", "Новости", "ru"),
        ("Greek", "Νέα", "el"),
        ("Arabic", "أخبار", "ar"),
        ("Devanagari", "समाचार", "hi"),
        ("Chinese", "新闻", "zh"),
    ):
        try:
            font = card_drawing.showing(sample, language)
        except (OSError, subprocess.SubprocessError):
            font = None
        means = "" if font else "stories in this script get no share cards of their own"
        shown = Path(font.path).name if font else "no font"
        yield Finding("Fonts of share cards", name, "ok" if font else "optional", shown, means)


def _encodings() -> Iterator[Finding]:
    for name, said, means in (
        ("file names", sys.getfilesystemencoding(), "names with accents may be refused; set LANG to a UTF-8 locale"),
        ("terminal", sys.stdout.encoding or "ascii", "accents may look wrong here; files are always UTF-8"),
        ("locale", locale.getpreferredencoding(do_setlocale=False), "files are always read and written as UTF-8"),
    ):
        good = said.lower().replace("-", "") == "utf8"
        yield Finding("Encodings", name, "ok" if good else "optional", said, "" if good else means)


def _site(folder: Path) -> Iterator[Finding]:
    from broadsheet.config import find, load
    from broadsheet.errors import BroadsheetError

    try:
        root = find(folder)
    except BroadsheetError:
        yield Finding("Site", "folder", "optional", "no site here", "broadsheet new DIR makes one")
        return
    yield Finding("Site", "folder", "ok", str(root))
    site, problems = load(root)
    if site is None:
        yield Finding("Site", "settings", "missing", str(problems[0]).replace("\n    ", " "))
        return
    yield Finding("Site", "settings", "ok", f"{site.settings.title}, {site.settings.url}, {site.settings.language}")
    for name, path in (("content", site.content), ("output", site.output), ("cache", site.cache)):
        there = path if path.exists() else root
        good = os.access(there, os.W_OK)
        means = "" if good else "it cannot be written to: correct its permissions"
        yield Finding("Site", name, "ok" if good else "missing", str(path), means)
    free = shutil.disk_usage(root).free // 2**20
    low = free < _ROOM
    yield Finding("Site", "free space", "missing" if low else "ok", f"{free:,} MiB", "a build may fail" if low else "")


_ROOM = 100  # MiB that a build should find free
