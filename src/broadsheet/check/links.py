"""Links: addresses inside the site that lead to no page, no file or no anchor.

In: what pages say of themselves. Out: a problem for each place in the sources that leads astray.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping

import msgspec

from broadsheet.check.link_targets import UNREADABLE
from broadsheet.check.origins import Origins
from broadsheet.check.page_facts import Gathered
from broadsheet.config import Site
from broadsheet.errors import Place, Problem, error, note, warning
from broadsheet.model import Page
from broadsheet.pages import urls
from broadsheet.pipeline import Built
from broadsheet.text import nearest

NAMED = 3  # pages that a problem of a template names; the rest is counted


class _Astray(msgspec.Struct, frozen=True):
    """A target that is not what was meant: the kind of problem, and what to say of it."""

    make: Callable[[Place, str], Problem]


def problems(site: Site, built: Built, found: Gathered, origins: Origins) -> Iterator[Problem]:
    """What leads astray, by the place that it stands at."""
    astray = _astray(site, built, found)
    if not astray:
        return
    drawn: dict[tuple[Place, str], list[str]] = {}
    pages = {page.path: page for page in built.plan}
    for path, facts in found.pages.items():
        targets = (*facts.links, *facts.files, *facts.parts)
        if astray.keys().isdisjoint(targets):
            continue
        for target in targets:
            if target in astray:
                page = pages[path]
                own = origins.leading(page, target)
                yield from (astray[target].make(place, "") for place in own)
                if not own:
                    drawn.setdefault((_theirs(page, origins, target), target), []).append(urls.answered(path))
    for (place, target), where in drawn.items():
        yield astray[target].make(place, _where(where))


def _theirs(page: Page, origins: Origins, target: str) -> Place:
    """The place of an address that no text of a page holds: what redirects to it, else a template."""
    return Place(page.origin) if page.template == "redirect" and page.origin else origins.template(page, target)


def _where(pages: list[str]) -> str:
    some = ", ".join(f"/{page}" for page in sorted(pages)[:NAMED])
    return f" (on {len(pages)} pages, such as {some})" if len(pages) > NAMED else f" (on {some})"


def _astray(site: Site, built: Built, found: Gathered) -> dict[str, _Astray]:
    """Every target that is not there, or not as it is written."""
    targets: set[str] = set()
    for facts in found.pages.values():
        targets.update(facts.links, facts.files, facts.parts)
    guide = _Guide(site, built, found)
    astray = {}
    for target in sorted(targets):
        if target.startswith(UNREADABLE):
            astray[target] = _Astray(_unreadable(target[1:]))
        elif target.startswith("/"):
            path, _, anchor = target[1:].partition("#")
            file = urls.file(path)
            if file in found.files:
                there = found.pages.get(file)
                if anchor and there is not None and anchor not in there.ids:
                    astray[target] = _Astray(_anchor(path, anchor, there.ids))
            elif f"{path}/index.html" in found.files:
                astray[target] = _Astray(_slash(path))
            else:
                astray[target] = _Astray(_broken(path, guide.hint(path)))
    return astray


def _unreadable(href: str) -> Callable[[Place, str], Problem]:
    return lambda place, where: error("link-broken", f"{href!r} is no address{where}", place)


def _broken(path: str, hint: str) -> Callable[[Place, str], Problem]:
    return lambda place, where: error("link-broken", f"leads to /{path}, which is not there{where}", place, hint)


def _slash(path: str) -> Callable[[Place, str], Problem]:
    hint = f"Write /{path}/: some hosts find nothing without the slash, the others redirect."
    return lambda place, where: note("link-slash", f"leads to /{path} without a slash at its end{where}", place, hint)


def _anchor(path: str, anchor: str, ids: tuple[str, ...]) -> Callable[[Place, str], Problem]:
    match = nearest(anchor, ids)
    hint = f"Did you mean {'#' + match!r}?" if match else "The page's anchors are the ids of its elements."
    message = f"leads to the anchor #{anchor} of /{path}, which is not there"
    return lambda place, where: warning("anchor-broken", f"{message}{where}", place, hint)


class _Guide:
    """Says what a broken link may have meant."""

    def __init__(self, site: Site, built: Built, found: Gathered) -> None:
        self.addresses = [urls.answered(path) for path in found.pages]
        self._out = {story.id for story in built.newspaper.everything}
        self._site = site
        self._built = built
        self._hidden: Mapping[str, str] | None = None
        self._by_name: dict[str, list[str]] | None = None

    def hint(self, path: str) -> str:
        """A story that is not out, else the address that is most like it."""
        if self._hidden is None:
            self._hidden = {
                urls.story(story, self._site.zone).strip("/"): f"{self._site.settings.content}/stories/{story.path}"
                for story in self._built.read
                if story.id not in self._out
            }
        if waiting := self._hidden.get(path.strip("/")):
            return f"It is the address of {waiting}, which is not out: a draft, not yet due, or gone."
        if self._by_name is None:
            self._by_name = {}
            for known in self.addresses:
                parent, _, name = known.rstrip("/").rpartition("/")
                self._by_name.setdefault(name, []).append(known)
                self._by_name.setdefault(f"{parent}/", []).append(known)
        parent, _, name = path.rstrip("/").rpartition("/")
        beside = self._by_name.get(name) or self._by_name.get(f"{parent}/", [])
        match = nearest(path, beside) if name else None
        return f"Did you mean {'/' + match!r}?" if match else ""
