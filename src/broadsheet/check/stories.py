"""Stories: what an editor left open or got wrong in a file, though the site can be built with it.

In: the stories as they were read, and the newspaper. Out: warnings with the line of the key.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator, Mapping

from broadsheet import content, locales, published
from broadsheet.config import Site
from broadsheet.content import facts, positions, translations
from broadsheet.errors import BroadsheetError, Place, Problem, Report, warning
from broadsheet.model import Story
from broadsheet.newsroom.claims import claims
from broadsheet.newsroom.reports import named, parted
from broadsheet.pages import urls
from broadsheet.pipeline import Built
from broadsheet.text import did_you_mean, nearest

GONE = "address-gone"  # of what was published; said before every publication
LOOKED_UP = 20  # unknown ids for which the nearest is looked for among all stories: each takes a while
FAR = dt.timedelta(days=366)  # ahead of now; a story that is to wait longer has most likely a wrong year


REVIEW = "Compare these fields with the source, correct them, and delete the key review with its list."
SUMMARY = "The summary is generated: write one of your own under summary, or say what the AI did under ai."


def problems(site: Site, built: Built, now: dt.datetime) -> Iterator[Problem]:
    """What is to be looked at in the stories' files."""
    desk = _Desk(site)
    read = {story.id: story for story in built.read}
    yield from _translations(site, read, desk)
    yield from _ids(read, desk)
    out = {story.id for story in built.newspaper.everything}
    titles: dict[str, Story] = {}
    for story in sorted(built.read, key=lambda story: (story.date, story.path)):
        if story.review:
            message = f"still to be reviewed: {', '.join(story.review)}"
            yield warning(
                "review-open",
                message,
                desk.key(story, "review"),
                SUMMARY if story.disclosure == "ai_summary" else REVIEW,
            )
        yield from _dates(story, now, desk)
        yield from _summary(story, desk)
        if story.id in out:
            other = titles.setdefault(" ".join(story.title.casefold().split()), story)
            if other is not story:
                message = f"has the same title as {desk.folder}/{other.path}"
                hint = "Readers and search engines tell stories apart by title: say what is new in this one."
                yield warning("title-twice", message, desk.key(story, "title"), hint)


def gone(site: Site, built: Built) -> Iterator[Problem]:
    """The addresses that were published and at which nothing answers any more: a warning for each story, or edition."""
    paths = {page.path for page in built.plan}
    waiting = {story.id: story for story in built.read}
    shown = f"{site.settings.content}/{published.FILE}"
    record = published.load(site, Report())
    for line, (kind, id_) in enumerate(sorted(record.items), 1):  # in this order they are written
        lost = [address for address in record.items[kind, id_].known if urls.file(address) not in paths]
        if not lost:
            continue
        story = waiting.get(id_) if kind == published.STORY else None
        why = f"its {kind} no longer exists"
        if story:
            why = f"{site.settings.content}/stories/{story.path} is not published"
        hint = "Restore it, or add the address to 'aliases' of the story that replaces it."
        more = f" and {len(lost) - 1} more" if len(lost) > 1 else ""
        message = f"/{lost[-1]}{more} was published, and nothing is at that address now: {why}"
        yield warning(GONE, message, Place(shown, line), hint)


def _translations(site: Site, read: Mapping[str, Story], desk: _Desk) -> Iterator[Problem]:
    """Stories that name an original which is not there or in their own language; languages that the site has not."""
    yield from _languages(site, read.values(), desk)
    yield from _twice(site, read.values(), desk)
    for story in read.values():
        if not story.translation_of:
            continue
        other = read.get(story.translation_of)
        if other is None or other is story:
            message = f"translation_of: there is no other story with the id {story.translation_of!r}"
            match = nearest(story.translation_of, sorted(read.keys() - {story.id}))  # never all: a site has thousands
            hint = f"Did you mean {match!r}?" if match else "Use the id in the front matter of the original."
            yield warning("translation-unknown", message, desk.key(story, "translation_of"), hint)
            continue
        language, original = (one.lang or site.settings.language for one in (story, other))
        if language.lower() == original.lower():
            message = f"is in {language}, as is {desk.folder}/{other.path}, of which it should be a translation"
            hint = "Say which language it is in, for example: lang: fr"
            yield warning("translation-language", message, desk.key(story, "translation_of"), hint)


def _ids(read: Mapping[str, Story], desk: _Desk) -> Iterator[Problem]:
    """Ids in ``also`` and ``related`` that no other story has; "not ID" parts a story from one that must exist too."""
    wrong = 0
    for story in read.values():
        joined = [("also", id_) for id_ in (*named(story), *parted(story))]
        for key, id_ in (*joined, *(("related", id_) for id_ in story.related)):
            if id_ in read and id_ != story.id:
                continue
            message = f"{key}: there is no other story with the id {id_!r}"
            wrong += 1
            match = nearest(id_, sorted(read.keys() - {story.id})) if wrong <= LOOKED_UP else None
            hint = f"Did you mean {match!r}?" if match else "Use the id in the front matter of the other story."
            yield warning("id-unknown", message, desk.value(story, key, id_), hint)


