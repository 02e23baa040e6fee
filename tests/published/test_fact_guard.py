"""A fact that changes after it was published is noticed, unless a correction informs readers."""

from collections.abc import Callable
from hashlib import blake2b

import msgspec
import pytest

from broadsheet import published
from broadsheet.config import open_site
from broadsheet.errors import Report
from broadsheet.pipeline import Options, build
from broadsheet.publication import clearance
from broadsheet.published import FILE, fact_guard
from tests.conftest import NOW, Workshop, story

pytestmark = pytest.mark.slow

Make = Callable[..., Workshop]

TEXT = 'The mayor, Ada Reed, said on Monday that 12 boats were lost. "We will not give up," she wrote.'


def told(made: Workshop, *, out: bool = True) -> list[str]:
    """What a build says; where the site then goes out, that is taken down."""
    report = Report()
    site = open_site(made.root)
    newspaper = build(site, Options(NOW), report).newspaper
    assert {problem.code for problem in report} <= {"fact-changed", "published-unreadable"}
    record = published.load(site, Report())
    if out and record.whole:
        guarded = fact_guard.check(site, newspaper.stories, record, most=clearance.REMEMBERED)
        published.keep(site, published.newspaper(site, newspaper, record, guarded.claimed), "live", NOW)
    return [problem.message for problem in report]


def test_a_changed_fact_is_told_with_its_words_until_it_is_corrected(workshop: Make):
    made = workshop(story("one", "2025-05-07", body=TEXT))
    assert told(made) == []
    made.write(story("one", "2025-05-07", body=TEXT.replace("12", "15").replace("Reed", "Finn")))
    for _ in range(2):
        assert told(made) == ['it says "Finn" where "Reed" was published; it says "15" where "12" was published']
    fixed = story(
        "one", "2025-05-07", body=TEXT.replace("12", "15"), corrections="[{date: 2025-05-08, text: It was fifteen.}]"
    )
    made.write(fixed)
    assert told(made) == []
    made.write(fixed.replace(" 15 ", " 16 "))
    assert told(made) == ['it says "16" where "15" was published']


LONG = """The harbour lost 12 boats.

See [the list](/lists/15/) of *Monday*, at https://example.org/15/.

- 4 were new
- 9 were **old**

Ada Reed, the mayor, said: “We will *not* give up.”"""


@pytest.mark.parametrize(
    ("old", "new", "line"),
    [
        ("12 boats", "15 boats", 7),
        ("- 4", "- 12", 11),  # which the body says above, too
        ("9 were", "15 were", 12),  # which stands above in addresses alone
        ("Ada Reed", "Ada Finn", 14),
        ("not* give up", "never* give up", 14),
        ('title: "One 7"', 'title: "One 8"', 3),
    ],
)
def test_it_names_the_line_in_which_the_fact_stands(workshop: Make, old: str, new: str, line: int):
    text = story("one", "2025-05-07", title="One 7", body=LONG)
    made = workshop(text)
    told(made)
    assert old in text
    made.write(text.replace(old, new))
    made.build()
    [problem] = [one for one in made.report if one.code == "fact-changed"]
    assert str(problem.place) == f"content/stories/2025/05/one.md:{line}"
    written = made.root / problem.place.file
    assert new.rsplit(maxsplit=1)[-1].strip('"') in written.read_text("utf-8").splitlines()[line - 1]


def test_what_is_put_back_is_told_no_more(workshop: Make):
    made = workshop(story("one", "2025-05-07", body=TEXT))
    told(made)
    made.write(story("one", "2025-05-07", body=TEXT.replace("12", "15")))
    assert told(made)
    made.write(story("one", "2025-05-07", body=TEXT))
    assert told(made) == []


def test_a_changed_headline_and_a_changed_quotation_are_told(workshop: Make):
    made = workshop(story("one", "2025-05-07", title="The harbour loses 12 boats", body=TEXT))
    told(made)
    made.write(
        story("one", "2025-05-07", title="The harbour loses 15 boats", body=TEXT.replace("not give up", "give up now"))
    )
    (message,) = told(made)
    assert '"15"' in message
    assert '"We will give up now,"' in message


