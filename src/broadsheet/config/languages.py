"""The languages of a site: which there are, and what the settings say in each.

In: the settings; the table [tool.broadsheet.translations] as TOML gave it. Out: the settings of each language, by the
folder of its addresses; a problem with its line for what is unknown or wrong.
"""

from __future__ import annotations

import functools
from collections.abc import Mapping
from typing import Any, TypeVar

import msgspec

from broadsheet import locales
from broadsheet.config.rules import Lines, checked, complaint
from broadsheet.config.taxonomies import TAKEN, Declared, rows
from broadsheet.errors import Problem, error, warning
from broadsheet.text import did_you_mean


class Translation(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What a site says in one of its languages, where that is not what it says everywhere."""

    title: str | None = None  # the name of the site
    tagline: str | None = None  # a line below the name
    description: str | None = None  # what the site is, in a sentence
    # the sections; as many as in the first language are the same ones, in this order
    sections: tuple[str, ...] | None = None
    section_aliases: dict[str, str] | None = None  # another name of a section → the one in this language
    topic_aliases: dict[str, str] | None = None  # another spelling of a topic → the one to print
    thread_names: dict[str, str] | None = None  # the slug of a thread → its name
    taxonomies: dict[str, str] | None = None  # the name of a taxonomy of the site's own → its title
    words: dict[str, str | dict[str, str]] | None = None  # a word of the theme, by its key → yours
    publisher: str | None = None  # the name in structured data and feeds
    copyright: str | None = None  # the line at the foot of pages and in feeds
    licence: str | None = None  # under which the texts may be used
    licence_url: str | None = None  # the address at which that licence stands
    contact: str | None = None  # where readers report a mistake
    accessibility: str | None = None  # the statement of accessibility
    colophon: str | None = None  # a sentence on who makes the site


Made = TypeVar("Made", bound=msgspec.Struct)


def in_each(settings: Made) -> dict[str, Made]:
    """The settings of each language, by its folder: the site's own with what its translation replaces."""
    site: Any = settings
    if len(site.languages) < 2:
        return {"": settings}
    return {locales.home(one, site.languages): _translated(settings, one) for one in site.languages}


def _translated(settings: Made, language: str) -> Made:
    site: Any = settings
    own = site.translations.get(language, Translation())
    said = {name: value for name in own.__struct_fields__ if (value := getattr(own, name)) is not None}
    if titles := said.pop("taxonomies", None):
        of = {row.name: row for row in rows(site)}
        kept = {name: known for name, known in site.taxonomies.items() if name not in titles}
        said["taxonomies"] = kept | {
            name: Declared(title, of[name].key, of[name].folder, of[name].minimum, of[name].feeds)
            for name, title in titles.items()
        }
        said["taxonomies"] = {name: said["taxonomies"][name] for name in site.taxonomies}
    return msgspec.structs.replace(settings, language=language, **said)


def check(table: Any, place: Lines) -> list[Problem]:
    """What is wrong with the table of translations by itself; ``place`` tells where it, or a key in it, stands."""
    if not isinstance(table, dict):
        hint = "Such as [tool.broadsheet.translations.de] with a line title = …"
        return [error("settings-type", "translations: expected a table of languages", place(), hint)]
    problems: list[Problem] = []
    for language, said in table.items():
        where = f"translations.{language}"
        if not isinstance(said, dict):
            problems.append(error("settings-type", f"{where}: expected a table", place(language)))
            continue
        problems += checked(said, Translation, (where, functools.partial(place, language)), _expected, complaint)[1]
    return problems


def _expected(key: str) -> str:
    return _EXPECTED.get(key, "a text")


_EXPECTED: Mapping[str, str] = {
    "sections": "a list of texts",
    "section_aliases": "a table of texts",
    "topic_aliases": "a table of texts",
    "thread_names": "a table of texts",
    "taxonomies": "a table of texts",
    "words": "a table of words",
}


def wrong(settings: Any, first: str, place: Lines) -> list[Problem]:
    """What is wrong with languages as settings have them together; ``first`` is the setting language, or empty."""
    languages: tuple[str, ...] = settings.languages
    problems: list[Problem] = []
    if languages and first and first != languages[0]:
        hint = "The first of the languages is that of the site's root: leave the setting language out."
        message = f"language: {first!r} is not the first of languages"
        problems.append(error("settings-value", message, place("language"), hint))
    own = {row.name: row.folder for row in rows(settings) if row.title}
    taken = TAKEN.union(own.values())
    for number, language in enumerate(languages):
        if language.lower() in map(str.lower, languages[:number]):
            message, hint = f"languages: {language!r} is listed twice", "Delete one of the two."
            problems.append(error("settings-value", message, place("languages"), hint))
        elif number and language.lower() in taken:
            message = f"languages: /{locales.folder(language)} is the address of other pages"
            hint = "Give the taxonomy at this address another path." if language.lower() in own.values() else _UNKNOWN
            problems.append(error("settings-value", message, place("languages"), hint))
    for language, said in settings.translations.items():
        if language not in languages:
            hint = did_you_mean(language, languages) or 'Name it in languages = ["en", …], as it is written here.'
            message = f"translations: {language!r} is none of the site's languages"
            problems.append(error("settings-unknown", message, place("translations", language), hint))
        for name in (said.taxonomies or {}).keys() - own:
            message = f"translations.{language}.taxonomies: there is no taxonomy {name!r}"
            where = place("translations", language, "taxonomies")
            problems.append(error("settings-unknown", message, where, did_you_mean(name, own)))
    return problems


def doubts(settings: Any, place: Lines) -> list[Problem]:
    """A warning for each language that the Unicode CLDR does not know: dates and lists are then English ones.

    To ask takes longer than a build with nothing to do, so no settings are held up by it.
    """
    return [
        warning("language-unknown", f"{language!r} is no language that is known", place(key), _UNKNOWN)
        for key, found in (("languages", settings.languages), ("language", (settings.language,)))
        for language in found
        if not locales.known(language) and (key == "languages" or not settings.languages)
    ]


_UNKNOWN = "A tag begins with the code of a language in ISO 639, such as 'de', 'pt-BR' or 'zh-Hant'."
