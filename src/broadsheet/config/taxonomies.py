"""Taxonomies: the ways to group stories, a row each; all lists, pages, feeds and links of one come of its row.

In: the settings; the table [tool.broadsheet.taxonomies] as TOML gave it. Out: a ``Taxonomy`` for each that every site
has, as its settings want it, and for each of its own; a problem with its line for each key that is unknown, missing or
wrong.
"""

from __future__ import annotations

import functools
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from operator import attrgetter
from typing import Any, Protocol

import msgspec

from broadsheet.config.rules import Lines, checked
from broadsheet.errors import Problem, error
from broadsheet.model import STORY_KEYS, Story
from broadsheet.text import slug


class Taxonomy(msgspec.Struct, frozen=True):
    """A way to group stories by what a key of their front matter says; what it says is a term.

    ``name`` is what one term is, ``folder`` the first part of the addresses of all, and with it the key of the theme's
    title for them; a site's own has a ``title``. It is ``ordered`` by the settings, or by its terms' names. A term has
    a page from ``minimum`` stories on, and feeds, if any, from ``feed_minimum`` on, which may be as long as the site's
    own (``long_feeds``). With an ``index`` there is a page of all terms. Names are ``typeset`` where people write them.
    """

    name: str
    key: str
    folder: str
    title: str = ""
    ordered: bool = False
    minimum: int = 1
    feeds: bool = True
    feed_minimum: int = 1
    long_feeds: bool = False
    index: bool = True
    typeset: bool = True

    @property
    def address(self) -> str:
        """The address of the page of all terms."""
        return f"{self.folder}/"

    def values(self, story: Story) -> tuple[str, ...]:
        """The names of the terms of a story."""
        read = _VALUES.get(self.key)
        return read(story) if read else story.terms.get(self.key, ())


SECTION = Taxonomy("section", "section", "sections", ordered=True, long_feeds=True, index=False, typeset=False)
TOPIC = Taxonomy("topic", "topics", "topics")
AUTHOR = Taxonomy("author", "authors", "authors", feed_minimum=2)
SOURCE = Taxonomy("source", "source", "sources", feed_minimum=2)

_VALUES: dict[str, Callable[[Story], tuple[str, ...]]] = {
    "section": lambda story: (story.section,) if story.section else (),
    "topics": attrgetter("topics"),
    "authors": attrgetter("authors"),
    "source": lambda story: (story.source.name,) if story.source and story.source.name else (),
}


class Declared(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A taxonomy of a site's own, where its title alone does not say enough."""

    title: str  # the title of its pages, such as "Countries"
    key: str = ""  # the key of front matter, a text or a list of texts; by default the name of the line
    path: str = ""  # the folder of its addresses; by default made from the title
    minimum: int = 1  # stories that a term needs before it has a page
    feeds: bool = True  # whether each term has feeds of its own


class _Settings(Protocol):
    """The settings that a site's taxonomies come from."""

    @property
    def topic_minimum(self) -> int: ...
    @property
    def feed_kinds(self) -> Sequence[str]: ...
    @property
    def taxonomies(self) -> Mapping[str, str | Declared]: ...


# Folders of pages that are no taxonomy of a site's own; years of four digits are another.
TAKEN = frozenset(
    {"sections", "topics", "authors", "sources", "threads", "editions", "archive", "search", "corrections"}
    | {"feeds", "static", "pictures", "pagefind"}
)
_NAME = re.compile(r"[^\W\d_][\w-]{0,39}")
_NAMES = ("section", "topic", "author", "source", "thread")


def rows(settings: _Settings) -> tuple[Taxonomy, ...]:
    """The rows of a site, its own ones last."""
    wanted = settings.feed_kinds
    topic = msgspec.structs.replace(TOPIC, minimum=settings.topic_minimum)
    built_in = [msgspec.structs.replace(row, feeds=row.name in wanted) for row in (SECTION, topic, AUTHOR, SOURCE)]
    return (*built_in, *(_row(name, said) for name, said in settings.taxonomies.items()))


def _row(name: str, said: str | Declared) -> Taxonomy:
    own = Declared(said) if isinstance(said, str) else said
    return Taxonomy(
        name=name,
        key=own.key or name,
        folder=own.path or slug(own.title),
        title=own.title,
        minimum=own.minimum,
        feeds=own.feeds,
    )


def check(table: Any, place: Lines) -> list[Problem]:
    """What is wrong with the table; ``place`` tells where it, a taxonomy, or a key of one stands."""
    if not isinstance(table, dict):
        hint = 'Example: country = "Countries"'
        return [error("settings-type", "taxonomies: expected a table of names with titles", place(), hint)]
    problems: list[Problem] = []
    folders: dict[str, str] = {}
    for name, said in table.items():
        found = list(_wrong(name, said, place))
        problems += found
        if not found:
            folder = _row(name, msgspec.convert(said, str | Declared)).folder
            if (other := folders.setdefault(folder, name)) != name:
                message = f"taxonomies.{name}: its pages would be at /{folder}/, like those of {other!r}"
                problems.append(error("settings-value", message, place(name), "Give one of the two a path."))
    return problems


def _wrong(name: str, said: Any, place: Lines) -> Iterator[Problem]:
    where = f"taxonomies.{name}"
    if name in _NAMES:
        hint = "Sections, topics, authors, sources and threads need no line."
        yield error("settings-value", f"{where}: every site has this one already", place(name), hint)
        return
    if not _NAME.fullmatch(name):
        hint = "Letters, digits, hyphens and underscores, a letter first: it is the key of front matter."
        yield error("settings-value", f"{where}: {name!r} cannot name a taxonomy", place(name), hint)
        return
    if isinstance(said, str):
        said = {"title": said}
    elif not isinstance(said, dict):
        hint = f'Its title as a text, such as {name} = "{name.title()}", or a table with a title.'
        yield error("settings-type", f"{where}: expected a text or a table", place(name), hint)
        return
    if "title" not in said:
        yield error("settings-missing", f"{where}: title is missing", place(name), "Add a line 'title = …'.")
    values, problems = checked(
        said, Declared, (where, functools.partial(place, name)), lambda key: _EXPECTED.get(key, "a text")
    )
    yield from problems
    for key, complaint in _complaints(name, values):
        yield error("settings-value", f"{where}.{key}: {complaint}", place(name, key))


_EXPECTED: Mapping[str, str] = {"minimum": "a whole number", "feeds": "true or false"}


def _complaints(name: str, values: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """What is wrong with values of the right type, by key."""
    title, path, key = values.get("title"), values.get("path", ""), values.get("key") or name
    if title is not None and not slug(title, default=""):
        yield "title", f"{title!r} has no letter or digit to make an address from"
    if key in STORY_KEYS:
        yield "key", f"{key!r} is already a key of front matter"
    elif not _NAME.fullmatch(key):
        yield "key", f"{key!r} cannot be used as a key of front matter"
    if path and slug(path) != path:
        yield "path", f"{path!r} is not written as addresses are: write {slug(path)!r}"
    folder = path or slug(title or "")
    if folder in TAKEN or re.fullmatch(r"\d{4}", folder):
        yield "path", f"/{folder}/ is the address of other pages; name another with 'path = …'"
    if values.get("minimum", 1) < 1:
        yield "minimum", f"{values['minimum']} is not above 0"
