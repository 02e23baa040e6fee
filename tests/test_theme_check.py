"""``theme check`` finds what is wrong with a theme before a page is drawn; ``theme list | show | copy`` help to mend it."""

from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from broadsheet.cli import main, program
from broadsheet.commands import Call
from broadsheet.errors import Problem
from broadsheet.render.theme import Theme
from broadsheet.theme_check import check
from tests.conftest import SETTINGS, Workshop

Make = Callable[..., Workshop]
ROOT = Path(__file__).resolve().parent.parent

MINE = '-- themes/mine/theme.toml --\nextends = "plain"\n'
STORY = "-- themes/mine/templates/story.html --\n"


def checked(make: Make, *files: str, settings: str = 'theme = "mine"\n') -> list[Problem]:
    return check(Theme(make(MINE, *files, settings=settings).site, "/"))


def lines(problems: list[Problem]) -> list[tuple[str, str, str]]:
    return [(problem.severity, problem.code, str(problem.place)) for problem in problems]


@pytest.mark.parametrize("name", ["broadsheet", "plain"])
def test_the_shipped_themes_are_right(workshop: Make, name: str):
    made = workshop(settings=f'theme = "{name}"\n')
    assert check(Theme(made.site, "/")) == []


@pytest.mark.parametrize(
    ("template", "problem", "says"),
    [
        ("\n{{ story.card.titel }}", ("error", "template", 2), "Card has no 'titel'"),
        ("{% if %}", ("error", "template-syntax", 1), "xpected"),
        ("\n\n{{ story.body|upcase }}", ("error", "template-syntax", 3), "No filter named 'upcase'"),
        ('\n{% include "partials/none.html" %}', ("error", "template-missing", 2), "no template"),
        ('\n{% if story.words < 0 %}{{ asset("stile.css") }}{% endif %}', ("error", "template", 2), "stile.css"),
        (
            '{% extends "story.html" %}\n{% block mian %}{% endblock %}',
            ("warning", "template-block", 2),
            "never shown",
        ),
        ("\n{{ story.words + story.card.title }}", ("error", "template", 2), "TypeError"),
        ("\n{{ story.related[0].title }}", ("error", "template", 2), "a list of 0 has no [0]"),
        ("\n{{ phrases.donne }}", ("error", "template", 2), "phrases has no 'donne'"),
        ("\n{{ options.acent }}", ("error", "template", 2), "options has no 'acent'"),
    ],
)
def test_what_is_wrong_in_a_template_is_told_with_file_and_line(
    workshop: Make, template: str, problem: tuple[str, str, int], says: str
):
    found = [one for one in checked(workshop, f"{STORY}{template}\n") if one.code != "theme-uncompared"]
    severity, code, line = problem
    assert lines(found) == [(severity, code, f"themes/mine/templates/story.html:{line}")]
    assert says in found[0].message


def test_a_block_that_is_misspelt_gets_the_nearest_name(workshop: Make):
    (problem,) = checked(workshop, STORY + '{% extends "story.html" %}\n{% block mian %}{% endblock %}\n')
    assert problem.hint == "Did you mean 'main'?"


def test_a_block_within_a_block_may_be_new(workshop: Make):
    template = '{% extends "story.html" %}\n{% block main %}{% block mine %}{% endblock %}{% endblock %}\n'
    assert checked(workshop, STORY + template) == []


def test_a_filter_of_the_sites_own_is_known(workshop: Make):
    made = workshop(MINE, STORY + '{% extends "story.html" %}{% block head %}{{ "a"|shout }}{% endblock %}\n')
    made.write(f'-- pyproject.toml --\n{SETTINGS}theme = "mine"\n')
    assert check(Theme(made.site, "/", {"shout": str.upper})) == []


def test_a_template_that_prints_nothing_is_told(workshop: Make):
    (problem,) = checked(workshop, "-- themes/mine/templates/stroy.html --\nx\n")
    assert (problem.code, problem.hint) == ("template-unused", "Did you mean 'story.html'?")


