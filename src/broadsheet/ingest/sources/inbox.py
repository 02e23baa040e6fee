"""Where raw files come from: files and folders → what can be read, in the order of their names, found as it is needed.

In: the paths a user named, or the site's inbox. Out: ``Raw``, a file that nobody has opened yet, and a problem for each
that cannot be taken. Hidden files, back-ups, what programs leave behind and the folders that browsers save beside a
page are passed over, and so is in the inbox what its .ignore covers.

The files named .ignore have gitignore's rules. As in git, the file that lies nearest decides, its last matching line
counts, and nothing below an ignored folder comes back. Source of the rules: git-scm.com/docs/gitignore, through the
library pathspec.
"""

from __future__ import annotations

import datetime as dt
import os
import re
import stat
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec

from broadsheet import disk
from broadsheet.config import Site
from broadsheet.errors import Place, Problem, error, fail, note, warning
from broadsheet.ingest.extract.draft import Source

if TYPE_CHECKING:
    import pathspec

LARGEST = 64 * 1024 * 1024  # bytes; no news text is that long, and a mailbox of that size is better split

# Pictures and the like that lie beside the texts they belong to.
_COMPANION = re.compile(r"\.(jpe?g|png|gif|webp|avif|svg|ico|bmp|tiff?|css|js|woff2?)\Z", re.IGNORECASE)
# Hidden files, and what editors, office programs, browsers and systems leave beside the files that a person made.
_PASSED = re.compile(
    r"\A(\.|~\$|#.*#\Z|__MACOSX\Z|(?:eh)?thumbs(?:_\w+)?\.db\Z|desktop\.ini\Z|\$RECYCLE\.BIN\Z|"
    r"System Volume Information\Z|Icon\r?\Z)|"
    r"(~|\.(tmp|temp|part|partial|crdownload|opdownload|download|sw[nop]|bak|orig|rej|asd|wbk))\Z",
    re.IGNORECASE,
)
# What browsers in the main languages of the web call the folder beside a saved page.
_BESIDE = re.compile(
    r"[_ -](files|dateien|fichiers|archivos|arquivos|file|bestanden|filer|pliki|soubory|tiedostot)\Z", re.IGNORECASE
)


class Raw(msgspec.Struct, frozen=True):
    """A raw file as it was found: ``name`` is how an editor calls it, ``path`` where it lies, ``mtime`` nanoseconds."""

    name: str
    path: str
    size: int
    mtime: int


def find(site: Site, paths: Sequence[str | Path], ignored: Ignored | None = None) -> Iterator[Raw | Problem]:
    """The raw files at the paths, or in the site's inbox where none is named; each path's files sorted by name.

    What ``ignored`` covers in the inbox is passed over, unless a path names that very file.
    """
    walk = _Walk(site, ignored or Ignored(site.inbox))
    if paths:
        for path in paths:
            yield from walk.start(named(site, path))
    elif site.inbox.is_dir():
        yield from walk.start(site.inbox)
    yield from walk.ignored.problems


def named(site: Site, path: str | Path) -> Path:
    """The path that a user named; where nothing is there, the one in the inbox, as messages name it."""
    inside = site.inbox / path
    return inside if not os.path.lexists(path) and os.path.lexists(inside) else Path(path)


def is_address(path: object) -> bool:
    """Whether what a user named is an address and not a path."""
    return re.match(r"[A-Za-z][A-Za-z0-9+.-]+://", str(path)) is not None


