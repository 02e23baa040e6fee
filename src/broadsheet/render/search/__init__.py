"""Search: the stories of a site → an index below output/pagefind/, for the theme's search page.

In: entries of stories and their bodies. Out: the index's files, written where their bytes changed. The index is in
parts, which are small where the stories are new and full in the archive, so that today's news are indexed by themselves
and old parts stay as they are; a search looks into all of them. Log-structured stores keep their data so (O'Neil and
others, "The log-structured merge-tree", 1996). A site in several languages has an index of each, below the folder of
its pages: the names of its parts begin with it.
"""

from __future__ import annotations

import contextlib
import math
import pickle
import re
from collections import deque
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from hashlib import blake2b
from html import unescape
from itertools import chain, groupby, islice
from pathlib import Path
from typing import NamedTuple

import msgspec

from broadsheet.cache.store import Store
from broadsheet.config import Settings, Site
from broadsheet.errors import BroadsheetError, Place, Problem, warning
from broadsheet.render.bodies import Bodies
from broadsheet.render.output import Output
from broadsheet.render.search import pagefind
from broadsheet.syndication import SearchEntry
from broadsheet.workers import RemoteWorkers, Task, Workers, beside, spread

FOLDER = "pagefind/"

_INLINE = re.compile(r"</?(?:em|strong|a|code|del|sup|sub|cite|q)\b(?:[^>\"]|\"[^\"]*\")*>")
_TAG = re.compile(r"<(?:[^>\"]|\"[^\"]*\")*>")


PART = 1000  # stories from which a part of the index is full, at the end of a month
TOGETHER = 8  # parts that are written after one look at the list of all files; their bytes are in memory meanwhile
STEP = 4  # by this the newer parts are smaller, size by size: as many are joined as soon as there are more
FEW = 2 * PART  # stories that are indexed while pages are drawn; of more the pages come first
SIZES = 4  # of parts, the full one's among them
RECIPE = "3"  # raise it where the same stories are indexed otherwise
DOOR = "pagefind.js"  # what the search page loads
_MEMORY = "search"


class IndexPart(NamedTuple):
    """A part of the index as it was written: the digest of its stories, their addresses, its files with their sizes and
    times.
    """

    key: bytes
    stories: tuple[str, ...]
    files: dict[str, tuple[int, int]]


class Indexed(msgspec.Struct, frozen=True):
    """What an indexing did: stories indexed anew, files written and removed, problems."""

    stories: int = 0
    written: int = 0
    removed: int = 0
    problems: tuple[Problem, ...] = ()


Progress = Callable[[int, int], None]
Made = Callable[[], Iterator[tuple[str, dict[str, bytes]]]]  # the files of parts, each by its path below output/


