"""Markup of other generators → Markdown: reStructuredText as articles use it, Hugo's shortcodes, Jekyll's Liquid.

In: a text, its file, the line where it begins. Out: Markdown, and a warning for what means nothing here.
"""

from __future__ import annotations

import re
import shlex
import textwrap
from collections.abc import Callable, Mapping
from html import escape
from types import MappingProxyType
from typing import NamedTuple

from broadsheet.content import targets
from broadsheet.errors import Place, Problem, warning
from broadsheet.text import slug

_RULE = re.compile(r"([=\-~^\"'`#*+_.:])\1{2,}\s*\Z")
_DIRECTIVE = re.compile(r"\.\. ([\w-]+(?::[\w-]+)?)::\s*(.*)")
_TARGET = re.compile(r"\.\. _`?([^:`]+)`?:\s*(\S.*)")
_OPTION = re.compile(r"\s+:([\w-]+):\s*(.*)")
_LINK = re.compile(r"`([^`<>]*)<([^<>`]+)>`__?")
_NAMED = re.compile(r"`([^`<>]+)`_(?!_)|(?<![\w`])([A-Za-z][\w-]*)_(?![\w`])")
_LITERAL = re.compile(r"``(.+?)``")
_ROLE = re.compile(r":[\w-]+:`([^`]+)`")


def markdown(text: str, file: str, first: int, problems: list[Problem]) -> str:
    """The Markdown of a text whose first line is ``first`` of its file."""
    rows = text.split("\n")
    targets = {found[1].strip().lower(): found[2].strip() for row in rows if (found := _TARGET.fullmatch(row))}
    made: list[str] = []
    levels: list[str] = []
    at = 0
    while at < len(rows):
        row = rows[at]
        under = rows[at + 1] if at + 1 < len(rows) else ""
        if row.strip() and not row.startswith(" ") and _RULE.match(under) and len(under.strip()) >= len(row.strip()):
            if under[0] not in levels:
                levels.append(under[0])
            made.append(f"{'#' * (levels.index(under[0]) + 2)} {_inline(row.strip(), targets)}")
            at += 2
        elif _RULE.match(row):
            at += 1  # the rule above a heading
        elif _TARGET.fullmatch(row):
            at += 1
        elif found := _DIRECTIVE.fullmatch(row):
            end = _end(rows, at + 1)
            made += _directive(found[1], found[2], rows[at + 1 : end], targets) or _unknown(
                rows[at:end], Place(file, first + at), found[1], problems
            )
            at = end
        elif row.startswith(".. "):
            at = _end(rows, at + 1)  # a comment
        elif row.rstrip().endswith("::") and not row.lstrip().startswith(".."):
            end = _end(rows, at + 1)
            said = row.rstrip()[:-1] if row.strip() != "::" else ""
            made += [_inline(said, targets), "", *_fenced("", rows[at + 1 : end])]
            at = end
        else:
            made.append(_inline(row, targets))
            at += 1
    return re.sub(r"\n{3,}", "\n\n", "\n".join(made))


def _directive(name: str, word: str, block: list[str], targets: dict[str, str]) -> list[str]:
    options = {found[1]: found[2].strip() for row in block if (found := _OPTION.fullmatch(row))}
    body = [row for row in block if not _OPTION.fullmatch(row)]
    if name in ("code-block", "code", "sourcecode"):
        return _fenced(word, body)
    if name in ("image", "figure"):
        caption = " ".join(row.strip() for row in body if row.strip())
        picture = f"![{options.get('alt') or caption}]({word})"
        if target := options.get("target"):
            picture = f"[{picture}]({target})"
        return [picture, "", f"*{_inline(caption, targets)}*" if caption else "", ""]
    if name in ("note", "warning", "tip", "important", "epigraph", "pull-quote", "attention"):
        return [*(f"> {_inline(row.strip(), targets)}".rstrip() for row in [word, *body] if row.strip()), ""]
    return [""] if name == "contents" else []


def _unknown(rows: list[str], place: Place, name: str, problems: list[Problem]) -> list[str]:
    problems.append(warning("import-tag", f"the directive {name!r} is not supported: shown as code", place))
    return _fenced("rst", rows)


def _fenced(language: str, rows: list[str]) -> list[str]:
    code = textwrap.dedent("\n".join(rows)).strip("\n")
    fence = "````" if "```" in code else "```"
    return [f"{fence}{language}", code, fence, ""]


def _end(rows: list[str], at: int) -> int:
    """Where an indented block ends."""
    while at < len(rows) and (not rows[at].strip() or rows[at][:1] in (" ", "\t")):
        at += 1
    while at and not rows[at - 1].strip():
        at -= 1
    return at


