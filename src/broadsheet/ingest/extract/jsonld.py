"""What a page says of itself in JSON-LD (schema.org): the article among everything else that sites put there.

In: the texts of a page's ``application/ld+json`` scripts. Out: the article's node, its references resolved. Broken
JSON, comments, trailing commas, arrays, @graph and nesting are met in practice and borne with; nothing raises.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator
from typing import Any

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


def article(scripts: Iterable[str]) -> Node:
    """The node of the page's article, empty where there is none; the most telling type wins, then the fullest node."""
    nodes: list[Node] = []
    for script in scripts:
        nodes.extend(_walk(_parsed(script)))
    named = {node["@id"]: node for node in nodes if isinstance(node.get("@id"), str) and len(node) > 1}
    best: Node = {}
    score = (0, 0)
    for node in nodes:
        rank = max((_ARTICLES.get(kind, 0) for kind in kinds(node)), default=0)
        here = (rank, sum(key in node for key in ("headline", "datePublished", "author", "articleBody")))
        if rank and here > score:
            best, score = node, here
    return {key: _resolved(value, named) for key, value in best.items()}


def breadcrumbs(scripts: Iterable[str]) -> tuple[str, ...]:
    """The names of the page's first breadcrumb list, outermost first."""
    for script in scripts:
        if "BreadcrumbList" in script:
            for node in _walk(_parsed(script)):
                if "breadcrumblist" in kinds(node) and isinstance(node.get("itemListElement"), list):
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


def kinds(node: Node) -> tuple[str, ...]:
    """The types of a node, in lower case and without the vocabulary's address."""
    value = node.get("@type")
    values = value if isinstance(value, list) else [value]
    return tuple(v.rpartition("/")[2].lower() for v in values if isinstance(v, str))


def _parsed(script: str) -> Any:
    text = _WRAPPING.sub("", _WRAPPING.sub("", script)).strip()
    for attempt in (text, _TRAILING.sub(r"\1", text)):
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
