"""An address that was published always answers: at the story's own page, or by a redirect to it."""

import shutil
from collections.abc import Callable
from typing import Any

import msgspec
import pytest
from click.testing import CliRunner
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from broadsheet import published
from broadsheet.check import check_site, stories
from broadsheet.cli import program
from broadsheet.commands import Call
from broadsheet.config import open_site
from broadsheet.errors import BroadsheetError, Report
from broadsheet.pages import urls
from broadsheet.pipeline import Options, build, silent, update
from broadsheet.publication import PublishRequest, deployment, publish_site
from broadsheet.publish.bundle import FEEDS
from broadsheet.published import record
from tests.conftest import NOW, Workshop, examples, story

pytestmark = pytest.mark.slow

Make = Callable[..., Workshop]
SETTINGS = 'search = false\nshare_cards = 0\nfreeze = "never"\n[tool.broadsheet.targets.live]\nkind = "folder"\npath = "../www"\n'


def send(made: Workshop) -> list[str]:
    report = Report()
    publish_site(open_site(made.root), Options(NOW), PublishRequest(), report, silent, lambda _: None)
    return sorted(problem.code for problem in report)


def rename(made: Workshop, old: str, new: str) -> None:
    [file] = (made.root / "content/stories").rglob(f"{old}.md")
    file.rename(file.with_name(f"{new}.md"))


def answers(made: Workshop, address: str) -> str:
    return made.output()[urls.file(address)].decode()


def test_a_renamed_story_keeps_its_old_address_without_an_alias(workshop: Make):
    made = workshop(story("ferry", "2025-05-07"), settings=SETTINGS)
    assert send(made) == []
    rename(made, "ferry", "boat")
    assert send(made) == ["story-moved"]
    assert "/2025/05/07/boat/" in answers(made, "2025/05/07/ferry/")
    assert "/2025/05/07/ferry/ " in made.output()["_redirects"].decode()
    rename(made, "boat", "ship")  # and again: both lead to where it is now
    send(made)
    for old in ("ferry", "boat"):
        assert "/2025/05/07/ship/" in answers(made, f"2025/05/07/{old}/")
    assert send(made) == []  # said once, at the publication that moved it


def test_what_is_said_of_a_story_that_was_redated_names_the_line_of_its_date(workshop: Make):
    made = workshop(story("ferry", "2025-05-07"), settings=SETTINGS)
    send(made)
    made.write(story("ferry", "2025-05-06"))
    publish_site(open_site(made.root), Options(NOW), PublishRequest(), report := Report(), silent, lambda _: None)
    [problem] = report
    [file] = (made.root / "content/stories").rglob("ferry.md")
    assert file.read_text().splitlines()[problem.place.line - 1].startswith("date:")


def test_a_redated_story_keeps_its_old_address(workshop: Make):
    made = workshop(story("ferry", "2025-05-07"), settings=SETTINGS)
    send(made)
    made.write(story("ferry", "2025-05-06"))
    send(made)
    assert "/2025/05/06/ferry/" in answers(made, "2025/05/07/ferry/")


def test_an_address_that_another_story_has_now_is_that_storys(workshop: Make):
    made = workshop(story("ferry", "2025-05-07"), story("boat", "2025-05-07"), settings=SETTINGS)
    send(made)
    rename(made, "ferry", "x")
    rename(made, "boat", "ferry")
    rename(made, "x", "boat")
    send(made)
    assert "refresh" not in answers(made, "2025/05/07/ferry/")
    assert "refresh" not in answers(made, "2025/05/07/boat/")


def test_what_no_reader_has_seen_has_no_old_address(workshop: Make):
    made = workshop(story("ferry", "2025-05-07"), settings=SETTINGS)
    build(made.site, Options(NOW), Report())
    rename(made, "ferry", "boat")
    send(made)
    assert "2025/05/07/ferry/index.html" not in made.output()


