"""reStructuredText, as far as articles use it → Markdown: headings, links, code, pictures, quotations.

In: a text without its head. Out: Markdown. A directive that has no counterpart stays to be seen, and is told.
"""

from __future__ import annotations

import re
import textwrap

from broadsheet.errors import Place, Problem, warning

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
    problems.append(warning("import-tag", f"the directive {name!r} means nothing here: shown as it is", place))
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
