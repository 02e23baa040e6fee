"""Pictures below content/: those that stories show, made for the web once and remembered by what they hold.

In: a site and the names of pictures. Out: an ``Asset`` for each that can be shown, and what is wrong with each other
one. What was made lies in .broadsheet/pictures, which may be deleted at any time; a picture whose size and time of
change are as they were is not opened.
"""

from __future__ import annotations

import contextlib
import os
import shutil
import tempfile
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from hashlib import blake2b
from pathlib import Path
from typing import NamedTuple

import msgspec

from broadsheet import disk
from broadsheet.cache.store import Store
from broadsheet.config import Site
from broadsheet.errors import BroadsheetError, Place, fail
from broadsheet.model import Asset, Fault
from broadsheet.press.variants import RECIPE, Variant, make
from broadsheet.words import slug
from broadsheet.workers import spread

FOLDER = "pictures"
LARGEST = 200_000_000  # bytes; a file beyond that is no picture for a page
_HOUR = 3600  # seconds after which nobody can be writing a picture any more
_LIST = "made"  # the file in a picture's folder that tells of the others, and is written last
_MEMORY = "pictures"  # the name under which the store keeps what was seen
_SAVE = "Save it again as JPEG, PNG, WebP, AVIF or GIF."


class Made(msgspec.Struct, frozen=True, tag=True):
    """The files made of a picture, in the folder of its digest: each one's name, digest, bytes, width and height."""

    digest: str
    files: tuple[tuple[str, bytes, int, int, int], ...]


class Refused(msgspec.Struct, frozen=True, tag=True):
    """A picture that cannot be shown, and why."""

    fault: Fault


class Seen(NamedTuple):
    """A picture as it was when it was opened: its bytes, its time of change in nanoseconds, what became of it."""

    size: int
    mtime: int
    outcome: Made | Refused


class Pictures(NamedTuple):
    """The pictures that can be shown, and what is wrong with the others that are there, by name."""

    assets: Mapping[str, Asset]
    faults: Mapping[str, Fault]


def pictures(
    site: Site,
    names: Iterable[str],
    store: Store,
    workers: int,
    tell: Callable[[int, int], None] = lambda _done, _of: None,
) -> Pictures:
    """The pictures of these names; one that is not there is in neither part. Raises BroadsheetError (``unwritable``).

    Names are paths below content/. Those that are new or changed are made now, by so many processes at once.
    """
    studio = _Studio(site)
    known = _recalled(store)
    there = {name: stat for name in sorted(names) if (stat := studio.stat(name))}
    seen = {name: known[name] for name, stat in there.items() if name in known and studio.holds(known[name], stat)}
    stale = [name for name in there if name not in seen]
    for done, (outcome,) in enumerate(spread(studio.develop, stale, slice_size=1, workers=workers)):
        name = stale[done]
        seen[name] = Seen(*there[name], outcome)
        tell(done + 1, len(stale))
    if seen != known:
        store.keep_value(_MEMORY, msgspec.msgpack.encode((RECIPE, seen)))
        studio.keep_only({one.outcome.digest for one in seen.values() if isinstance(one.outcome, Made)})
    made = {name: one.outcome for name, one in sorted(seen.items())}
    return Pictures(
        {name: studio.asset(name, one) for name, one in made.items() if isinstance(one, Made)},
        {name: one.fault for name, one in made.items() if isinstance(one, Refused)},
    )


def _recalled(store: Store) -> dict[str, Seen]:
    try:
        recipe, seen = _DECODE(store.value(_MEMORY) or b"")
    except msgspec.DecodeError:
        return {}
    return seen if recipe == RECIPE else {}


_DECODE = msgspec.msgpack.Decoder(tuple[str, dict[str, Seen]]).decode


