"""The command ``schema``: the settings or a story's front matter as JSON Schema, for editors that complete and check.

In: words of a command. Out: a schema, and an exit code.
"""

from __future__ import annotations

import click
import msgspec

from broadsheet.commands.console import Call


@click.command()
@click.argument("what", type=click.Choice(["settings", "story"]), metavar="settings|story")
@click.pass_obj
def schema(call: Call, what: str) -> None:
    """Print a JSON Schema: of the settings in pyproject.toml, or of the front matter of a story.

    Editors use it to complete and check what you type. Inside a site, the schema of a story also knows the site's
    sections and its own taxonomies.
    """
    from broadsheet.config import load, settings_schema
    from broadsheet.content import story_schema

    if what == "settings":
        made = settings_schema.schema()
    else:
        site, _ = load(call.folder) if (call.folder / "pyproject.toml").is_file() else (None, [])
        keys = (
            tuple(one if isinstance(said, str) else said.key or one for one, said in site.settings.taxonomies.items())
            if site
            else ()
        )
        made = story_schema.schema(keys, site.settings.sections if site else ())
    click.echo(msgspec.json.format(msgspec.json.encode(made), indent=2))