def test_an_address_that_is_gone_is_reported_with_the_storys_file(workshop: Make):
    made = workshop(story("ferry", "2025-05-07"), story("boat", "2025-05-07"), settings=SETTINGS)
    send(made)
    made.write(story("ferry", "2025-05-07", status="draft"))
    report = Report()
    site = open_site(made.root)
    check_site(site, Options(NOW), report, silent)
    assert [one.code for one in report if one.severity != "note"] == []  # a page there says what it was
    built = build(site, Options(NOW), Report())
    left = tuple(page for page in built.plan if page.template != "gone.html")  # as of a theme that has none
    [problem] = stories.gone(site, msgspec.structs.replace(built, plan=left))
    assert problem.code == "address-gone"
    assert "/2025/05/07/ferry/ was published" in problem.message
    assert "ferry.md is not published" in problem.message
    assert '"ferry"' in (made.root / problem.place.file).read_text().split("\n")[problem.place.line - 1]


def test_a_publication_does_not_make_the_next_build_look_at_everything(workshop: Make, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("broadsheet.disk.settled", lambda _changed, _now: True)
    made = workshop(story("ferry", "2025-05-07"), settings=SETTINGS)
    send(made)
    assert update(open_site(made.root), Options(NOW), Report()).seconds == {}


@pytest.mark.parametrize("text", ["<<<<<<< ours\n", "[1, 2]", '{"ferry": "2025/05/07/ferry/"}', "\x00"])
def test_a_damaged_file_is_reported_and_left_as_it_is(workshop: Make, text: str):
    made = workshop(story("ferry", "2025-05-07"), settings=SETTINGS)
    file = made.root / "content" / published.FILE
    file.parent.mkdir(parents=True)
    file.write_text(text)
    assert send(made) == ["published-unreadable"]
    assert file.read_text() == text


NO_PATHS = ["../../etc/", "/", "", ".git/", "a//b/", "feed.xml", "https://other.example/", "a\\u0000b/", "a\\nb/"]


@pytest.mark.parametrize("address", NO_PATHS)
def test_a_path_that_was_never_a_storys_makes_no_page(workshop: Make, address: str):
    made = workshop(story("ferry", "2025-05-07"), settings=SETTINGS)
    before = made.build().plan
    file = made.root / "content" / published.FILE
    file.parent.mkdir(parents=True)
    file.write_text(f'{{"id": "ferry", "addresses": ["{address}", "2025/05/07/ferry/"]}}\n')
    assert {page.path for page in made.build().plan} == {page.path for page in before}


MOVES = st.lists(st.tuples(st.sampled_from("abc"), st.sampled_from("pqrst"), st.integers(5, 8)), max_size=6)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=examples(15), deadline=None)
@given(moves=MOVES)
def test_no_published_address_ever_dies_whatever_is_renamed_and_redated(
    tmp_path_factory: pytest.TempPathFactory, moves: list[tuple[str, str, int]]
):
    made = Workshop(tmp_path_factory.mktemp("moves") / "site")
    made.write(f"-- pyproject.toml --\n[tool.broadsheet]\n{SETTINGS}")
    names: dict[str, Any] = {id_: (id_, 7) for id_ in "abc"}
    seen: set[str] = set()
    for id_, name, day in [("a", "a", 7), *moves]:
        if name in {other for one, (other, _) in names.items() if one != id_}:
            continue
        names[id_] = (name, day)
        for file in (made.root / "content").rglob("stories/**/*.md"):
            file.unlink()
        for one, (slug, on) in names.items():
            made.write(story(slug, f"2025-05-0{on}", id=one, body=f"Of {one} alone."))
        for on in range(5, 9):  # an edition that changes its day whole would reach its subscribers twice
            made.write(story(f"day-{on}", f"2025-05-0{on}", body=f"What day {on} brought.", priority="lead"))
        assert set(send(made)) <= {"story-moved", "page-moved", "page-gone"}
        output = made.output()
        for one, (slug, on) in names.items():
            address = f"2025/05/0{on}/{slug}/"
            seen.add(address)
            assert f"2025/05/0{on}/{slug}/index.html" in output, one
        assert all(urls.file(address) in output for address in seen)


