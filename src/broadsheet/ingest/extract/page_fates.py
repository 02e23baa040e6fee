"""What became of every piece of a page: its blocks, the links, pictures and films that were not carried over.

In: the page's text, its blocks and their parts, the draft that was made of them. Out: fates, so that each block has
exactly one, each line without blocks has one, and whatever is lost is named with its address.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from broadsheet.ingest.extract.blocks import Block, is_break, squeeze
from broadsheet.ingest.extract.draft import Draft, Fate, Found, Role
from broadsheet.ingest.extract.page_parts import BlockPart
from broadsheet.ingest.extract.page_pictures import Shown, is_same
from broadsheet.ingest.extract.to_markdown import link

_BEGINNING = 120  # characters by which a piece is recognised
_ADDRESS = 300  # characters of an address at most
_FIELD_LINE = 200  # characters of a line that says a field, at most


def fates(
    text: str,
    blocks: Sequence[Block],
    parts: Sequence[BlockPart],
    draft: Draft,
    pictures: Sequence[Shown] = (),
    further: Mapping[int, tuple[Fate, ...]] | None = None,
) -> tuple[Fate, ...]:
    """The fates of a page; ``further`` are further pieces by the line where they begin, such as those of a script."""
    pieces: dict[int, list[Fate]] = {line: list(found) for line, found in (further or {}).items()}
    whole: dict[int, Fate] = {}
    captions = {m: one for one in pictures for m in one.captions}
    for n, (block, part) in enumerate(zip(blocks, parts, strict=True)):
        first, *others = block.lines or (0,)
        role, why = _fate(n, block, part, draft, pictures, captions)
        begins = (block.text or block.src)[:_BEGINNING]
        pieces.setdefault(first, []).append(Fate(first, role, why, begins, part.sure))
        for line in others:
            if whole.get(line, Fate(line, "dropped")).role == "dropped":
                whole[line] = Fate(line, role, why, "", part.sure)
        if part.role in ("body", "subhead"):
            pieces[first] += _lost_links(block, first, draft.url)
    fields: tuple[tuple[Found[Any] | None, Role], ...] = (
        (draft.title, "title"), (draft.date, "date"), (draft.updated, "updated"), (draft.authors, "byline"),
        (draft.section, "section"), (draft.image, "caption"),
    )  # fmt: skip
    used = {found.line: Fate(found.line, role, found.rule) for found, role in reversed(fields) if found}
    out: list[Fate] = []
    for line, row in enumerate(text.split("\n"), 1):
        found = pieces.get(line, ())
        if line in whole:
            out.append(whole[line])
        elif not found:
            out.append(used.get(line) or Fate(line, "markup" if row and not row.isspace() else "blank"))
        out += found
    out += [Fate(1, *fate_of(piece)) for line, found in pieces.items() if not line for piece in found]
    return tuple(out)


def fate_of(fate: Fate) -> tuple[Role, str, str, float]:
    """A fate without its line."""
    return fate.role, fate.why, fate.text, fate.confidence


def _fate(
    n: int,
    block: Block,
    part: BlockPart,
    draft: Draft,
    pictures: Sequence[Shown],
    captions: Mapping[int, Shown],
) -> tuple[Role, str]:
    """The role of a block and the reason, in words that an editor understands."""
    address = (link(block.src, draft.url) or block.src)[:_ADDRESS]
    leads = draft.image.value.src if draft.image else ""
    if block.kind == "embed":
        return "dropped", f"shows what lies at {address}: not carried over"
    if block.kind == "img":
        own = next((one for one in pictures if one.block == n), None)
        if part.role == "body":
            return "body", part.why
        if own and leads and is_same(leads, own.picture.src):
            return "caption", "the lead picture: its address is in the story's image"
        return "dropped", f"a picture {'of the story' if own else 'beside the story'}: {address}"
    if n in captions and part.role == "dropped":
        same = captions[n].picture
        used = draft.image and draft.image.value.caption == same.caption and draft.image.value.credit == same.credit
        whose = "the lead picture" if used else f"the picture {same.src[:_ADDRESS]}"
        return "caption", f"the caption of {whose}"
    if block.kind == "caption" and part.role == "dropped":
        return "caption", "the caption of something that was not carried over"
    if part.role == "dropped" and (field := _field(block, draft)):
        return field
    return part.role, part.why


def _field(block: Block, draft: Draft) -> tuple[Role, str] | None:
    """The field that a block beside the text says, where one was taken from it."""
    if len(block.text) > _FIELD_LINE:
        return None
    line = squeeze(block.text)
    if draft.authors and all(squeeze(name) in line for name in draft.authors.value):
        return "byline", "names the authors"
    if draft.section and line == squeeze(draft.section.value):
        return "section", "names the section"
    days: tuple[tuple[Found[dt.date] | None, Role], ...] = ((draft.date, "date"), (draft.updated, "updated"))
    for found, role in days:
        if found and found.line in block.lines and _names_day(block.text, found.value):
            return role, found.rule
    return None


def _names_day(text: str, moment: dt.date) -> bool:
    return str(moment.year) in text and str(moment.day) in text


def _lost_links(block: Block, line: int, url: str) -> Iterator[Fate]:
    """The links of a block whose addresses cannot be carried over; one within the page leads nowhere any more."""
    lost: dict[str, str] = {}
    for span in block.spans:
        if span.href and not is_break(span) and not span.href.startswith("#") and not link(span.href, url):
            lost[span.href] = lost.get(span.href, "") + span.text
    for href, words in lost.items():
        why = "its address is not safe" if ":" in href.partition("/")[0] else "the page's own address is not known"
        text = " ".join(words.split())[:_BEGINNING] or href[:_BEGINNING]
        yield Fate(line, "dropped", f"a link to {href[:_ADDRESS]}, whose words were kept: {why}", text)