def _inline(text: str, targets: dict[str, str]) -> str:
    codes: list[str] = []

    def keep(found: re.Match[str]) -> str:
        codes.append(f"`{found[1]}`")
        return f"\0{len(codes) - 1}\0"

    def named(found: re.Match[str]) -> str:
        words = found[1] or found[2]
        target = targets.get(words.strip().lower())
        return f"[{words}]({target})" if target else str(found[0])

    text = _LITERAL.sub(keep, text)
    text = _LINK.sub(lambda found: f"[{found[1].strip() or found[2]}]({found[2].strip()})", text)
    text = _NAMED.sub(named, text)
    text = _ROLE.sub(keep, text)
    return re.sub(r"\0(\d+)\0", lambda found: codes[int(found[1])], text)


# Code is as it is; the first alternative that fits wins. No part may run past where the next one could begin: a text of
# such beginnings alone would take its square in time. What ends with a tag of its own is therefore looked for apart.
FENCE = r"^ {0,3}(?P<mark>`{3,}|~{3,})[^\n]*\n(?:.*?^ {0,3}(?P=mark)[`~]*[^\S\n]*$|.*\Z)"
CODE = r"(?<!`)(?P<tick>`{1,5})(?!`)[^\n`]{1,500}(?<!`)(?P=tick)(?!`)"
_SHORT = re.compile(
    rf"(?P<code>{FENCE}|{CODE})|(?P<tag>\{{\{{[<%](?P<inside>(?:(?!\{{\{{[<%]).)*?)[>%]\}}\}})",
    re.DOTALL | re.MULTILINE,
)
_LIQUID = re.compile(
    rf"(?P<code>{FENCE}|{CODE})|(?P<tag>\{{%-?\s*(?P<name>\w+)(?P<rest>[^%\n]*)%\}})"
    r"|(?P<value>\{\{(?P<inside>[^{}\n]*)\}\})|(?P<style>[^\S\n]?\{:[^{}\n]*\})",
    re.DOTALL | re.MULTILINE,
)
_ENDS = {
    "shortcode": re.compile(r"\{\{[<%]\s*/\s*highlight\s*[>%]\}\}"),
    **{name: re.compile(rf"\{{%-?\s*end{name}\s*-?%\}}") for name in ("raw", "highlight", "comment")},
}
_HEADING = re.compile(
    rf"(?P<code>{FENCE})|^(?P<head>#{{1,6}}[^\S\n][^\n{{}}]*[^\s{{}}])[^\S\n]*(?P<own>\{{[#.][^\n{{}}]*\}})[^\S\n]*$",
    re.DOTALL | re.MULTILINE,
)
# An address that is no link already, and no part of code, of a link or of HTML.
_BARE_URL = re.compile(
    rf"(?:{FENCE})|{CODE}|^(?: {{4}}|\t)[^\n]*"
    r"|<(?P<raw>pre|script|style)\b(?:(?!<(?P=raw)\b).)*?</(?P=raw)|^ {0,3}</?[A-Za-z!][^\n]*(?:\n[^\n]*\S[^\n]*)*"
    r"|<[^<>\n]{1,2000}>|^ {0,3}\[(?!\^)[^\[\]\n]{1,200}\]:[^\n]*"
    r"|(?:\[[^\[\]\n]{0,500})?\](?:\((?:[^()\n]|\([^()\n]*\)){0,2000}\)|\[[^\[\]\n]{0,200}\])"
    r"|(?P<bare>(?<![\w/=\"'])(?<!\]\()https?://[\w-][^\s<>\[\]`\"\\|]+)",
    re.DOTALL | re.MULTILINE,
)
_HTML = (".html", ".htm")
_MORE = re.compile(r"<!--\s*more\s*-->")
_PAIR = re.compile(r"([\w-]+)=(.*)", re.DOTALL)
_ROOTED = re.compile(r"[\"']([^\"']*)[\"']\s*\|\s*(?:relative_url|absolute_url|prepend:\s*site\.(?:baseurl|url))\b.*")
_ELSEWHERE = {
    "youtube": "https://www.youtube.com/watch?v={}",
    "vimeo": "https://vimeo.com/{}",
    "gist": "https://gist.github.com/{}",
    "tweet": "https://x.com/{}",
    "x": "https://x.com/{}",
    "instagram": "https://www.instagram.com/p/{}/",
}

Told = list[Problem]


