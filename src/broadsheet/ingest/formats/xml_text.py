"""XML as it comes → a tree that can be read: junk around it, entities, items that are broken, files that are cut off.

In: a ``Source`` that holds XML, and the names of what holds a story in it. Out: ``ParsedXml``, a tree whose elements
know their lines, and problems that say what was left out. Entities are never fetched, nor unfolded but for single
characters and short words.
"""

from __future__ import annotations

import functools
import re
from collections.abc import Iterator, Sequence
from html.entities import html5
from typing import Any

import msgspec
from lxml import etree

from broadsheet.errors import Place, Problem, fail, warning
from broadsheet.ingest.extract import charset
from broadsheet.ingest.extract.draft import Source
from broadsheet.text import clip

_WORD = 200  # characters that an entity may stand for
_GROWTH = 1_000_000  # characters by which all entities together may lengthen a file

_ROOTS = r"rss|feed|rdf|nitf|newsml|newsmessage|newsitem|packageitem|conceptitem|knowledgeitem|channel"
_START = re.compile(rf"<\?xml\b|<!DOCTYPE\s+(?!html)|<(?:[\w-]+:)?(?:{_ROOTS})\b", re.IGNORECASE)
_DOCTYPE = re.compile(r"<!DOCTYPE\b[^>\[]*(?:\[(?:[^\]\"']|\"[^\"]*\"|'[^']*')*\]\s*)?>", re.IGNORECASE)
_ENTITY = re.compile(r"<!ENTITY\s+(%\s+)?([\w.-]+)\s+(?:(SYSTEM|PUBLIC)\b([^>]*)|\"([^\"]*)\"|'([^']*)')\s*>")
_HARMLESS = re.compile(r"\s*[\"']-//W3C//ENTITIES ")
_OPAQUE = re.compile(r"(<!\[CDATA\[.*?(?:\]\]>|\Z)|<!--.*?(?:-->|\Z)|<\?.*?(?:\?>|\Z))", re.DOTALL)
_AMP = re.compile(r"&(?:#(\d{1,7});|#[xX]([0-9a-fA-F]{1,6});|(\w{1,40});)?")
_OWN = frozenset(("amp", "lt", "gt", "quot", "apos"))  # of XML itself


class ParsedXml(msgspec.Struct, frozen=True):
    """A tree, the text that it was made of, what was wrong with it, and the items of it that are not whole.

    ``cut`` says that the file ends in the middle of its last item, ``guessed`` that its charset is a guess.
    """

    root: Any
    text: str
    problems: tuple[Problem, ...]
    damaged: frozenset[Any]
    cut: bool = False
    guessed: bool = False


def parse(source: Source, names: Sequence[str]) -> ParsedXml:
    """The tree of a source.

    ``names`` are the elements that hold a story each, in lower case; where the file is broken each is read by itself.
    Raises BroadsheetError: ``xml-entities`` for entities that unfold or fetch, ``not-xml`` with the line.
    """
    text, doubt = charset.xml_text(source.data, source.name)
    guessed = bool(doubt) and not doubt.endswith("and is UTF-8")
    problems: list[Problem] = []
    if doubt:
        hint = "Check the accented letters in the story; if they are wrong, save the file as UTF-8."
        problems.append(warning("charset-wrong", doubt, Place(source.name, 1), hint))
    whole = text
    text = _bare(text, source, problems)
    text = _entities(text, source)
    try:
        return ParsedXml(
            etree.fromstring(text.encode(), _parser()), whole, tuple(problems), frozenset(), guessed=guessed
        )
    except etree.XMLSyntaxError as cause:
        found = _pieced(text, whole, source, names, cause, problems)
        return msgspec.structs.replace(found, guessed=guessed)


def line(element: Any) -> int:
    """The line that an element begins on."""
    return element.sourceline or 1


def last_line(element: Any) -> int:
    """The line that an element's text ends on."""
    return line(element) + sum((part or "").count("\n") for e in element.iter() for part in _texts(e, element))


def _texts(element: Any, outer: Any) -> tuple[str | None, ...]:
    return (element.text,) if element is outer else (element.text, element.tail)


def local(element: Any) -> str:
    """An element's name in lower case without its namespace, or a prefix that nothing declares; "" for a comment."""
    if not isinstance(element.tag, str):
        return ""
    return str(element.tag.rpartition("}")[2].rpartition(":")[2].lower())


def _parser(*, recover: bool = False) -> Any:
    return etree.XMLParser(
        resolve_entities=False, no_network=True, load_dtd=False, remove_comments=True, remove_pis=True, recover=recover
    )


