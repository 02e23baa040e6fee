"""Reading what editors write: story files and pages below content/, each opened only where it changed.

In: a site and its cache. Out: stories and pages, and the problems of the files that are none.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Sequence
from hashlib import blake2b
from pathlib import Path

import msgspec

from broadsheet import fields, storyfile
from broadsheet.config import Site
from broadsheet.errors import Place, Problem, Report, error
from broadsheet.model import Prose, Story
from broadsheet.press.store import File, Kept, Seen, Store
from broadsheet.words import slug
from broadsheet.workers import spread

SLICE = 64  # files that a process reads before it tells of them
ALONE = 512  # files that one process has read before a second could have begun

Tell = Callable[[str, int, int], None]


def rules(site: Site) -> storyfile.Rules:
    """What a story file of this site is read by."""
    return storyfile.Rules(site.zone, site.settings.sections)


def read_stories(site: Site, store: Store, report: Report, tell: Tell, workers: int) -> list[Story]:
    """Every story of a site, in the order of paths; a file that was not touched since it was read is not opened."""
    shown = f"{site.settings.content}/stories"
    files = sorted(_files(site.stories, shown, report))
    known = store.stories()
    changed = [file for file in files if (seen := known.get(file.path)) is None or seen.file != file]
    reader = _Reader(site.stories, shown, rules(site))
    workers = 1 if len(changed) < ALONE else workers
    done = 0
    for kept in spread(reader.read, changed, slice_size=SLICE, workers=workers):
        rows = list(zip(changed[done : done + SLICE], kept, strict=True))
        store.keep_stories(rows)
        known.update((file.path, Seen(file, Kept.decode(one))) for file, one in rows)
        done += len(rows)
        tell("reading", done, len(changed))
    store.forget_stories(known.keys() - {file.path for file in files})
    all_kept = [known[file.path].kept for file in files]
    report.extend(problem for kept in all_kept for problem in kept.problems)
    return [kept.story for kept in all_kept if kept.story]


class _Reader:
    """Reads story files; what one process of several does."""

    def __init__(self, folder: Path, shown: str, by: storyfile.Rules) -> None:
        self.folder = str(folder)
        self.shown = shown
        self.by = by

    def read(self, files: Sequence[File]) -> list[bytes]:
        """What reading each file gave, as the store keeps it."""
        return [self._read(file.path).encode() for file in files]

    def _read(self, path: str) -> Kept:
        shown = f"{self.shown}/{path}"
        try:
            with open(f"{self.folder}/{path}", "rb") as file:  # noqa: PTH123, a Path costs more than the reading
                data = file.read()
        except OSError as cause:
            return Kept(None, (_unreadable(cause, Place(shown)),))
        reading = storyfile.read(data, path, self.by, shown)
        return Kept(reading.story, reading.problems)


def read_prose(site: Site, report: Report) -> tuple[Prose, ...]:
    """The pages of the editor's own, in the order of their files' names."""
    shown = f"{site.settings.content}/pages"
    found = []
    for file in sorted(_files(site.content / "pages", shown, report)):
        path = file.path
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


def _files(folder: Path, shown: str, report: Report) -> Iterator[File]:
    """Markdown files below a folder. Links to folders are not followed."""
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
                    yield File(path, stat.st_size, stat.st_mtime_ns)
            except OSError as cause:
                report.add(_unreadable(cause, Place(f"{shown}/{path}")))
            except UnicodeEncodeError:
                place = Place(f"{shown}/{path.encode(errors='replace').decode()}")
                report.add(error("file-name", "the file's name is not UTF-8", place, "Rename the file."))


def _unreadable(cause: OSError, place: Place) -> Problem:
    return error("unreadable", f"cannot read: {cause.strerror or cause}", place, "Check the file and its permissions.")