def shortcodes(
    text: str, file: str, first: int, problems: Told, params: Mapping[str, str] = MappingProxyType({})
) -> str:
    """Hugo's text as Markdown: figures, references, listings, embedded videos; ``first`` is the text's first line.

    ``params`` are the plain values of the page, which a text may name.
    """

    def replaced(found: re.Match[str], ends: _Ends) -> tuple[str, int]:
        if found["code"]:
            return _shown_as_code(found[0]), found.end()
        inside = found["inside"].strip()
        if inside.startswith("/*"):  # how Hugo's authors show a shortcode
            return f"`{found[0].replace('/*', '', 1).replace('*/', '', 1)}`", found.end()
        name, words, keys = _words(inside)
        if name == "highlight" and (end := ends.after("shortcode", found.end())):
            return _listing(words[0] if words else "", text[found.end() : end.start()]), end.end()
        made = params.get(words[0].lower()) if name == "param" and words else _shortcode(name, words, keys)
        if made is None:
            _tell(problems, text, found, file, first, f"the shortcode {name!r} is not supported: shown as code")
        return _code(found[0]) if made is None else made, found.end()

    text, ids = _headings(_MORE.sub("", text))
    text = _rewritten(text, _SHORT, replaced) if "{{" in text else text
    if ids:
        text = re.sub(r"\]\(#([^\s()]+)\)", lambda found: f"](#{ids.get(found[1], found[1])})", text)
    return text if file.endswith(_HTML) else _BARE_URL.sub(_linked, text)


def _headings(text: str) -> tuple[str, dict[str, str]]:
    """A text whose headings carry no ids of their own, and the ids that they get here."""
    ids: dict[str, str] = {}

    def heading(found: re.Match[str]) -> str:
        if found["code"]:
            return found[0]
        if named := re.search(r"#([^\s{}]+)", found["own"]):
            ids[named[1]] = slug(re.sub(r"[*_`]", "", found["head"].lstrip("#")), default="section")
        return found["head"]

    return _HEADING.sub(heading, text), ids


def _linked(found: re.Match[str]) -> str:
    """A bare address as a link, as Hugo's Markdown makes one of it; the marks behind it belong to the sentence."""
    if not found["bare"]:
        return found[0]
    address = found["bare"].rstrip("?!.,:;*_~'\"")
    ended = len(address) - len(address.rstrip(")"))
    over = min(ended, address.count(")") - address.count("("))
    address = address[: len(address) - over] if over > 0 else address
    return f"<{address}>{found['bare'][len(address) :]}"


class Known(NamedTuple):
    """What a text may ask of its site: the address of a post's name, and plain settings."""

    link: Callable[[str], str]
    words: Mapping[str, str] = MappingProxyType({})


def liquid(text: str, file: str, first: int, problems: Told, known: Known) -> str:
    """Jekyll's text as Markdown: listings, addresses, links to posts, plain settings."""

    def replaced(found: re.Match[str], ends: _Ends) -> tuple[str, int]:
        if found["code"]:
            return found[0], found.end()
        if found["style"]:
            return "", found.end()
        name = found["name"] or ""
        if name in _ENDS and (end := ends.after(name, found.end())):
            inside = text[found.end() : end.start()]
            return _pair(name, found["rest"].strip(" -"), inside), end.end()
        made = (
            _value(found["inside"].strip(), known.words)
            if found["value"]
            else _liquid(name, found["rest"].strip(" -"), known.link)
        )
        if made is None:
            _tell(problems, text, found, file, first, "Liquid that is not supported: shown as code")
        return _code(found[0]) if made is None else made, found.end()

    return _rewritten(text, _LIQUID, replaced) if "{" in text else text


