"""What a page says of itself outside its text: meta elements, links, JSON-LD, microdata, headings, times.

In: a page's tree. Out: one ``PageHead``, read in two passes; nothing is judged here. In JSON-LD (schema.org), broken
JSON, comments, trailing commas, arrays, @graph and nesting are met in practice and borne with; nothing raises.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Sequence
from itertools import chain, islice
from typing import Any

import msgspec

from broadsheet.ingest.extract.blocks import clean

Node = dict[str, Any]

_DEPTH = 8  # levels that are looked into; publishers need four
_NODES = 2000  # nodes that are looked at; a page of comments has hundreds

_ARTICLES = {
    "newsarticle": 5, "reportagenewsarticle": 5, "analysisnewsarticle": 5, "opinionnewsarticle": 5,
    "reviewnewsarticle": 5, "askpublicnewsarticle": 5, "backgroundnewsarticle": 5, "advertisercontentarticle": 4,
    "article": 4, "liveblogposting": 4, "blogposting": 4, "report": 4, "scholarlyarticle": 4, "techarticle": 4,
    "satiricalarticle": 4, "socialmediaposting": 3, "review": 2, "webpage": 1, "itempage": 1,
}  # fmt: skip

_TRAILING = re.compile(r",(\s*[}\]])")
_WRAPPING = re.compile(r"^\s*(?:<!--|//\s*<!\[CDATA\[|<!\[CDATA\[)|(?:-->|//\s*\]\]>|\]\]>|;)\s*$")
_LONGEST = 10_000  # characters of a value that are read
_MOST = 50  # elements of one kind that are looked at; evidence stands early in a page


class Time(msgspec.Struct, frozen=True):
    """A moment that the page marks: the machine's form, what is shown, and the names that its elements go by.

    ``aside`` tells that it belongs to a comment, another story, or what else stands beside the article.
    """

    value: str
    shown: str
    names: str
    line: int
    aside: bool = False


class PageHead(msgspec.Struct, frozen=True):
    """The evidence of one page. Names are in lower case; ``lines`` tells where each kind of evidence stands.

    ``headings2`` are headings of the second rank, ``others`` the headlines of JSON-LD that are of other articles.
    """

    metas: dict[str, tuple[str, ...]]
    node: dict[str, Any]
    crumbs: tuple[str, ...]
    items: dict[str, tuple[str, ...]]
    title: str
    headings: tuple[str, ...]
    times: tuple[Time, ...]
    signed: tuple[str, ...]
    canonical: str
    licence: str
    lang: str
    lines: dict[str, int]
    headings2: tuple[str, ...] = ()
    others: tuple[str, ...] = ()

    def meta(self, *names: str) -> str:
        """The content of the first meta element that goes by one of these names, in the order of the names."""
        return next((self.metas[name][0] for name in names if name in self.metas), "")


def read(tree: Any) -> PageHead:
    """The evidence that a page's tree holds."""
    scan = _Scan()
    for element in tree.iter("meta", "link", "title", "script", "h1", "h2", "time"):
        getattr(scan, element.tag)(element)
    metas = {name: tuple(values) for name, values in scan.metas.items()}
    title = next(iter(scan.titles), "")
    canonical = scan.links.get("canonical", "") or next(iter(metas.get("og:url", ())), "")
    said = (title, *scan.headings, *scan.headings2, *metas.get("og:title", ()), *metas.get("twitter:title", ()))
    node, others = json_ld_articles(scan.scripts, canonical, said)
    named = scan.headings or len(title.split()) > _NAME
    if (
        "headline" not in node and others and not named and not _shows_text(tree)
    ):  # what a page shows before its scripts have run
        node, others = json_ld_articles(scan.scripts, canonical)
    return PageHead(
        metas=metas,
        node=node,
        crumbs=json_ld_breadcrumbs(scan.scripts),
        items=_microdata(tree),
        title=title,
        headings=tuple(scan.headings),
        times=tuple(scan.times),
        signed=_signed(tree),
        canonical=scan.links.get("canonical", ""),
        licence=scan.links.get("license", ""),
        lang=tree.get("lang") or tree.get("{http://www.w3.org/XML/1998/namespace}lang") or "",
        lines=scan.lines,
        headings2=tuple(scan.headings2),
        others=others,
    )


