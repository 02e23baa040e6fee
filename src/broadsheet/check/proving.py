"""Proving: that a site built again after changes is, byte for byte, the one that a clean build makes.

In: a site. Out: what an incremental build did, and every difference from a clean one, with the inputs of that page.
"""

from __future__ import annotations

import contextlib
import itertools
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Literal

import msgspec

from broadsheet.cache import lock
from broadsheet.cache.snapshot import Tally
from broadsheet.check.explanation import differing
from broadsheet.config import Site
from broadsheet.errors import Report
from broadsheet.model import Page
from broadsheet.pipeline import Built, Options, Progress, build, saved_plan, silent, update
from broadsheet.render.output import LIST, OURS


class Difference(msgspec.Struct, frozen=True):
    """A file that is not as a clean build makes it: it differs, or only one of the two builds made it.

    ``line`` is the first line that differs. ``inputs`` are how those from which the page was drawn last differ from
    those that the clean build made it from; where they do not, it was kept although it had to be drawn again, or its
    drawing depends on more.
    """

    path: str
    kind: Literal["differs", "missing", "left over"]
    page: Page | None
    line: int = 0
    inputs: tuple[str, ...] = ()


class Proof(msgspec.Struct, frozen=True):
    """What an incremental and a clean build of one site did, and their differences."""

    tally: Tally
    clean: Built
    differences: tuple[Difference, ...]


def prove(site: Site, options: Options, report: Report, tell: Progress = silent) -> Proof:
    """Build a site as it stands, build it clean in another place, compare; problems of the first go into the report.

    Raises BroadsheetError where nothing can be built at all.
    """
    with lock.held(site.root, "build"), tempfile.TemporaryDirectory(prefix="broadsheet-proof-") as folder:
        tally = update(site, options, report, tell)
        settings = msgspec.structs.replace(site.settings, output=f"{folder}/output")
        aside = Site(site.root, settings, f"{folder}/work")
        clean = build(aside, options, Report(), tell)
        with contextlib.ExitStack() as stack:
            planned: Callable[[str], Page | None] = dict[str, Page]().get
            with contextlib.suppress(LookupError):  # the cache is damaged: files can be compared, inputs cannot
                planned = stack.enter_context(saved_plan(site, options.pages)).page
            found = tuple(_differences(site.output, aside.output, planned, clean))
    return Proof(tally, clean, found)


def _differences(
    output: Path, other: Path, planned: Callable[[str], Page | None], clean: Built
) -> Iterator[Difference]:
    """``planned`` gives the page at a path as it was planned for ``output``."""
    theirs = {page.path: page for page in clean.plan}
    made = _files(output) & (theirs.keys() | _made(output))
    for path in sorted(made | _files(other)):
        page = theirs.get(path)
        if path not in made:
            yield Difference(path, "missing", page)
        elif not (other / path).is_file():
            if path not in theirs:  # else it cannot be drawn, which is reported, and stays as it was until it can
                yield Difference(path, "left over", planned(path))
        elif (line := _line((output / path).read_bytes(), (other / path).read_bytes())) > 0:
            ours = planned(path)
            inputs = tuple(differing(ours.inputs, page.inputs)) if ours and page else ()
            yield Difference(path, "differs", page, line, inputs)


def _line(one: bytes, other: bytes) -> int:
    """The first line in which two texts differ, counted from 1; 0 where they are the same."""
    pairs = itertools.zip_longest(one.split(b"\n"), other.split(b"\n"))
    return next((number for number, (a, b) in enumerate(pairs, 1) if a != b), 0)


def _files(folder: Path) -> set[str]:
    files = (file.relative_to(folder).as_posix() for file in folder.rglob("*") if file.is_file())
    return {path for path in files if path not in OURS}


def _made(output: Path) -> set[str]:
    """What the list of made files still names: a file that should have been removed is one of those left over."""
    return {line for line in (output / LIST).read_text("utf-8").splitlines() if not line.startswith("#")}
