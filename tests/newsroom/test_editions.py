"""Editions: every story in exactly one, by the site's own days, as the editor wants them, frozen where they went out."""

import datetime as dt
import string
from collections import Counter
from zoneinfo import ZoneInfo

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from broadsheet import newsroom
from broadsheet.config import Settings
from broadsheet.model import Credit, Edition, EditionNote, Frozen, Newspaper, Picture, Story, Text
from tests.newsroom.conftest import NOW, paper, tale


def faults(*stories: Story, notes: tuple[EditionNote, ...], now: dt.datetime = NOW) -> list[tuple[str, str, int]]:
    problems = newsroom.assemble(stories, Settings(), now=now, notes=notes)[1]
    return [(problem.severity, problem.code, problem.place.line) for problem in problems]


def editions(newspaper: Newspaper) -> dict[str, list[str]]:
    return {edition.slug: [story.id for story in edition.stories] for edition in newspaper.editions}


def note(slug: str, **more) -> EditionNote:
    return EditionNote(slug, f"content/editions/{slug}.md", **more)


@pytest.mark.parametrize(
    ("zone", "moment", "slug"),
    [
        ("Europe/London", "2025-05-08T23:30+01:00", "2025-05-08"),
        ("Europe/London", "2025-05-08T22:30+00:00", "2025-05-08"),  # the same moment
        ("Europe/London", "2025-05-08T23:30+00:00", "2025-05-09"),  # half past midnight in summer
        ("Europe/London", "2025-01-08T23:30+00:00", "2025-01-08"),
        ("America/New_York", "2025-05-09T03:30+00:00", "2025-05-08"),
        ("Asia/Tokyo", "2025-05-08T15:00+00:00", "2025-05-09"),
        # Clocks go forward at 01:00 on 30 March 2025 and back at 02:00 on 26 October in London.
        ("Europe/London", "2025-03-29T23:59+00:00", "2025-03-29"),
        ("Europe/London", "2025-03-30T22:59+00:00", "2025-03-30"),
        ("Europe/London", "2025-03-30T23:00+00:00", "2025-03-31"),
        ("Europe/London", "2025-10-25T23:00+00:00", "2025-10-26"),
        ("Europe/London", "2025-10-26T23:59+00:00", "2025-10-26"),
        ("Africa/Cairo", "2025-04-24T22:00+00:00", "2025-04-25"),  # a day that begins at 01:00
    ],
)
def test_a_story_belongs_to_the_day_that_the_sites_clocks_show(zone: str, moment: str, slug: str):
    assert list(editions(paper(tale("a", moment), timezone=zone))) == [slug]


@pytest.mark.parametrize(
    ("period", "slug", "first", "last"),
    [
        ("daily", "2024-12-31", "2024-12-31", "2024-12-31"),
        ("weekly", "2025-w01", "2024-12-30", "2025-01-05"),
        ("monthly", "2024-12", "2024-12-01", "2024-12-31"),
    ],
)
def test_an_edition_has_the_name_and_the_days_of_its_period(period, slug: str, first: str, last: str):
    (edition,) = paper(tale("a", "2024-12-31T12:00"), edition=period).editions
    assert (edition.slug, edition.period) == (slug, period)
    assert (edition.first.isoformat(), edition.last.isoformat()) == (first, last)


def test_editions_are_numbered_from_the_oldest_and_stand_newest_first():
    made = paper(tale("a", "2025-05-06"), tale("b", "2025-05-08"), tale("c", "2025-05-07")).editions
    assert [(edition.number, edition.slug) for edition in made] == [
        (3, "2025-05-08"),
        (2, "2025-05-07"),
        (1, "2025-05-06"),
    ]


def lead(*stories: Story, **more) -> str:
    return paper(*stories, **more).editions[0].lead.id


def test_the_editors_priority_makes_the_lead_before_all_evidence():
    assert lead(tale("a", "2025-05-08", words=5000), tale("b", "2025-05-08", priority="lead", words=10)) == "b"
    assert lead(tale("a", "2025-05-08", words=5000, priority="brief"), tale("b", "2025-05-08", words=10)) == "b"


@pytest.mark.parametrize(
    "more",
    [{"words": 900}, {"image": Picture("a.png"), "words": 400}, {"source": Credit(name="Agency"), "words": 400}],
)
def test_length_a_picture_and_a_source_make_a_lead(more):
    assert lead(tale("a", "2025-05-08T20:00", words=400), tale("b", "2025-05-08T08:00", **more)) == "b"


