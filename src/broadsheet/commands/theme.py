"""The commands ``theme`` and ``words``: which themes there are, what one is made of, a file taken for one's own,
whether all is right; which of its words a language has, which it lacks, and which a native should look at.

In: words of a command. Out: lines for people or JSON, and an exit code.
"""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import click

from broadsheet.commands.console import JSON, Call, tell_json, tell_problems, work_on
from broadsheet.errors import Report

if TYPE_CHECKING:
    from broadsheet.config import Site
    from broadsheet.render import Theme
    from broadsheet.render.theme.overrides import ThemeFile


@click.group()
def theme() -> None:
    """List the themes, show the files and options of yours, copy a file to change it, or check it."""


@theme.command("list")
@click.pass_obj
def list_themes(call: Call) -> None:
    """List every theme that the site can use. The current one has a star."""
    from broadsheet.config import open_site
    from broadsheet.render.theme.layers import DEFAULT, chosen, themes

    site = open_site(call.folder)
    found = themes(site)
    for name in dict.fromkeys(layer.theme for layer in found):
        layers = [layer for layer in found if layer.theme == name]
        extends = next((layer.about.extends for layer in layers if layer.about.extends is not None), DEFAULT)
        whose = " over ".join("yours" if layer.own else "shipped" for layer in layers)
        star = "*" if name == chosen(site) else " "
        click.echo(f"{star} {name:<16}  {whose:<18}  {f'extends {extends}' if extends else 'stands alone'}")


@theme.command("show")
@click.argument("file", default="")
@click.option("--diff", is_flag=True, help="Show how your files differ from the theme's.")
@click.pass_obj
def show(call: Call, file: str, *, diff: bool) -> None:
    """Show where each file of the theme comes from, and its options; or all about one FILE, such as story.html."""
    from broadsheet.render.theme.overrides import differences, origin, origins

    made = _theme(call)
    found = [origin(made, file)] if file else origins(made)
    if diff:
        for one in found:
            click.echo(differences(one), nl=False)
    elif file:
        _tell_file(made, found[0])
    else:
        for one in found:
            click.echo(f"{one.path:<38}  {_whose(one)}")
        _tell_options(made)


@theme.command("copy")
@click.argument("file")
@click.option(
    "--renew", is_flag=True, help="Copy nothing: record that you compared your file with the theme's current one."
)
@click.pass_obj
def copy(call: Call, file: str, *, renew: bool) -> None:
    """Copy a template or static FILE into your theme folder, to change it there. Nothing is overwritten."""
    from broadsheet.render.theme import overrides

    made = _theme(call, work_on(call))
    if renew:
        click.echo(f"{overrides.renew(made, file)} is recorded as compared with the theme's file.")
    else:
        click.echo(f"{overrides.copy(made, file)} is now your copy: change it there.")


@theme.command("check")
@click.option("--strict", is_flag=True, help="Treat warnings as errors.")
@JSON
@click.pass_obj
def check(call: Call, *, strict: bool, machine: bool) -> None:
    """Check all templates and options, and report which of your copies are out of date."""
    from broadsheet import theme_check

    own = {name: one for kind in call.pages for name, one in getattr(kind, "templates", {}).items()}
    report = Report(theme_check.check(_theme(call), own))
    if machine:
        tell_json({}, report)
        sys.exit(report.exit_code(strict=strict))
    tell_problems(report)
    click.echo(f"Theme: {report.summary() or 'no problems'}.")
    sys.exit(report.exit_code(strict=strict))


def _theme(call: Call, site: Site | None = None) -> Theme:
    from broadsheet import pages, render
    from broadsheet.config import open_site

    site = site or open_site(call.folder)
    return render.Theme(site, pages.base(site), call.filters)


def _whose(one: ThemeFile) -> str:
    return " over ".join("yours" if layer.own else layer.theme for layer in one.layers)


def _tell_file(made: Theme, one: ThemeFile) -> None:
    """Where one file lies in each layer; of a template, what it is for, what it gets and what it prints."""
    from broadsheet.pages.kinds import TEMPLATES
    from broadsheet.theme_check import blocks

    for layer in one.layers:
        click.echo(f"{'yours' if layer.own else layer.theme:<10}  {layer.folder / one.path}")
    folder, _, name = one.path.partition("/")
    if folder != "templates":
        click.echo(f"{'printed as':<10}  {made.assets[name].path}")
        return
    if kind := TEMPLATES.get(name):
        click.echo(f"{'is':<10}  {kind.about}")
        click.echo(f"{'gets':<10}  {', '.join(sorted({*kind.views, 'options'}))} (docs/reference/views.md)")
    click.echo(f"{'blocks':<10}  {', '.join(blocks(made, name)) or 'none'}")
    others = sorted(other.lstrip("^") for other in made.reached(name) if other != name)
    click.echo(f"{'prints':<10}  {', '.join(others) or 'nothing else'}")


def _tell_options(made: Theme) -> None:
    from broadsheet.render.theme.options import written

    for key, option in made.chosen.described.items():
        said = "yours" if key in made.chosen.set else "made" if option.follows in made.chosen.set else "default"
        click.echo(f"{key:<16}  {said:<7}  {written(made.chosen.values[key])}\n{'':<16}  {option.about}")


@click.command()
@click.argument("language", default="")
@JSON
@click.pass_obj
def words(call: Call, language: str, *, machine: bool) -> None:
    """List how complete each language is; or list all words of one LANGUAGE, with what is wrong or missing."""
    import msgspec

    from broadsheet import locales, pages, render
    from broadsheet.config import open_site
    from broadsheet.render.theme.words import gaps, own_tags

    site = open_site(call.folder)
    catalogues = render.Theme(site, pages.base(site), call.filters).catalogues
    known = catalogues.tags()
    used = next((tag for tag in own_tags(site.settings.language) if tag in known), site.settings.language)
    tags = [language] if language else [*dict.fromkeys([*known, used])]
    found = [gaps(catalogues, tag) for tag in tags]
    if machine:
        click.echo(msgspec.json.encode(found[0] if language else found))
        return
    if not language:
        for one in found:
            there = one.words - len(one.missing)
            notes = [f"{len(one.missing)} missing"] if one.missing else []
            notes += [f"{len(one.wrong)} wrong"] if one.wrong else []
            notes += [f"{len(one.review)} to review"] if one.review else []
            star = "*" if one.language == used else " "
            click.echo(f"{star} {one.language:<8}  {there:>4} of {one.words}  {', '.join(notes)}".rstrip())
        return
    (one,) = found
    for key, entry in catalogues.of(*locales.chain(language)).items():
        state = "missing" if key in one.missing else "review" if key in one.review else ""
        for form in entry.forms:
            click.echo(f"{state:<8} {key:<18} {form}")
    for key, said in one.wrong.items():
        click.echo(f"{'wrong':<8} {key:<18} {said}")
