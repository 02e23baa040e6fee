"""The labels around a headline: where a byline stands, and what may name the section.

In: a page's blocks and the parts that they play. Out: the blocks below the headline, and ``metadata.Printed``.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import islice

from broadsheet.ingest.extract.article import PROSE, Part
from broadsheet.ingest.extract.blocks import Block
from broadsheet.ingest.extract.page_fields import Printed

_ABOVE = 8  # blocks at the headline that are looked at
_FURTHEST = 60  # blocks from a headline at which a byline cannot be its own
_NAME = 30  # characters of a section's name at most
_KICKER = re.compile(
    r"categor|kicker|rubri|ressort|channel|eyebrow|section(?!\w*-)|(?<![a-z])topic|overline|dachzeile|label|vertical|"
    r"cintillo|volanta|antetitulo|surtitre|topper|(?<![a-z])tag(?![a-z])|(?<![a-z])cat(?![a-z])",
    re.IGNORECASE,
)


def below(blocks: Sequence[Block], parts: Sequence[Part]) -> Sequence[Block]:
    """The blocks from the headline to the first words of the text; from shortly before them where it is not printed."""
    head = _headline(blocks, parts)
    start = head + 1
    prose = (n for n, p in enumerate(parts) if n >= start and p.role == "body" and len(blocks[n].text) > PROSE)
    first = next(prose, start)
    return blocks[start if head >= 0 else max(first - _ABOVE, 0) : min(first + 3, start + _FURTHEST)]


def printed(blocks: Sequence[Block], parts: Sequence[Part]) -> Printed:
    """The labels of the page that may name a section, the nearest to the headline first."""
    head = max(_headline(blocks, parts), 0)
    near = (*reversed(blocks[max(head - _ABOVE, 0) : head]), *blocks[head + 1 : head + _ABOVE])
    kickers = tuple(_label(block) for block in near if block.kind != "img" and _named(block, _KICKER, 2))
    crumbs = (block.text for block in blocks[: head + 1] if _named(block, _CRUMB, 4))
    every = tuple(block.text for block in blocks if len(block.text) < _NAME)
    return Printed(("", *crumbs), kickers, every)


_CRUMB = re.compile("breadcrumb", re.IGNORECASE)


def _headline(blocks: Sequence[Block], parts: Sequence[Part]) -> int:
    """The block of the headline, or -1 where the page does not print it."""
    return next((n for n, part in enumerate(parts) if part.role == "title" and blocks[n].kind == "h"), -1)


def _named(block: Block, names: re.Pattern[str], levels: int) -> bool:
    return len(block.text) < _NAME and any(names.search(here.names) for here in islice(block.around.chain(), levels))


def _label(block: Block) -> str:
    """The first link of a label, or the whole of it."""
    linked = (span.text.strip() for span in block.spans if span.href and span.text.strip())
    return next(linked, block.text)
