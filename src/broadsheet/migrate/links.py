"""Links and pictures of an old text → addresses that work on the new site.

In: Markdown, and where everything of the old site has gone. Out: Markdown, and the pictures to be copied. A link that
leads to nothing known is left as it is from the site's root, and told with its line.
"""

from __future__ import annotations

import posixpath
import re
from collections.abc import Mapping
from pathlib import Path
from urllib.parse import quote, unquote, urljoin, urlsplit

from broadsheet.content import targets
from broadsheet.content.parser import Reference
from broadsheet.errors import Place, Problem, note, warning
from broadsheet.ingest.sources.pictures import PictureFile, picture_file
from broadsheet.migrate.post import Old, Post
from broadsheet.text import slug

_ATTRIBUTES = re.compile(rb"\{:?[^{}\n]*\}")  # of a link or picture, as kramdown and Python-Markdown have them
_PICTURE = re.compile(r"\.(?:png|jpe?g|gif|webp|avif|svg)\Z", re.IGNORECASE)
_MARK = re.compile(r"[{|](filename|static|attach|author|category|tag|index)[}|](.*)", re.DOTALL)
_LISTS = {"author": "authors", "category": "sections", "tag": "topics"}  # where the lists are here
_SOURCE = (".md", ".markdown", ".mkd", ".mdown", ".rst", ".html")


class Map:
    """Where everything of an old site has gone: old addresses and files → new addresses."""

    def __init__(self, old: Old, new: Mapping[str, str]) -> None:
        """``new`` gives the new address of a post by its file."""
        self.old = old
        self.host = urlsplit(old.url).netloc
        self.base = urlsplit(old.url).path.rstrip("/")
        self._files = dict(new)
        self._addresses = {_same(address): address for address in new.values()}
        self._addresses |= {_same(post.address): new[post.file] for post in old.posts if post.file in new}
        self._names: dict[str, str] = {}
        for file, address in new.items():
            self._names.setdefault(posixpath.splitext(posixpath.basename(file))[0], address)

    def named(self, name: str) -> str | None:
        """The new address of a post by the name of its file, as Jekyll's post_url and link give it."""
        name = name.strip("\"' ")
        for file in (name, f"{self.old.sources}/{name}".lstrip("/")):
            if file in self._files:
                return self._files[file]
        return self._names.get(posixpath.splitext(posixpath.basename(name))[0])

    def address(self, target: str, post: Post) -> str | None:
        """The new address of what a path led to in a post; None where nothing is known of it."""
        path, fragment = target.partition("#")[0].partition("?")[0], target.partition("#")[2]
        path = unquote(path)
        new = None
        if path.endswith(_SOURCE) or self.old.kind != "jekyll":
            beside = posixpath.normpath(posixpath.join(posixpath.dirname(post.file), path.lstrip("/")))
            rooted = posixpath.normpath(f"{self.old.sources}/{path}".lstrip("/")).replace("//", "/")
            candidates = (rooted,) if path.startswith("/") else (beside, rooted)
            names = [f"{one}{ending}" for one in candidates for ending in ("", ".md", "/index.md")]
            new = next((self._files[name] for name in names if name in self._files), None)
        new = new or self._addresses.get(_same(urljoin(post.address, path)))
        if new is None and self.base and path.startswith(f"{self.base}/"):
            new = self._addresses.get(_same(path.removeprefix(self.base)))
        return f"{new}#{fragment}" if new and fragment else new


class RewrittenText:
    """One post's text as it is rewritten: the pictures that it shows, and what was told of it."""

    def __init__(self, post: Post, known: Map, problems: list[Problem]) -> None:
        self.taken: dict[str, PictureFile] = {}
        self._post = post
        self._map = known
        self._problems = problems

    def rewritten(self, text: str, first: int, *, html: bool = False) -> str:
        """The text with links and pictures of the new site; ``first`` is its first line in the file."""

        def new(one: Reference) -> str:
            return (self.picture if one.kind == "picture" else self.link)(one.address, first - 1 + one.line)

        return targets.rewritten_html(text, new) if html else targets.rewritten(text, new, dropped=_ATTRIBUTES)

    def link(self, target: str, line: int) -> str:
        """Where a link leads now."""
        place = Place(self._post.file, line)
        if mark := _MARK.fullmatch(target):
            return self._marked(mark[1], mark[2], place)
        path = self._own(target)
        if path is None or not path:
            return target
        if new := self._map.address(path, self._post):
            return new
        if _PICTURE.search(path.partition("?")[0]):
            name = self.picture(path, line)
            message = f"a link to the picture {path[:100]!r}: pictures are shown here, not linked to"
            self._problems.append(note("import-link", message, place, f"It is {name} now." if name else ""))
            return path
        whole = urljoin(self._post.address, path)
        if whole != "/":
            message = f"leads to {whole[:100]!r}, which was not imported"
            self._problems.append(warning("import-link", message, place, "Change the link, or redirect that address."))
        return whole

    def picture(self, target: str, line: int) -> str:
        """What a picture is called now: its name below content/, or as it was for one on another host."""
        mark = _MARK.fullmatch(target)
        path = self._own(mark[2] if mark else target)
        if path is None:
            return target
        path = unquote(path.partition("?")[0].partition("#")[0])
        if path not in self.taken:
            found = next(filter(None, (self._take(folder / path.lstrip("/")) for folder in self._folders(path))), None)
            if found is None:
                hint = "Put it into content/pictures as PNG, JPEG, GIF, WebP or AVIF, and name it in the story."
                message = f"the picture {path[:100]!r} is not there"
                self._problems.append(warning("import-picture", message, Place(self._post.file, line), hint))
                return quote(path, safe="/%:@!$&'+,;=~")
            self.taken[path] = found
        return self.taken[path].name

    def _folders(self, path: str) -> tuple[Path, ...]:
        roots = self._map.old.roots
        return roots if path.startswith("/") else (self._post.place, *roots)

    def _take(self, path: Path) -> PictureFile | None:
        """The picture at a path inside the old site's folder; nothing outside of it is looked at."""
        try:
            whole = path.resolve()
            inside = whole.is_relative_to(self._map.old.home.resolve()) and whole.is_file()
            return picture_file(whole) if inside else None
        except (OSError, ValueError, RuntimeError):
            return None

    def _own(self, target: str) -> str | None:
        """A target as a path of the old site; None for one that leads elsewhere, or nowhere."""
        target = target.strip()
        try:
            parts = urlsplit(target)
        except ValueError:
            return None
        if parts.scheme in ("http", "https") or target.startswith("//"):
            inside = parts.netloc and parts.netloc == self._map.host
            return (parts.path or "/") + (f"#{parts.fragment}" if parts.fragment else "") if inside else None
        return None if parts.scheme or target.startswith("#") else target

    def _marked(self, kind: str, rest: str, place: Place) -> str:
        """A link as Pelican writes it: {filename}, {static}, {tag} and their like."""
        if kind in ("filename", "static", "attach"):
            if new := self._map.address(rest, self._post):
                return new
            self._problems.append(warning("import-link", f"leads to {rest[:100]!r}, which was not imported", place))
            return rest
        message = f"a link to the list of the {kind} {rest[:60]!r}: look whether it has an address here"
        self._problems.append(warning("import-link", message, place))
        return f"/{_LISTS[kind]}/{slug(rest)}/" if kind in _LISTS else "/"


def _same(address: str) -> str:
    """An address as it is compared: without what servers add or take away."""
    path = unquote(address.partition("#")[0].partition("?")[0])
    return re.sub(r"(?:index)?\.html?\Z", "", path).rstrip("/").lower() or "/"
