"""The command ``publish`` from end to end: what is shown, sent, recorded, checked afterwards, and announced to a hub."""

import json
import re
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs

import pytest

from broadsheet.config import load
from broadsheet.errors import BroadsheetError, Report
from broadsheet.pipeline import Options, silent
from broadsheet.publication import Publication, PublishRequest, delivery, deployment, publish_site
from broadsheet.publish import target_record
from tests.conftest import NOW, Workshop, story
from tests.local_server import LocalServer, QuietHandler

Make = Callable[..., Workshop]
TARGET = '[tool.broadsheet.targets.live]\nkind = "folder"\npath = "../www"\n'
ONE = story("one", "2025-05-07", body="Smoke rose over the roofs.")


def send(made: Workshop, **request: Any) -> Publication:
    made.report = Report()
    return publish_site(made.site, Options(NOW), PublishRequest(**request), made.report, silent, lambda _: None)


def command(made: Workshop, *words: str) -> subprocess.CompletedProcess[str]:
    called = [sys.executable, "-m", "broadsheet", "--site", str(made.root), "publish", *words]
    return subprocess.run(called, capture_output=True, text=True, check=False)


class Server(LocalServer):
    """A web server that gives what ``answer`` says, and keeps what it was asked."""

    def __init__(self, answer: Callable[[str], tuple[int, bytes]]) -> None:
        self.asked: list[tuple[str, str]] = []
        asked = self.asked

        class Handler(QuietHandler):
            def _answer(self) -> None:
                body = self.rfile.read(int(self.headers.get("Content-Length") or 0)).decode()
                asked.append((self.path, body))
                status, data = answer(self.path)
                self.send_response(status)
                self.send_header("Content-Length", str(len(data)))
                self.end_headers()
                self.wfile.write(data)

            do_GET = do_POST = _answer  # noqa: N815, the names that http.server looks for

        super().__init__(Handler)


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[..., Server]]:
    monkeypatch.setattr(delivery.verify, "__defaults__", ((0.0,),))  # no host here needs time
    started: list[Server] = []

    def start(answer: Callable[[str], tuple[int, bytes]]) -> Server:
        started.append(Server(answer))
        return started[-1]

    yield start
    for one in started:
        one.stop()


def test_the_command_shows_what_changes_then_sends_it(workshop: Make):
    made = workshop(ONE, settings=TARGET)
    dry = command(made, "--dry-run")
    assert dry.returncode == 0, dry.stderr
    assert "This was a dry run: the same command without --dry-run sends it." in dry.stdout
    assert not (made.root.parent / "www").exists()
    assert "new      index.html" not in dry.stdout
    assert "new      index.html" in command(made, "--dry-run", "--files").stdout
    sent = command(made, "live")
    assert sent.returncode == 0, sent.stderr
    assert "new        One  (content/stories/2025/05/one.md)" in sent.stdout
    assert re.search(r"live: 1 story new; \d feeds carry 2 new entries; \d+ files\.", sent.stdout)
    assert (
        "Subscribers: 2 new entries, 0 updated, 0 gone, 0 sent a second time (nothing was published before)."
        in sent.stdout
    )
    assert (made.root.parent / "www/current/index.html").exists()
    made.write(ONE.replace("id: one", "id: other"))
    stopped = command(made)
    assert stopped.returncode == 1
    assert "would be sent again" in stopped.stderr
    assert "Nothing was sent." in stopped.stdout
    assert "without --dry-run would send nothing either, because of what is" in command(made, "--dry-run").stdout
    assert command(made, "--accept", "other").returncode == 0
    back = command(made, "--rollback")
    assert back.returncode == 0, back.stderr
    assert "live is back at the release of" in back.stdout


def test_a_site_with_errors_is_not_sent_unless_that_is_asked_for(workshop: Make):
    made = workshop(ONE, story("two", "2025-05-08"), settings=TARGET)
    assert command(made).returncode == 0
    page = made.root.parent / "www/current/2025/05/07/one/index.html"
    assert page.exists()
    made.write(ONE.replace("date: ", "date: no day, "))
    stopped = command(made)
    assert stopped.returncode == 1
    assert "site: error: was not published: it has 1 error" in stopped.stderr
    assert "Nothing was sent." in stopped.stdout
    assert page.exists()
    assert "Published to live." in command(made, "--anyway").stdout
    assert "This story was withdrawn." in page.read_text("utf-8")  # its address goes on to answer