def test_the_size_of_its_thread_makes_a_lead():
    earlier = [tale(f"e{n}", f"2025-05-0{n + 1}", thread="Harbour") for n in range(3)]
    other = tale("a", "2025-05-08", words=1000)
    assert lead(*earlier, other, tale("b", "2025-05-08", words=400)) == "a"
    assert lead(*earlier, other, tale("b", "2025-05-08", words=400, thread="Harbour")) == "b"


def test_among_equals_the_later_story_leads():
    assert lead(tale("a", "2025-05-08T20:00"), tale("b", "2025-05-08T08:00")) == "a"


def test_the_reasons_of_a_lead_can_be_told():
    story = tale("a", "2025-05-08", words=900, image=Picture("a.png"), source=Credit(name="Agency"), priority="lead")
    told = list(newsroom.reasons(story, 3))
    assert told == ["priority lead", "3 stories in its thread", "900 words", "a picture", "a named source"]


def test_desks_stand_in_the_sites_order_then_by_name_then_those_without_a_section():
    names = ["", "Zoo", "Ark", "Sport", "World", "lead"]
    stories = [tale(f"s{n}", "2025-05-08", section=name, words=-n) for n, name in enumerate(reversed(names))]
    (edition,) = paper(*stories, sections=("World", "Sport")).editions
    assert [desk.section for desk in edition.desks] == ["World", "Sport", "Ark", "Zoo", ""]


# What an editor writes on an edition.


def test_an_editor_names_the_edition_its_lead_its_order_and_its_briefs():
    stories = [
        tale(name, "2025-05-08", section="World", words=words)
        for name, words in zip("abcde", (500, 400, 300, 200, 100), strict=True)
    ]
    text = Text("editions/2025-05-08.md", "digest")
    wanted = note("2025-05-08", title="Red Letter", lead="c", order=("e",), briefs=("a",), text=text)
    (edition,) = paper(*stories, notes=(wanted,)).editions
    assert (edition.title, edition.note, edition.lead.id) == ("Red Letter", text, "c")
    assert [[story.id for story in desk.stories] for desk in edition.desks] == [["e", "b", "d"]]
    assert [story.id for story in edition.briefs] == ["a"]


@pytest.mark.parametrize(
    "name", ["id-1", "2025/05/quiet.md", "2025/05/quiet", "quiet", "content/stories/2025/05/quiet.md"]
)
def test_a_story_may_be_named_by_its_id_its_file_or_its_slug(name: str):
    quiet = tale("id-1", "2025-05-08", path="2025/05/quiet.md", slug="quiet")
    assert lead(quiet, tale("b", "2025-05-08", words=900), notes=(note("2025-05-08", lead=name),)) == "id-1"


def test_a_slug_that_two_stories_have_means_the_one_in_the_edition():
    first, second = (
        tale(name, day, slug="same", path=f"{day}/same.md") for name, day in (("a", "2025-05-07"), ("b", "2025-05-08"))
    )
    assert not faults(first, second, notes=(note("2025-05-08", lead="same"),))


@pytest.mark.parametrize("key", ["lead", "order", "briefs"])
@pytest.mark.parametrize(
    ("name", "code"), [("nobody", "pin-missing"), ("other", "pin-elsewhere"), ("draft", "pin-waiting")]
)
def test_a_pin_that_cannot_be_kept_is_told_with_its_line(key: str, name: str, code: str):
    stories = (tale("a", "2025-05-08"), tale("other", "2025-05-07"), tale("draft", "2025-05-08", status="draft"))
    wanted = note("2025-05-08", **{key: name if key == "lead" else (name,)}, lines={name: 7})
    severity = "note" if code == "pin-waiting" else "error"
    assert faults(*stories, notes=(wanted,)) == [(severity, code, 7)]


def test_a_note_on_an_edition_without_stories_is_a_warning_unless_they_are_still_to_come():
    stories = (tale("a", "2025-05-08"), tale("later", "2025-05-10"))
    notes = (note("2025-05-09"), note("2025-05-10"))
    now = dt.datetime(2025, 5, 9, tzinfo=dt.UTC)
    assert faults(*stories, notes=notes, now=now) == [("warning", "edition-empty", 0)]


@pytest.mark.parametrize("slug", ["2025-5-8", "2025-02-30", "2025-w54", "2025-13", "monday"])
def test_a_note_that_names_no_edition_is_an_error(slug: str):
    assert faults(tale("a", "2025-05-08"), notes=(note(slug),)) == [("error", "edition-name", 0)]


# Frozen editions.

