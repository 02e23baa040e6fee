"""Bodies: a story's Markdown file → the safe HTML of its body, rendered once and kept in the store.

In: a story or a page of the editor's own. Out: HTML.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from hashlib import blake2b
from pathlib import Path

from broadsheet import storyfile
from broadsheet.config import Site
from broadsheet.errors import Place, fail
from broadsheet.model import Prose, Story
from broadsheet.press.markdown import VERSION, render
from broadsheet.press.store import Store


class Bodies:
    """Gives the HTML of bodies; nothing is held in memory but what one page needs."""

    def __init__(self, site: Site, store: Store) -> None:
        self.site = site
        self.store = store

    def __call__(self, of: Story | Prose) -> str:
        """The HTML of a body. Raises BroadsheetError where its file cannot be read any more."""
        (key,) = self.keys([of])
        html = self.store.body(key)
        if html is None:
            text = self._text(of)
            html = render(text)
            if blake2b(text.encode(), digest_size=16).hexdigest() == of.body:  # else it was edited since it was planned
                self.store.keep_body(key, html)
        return html

    def keys(self, of: Iterable[Story | Prose]) -> Iterator[str]:
        """The keys under which the store keeps these bodies."""
        return (f"{VERSION}:{one.body}" for one in of)

    def _text(self, of: Story | Prose) -> str:
        folder = "stories" if isinstance(of, Story) else "pages"
        file: Path = self.site.content / folder / of.path
        shown = f"{self.site.settings.content}/{folder}/{of.path}"
        try:
            matter, problems = storyfile.split(file.read_bytes(), shown)
        except OSError as cause:
            raise fail("unreadable", f"cannot read: {cause.strerror}", Place(shown)) from cause
        if matter is None:
            raise fail(problems[0].code, problems[0].message, problems[0].place, problems[0].hint)
        return matter.body
