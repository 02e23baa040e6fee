"""The first bytes of a file → what it is, where they say so, whatever it is called.

In: bytes. Out: a format that has a reader here (``docx``, ``odt``, ``epub``, ``pdf``, ``rtf``, ``subtitles``,
``archive``), a kind that no reader takes, in words, or nothing for what may be text. Sources of the marks: the formats'
own specifications, and the table of the program file(1) for what has none.
"""

from __future__ import annotations

import io
import re
import zipfile
import zlib

import msgspec

ZIP = (b"PK\x03\x04", b"PK\x05\x06")

# How subtitles begin: WebVTT, SubRip with or without its number, and the plain form of video sites.
_TIME = rb"\d{1,2}:\d\d(?::\d\d)?[.,]\d{2,3}"
_SUBTITLES = re.compile(
    rb"WEBVTT(?:[ \t][^\r\n]*)?\r?\n|(?:\d{1,6}[ \t]*\r?\n)?"
    + _TIME
    + rb"(?:[ \t]*-->[ \t]*|,)"
    + _TIME
    + rb"[^\r\n]*\r?\n"
)

_LOOKED = 1 << 20  # bytes in which an old office file names its parts
_NAMES = 20_000  # entries of a zip that are looked through
_MIME = 200  # bytes of a zip's own media type at most


class Refusal(msgspec.Struct, frozen=True):
    """A kind of file that no reader takes, in words, and what an editor can do with one."""

    kind: str
    advice: str


_PICTURE = "Ingest reads no text in pictures. Put it beside the text that shows it, under its usual ending."
_SOUND = "Put it into content/static/ and name it under `audio` in the story that it belongs to."
_VIDEO = "Put it where videos are served from, and link to it from a story."
_PACKED = "Unpack it, and put the texts into the inbox, or pack them as .zip."
_SHEET = "Save the texts that stand in it as .txt, .docx or .html."
_SLIDES = "Save its text as .txt, .docx or .html."
_PROGRAM = "Take it out of the inbox: it is no news text."
_FONT = "Fonts belong to the theme."
_EXPORT = "Export it as .docx, .odt, .html or plain text."

# What a file of no text begins with. Those of few letters need a NUL nearby: a text may begin with them too.
_BEGINS: tuple[tuple[bytes, str, str], ...] = (
    (b"\x89PNG\r\n\x1a\n", "a picture (PNG)", _PICTURE),
    (b"\xff\xd8\xff", "a picture (JPEG)", _PICTURE),
    (b"GIF87a", "a picture (GIF)", _PICTURE),
    (b"GIF89a", "a picture (GIF)", _PICTURE),
    (b"II*\0", "a picture (TIFF)", _PICTURE),
    (b"MM\0*", "a picture (TIFF)", _PICTURE),
    (b"8BPS\0", "a picture (Photoshop)", _PICTURE),
    (b"\0\0\x01\0", "a picture (icon)", _PICTURE),
    (b"\xffO\xffQ", "a picture (JPEG 2000)", _PICTURE),
    (b"\0\0\0\x0cjP  ", "a picture (JPEG 2000)", _PICTURE),
    (b"\0\0\0\x0cJXL ", "a picture (JPEG XL)", _PICTURE),
    (b"fLaC", "a sound recording (FLAC)", _SOUND),
    (b"OggS", "a recording (Ogg)", _SOUND),
    (b"ID3", "a sound recording (MP3)", _SOUND),
    (b"\xff\xfb", "a sound recording (MP3)", _SOUND),
    (b"\xff\xf3", "a sound recording (MP3)", _SOUND),
    (b"\xff\xf1", "a sound recording (AAC)", _SOUND),
    (b"#!AMR", "a sound recording (AMR)", _SOUND),
    (b"MThd\0", "music (MIDI)", _SOUND),
    (b"\x1aE\xdf\xa3", "a video (Matroska or WebM)", _VIDEO),
    (b"FLV\x01", "a video (Flash)", _VIDEO),
    (b"\0\0\x01\xba", "a video (MPEG)", _VIDEO),
    (b"\0\0\x01\xb3", "a video (MPEG)", _VIDEO),
    (b"0&\xb2u\x8ef\xcf\x11", "a recording (Windows Media)", _VIDEO),
    (b"7z\xbc\xaf\x27\x1c", "an archive (7-Zip)", _PACKED),
    (b"Rar!\x1a\x07", "an archive (RAR)", _PACKED),
    (b"\x1f\x8b", "an archive (gzip)", _PACKED),
    (b"BZh", "an archive (bzip2)", _PACKED),
    (b"\xfd7zXZ\0", "an archive (xz)", _PACKED),
    (b"(\xb5/\xfd", "an archive (Zstandard)", _PACKED),
    (b"MSCF\0", "an archive (Windows cabinet)", _PACKED),
    (b"!<arch>\n", "an archive of programs", _PROGRAM),
    (b"xar!", "an archive (xar)", _PACKED),
    (b"\x7fELF", "a program", _PROGRAM),
    (b"MZ", "a program for Windows", _PROGRAM),
    (b"\xca\xfe\xba\xbe", "a program", _PROGRAM),
    (b"\xcf\xfa\xed\xfe", "a program for macOS", _PROGRAM),
    (b"\xce\xfa\xed\xfe", "a program for macOS", _PROGRAM),
    (b"\0asm", "a program (WebAssembly)", _PROGRAM),
    (b"SQLite format 3\0", "a database (SQLite)", _SHEET),
    (b"PAR1", "a table of data (Parquet)", _SHEET),
    (b"wOFF", "a font", _FONT),
    (b"wOF2", "a font", _FONT),
    (b"OTTO\0", "a font", _FONT),
    (b"\0\x01\0\0\0", "a font", _FONT),
    (b"bplist0", "a property list or web archive of macOS", "Save the page as .html, or export the text."),
    (b"AT&TFORM", "a scanned document (DjVu)", "Have its text recognised, and save that as .txt or .docx."),
    (b"%!PS", "a PostScript document", "Save it as PDF, or export its text."),
    (b"\xc5\xd0\xd3\xc6", "a PostScript picture", _PICTURE),
    (b"\x78\x9f\x3e\x22", "an attachment of Outlook (winmail.dat)", "Have it sent again as plain text or HTML."),
    (b"L\0\0\0\x01\x14\x02\0", "a shortcut of Windows", "Put the file that it leads to into the inbox."),
    (b"\xdb\xa5-\0", "a document of an old Word for DOS or Windows", _EXPORT),
    (b"\xffWPC", "a WordPerfect document", _EXPORT),
    (b"ITSF\x03", "a help file of Windows", _EXPORT),
    (b"AC10", "a technical drawing", _EXPORT),
    (b"!BDN", "a mailbox of Outlook (.pst)", "Save the mails that you need as .eml, or the folder as .mbox."),
)  # fmt: skip
# The same by their first byte: every text is asked for them.
_BY_BYTE = {byte: [one for one in _BEGINS if one[0][:1] == byte] for byte in {mark[:1] for mark, *_ in _BEGINS}}
_SURE = 6  # bytes of a mark that no text begins with by chance

