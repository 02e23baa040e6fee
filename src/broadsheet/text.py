"""Words: slugs, the nearest known name, cutting at a word. Text in, text out; nothing here knows of news."""

from __future__ import annotations

import functools
import re
import unicodedata
from collections import Counter
from collections.abc import Callable, Container, Iterable, Mapping, Sequence
from hashlib import blake2b

SLUG_LENGTH = 80  # characters; long enough to be read, short enough for every address bar
NAMES = 1 << 16  # names whose normal form is remembered: a build asks for each several times
SLUG_BYTES = 200  # in UTF-8: a file system takes 255 in a name, and some scripts have four to a character

# Letters that Unicode does not decompose into a base letter and a mark.
_LETTERS = str.maketrans(
    {"ß": "ss", "ẞ": "SS", "æ": "ae", "Æ": "AE", "œ": "oe", "Œ": "OE", "ø": "o", "Ø": "O", "ł": "l", "Ł": "L"}
    | {"đ": "d", "Đ": "D", "ð": "d", "þ": "th", "Þ": "Th", "Ð": "D", "ı": "i", "’": "", "'": "", "ʼ": ""}
)
_ACCENTED = re.compile(r"[a-zα-ω]")  # letters of scripts whose accents are often left out
_NOT_WORD = re.compile(r"[^a-z0-9]+")
_SYLLABLE = re.compile(r"(?<=[a-z0-9])(?=[A-Z])")
_SOUNDS = str.maketrans("", "", "'`\"")
_SLUG = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")


def slug(text: str, *, default: str = "untitled", latin: bool = False) -> str:
    """A name for an address and a file: lower-case words joined by hyphens, at most 80 characters and 200 bytes.

    Latin letters lose their marks; other scripts are kept, since addresses may hold them (RFC 3987). ``latin``
    transliterates these: "moskva" for "Москва".
    Nothing that a path means (``/``, ``..``, NUL) survives. ``default`` answers for text without any word.
    """
    if len(text) <= SLUG_LENGTH and _SLUG.fullmatch(text):
        return text
    return _cut(_words(text, latin=latin)) or default


def file_slug(name: str, *, latin: bool = False) -> str:
    """The slug of a file's name. The number that tells it from a file of the same title is never cut off."""
    words = _words(name, latin=latin)
    base, _, number = words.rpartition("-")
    numbered = number.isdecimal() and len(number) <= _NUMBER and len(base) <= SLUG_LENGTH
    return words if numbered and len(base.encode()) <= SLUG_BYTES else slug(name, latin=latin)


_NUMBER = 4  # digits of a number that only counts


def _words(text: str, *, latin: bool = False) -> str:
    """The words of a slug, however many they are."""
    plain = text.translate(_LETTERS)
    if plain.isascii():
        return _NOT_WORD.sub("-", plain.lower()).strip("-")
    words = "-".join(_letters(plain).lower().split())
    words = unicodedata.normalize("NFC", words).strip("-")
    return (_transliterated(words) or words) if latin else words


def _transliterated(words: str) -> str:
    """The words of a slug in Latin letters, as they are always transliterated, whatever the language.

    anyascii begins each syllable of Chinese and Korean with a capital, by which they are told apart, and marks sounds
    that Latin letters have none for, such as ʿ, with quotes. Empty where it knows none of the letters.
    """
    from anyascii import anyascii  # half a megabyte of tables, which few sites need

    said = _SYLLABLE.sub("-", anyascii(words).translate(_SOUNDS))
    return _NOT_WORD.sub("-", said.lower()).strip("-")


def _cut(words: str, less: int = 0) -> str:
    """As many whole words as a slug may have; where the first alone has more, as many whole characters of it.

    ``less`` characters are kept free for what follows.
    """
    if len(words) <= SLUG_LENGTH - less and len(words.encode()) <= SLUG_BYTES - less:
        return words
    end = min(len(words), SLUG_LENGTH - less)
    while len(words[:end].encode()) > SLUG_BYTES - less:
        end -= 1
    if whole := words[: end + 1].rpartition("-")[0]:
        return whole
    while end > 1 and unicodedata.category(words[end]).startswith("M"):  # a mark is not parted from its letter
        end -= 1
    return words[:end]


def _letters(text: str) -> str:
    """The text with a space for all that is no letter or digit. Vowel signs and the like stay with their letters."""
    made: list[str] = []
    for character in unicodedata.normalize("NFC", text):
        if character.isalnum():
            made.append(_unmarked(character))
        elif unicodedata.category(character) not in ("Mn", "Mc"):
            made.append(" ")
        elif made and made[-1][0].isalnum() and not made[-1].isascii():
            made[-1] += character
    return "".join(made)


def _unmarked(character: str) -> str:
    base = unicodedata.normalize("NFD", character)
    return base[0] if "LATIN" in unicodedata.name(base[0], "") else character


