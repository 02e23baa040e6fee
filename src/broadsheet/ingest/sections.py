"""A label of a page → the site's own section. In: the words of a label. Out: the section's name with its evidence."""

from __future__ import annotations

from broadsheet.ingest.draft import Found, Hints
from broadsheet.words import slug

_LONGEST = 40  # characters; a longer line is no section
_COMMON = {
    "world": "international internacional monde welt mundo ausland international news world news global mondo wereld världen verden ulkomaat świat svět dünya dunia мир світ свят κόσμος العالم विश्व 国际 国際 国际新闻 세계 국제 esteri extranjero".split(" "),
}


def settle(label: str, hints: Hints, rule: str, line: int, confidence: float) -> Found[str]:
    """The site's section for a label: by its own names, by its aliases, else the label as it stands."""
    wanted = label.casefold()
    for section in hints.sections:
        if section.casefold() == wanted or slug(section) == slug(label):
            return Found(section, rule, confidence, line)
    if alias := hints.aliases.get(wanted):
        return Found(alias, f"{rule}, by the site's alias", confidence, line)
    return Found(label, rule, min(confidence, 0.6) if hints.sections else confidence, line)
