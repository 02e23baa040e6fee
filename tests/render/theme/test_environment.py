"""Quick drawing prints what plain Jinja prints."""

import jinja2
import pytest
from hypothesis import given
from hypothesis import strategies as st
from markupsafe import Markup, escape

from broadsheet.render.theme.environment import MacroCache, QuickEnvironment, printed


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
