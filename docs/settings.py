"""Writes docs/settings.md from the types and comments of the settings: python docs/settings.py.

In: ``config.Settings``, robots and the crawlers that are known, taxonomies, kinds of targets. Out: Markdown. A test
holds that the file is current.
"""

from __future__ import annotations

import inspect
import json
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any, get_origin

import msgspec

from broadsheet.config import Settings
from broadsheet.config.robots import Robots, crawlers
from broadsheet.config.settings import FeedKind
from broadsheet.config.targets import KINDS
from broadsheet.config.taxonomies import Declared
from broadsheet.model import FeedForm, Period

FILE = Path(__file__).with_name("settings.md")
HEAD = """\
# Settings

The settings of a site stand under `[tool.broadsheet]` in its `pyproject.toml`. Each has a default, so a site begins
with none. A misspelt one is an error with its line and the nearest name. This page is made of the program's own types:
`python docs/settings.py` writes it.

```toml
[tool.broadsheet]
title = "The Harbour Digest"
url = "https://example.org/news/"
language = "en-GB"
timezone = "Europe/London"
edition = "weekly"
sections = ["World", "Harbour", "Culture"]
section_aliases = { "International" = "World" }
```

| setting | what it is | type | default |
| --- | --- | --- | --- |
"""
TAXONOMIES = """
## Taxonomies

Sections, topics, authors and sources are ways to group stories that every site has. A line adds another, by a key of
front matter:

```toml
[tool.broadsheet.taxonomies]
country = "Countries"
```

With `country: France`, or `country: [France, Italy]`, in the front matter of stories, the site has a page of all
countries at `/countries/`, a page and feeds for each, links from each story, breadcrumbs, and a line in its sitemap,
its list of feeds and its navigation. Spellings are united, and addresses made, as those of topics are. Where the title
does not say enough, a table does:

```toml
[tool.broadsheet.taxonomies.company]
title = "Companies"
key = "companies"
minimum = 3
```

| setting | what it is | type | default |
| --- | --- | --- | --- |
"""
ROBOTS = """
## Robots

Everybody may come, unless you say otherwise. A purpose that is switched off keeps its crawlers out by name, in
robots.txt; what you say can be said in further languages too, all of them off at first. [Publishing](publishing.md)
explains each, and who honours it.

```toml
[tool.broadsheet.robots]
ai_training = false
content_signals = true
```

| setting | what it is | type | default |
| --- | --- | --- | --- |
"""
CRAWLERS = """
These crawlers are known by name. They were looked up on {day}, each on its operator's page; where that page could not
be read (†) the line goes by what others say of it. Of those marked ‡ the operator says that they may pass over
robots.txt, since a person asked for the page.

| crawler | operator | purpose | page |
| --- | --- | --- | --- |
"""
TARGETS = """
## Targets

Where `publish` sends the site: a table `[tool.broadsheet.targets.NAME]` for each place, with a `kind`. Every kind takes
`url`, the address at which readers find what was sent: after a publication it is fetched and compared. No secret has a
place here. [Publishing](publishing.md) goes through each kind step by step.
"""
_FIELD = re.compile(r"^    (\w+): [^\n]*?(?:  # ([^\n]+))?$", re.MULTILINE)
_ABOVE = re.compile(r"^    # ([^\n]+)\n    (\w+):", re.MULTILINE)
_NAMES: Mapping[Any, str] = {
    str: "text",
    int: "whole number",
    bool: "true or false",
    tuple[str, ...]: "list of texts",
    dict[str, str]: "table of texts",
    dict[str, tuple[str, ...]]: "table of lists",
    Period: '"daily", "weekly" or "monthly"',
    tuple[FeedForm, ...]: 'list of "rss", "atom", "json"',
    tuple[FeedKind, ...]: 'list of "section", "topic", "author", "source", "thread"',
}


def page() -> str:
    """The page of all settings."""
    told = comments(Settings)
    rows = [
        f"| `{field.name}` | {_cell(told[field.name])} | {_cell(_type(field.type))} | {_default(field)} |"
        for field in msgspec.structs.fields(Settings)
    ]
    said = comments(Declared)
    own = [
        f"| `{field.name}` | {_cell(said[field.name])} | {_type(field.type)} | "
        f"{'needed' if field.required else _default(field)} |"
        for field in msgspec.structs.fields(Declared)
    ]
    asked = comments(Robots)
    robots = [
        f"| `{field.name}` | {_cell(asked[field.name])} | {_type(field.type)} | {_default(field)} |"
        for field in msgspec.structs.fields(Robots)
    ]
    known = [
        f"| {one.name}{'' if one.read else ' †'}{'' if one.heeds else ' ‡'} | {one.operator} | `{one.purpose}` | "
        f"<{one.source}> |"
        for one in crawlers().crawlers
    ]
    listed = CRAWLERS.format(day=crawlers().looked_up)
    parts = [HEAD, "\n".join(rows), "\n", ROBOTS, "\n".join(robots), "\n", listed, "\n".join(known), "\n"]
    parts += [TAXONOMIES, "\n".join(own), "\n", TARGETS]
    for name, kind in KINDS.items():
        parts.append(f'\n### `kind = "{name}"`\n\n{inspect.cleandoc(kind.__doc__ or "").replace("``", "`")}\n\n')
        parts.append("| setting | type | default |\n| --- | --- | --- |\n")
        for field in msgspec.structs.fields(kind):
            needed = "needed" if field.name in kind.required else _default(field)
            parts.append(f"| `{field.name}` | {_type(field.type)} | {needed} |\n")
    return "".join(parts)


def comments(settings: type) -> dict[str, str]:
    """What the source says of each field: behind it, or in the line above."""
    source = inspect.getsource(settings)
    told = {name: said or "" for name, said in _FIELD.findall(source)}
    told |= {name: said for said, name in _ABOVE.findall(source)}
    return {name: said[:1].upper() + said[1:] for name, said in told.items()}


def _type(kind: Any) -> str:
    if kind in _NAMES:
        return _NAMES[kind]
    values = getattr(kind, "__args__", ())
    if values and all(isinstance(value, str) for value in values):
        return " or ".join(json.dumps(value) for value in values)
    return "text or table" if str in values and get_origin(kind) is not dict else "table"


def _default(field: msgspec.structs.FieldInfo) -> str:
    value = field.default_factory() if field.default is msgspec.NODEFAULT else field.default
    if isinstance(value, msgspec.Struct) and not isinstance(value, Robots):
        return ", ".join(f"`{name} = {json.dumps(one)}`" for name, one in msgspec.to_builtins(value).items())
    return f"`{json.dumps(value, ensure_ascii=False)}`" if value not in ("", {}, (), Robots()) else "none"


def _cell(text: str) -> str:
    return text.replace("|", "\\|")


if __name__ == "__main__":
    FILE.write_text(page(), "utf-8")
    print(f"Written to {FILE}.")
