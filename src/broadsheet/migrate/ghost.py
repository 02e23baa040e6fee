"""Ghost's export → posts with the addresses and ids that Ghost gave them.

In: a file of JSON with Ghost's tables. Out: ``Old``. A post's text is its HTML; where an export has none, what Ghost's
editors kept it in, Lexical or Mobiledoc. A post's own number is its id in Ghost's feeds. The export does not say the
address of the site: in it stands a word, and links that begin with that are links within the site.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import json
from collections import Counter
from collections.abc import Iterator, Mapping
from html import escape
from pathlib import Path
from typing import Any
from urllib.parse import urljoin
from zoneinfo import ZoneInfo

from broadsheet.errors import Place, Problem, fail, note, warning
from broadsheet.migrate import convert, exports, html, old_settings, old_site
from broadsheet.migrate.old_site import Old, OldFile, Post

_SITE = "__GHOST_URL__"
_HOME = "https://ghost.invalid"  # a host that is none, in place of that word
_REASONS = {
    "draft": "a draft in Ghost",
    "scheduled": "scheduled in Ghost: take 'status: draft' out to let it appear at its date",
    "sent": "sent as mail by Ghost, and never on the site",
    "members": "for members in Ghost",
    "paid": "for paying members in Ghost",
    "tiers": "for some paying members in Ghost",
}
_GONE = ("kg-signup-card", "kg-email-card", "kg-email-cta-card")  # which a page without an account has no use for
_MEDIA = {"kg-audio-card": "kg-audio-title", "kg-video-card": "kg-video-title", "kg-file-card": "kg-file-card-title"}


def read(path: Path, zone: ZoneInfo) -> Old:
    """The posts and pages of an export. Raises BroadsheetError where it cannot be read as a whole."""
    files = exports.files(path, "ghost") or [path]
    problems: list[Problem] = []
    posts: list[Post] = []
    language = ""
    for file in files:
        site = _Site(_tables(file), file, zone)
        posts += old_site.posts(site.post, site.rows, problems)
        problems += site.left()
        language = language or site.language
    home = path if path.is_dir() else path.parent
    known = {post.file: post for post in posts}  # of two exports of one site the later one counts
    return Old("ghost", home, _HOME, tuple(known.values()), tuple(problems), (home,), zone, language=language)


def _tables(file: Path) -> dict[str, Any]:
    """The tables of an export. Raises BroadsheetError with the line where it is broken."""
    data = exports.read(file)
    hint = "Export it again in Ghost, under Settings, Import/Export."
    try:
        told = json.loads(data.decode("utf-8-sig"), strict=False)
    except (ValueError, RecursionError) as cause:
        said = f"not JSON: {getattr(cause, 'msg', '') or type(cause).__name__}"
        raise fail("import-export", said, Place(file.name, int(getattr(cause, "lineno", 0))), hint) from cause
    whole = old_site.table(told)
    inside = whole.get("db")
    data_of = old_site.table(inside[0]) if isinstance(inside, list) and inside else whole
    tables = old_site.table(data_of.get("data"))
    if not isinstance(tables.get("posts"), list):
        raise fail("import-export", "it has no table of posts", Place(file.name, 1), hint)
    return tables


class _Row:
    """A post as the export has it."""

    def __init__(self, told: Mapping[str, Any], file: Path) -> None:
        self.told, self.path, self.file = told, file, file.name

    def text(self, key: str) -> str:
        """A value as one line."""
        return convert.line(self.told.get(key))


def _rows(tables: Mapping[str, Any], name: str) -> list[dict[str, Any]]:
    rows = tables.get(name)
    return [old_site.table(row) for row in rows if isinstance(row, dict)] if isinstance(rows, list) else []


class _Site:
    """What an export says of the site, and what it makes of a post."""

    def __init__(self, tables: Mapping[str, Any], file: Path, zone: ZoneInfo) -> None:
        self._file = file
        settings = {convert.line(row.get("key")): row.get("value") for row in _rows(tables, "settings")}
        self._zone = old_settings.zone(settings.get("timezone") or settings.get("active_timezone"), zone)
        self.language = convert.line(settings.get("locale") or settings.get("lang") or settings.get("default_locale"))
        self._pattern = convert.line(settings.get("permalinks")) or "/:slug/"
        self.rows = [_Row(row, file) for row in _rows(tables, "posts")]
        self._people = {convert.line(row.get("id")): convert.line(row.get("name")) for row in _rows(tables, "users")}
        self._tags = {
            convert.line(row.get("id")): convert.line(row.get("name"))
            for row in _rows(tables, "tags")
            if convert.line(row.get("visibility")) != "internal" and not convert.line(row.get("name")).startswith("#")
        }
        self._tagged = _joined(tables, "posts_tags", "tag_id")
        self._written = _joined(tables, "posts_authors", "author_id")
        self._more = {convert.line(row.get("post_id")): row for row in _rows(tables, "posts_meta")}
        self._others = Counter({name: len(_rows(tables, name)) for name in ("members", "comments", "snippets")})

    def left(self) -> Iterator[Problem]:
        """What is not imported, counted."""
        told = ", ".join(f"{number} {name}" for name, number in self._others.items() if number)
        if told:
            yield note("import-skipped", f"not imported: {told}", Place(self._file.name))

    def post(self, row: _Row) -> Post:
        """A row of the table of posts as a post or page."""
        more = self._more.get(row.text("id"), {})
        page = row.text("type") == "page" or row.told.get("page") in (1, True)
        day = self._day(row.told.get("published_at")) or self._day(row.told.get("created_at"))
        slug = row.text("slug") or row.text("id")
        address = f"/{slug}/" if page else self._address(slug, day)
        tags = [name for one in self._tagged.get(row.text("id"), []) if (name := self._tags.get(one))]
        changed = self._day(row.told.get("updated_at"))
        place = Place(row.file)
        reason, marks = _kept_from_readers(row, more)
        meta: dict[str, Any] = {
            "title": row.text("title"),
            "excerpt": row.text("custom_excerpt"),
            "authors": self._bylines(row),
            "image": self._image(row, more),
            **marks,
        }
        if changed and day and changed > day:
            meta["lastmod"] = changed
        held = html.ProtectedMarkdown()
        body = html.markdown(_html(row), urljoin(_HOME, address), held, _cards)
        seen = [*html.left_out(held, place)]
        if body and not row.text("html"):
            message = f"the export has no HTML of {slug!r}: its text was rebuilt from the data of Ghost's editor"
            seen.append(warning("import-tag", message, place, "Compare it with the old site."))
        return Post(
            file=f"{'page' if page else 'post'}/{row.text('id') or slug}",
            place=row.path.parent,
            sha256=hashlib.sha256(json.dumps([row.told, more, tags], sort_keys=True).encode()).hexdigest(),
            written=OldFile(meta, {}, body, 0),
            page=page,
            slug=slug,
            address=address,
            day=day or dt.datetime.fromtimestamp(int(row.path.stat().st_mtime), dt.UTC),
            guessed=day is None,
            draft=bool(reason) or (day is None and not page),
            guid=row.text("id"),
            section=tags[0] if tags else "",
            topics=tuple(tags[1:]),
            lang=row.text("locale").replace("_", "-"),
            shown=place.file,
            reason=reason,
            problems=tuple(seen),
        )

    def _day(self, value: Any) -> dt.datetime | None:
        """A moment in the site's time zone. Ghost writes UTC, and wrote milliseconds since 1970."""
        if isinstance(value, int) and not isinstance(value, bool):
            try:
                return dt.datetime.fromtimestamp(value // 1000, self._zone)
            except (ValueError, OverflowError, OSError):
                return None
        found = convert.moment(value, ZoneInfo("UTC"))
        try:
            return found.astimezone(self._zone) if isinstance(found, dt.datetime) else None
        except OverflowError:
            return None

    def _address(self, slug: str, day: dt.datetime | None) -> str:
        """Where readers found a post: Ghost's own pattern, or that of the settings of early versions."""
        day = day or dt.datetime.fromtimestamp(0, dt.UTC)
        known = {":year": f"{day:%Y}", ":month": f"{day:%m}", ":day": f"{day:%d}", ":slug": slug}
        pattern = self._pattern
        for token, value in known.items():
            pattern = pattern.replace(token, value)
        return f"/{pattern.strip('/')}/" if ":" not in pattern and pattern.strip("/") else f"/{slug}/"

    def _bylines(self, row: _Row) -> list[str]:
        several = self._written.get(row.text("id")) or [row.text("author_id")]
        return [name for one in several if (name := self._people.get(one))]

    def _image(self, row: _Row, more: Mapping[str, Any]) -> dict[str, str]:
        src = row.text("feature_image") or row.text("image")
        caption = html.plain(convert.line(more.get("feature_image_caption")))
        alt = convert.line(more.get("feature_image_alt"))
        return {"src": src.replace(_SITE, _HOME), "alt": alt, "caption": caption} if src else {}


def _joined(tables: Mapping[str, Any], name: str, key: str) -> dict[str, list[str]]:
    """What a table joins to each post, in its order."""
    rows = [row for row in _rows(tables, name) if not isinstance(row.get("sort_order"), str)]
    found: dict[str, list[str]] = {}
    for row in sorted(rows, key=lambda row: row.get("sort_order") or 0):
        found.setdefault(convert.line(row.get("post_id")), []).append(convert.line(row.get(key)))
    return found


def _kept_from_readers(row: _Row, more: Mapping[str, Any]) -> tuple[str, dict[str, Any]]:
    """Why a post is not for all readers, and Ghost's own words for that; both empty for one that is."""
    status, audience = row.text("status") or "draft", row.text("visibility") or "public"
    if more.get("email_only") in (1, True) and status == "published":
        status = "sent"
    if status != "published":
        return _REASONS.get(status, f"its status in Ghost was {status!r}"), {"post_status": status}
    if audience != "public":
        return _REASONS.get(audience, f"for {audience!r} in Ghost"), {}
    return "", {}


def _html(row: _Row) -> str:
    """The text of a post in HTML."""
    told = row.told.get("html")
    if not isinstance(told, str) or not told.strip():
        lexical, mobiledoc = _document(row.told.get("lexical")), _document(row.told.get("mobiledoc"))
        told = _lexical(old_site.table(lexical.get("root")), 0) if lexical else _mobiledoc(mobiledoc)
    return html.bare(told.replace(_SITE, _HOME))


def _document(value: Any) -> dict[str, Any]:
    try:
        return old_site.table(json.loads(value)) if isinstance(value, str) and value.strip() else {}
    except (ValueError, RecursionError):
        return {}


def _cards(tree: Any) -> None:
    """Ghost's cards as what a reader gets from them: links, with the words that stand in them."""
    for element in [*tree.iter("figure", "div")]:
        names = (element.get("class") or "").split()
        if element.getparent() is None or not any(name.startswith("kg-") for name in names):
            continue
        media = next((card for card in _MEDIA if card in names), "")
        if any(card in names for card in _GONE):
            html.linked(element, "", "")
        elif "kg-bookmark-card" in names:
            link = next(iter(element.iter("a")), None)
            title = _said(element, "kg-bookmark-title")
            html.linked(element, (link.get("href") or "") if link is not None else "", title)
        elif media:
            source = next(iter(element.iter("audio", "video", "a")), None)
            address = (source.get("src") or source.get("href") or "") if source is not None else ""
            html.linked(element, address, _said(element, _MEDIA[media]))


def _said(element: Any, name: str) -> str:
    found = next((e for e in element.iter() if name in (e.get("class") or "").split()), None)
    return " ".join("".join(found.itertext()).split()) if found is not None else ""


# What Ghost's editors keep texts in.

_MARKS = ((1, "strong"), (2, "em"), (4, "s"), (16, "code"), (32, "sub"), (64, "sup"))
_DEEPEST = 60


def _lexical(node: Mapping[str, Any], depth: int) -> str:
    """The HTML of a node of Lexical, and of all that it holds."""
    kind = convert.line(node.get("type"))
    children = node.get("children")
    below = children if isinstance(children, list) and depth < _DEEPEST else []
    inner = "".join(_lexical(one, depth + 1) for one in below if isinstance(one, dict))
    if kind in ("text", "extended-text"):
        style = node.get("format")
        text = escape(str(node.get("text") or ""))
        for bit, name in _MARKS:
            if isinstance(style, int) and style & bit:
                text = f"<{name}>{text}</{name}>"
        return text
    if kind in ("heading", "extended-heading"):
        return _tagged(convert.line(node.get("tag")), inner, ("h1", "h2", "h3", "h4", "h5", "h6"), "h2")
    if kind == "list":
        return _tagged(convert.line(node.get("tag")), inner, ("ul", "ol"), "ul")
    if kind == "link":
        return f'<a href="{escape(_text(node, "url"))}">{inner}</a>'
    plain = {
        "paragraph": "p",
        "listitem": "li",
        "quote": "blockquote",
        "extended-quote": "blockquote",
        "aside": "aside",
    }
    if kind in plain:
        return f"<{plain[kind]}>{inner}</{plain[kind]}>"
    return "<br>" if kind == "linebreak" else inner or _card(kind, node)


def _tagged(name: str, inner: str, known: tuple[str, ...], usual: str) -> str:
    tag = name if name in known else usual
    return f"<{tag}>{inner}</{tag}>"


def _text(told: Mapping[str, Any], *keys: str) -> str:
    return next((value for key in keys if isinstance(value := told.get(key), str) and value), "")


def _card(kind: str, told: Mapping[str, Any]) -> str:
    """The HTML of what is no text: of the cards of both editors, which have the same values."""
    about = old_site.table(told.get("metadata"))
    address = escape(_text(told, "url", "src", "buttonUrl"))
    if kind == "image":
        alt, caption = escape(_text(told, "alt", "altText")), _text(told, "caption")
        return f'<figure><img src="{address}" alt="{alt}"><figcaption>{caption}</figcaption></figure>'
    if kind == "gallery":
        shown = told.get("images")
        inner = (
            "".join(_card("image", one) for one in shown if isinstance(one, dict)) if isinstance(shown, list) else ""
        )
        return f'<div class="kg-gallery">{inner}</div>'
    if kind in ("html", "markdown", "card-markdown"):
        return _text(told, "html", "markdown")
    if kind in ("code", "codeblock"):
        return f"<pre>{escape(_text(told, 'code'))}</pre>"
    if kind in ("hr", "horizontalrule"):
        return "<hr>"
    if kind in ("callout", "toggle"):
        return f"<div><b>{_text(told, 'heading')}</b><div>{_text(told, 'calloutText', 'content')}</div></div>"
    words = escape(_text(told, "title", "fileTitle", "buttonText") or convert.line(about.get("title")))
    return f'<p><a href="{address}">{words or html.shown(address).removeprefix(_SITE)}</a></p>' if address else ""


def _mobiledoc(told: Mapping[str, Any]) -> str:
    """The HTML of a document of Mobiledoc 0.3: sections of runs of text, each of which opens and closes markups."""
    markups, cards = _list(told.get("markups")), _list(told.get("cards"))
    made: list[str] = []
    for section in _list(told.get("sections")):
        kind, *rest = section if isinstance(section, list) and section else [0]
        if kind == 1 and len(rest) == 2:
            made.append(
                _tagged(str(rest[0]), _runs(rest[1], markups), ("p", "h1", "h2", "h3", "h4", "blockquote"), "p")
            )
        elif kind == 3 and len(rest) == 2:
            items = "".join(f"<li>{_runs(item, markups)}</li>" for item in _list(rest[1]))
            made.append(_tagged(str(rest[0]), items, ("ul", "ol"), "ul"))
        elif kind == 10 and rest and isinstance(rest[0], int) and 0 <= rest[0] < len(cards):
            card = _list(cards[rest[0]])
            made.append(_card(str(card[0]), old_site.table(card[1])) if len(card) == 2 else "")
    return "".join(made)


def _list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else []


def _runs(value: Any, markups: list[Any]) -> str:
    made: list[str] = []
    open_tags: list[str] = []
    for run in _list(value):
        kind, opens, closes, text = run if isinstance(run, list) and len(run) == 4 else (1, [], 0, "")
        for number in _list(opens):
            markup = _list(markups[number]) if isinstance(number, int) and 0 <= number < len(markups) else []
            name = str(markup[0]) if markup else "span"
            name = name if name in ("a", "strong", "b", "em", "i", "s", "code", "sub", "sup") else "span"
            values = _list(markup[1]) if len(markup) > 1 else []
            href = f' href="{escape(str(values[1]))}"' if name == "a" and len(values) > 1 else ""
            made.append(f"<{name}{href}>")
            open_tags.append(name)
        made.append(escape(str(text)) if kind == 0 else "<br>")  # of Ghost's atoms the only one is a line's end
        ended = min(closes, len(open_tags)) if isinstance(closes, int) else 0
        made.extend(f"</{open_tags.pop()}>" for _ in range(ended))
    return "".join(made)
