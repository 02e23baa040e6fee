"""The story's first paragraphs → its summary: whole sentences, 160 to 300 characters where the lead allows it.

In: paragraphs as plain text. Out: one or two sentences, none of them cut; and the sentences of any text.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

SHORTEST, LONGEST = 160, 300  # characters: what a feed reader and a card show

_SENTENCE = re.compile(r".+?(?:[.!?…][\"'”’»)\]]*(?=\s+[\"'“‘„«¿¡(\[]?[^\W_a-zà-ÿа-я]|\s*$)|[。！？]|$)", re.DOTALL)
_ABBREVIATION = re.compile(
    r"(?:\b[^\W\d_]|\b(?:Mr|Mrs|Ms|Dr|Prof|St|Sen|Rep|Gov|Gen|Col|Lt|Sgt|Jr|Sr|No|vs|Inc|Ltd|Co|Corp|Jan|Feb|Mar|Apr|Aug|Sept|Oct|Nov|Dec|U\.S|U\.K|Nr|bzw|ca|Mio|Mrd|z\.B|Sra?|Sres|Dra?|M|Mme|art|al|etc|approx))\.$"
)
_TAIL = 8  # characters from which on the longest of them stands


def sentences(text: str, enough: int = 2000) -> Iterator[str]:
    """The sentences of a text's first characters; an abbreviation ends none."""
    open_ = ""
    for match in _SENTENCE.finditer(text[:enough]):
        piece = f"{open_} {match[0].strip()}".strip()
        if not piece:
            continue
        if _ABBREVIATION.search(piece, len(piece) - _TAIL) and match.end() < min(len(text), enough):
            open_ = piece
            continue
        yield piece
        open_ = ""
    if open_:
        yield open_


def make(paragraphs: Iterable[str]) -> str:
    """The lead in whole sentences. A first sentence longer than the limit stands alone, uncut."""
    taken = ""
    for paragraph in paragraphs:
        for sentence in sentences(" ".join(paragraph[:2500].split())):
            longer = f"{taken} {sentence}".strip()
            if taken and len(longer) > LONGEST:
                return taken
            taken = longer
            if len(taken) >= SHORTEST:
                return taken
    return taken