class Search:
    """The search index of one site, as it was left; ``paths`` are its files below output/."""

    def __init__(self, site: Site, store: Store, output: Output, *, wanted: bool) -> None:
        """Where it is not ``wanted`` it has no files, and those that it had are to be removed."""
        self.site = site
        self.languages = {one.home: one.settings.language.partition("-")[0].lower() for one in site.languages}
        self.store = store
        self.output = output
        self.wanted = wanted
        self.parts = self._recalled() if wanted else {}
        self._written = 0
        self._keys: dict[str, bytes] = {}

    @property
    def paths(self) -> set[str]:
        """Every file of the index, by its path below output/."""
        return {path for part in self.parts.values() for path in part.files}

    def holding(self, addresses: AbstractSet[str]) -> dict[str, tuple[str, ...]]:
        """The parts that hold stories at these addresses, each with the addresses of all its stories."""
        return {name: part.stories for name, part in self.parts.items() if not addresses.isdisjoint(part.stories)}

    @contextlib.contextmanager
    def indexing(self, wanted: Mapping[str, Sequence[SearchEntry]], bodies: Bodies, workers: Workers) -> Iterator[Made]:
        """What gives the files of those of the ``wanted`` parts whose stories changed, each with the part's name.

        Where these are few, a process of their own makes them meanwhile. They are asked for once, and raise
        BroadsheetError.
        """
        program = pagefind.program() if self.wanted else None
        if program is None:
            yield lambda: iter(())
            return
        self._keys = {name: _key(part, self.languages[_home(name)], program) for name, part in wanted.items()}
        stale = [name for name in wanted if not self._fresh(name, self._keys[name])]
        stale.sort(key=lambda name: -len(wanted[name]))  # at the end no process waits long for another
        indexer = Indexer(program, self.languages, bodies, wanted)
        distant = _task(self.site, indexer) if isinstance(workers, RemoteWorkers) else None
        if 0 < sum(len(wanted[name]) for name in stale) <= FEW and not distant:
            with beside(lambda: indexer.index(stale), workers=workers) as made:
                yield lambda: zip(stale, made(), strict=True)
        else:
            yield lambda: zip(
                stale,
                (files for (files,) in spread(indexer.index, stale, slice_size=1, workers=workers, task=distant)),
                strict=True,
            )

    def update(
        self,
        wanted: Mapping[str, Sequence[SearchEntry]],
        made: Made,
        kept: Collection[str],
        pages: AbstractSet[str],
        tell: Progress,
    ) -> Indexed:
        """Write what was ``made`` by ``indexing`` of the same ``wanted`` parts, and remove files of no part.

        Of the other parts those are left that are ``kept``; ``pages`` are the paths of all other files of the site.
        Readers meet the old index or the new one, never half of one: what names its pieces is written after them.
        Where the program fails, a part stays as it was.
        """
        if not self.wanted:
            return Indexed()
        program = pagefind.program()
        if program is None:
            hint = "pip install pagefind-bin, or put pagefind on the PATH; or set 'search = false' in the settings."
            return Indexed(problems=(warning("search-missing", "Pagefind is not installed", Place("search"), hint),))
        before, old = self.paths, dict(self.parts)
        problems = tuple(chain.from_iterable(_doubts(program, language) for language in self.languages.values()))
        done, of = 0, sum(not self._fresh(name, self._keys[name]) for name in wanted)
        stories = 0
        try:
            waiting = made()
            while some := dict(islice(waiting, TOGETHER)):
                self.output.begin(chain(pages, before, self.paths, *some.values()))
                for name, files in some.items():
                    written = {path: self._write(path, files[path]) for path in sorted(files, key=_naming)}
                    addresses = tuple([entry.address for entry in wanted[name]])
                    self.parts[name] = IndexPart(self._keys[name], addresses, written)
                    stories += len(addresses)
                    done += 1
                    tell(done, of)
        except BroadsheetError as cause:
            problems += cause.problems
        self.parts = {name: self.parts[name] for name in sorted(self.parts) if name in kept}
        for home in self.languages:
            self._open_doors(home)
        if self.parts != old:
            self.store.keep_value(_MEMORY, msgspec.msgpack.encode(self.parts))
        removed, _ = self.output.sweep(pages | self.paths, before)
        return Indexed(stories, self._written, removed, problems)

    def _recalled(self) -> dict[str, IndexPart]:
        try:
            return msgspec.msgpack.decode(self.store.value(_MEMORY) or b"", type=dict[str, IndexPart])
        except msgspec.DecodeError:
            return {}

    def _fresh(self, name: str, key: bytes) -> bool:
        """Whether a part was made from the same stories, and no file of it was touched since."""
        part = self.parts.get(name)
        there = self.output.there
        return part is not None and part.key == key and all(there.get(path) == s for path, s in part.files.items())

    def _write(self, path: str, data: bytes) -> tuple[int, int]:
        if path in self.output.there and self.output.holds(path, data):
            return self.output.there[path]
        self._written += 1
        return self.output.write(path, data)

    def _open_doors(self, home: str) -> None:
        """Let a search look into all parts: the first part's script takes in the others (Pagefind's mergeIndex)."""
        first = self.parts.get(home)
        theirs = {name.removeprefix(home): part for name, part in self.parts.items() if _home(name) == home}
        others = [(f"{name}/", _weight(len(part.stories))) for name, part in theirs.items() if name]
        door = f"{home}{FOLDER}{DOOR}"
        if first is None:
            return
        try:
            data = (self.output.folder / door).read_bytes()
        except OSError:  # deleted, while the program does not do its work; it is made when that does
            return
        opened = data.partition(_OTHERS)[0]
        if others:
            opened += _OTHERS + _MERGED % msgspec.json.encode(others)
        if opened != data:
            first.files[door] = self._write(door, opened)


