"""What a body's HTML needs beside its tags: footnotes at its end, ids of headings, boxes of tasks, aligned columns.

In: the HTML that the Markdown parser wrote, and what sanitises it. Out: safe HTML. Everything that is added here is
added behind the sanitiser, so that no id and no attribute in it was chosen by the text.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from html import unescape
from typing import NamedTuple

from broadsheet.text import slug

Clean = Callable[[str], str]

# Noncharacters, which no text may hold and no sanitiser touches, around the number of a footnote.
_OPENS, _CLOSES = "\ufdd0", "\ufdd1"
_REFERENCE = re.compile(r'<sup class="footnote-reference"><a href="#[^"]*">(\d+)</a></sup>')
_DEFINITION = re.compile(
    r'<div class="footnote-definition" id="[^"]*"><sup class="footnote-definition-label">(\d+)</sup>\n?'
)
_DIV = re.compile(r"<(/?)div\b[^>]*>", re.IGNORECASE)
_MARK = re.compile(f"{_OPENS}(\\d+){_CLOSES}")
_LAST = re.compile(r"</p>\s*\Z")
_TASK = re.compile(r'<input disabled="" type="checkbox"( checked="")? ?/?>\n?')
_ALIGNED = re.compile(r'(<t[hd]) style="text-align: (left|center|right)"')
_HEADING = re.compile(r"<(h[2-6])>(.*?)</\1>", re.DOTALL)
_TAG = re.compile(r"<[^>]*>")
# Ids that pages of the shipped themes have; a heading must not take one from them.
_TAKEN = frozenset({"briefs", "keys", "main", "q", "related", "running", "thread", "threads"})


class _Note(NamedTuple):
    """A footnote: its number and its HTML as the parser wrote it."""

    number: str
    html: str


def prepared(html: str) -> str:
    """HTML of the parser's in which what the sanitiser would take away is written as it lets through."""
    if "<input " in html:
        html = _TASK.sub(lambda box: "☑ " if box[1] else "☐ ", html)
    if "text-align" in html:
        html = _ALIGNED.sub(r'\1 align="\2"', html)
    return html


def with_footnotes(html: str, clean: Clean) -> str:
    """Safe HTML whose footnotes stand at its end, each with links to where it is referred to.

    One that is defined and not referred to stands there as well: nothing that was written is lost.
    """
    body, notes = _parted(html.replace(_OPENS, "").replace(_CLOSES, ""))
    body = clean(_REFERENCE.sub(rf"{_OPENS}\1{_CLOSES}", body))
    cleaned = [_Note(note.number, clean(_REFERENCE.sub(rf"{_OPENS}\1{_CLOSES}", note.html)).strip()) for note in notes]
    known = {note.number for note in notes}
    seen: dict[str, int] = {}

    def reference(mark: re.Match[str]) -> str:
        number = mark[1]
        if number not in known:
            return number
        seen[number] = seen.get(number, 0) + 1
        again = f"-{seen[number]}" if seen[number] > 1 else ""
        return f'<sup><a id="fnref-{number}{again}" href="#fn-{number}">{number}</a></sup>'

    body = _MARK.sub(reference, body)
    inner = [_Note(note.number, _MARK.sub(reference, note.html)) for note in cleaned]
    items = "\n".join(_item(note, seen.get(note.number, 0)) for note in sorted(inner, key=lambda one: int(one.number)))
    return f'{body.rstrip()}\n<section class="footnotes"><hr>\n<ol>\n{items}\n</ol></section>\n' if items else body


def _parted(html: str) -> tuple[str, list[_Note]]:
    """The HTML without its footnotes, and these."""
    notes: dict[str, str] = {}
    rest, at = [], 0
    for found in _DEFINITION.finditer(html):
        if found.start() < at:  # raw HTML in a footnote that looks like one
            continue
        end, after = _end(html, found.end())
        rest.append(html[at : found.start()])
        notes[found[1]] = notes.get(found[1], "") + html[found.end() : end]  # two of one number: raw HTML made one
        at = after
    return "".join((*rest, html[at:])), [_Note(number, note) for number, note in notes.items()]


def _end(html: str, start: int) -> tuple[int, int]:
    """Where the contents of an element end, and the element itself, whose contents begin at ``start``."""
    depth = 1
    for tag in _DIV.finditer(html, start):
        depth += -1 if tag[1] else 1
        if not depth:
            return tag.start(), tag.end()
    return len(html), len(html)


def _item(note: _Note, references: int) -> str:
    back = "".join(
        f' <a href="#fnref-{note.number}{f"-{number}" if number > 1 else ""}">↩</a>'
        for number in range(1, references + 1)
    )
    html = note.html
    if back:
        html = f"{html[: ends.start()]}{back}</p>" if (ends := _LAST.search(html)) else f"{html}<p>{back.strip()}</p>"
    return f'<li id="fn-{note.number}">{html}</li>'


def with_ids(html: str) -> str:
    """Safe HTML whose headings have ids, made of their words as addresses are; no two are the same."""
    used = set(_TAKEN)

    def heading(found: re.Match[str]) -> str:
        name = slug(unescape(_TAG.sub("", found[2])), default="section")
        id_, number = name, 1
        while id_ in used:
            number += 1
            id_ = f"{name}-{number}"
        used.add(id_)
        return f'<{found[1]} id="{id_}">{found[2]}</{found[1]}>'

    return _HEADING.sub(heading, html)
