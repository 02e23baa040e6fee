r"""Bytes of an unknown kind → text: byte order marks, UTF-8, UTF-16, legacy charsets; what is no text is refused.

In: a file's bytes and its name. Out: text with ``\\n`` line ends and no control characters.
"""

from __future__ import annotations

import codecs
import re

from charset_normalizer import from_bytes

from broadsheet.errors import Place, fail

_MARKS = ((b"\xef\xbb\xbf", "utf-8"), (b"\xff\xfe\0\0", "utf-32-le"), (b"\0\0\xfe\xff", "utf-32-be"),
          (b"\xff\xfe", "utf-16-le"), (b"\xfe\xff", "utf-16-be"))  # fmt: skip

# First bytes of what people drop into an inbox by mistake: pictures, archives, documents, films, programs.
_MAGIC = (b"\x89PNG", b"\xff\xd8\xff", b"GIF8", b"PK\x03\x04", b"%PDF", b"\x1f\x8b", b"BZh", b"7z\xbc\xaf", b"\xfd7zXZ",
          b"Rar!", b"\x7fELF", b"MZ\x90", b"\xd0\xcf\x11\xe0", b"OggS", b"ID3", b"RIFF", b"\0\0\0\x18ftyp",
          b"\0\0\0\x20ftyp", b"SQLite format 3", b"\xca\xfe\xba\xbe", b"{\\rtf")  # fmt: skip

_SAMPLE = 65536  # bytes that tell what a file is; a larger sample changes no verdict and costs time
_NUL_SHARE = 0.1  # a text with stray NUL bytes has fewer than this; a binary has more
_NOISE_SHARE = 0.05

_ESCAPES = re.compile(r"\x1b(?:\[[0-9;?]*[ -/]*[@-~]|\][^\x07\x1b]*(?:\x07|\x1b\\)|[@-Z\\-_])")
_LINE_ENDS = re.compile(r"\r\n?|[\x85\u2028\u2029]")
_VERTICAL = re.compile(r"[\x0b\x0c]")
# Controls, unpaired surrogates and non-characters go; joiners and directional marks that scripts and emoji need stay.
_CONTROLS = re.compile("[\x00-\x08\x0e-\x1f\x7f-\x9f\u200b\ufeff\ufffe\uffff\ufff9-\ufffb\ud800-\udfff\u00ad\u2060]")

# Two-character traces of UTF-8 that was once read as Windows-1252, such as "â€™" and "Ã©".
_MOJIBAKE = re.compile("â€[\u0080-\u009d˜™œ\u009d“”¢¦]|Ã[\u00a0-¿€‚ƒ„…†‡ˆ‰Š‹Œ]|Â[\u00a0-¿]")


def text(data: bytes, name: str) -> str:
    """The text of a file.

    Raises BroadsheetError: ``empty`` for a file without a word, ``binary`` for one that is no text.
    """
    if not data.strip(b" \t\r\n\0\xef\xbb\xbf\xff\xfe"):
        raise fail("empty", "the file is empty", Place(name), "Put the story's text into it, or remove it.")
    if data.startswith(_MAGIC):
        raise _binary(name)
    cleaned = clean(_decoded(data, name))
    if not cleaned.strip():
        raise fail("empty", "the file holds no words", Place(name), "Put the story's text into it, or remove it.")
    return cleaned


def xml(data: bytes, name: str) -> tuple[str, str]:
    """The text of an XML file in the charset that it declares, and what is wrong with the declaration, or "".

    A charset that cannot be what the bytes are is not believed: then they are read by what they are. Raises
    BroadsheetError as ``text`` does.
    """
    label = _DECLARED.search(data[:_PROLOGUE])
    declared = label[1].decode("ascii") if label else ""
    wide = {b"<\0": "utf-16-le", b"\0<": "utf-16-be"}.get(data[:2], "")
    if data.startswith(_MAGIC) or data.startswith(tuple(mark for mark, _ in _MARKS)) or (not declared and not wide):
        doubt = "" if _is_utf8(data) or 0 in data else "it declares no charset and is not UTF-8"
        return text(data, name), "" if data.startswith(tuple(mark for mark, _ in _MARKS)) else doubt
    if not data.strip(b" \t\r\n\0"):
        raise fail("empty", "the file is empty", Place(name), "Put the story's text into it, or remove it.")
    raw, doubt = (data.decode(wide, "replace"), "") if wide else _by_declaration(data, declared, name)
    return clean(raw), doubt


def _by_declaration(data: bytes, declared: str, name: str) -> tuple[str, str]:
    """Bytes without a mark of their charset in the one that they declare, and why not in that one."""
    charset = _codec(declared)
    seven_bit = charset.startswith(("iso2022", "hz"))
    if _is_utf8(data) and not seven_bit:
        above = sum(byte > 0x7F for byte in data[:_SAMPLE])
        if not above or charset in ("utf_8", "utf-8"):
            return _decoded(data, name), ""
        if above >= _ACCIDENT or charset not in _PAIRED or not _fits(data, charset):
            return _decoded(data, name), f"it declares the charset {declared}, and is UTF-8"
    if not charset or charset in ("utf_8", "utf-8", "ascii") or charset.startswith(("utf_16", "utf_32")):
        return _decoded(
            data, name
        ), f"it declares the charset {declared}, {'and is not' if charset else 'which is none'}"
    return _in_charset(data, charset, declared, name)