KEPT = (
    tale("a", "2025-05-08T09:00", section="World", words=100),
    tale("b", "2025-05-08T10:00", section="Sport", words=900),
    tale("c", "2025-05-08T11:00", section="World", words=500),
    tale("d", "2025-05-08T12:00", section="World", words=10),
)
FROZEN = note("2025-05-08", frozen=Frozen("a", (("World", ("d", "c")),), ("b",)))


def test_a_frozen_edition_stays_as_it_was_whatever_becomes_of_its_stories():
    edited = [
        msgspec.structs.replace(story, section="Art", words=7, priority="lead", date=story.date + dt.timedelta(9))
        for story in KEPT
    ]
    for stories in (KEPT, edited):
        (edition,) = paper(*stories, tale("late", "2025-05-07"), notes=(FROZEN,)).editions[:1]
        assert edition.slug == "2025-05-08"
        assert [story.id for story in edition.stories] == ["a", "d", "c", "b"]
        assert [desk.section for desk in edition.desks] == ["World"]


def test_a_late_story_goes_to_the_newest_edition_with_its_own_date():
    made = editions(
        paper(
            *KEPT, tale("late", "2025-05-08T23:00"), tale("x", "2025-05-09"), tale("y", "2025-05-12"), notes=(FROZEN,)
        )
    )
    assert made == {"2025-05-12": ["y", "late"], "2025-05-09": ["x"], "2025-05-08": ["a", "d", "c", "b"]}


@pytest.mark.parametrize(
    ("period", "slug", "after"),
    [("daily", "2025-05-08", "2025-05-09"), ("weekly", "2025-w19", "2025-w20"), ("monthly", "2025-05", "2025-06")],
)
def test_where_the_newest_edition_is_frozen_a_late_story_opens_the_one_after_it(period, slug: str, after: str):
    frozen = note(slug, frozen=FROZEN.frozen)
    made = editions(
        paper(*KEPT, tale("late", "2025-05-08T23:00"), tale("old", "2025-03-05"), notes=(frozen,), edition=period)
    )
    assert made[after] == ["late"]
    assert made[slug] == ["a", "d", "c", "b"]


def test_frozen_editions_outlive_a_change_of_the_sites_period():
    made = editions(paper(*KEPT, tale("new", "2025-05-08T23:00"), notes=(FROZEN,), edition="weekly"))
    assert made == {"2025-05-08": ["a", "d", "c", "b"], "2025-w19": ["new"]}


def test_a_frozen_story_that_was_deleted_is_a_warning_with_its_line_and_the_edition_goes_on():
    frozen = msgspec.structs.replace(FROZEN, lines={"a": 4})
    assert faults(*KEPT[1:], notes=(frozen,)) == [("warning", "frozen-missing", 4)]
    assert editions(paper(*KEPT[1:], notes=(frozen,))) == {"2025-05-08": ["d", "c", "b"]}


def test_a_frozen_edition_of_which_nothing_is_left_is_gone():
    codes = {code for _, code, _ in faults(tale("x", "2025-05-01"), notes=(FROZEN,))}
    assert codes == {"frozen-missing", "edition-empty"}
    assert editions(paper(tale("x", "2025-05-01"), notes=(FROZEN,))) == {"2025-05-01": ["x"]}


def test_a_story_that_two_editions_froze_stays_in_the_first():
    again = note("2025-05-09", frozen=Frozen("a", (("World", ("x",)),)))
    stories = (*KEPT, tale("x", "2025-05-09"))
    assert faults(*stories, notes=(again, FROZEN)) == [("warning", "frozen-twice", 1)]
    assert editions(paper(*stories, notes=(again, FROZEN))) == {"2025-05-08": ["a", "d", "c", "b"], "2025-05-09": ["x"]}


_moments = st.integers(0, 106 * 24 * 60).map(
    lambda m: dt.datetime(2024, 12, 20, tzinfo=dt.UTC) + dt.timedelta(minutes=m)
)
_stories = st.lists(
    st.builds(
        lambda name, moment, priority, section, words, status: tale(
            name, moment.isoformat(), priority=priority, section=section, words=words, status=status
        ),
        st.sampled_from(string.ascii_lowercase),
        _moments,
        st.sampled_from(["lead", "normal", "brief"]),
        st.sampled_from(["World", "Sport", ""]),
        st.integers(0, 3),
        st.sampled_from(["published", "published", "draft"]),
    ),
    max_size=20,
    unique_by=lambda story: story.id,
)
_ids = st.lists(st.sampled_from(string.ascii_lowercase), max_size=4).map(tuple)
_notes = st.lists(
    st.builds(
        lambda slug, lead, order, briefs, frozen: note(slug, lead=lead, order=order, briefs=briefs, frozen=frozen),
        st.sampled_from(
            ["2024-12-31", "2025-01-01", "2025-03-30", "2025-w01", "2025-w13", "2025-01", "2025-03", "odd"]
        ),
        st.sampled_from(["", "a", "b", "nobody"]),
        _ids,
        _ids,
        st.none()
        | st.builds(
            lambda lead, ids, briefs: Frozen(lead, (("World", ids),), briefs), st.sampled_from("abcdef"), _ids, _ids
        ),
    ),
    max_size=5,
    unique_by=lambda one: one.slug,
)


