"""A real subscriber, the library ``reader``: whatever an editor does to a story, no entry arrives twice."""

import contextlib
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from broadsheet.errors import Report
from broadsheet.ingest import Options as Ingesting
from broadsheet.ingest import run as ingest
from tests.conftest import NOW, Workshop, story

pytestmark = pytest.mark.slow

reader = pytest.importorskip("reader", reason="needs the library reader: pip install reader")

FORMS = ("feed.xml", "atom.xml", "feed.json")
FEEDS = tuple(f"{folder}{form}" for folder in ("", "editions/") for form in FORMS)
RAW = """-- content/inbox/harbour.txt --
New harbour wall opens after nine years

By Ada Reed
8 May 2025

HELGOLAND - The new harbour wall was opened on Thursday, nine years after the storm that broke the old one.

"It will stand for a century," the harbour master said. The ferry is to sail in winter from now on.
"""


class Subscriber:
    """Somebody who takes every feed of a site, in a program of their own."""

    def __init__(self, made: Workshop) -> None:
        self.made = made
        self.program = reader.make_reader(":memory:", feed_root=str(made.root / "output"))
        for feed in FEEDS:
            self.program.add_feed(feed)

    def news(self) -> int:
        """How many entries arrive as new."""
        return sum(found.new for feed in FEEDS if (found := self.program.update_feed(feed)))


@contextlib.contextmanager
def subscribed(root: Path) -> Iterator[tuple[Workshop, Subscriber]]:
    made = Workshop(root)
    made.write(
        '-- pyproject.toml --\n[tool.broadsheet]\ntitle = "Daily"\nurl = "https://example.org/"\nid = "example.org"\n'
    )
    made.write(RAW)
    made.write(story("one", "2025-05-07", section="World", body="Smoke rose over the roofs."))
    made.write(story("two", "2025-05-08", section="Science", body="A probe sent back its first picture."))
    ingest(made.site, (), Ingesting(NOW), lambda _: None)
    made.build()
    subscriber = Subscriber(made)
    assert subscriber.news() == 3 * (3 + 2)  # three stories and two editions, in three forms
    yield made, subscriber
    subscriber.program.close()


def edited(made: Workshop, key: str, value: str) -> None:
    file = max((made.root / "content/stories").rglob("*.md"))
    lines = file.read_text().splitlines()
    place = next((number for number, line in enumerate(lines) if line.startswith(f"{key}:")), len(lines))
    lines[place if place < len(lines) else 1 : place + 1 if place < len(lines) else 1] = [f"{key}: {value}"]
    file.write_text("\n".join(lines) + "\n")


def rename(made: Workshop, number: int) -> None:
    file = max((made.root / "content/stories").rglob("*.md"))
    file.rename(file.with_name(f"zz-{number}.md"))


def retitle(made: Workshop, number: int) -> None:
    edited(made, "title", f'"Title {number}"')


def redate(made: Workshop, number: int) -> None:
    edited(made, "date", f"2025-05-0{7 + number % 2}T0{number % 10}:00:00Z")


def move(made: Workshop, number: int) -> None:
    edited(made, "section", ("World", "Science", "Culture")[number % 3])


def change_domain(made: Workshop, number: int) -> None:
    file = made.root / "pyproject.toml"
    lines = [line for line in file.read_text().splitlines() if not line.startswith("url")]
    file.write_text("\n".join([*lines, f'url = "https://host-{number}.example.net/sub/"']) + "\n")


def swap_theme(made: Workshop, number: int) -> None:
    made.write(f"-- themes/broadsheet/templates/story.html --\n<p>{number}</p>{{{{ story.body }}}}\n")


def ingest_again(made: Workshop, _: int) -> None:
    ingest(made.site, (), Ingesting(NOW, again=True), lambda _: None)


DEEDS: tuple[Callable[[Workshop, int], None], ...] = (
    rename, retitle, redate, move, change_domain, swap_theme, ingest_again,
)  # fmt: skip


@pytest.mark.parametrize("deed", DEEDS, ids=lambda deed: deed.__name__)
def test_one_deed_sends_nothing_again(tmp_path: Path, deed: Callable[[Workshop, int], None]):
    with subscribed(tmp_path / "site") as (made, subscriber):
        deed(made, 3)
        made.build()
        assert not made.problems("error")
        assert subscriber.news() == 0


@settings(max_examples=6, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(deeds=st.lists(st.tuples(st.sampled_from(DEEDS), st.integers(0, 9)), min_size=2, max_size=5))
def test_nothing_that_an_editor_does_sends_a_story_again(
    tmp_path_factory: pytest.TempPathFactory, deeds: list[tuple[Callable[[Workshop, int], None], int]]
):
    with subscribed(tmp_path_factory.mktemp("subscribed") / "site") as (made, subscriber):
        for deed, number in deeds:
            deed(made, number)
            made.build()
            assert subscriber.news() == 0


def test_a_new_story_does_arrive(tmp_path: Path):
    with subscribed(tmp_path / "site") as (made, subscriber):
        made.write(story("four", "2025-05-08"))
        made.build()
        assert subscriber.news() == 3


def test_a_story_under_another_id_would_arrive_twice(tmp_path: Path):
    with subscribed(tmp_path / "site") as (made, subscriber):
        edited(made, "id", "minted-anew")
        made.build()
        made.report = Report()
        assert subscriber.news() == 3
