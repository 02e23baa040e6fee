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
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from broadsheet.errors import Place, Problem, note
from broadsheet.migrate import gather, settings, values
from broadsheet.migrate.post import Old, Post, Written

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
_POSTS = re.compile(r"\.|node_modules\Z|vendor\Z")


def read(home: Path, zone: ZoneInfo) -> Old:
    """The posts, drafts and Markdown pages of a Jekyll site. What cannot be read is a problem."""
    config, problems = settings.read(home, settings.JEKYLL)
    source = home / (values.line(config.get("source")) or ".")
    site = _Site(home, source, config, settings.zone(config.get("timezone"), zone))
    posts = [*gather.posts(site.post, _posts(source, problems, home), problems)]
    heads: dict[str, gather.Head | None] = dict.fromkeys(gather.MARKDOWN)
    wrong: list[Problem] = []
    pages = (page for page in gather.pages(home, source, heads, wrong, _PASSED) if page.written.meta)
    posts += gather.posts(site.page, pages, wrong)
    problems += (one for one in wrong if one.severity == "error")  # what has no head was never a page
    for name in settings.table(config.get("collections")):
        if (source / f"_{name}").is_dir() and name != "posts":
            problems.append(note("import-list", "a collection is not read", Place(f"_{name}")))
    people, unread = settings.read(source / "_data", ("authors.yml", "authors.yaml", "authors.json"))
    words = {key: text for key, value in config.items() if (text := values.line(value)) and key not in _OWN}
    authors = {key: values.line(settings.table(who).get("name")) or key for key, who in people.items()}
    return Old(
        "jekyll", home, site.url, tuple(posts), (*problems, *unread), (source,), site.zone, authors=authors, words=words
    )


def _posts(source: Path, problems: list[Problem], home: Path) -> Iterator[gather.ForeignPage]:
    """The files of every folder of posts or drafts, at any depth."""
    heads: dict[str, gather.Head | None] = dict.fromkeys(gather.TEXTS)
    for name in ("_posts", "_drafts"):
        for folder in sorted(source.rglob(name)):
            parts = folder.relative_to(source).parts
            if not any(part.startswith(".") or part in ("vendor", "node_modules", "_site") for part in parts):
                yield from gather.pages(home, folder, heads, problems, _POSTS)


class _Site:
    """A Jekyll site's settings, and what they make of a file."""

    def __init__(self, home: Path, source: Path, config: Mapping[str, Any], zone: ZoneInfo) -> None:
        self.home, self.source, self.zone = home, source, zone
        base = values.line(config.get("baseurl")).strip("/")
        url = values.line(config.get("url")).rstrip("/")
        self.url = f"{url}/{base}".rstrip("/") if urlsplit(url).scheme in ("http", "https") else ""
        self._pattern = values.line(config.get("permalink")) or "date"
        self._defaults = [rule for rule in config.get("defaults") or [] if isinstance(rule, Mapping)]

    def post(self, page: gather.ForeignPage) -> Post:
        """A file of _posts or _drafts."""
        draft = "_drafts" in Path(page.file).parts
        written = self._filled(page, "drafts" if draft else "posts")
        meta = written.meta
        named, rest = gather.dated(page.stem)
        day = values.moment(values.get(written, "date"), self.zone) or named
        slug = values.line(meta.get("slug")) or rest
        folders = page.path.relative_to(self.source).parts
        above = folders[: folders.index("_drafts" if draft else "_posts")]
        told = meta.get("categories", meta.get("category"))
        categories = (*above, *values.names(told, apart=r"\s*,\s*|\s+"))
        pattern = values.line(meta.get("permalink")) or self._pattern
        address = self._address(_STYLES.get(pattern, pattern), day or page.changed, slug, rest, categories)
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
            guid=f"{self.url}{stem}/{slug}" if self.url and day else "",
            section=categories[0] if categories else "",
            topics=(*categories[1:], *values.names(values.get(written, "topics"), apart=r"\s*,\s*|\s+")),
        )

    def page(self, page: gather.ForeignPage) -> Post:
        """A Markdown file outside of _posts: a page of the editor's own."""
        written = self._filled(page, "pages")
        at = page.path.relative_to(self.source).with_suffix("").as_posix()
        own = values.line(written.meta.get("permalink"))
        pretty = self._pattern == "pretty" or self._pattern.endswith("/")
        address = f"/{own.lstrip('/')}" if own else f"/{at}/" if pretty else f"/{at}.html"
        return Post(
            page.file, page.path.parent, page.sha256, written, page=True, slug=page.stem, address=address,
            day=page.changed,
        )  # fmt: skip

    def _filled(self, page: gather.ForeignPage, kind: str) -> Written:
        """A file's own keys, and those that the site's settings give to files of its folder and kind."""
        given: dict[str, Any] = {}
        at = page.path.relative_to(self.source).as_posix()
        for rule in self._defaults:
            scope = settings.table(rule.get("scope"))
            where = values.line(scope.get("path")).strip("/")
            inside = not where or at.startswith(f"{where}/") or fnmatch(at, where)
            if inside and scope.get("type", kind) == kind:
                given |= {key.lower(): value for key, value in settings.table(rule.get("values")).items()}
        made = page.written
        return Written(given | made.meta, made.lines, made.body, made.first)

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
