"""An old site, as another generator has it: its settings, the files of its content and their heads, its posts.

In: a folder. Out: a table of settings, Hugo's in three languages, Jekyll's in YAML, Pelican's in Python, of which none
is run; the files of its content, taken apart into keys, values and text, each with what keeps it from being a post; the
values that a generator's reader makes of them. What cannot be read is a problem with its line, and the rest is read
without it. Links are not followed, and nothing outside the folder is opened.
"""

from __future__ import annotations

import ast
import datetime as dt
import hashlib
import json
import os
import re
import tomllib
from collections.abc import Callable, Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any, Literal, Protocol, TypeVar
from zoneinfo import ZoneInfo

import msgspec
import yaml

from broadsheet import content
from broadsheet.content import files, heads
from broadsheet.errors import BroadsheetError, Place, Problem, error, fail, note, warning
from broadsheet.migrate import exports

Generator = Literal["hugo", "jekyll", "pelican", "wordpress", "ghost"]
GENERATORS: tuple[Generator, ...] = ("hugo", "jekyll", "pelican", "wordpress", "ghost")
TITLES = {"hugo": "Hugo", "jekyll": "Jekyll", "pelican": "Pelican", "wordpress": "WordPress", "ghost": "Ghost"}
EXPORTS: tuple[Generator, ...] = ("wordpress", "ghost")  # which give all posts in one file


class OldFile(msgspec.Struct, frozen=True):
    """A file taken apart: its keys in lower case with the line of each, its text, and the line where that begins.

    ``problems`` are what is to be looked at in its head, which could be read.
    """

    meta: dict[str, Any]
    lines: dict[str, int]
    body: str
    first: int
    problems: tuple[Problem, ...] = ()


class Post(msgspec.Struct, frozen=True):
    """A post or page of the old site.

    ``file`` is its path below the folder, ``place`` its folder on disk, ``sha256`` that of its bytes. ``address`` is
    the path at which readers found it, ``guid`` its id in the old site's feed, where that can be known. ``day`` is its
    date, ``guessed`` where nothing gave one. ``section`` and ``topics`` are what its folders and keys say,
    ``draft`` what its folder says. ``lang`` is its language, empty where only the site's own can be meant. Posts with
    one ``translation`` are one story in several languages; that of a story in one language may be empty.

    Where many posts stand in one file, an export, ``shown`` is that file, and ``file`` only the name of the post;
    ``address`` is empty where it cannot be one here. ``reason`` says why it is a draft, and ``problems`` are what was
    seen when its text was read.
    """

    file: str
    place: Path
    sha256: str
    written: OldFile
    page: bool
    slug: str
    address: str
    day: dt.date
    guessed: bool = False
    draft: bool = False
    guid: str = ""
    section: str = ""
    topics: tuple[str, ...] = ()
    lang: str = ""
    translation: str = ""
    shown: str = ""
    reason: str = ""
    problems: tuple[Problem, ...] = ()

    def at(self, line: int = 1) -> Place:
        """Where something stands in the post; in an export where the post begins."""
        return Place(self.shown, self.written.first) if self.shown else Place(self.file, line)


class Old(msgspec.Struct, frozen=True):
    """An old site: its posts, in the order of their files, and what could not be read.

    ``home`` is its folder, ``url`` its address, ``roots`` the folders in which an address such as /images/a.png is
    looked for, ``zone`` that of times without one, ``sources`` the folder that links between source files count from.
    ``authors`` are names by key, ``words`` the plain values that its texts may name. ``language`` is that of posts
    which do not say theirs, empty where its settings do not say either. ``uploads`` are folders outside of it in which
    pictures may lie.
    """

    kind: Generator
    home: Path
    url: str
    posts: tuple[Post, ...]
    problems: tuple[Problem, ...]
    roots: tuple[Path, ...]
    zone: ZoneInfo
    sources: str = ""
    authors: Mapping[str, str] = {}
    words: Mapping[str, str] = {}
    language: str = ""
    uploads: tuple[Path, ...] = ()


HUGO = tuple(f"{name}.{ending}" for name in ("hugo", "config") for ending in ("toml", "yaml", "yml", "json"))
JEKYLL = ("_config.yml", "_config.yaml", "_config.toml")
PELICAN = ("pelicanconf.py", "publishconf.py")
_LARGEST = 1024 * 1024  # bytes
_DEEPEST = 50  # parts of a Python expression that is put together