def lines(made: Workshop) -> list[str]:
    return (made.root / "content" / published.FILE).read_text().splitlines()


def test_the_record_says_where_a_story_was_with_which_words_in_which_edition_and_where_it_went(workshop: Make):
    made = workshop(story("ferry", "2025-05-07", body="It carried 120 people."), settings=SETTINGS)
    send(made)
    item = published.load(made.site, Report()).of()["ferry"]
    assert (item.addresses, item.title, item.claims) == (("2025/05/07/ferry/",), "Ferry", "120")
    assert (item.edition, item.number) == ("2025-05-07", 1)
    assert (item.sent["live"].when, item.sent["live"].address) == ("2025-06-01T12:00:00Z", "2025/05/07/ferry/")
    before = lines(made)
    send(made)
    assert lines(made) == before
    made.write(story("boat", "2025-05-08"))
    send(made)
    assert set(before) < set(lines(made))  # only lines came to it


def test_what_older_versions_wrote_is_read_as_it_is_and_taken_over(workshop: Make):
    made = workshop(story("ferry", "2025-05-07", body="It carried 140 people."), settings=SETTINGS)
    digest = "0123456789abcdef"
    made.write(f'-- content/{record.ADDRESSES} --\n{{\n"ferry": ["2025/05/07/ship/", "2025/05/07/ferry/"]\n}}\n')
    made.write(f'-- content/{record.CLAIMS} --\n{{\n"ferry": ["{digest}",0,"120"]\n}}\n')
    assert send(made) == ["fact-changed"]
    made.write(story("ferry", "2025-05-07", body="It carried 120 people."))
    assert send(made) == []
    assert "/2025/05/07/ferry/" in answers(made, "2025/05/07/ship/")
    assert not (made.root / "content" / record.ADDRESSES).exists()
    assert not (made.root / "content" / record.CLAIMS).exists()
    item = published.load(made.site, Report()).of()["ferry"]
    assert (item.addresses, item.claims) == (("2025/05/07/ship/", "2025/05/07/ferry/"), "120")


def test_two_records_that_git_has_put_one_below_the_other_are_one(workshop: Make):
    made = workshop(story("ferry", "2025-05-07"), settings=SETTINGS)
    send(made)
    ours = lines(made)
    rename(made, "ferry", "boat")
    send(made)
    (made.root / "content" / published.FILE).write_text("\n".join([*lines(made), *ours, ""]))
    assert send(made) == []
    assert "/2025/05/07/boat/" in answers(made, "2025/05/07/ferry/")
    assert len(lines(made)) == len(ours)


def test_a_damaged_record_is_made_anew_of_what_can_be_read_of_it_and_of_what_is_out(workshop: Make):
    boat = story("boat", "2025-05-08", body="Of a boat.")
    made = workshop(story("ferry", "2025-05-07", body="Of a ferry."), boat, settings=SETTINGS)
    send(made)
    rename(made, "ferry", "ship")
    send(made)
    for name in (published.FILE, "published/live.json"):
        file = made.root / "content" / name
        kept = [line for line in file.read_text().splitlines() if "boat" not in line]
        file.write_text("\n".join(["<<<<<<< ours", *kept, ">>>>>>> theirs", ""]))
    with pytest.raises(BroadsheetError, match="release --rebuild"):
        send(made)
    made.write(story("never-out", "2025-05-09"))
    deployment.rebuild(open_site(made.root), Options(NOW), "", Report(), silent)
    assert set(published.load(made.site, Report()).of()) == {"ferry", "boat"}
    assert "/2025/05/07/ship/" in answers(made, "2025/05/07/ferry/")
    assert send(made) == []
    found = published.load(made.site, Report()).of()
    assert set(found) == {"ferry", "boat", "never-out"}
    assert found["ferry"].addresses == ("2025/05/07/ferry/", "2025/05/07/ship/")


