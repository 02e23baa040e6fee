"""Bodies: a story's Markdown file → the safe HTML of its body.

In: a story, a page of the editor's own or another Markdown text. Out: HTML. Rendering takes less time than reading back
what was rendered, so bodies are kept in memory alone: as text from the reading of a story to its printing, as HTML for
the feeds that print again what the stories' pages printed.
"""

from __future__ import annotations

from collections.abc import Iterable
from hashlib import blake2b
from html import escape

from broadsheet import content, disk
from broadsheet.config import Site
from broadsheet.errors import BroadsheetError, Place, fail
from broadsheet.model import Prose, Story, Text
from broadsheet.render.markdown import render
from broadsheet.typography import marks

KEPT = 48_000_000  # bytes of HTML in each process: ten thousand stories and more
READ = 36_000_000  # bytes of text that was read and not yet printed: ten thousand stories
_CLOSES = b"\n---\n"  # what ends most front matter
_FOLDERS: dict[type, str] = {Story: "stories/", Prose: "pages/", Text: ""}


class Bodies:
    """Gives the HTML of bodies, and raises BroadsheetError where a file cannot be read, or is another by now.

    ``again`` is False where nobody asks twice: neither feeds with whole stories nor a search index.
    """

    again = True

    def __init__(self, site: Site) -> None:
        self._content = str(site.content)
        self._shown = site.settings.content
        self._own, self._language = site.settings.typography, site.settings.language
        self._read: dict[tuple[str, str], bytes] = {}
        self._kept: dict[tuple[str, str], bytes] = {}  # the oldest first; as text they would take twice the memory
        self._size = 0

    def expect(self, story: Story, text: bytes) -> None:
        """Take a story's body from whoever has just read it, so that it is not read again."""
        self._read[_FOLDERS[Story] + story.path, story.body] = text

    def source(self, of: Story | Prose | Text) -> tuple[str, str, bytes]:
        """The Markdown of a body, behind the file and the digest that it is known by."""
        key = _FOLDERS[type(of)] + of.path, of.body
        read = self._read.pop(key, None)
        return *key, self._load(*key).encode() if read is None else read

    def take(self, sources: Iterable[tuple[str, str, bytes]]) -> None:
        """Have these bodies at hand, as ``source`` gives them, and no others."""
        self._read = {(path, digest): text for path, digest, text in sources}

    def __call__(self, of: Story | Prose | Text) -> str:
        """The HTML of a body; of a retracted story that is the notice, and its file is not opened."""
        if isinstance(of, Story) and of.retracted:
            return f"<p>{escape(of.retracted.text)}</p>\n"
        key = _FOLDERS[type(of)] + of.path, of.body
        data = self._kept.get(key)
        if data is not None:
            return data.decode()
        read = self._read.pop(key, None)
        text = self._load(*key) if read is None else read.decode()
        html = render(text, marks(of.lang or self._language) if self._own else None)
        if not self.again:
            return html
        data = self._kept[key] = html.encode()
        self._size += len(data)
        while self._size > KEPT:
            self._size -= len(self._kept.pop(next(iter(self._kept))))
        return html

    def _load(self, path: str, digest: str) -> str:
        shown = f"{self._shown}/{path}"
        try:
            data = disk.read(f"{self._content}/{path}")
        except OSError as cause:
            raise fail("unreadable", f"cannot read: {cause.strerror}", Place(shown)) from cause
        body = data[data.find(_CLOSES, len(_CLOSES)) + len(_CLOSES) :].strip()
        if _digest(body) == digest:  # as nearly always: nothing in it has to be mended, and it begins where it should
            return body.decode()
        for text in (content.body(data, shown), _split(data, shown)):
            if _digest(text.encode()) == digest:
                return text
        raise changed(Place(shown))


def changed(place: Place) -> BroadsheetError:
    """A source that is not what the page was planned of: drawn, it would be taken for what it was."""
    return fail(
        "changed", "was changed while the site was built", place, "Build again: until then the page stays as it was."
    )


def _digest(body: bytes) -> str:
    return blake2b(body, digest_size=16).hexdigest()


def _split(data: bytes, shown: str) -> str:
    """The body as the reading of a whole file gives it, which may see an odd file's front matter end elsewhere."""
    matter, _ = content.split(data, shown)
    return matter.body if matter else ""