@given(
    stories=_stories,
    notes=_notes,
    period=st.sampled_from(["daily", "weekly", "monthly"]),
    zone=st.sampled_from(["UTC", "Europe/London", "America/New_York", "Pacific/Kiritimati"]),
)
def test_every_published_story_is_in_exactly_one_edition_once(stories, notes, period, zone):
    newspaper, _ = newsroom.assemble(stories, Settings(edition=period, timezone=zone), now=NOW, notes=notes)
    found = Counter(story.id for edition in newspaper.editions for story in edition.stories)
    assert found == Counter(story.id for story in stories if story.status == "published")
    assert [edition.number for edition in newspaper.editions] == list(range(len(newspaper.editions), 0, -1))
    assert len({edition.slug for edition in newspaper.editions}) == len(newspaper.editions)
    frozen = {one.slug for one in notes if one.frozen}
    for edition in newspaper.editions:
        if edition.slug not in frozen:
            assert all(_day(story, zone) <= edition.last for story in edition.stories)


def _day(story: Story, zone: str) -> dt.date:
    return story.date.astimezone(ZoneInfo(zone)).date()


@given(stories=_stories, period=st.sampled_from(["daily", "weekly", "monthly"]))
def test_freezing_every_edition_changes_none(stories, period):
    before = newsroom.assemble(stories, Settings(edition=period), now=NOW)[0].editions
    notes = [note(edition.slug, frozen=_frozen(edition)) for edition in before]
    after, problems = newsroom.assemble(stories, Settings(edition=period), now=NOW, notes=notes)
    assert not problems
    assert tuple(msgspec.structs.replace(one, file="", frozen=None) for one in after.editions) == before


def _frozen(edition: Edition) -> Frozen:
    desks = tuple((desk.section, tuple(story.id for story in desk.stories)) for desk in edition.desks)
    return Frozen(edition.lead.id, desks, tuple(story.id for story in edition.briefs))


def numbers(newspaper: Newspaper) -> dict[str, int]:
    return {edition.slug: edition.number for edition in newspaper.editions}


def test_a_frozen_edition_keeps_its_number_whatever_comes_to_stand_before_it():
    stories = (tale("a", "2025-05-05"), tale("b", "2025-05-08"), tale("c", "2025-05-09"))
    frozen = (note("2025-05-05", frozen=Frozen("a", number=1)), note("2025-05-08", frozen=Frozen("b", number=2)))
    assert numbers(paper(*stories, notes=frozen)) == {"2025-05-05": 1, "2025-05-08": 2, "2025-05-09": 3}
    late = paper(*stories, tale("late", "2025-01-05"), notes=frozen)
    assert numbers(late) == {"2025-01-05": 4, "2025-05-05": 1, "2025-05-08": 2, "2025-05-09": 3}


def test_editions_before_the_first_frozen_one_have_the_numbers_below_it():
    stories = [tale(letter, f"2025-05-0{day}") for day, letter in enumerate("abcd", 1)]
    frozen = note("2025-05-03", frozen=Frozen("c", number=3))
    assert list(numbers(paper(*stories, notes=(frozen,))).values()) == [4, 3, 2, 1]


@given(
    st.lists(st.integers(1, 28), min_size=1, max_size=12, unique=True),
    st.lists(st.tuples(st.integers(1, 28), st.integers(0, 30)), max_size=6, unique_by=lambda one: one[0]),
)
def test_no_number_is_given_twice_and_frozen_ones_stay(days: list[int], frozen: list[tuple[int, int]]):
    stories = [tale(f"s{day}", f"2025-05-{day:02}") for day in days]
    notes = [note(f"2025-05-{day:02}", frozen=Frozen(f"s{day}", number=number)) for day, number in frozen]
    found = numbers(paper(*stories, notes=tuple(notes)))
    assert len(set(found.values())) == len(found)
    assert min(found.values()) >= 1
    kept = {number for day, number in frozen if day in days and number}
    assert kept <= set(found.values())
