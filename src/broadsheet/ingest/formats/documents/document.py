"""The paragraphs of a document → its stories: what Word, OpenOffice, RTF, PDF and e-books have in common.

In: ``Piece`` values in reading order, as the reader of a format found them, and what the document says of itself. Out:
drafts whose fates cover every piece once. A document is all story but for its head.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from itertools import pairwise

import msgspec

from broadsheet.errors import Place, Problem, error, fail, note
from broadsheet.ingest.extract import lines
from broadsheet.ingest.extract.draft import Draft, Fate, Found, Hints, Role, Source
from broadsheet.ingest.formats import embedded
from broadsheet.ingest.formats.documents.document_head import DocumentHead, signs
from broadsheet.ingest.formats.documents.pieces import NOTE, Piece, Properties, joined
from broadsheet.model import Picture

MOST = 20_000  # pieces of a document that are read
_STORIES = 300  # stories in one document; more are none
_STORY = 25  # words of the paragraphs that make a story of a part
_NOTED = re.compile(r"^\\\[(\d{1,3})\\\] (?=\S)", re.MULTILINE)  # the paragraph of a note
_BLOCK = re.compile(r"[-+*] |\d{1,9}[.)] |[>#=|:]|```|~~~")  # what would be no text at the beginning of a footnote
_NOTE = re.compile(r"(?<=\S)\[\d{1,3}\]")  # the mark of a note, which no summary needs
_SIGNS = 4  # pieces below a headline among which a day or byline says that a story begins


def drafts(
    source: Source,
    hints: Hints,
    pieces: Sequence[Piece],
    about: Properties,
    pictures: Mapping[str, bytes] | None = None,
    problems: Sequence[Problem] = (),
) -> tuple[Draft, ...]:
    """The stories of a document. Raises BroadsheetError (``no-story``) where it has no text."""
    reported = list(problems)
    if len(pieces) > MOST:
        message = f"the last {len(pieces) - MOST:,} of its paragraphs are not read: a document is read up to {MOST:,}"
        reported.append(error("too-large", message, Place(source.name), "Split the document."))
        pieces = pieces[:MOST]
    if not any(one.kind not in ("", "img") for one in pieces):
        raise fail("no-story", "the document holds no text", Place(source.name), "Save its text as .txt or .html.")
    begins = _begins(pieces, hints)
    if len(begins) > 1:
        reported.append(
            note("several-stories", f"{len(begins)} stories stand in it: each is filed", Place(source.name))
        )
    if begins[0]:  # what stands above several stories is the name of the paper, and no part of the first
        above = "stands above the first story"
        pieces = [*(Piece(one.text, why=above) for one in pieces[: begins[0]]), *pieces[begins[0] :]]
        begins = [0, *begins[1:]]
    made = []
    for n, (first, last) in enumerate(pairwise([*begins, len(pieces)])):
        mine = about if len(begins) == 1 else msgspec.structs.replace(about, title="")
        made.append(story(source, hints, pieces[first:last], mine, pictures, above=first, whole=len(begins) == 1))
        if n == 0 and reported:
            made[0] = msgspec.structs.replace(made[0], problems=tuple(reported))
    return tuple(made)


def story(
    source: Source,
    hints: Hints,
    pieces: Sequence[Piece],
    about: Properties,
    pictures: Mapping[str, bytes] | None = None,
    *,
    above: int = 0,
    whole: bool = True,
) -> Draft:
    """The story that some pieces are; ``above`` counts the pieces of the document before them.

    Where they are the ``whole`` document, several headings of the first rank leave in doubt whether it is one story.
    """
    head = DocumentHead(pieces, hints, source.modified.date(), about)
    kept = [one for n, one in enumerate(pieces) if one.blocks and n not in head.taken]
    image = None
    if kept and kept[0].kind == "img" and pictures:
        image = Found(Picture(kept[0].blocks[0].src, kept[0].blocks[0].text), "the picture above the text", 0.6)
        head.take(pieces.index(kept.pop(0)), "caption", "the story's picture")
    held = pictures or {}
    prose = embedded.of_blocks(
        joined(block for one in kept for block in one.blocks), "", lambda src: src if src in held else ""
    )
    lang = Found(about.language, "the document's language", 0.8) if about.language else None
    notes = {one.text for one in kept if one.why == NOTE}
    paragraphs = [_NOTE.sub("", text) for text in prose.paragraphs if text not in notes]
    made = embedded.about(head.title.value if head.title else "", paragraphs, lang, hints)
    title = head.title or embedded.headline("", "", paragraphs)
    names = {one.blocks[0].src for one in kept if one.kind == "img"} | ({image.value.src} if image else set())
    titled = any(one.title for one in pieces)
    several = whole and not titled and sum(one.kind == "h" and one.blocks[0].level == 1 for one in kept) > 1
    return Draft(
        title=title,
        body=_footnotes(prose.markdown, len(notes)),
        fates=_fates(pieces, head.taken, above),
        date=head.date,
        updated=head.updated,
        authors=head.authors,
        agency=head.agency,
        section=head.section,
        summary=made.summary,
        topics=made.topics,
        lang=made.lang,
        image=image,
        held=tuple(head.held),
        body_confidence=0.7 if several else 1.0,
        pictures={name: data for name, data in held.items() if name in names},
    )


def _footnotes(markdown: str, count: int) -> str:
    """The body with its notes and their marks as Markdown has them; as they were where a mark is not there once."""
    for number in [found[1] for found in _NOTED.finditer(markdown)][-count:] if count else ():
        mark = f"\\[{number}\\]"
        above, _, below = markdown.rpartition(f"\n{mark} ")
        if above.count(mark) == 1 and not _BLOCK.match(below):
            markdown = f"{above.replace(mark, f'[^{number}]')}\n[^{number}]: {below}"
    return markdown


def _fates(pieces: Sequence[Piece], taken: Mapping[int, tuple[Role, str]], above: int) -> tuple[Fate, ...]:
    fates = []
    for n, one in enumerate(pieces):
        role, why = taken.get(n) or (
            one.role if not one.blocks else "subhead" if one.kind == "h" else _ROLES.get(one.kind, "body"),
            one.why,
        )
        fates.append(Fate(one.line or above + n + 1, role, why, one.text[:200] or one.kind))
    return tuple(fates)


_ROLES: dict[str, Role] = {"caption": "caption"}


def _begins(pieces: Sequence[Piece], hints: Hints) -> list[int]:
    """The first piece of every story: 0 alone, unless all of several titles head a day or byline, and paragraphs."""
    heads = [n for n, one in enumerate(pieces) if one.title]
    if len(heads) < 2:
        top = min((one.blocks[0].level for one in pieces if one.kind == "h"), default=0)
        heads = [n for n, one in enumerate(pieces) if one.kind == "h" and one.blocks[0].level == top]
    heads = [n for n in heads if n - 1 not in heads]  # a title on two lines
    if len(heads) < 2 or len(heads) > _STORIES:
        return [0]
    found = [first for first, last in pairwise([*heads, len(pieces)]) if _is_story(pieces[first:last], hints)]
    if len(found) < 2 or found[0] != heads[0]:
        return [0]
    words = sum(lines.count(one.text) for one in pieces[: found[0]] if one.blocks)
    return found if words < _STORY else [0, *found]


def _is_story(pieces: Sequence[Piece], hints: Hints) -> bool:
    words = sum(lines.count(one.text) for one in pieces[1:] if one.kind in ("p", "li", "quote"))
    return words >= _STORY and any(signs(one, hints) for one in pieces[1 : 1 + _SIGNS])
