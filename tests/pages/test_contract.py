"""The contract with themes says what pages do: the same templates, the same views, of these types."""

import typing
from collections.abc import Callable
from typing import Any

import msgspec
import pytest

from broadsheet.pages.kinds import TEMPLATES, Composer
from broadsheet.render.theme.type_check import alternatives, item_of
from broadsheet.theme_check import sample
from tests.conftest import Workshop, story

Make = Callable[..., Workshop]

SITE = (
    *(
        story(f"day-{day}", f"2025-05-{day:02}", thread="The long run", authors="[Ada]", section="World")
        for day in (5, 6, 7)
    ),
    story(
        "mended",
        "2025-05-08",
        corrections="[{date: 2025-05-09, text: Not so.}]",
        topics="[Rain]",
        source="{name: Wire}",
    ),
    story("wet", "2025-05-08", topics="[Rain]", image="{src: pictures/none.png}"),
    '-- content/pages/about.md --\n---\ntitle: "About"\n---\n\nWe.\n',
    '-- content/published/record.jsonl --\n{"id": "snow", "title": "Snow", "addresses": ["2025/05/06/snow/"]}\n',
    story("hail", "2025-05-08", retracted="{date: 2025-05-09, text: It was no hail.}"),
)


def fits(value: Any, kind: Any) -> bool:
    """Whether a value is of a type, all the way down."""
    if value is None:
        return type(None) in typing.get_args(kind)
    for one in alternatives(kind):
        origin, parts = typing.get_origin(one), typing.get_args(one)
        if origin is typing.Literal:
            return value in parts
        if origin is tuple and ... in parts:
            return isinstance(value, tuple) and all(fits(part, parts[0]) for part in value)
        if origin is tuple:
            return isinstance(value, tuple) and all(map(fits, value, parts))
        if origin is dict:
            return isinstance(value, dict)
        if isinstance(one, type) and issubclass(one, msgspec.Struct):
            hints = typing.get_type_hints(one)
            return type(value) is one and all(fits(getattr(value, name), hint) for name, hint in hints.items())
        return isinstance(value, one)
    return False


def test_every_template_gets_the_views_that_the_contract_says(workshop: Make, monkeypatch: pytest.MonkeyPatch):
    seen: dict[str, dict[str, Any]] = {}
    compose = Composer.compose

    def watched(self: Composer, page: Any) -> dict[str, Any]:
        views = compose(self, page)
        if page.template.endswith(".html"):
            seen[page.template] = views
        return views

    monkeypatch.setattr(Composer, "compose", watched)
    monkeypatch.setattr("broadsheet.render.render.ALONE", 1000)  # pages that other processes draw are not seen here
    workshop(*SITE).build()
    workshop().build(preview=True)  # a site without stories
    for template, views in seen.items():
        assert views.keys() == TEMPLATES[template].views.keys(), template
        for name, view in views.items():
            assert fits(view, TEMPLATES[template].views[name]), (template, name)
    drawn_by_others = {"latest.html", "partials/titles.json", "empty.html"}
    assert TEMPLATES.keys() - seen.keys() <= drawn_by_others


@pytest.mark.parametrize("template", TEMPLATES)
@pytest.mark.parametrize("full", [True, False])
def test_samples_are_of_the_types_that_they_are_made_of(template: str, *, full: bool):
    for kind in TEMPLATES[template].views.values():
        assert fits(sample(kind, full=full), kind)


def test_a_full_sample_has_every_part_and_a_bare_one_none():
    kind = TEMPLATES["story.html"].views["story"]
    full, bare = sample(kind, full=True), sample(kind, full=False)
    assert full.spot.steps
    assert full.card.image
    assert full.body
    assert not bare.spot
    assert not bare.topics
    assert not bare.body
    assert item_of(TEMPLATES["archive.html"].views["archive"]) is not Any
