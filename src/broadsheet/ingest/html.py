"""A saved web page → a draft.

In: a ``Source`` that holds HTML. Out: one ``Draft``: fields by the page's own metadata, body by ``article``, and a fate
for every line. Body text is Markdown in which nothing of the page stays active.
"""

from __future__ import annotations

import re
from itertools import islice
from typing import Any
from urllib.parse import urljoin

from lxml import etree
from lxml import html as lxml_html

from broadsheet.errors import Place, fail
from broadsheet.ingest import article, authors, blocks, decode, head, metadata, moments, render, walk
from broadsheet.ingest.draft import Draft, Fate, Found, Hints, Role, Source

_DECLARED = re.compile(rb"<meta[^>]{0,200}?charset\s*=\s*[\"']?\s*([\w.:-]{2,40})|<\?xml[^>]{0,100}encoding=[\"']([\w.-]+)", re.I)
_PROSE = 80  # characters from which a block is a paragraph rather than a label
_ABOVE = 8  # blocks above the text that are looked at for a byline where no headline is printed
_LABEL = 30  # characters of a section's name at most
_FURTHEST = 60  # blocks from a headline at which a byline cannot be its own
_PARSER = lxml_html.HTMLParser(encoding="utf-8", remove_comments=True, remove_pis=True, collect_ids=False)


def read(source: Source, hints: Hints) -> tuple[Draft, ...]:
    """The story of a page.

    Raises BroadsheetError: ``empty`` or ``binary`` for a file that is no text, ``no-story`` for a page without an article.
    """
    text = decoded(source)
    tree = parse(text, source.name)
    body = tree.find("body")
    about = head.read(tree)
    url = source.url or _address(about)
    title = metadata.title(about, url)
    found = walk.read(body if body is not None else tree)
    taken = [*_texts(tree), *_told(about)]
    parts = article.parts(found, taken, title.value if title else "", metadata.standfirsts(about), about.lang)
    chosen = article.chosen(found, parts)
    markdown = render.markdown(chosen, base=url)
    if not title and not markdown:
        raise fail("no-story", "the page holds no article", Place(source.name), "Save the page of one story.")
    date = moments.published(about, url, tree, hints)
    people, agency = authors.read(about, url, _below(found, parts))
    draft = Draft(
        title=title or Found(chosen[0].text[:90], "first words", 0.3),
        body=markdown,
        fates=_fates(text, found, parts),
        date=date,
        updated=moments.updated(about, date.value if date else None, hints),
        authors=people,
        agency=agency,
        section=metadata.section(about, url, title.value if title else "", _printed(found, parts), hints),
        summary=metadata.summary(about),
        topics=metadata.topics(about),
        image=metadata.image(about),
        lang=metadata.lang(about),
        url=url,
    )
    return (draft,)


def _below(found: list[blocks.Block], parts: list[article.Part]) -> list[blocks.Block]:
    """The blocks from the headline to the first words of the text; from shortly before them where it is not printed."""
    heads = [n for n, part in enumerate(parts) if part == "title" and found[n].kind == "h"]
    start = heads[0] + 1 if heads else 0
    prose = (n for n, part in enumerate(parts) if n >= start and part == "body" and len(found[n].text) > _PROSE)
    first = next(prose, start)
    return found[start if heads else max(first - _ABOVE, 0) : min(first + 3, start + _FURTHEST)]


_KICKER = re.compile(
    r"categor|kicker|rubri|ressort|channel|eyebrow|section(?!\w*-)|(?<![a-z])topic|overline|dachzeile|label|vertical|cintillo|"
    r"volanta|antetitulo|surtitre|topper|(?<![a-z])tag(?![a-z])|(?<![a-z])cat(?![a-z])",
    re.IGNORECASE,
)


