"""Files below a folder of content: Markdown files, what only looks like one, and those that are published unchanged.

In: a folder, and the digests of static files that were read before. Out: each Markdown file with its size and times, an
``Asset`` for each file of content/static that goes out, and a problem for each that cannot be read as one or does not
go out, so that none is left out unseen, and none is opened that would never end. Nothing here knows the site's pages:
whether a file would hide one is for ``pages`` to say.
"""

from __future__ import annotations

import os
import re
import stat
import time
from collections.abc import Iterator, Mapping
from hashlib import blake2b
from pathlib import Path
from typing import NamedTuple

from broadsheet import disk
from broadsheet.disk import printable, usual
from broadsheet.errors import Place, Problem, error, note, warning
from broadsheet.model import Asset


def markdown(folder: Path, shown: str) -> Iterator[tuple[str, os.stat_result] | Problem]:
    """The Markdown files below a folder, by their paths in it, in no order; ``shown`` is how a user calls it.

    Hidden files are nobody's, and links to folders are not followed. A link that leads out of content/, the folder
    above, is a problem, as it is for every other file (``link-outside``).
    """
    waiting = [""]
    while waiting:
        inside = waiting.pop()
        entries = scanned(f"{folder}/{inside}", Place(f"{shown}/{printable(inside)}"))
        if isinstance(entries, Problem):
            yield entries
            continue
        for entry in entries:
            path = f"{inside}{entry.name}"
            if entry.name.startswith("."):
                continue
            try:
                if entry.is_dir(follow_symlinks=False):
                    waiting.append(f"{path}/")
                elif entry.name.endswith(".md"):
                    facts = entry.stat()
                    if not usual(path, facts):
                        yield _unusual(path, facts, shown)
                    elif entry.is_symlink() and leads_out(Path(entry.path), folder.parent):
                        yield error("link-outside", OUTSIDE, Place(f"{shown}/{path}"), OUTSIDE_HINT)
                    else:
                        yield path, facts
            except OSError as cause:
                yield unreadable(cause, Place(f"{shown}/{printable(path)}"))


def scanned(folder: str, place: Place) -> list[os.DirEntry[str]] | Problem:
    """What lies in a folder, in no order: nothing where it is not there, a problem where it cannot be read."""
    try:
        with os.scandir(folder) as found:
            return list(found)
    except FileNotFoundError:
        return []
    except OSError as cause:
        return unreadable(cause, place)


def unreadable(cause: OSError, place: Place) -> Problem:
    """The problem of a file or folder that the system does not let us read."""
    return error("unreadable", f"cannot read: {cause.strerror or cause}", place, "Check the file and its permissions.")


def _unusual(path: str, facts: os.stat_result, shown: str) -> Problem:
    place = Place(f"{shown}/{printable(path)}")
    if not stat.S_ISREG(facts.st_mode):
        hint = "A link to a folder, a pipe, a socket or a device cannot be a story: move it out of the folder."
        return error("unreadable", "cannot read: it is not a file", place, hint)
    if any("\ud800" <= mark <= "\udfff" for mark in path):
        return error("file-name", "the file's name is not UTF-8", place, "Rename the file.")
    return error("file-name", "the file's name holds a control character", place, "Rename the file.")


FOLDER = "static"  # below content/
LARGEST = 100_000_000  # bytes of a file: what GitHub Pages takes, and more than other hosts do

# Hidden files that hosts and other programs look for at the root of a site.
HOSTS = frozenset({".nojekyll", ".domains", ".htaccess"})
WELL_KNOWN = ".well-known"  # RFC 8615; what is hidden below it is meant to be there

# What systems and version control leave in folders, and nobody misses.
_FURNITURE = re.compile(
    r"\.DS_Store|\.directory|\._.*|Thumbs\.db|desktop\.ini|\.(?:git)?keep|\.gitignore|\.gitattributes"
)
_SCRATCH = re.compile(r".*~|#.*#|\.#.*|\..*\.sw[a-z]|.*\.(?:bak|orig|tmp)", re.IGNORECASE)
_PRIVATE = re.compile(
    r"\.(?:git|hg|svn|env(?:\..*)?|envrc|ht(?:passwd|digest)|netrc|npmrc|pypirc|ssh|aws|gnupg)", re.IGNORECASE
)
_KEY = re.compile(rb"-----BEGIN [A-Z0-9 ]*PRIVATE KEY(?: BLOCK)?-----")  # RFC 7468, OpenSSH, OpenPGP


OUTSIDE = "is not published: it is a link that points outside the content, or to what is hidden in it"
OUTSIDE_HINT = "Copy the file itself there."


def leads_out(file: Path, root: Path) -> bool:
    """Whether a file or folder is a link that leads out of ``root``, or to what is hidden in it."""
    if not file.is_symlink():
        return False
    target, inside = map(Path, map(os.path.realpath, (file, root)))  # resolve() raises for a loop in Python 3.11
    if not target.is_relative_to(inside):
        return True
    return any(part.startswith(".") and part != WELL_KNOWN for part in target.relative_to(inside).parts)


class KnownFile(NamedTuple):
    """A file as it was when it was read: its bytes, its time of change in nanoseconds, the digest of what it held."""

    size: int
    mtime: int
    digest: bytes


