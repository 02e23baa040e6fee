"""Bodies: a story's Markdown file → the safe HTML of its body.

In: a story, a page of the editor's own or another Markdown text. Out: HTML. Rendering takes less time than reading back
what was rendered, so bodies are kept in memory alone, for the feeds that print again what the stories' pages printed.
"""

from __future__ import annotations

from collections.abc import Callable
from hashlib import blake2b

from broadsheet import storyfile
from broadsheet.config import Site
from broadsheet.errors import BroadsheetError, Place, fail
from broadsheet.model import Prose, Story, Text
from broadsheet.press.markdown import render
from broadsheet.typography import marks

KEPT = 48_000_000  # bytes of bodies in each process: ten thousand stories and more
_FOLDERS: dict[type, str] = {Story: "stories/", Prose: "pages/", Text: ""}


def bodies(site: Site) -> Callable[[Story | Prose | Text], str]:
    """What gives the HTML of a body. It raises BroadsheetError where the file cannot be read, or is another by now."""
    content = str(site.content)
    own, language = site.settings.typography, site.settings.language
    kept: dict[tuple[str, str], bytes] = {}  # the oldest first; as text they would take twice the memory
    size = 0

    def load(path: str, digest: str, lang: str) -> str:
        shown = f"{site.settings.content}/{path}"
        try:
            with open(f"{content}/{path}", "rb") as file:  # noqa: PTH123, a Path costs more than the reading
                data = file.read()
        except OSError as cause:
            raise fail("unreadable", f"cannot read: {cause.strerror}", Place(shown)) from cause
        text = storyfile.body(data, shown)
        if _digest(text) != digest and _digest(_split(data, shown)) != digest:
            raise changed(Place(shown))
        return render(text, marks(lang or language) if own else None)

    def body(of: Story | Prose | Text) -> str:
        nonlocal size
        path = _FOLDERS[type(of)] + of.path
        data = kept.get((path, of.body))
        if data is not None:
            return data.decode()
        html = load(path, of.body, "" if isinstance(of, Text) else of.lang)
        data = kept[path, of.body] = html.encode()
        size += len(data)
        while size > KEPT:
            size -= len(kept.pop(next(iter(kept))))
        return html

    return body


def changed(place: Place) -> BroadsheetError:
    """A source that is not what the page was planned of: drawn, it would be taken for what it was."""
    return fail("changed", "was changed while the site was built", place, "Build again: the page is as it was before.")


def _digest(text: str) -> str:
    return blake2b(text.encode(), digest_size=16).hexdigest()


def _split(data: bytes, shown: str) -> str:
    """The body as the reading of a whole file gives it, which may see an odd file's front matter end elsewhere."""
    matter, _ = storyfile.split(data, shown)
    return matter.body if matter else ""
