"""The settings of a site: [tool.broadsheet] of its pyproject.toml, typed, each with a default that serves.

In: the folder of a site. Out: ``Settings``, or one error for every setting that is unknown or wrong, with its line.
"""

from __future__ import annotations

import functools
import re
import tomllib
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, Literal
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

import msgspec

from broadsheet.config import languages as tongues
from broadsheet.config.languages import Translation
from broadsheet.config.robots import Robots
from broadsheet.config.robots import check as check_robots
from broadsheet.config.rules import complaint
from broadsheet.config.suppressions import Suppressions
from broadsheet.config.suppressions import check as check_suppressions
from broadsheet.config.targets import Target
from broadsheet.config.targets import check as check_targets
from broadsheet.config.targets import doubts as doubtful_targets
from broadsheet.config.taxonomies import Declared
from broadsheet.config.taxonomies import check as check_taxonomies
from broadsheet.errors import BroadsheetError, Place, Problem, error, fail, unfit, warning
from broadsheet.model import FeedForm, Period
from broadsheet.text import blank, did_you_mean, typed

FILE = "pyproject.toml"
_HERE = Path(__file__).resolve().parents[1]
# The themes that come with Broadsheet: the wheel's, or a checkout's.
SHIPPED = _HERE / "themes" if (_HERE / "themes").is_dir() else _HERE.parents[1] / "themes"
FeedKind = Literal["section", "topic", "author", "source", "thread"]
WORK = ".broadsheet"  # the folder in a site of what may be deleted at any time


