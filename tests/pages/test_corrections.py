"""A correction travels: to the story's page, to subscribers, to search engines."""

from collections.abc import Callable

import pytest

from tests.conftest import Workshop, story

Make = Callable[..., Workshop]
SETTINGS = "search = false\nshare_cards = 0\n"
FIXED = "[{date: 2025-05-08, text: It was <fifteen> boats.}]"


@pytest.mark.parametrize("text", ["full", "summary"])
def test_a_correction_stands_at_the_head_of_the_entry_in_every_feed_and_moves_its_update(workshop: Make, text: str):
    settings = f'{SETTINGS}feed_text = "{text}"\n'
    made = workshop(story("ferry", "2025-05-07", body="The ferry sank."), settings=settings)
    made.build()
    before = {name: made.output()[name].decode() for name in ("feed.xml", "atom.xml", "feed.json")}
    made.write(story("ferry", "2025-05-07", body="The ferry sank.", corrections=FIXED))
    made.build()
    for name, old in before.items():
        feed = made.output()[name].decode()
        assert "fifteen" in feed
        assert "<fifteen>" not in feed
        assert feed.index("fifteen") < feed.rindex("The ferry sank.")
        assert old.count("ferry") <= feed.count("ferry")  # the entry is the one that subscribers have
    assert "<updated>2025-05-08T00:00:00" in made.output()["atom.xml"].decode()
    assert '"date_modified": "2025-05-08' in made.output()["feed.json"].decode().replace('":"', '": "')
    assert "2025-05-08" in made.output()["sitemap.xml"].decode()
    assert '"dateModified":"2025-05-08' in made.output()["2025/05/07/ferry/index.html"].decode().replace(": ", ":")


def test_a_correction_without_a_time_shows_none(workshop: Make):
    made = workshop(story("ferry", "2025-05-07", corrections=FIXED), settings=SETTINGS)
    made.build()
    page = made.output()["2025/05/07/ferry/index.html"].decode()
    assert "00:00" not in page.partition("<body")[2].partition("</article>")[0].replace("T00:00", "")
