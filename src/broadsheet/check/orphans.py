"""Orphans: pages that no reader comes to, because no link leads there from the front page.

In: what pages say of themselves. Out: a warning for each, or one for all of those that one template drew.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence

from broadsheet.check.origins import Origins
from broadsheet.check.page_facts import Gathered
from broadsheet.errors import Place, Problem, warning
from broadsheet.model import Page
from broadsheet.pages import urls

# Templates of pages that are found by an old address, or by none.
_ALONE = frozenset({"redirect", "gone.html", "404.html"})


def problems(plan: Sequence[Page], found: Gathered, origins: Origins) -> Iterator[Problem]:
    """The pages that cannot be reached."""
    reached = _reached(found)
    drawn: dict[Place, list[str]] = defaultdict(list)
    hint = "Link to it from a page that readers come to, or take it out."
    for page in plan:
        if page.path in found.pages and page.path not in reached and page.template not in _ALONE:
            if page.origin:
                yield warning("page-orphan", f"no link leads to /{urls.answered(page.path)}", origins.of(page), hint)
            else:
                drawn[origins.of(page)].append(urls.answered(page.path))
    for place, pages in drawn.items():
        more = f" and {len(pages) - 1} more pages that it draws" if len(pages) > 1 else ""
        yield warning("page-orphan", f"no link leads to /{min(pages)}{more}", place, hint)


def _reached(found: Gathered) -> set[str]:
    """The paths of the pages that links lead to, step by step, from the front page."""
    front = urls.file(urls.FRONT)
    reached, waiting = {front}, [front]
    seen: set[str] = set()
    while waiting:
        facts = found.pages.get(waiting.pop())
        for target in facts.links if facts else ():
            if target in seen or not target.startswith("/"):
                continue
            seen.add(target)
            path = target[1:].partition("#")[0]
            file = urls.file(path)
            file = file if file in found.pages else f"{path}/index.html"
            if file in found.pages and file not in reached:
                reached.add(file)
                waiting.append(file)
    return reached