@functools.lru_cache(maxsize=NAMES)
def normal(name: str) -> str:
    """What a name says, without what only spells it. Two names with one normal form are one name.

    Case, blanks, marks of Latin letters, hyphens, quotes, brackets and the stops of abbreviations only spell a name.
    Any other sign says something: C++ is not C, R&D not R D, .NET not Net, A- not A, 2.0 not 2-0.
    """
    if _SLUG.fullmatch(name):
        return name.replace("-", " ")
    text = unicodedata.normalize("NFC", name)
    said: list[str] = []
    start = 0
    for found in _SIGN.finditer(text):
        if _says(found[0], text[: found.start()][-1:], text[found.end() : found.end() + 1]):
            said += (_words(text[start : found.start()]).replace("-", " "), *found[0].translate(_MINUS))
            start = found.end()
    said.append(_words(text[start:]).replace("-", " "))
    return " ".join(filter(None, said)) or text.strip()


_DASHES = "-\u2010\u2011\u2012\u2013\u2014\u2015\u2212"
_MINUS = str.maketrans(dict.fromkeys(_DASHES, "-"))
_SIGN = re.compile(rf"[{_DASHES}]+|[^\w\s]")
_SPELLS = frozenset("'\"`´¨;·•…®©™")
_SPELLING = frozenset(("Ps", "Pe", "Pi", "Pf", "Pc", "Mn", "Mc", "Me", "Cc", "Cf"))  # brackets, quotes, joiners


def _says(sign: str, before: str, after: str) -> bool:
    """Whether a sign between two characters, or none, is part of what a name says."""
    if sign[0] in _DASHES:  # at the end of a word, or before a number: C--, A-, -1
        return (before.isalnum() and not after.strip()) or (not before.strip() and after.isdigit())
    if sign in ".,:":  # 2.0, 1:0; .NET
        numeric = before.isdigit() and after.isdigit()
        return numeric or (sign == "." and not before.strip() and after.isalnum())
    return sign not in _SPELLS and unicodedata.category(sign) not in _SPELLING


def slugs(names: Iterable[str], plain: Callable[..., str] = slug, *, latin: bool = False) -> dict[str, str]:
    """A slug for each name, by its normal form; no two have one. The order of the names does not matter.

    ``plain`` is how a slug is made of one name, ``latin`` whether it is transliterated. A name whose slug no other has
    keeps that. Of several the one that is no more than the slug keeps it (``c``); the others are whole, with their
    signs in words (``c-plus-plus``), and where that is no slug of their own, they have a mark made of the name.
    """
    groups: dict[str, list[str]] = {}
    for name in sorted({normal(name) for name in names}):
        groups.setdefault(plain(name, latin=latin), []).append(name)
    found: dict[str, str] = {}
    others: list[tuple[str, str]] = []
    for shared, sharing in groups.items():
        for name in sharing:
            if len(sharing) == 1 or name.replace(" ", "-") == shared:
                found[name] = shared
            else:
                others.append((name, shared))
    spoken = {name: _spoken(name, latin=latin) for name, _ in others}
    times = Counter(spoken.values())
    taken = set(groups)
    for name, _ in others:
        if spoken[name] and spoken[name] not in taken and times[spoken[name]] == 1:
            found[name] = spoken[name]
            taken.add(spoken[name])
    for name, shared in others:
        if name not in found:
            found[name] = _marked(name, shared, taken)
            taken.add(found[name])
    return found


def _marked(name: str, shared: str, taken: Container[str]) -> str:
    """A slug with a mark made of the name."""
    mark = blake2b(name.encode(errors="replace")).hexdigest()
    made = (f"{_cut(shared, length + 1)}-{mark[:length]}" for length in range(_MARK, len(mark)))
    return next(one for one in made if one not in taken)


_MARK = 6  # hexadecimal digits: two of a million names of one slug have the same
_SAID = {
    "+": "plus", "&": "and", "@": "at", "%": "percent", "*": "star", "/": "slash", "=": "equals", "$": "dollar",
    "€": "euro", "£": "pound", ".": "dot", ",": "comma", ":": "colon", "-": "minus", "<": "less", ">": "greater",
}  # fmt: skip


def _spoken(name: str, *, latin: bool) -> str:
    """The whole slug of a name in its normal form, with its signs in words: English ones, which can be typed anywhere.

    Empty where it is too long for the name of a file.
    """
    said: list[str] = []
    for word in name.split():
        if len(word) > 1 or word.isalnum():
            said.append(word)
        elif word == "#":  # of a note or a language; of a number or a hashtag
            said.append("sharp" if said and len(said[-1]) == 1 else "hash")
        else:
            said.append(_SAID.get(word) or unicodedata.name(word, "").removesuffix(" MARK"))
    words = _words(" ".join(said), latin=latin)
    return words if len(words.encode()) <= SLUG_BYTES else ""


def nearest(word: str, known: Iterable[str]) -> str | None:
    """The known name that was probably meant, or None where none is near."""
    import difflib

    names = list(known)
    folded = {name.lower(): name for name in names}
    wanted = word.lower()
    for match in difflib.get_close_matches(wanted, folded, n=3, cutoff=0.6):
        # Few slips are in the first letter: "tags" is not "status", but "uthor" is "author".
        swapped = match[:2] == wanted[1::-1]  # "noe" is "one"
        if match[:1] == wanted[:1] or swapped or difflib.SequenceMatcher(None, wanted, match).ratio() >= _NEAR:
            return folded[match]
    return None


