"""Files that hold no news text, though they may be text: tables, calendars, programs → refused by the name of the kind.

In: a source. Out: never a draft, always a problem that says what the file is and what to do. The content decides; a
name's ending counts where the content could be several things. Prose is prose, whatever its file is called: a text
with commas is no table, and a text that tells of a program is none.
"""

from __future__ import annotations

import csv
import io
import json
import re
from typing import NoReturn

from broadsheet.errors import Place, fail
from broadsheet.ingest.extract.draft import Hints, Source
from broadsheet.ingest.formats import signatures
from broadsheet.ingest.formats.signatures import Refusal

IGNORE = "A line with its name in content/inbox/.ignore keeps it from being looked at."

_DATA = "Save each text that is in it as a file of its own, or give build.py a reader for such files."
_NOT_NEWS = "Take it out of the inbox: it is no news text."
_PAGES = "Save the pages that you want, or give their addresses to `broadsheet ingest`."
_EVENTS = "Write the story as text; ingest takes no events."

_LINK = "Give its address to `broadsheet ingest`."

_TABLE = Refusal("a table (CSV)", _DATA)
_CODE = Refusal("a program or script", _NOT_NEWS)
_JSON_LINES = Refusal("data (JSON lines)", _DATA)

# What a text of such a kind begins with.
_BEGINS = (
    (re.compile(r"BEGIN:VCALENDAR\b"), Refusal("a calendar (iCalendar)", _EVENTS)),
    (re.compile(r"BEGIN:VCARD\b"), Refusal("an address card (vCard)", _NOT_NEWS)),
    (re.compile(r"-----BEGIN (?!PGP SIGNED)[A-Z0-9 ]+-----"), Refusal("a key or an encrypted message", _NOT_NEWS)),
    (re.compile(r"#![ \t]*/"), _CODE),
    (re.compile(r"Traceback \(most recent call last\):|Exception in thread "), Refusal("a program's fault", _NOT_NEWS)),
    (re.compile(r"<\?php\b|<%@ "), _CODE),
    (re.compile(r"#EXTM3U|\[playlist\]"), Refusal("a playlist", _NOT_NEWS)),
    (re.compile(r"\[InternetShortcut\]|\[Desktop Entry\]"), Refusal("a bookmark", _LINK)),
    (re.compile(r"\[Script Info\]"), Refusal("subtitles (SubStation)", "Convert them to .srt or .vtt.")),
    (re.compile(r"diff --git |--- [^\n]+\n\+\+\+ [^\n]+\n@@ |Index: [^\n]+\n={20}"), Refusal("a patch", _NOT_NEWS)),
    (re.compile(r"(?:%[^\n]*\n\s*)*\\documentclass\b"), Refusal("a LaTeX document", "Export it as PDF.")),
    (re.compile(r"@[a-z]{4,15}\{[^\s,]+,\s*\n", re.IGNORECASE), Refusal("a list of references (BibTeX)", _NOT_NEWS)),
    (re.compile(r"TY  - [A-Z]{2,5}\n"), Refusal("a list of references (RIS)", _NOT_NEWS)),
    (re.compile(r"msgid \"|#[^\n]*\nmsgid \""), Refusal("a translation of a program", _NOT_NEWS)),
)  # fmt: skip

_MAP = Refusal("a map or track", _NOT_NEWS)
_BOOK = Refusal("an e-book or document in XML", "Convert it to EPUB, .docx or .html.")
_SETTINGS = Refusal("settings of a program", _NOT_NEWS)
_OFFICE = Refusal("an office document in one XML file", "Open it and save it as .docx or .odt.")
# The root elements of XML that no reader takes.
_ROOTS = {
    "opml": Refusal("a list of feeds (OPML)", "Name the feeds that you want under `sources` in the settings."),
    "svg": Refusal("a picture (SVG)", "Ingest reads no text in pictures."),
    "urlset": Refusal("a site map", _PAGES),
    "sitemapindex": Refusal("a site map", _PAGES),
    "tt": Refusal("subtitles (TTML)", "Convert them to .srt or .vtt."),
    "kml": _MAP, "gpx": _MAP, "osm": _MAP, "plist": _SETTINGS, "configuration": _SETTINGS, "project": _SETTINGS,
    "stylesheet": _CODE, "transform": _CODE, "schema": _CODE, "grammar": _CODE, "manifest": _SETTINGS,
    "fictionbook": _BOOK, "tei": _BOOK, "docbook": _BOOK, "book": _BOOK, "score-partwise": Refusal("music", _NOT_NEWS),
    "package": _OFFICE, "worddocument": _OFFICE, "workbook": Refusal("a spreadsheet (XML)", _DATA),
    "document": _OFFICE, "envelope": Refusal("a message between programs (SOAP)", _NOT_NEWS),
    "mediawiki": Refusal("an export of a wiki", "Save the pages that you want as .html."),
}  # fmt: skip

