"""Templates against the types of their views: what is misspelt is found in every branch, and nothing else is."""

from collections.abc import Mapping

import jinja2
import msgspec
import pytest

from broadsheet.errors import Place
from broadsheet.render.theme.layers import joined
from broadsheet.render.theme.type_check import ANY, TemplateTypeChecker, either, element_of, item_of, parts_of, tuple_of


class Link(msgspec.Struct, frozen=True):
    title: str
    url: str


class Story(msgspec.Struct, frozen=True):
    title: str
    section: Link | None
    topics: tuple[Link, ...]
    ties: tuple[tuple[Link, int], ...]
    extra: dict[str, object]


class _Environment(jinja2.Environment):
    def join_path(self, template: str, parent: str) -> str:
        return joined(template, parent)


def found(templates: Mapping[str, str] | str, page: str = "story.html") -> list[str]:
    """What is wrong with a page's template, as "template:line message"."""
    templates = {page: templates} if isinstance(templates, str) else templates
    environment = _Environment(loader=jinja2.DictLoader(dict(templates)))
    environment.globals.update(asset=str, once=str)
    typed = TemplateTypeChecker(environment, {"options": ANY}, Place)
    typed.page(page, {"story": Story, "stories": tuple[Story, ...]})
    return [f"{problem.place} {problem.message}" for problem in typed.problems.values()]


@pytest.mark.parametrize(
    "template",
    [
        "{{ story.title }} {{ story.section.url }} {{ story.extra.anything.at.all }} {{ options.accent }}",
        "{% for one in stories %}{{ loop.index }} {{ one.title }}{% for it in one.topics %}{{ it.url }}{% endfor %}{% endfor %}",
        "{% for link, share in story.ties if share > 1 %}{{ link.url }}{% else %}{{ story.title }}{% endfor %}",
        "{% set it = story.topics[0] %}{{ it.url }}{{ (story.topics|first).url }}{{ (story.topics|sort|list)[1].title }}",
        "{{ nothing|default('x') }}{{ story.nothing|default('x') }}{% if other is defined %}{{ other }}{% endif %}".replace(
            "{{ other }}", ""
        ),
        "{% macro m(a, b=2) %}{{ a.anything }}{{ b }}{{ varargs }}{% endmacro %}{{ m(story.extra) }}",
        "{% for url, name in ((story.title, 'a'), ('b', 'c')) if url %}{{ url.upper() }}{{ name }}{% endfor %}",
        "{% with a = story.section %}{{ a.url }}{% endwith %}{% set x %}{{ story.title }}{% endset %}{{ x }}",
        "{{ (story.section or story.topics[0]).url }}{{ (story.section if story.section).url }}",
        "{{ asset('a') ~ range(3) }}{{ story.title.strip() }}{{ [story.title, story] }}{{ {'a': story}.a }}",
        "{% filter upper %}{{ story.title }}{% endfilter %}{% autoescape false %}{{ story.title }}{% endautoescape %}",
        "{% macro m() %}{{ caller(1) }}{% endmacro %}{% call(x) m() %}{{ x }}{{ story.title }}{% endcall %}",
    ],
)
def test_what_is_right_is_let_pass(template: str):
    assert found(template) == []


