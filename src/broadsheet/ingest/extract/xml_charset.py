"""The charset of an XML file: the one that it declares, unless its bytes say otherwise.

In: a file's bytes. Out: its text, and what is wrong with the declaration.
"""

from __future__ import annotations

import codecs
import re

from broadsheet.ingest.extract import charset as charsets
from broadsheet.ingest.extract.charset import clean

_SAMPLE = 65536  # bytes that tell what a file is
_MARKS = (b"\xef\xbb\xbf", b"\xff\xfe", b"\xfe\xff", b"\0\0\xfe\xff")


def text(data: bytes, name: str) -> tuple[str, str]:
    """The text of an XML file in the charset that it declares, and what is wrong with the declaration, or "".

    A charset that cannot be what the bytes are is not believed: then they are read by what they are. Raises
    BroadsheetError as ``charset.text`` does.
    """
    label = _DECLARED.search(data[:_PROLOGUE])
    declared = label[1].decode("ascii") if label else ""
    wide = {b"<\0": "utf-16-le", b"\0<": "utf-16-be"}.get(data[:2], "")
    if data.startswith(_MARKS) or (not declared and not wide):
        if _is_utf8(data) or 0 in data or data.startswith(_MARKS):
            return charsets.text(data, name), ""
        return clean(_by_language(data, name)), "it declares no charset and is not UTF-8"
    raw, doubt = (data.decode(wide, "replace"), "") if wide else _by_declaration(data, declared, name)
    return clean(raw), doubt


def _by_language(data: bytes, name: str) -> str:
    """Bytes whose charset nothing says, in the one that their language was written in, else by their statistics."""
    charset = _of_language(data)
    if charset and _fits(data, charset):
        unlike = data.decode("utf-8", "replace").count("\ufffd")  # few are UTF-8 with damaged bytes
        if unlike > len(data) * 0.001 and _plausible(data[:_SAMPLE].decode(charset, "ignore")):
            return data.decode(charset)
    return charsets.text(data, name)


def _of_language(data: bytes) -> str:
    """The charset in which the language that a file names was written before UTF-8; "" for Western and unknown ones."""
    tongue = _LANGUAGE.search(data[:_SAMPLE])
    charset = _OF_LANGUAGE.get(tongue[1].decode("ascii").lower(), "") if tongue else ""
    central = charset == "cp1250" and not any(0x80 <= byte <= 0x9F for byte in data[:_SAMPLE])
    return "iso8859_2" if central else charset


def _by_declaration(data: bytes, declared: str, name: str) -> tuple[str, str]:
    """Bytes without a mark of their charset in the one that they declare, and why not in that one."""
    charset = _codec(declared)
    seven_bit = charset.startswith(("iso2022", "hz"))
    if _is_utf8(data) and not seven_bit:
        above = sum(byte > 0x7F for byte in data[:_SAMPLE])
        if not above or charset in ("utf_8", "utf-8"):
            return charsets.text(data, name), ""
        if above >= _ACCIDENT or charset not in _PAIRED or not _fits(data, charset):
            return charsets.text(data, name), f"it declares the charset {declared}, and is UTF-8"
    if not charset or charset in ("utf_8", "utf-8", "ascii") or charset.startswith(("utf_16", "utf_32")):
        wrong = "and is not" if charset else "which is none"
        return _by_language(data, name), f"it declares the charset {declared}, {wrong}"
    return _in_charset(data, charset, declared, name)


def _in_charset(data: bytes, charset: str, declared: str, name: str) -> tuple[str, str]:
    """Bytes in the charset that they declare, unless that makes no sense of them."""
    try:
        raw = data.decode(charset)
    except UnicodeDecodeError as cause:
        raw = data.decode(charset, "replace")
        wrong = raw.count("\ufffd")
        if wrong > len(raw) * 0.001:
            return _by_language(data, name), f"it declares the charset {declared}, and is not"
        return raw, f"{wrong} of its characters are damaged, the first at byte {cause.start}"
    if any("\x80" <= c <= "\x9f" for c in raw[:_SAMPLE]) and (wider := _WIDER.get(charset)) and _fits(data, wider):
        raw = data.decode(wider)
    foreign = charset in _WESTERN and _of_language(data)
    if foreign or not _plausible(raw[:_SAMPLE]):
        for other in (_by_language(data, name), *(data.decode(one) for one in _CYRILLIC if charset in _CYRILLIC)):
            if other != clean(raw) and _plausible(other[:_SAMPLE]):
                return other, f"it declares the charset {declared}, in which its words make no sense"
    return raw, ""


