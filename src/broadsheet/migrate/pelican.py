"""Pelican's site → posts with the addresses that Pelican gave them.

In: the site's folder. Out: ``Old``. Addresses follow Pelican's ARTICLE_URL and SLUG settings, ids its Atom feeds.
"""

from __future__ import annotations

import datetime as dt
import re
import unicodedata
from collections.abc import Mapping
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from broadsheet.errors import Place, Problem, note, warning
from broadsheet.migrate import front_matter, gather, settings, values
from broadsheet.migrate.post import Old, Post

_PASSED = re.compile(r"\.|__pycache__\Z|node_modules\Z")
_FIELD = re.compile(r"\{(\w+)(?::([^{}]*))?\}")
_HEADS: dict[str, gather.Head | None] = {
    **dict.fromkeys(gather.MARKDOWN, front_matter.meta_lines),
    ".rst": front_matter.fields,
}


def read(home: Path, zone: ZoneInfo) -> Old:
    """The articles and pages of a Pelican site. What cannot be read is a problem."""
    config, problems = settings.read(home, settings.PELICAN)
    content = home / (values.line(config.get("PATH")) or "content")
    content = content if content.is_dir() and content.resolve().is_relative_to(home.resolve()) else home
    site = _Site(content, config, settings.zone(config.get("TIMEZONE"), zone))
    found = gather.pages(home, content, _HEADS, problems, _PASSED)
    if not site.url and (said := _computed(home)):
        hint = (
            "Set 'id' in the settings to the old host, or subscribers get every story again; or write SITEURL plainly."
        )
        message = "SITEURL is computed, which is not run: the stories get ids of their own, not those of the old feeds"
        problems.append(warning("import-settings", message, said, hint))
    posts = tuple(gather.posts(lambda page: site.post(page, problems), found, problems))
    return Old(
        "pelican", home, site.url, posts, tuple(problems), (content,), site.zone, content.relative_to(home).as_posix()
    )


def _computed(home: Path) -> Place | None:
    """Where the settings give the address of the site by a program, if they do."""
    for name in settings.PELICAN:
        try:
            rows = (home / name).read_text("utf-8", "replace").split("\n")
        except OSError:
            continue
        for number, row in enumerate(rows, 1):
            if re.match(r"SITEURL\s*(?::[^=]*)?=(?!\s*(?:\"\"|'')\s*(?:#|$))", row):
                return Place(name, number)
    return None


class _Site:
    """A Pelican site's settings, and what they make of a file."""

    def __init__(self, content: Path, config: Mapping[str, Any], zone: ZoneInfo) -> None:
        self.content, self.zone, self._config = content, zone, config
        url = values.line(config.get("SITEURL")).rstrip("/")
        self.url = url if urlsplit(url).scheme in ("http", "https") else ""
        self._pages = tuple(config.get("PAGE_PATHS") or ("pages",))
        self._language = values.line(config.get("DEFAULT_LANG")) or "en"

    def post(self, page: gather.ForeignPage, problems: list[Problem]) -> Post | None:
        """An article, or a page; None for one that Pelican was told to skip."""
        meta = settings.table(self._config.get("DEFAULT_METADATA")) | page.written.meta
        written = page.written
        status = values.line(meta.get("status")).lower()
        if status == "skip" or not written.meta:
            said = "is skipped, as it asks for" if status == "skip" else "has no head: it was no article"
            problems.append(note("import-skipped", said, Place(page.file, 1)))
            return None
        at = page.path.relative_to(self.content)
        is_page = any(at.is_relative_to(folder) for folder in self._pages)
        named, _ = gather.dated(page.stem)
        day = values.moment(values.get(written, "date"), self.zone) or named
        title = values.line(values.get(written, "title")) or page.stem
        slug = values.line(meta.get("slug")) or _slugified(title)
        folder = at.parent.name if self._config.get("USE_FOLDER_AS_CATEGORY", True) else ""
        category = values.line(meta.get("category")) or folder
        lang = values.line(meta.get("lang"))
        translated = bool(lang) and lang != self._language
        known = {
            "slug": slug,
            "lang": lang or self._language,
            "category": _slugified(category or values.line(self._config.get("DEFAULT_CATEGORY")) or "misc"),
            "author": _slugified(next(iter(values.names(values.get(written, "authors"))), "")),
        }
        address = self._address(
            meta, "PAGE" if is_page else "ARTICLE", known, day or page.changed, translated=translated
        )
        host = urlsplit(self.url).hostname
        base = urlsplit(self.url).path
        return Post(
            file=page.file,
            place=page.path.parent,
            sha256=page.sha256,
            written=written,
            page=is_page,
            slug=slug,
            address=address,
            day=day or page.changed,
            guessed=day is None and not is_page,
            guid=f"tag:{host},{day:%Y-%m-%d}:{base}{address}/" if host and day else "",
            section=category,
            topics=values.names(values.get(written, "topics")),
            lang=lang if translated else "",
        )

    def _address(
        self, meta: Mapping[str, Any], kind: str, known: Mapping[str, str], day: dt.date, *, translated: bool
    ) -> str:
        """The path of an article: its own ``url`` or ``save_as``, else what the settings make of it."""
        own = values.line(meta.get("url")) or values.line(meta.get("save_as"))
        name = f"{kind}_LANG_URL" if translated else f"{kind}_URL"
        folder = "pages/" if kind == "PAGE" else ""
        usual = f"{folder}{{slug}}-{{lang}}.html" if translated else f"{folder}{{slug}}.html"
        pattern = own or values.line(self._config.get(name)) or usual

        def field(found: re.Match[str]) -> str:
            if found[1] == "date":
                return day.strftime(found[2] or "%Y-%m-%d")
            return known.get(found[1], found[0])

        path = _FIELD.sub(field, pattern)
        return f"/{path.removesuffix('index.html').lstrip('/')}"


def _slugified(text: str) -> str:
    """A slug as Pelican makes it: plain letters, small, joined by hyphens."""
    plain = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode() or text
    return re.sub(r"[-\s]+", "-", re.sub(r"[^\w\s-]", "", plain).strip().lower())