@pytest.mark.parametrize(
    ("template", "message"),
    [
        ("{{ story.titel }}", "story.html:1 Story has no 'titel'"),
        ("\n{% if story.extra %}\n{{ stroy.title }}{% endif %}", "story.html:3 'stroy' is undefined"),
        ("{% for it in story.topics %}\n{{ it.uri }}{% endfor %}", "story.html:2 Link has no 'uri'"),
        ("{% for link, n in story.ties %}{{ link.uri }}{% endfor %}", "story.html:1 Link has no 'uri'"),
        ("{% set it = story.section %}{{ it.uri }}", "story.html:1 Link has no 'uri'"),
        ("{{ (story.topics|first).uri }}", "story.html:1 Link has no 'uri'"),
        ("{{ story.topics[0].uri }}", "story.html:1 Link has no 'uri'"),
        ("{% for it in story.topics if it.uri %}{% endfor %}", "story.html:1 Link has no 'uri'"),
        ("{{ 'a' if story.tilte else 'b' }}", "story.html:1 Story has no 'tilte'"),
        ("{{ options.x ~ story.tilte|upper }}", "story.html:1 Story has no 'tilte'"),
        ("{% for it in story.topics %}{% endfor %}{{ it.url }}", "story.html:1 'it' is undefined"),
        ("{{ story.tilte.more|default('x') }}", "story.html:1 Story has no 'tilte'"),
        ("{% macro m(it) %}\n{{ it.uri }}{% endmacro %}{{ m(story.section) }}", "story.html:2 Link has no 'uri'"),
        (
            "{% macro m(it) %}\n{{ it.uri }}{% endmacro %}{{ once(m, it=story.section) }}",
            "story.html:2 Link has no 'uri'",
        ),
        ("{% macro m(it) %}\n{{ ti }}{% endmacro %}{{ m(1) }}", "story.html:2 'ti' is undefined"),
        ("{% set x %}{{ story.tilte }}{% endset %}", "story.html:1 Story has no 'tilte'"),
        ("{% with a = story.section %}{{ a.uri }}{% endwith %}", "story.html:1 Link has no 'uri'"),
    ],
)
def test_what_is_misspelt_is_found_with_its_line(template: str, message: str):
    assert found(template) == [message]


BASE = "{% import 'words.html' as say %}{% block main %}{{ nothing }}{% endblock %}{% block foot %}{{ say.foot }}{% endblock %}"
WORDS = "{% set foot = 'end' %}{% macro count(n) %}{{ n }}{% endmacro %}"


def test_an_overridden_block_is_not_looked_at_and_what_the_frame_imports_is_known():
    story = "{% extends 'base.html' %}{% block main %}{{ say.foot }}{{ say.count(2) }}{% endblock %}"
    assert found({"story.html": story, "base.html": BASE, "words.html": WORDS}) == []


def test_a_block_that_is_printed_too_is_looked_at():
    story = "{% extends 'base.html' %}{% block main %}{{ super() }}{% endblock %}"
    assert found({"story.html": story, "base.html": BASE, "words.html": WORDS}) == [
        "base.html:1 'nothing' is undefined"
    ]


def test_a_name_that_another_template_does_not_have_is_found():
    story = "{% extends 'base.html' %}{% from 'words.html' import cuont %}{% block main %}{{ say.foto }}{% endblock %}"
    assert found({"story.html": story, "base.html": BASE, "words.html": WORDS}) == [
        "story.html:1 words.html has no 'cuont'",
        "story.html:1 words.html has no 'foto'",
    ]


def test_a_partial_is_looked_at_with_the_names_of_those_that_include_it():
    story = "{% for it in story.topics %}{% include 'part.html' %}{% endfor %}"
    assert found({"story.html": story, "part.html": "{{ it.url }}\n{{ it.uri }}"}) == ["part.html:2 Link has no 'uri'"]


def test_a_macro_of_another_template_is_looked_at_as_it_is_called():
    story = "{% from 'part.html' import link %}{{ link(story.section) }}"
    part = "{% set sign = '→' %}{% macro link(it) %}{{ sign }}{{ story }}{{ it.uri }}{% endmacro %}"
    assert found({"story.html": story, "part.html": part}) == [
        "part.html:1 'story' is undefined",
        "part.html:1 Link has no 'uri'",
    ]


def test_templates_that_include_one_another_end():
    assert found({"story.html": "{% include 'a.html' %}", "a.html": "{% include 'story.html' %}"}) == []


def test_what_cannot_be_parsed_or_is_not_there_is_for_others_to_tell():
    assert found("{% include 'none.html' %}{% import 'none.html' as x %}") == []
    assert found("{% if %}") == []


def test_kinds():
    assert item_of(tuple[Link, ...] | None) is Link
    assert item_of(tuple[Link, int]) is ANY
    assert item_of(tuple_of([str, str])) is str
    assert element_of(tuple[Link, int], 1) is int
    assert element_of(tuple[Link, int], 2) is ANY
    assert element_of(tuple[Link, ...], 7) is Link
    assert either(Link | None, Link) is Link
    assert either(Link, Story) is ANY
    assert parts_of(tuple[Link, int], 2) == [Link, int]
    assert parts_of(tuple[Link, int], 3) == [ANY, ANY, ANY]
