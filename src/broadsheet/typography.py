"""Typography: straight quotes and typed dashes → the marks that newspapers of a language print.

In: plain text, or HTML in which English marks stand where a quotation begins and ends. Out: the same with the marks of
its language. A text that has these comes back as it is. The marks follow the Unicode CLDR, French spaces the Imprimerie
nationale; for a language that is not told here nothing is changed.
"""

from __future__ import annotations

import functools
import re
from typing import NamedTuple


class QuotationMarks(NamedTuple):
    """What stands around a quotation, and around one in a quotation; ``spaced`` where ; : ! ? stand off their word."""

    opening: str
    closing: str
    inner: str
    outer: str
    spaced: bool = False


_THIN = "\u202f"
_WIDE = "\xa0"
ENGLISH = QuotationMarks("“", "”", "‘", "’")
_KNOWN = {
    "en cy da ga id ko lv nl pt-br tr vi zh": ENGLISH,
    "bg cs de is lt sk sl": QuotationMarks("„", "“", "‚", "‘"),
    "de-ch de-li fa ar": QuotationMarks("«", "»", "‹", "›"),
    "et hr hu pl ro": QuotationMarks("„", "”", "«", "»"),
    "fi sv": QuotationMarks("”", "”", "’", "’"),
    "nb nn no": QuotationMarks("«", "»", "‘", "’"),
    "fr": QuotationMarks(f"«{_THIN}", f"{_THIN}»", "“", "”", spaced=True),
    "fr-ch": QuotationMarks(f"«{_THIN}", f"{_THIN}»", "‹", "›", spaced=True),
    "ca el es eu gl it pt": QuotationMarks("«", "»", "“", "”"),
    "be ru uk": QuotationMarks("«", "»", "„", "“"),
}
_MARKS = {tag: marks for tags, marks in _KNOWN.items() for tag in tags.split()}

_CLIPPED = r"(?=(?:[Tt]is|[Tt]was|[Tt]il|[Ee]m|n)\b)"  # English words that begin with an apostrophe
_APOSTROPHE = re.compile(rf"(?<=\w)'(?=\w)|'(?=\d\d)|'{_CLIPPED}|(?<=’n)'")
_APOSTROPHES = re.compile(f"‘{_CLIPPED}")
_STRAIGHT = re.compile(r"""["']|---?|\.{3}|(?<=\S) - (?=\S)""")
_BEGINS = re.compile(r"(?<!\w)'(?=\S)")
_CLOSES = re.compile(r"(?<=\S)'(?!\w)")
_OPENS = frozenset("([{—–-/«„“‚‘‹¿¡")  # what an opening mark may follow, besides a space
_DASHES = {"--": "–", "---": "—", "...": "…", " - ": " – "}
_LOOSE = re.compile(r"(?<=\S) (?=[;!?»])|(?<=«) (?=\S)")
_LOOSE_MARKS = (" ;", " !", " ?", " »", "« ", " :")
_COLON = re.compile(r"(?<=[\w»)]) (?=:(?:\s|$))")
_TEXT = re.compile(r"(?s)<(pre|code)\b.*?</\1>|<[^>]*>|([^<]+)")
_HYPHEN = re.compile(r"(?<=[^\s>]) - (?=[^\s<])")
_PAIR = re.compile(r"‘((?:[^‘’]|’(?=\w))*)’(?!\w)")
_STRAY = re.compile(r"“(?!\w)")
_FOOT = re.compile(r"(?<=\d)’(?=\d+″)")


@functools.cache
def marks(language: str) -> QuotationMarks | None:
    """The marks of a language (BCP 47); None where they are not known."""
    tag = language.lower()
    return _MARKS.get(tag) or _MARKS.get(tag.partition("-")[0])


def plain(text: str, own: QuotationMarks) -> bool:
    """Whether a text has nothing that would be set in another way."""
    if own.spaced or "'" in text or '"' in text or "..." in text:
        return False
    return "-" not in text or ("--" not in text and " - " not in text)  # one sign is found ten times as fast as two


def typeset(text: str, own: QuotationMarks) -> str:
    """Plain text, such as a headline, with true marks."""
    if "'" in text:
        text = _APOSTROPHE.sub("’", text)
    if not plain(text, own):
        text = _STRAIGHT.sub(_Setter(text, own).true, text)
    return _spaced(text) if own.spaced else text


class _Setter:
    """Tells the true marks of one text, in one pass however many it has."""

    def __init__(self, text: str, own: QuotationMarks) -> None:
        self.text = text
        self.own = own
        self.odd = text.count('"') % 2
        self.begins = next((one.start() for one in _BEGINS.finditer(text)), len(text))
        self.closes = max((one.start() for one in _CLOSES.finditer(text)), default=-1)

    def true(self, found: re.Match[str]) -> str:
        """The true mark for a straight one, by what stands before and after it."""
        sign, start, end = found[0], found.start(), found.end()
        if sign in _DASHES:
            return _DASHES[sign]
        before, after = self.text[start - 1 : start], self.text[end : end + 1]
        opens = (not before or before.isspace() or before in _OPENS) and bool(after) and not after.isspace()
        if sign == '"':
            if self.odd and before.isdigit() and not after.isalnum():
                return "″"
            return self.own.opening if opens else self.own.closing
        if opens:  # "'Tis" has none that closes, and is an apostrophe
            return self.own.inner if self.closes > start else "’"
        return self.own.outer if self.begins < start and not after.isalnum() else "’"


def _spaced(text: str) -> str:
    """French text whose spaces before high marks and inside guillemets do not break."""
    return _COLON.sub(_WIDE, _LOOSE.sub(_THIN, text))


def localised(html: str, own: QuotationMarks) -> str:
    """Balanced HTML with English marks around its quotations → the marks of its language; code stays as it is."""
    if "‘" in html:
        html = _APOSTROPHES.sub("’", html)
    if "“" in html:
        html = _STRAY.sub(functools.partial(_stray, html), html)
        html = _FOOT.sub("′", html) if "″" in html else html
    if own is not ENGLISH:
        if "“" in html or "”" in html:
            html = html.replace("“", "\0").replace("”", own.closing).replace("\0", own.opening)
        if "‘" in html:
            html = _PAIR.sub(rf"{own.inner}\1{own.outer}", html)
    if " - " in html or (own.spaced and any(loose in html for loose in _LOOSE_MARKS)):
        html = _TEXT.sub(functools.partial(_passage, own), html)
    return html


def _stray(html: str, found: re.Match[str]) -> str:
    """A mark that opens nothing, since no letter follows: it closes what another mark opened, or stands for inches."""
    before = found.start() - 1
    while (
        before > 0
        and html[before] == ">"
        and html.rfind("</", max(0, before - 12), before) == html.rfind("<", 0, before)
    ):
        before = html.rfind("<", 0, before) - 1
    sign = html[before]
    if sign.isdigit():
        return "″"
    return "”" if sign.isalnum() or sign in ".,;!?…%”’" else "“"


def _passage(own: QuotationMarks, found: re.Match[str]) -> str:
    text = found[2]
    if not text:
        return found[0]
    text = _HYPHEN.sub(" – ", text)
    return _spaced(text) if own.spaced else text
