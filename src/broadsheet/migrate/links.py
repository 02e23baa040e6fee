"""Links and pictures of an old text → addresses that work on the new site.

In: Markdown, and where everything of the old site has gone. Out: Markdown; the pictures to be copied; the files that
readers were given to keep, such as a PDF, which stay at their addresses. A link that leads to nothing known is left as
it is from the site's root, and told with its line.
"""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from urllib.parse import quote, unquote, urljoin, urlsplit

from broadsheet import iri
from broadsheet.content import listing, targets
from broadsheet.content.parser import Reference
from broadsheet.errors import Place, Problem, note, warning
from broadsheet.ingest.sources.pictures import PictureFile, picture_file
from broadsheet.migrate.old_site import EXPORTS, Old, Post
from broadsheet.pages import urls
from broadsheet.text import slug

_ATTRIBUTES = re.compile(rb"\{:?[^{}\n]*\}")  # of a link or picture, as kramdown and Python-Markdown have them
_SIZED = re.compile(r"-\d{1,5}x\d{1,5}(\.\w{2,5})\Z")
_PICTURE = re.compile(r"\.(?:png|jpe?g|gif|webp|avif|svg)\Z", re.IGNORECASE)
# What a reader opens or keeps. Nothing that a browser would run on the site's behalf: no HTML, SVG, XML or script.
_KEPT = re.compile(
    r"\.(?:pdf|txt|csv|tsv|json|geojson|ics|gpx|zip|gz|7z|epub|docx?|xlsx?|pptx?|od[tsp]|rtf"
    r"|mp3|m4a|ogg|oga|opus|wav|flac|mp4|m4v|webm|mov)\Z",
    re.IGNORECASE,
)
BUNDLED = frozenset(("png", "jpg", "jpeg", "gif", "webp", "avif", "svg", "pdf", "csv", "zip", "mp3", "mp4"))
_NUMBER = re.compile(r"\?(?:[^#]*&)?(?:p|page_id)=(\d{1,12})(?:[&#]|\Z)")
_MARK = re.compile(r"[{|](filename|static|attach|author|category|tag|index)[}|](.*)", re.DOTALL)
_LISTS = {"author": "authors", "category": "sections", "tag": "topics"}  # where the lists are here
_BY_HAND = "Put it into content/pictures as PNG, JPEG, GIF, WebP or AVIF, and name it in the story."
_UPLOADS = "An export has no pictures: name the folder of uploads with --uploads, and import again."
_SOURCE = (".md", ".markdown", ".mkd", ".mdown", ".rst", ".html")


class Map:
    """Where everything of an old site has gone: old addresses and files → new addresses."""

    def __init__(self, old: Old, new: Mapping[str, str]) -> None:
        """``new`` gives the new address of a post by its file."""
        self.old = old
        self.host = _host(old.url)
        self.base = iri.split(old.url).path.rstrip("/")
        self._files = dict(new)
        self._addresses = {_same(address): address for address in new.values()}
        posts = [post for post in old.posts if post.file in new and post.address]
        self._addresses |= {_same(post.address): new[post.file] for post in posts}
        self._of_file = {post.file: post for post in old.posts}
        self._told = {(post.translation, post.lang): post.file for post in old.posts if post.translation}
        self._names: dict[str, str] = {}
        for file, address in new.items():
            self._names.setdefault(posixpath.splitext(posixpath.basename(file))[0], address)

    def numbered(self, target: str) -> str | None:
        """The new address of a post of WordPress by its number, as in ``/?p=41``; empty where there is none."""
        found = _NUMBER.search(target) if self.old.kind == "wordpress" else None
        if found is None or target.partition("?")[0].rstrip("/") not in ("", self.base, self.old.url):
            return None
        return self._files.get(f"post/{found[1]}") or self._files.get(f"page/{found[1]}") or ""

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
        new = self._addresses.get(_same(_joined(post.address, path))) if path.endswith("/") else None
        if new is None and self.old.kind not in EXPORTS and (path.endswith(_SOURCE) or self.old.kind != "jekyll"):
            beside = posixpath.normpath(posixpath.join(posixpath.dirname(post.file), path.lstrip("/")))
            rooted = posixpath.normpath(f"{self.old.sources}/{path}".lstrip("/")).replace("//", "/")
            candidates = (rooted,) if path.startswith("/") else (beside, rooted)
            names = [f"{one}{ending}" for one in candidates for ending in ("", ".md", "/index.md")]
            file = next((name for name in names if name in self._files), None)
            new = self._files[self._in_language_of(post, file)] if file else None
        new = new or self._addresses.get(_same(_joined(post.address, path)))
        if new is None and self.old.kind == "hugo" and path and "/" not in path:
            new = self.named(path)  # a name alone is looked for in the whole site
        if new is None and self.base and path.startswith(f"{self.base}/"):
            new = self._addresses.get(_same(path.removeprefix(self.base)))
        return f"{new}#{fragment}" if new and fragment else new

    def _in_language_of(self, post: Post, file: str) -> str:
        """The file of a post in the language of the one that names it, where it is there in that language."""
        other = self._told.get((self._of_file[file].translation, post.lang), file)
        return file if other == post.file else other


