"""Reading what editors write: story files and pages below content/, each opened only where it changed.

In: a site and its cache. Out: stories and pages, and the problems of the files that are none.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from hashlib import blake2b
from pathlib import Path

import msgspec

from broadsheet import fields, storyfile
from broadsheet.config import Site
from broadsheet.errors import Place, Problem, Report, error
from broadsheet.model import Prose, Story
from broadsheet.press.store import Kept, Seen, Store
from broadsheet.words import slug

Tell = Callable[[str, int, int], None]


def rules(site: Site) -> storyfile.Rules:
    """What a story file of this site is read by."""
    return storyfile.Rules(site.zone, site.settings.sections)


def read_stories(site: Site, store: Store, report: Report, tell: Tell) -> list[Story]:
    """Every story of a site, in the order of paths; a file that was not touched since it was read is not opened."""
    known = store.stories()
    fresh: list[tuple[str, Seen]] = []
    stories: list[Story] = []
    by = rules(site)
    shown = f"{site.settings.content}/stories"
    files = sorted(_files(site.stories, shown, report))
    for done, (path, size, mtime) in enumerate(files, 1):
        seen = known.pop(path, None)
        if seen is None or (seen.size, seen.mtime) != (size, mtime):
            tell("reading", done, len(files))
            kept = _read(site.stories / path, path, f"{shown}/{path}", by)
            seen = Seen(size, mtime, kept)
            fresh.append((path, seen))
        report.extend(seen.kept.problems)
        if seen.kept.story:
            stories.append(seen.kept.story)
    store.keep_stories(fresh)
    store.forget_stories(known)
    return stories


def read_prose(site: Site, report: Report) -> tuple[Prose, ...]:
    """The pages of the editor's own, in the order of their files' names."""
    shown = f"{site.settings.content}/pages"
    found = []
    for path, _, _ in sorted(_files(site.content / "pages", shown, report)):
        place = Place(f"{shown}/{path}")
        try:
            data = (site.content / "pages" / path).read_bytes()
        except OSError as cause:
            report.add(_unreadable(cause, place))
            continue
        matter, problems = storyfile.split(data, place.file)
        report.extend(problems)
        if matter is None:
            continue
        values, wrong = fields.check(matter.meta, fields.PROSE, site.zone, matter.place)
        report.extend(wrong)
        if any(problem.severity == "error" for problem in (*problems, *wrong)):
            continue
        body = blake2b(matter.body.encode(), digest_size=16).hexdigest()
        name = path.removesuffix(".md").rpartition("/")[2]
        prose = Prose(path, slug(name), values["title"], values.get("summary", ""), values.get("lang", ""), body)
        digest = blake2b(msgspec.msgpack.encode(prose), digest_size=16).digest()
        found.append(msgspec.structs.replace(prose, digest=digest))
    return tuple(found)


def _files(folder: Path, shown: str, report: Report) -> Iterator[tuple[str, int, int]]:
    """Markdown files below a folder: path, size, time of change in nanoseconds. Links to folders are not followed."""
    waiting = [""]
    while waiting:
        inside = waiting.pop()
        try:
            entries = list(os.scandir(folder / inside))
        except FileNotFoundError:
            continue
        except OSError as cause:
            report.add(_unreadable(cause, Place(f"{shown}/{inside}")))
            continue
        for entry in entries:
            path = f"{inside}{entry.name}"
            if entry.name.startswith("."):
                continue
            try:
                if entry.is_dir(follow_symlinks=False):
                    waiting.append(f"{path}/")
                elif entry.name.endswith(".md"):
                    path.encode()
                    stat = entry.stat()
                    yield path, stat.st_size, stat.st_mtime_ns
            except OSError as cause:
                report.add(_unreadable(cause, Place(f"{shown}/{path}")))
            except UnicodeEncodeError:
                place = Place(f"{shown}/{path.encode(errors='replace').decode()}")
                report.add(error("file-name", "the file's name is not UTF-8", place, "Rename the file."))


def _read(file: Path, path: str, shown: str, by: storyfile.Rules) -> Kept:
    try:
        data = file.read_bytes()
    except OSError as cause:
        return Kept(None, (_unreadable(cause, Place(shown)),))
    reading = storyfile.read(data, path, by, shown)
    return Kept(reading.story, reading.problems)


def _unreadable(cause: OSError, place: Place) -> Problem:
    return error("unreadable", f"cannot read: {cause.strerror or cause}", place, "Check the file and its permissions.")
