"""Translations: which pages of a plan say the same in other languages of the site.

In: the pages that are planned, by their paths, and what those of each language were planned from. Out: the same pages,
each with its ``translations``.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, MutableMapping, Sequence

import msgspec

from broadsheet.model import Page
from broadsheet.pages import urls
from broadsheet.pages.plan import PlanContext
from broadsheet.pages.story import StoryInputs

Languages = tuple[tuple[str, str], ...]  # each a language with the address of the page in it, the site's first first


def tell(contexts: Sequence[PlanContext]) -> None:
    """Let each page that readers come to know its translations.

    Stories name their originals. Running stories are known again, and so are sections that the settings list at one
    place. All other pages are one where they have one address below the folders of their languages.
    """
    pages = contexts[0].pages
    own = contexts[0].site.settings.language
    for page in list(pages.values()):
        if isinstance(page.inputs, StoryInputs) and page.inputs.translations:
            found = tuple((ref.language or own, ref.address) for ref in page.inputs.translations)
            pages[page.path] = msgspec.structs.replace(page, translations=found)
    if len(contexts) == 1:
        return
    named = {address: key for key, address in _named(contexts)}
    groups: dict[tuple[str, ...], list[tuple[str, str]]] = {}
    for context in contexts:
        for address, _ in context.listed:
            if not isinstance(pages[urls.file(address)].inputs, StoryInputs):
                key = named.get(address, ("", address.removeprefix(context.home)))
                groups.setdefault(key, []).append((context.site.settings.language, address))
    _tell(pages, {urls.file(address): tuple(group) for group in groups.values() for _, address in group})


def tell_feeds(pages: MutableMapping[str, Page]) -> None:
    """Let each feed know the same feed in other languages: that of a page's translation."""
    found: dict[str, Languages] = {}
    for path in [path for path in pages if urls.form(path)]:
        home, _, name = path.rpartition("/")
        page = pages.get(urls.file(f"{home}/" if home else ""))
        others = ((tag, f"{address}{name}") for tag, address in page.translations) if page else ()
        found[path] = tuple((tag, address) for tag, address in others if address in pages)
    _tell(pages, found)


def _tell(pages: MutableMapping[str, Page], found: Mapping[str, Languages]) -> None:
    for path, languages in found.items():
        if len(languages) > 1:
            pages[path] = msgspec.structs.replace(pages[path], translations=languages)


def _named(contexts: Sequence[PlanContext]) -> Iterator[tuple[tuple[str, ...], str]]:
    """The pages that are one by another thing than their address: by what, and where each is."""
    order = [context.site.settings.sections for context in contexts]
    paired = len(set(map(len, order))) == 1
    for context in contexts:
        for thread in context.threads.threads:
            yield ("thread", thread.id), urls.thread(thread)
        rank = {name: place for place, name in enumerate(context.site.settings.sections)}
        for one in context.terms["section"] if paired else ():
            if one.term.name in rank:
                yield ("section", str(rank[one.term.name])), one.address