def test_a_record_that_is_lost_stops_the_next_publication_until_it_is_made_anew(workshop: Make):
    made = workshop(story("ferry", "2025-05-07"), settings=SETTINGS)
    assert send(made) == []
    (made.root / "content" / record.FILE).unlink()
    rename(made, "ferry", "boat")
    assert send(made) == [record.UNREADABLE]  # and nothing was sent: the old address would be forgotten
    assert not (made.root / "content" / record.FILE).exists()
    assert (made.root / "../www/current/2025/05/07/ferry/index.html").exists()
    rename(made, "boat", "ferry")
    deployment.rebuild(open_site(made.root), Options(NOW), "", Report(), silent)
    rename(made, "ferry", "boat")
    assert send(made) == ["story-moved"]
    assert "/2025/05/07/boat/" in answers(made, "2025/05/07/ferry/")


@pytest.mark.parametrize(("left", "version"), [("", "this"), ("ferry", "this"), ("", "older")])
def test_a_record_that_lacks_what_was_sent_with_it_stops_the_next_publication(workshop: Make, left: str, version: str):
    made = workshop(story("ferry", "2025-05-07"), story("boat", "2025-05-08"), settings=SETTINGS)
    assert send(made) == []
    file, target = made.root / "content" / record.FILE, made.root / "content/published/live.json"
    file.write_text("".join(f"{line}\n" for line in lines(made) if left and f'"{left}"' in line))
    if version == "older":  # which did not count
        target.write_text("".join(x for x in target.read_text().splitlines(keepends=True) if '"recorded"' not in x))
    before = file.read_text()
    rename(made, "boat", "ship")
    check = Report()
    check_site(made.site, Options(NOW), check, silent)
    assert [one.hint.rpartition(": ")[2] for one in check if one.code == record.UNREADABLE] == [
        "broadsheet release --rebuild live"
    ]
    assert send(made) == [record.UNREADABLE]  # and nothing was sent: the old address would be forgotten
    assert file.read_text() == before
    rename(made, "ship", "boat")
    deployment.rebuild(made.site, Options(NOW), "", Report(), silent)
    assert send(made) == []


def test_a_record_that_is_made_anew_after_a_story_was_renamed_keeps_its_old_address(workshop: Make):
    about = "-- content/pages/about.md --\n---\ntitle: About\nsummary: Who we are.\n---\nWe print.\n"
    made = workshop(story("ferry", "2025-05-07"), story("boat", "2025-05-08"), about, settings=SETTINGS)
    send(made)
    shutil.rmtree(made.root / "content/published")
    rename(made, "ferry", "ship")
    (made.root / "content/stories/2025/05/boat.md").unlink()
    (made.root / "content/pages/about.md").unlink()
    assert "publish-unknown" in send(made)
    report = Report()
    deployment.rebuild(made.site, Options(NOW), "", report, silent)
    assert not len(report)
    assert "story-moved" in send(made)
    assert "/2025/05/07/ship/" in answers(made, "2025/05/07/ferry/")
    assert answers(made, "2025/05/08/boat/")  # it says that it is gone
    assert '<h1 dir="auto">About</h1>' in answers(made, "about/")


