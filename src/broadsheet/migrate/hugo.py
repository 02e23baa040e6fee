"""Hugo's site → posts with the addresses that Hugo gave them.

In: the site's folder. Out: ``Old``. Addresses follow Hugo's documentation of ``url``, ``slug`` and ``permalinks``, ids
are those of its feeds. What a ``cascade`` gives to the pages below it, a draft's mark above all, is theirs.
"""

from __future__ import annotations

import contextlib
import datetime as dt
import re
from collections.abc import Iterator, Mapping, Sequence
from fnmatch import fnmatch
from pathlib import Path
from typing import Any
from urllib.parse import quote, urljoin, urlsplit
from zoneinfo import ZoneInfo

from broadsheet import locales
from broadsheet.errors import Place, Problem, note
from broadsheet.migrate import convert, old_settings, old_site
from broadsheet.migrate.old_site import Old, OldFile, Post

_PASSED = re.compile(r"\.|node_modules\Z")
# Folders that hold posts of any section.
_ANY = frozenset((
    "post", "posts", "blog", "article", "articles", "news", "story", "stories", "entry", "entries", "archive",
    "archives",
))  # fmt: skip
_INDEX = re.compile(r"_index(?:\.|\Z)")
_LANG = re.compile(r"(.+)\.([A-Za-z]{2,3}(?:[-_][A-Za-z0-9]{2,8})*)\Z")
_TOKEN = re.compile(r":(\w+)(\[[^\]]*\])?")


def read(home: Path, zone: ZoneInfo) -> Old:
    """The posts of a Hugo site. What cannot be read is a problem."""
    config, problems = old_site.hugo_settings(home)
    names = (*old_site.HUGO, *(f"config/_default/{name}" for name in old_site.HUGO))
    place = old_settings.place_of(home, names)
    told = convert.line(config.get("contentdir")) or "content"
    content = old_settings.folder(home, told, "contentDir", place, problems)
    config["baseurl"] = old_settings.address(convert.line(config.get("baseurl")), "baseURL", place, problems)
    for name, one in old_site.table(config.get("languages")).items():
        for key, own in old_site.table(one).items():
            if key.lower() == "baseurl" and convert.line(own):
                one[key] = old_settings.address(convert.line(own), f"languages.{name}.{key}", place, problems)
    site = _Site(home, content, config, old_settings.zone(config.get("timezone"), zone))
    heads: dict[str, old_site.Head | None] = dict.fromkeys(old_site.TEXTS)
    found = [page for root in site.roots for page in old_site.pages(home, root, heads, problems, _PASSED)]
    indexes = [page for page in found if _INDEX.match(page.path.name)]
    site.take(indexes)
    pages = (page for page in found if not _INDEX.match(page.path.name))
    posts = [*old_site.posts(lambda page: site.post(page, problems), pages, problems)]
    for index in sorted(index for root in site.roots for index in root.rglob("_index.*")):
        file = index.relative_to(home).as_posix()
        problems.append(note("import-list", "texts above lists of posts are not imported", Place(file, 1)))
    static = convert.names(config.get("staticdir")) or ("static",)
    roots = tuple(home / name for name in (*static, "assets"))
    return Old(
        "hugo", home, site.url, tuple(posts), tuple(problems), roots, site.zone, site.sources, language=site.tongue
    )


def _inside(home: Path, folder: Path) -> bool:
    return folder.resolve().is_relative_to(home.resolve())


