"""Styles: a theme's options as custom properties of CSS, before the style sheets that use them.

In: options with their checked values, and the bytes of a style sheet. Out: the style sheet as it is printed. Nothing of
it stands in a page, so that a Content-Security-Policy need not allow inline styles.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from broadsheet.render.theme.options import GENERIC, Option

_USED = re.compile(rb"var\(\s*--([a-z][a-z0-9-]*)")
# What must stand before all rules: @charset, @import, @namespace, and @layer where it only gives an order.
_FIRST = re.compile(
    rb"""(?: (?: \s | /\*[^*]*\*+(?:[^/*][^*]*\*+)*/ )*
    @(?:charset|import|namespace|layer)\b (?: [^;{"'(] | "[^"]*" | '[^']*' | \([^)]*\) )* ; )*""",
    re.VERBOSE,
)


def properties(described: Mapping[str, Option], values: Mapping[str, Any]) -> dict[str, str]:
    """Custom properties by name: ``text_font`` is --text-font. A colour with another for the dark is both in one."""
    made: dict[str, str] = {}
    for key, option in described.items():
        value = values[key]
        if option.type == "colour":
            dark = values.get(f"{key}_dark")
            made[_property(key)] = f"light-dark({value},{dark})" if dark else value
        elif option.type == "fonts":
            made[_property(key)] = ",".join(_family(family) for family in value)
        elif option.type in ("length", "number"):
            made[_property(key)] = f"{value}"
    return made


def styled(sheet: bytes, known: Mapping[str, str]) -> bytes:
    """A style sheet that begins with those properties which it uses; what it says of them itself is stronger."""
    used = {name.decode() for name in _USED.findall(sheet)}
    rules = ";".join(f"{name}:{value}" for name, value in known.items() if name.removeprefix("--") in used)
    if not rules:
        return sheet
    sheet = sheet.removeprefix(b"\xef\xbb\xbf")
    first = _FIRST.match(sheet)
    end = first.end() if first else 0
    return b"%s:root{%s}\n%s" % (sheet[:end], rules.encode(), sheet[end:])


def _property(key: str) -> str:
    return "--" + key.replace("_", "-")


def _family(family: str) -> str:
    return family.lower() if family.lower() in GENERIC else f'"{family}"'
