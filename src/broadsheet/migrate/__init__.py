"""Another program's site → stories and pages of this one: Hugo, Jekyll, Pelican, exports of WordPress and Ghost.

In: a site, and the folder or the export of the old one. Out: story files, pages and pictures, and an ``ImportOutcome``
that tells what each post became and, by file and line, what could not be taken over. The rules:

* A post is imported once. Its story keeps the id that its subscribers know from the old feed, where that can be known.
* Its old address stays as an alias, and links between posts lead to the new ones.
* A file that an editor has touched since is never written, and one that was deleted stays deleted.

What was imported from where, ever, is kept with the stories, in content/stories/.imported, because it alone tells an
import from an edit by hand, and a story that an editor deleted from one that never came. It has a line of JSON for each
post: its file, the digest of its bytes, the id and path of what it became, and the digest of what was written.
"""

from __future__ import annotations

import contextlib
import datetime as dt
import uuid
from collections import Counter
from collections.abc import Iterator
from hashlib import blake2b
from pathlib import Path
from typing import Literal

import msgspec

from broadsheet import content, disk, locales
from broadsheet.cache import lock
from broadsheet.config import Site
from broadsheet.content import guarded
from broadsheet.desk import beginnings
from broadsheet.errors import BroadsheetError, Place, Problem, error, fail, note, warning
from broadsheet.ingest.sources import index
from broadsheet.migrate import convert, ghost, hugo, jekyll, old_site, pelican, wordpress
from broadsheet.migrate.convert import Here, Shaped, shape
from broadsheet.migrate.links import Map
from broadsheet.migrate.old_site import GENERATORS, Generator, Old, Post
from broadsheet.pages import urls
from broadsheet.text import counted, did_you_mean, file_slug, slug

__all__ = ["GENERATORS", "Deed", "Done", "Generator", "ImportOutcome", "run"]

FILE = ".imported"
Deed = Literal["new", "updated", "unchanged", "kept", "deleted", "failed"]
_READERS = {
    "hugo": hugo.read,
    "jekyll": jekyll.read,
    "pelican": pelican.read,
    "wordpress": wordpress.read,
    "ghost": ghost.read,
}
_NAMES = "Hugo, Jekyll or Pelican, and no export of WordPress or Ghost"


class Done(msgspec.Struct, frozen=True):
    """What was done with a post; ``path`` is the file that it became, below content/.

    ``kept`` was left as an editor made it, ``deleted`` was removed by an editor and stays away.
    """

    file: str
    deed: Deed
    path: str = ""


class ImportOutcome(msgspec.Struct, frozen=True):
    """What an import did: each post in the order of the files, every problem, and sections that the site has not."""

    kind: Generator
    done: tuple[Done, ...]
    problems: tuple[Problem, ...]
    sections: tuple[str, ...] = ()


def run(
    site: Site,
    folder: Path,
    kind: Generator | None = None,
    *,
    lang: str = "",
    only: tuple[str, ...] = (),
    uploads: Path | None = None,
    dry_run: bool = False,
) -> ImportOutcome:
    """Import the posts of another generator's site. ``kind`` is recognised if it is not given.

    Of a story in several languages the one in ``lang`` is the original, by default that in the language of the site.
    ``only`` names the languages that are taken, by default all. ``uploads`` is the folder of an export's pictures.
    Raises BroadsheetError: ``import-unknown``, ``import-export``, ``import-language``, ``unwritable``, and why an
    export cannot be read.
    """
    found = old_site.detect(folder)
    if kind is None and found is None:
        hint = (
            f"Name the folder with the site's settings, or the unpacked export; or use --from {', '.join(GENERATORS)}."
        )
        raise fail("import-unknown", f"is not a site of {_NAMES}", Place(str(folder)), hint)
    home = found[1] if found and (kind in (None, found[0])) else folder
    kind = kind or (found[0] if found else "hugo")
    if home.is_file() and kind not in old_site.EXPORTS:
        raise fail("import-unknown", f"is a file, and {kind} has a folder", Place(str(home)), "Name that folder.")
    old = _READERS[kind](home, site.zone)
    if uploads:
        old = msgspec.structs.replace(old, roots=(uploads, *old.roots), uploads=(uploads,))
    if not old.posts:
        problem = warning("import-empty", f"no post of {kind} was found", Place(str(home)), _other(kind))
        return ImportOutcome(kind, (), (*old.problems, problem))
    tongues = _Tongues(site, old, lang, only)
    with contextlib.nullcontext() if dry_run else lock.held(site.root, "import"):
        return _Import(site, tongues, dry_run=dry_run).run()


def _other(kind: str) -> str:
    return f"If it is another generator's, use --from {' or '.join(one for one in GENERATORS if one != kind)}."


