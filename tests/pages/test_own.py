"""A site's own kinds of pages are planned, drawn, explained and reported as Broadsheet's own are."""

from __future__ import annotations

import datetime as dt
import inspect
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any

import msgspec
import pytest

from broadsheet import disk, pipeline
from broadsheet.check.explanation import explain
from broadsheet.check.proving import prove
from broadsheet.cli import main
from broadsheet.errors import Report
from broadsheet.model import Page
from broadsheet.pages import Item, Kind, template
from broadsheet.pipeline import Built, Options
from broadsheet.pipeline.reading import read_story
from broadsheet.preview.builder import Builder, PreviewState, SiteExtensions
from tests.conftest import NOW, Workshop, story

pytestmark = pytest.mark.slow

Make = Callable[..., Workshop]

SITE = (
    story("port", "2025-05-07", topics="[Oslo]", body="Three words here."),
    story("fjord", "2025-05-08", topics="[Oslo, Bergen]"),
    """
-- themes/broadsheet/templates/town.html --
{% extends "base.html" %}
{% block main %}<h1>{{ page.title }}</h1>
<ul>{% for card in cards %}<li>{{ card.title }}</li>{% endfor %}</ul><p>{{ words }} words</p>{% endblock %}
""",
)
LIST = "towns/oslo/index.html"


class Town(msgspec.Struct, frozen=True):
    name: str
    address: str
    items: tuple[Item, ...]
    words: int = 0
    more: Any = None


def plan(context: Any) -> Iterator[Page]:
    for name in ("Oslo", "Bergen"):
        found = [one for one in context.newspaper.stories if name in one.topics]
        address = f"towns/{name.lower()}/"
        items = tuple(map(context.item, found))
        yield context.page(address, "town.html", Town(name, address, items, sum(one.words for one in found)))


def view(made: Town, context: Any) -> dict[str, Any]:
    cards = tuple(map(context.card, made.items))
    return {"page": context.page("town", made.address, made.name), "cards": cards, "words": made.words}


def kind(**parts: Any) -> Kind:
    whole: dict[str, Any] = {
        "name": "town", "inputs": Town, "plan": plan, "view": view,
        "templates": {"town.html": template("A town.", cards=tuple, words=int)},
    }  # fmt: skip
    return Kind(**(whole | parts))


def built(made: Workshop, *kinds: Any, **options: Any) -> Built:
    made.report = Report()
    return pipeline.build(made.site, Options(NOW, pages=kinds, **options), made.report)


def line_of(function: Any, text: str) -> int:
    lines, first = inspect.getsourcelines(function)
    return first + next(number for number, line in enumerate(lines) if text in line)


def page_with(**parts: Any) -> Callable[[Any], Iterable[Any]]:
    """A plan of one page that is not as it should be, and one that is."""

    def plan(context: Any) -> Iterator[Page]:
        fine = context.page("towns/fine/", "town.html", Town("Fine", "towns/fine/", ()))
        yield (
            msgspec.structs.replace(fine, path="towns/odd/index.html", **parts)
            if "path" not in parts
            else (msgspec.structs.replace(fine, **parts))
        )
        yield fine

    return plan


def test_its_pages_are_drawn_and_in_the_sitemap(workshop: Make):
    made = workshop(*SITE)
    built(made, kind())
    assert "<li>Fjord</li><li>Port</li>" in made.page(LIST)
    assert "/towns/bergen/</loc>" in made.page("sitemap.xml")
    assert not made.problems()


def test_only_the_pages_whose_inputs_changed_are_drawn_again(workshop: Make):
    made = workshop(*SITE)
    built(made, kind())
    assert built(made, kind()).printed.drawn == 0
    before = (made.root / "output/towns/bergen/index.html").stat().st_mtime_ns
    made.write(story("port", "2025-05-07", title="The port", topics="[Oslo]", body="Three words here."))
    built(made, kind())
    assert "<li>The port</li>" in made.page(LIST)
    assert (made.root / "output/towns/bergen/index.html").stat().st_mtime_ns == before


def command(made: Workshop, *kinds: Kind) -> None:
    with pytest.raises(SystemExit) as ended:
        main(["build", "--no-ingest", "--now", "2025-05-09"], site=made.root, pages=kinds)
    assert ended.value.code == 0


