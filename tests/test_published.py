"""An address that was published answers for ever: at the story's own page, or by a redirect to it."""

from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from broadsheet import published
from broadsheet.check import check_site
from broadsheet.config import open_site
from broadsheet.errors import Report
from broadsheet.pages import urls
from broadsheet.pipeline import Options, build, silent, update
from broadsheet.publication import PublishRequest, publish_site
from tests.conftest import NOW, Workshop, examples, story

pytestmark = pytest.mark.slow

Make = Callable[..., Workshop]
SETTINGS = 'search = false\nshare_cards = 0\n[tool.broadsheet.targets.live]\nkind = "folder"\npath = "../www"\n'


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
    check_site(open_site(made.root), Options(NOW), report, silent)
    [problem] = [one for one in report if one.code == "address-gone"]
    assert "/2025/05/07/ferry/ was published" in problem.message
    assert "ferry.md is not out" in problem.message
    assert f'"{"ferry"}"' in (made.root / problem.place.file).read_text().split("\n")[problem.place.line - 1]


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


@pytest.mark.parametrize("address", ["../../etc/", "/", "", ".git/", "a//b/", "feed.xml", "https://other.example/"])
def test_a_path_that_was_never_a_storys_makes_no_page(workshop: Make, address: str):
    made = workshop(story("ferry", "2025-05-07"), settings=SETTINGS)
    before = made.build().plan
    file = made.root / "content" / published.FILE
    file.parent.mkdir(parents=True)
    file.write_text(f'{{"ferry": ["{address}", "2025/05/07/ferry/"]}}')
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
        assert set(send(made)) <= {"story-moved"}
        output = made.output()
        for one, (slug, on) in names.items():
            address = f"2025/05/0{on}/{slug}/"
            seen.add(address)
            assert f"2025/05/0{on}/{slug}/index.html" in output, one
        assert all(urls.file(address) in output for address in seen)
