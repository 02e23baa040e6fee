"""Words that were parted at the ends of rows → whole words, with the hyphen where it belongs to the word.

In: the rows of a text. Out: for a row that ends in a hyphen and the one below it, what stands between them when they
are joined: nothing, the hyphen, or the hyphen and a blank. The text itself is asked first: a word that stands whole
elsewhere is written as it is there.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from broadsheet.ingest.extract.language import SMALL_WORDS
from broadsheet.ingest.extract.rows import TextRow

_PARTED = re.compile(r"[^\W\d_][-\u2010]$")
_LAST = re.compile(r"([^\W\d_]+)[-\u2010]$")
_FIRST = re.compile(r"[^\W\d_]+")
_WORDS = re.compile(r"[^\W\d_]+(?:-[^\W\d_]+)*")
_SOFT = "\u2010"  # a hyphen that was put in to part a word and for nothing else
_LEAST = 3  # letters of a part that may be a word of its own

# Words that go on after the hyphen of another: "two- and three-storey houses".
_LINKING = frozenset(["and", "or", "to", "und", "oder", "bis", "et", "ou", "y", "o", "e", "en", "och", "og", "eller"])
# First and last parts of compounds that English writes with a hyphen.
_BEFORE = frozenset(
    """
    twenty thirty forty fifty sixty seventy eighty ninety one two three four five six seven eight nine ten twelve half
    quarter self well ill non ex anti pro co mid semi vice long short high low full part multi single double first
    second third last old new early late north south east west cross post pre so all best better hard soft fast slow
    great step mother father right left open free far near top much ever still once would
    """.split()  # noqa: SIM905 - a list of words reads best as words
)
_AFTER = frozenset(
    """
    one two three four five six seven eight nine in on up off out down by of to the at and old new year years day days
    week month hour hours minute second long term time based made free like wide led run owned style sized size known
    being law general elect foot mile metre meter storey story way class level scale speed quality range profile side
    friendly related backed born built bound called century colour date door end ended fifth fifths thirds third
    quarters half page paid party person piece point proof rate ridden round standing star team thinking ton versus
    weather winning high low deep
    """.split()  # noqa: SIM905 - a list of words reads best as words
)


def parted(text: str) -> bool:
    """Whether a row ends in a word that may go on below."""
    return text[-1:] in "-\u2010" and _PARTED.search(text[-2:]) is not None


class Hyphens:
    """The hyphens at the ends of a text's rows, judged by the words of the text."""

    def __init__(self, found: Sequence[TextRow]) -> None:
        self.words: frozenset[str] = frozenset()
        if any(parted(row.text) for row in found):
            words: set[str] = set()
            below = False
            for row in found:  # but for the parts themselves
                said = _WORDS.findall(row.text.rstrip("-\u2010").casefold())
                on = parted(row.text)
                words.update(said[below : len(said) - on])
                below = on
            self.words = frozenset(words)

    def between(self, above: str, below: str) -> str:
        """What stands between two rows of which the upper ends in a hyphen, without that hyphen."""
        last, first = _LAST.search(above), _FIRST.match(below)
        if not last or not first:
            return "-" if first or below[:1].isdigit() else "- "
        left, right = last[1].casefold(), first[0].casefold()
        if above[-1] == _SOFT:
            return ""
        if right in _LINKING:
            return "- "
        if below[0].isupper():
            return "-"
        if left + right in self.words:
            return ""
        whole = f"{left}-{right}" in self.words or left in _BEFORE or right in _AFTER
        alone = min(len(left), len(right)) >= _LEAST and all(part in self.words for part in (left, right))
        return "-" if whole or (alone and right not in SMALL_WORDS) else ""