def test_a_number_of_words_is_right_where_only_a_body_was_edited(
    workshop: Make, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
):
    monkeypatch.setattr(disk, "FINE", 0)  # what changed just now is not doubted
    made = workshop(*SITE)
    command(made, kind())
    assert "<p>5 words</p>" in made.page(LIST)
    command(made, kind())
    assert "0 rendered, 0 written, 0 removed because nothing has changed" in capsys.readouterr().out
    made.write(story("port", "2025-05-07", topics="[Oslo]", body="Three words here.\n\nAnd three more."))
    command(made, kind())
    assert "<p>8 words</p>" in made.page(LIST)


def test_what_is_built_after_edits_is_what_a_clean_build_makes(workshop: Make):
    made = workshop(*SITE)
    built(made, kind())
    made.write(story("quay", "2025-05-09", topics="[Oslo]"))
    proof = prove(made.site, Options(NOW, pages=(kind(),)), Report())
    assert proof.differences == ()
    assert "<li>Quay</li>" in made.page(LIST)


def test_why_names_the_inputs_and_the_story_that_was_edited(workshop: Make):
    made = workshop(*SITE)
    built(made, kind())
    options = Options(NOW, pages=(kind(),))
    made.write(story("port", "2025-05-07", title="The port", topics="[Oslo]", body="Three words here."))
    found = explain(made.site, options, "towns/oslo/", Report())
    assert found.template == "town.html"
    assert ("stories", "stories/2025/05/fjord.md, stories/2025/05/port.md") in found.inputs
    assert any("port.md edited: title" in line for line in found.changes)


def test_a_changed_file_of_its_code_draws_its_pages_again_and_why_says_so(workshop: Make, tmp_path: Path):
    made = workshop(*SITE)

    def written(mark: str) -> Kind:
        file = tmp_path / "towns.py"
        text = f"def view(made, context):\n    return base(made, context) | {{'words': '{mark}'}}\n"
        file.write_text(text)
        space: dict[str, Any] = {"base": view}
        exec(compile(text, str(file), "exec"), space)
        return kind(view=space["view"])

    built(made, written("old"))
    assert "<p>old words</p>" in made.page(LIST)
    new = written("new")
    found = explain(made.site, Options(NOW, pages=(new,)), "towns/oslo/", Report())
    assert "the site's own view of the kind of page 'town' changed" in found.changes
    built(made, new)
    assert "<p>new words</p>" in made.page(LIST)


def test_the_preview_shows_them_with_drafts(workshop: Make):
    made = workshop(*SITE, story("draft", "2025-05-08", topics="[Oslo]", status="draft"))
    state = PreviewState(made.site, "")
    made_state, _ = Builder(made.root, "http://127.0.0.1:1", SiteExtensions(pages=(kind(),)), print).build(
        state, (), lambda *_: None
    )
    assert made_state.on_demand
    assert made_state.errors == ()
    assert b"<li>Draft</li>" in (made_state.on_demand.render(LIST) or b"")


def test_the_preview_plans_them_again_where_a_story_that_they_print_was_edited(workshop: Make):
    made = workshop(*SITE, story("inland", "2025-05-08"))
    builder = Builder(made.root, "http://127.0.0.1:1", SiteExtensions(pages=(kind(),)), print)
    state, shown = builder.build(PreviewState(made.site, ""), (), lambda *_: None)
    made.write(story("inland", "2025-05-08", body="Not in a town."))
    made.write(story("port", "2025-05-07", topics="[Oslo]", body="Three words here.\n\nAnd three more."))
    assert state.on_demand
    assert state.on_demand.edit([read_story(made.site, made.site.stories / "2025/05/inland.md")])
    assert not state.on_demand.edit([read_story(made.site, made.site.stories / "2025/05/port.md")])
    state, _ = builder.build(state, shown, lambda *_: None)
    assert state.on_demand
    assert b"<p>8 words</p>" in (state.on_demand.render(LIST) or b"")


def failing_view(made: Town, context: Any) -> dict[str, Any]:
    if made.name == "Oslo":
        raise KeyError(made.name)
    return view(made, context)


