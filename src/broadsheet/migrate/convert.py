"""A post of the old site → the file that it becomes: front matter of ours, and a text whose links work.

In: a post, its id, and where everything else has gone. Out: ``Shaped``: bytes, the pictures to be copied, and problems.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Sequence
from typing import Any
from urllib.parse import unquote, urljoin

import msgspec

from broadsheet import content, iri
from broadsheet.config import Site
from broadsheet.content import fields
from broadsheet.errors import Place, Problem, note, warning
from broadsheet.ingest.sources.pictures import PictureFile
from broadsheet.migrate import restructured_text, shortcodes, values
from broadsheet.migrate.links import Map, RewrittenText
from broadsheet.migrate.post import Old, Post
from broadsheet.pages import urls
from broadsheet.text import clip

_TITLE = 300  # characters, as ingest takes them


class Shaped(msgspec.Struct, frozen=True):
    """A file to be: its bytes, the section as the old site called it where this one has no such, what else belongs."""

    data: bytes
    section: str
    pictures: tuple[PictureFile, ...]
    problems: tuple[Problem, ...]


class Here(msgspec.Struct, frozen=True):
    """What a post is here: its address, its id, and whether its old address leads to it and to no other."""

    address: str
    id: str
    heir: bool = True


def shape(post: Post, old: Old, known: Map, here: Here, site: Site) -> Shaped:
    """What a post becomes."""
    new = here.address
    problems: list[Problem] = [*values.left_out(post.written, post.file)]
    text = RewrittenText(post, known, problems)
    html = post.file.lower().endswith(ENDINGS)
    body = text.rewritten(_markdown(post, old, known, problems), post.written.first, html=html)
    body = (markdown(body) if html else body).strip()
    title = titled(post)
    visible, doubts = values.visible(post, old.zone)
    problems += doubts
    if post.page:
        meta: dict[str, Any] = {
            "title": title,
            "summary": values.front_matter(post.written, site.zone, {}).get("summary"),
            **visible,
        }
        if known_as(post.address) != known_as(new):
            hint = f"A page keeps no aliases: redirect {post.address} at your host."
            problems.append(note("import-address", f"{post.address} is {new} now", Place(post.file, 1), hint))
    else:
        meta = {"id": here.id, "title": title, "date": _plain(post.day), **_story(post, old, text, site), **visible}
        meta["aliases"] = [path for path in _aliases(post, new, problems) if here.heir or path != post.address]
        meta["review"] = ["date"] if post.guessed else None
    ordered = {key: meta[key] for key in (*fields.STORY, "lang") if meta.get(key)}
    section = str(meta.get("section") or "")
    unknown = section if section not in site.settings.sections else ""
    data = content.dump(ordered, body)
    wrong = _wrong(data, post, site)
    return Shaped(data, unknown, tuple(text.taken.values()), (*problems, *wrong))


def titled(post: Post) -> str:
    """A post's title, made of its name where it has none."""
    title = values.line(values.get(post.written, "title"))
    return clip(title or post.slug.replace("-", " ").replace("_", " ").strip().capitalize() or "Untitled", _TITLE)


def _markdown(post: Post, old: Old, known: Map, problems: list[Problem]) -> str:
    """A post's text without what only its generator understands."""
    body, first = post.written.body, post.written.first
    if old.kind == "hugo":
        return shortcodes.shortcodes(body, post.file, first, problems)
    if old.kind == "pelican":
        return restructured_text.markdown(body, post.file, first, problems) if post.file.endswith(".rst") else body

    def link(name: str) -> str:
        if found := known.named(name):
            return found
        problems.append(warning("import-link", f"there is no post {name[:80]!r}", Place(post.file, 1)))
        return "/"

    return shortcodes.liquid(body, post.file, first, problems, shortcodes.Known(link, old.words))


def _story(post: Post, old: Old, text: RewrittenText, site: Site) -> dict[str, Any]:
    meta = values.front_matter(post.written, old.zone, old.authors)
    names = {name.casefold(): name for name in site.settings.sections}
    names |= {other.casefold(): name for other, name in site.settings.section_aliases.items()}
    section = names.get(post.section.casefold(), post.section)
    topics = [topic for topic in dict.fromkeys(post.topics) if topic.casefold() != section.casefold()]
    picture = values.picture(values.get(post.written, "image"))
    if picture:
        picture["src"] = unquote(text.picture(picture["src"], post.written.lines.get("image", 1)))
        if not picture["src"].startswith(("http://", "https://", "pictures/")):
            picture = {}
    lang = (post.lang or values.line(values.get(post.written, "lang"))).replace("_", "-")
    lang = "" if lang == site.settings.language else lang
    return {**meta, "section": section, "topics": topics, "image": picture, "lang": lang}