def _bare(text: str, source: Source, problems: list[Problem]) -> str:
    """XML without what a server put before and after it, without its declaration; its lines stay where they are."""
    start = _START.search(text)
    if start and text[: start.start()].strip():
        junk = text[: start.start()]
        said = clip(" ".join(re.sub(r"<[^>]*>", " ", junk).split()) or junk.strip(), 80)
        message = f"text before the XML, such as a server's warning, was left out: {said!r}"
        problems.append(
            warning("feed-damaged", message, Place(source.name, 1), "Ask whoever runs the feed to correct it.")
        )
    at = start.start() if start else 0
    text = "\n" * text.count("\n", 0, at) + text[at:].lstrip(" \t") if at else text
    declaration = re.match(r"\s*<\?xml[^>]*\?>", text)
    if declaration:
        text = "\n" * text.count("\n", 0, declaration.end()) + text[declaration.end() :]
    tails = list(re.finditer(rf"</(?:[\w-]+:)?(?:{_ROOTS})\s*>", text[-20_000:], re.IGNORECASE))
    if tails and (tail := text[max(0, len(text) - 20_000) + tails[-1].end() :]) and _loose(tail):
        message = f"text after the XML was left out: {clip(' '.join(tail.split()), 80)!r}"
        problems.append(warning("feed-damaged", message, Place(source.name, text.count("\n") + 1)))
        text = text[: len(text) - len(tail)]
    return text


def _loose(tail: str) -> bool:
    """Whether what stands after the last end tag is no comment and no white space."""
    return bool(_OPAQUE.sub("", tail).strip())


def _entities(text: str, source: Source) -> str:
    """XML without its document type; entities of characters and short words in their places.

    Raises BroadsheetError (``xml-entities``) for entities that hold others, or are fetched.
    """
    prologue = re.match(r"(?:\s+|<!--.*?-->|<\?.*?\?>)*", text, re.DOTALL)
    start = prologue.end() if prologue else 0
    declared: dict[str, str] = {}
    if re.match(r"<!DOCTYPE\b", text[start : start + 10], re.IGNORECASE):
        found = _DOCTYPE.match(text, start)
        if not found:
            raise _hostile(source)
        declared = _declared(found[0], source)
        text = text[:start] + "\n" * found[0].count("\n") + text[found.end() :]
    if "<!ENTITY" in _OPAQUE.sub("", text):
        raise _hostile(source)
    if "&" not in text:
        return text
    made = "".join(
        part if n % 2 else _AMP.sub(functools.partial(_reference, declared), part)
        for n, part in enumerate(_OPAQUE.split(text))
    )
    if declared and len(made) > len(text) + _GROWTH:
        raise _hostile(source)
    return made


def _declared(doctype: str, source: Source) -> dict[str, str]:
    """The characters and short words that a document type names.

    Raises BroadsheetError (``xml-entities``) for anything else; the W3C's sets of characters are known.
    """
    declared: dict[str, str] = {}
    entities = _ENTITY.findall(doctype)
    for parameter, name, kind, external, double, single in entities:
        value = _number_references(double or single)
        if kind:
            harmful = not (parameter and _HARMLESS.match(external))
        else:
            harmful = bool(parameter) or len(value) > _WORD or not {"&", "<", "%"}.isdisjoint(value)
            declared[name] = value
        if harmful:
            raise _hostile(source)
    if doctype.count("<!ENTITY") != len(entities):
        raise _hostile(source)
    return declared


def _hostile(source: Source) -> Exception:
    message = "the file declares its own XML entities, nested or external"
    return fail("xml-entities", message, Place(source.name), "Remove its DOCTYPE.")


def _number_references(value: str) -> str:
    return re.sub(r"&#(?:(\d{1,7})|[xX]([0-9a-fA-F]{1,6}));", lambda f: _character(f[1], f[2]), value)


def _character(decimal: str | None, hexadecimal: str | None) -> str:
    """The character of a number, as browsers read it: 128 to 159 are those of Windows-1252."""
    number = int(decimal) if decimal else int(hexadecimal or "0", 16)
    if 0x80 <= number <= 0x9F:
        return bytes([number]).decode("cp1252", "ignore")
    legal = number in (9, 10, 13) or 0x20 <= number <= 0xD7FF or 0xE000 <= number <= 0xFFFD
    return chr(number) if legal or 0x10000 <= number <= 0x10FFFF else ""


def _reference(declared: dict[str, str], found: re.Match[str]) -> str:
    """One reference as XML can have it: a number, a name of XML's own, else the characters; a lone & is one."""
    decimal, hexadecimal, name = found.groups()
    if name in _OWN:
        return found[0]
    if name in declared:
        return _quoted(declared[name])
    if name and (character := html5.get(f"{name};")):
        return _quoted(character)
    if decimal or hexadecimal:
        return _quoted(_character(decimal, hexadecimal))
    return f"&amp;{found[0][1:]}"


