"""A text as WordPress keeps it → the Markdown of what it shows readers.

In: the text of a post, of the old editor or of blocks, and the library of its site. Out: Markdown, and a problem for
what means nothing here. What WordPress does when it prints a text is done here: blank lines part paragraphs, shortcodes
and blocks are put in words, or stay to be seen; the notes of a post are footnotes.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from html import escape, unescape
from urllib.parse import urljoin

import msgspec

from broadsheet.errors import Place, Problem, warning
from broadsheet.migrate import html


class Attachment(msgspec.Struct, frozen=True):
    """A picture of the old site's library: its address, words, the post that it was put into, its place there."""

    src: str
    alt: str
    caption: str
    parent: str
    order: int


class Library(msgspec.Struct, frozen=True):
    """What texts of a site show by number: pictures, and patterns, which are texts that stand in several posts."""

    pictures: dict[str, Attachment] = {}
    patterns: dict[str, str] = {}


class WordPressText(msgspec.Struct, frozen=True):
    """The text of a post, the number and address of that, its notes as the export has them, where it stands there."""

    content: str
    post: str
    base: str
    notes: str
    place: Place


def markdown(text: WordPressText, library: Library) -> tuple[str, list[Problem]]:
    """The Markdown of a text with its footnotes below it, and what in it means nothing here."""
    reading = _Reading(text, library)
    return reading.markdown(), reading.problems


_CDN = re.compile(r"https?://i\d\.wp\.com/")  # WordPress.com's, which shows pictures of any site
_SUP = re.compile(r"<sup\b[^<>]*\bdata-fn=\"([\w-]{1,80})\"[^<>]*>(?:\s*<a\b[^<>]*>[^<>]*</a>\s*|[^<>]*)</sup>")
_DRAWN = re.compile(r"<!--\s*wp:([a-z][a-z0-9/-]{0,60})\s+(\{[^<>]*\}\s+)?/-->")
_STILL = frozenset(("footnotes", "more", "nextpage", "spacer", "separator", "paragraph", "post-content"))
_TAG = re.compile(r"\[(\[?)(/?)([A-Za-z][\w-]{0,40})((?:[\s=:][^\[\]]{0,2000})?)\](\]?)")
_VALUE = re.compile(r"([\w-]+)\s*=\s*(?:\"([^\"]*)\"|'([^']*)'|([^\s\"']+))|\"([^\"]*)\"|(\S+)")
_PICTURED = re.compile(r"\s*((?:<a\b[^<>]*>\s*)?<img\b[^<>]*>\s*(?:</a\s*>)?)(.*)", re.DOTALL | re.IGNORECASE)
_NOTES = frozenset(("ref", "efn_note", "footnote", "fn", "mfn"))
_CODES = frozenset(("code", "sourcecode", "source", "highlight", "php", "css", "js", "python", "bash"))
_SOUNDS = ("src", "mp4", "m4v", "webm", "ogv", "mp3", "m4a", "ogg", "oga", "wav", "flac", "url")
_HOSTS = {
    "youtube": "https://www.youtube.com/watch?v={}", "vimeo": "https://vimeo.com/{}",
    "tweet": "https://x.com/i/status/{}", "instagram": "https://www.instagram.com/p/{}/",
    "soundcloud": "{}", "ted": "https://www.ted.com/talks/{}", "embed": "{}", "audio": "{}", "video": "{}",
}  # fmt: skip
_BUILDERS = re.compile(
    r"(?:vc|et_pb|fusion|av|mk|nectar|wpb|tatsu)_\w+|(?:row|column|one_half|one_third|two_third|su_row)"
)
_EMPTY = frozenset(("toc", "ez-toc", "sitemap"))
_SHOWN = 5  # names in one message
_NEST = 4  # shortcodes, or patterns, within one another
_HOLDERS = "article|aside|blockquote|details|div|fieldset|footer|header|main|nav|section"  # of paragraphs
_OTHERS = "address|dl|figure|form|h[1-6]|hr|iframe|ol|p|pre|script|style|table|ul|video|audio"
_BLOCKS = f"{_HOLDERS}|{_OTHERS}"
_HOLDER = re.compile(rf"(</?(?:{_HOLDERS})(?=[\s/>])[^<>]*>)", re.IGNORECASE)
_BLOCK = re.compile(rf"(</(?:{_OTHERS})\s*>)|(<(?:{_OTHERS})(?=[\s/>]))", re.IGNORECASE)
_BEGINS = re.compile(rf"</?(?:{_BLOCKS}|li|dt|dd|t[hdr]|tbody|thead|tfoot|figcaption|summary)(?=[\s/>])", re.IGNORECASE)
_LISTED = re.compile(r"<pre\b.*?(?:</pre\s*>|\Z)", re.DOTALL | re.IGNORECASE)


