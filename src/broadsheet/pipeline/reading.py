"""Reading what editors write below content/: story files, each opened only where it changed, pages, notes on editions.

In: a site and its cache. Out: stories, pages, notes and static files, and the problems of the files that are none.
"""

from __future__ import annotations

import contextlib
import datetime as dt
import pickle
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from hashlib import blake2b
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import msgspec

from broadsheet import content, disk, locales
from broadsheet.cache.store import Store, StoredFile, StoredReading
from broadsheet.config import Site
from broadsheet.config.taxonomies import rows
from broadsheet.content import facts, fields, listing, visibility
from broadsheet.disk import File
from broadsheet.errors import Place, Problem, Report, error, note
from broadsheet.model import Asset, EditionNote, Frozen, Prose, Story, Text
from broadsheet.render import READ, Bodies
from broadsheet.text import file_slug
from broadsheet.workers import RemoteWorkers, Task, Workers, spread

SLICE = 64  # files that a process reads before it tells of them
FEW = 512  # files that one process has read before a second could have begun

Progress = Callable[[str, int, int], None]


def rules(site: Site) -> content.Rules:
    """What a story file of this site is read by."""
    keys = tuple(row.key for row in rows(site.settings) if row.title)
    sections = {name: None for own in site.languages for name in own.settings.sections}
    return content.Rules(site.zone, tuple(sections), keys, site.settings.languages, site.settings.latin)


def read_stories(
    site: Site,
    store: Store,
    report: Report,
    tell: Progress,
    workers: Workers,
    *,
    keep_broken: bool = False,
    files: Sequence[File] = (),
    bodies: Bodies | None = None,
) -> list[Story]:
    """Every story of a site, in the order of paths; a file that was not touched since it was read is not opened.

    ``keep_broken`` goes on with a story as it was before its file was broken, as a preview does. ``files`` are all
    story files, in order, for whoever has looked already; ``bodies`` will print what is read here.
    """
    shown = f"{site.settings.content}/stories"
    now = time.time_ns()
    files = files or sorted(_files(site.stories, shown, report))
    known = store.stories()
    changed = [file for file in files if (seen := known.get(file.path)) is None or seen.file != file]
    workers = 1 if len(changed) < FEW else workers
    room = READ if isinstance(workers, RemoteWorkers) else READ // workers
    reader = _Reader(site.stories, shown, rules(site), room if bodies else 0)
    done = 0
    for read in spread(reader.read, changed, slice_size=SLICE, workers=workers, task=reader.task):
        rows = []
        for file, (encoded, body) in zip(changed[done : done + SLICE], read, strict=True):
            kept, data = StoredReading.decode(encoded), encoded
            if bodies and body and kept.story:
                bodies.expect(kept.story, body)
            if keep_broken and kept.story is None and file.path in known:
                kept = StoredReading(known[file.path].reading.story, kept.problems)
                data = kept.encode()
            known[file.path] = StoredFile(file, kept)
            rows.append((file if disk.settled(file.mtime, now) else file._replace(mtime=0), data))
        store.keep_stories(rows)
        done += len(rows)
        tell("reading", done, len(changed))
    store.forget_stories(known.keys() - {file.path for file in files})
    all_kept = [known[file.path].reading for file in files]
    report.extend(problem for kept in all_kept for problem in kept.problems)
    return [kept.story for kept in all_kept if kept.story]


def read_story(site: Site, file: Path) -> Story | None:
    """The story in one file; None where it is none, or none of the site's."""
    if not file.is_relative_to(site.stories):
        return None
    return _Reader(site.stories, "", rules(site)).kept(file.relative_to(site.stories).as_posix()).story


def read_again(site: Site, path: str) -> StoredReading:
    """What reading the story file at a path below content/stories gives now."""
    return _Reader(site.stories, f"{site.settings.content}/stories", rules(site)).kept(path)


