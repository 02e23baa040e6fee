"""docs/reference/views.md says what the types say."""

from broadsheet.pages.listing import FactsView
from broadsheet.pages.story import StoryView
from docs import views


def test_the_page_is_made_of_the_types():
    assert views.FILE.read_text("utf-8") == views.page(), "run: python docs/views.py"


def test_every_view_that_a_template_can_reach_is_there():
    assert {StoryView, FactsView} <= set(views.structs())
    page = views.page()
    for struct in views.structs():
        assert f"\n## {struct.__name__}\n" in page
        assert all(f"\n| `{field}` | " in page for field in struct.__struct_fields__)


def test_types_are_told_in_words():
    page = views.page()
    assert "| `updated` | [When](#when) or none |" in page
    assert "| `topics` | list of [Link](#link) |" in page
    assert "| `body` | safe HTML |" in page
    assert "| `index` | true or false; False: search engines are asked to leave it out |" in page
