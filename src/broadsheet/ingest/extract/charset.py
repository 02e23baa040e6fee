r"""Bytes of an unknown kind → text: byte order marks, UTF-8, UTF-16, legacy charsets; what is no text is refused.

In: a file's bytes and its name. Out: text with ``\\n`` line ends and no control characters. Of an XML file the charset
is the one that it declares, unless its bytes say otherwise; then what is wrong with the declaration goes with the text.
"""

from __future__ import annotations

import codecs
import re

from charset_normalizer import from_bytes

from broadsheet.errors import Place, fail
from broadsheet.ingest.extract import language

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
_SOFT_END = re.compile(r"\u00ad(?=[ \t]*\n)")
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


def clean(raw: str) -> str:
    r"""Text without control characters, terminal colours and invisible marks; every line end is ``\\n``."""
    if _plain(raw):
        return raw
    if "\x1b" in raw:
        raw = _ESCAPES.sub("", raw)
    raw = _LINE_ENDS.sub("\n", raw)
    if "\u00ad" in raw:  # at the end of a row it parts a word, and shows
        raw = _SOFT_END.sub("\u2010", raw)
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
    if _SHIFTED.search(data) and data.isascii():
        return data.decode("iso2022_jp", "replace")
    try:
        return _repaired(data.decode("utf-8"))
    except UnicodeDecodeError:
        return _legacy(data.replace(b"\0", b""), name)


def _wide(sample: bytes) -> str:
    """UTF-16 without a mark shows as NUL in every second byte, since news is full of spaces and line ends."""
    odd, even, half = sample[1::2].count(0), sample[0::2].count(0), len(sample) // 2
    if half >= 8 and max(odd, even) > half * 0.3 and min(odd, even) < half * 0.05:
        return "utf-16-le" if odd > even else "utf-16-be"
    return next((charset for charset in ("utf-16-le", "utf-16-be") if _reads(sample, charset)), "")


