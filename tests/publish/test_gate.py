"""The subscribers' gate: what they would get a second time stops a publication until it is accepted by name."""

import re
from collections.abc import Callable
from typing import Any

import pytest

from broadsheet.cache import Files
from broadsheet.publish.bundle import Bundle, Digests
from broadsheet.publish.gate import FeedEntries, check_resends, gather
from broadsheet.publish.target_record import Record, begun, done
from tests.conftest import Workshop, story
from tests.publish.conftest import codes

Publisher = Callable[..., tuple[Workshop, Any]]
FOLDER = 'kind = "folder"\npath = "../www"'


def resends(made: Workshop) -> list[str]:
    return [problem.message for problem in made.problems("error") if problem.code == "sent-again"]


def test_the_first_publication_and_one_without_news_send_nothing_again(publisher: Publisher):
    _, send = publisher(FOLDER)
    first = send()
    assert first.first
    said = "6 new entries, 0 updated, 0 gone, 0 sent a second time"  # three stories, three editions
    assert str(first.resend_check) == said
    assert str(send().resend_check) == "0 new entries, 0 updated, 0 gone, 0 sent a second time"


def test_new_gone_and_updated_stories_are_counted(publisher: Publisher):
    made, send = publisher(FOLDER, 'freeze = "never"')  # else a story that is found late makes an edition
    send()
    made.write(story("four", "2025-05-09"))
    made.write(story("two", "2025-05-08", section="Science", topics="[Rome]", body="Another picture of it."))
    (made.root / "content/stories/2025/05/one.md").unlink()
    resend_check = send().resend_check
    assert resend_check.resends == ()
    assert resend_check.new == ("four",)
    assert resend_check.gone == ("example.org:editions/2025-05-07/", "one")
    assert "two" in resend_check.updated


@pytest.mark.parametrize(
    ("other", "sign"),
    [
        ({}, "the same address"),
        ({"name": "renamed", "title": "Renamed"}, "the same text"),
        ({"name": "renamed", "title": "Renamed", "day": "2025-05-01"}, "the same text"),
        ({"name": "renamed", "title": "One", "body": "Every word of it is new."}, "the same title and day"),
        (
            {"name": "renamed", "title": "Renamed", "body": " ".join(map(str, range(50))) + " and more"},
            "the same opening",
        ),
    ],
)
def test_a_story_under_another_id_stops_the_publication(publisher: Publisher, other: dict[str, str], sign: str):
    made, send = publisher(FOLDER)
    body = "Smoke rose over the roofs." if "opening" not in sign else " ".join(map(str, range(50)))
    made.write(story("one", "2025-05-07", body=body))
    send()
    (made.root / "content/stories/2025/05/one.md").unlink()
    given = {"name": "one", "day": "2025-05-07", "title": "One", "body": body} | other
    made.write(story(given["name"], given["day"], title=given["title"], body=given["body"], id="minted-anew"))
    result = send()
    assert not result.sent
    assert [one.guid for one in result.resend_check.resends] == ["minted-anew"]
    (message,) = resends(made)
    assert "'one'" in message
    assert sign in message
    (problem,) = made.problems("error")
    assert problem.place.file.endswith(f"{given['name']}.md")
    assert "--accept minted-anew" in problem.hint


def test_a_second_file_of_the_same_text_stops_the_publication(publisher: Publisher):
    made, send = publisher(FOLDER)
    send()
    made.write(story("copy", "2025-05-20", body="Smoke rose over the *roofs*."))
    assert not send().sent
    assert "the same text" in resends(made)[0]


def test_what_is_accepted_by_name_goes_out_and_is_not_asked_about_again(publisher: Publisher):
    made, send = publisher(FOLDER)
    send()
    made.write(story("copy", "2025-05-20", body="Smoke rose over the roofs."))
    assert not send("another-name").sent
    result = send("copy")
    assert result.sent
    assert result.resend_check.accepted == ("copy",)
    assert str(result.resend_check).endswith(", 1 sent a second time")
    assert send().sent
    assert not resends(made)


def test_two_stories_of_one_title_on_different_days_are_two_stories(publisher: Publisher):
    made, send = publisher(FOLDER)
    made.write(story("weather", "2025-05-10", title="The weather", body="Rain in the north."))
    send()
    (made.root / "content/stories/2025/05/weather.md").unlink()
    made.write(story("weather-2", "2025-05-11", title="The weather", body="Sun in the south."))
    assert send().sent


