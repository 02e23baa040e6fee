"""Bodies: a story's Markdown file → the safe HTML of its body.

In: a story or a page of the editor's own. Out: HTML. Rendering takes less time than reading back what was rendered, so
only the latest bodies are kept, for the feeds that share them.
"""

from __future__ import annotations

import functools
from collections.abc import Callable

from broadsheet import storyfile
from broadsheet.config import Site
from broadsheet.errors import Place, fail
from broadsheet.model import Prose, Story
from broadsheet.press.markdown import render

KEPT = 512  # bodies; a few feeds' worth


def bodies(site: Site) -> Callable[[Story | Prose], str]:
    """What gives the HTML of a body. It raises BroadsheetError where the file cannot be read any more."""
    content = str(site.content)

    @functools.lru_cache(KEPT)
    def load(folder: str, path: str, _digest: str) -> str:
        shown = f"{site.settings.content}/{folder}/{path}"
        try:
            with open(f"{content}/{folder}/{path}", "rb") as file:  # noqa: PTH123, a Path costs more than the reading
                data = file.read()
        except OSError as cause:
            raise fail("unreadable", f"cannot read: {cause.strerror}", Place(shown)) from cause
        return render(storyfile.body(data, shown))

    def body(of: Story | Prose) -> str:
        return load("stories" if isinstance(of, Story) else "pages", of.path, of.body)

    return body