def _shows_text(tree: Any) -> bool:
    """Whether a page shows any paragraph without its scripts."""
    return any(len(_text(p)) > _PARAGRAPH and not is_aside(p) for p in islice(tree.iter("p"), _MOST))


_PARAGRAPH = 80  # characters of one
_NAME = 3  # words of a title that may be the site's name, or "Loading"


class _Scan:
    """What one pass over a page gathers: a method for each kind of element."""

    def __init__(self) -> None:
        self.metas: dict[str, list[str]] = {}
        self.links: dict[str, str] = {}
        self.titles: list[str] = []
        self.scripts: list[str] = []
        self.headings: list[str] = []
        self.headings2: list[str] = []
        self.times: list[Time] = []
        self.lines: dict[str, int] = {}

    def meta(self, element: Any) -> None:
        """A meta element, by any of the names that sites give it."""
        names = (element.get("property"), element.get("name"), element.get("itemprop"), element.get("http-equiv"))
        key = next(filter(None, names), "").strip().lower()
        if key == "expires" and not any(names[:3]):
            return  # how long a browser may keep the page
        content = clean((element.get("content") or "")[:_LONGEST])
        if key and content and len(self.metas.get(key, ())) < _MOST:
            self.metas.setdefault(key, []).append(content)
            self.lines.setdefault(key, element.sourceline or 0)

    def link(self, element: Any) -> None:
        """A link element: the page's own address, its licence."""
        if href := (element.get("href") or "").strip():
            self.links.setdefault((element.get("rel") or "").lower(), href)

    def title(self, element: Any) -> None:
        """The title element."""
        if text := _text(element):
            self.titles.append(text)
            self.lines.setdefault("title", element.sourceline or 0)

    def script(self, element: Any) -> None:
        """A script, where it is JSON-LD."""
        if "ld+json" in (element.get("type") or "") and element.text:
            self.scripts.append(element.text)
            self.lines.setdefault("json-ld", element.sourceline or 0)

    def h1(self, element: Any) -> None:
        """A heading of the first rank."""
        if len(self.headings) < _MOST and (text := _text(element)):
            self.headings.append(text)
            self.lines.setdefault("h1", element.sourceline or 0)

    def h2(self, element: Any) -> None:
        """A heading of the second rank."""
        if len(self.headings2) < _MOST and (text := _text(element)):
            self.headings2.append(text)

    def time(self, element: Any) -> None:
        """A time element."""
        if len(self.times) < _MOST:
            self.times.append(_time(element))


def _text(element: Any) -> str:
    return clean(" ".join(element.itertext())[:_LONGEST])


_CHANGED = re.compile(
    r"(?:updated|modified|aktualisiert|geändert|mis à jour|modifié|atualizado|actualizado|aggiornato|bijgewerkt)"
    r"(?: (?:on|am|at|el|le|il|em|op))?\W*$",
    re.IGNORECASE,
)


def _time(element: Any) -> Time:
    names, here = list[str](), element
    while here is not None and len(names) < 3:
        names.append(f"{here.get('class') or ''} {here.get('id') or ''} {here.get('itemprop') or ''}")
        here = here.getparent()
    before, parent = element.getprevious(), element.getparent()
    words = before.tail if before is not None else parent.text if parent is not None else ""
    names += ["modified"] if _CHANGED.search(words or "") else []
    return Time(
        (element.get("datetime") or "").strip(),
        _text(element),
        " ".join(names).lower(),
        element.sourceline or 0,
        is_aside(element),
    )


_ASIDE = re.compile(
    r"(?<![a-z])(?:comments?(?:list|-?list|-?body|-?item|-?thread|-?area|-?section)?|repl(?:y|ies)|disqus|responses?|"
    r"related|recommend\w*|sidebar|teasers?|most-?read|popular|ticker|read-?more|more-?(?:news|stories|articles))(?![a-z])",
    re.IGNORECASE,
)
_WHOLE = frozenset(("html", "body", "main", "article"))  # whose names tell how the page is arranged, not what it is


