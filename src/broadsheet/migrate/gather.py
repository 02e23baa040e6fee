"""The files of an old site's content: found, opened, taken apart, each with what keeps it from being a post.

In: a folder. Out: files with their heads and texts. Links are not followed, and nothing outside the folder is opened.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import os
import re
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

import msgspec

from broadsheet import content
from broadsheet.errors import BroadsheetError, Place, Problem, error, note
from broadsheet.migrate import front_matter
from broadsheet.migrate.post import Post, Written

MARKDOWN = (".md", ".markdown", ".mkd", ".mdown")
TEXTS = (*MARKDOWN, ".html", ".htm")
_UNREAD = (".org", ".adoc", ".asciidoc", ".textile", ".ipynb", ".rmd", ".html", ".htm", ".rst")
_DATED = re.compile(r"(\d{4})-(\d\d?)-(\d\d?)(?:[-_ ]+|\Z)(.*)")

Head = Callable[[list[str]], Written]


class ForeignPage(msgspec.Struct, frozen=True):
    """A file of the old site: its path below the site's folder, its stem, its bytes' digest, what stands in it."""

    file: str
    path: Path
    stem: str
    ending: str
    sha256: str
    written: Written

    @property
    def changed(self) -> dt.datetime:
        """When the file was last changed."""
        return dt.datetime.fromtimestamp(int(self.path.stat().st_mtime), dt.UTC)


def pages(
    home: Path, inside: Path, heads: dict[str, Head | None], problems: list[Problem], passed: re.Pattern[str]
) -> Iterator[ForeignPage]:
    """Every file below ``inside`` with an ending in ``heads``, which tells how the head of each is read.

    Folders and files whose name ``passed`` matches are passed over.
    """
    for root, folders, names in os.walk(inside):
        folders[:] = sorted(name for name in folders if not passed.match(name) and not (Path(root) / name).is_symlink())
        for name in sorted(names):
            stem, ending = os.path.splitext(name)  # noqa: PTH122, the name is a str
            if passed.match(name) or (ending.lower() not in heads and ending.lower() not in _UNREAD):
                continue
            path = Path(root) / name
            file = path.relative_to(home).as_posix().encode(errors="replace").decode()
            if ending.lower() not in heads:
                hint = "Save it as Markdown to import it."
                problems.append(note("import-format", f"a {ending} file is not read", Place(file), hint))
                continue
            try:
                if path.is_symlink() or not path.is_file():
                    continue
                data = path.read_bytes()
                written = front_matter.take(data, file, heads[ending.lower()])
            except BroadsheetError as cause:
                problems.extend(cause.problems)
            except OSError as cause:
                problems.append(error("unreadable", f"cannot read: {cause.strerror}", Place(file)))
            except Exception as cause:  # noqa: BLE001, one file must not keep the others from being read
                problems.append(content.fault(cause, file))
            else:
                problems += written.problems
                yield ForeignPage(file, path, stem, ending.lower(), hashlib.sha256(data).hexdigest(), written)


def posts(
    make: Callable[[ForeignPage], Post | None], found: Iterable[ForeignPage], problems: list[Problem]
) -> Iterator[Post]:
    """What a generator's reader makes of each file; what it cannot make anything of is a problem of that file."""
    for page in found:
        try:
            post = make(page)
        except Exception as cause:  # noqa: BLE001, a value that no reader thought of
            problems.append(content.fault(cause, page.file))
        else:
            if post:
                yield post


def dated(stem: str) -> tuple[dt.date | None, str]:
    """The day that a file's name begins with, and the rest of the name."""
    found = _DATED.match(stem)
    try:
        return (dt.date(int(found[1]), int(found[2]), int(found[3])), found[4] or stem) if found else (None, stem)
    except ValueError:  # 30 February
        return None, stem
