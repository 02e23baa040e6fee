"""Copies: files of a theme that a site took for its own, and what they were copied from.

In: a theme, and the name of one of its files. Out: the file in the site's own theme folder, and a line in copied.toml
beside theme.toml, which holds the digest of what was copied: so it is told when that has changed since.
"""

from __future__ import annotations

import difflib
import json
import re
import tomllib
from collections.abc import Iterator, Mapping
from hashlib import blake2b
from pathlib import Path

import msgspec

from broadsheet import disk
from broadsheet.content import guarded
from broadsheet.errors import Place, Problem, fail, note, unfit, warning
from broadsheet.render.theme import Theme
from broadsheet.render.theme.layers import STATIC, TEMPLATES, Layer, chosen
from broadsheet.text import did_you_mean

FILE = "copied.toml"
_HEAD = """\
# Files that were copied from a theme, with the digest of what each was then.
# "broadsheet theme check" tells which have changed there since; "theme copy --renew FILE" notes that you saw to it.
"""


class CopyRecord(msgspec.Struct, frozen=True):
    """What a file was copied from: the theme, and the digest of its file."""

    theme: str
    digest: str


class ThemeFile(msgspec.Struct, frozen=True):
    """A file of a theme: its path in the theme's folder, the layers that have it, the first of which is taken."""

    path: str
    layers: tuple[Layer, ...]


def origins(theme: Theme) -> list[ThemeFile]:
    """Every template and static file of a theme, in order."""
    found: dict[str, list[Layer]] = {}
    for kind in (TEMPLATES, STATIC):
        for layer in theme.layers:
            for name in layer.files(kind):
                found.setdefault(f"{kind}/{name}", []).append(layer)
    return [ThemeFile(path, tuple(layers)) for path, layers in sorted(found.items(), key=_order)]


def origin(theme: Theme, name: str) -> ThemeFile:
    """A template or static file, by its path in the theme or by its name. Raises BroadsheetError with the nearest."""
    known = {one.path: one for one in origins(theme)}
    for path in (name, f"{TEMPLATES}/{name}", f"{STATIC}/{name}"):
        if path in known:
            return known[path]
    names = [path.partition("/")[2] for path in known]
    raise fail("theme-file", f"the theme has no file {name!r}", Place(_shown(theme)), did_you_mean(name, names))


def copy(theme: Theme, name: str) -> str:
    """Copy a file into the site's own theme folder; its path as the user calls it.

    Raises BroadsheetError for a file that the theme has not, and for one that is there: nothing is written over.
    """
    one = origin(theme, name)
    target = disk.within(_own(theme), one.path)
    shown = f"{_shown(theme)}/{one.path}"
    layer = one.layers[0]
    data = (layer.folder / one.path).read_bytes()
    if not guarded.create(target, data):
        hint = "Nothing was written. See how it differs from the theme's: broadsheet theme show --diff FILE"
        raise fail("theme-copied", "is there already", Place(shown), hint)
    _record(theme, one.path, CopyRecord(layer.theme, digest(data)))
    return shown


def renew(theme: Theme, name: str) -> str:
    """Note that a site's file has been compared with the theme's as it is now; its path as the user calls it.

    Raises BroadsheetError for a file that overrides none.
    """
    one = origin(theme, name)
    shown = f"{_shown(theme)}/{one.path}"
    if len(one.layers) < 2 or one.layers[0].folder != _own(theme).resolve():
        raise fail(
            "theme-file", "overrides no file of the theme", Place(shown), "Copy it first: broadsheet theme copy FILE"
        )
    below = one.layers[1]
    _record(theme, one.path, CopyRecord(below.theme, digest((below.folder / one.path).read_bytes())))
    return shown


