"""Leads: the first paragraph of a story, which stands for a summary where nobody wrote one.

In: a Markdown body. Out: plain text.
"""

from __future__ import annotations

import re

from broadsheet.words import clip

LEAD_LENGTH = 300  # characters of the first paragraph that stand for a summary
LEAD_WITHIN = 20_000  # characters in which a first paragraph is looked for

# No part of these may hold the mark that begins the next one: else a text of such marks alone takes its square in time.
_PARAGRAPH = re.compile(r"\S[^\n]*(?:\n[^\S\n]*\S[^\n]*)*")
_NO_PARAGRAPH = re.compile(r"\s*(#|>|!\[|[-*+]\s|\d+[.)]\s|\||```|<|---)")
_LINK = re.compile(r"!?\[((?:\\.|[^\[\]\\])*)\]\((?:[^()]|\([^()]*\))*\)")
_EMPHASIS = re.compile(r"(?<!\\)[*_`]+(?=\S)|(?<=\S)(?<!\\)[*_`]+")
_ESCAPE = re.compile(r"\\([!-/:-@\[-`{-~])")


def lead(body: str) -> str:
    """The first paragraph of a Markdown body as plain text, at most 300 characters."""
    for found in _PARAGRAPH.finditer(body, 0, LEAD_WITHIN):
        if not _NO_PARAGRAPH.match(block := found[0]):
            plain = block[: LEAD_LENGTH * 4]  # markup takes room that the lead does not
            if "[" in plain or "*" in plain or "_" in plain or "`" in plain or "\\" in plain:
                plain = _ESCAPE.sub(r"\1", _EMPHASIS.sub("", _LINK.sub(r"\1", plain)))
            return clip(plain, LEAD_LENGTH)
    return ""
