"""Jekyll's site → posts with the addresses that Jekyll gave them.

In: the site's folder. Out: ``Old``. Addresses follow Jekyll's documentation of permalinks, ids those of jekyll-feed.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator, Mapping
from fnmatch import fnmatch
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from broadsheet import iri, locales
from broadsheet.errors import Place, Problem, note, warning
from broadsheet.migrate import convert, old_settings, old_site
from broadsheet.migrate.old_site import Old, OldFile, Post

_STYLES = {
    "date": "/:categories/:year/:month/:day/:title:output_ext",
    "pretty": "/:categories/:year/:month/:day/:title/",
    "ordinal": "/:categories/:year/:y_day/:title:output_ext",
    "weekdate": "/:categories/:year/W:week/:short_day/:title:output_ext",
    "none": "/:categories/:title:output_ext",
}
_OWN = ("url", "baseurl")  # what stands for the old site itself
_TOKEN = re.compile(r":(output_ext|[a-z]+(?:_(?:day|month|year))?)")
_PASSED = re.compile(r"[._]|node_modules\Z|vendor\Z|(README|LICENSE|CHANGELOG|CONTRIBUTING|404)\.|index\.")
_FOLDERS = "_i18n"  # of multiple-languages: a folder of posts in each language
_POSTS = re.compile(r"\.|node_modules\Z|vendor\Z")


def read(home: Path, zone: ZoneInfo) -> Old:
    """The posts, drafts and Markdown pages of a Jekyll site. What cannot be read is a problem."""
    config, problems = old_site.read_settings(home, old_site.JEKYLL)
    place = old_settings.place_of(home, old_site.JEKYLL)
    source = old_settings.folder(home, convert.line(config.get("source")) or ".", "source", place, problems)
    config["url"] = old_settings.address(convert.line(config.get("url")).rstrip("/"), "url", place, problems)
    if not isinstance(config.get("defaults") or [], list):
        message = "defaults: is not a list of scopes and values"
        problems.append(warning("import-settings", message, place, "The import goes on without them."))
        config["defaults"] = []
    site = _Site(home, source, config, old_settings.zone(config.get("timezone"), zone))
    posts = [*old_site.posts(site.post, _posts(source, problems, home), problems)]
    heads: dict[str, old_site.Head | None] = dict.fromkeys(old_site.TEXTS)
    wrong: list[Problem] = []
    pages = [page for page in old_site.pages(home, source, heads, wrong, _PASSED) if page.written.meta]
    filled = [page for page in pages if page.ending not in old_site.MARKDOWN and "{%" in page.written.body]
    problems += (note("import-list", "a page that Jekyll fills in was not imported", Place(one.file)) for one in filled)
    posts += old_site.posts(site.page, (page for page in pages if page not in filled), wrong)
    problems += (one for one in wrong if one.severity == "error")  # what has no head was never a page
    for name in old_site.table(config.get("collections")):
        if (source / f"_{name}").is_dir() and name != "posts":
            problems.append(note("import-list", "a collection was not imported", Place(f"_{name}")))
    people, unread = old_site.read_settings(source / "_data", ("authors.yml", "authors.yaml", "authors.json"))
    words = {key: text for key, value in config.items() if (text := convert.line(value)) and key not in _OWN}
    authors = {key: convert.line(old_site.table(who).get("name")) or key for key, who in people.items()}
    return Old(
        "jekyll", home, site.url, tuple(posts), (*problems, *unread), (source,), site.zone, authors=authors,
        words=words, language=site.language,
    )  # fmt: skip


def _posts(source: Path, problems: list[Problem], home: Path) -> Iterator[old_site.ForeignPage]:
    """The files of every folder of posts or drafts, at any depth."""
    heads: dict[str, old_site.Head | None] = dict.fromkeys(old_site.TEXTS)
    for name in ("_posts", "_drafts"):
        for folder in sorted(source.rglob(name)):
            parts = folder.relative_to(source).parts
            if not any(part.startswith(".") or part in ("vendor", "node_modules", "_site") for part in parts):
                yield from old_site.pages(home, folder, heads, problems, _POSTS)


class _Site:
    """A Jekyll site's settings, and what they make of a file."""

    def __init__(self, home: Path, source: Path, config: Mapping[str, Any], zone: ZoneInfo) -> None:
        self.home, self.source, self.zone = home, source, zone
        self._zoned = bool(convert.line(config.get("timezone")))
        base = convert.line(config.get("baseurl")).strip("/")
        url = convert.line(config.get("url"))
        self.url = f"{url}/{base}".rstrip("/") if url else ""
        self._pattern = convert.line(config.get("permalink")) or "date"
        self._languages = {locales.spelled(code): code for code in convert.names(config.get("languages"))}
        first = next(iter(self._languages), "")
        self.language = convert.line(config.get("default_lang")) or first or convert.line(config.get("lang"))
        self._by_path = config.get("lang_from_path") is True
        # Polyglot and multiple-languages give each language but the first a folder; without them addresses stay.
        plugins = (*convert.names(config.get("plugins")), *convert.names(config.get("gems")))
        told = bool(config.get("default_lang")) or any("polyglot" in name for name in plugins)
        self._by_folder = bool(first) and (told or (source / _FOLDERS).is_dir())
        self._defaults = [rule for rule in config.get("defaults") or [] if isinstance(rule, Mapping)]

    def post(self, page: old_site.ForeignPage) -> Post:
        """A file of _posts or _drafts."""
        draft = "_drafts" in Path(page.file).parts
        written = self._filled(page, "drafts" if draft else "posts")
        meta = written.meta
        named, rest = old_site.dated(page.stem)
        day = convert.moment(convert.get(written, "date"), self.zone) or named
        if isinstance(day, dt.datetime) and self._zoned and old_site.usual(day):
            day = day.astimezone(self.zone)  # as Jekyll does before it makes an address of it
        lang = self._lang(page, written)
        if self._by_path and lang:
            rest = rest.removesuffix(f".{lang}")
        slug = convert.line(meta.get("slug")) or rest
        folders = page.path.relative_to(self.source).parts
        above = folders[: folders.index("_drafts" if draft else "_posts")]
        if lang and self._by_folder:
            above = tuple(name for name in above if name not in (lang, _FOLDERS))
        told = meta.get("categories", meta.get("category"))
        categories = (*above, *convert.names(told, apart=r"\s*,\s*|\s+"))
        pattern = convert.line(meta.get("permalink")) or self._pattern
        plain = self._address(_STYLES.get(pattern, pattern), day or page.changed, slug, rest, categories)
        address = self._in_folder(plain, lang)
        stem = address.rstrip("/").rpartition("/")[0] if not address.endswith("/") else address[:-1].rpartition("/")[0]
        return Post(
            file=page.file,
            place=page.path.parent,
            sha256=page.sha256,
            written=written,
            page=False,
            slug=slug,
            address=address,
            day=day or page.changed,
            guessed=day is None,
            draft=draft,
            reason="a draft in Jekyll" if draft else "",
            guid=f"{self.url}{iri.matched(f'{stem}/{slug}')}" if self.url and day else "",
            section=categories[0] if categories else "",
            topics=(*categories[1:], *convert.names(convert.get(written, "topics"), apart=r"\s*,\s*|\s+")),
            lang=lang,
            translation=self._translation(written, plain),
        )

    def page(self, page: old_site.ForeignPage) -> Post:
        """A Markdown file outside of _posts: a page of the editor's own."""
        written = self._filled(page, "pages")
        at = page.path.relative_to(self.source).with_suffix("").as_posix()
        lang = self._lang(page, written)
        if self._by_path and lang:
            at = at.removeprefix(f"{lang}/").removesuffix(f".{lang}")
        own = convert.line(written.meta.get("permalink"))
        pretty = self._pattern == "pretty" or self._pattern.endswith("/")
        address = f"/{own.lstrip('/')}" if own else f"/{at}/" if pretty else f"/{at}.html"
        return Post(
            page.file, page.path.parent, page.sha256, written, page=True, slug=at.rpartition("/")[2],
            address=self._in_folder(address, lang), day=page.changed, lang=lang,
            translation=self._translation(written, address),
        )  # fmt: skip

    def _lang(self, page: old_site.ForeignPage, written: OldFile) -> str:
        """The language of a file as its own key or its path says it, spelled as the site's settings have it."""
        told = convert.line(convert.get(written, "lang"))
        if told:
            return self._languages.get(locales.spelled(told), told)
        parts = page.path.relative_to(self.source).parts
        if self._by_path or parts[0] == _FOLDERS:
            names = (*parts[:-1], *page.stem.split("."))
            return next((code for code in self._languages.values() if code in names), "")
        return ""

    def _in_folder(self, address: str, lang: str) -> str:
        return f"/{lang}{address}" if self._by_folder and lang not in ("", self.language) else address

    def _translation(self, written: OldFile, plain: str) -> str:
        """What a text has in common with its translations: a key of its own, else the address but for the language."""
        told = next((text for key in convert.TRANSLATIONS if (text := convert.line(written.meta.get(key)))), "")
        return told or (plain if self._by_folder else "")

    def _filled(self, page: old_site.ForeignPage, kind: str) -> OldFile:
        """A file's own keys, and those that the site's settings give to files of its folder and kind."""
        given: dict[str, Any] = {}
        at = page.path.relative_to(self.source).as_posix()
        for rule in self._defaults:
            scope = old_site.table(rule.get("scope"))
            where = convert.line(scope.get("path")).strip("/")
            inside = not where or at.startswith(f"{where}/") or fnmatch(at, where)
            if inside and scope.get("type", kind) == kind:
                given |= {key.lower(): value for key, value in old_site.table(rule.get("values")).items()}
        made = page.written
        return OldFile(given | made.meta, made.lines, made.body, made.first)

    def _address(self, pattern: str, day: dt.date, slug: str, title: str, categories: tuple[str, ...]) -> str:
        week = day.isocalendar()
        hour = day if isinstance(day, dt.datetime) else dt.datetime.combine(day, dt.time())
        known = {
            "year": f"{day.year:04}", "short_year": f"{day:%y}", "month": f"{day.month:02}", "i_month": str(day.month),
            "short_month": f"{day:%b}", "long_month": f"{day:%B}", "day": f"{day.day:02}", "i_day": str(day.day),
            "y_day": f"{day:%j}", "w_year": str(week.year), "week": f"{week.week:02}", "w_day": str(week.weekday),
            "short_day": f"{day:%a}", "long_day": f"{day:%A}", "hour": f"{hour:%H}", "minute": f"{hour:%M}",
            "second": f"{hour:%S}", "title": slug or title, "slug": _slugified(slug or title),
            "categories": "/".join(map(_slugified, categories)), "output_ext": ".html",
        }  # fmt: skip
        told = _TOKEN.sub(lambda found: known.get(found[1], found[0]), pattern)
        return re.sub(r"//+", "/", f"/{told}")


def _slugified(text: str) -> str:
    return re.sub(r"[^\w]+", "-", text.lower()).strip("-")