_OTHERS = b"\n// The other parts of the index.\n"
_MERGED = (
    b"await Promise.allSettled(%s.map(([part, indexWeight]) => "
    b"mergeIndex(new URL(part, import.meta.url).pathname, { indexWeight })));\n"
)


def _weight(stories: int) -> float:
    """What the scores of a part are multiplied by, so that they compare with a full one's: from 1 to 4, in halves.

    Pagefind ranks by BM25 in each part for itself: a word that one story has counts the more, the more have it not.
    """
    rarity = (math.log1p((count - 0.5) / 1.5) for count in (PART, max(1, min(stories, PART))))
    return min(4.0, round(2 * next(rarity) / next(rarity)) / 2)


def _naming(path: str) -> int:
    """The order of writing: pieces, the table of them, what names the table, what loads all."""
    return (".pf_meta" in path) + 2 * path.endswith("-entry.json") + 3 * path.endswith(DOOR)


def _home(name: str) -> str:
    """The folder of the language that a part is of."""
    return name[: name.find("/") + 1]


def parts(entries: Sequence[SearchEntry]) -> dict[str, list[SearchEntry]]:
    """Entries, oldest first, by the parts of the indexes that they are in: the first has no name, the others a day's.

    The names of a language's parts begin with the folder of its pages.
    """
    homes = sorted({entry.home for entry in entries})
    return {
        f"{home}{part[0].day if number else ''}": part
        for home in homes
        for number, part in enumerate(_parts([entry for entry in entries if entry.home == home]))
    }


