"""Settings of an old site that lead somewhere: its address, its folders, its time zone.

In: a value as the settings have it. Out: one that can be used, and a problem that names the setting where it cannot be.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from broadsheet import iri
from broadsheet.errors import Place, Problem, warning


def address(told: str, key: str, place: Place, problems: list[Problem]) -> str:
    """An http address of the settings; empty where it is none, with a problem where it was meant for one."""
    if iri.absolute(told):
        return told
    if told.lower().startswith(("http:", "https:")):
        message = f"{key}: {told[:80]!r} is not an address of a site"
        problems.append(
            warning(
                "import-settings",
                message,
                place,
                "Without it the stories get new ids, and subscribers may see them again.",
            )
        )
    return ""


def folder(home: Path, told: str, key: str, place: Place, problems: list[Problem]) -> Path:
    """A folder that the settings name; the site's own where that is not there, or lies outside of it."""
    try:
        named = home / told
        if named.resolve().is_relative_to(home.resolve()):
            return named if named.is_dir() else home
    except (OSError, ValueError, RuntimeError):  # NUL, a loop of links
        pass
    message = f"{key}: {told[:80]!r} is outside the old site's folder: not read"
    hint = "Copy those files into the folder, and import again."
    problems.append(warning("import-settings", message, place, hint))
    return home


def place_of(home: Path, names: tuple[str, ...]) -> Place:
    """The file in which settings stand."""
    return Place(next((name for name in names if (home / name).is_file()), names[0]))


def zone(name: Any, otherwise: ZoneInfo) -> ZoneInfo:
    """The time zone of a name, or another where there is none of that name."""
    try:
        return ZoneInfo(name) if isinstance(name, str) and name else otherwise
    except (ValueError, OSError):
        return otherwise
