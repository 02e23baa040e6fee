"""Weight: what a page costs a reader who pays for it, without its pictures.

In: what pages say of themselves. Out: a warning for each that is over the budget of the settings.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence

from broadsheet.check.origins import Origins
from broadsheet.check.page_facts import Gathered
from broadsheet.check.scan import PageFacts, weighed
from broadsheet.config import Site
from broadsheet.errors import Place, Problem, warning
from broadsheet.model import Page
from broadsheet.pages.urls import answered

KILOBYTE = 1024


def problems(site: Site, plan: Sequence[Page], found: Gathered, origins: Origins) -> Iterator[Problem]:
    """The pages over the budget: those of a file each, those of a template together."""
    budget = site.settings.page_weight * KILOBYTE
    if not budget:
        return
    scale = _Scale(site, found)
    drawn: dict[Place, list[tuple[int, str]]] = defaultdict(list)
    hint = f"The settings allow {site.settings.page_weight} KB, compressed and without pictures (page_weight; 0: any)."
    for page in plan:
        facts = found.pages.get(page.path)
        if facts is None or scale.bound(facts) <= budget or (weight := scale.weight(page.path, facts)) <= budget:
            continue
        if page.origin:
            message = f"/{answered(page.path)} weighs {weight / KILOBYTE:.0f} KB{scale.parts(facts)}"
            yield warning("page-heavy", message, origins.of(page), hint)
        else:
            drawn[origins.of(page)].append((weight, answered(page.path)))
    for place, pages in drawn.items():
        weight, heaviest = max(pages)
        more = f", and {len(pages) - 1} more pages that it draws are too heavy" if len(pages) > 1 else ""
        yield warning("page-heavy", f"/{heaviest} weighs {weight / KILOBYTE:.0f} KB{more}", place, hint)


class _Scale:
    """Weighs pages with the style sheets and scripts that they load, each of which is weighed once."""

    def __init__(self, site: Site, found: Gathered) -> None:
        self._folder = site.output
        self._there = found.files
        self._files: dict[str, int] = {}

    def bound(self, facts: PageFacts) -> int:
        """What a page and what it loads weigh at most, as was found without much ado."""
        return facts.weight + sum(map(self._file, facts.files))

    def weight(self, path: str, facts: PageFacts) -> int:
        """The compressed bytes of a page and what it loads."""
        return sum(map(self._file, (f"/{path}", *facts.files)))

    def parts(self, facts: PageFacts) -> str:
        """How much of it is not the page itself."""
        rest = sum(map(self._file, facts.files))
        return f", {rest / KILOBYTE:.0f} of them styles and scripts" if rest else ""

    def _file(self, target: str) -> int:
        if target not in self._files:
            path = target.removeprefix("/")
            self._files[target] = weighed((self._folder / path).read_bytes()) if path in self._there else 0
        return self._files[target]
