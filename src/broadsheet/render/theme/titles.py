"""Titles: what a theme calls the pages of a site, said once for tabs, breadcrumbs and lists of feeds.

In: a theme. Out: titles by the kind of page, which a template of the theme makes of its own words.
"""

from __future__ import annotations

import msgspec

from broadsheet.errors import Place, fail
from broadsheet.render.theme.theme import Theme

TEMPLATE = "partials/titles.json"


def titles(theme: Theme) -> dict[str, str]:
    """What the theme calls pages; nothing where it does not say. Raises BroadsheetError."""
    own = theme.templates
    if own is not None and TEMPLATE not in own:
        return {}
    try:
        return msgspec.json.decode(theme.draw(TEMPLATE, {}), type=dict[str, str])
    except (msgspec.DecodeError, msgspec.ValidationError) as cause:
        hint = 'It is an object of texts, such as {"topics": "Topics"}.'
        raise fail("theme-titles", f"not the titles of pages: {cause}", Place(f"templates/{TEMPLATE}"), hint) from cause