class RewrittenText:
    """One post's text as it is rewritten: the pictures that it shows, and the problems that were reported."""

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
        place = self._post.at(line)
        if mark := _MARK.fullmatch(target):
            return self._marked(mark[1], mark[2], place)
        path = self._own(target)
        if path is None or not path:
            return target
        if (numbered := self._map.numbered(target)) is not None:
            if not numbered:
                message = f"leads to the post {target[:100]!r}, which was not imported"
                self._problems.append(warning("import-link", message, place, "Change the link."))
            return numbered or "/"
        if new := self._map.address(path, self._post):
            return new
        if _PICTURE.search(path.partition("?")[0]):
            name = self.picture(path, line)
            message = f"a link to the picture {path[:100]!r}: pictures are shown here, not linked to"
            self._problems.append(note("import-link", message, place, f"It is {name} now." if name else ""))
            return path
        if kept := self._kept(path, place):
            return kept
        whole = _joined(self._post.address, path)
        if whole != "/":
            message = f"leads to {whole[:100]!r}, which was not imported"
            self._problems.append(warning("import-link", message, place, "Change the link, or redirect that address."))
        return whole

    def _kept(self, path: str, place: Place) -> str:
        """The address of a file that is copied for readers, the old one; empty where none of such a kind is there."""
        name = unquote(path.partition("?")[0].partition("#")[0])
        found = next(filter(self._inside, self._candidates(name)), None) if _KEPT.search(name) else None
        whole = posixpath.normpath(_joined(self._post.address, name))
        whole = whole.removeprefix(self._map.base) if whole.startswith(f"{self._map.base}/") else whole
        first, *rest = whole.lstrip("/").split("/")
        if found is None or any(part.startswith(".") for part in (first, *rest)):
            return ""
        if first in urls.ASSETS:
            message = f"{whole[:100]} cannot keep its address: that folder is Broadsheet's own"
            self._problems.append(warning("import-address", message, place, f"It is at /files/{'/'.join(rest)} now."))
            first = "files"
        new = "/".join((first, *rest))
        self.taken[name] = PictureFile(str(found), f"{listing.FOLDER}/{new}")
        fragment = path.partition("#")[2]
        return f"/{quote(new)}" + (f"#{fragment}" if fragment else "")

    def picture(self, target: str, line: int) -> str:
        """What a picture is called now: its name below content/, or as it was for one on another host."""
        mark = _MARK.fullmatch(target)
        path = self._own(mark[2] if mark else target)
        if path is None:
            return target
        path = unquote(path.partition("?")[0].partition("#")[0])
        if path not in self.taken:
            found = next(filter(None, map(self._take, self._candidates(path))), None)
            if found is None:
                hint = _UPLOADS if self._map.old.kind in EXPORTS else _BY_HAND
                message = f"the picture {path[:100]!r} was not found"
                self._problems.append(warning("import-picture", message, self._post.at(line), hint))
                left = quote(path, safe="/%:@!$&'+,;=~")
                return urljoin(f"{self._map.old.url}/", left) if self._map.old.kind == "wordpress" else left
            self.taken[path] = found
        return self.taken[path].name

    def _folders(self, path: str) -> tuple[Path, ...]:
        roots = self._map.old.roots
        return roots if path.startswith("/") else (self._post.place, *roots)

    def _candidates(self, path: str) -> Iterator[Path]:
        """Where a picture may lie. Of an export's any folder of uploads may be there, with the parts of it or without.

        WordPress prints pictures in many sizes, each a file of its own: the one that was uploaded comes first.
        """
        names: tuple[str, ...] = (path.lstrip("/"),)
        if self._map.old.kind in EXPORTS:
            parts = names[0].split("/")
            whole = _SIZED.sub(r"\1", parts[-1])
            names = tuple(
                "/".join((*parts[n:-1], last)) for last in (whole, parts[-1]) for n in range(min(4, len(parts)))
            )
        return (folder / name for name in dict.fromkeys(names) for folder in self._folders(path))

    def _take(self, path: Path) -> PictureFile | None:
        """The picture at a path inside the old site's folder."""
        try:
            return picture_file(path.resolve()) if self._inside(path) else None
        except OSError:
            return None

    def _inside(self, path: Path) -> bool:
        """Whether a path is a file of the old site that can be published; nothing outside of it is looked at."""
        try:
            whole = path.resolve()
            allowed = (self._map.old.home, *self._map.old.uploads)
            inside = any(whole.is_relative_to(folder.resolve()) for folder in allowed)
            return inside and whole.is_file() and whole.stat().st_size <= listing.LARGEST
        except (OSError, ValueError, RuntimeError):
            return False

    def _own(self, target: str) -> str | None:
        """A target as a path of the old site; None for one that leads elsewhere, or nowhere."""
        target = target.strip()
        try:
            parts = urlsplit(target)
        except ValueError:
            return None
        if parts.scheme in ("http", "https") or target.startswith("//"):
            inside = parts.netloc and _host(target) == self._map.host
            return (parts.path or "/") + (f"#{parts.fragment}" if parts.fragment else "") if inside else None
        return None if parts.scheme or target.startswith("#") else target

    def _marked(self, kind: str, rest: str, place: Place) -> str:
        """A link as Pelican writes it: {filename}, {static}, {tag} and their like."""
        if kind in ("filename", "static", "attach"):
            if new := self._map.address(rest, self._post):
                return new
            self._problems.append(warning("import-link", f"leads to {rest[:100]!r}, which was not imported", place))
            return rest
        message = f"a link to the list of the {kind} {rest[:60]!r}: check whether that list exists here"
        self._problems.append(warning("import-link", message, place))
        return f"/{_LISTS[kind]}/{slug(rest)}/" if kind in _LISTS else "/"


def _host(address: str) -> str:
    """The host of an address, with or without www."""
    return iri.split(address).netloc.lower().removeprefix("www.")


def _joined(base: str, path: str) -> str:
    """A path as it counts from an address; as it is where the two make none, such as //[x."""
    try:
        return urljoin(base, path)
    except ValueError:
        return path


def _same(address: str) -> str:
    """An address as it is compared: without what servers add or take away."""
    path = unquote(address.partition("#")[0].partition("?")[0])
    return re.sub(r"(?:index)?\.html?\Z", "", path).rstrip("/").lower() or "/"
