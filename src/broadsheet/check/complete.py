"""Completeness: what every page should say of itself, which a theme of one's own may forget.

In: what pages say of themselves. Out: a warning for each template that leaves something out, or shows a picture without
a text alternative.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence

from broadsheet.check.origins import Origins
from broadsheet.check.page_facts import Gathered
from broadsheet.errors import Place, Problem, warning
from broadsheet.model import Page
from broadsheet.pages.urls import answered

_MISSING = {
    "everything": ("nothing that a browser could read", "Is the template empty?"),
    "language": ("no language", 'Its <html> says it: <html lang="{{ page.language }}">.'),
    "title": ("no title", "Its <head> has it: <title>{{ page.title }}</title>."),
    "canonical": ("no canonical address", '<link rel="canonical" href="{{ page.canonical }}"> tells crawlers.'),
    "feed": ("no feed", "A <link rel=alternate> for each of page.feeds lets readers subscribe."),
}


def problems(plan: Sequence[Page], found: Gathered, origins: Origins) -> Iterator[Problem]:
    """What pages leave out, by template."""
    lacking: dict[tuple[Place, str], list[str]] = defaultdict(list)
    unnamed: dict[tuple[Place, str], list[str]] = defaultdict(list)
    for page in plan:
        facts = found.pages.get(page.path)
        if facts is None or page.template == "redirect":
            continue
        for name in facts.lacks:
            lacking[origins.template(page), name].append(answered(page.path))
        for target in facts.unnamed:
            unnamed[origins.template(page), target].append(answered(page.path))
    for (place, name), pages in lacking.items():
        said, hint = _MISSING[name]
        yield warning("page-incomplete", f"{said} in /{min(pages)}{_more(pages)}", place, hint)
    for (place, target), pages in unnamed.items():
        message = f"picture {target} has no alt in /{min(pages)}{_more(pages)}"
        hint = 'Give the <img> an alt; an empty one, alt="", where the picture says nothing that the text does not.'
        yield warning("picture-alt", message, place, hint)


def _more(pages: list[str]) -> str:
    return f" and {len(pages) - 1} more" if len(pages) > 1 else ""
