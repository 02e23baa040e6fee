"""Options: what a theme lets a site decide, and what the site decided, under [tool.broadsheet.theme].

In: the layers of a theme, whose theme.toml files say which options there are; the site's table. Out: a value for each
option, checked: every value may stand in a style sheet or a template as it is. Problems name file and line. Options
are printed as custom properties of CSS before the style sheets that use them, and not in pages, so that a
Content-Security-Policy need not allow inline styles. Contrasts are those of WCAG 2.2.
"""

from __future__ import annotations

import math
import posixpath
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any, Literal
from urllib.parse import quote, unquote

import msgspec

from broadsheet.config import Site
from broadsheet.errors import BroadsheetError, Place, Problem, error, unfit, warning
from broadsheet.locales import script
from broadsheet.model import Asset
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
    one names it, ``follows``. Fonts may name others, ``scripts``, that come before the default ones where the site's
    language is written in a script (ISO 15924, such as "Arab").
    """

    type: Kind
    default: Any
    about: str = ""
    choices: tuple[str, ...] = ()
    least: float | None = None
    most: float | None = None
    against: str = ""
    follows: str = ""
    scripts: Mapping[str, tuple[str, ...]] = {}


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
        value = given.get(key, _default(option, site))
        try:
            values[key] = checked(option, value, files)
        except ValueError as cause:
            problems.append(_wrong(key, f"{_shown(value)} is not {cause}", place(key), default=key not in given))
    if problems:
        raise BroadsheetError(*problems)
    for key, option in described.items():
        if key not in given and option.follows in given:
            values[key] = readable(values[option.follows], on=values[option.against])
    unreadable = []
    for key, option in described.items():
        if option.against and contrast(values[key], values[option.against]) < READABLE:
            culprit = option.against if option.against in given and key not in given else key
            unreadable.append(_unreadable(key, option, values, place(culprit)))
    return Chosen(described, values, frozenset(given), tuple(unreadable))


def _default(option: Option, site: Site) -> Any:
    """The value of an option that the site does not set."""
    if option.type != "fonts" or not option.scripts or not isinstance(option.default, list):
        return option.default
    known = option.scripts.get(script(site.settings.language), ())
    return [*known, *(family for family in option.default if family not in known)]


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
            problems.append(error("theme-toml", f"option {key}: {unfit(cause)}", place, hint))
    if problems:
        raise BroadsheetError(*problems)
    return described, owners


def _contradiction(key: str, option: Option, tables: Mapping[str, Mapping[str, Any]]) -> str:
    """What is wrong with the description of an option, besides its default; empty where nothing is."""
    if not _KEY.fullmatch(key):
        return "its name is not of small letters, digits and _, or it is 'name'"
    for other in filter(None, (option.against, option.follows)):
        if option.type != "colour" or tables.get(other, {}).get("type") != "colour":
            return f"{other!r} is not an option that is a colour, or this one is not a colour"
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
    reached = contrast(one, other)
    message = f"theme.{key}: {one} on {other} ({option.against}) has a contrast of {reached:.1f}"
    hint = f"Text needs {READABLE}: use {readable(one, other, READABLE)}, for example."
    return warning("option-contrast", message, place, hint)


def _shown(value: Any) -> str:
    text = repr(value)
    return text if len(text) <= 60 else f"{text[:60]}…"


def _colour(_: Option, value: Any, __: Iterable[str]) -> str:
    made = colour(value) if isinstance(value, str) else None
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


READABLE = 4.5  # the contrast that text needs (WCAG 2.2, 1.4.3, AA)
EASY = 7.0  # the contrast at which it is read with ease (1.4.6, AAA)

_SHORT = re.compile(r"#([0-9a-f])([0-9a-f])([0-9a-f])")
_LONG = re.compile(r"#[0-9a-f]{6}")
_STEPS = 50  # from a colour to white or black


def colour(written: str) -> str | None:
    """A colour written #rgb or #rrggbb, as #rrggbb in lower case; None for anything else."""
    text = written.strip().lower()
    if short := _SHORT.fullmatch(text):
        return "#" + "".join(digit * 2 for digit in short.groups())
    return text if _LONG.fullmatch(text) else None


def contrast(one: str, other: str) -> float:
    """The contrast of two colours, 1 to 21 (WCAG 2.2, "contrast ratio")."""
    dark, light = sorted((_luminance(one), _luminance(other)))
    return (light + 0.05) / (dark + 0.05)