def _quoted(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def _pieced(
    text: str, whole: str, source: Source, names: Sequence[str], cause: etree.XMLSyntaxError, problems: list[Problem]
) -> ParsedXml:
    """The tree of a file that is not well-formed: its head, and each of its items read by itself.

    Raises BroadsheetError (``not-xml``) where no item with a text is left.
    """
    spans, cut = _spans(text, names)
    place = Place(source.name, cause.lineno or 0)
    alone = bool(spans) and not text[: spans[0][0]].strip()
    root = _head(text if alone or not spans else text[: spans[0][0]])
    if root is None or not spans or (alone and not "".join(root.itertext()).strip()):
        raise fail("not-xml", f"not well-formed XML: {cause.msg}", place, "Save the item again, or as text.") from cause
    opening = _opening(text[: spans[0][0]], text)
    inner = next((e for e in root.iter() if local(e) in _HOLDERS), root)
    damaged: set[Any] = {root} if alone else set()
    lost = 0
    first, seen = 1, 0
    for start, end in () if alone else spans:
        first, seen = first + text.count("\n", seen, start), start
        item, sound = _item(text[start:end], opening, first)
        if item is None:
            lost += 1
            continue
        inner.append(item)
        if not sound or (cut and end == len(text)):
            damaged.add(item)
    if not damaged and not lost and "prefix" in cause.msg:  # an extension that the file does not declare
        return ParsedXml(root, whole, tuple(problems), frozenset())
    if not damaged and not lost and not cut:
        message = f"not well-formed XML, but each of its items could be read: {cause.msg}"
        return ParsedXml(root, whole, (*problems, warning("feed-damaged", message, place)), frozenset())
    parts = [f"it ends in the middle of its last of {len(spans)} items"] if cut else []
    parts += [f"{len(damaged)} of {len(spans)} items are damaged and were read as far as they go"] if damaged else []
    parts += [f"{lost} of {len(spans)} items could not be read at all"] if lost else []
    message = f"not well-formed XML ({cause.msg}): {'; '.join(parts)}"
    hint = "Fetch it again; compare those items with the source."
    found = warning("feed-damaged", message, place, hint)
    return ParsedXml(root, whole, (*problems, found), frozenset(damaged), cut)


_HOLDERS = ("channel", "itemset", "newsmessage")


def _spans(text: str, names: Sequence[str]) -> tuple[list[tuple[int, int]], bool]:
    """Where each item begins and ends, and whether the last one has no end. Nothing within CDATA counts."""
    masked = _OPAQUE.sub(lambda found: " " * len(found[0]), text)
    tag = re.compile(rf"<(/?)(?:[\w-]+:)?({'|'.join(names)})(?=[\s>/])[^>]*>", re.IGNORECASE)
    spans: list[tuple[int, int]] = []
    start, depth = -1, 0
    for found in tag.finditer(masked):
        if found[0].endswith("/>"):
            continue
        if not found[1]:
            if depth and found[2].lower() in ("item", "entry"):  # of feeds: one never holds another
                spans.append((start, found.start()))
                depth = 0
            start = start if depth else found.start()
            depth += 1
        elif depth:
            depth -= 1
            if not depth:
                spans.append((start, found.end()))
    if depth:
        spans.append((start, len(text)))
    return spans, depth > 0


def _head(text: str) -> Any:
    try:
        return etree.fromstring(text.lstrip().encode(), _parser(recover=True))
    except etree.XMLSyntaxError:
        return None


def _opening(head: str, text: str) -> str:
    """A start tag with the namespaces of the head, and with one for each prefix that the text uses without."""
    kept = re.findall(r"\s(?:xmlns(?::[\w-]+)?|xml:base|xml:lang)\s*=\s*(?:\"[^\"<]*\"|'[^'<]*')", head)
    known = {one.split("=")[0].strip(): one for one in reversed(kept)}
    for prefix in set(re.findall(r"[<\s/]([A-Za-z][\w-]*):[\w-]+[\s=>/]", text)) - {"xml", "xmlns"}:
        known.setdefault(f"xmlns:{prefix}", f' xmlns:{prefix}="urn:undeclared:{prefix}"')
    return f"<broadsheet{''.join(known.values())}>"


def _item(text: str, opening: str, first: int) -> tuple[Any, bool]:
    """One item, and whether it is whole: as it is, else with marked-up texts as such, else as far as it can be read."""
    if text.rfind("<![CDATA[") > text.rfind("]]>"):  # the file ends in it
        text += "]]>"
    for part, recover in ((text, False), (_wrapped(text), False), (text, True)):
        try:
            root = etree.fromstring(f"{opening}{part}</broadsheet>".encode(), _parser(recover=recover))
        except etree.XMLSyntaxError:
            continue
        if root is not None and len(root):
            item = root[0]
            for element in item.iter():
                element.sourceline = (element.sourceline or 1) + first - 1
            return item, not recover
    return None, False


_LEAVES = "title|description|summary|content|encoded|author|creator|category|subtitle|name|rights|copyright"


_LEAF = re.compile(
    rf"(<(?P<tag>(?:[\w-]+:)?(?:{_LEAVES}))\b[^>]*(?<!/)>)(.*?)(</(?P=tag)\s*>)", re.DOTALL | re.IGNORECASE
)


def _wrapped(text: str) -> str:
    """An item in which the text of leaf elements that holds tags stands as CDATA."""

    def wrap(found: re.Match[str]) -> str:
        inner = found[3]
        if "<![CDATA[" in inner or "<" not in inner:
            return found[0]
        return f"{found[1]}<![CDATA[{inner.replace(']]>', ']]&gt;')}]]>{found[4]}"

    return _LEAF.sub(wrap, text)


def walk(element: Any) -> Iterator[Any]:
    """The elements below one, in the order of the file."""
    return (e for e in element.iter() if isinstance(e.tag, str) and e is not element)