def failing_plan(context: Any) -> Iterator[Page]:
    yield from plan(context)
    raise ZeroDivisionError("no towns left")


def failing_things(made: Town, page: Any, data: Any) -> list[Any]:
    raise LookupError(made.name)


@pytest.mark.parametrize(
    ("parts", "message", "function", "text", "drawn"),
    [
        ({"view": failing_view}, "KeyError: 'Oslo'", failing_view, "raise", {"bergen"}),
        ({"plan": failing_plan}, "ZeroDivisionError: no towns left", failing_plan, "raise", {"oslo", "bergen"}),
        ({"structured": failing_things}, "LookupError: Oslo", failing_things, "raise", set()),
    ],
    ids=["view", "plan", "structured"],
)
def test_an_error_in_a_function_is_reported_with_the_kind_and_the_line_and_stops_nothing_else(
    workshop: Make, monkeypatch, parts: Any, message: str, function: Any, text: str, drawn: set[str]
):
    made = workshop(*SITE)
    monkeypatch.setattr("broadsheet.pages.own._own", lambda file, _site: Path(file) == Path(__file__))
    built(made, kind(**parts))
    assert "Port" in made.page("2025/05/07/port/index.html")
    found = [problem for problem in made.problems() if message in problem.message]
    assert found
    assert {problem.code for problem in made.problems()} == {"own-page"}
    assert found[0].message.startswith("kind of page 'town' failed: ")
    assert (found[0].place.file, found[0].place.line) == ("test_own.py", line_of(function, text))
    assert {path.parent.name for path in made.root.glob("output/towns/*/index.html")} == drawn


def test_a_page_that_can_be_drawn_no_more_keeps_the_file_that_it_has(workshop: Make):
    made = workshop(*SITE)
    built(made, kind())
    built(made, kind(view=failing_view))
    assert "<li>Port</li>" in made.page(LIST)


@pytest.mark.parametrize(
    ("parts", "message"),
    [
        ({"path": "../towns/index.html"}, "'../towns/index.html' cannot be the path of a page"),
        ({"path": "/towns/index.html"}, "cannot be the path of a page"),
        ({"path": "towns/"}, "cannot be the path of a page"),
        ({"path": "towns//index.html"}, "cannot be the path of a page"),
        ({"path": "C:\\towns.html"}, "cannot be the path of a page"),
        ({"path": ""}, "cannot be the path of a page"),
        ({"template": "twon.html"}, "has the template 'twon.html', which is not in its templates"),
        ({"inputs": Page("a", "b", Town("c", "d", ()))}, "has inputs of the type Page"),
        ({"inputs": Town("c", "d", (), more=object())}, "cannot be compared with others"),
        ({"inputs": Town("c", "d", (), more=lambda: 1)}, "cannot be compared with others"),
    ],
)
def test_a_page_that_cannot_be_made_is_reported_and_the_next_one_drawn(workshop: Make, parts: Any, message: str):
    made = workshop(*SITE)
    built(made, kind(plan=page_with(**parts)))
    assert [problem.code for problem in made.problems()] == ["own-page"]
    assert message in made.problems()[0].message
    assert "Fine" in made.page("towns/fine/index.html")
    assert not (made.root / "output/towns/odd").exists()


@pytest.mark.parametrize(
    ("path", "source"),
    [
        ("about/index.html", "content/pages/about.md"),
        ("2025/05/07/port/index.html", "content/stories/2025/05/port.md"),
        ("towns/fine/index.html", "the kind of page 'town'"),
    ],
)
def test_two_pages_at_one_path_are_reported_and_the_first_is_drawn(workshop: Make, path: str, source: str):
    about = '-- content/pages/about.md --\n---\ntitle: "About"\n---\n\nWe.\n'
    made = workshop(*SITE, about)
    built(made, kind(plan=page_with(path=path)))
    found = [(problem.code, problem.message) for problem in made.problems("error")]
    assert found == [("path-twice", f"/{path} is also the address of {source}")]


