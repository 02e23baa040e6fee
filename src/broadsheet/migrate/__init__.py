"""Another generator's site → stories and pages of this one: Hugo, Jekyll, Pelican.

In: a site, and the folder of the old one. Out: story files, pages and pictures, and an ``Outcome`` that tells what each
post became and, by file and line, what could not be taken over. The rules:

* A post is imported once. Its story keeps the id that its subscribers know from the old feed, where that can be known.
* Its old address stays as an alias, and links between posts lead to the new ones.
* A file that an editor has touched since is never written, and one that was deleted stays deleted.
"""

from __future__ import annotations

import contextlib
import datetime as dt
import uuid
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Literal

import msgspec

from broadsheet import content, disk
from broadsheet.cache import lock
from broadsheet.config import Site
from broadsheet.content import guarded
from broadsheet.desk.new_story import paths
from broadsheet.errors import BroadsheetError, Place, Problem, error, fail, note, warning
from broadsheet.ingest.sources import index
from broadsheet.migrate import hugo, jekyll, pelican, settings
from broadsheet.migrate.convert import Here, Shaped, shape
from broadsheet.migrate.import_record import ImportedPost, ImportRecord, digest
from broadsheet.migrate.links import Map
from broadsheet.migrate.post import GENERATORS, Generator, Old, Post
from broadsheet.pages import urls
from broadsheet.text import did_you_mean, file_slug, slug

__all__ = ["GENERATORS", "Deed", "Done", "Generator", "Outcome", "run"]

Deed = Literal["new", "updated", "unchanged", "kept", "deleted", "failed"]
_READERS = {"hugo": hugo.read, "jekyll": jekyll.read, "pelican": pelican.read}


class Done(msgspec.Struct, frozen=True):
    """What was done with a post; ``path`` is the file that it became, below content/.

    ``kept`` was left as an editor made it, ``deleted`` was removed by an editor and stays away.
    """

    file: str
    deed: Deed
    path: str = ""


class Outcome(msgspec.Struct, frozen=True):
    """What an import did: each post in the order of the files, every problem, and sections that the site has not."""

    kind: Generator
    done: tuple[Done, ...]
    problems: tuple[Problem, ...]
    sections: tuple[str, ...] = ()


def run(site: Site, folder: Path, kind: Generator | None = None, *, dry_run: bool = False) -> Outcome:
    """Import the posts of another generator's site. ``kind`` is found out where it is not told.

    Raises BroadsheetError (``import-unknown``, ``unwritable``).
    """
    found = settings.detect(folder)
    if kind is None and found is None:
        hint = "Name the site's folder, in which its settings are, or say --from hugo, jekyll or pelican."
        raise fail("import-unknown", "is no site of Hugo, Jekyll or Pelican", Place(str(folder)), hint)
    home = found[1] if found and (kind in (None, found[0])) else folder
    kind = kind or (found[0] if found else "hugo")
    old = _READERS[kind](home, site.zone)
    if not old.posts:
        problem = warning("import-empty", f"no post of {kind} was found", Place(str(home)), _other(kind))
        return Outcome(kind, (), (*old.problems, problem))
    with contextlib.nullcontext() if dry_run else lock.held(site.root, "import"):
        return _Import(site, old, dry_run=dry_run).run()


def _other(kind: str) -> str:
    return f"Is it another generator's? Say --from {' or '.join(one for one in GENERATORS if one != kind)}."


