"""Releases: what was published earlier, so that it can be brought back.

In: the files of a publication. Out: the releases of a target, the oldest first, and the files of one of them. A folder
and a branch keep their own. For every other target a store below .broadsheet/ does: a list of files a release, and the
files by their digests, each once however many releases have it. It may be deleted; nothing can be brought back then.
"""

from __future__ import annotations

import contextlib
import datetime as dt
import os
import re
import shutil
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import NamedTuple, Protocol, runtime_checkable

import msgspec

from broadsheet import disk
from broadsheet.errors import BroadsheetError, Place, Problem, fail, warning
from broadsheet.publish.bundle import Bundle, DigestKind
from broadsheet.publish.target_record import short
from broadsheet.text import counted

_OBJECTS = "objects"
_TREE = "tree"
_MOMENT = re.compile(r"\d{8}T\d{6}Z(?:-\d+)?")  # how folders and the store name a release: it sorts by age
_LIST = re.compile(rf"({_MOMENT.pattern})\.json")
_OBJECT = re.compile(r"[0-9a-f]{64}")


class Release(msgspec.Struct, frozen=True):
    """A publication that can be brought back.

    ``name`` is how its keeper knows it: a moment that sorts by age, or a commit. ``moment`` is when it was published,
    an aware datetime; ``about`` what a person is shown of it. ``current`` is the one that readers have; ``of`` names
    the release that this one brought back, if it did.
    """

    name: str
    moment: dt.datetime
    about: str
    current: bool = False
    of: str = ""


class ReleaseFiles(NamedTuple):
    """The files of a release: where they lie, and the digest that each is to have."""

    root: Path
    digests: Mapping[str, str]
    kind: DigestKind


@runtime_checkable
class Keeper(Protocol):
    """What keeps the releases of a target: the target itself, or the store of this machine."""

    def releases(self) -> Sequence[Release]:
        """What can be brought back, the oldest first. Raises BroadsheetError where the target cannot be reached."""

    def bring(self, release: Release) -> ReleaseFiles:
        """The files of a release; what is sent next is this release. Raises BroadsheetError where they are lost."""


def chosen(releases: Sequence[Release], wanted: str, shown: str) -> Release:
    """The release that ``wanted`` names, or else the one before that which readers have.

    Where that one was itself brought back, it is the one before the one that it brought back: each rollback goes one
    further. Raises BroadsheetError: ``no-release``, ``release-unknown``.
    """
    hint = f"List the releases: broadsheet publish {shown} --releases"
    if wanted:
        found = [one for one in releases if one.name == wanted] or [
            one for one in releases if one.name.startswith(wanted)
        ]
        if len(found) != 1:
            raise fail("release-unknown", f"there is no release {wanted!r}", Place(shown), hint)
        return found[0]
    names = [one.name for one in releases]
    current = next((one for one in releases if one.current), None)
    anchor = "" if current is None else current.of or current.name
    if current is None:  # a publication broke off: the newest that was complete is meant
        before = len(names)
    elif anchor in names:
        before = names.index(anchor)
    else:
        before = sum(name < anchor for name in names) if _MOMENT.fullmatch(anchor) else 0
    if before == 0:
        raise fail("no-release", "there is no release before the current one", Place(shown), hint)
    return releases[before - 1]


class _Kept(msgspec.Struct, frozen=True):
    """A release as the store has it: when it was published, what it brought back, the digests of its files."""

    moment: dt.datetime
    files: Mapping[str, str]
    of: str = ""


