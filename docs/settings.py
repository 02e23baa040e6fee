"""Writes docs/reference/settings.md from the types and comments of the settings: python docs/settings.py.

In: ``config.Settings``, robots and the crawlers that are known, taxonomies, languages, kinds of targets. Out:
Markdown. A test holds that the file is current.
"""

from __future__ import annotations

import inspect
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any, get_args, get_origin

import msgspec

from broadsheet.config import Settings
from broadsheet.config.languages import Translation
from broadsheet.config.robots import Robots, crawlers
from broadsheet.config.settings import FeedKind
from broadsheet.config.settings_schema import comments
from broadsheet.config.targets import KINDS
from broadsheet.config.taxonomies import Declared
from broadsheet.model import FeedForm, Period

FILE = Path(__file__).with_name("reference") / "settings.md"
HEAD = """\
# Settings

A site's settings are in its `pyproject.toml`, in the table `[tool.broadsheet]`. Every setting has a default, so you
only write those you want to change. A misspelt name or a value of the wrong type is an error that names the line and
suggests the nearest setting. This page assumes a site made with `broadsheet new`.

This page is generated from the program's types by `python docs/settings.py`.

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

Every site groups stories by section, topic, author and source. You can add more groupings. Each line names a key of
front matter and the title of its pages:

```toml
[tool.broadsheet.taxonomies]
country = "Countries"
```

Stories can then say `country: France` or `country: [France, Italy]`. The site gets a page of all countries at
`/countries/`, a page and feeds for each country, and links from each story. The new pages are also in the sitemap, in
breadcrumbs, in the list of feeds and in the navigation.

Use a table where you need more than a title:

```toml
[tool.broadsheet.taxonomies.company]
title = "Companies"
key = "companies"
minimum = 3
```

| setting | what it is | type | default |
| --- | --- | --- | --- |
"""
TRANSLATIONS = """
## Translations

What a site in [several languages](../guides/languages.md#publish-one-site-in-several-languages) says in one of them: a
table `[tool.broadsheet.translations.LANGUAGE]`. A setting that is not there is the same in all languages.

```toml
[tool.broadsheet]
title = "The Harbour Digest"
languages = ["en", "de"]

[tool.broadsheet.translations.de]
title = "Der Hafenbote"
```

| setting | what it is | type |
| --- | --- | --- |
"""
ROBOTS = """
## Robots

All crawlers are allowed by default. Set a purpose to `false` to exclude the crawlers that are known to serve it. See
[Control crawlers](../guides/crawlers.md) for what each setting does and which operators honour it.

```toml
[tool.broadsheet.robots]
ai_training = false
content_signals = true
```

| setting | what it is | type | default |
| --- | --- | --- | --- |
"""
CRAWLERS = """
These crawlers are known by name. Each was looked up on its operator's page on {day}.

- †: the operator's page could not be read, and the entry relies on other sources.
- ‡: the operator says that the crawler may ignore robots.txt, because a person asked for the page.

| crawler | operator | purpose | page |
| --- | --- | --- | --- |
"""
TARGETS = """
## Targets

A target is a place that `broadsheet publish` sends the site to. Each is a table `[tool.broadsheet.targets.NAME]` with a
`kind`. Every kind takes `url`, the address at which readers find the site: after a publication Broadsheet fetches the
site from there and compares it with what it sent. Never put a secret into these tables.

See [Publish](../guides/publish.md) for step-by-step instructions.
"""
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
    described = comments(Settings)
    rows = [
        f"| `{field.name}` | {_cell(described[field.name])} | {_cell(_type(field.type))} | {_default(field)} |"
        for field in msgspec.structs.fields(Settings)
    ]
    taxonomies = comments(Declared)
    own = [
        f"| `{field.name}` | {_cell(taxonomies[field.name])} | {_type(field.type)} | "
        f"{'needed' if field.required else _default(field)} |"
        for field in msgspec.structs.fields(Declared)
    ]
    said = comments(Translation)
    tongues = [
        f"| `{field.name}` | {_cell(said[field.name])} | {_type(get_args(field.type)[0])} |"
        for field in msgspec.structs.fields(Translation)
    ]
    purposes = comments(Robots)
    robots = [
        f"| `{field.name}` | {_cell(purposes[field.name])} | {_type(field.type)} | {_default(field)} |"
        for field in msgspec.structs.fields(Robots)
    ]
    known = [
        f"| {one.name}{'' if one.read else ' †'}{'' if one.heeds else ' ‡'} | {one.operator} | `{one.purpose}` | "
        f"<{one.source}> |"
        for one in crawlers().crawlers
    ]
    listed = CRAWLERS.format(day=crawlers().looked_up)
    parts = [HEAD, "\n".join(rows), "\n", ROBOTS, "\n".join(robots), "\n", listed, "\n".join(known), "\n"]
    parts += [TAXONOMIES, "\n".join(own), "\n", TRANSLATIONS, "\n".join(tongues), "\n", TARGETS]
    for name, kind in KINDS.items():
        parts.append(f'\n### `kind = "{name}"`\n\n{inspect.cleandoc(kind.__doc__ or "").replace("``", "`")}\n\n')
        parts.append("| setting | type | default |\n| --- | --- | --- |\n")
        for field in msgspec.structs.fields(kind):
            needed = "needed" if field.name in kind.required else _default(field)
            parts.append(f"| `{field.name}` | {_type(field.type)} | {needed} |\n")
    return "".join(parts)


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