def _is_utf8(data: bytes) -> bool:
    return _fits(data, "utf-8")


def _fits(data: bytes, charset: str) -> bool:
    try:
        data.decode(charset)
    except (UnicodeError, LookupError):
        return False
    return True


def _codec(label: str) -> str:
    """The charset that a label means, the larger one where a label names less than what is sent under it; or ""."""
    try:
        found = codecs.lookup(_LABELS.get(label.lower(), label)).name.replace("-", "_")
    except LookupError:
        return ""
    return _LARGER.get(found, found)


def _plausible(raw: str) -> bool:
    """Whether words of other than ASCII look like words: no signs and no capitals within them, not all accents."""
    words = [word for word in _RUNS.findall(raw) if not word.isascii()]
    swapped = any(word[0].islower() and word[1:].isupper() for word in words)
    if swapped and sum(map(str.isupper, words)) > 0.6 * len(words):  # capitals for small letters
        return False
    odd = sum(map(_odd, words))
    return odd < 2 or odd < 0.25 * len(words)


def _odd(word: str) -> bool:
    accents = sum("\u00c0" <= c <= "\u024f" for c in word)
    mixed = not (word.islower() or word.isupper() or word[1:].islower() or word.lower() == word.upper())
    return mixed or (accents > 3 and accents > 0.7 * len(word)) or not _SIGNS.isdisjoint(word[1:-1])


_DECLARED = re.compile(rb"<\?xml[^>]{0,200}?encoding\s*=\s*[\"']\s*([\w.:-]{1,40})")
_PROLOGUE = 4096  # bytes before which a declaration stands, with what a server may have put before it
_ACCIDENT = 12  # bytes above ASCII of a charset of two bytes that make up UTF-8 by accident; more do not
_PAIRED = ("gb18030", "big5hkscs", "cp932", "cp949", "euc_jp")
_WESTERN = ("cp1252", "iso8859_15", "mac_roman")
_CYRILLIC = ("koi8_r", "cp1251")  # each reads the other as words in which small letters are capitals
# Labels that Python does not know, and charsets that are sent under the name of a smaller one (WHATWG Encoding).
_LABELS = {"x-sjis": "cp932", "windows-31j": "cp932", "x-gbk": "gb18030", "ks_c_5601-1987": "cp949",
           "x-euc-jp": "euc_jp",
           "windows-874": "cp874", "tis-620": "cp874", "x-mac-roman": "mac_roman", "x-cp1250": "cp1250",
           "x-cp1251": "cp1251", "x-cp1252": "cp1252", "utf8": "utf-8", "unicode": "utf-16"}  # fmt: skip
_LARGER = {"iso8859_1": "cp1252", "ascii": "ascii", "iso8859_9": "cp1254", "gb2312": "gb18030", "gbk": "gb18030",
           "shift_jis": "cp932", "euc_kr": "cp949", "tis_620": "cp874", "big5": "big5hkscs"}  # fmt: skip
_WIDER = {"iso8859_2": "cp1250", "iso8859_7": "cp1253", "iso8859_8": "cp1255", "iso8859_5": "cp1251",
          "iso8859_6": "cp1256", "iso8859_13": "cp1257", "iso8859_4": "cp1257"}  # fmt: skip
_LANGUAGE = re.compile(rb"(?:<(?:dc:)?language[^>]*>\s*|xml:lang=[\"'])([A-Za-z]{2})\b")
_OF_LANGUAGE = {
    **dict.fromkeys(("cs", "sk", "pl", "hu", "ro", "hr", "sl", "bs", "sq"), "cp1250"),
    **dict.fromkeys(("ru", "uk", "bg", "sr", "be", "mk"), "cp1251"),
    "el": "cp1253",
    "tr": "cp1254",
    "he": "cp1255",
    "ar": "cp1256",
    "fa": "cp1256",
    "vi": "cp1258",
    "th": "cp874",
    **dict.fromkeys(("lt", "lv", "et"), "cp1257"),
    "ja": "cp932",
    "ko": "cp949",
    "zh": "gb18030",
}
_RUNS = re.compile(r"[^\s<>&;.,:!?()\[\]\"“”«»'’/=-]{3,}")
_SIGNS = frozenset("¡¢£¤¥¦§¨©ª«¬®¯°±²³´µ¶·¸¹º»¼½¾¿×÷\ufffd")
