"""The elements of wires by name: what each tells of a story, and what it is called in HTML.

In: a name, or the element that holds the text. Out: the part that it has in a story; the text with the names of HTML.
An element that HTML does not know is a part of its line where it stands in one, and a block of its own elsewhere; the
words of files go with the files.
"""

from __future__ import annotations

import re
from typing import Any

from broadsheet.ingest.extract.draft import Role
from broadsheet.ingest.formats.feed import entry_media
from broadsheet.ingest.formats.wires import wire_dates
from broadsheet.ingest.formats.xml_text import local

# Elements that a text is made of, by the names that HTML has for them.
_NAMES = {
    "hl1": "h2", "hl2": "h3", "bq": "blockquote", "block": "div",
    "note": "aside", "fn": "aside", "credit": "cite", "object.title": "em", "headline": "h2", "para": "p",
    "paragraph": "p", "body.content": "div", "datacontent": "div", "inlinedata": "div",
}  # fmt: skip
_HTML = frozenset((
    "a", "abbr", "article", "aside", "b", "blockquote", "body", "br", "caption", "center", "cite", "code", "col", "dd",
    "del", "div", "dl", "dt", "em", "figcaption", "figure", "footer", "h1", "h2", "h3", "h4", "h5", "h6", "header",
    "hr", "html", "i", "iframe", "img", "ins", "li", "main", "ol", "p", "pre", "q", "s", "section", "small", "span",
    "strong", "sub", "sup", "table", "tbody", "td", "tfoot", "th", "thead", "tr", "tt", "u", "ul", "video", "audio",
    "source", "script", "style", "time", "head", "title", "meta", "link",
))  # fmt: skip
_BLOCKS = frozenset(
    ("body", "div", "html", "article", "section", "main", "aside", "blockquote", "figure", "table", "tr")
)

_ROLES: tuple[tuple[str, Role], ...] = (
    (r"headline|hl1|title|slugline|newsline|catalog", "title"),
    (wire_dates.MADE, "date"),
    (r"versioncreated|thisrevisioncreated|story\.date|contentmodified", "updated"),
    (r"by|byline|person|byttl|creator|author|rewrittenby", "byline"),
    (r"dateline|located|location|city|country|region|state|sublocation", "dateline"),
    (r"subject\w*|tobject\.subject|tobject\.property|key-list|keyword", "topics"),
    (r"classifier|genre|tobject|identified-content|object\.title|event|org|name", "topics"),
    (r"copyright\w*|usageterms|creditline|doc\.copyright|doc\.rights|distributor|provider", "credit"),
    (r"source|infosource|party|holder|rights\w+|usagerights", "credit"),
    (r"tagline|bibliography", "body"),
    (r"abstract|description|hl2|summary|deck|standfirst", "summary"),
    (r"docdata|pubstatus|status|embargoed|date\.release|date\.expire|ed-msg|ednote|signal|instructions?", "status"),
    (r"statuswillchange|futurestatus|dateandtime|urgency|editorialnote|expires", "status"),
)  # fmt: skip


def role_of(name: str) -> Role | None:
    """What an element outside the text tells, by its name in lower case; None for one that a story has no place for."""
    return next((role for names, role in _ROLES if re.fullmatch(names, name)), None)


def as_html(content: Any) -> Any:
    """The tree of a text with the names of HTML: an element within a line that HTML does not know is of the line."""
    for element in list(content.iter()):
        if not isinstance(element.tag, str):
            continue
        if local(element) == "media":  # whose words go with its file
            entry_media.remove(element)
            continue
        name = _NAMES.get(local(element), local(element))
        if name not in _HTML:
            parent = element.getparent()
            around = local(parent) if parent is not None else ""
            beside = parent is not None and any(
                (part or "").strip() for part in (parent.text, *(e.tail for e in parent))
            )
            name = "div" if around in _BLOCKS and not beside and element is not content else "span"
            name = "div" if element is content else name
        element.tag = name
    return content