def are_comments(element: Any) -> bool:
    """Whether an element says by its name that it holds what readers wrote."""
    return bool(_COMMENTS.search(f"{element.get('class') or ''} {element.get('id') or ''}"))


_COMMENTS = re.compile(
    r"(?<![a-z])(?:comments?(?:-?list|-?thread|-?area|-?section|-?body)?|disqus\w*)(?![a-z])", re.IGNORECASE
)


def is_aside_by_name(names: str) -> bool:
    """Whether an element's names say that it holds comments or other stories."""
    return bool(_ASIDE.search(names))


def is_aside(element: Any) -> bool:
    """Whether an element stands in a comment, among other stories, in a footer or in a menu."""
    for here in islice(chain((element,), element.iterancestors()), _MOST):
        if here.tag in ("aside", "footer", "nav"):
            return True
        if here.tag not in _WHOLE and _ASIDE.search(f"{here.get('class') or ''} {here.get('id') or ''}"):
            return True
    return False


def _microdata(tree: Any) -> dict[str, tuple[str, ...]]:
    """Values of itemprop attributes outside the head, by name."""
    items: dict[str, list[str]] = {}
    for element in tree.xpath("//body//*[@itemprop]")[: _MOST * 4]:
        value = element.get("content") or element.get("datetime") or ""
        for name in element.get("itemprop").lower().split():
            if name in _ITEMS and len(items.setdefault(name, [])) < _MOST and (text := clean(value) or _text(element)):
                items[name].append(text)
    return {name: tuple(values) for name, values in items.items()}


_ITEMS = frozenset(("headline", "datepublished", "datemodified", "datecreated", "author", "articlesection", "name"))


def _signed(tree: Any) -> tuple[str, ...]:
    """The texts of links that name the page's author."""
    return tuple(dict.fromkeys(_text(element) for element in tree.xpath("//body//a[@rel='author']")[:_MOST]))


def json_ld_articles(
    scripts: Iterable[str], address: str = "", said: Sequence[str] = ()
) -> tuple[Node, tuple[str, ...]]:
    """The node of the page's article, and the headlines of nodes that are of other articles.

    The node is empty where there is none; the most telling type wins, then the fullest node.

    An article whose address is the page's, or whose headline is among the texts ``said`` by its title and headings, is
    the page's own; one that the page contradicts never is.
    """
    nodes: list[Node] = []
    for script in scripts:
        nodes.extend(_walk(_parsed(script)))
    named = {node["@id"]: node for node in nodes if isinstance(node.get("@id"), str) and len(node) > 1}
    best: Node = {}
    score = (0, 0, 0)
    others: list[str] = []
    words = [_words(text) for text in said]
    for node in nodes:
        rank = max((_ARTICLES.get(kind, 0) for kind in _kinds(node)), default=0)
        if not rank:
            continue
        fits = _fits(node, address, words)
        if fits < 0:
            others.append(clean(str(node.get("headline"))))
            continue
        here = (fits, rank, sum(key in node for key in ("headline", "datePublished", "author", "articleBody")))
        if here > score:
            best, score = node, here
    return {key: _resolved(value, named) for key, value in best.items()}, tuple(dict.fromkeys(others))


_SHARED = 0.34  # of a headline's words: one that shares fewer with the page's own is another's


def _fits(node: Node, address: str, said: Sequence[frozenset[str]]) -> int:
    """Whether an article's node is the page's: 1 where it is, -1 where the page contradicts it, else 0."""
    place = node.get("mainEntityOfPage")
    place = place.get("@id") or place.get("url") if isinstance(place, dict) else place
    places = [_path(value) for value in (node.get("url"), place, node.get("@id")) if isinstance(value, str)]
    own = _path(address)
    if own and own in places:
        return 1
    headline = node.get("headline")
    words = _words(clean(headline)) if isinstance(headline, str) else frozenset()
    if not words or not any(said):
        return 0
    shared = max(len(words & other) / min(len(words), len(other)) for other in said if other)
    if shared >= _SHARED:
        return 1 if shared > 2 * _SHARED else 0
    return -1 if len(words) > 1 else 0


