"""Pictures below content/: those that stories show, made for the web once and remembered by what they hold.

In: a site and the names of pictures. Out: an ``Asset`` for each that can be shown, and what is wrong with each other
one. What was made lies in .broadsheet/pictures, which may be deleted at any time, and is verified when it is printed; a
picture whose size and time of change are as they were is not opened.
"""

from __future__ import annotations

import contextlib
import pickle
from collections.abc import Callable, Iterable, Mapping, Sequence
from hashlib import blake2b
from typing import NamedTuple

import msgspec

from broadsheet import disk
from broadsheet.cache import Files
from broadsheet.cache.store import Store
from broadsheet.config import Site
from broadsheet.content import listing
from broadsheet.errors import BroadsheetError, Place, Problem, note
from broadsheet.model import Asset, PictureProblem
from broadsheet.render.bodies import changed
from broadsheet.render.images.metadata import credentialed, is_picture
from broadsheet.render.images.variants import Variant, make, recipe, safe
from broadsheet.text import slug
from broadsheet.workers import Task, Workers, spread

FOLDER = "pictures"
LARGEST = 200_000_000  # bytes; a file beyond that is no picture for a page
_LIST = "made"  # the file in a picture's folder that tells of the others, and is written last
_MEMORY = "pictures"  # the name under which the store keeps what was seen
_SAVE = "Save it again as JPEG, PNG, WebP, AVIF or GIF."


class DerivedFiles(msgspec.Struct, frozen=True, tag=True):
    """The files made of a picture, in the folder of its digest: each one's name, digest, bytes, width and height.

    ``credentialed`` tells that the picture came with content credentials, which are in none of them.
    """

    digest: str
    files: tuple[tuple[str, bytes, int, int, int], ...]
    credentialed: bool = False


class Refused(msgspec.Struct, frozen=True, tag=True):
    """A picture that cannot be shown, and why."""

    fault: PictureProblem


class KnownPicture(NamedTuple):
    """A picture as it was when it was opened: its bytes, its time of change in nanoseconds, what became of it."""

    size: int
    mtime: int
    outcome: DerivedFiles | Refused


class PictureSet(NamedTuple):
    """The pictures that can be shown, and what is wrong with the others that are there, by name.

    ``notes`` are on what the editor may want to know of those that are shown.
    """

    assets: Mapping[str, Asset]
    faults: Mapping[str, PictureProblem]
    notes: tuple[Problem, ...]


def pictures(
    site: Site,
    names: Iterable[str],
    store: Store,
    workers: Workers,
    tell: Callable[[int, int], None] = lambda _done, _of: None,
) -> PictureSet:
    """The pictures of these names; one that is not there is in neither part. Raises BroadsheetError (``unwritable``).

    Names are paths below content/. Those that are new or changed are made now, by so many processes at once.
    """
    studio = _Studio(site)
    known = _recalled(store)
    there = {name: stat for name in sorted(names) if (stat := studio.stat(name))}
    seen = {name: known[name] for name, stat in there.items() if name in known and studio.holds(known[name], stat)}
    stale = [name for name in there if name not in seen]
    for done, (outcome,) in enumerate(spread(studio.develop, stale, slice_size=1, workers=workers, task=studio.task)):
        name = stale[done]
        seen[name] = KnownPicture(*there[name], outcome)
        tell(done + 1, len(stale))
    if seen != known:
        store.keep_value(_MEMORY, msgspec.msgpack.encode((recipe(), seen)))
        studio.keep_only({one.outcome.digest for one in seen.values() if isinstance(one.outcome, DerivedFiles)})
    made = {name: one.outcome for name, one in sorted(seen.items())}
    return PictureSet(
        {name: studio.asset(name, one) for name, one in made.items() if isinstance(one, DerivedFiles)},
        {name: one.fault for name, one in made.items() if isinstance(one, Refused)},
        tuple(_note(site, name) for name, one in made.items() if isinstance(one, DerivedFiles) and one.credentialed),
    )


def _note(site: Site, name: str) -> Problem:
    hint = (
        "They are valid for the original file only, and may name people. Say in the caption or the credit where the "
        "picture is from and how it was edited."
    )
    message = "its content credentials (C2PA) are not published"
    return note("picture-credentials", message, Place(f"{site.settings.content}/{name}"), hint)


