"""Options: what a theme lets a site decide, and what the site decided, under [tool.broadsheet.theme].

In: the layers of a theme, whose theme.toml files say which options there are; the site's table. Out: a value for each
option, checked: every value may stand in a style sheet or a template as it is. Problems name file and line.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, Literal

import msgspec

from broadsheet.config import Site
from broadsheet.errors import BroadsheetError, Place, Problem, error, warning
from broadsheet.render.theme import colours
from broadsheet.render.theme.layers import Layer
from broadsheet.text import did_you_mean, nearest

Kind = Literal["colour", "fonts", "length", "number", "choice", "flag", "text", "picture"]

GENERIC = frozenset(
    {"serif", "sans-serif", "monospace", "cursive", "fantasy", "system-ui"}
    | {"ui-serif", "ui-sans-serif", "ui-monospace", "ui-rounded"}
)  # the families that every browser has (CSS Fonts 4)
LONGEST = 500  # characters of a text

_KEY = re.compile(r"(?!name$)[a-z][a-z0-9_]*")
_FAMILY = re.compile(r"[^\W_][\w .+&-]{0,60}")
_LENGTH = re.compile(r"0|(\d{1,4}(\.\d{1,4})?|\.\d{1,4})(rem|em|px|ch|ex|lh|vw|vh|vi|vb|pt|mm|cm|in|%)")


class Option(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """An option as theme.toml describes it.

    ``choices`` are those of a choice, ``least`` and ``most`` the bounds of a number. A colour that text has names the
    option of the colour that it stands on, ``against``; and one that is made of another where a site sets only that
    one names it, ``follows``.
    """

    type: Kind
    default: Any
    about: str = ""
    choices: tuple[str, ...] = ()
    least: float | None = None
    most: float | None = None
    against: str = ""
    follows: str = ""


class Chosen(msgspec.Struct, frozen=True):
    """The options of a site's theme: what there is to decide, the value of each, those the site set, problems."""

    described: Mapping[str, Option]
    values: Mapping[str, Any]
    set: frozenset[str]
    warnings: tuple[Problem, ...]


def choose(site: Site, layers: Sequence[Layer], files: Iterable[str]) -> Chosen:
    """The options of a site. ``files`` are the theme's static files. Raises BroadsheetError with all that is wrong."""
    described, owners = _described(layers)
    theme = site.settings.theme
    given = {} if isinstance(theme, str) else {key: value for key, value in theme.items() if key != "name"}

    def place(key: str) -> Place:
        return site.place("theme", key) if key in given else owners[key].place("options", key)

    names = ["name", *described]
    problems = [
        error("option-unknown", f"the theme has no option {key!r}", place(key), did_you_mean(key, names))
        for key in given
        if key not in described
    ]
    values: dict[str, Any] = {}
    for key, option in described.items():
        value = given.get(key, option.default)
        try:
            values[key] = checked(option, value, files)
        except ValueError as cause:
            problems.append(_wrong(key, f"{_shown(value)} is not {cause}", place(key), default=key not in given))
    if problems:
        raise BroadsheetError(*problems)
    for key, option in described.items():
        if key not in given and option.follows in given:
            values[key] = colours.readable(values[option.follows], on=values[option.against])
    unreadable = []
    for key, option in described.items():
        if option.against and colours.contrast(values[key], values[option.against]) < colours.READABLE:
            culprit = option.against if option.against in given and key not in given else key
            unreadable.append(_unreadable(key, option, values, place(culprit)))
    return Chosen(described, values, frozenset(given), tuple(unreadable))


def checked(option: Option, value: Any, files: Iterable[str] = ()) -> Any:
    """A value as templates and style sheets get it. Raises ValueError with what was expected."""
    return _CHECKS[option.type](option, value, files)


def written(value: Any) -> str:
    """A value as the settings have it."""
    if isinstance(value, bool):
        return str(value).lower()
    return ", ".join(value) if isinstance(value, tuple) else f"{value}" or "none"


def _described(layers: Sequence[Layer]) -> tuple[dict[str, Option], dict[str, Layer]]:
    """The options of a theme, each with the layer that has its default; a layer changes what those below it say."""
    tables: dict[str, dict[str, Any]] = {}
    owners: dict[str, Layer] = {}
    for layer in reversed(layers):
        for key, said in layer.about.options.items():
            table = said if isinstance(said, dict) else {"default": said}
            tables[key] = {**tables.get(key, {}), **table}
            owners[key] = layer
    described: dict[str, Option] = {}
    problems = []
    for key, table in tables.items():
        try:
            described[key] = msgspec.convert(table, Option)
            if said := _contradiction(key, described[key], tables):
                place = owners[key].place("options", key)
                problems.append(error("theme-toml", f"option {key}: {said}", place))
        except msgspec.ValidationError as cause:
            hint = "" if "type" in table else "An option has a type and a default; one of a theme below only a default."
            place = owners[key].place("options", key)
            problems.append(error("theme-toml", f"option {key}: {cause}", place, hint))
    if problems:
        raise BroadsheetError(*problems)
    return described, owners


