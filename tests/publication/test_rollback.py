"""An earlier release is brought back on every target, with its record, behind the gate, and leaves no address dead."""

from __future__ import annotations

import datetime as dt
import json
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import feedparser
import pytest

from benchmarks.publish_kills import Place, place
from broadsheet.errors import BroadsheetError, Report
from broadsheet.pipeline import Options, silent
from broadsheet.publication import Publication, PublishRequest, publish_site, rollback
from broadsheet.publish import TargetState
from broadsheet.publish.bundle import DigestKind
from tests.conftest import NOW, Workshop, story

pytestmark = [pytest.mark.slow, pytest.mark.server]

KINDS = ("folder", "git", "s3", "rsync")
SETTINGS = 'id = "example.org"\nsearch = false\nshare_cards = 0\n[tool.broadsheet.targets.live]\n'
ONE = story("one", "2025-05-07", section="World", body="Smoke rose over the roofs of Rome.")
TWO = story("two", "2025-05-08", section="World", body="The ferry left at nine and came back at noon.")
LATE = story("late", "2025-05-09", section="Science", body="A probe sent back its first picture of the far side.")


def at(minute: int) -> dt.datetime:
    return NOW + dt.timedelta(minutes=minute)


class Published:
    """A site and the target that it is published to."""

    def __init__(self, made: Workshop, there: Place) -> None:
        self.made = made
        self.there = there
        self.minute = 0

    def send(self, *accept: str) -> Publication:
        self.made.report = Report()
        self.minute += 1
        request = PublishRequest(accept=accept, anyway=True)
        return publish_site(self.made.site, Options(at(self.minute)), request, self.made.report, silent, lambda _: None)

    def back(self, release: str = "", *, dry: bool = False, accept: tuple[str, ...] = ()) -> rollback.Rollback:
        self.made.report = Report()
        self.minute += 1
        request = rollback.RollbackRequest("", release, accept, dry)
        return rollback.roll_back(
            self.made.site, Options(at(self.minute)), request, self.made.report, silent, lambda _: None
        )

    def releases(self) -> list[Any]:
        return list(rollback.listed(self.made.site, Options(at(self.minute)), rollback.RollbackRequest())[1])

    def record(self) -> dict[str, Any]:
        return dict(json.loads((self.made.root / "content/published/live.json").read_bytes()))

    def files(self) -> dict[str, bytes]:
        """What readers get, without what only hosts of branches ask for and what is leaving."""
        leaving = self.record()["leaving"]
        return {path: data for path, data in self.there.files().items() if path not in leaving and path != ".nojekyll"}


@pytest.fixture(params=KINDS)
def published(
    request: pytest.FixtureRequest, tmp_path: Path, workshop: Callable[..., Workshop], monkeypatch: pytest.MonkeyPatch
) -> Iterator[Published]:
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_EC2_METADATA_DISABLED"):
        monkeypatch.setenv(name, "reed")
    monkeypatch.setenv("GIT_CONFIG_GLOBAL", "/dev/null")
    with place(request.param, tmp_path) as there:
        yield Published(workshop(ONE, settings=SETTINGS + there.settings), there)


@pytest.fixture
def local(tmp_path: Path, workshop: Callable[..., Workshop]) -> Iterator[Published]:
    with place("folder", tmp_path) as there:
        yield Published(workshop(ONE, settings=SETTINGS + there.settings), there)


def test_each_rollback_goes_one_release_further_and_the_next_publication_goes_out_again(published: Published):
    versions = []
    for number in range(3):
        published.made.write(story("one", "2025-05-07", section="World", body=f"Version {number} of it."))
        published.send()
        versions.append(published.files())
    assert published.back().sent
    assert published.files() == versions[1]
    assert published.back().sent
    assert published.files() == versions[0]
    with pytest.raises(BroadsheetError, match="no release before"):
        published.back()
    published.made.write(story("one", "2025-05-07", section="World", body="Put right."))
    published.send()
    assert "Put right." in published.files()["2025/05/07/one/index.html"].decode()
    assert published.back().sent  # what readers had before the publication
    assert published.files() == versions[0]