def test_another_domain_sends_nothing_again_while_the_site_keeps_its_id(publisher: Publisher):
    made, send = publisher(FOLDER)
    send()
    settings = made.root / "pyproject.toml"
    before = settings.read_text()
    settings.write_text(before.replace("https://example.org/", "https://news.example.net/daily/"))
    assert not send().sent
    assert all("editions" in message or "example.org" in message for message in resends(made))
    assert "set 'id' to the old host" in made.problems("error")[0].hint
    settings.write_text(settings.read_text().replace('title = "Daily"', 'title = "Daily"\nid = "example.org"'))
    result = send()
    assert result.sent
    assert str(result.resend_check).startswith("0 new entries, 0 updated, 0 gone, 0 sent a second time")


def test_a_story_that_comes_back_after_it_was_withdrawn_is_not_sent_again_nor_forgotten(publisher: Publisher):
    made, send = publisher(FOLDER)
    send()
    file = made.root / "content/stories/2025/05/one.md"
    text = file.read_text()
    file.unlink()
    send()
    file.write_text(text.replace("id: one", "id: other"))
    assert not send().sent
    file.write_text(text)
    assert send().sent


@pytest.mark.parametrize(
    ("name", "pattern", "sign"),
    [
        ("feed.xml", r"(<guid[^>]*>)one(</guid>)", "the same address"),
        ("atom.xml", r"(<entry>\s*<id>)[^<]*(</id>)", "another id in Atom"),
    ],
)
def test_another_id_in_one_form_of_a_feed_is_found_too(publisher: Publisher, name: str, pattern: str, sign: str):
    made, send = publisher(FOLDER)
    send()

    def known(before: Record) -> FeedEntries:
        bundle = Bundle(made.root / "output", ["feed.json", "feed.xml", "atom.xml"], Digests(made.root), {})
        return gather(bundle, "https://example.org/", before.entries, Files(made.root / "kept"))

    record = done(None, {}, {}, known(Record()).entries)
    assert check_resends(known(record), record, set()).resends == ()
    file = made.root / "output" / name
    text, changed = re.subn(pattern, r"\g<1>urn:uuid:00000000-0000-0000-0000-000000000001\2", file.read_text(), count=1)
    assert changed == 1
    file.write_text(text)
    (found,) = check_resends(known(record), record, set()).resends
    assert found.sign == sign


def test_a_feed_is_read_once_while_its_bytes_stay_as_they_are(publisher: Publisher, monkeypatch: pytest.MonkeyPatch):
    made, send = publisher(FOLDER)
    send()
    output, kept = made.root / "output", Files(made.root / "kept")
    reading: list[str] = []
    read = Bundle.read

    def reads(bundle: Bundle, path: str) -> bytes:
        reading.append(path)
        return read(bundle, path)

    monkeypatch.setattr(Bundle, "read", reads)

    def known(before: Record = Record()) -> FeedEntries:  # noqa: B008, it is frozen
        reading.clear()
        feeds = ["feed.json", "feed.xml", "atom.xml", "sections/world/feed.json"]
        return gather(Bundle(output, feeds, Digests(made.root), {}), "https://example.org/", before.entries, kept)

    first = known()
    record = done(None, {}, {}, first.entries)
    assert {"feed.json", "feed.xml", "atom.xml"} <= set(reading)
    assert known(record) == first
    assert reading == []
    feed = output / "feed.json"
    feed.write_text(feed.read_text().replace("Smoke rose", "Smoke fell"))
    assert check_resends(known(record), record, set()).updated == ("one",)
    assert reading == ["feed.json", "atom.xml"]  # which gives the edited entry its id there
    (made.root / "kept/feed-entries").write_bytes(b"damaged")
    assert check_resends(known(record), record, set()).updated == ("one",)


def test_an_interrupted_publication_counts_as_one_that_subscribers_may_have_seen():
    made = begun(None, {"a": "1"}, {})
    assert begun(made, {"b": "2"}, {}) == Record({"a": "1", "b": "2"})


def test_strict_sends_nothing_while_there_is_a_warning(publisher: Publisher):
    from broadsheet.errors import Report
    from broadsheet.pipeline import Options, silent
    from broadsheet.publication import PublishRequest, publish_site
    from tests.conftest import NOW

    made, _ = publisher(FOLDER)
    made.write(story("four", "2025-05-10", tpics="[x]"))
    for strict, sent in ((True, False), (False, True)):
        report = Report()
        done = publish_site(made.site, Options(NOW), PublishRequest(strict=strict), report, silent, lambda _: None)
        assert done.sent is sent
        assert report.count("warning")
    assert not codes(made)