def load(raw: Raw) -> Source:
    """The bytes of a raw file. Raises BroadsheetError (``unreadable``, ``too-large``)."""
    try:
        with Path(raw.path).open("rb") as file:
            data = file.read(LARGEST + 1)
    except OSError as cause:
        raise fail("unreadable", f"cannot read: {cause.strerror or cause}", Place(raw.name), _PERMISSIONS) from cause
    if len(data) > LARGEST:
        raise fail("too-large", _TOO_LARGE, Place(raw.name), _SPLIT)
    modified = dt.datetime.fromtimestamp(max(raw.mtime, 0) // 10**9, dt.UTC)
    from broadsheet.ingest.formats import refused  # what a run with nothing new need not load

    packed = raw.path if data.startswith(refused.ZIP) else ""
    return Source(raw.name, data, modified, folder=os.path.dirname(raw.path), archive=packed)  # noqa: PTH120, a str


def is_passed_over(name: str) -> bool:
    """Whether a file or folder of this name is hidden, a back-up or a leftover: nothing that a person put there."""
    return _PASSED.search(name) is not None


def is_companion(name: str) -> bool:
    """Whether a file of this name goes with others: a picture, a style sheet, a script or a font."""
    return _COMPANION.search(name) is not None


_PERMISSIONS = "Check that the file exists and that you may read it."
_TOO_LARGE = f"larger than {LARGEST >> 20} MiB"
_SPLIT = "Split the file: a source is a text, a page, a feed or a mailbox."


class _Walk:
    """One walk over everything that was named: a folder is entered once, however links lead to it."""

    def __init__(self, site: Site, ignored: Ignored) -> None:
        self.ignored = ignored
        self._inbox = site.inbox.resolve()
        self._own = {folder.resolve() for folder in (site.stories, site.output, site.cache, site.themes)}
        self._entered: set[tuple[int, int]] = set()
        self._names: dict[str, str] = {}  # of what was named, and where it lies: two files may have one name

    def start(self, path: Path) -> Iterator[Raw | Problem]:
        """The raw files at or below a path that a user named."""
        whole = Path(os.path.abspath(path))  # noqa: PTH100, resolve() would follow links and lose the name
        name = self._name(whole)
        if any(_resolved(whole).is_relative_to(folder) for folder in self._own):
            hint = "Edit the file where it is. Ingest reads raw files, such as those in content/inbox."
            yield error("not-raw", "is not a raw file: it is one of the site's own", Place(name or whole.name), hint)
        elif whole.is_dir():
            within = any(where.is_relative_to(self._inbox) for where in (whole, _resolved(whole)))
            yield from self._folder(str(whole), name, within=within)
        else:
            yield _file(whole, str(whole), name)

    def _name(self, path: Path) -> str:
        """How an editor calls a path: from the inbox on where it lies there, else by its last part."""
        for whole in (path, _resolved(path)):
            if whole.is_relative_to(self._inbox):
                return _text("" if whole == self._inbox else whole.relative_to(self._inbox).as_posix())
        name = _text(path.name)
        for parent in path.parents:
            if self._names.setdefault(name, str(path)) == str(path):
                break
            name = f"{_text(parent.name)}/{name}"
        return name

    def _folder(self, path: str, name: str, *, within: bool) -> Iterator[Raw | Problem]:
        """The raw files in a folder; ``within`` is whether it lies in the inbox, and its name counts from there."""
        try:
            found = Path(path).stat()
            if (found.st_dev, found.st_ino) in self._entered:
                yield warning("link-loop", "leads to a folder that was read already", Place(name or path))
                return
            self._entered.add((found.st_dev, found.st_ino))
            with os.scandir(path) as entries:
                children = sorted(entries, key=lambda entry: entry.name)
        except OSError as cause:
            yield error(
                "unreadable", f"cannot read the folder: {cause.strerror or cause}", Place(name or path), _PERMISSIONS
            )
            return
        pages = {os.path.splitext(c.name)[0] for c in children if c.name.lower().endswith((".html", ".htm"))}  # noqa: PTH122
        for child in children:
            below = f"{name}/{_text(child.name)}" if name else _text(child.name)
            if is_passed_over(child.name):
                continue
            if _is_folder(child):
                passed = _BESIDE.sub("", child.name) in pages or (within and self.ignored.folder(below))
                if not passed and Path(child.path).resolve() not in self._own:
                    yield from self._folder(child.path, below, within=within)
            elif within and self.ignored.covers(below):
                continue
            elif is_companion(child.name):
                yield note("companion", "not text: copied where a story shows it", Place(below))
            else:
                yield _file(child, child.path, below)


def _file(entry: os.DirEntry[str] | Path, path: str, name: str) -> Raw | Problem:
    try:
        found = entry.stat()
    except (OSError, ValueError) as cause:  # ValueError: a NUL in the path
        reason = getattr(cause, "strerror", None) or str(cause)
        return error("unreadable", f"cannot read: {reason}", Place(name), _PERMISSIONS)
    if disk.printable(path) != path:  # no ledger and no story file could hold it
        return error(
            "file-name", "the file's name is not UTF-8, or holds a control character", Place(name), "Rename it."
        )
    if not stat.S_ISREG(found.st_mode):
        return error("not-a-file", "neither a file nor a folder", Place(name), "Pipes and devices are not read.")
    if found.st_size > LARGEST:
        return _too_large(path, name)
    return Raw(name, path, found.st_size, found.st_mtime_ns)


def _too_large(path: str, name: str) -> Problem:
    """What is wrong with a file over the limit: its kind, where no reader would take it at any size."""
    from broadsheet.ingest.formats import refused

    try:
        with Path(path).open("rb") as file:
            kind = refused.signature(file.read(4096), "")
    except OSError:
        kind = ""
    if isinstance(kind, refused.Refusal):
        return error(
            "no-reader", f"{kind.kind}: Broadsheet cannot read it", Place(name), f"{kind.advice} {refused.IGNORE}"
        )
    return error("too-large", _TOO_LARGE, Place(name), f"{_SPLIT} {refused.IGNORE}")


def _resolved(path: Path) -> Path:
    """A path without links, or as it is where they lead round in a circle or it cannot be a path."""
    try:
        return path.resolve()
    except (OSError, ValueError, RuntimeError):
        return path


def _is_folder(entry: os.DirEntry[str]) -> bool:
    try:
        return entry.is_dir()
    except OSError:  # a link that leads round in a circle: reported as a file
        return False


def _text(name: str) -> str:
    """A file's name as a line of text can hold it."""
    return disk.printable(name)


IGNORE_FILE = ".ignore"
_LARGEST_IGNORE = 1 << 20  # bytes of such a file that are read


class Ignored:
    """What is ignored in one inbox; its .ignore files are read when a name below their folder is first asked for."""

    def __init__(self, inbox: Path) -> None:
        self.problems: list[Problem] = []
        self._inbox = inbox
        self._rules: dict[str, pathspec.GitIgnoreSpec | None] = {}

    def covers(self, name: str) -> bool:
        """Whether a file is ignored, or a folder that holds it; ``name`` counts from the inbox on."""
        parts = name.split("/")
        return any(self.folder("/".join(parts[:end])) for end in range(1, len(parts))) or self._covers(name, name)

    def folder(self, name: str) -> bool:
        """Whether a folder is ignored, with all that is in it."""
        return self._covers(name, f"{name}/")

    def _covers(self, name: str, path: str) -> bool:
        for folder in _upwards(name):
            if rules := self._read(folder):
                found = rules.check_file(path[len(folder) + 1 :] if folder else path).include
                if found is not None:
                    return found
        return False

    def _read(self, folder: str) -> pathspec.GitIgnoreSpec | None:
        if folder not in self._rules:
            self._rules[folder] = None
            try:
                with (self._inbox / folder / IGNORE_FILE).open("rb") as file:
                    text = file.read(_LARGEST_IGNORE).decode("utf-8-sig", "replace")
            except (OSError, ValueError):
                return None
            import pathspec

            shown = f"{folder}/{IGNORE_FILE}" if folder else IGNORE_FILE
            self._rules[folder] = pathspec.GitIgnoreSpec.from_lines(self._patterns(text, shown))
        return self._rules[folder]

    def _patterns(self, text: str, shown: str) -> Iterator[str]:
        import pathspec  # takes longer to load than a run with nothing new, and most inboxes have no such file

        for number, line in enumerate(text.splitlines(), 1):
            try:
                pathspec.GitIgnoreSpec.from_lines([line])
            except ValueError as cause:
                hint = "Write it as in .gitignore: a name, a pattern such as *.csv, or a folder with a slash."
                message = f"not a pattern: {str(cause)[:100]}"
                self.problems.append(warning("ignore-pattern", message, Place(shown, number), hint))
            else:
                yield line


def _upwards(name: str) -> Iterator[str]:
    """The folders that a name lies in, the nearest first; "" is the inbox."""
    while name:
        name = name.rpartition("/")[0]
        yield name
