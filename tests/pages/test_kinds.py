"""Pages that print the same stories are drawn one after another, the newest first."""

from collections.abc import Callable

from broadsheet.pages.kinds import LAST, place
from broadsheet.pages.listing import ListInputs
from broadsheet.pages.story import StoryInputs
from tests.conftest import Workshop, story

Make = Callable[..., Workshop]


def test_a_story_and_the_lists_that_begin_with_it_are_drawn_together_and_feeds_last(workshop: Make):
    days = [f"2025-05-{day:02}" for day in range(1, 10)]
    plan = workshop(*(story(f"s{day}", day, section="World") for day in days), settings="per_page = 3\n").build().plan
    places = [place(page) for page in plan]
    assert places == sorted(places)
    own = [page.inputs.item.story.id for page in plan if isinstance(page.inputs, StoryInputs)]
    assert own == [f"s{day}" for day in reversed(days)]
    second = next(page for page in plan if page.path == "sections/world/page/2/index.html")
    assert isinstance(second.inputs, ListInputs)
    assert place(second) == place(next(page for page in plan if page.path.endswith("/s2025-05-06/index.html")))
    assert all(place(page) == LAST for page in plan if page.path.endswith("feed.xml"))