def _parts(entries: Sequence[SearchEntry]) -> Iterator[list[SearchEntry]]:
    """The parts of an index, oldest first.

    In the archive they are full, whole months each: one more old story moves none of the others to another part. What
    is newer is in parts of whole days, of ever smaller sizes; none is taken for full before a quarter of its size
    follows, so that what is edited today is in a small one.
    """
    part, left = list[SearchEntry](), len(entries)
    for _, month in groupby(entries, key=lambda entry: entry.day[:7]):
        if len(part) >= PART and left - len(part) >= PART // STEP:
            yield part
            left -= len(part)
            part = []
        part += month
    newer = deque(list(day) for _, day in groupby(part, key=lambda entry: entry.day))
    for size in (PART // STEP**step for step in range(SIZES)):
        while newer and left >= size + size // STEP:
            part = newer.popleft()
            while len(part) < size:
                part += newer.popleft()
            yield part
            left -= len(part)
    if newer:
        yield list(chain.from_iterable(newer))


def _key(part: Sequence[SearchEntry], language: str, program: Path) -> bytes:
    """The digest of what a part is made from."""
    stat = program.stat()
    hashed = blake2b(f"{RECIPE}\0{language}\0{stat.st_size}".encode(), digest_size=16)
    for one in part:
        words = (
            one.address,
            one.story.lang,
            one.title,
            one.summary,
            one.section,
            *one.topics,
            "",
            *one.authors,
            one.story.body,
        )
        hashed.update("\0".join(words).encode())
    return hashed.digest()


def _doubts(program: Path, language: str) -> tuple[Problem, ...]:
    if language not in ("zh", "ja") or pagefind.EXTENDED in str(program) or "extended" in program.name:
        return ()
    hint = "pip install pagefind-bin-extended, which can split Chinese and Japanese into words."
    return (warning("search-words", f"few words will be found in the language {language!r}", Place("search"), hint),)


class Indexer:
    """Indexes parts; what one process of several does."""

    def __init__(
        self,
        program: Path,
        languages: Mapping[str, str],
        bodies: Bodies,
        parts: Mapping[str, Sequence[SearchEntry]],
    ) -> None:
        """``languages`` are those of the site, by the folders of their pages."""
        self.program = program
        self.languages = languages
        self.bodies = bodies
        self.parts = parts

    def index(self, names: Sequence[str]) -> list[dict[str, bytes]]:
        """The files of each part, by their paths below output/. Raises BroadsheetError."""
        return [self._index(name) for name in names]

    def _index(self, name: str) -> dict[str, bytes]:
        records = [self._record(entry) for entry in self.parts[name]]
        home = _home(name)
        files = pagefind.index(self.program, records, self.languages[home])
        part = name.removeprefix(home)
        if not part:
            return {f"{home}{FOLDER}{path}": data for path, data in files.items()}
        kept = {path: data for path, data in files.items() if ".pf_" in path or path.endswith(".json")}
        return {f"{home}{FOLDER}{part}/{path}": data for path, data in kept.items()}

    def _record(self, entry: SearchEntry) -> pagefind.Record:
        """A story as Pagefind takes it. What stands in ``meta`` is found too, and a title weighs more than a body."""
        many = {
            "section": [entry.section],
            "topic": list(entry.topics),
            "author": list(entry.authors),
            "date": [entry.day[:7]],  # the month: a year is any of its twelve
            "language": [entry.story.lang],  # no reader searches by it: a result has its title in it
        }
        meta = {
            "title": entry.title,
            "summary": entry.summary,
            "date": entry.day,
            "section": entry.section,
            "topics": ", ".join(entry.topics),
            "authors": ", ".join(entry.authors),
        }
        return {
            "url": entry.address.removeprefix(entry.home),  # the page that searches knows its own folder
            "content": plain(self.bodies(entry.story)),
            "meta": {key: text for key, text in meta.items() if text},
            "filters": {key: names for key, names in many.items() if any(names)},
            "sort": {"date": entry.day},
        }


def _task(site: Site, indexer: Indexer) -> Task[str, list[dict[str, bytes]]]:
    """The same work for other machines, which are sent the stories of a part, and send back its files."""
    settings = Settings(language=site.settings.language, typography=site.settings.typography)
    kit = pickle.dumps((settings, indexer.languages, indexer.program.stat().st_size))

    def pack(names: Sequence[str]) -> bytes:
        entries = indexer.parts[names[0]]
        sources = [indexer.bodies.source(entry.story) for entry in entries if not entry.story.retracted]
        return pickle.dumps((names[0], entries, sources))

    def unpack(_names: Sequence[str], answer: bytes) -> list[dict[str, bytes]]:
        found: list[dict[str, bytes]] = pickle.loads(answer)  # noqa: S301, from a worker, which is trusted as this process is
        return found

    return Task(f"{__name__}:distant_indexer", kit, pack, unpack)


def distant_indexer(kit: bytes) -> Callable[[bytes], bytes]:
    """What indexes parts on another machine. Raises LookupError where that has another Pagefind, or none."""
    settings, languages, size = pickle.loads(kit)  # noqa: S301, from the one who asks for the work
    program = pagefind.program()
    if program is None or program.stat().st_size != size:
        raise LookupError(program)

    def indexed(data: bytes) -> bytes:
        name, entries, sources = pickle.loads(data)  # noqa: S301
        bodies = Bodies(Site(Path(), settings))
        bodies.again = False
        bodies.take(sources)
        return pickle.dumps(Indexer(program, languages, bodies, {name: entries}).index([name]))

    return indexed


def plain(html: str) -> str:
    """The words of a body."""
    return " ".join(unescape(_TAG.sub(" ", _INLINE.sub("", html))).split())