class _Tongues:
    """The languages of an old site: the posts that are taken, and which of them is a translation of which."""

    def __init__(self, site: Site, old: Old, lang: str, only: tuple[str, ...]) -> None:
        spoken = {convert.spoken(post, old).lower() for post in old.posts}
        if len(spoken) == 1 or not any(post.lang or convert.get(post.written, "lang") for post in old.posts):
            old = msgspec.structs.replace(old, language="")  # one of which settings rarely say the truth
        own = site.settings.language
        self._own = {post.file: locales.spelled(convert.spoken(post, old) or own) for post in old.posts}
        counts = Counter(self._own.values())
        for asked in (lang, *only):
            if asked and not any(locales.same(asked, tongue) for tongue in counts):
                hint = f"It has posts in {', '.join(sorted(counts))}."
                raise fail("import-language", f"no post is in {asked!r}", Place(str(old.home)), hint)
        ranks = [*filter(None, (lang, own, old.language)), *only, *counts]
        self._ranks = {tongue: [locales.same(tongue, one) for one in ranks].index(True) for tongue in counts}
        taken = tuple(post for post in old.posts if not only or any(locales.same(one, self.of(post)) for one in only))
        self.old = msgspec.structs.replace(old, posts=taken)
        self.problems = [*self._left(old, taken)]
        self.originals = self._translated(taken)

    def of(self, post: Post) -> str:
        """The language of a post."""
        return self._own[post.file]

    def _left(self, old: Old, taken: tuple[Post, ...]) -> Iterator[Problem]:
        """What is not taken, with its number."""
        left = Counter(self.of(post) for post in old.posts)
        left.subtract(self.of(post) for post in taken)
        for tongue, number in left.items():
            if number:
                first = next(post for post in old.posts if self.of(post) == tongue)
                said = f"{number} posts in {tongue} are" if number > 1 else f"1 post in {tongue} is"
                hint = f"Add {tongue} to --only to import them." if number > 1 else ""
                yield note("import-language", f"{said} not imported, as --only says", first.at(), hint)

    def _translated(self, posts: tuple[Post, ...]) -> dict[str, Post]:
        """The original of each post that is a translation, by its file."""
        groups: dict[tuple[bool, str], list[Post]] = {}
        for post in posts:
            if post.translation:
                groups.setdefault((post.page, post.translation), []).append(post)
        found: dict[str, Post] = {}
        for group in groups.values():
            original = min(group, key=lambda post: self._ranks[self.of(post)])
            found |= {post.file: original for post in group if self.of(post) != self.of(original)}
        return found


class _Import:
    """One import: what is there already, and what each post becomes."""

    def __init__(self, site: Site, tongues: _Tongues, *, dry_run: bool) -> None:
        self._site = site
        self._tongues = tongues
        self._old = old = tongues.old
        self._dry_run = dry_run
        self._record = ImportRecord(site)
        self._problems = [*old.problems, *tongues.problems, *self._record.problems]
        self._there = {copy.id: f"stories/{copy.path}" for copy in index.load(site) if copy.id}
        self._taken = {line.path for line in self._record}
        self._ids = {line.id for line in self._record}
        self._sample = beginnings.sample_page()  # which a new site has, and an old one's own page takes the place of

    def run(self) -> ImportOutcome:
        lines = {post.file: self._line(post) for post in self._old.posts}
        places = {file: line.path for file, line in lines.items()}
        new = {post.file: self._address(post, places[post.file]) for post in self._old.posts}
        known = Map(self._old, new)
        first: dict[str, str] = {}
        for post in self._old.posts:
            other = first.setdefault(post.address, post.file) if post.address else post.file
            if other != post.file:
                message = f"{post.address} was also the address of {other}: it leads there"
                self._problems.append(warning("import-address", message, post.at()))
        done = []
        sections: Counter[str] = Counter()
        try:
            for post in self._old.posts:
                line = lines[post.file]
                original = self._tongues.originals.get(post.file)
                translates = lines[original.file].id if original else ""
                here = Here(new[post.file], line.id, first.get(post.address) == post.file, translates)
                try:
                    shaped = shape(post, self._old, known, here, self._site)
                except Exception as cause:  # noqa: BLE001, one post must not keep the others from being imported
                    self._problems.append(content.fault(cause, post.shown or post.file))
                    done.append(Done(post.file, "failed"))
                    continue
                row = self._file(post, line, shaped)
                if row.deed in ("new", "updated"):
                    sections[shaped.section] += 1
                done.append(row)
        finally:
            if not self._dry_run:
                self._record.save()
        spelled: dict[str, str] = {}  # names that differ in capitals alone are one section
        numbers: Counter[str] = Counter()
        for name, number in sections.most_common():
            numbers[spelled.setdefault(name.casefold(), name)] += number
        unknown = tuple(name for name in numbers if name)
        for name in unknown:
            hint = did_you_mean(name, self._site.settings.sections)
            many = counted(numbers[name], "post", "posts")
            message = f"section {name!r} is not in the setting 'sections' ({many})"
            self._problems.append(note("import-section", message, Place("pyproject.toml"), hint))
        return ImportOutcome(self._old.kind, tuple(done), tuple(self._problems), unknown)

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
        """Where a post may go: by its name, and a translation by its language too."""
        name = f"{post.slug}-{self._tongues.of(post)}" if post.file in self._tongues.originals else post.slug
        if post.page:
            names = (f"pages/{slug(name)}{f'-{number}' if number > 1 else ''}.md" for number in range(1, 1_000_000))
        else:
            names = (f"stories/{path}" for path in beginnings.paths(post.day, name, self._site))
        return (path for path in names if path not in self._taken and self._free(self._site.content / path))

    def _free(self, file: Path) -> bool:
        """Whether nothing is at a path, or only the sample of a new site."""
        return not file.exists() or (file.name == "about.md" and file.is_file() and file.read_bytes() == self._sample)

    def _address(self, post: Post, path: str) -> str:
        """Where readers will find what a post becomes."""
        home = locales.home(self._tongues.of(post), self._site.settings.languages)
        name = home + file_slug(path.rpartition("/")[2].removesuffix(".md"), latin=self._site.settings.latin)
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
            self._problems.append(error("unreadable", f"cannot read {path}: {cause}", post.at(0)))
            return Done(post.file, "failed", path)
        sample = now == self._sample and not before
        if before and now is None:
            return Done(post.file, "deleted", path)
        if now is not None and not sample and (not before or digest(now) != before.made):
            if before and before.sha256 != post.sha256:
                self._edited(post, path)
            return Done(post.file, "kept", path)
        self._problems += shaped.problems
        if any(problem.severity == "error" for problem in shaped.problems):
            return Done(post.file, "failed", path)
        deed: Deed = "new" if now is None or sample else "unchanged" if now == shaped.data else "updated"
        if not self._dry_run:
            self._copy(shaped)
            if deed != "unchanged" and (touched := _touched(file, now, shaped.data)):
                if touched == "kept" and before:
                    self._edited(post, path)
                return Done(post.file, touched, path)
            self._record.enter(ImportedPost(line.file, post.sha256, line.id, path, digest(shaped.data)))
        return Done(post.file, deed, path)

    def _copy(self, shaped: Shaped) -> None:
        """Copy the pictures and files of a post that are not there yet."""
        for file in shaped.pictures:
            if not (copy := disk.within(self._site.content, file.name)).exists():
                guarded.create(copy, Path(file.path).read_bytes())

    def _edited(self, post: Post, path: str) -> None:
        message = f"has changed in the old site, but you edited {path} here: it was not changed"
        self._problems.append(warning("import-edited", message, post.at(0)))


