"""Layers: whose file is taken, and how a template extends the one that it overrides."""

import os
from collections.abc import Callable
from pathlib import Path

import jinja2
import pytest

from broadsheet.errors import BroadsheetError
from broadsheet.render.theme import Theme
from broadsheet.render.theme.layers import layers, themes
from tests.conftest import Workshop

Make = Callable[..., Workshop]

BELOW = """
-- themes/low/theme.toml --
extends = ""
-- themes/low/templates/base.html --
<{% block main %}low base{% endblock %}>
-- themes/low/templates/story.html --
{% extends "base.html" %}
{% block main %}low story {% block end %}low end{% endblock %}{% endblock %}
-- themes/low/templates/partials/card.html --
{% macro card() %}low card{% endmacro %}
-- themes/mine/theme.toml --
extends = "low"
"""


def theme(make: Make, *files: str, name: str = "mine") -> Theme:
    return Theme(make(BELOW, *files, settings=f'theme = "{name}"\n').site, "/")


def test_a_template_overrides_one_block_of_the_one_that_it_names_by_its_own_name(workshop: Make):
    own = '-- themes/mine/templates/story.html --\n{% extends "story.html" %}\n{% block end %}my end{% endblock %}\n'
    assert theme(workshop, own).render("story.html", {}) == "<low story my end>"


@pytest.mark.parametrize("kind", ["static", "templates"])
def test_a_file_whose_name_no_address_could_hold_is_left_out_and_reported(workshop: Make, kind: str):
    made = workshop(BELOW, "-- themes/mine/static/good.css --\na {}\n", settings='theme = "mine"\n')
    (made.root / "themes/mine" / kind).mkdir(exist_ok=True)
    odd = os.fsencode(made.root / "themes/mine" / kind) + b"/odd-\xff.css"
    Path(os.fsdecode(odd)).write_text("a {}")
    found = Theme(made.site, "/")
    assert set(found.assets) == {"good.css"}
    (problem,) = found.chosen.warnings
    assert (problem.code, problem.place.file) == ("file-name", f"themes/mine/{kind}/odd-\ufffd.css")


def test_super_is_the_block_that_was_overridden(workshop: Make):
    own = '-- themes/mine/templates/story.html --\n{% extends "story.html" %}\n{% block end %}{{ super() }}!{% endblock %}\n'
    assert theme(workshop, own).render("story.html", {}) == "<low story low end!>"


def test_the_frame_of_all_pages_is_overridden_likewise(workshop: Make):
    own = '-- themes/mine/templates/base.html --\n{% extends "base.html" %}\n{% block main %}[{{ super() }}]{% endblock %}\n'
    assert theme(workshop, own).render("base.html", {}) == "<[low base]>"


def test_three_themes_stand_one_on_another(workshop: Make):
    more = '-- themes/top/theme.toml --\nextends = "mine"\n'
    for name in ("mine", "top"):
        more += f'-- themes/{name}/templates/story.html --\n{{% extends "story.html" %}}\n'
        more += f"{{% block end %}}{{{{ super() }}}} {name}{{% endblock %}}\n"
    assert theme(workshop, more, name="top").render("story.html", {}) == "<low story low end mine top>"


def test_an_overridden_partial_can_be_used_in_the_one_in_its_place(workshop: Make):
    own = (
        '-- themes/mine/templates/partials/card.html --\n{% from "partials/card.html" import card as low %}'
        "{% macro card() %}[{{ low() }}]{% endmacro %}\n"
        '-- themes/mine/templates/story.html --\n{% from "partials/card.html" import card %}{{ card() }}\n'
    )
    assert theme(workshop, own).render("story.html", {}) == "[low card]"


def test_a_template_that_names_itself_and_overrides_none_is_an_error_with_its_line(workshop: Make):
    own = '-- themes/mine/templates/new.html --\n\n{% extends "new.html" %}\n'
    with pytest.raises(BroadsheetError, match="overrides nothing") as caught:
        theme(workshop, own).render("new.html", {})
    assert str(caught.value.problem.place) == "themes/mine/templates/new.html:2"


