"""Files that hold no news text, though they may be text: tables, calendars, programs → refused by the name of the kind.

In: a source. Out: never a draft, always a problem that says what the file is and what to do; where its first bytes are
those of a format with a reader, that format. The content decides, whatever a file is called; a name's ending counts
where the content could be several things. Prose is prose: a text with commas is no table, and a text that tells of a
program is none. Table: refused.toml.
"""

from __future__ import annotations

import csv
import io
import json
import re
import tomllib
import zipfile
import zlib
from importlib.resources import files
from typing import Any, NoReturn

import msgspec

from broadsheet.errors import Place, fail
from broadsheet.ingest.extract.draft import Hints, Source

IGNORE = "To skip it, add its name to content/inbox/.ignore."
ZIP = (b"PK\x03\x04", b"PK\x05\x06")


class Refusal(msgspec.Struct, frozen=True):
    """A kind of file that no reader takes, in words, and what an editor can do with one."""

    kind: str
    advice: str


_KINDS: dict[str, Any] = tomllib.loads(files(__package__).joinpath("refused.toml").read_text(encoding="utf-8"))
_ADVICE: dict[str, str] = _KINDS["advice"]


def _known(table: str) -> list[tuple[str, Any]]:
    """The marks of a table, each with what a file that has it is: a refusal, or a format with a reader."""
    return [
        (mark, Refusal(said[0], _ADVICE.get(said[1], said[1])) if len(said) > 1 else said[0])
        for mark, *said in _KINDS[table]
    ]


def _named(table: str) -> dict[str, Refusal]:
    """What a name in a table stands for."""
    return {name: Refusal(kind, _ADVICE.get(advice, advice)) for kind, advice, names in _KINDS[table] for name in names}


_BY_BYTE: dict[bytes, list[tuple[bytes, Refusal]]] = {}  # every text is asked for them
for _mark, _refusal in _known("signatures"):
    _BY_BYTE.setdefault(_mark.encode("latin-1")[:1], []).append((_mark.encode("latin-1"), _refusal))
_SURE = 6  # bytes of a mark that no text begins with by chance
_BRANDS = [(re.compile(names.encode()), refusal) for names, refusal in _known("brands")]
_BEGINNINGS: list[tuple[re.Pattern[str], Refusal]] = [
    (re.compile(begins), refusal) for begins, refusal in _known("beginnings")
]
_COMPOUND, _PACKAGES, _MEDIA = _known("compound"), _known("packages"), _known("media")
_ENDINGS, _ROOTS, _WEAK = _named("endings"), _named("roots"), frozenset(_KINDS["weak"])
_READ = frozenset(_KINDS["read"])
_TABLE, _CODE, _SETTINGS, _JSON_LINES = (_ENDINGS[ending] for ending in ("csv", "py", "ini", "jsonl"))

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
_LISTED = 20_000  # entries of a zip that are looked through
_MIME = 200  # bytes of a zip's own media type at most

_NAMES = re.compile(r"(?:^|/)(?:makefile|dockerfile|procfile|gemfile|rakefile|vagrantfile)\Z", re.IGNORECASE)