def _twice(site: Site, read: Iterable[Story], desk: _Desk) -> Iterator[Problem]:
    """Translations in a language in which there is an older one."""
    for group in translations.groups(read):
        found = {_tongue(one, site).lower(): one for one in translations.offered(group, site.settings.language)}
        for story in group:
            other = found[_tongue(story, site).lower()]
            if story is other or story.translation_of in ("", other.id):  # in the language of its original: said apart
                continue
            message = f"is in {_tongue(story, site)}, as is {desk.folder}/{other.path}, which says the same"
            hint = "A story has one translation in a language: take translation_of out of one of the two."
            yield warning("translation-twice", message, desk.key(story, "translation_of"), hint)


def _tongue(story: Story, site: Site) -> str:
    return story.lang or site.settings.language


def _languages(site: Site, read: Iterable[Story], desk: _Desk) -> Iterator[Problem]:
    """Stories in a language in which a site of several has no pages."""
    languages = site.settings.languages
    if len(languages) < 2:
        return
    for story in read:
        if not locales.nearest(story.lang, languages):
            message = f"lang: {story.lang!r} is none of the site's languages: the story is listed in {languages[0]}"
            hint = did_you_mean(story.lang, languages) or f"The languages are {', '.join(languages)}."
            yield warning("language-unlisted", message, desk.key(story, "lang"), hint)


def _summary(story: Story, desk: _Desk) -> Iterator[Problem]:
    """The numbers that a corrected story's summary still gives otherwise than its text: ingest took it from there."""
    if not story.corrections or not story.summary:
        return
    shown = f"{desk.folder}/{story.path}"
    try:
        body = content.body((desk.root / shown).read_bytes(), shown)
    except (OSError, BroadsheetError):  # it was read a moment ago; whoever reads it next reports what is wrong
        return
    known = {one.key for one in claims(f"{story.title}.\n\n{facts.printed(body).text}")}
    left = [one.text for one in claims(story.summary) if one.kind == "number" and one.key not in known]
    if left:
        message = f"summary: it says {left[0]!r}, and neither the title nor the text of this corrected story does"
        hint = "Correct the summary too: it stands above the text, in lists, feeds and editions."
        yield warning("summary-fact", message, desk.key(story, "summary"), hint)


class _Desk:
    """Where things stand in the files of stories."""

    def __init__(self, site: Site) -> None:
        self.root = site.root
        self.zone = site.zone
        self.folder = f"{site.settings.content}/stories"

    def key(self, story: Story, key: str) -> Place:
        """The place of a key of a story's front matter."""
        file = f"{self.folder}/{story.path}"
        return Place(file, positions.of_key(self.root / file, key))

    def value(self, story: Story, key: str, value: str) -> Place:
        """The place of a value of a key of a story's front matter."""
        file = f"{self.folder}/{story.path}"
        return Place(file, positions.of_value(self.root / file, key, value))


def _dates(story: Story, now: dt.datetime, desk: _Desk) -> Iterator[Problem]:
    """Dates that cannot all be right, as days of the site's time zone, by which readers see them.

    A bare day counts as a whole one: what happened on it is not before it.
    """
    first = story.date.astimezone(desk.zone)
    if first > now + FAR:
        message = f"date: {first:%Y-%m-%d} is more than a year from now"
        yield warning("date-far", message, desk.key(story, "date"), "Is the year right?")
    ordered: Mapping[str, dt.datetime | None] = {
        "updated": story.updated,
        "expires": story.expires,
        "corrections": min((made.date for made in story.corrections), default=None),
        "retracted": story.retracted.date if story.retracted else None,
    }
    for key, written in ordered.items():
        if written is None:
            continue
        moment = written.astimezone(desk.zone)
        if _before(moment, first, timed=story.timed):
            how = "%Y-%m-%d" if moment.date() < first.date() else "%Y-%m-%d %H:%M"
            message = f"{key}: {moment:{how}} is before the story's date, {first:{how}}"
            yield warning("date-order", message, desk.key(story, key), "One of the two is wrong.")
    said = {"corrections": story.corrections, "retracted": (story.retracted,) if story.retracted else ()}
    for key, made in said.items():
        latest = max((one.date for one in made), default=now).astimezone(desk.zone)
        if story.date <= now < latest:
            message = f"{key}: {latest:%Y-%m-%d} is in the future"
            yield warning("date-future", message, desk.key(story, key), "Is the day right?")


def _before(moment: dt.datetime, first: dt.datetime, *, timed: bool) -> bool:
    """Whether a moment is before a story's; of those on one day none is where one was written without its time."""
    bare = not timed or (moment.hour, moment.minute, moment.second) == (0, 0, 0)
    return moment.date() < first.date() if bare else moment < first