class _Reading:
    """One text as it is read: its footnotes so far, what is held, and what was seen."""

    def __init__(self, text: WordPressText, library: Library) -> None:
        self.problems: list[Problem] = []
        self._text, self._library, self._base, self._place = text, library, text.base, text.place
        self._held = html.ProtectedMarkdown()
        self._notes: list[str] = []
        self._builders: dict[str, None] = {}
        self._left: dict[str, None] = {}

    def markdown(self) -> str:
        """The Markdown of the text, with its footnotes below it."""
        text = html.bare(self._text.content).replace("\r\n", "\n").replace("\r", "\n")
        classic = "<!-- wp:" not in text
        text = self._drawn(_CDN.sub("https://", text), 0)
        text = self._footnoted(text)
        text = self._shortcodes(text, 0)
        if self._builders:
            message = f"tags of a page builder were removed, and their content was kept: {_some(self._builders)}"
            self.problems.append(warning("import-tag", message, self._place))
        if self._left:
            message = f"blocks that WordPress fills in itself were left out: {_some(self._left)}"
            self.problems.append(warning("import-tag", message, self._place))
        made = html.markdown(_paragraphs(text) if classic else text, self._base, self._held)
        self.problems += html.left_out(self._held, self._place)
        notes = [f"[^{n}]: {said}" for n, said in enumerate(self._notes, 1)]
        return "\n\n".join(filter(None, (made, *notes)))

    def _footnoted(self, text: str) -> str:
        """The text with references to the notes that stand in a value of the post."""
        try:
            told = json.loads(self._text.notes or "[]")
        except (ValueError, RecursionError):
            self.problems.append(warning("import-tag", "its footnotes cannot be read: left out", self._place))
            return text
        known = {}
        for one in told if isinstance(told, list) else []:
            if isinstance(one, dict) and isinstance(one.get("content"), str):
                known[str(one.get("id"))] = self._note(one["content"])
        return _SUP.sub(lambda found: known.get(found[1], found[0]), text)

    def _note(self, content: str) -> str:
        """A mark that refers to a note with this text."""
        self._notes.append(" ".join(html.markdown(content, self._base, self._held).split()))
        return self._held.put(f"[^{len(self._notes)}]")

    def _drawn(self, text: str, depth: int) -> str:
        """The text with patterns in their places, and without the blocks of which WordPress makes something itself."""

        def drawn(found: re.Match[str]) -> str:
            name = found[1]
            try:
                told = json.loads(found[2] or "{}")
            except (ValueError, RecursionError):
                told = {}
            pattern = self._library.patterns.get(str(told.get("ref", ""))) if name == "block" else None
            if pattern is not None and depth < _NEST:
                return self._drawn(html.bare(pattern), depth + 1)
            if "embed" in name and isinstance(told.get("url"), str):
                return _link(told["url"])
            if name not in _STILL:
                self._left[name] = None
            return ""

        return _DRAWN.sub(drawn, text)

    def _shortcodes(self, text: str, depth: int) -> str:
        """The text with its shortcodes put in words, or shown as code."""
        made: list[str] = []
        at = 0
        opened: set[str] = set()
        missing: set[str] = set()
        while found := _TAG.search(text, at):
            made.append(text[at : found.start()])
            at = found.end()
            name = found[3].lower()
            if found[1] and found[5]:  # how authors show one
                made.append(self._held.put(html.code(found[0][1:-1])))
                continue
            inner = None
            if not found[2] and name not in missing:
                end = re.compile(rf"\[/{re.escape(name)}\]", re.IGNORECASE).search(text, at)
                missing |= set() if end else {name}
                inner = text[at : end.start()] if end else None
            words = None if found[2] else self._shortcode(name, found[4], inner, depth)
            if words is not None:
                made.append(f"{found[1]}{words}{found[5]}")
                at = end.end() if inner is not None and end else at
            elif _BUILDERS.fullmatch(name):
                self._builders[name] = None
            elif found[2] and name not in opened:
                made.append(found[0])
            elif found[2] or inner is not None or "=" in found[4] or "_" in name:
                opened.add(name)
                made.append(self._held.put(html.code(found[0])))
                if not found[2]:
                    message = f"the shortcode {name!r} is not supported: shown as code"
                    self.problems.append(warning("import-tag", message, self._place, found[0][:100]))
            else:
                made.append(found[0])  # words in brackets, such as [sic]
        return "".join((*made, text[at:]))

    def _shortcode(self, name: str, said: str, inner: str | None, depth: int) -> str | None:
        """What a shortcode of WordPress or of a common plug-in becomes; None for one that means nothing here."""
        keys, words = _told(said)
        if name in ("caption", "wp_caption") and inner is not None:
            shown = _PICTURED.match(inner)
            caption = keys.get("caption") or (shown[2].strip() if shown else "")
            caption = self._shortcodes(caption, depth + 1) if depth < _NEST else caption
            return f"\n\n<figure>{shown[1] if shown else inner}<figcaption>{caption}</figcaption></figure>\n\n"
        if name in ("gallery", "playlist"):
            return self._gallery(keys, listed=name == "playlist")
        if name in _HOSTS:
            told = next((keys[key] for key in (*_SOUNDS, "id") if keys.get(key)), "") or (inner or "").strip()
            told = told or next(iter(words), "").lstrip("=")
            address = told if told.startswith(("http://", "https://", "/")) else _HOSTS[name].format(told)
            try:
                return _link(urljoin(self._base, unescape(address))) if told else None
            except ValueError:  # no address
                return None
        if inner is None or depth >= _NEST:
            return "" if name in _EMPTY else None
        if name in _NOTES:
            return self._note(inner)
        if name in _CODES:
            return f"\n\n<pre>{escape(unescape(inner))}</pre>\n\n"
        return self._shortcodes(inner, depth + 1) if name == "dropcap" else None

    def _gallery(self, keys: Mapping[str, str], *, listed: bool) -> str:
        """The pictures that a gallery names, or those that were put into its post."""
        library = self._library.pictures
        if ids := keys.get("ids") or keys.get("include"):
            found = [library[one] for one in re.split(r"[\s,]+", ids.strip()) if one in library]
        else:
            found = sorted(
                (one for one in library.values() if one.parent == self._text.post), key=lambda one: one.order
            )
        if not found:
            message = "a gallery shows pictures that the export does not name: left out"
            self.problems.append(warning("import-tag", message, self._place, "Export all content, with its media."))
        if listed:
            return "".join(_link(one.src, one.caption) for one in found)
        figures = (
            f'<figure><img src="{escape(one.src)}" alt="{escape(one.alt)}">'
            f"<figcaption>{escape(one.caption)}</figcaption></figure>"
            for one in found
        )
        return f'\n\n<div class="gallery">{"".join(figures)}</div>\n\n'