def test_pages_that_no_feed_names_are_known_again_by_what_they_say_of_themselves(workshop: Make):
    made = workshop(story("ferry", "2025-05-07"), story("boat", "2025-05-08", title="Boats & men"), settings=SETTINGS)
    send(made)
    rename(made, "ferry", "ship")
    send(made)
    rename(made, "ship", "vessel")
    (made.root / "content/stories/2025/05/boat.md").unlink()
    for name in FEEDS:
        for feed in (made.root / "../www/current").rglob(name):
            feed.unlink()
    shutil.rmtree(made.root / "content/published")
    shutil.rmtree(made.root / "output")
    deployment.rebuild(made.site, Options(NOW), "", report := Report(), silent)
    assert not len(report)
    send(made)
    for old in ("ferry", "ship"):
        assert "/2025/05/07/vessel/" in answers(made, f"2025/05/07/{old}/")
    assert '<h1 dir="auto">Boats &amp; men</h1>' in answers(made, "2025/05/08/boat/")


def test_a_page_of_which_nothing_can_be_read_is_reported_when_the_record_is_made_anew(workshop: Make):
    about = "-- content/pages/about.md --\n---\ntitle: About\nsummary: Who we are.\n---\nWe print.\n"
    made = workshop(story("ferry", "2025-05-07"), about, settings=SETTINGS)
    send(made)
    shutil.rmtree(made.root / "content/published")
    (made.root / "content/pages/about.md").unlink()
    for listed in (made.root / "../www/releases").glob("*.json"):  # without it nobody knows whose files these are
        listed.unlink()
    deployment.rebuild(made.site, Options(NOW), "", report := Report(), silent)
    assert [str(one.place) for one in report] == ["live:about/index.html"]


def test_a_page_of_somebody_else_s_is_taken_for_none_of_the_site_s_when_the_record_is_made_anew(workshop: Make):
    made = workshop(story("ferry", "2025-05-07"), settings=SETTINGS)
    send(made)
    (made.root / "../www/current/proof.html").write_text("<title>Proof</title>")
    shutil.rmtree(made.root / "content/published")
    deployment.rebuild(made.site, Options(NOW), "", report := Report(), silent)
    assert not len(report)
    assert send(made) == ["publish-other"]
    assert (made.root / "../www/current/proof.html").read_text() == "<title>Proof</title>"


def test_a_story_of_which_nothing_may_be_known_leaves_its_id_alone(workshop: Make):
    made = workshop(story("ferry", "2025-05-07"), story("boat", "2025-05-08"), settings=SETTINGS)
    send(made)
    made.write(story("boat", "2025-05-08", status="draft"))
    file = made.root / "content" / record.FILE
    stripped = ['{"id":"boat"}' if '"id":"boat"' in line else line for line in lines(made)]
    file.write_text("\n".join([*stripped, ""]))
    assert record.UNREADABLE not in send(made)
    assert "2025/05/08/boat/index.html" not in made.output()
    assert "2025/05/07/ferry/index.html" in made.output()


def test_a_first_publication_of_which_nothing_had_to_be_sent_is_recorded_whole(workshop: Make):
    made = workshop(story("ferry", "2025-05-07"), settings=SETTINGS)
    send(made)
    shutil.rmtree(made.root / "content/published")
    assert send(made) == []
    assert {file.name for file in (made.root / "content/published").iterdir()} == {"record.jsonl", "live.json"}
    assert send(made) == []
    rename(made, "ferry", "boat")
    assert send(made) == ["story-moved"]


def test_an_edition_whose_only_story_is_redated_keeps_number_entry_and_address(workshop: Make):
    made = workshop(story("ferry", "2025-05-07"), story("boat", "2025-05-08"), settings=SETTINGS)
    send(made)
    made.write(story("ferry", "2025-05-04"))
    assert send(made) == ["story-moved"]
    assert "/editions/2025-05-04/" in answers(made, "editions/2025-05-07/")
    assert "No. 1" in made.page("editions/2025-05-04/index.html")
    assert "example.org:editions/2025-05-07/" in made.page("editions/feed.json").replace(
        "127.0.0.1:8000", "example.org"
    )
    made.write(story("quay", "2025-05-07", body="Of a quay."))  # a new edition of the old day is another one
    assert "sent-again" not in send(made)
    assert "No. 3" in made.page("editions/2025-05-07/index.html")
    assert "No. 1" in made.page("editions/2025-05-04/index.html")


