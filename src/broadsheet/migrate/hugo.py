"""Hugo's site → posts with the addresses that Hugo gave them.

In: the site's folder. Out: ``Old``. Addresses follow Hugo's documentation of ``url``, ``slug`` and ``permalinks``.
"""

from __future__ import annotations

import contextlib
import datetime as dt
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any
from urllib.parse import urljoin, urlsplit
from zoneinfo import ZoneInfo

from broadsheet import locales
from broadsheet.errors import Place, Problem, note
from broadsheet.migrate import convert, old_settings, old_site
from broadsheet.migrate.old_site import Old, Post, Written

_PASSED = re.compile(r"\.|node_modules\Z|_index(\.|\Z)")
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
    found = (page for root in site.roots for page in old_site.pages(home, root, heads, problems, _PASSED))
    posts = [*old_site.posts(lambda page: site.post(page, problems), found, problems)]
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

    def post(self, page: old_site.ForeignPage, problems: list[Problem]) -> Post:
        """A page of the site as a post; one that stands in no section is a page of the editor's own."""
        params = {key.lower(): value for key, value in old_site.table(page.written.meta.get("params")).items()}
        written = Written(params | page.written.meta, page.written.lines, page.written.body, page.written.first)
        meta = written.meta
        stem, lang = self._translated(page.stem)
        root = self.content
        for name, folder in self._folders.items():
            if page.path.is_relative_to(folder) and len(folder.parts) >= len(root.parts):
                root, lang = folder, name
        folders = page.path.relative_to(root).parent.parts
        if stem == "index" and folders:
            folders, stem = folders[:-1], folders[-1]
        named, rest = old_site.dated(stem)
        day = convert.moment(convert.get(written, "date"), self.zone) or named
        slug = convert.line(meta.get("slug")) or stem
        address = self._address(written, folders, slug, stem, day)
        host = convert.line(self._languages.get(lang, {}).get("baseurl"))  # with one of its own it has no folder
        rooted = convert.line(meta.get("url")).startswith("/")  # such an address counts from the root of all languages
        if not host and not rooted and (lang or self.language) != self._below and self._languages:
            address = f"/{lang or self.language}{address}"
        published = convert.moment(meta.get("publishdate"), self.zone)
        categories = convert.names(convert.get(written, "sections"))
        if published and day and self._instant(published) > self._instant(day):
            day = published  # it is not to be seen before
        if len(folders) > 1:
            place = Place(page.file, 1)
            problems.append(note("import-folder", f"the folders {'/'.join(folders)} were not used as sections", place))
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
            draft=lang in self._off,
            guid=urljoin(host or self.url, address) if self.url else "",
            section=categories[0] if categories else "",
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

    def _address(self, written: Written, folders: tuple[str, ...], slug: str, stem: str, day: dt.date | None) -> str:
        if own := convert.line(written.meta.get("url")):
            with contextlib.suppress(ValueError):  # such as http://[x, which was never an address
                return f"/{urlsplit(own).path.lstrip('/')}"
        pattern = self._patterns.get(folders[0]) if folders else self._patterns.get("/")
        if isinstance(pattern, str):
            told = _TOKEN.sub(lambda found: self._token(found, written, folders, slug, stem, day), pattern)
        else:
            told = "/".join((*folders, slug))
        ugly = self._ugly.get(folders[0]) if isinstance(self._ugly, Mapping) and folders else self._ugly
        path = "/".join(filter(None, (self._plain(part) for part in told.split("/"))))
        if path.endswith((".html", ".htm")):
            return f"/{path}"
        return f"/{path}.html" if ugly is True else f"/{path}/"

    def _token(
        self,
        found: re.Match[str],
        written: Written,
        folders: tuple[str, ...],
        slug: str,
        stem: str,
        day: dt.date | None,
    ) -> str:
        day = day or dt.date(1, 1, 1)  # as Hugo prints a page without a date
        title = (convert.line(convert.get(written, "title")) or stem).replace("/", "-")
        sections = folders[1:] if found[2] == "[1:]" else folders[-1:] if found[2] == "[last]" else folders
        known = {
            "year": f"{day.year:04}", "month": f"{day.month:02}", "day": f"{day.day:02}",
            "monthname": f"{day:%B}", "weekday": str(day.isoweekday() % 7), "weekdayname": f"{day:%A}",
            "yearday": str(day.timetuple().tm_yday), "section": folders[0] if folders else "",
            "sections": "/".join(sections), "title": title, "slug": slug if written.meta.get("slug") else title,
            "filename": stem, "contentbasename": stem, "slugorfilename": slug, "slugorcontentbasename": slug,
        }  # fmt: skip
        return known.get(found[1], found[0])

    def _plain(self, part: str) -> str:
        """A part of a path as Hugo prints it: spaces are hyphens, most marks go, letters are small."""
        kept = "".join(mark if mark.isalnum() or mark in "-._~+#" else " " if mark.isspace() else "" for mark in part)
        joined = re.sub(r"\s+", "-", kept.strip())
        return joined if self._keep_case else joined.lower()