# The parts of files made by what Microsoft calls compound storage, as UTF-16, and what has them.
_COMPOUND = (
    ("EncryptedPackage", "an office document that is locked with a password", "Save it without one."),
    ("WordDocument", "a Word document of the old kind (.doc)", "Open it and save it as .docx."),
    ("PowerPoint Document", "slides (PowerPoint)", _SLIDES),
    ("Workbook", "a spreadsheet (Excel)", _SHEET),
    ("Book", "a spreadsheet (Excel)", _SHEET),
    ("__substg1.0", "a mail of Outlook (.msg)", "Save it as .eml, or print it to a PDF with text."),
    ("Quill", "a Publisher document", _EXPORT),
)

# What is in a zip that is no archive of texts, by the beginning of a name in it.
_PACKAGES = (
    ("word/", "docx"),
    ("xl/", Refusal("a spreadsheet (Excel)", _SHEET)),
    ("ppt/", Refusal("slides (PowerPoint)", _SLIDES)),
    ("visio/", Refusal("a drawing (Visio)", _EXPORT)),
    ("Index/Document.iwa", Refusal("a document of Pages, Numbers or Keynote", _EXPORT)),
    ("Index.zip", Refusal("a document of Pages, Numbers or Keynote", _EXPORT)),
    ("index.apxl", Refusal("a document of Keynote", _EXPORT)),
    ("designmap.xml", Refusal("a document of InDesign", _EXPORT)),
    ("AndroidManifest.xml", Refusal("a program for Android", _PROGRAM)),
    ("META-INF/MANIFEST.MF", Refusal("a program (Java)", _PROGRAM)),
)
_MEDIA = (
    ("application/epub+zip", "epub"),
    ("application/vnd.oasis.opendocument.text", "odt"),
    ("application/vnd.oasis.opendocument.spreadsheet", Refusal("a spreadsheet (OpenDocument)", _SHEET)),
    ("application/vnd.oasis.opendocument.presentation", Refusal("slides (OpenDocument)", _SLIDES)),
    ("application/vnd.oasis.opendocument", Refusal("an OpenDocument file that is no text", _EXPORT)),
    ("application/vnd.adobe.indesign", Refusal("a document of InDesign", _EXPORT)),
)
_BRANDS = (
    (re.compile(rb"avi[fs]|hei[cfs]|he[iv]x|mif1|msf1"), Refusal("a picture (AVIF or HEIC)", _PICTURE)),
    (re.compile(rb"M4[AB] "), Refusal("a sound recording (MPEG-4)", _SOUND)),
    (re.compile(rb"crx "), Refusal("a picture (raw)", _PICTURE)),
)