@pytest.mark.parametrize(
    "edited",
    [
        TEXT.replace("boats", "baots"), TEXT.replace("12", "twelve"), TEXT.replace(" said", "\nsaid"),
        TEXT + " The search goes on with 3 ships of the Navy.", TEXT.replace('"We', "“We").replace(',"', ",”"),
        TEXT.replace("Ada Reed", "[Ada *Reed*](/authors/ada-reed/)"), "The mayor, Ada Reed, said on Monday that 12 boats were lost.",
    ],
)  # fmt: skip
def test_what_changes_no_fact_passes(workshop: Make, edited: str):
    made = workshop(story("one", "2025-05-07", body=TEXT))
    told(made)
    made.write(story("one", "2025-05-07", body=edited))
    assert told(made) == []


def test_a_build_and_a_preview_are_no_publication(workshop: Make):
    made = workshop(story("one", "2025-05-07", body=TEXT))
    told(made, out=False)
    made.build(preview=True)
    assert not (made.root / "content" / FILE).exists()


def test_an_unchanged_build_leaves_the_file_untouched(workshop: Make):
    made = workshop(story("one", "2025-05-07", body=TEXT), story("two", "2025-05-07"))
    told(made)
    file = made.root / "content" / FILE
    before = file.stat().st_mtime_ns
    told(made)
    assert file.stat().st_mtime_ns == before
    assert file.read_text().count('"title"') == 2  # a story a line
    assert file.read_text().count("\n") == 3  # and their edition


def test_a_large_archive_is_remembered_over_several_publications_newest_first(
    workshop: Make, monkeypatch: pytest.MonkeyPatch
):
    assert clearance.REMEMBERED > 2
    monkeypatch.setattr("broadsheet.publication.clearance.REMEMBERED", 2)
    made = workshop(*(story(f"s{n}", f"2025-05-0{n + 1}") for n in range(3)))

    def known() -> set[str]:
        return {item.id for item in published.load(made.site, Report()).of().values() if item.digest}

    told(made)
    assert known() == {"s1", "s2"}
    made.write(story("s2", "2025-05-03", body="Another body."))
    told(made)
    assert known() == {"s0", "s1", "s2"}


def test_a_broken_memory_is_told_in_every_build_and_never_written_over(workshop: Make):
    made = workshop(story("one", "2025-05-07", body=TEXT), f"-- content/{FILE} --\n<<<<<<< ours\n")
    for _ in range(2):
        (message,) = told(made)
        assert "is a mark of a merge" in message
        assert (made.root / "content" / FILE).read_text() == "<<<<<<< ours\n"
    (made.root / "content" / FILE).unlink()
    made.write(story("one", "2025-05-07", body=f"{TEXT} More."))
    assert told(made) == []
    assert '"one"' in (made.root / "content" / FILE).read_text()


def test_a_strict_build_refuses_a_changed_fact(workshop: Make):
    from click.testing import CliRunner

    from broadsheet.cli import program
    from broadsheet.commands import Call

    made = workshop(story("one", "2025-05-07", body=TEXT))

    def code() -> int:
        return CliRunner().invoke(program, ["build", "--strict"], obj=Call(made.root, {})).exit_code

    told(made)
    assert code() == 0
    made.write(story("one", "2025-05-07", body=TEXT.replace("12", "15")))
    assert code() == 1
    assert code() == 1


def test_where_a_link_leads_and_a_picture_lies_is_no_fact_of_a_story(workshop: Make):
    body = f"{TEXT}\n\n<a href='/12/'>More</a>, [again][more] `<b>`.\n\n[more]: /archive/2024/ 'Of 2024'\n"
    made = workshop(story("one", "2025-05-07", body=body))
    told(made)
    made.write(story("one", "2025-05-07", body=body.replace("/12/", "/14/").replace("2024", "2025")))
    assert [message for message in told(made) if "published" in message] == []


@pytest.mark.parametrize(
    ("settings", "command"),
    [("", "release --check"), ('[tool.broadsheet.targets.web]\nkind = "folder"\npath = "../www"\n', "publish")],
)
def test_the_answers_are_given_by_the_command_that_the_site_goes_out_by(workshop: Make, settings: str, command: str):
    made = workshop(story("one", "2025-05-07", body=TEXT), settings=settings)
    told(made)
    made.write(story("one", "2025-05-07", body=TEXT.replace("12", "15")))
    report = Report()
    build(open_site(made.root), Options(NOW), report)
    [hint] = [problem.hint for problem in report]
    assert f"broadsheet {command} --corrected" in hint
    assert f"broadsheet {command} --not-a-fact" in hint


TABLE = """The games ended.

| Land | Gold | Silver | Bronze |
|------|-----:|-------:|-------:|
| Japan | 20 | 12 | 13 |
| China | 19 | 14 | 11 |
"""