def test_addresses_of_a_publication_that_broke_off_count_where_readers_could_have_met_them(
    workshop: Make, monkeypatch: pytest.MonkeyPatch
):
    made = workshop(story("ferry", "2025-05-07"), settings=SETTINGS)
    send(made)

    def broken(*_: Any) -> None:
        raise KeyboardInterrupt

    rename(made, "ferry", "boat")
    with monkeypatch.context() as patch:
        patch.setattr(published, "keep", broken)  # it is at the target, and nothing was taken down of that
        with pytest.raises(KeyboardInterrupt):
            send(made)
    rename(made, "boat", "ship")
    with monkeypatch.context() as patch:
        patch.setattr("broadsheet.publish.folder.Folder.send", broken)  # nothing of it is at the target
        with pytest.raises(KeyboardInterrupt):
            send(made)
    rename(made, "ship", "raft")
    send(made)
    item = published.load(made.site, Report()).of()["ferry"]
    assert item.addresses == ("2025/05/07/ferry/", "2025/05/07/boat/", "2025/05/07/raft/")


def test_an_edition_of_a_publication_that_broke_off_keeps_its_number_and_its_entry(
    workshop: Make, monkeypatch: pytest.MonkeyPatch
):
    made = workshop(story("ferry", "2025-05-04"), settings=SETTINGS)
    send(made)

    def broken(*_: Any) -> None:
        raise KeyboardInterrupt

    made.write(story("crane", "2025-05-07", body="A crane stands at Pier 3."))
    with monkeypatch.context() as patch:
        patch.setattr(published, "keep", broken)  # it is at the target, and nothing was taken down of that
        with pytest.raises(KeyboardInterrupt):
            send(made)
    made.write(story("barge", "2025-05-03", body="Coal goes up the river."))  # counted anew, it would be before both
    (made.root / "content/stories/2025/05/crane.md").unlink()
    send(made)
    made.write(story("quay", "2025-05-07", body="Ropes are sold by the metre."))
    report = Report()
    publish_site(made.site, Options(NOW), PublishRequest(), report, silent, lambda _: None)
    assert "sent-again" not in {problem.code for problem in report}
    assert "No. 2" in made.page("editions/2025-05-07/index.html")


def test_a_story_that_comes_when_todays_edition_is_frozen_gives_no_feed_a_date_to_come(workshop: Make):
    today = f"{NOW:%Y-%m-%d}"
    made = workshop(story("ferry", today), settings=SETTINGS)
    send(made)
    words = ["--site", str(made.root), "edition", "freeze", today, "--now", f"{NOW:%Y-%m-%dT%H:%M:%S}"]
    assert CliRunner().invoke(program, words, obj=Call(made.root)).exit_code == 0
    made.write(story("crane", today, body="A crane stands at Pier 3."))
    assert "feed-rule" not in send(made)
    dates = [item["date_published"] for item in msgspec.json.decode(made.output()["editions/feed.json"])["items"]]
    assert len(dates) == 2
    assert max(dates)[:10] <= today


@pytest.mark.parametrize("key", ["pages", "number", "corrections"])
@pytest.mark.parametrize("value", ["1000000000000", "-1", "1e400", "9" * 60])
def test_a_number_that_no_site_has_is_a_problem_with_its_line_and_makes_no_page(workshop: Make, key: str, value: str):
    made = workshop(story("ferry", "2025-05-07"), settings=SETTINGS)
    file = made.root / "content" / record.FILE
    file.parent.mkdir(parents=True)
    file.write_text(
        '{"id":"boat","addresses":["2025/05/06/boat/"],"sent":{"live":["","2025/05/06/boat/"]}}\n'
        f'{{"id":"sections/economy/","kind":"section","addresses":["sections/economy/"],"{key}":{value}}}\n'
    )
    made.build()
    assert [str(one.place) for one in made.report if one.code == record.UNREADABLE] == [
        "content/published/record.jsonl:2"
    ]
    assert not any("economy" in path for path in made.output())
    assert "2025/05/06/boat/index.html" in made.output()  # the line that is right holds