class _Reader:
    """Reads story files; what one process of several does. ``room`` is how many bytes of bodies it may hand on."""

    def __init__(self, folder: Path, shown: str, by: content.Rules, room: int = 0) -> None:
        self.folder = str(folder)
        self.shown = shown
        self.by = by
        self.room = room

    def read(self, files: Sequence[File]) -> list[tuple[bytes, bytes]]:
        """What reading each file gave, as the store keeps it, and its body while there is room."""
        return [self.packed(*self._read(file.path)) for file in files]

    def packed(self, kept: StoredReading, body: bytes) -> tuple[bytes, bytes]:
        """What reading a file gave, as the store keeps it, and its body while there is room."""
        self.room -= len(body)
        return kept.encode(), body if self.room > 0 else b""

    def kept(self, path: str) -> StoredReading:
        """What reading a file gave."""
        return self._read(path)[0]

    def _read(self, path: str) -> tuple[StoredReading, bytes]:
        try:
            data = self._load(path)
        except OSError as cause:
            return StoredReading(None, (listing.unreadable(cause, Place(f"{self.shown}/{path}")),)), b""
        return self.of(path, data)

    def _load(self, path: str) -> bytes:
        return disk.read(f"{self.folder}/{path}", content.LARGEST)

    def of(self, path: str, data: bytes) -> tuple[StoredReading, bytes]:
        """What a file with these bytes says, and its body."""
        reading = content.read(data, path, self.by, f"{self.shown}/{path}")
        return StoredReading(reading.story, reading.problems), reading.data

    @property
    def task(self) -> Task[File, list[tuple[bytes, bytes]]]:
        """The same work for other machines: files are opened here, and their bytes are sent."""
        kit = pickle.dumps((self.shown, self.by))
        return Task(f"{__name__}:distant_reader", kit, self._pack, self._unpack)

    def _pack(self, files: Sequence[File]) -> bytes:
        loaded: list[tuple[str, bytes | None]] = []
        for file in files:
            with contextlib.suppress(OSError):
                loaded.append((file.path, self._load(file.path)))
                continue
            loaded.append((file.path, None))
        return msgspec.msgpack.encode((self.room > 0, loaded))

    def _unpack(self, files: Sequence[File], answer: bytes) -> list[tuple[bytes, bytes]]:
        read = msgspec.msgpack.decode(answer, type=list[tuple[bytes, bytes] | None])
        self.room -= sum(len(one[1]) for one in read if one)
        return [one or self.packed(*self._read(file.path)) for file, one in zip(files, read, strict=True)]


def distant_reader(kit: bytes) -> Callable[[bytes], bytes]:
    """What reads story files on another machine, from their bytes."""
    reader = _Reader(Path(), *pickle.loads(kit))  # noqa: S301, from the one who asks for the work

    def read(data: bytes) -> bytes:
        bodies, files = msgspec.msgpack.decode(data, type=tuple[bool, list[tuple[str, bytes | None]]])
        reader.room = len(data) if bodies else 0
        found = [None if one is None else reader.packed(*reader.of(path, one)) for path, one in files]
        return msgspec.msgpack.encode(found)

    return read


def read_prose(site: Site, report: Report, now: dt.datetime, *, preview: bool = False) -> tuple[Prose, ...]:
    """The pages of the editor's own that are out at ``now``, in the order of their files' names; in a preview all."""
    found = []
    for path, matter, values in _matters(site, "pages", fields.PROSE, report):
        for key, deed in (("embargo", "appears"), ("expires", "goes")):
            if (moment := values.get(key)) and moment > now:
                message = f"it {deed} with the first build after {moment.astimezone(site.zone):%Y-%m-%d %H:%M}"
                report.add(note("page-timed", message, _kept(matter, site.zone)))
        if not _out(values, now) and not preview:
            continue
        body = _digest(matter.body)
        name = path.removesuffix(".md").rpartition("/")[2]
        lang = values.get("lang", "") or locales.filed(path, site.settings.languages)
        prose = Prose(
            path=path,
            slug=locales.home(lang, site.settings.languages) + file_slug(name, latin=site.settings.latin),
            title=values["title"],
            summary=values.get("summary", ""),
            lang=lang,
            body=body,
            pictures=_pictures(matter, report),
            aliases=values.get("aliases", ()),
        )
        digest = blake2b(msgspec.msgpack.encode(prose), digest_size=16).digest()
        found.append(msgspec.structs.replace(prose, digest=digest))
    return tuple(found)


def _out(values: Mapping[str, Any], now: dt.datetime) -> bool:
    """Whether a text is for readers at a moment."""
    embargo, expires = values.get("embargo"), values.get("expires")
    return values.get("status") != "draft" and (embargo or now) <= now and (not expires or expires > now)


def _kept(matter: content.Matter, zone: ZoneInfo) -> Place:
    """The line that keeps a text from readers."""
    return matter.place(next((key for key, _ in visibility.marks(matter.meta, zone)), ""))