def detect(folder: Path) -> tuple[Generator, Path] | None:
    """Which generator made a folder, and the site's own folder: this one, or the one above its content folder.

    An export is a file, or the folder in which it lies.
    """
    for home in (folder, folder.parent):
        if any((home / name).is_file() for name in JEKYLL) or (home / "_posts").is_dir():
            return "jekyll", home
        if (home / PELICAN[0]).is_file():
            return "pelican", home
        if any((home / name).is_file() for name in (*HUGO, *(f"config/_default/{name}" for name in HUGO))):
            return "hugo", home
        if found := next((kind for kind in EXPORTS if exports.files(folder, kind)), None):
            return found, folder
    return None


def read_settings(folder: Path, names: tuple[str, ...]) -> tuple[dict[str, Any], list[Problem]]:
    """The settings in the first of these files that is there; later files of Pelican add to it."""
    found: dict[str, Any] = {}
    problems: list[Problem] = []
    for name in names:
        file = folder / name
        if not file.is_file() or (found and not name.endswith(".py")):
            continue
        try:
            text = file.read_bytes()[:_LARGEST].decode("utf-8-sig", "replace")
            found |= _parsed(text, file.suffix)
        except (OSError, ValueError, SyntaxError, yaml.YAMLError, RecursionError) as cause:
            said = str(cause).split("\n", 1)[0]
            message = f"the old site's settings cannot be read: {said}"
            problems.append(
                warning("import-settings", message, Place(name, _line_of(cause)), "The import goes on without them.")
            )
    return found, problems


def hugo_settings(home: Path) -> tuple[dict[str, Any], list[Problem]]:
    """Hugo's settings, with the parts that have files of their own below config/_default, such as languages.de.toml."""
    config, problems = read_settings(home, HUGO)
    parts = home / "config" / "_default"
    if not config:
        config, problems = read_settings(parts, HUGO)
    config = {key.lower(): value for key, value in config.items()}
    for file in sorted(parts.glob("*.*")):
        name, *inner = file.stem.lower().split(".")
        if name in ("languages", "permalinks") and len(inner) <= 1:
            part, wrong = read_settings(parts, (file.name,))
            problems += wrong
            config[name] = table(config.get(name)) | ({inner[0]: part} if inner else part)
    return config, problems


def table(value: Any) -> dict[str, Any]:
    """A value that should be a table, or an empty one."""
    return {str(key): item for key, item in value.items()} if isinstance(value, Mapping) else {}


def _parsed(text: str, ending: str) -> dict[str, Any]:
    if ending == ".toml":
        return tomllib.loads(text)
    if ending == ".json":
        return table(json.loads(text))
    return _python(text) if ending == ".py" else table(yaml.load(text, Loader=yaml.CSafeLoader))


def _python(text: str) -> dict[str, Any]:
    """The plain values that a Python file gives to names, if they can be determined without running it."""
    found: dict[str, Any] = {}
    for node in ast.parse(text).body:
        targets = (
            node.targets if isinstance(node, ast.Assign) else [node.target] if isinstance(node, ast.AnnAssign) else []
        )
        value = node.value if isinstance(node, ast.Assign | ast.AnnAssign) else None
        for target in targets:
            if isinstance(target, ast.Name) and value is not None and (told := _value(value, found)) is not None:
                found[target.id] = told
    return found


def _value(node: ast.expr, known: Mapping[str, Any], depth: int = 0) -> Any:
    """A literal, a name given before, or texts put together with + ; None for everything else."""
    if depth < _DEEPEST and isinstance(node, ast.BinOp) and isinstance(node.op, ast.Add):
        left, right = _value(node.left, known, depth + 1), _value(node.right, known, depth + 1)
        return left + right if isinstance(left, str) and isinstance(right, str) else None
    if isinstance(node, ast.Name):
        return known.get(node.id)
    try:
        return ast.literal_eval(node)
    except (ValueError, TypeError, MemoryError, RecursionError):
        return None


def _line_of(cause: Exception) -> int:
    mark = getattr(cause, "problem_mark", None)
    return mark.line + 1 if mark else int(getattr(cause, "lineno", 0) or 0)