class ReleaseStore:
    """The releases of a target that keeps none itself, in a folder of this machine that all targets share."""

    def __init__(self, folder: Path, target: str, keep: int, published: Mapping[str, str]) -> None:
        """``keep`` is how many releases stay. ``published``, the files of the record, tell which of them is current."""
        self._folder = folder
        self._lists = folder / "targets" / target
        self._target = target
        self._keep = keep
        self._published = published
        self._brought: Release | None = None

    def releases(self) -> Sequence[Release]:
        """What can be brought back, the oldest first."""
        found = self._read()
        newest = max(found, default="")
        return [
            Release(
                name,
                one.moment,
                counted(len(one.files), "file"),
                name == newest and short(one.files) == self._published,
                one.of,
            )
            for name, one in sorted(found.items())
        ]

    def bring(self, release: Release) -> ReleaseFiles:
        """The files of a release, one that ``releases`` named, laid out below the store.

        Raises BroadsheetError (``unwritable``).
        """
        files = self._read()[release.name].files
        tree = self._folder / _TREE
        shutil.rmtree(tree, ignore_errors=True)
        made = set[str]()
        try:
            for path, digest in files.items():
                folder = f"{tree}/{path}".rpartition("/")[0]
                if folder not in made:
                    Path(folder).mkdir(parents=True, exist_ok=True)
                    made.add(folder)
                with contextlib.suppress(FileNotFoundError):  # whoever compares digests finds that it is missing
                    _laid(self._object(digest), f"{tree}/{path}")
        except OSError as cause:
            raise disk.unwritable(str(tree), cause) from cause
        self._brought = release
        return ReleaseFiles(tree, files, "sha256")

    def add(self, path: str, data: bytes) -> None:
        """Lay a file out with those of the release that is brought back: rsync sends nothing else."""
        file = self._folder / _TREE / path
        try:
            file.parent.mkdir(parents=True, exist_ok=True)
        except OSError as cause:
            raise disk.unwritable(str(file), cause) from cause
        disk.write(str(file), data)

    def keep(self, bundle: Bundle, now: dt.datetime) -> None:
        """Keep what has just been published, and as many releases before it as are wanted.

        Raises BroadsheetError (``unwritable``).
        """
        digests = bundle.digests("sha256")
        known = self._read()
        newest = max(known, default="")
        there = self._stored()
        for path, digest in digests.items():
            if digest not in there:
                self._object(digest).parent.mkdir(parents=True, exist_ok=True)
                disk.write(str(self._object(digest)), bundle.read(path))
                there.add(digest)
        if not newest or known[newest].files != digests:
            of = (self._brought.of or self._brought.name) if self._brought else ""
            kept = _Kept(now.astimezone(dt.UTC).replace(microsecond=0), digests, of)
            name = _name(kept.moment, newest)
            disk.replace(self._lists / f"{name}.json", msgspec.json.encode(kept, order="sorted"))
            known[name] = kept
            if self._brought:  # it is there twice now
                (self._lists / f"{self._brought.name}.json").unlink(missing_ok=True)
                known.pop(self._brought.name, None)
        for name in sorted(known)[: -self._keep]:
            (self._lists / f"{name}.json").unlink(missing_ok=True)
        self._sweep(there)

    def _sweep(self, there: Iterable[str]) -> None:
        """Forget the files that no release has any more, of whichever target."""
        needed = {
            digest
            for target in _folders(self._lists.parent)
            for one in _lists(target)
            for digest in one[1].files.values()
        }
        for digest in there:
            if digest not in needed:
                self._object(digest).unlink(missing_ok=True)
        shutil.rmtree(self._folder / _TREE, ignore_errors=True)

    def _read(self) -> dict[str, _Kept]:
        return dict(_lists(self._lists))

    def _stored(self) -> set[str]:
        """The digests of the files that the store holds."""
        found = set()
        for folder in _folders(self._folder / _OBJECTS):
            found |= {file.name for file in folder.iterdir() if _OBJECT.fullmatch(file.name)}
        return found

    def _object(self, digest: str) -> Path:
        return self._folder / _OBJECTS / digest[:2] / digest


def keeper(target: object, store: ReleaseStore) -> Keeper:
    """What keeps the releases of a target: itself, where it does that, or the store."""
    return target if isinstance(target, Keeper) else store


def keep(keeper: Keeper, bundle: Bundle, now: dt.datetime, shown: str) -> Iterable[Problem]:
    """Let the store keep what has just been published; a warning where it cannot. Targets have done so themselves."""
    if not isinstance(keeper, ReleaseStore):
        return
    try:
        keeper.keep(bundle, now)
    except (BroadsheetError, OSError) as cause:
        said = cause.problem.message if isinstance(cause, BroadsheetError) else str(cause.strerror)
        hint = "The site was published. Free some space and publish again, or you cannot roll back to it."
        yield warning("release-not-kept", f"this release could not be kept: {said}", Place(shown), hint)


def verified(bundle: Bundle, files: ReleaseFiles, shown: str) -> None:
    """Raise BroadsheetError (``release-damaged``) where a file of a release is missing, or is another by now.

    A release without a file is one whose list is lost: brought back, it would take all of the site from its readers.
    """
    found = bundle.digests(files.kind)
    lost = sorted(
        path for path, digest in files.digests.items() if found.get(path) != digest and path not in bundle.extras
    )
    hint = "Nothing was sent. Roll back to another release, or restore the content from version control and publish it."
    if not files.digests:
        message = "the list of this release's files is missing or damaged, so you cannot roll back to it"
        raise fail("release-damaged", message, Place(shown), hint)
    if lost:
        count = f"{counted(len(lost), 'file')} of this release"
        message = f"{count} missing or damaged, so you cannot roll back to it ({', '.join(lost[:3])})"
        raise fail("release-damaged", message, Place(shown), hint)


def _name(moment: dt.datetime, newest: str) -> str:
    """A name for a new release, which sorts after that of the ``newest``."""
    name = moment.strftime("%Y%m%dT%H%M%SZ")
    if name > newest:
        return name
    stem, _, number = newest.partition("-")
    return f"{stem}-{int(number or 0) + 1:03}"


def _folders(folder: Path) -> list[Path]:
    with contextlib.suppress(OSError):
        return [one for one in folder.iterdir() if one.is_dir()]
    return []


def _lists(folder: Path) -> Iterable[tuple[str, _Kept]]:
    """The releases of one target by name; one whose list cannot be read is none."""
    with contextlib.suppress(OSError):
        for file in folder.iterdir():
            if found := _LIST.fullmatch(file.name):
                with contextlib.suppress(OSError, msgspec.MsgspecError, UnicodeDecodeError):
                    yield found[1], msgspec.json.decode(file.read_bytes(), type=_Kept)


def _laid(file: Path, path: str) -> None:
    """Lay a file of the store out under another name; by a copy where the file system knows no links."""
    try:
        os.link(file, path)
    except FileNotFoundError:
        raise
    except OSError:
        shutil.copyfile(file, path)