class _Ends:
    """Where the tags are that end others; what was not found once is not looked for again."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._missing: set[str] = set()

    def after(self, name: str, at: int) -> re.Match[str] | None:
        """The first end of a kind after a place."""
        found = None if name in self._missing else _ENDS[name].search(self._text, at)
        if found is None:
            self._missing.add(name)
        return found


def _rewritten(text: str, pattern: re.Pattern[str], replaced: Callable[[re.Match[str], _Ends], tuple[str, int]]) -> str:
    """A text with what a pattern finds replaced; ``replaced`` also tells where to go on."""
    made: list[str] = []
    ends = _Ends(text)
    at = 0
    while found := pattern.search(text, at):
        made.append(text[at : found.start()])
        words, at = replaced(found, ends)
        made.append(words)
    return "".join((*made, text[at:]))


def _pair(name: str, rest: str, inside: str) -> str:
    """What stands between a tag and its end."""
    if name == "highlight":
        return _listing(rest.split(maxsplit=1)[0] if rest else "", inside)
    return inside if name == "raw" else "\n" * inside.count("\n")


def _shortcode(name: str, words: list[str], keys: dict[str, str]) -> str | None:
    """What a shortcode of Hugo's own becomes; None for one that has no meaning here."""
    if name == "figure" or (name == "img" and "src" in keys):
        alt = keys.get("alt") or keys.get("caption") or keys.get("title") or ""
        told = " | ".join(filter(None, (": ".join(filter(None, (_said(keys, "title"), _said(keys, "caption")))),
                                        _said(keys, "attr"))))  # fmt: skip
        title = f' "{targets.quoted(told)}"' if told and not keys.get("link") else ""
        picture = f"![{_bare(_unmarked(alt))}]({_target(keys.get('src', ''))}{title})"
        if not keys.get("link"):
            return picture
        return f"[{picture}]({_target(keys['link'])})" + (f"\n\n{told}" if told else "")
    if name in ("ref", "relref"):
        path = words[0] if words else keys.get("path", "")
        return _target(path)
    if name in _ELSEWHERE and (words or keys):
        said = "/".join([*words, *(keys.get(key, "") for key in ("user", "id"))]).strip("/")
        address = _ELSEWHERE[name].format(
            f"{keys['user']}/status/{keys['id']}" if {"user", "id"} <= keys.keys() else said
        )
        return f"<{address}>" if re.fullmatch(r"https://[^\s<>]+", address) else None
    if name in ("audio", "video", "file", "pdf") and (source := keys.get("src") or next(iter(words), "")):
        return f"[{_bare(keys.get('title') or source.rpartition('/')[2])}]({_target(source)})"
    if name == "details":
        return f"<details><summary>{escape(keys.get('summary') or 'Details')}</summary>\n"
    if name == "/details":
        return "\n</details>"
    return "" if name in ("toc", "comment", "/comment") else None


def _said(keys: Mapping[str, str], name: str) -> str:
    return _unmarked(" ".join(keys.get(name, "").split()))


def _unmarked(text: str) -> str:
    """Words without the marks of Markdown and HTML, as a picture's title and text are read."""
    text = re.sub(r"\[([^\[\]]{0,300})\]\([^()]{0,500}\)", r"\1", re.sub(r"<[^<>]{1,500}>", "", text))
    return re.sub(r"(\*\*|__|[*_`])(?=\S)([^*_`]{1,500})(?<=\S)\1", r"\2", text)


def _liquid(name: str, rest: str, link: Callable[[str], str]) -> str | None:
    if name in ("post_url", "link"):
        return link(rest)
    if name in ("youtube", "vimeo", "gist", "tweet") and rest:
        said = rest.split(maxsplit=1)[0].strip("\"'")
        return f"<{said if said.startswith('https://') else _ELSEWHERE[name].format(said)}>"
    return "" if name == "toc" else None


def _value(inside: str, words: Mapping[str, str]) -> str | None:
    if inside in ("site.baseurl", "site.url", "site.github.url"):
        return ""
    rooted = _ROOTED.fullmatch(inside)
    if rooted:
        return rooted[1] if rooted[1].startswith(("/", "http")) else f"/{rooted[1]}"
    return words.get(inside.removeprefix("site.")) if inside.startswith("site.") else None


def _words(inside: str) -> tuple[str, list[str], dict[str, str]]:
    """A shortcode's name, its values in order, and those with a key."""
    try:
        parts = shlex.split(inside.replace("`", '"').rstrip("/").strip())
    except ValueError:  # a quote that does not end
        parts = inside.split()
    name, *rest = parts or [""]
    keys = {pair[1].lower(): pair[2] for part in rest if (pair := _PAIR.fullmatch(part))}
    return name.lower(), [part for part in rest if not _PAIR.fullmatch(part)], keys


def _tell(problems: Told, text: str, found: re.Match[str], file: str, first: int, message: str) -> None:
    line = first + text.count("\n", 0, found.start())
    problems.append(warning("import-tag", message, Place(file, line), found[0].strip()[:100]))


def _shown_as_code(code: str) -> str:
    """Code as it is, with Hugo's marks that keep a shortcode from being run taken off."""
    return re.sub(r"(\{\{[<%])/\*(.*?)\*/([>%]\}\})", r"\1\2\3", code)


def _listing(language: str, code: str) -> str:
    fence = "```"
    while fence in code:
        fence += "`"
    return f"{fence}{language}\n{code.strip(chr(10))}\n{fence}"


def _code(text: str) -> str:
    """A tag that stays to be seen."""
    plain = " ".join(text.split())
    fence = "``" if "`" in plain else "`"
    return f"{fence} {plain} {fence}" if fence == "``" else f"`{plain}`"


def _bare(text: str) -> str:
    return re.sub(r"([\[\]\\])", r"\\\1", " ".join(text.split()))


def _target(address: str) -> str:
    return f"<{address}>" if re.search(r"[\s()]", address) else address