def _recalled(store: Store) -> dict[str, KnownPicture]:
    try:
        made_by, seen = _DECODE(store.value(_MEMORY) or b"")
    except msgspec.DecodeError:
        return {}
    return seen if made_by == recipe() else {}


def remade(site: Site, asset: Asset) -> bytes:
    """A file of a picture, made anew where what the cache has of it is not what was made.

    Raises BroadsheetError: ``changed`` where the picture is another by now, ``unwritable``.
    """
    digest, file = asset.file.split("/")[-2:]
    studio = _Studio(site)
    found = studio.made(asset.name)
    if isinstance(found, Refused) or found[0] != digest:
        studio.files.remove(f"{FOLDER}/{digest}")  # the next build sees that it has to look again
        raise changed(Place(asset.name))
    studio.keep(*found)
    return next((one.data for name, one in _named(found[1]) if name == file), b"")


_DECODE = msgspec.msgpack.Decoder(tuple[str, dict[str, KnownPicture]]).decode


class _Studio:
    """Makes the pictures of one site; ``files`` are what was made, for the site and for its previews."""

    def __init__(self, site: Site) -> None:
        self.content = site.content
        self.files = Files(site.shared)

    def stat(self, name: str) -> tuple[int, int] | None:
        """The size and time of change of a picture that is there and lies in its folder."""
        try:
            file = disk.within(self.content, name)
            stat = file.lstat() if listing.leads_out(file, self.content) else file.stat()
        except (OSError, ValueError, BroadsheetError):
            return None
        return (stat.st_size, stat.st_mtime_ns) if name.startswith(f"{FOLDER}/") else None

    def holds(self, seen: KnownPicture, stat: tuple[int, int]) -> bool:
        """Whether a picture is as it was when it was seen, and what was made of it is there; else it is tried again."""
        made = seen.outcome
        return (
            seen[:2] == stat and isinstance(made, DerivedFiles) and self.files.lists(f"{FOLDER}/{made.digest}/{_LIST}")
        )

    def develop(self, names: Sequence[str]) -> list[DerivedFiles | Refused]:
        """What became of each picture; what one process of several does."""
        return [self._develop(name) for name in names]

    def _develop(self, name: str) -> DerivedFiles | Refused:
        data = self._read(name)
        if isinstance(data, Refused):
            return data
        return self._known(_digest(name, data)) or self._kept(name, data, _variants(name, data))

    def _known(self, digest: str) -> DerivedFiles | None:
        kept = self.files.get(f"{FOLDER}/{digest}/{_LIST}")
        with contextlib.suppress(msgspec.DecodeError):
            return msgspec.msgpack.decode(kept or b"", type=DerivedFiles)
        return None

    def _kept(self, name: str, data: bytes, found: list[Variant] | Refused) -> DerivedFiles | Refused:
        return found if isinstance(found, Refused) else self.keep(_digest(name, data), found, credentialed(data))

    @property
    def task(self) -> Task[str, list[DerivedFiles | Refused]]:
        """The same work for other machines, which are sent the picture and send back what is made of it."""

        def pack(names: Sequence[str]) -> bytes | None:
            data = self._read(names[0])
            known = isinstance(data, Refused) or self._known(_digest(names[0], data))
            return None if known or isinstance(data, Refused) else pickle.dumps((names[0], data))

        def unpack(names: Sequence[str], answer: bytes) -> list[DerivedFiles | Refused]:
            digest, found = pickle.loads(answer)  # noqa: S301, from a worker, which is trusted as this process is
            data = self._read(names[0])
            if isinstance(data, Refused) or _digest(names[0], data) != digest:
                return self.develop(names)  # another by now
            return [self._kept(names[0], data, found)]

        return Task(f"{__name__}:distant_studio", b"", pack, unpack)

    def made(self, name: str) -> tuple[str, list[Variant], bool] | Refused:
        """A picture's digest, what is made of it, and whether it has content credentials; whatever the cache has."""
        data = self._read(name)
        if isinstance(data, Refused):
            return data
        found = _variants(name, data)
        return found if isinstance(found, Refused) else (_digest(name, data), found, credentialed(data))

    def _read(self, name: str) -> bytes | Refused:
        if listing.leads_out(disk.within(self.content, name), self.content):
            return Refused(PictureProblem("link-outside", listing.OUTSIDE, listing.OUTSIDE_HINT))
        try:
            data = disk.read(f"{self.content}/{name}", LARGEST)
        except OSError as cause:
            return Refused(PictureProblem("picture-broken", f"cannot be read: {cause.strerror}", _SAVE))
        if len(data) > LARGEST:
            return Refused(PictureProblem("picture-broken", f"is larger than {LARGEST // 1_000_000} MB", _SAVE))
        return data

    def keep(self, digest: str, variants: list[Variant], signed: bool) -> DerivedFiles:  # noqa: FBT001, as ``made`` gives it
        """Keep what was made; the list of it last, which says that all of it is there. Raises BroadsheetError."""
        named = _named(variants)
        for name, one in named:
            self.files.put(f"{FOLDER}/{digest}/{name}", one.data)
        files = ((name, digested(one.data), len(one.data), one.width, one.height) for name, one in named)
        made = DerivedFiles(digest, tuple(files), signed)
        self.files.put(f"{FOLDER}/{digest}/{_LIST}", msgspec.msgpack.encode(made))
        return made

    def keep_only(self, digests: set[str]) -> None:
        """Remove what was made of pictures that no story shows any more."""
        self.files.keep_only(FOLDER, digests)

    def asset(self, name: str, made: DerivedFiles) -> Asset:
        """A picture as it is to be printed; the names of its files tell what they hold."""
        stem = slug(name.rpartition("/")[2].rpartition(".")[0], default="picture")
        files = []
        for file, digest, size, width, height in made.files:
            wide = "" if file.startswith("plain.") else f"-{width}"
            path = f"{FOLDER}/{stem}{wide}.{made.digest[:8]}.{file.rpartition('.')[2]}"
            on_disk = f"{self.files.folder}/{FOLDER}/{made.digest}/{file}"
            files.append(Asset(name, on_disk, path, digest, size, width, height))
        plain, *others = files
        return msgspec.structs.replace(plain, variants=tuple(others))