def compared(theme: Theme) -> Iterator[Problem]:
    """What has changed in the theme since a site's files were copied from it. Raises BroadsheetError."""
    known = _read(theme)
    for one in origins(theme):
        layer = one.layers[0]
        if layer.folder != _own(theme).resolve() or one.path in _followed(theme):
            continue
        place = Place(f"{_shown(theme)}/{one.path}")
        renewing = f"broadsheet theme copy --renew {one.path}"
        record = known.get(one.path)
        if len(one.layers) < 2:
            if record:
                message = f"was copied from a file that the theme {record.theme!r} no longer has"
                yield warning("theme-changed", message, place, "Delete it if nothing uses it.")
        elif record is None:
            hint = f"Compare the two, then run: {renewing}. From then on changes of the theme's file are reported."
            yield note(
                "theme-uncompared",
                f"overrides a file of {one.layers[1].theme!r}, but it is not recorded which version",
                place,
                hint,
            )
        elif record.digest != digest((one.layers[1].folder / one.path).read_bytes()):
            hint = (
                f"See the difference: broadsheet theme show --diff {one.path}. When your copy is right, run: {renewing}"
            )
            yield warning("theme-changed", f"what it was copied from has changed in {record.theme!r}", place, hint)


def differences(one: ThemeFile) -> str:
    """How the file that is taken differs from the one that it overrides, as ``diff -u`` tells it; empty without one."""
    if len(one.layers) < 2:
        return ""
    texts = ((layer.folder / one.path).read_text("utf-8", "replace") for layer in one.layers[:2])
    new, old = (text.splitlines(keepends=True) for text in texts)
    below = f"{one.layers[1].theme}: {one.path}"
    return "".join(difflib.unified_diff(old, new, below, f"{one.layers[0].shown}/{one.path}"))


def digest(data: bytes) -> str:
    """The digest of a file, whichever way its lines end."""
    return blake2b(data.replace(b"\r\n", b"\n"), digest_size=16).hexdigest()


def _followed(theme: Theme) -> frozenset[str]:
    """The templates that extend or include what they override, and so go with it."""
    names = theme.loader.list_templates()
    return frozenset(f"{TEMPLATES}/{name}" for name in names if f"^{name}" in theme.reached(name))


def _own(theme: Theme) -> Path:
    return theme.site.themes / chosen(theme.site)


def _shown(theme: Theme) -> str:
    return f"{theme.site.settings.themes}/{chosen(theme.site)}"


def _read(theme: Theme) -> Mapping[str, CopyRecord]:
    try:
        data = (_own(theme) / FILE).read_bytes()
    except OSError:
        return {}
    return _parsed(data, f"{_shown(theme)}/{FILE}")


def _parsed(data: bytes, place: str) -> Mapping[str, CopyRecord]:
    try:
        return msgspec.convert(tomllib.loads(data.decode("utf-8", "replace")), dict[str, CopyRecord])
    except tomllib.TOMLDecodeError as cause:
        raise fail("theme-copies", f"not valid TOML: {cause}", Place(place), _AGAIN) from cause
    except msgspec.ValidationError as cause:
        raise fail("theme-copies", unfit(cause), Place(place), _AGAIN) from cause


_AGAIN = "'broadsheet theme copy' writes it. Delete it, and compare your files again."


def _record(theme: Theme, path: str, made: CopyRecord) -> None:
    place = f"{_shown(theme)}/{FILE}"
    table = f"[{_quoted(path)}]\ntheme = {_quoted(made.theme)}\ndigest = {_quoted(made.digest)}\n"

    def recorded(now: bytes | None) -> bytes:
        known = _parsed(now or b"", place)
        text = now.decode("utf-8", "replace") if now else _HEAD
        if path not in known:
            return f"{text.rstrip()}\n\n{table}".encode()
        old = re.compile(rf"^\[{re.escape(_quoted(path))}\]\s*\n(?:(?:theme|digest)\s*=.*\n?)+", re.MULTILINE)
        text = old.sub(lambda _: table, text, count=1)
        if _parsed(text.encode(), place) != {**known, path: made}:  # somebody wrote the table in another way
            raise fail("theme-copies", f"the table of {path!r} was changed by hand", Place(place), _AGAIN)
        return text.encode()

    guarded.update(_own(theme) / FILE, recorded)


def _quoted(text: str) -> str:
    """A text as TOML writes it, which is as JSON does."""
    return json.dumps(text, ensure_ascii=False)


def _order(one: tuple[str, list[Layer]]) -> tuple[bool, str]:
    return one[0].startswith(STATIC), one[0]
