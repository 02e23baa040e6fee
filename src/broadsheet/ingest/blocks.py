"""What a page is made of for ingest: blocks of text, each with its spans, its lines and what stands around it.

In: nothing; these are values. ``walk`` makes them of a page, ``article`` chooses among them, ``render`` prints them.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any, Literal

import msgspec

Kind = Literal["p", "h", "li", "quote", "pre", "cell", "caption", "img"]

_SPACE = re.compile(r"[ \t\r\n\f\v\u00a0\u2000-\u200a\u202f\u3000]+")
_UNSEEN = re.compile(r"[\u00ad\u200b\u2060\ufeff]")  # soft hyphens and joints of no width



class Span(msgspec.Struct, frozen=True):
    """A run of text in one style; ``href`` where it is a link, ``text`` is a line feed where the page breaks a line."""

    text: str
    href: str = ""
    strong: bool = False
    emphasis: bool = False


class Block(msgspec.Struct, frozen=True, eq=False):
    """One block of a page.

    ``level`` is a heading's rank or a list item's depth; ``ordered`` counts items of a numbered list from 1;
    ``element`` is the element that holds the text, ``around`` what its ancestors are known by (see ``Around``);
    ``lines`` are the source lines that its text stands on, counted from 1; ``src`` is a picture's address.
    """

    kind: Kind
    text: str
    spans: tuple[Span, ...]
    element: Any
    around: Around
    level: int = 0
    ordered: int = 0
    quoted: bool = False
    lines: tuple[int, ...] = ()
    src: str = ""


class Around(msgspec.Struct, frozen=True, eq=False):
    """What stands around a block: the chain of block elements from the body inwards, each with its classes and id."""

    element: Any
    tag: str
    names: str
    outer: Around | None = None
    shape: int = 0  # equal for elements that the same template made

    def chain(self) -> Iterator[Around]:
        """This element and all that hold it, innermost first."""
        here: Around | None = self
        while here is not None:
            yield here
            here = here.outer


def clean(text: str) -> str:
    """``text`` with its white space collapsed and without characters of no width."""
    return _SPACE.sub(" ", _UNSEEN.sub("", text)).strip()


BREAK = Span("\n", "\n")  # the mark of <br>; no address is a line feed


def is_break(span: Span) -> bool:
    """Whether a span stands for a line break of the page."""
    return span.text == "\n" and span.href == "\n"