class _Studio:
    """Makes the pictures of one site; ``folder`` holds what was made, for the site and for its previews."""

    def __init__(self, site: Site) -> None:
        self.content = site.content
        self.folder = site.shared / FOLDER

    def stat(self, name: str) -> tuple[int, int] | None:
        """The size and time of change of a picture that is there and lies in its folder."""
        try:
            stat = disk.within(self.content, name).stat()
        except (OSError, ValueError, BroadsheetError):
            return None
        return (stat.st_size, stat.st_mtime_ns) if name.startswith(f"{FOLDER}/") else None

    def holds(self, seen: Seen, stat: tuple[int, int]) -> bool:
        """Whether a picture is as it was when it was seen, and what was made of it is there; else it is tried again."""
        made = seen.outcome
        return seen[:2] == stat and isinstance(made, Made) and (self.folder / made.digest / _LIST).exists()

    def develop(self, names: Sequence[str]) -> list[Made | Refused]:
        """What became of each picture; what one process of several does."""
        return [self._develop(name) for name in names]

    def _develop(self, name: str) -> Made | Refused:
        try:
            with (self.content / name).open("rb") as file:
                data = file.read(LARGEST + 1)
        except OSError as cause:
            return Refused(Fault("picture-broken", f"cannot be read: {cause.strerror}", _SAVE))
        if len(data) > LARGEST:
            return Refused(Fault("picture-broken", f"is larger than {LARGEST // 1_000_000} MB", _SAVE))
        drawn = name.lower().endswith(".svg")
        digest = blake2b(data, digest_size=16, key=f"{RECIPE}:{drawn}".encode()).hexdigest()
        with contextlib.suppress(OSError, msgspec.DecodeError):
            return msgspec.msgpack.decode((self.folder / digest / _LIST).read_bytes(), type=Made)
        try:
            variants = _drawing(data) if drawn else make(data)
        except ValueError as cause:
            if drawn:
                hint = "An SVG is printed where it only draws. Save it again as a plain SVG, or as PNG."
                return Refused(Fault("picture-svg", f"is not safe: {cause}", hint, grave=False))
            return Refused(Fault("picture-broken", f"cannot be shown: {cause}", _SAVE))
        return self._keep(digest, variants)

    def _keep(self, digest: str, variants: list[Variant]) -> Made:
        """Write what was made into a folder of its own, whole or not at all."""
        plain, *others = variants
        named = [(f"plain.{plain.ending}", plain), *((f"{one.width}.{one.ending}", one) for one in others)]
        files = ((name, digested(one.data), len(one.data), one.width, one.height) for name, one in named)
        made = Made(digest, tuple(files))
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
            scrap = Path(tempfile.mkdtemp(dir=self.folder, prefix=".", suffix=disk.SCRAP))
            for name, one in named:
                (scrap / name).write_bytes(one.data)
            (scrap / _LIST).write_bytes(msgspec.msgpack.encode(made))
            shutil.rmtree(self.folder / digest, ignore_errors=True)  # of a build that was killed, if of any
            scrap.rename(self.folder / digest)
        except OSError as cause:
            if not (self.folder / digest / _LIST).exists():  # else another process has just made the same
                hint = "Check the folder's permissions and the free space."
                raise fail("unwritable", f"cannot write: {cause.strerror}", Place(str(self.folder)), hint) from cause
            shutil.rmtree(scrap, ignore_errors=True)
        return made

    def keep_only(self, digests: set[str]) -> None:
        """Remove what was made of pictures that no story shows any more, and what a build that was killed left."""
        now = time.time()
        for entry in os.scandir(self.folder) if self.folder.is_dir() else ():
            scrap = entry.name.startswith(".")
            if (scrap and now - entry.stat().st_mtime > _HOUR) or not (scrap or entry.name in digests):
                shutil.rmtree(entry.path, ignore_errors=True)

    def asset(self, name: str, made: Made) -> Asset:
        """A picture as it is to be printed; the names of its files tell what they hold."""
        stem = slug(name.rpartition("/")[2].rpartition(".")[0], default="picture")
        files = []
        for file, digest, size, width, height in made.files:
            wide = "" if file.startswith("plain.") else f"-{width}"
            path = f"{FOLDER}/{stem}{wide}.{made.digest[:8]}.{file.rpartition('.')[2]}"
            on_disk = f"{self.folder}/{made.digest}/{file}"
            files.append(Asset(name, on_disk, path, digest, size, width, height))
        plain, *others = files
        return msgspec.structs.replace(plain, variants=tuple(others))


def digested(data: bytes) -> bytes:
    """The digest of an asset's bytes."""
    return blake2b(data, digest_size=16).digest()


def _drawing(data: bytes) -> list[Variant]:
    from broadsheet.press.svg import safe

    drawing = safe(data)
    return [Variant(drawing.data, "svg", drawing.width, drawing.height)]
