"""The pictures of a story file: which its body shows, which have no words, in what line one is named.

In: the text of a story file and its front matter's picture. Out: names as they are written, and problems.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

from broadsheet.errors import Place, Problem, warning
from broadsheet.model import Picture

# No part of these may hold the mark that begins the next one: else a text of such marks alone takes its square in time.
_SHOWN = re.compile(r"!\[(?:\\.|[^\[\]\\])*\]\(\s*<?([^()\s<>]+)")
_WORDLESS = re.compile(r"!\[\s*\]\(\s*<?([^()\s<>]+)")
_REMOTE = ("http:", "https:", "//")  # is not shown, and so needs no words


def shown(body: str) -> tuple[str, ...]:
    """The pictures that a Markdown body shows, each once."""
    return tuple(dict.fromkeys(_SHOWN.findall(body))) if "![" in body else ()


def wordless(data: bytes, file: str, image: Picture | None, pictures: tuple[str, ...]) -> Iterator[Problem]:
    """A warning for each picture of a story file without a text alternative (WCAG 2.2, 1.1.1)."""
    hint = "Say what it shows, for readers who cannot see it"
    if image and image.src and not image.alt and not image.src.startswith(_REMOTE):
        place = Place(file, _line(data.decode("utf-8", "replace"), image.src) or 1)
        yield warning("picture-alt", f"picture {image.src!r} has no alt text", place, f"{hint}: a line 'alt: …'.")
    if not pictures:
        return
    text = data.decode("utf-8", "replace")
    for found in _WORDLESS.finditer(text):
        if not found[1].startswith(_REMOTE):
            place = Place(file, text.count("\n", 0, found.start()) + 1)
            yield warning("picture-alt", f"picture {found[1]!r} has no alt text", place, f"{hint}: ![…]({found[1]}).")


def line_of(file: Path, name: str) -> int:
    """The line of a story file that names a picture; 0 where none does, or it cannot be read any more."""
    try:
        return _line(file.read_bytes().decode("utf-8", "replace"), name)
    except OSError:
        return 0


def _line(text: str, name: str) -> int:
    start = text.find(name)
    return text.count("\n", 0, start) + 1 if start >= 0 else 0
