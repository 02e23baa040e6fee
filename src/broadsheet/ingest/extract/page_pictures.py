"""What became of every piece of a page: the pictures that lead its story and stand in it, its blocks, links and films.

In: a ``PageHead``, the page's text, its blocks and their parts, the draft that was made of them. Out: the lead picture
as ``Found``, for each picture its caption and credit, and fates, so that each block has exactly one, each line without
blocks has one, and whatever is lost is named with its address. A picture of another site is named and not fetched:
whether it may be used is for an editor to say.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator, Mapping, Sequence
from itertools import islice
from typing import Any
from urllib.parse import unquote

import msgspec

from broadsheet import iri
from broadsheet.ingest.extract.blocks import Around, Block, BlockPart, clean, is_break, squeeze
from broadsheet.ingest.extract.draft import Draft, Fate, Found, Role
from broadsheet.ingest.extract.page_fields import text
from broadsheet.ingest.extract.page_metadata import PageHead
from broadsheet.ingest.extract.to_markdown import link
from broadsheet.model import Picture

_FIGURE = re.compile(r"(?<![a-z])(?:figure|wp-caption|image|picture|photo|media)", re.IGNORECASE)
_CAPTION = re.compile(r"caption|legend|bildunterschrift|(?<![a-z])credits?(?![a-z])", re.IGNORECASE)
_CREDIT = re.compile(
    r"(?:^|(?<=[\s(|/.–—-]))(?:(?:photo(?:graph(?:er|y)?|s)?|picture|image|foto(?:graf(?:ie|ía)?)?|bild(?:er)?|imagen|"
    r"immagine|crédits?|credit|quelle|source|copyright|kuva|zdj(?:ęcie|\.)?)\s*(?:credits?|by)?\s*[:/|]|[©ⓒ]|"
    r"photo by|(?:courtesy|photograph) of)\s*",
    re.IGNORECASE,
)
_NAME = re.compile(r"credit|source|copyright|photographer|rights|quelle|fotograf", re.IGNORECASE)
_LONGEST_CREDIT = 120  # characters
_ABOVE = 12  # blocks above the first words in which a lead picture may stand
_SURE = 0.85  # of a picture that the page gives itself and shows
_LIKELY = 0.6  # of one that it gives and does not show, or shows and does not give
_ICONS = re.compile(r"(?:logo|icon|avatar|sprite|badge|favicon|gravatar|default|placeholder)", re.IGNORECASE)
_SIZE = re.compile(r"[-_]?\d{2,4}x\d{2,4}|[-_](?:scaled|large|medium|small|thumb\w*)$")


class Shown(msgspec.Struct, frozen=True):
    """A picture of the text: its block, the blocks of its caption, and the picture with what they say."""

    block: int
    captions: tuple[int, ...]
    picture: Picture
    line: int = 0


def shown(blocks: Sequence[Block], parts: Sequence[BlockPart], url: str) -> tuple[Shown, ...]:
    """The pictures that stand in the story or right above it, in their order."""
    body = [n for n, part in enumerate(parts) if part.role in ("body", "subhead")]
    titles = [n for n, part in enumerate(parts) if part.role == "title" and blocks[n].kind == "h"]
    first = min([*titles[:1], *(body[0] - _ABOVE for _ in body[:1])], default=0)
    end = body[-1] + 1 if body else 0
    found = []
    for n in range(max(first, 0), min(end + 3, len(blocks))):
        block = blocks[n]
        if block.kind != "img" or _stands_aside(block):
            continue
        figure = _figure(block)
        captions = _captions(blocks, parts, n, figure)
        if n >= end and not captions:
            continue
        caption, credit = _said(blocks, captions)
        picture = Picture(link(block.src, url) or block.src, block.text, caption, credit)
        found.append(Shown(n, captions, picture, next(iter(block.lines), 0)))
    return tuple(found)


def _figure(block: Block) -> Around | None:
    return next((a for a in islice(block.around.chain(), 4) if a.tag == "figure" or _FIGURE.search(a.names)), None)


def _stands_aside(block: Block) -> bool:
    return any(a.tag in ("nav", "footer", "aside") for a in block.around.chain())


def _captions(blocks: Sequence[Block], parts: Sequence[BlockPart], n: int, figure: Around | None) -> tuple[int, ...]:
    """The blocks that caption a picture: those in its figure, or the caption that follows it."""
    found: list[int] = []
    for m in range(n + 1, min(n + 6, len(blocks))):
        other = blocks[m]
        if other.kind == "img" or parts[m].role != "dropped":
            break
        named = any(_CAPTION.search(around.names) for around in islice(other.around.chain(), 2))
        if other.kind == "caption" or named or (figure is not None and figure in islice(other.around.chain(), 6)):
            found.append(m)
        elif found:
            break
    return tuple(found)


def _said(blocks: Sequence[Block], captions: Sequence[int]) -> tuple[str, str]:
    """The caption and the credit of a picture."""
    captioned: list[str] = []
    credit = ""
    for m in captions:
        said = blocks[m].text
        cut = _CREDIT.search(said)
        named = any(_NAME.search(around.names) for around in islice(blocks[m].around.chain(), 2))
        if named and len(said) <= _LONGEST_CREDIT:
            credit = credit or (said[cut.end() :] if cut and not cut.start() else said)
        elif cut and len(said) - cut.end() <= _LONGEST_CREDIT:
            credit = credit or said[cut.end() :].strip(" .()[]")
            captioned.append(said[: cut.start()].rstrip(" (|/[–—-"))
        else:
            captioned.append(said)
    return clean(" ".join(filter(None, captioned))), clean(credit)


def lead(head: PageHead, blocks: Sequence[Block], pictures: Sequence[Shown], url: str) -> Found[Picture] | None:
    """The lead picture: the one that the page gives itself, with the caption under which it is shown.

    What the page gives and shows, or gives twice, is no doubt. Its address is remote where it is given by metadata.
    """
    node = head.node.get("image")
    node = next(iter(node), None) if isinstance(node, list) else node
    named = text(node.get("url") or node.get("contentUrl")) if isinstance(node, dict) else text(node)
    src = head.meta("og:image:secure_url", "og:image", "og:image:url", "twitter:image", "twitter:image:src")
    twice = bool(src and named and is_same(src, named))
    src = link(src or named, url) if src or named else ""
    src = src if src.startswith(("https://", "http://")) else ""
    if not src or _ICONS.search(iri.split(src).path.rpartition("/")[2]):
        first = next((one for one in pictures if one.picture.src.startswith(("https://", "http://"))), None)
        if first and not _ICONS.search(first.picture.src.rpartition("/")[2]):
            return Found(first.picture, "the first picture of the text", _LIKELY, first.line)
        return None
    same = next((one for one in pictures if is_same(one.picture.src, src)), None)
    alt = head.meta("og:image:alt", "twitter:image:alt")
    caption = text(node.get("caption")) if isinstance(node, dict) else ""
    credit = _credit(node) if isinstance(node, dict) else ""
    line = head.lines.get("og:image", 0)
    if same:
        seen = same.picture
        picture = Picture(src, alt or seen.alt, caption or seen.caption, credit or seen.credit)
        return Found(picture, "og:image, shown in the page", _SURE, line)
    elsewhere = any(block.kind == "img" and is_same(block.src, src) for block in blocks)
    rule = "og:image, shown in the page" if elsewhere else "og:image, json-ld:image" if twice else "og:image"
    return Found(Picture(src, alt, caption, credit), rule, _SURE if elsewhere or twice else _LIKELY, line)


def _credit(node: dict[str, Any]) -> str:
    return text(node.get("creditText") or node.get("creator") or node.get("author") or node.get("copyrightHolder"))


def is_same(one: str, other: str) -> bool:
    """Whether two addresses are of one picture, perhaps in two sizes: of one name, or with one long number."""
    if not one or not other:
        return False
    if one == other or _unsized(one) == _unsized(other):
        return True
    if not (iri.split(one).netloc and iri.split(other).netloc):  # of one, only the name of its file is known
        return one.rpartition("/")[2] == other.rpartition("/")[2]
    return _stem(one) == _stem(other) != "" or not _numbers(one).isdisjoint(_numbers(other))


def _unsized(src: str) -> str:
    """An address without the size in its name and what is asked of it."""
    parts = iri.split(src)
    path, _, ending = parts.path.rpartition(".")
    return f"{parts.netloc}{_SIZE.sub('', path)}.{ending}"


def _stem(src: str) -> str:
    name = unquote(iri.split(src).path.rpartition("/")[2]).rpartition(".")[0]
    name = squeeze(_SIZE.sub("", name))
    return name if len(name) > 4 else ""


def _numbers(src: str) -> frozenset[str]:
    """The numbers by which a site's system knows its pictures: seven characters or more, with several digits."""
    return frozenset(part for part in _NUMBER.findall(unquote(src)) if sum(map(str.isdigit, part)) > 3)


_NUMBER = re.compile(r"[A-Za-z0-9]{7,80}")


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