def test_a_broken_link_is_found_before_readers_find_it(workshop: Make):
    made = workshop(f"{ONE}\nMore on [this](/no/such/page/).\n", settings=TARGET)
    stopped = command(made)
    assert stopped.returncode == 1
    assert "leads to /no/such/page/, which does not exist" in stopped.stderr
    assert not (made.root.parent / "www").exists()


def test_of_the_check_only_errors_are_told_and_that_there_is_more(workshop: Make):
    made = workshop(story("one", "2025-05-07", review="[section]"), settings=TARGET)
    sent = command(made)
    assert sent.returncode == 0, sent.stderr
    assert "review" not in sent.stderr
    assert "See them with: broadsheet check" in sent.stderr
    assert command(made, "--strict").returncode == 1


@pytest.mark.parametrize(
    ("settings", "target", "said"),
    [
        ("", "", "the settings name no target"),
        (TARGET, "lvie", "Did you mean 'live'?"),
        (TARGET + TARGET.replace("live", "test"), "", "Name one: live, test."),
    ],
)
def test_a_target_that_is_not_clear_is_a_clear_error(workshop: Make, settings: str, target: str, said: str):
    made = workshop(ONE, settings=settings)
    with pytest.raises(BroadsheetError) as caught:
        send(made, target=target)
    assert said in str(caught.value)


def test_the_record_is_small_sorted_and_the_same_for_the_same_publication(workshop: Make):
    made = workshop(ONE, settings=TARGET)
    send(made)
    file = made.root / "content/published/live.json"
    first = file.read_bytes()
    found = json.loads(first)
    assert set(found["files"]) == set(made.output()) - {".broadsheet", ".gitignore"}
    assert list(found["files"]) == sorted(found["files"])
    assert set(found["entries"]) == {"one", "example.org:editions/2025-05-07/"}
    send(made)
    assert file.read_bytes() == first
    assert len(first.splitlines()) < 12 + len(found["files"]) + len(found["entries"])


def test_a_record_that_a_merge_has_broken_is_a_clear_error(workshop: Make):
    made = workshop(ONE, settings=TARGET)
    send(made)
    file = made.root / "content/published/live.json"
    file.write_text(file.read_text() + "<<<<<<< ours\n")
    with pytest.raises(BroadsheetError, match="not a record of a publication"):
        send(made)
    file.write_text('{"layout": 99}')
    with pytest.raises(BroadsheetError, match="newer Broadsheet"):
        send(made)


@pytest.mark.parametrize("text", ["{}", '{"a":[1,2]}', "layout", "files", "leaving", "entries", "past"])
def test_a_record_without_what_every_record_has_stops_a_story_under_another_id(workshop: Make, text: str):
    made = workshop(ONE, settings=TARGET)
    send(made)
    file = made.root / "content/published/live.json"
    known = json.loads(file.read_bytes())
    known.pop(text, None)
    damaged = text if text.startswith("{") else json.dumps(known)
    file.write_text(damaged)
    old = made.root / "content/stories/2025/05/one.md"
    words = old.read_text()
    old.write_text(words.replace("id: one", "id: other"))
    with pytest.raises(BroadsheetError, match=r"not a record of a publication.*is missing") as caught:
        send(made)
    assert caught.value.problem.code == "record-broken"
    assert "release --rebuild" in caught.value.problem.hint
    assert file.read_text() == damaged
    old.write_text(words)
    deployment.rebuild(made.site, Options(NOW), "live", Report(), silent)
    old.write_text(words.replace("id: one", "id: other"))
    assert not send(made).sent
    assert "sent-again" in {problem.code for problem in made.report}


def test_a_record_comes_back_from_its_file_as_it_was(tmp_path: Path):
    entry = target_record.PublishedEntry("2025/05/07/ü/", "1", "2025-05-07", "2", "3", "4")
    made = target_record.Record(
        {'ü\n".html': "1", "a": "2"}, {"x": "2025-01-01T00:00:00+00:00"}, {"g": entry}, {"h": entry}
    )
    target_record.save(tmp_path / "record.json", made, None, "record.json")
    assert target_record.load(tmp_path / "record.json", "record.json") == made
    assert target_record.load(tmp_path / "none.json", "none.json") is None


def test_a_record_that_is_changed_meanwhile_is_not_written_over(tmp_path: Path):
    file = tmp_path / "record.json"
    before, theirs = target_record.Record({"a": "1"}), target_record.Record({"a": "1", "b": "2"})
    target_record.save(file, before, None, "record.json")
    target_record.save(file, theirs, before, "record.json")
    for ours in (before, None):
        with pytest.raises(BroadsheetError, match="was changed while the site was published"):
            target_record.save(file, target_record.Record({"c": "3"}), ours, "record.json")
    file.write_text("<<<<<<< ours\n")
    with pytest.raises(BroadsheetError, match="not a record of a publication"):
        target_record.save(file, target_record.Record({"c": "3"}), theirs, "record.json")
    assert file.read_text() == "<<<<<<< ours\n"