NO_ADDRESSES = [
    "%2e%2e/x/", "a/%2E%2e/b/", "/x/", "//x/", "\\x/", "a\\..\\b/", "../x/", "a/../b/", "./x/", "a//b/", "x", "a/%2fb/",
    "https://example.org/", "x/\n/ /y/", ".git/", "a/%5c/", "%252e%252e/x/",
]  # fmt: skip


@pytest.mark.parametrize("address", NO_ADDRESSES)
def test_an_address_that_leads_out_of_the_site_is_refused_by_story_and_line_and_reaches_no_host(
    workshop: Make, address: str
):
    made = workshop(story("ferry", "2025-05-07"), settings=SETTINGS)
    known = {"id": "boat", "title": "A boat", "addresses": ["2025/05/06/boat/", address]}
    kept = {"id": "ferry", "addresses": [address, "2025/05/07/ferry/"], "title": "Ferry"}
    made.write(
        f"-- content/{record.FILE} --\n{msgspec.json.encode(known).decode()}\n{msgspec.json.encode(kept).decode()}\n"
    )
    made.build()
    said = {f"{one.place}: {one.message}" for one in made.report if one.code == "published-address"}
    shown = f"{address!r} is no address of a page"
    assert said == {
        f"content/published/record.jsonl:1: story 'A boat': {shown}",
        f"content/published/record.jsonl:2: story 'Ferry': {shown}",
    }
    table = made.output()["_redirects"].decode()
    assert table.splitlines() == ["/2025/05/06/boat/ /2025/05/06/boat/index.html 410!"]
    inside = (made.root / "output").resolve()
    assert all(path.resolve().is_relative_to(inside) for path in inside.rglob("*"))
    assert {path.name for path in made.root.iterdir()} <= {"content", "output", "pyproject.toml", ".broadsheet"}
    assert send(made) == ["published-address", "published-address"]  # it stops nothing


@pytest.mark.parametrize(
    "alias", ["/%2e%2e/x/", "/a/%2e%2e/b/", "//x/", "/\\x/", "/a/%5c../", "/%2e/x/", "/a/%2fb/", "/../x/"]
)
@pytest.mark.parametrize("kind", ["story", "page"])
def test_an_alias_that_leads_out_of_the_site_is_refused_by_file_and_line(workshop: Make, alias: str, kind: str):
    made = workshop(story("ferry", "2025-05-07"), settings=SETTINGS)
    if kind == "story":
        made.write(story("boat", "2025-05-08", aliases=f"['{alias}']"))
    else:
        made.write(f"-- content/pages/boat.md --\n---\ntitle: Boat\nsummary: x\n\n\naliases: ['{alias}']\n---\nx\n")
    made.build()
    [problem] = [one for one in made.report if one.severity != "note"]
    assert problem.code in ("alias", "value")
    assert problem.place.file.endswith("boat.md")
    assert problem.place.line == (5 if kind == "story" else 6)
    assert made.output()["_redirects"] == b""


def test_what_is_pending_and_cannot_be_read_is_an_error_and_no_traceback(workshop: Make):
    made = workshop(story("ferry", "2025-05-07"), settings=SETTINGS)
    send(made)
    file = made.root / "content/published/live.json"
    text = file.read_text().rstrip().removesuffix("}").rstrip()
    file.write_text(
        text + ',\n"pending": {\n"section x": {"id": "x", "kind": "section", "pages": 1000000000000}\n}\n}\n'
    )
    with pytest.raises(
        BroadsheetError,
        match=r"content/published/live\.json: error: pending: pages: expected a whole number of at most 100000",
    ):
        send(made)