def distant_studio(_kit: bytes) -> Callable[[bytes], bytes]:
    """What makes pictures for the web on another machine."""

    def made(data: bytes) -> bytes:
        name, picture = pickle.loads(data)  # noqa: S301, from the one who asks for the work
        return pickle.dumps((_digest(name, picture), _variants(name, picture)))

    return made


def digested(data: bytes) -> bytes:
    """The digest of an asset's bytes."""
    return blake2b(data, digest_size=16).digest()


def _named(variants: list[Variant]) -> list[tuple[str, Variant]]:
    """What was made of a picture, by the names of its files: the plain one first."""
    plain, *others = variants
    return [(f"plain.{plain.ending}", plain), *((f"{one.width}.{one.ending}", one) for one in others)]


def _digest(name: str, data: bytes) -> str:
    """The digest of a picture, and of how it is made for the web."""
    how = blake2b(f"{recipe()}:{_is_drawing(name)}".encode()).digest()
    return blake2b(data, digest_size=16, key=how).hexdigest()


def _is_drawing(name: str) -> bool:
    return name.lower().endswith(".svg")


def _variants(name: str, data: bytes) -> list[Variant] | Refused:
    if _is_drawing(name) and is_picture(data):
        return Refused(
            PictureProblem(
                "picture-broken", "is named .svg but is not an SVG", "Give it the ending that matches its content."
            )
        )
    try:
        return _drawing(data) if _is_drawing(name) else make(data)
    except ValueError as cause:
        if _is_drawing(name):
            hint = "Only plain drawings are published. Save it as a plain SVG without script, or as PNG."
            return Refused(PictureProblem("picture-svg", f"is not safe: {cause}", hint, grave=False))
        return Refused(PictureProblem("picture-broken", f"cannot be shown: {cause}", _SAVE))


def _drawing(data: bytes) -> list[Variant]:
    drawing = safe(data)
    return [Variant(drawing.data, "svg", drawing.width, drawing.height)]
