"""Beginnings: a new site, and a new story in one.

In: a folder and what its owner says of the site; a site, and what is known of the story. Out: files, none of which was
there before. A site has settings, the front door, two raw samples and what hosts need, and builds at once; the files
themselves lie in ``scaffold/``, and ``@name@`` in them stands for a value. A story has legal front matter and is a
draft, so that nothing half-written goes out.
"""

from __future__ import annotations

import datetime as dt
import json
import os
import re
import uuid
from collections.abc import Iterator, Mapping
from importlib import metadata
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import msgspec

from broadsheet import __version__, content, disk
from broadsheet.cache import lock
from broadsheet.config import FILE, WORK, Settings, Site, settings_schema
from broadsheet.config.rules import complaint
from broadsheet.content import guarded
from broadsheet.errors import BroadsheetError, Place, error, fail
from broadsheet.ingest.sources.story_files import file_name
from broadsheet.model import Period
from broadsheet.text import slug

SCAFFOLD = Path(__file__).resolve().parents[1] / "scaffold"
PERIODS: tuple[Period, ...] = ("daily", "weekly", "monthly")

# Where each file of the scaffold goes. The samples come first: one with a page's furniture, one without a headline.
FILES: Mapping[str, str] = {
    "sample-comet.txt": "content/inbox/sample-comet.txt",
    "sample-climate.txt": "content/inbox/sample-climate.txt",
    "about.md": "content/pages/about.md",
    "themes.md": "themes/README.md",
    "gitignore-output": "output/.gitignore",
    "gitignore": ".gitignore",
    "gitattributes": ".gitattributes",
    "vscode.json": ".vscode/settings.json",
    "publish.yml": ".github/workflows/publish.yml",
    "netlify.toml": "netlify.toml",
    "README.md": "README.md",
    "build.py": "build.py",
    "site.toml": FILE,
}
SCHEMA = ".vscode/broadsheet.schema.json"  # which .vscode/settings.json names
_PASSED = frozenset({".git", ".DS_Store", WORK})  # a folder with no more than these is as good as empty
_MARK = re.compile(r"@([a-z]+)@")


class NewSiteRequest(msgspec.Struct, frozen=True):
    """What an owner says of a new site; an empty text leaves what Broadsheet would choose."""

    title: str = ""
    url: str = ""
    language: str = ""
    timezone: str = ""
    edition: Period = "daily"


class Founded(msgspec.Struct, frozen=True):
    """What was made, and what was there already and is as it was: paths below the folder."""

    made: tuple[str, ...]
    kept: tuple[str, ...] = ()


def found(folder: Path, request: NewSiteRequest, *, add: bool = False) -> Founded:
    """Make a site in a folder; ``add`` makes what is missing in one that holds files already.

    Raises BroadsheetError: ``settings-value`` for a wish that settings cannot hold, ``not-empty``, ``unwritable``.
    """
    request = _whole(request, folder)
    try:
        there = {entry.name for entry in folder.iterdir()} - _PASSED if folder.exists() else set()
    except OSError as cause:
        raise fail("unwritable", f"cannot make a site here: {cause.strerror}", Place(str(folder))) from cause
    if there and not add:
        hint = "Name another folder, or use --add: it creates what is missing and changes nothing that is there."
        raise fail("not-empty", "is not empty", Place(str(folder)), hint)
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as cause:
        raise fail("unwritable", f"cannot make a site here: {cause.strerror}", Place(str(folder))) from cause
    with lock.held(folder, "new"):
        return _made(folder, _values(request))


def _made(folder: Path, values: Mapping[str, str]) -> Founded:
    made: list[str] = []
    kept: list[str] = []
    for name, path in FILES.items():
        file = disk.within(folder, path)
        text = (SCAFFOLD / name).read_text("utf-8")
        data = _MARK.sub(lambda mark: values.get(mark[1], mark[0]), text).encode()
        (made if guarded.create(file, data) else kept).append(path)
    known = msgspec.json.format(msgspec.json.encode(settings_schema.schema()), indent=2) + b"\n"
    (made if guarded.create(disk.within(folder, SCHEMA), known) else kept).append(SCHEMA)
    if "build.py" in made and os.name != "nt":
        (folder / "build.py").chmod(0o755)
    return Founded(tuple(made), tuple(kept))


def sample_page() -> bytes:
    """The page on the digest that a new site has, until somebody writes the true one."""
    return (SCAFFOLD / "about.md").read_bytes()


def local_zone() -> str:
    """The name of this machine's time zone, or UTC where it tells none."""
    told = os.environ.get("TZ", "").removeprefix(":")
    if not told:
        try:
            told = str(Path("/etc/localtime").readlink()).partition("zoneinfo/")[2]
        except OSError:
            told = ""
    return told if told and not complaint("timezone", told) else "UTC"