@pytest.mark.parametrize(
    ("edited", "line", "said"),
    [
        (TABLE.replace("| 12 | 13 |", "| 13 | 12 |"), 11, 'it says "13" where "12" was published'),
        (TABLE.replace("20", "X").replace("19", "20").replace("X", "19"), 11, 'it says "19" where "20" was published'),
        (TABLE.replace("Silver | Bronze", "Bronze | Silver"), 11, 'it says "13" where "12" was published'),
    ],
)
def test_figures_of_a_table_that_swap_places_are_told(workshop: Make, edited: str, line: int, said: str):
    made = workshop(story("one", "2025-05-07", body=TABLE))
    told(made)
    made.write(story("one", "2025-05-07", body=edited))
    made.build()
    [problem] = [one for one in made.report if one.code == "fact-changed"]
    assert said in problem.message
    assert str(problem.place) == f"content/stories/2025/05/one.md:{line}"


@pytest.mark.parametrize(
    "edited",
    [
        TABLE.replace("| Japan | 20 | 12 | 13 |\n| China | 19 | 14 | 11 |", "| China | 19 | 14 | 11 |\n| Japan | 20 | 12 | 13 |"),
        "The games ended.\n\n| Land | Silver | Bronze | Gold |\n|--|--|--|--|\n| Japan | 12 | 13 | 20 |\n| China | 14 | 11 | 19 |",
        TABLE + "| Italy | 10 | 2 | 3 |",
    ],
)  # fmt: skip
def test_rows_and_columns_in_another_order_are_no_change(workshop: Make, edited: str):
    made = workshop(story("one", "2025-05-07", body=TABLE))
    told(made)
    made.write(story("one", "2025-05-07", body=edited))
    assert told(made) == []


FRONT = {
    "authors": "[Helga Brandt]",
    "summary": "The mayor lost 12 boats, and spoke of a night at sea.",
    "points": "[Work begins with 7 ships]",
}


@pytest.mark.parametrize(
    ("key", "old", "new", "line"),
    [
        ("authors", "Helga Brandt", "Helga Brand", 5),
        ("summary", "12", "15", 6),
        ("points", "7", "8", 7),
    ],
)
def test_facts_of_the_front_matter_are_looked_at(workshop: Make, key: str, old: str, new: str, line: int):
    made = workshop(story("one", "2025-05-07", **FRONT))
    told(made)
    edited = {**FRONT, key: FRONT[key].replace(old, new)}
    made.write(story("one", "2025-05-07", **edited))
    made.build()
    [problem] = [one for one in made.report if one.code == "fact-changed"]
    assert problem.message == f'it says "{new}" where "{old}" was published'
    assert str(problem.place) == f"content/stories/2025/05/one.md:{line}"
    made.write(story("one", "2025-05-07", **{**FRONT, "authors": "[Helga Brandt, Ada Reed]"}))
    assert told(made) == []  # another author beside the first is none in the place of the first


def test_a_record_of_an_older_version_reports_no_change_and_learns_of_front_matter_and_tables(workshop: Make):
    text = story("one", "2025-05-07", body=TABLE, **FRONT)
    made = workshop(text)
    told(made)
    older = blake2b(f"One\0{next(iter(made.build().newspaper.stories)).body}".encode(), digest_size=8).hexdigest()

    def old(known: dict[tuple[str, str], published.PublishedItem]) -> None:
        item = known["story", "one"]
        claims = "|".join(part for part in item.claims.split("|") if part[:1] not in "@~#=")
        sent = {name: msgspec.structs.replace(one, byline="", when="then") for name, one in item.sent.items()}
        known["story", "one"] = msgspec.structs.replace(item, digest=older, claims=claims, sent=sent)

    published.change(made.site, old)
    assert told(made) == []
    item = published.load(made.site, Report()).of()["one"]
    assert item.digest != older
    assert item.sent["live"].when == "then"  # it is not taken for sent anew
    made.write(text.replace("Brandt", "Brand").replace("| 12 | 13 |", "| 13 | 12 |"))
    (message,) = told(made)
    assert message.count("was published") == 3


def test_a_fact_that_changes_in_title_and_text_alike_is_reported_once(workshop: Make):
    made = workshop(story("one", "2025-05-07", title="12 boats are lost", body=TEXT))
    told(made)
    made.write(story("one", "2025-05-07", title="15 boats are lost", body=TEXT.replace("12", "15")))
    assert told(made) == ['it says "15" where "12" was published']
