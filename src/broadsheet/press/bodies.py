"""Bodies: a story's Markdown file → the safe HTML of its body.

In: a story, a page of the editor's own or another Markdown text. Out: HTML. Rendering takes less time than reading back
what was rendered, so bodies are kept in memory alone, for the feeds that print again what the stories' pages printed.
"""

from __future__ import annotations

from collections.abc import Callable

from broadsheet import storyfile
from broadsheet.config import Site
from broadsheet.errors import Place, fail
from broadsheet.model import Prose, Story, Text
from broadsheet.press.markdown import render

KEPT = 48_000_000  # bytes of bodies in each process: ten thousand stories and more
_FOLDERS: dict[type, str] = {Story: "stories/", Prose: "pages/", Text: ""}


def bodies(site: Site) -> Callable[[Story | Prose | Text], str]:
    """What gives the HTML of a body. It raises BroadsheetError where the file cannot be read any more."""
    content = str(site.content)
    kept: dict[tuple[str, str], bytes] = {}  # the oldest first; as text they would take twice the memory
    size = 0

    def load(path: str) -> str:
        shown = f"{site.settings.content}/{path}"
        try:
            with open(f"{content}/{path}", "rb") as file:  # noqa: PTH123, a Path costs more than the reading
                data = file.read()
        except OSError as cause:
            raise fail("unreadable", f"cannot read: {cause.strerror}", Place(shown)) from cause
        return render(storyfile.body(data, shown))

    def body(of: Story | Prose | Text) -> str:
        nonlocal size
        path = _FOLDERS[type(of)] + of.path
        data = kept.get((path, of.body))
        if data is not None:
            return data.decode()
        html = load(path)
        data = kept[path, of.body] = html.encode()
        size += len(data)
        while size > KEPT:
            size -= len(kept.pop(next(iter(kept))))
        return html

    return body
