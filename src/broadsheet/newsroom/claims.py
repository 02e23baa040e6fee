"""Claims: the numbers, names and quotations of a text, and which of them an edit put in the place of others.

In: a text as it was published and as it is. Out: pairs of what it said and what it says. A typo, a new sentence or one
that is gone, another order, another way to write the same number are no such pair. Names are told by their capitals, so
that languages which give them to every noun, such as German, have more of them.
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Iterator, Sequence
from difflib import SequenceMatcher
from itertools import islice
from typing import Literal, NamedTuple

LONGEST = 100_000  # characters that are looked at
_LARGE = 20  # the numbers below which a fraction has above its line
MOST = 2_000  # claims: comparing takes the square of their number at worst

Kind = Literal["number", "name", "quotation", "author"]


class Claim(NamedTuple):
    """A number, a name or a quotation: the form by which it compares, and the text's own."""

    kind: Kind
    key: str
    text: str


class Alteration(NamedTuple):
    """What a text said, and what it says in its place; ``before`` is how often it says that further above.

    ``row`` are words of the row of a table in which it stands; ``beside`` tells that it does not stand in the text.
    """

    kind: Kind
    said: str
    says: str
    before: int = 0
    row: tuple[str, ...] = ()
    beside: bool = False


_WORDS = (
    "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen "
    "seventeen eighteen nineteen"
)
_TENS = "twenty thirty forty fifty sixty seventy eighty ninety"
_ORDINALS = (
    "first second third fourth fifth sixth seventh eighth ninth tenth eleventh twelfth thirteenth fourteenth fifteenth "
    "sixteenth seventeenth eighteenth nineteenth"
)
_TENTHS = "twentieth thirtieth fortieth fiftieth sixtieth seventieth eightieth ninetieth"
_NUMBERS = {word: value for value, word in enumerate(_WORDS.split())}
_NUMBERS |= {word: 10 * value for value, word in enumerate(_TENS.split(), 2)}
_SCALES = "hundred thousand million billion trillion half dozen twice"
_VALUES = {word: str(value) for word, value in _NUMBERS.items()} | {word: word for word in _SCALES.split()}
_VALUES |= {word: f"{value}th" for value, word in enumerate(_ORDINALS.split(), 1)}
_VALUES |= {word: f"{10 * value}th" for value, word in enumerate(_TENTHS.split(), 2)}
# A third is a fraction as well as an ordinal; in the plural it is a fraction alone, and so is a quarter.
_VALUES |= {"quarter": "4th", "quarters": "4th", "halves": "half"}
_FRACTIONS = {f"{word}s": _VALUES[word] for word in _ORDINALS.split()[2:]}
_VALUES |= _FRACTIONS

_ADDRESS = re.compile(r"https?://\S+")
_TARGET = re.compile(r"\]\([^)\n]*\)|https?://\S+")  # of a link: where it leads, no claim is read
_QUOTES = str.maketrans({"“": '"', "”": '"', "„": '"', "«": '"', "»": '"', "’": "'", "‘": "'", "ʼ": "'"})
_TOKEN = re.compile(
    r"""(?P<quotation>"[^"\n]{3,800}")
      | (?P<digits>\d+(?:[.,'\u00a0\u202f ]\d{3})*(?:[.,:]\d+)?)
      | (?P<word>[^\W\d_]+(?:['-][^\W\d_]+)*)
      | (?P<end>[.!?:](?=["')]*(?:\s|$))|\n\s*\n)""",
    re.VERBOSE,
)
_GROUPED = re.compile(r"\d{1,3}(?:[.,' ]\d{3})+")


def claims(text: str) -> tuple[Claim, ...]:
    """What a plain text claims, in its order; of a very long one only its beginning."""
    plain = _ADDRESS.sub("", unicodedata.normalize("NFC", text[:LONGEST])).translate(_QUOTES)
    tokens = [*_tokens(plain)]
    known = {word for kind, word, begins in tokens if kind == "word" and word[0].isupper() and not begins}
    return tuple(islice(_claims(tokens, known), MOST))


def unpacked(text: str) -> tuple[Claim, ...]:
    """The claims that were packed."""
    return tuple(_claim(part) for part in text.split("|") if part)


def changes(said: Sequence[Claim], says: Sequence[Claim]) -> list[Alteration]:
    """What the claims of a text put in the place of others."""
    before, after = Counter(map(_key, said)), Counter(map(_key, says))
    matcher = SequenceMatcher(None, [*map(_key, said)], [*map(_key, says)], autojunk=False)
    found = []
    for tag, a, b, c, d in matcher.get_opcodes():
        if tag != "replace":
            continue
        kinds: tuple[Kind, ...] = ("number", "name", "quotation")
        for kind in kinds:
            gone = [one for one in said[a:b] if one.kind == kind and before[_key(one)] > after[_key(one)]]
            come = [
                (at, one)
                for at, one in enumerate(says[c:d], c)
                if one.kind == kind and after[_key(one)] > before[_key(one)]
            ]
            found += [
                Alteration(kind, old.text, new.text, sum(one.text == new.text for one in says[:at]))
                for old, (at, new) in zip(gone, come, strict=False)
                if not _harmless(old, new, before)
            ]
    return found


