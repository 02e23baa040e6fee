"""The bodies of feeds' entries: what a feed reader could not follow, or should not be sent.

In: the HTML of an entry. Out: what is wrong with it, in words. The same body stands in many feeds, and is read once.
"""

from __future__ import annotations

import functools
import re
from typing import Any

from lxml import etree

_RISKY = frozenset(
    {"script", "object", "embed", "meta", "noscript", "style", "iframe", "form", "base", "link", "applet"}
)
_ADDRESSES = ("href", "src", "poster")
_ABSOLUTE = re.compile(r"[a-z][a-z0-9+.-]*:", re.IGNORECASE)
_STYLE = re.compile(r"position|expression|url\(|behavior|@import", re.IGNORECASE)


@functools.lru_cache(maxsize=20_000)
def faulty(html: str) -> tuple[str, ...]:
    """What is wrong with a body: relative addresses, script, events, styles that a reader has to fear."""
    if "<" not in html:
        return ()
    root = etree.fromstring(f"<div>{html}</div>".encode("utf-8", "replace"), _parser())
    found: dict[str, None] = {}
    for element in root.iter(etree.Element) if root is not None else ():
        if element.tag in _RISKY:
            found[f"holds <{element.tag}> (SecurityRisk)"] = None
        for said in _attributes(element):
            found[said] = None
    return tuple(found)


def _attributes(element: Any) -> list[str]:
    found = []
    for name, value in element.items():
        if name in _ADDRESSES and not _ABSOLUTE.match(value.strip()):
            found.append(f"leads to {value!r}, which is no full address (ContainsRelRef)")
        elif name == "srcset" and any(not _ABSOLUTE.match(one.strip()) for one in value.split(",") if one.strip()):
            found.append("has pictures without full addresses (ContainsRelRef)")
        elif name.startswith("on"):
            found.append(f"holds {name}= (SecurityRisk)")
        elif name == "style" and _STYLE.search(value):
            found.append("holds a dangerous style (DangerousStyleAttr)")
        if name in _ADDRESSES and value.strip().lower().startswith(("javascript:", "vbscript:")):
            found.append("leads to a script (SecurityRisk)")
    return found


def _parser() -> Any:
    return etree.HTMLParser(encoding="utf-8", huge_tree=True)
