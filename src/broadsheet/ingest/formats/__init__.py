"""The one door of the readers: a source → its format, and its stories by the reader of that format.

In: a ``Source`` of any kind. Out: drafts. The content says what a source is, and the name's ending only where the
content could be several things. A reader is loaded when its first source comes. What ``refused`` knows by its first
bytes comes first: a format in letters that it takes for a table or a program must be recognised before that.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from importlib import import_module
from typing import Literal, NamedTuple, cast

import msgspec

from broadsheet.content import heads
from broadsheet.errors import Place, Problem, fail, note, warning
from broadsheet.ingest.extract import agency_lines, bylines, dates, draft_marks, reader_notes
from broadsheet.ingest.extract.draft import Draft, Hints, Reader, Source, doubted
from broadsheet.ingest.formats import refused
from broadsheet.text import clip

Format = Literal[
    "text", "markdown", "html", "feed", "mail", "ninjs", "newsml", "archive",
    "docx", "odt", "rtf", "pdf", "epub", "subtitles", "refused",
]  # fmt: skip

# Formats whose pieces stand on no lines that an editor could look up: paragraphs are counted there.
WITHOUT_LINES: frozenset[Format] = frozenset(("docx", "odt", "rtf", "pdf", "epub", "archive"))

# The folder of a reader that shares its modules with others; those of feeds and mail are folders of their own.
_FOLDERS = {
    "docx": "documents.", "odt": "documents.", "rtf": "documents.", "pdf": "documents.", "epub": "documents.",
    "subtitles": "documents.", "ninjs": "wires.", "newsml": "wires.",
}  # fmt: skip

# Formats of which no letter stands in a file as it is.
_BINARY: frozenset[str] = frozenset(("docx", "odt", "pdf", "epub", "archive", "refused"))


class _Kind(NamedTuple):
    """What a file with an ending is called, and the formats that it may have."""

    called: str
    formats: frozenset[str]


_KINDS = {
    "docx": _Kind("a Word document", frozenset(("docx",))),
    "doc": _Kind("a Word document", frozenset(("docx", "rtf", "refused"))),
    "odt": _Kind("an OpenDocument text", frozenset(("odt",))),
    "pdf": _Kind("a PDF", frozenset(("pdf",))),
    "epub": _Kind("an e-book", frozenset(("epub",))),
    "zip": _Kind("an archive", frozenset(("archive", "docx", "odt", "epub", "refused"))),
    **{end: _Kind("a spreadsheet", frozenset(("refused",))) for end in ("xlsx", "xls", "ods", "numbers")},
    **{end: _Kind("a file of slides", frozenset(("refused",))) for end in ("pptx", "ppt", "odp", "key")},
    **{end: _Kind("a picture", frozenset(("refused",))) for end in (
        "jpg", "jpeg", "png", "gif", "webp", "avif", "heic", "tif", "tiff", "bmp",
    )},
    **{end: _Kind("a recording", frozenset(("refused",))) for end in (
        "mp3", "m4a", "wav", "ogg", "flac", "aac", "mp4", "mov", "avi", "mkv", "webm",
    )},
    "rtf": _Kind("rich text", frozenset(("rtf",))),
    "srt": _Kind("a file of subtitles", frozenset(("subtitles",))),
    "vtt": _Kind("a file of subtitles", frozenset(("subtitles",))),
    "json": _Kind("JSON", frozenset(("ninjs", "feed", "markdown"))),
    "xml": _Kind("XML", frozenset(("feed", "newsml", "html"))),
    **{end: _Kind("a web page", frozenset(("html", "feed", "newsml", "markdown"))) for end in ("html", "htm", "xhtml")},
    **{end: _Kind("a mail", frozenset(("mail",))) for end in ("eml", "emlx", "mbox")},
    **{end: _Kind("a text", frozenset((
        "text", "markdown", "html", "mail", "feed", "ninjs", "newsml", "subtitles",
    ))) for end in ("txt", "text")},
    **{end: _Kind("Markdown", frozenset(("text", "markdown", "html", "mail"))) for end in ("md", "markdown")},
}  # fmt: skip
_CALLED = {
    "text": "plain text", "markdown": "Markdown", "html": "a web page", "feed": "a feed", "mail": "a mail",
    "ninjs": "an item of a wire", "newsml": "an item of a wire", "archive": "an archive", "docx": "a Word document",
    "odt": "an OpenDocument text", "rtf": "rich text", "pdf": "a PDF", "epub": "an e-book", "subtitles": "subtitles",
}  # fmt: skip
_HEAD = 8192  # bytes in which every format shows what it is

_ROOT = re.compile(r"<(?![!?/])(?:[\w-]+:)?([A-Za-z][\w-]*)")
_PROLOGUE = re.compile(r"<\?.*?\?>|<!--.*?-->|<!DOCTYPE[^>\[]*(?:\[.*?\])?\s*>", re.DOTALL | re.IGNORECASE)
_FEEDS = frozenset(("rss", "feed", "rdf"))
_NEWSML = frozenset(("newsitem", "newsmessage", "packageitem", "newsml", "nitf", "conceptitem", "knowledgeitem"))
_HTML = frozenset(
    ("html", "head", "body", "div", "article", "section", "main", "p", "h1", "h2", "header", "meta", "title", "table",
     "span", "center", "font", "ul", "ol", "blockquote", "figure", "link")
)  # fmt: skip
_XML = ("xml", "rss", "rdf", "atom", "feed", "nitf", "newsml", "")
_JUNK = 4000  # characters that a server may have put before a feed
_DECLARED = re.compile(
    r"<\?xml\b[^>]*\?>\s*(?:<!--.*?-->\s*|<\?.*?\?>\s*|<!DOCTYPE[^>\[]*(?:\[.*?\])?\s*>\s*)*", re.DOTALL
)
_MARKDOWN = ("md", "markdown", "mdown", "mkd", "mdx")
_NO_HEAD = (
    "json",
    "ninjs",
    "eml",
    "emlx",
    "mbox",
    "mbx",
    "mht",
    "mhtml",
)  # endings of what never begins with front matter
_FENCES = ("<", "{", "-", "+", ";", "/")  # with which the fences of front matter begin
_ITEM = re.compile(r"<(?:\w+:)?(?:newsItem|NewsItem|nitf|NewsML|rss|feed|RDF|body\.content)\b")
_MAIL = re.compile(r"(?:\d{1,9}[ \t]*\n)?(?:>?From |[^\W\d_][^:：\n]{0,59}[:：])")
_TAG = re.compile(r"</?[a-zA-Z][^<>]{0,2000}>")
_HEADED = re.compile(r"\s*#{1,2} \S[^\n]*\n")
_MARKED = re.compile(r"\n#{2,6} \S|\]\(https?://|\n(?:```|~~~)|\*\*[^*\n]+\*\*")


def read(source: Source, hints: Hints) -> tuple[Draft, ...]:
    """The stories of a source.

    Raises BroadsheetError where it holds none, by the codes of the readers: ``empty``, ``no-reader``, ``no-story``, …
    """
    name = recognise(source)
    if not source.data:
        raise fail("empty", "the file is empty", Place(source.name), "Put the story's text into it, or remove it.")
    reader = cast("Reader", import_module(f"{__name__}.{_FOLDERS.get(name, '')}{name}").read)
    drafts = [agency_lines.checked(_unmarked(draft, hints)) for draft in reader(source, hints)]
    drafts = [_whole(_corrected(draft, source.name), source) for draft in drafts]
    if len(drafts) == 1 and (stories := _stories(drafts[0], hints)) > 1:
        drafts = [doubted(drafts[0], stories, source.name)]
    if drafts and (said := _misnamed(source.name, name)):
        drafts[0] = msgspec.structs.replace(drafts[0], problems=(said, *drafts[0].problems))
    return tuple(drafts)


def _unmarked(draft: Draft, hints: Hints) -> Draft:
    """A draft without marks for editors; what its reader made of the text is made again where one stood in that."""
    found = draft_marks.checked(draft, hints)
    if found.body == draft.body:
        return found
    from broadsheet.ingest.formats import embedded  # a run over plain text alone need not load it

    return embedded.anew(found, hints)


def _corrected(draft: Draft, name: str) -> Draft:
    """A draft that says where a line at its end tells of a correction, which has a key of its own in a story."""
    last = draft.body.rstrip().rsplit("\n\n", _LAST)[-_LAST:]
    said = next((text for text in last if reader_notes.is_correction(text)), "")
    if not said or "corrections" in draft.keys:
        return draft
    message = f"its text says that it was corrected: “{clip(said.strip(' *_->#'), 160)}”"
    hint = "If that concerns what you published, move it to the key corrections. Otherwise leave it."
    problem = note("correction-in-text", message, Place(name), hint)
    return msgspec.structs.replace(draft, problems=(*draft.problems, problem))


def _whole(draft: Draft, source: Source) -> Draft:
    """A draft that says where its source breaks off for those who do not pay, so that its body is not whole."""
    said = next((text for text in _below(draft, source) if reader_notes.is_paywall(text)), "")
    if not said:
        return draft
    message = f"its text breaks off where one has to pay: “{clip(said.strip(), 160)}”"
    problem = warning("paywall", message, Place(source.name), "Complete the story from its publisher, or leave it out.")
    sure = min(draft.body_confidence, _BROKEN)
    return msgspec.structs.replace(draft, problems=(*draft.problems, problem), body_confidence=sure)


def _below(draft: Draft, source: Source) -> Iterator[str]:
    """What a source says below the first line of its story: the last paragraphs, and what was dropped."""
    yield from draft.body.rstrip().rsplit("\n\n", _LAST)[-_LAST:]
    rows: list[str] | None = None
    below = False
    for fate in draft.fates:
        below = below or fate.role == "body"
        if below and fate.role == "dropped":
            if not fate.text and rows is None:
                rows = source.data.decode("utf-8", "replace").splitlines()
            yield fate.text or (rows[fate.line - 1] if rows and 0 < fate.line <= len(rows) else "")


_BROKEN = 0.7  # how sure a body is at most that breaks off
_LAST = 4  # paragraphs at the end among which a correction stands


def _stories(draft: Draft, hints: Hints) -> int:
    """How many stories seem to stand in a draft that does not say so, by what heads others in its Markdown.

    That is front matter; a heading of the first rank, or below a rule, above a day or a byline; and, where no lead
    stands above them, headings with a paragraph or two each, as a digest has them.
    """
    if any(problem.code == "several-stories" for problem in draft.problems):
        return 0
    blocks = draft.body.strip("\n").split("\n\n")
    further = len(_HEAD_WITHIN.findall(draft.body))
    for above, head, below in zip(blocks, blocks[1:], blocks[2:], strict=False):
        title = head.removeprefix("# ")
        heads = (title is not head and "\n" not in head) or (_DRAWN.fullmatch(above) and len(title.split()) <= _TITLE)
        day = dates.find(below, hints) if heads and len(below) <= _SIGN else ()
        further += bool(heads and ((day and not dates.rest(below, day)) or bylines.read(below)))
    starts = [n for n, block in enumerate(blocks) if block.startswith("## ")]
    briefs = [blocks[n + 1 : end] for n, end in zip(starts, [*starts[1:], len(blocks)], strict=False)]
    digest = starts[:1] == [0] and len(starts) >= _ITEMS and not any(blocks[n].endswith("?") for n in starts)
    if digest and all(0 < len(brief) < _ITEMS and len(" ".join(brief).split()) >= _BRIEF for brief in briefs):
        return len(starts)
    return further + 1


_HEAD_WITHIN = re.compile(r"^---\n(?:[\w-]+:.*\n){1,40}---$", re.MULTILINE)
_DRAWN = re.compile(r"(?:\\?[-*_=~#] ?){3,}")
_TITLE, _SIGN = 25, 160  # words of a headline, and characters of a day or byline below one
_ITEMS, _BRIEF = 3, 20  # items of a digest, and words of one


def _misnamed(file: str, name: Format) -> Problem | None:
    """What is said of a file whose name ends as those of another kind of file do."""
    ending = file.rpartition(".")[2].lower() if "." in file.rpartition("/")[2] else ""
    kind = _KINDS.get(ending)
    if "://" in file or kind is None or name in kind.formats:
        return None
    message = f"is named .{ending}, as {kind.called} is, and is {_CALLED.get(name, name)}: read as that"
    if kind.formats <= _BINARY:  # what was meant is not there: a page that says "not found", say
        return warning("misnamed", message, Place(file), "If it is not the file you meant, download or save it again.")
    return note("misnamed", message, Place(file))


def recognise(source: Source) -> Format:
    """The format of a source."""
    data = source.data
    if known := refused.recognise(data, source.name, refused.head(data)):
        return "refused" if isinstance(known, refused.Refusal) else cast("Format", known)
    head = _head(data)
    ending = source.name.rpartition(".")[2].lower() if "." in source.name else ""
    start = head.lstrip("\ufeff \t\r\n")
    if found := _behind(start, data, ending):
        return found
    if start[:1] in _FENCES and ending not in _NO_HEAD and heads.begins(start, markdown=ending in _MARKDOWN):
        return "markdown"
    if start.startswith("<"):
        return _tagged(start, ending)
    if start.startswith(("{", "[")) and (found := _json(head, ending, data)):
        return found
    headless = ending in ("eml", "emlx") and not _MAIL.match(start)  # a text that was given the name of a mail
    if (ending in ("eml", "emlx", "mbox", "mbx", "mht", "mhtml") and not headless) or _is_mail(start):
        return "mail"
    if ending in _MARKDOWN or heads.begins(start, markdown=False):
        return "markdown"
    if (ending in ("html", "htm", "xhtml") and _TAG.search(head)) or (source.url and "<html" in head.lower()):
        return "html"
    return "markdown" if _HEADED.match(start) and _MARKED.search(start) else "text"


def _head(data: bytes) -> str:
    """The first characters of a source, whatever its charset; enough to recognise a format, not to read it."""
    for mark, charset in ((b"\xff\xfe", "utf-16-le"), (b"\xfe\xff", "utf-16-be")):
        if data.startswith(mark):
            return data[2 : _HEAD * 2].decode(charset, "replace")
    for mark, charset in ((b"<\0", "utf-16-le"), (b"\0<", "utf-16-be")):  # XML without a mark of its charset
        if data.startswith(mark):
            return data[: _HEAD * 2].decode(charset, "replace")
    return data[:_HEAD].replace(b"\r\n", b"\n").replace(b"\r", b"\n").decode("utf-8", "replace")


def _behind(start: str, data: bytes, ending: str) -> Format | None:
    """A feed or a wire behind the words of a server, such as a warning: by its declaration, its root and its end."""
    found = _DECLARED.search(start[:_JUNK])
    if not found or not found.start():
        return None
    root = _ROOT.match(start, found.end())
    name = root[1].lower() if root else ""
    if name not in _FEEDS | _NEWSML or (root and "<html" in start[: root.start()].lower()):
        return None
    ends = data[-400:].rstrip().lower().endswith(f"{name}>".encode())
    return ("feed" if name in _FEEDS else "newsml") if ends or ending in _XML else None


def _tagged(start: str, ending: str) -> Format:
    """What begins with a tag: by its root element."""
    if re.match(r"<!doctype\s+html", start, re.IGNORECASE):
        return "html"
    declared = start.startswith("<?xml")
    while prologue := _PROLOGUE.match(start):
        start = start[prologue.end() :].lstrip()
    root = _ROOT.match(start)
    name = root[1].lower() if root else ""
    if name in _FEEDS:
        return "feed"
    if name in _NEWSML:
        return "newsml"
    if name in _HTML or ending in ("html", "htm", "xhtml") or "<html" in start.lower():
        return "html"
    if not root or ending in ("newsml", "nitf") or _ITEM.search(start):
        return "newsml" if root else "text"
    return "refused" if ending == "xml" or declared else "text"


def _json(head: str, ending: str, data: bytes) -> Format | None:
    """What begins like JSON: a JSON Feed or ninjs, or nothing that is known."""
    if "jsonfeed.org/version" in head:
        return "feed"
    if re.search(r'"(?:versioncreated|versionCreated|headlines?|body_\w+|bodies|firstcreated|pubstatus)"\s*:', head):
        return "ninjs"
    if ending in ("json", "ninjs"):
        return "ninjs"
    return "refused" if refused.is_json(data) else None


def _is_mail(start: str) -> bool:
    """Whether the first lines are the head of a mail; the reader of mail knows its words, and is asked where it may."""
    if not _MAIL.match(start):
        return False
    from broadsheet.ingest.formats.mail import mailbox

    return mailbox.begins(start)