def read_editions(site: Site, report: Report, now: dt.datetime) -> tuple[EditionNote, ...]:
    """What editors wrote on editions, in the order of their files' names; a file has the name of its edition."""
    found: dict[str, EditionNote] = {}

    def astray(path: str) -> bool:
        first, folder, _ = path.partition("/")
        own = site.settings.languages or (site.settings.language,)
        return bool(folder) and not any(locales.same(first, one) for one in own) and locales.known(first)

    matters = _matters(site, "editions", fields.EDITION, report)
    for path, matter, values in sorted(matters, key=lambda one: astray(one[0])):
        lang = locales.filed(path, site.settings.languages)
        name = locales.home(lang, site.settings.languages) + path.removesuffix(".md").rpartition("/")[2]
        if not _out(values, now):
            message = "a note on an edition cannot be a draft, because readers see the edition: the note is ignored"
            hint = "Delete the line, or give the file an ending other than .md until it is ready."
            report.add(error("edition-held", message, _kept(matter, site.zone), hint))
            continue
        if name in found and astray(path):
            message = f"is of a language that the site does not have: its stories are in the edition {name}"
            hint = "Keep the file while the site has these stories. When you have deleted them, delete it too."
            report.add(note("edition-language", message, Place(matter.shown, 1), hint))
            found[name] = _with(found[name], values.get("frozen"))
            continue
        if name in found:
            message = f"the edition {name} has another file, {found[name].file}"
            hint = "Merge the two files."
            if len(site.settings.languages) > 1:
                hint += (
                    " If another language has become the first, move the files of each into its folder: editions/en/."
                )
            report.add(error("edition-twice", message, Place(matter.shown, 1), hint))
            continue
        frozen: Frozen | None = values.get("frozen")
        named = (values.get("lead", ""), *values.get("order", ()), *values.get("pin", ()), *values.get("briefs", ()))
        found[name] = EditionNote(
            slug=name,
            file=matter.shown,
            title=values.get("title", ""),
            lead=values.get("lead", ""),
            order=(*values.get("order", ()), *values.get("pin", ())),
            briefs=values.get("briefs", ()),
            frozen=frozen,
            matters=values.get("matters", ()),
            text=Text(f"editions/{path}", _digest(matter.body), _pictures(matter, report), lang)
            if matter.body
            else None,
            lines=matter.lines((*named, *(frozen.ids if frozen else ()))),
        )
    return tuple(found.values())


def _with(one: EditionNote, other: Frozen | None) -> EditionNote:
    """A frozen edition with the stories of another one of the same name, among its briefs."""
    if one.frozen is None or other is None:
        return one
    there = set(one.frozen.ids)
    briefs = (*one.frozen.briefs, *(id_ for id_ in other.ids if id_ not in there))
    words = {**other.words, **one.frozen.words}
    return msgspec.structs.replace(one, frozen=msgspec.structs.replace(one.frozen, briefs=briefs, words=words))


_STATIC = "static files"  # the name under which the cache keeps what is known of them
_DECODE = msgspec.msgpack.Decoder(dict[str, listing.KnownFile]).decode


def read_static(site: Site, store: Store, report: Report) -> tuple[Asset, ...]:
    """The files of the site's own at its root, each opened only where it changed, in the order of their paths."""
    known: dict[str, listing.KnownFile] = {}
    with contextlib.suppress(msgspec.DecodeError):
        known = _DECODE(store.value(_STATIC) or b"")
    folder = site.content / listing.FOLDER
    found = listing.static_files(site.root, folder, f"{site.settings.content}/{listing.FOLDER}", known)
    report.extend(found.problems)
    if found.known != known:
        store.keep_value(_STATIC, msgspec.msgpack.encode(found.known))
    return found.assets


def _pictures(matter: content.Matter, report: Report) -> tuple[str, ...]:
    """The pictures that a body shows; what is to be said of them goes into the report."""
    said = facts.brief(matter.body, matter.body.encode())
    report.extend(facts.problems(said, matter.shown, matter.body_line))
    return said.named


def _matters(
    site: Site, folder: str, known: Mapping[str, fields.Field], report: Report
) -> Iterator[tuple[str, content.Matter, dict[str, Any]]]:
    """The Markdown files of a folder below content/ with their checked values; none in which something is an error."""
    shown = f"{site.settings.content}/{folder}"
    for file in sorted(_files(site.content / folder, shown, report)):
        place = Place(f"{shown}/{file.path}")
        try:
            data = disk.read(f"{site.content}/{folder}/{file.path}", content.LARGEST)
        except OSError as cause:
            report.add(listing.unreadable(cause, place))
            continue
        matter, values, problems = content.checked(data, place.file, known, site.zone)
        report.extend(problems)
        if matter is not None:
            yield file.path, matter, values


def _digest(text: str) -> str:
    return blake2b(text.encode(), digest_size=16).hexdigest()


def _files(folder: Path, shown: str, report: Report) -> Iterator[File]:
    """Markdown files below a folder. Links to folders are not followed."""
    for found in listing.markdown(folder, shown):
        if isinstance(found, Problem):
            report.add(found)
        else:
            path, facts = found
            # Some programs put the time of change back; the system's own note of it they cannot.
            yield File(path, facts.st_size, max(facts.st_mtime_ns, facts.st_ctime_ns))