def _reads(sample: bytes, charset: str) -> bool:
    """Whether bytes are a text of one script in a charset of two bytes, where spaces and line ends are few."""
    try:
        read = sample[: len(sample) // 2 * 2].decode(charset)
    except UnicodeDecodeError:
        return False
    letters = [letter for letter in read if letter.isalpha()]
    own = sum("\u3040" <= letter <= "\u9fff" or "\uac00" <= letter <= "\ud7a3" for letter in letters)
    return len(letters) > 8 and own > len(read) * 0.7 and ("\n" in read or " " in read or "\u3002" in read)


def _legacy(data: bytes, name: str) -> str:
    """Text in a charset that says nothing of itself, by its statistics; Windows-1252 where they say nothing."""
    sample = data[:_SAMPLE]
    noise = sum(sample.count(byte) for byte in (*range(1, 9), *range(14, 27), *range(28, 32)))
    if noise > len(sample) * _NOISE_SHARE:
        raise _binary(name)
    odd = _odd_lines(data)
    broken = data.decode("utf-8", "replace")
    if broken.count("\ufffd") <= len(broken) * 0.001 and not odd:  # UTF-8 with a few damaged bytes
        return broken
    if odd:
        charset = _charset(b"\n".join(odd)[:_SAMPLE])
        lines = data.split(b"\n")
        return "\n".join(line.decode(charset if line in odd else "utf-8", "replace") for line in lines)
    return data.decode(_charset(sample), "replace")


def _odd_lines(data: bytes) -> frozenset[bytes]:
    """The lines of a UTF-8 text that are in an older charset, as pasted from elsewhere; else none.

    A line that has UTF-8 characters besides what is none is damaged, and in no other charset.
    """
    lines = [line for line in data.split(b"\n") if not line.isascii()]
    wrong = [line for line in lines if not _is_utf8(line)]
    odd = frozenset(line for line in wrong if len(line.decode("utf-8", "ignore")) == len(_ASCII.findall(line)))
    above = sum(map(_above, lines)) - sum(map(_above, wrong))
    plain = above >= _PASTED and (_few(b"\n".join(odd)) or above >= sum(map(_above, odd)))
    return odd if plain else frozenset()


def _above(line: bytes) -> int:
    """How many bytes lie above ASCII."""
    return len(line) - len(_ASCII.findall(line))


def _charset(sample: bytes) -> str:
    """The charset of text in a charset that says nothing of itself."""
    best = from_bytes(sample, cp_isolation=_CHARSETS).best()
    charset = best.encoding if best else max(_RARE, key=lambda rare: _sense(sample, rare))
    if charset in ("cp1253", "iso8859_7"):  # which differ in few letters, one of them a capital
        return "iso8859_7" if _GREEK_ISO.search(sample) else charset
    if charset == "koi8_r" and _UKRAINIAN.search(sample):
        charset = "koi8_u"
    if charset in _WESTERN or charset in _LATIN or _few(sample):
        charset = max(_LATIN, key=lambda latin: _sense(sample, latin))  # of equals the first
    return charset


def _sense(sample: bytes, charset: str) -> int:
    """How much sense bytes make in a charset of Latin letters: small words of one language, and no signs in words.

    What is "żółw" in Central Europe is "¿ó³w" in the west of it.
    """
    read = sample[:_TELLING].decode(charset, "replace")
    turkish = charset == "cp1254" and len(set(read) & set("ığşĞŞ")) > 1 and not set(read) & set("áéíóúæøåãñë")
    return language.sense(read) - 3 * len(_NONSENSE.findall(read)) + turkish - 2 * (charset in _OLD)


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

_ASCII = re.compile(rb"[\x00-\x7f]")
_PASTED = 4  # bytes of UTF-8 characters in whole lines, from which a text is UTF-8 though other lines are not
_TELLING = 8192  # bytes that tell among charsets of Latin letters
_RARE = ("cp1252", "koi8_u", "cp866", "cp1251", "tis_620", "mac_cyrillic", "cp850", "mac_roman")  # of equals the first
_SHIFTED = re.compile(rb"\x1b\$[@B]")  # as Japanese mail goes from one set of characters to another
_GREEK_ISO = re.compile(rb"(?<![\xc0-\xfe])\xb6[\xdc-\xfe]")
_UKRAINIAN = re.compile(rb"[\xc0-\xff][\xa4\xa6\xa7\xad](?:[\xc0-\xff]|\b)")
_LATIN = ("cp1252", "cp1250", "iso8859_2", "cp1254", "cp1257", "cp850", "mac_roman")
_OLD = ("cp850", "mac_roman")  # which few files are in
# A sign or a control beside a letter, a capital inside a word, a character that the charset does not have.
_NONSENSE = re.compile("(?<=[^\\W\\d_])[¡-©«-´¶-¹»-¿×÷](?=[^\\W\\d_])|[¢-¥¦-©¬®¯±-³¶¹¼-¾](?=[^\\W\\d_])"
                       "|¿(?=[a-z])|[\x80-\x9f\u2500-\u25ff\ufffd]"
                       "|(?<=[a-zà-öø-ÿ])[À-ÖØ-ÞĽŁĄŠŚŤŹŻĘŽÅÆ]")  # fmt: skip
_WESTERN = {"cp1252", "latin_1", "iso8859_15", "cp1250", "cp1254", "cp1257", "iso8859_9", "mac_roman", "cp437", "cp850"}
_CHARSETS = ["cp1250", "cp1251", "cp1252", "cp1253", "cp1254", "cp1255", "cp1256", "koi8_r", "iso8859_2", "iso8859_5",
             "iso8859_7", "tis_620", "cp866", "shift_jis", "euc_jp", "euc_kr", "gb18030", "big5"]  # fmt: skip


def _binary(name: str) -> Exception:
    return fail(
        "binary", "the file is not text", Place(name), "Ingest reads text, web pages, documents, feeds and mail."
    )


_BOMS = (b"\xef\xbb\xbf", b"\xff\xfe", b"\xfe\xff", b"\0\0\xfe\xff")


def xml_text(data: bytes, name: str) -> tuple[str, str]:
    """The text of an XML file in the charset that it declares, and what is wrong with the declaration, or "".

    A charset that cannot be what the bytes are is not believed: then they are read by what they are. Raises
    BroadsheetError as ``charset.text`` does.
    """
    label = _DECLARED.search(data[:_PROLOGUE])
    declared = label[1].decode("ascii") if label else ""
    wide = {b"<\0": "utf-16-le", b"\0<": "utf-16-be"}.get(data[:2], "")
    if data.startswith(_BOMS) or (not declared and not wide):
        if _is_utf8(data) or 0 in data or data.startswith(_BOMS):
            return text(data, name), ""
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
    return text(data, name)


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
            return text(data, name), ""
        if above >= _ACCIDENT or charset not in _PAIRED or not _fits(data, charset):
            return text(data, name), f"it declares the charset {declared}, and is UTF-8"
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
    foreign = charset in _XML_WESTERN and _of_language(data)
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
_XML_WESTERN = ("cp1252", "iso8859_15", "mac_roman")
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