def test_an_old_address_yields_to_a_page_of_ones_own(workshop: Make):
    made = workshop(*SITE, story("moved", "2025-05-06", aliases="[/old/]"))
    built(made, kind(plan=page_with(path="old/index.html")))
    (problem,) = made.problems("error")
    assert problem.message == "alias '/old/' is refused: /old/index.html is the path of the kind of page 'town'"
    assert str(problem.place) == "content/stories/2025/05/moved.md:5"
    assert "url=/2025/05/06/moved/" not in made.page("old/index.html")
    assert made.page("_redirects") == ""


@pytest.mark.parametrize(
    ("kinds", "message"),
    [
        (("town",), "PAGES has a str where a broadsheet.pages.Kind is expected"),
        ((kind(), kind()), "there is another kind of this name"),
        ((kind(), kind(name="village")), "another kind has the inputs Town too"),
        ((kind(inputs=msgspec.defstruct("StoryInputs", [], frozen=True)),), "has the inputs StoryInputs too"),
        ((kind(inputs=dict),), "its inputs are no frozen msgspec.Struct"),
        ((kind(inputs=msgspec.defstruct("Open", [("name", str)])),), "its inputs are no frozen msgspec.Struct"),
        ((kind(view=None),), "is no function"),
        ((kind(templates={}),), "it names no template"),
        ((kind(templates={"feed.xml": template("A feed.")}),), "feed.xml is no template"),
        ((kind(name="story"),), "there is another kind of this name"),
    ],
)
def test_what_is_no_kind_of_page_is_reported_and_the_site_is_built(workshop: Make, kinds: Any, message: str):
    made = workshop(*SITE)
    built(made, *kinds)
    assert [problem.code for problem in made.problems()] == ["own-page"]
    assert message in made.problems()[0].message
    assert "Port" in made.page("2025/05/07/port/index.html")


@pytest.mark.parametrize("given", [None, [], "text", {"cards": ()}, {"page": "Oslo"}])
def test_a_view_without_its_page_is_reported(workshop: Make, given: Any):
    made = workshop(*SITE)
    built(made, kind(view=lambda _made, _context: given))
    assert {problem.message for problem in made.problems()} == {
        "kind of page 'town': its view gave no dict with the \"page\" that context.page() makes"
    }


def test_a_theme_that_stands_alone_and_lacks_the_template_is_reported(workshop: Make):
    made = workshop(*SITE[:2], settings='theme = "plain"\n')
    built(made, kind())
    found = {problem.message for problem in made.problems("error")}
    assert "kind of page 'town': the theme has no template 'town.html' for /towns/oslo/index.html" in found


def test_the_date_of_a_change_is_in_the_sitemap_and_a_wrong_one_is_reported(workshop: Make):
    made = workshop(*SITE)
    built(made, kind(changed=lambda made: made.items[0].story.date))
    assert "/towns/oslo/</loc><lastmod>2025-05-08" in made.page("sitemap.xml").replace("\n", "").replace("  ", "")
    built(made, kind(changed=lambda _made: dt.datetime(2025, 5, 8)))  # noqa: DTZ001
    assert {problem.code for problem in made.problems()} == {"own-page"}


def test_sets_in_inputs_are_the_same_in_any_order(workshop: Make):
    made = workshop(*SITE)
    names = [f"town {number}" for number in range(40)]
    built(made, kind(plan=page_with(inputs=Town("a", "b", (), more=frozenset(names)))))
    same = frozenset(reversed([*names[20:], *names[:20]]))
    assert built(made, kind(plan=page_with(inputs=Town("a", "b", (), more=same)))).printed.drawn == 0


def test_a_build_from_build_py_says_which_line_of_it_is_wrong(workshop: Make, capsys: pytest.CaptureFixture[str]):
    made = workshop(*SITE)
    text = "\n\ndef view(made, context):\n    return {}['page']\n"
    (made.root / "build.py").write_text(text)
    space: dict[str, Any] = {}
    exec(compile(text, str(made.root / "build.py"), "exec"), space)
    with pytest.raises(SystemExit):
        main(["build", "--now", "2025-05-09"], site=made.root, pages=[kind(view=space["view"])])
    assert "build.py:4: error: kind of page 'town' failed: KeyError: 'page' [own-page]" in capsys.readouterr().err
