"""Summaries by a function of the site's own: the plug ``summarise`` of its build.py, asked once for each text.

In: stories, the function. Out: the stories, of which those without a summary have what the function said of them. That
is kept for the story, its text and the function's source, so that a build is the same the next time, also where the
function would say something else: ``why``, a preview and ``--prove`` take what is kept and ask nothing.
"""

from __future__ import annotations

import datetime as dt
import inspect
from collections.abc import Callable, Sequence
from hashlib import blake2b
from typing import Any

import msgspec

from broadsheet import content, disk
from broadsheet.cache import Files
from broadsheet.config import Site
from broadsheet.content import fields
from broadsheet.content.summaries import LENGTH
from broadsheet.errors import Place, Problem, Report, error, warning
from broadsheet.model import Story
from broadsheet.pipeline.options import Options

_FILE = "summaries"
_HINT = "Until then its best sentences stand for it. See docs/guides/extend.md."


class StoryText(msgspec.Struct, frozen=True):
    """A story as ``summarise`` is given it: its file below content/stories, its headline, its text in Markdown.

    ``extract`` is what stands for it if nothing is given in its place. ``language`` is a BCP 47 tag.
    """

    file: str
    title: str
    text: str
    date: dt.datetime
    language: str
    section: str
    topics: tuple[str, ...]
    authors: tuple[str, ...]
    extract: str


def summarised(
    site: Site, stories: Sequence[Story], options: Options, report: Report, *, ask: bool = True
) -> list[Story]:
    """The stories, with a summary by the site's own function where nobody wrote one; problems go into the report.

    A story that is not out is not asked for: its text may be under an embargo, and the function may send it elsewhere.
    Nor is one of which the editor says that no AI had a part in it (``ai: none``).
    """
    function = options.summarise
    if function is None:
        return list(stories)
    kept = _Kept(site, function)
    made, whole = list(stories), False
    try:
        for place, story in enumerate(stories):
            if story.summary or story.retracted or story.ai == "none":
                continue
            said = kept.get(story)
            if said is None and ask and not options.preview and _is_out(story, options.now):
                answer = _asked(site, story, function)
                if isinstance(answer, Problem):
                    report.add(answer)
                else:
                    said = kept.keep(story, answer)
            if said:
                made[place] = _with(story, said)
        whole = True
    finally:  # also where it was stopped: what was asked for is not asked for again
        if ask and not options.preview:
            kept.save(whole=whole)
    return made


class _Kept:
    """What the function said before: one file in the cache of the site, whatever folder it is built into."""

    def __init__(self, site: Site, function: Callable[[Any], Any]) -> None:
        self._files = Files(Site(site.root, site.settings).cache)
        self._source = _source(function)
        data = self._files.get(_FILE)
        self._before = msgspec.msgpack.decode(data, type=dict[str, str]) if data else {}
        self._now: dict[str, str] = {}

    def get(self, story: Story) -> str | None:
        key = self._key(story)
        said = self._before.get(key)
        return None if said is None else self._now.setdefault(key, said)

    def keep(self, story: Story, said: str) -> str:
        self._before[self._key(story)] = said
        return self._now.setdefault(self._key(story), said)

    def save(self, *, whole: bool) -> None:
        """Keep what belongs to the texts that there are, all of which were looked at if ``whole``."""
        kept = self._now if whole else self._before
        if kept or self._before:
            self._files.put(_FILE, msgspec.msgpack.encode(dict(sorted(kept.items()))))

    def _key(self, story: Story) -> str:
        return blake2b(f"{self._source}\0{story.id}\0{story.body}".encode(), digest_size=16).hexdigest()


def _source(function: Callable[[Any], Any]) -> str:
    try:
        return inspect.getsource(function)
    except (OSError, TypeError):  # it is not written in a file, or no function of Python's
        return ""


def _is_out(story: Story, now: dt.datetime) -> bool:
    waits = story.date > now or (story.embargo is not None and story.embargo > now)
    return story.status == "published" and not waits and (story.expires is None or story.expires > now)


def _asked(site: Site, story: Story, function: Callable[[Any], Any]) -> str | Problem:
    """What the function says of a story, empty where that is nothing; or what is wrong with it."""
    place = Place(f"{site.settings.content}/stories/{story.path}")
    try:
        matter, _ = content.split(disk.read(f"{site.stories}/{story.path}", content.LARGEST), place.file)
        text = StoryText(
            file=story.path,
            title=story.title,
            text=matter.body if matter else "",
            date=story.date,
            language=story.lang or site.settings.language,
            section=story.section,
            topics=story.topics,
            authors=story.authors,
            extract=story.extract,
        )
        said = function(text)
    except Exception as cause:  # noqa: BLE001, whatever it does, the site is built
        message = f"summarise() of build.py failed: {type(cause).__name__}: {str(cause)[:200]}".rstrip(": ")
        return warning("own-summary", message, place, f"The next build asks again. {_HINT}")
    if said is None or (isinstance(said, str) and not said.strip()):
        return ""
    try:
        return fields.text_value(said, site.zone, LENGTH)
    except ValueError as cause:
        return error("own-summary", f"what summarise() of build.py gave is not {cause}", place, _HINT)


def _with(story: Story, said: str) -> Story:
    """A story with its summary, which an editor is to look at who has not said yet what an AI had to do with it."""
    digest = blake2b(story.digest + said.encode(), digest_size=16).digest()
    review = story.review if story.ai or "summary" in story.review else (*story.review, "summary")
    return msgspec.structs.replace(story, generated=said, review=review, digest=digest)