_ENDINGS = {
    **dict.fromkeys(("csv", "tsv", "tab", "psv"), _TABLE),
    **dict.fromkeys(("jsonl", "ndjson", "jsonlines"), _JSON_LINES),
    **dict.fromkeys(("ics", "ical", "ifb"), _BEGINS[0][1]),
    "vcf": _BEGINS[1][1],
    "sql": Refusal("a database's statements (SQL)", _DATA),
    **dict.fromkeys(("log", "out"), Refusal("a log", _NOT_NEWS)),
    **dict.fromkeys(("css", "scss", "sass", "less"), Refusal("a style sheet", "Style sheets belong to the theme.")),
    **dict.fromkeys(
        ("ini", "cfg", "conf", "toml", "yaml", "yml", "env", "properties", "lock", "plist", "editorconfig", "reg"),
        _SETTINGS
    ),
    **dict.fromkeys(
        ("py", "pyi", "pyw", "ipynb", "js", "mjs", "cjs", "jsx", "ts", "tsx", "vue", "svelte", "sh", "bash", "zsh",
        "fish",
         "bat", "cmd", "ps1", "psm1", "rb", "php", "pl", "pm", "lua", "r", "jl", "c", "h", "cc", "cpp", "cxx",
         "hpp", "m",
         "mm", "java", "kt", "kts", "scala", "groovy", "go", "rs", "swift", "cs", "vb", "vbs", "fs", "hs", "ml",
         "ex", "exs",
         "erl", "clj", "lisp", "el", "scm", "asm", "s", "awk", "sed", "tcl", "dart", "pas", "f90", "sol", "wat", "mk",
         "cmake", "gradle", "dockerfile", "tf", "proto", "graphql", "j2", "tmpl", "applescript", "ahk"), _CODE
    ),
    "webloc": _BEGINS[7][1], "url": _BEGINS[7][1], "desktop": _BEGINS[7][1],
    "m3u": _BEGINS[6][1], "m3u8": _BEGINS[6][1], "pls": _BEGINS[6][1],
    **dict.fromkeys(("geojson", "topojson"), Refusal("a map (GeoJSON)", _DATA)),
    "ass": _BEGINS[8][1], "ssa": _BEGINS[8][1], "patch": _BEGINS[9][1], "diff": _BEGINS[9][1], "tex": _BEGINS[10][1],
    "bib": _BEGINS[11][1], "ris": _BEGINS[12][1], "po": _BEGINS[13][1], "pot": _BEGINS[13][1],
    **dict.fromkeys(("pem", "crt", "cer", "key", "asc"), _BEGINS[2][1]),
}  # fmt: skip
_NAMES = re.compile(r"(?:^|/)(?:makefile|dockerfile|procfile|gemfile|rakefile|vagrantfile)\Z", re.IGNORECASE)
# Endings under which prose is common: the content alone decides.
_WEAK = frozenset(
    ("h", "m", "s", "r", "d", "out", "log", "key", "asc", "env", "lock", "manifest", "less", "book", "wat", "el")
)

_ROOT = re.compile(r"(?:<\?.*?\?>|<!--.*?-->|<!DOCTYPE[^>\[]*(?:\[.*?\])?\s*>|\s)*<(?:[\w.-]+:)?([\w.-]+)", re.DOTALL)
_LARGEST = 4 * 1024 * 1024  # bytes of JSON that are read to see whether it is any
_ROWS = 50  # rows that are looked at
_LEAST = 3  # of them, where a name says nothing
_CODED = 0.7  # of the rows of a program, which may have texts in it
_MOST_OF = 0.9  # of the rows, which may have a damaged one among them
_CELL = 40  # characters of a column's name at most
_STOPS = ".!?…。！？।؟\"'”’»)]"
_CLOSES = ")]\"'"  # of which a statement of a program may end in one
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
        found = Refusal(kind, _DATA)
    del hints
    raise refusal(found, source.name)


def refusal(found: Refusal, name: str) -> Exception:
    """The problem that a file of a kind which no reader takes is."""
    return fail("no-reader", f"{found.kind}: no reader takes it", Place(name), f"{found.advice} {IGNORE}")


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
    return signatures.recognise(data, ending) or _text(text, name, ending, whole=len(data) < 8_000) or ""


def _text(text: str, name: str, ending: str, *, whole: bool) -> Refusal | None:
    """The kind of a text that is none of news."""
    for begins, refusal in _BEGINS:
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
    if ending in (
        "md",
        "markdown",
        "mdown",
        "mkd",
        "eml",
        "mbox",
        "html",
        "htm",
        "xhtml",
        "json",
        "ninjs",
        "srt",
        "vtt",
    ):
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
        return Refusal("a map (GeoJSON)", _DATA)
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
        if named and width >= least and (len(table) >= _LEAST or width > _LEAST):
            return True
    return False