def _printed(found: list[blocks.Block], parts: list[article.Part]) -> metadata.Printed:
    """The labels of the page that may name a section."""
    heads = [n for n, part in enumerate(parts) if part == "title" and found[n].kind == "h"]
    head = heads[0] if heads else 0
    kickers = []
    for block in (*reversed(found[max(head - _ABOVE, 0) : head]), *found[head + 1 : head + _ABOVE]):
        if block.kind != "img" and len(block.text) < _LABEL and any(_KICKER.search(a.names) for a in islice(block.around.chain(), 2)):
            linked = [span.text.strip() for span in block.spans if span.href and span.text.strip()]
            kickers.append(linked[0] if linked else block.text)
    crumbs = [b.text for b in found[: head + 1] if len(b.text) < _LABEL and _crumb(b)]
    labels = tuple(block.text for block in found if len(block.text) < _LABEL)
    return metadata.Printed(("", *crumbs), tuple(kickers), labels)


def _crumb(block: blocks.Block) -> bool:
    return any("breadcrumb" in here.names.lower() for here in islice(block.around.chain(), 4))


def decoded(source: Source) -> str:
    """The text of a page in the charset that it declares, where its bytes bear that out."""
    data = source.data
    if not data.startswith((b"\xef\xbb\xbf", b"\xff\xfe", b"\xfe\xff")):
        try:
            return decode.text(data.decode("utf-8").encode(), source.name)
        except UnicodeDecodeError:
            if declared := _DECLARED.search(data[:4096]):
                name = (declared[1] or declared[2]).decode("ascii", "replace")
                try:
                    return decode.clean(data.decode(name))
                except (LookupError, UnicodeDecodeError):
                    pass
    return decode.text(data, source.name)


def parse(text: str, name: str) -> Any:
    """The tree of a page or a fragment. Raises BroadsheetError (``no-story``) where there is no element at all."""
    try:
        return lxml_html.document_fromstring(text.encode("utf-8", "replace"), parser=_PARSER)
    except (etree.ParserError, etree.XMLSyntaxError, ValueError) as cause:
        raise fail("no-story", f"the page cannot be read: {cause}", Place(name)) from cause


def _address(about: head.Head) -> str:
    for url in (about.canonical, about.meta("og:url")):
        if url.startswith(("http://", "https://")):
            return url
    return ""


def _texts(tree: Any) -> list[str]:
    """The texts that trafilatura takes for the article."""
    from trafilatura.core import bare_extraction  # noqa: PLC0415 - slow to import, and plain text never needs it

    document = bare_extraction(tree, include_comments=False, include_formatting=True, fast=True, with_metadata=False)
    if document is None or document.body is None:
        return []
    body = document.body
    return [" ".join(e.itertext()) for e in body.iter("p", "head", "item", "quote", "cell", "code")] or [
        " ".join(body.itertext())
    ]


def _told(about: head.Head) -> list[str]:
    """The paragraphs of the article that JSON-LD repeats; some sites put all of it there, and some its beginning."""
    told = metadata.text(about.node.get("articleBody"))
    return [told] if len(told) > _TOLD else []


_TOLD = 500  # characters; a shorter articleBody is a teaser


_ROLES: dict[str, Role] = {"summary": "summary", "title": "title", "subhead": "subhead", "caption": "caption"}


def _fates(text: str, found: list[blocks.Block], parts: list[article.Part]) -> tuple[Fate, ...]:
    """What became of every line: what stands on it of the story, or that it is markup or text that was left out."""
    lines = text.split("\n")
    roles: dict[int, Role] = {}
    for block, part in zip(found, parts, strict=True):
        for number in block.lines:
            if part == "body" or roles.get(number, "dropped") == "dropped":
                roles[number] = "body" if part == "body" else _ROLES.get(part, "dropped")
    fates = []
    for number, line in enumerate(lines, 1):
        role = roles.get(number)
        if role is None:
            role = "blank" if not line or line.isspace() else "markup"
        fates.append(Fate(number, role))
    return tuple(fates)


__all__ = ["decoded", "parse", "read", "urljoin"]
