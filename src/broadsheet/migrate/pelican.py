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
from zoneinfo import ZoneInfo

from broadsheet import iri
from broadsheet.errors import Place, Problem, note, warning
from broadsheet.migrate import convert, old_settings, old_site
from broadsheet.migrate.old_site import Old, Post

_PASSED = re.compile(r"\.|__pycache__\Z|node_modules\Z")
_FIELD = re.compile(r"\{(\w+)(?::([^{}]*))?\}")
_HEADS: dict[str, old_site.Head | None] = {
    **dict.fromkeys(old_site.MARKDOWN, old_site.meta_lines),
    ".rst": old_site.rest_fields,
}


def read(home: Path, zone: ZoneInfo) -> Old:
    """The articles and pages of a Pelican site. What cannot be read is a problem."""
    config, problems = old_site.read_settings(home, old_site.PELICAN)
    place = old_settings.place_of(home, old_site.PELICAN)
    told = convert.line(config.get("PATH")) or "content"
    content = old_settings.folder(home, told, "PATH", place, problems)
    address = convert.line(config.get("SITEURL")).rstrip("/")
    config["SITEURL"] = old_settings.address(address, "SITEURL", place, problems)
    site = _Site(content, config, old_settings.zone(config.get("TIMEZONE"), zone))
    found = old_site.pages(home, content, _HEADS, problems, _PASSED)
    if not address and (said := _computed(home)):
        hint = (
            "Write SITEURL as a plain text and import again, or set 'id' in pyproject.toml to the old host. "
            "Otherwise subscribers get every story again."
        )
        message = "SITEURL is computed, and settings are not run: the stories get new ids, not those of the old feeds"
        problems.append(warning("import-settings", message, said, hint))
    posts = tuple(old_site.posts(lambda page: site.post(page, problems), found, problems))
    sources = content.relative_to(home).as_posix()
    return Old(
        "pelican", home, site.url, posts, tuple(problems), (content,), site.zone, sources, language=site.language
    )


def _computed(home: Path) -> Place | None:
    """Where the settings give the address of the site by a program, if they do."""
    for name in old_site.PELICAN:
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
        self.url = convert.line(config.get("SITEURL"))
        self._pages = tuple(config.get("PAGE_PATHS") or ("pages",))
        self.language = convert.line(config.get("DEFAULT_LANG")) or "en"

    def post(self, page: old_site.ForeignPage, problems: list[Problem]) -> Post | None:
        """An article, or a page; None for one that Pelican was told to skip."""
        meta = old_site.table(self._config.get("DEFAULT_METADATA")) | page.written.meta
        written = page.written
        status = convert.line(meta.get("status")).lower()
        if status == "skip" or not written.meta:
            said = "skipped, as its status says" if status == "skip" else "has no metadata: it was not an article"
            problems.append(note("import-skipped", said, Place(page.file, 1)))
            return None
        at = page.path.relative_to(self.content)
        is_page = any(at.is_relative_to(folder) for folder in self._pages)
        named, _ = old_site.dated(page.stem)
        day = convert.moment(convert.get(written, "date"), self.zone) or named
        title = convert.line(convert.get(written, "title")) or page.stem
        slug = convert.line(meta.get("slug")) or _slugified(title)
        folder = at.parent.name if self._config.get("USE_FOLDER_AS_CATEGORY", True) else ""
        category = convert.line(meta.get("category")) or folder
        lang = convert.line(meta.get("lang"))
        translated = bool(lang) and lang != self.language
        known = {
            "slug": slug,
            "lang": lang or self.language,
            "category": _slugified(category or convert.line(self._config.get("DEFAULT_CATEGORY")) or "misc"),
            "author": _slugified(next(iter(convert.names(convert.get(written, "authors"))), "")),
        }
        address = self._address(
            meta, "PAGE" if is_page else "ARTICLE", known, day or page.changed, translated=translated
        )
        host = iri.split(self.url).hostname
        base = iri.split(self.url).path
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
            topics=convert.names(convert.get(written, "topics")),
            lang=lang if translated else "",
            translation=self._translation(meta, slug, "PAGE" if is_page else "ARTICLE"),
        )

    def _translation(self, meta: Mapping[str, Any], slug: str, kind: str) -> str:
        """What an article has in common with its translations: its slug, unless the settings name other keys."""
        keys = self._config.get(f"{kind}_TRANSLATION_ID", "slug")
        said = [slug if key == "slug" else convert.line(meta.get(key)) for key in convert.names(keys)]
        return "\n".join(said) if all(said) else ""

    def _address(
        self, meta: Mapping[str, Any], kind: str, known: Mapping[str, str], day: dt.date, *, translated: bool
    ) -> str:
        """The path of an article: its own ``url`` or ``save_as``, else what the settings make of it."""
        own = convert.line(meta.get("url")) or convert.line(meta.get("save_as"))
        name = f"{kind}_LANG_URL" if translated else f"{kind}_URL"
        folder = "pages/" if kind == "PAGE" else ""
        usual = f"{folder}{{slug}}-{{lang}}.html" if translated else f"{folder}{{slug}}.html"
        pattern = own or convert.line(self._config.get(name)) or usual

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