def test_a_colour_that_cannot_be_read_is_told(workshop: Make):
    (problem,) = checked(workshop, settings='\n[tool.broadsheet.theme]\nname = "mine"\naccent = "#eeeeee"\n')
    assert (problem.severity, str(problem.place)) == ("warning", "pyproject.toml:7")


def test_the_block_in_the_documentation_is_printed(workshop: Make):
    text = (ROOT / "docs/guides/design.md").read_text("utf-8")
    example = text.partition("**Change a block.**")[2].partition("```jinja\n")[2].partition("```")[0]
    made = workshop(f"-- themes/broadsheet/templates/story.html --\n{example}")
    assert check(Theme(made.site, "/")) == []
    made.write('-- content/stories/2025/05/one.md --\n---\nid: one\ntitle: "One"\ndate: 2025-05-07\n---\n\nText.\n')
    made.build()
    page = made.page("2025/05/07/one/index.html")
    assert "Letters to the editor" in page
    assert "Text." in page


def test_a_style_sheet_of_ones_own_finds_the_font_beside_it(workshop: Make):
    """The recipe of the guide, on the front page and on a story's."""
    guide = (ROOT / "docs/guides/design.md").read_text("utf-8")
    sheet = guide.partition("```css\n")[2].partition("```")[0]
    partial = guide.partition("`templates/partials/meta.html`")[2].partition("```jinja\n")[2].partition("```")[0]
    made = workshop(
        f"-- themes/broadsheet/static/own.css --\n{sheet}",
        "-- themes/broadsheet/static/paper.woff2 --\nfont\n",
        f"-- themes/broadsheet/templates/partials/meta.html --\n{partial}",
        '-- content/stories/2025/05/one.md --\n---\nid: one\ntitle: "One"\ndate: 2025-05-07\n---\n\nText.\n',
        settings='\n[tool.broadsheet.theme]\nhead_font = ["Paper Head", "serif"]\n',
    )
    assert check(Theme(made.site, "/")) == []
    made.build()
    static = made.root / "output/static"
    (own,), (font,) = static.glob("own.*.css"), static.glob("paper.*.woff2")
    assert f'url("{font.name}")' in own.read_text("utf-8")
    for page in ("index.html", "2025/05/07/one/index.html"):
        text = made.page(page)
        assert 0 < text.index("static/style.") < text.index(f"static/{own.name}")
        assert "og:title" in text


def test_style_sheets_name_files_in_other_folders_and_other_style_sheets(workshop: Make):
    made = workshop(
        '-- themes/plain/static/css/a.css --\n@import url(b.css);\n.x { background: URL( "../p/x.png?v=1#y" ) }\n',
        "-- themes/plain/static/css/b.css --\n.y { background: url(/abs.png), url(data:x), url(#id), url(//h/x.png) }\n",
        "-- themes/plain/static/p/x.png --\nx\n",
        settings='theme = "plain"\n',
    )
    assets = Theme(made.site, "/").assets
    made.build()
    text = (made.root / "output" / assets["css/a.css"].path).read_text("utf-8")
    assert f"url({Path(assets['css/b.css'].path).name})" in text
    assert f"../{assets['p/x.png'].path.removeprefix('static/')}?v=1#y" in text
    other = (made.root / "output" / assets["css/b.css"].path).read_text("utf-8")
    assert "url(/abs.png), url(data:x), url(#id), url(//h/x.png)" in other


def test_a_file_that_a_style_sheet_names_and_that_is_not_there_is_told_with_its_line(workshop: Make):
    sheet = "/* url(none.png)\n*/\n.x { color: red }\n.y { background: url('papr.png') }\n"
    (problem,) = checked(
        workshop, f"-- themes/mine/static/own.css --\n{sheet}", "-- themes/mine/static/paper.png --\nx\n"
    )
    assert lines([problem]) == [("error", "theme-file", "themes/mine/static/own.css:4")]
    assert "'papr.png'" in problem.message
    assert "paper.png" in problem.hint


