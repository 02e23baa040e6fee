"""The command ``serve``: the preview.

In: words of a command. Out: lines for people, and an exit code.
"""

from __future__ import annotations

import click

from broadsheet.commands.console import Call


@click.command()
@click.option("--port", default=8000, show_default=True, help="A busy one gives way to the next that is free.")
@click.option("--host", default="127.0.0.1", show_default=True, help="The address to listen at.")
@click.option("--open/--no-open", "browser", default=False, help="Open a browser.")
@click.pass_obj
def serve(call: Call, port: int, host: str, *, browser: bool) -> None:
    """Preview the site and reload the browser while you edit; drafts show."""
    from broadsheet import preview

    preview.serve(
        call.folder,
        port=port,
        host=host,
        open_browser=browser,
        own=preview.SiteExtensions(call.filters, call.pages),
        tell=click.echo,
    )