def recognise(data: bytes, ending: str = "") -> str | Refusal:
    """What the bytes of a file are: a format with a reader, a kind without, or "" for what may be text.

    ``ending`` counts only where a mark stands behind something else, as in a PDF below lines of a mail program.
    """
    start = data[:1024]
    if start.startswith(ZIP):
        return _zip(data)
    plain = start.lstrip(b"\xef\xbb\xbf \t\r\n\0")
    if plain.startswith(b"%PDF-") or (ending == "pdf" and b"%PDF-" in start):
        return "pdf"
    if plain.startswith(b"{\\rtf"):
        return "rtf"
    if _SUBTITLES.match(plain):
        return "subtitles"
    if start.startswith(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"):
        return _compound(data)
    if found := _placed(start):
        return found
    for mark, kind, advice in _BY_BYTE.get(start[:1], ()):
        if _marked(start, mark):
            return Refusal(kind, advice)
    return ""


def _placed(start: bytes) -> Refusal | None:
    """The kind of a file whose mark stands further in."""
    if start[4:8] == b"ftyp":
        brand = next((refusal for names, refusal in _BRANDS if names.match(start[8:12])), None)
        return brand or Refusal("a video (MPEG-4 or QuickTime)", _VIDEO)
    if start.startswith(b"RIFF") and start[8:12] in (b"WEBP", b"WAVE", b"AVI "):
        return {
            b"WEBP": Refusal("a picture (WebP)", _PICTURE),
            b"WAVE": Refusal("a sound recording (WAV)", _SOUND),
            b"AVI ": Refusal("a video (AVI)", _VIDEO),
        }[start[8:12]]
    if start[257:262] == b"ustar":
        return Refusal("an archive (tar)", _PACKED)
    if start[60:68] in (b"BOOKMOBI", b"TEXtREAd"):
        return Refusal("an e-book (Kindle or Mobipocket)", "Convert it to EPUB.")
    if start.startswith(b"BM") and start[6:10] == b"\0\0\0\0":
        return Refusal("a picture (BMP)", _PICTURE)
    return None


def _marked(start: bytes, mark: bytes) -> bool:
    return start.startswith(mark) and (len(mark) >= _SURE or not _is_text(start))


def _is_text(start: bytes) -> bool:
    """Whether bytes have nothing in them that no text in UTF-8 has, but for a character cut at their end."""
    if b"\0" in start:
        return False
    try:
        start.decode()
    except UnicodeDecodeError as cause:
        return cause.start > len(start) - 4
    return re.search(rb"[\x01-\x08\x0e-\x1a\x1c-\x1f]", start) is None


def _compound(data: bytes) -> Refusal:
    head = data[:_LOOKED] + data[-_LOOKED:]
    for name, kind, advice in _COMPOUND:
        if name.encode("utf-16-le") in head:
            return Refusal(kind, advice)
    return Refusal("a file of an old office program", _EXPORT)


def _zip(data: bytes) -> str | Refusal:
    """What a zip is: a document, a book, something that no reader takes, or an archive of files."""
    try:
        names, media = _listed(data)
    except (zipfile.BadZipFile, zlib.error, NotImplementedError, RuntimeError, EOFError, OSError, ValueError):
        return "archive"  # its reader says what is wrong with it
    office = "[Content_Types].xml" in names
    found = [what for begins, what in _MEDIA if media.startswith(begins)]
    found += ["epub"] if "META-INF/container.xml" in names else []
    kinds = _PACKAGES if office else _PACKAGES[4:]
    found += [what for begins, what in kinds if any(name.startswith(begins) for name in names)]
    found += [Refusal("a file of an office program", _EXPORT)] if office else []
    found += ["odt"] if {"content.xml", "META-INF/manifest.xml"} <= names else []
    return found[0] if found else "archive"


def _listed(data: bytes) -> tuple[set[str], str]:
    """The names of the files in a zip, and the media type that it says it has."""
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        names = {info.filename for info in archive.infolist()[:_NAMES]}
        if "mimetype" not in names or archive.getinfo("mimetype").file_size > _MIME:
            return names, ""
        return names, archive.read("mimetype")[:_MIME].decode("ascii", "replace").strip()