def test_the_record_goes_back_and_what_was_sent_stays_known_as_sent(published: Published):
    published.send()
    first = published.record()
    published.made.write(LATE)
    published.send()
    assert published.back().sent
    found = published.record()
    assert {path: found["files"][path] for path in first["files"]} == first["files"]
    assert found["entries"] == first["entries"]
    assert "late" in found["past"]
    published.made.write(LATE.replace("id: late", "id: other"))
    assert not published.send().sent
    assert "sent-again" in {problem.code for problem in published.made.problems("error")}


def test_an_address_that_only_the_newer_release_had_leads_on(published: Published):
    published.made.write(LATE)
    published.send()
    (published.made.root / "content/stories/2025/05/late.md").rename(
        published.made.root / "content/stories/2025/05/moved.md"
    )
    published.made.write(TWO)
    published.send()
    done = published.back()
    assert set(done.answering) >= {"2025/05/08/two/", "2025/05/09/moved/"}
    assert 'url=/2025/05/09/late/"' in published.files()["2025/05/09/moved/index.html"].decode()
    page = published.files()["2025/05/08/two/index.html"].decode()
    assert 'url=/"' in page
    assert "ferry" not in page
    published.send()  # the mistake comes back, as nobody has mended it
    assert "ferry" in published.files()["2025/05/08/two/index.html"].decode()
    assert "story" in published.files()["2025/05/09/moved/index.html"].decode()


def test_a_feed_that_only_the_newer_release_had_answers_without_entries_or_with_those_of_its_earlier_name(
    local: Published,
):
    local.made.write("".join(tale.replace("World", "Politics") for tale in (ONE, TWO)))
    local.send()
    local.made.write(ONE + TWO.replace("World", "Politics") + LATE)
    local.send()
    local.made.write(TWO)
    assert local.send().sent
    before = local.files()
    assert local.back().sent
    assert local.back().sent
    after = local.files()
    assert before.keys() <= after.keys()
    for name in ("feed.xml", "atom.xml"):
        said = feedparser.parse(after[f"sections/science/{name}"])
        assert said.version
        assert said.entries == []
        assert said.feed.get("id") == feedparser.parse(before[f"sections/science/{name}"]).feed.get("id")
    assert json.loads(after["sections/science/feed.json"])["items"] == []
    local.send()
    assert local.files().keys() >= before.keys()
    assert len(feedparser.parse(local.files()["sections/science/feed.xml"]).entries) == 1


def test_a_dry_rollback_shows_what_would_change_and_changes_nothing(published: Published):
    published.send()
    published.made.write(TWO)
    published.send()
    files, record = published.there.files(), published.record()
    done = published.back(dry=True)
    assert not done.sent
    assert "index.html" in done.changes.changed
    assert (published.there.files(), published.record()) == (files, record)


def test_the_releases_are_listed_and_one_is_brought_back_by_its_name(published: Published):
    versions = []
    for number in range(3):
        published.made.write(story("one", "2025-05-07", section="World", body=f"Version {number} of it."))
        published.send()
        versions.append(published.files())
    found = published.releases()
    assert [one.current for one in found] == [False, False, True]
    assert published.back(found[0].name[:20] if len(found[0].name) == 40 else found[0].name).sent
    assert published.files() == versions[0]
    assert published.releases()[-1].of == found[0].name
    with pytest.raises(BroadsheetError, match="there is no release 'x'"):
        published.back("x")


def test_what_somebody_else_put_there_stays(published: Published):
    published.send()
    published.made.write(TWO)
    published.send()
    before = published.there.files()
    published.back()
    published.send()
    assert published.there.files() == before


