"""Pictures in pages: how content calls them, and what a browser chooses from.

In: addresses as an editor wrote them, pictures with their variants. Out: names below content/, ``srcset`` attributes.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from urllib.parse import unquote

from broadsheet.content.facts import remote
from broadsheet.model import Asset, Prose, Story, Text

FOLDER = "pictures"  # below content/
WEBP = "image/webp"
# How wide a body's picture is shown: a column of 66 characters, or all of a phone. A browser that lays out before it
# loads knows it better, and takes its own measure ("auto", HTML 4.8.4.2).
LANDSCAPE = 1.5
SHAPES = ((0.9, "tall"), (1.2, "square"), (2.0, ""))  # by width divided by height, up to but not including
SIZES = "auto, (min-width: 44rem) 40rem, 100vw"


def called(src: str) -> str:
    """The name below content/ that an address in content means."""
    return unquote(src.strip()).removeprefix("/").removeprefix("./")


def pictured(stories: Sequence[Story], texts: Iterable[Prose | Text]) -> set[str]:
    """The names of the pictures that these stories, pages and notes show."""
    named = {name for story in stories for name in story.pictures}
    named.update(name for text in texts for name in text.pictures)
    named.update(story.image.src for story in stories if story.image and story.image.src)
    return {called(name) for name in named if not remote(name)}


def shape(width: int, height: int) -> str:
    """What a style sheet has to know of a picture's shape to keep it in the window: ``tall``, ``square``, ``wide``.

    Empty for the usual landscape, and where the size is not known. A style sheet cannot compute with the attributes
    ``width`` and ``height``, and a limit on the height alone would squash a picture that has them.
    """
    ratio = width / height if width and height else LANDSCAPE
    return next((name for most, name in SHAPES if ratio < most), "wide")


def srcset(asset: Asset, address: Callable[[str], str]) -> str:
    """The variants of a picture with their widths, as ``srcset`` lists them; empty where there is none."""
    return ", ".join(f"{address(one.path)} {one.width}w" for one in asset.variants)
