"""A running story that was found and published: whatever becomes of its stories, its address answers."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from broadsheet.config import open_site
from broadsheet.errors import Report
from broadsheet.pages import urls
from broadsheet.pipeline import Options, silent
from broadsheet.publication import PublishRequest, publish_site
from tests.conftest import NOW, Workshop, story

SETTINGS = (
    'search = false\nshare_cards = 0\nfreeze = "never"\n'
    '[tool.broadsheet.targets.live]\nkind = "folder"\npath = "../www"\n'
)
FERRY = {
    "late": ("2025-05-05", "Ferry Aurelia had steered by hand off Skerry Point", "The Aurelia was off course."),
    "aground": ("2025-05-06", "Ferry Aurelia runs aground off Skerry Point", "The Aurelia hit rocks at Skerry Point."),
    "tugs": ("2025-05-07", "Tugs fail to free the ferry Aurelia", "The Aurelia lies on the rocks of Skerry Point."),
    "captain": ("2025-05-08", "Captain of the ferry Aurelia questioned", "Police asked how Skerry Point was missed."),
    "towed": ("2025-05-14", "Aurelia ferry towed from Skerry Point", "Divers had sealed the hull of the Aurelia."),
}
OLD = "threads/aground/"


def file(name: str, *, title: str = "", **keys: str) -> str:
    day, headline, body = FERRY[name]
    return story(name, day, title=title or headline, body=body, **keys)


def send(made: Workshop) -> None:
    request = PublishRequest(anyway=True, accept=("*",))
    publish_site(open_site(made.root), Options(NOW), request, Report(), silent, lambda _: None)


@pytest.fixture
def made(workshop: Callable[..., Workshop]) -> Workshop:
    """A site whose running story of four was published."""
    made = workshop(*(file(name) for name in FERRY if name != "late"), settings=SETTINGS)
    send(made)
    assert FERRY["towed"][1] in page(made, OLD)
    return made


def page(made: Workshop, address: str) -> str:
    return made.output()[urls.file(address)].decode()


def test_a_story_that_comes_later_leaves_the_address_and_the_name(made: Workshop):
    name = page(made, OLD).partition("<h1")[2].partition("</h1>")[0]
    made.write(story("hearing", "2025-05-20", title="Hearing on the ferry Aurelia", body="Skerry Point had no light."))
    send(made)
    assert "Hearing on the ferry Aurelia" in page(made, OLD)
    assert page(made, OLD).partition("<h1")[2].partition("</h1>")[0] == name


def test_a_story_filed_late_moves_the_running_story_and_the_old_address_leads_on(made: Workshop):
    made.write(file("late"))
    send(made)
    assert "/threads/late/" in page(made, OLD)
    assert {FERRY[name][1] in page(made, "threads/late/") for name in FERRY} == {True}


def test_a_story_whose_headline_is_edited_stays_where_its_text_belongs(made: Workshop):
    made.write(file("tugs", title="A third attempt for the Aurelia"))
    send(made)
    assert "A third attempt for the Aurelia" in page(made, OLD)


def test_a_first_story_that_is_deleted_leaves_an_address_that_leads_on(made: Workshop):
    next((made.root / "content").rglob("aground.md")).unlink()
    send(made)
    assert "/threads/tugs/" in page(made, OLD)
    assert FERRY["towed"][1] in page(made, "threads/tugs/")


def test_two_that_an_editor_makes_one_lead_on_from_both_addresses(made: Workshop):
    coins = [
        ("mint", "2025-05-06", "Royal mint strikes copper coin for jubilee"),
        ("queue", "2025-05-07", "Copper coin of the mint for the jubilee sells out"),
        ("second", "2025-05-08", "Second copper coin for jubilee announced by mint"),
    ]
    made.write("".join(story(name, day, title=title) for name, day, title in coins))
    send(made)
    assert coins[1][2] in page(made, "threads/mint/")
    pinned = [story(name, day, title=title, thread="Odd news") for name, day, title in coins]
    made.write("".join([*pinned, *(file(name, thread="Odd news") for name in FERRY if name != "late")]))
    send(made)
    assert "/threads/odd-news/" in page(made, OLD)
    assert "/threads/odd-news/" in page(made, "threads/mint/")
    assert {title in page(made, "threads/odd-news/") for title in (coins[0][2], FERRY["towed"][1])} == {True}


def test_one_that_an_editor_parts_leaves_an_address_that_answers(made: Workshop):
    made.write("".join(file(name, thread="none") for name in ("captain", "towed")))
    send(made)
    assert "410" in next(line for line in made.output()["_redirects"].decode().splitlines() if OLD in line)
    assert page(made, OLD)