_ROOT = re.compile(r"(?:<\?.*?\?>|<!--.*?-->|<!DOCTYPE[^>\[]*(?:\[.*?\])?\s*>|\s)*<(?:[\w.-]+:)?([\w.-]+)", re.DOTALL)
_LARGEST = 4 * 1024 * 1024  # bytes of JSON that are read to see whether it is any
_ROWS = 50  # rows that are looked at
_LEAST = 3  # of them, where a name says nothing
_CODED = 0.7  # of the rows of a program, which may have texts in it
_MOST_OF = 0.9  # of the rows, which may have a damaged one among them
_CELL = 40  # characters of a column's name at most
_STOPS = ".!?…。！？।؟\"'”’»)]"
_CLOSES = ")]\"'"  # of which a statement of a program may end in one
_COLUMNS = frozenset(("title", "headline", "date", "url", "link", "id", "guid", "body", "text", "content", "author"))
_SENTENCE = re.compile(r"(?<=[^\W\d_]{2})[.!?…。！？।؟][\"'”’»)\]]*$")
_PROSE = 60  # characters of a row that is a paragraph or a line of one
_WORD = 15  # characters of a word with its blank at most, in the middle of a line
# The rows of programs, in what most languages share.
_CODE_ROWS = (
    r"(?:from\s+[\w.]+\s+)?import\s+[\w.{*\"']+",
    r"#\s*include\b|using\s+[\w.:]+\s*;|package\s+[\w.]+;?$|require\b[ (][\"'\w]",
    r"(?:async\s+)?def\s+[\w.?!]+\s*(?:[(:].*)?$",
    r"class\s+[A-Z]\w*(?:\s*<\s*[\w:]+)?$|class\s+\w+[^.!?]*[:{(]$",
    r"(?:export\s+|async\s+|static\s+|public\s+|private\s+)*function\b[\s\w]*\(|fn\s+\w+\s*[(<]|func\s+[\w(]",
    r"(?:const|let|var|val|final|static|public|private|int|void|char|float|double|my)\s+[\w<>\[\]*&$ :]+(?:=|\(|;)",
    r"(?:bool|string|local|our|protected)\s+[\w<>\[\]*&$ :]+(?:=|\(|;)",
    r"(?:if|elif|for|while|switch|else\s+if|catch|unless)\b.*[:{]$|(?:if|for|while)\s*\(.*",
    r"(?:else|try|finally|do|then|fi|done|end|esac|begin)\s*[:{]?$",
    r"(?:return|raise|throw|yield|print|echo|puts|printf|console\.\w+)\b\s*[\w(\[\"'$].*",
    r"[\w.$\[\]\"'>-]+\s*(?:[-+*/|&.:]?=|=>|<-|\+\+|--)\s*\S.*",
    r"[\w.$]+\(.*\)\s*[;{:,]?$|[}\])]+[;,)]*$|\S*;$|.*[=(){}\[\]<>$].*;$|.*\{$|@\w+(?:\(.*\))?$",
    r"(?://|/\*|\*/|#|--|;;|%|\"{3}|'{3}).*",
    r"[.#@]?[\w-]+(?:\s*[,>+~]\s*[.#]?[\w-]+)*\s*\{.*|[\w-]+\s*:\s*[^;]+;$|\$\s?\w+.*",
)
_CODE_ROW = re.compile(rf"\s*(?:{'|'.join(_CODE_ROWS)})")
_TIGHT = re.compile(r"[,;|](?![\s\d]|[\"”’'»)]+(?:\s|$))|\t")
_COMMENT = re.compile(r"\s*(?://|/\*|\*|#|--|;;|%)")
_SQL = re.compile(
    r"(?:CREATE|DROP|ALTER)\s+(?:TEMP\w*\s+|UNIQUE\s+)?(?:TABLE|INDEX|VIEW|DATABASE|SCHEMA)\b|INSERT\s+INTO\s+\S+|"
    r"SELECT\s[^.]{1,400}\sFROM\s+[\w.\"`]+|UPDATE\s+\S+\s+SET\s|DELETE\s+FROM\s+\S+|BEGIN(?:\s+TRANSACTION)?;|PRAGMA\s|"
    r"SET\s+[\w.@]+\s*=|USE\s+\w+;|COPY\s+\S+\s+\([^)]*\)\s+FROM",
    re.IGNORECASE,
)
_LOG_ROW = re.compile(
    r"\[?\d{4}[-/]\d\d[-/]\d\d[T ]\d\d:\d\d:\d\d|\[?\w{3} +\d{1,2} \d\d:\d\d:\d\d |\d{1,3}(?:\.\d{1,3}){3} \S+ \S+ \[|"
    r"\[?(?:TRACE|DEBUG|INFO|WARN(?:ING)?|ERROR|FATAL)\b[\]: ]"
)
_LEVEL = re.compile(
    r"\b(?:TRACE|DEBUG|INFO|NOTICE|WARN(?:ING)?|ERROR|CRITICAL|FATAL)\b|\[\d+\]:|\" \d{3} \d+|\w+\[\d+\]|\w+: \w+=",
    re.IGNORECASE,
)
_PAIR = re.compile(r"\s*(?:[\w.\-\[\]\"']{1,60}\s*[=:]\s*\S.*|[\w.-]{1,60}:\s*|- \S.*|\[[\w. \"'-]+\]|[#;].*)$")
_PIN = re.compile(r"[A-Za-z][\w.\[\]-]*\s*(?:[=~<>!]=?\s*[\w.*]+\s*(?:,|;|$|\\)|$|@ )|--?[\w-]+")
_ADDRESS = re.compile(r"(?:https?|ftp|feed)://\S+$", re.IGNORECASE)


def read(source: Source, hints: Hints) -> NoReturn:
    """Refuse a source. Raises BroadsheetError (``no-reader``), always: what the file is, and what to do."""
    text = head(source.data)
    found = recognise(source.data, source.name, text)
    if not isinstance(found, Refusal):
        root = _ROOT.match(text) if text.startswith("<") else None
        kind = f"XML of a kind that is not known (its root is {root[1][:40]})" if root else "data (JSON)"
        found = Refusal(kind, _ADVICE["data"])
    del hints
    raise refusal(found, source.name)