class StaticFiles(NamedTuple):
    """The files that go out, in the order of their paths; what to keep of them for the next time; the problems."""

    assets: tuple[Asset, ...]
    known: dict[str, KnownFile]
    problems: tuple[Problem, ...]


def static_files(root: Path, folder: Path, shown: str, known: Mapping[str, KnownFile]) -> StaticFiles:
    """The static files of the site in ``root``; ``shown`` is how a user calls their folder.

    A file of a known size and time of change is not opened. Raises nothing: what is wrong with a file is a problem.
    """
    finder = _Finder(root, folder, shown)
    assets: list[Asset] = []
    seen: dict[str, KnownFile] = {}
    now = time.time_ns()
    for path, facts in sorted(finder.files()):
        mtime = max(facts.st_mtime_ns, facts.st_ctime_ns)
        one = known.get(path)
        if one is None or one[:2] != (facts.st_size, mtime):
            digest = finder.digest(path)
            if digest is None:
                continue
            one = KnownFile(facts.st_size, mtime, digest)
        if disk.settled(mtime, now):
            seen[path] = one
        assets.append(Asset(f"{shown}/{path}", f"{folder}/{path}", path, one.digest, one.size))
    return StaticFiles(tuple(assets), seen, tuple(finder.problems))


class _Finder:
    """Looks through one folder of static files."""

    def __init__(self, root: Path, folder: Path, shown: str) -> None:
        self.folder = folder
        self.shown = shown
        self.problems: list[Problem] = []
        self._root = root

    def files(self) -> Iterator[tuple[str, os.stat_result]]:
        """The files that may go out, by their paths, in no order."""
        if leads_out(self.folder, self._root):
            self._leave(
                "",
                "it is a link that leads out of the site, or to what is hidden in it",
                "Copy the files themselves there.",
            )
            return
        waiting = [""]
        while waiting:
            inside = waiting.pop()
            entries = scanned(f"{self.folder}/{inside}", self._place(inside))
            if isinstance(entries, Problem):
                self.problems.append(entries)
                continue
            for entry in entries:
                path = f"{inside}{entry.name}"
                if not self._fit(path, entry.name):
                    continue
                try:
                    if entry.is_dir(follow_symlinks=False):
                        waiting.append(f"{path}/")
                    elif self._plain(path, entry):
                        yield path, entry.stat()
                except OSError as cause:
                    self.problems.append(unreadable(cause, self._place(path)))

    def digest(self, path: str) -> bytes | None:
        """The digest of a file's bytes; None of one that does not go out."""
        try:
            data = disk.read(f"{self.folder}/{path}", LARGEST)
        except OSError as cause:
            self.problems.append(unreadable(cause, self._place(path)))
            return None
        if len(data) > LARGEST:
            hint = "Most hosts refuse files this large: keep it elsewhere, and link to it."
            self._leave(path, f"it is larger than {LARGEST // 1_000_000} MB", hint)
            return None
        if _KEY.search(data):
            self._leave(
                path, "it holds a private key", "Move it out of the folder. If it was ever published, make a new key."
            )
            return None
        return blake2b(data, digest_size=16).digest()

    def _fit(self, path: str, name: str) -> bool:
        """Whether a file or folder of this name may go out; a problem where somebody may miss it."""
        if _FURNITURE.fullmatch(name):
            return False
        if disk.printable(path) != path:
            message = "the file's name is not UTF-8, or holds a control character"
            self.problems.append(error("file-name", message, self._place(path), "Rename the file."))
            return False
        if _PRIVATE.fullmatch(name):
            hint = "Move it out of the folder: everything in it is published."
            self._leave(path, "files with this name usually hold secrets", hint)
            return False
        if _SCRATCH.fullmatch(name):
            hint = "Delete it, or rename it if readers should get it."
            message = "is not published: it is a backup or temporary file of an editor"
            self.problems.append(note("static-left-out", message, self._place(path), hint))
            return False
        hidden = name.startswith(".") and name not in HOSTS
        if hidden and path != WELL_KNOWN and not path.startswith(f"{WELL_KNOWN}/"):
            names = ", ".join(sorted(HOSTS))
            hint = f"Hidden files are published below {WELL_KNOWN}/ only, except for {names}."
            self._leave(path, "it is hidden", hint)
            return False
        return True

    def _plain(self, path: str, entry: os.DirEntry[str]) -> bool:
        """Whether it is a file of the site."""
        if entry.is_symlink() and leads_out(Path(entry.path), self._root):
            self._leave(
                path,
                "it is a link that leads out of the site, or to what is hidden in it",
                "Copy the file itself there.",
            )
            return False
        if entry.is_dir():
            self._leave(path, "it is a link to a folder", "Copy the folder itself there.")
            return False
        if not stat.S_ISREG(entry.stat().st_mode):
            self._leave(path, "it is not a file", "A pipe, a socket or a device cannot be published.")
            return False
        return True

    def _leave(self, path: str, why: str, hint: str) -> None:
        message = f"is not published: {why}"
        self.problems.append(warning("static-left-out", message, self._place(path), hint))

    def _place(self, path: str) -> Place:
        return Place(f"{self.shown}/{disk.printable(path)}".rstrip("/"))