def test_another_target_in_the_settings_draws_no_page_again(workshop: Make):
    made = workshop(ONE)
    made.build()
    (made.root / "pyproject.toml").write_text((made.root / "pyproject.toml").read_text() + TARGET)
    assert load(made.root)[0]
    assert made.build().printed.drawn == 0


def test_what_readers_get_is_compared_with_what_was_sent(workshop: Make, server: Callable[..., Server]):
    www: list[Path] = []

    def answer(path: str) -> tuple[int, bytes]:
        file = www[0] / (path.lstrip("/") + ("index.html" if path.endswith("/") else ""))
        return (
            (404, b"") if path.endswith("/one/") else (200, file.read_bytes() + (b"!" if path == "/feed.xml" else b""))
        )

    there = server(answer)
    made = workshop(ONE, settings=f'{TARGET}url = "{there.url}"\n')
    www.append(made.root.parent / "www/current")
    monkeypatched = delivery.SAMPLE
    delivery.SAMPLE = 1000  # every file is asked for
    try:
        assert send(made).sent
    finally:
        delivery.SAMPLE = monkeypatched
    told = {problem.place.file.removeprefix(there.url): problem.message for problem in made.problems("warning")}
    assert told == {"2025/05/07/one/": "answers 404", "feed.xml": "is not what was sent"}


def test_a_proof_asks_for_few_files_and_never_hangs_on_a_host_that_is_away(
    workshop: Make, server: Callable[..., Server]
):
    there = server(lambda _: (200, b"another site"))
    made = workshop(*(story(f"s{n}", "2025-05-07", body=f"Story {n}.") for n in range(30)), settings=TARGET)
    settings = made.root / "pyproject.toml"
    settings.write_text(f'{settings.read_text()}url = "{there.url}"\n')
    assert send(made).sent
    assert 1 < len(there.asked) <= 1 + delivery.SAMPLE
    there.asked.clear()
    settings.write_text(settings.read_text().replace(there.url, "http://127.0.0.1:9/"))
    made.write(story("s1", "2025-05-07", body="Another text."))
    assert send(made).sent
    assert {problem.code for problem in made.problems()} == {"publish-differs"}


def test_the_hub_is_told_of_the_feeds_that_changed_and_of_those_alone(workshop: Make, server: Callable[..., Server]):
    hub = server(lambda _: (204, b""))
    made = workshop(ONE, story("two", "2025-05-07", section="World"), settings=f'hub = "{hub.url}"\n{TARGET}')
    send(made)
    hub.asked.clear()
    made.write(story("one", "2025-05-07", body="The smoke was white."))
    send(made)
    topics = {parse_qs(body)["hub.url"][0] for _, body in hub.asked}
    assert {"https://example.org/feed.xml", "https://example.org/atom.xml"} <= topics
    assert not any("sections/world" in topic for topic in topics)
    hub.asked.clear()
    send(made)
    assert not hub.asked


def test_a_hub_that_refuses_is_a_warning(workshop: Make, server: Callable[..., Server]):
    hub = server(lambda _: (500, b""))
    made = workshop(ONE, settings=f'hub = "{hub.url}"\n{TARGET}')
    assert send(made).sent
    assert [problem.code for problem in made.problems()] == ["hub"]


def test_the_editions_that_a_publication_freezes_are_named_once_and_can_be_corrected(workshop: Make):
    made = workshop(story("one", "2025-05-07", title="The ferry sails from Pier 3"), settings=TARGET)
    file = made.root / "content/editions/2025-05-07.md"
    frozen = "1 edition whose period is over was frozen as published: commit content/editions/2025-05-07.md too."
    assert frozen in command(made, "live").stdout
    assert file.exists()
    assert "frozen" not in command(made, "live").stdout
    correction = "[{date: 2025-05-08, text: The ferry sails from Pier 4.}]"
    made.write(story("one", "2025-05-07", title="The ferry sails from Pier 4", corrections=correction))
    assert command(made, "live").returncode == 0
    page = made.page("editions/2025-05-07/index.html")
    assert "Pier 3" in page
    assert "Corrected" in page
    file.unlink()
    again = command(made, "live")
    assert again.returncode == 0, again.stderr
    assert frozen in again.stdout
    assert "Pier 3" not in made.page("editions/2025-05-07/index.html")