def test_a_release_whose_entries_would_be_sent_again_is_stopped(published: Published):
    published.send()
    published.made.write(ONE.replace("id: one", "id: other"))
    published.send("other")
    record = published.made.root / "content/published/live.json"
    found = json.loads(record.read_bytes())
    found["past"].pop("one")  # as where somebody has merged it wrongly
    record.write_text(json.dumps(found))
    before = published.there.files()
    assert not published.back().sent
    (problem,) = (one for one in published.made.problems("error") if one.code == "sent-again")
    assert "--accept one" in problem.hint
    assert published.there.files() == before
    assert published.back(accept=("one",)).sent


@pytest.mark.parametrize("published", ["s3", "rsync"], indirect=True)
@pytest.mark.parametrize("damage", ["lost", "altered"])
def test_a_file_that_the_store_has_lost_is_an_error_before_anything_is_sent(published: Published, damage: str):
    published.send()
    published.made.write(TWO)
    published.send()
    before, record = published.there.files(), published.record()
    store = published.made.root / ".broadsheet/releases"
    digest = json.loads(min((store / "targets/live").iterdir()).read_bytes())["files"]["index.html"]
    file = store / "objects" / digest[:2] / digest
    if damage == "lost":
        file.unlink()
    else:
        file.write_bytes(b"altered")
    with pytest.raises(BroadsheetError) as caught:
        published.back()
    assert caught.value.problem.code == "release-damaged"
    assert "1 file of this release missing or damaged, so you cannot roll back to it (index.html)" in str(caught.value)
    assert (published.there.files(), published.record()) == (before, record)


@pytest.mark.parametrize("published", ["folder"], indirect=True)
@pytest.mark.parametrize("damage", [b'{"index.h', b"{}", b'{"\xff": "a"}'])
def test_a_release_whose_list_is_damaged_never_empties_the_site(published: Published, damage: bytes):
    published.send()
    published.made.write(TWO)
    published.send()
    before, record = published.there.files(), published.record()
    (earlier,) = (one for one in published.releases() if not one.current)
    (listed,) = published.made.root.parent.rglob(f"releases/{earlier.name}.json")
    listed.write_bytes(damage)
    with pytest.raises(BroadsheetError, match="the list of this release's files is missing or damaged") as caught:
        published.back()
    assert caught.value.problem.code == "release-damaged"
    assert (published.there.files(), published.record()) == (before, record)


@pytest.mark.parametrize("published", ["folder"], indirect=True)
def test_a_folder_with_the_name_of_no_moment_is_no_release(published: Published):
    published.send()
    published.made.write(TWO)
    published.send()
    known = published.releases()
    folder = next(published.made.root.parent.rglob(f"releases/{known[0].name}")).parent
    (folder / "20250231T000000Z").mkdir()
    (folder / "20250231T000000Z.json").write_text("{}")
    assert published.releases() == known


@pytest.mark.parametrize("published", ["s3", "rsync"], indirect=True)
def test_without_its_store_there_is_nothing_to_go_back_to_and_the_error_says_so(published: Published):
    published.send()
    published.made.write(TWO)
    published.send()
    shutil.rmtree(published.made.root / ".broadsheet")
    with pytest.raises(BroadsheetError, match="no release before"):
        published.back()


@pytest.mark.parametrize("published", ["s3", "rsync"], indirect=True)
@pytest.mark.parametrize("damage", [b'{"mom', b'{"moment": "2025-05-07T00:00:00Z", "files": {"\xff": "a"}}'])
def test_a_damaged_list_of_the_store_is_no_release(published: Published, damage: bytes):
    published.send()
    published.made.write(TWO)
    published.send()
    earlier, now = published.releases()
    (published.made.root / f".broadsheet/releases/targets/live/{earlier.name}.json").write_bytes(damage)
    assert published.releases() == [now]
    with pytest.raises(BroadsheetError, match="no release before"):
        published.back()