def _words(text: str) -> frozenset[str]:
    """The words of a text for comparing headlines; of a script without spaces its characters in pairs."""
    words = re.findall(r"\w+", text.lower())
    if text.isascii() or not any(len(word) > 1 and ord(max(word)) > 0x2E80 for word in words):
        return frozenset(words)
    return frozenset(word[n : n + 2] for word in words for n in range(max(len(word) - 1, 1)))


def _path(address: str) -> str:
    """An address without what differs between two ways of writing it."""
    found = re.match(r"https?://(?:www\.|m\.|amp\.)?([^?#]+)", address.strip().lower())
    path = found[1].rstrip("/") if found else ""
    return path if "/" in path else ""  # a site's front page is no article's address


def json_ld_breadcrumbs(scripts: Iterable[str]) -> tuple[str, ...]:
    """The names of the page's first breadcrumb list, outermost first."""
    for script in scripts:
        if "BreadcrumbList" in script:
            for node in _walk(_parsed(script)):
                if "breadcrumblist" in _kinds(node) and isinstance(node.get("itemListElement"), list):
                    return tuple(name for item in node["itemListElement"] if (name := _crumb(item)))
    return ()


def _crumb(item: Any) -> str:
    if not isinstance(item, dict):
        return ""
    inner = item.get("item")
    name = item.get("name") or (inner.get("name") if isinstance(inner, dict) else "")
    return name.strip() if isinstance(name, str) else ""


def _resolved(value: Any, named: dict[str, Node]) -> Any:
    """A value whose bare references ({"@id": …}) are replaced by the nodes they name."""
    if isinstance(value, list):
        return [_resolved(item, named) for item in value]
    if isinstance(value, dict) and isinstance(value.get("@id"), str) and "name" not in value:
        return named.get(value["@id"], value)
    return value


def _kinds(node: Node) -> tuple[str, ...]:
    """The types of a node, in lower case and without the vocabulary's address."""
    value = node.get("@type")
    values = value if isinstance(value, list) else [value]
    return tuple(v.rpartition("/")[2].lower() for v in values if isinstance(v, str))


def _parsed(script: str) -> Any:
    text = _WRAPPING.sub("", _WRAPPING.sub("", script)).strip()
    for attempt in (text, _TRAILING.sub(r"\1", text)):  # a comma after the last item is common
        try:
            return json.loads(attempt, strict=False)
        except (ValueError, RecursionError):
            continue
    return _scraped(text)


_PAIR = re.compile(
    r'"(headline|datePublished|dateModified|articleSection|description|inLanguage)"\s*:\s*"((?:[^"\\]|\\.)*)"'
)


def _scraped(text: str) -> Node:
    """The plain fields of a script that is no JSON, where it speaks of an article at all."""
    if not re.search(r'"@type"\s*:\s*\[?\s*"\w*(?:Article|Posting)"', text):
        return {}
    node: Node = {"@type": "Article"}
    for name, raw in _PAIR.findall(text):
        try:
            node.setdefault(name, json.loads(f'"{raw}"', strict=False))
        except ValueError:
            continue
    if found := re.search(r'"author"\s*:\s*[\[{][^\]}]*?"name"\s*:\s*"((?:[^"\\]|\\.)*)"', text):
        node["author"] = {"name": found[1]}
    return node


def _walk(value: Any) -> Iterator[Node]:
    """Every node below a parsed script, outermost first."""
    queue, seen = [(value, 0)], 0
    while queue and seen < _NODES:
        here, depth = queue.pop(0)
        if isinstance(here, list):
            queue.extend((item, depth + 1) for item in here if depth < _DEPTH)
        elif isinstance(here, dict):
            seen += 1
            yield here
            nested = (v for k, v in here.items() if isinstance(v, (dict, list)) and k not in ("comment", "review"))
            queue.extend((item, depth + 1) for item in nested if depth < _DEPTH)
