"""The files of stories, as filing writes them: created, revised, or rewritten with other keys, and never over an edit.

In: front matter and the text of a story. Out: a file below content/stories, its pictures, and its entry in the index.
"""

from __future__ import annotations

import datetime as dt
import os
import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, NamedTuple

from broadsheet import content, disk
from broadsheet.config import Site
from broadsheet.content import edit_digest, fields, guarded
from broadsheet.ingest.sources import index as indexes
from broadsheet.ingest.sources.front_matter import PreparedStory
from broadsheet.ingest.sources.index import IndexEntry, StoryIndex
from broadsheet.ingest.sources.pictures import PictureFile
from broadsheet.text import slug

_BYTES = 160  # of a file's name: below every file system's limit, with room for a number
_DEVICES = re.compile(r"(con|prn|aux|nul|com\d|lpt\d)\Z")  # names that Windows keeps for itself


class ExistingStory(NamedTuple):
    """What stands in the file of a story that is revised."""

    data: bytes
    meta: Mapping[str, Any]


class EditedError(Exception):
    """The file of a story is not what ingest wrote."""

    def __init__(self, entry: IndexEntry) -> None:
        super().__init__(entry)
        self.entry = entry


class StoryFiles:
    """The story files of a site, and the index as it changes with them. Nothing is written in a dry run."""

    def __init__(self, site: Site, index: StoryIndex, *, dry_run: bool) -> None:
        self._site = site
        self._index = index
        self._dry_run = dry_run

    def existing(self, entry: IndexEntry) -> ExistingStory:
        """What the file of a story holds. Raises EditedError where that is not what ingest wrote."""
        try:
            data = disk.within(self._site.stories, entry.path).read_bytes()
        except FileNotFoundError:
            raise EditedError(entry) from None
        matter, _ = content.split(data, entry.path)
        if matter is None or str(matter.meta.get("id")) != entry.id or edit_digest.broken(data):
            raise EditedError(entry)
        return ExistingStory(data, matter.meta)

    def rewrite(self, entry: IndexEntry, meta: Mapping[str, Any], before: bytes) -> bool:
        """Write the file of a story anew with other keys and the text that it has; not where it was touched."""
        matter, _ = content.split(before, entry.path)
        if matter is None:
            return False
        data = edit_digest.write(_ordered(meta), matter.body)
        file = disk.within(self._site.stories, entry.path)
        if guarded.replace(file, data, before.__eq__) != "written":
            return False
        self._index.add(indexes.found(self._site, entry))
        return True

    def _paths(self, title: str, date: dt.date) -> Iterator[str]:
        """Paths below content/stories that no file has: the month of the date, the words of the title."""
        day = date.astimezone(self._site.zone) if isinstance(date, dt.datetime) else date
        name = file_name(title)
        for number in range(1, 1_000_000):
            path = f"{day:%Y/%m}/{name}{f'-{number}' if number > 1 else ''}.md"
            if path not in self._index and not os.path.lexists(f"{self._site.stories}/{path}"):
                yield path

    def path(self, meta: Mapping[str, Any], prepared: PreparedStory) -> str:
        """The path that a new story is to have."""
        return next(self._paths(prepared.slug or meta["title"], _filed_under(meta, prepared)))

    def create(self, meta: dict[str, Any], prepared: PreparedStory) -> str:
        """Write the file of a new story; its path."""
        data = _encoded(meta, prepared)
        for path in self._paths(prepared.slug or meta["title"], _filed_under(meta, prepared)):
            file = disk.within(self._site.stories, path)
            if self._dry_run:
                self._remember(path, meta, prepared, len(data))
                return path
            self._copy(prepared.pictures)
            if guarded.create(file, data):
                self._remember(path, meta, prepared, len(data), file.stat().st_mtime_ns)
                return path
        raise AssertionError("a month has fewer stories of one title")

    def revise(self, entry: IndexEntry, meta: dict[str, Any], prepared: PreparedStory, before: bytes) -> bool:
        """Write a story anew in the place of the bytes ``before``; whether it differs from them.

        Raises EditedError where those are not there.
        """
        data = _encoded(meta, prepared)
        if before == data:
            return False
        mtime = 0
        if not self._dry_run:
            self._copy(prepared.pictures)
            file = disk.within(self._site.stories, entry.path)
            if guarded.replace(file, data, before.__eq__) != "written":
                raise EditedError(entry)
            mtime = file.stat().st_mtime_ns
        self._remember(entry.path, meta, prepared, len(data), mtime)
        return True

    def _remember(self, path: str, meta: dict[str, Any], prepared: PreparedStory, size: int, mtime: int = 0) -> None:
        """Add a story to the index as it was written."""
        source = meta["source"]
        entry = IndexEntry(
            path, size, mtime, meta["id"], meta["title"], source["file"], source.get("url", ""), prepared.sha256,
            edited=False, fingerprint=prepared.fingerprint,
        )  # fmt: skip
        self._index.add(entry)

    def _copy(self, pictures: Iterable[PictureFile]) -> None:
        """Copy pictures into the site; a name holds the digest of its picture, so one that is there is the same one."""
        for picture in pictures:
            target = disk.within(self._site.content, picture.name)
            if not target.exists():
                guarded.create(target, picture.data())


def file_name(title: str) -> str:
    """The words of a title as a file's name without its ending, valid on every system."""
    name = slug(title, default="story")
    if len(name.encode()) > _BYTES:
        cut = name.encode()[:_BYTES].decode("utf-8", "ignore")
        name = cut.rpartition("-")[0] or cut
    return f"{name}-story" if _DEVICES.match(name) else name


def _filed_under(meta: Mapping[str, Any], prepared: PreparedStory) -> dt.date:
    """The day by whose month a story's file is named: its own, else that of the source's last change."""
    day: dt.date = meta.get("date") or prepared.filed_under
    return day


def _encoded(meta: Mapping[str, Any], prepared: PreparedStory) -> bytes:
    return edit_digest.write(_ordered(meta), prepared.body)


def _ordered(meta: Mapping[str, Any]) -> dict[str, Any]:
    """The keys of a story that say something, in the order of front matter."""
    return {key: meta[key] for key in (*_ORDER, *meta) if not fields.empty(meta.get(key))}


_ORDER = tuple(fields.STORY)