_FENCES = ("---", "+++")
_KEY_LINE = re.compile(r"([A-Za-z][\w-]{0,40})[^\S\n]*:[^\S\n]*(.*)")  # as Pelican and Python-Markdown read a head
_MORE = re.compile(r"(?: {4}|\t)(.*\S.*)")
_FIELD = re.compile(r":([A-Za-z][\w -]{0,40}):[^\S\n]*(.*)")
_RULE = re.compile(r"([=\-~^\"'`#*+_.:])\1{2,}[^\S\n]*\Z")


def taken_apart(data: bytes, shown: str, plain: Callable[[list[str]], OldFile] | None = None) -> OldFile:
    """A post's head and text; ``plain`` reads the head of a file that begins with no mark of YAML, TOML or JSON.

    Raises BroadsheetError with the line where the head cannot be read.
    """
    if len(data) > content.LARGEST:
        raise fail("file-size", f"larger than {content.LARGEST >> 20} MiB", Place(shown))
    try:
        text = data.decode("utf-8-sig").replace("\r\n", "\n").replace("\r", "\n")
    except UnicodeDecodeError as cause:
        line = data.count(b"\n", 0, cause.start) + 1
        raise fail("file-encoding", f"byte {cause.start} is not UTF-8", Place(shown, line)) from cause
    files.refuse_conflict(text, shown)
    rows = text.split("\n")
    fenced = text.lstrip().startswith(_FENCES if plain else (*_FENCES, "{"))
    if fenced and (head := heads.read(text, shown)):
        lines = {key.lower(): line for key, line in head.lines.items()}
        meta = {str(key).lower(): value for key, value in head.meta.items()}
        return OldFile(meta, lines, "\n".join(rows[head.rows :]), head.rows + 1, head.problems)
    return plain(rows) if plain else OldFile({}, {}, text, 1)


def meta_lines(rows: list[str]) -> OldFile:
    """Pelican's head of a Markdown file: lines of ``Key: value``, a further value indented below, then a blank line."""
    meta: dict[str, Any] = {}
    lines: dict[str, int] = {}
    at = 0
    key = ""
    for row in rows:
        if found := _KEY_LINE.fullmatch(row):
            key = found[1].lower()
            meta[key], lines[key] = found[2].strip(), at + 1
        elif key and (more := _MORE.fullmatch(row)):
            meta[key] = f"{meta[key]} {more[1].strip()}".strip()
        else:
            break
        at += 1
    return OldFile(meta, lines, "\n".join(rows[at:]), at + 1)


def rest_fields(rows: list[str]) -> OldFile:
    """ReST's head: a title with its rule, then fields such as ``:date: 2025-05-08``."""
    meta: dict[str, Any] = {}
    lines: dict[str, int] = {}
    at = 0
    while at < len(rows) and (not rows[at].strip() or _RULE.match(rows[at])):
        at += 1  # a rule above the title, where there is one
    if at + 1 < len(rows) and _RULE.match(rows[at + 1]) and len(rows[at + 1].strip()) >= len(rows[at].strip()) > 0:
        meta["title"], lines["title"] = rows[at].strip(), at + 1
        at += 2
    while at < len(rows) and (found := _FIELD.fullmatch(rows[at]) or (not rows[at].strip())):
        if not isinstance(found, bool):
            meta[found[1].lower()], lines[found[1].lower()] = found[2].strip(), at + 1
        at += 1
    return OldFile(meta, lines, "\n".join(rows[at:]), at + 1)


MARKDOWN = (".md", ".markdown", ".mkd", ".mdown")
TEXTS = (*MARKDOWN, ".html", ".htm")
_UNREAD = (".org", ".adoc", ".asciidoc", ".textile", ".ipynb", ".rmd", ".html", ".htm", ".rst")
_DATED = re.compile(r"(\d{4})-(\d\d?)-(\d\d?)(?:[-_ ]+|\Z)(.*)")

Head = Callable[[list[str]], OldFile]


