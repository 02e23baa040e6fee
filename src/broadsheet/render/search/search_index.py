"""Search: the stories of a site → an index below output/pagefind/, for the theme's search page.

In: entries of stories and their bodies. Out: the index's files, written where their bytes changed. The index is in
parts of a thousand stories, so that today's news are indexed without the archive's; a search looks into all of them.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from hashlib import blake2b
from html import unescape
from itertools import groupby
from pathlib import Path
from typing import NamedTuple

import msgspec

from broadsheet.cache.store import Store
from broadsheet.config import Site
from broadsheet.errors import BroadsheetError, Place, Problem, warning
from broadsheet.model import Prose, Story, Text
from broadsheet.render.output import Output
from broadsheet.render.search import pagefind
from broadsheet.syndication import SearchEntry
from broadsheet.workers import spread

FOLDER = "pagefind/"

Bodies = Callable[[Story | Prose | Text], str]

_INLINE = re.compile(r"</?(?:em|strong|a|code|del|sup|sub|cite|q)\b(?:[^>\"]|\"[^\"]*\")*>")
_TAG = re.compile(r"<(?:[^>\"]|\"[^\"]*\")*>")


PART = 1000  # stories from which a part of the index is full, at the end of a month
RECIPE = "3"  # raise it where the same stories are indexed otherwise
DOOR = "pagefind.js"  # what the search page loads
_MEMORY = "search"


class Part(NamedTuple):
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


class Search:
    """The search index of one site, as it was left; ``paths`` are its files below output/."""

    def __init__(self, site: Site, store: Store, output: Output, *, wanted: bool) -> None:
        """Where it is not ``wanted`` it has no files, and those that it had are to be removed."""
        self.language = site.settings.language.partition("-")[0].lower()
        self.store = store
        self.output = output
        self.wanted = wanted
        self.parts = self._recalled() if wanted else {}
        self._written = 0

    @property
    def paths(self) -> set[str]:
        """Every file of the index, by its path below output/."""
        return {path for part in self.parts.values() for path in part.files}

    def holding(self, addresses: AbstractSet[str]) -> dict[str, tuple[str, ...]]:
        """The parts that hold stories at these addresses, each with the addresses of all its stories."""
        return {name: part.stories for name, part in self.parts.items() if not addresses.isdisjoint(part.stories)}

    def update(
        self,
        wanted: Mapping[str, Sequence[SearchEntry]],
        kept: Collection[str],
        pages: AbstractSet[str],
        bodies: Bodies,
        workers: int,
        tell: Progress,
    ) -> Indexed:
        """Index those of the ``wanted`` parts whose stories changed, write their files, remove those of no part.

        Of the other parts those are left that are ``kept``; ``pages`` are the paths of all other files of the site.
        Readers meet the old index or the new one, never half of one: what names its pieces is written after them.
        Where the program fails, a part stays as it was.
        """
        if not self.wanted:
            return Indexed()
        program = pagefind.program()
        if program is None:
            hint = (
                "pip install pagefind-bin, or put pagefind on the PATH; 'search = false' in the settings does without."
            )
            return Indexed(problems=(warning("search-missing", "Pagefind is not installed", Place("search"), hint),))
        keys = {name: _key(part, self.language, program) for name, part in wanted.items()}
        stale = [name for name in wanted if not self._fresh(name, keys[name])]
        before, old = self.paths, self.parts
        problems = _doubts(program, self.language)
        indexer = Indexer(program, self.language, bodies, wanted)
        try:
            for number, (files,) in enumerate(spread(indexer.index, stale, slice_size=1, workers=workers)):
                name = stale[number]
                self.output.begin({*pages, *before, *self.paths, *files})
                made = {path: self._write(path, files[path]) for path in sorted(files, key=_naming)}
                stories = tuple([entry.address for entry in wanted[name]])
                self.parts = {**self.parts, name: Part(keys[name], stories, made)}
                tell(number + 1, len(stale))
        except BroadsheetError as cause:
            problems += cause.problems
        self.parts = {name: part for name, part in self.parts.items() if name in kept}
        self._open_doors()
        if self.parts != old:
            self.store.keep_value(_MEMORY, msgspec.msgpack.encode(self.parts))
        removed, _ = self.output.sweep(pages | self.paths, before)
        return Indexed(sum(len(wanted[name]) for name in stale), self._written, removed, problems)

    def _recalled(self) -> dict[str, Part]:
        try:
            return msgspec.msgpack.decode(self.store.value(_MEMORY) or b"", type=dict[str, Part])
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

    def _open_doors(self) -> None:
        """Let a search look into all parts: the first part's script takes in the others (Pagefind's mergeIndex)."""
        first, others = self.parts.get(""), [f"{name}/" for name in self.parts if name]
        door = f"{FOLDER}{DOOR}"
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
_MERGED = b"await Promise.allSettled(%s.map((part) => mergeIndex(new URL(part, import.meta.url).pathname)));\n"


def _naming(path: str) -> int:
    """The order of writing: pieces, the table of them, what names the table, what loads all."""
    return (".pf_meta" in path) + 2 * path.endswith("-entry.json") + 3 * path.endswith(DOOR)


def parts(entries: Sequence[SearchEntry]) -> dict[str, list[SearchEntry]]:
    """Entries, oldest first, by the parts of an index that they are in."""
    return dict(_parts(entries))


def _parts(entries: Sequence[SearchEntry]) -> Iterator[tuple[str, list[SearchEntry]]]:
    """The parts of an index, oldest first, whole months each. The first has no name, the others that of a month."""
    name = ""
    part: list[SearchEntry] = []
    for month, found in groupby(entries, key=lambda entry: entry.day[:7]):
        if len(part) >= PART:
            yield name, part
            name, part = month, []
        part += found
    if part:
        yield name, part


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
    hint = "pip install pagefind-bin-extended, which tells the words of Chinese and Japanese apart."
    return (warning("search-words", f"few words will be found in the language {language!r}", Place("search"), hint),)


class Indexer:
    """Indexes parts; what one process of several does."""

    def __init__(
        self, program: Path, language: str, bodies: Bodies, parts: Mapping[str, Sequence[SearchEntry]]
    ) -> None:
        self.program = program
        self.language = language
        self.bodies = bodies
        self.parts = parts

    def index(self, names: Sequence[str]) -> list[dict[str, bytes]]:
        """The files of each part, by their paths below output/. Raises BroadsheetError."""
        return [self._index(name) for name in names]

    def _index(self, name: str) -> dict[str, bytes]:
        records = [self._record(entry) for entry in self.parts[name]]
        files = pagefind.index(self.program, records, self.language)
        if not name:
            return {f"{FOLDER}{path}": data for path, data in files.items()}
        kept = {path: data for path, data in files.items() if ".pf_" in path or path.endswith(".json")}
        return {f"{FOLDER}{name}/{path}": data for path, data in kept.items()}

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
            "url": entry.address,
            "content": plain(self.bodies(entry.story)),
            "meta": {key: text for key, text in meta.items() if text},
            "filters": {key: names for key, names in many.items() if any(names)},
            "sort": {"date": entry.day},
        }


def plain(html: str) -> str:
    """The words of a body."""
    return " ".join(unescape(_TAG.sub(" ", _INLINE.sub("", html))).split())