def readable(hue: str, on: str, least: float = EASY) -> str:
    """The colour nearest to ``hue`` on the way to white or black whose contrast with ``on`` is at least ``least``."""
    end = 255 if _luminance(on) < 0.18 else 0  # 0.18 stands as far from white as from black
    found = hue
    for step in range(_STEPS + 1):
        found = "#" + "".join(f"{round(part + (end - part) * step / _STEPS):02x}" for part in _parts(hue))
        if contrast(found, on) >= least:
            break
    return found


def _parts(written: str) -> tuple[int, ...]:
    return tuple(bytes.fromhex(written[1:]))


def _luminance(written: str) -> float:
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in (p / 255 for p in _parts(written))]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


_USED = re.compile(rb"var\(\s*--([a-z][a-z0-9-]*)")
# What must stand before all rules: @charset, @import, @namespace, and @layer where it only gives an order.
_FIRST = re.compile(
    rb"""(?: (?: \s | /\*[^*]*\*+(?:[^/*][^*]*\*+)*/ )*
    @(?:charset|import|namespace|layer)\b (?: [^;{"'(] | "[^"]*" | '[^']*' | \([^)]*\) )* ; )*""",
    re.VERBOSE,
)


def properties(described: Mapping[str, Option], values: Mapping[str, Any]) -> dict[str, str]:
    """Custom properties by name: ``text_font`` is --text-font. A colour with another for the dark is both in one."""
    made: dict[str, str] = {}
    for key, option in described.items():
        value = values[key]
        if option.type == "colour":
            dark = values.get(f"{key}_dark")
            made[_property(key)] = f"light-dark({value},{dark})" if dark else value
        elif option.type == "fonts":
            made[_property(key)] = ",".join(_family(family) for family in value)
        elif option.type in ("length", "number"):
            made[_property(key)] = f"{value}"
    return made


def styled(sheet: bytes, known: Mapping[str, str]) -> bytes:
    """A style sheet that begins with those properties which it uses; what it says of them itself is stronger."""
    used = {name.decode() for name in _USED.findall(sheet)}
    rules = ";".join(f"{name}:{value}" for name, value in known.items() if name.removeprefix("--") in used)
    if not rules:
        return sheet
    sheet = sheet.removeprefix(b"\xef\xbb\xbf")
    first = _FIRST.match(sheet)
    end = first.end() if first else 0
    return b"%s:root{%s}\n%s" % (sheet[:end], rules.encode(), sheet[end:])


# A string or a comment that is meant to be read (/*!), which are kept; else a run of comments and blanks.
_BLANK = re.compile(rb"""("(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*'|/\*!.*?\*/)|(?:\s|/\*(?!!).*?\*/)+""", re.DOTALL)


def condensed(sheet: bytes) -> bytes:
    """A style sheet without its comments and indents: a fifth of its weight on the way to a reader.

    A comment alone between two tokens keeps them apart (CSS Syntax 3, 4.3.2); with a blank beside it, that does.
    """

    def kept(run: re.Match[bytes]) -> bytes:
        if run[1]:
            return run[1]
        bare = COMMENT.sub(b"", run[0])
        return b"\n" if b"\n" in bare else b" " if bare else b"/**/"

    return _BLANK.sub(kept, sheet)


COMMENT = re.compile(rb"/\*.*?\*/", re.DOTALL)


# The address within url(), with or without quotes, in front of what follows ? or #.
_ADDRESS = re.compile(rb"""\burl\(\s*["']?(?![a-z][a-z0-9+.-]*:|[/#?])([^"'()\s?#]+)""", re.IGNORECASE)


def referred(sheet: bytes, name: str) -> Iterator[tuple[re.Match[bytes], str]]:
    """Where a style sheet names files beside it, such as fonts, and their names below static/."""
    for found in _ADDRESS.finditer(sheet):
        yield (
            found,
            posixpath.normpath(posixpath.join(posixpath.dirname(name), unquote(found[1].decode("utf-8", "replace")))),
        )


def addressed(sheet: bytes, name: str, assets: Mapping[str, Asset]) -> bytes:
    """A style sheet that finds its files under the names with which they are published."""
    parts, end = [], 0
    for found, file in referred(sheet, name):
        if asset := assets.get(file):
            start = posixpath.dirname(f"static/{name}")
            parts += [sheet[end : found.start(1)], quote(posixpath.relpath(asset.path, start)).encode()]
            end = found.end(1)
    return b"".join([*parts, sheet[end:]])


def _property(key: str) -> str:
    return "--" + key.replace("_", "-")


def _family(family: str) -> str:
    return family.lower() if family.lower() in GENERIC else f'"{family}"'