def test_a_pages_reach_follows_what_its_template_overrides(workshop: Make):
    own = '-- themes/mine/templates/story.html --\n{% extends "story.html" %}\n'
    before = theme(workshop, own).reach("story.html")
    made = theme(workshop, own, "-- themes/low/templates/story.html --\nother\n")
    assert made.reach("story.html") != before
    assert set(made.reached("story.html")) == {"story.html", "^story.html"}


def test_a_reference_that_is_made_up_while_drawing_reaches_everything(workshop: Make):
    own = '-- themes/mine/templates/story.html --\n{% include "partials/" ~ page.kind ~ ".html" %}\n'
    assert "partials/card.html" in theme(workshop, own).reached("story.html")


@pytest.mark.parametrize("name", ["../theme.toml", "/etc/passwd", "^../story.html", "a\\..\\b"])
def test_no_template_lies_outside_of_a_theme(workshop: Make, name: str):
    made = theme(workshop)
    with pytest.raises(jinja2.TemplateNotFound):
        made.environment.get_template(name)


def test_a_template_that_is_not_utf8_is_an_error_with_its_line(workshop: Make):
    made = theme(workshop)
    file = made.site.themes / "mine/templates/story.html"
    file.parent.mkdir(parents=True)
    file.write_bytes(b"a\nb\n\xff\n")
    with pytest.raises(BroadsheetError, match=r"themes/mine/templates/story.html:3: error: not UTF-8"):
        made.render("story.html", {})


def test_hidden_files_are_nobodys(workshop: Make):
    own = "-- themes/mine/static/.DS_Store --\nx\n-- themes/mine/static/.git/config --\nx\n-- themes/mine/static/a.css --\nx\n"
    assert set(theme(workshop, own).assets) == {"a.css"}


def test_a_theme_without_a_description_stands_on_the_default_one(workshop: Make):
    made = workshop("-- themes/bare/static/a.css --\nx\n", settings='theme = "bare"\n')
    assert [layer.theme for layer in layers(made.site)] == ["bare", "broadsheet"]


def test_every_theme_is_found_the_sites_own_before_the_shipped_one(workshop: Make):
    made = workshop("-- themes/plain/static/a.css --\nx\n")
    assert [(layer.theme, layer.own) for layer in themes(made.site)] == [
        ("broadsheet", False),
        ("plain", True),
        ("plain", False),
    ]


@pytest.mark.parametrize(
    ("said", "place", "message"),
    [
        ('extends = "lo"\n', "themes/mine/theme.toml:1", "no theme 'lo'"),
        ('extends = "../low"\n', "themes/mine/theme.toml:1", "no theme '../low'"),
        ('name = "x"\nextend = ""\n', "themes/mine/theme.toml:2", "unknown key 'extend'"),
        ("name = 3\n", "themes/mine/theme.toml:1", "expected a text, not a whole number"),
        ('name = "x\n', "themes/mine/theme.toml:1", "not valid TOML"),
    ],
)
def test_a_wrong_description_is_an_error_with_its_line(workshop: Make, said: str, place: str, message: str):
    with pytest.raises(BroadsheetError) as caught:
        theme(workshop, f"-- themes/mine/theme.toml --\n{said}")
    assert str(caught.value.problem.place) == place
    assert message in caught.value.problem.message


def test_themes_in_a_ring_end(workshop: Make):
    ring = '-- themes/a/theme.toml --\nextends = "b"\n-- themes/b/theme.toml --\nextends = "a"\n'
    assert [layer.theme for layer in layers(theme(workshop, ring, name="a").site)] == ["a", "b"]


def test_a_theme_that_the_settings_misspell_is_an_error_at_their_line(workshop: Make):
    made = workshop(settings='\n[tool.broadsheet.theme]\nname = "plian"\n')
    with pytest.raises(BroadsheetError) as caught:
        layers(made.site)
    assert str(caught.value.problem.place) == "pyproject.toml:6"
    assert caught.value.problem.hint == "Did you mean 'plain'?"


def test_a_shipped_theme_is_named_as_a_user_would(workshop: Make):
    made = workshop()
    assert [layer.shown for layer in layers(made.site)] == ["themes/broadsheet"]
    assert Path(layers(made.site)[0].folder, "theme.toml").is_file()
