"""The command ``words``: which words of the theme a language has, which it lacks, and which a native should look at.

In: words of a command. Out: lines for people or JSON, and an exit code.
"""

from __future__ import annotations

import click

from broadsheet.commands.console import Call


@click.command()
@click.argument("language", default="")
@click.option("--json", "machine", is_flag=True, help="Print JSON instead of lines.")
@click.pass_obj
def words(call: Call, language: str, *, machine: bool) -> None:
    """List what each language lacks of the theme's words; or of one LANGUAGE all words, with what is wrong."""
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