_NEAR = 0.75  # of 1: how alike two names are, where their first letters differ


def did_you_mean(word: str, known: Iterable[str]) -> str:
    """The hint for an unknown name: the nearest one as a question, else those that there are, if there are any."""
    names = sorted(known)
    match = nearest(word, names)
    if match:
        return f"Did you mean {match!r}?"
    if not names:
        return ""
    more = f" and {len(names) - _LISTED} more" if len(names) > _LISTED else ""
    return f"Known: {', '.join(names[:_LISTED])}{more}."


_LISTED = 20  # known names that a hint lists


def typed(value: object, *, quotes: str = "", equals: str = ": ") -> str:
    """A value as a person types it on one line: in YAML, or with ``quotes`` around texts and ``equals`` in TOML."""
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, Mapping):
        inner = ", ".join(f"{key}{equals}{typed(one, quotes=quotes, equals=equals)}" for key, one in value.items())
        return f"{{{inner}}}"
    if isinstance(value, list | tuple):
        return f"[{', '.join(typed(one, quotes=quotes, equals=equals) for one in value)}]"
    return f"{quotes}{value}{quotes}" if isinstance(value, str) else str(value)


def either(words: Iterable[str]) -> str:
    """A pattern (of ``re``) that any of these words fits, the longest first."""
    return "|".join(re.escape(word) for word in sorted(words, key=len, reverse=True))


def letters(text: str) -> str:
    """A text's letters and figures, whatever their case: two texts that differ in nothing else say the same."""
    return "".join(filter(str.isalnum, text.casefold()))


def folded(text: str) -> str:
    """A text in small letters, with one i: capitals of Turkish and of English share theirs, as in patterns."""
    return text.casefold().replace("i\u0307", "i").replace("ı", "i")


def spellings(phrase: str) -> set[str]:
    """A phrase, folded: as it is, without accents as in capitals, with ae for ä as where a keyboard has none."""
    known = folded(phrase)
    if not _ACCENTED.search(known):
        return {known}
    bare = "".join(one for one in unicodedata.normalize("NFD", known) if not unicodedata.combining(one))
    return {known, bare, known.translate({ord("ä"): "ae", ord("ö"): "oe", ord("ü"): "ue"})}


def blank(text: str) -> bool:
    """Whether there is nothing to be seen of a text: it is empty, or all of it is space or marks of no width."""
    if text.isprintable():
        return not text.strip()
    return all(character.isspace() or unicodedata.category(character) in ("Cc", "Cf") for character in text)


def clip(text: str, length: int) -> str:
    """``text`` in at most ``length`` characters, cut between words and marked with an ellipsis."""
    whole, text = text, " ".join(text[: length * 2].split())  # which hold enough of any text but a few
    if len(text) <= length:
        text = " ".join(whole.split())
    if len(text) <= length:
        return text
    cut = text[: length - 1]
    return (cut.rpartition(" ")[0] or cut).rstrip(" ,;:–—-") + "…"


def count(data: bytes) -> int:
    """How many words a text (UTF-8) has, to within a few; in scripts without spaces two characters count as a word."""
    if not data.translate(None, _NOT_DENSE) or not _dense().search(text := data.decode(errors="replace")):
        # Gaps are counted: to cut a text into its words takes three times as long.
        return data.count(b" ") + data.count(b"\n") - data.count(b"\n\n") + 1 if data else 0
    dense = len(_dense().findall(text))
    return len(_dense().sub(" ", text).split()) + dense // 2


@functools.cache
def _dense() -> re.Pattern[str]:
    """Characters of scripts without spaces; made when it is asked for, since that takes as long as fifty texts."""
    return re.compile(r"[぀-ヿ㐀-䶿一-鿿가-힯฀-๿]")


_NOT_DENSE = bytes({*range(256)} - {0xE0, *range(0xE3, 0xEE)})  # UTF-8: no such character begins with one of these


def counted(number: int, one: str, many: str = "") -> str:
    """A number with its noun: "1 story", "2 stories"; ``many`` where the plural is not ``one`` with an s."""
    return f"{number} {one if number == 1 else many or f'{one}s'}"


def ranges(lines: Sequence[int]) -> str:
    """Line numbers in a few words, such as "lines 3, 9-12"; no more than five places; "" for none."""
    if not lines:
        return ""
    spans: list[list[int]] = []
    for line in lines:
        if spans and line == spans[-1][1] + 1:
            spans[-1][1] = line
        else:
            spans.append([line, line])
    places = [str(first) if first == last else f"{first}-{last}" for first, last in spans]
    more = f" and {len(places) - 5} more places" if len(places) > 5 else ""
    return f"{'line' if len(lines) == 1 else 'lines'} {', '.join(places[:5])}{more}"