def refusal(found: Refusal, name: str) -> Exception:
    """The problem that a file of a kind which no reader takes is."""
    return fail("no-reader", f"{found.kind}: Broadsheet cannot read it", Place(name), f"{found.advice} {IGNORE}")


def head(data: bytes) -> str:
    """The first characters of what may be text, in its charset where that shows in its first bytes."""
    for mark, charset in ((b"\xff\xfe", "utf-16-le"), (b"\xfe\xff", "utf-16-be"), (b"\xef\xbb\xbf", "utf-8")):
        if data.startswith(mark):
            return _rows(data[len(mark) : 8192].decode(charset, "replace"))
    return _rows(data[:8192].decode("utf-8", "replace"))


def _rows(text: str) -> str:
    return text.replace("\r\n", "\n").replace("\r", "\n").lstrip("\ufeff \t\n")


def recognise(data: bytes, name: str, text: str) -> str | Refusal:
    """A format by the first bytes of a file, or a kind that no reader takes; "" for what another reader may take.

    ``text`` is how the file begins, as ``head`` gives it.
    """
    ending = name.rpartition(".")[2].lower() if "." in name.rpartition("/")[2] else ""
    return signature(data, ending) or _text(text, name, ending, whole=len(data) < 8_000) or ""


def signature(data: bytes, ending: str = "") -> str | Refusal:
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
    if placed := _placed(start):
        return placed
    for mark, found in _BY_BYTE.get(start[:1], ()):
        if start.startswith(mark) and (len(mark) >= _SURE or not _is_text(start)):
            return found
    return ""


def _placed(start: bytes) -> Refusal | None:
    """The kind of a file whose mark stands further in."""
    if start[4:8] == b"ftyp":
        brand = next((refusal for names, refusal in _BRANDS if names.match(start[8:12])), None)
        return brand or Refusal("a video (MPEG-4 or QuickTime)", _ADVICE["video"])
    if start.startswith(b"RIFF") and start[8:12] in (b"WEBP", b"WAVE", b"AVI "):
        return {
            b"WEBP": Refusal("a picture (WebP)", _ADVICE["picture"]),
            b"WAVE": Refusal("a sound recording (WAV)", _ADVICE["sound"]),
            b"AVI ": Refusal("a video (AVI)", _ADVICE["video"]),
        }[start[8:12]]
    if start[257:262] == b"ustar":
        return Refusal("an archive (tar)", _ADVICE["packed"])
    if start[60:68] in (b"BOOKMOBI", b"TEXtREAd"):
        return Refusal("an e-book (Kindle or Mobipocket)", "Convert it to EPUB.")
    if start.startswith(b"BM") and start[6:10] == b"\0\0\0\0":
        return Refusal("a picture (BMP)", _ADVICE["picture"])
    return None


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
    found = (refusal for name, refusal in _COMPOUND if name.encode("utf-16-le") in head)
    return next(found, Refusal("a file of an old office program", _ADVICE["export"]))


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
    found += [Refusal("a file of an office program", _ADVICE["export"])] if office else []
    found += ["odt"] if {"content.xml", "META-INF/manifest.xml"} <= names else []
    return found[0] if found else "archive"


def _listed(data: bytes) -> tuple[set[str], str]:
    """The names of the files in a zip, and the media type that it says it has."""
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        names = {info.filename for info in archive.infolist()[:_LISTED]}
        if "mimetype" not in names or archive.getinfo("mimetype").file_size > _MIME:
            return names, ""
        return names, archive.read("mimetype")[:_MIME].decode("ascii", "replace").strip()


def _text(text: str, name: str, ending: str, *, whole: bool) -> Refusal | None:
    """The kind of a text that is none of news."""
    for begins, refusal in _BEGINNINGS:
        if begins.match(text):
            return refusal
    if text.startswith("<"):
        return _xml(text)
    if "\0" in text:
        return None
    rows = text.split("\n")
    rows = [row for row in (rows if whole or len(rows) < 2 else rows[:-1])[:_ROWS] if row.strip()]
    if text.startswith(("{", "[")) and (found := _json(text, rows, ending)):
        return found
    named = _ENDINGS.get(ending) if ending else None
    if named is None and _NAMES.search(name):
        named = _SETTINGS
    if named and ending not in _WEAK and not _is_prose(rows):
        return named
    if ending in _READ:
        return None
    return _rowed(rows, ending) if rows else None


def _xml(text: str) -> Refusal | None:
    root = _ROOT.match(text)
    return (
        _ROOTS.get(root[1].lower()) if root and not re.search(r"<(?:\w+:)?(?:newsItem|NewsItem|nitf)\b", text) else None
    )


