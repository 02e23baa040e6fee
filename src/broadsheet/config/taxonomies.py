"""The taxonomies of a site: those that every site has, as its settings want them, and its own.

In: the settings; the table [tool.broadsheet.taxonomies] as TOML gave it. Out: a row for each taxonomy; a problem with
its line for each key that is unknown, missing or wrong.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, Protocol

import msgspec

from broadsheet.errors import Place, Problem, error
from broadsheet.model import Story
from broadsheet.taxonomies import AUTHOR, SECTION, SOURCE, TOPIC, Taxonomy
from broadsheet.text import did_you_mean, slug


class Declared(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A taxonomy of a site's own, where its title alone does not say enough."""

    title: str  # what pages call all of it: "Countries"
    key: str = ""  # the key of front matter, a text or a list of texts; else the name of the line
    path: str = ""  # the folder of its addresses; else made of the title
    minimum: int = 1  # stories from which a term has a page of its own
    feeds: bool = True  # whether each term has feeds of its own


class _Settings(Protocol):
    """The settings that a site's taxonomies come from."""

    @property
    def topic_minimum(self) -> int: ...
    @property
    def feed_kinds(self) -> Sequence[str]: ...
    @property
    def taxonomies(self) -> Mapping[str, str | Declared]: ...


Lines = Callable[..., Place]  # the place of the table, of a taxonomy in it, and of a key of one

# Folders of pages that are no taxonomy of a site's own; years of four digits are another.
TAKEN = frozenset(
    {"sections", "topics", "authors", "sources", "threads", "editions", "archive", "search", "corrections"}
    | {"feeds", "static", "pictures", "pagefind"}
)
_NAME = re.compile(r"[^\W\d_][\w-]{0,39}")
_BUILT_IN = ("section", "topic", "author", "source", "thread")


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
        hint = 'Such as country = "Countries".'
        return [error("settings-type", "taxonomies: expected a table of names with titles", place(), hint)]
    problems: list[Problem] = []
    folders: dict[str, str] = {}
    for name, said in table.items():
        found = list(_wrong(name, said, place))
        problems += found
        if not found:
            folder = _row(name, msgspec.convert(said, str | Declared)).folder
            if (other := folders.setdefault(folder, name)) != name:
                message = f"taxonomies.{name}: its pages would be at /{folder}/, as those of {other!r} are"
                problems.append(error("settings-value", message, place(name), "Give one of the two a path."))
    return problems


def _wrong(name: str, said: Any, place: Lines) -> Iterator[Problem]:
    where = f"taxonomies.{name}"
    if name in _BUILT_IN:
        hint = "Sections, topics, authors, sources and threads are there without a line."
        yield error("settings-value", f"{where}: every site has it already", place(name), hint)
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
    fields = {field.name: field for field in msgspec.structs.fields(Declared)}
    if "title" not in said:
        yield error("settings-missing", f"{where}: title is missing", place(name), "Add a line 'title = …'.")
    values: dict[str, Any] = {}
    for key, value in said.items():
        if key not in fields:
            hint = did_you_mean(key, fields)
            yield error("settings-unknown", f"{where}: unknown setting {key!r}", place(name, key), hint)
            continue
        try:
            values[key] = msgspec.convert(value, fields[key].type)
        except msgspec.ValidationError:
            message = f"{where}.{key}: expected {_EXPECTED.get(key, 'a text')}"
            yield error("settings-type", message, place(name, key))
    for key, complaint in _complaints(name, values):
        yield error("settings-value", f"{where}.{key}: {complaint}", place(name, key))


_EXPECTED: Mapping[str, str] = {"minimum": "a whole number", "feeds": "true or false"}


def _complaints(name: str, values: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """What values of the right type mean wrongly, by key."""
    title, path, key = values.get("title"), values.get("path", ""), values.get("key") or name
    if title is not None and not slug(title, default=""):
        yield "title", f"{title!r} has no word that an address could be made of"
    if key in Story.__struct_fields__:
        yield "key", f"{key!r} has a meaning of its own in front matter"
    elif not _NAME.fullmatch(key):
        yield "key", f"{key!r} cannot be a key of front matter here"
    if path and slug(path) != path:
        yield "path", f"{path!r} is not as addresses are written: {slug(path)!r} would be"
    folder = path or slug(title or "")
    if folder in TAKEN or re.fullmatch(r"\d{4}", folder):
        yield "path", f"/{folder}/ is the address of other pages; name another with 'path = …'"
    if values.get("minimum", 1) < 1:
        yield "minimum", f"{values['minimum']} is not above 0"