def _touched(file: Path, before: bytes | None, data: bytes) -> Deed | None:
    """Write a file that held ``before``, if it was there: nothing, or what is to be said where somebody touched it."""
    if before is None:
        return None if guarded.create(file, data) else "kept"
    outcome = guarded.replace(file, data, before.__eq__)
    return None if outcome == "written" else "deleted" if outcome == "gone" else "kept"


class ImportedPost(msgspec.Struct, frozen=True):
    """A post that was imported; ``path`` is below content/."""

    file: str
    sha256: str
    id: str
    path: str
    made: str


class ImportRecord:
    """Every post that was imported, by its generator and file."""

    def __init__(self, site: Site) -> None:
        self._file = site.stories / FILE
        self._shown = f"{site.settings.content}/stories/{FILE}"
        self.problems: list[Problem] = []
        self._entered: dict[str, ImportedPost] = {}
        try:
            self._read = self._file.read_bytes()
        except OSError:
            self._read = b""
        self._lines = self._parsed(self._read)

    def __iter__(self) -> Iterator[ImportedPost]:
        return iter(self._lines.values())

    def get(self, file: str) -> ImportedPost | None:
        """What a post became."""
        return self._lines.get(file)

    def enter(self, line: ImportedPost) -> None:
        """Note what a post became."""
        self._lines[line.file] = self._entered[line.file] = line

    def save(self) -> None:
        """Write the record. Raises BroadsheetError (``unwritable``)."""
        if self._lines:
            guarded.update(self._file, self._written)

    def _written(self, now: bytes | None) -> bytes:
        """The file with what was entered; what somebody changed in it since it was read, as a merge does, stays."""
        lines = self._lines
        if now is not None and now != self._read:
            lines = self._parsed(now) | self._entered
        return b"".join(msgspec.json.encode(lines[file]) + b"\n" for file in sorted(lines))

    def _parsed(self, data: bytes) -> dict[str, ImportedPost]:
        lines = {}
        for number, row in enumerate(data.splitlines(), 1):
            try:
                line = msgspec.json.decode(row, type=ImportedPost)
            except msgspec.MsgspecError:
                hint = "Delete the line: existing stories are known by their ids."
                problem = warning("import-record", "not a line of the record", Place(self._shown, number), hint)
                self.problems.append(problem)
            else:
                lines[line.file] = line
        return lines


def digest(data: bytes) -> str:
    """The digest of a file as it was written, whatever a checkout made of its line ends."""
    return blake2b(data.replace(b"\r\n", b"\n"), digest_size=16).hexdigest()