class ForeignPage(msgspec.Struct, frozen=True):
    """A file of the old site: its path below the site's folder, its stem, its bytes' digest, what stands in it."""

    file: str
    path: Path
    stem: str
    ending: str
    sha256: str
    written: OldFile

    @property
    def changed(self) -> dt.datetime:
        """When the file was last changed."""
        return dt.datetime.fromtimestamp(int(self.path.stat().st_mtime), dt.UTC)


def pages(
    home: Path, inside: Path, heads: dict[str, Head | None], problems: list[Problem], passed: re.Pattern[str]
) -> Iterator[ForeignPage]:
    """Every file below ``inside`` with an ending in ``heads``, which tells how the head of each is read.

    Folders and files whose name ``passed`` matches are passed over.
    """
    for root, folders, names in os.walk(inside):
        kept = sorted(name for name in folders if not passed.match(name))
        folders[:] = [name for name in kept if not (Path(root) / name).is_symlink()]
        problems += (_linked(Path(root, name).relative_to(home)) for name in kept if name not in folders)
        for name in sorted(names):
            stem, ending = os.path.splitext(name)  # noqa: PTH122, the name is a str
            if passed.match(name) or (ending.lower() not in heads and ending.lower() not in _UNREAD):
                continue
            path = Path(root) / name
            file = path.relative_to(home).as_posix().encode(errors="replace").decode()
            if ending.lower() not in heads:
                hint = "Save it as Markdown to import it."
                problems.append(note("import-format", f"a {ending} file is not read", Place(file), hint))
                continue
            try:
                if not path.is_file() or path.is_symlink():
                    problems += [_linked(path.relative_to(home))] if path.is_symlink() else []
                    continue
                data = path.read_bytes()
                written = taken_apart(data, file, heads[ending.lower()])
            except BroadsheetError as cause:
                problems.extend(cause.problems)
            except OSError as cause:
                problems.append(error("unreadable", f"cannot read: {cause.strerror}", Place(file)))
            except Exception as cause:  # noqa: BLE001, one file must not keep the others from being read
                problems.append(content.fault(cause, file))
            else:
                problems += written.problems
                yield ForeignPage(file, path, stem, ending.lower(), hashlib.sha256(data).hexdigest(), written)


def _linked(path: Path) -> Problem:
    place = Place(path.as_posix().encode(errors="replace").decode())
    return warning("import-skipped", "is a link, which is not followed", place, "Copy the file or folder itself there.")


class _Named(Protocol):
    """A file, or a part of an export, with the name under which it is reported."""

    @property
    def file(self) -> str: ...


_Part = TypeVar("_Part", bound=_Named)


def posts(make: Callable[[_Part], Post | None], found: Iterable[_Part], problems: list[Problem]) -> Iterator[Post]:
    """What a generator's reader makes of each file; what it cannot make anything of is a problem of that file."""
    for page in found:
        try:
            post = make(page)
        except Exception as cause:  # noqa: BLE001, a value that no reader thought of
            problems.append(content.fault(cause, page.file))
        else:
            if post:
                yield _placed(post)


_FIRST, _LAST = dt.date.min + dt.timedelta(2), dt.date.max - dt.timedelta(2)


def usual(day: dt.date) -> bool:
    """Whether a moment has a day in every time zone: not at an end of the calendar."""
    return _FIRST < (day.date() if isinstance(day, dt.datetime) else day) < _LAST


def _placed(post: Post) -> Post:
    """A post whose date has a day in every time zone; any other is a draft without, filed by the day that was typed."""
    day = post.day
    if not isinstance(day, dt.datetime) or usual(day):
        return post
    message = f"the date {day.isoformat()} is not a date in every time zone: imported as a draft"
    hint = "Give the story its true date, and delete 'status: draft'."
    problem = warning("import-date", message, post.at(post.written.lines.get("date", 1)), hint)
    return msgspec.structs.replace(
        post, day=day.date(), guessed=True, draft=True, problems=(*post.problems, problem),
        reason=post.reason or f"date: {day.isoformat()} cannot be right",
    )  # fmt: skip


def dated(stem: str) -> tuple[dt.date | None, str]:
    """The day that a file's name begins with, and the rest of the name."""
    found = _DATED.match(stem)
    try:
        return (dt.date(int(found[1]), int(found[2]), int(found[3])), found[4] or stem) if found else (None, stem)
    except ValueError:  # 30 February
        return None, stem
