"""A site's own readers and targets: plain functions and values of its build.py."""

import datetime as dt
import subprocess
import sys
from collections.abc import Callable

import pytest

from broadsheet import ingest
from broadsheet.errors import BroadsheetError
from broadsheet.ingest import Draft, Hints, Source, make_draft, reader
from tests.conftest import NOW, Workshop

BUILD = """\
-- build.py --
import csv
import sys
from pathlib import Path

from broadsheet.cli import main
from broadsheet.ingest import make_draft


def table(source, hints):
    for row in csv.DictReader(source.data.decode().splitlines()):
        yield make_draft(row["title"], row["text"], section=row["section"], guid=row["key"])


class Shelf:
    digest = "sha256"
    extras = {"about.txt": b"Sent."}

    def __init__(self, folder):
        self.folder = Path(folder)

    def there(self, bundle):
        from broadsheet.publish import TargetState

        return TargetState({}, frozenset())

    def send(self, bundle, changes, tell):
        for path in changes.new:
            (self.folder / path).parent.mkdir(parents=True, exist_ok=True)
            (self.folder / path).write_bytes(bundle.read(path))


main(sys.argv[1:], site=Path(__file__).parent, readers={"*.csv": table}, targets={"shelf": Shelf("sent")})
-- content/inbox/table.csv --
key,title,section,text
a,Harbour reopens,World,The harbour is open again after a year.
b,Bridge closes,World,The bridge is shut until the autumn.
"""


def source(name: str, data: bytes = b"x") -> Source:
    return Source(name, data, NOW)


def run(made: Workshop, *words: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "build.py", *words]
    return subprocess.run(command, cwd=made.root, capture_output=True, text=True, check=False, timeout=120)


def test_a_reader_of_the_sites_own_makes_stories_that_nobody_need_doubt(workshop: Callable[..., Workshop]):
    made = workshop(BUILD)
    done = run(made, "build", "--strict")
    assert done.returncode == 0, done.stderr
    files = sorted(made.site.stories.rglob("*.md"))
    assert [file.name for file in files] == ["bridge-closes.md", "harbour-reopens.md"]
    assert "section: World" in files[0].read_text()
    assert "date" in files[0].read_text().partition("review:")[2]  # nothing said when: that is to be looked at
    assert "2 unchanged" in run(made, "ingest", "content/inbox/table.csv").stdout


def test_an_explanation_of_its_draft_finds_no_fault(workshop: Callable[..., Workshop]):
    done = run(workshop(BUILD), "ingest", "--explain", "content/inbox/table.csv")
    assert "Harbour reopens" in done.stdout
    assert done.stderr == ""


def test_a_target_of_the_sites_own_gets_what_changed_and_is_recorded(workshop: Callable[..., Workshop]):
    made = workshop(BUILD)
    done = run(made, "publish")
    assert done.returncode == 0, done.stderr
    assert (made.root / "sent/feed.xml").is_file()
    assert (made.root / "sent/about.txt").read_bytes() == b"Sent."
    assert (made.site.content / "published/shelf.json").is_file()
    assert "no-release" in run(made, "publish", "shelf", "--rollback").stderr


def test_a_target_is_named_so_that_its_record_can_be(workshop: Callable[..., Workshop]):
    made = workshop(BUILD.replace('"shelf": Shelf', '"../x": Shelf'))
    assert "[target-name]" in run(made, "publish").stderr


def test_the_first_pattern_that_fits_reads_whatever_the_case():
    def first(source: Source, hints: Hints) -> tuple[Draft, ...]:
        return (make_draft("First", "Body."),)

    def second(source: Source, hints: Hints) -> tuple[Draft, ...]:
        return (make_draft("Second", "Body."),)

    read = reader({"*.CSV": first, "*.csv": second, "wire/*": second})
    assert read(source("a/b.Csv"), Hints())[0].title.value == "First"
    assert read(source("wire/b.txt"), Hints())[0].title.value == "Second"
    assert read(source("b.txt", b"Harbour reopens\n\nThe harbour is open again. It was shut.\n"), Hints())


def test_what_goes_wrong_in_a_reader_is_the_sources_problem_with_the_readers_line():
    def bad(source: Source, hints: Hints) -> tuple[Draft, ...]:
        raise KeyError("title")

    def odd(source: Source, hints: Hints) -> list[str]:
        return ["a text"]

    for own, said in ((bad, "KeyError"), (odd, "returned str")):
        with pytest.raises(BroadsheetError, match=said) as cause:
            reader({"*": own})(source("a.csv"), Hints())  # type: ignore[dict-item]  # that is the point of it
        assert cause.value.problem.code == "reader-failed"
    with pytest.raises(BroadsheetError, match=r"test_own_readers\.py, line"):
        reader({"*": bad})(source("a.csv"), Hints())


def test_a_draft_of_what_is_known_takes_every_field():
    draft = make_draft("T", "B", date=dt.date(2025, 5, 8), authors=("Ann",), url="https://example.org/")
    assert draft.doubtful() == ()
    assert draft.url == "https://example.org/"
    with pytest.raises(TypeError):
        make_draft("T", "B", colour="red")


def test_an_embargo_in_the_text_of_a_draft_counts_whoever_read_it():
    def own(source: Source, hints: Hints) -> tuple[Draft, ...]:
        return (make_draft("Quay opens", "EMBARGOED UNTIL 10:00 GMT, 9 May 2025\n\nThe quay opens on Friday.\n"),)

    (draft,) = reader({"*": own})(source("a.csv"), Hints(today=dt.date(2025, 5, 8)))
    assert draft.embargo is not None
    assert draft.embargo.value == dt.datetime(2025, 5, 9, 10, tzinfo=dt.UTC)
    assert draft.body == "The quay opens on Friday.\n"


def test_readers_of_the_sites_own_work_in_many_processes(workshop: Callable[..., Workshop]):
    made = workshop(*(f"-- content/inbox/{n}.csv --\nStory {n}\n" for n in range(80)))

    options = ingest.Options(NOW, workers=2, read=reader({"*.csv": _line}))
    filed = ingest.run(made.site, (), options).filed
    assert [row.deed for row in filed] == ["new"] * 80


def _line(source: Source, hints: Hints) -> tuple[Draft, ...]:
    title = source.data.decode().strip()
    return (make_draft(title, f"{title} says what {hash(title)} means."),)