def _contradiction(key: str, option: Option, tables: Mapping[str, Mapping[str, Any]]) -> str:
    """What is wrong with the description of an option, besides its default; empty where nothing is."""
    if not _KEY.fullmatch(key):
        return "its name is not of small letters, digits and _, or it is 'name'"
    for other in filter(None, (option.against, option.follows)):
        if option.type != "colour" or tables.get(other, {}).get("type") != "colour":
            return f"{other!r} is not an option that is a colour, or this one is none"
    if option.follows and not option.against:
        return "it follows another colour, and does not say against which it must be readable"
    return "" if option.type != "choice" or option.choices else "it has no choices"


def _wrong(key: str, message: str, place: Place, *, default: bool) -> Problem:
    if default:
        return error("theme-toml", f"the default of {key}: {message}", place)
    return error("option-value", f"theme.{key}: {message}", place)


def _unreadable(key: str, option: Option, values: Mapping[str, Any], place: Place) -> Problem:
    """The warning of a colour that cannot be read on its background."""
    one, other = values[key], values[option.against]
    reached = colours.contrast(one, other)
    message = f"theme.{key}: {one} on {other} ({option.against}) has a contrast of {reached:.1f}"
    hint = f"Text needs {colours.READABLE}: {colours.readable(one, other, colours.READABLE)} would do."
    return warning("option-contrast", message, place, hint)


def _shown(value: Any) -> str:
    text = repr(value)
    return text if len(text) <= 60 else f"{text[:60]}…"


def _colour(_: Option, value: Any, __: Iterable[str]) -> str:
    made = colours.colour(value) if isinstance(value, str) else None
    if made is None:
        raise ValueError("a colour such as '#0b6e4f'")
    return made


def _fonts(_: Option, value: Any, __: Iterable[str]) -> tuple[str, ...]:
    """Families as a list, or as CSS writes them; the last must be one that every browser has."""
    families = value.split(",") if isinstance(value, str) else value
    if not isinstance(families, list) or not all(isinstance(family, str) for family in families):
        raise ValueError("a list of fonts")
    made = tuple(family.strip().strip("\"'").strip() for family in families)
    if wrong := next((family for family in made if not _FAMILY.fullmatch(family)), None):
        raise ValueError(f"a list of fonts: {wrong!r} is no name of one")
    if not made or made[-1].lower() not in GENERIC:
        raise ValueError("a list of fonts that ends in one that every browser has, such as 'serif' or 'sans-serif'")
    return made


def _length(_: Option, value: Any, __: Iterable[str]) -> str:
    if not isinstance(value, str) or not _LENGTH.fullmatch(value.strip()):
        raise ValueError("a length such as '16rem'")
    return value.strip()


def _number(option: Option, value: Any, _: Iterable[str]) -> float:
    least = -math.inf if option.least is None else option.least
    most = math.inf if option.most is None else option.most
    number = isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value)
    if not number or not least <= value <= most:
        bounds = [f"from {option.least:g}"] if option.least is not None else []
        bounds += [f"to {option.most:g}"] if option.most is not None else []
        raise ValueError(" ".join(["a number", *bounds]))
    made: float = value
    return made


def _choice(option: Option, value: Any, _: Iterable[str]) -> str:
    if not isinstance(value, str) or value not in option.choices:
        hint = f" Did you mean {near!r}?" if isinstance(value, str) and (near := nearest(value, option.choices)) else ""
        raise ValueError(f"one of {', '.join(option.choices)}.{hint}")
    return value


def _flag(_: Option, value: Any, __: Iterable[str]) -> bool:
    if not isinstance(value, bool):
        raise ValueError("true or false")
    return value


def _text(_: Option, value: Any, __: Iterable[str]) -> str:
    if not isinstance(value, str) or len(value) > LONGEST or not value.isprintable():
        raise ValueError(f"a text of one line, at most {LONGEST} characters")
    return value


def _picture(_: Option, value: Any, files: Iterable[str]) -> str:
    if not isinstance(value, str) or (value and value not in files):
        hint = f" Did you mean {near!r}?" if isinstance(value, str) and (near := nearest(value, files)) else ""
        raise ValueError(f"one of the theme's static files, by its name below static/.{hint}")
    return value


_CHECKS: Mapping[str, Callable[[Option, Any, Iterable[str]], Any]] = {
    "colour": _colour, "fonts": _fonts, "length": _length, "number": _number,
    "choice": _choice, "flag": _flag, "text": _text, "picture": _picture,
}  # fmt: skip