def _aliases(post: Post, new: str, problems: list[Problem]) -> list[str]:
    """Every path at which the post was found, but the one where it is."""
    found: dict[str, None] = {}
    for address in (post.address, *values.names(values.get(post.written, "aliases"), apart=r"\s*,\s*")):
        try:
            joined = urljoin(post.address.rstrip("/"), address)
            urls.old(joined)
        except ValueError as cause:
            place = Place(post.file, post.written.lines.get("aliases", post.written.lines.get("redirect_from", 1)))
            message = f"{address[:100]!r} cannot be kept as an address: {cause}"
            problems.append(warning("import-address", message, place))
            continue
        if (path := iri.matched(joined)) != new:
            found[path] = None
    return list(found)


def _wrong(data: bytes, post: Post, site: Site) -> Sequence[Problem]:
    """What this site would find wrong with the file, told of the post that it was made of."""
    if post.page:
        return ()
    reading = content.read(data, "import.md", content.Rules(site.zone), post.file)
    told = (problem for problem in reading.problems if problem.severity == "error")
    return [msgspec.structs.replace(problem, code="import-value", place=Place(post.file, 1)) for problem in told]


def known_as(path: str) -> str:
    """An address as servers take it: with or without the page that stands for a folder."""
    return unquote(path).removesuffix("index.html").rstrip("/")


def _plain(day: dt.date) -> dt.date:
    return day.replace(microsecond=0) if isinstance(day, dt.datetime) else day


ENDINGS = (".html", ".htm")

_WHOLE = re.compile(r"<pre\b.*?(?:</pre\s*>|\Z)", re.DOTALL | re.IGNORECASE)
# What only arranges a page has no place in a story; and Markdown in it, such as a picture, would stay as it is written.
_BLOCK = re.compile(
    r"</?(?:p|div|section|article|figure|figcaption|center|header|main)(?:\s[^<>]*)?>|<br\s*/?>\s*<br\s*/?>",
    re.IGNORECASE,
)
_BARE = re.compile(r"</?(?:span|font|small|big)(?:\s[^<>]*)?>", re.IGNORECASE)
_HEADING = re.compile(r"<h([1-6])(?:\s[^<>]*)?>((?:(?!<h[1-6])[^\n])*?)</h\1\s*>", re.IGNORECASE)
_MARKS = {"b": "**", "strong": "**", "i": "*", "em": "*"}
_MARKED = re.compile(r"<(b|strong|i|em)(?:\s[^<>]*)?>([^<>*_\s](?:[^<>*_]*[^<>*_\s])?)</\1\s*>", re.IGNORECASE)
_LINK = re.compile(r"<a\s[^<>]*?href=([\"'])([^\"'<>()\s]+)\1[^<>]*>([^<>\[\]]+)</a\s*>", re.IGNORECASE)
_INDENT = re.compile(r"^[^\S\n]+", re.MULTILINE)


def markdown(html: str) -> str:
    """The Markdown of a text in HTML."""
    made: list[str] = []
    at = 0
    for kept in _WHOLE.finditer(html):
        made += [_unwrapped(html[at : kept.start()]), kept[0]]
        at = kept.end()
    return "".join((*made, _unwrapped(html[at:])))


def _unwrapped(html: str) -> str:
    """HTML outside of listings: an indented line would be one, and a paragraph's marks are Markdown's blank lines."""
    text = _HEADING.sub(lambda found: f"\n\n{'#' * int(found[1])} {found[2].strip()}\n\n", _INDENT.sub("", html))
    text = _MARKED.sub(lambda found: f"{_MARKS[found[1].lower()]}{found[2]}{_MARKS[found[1].lower()]}", text)
    text = _LINK.sub(lambda found: f"[{found[3]}]({found[2]})", text)
    return re.sub(r"\n{3,}", "\n\n", _BLOCK.sub("\n\n", _BARE.sub("", text)))
