"""Text for XML: what may stand in it, written so that every reader shows it as it is.

In: plain text, of whatever origin. Out: text for elements and attributes.
"""

from __future__ import annotations

import re

_MARKUP = re.compile('[&<>"]')
_NUMBERS = {"&": "&#x26;", "<": "&#x3C;", ">": "&#x3E;", '"': "&#x22;"}
_FORBIDDEN = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff]")


def escaped(text: str) -> str:
    """Plain text for XML, as numbers and not as names: readers that unfold ``&lt;`` twice then show it as it is.

    The RSS Advisory Board's profile asks for it, and the W3C validator (``CharacterData``, ``ContainsHTML``). What XML
    forbids is left out (XML 1.0, 2.2), and what the validator takes for a broken encoding (``BadCharacters``).
    """
    text = cleaned(text)
    return _MARKUP.sub(lambda match: _NUMBERS[match[0]], text) if _MARKUP.search(text) else text


def cleaned(text: str) -> str:
    """Text without the characters that no XML document may hold."""
    return text if text.isprintable() else _FORBIDDEN.sub("", text)