class _Site:
    """A Hugo site's settings, and what they make of a page."""

    def __init__(self, home: Path, content: Path, config: Mapping[str, Any], zone: ZoneInfo) -> None:
        self.home, self.content, self.zone = home, content, zone
        self.url = convert.line(config.get("baseurl"))
        permalinks = old_site.table(config.get("permalinks"))
        self._patterns = permalinks | old_site.table(permalinks.get("page"))
        self._ugly = config.get("uglyurls")
        self._keep_case = bool(config.get("disablepathtolower"))
        languages = {name.lower(): old_site.table(one) for name, one in old_site.table(config.get("languages")).items()}
        self._languages = {name: {key.lower(): value for key, value in one.items()} for name, one in languages.items()}
        self.language = convert.line(config.get("defaultcontentlanguage") or "en").lower()
        self.tongue = self._tag(self.language)
        self._below = "" if config.get("defaultcontentlanguageinsubdir") else self.language  # which has no folder
        off = {name.lower() for name in convert.names(config.get("disablelanguages"))}
        self._off = off | {name for name, one in self._languages.items() if one.get("disabled") is True}
        told = {name: home / convert.line(one.get("contentdir")) for name, one in self._languages.items()}
        self._folders = {name: folder for name, folder in told.items() if folder != home and _inside(home, folder)}
        folders = {content, *(folder for folder in self._folders.values() if folder.is_dir())}
        self.roots = sorted(one for one in folders if folders.isdisjoint(one.parents))
        self.sources = self._folders.get(self.language, content).relative_to(home).as_posix()
        self._by_name = ":filename" in convert.names(old_site.table(config.get("frontmatter")).get("date"))
        self._given = {"": [*_rules(config.get("cascade"))]}
        self._given |= {name: [*_rules(one.get("cascade"))] for name, one in self._languages.items()}
        self._indexes: dict[tuple[Path, str], Mapping[str, Any]] = {}
        self._unread: set[Path] = set()

    def take(self, indexes: Sequence[old_site.ForeignPage]) -> None:
        """Take in the files that stand for folders, by their folder and language; others there cannot be read."""
        for index in indexes:
            _, lang = self._translated(index.stem)
            self._indexes[index.path.parent, self._rooted(index.path, lang)[1]] = index.written.meta
        read = {index.path for index in indexes}
        self._unread = {path.parent for root in self.roots for path in root.rglob("_index.*") if path not in read}

    def _rooted(self, path: Path, lang: str) -> tuple[Path, str]:
        """The content folder that a file is in, and its language where it has not the default one."""
        root = self.content
        for name, folder in self._folders.items():
            if path.is_relative_to(folder) and len(folder.parts) >= len(root.parts):
                root, lang = folder, name
        return root, lang

    def _cascaded(self, page: old_site.ForeignPage, root: Path, lang: str) -> dict[str, Any]:
        """What the folders above a page and the settings give to it; the nearest counts, as in Hugo."""
        inner = page.path.relative_to(root)
        above = [root, *(root.joinpath(*inner.parts[:n]) for n in range(1, len(inner.parts)))]
        own = lang or self.language
        rules = [*self._given[""], *self._given.get(own, [])]
        for folder in above:
            meta = next((self._indexes[key] for key in ((folder, own), (folder, "")) if key in self._indexes), {})
            rules += _rules(meta.get("cascade"))
        found: dict[str, Any] = {}
        for rule in rules:
            target = old_site.table(rule.get("target", rule.get("_target")))
            at = f"/{inner.with_suffix('').as_posix()}"
            wanted = (("kind", "page"), ("lang", own), ("path", at))
            if all(fnmatch(said, pattern) for key, said in wanted if (pattern := convert.line(target.get(key)))):
                found |= {key: value for key, value in rule.items() if key not in ("target", "_target", "params")}
                found |= {key.lower(): value for key, value in old_site.table(rule.get("params")).items()}
        return found

    def post(self, page: old_site.ForeignPage, problems: list[Problem]) -> Post:
        """A page of the site as a post; one that stands in no section is a page of the editor's own."""
        stem, lang = self._translated(page.stem)
        root, lang = self._rooted(page.path, lang)
        params = {key.lower(): value for key, value in old_site.table(page.written.meta.get("params")).items()}
        meta = self._cascaded(page, root, lang) | params | page.written.meta
        written = OldFile(meta, page.written.lines, page.written.body, page.written.first)
        folders = page.path.relative_to(root).parent.parts
        if stem == "index" and folders:
            folders, stem = folders[:-1], folders[-1]
        named, rest = old_site.dated(stem)
        told = convert.get(written, "date") or convert.get(written, "updated")  # in Hugo's order
        day = convert.moment(told, self.zone) or named
        slug = convert.line(meta.get("slug")) or (rest if self._by_name and named else stem)
        dated = day if told or self._by_name else None  # a file's name gives no date unless the settings say so
        address = self._address(written, folders, self._sections(root, folders), slug, stem, dated)
        host = convert.line(self._languages.get(lang, {}).get("baseurl"))  # with one of its own it has no folder
        rooted = convert.line(meta.get("url")).startswith("/")  # such an address counts from the root of all languages
        if not host and not rooted and (lang or self.language) != self._below and self._languages:
            address = f"/{lang or self.language}{address}"
        published = convert.moment(meta.get("publishdate"), self.zone)
        categories = convert.names(convert.get(written, "sections"))
        if published and day and self._instant(published) > self._instant(day):
            day = published  # it is not to be seen before
        off = "its language is disabled in Hugo" if lang in self._off else ""
        inside = (one for one in page.path.parents if one in self._unread and one.is_relative_to(root))
        unread = next((one.relative_to(self.home).as_posix() for one in inside), "")
        if len(folders) > 1:
            place = Place(page.file, 1)
            message = f"the folders below {folders[0]} were not used as sections: {'/'.join(folders[1:])}"
            problems.append(note("import-folder", message, place))
        return Post(
            file=page.file,
            place=page.path.parent,
            sha256=page.sha256,
            written=written,
            page=not folders,
            slug=slug if meta.get("slug") else (rest if named else stem),
            address=address,
            day=day or page.changed,
            guessed=day is None and bool(folders),
            draft=bool(off or unread),
            reason=f"the cascade of {unread} could not be read" if unread else off,
            guid=urljoin(host or self.url, _in_feed(address)) if self.url else "",
            section=categories[0] if categories else self._section(root, folders, lang),
            topics=(*categories[1:], *convert.names(convert.get(written, "topics"))),
            lang=self._tag(lang) if lang != self.language else "",
            translation=convert.line(meta.get("translationkey")) or "/".join((*folders, stem)),
        )

    def _instant(self, day: dt.date) -> dt.datetime:
        return day if isinstance(day, dt.datetime) else dt.datetime.combine(day, dt.time(), self.zone)

    def _tag(self, name: str) -> str:
        """The language that the settings mean by a name, which is free: "cn" has the code "zh-cn"."""
        own = self._languages.get(name, {})
        code = convert.line(own.get("locale") or own.get("languagecode"))
        return code if code and not locales.same(code, name) else name

    def _translated(self, stem: str) -> tuple[str, str]:
        found = _LANG.fullmatch(stem)
        if found and (found[2].lower() in self._languages or found[2].lower() == self.language):
            return found[1], found[2].lower()
        return stem, ""

    def _section(self, root: Path, folders: tuple[str, ...], lang: str) -> str:
        """The section that a post without categories is in: its first folder, but for one that holds posts of any."""
        if not folders or folders[0].lower() in _ANY:
            return ""
        keys = ((root / folders[0], lang or self.language), (root / folders[0], ""))
        meta = next((self._indexes[key] for key in keys if key in self._indexes), {})
        return convert.line(meta.get("title")) or folders[0].replace("-", " ").replace("_", " ").capitalize()

    def _sections(self, root: Path, folders: tuple[str, ...]) -> tuple[str, ...]:
        """The folders that are sections of Hugo: the first one, and those with an _index of their own."""
        with_index = {folder for folder, _ in self._indexes}
        inner = (root.joinpath(*folders[: n + 1]) for n in range(len(folders)))
        return tuple(name for n, (name, at) in enumerate(zip(folders, inner, strict=True)) if not n or at in with_index)

    def _address(
        self,
        written: OldFile,
        folders: tuple[str, ...],
        sections: tuple[str, ...],
        slug: str,
        stem: str,
        day: dt.date | None,
    ) -> str:
        def token(found: re.Match[str]) -> str:
            return self._token(found, written, sections, slug, stem, day)

        if own := convert.line(written.meta.get("url")):
            with contextlib.suppress(ValueError):  # such as http://[x, which was never an address
                path = f"/{_TOKEN.sub(lambda found: self._plain(token(found)), urlsplit(own).path.lstrip('/'))}"
                return path if "." in path or path.endswith("/") else f"{path}/"
        pattern = self._patterns.get(folders[0]) if folders else self._patterns.get("/")
        told = _TOKEN.sub(token, pattern) if isinstance(pattern, str) else "/".join((*folders, slug))
        ugly = self._ugly.get(folders[0]) if isinstance(self._ugly, Mapping) and folders else self._ugly
        path = "/".join(filter(None, (self._plain(part) for part in told.split("/"))))
        if path.endswith((".html", ".htm")):
            return f"/{path}"
        return f"/{path}.html" if ugly is True else f"/{path}/"

    def _token(
        self,
        found: re.Match[str],
        written: OldFile,
        folders: tuple[str, ...],
        slug: str,
        stem: str,
        day: dt.date | None,
    ) -> str:
        day = day or dt.date.min  # as Hugo prints a page without a date: the year 1, without zeros before it
        title = (convert.line(convert.get(written, "title")) or stem).replace("/", "-")
        sections = folders[1:] if found[2] == "[1:]" else folders[-1:] if found[2] == "[last]" else folders
        known = {
            "year": str(day.year), "month": f"{day.month:02}", "day": f"{day.day:02}",
            "monthname": f"{day:%B}", "weekday": str(day.isoweekday() % 7), "weekdayname": f"{day:%A}",
            "yearday": str(day.timetuple().tm_yday), "section": folders[0] if folders else "",
            "sections": "/".join(sections), "title": title,
            "slug": slug if written.meta.get("slug") or slug != stem else title,
            "filename": stem, "contentbasename": stem, "slugorfilename": slug, "slugorcontentbasename": slug,
            "sectionslug": folders[0] if folders else "", "sectionslugs": "/".join(sections),
        }  # fmt: skip
        return known.get(found[1], found[0])

    def _plain(self, part: str) -> str:
        """A part of a path as Hugo prints it: spaces are hyphens, most marks go, letters are small."""
        kept = "".join(mark if mark.isalnum() or mark in "-._~+#" else " " if mark.isspace() else "" for mark in part)
        joined = re.sub(r"\s+", "-", kept.strip())
        return joined if self._keep_case else joined.lower()


def _rules(cascade: Any) -> Iterator[dict[str, Any]]:
    """The rules of a cascade, which is one table or a list of them, with their keys in lower case."""
    for rule in cascade if isinstance(cascade, list) else [cascade]:
        yield {key.lower(): value for key, value in old_site.table(rule).items()}


def _in_feed(address: str) -> str:
    """An address as Hugo's feeds have it: what is not ASCII is percent-encoded, as Go's net/url does it."""
    return address if address.isascii() else quote(address, safe="/$&+,:;=@~%")
