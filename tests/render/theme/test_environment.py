"""Quick drawing prints what plain Jinja prints, and a misspelt name is an error with file, line and the nearest name."""

from collections.abc import Callable
from typing import Any

import jinja2
import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st
from markupsafe import Markup, escape

from broadsheet.errors import BroadsheetError, Problem
from broadsheet.render.theme import Theme
from broadsheet.render.theme.environment import MacroCache, QuickEnvironment, printed
from tests.conftest import Workshop


@given(st.one_of(st.text(), st.integers(), st.none(), st.floats(), st.booleans(), st.text().map(Markup)))
def test_a_value_is_escaped_as_markupsafe_escapes_it(value: object):
    assert str(printed(value)) == str(escape(value))


@pytest.mark.parametrize(
    "template",
    [
        "{{ text }} & {{ safe }} {{ number + 1 }}",
        "{% macro m(x) %}<b>{{ x }}</b>{% endmacro %}{{ m(text) }}{{ m(safe) }}",
        "{% set x %}<i>{{ text }}</i>{% endset %}{{ x }}",
        "{% autoescape false %}{{ text }}{% endautoescape %}{{ text|upper }}{{ text|safe }}",
        "{% for c in text %}{{ c }}{% if not loop.last %},{% endif %}{% endfor %}",
        "{{ '<' ~ text ~ safe }}{{ [text, safe]|join('<') }}",
    ],
)
def test_templates_print_the_same_as_with_jinjas_own_environment(template: str):
    views = {"text": "<a & 'b' \">", "safe": Markup("<em>x</em>"), "number": 4}
    plain = jinja2.Environment(autoescape=True).from_string(template).render(views)
    assert QuickEnvironment(autoescape=True).from_string(template).render(views) == plain


def test_a_macro_is_drawn_once_for_the_same_arguments_and_again_for_others():
    drawn: list[object] = []

    def macro(*arguments: object, **named: object) -> Markup:
        drawn.append(arguments)
        return Markup(f"{arguments}{named}")

    once = MacroCache()
    one, other = object(), object()
    assert once(macro, one, "a") is once(macro, one, "a")
    assert once(macro, one, "a") != once(macro, other, "a")
    assert once(macro, one, "a") != once(macro, one, "b")
    assert once(macro, one, x=True) != once(macro, one, x=False)
    assert once(macro, one, x=1) is not once(macro, one, x=True)
    assert len(drawn) == 6


Make = Callable[..., Workshop]


class Link(msgspec.Struct, frozen=True):
    title: str
    url: str


def wrong(make: Make, files: str, **views: Any) -> Problem:
    made = make("-- themes/mine/theme.toml --\nextends = ''\n", files, settings='theme = "mine"\n')
    with pytest.raises(BroadsheetError) as caught:
        Theme(made.site, "/").render("page.html", views or {"link": Link("a", "b")})
    return caught.value.problem


PAGE = "-- themes/mine/templates/page.html --\n"
PART = "-- themes/mine/templates/partials/part.html --\n"


def test_in_a_page(workshop: Make):
    problem = wrong(workshop, PAGE + "\n{{ link.titel }}\n")
    assert str(problem.place) == "themes/mine/templates/page.html:2"
    assert problem.message == "Link has no 'titel'. Did you mean 'title'?"


def test_a_view_itself(workshop: Make):
    problem = wrong(workshop, PAGE + "{{ lnik.title }}\n")
    assert (problem.message, problem.hint) == ("'lnik' is undefined", "Did you mean 'link'?")


def test_in_a_macro_of_the_page(workshop: Make):
    problem = wrong(workshop, PAGE + "{% macro m(one) %}\n{{ noe.title }}\n{% endmacro %}\n{{ m(link) }}\n")
    assert (str(problem.place), problem.hint) == ("themes/mine/templates/page.html:2", "Did you mean 'one'?")


def test_in_a_macro_of_a_partial(workshop: Make):
    page = PAGE + '{% from "partials/part.html" import m %}\n{{ m(link) }}\n'
    problem = wrong(workshop, page + PART + "{% macro m(one) %}\n\n{{ one.titel }}\n{% endmacro %}\n")
    assert str(problem.place) == "themes/mine/templates/partials/part.html:3"
    assert "Did you mean 'title'?" in problem.message


def test_in_a_macro_that_is_drawn_once(workshop: Make):
    page = PAGE + '{% from "partials/part.html" import m %}\n{{ once(m, link) }}\n'
    problem = wrong(workshop, page + PART + "{% macro m(one) %}\n{{ link.title }}\n{% endmacro %}\n")
    assert str(problem.place) == "themes/mine/templates/partials/part.html:2"
    assert problem.message == "'link' is undefined"
    assert "one" in problem.hint


def test_in_a_partial(workshop: Make):
    page = PAGE + '{% for step in (link,) %}{% include "partials/part.html" %}{% endfor %}\n'
    problem = wrong(workshop, page + PART + "{{ step.title }}\n{{ setp.title }}\n")
    assert (str(problem.place), problem.hint) == ("themes/mine/templates/partials/part.html:2", "Did you mean 'step'?")


def test_a_word_of_an_imported_template(workshop: Make):
    page = PAGE + '{% import "partials/part.html" as say %}\n{{ say.relatde }}\n'
    problem = wrong(workshop, page + PART + '{% set related = "Related" %}\n')
    assert problem.message == "partials/part.html has no 'relatde'. Did you mean 'related'?"


def test_an_option(workshop: Make):
    more = '-- themes/mine/theme.toml --\nextends = ""\n[options.accent]\ntype = "colour"\ndefault = "#000000"\n'
    problem = wrong(workshop, more + PAGE + "{{ options.acent }}\n")
    assert problem.message == "options has no 'acent'. Did you mean 'accent'?"


def test_a_static_file(workshop: Make):
    more = "-- themes/mine/static/style.css --\na {}\n"
    problem = wrong(workshop, more + PAGE + '{{ asset("stile.css") }}\n')
    assert problem.message == "no static file 'stile.css'. Did you mean 'style.css'?"


def test_a_template(workshop: Make):
    problem = wrong(workshop, PAGE + '{% include "partials/prat.html" %}\n' + PART + "x\n")
    assert (problem.code, problem.hint) == ("template-missing", "Did you mean 'partials/part.html'?")


def test_an_error_of_python_names_its_kind(workshop: Make):
    problem = wrong(workshop, PAGE + "\n{{ 1 / 0 }}\n")
    assert (str(problem.place), problem.message) == (
        "themes/mine/templates/page.html:2",
        "ZeroDivisionError: division by zero",
    )