def requirement() -> tuple[str, bool]:
    """What installs this very Broadsheet, as pip takes it (PEP 508), and whether another machine could use it too.

    Where it came from is what pip noted of it (PEP 610); without a note it came from an index, by its name.
    """
    try:
        told = json.loads(metadata.distribution("broadsheet").read_text("direct_url.json") or "{}")
        url = str(told.get("url") or "")
        vcs = told.get("vcs_info")
    except (metadata.PackageNotFoundError, ValueError, AttributeError):
        url, vcs = "", None
    if not url:
        major, minor, *_ = __version__.split(".")
        return f"broadsheet>={__version__},<{major}.{int(minor) + 1}", True
    if isinstance(vcs, dict):
        url = f"{vcs.get('vcs', 'git')}+{url}@{vcs.get('commit_id', '')}".rstrip("@")
    return f"broadsheet @ {url}", urlsplit(url).scheme != "file"


def default_title(folder: Path) -> str:
    """The folder's name as a title."""
    return " ".join(re.split(r"[-_\s]+", folder.resolve().name)).strip().title() or "Broadsheet"


def _whole(request: NewSiteRequest, folder: Path) -> NewSiteRequest:
    """The wish with nothing left open. Raises BroadsheetError for what settings cannot hold."""
    whole = NewSiteRequest(
        " ".join((request.title or default_title(folder)).split()),
        request.url or "https://example.org/",
        request.language or Settings().language,
        request.timezone or local_zone(),
        request.edition,
    )
    wrong = [
        error("settings-value", f"{key}: {said}", Place(f"--{key}"))
        for key in ("url", "language", "timezone")
        if (said := complaint(key, getattr(whole, key)))
    ]
    wrong += [
        error("settings-value", f"{key}: {value!r} cannot be shown", Place(f"--{key}"))
        for key, value in (("title", whole.title), ("url", whole.url))
        if not value.isprintable()
    ]
    if wrong:
        raise BroadsheetError(*wrong)
    return whole


def _values(request: NewSiteRequest) -> dict[str, str]:
    """What stands for the marks in the scaffold's files: text as TOML writes it, which JSON's strings are too."""
    name = re.sub(r"[^a-z0-9]+", "-", slug(request.title)).strip("-") or "news-digest"
    quoted = {
        "name": name if name != "broadsheet" else "broadsheet-site",  # pip would take it for the program
        "requirement": requirement()[0],
        "title": request.title,
        "url": request.url,
        "language": request.language,
        "timezone": request.timezone,
        "edition": request.edition,
    }
    values = {key: json.dumps(value, ensure_ascii=False) for key, value in quoted.items()}
    others = '" or "'.join(period for period in PERIODS if period != request.edition)
    return values | {"others": f'"{others}"', "heading": request.title}


LONGEST_TITLE = 300  # characters of a title, as ingest takes them


class Beginning(msgspec.Struct, frozen=True):
    """What is known of a story that is to be written; ``date`` is a day or an aware moment."""

    title: str
    date: dt.date
    section: str = ""
    authors: tuple[str, ...] = ()


def begin(site: Site, known: Beginning) -> str:
    """Write the file of a new story; its path below content/stories. An id is minted; no file is ever replaced.

    Raises BroadsheetError: ``value`` for a title that no line can hold, ``unwritable`` where the system refuses.
    """
    title = _line(known.title)
    if not title or len(title) > LONGEST_TITLE:
        message = "a story needs a title" if not title else f"the title is longer than {LONGEST_TITLE} characters"
        raise fail("value", message, Place("title"))
    meta: dict[str, Any] = {
        "id": str(uuid.uuid4()),
        "title": title,
        "date": known.date,
        "section": settled(site, known.section),
        "authors": [name for author in known.authors if (name := _line(author))],
        "status": "draft",
    }
    data = content.dump({key: value for key, value in meta.items() if value}, "")
    for path in paths(known.date, title, site):
        if guarded.create(disk.within(site.stories, path), data):
            return path
    raise AssertionError("a month has fewer stories of one title")


def paths(date: dt.date, name: str, site: Site) -> Iterator[str]:
    """Paths below content/stories for a story: the month of its date, the words of its name, then numbered."""
    day = date.astimezone(site.zone) if isinstance(date, dt.datetime) else date
    stem = f"{day.year:04}/{day.month:02}/{file_name(name)}"
    yield f"{stem}.md"
    yield from (f"{stem}-{number}.md" for number in range(2, 1_000_000))


def settled(site: Site, section: str) -> str:
    """The site's own name for a section, whatever its case, or as one of its aliases; else the name as it is."""
    section = _line(section)
    names = {name.casefold(): name for name in site.settings.sections}
    names |= {other.casefold(): name for other, name in site.settings.section_aliases.items()}
    return names.get(section.casefold(), section)


def _line(text: str) -> str:
    """A text as one line that a file may hold: without control characters, and without what is no character at all."""
    whole = os.fsencode(text).decode("utf-8", "replace") if not text.isascii() else text
    return " ".join("".join(mark if mark.isprintable() else " " for mark in whole).split())