def _json(text: str, rows: list[str], ending: str) -> Refusal | None:
    """Data in JSON that is no feed and no item of news: lines of objects, notebooks, settings."""
    if len(rows) > 1 and all(_is_object(row) for row in rows[:5]):
        return _JSON_LINES
    if ending in ("jsonl", "ndjson", "jsonlines"):
        return _JSON_LINES
    if '"nbformat"' in text or '"cell_type"' in text:
        return Refusal("a notebook (Jupyter)", "Export it as .html or .md.")
    if re.search(r'"type"\s*:\s*"(?:FeatureCollection|Feature|Topology)"', text):
        return Refusal("a map (GeoJSON)", _ADVICE["data"])
    return None


def is_json(data: bytes) -> bool:
    """Whether a whole file is one value of JSON with keys: data, and no text that begins with a bracket."""
    try:
        found = json.loads(data) if len(data) <= _LARGEST else None
    except (ValueError, RecursionError):
        return False
    return isinstance(found, dict) or (isinstance(found, list) and any(isinstance(item, dict) for item in found))


def _is_object(row: str) -> bool:
    try:
        return isinstance(json.loads(row), dict | list)
    except (ValueError, RecursionError):
        return False


def _is_prose(rows: list[str]) -> bool:
    """Whether rows read as running text: sentences of several words, in more of the text than not."""
    missing = sum(map(len, rows)) / 2
    for row in rows:
        text = row.strip()
        if len(text) < _PROSE or text[-1] not in _STOPS or text.count(" ") < len(text) / _WORD:
            continue
        if not _SENTENCE.search(text, len(text) - 8):
            continue
        coded = text[-1] in _CLOSES and _CODE_ROW.match(row)
        if not coded and not _COMMENT.match(row) and _separated(row) < 2:
            missing -= len(row)
            if missing < 0:
                return True
    return False


def _separated(row: str) -> int:
    """Marks between fields that no prose has: separators with nothing after them, as in a table."""
    tight = row.count("\t") + sum(row.count(mark) - row.count(f"{mark} ") for mark in ",;|")
    return len(_TIGHT.findall(row)) if tight > 1 else tight


def _rowed(rows: list[str], ending: str) -> Refusal | None:
    """The kind of a text by its rows, most of which must say so."""
    if _is_table(rows, ending):
        return _TABLE
    if _SQL.match(rows[0].strip()) and (";" in "".join(rows) or ending == "sql"):
        return _ENDINGS["sql"]
    if _most(rows, _ADDRESS):
        return Refusal("a list of addresses", "Give them to `broadsheet ingest`, or name feeds under `sources`.")
    if len(rows) < _LEAST or _is_prose(rows):
        return None
    if _most(rows, _LOG_ROW) and sum(bool(_LEVEL.search(row)) for row in rows) >= len(rows) / 2:
        return _ENDINGS["log"]
    given = sum("=" in row for row in rows)
    if (_most(rows, _PIN) and given > len(rows) / 2) or (
        rows[0].startswith("[") and given > len(rows) / 3 and _most(rows, _PAIR)
    ):
        return _SETTINGS
    if _most(rows, _CODE_ROW, _CODED) and sum(bool(_CODE_ROW.match(r)) and not _COMMENT.match(r) for r in rows) >= 2:
        return _CODE
    return None


def _most(rows: list[str], pattern: re.Pattern[str], share: float = _MOST_OF) -> bool:
    """Whether a pattern matches so many of the rows; looked for only as long as that is possible."""
    left = len(rows) * (1 - share)
    for row in rows:
        if not pattern.match(row.strip()):
            left -= 1
            if left < 0:
                return False
    return True


def _is_table(rows: list[str], ending: str) -> bool:
    """Whether all rows have the same fields, parted as no prose is: by tabs, or by marks without a blank."""
    if rows[0].startswith("|"):
        return False
    for mark in "\t,;|":
        if mark not in rows[0]:
            continue
        try:
            table = [row for row in csv.reader(io.StringIO("\n".join(rows)), delimiter=mark) if row]
        except csv.Error:
            continue
        width = len(table[0])
        least = 2 if ending in ("csv", "tsv", "tab") else _LEAST
        alike = sum(len(row) == width for row in table)
        if width < 2 or len(table) < 2 or alike < _MOST_OF * len(table):
            continue
        if mark != "\t" and sum(bool(re.match(r"\s", cell)) for row in table for cell in row[1:]) > len(table) / 2:
            continue  # a blank after the mark: words in a row
        named = len(table[0]) == len(set(table[0])) and all(
            len(c) <= _CELL and not _SENTENCE.search(c) for c in table[0]
        )
        columns = not _COLUMNS.isdisjoint(cell.strip().casefold() for cell in table[0])
        if named and width >= least and (len(table) >= _LEAST or width > _LEAST or columns):
            return True
    return False
