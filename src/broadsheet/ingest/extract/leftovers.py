"""A line that gave fields, and what it gave → the words of it that no field has, so that the fates can name them.

In: a line, and the values that were taken from it. Out: "editing by John Hale", "in Ismailia … in London".
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from broadsheet.ingest.extract import bylines, dates
from broadsheet.ingest.extract.person_names import TABLE
from broadsheet.text import clip, either

_SHOWN = 160  # characters of what is named
_SIGNS = " \t,.;:|/•·&+()[]<>*_–—-、，："


def why(rule: str, text: str, values: Iterable[str], stamps: Sequence[dates.Stamp] = ()) -> str:
    """Why a line is used, with the words that are not: 'a byline, without "in Ismailia"'."""
    left = find(text, values, stamps)
    return f'{rule}, without "{left}"' if left else rule


def find(text: str, values: Iterable[str], stamps: Sequence[dates.Stamp] = ()) -> str:
    """The words of a line that are neither one of some values, nor a day, a label or a word that joins names."""
    rest = dates.rest(text, tuple(stamps)) if stamps else text
    rest = rest[bylines.label_end(rest) :]
    for value in sorted(filter(None, values), key=len, reverse=True):
        rest = re.sub(rf"(?<!\w){re.escape(value)}", "\n", rest, flags=re.IGNORECASE)
    pieces = (_JOINTS.sub(" ", piece).strip(_SIGNS) for piece in rest.split("\n"))
    said = [" ".join(piece.split()) for piece in pieces if len(piece) > 1 and any(map(str.isalpha, piece))]
    return clip(" … ".join(said), _SHOWN).replace('"', "'")


_AND = either([*TABLE["and"], *bylines.LABELS])
_JOINTS = re.compile(rf"\A[\W_]*(?:{_AND})[\W_]*\Z|\A[\W_]*(?:{_AND})(?=\W)|(?<=\W)(?:{_AND})[\W_]*\Z", re.IGNORECASE)