class PublishRules(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What holds for every publication, under [tool.broadsheet.publish]; also for a host that builds for itself."""

    hold_review: bool = False  # whether nothing goes out while a story that is out has a ``review``


class Settings(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What a site's owner decides, under [tool.broadsheet]. Lists of names keep their order."""

    title: str = "Broadsheet"  # the name of the site, at the head of every page
    tagline: str = ""  # a line below the name
    description: str = ""  # one sentence about the site, for feeds and search engines
    url: str = "http://127.0.0.1:8000/"  # where readers find the site; it may contain a path
    language: str = "en"  # a BCP 47 tag, such as "en" or "pt-BR"
    # the languages of a site in several: the first at its root, any other, such as "de", below /de/
    languages: tuple[str, ...] = ()
    # a language → what the site says in it: its title, tagline, sections …
    translations: dict[str, Translation] = {}
    # the words in addresses: in the script of the text, or transliterated
    slugs: Literal["as-written", "latin"] = "as-written"
    timezone: str = "UTC"  # an IANA name; editions and dates without a time follow it
    edition: Period = "daily"  # the period of an edition: a day, a week or a month
    # which editions a publication freezes: those whose period is over, or none
    freeze: Literal["closed", "never"] = "closed"
    # the sections, in the order in which editions show them
    sections: tuple[str, ...] = ("World", "Politics", "Business", "Technology", "Science", "Health", "Culture", "Sport")
    section_aliases: dict[str, str] = {}  # another name of a section → the name to use
    day_order: Literal["DMY", "MDY", "YMD"] = "DMY"  # how to read a date such as 03/04/2025
    # which stories ingest keeps as drafts: those that may be wrong, all with a doubt, or none
    hold: Literal["doubtful", "any", "never"] = "doubtful"
    sources: dict[str, str] = {}  # feeds and pages that `ingest --fetch` reads: a name → an address
    # the name of the theme; or a table with the name and the options of its theme.toml
    theme: str | dict[str, Any] = "broadsheet"
    # a word of the theme, by its key → yours; a table gives the plural forms
    words: dict[str, str | dict[str, str]] = {}
    per_page: int = 30  # stories on a page of a list
    feed_items: int = 50  # stories in a feed, at most 60
    feed_forms: tuple[FeedForm, ...] = ("rss", "atom", "json")  # the formats of feeds; "rss" is always included
    # which groupings have feeds of their own
    feed_kinds: tuple[FeedKind, ...] = ("section", "topic", "author", "source", "thread")
    feed_text: Literal["full", "summary"] = "full"  # whether feeds contain whole stories or summaries
    topic_feed_items: int = 15  # stories in the feed of anything smaller than a section, at most 60
    feed_archives: int = 20  # linked feeds of older stories (RFC 5005), each as long as the feed of the site
    hub: str = ""  # the address of a WebSub hub, which notifies subscribers at once
    id: str = ""  # identifies the site in its feeds; by default its host, so set it before the address changes
    topic_aliases: dict[str, str] = {}  # another spelling of a topic → the one to print
    threads: bool = True  # whether to find running and related stories
    thread_minimum: int = 3  # stories that a thread needs before it is shown
    thread_pins: dict[str, str] = {}  # the id of a story → the thread it belongs to
    thread_names: dict[str, str] = {}  # the slug of a thread → its name; "none" hides it
    typography: bool = True  # whether to print straight quotes and dashes in the form of the language
    search: bool = True  # whether to make a search page and its index; the preview makes the page only
    share_cards: int = 100  # how many of the newest stories get a drawn card for sharing if they have no picture
    topic_minimum: int = 2  # stories that a topic needs before it has a page
    taxonomies: dict[str, str | Declared] = {}  # further ways to group stories: a key of front matter → a title
    publisher: str = ""  # the name in structured data and feeds; by default the title
    copyright: str = ""  # the line at the foot of pages and in feeds
    licence: str = ""  # the licence of the texts, at the foot of pages, such as "CC BY 4.0"
    licence_url: str = ""  # the address of the licence
    contact: str = ""  # where readers report a mistake: an e-mail address or a web address
    accessibility: str = ""  # the accessibility statement at the foot of pages: a text or an address
    colophon: str = ""  # a sentence at the foot of pages on who makes the site, and with what
    offline: bool = False  # whether browsers keep the newest edition, so that it opens without a network
    print_codes: int = 100  # how many of the newest stories are printed with a QR code of their address
    robots: Robots = Robots()  # which crawlers may come, and on what terms
    content: str = "content"  # the folder of everything that people write
    output: str = "output"  # the folder of the built site
    themes: str = "themes"  # the folder of the site's own themes and changes to a theme
    # how many processes work at once, 0 for one a core; or the address of a cluster, such as "dask://host:8786"
    workers: int | str = 0
    page_weight: int = 25  # the kilobytes that `check` allows a page, compressed and without pictures; 0 allows any
    silence: dict[str, tuple[str, ...]] = {}  # the code of a problem → patterns of files for which it is not reported
    targets: dict[str, Target] = {}  # where to publish: a name → a kind of place and where it is
    # rules of publishing: `hold_review = true` stops while a published story has a `review`
    publish: PublishRules = PublishRules()

    @property
    def latin(self) -> bool:
        """Whether the words in addresses are transliterated."""
        return self.slugs == "latin"


class Site(msgspec.Struct, frozen=True):
    """A site on disk: its folder and its settings; ``work`` is the folder in it of what may be deleted at any time.

    ``warnings`` are on settings with which a site can be built, and that are most likely not what was meant. ``home``
    is the folder of the pages of this language, in a site of several; the first has none.
    """

    root: Path
    settings: Settings
    work: str = WORK
    warnings: tuple[Problem, ...] = ()
    home: str = ""

    @property
    def languages(self) -> tuple[Site, ...]:
        """The site in each of its languages, the first at its root; itself alone where it has one."""
        made = tongues.in_each(self.settings)
        return tuple(msgspec.structs.replace(self, settings=own, home=home) for home, own in made.items())

    @property
    def content(self) -> Path:
        """The folder of everything that people write."""
        return self.root / self.settings.content

    @property
    def stories(self) -> Path:
        """The folder of story files."""
        return self.content / "stories"

    @property
    def inbox(self) -> Path:
        """The folder of raw files as they came."""
        return self.content / "inbox"

    @property
    def output(self) -> Path:
        """The folder of the built site."""
        return self.root / self.settings.output

    @property
    def themes(self) -> Path:
        """The folder of the site's own themes and overrides."""
        return self.root / self.settings.themes

    @property
    def cache(self) -> Path:
        """The folder of what may be deleted at any time."""
        return self.root / self.work

    def within(self, slug: str) -> Site:
        """The site in the language of something, by its slug."""
        home = slug[: slug.rfind("/") + 1]
        return next((one for one in self.languages if one.home == home), self)

    def place(self, *names: str) -> Place:
        """Where a setting stands in the site's file: that of the nearest table around it where it stands nowhere."""
        return Place(FILE, line(_text(self.root / FILE), *names))

    @property
    def shared(self) -> Path:
        """The folder of what may be deleted at any time, and is the same for a site and its previews."""
        return self.root / WORK

    @property
    def suppressions(self) -> Suppressions:
        """What its owner has decided to hear nothing of; each one remembers for itself what it has covered."""
        return Suppressions(self.settings.silence, self.settings.content)

    @property
    def zone(self) -> ZoneInfo:
        """The site's time zone."""
        return ZoneInfo(self.settings.timezone)


def find(start: Path) -> Path:
    """The nearest folder at or above ``start`` whose pyproject.toml holds [tool.broadsheet].

    Raises BroadsheetError (``no-site``) where there is none.
    """
    start = start.resolve()
    for folder in (start, *start.parents):
        file = folder / FILE
        if file.is_file() and re.search(r"^\s*\[tool\.broadsheet[\].]", _text(file), re.MULTILINE):
            return folder
    hint = "Go to the folder of a site, name it with --site, or make one: broadsheet new DIR"
    raise fail(
        "no-site",
        "there is no site here: no pyproject.toml with [tool.broadsheet] in this folder or above",
        Place(str(start)),
        hint,
    )


_TWICE = (
    "A key or a table is there twice: merge the two. With a table [tool.broadsheet.theme], the name of the theme goes "
    'into it: name = "plain".'
)


def load(root: Path) -> tuple[Site | None, list[Problem]]:
    """The site in a folder, and every error of its settings; no site where there is one."""
    text = _text(root / FILE)
    try:
        tool = tomllib.loads(text).get("tool", {})
    except tomllib.TOMLDecodeError as cause:
        found = re.search(r"at line (\d+)", str(cause))
        place = Place(FILE, int(found[1]) if found else 0)
        twice = "Cannot declare" in str(cause) or "Cannot overwrite" in str(cause)
        return None, [error("settings-syntax", f"not valid TOML: {cause}", place, _TWICE if twice else "")]
    table = tool.get("broadsheet", {}) if isinstance(tool, dict) else {}
    if not isinstance(table, dict):
        return None, [error("settings-type", "tool.broadsheet is not a table", Place(FILE, line(text, "broadsheet")))]
    problems = _check(table, text)
    if problems:
        return None, problems
    settings = msgspec.convert(table, Settings)
    if problems := tongues.wrong(settings, table.get("language", ""), functools.partial(_placed, text)):
        return None, problems
    if settings.languages:
        settings = msgspec.structs.replace(settings, language=settings.languages[0])
    return Site(root, settings, warnings=tuple(_doubts(settings, functools.partial(_placed, text)))), []


def open_site(start: Path) -> Site:
    """The site at or above ``start``. Raises BroadsheetError with all that is wrong with its settings."""
    site, problems = load(find(start))
    if site is None:
        raise BroadsheetError(*problems)
    return site


def _text(file: Path) -> str:
    try:
        return file.read_bytes().decode("utf-8-sig", "replace")
    except OSError as cause:
        raise fail("settings-unreadable", f"cannot read: {cause.strerror}", Place(str(file))) from cause


def _check(table: dict[str, Any], text: str) -> list[Problem]:
    """Every unknown key and every value of the wrong type or meaning, each with its line."""
    fields = {field.name: field for field in msgspec.structs.fields(Settings)}
    problems = []
    for key, value in table.items():
        place = Place(FILE, line(text, key))
        if key not in fields:
            problems.append(error("settings-unknown", f"unknown setting {key!r}", place, did_you_mean(key, fields)))
            continue
        if key in _TABLES:
            problems += _TABLES[key](value, functools.partial(_placed, text, key))
            continue
        if isinstance(known := fields[key].default, msgspec.Struct) and isinstance(value, dict):
            unknown = [name for name in value if name not in known.__struct_fields__]
            for name in unknown:
                said = did_you_mean(name, known.__struct_fields__)
                problems.append(error("settings-unknown", f"unknown setting {key}.{name!r}", place, said))
            if unknown:
                continue
        try:
            typed = msgspec.convert(value, fields[key].type)
        except msgspec.ValidationError as cause:
            problems.append(error("settings-type", f"{key}: {unfit(cause)}", place, _default(fields[key])))
            continue
        if said := complaint(key, typed):
            problems.append(error("settings-value", f"{key}: {said}", place, _default(fields[key])))
    return problems


def _doubts(settings: Settings, place: Callable[..., Place]) -> Iterator[Problem]:
    """A warning for each value that is right by itself, and loses something."""
    if blank(settings.title):
        hint = "Pages, feeds and shared links show it: give the site a name."
        yield warning("title-empty", "title: the site has no name", place("title"), hint)
    parts = urlsplit(settings.url)
    extra = "".join(f"{mark}{part}" for mark, part in (("?", parts.query), ("#", parts.fragment)) if part)
    if extra:
        message = f"url: {extra!r} is ignored: addresses of pages are made from what comes before it"
        yield warning("url-extra", message, place("url"), "Take it out.")
    if settings.robots != Robots() and parts.path.strip("/"):
        message = (
            f"robots: crawlers look for robots.txt and .well-known at the root of a host, and not below {parts.path}"
        )
        hint = "Copy the site's robots.txt into that of the host, and its .well-known/tdmrep.json too."
        yield warning("robots-below", message, place("robots"), hint)
    yield from doubtful_targets(
        settings.targets, settings.url, lambda *names: place(*(names if names == ("url",) else ("targets", *names)))
    )


_TABLES = {
    "translations": tongues.check,
    "targets": check_targets,
    "silence": check_suppressions,
    "taxonomies": check_taxonomies,
    "robots": check_robots,
}


def _placed(text: str, *names: str) -> Place:
    return Place(FILE, line(text, *names))


def _default(field: msgspec.structs.FieldInfo) -> str:
    default = field.default_factory() if field.default is msgspec.NODEFAULT else field.default
    if default in ("", (), {}):
        return "There is none by default: delete the line if you do not need it."
    shown = typed(msgspec.to_builtins(default), quotes='"', equals=" = ")
    return f"The default is {shown}."


_ROOT = "tool.broadsheet"
_HEADER = re.compile(r"\s*\[+\s*([^\]]+?)\s*\]+")


def line(text: str, *names: str, root: str = _ROOT) -> int:
    """The line of a key, or that of the nearest table around it that has one; 0 where none has.

    Without names it is the line of [tool.broadsheet] itself. ``root`` is the table that names begin at, "" the file.
    """
    for depth in range(len(names), 0, -1):
        if found := _line(text, ".".join(filter(None, (root, *names[: depth - 1]))), names[depth - 1]):
            return found
    around, _, table = root.rpartition(".")
    return _line(text, around, table) if table else 0


def _line(text: str, inside: str, key: str) -> int:
    table = ""
    for number, written in enumerate(text.splitlines(), 1):
        if header := _HEADER.match(written):
            table = header[1].replace('"', "").replace(" ", "")
            if table == (f"{inside}.{key}" if inside else key):
                return number
        elif table == inside and re.match(rf"\s*[\"']?{re.escape(key)}[\"']?\s*[.=]", written):
            return number
    return 0