class _Import:
    """One import: what is there already, and what each post becomes."""

    def __init__(self, site: Site, old: Old, *, dry_run: bool) -> None:
        self._site = site
        self._old = old
        self._dry_run = dry_run
        self._record = ImportRecord(site)
        self._problems = [*old.problems, *self._record.problems]
        self._there = {copy.id: f"stories/{copy.path}" for copy in index.load(site) if copy.id}
        self._taken = {line.path for line in self._record}
        self._ids = {line.id for line in self._record}

    def run(self) -> Outcome:
        lines = {post.file: self._line(post) for post in self._old.posts}
        places = {file: line.path for file, line in lines.items()}
        new = {post.file: self._address(post, places[post.file]) for post in self._old.posts}
        known = Map(self._old, new)
        first: dict[str, str] = {}
        for post in self._old.posts:
            if (other := first.setdefault(post.address, post.file)) != post.file:
                message = f"{post.address} was the address of {other} too: it leads there"
                self._problems.append(warning("import-address", message, Place(post.file, 1)))
        done = []
        sections: Counter[str] = Counter()
        try:
            for post in self._old.posts:
                line = lines[post.file]
                here = Here(new[post.file], line.id, first[post.address] == post.file)
                try:
                    shaped = shape(post, self._old, known, here, self._site)
                except Exception as cause:  # noqa: BLE001, one post must not keep the others from being imported
                    self._problems.append(content.fault(cause, post.file))
                    done.append(Done(post.file, "failed"))
                    continue
                row = self._file(post, line, shaped)
                if row.deed in ("new", "updated"):
                    sections[shaped.section] += 1
                done.append(row)
        finally:
            if not self._dry_run:
                self._record.save()
        unknown = tuple(name for name, _ in sections.most_common() if name)
        for name in unknown:
            hint = did_you_mean(name, self._site.settings.sections)
            message = f"section {name!r} is not among the site's sections ({sections[name]} posts)"
            self._problems.append(note("import-section", message, Place("pyproject.toml"), hint))
        return Outcome(self._old.kind, tuple(done), tuple(self._problems), unknown)

    def _line(self, post: Post) -> ImportedPost:
        """What the record says of a post, or what it will say: its id, and a path that no file has."""
        key = f"{self._old.kind}:{post.file}"
        if line := self._record.get(key):
            return line
        identity = post.guid
        if not identity or identity in self._ids:  # two posts at one address were one entry of the old feed
            identity = str(uuid.uuid5(uuid.NAMESPACE_URL, key))
        self._ids.add(identity)
        path = self._there.get(identity) or next(self._paths(post))
        self._taken.add(path)
        return ImportedPost(key, "", identity, path, "")

    def _paths(self, post: Post) -> Iterator[str]:
        if post.page:
            names = (
                f"pages/{slug(post.slug)}{f'-{number}' if number > 1 else ''}.md" for number in range(1, 1_000_000)
            )
        else:
            names = (f"stories/{path}" for path in paths(post.day, post.slug, self._site))
        return (path for path in names if path not in self._taken and not (self._site.content / path).exists())

    def _address(self, post: Post, path: str) -> str:
        """Where readers will find what a post becomes."""
        name = file_slug(path.rpartition("/")[2].removesuffix(".md"))
        if post.page:
            return f"/{urls.prose(name)}"
        day = post.day.astimezone(self._site.zone).date() if isinstance(post.day, dt.datetime) else post.day
        return f"/{urls.dated(name, day)}"

    def _file(self, post: Post, line: ImportedPost, shaped: Shaped) -> Done:
        """Write what a post becomes, unless an editor's hand was there."""
        before = self._record.get(line.file)
        path = self._there.get(line.id, line.path)
        try:
            file = disk.within(self._site.content, path)
            now = file.read_bytes() if file.is_file() else None
        except (OSError, BroadsheetError) as cause:
            self._problems.append(error("unreadable", f"cannot read {path}: {cause}", Place(post.file)))
            return Done(post.file, "failed", path)
        if before and now is None:
            return Done(post.file, "deleted", path)
        if now is not None and (not before or digest(now) != before.made):
            if before and before.sha256 != post.sha256:
                self._edited(post, path)
            return Done(post.file, "kept", path)
        self._problems += shaped.problems
        if any(problem.severity == "error" for problem in shaped.problems):
            return Done(post.file, "failed", path)
        deed: Deed = "new" if now is None else "unchanged" if now == shaped.data else "updated"
        if not self._dry_run:
            for picture in shaped.pictures:
                guarded.create(disk.within(self._site.content, picture.name), Path(picture.path).read_bytes())
            if deed != "unchanged" and (touched := _touched(file, now, shaped.data)):
                if touched == "kept" and before:
                    self._edited(post, path)
                return Done(post.file, touched, path)
            self._record.enter(ImportedPost(line.file, post.sha256, line.id, path, digest(shaped.data)))
        return Done(post.file, deed, path)

    def _edited(self, post: Post, path: str) -> None:
        message = f"was edited here, and has changed there since: {path} is left as it is"
        self._problems.append(warning("import-edited", message, Place(post.file)))


def _touched(file: Path, before: bytes | None, data: bytes) -> Deed | None:
    """Write a file that held ``before``, if it was there: nothing, or what is to be said where somebody touched it."""
    if before is None:
        return None if guarded.create(file, data) else "kept"
    outcome = guarded.replace(file, data, before.__eq__)
    return None if outcome == "written" else "deleted" if outcome == "gone" else "kept"
