"""Pictures that lie beside a source → pictures of the site: found, looked at, given a name below content/pictures.

In: a story's Markdown and main picture as a reader left them, and the folder that their addresses count from. Out: the
same with addresses of the site, and what is to be copied. Remote pictures stay where they are and are not fetched.
"""

from __future__ import annotations

import posixpath
import re
import shlex
import zipfile
from collections.abc import Mapping
from hashlib import blake2b
from pathlib import Path, PurePosixPath
from urllib.parse import unquote

import msgspec

from broadsheet.content import targets
from broadsheet.content.parser import Reference
from broadsheet.errors import Place, Problem, note, warning
from broadsheet.ingest.extract.draft import Source
from broadsheet.text import clip, slug

LARGEST = 32 * 1024 * 1024  # bytes; what a camera makes is smaller
MISSING = "picture-missing"  # the problem of a picture that is not beside its source

# How each kind of picture begins. An SVG is none: it may hold script.
_KINDS = (
    (re.compile(rb"\x89PNG\r\n"), "png"),
    (re.compile(rb"\xff\xd8\xff"), "jpg"),
    (re.compile(rb"GIF8[79]a"), "gif"),
    (re.compile(rb"RIFF.{4}WEBP", re.DOTALL), "webp"),
    (re.compile(rb".{4}ftypavi[fs]", re.DOTALL), "avif"),
)
_REMOTE = re.compile(r"https?://|//", re.IGNORECASE)


class PictureFile(msgspec.Struct, frozen=True):
    """A picture to be copied to a name below content/: from a path on disk, from the archive there, or ``held``."""

    path: str
    name: str
    member: str = ""
    held: bytes = b""

    def data(self) -> bytes:
        """The picture. Raises OSError where it has gone."""
        if self.held:
            return self.held
        return _packed(self.path, self.member) if self.member else Path(self.path).read_bytes()


class StoryPictures:
    """The pictures of one story, gathered as their addresses are met."""

    def __init__(self, source: Source, held: Mapping[str, bytes] | None = None) -> None:
        """``held`` are the pictures that the source itself holds, by their addresses in the story."""
        self._held = held or {}
        self.taken: dict[str, PictureFile] = {}
        self.problems: list[Problem] = []
        self._folder = Path(source.folder).resolve() if source.folder and not source.archive else None
        self._archive, self._inside = source.archive, source.folder
        self._place = Place(source.name)

    def body(self, markdown: str) -> str:
        """The Markdown with every local picture by its name in the site; one that cannot be had leaves its words."""
        if "![" not in markdown:
            return markdown
        data = markdown.encode()
        return targets.rewritten(markdown, lambda one: self._shown(one, data))

    def name(self, src: str, words: str = "") -> str:
        """What a picture is called in the site: a remote one as before, a local one by its name, or nothing.

        ``words`` are those that the text has in its place where it is not found.
        """
        if _REMOTE.match(src):
            return src
        if src not in self.taken and (found := self._find(src, words)):
            self.taken[src] = found
        return self.taken[src].name if src in self.taken else ""

    def _shown(self, one: Reference, data: bytes) -> str | targets.Instead:
        if one.kind == "link":
            return one.address
        words = data[one.start + 2 : one.inner].decode()
        name = self.name(one.address, words)
        if name and name == one.address:
            self.problems.append(
                note("picture-remote", f"the picture {name[:200]} is on another server: not fetched", self._place)
            )
        return name or targets.Instead(words)

    def _find(self, src: str, words: str) -> PictureFile | None:
        """The picture that lies at an address beside the source; nothing outside that folder is even looked at."""
        address = unquote(src.partition("?")[0].partition("#")[0])
        if data := self._held.get(src) or self._held.get(address):
            if taken := _named(data, "", posixpath.basename(address)):
                return msgspec.structs.replace(taken, held=data)
        elif self._archive:
            name = posixpath.normpath(posixpath.join(self._inside, address))
            if taken := _named(_packed(self._archive, name), self._archive, name, member=name):
                return taken
        elif self._folder:
            try:
                path = (self._folder / address).resolve()
                if path.is_relative_to(self._folder) and path.is_file() and (taken := picture_file(path)):
                    return taken
            except (OSError, ValueError, RuntimeError):  # no path at all, or a circle of links
                pass
        command = f"broadsheet ingest --again {shlex.quote(self._place.file)}"
        hint = f"Put it beside the source as PNG, JPEG, GIF, WebP or AVIF, then run: {command}"
        left = f"the text has its description instead: “{clip(words, 60)}”" if words else "left out"
        message = f"the picture {src[:100]!r} was not found: {left}"
        self.problems.append(warning(MISSING, message, self._place, hint))
        return None


def picture_file(path: Path) -> PictureFile | None:
    """A picture with the name that it gets, which holds its digest; None for a file that is none. Raises OSError."""
    data = path.read_bytes() if path.stat().st_size <= LARGEST else b""
    return _named(data, str(path), path.name)


def _packed(path: str, name: str) -> bytes:
    """The bytes of a file in an archive on disk; none where it is not there, is too large or cannot be unpacked."""
    from broadsheet.ingest.formats.documents.package import unpacked

    try:
        with zipfile.ZipFile(path) as archive:
            found = {label(info.filename): info for info in archive.infolist()}.get(label(name))
            data = unpacked(archive, found, LARGEST) if found and not found.flag_bits & 1 else b""
    except (zipfile.BadZipFile, NotImplementedError, ValueError, OSError):
        return b""
    return data if isinstance(data, bytes) else b""


def label(name: str) -> str:
    """The name of a file in an archive as an editor may see it: no root, no drive, no way up, no control characters."""
    parts = [re.sub(r"[\x00-\x1f\x7f:]", "", part) for part in re.split(r"[/\\]", name)]
    return "/".join(part for part in parts if part not in ("", ".", "..")) or "unnamed"


def _named(data: bytes, path: str, name: str, member: str = "") -> PictureFile | None:
    ending = next((ending for begins, ending in _KINDS if begins.match(data)), "")
    if not ending:
        return None
    digest = blake2b(data, digest_size=4).hexdigest()
    stem = slug(PurePosixPath(name).stem, default="picture").encode()[:80].decode("utf-8", "ignore")
    return PictureFile(path, f"pictures/{stem}-{digest}.{ending}", member)