def _some(names: Mapping[str, None]) -> str:
    """A few of some names, and how many more there are."""
    more = f" and {len(names) - _SHOWN} more" if len(names) > _SHOWN else ""
    return ", ".join([*names][:_SHOWN]) + more


def _told(said: str) -> tuple[dict[str, str], list[str]]:
    """The values of a shortcode: those with a key, and the others."""
    keys: dict[str, str] = {}
    words: list[str] = []
    for found in _VALUE.finditer(said.strip().removesuffix("/")):
        if found[1]:
            keys[found[1].lower()] = next((one for one in (found[2], found[3], found[4]) if one is not None), "")
        else:
            words.append(found[5] if found[5] is not None else found[6])
    return keys, words


def _link(address: str, words: str = "") -> str:
    return f'\n\n<p><a href="{escape(address)}">{escape(words or html.shown(address))}</a></p>\n\n'


def _paragraphs(text: str) -> str:
    """A text of the old editor, in which a blank line parts paragraphs and a line's end is one that readers see."""
    made: list[str] = []
    at = 0
    for kept in _LISTED.finditer(text):
        made += [*_parted(text[at : kept.start()]), kept[0]]
        at = kept.end()
    return "\n\n".join((*made, *_parted(text[at:])))


def _parted(text: str) -> Iterator[str]:
    apart = _BLOCK.sub(lambda found: f"{found[1]}\n\n" if found[1] else f"\n\n{found[2]}", text)
    for part in re.split(r"\n[^\S\n]*\n\s*", _HOLDER.sub(r"\n\n\1\n\n", apart)):
        if part := part.strip():
            yield part if _BEGINS.match(part) else "<p>{}</p>".format(part.replace("\n", "<br>\n"))
