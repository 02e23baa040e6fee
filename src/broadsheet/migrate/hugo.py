"""Hugo's site → posts with the addresses that Hugo gave them.

In: the site's folder. Out: ``Old``. Addresses follow Hugo's documentation of ``url``, ``slug`` and ``permalinks``.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any
from urllib.parse import urljoin, urlsplit
from zoneinfo import ZoneInfo

from broadsheet.errors import Place, Problem, note
from broadsheet.migrate import gather, settings, values
from broadsheet.migrate.post import Old, Post, Written

_PASSED = re.compile(r"\.|node_modules\Z|_index(\.|\Z)")
_LANG = re.compile(r"(.+)\.([a-z]{2,3}(?:-[A-Za-z]{2,4})?)\Z")
_TOKEN = re.compile(r":(\w+)(\[[^\]]*\])?")


def read(home: Path, zone: ZoneInfo) -> Old:
    """The posts of a Hugo site. What cannot be read is a problem."""
    config, problems = settings.hugo(home)
    content = home / values.line(config.get("contentdir") or "content")
    content = content if content.is_dir() else home
    site = _Site(home, content, config, settings.zone(config.get("timezone"), zone))
    heads: dict[str, gather.Head | None] = dict.fromkeys(gather.TEXTS)
    found = gather.pages(home, content, heads, problems, _PASSED)
    posts = [*gather.posts(lambda page: site.post(page, problems), found, problems)]
    for index in sorted(content.rglob("_index.*")):
        file = index.relative_to(home).as_posix()
        problems.append(note("import-list", "the text of a list has no place here", Place(file, 1)))
    static = values.names(config.get("staticdir")) or ("static",)
    roots = tuple(home / name for name in (*static, "assets"))
    return Old(
        "hugo", home, site.url, tuple(posts), tuple(problems), roots, site.zone, content.relative_to(home).as_posix()
    )


class _Site:
    """A Hugo site's settings, and what they make of a page."""

    def __init__(self, home: Path, content: Path, config: Mapping[str, Any], zone: ZoneInfo) -> None:
        self.home, self.content, self.zone = home, content, zone
        url = values.line(config.get("baseurl"))
        self.url = url if urlsplit(url).scheme in ("http", "https") else ""
        permalinks = settings.table(config.get("permalinks"))
        self._patterns = permalinks | settings.table(permalinks.get("page"))
        self._ugly = config.get("uglyurls")
        self._keep_case = bool(config.get("disablepathtolower"))
        languages = {name.lower(): settings.table(one) for name, one in settings.table(config.get("languages")).items()}
        self._languages = frozenset(languages)
        self._language = values.line(config.get("defaultcontentlanguage") or "en").lower()
        folders = {
            name: {key.lower(): value for key, value in one.items()}.get("contentdir")
            for name, one in languages.items()
        }
        self._folders = {name: home / values.line(folder) for name, folder in folders.items() if values.line(folder)}

    def post(self, page: gather.ForeignPage, problems: list[Problem]) -> Post:
        """A page of the site as a post; one that stands in no section is a page of the editor's own."""
        params = {key.lower(): value for key, value in settings.table(page.written.meta.get("params")).items()}
        written = Written(params | page.written.meta, page.written.lines, page.written.body, page.written.first)
        meta = written.meta
        stem, lang = self._translated(page.stem)
        root = self.content
        for name, folder in self._folders.items():
            if page.path.is_relative_to(folder) and folder != self.content:
                root, lang = folder, name
        folders = page.path.relative_to(root).parent.parts
        if stem == "index" and folders:
            folders, stem = folders[:-1], folders[-1]
        named, rest = gather.dated(stem)
        day = values.moment(values.get(written, "date"), self.zone) or named
        slug = values.line(meta.get("slug")) or stem
        address = self._address(written, folders, slug, stem, day)
        if lang and lang != self._language and not meta.get("url"):
            address = f"/{lang}{address}"
        published = values.moment(meta.get("publishdate"), self.zone)
        categories = values.names(values.get(written, "sections"))
        if published and day and self._instant(published) > self._instant(day):
            day = published  # it is not to be seen before
        if len(folders) > 1:
            place = Place(page.file, 1)
            problems.append(note("import-folder", f"the folders {'/'.join(folders)} tell no section here", place))
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
            guid=urljoin(self.url, address) if self.url else "",
            section=categories[0] if categories else "",
            topics=(*categories[1:], *values.names(values.get(written, "topics"))),
            lang=lang if lang != self._language else "",
        )

    def _instant(self, day: dt.date) -> dt.datetime:
        return day if isinstance(day, dt.datetime) else dt.datetime.combine(day, dt.time(), self.zone)

    def _translated(self, stem: str) -> tuple[str, str]:
        found = _LANG.fullmatch(stem)
        if found and (found[2].lower() in self._languages or found[2].lower() == self._language):
            return found[1], found[2].lower()
        return stem, ""

    def _address(self, written: Written, folders: tuple[str, ...], slug: str, stem: str, day: dt.date | None) -> str:
        if own := values.line(written.meta.get("url")):
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
        title = (values.line(values.get(written, "title")) or stem).replace("/", "-")
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
