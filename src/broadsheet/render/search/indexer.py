"""Indexing: entries of stories → the files of a part of the search index.

In: parts, what gives bodies. Out: files by their paths below output/, made by Pagefind from each story's words.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from html import unescape
from pathlib import Path

from broadsheet.model import Prose, Story, Text
from broadsheet.render.search import pagefind
from broadsheet.summaries import Entry

FOLDER = "pagefind/"

Bodies = Callable[[Story | Prose | Text], str]

_INLINE = re.compile(r"</?(?:em|strong|a|code|del|sup|sub|cite|q)\b(?:[^>\"]|\"[^\"]*\")*>")
_TAG = re.compile(r"<(?:[^>\"]|\"[^\"]*\")*>")


class Indexer:
    """Indexes parts; what one process of several does."""

    def __init__(self, program: Path, language: str, bodies: Bodies, parts: Mapping[str, Sequence[Entry]]) -> None:
        self.program = program
        self.language = language
        self.bodies = bodies
        self.parts = parts

    def index(self, names: Sequence[str]) -> list[dict[str, bytes]]:
        """The files of each part, by their paths below output/. Raises BroadsheetError."""
        return [self._index(name) for name in names]

    def _index(self, name: str) -> dict[str, bytes]:
        records = [self._record(entry) for entry in self.parts[name]]
        files = pagefind.index(self.program, records, self.language)
        if not name:
            return {f"{FOLDER}{path}": data for path, data in files.items()}
        kept = {path: data for path, data in files.items() if ".pf_" in path or path.endswith(".json")}
        return {f"{FOLDER}{name}/{path}": data for path, data in kept.items()}

    def _record(self, entry: Entry) -> pagefind.Record:
        """A story as Pagefind takes it. What stands in ``meta`` is found too, and a title weighs more than a body."""
        many = {
            "section": [entry.section],
            "topic": list(entry.topics),
            "author": list(entry.authors),
            "date": [entry.day[:7]],  # the month: a year is any of its twelve
        }
        meta = {
            "title": entry.title,
            "summary": entry.summary,
            "date": entry.day,
            "section": entry.section,
            "topics": ", ".join(entry.topics),
            "authors": ", ".join(entry.authors),
        }
        return {
            "url": entry.address,
            "content": plain(self.bodies(entry.story)),
            "meta": {key: text for key, text in meta.items() if text},
            "filters": {key: names for key, names in many.items() if any(names)},
            "sort": {"date": entry.day},
        }


def plain(html: str) -> str:
    """The words of a body."""
    return " ".join(unescape(_TAG.sub(" ", _INLINE.sub("", html))).split())
