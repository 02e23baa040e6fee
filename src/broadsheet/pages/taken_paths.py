"""Taken paths: what stands in the way of a file below output/.

In: the paths of files, each with what the file is made from. Out: what is in the way of another, in words.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping

from broadsheet.disk import folders


class TakenPaths:
    """What there is at paths, as file systems compare them: some know no capitals, some have letters and marks apart.

    ``there`` are paths, each with what the file at it is made from.
    """

    def __init__(self, there: Mapping[str, str]) -> None:
        self._there = {_folded(path): (path, source) for path, source in there.items()}
        self._folders = folders(self._there)

    def add(self, path: str, source: str) -> None:
        """One more file."""
        key = _folded(path)
        self._folders.update(folders((key,)))
        self._there[key] = path, source

    def said(self, path: str) -> str:
        """What stands in the way of a file; empty where nothing does."""
        key = _folded(path)
        if key in self._there:
            other, source = self._there[key]
            if other == path:
                return f"/{path} is the path of {source}"
            return f"/{path} is the path of {source} if upper and lower case are the same: /{other}"
        if key in self._folders:
            return f"/{path} is a folder of other pages"
        above = next((folder for folder in folders((key,)) if folder in self._there), "")
        return f"/{self._there[above][0]} is a file, not a folder" if above else ""

    @staticmethod
    def same(path: str, other: str) -> bool:
        """Whether two paths are one on some file system."""
        return _folded(path) == _folded(other)


def _folded(path: str) -> str:
    """A path as file systems compare it that know no capitals, or have letters and their marks apart."""
    return path.lower() if path.isascii() else unicodedata.normalize("NFC", path).casefold()