def line(text: str, altered: Alteration) -> int:
    """The line of a Markdown text, counted from 0, in which an alteration stands; 0 where it cannot be found.

    Marks of Markdown may stand between the words of a quotation, and around any.
    """
    plain = _TARGET.sub(lambda found: " " * len(found[0]), text).translate(_QUOTES)
    if altered.row:
        lines = ("".join(one.split()) for one in plain.splitlines())
        row = ["".join(cell.split()) for cell in altered.row]
        return next((number for number, one in enumerate(lines) if all(cell in one for cell in row)), 0)
    words = r"[\s*_`\\]+".join(map(re.escape, altered.says.split()))
    found = [one.start() for one in re.finditer(rf"(?<!\w){words}(?!\w)", plain)]
    return plain.count("\n", 0, found[min(altered.before, len(found) - 1)]) if found else 0


def _key(claim: Claim) -> tuple[Kind, str]:
    return claim.kind, claim.key


def _tokens(text: str) -> Iterator[tuple[str, str, bool]]:
    """Words, numbers and quotations, and whether each begins a sentence."""
    begins = True
    for found in _TOKEN.finditer(text):
        kind = found.lastgroup or ""
        if kind == "end":
            begins = True
            continue
        yield kind, found[0], begins
        begins = kind == "quotation" and found[0][-2] in ".!?"


def _claims(tokens: Sequence[tuple[str, str, bool]], known: set[str]) -> Iterator[Claim]:
    for place, (kind, text, begins) in enumerate(tokens):
        if kind == "word" and "-" in text and (parts := _fraction(text)):
            yield from map(_claim, parts)
        elif kind != "word" or _value(text):
            yield _claim(text)
        elif text[0].isupper() and len(text) > 1:
            following = tokens[place + 1] if place + 1 < len(tokens) else ("", "", True)
            in_row = following[0] == "word" and following[1][0].isupper() and not following[2]
            if not begins or in_row or text in known:
                yield _claim(text)


def _claim(text: str) -> Claim:
    """What a word, a number or a quotation in its marks claims."""
    if text[0] == '"':
        return Claim("quotation", " ".join(_words(text)), text)
    if value := _digits(text) if text[0].isdigit() else _value(text):
        return Claim("number", value, text)
    return Claim("name", bare(text.removesuffix("'s")), text)


def _value(word: str) -> str:
    """The number that a word means, as digits would compare; empty for other words."""
    return _VALUES.get(word.lower()) or (_number(word.lower()) if "-" in word else "")


def _fraction(word: str) -> list[str]:
    """The two numbers of a fraction that a hyphen joins, such as "two-thirds", which others write without it."""
    above, hyphen, below = word.partition("-")
    plain = below.lower()
    singular = plain in _VALUES and plain not in _NUMBERS and plain not in _SCALES.split()
    small = _NUMBERS.get(above.lower(), len(_NUMBERS)) < _LARGE  # what is larger makes an ordinal: twenty-third
    return [above, below] if hyphen and singular and small else []


def _words(text: str) -> list[str]:
    return [bare(word) for word in re.findall(r"[^\W_]+(?:['-][^\W_]+)*", text)]


def bare(text: str) -> str:
    """A text without case and marks, in which alone many spellings of one name differ."""
    return "".join(c for c in unicodedata.normalize("NFD", text.casefold()) if not unicodedata.combining(c))


def _digits(text: str) -> str:
    """A number without what groups its digits, with a point before its decimals."""
    plain = text.replace("\u00a0", " ").replace("\u202f", " ")
    if _GROUPED.fullmatch(plain):
        return re.sub(r"\D", "", plain)
    whole, point, decimals = plain.replace(",", ".").rpartition(".")
    return f"{re.sub(r'[^0-9:]', '', whole)}.{decimals}" if point else plain


def _number(word: str) -> str:
    """The number that words joined by hyphens mean, as digits would compare; empty for other words."""
    *above, last = word.split("-")
    ordinal = _VALUES.get(last, "").removesuffix("th") if last not in _NUMBERS else ""
    total = 0
    for part in above if ordinal.isdigit() else (*above, last):
        if part not in _NUMBERS:
            return ""
        total += _NUMBERS[part]
    return f"{total + int(ordinal)}th" if ordinal.isdigit() else str(total)


def _harmless(old: Claim, new: Claim, before: Counter[tuple[Kind, str]]) -> bool:
    """Whether one is the other without a typo."""
    if old.kind == "number":
        return False
    if old.kind == "name":
        return _swapped(old.key, new.key) or (before[_key(new)] > 0 and _near(old.key, new.key))
    ours, theirs = old.key.split(), new.key.split()
    if len(ours) != len(theirs):
        return False
    return all(a == b or _swapped(a, b) or (len(a) > 3 and _near(a, b)) for a, b in zip(ours, theirs, strict=True))


def _swapped(a: str, b: str) -> bool:
    """Whether two neighbouring letters are swapped and nothing else differs."""
    if len(a) != len(b):
        return False
    other = [place for place in range(len(a)) if a[place] != b[place]]
    return len(other) == 2 and other[1] == other[0] + 1 and a[other[0]] == b[other[1]] and a[other[1]] == b[other[0]]


def _near(a: str, b: str) -> bool:
    """Whether one letter is missing, too many or another, and neither is a number."""
    if any(character.isdigit() for character in a + b) or abs(len(a) - len(b)) > 1:
        return False
    head = next((n for n, (x, y) in enumerate(zip(a, b, strict=False)) if x != y), min(len(a), len(b)))
    rest, other = a[head:], b[head:]
    return rest[1:] == other[1:] or rest[1:] == other or rest == other[1:]