@pytest.mark.parametrize("published", ["git"], indirect=True)
def test_a_branch_is_rolled_back_by_a_commit_that_says_so_also_without_a_work_folder(
    published: Published, tmp_path: Path
):
    published.send()
    published.made.write(TWO)
    published.send()
    before = subprocess.run(["git", "rev-parse", "pages"], cwd=tmp_path / "pages.git", capture_output=True, check=True)
    shutil.rmtree(published.made.root / ".broadsheet")
    published.back()
    log = subprocess.run(
        ["git", "log", "--format=%H %s", "pages"],
        cwd=tmp_path / "pages.git",
        capture_output=True,
        text=True,
        check=True,
    ).stdout.splitlines()
    assert len(log) == 3
    assert " Roll back to 20" in log[0]
    assert log[1].startswith(before.stdout.decode().strip())  # nothing was forced


@pytest.mark.parametrize("published", ["git"], indirect=True)
def test_what_somebody_else_deleted_from_a_branch_does_not_come_back(published: Published, tmp_path: Path):
    def by_hand(*words: str) -> None:
        who = ["-c", "user.name=Reed", "-c", "user.email=reed@example.org"]
        subprocess.run(["git", "-C", str(tmp_path / "copy"), *who, *words], check=True, capture_output=True)

    published.send()
    subprocess.run(["git", "clone", "-q", "-b", "pages", tmp_path / "pages.git", tmp_path / "copy"], check=True)
    (tmp_path / "copy/private.txt").write_text("not for the web")
    by_hand("add", "--force", "private.txt")
    by_hand("commit", "--quiet", "--message=By hand")
    by_hand("push", "--quiet")
    published.made.write(TWO)
    published.send()
    by_hand("pull", "--quiet")
    by_hand("rm", "--quiet", "private.txt")
    by_hand("commit", "--quiet", "--message=Not that")
    by_hand("push", "--quiet")
    published.made.write(LATE)
    published.send()
    assert "private.txt" not in published.there.files()
    published.back()
    assert "private.txt" not in published.there.files()
    assert "Two" in published.there.files()["index.html"].decode()


def test_no_more_releases_are_kept_than_are_wanted_and_their_files_once_each(local: Published):
    made = local.made
    settings = made.root / "pyproject.toml"
    settings.write_text(settings.read_text().partition("[tool.broadsheet.targets")[0])
    target = Own(made.root.parent / "own")
    for number in range(7):
        made.write(story("one", "2025-05-07", section="World", body=f"Version {number} of it."))
        request = PublishRequest(anyway=True, targets={"own": target})
        publish_site(made.site, Options(at(number)), request, Report(), silent, lambda _: None)
    store = made.root / ".broadsheet/releases"
    lists = [json.loads(file.read_bytes())["files"] for file in sorted((store / "targets/own").iterdir())]
    assert len(lists) == 5
    objects = {file.name for file in (store / "objects").rglob("*") if file.is_file()}
    assert objects == {digest for files in lists for digest in files.values()}
    back = rollback.RollbackRequest(targets={"own": target})
    assert rollback.roll_back(made.site, Options(at(9)), back, Report(), silent, lambda _: None).sent
    assert b"Version 5 of it." in (made.root.parent / "own/2025/05/07/one/index.html").read_bytes()


class Own:
    """A target of a site's own, which keeps no releases."""

    digest: DigestKind = "sha256"

    def __init__(self, folder: Path) -> None:
        self.extras: dict[str, bytes] = {}
        self._folder = folder

    def there(self, _bundle: Any) -> TargetState:
        return TargetState({}, frozenset())

    def send(self, bundle: Any, _changes: Any, _tell: Any) -> None:
        for path in bundle.paths:
            (self._folder / path).parent.mkdir(parents=True, exist_ok=True)
            (self._folder / path).write_bytes(bundle.read(path))


