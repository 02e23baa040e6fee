"""Exports, in which all posts of a site stand in one file or a few: found by what they hold, and read as a whole.

In: a file, or the folder in which it lies. Out: the files that are an export of WordPress or Ghost; their bytes.
"""

from __future__ import annotations

import re
from pathlib import Path

from broadsheet.errors import Place, fail

_ENDINGS = {"wordpress": "*.xml", "ghost": "*.json"}
_SIGNS = {
    "wordpress": re.compile(rb"http://wordpress\.org/export/|<wp:wxr_version>"),
    "ghost": re.compile(
        rb"\A(?:\xef\xbb\xbf)?\s*\{\s*\"(?:db\"\s*:\s*\[|meta\"\s*:\s*\{\s*\"exported_on|data\"\s*:\s*\{)"
    ),
}
_BEGINNING = 16 * 1024  # bytes in which an export says what it is
_LARGEST = 256 * 1024 * 1024  # bytes; it is read as a whole


def files(path: Path, kind: str) -> list[Path]:
    """The files of an export: the one that is named, or those in a folder, which may be its parts."""
    found = [path] if path.is_file() else sorted(path.glob(_ENDINGS[kind])) if path.is_dir() else []
    return [file for file in found if file.is_file() and _SIGNS[kind].search(_beginning(file))]


def _beginning(file: Path) -> bytes:
    try:
        with file.open("rb") as opened:
            return opened.read(_BEGINNING)
    except OSError:
        return b""


def read(file: Path) -> bytes:
    """An export. Raises BroadsheetError where it cannot be read or is too large to be read as a whole."""
    try:
        if file.stat().st_size > _LARGEST:
            hint = "Export it in parts, such as one a year, and import the folder that holds them."
            raise fail("file-size", f"larger than {_LARGEST >> 20} MiB", Place(file.name), hint)
        return file.read_bytes()
    except OSError as cause:
        raise fail("unreadable", f"cannot read: {cause.strerror}", Place(file.name)) from cause