def test_without_a_dark_scheme_pages_are_light_and_have_no_switch(workshop: Make):
    made = workshop(settings="\n[tool.broadsheet.theme]\ndark = false\n")
    made.build()
    page = made.page("index.html")
    assert 'class="light">' in page
    assert '<meta name="color-scheme" content="light">' in page
    assert "data-dark" not in page
    assert "prefers-color-scheme" not in page


def run(made: Workshop, *words: str) -> Result:
    return CliRunner().invoke(program, ["theme", *words], obj=Call(made.root))


def test_themes_are_listed_with_the_one_in_use(workshop: Make):
    done = run(workshop(MINE, settings='theme = "mine"\n'), "list")
    assert [line.split() for line in done.output.splitlines()] == [
        ["broadsheet", "shipped", "stands", "alone"],
        ["*", "mine", "yours", "extends", "plain"],
        ["plain", "shipped", "stands", "alone"],
    ]


def test_where_files_come_from_is_shown(workshop: Make):
    made = workshop(MINE, STORY + "x\n-- themes/mine/static/mine.css --\nx\n", settings='theme = "mine"\n')
    shown = dict(line.split(maxsplit=1) for line in run(made, "show").output.splitlines() if line[0] != " ")
    assert shown["templates/story.html"] == "yours over plain"
    assert shown["templates/base.html"] == "plain"
    assert shown["static/mine.css"] == "yours"
    assert shown["measure"].split() == ["default", "38rem"]


def test_a_template_is_shown_with_its_blocks_views_and_places(workshop: Make):
    made = workshop(MINE, STORY + '{% extends "story.html" %}\n', settings='theme = "mine"\n')
    output = run(made, "show", "story.html").output
    assert f"yours       {made.root.resolve()}/themes/mine/templates/story.html" in output
    assert "gets        options, page, site, story" in output
    assert "blocks      head, main" in output
    assert "prints      base.html, parts.html, story.html" in output


def test_differences_are_shown(workshop: Make):
    made = workshop(MINE, "-- themes/mine/templates/404.html --\nx\n", settings='theme = "mine"\n')
    assert run(made, "show", "--diff").output.endswith("+x\n")


def test_a_file_is_copied_once(workshop: Make):
    made = workshop()
    assert (
        run(made, "copy", "story.html").output
        == "themes/broadsheet/templates/story.html is now your copy: change it there.\n"
    )
    assert "compared" in run(made, "copy", "--renew", "story.html").output
    assert "is there already" in str(run(made, "copy", "story.html").exception)


@pytest.mark.parametrize(("template", "code"), [('{% extends "story.html" %}', 0), ("{{ nothing }}", 1)])
def test_the_exit_code_of_check_says_whether_all_is_right(workshop: Make, template: str, code: int):
    made = workshop(MINE, STORY + template + "\n", settings='theme = "mine"\n')
    assert run(made, "check").exit_code == code


def test_a_warning_counts_where_check_is_strict(workshop: Make):
    made = workshop(MINE, "-- themes/mine/templates/stray.html --\nx\n", settings='theme = "mine"\n')
    assert run(made, "check").exit_code == 0
    assert run(made, "check", "--strict").exit_code == 1


def test_a_wrong_option_is_told_by_check_and_not_raised(workshop: Make, capsys: pytest.CaptureFixture[str]):
    made = workshop(settings='\n[tool.broadsheet.theme]\naccent = "red"\n')
    with pytest.raises(SystemExit) as caught:
        main(["theme", "check"], site=made.root)
    assert caught.value.code == 1
    assert capsys.readouterr().err.startswith("pyproject.toml:6: error: theme.accent: 'red' is not a colour")