def test_the_command_lists_what_there_is_shows_what_changes_and_brings_it_back(local: Published):
    def command(*words: str) -> subprocess.CompletedProcess[str]:
        called = [sys.executable, "-m", "broadsheet", "--site", str(local.made.root), "publish", *words]
        return subprocess.run(called, capture_output=True, text=True, check=False)

    local.send()
    local.made.write(TWO)
    local.send()
    said = command("live", "--releases").stdout.splitlines()
    assert said[0] == "live: 2 releases, the newest first."
    assert said[1].startswith("20250601T120200Z")
    assert said[1].endswith("(current)")
    dry = command("--rollback", "--dry-run", "--files")
    assert dry.returncode == 0, dry.stderr
    assert "changed  archive/2025/05/index.html" in dry.stdout
    assert "/2025/05/08/two/ is not in that release, and leads to what is" in dry.stdout
    assert ", 0 sent a second time." in dry.stdout
    assert "the same command without --dry-run sends it." in dry.stdout
    back = command("--rollback", "--to", "20250601T120100Z")
    assert back.returncode == 0, back.stderr
    assert "live is back at the release of 2025-06-01 12:01." in back.stdout
    assert b"url=/" in local.files()["2025/05/08/two/index.html"]
    assert command("--to", "20250601T120100Z").returncode == 2


def named(changes: Any) -> dict[str, list[str]]:
    """The stories of a plan by what becomes of them."""
    return {
        kind: [one.id for one in getattr(changes, kind)] for kind in changes.__struct_fields__ if getattr(changes, kind)
    }


def test_after_a_rollback_a_plan_names_the_stories_that_readers_would_get_again(published: Published):
    def plan() -> dict[str, list[str]]:
        request = PublishRequest(dry=True, anyway=True)
        options = Options(at(published.minute + 1))
        found = publish_site(published.made.site, options, request, Report(), silent, lambda _: None)
        return named(found.cleared.stories)

    published.made.write(TWO)
    published.made.write(story("gone", "2025-05-06", section="World", body="A bridge was closed for a day."))
    published.send()
    published.made.write(LATE)
    published.made.write(ONE.replace("Smoke rose", "White smoke rose"))
    (published.made.root / "content/stories/2025/05/gone.md").unlink()
    published.send()
    assert plan() == {}
    assert published.back(accept=("gone",)).sent
    expected = {"new": ["late"], "changed": ["one"], "gone": ["gone"]}
    assert plan() == expected
    assert plan() == expected
    published.send("*")
    assert plan() == {}
    assert published.back(accept=("gone",)).sent  # as it was sent before: by the first rollback
    assert plan() == expected


NOTICE = '{date: 2025-05-10, text: "No smoke rose: the picture was of another year."}'
CORRECTION = '[{date: 2025-05-10, text: "The smoke rose at noon, not at nine."}]'
RETRACTED = story("one", "2025-05-07", section="World", body="Smoke rose over the roofs of Rome.", retracted=NOTICE)
CORRECTED = story("one", "2025-05-07", section="World", body="Smoke rose over Rome at noon.", corrections=CORRECTION)
PAGE = "2025/05/07/one/index.html"


@pytest.fixture(params=["folder", "git"])
def undone(
    request: pytest.FixtureRequest, tmp_path: Path, workshop: Callable[..., Workshop], monkeypatch: pytest.MonkeyPatch
) -> Iterator[Published]:
    monkeypatch.setenv("GIT_CONFIG_GLOBAL", "/dev/null")
    with place(request.param, tmp_path) as there:
        yield Published(workshop(ONE + TWO, settings=SETTINGS + there.settings), there)


