"""The quality of pages: what each should say of itself, what it may weigh, what it should not give away.

In: what pages say of themselves, and the plan. Out: a warning for each template that leaves out what a page should
have, or a text alternative of a picture; for each page that costs a reader more than the settings' budget, without its
pictures; for each static file, of the theme or the site's own, that holds metadata such as where a picture was taken.
Of the pictures of stories nothing but the picture is printed.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from pathlib import Path

from broadsheet import disk
from broadsheet.check.origins import Origins
from broadsheet.check.page_facts import Gathered, PageFacts, weighed
from broadsheet.config import Site
from broadsheet.errors import Place, Problem, warning
from broadsheet.model import Page
from broadsheet.pages import AssetInputs
from broadsheet.pages.urls import answered
from broadsheet.render.images import metadata
from broadsheet.text import counted

_MISSING = {
    "everything": ("nothing that a browser could read", "Is the template empty?"),
    "language": ("no language", 'Its <html> says it: <html lang="{{ page.language }}">.'),
    "title": ("no title", "Its <head> has it: <title>{{ page.title }}</title>."),
    "canonical": ("no canonical address", '<link rel="canonical" href="{{ page.canonical }}"> tells crawlers.'),
    "feed": ("no feed", "A <link rel=alternate> for each of page.feeds lets readers subscribe."),
}


def incomplete(plan: Sequence[Page], found: Gathered, origins: Origins) -> Iterator[Problem]:
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


KILOBYTE = 1024


def heavy(site: Site, plan: Sequence[Page], found: Gathered, origins: Origins) -> Iterator[Problem]:
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
        more = f"; {counted(len(pages) - 1, 'more page')} of this template too" if len(pages) > 1 else ""
        yield warning("page-heavy", f"/{heaviest} weighs {weight / KILOBYTE:.0f} KB{more}", place, hint)


class _Scale:
    """Weighs pages with the style sheets and scripts that they load, each of which is weighed once."""

    def __init__(self, site: Site, found: Gathered) -> None:
        self._folder = site.output
        self._there = found.files
        self._files: dict[str, int] = {}

    def bound(self, facts: PageFacts) -> int:
        """An upper bound of ``weight`` in bytes, from the estimate that was made when the page was read."""
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


_ENDINGS = frozenset({".jpg", ".jpeg", ".png", ".gif", ".webp", ".avif"})
_STATIC = "static/"
_MADE = "pictures/"  # what is made of pictures holds nothing else


def private(site: Site, plan: Sequence[Page]) -> Iterator[Problem]:
    """The static files that hold more than a picture."""
    for page in plan:
        inputs = page.inputs
        if not isinstance(inputs, AssetInputs) or page.path.startswith(_MADE):
            continue
        if Path(page.path).suffix.lower() not in _ENDINGS:
            continue
        try:
            held = metadata.found(disk.read(inputs.asset.file))
        except OSError:  # the build has reported it
            continue
        if held:
            hint = "Save it without metadata: static files are copied unchanged."
            file = Path(inputs.asset.file)
            own = file.is_relative_to(site.root)
            place = Place(file.relative_to(site.root).as_posix() if own else f"{_STATIC}{inputs.asset.name}")
            yield warning("picture-private", f"holds {_joined(held)}", place, hint)


def _joined(names: Sequence[str]) -> str:
    *others, last = names
    return f"{', '.join(others)} and {last}" if others else last
