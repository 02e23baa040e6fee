"""Names: what pages call sections, topics, authors and sources, and where each is found.

In: shelves. Out: for every spelling the name to print, with an address where it has a page of its own.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable

from broadsheet.model import Shelf, ShelfKind
from broadsheet.pages import urls
from broadsheet.pages.inputs import Name


class Names(dict[str, Name]):
    """The names of one kind by spelling; one without a page is itself as ``titled`` sets it, without an address."""

    def __init__(self, titled: Callable[[str], str]) -> None:
        super().__init__()
        self.titled = titled

    def __missing__(self, spelling: str) -> Name:
        made = self[spelling] = Name(self.titled(spelling), "")
        return made


def named(shelves: Iterable[Shelf], titled: Callable[[str], str]) -> dict[ShelfKind, Names]:
    """The names of these shelves by kind, without counts: what names a topic is not drawn again when that grows."""
    found: dict[ShelfKind, Names] = {kind: Names(titled) for kind in ("section", "topic", "author", "source")}
    for shelf in shelves:
        name = Name(shelf.name, urls.shelf(shelf))
        found[shelf.kind].update(dict.fromkeys(shelf.spellings, name))
    return found