@pytest.mark.parametrize(
    ("now", "said", "line"),
    [
        (RETRACTED, "takes back the retraction of 'One'", 6),
        (CORRECTED, "takes back 1 correction of 'One'", 6),
        ("", "brings back 'One', which was withdrawn", 0),
    ],
    ids=["retraction", "correction", "withdrawal"],
)
def test_a_rollback_undoes_what_an_editor_did_for_readers_only_where_that_is_accepted(
    undone: Published, now: str, said: str, line: int
):
    undone.send()
    first = undone.files()
    if now:
        undone.made.write(now)
    else:
        (undone.made.root / "content/stories/2025/05/one.md").unlink()
    assert undone.send().sent
    before = undone.there.files()
    for dry in (True, False):
        stopped = undone.back(dry=dry)
        assert not stopped.sent
        assert [one.said for one in stopped.stories if one.undone] == [said]
        (problem,) = undone.made.problems("error")
        assert problem.code == "rollback-undoes"
        assert said in problem.message
        assert "--accept one" in problem.hint
        if line:
            assert (problem.place.file, problem.place.line) == ("content/stories/2025/05/one.md", line)
    assert undone.there.files() == before
    assert undone.back(accept=("two",)).sent is False
    assert undone.back(accept=("one",)).sent
    assert undone.files()[PAGE] == first[PAGE]
    assert undone.files()["feed.xml"] == first["feed.xml"]
    assert undone.send().sent
    assert undone.files()[PAGE] == before[PAGE]  # what was done for readers is done again


@pytest.mark.parametrize("now", [RETRACTED, CORRECTED], ids=["retraction", "correction"])
def test_a_notice_that_the_release_holds_or_that_was_never_sent_speaks_against_no_rollback(local: Published, now: str):
    local.send()
    local.made.write(TWO + ONE.replace("Smoke rose", "White smoke rose"))
    local.send()
    local.made.write(now.replace("Smoke rose", "White smoke rose"))
    assert local.back().sent  # readers never had the notice
    local.send()
    local.made.write(LATE)
    local.send()
    done = local.back()
    assert done.sent
    assert [one.undone for one in done.stories if one.undone] == []


def test_a_notice_that_was_put_in_other_words_stays_a_notice_in_an_earlier_release(local: Published):
    local.made.write(RETRACTED)
    local.send()
    local.made.write(RETRACTED.replace("No smoke rose", "There was no smoke"))
    local.send()
    assert local.back().sent
    assert b"No smoke rose" in local.files()[PAGE]


def test_a_retraction_of_a_story_that_moved_since_is_not_taken_back(local: Published):
    local.send()
    (local.made.root / "content/stories/2025/05/one.md").unlink()
    local.made.write(RETRACTED.replace("05/one.md", "05/other.md"))
    local.send()
    assert not local.back().sent
    assert "rollback-undoes" in {one.code for one in local.made.problems("error")}


def test_a_story_that_a_rollback_took_away_comes_back_by_the_next_one_without_a_question(local: Published):
    local.send()
    local.made.write(TWO)
    local.send()
    newest = local.releases()[-1].name
    assert local.back().sent
    done = local.back(newest)
    assert done.sent
    assert [(one.id, one.kind) for one in done.stories] == [("two", "new")]
    assert "ferry" in local.files()["2025/05/08/two/index.html"].decode()


def test_the_command_names_first_what_would_be_undone_and_files_only_where_that_is_asked_for(local: Published):
    def command(*words: str) -> subprocess.CompletedProcess[str]:
        called = [sys.executable, "-m", "broadsheet", "--site", str(local.made.root), "publish", "--rollback", *words]
        return subprocess.run(called, capture_output=True, text=True, check=False)

    local.send()
    local.made.write(RETRACTED + TWO)
    local.send()
    dry = command("--dry-run")
    said = dry.stdout.splitlines()
    assert said[0] == "takes back the retraction of 'One'  (content/stories/2025/05/one.md)"
    assert said[1] == "gone       Two  (/2025/05/08/two/)"
    assert said[2].startswith("live: 1 story changed, 1 gone; ")
    assert "feed.xml" not in dry.stdout
    assert "content/stories/2025/05/one.md:6: error: the release of" in dry.stderr
    assert dry.returncode == 1
    assert "without --dry-run would send nothing either, because of what is" in dry.stdout
    assert "changed  feed.xml" in command("--dry-run", "--files").stdout
    assert command("--accept", "one").returncode == 0