def _in_charset(data: bytes, charset: str, declared: str, name: str) -> tuple[str, str]:
    """Bytes in the charset that they declare, unless that makes no sense of them."""
    try:
        raw = data.decode(charset)
    except UnicodeDecodeError as cause:
        raw = data.decode(charset, "replace")
        wrong = raw.count("\ufffd")
        if wrong > len(raw) * 0.001:
            return _decoded(data, name), f"it declares the charset {declared}, and is not"
        return raw, f"{wrong} of its characters are damaged, the first at byte {cause.start}"
    if any("\x80" <= c <= "\x9f" for c in raw[:_SAMPLE]) and (wider := _WIDER.get(charset)) and _fits(data, wider):
        raw = data.decode(wider)
    if not _plausible(raw[:_SAMPLE]):
        for other in (_decoded(data, name), *(data.decode(one) for one in _CYRILLIC if charset in _CYRILLIC)):
            if other != raw and _plausible(other[:_SAMPLE]):
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


def clean(raw: str) -> str:
    r"""Text without control characters, terminal colours and invisible marks; every line end is ``\\n``."""
    if _plain(raw):
        return raw
    if "\x1b" in raw:
        raw = _ESCAPES.sub("", raw)
    raw = _LINE_ENDS.sub("\n", raw)
    return _CONTROLS.sub("", _VERTICAL.sub(" ", raw))


def _plain(raw: str) -> bool:
    """Whether nothing in a text needs cleaning: all that would is unprintable, and most texts hold none of it."""
    return "".join(raw.split("\n")).replace("\t", "").replace("\xa0", "").isprintable()


def _decoded(data: bytes, name: str) -> str:
    for mark, charset in _MARKS:
        if data.startswith(mark):
            return data[len(mark) :].decode(charset, "replace")
    if 0 in data:
        if charset := _wide(data[:_SAMPLE]):
            return data.decode(charset, "replace")
        if data.count(0) > len(data) * _NUL_SHARE:
            raise _binary(name)
    try:
        return _repaired(data.decode("utf-8"))
    except UnicodeDecodeError:
        return _legacy(data.replace(b"\0", b""), name)


def _wide(sample: bytes) -> str:
    """UTF-16 without a mark shows as NUL in every second byte, since news is full of spaces and line ends."""
    odd, even, half = sample[1::2].count(0), sample[0::2].count(0), len(sample) // 2
    if half >= 8 and max(odd, even) > half * 0.3 and min(odd, even) < half * 0.05:
        return "utf-16-le" if odd > even else "utf-16-be"
    return ""


def _legacy(data: bytes, name: str) -> str:
    """Text in a charset that says nothing of itself, by its statistics; Windows-1252 where they say nothing."""
    sample = data[:_SAMPLE]
    noise = sum(sample.count(byte) for byte in (*range(1, 9), *range(14, 27), *range(28, 32)))
    if noise > len(sample) * _NOISE_SHARE:
        raise _binary(name)
    broken = data.decode("utf-8", "replace")
    if broken.count("\ufffd") <= len(broken) * 0.001:  # UTF-8 with a few damaged bytes
        return broken
    best = from_bytes(sample, cp_isolation=_CHARSETS).best()
    charset = best.encoding if best else "cp1252"
    western = charset in _WESTERN or _few(sample)
    return data.decode("cp1252" if western else charset, "replace")


def _few(sample: bytes) -> bool:
    """Whether so few bytes lie above ASCII that statistics guess wildly; then it is Western text with quotes."""
    return sum(byte > 0x7F for byte in sample) < len(sample) * 0.08


def _repaired(raw: str) -> str:
    """Text that was UTF-8, read as Windows-1252 and saved again, read rightly; anything else as it was."""
    if "â€" not in raw and "Ã" not in raw and "Â" not in raw:
        return raw
    if len(_MOJIBAKE.findall(raw)) < 2:
        return raw
    try:
        return raw.encode("cp1252").decode("utf-8")
    except UnicodeError:
        return _MOJIBAKE_RUN.sub(_mended, raw).replace("â€", "”")  # its third byte, 9D, is no character there


def _mended(found: re.Match[str]) -> str:
    """One run of such traces, read rightly; bytes that Windows-1252 leaves open stand for themselves."""
    try:
        return b"".join(c.encode("cp1252", "ignore") or c.encode("latin-1") for c in found[0]).decode("utf-8")
    except UnicodeError:
        return found[0]


_MOJIBAKE_RUN = re.compile("[\u00c2-\u00f4][\u0080-\u00bf\u0152-\u0192\u02c6\u02dc\u2013-\u2122]{1,3}")

_WESTERN = {"cp1252", "latin_1", "iso8859_15", "cp1250", "cp1254", "cp1257", "iso8859_9", "mac_roman", "cp437", "cp850"}
_CHARSETS = ["cp1250", "cp1251", "cp1252", "cp1253", "cp1254", "cp1255", "cp1256", "koi8_r", "iso8859_2", "iso8859_5",
             "iso8859_7", "shift_jis", "euc_jp", "euc_kr", "gb18030", "big5"]  # fmt: skip


_DECLARED = re.compile(rb"<\?xml[^>]{0,200}?encoding\s*=\s*[\"']\s*([\w.:-]{1,40})")
_PROLOGUE = 4096  # bytes before which a declaration stands, with what a server may have put before it
_ACCIDENT = 12  # bytes above ASCII of a charset of two bytes that make up UTF-8 by accident; more do not
_PAIRED = ("gb18030", "big5hkscs", "cp932", "cp949", "euc_jp")
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
_RUNS = re.compile(r"[^\s<>&;.,:!?()\[\]\"“”«»'’/=-]{3,}")
_SIGNS = frozenset("¡¢£¤¥¦§¨©ª«¬®¯°±²³´µ¶·¸¹º»¼½¾¿×÷\ufffd")


def _binary(name: str) -> Exception:
    return fail("binary", "the file is not text", Place(name), "Ingest takes text, web pages, feeds and mail.")
