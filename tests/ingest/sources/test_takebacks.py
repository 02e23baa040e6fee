"""A notice names the story that it takes back by headline, id, slug or file; what only tells of such things names none."""

from __future__ import annotations

from pathlib import Path

import pytest

from broadsheet.ingest.sources import takebacks
from broadsheet.ingest.sources.index import IndexEntry, StoryIndex, fingerprint

TITLE = "Lock of 1809 is opened again"


def entry(path: str, title: str, known: str, file: str) -> IndexEntry:
    return IndexEntry(path, 1, 1, known, title, file, "", "", edited=False, fingerprint=fingerprint(title, title))


@pytest.fixture
def notices(tmp_path: Path) -> takebacks.Notices:
    (tmp_path / "0417.txt").write_text("a0417\n^BC-Canal-Lock,0210<\n^Lock of 1809 is opened again<\n", "utf-8")
    index = StoryIndex()
    index.add(entry("2025/03/lock.md", TITLE, "urn:canal:417", "0417.txt"))
    index.add(entry("2025/03/other.md", "Ferry gets a new name", "urn:canal:418", "0418.txt"))
    return takebacks.Notices(index, tmp_path)


@pytest.mark.parametrize(
    "said",
    [
        f"Please withdraw our story “{TITLE}”.", "Kill urn:canal:417, sent this morning.", "Kill BC-Canal-Lock, please.",
        f"Die Meldung „{TITLE}“ wird zurückgezogen.", f"La dépêche « {TITLE} » est annulée.",
        f"La noticia «{TITLE}» queda anulada.", f"La notizia «{TITLE}» è ritirata.", f"Het bericht “{TITLE}” is ingetrokken.",
        f"A notícia “{TITLE}” fica anulada.",
    ],
)  # fmt: skip
def test_a_notice_names_its_story(notices: takebacks.Notices, said: str):
    assert [found.path for found in notices.find("Advisory", said, 'it says "KILL"')] == ["2025/03/lock.md"]


@pytest.mark.parametrize(
    "said",
    [
        f"The keeper read out “{TITLE}”. The race was cancelled.",  # one sentence must say both
        "The publisher has withdrawn its book on locks.", f"{TITLE}, as we reported.", f"Withdraw “{TITLE}”. " + "x " * 900,
    ],
)  # fmt: skip
def test_a_story_names_none(notices: takebacks.Notices, said: str):
    assert not notices.find("News of the week", said, "")


def test_a_notice_does_not_take_itself_back(notices: takebacks.Notices):
    assert not notices.find(TITLE, f"Kill “{TITLE}”.", 'it says "KILL"', but="2025/03/lock.md")


@pytest.mark.parametrize("held", ["do not publish before the minister has spoken", "Not to be published until Friday"])
def test_an_embargo_is_no_notice_that_takes_a_story_back(held: str):
    assert not takebacks.is_notice("The tunnel has its first part.", f'it says "{held}"')


@pytest.mark.parametrize("held", ["DRAFT - NOT FOR PUBLICATION", "ENTWURF - bitte nicht veröffentlichen"])
def test_a_draft_is_no_notice_that_takes_a_story_back(held: str):
    assert not takebacks.is_notice("The owner withdrew his ship from the race.", f'it says "{held}"')


@pytest.mark.parametrize("held", ["Do not publish this story", "Do not use until further notice"])
def test_an_order_without_an_end_takes_a_story_back(held: str):
    assert takebacks.is_notice("The tunnel has its first part.", f'it says "{held}"')
