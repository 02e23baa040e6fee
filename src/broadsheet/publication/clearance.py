"""Clearance: what would go out, what that means to readers and subscribers, and all that speaks against it.

In: a site, the record of what was published, the answers that an editor gave. Out: the site built and checked; a
``Clearance``, with the problems on which nothing may go out. Every way out of what is built now asks here: ``publish``
and ``release``. A rollback builds nothing: its files were cleared when they went out, and it asks the gate alone.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence

import msgspec

from broadsheet import check, newsroom, publish, published, render
from broadsheet.cache import Files
from broadsheet.check import stories as story_checks
from broadsheet.config import Site
from broadsheet.content import positions
from broadsheet.desk import add_correction
from broadsheet.errors import Place, Problem, Report, error, fail, note
from broadsheet.model import Newspaper, Story
from broadsheet.pages import urls
from broadsheet.pipeline import Built, Options, Progress, build, desk
from broadsheet.published import fact_guard
from broadsheet.text import counted, did_you_mean

MASS = 5  # stories that are gone at once, from which half of what readers have is no editor's doing
_TWICE = (
    "They have it twice now, and nothing takes that back. Ask before the next deployment: broadsheet release --check"
)
_CHECK = "See them with: broadsheet check"
REMEMBERED = 1_000  # stories whose facts are taken down at once, the newest first
_ASKED = frozenset({fact_guard.CHANGED, published.UNREADABLE})  # what is asked for here, with what was answered
_ALWAYS = frozenset({story_checks.GONE})  # what the check says story by story before anything goes out


class Answers(msgspec.Struct, frozen=True, kw_only=True):
    """What an editor answered beforehand: ``accept`` names GUIDs that may be sent again, or patterns of them.

    ``strict`` lets nothing out while there is a warning, and ``anyway`` lets out what there is while there are errors.
    ``no_facts`` names stories, by id or path, of which no fact has changed whatever the words; ``corrected`` names some
    with the text of a correction, which ``correct`` adds first.
    """

    accept: tuple[str, ...] = ()
    no_facts: tuple[str, ...] = ()
    corrected: tuple[tuple[str, str], ...] = ()
    strict: bool = False
    anyway: bool = False


class Destination(msgspec.Struct, frozen=True):
    """Where a site goes: the target's name, the record of what is there, the files that it wants beside the site's.

    ``out`` tells that it is there already: what speaks against it is said of what readers have by now. ``command`` is
    the one that an editor repeats with an answer.
    """

    target: str
    before: publish.Record
    digests: publish.Digests
    extras: Mapping[str, bytes] = {}
    out: bool = False
    command: str = "publish"


class StoryChange(msgspec.Struct, frozen=True):
    """A story that readers would find changed: its file below the site's folder, its title, its address.

    ``before`` is the address that it had; ``file`` is empty where the story is not there any more.
    """

    id: str
    file: str
    title: str
    address: str
    before: str = ""


class StoryChanges(msgspec.Struct, frozen=True):
    """What becomes of stories at a target; one that has moved may be corrected or changed as well."""

    new: tuple[StoryChange, ...] = ()
    corrected: tuple[StoryChange, ...] = ()
    retracted: tuple[StoryChange, ...] = ()
    changed: tuple[StoryChange, ...] = ()
    moved: tuple[StoryChange, ...] = ()
    gone: tuple[StoryChange, ...] = ()


class Clearance(msgspec.Struct, frozen=True):
    """What would go out: the site as built, its files and entries, and what they mean to readers and subscribers.

    ``record`` is what was published before, ``out`` the stories and editions that would be. ``objections`` are why
    nothing may go out; ``seconds`` is what the check took; ``named`` are the stories that, as an editor said,
    change no fact.
    """

    built: Built
    bundle: publish.Bundle
    record: published.PublishedRecord
    known: publish.FeedEntries
    resend_check: publish.ResendCheck
    guarded: fact_guard.Guarded
    out: tuple[published.PublishedItem, ...]
    stories: StoryChanges
    objections: tuple[Problem, ...]
    seconds: float
    named: frozenset[str] = frozenset()

    def items(self) -> tuple[published.PublishedItem, ...]:
        """All that would be out then, as the record is to have it."""
        return (*self.out, *published.places(self.built.plan, self.record))

    @property
    def harmless(self) -> dict[str, str]:
        """The stories that an editor said change no fact, by id, with the digests of their words."""
        return {id_: self.guarded.claimed[id_].digest for id_ in self.named if id_ in self.guarded.claimed}

    @property
    def feeds(self) -> int:
        """How many feeds carry entries that subscribers do not have, each counted once whatever its forms."""
        new = set(self.resend_check.new)
        return sum(not new.isdisjoint(guids) for guids in self.known.carried.values())


def clear(
    site: Site, options: Options, answers: Answers, there: Destination, report: Report, tell: Progress
) -> Clearance:
    """Build the site and find out whether it may go out. Problems go into the report, but not the objections.

    Raises BroadsheetError.
    """
    before = there.before
    built, seconds = _built(site, options, report, tell, strict=answers.strict)
    unreadable = Report()
    record = published.load(site, unreadable)
    made = render.Output(site.output, site.settings.output).made
    bundle = publish.Bundle(site.output, made, there.digests, there.extras)
    known = publish.gather(bundle, urls.Addresses(site.settings.url).root, before.entries, Files(site.cache))
    accepted = (*answers.accept, *before.accepted)
    gone = {page.path for page in built.plan if page.template == "gone.html"}  # which say that nothing is there
    resend_check = publish.check_resends(known, before, frozenset(bundle.paths) - gone, accepted)
    harmless = frozenset(named(site, built.read, name).id for name in answers.no_facts)
    guarded = fact_guard.check(site, built.newspaper.stories, record, harmless, REMEMBERED, there.command)
    out = tuple(published.newspaper(site, built.newspaper, record, guarded.claimed))
    found = Clearance(
        built=built,
        bundle=bundle,
        record=record,
        known=known,
        resend_check=resend_check,
        guarded=guarded,
        out=out,
        stories=compare(site, built.newspaper, out, record, there.target),
        objections=(),
        seconds=seconds,
        named=harmless & record.of().keys(),
    )
    objections = [msgspec.structs.replace(one, severity="error") for one in unreadable]  # it would be forgotten
    objections += _resends(site, built.newspaper, resend_check, record, out=there.out)
    if site.settings.publish.hold_review:
        objections += _open(site, built)
    covers = site.suppressions.covers
    silent = [one for one in guarded.problems if not covers(one)]
    if answers.anyway:
        report.extend(silent)
    else:
        objections += _faulty(report, there.command)
        objections += _withdrawn(site, found.stories.gone, record, there.target)
        objections += [msgspec.structs.replace(one, severity="error") for one in silent]
    return msgspec.structs.replace(found, objections=tuple(objections))


def compare(
    site: Site,
    made: Newspaper,
    out: Iterable[published.PublishedItem],
    record: published.PublishedRecord,
    target: str,
) -> StoryChanges:
    """What becomes of stories at a target, by what was sent there last; ``out`` are they as they would be."""
    known = record.of()
    now = {item.id: item.sent[""] for item in out if item.kind == published.STORY}
    new, corrected, changed, moved = list[StoryChange](), list[StoryChange](), list[StoryChange](), list[StoryChange]()
    retracted = list[StoryChange]()
    for story in made.everything:
        item = known.get(story.id)
        last = item.sent.get(target) if item else None
        sent = now[story.id]
        address = sent.address
        before = last.address if last else item.addresses[-1] if item and item.addresses and not item.sent else ""
        one = StoryChange(story.id, _file(site, story), story.title, address, before if before != address else "")
        if not before:
            new.append(one)
            continue
        if one.before:
            moved.append(one)
        if story.retracted and (not last or last.digest != sent.digest):
            retracted.append(one)
        elif last and len(story.corrections) > last.corrections:
            corrected.append(one)
        elif last and published.changed(last, sent):
            changed.append(one)
    there = {story.id for story in made.everything}
    gone = [
        StoryChange(id_, "", item.title, item.sent[target].address)
        for id_, item in sorted(known.items())
        if id_ not in there and target in item.sent and item.sent[target].address
    ]
    kinds = (new, corrected, retracted, changed, moved, gone)
    return StoryChanges(*map(tuple, kinds))


def named(site: Site, stories: Sequence[Story], name: str) -> Story:
    """The story that an editor means by its id, its file, or the file's name alone.

    Raises BroadsheetError (``story-unknown``).
    """
    finder = newsroom.Finder(stories)
    if found := finder.find(name):
        return found[0]
    place = Place(f"{site.settings.content}/stories")
    raise fail("story-unknown", f"there is no story {name!r}", place, did_you_mean(name, finder.names()))


def correct(site: Site, options: Options, corrected: Sequence[tuple[str, str]]) -> None:
    """Add corrections to the stories that an editor named. Raises BroadsheetError, such as ``story-unknown``."""
    stories = desk(site, options.now, Report()).stories if corrected else ()
    for name, text in corrected:
        add_correction(site, named(site, stories, name), text, options.now)


def _built(site: Site, options: Options, report: Report, tell: Progress, *, strict: bool) -> tuple[Built, float]:
    """The site built and checked, and the seconds that the check took.

    Of the check, errors go into the report and what it says of published addresses; of all else only how much there is.
    What the build says of facts is left to the guard, which knows what was answered, and so is the record.
    """
    said = Report()
    built = build(site, options, said, tell)
    report.suppress(site.suppressions.covers)
    report.extend(problem for problem in said if problem.code not in _ASKED)
    told = set(report)
    found = Report(told)
    found.suppress(site.suppressions.covers)
    checked = check.look(site, built, options, found, tell)
    rest = Report()
    for problem in found:
        if problem not in told:
            shown = strict or problem.severity == "error" or problem.code in _ALWAYS
            (report if shown else rest).add(problem)
    if more := rest.summary():
        report.add(note("publish-check", f"the check also has {more}", Place(site.settings.output), _CHECK))
    return built, checked.seconds


def _faulty(report: Report, command: str) -> Iterator[Problem]:
    """Why a site with errors is not sent: what has been published could go, or lead nowhere."""
    if count := report.count("error"):
        wrong = counted(count, "error")
        hint = f"Correct them, or publish the site as it is: broadsheet {command} --anyway"
        yield error("publish-errors", f"was not published: it has {wrong}", Place("site"), hint)


def _withdrawn(
    site: Site, gone: Sequence[StoryChange], record: published.PublishedRecord, target: str
) -> Iterator[Problem]:
    """Why a site is not sent in which most of what readers have is missing: a folder was lost, or not checked out."""
    there = sum(1 for item in record.of().values() if target in item.sent and item.sent[target].address)
    if len(gone) >= MASS and len(gone) * 2 > there:
        message = f"{len(gone)} of the {there} published stories are missing: {_some(gone)}"
        hint = "Restore their files. If you withdrew them on purpose, use --anyway."
        yield error("withdrawn-many", message, Place(f"{site.settings.content}/stories"), hint)


def _some(gone: Sequence[StoryChange]) -> str:
    """The titles of the first of these, and how many more there are."""
    titles = ", ".join(repr(one.title) for one in gone[:3])
    return f"{titles} and {len(gone) - 3} more" if len(gone) > 3 else titles


def _open(site: Site, built: Built) -> Iterator[Problem]:
    """The stories that would go out with something in them that nobody has looked at."""
    for story in built.newspaper.stories:
        if story.review:
            file = f"{site.settings.content}/stories/{story.path}"
            place = Place(file, positions.of_key(site.root / file, "review"))
            message = f"is still to be reviewed: {', '.join(story.review)}"
            hint = story_checks.SUMMARY if story.disclosure == "ai_summary" else story_checks.REVIEW
            yield error("publish-open", f"{message} (publish.hold_review asks for it)", place, hint)


def _resends(
    site: Site,
    newspaper: Newspaper,
    found: publish.ResendCheck,
    record: published.PublishedRecord,
    *,
    out: bool,
) -> Iterator[Problem]:
    """What subscribers would get twice, or have got, each with the story's file, what happened, what to do about it."""
    stories = {story.id: story for story in newspaper.everything}
    known = record.of()
    for one in found.resends:
        title = known[one.earlier].title if one.earlier in known else ""
        earlier = f"{one.earlier!r}, {title!r}" if title and title != one.title else repr(one.earlier)
        sent = "was sent again: subscribers had it" if out else "would be sent again: subscribers have it"
        story = stories.get(one.guid)
        file = _file(site, story) if story else ""
        place = Place(file, positions.of_key(site.root / file, "id")) if file else Place(one.feed)
        hint = _TWICE if out else f"{_advice(site, one, stories)} --accept {one.guid}"
        yield error("sent-again", f"{one.title!r} {sent} as {earlier} ({one.sign})", place, hint)


def _advice(site: Site, one: publish.Resend, stories: Mapping[str, Story]) -> str:
    """What to do about an entry that would be sent again, by what happened to it."""
    if one.guid == one.earlier:
        return "Its own id has not changed: check what the theme does to atom.xml. Or accept it:"
    if one.guid not in stories:
        before, after = one.earlier.partition(":")[0], one.guid.partition(":")[0]
        if before != after:
            return (
                f"The site has another address: set 'id' to the old host, id = \"{before}\" in pyproject.toml, "
                "by which feeds go on. Or:"
            )
        return "Its stories were in another edition before: restore their dates. Or accept it as another edition:"
    if other := stories.get(one.earlier):
        return f"Is it a copy? {_file(site, other)} says the same: delete one of the two. Or accept it:"
    if one.sign == "the same address":
        return f"Its id was changed, or it replaced another story: set its id to {one.earlier}, or accept it:"
    return f"Its file is new: set its id to {one.earlier}, or accept it as another story:"


def _file(site: Site, story: Story) -> str:
    return f"{site.settings.content}/stories/{story.path}"
